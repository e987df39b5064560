//! The page of those who wait, and what it asks to stay true. It is rendered without a look at the database: when it
//! is shown, everybody asks for it.

use crate::assets;
use crate::pages::layout::{Bottom, Frame, Page, render};
use api::admission::hall::Place;
use api::app::AppConfig;
use api::i18n::{Language, Texts};
use commerce::Currency;
use maud::{Markup, html};
use serde_json::{Value, json};
use std::sync::Arc;
use store::Shelf;

/// Where the page asks how its place stands.
pub const STATUS_PATH: &str = "/waiting-room/status";
/// Seconds between two looks, at least and at most.
const LOOK_MIN_S: u64 = 5;
const LOOK_MAX_S: u64 = 60;
/// Who waits long looks so many times in all.
const LOOKS: u64 = 20;
const MINUTE_S: u64 = 60;

/// What is the same on every such page.
pub struct WaitingRoom {
    shelf: Arc<Shelf>,
    public_url: String,
    test_money: bool,
    stylesheet: String,
    script: Option<String>,
}

/// Seconds until the next look at a place with this wait.
pub fn look_again_s(wait_s: u64) -> u64 {
    (wait_s / LOOKS).clamp(LOOK_MIN_S, LOOK_MAX_S)
}

impl WaitingRoom {
    /// The pages of the shop on this shelf, as configured. `script` is the address of the built islands, if there is
    /// one.
    pub fn new(shelf: Arc<Shelf>, config: &AppConfig, script: Option<String>) -> Self {
        Self {
            shelf,
            public_url: config.public_url.clone(),
            test_money: config.providers.iter().any(|p| p.test_money),
            stylesheet: assets::stylesheet_href(),
            script,
        }
    }

    /// Whether cookies are for TLS alone.
    pub fn over_tls(&self) -> bool {
        self.public_url.starts_with("https:")
    }

    /// The page for a place in the line; it leads on to `to`.
    pub fn page(&self, language: Language, place: &Place, to: &str) -> String {
        let frame = self.frame(language);
        let t = frame.texts;
        let seconds = look_again_s(place.wait_s);
        let main = html! {
            div.wide.block.narrow.waiting data-island="waiting" data-status=(STATUS_PATH) data-to=(to) data-seconds=(seconds) {
                h1 { (t.t("waiting.title")) }
                div role="status" {
                    p.waiting-line data-line { (line(t, place)) }
                    p data-time { (time(t, place.wait_s)) }
                }
                p { (t.t("waiting.why")) }
                p.quiet { (t.t("waiting.keep")) }
            }
        };
        let refresh = format!("{seconds};url={to}");
        let head = html! { noscript { meta http-equiv="refresh" content=(refresh); } };
        self.whole(&frame, t.t("waiting.title"), head, main)
    }

    /// The page when there are no tickets left.
    pub fn full(&self, language: Language) -> String {
        let frame = self.frame(language);
        let t = frame.texts;
        let main = html! {
            div.wide.block.narrow { h1 { (t.t("waiting.full")) } p { (t.t("waiting.full_body")) } }
        };
        self.whole(&frame, t.t("waiting.full"), html! {}, main)
    }

    /// What the page asks for: how the place stands, in words and in numbers.
    pub fn status(&self, language: Language, place: &Place) -> Value {
        let t = Texts::of(language);
        json!({
            "state": "waiting",
            "line": line(t, place),
            "time": time(t, place.wait_s),
            "position": place.position,
            "wait_seconds": place.wait_s,
            "next_seconds": look_again_s(place.wait_s),
        })
    }

    fn whole(&self, frame: &Frame, title: &str, head: Markup, main: Markup) -> String {
        let page = Page {
            head,
            bottom: Bottom::Nothing,
            ..Page::private(title, main)
        };
        render(frame, &page).into_string()
    }

    fn frame(&self, language: Language) -> Frame {
        let world = self.shelf.read();
        let shop = world.shop();
        let euro = || Currency::parse("EUR").expect("a code");
        Frame {
            media: Arc::default(),
            texts: Texts::of(language),
            currency: shop.map_or_else(euro, |s| s.currency),
            currencies: Vec::new(),
            shop_name: shop.map_or_else(|| "Sesame".to_string(), |s| s.name.clone()),
            public_url: self.public_url.clone(),
            path: "/".to_string(),
            query: Vec::new(),
            cart_pieces: 0,
            favourites: Default::default(),
            alerts: false,
            signed_in: false,
            passkeys: false,
            form_token: String::new(),
            // Nothing is looked at here.
            is_private: true,
            test_money: self.test_money,
            categories: Vec::new(),
            stylesheet: self.stylesheet.clone(),
            script: self.script.clone(),
        }
    }
}

/// How many come first.
fn line(t: Texts, place: &Place) -> String {
    match place.position {
        None => t.t("waiting.draw").to_string(),
        Some(0 | 1) => t.t("waiting.next").to_string(),
        Some(position) => t.count("waiting.ahead", u64::from(position - 1), &[]),
    }
}

fn time(t: Texts, wait_s: u64) -> String {
    if wait_s <= MINUTE_S {
        t.t("waiting.soon").to_string()
    } else {
        t.count("waiting.minutes", wait_s.div_ceil(MINUTE_S), &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_words() {
        let place = |position| Place {
            ticket: String::new(),
            position,
            wait_s: 1,
            opens_at: None,
        };
        let t = Texts::of(Language::En);
        for (position, words) in [
            (Some(1), "You are next"),
            (Some(2), "1 person is before you"),
            (Some(1_235), "1,234 people are before you"),
            (None, "The order is drawn by lot when the sale opens"),
        ] {
            assert_eq!(line(t, &place(position)), words);
        }
        for (seconds, words) in [
            (1, "Your turn comes in less than a minute."),
            (61, "Your turn comes in about 2 minutes."),
            (3_600, "Your turn comes in about 60 minutes."),
        ] {
            assert_eq!(time(t, seconds), words);
        }
    }

    #[test]
    fn who_waits_long_looks_less_often() {
        for (wait_s, seconds) in [(1, 5), (200, 10), (100_000, 60)] {
            assert_eq!(look_again_s(wait_s), seconds);
        }
    }
}
