//! Parcels as documents of EPCIS 2.0: told to partners, and heard from them.

use super::V1;
use super::parcels::{Booked, Told, tell};
use super::request::{Params, Write, Written, cursor, limit, parse_id};
use super::wire::epcis::{EpcisQuery, EpcisResult, EpcisResults};
use crate::app::{App, now_ms};
use crate::auth::guard::Staff;
use crate::epcis::document::{EpcisDocument, MEDIA_TYPE};
use crate::epcis::read::Reader;
use crate::epcis::write::Observed;
use crate::epcis::{names, read, write};
use crate::error::ApiError;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use commerce::event::{Event, What};
use commerce::id::FulfillmentId;
use commerce::order::Group;
use commerce::parcel::Sighting;
use commerce::switch::Work;
use commerce::{Refusal, World};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use screen::{EARLIER_MS, position_at};
use serde_json::Value;
use std::collections::BTreeSet;
use store::{Queries, StoreError};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Events of one document that is sent.
const EVENTS_MAX: usize = 1_000;
/// Parcels that they name together.
const PARCELS_MAX: usize = 1_000;
/// Events of the feed that are read at once for a page.
const FEED_AT_ONCE: usize = 1_024;
/// So many times: a page reads no more of the feed, whatever there is of parcels in it.
const FEED_READS_MAX: usize = 16;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_epcis, tell_epcis))
        .routes(routes!(get_epcis))
}

/// A parcel's way as EPCIS 2.0
///
/// All that stands with the parcel, oldest first; what was taken back has an `errorDeclaration`.
#[utoipa::path(get, path = "/fulfillments/{id}/epcis", tag = "carriers",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = EpcisDocument, content_type = "application/ld+json")))]
pub async fn get_epcis(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = parse_id!(FulfillmentId, &id, "fulfillment")?;
    let group = app.group(id.parent()).await?;
    let group = group.filter(|group| group.parcel(id).is_some());
    let group = group.ok_or_else(|| ApiError::not_found("waybill"))?;
    let history = app.read(move |q| q.history(id.parent())).await?;
    let world = app.shelf.read();
    let base = app.config.public_url.as_str();
    answer(write::events((base, &world), (&group, id), &history), None)
}

/// What was seen of parcels as EPCIS 2.0
///
/// In the order in which the shop heard of it, a page at a time: the header `Link` has the address of the next page, until
/// there is none. A page may be empty and yet have a next one.
#[utoipa::path(get, path = "/parcels/epcis", tag = "carriers", params(EpcisQuery),
    responses((status = 200, body = EpcisDocument, content_type = "application/ld+json",
        headers(("Link" = String, description = "The next page, with `rel=\"next\"`.")))))]
pub async fn list_epcis(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<EpcisQuery>,
) -> Result<Response, ApiError> {
    app.admit(Work::Exports)?;
    let moment = |text: &Option<String>, name| {
        let parsed = text.as_deref().map(str::parse::<jiff::Timestamp>);
        let parsed = parsed.transpose();
        parsed.map_err(|error| ApiError::parameter_invalid(name, error))
    };
    let from = moment(&query.from, "from")?.map(|at| at.as_millisecond());
    let until = moment(&query.until, "until")?.map(|at| at.as_millisecond());
    let asked = Span {
        from: from.unwrap_or(0),
        until: until.unwrap_or(i64::MAX),
        after: cursor(query.cursor.as_deref())?,
        limit: limit(query.limit)?,
    };
    let page = app.read(move |q| heard(q, &asked)).await?;
    let world = app.shelf.read();
    let base = app.config.public_url.as_str();
    let mut events: Vec<Observed> = Vec::new();
    for (id, group, history) in &page.parcels {
        let all = write::events((base, &world), (group, *id), history);
        let is_here = |seen: &Observed| seen.heard.iter().any(|p| page.positions.contains(p));
        events.extend(all.into_iter().filter(is_here));
    }
    answer(events, page.next.map(|next| link(base, &query, next)))
}

/// Which part of the feed is asked for.
#[derive(Clone, Copy)]
struct Span {
    /// In UTC milliseconds.
    from: i64,
    until: i64,
    after: Option<u64>,
    limit: usize,
}

/// What the shop heard of parcels in a part of the feed.
#[derive(Default)]
struct Page {
    /// The events of the feed that count.
    positions: BTreeSet<u64>,
    /// The parcels that they speak of.
    parcels: Vec<(FulfillmentId, Group, Vec<Event>)>,
    /// Where the next page begins.
    next: Option<u64>,
}

fn heard(q: &dyn Queries, asked: &Span) -> Result<Page, StoreError> {
    let mut position = match asked.after {
        Some(after) => after,
        None => position_at(q, asked.from.saturating_sub(EARLIER_MS))?,
    };
    let mut page = Page::default();
    let mut ids: BTreeSet<FulfillmentId> = BTreeSet::new();
    'feed: for _ in 0..FEED_READS_MAX {
        let events = q.events(position, FEED_AT_ONCE)?;
        let is_end = events.is_empty();
        for event in events {
            // The clock may have been set back meanwhile.
            if event.at >= asked.until.saturating_add(EARLIER_MS) {
                page.next = None;
                break 'feed;
            }
            position = event.position;
            page.next = Some(position);
            let is_asked = (asked.from..asked.until).contains(&event.at);
            if let (What::ParcelSeen { fulfillment, .. }, true) = (&event.what, is_asked) {
                ids.insert(*fulfillment);
                page.positions.insert(event.position);
                if page.positions.len() == asked.limit {
                    break 'feed;
                }
            }
        }
        if is_end {
            page.next = None;
            break;
        }
    }
    for id in ids {
        if let Some(group) = q.group(id.parent())? {
            page.parcels.push((id, group, q.history(id.parent())?));
        }
    }
    Ok(page)
}

/// The address of the next page.
fn link(base: &str, query: &EpcisQuery, next: u64) -> String {
    let mut address = format!("{base}/api/v1/parcels/epcis?cursor={next}");
    let limit = query.limit.map(|limit| limit.to_string());
    let rest = [
        ("from", &query.from),
        ("until", &query.until),
        ("limit", &limit),
    ];
    for (name, value) in rest {
        if let Some(value) = value {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
            address.push_str(&format!("&{name}={value}"));
        }
    }
    format!("<{address}>; rel=\"next\"")
}

fn answer(events: Vec<Observed>, link: Option<String>) -> Result<Response, ApiError> {
    let document = write::document(events, now_ms());
    let text = serde_json::to_vec(&document);
    let text = text.map_err(|error| ApiError::internal(&error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, MEDIA_TYPE),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let mut response = (headers, text).into_response();
    let link = link.and_then(|link| HeaderValue::try_from(link).ok());
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// Tell what was seen of parcels as EPCIS 2.0
///
/// A document with up to 1,000 events, which name up to 1,000 parcels together. What each says of each parcel is taken or
/// refused by itself, in their order; what was heard before changes nothing. An event with an `errorDeclaration` takes back
/// what was said under its `eventID`.
#[utoipa::path(post, path = "/parcels/epcis", tag = "carriers",
    request_body(content((EpcisDocument = "application/ld+json"), (EpcisDocument = "application/json"))),
    responses((status = 200, body = EpcisResults)))]
pub async fn tell_epcis(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<EpcisDocument>,
) -> Result<Written<EpcisResults>, ApiError> {
    let (sent, _) = write.apart();
    let own = read::document(&sent).map_err(ApiError::body_invalid)?;
    let events = sent.epcis_body.event_list;
    if events.len() > EVENTS_MAX {
        return Err(Refusal::FieldInvalid { field: "eventList" }.into());
    }
    let said = said(&app, &own, &events);
    if said.len() > PARCELS_MAX {
        return Err(Refusal::FieldInvalid { field: "epcList" }.into());
    }
    let (rows, told): (Vec<Row>, Vec<Told>) = said.into_iter().unzip();
    let is_ours = |of: &Booked| {
        let world: &World = &app.shelf.read();
        world.carrier(of.carrier).is_some_and(|c| c.own_fleet)
    };
    // Parcels of others do not lie at the shop's places: hubs do not take them in either.
    let fit = |sighting: &mut Sighting, of: &Booked| {
        sighting.location = sighting.location.filter(|_| is_ours(of));
    };
    let results = tell(&app, &staff, told, fit).await?;
    let results = rows
        .into_iter()
        .zip(results)
        .map(|(row, result)| EpcisResult {
            event: row.event,
            event_id: row.event_id,
            epc: row.epc,
            result,
        });
    Ok(Written {
        body: EpcisResults {
            results: results.collect(),
        },
        replayed: false,
    })
}

/// What a result is about.
struct Row {
    event: u32,
    event_id: Option<String>,
    epc: Option<String>,
}

/// What events say of each parcel that they name.
fn said(app: &App, own: &[String], events: &[Value]) -> Vec<(Row, Told)> {
    let world = app.shelf.read();
    let reader = Reader {
        base: &app.config.public_url,
        place_name: &|id| world.location(id).map(|l| l.name.clone()),
    };
    let mut said = Vec::with_capacity(events.len());
    for (event, value) in (0..).zip(events) {
        let row = |epc: Option<String>| Row {
            event,
            event_id: value["eventID"].as_str().map(str::to_owned),
            epc,
        };
        match read::event(&reader, own, value) {
            Ok(told) => said.extend(told.epcs.iter().map(|epc| {
                let found = match names::number(epc) {
                    Ok(number) => (number.clone(), Ok(told.sighting(number))),
                    Err(why) => {
                        let error = ApiError::event_invalid(format!("`{epc}` {why}"));
                        (String::new(), Err(error))
                    }
                };
                (row(Some(epc.clone())), found)
            })),
            Err(why) => {
                said.push((
                    row(None),
                    (String::new(), Err(ApiError::event_invalid(why))),
                ));
            }
        }
    }
    said
}
