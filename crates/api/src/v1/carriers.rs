//! Carriers: who they are, where they go, what they charge, their numbers; and what they say of a parcel.

use super::V1;
use super::request::{Params, Write, Written, parse_id};
use super::show::carriers as show;
use super::wire::carriers::{
    Carrier, CarrierChange, CarrierDeclined, CarrierList, CarrierOffer, CarrierOffers,
    CarrierQuotes, CarrierTerms, Numbering, OfferQuery, SurchargeAmount, SurchargeWhen,
    TableChange,
};
use crate::app::{App, now_ms};
use crate::auth::guard::{Owner, Staff};
use crate::carriers::{AskError, ToSend};
use crate::error::ApiError;
use crate::goods::carriers as tables;
use crate::promise;
use crate::timetables::{Board, Sending};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use commerce::carrier::{self as core, Shipment, offers};
use commerce::checkout::Delivery;
use commerce::code::Country;
use commerce::command::{Command, Outcome, SaveCarrier};
use commerce::id::{CarrierId, LocationId};
use commerce::money::Currency;
use commerce::order::{Fulfillment, Group};
use commerce::settings::Location;
use commerce::{Refusal, World};
use std::io;
use std::time::Duration;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long somebody who looks at offers waits for what carriers say themselves.
const QUOTE_PATIENCE: Duration = Duration::from_secs(5);
/// Carriers that are asked at once.
const QUOTED_MAX: usize = 20;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_carriers, create_carrier))
        .routes(routes!(get_carrier, change_carrier))
        .routes(routes!(get_areas, change_areas))
        .routes(routes!(get_rates, change_rates))
        .routes(routes!(list_offers))
}

/// All carriers
#[utoipa::path(get, path = "/carriers", tag = "carriers",
    responses((status = 200, body = CarrierList)))]
pub async fn list_carriers(State(V1 { app, .. }): State<V1>, _staff: Staff) -> Json<CarrierList> {
    let world = app.shelf.read();
    let mut items: Vec<Carrier> = world.carriers().map(|c| show::carrier(&world, c)).collect();
    items.sort_by(|a, b| a.terms.code.cmp(&b.terms.code));
    let connectors = app.config.carriers.names();
    Json(CarrierList { items, connectors })
}

pub(super) fn known(app: &App, id: &str) -> Result<core::Carrier, ApiError> {
    let id = parse_id!(CarrierId, id, "carrier")?;
    let found = app.shelf.read().carrier(id).cloned();
    found.ok_or_else(|| ApiError::not_found("carrier"))
}

/// One carrier
#[utoipa::path(get, path = "/carriers/{id}", tag = "carriers",
    params(("id" = String, Path, description = "The carrier's id.")),
    responses((status = 200, body = Carrier)))]
pub async fn get_carrier(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Carrier>, ApiError> {
    let carrier = known(&app, &id)?;
    Ok(Json(show::carrier(&app.shelf.read(), &carrier)))
}

/// Add a carrier
///
/// Its areas and its rate card follow as tables.
#[utoipa::path(post, path = "/carriers", tag = "carriers", request_body = CarrierChange,
    responses((status = 200, body = Carrier)))]
pub async fn create_carrier(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    write: Write<CarrierChange>,
) -> Result<Written<Carrier>, ApiError> {
    let (change, write) = write.apart();
    let id = CarrierId(app.ids.next());
    let carrier = merged(None, id, &change.terms)?;
    app.config.carriers.check(&carrier)?;
    let blocks = change.blocks.unwrap_or_default();
    let save = SaveCarrier {
        carrier,
        blocks: blocks.iter().map(|b| (b.first, b.last)).collect(),
        expected_version: change.version,
    };
    saved(&app, &staff, &write, save).await
}

/// Change a carrier
///
/// Its areas, its rate card and, if they are not named, the blocks of its numbers stay as they are.
#[utoipa::path(put, path = "/carriers/{id}", tag = "carriers", request_body = CarrierChange,
    params(("id" = String, Path, description = "The carrier's id.")),
    responses((status = 200, body = Carrier)))]
pub async fn change_carrier(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(id): Path<String>,
    write: Write<CarrierChange>,
) -> Result<Written<Carrier>, ApiError> {
    let (change, write) = write.apart();
    let before = known(&app, &id)?;
    let carrier = merged(Some(&before), before.id, &change.terms)?;
    app.config.carriers.check(&carrier)?;
    let kept = blocks(&app.shelf.read(), before.id);
    let named = change.blocks.map(|blocks| {
        let pairs = blocks.iter().map(|b| (b.first, b.last));
        pairs.collect()
    });
    let save = SaveCarrier {
        carrier,
        blocks: named.unwrap_or(kept),
        expected_version: Some(change.version.unwrap_or(before.version)),
    };
    saved(&app, &staff, &write, save).await
}

pub(super) fn blocks(world: &World, id: CarrierId) -> Vec<(u64, u64)> {
    let pool = world.number_pool(id);
    let blocks = pool.map_or(&[][..], |pool| &pool.blocks);
    blocks.iter().map(|b| (b.first, b.last)).collect()
}

async fn saved(
    app: &App,
    staff: &Staff,
    write: &Write<()>,
    save: SaveCarrier,
) -> Result<Written<Carrier>, ApiError> {
    let id = save.carrier.id;
    let command = Command::SaveCarrier(save);
    let decided = write.submit(app, staff, command).await?;
    // A repeated request is told of the one that it made the first time.
    let id = match &decided.outcome {
        Outcome::Saved(saved) => saved.ids.first().map_or(id, |raw| CarrierId(*raw)),
        _ => id,
    };
    let world = app.shelf.read();
    let carrier = world.carrier(id);
    let carrier = carrier.ok_or_else(|| ApiError::not_found("carrier"))?;
    Ok(Written {
        body: show::carrier(&world, carrier),
        replayed: decided.replayed,
    })
}

/// A carrier with these terms and the tables that it has.
fn merged(
    before: Option<&core::Carrier>,
    id: CarrierId,
    terms: &CarrierTerms,
) -> Result<core::Carrier, ApiError> {
    let invalid = |field| Refusal::FieldInvalid { field };
    let currency = Currency::parse(&terms.currency).ok_or(invalid("currency"))?;
    let location = |id: &String| LocationId::parse(id).ok_or(invalid("locations"));
    let locations: Result<Vec<LocationId>, Refusal> =
        terms.locations.iter().map(location).collect();
    let service = |s: &super::wire::carriers::CarrierService| core::Service {
        code: s.code.clone(),
        name: s.name.clone(),
        levels: s.levels.clone(),
        weight_max_grams: s.weight_max_grams,
        side_max_mm: s.side_max_mm,
        girth_max_mm: s.girth_max_mm,
    };
    Ok(core::Carrier {
        id,
        version: 0,
        code: terms.code.clone(),
        name: terms.name.trim().to_owned(),
        active: terms.active,
        own_fleet: terms.own_fleet,
        numbering: numbering(&terms.numbering)?,
        connector: terms.connector.clone(),
        tracking_url: terms.tracking_url.clone(),
        locations: locations?,
        daily_quota: terms.daily_quota,
        currency,
        volume_divisor: terms.volume_divisor,
        services: terms.services.iter().map(service).collect(),
        areas: before.map_or(Vec::new(), |c| c.areas.clone()),
        rates: before.map_or(Vec::new(), |c| c.rates.clone()),
        surcharges: terms.surcharges.iter().map(surcharge).collect(),
        timetables: before.map_or(Vec::new(), |c| driven(c, terms)),
    })
}

/// The timetables of the services that stay.
fn driven(before: &core::Carrier, terms: &CarrierTerms) -> Vec<core::Timetable> {
    let stays = |t: &&core::Timetable| terms.services.iter().any(|s| s.code == t.service);
    before.timetables.iter().filter(stays).cloned().collect()
}

fn numbering(numbering: &Numbering) -> Result<core::Numbering, Refusal> {
    Ok(match numbering {
        Numbering::Sscc { extension, prefix } => core::Numbering::Sscc {
            extension: *extension,
            prefix: prefix.clone(),
        },
        Numbering::S10 { service, country } => core::Numbering::S10 {
            service: service.clone(),
            country: Country::parse(country).ok_or(Refusal::FieldInvalid { field: "numbering" })?,
        },
        Numbering::Plain {
            prefix,
            digits,
            check,
        } => core::Numbering::Plain {
            prefix: prefix.clone(),
            digits: *digits,
            check: (*check).into(),
        },
        Numbering::Given => core::Numbering::Given,
    })
}

fn surcharge(surcharge: &super::wire::carriers::Surcharge) -> core::Surcharge {
    core::Surcharge {
        code: surcharge.code.clone(),
        when: match &surcharge.when {
            SurchargeWhen::Always => core::SurchargeWhen::Always,
            SurchargeWhen::Zone(zone) => core::SurchargeWhen::Zone(zone.clone()),
            SurchargeWhen::HeavierThan(grams) => core::SurchargeWhen::HeavierThan(*grams),
            SurchargeWhen::LongerThan(mm) => core::SurchargeWhen::LongerThan(*mm),
        },
        amount: match surcharge.amount {
            SurchargeAmount::Fixed(minor) => core::SurchargeAmount::Fixed(minor),
            SurchargeAmount::Percent(ppm) => core::SurchargeAmount::Percent(ppm),
        },
    }
}

/// Where a carrier goes, as CSV
///
/// `country,postal_prefix,zone,sorting_code,closed`: of an address, the longest prefix of its postal code decides.
#[utoipa::path(get, path = "/carriers/{id}/areas", tag = "carriers",
    params(("id" = String, Path, description = "The carrier's id.")),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn get_areas(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let carrier = known(&app, &id)?;
    file(&carrier, "areas", tables::write_areas)
}

/// Replace where a carrier goes
///
/// The whole table; one bad line, and nothing is changed.
#[utoipa::path(put, path = "/carriers/{id}/areas", tag = "carriers", request_body = TableChange,
    params(("id" = String, Path, description = "The carrier's id.")),
    responses((status = 200, body = Carrier)))]
pub async fn change_areas(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(id): Path<String>,
    write: Write<TableChange>,
) -> Result<Written<Carrier>, ApiError> {
    let (change, write) = write.apart();
    let mut carrier = known(&app, &id)?;
    let areas = tables::areas("areas.csv", change.csv.as_bytes());
    carrier.areas = areas.map_err(|faults| ApiError::import_invalid(&[faults]))?;
    replace(&app, &staff, &write, (carrier, change.version)).await
}

/// What a carrier charges, as CSV
///
/// `service,zone,up_to_grams,price`: the first step that reaches a parcel's weight is its price.
#[utoipa::path(get, path = "/carriers/{id}/rates", tag = "carriers",
    params(("id" = String, Path, description = "The carrier's id.")),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn get_rates(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let carrier = known(&app, &id)?;
    file(&carrier, "rates", tables::write_rates)
}

/// Replace what a carrier charges
///
/// The whole table; one bad line, and nothing is changed.
#[utoipa::path(put, path = "/carriers/{id}/rates", tag = "carriers", request_body = TableChange,
    params(("id" = String, Path, description = "The carrier's id.")),
    responses((status = 200, body = Carrier)))]
pub async fn change_rates(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(id): Path<String>,
    write: Write<TableChange>,
) -> Result<Written<Carrier>, ApiError> {
    let (change, write) = write.apart();
    let mut carrier = known(&app, &id)?;
    let rates = tables::rates("rates.csv", change.csv.as_bytes(), carrier.currency);
    carrier.rates = rates.map_err(|faults| ApiError::import_invalid(&[faults]))?;
    replace(&app, &staff, &write, (carrier, change.version)).await
}

async fn replace(
    app: &App,
    staff: &Staff,
    write: &Write<()>,
    (carrier, version): (core::Carrier, Option<u32>),
) -> Result<Written<Carrier>, ApiError> {
    let save = SaveCarrier {
        blocks: blocks(&app.shelf.read(), carrier.id),
        expected_version: Some(version.unwrap_or(carrier.version)),
        carrier,
    };
    saved(app, staff, write, save).await
}

fn file(
    carrier: &core::Carrier,
    name: &str,
    write: fn(&core::Carrier) -> io::Result<Vec<u8>>,
) -> Result<Response, ApiError> {
    let text = write(carrier).map_err(|e| ApiError::internal(&e.to_string()))?;
    let attachment = format!("attachment; filename=\"{}-{name}.csv\"", carrier.code);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, attachment),
    ];
    Ok((headers, text).into_response())
}

/// What carriers say of a parcel
///
/// Who takes it at which price, and who does not and why; and what carriers with a connector say themselves.
#[utoipa::path(get, path = "/fulfillments/{id}/offers", tag = "carriers",
    params(("id" = String, Path, description = "The fulfillment's id."), OfferQuery),
    responses((status = 200, body = CarrierOffers)))]
pub async fn list_offers(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    Params(query): Params<OfferQuery>,
) -> Result<Json<CarrierOffers>, ApiError> {
    let id = parse_id!(FulfillmentId, &id, "fulfillment")?;
    let group = app.group(id.parent()).await?;
    let group = group.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    let of = group.fulfillments.iter().find(|f| f.id == id);
    let of = of.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    let (mut told, to_ask) = {
        let world = app.shelf.read();
        let asked = query
            .weight_grams
            .or_else(|| weight_grams(&world, &group, of));
        let measured = asked.map(|grams| (grams, size(&query)));
        let shipment = measured.and_then(|parcel| shipment(&world, &group, of.location, parcel));
        let Some(shipment) = shipment else {
            return Ok(Json(CarrierOffers {
                weight_grams: 0,
                offers: Vec::new(),
                declined: Vec::new(),
                quotes: Vec::new(),
            }));
        };
        let (offers, declined) = answers(&world, &app.timetables.board(), &group, &shipment);
        let told = CarrierOffers {
            weight_grams: shipment.weight_grams,
            offers,
            declined,
            quotes: Vec::new(),
        };
        let measured = ("", shipment.weight_grams, shipment.size_mm);
        let is_asked = |c: &&core::Carrier| c.active && !c.connector.is_empty();
        let asked = world.carriers().filter(is_asked);
        let to_send = asked.filter_map(|c| ToSend::of(&world, &group, of, c, measured));
        let to_ask: Vec<ToSend> = to_send.take(QUOTED_MAX).collect();
        (told, to_ask)
    };
    told.quotes = quotes(&app, to_ask).await;
    Ok(Json(told))
}

/// Who takes a parcel of an order, the cheapest first and by when each is there, and who does not.
pub(super) fn answers(
    world: &World,
    board: &Board,
    group: &Group,
    shipment: &Shipment<'_>,
) -> (Vec<CarrierOffer>, Vec<CarrierDeclined>) {
    let (found, declined) = offers(world, shipment);
    let parcel = (shipment.location, shipment.weight_grams);
    let preferred = keeping(world, board, group, parcel);
    let usual = core::cheapest(world, shipment, &preferred).ok();
    let sending = Sending::of(group, shipment.level.unwrap_or(""), parcel, now_ms());
    let promised = group.promise.map(|promise| promise.latest);
    let shown = |offer: &core::Offer| {
        let ride = board.ride_with(world, offer.carrier, &offer.service, &sending);
        let arrives = ride.map(|ride| ride.arrives_ms());
        let told = show::offer(world, offer)?;
        Some(CarrierOffer {
            arrives,
            in_time: arrives.zip(promised).map(|(at, latest)| at <= latest),
            is_usual: usual.as_ref() == Some(offer),
            ..told
        })
    };
    let declined = declined.iter().map(|d| show::declined(world, d));
    (found.iter().filter_map(shown).collect(), declined.collect())
}

/// The services that keep what the order was promised, as far as timetables say so, for a parcel from a place with its
/// weight in grams.
pub(super) fn keeping(
    world: &World,
    board: &Board,
    group: &Group,
    parcel: (LocationId, u32),
) -> Vec<(CarrierId, String)> {
    let sold = group.promise.zip(level(world, group));
    let keeping = sold.map(|(promise, level)| {
        let sending = Sending::of(group, level, parcel, now_ms());
        board.keeping(world, &sending, promise.latest)
    });
    keeping.unwrap_or_default()
}

/// What carriers say themselves. All are asked at once; one that is slow or fails is told as such.
async fn quotes(app: &App, to_ask: Vec<ToSend>) -> Vec<CarrierQuotes> {
    let ask = |parcel: ToSend| {
        let (carrier, carriers) = (parcel.carrier, app.config.carriers.clone());
        let asked = tokio::spawn(tokio::time::timeout(QUOTE_PATIENCE, async move {
            carriers.way(&parcel.connector)?.quotes(&parcel).await
        }));
        (carrier, asked)
    };
    let asked: Vec<_> = to_ask.into_iter().map(ask).collect();
    let mut told = Vec::with_capacity(asked.len());
    for (carrier, asked) in asked {
        let answer = match asked.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(AskError::Later("no answer in time".to_owned())),
            Err(error) => Err(AskError::Later(error.to_string())),
        };
        told.push(show::quotes(&app.shelf.read(), carrier, answer));
    }
    told
}

fn size(query: &OfferQuery) -> Option<[u16; 3]> {
    Some([query.length_mm?, query.width_mm?, query.height_mm?])
}

/// A parcel of a group from a place, of this weight and size, as carriers are asked about it. `None` where it weighs
/// nothing or its country is not known.
pub(super) fn shipment<'a>(
    world: &'a World,
    group: &'a Group,
    location: LocationId,
    (weight_grams, size_mm): (u32, Option<[u16; 3]>),
) -> Option<Shipment<'a>> {
    let address = group.destination.as_ref()?;
    let country = address.country?;
    (weight_grams > 0).then(|| Shipment {
        location,
        country,
        postal_code: &address.postal_code,
        level: level(world, group),
        weight_grams,
        size_mm,
        day: day(world.location(location)),
    })
}

/// What the articles of a parcel weigh by the catalog, in grams; `None` when one of them is not known.
pub(crate) fn weight_grams(world: &World, group: &Group, of: &Fulfillment) -> Option<u32> {
    let line = |&(number, pieces): &(u16, u32)| {
        let line = group.lines().find(|l| l.number == number)?;
        let product = world.product(line.variant.parent())?;
        let grams = product.variant(line.variant)?.weight_grams;
        (grams > 0).then_some(u64::from(grams) * u64::from(pieces))
    };
    let grams: Option<u64> = of.lines.iter().map(line).sum();
    u32::try_from(grams?).ok()
}

/// The service level that was sold.
pub(crate) fn level<'w>(world: &'w World, group: &Group) -> Option<&'w str> {
    match group.delivery {
        Delivery::Ship(rate) => world.shipping_rate(rate).map(|r| r.service_level.as_str()),
        Delivery::Pickup(_) | Delivery::CarryOut(_) => None,
    }
}

/// Today where a parcel leaves from, as `yyyymmdd`.
pub(super) fn day(location: Option<&Location>) -> u32 {
    let date = location.map(|l| promise::local(l, now_ms()).date());
    date.map_or(0, day_number)
}

/// A day as `yyyymmdd`.
pub(crate) fn day_number(date: jiff::civil::Date) -> u32 {
    let part = |n: i16| u32::try_from(n).unwrap_or(0);
    part(date.year()) * 10_000 + part(date.month().into()) * 100 + part(date.day().into())
}
