//! Requests of version 2026-04-08.

use serde::Deserialize;

use crate::ucp::shape::{
    BuyerInput, ContextInput, DiscountsInput, FulfillmentInput, LineInput, PaymentInput,
};

/// The body of create and update of a checkout.
#[derive(Debug, Clone, Deserialize)]
pub struct CheckoutRequest {
    /// The wanted lines; must be there, if only empty.
    pub line_items: Vec<LineInput>,
    /// The buyer; absent means unknown.
    pub buyer: Option<BuyerInput>,
    /// The buyer's surroundings.
    pub context: Option<ContextInput>,
    /// The wanted way of delivery.
    pub fulfillment: Option<FulfillmentInput>,
    /// The wanted codes.
    pub discounts: Option<DiscountsInput>,
    /// The buyer's instruments.
    pub payment: Option<PaymentInput>,
    /// The cart to start from (create only).
    pub cart_id: Option<String>,
}

/// The body of complete.
#[derive(Debug, Clone, Deserialize)]
pub struct CompleteRequest {
    /// What to pay with.
    pub payment: PaymentInput,
}

/// The body of create and update of a cart.
#[derive(Debug, Clone, Deserialize)]
pub struct CartRequest {
    /// The wanted lines; must be there, if only empty.
    pub line_items: Vec<LineInput>,
    /// The buyer; absent means unknown.
    pub buyer: Option<BuyerInput>,
    /// The buyer's surroundings.
    pub context: Option<ContextInput>,
    /// The wanted codes.
    pub discounts: Option<DiscountsInput>,
}

/// A price filter: minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct PriceFilter {
    /// Lowest price.
    pub min: Option<i64>,
    /// Highest price.
    pub max: Option<i64>,
}

/// What a search or lookup is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Filters {
    /// Any of these categories.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Within these prices.
    pub price: Option<PriceFilter>,
}

/// Which page of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PageRequest {
    /// From an earlier answer.
    pub cursor: Option<String>,
    /// How many.
    pub limit: Option<i64>,
}

/// The body of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SearchRequest {
    /// Free words.
    pub query: Option<String>,
    /// The buyer's surroundings.
    pub context: Option<ContextInput>,
    /// What it is narrowed to.
    #[serde(default)]
    pub filters: Filters,
    /// Which page.
    #[serde(default)]
    pub pagination: PageRequest,
}

/// The body of a lookup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LookupRequest {
    /// Product ids, variant ids, SKUs or handles.
    pub ids: Vec<String>,
    /// What it is narrowed to.
    #[serde(default)]
    pub filters: Filters,
    /// The buyer's surroundings.
    pub context: Option<ContextInput>,
}

/// A chosen option value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Selection {
    /// `Color`.
    pub name: String,
    /// `Red`.
    pub label: String,
}

/// The body of "get product".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProductRequest {
    /// A product's or variant's id.
    pub id: String,
    /// The values chosen so far.
    #[serde(default)]
    pub selected: Vec<Selection>,
    /// Which options to hold on to, most important first.
    #[serde(default)]
    pub preferences: Vec<String>,
    /// What it is narrowed to.
    #[serde(default)]
    pub filters: Filters,
    /// The buyer's surroundings.
    pub context: Option<ContextInput>,
}
