//! Goods that shoppers want to send back: what they ask, what they are told, what came.
//!
//! A return is asked for, approved or refused, and received: only what is received leads to money back, in the same
//! decision. It is numbered under its group, and is about one order, since one seller answers it.

use crate::id::{LocationId, OrderId, RefundId, ReturnId};
use crate::order::{FulfillmentState, Group, Line};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Days in which goods may be sent back where the shop says nothing.
pub const DAYS: u16 = 30;
/// Days after which a parcel counts as delivered, if nobody said so.
pub const PARCEL_DAYS: u16 = 14;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a shop promises of returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTerms {
    /// Days from delivery in which goods may be sent back; 0 for none.
    pub days: u16,
    /// Whether delivery is given back, too, when all of an order came back.
    pub delivery: bool,
}

impl Default for ReturnTerms {
    fn default() -> Self {
        Self {
            days: DAYS,
            delivery: true,
        }
    }
}

/// Why goods come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// The shopper changed their mind.
    ChangedMind,
    /// It is too small.
    TooSmall,
    /// It is too large.
    TooLarge,
    /// It does not fit or suit in another way.
    DoesNotFit,
    /// It came damaged.
    Damaged,
    /// It is not as it was described.
    NotAsDescribed,
    /// It is another article.
    WrongArticle,
    /// It came too late.
    Late,
    /// Something else.
    Other,
}

impl ReturnReason {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::ChangedMind,
        Self::TooSmall,
        Self::TooLarge,
        Self::DoesNotFit,
        Self::Damaged,
        Self::NotAsDescribed,
        Self::WrongArticle,
        Self::Late,
        Self::Other,
    ];

    /// The word used in forms, files and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::ChangedMind => "changed_mind",
            Self::TooSmall => "too_small",
            Self::TooLarge => "too_large",
            Self::DoesNotFit => "does_not_fit",
            Self::Damaged => "damaged",
            Self::NotAsDescribed => "not_as_described",
            Self::WrongArticle => "wrong_article",
            Self::Late => "late",
            Self::Other => "other",
        }
    }

    /// The reason with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// Where a return is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// The shopper waits for an answer.
    Requested,
    /// The shopper may send the goods.
    Approved,
    /// The shop does not take the goods back.
    Refused,
    /// The goods came, and their money goes back.
    Received,
    /// The shopper keeps the goods.
    Withdrawn,
}

impl ReturnState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Requested,
        Self::Approved,
        Self::Refused,
        Self::Received,
        Self::Withdrawn,
    ];

    /// Whether something is still to come of it.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Approved)
    }

    /// The word used in files and interfaces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Received => "received",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Pieces of one line that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnLine {
    /// The line's number within the group.
    pub number: u16,
    /// Pieces that the shopper wants to send.
    pub pieces: u32,
    /// Why.
    pub reason: ReturnReason,
    /// Pieces that came.
    pub received: u32,
    /// Those of them that can be sold again.
    pub restocked: u32,
}

/// Goods that a shopper wants to send back. Times in UTC milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// The return's id.
    pub id: ReturnId,
    /// What whoever asked knows it by, or 0; the same key again is the same return.
    pub key: u64,
    /// The order that the goods are of.
    pub order: OrderId,
    /// Where it is.
    pub state: ReturnState,
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// What the shopper says.
    pub note: String,
    /// The shopper's photos, as the edge knows them.
    pub photos: Vec<u128>,
    /// What the shopper is told: how to send it, or why it is refused.
    pub answer: String,
    /// Where the goods are to be sent or brought; after they came, where they were put.
    pub location: Option<LocationId>,
    /// When it was asked for.
    pub requested_at: i64,
    /// When it was approved or refused.
    pub answered_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// What goes back for it, in minor units.
    pub amount: i64,
    /// The refunds that it led to: one, or one for each of two payments.
    pub refunds: Vec<RefundId>,
}

impl Group {
    /// The return with this id.
    pub fn return_of(&self, id: ReturnId) -> Option<&Return> {
        self.returns.iter().find(|r| r.id == id)
    }

    /// Pieces of a line that are in open returns.
    pub fn in_open_returns(&self, line: u16) -> u32 {
        let open = self.returns.iter().filter(|r| r.state.is_open());
        let of_line = open.flat_map(|r| &r.lines).filter(|l| l.number == line);
        of_line.map(|l| l.pieces).sum()
    }

    /// Pieces of a line that a return may be asked for: handed over, not returned, and in no open return.
    pub fn returnable(&self, line: &Line) -> u32 {
        (line.fulfilled - line.returned).saturating_sub(self.in_open_returns(line.number))
    }

    /// Until when the shopper may ask to return pieces of a line; `None` while a parcel with it is on its way, or if
    /// nothing of it was handed over. What came last counts.
    pub fn returnable_until(&self, line: u16, terms: ReturnTerms) -> Option<i64> {
        let has_line = |f: &&crate::order::Fulfillment| f.lines.iter().any(|(n, _)| *n == line);
        let ends = self.fulfillments.iter().filter(has_line).filter_map(|f| {
            let days = match f.state {
                FulfillmentState::Delivered => terms.days,
                FulfillmentState::Shipped => terms.days.saturating_add(PARCEL_DAYS),
                _ => return None,
            };
            Some(f.updated_at + i64::from(days) * DAY_MS)
        });
        ends.max()
    }
}
