//! Products and prices.

use super::{Money, Named, Status, TaxCategory, Texts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which products are listed.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductQuery {
    /// Name, brand, handle, SKU or GTIN.
    #[param(max_length = 200)]
    pub query: Option<String>,
    /// Whether it can be seen and bought.
    pub status: Option<Status>,
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// One page of products, by handle.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProductList {
    /// The products.
    pub items: Vec<ProductSummary>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// A product in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ProductSummary {
    /// The product's id.
    pub id: String,
    /// The slug in its address.
    pub handle: String,
    /// Its name.
    pub title: Texts,
    /// The maker, or empty.
    pub brand: String,
    /// Whether it can be seen.
    pub status: Status,
    /// The first variant's picture, or empty.
    pub image: String,
    /// How many variants can be bought.
    pub variants: u32,
    /// The lowest and the highest price in the shop's currency; `null` without a price.
    #[schema(required)]
    pub price_from: Option<Money>,
    /// The highest price in the shop's currency.
    #[schema(required)]
    pub price_to: Option<Money>,
    /// Pieces that can still be promised, all variants and locations together.
    pub available: i64,
}

/// A product.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The product's id.
    pub id: String,
    /// Rises by one with each change.
    pub version: u32,
    /// The slug in its address.
    pub handle: String,
    /// Its name.
    pub title: Texts,
    /// What it is.
    pub description: Texts,
    /// The maker, or empty.
    pub brand: String,
    /// The category it is listed in.
    #[schema(required)]
    pub category: Option<Named>,
    /// The tax category of all its variants.
    pub tax_category: TaxCategory,
    /// Whether it can be seen.
    pub status: Status,
    /// What can be bought.
    pub variants: Vec<Variant>,
    /// When it was first saved, in UTC milliseconds.
    pub created_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

/// What is bought.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Variant {
    /// The variant's id.
    pub id: String,
    /// The stock keeping unit.
    pub sku: String,
    /// The trade item number, or empty.
    pub gtin: String,
    /// The options, or empty.
    pub options: String,
    /// Weight with packing, in grams; 0 when unknown.
    pub weight_grams: u32,
    /// The picture, or empty.
    pub image: String,
    /// Whether it can be bought.
    pub status: Status,
    /// Who sells it at which prices.
    pub offers: Vec<Offer>,
    /// Pieces that can still be promised, all locations together.
    pub available: i64,
}

/// One seller's offer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// Who sells.
    pub seller: Named,
    /// At most one price per currency.
    pub prices: Vec<Money>,
}

/// What changes of a product; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChange {
    /// The version the change was made from; refused with `version_conflict` when it is another one.
    pub version: u32,
    /// Its name.
    pub title: Option<Texts>,
    /// What it is.
    pub description: Option<Texts>,
    /// The maker.
    #[schema(max_length = 200)]
    pub brand: Option<String>,
    /// Whether it can be seen.
    pub status: Option<Status>,
    /// Changes of its variants; those that are not named stay.
    #[serde(default)]
    #[schema(max_items = 255)]
    pub variants: Vec<VariantChange>,
}

/// What changes of a variant; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantChange {
    /// The variant's id.
    pub id: String,
    /// Whether it can be bought.
    pub status: Option<Status>,
    /// All prices of one seller, replacing those before.
    pub prices: Option<PriceChange>,
}

/// All prices of one seller for a variant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceChange {
    /// The seller's id; absent for the operator itself.
    pub seller: Option<String>,
    /// At most one price per currency.
    #[schema(max_items = 50)]
    pub prices: Vec<Money>,
}
