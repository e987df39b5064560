//! The big screen: its figures once and as a stream, and links for walls.

use super::V1;
use super::request::{Nothing, Params, Write};
use super::wire::screen::{
    ScreenLink, ScreenLinkCreate, ScreenLinkList, ScreenLinkMade, ScreenQuery, ScreenState,
};
use crate::app::{App, RETRY_AFTER_S};
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::screen::{
    Frame, Link, LinkError, Replay, ReplayPlan, SPEED_MAX, Screens, span_of, zone_of,
};
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use commerce::Refusal;
use futures_util::stream::{Stream, unfold};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// How fast a replay is when nobody says.
const SPEED_DEFAULT: u32 = 60;
/// How long the figures may take to be as new as the request.
const PATIENCE: Duration = Duration::from_secs(20);
const NAME_CHARS_MAX: usize = 100;

/// Somebody who may see the screen: an operator, or whoever has a wall's link.
#[derive(Debug, Clone, Copy)]
pub struct Viewer {
    link: Option<u64>,
}

impl FromRequestParts<V1> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &V1) -> Result<Self, ApiError> {
        let refused = match Staff::from_request_parts(parts, state).await {
            Ok(_) => return Ok(Self { link: None }),
            Err(refused) => refused,
        };
        let shown = parts.headers.get(header::AUTHORIZATION);
        let shown = shown.and_then(|value| value.to_str().ok());
        let key = shown.and_then(|value| value.strip_prefix("Bearer "));
        match key.and_then(|key| state.desk.screens.links.find(key)) {
            Some(link) => Ok(Self { link: Some(link) }),
            None => Err(refused),
        }
    }
}

/// The big screen's figures
///
/// All that the screen shows of today, with everything counted that was in the feed when the request came.
#[utoipa::path(get, path = "/screen", tag = "screen",
    responses((status = 200, body = ScreenState)))]
pub async fn get_screen(
    State(V1 { app, desk }): State<V1>,
    _viewer: Viewer,
) -> Result<Response, ApiError> {
    let position = app.shelf.position();
    let mut frames = desk.screens.watch(&app);
    let counted = |frame: &Arc<Frame>| !frame.state.is_empty() && frame.position >= position;
    let wait = tokio::time::timeout(PATIENCE, frames.wait_for(counted));
    match wait.await {
        Ok(Ok(frame)) => {
            let kind = [(header::CONTENT_TYPE, "application/json")];
            Ok((kind, frame.state.clone()).into_response())
        }
        _ => Err(ApiError::overloaded(RETRY_AFTER_S)),
    }
}

/// The big screen as a stream
///
/// Server-sent events: `whole`, a `ScreenState`, at once and then about every second when something changed; `tick`, a
/// `ScreenTick`, up to ten times a second, and every second as a sign of life. A slow reader misses some; each has all
/// sums. With `day`, that day is replayed, and `end` closes it.
#[utoipa::path(get, path = "/screen/stream", tag = "screen", params(ScreenQuery),
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream_screen(
    State(V1 { app, desk }): State<V1>,
    viewer: Viewer,
    Params(query): Params<ScreenQuery>,
) -> Result<Response, ApiError> {
    let screens = desk.screens.clone();
    let overloaded = |_| ApiError::overloaded(RETRY_AFTER_S);
    let seat = screens
        .seats
        .clone()
        .try_acquire_owned()
        .map_err(overloaded)?;
    let Some(day) = query.day else {
        let seat = Seat {
            frames: screens.watch(&app),
            changes: screens.links.changes(),
            screens,
            viewer,
            edition: 0,
            is_new: true,
            _permit: seat,
        };
        return Ok(events(unfold(seat, Seat::next)));
    };
    let plan = plan(&app, &screens, &day, query.speed.unwrap_or(SPEED_DEFAULT))?;
    let place = screens
        .replays
        .clone()
        .try_acquire_owned()
        .map_err(overloaded)?;
    let replay = Replay::new(app, plan);
    let stream = unfold((replay, seat, place), |(mut replay, seat, place)| async {
        let bytes = replay.next().await?;
        Some((Ok(bytes), (replay, seat, place)))
    });
    Ok(events(stream))
}

fn plan(app: &App, screens: &Screens, day: &str, speed: u32) -> Result<ReplayPlan, ApiError> {
    if !(1..=SPEED_MAX).contains(&speed) {
        let reason = format!("1 to {SPEED_MAX} is");
        return Err(ApiError::parameter_invalid("speed", reason));
    }
    let zone = zone_of(&app.shelf.read());
    let span = span_of(day, &zone);
    let span =
        span.ok_or_else(|| ApiError::parameter_invalid("day", "a date such as 2026-11-11 is"))?;
    Ok(ReplayPlan {
        span,
        zone,
        speed,
        milestones: screens.milestones(),
    })
}

fn events(stream: impl Stream<Item = Result<Bytes, Infallible>> + Send + 'static) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(stream)).into_response()
}

/// One screen's place.
struct Seat {
    frames: watch::Receiver<Arc<Frame>>,
    changes: watch::Receiver<()>,
    screens: Arc<Screens>,
    viewer: Viewer,
    /// The last whole that was sent.
    edition: u64,
    is_new: bool,
    _permit: OwnedSemaphorePermit,
}

impl Seat {
    /// The newest frame that was not sent; those between are missed. Nothing more once the link is revoked.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if std::mem::take(&mut self.is_new) {
            self.frames.mark_changed();
        }
        loop {
            tokio::select! {
                changed = self.frames.changed() => changed.ok()?,
                changed = self.changes.changed() => {
                    changed.ok()?;
                    if self.viewer.link.is_some_and(|id| !self.screens.links.has(id)) {
                        return None;
                    }
                    continue;
                }
            }
            let frame = self.frames.borrow_and_update().clone();
            if frame.whole.is_empty() {
                // The day is being read.
                continue;
            }
            if frame.edition == self.edition {
                return Some((Ok(frame.tick.clone()), self));
            }
            self.edition = frame.edition;
            let mut bytes = Vec::with_capacity(frame.whole.len() + frame.tick.len());
            bytes.extend_from_slice(&frame.whole);
            bytes.extend_from_slice(&frame.tick);
            return Some((Ok(Bytes::from(bytes)), self));
        }
    }
}

/// Links for walls
#[utoipa::path(get, path = "/screen/links", tag = "screen",
    responses((status = 200, body = ScreenLinkList)))]
pub async fn list_links(State(V1 { desk, .. }): State<V1>, _staff: Staff) -> Json<ScreenLinkList> {
    let items = desk.screens.links.list().into_iter().map(shown).collect();
    Json(ScreenLinkList { items })
}

/// Make a link for a wall
///
/// Whoever opens its address sees the screen and nothing else, until the link is revoked.
#[utoipa::path(post, path = "/screen/links", tag = "screen", request_body = ScreenLinkCreate,
    responses((status = 201, body = ScreenLinkMade)))]
pub async fn make_link(
    State(V1 { app, desk }): State<V1>,
    Owner(staff): Owner,
    write: Write<ScreenLinkCreate>,
) -> Result<(StatusCode, Json<ScreenLinkMade>), ApiError> {
    let name = write.body.name.trim().to_owned();
    let chars = name.chars().count();
    if !(1..=NAME_CHARS_MAX).contains(&chars) || name.chars().any(char::is_control) {
        return Err(Refusal::FieldInvalid { field: "name" }.into());
    }
    let by = super::admission::name(&staff);
    let screens = desk.screens.clone();
    let made = blocking(move || screens.links.make(&name, &by)).await?;
    // Behind the hash sign: no server and no log on the way sees it.
    let address = format!("{}/screen#{}", app.config.public_url, made.key);
    let link = shown(made.link);
    Ok((StatusCode::CREATED, Json(ScreenLinkMade { link, address })))
}

/// Revoke a link
///
/// Screens that it opened go dark.
#[utoipa::path(delete, path = "/screen/links/{id}", tag = "screen",
    params(("id" = u64, Path, description = "The link's number.")),
    responses((status = 200, body = ScreenLinkList)))]
pub async fn revoke_link(
    State(V1 { desk, .. }): State<V1>,
    Owner(_staff): Owner,
    Path(id): Path<String>,
    _write: Write<Nothing>,
) -> Result<Json<ScreenLinkList>, ApiError> {
    let id: u64 = id.parse().map_err(|_| ApiError::not_found("link"))?;
    let screens = desk.screens.clone();
    if !blocking(move || screens.links.revoke(id)).await? {
        return Err(ApiError::not_found("link"));
    }
    let items = desk.screens.links.list().into_iter().map(shown).collect();
    Ok(Json(ScreenLinkList { items }))
}

fn shown(link: Link) -> ScreenLink {
    ScreenLink {
        id: link.id,
        name: link.name,
        made_at: link.made_at,
        made_by: link.made_by,
    }
}

/// The links are a file: what writes it may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LinkError> + Send + 'static,
) -> Result<T, ApiError> {
    let done = tokio::task::spawn_blocking(work).await;
    let done = done.map_err(|e| ApiError::internal(&e.to_string()))?;
    done.map_err(|error| match error {
        LinkError::TooMany => Refusal::FieldInvalid { field: "links" }.into(),
        LinkError::File(error) => ApiError::unavailable(&error.to_string()),
    })
}
