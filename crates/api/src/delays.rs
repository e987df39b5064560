//! Parcels that will be later than was promised: looked for again when a timetable changes and every few minutes, kept with
//! their orders (`Command::Expect`), and brought together into one incident for each cause.
//!
//! A parcel is expected by the way that it takes by today's timetables, from when it was ordered; once it has missed the
//! run that it should have left with, from now. Nothing is said of parcels whose way no timetable knows.

mod keep;

pub use keep::{keep, look_at_all};

use crate::app::now_ms;
use crate::timetables::{Board, Ride, Sending};
use crate::v1::carriers::{level, weight_grams};
use commerce::World;
use commerce::delay::{DelayReason, Expected};
use commerce::id::{CarrierId, FulfillmentId, OrderId};
use commerce::order::{Fulfillment, FulfillmentState, Group, GroupState, Method};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How long after a run's departure a parcel may be scanned, and have left with it all the same, milliseconds.
const GRACE_MS: i64 = 60 * 60 * 1_000;
/// Parcels that an incident names.
pub const NAMED_MAX: usize = 100;

/// What makes late, with the parcels that it makes late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Why.
    pub reason: DelayReason,
    /// Where: a hub or a line that is closed, or the place that parcels did not leave in time.
    pub place: String,
    /// Whose timetable.
    pub carrier: CarrierId,
    /// Until when it is closed, in UTC milliseconds, if it is.
    pub until: Option<i64>,
    /// Parcels that are late by it.
    pub parcels: u32,
    /// Those of them that have not left.
    pub waiting: u32,
    /// Those of these that another service would bring by what was promised.
    pub rescuable: u32,
    /// When the last of them is expected, in UTC milliseconds.
    pub latest: i64,
    /// The first of them with their orders, at most [`NAMED_MAX`].
    pub named: Vec<(FulfillmentId, OrderId)>,
}

/// All incidents as they were at the last look; in memory alone, since each look finds them again.
#[derive(Clone, Default)]
pub struct Delays(Arc<RwLock<Arc<Looked>>>);

/// What the last look found.
#[derive(Debug, Default)]
pub struct Looked {
    /// When it was, in UTC milliseconds; `None` before the first.
    pub at: Option<i64>,
    /// One for each cause, that with most parcels first.
    pub incidents: Vec<Incident>,
}

impl Delays {
    /// What the last look found.
    #[must_use]
    pub fn looked(&self) -> Arc<Looked> {
        let looked = self.0.read().unwrap_or_else(PoisonError::into_inner);
        looked.clone()
    }

    /// A look is over.
    pub fn set(&self, found: Causes) {
        let mut incidents: Vec<Incident> = found.0.into_values().collect();
        incidents.sort_by_key(|incident| std::cmp::Reverse(incident.parcels));
        let looked = Arc::new(Looked {
            at: Some(now_ms()),
            incidents,
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = looked;
    }
}

/// Incidents while they are being looked for, by cause.
#[derive(Debug, Default)]
pub struct Causes(BTreeMap<(DelayReason, CarrierId, String), Incident>);

/// A parcel, and what is expected of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// For the core.
    pub expected: Expected,
    /// The order that it belongs to.
    pub order: OrderId,
    /// Whose timetable says so.
    pub carrier: CarrierId,
    /// Until when what is on its way is closed, in UTC milliseconds.
    pub until: Option<i64>,
    /// Whether it has left.
    pub has_left: bool,
    /// Whether another service would bring it by what was promised.
    pub is_rescuable: bool,
}

impl Causes {
    /// Adds a parcel that is late.
    pub fn add(&mut self, found: &Found) {
        let Expected {
            fulfillment,
            latest,
            reason,
            place,
        } = &found.expected;
        let key = (*reason, found.carrier, place.clone());
        let incident = self.0.entry(key).or_insert_with(|| Incident {
            reason: *reason,
            place: place.clone(),
            carrier: found.carrier,
            until: found.until,
            parcels: 0,
            waiting: 0,
            rescuable: 0,
            latest: *latest,
            named: Vec::new(),
        });
        incident.parcels += 1;
        incident.waiting += u32::from(!found.has_left);
        incident.rescuable += u32::from(!found.has_left && found.is_rescuable);
        incident.latest = incident.latest.max(*latest);
        if incident.named.len() < NAMED_MAX {
            incident.named.push((*fulfillment, found.order));
        }
    }
}

/// When a parcel is expected, if buyers wait for it and a timetable knows its way.
#[must_use]
pub fn look(
    (world, board): (&World, &Board),
    group: &Group,
    of: &Fulfillment,
    now: i64,
) -> Option<Found> {
    let promised = group.promise?.latest;
    let way = Way::of(world, group, of)?;
    let ask = |at: i64| way.ride(world, board, at);
    let begin = board.begin().max(group.placed_at);
    if way.left_at.is_some_and(|left| left < begin) {
        // Its timetable is over: what is known of it stays.
        return None;
    }
    let planned = ask(begin)?;
    let departs = planned.departs_ms()?;
    // What has not left by then goes with a later run.
    let has_missed = way.left_at.unwrap_or(now) > departs + GRACE_MS;
    let (ride, asked_at) = match has_missed {
        true => {
            let at = way.left_at.unwrap_or(now);
            (ask(at)?, at)
        }
        false => (planned, begin),
    };
    let latest = ride.arrives_ms();
    let mut found = Found {
        order: of.order,
        carrier: ride.driven.carrier(),
        until: None,
        has_left: way.left_at.is_some(),
        is_rescuable: false,
        expected: Expected {
            fulfillment: of.id,
            latest,
            reason: DelayReason::Missed,
            place: String::new(),
        },
    };
    if latest <= promised {
        return Some(found);
    }
    let closed = way.closed(&ride, asked_at, promised);
    let expected = &mut found.expected;
    (expected.reason, expected.place, found.until) = match closed {
        Some((place, until)) => (DelayReason::Closed, place, Some(until)),
        None if has_missed => {
            let place = world.location(of.location).map(|l| l.name.clone());
            (DelayReason::Missed, place.unwrap_or_default(), None)
        }
        None => (DelayReason::Rescheduled, String::new(), None),
    };
    let others = board.ride(world, &way.sending(now));
    found.is_rescuable = others.is_some_and(|ride| ride.arrives_ms() <= promised);
    Some(found)
}

/// A parcel that buyers wait for, as it is asked about.
struct Way<'w> {
    group: &'w Group,
    of: &'w Fulfillment,
    level: &'w str,
    grams: u32,
    /// Its waybill's carrier and service.
    booked: Option<(CarrierId, &'w str)>,
    /// When it left, in UTC milliseconds.
    left_at: Option<i64>,
}

impl<'w> Way<'w> {
    fn of(world: &'w World, group: &'w Group, of: &'w Fulfillment) -> Option<Self> {
        use FulfillmentState::{Open, Packed, Picking, Shipped};
        let is_awaited = group.state == GroupState::Confirmed
            && of.method == Method::Ship
            && matches!(of.state, Open | Picking | Packed | Shipped);
        if !is_awaited {
            return None;
        }
        let parcel = group.parcel(of.id);
        let seen = parcel.map_or(&[][..], |parcel| &parcel.seen);
        let left = seen
            .iter()
            .filter(|seen| !seen.withdrawn && seen.status.has_left());
        let shipped_at = (of.state == Shipped).then_some(of.updated_at);
        Some(Self {
            group,
            of,
            level: level(world, group)?,
            grams: match parcel {
                Some(parcel) => parcel.weight_grams,
                None => weight_grams(world, group, of).unwrap_or(0),
            },
            booked: parcel.map(|parcel| (parcel.carrier, parcel.service.as_str())),
            left_at: left.map(|seen| seen.at).min().or(shipped_at),
        })
    }

    fn sending(&self, at: i64) -> Sending<'w> {
        let parcel = (self.of.location, self.grams);
        Sending::of(self.group, self.level, parcel, at)
    }

    fn ride<'b>(&self, world: &World, board: &'b Board, at: i64) -> Option<Ride<'b>> {
        let sending = self.sending(at);
        match self.booked {
            Some((carrier, service)) => board.ride_with(world, carrier, service, &sending),
            None => board.ride(world, &sending),
        }
    }

    /// What is closed on its way, and until when in UTC milliseconds, if it would be there in time otherwise.
    fn closed(&self, ride: &Ride<'_>, at: i64, promised: i64) -> Option<(String, i64)> {
        let (arrives, place, until) = ride.if_open(&self.sending(at))?;
        (arrives <= promised).then_some((place, until))
    }
}
