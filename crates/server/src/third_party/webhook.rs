//! One signed webhook, sent once: how often and when is its sender's to say.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use connectors::http::{HttpCall, HttpClient, HttpError, HttpSettings};
use connectors::standard_webhooks::{self, Secret};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::now_ms;

/// Deliveries in flight at once.
const IN_FLIGHT_MAX: usize = 128;

/// How long the shop may take to answer one delivery.
const TIMEOUT_MS: u64 = 5_000;

/// How often one event is tried.
pub const ATTEMPTS_MAX: u32 = 12;

/// The longest pause between two attempts.
const PAUSE_MS_MAX: u64 = 60_000;

/// Sends webhooks.
pub struct Poster {
    http: HttpClient,
    secret: Secret,
    in_flight: Semaphore,
}

impl Poster {
    /// One that signs with this secret.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(secret: Secret) -> Result<Self, HttpError> {
        Ok(Self {
            http: HttpClient::new(HttpSettings {
                timeout_ms: TIMEOUT_MS,
                attempts: 1,
            })?,
            secret,
            in_flight: Semaphore::new(IN_FLIGHT_MAX),
        })
    }

    /// One delivery; whether the shop took it.
    pub async fn post(&self, url: &str, id: &str, event: &impl Serialize) -> bool {
        let Ok(_slot) = self.in_flight.acquire().await else {
            return false;
        };
        let body = serde_json::to_vec(event).expect("an event has only fields that JSON can hold");
        let seconds = now_ms() / 1000;
        let signature = standard_webhooks::sign(&self.secret, id, seconds, &body);
        let mut headers = HeaderMap::new();
        let text =
            |value: &str| HeaderValue::from_str(value).expect("ids and signatures are plain ASCII");
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(standard_webhooks::ID_HEADER, text(id));
        headers.insert(
            standard_webhooks::TIMESTAMP_HEADER,
            HeaderValue::from(seconds),
        );
        headers.insert(standard_webhooks::SIGNATURE_HEADER, text(&signature));
        let call = HttpCall {
            method: Method::POST,
            url: url.to_owned(),
            headers,
            body,
        };
        matches!(self.http.call_once(&call).await, Ok(answer) if (200..300).contains(&answer.status))
    }
}

/// The pause after one of so many milliseconds.
pub fn longer(pause_ms: u64) -> u64 {
    pause_ms.saturating_mul(2).min(PAUSE_MS_MAX)
}
