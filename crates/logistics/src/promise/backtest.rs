//! Quotes held against what happened: each order of a history is quoted from what was known when it was placed, and the
//! quote held against its delivery.
//!
//! Pinball loss: a quote for the quantile q that was exceeded costs q for each second, one that was not costs 1 − q (Koenker
//! and Bassett, *Regression Quantiles*, Econometrica 1978). Its mean is least for the true quantile, so that a promise can
//! neither be bettered by being vague nor by being bold.

use super::clock::DAY_S;
use super::csv::{CsvFault, Line, Rows};
use super::curve::{Beliefs, Curve};
use super::lanes::Lanes;
use super::tables::date;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The first so many of a hundred orders are not quoted: from them, fixed days are set.
pub const WARM_PERCENT: usize = 10;
/// Longest way from order to delivery that is believed, in seconds: a year.
const TAKES_MAX_S: i64 = 366 * DAY_S;

/// One order of the past. Instants in seconds since 1970, or in local time if all are of one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trip {
    /// When it was placed.
    pub ordered_s: i64,
    /// When the carrier took it.
    pub handed_s: i64,
    /// When the shopper had it.
    pub delivered_s: i64,
    /// Where it came from, by its number in [`History::from`].
    pub from: u32,
    /// Where it went, by its number in [`History::to`].
    pub to: u32,
    /// What had been promised then, if that is known.
    pub promised_s: Option<i64>,
}

/// Names of places, and the area that each belongs to: what stands before the last `/` of its name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sites {
    /// By number.
    pub names: Vec<String>,
    /// By number; areas have numbers of their own.
    pub areas: Vec<u32>,
    numbers: BTreeMap<String, u32>,
    area_numbers: BTreeMap<String, u32>,
}

impl Sites {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let area = name.rsplit_once('/').map_or("", |(area, _)| area);
        let next = self.area_numbers.len() as u32;
        let area = *self.area_numbers.entry(area.to_owned()).or_insert(next);
        let number = self.names.len() as u32;
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        self.areas.push(area);
        number
    }
}

/// A line that tells of no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryError {
    /// From 1 on, the header being the first.
    pub line: usize,
    /// In which column; empty where it is the whole line.
    pub field: &'static str,
    /// What is wrong there.
    pub fault: HistoryFault,
}

/// What is wrong with a field of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryFault {
    /// It cannot be read.
    Text(CsvFault),
    /// It happened before what comes before it.
    Backwards,
    /// It took more than a year.
    TooLong,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        match &self.fault {
            HistoryFault::Text(fault) => write!(f, ": {fault}"),
            HistoryFault::Backwards => f.write_str(": earlier than what comes before it"),
            HistoryFault::TooLong => f.write_str(": more than a year after the order"),
        }
    }
}

impl core::error::Error for HistoryError {}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// In the order of being placed.
    pub trips: Vec<Trip>,
    /// Where orders come from.
    pub from: Sites,
    /// Where they go.
    pub to: Sites,
    /// Lines that were left out.
    pub errors: Vec<HistoryError>,
}

/// Reads `ordered,handed_over,delivered,from,to` and, if it is there, `promised`. Times are seconds since 1970 or
/// `2018-01-31T14:30:00`, with `Z`, an offset, or neither. Lines that are wrong are named and left out.
///
/// # Errors
/// The header lacks a column.
pub fn read(text: &str) -> Result<History, HistoryError> {
    let rows = Rows::new(text);
    let column = |field: &'static str| {
        rows.column(field).ok_or(HistoryError {
            line: 1,
            field,
            fault: HistoryFault::Text(CsvFault::Column),
        })
    };
    let columns = Columns {
        ordered: column("ordered")?,
        handed_over: column("handed_over")?,
        delivered: column("delivered")?,
        from: column("from")?,
        to: column("to")?,
        promised: rows.column("promised"),
    };
    let mut history = History::default();
    for row in rows {
        let line = row
            .as_ref()
            .map_or_else(|(line, _)| *line, |row| row.number);
        let trip = row
            .map_err(|(_, fault)| ("", HistoryFault::Text(fault)))
            .and_then(|row| trip(&columns, &row, &mut history));
        match trip {
            Ok(trip) => history.trips.push(trip),
            Err((field, fault)) => history.errors.push(HistoryError { line, field, fault }),
        }
    }
    history.trips.sort_by_key(|trip| trip.ordered_s);
    Ok(history)
}

struct Columns {
    ordered: usize,
    handed_over: usize,
    delivered: usize,
    from: usize,
    to: usize,
    promised: Option<usize>,
}

fn trip(
    columns: &Columns,
    row: &Line,
    history: &mut History,
) -> Result<Trip, (&'static str, HistoryFault)> {
    let filled = |column: usize, field| match row.get(Some(column)) {
        "" => Err((field, HistoryFault::Text(CsvFault::Empty))),
        text => Ok(text),
    };
    let time = |column: usize, field| {
        let text = filled(column, field)?;
        let unread = || (field, HistoryFault::Text(CsvFault::Text(text.to_owned())));
        instant_s(text).ok_or_else(unread)
    };
    let ordered_s = time(columns.ordered, "ordered")?;
    let handed_s = time(columns.handed_over, "handed_over")?;
    let delivered_s = time(columns.delivered, "delivered")?;
    let promised_s = match columns.promised {
        Some(column) if !row.get(Some(column)).is_empty() => Some(time(column, "promised")?),
        _ => None,
    };
    if handed_s < ordered_s {
        return Err(("handed_over", HistoryFault::Backwards));
    }
    if delivered_s < handed_s {
        return Err(("delivered", HistoryFault::Backwards));
    }
    if delivered_s - ordered_s > TAKES_MAX_S {
        return Err(("delivered", HistoryFault::TooLong));
    }
    Ok(Trip {
        ordered_s,
        handed_s,
        delivered_s,
        from: history.from.number(filled(columns.from, "from")?),
        to: history.to.number(filled(columns.to, "to")?),
        promised_s,
    })
}

// Seconds since 1970, of a number or of a date with a time. Only years that four digits can write.
fn instant_s(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        let years = -62_167_219_200..253_402_300_800;
        return Some(seconds).filter(|seconds| years.contains(seconds));
    }
    let (day, time) = text.split_at_checked(10)?;
    let day_s = i64::from(date(day)?) * DAY_S;
    if time.is_empty() {
        return Some(day_s);
    }
    let time = time.strip_prefix(['T', ' '])?;
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at(end);
    let offset_s = match zone.strip_prefix(['+', '-']) {
        None => 0,
        Some(offset) if zone.starts_with('-') => -clock_s(offset)?,
        Some(offset) => clock_s(offset)?,
    };
    Some(day_s + clock_s(time)? - offset_s)
}

// Hours, minutes and perhaps seconds, whose parts are left out.
fn clock_s(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let mut part = |below: i64| {
        let part = parts.next()?;
        let whole = part.split_once('.').map_or(part, |(whole, _)| whole);
        let is_number = whole.len() == 2 && whole.bytes().all(|c| c.is_ascii_digit());
        whole
            .parse::<i64>()
            .ok()
            .filter(|value| is_number && *value < below)
    };
    let (hours, minutes) = (part(25)?, part(60)?);
    let seconds = if text.len() > 5 { part(61)? } else { 0 };
    parts
        .next()
        .is_none()
        .then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// One way of quoting, and how good its quotes were. Durations count from the order.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// What it is called.
    pub name: &'static str,
    /// Orders that it quoted.
    pub quotes: usize,
    /// Of a thousand orders, how many were there by the estimate; 500 is meant.
    pub within_estimate_permille: f64,
    /// Of a thousand orders, how many were there by the promise; 900 is meant.
    pub within_promise_permille: f64,
    /// How long shoppers were told to wait at the most, on average, in days.
    pub promise_days: f64,
    /// From estimate to promise, on average, in days.
    pub width_days: f64,
    /// Pinball loss of the estimate, on average, in days.
    pub estimate_loss_days: f64,
    /// Pinball loss of the promise, on average, in days.
    pub promise_loss_days: f64,
}

/// What a quote says: durations from the order, in seconds.
#[derive(Debug, Clone, Copy)]
struct Quote {
    estimate_s: i64,
    promise_s: i64,
}

/// Sums over quotes, so that a score has no order.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    quotes: i64,
    within_estimate: i64,
    within_promise: i64,
    promise_s: i64,
    width_s: i64,
    // In tenths of a second.
    estimate_loss: i64,
    promise_loss: i64,
}

impl Sums {
    fn add(&mut self, quote: Quote, took_s: i64) {
        // Tenths by which a second costs when the quote was exceeded, and the rest of ten when it was not.
        let loss = |quote_s: i64, tenths: i64| match took_s - quote_s {
            late if late > 0 => tenths * late,
            early => (10 - tenths) * -early,
        };
        self.quotes += 1;
        self.within_estimate += i64::from(took_s <= quote.estimate_s);
        self.within_promise += i64::from(took_s <= quote.promise_s);
        self.promise_s += quote.promise_s;
        self.width_s += quote.promise_s - quote.estimate_s;
        self.estimate_loss += loss(quote.estimate_s, 5);
        self.promise_loss += loss(quote.promise_s, 9);
    }

    fn score(&self, name: &'static str) -> Score {
        let count = self.quotes.max(1) as f64;
        let days = |seconds: i64| seconds as f64 / count / DAY_S as f64;
        Score {
            name,
            quotes: self.quotes as usize,
            within_estimate_permille: 1_000.0 * self.within_estimate as f64 / count,
            within_promise_permille: 1_000.0 * self.within_promise as f64 / count,
            promise_days: days(self.promise_s),
            width_days: days(self.width_s),
            estimate_loss_days: days(self.estimate_loss) / 10.0,
            promise_loss_days: days(self.promise_loss) / 10.0,
        }
    }
}

const NAMES: [&str; 7] = [
    "lanes",
    "lanes, quantiles added",
    "whole way as one",
    "fixed days",
    "lane's mean",
    "lane's mean + 1.28 deviations",
    "promised then",
];

/// Quotes all orders of a history but the first [`WARM_PERCENT`], each from what had been delivered by then; what is
/// learned is weighed anew each night.
///
/// *lanes*: the distribution of preparing, by origin, and that of the lane, both shrunk, as of one after the other that does
/// not depend on it. *Quantiles added*: half after half, nine tenths after nine tenths, as [`Network::promise`] does along a
/// timetable. *Whole way*: from order to delivery as one lane. *Fixed days*: half and nine tenths of the orders that were
/// not quoted, rounded up to days. *Lane's mean*: of all before; *+ 1.28 deviations* as if it were normal. *Promised then*:
/// what the history says, where it says so.
///
/// [`Network::promise`]: super::Network::promise
pub fn run(history: &History) -> Vec<Score> {
    let trips = &history.trips;
    let warm = trips.len() * WARM_PERCENT / 100;
    let mut sums = [Sums::default(); NAMES.len()];
    let fixed = fixed(&trips[..warm]);
    let mut past = Past::new(history);
    for trip in &trips[warm..] {
        past.go_on(trip.ordered_s);
        let took_s = trip.delivered_s - trip.ordered_s;
        let promised = trip.promised_s.map(|promised_s| Quote {
            estimate_s: promised_s - trip.ordered_s,
            promise_s: promised_s - trip.ordered_s,
        });
        let [lanes, added, whole] = past.quote(trip);
        let [mean, deviations] = past.means(trip);
        let quotes = [lanes, added, whole, fixed, mean, deviations, promised];
        // Orders that not all ways can quote would make them unlike.
        if quotes[..NAMES.len() - 1].iter().all(Option::is_some) {
            for (sum, quote) in sums.iter_mut().zip(quotes) {
                if let Some(quote) = quote {
                    sum.add(quote, took_s);
                }
            }
        }
    }
    let scores = sums.iter().zip(NAMES);
    let scores = scores.filter(|(sums, _)| sums.quotes > 0);
    scores.map(|(sums, name)| sums.score(name)).collect()
}

fn fixed(trips: &[Trip]) -> Option<Quote> {
    let mut took: Vec<i64> = trips
        .iter()
        .map(|trip| trip.delivered_s - trip.ordered_s)
        .collect();
    took.sort_unstable();
    let days_s = |share: usize| {
        let at = (took.len() * share / 10).min(took.len().checked_sub(1)?);
        Some((took[at] + DAY_S - 1) / DAY_S * DAY_S)
    };
    Some(Quote {
        estimate_s: days_s(5)?,
        promise_s: days_s(9)?,
    })
}

/// Count, sum and sum of squares, in hours.
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: i64,
    sum: i64,
    squares: i128,
}

impl Moments {
    fn add(&mut self, hours: i64) {
        self.count += 1;
        self.sum += hours;
        self.squares += i128::from(hours * hours);
    }

    fn mean_s(&self) -> i64 {
        self.sum * 3_600 / self.count
    }

    fn deviation_s(&self) -> i64 {
        let (count, sum) = (i128::from(self.count), i128::from(self.sum));
        let variance = (self.squares * count - sum * sum).max(0);
        (variance.isqrt() * 3_600 / count) as i64
    }
}

/// What is known at a moment.
struct Past<'a> {
    // By when it was delivered, and by when it was handed over.
    delivered: Vec<&'a Trip>,
    handed: Vec<&'a Trip>,
    known_delivered: usize,
    known_handed: usize,
    // One night after another.
    night: i64,
    prepare: (Lanes, Option<Beliefs>),
    ride: (Lanes, Option<Beliefs>),
    whole: (Lanes, Option<Beliefs>),
    moments: BTreeMap<(u32, u32), Moments>,
    all: Moments,
}

impl<'a> Past<'a> {
    fn new(history: &'a History) -> Self {
        let sorted = |key: fn(&Trip) -> i64| {
            let mut trips: Vec<&Trip> = history.trips.iter().collect();
            trips.sort_by_key(|trip| key(trip));
            trips
        };
        let (from, to) = (&history.from.areas, &history.to.areas);
        let begin_s = history.trips.first().map_or(0, |trip| trip.ordered_s);
        let lanes = |to: Vec<u32>| (Lanes::new(from.clone(), to, begin_s), None);
        Self {
            delivered: sorted(|trip| trip.delivered_s),
            handed: sorted(|trip| trip.handed_s),
            known_delivered: 0,
            known_handed: 0,
            night: i64::MIN,
            prepare: lanes(alloc::vec![0]),
            ride: lanes(to.clone()),
            whole: lanes(to.clone()),
            moments: BTreeMap::new(),
            all: Moments::default(),
        }
    }

    fn go_on(&mut self, now_s: i64) {
        for (lanes, _) in [&mut self.prepare, &mut self.ride, &mut self.whole] {
            lanes.go_on(now_s);
        }
        // What happens at this very second is not known yet: it can be the order itself. What cannot be learned, such as a time before 1970, teaches nothing.
        while let Some(trip) = self.handed.get(self.known_handed) {
            if trip.handed_s >= now_s {
                break;
            }
            self.known_handed += 1;
            let lane = (trip.from, 0);
            let _ = self.prepare.0.learn(lane, trip.ordered_s, trip.handed_s);
        }
        while let Some(trip) = self.delivered.get(self.known_delivered) {
            if trip.delivered_s >= now_s {
                break;
            }
            self.known_delivered += 1;
            let lane = (trip.from, trip.to);
            let _ = self.ride.0.learn(lane, trip.handed_s, trip.delivered_s);
            let _ = self.whole.0.learn(lane, trip.ordered_s, trip.delivered_s);
            let hours = (trip.delivered_s - trip.ordered_s) / 3_600;
            self.moments.entry(lane).or_default().add(hours);
            self.all.add(hours);
        }
        let night = now_s.div_euclid(DAY_S);
        if night > self.night {
            self.night = night;
            for (lanes, beliefs) in [&mut self.prepare, &mut self.ride, &mut self.whole] {
                *beliefs = Beliefs::new(lanes);
            }
        }
    }

    fn quote(&self, trip: &Trip) -> [Option<Quote>; 3] {
        let of = |curve: &Curve| Quote {
            estimate_s: i64::from(curve.p50_s()),
            promise_s: i64::from(curve.p90_s()),
        };
        let lane = (trip.from, trip.to);
        let shares = |(lanes, beliefs): &(Lanes, Option<Beliefs>), lane| {
            beliefs.as_ref().map(|beliefs| beliefs.shares(lanes, lane))
        };
        let prepare = shares(&self.prepare, (trip.from, 0));
        let pair = prepare.zip(shares(&self.ride, lane));
        let one_after_another = pair.as_ref().map(|(one, other)| Curve::of_sum(one, other));
        let added = pair.as_ref().map(|(one, other)| {
            let (one, other) = (of(&Curve::of(one)), of(&Curve::of(other)));
            Quote {
                estimate_s: one.estimate_s + other.estimate_s,
                promise_s: one.promise_s + other.promise_s,
            }
        });
        let whole = shares(&self.whole, lane).map(|shares| Curve::of(&shares));
        [
            one_after_another.as_ref().map(of),
            added,
            whole.as_ref().map(of),
        ]
    }

    fn means(&self, trip: &Trip) -> [Option<Quote>; 2] {
        let own = self.moments.get(&(trip.from, trip.to)).copied();
        let moments = own.unwrap_or(self.all);
        if moments.count == 0 {
            return [None, None];
        }
        let mean_s = moments.mean_s();
        let mean = Quote {
            estimate_s: mean_s,
            promise_s: mean_s,
        };
        let deviations = Quote {
            promise_s: mean_s + moments.deviation_s() * 128 / 100,
            ..mean
        };
        [Some(mean), Some(deviations)]
    }
}
