//! Invoices: which there are, and what they say of a seller.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// In which language a document is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PaperQuery {
    /// `en`, `de` or `zh`; the order's own when absent.
    pub language: Option<String>,
}

/// A document of an order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderPaper {
    /// Its number.
    pub number: String,
    /// The refund that it is the credit note for; `null` for the invoice.
    #[schema(required)]
    pub refund: Option<String>,
}

/// What invoices say of a seller.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BillingBody {
    /// The name in law.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Street and number.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub street: String,
    /// Second line.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub street_2: String,
    /// Postal code.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub postal_code: String,
    /// City.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub city: String,
    /// State or province.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub region: String,
    /// Country: ISO 3166-1, or empty.
    #[serde(default)]
    #[schema(max_length = 2)]
    pub country: String,
    /// The number for value added tax, or another tax number.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub tax_id: String,
    /// What else must stand there, a line each: commercial register, bank account, contact.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub lines: Vec<String>,
}

/// What invoices say of a seller, and since when.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SellerBilling {
    /// Since when, in UTC milliseconds.
    pub since: i64,
    /// What.
    pub says: BillingBody,
}
