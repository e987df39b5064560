//! What a shop under test alone answers (`testing = true`, which production refuses). It is no part of the interface that
//! integrators use, and stands in no document of it.

use super::V1;
use super::request::Write;
use crate::app::{App, now_ms};
use crate::auth::guard::Owner;
use crate::clock;
use crate::error::ApiError;
use axum::routing::get;
use axum::{Json, Router};
use commerce::Refusal;
use serde::{Deserialize, Serialize};

/// How far a clock is set ahead in one go.
const AHEAD_MAX_MS: i64 = 366 * 86_400_000;

/// `/api/v1/testing/clock`, if this is a shop under test.
pub(super) fn router(app: &App) -> Router<V1> {
    match app.config.testing {
        true => Router::new().route("/api/v1/testing/clock", get(show_clock).post(set_clock)),
        false => Router::new(),
    }
}

/// What the clock is to show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    /// In UTC milliseconds; not before now.
    at: i64,
}

/// What it shows.
#[derive(Debug, Serialize)]
struct Shown {
    /// In UTC milliseconds.
    now: i64,
}

async fn show_clock(_owner: Owner) -> Json<Shown> {
    Json(Shown { now: now_ms() })
}

/// Sets the shop's clock ahead, for as long as the server runs: what is due by then is done as if the time had passed.
async fn set_clock(_owner: Owner, write: Write<Setting>) -> Result<Json<Shown>, ApiError> {
    let (Setting { at }, _) = write.apart();
    let now = now_ms();
    if !(now..=now + AHEAD_MAX_MS).contains(&at) {
        return Err(Refusal::FieldInvalid { field: "at" }.into());
    }
    clock::set(at);
    Ok(Json(Shown { now: now_ms() }))
}
