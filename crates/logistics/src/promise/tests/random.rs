//! Networks that are made up, held against plain search: ways against Dijkstra, the last moment of an answer against the
//! moments around it, and each answer against the timetable.

use super::MONDAY;
use crate::promise::generate::{Scale, network};
use crate::promise::{
    Cannot, Closed, Closure, Curves, DAY_S, Lanes, Leg, Load, Network, PARCELS_MAX, Parcel,
    Promise, Question, Seat, Step, Table, check,
};
use crate::random::Random;
use alloc::vec::Vec;

const DAYS: u16 = 24;

/// A network, what is taken of it, and what was learned on it; with closures and few seats for odd seeds.
struct World {
    network: Network,
    load: Load,
    curves: Curves,
    random: Random,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random::of(seed, 9);
        let scale = Scale {
            seed,
            hubs: 1 + random.below(6),
            locations: 1 + random.below(4),
            lines: 6 + random.below(30),
            zones: 1 + random.below(20),
            capacity: if seed % 2 == 1 { 3 } else { 0 },
            first_day: MONDAY,
            days: DAYS,
        };
        let mut input = network(&scale);
        for _ in 0..random.below(4) * (seed % 2) as usize {
            let what = match random.below(2) {
                0 => Closed::Line(random.below(input.lines.len()) as u32),
                _ => Closed::Place(random.below(input.places.len()) as u32),
            };
            let from_s = i64::from(MONDAY) * DAY_S + random.below(20 * 86_400) as i64;
            let until_s = from_s + 3_600 + random.below(4 * 86_400) as i64;
            input.closures.push(Closure {
                what,
                from_s,
                until_s,
            });
        }
        let end_s = i64::from(MONDAY) * DAY_S;
        let mut lanes = Lanes::new(
            (0..input.places.len() as u32).collect(),
            input.zones.iter().map(|zone| zone.hub).collect(),
            end_s,
        );
        for _ in 0..random.below(3) * 40 {
            let lane = (
                random.below(scale.locations) as u32,
                random.below(scale.zones) as u32,
            );
            let takes_s = 40_000 + random.below(300_000) as i64;
            lanes.learn(lane, end_s - takes_s, end_s).expect("learned");
        }
        let network = Network::new(input).expect("a network");
        Self {
            load: Load::new(&network),
            curves: Curves::new(&lanes),
            network,
            random,
        }
    }

    fn parcels(&mut self, most: usize) -> Vec<Parcel> {
        let locations = self.network.input().lines.iter().map(|line| line.from);
        let locations: Vec<u32> = locations.collect();
        let random = &mut self.random;
        let count = 1 + random.below(most);
        let parcel = |_| Parcel {
            location: locations[random.below(locations.len())],
            weight_grams: random.below(20_000) as u32,
        };
        (0..count).map(parcel).collect()
    }

    fn moment(&mut self) -> i64 {
        i64::from(MONDAY) * DAY_S + self.random.below(usize::from(DAYS) * 86_400) as i64
    }

    fn zone(&mut self) -> u32 {
        self.random.below(self.network.input().zones.len()) as u32
    }

    fn ask(&self, question: &Question<'_>) -> Result<Promise, Cannot> {
        self.network.promise(&self.load, &self.curves, question)
    }

    /// When nine of ten orders would be ready that are placed then.
    fn ready_s(&self, at_s: i64, parcel: &Parcel) -> i64 {
        let location = parcel.location as usize;
        let work = self.network.input().places[location].prepare.p90 * 60;
        let at = self.network.time(at_s).expect("within the timetable");
        let ready = self.network.place_hours(location).done(at, work);
        self.network.instant_s(ready.expect("it opens"))
    }

    /// Takes room for some orders.
    fn fill(&mut self, orders: usize) {
        for _ in 0..orders {
            let (at_s, zone, parcels) = (self.moment(), self.zone(), self.parcels(2));
            let question = Question {
                at_s,
                zone,
                parcels: &parcels,
            };
            if let Ok(promise) = self.ask(&question) {
                let taken = self.load.take(&self.network, &promise.seats());
                taken.expect("there is room for what is promised");
            }
        }
    }
}

#[test]
fn ways_arrive_when_dijkstra_says() {
    let (mut rides, mut none) = (0, 0);
    for seed in 0..60 {
        let mut world = World::new(seed);
        for round in 0..3 {
            for _ in 0..60 {
                let (at_s, zone) = (world.moment(), world.zone());
                let parcels = &world.parcels(1);
                let hub = world.network.input().zones[zone as usize].hub;
                let lane = (parcels[0].location, hub);
                let question = Question {
                    at_s,
                    zone,
                    parcels,
                };
                match world.ask(&question) {
                    Ok(promise) if promise.parts[0].programme.is_none() => {
                        let legs = &promise.parts[0].legs;
                        let ready_s = legs[0].end_s;
                        let arrived_s = arrived(legs);
                        let found = check::arrival_s(&world.network, &world.load, lane, ready_s);
                        assert_eq!(found, Some(arrived_s), "seed {seed}, {question:?}");
                        rides += 1;
                    }
                    Ok(_) => {}
                    Err(Cannot::NoWay { .. } | Cannot::LinesFull { .. }) => {
                        let ready_s = world.ready_s(at_s, &parcels[0]);
                        let found = check::arrival_s(&world.network, &world.load, lane, ready_s);
                        assert_eq!(found, None, "seed {seed}, {question:?}");
                        none += 1;
                    }
                    Err(_) => {}
                }
            }
            world.fill(60 * (round + 1));
        }
    }
    assert!(rides > 4_000 && none > 100, "{rides} rides, {none} without");
}

// At the zone's hub.
fn arrived(legs: &[Leg]) -> i64 {
    let moves = legs
        .iter()
        .rev()
        .find(|leg| matches!(leg.step, Step::Ride(_) | Step::Prepare { .. }));
    moves.expect("a way begins with preparation").end_s
}

#[test]
fn an_answer_holds_until_its_last_moment_and_no_longer() {
    let (mut checked, mut by_programme) = (0, 0);
    for seed in 0..60 {
        let mut world = World::new(seed);
        world.fill(if seed % 2 == 1 { 150 } else { 0 });
        for _ in 0..60 {
            let (at_s, zone, parcels) = (world.moment(), world.zone(), world.parcels(3));
            let question = |at_s| Question {
                at_s,
                zone,
                parcels: &parcels,
            };
            let Ok(promise) = world.ask(&question(at_s)) else {
                continue;
            };
            let last_s = promise.order_before_s;
            assert!(last_s >= at_s);
            let span = (last_s - at_s) as usize + 1;
            let within = at_s + world.random.below(span) as i64;
            for moment_s in [at_s, within, last_s - 1, last_s] {
                let again = world.ask(&question(moment_s.max(at_s))).expect("it holds");
                assert!(says_the_same(&promise, &again), "seed {seed}, {moment_s}");
                assert_eq!(again.order_before_s, last_s, "seed {seed}, {moment_s}");
            }
            let is_end = last_s + 1 == i64::from(MONDAY + i32::from(DAYS)) * DAY_S;
            let after = world.ask(&question(last_s + 1));
            let holds = after.is_ok_and(|after| says_the_same(&promise, &after));
            assert!(is_end || !holds, "seed {seed}: {last_s} is not the last");
            checked += 1;
            by_programme += usize::from(promise.parts[0].programme.is_some());
        }
    }
    assert!(
        checked > 1_500 && by_programme > 20,
        "{checked}, {by_programme}"
    );
}

fn says_the_same(one: &Promise, other: &Promise) -> bool {
    let told = |promise: &Promise| -> Vec<_> {
        let parts = promise.parts.iter();
        parts.map(|part| (part.times, part.programme)).collect()
    };
    one.times == other.times && told(one) == told(other)
}

#[test]
fn each_answer_keeps_the_timetable() {
    for seed in 0..60 {
        let mut world = World::new(seed);
        for _ in 0..100 {
            let (at_s, zone, parcels) = (world.moment(), world.zone(), world.parcels(3));
            let question = Question {
                at_s,
                zone,
                parcels: &parcels,
            };
            let Ok(promise) = world.ask(&question) else {
                continue;
            };
            for part in &promise.parts {
                check_legs(&world, at_s, &part.legs);
                let times = part.times;
                assert!(times.deliver_min_s <= times.estimate_s);
                assert!(times.estimate_s <= times.deliver_max_s);
                assert!(at_s <= times.ship_by_s && times.ship_by_s <= times.deliver_max_s);
                assert_eq!(
                    part.legs.last().expect("legs").end_s,
                    times.deliver_max_s,
                    "seed {seed}: {part:?}"
                );
                assert!(times.deliver_max_s <= promise.times.deliver_max_s);
            }
            world
                .load
                .take(&world.network, &promise.seats())
                .expect("room");
        }
    }
}

// One step after another, each by a row of the tables, from place to place.
fn check_legs(world: &World, at_s: i64, legs: &[Leg]) {
    let (mut now_s, mut place) = (at_s, None);
    for leg in legs {
        assert_eq!(leg.since_s, now_s, "{legs:?}");
        assert!(
            leg.since_s <= leg.begin_s && leg.begin_s <= leg.end_s,
            "{legs:?}"
        );
        match leg.step {
            Step::Prepare { place: at } => place = Some(at),
            Step::Ride(Seat { table, row, .. }) => {
                assert_eq!(table, Table::Lines);
                let line = world.network.input().lines[row as usize];
                assert_eq!(place, Some(line.from));
                place = Some(line.to);
            }
            Step::Tour(Seat { row, .. }) => {
                let zone = world.network.input().tours[row as usize].zone;
                let hub = world.network.input().zones[zone as usize].hub;
                assert_eq!(place, Some(hub));
            }
            Step::Shelve { .. } | Step::Experience | Step::Programme(_) => {}
        }
        now_s = leg.end_s;
    }
}

#[test]
fn the_same_seed_gives_the_same_network_and_answers() {
    let answers = |seed| {
        let mut world = World::new(seed);
        world.fill(50);
        let (at_s, zone, parcels) = (world.moment(), world.zone(), world.parcels(4));
        let question = Question {
            at_s,
            zone,
            parcels: &parcels,
        };
        (world.network.input().clone(), world.ask(&question))
    };
    assert_eq!(answers(5), answers(5));
    assert_ne!(answers(5).0, answers(7).0);
}

#[test]
fn moments_at_the_ends_of_time_are_refused() {
    let world = World::new(2);
    let parcels = [Parcel {
        location: 0,
        weight_grams: u32::MAX,
    }; PARCELS_MAX];
    let ask = |at_s, zone, parcels| {
        world.ask(&Question {
            at_s,
            zone,
            parcels,
        })
    };
    let begin_s = i64::from(MONDAY) * DAY_S;
    let end_s = i64::from(MONDAY + i32::from(DAYS)) * DAY_S;
    for (at_s, cannot) in [
        (i64::MIN, Cannot::BeforeTimetable),
        (begin_s - 1, Cannot::BeforeTimetable),
        (end_s, Cannot::AfterTimetable),
        (i64::MAX, Cannot::AfterTimetable),
    ] {
        assert_eq!(ask(at_s, 0, &parcels), Err(cannot), "{at_s}");
    }
    assert!(ask(end_s - 1, 0, &parcels).is_err());
    assert_eq!(ask(begin_s, 0, &[]), Err(Cannot::Parcels(0)));
    assert_eq!(ask(begin_s, 999, &parcels), Err(Cannot::UnknownZone(999)));
    let lost = [Parcel {
        location: 500,
        weight_grams: 1,
    }];
    assert_eq!(ask(begin_s, 0, &lost), Err(Cannot::UnknownPlace(500)));
}
