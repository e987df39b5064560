//! Waybills of parcels, and what is seen of them on their way.

use super::V1;
use super::carriers::{day, keeping, level, shipment, weight_grams};
use super::fulfillments::advance;
use super::orders::group_in;
use super::request::{Nothing, Write, Written, parse_id};
use super::show::carriers as show;
use super::wire::ErrorInfo;
use super::wire::orders::Fulfillment;
use super::wire::parcels::{
    self as wire, Sighting, SightingResult, SightingResults, Sightings, WaybillRequest,
    WaybillResult, WaybillResults, WaybillsRequest,
};
use crate::app::{App, Submitted};
use crate::auth::guard::Staff;
use crate::carriers::{ToSend, key_said};
use crate::error::ApiError;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use commerce::Refusal;
use commerce::carrier::{self, Numbering};
use commerce::command::{Booking, Channel, Command, Envelope, FulfillmentStep, Outcome};
use commerce::id::{CarrierId, FulfillmentId, GroupId};
use commerce::order::{self as core, Group};
use commerce::parcel::{self, SeenBy};
use futures_util::future::join_all;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Sightings of one request.
const SIGHTINGS_MAX: usize = 1_000;

/// Waybills of one request.
const WAYBILLS_MAX: usize = 500;
/// So many of them wait at the same time for carriers that give their numbers themselves.
const ASKED_AT_ONCE: usize = 50;

/// A sighting on its way to the writer, or why it is not.
type Asked = Result<(FulfillmentId, Submitted), ApiError>;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(book_waybill))
        .routes(routes!(book_waybills))
        .routes(routes!(cancel_waybill))
        .routes(routes!(tell_sightings))
        .routes(routes!(get_carrier_label))
}

/// Book a waybill for a parcel
///
/// It has a number from then on. A parcel that has one of this carrier and service keeps it; another one is refused with
/// `waybill_exists`.
#[utoipa::path(post, path = "/fulfillments/{id}/waybill", tag = "carriers",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    request_body = WaybillRequest, responses((status = 200, body = Fulfillment)))]
pub async fn book_waybill(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<WaybillRequest>,
) -> Result<Written<Fulfillment>, ApiError> {
    let parsed = parse_id!(FulfillmentId, &id, "fulfillment")?;
    let body = &write.body;
    let service = chosen(body.carrier.as_deref(), body.service.as_deref())?;
    let measured = (body.weight_grams, body.size_mm);
    let group = app.group(parsed.parent()).await?;
    let group = group.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    let (asked, turns) = ((service, measured), Semaphore::new(1));
    let (booking, given) = to_book(&app, (parsed, &group), asked, &turns).await?;
    let booked = advance(&app, &staff, &id, &write, FulfillmentStep::Book(booking)).await;
    let number = booked.as_ref().map(|booked| {
        let waybill = booked.body.parcel.as_ref();
        waybill.map(|waybill| waybill.number.as_str())
    });
    settle(&app, given, number).await;
    booked
}

/// Book waybills for many parcels
///
/// Each is booked or refused by itself, with the weight of its articles; one that has a waybill of the carrier keeps it, so
/// that the request can be sent again.
#[utoipa::path(post, path = "/waybills", tag = "carriers",
    request_body = WaybillsRequest, responses((status = 200, body = WaybillResults)))]
pub async fn book_waybills(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<WaybillsRequest>,
) -> Result<Written<WaybillResults>, ApiError> {
    let (asked, _) = write.apart();
    if !(1..=WAYBILLS_MAX).contains(&asked.fulfillments.len()) {
        return Err(Refusal::FieldInvalid {
            field: "fulfillments",
        }
        .into());
    }
    let service = chosen(asked.carrier.as_deref(), asked.service.as_deref())?;
    let parsed = asked
        .fulfillments
        .iter()
        .filter_map(|id| FulfillmentId::parse(id));
    let groups = app.groups(parsed.map(|id| id.parent())).await?;
    let turns = Semaphore::new(ASKED_AT_ONCE);
    let how = (&service, &turns);
    let booked = asked
        .fulfillments
        .iter()
        .map(|id| book_one(&app, &staff, (id, &groups), how));
    let results = join_all(booked).await;
    Ok(Written {
        body: WaybillResults { results },
        replayed: false,
    })
}

/// The groups of the fulfillments of a request.
type Groups = HashMap<GroupId, Arc<Group>>;
/// A carrier's service that somebody chose.
type Chosen = Option<(CarrierId, String)>;
/// What somebody measured: weight in grams, and size in millimeters.
type Measured = (Option<u32>, Option<[u16; 3]>);

fn chosen(carrier: Option<&str>, service: Option<&str>) -> Result<Chosen, ApiError> {
    match (carrier, service) {
        (None, None) => Ok(None),
        (Some(carrier), Some(service)) => {
            let carrier = parse_id!(CarrierId, carrier, "carrier")?;
            Ok(Some((carrier, service.to_owned())))
        }
        (None, Some(_)) => Err(Refusal::FieldInvalid { field: "carrier" }.into()),
        (Some(_), None) => Err(Refusal::FieldInvalid { field: "service" }.into()),
    }
}

/// Books a parcel's waybill as one of many.
async fn book_one(
    app: &App,
    staff: &Staff,
    (id, groups): (&str, &Groups),
    how: (&Chosen, &Semaphore),
) -> WaybillResult {
    let booked = booked(app, staff, (id, groups), how).await;
    let (waybill, error) = match booked {
        Ok(waybill) => (Some(waybill), None),
        Err(error) => (None, Some(error)),
    };
    WaybillResult {
        fulfillment: id.to_owned(),
        waybill,
        error: error.map(ErrorInfo::from),
    }
}

async fn booked(
    app: &App,
    staff: &Staff,
    (id, groups): (&str, &Groups),
    (service, turns): (&Chosen, &Semaphore),
) -> Result<wire::Parcel, ApiError> {
    let id = parse_id!(FulfillmentId, id, "fulfillment")?;
    let group = groups.get(&id.parent());
    let group = group.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    let asked = (service.clone(), (None, None));
    let (booking, given) = to_book(app, (id, group), asked, turns).await?;
    let step = Command::MoveFulfillment(id, FulfillmentStep::Book(booking));
    // Booked again, it stays as it is: it needs no key of the request.
    let decided = submit(app, staff, step).await.map_err(ApiError::from);
    let group = decided.and_then(|decided| group_in(&decided));
    let waybill = group.as_ref().map(|group| group.parcel(id));
    settle(app, given, waybill.map(|w| w.map(|w| w.number.as_str()))).await;
    let group = group?;
    let waybill = group.parcel(id);
    let waybill = waybill.ok_or_else(|| ApiError::internal("it was booked"))?;
    Ok(show::parcel(&app.shelf.read(), waybill))
}

/// What is to be booked for a parcel, with the number that its carrier gave for it.
async fn to_book(
    app: &App,
    (id, group): (FulfillmentId, &Group),
    (service, (weight_grams, size_mm)): (Chosen, Measured),
    turns: &Semaphore,
) -> Result<(Booking, Option<Given>), ApiError> {
    let of = group.fulfillments.iter().find(|f| f.id == id);
    let of = of.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    let booking = {
        let world = app.shelf.read();
        let by_catalog = || self::weight_grams(&world, group, of);
        let weight_grams = weight_grams.or_else(by_catalog).unwrap_or(0);
        // A carrier that somebody chooses is chosen though it is of another level.
        let (level, preferred) = match service {
            None => (
                level(&world, group),
                keeping(
                    &world,
                    &app.timetables.board(),
                    group,
                    (of.location, weight_grams),
                ),
            ),
            Some(_) => (None, Vec::new()),
        };
        Booking {
            level: level.map(str::to_owned),
            preferred,
            service,
            weight_grams,
            size_mm,
            day: day(world.location(of.location)),
            number: None,
        }
    };
    number_given(app, group, of, booking, turns).await
}

/// What was asked for and not booked goes back. `booked` is the number that the parcel has now, or why it was not booked.
async fn settle(app: &App, given: Option<Given>, booked: Result<Option<&str>, &ApiError>) {
    let Some(given) = given else {
        return;
    };
    let is_kept = match booked {
        Ok(number) => number == Some(given.number.as_str()),
        // Whether it was booked is not known, or it can be tried again: then the same number is found.
        Err(error) => error.status.is_server_error(),
    };
    if !is_kept {
        give_back(app, &given).await;
    }
}

/// A number that a carrier gave, and whom to give it back to.
#[derive(Clone)]
struct Given {
    connector: String,
    number: String,
}

/// The booking with the number that its carrier gives, where carriers give them. The carrier is asked before anything is
/// written, so that nobody waits for it.
async fn number_given(
    app: &App,
    group: &Group,
    of: &core::Fulfillment,
    mut booking: Booking,
    turns: &Semaphore,
) -> Result<(Booking, Option<Given>), ApiError> {
    if group.parcel(of.id).is_some() {
        return Ok((booking, None));
    }
    let to_send = {
        let world = app.shelf.read();
        if !world.carriers().any(|c| c.numbering == Numbering::Given) {
            return Ok((booking, None));
        }
        let measured = (booking.weight_grams, booking.size_mm);
        let chosen = booking.service.clone().or_else(|| {
            let shipment = shipment(&world, group, of.location, measured)?;
            let found = carrier::cheapest(&world, &shipment, &booking.preferred);
            let cheapest = found.ok()?;
            Some((cheapest.carrier, cheapest.service))
        });
        let carrier = chosen.as_ref().and_then(|c| world.carrier(c.0));
        match (carrier, &chosen) {
            (Some(carrier), Some((_, service))) if carrier.numbering == Numbering::Given => {
                let parcel = (service.as_str(), booking.weight_grams, booking.size_mm);
                ToSend::of(&world, group, of, carrier, parcel)
            }
            _ => None,
        }
    };
    let Some(to_send) = to_send else {
        return Ok((booking, None));
    };
    let way = app.config.carriers.way(&to_send.connector)?;
    let _turn = turns.acquire().await.expect("it is never closed");
    let mut number = way.number(&to_send).await?;
    if was_given(app, of.id, &number).await? {
        // A canceled waybill's, which its carrier was not told of yet: booked again, it would be recalled after all.
        way.give_back(&to_send.connector, &number).await?;
        number = way.number(&to_send).await?;
    }
    booking.number = Some(number.clone());
    booking.level = None;
    booking.service = Some((to_send.carrier, to_send.service));
    let connector = to_send.connector;
    Ok((booking, Some(Given { connector, number })))
}

/// Whether a parcel had this number before and has it no more. The order is read after the numbers: somebody who asked at
/// the same moment may have booked it just now.
async fn was_given(app: &App, id: FulfillmentId, number: &str) -> Result<bool, ApiError> {
    let asked = number.to_owned();
    let found = app.read(move |q| q.parcels(&[&asked])).await?;
    if !found.contains(&id) {
        return Ok(false);
    }
    let group = app.group(id.parent()).await?;
    let parcel = group.as_ref().and_then(|g| g.parcel(id));
    Ok(parcel.is_none_or(|p| p.number != number))
}

/// What was asked for and not booked, since somebody else was first or the order changed, does not go.
async fn give_back(app: &App, given: &Given) {
    let Ok(way) = app.config.carriers.way(&given.connector) else {
        return;
    };
    if let Err(error) = way.give_back(&given.connector, &given.number).await {
        let (connector, number) = (&given.connector, &given.number);
        tracing::error!(
            connector,
            number,
            ?error,
            "a parcel that was not booked stands at its carrier: cancel it there"
        );
    }
}

/// A parcel's label as its carrier draws it
///
/// For carriers that give their own numbers. Others have their labels from `POST /labels`, and nothing here.
#[utoipa::path(get, path = "/fulfillments/{id}/waybill/label", tag = "carriers",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, description = "The document.", body = String, content_type = "application/pdf")))]
pub async fn get_carrier_label(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = parse_id!(FulfillmentId, &id, "fulfillment")?;
    let group = app.group(id.parent()).await?;
    let parcel = group.as_ref().and_then(|g| g.parcel(id));
    let parcel = parcel.ok_or_else(|| ApiError::not_found("waybill"))?;
    let connector = {
        let world = app.shelf.read();
        let carrier = world.carrier(parcel.carrier);
        carrier.map_or_else(String::new, |c| c.connector.clone())
    };
    if connector.is_empty() {
        return Err(ApiError::not_found("label"));
    }
    let way = app.config.carriers.way(&connector)?;
    let drawn = way.label(&connector, &parcel.number).await?;
    let (kind, bytes) = drawn.ok_or_else(|| ApiError::not_found("label"))?;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, bytes).into_response())
}

/// Cancel a parcel's waybill
///
/// Its number is never given again. A parcel that its carrier has cannot be called back.
#[utoipa::path(post, path = "/fulfillments/{id}/waybill/cancel", tag = "carriers",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = Fulfillment)))]
pub async fn cancel_waybill(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Nothing>,
) -> Result<Written<Fulfillment>, ApiError> {
    advance(&app, &staff, &id, &write, FulfillmentStep::CancelWaybill).await
}

/// Tell what was seen of parcels
///
/// From a carrier's messages, a scanner, a file. Each is taken or refused by itself; what was heard before changes nothing.
/// The first that has a parcel with its carrier hands it over, and one that it arrived closes it.
#[utoipa::path(post, path = "/parcels/events", tag = "carriers",
    request_body = Sightings, responses((status = 200, body = SightingResults)))]
pub async fn tell_sightings(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<Sightings>,
) -> Result<Written<SightingResults>, ApiError> {
    let (told, _) = write.apart();
    if told.events.len() > SIGHTINGS_MAX {
        return Err(Refusal::FieldInvalid { field: "events" }.into());
    }
    let told = told.events.into_iter().map(|event| {
        let said = sighting(&event).map_err(ApiError::from);
        (event.number, said)
    });
    let results = tell(&app, &staff, told.collect(), |_, _| ()).await?;
    Ok(Written {
        body: SightingResults { results },
        replayed: false,
    })
}

/// Something that was told of a number: what was seen, or why that is not understood.
pub(super) type Told = (String, Result<parcel::Sighting, ApiError>);

/// Tells the core what was seen of parcels, in this order; `fit` may change a sighting by the parcel that it is of. Each is
/// taken or refused by itself.
pub(super) async fn tell(
    app: &App,
    staff: &Staff,
    told: Vec<Told>,
    fit: impl Fn(&mut parcel::Sighting, &Booked),
) -> Result<Vec<SightingResult>, ApiError> {
    let numbers = told.iter().map(|(number, _)| number.clone()).collect();
    let known = fulfillments_of(app, numbers).await?;
    let mut asked: Vec<(String, Asked)> = Vec::with_capacity(told.len());
    for (number, said) in told {
        let submitted = match (known.get(&number), said) {
            (_, Err(error)) => Err(error),
            (None, _) => Err(ApiError::not_found("parcel")),
            // Each says by itself whether it was heard before: it needs no key of the request.
            (Some(of), Ok(mut sighting)) => {
                fit(&mut sighting, of);
                let command = Command::SeeParcel(of.id, sighting);
                Ok((of.id, submit(app, staff, command)))
            }
        };
        asked.push((number, submitted));
    }
    let mut results = Vec::with_capacity(asked.len());
    for (number, submitted) in asked {
        let decided = match submitted {
            Ok((id, submitted)) => submitted.await.map(|d| (id, d)).map_err(ApiError::from),
            Err(error) => Err(error),
        };
        results.push(result(number, decided.map(|(id, d)| (id, d.outcome))));
    }
    Ok(results)
}

fn submit(app: &App, staff: &Staff, command: Command) -> Submitted {
    app.door.submit(Envelope {
        command,
        actor: staff.actor,
        channel: Channel::Console,
        idempotency: None,
    })
}

/// A parcel with a waybill.
#[derive(Debug, Clone, Copy)]
pub(super) struct Booked {
    /// Which it is.
    pub(super) id: FulfillmentId,
    /// Who brings it.
    pub(super) carrier: CarrierId,
}

/// The parcels behind numbers of waybills.
pub(super) async fn fulfillments_of(
    app: &App,
    numbers: Vec<String>,
) -> Result<BTreeMap<String, Booked>, ApiError> {
    let found = app
        .read(move |q| {
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            q.parcels(&numbers)
        })
        .await?;
    let groups = app.groups(found.iter().map(|id| id.parent())).await?;
    let mut known = BTreeMap::new();
    for id in found {
        // Another number may share the key, and a waybill may be canceled.
        if let Some(parcel) = groups.get(&id.parent()).and_then(|g| g.parcel(id)) {
            let carrier = parcel.carrier;
            known.insert(parcel.number.clone(), Booked { id, carrier });
        }
    }
    Ok(known)
}

fn sighting(event: &Sighting) -> Result<parcel::Sighting, Refusal> {
    let at: jiff::Timestamp = event
        .at
        .parse()
        .map_err(|_| Refusal::FieldInvalid { field: "at" })?;
    let by = event.by.map_or(SeenBy::Carrier, Into::into);
    let (reason, place) = (event.reason.as_str(), event.place.as_str());
    let said = (event.at.as_str(), event.status.into(), reason, place);
    Ok(parcel::Sighting {
        number: event.number.clone(),
        key: key_said(by, event.key.as_deref(), said),
        at: at.as_millisecond(),
        status: event.status.into(),
        reason: event.reason.trim().to_owned(),
        place: event.place.trim().to_owned(),
        note: event.note.trim().to_owned(),
        by,
        withdraws: event.withdraws,
        location: None,
    })
}

fn result(number: String, decided: Result<(FulfillmentId, Outcome), ApiError>) -> SightingResult {
    match decided {
        Ok((id, outcome)) => {
            let status = match &outcome {
                Outcome::Group(group) => group.parcel(id).map(|p| p.status().into()),
                _ => None,
            };
            SightingResult {
                number,
                taken: true,
                fulfillment: Some(id.to_string()),
                status,
                code: None,
                message: None,
            }
        }
        Err(error) => {
            let told = ErrorInfo::from(error);
            SightingResult {
                number,
                taken: false,
                fulfillment: None,
                status: None,
                code: Some(told.code),
                message: Some(told.message),
            }
        }
    }
}
