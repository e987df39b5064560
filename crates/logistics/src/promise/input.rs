//! What a timetable is made of, as plain tables. Rows refer to each other by their number in the table.
//!
//! Times of day are minutes after local midnight of the **service day**, as in GTFS: 1,500 is one o'clock in the morning
//! after it. The service day is the one whose calendar is asked.

use super::calendar::Calendar;
use super::clock::Clock;
use alloc::vec::Vec;

/// Most rows of a table other than [`Input::tours`] and [`Input::programmes`].
pub const ROWS_MAX: usize = 50_000;
/// Most tours, and most rows of programmes.
pub const TOURS_MAX: usize = 500_000;
/// Most places: a run names two in 16 bits each.
pub const PLACES_MAX: usize = 5_000;
/// Most days of a timetable.
pub const DAYS_MAX: u16 = 400;
/// Latest time of a service day, in minutes after its midnight: two weeks.
pub const MINUTE_MAX: u32 = 14 * 1_440;
/// Longest preparation, in minutes of opening time.
pub const PREPARE_MAX_MINUTES: u32 = 60 * 1_440;
/// Runs of a whole timetable, and departures of all tours: they are numbered in 32 bits and must fit a memory.
pub const RUNS_MAX: usize = 20_000_000;
/// Places that tours leave from, times runs: what making the best ways between places scans.
pub const SCANS_MAX: usize = 500_000_000;
/// A capacity that no day will reach, and the largest that can be given.
pub const UNLIMITED: u32 = i32::MAX as u32;
/// First and last day that a timetable may begin on, in days since 1970: the years 1900 to 2199.
pub const FIRST_DAYS: core::ops::RangeInclusive<i32> = -25_567..=84_005;

/// How long something takes, in minutes of opening time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Minutes {
    /// In half of the cases it is done by then.
    pub p50: u32,
    /// In nine of ten cases; not less than in half of them.
    pub p90: u32,
}

/// A location that goods leave from, or a hub that they pass through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its time zone, by its number.
    pub clock: u32,
    /// When people work there, by the calendar's number.
    pub calendar: u32,
    /// How long an order takes there until it is ready for the carrier. Of a hub it is not asked: its lines' cut-offs say
    /// it.
    pub prepare: Minutes,
}

/// Something that goes from place to place by a timetable: a wave that the carrier takes from a location, or a line-haul.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Where it leaves.
    pub from: u32,
    /// Where it goes; not where it leaves.
    pub to: u32,
    /// The days that it leaves on: those on which this calendar opens at all.
    pub calendar: u32,
    /// Until when parcels must be ready, on the clock of where it leaves.
    pub cutoff_minute: u32,
    /// When it leaves, on the same clock; not before the cut-off.
    pub depart_minute: u32,
    /// When parcels can be taken on there, on the clock of where it goes; after it left.
    pub arrive_minute: u32,
    /// How many parcels a run takes; at most [`UNLIMITED`].
    pub capacity: u32,
}

/// How a destination lets shoppers have their parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handover {
    /// At the door, when the courier comes.
    Door,
    /// From a locker or over a counter: from when it has been put away, while the place is open.
    Collect {
        /// When it is open.
        calendar: u32,
        /// How long putting it away takes, in minutes of opening time.
        shelve_minutes: u32,
    },
}

/// Destinations that are alike: a delivery area, a locker, a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Zone {
    /// The place that its tours leave from.
    pub hub: u32,
    /// Its time zone.
    pub clock: u32,
    /// How shoppers get their parcel.
    pub handover: Handover,
}

/// A wave of the last mile, from the zone's hub to the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tour {
    /// The zone that it serves.
    pub zone: u32,
    /// The days that it leaves on.
    pub calendar: u32,
    /// Until when parcels must have arrived, on the clock of the zone, like all its times.
    pub cutoff_minute: u32,
    /// When it delivers at the earliest; not before the cut-off.
    pub from_minute: u32,
    /// When it delivers at the latest; after the earliest.
    pub to_minute: u32,
    /// How many parcels it takes; at most [`UNLIMITED`].
    pub capacity: u32,
}

/// What a merchant says of its own delivery whatever the timetable says, such as JD's "211": ordered by 11:00, there on
/// the same day. A row for each zone and promise; the one that delivers first is taken, if it is not later than the
/// timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Programme {
    /// Where to.
    pub zone: u32,
    /// Where from; `None` for anywhere.
    pub location: Option<u32>,
    /// Parcels up to this weight.
    pub weight_max_grams: u32,
    /// The days on which it holds.
    pub calendar: u32,
    /// Until when it must be ordered, on the clock of the zone, like all its times.
    pub order_minute: u32,
    /// Until when it must have left the location; not before it is ordered.
    pub ship_minute: u32,
    /// When it is delivered at the earliest; not before it left.
    pub from_minute: u32,
    /// When it is delivered at the latest; after the earliest.
    pub to_minute: u32,
    /// How many parcels a day; at most [`UNLIMITED`].
    pub capacity: u32,
}

/// What is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Nothing leaves or reaches this place.
    Place(u32),
    /// The line does not leave.
    Line(u32),
}

/// A closure, from an instant up to but without another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closure {
    /// Of what.
    pub what: Closed,
    /// Seconds since 1970.
    pub from_s: i64,
    /// Later than it begins.
    pub until_s: i64,
}

/// All tables of a network.
///
/// A network is what *one* service of one carrier drives, as far as it is sold apart: the caller has one for each, and
/// what several share is given to each in part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Input {
    /// Time zones.
    pub clocks: Vec<Clock>,
    /// Calendars.
    pub calendars: Vec<Calendar>,
    /// Locations and hubs.
    pub places: Vec<Place>,
    /// Waves and line-hauls.
    pub lines: Vec<Line>,
    /// Destinations.
    pub zones: Vec<Zone>,
    /// Waves of the last mile.
    pub tours: Vec<Tour>,
    /// Promises by table.
    pub programmes: Vec<Programme>,
    /// Closures, in any order.
    pub closures: Vec<Closure>,
    /// The first day that can be asked about, in days since 1970; it begins at midnight in UTC.
    pub first_day: i32,
    /// How many days the timetable has, 1 to [`DAYS_MAX`].
    pub days: u16,
}
