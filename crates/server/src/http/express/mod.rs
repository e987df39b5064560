//! The express lane: the steps that make an order do not go through the router and what is wrapped around it
//! for everybody's good (compression, pages' headers, a span). They are answered by the same code, with the
//! same checks, and counted under the same names.
//!
//! A connection begins as a [line](mod@line) of its own, which reads nothing but requests of the lanes; the first
//! other request makes it one for everything, where requests of the lanes are taken out before the router.

mod limit;
pub mod line;
mod wire;

pub use limit::Limit;

use super::health;
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
use hyper::body::{Body as _, Incoming};
use metrics::{Counter, Histogram};
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Instant;

/// The largest body that is read here, in bytes: as everywhere but for imports.
const BODY_BYTES_MAX: usize = super::BODY_BYTES_MAX;

/// What goes this way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lane {
    /// Whether the server answers: pools ask it over the connections that they keep.
    Health,
    /// A purchase in one call.
    BuyNow,
    /// A step of a platform's checkout.
    Checkout(Version, Step),
}

impl Lane {
    /// What this method asks of this path, if it goes this way.
    fn named(method: &Method, path: &str) -> Option<Self> {
        if path == BUY_NOW_PATH && *method == Method::POST {
            return Some(Self::BuyNow);
        }
        if path == "/healthz" && *method == Method::GET {
            return Some(Self::Health);
        }
        let (version, step) = Step::of(method, path)?;
        Some(Self::Checkout(version, step))
    }

    /// The lane of a request, if it goes this way. A body of a length that is not known in advance does not.
    pub fn of<B: hyper::body::Body>(request: &Request<B>) -> Option<Self> {
        let lane = Self::named(request.method(), request.uri().path())?;
        let length = request.body().size_hint().exact();
        length
            .is_some_and(|length| length <= BODY_BYTES_MAX as u64)
            .then_some(lane)
    }

    /// The place of its figures.
    fn place(&self) -> usize {
        match self {
            Self::BuyNow => 0,
            Self::Health => LANES - 1,
            Self::Checkout(version, step) => 1 + 3 * (*version as usize) + step.place(),
        }
    }
}

/// How many lanes there are: one for life, one for purchases, three steps in each version.
const LANES: usize = 2 + 3 * Version::ALL.len();

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
fn figures() -> [Figures; LANES] {
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
        Figures::of("GET", "/healthz", ok),
    ]
}

/// Answers what goes this way.
pub struct Express {
    app: App,
    ucp: Ucp,
    /// By [`Lane::place`].
    figures: [Figures; LANES],
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

    /// Answers a request of a lane whose body is still on its way.
    pub async fn answer_arriving(&self, lane: Lane, request: Request<Incoming>) -> Response {
        let (head, body) = request.into_parts();
        let body = whole(Body::new(body));
        self.answer(lane, head, body, &mut Limit::default()).await
    }

    /// Answers a request of a lane.
    pub async fn answer(
        &self,
        lane: Lane,
        head: Parts,
        body: impl Future<Output = Result<Bytes, ApiError>>,
        limit: &mut Limit,
    ) -> Response {
        let started = Instant::now();
        let id = observe::request_id(&head.headers);
        let figures = &self.figures[lane.place()];
        let mut work = pin!(self.carry_out(lane, head, body));
        // By its place: what is as large as this is not moved about.
        let answer = poll_fn(|context| {
            let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)));
            polled.map_or_else(|panic| Poll::Ready(Err(panic)), |answer| answer.map(Ok))
        });
        let mut response = match limit.within(answer).await {
            Some(answer) => answer.unwrap_or_else(observe::panicked),
            None => ApiError::timed_out().into_response(),
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

    async fn carry_out(
        &self,
        lane: Lane,
        head: Parts,
        body: impl Future<Output = Result<Bytes, ApiError>>,
    ) -> Response {
        let body = match body.await {
            Ok(body) => body,
            Err(error) => return error.into_response(),
        };
        match lane {
            Lane::Health => health::alive().await.into_response(),
            Lane::BuyNow => v1::buy_now(&self.app, &head, &body).await,
            // In a place of its own: it is larger than all that others need.
            Lane::Checkout(version, step) => {
                Box::pin(self.ucp.step(version, step, head, body)).await
            }
        }
    }
}

/// The whole body of an answer: nearly all are one piece, which is there.
async fn spelled(mut body: Body) -> Result<Bytes, axum::Error> {
    let first = match poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        None => return Ok(Bytes::new()),
        Some(frame) => frame?.into_data().unwrap_or_default(),
    };
    if body.is_end_stream() {
        return Ok(first);
    }
    let rest = to_bytes(body, usize::MAX).await?;
    Ok([first, rest].concat().into())
}

async fn whole(body: Body) -> Result<Bytes, ApiError> {
    let read = to_bytes(body, BODY_BYTES_MAX).await;
    read.map_err(|_| ApiError::body_invalid("it did not arrive whole"))
}

fn requests(method: &'static str, route: &'static str, status: StatusCode) -> Counter {
    let status = status.as_str().to_string();
    metrics::counter!("sesame_requests_total", "method" => method, "route" => route, "status" => status)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body of several pieces.
    struct Pieces(Vec<&'static str>);

    impl hyper::body::Body for Pieces {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            let piece = self.0.pop().map(|text| Bytes::from_static(text.as_bytes()));
            Poll::Ready(piece.map(|bytes| Ok(hyper::body::Frame::data(bytes))))
        }

        fn is_end_stream(&self) -> bool {
            self.0.is_empty()
        }
    }

    #[tokio::test]
    async fn an_answer_is_whole_however_many_pieces_it_has() {
        let whole = |body| async { spelled(body).await.expect("a body") };
        assert_eq!(whole(Body::empty()).await, "");
        assert_eq!(whole(Body::from("one")).await, "one");
        let pieces = Body::new(Pieces(vec!["three", "two", "one"]));
        assert_eq!(whole(pieces).await, "onetwothree");
    }

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
        assert_eq!(figures()[Lane::Health.place()].route, "/healthz");
    }
}
