//! More than can be served: the shop's capacity is found in a closed loop, then shares and multiples of it
//! are offered in an open loop. Good answers, answers that send away, and failures on our own side of the
//! wire are told apart.

use crate::client::Target;
use crate::load::{
    Arrivals, Hold, Load, Percentiles, Scenario, Step, Tally, Template, drive, usage,
};
use crate::shop::{Office, Shop, Token};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What is offered, as multiples of the capacity.
pub const FACTORS: [f64; 6] = [0.5, 1.0, 1.5, 2.0, 3.0, 5.0];
/// The shop keeps its promise when the last of them brings this share of the best goodput.
pub const KEPT_SHARE: f64 = 0.9;
/// An order acknowledged later than this after it was wanted is no good answer: the shopper has left.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that are tried to find the capacity: few leave the writer waiting, many make it wait.
const CLOSED_CONNECTIONS: [usize; 3] = [128, 512, 2_048];
/// Articles that are bought, and how many pieces there are of each.
const ARTICLES: usize = 50;
const PIECES: i64 = 1_000_000;
/// Between two loads, so that what waits in queues is gone.
const PAUSE: Duration = Duration::from_secs(2);

/// What is wanted.
#[derive(Debug, Clone)]
pub struct OverloadOptions {
    /// `http://host:port` of the shop.
    pub url: String,
    /// What opens the operator's interface.
    pub token: Token,
    /// How long each load lasts.
    pub length: Duration,
    /// Connections in the open loop.
    pub connections: usize,
    /// The random arrivals.
    pub seed: u64,
}

/// What came of one load.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// As a multiple of the capacity.
    pub factor: f64,
    /// Orders wanted per second.
    pub offered_per_s: f64,
    /// Orders acknowledged within the shopper's patience, per second.
    pub good_per_s: f64,
    /// All acknowledged orders, also late ones, per second.
    pub acknowledged_per_s: f64,
    /// Requests sent away with 429 or 503, per second.
    pub shed_per_s: f64,
    /// Of the requests sent away, how many were told to come back after how many seconds.
    pub retry_after_s: BTreeMap<u32, u64>,
    /// Requests sent away without being told when to come back.
    pub shed_without_word: u64,
    /// Other answers than these, by status.
    pub refused: BTreeMap<u16, u64>,
    /// Connections that broke, and answers that did not come: failures seen by the client.
    pub broken: u64,
    /// Requests that the generator could not send: no connection was free for half a second.
    pub unsent: u64,
    /// Of acknowledged orders, from the moment they were wanted.
    pub latency: Percentiles,
    /// Of answers that send away.
    pub shed_latency: Percentiles,
    /// Processors that the server kept busy, if that could be seen.
    pub server_cores: Option<f64>,
    /// Processors that this generator kept busy.
    pub own_cores: Option<f64>,
    /// The first unexpected answer or failure.
    pub sample: Option<String>,
}

/// The goodput over the offered load.
#[derive(Debug, Clone, Serialize)]
pub struct Overload {
    /// Orders per second in a closed loop.
    pub capacity_per_s: f64,
    /// Connections of that loop: of those that were tried, the best.
    pub closed_connections: usize,
    /// Latencies in that loop.
    pub closed: Percentiles,
    /// How long each load lasted, in seconds.
    pub seconds: f64,
    /// Connections in the open loop.
    pub connections: usize,
    /// The loads, in rising order.
    pub points: Vec<Point>,
}

impl Overload {
    /// The best goodput of all loads, in orders per second.
    pub fn best_per_s(&self) -> f64 {
        let all = self.points.iter().map(|p| p.good_per_s);
        all.fold(0.0, f64::max)
    }

    /// The goodput of the heaviest load as a share of the best.
    pub fn kept(&self) -> f64 {
        let last = self.points.last().map_or(0.0, |p| p.good_per_s);
        last / self.best_per_s().max(f64::EPSILON)
    }

    /// Whether the shop keeps serving its capacity.
    pub fn is_flat(&self) -> bool {
        self.kept() >= KEPT_SHARE
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!(
            "capacity          {:.0} orders/s in a closed loop of {} connections, p99 {:.1} ms\n\
             load   offered/s   good/s   shed/s  broken  unsent    p50 ms    p99 ms  shed p99  cores: server  load\n",
            self.capacity_per_s, self.closed_connections, self.closed.p99_ms
        );
        let cores = |cores: Option<f64>| cores.map_or("-".to_string(), |c| format!("{c:.2}"));
        for p in &self.points {
            text += &format!(
                "{:>3.1}× {:>11.0} {:>8.0} {:>8.0} {:>7} {:>7} {:>9.1} {:>9.1} {:>9.1} {:>14} {:>5}\n",
                p.factor,
                p.offered_per_s,
                p.good_per_s,
                p.shed_per_s,
                p.broken,
                p.unsent,
                p.latency.p50_ms,
                p.latency.p99_ms,
                p.shed_latency.p99_ms,
                cores(p.server_cores),
                cores(p.own_cores),
            );
            if let Some(sample) = &p.sample {
                text += &format!("      first failure: {sample}\n");
            }
        }
        text + &format!(
            "goodput           at {:.1}× it is {:.0} % of the best: {}\n",
            FACTORS[FACTORS.len() - 1],
            self.kept() * 100.0,
            if self.is_flat() {
                "flat"
            } else {
                "it falls, and must not"
            }
        )
    }
}

/// Finds the capacity and goes beyond it.
///
/// # Errors
/// When the shop cannot be read, takes real money or does not sell.
pub async fn overload(options: &OverloadOptions) -> Result<Overload, String> {
    let target = Target::parse(&options.url)?;
    let mut office = Office::new(target.clone(), options.token.clone());
    let shop = Shop::read(&mut office).await?;
    let articles = shop.stock_up(&mut office, ARTICLES, PIECES).await?;
    let address = address(&target)?;
    let mut load = Load {
        address,
        scenario: Arc::new(scenario(&target, &shop, &articles, Payment::OnAccount)?),
        connections: 1,
        length: Duration::from_millis(200),
        promised: PATIENCE,
        numbers: Arc::default(),
    };
    // A shop that sells on account needs no provider: then the shop alone is measured.
    let first = in_thread(&load, Arrivals::Closed).await?;
    if first.done == 0 {
        load.scenario = Arc::new(scenario(&target, &shop, &articles, Payment::Card)?);
    }
    load.length = options.length / 2;
    let (closed_connections, closed) = capacity(&mut load).await?;
    let mut overload = Overload {
        capacity_per_s: closed.per_second(),
        closed_connections,
        closed: Percentiles::of(&closed.done_us),
        seconds: options.length.as_secs_f64(),
        connections: options.connections,
        points: Vec::new(),
    };
    load.connections = options.connections;
    load.length = options.length;
    for factor in FACTORS {
        tokio::time::sleep(PAUSE).await;
        let arrivals = Arrivals::Open {
            per_second: overload.capacity_per_s * factor,
            seed: options.seed,
        };
        let pid = options.token.pid();
        let cpu = || pid.and_then(usage::cpu_seconds);
        // The server works on what is in its queues after the last request was sent.
        let (began, before) = (Instant::now(), cpu());
        let tally = in_thread(&load, arrivals).await?;
        let took = began.elapsed().as_secs_f64().max(f64::EPSILON);
        let server = cpu().zip(before);
        let server = server.map(|(after, before)| (after - before) / took);
        let point = point(factor, tally, server);
        eprintln!(
            "{factor}×: {:.0} offered, {:.0} good, {:.0} shed per second",
            point.offered_per_s, point.good_per_s, point.shed_per_s
        );
        overload.points.push(point);
    }
    Ok(overload)
}

/// The best rate of a closed loop, and with how many connections it was.
async fn capacity(load: &mut Load) -> Result<(usize, Tally), String> {
    let mut best: Option<(usize, Tally)> = None;
    for connections in CLOSED_CONNECTIONS {
        load.connections = connections;
        let closed = in_thread(load, Arrivals::Closed).await?;
        let rate = closed.per_second();
        eprintln!("{connections} connections in a closed loop: {rate:.0} orders/s");
        if best.as_ref().is_none_or(|(_, b)| b.per_second() < rate) {
            best = Some((connections, closed));
        }
    }
    let (connections, closed) = best.ok_or("nothing was tried")?;
    let wrong = closed.refused.values().sum::<u64>() + closed.broken;
    if closed.done == 0 || wrong > closed.done / 100 {
        let sample = closed.sample.as_deref().unwrap_or("no answer");
        return Err(format!("the shop does not sell: {sample}"));
    }
    Ok((connections, closed))
}

fn address(target: &Target) -> Result<SocketAddr, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", target.authority);
    let mut found = target.authority.to_socket_addrs().map_err(failed)?;
    found
        .next()
        .ok_or_else(|| format!("{} is nowhere", target.authority))
}

/// The generator has a thread and a runtime of its own.
async fn in_thread(load: &Load, arrivals: Arrivals) -> Result<Tally, String> {
    let load = load.clone();
    let driven = tokio::task::spawn_blocking(move || drive(&load, arrivals));
    driven.await.map_err(|e| e.to_string())?
}

fn point(factor: f64, tally: Tally, server_cores: Option<f64>) -> Point {
    let rate = |count: u64| count as f64 / tally.seconds.max(f64::EPSILON);
    let told: u64 = tally.retry_after_s.values().sum();
    Point {
        factor,
        offered_per_s: rate(tally.offered),
        good_per_s: tally.good_per_second(),
        acknowledged_per_s: tally.per_second(),
        shed_per_s: rate(tally.shed),
        shed_without_word: tally.shed - told,
        latency: Percentiles::of(&tally.done_us),
        shed_latency: Percentiles::of(&tally.shed_us),
        server_cores,
        own_cores: tally.own_cores(),
        retry_after_s: tally.retry_after_s,
        refused: tally.refused,
        broken: tally.broken,
        unsent: tally.unsent,
        sample: tally.sample,
    }
}

#[derive(Debug, Clone, Copy)]
enum Payment {
    OnAccount,
    Card,
}

fn scenario(
    target: &Target,
    shop: &Shop,
    articles: &[usize],
    payment: Payment,
) -> Result<Scenario, String> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let run = since.map_or(0, |d| d.as_nanos());
    let payment: Value = match payment {
        Payment::OnAccount => json!({"on_account": {}}),
        Payment::Card => json!({"provider": {"name": shop.provider, "token": "tok_success"}}),
    };
    let body = json!({
        "lines": [{"variant": "{choice}", "quantity": 1}],
        "buyer": {
            "first_name": "Overload", "last_name": "Shopper",
            "email": "overload{number}@festival.example",
        },
        "destination": {
            "first_name": "Overload", "last_name": "Shopper", "street": "Marktstraße 11",
            "postal_code": "10115", "city": "Berlin", "country": shop.country,
        },
        "delivery": {"ship": shop.rate},
        "payment": payment,
        "device": "phone",
    });
    let headers = format!(
        "content-type: application/json\r\nidempotency-key: overload-{run}-{{number}}\r\nx-forwarded-for: {{client}}\r\n"
    );
    let choices: Vec<String> = articles
        .iter()
        .map(|&index| shop.articles[index].variant.clone())
        .collect();
    let length = choices.first().map_or(0, String::len);
    let template = Template::new(
        "POST /api/v1/buy-now",
        &target.authority,
        &headers,
        &body.to_string(),
        length,
    )?;
    let step = Step {
        template,
        expected: 201,
        hold: Hold::Text("\"state\":\"confirmed\""),
    };
    Ok(Scenario {
        steps: vec![step],
        choices,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(good: &[f64]) -> Overload {
        let point = |(at, &good_per_s): (usize, &f64)| Point {
            factor: FACTORS[at],
            offered_per_s: 0.0,
            good_per_s,
            acknowledged_per_s: good_per_s,
            shed_per_s: 0.0,
            retry_after_s: BTreeMap::new(),
            shed_without_word: 0,
            refused: BTreeMap::new(),
            broken: 0,
            unsent: 0,
            latency: Percentiles::default(),
            shed_latency: Percentiles::default(),
            server_cores: None,
            own_cores: None,
            sample: None,
        };
        Overload {
            capacity_per_s: 100.0,
            closed_connections: 1,
            closed: Percentiles::default(),
            seconds: 1.0,
            connections: 1,
            points: good.iter().enumerate().map(point).collect(),
        }
    }

    #[test]
    fn the_curve_is_flat_when_the_heaviest_load_keeps_nine_tenths() {
        assert!(curve(&[50.0, 98.0, 100.0, 99.0, 95.0, 90.0]).is_flat());
        assert!(!curve(&[50.0, 98.0, 100.0, 99.0, 95.0, 89.0]).is_flat());
        let text = curve(&[50.0, 100.0, 100.0, 100.0, 100.0, 40.0]).text();
        assert!(text.contains("40 % of the best: it falls"), "{text}");
    }
}
