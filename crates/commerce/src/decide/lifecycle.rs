//! The life of a group after it was placed: confirmed, expired, canceled.

use crate::campaign::Use;
use crate::command::{CancelOrder, Channel, Outcome};
use crate::event::{OrderNews, Task, What};
use crate::id::{GroupId, OrderId, PaymentId, RefundId};
use crate::ledger::{Account, PostingCause};
use crate::limits;
use crate::money::portion;
use crate::order::{
    CancelReason, FulfillmentState, Group, GroupState, Method, OrderState, Refund, RefundSource,
    RefundState, ReservationState, Share,
};
use crate::payment::{Payment, PaymentMethod, PaymentState};
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::string::String;
use alloc::vec::Vec;

/// The goods are owed from now on. What is carried out leaves at once.
pub fn confirm(world: &mut World, group: &mut Group) {
    assert!(group.state.waits(), "a group is confirmed once");
    group.state = GroupState::Confirmed;
    group.expires_at = None;
    for order in &mut group.orders {
        order.state = OrderState::Confirmed;
    }
    world.emit(What::GroupConfirmed { group: group.id });
    notify(world, group, OrderNews::Placed);
    for i in 0..group.fulfillments.len() {
        group.fulfillments[i].state = FulfillmentState::Open;
        group.fulfillments[i].updated_at = world.now();
        world.emit(What::FulfillmentOpened {
            fulfillment: group.fulfillments[i].id,
        });
        let id = group.fulfillments[i].id;
        let carried = group.fulfillments[i].method == Method::CarryOut;
        // A count may have shown meanwhile that the goods are not there: then staff must look.
        if carried && super::fulfillment::check_on_hand(world, group, id).is_ok() {
            super::fulfillment::hand_over(world, group, i, FulfillmentState::Delivered);
        }
    }
}

/// Ends groups whose payment, or whose balance, did not come in time. One that was paid meanwhile, or is not due, is left alone.
pub fn expire(world: &mut World, ids: &[GroupId]) -> Result<Outcome, Refusal> {
    for &id in ids.iter().take(limits::EXPIRE_BATCH_MAX) {
        let Some(group) = world.group(id) else {
            continue;
        };
        let due = group.expires_at.is_some_and(|t| t <= world.now());
        let is_missed = planted::is(Fault::MissedExpiry) && ids.first() != Some(&id)
            || planted::is(Fault::BalanceNeverOverdue)
                && group.state == GroupState::AwaitingBalance;
        if group.state.waits() && due && !is_missed {
            let mut group = Group::clone(group);
            cancel_group(world, &mut group, CancelReason::Expired);
            super::save_group(world, group);
        }
    }
    Ok(Outcome::Done)
}

/// Cancels all that is open in all orders of a group, and lets its payments go.
pub fn cancel_group(world: &mut World, group: &mut Group, reason: CancelReason) {
    for i in 0..group.orders.len() {
        cancel_open(world, group, i, reason);
    }
    settle_state(world, group, reason);
}

/// Cancels what an order still owes.
///
/// Checks: the order, that something of it is open, the note.
pub fn cancel_order(world: &mut World, cancel: &CancelOrder) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, cancel.order.parent())?;
    let index = order_index(&group, cancel.order)?;
    check_note(&cancel.note)?;
    if group.orders[index].lines.iter().all(|l| l.open() == 0) {
        // A second click on "cancel" finds it done; an order that was handed over cannot be canceled.
        return if group.orders[index].state == OrderState::Canceled {
            Ok(Outcome::Group(super::unchanged(world, &group)))
        } else {
            Err(Refusal::NothingToCancel)
        };
    }
    let waited = group.state.waits();
    let share = cancel_open(world, &mut group, index, cancel.reason);
    notify(world, &group, OrderNews::Canceled);
    settle_state(world, &mut group, cancel.reason);
    if !waited {
        give_back(world, &mut group, cancel.order, share, &cancel.note)?;
    } else if group.state.waits() {
        // The provider was, or will be, asked for the whole amount: a group that waits is given up whole.
        cancel_group(world, &mut group, cancel.reason);
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// What a cancellation sets free.
pub struct Canceled {
    lines: Vec<(u16, u32, i64)>,
    share: Share,
    shipping: Share,
}

/// Gives the goods of an order's open fulfillments back and marks its lines.
fn cancel_open(
    world: &mut World,
    group: &mut Group,
    index: usize,
    reason: CancelReason,
) -> Canceled {
    let order_id = group.orders[index].id;
    let (state, cause) = match reason {
        CancelReason::Expired => (ReservationState::Expired, StockCause::Expire(group.id.0)),
        _ => (ReservationState::Released, StockCause::Release(group.id.0)),
    };
    let now = world.now();
    for f in group
        .fulfillments
        .iter_mut()
        .filter(|f| f.order == order_id && f.state < FulfillmentState::Shipped)
    {
        f.state = FulfillmentState::Canceled;
        f.updated_at = now;
        for r in group
            .reservations
            .iter_mut()
            .filter(|r| r.fulfillment == f.id)
        {
            assert!(
                r.state == ReservationState::Held,
                "an open fulfillment holds its goods"
            );
            r.state = state;
            let (from, to) = (
                StockAccount::Reserved(r.location),
                StockAccount::Free(r.location),
            );
            world.move_stock(r.variant, i64::from(r.quantity), from, to, cause);
            if planted::is(Fault::DoubleRelease) {
                world.move_stock(r.variant, i64::from(r.quantity), from, to, cause);
            }
        }
        super::parcel::drop_waybill(world, &mut group.parcels, f.id);
        world.emit(What::FulfillmentCanceled { fulfillment: f.id });
    }
    let mut canceled = cancel_lines(world, group, index);
    let order = &mut group.orders[index];
    if order.lines.iter().all(|l| l.fulfilled == 0) {
        order.state = OrderState::Canceled;
        canceled.shipping = Share {
            total: order.shipping,
            tax: order.shipping_tax,
        };
        world.emit(What::OrderCanceled {
            order: order_id,
            reason,
        });
    } else {
        order.state = OrderState::Fulfilled;
    }
    canceled
}

/// Marks what an order's lines still owe as canceled, and gives back what it took of limits.
fn cancel_lines(world: &mut World, group: &mut Group, index: usize) -> Canceled {
    let order = &mut group.orders[index];
    let mut canceled = Canceled {
        lines: Vec::new(),
        share: Share::default(),
        shipping: Share::default(),
    };
    for line in order.lines.iter_mut().filter(|l| l.open() > 0) {
        let pieces = line.open();
        let share = line.next_share(pieces);
        line.canceled += pieces;
        line.canceled_share = line.canceled_share.plus(share);
        canceled.lines.push((line.number, pieces, share.total));
        canceled.share = canceled.share.plus(share);
        let of_line = group.uses.iter_mut().filter(|u| u.line == line.number);
        for taken in of_line {
            // In proportion to the pieces: any sequence of cancellations gives back the whole.
            let part = portion(taken.taken, line.canceled - pieces, pieces, line.quantity);
            give_back_use(world, taken, part);
        }
    }
    canceled
}

/// Gives a part of what an order took back to the limit that it was taken of.
fn give_back_use(world: &mut World, taken: &mut Use, part: i64) {
    if part > 0 && !planted::is(Fault::QuotaKept) {
        taken.given_back += part;
        world.give_back(taken.quota, part);
        if planted::is(Fault::QuotaGivenBackTwice) && taken.given_back == taken.taken {
            world.give_back(taken.quota, 1);
        }
    }
}

/// When every order is canceled the group is, and payments that took nothing are let go.
fn settle_state(world: &mut World, group: &mut Group, reason: CancelReason) {
    if group.state == GroupState::Canceled
        || group.orders.iter().any(|o| o.state != OrderState::Canceled)
    {
        return;
    }
    let awaited_balance = group.state == GroupState::AwaitingBalance;
    group.state = GroupState::Canceled;
    group.cancel_reason = Some(reason);
    for taken in &mut group.uses {
        let left = taken.taken - taken.given_back;
        give_back_use(world, taken, left);
    }
    group.expires_at = None;
    world.emit(What::GroupCanceled {
        group: group.id,
        reason,
    });
    let held = |p: &&Payment| p.state == PaymentState::Authorized;
    let held = group.payments.iter().find(held).map(|p| p.id);
    for p in &mut group.payments {
        let let_go = p.state.is_open() || p.state == PaymentState::Authorized;
        if let_go && !planted::is(Fault::VoidForgotten) {
            world.ask(Task::VoidPayment(p.id));
        }
        if let_go || p.state == PaymentState::OnAccount {
            p.state = PaymentState::Voided;
            p.updated_at = world.now();
            world.emit(What::PaymentVoided { payment: p.id });
        }
    }
    if let Some(payment) = held {
        super::refund::drop_waiting(world, group, payment);
    }
    if awaited_balance {
        end_deposit(world, group, reason);
    }
}

/// A group ended whose deposit was paid and whose balance was not: the sellers keep the deposit, if that was agreed and
/// it was the shopper who did not want any more; else it goes back.
fn end_deposit(world: &mut World, group: &mut Group, reason: CancelReason) {
    let Some(presale) = &group.presale else {
        return;
    };
    let by_shopper = matches!(reason, CancelReason::Expired | CancelReason::Shopper);
    let amount = presale.deposit.amount;
    if by_shopper && presale.deposit.forfeit || planted::is(Fault::DepositKeptAnyway) {
        for order in &group.orders {
            let (held, seller) = (Account::Held(group.id), Account::Seller(order.seller));
            let cause = PostingCause::Forfeit(order.id.0);
            let part = group.deposit_of(order);
            world.post(held, seller, part, group.currency, cause);
        }
        if let Some(presale) = &mut group.presale {
            presale.forfeited = amount;
        }
        let group = group.id;
        return world.emit(What::DepositForfeited { group, amount });
    }
    super::outside::settle(world, group);
    for index in 0..group.orders.len() {
        let order = &group.orders[index];
        let (order, part) = (order.id, group.deposit_of(order));
        let share = Share {
            total: part,
            tax: 0,
        };
        // What somebody gave back at the provider cannot be asked for again.
        let asked = super::refund::Asked {
            order,
            lines: Vec::new(),
            shipping: 0,
            share,
            source: RefundSource::Held,
            note: "",
        };
        if super::refund::request_parts(world, group, asked).is_err() {
            // So many refunds were made at the provider that there is no number left for ours: it stays held.
            return;
        }
    }
}

/// Gives back what was paid for canceled goods. Money that is only held at the provider goes back by
/// the void, or after the capture that is under way.
fn give_back(
    world: &mut World,
    group: &mut Group,
    order: OrderId,
    canceled: Canceled,
    note: &str,
) -> Result<(), Refusal> {
    let Some(payment) = group.settled_payment() else {
        return Ok(());
    };
    let on_account_unpaid = payment.state == PaymentState::OnAccount;
    let all = canceled.share.plus(canceled.shipping);
    if on_account_unpaid || all.total == 0 {
        return Ok(());
    }
    super::outside::settle(world, group);
    let asked = super::refund::Asked {
        order,
        lines: canceled.lines,
        shipping: canceled.shipping.total,
        share: all,
        source: RefundSource::Held,
        note,
    };
    super::refund::request_parts(world, group, asked)
}

/// Money that came for a group that is not owed any more goes back by itself (invariant 3).
pub fn give_all_back(
    world: &mut World,
    group: &mut Group,
    payment: PaymentId,
    amount: i64,
) -> Result<(), Refusal> {
    let refund = Refund {
        id: RefundId::under(group.id, super::next_sub(group.refunds.len())?),
        order: None,
        payment,
        lines: Vec::new(),
        shipping: 0,
        amount,
        tax: 0,
        source: RefundSource::Held,
        state: RefundState::Pending,
        note: String::from("paid without an order"),
        created_at: world.now(),
        outside: None,
    };
    super::refund::request(world, group, refund);
    Ok(())
}

/// Adds a note to a group's history.
pub fn add_note(world: &mut World, id: GroupId, note: &str) -> Result<Outcome, Refusal> {
    let group = world
        .group(id)
        .ok_or(Refusal::NotFound { what: "order" })?
        .clone();
    check_note(note)?;
    if note.trim().is_empty() {
        return Err(Refusal::FieldInvalid { field: "note" });
    }
    world.emit(What::NoteAdded {
        group: id,
        note: note.into(),
    });
    Ok(Outcome::Group(group))
}

/// A note is bounded; it may be empty.
pub fn check_note(note: &str) -> Result<(), Refusal> {
    if note.chars().count() > limits::NOTE_CHARS_MAX {
        Err(Refusal::FieldInvalid { field: "note" })
    } else {
        Ok(())
    }
}

/// Tells the platform that an order came through, if it came through one that may want to know.
pub fn notify(world: &mut World, group: &Group, news: OrderNews) {
    if group.channel == Channel::Agent && !group.extension.is_empty() && !group.unheard {
        world.ask(Task::NotifyPlatform(group.id, news));
    }
}

/// The place of an order in its group.
pub fn order_index(group: &Group, id: OrderId) -> Result<usize, Refusal> {
    group
        .orders
        .iter()
        .position(|o| o.id == id)
        .ok_or(Refusal::NotFound { what: "order" })
}

/// Whether a payment is settled outside any provider.
pub fn is_by_hand(method: &PaymentMethod) -> bool {
    *method == PaymentMethod::OnAccount
}
