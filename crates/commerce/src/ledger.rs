//! Money as double entries: a posting takes an amount from one account and puts it into another, so
//! that the sum over all accounts is zero per currency and cause (invariant 7).
//!
//! What a shopper pays is *held* for the order group first. It passes to the seller and to the tax
//! account when goods leave, and goes back to the shopper when they are canceled.

use crate::code::Country;
use crate::id::{GroupId, SellerId};
use crate::money::Currency;
use serde::{Deserialize, Serialize};

/// An account of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Outside: shoppers, through their payment providers. Has no floor.
    Shopper,
    /// Paid for a group and not yet earned. Its floor is zero.
    Held(GroupId),
    /// Earned by a seller; refunds may take it below zero.
    Seller(SellerId),
    /// Tax owed to a country; refunds may take it below zero.
    Tax(Country),
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostingCause {
    /// A payment was captured; the payment's id.
    Capture(u64),
    /// Goods were handed over; the fulfillment's or order's id.
    Earn(u64),
    /// Money went back; the refund's id.
    Refund(u64),
    /// The seller keeps the deposit of an order whose balance was not paid; the order's id. No goods were handed over
    /// for it, so there is no tax in it: it makes good a damage and pays for no supply (CJEU, C-277/05, 18 July 2007,
    /// Société thermale d'Eugénie-les-Bains).
    Forfeit(u64),
}

impl PostingCause {
    /// The word used in files and interfaces, and the raw id of the cause.
    pub fn parts(self) -> (&'static str, u64) {
        match self {
            PostingCause::Capture(id) => ("capture", id),
            PostingCause::Earn(id) => ("earn", id),
            PostingCause::Refund(id) => ("refund", id),
            PostingCause::Forfeit(id) => ("forfeit", id),
        }
    }
}

/// One double entry of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Its number, rising without gaps.
    pub number: u64,
    /// When it was decided, in UTC milliseconds.
    pub at: i64,
    /// Where from.
    pub from: Account,
    /// Where to.
    pub to: Account,
    /// Minor units; at least 1.
    pub amount: i64,
    /// The currency of `amount`.
    pub currency: Currency,
    /// Why.
    pub cause: PostingCause,
}
