//! What the report tells of an event.

use super::Event;
use super::purchase::Purchase;
use super::trade::Trade;
use crate::counter::Afterlife;
use crate::run::Day;
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
    /// Those of them who got an order.
    pub visitors_bought: u64,
    /// Those who were refused, by code.
    pub visitors_refused: BTreeMap<String, u64>,
    /// From its second to the first order at a price of the event, in milliseconds of the shop's clock.
    pub first_sale_ms: Option<i64>,
    /// Purchases placed before its second, all at their own prices; within it; and after its end.
    pub purchases: [u64; 3],
    /// ISO 4217 code of all amounts.
    pub currency: String,
    /// What its rules took off, in minor units, of purchases that stand.
    pub off_minor: i64,
    /// What purchases placed within it and standing are worth.
    pub revenue_minor: i64,
    /// The rules.
    pub rules: Vec<RuleReport>,
    /// What happened second by second.
    pub slices: Vec<Slice>,
    /// What was canceled or paid back, by reason.
    pub gone: Vec<Gone>,
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
        let [before, within, after] = self.purchases;
        format!(
            "first sale {first} after its second; {within} purchases in it, {before} before and {after} after; {} taken off (minor units)",
            self.off_minor
        )
    }
}

/// What a rule gave.
#[derive(Debug, Clone, Serialize)]
pub struct RuleReport {
    /// What the receipt says.
    pub title: String,
    /// What it does.
    pub story: String,
    /// Purchases that it reduced, or brought for nothing, and that stand.
    pub purchases: u64,
    /// What it took off them.
    pub off_minor: i64,
    /// Purchases that it could have reduced further, had there been more of it.
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
    /// Purchases placed.
    pub purchases: u64,
    /// What they are worth, in minor units.
    pub revenue_minor: i64,
    /// What the event took off them.
    pub off_minor: i64,
}

/// Purchases that did not last, by why. Amounts in minor units: what was paid back, was never paid and was kept add up to
/// what they were worth.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Gone {
    /// Why: `returned`, or the reason of the cancellation.
    pub why: String,
    /// How many.
    pub purchases: u64,
    /// What they were worth.
    pub worth_minor: i64,
    /// What was paid back.
    pub paid_back_minor: i64,
    /// What was never paid.
    pub unpaid_minor: i64,
    /// What was paid and kept: the delivery of what came back.
    pub kept_minor: i64,
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
    for p in purchases.iter().filter(|p| p.is_live) {
        let second = (p.placed_at - event.starts_at).div_euclid(1_000);
        let place = usize::try_from(second + AROUND_S).ok();
        if let Some(slice) = place.and_then(|at| slices.get_mut(at)) {
            slice.purchases += 1;
            slice.revenue_minor += p.total;
            slice.off_minor += p.discounts.iter().map(|(.., a)| a).sum::<i64>();
        }
    }
    slices
}

/// What did not last, by why.
pub(super) fn gone(purchases: &[Purchase], day: &Day) -> Vec<Gone> {
    let mut all: BTreeMap<String, Gone> = BTreeMap::new();
    for p in purchases {
        let is_returned = day.afterlives.get(&p.number) == Some(&Afterlife::Returned);
        let why = match (p.is_live, is_returned) {
            (true, true) => "returned",
            (true, false) => continue,
            (false, _) => &p.cancel_reason,
        };
        let gone = all.entry(why.to_string()).or_insert_with(|| Gone {
            why: why.to_string(),
            ..Gone::default()
        });
        gone.purchases += 1;
        gone.worth_minor += p.total;
        gone.paid_back_minor += p.refunded;
        gone.unpaid_minor += p.total - p.captured;
        gone.kept_minor += p.captured - p.refunded;
    }
    all.into_values().collect()
}
