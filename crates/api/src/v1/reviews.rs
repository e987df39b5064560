//! Reviews, for who decides whether they are shown.

use super::V1;
use super::request::{Params, Write, Written, limit, parse_id};
use super::wire::photos::PhotoQuery;
use super::wire::reviews::{
    Review as Shown, ReviewAnswer, ReviewApproval, ReviewList, ReviewQuery, ReviewRejection,
    ReviewView,
};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::photos;
use crate::reviews::album;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use commerce::command::Command;
use commerce::id::{OrderId, ReviewId};
use commerce::review::{Review, ReviewStep, clean};
use commerce::world::World;
use media::Hash;
use store::{ReviewFilter, ReviewScope};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_reviews))
        .routes(routes!(get_review))
        .routes(routes!(approve_review))
        .routes(routes!(reject_review))
        .routes(routes!(answer_review))
        .routes(routes!(get_review_photo))
}

fn shown(world: &World, review: Review) -> Shown {
    let product = world.product(review.product);
    Shown {
        id: review.id.to_string(),
        version: review.version,
        product: review.product.to_string(),
        product_title: product.map(|p| (&p.title).into()).unwrap_or_default(),
        product_handle: product.map_or_else(String::new, |p| p.handle.clone()),
        order: OrderId::under(review.group, 1).to_string(),
        name: review.name,
        stars: review.stars,
        title: review.title,
        text: review.text,
        language: review.language.tag().to_string(),
        photos: review.photos,
        state: review.state.into(),
        reason: review.reason,
        answer: review.answer,
        helpful: review.helpful,
        reports: review.reports,
        queued_at: review.queued_at,
        created_at: review.created_at,
        updated_at: review.updated_at,
    }
}

async fn found(app: &App, id: ReviewId) -> Result<Review, ApiError> {
    let review = app.read(move |q| q.review(id)).await?;
    review.ok_or_else(|| ApiError::not_found("review"))
}

/// A cursor as it was given out: numbers with dots between them.
fn cursor(text: &str) -> Result<Vec<i64>, ApiError> {
    let numbers: Result<Vec<i64>, _> = text.split('.').map(str::parse).collect();
    let ours = numbers.ok().filter(|n| n.len() == 2);
    ours.ok_or_else(|| ApiError::parameter_invalid("cursor", "it is none of ours"))
}

/// List reviews
///
/// The queue holds those that wait to be looked at, and those that shoppers reported.
#[utoipa::path(get, path = "/reviews", tag = "reviews", params(ReviewQuery),
    responses((status = 200, body = ReviewList)))]
async fn list_reviews(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<ReviewQuery>,
) -> Result<Json<ReviewList>, ApiError> {
    let filter = ReviewFilter {
        scope: match query.view {
            ReviewView::Queue => ReviewScope::Queue,
            ReviewView::All => ReviewScope::Latest,
        },
        after: query.cursor.as_deref().map(cursor).transpose()?,
        limit: limit(query.limit)?,
    };
    let page = app.read(move |q| q.review_list(&filter)).await?;
    let world = app.shelf.read();
    let next = page.next.map(|numbers| {
        let words: Vec<String> = numbers.iter().map(i64::to_string).collect();
        words.join(".")
    });
    Ok(Json(ReviewList {
        items: page.rows.into_iter().map(|r| shown(&world, r)).collect(),
        next,
    }))
}

/// One review
#[utoipa::path(get, path = "/reviews/{id}", tag = "reviews",
    params(("id" = String, Path, description = "The review's id.")),
    responses((status = 200, body = Shown)))]
async fn get_review(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Shown>, ApiError> {
    let id = parse_id!(ReviewId, &id, "review")?;
    let review = found(&app, id).await?;
    Ok(Json(shown(&app.shelf.read(), review)))
}

async fn advance<T: serde::de::DeserializeOwned>(
    app: &App,
    staff: &Staff,
    write: &Write<T>,
    (id, version, step): (&str, u32, ReviewStep),
) -> Result<Written<Shown>, ApiError> {
    let id = parse_id!(ReviewId, id, "review")?;
    let command = Command::MoveReview(id, Some(version), step);
    let decided = write.submit(app, staff, command).await?;
    let review = found(app, id).await?;
    Ok(Written {
        body: shown(&app.shelf.read(), review),
        replayed: decided.replayed,
    })
}

/// Show a review
///
/// Reports of it are settled with it.
#[utoipa::path(post, path = "/reviews/{id}/approve", tag = "reviews", request_body = ReviewApproval,
    params(("id" = String, Path, description = "The review's id.")),
    responses((status = 200, body = Shown)))]
async fn approve_review(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReviewApproval>,
) -> Result<Written<Shown>, ApiError> {
    let step = (id.as_str(), write.body.version, ReviewStep::Approve);
    advance(&app, &staff, &write, step).await
}

/// Reject a review
///
/// Its author reads the reason and may change what they wrote.
#[utoipa::path(post, path = "/reviews/{id}/reject", tag = "reviews", request_body = ReviewRejection,
    params(("id" = String, Path, description = "The review's id.")),
    responses((status = 200, body = Shown)))]
async fn reject_review(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReviewRejection>,
) -> Result<Written<Shown>, ApiError> {
    let reason = clean(&write.body.reason);
    let step = ReviewStep::Reject { reason };
    advance(&app, &staff, &write, (&id, write.body.version, step)).await
}

/// Answer a review
///
/// In public, as the shop. An empty answer takes an earlier one back.
#[utoipa::path(post, path = "/reviews/{id}/answer", tag = "reviews", request_body = ReviewAnswer,
    params(("id" = String, Path, description = "The review's id.")),
    responses((status = 200, body = Shown)))]
async fn answer_review(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ReviewAnswer>,
) -> Result<Written<Shown>, ApiError> {
    let text = clean(&write.body.text);
    let step = ReviewStep::Answer { text };
    advance(&app, &staff, &write, (&id, write.body.version, step)).await
}

/// A photo of a review
///
/// As WebP, whether the review is shown or not.
#[utoipa::path(get, path = "/reviews/{id}/photos/{photo}", tag = "reviews",
    params(("id" = String, Path, description = "The review's id."),
        ("photo" = String, Path, description = "The photo's name."), PhotoQuery),
    responses((status = 200, description = "The photo.", body = Vec<u8>, content_type = "image/webp")))]
async fn get_review_photo(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path((id, photo)): Path<(String, String)>,
    Params(query): Params<PhotoQuery>,
) -> Result<Response, ApiError> {
    let id = parse_id!(ReviewId, &id, "review")?;
    let name = Hash::parse(&photo).ok_or_else(|| ApiError::not_found("photo"))?;
    let review = found(&app, id).await?;
    if !review.photos.contains(&photo) {
        return Err(ApiError::not_found("photo"));
    }
    let shown = photos::show(&app, &album(id), name, query.size.into()).await;
    shown.ok_or_else(|| ApiError::not_found("photo"))
}
