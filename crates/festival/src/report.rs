//! What is left of the day: a report for people and for programs.

use crate::audit::{AFTER_HOT, Findings, Promise};
use crate::counter::Afterlife;
use crate::curve::Hours;
use crate::doorstep::DoorstepReport;
use crate::event::{CROWD_FROM, EventReport};
use crate::run::{Day, DayPlan, Fate};
use crate::screen::{Beside, Sums};
use crate::shop::HotArticle;
use crate::timeline::Course;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How long something took, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// 95 of 100 took no longer.
    pub p95_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
    /// 999 of 1,000 took no longer.
    pub p999_ms: f64,
    /// None took longer.
    pub max_ms: f64,
}

impl Latency {
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let ms = |us: u64| us as f64 / 1_000.0;
        let at = |quantile| ms(histogram.value_at_quantile(quantile));
        Self {
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: ms(histogram.max()),
        }
    }
}

/// The report.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The run's random choices.
    pub seed: u64,
    /// The shoppers planned.
    pub shoppers: u64,
    /// Those whose turn came before the time was over.
    pub began: u64,
    /// Connections at most.
    pub connections: usize,
    /// The part of the day that was played.
    pub hours: Hours,
    /// Orders acknowledged.
    pub orders: u64,
    /// Of these, confirmed at once; the others wait for a payment.
    pub confirmed: u64,
    /// Of these, given up by the shopper after the card was declined.
    pub gave_up: u64,
    /// Of the acknowledged orders, shipped or handed over by the office; the returned ones are among them.
    pub shipped: u64,
    /// Of these, taken back whole and paid back.
    pub returned: u64,
    /// Orders canceled by the office.
    pub canceled: u64,
    /// Those who were refused, by code.
    pub refused: BTreeMap<String, u64>,
    /// Those who got no answer in the end.
    pub no_answer: u64,
    /// Product pages looked at.
    pub pages: u64,
    /// Requests sent once more: lost replies, double clicks, turned away.
    pub repeated: u64,
    /// From the first shopper to the last answer, in seconds.
    pub seconds: f64,
    /// Acknowledged orders per second over that time.
    pub orders_per_second: f64,
    /// From the request to the acknowledgement, the payment provider's answer included.
    pub order_latency: Latency,
    /// Product pages.
    pub page_latency: Latency,
    /// Pieces of the hot article sold, and how many were there.
    pub hot_sold_of: Option<(i64, i64)>,
    /// That article.
    pub hot_article: Option<HotArticle>,
    /// How many of the shoppers who wanted it were refused.
    pub hot_missed: u64,
    /// What the orders that count are worth, in minor units of the shop's currency.
    pub revenue_minor: i64,
    /// The big screen beside the ledger; `null` when they could not be compared.
    pub screen: Option<Beside>,
    /// What the audit looked at.
    pub checked: BTreeMap<&'static str, u64>,
    /// Broken promises, counted.
    pub broken: u64,
    /// The same by promise.
    pub broken_by_promise: BTreeMap<Promise, u64>,
    /// The first of them.
    pub findings: Vec<String>,
    /// The course of the day.
    pub course: Course,
    /// The sale event, if one was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventReport>,
    /// The way to the doorstep, if orders were brought there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doorstep: Option<DoorstepReport>,
}

impl Report {
    /// Puts together what the day and its audit gave.
    pub fn new(plan: &DayPlan, day: &Day, findings: Findings, screen: Option<Beside>) -> Self {
        let seconds = day.took.as_secs_f64();
        let mut refused: BTreeMap<String, u64> = BTreeMap::new();
        let (mut orders, mut confirmed, mut gave_up, mut no_answer) = (0, 0, 0, 0);
        for fate in day.fates.values() {
            match fate {
                Fate::Bought { confirmed: yes, .. } => {
                    orders += 1;
                    confirmed += u64::from(*yes);
                }
                Fate::GaveUp => {
                    orders += 1;
                    gave_up += 1;
                }
                Fate::Refused(code) => *refused.entry(code.clone()).or_default() += 1,
                Fate::Lost => no_answer += 1,
            }
        }
        let did = |what| day.afterlives.values().filter(|a| **a == what).count() as u64;
        let returned = did(Afterlife::Returned);
        Self {
            seed: plan.seed,
            shoppers: plan.shoppers,
            began: day.fates.range(..CROWD_FROM).count() as u64,
            connections: plan.connections,
            hours: plan.hours,
            shipped: did(Afterlife::Shipped) + returned,
            returned,
            canceled: did(Afterlife::Canceled),
            orders,
            confirmed,
            gave_up,
            refused,
            no_answer,
            pages: day.pages,
            repeated: day.repeated,
            seconds,
            orders_per_second: orders as f64 / seconds.max(f64::EPSILON),
            order_latency: Latency::of(&day.order_us),
            page_latency: Latency::of(&day.page_us),
            hot_sold_of: findings.hot,
            hot_article: findings.hot_article,
            hot_missed: findings.hot_missed,
            revenue_minor: findings.revenue_minor,
            screen,
            checked: findings.checked.into_iter().collect(),
            broken: findings.count,
            broken_by_promise: findings.broken,
            findings: findings.first,
            course: day.course.clone(),
            event: None,
            doorstep: None,
        }
    }

    /// Whether every promise was kept and every shopper had a turn.
    pub fn is_clean(&self) -> bool {
        self.broken == 0 && self.began == self.shoppers
    }

    /// How many shoppers wanted the hot article.
    pub fn after_hot(&self) -> u64 {
        self.checked.get(AFTER_HOT).copied().unwrap_or(0)
    }

    /// The big screen and the ledger, one below the other.
    fn screen_lines(&self) -> Vec<(&'static str, String)> {
        let Some(Beside { screen, ledger }) = self.screen else {
            let why = "not compared: the day ended meanwhile";
            return vec![("big screen", why.to_string())];
        };
        let said = |sums: Sums| {
            format!(
                "{} orders of the day worth {}; of the run {} taken, {} given back (minor units)",
                sums.orders, sums.standing_minor, sums.taken_minor, sums.given_back_minor
            )
        };
        vec![("big screen", said(screen)), ("ledger", said(ledger))]
    }

    /// Those who were refused, by code.
    fn refusals(&self) -> String {
        let codes = self.refused.iter().map(|(code, n)| format!("{code} {n}"));
        let codes: Vec<String> = codes.collect();
        if codes.is_empty() {
            "nobody".to_string()
        } else {
            codes.join(", ")
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |label: &str, value: String| {
            writeln!(text, "{label:<18}{value}").expect("a string takes all");
        };
        line("shoppers", format!("{} of {}", self.began, self.shoppers));
        line(
            "orders",
            format!(
                "{}, {} confirmed at once, {} given up after a declined card",
                self.orders, self.confirmed, self.gave_up
            ),
        );
        line(
            "rate",
            format!(
                "{:.0} orders/s over {:.1} s",
                self.orders_per_second, self.seconds
            ),
        );
        for (label, l) in [
            ("order latency", self.order_latency),
            ("page latency", self.page_latency),
        ] {
            let (p50, p99, p999, max) = (l.p50_ms, l.p99_ms, l.p999_ms, l.max_ms);
            let value =
                format!("p50 {p50:.1} ms, p99 {p99:.1} ms, p99.9 {p999:.1} ms, max {max:.1} ms");
            line(label, value);
        }
        line("refused", self.refusals());
        line(
            "afterwards",
            format!(
                "{} shipped, {} of them returned; {} canceled",
                self.shipped, self.returned, self.canceled
            ),
        );
        line("no answer", self.no_answer.to_string());
        line("pages", self.pages.to_string());
        line("asked again", self.repeated.to_string());
        if let Some((sold, pieces)) = self.hot_sold_of {
            line("hot article", format!("{sold} sold of {pieces}"));
        }
        for (label, value) in self.screen_lines() {
            line(label, value);
        }
        if let Some(event) = &self.event {
            line("event", event.line());
        }
        for (label, value) in self.doorstep.iter().flat_map(DoorstepReport::lines) {
            line(label, value);
        }
        let checked = self.checked.iter().map(|(what, n)| format!("{n} {what}"));
        line(
            "audit",
            format!(
                "{} broken; checked {}",
                self.broken,
                checked.collect::<Vec<_>>().join(", ")
            ),
        );
        for finding in &self.findings {
            line("", finding.clone());
        }
        text
    }
}
