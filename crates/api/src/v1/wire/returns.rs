//! Returns: what shoppers want to send back, what they are told, and what came.

use super::{DeliveryRefund, Money, Named, ReturnReason, ReturnState};
use commerce::returns;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which returns are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReturnQuery {
    /// Any of these states, separated by commas, or `all`; `requested,approved` when absent. Open ones alone come oldest
    /// first, others newest first.
    pub state: Option<String>,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// One page of returns.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReturnList {
    /// The returns.
    pub items: Vec<ReturnSummary>,
    /// What to pass as `cursor` for the next page; `null` on the last.
    #[schema(required)]
    pub next: Option<String>,
    /// How many returns are open, whatever was asked for.
    pub open: i64,
}

/// A return in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReturnSummary {
    /// The return's id.
    pub id: String,
    /// Its order's id.
    pub order: String,
    /// Where it is.
    pub state: ReturnState,
    /// When it was asked for, in UTC milliseconds.
    pub requested_at: i64,
    /// Pieces asked for.
    pub pieces: u32,
    /// Why, of each line.
    pub reasons: Vec<ReturnReason>,
    /// What the first line is called.
    pub title: String,
    /// How many photos came with it.
    pub photos: usize,
    /// The buyer's name.
    pub buyer: String,
    /// The buyer's e-mail address.
    pub email: String,
    /// What goes back for it.
    pub amount: Money,
}

/// A return.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Return {
    /// The return's id.
    pub id: String,
    /// Its order's id.
    pub order: String,
    /// Where it is.
    pub state: ReturnState,
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// What the shopper says.
    pub note: String,
    /// The shopper's photos.
    pub photos: Vec<ReturnPhoto>,
    /// What the shopper was told: how to send it, or why it is refused.
    pub answer: String,
    /// Where the goods are to be sent or brought; after they came, where they were put.
    #[schema(required)]
    pub location: Option<Named>,
    /// When it was asked for, in UTC milliseconds.
    pub requested_at: i64,
    /// When it was approved or refused, in UTC milliseconds.
    #[schema(required)]
    pub answered_at: Option<i64>,
    /// When it ended, in UTC milliseconds.
    #[schema(required)]
    pub ended_at: Option<i64>,
    /// What goes back for it.
    pub amount: Money,
    /// What would go back if all of it came now, without delivery; of an open return.
    pub expected: Money,
    /// The refunds that it led to: one, or one for each of two payments.
    pub refunds: Vec<String>,
}

/// Pieces of a line that come back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReturnLine {
    /// The line's number.
    pub number: u16,
    /// The SKU when it was sold.
    pub sku: String,
    /// The name when it was sold.
    pub title: String,
    /// The options when it was sold.
    pub options: String,
    /// The picture when it was sold.
    pub image: String,
    /// Pieces that the shopper wants to send.
    pub quantity: u32,
    /// Why.
    pub reason: ReturnReason,
    /// Pieces that came.
    pub received: u32,
    /// Those of them that can be sold again.
    pub restocked: u32,
}

/// A shopper's photo.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReturnPhoto {
    /// The photo's id.
    pub id: String,
    /// Where a small one is; for whoever may see the return.
    pub small: String,
    /// Where the whole one is.
    pub whole: String,
}

/// A photo that was kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct KeptPhoto {
    /// The photo's id: a return that is asked for within two days may name it.
    pub id: String,
}

/// A return to be asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnCreate {
    /// What comes back; each line once.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<ReturnPieces>,
    /// What the shopper says.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub note: String,
    /// Ids of photos that were kept for this order.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub photos: Vec<String>,
    /// Whether it is taken though the shop's time for returns is over.
    #[serde(default)]
    pub overlook_window: bool,
}

/// Pieces of a line to be returned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnPieces {
    /// The line's number.
    #[schema(minimum = 1)]
    pub number: u16,
    /// Pieces.
    #[schema(minimum = 1)]
    pub quantity: u32,
    /// Why.
    pub reason: ReturnReason,
}

/// How the goods are to be sent. A text or a location is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnApproval {
    /// What the shopper is told: a label's address, what to write on the parcel.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub how: String,
    /// The id of the location that the goods are to be sent or brought to.
    #[serde(default)]
    pub location: Option<String>,
}

/// Why goods are not taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRefusal {
    /// What the shopper is told.
    #[schema(min_length = 1, max_length = 2000)]
    pub why: String,
}

/// What came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnReceipt {
    /// What came of each line. A line that is not named did not come.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<ReceivedPieces>,
    /// The id of the location where pieces are put that can be sold again.
    #[serde(default)]
    pub location: Option<String>,
    /// Whether delivery is given back; as the shop says when absent.
    #[serde(default)]
    pub delivery: DeliveryRefund,
    /// The refund's note, in the operator's words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub note: String,
}

/// Pieces of a line that came.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivedPieces {
    /// The line's number.
    #[schema(minimum = 1)]
    pub number: u16,
    /// Pieces that came.
    pub quantity: u32,
    /// Those of them that can be sold again; the others are written off.
    pub restock: u32,
}

/// What the shop promises of returns.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnTerms {
    /// Days from delivery in which goods may be sent back; 0 for none.
    #[schema(maximum = 3650)]
    pub days: u16,
    /// Whether delivery is given back, too, when all of an order came back.
    pub delivery: bool,
}

impl From<returns::ReturnTerms> for ReturnTerms {
    fn from(from: returns::ReturnTerms) -> Self {
        Self {
            days: from.days,
            delivery: from.delivery,
        }
    }
}

impl From<ReturnTerms> for returns::ReturnTerms {
    fn from(from: ReturnTerms) -> Self {
        Self {
            days: from.days,
            delivery: from.delivery,
        }
    }
}
