//! Picking, packing, shipping, handing over; and what sellers earn by it.

use super::{lifecycle, parcel, relocate};
use crate::command::{FulfillmentStep, Outcome};
use crate::event::{OrderNews, What};
use crate::id::FulfillmentId;
use crate::ledger::{Account, PostingCause};
use crate::limits;
use crate::order::{FulfillmentState, Group, GroupState, Method, OrderState, ReservationState};
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::stock::{StockAccount, StockCause};
use crate::world::World;

/// Moves a fulfillment on. A step that was done already changes nothing, so that a double click is harmless.
///
/// Checks: the fulfillment, that its group is confirmed, its state, the texts, that the goods are there.
pub fn advance(
    world: &mut World,
    id: FulfillmentId,
    step: &FulfillmentStep,
) -> Result<Outcome, Refusal> {
    match step {
        FulfillmentStep::Book(booking) => return parcel::book(world, id, booking),
        FulfillmentStep::CancelWaybill => return parcel::cancel_waybill(world, id),
        FulfillmentStep::Relocate(relocation) => {
            return relocate::relocate(world, id, relocation);
        }
        FulfillmentStep::Pick
        | FulfillmentStep::Pack
        | FulfillmentStep::Ship { .. }
        | FulfillmentStep::Deliver => {}
    }
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    if group.state != GroupState::Confirmed {
        return Err(Refusal::OrderNotConfirmed);
    }
    let state = group.fulfillments[index].state;
    let target = next_state(group.fulfillments[index].method, state, step)?;
    if target == state {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    if let FulfillmentStep::Ship { .. } = step {
        name_carrier(world, &mut group, index, step)?;
    }
    if target == FulfillmentState::Shipped {
        check_on_hand(world, &group, id)?;
        leave(world, &mut group, index);
        return Ok(Outcome::Group(super::save_group(world, group)));
    }
    if target == FulfillmentState::Delivered {
        lifecycle::notify(world, &group, OrderNews::Delivered);
    }
    if takes_goods(group.fulfillments[index].method, target) {
        check_on_hand(world, &group, id)?;
        hand_over(world, &mut group, index, target);
        earn(world, &mut group);
    } else {
        set_state(world, &mut group, index, target);
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Writes on a fulfillment who brings it: the carrier of its waybill, or whoever is named if there is none.
fn name_carrier(
    world: &World,
    group: &mut Group,
    index: usize,
    step: &FulfillmentStep,
) -> Result<(), Refusal> {
    let FulfillmentStep::Ship {
        carrier,
        tracking_number,
        tracking_url,
    } = step
    else {
        return Ok(());
    };
    if let Some(booked) = group.parcel(group.fulfillments[index].id) {
        if !carrier.is_empty() {
            return Err(Refusal::WaybillExists {
                number: booked.number.clone(),
            });
        }
        parcel::name_carrier(world, group, index);
        return Ok(());
    }
    for (field, text) in [
        ("carrier", carrier),
        ("tracking_number", tracking_number),
        ("tracking_url", tracking_url),
    ] {
        if text.chars().count() > limits::NAME_CHARS_MAX {
            return Err(Refusal::FieldInvalid { field });
        }
    }
    let of = &mut group.fulfillments[index];
    of.carrier.clone_from(carrier);
    of.tracking_number.clone_from(tracking_number);
    of.tracking_url.clone_from(tracking_url);
    Ok(())
}

/// A parcel leaves with its carrier. Its goods are there.
pub fn leave(world: &mut World, group: &mut Group, index: usize) {
    lifecycle::notify(world, group, OrderNews::Shipped);
    hand_over(world, group, index, FulfillmentState::Shipped);
    earn(world, group);
}

fn next_state(
    method: Method,
    state: FulfillmentState,
    step: &FulfillmentStep,
) -> Result<FulfillmentState, Refusal> {
    use FulfillmentState::{Canceled, Delivered, Open, Packed, Pending, Picking, Shipped};
    let wrong = Refusal::WrongState {
        state: state.word(),
    };
    match (step, state) {
        (_, Canceled | Pending) => Err(wrong),
        (FulfillmentStep::Pick, Open | Picking) => Ok(Picking),
        (FulfillmentStep::Pack, Open | Picking | Packed) => Ok(Packed),
        (FulfillmentStep::Ship { .. }, Packed | Shipped) if method == Method::Ship => Ok(Shipped),
        (FulfillmentStep::Deliver, Shipped | Delivered) if method == Method::Ship => Ok(Delivered),
        (FulfillmentStep::Deliver, Packed | Delivered) if method == Method::Pickup => Ok(Delivered),
        (FulfillmentStep::Deliver, Open | Picking | Packed | Delivered)
            if method == Method::CarryOut =>
        {
            Ok(Delivered)
        }
        _ => Err(wrong),
    }
}

fn takes_goods(method: Method, target: FulfillmentState) -> bool {
    match method {
        Method::Ship => target == FulfillmentState::Shipped,
        Method::Pickup | Method::CarryOut => target == FulfillmentState::Delivered,
    }
}

/// Whether the goods of a fulfillment are physically there.
///
/// # Errors
/// `stock_below_zero` with what is there.
pub fn check_on_hand(world: &World, group: &Group, id: FulfillmentId) -> Result<(), Refusal> {
    for r in group.reservations.iter().filter(|r| r.fulfillment == id) {
        let pieces: u32 = group
            .reservations
            .iter()
            .filter(|o| o.fulfillment == id && o.variant == r.variant)
            .map(|o| o.quantity)
            .sum();
        let on_hand = world.level(r.variant, r.location).on_hand;
        if on_hand < i64::from(pieces) && !planted::is(Fault::ShippedWithoutGoods) {
            return Err(Refusal::StockBelowZero { on_hand });
        }
    }
    Ok(())
}

/// Brings a fulfillment into a state, and says so.
pub fn set_state(world: &mut World, group: &mut Group, index: usize, state: FulfillmentState) {
    let fulfillment = &mut group.fulfillments[index];
    fulfillment.state = state;
    fulfillment.updated_at = world.now();
    let id = fulfillment.id;
    world.emit(match state {
        FulfillmentState::Picking => What::FulfillmentPicking { fulfillment: id },
        FulfillmentState::Packed => What::FulfillmentPacked { fulfillment: id },
        FulfillmentState::Shipped => What::FulfillmentShipped {
            fulfillment: id,
            carrier: fulfillment.carrier.clone(),
            tracking_number: fulfillment.tracking_number.clone(),
        },
        FulfillmentState::Delivered => What::FulfillmentDelivered { fulfillment: id },
        FulfillmentState::Pending | FulfillmentState::Open => {
            What::FulfillmentOpened { fulfillment: id }
        }
        FulfillmentState::Canceled => What::FulfillmentCanceled { fulfillment: id },
    });
}

/// The goods leave: reservations are taken, lines are counted, the order's state follows.
pub fn hand_over(world: &mut World, group: &mut Group, index: usize, target: FulfillmentState) {
    let id = group.fulfillments[index].id;
    let order_id = group.fulfillments[index].order;
    for r in group
        .reservations
        .iter_mut()
        .filter(|r| r.fulfillment == id)
    {
        assert!(r.state == ReservationState::Held, "goods are taken once");
        r.state = ReservationState::Taken;
        let from = StockAccount::Reserved(r.location);
        let cause = StockCause::Fulfill(id.0);
        world.move_stock(
            r.variant,
            i64::from(r.quantity),
            from,
            StockAccount::Customer,
            cause,
        );
    }
    set_state(world, group, index, target);
    let lines = group.fulfillments[index].lines.clone();
    let order = group
        .orders
        .iter_mut()
        .find(|o| o.id == order_id)
        .expect("a fulfillment has its order");
    for (number, pieces) in lines {
        let line = order
            .lines
            .iter_mut()
            .find(|l| l.number == number)
            .expect("a fulfillment has its lines");
        let share = line.next_share(pieces);
        line.fulfilled += pieces;
        line.fulfilled_share = line.fulfilled_share.plus(share);
    }
    order.state = if order.lines.iter().all(|l| l.open() == 0) {
        OrderState::Fulfilled
    } else {
        OrderState::PartlyFulfilled
    };
}

/// Passes what is paid and handed over from the held money to sellers and tax.
pub fn earn(world: &mut World, group: &mut Group) {
    if group.captured().is_none() {
        return;
    }
    let (currency, held, tax_account) = (
        group.currency,
        Account::Held(group.id),
        Account::Tax(group.tax_country),
    );
    for order in &mut group.orders {
        let seller = Account::Seller(order.seller);
        let tax_account = if planted::is(Fault::WrongAccount) {
            seller
        } else {
            tax_account
        };
        let mut due = crate::order::Share::default();
        for line in &mut order.lines {
            due = due.plus(line.fulfilled_share.minus(line.earned_share));
            if !planted::is(Fault::EarnedTwice) {
                line.earned_share = line.fulfilled_share;
            }
        }
        if !order.shipping_earned && order.lines.iter().any(|l| l.fulfilled > 0) {
            due = due.plus(crate::order::Share {
                total: order.shipping,
                tax: order.shipping_tax,
            });
            order.shipping_earned = true;
        }
        let cause = PostingCause::Earn(order.id.0);
        world.post(held, seller, due.total - due.tax, currency, cause);
        world.post(held, tax_account, due.tax, currency, cause);
    }
}
