//! What is asked of returns.

use crate::id::{LocationId, OrderId, ReturnId};
use crate::returns::ReturnReason;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What is to be sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestReturn {
    /// Of which order.
    pub order: OrderId,
    /// What the caller knows it by, or 0: asked for again under the same key, it is the same return.
    pub key: u64,
    /// Line numbers, pieces and why.
    pub lines: Vec<(u16, u32, ReturnReason)>,
    /// What the shopper says, or empty.
    pub note: String,
    /// The shopper's photos, as the edge knows them.
    pub photos: Vec<u128>,
    /// Whether it is taken though the shop's time for returns is over. Heeded if an operator says so.
    pub overlook_window: bool,
}

/// What becomes of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerReturn {
    /// Of which.
    pub r#return: ReturnId,
    /// What.
    pub answer: ReturnAnswer,
}

/// What is said of a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnAnswer {
    /// The shopper may send the goods.
    Approve {
        /// How: a label's address, what to write on the parcel; may be empty if there is a location.
        how: String,
        /// Where to, if it is one of the shop's own places.
        location: Option<LocationId>,
    },
    /// The goods are not taken back.
    Refuse {
        /// Why, in words for the shopper.
        why: String,
    },
    /// The shopper keeps the goods.
    Withdraw,
}

/// Goods of a return that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiveReturn {
    /// Of which return.
    pub r#return: ReturnId,
    /// What came. A line that is not named did not come.
    pub lines: Vec<ReceivedLine>,
    /// Where pieces go that can be sold again.
    pub location: Option<LocationId>,
    /// Whether delivery is given back.
    pub delivery: DeliveryBack,
    /// The refund's note, in the operator's words.
    pub note: String,
}

/// Pieces of a line that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceivedLine {
    /// The line's number within the group.
    pub number: u16,
    /// Pieces that came.
    pub pieces: u32,
    /// Those of them that can be sold again; the others are written off.
    pub restocked: u32,
}

/// Whether what was paid for delivery goes back with returned goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryBack {
    /// If all of the order came back and the shop's terms say so.
    AsTheShopSays,
    /// All that is left of it.
    Yes,
    /// Nothing of it.
    No,
}
