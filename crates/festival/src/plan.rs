//! What each shopper will do: decided from the seed before anything is sent, so that a run can be repeated.

use crate::event::Member;
use crate::shop::Shop;
use crate::towns::{self, Town};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use std::time::Instant;

/// Shoppers on phones, per cent: published for 11 November 2017.
const PHONES_PER_CENT: u32 = 90;
/// Shoppers who want the hot article, per cent, as long as there is one.
const HOT_PER_CENT: u32 = 25;
/// Shoppers with a second article in the basket, per cent.
pub const SECOND_LINE_PER_CENT: u32 = 25;
/// Shoppers who collect in a shop, per cent.
const PICKUP_PER_CENT: u32 = 15;
/// Shoppers who look at the product page first, per cent.
const BROWSE_PER_CENT: u32 = 60;
/// Shoppers whose first reply is lost, per cent.
const LOST_REPLY_PER_CENT: u32 = 4;
/// Shoppers who click twice, per cent.
const DOUBLE_CLICK_PER_CENT: u32 = 4;

/// How payments end, per thousand, by the test provider's tokens.
const TOKENS: [(&str, u32); 7] = [
    ("tok_success", 870),
    ("tok_declined", 30),
    ("tok_insufficient_funds", 15),
    // Sent to the bank's page and never seen again: the payment is abandoned.
    ("tok_3ds", 35),
    ("tok_webhook_twice", 25),
    ("tok_webhook_first", 15),
    ("tok_webhook_late", 10),
];
/// Of these, the ones with which the money is held.
const PAYING: [&str; 4] = [
    "tok_success",
    "tok_webhook_twice",
    "tok_webhook_first",
    "tok_webhook_late",
];

/// Shoppers who buy in one call, as an app does, per cent; the others use the pages of the web shop.
const APP_PER_CENT: u32 = 50;

/// Orders that are handed over on the day itself, taken back, or canceled by the office, per cent.
const SHIP_PER_CENT: u32 = 20;
const RETURN_PER_CENT: u32 = 3;
const CANCEL_PER_CENT: u32 = 3;

/// What the operator's office is to do with a shopper's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Afterwards {
    /// Hand it over.
    Ship,
    /// Hand it over, take it back, pay back.
    Return,
    /// Cancel it.
    Cancel,
}

/// The door that a shopper comes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// An app that buys in one call with a kept card.
    App,
    /// The pages of the web shop, the provider's card page among them.
    Web,
}

/// What goes wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    None,
    /// The first reply is lost after so many milliseconds, and the shopper asks again.
    LostReply(u64),
    /// The button is pressed twice at once.
    DoubleClick,
}

/// One shopper.
#[derive(Debug, Clone)]
pub struct Shopper {
    /// Counted from 0.
    pub number: u64,
    /// The door they come through.
    pub way: Way,
    /// Whether they are on a phone; else at a desk.
    pub on_phone: bool,
    /// Indexes into the shop's articles, with pieces.
    pub lines: Vec<(usize, u32)>,
    /// The index of the shop they collect in; `None` for a parcel.
    pub pickup: Option<usize>,
    /// Where they live.
    pub town: Town,
    /// Whether they look at the product page first.
    pub browses: bool,
    /// The card.
    pub token: &'static str,
    /// What goes wrong on the way.
    pub mishap: Mishap,
    /// What becomes of the order on the same day; `None` when it is left for the next.
    pub afterwards: Option<Afterwards>,
    /// What makes the request repeatable.
    pub key: String,
    /// A discount code that they type.
    pub code: Option<String>,
    /// An e-mail address that they share with others; their own when absent.
    pub email: Option<String>,
    /// The member that they are, signed in.
    pub member: Option<Member>,
    /// For who orders on presale: when they pay the balance.
    pub balance_at: Option<Instant>,
}

impl Shopper {
    /// The shopper with this number in the run with this seed. `run` makes keys unique over runs.
    pub fn plan(shop: &Shop, seed: u64, run: &str, number: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut chance = |per_cent| rng.random_ratio(per_cent, 100);
        let way = if chance(APP_PER_CENT) {
            Way::App
        } else {
            Way::Web
        };
        let wants_hot = shop.hot.is_some() && chance(HOT_PER_CENT);
        let on_phone = chance(PHONES_PER_CENT);
        let browses = chance(BROWSE_PER_CENT);
        let collects = !shop.pickups.is_empty() && !wants_hot && chance(PICKUP_PER_CENT);
        let second = chance(SECOND_LINE_PER_CENT);
        let lost = chance(LOST_REPLY_PER_CENT);
        let double = !lost && chance(DOUBLE_CLICK_PER_CENT);
        let pickup = collects.then(|| rng.random_range(0..shop.pickups.len()));
        let first = match shop.hot.filter(|_| wants_hot) {
            Some(hot) => hot,
            None => shop.any_article(rng.next_u64(), pickup),
        };
        let mut lines = vec![(first, 1)];
        // The hot article is bought alone, so that nothing else decides whether it can be had.
        let more = shop.any_article(rng.next_u64(), pickup);
        if second && !wants_hot && more != first {
            lines.push((more, 1));
        }
        Self {
            number,
            way,
            on_phone,
            lines,
            pickup,
            browses,
            token: token(&mut rng, wants_hot),
            mishap: match (lost, double) {
                (true, _) => Mishap::LostReply(rng.random_range(0..8)),
                (_, true) => Mishap::DoubleClick,
                _ => Mishap::None,
            },
            afterwards: afterwards(&mut rng, wants_hot),
            town: towns::any(&shop.country, &mut rng),
            key: format!("festival-{run}-{number}"),
            code: None,
            email: None,
            member: None,
            balance_at: None,
        }
    }

    /// Their e-mail address.
    pub fn email(&self, run: &str) -> String {
        let own = || format!("{}@festival.example", self.name(run));
        self.email.clone().unwrap_or_else(own)
    }

    /// The name under which the order is found again.
    pub fn name(&self, run: &str) -> String {
        format!("{run}-{}", self.number)
    }
}

/// The hot article is not put back on the shelf: it could not be said how many are to be sold.
fn afterwards(rng: &mut StdRng, wants_hot: bool) -> Option<Afterwards> {
    let drawn = rng.random_range(0..100);
    if drawn < SHIP_PER_CENT {
        return Some(Afterwards::Ship);
    }
    match drawn - SHIP_PER_CENT {
        _ if wants_hot => None,
        rest if rest < RETURN_PER_CENT => Some(Afterwards::Return),
        rest if rest < RETURN_PER_CENT + CANCEL_PER_CENT => Some(Afterwards::Cancel),
        _ => None,
    }
}

/// Who wants the hot article pays: an abandoned payment holds goods until it expires, and it could not
/// be said how many are to be sold.
fn token(rng: &mut StdRng, wants_hot: bool) -> &'static str {
    let cards = || {
        TOKENS
            .iter()
            .filter(|(t, _)| !wants_hot || PAYING.contains(t))
    };
    let mut left = rng.random_range(0..cards().map(|(_, share)| share).sum());
    for (token, share) in cards() {
        if left < *share {
            return token;
        }
        left -= share;
    }
    "tok_success"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up() {
        assert_eq!(TOKENS.iter().map(|(_, share)| share).sum::<u32>(), 1_000);
    }
}
