//! What goes wrong on purpose, counted and not rolled: the same calls suffer the same each time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::App;
use crate::third_party::Refusal;

/// What goes wrong; each is off at zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mood {
    /// How long each answer is held back, milliseconds.
    pub latency_ms: u64,
    /// Every so many calls, one is refused with 500 before anything was done.
    pub fails_every: u64,
    /// Every so many calls, one is done and its answer lost: it comes after `lost_ms`, as 504.
    pub loses_every: u64,
    /// How long a lost answer takes, milliseconds.
    pub lost_ms: u64,
    /// Every so many calls, one is refused with 429.
    pub busy_every: u64,
    /// Parcels that are taken in a day of UTC; `None` for any number.
    pub daily_quota: Option<u32>,
    /// Whether webhooks come late, twice and out of order.
    pub unruly_webhooks: bool,
}

/// Counts calls.
pub(super) struct Faults {
    mood: Mood,
    calls: AtomicU64,
}

impl Faults {
    pub fn new(mood: Mood) -> Self {
        Self {
            mood,
            calls: AtomicU64::new(0),
        }
    }
}

/// Lets a call suffer what its place in the order says.
pub(super) async fn suffer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    debug_assert_eq!(request.method(), Method::POST, "reads suffer nothing");
    let mood = app.faults.mood;
    let call = app.faults.calls.fetch_add(1, Ordering::Relaxed) + 1;
    let is_due = |every: u64| every > 0 && call.is_multiple_of(every);
    if mood.latency_ms > 0 {
        tokio::time::sleep(Duration::from_millis(mood.latency_ms)).await;
    }
    if is_due(mood.fails_every) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if is_due(mood.busy_every) {
        return Refusal::new(429, "busy", "Too many calls; try again.").into_response();
    }
    let response = next.run(request).await;
    if is_due(mood.loses_every) {
        tokio::time::sleep(Duration::from_millis(mood.lost_ms)).await;
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    response
}
