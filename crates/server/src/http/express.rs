//! The express lane: the steps that make an order do not go through the router and what is wrapped around it
//! for everybody's good (compression, pages' headers, a span). They are answered by the same code, with the
//! same checks, and counted under the same names.

use super::observe::{self, ANSWER_TIMEOUT, REQUEST_ID};
use api::app::App;
use api::error::ApiError;
use api::ucp::Ucp;
use api::ucp::express::Step;
use api::ucp::version::Version;
use api::v1::{self, BUY_NOW_PATH};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::Incoming;
use metrics::{Counter, Histogram};
use std::panic::AssertUnwindSafe;
use std::time::Instant;

/// The largest body that is read here, in bytes: as everywhere but for imports.
const BODY_BYTES_MAX: usize = super::BODY_BYTES_MAX;

/// What goes this way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lane {
    /// A purchase in one call.
    BuyNow,
    /// A step of a platform's checkout.
    Checkout(Version, Step),
}

impl Lane {
    /// The lane of a request, if it goes this way. A body of a length that is not known in advance does not.
    pub fn of<B: hyper::body::Body>(request: &Request<B>) -> Option<Self> {
        let path = request.uri().path();
        let lane = if path == BUY_NOW_PATH && *request.method() == Method::POST {
            Self::BuyNow
        } else {
            let (version, step) = Step::of(request.method(), path)?;
            Self::Checkout(version, step)
        };
        let length = request.body().size_hint().exact();
        length
            .is_some_and(|length| length <= BODY_BYTES_MAX as u64)
            .then_some(lane)
    }

    /// The route's pattern, as the router has it.
    fn route(&self) -> &'static str {
        match self {
            Self::BuyNow => BUY_NOW_PATH,
            Self::Checkout(Version::V2026_04_08, step) => match step {
                Step::Create => "/ucp/2026-04-08/checkout-sessions",
                Step::Update(_) => "/ucp/2026-04-08/checkout-sessions/{id}",
                Step::Complete(_) => "/ucp/2026-04-08/checkout-sessions/{id}/complete",
            },
            Self::Checkout(Version::V2026_01_11, step) => match step {
                Step::Create => "/ucp/2026-01-11/checkout-sessions",
                Step::Update(_) => "/ucp/2026-01-11/checkout-sessions/{id}",
                Step::Complete(_) => "/ucp/2026-01-11/checkout-sessions/{id}/complete",
            },
        }
    }
}

/// Answers what goes this way.
pub struct Express {
    app: App,
    ucp: Ucp,
    bought: Counter,
    seconds: Histogram,
}

impl Express {
    /// A lane to this shop.
    pub fn new(app: App, ucp: Ucp) -> Self {
        Self {
            app,
            ucp,
            bought: requests("POST", BUY_NOW_PATH, "201"),
            seconds: metrics::histogram!("sesame_request_seconds", "route" => BUY_NOW_PATH),
        }
    }

    /// Answers a request of a lane.
    pub async fn answer(&self, lane: Lane, request: Request<Incoming>) -> Response {
        let started = Instant::now();
        let (head, body) = request.into_parts();
        let id = observe::request_id(&head.headers);
        let method = observe::method_word(&head.method);
        let route = lane.route();
        let is_purchase = lane == Lane::BuyNow;
        let answer = AssertUnwindSafe(self.carry_out(lane, head, body)).catch_unwind();
        let mut response = match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(answer) => answer.unwrap_or_else(observe::panicked),
            Err(_) => ApiError::timed_out().into_response(),
        };
        let seconds = started.elapsed().as_secs_f64();
        let status = response.status();
        if is_purchase {
            self.seconds.record(seconds);
        } else {
            metrics::histogram!("sesame_request_seconds", "route" => route).record(seconds);
        }
        if is_purchase && status == StatusCode::CREATED {
            self.bought.increment(1);
        } else {
            requests(method, route, status.as_str()).increment(1);
        }
        let ms = (seconds * 1e6).round() / 1e3;
        let request = id.to_str().unwrap_or("");
        let status = status.as_u16();
        tracing::info!(target: "sesame::request", id = request, method, route, status, ms);
        let headers = response.headers_mut();
        headers.insert(REQUEST_ID, id);
        let nosniff = HeaderValue::from_static("nosniff");
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
        response
    }

    async fn carry_out(&self, lane: Lane, head: Parts, body: Incoming) -> Response {
        let body = match whole(body).await {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        match lane {
            Lane::BuyNow => v1::buy_now(&self.app, &head, &body).await,
            Lane::Checkout(version, step) => self.ucp.step(version, step, head, body).await,
        }
    }
}

async fn whole(body: Incoming) -> Result<Bytes, ApiError> {
    let read = to_bytes(Body::new(body), BODY_BYTES_MAX).await;
    read.map_err(|_| ApiError::body_invalid("it did not arrive whole"))
}

fn requests(method: &'static str, route: &'static str, status: &str) -> Counter {
    metrics::counter!("sesame_requests_total",
        "method" => method, "route" => route, "status" => status.to_string())
}
