//! The express lane: a purchase in one call does not go through the router and what is wrapped around it
//! for everybody's good (compression, pages' headers, a span, a timer per request). It is answered by the
//! same code, with the same checks, and counted under the same names.

use super::observe::{self, REQUEST_ID};
use api::app::App;
use api::v1::{self, BUY_NOW_PATH};
use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::Incoming;
use metrics::{Counter, Histogram};
use std::panic::AssertUnwindSafe;
use std::time::Instant;

/// The largest body of a purchase, in bytes: as for all of `/api/v1`.
const BODY_BYTES_MAX: usize = 1 << 20;

/// Answers purchases.
pub struct Express {
    app: App,
    bought: Counter,
    seconds: Histogram,
}

impl Express {
    /// A lane to this shop.
    pub fn new(app: App) -> Self {
        Self {
            app,
            bought: requests("201"),
            seconds: metrics::histogram!("sesame_request_seconds", "route" => BUY_NOW_PATH),
        }
    }

    /// Whether a request goes this way. A body of a length that is not known in advance does not.
    pub fn takes<B: hyper::body::Body>(request: &Request<B>) -> bool {
        request.uri().path() == BUY_NOW_PATH
            && *request.method() == Method::POST
            && request
                .body()
                .size_hint()
                .exact()
                .is_some_and(|length| length <= BODY_BYTES_MAX as u64)
    }

    /// Answers a request that this lane takes.
    pub async fn answer(&self, request: Request<Incoming>) -> Response {
        let started = Instant::now();
        let (head, body) = request.into_parts();
        let id = observe::request_id(&head.headers);
        let answer = AssertUnwindSafe(self.purchase(&head, body)).catch_unwind();
        let mut response = answer.await.unwrap_or_else(observe::panicked);
        let seconds = started.elapsed().as_secs_f64();
        let status = response.status();
        if status == StatusCode::CREATED {
            self.bought.increment(1);
        } else {
            requests(status.as_str()).increment(1);
        }
        self.seconds.record(seconds);
        let ms = (seconds * 1e6).round() / 1e3;
        let request = id.to_str().unwrap_or("");
        let (route, status) = (BUY_NOW_PATH, status.as_u16());
        tracing::info!(target: "sesame::request", id = request, method = "POST", route, status, ms);
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, id);
        let nosniff = HeaderValue::from_static("nosniff");
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
        response
    }

    async fn purchase(&self, head: &Parts, body: Incoming) -> Response {
        match to_bytes(Body::new(body), BODY_BYTES_MAX).await {
            Ok(bytes) => v1::buy_now(&self.app, head, &bytes).await,
            Err(_) => api::error::ApiError::body_invalid("it did not arrive whole").into_response(),
        }
    }
}

fn requests(status: &str) -> Counter {
    metrics::counter!("sesame_requests_total",
        "method" => "POST", "route" => BUY_NOW_PATH, "status" => status.to_string())
}
