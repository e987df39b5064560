//! Rows of goods beside what a page is about: what is bought together with it, and what was looked at before.

use super::cards;
use super::layout::Frame;
use crate::views::Card;
use crate::views::product::ProductView;
use maud::{Markup, html};
use serde_json::json;

/// Pixels across of a picture that a device keeps the address of.
const PICTURE_WIDTH: u32 = 400;

/// What is bought together.
pub fn together(frame: &Frame, title: &'static str, goods: &[Card]) -> Markup {
    html! {
        @if !goods.is_empty() {
            section.wide.block.together { h2 { (frame.texts.t(title)) } (cards(frame, goods, 0)) }
        }
    }
}

/// What was looked at before: the script fills it from the shopper's own device, and the server neither keeps nor hears
/// of it. The room is there from the start, so that nothing moves; without a script there is none. A browser that asks
/// not to be followed is not.
pub fn recent(frame: &Frame, here: Option<&ProductView>) -> Markup {
    if frame.is_private {
        return html! {};
    }
    let t = frame.texts;
    let here = here.map(|view| {
        let price = view.price.map_or_else(String::new, |p| t.money(p));
        json!({
            "id": view.canonical,
            "href": view.canonical,
            "title": view.title,
            "price": price,
            "image": super::picture::address_at(&frame.media, &view.image, PICTURE_WIDTH),
        })
        .to_string()
    });
    html! {
        section.wide.block.recent data-island="recent" data-here=[here] aria-labelledby="recent-title" {
            h2 #recent-title { (t.t("recent.title")) }
            ul.cards {}
            p.quiet.recent-none data-empty tabindex="-1" { (t.t("recent.none")) }
            p.recent-keep { span.quiet { (t.t("recent.kept")) " " } button.link-button type="button" { (t.t("recent.forget")) } }
        }
    }
}
