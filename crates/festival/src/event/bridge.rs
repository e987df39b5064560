//! The bridge from what was placed to what is left, for the time before the event, for the event and for the time after
//! it: every order of the run stands in one period, that in which it was placed, and in one place of each step.

use super::purchase::Purchase;
use super::{CROWD_FROM, Event};
use crate::run::{Day, Fate};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many orders, and what they are worth in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Orders, each once, however many sellers serve it.
    pub orders: u64,
    /// What they are worth, delivery and tax included.
    pub minor: i64,
}

impl Sum {
    fn add(&mut self, minor: i64) {
        self.orders += 1;
        self.minor += minor;
    }
}

/// Why an order was never confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unconfirmed {
    /// The card was declined, and the shopper gave the order up.
    GaveUp,
    /// The card was declined, and the shopper has not tried another one.
    Declined,
    /// The shopper was sent to the bank's page and has not come back.
    AtTheBank,
    /// A presale whose deposit was paid and whose balance was not.
    BalanceOpen,
    /// Canceled before it was paid, or before its balance was.
    Canceled,
}

/// The bridge of one period. Each step follows from the orders alone; that the steps meet is tested.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Column {
    /// Orders that the shop took.
    pub placed: Sum,
    /// How many of them visitors placed who came for the event.
    pub by_visitors: u64,
    /// Of the confirmed, those that such visitors had placed.
    pub visitors_confirmed: Sum,
    /// What the event's rules had taken off these.
    pub visitors_off_minor: i64,
    /// Of the confirmed, those that were collected in a shop and paid nothing for it.
    pub collected: u64,
    /// Of the confirmed, parcels whose delivery cost the shopper nothing.
    pub delivered_free: u64,
    /// Those of them that were never paid, by why.
    pub unconfirmed: BTreeMap<Unconfirmed, Sum>,
    /// Those that were paid.
    pub confirmed: Sum,
    /// What was paid for delivery, of the confirmed.
    pub delivery_minor: i64,
    /// What the event's rules had taken off the confirmed.
    pub off_minor: i64,
    /// Pieces in the confirmed.
    pub pieces: i64,
    /// Confirmed orders that were canceled, as they were worth.
    pub canceled: Sum,
    /// What of the canceled had been taken and was paid back; the rest was held on cards and let go.
    pub paid_back_minor: i64,
    /// Confirmed orders whose goods came back, with what was paid back for them.
    pub returned: Sum,
    /// Orders that were neither canceled nor came back; the money is what is left of all confirmed ones, with the
    /// delivery of what came back.
    pub left: Sum,
    /// Of that money, delivery that was paid for goods that came back.
    pub delivery_of_returned_minor: i64,
}

/// The bridge by period.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Bridge {
    /// Placed before the event's second.
    pub before: Column,
    /// Placed while it ran.
    pub within: Column,
    /// Placed after its end.
    pub after: Column,
    /// Placed in the whole run; counted by itself, not added up.
    pub whole: Column,
}

impl Bridge {
    pub(super) fn of(event: &Event, purchases: &[Purchase], day: &Day) -> Self {
        let mut bridge = Self::default();
        for p in purchases {
            let gave_up = day.fates.get(&p.number) == Some(&Fate::GaveUp);
            let column = match p.placed_at {
                at if at < event.starts_at => &mut bridge.before,
                at if at < event.ends_at => &mut bridge.within,
                _ => &mut bridge.after,
            };
            column.add(p, gave_up);
            bridge.whole.add(p, gave_up);
        }
        bridge
    }

    /// The columns in order, the whole last.
    pub fn columns(&self) -> [&Column; 4] {
        [&self.before, &self.within, &self.after, &self.whole]
    }
}

impl Column {
    fn add(&mut self, p: &Purchase, gave_up: bool) {
        self.placed.add(p.total);
        self.by_visitors += u64::from(p.number >= CROWD_FROM);
        if p.confirmed_at.is_none() {
            let why = p.why_unconfirmed(gave_up);
            self.unconfirmed.entry(why).or_default().add(p.total);
            return;
        }
        self.confirmed.add(p.total);
        self.delivery_minor += p.shipping;
        self.off_minor += p.off_in_all();
        if p.number >= CROWD_FROM {
            self.visitors_confirmed.add(p.total);
            self.visitors_off_minor += p.off_in_all();
        }
        if p.shipping == 0 {
            let of = match p.is_parcel {
                true => &mut self.delivered_free,
                false => &mut self.collected,
            };
            *of += 1;
        }
        self.pieces += p.lines.iter().map(|l| l.pieces).sum::<i64>();
        if !p.is_live {
            self.canceled.add(p.total);
            self.paid_back_minor += p.refunded;
            return;
        }
        self.left.minor += p.total - p.refunded;
        if p.refunded > 0 {
            self.returned.add(p.refunded);
            self.delivery_of_returned_minor += p.total - p.refunded;
        } else {
            self.left.orders += 1;
        }
    }

    /// All that were never confirmed.
    pub fn unconfirmed(&self) -> Sum {
        let all = self.unconfirmed.values();
        all.fold(Sum::default(), |sum, more| Sum {
            orders: sum.orders + more.orders,
            minor: sum.minor + more.minor,
        })
    }

    /// What the event's rules took off confirmed orders of shoppers who would have come without it.
    pub fn off_others_minor(&self) -> i64 {
        self.off_minor - self.visitors_off_minor
    }

    /// What the event added to the confirmed: what its visitors paid, less what others paid less.
    pub fn added_minor(&self) -> i64 {
        self.visitors_confirmed.minor - self.off_others_minor()
    }

    /// What the goods of the confirmed orders cost.
    pub fn goods_minor(&self) -> i64 {
        self.confirmed.minor - self.delivery_minor
    }
}

impl Purchase {
    fn why_unconfirmed(&self, gave_up: bool) -> Unconfirmed {
        match self.last_payment.as_str() {
            _ if gave_up => Unconfirmed::GaveUp,
            _ if !self.is_live => Unconfirmed::Canceled,
            _ if self.awaits_balance => Unconfirmed::BalanceOpen,
            "declined" => Unconfirmed::Declined,
            _ => Unconfirmed::AtTheBank,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::event::tests::sample;

    /// A purchase of goods for 1,000 and delivery for 395, placed in a period (0 to 2), confirmed.
    fn purchase(event: &Event, number: u64, period: i64) -> Purchase {
        let placed_at = [event.starts_at - 1, event.starts_at, event.ends_at]
            [usize::try_from(period).unwrap_or(0)];
        Purchase {
            number,
            placed_at,
            confirmed_at: Some(placed_at + 5),
            is_live: true,
            goods: 1_000,
            shipping: 395,
            total: 1_395,
            captured: 1_395,
            last_payment: "captured".to_string(),
            discounts: vec![("Flash price".to_string(), String::new(), 100)],
            ..Purchase::default()
        }
    }

    /// Every way that an order can go, in every period, some of them several times.
    fn all(event: &Event) -> Vec<Purchase> {
        let mut all = Vec::new();
        for period in 0..3 {
            for way in 0..=8 + period {
                let number = all.len() as u64 + if way % 2 == 0 { 0 } else { CROWD_FROM };
                let mut p = purchase(event, number, period);
                p.total += way;
                p.shipping += way;
                match way {
                    0..=4 => (p.confirmed_at, p.captured) = (None, 0),
                    // Canceled after the money was taken, and while it was held.
                    5 => (p.is_live, p.refunded) = (false, p.total),
                    6 => (p.is_live, p.captured) = (false, 0),
                    7 => p.refunded = p.goods,
                    9 => (p.shipping, p.is_parcel) = (0, true),
                    10 => p.shipping = 0,
                    _ => {}
                }
                match way {
                    0 => p.is_live = false,
                    1 => p.last_payment = "declined".to_string(),
                    2 => p.last_payment = "action_required".to_string(),
                    3 => p.awaits_balance = true,
                    4 => p.is_live = false,
                    _ => {}
                }
                all.push(p);
            }
        }
        all
    }

    /// A bridge with something in every row.
    pub fn bridge() -> Bridge {
        let event = sample();
        let purchases = all(&event);
        let gave_up = |p: &&Purchase| !p.is_live && p.confirmed_at.is_none() && p.total == 1_395;
        let given_up = purchases.iter().filter(gave_up);
        let mut day = Day::empty();
        day.fates = given_up.map(|p| (p.number, Fate::GaveUp)).collect();
        Bridge::of(&event, &purchases, &day)
    }

    #[test]
    fn the_steps_of_every_period_meet_and_the_periods_make_the_day() {
        let bridge = bridge();
        for column in bridge.columns() {
            assert_eq!(column.unconfirmed.len(), 5, "every reason is there");
            let (placed, confirmed, never) =
                (column.placed, column.confirmed, column.unconfirmed());
            assert_eq!(placed.orders, never.orders + confirmed.orders);
            assert_eq!(placed.minor, never.minor + confirmed.minor);
            let (canceled, returned, left) = (column.canceled, column.returned, column.left);
            assert_eq!(
                confirmed.orders,
                canceled.orders + returned.orders + left.orders
            );
            assert_eq!(
                confirmed.minor,
                canceled.minor + returned.minor + left.minor
            );
            assert!(column.paid_back_minor < canceled.minor, "some was held");
            assert!(column.delivery_of_returned_minor > 0 && left.orders > 0);
        }
        let [parts @ .., whole] = bridge.columns();
        let sums = |of: &dyn Fn(&Column) -> i64| {
            assert_eq!(parts.iter().map(|c| of(c)).sum::<i64>(), of(whole));
        };
        sums(&|c| c.placed.minor);
        sums(&|c| c.placed.orders as i64);
        sums(&|c| c.by_visitors as i64);
        sums(&|c| c.confirmed.minor);
        sums(&|c| c.canceled.minor);
        sums(&|c| c.returned.minor);
        sums(&|c| c.left.minor);
        sums(&|c| c.goods_minor());
        sums(&|c| c.off_minor);
        sums(&|c| c.visitors_confirmed.minor);
        sums(&|c| c.added_minor());
        sums(&|c| (c.collected + c.delivered_free) as i64);
        assert_eq!((whole.delivered_free, whole.collected), (2, 1));
        let theirs = whole.visitors_confirmed;
        let others = whole.confirmed.orders - theirs.orders;
        assert!(others > 0 && theirs.orders > 0);
        // Each order of the sample paid 100 less.
        assert_eq!(whole.added_minor(), theirs.minor - 100 * others as i64);
    }
}
