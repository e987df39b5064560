//! The day: shoppers come when the curve says so, and each does what was planned.

use crate::client::{Answer, Ask, Client, Target};
use crate::curve::arrival;
use crate::plan::{Mishap, Shopper};
use crate::shop::Shop;
use hdrhistogram::Histogram;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a shopper who is turned away, or whose connection breaks, asks again.
const ATTEMPTS_MAX: u32 = 120;
/// The longest wait before asking again.
const PAUSE_MAX: Duration = Duration::from_secs(5);
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
        /// The ids of its orders.
        orders: Vec<String>,
        /// Whether it was confirmed, not only set aside for a payment.
        confirmed: bool,
    },
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

struct Stage {
    plan: DayPlan,
    shop: Arc<Shop>,
    target: Target,
    next: AtomicU64,
    began: Instant,
    counts: Mutex<Counts>,
    order_us: Mutex<Histogram<u64>>,
    page_us: Mutex<Histogram<u64>>,
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
        let share = arrival(number as f64 / stage.plan.shoppers as f64);
        let due = stage.began + stage.plan.day.mul_f64(share);
        tokio::time::sleep_until(due.into()).await;
        let shopper = Shopper::plan(&stage.shop, stage.plan.seed, &stage.plan.run, number);
        if shopper.browses {
            browse(&stage, &mut client, &shopper).await;
        }
        let fate = buy(&stage, &mut client, &shopper).await;
        let mut counts = locked(&stage.counts);
        match &fate {
            Fate::Bought { .. } => counts.orders += 1,
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
        record(&stage.page_us, started);
        let mut counts = locked(&stage.counts);
        counts.pages += 1;
        if answer.status != 200 && answer.status != 503 {
            counts
                .problems
                .push(format!("GET {path}: status {}", answer.status));
        }
    }
}

fn agent(shopper: &Shopper) -> &'static str {
    if shopper.on_phone { PHONE } else { DESK }
}

/// Buys, asking again under the same key until there is an answer.
async fn buy(stage: &Stage, client: &mut Client, shopper: &Shopper) -> Fate {
    let body = purchase(&stage.shop, shopper, &stage.plan.run).to_string();
    let headers = format!(
        "content-type: application/json\r\nidempotency-key: {}\r\nuser-agent: {}\r\n",
        shopper.key,
        agent(shopper)
    );
    let ask = Ask {
        method: "POST",
        path: "/api/v1/buy-now",
        headers: &headers,
        body: body.as_bytes(),
    };
    let started = Instant::now();
    let second = match shopper.mishap {
        Mishap::None => None,
        Mishap::LostReply(ms) => {
            let mut hasty = Client::new(stage.target.clone());
            // The reply is lost: whatever came of it, the shopper does not know.
            drop(tokio::time::timeout(Duration::from_millis(ms), hasty.ask(&ask)).await);
            locked(&stage.counts).repeated += 1;
            None
        }
        Mishap::DoubleClick => {
            locked(&stage.counts).repeated += 1;
            let mut other = Client::new(stage.target.clone());
            Some(async move { insist(stage, &mut other, &ask).await })
        }
    };
    let ask = Ask {
        method: "POST",
        path: "/api/v1/buy-now",
        headers: &headers,
        body: body.as_bytes(),
    };
    let fate = match second {
        None => insist(stage, client, &ask).await,
        Some(second) => {
            let (one, two) = tokio::join!(insist(stage, client, &ask), second);
            same(stage, shopper, one, two)
        }
    };
    if matches!(fate, Fate::Bought { .. }) {
        record(&stage.order_us, started);
    }
    fate
}

/// Both clicks must have led to the same order, or both to none.
fn same(stage: &Stage, shopper: &Shopper, one: Fate, two: Fate) -> Fate {
    let group = |fate: &Fate| match fate {
        Fate::Bought { group, .. } => Some(group.clone()),
        _ => None,
    };
    match (group(&one), group(&two)) {
        (Some(a), Some(b)) if a != b => {
            let problem = format!("one key, two groups: {} gave {a} and {b}", shopper.key);
            locked(&stage.counts).problems.push(problem);
            one
        }
        (None, Some(_)) => two,
        _ => one,
    }
}

async fn insist(stage: &Stage, client: &mut Client, ask: &Ask<'_>) -> Fate {
    let mut pause = Duration::from_millis(100);
    for _ in 0..ATTEMPTS_MAX {
        match client.ask(ask).await {
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                let wished = answer.retry_after_s.map(Duration::from_secs);
                tokio::time::sleep(wished.unwrap_or(pause).min(PAUSE_MAX)).await;
            }
            Ok(answer) => return judge(stage, ask, &answer),
            Err(_) => {
                client.hang_up();
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
        locked(&stage.counts).repeated += 1;
    }
    Fate::Lost
}

fn judge(stage: &Stage, ask: &Ask<'_>, answer: &Answer) -> Fate {
    let json = answer.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    if answer.status == 201 {
        let orders = json["orders"].as_array().map_or(&[][..], Vec::as_slice);
        return Fate::Bought {
            group: text(&json["group"]),
            orders: orders.iter().map(|o| text(&o["id"])).collect(),
            confirmed: json["state"] == "confirmed",
        };
    }
    if answer.status >= 500 {
        let body = String::from_utf8_lossy(&answer.body);
        let problem = format!("POST {}: status {}: {body}", ask.path, answer.status);
        locked(&stage.counts).problems.push(problem);
    }
    Fate::Refused(text(&json["error"]["code"]))
}

fn purchase(shop: &Shop, shopper: &Shopper, run: &str) -> Value {
    let lines: Vec<Value> = shopper
        .lines
        .iter()
        .map(|&(article, pieces)| json!({"variant": shop.articles[article].variant, "quantity": pieces}))
        .collect();
    let name = shopper.name(run);
    let delivery = match shopper.pickup {
        Some(pickup) => json!({"pickup": shop.places[shop.pickups[pickup]].id}),
        None => json!({"ship": shop.rate}),
    };
    json!({
        "lines": lines,
        "buyer": {"first_name": "Festival", "last_name": name, "email": format!("{name}@festival.example")},
        "destination": {
            "first_name": "Festival", "last_name": name, "street": "Marktstraße 11",
            "postal_code": "10115", "city": "Berlin", "country": shop.country,
        },
        "delivery": delivery,
        "payment": {"provider": {"name": shop.provider, "token": shopper.token}},
        "device": if shopper.on_phone { "phone" } else { "desktop" },
    })
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
