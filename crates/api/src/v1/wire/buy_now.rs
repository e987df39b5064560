//! A purchase in one call.

use super::orders::Presale;
use super::traffic::GivenAttribution;
use super::{Device, GroupState, Money, OrderState, PaymentState};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// What is to be bought, by whom, how it reaches them and how it is paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BuyNow {
    /// What is to be bought.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<BuyLine>,
    /// Who buys.
    pub buyer: BuyBuyer,
    /// Where a parcel goes; needed for `ship`.
    #[serde(default)]
    pub destination: Option<BuyAddress>,
    /// How the goods reach the buyer.
    pub delivery: BuyDelivery,
    /// How it is paid.
    pub payment: BuyPayment,
    /// ISO 4217 code; the shop's own currency when absent.
    #[serde(default)]
    #[schema(example = "EUR")]
    pub currency: Option<String>,
    /// What the buyer was shown as the total, in minor units. Refused with `price_changed` when it costs
    /// something else by now; absent for whatever it costs.
    #[serde(default)]
    #[schema(minimum = 0, example = 1093)]
    pub expected_total: Option<i64>,
    /// What the buyer was told to pay of the total at once, in minor units, for goods on presale. With an
    /// `expected_total`, another deposit than this one, or one where none was expected, is refused with
    /// `price_changed`.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub expected_deposit: Option<i64>,
    /// `en`, `de` or `zh`; English when absent.
    #[serde(default)]
    #[schema(example = "en")]
    pub language: Option<String>,
    /// The kind of device; unknown when absent.
    #[serde(default)]
    pub device: Option<Device>,
    /// Where the buyer came from. One that is malformed is left out: it is never a reason to refuse a purchase.
    #[serde(default, deserialize_with = "if_it_can_be_read")]
    pub attribution: Option<GivenAttribution>,
    /// Discount codes as typed.
    #[serde(default)]
    #[schema(max_items = 5)]
    pub discount_codes: Vec<String>,
}

fn if_it_can_be_read<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<GivenAttribution>, D::Error> {
    let given = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(given).ok())
}

/// One article.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BuyLine {
    /// The SKU; either this or `variant`.
    #[serde(default)]
    pub sku: Option<String>,
    /// The variant's id; either this or `sku`.
    #[serde(default)]
    pub variant: Option<String>,
    /// Pieces.
    #[schema(minimum = 1, maximum = 1000000)]
    pub quantity: u32,
}

/// Who buys.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct BuyBuyer {
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    #[schema(example = "ada@example.com")]
    pub email: String,
    #[serde(default)]
    pub phone: String,
}

/// Where a parcel goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct BuyAddress {
    #[serde(default)]
    pub first_name: String,
    #[serde(default)]
    pub last_name: String,
    pub street: String,
    #[serde(default)]
    pub street_2: String,
    #[serde(default)]
    pub postal_code: String,
    pub city: String,
    #[serde(default)]
    pub region: String,
    /// ISO 3166-1 code of two letters.
    #[schema(example = "DE")]
    pub country: String,
    #[serde(default)]
    pub phone: String,
}

/// How the goods reach the buyer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BuyDelivery {
    /// A parcel, at the shipping rate with this code.
    Ship(String),
    /// Collection at the location with this code or id.
    Pickup(String),
}

/// How it is paid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BuyPayment {
    /// Through a payment provider.
    Provider {
        /// Its name, as configured.
        name: String,
        /// What stands for the card; the provider's own page when absent.
        #[serde(default)]
        token: Option<String>,
    },
    /// Later, by agreement; only where the shop allows it.
    OnAccount {},
}

/// What became of a purchase.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bought {
    /// What was paid for in one go: the group's id.
    pub group: String,
    /// Where it is.
    pub state: GroupState,
    /// Its orders, one per seller.
    pub orders: Vec<BoughtOrder>,
    /// What is to be paid.
    pub total: Money,
    /// What is paid at once and when the rest is due, if it is on presale.
    #[schema(required)]
    pub presale: Option<Presale>,
    /// How the payment stands.
    pub payment: BoughtPayment,
    /// The page where the buyer sees the order; whoever has this address may see it.
    pub order_url: String,
    /// Until when the goods are set aside while it is not paid, in UTC milliseconds.
    #[schema(required)]
    pub expires_at: Option<i64>,
}

/// One of the orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoughtOrder {
    /// The order's id, which is its number.
    pub id: String,
    /// Where it is.
    pub state: OrderState,
}

/// How the payment stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoughtPayment {
    /// The payment's id.
    pub id: String,
    /// Where it is; `pending` when the provider has not answered in time.
    pub state: PaymentState,
    /// Where the buyer must go, while the state is `action_required`.
    #[schema(required)]
    pub action_url: Option<String>,
    /// The provider's code of a refusal, or empty.
    pub decline_code: String,
}
