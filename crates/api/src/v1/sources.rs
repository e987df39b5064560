//! Where parcels leave from: what else was possible, and goods that leave from elsewhere.

use super::V1;
use super::carriers::{answers, shipment, weight_grams};
use super::orders::group_in;
use super::request::{Write, Written, parse_id, query_id};
use super::show::orders::fulfillment;
use super::wire::orders::FulfillmentList;
use super::wire::sources::{
    RelocationRequest, Source, SourceLine, Sources, SourcingReport, SourcingRun,
};
use super::wire::{Money, Named};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::timetables::Board;
use axum::Json;
use axum::extract::{Path, State};
use commerce::command::{Command, FulfillmentStep, RelocatedLine, Relocation};
use commerce::id::LocationId;
use commerce::order::{Fulfillment, Group, Method};
use commerce::{Refusal, World};
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_sources))
        .routes(routes!(relocate))
        .routes(routes!(sourcing_report))
}

/// What looking at open parcels again came to
///
/// Parcels that nobody has begun with are planned anew together again and again; the last time is told, with what it would
/// save and how far from the best it is at most.
#[utoipa::path(get, path = "/sourcing", tag = "fulfillments",
    responses((status = 200, body = SourcingReport)))]
pub async fn sourcing_report(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
) -> Result<Json<SourcingReport>, ApiError> {
    let currency = app.shelf.read().shop().map(|shop| shop.currency);
    let currency = currency.ok_or_else(|| ApiError::not_found("shop"))?;
    let last = app.sourcing.last().map(|run| {
        let money = |minor| Money::new(minor, currency);
        SourcingRun {
            at: run.at,
            took_ms: run.took_ms,
            orders: run.orders,
            parcels: run.parcels,
            cost: money(run.cost_minor),
            planned: money(run.planned_minor),
            bound: money(run.bound_minor),
            gap_millionths: run.gap_millionths(),
            cheaper: run.cheaper,
            saves: run.saves,
            moved: run.moved,
            refused: run.refused,
            repaired: run.repaired,
            stuck: run.stuck,
        }
    });
    Ok(Json(SourcingReport { last }))
}

/// Where a parcel can leave from
///
/// Every place that sends parcels, with what it has of the parcel's goods and what the carrier asks that would be booked from there.
#[utoipa::path(get, path = "/fulfillments/{id}/sources", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = Sources)))]
pub async fn list_sources(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Sources>, ApiError> {
    let (group, of) = load(&app, &id).await?;
    if of.method != Method::Ship {
        let state = of.state.word();
        return Err(Refusal::WrongState { state }.into());
    }
    let board = app.timetables.board();
    let world = app.shelf.read();
    let grams = weight_grams(&world, &group, &of).unwrap_or(0);
    let country = group.destination.as_ref().and_then(|a| a.country);
    let places = world.shipping_locations(country);
    let mut items: Vec<Source> = places
        .iter()
        .map(|&place| source((&world, &board), &group, &of, (place, grams)))
        .collect();
    // Stable: among equals the shop's own order stays.
    items.sort_by_key(|s| {
        let price = s.offer.as_ref().map_or(i64::MAX, |o| o.price.amount);
        (!s.is_whole, price)
    });
    Ok(Json(Sources {
        weight_grams: grams,
        items,
    }))
}

async fn load(app: &App, id: &str) -> Result<(Arc<Group>, Fulfillment), ApiError> {
    let id = parse_id!(FulfillmentId, id, "fulfillment")?;
    let group = app.group(id.parent()).await?;
    let group = group.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    let of = group.fulfillments.iter().find(|f| f.id == id).cloned();
    let of = of.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    Ok((group, of))
}

fn source(
    (world, board): (&World, &Board),
    group: &Group,
    of: &Fulfillment,
    (place, grams): (LocationId, u32),
) -> Source {
    let is_here = place == of.location;
    let line = |&(number, pieces): &(u16, u32)| {
        let of_line = group.lines().find(|l| l.number == number);
        let level = of_line.map(|l| world.level(l.variant, place));
        let free = level.map_or(0, |level| level.available());
        let free = u32::try_from(free).unwrap_or(u32::MAX).min(pieces);
        SourceLine {
            number,
            pieces: if is_here { pieces } else { free },
        }
    };
    let lines: Vec<SourceLine> = of.lines.iter().map(line).collect();
    let mut both = lines.iter().zip(&of.lines);
    let is_whole = both.all(|(has, (_, pieces))| has.pieces == *pieces);
    let asked = shipment(world, group, place, (grams, None));
    let told = asked.map(|asked| answers(world, board, group, &asked));
    let (found, mut declined) = told.unwrap_or_default();
    let offer = found.into_iter().find(|offer| offer.is_usual);
    if offer.is_some() {
        declined.clear();
    }
    Source {
        location: Named::location(world, place),
        is_here,
        is_whole,
        lines,
        offer,
        declined,
    }
}

/// Let goods of a parcel leave from elsewhere
///
/// They were not found, the place is closed, another one is cheaper. They move into a parcel of the same order that leaves
/// there and is not begun, or into a new one; a parcel that nothing is left of is canceled, and so is a waybill that was
/// booked for what it was. What was not found or is damaged is written off where it was. Answers with all parcels of the
/// order.
#[utoipa::path(post, path = "/fulfillments/{id}/relocate", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    request_body = RelocationRequest, responses((status = 200, body = FulfillmentList)))]
pub async fn relocate(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<RelocationRequest>,
) -> Result<Written<FulfillmentList>, ApiError> {
    let (_, of) = load(&app, &id).await?;
    let relocation = Relocation {
        lines: lines(&write.body, &of)?,
        why: write.body.reason.into(),
    };
    let step = FulfillmentStep::Relocate(relocation);
    let command = Command::MoveFulfillment(of.id, step);
    let decided = write.submit(&app, &staff, command).await?;
    let group = group_in(&decided)?;
    let world = app.shelf.read();
    let own = group.fulfillments.iter().filter(|f| f.order == of.order);
    Ok(Written {
        body: FulfillmentList {
            items: own.map(|f| fulfillment(&world, &group, f)).collect(),
            next: None,
        },
        replayed: decided.replayed,
    })
}

fn lines(asked: &RelocationRequest, of: &Fulfillment) -> Result<Vec<RelocatedLine>, ApiError> {
    let place = |to: Option<&str>| query_id!(LocationId, to, "location");
    let Some(lines) = &asked.lines else {
        let to = place(asked.to.as_deref())?;
        let whole = |&(line, pieces): &(u16, u32)| RelocatedLine { line, pieces, to };
        return Ok(of.lines.iter().map(whole).collect());
    };
    if asked.to.is_some() {
        return Err(Refusal::FieldInvalid { field: "to" }.into());
    }
    let line = |line: &super::wire::sources::RelocatedLine| {
        Ok(RelocatedLine {
            line: line.number,
            pieces: line.pieces,
            to: place(line.to.as_deref())?,
        })
    };
    lines.iter().map(line).collect()
}
