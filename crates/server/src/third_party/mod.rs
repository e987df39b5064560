//! What the built-in test providers have in common: their memory over a restart, their refusals, and how they tell the
//! shop of what happened. They stand where other companies stand, and share nothing with the shop itself.

pub mod journal;
pub mod webhook;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// The header that makes a write repeatable.
const IDEMPOTENCY_HEADER: &str = "idempotency-key";
const KEY_LENGTH_MAX: usize = 255;

/// A refusal with its HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// A stable code.
    pub code: String,
    /// One sentence in English.
    pub message: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = json!({ "code": self.code, "message": self.message });
        (status, Json(json!({ "error": error }))).into_response()
    }
}

/// Whether the caller has the key of the API.
pub fn authorized(api_key: &str, headers: &HeaderMap) -> Result<(), Refusal> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let key = given.and_then(|value| value.strip_prefix("Bearer "));
    if key == Some(api_key) {
        Ok(())
    } else {
        Err(Refusal::new(
            401,
            "unauthorized",
            "Send the API key as `Authorization: Bearer …`.",
        ))
    }
}

/// The key of a write.
pub fn idempotency_key(headers: &HeaderMap) -> Result<&str, Refusal> {
    let key = headers
        .get(IDEMPOTENCY_HEADER)
        .and_then(|value| value.to_str().ok());
    key.filter(|key| !key.is_empty() && key.len() <= KEY_LENGTH_MAX)
        .ok_or_else(|| invalid("Every write needs an `Idempotency-Key` of 1 to 255 characters."))
}

/// What a body says.
pub fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| invalid(&format!("The body is not what this path takes: {error}.")))
}

/// A request that nobody could carry out.
pub fn invalid(message: &str) -> Refusal {
    Refusal::new(400, "invalid_request", message)
}

/// UTC milliseconds now: of the shop that they run within, or of the machine where they run by themselves.
pub use api::app::now_ms;
