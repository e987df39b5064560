//! Planning rounds: parcels of the shop's own fleet that wait at a place are shared out among couriers, in the order in
//! which it is least to drive.
//!
//! Where a door is follows from what couriers' phones said at it before, else from the gazetteer; how far it is between
//! doors is asked before ([`Ways`]). What nobody knows the place of is given to a round at its end.

use super::ways::Ways;
use super::{door_code, of_day};
use crate::app::{App, now_ms};
use crate::error::ApiError;
use crate::v1::show::rounds::Groups;
use commerce::World;
use commerce::command::{RoundDraft, StopDraft};
use commerce::id::{FulfillmentId, LocationId, OperatorId, RoundId};
use commerce::order::{Fulfillment, FulfillmentState, Group, Method};
use commerce::parcel::TrackingStatus;
use commerce::round::{ConsignmentState, Distances, Point, Way};
use commerce::world::{KeySet, Record, RecordKind};
use logistics::routing::{
    self, Depot, Job, Plan, Problem, Reason, Route, Settings, Stop, Task, VehicleType, Window,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use store::FulfillmentFilter;

/// How long a plan is looked for.
const BUDGET: Duration = Duration::from_secs(3);
/// How long a courier is at a door, in seconds.
const SERVICE_SECONDS: i64 = 180;
/// Parcels of one plan.
const PARCELS_MAX: usize = 2_000;
/// Parcels that are read at once.
const PAGE: usize = 500;
/// Days before the plan's of which parcels are brought again that could not be handed over.
const AGAIN_DAYS: u32 = 14;
/// What a parcel costs that nobody brings, in meters: more than any detour.
const LEFT_METERS: i64 = 100_000_000;
/// A promise within so many milliseconds is an appointment, and others are days.
const APPOINTMENT_MS: i64 = 6 * 60 * 60 * 1_000;

/// Somebody who can drive.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Who; `None` for whoever will be given the round.
    pub courier: Option<OperatorId>,
    /// With what, in words.
    pub vehicle: String,
    /// What the vehicle carries, in grams.
    pub grams: u32,
    /// How many parcels it carries; at most as many as a round may have.
    pub parcels: u16,
    /// When they can leave, in UTC milliseconds.
    pub from: i64,
    /// When they must be back, in UTC milliseconds.
    pub until: i64,
}

/// A parcel that is to be brought.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The fulfillment.
    pub id: FulfillmentId,
    /// The waybill's number.
    pub number: String,
    /// What the scales showed, in grams.
    pub grams: u32,
}

/// Parcels that go to one door.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Where it is, if that is known.
    pub point: Option<Point>,
    /// When somebody is there, in UTC milliseconds.
    pub window: Option<(i64, i64)>,
    /// The parcels; at least one.
    pub parcels: Vec<Waiting>,
}

impl Bundle {
    /// What its parcels weigh together.
    fn grams(&self) -> u64 {
        self.parcels.iter().map(|p| u64::from(p.grams)).sum()
    }
}

/// A plan.
#[derive(Debug, Default)]
pub struct Planned {
    /// The rounds, to be saved.
    pub drafts: Vec<RoundDraft>,
    /// Parcels that nobody has room or time for.
    pub left: Vec<(Waiting, Reason)>,
}

/// Parcels of the shop's own fleet that wait at a place, by door.
///
/// # Errors
/// When the database cannot be read.
pub async fn waiting(
    app: &App,
    location: LocationId,
    days_before: Vec<u32>,
) -> Result<Vec<Bundle>, ApiError> {
    let ids = candidates(app, location, days_before).await?;
    let mut groups = Groups::new();
    for id in ids.iter().take(PARCELS_MAX) {
        if !groups.contains_key(&id.parent())
            && let Some(group) = app.group(id.parent()).await?
        {
            groups.insert(id.parent(), group);
        }
    }
    let mut doors: BTreeMap<String, Bundle> = BTreeMap::new();
    {
        let world = app.shelf.read();
        for id in ids {
            let Some(group) = groups.get(&id.parent()) else {
                continue;
            };
            let Some(parcel) = goes(&world, group, id, location) else {
                continue;
            };
            let address = group.destination.as_deref();
            // Of one address, each appointment is a stop of its own.
            let window = appointment(group);
            let code = address.map(door_code).unwrap_or_default();
            let key = format!("{code} {window:?}");
            let bundle = doors.entry(key).or_insert_with(|| Bundle {
                point: address.and_then(|a| world.gazetteer()?.find(a.country?, &a.postal_code)),
                window,
                parcels: Vec::new(),
            });
            bundle.parcels.push(parcel);
        }
    }
    let codes: BTreeSet<String> = doors
        .keys()
        .filter_map(|key| key.split(' ').next())
        .map(str::to_owned)
        .collect();
    let known = points(app, codes).await?;
    for (key, bundle) in &mut doors {
        let code = key.split(' ').next().unwrap_or_default();
        bundle.point = known.get(code).copied().or(bundle.point);
    }
    Ok(doors.into_values().collect())
}

/// Fulfillments that may have to be brought: what waits at a place to be sent, what came there on its way, and what rounds
/// of these days did not hand over.
async fn candidates(
    app: &App,
    location: LocationId,
    days_before: Vec<u32>,
) -> Result<BTreeSet<FulfillmentId>, ApiError> {
    let mut ids = BTreeSet::new();
    let mut after = None;
    loop {
        let filter = FulfillmentFilter {
            states: vec![
                FulfillmentState::Open,
                FulfillmentState::Picking,
                FulfillmentState::Packed,
            ],
            location: Some(location),
            after,
            limit: PAGE,
        };
        let page = app.read(move |q| q.fulfillment_list(&filter)).await?;
        ids.extend(page.rows.iter().map(|row| row.id));
        after = page.next;
        if after.is_none() || ids.len() >= PARCELS_MAX {
            break;
        }
    }
    after = None;
    while ids.len() < PARCELS_MAX {
        let from = after.unwrap_or(0);
        let came = app
            .read(move |q| q.parcels_at(location, from, PAGE))
            .await?;
        after = came.last().map(|id| id.0);
        let is_last = came.len() < PAGE;
        ids.extend(came);
        if is_last {
            break;
        }
    }
    for day in days_before {
        for round in of_day(app, day).await? {
            let again = round.parcels().filter(|p| {
                matches!(
                    p.state(),
                    ConsignmentState::Failed | ConsignmentState::Returned
                )
            });
            ids.extend(again.map(|p| p.fulfillment));
        }
    }
    Ok(ids)
}

/// A parcel that is the fleet's to bring from a place, and in no open round.
fn goes(world: &World, group: &Group, id: FulfillmentId, location: LocationId) -> Option<Waiting> {
    let is_it = |f: &&Fulfillment| f.id == id && f.method == Method::Ship;
    let of = group.fulfillments.iter().find(is_it)?;
    let parcel = group.parcel(id)?;
    let is_ours = world.carrier(parcel.carrier).is_some_and(|c| c.own_fleet);
    let is_free = world.round_book().is_none_or(|b| b.round_of(id).is_none());
    let is_to_go = group.last_place(id) == Some(location)
        && of.state != FulfillmentState::Canceled
        && parcel.status() != TrackingStatus::Delivered;
    (is_ours && is_free && is_to_go).then(|| Waiting {
        id,
        number: parcel.number.clone(),
        grams: parcel.weight_grams,
    })
}

/// The hours that were promised, if it was hours.
fn appointment(group: &Group) -> Option<(i64, i64)> {
    let promise = group.promise.as_ref()?;
    let is_hours = promise.latest - promise.earliest <= APPOINTMENT_MS;
    (is_hours && promise.latest > now_ms()).then_some((promise.earliest, promise.latest))
}

/// Where doors are that somebody stood at.
async fn points(app: &App, codes: BTreeSet<String>) -> Result<BTreeMap<String, Point>, ApiError> {
    let keys = KeySet {
        codes: codes.into_iter().map(|c| (RecordKind::Door, c)).collect(),
        ..KeySet::default()
    };
    let found = app.read(move |q| q.records_named(&keys)).await?;
    let doors = found.into_iter().filter_map(|record| match record {
        Record::Door(door) => Some((door.code, door.point)),
        _ => None,
    });
    Ok(doors.collect())
}

/// The days before one of which parcels are brought again, and itself.
pub fn days_before(day: jiff::civil::Date) -> Vec<u32> {
    let back = |n| day.checked_sub(jiff::Span::new().days(n)).ok();
    let days = (0..=i64::from(AGAIN_DAYS)).filter_map(back);
    days.map(crate::v1::day_number).collect()
}

/// What is planned for.
pub struct Asked<'a> {
    /// The day where rounds leave from, as `yyyymmdd`.
    pub day: u32,
    /// Where they leave from.
    pub location: LocationId,
    /// How far it is between the bundles' [`places`].
    pub ways: Ways,
    /// Who can drive; at least one.
    pub drivers: &'a [Driver],
    /// What is to be brought.
    pub bundles: Vec<Bundle>,
}

/// Where rounds leave from, and each door whose place is known, in the bundles' order.
pub fn places(depot: Point, bundles: &[Bundle]) -> Vec<Point> {
    let doors = bundles.iter().filter_map(|bundle| bundle.point);
    [depot].into_iter().chain(doors).collect()
}

/// Plans rounds. It takes some seconds, and blocks.
///
/// # Errors
/// When the numbers are no problem that can be solved.
pub fn plan(asked: Asked<'_>, mut next_id: impl FnMut() -> u64) -> Result<Planned, String> {
    let (known, unknown): (Vec<Bundle>, Vec<Bundle>) =
        asked.bundles.into_iter().partition(|b| b.point.is_some());
    let begins = asked.drivers.iter().map(|d| d.from).min().unwrap_or(0);
    let problem = problem(&known, asked.drivers, (&asked.ways, begins))?;
    let began = Instant::now();
    let mut progress = |_| began.elapsed().as_secs_f64() / BUDGET.as_secs_f64();
    let settings = Settings {
        seed: u64::from(asked.day),
        plan: None,
    };
    let found = if known.is_empty() {
        Plan::default()
    } else {
        routing::solve(&problem, settings, &mut progress).map_err(|e| e.to_string())?
    };
    let mut planned = Planned::default();
    let empty = |driver: &Driver| RoundDraft {
        id: RoundId(0),
        day: asked.day,
        location: asked.location,
        courier: driver.courier,
        vehicle: driver.vehicle.clone(),
        way: Way {
            distances: Distances::Beeline,
            meters: 0,
            seconds: 0,
        },
        stops: Vec::new(),
    };
    let mut drafts: Vec<RoundDraft> = asked.drivers.iter().map(empty).collect();
    for route in &found.routes {
        let draft = &mut drafts[route.vehicle];
        draft.way = way(&asked.ways, route);
        draft.stops = route
            .visits
            .iter()
            .map(|visit| {
                let start = visit.start.map(|s| begins + s * 1_000);
                stop_of(&known[visit.job], start)
            })
            .collect();
    }
    for one in &found.unserved {
        let parcels = known[one.job].parcels.iter().cloned();
        planned.left.extend(parcels.map(|p| (p, one.reason)));
    }
    let room = room(&known, asked.drivers, &found);
    planned
        .left
        .extend(place_unknown(&mut drafts, room, unknown));
    drafts.retain(|draft| !draft.stops.is_empty());
    for draft in &mut drafts {
        draft.id = RoundId(next_id());
    }
    planned.drafts = drafts;
    Ok(planned)
}

/// How far a route goes, back to where it began.
fn way(ways: &Ways, route: &Route) -> Way {
    let doors = route.visits.iter().map(|v| v.job + 1);
    let places: Vec<usize> = [0].into_iter().chain(doors).chain([0]).collect();
    let legs = places.windows(2);
    let meters: i64 = legs.map(|leg| ways.matrix.distance(leg[0], leg[1])).sum();
    Way {
        distances: ways.measured(&places),
        meters: u32::try_from(meters).unwrap_or(u32::MAX),
        seconds: u32::try_from(route.arrival - route.departure).unwrap_or(0),
    }
}

fn stop_of(bundle: &Bundle, arrival: Option<i64>) -> StopDraft {
    StopDraft {
        position: bundle.point,
        window: bundle.window,
        arrival,
        parcels: bundle.parcels.iter().map(|p| p.id).collect(),
    }
}

/// What each driver still has room for beside what a plan gives them: grams and parcels.
fn room(known: &[Bundle], drivers: &[Driver], found: &Plan) -> Vec<(u64, usize)> {
    let of = |d: &Driver| (u64::from(d.grams), usize::from(d.parcels));
    let mut room: Vec<(u64, usize)> = drivers.iter().map(of).collect();
    for route in &found.routes {
        let (grams, parcels) = &mut room[route.vehicle];
        for visit in &route.visits {
            let bundle = &known[visit.job];
            *grams = grams.saturating_sub(bundle.grams());
            *parcels = parcels.saturating_sub(bundle.parcels.len());
        }
    }
    room
}

/// Gives what nobody knows the place of to those who have most room for parcels left, at the ends of their rounds; what
/// nobody has room for is given back.
fn place_unknown(
    drafts: &mut [RoundDraft],
    mut room: Vec<(u64, usize)>,
    unknown: Vec<Bundle>,
) -> Vec<(Waiting, Reason)> {
    let mut left = Vec::new();
    for bundle in unknown {
        let (grams, count) = (bundle.grams(), bundle.parcels.len());
        let with_room = (0..drafts.len()).filter(|at| room[*at].0 >= grams && room[*at].1 >= count);
        match with_room.max_by_key(|at| room[*at].1) {
            Some(at) => {
                room[at].0 -= grams;
                room[at].1 -= count;
                drafts[at].stops.push(stop_of(&bundle, None));
            }
            None => left.extend(bundle.parcels.into_iter().map(|p| (p, Reason::Full))),
        }
    }
    left
}

/// The day's work in meters and seconds from when the first can leave. Place 0 is the depot.
fn problem(
    bundles: &[Bundle],
    drivers: &[Driver],
    (ways, begins): (&Ways, i64),
) -> Result<Problem, String> {
    if ways.matrix.places() != bundles.len() + 1 {
        return Err("the ways are not those between the doors".to_string());
    }
    let seconds = |at: i64| ((at - begins) / 1_000).clamp(0, Window::ALWAYS.close);
    let vehicles = drivers.iter().map(|driver| VehicleType {
        count: 1,
        start: 0,
        end: 0,
        capacity: vec![
            i64::from(driver.grams).min(routing::VALUE_MAX),
            i64::from(driver.parcels),
        ],
        shift: Window {
            open: seconds(driver.from),
            close: seconds(driver.until),
        },
        fixed_cost: 0,
        skills: 0,
        breaks: Vec::new(),
        matrix: 0,
    });
    let jobs = bundles.iter().enumerate().map(|(at, bundle)| {
        let grams = i64::try_from(bundle.grams()).unwrap_or(i64::MAX);
        let windows = bundle.window.map(|(from, until)| Window {
            open: seconds(from),
            close: seconds(until),
        });
        let count = i64::try_from(bundle.parcels.len()).unwrap_or(i64::MAX);
        Job {
            task: Task::Delivery(Stop {
                place: at + 1,
                service: SERVICE_SECONDS,
                windows: windows.into_iter().collect(),
                due: None,
            }),
            demand: vec![grams.min(routing::VALUE_MAX), count.min(routing::VALUE_MAX)],
            skills: 0,
            release: 0,
            penalty: LEFT_METERS * count.min(1_000),
            vehicle: None,
        }
    });
    Ok(Problem {
        matrices: vec![ways.matrix.clone()],
        depots: vec![Depot {
            place: 0,
            window: Window::ALWAYS,
        }],
        vehicles: vehicles.collect(),
        jobs: jobs.collect(),
        underway: Vec::new(),
        lateness_divisor: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roads::RoadEngine;

    fn bundle(number: u64, point: Option<(i32, i32)>, grams: u32) -> Bundle {
        let waiting = Waiting {
            id: FulfillmentId(number << 8 | 1),
            number: format!("OWN{number}"),
            grams,
        };
        Bundle {
            point: point.map(|(latitude_micro, longitude_micro)| Point {
                latitude_micro,
                longitude_micro,
            }),
            window: None,
            parcels: vec![waiting],
        }
    }

    #[tokio::test]
    async fn parcels_are_shared_out_and_what_has_no_place_or_no_room_is_told() {
        let driver = |name: &str| Driver {
            courier: None,
            vehicle: name.to_string(),
            grams: 10_000,
            parcels: 3,
            from: 1_000_000,
            until: 1_000_000 + 4 * 3_600_000,
        };
        let drivers = [driver("a"), driver("b")];
        let (north, south) = (53_600_000, 53_500_000);
        let bundles = vec![
            bundle(1, Some((north, 10_000_000)), 1_000),
            bundle(2, Some((south, 10_000_000)), 1_000),
            bundle(3, Some((north, 10_010_000)), 1_000),
            bundle(4, Some((south, 10_010_000)), 1_000),
            bundle(5, Some((south, 10_020_000)), 20_000),
            bundle(6, None, 1_000),
        ];
        let depot = Point {
            latitude_micro: 53_550_000,
            longitude_micro: 10_000_000,
        };
        let places = places(depot, &bundles);
        let ways = Ways::measure(&RoadEngine::default(), &places).await;
        let asked = Asked {
            day: 20_261_129,
            location: LocationId(0x300),
            ways: ways.expect("places on the earth"),
            drivers: &drivers,
            bundles,
        };
        let mut ids = 0x7000;
        let planned = plan(asked, || {
            ids += 0x100;
            ids
        });
        let planned = planned.expect("sound");
        let stops: usize = planned.drafts.iter().map(|d| d.stops.len()).sum();
        assert_eq!((planned.drafts.len(), stops), (2, 5));
        assert!(
            planned
                .drafts
                .iter()
                .all(|d| d.way.meters > 0 && d.way.seconds > 0)
        );
        let left: Vec<_> = planned
            .left
            .iter()
            .map(|(p, why)| (&*p.number, *why))
            .collect();
        assert_eq!(left, [("OWN5", Reason::TooLarge)]);
        let last = planned.drafts.iter().filter_map(|d| d.stops.last());
        let unknown: Vec<_> = last.filter(|s| s.position.is_none()).collect();
        assert_eq!(unknown.len(), 1);
        assert_eq!(unknown[0].parcels, [FulfillmentId(6 << 8 | 1)]);
        let arrivals = planned.drafts.iter().flat_map(|d| &d.stops);
        assert!(arrivals.filter_map(|s| s.arrival).all(|at| at > 1_000_000));
    }

    #[test]
    fn what_has_no_place_fills_no_vehicle_beyond_its_room() {
        let draft = RoundDraft {
            id: RoundId(0),
            day: 20_261_129,
            location: LocationId(0x300),
            courier: None,
            vehicle: String::new(),
            way: Way {
                distances: Distances::Beeline,
                meters: 0,
                seconds: 0,
            },
            stops: Vec::new(),
        };
        let mut drafts = [draft.clone(), draft];
        let room = vec![(1_500, 9), (9_000, 2)];
        let unknown = (1..=5).map(|n| bundle(n, None, 1_000)).collect();
        let left = place_unknown(&mut drafts, room, unknown);
        let stops: Vec<_> = drafts.iter().map(|d| d.stops.len()).collect();
        assert_eq!((stops, left.len()), (vec![1, 2], 2));
    }
}
