//! The pages as pure functions from values to HTML. Everything that is not written here as markup is
//! escaped by maud; nothing is ever passed through unescaped but what this crate made itself.

pub mod account;
pub mod cart;
pub mod checkout;
pub mod error;
pub mod event;
pub mod form;
pub mod home;
pub mod icon;
pub mod jsonld;
pub mod layout;
pub mod listing;
pub mod order;
pub mod packets;
pub mod pay;
mod photos;
pub mod picture;
pub mod points;
pub mod presale;
pub mod product;
pub mod returns;
pub mod reviews;
pub mod row;
pub mod wishes;

use crate::arrival;
use crate::promise::Nearness;
use crate::views::Card;
use crate::views::availability::{Ready, Shipping};
use api::i18n::Texts;
use icon::{Icon, icon};
use layout::Frame;
use maud::{Markup, html};
use picture::{CARD, Load, picture};

/// "Arrives Tue 3 Dec": when a parcel arrives.
pub fn arrives(texts: Texts, shipping: &Shipping) -> String {
    let Some((first, last)) = shipping.days else {
        return texts.t("delivery.unknown").to_string();
    };
    let days = arrival::span(texts, (first, last), shipping.hours);
    let key = match (first == last, shipping.near) {
        (true, Nearness::Today) => "delivery.arrives_today",
        (true, Nearness::Tomorrow) => "delivery.arrives_tomorrow",
        _ => return texts.with("delivery.arrives", &[("days", &days)]),
    };
    texts.with(key, &[("day", &days)])
}

/// "if ordered within 2 h 14 min": for how long the same arrival holds. Nothing where that is a day or more, or less than
/// a minute.
pub fn order_within(texts: Texts, shipping: &Shipping) -> Option<String> {
    let (hours, minutes) = (shipping.minutes_left / 60, shipping.minutes_left % 60);
    match (hours, minutes) {
        (24.., _) => None,
        (1.., _) => Some(texts.with(
            "delivery.within_hours",
            &[("hours", &hours), ("minutes", &minutes)],
        )),
        (0, 1..) => Some(texts.with("delivery.within_minutes", &[("minutes", &minutes)])),
        _ => None,
    }
}

/// "today from 16:00": when a collection is ready.
pub fn ready(texts: Texts, ready: &Ready) -> String {
    let time = texts.time(ready.at.time());
    let key = match ready.near {
        Nearness::Today => "pickup.today",
        Nearness::Tomorrow => "pickup.tomorrow",
        Nearness::Later => "pickup.later",
    };
    let day = texts.day(ready.at.date());
    texts.with(key, &[("time", &time), ("day", &day)])
}

/// "€4.90" or "free".
pub fn price_or_free(texts: Texts, price: commerce::Money) -> String {
    if price.minor == 0 {
        texts.t("price.free").to_string()
    } else {
        texts.money(price)
    }
}

/// A grid of products. `eager` pictures are on the first screen; the others wait until they are near it.
pub fn cards(frame: &Frame, cards: &[Card], eager: usize) -> Markup {
    html! {
        ul.cards {
            @for (at, card) in cards.iter().enumerate() {
                li { (product_card(frame, card, at < eager)) (wishes::heart(frame, wishes::Of::Product(card.id), &card.title)) }
            }
        }
    }
}

fn product_card(frame: &Frame, card: &Card, eager: bool) -> Markup {
    let t = frame.texts;
    html! {
        a.card href=(card.href) {
            span.picture {
                (picture(frame, &card.image, "", &CARD, if eager { Load::First } else { Load::Late }))
            }
            span.card-title { (card.title) }
            @if let Some(stars) = card.stars { (reviews::short(frame, stars)) }
            @match card.price {
                Some(price) if card.regular.is_some() => span.price {
                    @if card.from { (t.with("price.from", &[("price", &t.money(price))])) } @else { (t.money(price)) }
                    @if let Some(regular) = card.regular { " " s.was aria-label=(t.with("sale.was", &[("price", &t.money(regular))])) { (t.money(regular)) } }
                },
                Some(price) if card.from => span.price { (t.with("price.from", &[("price", &t.money(price))])) },
                Some(price) => span.price { (t.money(price)) },
                None => span.quiet { (t.t("price.none")) },
            }
            @if !card.available { span.tag.tag-quiet { (t.t("stock.sold_out")) } }
            @else if card.variants > 1 { span.quiet { (t.count("card.variants", card.variants as u64, &[])) } }
        }
    }
}

/// The way down to a page; the last step is where the reader is.
pub fn crumbs(frame: &Frame, trail: &[crate::views::Link], here: Option<&str>) -> Markup {
    html! {
        nav.crumbs aria-label=(frame.texts.t("nav.breadcrumb")) {
            ol {
                li { a href="/" { (frame.texts.t("nav.start")) } }
                @for link in trail { li { a href=(link.href) { (link.title) } } }
                @if let Some(here) = here { li aria-current="page" { (here) } }
            }
        }
    }
}

/// What kind of thing a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something went well.
    Good,
    /// Something needs attention.
    Warning,
    /// Something failed.
    Bad,
    /// Something to know.
    Plain,
}

/// A box that says what happened, with an icon and words.
pub fn notice(tone: Tone, title: &str, body: &Markup) -> Markup {
    let (class, sign, role) = match tone {
        Tone::Good => ("notice notice-good", Icon::Check, "status"),
        Tone::Warning => ("notice notice-warning", Icon::Warning, "status"),
        Tone::Bad => ("notice notice-bad", Icon::Warning, "alert"),
        Tone::Plain => ("notice", Icon::Info, "status"),
    };
    html! {
        div class=(class) role=(role) {
            (icon(sign))
            div { strong { (title) } (body) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::i18n::Language;
    use commerce::id::ShippingRateId;
    use commerce::{Currency, Money};

    #[test]
    fn nobody_is_hurried_for_more_than_a_day_or_less_than_a_minute() {
        for (minutes, said) in [
            (-5, None),
            (0, None),
            (1, Some("if ordered within 1 min")),
            (59, Some("if ordered within 59 min")),
            (134, Some("if ordered within 2 h 14 min")),
            (1_439, Some("if ordered within 23 h 59 min")),
            (1_440, None),
        ] {
            let shipping = Shipping {
                rate: ShippingRateId(1),
                title: String::new(),
                price: Money {
                    minor: 0,
                    currency: Currency::parse("EUR").expect("three letters"),
                },
                days: None,
                hours: None,
                near: Nearness::Later,
                promise: None,
                minutes_left: minutes,
            };
            let found = order_within(Texts::of(Language::En), &shipping);
            assert_eq!(found.as_deref(), said, "{minutes}");
        }
    }
}
