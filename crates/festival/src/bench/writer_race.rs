//! `writer_sqlite` and `writer_sqlite_hot`: orders decided and durable per second, against the bare
//! engine appending the same rows.

use crate::Effort;
use crate::row::{Row, per_second};
use festival::load::Percentiles;
use testkit::{Mix, race};

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

fn run(mix: Mix, effort: Effort) -> Result<Row, String> {
    let batches = match effort {
        Effort::Full => 60,
        Effort::Quick => 4,
    };
    let result = race(mix, batches, SEED).map_err(|e| e.to_string())?;
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
    Ok(Row {
        value: per_second(result.orders, &result.writer),
        unit: "orders/s",
        reference: "raw append of the same rows",
        reference_value: per_second(result.orders, &result.raw),
        latency: Percentiles::of_times(&result.batches),
        open: None,
        cores: None,
    })
}
