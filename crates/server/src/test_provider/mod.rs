//! The built-in test payment provider: a payment service that moves no money, for trying the shop and for tests.
//!
//! It stands where a real provider stands, behind HTTP, with its own state: the shop may know of it only what its API
//! and its webhooks say. It can be mounted in the shop's own server or run as a process of its own. It must never be
//! offered to shoppers without the words that no real card is charged, and it never stores a card number.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use connectors::standard_webhooks::Secret;
use tokio::net::TcpListener;

mod api;
mod audit;
mod cards;
mod journal;
mod ledger;
mod pages;
mod record;
mod texts;
mod webhooks;

#[cfg(test)]
mod tests;

use crate::third_party::now_ms;
use ledger::Ledger;
use webhooks::Deliveries;

/// The API takes no larger bodies.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// How often payments whose time has run out are looked for.
const SWEEP_INTERVAL_MS: u64 = 250;

/// What a test provider needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address under which browsers reach it, without a slash at the end; hosted pages are below it.
    pub base_url: String,
    /// The key that its API asks for, as `Authorization: Bearer …`.
    pub api_key: String,
    /// What it signs webhooks with.
    pub webhook_secret: Secret,
    /// Where it keeps its payments over a restart; in memory alone when absent.
    pub journal: Option<PathBuf>,
    /// How slow its slow sides are.
    pub timings: Timings,
}

/// Durations, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// How long the answer is held back for the card that times out.
    pub slow_answer_ms: u64,
    /// How long webhooks are held back for the card whose webhooks are late.
    pub late_webhook_ms: u64,
    /// How long a hosted page or a challenge waits for the shopper.
    pub expiry_ms: i64,
    /// The pause before the second delivery of a webhook; it doubles with each further one.
    pub first_retry_ms: u64,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            slow_answer_ms: 30_000,
            late_webhook_ms: 15_000,
            expiry_ms: 15 * 60_000,
            first_retry_ms: 500,
        }
    }
}

/// What every handler works with.
struct App {
    config: Config,
    ledger: Arc<Ledger>,
    deliveries: Arc<Deliveries>,
}

/// The provider as a router, with relative paths, to be served as it is or nested. Must be called inside a runtime: it
/// starts the delivery of webhooks that a former run did not get rid of.
///
/// # Errors
/// The journal cannot be read, is damaged, or is in use by another process.
pub fn router(config: Config) -> io::Result<Router> {
    let (ledger, undelivered) = Ledger::open(&config)?;
    let ledger = Arc::new(ledger);
    let deliveries = Deliveries::new(&config, Arc::clone(&ledger)).map_err(io::Error::other)?;
    for news in undelivered {
        deliveries.send(news);
    }
    let app = Arc::new(App {
        config,
        ledger,
        deliveries,
    });
    tokio::spawn(sweep(Arc::downgrade(&app)));
    Ok(Router::new()
        .route("/v1/payments", post(api::create))
        .route("/v1/payments/{id}", get(api::retrieve))
        .route("/v1/payments/{id}/capture", post(api::capture))
        .route("/v1/payments/{id}/void", post(api::void))
        .route("/v1/payments/{id}/refunds", post(api::refund))
        .route("/v1/audit", get(api::audit))
        .route("/pay/{id}", get(pages::pay).post(pages::pay_submit))
        .route(
            "/pay/{id}/3ds",
            get(pages::challenge).post(pages::challenge_submit),
        )
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(app))
}

/// Serves the provider alone until `shutdown` is done.
///
/// # Errors
/// As [`router`], or when the listener fails.
pub async fn serve(
    listener: TcpListener,
    config: Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router(config)?)
        .with_graceful_shutdown(shutdown)
        .await
}

/// Ends payments whose time has run out, for as long as the router lives.
async fn sweep(app: std::sync::Weak<App>) {
    let mut interval = tokio::time::interval(std::time::Duration::from_millis(SWEEP_INTERVAL_MS));
    loop {
        interval.tick().await;
        let Some(app) = app.upgrade() else { return };
        for number in app.ledger.take_due(now_ms()) {
            // Most have been paid long before: only the rest is written to.
            let is_due = |deadline_ms: i64| deadline_ms <= now_ms();
            if !app
                .ledger
                .record(number)
                .is_ok_and(|record| record.deadline_ms.is_some_and(is_due))
            {
                continue;
            }
            let changed = app
                .ledger
                .change(number, record::Step::Expire, now_ms())
                .await;
            // A journal that cannot be written has been reported; the payment is ended in memory.
            if let Ok(changed) = changed {
                app.deliveries.send_all(changed.news);
            }
        }
    }
}
