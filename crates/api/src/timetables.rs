//! Timetables of carriers' services: what arrivals are promised by.
//!
//! The tables are records of their carriers. A [`Board`] holds what they were made into, with the shop's places, calendars
//! and time zones; it is made anew beside the requests when a table or a place changes, and each day
//! ([`Timetables::refresh`]). A request takes the board that there is and asks it without waiting.
//!
//! An address lies in a carrier's area, and the area's sorting code, or else its zone, names the timetable's zone.

mod build;

pub use build::faults;

use crate::app::{App, now_ms};
use commerce::World;
use commerce::code::Country;
use commerce::id::{CarrierId, LocationId};
use commerce::order::Group;
use commerce::world::{Record, RecordKind};
use jiff::tz::TimeZone;
use logistics::promise::tables::Names;
use logistics::promise::{
    Closed, Closure, Curves, Leg, Load, Network, Parcel, Part, Promise, Question, Step,
};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use store::Shelf;
use tokio::time::MissedTickBehavior;

/// The board that there is now.
#[derive(Clone, Default)]
pub struct Timetables(Arc<RwLock<Arc<Board>>>);

/// Everything that can be asked.
#[derive(Default)]
pub struct Board {
    /// The day that it was made on, in days since 1970.
    day: i64,
    /// The records that it was made of: a changed one is another.
    made_of: Vec<Arc<Record>>,
    services: Vec<Driven>,
}

/// One service's timetable.
pub struct Driven {
    carrier: CarrierId,
    service: String,
    network: Network,
    /// The same as if nothing were closed, if something is.
    open: Option<(Network, Load)>,
    names: Names,
    load: Load,
    curves: Curves,
    places: HashMap<LocationId, u32>,
    zones: HashMap<String, u32>,
    /// By the zone's number, its time zone.
    clocks: Vec<TimeZone>,
}

/// What is to be sent, where to and when.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// To which country.
    pub country: Country,
    /// The postal code there, as it was written; empty while it is not known.
    pub postal_code: &'a str,
    /// The service level that is sold.
    pub level: &'a str,
    /// From where.
    pub place: LocationId,
    /// Its weight by the catalog, in grams; 0 where it is not known.
    pub grams: u32,
    /// When it is ordered, in UTC milliseconds.
    pub at: i64,
}

impl<'a> Sending<'a> {
    /// A parcel of an order that leaves a place at a moment in UTC milliseconds.
    #[must_use]
    pub fn of(
        group: &'a Group,
        level: &'a str,
        (place, grams): (LocationId, u32),
        at: i64,
    ) -> Self {
        let to = group.destination.as_deref();
        Self {
            country: to.and_then(|to| to.country).unwrap_or(group.tax_country),
            postal_code: to.map_or("", |to| to.postal_code.as_str()),
            level,
            place,
            grams,
            at,
        }
    }
}

/// When a parcel is there, by the service that brings it first.
pub struct Ride<'b> {
    /// Whose timetable says so.
    pub driven: &'b Driven,
    /// The destination's zone, by its number.
    pub zone: u32,
    /// What it says.
    pub promise: Promise,
}

impl Timetables {
    /// The board as it is now.
    #[must_use]
    pub fn board(&self) -> Arc<Board> {
        let board = self.0.read().unwrap_or_else(PoisonError::into_inner);
        board.clone()
    }

    /// Makes the board anew if something that it follows from has changed. Takes as long as the timetables are large: for
    /// threads that may block.
    pub fn refresh(&self, shelf: &Shelf, now: i64) {
        let day = now.div_euclid(DAY_MS);
        let (made_of, is_same) = {
            let world = shelf.read();
            let made_of = sources(&world);
            let board = self.board();
            let is_same = board.day == day
                && board.made_of.len() == made_of.len()
                && board
                    .made_of
                    .iter()
                    .zip(&made_of)
                    .all(|(a, b)| Arc::ptr_eq(a, b));
            (made_of, is_same)
        };
        if is_same {
            return;
        }
        let services = build::services(&made_of, day);
        let board = Arc::new(Board {
            day,
            made_of,
            services,
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = board;
    }
}

/// Looks each second whether timetables have changed, for as long as it is polled.
pub async fn keep(app: App) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let app = app.clone();
        let looked = tokio::task::spawn_blocking(move || {
            app.timetables.refresh(&app.shelf, now_ms());
        });
        if let Err(error) = looked.await {
            tracing::error!(%error, "timetables could not be made");
        }
    }
}

/// How often is looked whether timetables have changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// The records that timetables follow from; none as long as no carrier has one.
fn sources(world: &World) -> Vec<Arc<Record>> {
    let with = |c: &&commerce::carrier::Carrier| !c.timetables.is_empty();
    let mut found: Vec<Arc<Record>> = world
        .carriers()
        .filter(with)
        .filter_map(|c| world.record_arc(RecordKind::Carrier, c.id.0))
        .collect();
    if !found.is_empty() {
        let places = world.locations();
        found.extend(places.filter_map(|l| world.record_arc(RecordKind::Location, l.id.0)));
    }
    found
}

impl Board {
    /// Whether no service has a timetable.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.services.is_empty()
    }

    /// The first moment that can be asked about, in UTC milliseconds.
    #[must_use]
    pub fn begin(&self) -> i64 {
        (self.day - build::DAYS_BACK) * DAY_MS
    }

    /// When a parcel is there that this service of this carrier brings, whatever was sold. `None` where its timetable says
    /// nothing.
    #[must_use]
    pub fn ride_with(
        &self,
        world: &World,
        carrier: CarrierId,
        service: &str,
        sending: &Sending<'_>,
    ) -> Option<Ride<'_>> {
        self.service(carrier, service)?.ride(world, sending)
    }

    fn service(&self, carrier: CarrierId, service: &str) -> Option<&Driven> {
        let is_it = |d: &&Driven| d.carrier == carrier && d.service == service;
        self.services.iter().find(is_it)
    }

    /// How a parcel that this service of this carrier brings goes on from one of the shop's places. `None` where its
    /// timetable knows no way.
    #[must_use]
    pub fn onward(
        &self,
        world: &World,
        (carrier, service): (CarrierId, &str),
        sending: &Sending<'_>,
    ) -> Option<Onward> {
        self.service(carrier, service)?.onward(world, sending)
    }

    /// When a parcel is there, by the service of the level that brings it first; of two at the same time by that of the
    /// carrier that is older. `None` where no timetable says anything.
    #[must_use]
    pub fn ride(&self, world: &World, sending: &Sending<'_>) -> Option<Ride<'_>> {
        let rides = self.rides(world, sending);
        rides.min_by_key(|ride| ride.promise.times.deliver_max_s)
    }

    fn rides(&self, world: &World, sending: &Sending<'_>) -> impl Iterator<Item = Ride<'_>> {
        self.services
            .iter()
            .filter(|driven| driven.serves(world, sending))
            .filter_map(|driven| driven.ride(world, sending))
    }

    /// The services by which a parcel is there by a moment in UTC milliseconds; where none brings it by then, the one that
    /// brings it first. None where no timetable says anything.
    #[must_use]
    pub fn keeping(
        &self,
        world: &World,
        sending: &Sending<'_>,
        latest: i64,
    ) -> Vec<(CarrierId, String)> {
        let rides: Vec<Ride<'_>> = self.rides(world, sending).collect();
        let first = rides.iter().map(Ride::arrives_ms).min();
        let by = first.map_or(latest, |first| latest.max(first));
        let in_time = rides.iter().filter(|ride| ride.arrives_ms() <= by);
        let named = |ride: &Ride<'_>| (ride.driven.carrier, ride.driven.service.clone());
        in_time.map(named).collect()
    }
}

/// How a parcel goes on from a place where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// The code of the next place; empty where it goes to its receiver.
    pub to: String,
    /// The line's code, or the zone's.
    pub line: String,
    /// When that leaves, in UTC milliseconds.
    pub leaves: i64,
    /// When it is with its receiver at the latest, in UTC milliseconds.
    pub arrives: i64,
}

impl Driven {
    /// Whether the carrier takes a parcel of this level and weight from there.
    fn serves(&self, world: &World, sending: &Sending<'_>) -> bool {
        let Some(carrier) = world.carrier(self.carrier).filter(|c| c.active) else {
            return false;
        };
        let collects = carrier.locations.is_empty() || carrier.locations.contains(&sending.place);
        let service = carrier.service(&self.service);
        let serves = service.is_some_and(|service| {
            let has_level = service.levels.iter().any(|level| level == sending.level);
            has_level && sending.grams <= service.weight_max_grams
        });
        collects && serves
    }

    /// The zone of an address, if it is open.
    fn zone_of(&self, world: &World, sending: &Sending<'_>) -> Option<u32> {
        let carrier = world.carrier(self.carrier)?;
        let area = carrier.area(sending.country, sending.postal_code)?;
        if area.closed {
            return None;
        }
        let zone = self.zones.get(&area.sorting);
        zone.or_else(|| self.zones.get(&area.zone)).copied()
    }

    fn onward(&self, world: &World, sending: &Sending<'_>) -> Option<Onward> {
        let zone = self.zone_of(world, sending)?;
        let place = *self.places.get(&sending.place)?;
        let at_s = sending.at.div_euclid(1_000);
        let legs = self.network.onward(&self.load, (place, zone), at_s).ok()?;
        let (next, last) = (legs.first()?, legs.last()?);
        let input = self.network.input();
        let named = |names: &[String], row: u32| names.get(row as usize).cloned();
        let (to, line) = match next.step {
            Step::Ride(seat) => {
                let line = input.lines.get(seat.row as usize)?;
                let to = named(&self.names.places, line.to)?;
                (to, named(&self.names.lines, seat.row)?)
            }
            _ => (String::new(), named(&self.names.zones, zone)?),
        };
        Some(Onward {
            to,
            line,
            leaves: next.begin_s * 1_000,
            arrives: last.end_s * 1_000,
        })
    }

    fn ride(&self, world: &World, sending: &Sending<'_>) -> Option<Ride<'_>> {
        let zone = self.zone_of(world, sending)?;
        Some(Ride {
            driven: self,
            zone,
            promise: self.ask((&self.network, &self.load), zone, sending)?,
        })
    }

    fn ask(
        &self,
        (network, load): (&Network, &Load),
        zone: u32,
        sending: &Sending<'_>,
    ) -> Option<Promise> {
        let parcel = Parcel {
            location: *self.places.get(&sending.place)?,
            weight_grams: sending.grams,
        };
        let question = Question {
            at_s: sending.at.div_euclid(1_000),
            zone,
            parcels: &[parcel],
        };
        network.promise(load, &self.curves, &question).ok()
    }

    /// The first of a way's steps that is closed: what, and until when, in seconds since 1970.
    fn closed_on(&self, legs: &[Leg]) -> Option<(String, i64)> {
        let input = self.network.input();
        let stops = |closure: &Closure, leg: &Leg| {
            let within = |at_s: i64| (closure.from_s..closure.until_s).contains(&at_s);
            match (leg.step, closure.what) {
                (Step::Ride(seat), Closed::Line(line)) => line == seat.row && within(leg.begin_s),
                (Step::Ride(seat), Closed::Place(place)) => {
                    let line = input.lines.get(seat.row as usize);
                    line.is_some_and(|line| {
                        line.from == place && within(leg.begin_s)
                            || line.to == place && within(leg.end_s)
                    })
                }
                (Step::Tour(seat), Closed::Place(place)) => {
                    let tour = input.tours.get(seat.row as usize);
                    let zone = tour.and_then(|tour| input.zones.get(tour.zone as usize));
                    zone.is_some_and(|zone| zone.hub == place) && within(leg.begin_s)
                }
                _ => false,
            }
        };
        let mut found = legs.iter().filter_map(|leg| {
            let closures = input.closures.iter().filter(|closure| stops(closure, leg));
            closures.max_by_key(|closure| closure.until_s)
        });
        let closure = found.next()?;
        let name = match closure.what {
            Closed::Place(place) => self.names.places.get(place as usize),
            Closed::Line(line) => self.names.lines.get(line as usize),
        };
        Some((name.cloned().unwrap_or_default(), closure.until_s))
    }

    /// Whose.
    #[must_use]
    pub fn carrier(&self) -> CarrierId {
        self.carrier
    }

    /// The service's code.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The tables that it was made of.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What rows are called.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.names
    }
}

impl Ride<'_> {
    /// The time zone of where it is delivered.
    #[must_use]
    pub fn time_zone(&self) -> &TimeZone {
        &self.driven.clocks[self.zone as usize]
    }

    /// When it is there at the latest, in UTC milliseconds.
    #[must_use]
    pub fn arrives_ms(&self) -> i64 {
        self.promise.times.deliver_max_s * 1_000
    }

    /// When it leaves its place, in UTC milliseconds. `None` where a programme alone says when it is there.
    #[must_use]
    pub fn departs_ms(&self) -> Option<i64> {
        let leaves = |leg: &&Leg| matches!(leg.step, Step::Ride(_) | Step::Tour(_));
        let leg = self.part()?.legs.iter().find(leaves)?;
        Some(leg.begin_s * 1_000)
    }

    /// When it would be there if nothing were closed, in UTC milliseconds, with what is closed on that way: its name, and
    /// until when, in UTC milliseconds. `None` where nothing is.
    #[must_use]
    pub fn if_open(&self, sending: &Sending<'_>) -> Option<(i64, String, i64)> {
        let (open, load) = self.driven.open.as_ref()?;
        let promise = self.driven.ask((open, load), self.zone, sending)?;
        let legs = &promise.parts.first()?.legs;
        let (name, until_s) = self.driven.closed_on(legs)?;
        let until = until_s.saturating_mul(1_000);
        Some((promise.times.deliver_max_s * 1_000, name, until))
    }

    /// The parcel's part of the answer.
    #[must_use]
    pub fn part(&self) -> Option<&Part> {
        self.promise.parts.first()
    }
}
