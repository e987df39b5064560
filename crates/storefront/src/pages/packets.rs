//! Red packets: the invitation on an event's pages, the packet before it is opened, and what was in it.

use super::icon::{Icon, icon};
use super::layout::{Frame, Page};
use super::{Tone, crumbs, notice};
use crate::views::Link;
use crate::views::wallet::{Draw, Entry, PacketsView};
use api::i18n::Texts;
use commerce::Money;
use commerce::settings::DiscountValue;
use maud::{Markup, html};

/// What is to be said of the packets, if they cannot be opened now.
fn closed(t: Texts, view: &PacketsView) -> Option<String> {
    match view.draw {
        Draw::Open => None,
        Draw::From(at) => Some(t.with("packet.soon", &[("when", &t.moment_in(at, &view.zone))])),
        Draw::Had => Some(t.t("packet.had").to_string()),
        Draw::Gone => Some(t.t("packet.gone").to_string()),
    }
}

/// The button that opens a packet; the key makes one packet of a tap that comes twice.
fn button(frame: &Frame, view: &PacketsView, (key, words): (&str, &'static str)) -> Markup {
    let t = frame.texts;
    html! {
        form method="post" action=(view.href) data-island="once" {
            (frame.token_field())
            input type="hidden" name="key" value=(key);
            button.button type="submit" { (t.t(words)) }
        }
    }
}

/// The invitation, on the first page and an event's.
pub fn invitation(frame: &Frame, view: &PacketsView, key: &str) -> Markup {
    let t = frame.texts;
    html! {
        section.packet-row aria-label=(view.title) {
            div.packet.packet-small aria-hidden="true" { (front()) }
            div.packet-words {
                h2 { (view.title) }
                p { (bounds(t, view)) }
                p.quiet { (t.count("packet.left", view.left, &[("count", &t.number(i64::try_from(view.left).unwrap_or(i64::MAX)))]))
                    " · " (t.count("packet.each", view.per_member, &[])) }
                @match closed(t, view) {
                    None => (button(frame, view, (key, "packet.open"))),
                    Some(why) => p { strong { (why) } @if view.draw == Draw::Had { " " a href="/account/wallet" { (t.t("wallet.to")) } } },
                }
            }
        }
    }
}

fn bounds(t: Texts, view: &PacketsView) -> String {
    let (low, high) = view.bounds;
    if low == high {
        return t.with("packet.worth_one", &[("amount", &t.money(low))]);
    }
    t.with(
        "packet.worth",
        &[("low", &t.money(low)), ("high", &t.money(high))],
    )
}

fn front() -> Markup {
    html! { div.packet-front { span.packet-seal {} } }
}

/// The packets' own page: what was drawn before, or the packet that can be opened.
pub fn packets(
    frame: &Frame,
    (event, view): (&Link, &PacketsView),
    (opened, refused): (Option<&Entry>, Option<&str>),
    key: &str,
) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow.packet-page {
            (crumbs(frame, std::slice::from_ref(event), Some(&view.title)))
            h1 { @match opened { Some(_) => (t.t("packet.yours")), None => (view.title) } }
            @if let Some(why) = refused { (notice(Tone::Warning, why, &html! {})) }
            @match opened {
                Some(entry) => (open_packet(t, entry)),
                None => div.packet aria-hidden="true" { (front()) },
            }
            p.quiet { (t.count("packet.left", view.left, &[("count", &t.number(i64::try_from(view.left).unwrap_or(i64::MAX)))]))
                " · " (t.count("packet.each", view.per_member, &[])) }
            @match closed(t, view) {
                None => (button(frame, view, (key, if opened.is_some() { "packet.open_another" } else { "packet.open" }))),
                Some(why) => p { (why) },
            }
            p.after-box {
                a.button.quiet-button href="/account/wallet" { (t.t("wallet.to")) } " "
                a.button.quiet-button href=(event.href) { (t.t("event.see")) }
            }
        }
    };
    Page::private(&view.title, main)
}

/// A packet that was opened: the note rises out of it, unless the device asks for no motion.
fn open_packet(t: Texts, entry: &Entry) -> Markup {
    html! {
        div.packet.packet-open {
            div.packet-flap aria-hidden="true" {}
            p.packet-note role="status" {
                strong.packet-amount { (worth(t, entry)) }
                span { (entry.title) }
            }
            (front())
        }
        p { (t.t("packet.by_itself")) }
        ul.facts { @for fact in terms(t, entry) { li { (icon(Icon::Check)) span { (fact) } } } }
    }
}

/// What something in a wallet is worth.
pub fn worth(t: Texts, entry: &Entry) -> String {
    match entry.value {
        Some(DiscountValue::Fixed(money)) => t.money(money),
        Some(DiscountValue::Percent(ppm)) => format!("−{}", t.percent(ppm)),
        None => String::new(),
    }
}

/// On what conditions it can be used.
pub fn terms(t: Texts, entry: &Entry) -> Vec<String> {
    let spend = |spend: Money| t.with("packet.spend", &[("spend", &t.money(spend))]);
    let until = entry
        .until
        .as_ref()
        .map(|(at, zone)| t.with("packet.until", &[("when", &t.moment_in(*at, zone))]));
    entry.spend.map(spend).into_iter().chain(until).collect()
}
