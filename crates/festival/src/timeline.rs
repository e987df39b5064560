//! The course of the day: what happened in each stretch of it, and what the machine did meanwhile.

use crate::client::Target;
use crate::curve::Hours;
use crate::load::usage;
use crate::run::locked;
use crate::shop::{Office, Shop, Token};
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Stretches of a day.
const STRETCHES: usize = 120;
/// Stretches after the day that are told apart: who comes late, comes in the last.
const AFTER: usize = 120;
/// The shortest stretch.
const STRETCH_MIN: Duration = Duration::from_millis(100);
/// Between two looks at the machine and the shelves.
const LOOK: Duration = Duration::from_millis(500);

/// What can happen.
#[derive(Debug, Clone)]
pub enum Event {
    /// An order was acknowledged, so long after it was wanted.
    Order(Duration),
    /// A page was shown.
    Page,
    /// A request was turned away with this status, to come back later.
    Shed(u16),
    /// A shopper was refused for good, with this code.
    Refused(String),
    /// A connection broke.
    Broken,
}

/// What happened in each stretch so far.
pub struct Timeline {
    length: Duration,
    stretches: Vec<Counts>,
}

struct Counts {
    orders: u64,
    pages: u64,
    refused: BTreeMap<String, u64>,
    order_us: Histogram<u64>,
}

impl Timeline {
    /// A day of this length in which nothing has happened yet.
    pub fn new(day: Duration) -> Self {
        Self {
            length: (day / STRETCHES as u32).max(STRETCH_MIN),
            stretches: Vec::new(),
        }
    }

    /// Something happened so long after the start.
    pub fn add(&mut self, at: Duration, event: Event) {
        let index = (at.as_secs_f64() / self.length.as_secs_f64()) as usize;
        let index = index.min(STRETCHES + AFTER - 1);
        while self.stretches.len() <= index {
            self.stretches.push(Counts {
                orders: 0,
                pages: 0,
                refused: BTreeMap::new(),
                order_us: Histogram::new_with_bounds(1, 600_000_000, 2).expect("fit bounds"),
            });
        }
        let here = &mut self.stretches[index];
        let reason = match event {
            Event::Order(took) => {
                here.orders += 1;
                let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                here.order_us.saturating_record(us.max(1));
                return;
            }
            Event::Page => {
                here.pages += 1;
                return;
            }
            Event::Shed(status) => status.to_string(),
            Event::Refused(code) => code,
            Event::Broken => "connection_broke".to_string(),
        };
        *here.refused.entry(reason).or_default() += 1;
    }

    /// The course so far, beside what the curve brings for so many shoppers.
    pub fn course(&self, hours: Hours, shoppers: u64) -> Course {
        let seconds = self.length.as_secs_f64();
        let day_s = self.length.as_secs_f64() * STRETCHES as f64;
        let stretch = |(index, counts): (usize, &Counts)| {
            let (from, to) = (
                index as f64 / STRETCHES as f64,
                (index + 1) as f64 / STRETCHES as f64,
            );
            let at = |quantile| counts.order_us.value_at_quantile(quantile) as f64 / 1_000.0;
            let has_orders = counts.orders > 0;
            Stretch {
                at_s: (index as f64 + 0.5) * seconds,
                planned_per_s: hours.trade(from, to) * shoppers as f64 / seconds,
                orders_per_s: counts.orders as f64 / seconds,
                pages_per_s: counts.pages as f64 / seconds,
                p50_ms: has_orders.then(|| at(0.5)),
                p99_ms: has_orders.then(|| at(0.99)),
                p999_ms: has_orders.then(|| at(0.999)),
                refused: counts.refused.clone(),
            }
        };
        Course {
            day_s,
            stretch_s: seconds,
            stretches: self.stretches.iter().enumerate().map(stretch).collect(),
            samples: Vec::new(),
        }
    }
}

/// One stretch of the day.
#[derive(Debug, Clone, Serialize)]
pub struct Stretch {
    /// Its middle, in seconds after the start.
    pub at_s: f64,
    /// Shoppers per second whom the curve brings.
    pub planned_per_s: f64,
    /// Orders acknowledged per second.
    pub orders_per_s: f64,
    /// Pages shown per second.
    pub pages_per_s: f64,
    /// Half of the orders took no longer.
    pub p50_ms: Option<f64>,
    /// 99 of 100 took no longer.
    pub p99_ms: Option<f64>,
    /// 999 of 1,000 took no longer.
    pub p999_ms: Option<f64>,
    /// Those turned away (by status) or refused (by code), counted.
    pub refused: BTreeMap<String, u64>,
}

/// What the machine did, and the shelf of the hot article, at a moment.
#[derive(Debug, Clone, Serialize)]
pub struct Sample {
    /// Seconds after the start.
    pub at_s: f64,
    /// Pieces of the hot article that can still be promised.
    pub hot_left: Option<i64>,
    /// Processors that the server keeps busy.
    pub server_cores: Option<f64>,
    /// Memory that it holds, in MiB.
    pub server_mib: Option<f64>,
    /// Processors that this load generator keeps busy.
    pub own_cores: Option<f64>,
}

/// The day as it went.
#[derive(Debug, Clone, Serialize)]
pub struct Course {
    /// The length of the day as it was played, in seconds.
    pub day_s: f64,
    /// The length of a stretch, in seconds.
    pub stretch_s: f64,
    /// The stretches; those beyond the day are of shoppers who were served late.
    pub stretches: Vec<Stretch>,
    /// What the machine did.
    pub samples: Vec<Sample>,
}

impl Course {
    /// A course in which nothing happened, for tests.
    #[cfg(test)]
    pub fn empty() -> Self {
        Timeline::new(Duration::ZERO).course(Hours::DAY, 0)
    }
}

/// Looks at the machine and at the shelf of the hot article.
pub struct Watch {
    office: Office,
    token: Token,
    path: Option<String>,
    samples: Arc<Mutex<Vec<Sample>>>,
}

/// What was seen, also when the watch is called off.
pub struct Seen {
    task: tokio::task::JoinHandle<()>,
    samples: Arc<Mutex<Vec<Sample>>>,
}

impl Seen {
    /// Calls the watch off and gives what it saw.
    pub fn end(self) -> Vec<Sample> {
        self.task.abort();
        std::mem::take(&mut *locked(&self.samples))
    }
}

impl Watch {
    /// A watch over a shop.
    pub fn new(target: Target, token: Token, shop: &Shop) -> Self {
        let hot = shop.hot.map(|index| &shop.articles[index].variant);
        Self {
            office: Office::new(target, token.clone()),
            token,
            path: hot.map(|variant| format!("/api/v1/stock/{variant}")),
            samples: Arc::default(),
        }
    }

    /// Begins to look. A shop that does not answer, as one that was killed, is a gap and no error.
    pub fn begin(mut self, began: Instant) -> Seen {
        let samples = self.samples.clone();
        let task = tokio::spawn(async move {
            let own = std::process::id();
            let (mut own_cpu, mut server_cpu) = (Rate::default(), Rate::default());
            loop {
                let pid = self.token.pid();
                let sample = Sample {
                    at_s: began.elapsed().as_secs_f64(),
                    hot_left: self.hot_left().await,
                    server_cores: pid.and_then(|pid| server_cpu.of(pid)),
                    server_mib: pid
                        .and_then(usage::resident_bytes)
                        .map(|bytes| bytes as f64 / f64::from(1 << 20)),
                    own_cores: own_cpu.of(own),
                };
                locked(&self.samples).push(sample);
                tokio::time::sleep(LOOK).await;
            }
        });
        Seen { task, samples }
    }

    async fn hot_left(&mut self) -> Option<i64> {
        let levels = self.office.get(self.path.as_ref()?).await.ok()?;
        let items = levels["items"].as_array()?;
        Some(items.iter().filter_map(|l| l["available"].as_i64()).sum())
    }
}

/// Processor time per time, from look to look.
#[derive(Default)]
struct Rate {
    last: Option<(u32, Instant, f64)>,
}

impl Rate {
    /// Processors that a process has kept busy since the last look at it.
    fn of(&mut self, pid: u32) -> Option<f64> {
        let (now, used) = (Instant::now(), usage::cpu_seconds(pid)?);
        let last = self.last.replace((pid, now, used));
        let (_, then, before) = last.filter(|(last, ..)| *last == pid)?;
        Some((used - before) / (now - then).as_secs_f64().max(f64::EPSILON))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_fall_into_their_stretch() {
        let mut timeline = Timeline::new(Duration::from_secs(240));
        let second = Duration::from_secs(1);
        timeline.add(second, Event::Order(Duration::from_millis(5)));
        timeline.add(second * 3, Event::Shed(503));
        timeline.add(second * 3, Event::Refused("out_of_stock".to_string()));
        timeline.add(second * 1_000_000, Event::Page);
        let course = timeline.course(Hours::DAY, 1_000);
        assert_eq!(course.stretches.len(), STRETCHES + AFTER);
        let first = &course.stretches[0];
        assert_eq!((first.at_s, first.orders_per_s), (1.0, 0.5));
        assert!(first.p50_ms.is_some_and(|ms| (4.9..5.2).contains(&ms)));
        assert_eq!(course.stretches[1].refused.len(), 2);
        assert_eq!(course.stretches[1].p50_ms, None);
        let planned: f64 = course.stretches.iter().map(|s| s.planned_per_s * 2.0).sum();
        assert!((planned - 1_000.0).abs() < 1e-6, "{planned}");
    }
}
