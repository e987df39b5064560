//! Stock: levels per location, changes, movements.

use super::V1;
use super::orders::search_text;
use super::products::matches;
use super::request::{Params, Write, Written, cursor, limit, parse_id};
use super::show::goods as show;
use super::wire::stock::{
    MovementList, MovementQuery, StockAdjusted, StockAdjustment, StockChange as WireChange,
    StockChangeKind as WireKind, StockLevel, StockList, StockOnly, StockQuery, VariantStock,
};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::{Path, State};
use commerce::World;
use commerce::catalog::{Product, Status, Variant};
use commerce::command::{Command, Outcome, SetStock, StockChange, StockChangeKind};
use commerce::id::{LocationId, VariantId};
use commerce::stock::Level;

/// At most so many pieces that can be promised count as low.
const LOW_PIECES: i64 = 5;
/// Changes in one request.
const CHANGES_MAX: usize = 1_000;

/// List levels at a location
///
/// By the variant's id: in the order in which goods were added.
#[utoipa::path(get, path = "/stock", tag = "stock", params(StockQuery),
    responses((status = 200, body = StockList)))]
pub async fn list_stock(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<StockQuery>,
) -> Result<Json<StockList>, ApiError> {
    let location = LocationId::parse(&query.location)
        .ok_or_else(|| ApiError::parameter_invalid("location", "it is no id of this kind"))?;
    let text = search_text(query.query.as_deref())?;
    let after = cursor(query.cursor.as_deref())?;
    let limit = limit(query.limit)?;
    let world = app.shelf.read();
    world
        .location(location)
        .ok_or_else(|| ApiError::not_found("location"))?;
    let mut items = Vec::with_capacity(limit);
    let mut last = None;
    for (product, variant) in variants(&world, text.as_deref()) {
        let level = world.level(variant.id, location);
        if after.is_some_and(|after| variant.id.0 <= after) || !wanted(query.only, level) {
            continue;
        }
        if items.len() == limit {
            return Ok(Json(StockList { items, next: last }));
        }
        items.push(show::level(&world, product, variant, location, level));
        last = Some(variant.id.0.to_string());
    }
    Ok(Json(StockList { items, next: None }))
}

/// Variants that are not archived and fit a search, by id.
fn variants<'w>(
    world: &'w World,
    text: Option<&str>,
) -> impl Iterator<Item = (&'w Product, &'w Variant)> {
    let words = super::products::words(text);
    let mut products: Vec<&Product> = world.loaded_products().collect();
    products.sort_unstable_by_key(|p| p.id);
    products.into_iter().flat_map(move |product| {
        let fits = words.clone();
        let mut live: Vec<&Variant> = product
            .variants
            .iter()
            .filter(|v| v.status != Status::Archived && matches(product, Some(v), &fits))
            .collect();
        live.sort_unstable_by_key(|v| v.id);
        live.into_iter().map(move |variant| (product, variant))
    })
}

fn wanted(only: Option<StockOnly>, level: Level) -> bool {
    match only {
        None => true,
        Some(StockOnly::Low) => level.available() <= LOW_PIECES,
        Some(StockOnly::Short) => level.shortage > 0,
    }
}

/// Levels of one variant at all locations
#[utoipa::path(get, path = "/stock/{variant}", tag = "stock",
    params(("variant" = String, Path, description = "The variant's id.")),
    responses((status = 200, body = VariantStock)))]
pub async fn get_variant_stock(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<VariantStock>, ApiError> {
    let id = parse_id!(VariantId, &id, "variant")?;
    let world = app.shelf.read();
    let not_found = || ApiError::not_found("variant");
    let product = world.product(id.parent()).ok_or_else(not_found)?;
    let variant = product.variant(id).ok_or_else(not_found)?;
    let mut items: Vec<StockLevel> = world
        .locations()
        .map(|l| show::level(&world, product, variant, l.id, world.level(id, l.id)))
        .collect();
    items.sort_by(|a, b| a.location.name.cmp(&b.location.name));
    Ok(Json(VariantStock { items }))
}

/// Count, receive, write off, or set safety stock
///
/// All changes are made, or none.
#[utoipa::path(post, path = "/stock/adjustments", tag = "stock", request_body = StockAdjustment,
    responses((status = 200, body = StockAdjusted)))]
pub async fn adjust_stock(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<StockAdjustment>,
) -> Result<Written<StockAdjusted>, ApiError> {
    let body = &write.body;
    if body.changes.is_empty() || body.changes.len() > CHANGES_MAX {
        return Err(commerce::Refusal::FieldInvalid { field: "changes" }.into());
    }
    if body.note.chars().count() > commerce::limits::NOTE_CHARS_MAX {
        return Err(commerce::Refusal::FieldInvalid { field: "note" }.into());
    }
    let changes: Result<Vec<_>, _> = body.changes.iter().map(change).collect();
    let command = Command::SetStock(SetStock {
        cause: app.ids.next(),
        changes: changes?,
        note: body.note.clone(),
    });
    let decided = write.submit(&app, &staff, command).await?;
    let Outcome::Saved(saved) = &decided.outcome else {
        return Err(ApiError::internal("a change of stock gave no count"));
    };
    Ok(Written {
        body: StockAdjusted {
            changed: saved.changed,
            unchanged: saved.unchanged,
        },
        replayed: decided.replayed,
    })
}

fn change(change: &WireChange) -> Result<StockChange, ApiError> {
    let pieces = change.pieces;
    let small = u32::try_from(pieces)
        .ok()
        .filter(|p| *p <= commerce::limits::QUANTITY_MAX)
        .ok_or(commerce::Refusal::QuantityInvalid);
    Ok(StockChange {
        variant: parse_id!(VariantId, &change.variant, "variant")?,
        location: parse_id!(LocationId, &change.location, "location")?,
        kind: match change.kind {
            WireKind::Counted => StockChangeKind::Counted(pieces),
            WireKind::Received => StockChangeKind::Received(small?),
            WireKind::Damaged => StockChangeKind::Damaged(small?),
            WireKind::SafetyStock => StockChangeKind::SafetyStock(pieces),
        },
    })
}

/// List movements of a variant at a location
///
/// Newest first.
#[utoipa::path(get, path = "/stock/movements", tag = "stock", params(MovementQuery),
    responses((status = 200, body = MovementList)))]
pub async fn list_movements(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<MovementQuery>,
) -> Result<Json<MovementList>, ApiError> {
    let malformed = |name| ApiError::parameter_invalid(name, "it is no id of this kind");
    let variant = VariantId::parse(&query.variant).ok_or_else(|| malformed("variant"))?;
    let location = LocationId::parse(&query.location).ok_or_else(|| malformed("location"))?;
    let before = cursor(query.cursor.as_deref())?;
    let limit = limit(query.limit)?;
    let page = app
        .read(move |reader| reader.movements(variant, Some(location), before, limit))
        .await?;
    Ok(Json(MovementList {
        items: page.rows.iter().map(show::movement).collect(),
        next: page.next.map(|n| n.to_string()),
    }))
}
