//! What we have to say, before a version of the protocol spells it.
//!
//! Handlers fill these shapes from the core's; `v2026_01_11` and `v2026_04_08` turn them into messages. They
//! hold what both versions need and nothing that only one of them invents. Amounts are minor units of the
//! checkout's currency and never negative, discounts included: a version decides about signs.
//!
//! An answer is said once and then forgotten, so these shapes borrow what they can, and what is put together of
//! several parts (addresses of pages, titles) is kept in its parts until it is written.

use std::borrow::Cow;
use std::fmt;

use commerce::id::{CartId, CheckoutId, GroupId, LocationId, OrderId, VariantId};
use commerce::money::Currency;

use super::key::{Keyed, Secret};
use super::note::NamedAddress;
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
    pub path: Option<Cow<'static, str>>,
    /// One sentence for people.
    pub content: Cow<'static, str>,
}

impl Message {
    /// An error that the platform can mend.
    #[must_use]
    pub fn recoverable(
        code: &'static str,
        path: impl Into<Cow<'static, str>>,
        content: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind: MessageKind::Error(Severity::Recoverable),
            code,
            path: Some(path.into()),
            content: content.into(),
        }
    }

    /// An error in place of a resource.
    #[must_use]
    pub fn unrecoverable(code: &'static str, content: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: MessageKind::Error(Severity::Unrecoverable),
            code,
            path: None,
            content: content.into(),
        }
    }

    /// A warning.
    #[must_use]
    pub fn warning(
        code: &'static str,
        path: impl Into<Cow<'static, str>>,
        content: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            kind: MessageKind::Warning,
            code,
            path: Some(path.into()),
            content: content.into(),
        }
    }

    /// The same message about another member.
    #[must_use]
    pub fn at(mut self, path: impl Into<Cow<'static, str>>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it keeps a checkout from being completed.
    #[must_use]
    pub const fn blocks(&self) -> bool {
        matches!(self.kind, MessageKind::Error(_))
    }
}

/// What an article is called: its product's title, with the options if there are any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemTitle<'a> {
    /// The product's title.
    pub title: &'a str,
    /// `Colour: Red`, or empty.
    pub options: &'a str,
}

impl fmt::Display for ItemTitle<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.title)?;
        if !self.options.is_empty() {
            write!(formatter, " ({})", self.options)?;
        }
        Ok(())
    }
}

/// The absolute address of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture<'a> {
    /// The shop's address without a slash at its end.
    pub public_url: &'a str,
    /// A path below the media folder, or an absolute address; not empty.
    pub image: &'a str,
}

impl fmt::Display for Picture<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.image.starts_with("http://") || self.image.starts_with("https://") {
            return formatter.write_str(self.image);
        }
        formatter.write_str(self.public_url)?;
        formatter.write_str("/media/")?;
        formatter.write_str(self.image.trim_start_matches('/'))
    }
}

/// A page where the buyer goes on. The shop's own are named with its address, which has no slash at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page<'a> {
    /// Where the shop begins.
    Home(&'a str),
    /// Where a checkout is filled in by hand.
    Checkout(&'a str, Keyed<CheckoutId>),
    /// Where an order is followed.
    Order(&'a str, Keyed<GroupId>),
    /// The payment provider's.
    Provider(&'a str),
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home(shop) => write!(formatter, "{shop}/"),
            Self::Checkout(shop, Keyed { id, access_key }) => {
                formatter.write_str(shop)?;
                formatter.write_str("/checkout/")?;
                id.fmt(formatter)?;
                formatter.write_str("/")?;
                Secret(*access_key).fmt(formatter)
            }
            Self::Order(shop, Keyed { id, access_key }) => {
                formatter.write_str(shop)?;
                formatter.write_str("/orders/")?;
                id.fmt(formatter)?;
                formatter.write_str("/")?;
                Secret(*access_key).fmt(formatter)
            }
            Self::Provider(url) => formatter.write_str(url),
        }
    }
}

/// The article of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// What.
    pub id: VariantId,
    /// What it is called.
    pub title: ItemTitle<'a>,
    /// Unit price as the buyer sees it.
    pub price: i64,
    /// A picture.
    pub image: Option<Picture<'a>>,
}

/// A line of a cart or checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'a> {
    /// Stable within the checkout and its order.
    pub id: Cow<'a, str>,
    /// What.
    pub item: Item<'a>,
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Buyer<'a> {
    /// First name.
    pub first_name: Option<&'a str>,
    /// Last name.
    pub last_name: Option<&'a str>,
    /// The whole name, where a platform sent only that.
    pub full_name: Option<&'a str>,
    /// Mail address.
    pub email: Option<&'a str>,
    /// Phone number, as sent.
    pub phone_number: Option<&'a str>,
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

/// One of our shops, as a place to collect at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop<'a> {
    /// The location's id.
    pub id: LocationId,
    /// Its name.
    pub name: &'a str,
    /// Where.
    pub address: Address,
}

/// Where the goods can go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destinations<'a> {
    /// To addresses of the buyer, under the platform's ids or ours.
    Addresses(&'a [NamedAddress]),
    /// To shops of ours.
    Shops(Vec<Shop<'a>>),
}

/// What tells a delivery option from its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionTitle<'a> {
    /// A shipping rate by its title.
    Rate(&'a str),
    /// The same, where a promotion takes its price away.
    FreeRate(&'a str),
    /// Collection, by the shop's name.
    Collect(&'a str),
}

impl fmt::Display for OptionTitle<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate(title) => formatter.write_str(title),
            Self::FreeRate(title) => write!(formatter, "{title} (Free)"),
            Self::Collect(shop) => write!(formatter, "Collect at {shop}"),
        }
    }
}

/// When an option arrives, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionDescription<'a> {
    /// After so many working days, least and most.
    Days(u8, u8),
    /// When the shop is open.
    Open(&'a str),
}

impl fmt::Display for OptionDescription<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Days(least, most) if least == most => write!(formatter, "{most} working days"),
            Self::Days(least, most) => write!(formatter, "{least} to {most} working days"),
            Self::Open(hours) => write!(formatter, "Open {hours}"),
        }
    }
}

/// A way of delivery with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryOption<'a> {
    /// The rate's code.
    pub id: &'a str,
    /// What tells it from its siblings.
    pub title: OptionTitle<'a>,
    /// When it arrives, in words.
    pub description: Option<OptionDescription<'a>>,
    /// Earliest arrival, UTC milliseconds.
    pub earliest_ms: Option<i64>,
    /// Latest arrival, UTC milliseconds.
    pub latest_ms: Option<i64>,
    /// The price.
    pub price: i64,
}

/// Shops where everything could be collected instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collectable<'a> {
    /// How many; at least one.
    pub shops: usize,
    /// The name of the first.
    pub first: &'a str,
}

impl fmt::Display for Collectable<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shops, first } = self;
        match shops {
            1 => write!(formatter, "Everything can be collected at {first}."),
            _ => write!(
                formatter,
                "Everything can be collected at {shops} shops, such as {first}."
            ),
        }
    }
}

/// The fulfillment part of a checkout: one method with one group, both of all lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfillment<'a> {
    /// The method's id within the checkout.
    pub id: &'a str,
    /// Shipping or pickup.
    pub method_type: MethodType,
    /// Where the goods can go; `None` as long as nobody named a place.
    pub destinations: Option<Destinations<'a>>,
    /// The chosen place.
    pub selected_destination_id: Option<&'a str>,
    /// The options for the chosen place; `None` while there is none.
    pub options: Option<Vec<DeliveryOption<'a>>>,
    /// The chosen option.
    pub selected_option_id: Option<&'a str>,
    /// The alternative to shipping.
    pub collectable: Option<Collectable<'a>>,
}

/// A discount in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedDiscount<'a> {
    /// The code as the core knows it, or empty for one that applies by itself.
    pub code: &'a str,
    /// What it is called.
    pub title: &'a str,
    /// How much it takes off.
    pub amount: i64,
    /// Its place in the order of application, from 1.
    pub priority: u32,
    /// What it takes off each line, in their order; adds up to `amount`.
    pub allocations: &'a [i64],
}

/// The discount part of a cart or checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discounts<'a> {
    /// The codes as submitted.
    pub codes: &'a [String],
    /// What they did.
    pub applied: Vec<AppliedDiscount<'a>>,
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

/// The number of an order for people: the one order's, or the group's if there are several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderLabel {
    /// The one order's.
    Order(OrderId),
    /// The group's.
    Group(GroupId),
}

impl fmt::Display for OrderLabel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(id) => id.fmt(formatter),
            Self::Group(id) => id.fmt(formatter),
        }
    }
}

/// The order that came of a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderConfirmation<'a> {
    /// The order's sealed id.
    pub id: Keyed<GroupId>,
    /// The number for people.
    pub label: OrderLabel,
    /// The page where the buyer follows it.
    pub permalink: Page<'a>,
}

/// A checkout session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout<'a> {
    /// The sealed id.
    pub id: Keyed<CheckoutId>,
    /// Where it stands.
    pub status: CheckoutStatus,
    /// ISO 4217.
    pub currency: Currency,
    /// What is bought.
    pub lines: Vec<Line<'a>>,
    /// By whom.
    pub buyer: Option<Buyer<'a>>,
    /// The sums.
    pub totals: Totals,
    /// What is missing or worth knowing.
    pub messages: Vec<Message>,
    /// Terms, privacy and the like.
    pub links: &'a [Link],
    /// UTC milliseconds.
    pub expires_at_ms: Option<i64>,
    /// Where the buyer can go on by hand.
    pub continue_at: Option<Page<'a>>,
    /// How it gets there.
    pub fulfillment: Option<Fulfillment<'a>>,
    /// What is taken off.
    pub discounts: Option<Discounts<'a>>,
    /// The ways to pay.
    pub handlers: &'a [PaymentHandler],
    /// The instruments that the platform showed.
    pub instruments: &'a [Instrument],
    /// Which of them is meant.
    pub selected_instrument_id: Option<&'a str>,
    /// What came of it.
    pub order: Option<OrderConfirmation<'a>>,
}

/// A cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cart<'a> {
    /// The sealed id.
    pub id: Keyed<CartId>,
    /// ISO 4217.
    pub currency: Currency,
    /// What is in it.
    pub lines: Vec<Line<'a>>,
    /// Whose it is, as far as known.
    pub buyer: Option<Buyer<'a>>,
    /// Estimated sums.
    pub totals: Totals,
    /// What is worth knowing.
    pub messages: Vec<Message>,
    /// What is taken off.
    pub discounts: Option<Discounts<'a>>,
    /// Terms, privacy and the like.
    pub links: &'a [Link],
    /// UTC milliseconds.
    pub expires_at_ms: Option<i64>,
    /// Where the buyer can go on by hand.
    pub continue_at: Option<Page<'a>>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine<'a> {
    /// The line as bought.
    pub line: Line<'a>,
    /// What is left of it after cancellations.
    pub total_quantity: u32,
    /// What has left us.
    pub fulfilled_quantity: u32,
}

impl OrderLine<'_> {
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
pub struct Order<'a> {
    /// The sealed id.
    pub id: Keyed<GroupId>,
    /// The number for people.
    pub label: OrderLabel,
    /// The sealed id of its checkout.
    pub checkout_id: Keyed<CheckoutId>,
    /// The buyer's page.
    pub permalink: Page<'a>,
    /// ISO 4217.
    pub currency: Currency,
    /// What was bought.
    pub lines: Vec<OrderLine<'a>>,
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
                id: VariantId(1),
                title: ItemTitle {
                    title: "t",
                    options: "",
                },
                price: 1,
                image: None,
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
