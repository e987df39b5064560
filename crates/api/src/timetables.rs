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
use commerce::world::{Record, RecordKind};
use jiff::tz::TimeZone;
use logistics::promise::tables::Names;
use logistics::promise::{Curves, Load, Network, Parcel, Part, Promise, Question};
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

    /// When a parcel is there, by the service of the level that brings it first; of two at the same time by that of the
    /// carrier that is older. `None` where no timetable says anything.
    #[must_use]
    pub fn ride(&self, world: &World, sending: &Sending<'_>) -> Option<Ride<'_>> {
        let rides = self
            .services
            .iter()
            .filter_map(|driven| driven.ride(world, sending));
        rides.min_by_key(|ride| ride.promise.times.deliver_max_s)
    }
}

impl Driven {
    fn ride(&self, world: &World, sending: &Sending<'_>) -> Option<Ride<'_>> {
        let carrier = world.carrier(self.carrier).filter(|c| c.active)?;
        let collects = carrier.locations.is_empty() || carrier.locations.contains(&sending.place);
        let service = carrier.service(&self.service)?;
        let serves = service.levels.iter().any(|level| level == sending.level);
        if !collects || !serves || sending.grams > service.weight_max_grams {
            return None;
        }
        let area = carrier.area(sending.country, sending.postal_code)?;
        if area.closed {
            return None;
        }
        let zone = self.zones.get(&area.sorting);
        let zone = *zone.or_else(|| self.zones.get(&area.zone))?;
        let parcel = Parcel {
            location: *self.places.get(&sending.place)?,
            weight_grams: sending.grams,
        };
        let question = Question {
            at_s: sending.at.div_euclid(1_000),
            zone,
            parcels: &[parcel],
        };
        let promise = self.network.promise(&self.load, &self.curves, &question);
        Some(Ride {
            driven: self,
            zone,
            promise: promise.ok()?,
        })
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

    /// The parcel's part of the answer.
    #[must_use]
    pub fn part(&self) -> Option<&Part> {
        self.promise.parts.first()
    }
}
