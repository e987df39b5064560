//! What a shopper intends to buy: the cart, and the checkout as a priced intent with an expiry.

use crate::command::{Channel, Device};
use crate::extension::Extension;
use crate::id::{
    CartId, CheckoutId, CustomerId, LocationId, RuleId, SellerId, ShippingRateId, VariantId,
};
use crate::money::Currency;
use crate::points::PointsWanted;
use crate::settings::Address;
use crate::text::Language;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Which variant from whom, how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What.
    pub variant: VariantId,
    /// From whom; `None` for the cheapest offer.
    pub seller: Option<SellerId>,
    /// How many pieces.
    pub quantity: u32,
}

/// What a shopper has put aside without a promise: not priced, not reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The cart's id.
    pub id: CartId,
    /// Rises by one with each change.
    pub version: u32,
    /// What is in it, in the order it was put in; at most one item per variant and seller.
    pub items: Vec<Item>,
    /// The currency it is shown in.
    pub currency: Currency,
    /// The language it is shown in.
    pub language: Language,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
    /// What the edge keeps with it; the core does not read it.
    #[serde(default)]
    pub extension: String,
    /// How many points the member wants to pay with.
    #[serde(default)]
    pub points: PointsWanted,
}

/// Who buys.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Buyer {
    /// First name, or empty.
    #[serde(default)]
    pub first_name: String,
    /// Last name, or empty.
    #[serde(default)]
    pub last_name: String,
    /// E-mail address in lower case, or empty until known.
    #[serde(default)]
    pub email: String,
    /// Phone, or empty.
    #[serde(default)]
    pub phone: String,
}

/// How the goods are to reach the shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// A parcel at a shipping rate.
    Ship(ShippingRateId),
    /// Collection at a location.
    Pickup(LocationId),
    /// Carried out of the location where it was sold.
    CarryOut(LocationId),
}

/// When the goods are to arrive, or to be ready for collection, in UTC milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Not before.
    pub earliest: i64,
    /// Not after.
    pub latest: i64,
}

/// Where a checkout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutStatus {
    /// Being filled in.
    Open,
    /// Placed: the order group with the same id exists.
    Placed,
    /// Given up by the shopper.
    Canceled,
}

/// What the shopper fills in, as one value: an update replaces it whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The language of texts and mails.
    pub language: Language,
    /// What is to be bought.
    pub items: Vec<Item>,
    /// Who buys.
    pub buyer: Arc<Buyer>,
    /// Where a parcel goes.
    pub destination: Option<Arc<Address>>,
    /// The address on the invoice; `None` for the destination.
    pub billing: Option<Arc<Address>>,
    /// How the goods reach the shopper.
    pub delivery: Option<Delivery>,
    /// The arrival that the edge computed and showed; kept with the order.
    #[serde(default)]
    pub promise: Option<Promise>,
    /// Discount codes as typed; those that do not apply are reported in the quote.
    pub discount_codes: Vec<String>,
    /// The member who buys, as the edge knows from their session; `None` for a guest.
    #[serde(default)]
    pub member: Option<CustomerId>,
    /// What the edge keeps with it; the core does not read it.
    #[serde(default)]
    pub extension: Extension,
    /// How many points the member wants to pay with.
    #[serde(default)]
    pub points: PointsWanted,
}

/// The version of a checkout that was opened and not changed since.
pub const FIRST_VERSION: u32 = 1;

/// A priced intent to buy. Its id becomes the order group's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The checkout's id.
    pub id: CheckoutId,
    /// Rises by one with each change, from [`FIRST_VERSION`].
    pub version: u32,
    /// Where it is.
    pub status: CheckoutStatus,
    /// The door it came through.
    pub channel: Channel,
    /// The kind of device it came from.
    pub device: Device,
    /// Whoever shows this secret may see the checkout and the order.
    pub access_key: u64,
    /// What the shopper filled in.
    pub intent: Intent,
    /// What it costs, as of the last change.
    pub quote: Quote,
    /// When it was opened, in UTC milliseconds.
    pub created_at: i64,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
    /// When it ends unless it is changed, in UTC milliseconds.
    pub expires_at: i64,
}

impl Checkout {
    /// The checkout once it was placed, at `placed_at`. What was placed as it was shown is not saved again: whoever
    /// finds an open checkout looks for the order group under its id, and if there is one, the checkout is this.
    #[must_use]
    pub fn placed(&self, placed_at: i64) -> Self {
        let mut placed = self.clone();
        if placed.status == CheckoutStatus::Open {
            placed.status = CheckoutStatus::Placed;
            placed.version += 1;
            placed.updated_at = placed_at;
        }
        placed
    }
}

/// What an intent costs, line by line. All amounts are in minor units of the intent's currency.
///
/// `total = subtotal − discount + shipping + tax_added`: where prices include tax, `tax_added` is 0
/// and `tax` is the part contained; elsewhere both are the tax that comes on top.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quote {
    /// One for each item, in order.
    pub lines: Vec<QuoteLine>,
    /// The goods before discounts.
    pub subtotal: i64,
    /// What discounts take off the goods.
    pub discount: i64,
    /// Delivery, after promotions; 0 while no delivery is chosen.
    pub shipping: i64,
    /// The name of the delivery in the intent's language, or empty while none is chosen.
    pub delivery_title: String,
    /// The part of `tax` that belongs to delivery.
    pub shipping_tax: i64,
    /// All tax.
    pub tax: i64,
    /// The part of `tax` that is added to prices.
    pub tax_added: i64,
    /// What is to be paid.
    pub total: i64,
    /// The discounts that applied, in order, with what each took off.
    pub applied: Vec<AppliedDiscount>,
    /// The codes that did not apply.
    pub rejected_codes: Vec<String>,
    /// What of the total is paid at once and when the rest is due, if the goods are on presale.
    #[serde(default)]
    pub deposit: Option<Box<Deposit>>,
}

impl Quote {
    /// How many points are spent on it.
    pub fn points_spent(&self) -> i64 {
        self.applied
            .iter()
            .filter_map(AppliedDiscount::points)
            .sum()
    }
}

/// What is paid at once for goods on presale, and when the balance is due. Amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// What is paid at once: at least 1, at most the goods' price.
    pub amount: i64,
    /// What that counts as; what it counts for above `amount` is among the discounts.
    pub counts_as: i64,
    /// `amount` by line, in order.
    pub parts: Vec<i64>,
    /// From when the balance can be paid, in UTC milliseconds.
    pub balance_from: i64,
    /// Until when it must be paid, in UTC milliseconds.
    pub balance_until: i64,
    /// Whether the deposit is lost when the balance is not paid.
    pub forfeit: bool,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// What.
    pub variant: VariantId,
    /// From whom.
    pub seller: SellerId,
    /// How many pieces.
    pub quantity: u32,
    /// The price of one piece.
    pub unit_price: i64,
    /// `unit_price × quantity`.
    pub subtotal: i64,
    /// This line's part of the discounts.
    pub discount: i64,
    /// The tax of the line.
    pub tax: i64,
    /// What the line costs: `subtotal − discount`, plus `tax` where prices exclude it.
    pub total: i64,
    /// The tax rate in parts per million.
    pub tax_rate_ppm: u32,
    /// The product's name in the intent's language.
    pub title: String,
    /// The variant's options, `Colour: Red`, or empty.
    pub options: String,
    /// The variant's SKU.
    pub sku: String,
    /// The variant's picture, or empty.
    pub image: String,
}

/// A discount that applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedDiscount {
    /// The code as it is stored, or empty for one that applies by itself.
    pub code: String,
    /// What the receipt says.
    pub title: String,
    /// What it took off, in minor units.
    pub amount: i64,
    /// `amount` split over the lines, in order.
    pub allocations: Vec<i64>,
    /// What took it off.
    #[serde(default)]
    pub source: DiscountSource,
}

impl AppliedDiscount {
    /// The campaign's rule, if it is one's.
    pub fn rule(&self) -> Option<RuleId> {
        match self.source {
            DiscountSource::Rule(rule) => Some(rule),
            DiscountSource::Code | DiscountSource::Points(_) => None,
        }
    }

    /// How many points were spent, if it was them.
    pub fn points(&self) -> Option<i64> {
        match self.source {
            DiscountSource::Points(points) => Some(points),
            DiscountSource::Code | DiscountSource::Rule(_) => None,
        }
    }
}

/// What took a discount off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountSource {
    /// A public discount code.
    #[default]
    Code,
    /// A campaign's rule.
    Rule(RuleId),
    /// So many of the member's points.
    Points(i64),
}
