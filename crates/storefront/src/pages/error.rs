//! Pages for what went wrong: they name the thing and the next step.

use super::layout::{Bottom, Frame, Page, SearchPlace, search_form};
use maud::html;

/// There is nothing at this address.
pub fn not_found(frame: &Frame) -> Page {
    let t = frame.texts;
    Page::private(
        t.t("error.not_found"),
        html! {
            div.wide.block.narrow {
                h1 { (t.t("error.not_found")) }
                p { (t.t("error.not_found_body")) }
                (search_form(frame, "", SearchPlace::Page))
                p { a href="/" { (t.t("nav.home")) } " · " a href="/find-order" { (t.t("nav.find_order")) } }
            }
        },
    )
}

/// There is no connection, and this page was not seen before. The phone keeps this one; its list is filled there.
pub fn offline(frame: &Frame) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("offline.title")) }
            p { (t.t("offline.body")) }
            section hidden { h2 { (t.t("offline.seen")) } ul.plain-links data-island="seen" {} }
        }
    };
    Page {
        bottom: Bottom::Places,
        ..Page::private(t.t("offline.title"), main)
    }
}

/// What a failed request says: a title and what to do.
pub fn failed(frame: &Frame, title: &str, body: &str) -> Page {
    let t = frame.texts;
    Page::private(
        title,
        html! {
            div.wide.block.narrow {
                h1 { (title) }
                p { (body) }
                p { a.button href=(crate::views::listing::address(&frame.path, &frame.query)) { (t.t("error.again")) } " " a href="/cart" { (t.t("nav.cart")) } }
            }
        },
    )
}
