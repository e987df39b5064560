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

    /// The place of its figures.
    fn place(&self) -> usize {
        match self {
            Self::BuyNow => 0,
            Self::Checkout(version, step) => 1 + 3 * (*version as usize) + step.place(),
        }
    }
}

/// How requests of one lane are counted: under the route's pattern, as the router has it.
struct Figures {
    method: &'static str,
    route: &'static str,
    /// The status of nearly all answers, and their number at hand.
    usual: StatusCode,
    answered: Counter,
    seconds: Histogram,
}

impl Figures {
    fn of(method: &'static str, route: &'static str, usual: StatusCode) -> Self {
        Self {
            method,
            route,
            usual,
            answered: requests(method, route, usual),
            seconds: metrics::histogram!("sesame_request_seconds", "route" => route),
        }
    }

    fn count(&self, status: StatusCode, seconds: f64) {
        self.seconds.record(seconds);
        if status == self.usual {
            self.answered.increment(1);
        } else {
            requests(self.method, self.route, status).increment(1);
        }
    }
}

/// By [`Lane::place`].
fn figures() -> [Figures; 7] {
    let (ok, created) = (StatusCode::OK, StatusCode::CREATED);
    [
        Figures::of("POST", BUY_NOW_PATH, created),
        Figures::of("POST", "/ucp/2026-01-11/checkout-sessions", created),
        Figures::of("PUT", "/ucp/2026-01-11/checkout-sessions/{id}", ok),
        Figures::of(
            "POST",
            "/ucp/2026-01-11/checkout-sessions/{id}/complete",
            ok,
        ),
        Figures::of("POST", "/ucp/2026-04-08/checkout-sessions", created),
        Figures::of("PUT", "/ucp/2026-04-08/checkout-sessions/{id}", ok),
        Figures::of(
            "POST",
            "/ucp/2026-04-08/checkout-sessions/{id}/complete",
            ok,
        ),
    ]
}

/// Answers what goes this way.
pub struct Express {
    app: App,
    ucp: Ucp,
    /// By [`Lane::place`].
    figures: [Figures; 7],
}

impl Express {
    /// A lane to this shop.
    pub fn new(app: App, ucp: Ucp) -> Self {
        Self {
            app,
            ucp,
            figures: figures(),
        }
    }

    /// Answers a request of a lane.
    pub async fn answer(&self, lane: Lane, request: Request<Incoming>) -> Response {
        let started = Instant::now();
        let (head, body) = request.into_parts();
        let id = observe::request_id(&head.headers);
        let figures = &self.figures[lane.place()];
        let answer = AssertUnwindSafe(self.carry_out(lane, head, body)).catch_unwind();
        let mut response = match tokio::time::timeout(ANSWER_TIMEOUT, answer).await {
            Ok(answer) => answer.unwrap_or_else(observe::panicked),
            Err(_) => ApiError::timed_out().into_response(),
        };
        let seconds = started.elapsed().as_secs_f64();
        let status = response.status();
        figures.count(status, seconds);
        let ms = (seconds * 1e6).round() / 1e3;
        let (method, route) = (figures.method, figures.route);
        let (request, status) = (id.to_str().unwrap_or(""), status.as_u16());
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

fn requests(method: &'static str, route: &'static str, status: StatusCode) -> Counter {
    let status = status.as_str().to_string();
    metrics::counter!("sesame_requests_total", "method" => method, "route" => route, "status" => status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lane_is_counted_under_its_own_route() {
        let id = || "x".to_string();
        for version in Version::ALL {
            let root = format!("/ucp/{}/checkout-sessions", version.as_str());
            for (step, method, route) in [
                (Step::Create, "POST", root.clone()),
                (Step::Update(id()), "PUT", format!("{root}/{{id}}")),
                (
                    Step::Complete(id()),
                    "POST",
                    format!("{root}/{{id}}/complete"),
                ),
            ] {
                let figures = &figures()[Lane::Checkout(version, step).place()];
                assert_eq!((figures.method, figures.route), (method, route.as_str()));
            }
        }
        assert_eq!(figures()[Lane::BuyNow.place()].route, BUY_NOW_PATH);
    }
}
