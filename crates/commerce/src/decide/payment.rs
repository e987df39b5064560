//! Payments: what providers say, in any order and any number of times.

use crate::command::{Outcome, PaymentNews, PaymentTrouble, RetryPayment};
use crate::event::{Task, What};
use crate::id::PaymentId;
use crate::ledger::{Account, PostingCause};
use crate::order::{CancelReason, Group, GroupState, RefundState};
use crate::payment::{Payment, PaymentMethod, PaymentState, ProviderNews};
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::world::World;

/// Another attempt to pay for a group that waits.
///
/// Checks: the group, that it waits and its time is not over, of a presale that its balance is due, that no other
/// attempt is in the provider's hands.
pub fn retry(world: &mut World, retry: &RetryPayment) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, retry.group)?;
    match group.state {
        GroupState::PendingPayment => {}
        GroupState::AwaitingBalance => check_balance_due(world, &group)?,
        GroupState::Confirmed => return Ok(Outcome::Group(super::unchanged(world, &group))),
        GroupState::Canceled if group.cancel_reason == Some(CancelReason::Expired) => {
            return Err(match &group.presale {
                Some(presale) if presale.paid_by.is_some() => Refusal::BalanceOverdue {
                    until: presale.deposit.balance_until,
                },
                _ => Refusal::GroupExpired,
            });
        }
        GroupState::Canceled => return Err(Refusal::GroupNotPayable),
    }
    if group.expires_at.is_some_and(|t| t <= world.now()) {
        return Err(Refusal::GroupExpired);
    }
    if group
        .payments
        .iter()
        .any(|p| p.state == PaymentState::Pending)
        || group.state.waits() && group.deadline().is_none()
    {
        return Err(Refusal::PaymentInProgress);
    }
    // An attempt left at the provider's page is given up: only one may end well.
    for p in group
        .payments
        .iter_mut()
        .filter(|p| p.state == PaymentState::ActionRequired)
    {
        p.state = PaymentState::Voided;
        p.updated_at = world.now();
        world.ask(Task::VoidPayment(p.id));
        world.emit(What::PaymentVoided { payment: p.id });
    }
    super::place::start_payment(world, &mut group, &retry.method, &retry.return_url)?;
    if group
        .last_payment()
        .is_some_and(|p| p.state == PaymentState::OnAccount)
    {
        super::lifecycle::confirm(world, &mut group);
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Whether the balance of a presale can be paid now.
fn check_balance_due(world: &World, group: &Group) -> Result<(), Refusal> {
    let Some(presale) = &group.presale else {
        return Err(Refusal::GroupNotPayable);
    };
    let (from, until) = (presale.deposit.balance_from, presale.deposit.balance_until);
    if world.now() < from && !planted::is(Fault::BalanceTakenTooEarly) {
        return Err(Refusal::BalanceNotDue { from });
    }
    if world.now() >= until {
        return Err(Refusal::BalanceOverdue { until });
    }
    Ok(())
}

/// Takes in what a provider says. What says nothing new changes nothing (invariant 3).
///
/// Checks: the payment, that it goes through a provider, the amount of a capture, the refund it names.
pub fn news(world: &mut World, message: &PaymentNews) -> Result<Outcome, Refusal> {
    let before = world
        .group(message.payment.parent())
        .ok_or(Refusal::NotFound { what: "payment" })?
        .clone();
    let mut group = Group::clone(&before);
    let index = payment_index(&group, message.payment)?;
    if group.payments[index].method == PaymentMethod::OnAccount {
        return Err(Refusal::PaymentMismatch);
    }
    if let Some(number) = message.effect {
        world.effect_done(number);
    }
    if let Some(reference) = &message.provider_ref {
        note_reference(&mut group.payments[index], reference);
    }
    match &message.news {
        ProviderNews::ActionRequired { url } => action_required(world, &mut group, index, url),
        ProviderNews::Authorized { amount } => {
            authorized(world, &mut group, index, *amount, Next::Capture)
        }
        ProviderNews::Declined { code } => declined(world, &mut group, index, code),
        ProviderNews::Captured { amount } => captured(world, &mut group, index, *amount)?,
        ProviderNews::Voided => voided(world, &mut group, index),
        ProviderNews::Refunded { refund } => {
            super::refund::finished(world, &mut group, *refund, RefundState::Succeeded, "")?;
        }
        ProviderNews::RefundedOutside { reference, amount } => {
            super::outside::refunded(world, &mut group, message.payment, reference, *amount)?;
        }
        ProviderNews::RefundFailed { refund, code } => {
            super::refund::finished(world, &mut group, *refund, RefundState::Failed, code)?;
        }
    }
    if group == *before {
        return Ok(Outcome::Group(before));
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// A hosted page may have another id before the shopper has paid than after: the newest one counts
/// until the money is taken.
fn note_reference(payment: &mut Payment, reference: &str) {
    if payment.provider_ref.is_none() || payment.captured == 0 {
        payment.provider_ref = Some(reference.into());
    }
}

/// Whether an authorization is to be followed by a capture, or came with one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Capture,
    Captured,
}

fn set_state(world: &World, group: &mut Group, index: usize, state: PaymentState) {
    let payment = &mut group.payments[index];
    payment.state = state;
    payment.updated_at = world.now();
    payment.action_url = None;
}

fn action_required(world: &mut World, group: &mut Group, index: usize, url: &str) {
    let payment = &mut group.payments[index];
    if payment.state == PaymentState::Pending {
        payment.state = PaymentState::ActionRequired;
        payment.action_url = Some(url.into());
        payment.updated_at = world.now();
        world.emit(What::PaymentActionRequired {
            payment: payment.id,
        });
    }
}

fn authorized(world: &mut World, group: &mut Group, index: usize, amount: i64, next: Next) {
    let (id, state, due) = (
        group.payments[index].id,
        group.payments[index].state,
        group.payments[index].amount,
    );
    if state.holds_money() {
        return;
    }
    let wanted = amount == due && state != PaymentState::Voided && is_owed(world, group);
    if wanted {
        set_state(world, group, index, PaymentState::Authorized);
        world.emit(What::PaymentAuthorized { payment: id });
        if group.presale.is_some() {
            // Each part of a presale counts once its money is taken, which is asked for now.
            group.expires_at = group.deadline();
        } else {
            super::lifecycle::confirm(world, group);
        }
        if next == Next::Capture {
            world.ask(Task::CapturePayment(id));
        }
        let_others_go(world, group, index);
    } else if next == Next::Capture {
        // Too late, twice, or another amount: nothing is owed for it, so the provider lets it go.
        if state != PaymentState::Voided {
            set_state(world, group, index, PaymentState::Voided);
            world.emit(What::PaymentVoided { payment: id });
        }
        world.ask(Task::VoidPayment(id));
    }
}

/// Whether money for what is due next is wanted, and none is held for it yet. A deposit that comes when the balance
/// would be overdue is not.
fn is_owed(world: &World, group: &Group) -> bool {
    match (group.state, &group.presale) {
        (GroupState::PendingPayment, None) => group.settled_payment().is_none(),
        (GroupState::PendingPayment, Some(presale)) => {
            group.settled_payment().is_none() && world.now() < presale.deposit.balance_until
        }
        // The deposit is one of those that took money.
        (GroupState::AwaitingBalance, _) => group.settled_payments().count() == 1,
        (GroupState::Confirmed | GroupState::Canceled, _) => false,
    }
}

/// A part of a presale was paid: next is the balance, or the goods are owed.
fn part_paid(world: &mut World, group: &mut Group, index: usize) {
    let id = group.payments[index].id;
    let is_balance = group.state == GroupState::AwaitingBalance;
    let balance = group.balance();
    let Some(presale) = &mut group.presale else {
        return;
    };
    if is_balance {
        return super::lifecycle::confirm(world, group);
    }
    presale.paid_by = Some(id);
    let amount = presale.deposit.amount;
    world.emit(What::DepositPaid {
        group: group.id,
        amount,
    });
    if balance == 0 {
        return super::lifecycle::confirm(world, group);
    }
    group.state = GroupState::AwaitingBalance;
    group.expires_at = group.deadline();
}

/// Other attempts for the same group can no longer end well.
fn let_others_go(world: &mut World, group: &mut Group, index: usize) {
    for i in (0..group.payments.len()).filter(|&i| i != index) {
        if group.payments[i].state.is_open() {
            let id = group.payments[i].id;
            set_state(world, group, i, PaymentState::Voided);
            world.emit(What::PaymentVoided { payment: id });
            world.ask(Task::VoidPayment(id));
        }
    }
}

fn declined(world: &mut World, group: &mut Group, index: usize, code: &str) {
    let payment = &mut group.payments[index];
    if payment.state.is_open() {
        payment.decline_code = code.into();
        let id = payment.id;
        set_state(world, group, index, PaymentState::Declined);
        world.emit(What::PaymentDeclined {
            payment: id,
            code: code.into(),
        });
    }
}

fn captured(
    world: &mut World,
    group: &mut Group,
    index: usize,
    amount: i64,
) -> Result<(), Refusal> {
    let (id, state, due) = (
        group.payments[index].id,
        group.payments[index].state,
        group.payments[index].amount,
    );
    if state == PaymentState::Captured && !planted::is(Fault::CaptureTwice) {
        return Ok(());
    }
    if amount != due {
        return Err(Refusal::PaymentMismatch);
    }
    if state != PaymentState::Authorized {
        // The capture overtook the authorization, or came for something that is not owed any more.
        authorized(world, group, index, amount, Next::Captured);
    }
    let owed = group.payments[index].state == PaymentState::Authorized;
    if !owed && !planted::is(Fault::StrayMoneyKept) {
        // Asked for first, so that nothing is earned from it; sent with the capture.
        super::lifecycle::give_all_back(world, group, id, amount)?;
    }
    take(world, group, index, amount);
    if owed {
        part_paid(world, group, index);
    }
    Ok(())
}

/// Books a capture, and what became due with it.
fn take(world: &mut World, group: &mut Group, index: usize, amount: i64) {
    let id = group.payments[index].id;
    assert!(
        group.payments[index].captured == 0,
        "a payment is captured once"
    );
    set_state(world, group, index, PaymentState::Captured);
    group.payments[index].captured = amount;
    world.emit(What::PaymentCaptured {
        payment: id,
        amount,
    });
    let cause = PostingCause::Capture(id.0);
    world.post(
        Account::Shopper,
        Account::Held(group.id),
        amount,
        group.currency,
        cause,
    );
    super::refund::send_waiting(world, group, id);
    super::fulfillment::earn(world, group);
}

fn voided(world: &mut World, group: &mut Group, index: usize) {
    let (id, state) = (group.payments[index].id, group.payments[index].state);
    if !(state.is_open() || state == PaymentState::Authorized) {
        return;
    }
    let was_settled = state == PaymentState::Authorized;
    if was_settled && group.state == GroupState::Confirmed {
        // The authorization lapsed before the capture: what was not handed over is not owed any more.
        super::lifecycle::cancel_group(world, group, CancelReason::Expired);
        super::refund::drop_waiting(world, group, id);
    }
    if group.payments[index].state != PaymentState::Voided && group.state != GroupState::Confirmed {
        set_state(world, group, index, PaymentState::Voided);
        world.emit(What::PaymentVoided { payment: id });
    }
    if was_settled && group.presale.is_some() {
        // What was about to be taken will not be: its time runs again.
        group.expires_at = group.deadline();
    }
}

/// The money of a payment on account has come in: what is due is booked.
///
/// Checks: the payment, that it is on account.
pub fn record_paid(world: &mut World, id: PaymentId) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, id.parent())?;
    let index = payment_index(&group, id)?;
    match group.payments[index].state {
        PaymentState::OnAccount => {}
        PaymentState::Captured => return Ok(Outcome::Group(super::unchanged(world, &group))),
        _ => return Err(Refusal::GroupNotPayable),
    }
    let canceled: i64 = group
        .orders
        .iter()
        .map(|o| {
            let lines: i64 = o.lines.iter().map(|l| l.canceled_share.total).sum();
            let whole = o.state == crate::order::OrderState::Canceled;
            lines + if whole { o.shipping } else { 0 }
        })
        .sum();
    let due = group.total - canceled;
    take(world, &mut group, index, due);
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Keeps on record that an operator must look at a payment: the group's history tells of it.
///
/// Checks: the payment, the note.
pub fn report_trouble(world: &mut World, trouble: &PaymentTrouble) -> Result<Outcome, Refusal> {
    let group = world
        .group(trouble.payment.parent())
        .ok_or(Refusal::NotFound { what: "payment" })?
        .clone();
    payment_index(&group, trouble.payment)?;
    super::lifecycle::check_note(&trouble.note)?;
    world.emit(What::PaymentTrouble {
        payment: trouble.payment,
        code: trouble.code.clone(),
        note: trouble.note.clone(),
    });
    Ok(Outcome::Group(group))
}

fn payment_index(group: &Group, id: PaymentId) -> Result<usize, Refusal> {
    group
        .payments
        .iter()
        .position(|p| p.id == id)
        .ok_or(Refusal::NotFound { what: "payment" })
}
