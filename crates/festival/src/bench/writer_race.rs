//! `writer_sqlite`, `writer_sqlite_hot` and `writer_postgres`: orders decided and durable per second, against
//! the bare engine taking the same rows.

use crate::row::{Row, per_second};
use crate::{Effort, Length};
use festival::load::Percentiles;
use testkit::{Mix, RaceResult, race, race_postgres};

/// Any run is the same run.
const SEED: u64 = 20_171_111;

/// All goods alike.
pub fn flat(effort: Effort) -> Result<Row, String> {
    run(Mix::Flat, effort)
}

/// Three of ten orders want the same variant.
pub fn hot(effort: Effort) -> Result<Row, String> {
    run(Mix::Hot, effort)
}

/// All goods alike, over PostgreSQL.
pub fn postgres(effort: Effort) -> Result<Row, String> {
    let result = race_postgres(Mix::Flat, batches(effort), SEED).map_err(|e| e.to_string())?;
    Ok(row(&result, "bare COPY of the same rows"))
}

fn run(mix: Mix, effort: Effort) -> Result<Row, String> {
    let result = race(mix, batches(effort), SEED).map_err(|e| e.to_string())?;
    Ok(row(&result, "raw append of the same rows"))
}

fn batches(effort: Effort) -> usize {
    match effort.length {
        Length::Full => 60,
        Length::Quick => 4,
    }
}

fn row(result: &RaceResult, reference: &'static str) -> Row {
    let stage = |times: &[std::time::Duration]| {
        let seconds: f64 = times.iter().map(std::time::Duration::as_secs_f64).sum();
        seconds * 1e6 / result.orders as f64
    };
    eprintln!(
        "  {} orders, {:.2} rows and {:.0} bytes each; per order {:.2} µs, of which the store is busy {:.2} µs; bare engine {:.2} µs",
        result.orders,
        result.rows as f64 / result.orders as f64,
        result.bytes_per_order,
        stage(&result.writer),
        stage(&result.committing),
        stage(&result.raw),
    );
    Row {
        value: per_second(result.orders, &result.writer),
        unit: "orders/s",
        reference,
        reference_value: per_second(result.orders, &result.raw),
        latency: Percentiles::of_times(&result.batches),
        open: None,
        cores: None,
        connections: None,
        memory_mib: None,
        start_up_s: None,
    }
}
