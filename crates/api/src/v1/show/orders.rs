//! Orders and fulfillments as the wire shows them, with what can be done with them next.

use super::super::wire::invoices::OrderPaper;
use super::super::wire::points::OrderPoints;
use super::super::wire::{Money, Named, orders as wire};
use super::carriers;
use super::events;
use crate::invoice;
use commerce::World;
use commerce::event::Event;
use commerce::id::OrderId;
use commerce::order::{
    Fulfillment, FulfillmentState, Group, GroupState, Line, Method, Order, Refund, RefundSource,
    RefundState, Share,
};
use commerce::payment::{Payment, PaymentMethod, PaymentState};

/// An order in a list.
pub fn summary(world: &World, group: &Group, order: &Order) -> wire::OrderSummary {
    let fulfillments = group.fulfillments.iter().filter(|f| f.order == order.id);
    wire::OrderSummary {
        id: order.id.to_string(),
        seller: Named::seller(world, order.seller),
        state: order.state.into(),
        channel: group.channel.into(),
        device: group.device.into(),
        buyer: buyer_name(group),
        place: place(world, group),
        pieces: order.lines.iter().map(|l| l.quantity).sum(),
        total: Money::new(order.total, group.currency),
        payment: group.last_payment().map(|p| p.state.into()),
        fulfillments: fulfillments
            .map(|f| wire::FulfillmentSummary {
                id: f.id.to_string(),
                state: f.state.into(),
                method: f.method.into(),
                location: Named::location(world, f.location),
            })
            .collect(),
        placed_at: group.placed_at,
    }
}

/// An order with everything that belongs to it. `is_test` says whether a payment provider, by its
/// name, moves test money alone.
pub fn detail(
    world: &World,
    group: &Group,
    order: &Order,
    history: &[Event],
    is_test: &dyn Fn(&str) -> bool,
) -> wire::Order {
    let fulfillments = group.fulfillments.iter().filter(|f| f.order == order.id);
    let refunds = refunds_of(group, order.id);
    let siblings = group.orders.iter().filter(|o| o.id != order.id);
    let others = |entry: &&Event| !belongs_to_a_sibling(group, order.id, entry);
    wire::Order {
        id: order.id.to_string(),
        group: group.id.to_string(),
        version: group.version,
        seller: Named::seller(world, order.seller),
        state: order.state.into(),
        group_state: group.state.into(),
        cancel_reason: group.cancel_reason.map(Into::into),
        channel: group.channel.into(),
        device: group.device.into(),
        language: group.language.tag().to_owned(),
        buyer: buyer(group),
        destination: group.destination.as_deref().map(Into::into),
        billing: group.billing.as_deref().map(Into::into),
        delivery: delivery(world, group),
        lines: order.lines.iter().map(|l| line(group, l)).collect(),
        totals: totals(group, order),
        discounts: discounts(group),
        payments: group
            .payments
            .iter()
            .map(|p| payment(group, p, is_test))
            .collect(),
        fulfillments: fulfillments.map(|f| fulfillment(world, group, f)).collect(),
        refunds: refunds.map(|r| refund(group, r)).collect(),
        papers: papers(group, order),
        returns: group
            .returns
            .iter()
            .filter(|r| r.order == order.id)
            .map(|r| super::returns::detail(world, group, r))
            .collect(),
        actions: actions(group, order),
        siblings: siblings
            .map(|o| Named {
                id: o.id.to_string(),
                name: Named::seller(world, o.seller).name,
            })
            .collect(),
        history: history
            .iter()
            .filter(others)
            .map(|e| events::entry(world, e))
            .collect(),
        placed_at: group.placed_at,
        updated_at: group.updated_at,
        expires_at: group.expires_at,
        presale: presale(group),
        points: points(group),
        attribution: super::traffic::attribution(group),
    }
}

fn papers(group: &Group, order: &Order) -> Vec<OrderPaper> {
    let invoice = invoice::is_issued(group, order).then(|| OrderPaper {
        number: invoice::invoice_number(order.id),
        refund: None,
    });
    let notes = invoice::credit_notes(group, order).map(|refund| OrderPaper {
        number: invoice::credit_note_number(order.id, refund.id),
        refund: Some(refund.id.to_string()),
    });
    invoice.into_iter().chain(notes).collect()
}

/// What is paid at once and when the rest is due, if the goods were on presale.
pub fn presale(group: &Group) -> Option<wire::Presale> {
    let presale = group.presale.as_ref()?;
    let money = |minor| Money::new(minor, group.currency);
    Some(wire::Presale {
        deposit: money(presale.deposit.amount),
        counts_as: money(presale.deposit.counts_as),
        is_deposit_paid: presale.paid_by.is_some(),
        balance: money(group.balance()),
        balance_from: presale.deposit.balance_from,
        balance_until: presale.deposit.balance_until,
        forfeit: presale.deposit.forfeit,
        forfeited: money(presale.forfeited),
    })
}

fn discounts(group: &Group) -> Vec<wire::Discount> {
    let one = |d: &commerce::checkout::AppliedDiscount| wire::Discount {
        code: d.code.clone(),
        title: d.title.clone(),
        amount: Money::new(d.amount, group.currency),
        points: d.points(),
    };
    group.discounts.iter().map(one).collect()
}

/// What points did for a group.
fn points(group: &Group) -> Option<OrderPoints> {
    let points = group.points.as_ref()?;
    let spent = group.points_spent();
    Some(OrderPoints {
        spent,
        worth: Money::new(spent * points.worth, group.currency),
        given_back: points.given_back,
        earned: points.earned,
    })
}

fn belongs_to_a_sibling(group: &Group, order: OrderId, event: &Event) -> bool {
    use commerce::event::What;
    let of = match &event.what {
        What::OrderCanceled { order, .. } => Some(*order),
        What::RefundRequested { refund, .. }
        | What::RefundSucceeded { refund, .. }
        | What::RefundFailed { refund, .. } => group
            .refunds
            .iter()
            .find(|r| r.id == *refund)
            .and_then(|r| r.order),
        What::FulfillmentOpened { fulfillment }
        | What::FulfillmentPicking { fulfillment }
        | What::FulfillmentPacked { fulfillment }
        | What::FulfillmentShipped { fulfillment, .. }
        | What::FulfillmentDelivered { fulfillment }
        | What::FulfillmentCanceled { fulfillment }
        | What::WaybillBooked { fulfillment, .. }
        | What::WaybillCanceled { fulfillment, .. }
        | What::ParcelSeen { fulfillment, .. }
        | What::GoodsRelocated { fulfillment, .. }
        | What::WaybillAnnounced { fulfillment, .. }
        | What::WaybillRefused { fulfillment, .. }
        | What::ParcelDelayed { fulfillment, .. } => group
            .fulfillments
            .iter()
            .find(|f| f.id == *fulfillment)
            .map(|f| f.order),
        _ => None,
    };
    of.is_some_and(|of| of != order)
}

/// The buyer's name, or their e-mail address when there is none.
fn buyer_name(group: &Group) -> String {
    let name = person(&group.buyer.first_name, &group.buyer.last_name);
    if name.is_empty() {
        group.buyer.email.clone()
    } else {
        name
    }
}

/// Both names with a blank between them, or the one there is.
pub fn person(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

/// Where a group goes: the city, or the place of collection.
fn place(world: &World, group: &Group) -> String {
    use commerce::checkout::Delivery;
    match (group.delivery, &group.destination) {
        (Delivery::Ship(_), Some(address)) => address.city.clone(),
        (Delivery::Ship(_), None) => String::new(),
        (Delivery::Pickup(location) | Delivery::CarryOut(location), _) => {
            Named::location(world, location).name
        }
    }
}

fn buyer(group: &Group) -> wire::Buyer {
    wire::Buyer {
        first_name: group.buyer.first_name.clone(),
        last_name: group.buyer.last_name.clone(),
        email: group.buyer.email.clone(),
        phone: group.buyer.phone.clone(),
    }
}

fn delivery(world: &World, group: &Group) -> wire::Delivery {
    use commerce::checkout::Delivery;
    let method = match group.delivery {
        Delivery::Ship(_) => Method::Ship,
        Delivery::Pickup(_) => Method::Pickup,
        Delivery::CarryOut(_) => Method::CarryOut,
    };
    let name = match group.delivery {
        Delivery::Ship(_) => group.delivery_title.clone(),
        Delivery::Pickup(_) | Delivery::CarryOut(_) => place(world, group),
    };
    wire::Delivery {
        method: method.into(),
        name,
        promise: group.promise.map(|p| wire::Promise {
            earliest: p.earliest,
            latest: p.latest,
            time_zone: time_zone(world, group),
        }),
    }
}

/// The time zone of the first place that goods of a group come from.
fn time_zone(world: &World, group: &Group) -> String {
    let place = group.fulfillments.first().map(|f| f.location);
    let place = place.and_then(|id| world.location(id));
    place.map_or_else(|| "UTC".to_string(), |l| l.time_zone.clone())
}

fn line(group: &Group, line: &Line) -> wire::OrderLine {
    let money = |minor| Money::new(minor, group.currency);
    wire::OrderLine {
        number: line.number,
        variant: line.variant.to_string(),
        sku: line.sku.clone(),
        title: line.title.clone(),
        options: line.options.clone(),
        image: line.image.clone(),
        quantity: line.quantity,
        canceled: line.canceled,
        fulfilled: line.fulfilled,
        returned: line.returned,
        unit_price: money(line.unit_price),
        discount: money(line.discount),
        tax: money(line.tax),
        tax_rate_ppm: line.tax_rate_ppm,
        total: money(line.total),
    }
}

fn totals(group: &Group, order: &Order) -> wire::Totals {
    let money = |minor| Money::new(minor, group.currency);
    let tax: i64 = order.lines.iter().map(|l| l.tax).sum();
    let refunded = refunds_of(group, order.id)
        .filter(|r| r.state != RefundState::Failed)
        .map(|r| r.amount)
        .sum();
    wire::Totals {
        goods: money(order.lines.iter().map(|l| l.total).sum()),
        shipping: money(order.shipping),
        tax: money(tax + order.shipping_tax),
        total: money(order.total),
        refunded: money(refunded),
        group_total: money(group.total),
    }
}

fn refunds_of(group: &Group, order: OrderId) -> impl Iterator<Item = &Refund> {
    let belongs = move |r: &&Refund| r.order.is_none_or(|of| of == order);
    group.refunds.iter().filter(belongs)
}

fn payment(group: &Group, payment: &Payment, is_test: &dyn Fn(&str) -> bool) -> wire::Payment {
    let money = |minor| Money::new(minor, group.currency);
    let provider = match &payment.method {
        PaymentMethod::Provider { provider, .. } => Some(provider.clone()),
        PaymentMethod::OnAccount => None,
    };
    wire::Payment {
        id: payment.id.to_string(),
        test_money: provider.as_deref().is_some_and(is_test),
        purpose: match &group.presale {
            None => wire::PaymentPurpose::Whole,
            Some(_) if group.is_for_balance(payment.id) => wire::PaymentPurpose::Balance,
            Some(_) => wire::PaymentPurpose::Deposit,
        },
        provider,
        state: payment.state.into(),
        amount: money(payment.amount),
        captured: money(payment.captured),
        refunded: money(payment.refunded),
        provider_ref: payment.provider_ref.clone(),
        decline_code: payment.decline_code.clone(),
        updated_at: payment.updated_at,
    }
}

fn refund(group: &Group, refund: &Refund) -> wire::Refund {
    let money = |minor| Money::new(minor, group.currency);
    let lines = refund.lines.iter();
    wire::Refund {
        id: refund.id.to_string(),
        state: refund.state.into(),
        amount: money(refund.amount),
        extra: money(refund.shipping),
        lines: lines
            .map(|&(number, quantity, amount)| wire::RefundLine {
                number,
                quantity,
                amount: money(amount),
            })
            .collect(),
        note: refund.note.clone(),
        created_at: refund.created_at,
    }
}

/// A parcel or collection with what is in it.
pub fn fulfillment(world: &World, group: &Group, of: &Fulfillment) -> wire::Fulfillment {
    let lines = of.lines.iter();
    let recipient = match &group.destination {
        Some(a) if of.method == Method::Ship => person(&a.first_name, &a.last_name),
        _ => buyer_name(group),
    };
    wire::Fulfillment {
        id: of.id.to_string(),
        order: of.order.to_string(),
        location: Named::location(world, of.location),
        method: of.method.into(),
        state: of.state.into(),
        next_step: next_step(group, of),
        lines: lines
            .filter_map(|&(number, pieces)| pick_line(world, group, number, pieces))
            .collect(),
        recipient,
        place: place(world, group),
        carrier: of.carrier.clone(),
        tracking_number: of.tracking_number.clone(),
        tracking_url: of.tracking_url.clone(),
        parcel: group.parcel(of.id).map(|p| carriers::parcel(world, p)),
        promised: group.promise.map(|promise| promise.latest),
        delay: group.delay(of.id).map(Into::into),
        placed_at: group.placed_at,
        updated_at: of.updated_at,
    }
}

fn pick_line(world: &World, group: &Group, number: u16, pieces: u32) -> Option<wire::PickLine> {
    let line = group.lines().find(|l| l.number == number)?;
    let product = world.product(line.variant.parent());
    let variant = product.and_then(|p| p.variant(line.variant));
    let gtin = variant.and_then(|v| v.gtin.as_ref());
    Some(wire::PickLine {
        number,
        variant: line.variant.to_string(),
        sku: line.sku.clone(),
        gtin: gtin.map(ToString::to_string).unwrap_or_default(),
        title: line.title.clone(),
        options: line.options.clone(),
        image: line.image.clone(),
        quantity: pieces,
    })
}

fn next_step(group: &Group, of: &Fulfillment) -> Option<wire::Step> {
    if group.state != GroupState::Confirmed {
        return None;
    }
    match (of.state, of.method) {
        (FulfillmentState::Open, _) => Some(wire::Step::Pick),
        (FulfillmentState::Picking, _) => Some(wire::Step::Pack),
        (FulfillmentState::Packed, Method::Ship) => Some(wire::Step::Ship),
        (FulfillmentState::Packed, Method::Pickup) | (FulfillmentState::Shipped, Method::Ship) => {
            Some(wire::Step::Deliver)
        }
        _ => None,
    }
}

fn actions(group: &Group, order: &Order) -> wire::Actions {
    let refundable = refundable(group, order);
    let by_hand = group
        .payments
        .iter()
        .find(|p| p.state == PaymentState::OnAccount);
    wire::Actions {
        cancel: cancel_effect(group, order),
        refund: (refundable > 0).then(|| Money::new(refundable, group.currency)),
        record_paid: by_hand.map(|p| p.id.to_string()),
    }
}

fn cancel_effect(group: &Group, order: &Order) -> Option<wire::CancelEffect> {
    let pieces: u32 = order.lines.iter().map(Line::open).sum();
    if pieces == 0 || group.state == GroupState::Canceled {
        return None;
    }
    let goods: i64 = order
        .lines
        .iter()
        .map(|l| l.next_share(l.open()).total)
        .sum();
    let untouched = order.lines.iter().all(|l| l.fulfilled == 0);
    let shipping = if untouched { order.shipping } else { 0 };
    let holds = |p: &&Payment| matches!(p.state, PaymentState::Authorized | PaymentState::Captured);
    let paid = group.payments.iter().any(|p| holds(&p));
    let all = if paid { goods + shipping } else { 0 };
    let refund = all.min(group.left_to_refund().unwrap_or(all));
    let presale = group.presale.as_ref();
    let kept = presale.filter(|p| p.deposit.forfeit && group.state == GroupState::AwaitingBalance);
    Some(wire::CancelEffect {
        pieces,
        refund: Money::new(refund, group.currency),
        kept_for_shopper: kept.map(|p| Money::new(p.deposit.amount, group.currency)),
        whole_group: group.state.waits() && group.orders.len() > 1,
    })
}

/// What of an order's price, and of the payment, can still be given back, in minor units.
pub fn refundable(group: &Group, order: &Order) -> i64 {
    let captured = group.captured().unwrap_or(0);
    let canceled: i64 = order.lines.iter().map(|l| l.canceled_share.total).sum();
    let given = refunds_of(group, order.id)
        .filter(|r| r.order.is_some() && r.source == RefundSource::Seller)
        .filter(|r| r.state != RefundState::Failed);
    let given: i64 = given.map(|r| r.amount).sum();
    (order.total - canceled - given)
        .min(captured - group.refunded())
        .max(0)
}

/// What giving back these pieces and a further amount would come to. Pieces that were not handed over
/// or were returned already count as none.
pub fn refund_preview(
    group: &Group,
    order: &Order,
    pieces: &[(u16, u32)],
    extra: i64,
) -> wire::RefundPreview {
    let money = |minor| Money::new(minor, group.currency);
    let mut sum = Share::default();
    let mut lines = Vec::with_capacity(pieces.len());
    for &(number, wanted) in pieces {
        let Some(line) = order.lines.iter().find(|l| l.number == number) else {
            continue;
        };
        let quantity = wanted.min(group.returnable(line));
        if quantity == 0 {
            continue;
        }
        let share = line.return_share(quantity);
        sum = sum.plus(share);
        lines.push(wire::RefundLine {
            number,
            quantity,
            amount: money(share.total),
        });
    }
    wire::RefundPreview {
        amount: money(sum.total.saturating_add(extra)),
        lines,
        refundable: money(refundable(group, order)),
    }
}
