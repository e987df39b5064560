//! A presale: the deposit is paid at once, the balance in a window that opens while the event runs.

use super::{Buyer, Cart, Kind, Limits, Line, Way, money, only, pieces_of};
use crate::event::goods::Good;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

/// An article for a deposit that counts as twice as much; the balance is paid later.
#[derive(Debug)]
pub struct Presale {
    /// The article.
    pub good: Good,
    /// Pieces on presale.
    pub each: i64,
}

impl Presale {
    /// A tenth is paid at once.
    fn deposit(&self) -> i64 {
        (self.good.unit / 10).max(1)
    }

    /// A little below its price outside.
    fn price(&self) -> i64 {
        self.good.unit - self.good.unit / 20
    }

    /// What a piece costs less in all.
    fn off(&self) -> i64 {
        self.good.unit - self.price() + self.deposit()
    }
}

impl Kind for Presale {
    fn title(&self) -> (&'static str, &'static str) {
        ("Presale", "Vorverkauf")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        format!(
            "\u{201c}{}\u{201d} at {} instead of {}, to be paid in two parts: {} at once, which count as {}, and the {} that are \
             then left in the second half of the sale or soon after it, so {} in all; {} pieces",
            self.good.title,
            money(self.price()),
            money(self.good.unit),
            money(self.deposit()),
            money(2 * self.deposit()),
            money(self.price() - 2 * self.deposit()),
            money(self.price() - self.deposit()),
            self.each
        )
    }

    fn deal(&self) -> Value {
        let currency = &self.good.currency;
        let terms = json!({"price": money(self.price(), currency), "deposit": self.deposit(),
                           "counts_as": 2 * self.deposit()});
        let offer = json!({"variant": self.good.variant, "seller": self.good.seller, "terms": [terms],
                           "total": self.each});
        // When the balance is paid is said with the event's times.
        json!({"type": "presale", "offers": [offer], "balance_from": "", "balance_until": "", "forfeit": true,
               "counts_title": {"en": COUNTS_TITLE, "de": "Anzahlung zählt doppelt"}})
    }

    fn limits(&self) -> Limits {
        Limits {
            total: Some(self.each),
            ..Limits::default()
        }
    }

    fn share(&self) -> u32 {
        6
    }

    fn cart(&self, rng: &mut StdRng, _codes: &[String]) -> Cart {
        Cart {
            lines: vec![(self.good.article, rng.random_range(1..=2))],
            code: None,
        }
    }

    fn ways(&self, lines: &[Line], _left: i64, _buyer: Buyer) -> Vec<Way> {
        let pieces = pieces_of(lines, &self.good);
        if pieces == 0 {
            return only(0);
        }
        // A line is on presale whole or not at all.
        let whole = Way {
            off: self.off() * pieces,
            taken: vec![(self.good.variant.clone(), pieces)],
            is_full: true,
        };
        vec![whole, Way::default()]
    }

    fn is_presale(&self) -> bool {
        true
    }

    fn at_once(&self, lines: &[Line]) -> i64 {
        self.deposit() * pieces_of(lines, &self.good)
    }

    fn counts_title(&self) -> Option<&'static str> {
        Some(COUNTS_TITLE)
    }
}

/// What the receipt says of a deposit.
const COUNTS_TITLE: &str = "Deposit counts double";
