//! Sale events: the banner with its countdown, the event's own page, a reduced price with its reasons.

use super::icon::{Icon, icon};
use super::layout::{Bottom, Frame, Indexing, Page};
use super::{cards, crumbs};
use crate::views::sale::{EventPage, EventView, Sale};
use maud::{Markup, html};

/// The pieces from which a limited price is said to be nearly gone.
const FEW: i64 = 20;

/// The time that is left, counted down by the server's clock where scripts run; else the moment itself.
fn countdown(frame: &Frame, event: &EventView) -> Markup {
    let t = frame.texts;
    html! {
        p.countdown {
            span.quiet { (t.t(if event.is_running { "event.ends" } else { "event.starts" })) } " "
            strong data-island="countdown" data-at=(event.next_at) data-now=(event.now)
                data-days=(t.t("event.days")) {
                (t.moment_in(event.next_at, &event.zone))
            }
        }
    }
}

/// The event that runs or comes next, at the head of the first page.
pub fn banner(frame: &Frame, event: &EventView) -> Markup {
    let t = frame.texts;
    html! {
        section.event-banner aria-labelledby="event-title" {
            div.wide.event-row {
                h2 #event-title { (event.title) }
                (countdown(frame, event))
                a.button href=(event.href) { (t.t("event.see")) }
            }
        }
    }
}

/// The event's red packets.
pub fn packets(frame: &Frame, event: &EventView, key: &str) -> Markup {
    html! { @if !event.packets.is_empty() {
        div.wide.packet-rows { @for packets in &event.packets { (super::packets::invitation(frame, packets, key)) } }
    } }
}

/// An event's page; `key` makes one packet of a tap that comes twice.
pub fn event(frame: &Frame, view: &EventPage, key: &str) -> Page {
    let t = frame.texts;
    let event = &view.event;
    let main = html! {
        div.wide.block {
            (crumbs(frame, &[], Some(&event.title)))
            section.event-head {
                h1 { (event.title) }
                (countdown(frame, event))
                @if !event.is_running { p.quiet { (t.t("event.not_yet")) } }
                @if !view.offers.is_empty() {
                    ul.facts { @for offer in &view.offers { li { (icon(Icon::Check)) span { (offer) } } } }
                }
            }
            (packets(frame, event, key))
            @if view.goods.is_empty() { p { a.button href="/categories" { (t.t("event.look_around")) } } }
            @else { (cards(frame, &view.goods, 2)) }
        }
    };
    Page {
        title: event.title.clone(),
        description: t.with("event.meta", &[("title", &event.title)]),
        indexing: Indexing::At(event.href.clone()),
        head: html! { meta property="og:type" content="website"; (super::picture::sign(frame)) },
        main,
        bottom: Bottom::Places,
    }
}

/// Why a price is lower than it was, below the price.
pub fn reasons(frame: &Frame, sale: &Sale) -> Markup {
    let t = frame.texts;
    html! {
        div.sale {
            p { span.tag.tag-sale { "−" (t.percent(sale.off_ppm)) } " " strong { (sale.title) } " "
                span.quiet { (t.with("sale.until", &[("when", &t.moment_in(sale.ends_at, &sale.zone))])) } }
            @if sale.left.is_some_and(|left| left <= FEW) {
                p.problem { (icon(Icon::Warning)) (t.count("sale.left", u64::try_from(sale.left.unwrap_or(0)).unwrap_or(0), &[])) }
            }
            @if let Some(limit) = sale.per_buyer { p.quiet { (t.count("sale.per_buyer", u64::from(limit), &[])) } }
            p.quiet { (t.with("sale.lowest", &[("price", &t.money(sale.lowest_before))])) }
        }
    }
}
