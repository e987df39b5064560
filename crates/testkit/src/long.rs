//! A long run: one database filled with more and more orders, in this thread and without HTTP.

use crate::{Mix, NOW, Pipeline, RACE_SHOP, SmallShop, Workload};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};
use store::StoreError;
use store::sqlite::SqliteStore;
use writer::BATCH_MAX;

/// Virtual time between two batches, in milliseconds.
const BATCH_MS: i64 = 40;
/// Batches that are made ready at once.
const PIECE: u64 = 8;
/// Batches after which the store indexes behind, as when commands never pause.
const INDEXED_AFTER: u64 = 64;

/// Some batches one after the other.
#[derive(Debug)]
pub struct Stretch {
    /// Orders in these batches.
    pub orders: u64,
    /// Batches since the database was made, these included: where a later run goes on.
    pub rounds: u64,
    /// Per batch: from the first command handed in to the last reply, durable.
    pub times: Vec<Duration>,
    /// All of them, from the first command handed in to the last reply, without the indexing.
    pub whole: Duration,
    /// How long the store encoded and wrote, beside the deciding.
    pub committing: Duration,
    /// How long the store indexed behind.
    pub indexing: Duration,
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
    let mut pipeline = Pipeline::new(SqliteStore::open(folder)?)?;
    let mut workload = Workload::new(&shop, Mix::Flat, rounds);
    loop {
        let mut stretch = Stretch {
            orders: batches * BATCH_MAX as u64,
            rounds: rounds + batches,
            times: Vec::new(),
            whole: Duration::ZERO,
            committing: Duration::ZERO,
            indexing: Duration::ZERO,
        };
        while rounds < stretch.rounds {
            let count = PIECE.min(stretch.rounds - rounds);
            let ordered = (rounds..rounds + count).map(|round| {
                let now = NOW + round as i64 * BATCH_MS;
                (now, (0..BATCH_MAX).map(|_| workload.buy_now(now)).collect())
            });
            let ran = pipeline.run(ordered.collect(), &mut drop);
            assert!(ran.failed.is_none(), "an order failed: {:?}", ran.failed);
            stretch.whole += ran.whole;
            stretch.times.extend(ran.batches);
            stretch.committing += ran.committing;
            rounds += count;
            if rounds % INDEXED_AFTER < PIECE {
                let started = Instant::now();
                pipeline.idle(NOW + rounds as i64 * BATCH_MS)?;
                stretch.indexing += started.elapsed();
            }
        }
        if tell(stretch).is_break() {
            drop(pipeline.finish());
            return Ok(());
        }
    }
}
