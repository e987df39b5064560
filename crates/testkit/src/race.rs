//! The writer against the bare engine.
//!
//! Orders go through the production writer and store, on two threads as in the server, into one database. The
//! same orders are decided once more by a second writer, whose store only encodes the rows and keeps them; then
//! the bare engine appends these rows to a copy of the database: same statements and values, one durable
//! transaction per batch, same settings. What counts as the reference is this appending alone. Both sides take
//! turns, a stretch of batches each, so that both feel the same machine, and in the end both databases must hold
//! the same rows.
//!
//! Making the commands is not counted on either side; taking them apart and letting go of them, and of all that
//! was made of them, is. What counts begins when the writer's memory is full: a server that has just started
//! gets fresh memory from the system for each order, and one that works for hours uses again what it has.

use crate::{Harness, Mix, NOW, Pipeline, ShopSize, SmallShop, TempFolder, Workload};
use commerce::Envelope;
use std::path::Path;
use std::time::Duration;
use store::StoreError;
use store::sqlite::bench_support::{RawStore, compare};
use store::sqlite::{FILE_NAME, SqliteStore};
use writer::{BATCH_MAX, WARM_ROWS_MAX};

/// The shop of races: enough of everything that no order is refused.
pub const RACE_SHOP: ShopSize = ShopSize {
    products: 1_000,
    in_warehouse: 1_000_000,
    in_shop: 0,
};
/// Batches that go through the writer before the bare engine has its turn with the same rows.
pub(crate) const STRETCH: usize = 8;
/// Stretches until the writer forgets as many orders as it takes in.
pub(crate) const WARM_UP: usize = 1 + (WARM_ROWS_MAX + WARM_ROWS_MAX / 2) / (STRETCH * BATCH_MAX);
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
/// When a store fails, or the two databases differ in the end.
///
/// # Panics
/// When an order is refused: the race would measure something else.
pub fn race(mix: Mix, batches: usize, seed: u64) -> Result<RaceResult, StoreError> {
    let (folder, copy) = (TempFolder::new("race"), TempFolder::new("race-raw"));
    let shop = SmallShop::new(RACE_SHOP);
    fill(folder.path(), &shop)?;
    std::fs::copy(folder.path().join(FILE_NAME), copy.path().join(FILE_NAME))
        .map_err(|e| StoreError::Engine(e.to_string()))?;
    let mut pipeline = Pipeline::new(SqliteStore::open(folder.path())?)?;
    let mut reference = Harness::new(RawStore::open(copy.path())?)?;
    let mut workload = Workload::new(&shop, mix, seed);
    let mut again = Workload::new(&shop, mix, seed);
    let mut result = RaceResult::default();
    let mut now = NOW;
    for stretch in 0..WARM_UP + batches.div_ceil(STRETCH) {
        let ran = pipeline.run(stretch_of(&mut workload, now), &mut drop);
        assert!(ran.failed.is_none(), "an order failed: {:?}", ran.failed);
        for (at, commands) in stretch_of(&mut again, now) {
            reference.batch(at, commands);
        }
        let appended = reference.store.append()?;
        now += STRETCH as i64 * BATCH_MS;
        if stretch < WARM_UP {
            (reference.store.rows, reference.store.bytes) = (0, 0);
            continue;
        }
        result.orders += (STRETCH * BATCH_MAX) as u64;
        result.writer.push(ran.whole);
        result.batches.extend(ran.batches);
        result.committing.push(ran.committing);
        result.raw.push(appended);
    }
    compare(&pipeline.finish(), &reference.store)?;
    result.rows = reference.store.rows;
    result.bytes_per_order = reference.store.bytes as f64 / result.orders as f64;
    Ok(result)
}

/// The commands of a stretch that begins at `now`.
pub(crate) fn stretch_of(workload: &mut Workload<'_>, now: i64) -> Vec<(i64, Vec<Envelope>)> {
    let batches = (0..STRETCH as i64).map(|batch| {
        let at = now + batch * BATCH_MS;
        (at, (0..BATCH_MAX).map(|_| workload.buy_now(at)).collect())
    });
    batches.collect()
}
