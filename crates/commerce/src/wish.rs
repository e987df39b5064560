//! Wishes: what somebody keeps to find it again, and what they want to be told of it.
//!
//! A customer's wishes are one row, changed by steps ([`crate::command::WishChange`]), so that two devices lose nothing
//! of each other. What they want to be told lies beside them as rows of its own, by article ([`Want`]): whoever
//! notices that stock came back finds those who wait without looking through all customers.

use crate::id::{CustomerId, VariantId};
use crate::limits::ALERTS_PER_DAY_MAX;
use crate::money::Money;
use crate::text::Language;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The length of a day, in milliseconds; days of alerts are counted in UTC.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What somebody wants to be told of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// That it can be had again.
    Back,
    /// That it costs no more than they said.
    Cheaper,
}

impl AlertKind {
    /// Both kinds.
    pub const ALL: [AlertKind; 2] = [AlertKind::Back, AlertKind::Cheaper];

    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            AlertKind::Back => "back",
            AlertKind::Cheaper => "cheaper",
        }
    }
}

/// A price somebody waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// Since when they wait, in UTC milliseconds.
    pub since: i64,
    /// The most it may cost.
    pub at_most: Money,
}

/// That somebody was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Of what.
    pub kind: AlertKind,
    /// When, in UTC milliseconds.
    pub at: i64,
}

/// An article that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Which.
    pub variant: VariantId,
    /// Since when, in UTC milliseconds.
    pub since: i64,
    /// What it cost then, as far as that is known.
    #[serde(default)]
    pub price: Option<Money>,
    /// Since when they wait to hear that it can be had again, in UTC milliseconds.
    #[serde(default)]
    pub back: Option<i64>,
    /// The price they wait for.
    #[serde(default)]
    pub cheaper: Option<Threshold>,
    /// What they were told last.
    #[serde(default)]
    pub told: Option<Told>,
}

impl Wish {
    /// Whether they wait to be told something.
    pub fn waits(&self) -> bool {
        self.back.is_some() || self.cheaper.is_some()
    }

    /// Since when they wait to be told this.
    pub fn since_of(&self, kind: AlertKind) -> Option<i64> {
        match kind {
            AlertKind::Back => self.back,
            AlertKind::Cheaper => self.cheaper.map(|c| c.since),
        }
    }
}

/// The wishes of one customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Whose.
    pub customer: CustomerId,
    /// In the order in which they were kept; one for an article.
    pub list: Vec<Wish>,
    /// The language of mails to who is no member; a member has one of their own.
    #[serde(default)]
    pub language: Language,
    /// The day, counted from 1970, on which they were told something last.
    #[serde(default)]
    pub told_day: i64,
    /// How often on that day.
    #[serde(default)]
    pub told: u32,
}

impl Wishes {
    /// Nothing yet.
    pub fn none(customer: CustomerId) -> Self {
        Self {
            customer,
            list: Vec::new(),
            language: Language::default(),
            told_day: 0,
            told: 0,
        }
    }

    /// Whether there is nothing to be kept of them.
    pub fn is_nothing(&self) -> bool {
        self.list.is_empty() && self.told == 0
    }

    /// The wish for an article.
    pub fn of(&self, variant: VariantId) -> Option<&Wish> {
        self.list.iter().find(|w| w.variant == variant)
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, variant: VariantId) -> Option<&mut Wish> {
        self.list.iter_mut().find(|w| w.variant == variant)
    }

    /// Whether they were told as much today as anybody is told in a day.
    pub fn heard_enough(&self, now: i64) -> bool {
        self.told_day == now.div_euclid(DAY_MS) && self.told >= ALERTS_PER_DAY_MAX
    }

    /// Counts one more thing they are told.
    pub fn count_told(&mut self, now: i64) {
        let today = now.div_euclid(DAY_MS);
        if self.told_day != today {
            self.told_day = today;
            self.told = 0;
        }
        self.told += 1;
    }

    /// What they want to be told.
    pub fn wants(&self) -> impl Iterator<Item = Want> {
        self.list.iter().flat_map(move |wish| {
            let want = move |kind, since, at_most| Want {
                variant: wish.variant,
                kind,
                since,
                customer: self.customer,
                at_most,
            };
            let back = wish.back.map(|since| want(AlertKind::Back, since, None));
            let cheaper = wish
                .cheaper
                .map(|c| want(AlertKind::Cheaper, c.since, Some(c.at_most)));
            back.into_iter().chain(cheaper)
        })
    }
}

/// Somebody who wants to be told something of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// Of which article.
    pub variant: VariantId,
    /// What.
    pub kind: AlertKind,
    /// Since when, in UTC milliseconds: who waits longest is told first.
    pub since: i64,
    /// Who.
    pub customer: CustomerId,
    /// The price they wait for.
    pub at_most: Option<Money>,
}

/// What the follower that tells people of their wishes is in the middle of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Telling {
    /// The number of the next letter.
    pub next: u64,
    /// What is to be sent and was not yet, in the order of their numbers.
    pub letters: Vec<Letter>,
    /// Articles of which people are being told.
    pub waves: Vec<Wave>,
    /// The article after which prices are looked at next, while all of them are.
    pub sweep: Option<VariantId>,
    /// Campaigns that began by then have been noticed, in UTC milliseconds.
    pub campaigns_at: i64,
}

/// One thing that one customer is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its number: the same letter sent twice is known again by it.
    pub number: u64,
    /// To whom.
    pub customer: CustomerId,
    /// Of what.
    pub variant: VariantId,
    /// What.
    pub kind: AlertKind,
    /// Since when they waited, in UTC milliseconds.
    pub since: i64,
    /// The price they waited for.
    #[serde(default)]
    pub at_most: Option<Money>,
    /// When it was decided, in UTC milliseconds.
    pub at: i64,
    /// How often it was tried in vain.
    #[serde(default)]
    pub attempts: u32,
    /// When it is tried next, in UTC milliseconds.
    #[serde(default)]
    pub due_at: i64,
}

/// An article of which people are told, some at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wave {
    /// Which.
    pub variant: VariantId,
    /// What they are told.
    pub kind: AlertKind,
    /// How many more are told before the next pause.
    pub left: u32,
    /// When it goes on, in UTC milliseconds.
    pub next_at: i64,
    /// Who was looked at last: since when they wait, and who they are.
    pub after: (i64, u64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_more_than_so_much_in_a_day() {
        let mut wishes = Wishes::none(CustomerId(0x100));
        for _ in 0..ALERTS_PER_DAY_MAX {
            assert!(!wishes.heard_enough(DAY_MS - 1));
            wishes.count_told(DAY_MS - 1);
        }
        assert!(wishes.heard_enough(DAY_MS - 1));
        assert!(!wishes.heard_enough(DAY_MS), "the next day");
        wishes.count_told(DAY_MS);
        assert_eq!((wishes.told_day, wishes.told), (1, 1));
    }
}
