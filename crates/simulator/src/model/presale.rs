//! A deposit at once and a balance later, worked out a second time.

use super::festival::Counter;
use super::pay::settled_all;
use super::price::{Bill, Line};
use super::{Back, Deal, Model};
use commerce::campaign::Counted;
use commerce::ledger::Account;
use commerce::limits;
use commerce::order::{CancelReason, GroupState, RefundState};
use commerce::payment::PaymentState;

/// The number of the rule.
pub const PRESALE: u8 = 4;

/// What is paid at once, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// By line.
    pub parts: Vec<i64>,
    pub from: i64,
    pub until: i64,
    pub forfeit: bool,
    /// The attempt that paid it.
    pub paid: Option<usize>,
    /// What sellers kept of it.
    pub kept: i64,
}

impl Advance {
    pub fn amount(&self) -> i64 {
        self.parts.iter().sum()
    }
}

impl Bill {
    /// Who buys on presale must be known where it is limited per buyer, as it is in the town.
    pub fn check_buyer(&self) -> Result<(), &'static str> {
        if self.is_nobodys {
            Err("checkout_incomplete")
        } else {
            Ok(())
        }
    }
}

impl Deal {
    /// What the next attempt is for.
    pub fn due(&self) -> i64 {
        match &self.advance {
            None => self.total,
            Some(advance) if advance.paid.is_none() => advance.amount(),
            Some(advance) => self.total - advance.amount(),
        }
    }

    /// When a deal in two parts ends by itself.
    pub(super) fn run_on(&mut self) {
        let Some(advance) = &self.advance else { return };
        let held = self
            .attempts
            .iter()
            .any(|a| a.state == PaymentState::Authorized);
        self.ends = match self.state {
            _ if held => None,
            GroupState::PendingPayment => Some(self.placed + limits::RESERVATION_MS),
            GroupState::AwaitingBalance => Some(advance.until),
            GroupState::Confirmed | GroupState::Canceled => None,
        };
    }
}

impl Counter<'_> {
    /// What an offer costs in all on presale, if there is some of it.
    pub fn early(
        &self,
        variant: commerce::id::VariantId,
        seller: commerce::id::SellerId,
        regular: i64,
    ) -> Option<(i64, i64)> {
        let offers = &self.festival()?.presale.as_ref()?.offers;
        let offer = offers
            .iter()
            .find(|o| (o.variant, o.seller) == (variant, seller))?;
        let at = self.column();
        let in_all = offer.prices[at] - (offer.counts_as[at] - offer.deposits[at]);
        let left = offer.total - self.so_far(PRESALE, Counted::Variant(variant));
        (in_all <= regular && left > 0).then_some((in_all, offer.deposits[at]))
    }

    /// Puts lines on presale: all pieces of a line, or none of them.
    pub fn presale(&mut self, lines: &mut [Line], regular: &[i64]) -> Option<Advance> {
        let presale = self.festival()?.presale.clone()?;
        let mut parts = vec![0; lines.len()];
        for (i, line) in lines.iter_mut().enumerate() {
            let Some((in_all, deposit)) = self.early(line.variant, line.seller, regular[i]) else {
                continue;
            };
            let (pieces, number) = (i64::from(line.quantity), i as u16 + 1);
            let offer = presale.offers.iter().find(|o| o.variant == line.variant);
            let total = offer.map_or(0, |o| o.total);
            let counted = Counted::Variant(line.variant);
            let mut left = total - self.so_far(PRESALE, counted);
            match self.buyer() {
                Some(buyer) => left = left.min(presale.per_buyer - self.so_far(PRESALE, buyer)),
                None => self.is_nobodys = true,
            }
            if left < pieces {
                continue;
            }
            line.goods = in_all * pieces;
            line.is_early = true;
            parts[i] = deposit * pieces;
            self.note(PRESALE, counted, number, pieces);
            if let Some(buyer) = self.buyer() {
                self.note(PRESALE, buyer, number, pieces);
            }
        }
        let is_any = lines.iter().any(|l| l.is_early);
        is_any.then_some(Advance {
            parts,
            from: presale.from,
            until: presale.until,
            forfeit: presale.forfeit,
            paid: None,
            kept: 0,
        })
    }
}

impl Model {
    /// A part was paid: next is the balance, or the goods are owed.
    pub(super) fn part_paid(&mut self, deal: &mut Deal, at: usize) {
        let balance = match &mut deal.advance {
            None => return,
            Some(advance) if deal.state == GroupState::PendingPayment => {
                advance.paid = Some(at);
                deal.total - advance.amount()
            }
            Some(_) => 0,
        };
        if balance == 0 {
            self.confirm(deal);
        } else {
            deal.state = GroupState::AwaitingBalance;
            deal.run_on();
        }
    }

    /// The balance did not come: sellers keep the deposit, or it goes back.
    pub(super) fn deposit_ends(&mut self, deal: &mut Deal, reason: CancelReason) {
        let Some(advance) = &deal.advance else { return };
        let is_kept =
            advance.forfeit && matches!(reason, CancelReason::Expired | CancelReason::Shopper);
        let payment = advance.paid.expect("the deposit was paid");
        let (parts, amount) = (advance.parts.clone(), advance.amount());
        for order in 0..deal.orders.len() {
            let lines = deal.orders[order].lines.iter();
            let part: i64 = lines.map(|l| parts[usize::from(l.number) - 1]).sum();
            if is_kept {
                let seller = Account::Seller(deal.orders[order].seller);
                self.pay(Account::Held(deal.id), seller, part, deal.currency);
            } else {
                deal.backs.push(Back {
                    order: Some(order),
                    payment,
                    amount: part,
                    tax: 0,
                    from_seller: false,
                    delivery: 0,
                    state: RefundState::Pending,
                });
            }
        }
        if is_kept && let Some(advance) = &mut deal.advance {
            advance.kept = amount;
        }
    }
}

/// From which attempts an amount goes back: the last one first, none gives more than it has.
pub(super) fn from_which(deal: &Deal, amount: i64) -> Vec<(usize, i64)> {
    let mut found = Vec::new();
    let mut rest = amount;
    for at in settled_all(deal).into_iter().rev() {
        let attempt = &deal.attempts[at];
        let has = if attempt.state == PaymentState::Captured {
            attempt.captured
        } else {
            attempt.amount
        };
        let asked = deal
            .backs
            .iter()
            .filter(|b| b.payment == at && b.order.is_some() && b.state != RefundState::Failed);
        let part = rest.min(has - asked.map(|b| b.amount).sum::<i64>());
        if part > 0 {
            found.push((at, part));
            rest -= part;
        }
    }
    found
}
