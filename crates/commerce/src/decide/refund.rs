//! Giving money back, in part or in full; never more than was paid (invariant 6).

use crate::command::{Outcome, RefundOrder};
use crate::event::{OrderNews, Task, What};
use crate::id::{OrderId, PaymentId, RefundId};
use crate::ledger::{Account, PostingCause};
use crate::limits;
use crate::money::scale;
use crate::order::{Group, Order, Refund, RefundSource, RefundState, Share};
use crate::payment::PaymentState;
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::vec::Vec;

/// Gives money back for pieces that were handed over, for delivery or as goodwill.
///
/// Checks: the order, the note, that it was paid, each line's pieces, the amount, where goods are put back.
pub fn refund_order(world: &mut World, refund: &RefundOrder) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, refund.order.parent())?;
    let index = super::lifecycle::order_index(&group, refund.order)?;
    super::lifecycle::check_note(&refund.note)?;
    let captured = group.captured().ok_or(Refusal::NotPaid)?;
    if !(0..=limits::AMOUNT_MAX).contains(&refund.extra) {
        return Err(Refusal::FieldInvalid { field: "extra" });
    }
    let (lines, goods) = returned_lines(&mut group, index, &refund.lines)?;
    let extra = extra_share(&group.orders[index], refund.extra);
    let all = goods.plus(extra);
    if all.total == 0 && !super::points::comes_back(&group) {
        return Err(Refusal::FieldInvalid { field: "amount" });
    }
    let refundable = refundable(&group, &group.orders[index], captured);
    if all.total > refundable && !planted::is(Fault::RefundAbovePaid) {
        return Err(Refusal::RefundTooLarge { refundable });
    }
    if let Some(location) = refund.restock {
        world
            .location(location)
            .ok_or(Refusal::NotFound { what: "location" })?;
        put_back(world, &group.orders[index], &refund.lines, location);
    }
    let asked = Asked {
        order: refund.order,
        lines,
        shipping: extra.total,
        share: all,
        source: RefundSource::Seller,
        note: &refund.note,
    };
    request_parts(world, &mut group, asked)?;
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// What of the price of handed-over goods, and of the payment, was not given back yet. What was not
/// handed over is canceled instead: its money is still held.
pub fn refundable(group: &Group, order: &Order, captured: i64) -> i64 {
    let handed_over: i64 = order.lines.iter().map(|l| l.fulfilled_share.total).sum();
    let shipping = if order.lines.iter().any(|l| l.fulfilled > 0) {
        order.shipping
    } else {
        0
    };
    let given_back: i64 = group
        .refunds
        .iter()
        .filter(|r| {
            r.order == Some(order.id)
                && r.source == RefundSource::Seller
                && r.state != RefundState::Failed
        })
        .map(|r| r.amount)
        .sum();
    (handed_over + shipping - given_back)
        .min(captured - group.refunded())
        .max(0)
}

/// Line numbers, pieces and amounts, and what they come to.
pub type Returned = (Vec<(u16, u32, i64)>, Share);

/// Marks pieces as returned. Those of an open return are left to it.
///
/// # Errors
/// When there are not so many.
pub fn returned_lines(
    group: &mut Group,
    index: usize,
    wanted: &[(u16, u32)],
) -> Result<Returned, Refusal> {
    let mut lines = Vec::with_capacity(wanted.len());
    let mut sum = Share::default();
    for &(number, pieces) in wanted {
        let in_returns = group.in_open_returns(number);
        let line = group.orders[index]
            .lines
            .iter_mut()
            .find(|l| l.number == number)
            .ok_or(Refusal::NotFound { what: "line" })?;
        if pieces == 0 || pieces > line.fulfilled - line.returned {
            return Err(Refusal::QuantityInvalid);
        }
        let returnable = (line.fulfilled - line.returned).saturating_sub(in_returns);
        if pieces > returnable && !planted::is(Fault::ReturnedTwice) {
            return Err(Refusal::NotReturnable {
                line: number,
                returnable,
            });
        }
        let share = line.return_share(pieces);
        line.returned += pieces;
        line.returned_share = line.returned_share.plus(share);
        lines.push((number, pieces, share.total));
        sum = sum.plus(share);
    }
    Ok((lines, sum))
}

/// The tax in a free amount goes by the order's mix of rates.
pub fn extra_share(order: &Order, extra: i64) -> Share {
    let tax: i64 = order.shipping_tax + order.lines.iter().map(|l| l.tax).sum::<i64>();
    let part = if order.total > 0 {
        scale(extra, tax, order.total)
    } else {
        0
    };
    Share {
        total: extra,
        tax: part.min(extra),
    }
}

fn put_back(
    world: &mut World,
    order: &Order,
    lines: &[(u16, u32)],
    location: crate::id::LocationId,
) {
    for &(number, pieces) in lines {
        let variant = order
            .lines
            .iter()
            .find(|l| l.number == number)
            .map(|l| l.variant)
            .expect("checked before");
        let (from, to) = (StockAccount::Customer, StockAccount::Free(location));
        world.move_stock(
            variant,
            i64::from(pieces),
            from,
            to,
            StockCause::Return(order.id.0),
        );
    }
}

/// What is to go back for an order, whichever payment it came by.
pub struct Asked<'n> {
    pub order: OrderId,
    /// Line numbers, pieces and amounts.
    pub lines: Vec<(u16, u32, i64)>,
    /// The part of `share` that is delivery.
    pub shipping: i64,
    pub share: Share,
    pub source: RefundSource,
    pub note: &'n str,
}

/// Asks for a refund through the payments that brought the money, the latest first and never more than is left of
/// each. What somebody gave back at the provider cannot be asked for again.
///
/// # Errors
/// When there is no number left for a refund.
pub fn request_parts(
    world: &mut World,
    group: &mut Group,
    asked: Asked<'_>,
) -> Result<(), Refusal> {
    let all = asked.share;
    let mut parts = group.refund_parts(all.total);
    if planted::is(Fault::RefundAbovePaid) && parts.is_empty() {
        parts.extend(group.settled_payment().map(|p| (p.id, all.total)));
    }
    if planted::is(Fault::RefundFromDepositAlone) && parts.len() > 1 {
        parts = group
            .settled_payment()
            .map(|p| (p.id, all.total))
            .into_iter()
            .collect();
    }
    let sum: i64 = parts.iter().map(|(_, part)| part).sum();
    if sum == 0 {
        return Ok(());
    }
    let tax = scale(all.tax, sum, all.total);
    let mut rest = if sum == all.total {
        (asked.lines, asked.shipping)
    } else {
        (Vec::new(), 0)
    };
    let mut done = 0;
    for (payment, part) in parts {
        let taxed = |upto| scale(tax, upto, sum);
        let (lines, shipping) = first_of(&mut rest, part);
        let row = Refund {
            id: RefundId::under(group.id, super::next_sub(group.refunds.len())?),
            order: Some(asked.order),
            payment,
            lines,
            shipping,
            amount: part,
            tax: taxed(done + part) - taxed(done),
            source: asked.source,
            state: RefundState::Pending,
            note: asked.note.into(),
            created_at: world.now(),
            outside: None,
        };
        done += part;
        request(world, group, row);
    }
    Ok(())
}

/// Takes so much of lines and delivery, in this order. A line that is split names its pieces in its first part.
fn first_of(rest: &mut (Vec<(u16, u32, i64)>, i64), amount: i64) -> (Vec<(u16, u32, i64)>, i64) {
    let (lines, shipping) = rest;
    let mut left = amount;
    let mut taken = Vec::with_capacity(lines.len());
    while let Some(line) = lines.first_mut() {
        if line.2 > left {
            if left > 0 {
                taken.push((line.0, core::mem::take(&mut line.1), left));
                line.2 -= left;
            }
            return (taken, 0);
        }
        left -= line.2;
        taken.push(lines.remove(0));
    }
    let part = left.min(*shipping);
    *shipping -= part;
    (taken, part)
}

/// Adds a refund and sends it, if the money was taken already. What was paid by hand goes back by hand.
pub fn request(world: &mut World, group: &mut Group, refund: Refund) {
    let (id, payment) = (refund.id, refund.payment);
    world.emit(What::RefundRequested {
        refund: id,
        amount: refund.amount,
        note: refund.note.clone(),
    });
    group.refunds.push(refund);
    let paid = group
        .payments
        .iter()
        .any(|p| p.id == payment && p.state == PaymentState::Captured);
    if paid {
        send(world, group, id);
    }
}

/// Sends the refunds that waited for a payment's capture.
pub fn send_waiting(world: &mut World, group: &mut Group, payment: PaymentId) {
    let waiting: Vec<RefundId> = group
        .refunds
        .iter()
        .filter(|r| r.payment == payment && r.state == RefundState::Pending)
        .map(|r| r.id)
        .collect();
    for id in waiting {
        send(world, group, id);
    }
}

/// Ends the refunds that waited for a capture that will not come: nothing was taken, so nothing goes back.
/// Should the money be taken all the same, it goes back whole.
pub fn drop_waiting(world: &mut World, group: &mut Group, payment: PaymentId) {
    let waits = |r: &&mut Refund| r.payment == payment && r.state == RefundState::Pending;
    for refund in group.refunds.iter_mut().filter(waits) {
        refund.state = RefundState::Failed;
        world.emit(What::RefundFailed {
            refund: refund.id,
            code: "nothing_taken".into(),
        });
    }
}

fn send(world: &mut World, group: &mut Group, id: RefundId) {
    let payment = group.refunds.iter().find(|r| r.id == id).map(|r| r.payment);
    let by_hand = group
        .payments
        .iter()
        .any(|p| Some(p.id) == payment && super::lifecycle::is_by_hand(&p.method));
    if by_hand {
        finished(world, group, id, RefundState::Succeeded, "").expect("the refund exists");
    } else {
        world.ask(Task::RefundPayment(id));
    }
}

/// A refund ended at the provider. A repeated message changes nothing.
///
/// Checks: the refund, that its payment was captured, that so much of it is left.
pub fn finished(
    world: &mut World,
    group: &mut Group,
    id: RefundId,
    state: RefundState,
    code: &str,
) -> Result<(), Refusal> {
    let index = group
        .refunds
        .iter()
        .position(|r| r.id == id)
        .ok_or(Refusal::NotFound { what: "refund" })?;
    let is_told = group.refunds[index].state != RefundState::Pending;
    if is_told && !planted::is(Fault::RefundToldTwice) {
        return Ok(());
    }
    let payment = group.refunds[index].payment;
    let paid = group
        .payments
        .iter()
        .find(|p| p.id == payment && p.state == PaymentState::Captured)
        .ok_or(Refusal::PaymentMismatch)?;
    if state == RefundState::Succeeded
        && group.refunds[index].amount > paid.captured - paid.refunded
    {
        return Err(Refusal::PaymentMismatch);
    }
    group.refunds[index].state = state;
    let refund = group.refunds[index].clone();
    if state == RefundState::Failed {
        world.emit(What::RefundFailed {
            refund: id,
            code: code.into(),
        });
        super::outside::settle(world, group);
        return Ok(());
    }
    book(world, group, &refund);
    super::lifecycle::notify(world, group, OrderNews::Refunded);
    Ok(())
}

/// Books a refund: back into the held money from who earned it, then out to the shopper.
pub fn book(world: &mut World, group: &mut Group, refund: &Refund) {
    if let Some(payment) = group.payments.iter_mut().find(|p| p.id == refund.payment) {
        payment.refunded += refund.amount;
    }
    world.emit(What::RefundSucceeded {
        refund: refund.id,
        amount: refund.amount,
    });
    let (currency, held, cause) = (
        group.currency,
        Account::Held(group.id),
        PostingCause::Refund(refund.id.0),
    );
    if refund.source == RefundSource::Seller {
        let seller = refund
            .order
            .and_then(|id| group.order(id))
            .map(|o| o.seller)
            .expect("a refund of an order");
        world.post(
            Account::Seller(seller),
            held,
            refund.amount - refund.tax,
            currency,
            cause,
        );
        world.post(
            Account::Tax(group.tax_country),
            held,
            refund.tax,
            currency,
            cause,
        );
    }
    world.post(held, Account::Shopper, refund.amount, currency, cause);
}
