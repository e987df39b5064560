//! Orders: lists, one with its history, and what an operator does with them.

use super::V1;
use super::request::{Nothing, Params, Write, Written, cursor, limit, parse_id, query_id};
use super::show::orders as show;
use super::wire::orders::{
    Cancel, NoteCreate, Order, OrderList, OrderQuery, RefundPreview, RefundRequest,
};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::{Path, State};
use commerce::command::{CancelOrder, Command, Outcome, RefundOrder};
use commerce::decide::Decided;
use commerce::id::OrderId;
use commerce::order::{CancelReason, Group, OrderState};
use commerce::switch::Work;
use std::sync::Arc;
use store::OrderFilter;

/// Characters of a search text.
pub const QUERY_CHARS_MAX: usize = 200;

/// List orders
///
/// Newest first.
#[utoipa::path(get, path = "/orders", tag = "orders", params(OrderQuery),
    responses((status = 200, body = OrderList)))]
pub async fn list_orders(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<OrderQuery>,
) -> Result<Json<OrderList>, ApiError> {
    let filter = filter(&query)?;
    let (groups, next) = app
        .read(move |reader| {
            let page = reader.order_list(&filter)?;
            let mut groups = Vec::with_capacity(page.rows.len());
            for row in page.rows {
                groups.extend(reader.group(row.id.parent())?.map(|group| (row.id, group)));
            }
            Ok((groups, page.next))
        })
        .await?;
    let world = app.shelf.read();
    let summary = |(id, group): &(OrderId, Group)| {
        let order = group.order(*id)?;
        Some(show::summary(&world, group, order))
    };
    Ok(Json(OrderList {
        items: groups.iter().filter_map(summary).collect(),
        next: next.map(|n| n.to_string()),
    }))
}

fn filter(query: &OrderQuery) -> Result<OrderFilter, ApiError> {
    Ok(OrderFilter {
        states: states::<super::wire::OrderState, OrderState>(query.state.as_deref())?,
        channel: query.channel.map(|c| {
            let channel: commerce::Channel = c.into();
            channel.word().to_owned()
        }),
        seller: query_id!(SellerId, query.seller.as_deref(), "seller")?,
        location: query_id!(LocationId, query.location.as_deref(), "location")?,
        query: search_text(query.query.as_deref())?,
        from: query.from,
        to: query.to,
        after: cursor(query.cursor.as_deref())?,
        limit: limit(query.limit)?,
    })
}

/// A search text within its bounds; blanks alone ask for nothing.
///
/// # Errors
/// When it is too long.
pub fn search_text(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    if text.is_some_and(|t| t.chars().count() > QUERY_CHARS_MAX) {
        let reason = format!("at most {QUERY_CHARS_MAX} characters");
        return Err(ApiError::parameter_invalid("query", reason));
    }
    Ok(text.map(str::to_owned))
}

/// States of a list separated by commas.
///
/// # Errors
/// When one of them is none.
pub fn states<W, S>(text: Option<&str>) -> Result<Vec<S>, ApiError>
where
    W: serde::de::DeserializeOwned + Into<S>,
{
    let words = text.unwrap_or("").split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty())
        .map(|word| {
            let state = serde_json::from_value::<W>(serde_json::Value::from(word));
            let known = state.map(Into::into);
            known.map_err(|_| ApiError::parameter_invalid("state", "there is no such state"))
        })
        .collect()
}

/// One order
///
/// With its lines, payments, parcels, refunds, what can be done with it, and its history.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders",
    params(("id" = String, Path, description = "The order's id.")),
    responses((status = 200, body = Order)))]
pub async fn get_order(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Order>, ApiError> {
    let id = parse_id!(OrderId, &id, "order")?;
    let group = group_of(&app, id).await?;
    Ok(Json(detail(&app, &group, id).await?))
}

async fn group_of(app: &App, id: OrderId) -> Result<Arc<Group>, ApiError> {
    let group = app.group(id.parent()).await?;
    group
        .filter(|g| g.order(id).is_some())
        .ok_or_else(|| ApiError::not_found("order"))
}

async fn detail(app: &App, group: &Group, id: OrderId) -> Result<Order, ApiError> {
    let group_id = group.id;
    let history = app.read(move |reader| reader.history(group_id)).await?;
    let providers = app.config.providers.clone();
    let is_test = move |name: &str| providers.iter().any(|p| p.name == name && p.test_money);
    let order = group
        .order(id)
        .ok_or_else(|| ApiError::not_found("order"))?;
    let world = app.shelf.read();
    Ok(show::detail(&world, group, order, &history, &is_test))
}

/// The group that a command gave back.
///
/// # Errors
/// When it gave back something else, which is a mistake of ours.
pub fn group_in(decided: &Decided) -> Result<Arc<Group>, ApiError> {
    match &decided.outcome {
        Outcome::Group(group) => Ok(group.clone()),
        _ => Err(ApiError::internal("a command on an order gave no group")),
    }
}

async fn answer(app: &App, decided: &Decided, id: OrderId) -> Result<Written<Order>, ApiError> {
    Ok(Written {
        body: detail(app, &*group_in(decided)?, id).await?,
        replayed: decided.replayed,
    })
}

/// Cancel what was not handed over
///
/// Goods go back into stock, and what was paid for them goes back to the shopper.
#[utoipa::path(post, path = "/orders/{id}/cancel", tag = "orders",
    params(("id" = String, Path, description = "The order's id.")),
    request_body = Cancel, responses((status = 200, body = Order)))]
pub async fn cancel_order(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Cancel>,
) -> Result<Written<Order>, ApiError> {
    let order = parse_id!(OrderId, &id, "order")?;
    let reason = CancelReason::from(write.body.reason);
    if reason == CancelReason::Expired {
        return Err(commerce::Refusal::FieldInvalid { field: "reason" }.into());
    }
    let command = Command::CancelOrder(CancelOrder {
        order,
        reason,
        note: write.body.note.clone(),
    });
    let decided = write.submit(&app, &staff, command).await?;
    answer(&app, &decided, order).await
}

/// Give money back
///
/// For handed-over pieces by line, and a further amount for delivery or goodwill.
#[utoipa::path(post, path = "/orders/{id}/refunds", tag = "orders",
    params(("id" = String, Path, description = "The order's id.")),
    request_body = RefundRequest, responses((status = 200, body = Order)))]
pub async fn refund_order(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<RefundRequest>,
) -> Result<Written<Order>, ApiError> {
    app.admit(Work::Refunds)?;
    let order = parse_id!(OrderId, &id, "order")?;
    let body = &write.body;
    let restock = body.restock.as_deref();
    let restock = restock
        .map(|id| parse_id!(LocationId, id, "location"))
        .transpose()?;
    let command = Command::RefundOrder(RefundOrder {
        order,
        lines: pieces(body)?,
        extra: body.extra,
        restock,
        note: body.note.clone(),
    });
    let decided = write.submit(&app, &staff, command).await?;
    answer(&app, &decided, order).await
}

/// Lines and pieces; each line at most once.
fn pieces(request: &RefundRequest) -> Result<Vec<(u16, u32)>, ApiError> {
    let lines: Vec<_> = request
        .lines
        .iter()
        .map(|l| (l.number, l.quantity))
        .collect();
    let mut numbers: Vec<u16> = lines.iter().map(|l| l.0).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() == lines.len() && lines.len() <= commerce::limits::LINES_MAX {
        Ok(lines)
    } else {
        Err(commerce::Refusal::FieldInvalid { field: "lines" }.into())
    }
}

/// What a refund would come to
///
/// Changes nothing. The amounts are exact to the minor unit.
#[utoipa::path(post, path = "/orders/{id}/refund-preview", tag = "orders",
    params(("id" = String, Path, description = "The order's id.")),
    request_body = RefundRequest, responses((status = 200, body = RefundPreview)))]
pub async fn preview_refund(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    write: Write<RefundRequest>,
) -> Result<Json<RefundPreview>, ApiError> {
    app.admit(Work::Refunds)?;
    let id = parse_id!(OrderId, &id, "order")?;
    let group = group_of(&app, id).await?;
    let order = group
        .order(id)
        .ok_or_else(|| ApiError::not_found("order"))?;
    if !(0..=commerce::limits::AMOUNT_MAX).contains(&write.body.extra) {
        return Err(commerce::Refusal::FieldInvalid { field: "extra" }.into());
    }
    let lines = pieces(&write.body)?;
    Ok(Json(show::refund_preview(
        &group,
        order,
        &lines,
        write.body.extra,
    )))
}

/// Add a note to an order's history
#[utoipa::path(post, path = "/orders/{id}/notes", tag = "orders",
    params(("id" = String, Path, description = "The order's id.")),
    request_body = NoteCreate, responses((status = 200, body = Order)))]
pub async fn add_note(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<NoteCreate>,
) -> Result<Written<Order>, ApiError> {
    let id = parse_id!(OrderId, &id, "order")?;
    // The note belongs to the group; an order that is not in it must not be found through it.
    group_of(&app, id).await?;
    let command = Command::AddNote(id.parent(), write.body.note.clone());
    let decided = write.submit(&app, &staff, command).await?;
    answer(&app, &decided, id).await
}

/// Record that the money of an order on account came in
#[utoipa::path(post, path = "/orders/{id}/paid", tag = "orders",
    params(("id" = String, Path, description = "The order's id.")),
    responses((status = 200, body = Order)))]
pub async fn record_paid(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<Nothing>,
) -> Result<Written<Order>, ApiError> {
    let id = parse_id!(OrderId, &id, "order")?;
    let group = group_of(&app, id).await?;
    let payment = group
        .payments
        .iter()
        .rev()
        .find(|p| p.method == commerce::payment::PaymentMethod::OnAccount)
        .map(|p| p.id)
        .ok_or(commerce::Refusal::GroupNotPayable)?;
    let decided = write
        .submit(&app, &staff, Command::RecordPaid(payment))
        .await?;
    answer(&app, &decided, id).await
}
