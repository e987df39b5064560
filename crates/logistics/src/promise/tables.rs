//! A network read from CSV tables, as operators keep them. One wrong line names itself and nothing is made.
//!
//! | table | columns |
//! |---|---|
//! | `calendars` | `calendar,day,hours`: `day` is `mon` to `sun`, or a date; `hours` are `09:00-13:00;14:00-18:00`, empty or `closed` for none, of a date also `like sat` |
//! | `hubs` | `code,time_zone,calendar`, and `prepare_p50,prepare_p90` in minutes for places that orders are prepared at |
//! | `lines` | `code,from,to,calendar,cutoff,depart,arrive,capacity` |
//! | `zones` | `zone,hub,time_zone,calendar,cutoff,from,to,capacity`, a line for each tour; for lockers and shops `collect_calendar,shelve_minutes`. What is said of a zone is the same on all its lines |
//! | `closures` | `closed,from,until`: the code of a place or a line, and moments such as `2026-12-01 12:00` on the clock there |
//! | `programmes` | `code,zone,location,weight_max_grams,calendar,order_by,ship_by,from,to,capacity`; without location or weight it holds for all |
//!
//! Times are `HH:MM` of the service day, past midnight they go on with `24:00`. A capacity that is empty has no limit.
//! Columns may stand in any order, and others beside them.

use super::calendar::{Calendar, DAY_MINUTES, Exception, Slot};
use super::clock::{Clock, DAY_S, day_of};
use super::csv::{CsvFault, Line as Row, Rows};
use super::input::{
    Closed, Closure, Handover, Input, Line, MINUTE_MAX, Minutes, Place, Programme, Tour, UNLIMITED,
    Zone,
};
use super::network::Network;
use super::validate::{Fault, InputError, Table};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// So many wrong lines are named at most.
pub const ERRORS_MAX: usize = 100;

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The tables' texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Texts<'a> {
    /// Calendars.
    pub calendars: &'a str,
    /// Hubs, and other places.
    pub hubs: &'a str,
    /// Lines.
    pub lines: &'a str,
    /// Zones with their tours.
    pub zones: &'a str,
    /// Programmes; may be empty.
    pub programmes: &'a str,
    /// What is closed, from when until when; may be empty.
    pub closures: &'a str,
}

/// What the tables may refer to besides each other. Its rows come first in the network's tables, in this order.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Time zones by their names.
    pub clocks: Vec<(String, Clock)>,
    /// Calendars by their codes.
    pub calendars: Vec<(String, Calendar)>,
    /// Places by their codes, such as the shop's locations.
    pub places: Vec<(String, Place)>,
    /// [`Input::first_day`].
    pub first_day: i32,
    /// [`Input::days`].
    pub days: u16,
}

/// What rows are called, by their number in the network's tables.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Of calendars.
    pub calendars: Vec<String>,
    /// Of places.
    pub places: Vec<String>,
    /// Of lines.
    pub lines: Vec<String>,
    /// Of zones.
    pub zones: Vec<String>,
    /// Of programmes.
    pub programmes: Vec<String>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It cannot be read.
    Text(CsvFault),
    /// It is read, and cannot be.
    Row(Fault),
}

/// Why tables make no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// In which table.
    pub table: &'static str,
    /// On which line of its text, from 1; 0 where it is the whole.
    pub line: usize,
    /// In which column; empty where it is the whole line.
    pub field: &'static str,
    /// What is wrong.
    pub wrong: Wrong,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.table, self.line)?;
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        write!(f, ": {}", self.wrong)
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(fault) => fault.fmt(f),
            Self::Row(fault) => fault.fmt(f),
        }
    }
}

impl core::error::Error for TableError {}

/// Reads the tables and makes the network.
///
/// # Errors
/// All lines that cannot be read, up to [`ERRORS_MAX`]; if there are none, the first row that cannot be
/// ([`Network::new`]).
pub fn read(texts: &Texts<'_>, known: Known) -> Result<(Network, Names), Vec<TableError>> {
    let mut reader = Reader::new(known);
    reader.calendars(texts.calendars);
    reader.hubs(texts.hubs);
    reader.lines(texts.lines);
    reader.zones(texts.zones);
    reader.programmes(texts.programmes);
    reader.closures(texts.closures);
    if !reader.errors.is_empty() {
        return Err(reader.errors);
    }
    let Reader {
        input,
        names,
        numbers,
        ..
    } = reader;
    let network = Network::new(input);
    let network = network.map_err(|error| alloc::vec![located(&numbers, error)])?;
    Ok((network, names))
}

// An error in a row, with the line that the row came from.
fn located(numbers: &BTreeMap<Table, Vec<usize>>, error: InputError) -> TableError {
    let lines = numbers.get(&error.table);
    let line = lines.and_then(|lines| lines.get(error.row));
    TableError {
        table: match error.table {
            Table::Places => "hubs",
            // A tour is a line of its zone.
            Table::Tours => "zones",
            table => table.name(),
        },
        line: line.copied().unwrap_or(0),
        field: error.field,
        wrong: Wrong::Row(error.fault),
    }
}

type Field<T> = Result<T, (&'static str, CsvFault)>;

struct Reader {
    input: Input,
    names: Names,
    clocks: BTreeMap<String, u32>,
    calendars: BTreeMap<String, u32>,
    places: BTreeMap<String, u32>,
    zones: BTreeMap<String, u32>,
    // By table, the line that each row came from; 0 for a row that was known.
    numbers: BTreeMap<Table, Vec<usize>>,
    errors: Vec<TableError>,
}

// A line with where its columns stand.
struct Fields<'a> {
    row: &'a Row,
    columns: &'a [(&'static str, Option<usize>)],
}

impl<'a> Fields<'a> {
    fn text(&self, name: &'static str) -> &'a str {
        let column = self.columns.iter().find(|(column, _)| *column == name);
        self.row.get(column.and_then(|(_, column)| *column))
    }

    fn filled(&self, name: &'static str) -> Field<&'a str> {
        Some(self.text(name))
            .filter(|text| !text.is_empty())
            .ok_or((name, CsvFault::Empty))
    }

    fn number(&self, name: &'static str) -> Field<u32> {
        let text = self.filled(name)?;
        text.parse()
            .map_err(|_| (name, CsvFault::Text(text.to_owned())))
    }

    fn number_or(&self, name: &'static str, otherwise: u32) -> Field<u32> {
        match self.text(name) {
            "" => Ok(otherwise),
            _ => self.number(name),
        }
    }

    fn minute(&self, name: &'static str) -> Field<u32> {
        let text = self.filled(name)?;
        minute(text).ok_or((name, CsvFault::Text(text.to_owned())))
    }

    fn code(&self, name: &'static str, codes: &BTreeMap<String, u32>) -> Field<u32> {
        let code = self.filled(name)?;
        let row = codes.get(code).copied();
        row.ok_or((name, CsvFault::Unknown(code.to_owned())))
    }

    fn new_code(&self, name: &'static str, is_taken: bool) -> Field<String> {
        let code = self.filled(name)?.to_owned();
        if is_taken {
            return Err((name, CsvFault::Twice(code)));
        }
        Ok(code)
    }
}

impl Reader {
    fn new(known: Known) -> Self {
        let (clock_names, clocks) = known.clocks.into_iter().unzip();
        let (calendar_names, calendars) = known.calendars.into_iter().unzip();
        let (place_names, places) = known.places.into_iter().unzip();
        let clock_names: Vec<String> = clock_names;
        let names = Names {
            calendars: calendar_names,
            places: place_names,
            ..Names::default()
        };
        let numbered = |names: &[String]| {
            let names = names.iter().cloned();
            names.zip(0..).collect::<BTreeMap<String, u32>>()
        };
        let numbers = BTreeMap::from([
            (Table::Calendars, alloc::vec![0; names.calendars.len()]),
            (Table::Places, alloc::vec![0; names.places.len()]),
        ]);
        Self {
            clocks: numbered(&clock_names),
            calendars: numbered(&names.calendars),
            places: numbered(&names.places),
            zones: BTreeMap::new(),
            numbers,
            input: Input {
                clocks,
                calendars,
                places,
                first_day: known.first_day,
                days: known.days,
                ..Input::default()
            },
            names,
            errors: Vec::new(),
        }
    }

    // Reads each line; `columns` must be there, those of `others` may be.
    fn each(
        &mut self,
        table: &'static str,
        text: &str,
        (columns, others): (&[&'static str], &[&'static str]),
        mut one: impl FnMut(&mut Self, usize, &Fields<'_>) -> Field<()>,
    ) {
        let rows = Rows::new(text);
        let mut places = Vec::with_capacity(columns.len() + others.len());
        for name in columns.iter().chain(others) {
            places.push((*name, rows.column(name)));
        }
        let missing = places[..columns.len()].iter();
        let missing = missing.filter(|(_, column)| column.is_none());
        for (name, _) in missing.clone() {
            self.wrong(table, 1, (name, CsvFault::Column));
        }
        if missing.count() > 0 {
            return;
        }
        for row in rows {
            let (line, read) = match row {
                Err((line, fault)) => (line, Err(("", fault))),
                Ok(row) => {
                    let fields = Fields {
                        row: &row,
                        columns: &places,
                    };
                    (row.number, one(self, row.number, &fields))
                }
            };
            if let Err(wrong) = read {
                self.wrong(table, line, wrong);
            }
        }
    }

    fn wrong(
        &mut self,
        table: &'static str,
        line: usize,
        (field, fault): (&'static str, CsvFault),
    ) {
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(TableError {
                table,
                line,
                field,
                wrong: Wrong::Text(fault),
            });
        }
    }

    fn came_from(&mut self, table: Table, line: usize) {
        self.numbers.entry(table).or_default().push(line);
    }

    fn calendars(&mut self, text: &str) {
        let columns: (&[_], &[_]) = (&["calendar", "day", "hours"], &[]);
        let known = self.names.calendars.len();
        self.each("calendars", text, columns, |reader, line, fields| {
            let code = fields.filled("calendar")?;
            let number = match reader.calendars.get(code) {
                Some(number) if (*number as usize) < known => {
                    return Err(("calendar", CsvFault::Twice(code.to_owned())));
                }
                Some(number) => *number,
                None => {
                    let number = reader.names.calendars.len() as u32;
                    reader.calendars.insert(code.to_owned(), number);
                    reader.names.calendars.push(code.to_owned());
                    reader.input.calendars.push(Calendar::default());
                    reader.came_from(Table::Calendars, line);
                    number
                }
            };
            calendar_day(&mut reader.input.calendars[number as usize], fields)
        });
    }

    fn hubs(&mut self, text: &str) {
        let columns: (&[_], &[_]) = (
            &["code", "time_zone", "calendar"],
            &["prepare_p50", "prepare_p90"],
        );
        self.each("hubs", text, columns, |reader, line, fields| {
            let code = fields.new_code("code", reader.places.contains_key(fields.text("code")))?;
            let p50 = fields.number_or("prepare_p50", 0)?;
            let place = Place {
                clock: fields.code("time_zone", &reader.clocks)?,
                calendar: fields.code("calendar", &reader.calendars)?,
                prepare: Minutes {
                    p50,
                    p90: fields.number_or("prepare_p90", p50)?,
                },
            };
            let number = reader.input.places.len() as u32;
            reader.places.insert(code.clone(), number);
            reader.names.places.push(code);
            reader.input.places.push(place);
            reader.came_from(Table::Places, line);
            Ok(())
        });
    }

    fn lines(&mut self, text: &str) {
        let columns: (&[_], &[_]) = (
            &[
                "code", "from", "to", "calendar", "cutoff", "depart", "arrive", "capacity",
            ],
            &[],
        );
        let mut codes = BTreeMap::new();
        self.each("lines", text, columns, |reader, line, fields| {
            let code = fields.new_code("code", codes.contains_key(fields.text("code")))?;
            let row = Line {
                from: fields.code("from", &reader.places)?,
                to: fields.code("to", &reader.places)?,
                calendar: fields.code("calendar", &reader.calendars)?,
                cutoff_minute: fields.minute("cutoff")?,
                depart_minute: fields.minute("depart")?,
                arrive_minute: fields.minute("arrive")?,
                capacity: fields.number_or("capacity", UNLIMITED)?,
            };
            codes.insert(code.clone(), ());
            reader.names.lines.push(code);
            reader.input.lines.push(row);
            reader.came_from(Table::Lines, line);
            Ok(())
        });
    }

    fn closures(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let columns: (&[_], &[_]) = (&["closed", "from", "until"], &[]);
        self.each("closures", text, columns, |reader, line, fields| {
            let code = fields.filled("closed")?;
            let named = |name: &String| name == code;
            let place = reader.places.get(code).copied();
            let of_line = reader.names.lines.iter().position(named);
            let (what, place) = match (place, of_line) {
                (Some(place), _) => (Closed::Place(place), place),
                (None, Some(row)) => (Closed::Line(row as u32), reader.input.lines[row].from),
                (None, None) => return Err(("closed", CsvFault::Unknown(code.to_owned()))),
            };
            let clock = reader.input.places[place as usize].clock;
            let clock = &reader.input.clocks[clock as usize];
            let moment = |name| {
                let text = fields.filled(name)?;
                let local = local_s(text).ok_or((name, CsvFault::Text(text.to_owned())))?;
                Ok(clock.instant_s(local))
            };
            let row = Closure {
                what,
                from_s: moment("from")?,
                until_s: moment("until")?,
            };
            reader.input.closures.push(row);
            reader.came_from(Table::Closures, line);
            Ok(())
        });
    }

    fn zones(&mut self, text: &str) {
        let columns: (&[_], &[_]) = (
            &[
                "zone",
                "hub",
                "time_zone",
                "calendar",
                "cutoff",
                "from",
                "to",
                "capacity",
            ],
            &["collect_calendar", "shelve_minutes"],
        );
        self.each("zones", text, columns, |reader, line, fields| {
            let code = fields.filled("zone")?;
            let handover = match fields.text("collect_calendar") {
                "" => Handover::Door,
                _ => Handover::Collect {
                    calendar: fields.code("collect_calendar", &reader.calendars)?,
                    shelve_minutes: fields.number_or("shelve_minutes", 0)?,
                },
            };
            let row = Zone {
                hub: fields.code("hub", &reader.places)?,
                clock: fields.code("time_zone", &reader.clocks)?,
                handover,
            };
            let mut tour = Tour {
                zone: reader.input.zones.len() as u32,
                calendar: fields.code("calendar", &reader.calendars)?,
                cutoff_minute: fields.minute("cutoff")?,
                from_minute: fields.minute("from")?,
                to_minute: fields.minute("to")?,
                capacity: fields.number_or("capacity", UNLIMITED)?,
            };
            match reader.zones.get(code) {
                Some(number) => {
                    tour.zone = *number;
                    if let Some(field) = differs(&reader.input.zones[*number as usize], &row) {
                        let text = fields.text(field).to_owned();
                        return Err((field, CsvFault::Differs(text)));
                    }
                }
                None => {
                    reader.zones.insert(code.to_owned(), tour.zone);
                    reader.names.zones.push(code.to_owned());
                    reader.input.zones.push(row);
                    reader.came_from(Table::Zones, line);
                }
            }
            reader.input.tours.push(tour);
            reader.came_from(Table::Tours, line);
            Ok(())
        });
    }

    fn programmes(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        let columns: (&[_], &[_]) = (
            &[
                "code", "zone", "calendar", "order_by", "ship_by", "from", "to",
            ],
            &["location", "weight_max_grams", "capacity"],
        );
        let mut codes = BTreeMap::new();
        self.each("programmes", text, columns, |reader, line, fields| {
            let code = fields.new_code("code", codes.contains_key(fields.text("code")))?;
            let location = match fields.text("location") {
                "" => None,
                _ => Some(fields.code("location", &reader.places)?),
            };
            let row = Programme {
                zone: fields.code("zone", &reader.zones)?,
                location,
                weight_max_grams: fields.number_or("weight_max_grams", u32::MAX)?,
                calendar: fields.code("calendar", &reader.calendars)?,
                order_minute: fields.minute("order_by")?,
                ship_minute: fields.minute("ship_by")?,
                from_minute: fields.minute("from")?,
                to_minute: fields.minute("to")?,
                capacity: fields.number_or("capacity", UNLIMITED)?,
            };
            codes.insert(code.clone(), ());
            reader.names.programmes.push(code);
            reader.input.programmes.push(row);
            reader.came_from(Table::Programmes, line);
            Ok(())
        });
    }
}

// The column in which two lines about one zone differ.
fn differs(before: &Zone, now: &Zone) -> Option<&'static str> {
    let columns = [
        ("hub", before.hub == now.hub),
        ("time_zone", before.clock == now.clock),
        ("collect_calendar", before.handover == now.handover),
    ];
    let differing = columns.into_iter().find(|(_, is_same)| !is_same);
    differing.map(|(name, _)| name)
}

fn calendar_day(calendar: &mut Calendar, fields: &Fields<'_>) -> Field<()> {
    let (day, hours) = (fields.filled("day")?, fields.text("hours"));
    let unread = |name, text: &str| (name, CsvFault::Text(text.to_owned()));
    let weekday = |day: &str| WEEK.iter().position(|known| *known == day);
    if let Some(at) = weekday(day) {
        if !calendar.week[at].is_empty() {
            return Err(("day", CsvFault::Twice(day.to_owned())));
        }
        calendar.week[at] = slots(hours).ok_or(unread("hours", hours))?;
        return Ok(());
    }
    let date = date(day).ok_or(unread("day", day))?;
    if calendar.exceptions.iter().any(|(other, _)| *other == date) {
        return Err(("day", CsvFault::Twice(day.to_owned())));
    }
    let exception = match hours.strip_prefix("like ") {
        Some(like) => {
            let like = weekday(like.trim()).ok_or(unread("hours", hours))?;
            Exception::Like(like as u8)
        }
        None => match slots(hours).ok_or(unread("hours", hours))? {
            slots if slots.is_empty() => Exception::Closed,
            slots => Exception::Hours(slots),
        },
    };
    calendar.exceptions.push((date, exception));
    Ok(())
}

fn slots(text: &str) -> Option<Vec<Slot>> {
    if text.is_empty() || text == "closed" {
        return Some(Vec::new());
    }
    let slot = |text: &str| {
        let (from, to) = text.split_once('-')?;
        Some(Slot {
            from_minute: u16::try_from(minute(from)?).ok()?,
            to_minute: u16::try_from(minute(to)?).ok()?,
        })
    };
    text.split(';').map(slot).collect()
}

// `HH:MM`, past midnight on and on.
fn minute(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |text: &str| {
        let is_number = (1..=3).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_number)
    };
    let (hours, minutes) = (
        digits(hours)?,
        digits(minutes).filter(|minutes| *minutes < 60)?,
    );
    Some(hours * 60 + minutes).filter(|minute| *minute <= MINUTE_MAX)
}

// A date and a time such as `2026-12-24 12:00`, in seconds since 1970 on the wall.
fn local_s(text: &str) -> Option<i64> {
    let (day, time) = text.trim().split_once([' ', 'T'])?;
    let minute = minute(time).filter(|minute| *minute <= u32::from(DAY_MINUTES))?;
    Some(i64::from(date(day)?) * DAY_S + i64::from(minute) * 60)
}

/// A date such as `2026-12-24`, in days since 1970.
pub(super) fn date(text: &str) -> Option<i32> {
    let mut parts = text.split('-');
    let mut part = |digits: usize| {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|c| c.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| is_number)
    };
    let (year, month, date) = (part(4)?, part(2)?, part(2)?);
    if parts.next().is_some() {
        return None;
    }
    day_of(year as i32, month, date)
}
