//! From the core's records to what the protocol says of them.

use commerce::checkout::{self, Checkout, Intent, Quote};
use commerce::event::{Event, What};
use commerce::id::GroupId;
use commerce::order::{Group, GroupState, Line, Method, RefundState};
use commerce::payment::{Payment, PaymentState};
use commerce::settings::TaxDisplay;
use commerce::world::World;

use std::sync::Arc;

use super::delivery;
use super::key::Keyed;
use super::note::Note;
use super::rules::{AddressRule, Rules};
use super::shape::{Address, Link};
use super::view::{self, CheckoutStatus, Message, MethodType};

/// What the shop adds to everything it says.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The shop's address without a slash at its end.
    pub public_url: String,
    /// How strict we are.
    pub rules: Rules,
    /// The ways to pay.
    pub handlers: Arc<[view::PaymentHandler]>,
    /// Terms, privacy and the like.
    pub links: Arc<[Link]>,
}

impl Surroundings {
    /// Where a shopper goes on with a checkout by hand.
    #[must_use]
    pub fn checkout_url(&self, checkout: &Checkout) -> String {
        format!(
            "{}/checkout/{}/{:016x}",
            self.public_url, checkout.id, checkout.access_key
        )
    }

    /// Where a shopper follows an order.
    #[must_use]
    pub fn order_url(&self, group: &Group) -> String {
        format!(
            "{}/orders/{}/{:016x}",
            self.public_url, group.id, group.access_key
        )
    }

    fn image_url(&self, image: &str) -> Option<String> {
        match image {
            "" => None,
            _ if image.starts_with("http://") || image.starts_with("https://") => {
                Some(image.to_owned())
            }
            _ => Some(format!(
                "{}/media/{}",
                self.public_url,
                image.trim_start_matches('/')
            )),
        }
    }

    /// The address of a picture in the media folder.
    #[must_use]
    pub fn image(&self, image: &str) -> Option<String> {
        self.image_url(image)
    }
}

/// A checkout at a moment, with the order it became.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Products, rates, stock.
    pub world: &'a World,
    /// UTC milliseconds.
    pub now: i64,
    /// What the shop adds.
    pub around: &'a Surroundings,
}

/// What keeps an open checkout from being completed, the first thing.
#[must_use]
pub fn obstacle(at: Moment<'_>, checkout: &Checkout, note: &Note) -> Option<Message> {
    let mut messages = Vec::new();
    stand(at, checkout, None, note, &mut messages);
    messages.into_iter().find(Message::blocks)
}

/// Spells a checkout as it stands, with what is missing. `note` is the one in its extension.
#[must_use]
pub fn checkout(
    at: Moment<'_>,
    checkout: &Checkout,
    note: &Note,
    group: Option<&Group>,
) -> view::Checkout {
    let intent = &checkout.intent;
    let line_ids: Vec<String> = (0..checkout.quote.lines.len())
        .map(|index| note.line_id(index))
        .collect();
    let mut messages = discount_warnings(intent, &checkout.quote);
    let (status, action_url) = stand(at, checkout, group, note, &mut messages);
    let continue_url = (!status.is_terminal())
        .then(|| action_url.unwrap_or_else(|| at.around.checkout_url(checkout)));
    view::Checkout {
        id: Keyed {
            id: checkout.id,
            access_key: checkout.access_key,
        }
        .to_string(),
        status,
        currency: intent.currency.to_string(),
        lines: lines(at.around, &checkout.quote, &line_ids),
        buyer: buyer(&intent.buyer, note),
        totals: totals(&checkout.quote, intent.delivery.is_some()),
        messages,
        links: at.around.links.clone(),
        expires_at_ms: (!status.is_terminal()).then_some(checkout.expires_at),
        continue_url,
        fulfillment: delivery::view(
            // As of the last change, like the quote: a repeated request is answered the same.
            delivery::Today {
                world: at.world,
                now: checkout.updated_at,
            },
            intent,
            &checkout.quote,
            note.method.as_ref(),
            &line_ids,
        ),
        discounts: discounts(&intent.discount_codes, &checkout.quote),
        handlers: at.around.handlers.clone(),
        instruments: note.instruments.clone(),
        selected_instrument_id: note.selected_instrument_id.clone(),
        order: group
            .filter(|_| status == CheckoutStatus::Completed)
            .map(|group| confirmation(at.around, group)),
    }
}

/// The status, and where the buyer must act if only they can go on.
fn stand(
    at: Moment<'_>,
    checkout: &Checkout,
    group: Option<&Group>,
    note: &Note,
    messages: &mut Vec<Message>,
) -> (CheckoutStatus, Option<String>) {
    match (checkout.status, group) {
        (_, Some(group)) => paid_stand(group, messages),
        (checkout::CheckoutStatus::Open, None) if at.now < checkout.expires_at => {
            messages.extend(missing(at, checkout, note));
            let blocked = messages.iter().any(Message::blocks);
            let status = if blocked {
                CheckoutStatus::Incomplete
            } else {
                CheckoutStatus::ReadyForComplete
            };
            (status, None)
        }
        (checkout::CheckoutStatus::Placed, None) => (CheckoutStatus::CompleteInProgress, None),
        (checkout::CheckoutStatus::Open | checkout::CheckoutStatus::Canceled, None) => {
            (CheckoutStatus::Canceled, None)
        }
    }
}

/// The status of a checkout that became an order, by its payment.
fn paid_stand(group: &Group, messages: &mut Vec<Message>) -> (CheckoutStatus, Option<String>) {
    match (group.state, group.last_payment()) {
        (GroupState::Confirmed, _) => (CheckoutStatus::Completed, None),
        (GroupState::Canceled, _) => match group.settled_payment() {
            Some(_) => (CheckoutStatus::Completed, None),
            None => (CheckoutStatus::Canceled, None),
        },
        (GroupState::PendingPayment, Some(payment))
            if payment.state == PaymentState::ActionRequired =>
        {
            messages.push(Message {
                kind: view::MessageKind::Error(view::Severity::RequiresBuyerInput),
                code: "payment_authentication",
                path: Some("$.payment".to_owned()),
                content: "The buyer must confirm the payment at the provider's page.".to_owned(),
            });
            (
                CheckoutStatus::RequiresEscalation,
                payment.action_url.clone(),
            )
        }
        (GroupState::PendingPayment, Some(payment)) if is_lost(payment) => {
            messages.push(declined(payment));
            (CheckoutStatus::ReadyForComplete, None)
        }
        (GroupState::PendingPayment, _) => (CheckoutStatus::CompleteInProgress, None),
    }
}

/// Whether this attempt is over without money.
#[must_use]
pub fn is_lost(payment: &Payment) -> bool {
    matches!(payment.state, PaymentState::Declined | PaymentState::Voided)
}

/// Says that a payment was declined.
#[must_use]
pub fn declined(payment: &Payment) -> Message {
    let why = match payment.decline_code.as_str() {
        "" => String::new(),
        code => format!(" ({code})"),
    };
    Message::recoverable(
        "payment_failed",
        "$.payment",
        format!("The payment was declined{why}; nothing was charged. Another instrument may work."),
    )
}

fn missing(at: Moment<'_>, checkout: &Checkout, note: &Note) -> Vec<Message> {
    let intent = &checkout.intent;
    if intent.items.is_empty() {
        return vec![Message::recoverable(
            "missing",
            "$.line_items",
            "There is nothing in it.",
        )];
    }
    let mut messages = stock(at.world, intent, &checkout.quote);
    if intent.buyer.email.is_empty() && at.around.rules.addresses == AddressRule::Deliverable {
        messages.push(Message::recoverable(
            "missing",
            "$.buyer.email",
            "The buyer's mail address is needed.",
        ));
    }
    messages.extend(delivery::missing(
        intent,
        note.method.as_ref(),
        at.around.rules,
    ));
    messages
}

/// Whether every line can be had in full.
#[must_use]
pub fn is_in_stock(world: &World, intent: &Intent) -> bool {
    let can_be_had = |item: &checkout::Item| {
        delivery::available(world, item.variant) >= i64::from(item.quantity)
    };
    intent.items.iter().all(can_be_had)
}

/// Says which lines can't be had in full.
#[must_use]
pub fn stock(world: &World, intent: &Intent, quote: &Quote) -> Vec<Message> {
    let short = |(index, item): (usize, &checkout::Item)| {
        let available = delivery::available(world, item.variant);
        let title = quote
            .lines
            .get(index)
            .map_or("this article", |line| line.title.as_str());
        (available < i64::from(item.quantity)).then(|| {
            Message::recoverable(
                "out_of_stock",
                &format!("$.line_items[{index}]"),
                format!("Insufficient stock: {available} of {title} can be had."),
            )
        })
    };
    intent.items.iter().enumerate().filter_map(short).collect()
}

fn discount_warnings(intent: &Intent, quote: &Quote) -> Vec<Message> {
    let index = |code: &String| {
        intent
            .discount_codes
            .iter()
            .position(|typed| typed == code)
            .unwrap_or(0)
    };
    let warning = |code: &String| {
        let known = quote
            .applied
            .iter()
            .any(|applied| applied.code.eq_ignore_ascii_case(code.trim()));
        let (reason, text) = if known {
            ("discount_code_already_applied", "is applied already")
        } else {
            ("discount_code_invalid", "does not exist or does not apply")
        };
        Message::warning(
            reason,
            &format!("$.discounts.codes[{}]", index(code)),
            format!("The code `{code}` {text}."),
        )
    };
    quote.rejected_codes.iter().map(warning).collect()
}

/// The lines of a quote under their names.
#[must_use]
pub fn lines(around: &Surroundings, quote: &Quote, line_ids: &[String]) -> Vec<view::Line> {
    let line = |(line, id): (&checkout::QuoteLine, &String)| view::Line {
        id: id.clone(),
        item: view::Item {
            id: line.variant.to_string(),
            title: item_title(&line.title, &line.options),
            price: line.unit_price,
            image_url: around.image(&line.image),
        },
        quantity: line.quantity,
        subtotal: line.subtotal,
        discount: line.discount,
    };
    quote.lines.iter().zip(line_ids).map(line).collect()
}

fn item_title(title: &str, options: &str) -> String {
    if options.is_empty() {
        title.to_owned()
    } else {
        format!("{title} ({options})")
    }
}

/// The sums of a quote.
#[must_use]
pub fn totals(quote: &Quote, delivered: bool) -> view::Totals {
    view::Totals {
        subtotal: quote.subtotal,
        items_discount: quote.discount,
        fulfillment: delivered.then_some(quote.shipping),
        tax: quote.tax_added,
        total: quote.total,
    }
}

fn buyer(buyer: &checkout::Buyer, note: &Note) -> Option<view::Buyer> {
    let part = |text: &String| (!text.is_empty()).then(|| text.clone());
    let shown = view::Buyer {
        first_name: part(&buyer.first_name),
        last_name: part(&buyer.last_name),
        full_name: note.full_name.clone(),
        email: part(&buyer.email),
        phone_number: part(&buyer.phone),
        consent: note.consent,
    };
    (shown != view::Buyer::default()).then_some(shown)
}

/// The discounts of a quote; `None` if no code was ever sent.
#[must_use]
pub fn discounts(codes: &[String], quote: &Quote) -> Option<view::Discounts> {
    if codes.is_empty() {
        return None;
    }
    let applied = |(index, discount): (usize, &checkout::AppliedDiscount)| view::AppliedDiscount {
        code: Some(discount.code.clone()),
        title: discount.title.clone(),
        amount: discount.amount,
        priority: u32::try_from(index + 1).unwrap_or(u32::MAX),
        allocations: discount
            .allocations
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, amount)| *amount > 0)
            .collect(),
    };
    Some(view::Discounts {
        codes: codes.to_vec(),
        applied: quote.applied.iter().enumerate().map(applied).collect(),
    })
}

fn confirmation(around: &Surroundings, group: &Group) -> view::OrderConfirmation {
    view::OrderConfirmation {
        id: order_id(group),
        label: order_label(group),
        permalink_url: around.order_url(group),
    }
}

fn order_id(group: &Group) -> String {
    Keyed::<GroupId> {
        id: group.id,
        access_key: group.access_key,
    }
    .to_string()
}

/// The number for people: the one order's, or the group's if there are several.
fn order_label(group: &Group) -> String {
    match group.orders.as_slice() {
        [order] => order.id.to_string(),
        _ => group.id.to_string(),
    }
}

/// Spells an order group with its history.
#[must_use]
pub fn order(at: Moment<'_>, group: &Group, history: &[Event]) -> view::Order {
    let note = Note::read(&group.extension).unwrap_or_default();
    let line_id = |number: u16| note.line_id(usize::from(number).saturating_sub(1));
    let mut lines: Vec<&Line> = group.lines().collect();
    lines.sort_by_key(|line| line.number);
    let order_line = |line: &&Line| view::OrderLine {
        line: view::Line {
            id: line_id(line.number),
            item: view::Item {
                id: line.variant.to_string(),
                title: item_title(&line.title, &line.options),
                price: line.unit_price,
                image_url: at.around.image(&line.image),
            },
            quantity: line.quantity,
            subtotal: line.unit_price * i64::from(line.quantity),
            discount: line.discount,
        },
        total_quantity: line.quantity - line.canceled,
        fulfilled_quantity: line.fulfilled,
    };
    let lines: Vec<view::OrderLine> = lines.iter().map(order_line).collect();
    view::Order {
        id: order_id(group),
        label: order_label(group),
        checkout_id: Keyed {
            id: group.id.checkout(),
            access_key: group.access_key,
        }
        .to_string(),
        permalink_url: at.around.order_url(group),
        currency: group.currency.to_string(),
        totals: order_totals(at.world, group, &lines),
        expectations: expectations(at, group, &note, &lines),
        lines,
        events: history
            .iter()
            .filter_map(|event| fulfillment_event(group, event, &line_id))
            .collect(),
        adjustments: adjustments(group, &line_id),
        messages: Vec::new(),
    }
}

fn order_totals(world: &World, group: &Group, lines: &[view::OrderLine]) -> view::Totals {
    let exclusive = world
        .shop()
        .and_then(|shop| shop.tax_display(group.currency))
        == Some(TaxDisplay::Exclusive);
    let shipping: i64 = group.orders.iter().map(|order| order.shipping).sum();
    let shipping_tax: i64 = group.orders.iter().map(|order| order.shipping_tax).sum();
    view::Totals {
        subtotal: lines.iter().map(|line| line.line.subtotal).sum(),
        items_discount: lines.iter().map(|line| line.line.discount).sum(),
        fulfillment: Some(if exclusive {
            shipping - shipping_tax
        } else {
            shipping
        }),
        tax: if exclusive { group.tax } else { 0 },
        total: group.total,
    }
}

/// What was promised: all that was not canceled, in one piece, as it was sold.
fn expectations(
    at: Moment<'_>,
    group: &Group,
    note: &Note,
    lines: &[view::OrderLine],
) -> Vec<view::Expectation> {
    let quantities: Vec<(String, u32)> = lines
        .iter()
        .filter(|line| line.total_quantity > 0)
        .map(|line| (line.line.id.clone(), line.total_quantity))
        .collect();
    if quantities.is_empty() {
        return Vec::new();
    }
    let pickup = group
        .fulfillments
        .iter()
        .find(|fulfillment| fulfillment.method != Method::Ship);
    let (method_type, destination) = match pickup {
        Some(fulfillment) => {
            let place = at.world.location(fulfillment.location);
            (
                MethodType::Pickup,
                place.map(|place| delivery::from_core(&place.address)),
            )
        }
        None => (MethodType::Shipping, shipped_to(group, note)),
    };
    let sold_as = note
        .method
        .as_ref()
        .and_then(|method| method.option_title.clone());
    vec![view::Expectation {
        id: "exp_1".to_owned(),
        lines: quantities,
        method_type,
        destination: destination.unwrap_or_default(),
        description: sold_as.unwrap_or_else(|| group.delivery_title.clone()),
    }]
}

/// The address as the platform sent it, or as the core has it.
fn shipped_to(group: &Group, note: &Note) -> Option<Address> {
    let named = note
        .method
        .as_ref()
        .and_then(|method| method.selected_address());
    named
        .map(|named| named.address.clone())
        .or_else(|| group.destination.as_deref().map(delivery::from_core))
}

fn fulfillment_event(
    group: &Group,
    event: &Event,
    line_id: &impl Fn(u16) -> String,
) -> Option<view::FulfillmentEvent> {
    let (id, event_type, description) = match &event.what {
        What::FulfillmentPicking { fulfillment } => {
            (*fulfillment, "processing", "It is being picked.")
        }
        What::FulfillmentShipped { fulfillment, .. } => {
            (*fulfillment, "shipped", "It is with the carrier.")
        }
        What::FulfillmentDelivered { fulfillment } => {
            (*fulfillment, "delivered", "It has arrived.")
        }
        What::FulfillmentCanceled { fulfillment } => (*fulfillment, "canceled", "It was canceled."),
        _ => return None,
    };
    let fulfillment = group
        .fulfillments
        .iter()
        .find(|fulfillment| fulfillment.id == id)?;
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let traveling = matches!(event_type, "shipped" | "delivered");
    Some(view::FulfillmentEvent {
        id: format!("event_{}", event.position),
        occurred_at_ms: event.at,
        event_type: event_type.to_owned(),
        lines: fulfillment
            .lines
            .iter()
            .map(|(number, pieces)| (line_id(*number), *pieces))
            .collect(),
        tracking_number: text(&fulfillment.tracking_number).filter(|_| traveling),
        tracking_url: text(&fulfillment.tracking_url).filter(|_| traveling),
        carrier: text(&fulfillment.carrier).filter(|_| traveling),
        description: Some(description.to_owned()),
    })
}

fn adjustments(group: &Group, line_id: &impl Fn(u16) -> String) -> Vec<view::Adjustment> {
    let adjustment = |refund: &commerce::order::Refund| view::Adjustment {
        id: refund.id.to_string(),
        adjustment_type: "refund".to_owned(),
        occurred_at_ms: refund.created_at,
        status: match refund.state {
            RefundState::Pending => "pending",
            RefundState::Succeeded => "completed",
            RefundState::Failed => "failed",
        },
        lines: refund
            .lines
            .iter()
            .map(|(number, pieces, _)| (line_id(*number), *pieces))
            .collect(),
        amount: refund.amount,
        description: (!refund.note.is_empty()).then(|| refund.note.clone()),
    };
    group.refunds.iter().map(adjustment).collect()
}

/// Spells a cart at today's prices.
#[must_use]
pub fn cart(
    around: &Surroundings,
    keyed: Keyed<commerce::id::CartId>,
    intent: &Intent,
    quote: &Quote,
) -> view::Cart {
    let note = Note::read(&intent.extension).unwrap_or_default();
    let line_ids: Vec<String> = (0..quote.lines.len())
        .map(|index| note.line_id(index))
        .collect();
    view::Cart {
        id: keyed.to_string(),
        currency: intent.currency.to_string(),
        lines: lines(around, quote, &line_ids),
        buyer: buyer(&intent.buyer, &note),
        totals: totals(quote, false),
        messages: discount_warnings(intent, quote),
        discounts: discounts(&intent.discount_codes, quote),
        links: around.links.clone(),
        expires_at_ms: None,
        continue_url: Some(format!("{}/", around.public_url)),
    }
}
