//! One measurement as a line of JSON, the form that `cargo xtask bench` reads.

use festival::load::Percentiles;
use serde_json::{Value, json};
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
    /// How long single operations took, each begun when the one before it was done.
    pub latency: Percentiles,
    /// The same with operations that begin when they are due, whatever the server does.
    pub open: Option<OpenLoop>,
    /// Who used how much of the processors meanwhile.
    pub cores: Option<Cores>,
    /// How many connections there were.
    pub connections: Option<usize>,
    /// What the server held in memory at the end.
    pub memory_mib: Option<u64>,
    /// How long it took until it was ready.
    pub start_up_s: Option<f64>,
}

/// A run at a fixed rate of arrivals.
#[derive(Debug)]
pub struct OpenLoop {
    /// Arrivals per second.
    pub offered: f64,
    /// How many of them were served well, per second.
    pub value: f64,
    /// From the due time to the answer.
    pub latency: Percentiles,
}

/// Processors kept busy, on average, in the closed loop.
#[derive(Debug)]
pub struct Cores {
    /// By the load generator.
    pub generator: f64,
    /// By the server.
    pub server: f64,
}

impl Row {
    /// The line, without its end.
    pub fn line(&self, name: &str) -> String {
        let mut line = json!({
            "name": name,
            "value": round(self.value),
            "unit": self.unit,
            "reference": self.reference,
            "reference_value": round(self.reference_value),
            "p50_ms": round(self.latency.p50_ms),
            "p99_ms": round(self.latency.p99_ms),
            "p999_ms": round(self.latency.p999_ms),
        });
        let mut put = |name: &str, value: f64| line[name] = Value::from(round(value));
        if let Some(open) = &self.open {
            put("open_offered", open.offered);
            put("open_value", open.value);
            put("open_p50_ms", open.latency.p50_ms);
            put("open_p99_ms", open.latency.p99_ms);
            put("open_p999_ms", open.latency.p999_ms);
        }
        if let Some(cores) = &self.cores {
            put("generator_cores", cores.generator);
            put("server_cores", cores.server);
        }
        if let Some(connections) = self.connections {
            line["connections"] = Value::from(connections);
        }
        if let Some(memory) = self.memory_mib {
            line["memory_mib"] = Value::from(memory);
        }
        if let Some(seconds) = self.start_up_s {
            line["start_up_s"] = Value::from(round(seconds));
        }
        line.to_string()
    }
}

/// Three decimals are more than any of these figures is worth.
fn round(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
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
    fn a_line_says_what_was_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(per_second(100, &times[..4]), 10_000.0);
        let mut row = Row {
            value: 2.0,
            unit: "x/s",
            reference: "raw",
            reference_value: 4.0,
            latency: Percentiles::of_times(&times),
            open: None,
            cores: None,
            connections: None,
            memory_mib: None,
            start_up_s: None,
        };
        let read = |row: &Row| serde_json::from_str::<Value>(&row.line("a")).expect("JSON");
        let line = read(&row);
        // Three digits of a histogram: a thousandth more at most.
        let p50 = line["p50_ms"].as_f64().expect("a number");
        assert!((100.0..100.2).contains(&p50), "{p50}");
        assert_eq!(
            (&line["name"], &line["open_value"]),
            (&Value::from("a"), &Value::Null)
        );
        row.open = Some(OpenLoop {
            offered: 3.0,
            value: 1.0,
            latency: Percentiles::default(),
        });
        assert_eq!(read(&row)["open_value"], 1.0);
    }
}
