//! The small records that decisions always have at hand: who sells, from where, at which tax, for
//! which delivery price, with which discounts. They are resident in the [`crate::World`].

use crate::catalog::TaxCategory;
use crate::code::Country;
use crate::id::{
    CategoryId, DiscountId, LocationId, OperatorId, ProductId, PromotionId, SellerId,
    ShippingRateId, TaxRateId,
};
use crate::money::{Currency, Money};
use crate::returns::ReturnTerms;
use crate::text::Text;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A category in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The category's id.
    pub id: CategoryId,
    /// Its path in English, `Home > Lighting`; unique.
    pub path: String,
    /// Its name.
    pub title: Text,
    /// The category above it.
    pub parent: Option<CategoryId>,
    /// Smaller comes first among its siblings.
    pub position: u32,
    /// The picture's path below the media folder, or empty.
    pub image: String,
}

/// Who sells: the operator itself, a brand, a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seller {
    /// The seller's id.
    pub id: SellerId,
    /// A short unique code.
    pub code: String,
    /// The name shoppers see.
    pub name: String,
    /// Whether this is the operator itself.
    pub first_party: bool,
    /// What invoices say of them, the newest last: one that was issued keeps what held on its day.
    #[serde(default)]
    pub billing: Vec<Billing>,
}

/// Versions of what invoices say of a seller.
pub const BILLING_MAX: usize = 100;

/// Further lines of one of them.
pub const BILLING_LINES_MAX: usize = 8;

/// What invoices say of a seller, from some day on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Billing {
    /// Since when, in UTC milliseconds.
    pub since: i64,
    /// The name in law.
    pub name: String,
    /// Where they are.
    pub address: Address,
    /// The number for value added tax, or another tax number; may be empty.
    pub tax_id: String,
    /// What else must stand there, a line each: commercial register, bank account, contact.
    pub lines: Vec<String>,
}

impl Seller {
    /// What invoices of a moment say of them; before the first version that one.
    pub fn billing_at(&self, at: i64) -> Option<&Billing> {
        let held = self.billing.iter().rfind(|billing| billing.since <= at);
        held.or_else(|| self.billing.first())
    }
}

/// What kind of place a location is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationKind {
    /// A warehouse.
    Warehouse,
    /// A shop that people walk into.
    Shop,
}

/// Opening hours of one day of the week: minutes after local midnight, from and to.
pub type Hours = Vec<(u16, u16)>;

/// A place where goods are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// The location's id.
    pub id: LocationId,
    /// A short unique code.
    pub code: String,
    /// The name shoppers and staff see.
    pub name: String,
    /// What kind of place it is.
    pub kind: LocationKind,
    /// Where it is.
    pub address: Address,
    /// Millionths of a degree, north and east positive.
    pub latitude_micro: i32,
    /// Millionths of a degree.
    pub longitude_micro: i32,
    /// IANA time zone, such as `Europe/Berlin`.
    pub time_zone: String,
    /// Opening hours, Monday first; empty for a day means closed.
    pub hours: [Hours; 7],
    /// The hours as the operator wrote them, for display and export.
    pub hours_text: String,
    /// Local dates on which it is closed, as `yyyymmdd`.
    pub closed_on: Vec<u32>,
    /// Parcels leave from here.
    pub ships: bool,
    /// Shoppers collect here.
    pub collects: bool,
    /// Goods are sold at a till here.
    pub sells: bool,
    /// Minutes of opening time from order to ready for pickup.
    pub pickup_lead_minutes: u32,
    /// Orders before this minute after local midnight leave the same day.
    pub ship_cutoff_minute: u16,
    /// Smaller is preferred as the source of a parcel.
    pub rank: u32,
}

/// A postal address; also a person's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// First name, or empty.
    #[serde(default)]
    pub first_name: String,
    /// Last name or company, or empty.
    #[serde(default)]
    pub last_name: String,
    /// Street and number.
    pub street: String,
    /// Second line, or empty.
    #[serde(default)]
    pub street_2: String,
    /// Postal code, or empty where there is none.
    pub postal_code: String,
    /// City.
    pub city: String,
    /// State or province, or empty.
    #[serde(default)]
    pub region: String,
    /// Country.
    pub country: Option<Country>,
    /// Phone for the courier, or empty.
    #[serde(default)]
    pub phone: String,
}

/// The tax rate of a category of goods in a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// The rate's id.
    pub id: TaxRateId,
    /// Where it applies: the destination's country.
    pub country: Country,
    /// To what it applies.
    pub category: TaxCategory,
    /// Parts per million: 19 % is 190,000.
    pub rate_ppm: u32,
}

/// A way of shipping to a country at a price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingRate {
    /// The rate's id.
    pub id: ShippingRateId,
    /// A short unique code.
    pub code: String,
    /// The name shoppers see.
    pub title: Text,
    /// The destination's country; `None` for every country without a rate of the same service level.
    pub country: Option<Country>,
    /// `standard`, `express`, …: a country's own rate replaces the general one of the same level.
    pub service_level: String,
    /// One price per currency, as shoppers see it (with tax where the currency's prices include it).
    pub prices: Vec<Money>,
    /// Working days from shipping to arrival, least and most.
    pub transit_days: (u8, u8),
}

/// What a discount code takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountValue {
    /// Parts per million of what is left of the goods' price after earlier codes.
    Percent(u32),
    /// A fixed amount, at most what is left of the goods' price.
    Fixed(Money),
}

/// A public discount code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The discount's id.
    pub id: DiscountId,
    /// The code, in upper case; unique.
    pub code: String,
    /// What it says on the receipt.
    pub title: Text,
    /// What it takes off.
    pub value: DiscountValue,
    /// Whether it can be used now.
    pub active: bool,
}

/// A free-shipping promotion. Both conditions that are set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// The promotion's id.
    pub id: PromotionId,
    /// A short unique code.
    pub code: String,
    /// What it says on the receipt.
    pub title: Text,
    /// The least price of the goods before discounts, in one currency.
    pub subtotal_min: Option<Money>,
    /// Any of these in the basket; empty for no such condition.
    pub products: Vec<ProductId>,
    /// The service level that becomes free.
    pub service_level: String,
    /// Whether it applies now.
    pub active: bool,
}

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, operators included.
    Owner,
    /// Orders, goods and stock.
    Staff,
    /// The rounds that they drive, and nothing else.
    Courier,
    /// Scanning parcels at the shop's places, and nothing else.
    Hub,
}

/// Somebody who may sign in to the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// The operator's id.
    pub id: OperatorId,
    /// Rises by one with each change; a session of an older version is over.
    pub version: u32,
    /// The address in lower case; unique.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The password's hash as a PHC string; the core never sees the password.
    pub password_hash: String,
    /// Whether they may sign in.
    pub active: bool,
}

/// The shop as a whole: one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// The name shoppers see.
    pub name: String,
    /// Where it is established: the tax country of collected goods without a location's own.
    pub country: Country,
    /// The currency of a shopper who did not choose.
    pub currency: Currency,
    /// Currencies on offer, and whether their prices include tax.
    pub currencies: Vec<(Currency, TaxDisplay)>,
    /// Countries that parcels go to; empty for everywhere a shipping rate reaches.
    pub ships_to: Vec<Country>,
    /// What it promises of returns.
    #[serde(default)]
    pub returns: ReturnTerms,
}

/// Whether prices are entered and shown with tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxDisplay {
    /// Prices include tax, as in Europe.
    Inclusive,
    /// Tax is added at checkout, as in the United States.
    Exclusive,
}

impl Shop {
    /// Whether prices in `currency` include tax; `None` when the shop does not sell in it.
    pub fn tax_display(&self, currency: Currency) -> Option<TaxDisplay> {
        self.currencies
            .iter()
            .find(|(c, _)| *c == currency)
            .map(|&(_, display)| display)
    }
}
