//! What happens now: the tiles once and as a stream, and the feed.

use super::request::{Params, bounded};
use super::show::events::entry;
use super::wire::live::{Feed, FeedQuery, Tiles};
use super::{Desk, V1};
use crate::app::{App, RETRY_AFTER_S};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// Streams at once.
pub const STREAMS_MAX: usize = 200;
/// Time between two looks at the tiles.
const TICK: Duration = Duration::from_secs(2);
const EVENTS_DEFAULT: u32 = 100;
const EVENTS_MAX: u32 = 1_000;

/// How the shop is doing
#[utoipa::path(get, path = "/dashboard", tag = "live",
    responses((status = 200, body = Tiles)))]
pub async fn get_dashboard(
    State(V1 { app, desk }): State<V1>,
    _staff: Staff,
) -> Result<Json<Tiles>, ApiError> {
    Ok(Json(desk.pulse.tiles(&app).await?))
}

/// How the shop is doing, as a stream
///
/// Server-sent events named `tiles`, each a `Tiles` object: at once, then whenever a figure changed.
#[utoipa::path(get, path = "/live", tag = "live",
    responses((status = 200, body = String, content_type = "text/event-stream")))]
pub async fn stream_live(
    State(V1 { app, desk }): State<V1>,
    _staff: Staff,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let permit = desk.streams.clone().try_acquire_owned();
    let permit = permit.map_err(|_| ApiError::overloaded(RETRY_AFTER_S))?;
    let ticker = Ticker {
        app,
        desk,
        last: None,
        _permit: permit,
    };
    let stream = unfold(ticker, |mut ticker| async {
        let event = ticker.next().await;
        Some((Ok(event), ticker))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// One stream's place.
struct Ticker {
    app: App,
    desk: Arc<Desk>,
    last: Option<Tiles>,
    _permit: OwnedSemaphorePermit,
}

impl Ticker {
    /// The next tiles that differ from the last ones sent.
    async fn next(&mut self) -> Event {
        loop {
            if self.last.is_some() {
                tokio::time::sleep(TICK).await;
            }
            let Ok(tiles) = self.desk.pulse.tiles(&self.app).await else {
                tokio::time::sleep(TICK).await;
                continue;
            };
            let same = self.last.as_ref().is_some_and(|last| {
                let at = tiles.at;
                *last
                    == Tiles {
                        at: last.at,
                        ..tiles.clone()
                    }
                    && at >= last.at
            });
            if same {
                continue;
            }
            let json = serde_json::to_string(&tiles).expect("tiles are plain data");
            self.last = Some(tiles);
            return Event::default().event("tiles").data(json);
        }
    }
}

/// Follow what happens
///
/// The ordered feed from any position; ask again with the `after` of the answer.
#[utoipa::path(get, path = "/events", tag = "live", params(FeedQuery),
    responses((status = 200, body = Feed)))]
pub async fn list_events(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<FeedQuery>,
) -> Result<Json<Feed>, ApiError> {
    let after = query.after.unwrap_or(0);
    if i64::try_from(after).is_err() {
        return Err(ApiError::parameter_invalid("after", "it is too large"));
    }
    let limit = bounded(query.limit, EVENTS_DEFAULT, EVENTS_MAX)?;
    let events = app.read(move |reader| reader.events(after, limit)).await?;
    let world = app.shelf.read();
    Ok(Json(Feed {
        items: events.iter().map(|e| entry(&world, e)).collect(),
        after: events.last().map_or(after, |e| e.position),
    }))
}
