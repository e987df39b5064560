//! The writer over PostgreSQL against a bare `COPY` of the same rows on the same server: batch by batch, so that both
//! feel the same machine.

use crate::race::{BATCH_MS, STRETCH};
use crate::{Harness, Mix, NOW, Pipeline, RACE_SHOP, RaceResult, SmallShop, Workload};
use std::time::{Duration, Instant};
use store::postgres::PostgresStore;
use store::postgres::bench_support::{RawCopier, Recording};
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
    let mut recording = Recording::default();
    let mut store = PostgresStore::open(&scratch.location())?;
    // Nobody else wants the turn: it stays.
    store.take_turn()?;
    let mut pipeline = Pipeline::new(store)?;
    let mut workload = Workload::new(&shop, mix, seed);
    let mut result = RaceResult::default();
    let mut now = NOW;
    for stretch in 0..1 + batches.div_ceil(STRETCH) {
        let ordered: Vec<_> = (0..STRETCH)
            .map(|_| {
                now += BATCH_MS;
                (now, (0..BATCH_MAX).map(|_| workload.buy_now(now)).collect())
            })
            .collect();
        let mut deltas = Vec::new();
        let ran = pipeline.run(ordered, &mut |delta| deltas.push(delta));
        assert!(ran.failed.is_none(), "an order failed: {:?}", ran.failed);
        let mut copied = Duration::ZERO;
        let (mut rows, mut bytes) = (0, 0);
        for delta in &deltas {
            let recorded = recording.batch(delta)?;
            rows += recorded.rows() as u64;
            bytes += recorded.bytes() as u64;
            let started = Instant::now();
            raw.copy(&recorded)?;
            copied += started.elapsed();
        }
        // The first stretch warms the caches on both sides.
        if stretch > 0 {
            result.orders += (STRETCH * BATCH_MAX) as u64;
            result.rows += rows;
            result.bytes_per_order += bytes as f64;
            result.writer.push(ran.whole);
            result.batches.extend(ran.batches);
            result.committing.push(ran.committing);
            result.raw.push(copied);
        }
    }
    result.bytes_per_order /= result.orders.max(1) as f64;
    Ok(result)
}
