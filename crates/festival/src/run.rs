//! The day: shoppers come when the curve says so, whatever the shop does, and each does what was planned.

use crate::client::{Ask, Client, Target};
use crate::counter::{Afterlife, Counter};
use crate::curve::Hours;
use crate::plan::{Shopper, Way};
use crate::shop::{Shop, Token};
use crate::timeline::{Course, Event, Timeline};
use crate::{app, counter, event, timeline, web};
use hdrhistogram::Histogram;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

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
    /// Which part of the day is played.
    pub hours: Hours,
    /// How long playing it takes.
    pub day: Duration,
    /// When no further shopper begins.
    pub limit: Duration,
    /// Hands in the operator's office that ship, cancel and take back.
    pub hands: usize,
    /// The run's random choices.
    pub seed: u64,
    /// Names the run.
    pub run: String,
    /// The sale event in the middle of it.
    pub event: Option<Arc<event::Event>>,
    /// Whether orders are brought to the doorstep afterwards: then nobody in the office ships them.
    pub doorstep: bool,
}

impl DayPlan {
    /// What the shopper with this number does: one of the day, or one who comes for the event.
    pub(crate) fn shopper(&self, shop: &Shop, number: u64) -> Shopper {
        let visitor = self.event.as_ref().and_then(|e| e.visitor(number));
        match visitor {
            Some(visitor) => visitor.shopper.clone(),
            None => Shopper::plan(shop, self.seed, &self.run, number),
        }
    }
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
    draws: Vec<event::Draws>,
}

/// What the day was.
#[derive(Debug)]
pub struct Day {
    /// What became of each shopper who began, by number.
    pub fates: BTreeMap<u64, Fate>,
    /// What the office did with the orders of shoppers, by their number.
    pub afterlives: BTreeMap<u64, Afterlife>,
    /// What must not happen and was seen on the way: server errors, two groups under one key.
    pub problems: Vec<String>,
    /// Pages looked at.
    pub pages: u64,
    /// Requests that were sent once more: lost replies, double clicks, turned away.
    pub repeated: u64,
    /// From the first shopper to the last answer.
    pub took: Duration,
    /// From the moment the shopper wanted it to the acknowledgement, in microseconds.
    pub order_us: Histogram<u64>,
    /// The same of the orders that were wanted in the event's first second.
    pub rush_us: Histogram<u64>,
    /// Product pages, in microseconds.
    pub page_us: Histogram<u64>,
    /// The course of the day.
    pub course: Course,
    /// What was seen of the event's limits.
    pub(crate) seen: event::Seen,
    /// What came of members' tries to draw red packets, in their order.
    pub(crate) draws: Vec<event::Draws>,
}

#[cfg(test)]
impl Day {
    /// A day on which nobody came.
    pub fn empty() -> Self {
        let histogram = || Histogram::new(3).expect("fit bounds");
        Self {
            fates: BTreeMap::new(),
            afterlives: BTreeMap::new(),
            problems: Vec::new(),
            pages: 0,
            repeated: 0,
            took: Duration::ZERO,
            order_us: histogram(),
            rush_us: histogram(),
            page_us: histogram(),
            course: Course::empty(),
            seen: event::Seen::default(),
            draws: Vec::new(),
        }
    }
}

/// What all shoppers of a day share.
pub(crate) struct Stage {
    /// How the day is to be.
    pub plan: DayPlan,
    /// The shop at the start.
    pub shop: Arc<Shop>,
    /// Where it is.
    pub target: Target,
    /// One for each connection.
    seats: Semaphore,
    idle: Mutex<Vec<Client>>,
    began: Instant,
    counts: Mutex<Counts>,
    order_us: Mutex<Histogram<u64>>,
    rush_us: Mutex<Histogram<u64>>,
    page_us: Mutex<Histogram<u64>>,
    timeline: Mutex<Timeline>,
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

    /// An order was acknowledged that was wanted at `since`.
    pub fn acknowledged(&self, since: Instant) {
        record(&self.order_us, since);
        let event = self.plan.event.as_ref();
        let rush = event.map(|e| e.begins..e.begins + event::RUSH);
        if rush.is_some_and(|rush| rush.contains(&since)) {
            record(&self.rush_us, since);
        }
        self.happened(Event::Order(since.elapsed()));
    }

    /// A page was answered that was wanted at `since`.
    pub fn page(&self, since: Instant) {
        record(&self.page_us, since);
        locked(&self.counts).pages += 1;
        self.happened(Event::Page);
    }

    /// Something happened now.
    pub fn happened(&self, event: Event) {
        locked(&self.timeline).add(self.began.elapsed(), event);
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn record(histogram: &Mutex<Histogram<u64>>, since: Instant) {
    let us = u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX);
    locked(histogram).saturating_record(us.max(1));
}

/// Lets the day pass. `token` opens the office.
///
/// # Errors
/// When a shopper's task dies, which is a bug.
pub async fn run(
    plan: DayPlan,
    shop: Arc<Shop>,
    target: Target,
    token: &Token,
) -> Result<Day, String> {
    let histogram = || Histogram::new_with_bounds(1, 600_000_000, 3).expect("fit bounds");
    if let Some(event) = &plan.event {
        tokio::time::sleep_until(event.day_begins.into()).await;
    }
    let stage = Arc::new(Stage {
        shop,
        target,
        seats: Semaphore::new(plan.connections),
        idle: Mutex::default(),
        began: Instant::now(),
        counts: Mutex::default(),
        order_us: Mutex::new(histogram()),
        rush_us: Mutex::new(histogram()),
        page_us: Mutex::new(histogram()),
        timeline: Mutex::new(Timeline::new(plan.day)),
        plan,
    });
    let progress = tokio::spawn(progress(stage.clone()));
    let watch = timeline::Watch::new(stage.target.clone(), token.clone(), &stage.shop);
    let seen = watch.begin(stage.began);
    let counter = Counter::open(&stage, token);
    let looking = stage.plan.event.clone();
    let looking = looking.map(|event| event::Watch::begin(event, &stage.target, token));
    let (came, stormed) = tokio::join!(arrivals(&stage, &counter), crowd(&stage, &counter));
    came.and(stormed)?;
    let shopped = stage.began.elapsed();
    let afterlives = counter.close().await?;
    progress.abort();
    let samples = seen.end();
    let counts = std::mem::take(&mut *locked(&stage.counts));
    let order_us = locked(&stage.order_us).clone();
    let rush_us = locked(&stage.rush_us).clone();
    let page_us = locked(&stage.page_us).clone();
    let course = locked(&stage.timeline).course(stage.plan.hours, stage.plan.shoppers);
    Ok(Day {
        fates: counts.fates,
        afterlives,
        problems: counts.problems,
        draws: counts.draws,
        pages: counts.pages,
        repeated: counts.repeated,
        took: shopped,
        order_us,
        rush_us,
        page_us,
        course: Course { samples, ..course },
        seen: looking.map_or_else(event::Seen::default, event::Watch::end),
    })
}

/// Sends in who comes for the event, each at their moment.
async fn crowd(stage: &Arc<Stage>, counter: &Counter) -> Result<(), String> {
    let Some(event) = &stage.plan.event else {
        return Ok(());
    };
    let mut inside = JoinSet::new();
    for visitor in &event.crowd {
        let due = match visitor.turn {
            event::Turn::Before(early) => event.begins.checked_sub(early).unwrap_or(event.begins),
            event::Turn::After(late) => event.begins + late,
        };
        let (stage, orders) = (stage.clone(), counter.sender());
        let shopper = visitor.shopper.clone();
        inside.spawn(async move {
            tokio::time::sleep_until(due.into()).await;
            let mut client = Client::new(stage.target.clone());
            let fate = match shopper.way {
                Way::App => app::buy(&stage, &mut client, &shopper, due).await,
                Way::Web => web::buy(&stage, &mut client, &shopper, due).await,
            };
            left(&stage, &orders, &shopper, fate);
        });
    }
    let drawn = event.draw(stage).await?;
    locked(&stage.counts).draws = drawn;
    while let Some(gone) = inside.join_next().await {
        gone.map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// Sends each shopper in at their moment: a Poisson process on the day's curve. Nobody waits for anybody.
async fn arrivals(stage: &Arc<Stage>, counter: &Counter) -> Result<(), String> {
    let plan = &stage.plan;
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let mut share = 0.0;
    let mut inside = JoinSet::new();
    for number in 0..plan.shoppers {
        let gap: f64 = rng.random();
        share += -(1.0 - gap).ln() / plan.shoppers as f64;
        let due = stage.began + plan.day.mul_f64(plan.hours.arrival(share));
        tokio::time::sleep_until(due.into()).await;
        if stage.began.elapsed() >= plan.limit {
            break;
        }
        inside.spawn(visit(stage.clone(), counter.sender(), number, due));
        while let Some(left) = inside.try_join_next() {
            left.map_err(|e| e.to_string())?;
        }
    }
    while let Some(left) = inside.join_next().await {
        left.map_err(|e| e.to_string())?;
    }
    Ok(())
}

async fn visit(stage: Arc<Stage>, orders: counter::Sender, number: u64, due: Instant) {
    let Ok(_seat) = stage.seats.acquire().await else {
        return;
    };
    if stage.began.elapsed() >= stage.plan.limit {
        return;
    }
    let idle = locked(&stage.idle).pop();
    let mut client = idle.unwrap_or_else(|| Client::new(stage.target.clone()));
    client.come_in();
    let shopper = Shopper::plan(&stage.shop, stage.plan.seed, &stage.plan.run, number);
    let mut since = due;
    // A shopper on the web comes by the product's page anyway.
    if shopper.browses && shopper.way == Way::App {
        browse(&stage, &mut client, &shopper, since).await;
        since = Instant::now();
    }
    let fate = match shopper.way {
        Way::App => app::buy(&stage, &mut client, &shopper, since).await,
        Way::Web => web::buy(&stage, &mut client, &shopper, since).await,
    };
    locked(&stage.idle).push(client);
    left(&stage, &orders, &shopper, fate);
}

/// What became of a shopper.
fn left(stage: &Stage, orders: &counter::Sender, shopper: &Shopper, fate: Fate) {
    if let Fate::Refused(code) = &fate {
        stage.happened(Event::Refused(code.clone()));
    }
    counter::hand_in(stage, orders, shopper, &fate);
    let mut counts = locked(&stage.counts);
    match &fate {
        Fate::Bought { .. } | Fate::GaveUp => counts.orders += 1,
        Fate::Refused(code) => *counts.refused.entry(code.clone()).or_default() += 1,
        Fate::Lost => *counts.refused.entry("no_answer".to_string()).or_default() += 1,
    }
    counts.fates.insert(shopper.number, fate);
}

async fn browse(stage: &Stage, client: &mut Client, shopper: &Shopper, since: Instant) {
    let path = format!("/p/{}", stage.shop.articles[shopper.lines[0].0].handle);
    let headers = browser(shopper);
    let ask = Ask {
        method: "GET",
        path: &path,
        headers: &headers,
        body: &[],
    };
    // A page that does not come is no order lost: the shopper goes on.
    if let Ok(answer) = client.ask(&ask).await {
        stage.page(since);
        if answer.status != 200 && answer.status != 503 && answer.status != 429 {
            stage.problem(format!("GET {path}: status {}", answer.status));
        }
    }
}

/// The header lines that every request of a shopper's device has. The address counts where the shop
/// trusts this machine as a proxy: else all shoppers are one client.
pub(crate) fn browser(shopper: &Shopper) -> String {
    let agent = if shopper.on_phone { PHONE } else { DESK };
    let [.., b, c, d] = shopper.number.to_be_bytes();
    format!("user-agent: {agent}\r\nx-forwarded-for: 10.{b}.{c}.{d}\r\n")
}

async fn progress(stage: Arc<Stage>) {
    let mut last = 0;
    loop {
        tokio::time::sleep(PROGRESS).await;
        let counts = locked(&stage.counts);
        let done = counts.fates.len() as u64;
        // Who comes for the event alone is nobody of the day's plan.
        let crowd = counts.fates.range(event::CROWD_FROM..).count() as u64;
        let beside = if crowd == 0 {
            String::new()
        } else {
            format!(" and {crowd} for the event")
        };
        let rate = (done - last) as f64 / PROGRESS.as_secs_f64();
        last = done;
        let left = stage.plan.day.saturating_sub(stage.began.elapsed());
        let refused: Vec<String> = counts
            .refused
            .iter()
            .map(|(code, n)| format!("{code} {n}"))
            .collect();
        eprintln!(
            "{}/{} shoppers{beside}, {} orders, {rate:.0}/s, the day has {} s left; {}",
            done - crowd,
            stage.plan.shoppers,
            counts.orders,
            left.as_secs(),
            if refused.is_empty() {
                "nobody refused".to_string()
            } else {
                refused.join(", ")
            }
        );
    }
}
