//! The built-in test carrier: a parcel service that moves no parcels, for trying the shop and for tests.
//!
//! It stands where a real carrier stands, behind HTTP, with its own state and its own time: the shop may know of it only
//! what its API and its webhooks say. What happens to a parcel follows from its number alone, so that it can be said again
//! after a restart, and a test can look for a number that has the way it wants.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use connectors::standard_webhooks::Secret;
use tokio::net::TcpListener;

use crate::third_party::now_ms;

mod api;
mod book;
mod faults;
mod journey;
#[cfg(test)]
mod tests;
mod webhooks;

use book::Book;
use faults::Faults;
use webhooks::Deliveries;

pub use faults::Mood;

/// The API takes no larger bodies.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// The longest pause between two looks at what has happened.
const LOOK_MS_MAX: i64 = 250;

/// What a test carrier needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The key that its API asks for, as `Authorization: Bearer …`.
    pub api_key: String,
    /// What it signs webhooks with.
    pub webhook_secret: Secret,
    /// Where it keeps its parcels over a restart; in memory alone when absent.
    pub journal: Option<PathBuf>,
    /// How fast its world is.
    pub pace: Pace,
    /// What goes wrong.
    pub mood: Mood,
}

/// How fast the carrier's world is, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From one sighting of a parcel to the next.
    pub step_ms: i64,
    /// How long after it was announced a driver comes for a parcel that nobody has handed over.
    pub collects_after_ms: i64,
    /// The pause before the second delivery of a webhook; it doubles with each further one.
    pub first_retry_ms: u64,
}

impl Pace {
    /// Of a carrier whose parcels are seen every so many seconds: its driver comes after seven and a half of them.
    pub fn of_step(seconds: u32) -> Self {
        let step_ms = i64::from(seconds) * 1_000;
        Self {
            step_ms,
            collects_after_ms: step_ms * 15 / 2,
            first_retry_ms: 500,
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::of_step(120)
    }
}

/// What every handler works with.
struct App {
    config: Config,
    book: Arc<Book>,
    faults: Faults,
    deliveries: Arc<Deliveries>,
}

/// The carrier as a router, with relative paths, to be served as it is or nested. Must be called inside a runtime: time
/// passes in it.
///
/// # Errors
/// The journal cannot be read, is damaged, or is in use by another process.
pub fn router(config: Config) -> io::Result<Router> {
    let book = Arc::new(Book::open(&config)?);
    let deliveries = Deliveries::new(&config, Arc::clone(&book)).map_err(io::Error::other)?;
    let app = Arc::new(App {
        faults: Faults::new(config.mood),
        config,
        book,
        deliveries,
    });
    tokio::spawn(live(Arc::downgrade(&app)));
    let calls = Router::new()
        .route("/v1/parcels", post(api::announce))
        .route("/v1/parcels/{number}/cancel", post(api::cancel))
        .route("/v1/parcels/{number}/collect", post(api::collect))
        .route("/v1/quotes", post(api::quote))
        .route("/v1/tracking", post(api::track))
        .route("/v1/pickups", post(api::pickup))
        .route("/v1/manifests", post(api::manifest))
        .layer(from_fn_with_state(Arc::clone(&app), faults::suffer));
    Ok(calls
        .route("/v1/audit", get(api::audit))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app))
}

/// Serves the carrier alone until `shutdown` is done.
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

/// Time passes, for as long as the router lives: drivers come, parcels move, the shop is told.
async fn live(app: Weak<App>) {
    loop {
        let look_ms = {
            let Some(app) = app.upgrade() else { return };
            app.book.collect_due(now_ms()).await;
            for news in app.book.take_news(now_ms()) {
                app.deliveries.send(news);
            }
            (app.config.pace.step_ms / 4).clamp(1, LOOK_MS_MAX)
        };
        tokio::time::sleep(Duration::from_millis(look_ms.unsigned_abs())).await;
    }
}
