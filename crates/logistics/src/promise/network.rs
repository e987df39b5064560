//! Tables made into a timetable that can be asked: every run of every line on its day, what leaves each place in the order
//! of time, the tours of each zone, opening hours, and the best ways between places ([`super::profile`]).
//!
//! Times are seconds after the timetable's begin, in 32 bits. Building one is linear in its runs, but for sorting them and
//! for the profiles; it is done once for each change of the tables, each night, and when something is closed.

use super::calendar::Hours;
use super::clock::{Clock, DAY_S};
use super::input::{
    Closed, Handover, Input, Line, MINUTE_MAX, Programme, RUNS_MAX, SCANS_MAX, Tour,
};
use super::profile::Profiles;
use super::validate::{Fault, InputError, Table};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Service days before the first day whose runs can still have their cut-off on it.
const LEAD_DAYS: i32 = MINUTE_MAX as i32 / 1_440 + 1;
/// Service days after the last: east of Greenwich they begin earlier than in UTC.
const TRAIL_DAYS: i32 = 2;
/// How long a run takes at least, where clocks that change would have it arrive before it left, in seconds.
const RUN_MIN_S: u32 = 60;

/// One run of a line. Times in seconds after the timetable's begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) cutoff: u32,
    pub(super) depart: u32,
    pub(super) arrive: u32,
    pub(super) seat: u32,
    pub(super) from: u16,
    pub(super) to: u16,
}

/// One run of a tour, or one day of a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Drop {
    // Until when parcels must be there, or orders be placed.
    pub(super) cutoff: u32,
    pub(super) from: u32,
    pub(super) to: u32,
    // Until when an order must have left; of a tour the cut-off.
    pub(super) ship: u32,
    pub(super) seat: u32,
    // The latest `to` up to and with this one, in the order of cut-offs.
    pub(super) to_so_far: u32,
}

/// Rows that lie together for each key.
#[derive(Debug, Clone)]
pub(super) struct Grouped<T> {
    begins: Vec<u32>,
    rows: Vec<T>,
}

impl<T: Copy + Ord> Grouped<T> {
    // Sorted by key, then by value.
    fn new(mut keyed: Vec<(u32, T)>, keys: usize) -> Self {
        keyed.sort_unstable();
        let mut begins = alloc::vec![0; keys + 1];
        for (key, _) in &keyed {
            begins[*key as usize + 1] += 1;
        }
        for key in 0..keys {
            begins[key + 1] += begins[key];
        }
        let rows = keyed.into_iter().map(|(_, row)| row).collect();
        Self { begins, rows }
    }

    pub(super) fn of(&self, key: usize) -> &[T] {
        &self.rows[self.begins[key] as usize..self.begins[key + 1] as usize]
    }

    /// Where the rows of a key begin among all.
    pub(super) fn begin(&self, key: usize) -> usize {
        self.begins[key] as usize
    }
}

/// What the seats of one day of one row are: a run, a tour or a programme's day. Stored with an order, so that they can be
/// given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat {
    /// [`Table::Lines`], [`Table::Tours`] or [`Table::Programmes`].
    pub table: Table,
    /// The row of the table.
    pub row: u32,
    /// The service day, in days since 1970.
    pub day: i32,
}

/// A timetable that can be asked.
#[derive(Debug, Clone)]
pub struct Network {
    pub(super) input: Input,
    /// The timetable's length in seconds.
    pub(super) end: u32,
    // By line-haul's cut-off.
    pub(super) runs: Vec<Run>,
    // The same by the place that they leave.
    pub(super) departures: Grouped<Run>,
    // Runs that do not leave because something is closed, likewise.
    pub(super) closed: Grouped<Run>,
    // By zone.
    pub(super) tours: Grouped<Drop>,
    pub(super) closed_tours: Grouped<Drop>,
    pub(super) programmes: Grouped<Drop>,
    pub(super) profiles: Profiles,
    hours: Vec<Hours>,
    place_hours: Vec<u32>,
    // Where a zone has none, any number.
    collect_hours: Vec<u32>,
}

impl Network {
    /// Makes the timetable.
    ///
    /// # Errors
    /// What [`Input::validate`] finds, a line that arrives before it leaves, more runs than [`RUNS_MAX`].
    pub fn new(mut input: Input) -> Result<Self, InputError> {
        input.validate()?;
        for calendar in &mut input.calendars {
            calendar.exceptions.sort_by_key(|(day, _)| *day);
        }
        check_seats(&input)?;
        let closures = Closures::new(&input);
        let (runs, closed) = runs(&input, &closures)?;
        let places = input.places.len();
        let by_place = |runs: &[Run]| {
            let keyed = runs.iter().map(|run| (u32::from(run.from), *run));
            Grouped::new(keyed.collect(), places)
        };
        let (tours, closed_tours) = tours(&input, &closures);
        let programmes = programmes(&input, &closures);
        let mut targets: Vec<u32> = input.zones.iter().map(|zone| zone.hub).collect();
        targets.sort_unstable();
        targets.dedup();
        check_scans(targets.len().saturating_mul(runs.len()))?;
        let profiles = Profiles::new(&runs, places, &targets);
        let mut all_hours = AllHours::default();
        let place_hours = input.places.iter();
        let place_hours = place_hours
            .map(|place| all_hours.number(&input, place.calendar, place.clock))
            .collect();
        let collect_hours = input.zones.iter();
        let collect_hours = collect_hours
            .map(|zone| match zone.handover {
                Handover::Door => 0,
                Handover::Collect { calendar, .. } => {
                    all_hours.number(&input, calendar, zone.clock)
                }
            })
            .collect();
        Ok(Self {
            end: u32::from(input.days) * DAY_S as u32,
            departures: by_place(&runs),
            closed: by_place(&closed),
            runs,
            tours,
            closed_tours,
            programmes,
            profiles,
            hours: all_hours.made,
            place_hours,
            collect_hours,
            input,
        })
    }

    /// The tables that it was made of, with the exceptions of calendars in the order of time.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// How many runs leave within the timetable.
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// How many departures the best ways between all places have.
    pub fn profile_entries(&self) -> usize {
        self.profiles.entries()
    }

    /// The instant of a time of the timetable.
    pub(super) fn instant_s(&self, at: u32) -> i64 {
        base_s(&self.input) + i64::from(at)
    }

    /// The time of an instant; none before the timetable's begin or after its end.
    pub(super) fn time(&self, instant_s: i64) -> Result<u32, Outside> {
        let after = instant_s.saturating_sub(base_s(&self.input));
        if after < 0 {
            return Err(Outside::Before);
        }
        match u32::try_from(after) {
            Ok(at) if at < self.end => Ok(at),
            _ => Err(Outside::After),
        }
    }

    pub(super) fn place_hours(&self, place: usize) -> &Hours {
        &self.hours[self.place_hours[place] as usize]
    }

    pub(super) fn collect_hours(&self, zone: usize) -> &Hours {
        &self.hours[self.collect_hours[zone] as usize]
    }

    /// What a seat's number stands for.
    pub(super) fn seat(&self, number: u32) -> Seat {
        let stride = stride(&self.input);
        let (row, day) = (number as usize / stride, number as usize % stride);
        let (lines, tours) = (self.input.lines.len(), self.input.tours.len());
        let (table, row) = match row {
            row if row < lines => (Table::Lines, row),
            row if row < lines + tours => (Table::Tours, row - lines),
            row => (Table::Programmes, row - lines - tours),
        };
        Seat {
            table,
            row: row as u32,
            day: first_service_day(&self.input) + day as i32,
        }
    }

    /// A seat's number; none where the timetable has no such row or day.
    pub(super) fn seat_number(&self, seat: Seat) -> Option<u32> {
        let input = &self.input;
        let (before, rows) = match seat.table {
            Table::Lines => (0, input.lines.len()),
            Table::Tours => (input.lines.len(), input.tours.len()),
            Table::Programmes => (
                input.lines.len() + input.tours.len(),
                input.programmes.len(),
            ),
            _ => return None,
        };
        let stride = stride(input);
        let day = seat.day.checked_sub(first_service_day(input))?;
        let day = usize::try_from(day).ok().filter(|day| *day < stride)?;
        let row = Some(seat.row as usize).filter(|row| *row < rows)?;
        Some(((before + row) * stride + day) as u32)
    }

    /// How many seats all rows have on all days.
    pub(super) fn seats(&self) -> usize {
        let input = &self.input;
        (input.lines.len() + input.tours.len() + input.programmes.len()) * stride(input)
    }

    /// What there is of a seat that the timetable has.
    pub(super) fn capacity(&self, seat: Seat) -> u32 {
        let row = seat.row as usize;
        match seat.table {
            Table::Lines => self.input.lines[row].capacity,
            Table::Tours => self.input.tours[row].capacity,
            _ => self.input.programmes[row].capacity,
        }
    }

    /// What there is of each seat, by its number.
    pub(super) fn capacities(&self) -> Vec<i32> {
        let input = &self.input;
        let lines = input.lines.iter().map(|row| row.capacity);
        let tours = input.tours.iter().map(|row| row.capacity);
        let programmes = input.programmes.iter().map(|row| row.capacity);
        let stride = stride(input);
        let all = lines.chain(tours).chain(programmes);
        all.flat_map(|capacity| core::iter::repeat_n(capacity as i32, stride))
            .collect()
    }
}

/// Why an instant is not in the timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    Before,
    After,
}

fn base_s(input: &Input) -> i64 {
    i64::from(input.first_day) * DAY_S
}

fn first_service_day(input: &Input) -> i32 {
    input.first_day - LEAD_DAYS
}

/// Service days of the timetable.
fn stride(input: &Input) -> usize {
    usize::from(input.days) + (LEAD_DAYS + TRAIL_DAYS) as usize
}

fn service_days(input: &Input) -> core::ops::Range<i32> {
    let first = first_service_day(input);
    first..first + stride(input) as i32
}

fn check_seats(input: &Input) -> Result<(), InputError> {
    let rows = input.lines.len() + input.tours.len() + input.programmes.len();
    at_most(RUNS_MAX, "rows times days", rows * stride(input))
}

fn check_scans(scans: usize) -> Result<(), InputError> {
    at_most(SCANS_MAX, "hubs times runs", scans)
}

fn at_most(most: usize, field: &'static str, count: usize) -> Result<(), InputError> {
    if count <= most {
        return Ok(());
    }
    Err(InputError {
        table: Table::Timetable,
        row: 0,
        field,
        fault: Fault::TooMany(count),
    })
}

/// When a clock shows this time of a service day, in seconds after the timetable's begin; negative before it.
fn at(input: &Input, clock: &Clock, day: i32, minute: u32) -> i64 {
    clock.instant_s(i64::from(day) * DAY_S + i64::from(minute) * 60) - base_s(input)
}

// The time, if something with this cut-off can be reached within the timetable.
fn reachable(input: &Input, cutoff: i64) -> Option<u32> {
    let end = i64::from(input.days) * DAY_S;
    u32::try_from(cutoff).ok().filter(|at| i64::from(*at) < end)
}

fn runs(input: &Input, closures: &Closures) -> Result<(Vec<Run>, Vec<Run>), InputError> {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for (row, line) in input.lines.iter().enumerate() {
        let wrong = |day| InputError {
            table: Table::Lines,
            row,
            field: "arrive",
            fault: Fault::IntoThePast(day),
        };
        // A line that leaves on no day of the timetable is held against the first.
        run(input, line, input.first_day).ok_or(wrong(input.first_day))?;
        for (at_day, day) in service_days(input).enumerate() {
            if input.calendars[line.calendar as usize]
                .slots(day)
                .is_empty()
            {
                continue;
            }
            let (cutoff, depart, arrive) = run(input, line, day).ok_or(wrong(day))?;
            let Some(cutoff) = reachable(input, cutoff) else {
                continue;
            };
            let run = Run {
                cutoff,
                depart,
                arrive,
                seat: (row * stride(input) + at_day) as u32,
                from: line.from as u16,
                to: line.to as u16,
            };
            if closures.stop_run(row, &run) {
                closed.push(run);
            } else {
                open.push(run);
            }
        }
    }
    open.sort_unstable();
    closed.sort_unstable();
    Ok((open, closed))
}

// Cut-off, departure and arrival on a day; none where it arrives in the past.
fn run(input: &Input, line: &Line, day: i32) -> Option<(i64, u32, u32)> {
    let clock = |place: u32| &input.clocks[input.places[place as usize].clock as usize];
    let (from, to) = (clock(line.from), clock(line.to));
    let depart = at(input, from, day, line.depart_minute);
    // Where a time that does not exist is moved, it can pass the one after it.
    let cutoff = at(input, from, day, line.cutoff_minute).min(depart);
    let arrive = at(input, to, day, line.arrive_minute);
    let is_excused = || {
        let (before, after) = (base_s(input) + arrive, base_s(input) + depart);
        let changes = |clock: &Clock| clock.changes_between(before - DAY_S, after + DAY_S);
        changes(from) || changes(to)
    };
    if arrive <= depart && !is_excused() {
        return None;
    }
    let (depart, arrive) = (depart.max(0) as u32, arrive.max(0) as u32);
    Some((cutoff, depart, arrive.max(depart + RUN_MIN_S)))
}

fn tours(input: &Input, closures: &Closures) -> (Grouped<Drop>, Grouped<Drop>) {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for (row, tour) in input.tours.iter().enumerate() {
        let zone = &input.zones[tour.zone as usize];
        let Tour {
            cutoff_minute,
            from_minute,
            to_minute,
            ..
        } = *tour;
        let minutes = [cutoff_minute, cutoff_minute, from_minute, to_minute];
        let seats = (input.lines.len() + row) * stride(input);
        for drop in drops(input, tour.calendar, zone.clock, minutes, seats) {
            let is_closed = closures.stop_tour(zone.hub as usize, &drop);
            let drops = if is_closed { &mut closed } else { &mut open };
            drops.push((tour.zone, drop));
        }
    }
    let zones = input.zones.len();
    (by_zone(open, zones), by_zone(closed, zones))
}

// A programme does not hold on days on which its hub or its location is closed in between.
fn programmes(input: &Input, closures: &Closures) -> Grouped<Drop> {
    let mut all = Vec::new();
    for (row, programme) in input.programmes.iter().enumerate() {
        let zone = &input.zones[programme.zone as usize];
        let Programme {
            order_minute,
            ship_minute,
            from_minute,
            to_minute,
            ..
        } = *programme;
        let minutes = [order_minute, ship_minute, from_minute, to_minute];
        let seats = (input.lines.len() + input.tours.len() + row) * stride(input);
        let drops = drops(input, programme.calendar, zone.clock, minutes, seats)
            .filter(|drop| !closures.stop_programme(programme, zone.hub, drop));
        all.extend(drops.map(|drop| (programme.zone, drop)));
    }
    by_zone(all, input.zones.len())
}

// One for each day on which the calendar opens; `minutes` are cut-off, shipping, begin and end.
fn drops(
    input: &Input,
    calendar: u32,
    clock: u32,
    minutes: [u32; 4],
    seats: usize,
) -> impl Iterator<Item = Drop> {
    let calendar = &input.calendars[calendar as usize];
    let clock = &input.clocks[clock as usize];
    let days = service_days(input).enumerate();
    let open = days.filter(|(_, day)| !calendar.slots(*day).is_empty());
    open.filter_map(move |(at_day, day)| {
        let [cutoff, ship, from, to] = minutes.map(|minute| at(input, clock, day, minute));
        let cutoff = reachable(input, cutoff)?;
        // Where a time that does not exist is moved, it can pass the one after it.
        let after = |time: i64, before: u32| (time.max(0) as u32).max(before);
        let ship = after(ship, cutoff);
        let from = after(from, ship);
        let to = after(to, from);
        Some(Drop {
            cutoff,
            from,
            to,
            ship,
            seat: (seats + at_day) as u32,
            to_so_far: to,
        })
    })
}

fn by_zone(drops: Vec<(u32, Drop)>, zones: usize) -> Grouped<Drop> {
    let mut grouped = Grouped::new(drops, zones);
    for zone in 0..zones {
        let (begin, end) = (grouped.begins[zone], grouped.begins[zone + 1]);
        let mut latest = 0;
        for drop in &mut grouped.rows[begin as usize..end as usize] {
            latest = latest.max(drop.to);
            drop.to_so_far = latest;
        }
    }
    grouped
}

/// Closures by what they close, in seconds after the timetable's begin.
struct Closures {
    places: BTreeMap<u32, Vec<(i64, i64)>>,
    lines: BTreeMap<u32, Vec<(i64, i64)>>,
}

impl Closures {
    fn new(input: &Input) -> Self {
        let (mut places, mut lines) = (BTreeMap::new(), BTreeMap::new());
        for closure in &input.closures {
            let after = |instant_s: i64| instant_s.saturating_sub(base_s(input));
            let span = (after(closure.from_s), after(closure.until_s));
            let (closed, row) = match closure.what {
                Closed::Place(place) => (&mut places, place),
                Closed::Line(line) => (&mut lines, line),
            };
            closed.entry(row).or_insert_with(Vec::new).push(span);
        }
        Self { places, lines }
    }

    fn stop_run(&self, line: usize, run: &Run) -> bool {
        is_closed(&self.lines, line as u32, run.depart, run.depart)
            || is_closed(&self.places, u32::from(run.from), run.depart, run.depart)
            || is_closed(&self.places, u32::from(run.to), run.arrive, run.arrive)
    }

    // It leaves its location when it ships, and its hub before it is delivered.
    fn stop_programme(&self, programme: &Programme, hub: u32, drop: &Drop) -> bool {
        let location = programme.location;
        location.is_some_and(|place| is_closed(&self.places, place, drop.ship, drop.ship))
            || is_closed(&self.places, hub, drop.ship, drop.from)
    }

    // A tour is loaded between its cut-off and its first delivery.
    fn stop_tour(&self, hub: usize, drop: &Drop) -> bool {
        is_closed(&self.places, hub as u32, drop.cutoff, drop.from)
    }
}

fn is_closed(closed: &BTreeMap<u32, Vec<(i64, i64)>>, row: u32, from: u32, until: u32) -> bool {
    let meets = |&(begin, end): &(i64, i64)| begin <= i64::from(until) && i64::from(from) < end;
    closed
        .get(&row)
        .is_some_and(|spans| spans.iter().any(meets))
}

/// Opening hours, made once for each calendar and clock.
#[derive(Default)]
struct AllHours {
    numbers: BTreeMap<(u32, u32), u32>,
    made: Vec<Hours>,
}

impl AllHours {
    fn number(&mut self, input: &Input, calendar: u32, clock: u32) -> u32 {
        *self.numbers.entry((calendar, clock)).or_insert_with(|| {
            let (calendar, clock) = (
                &input.calendars[calendar as usize],
                &input.clocks[clock as usize],
            );
            let hours = Hours::new(calendar, clock, input.first_day, i32::from(input.days));
            self.made.push(hours);
            self.made.len() as u32 - 1
        })
    }
}
