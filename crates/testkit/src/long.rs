//! A long run: one database filled with more and more orders, in this thread and without HTTP.

use crate::{Harness, Mix, NOW, RACE_SHOP, SmallShop, Workload};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};
use store::StoreError;
use store::sqlite::SqliteStore;
use writer::BATCH_MAX;

/// Virtual time between two batches, in milliseconds.
const BATCH_MS: i64 = 40;

/// Some batches one after the other.
#[derive(Debug)]
pub struct Stretch {
    /// Orders in these batches.
    pub orders: u64,
    /// Batches since the database was made, these included: where a later run goes on.
    pub rounds: u64,
    /// Per batch: from the first command handed in to the last reply, durable.
    pub times: Vec<Duration>,
    /// The part of them in which the store encoded and wrote.
    pub committing: Duration,
}

/// Writes full batches of orders into the database in `folder`, which [`crate::fill`] has made for
/// [`RACE_SHOP`], and tells of every `batches` of them until it is told to stop. `rounds` batches have
/// gone before.
///
/// # Errors
/// When the store fails.
///
/// # Panics
/// When an order is refused: the run would measure something else.
pub fn long_run(
    folder: &Path,
    mut rounds: u64,
    batches: u64,
    tell: &mut dyn FnMut(Stretch) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    let shop = SmallShop::new(RACE_SHOP);
    let mut harness = Harness::new(SqliteStore::open(folder)?)?;
    let mut workload = Workload::new(&shop, Mix::Flat, rounds);
    loop {
        let mut stretch = Stretch {
            orders: batches * BATCH_MAX as u64,
            rounds: rounds + batches,
            times: Vec::new(),
            committing: Duration::ZERO,
        };
        while rounds < stretch.rounds {
            let now = NOW + rounds as i64 * BATCH_MS;
            let commands: Vec<_> = (0..BATCH_MAX).map(|_| workload.buy_now(now)).collect();
            let started = Instant::now();
            let batch = harness.batch(now, commands);
            stretch.times.push(started.elapsed());
            stretch.committing += batch.committing;
            let refused = batch.replies.iter().find(|reply| reply.is_err());
            assert!(refused.is_none(), "no order is refused: {refused:?}");
            rounds += 1;
        }
        if tell(stretch).is_break() {
            return Ok(());
        }
    }
}
