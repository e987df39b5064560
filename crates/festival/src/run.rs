//! The day: shoppers come when the curve says so, and each does what was planned.

use crate::client::{Ask, Client, Target};
use crate::curve::Hours;
use crate::plan::{Shopper, Way};
use crate::shop::Shop;
use crate::{app, web};
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(2);
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
const DESK: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";

/// What became of a shopper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The shop acknowledged an order.
    Bought {
        /// The group's id.
        group: String,
        /// The ids of its orders, as far as the shopper has seen them.
        orders: Vec<String>,
        /// Whether it was confirmed, not only set aside for a payment.
        confirmed: bool,
    },
    /// The shop acknowledged an order, and the shopper gave it up when the card was declined.
    GaveUp,
    /// The shop refused, with this code.
    Refused(String),
    /// No answer came in the end.
    Lost,
}

/// How the day is to be.
#[derive(Debug, Clone)]
pub struct DayPlan {
    /// Shoppers.
    pub shoppers: u64,
    /// Connections at once.
    pub connections: usize,
    /// How long the day is.
    pub day: Duration,
    /// When no further shopper begins.
    pub limit: Duration,
    /// The run's random choices.
    pub seed: u64,
    /// Names the run.
    pub run: String,
}

/// What was counted while it ran.
#[derive(Debug, Default)]
struct Counts {
    fates: BTreeMap<u64, Fate>,
    problems: Vec<String>,
    refused: BTreeMap<String, u64>,
    orders: u64,
    pages: u64,
    repeated: u64,
}

/// What the day was.
#[derive(Debug)]
pub struct Day {
    /// What became of each shopper who began, by number.
    pub fates: BTreeMap<u64, Fate>,
    /// What must not happen and was seen on the way: server errors, two groups under one key.
    pub problems: Vec<String>,
    /// Pages looked at.
    pub pages: u64,
    /// Requests that were sent once more: lost replies, double clicks, turned away.
    pub repeated: u64,
    /// From the first shopper to the last answer.
    pub took: Duration,
    /// From the request to the acknowledgement, in microseconds.
    pub order_us: Histogram<u64>,
    /// Product pages, in microseconds.
    pub page_us: Histogram<u64>,
}

/// What all shoppers of a day share.
pub(crate) struct Stage {
    /// How the day is to be.
    pub plan: DayPlan,
    /// The shop at the start.
    pub shop: Arc<Shop>,
    /// Where it is.
    pub target: Target,
    next: AtomicU64,
    began: Instant,
    counts: Mutex<Counts>,
    order_us: Mutex<Histogram<u64>>,
    page_us: Mutex<Histogram<u64>>,
}

impl Stage {
    /// Something that must not happen.
    pub fn problem(&self, problem: String) {
        locked(&self.counts).problems.push(problem);
    }

    /// A request was sent once more.
    pub fn repeated(&self) {
        locked(&self.counts).repeated += 1;
    }

    /// An order was acknowledged that was asked for at `since`.
    pub fn acknowledged(&self, since: Instant) {
        record(&self.order_us, since);
    }

    /// A page was answered that was asked for at `since`.
    pub fn page(&self, since: Instant) {
        record(&self.page_us, since);
        locked(&self.counts).pages += 1;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn record(histogram: &Mutex<Histogram<u64>>, since: Instant) {
    let us = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
    locked(histogram).saturating_record(us.max(1));
}

/// Lets the day pass.
///
/// # Errors
/// When a worker dies, which is a bug.
pub async fn run(plan: DayPlan, shop: Arc<Shop>, target: Target) -> Result<Day, String> {
    let histogram = || Histogram::new_with_bounds(1, 600_000_000, 3).expect("fit bounds");
    let stage = Arc::new(Stage {
        shop,
        target,
        next: AtomicU64::new(0),
        began: Instant::now(),
        counts: Mutex::default(),
        order_us: Mutex::new(histogram()),
        page_us: Mutex::new(histogram()),
        plan,
    });
    let progress = tokio::spawn(progress(stage.clone()));
    let workers: Vec<_> = (0..stage.plan.connections)
        .map(|_| tokio::spawn(worker(stage.clone())))
        .collect();
    for worker in workers {
        worker.await.map_err(|e| e.to_string())?;
    }
    let took = stage.began.elapsed();
    progress.abort();
    let counts = std::mem::take(&mut *locked(&stage.counts));
    let order_us = locked(&stage.order_us).clone();
    let page_us = locked(&stage.page_us).clone();
    Ok(Day {
        fates: counts.fates,
        problems: counts.problems,
        pages: counts.pages,
        repeated: counts.repeated,
        took,
        order_us,
        page_us,
    })
}

async fn worker(stage: Arc<Stage>) {
    let mut client = Client::new(stage.target.clone());
    loop {
        let number = stage.next.fetch_add(1, Ordering::Relaxed);
        if number >= stage.plan.shoppers || stage.began.elapsed() >= stage.plan.limit {
            return;
        }
        let share = Hours::DAY.arrival(number as f64 / stage.plan.shoppers as f64);
        let due = stage.began + stage.plan.day.mul_f64(share);
        tokio::time::sleep_until(due.into()).await;
        let shopper = Shopper::plan(&stage.shop, stage.plan.seed, &stage.plan.run, number);
        // A shopper on the web comes by the product's page anyway.
        if shopper.browses && shopper.way == Way::App {
            browse(&stage, &mut client, &shopper).await;
        }
        let fate = match shopper.way {
            Way::App => app::buy(&stage, &mut client, &shopper).await,
            Way::Web => web::buy(&stage, &mut client, &shopper).await,
        };
        let mut counts = locked(&stage.counts);
        match &fate {
            Fate::Bought { .. } | Fate::GaveUp => counts.orders += 1,
            Fate::Refused(code) => *counts.refused.entry(code.clone()).or_default() += 1,
            Fate::Lost => *counts.refused.entry("no_answer".to_string()).or_default() += 1,
        }
        counts.fates.insert(number, fate);
    }
}

async fn browse(stage: &Stage, client: &mut Client, shopper: &Shopper) {
    let path = format!("/p/{}", stage.shop.articles[shopper.lines[0].0].handle);
    let headers = format!("user-agent: {}\r\n", agent(shopper));
    let ask = Ask {
        method: "GET",
        path: &path,
        headers: &headers,
        body: &[],
    };
    let started = Instant::now();
    // A page that does not come is no order lost: the shopper goes on.
    if let Ok(answer) = client.ask(&ask).await {
        stage.page(started);
        if answer.status != 200 && answer.status != 503 {
            stage.problem(format!("GET {path}: status {}", answer.status));
        }
    }
}

/// What the shopper's browser says of itself.
pub(crate) fn agent(shopper: &Shopper) -> &'static str {
    if shopper.on_phone { PHONE } else { DESK }
}

async fn progress(stage: Arc<Stage>) {
    let mut last = 0;
    loop {
        tokio::time::sleep(PROGRESS).await;
        let counts = locked(&stage.counts);
        let done = counts.fates.len() as u64;
        let rate = (done - last) as f64 / PROGRESS.as_secs_f64();
        last = done;
        let elapsed = stage.began.elapsed().as_secs_f64();
        let left = (stage.plan.shoppers - done) as f64 * elapsed / (done.max(1)) as f64;
        let refused: Vec<String> = counts
            .refused
            .iter()
            .map(|(code, n)| format!("{code} {n}"))
            .collect();
        eprintln!(
            "{done}/{} shoppers, {} orders, {rate:.0}/s, about {left:.0} s left; {}",
            stage.plan.shoppers,
            counts.orders,
            if refused.is_empty() {
                "nobody refused".to_string()
            } else {
                refused.join(", ")
            }
        );
    }
}
