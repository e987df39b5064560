//! What an event adds to the day's takings: defined here once, for the big screen, for a replay of a past day and for
//! the audit, which holds the sums against the ledger (invariant 9).
//!
//! It looks only at facts that never change once they are known: an order's total, its device, the amounts within
//! events. So the feed gives the same sums whenever it is read.

use commerce::command::Device;
use commerce::event::What;
use commerce::id::OrderId;
use commerce::order::Group;
use std::ops::AddAssign;

/// Sums of one currency. Amounts in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Takings {
    /// Purchases that were confirmed: what was paid for in one go.
    pub purchases: i64,
    /// Their orders, one per seller.
    pub orders: i64,
    /// Those of them that came from phones.
    pub phone_orders: i64,
    /// What they are worth: goods and delivery as paid, tax included. What is canceled later stays in it.
    pub sold: i64,
    /// Orders that were canceled whole after they had been confirmed.
    pub canceled_orders: i64,
    /// Those of them that came from phones.
    pub canceled_phone_orders: i64,
    /// What they were worth.
    pub canceled: i64,
    /// Payments whose money was taken.
    pub payments: i64,
    /// That money.
    pub taken: i64,
    /// Refunds that were paid out.
    pub refunds: i64,
    /// That money.
    pub given_back: i64,
}

/// What of an event counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// A purchase was confirmed.
    Sold,
    /// An order was canceled whole; it counts if it had been confirmed.
    Canceled(OrderId),
    /// Money was taken, in minor units.
    Taken(i64),
    /// Money was given back, in minor units.
    GivenBack(i64),
}

impl Counted {
    /// What of an event counts, if anything does.
    pub fn of(what: &What) -> Option<Self> {
        match *what {
            What::GroupConfirmed { .. } => Some(Self::Sold),
            What::OrderCanceled { order, .. } => Some(Self::Canceled(order)),
            What::PaymentCaptured { amount, .. } => Some(Self::Taken(amount)),
            What::RefundSucceeded { amount, .. } => Some(Self::GivenBack(amount)),
            _ => None,
        }
    }
}

/// What must be known of a purchase to count what happens to it.
pub trait Sale {
    /// Whether it came from a phone.
    fn is_phone(&self) -> bool;
    /// Whether it had been confirmed before the event.
    fn was_confirmed(&self) -> bool;
    /// Its orders: sub-number and total.
    fn orders(&self) -> impl Iterator<Item = (u8, i64)>;
}

/// A purchase as its row has it, and whether it had been confirmed before the event.
#[derive(Debug, Clone, Copy)]
pub struct GroupSale<'g> {
    /// The row, as of any time after the event.
    pub group: &'g Group,
    /// Whether it had been confirmed before the event.
    pub was_confirmed: bool,
}

impl Sale for GroupSale<'_> {
    fn is_phone(&self) -> bool {
        self.group.device == Device::Phone
    }

    fn was_confirmed(&self) -> bool {
        self.was_confirmed
    }

    fn orders(&self) -> impl Iterator<Item = (u8, i64)> {
        self.group.orders.iter().map(|o| (o.id.sub(), o.total))
    }
}

impl Takings {
    /// Counts an event of a purchase.
    pub fn count(&mut self, counted: Counted, sale: &impl Sale) {
        match counted {
            Counted::Sold => {
                self.purchases += 1;
                for (_, total) in sale.orders() {
                    self.orders += 1;
                    self.phone_orders += i64::from(sale.is_phone());
                    self.sold += total;
                }
            }
            Counted::Canceled(order) if sale.was_confirmed() => {
                let own = |&(sub, _): &(u8, i64)| sub == order.sub();
                for (_, total) in sale.orders().filter(own) {
                    self.canceled_orders += 1;
                    self.canceled_phone_orders += i64::from(sale.is_phone());
                    self.canceled += total;
                }
            }
            Counted::Canceled(_) => {}
            Counted::Taken(amount) => {
                self.payments += 1;
                self.taken += amount;
            }
            Counted::GivenBack(amount) => {
                self.refunds += 1;
                self.given_back += amount;
            }
        }
    }

    /// Orders, their worth and those from phones that were sold and not canceled: what is kept as sales.
    pub fn standing(&self) -> [i64; 3] {
        [
            self.orders - self.canceled_orders,
            self.sold - self.canceled,
            self.phone_orders - self.canceled_phone_orders,
        ]
    }
}

impl AddAssign for Takings {
    fn add_assign(&mut self, more: Self) {
        self.purchases += more.purchases;
        self.orders += more.orders;
        self.phone_orders += more.phone_orders;
        self.sold += more.sold;
        self.canceled_orders += more.canceled_orders;
        self.canceled_phone_orders += more.canceled_phone_orders;
        self.canceled += more.canceled;
        self.payments += more.payments;
        self.taken += more.taken;
        self.refunds += more.refunds;
        self.given_back += more.given_back;
    }
}
