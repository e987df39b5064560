//! What we have to say, before a version of the protocol spells it.
//!
//! Handlers fill these shapes from the core's; `v2026_01_11` and `v2026_04_08` turn them into messages. They
//! hold what both versions need and nothing that only one of them invents. Amounts are minor units of the
//! checkout's currency and never negative, discounts included: a version decides about signs.

use std::sync::Arc;

use super::shape::{Address, Consent, Link};

/// Where a checkout session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckoutStatus {
    /// Something is missing; the messages say what.
    Incomplete,
    /// Only the buyer can go on, at `continue_url`.
    RequiresEscalation,
    /// Everything is there: the platform may complete.
    ReadyForComplete,
    /// The order is placed and its payment is still on its way.
    CompleteInProgress,
    /// The order exists.
    Completed,
    /// Canceled or expired.
    Canceled,
}

impl CheckoutStatus {
    /// Nothing can change any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Canceled)
    }
}

/// Who should act on an error message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The platform, by another request.
    Recoverable,
    /// The buyer, at `continue_url`, with an input that has no place in the API.
    RequiresBuyerInput,
    /// Nobody: there is no resource.
    Unrecoverable,
}

/// How a message weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Something stands in the way.
    Error(Severity),
    /// Nothing stands in the way, but the buyer must be told.
    Warning,
}

/// One message about a checkout, a cart, an order or a catalog answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Error or warning.
    pub kind: MessageKind,
    /// The stable code, lower case with underscores.
    pub code: &'static str,
    /// The JSONPath of the member that it is about.
    pub path: Option<String>,
    /// One sentence for people.
    pub content: String,
}

impl Message {
    /// An error that the platform can mend.
    #[must_use]
    pub fn recoverable(code: &'static str, path: &str, content: impl Into<String>) -> Self {
        Self {
            kind: MessageKind::Error(Severity::Recoverable),
            code,
            path: Some(path.to_owned()),
            content: content.into(),
        }
    }

    /// An error in place of a resource.
    #[must_use]
    pub fn unrecoverable(code: &'static str, content: impl Into<String>) -> Self {
        Self {
            kind: MessageKind::Error(Severity::Unrecoverable),
            code,
            path: None,
            content: content.into(),
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: &'static str, path: &str, content: impl Into<String>) -> Self {
        Self {
            kind: MessageKind::Warning,
            code,
            path: Some(path.to_owned()),
            content: content.into(),
        }
    }

    /// The same message about another member.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it keeps a checkout from being completed.
    #[must_use]
    pub const fn blocks(&self) -> bool {
        matches!(self.kind, MessageKind::Error(_))
    }
}

/// The article of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The variant's id.
    pub id: String,
    /// Product title, with the options if there are any.
    pub title: String,
    /// Unit price as the buyer sees it.
    pub price: i64,
    /// An absolute address of a picture.
    pub image_url: Option<String>,
}

/// A line of a cart or checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Stable within the checkout and its order.
    pub id: String,
    /// What.
    pub item: Item,
    /// How many.
    pub quantity: u32,
    /// Unit price times quantity.
    pub subtotal: i64,
    /// The part of the discounts that falls on this line.
    pub discount: i64,
}

/// The sums of a cart, a checkout or an order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Lines before discounts.
    pub subtotal: i64,
    /// Discounts that are spread over lines.
    pub items_discount: i64,
    /// Shipping or pickup; `None` while nothing is chosen.
    pub fulfillment: Option<i64>,
    /// Tax on top of the prices; 0 if prices include it.
    pub tax: i64,
    /// What the buyer pays.
    pub total: i64,
}

impl Totals {
    /// Whether the parts add up to the total.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.subtotal - self.items_discount + self.fulfillment.unwrap_or(0) + self.tax == self.total
    }
}

/// The buyer as known so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Buyer {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The whole name, where a platform sent only that.
    pub full_name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number, as sent.
    pub phone_number: Option<String>,
    /// What the buyer agreed to.
    pub consent: Option<Consent>,
}

/// How goods leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MethodType {
    /// A parcel to an address.
    Shipping,
    /// The buyer collects at a shop.
    Pickup,
}

/// A place that the goods can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// An address of the buyer.
    Address {
        /// The platform's id, or ours.
        id: String,
        /// Where.
        address: Address,
    },
    /// One of our shops.
    Shop {
        /// The location's id.
        id: String,
        /// Its name.
        name: String,
        /// Where.
        address: Address,
    },
}

impl Destination {
    /// The id by which it is selected.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Address { id, .. } | Self::Shop { id, .. } => id,
        }
    }
}

/// A way of delivery with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOption {
    /// The rate's code.
    pub id: String,
    /// What tells it from its siblings.
    pub title: String,
    /// When it arrives, in words.
    pub description: Option<String>,
    /// Earliest arrival, UTC milliseconds.
    pub earliest_ms: Option<i64>,
    /// Latest arrival, UTC milliseconds.
    pub latest_ms: Option<i64>,
    /// The price.
    pub price: i64,
}

/// One fulfillment method; its one group covers all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Its id within the checkout.
    pub id: String,
    /// Shipping or pickup.
    pub method_type: MethodType,
    /// The lines it covers.
    pub line_ids: Vec<String>,
    /// Where they can go; `None` as long as nobody named a place.
    pub destinations: Option<Vec<Destination>>,
    /// The chosen place.
    pub selected_destination_id: Option<String>,
    /// The options for the chosen place; `None` while there is none.
    pub options: Option<Vec<DeliveryOption>>,
    /// The chosen option.
    pub selected_option_id: Option<String>,
}

/// Another way in which lines could be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AvailableMethod {
    /// Shipping or pickup.
    pub method_type: MethodType,
    /// The lines it could cover.
    pub line_ids: Vec<String>,
    /// A sentence that stands alone.
    pub description: String,
}

/// The fulfillment part of a checkout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fulfillment {
    /// The methods in use.
    pub methods: Vec<Method>,
    /// The alternatives.
    pub available: Vec<AvailableMethod>,
}

/// A discount in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedDiscount {
    /// The code as the core knows it; `None` for automatic ones.
    pub code: Option<String>,
    /// What it is called.
    pub title: String,
    /// How much it takes off.
    pub amount: i64,
    /// Its place in the order of application, from 1.
    pub priority: u32,
    /// (index of the line, amount); adds up to `amount`.
    pub allocations: Vec<(usize, i64)>,
}

/// The discount part of a cart or checkout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Discounts {
    /// The codes as submitted.
    pub codes: Vec<String>,
    /// What they did.
    pub applied: Vec<AppliedDiscount>,
}

/// How a buyer can pay here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentHandler {
    /// The id that instruments refer to.
    pub id: String,
    /// The reverse-domain name of the handler's specification.
    pub name: String,
    /// The handler's own version.
    pub version: String,
    /// The address of its specification.
    pub spec: String,
    /// The address of the schema of its configuration.
    pub config_schema: String,
    /// The addresses of the schemas of its instruments.
    pub instrument_schemas: Vec<String>,
    /// The kinds of instruments it takes.
    pub instrument_types: Vec<String>,
    /// What the platform needs to use it; never a secret.
    pub config: serde_json::Map<String, serde_json::Value>,
}

/// A payment instrument that the platform showed us, without its credential.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Instrument {
    /// The platform's id of it.
    pub id: String,
    /// The handler it belongs to.
    pub handler_id: String,
    /// `card` or another kind.
    #[serde(rename = "type")]
    pub instrument_type: String,
    /// The card's brand, to show.
    pub brand: Option<String>,
    /// The last digits, to show.
    pub last_digits: Option<String>,
}

/// The order that came of a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderConfirmation {
    /// The order's id in this API.
    pub id: String,
    /// The number for people.
    pub label: String,
    /// The page where the buyer follows it.
    pub permalink_url: String,
}

/// A checkout session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// The sealed id.
    pub id: String,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// ISO 4217.
    pub currency: String,
    /// What is bought.
    pub lines: Vec<Line>,
    /// By whom.
    pub buyer: Option<Buyer>,
    /// The sums.
    pub totals: Totals,
    /// What is missing or worth knowing.
    pub messages: Vec<Message>,
    /// Terms, privacy and the like.
    pub links: Arc<[Link]>,
    /// UTC milliseconds.
    pub expires_at_ms: Option<i64>,
    /// Where the buyer can go on by hand.
    pub continue_url: Option<String>,
    /// How it gets there.
    pub fulfillment: Option<Fulfillment>,
    /// What is taken off.
    pub discounts: Option<Discounts>,
    /// The ways to pay.
    pub handlers: Arc<[PaymentHandler]>,
    /// The instruments that the platform showed.
    pub instruments: Vec<Instrument>,
    /// Which of them is meant.
    pub selected_instrument_id: Option<String>,
    /// What came of it.
    pub order: Option<OrderConfirmation>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart {
    /// The sealed id.
    pub id: String,
    /// ISO 4217.
    pub currency: String,
    /// What is in it.
    pub lines: Vec<Line>,
    /// Whose it is, as far as known.
    pub buyer: Option<Buyer>,
    /// Estimated sums.
    pub totals: Totals,
    /// What is worth knowing.
    pub messages: Vec<Message>,
    /// What is taken off.
    pub discounts: Option<Discounts>,
    /// Terms, privacy and the like.
    pub links: Arc<[Link]>,
    /// UTC milliseconds.
    pub expires_at_ms: Option<i64>,
    /// Where the buyer can go on by hand.
    pub continue_url: Option<String>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The line as bought.
    pub line: Line,
    /// What is left of it after cancellations.
    pub total_quantity: u32,
    /// What has left us.
    pub fulfilled_quantity: u32,
}

impl OrderLine {
    /// `removed`, `fulfilled`, `partial` or `processing`, by the quantities alone.
    #[must_use]
    pub const fn status(&self) -> &'static str {
        match (self.total_quantity, self.fulfilled_quantity) {
            (0, _) => "removed",
            (total, fulfilled) if fulfilled >= total => "fulfilled",
            (_, 0) => "processing",
            _ => "partial",
        }
    }
}

/// A promise to the buyer: what, how, where, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Its id within the order.
    pub id: String,
    /// (line id, quantity).
    pub lines: Vec<(String, u32)>,
    /// Shipping or pickup.
    pub method_type: MethodType,
    /// Where.
    pub destination: Address,
    /// The option as it was sold.
    pub description: String,
}

/// Something that happened to goods of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FulfillmentEvent {
    /// Stable.
    pub id: String,
    /// UTC milliseconds.
    pub occurred_at_ms: i64,
    /// `processing`, `shipped`, `delivered`, …
    pub event_type: String,
    /// (line id, quantity).
    pub lines: Vec<(String, u32)>,
    /// The label's number.
    pub tracking_number: Option<String>,
    /// Where to follow it.
    pub tracking_url: Option<String>,
    /// Who carries it.
    pub carrier: Option<String>,
    /// One sentence.
    pub description: Option<String>,
}

/// Money or goods that went back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Stable.
    pub id: String,
    /// `refund`, `cancellation`, `return`.
    pub adjustment_type: String,
    /// UTC milliseconds.
    pub occurred_at_ms: i64,
    /// `pending`, `completed` or `failed`.
    pub status: &'static str,
    /// (line id, quantity taken off).
    pub lines: Vec<(String, u32)>,
    /// Money back to the buyer.
    pub amount: i64,
    /// One sentence.
    pub description: Option<String>,
}

/// An order, as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The sealed id.
    pub id: String,
    /// The number for people.
    pub label: String,
    /// The sealed id of its checkout.
    pub checkout_id: String,
    /// The buyer's page.
    pub permalink_url: String,
    /// ISO 4217.
    pub currency: String,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// What was promised.
    pub expectations: Vec<Expectation>,
    /// What happened.
    pub events: Vec<FulfillmentEvent>,
    /// What went back.
    pub adjustments: Vec<Adjustment>,
    /// The sums as sold.
    pub totals: Totals,
    /// What is worth knowing.
    pub messages: Vec<Message>,
}

/// An option value of a product with its availability under the current selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionValue {
    /// `Red`.
    pub label: String,
    /// Some variant of the current selection with this value can be bought.
    pub available: bool,
    /// There is such a variant.
    pub exists: bool,
}

/// An option of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductOption {
    /// `Color`.
    pub name: String,
    /// In the product's order.
    pub values: Vec<OptionValue>,
}

/// How a variant came into a lookup's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The identifier as asked.
    pub id: String,
    /// It named this variant itself; otherwise its product.
    pub exact: bool,
}

/// A variant in the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The id to buy it by.
    pub id: String,
    /// The seller's own number.
    pub sku: String,
    /// GTIN with its check digit.
    pub gtin: Option<String>,
    /// The option values, or the product's title.
    pub title: String,
    /// Plain text.
    pub description: String,
    /// Its page.
    pub url: Option<String>,
    /// Unit price.
    pub price: i64,
    /// It can be bought now.
    pub available: bool,
    /// (option, value).
    pub options: Vec<(String, String)>,
    /// An absolute address of a picture.
    pub image_url: Option<String>,
    /// Who sells it, if not the operator.
    pub seller: Option<String>,
    /// Which identifiers of a lookup led here.
    pub inputs: Vec<Input>,
}

/// A product in the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Its name in addresses.
    pub handle: String,
    /// Its name for people.
    pub title: String,
    /// Plain text.
    pub description: String,
    /// Its page.
    pub url: Option<String>,
    /// `Home > Lighting`.
    pub category: Option<String>,
    /// ISO 4217, of all its prices.
    pub currency: String,
    /// The options with their values.
    pub options: Vec<ProductOption>,
    /// (option, value) in force, in a detail answer.
    pub selected: Option<Vec<(String, String)>>,
    /// At least one; the first is the featured one.
    pub variants: Vec<Variant>,
    /// Free words.
    pub tags: Vec<String>,
}

/// A page of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// The found products, best first.
    pub products: Vec<Product>,
    /// Where the next page starts, if there is one.
    pub next_cursor: Option<String>,
    /// How many there are in all.
    pub total_count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_line_status_follows_the_quantities() {
        let check = |total_quantity, fulfilled_quantity, status: &str| {
            let item = Item {
                id: "v".into(),
                title: "t".into(),
                price: 1,
                image_url: None,
            };
            let line = Line {
                id: "li_1".into(),
                item,
                quantity: 3,
                subtotal: 3,
                discount: 0,
            };
            assert_eq!(
                OrderLine {
                    line,
                    total_quantity,
                    fulfilled_quantity
                }
                .status(),
                status
            );
        };
        check(0, 0, "removed");
        check(3, 0, "processing");
        check(3, 1, "partial");
        check(3, 3, "fulfilled");
        check(2, 3, "fulfilled");
    }
}
