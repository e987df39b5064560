//! Scanning parcels at the shop's places on their way: what comes in, where it goes next, what lies there.

use super::V1;
use super::orders::group_in;
use super::parcels::{Booked, fulfillments_of};
use super::request::{Params, Write, Written, cursor, is_key, limit, parse_id};
use super::wire::hubs::{
    Direction, Hub, HubList, HubParcel, HubParcelList, HubScan, HubScanKind, HubScanResult,
    HubScanResults, HubScans, ScanTaken,
};
use super::wire::{ErrorInfo, Named, Paging};
use crate::app::{App, now_ms};
use crate::auth::guard::{HubStaff, Staff};
use crate::carriers::key_told;
use crate::error::ApiError;
use crate::hubs::{direction, numbers};
use axum::Json;
use axum::extract::{Path, State};
use commerce::Refusal;
use commerce::command::{Channel, Command, Envelope};
use commerce::id::{FulfillmentId, LocationId};
use commerce::order::Group;
use commerce::parcel::{Parcel, SeenBy, Sighting, TrackingStatus};
use commerce::settings::{Location, LocationKind};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Scans of one request.
const SCANS_MAX: usize = 200;
/// Characters of a label.
const LABEL_CHARS_MAX: usize = 100;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_hubs))
        .routes(routes!(list_hub_parcels))
        .routes(routes!(scan_parcels))
}

/// Places at which parcels are scanned
///
/// All warehouses, shops that send parcels, and places at which any lie.
#[utoipa::path(get, path = "/hubs", tag = "hubs", responses((status = 200, body = HubList)))]
pub async fn list_hubs(
    State(V1 { app, .. }): State<V1>,
    _staff: HubStaff,
) -> Result<Json<HubList>, ApiError> {
    let counts = app.read(|q| q.parcels_by_place()).await?;
    let counts: BTreeMap<LocationId, i64> = counts.into_iter().collect();
    let world = app.shelf.read();
    let is_hub =
        |l: &&Location| l.ships || l.kind == LocationKind::Warehouse || counts.contains_key(&l.id);
    let mut hubs: Vec<Hub> = world
        .locations()
        .filter(is_hub)
        .map(|location| Hub {
            id: location.id.to_string(),
            code: location.code.clone(),
            name: location.name.clone(),
            parcels: counts.get(&location.id).copied().unwrap_or(0),
        })
        .collect();
    hubs.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(Json(HubList { hubs }))
}

/// Parcels that lie at a place on their way
#[utoipa::path(get, path = "/hubs/{id}/parcels", tag = "hubs",
    params(("id" = String, Path, description = "The location's id."), Paging),
    responses((status = 200, body = HubParcelList)))]
pub async fn list_hub_parcels(
    State(V1 { app, .. }): State<V1>,
    _staff: HubStaff,
    Path(id): Path<String>,
    Params(query): Params<Paging>,
) -> Result<Json<HubParcelList>, ApiError> {
    let place = place(&app, &id)?;
    let (after, limit) = (cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let asked = app.read(move |q| {
        let ids = q.parcels_at(place, after.unwrap_or(0), limit)?;
        let mut found = Vec::with_capacity(ids.len());
        for id in &ids {
            found.extend(q.group(id.parent())?.map(|group| (*id, group)));
        }
        let next = ids.last().filter(|_| ids.len() == limit);
        Ok((found, next.map(|id| id.0.to_string())))
    });
    let (found, next) = asked.await?;
    let items = found
        .iter()
        .filter_map(|(id, group)| shown(&app, group, *id, place));
    Ok(Json(HubParcelList {
        items: items.collect(),
        next,
    }))
}

/// Say what was scanned at a place
///
/// Each scan is taken or refused by itself, in order, and may be sent again under its key. What comes with it says where
/// the parcel goes next. A scan counts with its own moment, but neither before the waybill was booked nor after it was
/// heard.
#[utoipa::path(post, path = "/hubs/{id}/scans", tag = "hubs",
    params(("id" = String, Path, description = "The location's id.")),
    request_body = HubScans, responses((status = 200, body = HubScanResults)))]
pub async fn scan_parcels(
    State(V1 { app, .. }): State<V1>,
    HubStaff(staff): HubStaff,
    Path(id): Path<String>,
    write: Write<HubScans>,
) -> Result<Written<HubScanResults>, ApiError> {
    let (told, _) = write.apart();
    if !(1..=SCANS_MAX).contains(&told.scans.len()) {
        return Err(Refusal::FieldInvalid { field: "scans" }.into());
    }
    let place = place(&app, &id)?;
    let read: Vec<String> = told.scans.iter().flat_map(|s| numbers(&s.label)).collect();
    let known = fulfillments_of(&app, read).await?;
    let mut results = Vec::with_capacity(told.scans.len());
    for scan in &told.scans {
        // One after another: an undo takes back what comes before it.
        results.push(scanned(&app, &staff, (place, scan), &known).await?);
    }
    Ok(Written {
        body: HubScanResults { results },
        replayed: false,
    })
}

fn place(app: &App, id: &str) -> Result<LocationId, ApiError> {
    let id = parse_id!(LocationId, id, "location")?;
    let world = app.shelf.read();
    let location = world.location(id);
    location
        .map(|l| l.id)
        .ok_or_else(|| ApiError::not_found("location"))
}

async fn scanned(
    app: &App,
    staff: &Staff,
    (place, scan): (LocationId, &HubScan),
    known: &BTreeMap<String, Booked>,
) -> Result<HubScanResult, ApiError> {
    let answer = |result, why: Option<Refusal>| {
        let why = why.map(|refusal| ErrorInfo::from(ApiError::from(refusal)));
        let (code, message) = why.map_or_else(Default::default, |why| (why.code, why.message));
        HubScanResult {
            key: scan.key.clone(),
            result,
            code,
            message,
            parcel: None,
        }
    };
    let refused = |refusal| answer(ScanTaken::Refused, Some(refusal));
    if let Err(refusal) = check(scan) {
        return Ok(refused(refusal));
    }
    let found = numbers(&scan.label)
        .into_iter()
        .find_map(|n| known.get(&n).map(|of| of.id));
    let group = match found {
        Some(id) => app.group(id.parent()).await?.map(|group| (id, group)),
        None => None,
    };
    let parcel = group
        .as_ref()
        .and_then(|(id, group)| Some((*id, group, group.parcel(*id)?)));
    let Some((id, group, parcel)) = parcel else {
        return Ok(refused(Refusal::NotFound { what: "parcel" }));
    };
    let decided = match sighting(app, parcel, (place, scan)) {
        Ok(sighting) => {
            let is_news = parcel.is_news(&sighting);
            let seen = see(app, staff, id, sighting).await?;
            seen.map(|group| (is_news, group))
        }
        Err(refusal) => Err(refusal),
    };
    Ok(match decided {
        Ok((is_news, group)) => HubScanResult {
            parcel: shown(app, &group, id, place),
            ..answer(
                if is_news {
                    ScanTaken::Taken
                } else {
                    ScanTaken::Known
                },
                None,
            )
        },
        Err(refusal) => HubScanResult {
            parcel: shown(app, group, id, place),
            ..refused(refusal)
        },
    })
}

fn check(scan: &HubScan) -> Result<(), Refusal> {
    if !is_key(&scan.key) {
        return Err(Refusal::FieldInvalid { field: "key" });
    }
    if !(1..=LABEL_CHARS_MAX).contains(&scan.label.chars().count()) {
        return Err(Refusal::FieldInvalid { field: "label" });
    }
    let is_undo = scan.what == HubScanKind::Undo;
    let undoes = scan.undoes.as_deref();
    if is_undo != undoes.is_some() || undoes.is_some_and(|key| !is_key(key)) {
        return Err(Refusal::FieldInvalid { field: "undoes" });
    }
    Ok(())
}

/// What a scan says of a parcel.
fn sighting(
    app: &App,
    parcel: &Parcel,
    (place, scan): (LocationId, &HubScan),
) -> Result<Sighting, Refusal> {
    let world = app.shelf.read();
    let is_ours = world.carrier(parcel.carrier).is_some_and(|c| c.own_fleet);
    let came_in = matches!(scan.what, HubScanKind::Arrived | HubScanKind::Damaged);
    if came_in && !is_ours {
        return Err(Refusal::CarrierDeclines {
            carrier: parcel.carrier,
            why: "other_fleet",
        });
    }
    let (status, reason) = match scan.what {
        HubScanKind::Left if !is_ours => (TrackingStatus::PickedUp, ""),
        HubScanKind::Damaged => (TrackingStatus::OnHold, "damaged"),
        HubScanKind::Arrived | HubScanKind::Left | HubScanKind::Undo => {
            (TrackingStatus::InTransit, "")
        }
    };
    let key = scan.undoes.as_deref().unwrap_or(&scan.key);
    let name = world.location(place).map(|l| l.name.clone());
    Ok(Sighting {
        number: parcel.number.clone(),
        key: key_told(SeenBy::Staff, &format!("{place}\n{key}")),
        at: scan
            .at
            .clamp(parcel.booked_at, now_ms().max(parcel.booked_at)),
        status,
        reason: reason.to_owned(),
        place: name.unwrap_or_default(),
        note: String::new(),
        by: SeenBy::Staff,
        withdraws: scan.what == HubScanKind::Undo,
        location: came_in.then_some(place),
    })
}

/// Tells the core; the order as it is then, or why the scan is refused.
async fn see(
    app: &App,
    staff: &Staff,
    id: FulfillmentId,
    sighting: Sighting,
) -> Result<Result<Arc<Group>, Refusal>, ApiError> {
    let decided = app.door.submit(Envelope {
        command: Command::SeeParcel(id, sighting),
        actor: staff.actor,
        channel: Channel::Console,
        idempotency: None,
    });
    match decided.await {
        Ok(decided) => group_in(&decided).map(Ok),
        Err(crate::app::DoorError::Refused(refusal)) => Ok(Err(refusal)),
        // Whether it counts is not known: the scanner says it again.
        Err(error) => Err(error.into()),
    }
}

/// A parcel as hub staff see it, with where it goes from a place.
fn shown(app: &App, group: &Group, id: FulfillmentId, place: LocationId) -> Option<HubParcel> {
    let of = group.fulfillments.iter().find(|f| f.id == id)?;
    let parcel = group.parcel(id)?;
    let board = app.timetables.board();
    let world = app.shelf.read();
    let next = direction((&world, &board), (group, of, parcel), (place, now_ms()));
    let to = group.destination.as_deref();
    let country = to.and_then(|to| to.country);
    Some(HubParcel {
        fulfillment: id.to_string(),
        number: parcel.number.clone(),
        carrier: Named::carrier(&world, parcel.carrier),
        weight_grams: parcel.weight_grams,
        country: country.map_or_else(String::new, |country| country.to_string()),
        postal_code: to.map_or_else(String::new, |to| to.postal_code.clone()),
        city: to.map_or_else(String::new, |to| to.city.clone()),
        sorting: parcel.sorting.clone(),
        status: parcel.status().into(),
        since: parcel.latest().map(|seen| seen.at),
        promised: group.promise.map(|promise| promise.latest),
        expected: next.arrives,
        direction: Direction {
            kind: next.kind.into(),
            to: next.to,
            line: next.line,
            leaves: next.leaves,
        },
    })
}
