//! What looking at open parcels again came to last, for the console. The work itself is the server's.

use std::sync::{Arc, Mutex, PoisonError};

/// One look at all parcels that nobody had begun with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// When it ended, in UTC milliseconds.
    pub at: i64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Orders that were planned anew together.
    pub orders: u64,
    /// Their parcels.
    pub parcels: u64,
    /// What these parcels cost as they were, in minor units of the shop's currency.
    pub cost_minor: i64,
    /// What they would cost by the new plan.
    pub planned_minor: i64,
    /// What no plan can cost less than.
    pub bound_minor: i64,
    /// Orders that would leave from elsewhere by the new plan.
    pub cheaper: u64,
    /// Whether parcels move because it costs less.
    pub saves: bool,
    /// Parcels of which goods moved for that.
    pub moved: u64,
    /// Parcels of which goods could not: somebody had begun with them, or the goods were gone meanwhile.
    pub refused: u64,
    /// Parcels of which goods moved because they could not leave from where they were.
    pub repaired: u64,
    /// Parcels of which goods should have, and are nowhere else.
    pub stuck: u64,
}

impl Run {
    /// How far the new plan is above what no plan can cost less than, at most, in millionths.
    pub fn gap_millionths(&self) -> i64 {
        let above = i128::from(self.planned_minor - self.bound_minor) * 1_000_000;
        i64::try_from(above / i128::from(self.bound_minor.max(1))).unwrap_or(i64::MAX)
    }
}

/// The last look.
#[derive(Debug, Clone, Default)]
pub struct Sourcing(Arc<Mutex<Option<Run>>>);

impl Sourcing {
    /// Keeps a look in place of the one before.
    pub fn put(&self, run: Run) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(run);
    }

    /// The last look of this server.
    pub fn last(&self) -> Option<Run> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
