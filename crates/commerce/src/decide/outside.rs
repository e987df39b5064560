//! Money that went back without our asking: a refund that somebody made at the provider.
//!
//! It happened, so it is booked, and never asked for again. Nobody says which goods it was for, and what is held
//! for goods that are still owed must stay: the seller bears it, as goodwill. When goods are canceled later
//! and their money cannot be asked for any more because it has gone back already, the seller gets what was
//! held for them.

use crate::event::{OrderNews, What};
use crate::id::{OrderId, PaymentId, RefundId};
use crate::ledger::{Account, PostingCause};
use crate::money::scale;
use crate::order::{
    Group, GroupState, OrderState, OutsideRefund, Refund, RefundSource, RefundState, Share,
};
use crate::payment::PaymentState;
use crate::refusal::Refusal;
use crate::world::World;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A refund that was made at the provider. The same one told twice changes nothing.
///
/// Checks: that the payment was captured, the amount against what is left of it.
pub fn refunded(
    world: &mut World,
    group: &mut Group,
    payment: PaymentId,
    reference: &str,
    amount: i64,
) -> Result<(), Refusal> {
    let is_known = |r: &Refund| r.outside.as_ref().is_some_and(|o| o.reference == reference);
    if group.refunds.iter().any(is_known) {
        return Ok(());
    }
    let paid = group
        .payments
        .iter()
        .find(|p| p.id == payment && p.state == PaymentState::Captured)
        .ok_or(Refusal::PaymentMismatch)?;
    if amount < 1 || amount > paid.captured - paid.refunded {
        return Err(Refusal::PaymentMismatch);
    }
    // What came for nothing is still held, all of it.
    let order = if group.is_stray(paid) {
        None
    } else {
        Some(bearer(world, group))
    };
    // A deposit has no tax in it: nothing was supplied for it yet.
    let is_deposit = group.presale.is_some() && group.state != GroupState::Confirmed;
    let share = order
        .filter(|_| !is_deposit)
        .and_then(|id| group.order(id))
        .map_or(Share::default(), |o| super::refund::extra_share(o, amount));
    let row = Refund {
        id: RefundId::under(group.id, super::next_sub(group.refunds.len())?),
        order,
        payment,
        lines: Vec::new(),
        shipping: 0,
        amount,
        tax: share.tax,
        source: match order {
            Some(_) => RefundSource::Seller,
            None => RefundSource::Held,
        },
        state: RefundState::Succeeded,
        note: format!("made at the provider ({reference})"),
        created_at: world.now(),
        outside: Some(OutsideRefund {
            reference: String::from(reference),
            from_held: 0,
        }),
    };
    world.emit(What::RefundRequested {
        refund: row.id,
        amount,
        note: row.note.clone(),
    });
    super::refund::book(world, group, &row);
    group.refunds.push(row);
    settle(world, group);
    super::lifecycle::notify(world, group, OrderNews::Refunded);
    Ok(())
}

/// The order whose seller bears a refund that names none: one of the operator's own, if there is one.
fn bearer(world: &World, group: &Group) -> OrderId {
    let is_own = |id| world.seller(id).is_some_and(|s| s.first_party);
    let own = group.orders.iter().find(|o| is_own(o.seller));
    own.or(group.orders.first()).expect("a group has orders").id
}

/// Passes on what is held for canceled goods whose money has gone back already. Call it whenever
/// something was canceled or a refund ended.
pub fn settle(world: &mut World, group: &mut Group) {
    let Some(left) = group.left_to_refund() else {
        return;
    };
    if group.presale.as_ref().is_some_and(|p| p.forfeited > 0) {
        // The sellers have all of it.
        return;
    }
    let mut rest = unreturned(group) - left;
    for i in 0..group.refunds.len() {
        let refund = &group.refunds[i];
        let (Some(outside), Some(order)) = (&refund.outside, refund.order) else {
            continue;
        };
        let before = outside.from_held;
        let part = rest.min(refund.amount - before);
        if part <= 0 {
            continue;
        }
        let tax_of = |amount| scale(amount, refund.tax, refund.amount);
        let tax = tax_of(before + part) - tax_of(before);
        let seller = group.order(order).map(|o| o.seller).expect("its order");
        let (held, cause) = (Account::Held(group.id), PostingCause::Refund(refund.id.0));
        let currency = group.currency;
        world.post(held, Account::Seller(seller), part - tax, currency, cause);
        world.post(held, Account::Tax(group.tax_country), tax, currency, cause);
        if let Some(outside) = &mut group.refunds[i].outside {
            outside.from_held += part;
        }
        rest -= part;
    }
}

/// What is held for canceled goods and was not asked for, in minor units.
fn unreturned(group: &Group) -> i64 {
    let canceled: i64 = group
        .orders
        .iter()
        .map(|o| {
            let lines: i64 = o.lines.iter().map(|l| l.canceled_share.total).sum();
            let whole = o.state == OrderState::Canceled;
            lines + if whole { o.shipping } else { 0 }
        })
        .sum();
    let gone: i64 = group
        .refunds
        .iter()
        .filter(|r| r.order.is_some())
        .map(|r| match (&r.outside, r.source) {
            (Some(outside), _) => outside.from_held,
            (None, RefundSource::Held) if r.state != RefundState::Failed => r.amount,
            (None, _) => 0,
        })
        .sum();
    canceled - gone
}
