//! Stock: levels, changes and movements.

use super::{Named, Texts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which levels are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StockQuery {
    /// The location's id.
    pub location: String,
    /// SKU, GTIN or name.
    #[param(max_length = 200)]
    pub query: Option<String>,
    /// `low` for what is nearly or wholly gone, `short` for what orders rely on although it is not
    /// there; all when absent.
    pub only: Option<StockOnly>,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// A part of the stock that deserves attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockOnly {
    /// At most five pieces can still be promised.
    Low,
    /// Orders rely on pieces that are not there.
    Short,
}

/// One page of levels, by SKU.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct StockList {
    /// The levels.
    pub items: Vec<StockLevel>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// What is there of one variant at one location.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct StockLevel {
    /// What.
    pub variant: String,
    /// Its product.
    pub product: String,
    /// The SKU.
    pub sku: String,
    /// The name.
    pub title: Texts,
    /// The options, or empty.
    pub options: String,
    /// The picture, or empty.
    pub image: String,
    /// Where.
    pub location: Named,
    /// Pieces that are physically there.
    pub on_hand: i64,
    /// Pieces of these that are set aside for orders.
    pub reserved: i64,
    /// Pieces that are never promised online.
    pub safety_stock: i64,
    /// Pieces that can still be promised.
    pub available: i64,
    /// Pieces that orders rely on although they are not there.
    pub shortage: i64,
}

/// Levels of one variant at all locations that have or had it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct VariantStock {
    /// One per location.
    pub items: Vec<StockLevel>,
}

/// Changes of stock with one cause. All are made, or none.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockAdjustment {
    /// The changes.
    #[schema(min_items = 1, max_items = 1000)]
    pub changes: Vec<StockChange>,
    /// Why, in the operator's words.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub note: String,
}

/// One change of stock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockChange {
    /// The variant's id.
    pub variant: String,
    /// The location's id.
    pub location: String,
    /// What the number says.
    pub kind: StockChangeKind,
    /// Pieces.
    #[schema(minimum = 0, maximum = 1000000000)]
    pub pieces: i64,
}

/// What the number of a change says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StockChangeKind {
    /// So many are there.
    Counted,
    /// So many came in.
    Received,
    /// So many are damaged or lost.
    Damaged,
    /// So many are never promised online.
    SafetyStock,
}

/// How many changes changed anything.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct StockAdjusted {
    /// Changes that changed something.
    pub changed: u32,
    /// Changes that found it so already.
    pub unchanged: u32,
}

/// Whose movements are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MovementQuery {
    /// The variant's id.
    pub variant: String,
    /// The location's id.
    pub location: String,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// One page of movements, newest first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MovementList {
    /// The movements.
    pub items: Vec<StockMovement>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// One double entry of goods, seen from a location.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct StockMovement {
    /// Its number.
    pub number: u64,
    /// When, in UTC milliseconds.
    pub at: i64,
    /// Pieces.
    pub quantity: i64,
    /// The account they left.
    pub from: StockAccount,
    /// The account they went to.
    pub to: StockAccount,
    /// Why.
    pub cause: StockCause,
    /// The order, when it was for one.
    #[schema(required)]
    pub order: Option<String>,
}

/// An account of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the core's variants say what they mean")]
pub enum StockAccount {
    Free,
    Reserved,
    Supplier,
    Customer,
    Adjustment,
}

/// Why goods moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the core's variants say what they mean")]
pub enum StockCause {
    Reserve,
    Release,
    Expire,
    Fulfill,
    Return,
    Count,
    Receive,
    Damage,
    Import,
}
