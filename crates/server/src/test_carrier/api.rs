//! The carrier's JSON API. Every write that makes something needs an idempotency key; every answer is what it made or
//! `{error: {…}}`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue};
use connectors::test_carrier::wire::{
    Audit, CreateManifest, CreateParcel, CreatePickup, Parcel, Party, Quote, Quotes, Taken, Track,
    Tracked,
};

use super::App;
use crate::third_party::{Refusal, authorized, idempotency_key, invalid, now_ms, parse};

/// The heaviest parcel.
const GRAMS_MAX: u32 = 31_500;
/// A postal code that nobody lives at.
const NOWHERE: &str = "00000";
/// Numbers in one question or list.
const NUMBERS_MAX: usize = 5_000;
const TEXT_LENGTH_MAX: usize = 300;
const URL_LENGTH_MAX: usize = 2_048;
/// Services with their price per begun kilogram above the first, the price itself, and days on the way.
const SERVICES: [(&str, i64, i64, u16); 2] = [("parcel", 80, 419, 2), ("express", 150, 1_290, 1)];

type Answer<T> = Result<Json<T>, Refusal>;

/// `POST /v1/parcels`
pub(super) async fn announce(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Parcel> {
    authorized(&app.config.api_key, &headers)?;
    let key = idempotency_key(&headers)?;
    let create: CreateParcel = parse(&body)?;
    check(&create)?;
    if create.service.is_empty() {
        return Err(unknown_service());
    }
    app.book.announce(key, create, now_ms()).await.map(Json)
}

/// `POST /v1/parcels/{number}/cancel`
pub(super) async fn cancel(
    State(app): State<Arc<App>>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Answer<Parcel> {
    authorized(&app.config.api_key, &headers)?;
    check_text(&number, "number")?;
    app.book.cancel(&number).await.map(Json)
}

/// `POST /v1/parcels/{number}/collect`: the driver has it.
pub(super) async fn collect(
    State(app): State<Arc<App>>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Answer<Parcel> {
    authorized(&app.config.api_key, &headers)?;
    app.book.collect(&number, now_ms()).await.map(Json)
}

/// `POST /v1/quotes`
pub(super) async fn quote(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Quotes> {
    authorized(&app.config.api_key, &headers)?;
    let create: CreateParcel = parse(&body)?;
    check(&create)?;
    let kilograms = i64::from(create.weight_grams.div_ceil(1_000));
    let quote = |(service, more, first, days): (&str, i64, i64, u16)| Quote {
        service: service.to_owned(),
        price_minor: first + more * (kilograms - 1),
        currency: "EUR".to_owned(),
        transit_days: days,
    };
    let quotes = SERVICES.map(quote).into();
    Ok(Json(Quotes { quotes }))
}

/// `POST /v1/tracking`
pub(super) async fn track(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Tracked> {
    authorized(&app.config.api_key, &headers)?;
    let asked: Track = parse(&body)?;
    if asked.numbers.len() > connectors::carrier::TRACKED_AT_ONCE_MAX {
        return Err(invalid("So many numbers are not told at once."));
    }
    let events = app.book.seen(&asked.numbers, now_ms());
    Ok(Json(Tracked { events }))
}

/// `POST /v1/pickups`
pub(super) async fn pickup(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Taken> {
    authorized(&app.config.api_key, &headers)?;
    let key = idempotency_key(&headers)?;
    let pickup: CreatePickup = parse(&body)?;
    check_party(&pickup.from)?;
    if pickup.parcels == 0 || pickup.from_time >= pickup.to_time {
        return Err(invalid("A pickup is of some parcels, within some hours."));
    }
    app.book.pickup(key).await.map(Json)
}

/// `POST /v1/manifests`: a driver takes along what is on it.
pub(super) async fn manifest(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer<Taken> {
    authorized(&app.config.api_key, &headers)?;
    let key = idempotency_key(&headers)?;
    let manifest: CreateManifest = parse(&body)?;
    check_party(&manifest.from)?;
    if manifest.numbers.is_empty() || manifest.numbers.len() > NUMBERS_MAX {
        return Err(invalid("A list has some numbers, and not too many."));
    }
    let taken = app.book.manifest(key, &manifest.numbers, now_ms()).await;
    taken.map(Json)
}

/// `GET /v1/audit`
pub(super) async fn audit(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer<Audit> {
    authorized(&app.config.api_key, &headers)?;
    Ok(Json(app.book.audit(now_ms())))
}

fn check(create: &CreateParcel) -> Result<(), Refusal> {
    check_party(&create.from)?;
    check_party(&create.to)?;
    check_text(&create.reference, "reference")?;
    if let Some(number) = &create.number {
        check_text(number, "number")?;
    }
    let is_url = |url: &String| {
        url.len() <= URL_LENGTH_MAX
            && (url.starts_with("http://") || url.starts_with("https://"))
            && HeaderValue::from_str(url).is_ok()
    };
    if !create.webhook_url.as_ref().is_none_or(is_url) {
        return Err(invalid("`webhook_url` must be an http address."));
    }
    // Without a service, quotes are asked for of all; a parcel without one is refused where it is announced.
    if !create.service.is_empty() && !SERVICES.iter().any(|s| s.0 == create.service) {
        return Err(unknown_service());
    }
    if create.weight_grams == 0 || create.weight_grams > GRAMS_MAX {
        let message = "A parcel weighs up to 31.5 kg.";
        return Err(Refusal::new(422, "too_heavy", message));
    }
    if create.to.postal_code == NOWHERE || create.to.city.is_empty() {
        let message = "There is no such address.";
        return Err(Refusal::new(422, "address_unknown", message));
    }
    Ok(())
}

fn unknown_service() -> Refusal {
    let message = "The services are `parcel` and `express`.";
    Refusal::new(422, "unknown_service", message)
}

fn check_party(party: &Party) -> Result<(), Refusal> {
    let texts = [&party.name, &party.street, &party.postal_code, &party.city];
    if texts.iter().any(|text| text.len() > TEXT_LENGTH_MAX) {
        return Err(invalid("An address is too long."));
    }
    if party.country.len() != 2 || !party.country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(invalid("`country` must be two capital letters."));
    }
    Ok(())
}

fn check_text(text: &str, field: &str) -> Result<(), Refusal> {
    let is_sound = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_sound {
        Ok(())
    } else {
        Err(invalid(&format!(
            "`{field}` must be 1 to 64 visible characters."
        )))
    }
}
