//! What tables must fulfil before they make a network.

use super::calendar::{Calendar, DAY_MINUTES, Exception, Slot};
use super::input::{
    Closed, Closure, DAYS_MAX, FIRST_DAYS, Handover, Input, Line, MINUTE_MAX, PLACES_MAX,
    PREPARE_MAX_MINUTES, Place, Programme, ROWS_MAX, TOURS_MAX, Tour, UNLIMITED, Zone,
};
use core::fmt;

/// A table of [`Input`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// [`Input::clocks`].
    Clocks,
    /// [`Input::calendars`].
    Calendars,
    /// [`Input::places`].
    Places,
    /// [`Input::lines`].
    Lines,
    /// [`Input::zones`].
    Zones,
    /// [`Input::tours`].
    Tours,
    /// [`Input::programmes`].
    Programmes,
    /// [`Input::closures`].
    Closures,
    /// The timetable's first day and length.
    Timetable,
}

impl Table {
    /// Its name in texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clocks => "clocks",
            Self::Calendars => "calendars",
            Self::Places => "places",
            Self::Lines => "lines",
            Self::Zones => "zones",
            Self::Tours => "tours",
            Self::Programmes => "programmes",
            Self::Closures => "closures",
            Self::Timetable => "timetable",
        }
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It names a row that its table does not have.
    Unknown(u32),
    /// It is larger or smaller than it may be.
    Range(i64),
    /// It is not after what it must be after, or before it.
    Order,
    /// A line leads to where it began.
    Itself,
    /// A day stands in the list twice; which, in days since 1970.
    Twice(i32),
    /// The run of this service day arrives when it has not left yet.
    IntoThePast(i32),
    /// There are more rows than a table may have, or more runs than a timetable may have.
    TooMany(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(row) => write!(f, "there is no row {row}"),
            Self::Range(value) => write!(f, "{value} is out of range"),
            Self::Order => f.write_str("out of order"),
            Self::Itself => f.write_str("it leads to where it begins"),
            Self::Twice(day) => write!(f, "day {day} stands there twice"),
            Self::IntoThePast(day) => {
                write!(f, "on day {day} it arrives when it has not left yet")
            }
            Self::TooMany(count) => write!(f, "{count} are too many"),
        }
    }
}

/// Why tables make no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InputError {
    /// In which table.
    pub table: Table,
    /// In which row, from 0.
    pub row: usize,
    /// In which field.
    pub field: &'static str,
    /// What is wrong there.
    pub fault: Fault,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, row {}, {}: {}",
            self.table.name(),
            self.row,
            self.field,
            self.fault
        )
    }
}

impl core::error::Error for InputError {}

type Found = Result<(), (&'static str, Fault)>;

impl Input {
    /// Holds the tables against their limits and against each other. Whether a line arrives before it leaves is seen only
    /// when its runs are made.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the tables.
    pub fn validate(&self) -> Result<(), InputError> {
        self.validate_sizes()?;
        each(Table::Calendars, &self.calendars, calendar)?;
        each(Table::Places, &self.places, |row| self.place(row))?;
        each(Table::Lines, &self.lines, |row| self.line(row))?;
        each(Table::Zones, &self.zones, |row| self.zone(row))?;
        each(Table::Tours, &self.tours, |row| self.tour(row))?;
        each(Table::Programmes, &self.programmes, |row| {
            self.programme(row)
        })?;
        each(Table::Closures, &self.closures, |row| self.closure(row))
    }

    fn validate_sizes(&self) -> Result<(), InputError> {
        let sizes = [
            (Table::Clocks, self.clocks.len(), ROWS_MAX),
            (Table::Calendars, self.calendars.len(), ROWS_MAX),
            (Table::Places, self.places.len(), PLACES_MAX),
            (Table::Lines, self.lines.len(), ROWS_MAX),
            (Table::Zones, self.zones.len(), ROWS_MAX),
            (Table::Tours, self.tours.len(), TOURS_MAX),
            (Table::Programmes, self.programmes.len(), TOURS_MAX),
            (Table::Closures, self.closures.len(), ROWS_MAX),
        ];
        for (table, count, most) in sizes {
            if count > most {
                return Err(InputError {
                    table,
                    row: most,
                    field: "rows",
                    fault: Fault::TooMany(count),
                });
            }
        }
        let timetable = |field, value| InputError {
            table: Table::Timetable,
            row: 0,
            field,
            fault: Fault::Range(value),
        };
        if !FIRST_DAYS.contains(&self.first_day) {
            return Err(timetable("first day", i64::from(self.first_day)));
        }
        if !(1..=DAYS_MAX).contains(&self.days) {
            return Err(timetable("days", i64::from(self.days)));
        }
        Ok(())
    }

    fn place(&self, place: &Place) -> Found {
        known("clock", place.clock, self.clocks.len())?;
        known("calendar", place.calendar, self.calendars.len())?;
        within("prepare p90", place.prepare.p90, PREPARE_MAX_MINUTES)?;
        ordered("prepare p90", &[place.prepare.p50, place.prepare.p90])
    }

    fn line(&self, line: &Line) -> Found {
        known("from", line.from, self.places.len())?;
        known("to", line.to, self.places.len())?;
        if line.from == line.to {
            return Err(("to", Fault::Itself));
        }
        known("calendar", line.calendar, self.calendars.len())?;
        within("depart", line.depart_minute, MINUTE_MAX)?;
        ordered("depart", &[line.cutoff_minute, line.depart_minute])?;
        within("arrive", line.arrive_minute, MINUTE_MAX)?;
        within("capacity", line.capacity, UNLIMITED)
    }

    fn zone(&self, zone: &Zone) -> Found {
        known("hub", zone.hub, self.places.len())?;
        known("clock", zone.clock, self.clocks.len())?;
        if let Handover::Collect {
            calendar,
            shelve_minutes,
        } = zone.handover
        {
            known("collect calendar", calendar, self.calendars.len())?;
            within("shelve", shelve_minutes, PREPARE_MAX_MINUTES)?;
        }
        Ok(())
    }

    fn tour(&self, tour: &Tour) -> Found {
        known("zone", tour.zone, self.zones.len())?;
        known("calendar", tour.calendar, self.calendars.len())?;
        ordered("from", &[tour.cutoff_minute, tour.from_minute])?;
        window(tour.from_minute, tour.to_minute)?;
        within("capacity", tour.capacity, UNLIMITED)
    }

    fn programme(&self, row: &Programme) -> Found {
        known("zone", row.zone, self.zones.len())?;
        known("location", row.location.unwrap_or(0), self.places.len())?;
        known("calendar", row.calendar, self.calendars.len())?;
        ordered("ship by", &[row.order_minute, row.ship_minute])?;
        ordered("from", &[row.ship_minute, row.from_minute])?;
        window(row.from_minute, row.to_minute)?;
        within("capacity", row.capacity, UNLIMITED)
    }

    fn closure(&self, closure: &Closure) -> Found {
        match closure.what {
            Closed::Place(place) => known("place", place, self.places.len())?,
            Closed::Line(line) => known("line", line, self.lines.len())?,
        }
        if closure.from_s >= closure.until_s {
            return Err(("until", Fault::Order));
        }
        Ok(())
    }
}

fn each<T>(table: Table, rows: &[T], mut check: impl FnMut(&T) -> Found) -> Result<(), InputError> {
    for (row, what) in rows.iter().enumerate() {
        check(what).map_err(|(field, fault)| InputError {
            table,
            row,
            field,
            fault,
        })?;
    }
    Ok(())
}

fn known(field: &'static str, row: u32, rows: usize) -> Found {
    if (row as usize) < rows {
        Ok(())
    } else {
        Err((field, Fault::Unknown(row)))
    }
}

fn within(field: &'static str, value: u32, most: u32) -> Found {
    if value <= most {
        Ok(())
    } else {
        Err((field, Fault::Range(i64::from(value))))
    }
}

// Whether none is before the one before it.
fn ordered(field: &'static str, values: &[u32]) -> Found {
    if values.is_sorted() {
        Ok(())
    } else {
        Err((field, Fault::Order))
    }
}

fn window(from_minute: u32, to_minute: u32) -> Found {
    within("to", to_minute, MINUTE_MAX)?;
    if from_minute < to_minute {
        Ok(())
    } else {
        Err(("to", Fault::Order))
    }
}

fn calendar(calendar: &Calendar) -> Found {
    calendar
        .week
        .iter()
        .try_for_each(|day| slots("week", day))?;
    for (_, exception) in &calendar.exceptions {
        match exception {
            Exception::Closed => {}
            Exception::Like(day) => known("exception", u32::from(*day), calendar.week.len())?,
            Exception::Hours(hours) => slots("exception", hours)?,
        }
    }
    let mut days: alloc::vec::Vec<i32> = calendar.exceptions.iter().map(|(day, _)| *day).collect();
    days.sort_unstable();
    match days.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(("exception", Fault::Twice(pair[0]))),
        None => Ok(()),
    }
}

fn slots(field: &'static str, slots: &[Slot]) -> Found {
    let mut free_from = 0;
    for slot in slots {
        if slot.to_minute > DAY_MINUTES {
            return Err((field, Fault::Range(i64::from(slot.to_minute))));
        }
        if slot.from_minute < free_from || slot.from_minute >= slot.to_minute {
            return Err((field, Fault::Order));
        }
        free_from = slot.to_minute;
    }
    Ok(())
}
