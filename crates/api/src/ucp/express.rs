//! The steps on the way to an order without a router: for who has the head and the whole body of a request in
//! hand. The same handlers answer.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::Response;

use super::desk::{Desk, Received};
use super::handlers::{checkout, complete};
use super::routes::{Ucp, serve};
use super::version::{CHECKOUT, Version};

/// What is under a version's path.
const SESSIONS: &str = "/checkout-sessions";

/// A step, with where its checkout's id stands in the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Opens a checkout.
    Create,
    /// Replaces what was filled in.
    Update(String),
    /// Places the order.
    Complete(String),
}

impl Step {
    /// The step that a request asks for, with the version it speaks; `None` for all other requests.
    #[must_use]
    pub fn of(method: &Method, path: &str) -> Option<(Version, Self)> {
        let (version, rest) = path.strip_prefix("/ucp/")?.split_once('/')?;
        let version = Version::parse(version)?;
        let rest = rest.strip_prefix(&SESSIONS[1..])?;
        // What must be decoded first is for the router.
        let plain = |id: &str| {
            let fits = !id.is_empty() && !id.contains(['/', '%']);
            fits.then(|| id.to_owned())
        };
        let step = match (method, rest) {
            (&Method::POST, "") => Self::Create,
            (&Method::PUT, _) => Self::Update(plain(rest.strip_prefix('/')?)?),
            (&Method::POST, _) => {
                let id = rest.strip_prefix('/')?.strip_suffix("/complete")?;
                Self::Complete(plain(id)?)
            }
            _ => return None,
        };
        Some((version, step))
    }

    /// Its place on the way, from 0.
    #[must_use]
    pub const fn place(&self) -> usize {
        match self {
            Self::Create => 0,
            Self::Update(_) => 1,
            Self::Complete(_) => 2,
        }
    }
}

impl Ucp {
    /// Answers a step.
    pub async fn step(&self, version: Version, step: Step, head: Parts, body: Bytes) -> Response {
        let request = Received {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body,
        };
        let answer = |desk: Arc<Desk>, visit: Arc<_>, request: Received| {
            let body = request.into_body();
            async move {
                match step {
                    Step::Create => checkout::create(&desk, &visit, body).await,
                    Step::Update(id) => checkout::update(&desk, &visit, &id, body).await,
                    Step::Complete(id) => complete::complete(&desk, &visit, &id, body).await,
                }
            }
        };
        serve(self.desk(version), request, CHECKOUT, answer).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_from_all_other_requests() {
        let current = |step| Some((Version::CURRENT, step));
        let check = |line: &str, expected: Option<(Version, Step)>| {
            let (method, path) = line.split_once(' ').expect("two words");
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            assert_eq!(Step::of(&method, path), expected, "{line}");
        };
        let own = "/ucp/2026-04-08/checkout-sessions";
        check(&format!("POST {own}"), current(Step::Create));
        check(
            &format!("PUT {own}/checkout_1"),
            current(Step::Update("checkout_1".to_owned())),
        );
        check(
            &format!("POST {own}/checkout_1/complete"),
            current(Step::Complete("checkout_1".to_owned())),
        );
        check(
            "POST /ucp/2026-01-11/checkout-sessions",
            Some((Version::V2026_01_11, Step::Create)),
        );
        for other in [
            format!("GET {own}/checkout_1"),
            format!("POST {own}/"),
            format!("POST {own}/checkout_1/cancel"),
            format!("POST {own}/checkout_1"),
            format!("PUT {own}/"),
            format!("PUT {own}/checkout%5F1"),
            format!("POST {own}/a/b/complete"),
            "POST /ucp/2020-01-01/checkout-sessions".to_owned(),
            "POST /ucp/2026-04-08/checkout-sessionsx".to_owned(),
            "POST /checkout-sessions".to_owned(),
        ] {
            check(&other, None);
        }
    }
}
