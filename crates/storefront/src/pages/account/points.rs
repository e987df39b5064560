//! The member's points: how many, what they are worth, until when, and each change of them.

use super::page;
use crate::pages::icon::{Icon, icon};
use crate::pages::layout::{Frame, Page};
use crate::pages::{Tone, notice, points::rules};
use crate::views::points::{AccountView, EntryLine};
use maud::{Markup, html};

/// The page.
pub fn points(frame: &Frame, view: &AccountView) -> Page {
    let t = frame.texts;
    let worth = t.money(view.spendable.amount);
    let body = html! {
        p.points-balance { span.price-large { (t.number(view.balance)) } " " span.quiet { (t.with("points.worth", &[("worth", &worth)])) } }
        @if view.balance < 0 { (notice(Tone::Warning, t.t("points.below"), &html! { p { (t.t("points.below_why")) } })) }
        @if let (Some(day), true) = (&view.expires, view.balance > 0) { p { (t.with("points.expires", &[("day", day)])) } }
        (rules(frame, &view.rules))
        @if view.entries.is_empty() && !view.is_older {
            div.empty { (icon(Icon::Star)) p { (t.t("points.empty")) } p { a.button href="/" { (t.t("account.to_shop")) } } }
        } @else {
            section.block-small {
                h2 { (t.t("points.changes")) }
                ul.entries { @for entry in &view.entries { (line(frame, entry)) } }
            }
            @if view.is_older || view.next.is_some() {
                nav.pages aria-label=(t.t("points.pages")) {
                    @if view.is_older { a.quiet-button href="/account/points" { (t.t("points.newest")) } }
                    @if let Some(next) = view.next { a.quiet-button href=(format!("/account/points?before={next}")) { (t.t("points.older")) } }
                }
            }
        }
    };
    page(frame, "points.name", None, &body)
}

fn line(frame: &Frame, entry: &EntryLine) -> Markup {
    let t = frame.texts;
    let change = t.number(entry.change);
    let sign = if entry.change > 0 { "+" } else { "" };
    html! {
        li {
            span.line-words {
                span { (t.t(entry.why)) @if !entry.reason.is_empty() { ": " bdi { (entry.reason) } } }
                span.quiet {
                    (entry.when)
                    @if let Some((number, path)) = &entry.order { " · " a href=(path) { (number) } }
                }
            }
            span.price.line-price { (sign) (change) br; span.quiet { (t.with("points.after", &[("n", &t.number(entry.balance))])) } }
        }
    }
}
