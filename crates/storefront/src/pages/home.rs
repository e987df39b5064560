//! The first page: what the shop is, where its shelves are, some goods from each.

use super::cards;
use super::icon::{Icon, icon};
use super::jsonld;
use super::layout::{Bottom, Frame, Indexing, Page, SearchPlace, search_form};
use super::picture::{self, HERO, Load, TILE, picture};
use crate::views::availability::Shipping;
use crate::views::sale::EventView;
use crate::views::{Card, Link};
use maud::html;

/// Pictures beside the first words.
const HERO_PICTURES: usize = 4;

/// What the first page shows.
#[derive(Debug)]
pub struct HomeView {
    /// What sells best; empty in a new shop.
    pub best: Vec<Card>,
    /// Goods for a first look.
    pub goods: Vec<Card>,
    /// How many products there are.
    pub products: usize,
    /// How many shops hand over goods, and one of their names.
    pub shops: Vec<String>,
    /// The cheapest delivery, shown with the first price.
    pub shipping: Option<Shipping>,
    /// The sale event that runs or comes next.
    pub event: Option<EventView>,
}

/// The first page; `key` makes one packet of a tap that comes twice.
pub fn home(frame: &Frame, view: &HomeView, key: &str) -> Page {
    let t = frame.texts;
    let main = html! {
        @if let Some(event) = &view.event {
            (super::event::banner(frame, event))
            (super::event::packets(frame, event, key))
        }
        section.hero {
            div.wide.hero-row {
                div.hero-words {
                    h1 { (t.t("home.title")) }
                    p { (t.with("home.lead", &[("products", &t.number(view.products as i64)), ("shops", &view.shops.len())])) }
                    (search_form(frame, "", SearchPlace::Page))
                    ul.facts {
                        @if let Some(shipping) = &view.shipping {
                            li { (icon(Icon::Truck)) span { (super::arrives(t, shipping)) } }
                        }
                        @if !view.shops.is_empty() {
                            li { (icon(Icon::Shop)) span { (t.with("home.collect", &[("shops", &view.shops.join(", "))])) } }
                        }
                        li { (icon(Icon::Lock)) span { (t.t("home.guest")) } }
                    }
                }
                ul.hero-pictures aria-hidden="true" {
                    @for card in view.goods.iter().take(HERO_PICTURES) {
                        li { (picture(frame, &card.image, "", &HERO, Load::Late)) }
                    }
                }
            }
        }
        section.wide.block {
            h2 { (t.t("home.categories")) }
            (category_tiles(frame, &frame.categories))
        }
        @if !view.best.is_empty() {
            section.wide.block {
                h2 { (t.t("home.best")) }
                (cards(frame, &view.best, 0))
            }
        }
        section.wide.block {
            h2 { (t.t("home.goods")) }
            (cards(frame, &view.goods, 0))
        }
        (super::row::recent(frame, None))
    };
    Page {
        title: t.t("home.title").to_string(),
        description: t.with(
            "home.lead",
            &[
                ("products", &t.number(view.products as i64)),
                ("shops", &view.shops.len()),
            ],
        ),
        indexing: Indexing::At("/".to_string()),
        head: html! {
            meta property="og:type" content="website";
            (picture::sign(frame))
            (jsonld::shop(frame))
        },
        main,
        bottom: Bottom::Places,
    }
}

/// Categories as tiles with their pictures.
pub fn category_tiles(frame: &Frame, categories: &[Link]) -> maud::Markup {
    html! {
        ul.tiles {
            @for link in categories {
                li {
                    a.tile href=(link.href) {
                        (picture(frame, &link.image, "", &TILE, Load::Late))
                        span { (link.title) }
                    }
                }
            }
        }
    }
}

/// All categories, two levels.
pub fn categories(frame: &Frame, tree: &[(Link, Vec<Link>)]) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block {
            h1 { (t.t("nav.categories")) }
            @for (top, below) in tree {
                section.shelf {
                    h2 { a href=(top.href) { (top.title) } }
                    (category_tiles(frame, below))
                }
            }
        }
    };
    Page {
        title: t.t("nav.categories").to_string(),
        description: t.t("home.categories").to_string(),
        indexing: Indexing::At("/categories".to_string()),
        head: html! { meta property="og:type" content="website"; (picture::sign(frame)) },
        main,
        bottom: Bottom::Places,
    }
}
