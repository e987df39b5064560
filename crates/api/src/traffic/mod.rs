//! Where visitors and their orders come from: recognised on the shop's pages, kept by the browser, kept with the order,
//! counted, and told in a report ([docs/traffic.md](../../../../docs/traffic.md)).
//!
//! Nothing here is asked before an order is placed, and nothing can refuse one: what cannot be read counts as a direct
//! visit.

mod arrival;
mod attribution;
mod orders;
pub mod report;
mod sources;
mod touch;
mod visits;

pub use arrival::{Arrival, Asked, host_of};
pub use attribution::Attribution;
pub use orders::{OrderBook, OrderKind, Sold};
pub use touch::{Landing, Touch};
pub use visits::{OTHER, Visitor, Visits, is_robot};

use crate::app::{App, now_ms};
use crate::screen::zone_of;
use jiff::tz::TimeZone;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{StoreError, VisitLog};

const HOUR_MS: i64 = 60 * 60 * 1_000;
/// How often visits are written.
const WRITE_EVERY: Duration = Duration::from_secs(30);
/// How long counts of visits are kept: a report goes back so far.
pub const KEPT_DAYS: i64 = 400;

/// What is counted on this server.
#[derive(Default)]
pub struct Traffic {
    /// Visits that are not written yet.
    pub visits: Visits,
    /// Where they are written; `None` where there is nothing to write to.
    log: Option<Arc<Mutex<VisitLog>>>,
    /// One at a time, so that what was taken is written before somebody reads.
    writing: tokio::sync::Mutex<()>,
    /// Orders by where they came from.
    orders: Arc<tokio::sync::Mutex<OrderBook>>,
}

impl Traffic {
    /// Counts that are written to a log.
    pub fn kept_in(log: VisitLog) -> Self {
        Self {
            log: Some(Arc::new(Mutex::new(log))),
            ..Self::default()
        }
    }

    /// Counts a visit.
    pub fn arrived(&self, app: &App, visitor: &Visitor<'_>) {
        let hour = hour_of(visitor.at, &zone_of(&app.shelf.read()));
        self.visits.arrived(visitor, hour);
    }

    /// Writes what was counted. What cannot be written is tried again the next time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn write(&self) -> Result<(), StoreError> {
        let Some(log) = self.log.clone() else {
            return Ok(());
        };
        let _one = self.writing.lock().await;
        let counts = self.visits.take();
        if counts.is_empty() {
            return Ok(());
        }
        let add = move || {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            let added = log.add(&counts);
            (counts, added)
        };
        match tokio::task::spawn_blocking(add).await {
            Ok((_, Ok(()))) => Ok(()),
            Ok((counts, Err((done, error)))) => {
                self.visits.put_back(&counts[done..]);
                Err(error)
            }
            Err(error) => Err(StoreError::Engine(error.to_string())),
        }
    }

    /// Forgets visits that no report goes back to.
    async fn forget(&self) -> Result<(), StoreError> {
        let Some(log) = self.log.clone() else {
            return Ok(());
        };
        let before = now_ms() - KEPT_DAYS * 24 * HOUR_MS;
        let forget = move || {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.forget(before)
        };
        let forgotten = tokio::task::spawn_blocking(forget).await;
        forgotten.unwrap_or_else(|e| Err(StoreError::Engine(e.to_string())))
    }
}

/// When the hour of a moment began where the shop is, in UTC milliseconds: no day begins within one.
fn hour_of(at: i64, zone: &TimeZone) -> i64 {
    let moment = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    let offset = i64::from(zone.to_offset(moment).seconds()) * 1_000;
    (at + offset).div_euclid(HOUR_MS) * HOUR_MS - offset
}

/// Writes visits now and then until the server stops, and forgets old ones once an hour.
pub async fn keep(app: App) {
    let mut timer = tokio::time::interval(WRITE_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let rounds_per_hour = HOUR_MS as u64 / WRITE_EVERY.as_millis() as u64;
    for round in 0_u64.. {
        timer.tick().await;
        let mut done = app.traffic.write().await;
        if round % rounds_per_hour == 0 {
            done = done.and(app.traffic.forget().await);
        }
        if let Err(error) = done {
            tracing::warn!(%error, "visits cannot be written; they are tried again");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_begin_where_the_shop_is() {
        let at = |zone: &str, ms| hour_of(ms, &TimeZone::get(zone).expect("a zone"));
        assert_eq!(at("UTC", 2 * HOUR_MS + 1), 2 * HOUR_MS);
        assert_eq!(at("UTC", 2 * HOUR_MS), 2 * HOUR_MS);
        assert_eq!(at("Asia/Kolkata", 2 * HOUR_MS), 2 * HOUR_MS - HOUR_MS / 2);
        assert_eq!(at("Europe/Berlin", 2 * HOUR_MS + 5), 2 * HOUR_MS);
    }
}
