//! From the core's records to what the protocol says of them.

use crate::promise::Outlook;
use crate::timetables::Board;
use commerce::checkout::{self, Checkout, Intent, Quote};
use commerce::event::{Event, What};
use commerce::id::{CartId, CheckoutId, GroupId};
use commerce::money::Money;
use commerce::order::{Group, GroupState, Line, Method, RefundState};
use commerce::payment::{Payment, PaymentState};
use commerce::settings::TaxDisplay;
use commerce::world::World;

use std::borrow::Cow;
use std::sync::Arc;

use super::delivery;
use super::key::Keyed;
use super::note::Note;
use super::rules::{AddressRule, Rules};
use super::shape::{Address, Link};
use super::time::Time;
use super::view::{self, CheckoutStatus, Message, MethodType, OrderLabel, Page};

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
    fn checkout_page(&self, checkout: &Checkout) -> Page<'_> {
        Page::Checkout(&self.public_url, checkout_id(checkout))
    }

    /// Where a shopper follows an order.
    fn order_page(&self, group: &Group) -> Page<'_> {
        Page::Order(&self.public_url, order_id(group))
    }

    /// A picture, if there is one.
    #[must_use]
    pub fn picture<'a>(&'a self, image: &'a str) -> Option<view::Picture<'a>> {
        (!image.is_empty()).then_some(view::Picture {
            public_url: &self.public_url,
            image,
        })
    }
}

/// A checkout at a moment, with the order it became.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// Products, rates, stock.
    pub world: &'a World,
    /// Carriers' timetables.
    pub board: &'a Board,
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
pub fn checkout<'a>(
    at: Moment<'a>,
    checkout: &'a Checkout,
    note: &'a Note,
    group: Option<&'a Group>,
) -> view::Checkout<'a> {
    let intent = &checkout.intent;
    let mut messages = discount_warnings(intent, &checkout.quote);
    messages.extend(deposit_warning(intent, &checkout.quote));
    let (status, action_url) = stand(at, checkout, group, note, &mut messages);
    let own_page = || at.around.checkout_page(checkout);
    let continue_at = action_url.map_or_else(own_page, Page::Provider);
    view::Checkout {
        id: checkout_id(checkout),
        status,
        currency: intent.currency,
        lines: lines(at.around, &checkout.quote, note),
        buyer: buyer(&intent.buyer, note),
        totals: totals(&checkout.quote, intent.delivery.is_some()),
        messages,
        links: &at.around.links,
        expires_at_ms: (!status.is_terminal()).then_some(checkout.expires_at),
        continue_at: (!status.is_terminal()).then_some(continue_at),
        fulfillment: delivery::view(
            // As of the last change, like the quote: a repeated request is answered the same.
            Outlook {
                world: at.world,
                board: at.board,
                now: checkout.updated_at,
            },
            intent,
            &checkout.quote,
            note.method.as_ref(),
        ),
        discounts: discounts(&intent.discount_codes, &checkout.quote),
        handlers: &at.around.handlers,
        instruments: &note.instruments,
        selected_instrument_id: note.selected_instrument_id.as_deref(),
        order: group
            .filter(|_| status == CheckoutStatus::Completed)
            .map(|group| confirmation(at.around, group)),
    }
}

/// What the buyer must be told of goods on presale: what is charged now, what later, and what happens otherwise.
fn deposit_warning(intent: &Intent, quote: &Quote) -> Option<Message> {
    let deposit = quote.deposit.as_ref()?;
    let money = |minor| Money {
        minor,
        currency: intent.currency,
    };
    let otherwise = if deposit.forfeit {
        "Without it the deposit is kept"
    } else {
        "Without it the deposit is given back"
    };
    let content = format!(
        "On presale: only the deposit of {} {} is charged now. The balance of {} {} is due from {} until {}, on the order's page. {otherwise} and the order ends.",
        money(deposit.amount).decimal(),
        intent.currency,
        money(quote.total - deposit.amount).decimal(),
        intent.currency,
        Time(deposit.balance_from),
        Time(deposit.balance_until),
    );
    Some(Message::warning("presale_deposit", "$.totals", content))
}

/// The status, and where the buyer must act if only they can go on.
fn stand<'a>(
    at: Moment<'_>,
    checkout: &Checkout,
    group: Option<&'a Group>,
    note: &Note,
    messages: &mut Vec<Message>,
) -> (CheckoutStatus, Option<&'a str>) {
    match (checkout.status, group) {
        (_, Some(group)) => paid_stand(group, messages),
        (checkout::CheckoutStatus::Open, None) if at.now < checkout.expires_at => {
            missing(at, checkout, note, messages);
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
fn paid_stand<'a>(
    group: &'a Group,
    messages: &mut Vec<Message>,
) -> (CheckoutStatus, Option<&'a str>) {
    match (group.state, group.last_payment()) {
        // The rest is between the buyer and the order's page.
        (GroupState::Confirmed | GroupState::AwaitingBalance, _) => {
            (CheckoutStatus::Completed, None)
        }
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
                path: Some("$.payment".into()),
                content: "The buyer must confirm the payment at the provider's page.".into(),
            });
            (
                CheckoutStatus::RequiresEscalation,
                payment.action_url.as_deref(),
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

fn missing(at: Moment<'_>, checkout: &Checkout, note: &Note, messages: &mut Vec<Message>) {
    let intent = &checkout.intent;
    if intent.items.is_empty() {
        messages.push(Message::recoverable(
            "missing",
            "$.line_items",
            "There is nothing in it.",
        ));
        return;
    }
    messages.extend(stock(at.world, intent, &checkout.quote));
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
                format!("$.line_items[{index}]"),
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
            format!("$.discounts.codes[{}]", index(code)),
            format!("The code `{code}` {text}."),
        )
    };
    quote.rejected_codes.iter().map(warning).collect()
}

/// The lines of a quote under their names.
fn lines<'a>(around: &'a Surroundings, quote: &'a Quote, note: &'a Note) -> Vec<view::Line<'a>> {
    let line = |(index, line): (usize, &'a checkout::QuoteLine)| view::Line {
        id: line_name(note, index),
        item: view::Item {
            id: line.variant,
            title: view::ItemTitle {
                title: &line.title,
                options: &line.options,
            },
            price: line.unit_price,
            image: around.picture(&line.image),
        },
        quantity: line.quantity,
        subtotal: line.subtotal,
        discount: line.discount,
    };
    quote.lines.iter().enumerate().map(line).collect()
}

/// The name of the `index`-th line, without a copy where it has one.
fn line_name(note: &Note, index: usize) -> Cow<'_, str> {
    match note.lines.get(index) {
        Some(line) => Cow::Borrowed(&line.id),
        None => Cow::Owned(note.line_id(index)),
    }
}

/// The sums of a quote.
fn totals(quote: &Quote, delivered: bool) -> view::Totals {
    view::Totals {
        subtotal: quote.subtotal,
        items_discount: quote.discount,
        fulfillment: delivered.then_some(quote.shipping),
        tax: quote.tax_added,
        total: quote.total,
    }
}

fn buyer<'a>(buyer: &'a checkout::Buyer, note: &'a Note) -> Option<view::Buyer<'a>> {
    let part = |text: &'a String| (!text.is_empty()).then_some(text.as_str());
    let shown = view::Buyer {
        first_name: part(&buyer.first_name),
        last_name: part(&buyer.last_name),
        full_name: note.full_name.as_deref(),
        email: part(&buyer.email),
        phone_number: part(&buyer.phone),
        consent: note.consent,
    };
    (shown != view::Buyer::default()).then_some(shown)
}

/// The discounts of a quote; `None` if no code was ever sent and none applies by itself.
fn discounts<'a>(codes: &'a [String], quote: &'a Quote) -> Option<view::Discounts<'a>> {
    if codes.is_empty() && quote.applied.is_empty() {
        return None;
    }
    let applied =
        |(index, discount): (usize, &'a checkout::AppliedDiscount)| view::AppliedDiscount {
            code: &discount.code,
            title: &discount.title,
            amount: discount.amount,
            priority: u32::try_from(index + 1).unwrap_or(u32::MAX),
            allocations: &discount.allocations,
        };
    Some(view::Discounts {
        codes,
        applied: quote.applied.iter().enumerate().map(applied).collect(),
    })
}

fn confirmation<'a>(around: &'a Surroundings, group: &Group) -> view::OrderConfirmation<'a> {
    view::OrderConfirmation {
        id: order_id(group),
        label: order_label(group),
        permalink: around.order_page(group),
    }
}

const fn checkout_id(checkout: &Checkout) -> Keyed<CheckoutId> {
    Keyed {
        id: checkout.id,
        access_key: checkout.access_key,
    }
}

const fn order_id(group: &Group) -> Keyed<GroupId> {
    Keyed {
        id: group.id,
        access_key: group.access_key,
    }
}

/// The number for people: the one order's, or the group's if there are several.
fn order_label(group: &Group) -> OrderLabel {
    match group.orders.as_slice() {
        [order] => OrderLabel::Order(order.id),
        _ => OrderLabel::Group(group.id),
    }
}

/// Spells an order group with its history.
#[must_use]
pub fn order<'a>(at: Moment<'a>, group: &'a Group, history: &[Event]) -> view::Order<'a> {
    let note = Note::of(&group.extension);
    let line_id = |number: u16| note.line_id(usize::from(number).saturating_sub(1));
    let mut lines: Vec<&Line> = group.lines().collect();
    lines.sort_by_key(|line| line.number);
    let order_line = |line: &&'a Line| view::OrderLine {
        line: view::Line {
            id: line_id(line.number).into(),
            item: view::Item {
                id: line.variant,
                title: view::ItemTitle {
                    title: &line.title,
                    options: &line.options,
                },
                price: line.unit_price,
                image: at.around.picture(&line.image),
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
        },
        permalink: at.around.order_page(group),
        currency: group.currency,
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

fn order_totals(world: &World, group: &Group, lines: &[view::OrderLine<'_>]) -> view::Totals {
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
    lines: &[view::OrderLine<'_>],
) -> Vec<view::Expectation> {
    let quantities: Vec<(String, u32)> = lines
        .iter()
        .filter(|line| line.total_quantity > 0)
        .map(|line| (line.line.id.to_string(), line.total_quantity))
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
        .find(|fulfillment| fulfillment.id == id && !fulfillment.is_relocated())?;
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

/// Spells a cart at today's prices. `note` is the one in its extension.
#[must_use]
pub fn cart<'a>(
    around: &'a Surroundings,
    id: Keyed<CartId>,
    intent: &'a Intent,
    quote: &'a Quote,
    note: &'a Note,
) -> view::Cart<'a> {
    view::Cart {
        id,
        currency: intent.currency,
        lines: lines(around, quote, note),
        buyer: buyer(&intent.buyer, note),
        totals: totals(quote, false),
        messages: discount_warnings(intent, quote),
        discounts: discounts(&intent.discount_codes, quote),
        links: &around.links,
        expires_at_ms: None,
        continue_at: Some(Page::Home(&around.public_url)),
    }
}
