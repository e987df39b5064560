//! Sums that consoles ask for all the time: what each batch adds to them, and what they must be.

use crate::StoreError;
use crate::audit::AuditReport;
use crate::rows::{self, Sink};
use commerce::command::Device;
use commerce::invariants::Broken;
use commerce::money::Currency;
use commerce::order::{FulfillmentState, Group, OrderState};
use commerce::world::Delta;
use std::collections::BTreeMap;

/// A quarter of an hour, in milliseconds: the grain of sales. No time zone's day begins within one.
pub const QUARTER_MS: i64 = 15 * 60 * 1_000;
/// The counters' names, in the order of [`waiting`].
pub const COUNTERS: [&str; 3] = ["open", "picking", "packed"];

/// The place of a fulfillment's state among those that wait to be handed over.
pub fn waiting(state: FulfillmentState) -> Option<usize> {
    match state {
        FulfillmentState::Open => Some(0),
        FulfillmentState::Picking => Some(1),
        FulfillmentState::Packed => Some(2),
        FulfillmentState::Pending
        | FulfillmentState::Shipped
        | FulfillmentState::Delivered
        | FulfillmentState::Canceled => None,
    }
}

/// Sums over groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Fulfillments that wait, in the order of [`COUNTERS`].
    pub waiting: [i64; 3],
    /// By quarter of an hour and currency: orders, revenue in minor units, orders from phones.
    pub sold: BTreeMap<(i64, Currency), [i64; 3]>,
}

impl Sums {
    /// What a batch adds.
    pub fn of(delta: &Delta) -> Self {
        let mut sums = Self::default();
        for (before, group) in &delta.groups {
            if let Some(before) = before {
                sums.add(before, -1);
            }
            sums.add(group, 1);
        }
        sums
    }

    /// Counts a group in (1) or out (−1).
    pub fn add(&mut self, group: &Group, sign: i64) {
        for fulfillment in &group.fulfillments {
            if let Some(place) = waiting(fulfillment.state) {
                self.waiting[place] += sign;
            }
        }
        let quarter = group.placed_at.div_euclid(QUARTER_MS) * QUARTER_MS;
        for order in &group.orders {
            if matches!(order.state, OrderState::Pending | OrderState::Canceled) {
                continue;
            }
            let sold = self.sold.entry((quarter, group.currency)).or_default();
            sold[0] += sign;
            sold[1] += sign * order.total;
            sold[2] += sign * i64::from(group.device == Device::Phone);
        }
    }

    /// Hands them over.
    pub fn write(&self, sink: &impl Sink) -> Result<(), StoreError> {
        let counters = [0, 1, 2].map(|place| (COUNTERS[place], self.waiting[place]));
        rows::add_counters(sink, &counters)?;
        let sold = self.sold.iter().filter(|(_, sums)| **sums != [0; 3]);
        rows::add_sales(
            sink,
            sold.map(|((quarter, currency), sums)| (*quarter, currency.as_str(), *sums)),
        )
    }

    /// Notes where what is kept differs from what the groups say.
    pub fn compare(&mut self, kept: &Sums, report: &mut AuditReport) {
        self.sold.retain(|_, sums| *sums != [0; 3]);
        let differs = |what: &str, own: String, kept: String| {
            Err(Broken {
                number: 9,
                detail: format!("{what}: kept {kept}, counted {own}"),
            })
        };
        if self.waiting != kept.waiting {
            let (own, kept) = (format!("{:?}", self.waiting), format!("{:?}", kept.waiting));
            report.note(differs("waiting fulfillments", own, kept));
        }
        for key in self.sold.keys().chain(kept.sold.keys()) {
            let (own, other) = (self.sold.get(key), kept.sold.get(key));
            if own != other && other.is_none_or(|sums| *sums != [0; 3]) {
                let (own, kept) = (format!("{own:?}"), format!("{other:?}"));
                report.note(differs(&format!("sales of {key:?}"), own, kept));
            }
        }
    }
}
