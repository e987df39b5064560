//! The writer over PostgreSQL against a bare `COPY` of the same rows on the same server: stretch by stretch of batches,
//! so that both feel the same machine. What is copied was read back from the database between the two, and lies in
//! memory in the form in which it is sent.

use crate::race::{BATCH_MS, STRETCH, WARM_UP, stretch_of};
use crate::{Harness, Mix, NOW, Pipeline, RACE_SHOP, RaceResult, SmallShop, Workload};
use std::time::{Duration, Instant};
use store::postgres::PostgresStore;
use store::postgres::bench_support::RawCopier;
use store::postgres::scratch::{Scratch, VARIABLE};
use store::{Store, StoreError};
use writer::BATCH_MAX;

/// Runs at least `batches` batches of [`BATCH_MAX`] orders of this mix.
///
/// # Errors
/// When the environment names no server, or it fails.
///
/// # Panics
/// When an order is refused: the race would measure something else.
pub fn race_postgres(mix: Mix, batches: usize, seed: u64) -> Result<RaceResult, StoreError> {
    let scratch = Scratch::make("race")?.ok_or_else(|| {
        StoreError::Address(format!(
            "{VARIABLE} names no server: `cargo xtask bench` brings one"
        ))
    })?;
    let shop = SmallShop::new(RACE_SHOP);
    let mut harness = Harness::new(PostgresStore::open(&scratch.location())?)?;
    for command in shop.commands() {
        harness.submit(NOW, command).expect("the shop can be made");
    }
    drop(harness);
    let mut raw = RawCopier::open(&scratch.location())?;
    let mut store = PostgresStore::open(&scratch.location())?;
    // Nobody else wants the turn: it stays.
    store.take_turn()?;
    let mut pipeline = Pipeline::new(store)?;
    let mut workload = Workload::new(&shop, mix, seed);
    let mut result = RaceResult::default();
    let mut now = NOW;
    for stretch in 0..WARM_UP + batches.div_ceil(STRETCH) {
        let ran = pipeline.run(stretch_of(&mut workload, now), &mut drop);
        assert!(ran.failed.is_none(), "an order failed: {:?}", ran.failed);
        now += STRETCH as i64 * BATCH_MS;
        raw.read()?;
        let mut copied = Duration::ZERO;
        for batch in raw.batches() {
            let started = Instant::now();
            raw.copy(batch)?;
            copied += started.elapsed();
        }
        if stretch >= WARM_UP {
            result.orders += (STRETCH * BATCH_MAX) as u64;
            for batch in raw.batches() {
                result.rows += batch.rows() as u64;
                result.bytes_per_order += batch.bytes() as f64;
            }
            result.writer.push(ran.whole);
            result.batches.extend(ran.batches);
            result.committing.push(ran.committing);
            result.raw.push(copied);
        }
    }
    result.bytes_per_order /= result.orders.max(1) as f64;
    Ok(result)
}
