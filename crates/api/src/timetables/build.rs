//! Tables made into timetables, with the shop's own places and the world's time zones.

use super::Driven;
use crate::goods::FileErrors;
use commerce::carrier::{Carrier, Timetable};
use commerce::settings::Location;
use commerce::world::Record;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use logistics::promise::tables::{self, Known, Names, TableError, Texts};
use logistics::promise::{
    Calendar, Change, Clock, Curves, Exception, Input, Load, Minutes, Network, Place, Slot, day_of,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Days of a timetable, beginning some days before it is made: parcels of these days are still on their way.
const DAYS: u16 = 68;
/// Days before the one on which it is made.
pub(super) const DAYS_BACK: i64 = 7;
/// What the calendar of a location is called in tables: this, then its code.
const CALENDAR_OF: &str = "location:";

/// The timetables of all carriers among the records that can be made. One that cannot be any more, because a place that it
/// names is gone, is left out and told to the log.
pub(super) fn services(records: &[Arc<Record>], day: i64) -> Vec<Driven> {
    let carriers = records.iter().filter_map(|record| match &**record {
        Record::Carrier(carrier) => Some(carrier),
        _ => None,
    });
    let places: Vec<&Location> = locations(records.iter().map(Arc::as_ref));
    let mut found = Vec::new();
    for carrier in carriers {
        for timetable in &carrier.timetables {
            match driven(carrier, timetable, &places, day) {
                Ok(driven) => found.push(driven),
                Err(errors) => {
                    let error = errors.first().map(ToString::to_string);
                    let (carrier, service) = (&carrier.code, &timetable.service);
                    tracing::warn!(%carrier, %service, error, "a timetable cannot be used");
                }
            }
        }
    }
    found
}

fn locations<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<&'r Location> {
    let mut found: Vec<&Location> = records
        .filter_map(|record| match record {
            Record::Location(location) => Some(location),
            _ => None,
        })
        .collect();
    found.sort_by_key(|location| location.id);
    found
}

/// What is wrong with a timetable, by table; nothing if it can be used. Takes as long as the timetable is large.
#[must_use]
pub fn faults(
    places: &[Location],
    carrier: &Carrier,
    timetable: &Timetable,
    now: i64,
) -> Vec<FileErrors> {
    let mut places: Vec<&Location> = places.iter().collect();
    places.sort_by_key(|location| location.id);
    let day = now.div_euclid(super::DAY_MS);
    let Err(errors) = driven(carrier, timetable, &places, day) else {
        return Vec::new();
    };
    let mut files: Vec<FileErrors> = Vec::new();
    for error in &errors {
        let name = format!("{}.csv", error.table);
        let file = match files.iter_mut().find(|file| file.name == name) {
            Some(file) => file,
            None => {
                files.push(FileErrors::new(&name));
                files.last_mut().expect("it was put there")
            }
        };
        file.at(error.line as u64, error.field, error.wrong.to_string());
    }
    files
}

fn driven(
    carrier: &Carrier,
    timetable: &Timetable,
    places: &[&Location],
    day: i64,
) -> Result<Driven, Vec<TableError>> {
    let texts = Texts {
        calendars: with_head(&timetable.calendars, "calendar,day,hours"),
        hubs: with_head(&timetable.hubs, "code,time_zone,calendar"),
        lines: with_head(
            &timetable.lines,
            "code,from,to,calendar,cutoff,depart,arrive,capacity",
        ),
        zones: with_head(
            &timetable.zones,
            "zone,hub,time_zone,calendar,cutoff,from,to,capacity",
        ),
        programmes: &timetable.programmes,
        closures: &timetable.closures,
    };
    let first_day = i32::try_from(day - DAYS_BACK).unwrap_or(0);
    let zone_names = zone_names(timetable, places);
    let known = known(&zone_names, places, first_day);
    let (network, names): (Network, Names) = tables::read(&texts, known)?;
    let numbered = names.zones.iter().cloned().zip(0..).collect();
    let clocks = zone_clocks(&network, &zone_names);
    let open = (!network.input().closures.is_empty()).then(|| Input {
        closures: Vec::new(),
        ..network.input().clone()
    });
    Ok(Driven {
        // What can be made with closures can be made without.
        open: open.and_then(|input| {
            let open = Network::new(input).ok()?;
            let load = Load::new(&open);
            Some((open, load))
        }),
        carrier: carrier.id,
        service: timetable.service.clone(),
        load: Load::new(&network),
        curves: Curves::none(),
        places: places.iter().map(|l| l.id).zip(0..).collect(),
        zones: numbered,
        clocks,
        network,
        names,
    })
}

/// A table that was left empty has a head and no lines.
fn with_head<'a>(text: &'a str, head: &'a str) -> &'a str {
    if text.trim().is_empty() { head } else { text }
}

/// The time zones that a timetable can name: those of the shop's places, and what its own cells say.
fn zone_names(timetable: &Timetable, places: &[&Location]) -> Vec<String> {
    let mut names: BTreeSet<String> = places.iter().map(|l| l.time_zone.clone()).collect();
    names.insert("UTC".to_owned());
    for text in [&timetable.hubs, &timetable.zones] {
        let cells = text.split([',', '\n', '\r', '"', ';']).map(str::trim);
        names.extend(cells.filter(|cell| cell.contains('/')).map(str::to_owned));
    }
    names.retain(|name| TimeZone::get(name).is_ok());
    names.into_iter().collect()
}

fn known(zone_names: &[String], places: &[&Location], first_day: i32) -> Known {
    let clocks = zone_names
        .iter()
        .map(|name| (name.clone(), clock(name, first_day)));
    let calendars = places
        .iter()
        .map(|l| (format!("{CALENDAR_OF}{}", l.code), calendar(l)));
    let place = |(location, number): (&&Location, u32)| {
        let zone = zone_names.iter().position(|n| *n == location.time_zone);
        let utc = || zone_names.iter().position(|name| name == "UTC");
        let minutes = location.pickup_lead_minutes;
        let place = Place {
            clock: u32::try_from(zone.or_else(utc).unwrap_or(0)).unwrap_or(0),
            calendar: number,
            prepare: Minutes {
                p50: minutes,
                p90: minutes,
            },
        };
        (location.code.clone(), place)
    };
    Known {
        clocks: clocks.collect(),
        calendars: calendars.collect(),
        places: places.iter().zip(0..).map(place).collect(),
        first_day,
        days: DAYS,
    }
}

/// A location's opening hours.
fn calendar(location: &Location) -> Calendar {
    let slots = |hours: &Vec<(u16, u16)>| {
        let slot = |&(from_minute, to_minute): &(u16, u16)| Slot {
            from_minute,
            to_minute,
        };
        hours.iter().map(slot).collect()
    };
    let closed = location.closed_on.iter().filter_map(|date| {
        let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
        let day = day_of(i32::try_from(year).ok()?, month, day)?;
        Some((day, Exception::Closed))
    });
    Calendar {
        week: location.hours.each_ref().map(slots),
        exceptions: closed.collect(),
    }
}

/// The changes of a time zone within a timetable and around it.
fn clock(name: &str, first_day: i32) -> Clock {
    let Ok(zone) = TimeZone::get(name) else {
        return Clock::utc();
    };
    let days_s = |day: i32| i64::from(day) * logistics::promise::DAY_S;
    // Runs of service days before the first may still arrive on it.
    let (from, until) = (
        days_s(first_day - 30),
        days_s(first_day + i32::from(DAYS) + 30),
    );
    let moment = |at: i64| Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let change = |at: Timestamp, offset_s: i32| Change {
        from_s: at.as_second(),
        offset_s,
    };
    let mut changes = vec![change(moment(from), zone.to_offset(moment(from)).seconds())];
    let later = zone
        .following(moment(from))
        .take_while(|change| change.timestamp().as_second() < until);
    changes.extend(later.map(|t| change(t.timestamp(), t.offset().seconds())));
    Clock::new(changes).unwrap_or_else(|_| Clock::utc())
}

/// By the zone's number, its time zone.
fn zone_clocks(network: &Network, names: &[String]) -> Vec<TimeZone> {
    let zones = network.input().zones.iter();
    zones
        .map(|zone| {
            let name = names.get(zone.clock as usize);
            name.and_then(|name| TimeZone::get(name).ok())
                .unwrap_or(TimeZone::UTC)
        })
        .collect()
}
