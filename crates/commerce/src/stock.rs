//! Stock as double entries: a movement takes pieces from one account and puts them into another, so
//! that nothing can appear or vanish and a level is a sum over its movements (invariant 1).

use crate::id::{LocationId, VariantId};
use crate::planted::{self, Fault};
use serde::{Deserialize, Serialize};

/// What is there of one variant at one location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Level {
    /// Pieces that are physically there.
    pub on_hand: i64,
    /// Pieces of these that are set aside for orders.
    pub reserved: i64,
    /// Pieces that are never promised online.
    pub safety_stock: i64,
    /// Pieces that orders rely on although a count showed that they are not there.
    pub shortage: i64,
}

impl Level {
    /// What can still be promised: on hand − reserved − safety stock, never below zero.
    pub fn available(self) -> i64 {
        if planted::is(Fault::OversellReserved) {
            return self.on_hand;
        }
        if planted::is(Fault::OversellSafetyStock) {
            return (self.on_hand - self.reserved).max(0);
        }
        (self.on_hand - self.reserved - self.safety_stock).max(0)
    }
}

/// An account of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockAccount {
    /// At a location, not set aside.
    Free(LocationId),
    /// At a location, set aside for orders.
    Reserved(LocationId),
    /// Outside: where deliveries come from.
    Supplier,
    /// Outside: shoppers.
    Customer,
    /// Outside: what counts found or missed, damage, theft.
    Adjustment,
}

/// Why a movement happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StockCause {
    /// Set aside for an order group.
    Reserve(u64),
    /// Given back by an order group that was canceled.
    Release(u64),
    /// Given back by an order group that was not paid in time.
    Expire(u64),
    /// Left with a fulfillment.
    Fulfill(u64),
    /// Came back with a refund.
    Return(u64),
    /// Counted, with the change's command.
    Count(u64),
    /// Received from a supplier.
    Receive(u64),
    /// Damaged or lost.
    Damage(u64),
    /// Read from a file.
    Import(u64),
}

impl StockCause {
    /// The word used in files and interfaces, and the raw id of the cause.
    pub fn parts(self) -> (&'static str, u64) {
        match self {
            StockCause::Reserve(id) => ("reserve", id),
            StockCause::Release(id) => ("release", id),
            StockCause::Expire(id) => ("expire", id),
            StockCause::Fulfill(id) => ("fulfill", id),
            StockCause::Return(id) => ("return", id),
            StockCause::Count(id) => ("count", id),
            StockCause::Receive(id) => ("receive", id),
            StockCause::Damage(id) => ("damage", id),
            StockCause::Import(id) => ("import", id),
        }
    }
}

/// One double entry of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Its number, rising without gaps.
    pub number: u64,
    /// When it was decided, in UTC milliseconds.
    pub at: i64,
    /// What moved.
    pub variant: VariantId,
    /// How many pieces; at least 1.
    pub quantity: i64,
    /// Where from.
    pub from: StockAccount,
    /// Where to.
    pub to: StockAccount,
    /// Why.
    pub cause: StockCause,
}
