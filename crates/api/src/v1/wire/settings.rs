//! The settings, to be read.

use super::invoices::SellerBilling;
use super::{LocationKind, Money, TaxCategory, TaxDisplay, Texts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The shop's settings.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// The name shoppers see.
    pub shop_name: String,
    /// Where the shop is reached.
    pub public_url: String,
    /// Where it is established: ISO 3166-1.
    pub country: String,
    /// The currency of a shopper who did not choose.
    pub currency: String,
    /// Currencies on offer.
    pub currencies: Vec<CurrencySetting>,
    /// Countries that parcels go to; empty for everywhere a shipping rate reaches.
    pub ships_to: Vec<String>,
    /// Who sells.
    pub sellers: Vec<Seller>,
    /// Tax rates by country.
    pub tax_rates: Vec<TaxRate>,
    /// Ways of shipping.
    pub shipping_rates: Vec<ShippingRate>,
    /// Payment providers.
    pub payment_providers: Vec<PaymentProvider>,
    /// Mails about orders.
    pub mail: MailStatus,
}

/// How mails about orders fare.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MailStatus {
    /// Whether there is a way to send them.
    pub configured: bool,
    /// Mails that were not taken yet, or are held for a moment, and come again.
    pub waiting: u32,
    /// When one was sent last, in UTC milliseconds.
    #[schema(required)]
    pub sent_at: Option<i64>,
    /// When sending failed, unless it has worked since, in UTC milliseconds.
    #[schema(required)]
    pub failed_at: Option<i64>,
    /// Why it failed, in the mail server's words.
    #[schema(required)]
    pub failure: Option<String>,
}

/// A currency on offer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CurrencySetting {
    /// ISO 4217 code.
    pub currency: String,
    /// Whether prices include tax.
    pub tax: TaxDisplay,
}

/// Who sells.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Seller {
    /// The seller's id.
    pub id: String,
    /// A short code.
    pub code: String,
    /// The name shoppers see.
    pub name: String,
    /// Whether this is the operator itself.
    pub first_party: bool,
    /// What invoices say of them now; `null` until somebody said.
    #[schema(required)]
    pub billing: Option<SellerBilling>,
}

/// A tax rate.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TaxRate {
    /// Where it applies.
    pub country: String,
    /// To what it applies.
    pub category: TaxCategory,
    /// Parts per million: 19 % is 190000.
    pub rate_ppm: u32,
}

/// A way of shipping.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ShippingRate {
    /// The rate's id.
    pub id: String,
    /// A short code.
    pub code: String,
    /// The name shoppers see.
    pub title: Texts,
    /// The destination's country; `null` for every country without a rate of the same level.
    #[schema(required)]
    pub country: Option<String>,
    /// `standard`, `express`, ….
    pub service_level: String,
    /// One price per currency.
    pub prices: Vec<Money>,
    /// Working days from shipping to arrival, at least.
    pub transit_days_min: u8,
    /// Working days from shipping to arrival, at most.
    pub transit_days_max: u8,
}

/// A payment provider.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PaymentProvider {
    /// Its name in the configuration.
    pub name: String,
    /// Whether it moves test money alone.
    pub test_money: bool,
}

/// All locations.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LocationList {
    /// By name.
    pub items: Vec<Location>,
}

/// A place where goods are.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// The location's id.
    pub id: String,
    /// A short code.
    pub code: String,
    /// The name shoppers and staff see.
    pub name: String,
    /// What kind of place it is.
    pub kind: LocationKind,
    /// Where it is.
    pub address: super::Address,
    /// IANA time zone.
    pub time_zone: String,
    /// Opening hours as the operator wrote them.
    pub opening_hours: String,
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
}
