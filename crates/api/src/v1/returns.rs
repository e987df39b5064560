//! Returns: those that wait, one with its photos, and what an operator does with them.

use super::V1;
use super::orders::{group_in, states};
use super::request::{Params, Write, Written, cursor, limit, parse_id};
use super::show::returns as show;
use super::wire::photos::PhotoQuery;
use super::wire::returns::{
    KeptPhoto, Return, ReturnApproval, ReturnCreate, ReturnList, ReturnQuery, ReturnReceipt,
    ReturnRefusal, ReturnTerms,
};
use super::wire::{ErrorBody, ReturnState as WireState};
use crate::app::App;
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::photos;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use commerce::Refusal;
use commerce::command::{
    AnswerReturn, Command, Outcome, ReceiveReturn, ReceivedLine, RequestReturn, ReturnAnswer,
};
use commerce::decide::Decided;
use commerce::id::ReturnId;
use commerce::limits;
use commerce::order::Group;
use commerce::returns::ReturnState;
use commerce::switch::Work;
use commerce::world::Record;
use media::{Hash, PHOTO_BYTES_MAX};
use store::ReturnFilter;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes with what they say of themselves.
pub(super) fn routes() -> OpenApiRouter<V1> {
    let photos = OpenApiRouter::new()
        .routes(routes!(keep_photo))
        .layer(DefaultBodyLimit::max(PHOTO_BYTES_MAX));
    OpenApiRouter::new()
        .routes(routes!(list_returns))
        .routes(routes!(create_return))
        .routes(routes!(get_return))
        .routes(routes!(approve_return))
        .routes(routes!(refuse_return))
        .routes(routes!(withdraw_return))
        .routes(routes!(receive_return))
        .routes(routes!(show_photo))
        .routes(routes!(get_terms, change_terms))
        .merge(photos)
}

/// List returns
///
/// Open ones, oldest first, unless other states are asked for.
#[utoipa::path(get, path = "/returns", tag = "returns", params(ReturnQuery),
    responses((status = 200, body = ReturnList)))]
async fn list_returns(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<ReturnQuery>,
) -> Result<Json<ReturnList>, ApiError> {
    let filter = ReturnFilter {
        states: match query.state.as_deref().map(str::trim) {
            None | Some("") => vec![ReturnState::Requested, ReturnState::Approved],
            Some("all") => Vec::new(),
            text => states::<WireState, ReturnState>(text)?,
        },
        after: cursor(query.cursor.as_deref())?,
        limit: limit(query.limit)?,
    };
    let (page, open) = app
        .read(move |reader| Ok((reader.return_list(&filter)?, reader.returns_open()?)))
        .await?;
    Ok(Json(ReturnList {
        items: page.rows.iter().map(show::summary).collect(),
        next: page.next.map(|n| n.to_string()),
        open,
    }))
}

/// One return
#[utoipa::path(get, path = "/returns/{id}", tag = "returns",
    params(("id" = String, Path, description = "The return's id.")),
    responses((status = 200, body = Return)))]
async fn get_return(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Return>, ApiError> {
    let id = parse_id!(ReturnId, &id, "return")?;
    let group = app.group(id.parent()).await?;
    let group = group.ok_or_else(|| ApiError::not_found("return"))?;
    shown(&app, &group, id).map(Json)
}

fn shown(app: &App, group: &Group, id: ReturnId) -> Result<Return, ApiError> {
    let found = group.return_of(id);
    let found = found.ok_or_else(|| ApiError::not_found("return"))?;
    Ok(show::detail(&app.shelf.read(), group, found))
}

fn answer(app: &App, decided: &Decided, id: ReturnId) -> Result<Written<Return>, ApiError> {
    Ok(Written {
        body: shown(app, &*group_in(decided)?, id)?,
        replayed: decided.replayed,
    })
}

/// Ask for a return
///
/// For a shopper who called or wrote. The same `Idempotency-Key` gives the same return.
#[utoipa::path(post, path = "/orders/{id}/returns", tag = "returns",
    params(("id" = String, Path, description = "The order's id.")),
    request_body = ReturnCreate, responses((status = 200, body = Return)))]
async fn create_return(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReturnCreate>,
) -> Result<Written<Return>, ApiError> {
    app.admit(Work::Refunds)?;
    let order = parse_id!(OrderId, &id, "order")?;
    let body = &write.body;
    if body.lines.len() > limits::LINES_MAX {
        return Err(Refusal::FieldInvalid { field: "lines" }.into());
    }
    let album = photos::of_returns(order.parent());
    let named = body.photos.iter().map(|p| Hash::parse(p));
    let kept: Option<Vec<Hash>> = named.collect();
    let kept = kept.ok_or_else(|| ApiError::not_found("photo"))?;
    if !photos::all_there(&app, &album, &kept).await {
        return Err(ApiError::not_found("photo"));
    }
    let key = match write.caller_key(staff.actor) {
        0 => app.access_key(),
        key => key,
    };
    let command = Command::RequestReturn(RequestReturn {
        order,
        key,
        lines: body
            .lines
            .iter()
            .map(|l| (l.number, l.quantity, l.reason.into()))
            .collect(),
        note: body.note.clone(),
        photos: kept.iter().map(|p| p.number()).collect(),
        overlook_window: body.overlook_window,
    });
    let decided = write.submit(&app, &staff, command).await?;
    let group = group_in(&decided)?;
    let asked = group.returns.iter().find(|r| r.key == key);
    let id = asked.map(|r| r.id);
    let id = id.ok_or_else(|| ApiError::internal("a return that was asked for is not there"))?;
    photos::keep(&app, &album, kept).await;
    answer(&app, &decided, id)
}

/// Keep a photo for a return
///
/// The body is a JPEG, a PNG or a WebP of at most 12 MiB and 30 million pixels. It is kept small and without what else
/// its file says; one that no return names within two days is removed.
#[utoipa::path(post, path = "/orders/{id}/return-photos", tag = "returns",
    params(("id" = String, Path, description = "The order's id.")),
    request_body(content((String = "image/jpeg"), (String = "image/png"), (String = "image/webp"))),
    responses(
        (status = 200, body = KeptPhoto),
        (status = 422, description = "It is no picture that can be shown.", body = ErrorBody),
    ))]
async fn keep_photo(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<KeptPhoto>, ApiError> {
    let order = parse_id!(OrderId, &id, "order")?;
    let group = app.group(order.parent()).await?;
    if group.is_none_or(|g| g.order(order).is_none()) {
        return Err(ApiError::not_found("order"));
    }
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|e| match e.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(),
            _ => ApiError::body_invalid("it did not arrive whole"),
        })?;
    let album = photos::of_returns(order.parent());
    let kept = photos::save(&app, &album, bytes).await;
    let kept = kept.map_err(photos::Wrong::refused)?;
    Ok(Json(KeptPhoto {
        id: kept.to_string(),
    }))
}

/// A shopper's photo
#[utoipa::path(get, path = "/returns/{id}/photos/{photo}", tag = "returns",
    params(("id" = String, Path, description = "The return's id."),
           ("photo" = String, Path, description = "The photo's id."), PhotoQuery),
    responses((status = 200, description = "The photo.", content_type = "image/webp")))]
async fn show_photo(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path((id, photo)): Path<(String, String)>,
    Params(query): Params<PhotoQuery>,
) -> Result<Response, ApiError> {
    let id = parse_id!(ReturnId, &id, "return")?;
    let photo = Hash::parse(&photo).ok_or_else(|| ApiError::not_found("photo"))?;
    let group = app.group(id.parent()).await?;
    let found = group.as_ref().and_then(|g| g.return_of(id));
    if !found.is_some_and(|r| r.photos.contains(&photo.number())) {
        return Err(ApiError::not_found("photo"));
    }
    let shown = photos::show(
        &app,
        &photos::of_returns(id.parent()),
        photo,
        query.size.into(),
    )
    .await;
    shown.ok_or_else(|| ApiError::not_found("photo"))
}

/// Approve a return
///
/// The shopper is told how to send the goods, or where. What was said before can be said better.
#[utoipa::path(post, path = "/returns/{id}/approve", tag = "returns",
    params(("id" = String, Path, description = "The return's id.")),
    request_body = ReturnApproval, responses((status = 200, body = Return)))]
async fn approve_return(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReturnApproval>,
) -> Result<Written<Return>, ApiError> {
    let location = write.body.location.as_deref();
    let location = location
        .map(|id| parse_id!(LocationId, id, "location"))
        .transpose()?;
    let how = write.body.how.trim().to_owned();
    let said = ReturnAnswer::Approve { how, location };
    say(&app, &staff, &id, &write, said).await
}

/// Refuse a return
///
/// The shopper is told why.
#[utoipa::path(post, path = "/returns/{id}/refuse", tag = "returns",
    params(("id" = String, Path, description = "The return's id.")),
    request_body = ReturnRefusal, responses((status = 200, body = Return)))]
async fn refuse_return(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReturnRefusal>,
) -> Result<Written<Return>, ApiError> {
    let why = write.body.why.trim().to_owned();
    say(&app, &staff, &id, &write, ReturnAnswer::Refuse { why }).await
}

/// Withdraw a return
///
/// For a shopper who keeps the goods after all.
#[utoipa::path(post, path = "/returns/{id}/withdraw", tag = "returns",
    params(("id" = String, Path, description = "The return's id.")),
    responses((status = 200, body = Return)))]
async fn withdraw_return(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<super::request::Nothing>,
) -> Result<Written<Return>, ApiError> {
    say(&app, &staff, &id, &write, ReturnAnswer::Withdraw).await
}

async fn say<T>(
    app: &App,
    staff: &Staff,
    id: &str,
    write: &Write<T>,
    said: ReturnAnswer,
) -> Result<Written<Return>, ApiError> {
    let id = parse_id!(ReturnId, id, "return")?;
    let command = Command::AnswerReturn(AnswerReturn {
        r#return: id,
        answer: said,
    });
    let decided = write.submit(app, staff, command).await?;
    answer(app, &decided, id)
}

/// Receive the goods of a return
///
/// What can be sold again goes back into stock, the rest is written off, and the money of all that came goes back, in
/// one step. What did not come may be asked for again.
#[utoipa::path(post, path = "/returns/{id}/receive", tag = "returns",
    params(("id" = String, Path, description = "The return's id.")),
    request_body = ReturnReceipt, responses((status = 200, body = Return)))]
async fn receive_return(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReturnReceipt>,
) -> Result<Written<Return>, ApiError> {
    app.admit(Work::Refunds)?;
    let id = parse_id!(ReturnId, &id, "return")?;
    let body = &write.body;
    let location = body.location.as_deref();
    let location = location
        .map(|id| parse_id!(LocationId, id, "location"))
        .transpose()?;
    let line = |l: &super::wire::returns::ReceivedPieces| ReceivedLine {
        number: l.number,
        pieces: l.quantity,
        restocked: l.restock,
    };
    let command = Command::ReceiveReturn(ReceiveReturn {
        r#return: id,
        lines: body.lines.iter().map(line).collect(),
        location,
        delivery: body.delivery.into(),
        note: body.note.clone(),
    });
    let decided = write.submit(&app, &staff, command).await?;
    answer(&app, &decided, id)
}

/// What the shop promises of returns
#[utoipa::path(get, path = "/settings/returns", tag = "returns",
    responses((status = 200, body = ReturnTerms)))]
async fn get_terms(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
) -> Result<Json<ReturnTerms>, ApiError> {
    let world = app.shelf.read();
    let shop = world.shop().ok_or_else(|| ApiError::not_found("shop"))?;
    Ok(Json(shop.returns.into()))
}

/// Change what the shop promises of returns
///
/// It holds for returns that are asked for from then on. Owners alone.
#[utoipa::path(put, path = "/settings/returns", tag = "returns",
    request_body = ReturnTerms, responses((status = 200, body = ReturnTerms)))]
async fn change_terms(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    write: Write<ReturnTerms>,
) -> Result<Written<ReturnTerms>, ApiError> {
    if write.body.days > limits::RETURN_DAYS_MAX {
        return Err(Refusal::FieldInvalid { field: "days" }.into());
    }
    let shop = app.shelf.read().shop().cloned();
    let mut shop = shop.ok_or_else(|| ApiError::not_found("shop"))?;
    shop.returns = write.body.into();
    let command = Command::SaveRecords(vec![Record::Shop(shop)]);
    let decided = write.submit(&app, &staff, command).await?;
    match decided.outcome {
        Outcome::Saved(_) => Ok(Written {
            body: write.body,
            replayed: decided.replayed,
        }),
        _ => Err(ApiError::internal("saving a record gave something else")),
    }
}
