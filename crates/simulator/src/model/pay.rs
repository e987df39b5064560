//! Paying: what providers say counts once, and only while it is wanted.

use super::{Answer, Back, Deal, Expected, Model, Part};
use commerce::command::{PaymentNews, RetryPayment};
use commerce::id::{GroupId, PaymentId};
use commerce::ledger::Account;
use commerce::limits;
use commerce::order::{
    CancelReason, FulfillmentState, GroupState, Method, OrderState, RefundState,
};
use commerce::payment::{PaymentMethod, PaymentState, ProviderNews};

/// What a message does: each kind in its own function, on a deal that is taken out of the map meanwhile.
impl Model {
    pub(super) fn known_payment(&self, id: PaymentId) -> Result<(GroupId, usize), &'static str> {
        let deal = self.deals.get(&id.parent()).ok_or("not_found")?;
        let at = usize::from(id.sub()).wrapping_sub(1);
        if at < deal.attempts.len() {
            Ok((id.parent(), at))
        } else {
            Err("not_found")
        }
    }

    /// Works on a deal; a refusal leaves it as it was, which each function sees to by checking first.
    pub(super) fn with<T>(
        &mut self,
        id: GroupId,
        work: impl FnOnce(&mut Self, &mut Deal) -> Result<T, &'static str>,
    ) -> Result<T, &'static str> {
        let mut deal = self.deals.remove(&id).ok_or("not_found")?;
        let result = work(self, &mut deal);
        if result.is_ok() {
            self.keep_score(&mut deal);
        }
        self.deals.insert(id, deal);
        result
    }

    pub(super) fn retry(&mut self, now: i64, retry: &RetryPayment) -> Answer {
        self.with(retry.group, |model, deal| {
            match deal.state {
                GroupState::PendingPayment => {}
                GroupState::AwaitingBalance => {
                    let advance = deal.advance.as_ref().expect("a deposit was paid");
                    if now < advance.from {
                        return Err("balance_not_due");
                    }
                    if now >= advance.until {
                        return Err("balance_overdue");
                    }
                }
                GroupState::Confirmed => return Ok(()),
                GroupState::Canceled if deal.reason == Some(CancelReason::Expired) => {
                    let was_paid = deal.advance.as_ref().is_some_and(|a| a.paid.is_some());
                    return Err(if was_paid {
                        "balance_overdue"
                    } else {
                        "group_expired"
                    });
                }
                GroupState::Canceled => return Err("group_not_payable"),
            }
            if deal.ends.is_some_and(|t| t <= now) {
                return Err("group_expired");
            }
            if deal
                .attempts
                .iter()
                .any(|a| matches!(a.state, PaymentState::Pending | PaymentState::Authorized))
            {
                return Err("payment_in_progress");
            }
            let before = deal.advance.as_ref().and_then(|a| a.paid);
            let attempts = deal.attempts.len() - before.map_or(0, |at| at + 1);
            if attempts >= limits::PAYMENT_ATTEMPTS_MAX {
                return Err("too_many_payment_attempts");
            }
            if deal.advance.is_some() && retry.method == PaymentMethod::OnAccount {
                return Err("presale_needs_provider");
            }
            for attempt in deal.attempts.iter_mut().filter(|a| a.state.is_open()) {
                attempt.state = PaymentState::Voided;
            }
            model.try_to_pay(deal, &retry.method);
            if deal.attempts.last().is_some_and(|a| a.by_hand) {
                model.confirm(deal);
            }
            Ok(())
        })?;
        Ok(Expected::Group(retry.group))
    }

    pub(super) fn news(&mut self, now: i64, message: &PaymentNews) -> Answer {
        let (id, at) = self.known_payment(message.payment)?;
        self.with(id, |model, deal| {
            if deal.attempts[at].by_hand {
                return Err("payment_mismatch");
            }
            match message.news {
                ProviderNews::ActionRequired { .. } => {
                    if deal.attempts[at].state == PaymentState::Pending {
                        deal.attempts[at].state = PaymentState::ActionRequired;
                    }
                    Ok(())
                }
                ProviderNews::Declined { .. } => {
                    if deal.attempts[at].state.is_open() {
                        deal.attempts[at].state = PaymentState::Declined;
                    }
                    Ok(())
                }
                ProviderNews::Authorized { amount } => {
                    if !deal.attempts[at].state.holds_money() && !model.agree(now, deal, at, amount)
                    {
                        // Nothing is owed for it: the provider is asked to let it go.
                        deal.attempts[at].state = PaymentState::Voided;
                    }
                    Ok(())
                }
                ProviderNews::Captured { amount } => model.captured(now, deal, at, amount),
                ProviderNews::Voided => {
                    model.voided(deal, at);
                    Ok(())
                }
                ProviderNews::Refunded { refund } => {
                    model.refund_ended(id, deal, refund.sub(), RefundState::Succeeded)
                }
                ProviderNews::RefundFailed { refund, .. } => {
                    model.refund_ended(id, deal, refund.sub(), RefundState::Failed)
                }
                ProviderNews::RefundedOutside { .. } => {
                    unreachable!("nobody gives money back by hand in the town")
                }
            }
        })?;
        Ok(Expected::Group(id))
    }

    /// Whether held money is wanted: then the deal is sealed, and other attempts are let go.
    fn agree(&mut self, now: i64, deal: &mut Deal, at: usize, amount: i64) -> bool {
        let attempt = &deal.attempts[at];
        // One payment for all, or one for the deposit in time and one for the balance.
        let paid = settled_all(deal).len();
        let is_due = match (deal.state, &deal.advance) {
            (GroupState::PendingPayment, Some(advance)) => paid == 0 && now < advance.until,
            (GroupState::PendingPayment, None) => paid == 0,
            (GroupState::AwaitingBalance, _) => paid == 1,
            (GroupState::Confirmed | GroupState::Canceled, _) => false,
        };
        let wanted = is_due && attempt.state != PaymentState::Voided && attempt.amount == amount;
        if wanted {
            deal.attempts[at].state = PaymentState::Authorized;
            if deal.advance.is_none() {
                self.confirm(deal);
            }
            deal.run_on();
            for (i, other) in deal.attempts.iter_mut().enumerate() {
                if i != at && other.state.is_open() {
                    other.state = PaymentState::Voided;
                }
            }
        }
        wanted
    }

    fn captured(
        &mut self,
        now: i64,
        deal: &mut Deal,
        at: usize,
        amount: i64,
    ) -> Result<(), &'static str> {
        match deal.attempts[at].state {
            PaymentState::Captured => return Ok(()),
            _ if amount != deal.attempts[at].amount => return Err("payment_mismatch"),
            PaymentState::Authorized => {}
            _ => {
                if !self.agree(now, deal, at, amount) {
                    let state = RefundState::Pending;
                    deal.backs.push(Back {
                        order: None,
                        payment: at,
                        amount,
                        tax: 0,
                        from_seller: false,
                        delivery: 0,
                        state,
                    });
                }
            }
        }
        let is_owed = deal.attempts[at].state == PaymentState::Authorized;
        self.take(deal.id, deal, at, amount);
        if is_owed {
            self.part_paid(deal, at);
        }
        Ok(())
    }

    /// Books money that came in.
    fn take(&mut self, id: GroupId, deal: &mut Deal, at: usize, amount: i64) {
        deal.attempts[at].state = PaymentState::Captured;
        deal.attempts[at].captured = amount;
        self.pay(Account::Shopper, Account::Held(id), amount, deal.currency);
        if deal.attempts[at].by_hand {
            for back in 0..deal.backs.len() {
                if deal.backs[back].payment == at && deal.backs[back].state == RefundState::Pending
                {
                    self.give_back(id, deal, back);
                }
            }
        }
        self.earn(id, deal);
    }

    fn voided(&mut self, deal: &mut Deal, at: usize) {
        let state = deal.attempts[at].state;
        if !(state.is_open() || state == PaymentState::Authorized) {
            return;
        }
        if state == PaymentState::Authorized && deal.state == GroupState::Confirmed {
            self.give_up(deal, CancelReason::Expired);
            super::serve::nothing_comes(deal, at);
        }
        if deal.state != GroupState::Confirmed {
            deal.attempts[at].state = PaymentState::Voided;
        }
        deal.run_on();
    }

    pub(super) fn record_paid(&mut self, id: PaymentId) -> Answer {
        let (group, at) = self.known_payment(id)?;
        self.with(group, |model, deal| {
            match deal.attempts[at].state {
                PaymentState::OnAccount => {}
                PaymentState::Captured => return Ok(()),
                _ => return Err("group_not_payable"),
            }
            let mut due = deal.total;
            for order in &deal.orders {
                due -= order
                    .lines
                    .iter()
                    .map(|l| l.canceled_for.total)
                    .sum::<i64>();
                if order.state == OrderState::Canceled {
                    due -= order.shipping.total;
                }
            }
            model.take(group, deal, at, due);
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    /// The goods are owed; what is carried out leaves now, if it is there.
    pub(super) fn confirm(&mut self, deal: &mut Deal) {
        deal.state = GroupState::Confirmed;
        deal.ends = None;
        for order in &mut deal.orders {
            order.state = OrderState::Confirmed;
        }
        for i in 0..deal.parcels.len() {
            deal.parcels[i].state = FulfillmentState::Open;
            if deal.method == Method::CarryOut && self.is_there(deal, i) {
                self.leave(deal, i, FulfillmentState::Delivered);
            }
        }
    }

    fn refund_ended(
        &mut self,
        id: GroupId,
        deal: &mut Deal,
        number: u8,
        state: RefundState,
    ) -> Result<(), &'static str> {
        let at = usize::from(number).wrapping_sub(1);
        let back = deal.backs.get(at).ok_or("not_found")?;
        if back.state != RefundState::Pending {
            return Ok(());
        }
        let attempt = &deal.attempts[back.payment];
        if attempt.state != PaymentState::Captured {
            return Err("payment_mismatch");
        }
        if state == RefundState::Failed {
            deal.backs[at].state = RefundState::Failed;
            return Ok(());
        }
        if back.amount > attempt.captured - attempt.refunded {
            return Err("payment_mismatch");
        }
        self.give_back(id, deal, at);
        Ok(())
    }

    /// Money is with the shopper again.
    pub(super) fn give_back(&mut self, id: GroupId, deal: &mut Deal, at: usize) {
        deal.backs[at].state = RefundState::Succeeded;
        let back = deal.backs[at].clone();
        deal.attempts[back.payment].refunded += back.amount;
        let held = Account::Held(id);
        if back.from_seller {
            let seller = deal.orders[back.order.expect("a seller's refund has its order")].seller;
            self.pay(
                Account::Seller(seller),
                held,
                back.amount - back.tax,
                deal.currency,
            );
            self.pay(Account::Tax(deal.country), held, back.tax, deal.currency);
        }
        self.pay(held, Account::Shopper, back.amount, deal.currency);
    }

    /// What is paid and handed over belongs to sellers and tax.
    pub(super) fn earn(&mut self, id: GroupId, deal: &mut Deal) {
        if taken(deal).is_none() {
            return;
        }
        for order in &mut deal.orders {
            let mut due = Part::default();
            for line in &mut order.lines {
                due.total += line.gone_for.total - line.earned.total;
                due.tax += line.gone_for.tax - line.earned.tax;
                line.earned = line.gone_for;
            }
            if !order.shipping_earned && order.lines.iter().any(|l| l.gone > 0) {
                due.add(order.shipping);
                order.shipping_earned = true;
            }
            let (held, seller) = (Account::Held(id), Account::Seller(order.seller));
            let (country, currency) = (deal.country, deal.currency);
            self.pay(held, seller, due.total - due.tax, currency);
            self.pay(held, Account::Tax(country), due.tax, currency);
        }
    }
}

/// The attempts that hold or took the money of a deal; money that goes back whole is not meant.
pub(super) fn settled_all(deal: &Deal) -> Vec<usize> {
    let stray = |at: usize| {
        deal.backs
            .iter()
            .any(|b| b.payment == at && b.order.is_none())
    };
    let all = 0..deal.attempts.len();
    all.filter(|&at| deal.attempts[at].state.holds_money() && !stray(at))
        .collect()
}

/// What was taken for a deal; none unless all that was agreed to was.
pub(super) fn taken(deal: &Deal) -> Option<i64> {
    let settled = settled_all(deal);
    // What is free is not waited for.
    let is_free = |a: &super::Attempt| a.state == PaymentState::OnAccount && a.amount == 0;
    let is_taken = |&at: &usize| {
        let attempt = &deal.attempts[at];
        attempt.state == PaymentState::Captured || is_free(attempt)
    };
    let all = !settled.is_empty() && settled.iter().all(is_taken);
    all.then(|| settled.iter().map(|&at| deal.attempts[at].captured).sum())
}
