//! What every request goes through: an id, a time limit, a net under panics, a line in the log, figures.
//!
//! The log and the figures name the route's pattern, never the address itself: addresses hold keys.

use crate::health::Health;
use api::error::ApiError;
use api::hex;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tracing::Instrument;

/// The header with the request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Characters of an id that a client brings, at most.
const REQUEST_ID_MAX: usize = 64;
/// How long an answer may take to begin.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// How long it may take when files are sent: four photos over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(180);

/// Watches over one request.
pub async fn observe(State(health): State<Arc<Health>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = method_word(request.method());
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("unmatched".to_string(), |m| m.as_str().to_string());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or(""));
    let answer = tokio::time::timeout(time_for(request.headers()), next.run(request));
    let mut response = answer
        .instrument(span.clone())
        .await
        .unwrap_or_else(|_| ApiError::timed_out().into_response());
    let status = response.status().as_u16();
    let seconds = started.elapsed().as_secs_f64();
    span.in_scope(|| {
        let ms = (seconds * 1e6).round() / 1e3;
        tracing::info!(target: "sesame::request", method, route, status, ms);
    });
    metrics::counter!("sesame_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("sesame_request_seconds", "route" => route).record(seconds);
    response.headers_mut().insert(REQUEST_ID, id);
    end_streams_with(&health, response)
}

/// How long a request's answer may take to begin.
fn time_for(headers: &HeaderMap) -> Duration {
    let kind = headers.get(header::CONTENT_TYPE);
    match kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data")) {
        true => UPLOAD_TIMEOUT,
        false => ANSWER_TIMEOUT,
    }
}

/// The id that the client or a proxy gave, if it can stand in a log; else a random one.
pub fn request_id(headers: &HeaderMap) -> HeaderValue {
    let given = headers.get(REQUEST_ID).filter(|value| {
        let bytes = value.as_bytes();
        !bytes.is_empty()
            && bytes.len() <= REQUEST_ID_MAX
            && bytes
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    });
    given.cloned().unwrap_or_else(|| {
        HeaderValue::from_bytes(&hex::digits(rand::random()))
            .expect("hexadecimal digits are allowed")
    })
}

/// The method as a word of a bounded set.
fn method_word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// What a handler that panicked answers: it is logged with the request's id.
pub fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .map(|s| (*s).to_string())
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    tracing::error!(panic = text, "a handler panicked");
    ApiError::internal("a handler panicked").into_response()
}

/// Whether programs read this address: they get errors in one shape.
fn is_for_programs(path: &str) -> bool {
    let under = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|r| r.is_empty() || r.starts_with('/'))
    };
    under("/api") || under("/ucp")
}

/// Gives refusals that the framework made on its own, such as a body that is too large, the shape of all
/// other errors.
pub async fn shape(request: Request, next: Next) -> Response {
    let for_programs = is_for_programs(request.uri().path());
    let response = next.run(request).await;
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let is_shaped = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| {
            let kind = kind.to_str().unwrap_or("");
            kind.starts_with("application/json") || kind.starts_with("application/problem+json")
        });
    if !for_programs || !is_error || is_shaped {
        return response;
    }
    let reason = first_words(response.into_body()).await;
    match status {
        StatusCode::NOT_FOUND => ApiError::not_found("address"),
        StatusCode::METHOD_NOT_ALLOWED => ApiError::method_not_allowed(),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ApiError::media_type_unsupported(),
        s if s.is_client_error() => ApiError::body_invalid(reason),
        _ => ApiError::internal(&reason),
    }
    .into_response()
}

/// What a framework's refusal says, shortened.
async fn first_words(body: Body) -> String {
    const BYTES_MAX: usize = 1_024;
    let bytes = axum::body::to_bytes(body, BYTES_MAX).await;
    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
}

/// A stream of events would keep a stopping server: it ends with the word to stop, and browsers come again.
fn end_streams_with(health: &Arc<Health>, response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|k| k.as_bytes().starts_with(b"text/event-stream")) {
        return response;
    }
    let stop = Box::pin(health.stopped());
    response.map(|inner| Body::new(UntilStop { inner, stop }))
}

/// A body that ends early when the server stops.
struct UntilStop {
    inner: Body,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl HttpBody for UntilStop {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, axum::Error>>> {
        if self.stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.inner).poll_frame(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_log_lines_is_replaced() {
        for (given, kept) in [
            ("a1-B2_c.3", true),
            ("", false),
            ("two words", false),
            ("x\"}", false),
            (&"x".repeat(65), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, given.parse().expect("a header"));
            assert_eq!(request_id(&headers) == given, kept, "{given}");
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn programs_read_api_and_ucp() {
        for (path, programs) in [
            ("/api/v1/orders", true),
            ("/ucp/v1", true),
            ("/ucp", true),
            ("/ucpx", false),
            ("/", false),
        ] {
            assert_eq!(is_for_programs(path), programs, "{path}");
        }
    }
}
