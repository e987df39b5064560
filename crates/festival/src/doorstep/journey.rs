//! How a parcel travels in the festival's world: two carriers that drive by the timetables that they told the shop, with
//! what goes wrong on the road. Decided from the seed and the parcel, so that a run can be repeated.
//!
//! The shares of what goes wrong are made up; they are low where real carriers publish nothing, and the report names them.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Per mille: the van at the ramp is full, and the parcel leaves a working day later.
pub const LEFT_BEHIND: u32 = 10;
/// Per mille: the night's line arrives after the tours have left, and the parcel is brought a working day later.
pub const LINE_LATE: u32 = 15;
/// Per mille: nobody opens, and the courier comes again on the next working day.
pub const NOBODY_HOME: u32 = 40;
/// Of these, per mille: nobody opens again, and the parcel waits in a parcel shop.
pub const NOBODY_AGAIN: u32 = 250;
/// Of these, per mille: nobody collects it within a week, and it goes back.
pub const UNCLAIMED: u32 = 250;
/// Per mille: the address is not found, and the parcel goes back.
pub const NO_ADDRESS: u32 = 3;
/// Per mille: the carrier loses it.
pub const LOST: u32 = 1;

/// A carrier's day, in minutes after midnight where it happens; past midnight they go on.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Until when parcels are taken that leave the same day.
    pub cutoff: u32,
    /// When the van leaves the place.
    pub collected: u32,
    /// When it is at the carrier's centre.
    pub centre: u32,
    /// When parcels leave the centre.
    pub line: u32,
    /// When they are in the region's hub.
    pub region: u32,
    /// Until when a tour of the next day takes them, from its own midnight.
    pub tour_cutoff: u32,
    /// When that tour begins and ends.
    pub tour: (u32, u32),
    /// Regions that take a night longer.
    pub far: &'static [u8],
}

/// What was told of a parcel on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// When it happened, in UTC milliseconds.
    pub at: i64,
    /// What, in the words of `POST /parcels/events`.
    pub status: &'static str,
    /// Why, or empty.
    pub reason: &'static str,
    /// Where.
    pub spot: Spot,
}

/// Where something was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// The place that it left from.
    Place,
    /// The hub of its region.
    Hub,
    /// On the road.
    Road,
    /// At the door.
    Door,
    /// In a parcel shop.
    Shop,
}

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With its receiver.
    Delivered,
    /// Back where it left from.
    Returned,
    /// The carrier has lost it.
    Lost,
}

/// What made it late, if anything did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing went wrong on the road.
    None,
    /// It was left behind at the ramp.
    LeftBehind,
    /// The night's line was late.
    LineLate,
    /// Nobody opened.
    NobodyHome,
    /// The address was not found.
    NoAddress,
    /// It was lost.
    Lost,
}

/// The way of one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// What is told of it, in the order of time.
    pub told: Vec<Told>,
    /// How it ends.
    pub end: End,
    /// When that is, in UTC milliseconds.
    pub ends_at: i64,
    /// The first thing that went wrong.
    pub cause: Cause,
}

/// A parcel at the ramp.
#[derive(Debug, Clone, Copy)]
pub struct AtRamp<'a> {
    /// When it was ready, in UTC milliseconds.
    pub at: i64,
    /// The time zone of the place.
    pub place: &'a TimeZone,
    /// The time zone of the carrier's hubs.
    pub hubs: &'a TimeZone,
    /// The region that it goes to.
    pub region: u8,
}

impl Schedule {
    /// The way of a parcel, by chance.
    pub fn journey(&self, parcel: &AtRamp<'_>, seed: u64) -> Journey {
        let mut way = Way {
            rng: StdRng::seed_from_u64(seed),
            told: Vec::with_capacity(5),
            cause: Cause::None,
        };
        let mut left = self.collected_on(parcel);
        if way.chance(LEFT_BEHIND) {
            way.goes_wrong(Cause::LeftBehind);
            left = next_working_day(left);
        }
        let at = |day, minute| on_the_wall(parcel.hubs, day, minute);
        let taken = on_the_wall(parcel.place, left, self.collected);
        way.tell(taken, ("picked_up", ""), Spot::Place);
        if way.chance(LOST) {
            way.goes_wrong(Cause::Lost);
            return way.end(End::Lost, taken + 2 * DAY_MS);
        }
        let nights = 1 + i64::from(self.far.contains(&parcel.region));
        let mut day = left;
        for _ in 1..nights {
            day = next_working_day(day);
        }
        let arrived = at(day, self.region);
        if way.chance(LINE_LATE) {
            way.goes_wrong(Cause::LineLate);
            way.tell(arrived, ("delivery_delayed", "line_late"), Spot::Road);
            way.tell(arrived + 6 * HOUR_MS, ("in_transit", ""), Spot::Hub);
            day = next_working_day(day);
        } else {
            way.tell(arrived, ("in_transit", ""), Spot::Hub);
        }
        let mut tour = next_working_day(day);
        for attempt in 0..2 {
            let (from, to) = (at(tour, self.tour.0), at(tour, self.tour.1));
            way.tell(from, ("out_for_delivery", ""), Spot::Road);
            let door = way.between(from + 10 * MINUTE_MS, to);
            if attempt == 0 && way.chance(NO_ADDRESS) {
                way.goes_wrong(Cause::NoAddress);
                way.tell(door, ("delivery_failed", "address_not_found"), Spot::Door);
                return way.goes_back(door + 4 * HOUR_MS);
            }
            let share = [NOBODY_HOME, NOBODY_AGAIN][attempt];
            if !way.chance(share) {
                way.tell(door, ("delivered", ""), Spot::Door);
                return way.end(End::Delivered, door);
            }
            way.goes_wrong(Cause::NobodyHome);
            way.tell(door, ("delivery_failed", "nobody_home"), Spot::Door);
            tour = next_working_day(tour);
        }
        way.in_a_shop()
    }

    /// The working day on which a parcel leaves that is ready at a moment.
    fn collected_on(&self, parcel: &AtRamp<'_>) -> Date {
        let mut day = day_of(parcel.place, parcel.at);
        if !is_worked(day) || on_the_wall(parcel.place, day, self.cutoff) < parcel.at {
            day = next_working_day(day);
        }
        day
    }
}

/// A journey that is being made up.
struct Way {
    rng: StdRng,
    told: Vec<Told>,
    cause: Cause,
}

impl Way {
    fn chance(&mut self, per_mille: u32) -> bool {
        self.rng.random_ratio(per_mille, 1_000)
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        self.rng.random_range(from..to)
    }

    fn goes_wrong(&mut self, cause: Cause) {
        if self.cause == Cause::None {
            self.cause = cause;
        }
    }

    fn tell(&mut self, at: i64, (status, reason): (&'static str, &'static str), spot: Spot) {
        self.told.push(Told {
            at,
            status,
            reason,
            spot,
        });
    }

    /// What nobody took at the door waits in a parcel shop.
    fn in_a_shop(mut self) -> Journey {
        let last = self.told.last().map_or(0, |told| told.at);
        let there = last + 2 * HOUR_MS;
        self.tell(there, ("ready_for_pickup", "nobody_home"), Spot::Shop);
        if self.chance(UNCLAIMED) {
            return self.goes_back(there + 7 * DAY_MS);
        }
        let collected = self.between(there + HOUR_MS, there + 3 * DAY_MS);
        self.tell(collected, ("delivered", ""), Spot::Shop);
        self.end(End::Delivered, collected)
    }

    fn goes_back(mut self, at: i64) -> Journey {
        let reason = match self.cause {
            Cause::NoAddress => "address_not_found",
            _ => "unclaimed",
        };
        self.tell(at, ("return_to_sender", reason), Spot::Road);
        self.end(End::Returned, at + 3 * DAY_MS)
    }

    fn end(mut self, end: End, at: i64) -> Journey {
        if end == End::Lost {
            self.tell(at, ("on_hold", "lost"), Spot::Road);
        }
        Journey {
            told: self.told,
            end,
            ends_at: at,
            cause: self.cause,
        }
    }
}

fn is_worked(day: Date) -> bool {
    day.weekday() != Weekday::Sunday
}

fn next_working_day(day: Date) -> Date {
    let mut next = day.saturating_add(1.day());
    while !is_worked(next) {
        next = next.saturating_add(1.day());
    }
    next
}

/// The day at a moment in UTC milliseconds.
fn day_of(zone: &TimeZone, at: i64) -> Date {
    let moment = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_datetime(moment).date()
}

/// When the wall shows so many minutes after midnight of a day, in UTC milliseconds.
fn on_the_wall(zone: &TimeZone, day: Date, minute: u32) -> i64 {
    let wall = day
        .at(0, 0, 0, 0)
        .saturating_add(i64::from(minute).minutes());
    let found = zone.to_ambiguous_zoned(wall).compatible();
    found.map_or(0, |zoned| zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const NIGHTLY: Schedule = Schedule {
        cutoff: 17 * 60,
        collected: 18 * 60,
        centre: 23 * 60,
        line: 24 * 60,
        region: 29 * 60,
        tour_cutoff: 6 * 60,
        tour: (9 * 60, 18 * 60),
        far: &[9],
    };

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").expect("a time zone")
    }

    fn moment(text: &str) -> i64 {
        let zoned: jiff::Zoned = text.parse().expect("a moment");
        zoned.timestamp().as_millisecond()
    }

    fn journey(ready: &str, region: u8, seed: u64) -> Journey {
        let zone = berlin();
        let parcel = AtRamp {
            at: moment(ready),
            place: &zone,
            hubs: &zone,
            region,
        };
        NIGHTLY.journey(&parcel, seed)
    }

    /// The first journey on which nothing goes wrong.
    fn smooth(ready: &str, region: u8) -> Journey {
        let mut all = (0..100).map(|seed| journey(ready, region, seed));
        all.find(|j| j.cause == Cause::None).expect("most of them")
    }

    #[test]
    fn what_is_ready_by_the_cutoff_is_there_on_the_next_working_day() {
        for (ready, region, from, to) in [
            (
                "2026-11-30T17:00[Europe/Berlin]",
                1,
                "2026-12-01T09:10",
                "2026-12-01T18:00",
            ),
            (
                "2026-11-30T17:01[Europe/Berlin]",
                1,
                "2026-12-02T09:10",
                "2026-12-02T18:00",
            ),
            (
                "2026-11-30T17:00[Europe/Berlin]",
                9,
                "2026-12-02T09:10",
                "2026-12-02T18:00",
            ),
            // Saturday's are there on Monday, and so are Sunday's a day later.
            (
                "2026-12-05T12:00[Europe/Berlin]",
                1,
                "2026-12-07T09:10",
                "2026-12-07T18:00",
            ),
            (
                "2026-12-06T12:00[Europe/Berlin]",
                1,
                "2026-12-08T09:10",
                "2026-12-08T18:00",
            ),
            // Over the change of clocks.
            (
                "2026-10-24T12:00[Europe/Berlin]",
                1,
                "2026-10-26T09:10",
                "2026-10-26T18:00",
            ),
        ] {
            let way = smooth(ready, region);
            let [from, to] = [from, to].map(|t| moment(&format!("{t}[Europe/Berlin]")));
            assert_eq!(way.end, End::Delivered);
            assert!((from..to).contains(&way.ends_at), "{ready} to {region}");
            let words: Vec<&str> = way.told.iter().map(|t| t.status).collect();
            let expected = ["picked_up", "in_transit", "out_for_delivery", "delivered"];
            assert_eq!(words, expected);
        }
    }

    #[test]
    fn every_parcel_ends_and_time_goes_forward() {
        let mut ends: BTreeMap<&str, u32> = BTreeMap::new();
        let mut causes: BTreeMap<Cause, u32> = BTreeMap::new();
        for seed in 0..20_000 {
            let way = journey("2026-11-30T12:00[Europe/Berlin]", (seed % 10) as u8, seed);
            assert!(
                way.told.windows(2).all(|two| two[0].at < two[1].at),
                "{way:?}"
            );
            let last = way.told.last().expect("something is told");
            let (end, expected) = match way.end {
                End::Delivered => ("delivered", "delivered"),
                End::Returned => ("returned", "return_to_sender"),
                End::Lost => ("lost", "on_hold"),
            };
            assert_eq!(last.status, expected);
            assert!(last.at <= way.ends_at);
            *ends.entry(end).or_default() += 1;
            *causes.entry(way.cause).or_default() += 1;
        }
        // Binomial counts, four deviations wide.
        let near = |count: u32, per_mille: f64| {
            let mean = 20.0 * per_mille;
            (f64::from(count) - mean).abs() < 4.0 * mean.sqrt()
        };
        assert!(near(ends["lost"], f64::from(LOST)), "{ends:?}");
        assert!(near(causes[&Cause::LeftBehind], f64::from(LEFT_BEHIND)));
        assert!(near(causes[&Cause::LineLate], f64::from(LINE_LATE)));
        let unclaimed = 40.0 * 0.25 * 0.25;
        assert!(near(ends["returned"], f64::from(NO_ADDRESS) + unclaimed));
    }
}
