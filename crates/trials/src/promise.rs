//! Promises: how fast they are given on a large network, and how good quotes were on a history.

mod backtest;

use crate::{Length, row::Row};
use logistics::promise::generate::{Scale, network};
use logistics::promise::{
    Closed, Closure, Curves, DAY_S, Lanes, Load, Network, Parcel, Promise, Question, Step, check,
};
use std::hint::black_box;
use std::time::Instant;

pub use backtest::backtest;

const REFERENCE: &str = "time-expanded Dijkstra for the ride alone";
/// 2026-11-02, a Monday.
const FIRST_DAY: i32 = 20_759;
/// Questions are asked within the first days, so that the timetable's end plays no part.
const ASKED_DAYS: u64 = 14;
/// Orders that have taken room before, where runs are full.
const ORDERS_TAKEN: usize = 2_000;

fn scale(capacity: u32) -> Scale {
    Scale {
        seed: 1,
        hubs: 30,
        locations: 24,
        lines: 400,
        zones: 3_000,
        capacity,
        first_day: FIRST_DAY,
        days: 45,
    }
}

/// A question with its one parcel.
struct Asked {
    at_s: i64,
    zone: u32,
    parcel: [Parcel; 1],
}

impl Asked {
    fn question(&self) -> Question<'_> {
        Question {
            at_s: self.at_s,
            zone: self.zone,
            parcels: &self.parcel,
        }
    }
}

// A stream that is the same each time: a linear congruence with the multiplier of Knuth's MMIX.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn questions(scale: &Scale, count: usize) -> Vec<Asked> {
    let mut draws = Draws(scale.seed);
    let mut one = || Asked {
        at_s: i64::from(scale.first_day) * DAY_S + draws.below(ASKED_DAYS * 86_400) as i64,
        zone: draws.below(scale.zones as u64) as u32,
        parcel: [Parcel {
            location: draws.below(scale.locations as u64) as u32,
            weight_grams: draws.below(20_000) as u32,
        }],
    };
    (0..count).map(|_| one()).collect()
}

// A lane in ten has been seen, each parcel taking what the lane usually takes, or up to twice as long.
fn curves(scale: &Scale, input: &logistics::promise::Input) -> Result<Curves, String> {
    let places = 0..(scale.locations + scale.hubs) as u32;
    let hubs = input.zones.iter().map(|zone| zone.hub);
    let end_s = i64::from(scale.first_day) * DAY_S;
    let mut lanes = Lanes::new(places.collect(), hubs.collect(), end_s);
    let mut draws = Draws(7);
    for lane in 0..scale.locations * scale.zones / 10 {
        let (from, to) = (lane % scale.locations, draws.below(scale.zones as u64));
        let usual_s = 40_000 + draws.below(200_000) as i64;
        for _ in 0..20 {
            let handed_s = end_s - draws.below(100 * 86_400) as i64 - 400_000;
            let takes_s = usual_s + draws.below(usual_s as u64) as i64;
            lanes
                .learn((from as u32, to as u32), handed_s, handed_s + takes_s)
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(Curves::new(&lanes))
}

/// Answers a second on a network of 30 hubs, 400 lines, 24 locations and 3,000 zones, with room everywhere and with runs
/// that are full, and how long building the network takes, for each night and each closure.
pub fn measure(length: Length) -> Result<Vec<Row>, String> {
    let count = match length {
        Length::Full => 200_000,
        Length::Quick => 5_000,
    };
    let mut rows = Vec::new();
    for (name, capacity, taken) in [("promise", 0, 0), ("promise, runs full", 40, ORDERS_TAKEN)] {
        let scale = scale(capacity);
        let input = network(&scale);
        let curves = curves(&scale, &input)?;
        let (network, build_ms) = build(&input)?;
        let asked = questions(&scale, count + taken);
        let mut load = Load::new(&network);
        let full = fill(&network, &curves, &mut load, &asked[count..])?;
        if taken > 0 {
            eprintln!("  {full} runs and tours are full");
        }
        let asked = &asked[..count];
        let (mut micros, per_second) = time(network_asks(&network, &load, &curves), asked);
        micros.sort_unstable_by(f64::total_cmp);
        let at = |share: usize| micros[micros.len() * share / 100];
        let reference = reference(&network, &load, &curves, &asked[..count / 40])?;
        rows.push(Row {
            name: name.to_owned(),
            value: per_second,
            unit: "answers/s",
            reference: REFERENCE,
            reference_value: reference,
            further: vec![
                ("p50_us", at(50)),
                ("p99_us", at(99)),
                ("rebuild_ms", build_ms),
            ],
        });
    }
    Ok(rows)
}

// Builds it as each night does, and once more as when a hub is closed for a day; how long the slower of the two took.
fn build(input: &logistics::promise::Input) -> Result<(Network, f64), String> {
    let timed = |input: logistics::promise::Input| {
        let start = Instant::now();
        let network = Network::new(input).map_err(|error| error.to_string())?;
        Ok::<_, String>((network, start.elapsed().as_secs_f64() * 1_000.0))
    };
    let mut closed = input.clone();
    closed.closures.push(Closure {
        what: Closed::Place(input.zones[0].hub),
        from_s: i64::from(input.first_day + 2) * DAY_S,
        until_s: i64::from(input.first_day + 3) * DAY_S,
    });
    let (_, closed_ms) = timed(closed)?;
    let (network, open_ms) = timed(input.clone())?;
    eprintln!(
        "  {} runs, {} departures in profiles",
        network.runs(),
        network.profile_entries()
    );
    Ok((network, open_ms.max(closed_ms)))
}

// Takes room for orders as they come; how many seats had no room left in the end.
fn fill(
    network: &Network,
    curves: &Curves,
    load: &mut Load,
    asked: &[Asked],
) -> Result<usize, String> {
    let mut seats = std::collections::BTreeSet::new();
    for asked in asked {
        // Who cannot be promised anything any more does not order.
        if let Ok(promise) = network.promise(load, curves, &asked.question()) {
            let taken = promise.seats();
            load.take(network, &taken)
                .map_err(|error| error.to_string())?;
            seats.extend(taken);
        }
    }
    let left = |seat| load.left(network, seat).map_err(|error| error.to_string());
    let mut full = 0;
    for seat in seats {
        full += usize::from(left(seat)? == 0);
    }
    Ok(full)
}

fn network_asks<'a>(
    network: &'a Network,
    load: &'a Load,
    curves: &'a Curves,
) -> impl Fn(&Asked) -> Option<Promise> + 'a {
    |asked| network.promise(load, curves, &asked.question()).ok()
}

// Microseconds of each, and how many a second without the clock in between.
fn time(ask: impl Fn(&Asked) -> Option<Promise>, asked: &[Asked]) -> (Vec<f64>, f64) {
    let start = Instant::now();
    for asked in asked {
        black_box(ask(asked));
    }
    let per_second = asked.len() as f64 / start.elapsed().as_secs_f64();
    let one = |asked| {
        let start = Instant::now();
        black_box(ask(asked));
        start.elapsed().as_secs_f64() * 1e6
    };
    (asked.iter().map(one).collect(), per_second)
}

// Dijkstra's rides a second, one for each question, from the moment that the parcel is ready to its hub. They arrive when
// ours do.
fn reference(
    network: &Network,
    load: &Load,
    curves: &Curves,
    asked: &[Asked],
) -> Result<f64, String> {
    let ask = network_asks(network, load, curves);
    let mut rides = Vec::new();
    for asked in asked {
        let Some(promise) = ask(asked) else { continue };
        let legs = &promise.parts[0].legs;
        let hub = network.input().zones[asked.zone as usize].hub;
        let ready = legs
            .iter()
            .find(|leg| matches!(leg.step, Step::Prepare { .. }));
        let arrived = legs
            .iter()
            .rev()
            .find(|leg| matches!(leg.step, Step::Ride(_)));
        if let Some((ready, arrived)) = ready.zip(arrived) {
            rides.push((asked.parcel[0].location, hub, ready.end_s, arrived.end_s));
        }
    }
    let start = Instant::now();
    for (location, hub, ready_s, arrived_s) in &rides {
        let found = check::arrival_s(network, load, (*location, *hub), *ready_s);
        if found != Some(*arrived_s) {
            return Err(format!(
                "from place {location} to hub {hub}: {arrived_s}, Dijkstra says {found:?}"
            ));
        }
    }
    Ok(rides.len() as f64 / start.elapsed().as_secs_f64())
}
