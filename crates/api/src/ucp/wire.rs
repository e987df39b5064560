//! The parts of outgoing messages that both versions share, up to the sign of discounts.

use serde::Serialize;

use super::shape::{Address, Consent, Link, rfc3339};
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

/// One sum.
#[derive(Debug, Serialize)]
pub(super) struct Total {
    #[serde(rename = "type")]
    total_type: &'static str,
    amount: i64,
}

const fn total(total_type: &'static str, amount: i64) -> Total {
    Total { total_type, amount }
}

/// The sums of a line.
fn line_totals(line: &view::Line, sign: Sign) -> Vec<Total> {
    let mut totals = vec![total("subtotal", line.subtotal)];
    if line.discount > 0 {
        totals.push(total("items_discount", sign.off(line.discount)));
    }
    totals.push(total("total", line.subtotal - line.discount));
    totals
}

/// The sums of a document: exactly one subtotal and one total, the rest only where it says something.
pub(super) fn totals(sums: &view::Totals, sign: Sign) -> Vec<Total> {
    let mut totals = vec![total("subtotal", sums.subtotal)];
    if sums.items_discount > 0 {
        totals.push(total("items_discount", sign.off(sums.items_discount)));
    }
    if let Some(fulfillment) = sums.fulfillment {
        totals.push(total("fulfillment", fulfillment));
    }
    if sums.tax > 0 {
        totals.push(total("tax", sums.tax));
    }
    totals.push(total("total", sums.total));
    totals
}

/// Money back to the buyer, as the sums of an adjustment.
pub(super) fn money_back(amount: i64) -> Vec<Total> {
    vec![total("total", -amount)]
}

#[derive(Debug, Serialize)]
struct Item<'a> {
    id: &'a str,
    title: &'a str,
    price: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
}

impl<'a> From<&'a view::Item> for Item<'a> {
    fn from(item: &'a view::Item) -> Self {
        Self {
            id: &item.id,
            title: &item.title,
            price: item.price,
            image_url: item.image_url.as_deref(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    id: &'a str,
    item: Item<'a>,
    quantity: u32,
    totals: Vec<Total>,
}

pub(super) fn lines(lines: &[view::Line], sign: Sign) -> Vec<Line<'_>> {
    lines
        .iter()
        .map(|line| Line {
            id: &line.id,
            item: Item::from(&line.item),
            quantity: line.quantity,
            totals: line_totals(line, sign),
        })
        .collect()
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

impl<'a> From<&'a view::Buyer> for Buyer<'a> {
    fn from(buyer: &'a view::Buyer) -> Self {
        Self {
            first_name: buyer.first_name.as_deref(),
            last_name: buyer.last_name.as_deref(),
            full_name: buyer.full_name.as_deref(),
            email: buyer.email.as_deref(),
            phone_number: buyer.phone_number.as_deref(),
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

pub(super) fn messages(messages: &[view::Message]) -> Vec<Message<'_>> {
    messages.iter().map(Message::from).collect()
}

impl<'a> From<&'a view::Message> for Message<'a> {
    fn from(message: &'a view::Message) -> Self {
        let (code, path, content) = (
            message.code,
            message.path.as_deref(),
            message.content.as_str(),
        );
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
#[serde(untagged)]
enum Destination<'a> {
    Address {
        id: &'a str,
        #[serde(flatten)]
        address: &'a Address,
    },
    Shop {
        id: &'a str,
        name: &'a str,
        address: &'a Address,
    },
}

impl<'a> From<&'a view::Destination> for Destination<'a> {
    fn from(destination: &'a view::Destination) -> Self {
        match destination {
            view::Destination::Address { id, address } => Self::Address { id, address },
            view::Destination::Shop { id, name, address } => Self::Shop { id, name, address },
        }
    }
}

#[derive(Debug, Serialize)]
struct DeliveryOption<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    earliest_fulfillment_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_fulfillment_time: Option<String>,
    totals: [Total; 2],
}

impl<'a> From<&'a view::DeliveryOption> for DeliveryOption<'a> {
    fn from(option: &'a view::DeliveryOption) -> Self {
        Self {
            id: &option.id,
            title: &option.title,
            description: option.description.as_deref(),
            earliest_fulfillment_time: option.earliest_ms.map(rfc3339),
            latest_fulfillment_time: option.latest_ms.map(rfc3339),
            totals: [
                total("subtotal", option.price),
                total("total", option.price),
            ],
        }
    }
}

#[derive(Debug, Serialize)]
struct Group<'a> {
    id: String,
    line_item_ids: &'a [String],
    options: Vec<DeliveryOption<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_option_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Method<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    method_type: view::MethodType,
    line_item_ids: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    destinations: Option<Vec<Destination<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_destination_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<[Group<'a>; 1]>,
}

impl<'a> From<&'a view::Method> for Method<'a> {
    fn from(method: &'a view::Method) -> Self {
        let group = |options: &'a Vec<view::DeliveryOption>| {
            [Group {
                id: format!("{}_group", method.id),
                line_item_ids: &method.line_ids,
                options: options.iter().map(DeliveryOption::from).collect(),
                selected_option_id: method.selected_option_id.as_deref(),
            }]
        };
        Self {
            id: &method.id,
            method_type: method.method_type,
            line_item_ids: &method.line_ids,
            destinations: method
                .destinations
                .as_ref()
                .map(|list| list.iter().map(Destination::from).collect()),
            selected_destination_id: method.selected_destination_id.as_deref(),
            groups: method.options.as_ref().map(group),
        }
    }
}

#[derive(Debug, Serialize)]
struct AvailableMethod<'a> {
    #[serde(rename = "type")]
    method_type: view::MethodType,
    line_item_ids: &'a [String],
    description: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Fulfillment<'a> {
    methods: Vec<Method<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    available_methods: Vec<AvailableMethod<'a>>,
}

impl<'a> From<&'a view::Fulfillment> for Fulfillment<'a> {
    fn from(fulfillment: &'a view::Fulfillment) -> Self {
        let available = |method: &'a view::AvailableMethod| AvailableMethod {
            method_type: method.method_type,
            line_item_ids: &method.line_ids,
            description: &method.description,
        };
        Self {
            methods: fulfillment.methods.iter().map(Method::from).collect(),
            available_methods: fulfillment.available.iter().map(available).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
struct Allocation {
    path: String,
    amount: i64,
}

#[derive(Debug, Serialize)]
struct AppliedDiscount<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    title: &'a str,
    amount: i64,
    automatic: bool,
    method: &'static str,
    priority: u32,
    allocations: Vec<Allocation>,
}

#[derive(Debug, Serialize)]
pub(super) struct Discounts<'a> {
    codes: &'a [String],
    applied: Vec<AppliedDiscount<'a>>,
}

impl<'a> From<&'a view::Discounts> for Discounts<'a> {
    fn from(discounts: &'a view::Discounts) -> Self {
        let applied = |discount: &'a view::AppliedDiscount| AppliedDiscount {
            code: discount.code.as_deref(),
            title: &discount.title,
            amount: discount.amount,
            automatic: discount.code.is_none(),
            method: "across",
            priority: discount.priority,
            allocations: discount
                .allocations
                .iter()
                .map(|(line, amount)| Allocation {
                    path: format!("$.line_items[{line}]"),
                    amount: *amount,
                })
                .collect(),
        };
        Self {
            codes: &discounts.codes,
            applied: discounts.applied.iter().map(applied).collect(),
        }
    }
}

/// What both versions say alike of a checkout.
#[derive(Debug, Serialize)]
pub(super) struct Checkout<'a> {
    id: &'a str,
    status: view::CheckoutStatus,
    currency: &'a str,
    line_items: Vec<Line<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer: Option<Buyer<'a>>,
    totals: Vec<Total>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message<'a>>,
    links: &'a [Link],
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_url: Option<&'a str>,
    /// `None` where the platform does not know the extension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fulfillment: Option<Fulfillment<'a>>,
    /// `None` where the platform does not know the extension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) discounts: Option<Discounts<'a>>,
}

/// Spells what both versions say alike of a checkout, extensions included.
pub(super) fn checkout(view: &view::Checkout, sign: Sign) -> Checkout<'_> {
    Checkout {
        id: &view.id,
        status: view.status,
        currency: &view.currency,
        line_items: lines(&view.lines, sign),
        buyer: view.buyer.as_ref().map(Buyer::from),
        totals: totals(&view.totals, sign),
        messages: messages(&view.messages),
        links: &view.links,
        expires_at: view.expires_at_ms.map(rfc3339),
        continue_url: view.continue_url.as_deref(),
        fulfillment: view.fulfillment.as_ref().map(Fulfillment::from),
        discounts: view.discounts.as_ref().map(Discounts::from),
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
    occurred_at: String,
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

impl<'a> From<&'a view::Order> for OrderFulfillment<'a> {
    fn from(order: &'a view::Order) -> Self {
        let expectation = |promise: &'a view::Expectation| Expectation {
            id: &promise.id,
            line_items: pieces(&promise.lines),
            method_type: promise.method_type,
            destination: &promise.destination,
            description: &promise.description,
        };
        let event = |event: &'a view::FulfillmentEvent| FulfillmentEvent {
            id: &event.id,
            occurred_at: rfc3339(event.occurred_at_ms),
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
    fn quantity(line: &view::OrderLine) -> Self::Quantity;
    /// The status of a line.
    fn status(line: &view::OrderLine) -> &'static str;
    /// Money back to the buyer.
    fn money_back(amount: i64) -> Self::Money;
}

#[derive(Debug, Serialize)]
struct OrderLine<'a, Quantity> {
    id: &'a str,
    item: Item<'a>,
    quantity: Quantity,
    totals: Vec<Total>,
    status: &'static str,
}

#[derive(Debug, Serialize)]
struct Adjustment<'a, Money> {
    id: &'a str,
    #[serde(rename = "type")]
    adjustment_type: &'a str,
    occurred_at: String,
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
    id: &'a str,
    checkout_id: &'a str,
    permalink_url: &'a str,
    line_items: Vec<OrderLine<'a, Quantity>>,
    fulfillment: OrderFulfillment<'a>,
    adjustments: Vec<Adjustment<'a, Money>>,
    totals: Vec<Total>,
}

/// Spells an order in a version's words.
pub(super) fn order<W: OrderWords>(view: &view::Order) -> Order<'_, W::Quantity, W::Money> {
    Order {
        id: &view.id,
        checkout_id: &view.checkout_id,
        permalink_url: &view.permalink_url,
        line_items: view.lines.iter().map(order_line::<W>).collect(),
        fulfillment: view.into(),
        adjustments: view.adjustments.iter().map(adjustment::<W>).collect(),
        totals: totals(&view.totals, W::SIGN),
    }
}

fn order_line<W: OrderWords>(line: &view::OrderLine) -> OrderLine<'_, W::Quantity> {
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
        occurred_at: rfc3339(adjustment.occurred_at_ms),
        status: adjustment.status,
        line_items: pieces_off(&adjustment.lines, W::SIGN),
        money: W::money_back(adjustment.amount),
        description: adjustment.description.as_deref(),
    }
}
