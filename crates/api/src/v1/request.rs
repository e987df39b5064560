//! Reading requests and writing answers: parameters, bodies with idempotency keys, cursors.

use crate::app::{App, Submitted};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use commerce::command::{Actor, Channel, Command, Envelope, Idempotency};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// Characters of an idempotency key.
const KEY_CHARS_MAX: usize = 255;
/// Characters of a key that a device gives to what it says.
const SAID_KEY_CHARS_MAX: usize = 64;
/// Bytes of a body of `/api/v1`.
pub const BODY_BYTES_MAX: usize = 1 << 20;

/// What most answers fit into, in bytes.
const ANSWER_BYTES: usize = 1_024;

/// The query of a request.
#[derive(Debug, Clone, Copy)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(params)| Self(params))
            .map_err(|e| ApiError::parameter_invalid("query", e.body_text()))
    }
}

/// The body of a write, with the key under which it may be repeated.
#[derive(Debug)]
pub struct Write<T> {
    /// What is asked.
    pub body: T,
    key: Option<String>,
    digest: u64,
}

/// The body of a write that needs none: absent, or an empty object.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Write<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        let body = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(body, state).await.map_err(|e| {
            if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
                ApiError::body_too_large()
            } else {
                ApiError::body_invalid("it did not arrive whole")
            }
        })?;
        Self::read(&parts, &bytes)
    }
}

impl<T: DeserializeOwned> Write<T> {
    /// Reads a write from its head and its whole body.
    ///
    /// # Errors
    /// A malformed key, another media type, a body that does not say what is expected.
    pub fn read(head: &Parts, bytes: &[u8]) -> Result<Self, ApiError> {
        let key = key_of(&head.headers)?;
        if !bytes.is_empty() && !declares_json(&head.headers) {
            return Err(ApiError::media_type_unsupported());
        }
        let mut digest = Sha256::new();
        digest.update(head.method.as_str());
        digest.update(head.uri.path());
        digest.update(bytes);
        // As text, so that it is looked at once, not string by string.
        let text = std::str::from_utf8(bytes).map_err(ApiError::body_invalid)?;
        let json = if text.is_empty() { "{}" } else { text };
        Ok(Self {
            body: serde_json::from_str(json).map_err(ApiError::body_invalid)?,
            key,
            digest: first_8(&digest.finalize()),
        })
    }
}

pub(crate) fn key_of(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let invalid = || {
        ApiError::parameter_invalid("Idempotency-Key", "1 to 255 printable ASCII characters are")
    };
    let key = value.to_str().map_err(|_| invalid())?.trim();
    if key.is_empty() || key.len() > KEY_CHARS_MAX {
        return Err(invalid());
    }
    Ok(Some(key.to_owned()))
}

/// Whether a device may name what it says so: letters, digits and hyphens, such as a UUID.
pub fn is_key(key: &str) -> bool {
    let is_sound = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (1..=SAID_KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(is_sound)
}

fn declares_json(headers: &HeaderMap) -> bool {
    let declared = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or("");
    let essence = declared.split(';').next().unwrap_or("").trim();
    // JSON-LD is JSON; what its words mean, the handlers know.
    ["application/json", "application/ld+json"]
        .iter()
        .any(|json| essence.eq_ignore_ascii_case(json))
}

fn first_8(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b))
}

impl<T> Write<T> {
    /// What is asked, to be taken apart, and the key that it is carried out under.
    pub fn apart(self) -> (T, Write<()>) {
        let write = Write {
            body: (),
            key: self.key,
            digest: self.digest,
        };
        (self.body, write)
    }

    /// The idempotency of a caller's request: keys of different callers never meet.
    fn idempotency(&self, actor: Actor) -> Option<Idempotency> {
        let key = self.key.as_ref()?;
        let digest = Sha256::digest(format!("api v1\n{actor:?}\n{key}"));
        Some(Idempotency {
            key: u128::from(first_8(&digest)) << 64 | u128::from(first_8(&digest[8..])),
            request: self.digest,
        })
    }

    /// A number that stands for the caller's key, such that it fits a signed column; 0 without a key.
    pub fn caller_key(&self, actor: Actor) -> u64 {
        let key = self.idempotency(actor).map_or(0, |i| i.key);
        (key >> 65) as u64
    }

    /// Has a command of this request decided; see [`crate::app::Door::submit`].
    pub fn submit(&self, app: &App, staff: &Staff, command: Command) -> Submitted {
        let envelope = Envelope {
            command,
            actor: staff.actor,
            channel: Channel::Console,
            idempotency: self.idempotency(staff.actor),
        };
        app.door.submit(envelope)
    }

    /// Has a command of somebody without a session decided. The key is required: without one, a reply
    /// that is lost could not be asked for again.
    ///
    /// # Errors
    /// `parameter_invalid` without a key; then nothing was submitted.
    pub fn submit_with_key(
        &self,
        app: &App,
        actor: Actor,
        channel: Channel,
        command: Command,
    ) -> Result<Submitted, ApiError> {
        let missing =
            || ApiError::parameter_invalid("Idempotency-Key", "this request cannot do without one");
        let idempotency = Some(self.idempotency(actor).ok_or_else(missing)?);
        let envelope = Envelope {
            command,
            actor,
            channel,
            idempotency,
        };
        Ok(app.door.submit(envelope))
    }
}

/// The answer to a write, marked when it was given before.
#[derive(Debug)]
pub struct Written<T> {
    /// The answer.
    pub body: T,
    /// Whether nothing was done now because it was done before.
    pub replayed: bool,
}

impl<T: Serialize> IntoResponse for Written<T> {
    fn into_response(self) -> Response {
        let mut response = json(&self.body);
        if self.replayed {
            let yes = HeaderValue::from_static("true");
            response.headers_mut().insert("idempotent-replayed", yes);
        }
        response
    }
}

/// A body, spelled into room enough for most.
fn json(body: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(ANSWER_BYTES);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => {
            let kind = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => ApiError::internal(&error.to_string()).into_response(),
    }
}

/// Where a list goes on: the number behind a cursor.
///
/// # Errors
/// When the cursor is none of ours.
pub fn cursor(text: Option<&str>) -> Result<Option<u64>, ApiError> {
    let parse = |text: &str| {
        let number = text.parse().ok().filter(|n| i64::try_from(*n).is_ok());
        number.ok_or_else(|| ApiError::parameter_invalid("cursor", "it is none of ours"))
    };
    text.map(parse).transpose()
}

/// The number of entries of a page.
///
/// # Errors
/// When it is out of range.
pub fn limit(limit: Option<u32>) -> Result<usize, ApiError> {
    let (default, max) = (super::wire::LIMIT_DEFAULT, super::wire::LIMIT_MAX);
    bounded(limit, default, max)
}

/// A limit between 1 and `max`.
///
/// # Errors
/// When it is out of range.
pub fn bounded(limit: Option<u32>, default: u32, max: u32) -> Result<usize, ApiError> {
    let limit = limit.unwrap_or(default);
    if (1..=max).contains(&limit) {
        Ok(limit as usize)
    } else {
        let range = format!("it must be between 1 and {max}");
        Err(ApiError::parameter_invalid("limit", range))
    }
}

/// Reads an id of a path or body; one that is malformed names nothing.
macro_rules! parse_id {
    ($kind:ident, $text:expr, $what:literal) => {
        commerce::id::$kind::parse($text).ok_or_else(|| ApiError::not_found($what))
    };
}
pub(super) use parse_id;

/// Reads an optional id of a query; one that is malformed is an error of the parameter.
macro_rules! query_id {
    ($kind:ident, $text:expr, $name:literal) => {
        $text
            .filter(|text| !text.is_empty())
            .map(|text| {
                commerce::id::$kind::parse(text)
                    .ok_or_else(|| ApiError::parameter_invalid($name, "it is no id of this kind"))
            })
            .transpose()
    };
}
pub(super) use query_id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_callers_never_meet() {
        let write = Write {
            body: (),
            key: Some("k".to_owned()),
            digest: 7,
        };
        let operator = |id| Actor::Operator(commerce::id::OperatorId(id));
        let actors = [
            Actor::Shopper,
            Actor::Platform,
            operator(0x100),
            operator(0x200),
        ];
        let mut seen = std::collections::HashSet::new();
        for actor in actors {
            let found = write.idempotency(actor).expect("there is a key");
            // What is stored under a key must be found again after an update of the program.
            let digest = Sha256::digest(format!("api v1\n{actor:?}\nk"));
            assert_eq!(found.key.to_be_bytes(), digest[..16]);
            assert_eq!(found.request, 7);
            assert!(seen.insert(found.key), "{actor:?}");
        }
    }

    #[test]
    fn keys_that_devices_give() {
        let long = "a".repeat(64);
        for key in ["1", "3f2a-B", long.as_str()] {
            assert!(is_key(key), "{key}");
        }
        let longer = "a".repeat(65);
        for key in ["", "a b", "a_b", "ä", "a\n", longer.as_str()] {
            assert!(!is_key(key), "{key}");
        }
    }

    #[test]
    fn cursors_and_limits() {
        assert_eq!(cursor(None).expect("absent"), None);
        assert_eq!(cursor(Some("12")).expect("a number"), Some(12));
        for bad in ["", "-1", "x", "18446744073709551615"] {
            assert_eq!(cursor(Some(bad)).expect_err(bad).code, "parameter_invalid");
        }
        assert_eq!(limit(None).expect("absent"), 50);
        assert_eq!(limit(Some(200)).expect("the most"), 200);
        assert!(limit(Some(0)).is_err() && limit(Some(201)).is_err());
    }
}
