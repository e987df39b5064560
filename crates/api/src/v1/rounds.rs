//! Couriers' rounds, for whoever plans them.

use super::V1;
use super::carriers::day_number;
use super::request::{Params, Write, Written, parse_id};
use super::show::rounds as show;
use super::wire::Named;
use super::wire::rounds::{
    CourierList, GazetteerChange, GazetteerSaved, RoadsFailed, RoadsFailure, RoundAssignment,
    RoundDetail, RoundEntry, RoundList, RoundMove, RoundPlan, RoundPlanCourier, RoundPlanLeft,
    RoundPlanReason, RoundPlanRequest, RoundPlanUnknown, RoundsQuery,
};
use crate::app::{App, DoorError};
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::goods::gazetteer::gazetteer;
use crate::roads::RoadsError;
use crate::rounds::plan::{self, Asked, Driver};
use crate::rounds::ways::{self, DETOUR_PERCENT, Ways};
use crate::{photos, rounds};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use commerce::Refusal;
use commerce::command::{AssignRound, Command, MoveRoundParcel, Outcome, RoundDraft};
use commerce::id::{LocationId, RoundId};
use commerce::limits::ROUND_PARCELS_MAX;
use commerce::round::{Distances, Point, Round};
use commerce::settings::Role;
use commerce::world::Record;
use jiff::civil::Date;
use logistics::routing::Reason;
use media::{Hash, PhotoSize};
use std::sync::atomic::{AtomicBool, Ordering};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Couriers of one plan.
const COURIERS_MAX: usize = 50;
/// Seconds after which who met another plan should come back.
const RETRY_AFTER_S: u32 = 5;

/// Whether a plan is being made: one at a time, since each takes a processor.
static PLANNING: AtomicBool = AtomicBool::new(false);

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_rounds))
        .routes(routes!(list_couriers))
        .routes(routes!(get_round))
        .routes(routes!(assign_round))
        .routes(routes!(move_parcel))
        .routes(routes!(plan_rounds))
        .routes(routes!(get_proof))
        .routes(routes!(change_gazetteer))
}

/// A day of a request as `yyyymmdd`.
fn parse_day(text: &str) -> Option<(Date, u32)> {
    let date: Date = text.parse().ok()?;
    Some((date, day_number(date)))
}

/// The rounds of a day
#[utoipa::path(get, path = "/rounds", tag = "rounds", params(RoundsQuery),
    responses((status = 200, body = RoundList)))]
pub async fn list_rounds(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<RoundsQuery>,
) -> Result<Json<RoundList>, ApiError> {
    let day = parse_day(&query.day);
    let (_, day) = day.ok_or_else(|| ApiError::parameter_invalid("day", "it is no day"))?;
    let found = rounds::of_day(&app, day).await?;
    let world = app.shelf.read();
    let rounds = found.iter().map(|r| show::entry(&world, r)).collect();
    Ok(Json(RoundList { rounds }))
}

/// Who drives rounds
///
/// Active accounts of couriers. Whoever plans rounds need not see other accounts for it.
#[utoipa::path(get, path = "/couriers", tag = "rounds", responses((status = 200, body = CourierList)))]
pub async fn list_couriers(State(V1 { app, .. }): State<V1>, _staff: Staff) -> Json<CourierList> {
    let world = app.shelf.read();
    let couriers = world
        .operators()
        .filter(|o| o.active && o.role == Role::Courier);
    let mut items: Vec<Named> = couriers.map(|o| Named::operator(&world, o.id)).collect();
    items.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Json(CourierList { items })
}

/// One round, with all that was said
#[utoipa::path(get, path = "/rounds/{id}", tag = "rounds",
    params(("id" = String, Path, description = "The round's id.")),
    responses((status = 200, body = RoundDetail)))]
pub async fn get_round(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<RoundDetail>, ApiError> {
    let id = parse_id!(RoundId, &id, "round")?;
    let round = rounds::one(&app, id).await?;
    let groups = rounds::groups(&app, &round).await?;
    Ok(Json(show::detail(&app.shelf.read(), &groups, &round)))
}

/// The picture of a proof
#[utoipa::path(get, path = "/rounds/{id}/proofs/{proof}", tag = "rounds",
    params(("id" = String, Path, description = "The round's id."),
        ("proof" = String, Path, description = "As a proof of the round names it.")),
    responses((status = 200, description = "The picture.", body = String, content_type = "image/webp")))]
pub async fn get_proof(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path((id, proof)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let not_found = || ApiError::not_found("proof");
    let id = parse_id!(RoundId, &id, "round")?;
    let key = u64::from_str_radix(&proof, 16).map_err(|_| not_found())?;
    let round = rounds::one(&app, id).await?;
    let picture = round.pictures.iter().find(|(known, _)| *known == key);
    let (_, photo) = picture.ok_or_else(not_found)?;
    let album = photos::of_round(id, key);
    let shown = photos::show(&app, &album, Hash::of_number(*photo), PhotoSize::Whole).await;
    shown.ok_or_else(not_found)
}

/// Give a round to a courier
#[utoipa::path(put, path = "/rounds/{id}/courier", tag = "rounds",
    params(("id" = String, Path, description = "The round's id.")),
    request_body = RoundAssignment, responses((status = 200, body = RoundEntry)))]
pub async fn assign_round(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<RoundAssignment>,
) -> Result<Written<RoundEntry>, ApiError> {
    let round = parse_id!(RoundId, &id, "round")?;
    let courier = match &write.body.courier {
        Some(id) => Some(parse_id!(OperatorId, id, "courier")?),
        None => None,
    };
    let assign = AssignRound {
        round,
        expected_version: write.body.version,
        courier,
        vehicle: write.body.vehicle.trim().to_owned(),
    };
    let command = Command::AssignRound(assign);
    let decided = write.submit(&app, &staff, command).await?;
    Ok(Written {
        body: shown(&app, round).await?,
        replayed: decided.replayed,
    })
}

async fn shown(app: &App, id: RoundId) -> Result<RoundEntry, ApiError> {
    let round = rounds::one(app, id).await?;
    Ok(show::entry(&app.shelf.read(), &round))
}

/// Move a parcel to another round
///
/// What was said of it in the round that it was in stays there.
#[utoipa::path(post, path = "/rounds/moves", tag = "rounds",
    request_body = RoundMove, responses((status = 200, body = RoundEntry)))]
pub async fn move_parcel(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<RoundMove>,
) -> Result<Written<RoundEntry>, ApiError> {
    let asked = &write.body;
    let to = parse_id!(RoundId, &asked.to, "round")?;
    let moved = MoveRoundParcel {
        parcel: parse_id!(FulfillmentId, &asked.fulfillment, "fulfillment")?,
        from: parse_id!(RoundId, &asked.from, "round")?,
        to,
    };
    let command = Command::MoveRoundParcel(moved);
    let decided = write.submit(&app, &staff, command).await?;
    Ok(Written {
        body: shown(&app, to).await?,
        replayed: decided.replayed,
    })
}

/// The turn of one plan, given back when it ends in whatever way.
struct Turn;

impl Turn {
    fn take() -> Option<Self> {
        (!PLANNING.swap(true, Ordering::AcqRel)).then_some(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        PLANNING.store(false, Ordering::Release);
    }
}

/// Plan rounds
///
/// Parcels with waybills of the shop's own fleet that wait at the place, and those of earlier rounds that could not be
/// handed over, are shared out among the couriers and saved as rounds. It takes some seconds.
#[utoipa::path(post, path = "/rounds/plan", tag = "rounds",
    request_body = RoundPlanRequest, responses((status = 200, body = RoundPlan)))]
pub async fn plan_rounds(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<RoundPlanRequest>,
) -> Result<Written<RoundPlan>, ApiError> {
    let asked = &write.body;
    let day = parse_day(&asked.day).ok_or(Refusal::FieldInvalid { field: "day" })?;
    let location = parse_id!(LocationId, &asked.location, "location")?;
    let depot = depot(&app, location)?;
    let drivers = drivers(&asked.couriers)?;
    let turn = Turn::take().ok_or_else(|| ApiError::overloaded(RETRY_AFTER_S))?;
    let bundles = plan::waiting(&app, location, plan::days_before(day.0)).await?;
    let places = plan::places(depot, &bundles);
    let ways = Ways::measure(&app.config.roads, &places).await;
    let ways = ways.map_err(|e| ApiError::internal(&e.to_string()))?;
    let failure = ways.failure.clone();
    let ids = app.ids.clone();
    let work = move || {
        let _turn = turn;
        let asked = Asked {
            day: day.1,
            location,
            ways,
            drivers: &drivers,
            bundles,
        };
        plan::plan(asked, || ids.next())
    };
    let planned = tokio::task::spawn_blocking(work).await;
    let planned = planned.map_err(|e| ApiError::internal(&e.to_string()))?;
    let planned = planned.map_err(|e| ApiError::internal(&e))?;
    let (saved, replayed) = save(&app, &staff, &write, planned.drafts).await?;
    let mut places_unknown = Vec::new();
    for round in &saved {
        places_unknown.extend(unknown(&app, round).await?);
    }
    let left = planned.left.iter().map(|(parcel, why)| RoundPlanLeft {
        fulfillment: parcel.id.to_string(),
        number: parcel.number.clone(),
        reason: reason(*why),
    });
    let left = left.collect();
    // Those of the rounds: sent again, the request is answered with what was measured then.
    let distances = ways::together(saved.iter().map(|round| round.way.distances));
    let failure = failure.filter(|_| distances == Distances::Beeline);
    let world = app.shelf.read();
    let body = RoundPlan {
        rounds: saved.iter().map(|r| show::entry(&world, r)).collect(),
        distances: distances.into(),
        roads_failure: failure.map(roads_failure),
        detour_percent: DETOUR_PERCENT,
        left,
        places_unknown,
    };
    drop(world);
    Ok(Written { body, replayed })
}

fn roads_failure(failure: RoadsError) -> RoadsFailure {
    let (why, detail) = match failure {
        RoadsError::Unreachable(detail) => (RoadsFailed::Unreachable, detail),
        RoadsError::TimedOut => (RoadsFailed::TimedOut, String::new()),
        RoadsError::Refused(detail) => (RoadsFailed::Refused, detail),
        RoadsError::Nonsense(detail) => (RoadsFailed::Nonsense, detail),
        RoadsError::NoWay => (RoadsFailed::NoWay, String::new()),
    };
    RoadsFailure { why, detail }
}

/// Saves what was planned; gives the rounds that the request made, now or when it was sent before.
async fn save(
    app: &App,
    staff: &Staff,
    write: &Write<RoundPlanRequest>,
    drafts: Vec<RoundDraft>,
) -> Result<(Vec<Round>, bool), ApiError> {
    let is_empty = drafts.is_empty();
    let decided = write.submit(app, staff, Command::SaveRounds(drafts)).await;
    let decided = match decided {
        // Sent for the first time, and nothing waits; sent again, it is answered with what it made then.
        Err(DoorError::Refused(Refusal::FieldInvalid { .. })) if is_empty => {
            return Ok((Vec::new(), false));
        }
        decided => decided?,
    };
    let Outcome::Saved(saved) = decided.outcome else {
        return Err(ApiError::internal("rounds are saved"));
    };
    let ids = saved.ids.into_iter().map(RoundId).collect();
    Ok((rounds::load(app, ids).await?, decided.replayed))
}

/// The parcels of a round whose place is not known.
async fn unknown(app: &App, round: &Round) -> Result<Vec<RoundPlanUnknown>, ApiError> {
    if round.stops.iter().all(|stop| stop.position.is_some()) {
        return Ok(Vec::new());
    }
    let groups = rounds::groups(app, round).await?;
    let stops = round.stops.iter().filter(|stop| stop.position.is_none());
    let parcels = stops.flat_map(|stop| &stop.parcels).map(|parcel| {
        let group = groups.get(&parcel.fulfillment.parent());
        let address = group.and_then(|g| g.destination.as_deref());
        RoundPlanUnknown {
            fulfillment: parcel.fulfillment.to_string(),
            number: parcel.number.clone(),
            address: address.map(show::stop_address).unwrap_or_default(),
            round: round.id.to_string(),
        }
    });
    Ok(parcels.collect())
}

/// Where a place is that rounds leave from.
fn depot(app: &App, id: LocationId) -> Result<Point, ApiError> {
    let world = app.shelf.read();
    let location = world.location(id);
    let location = location.ok_or_else(|| ApiError::not_found("location"))?;
    if !location.ships {
        return Err(Refusal::LocationCannot { location: id }.into());
    }
    // A place without coordinates stands at 0, 0, where no shop is.
    if (location.latitude_micro, location.longitude_micro) == (0, 0) {
        return Err(Refusal::FieldInvalid { field: "location" }.into());
    }
    Ok(Point {
        latitude_micro: location.latitude_micro,
        longitude_micro: location.longitude_micro,
    })
}

fn drivers(asked: &[RoundPlanCourier]) -> Result<Vec<Driver>, ApiError> {
    let invalid = |field| Err(Refusal::FieldInvalid { field }.into());
    if !(1..=COURIERS_MAX).contains(&asked.len()) {
        return invalid("couriers");
    }
    let most = u16::try_from(ROUND_PARCELS_MAX).unwrap_or(u16::MAX);
    let mut drivers = Vec::new();
    for driver in asked {
        let courier = match &driver.courier {
            Some(id) => Some(parse_id!(OperatorId, id, "courier")?),
            None => None,
        };
        if driver.until <= driver.from {
            return invalid("until");
        }
        drivers.push(Driver {
            courier,
            vehicle: driver.vehicle.trim().to_owned(),
            grams: driver.capacity_grams.unwrap_or(u32::MAX),
            parcels: driver.parcels_max.unwrap_or(most).min(most),
            from: driver.from,
            until: driver.until,
        });
    }
    Ok(drivers)
}

fn reason(why: Reason) -> RoundPlanReason {
    match why {
        Reason::TooLarge => RoundPlanReason::TooLarge,
        Reason::TooLate | Reason::Left => RoundPlanReason::TooLate,
        Reason::Full => RoundPlanReason::Full,
        // No parcel asks for a skill, and leaving one costs more than any detour.
        Reason::NoTime | Reason::Skills | Reason::Detour => RoundPlanReason::NoTime,
    }
}

/// Replace where postal codes are
///
/// The whole table; one bad line, and nothing is changed. Rounds are planned by it.
#[utoipa::path(put, path = "/gazetteer", tag = "rounds", request_body = GazetteerChange,
    responses((status = 200, body = GazetteerSaved)))]
pub async fn change_gazetteer(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    write: Write<GazetteerChange>,
) -> Result<Written<GazetteerSaved>, ApiError> {
    let read = gazetteer("gazetteer.csv", write.body.csv.as_bytes());
    let read = read.map_err(|faults| ApiError::import_invalid(&[faults]))?;
    let places = u32::try_from(read.places.len()).unwrap_or(u32::MAX);
    let command = Command::SaveRecords(vec![Record::Gazetteer(read)]);
    let decided = write.submit(&app, &staff, command).await?;
    Ok(Written {
        body: GazetteerSaved { places },
        replayed: decided.replayed,
    })
}
