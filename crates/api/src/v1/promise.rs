//! When goods would be there, and the timetables that say so.

use super::V1;
use super::buy_now::item;
use super::carriers::{blocks, known};
use super::request::{Write, Written};
use super::wire::promise::{
    PromiseLeg, PromiseOption, PromiseParcel, PromisePickup, PromiseRequest, PromiseStep,
    PromiseWait, Promises, Timetable,
};
use super::wire::{Money, Named};
use crate::app::now_ms;
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::promise::{self, Outlook, Sources};
use crate::timetables::{self, Driven, Ride, Sending};
use axum::Json;
use axum::extract::{Path, State};
use commerce::carrier as core;
use commerce::checkout::{Delivery, Intent, Item, Quote};
use commerce::code::Country;
use commerce::command::{Command, SaveCarrier};
use commerce::id::LocationId;
use commerce::money::Currency;
use commerce::pricing;
use commerce::settings::{Address, ShippingRate};
use commerce::sourcing;
use commerce::text::Language;
use commerce::{Refusal, World, limits};
use logistics::promise::{Leg, Step, Wait};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How far from now a moment may be that is asked about, in milliseconds: timetables reach no further.
const AHEAD_MAX_MS: i64 = 30 * 86_400_000;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(promise))
        .routes(routes!(get_timetable, change_timetable))
}

/// When goods would be there
///
/// Ways of delivery with what would be promised now, step by step, and places where all of it could be collected. Nothing
/// is set aside.
#[utoipa::path(post, path = "/promise", tag = "store", request_body = PromiseRequest, security(()),
    responses((status = 200, body = Promises)))]
pub async fn promise(
    State(V1 { app, .. }): State<V1>,
    write: Write<PromiseRequest>,
) -> Result<Json<Promises>, ApiError> {
    let (body, _) = write.apart();
    let today = now_ms();
    let at = body.at.unwrap_or(today);
    if !(today - 86_400_000..=today + AHEAD_MAX_MS).contains(&at) {
        return Err(Refusal::FieldInvalid { field: "at" }.into());
    }
    let board = app.timetables.board();
    let world = app.shelf.read();
    let outlook = Outlook {
        world: &world,
        board: &board,
        now: at,
    };
    let (intent, country) = intent(&world, &body)?;
    let quote = pricing::quote(&world, today, &intent)?;
    Ok(Json(Promises {
        options: options(&outlook, (&intent, &quote), country),
        pickups: pickups(&outlook, &intent.items),
    }))
}

/// What would be ordered, by nobody yet.
fn intent(world: &World, body: &PromiseRequest) -> Result<(Intent, Country), Refusal> {
    let invalid = |field| Refusal::FieldInvalid { field };
    if body.lines.is_empty() || body.postal_code.len() > limits::NAME_CHARS_MAX {
        let field = if body.lines.is_empty() {
            "lines"
        } else {
            "postal_code"
        };
        return Err(invalid(field));
    }
    if body.lines.len() > limits::LINES_MAX {
        return Err(Refusal::TooManyLines);
    }
    let country = Country::parse(&body.country).ok_or(invalid("country"))?;
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    let currency = match &body.currency {
        None => shop.currency,
        Some(code) => Currency::parse(code).ok_or(invalid("currency"))?,
    };
    let language = match &body.language {
        None => Language::En,
        Some(tag) => Language::parse(tag).ok_or(invalid("language"))?,
    };
    let items: Result<Vec<Item>, Refusal> =
        body.lines.iter().map(|line| item(world, line)).collect();
    let destination = Address {
        country: Some(country),
        postal_code: body.postal_code.clone(),
        ..Address::default()
    };
    let intent = Intent {
        currency,
        language,
        items: items?,
        buyer: Default::default(),
        destination: Some(destination.into()),
        billing: None,
        delivery: None,
        discount_codes: Vec::new(),
        member: None,
        promise: None,
        extension: Default::default(),
        points: Default::default(),
    };
    Ok((intent, country))
}

fn options(
    outlook: &Outlook<'_>,
    (intent, quote): (&Intent, &Quote),
    country: Country,
) -> Vec<PromiseOption> {
    let world = outlook.world;
    let Some(sources) = promise::sources_to(world, &intent.items, country) else {
        return Vec::new();
    };
    let postal_code = intent.destination.as_ref().map(|d| d.postal_code.as_str());
    let to = (country, postal_code.unwrap_or_default());
    let option = |rate: &ShippingRate| {
        let price = pricing::shipping_price(world, outlook.now, rate, (intent, quote))?;
        let arrival = outlook.arrival(&sources, rate, to)?;
        let mut option = PromiseOption {
            id: rate.code.clone(),
            title: rate.title.get(intent.language).to_owned(),
            service_level: rate.service_level.clone(),
            price: Money::new(price, intent.currency),
            deliver_min: arrival.promise.earliest,
            estimate: arrival.promise.earliest,
            deliver_max: arrival.promise.latest,
            confidence_permille: None,
            order_before: arrival.order_before,
            parcels: Vec::new(),
        };
        fill_in(&mut option, outlook, &sources, (rate, to));
        Some(option)
    };
    let mut found: Vec<PromiseOption> = pricing::rates_to(world, country)
        .filter_map(option)
        .collect();
    found.sort_by_key(|option| option.price.amount);
    found
}

/// The parcels one by one, and what they say together.
fn fill_in(
    option: &mut PromiseOption,
    outlook: &Outlook<'_>,
    sources: &Sources,
    (rate, (country, postal_code)): (&ShippingRate, (Country, &str)),
) {
    let mut together = Some(1_000_000_u64);
    for (place, grams) in sources.parcels() {
        let sending = Sending {
            country,
            postal_code,
            level: &rate.service_level,
            place,
            grams,
            at: outlook.now,
        };
        let ride = outlook.ride(&sending);
        let (parcel, estimate, confidence) = match &ride {
            Some(ride) => {
                let times = ride.promise.times;
                let estimate = times.estimate_s * 1_000;
                let parcel = ridden(outlook.world, place, ride);
                (parcel, estimate, times.confidence_permille)
            }
            None => {
                let by_days =
                    promise::parcel_arrival(outlook.world, place, rate.transit_days, outlook.now);
                let latest = by_days.map_or(option.deliver_max, |a| a.promise.latest);
                (unridden(outlook.world, place, latest), latest, None)
            }
        };
        option.estimate = option.estimate.max(estimate);
        let both = together.zip(confidence);
        together = both.map(|(so_far, permille)| so_far * u64::from(permille) / 1_000);
        option.parcels.push(parcel);
    }
    option.confidence_permille =
        together.map(|millionths| u16::try_from(millionths / 1_000).unwrap_or(1_000));
}

fn ridden(world: &World, place: LocationId, ride: &Ride<'_>) -> PromiseParcel {
    let carrier = world.carrier(ride.driven.carrier());
    let legs = ride.part().map_or(&[][..], |part| &part.legs);
    PromiseParcel {
        location: Named::location(world, place),
        carrier: carrier.map(|c| Named {
            id: c.id.to_string(),
            name: c.name.clone(),
        }),
        service: ride.driven.service().to_owned(),
        deliver_max: ride.promise.times.deliver_max_s * 1_000,
        legs: legs.iter().map(|l| leg(ride.driven, l)).collect(),
    }
}

fn unridden(world: &World, place: LocationId, latest: i64) -> PromiseParcel {
    PromiseParcel {
        location: Named::location(world, place),
        carrier: None,
        service: String::new(),
        deliver_max: latest,
        legs: Vec::new(),
    }
}

fn leg(driven: &Driven, leg: &Leg) -> PromiseLeg {
    let names = driven.names();
    let zone_of = |row: u32| {
        let tour = driven.network().input().tours.get(row as usize);
        tour.map_or(u32::MAX, |tour| tour.zone)
    };
    let (step, all, row) = match leg.step {
        Step::Prepare { place } => (PromiseStep::Prepare, &names.places, place),
        Step::Ride(seat) => (PromiseStep::Ride, &names.lines, seat.row),
        Step::Tour(seat) => (PromiseStep::Tour, &names.zones, zone_of(seat.row)),
        Step::Shelve { zone } => (PromiseStep::Shelve, &names.zones, zone),
        Step::Experience => (PromiseStep::Experience, &names.zones, u32::MAX),
        Step::Programme(seat) => (PromiseStep::Programme, &names.programmes, seat.row),
    };
    PromiseLeg {
        step,
        name: all.get(row as usize).cloned().unwrap_or_default(),
        begin: leg.begin_s * 1_000,
        end: leg.end_s * 1_000,
        wait: match leg.wait {
            Wait::None => PromiseWait::None,
            Wait::Opening => PromiseWait::Opening,
            Wait::Departure => PromiseWait::Departure,
            Wait::Full(_) => PromiseWait::Full,
            Wait::Closure(_) => PromiseWait::Closure,
        },
    }
}

/// Places that have all of it, the soonest first.
fn pickups(outlook: &Outlook<'_>, items: &[Item]) -> Vec<PromisePickup> {
    let world = outlook.world;
    let needs = promise::needs(items);
    let pickup = |location: &commerce::settings::Location| {
        let delivery = Delivery::Pickup(location.id);
        sourcing::plan(world, &needs, delivery, None).ok()?;
        let ready = promise::ready_for_pickup(location, outlook.now)?;
        Some(PromisePickup {
            location: Named::location(world, location.id),
            ready: ready.timestamp().as_millisecond(),
        })
    };
    let mut found: Vec<PromisePickup> = world
        .locations()
        .filter(|l| l.collects)
        .filter_map(pickup)
        .collect();
    found.sort_by_key(|pickup| pickup.ready);
    found
}

/// When a service drives
///
/// Empty tables where it has no timetable.
#[utoipa::path(get, path = "/carriers/{id}/services/{service}/timetable", tag = "carriers",
    params(("id" = String, Path, description = "The carrier's id."),
        ("service" = String, Path, description = "The service's code.")),
    responses((status = 200, body = Timetable)))]
pub async fn get_timetable(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path((id, service)): Path<(String, String)>,
) -> Result<Json<Timetable>, ApiError> {
    let carrier = known(&app, &id)?;
    if carrier.service(&service).is_none() {
        return Err(ApiError::not_found("service"));
    }
    Ok(Json(shown(&carrier, &service)))
}

fn shown(carrier: &core::Carrier, service: &str) -> Timetable {
    let known = carrier.timetable(service).cloned().unwrap_or_default();
    Timetable {
        version: Some(carrier.version),
        calendars: known.calendars,
        hubs: known.hubs,
        lines: known.lines,
        zones: known.zones,
        programmes: known.programmes,
        closures: known.closures,
    }
}

/// Replace when a service drives
///
/// All of its tables; one bad line, and nothing is changed. Without lines and zones the service has no timetable: the
/// days of its rate are promised.
#[utoipa::path(put, path = "/carriers/{id}/services/{service}/timetable", tag = "carriers",
    request_body = Timetable,
    params(("id" = String, Path, description = "The carrier's id."),
        ("service" = String, Path, description = "The service's code.")),
    responses((status = 200, body = Timetable)))]
pub async fn change_timetable(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path((id, service)): Path<(String, String)>,
    write: Write<Timetable>,
) -> Result<Written<Timetable>, ApiError> {
    let (change, write) = write.apart();
    let mut carrier = known(&app, &id)?;
    if carrier.service(&service).is_none() {
        return Err(ApiError::not_found("service"));
    }
    let version = change.version;
    let timetable = core::Timetable {
        service: service.clone(),
        calendars: change.calendars,
        hubs: change.hubs,
        lines: change.lines,
        zones: change.zones,
        programmes: change.programmes,
        closures: change.closures,
    };
    let tables = timetable.tables();
    if tables
        .iter()
        .any(|(_, text)| text.len() > limits::TIMETABLE_BYTES_MAX)
    {
        return Err(Refusal::FieldInvalid {
            field: "timetables",
        }
        .into());
    }
    let is_empty = tables.iter().all(|(_, text)| text.trim().is_empty());
    carrier.timetables.retain(|t| t.service != service);
    if !is_empty {
        check(&app, &carrier, &timetable).await?;
        carrier.timetables.push(timetable);
    }
    let save = SaveCarrier {
        blocks: blocks(&app.shelf.read(), carrier.id),
        expected_version: Some(version.unwrap_or(carrier.version)),
        carrier,
    };
    let command = Command::SaveCarrier(save);
    let decided = write.submit(&app, &staff, command).await?;
    let fresh = app.clone();
    blocking(move || fresh.timetables.refresh(&fresh.shelf, now_ms())).await?;
    Ok(Written {
        body: shown(&known(&app, &id)?, &service),
        replayed: decided.replayed,
    })
}

async fn check(
    app: &crate::app::App,
    carrier: &core::Carrier,
    timetable: &core::Timetable,
) -> Result<(), ApiError> {
    let (app, carrier, timetable) = (app.clone(), carrier.clone(), timetable.clone());
    let places = {
        let world = app.shelf.read();
        world.locations().cloned().collect::<Vec<_>>()
    };
    let found =
        blocking(move || timetables::faults(&places, &carrier, &timetable, now_ms())).await?;
    match found.is_empty() {
        true => Ok(()),
        false => Err(ApiError::import_invalid(&found)),
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| ApiError::internal(&error.to_string()))
}
