//! The writer against the bare engine: orders go through the writer, and the rows that it wrote are
//! appended once more to a second database, batch by batch, so that both feel the same machine.

use crate::{Harness, Mix, NOW, ShopSize, SmallShop, TempFolder, Workload};
use std::path::Path;
use std::time::{Duration, Instant};
use store::StoreError;
use store::sqlite::bench_support::{RawAppender, RecordedBatch};
use store::sqlite::{FILE_NAME, SqliteStore};
use writer::BATCH_MAX;

/// The shop of races: enough of everything that no order is refused.
pub const RACE_SHOP: ShopSize = ShopSize {
    products: 1_000,
    in_warehouse: 1_000_000,
    in_shop: 0,
};
/// Batches before the clocks run, so that caches are filled on both sides.
const WARM_UP: usize = 2;
/// Virtual time between two batches, in milliseconds.
const BATCH_MS: i64 = 40;

/// What was measured.
#[derive(Debug)]
pub struct RaceResult {
    /// Orders in the batches that count.
    pub orders: u64,
    /// Rows that these orders wrote.
    pub rows: u64,
    /// Per batch: from the first command handed in to the last reply, durable.
    pub writer: Vec<Duration>,
    /// Per batch: the part of `writer` in which the store encoded and wrote.
    pub committing: Vec<Duration>,
    /// Per batch: the bare engine with the same rows, durable.
    pub raw: Vec<Duration>,
}

/// Makes a database with this shop in a folder. It is closed afterwards, so that the file alone is the
/// database.
///
/// # Errors
/// When it cannot be written.
///
/// # Panics
/// When the core refuses the shop, which it does not.
pub fn fill(folder: &Path, shop: &SmallShop) -> Result<(), StoreError> {
    let mut harness = Harness::new(SqliteStore::open(folder)?)?;
    for command in shop.commands() {
        harness.submit(NOW, command).expect("the shop can be made");
    }
    Ok(())
}

/// Runs `batches` batches of [`BATCH_MAX`] orders of this mix.
///
/// # Errors
/// When a store fails.
///
/// # Panics
/// When an order is refused: the race would measure something else.
pub fn race(mix: Mix, batches: usize, seed: u64) -> Result<RaceResult, StoreError> {
    let (folder, copy) = (TempFolder::new("race"), TempFolder::new("race-raw"));
    let shop = SmallShop::new(RACE_SHOP);
    fill(folder.path(), &shop)?;
    std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME))
        .map_err(|e| StoreError::Engine(e.to_string()))?;
    let mut harness = Harness::new(SqliteStore::open(folder.path())?)?;
    let mut raw = RawAppender::open(copy.path())?;
    let mut marks = harness.store.recording_marks();
    let mut workload = Workload::new(&shop, mix, seed);
    let mut result = RaceResult {
        orders: 0,
        rows: 0,
        writer: Vec::new(),
        committing: Vec::new(),
        raw: Vec::new(),
    };
    for round in 0..WARM_UP + batches {
        let now = NOW + round as i64 * BATCH_MS;
        let commands: Vec<_> = (0..BATCH_MAX).map(|_| workload.buy_now(now)).collect();
        let started = Instant::now();
        let batch = harness.batch(now, commands);
        let writer = started.elapsed();
        assert!(
            batch.replies.iter().all(Result::is_ok),
            "no order is refused"
        );
        let mut recorded = RecordedBatch::default();
        for delta in &batch.deltas {
            recorded.add(delta, &mut marks)?;
        }
        let started = Instant::now();
        raw.append(&recorded)?;
        let appended = started.elapsed();
        if round >= WARM_UP {
            result.orders += BATCH_MAX as u64;
            result.rows += recorded.rows() as u64;
            result.writer.push(writer);
            result.committing.push(batch.committing);
            result.raw.push(appended);
        }
    }
    Ok(result)
}
