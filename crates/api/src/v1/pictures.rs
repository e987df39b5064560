//! Pictures of goods: brought, listed, taken away.

use super::V1;
use super::request::Params;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::StatusCode;
use commerce::switch::Work;
use media::{Fault, Format, Known, Picture};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::oneshot;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Pictures of a list.
const LIST_MAX: usize = 200;
/// How long a picture may take to be read, those before it included.
const PATIENCE: Duration = Duration::from_secs(60);
/// Seconds after which who met a full queue should come back.
const RETRY_AFTER_S: u32 = 5;

/// The routes with what they say of themselves.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(list_pictures, save_picture, remove_picture))
        .layer(DefaultBodyLimit::max(media::BYTES_MAX))
}

/// Which pictures are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PicturesQuery {
    /// Those after this path.
    #[serde(default)]
    #[param(max_length = 300)]
    after: String,
    /// `true` lists those alone that cannot be shown.
    #[serde(default)]
    broken: bool,
}

/// Where a picture lies.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PictureQuery {
    /// Its path below the media folder, as goods name it.
    #[param(min_length = 1, max_length = 300, example = "mugs/blue.jpg")]
    path: String,
}

/// A picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureEntry {
    /// Its path below the media folder, as goods name it.
    path: String,
    /// Pixels across; none if it cannot be shown.
    width: Option<u32>,
    /// Pixels down; none if it cannot be shown.
    height: Option<u32>,
    /// Where a small variant of it is; none if it cannot be shown.
    address: Option<String>,
    /// Why it cannot be shown.
    problem: Option<String>,
}

/// Pictures in the order of their paths.
#[derive(Debug, Serialize, ToSchema)]
pub struct PictureList {
    /// At most 200.
    items: Vec<PictureEntry>,
    /// What to ask with as `after` for the next ones; none at the end.
    next: Option<String>,
}

fn entry(path: String, known: Known) -> PictureEntry {
    match known {
        Known::Picture(picture) => shown(path, picture),
        Known::Broken(reason) => PictureEntry {
            path,
            width: None,
            height: None,
            address: None,
            problem: Some(reason),
        },
    }
}

fn shown(path: String, picture: Picture) -> PictureEntry {
    PictureEntry {
        path,
        width: Some(picture.width),
        height: Some(picture.height),
        address: Some(picture.src(media::WIDTHS[1])),
        problem: None,
    }
}

/// List pictures
///
/// Those that the operator brought, by path; with what is wrong with those that cannot be shown.
#[utoipa::path(get, path = "/pictures", tag = "goods", params(PicturesQuery),
    responses((status = 200, body = PictureList)))]
async fn list_pictures(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<PicturesQuery>,
) -> Json<PictureList> {
    let found = app.media.list(&query.after, query.broken, LIST_MAX + 1);
    let has_more = found.len() > LIST_MAX;
    let rows = found.into_iter().take(LIST_MAX);
    let items: Vec<PictureEntry> = rows.map(|(path, known)| entry(path, known)).collect();
    let last = items.last().map(|entry| entry.path.clone());
    Json(PictureList {
        items,
        next: last.filter(|_| has_more),
    })
}

/// Bring a picture
///
/// The body is a JPEG, a PNG or a WebP of at most 25 MiB and 30 million pixels. It takes the place of one that was
/// there; one that cannot be read changes nothing. The same picture again is the same picture.
#[utoipa::path(put, path = "/pictures", tag = "goods", params(PictureQuery),
    request_body(content((String = "image/jpeg"), (String = "image/png"), (String = "image/webp"))),
    responses(
        (status = 200, body = PictureEntry),
        (status = 422, description = "It is no picture that can be shown.", body = super::wire::ErrorBody),
    ))]
async fn save_picture(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<PictureQuery>,
    request: Request,
) -> Result<Json<PictureEntry>, ApiError> {
    app.admit(Work::Pictures)?;
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|e| match e.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(),
            _ => ApiError::body_invalid("it did not arrive whole"),
        })?;
    if Format::of(&bytes).is_none() {
        return Err(refused(&Fault::Format));
    }
    let (told, answer) = oneshot::channel();
    let path = query.path.clone();
    // Who asked may have left.
    let tell = move |saved| drop(told.send(saved));
    let sent = app.media.save(path, bytes.into(), tell);
    sent.map_err(|_| ApiError::overloaded(RETRY_AFTER_S))?;
    match tokio::time::timeout(PATIENCE, answer).await {
        Ok(Ok(Ok(picture))) => Ok(Json(shown(query.path, picture))),
        Ok(Ok(Err(fault))) => Err(refused(&fault)),
        Ok(Err(_)) => Err(ApiError::internal("the pictures' thread ended")),
        Err(_) => Err(ApiError::timed_out()),
    }
}

fn refused(fault: &Fault) -> ApiError {
    match fault {
        Fault::Path => ApiError::parameter_invalid("path", fault),
        Fault::Failed { reason } => ApiError::unavailable(reason),
        fault => ApiError::picture_invalid(fault),
    }
}

/// Take a picture away
///
/// Goods that name it are shown without one.
#[utoipa::path(delete, path = "/pictures", tag = "goods", params(PictureQuery),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "There is no such thing.", body = super::wire::ErrorBody),
    ))]
async fn remove_picture(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<PictureQuery>,
) -> Result<StatusCode, ApiError> {
    let remove = move || app.media.remove(&query.path);
    let removed = tokio::task::spawn_blocking(remove).await;
    let removed = removed.map_err(|e| ApiError::internal(&e.to_string()))?;
    if removed.map_err(|fault| refused(&fault))? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found("picture"))
    }
}
