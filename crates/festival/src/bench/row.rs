//! One measurement as a line of JSON, the form that `cargo xtask bench` reads.

use serde_json::json;
use std::time::Duration;

/// What was measured, and what it is compared with.
#[derive(Debug)]
pub struct Row {
    /// How much, in `unit`.
    pub value: f64,
    /// Such as `orders/s`.
    pub unit: &'static str,
    /// What it is compared with, measured in the same run.
    pub reference: &'static str,
    /// How much that was, in the same unit.
    pub reference_value: f64,
    /// How long single operations took.
    pub times: Vec<Duration>,
}

impl Row {
    /// The line, without its end.
    pub fn line(mut self, name: &str) -> String {
        self.times.sort_unstable();
        json!({
            "name": name,
            "value": round(self.value),
            "unit": self.unit,
            "reference": self.reference,
            "reference_value": round(self.reference_value),
            "p50_ms": round(percentile_ms(&self.times, 50)),
            "p99_ms": round(percentile_ms(&self.times, 99)),
        })
        .to_string()
    }
}

/// Three decimals are more than any of these figures is worth.
fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// The time within which `per_cent` of the sorted times stay, in milliseconds; 0 without any.
fn percentile_ms(sorted: &[Duration], per_cent: usize) -> f64 {
    let rank = (sorted.len() * per_cent).div_ceil(100).max(1) - 1;
    sorted.get(rank).map_or(0.0, |t| t.as_secs_f64() * 1_000.0)
}

/// Operations per second; 0 when no time passed.
pub fn per_second(count: u64, times: &[Duration]) -> f64 {
    let seconds: f64 = times.iter().map(Duration::as_secs_f64).sum();
    if seconds > 0.0 {
        count as f64 / seconds
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile_ms(&times, 50), 100.0);
        assert_eq!(percentile_ms(&times, 99), 198.0);
        assert_eq!(percentile_ms(&times[..1], 99), 1.0);
        assert_eq!(percentile_ms(&[], 50), 0.0);
        assert_eq!(per_second(100, &times[..4]), 10_000.0);
    }
}
