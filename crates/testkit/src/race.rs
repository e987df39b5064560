//! The writer against the bare engine: orders go through the writer, and the rows that it wrote are
//! appended once more to a second database, batch by batch, so that both feel the same machine.

use crate::{Harness, Mix, NOW, Pipeline, ShopSize, SmallShop, TempFolder, Workload};
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
/// Batches that go through the writer before the bare engine has its turn with the same rows.
pub(crate) const STRETCH: usize = 8;
/// Virtual time between two batches, in milliseconds.
pub(crate) const BATCH_MS: i64 = 40;

/// What was measured.
#[derive(Debug, Default)]
pub struct RaceResult {
    /// Orders in the batches that count.
    pub orders: u64,
    /// Rows that these orders wrote.
    pub rows: u64,
    /// Per stretch of batches: from the first command handed in to the last reply, durable.
    pub writer: Vec<Duration>,
    /// Per batch: from the first command handed in to the last reply, durable.
    pub batches: Vec<Duration>,
    /// Per stretch: how long the store encoded and wrote, beside the deciding.
    pub committing: Vec<Duration>,
    /// Per stretch: the bare engine with the same rows, durable.
    pub raw: Vec<Duration>,
    /// Bytes in the rows of one order.
    pub bytes_per_order: f64,
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

/// Runs at least `batches` batches of [`BATCH_MAX`] orders of this mix.
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
    let store = SqliteStore::open(folder.path())?;
    let mut marks = store.recording_marks();
    let mut pipeline = Pipeline::new(store)?;
    let mut raw = RawAppender::open(copy.path())?;
    let mut workload = Workload::new(&shop, mix, seed);
    let mut result = RaceResult {
        orders: 0,
        rows: 0,
        writer: Vec::new(),
        batches: Vec::new(),
        committing: Vec::new(),
        raw: Vec::new(),
        bytes_per_order: 0.0,
    };
    let mut bytes = 0;
    let mut now = NOW;
    for stretch in 0..1 + batches.div_ceil(STRETCH) {
        let ordered: Vec<_> = (0..STRETCH)
            .map(|_| {
                now += BATCH_MS;
                (now, (0..BATCH_MAX).map(|_| workload.buy_now(now)).collect())
            })
            .collect();
        let ran = pipeline.run(ordered);
        assert!(ran.failed.is_none(), "an order failed: {:?}", ran.failed);
        let mut appended = Duration::ZERO;
        for delta in &ran.deltas {
            let mut recorded = RecordedBatch::default();
            recorded.add(delta, &mut marks)?;
            let started = Instant::now();
            raw.append(&recorded)?;
            appended += started.elapsed();
            if stretch > 0 {
                result.rows += recorded.rows() as u64;
                bytes += recorded.bytes() as u64;
            }
        }
        // The first stretch warms the caches on both sides.
        if stretch > 0 {
            result.orders += (STRETCH * BATCH_MAX) as u64;
            result.writer.push(ran.whole);
            result.batches.extend(ran.batches);
            result.committing.push(ran.committing);
            result.raw.push(appended);
        }
    }
    result.bytes_per_order = bytes as f64 / result.orders as f64;
    Ok(result)
}
