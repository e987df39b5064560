//! Handing over, canceling, giving back.

use super::pay::{settled_all, taken};
use super::points::given_back;
use super::presale::from_which;
use super::price::rounded;
use super::returns::on_their_way;
use super::{Answer, Back, Deal, Expected, Model, Part, Sold};
use commerce::command::{CancelOrder, FulfillmentStep, RefundOrder};
use commerce::id::{FulfillmentId, GroupId};
use commerce::limits;
use commerce::order::{
    CancelReason, FulfillmentState, GroupState, Method, OrderState, RefundState,
};
use commerce::payment::PaymentState;

impl Sold {
    fn open(&self) -> u32 {
        self.quantity - self.canceled - self.gone
    }

    /// What the next pieces cost: the line's price up to and with them, less the price up to before them.
    fn next_cost(&self, pieces: u32) -> Part {
        let before = i64::from(self.canceled + self.gone);
        let of = i64::from(self.quantity);
        let up_to = |whole, n| rounded(whole, n, of);
        let cost = |whole| up_to(whole, before + i64::from(pieces)) - up_to(whole, before);
        Part {
            total: cost(self.price.total),
            tax: cost(self.price.tax),
        }
    }

    /// What returned pieces give back: the last ones all that is left.
    pub(super) fn return_cost(&self, pieces: u32) -> Part {
        let left = Part {
            total: self.gone_for.total - self.returned_for.total,
            tax: self.gone_for.tax - self.returned_for.tax,
        };
        if self.returned + pieces == self.gone {
            return left;
        }
        let cost = |whole| rounded(whole, i64::from(pieces), i64::from(self.gone));
        Part {
            total: cost(self.gone_for.total).min(left.total),
            tax: cost(self.gone_for.tax).min(left.tax),
        }
    }
}

impl Model {
    /// Whether a parcel's goods are physically there.
    pub(super) fn is_there(&self, deal: &Deal, parcel: usize) -> bool {
        let parcel = &deal.parcels[parcel];
        parcel.picks.iter().all(|pick| {
            let same = parcel.picks.iter().filter(|p| p.variant == pick.variant);
            let pieces: u32 = same.map(|p| p.pieces).sum();
            self.shelf(pick.variant, pick.place).there >= i64::from(pieces)
        })
    }

    /// A parcel's goods leave.
    pub(super) fn leave(&mut self, deal: &mut Deal, parcel: usize, state: FulfillmentState) {
        deal.parcels[parcel].state = state;
        deal.parcels[parcel].since = self.now;
        let order = &mut deal.orders[deal.parcels[parcel].order];
        for pick in &deal.parcels[parcel].picks {
            self.hand_out(pick.variant, pick.place, pick.pieces);
            let line = order
                .lines
                .iter_mut()
                .find(|l| l.number == pick.line)
                .expect("a line of this order");
            let cost = line.next_cost(pick.pieces);
            line.gone += pick.pieces;
            line.gone_for.add(cost);
        }
        let all = order.lines.iter().all(|l| l.open() == 0);
        order.state = if all {
            OrderState::Fulfilled
        } else {
            OrderState::PartlyFulfilled
        };
    }

    pub(super) fn advance(&mut self, id: FulfillmentId, step: &FulfillmentStep) -> Answer {
        match step {
            FulfillmentStep::Book(booking) => return self.book(id, booking),
            FulfillmentStep::CancelWaybill => return self.unbook(id),
            FulfillmentStep::Relocate(wish) => return self.relocate(id, wish),
            _ => {}
        }
        let group = id.parent();
        self.with(group, |model, deal| {
            let at = usize::from(id.sub()).wrapping_sub(1);
            let now = deal.parcels.get(at).ok_or("not_found")?.state;
            if deal.state != GroupState::Confirmed {
                return Err("order_not_confirmed");
            }
            let next = next(deal.method, now, step).ok_or("wrong_state")?;
            if next == now {
                return Ok(());
            }
            let leaves = match deal.method {
                Method::Ship => FulfillmentState::Shipped,
                Method::Pickup | Method::CarryOut => FulfillmentState::Delivered,
            };
            if next == leaves {
                if !model.is_there(deal, at) {
                    return Err("stock_below_zero");
                }
                model.leave(deal, at, next);
                model.earn(group, deal);
            } else {
                deal.parcels[at].state = next;
                deal.parcels[at].since = model.now;
            }
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    pub(super) fn expire(&mut self, now: i64, ids: &[GroupId]) -> Answer {
        for &id in ids.iter().take(limits::EXPIRE_BATCH_MAX) {
            let due = |deal: &Deal| deal.state.waits() && deal.ends.is_some_and(|t| t <= now);
            if self.deals.get(&id).is_some_and(|deal| due(deal)) {
                self.with(id, |model, deal| {
                    model.give_up(deal, CancelReason::Expired);
                    Ok(())
                })?;
            }
        }
        Ok(Expected::Done)
    }

    /// All that is still open of a group.
    pub(super) fn give_up(&mut self, deal: &mut Deal, reason: CancelReason) {
        for order in 0..deal.orders.len() {
            self.give_up_order(deal, order);
        }
        if close(deal, reason) {
            self.deposit_ends(deal, reason);
        }
        self.group_closed(deal);
    }

    /// All that is still open of an order; what it cost.
    fn give_up_order(&mut self, deal: &mut Deal, order: usize) -> Part {
        for at in 0..deal.parcels.len() {
            let parcel = &mut deal.parcels[at];
            if parcel.order != order || parcel.state >= FulfillmentState::Shipped {
                continue;
            }
            parcel.state = FulfillmentState::Canceled;
            for pick in &parcel.picks {
                self.put_back(pick.variant, pick.place, pick.pieces);
            }
            self.drop_note(deal, at);
        }
        let mut cost = Part::default();
        let mut canceled = Vec::new();
        for line in deal.orders[order].lines.iter_mut().filter(|l| l.open() > 0) {
            let pieces = line.open();
            let part = line.next_cost(pieces);
            canceled.push((
                line.number,
                (line.canceled, line.canceled + pieces, line.quantity),
            ));
            line.canceled += pieces;
            line.canceled_for.add(part);
            cost.add(part);
        }
        for (line, span) in canceled {
            self.line_canceled(deal, line, span);
        }
        let order = &mut deal.orders[order];
        if order.lines.iter().all(|l| l.gone == 0) {
            order.state = OrderState::Canceled;
            cost.add(order.shipping);
        } else {
            order.state = OrderState::Fulfilled;
        }
        cost
    }

    pub(super) fn cancel_order(&mut self, cancel: &CancelOrder) -> Answer {
        let group = cancel.order.parent();
        self.with(group, |model, deal| {
            let at = usize::from(cancel.order.sub()).wrapping_sub(1);
            let order = deal.orders.get(at).ok_or("not_found")?;
            if order.lines.iter().all(|l| l.open() == 0) {
                return if order.state == OrderState::Canceled {
                    Ok(())
                } else {
                    Err("nothing_to_cancel")
                };
            }
            let was_unpaid = deal.state.waits();
            let cost = model.give_up_order(deal, at);
            if close(deal, cancel.reason) {
                model.deposit_ends(deal, cancel.reason);
            }
            model.group_closed(deal);
            if was_unpaid {
                if deal.state.waits() {
                    model.give_up(deal, cancel.reason);
                }
            } else {
                model.owe_back(group, deal, at, cost);
            }
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    /// What was paid for canceled goods goes back; money that was never agreed to stays away by itself.
    fn owe_back(&mut self, group: GroupId, deal: &mut Deal, order: usize, cost: Part) {
        let by_hand = |&at: &usize| deal.attempts[at].state == PaymentState::OnAccount;
        if cost.total > 0 && !settled_all(deal).iter().any(by_hand) {
            let source = Source::Held;
            self.give_parts(group, deal, order, (cost, cost.total), source);
        }
    }

    /// So much of a deal's money goes back, by the attempts it came by: what is for goods first, then delivery.
    pub(super) fn give_parts(
        &mut self,
        group: GroupId,
        deal: &mut Deal,
        order: usize,
        (cost, mut goods): (Part, i64),
        source: Source,
    ) {
        let parts = from_which(deal, cost.total);
        let all: i64 = parts.iter().map(|(_, part)| part).sum();
        let mut done = 0;
        for (payment, amount) in parts {
            let tax = rounded(cost.tax, all, cost.total);
            let tax = rounded(tax, done + amount, all) - rounded(tax, done, all);
            done += amount;
            let of_goods = goods.min(amount);
            goods -= of_goods;
            deal.backs.push(Back {
                order: Some(order),
                payment,
                amount,
                tax,
                from_seller: source == Source::Seller,
                delivery: amount - of_goods,
                state: RefundState::Pending,
            });
            self.send_by_hand(group, deal, payment);
        }
    }

    /// What was paid by hand goes back by hand, at once.
    fn send_by_hand(&mut self, group: GroupId, deal: &mut Deal, payment: usize) {
        let attempt = &deal.attempts[payment];
        if attempt.by_hand && attempt.state == PaymentState::Captured {
            self.give_back(group, deal, deal.backs.len() - 1);
        }
    }

    pub(super) fn refund_order(&mut self, refund: &RefundOrder) -> Answer {
        let group = refund.order.parent();
        self.with(group, |model, deal| {
            let at = usize::from(refund.order.sub()).wrapping_sub(1);
            let mut order = deal.orders.get(at).ok_or("not_found")?.clone();
            let paid = taken(deal).ok_or("not_paid")?;
            if !(0..=limits::AMOUNT_MAX).contains(&refund.extra) {
                return Err("field_invalid");
            }
            let mut sum = Part::default();
            for &(number, pieces) in &refund.lines {
                let line = order
                    .lines
                    .iter_mut()
                    .find(|l| l.number == number)
                    .ok_or("not_found")?;
                if pieces == 0 || pieces > line.gone - line.returned {
                    return Err("quantity_invalid");
                }
                if pieces > line.gone - line.returned - on_their_way(deal, number) {
                    return Err("not_returnable");
                }
                let part = line.return_cost(pieces);
                line.returned += pieces;
                line.returned_for.add(part);
                sum.add(part);
            }
            let goods = sum.total;
            sum.add(mixed(&order, refund.extra));
            // Of what points paid, points may be all that comes back.
            let before = std::mem::replace(&mut deal.orders[at], order.clone());
            let comes_back = deal.score.as_ref().map_or(0, |s| s.back) < given_back(deal);
            deal.orders[at] = before;
            if sum.total == 0 && !comes_back {
                return Err("field_invalid");
            }
            if sum.total > can_go_back(deal, at, paid) {
                return Err("refund_too_large");
            }
            if let Some(place) = refund.restock {
                model.town.place(place).ok_or("not_found")?;
                for &(number, pieces) in &refund.lines {
                    let variant = order
                        .lines
                        .iter()
                        .find(|l| l.number == number)
                        .expect("found before")
                        .variant;
                    model.take_back(variant, place, pieces);
                }
            }
            deal.orders[at] = order;
            model.give_parts(group, deal, at, (sum, goods), Source::Seller);
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }
}

/// Whose money goes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Held,
    Seller,
}

/// A group all of whose orders are canceled is canceled, and lets its attempts go. Whether it ended between its
/// deposit and its balance.
fn close(deal: &mut Deal, reason: CancelReason) -> bool {
    if deal.state == GroupState::Canceled
        || deal.orders.iter().any(|o| o.state != OrderState::Canceled)
    {
        return false;
    }
    let awaited = deal.state == GroupState::AwaitingBalance;
    deal.state = GroupState::Canceled;
    deal.reason = Some(reason);
    deal.ends = None;
    for at in 0..deal.attempts.len() {
        let state = deal.attempts[at].state;
        if state == PaymentState::Authorized {
            nothing_comes(deal, at);
        }
        if state.is_open() || matches!(state, PaymentState::Authorized | PaymentState::OnAccount) {
            deal.attempts[at].state = PaymentState::Voided;
        }
    }
    awaited
}

/// What was to go back from an attempt's money is over: there will be none.
pub(super) fn nothing_comes(deal: &mut Deal, at: usize) {
    for back in deal.backs.iter_mut().filter(|b| b.payment == at) {
        if back.state == RefundState::Pending {
            back.state = RefundState::Failed;
        }
    }
}

/// What went back, or is on its way, for orders.
fn owed_back(deal: &Deal) -> i64 {
    let counted = deal
        .backs
        .iter()
        .filter(|b| b.order.is_some() && b.state != RefundState::Failed);
    counted.map(|b| b.amount).sum()
}

/// What an order's seller can still give back.
pub(super) fn can_go_back(deal: &Deal, order: usize, paid: i64) -> i64 {
    let lines = &deal.orders[order].lines;
    let mut earned: i64 = lines.iter().map(|l| l.gone_for.total).sum();
    if lines.iter().any(|l| l.gone > 0) {
        earned += deal.orders[order].shipping.total;
    }
    let given = deal
        .backs
        .iter()
        .filter(|b| b.order == Some(order) && b.from_seller && b.state != RefundState::Failed);
    let given: i64 = given.map(|b| b.amount).sum();
    (earned - given).min(paid - owed_back(deal)).max(0)
}

/// A free amount has the order's mix of tax in it.
fn mixed(order: &super::Owed, extra: i64) -> Part {
    let tax: i64 = order.shipping.tax + order.lines.iter().map(|l| l.price.tax).sum::<i64>();
    let total: i64 = order.shipping.total + order.lines.iter().map(|l| l.price.total).sum::<i64>();
    let part = if total > 0 {
        rounded(extra, tax, total)
    } else {
        0
    };
    Part {
        total: extra,
        tax: part.min(extra),
    }
}

/// The state a step leads to; none where it cannot be done.
fn next(
    method: Method,
    state: FulfillmentState,
    step: &FulfillmentStep,
) -> Option<FulfillmentState> {
    use FulfillmentState::{Delivered, Open, Packed, Picking, Shipped};
    let (from, to): (&[FulfillmentState], _) = match (step, method) {
        (FulfillmentStep::Pick, _) => (&[Open, Picking], Picking),
        (FulfillmentStep::Pack, _) => (&[Open, Picking, Packed], Packed),
        (FulfillmentStep::Ship { .. }, Method::Ship) => (&[Packed, Shipped], Shipped),
        (FulfillmentStep::Deliver, Method::Ship) => (&[Shipped, Delivered], Delivered),
        (FulfillmentStep::Deliver, Method::Pickup) => (&[Packed, Delivered], Delivered),
        (FulfillmentStep::Deliver, Method::CarryOut) => {
            (&[Open, Picking, Packed, Delivered], Delivered)
        }
        // Waybills are decided elsewhere.
        (FulfillmentStep::Ship { .. }, _)
        | (
            FulfillmentStep::Book(_)
            | FulfillmentStep::CancelWaybill
            | FulfillmentStep::Relocate(_),
            _,
        ) => return None,
    };
    from.contains(&state).then_some(to)
}
