//! The parts of outgoing messages that both versions share, up to the sign of discounts.
//!
//! What is said with nearly every answer is spelled from where it lies: lists part by part, addresses and titles
//! piece by piece, without being put together first.

use std::fmt::Display;
use std::marker::PhantomData;

use commerce::id::{CheckoutId, GroupId, LocationId, VariantId};
use commerce::money::Currency;
use serde::{Serialize, Serializer};

use super::key::Keyed;
use super::note::NamedAddress;
use super::shape::{Address, Consent, Link};
use super::time::Time;
use super::view;

/// How a version writes money that is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// As a magnitude (2026-01-11).
    Magnitude,
    /// As a negative number (2026-04-08).
    Signed,
}

impl Sign {
    const fn off(self, amount: i64) -> i64 {
        match self {
            Self::Magnitude => amount,
            Self::Signed => -amount,
        }
    }
}

/// A text that is spelled as it is shown.
#[derive(Debug)]
pub(super) struct Shown<T>(pub(super) T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

// Most titles are one text, and need not be shown to be spelled.
impl Serialize for view::ItemTitle<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.options {
            "" => serializer.serialize_str(self.title),
            _ => serializer.collect_str(self),
        }
    }
}

impl Serialize for view::OptionTitle<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Rate(title) => serializer.serialize_str(title),
            _ => serializer.collect_str(self),
        }
    }
}

/// A list whose parts are spelled as `W`.
#[derive(Debug)]
pub(super) struct Each<'a, V, W> {
    parts: &'a [V],
    spelled: PhantomData<fn() -> W>,
}

impl<'a, V, W> Each<'a, V, W> {
    const fn of(parts: &'a [V]) -> Self {
        Self {
            parts,
            spelled: PhantomData,
        }
    }

    /// Whether there is nothing to spell.
    pub(super) const fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl<'a, V, W: From<&'a V> + Serialize> Serialize for Each<'a, V, W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.parts.iter().map(W::from))
    }
}

/// One sum.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Total {
    #[serde(rename = "type")]
    total_type: &'static str,
    amount: i64,
}

const fn total(total_type: &'static str, amount: i64) -> Total {
    Total { total_type, amount }
}

/// The sums of a line or a document.
#[derive(Debug)]
pub(super) struct Totals([Option<Total>; 5]);

impl Serialize for Totals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().flatten())
    }
}

/// The sums of a line.
fn line_totals(line: &view::Line<'_>, sign: Sign) -> Totals {
    let discount = || total("items_discount", sign.off(line.discount));
    Totals([
        Some(total("subtotal", line.subtotal)),
        (line.discount > 0).then(discount),
        Some(total("total", line.subtotal - line.discount)),
        None,
        None,
    ])
}

/// The sums of a document: exactly one subtotal and one total, the rest only where it says something.
pub(super) fn totals(sums: &view::Totals, sign: Sign) -> Totals {
    let discount = || total("items_discount", sign.off(sums.items_discount));
    Totals([
        Some(total("subtotal", sums.subtotal)),
        (sums.items_discount > 0).then(discount),
        sums.fulfillment.map(|price| total("fulfillment", price)),
        (sums.tax > 0).then(|| total("tax", sums.tax)),
        Some(total("total", sums.total)),
    ])
}

/// Money back to the buyer, as the sums of an adjustment.
pub(super) const fn money_back(amount: i64) -> [Total; 1] {
    [total("total", -amount)]
}

#[derive(Debug, Serialize)]
struct Item<'a> {
    id: Shown<VariantId>,
    title: view::ItemTitle<'a>,
    price: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<Shown<view::Picture<'a>>>,
}

impl<'a> From<&'a view::Item<'a>> for Item<'a> {
    fn from(item: &'a view::Item<'a>) -> Self {
        Self {
            id: Shown(item.id),
            title: item.title,
            price: item.price,
            image_url: item.image.map(Shown),
        }
    }
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    id: &'a str,
    item: Item<'a>,
    quantity: u32,
    totals: Totals,
}

/// The lines of a cart or checkout.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    lines: &'a [view::Line<'a>],
    sign: Sign,
}

pub(super) const fn lines<'a>(lines: &'a [view::Line<'a>], sign: Sign) -> Lines<'a> {
    Lines { lines, sign }
}

impl Serialize for Lines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.lines.iter().map(|line| Line {
            id: &line.id,
            item: Item::from(&line.item),
            quantity: line.quantity,
            totals: line_totals(line, self.sign),
        }))
    }
}

/// The ids of all lines.
#[derive(Debug, Clone, Copy)]
struct LineIds<'a>(&'a [view::Line<'a>]);

impl Serialize for LineIds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|line| &*line.id))
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Buyer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    first_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Consent>,
}

impl<'a> From<&view::Buyer<'a>> for Buyer<'a> {
    fn from(buyer: &view::Buyer<'a>) -> Self {
        Self {
            first_name: buyer.first_name,
            last_name: buyer.last_name,
            full_name: buyer.full_name,
            email: buyer.email,
            phone_number: buyer.phone_number,
            consent: buyer.consent,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Message<'a> {
    Error {
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<&'a str>,
        content: &'a str,
        severity: view::Severity,
    },
    Warning {
        code: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<&'a str>,
        content: &'a str,
    },
}

/// Messages of any kind.
pub(super) type Messages<'a> = Each<'a, view::Message, Message<'a>>;

pub(super) const fn messages(messages: &[view::Message]) -> Messages<'_> {
    Each::of(messages)
}

impl<'a> From<&'a view::Message> for Message<'a> {
    fn from(message: &'a view::Message) -> Self {
        let (code, path, content) = (message.code, message.path.as_deref(), &*message.content);
        match message.kind {
            view::MessageKind::Error(severity) => Self::Error {
                code,
                path,
                content,
                severity,
            },
            view::MessageKind::Warning => Self::Warning {
                code,
                path,
                content,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct AddressDestination<'a> {
    id: &'a str,
    #[serde(flatten)]
    address: &'a Address,
}

impl<'a> From<&'a NamedAddress> for AddressDestination<'a> {
    fn from(named: &'a NamedAddress) -> Self {
        Self {
            id: &named.id,
            address: &named.address,
        }
    }
}

#[derive(Debug, Serialize)]
struct ShopDestination<'a> {
    id: Shown<LocationId>,
    name: &'a str,
    address: &'a Address,
}

impl<'a> From<&'a view::Shop<'a>> for ShopDestination<'a> {
    fn from(shop: &'a view::Shop<'a>) -> Self {
        Self {
            id: Shown(shop.id),
            name: shop.name,
            address: &shop.address,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Destinations<'a> {
    Addresses(Each<'a, NamedAddress, AddressDestination<'a>>),
    Shops(Each<'a, view::Shop<'a>, ShopDestination<'a>>),
}

impl<'a> From<&'a view::Destinations<'a>> for Destinations<'a> {
    fn from(destinations: &'a view::Destinations<'a>) -> Self {
        match destinations {
            view::Destinations::Addresses(named) => Self::Addresses(Each::of(named)),
            view::Destinations::Shops(shops) => Self::Shops(Each::of(shops)),
        }
    }
}

#[derive(Debug, Serialize)]
struct DeliveryOption<'a> {
    id: &'a str,
    title: view::OptionTitle<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Shown<view::OptionDescription<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_fulfillment_time: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_fulfillment_time: Option<Time>,
    totals: [Total; 2],
}

impl<'a> From<&'a view::DeliveryOption<'a>> for DeliveryOption<'a> {
    fn from(option: &'a view::DeliveryOption<'a>) -> Self {
        Self {
            id: option.id,
            title: option.title,
            description: option.description.map(Shown),
            earliest_fulfillment_time: option.earliest_ms.map(Time),
            latest_fulfillment_time: option.latest_ms.map(Time),
            totals: [
                total("subtotal", option.price),
                total("total", option.price),
            ],
        }
    }
}

#[derive(Debug, Serialize)]
struct Group<'a> {
    id: Shown<GroupName<'a>>,
    line_item_ids: LineIds<'a>,
    options: Each<'a, view::DeliveryOption<'a>, DeliveryOption<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_option_id: Option<&'a str>,
}

/// The id of a method's one group.
#[derive(Debug)]
struct GroupName<'a> {
    method: &'a str,
}

impl Display for GroupName<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.method)?;
        formatter.write_str("_group")
    }
}

#[derive(Debug, Serialize)]
struct Method<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    method_type: view::MethodType,
    line_item_ids: LineIds<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    destinations: Option<Destinations<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_destination_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<[Group<'a>; 1]>,
}

#[derive(Debug, Serialize)]
struct AvailableMethod<'a> {
    #[serde(rename = "type")]
    method_type: view::MethodType,
    line_item_ids: LineIds<'a>,
    description: Shown<view::Collectable<'a>>,
}

#[derive(Debug, Serialize)]
struct Fulfillment<'a> {
    methods: [Method<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    available_methods: Option<[AvailableMethod<'a>; 1]>,
}

fn fulfillment<'a>(
    fulfillment: &'a view::Fulfillment<'a>,
    lines: &'a [view::Line<'a>],
) -> Fulfillment<'a> {
    let line_item_ids = LineIds(lines);
    let group = |options: &'a Vec<view::DeliveryOption<'a>>| {
        [Group {
            id: Shown(GroupName {
                method: fulfillment.id,
            }),
            line_item_ids,
            options: Each::of(options),
            selected_option_id: fulfillment.selected_option_id,
        }]
    };
    let available = |collectable| {
        [AvailableMethod {
            method_type: view::MethodType::Pickup,
            line_item_ids,
            description: Shown(collectable),
        }]
    };
    Fulfillment {
        methods: [Method {
            id: fulfillment.id,
            method_type: fulfillment.method_type,
            line_item_ids,
            destinations: fulfillment.destinations.as_ref().map(Destinations::from),
            selected_destination_id: fulfillment.selected_destination_id,
            groups: fulfillment.options.as_ref().map(group),
        }],
        available_methods: fulfillment.collectable.map(available),
    }
}

#[derive(Debug, Serialize)]
struct Allocation {
    path: Shown<LinePath>,
    amount: i64,
}

/// The path of the member for a line.
#[derive(Debug)]
struct LinePath(usize);

impl Display for LinePath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "$.line_items[{}]", self.0)
    }
}

/// What a discount takes off the lines, of which those that it leaves alone are not named.
#[derive(Debug)]
struct Allocations<'a>(&'a [i64]);

impl Serialize for Allocations<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let lines = self.0.iter().enumerate();
        let named = lines.filter(|(_, amount)| **amount > 0);
        serializer.collect_seq(named.map(|(line, amount)| Allocation {
            path: Shown(LinePath(line)),
            amount: *amount,
        }))
    }
}

#[derive(Debug, Serialize)]
struct AppliedDiscount<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    code: &'a str,
    title: &'a str,
    amount: i64,
    automatic: bool,
    method: &'static str,
    priority: u32,
    allocations: Allocations<'a>,
}

impl<'a> From<&'a view::AppliedDiscount<'a>> for AppliedDiscount<'a> {
    fn from(discount: &'a view::AppliedDiscount<'a>) -> Self {
        Self {
            code: discount.code,
            title: discount.title,
            amount: discount.amount,
            automatic: discount.code.is_empty(),
            method: "across",
            priority: discount.priority,
            allocations: Allocations(discount.allocations),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Discounts<'a> {
    codes: &'a [String],
    applied: Each<'a, view::AppliedDiscount<'a>, AppliedDiscount<'a>>,
}

impl<'a> From<&'a view::Discounts<'a>> for Discounts<'a> {
    fn from(discounts: &'a view::Discounts<'a>) -> Self {
        Self {
            codes: discounts.codes,
            applied: Each::of(&discounts.applied),
        }
    }
}

/// The extensions that a platform knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extensions {
    /// The fulfillment part is said.
    pub(super) fulfillment: bool,
    /// The discount part is said.
    pub(super) discounts: bool,
}

/// What a version says of a checkout's payment and of its order.
#[derive(Debug)]
pub(super) struct Own<Payment, Confirmation> {
    /// The ways to pay.
    pub(super) payment: Option<Payment>,
    /// The order.
    pub(super) order: Option<Confirmation>,
}

/// A checkout, without the `ucp` member that comes first: both versions have these members, up to the last two alike.
#[derive(Debug, Serialize)]
pub(super) struct Checkout<'a, Payment, Confirmation> {
    id: Shown<Keyed<CheckoutId>>,
    status: view::CheckoutStatus,
    currency: Currency,
    line_items: Lines<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer: Option<Buyer<'a>>,
    totals: Totals,
    #[serde(skip_serializing_if = "Each::is_empty")]
    messages: Messages<'a>,
    links: &'a [Link],
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_url: Option<Shown<view::Page<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fulfillment: Option<Fulfillment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    discounts: Option<Discounts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<Payment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Confirmation>,
}

/// Spells a checkout.
pub(super) fn checkout<'a, Payment, Confirmation>(
    view: &'a view::Checkout<'a>,
    sign: Sign,
    known: Extensions,
    own: Own<Payment, Confirmation>,
) -> Checkout<'a, Payment, Confirmation> {
    let delivered = view.fulfillment.as_ref().filter(|_| known.fulfillment);
    let discounted = view.discounts.as_ref().filter(|_| known.discounts);
    Checkout {
        id: Shown(view.id),
        status: view.status,
        currency: view.currency,
        line_items: lines(&view.lines, sign),
        buyer: view.buyer.as_ref().map(Buyer::from),
        totals: totals(&view.totals, sign),
        messages: messages(&view.messages),
        links: view.links,
        expires_at: view.expires_at_ms.map(Time),
        continue_url: view.continue_at.map(Shown),
        fulfillment: delivered.map(|delivered| fulfillment(delivered, &view.lines)),
        discounts: discounted.map(Discounts::from),
        payment: own.payment,
        order: own.order,
    }
}

/// A line by its id and a number of pieces.
#[derive(Debug, Serialize)]
struct LineQuantity<'a> {
    id: &'a str,
    quantity: i64,
}

/// Pieces as positive numbers.
fn pieces(lines: &[(String, u32)]) -> Vec<LineQuantity<'_>> {
    lines
        .iter()
        .map(|(id, quantity)| LineQuantity {
            id,
            quantity: i64::from(*quantity),
        })
        .collect()
}

/// Pieces taken off.
fn pieces_off(lines: &[(String, u32)], sign: Sign) -> Vec<LineQuantity<'_>> {
    lines
        .iter()
        .map(|(id, quantity)| LineQuantity {
            id,
            quantity: sign.off(i64::from(*quantity)),
        })
        .collect()
}

#[derive(Debug, Serialize)]
struct Expectation<'a> {
    id: &'a str,
    line_items: Vec<LineQuantity<'a>>,
    method_type: view::MethodType,
    destination: &'a Address,
    description: &'a str,
}

#[derive(Debug, Serialize)]
struct FulfillmentEvent<'a> {
    id: &'a str,
    occurred_at: Time,
    #[serde(rename = "type")]
    event_type: &'a str,
    line_items: Vec<LineQuantity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// The fulfillment part of an order: what was promised and what happened.
#[derive(Debug, Serialize)]
struct OrderFulfillment<'a> {
    expectations: Vec<Expectation<'a>>,
    events: Vec<FulfillmentEvent<'a>>,
}

impl<'a> From<&'a view::Order<'a>> for OrderFulfillment<'a> {
    fn from(order: &'a view::Order<'a>) -> Self {
        let expectation = |promise: &'a view::Expectation| Expectation {
            id: &promise.id,
            line_items: pieces(&promise.lines),
            method_type: promise.method_type,
            destination: &promise.destination,
            description: &promise.description,
        };
        let event = |event: &'a view::FulfillmentEvent| FulfillmentEvent {
            id: &event.id,
            occurred_at: Time(event.occurred_at_ms),
            event_type: &event.event_type,
            line_items: pieces(&event.lines),
            tracking_number: event.tracking_number.as_deref(),
            tracking_url: event.tracking_url.as_deref(),
            carrier: event.carrier.as_deref(),
            description: event.description.as_deref(),
        };
        Self {
            expectations: order.expectations.iter().map(expectation).collect(),
            events: order.events.iter().map(event).collect(),
        }
    }
}

/// What the versions word differently in orders.
pub(super) trait OrderWords {
    /// The quantities of a line.
    type Quantity: Serialize;
    /// The member that holds the money of an adjustment.
    type Money: Serialize;
    /// How money and pieces that are taken off are written.
    const SIGN: Sign;
    /// The quantities of a line.
    fn quantity(line: &view::OrderLine<'_>) -> Self::Quantity;
    /// The status of a line.
    fn status(line: &view::OrderLine<'_>) -> &'static str;
    /// Money back to the buyer.
    fn money_back(amount: i64) -> Self::Money;
}

#[derive(Debug, Serialize)]
struct OrderLine<'a, Quantity> {
    id: &'a str,
    item: Item<'a>,
    quantity: Quantity,
    totals: Totals,
    status: &'static str,
}

#[derive(Debug, Serialize)]
struct Adjustment<'a, Money> {
    id: &'a str,
    #[serde(rename = "type")]
    adjustment_type: &'a str,
    occurred_at: Time,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    line_items: Vec<LineQuantity<'a>>,
    #[serde(flatten)]
    money: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// What both versions say of an order, each in its words.
#[derive(Debug, Serialize)]
pub(super) struct Order<'a, Quantity, Money> {
    id: Shown<Keyed<GroupId>>,
    checkout_id: Shown<Keyed<CheckoutId>>,
    permalink_url: Shown<view::Page<'a>>,
    line_items: Vec<OrderLine<'a, Quantity>>,
    fulfillment: OrderFulfillment<'a>,
    adjustments: Vec<Adjustment<'a, Money>>,
    totals: Totals,
}

/// Spells an order in a version's words.
pub(super) fn order<'a, W: OrderWords>(
    view: &'a view::Order<'a>,
) -> Order<'a, W::Quantity, W::Money> {
    Order {
        id: Shown(view.id),
        checkout_id: Shown(view.checkout_id),
        permalink_url: Shown(view.permalink),
        line_items: view.lines.iter().map(order_line::<W>).collect(),
        fulfillment: view.into(),
        adjustments: view.adjustments.iter().map(adjustment::<W>).collect(),
        totals: totals(&view.totals, W::SIGN),
    }
}

fn order_line<'a, W: OrderWords>(line: &'a view::OrderLine<'a>) -> OrderLine<'a, W::Quantity> {
    OrderLine {
        id: &line.line.id,
        item: Item::from(&line.line.item),
        quantity: W::quantity(line),
        totals: line_totals(&line.line, W::SIGN),
        status: W::status(line),
    }
}

fn adjustment<W: OrderWords>(adjustment: &view::Adjustment) -> Adjustment<'_, W::Money> {
    Adjustment {
        id: &adjustment.id,
        adjustment_type: &adjustment.adjustment_type,
        occurred_at: Time(adjustment.occurred_at_ms),
        status: adjustment.status,
        line_items: pieces_off(&adjustment.lines, W::SIGN),
        money: W::money_back(adjustment.amount),
        description: adjustment.description.as_deref(),
    }
}
