//! What the report tells of an event.

use super::Event;
use super::bridge::Bridge;
use super::purchase::Purchase;
use super::trade::Trade;
use crate::report::Latency;
use serde::Serialize;
use std::collections::BTreeMap;

/// Seconds before and after the event that are told.
const AROUND_S: i64 = 10;
/// Seconds of an event that are told one by one.
const SLICES_MAX: i64 = 600;

/// What an event was and came to.
#[derive(Debug, Clone, Serialize)]
pub struct EventReport {
    /// The campaign's id.
    pub campaign: String,
    /// Its code.
    pub code: String,
    /// Its first second and the second after its last, in UTC milliseconds by the shop's clock.
    pub starts_at: i64,
    /// The second after its last.
    pub ends_at: i64,
    /// The operator who approved it.
    pub approved_by: String,
    /// Orders that the rehearsal priced again.
    pub rehearsed_orders: i64,
    /// Those of them that would have cost less.
    pub rehearsed_reduced: i64,
    /// Who came for its sake, beside the shoppers of the day.
    pub visitors: u64,
    /// How many of them came before it, while it ran, and after it.
    pub visitors_by_period: [u64; 3],
    /// Those of them who got an order.
    pub visitors_bought: u64,
    /// Those who were refused, by code.
    pub visitors_refused: BTreeMap<String, u64>,
    /// From its second to the first order at a price of the event, in milliseconds of the shop's clock.
    pub first_sale_ms: Option<i64>,
    /// How the orders went that were wanted in its first second.
    pub rush: Rush,
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// What its rules took off, in minor units, of orders that are not canceled.
    pub off_minor: i64,
    /// From what was placed to what is left, by period.
    pub bridge: Bridge,
    /// The rules.
    pub rules: Vec<RuleReport>,
    /// What happened second by second.
    pub slices: Vec<Slice>,
    /// How often the limits were looked at while it ran.
    pub looks: u64,
    /// When it began, in seconds of the run, and how many it lasted, by the clock of who played the day.
    pub played_s: (f64, f64),
    /// What was sold before, in and after it, by the shop's own report.
    pub trade: Trade,
}

impl EventReport {
    /// In one line.
    pub fn line(&self) -> String {
        let first = self.first_sale_ms;
        let first = first.map_or("none".to_string(), |ms| format!("{ms} ms"));
        let [before, within, after, _] = self.bridge.columns().map(|c| c.placed.orders);
        format!(
            "first sale {first} after its second; {within} orders placed in it, {before} before and {after} after; {} taken off (minor units)",
            self.off_minor
        )
    }
}

/// The event's first second, as shoppers felt it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Rush {
    /// Orders that were wanted in it and placed.
    pub orders: u64,
    /// How long each took from the moment when it was wanted.
    pub latency: Latency,
}

/// What a rule gave.
#[derive(Debug, Clone, Serialize)]
pub struct RuleReport {
    /// What the receipt says.
    pub title: String,
    /// What it does.
    pub story: String,
    /// Orders that it reduced, or brought for nothing, and that are not canceled.
    pub orders: u64,
    /// What it took off them.
    pub off_minor: i64,
    /// What the delivery of those would have cost that it brought for nothing.
    pub delivery_minor: i64,
    /// Orders that it could have reduced, or reduced further, had there been more of it.
    pub short: u64,
    /// What was taken of each of its limits: what, how much, of how much, and how many milliseconds after the event's
    /// second it was seen to be gone.
    pub limits: Vec<(String, i64, i64, Option<i64>)>,
}

/// A second of the event.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Slice {
    /// Seconds after its first.
    pub second: i64,
    /// Orders placed.
    pub placed: u64,
    /// What those of them are worth that were confirmed, now or later, in minor units.
    pub confirmed_minor: i64,
    /// The same without delivery.
    pub goods_minor: i64,
    /// What the event had taken off these.
    pub off_minor: i64,
}

/// What happened second by second, from some before the event to some after it.
pub(super) fn slices(event: &Event, purchases: &[Purchase]) -> Vec<Slice> {
    let length = (event.ends_at - event.starts_at) / 1_000;
    let last = (length + AROUND_S).min(SLICES_MAX);
    let mut slices: Vec<Slice> = (-AROUND_S..last)
        .map(|second| Slice {
            second,
            ..Slice::default()
        })
        .collect();
    for p in purchases {
        let second = (p.placed_at - event.starts_at).div_euclid(1_000);
        let place = usize::try_from(second + AROUND_S).ok();
        if let Some(slice) = place.and_then(|at| slices.get_mut(at)) {
            slice.placed += 1;
            if p.confirmed_at.is_some() {
                slice.confirmed_minor += p.total;
                slice.goods_minor += p.total - p.shipping;
                slice.off_minor += p.off_in_all();
            }
        }
    }
    slices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::tests::sample;
    use crate::run::Day;

    #[test]
    fn the_seconds_of_the_event_make_its_column_of_the_bridge() {
        let event = sample();
        let purchase = |place: i64| Purchase {
            placed_at: event.starts_at + 250 * place,
            confirmed_at: (place % 7 != 0).then_some(event.starts_at),
            is_live: place % 5 != 0,
            shipping: 395,
            total: 1_000 + place,
            discounts: vec![("Flash price".to_string(), String::new(), 10 + place)],
            ..Purchase::default()
        };
        let purchases: Vec<Purchase> = (-30..260).map(purchase).collect();
        let slices = slices(&event, &purchases);
        let length = (event.ends_at - event.starts_at) / 1_000;
        let within = || slices.iter().filter(|s| (0..length).contains(&s.second));
        let column = Bridge::of(&event, &purchases, &Day::empty()).within;
        let sum = |of: &dyn Fn(&Slice) -> i64| within().map(of).sum::<i64>();
        assert_eq!(
            within().map(|s| s.placed).sum::<u64>(),
            column.placed.orders
        );
        assert_eq!(sum(&|s| s.confirmed_minor), column.confirmed.minor);
        assert_eq!(sum(&|s| s.goods_minor), column.goods_minor());
        assert_eq!(sum(&|s| s.off_minor), column.off_minor);
    }
}
