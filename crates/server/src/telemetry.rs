//! Logs and metrics: how the server tells what it does. Neither may hold personal data.

use crate::config::LogFormat;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;

/// Upper bounds of the latency histograms, in seconds.
const SECONDS: [f64; 13] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];
/// Upper bounds of the batch sizes, in commands.
const COMMANDS: [f64; 8] = [1.0, 4.0, 16.0, 64.0, 256.0, 1_024.0, 2_048.0, 4_096.0];

/// Sends log lines to standard error from now on. `level` holds `tracing` directives that were checked.
pub fn start_logs(level: &str, format: LogFormat) {
    let logs = tracing_subscriber::fmt()
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .with_env_filter(EnvFilter::new(level));
    // A second start, as in tests, keeps the first one's.
    drop(match format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    });
}

/// Counts from now on; the handle gives the figures as Prometheus reads them.
///
/// # Errors
/// When something counts already.
pub fn start_metrics() -> Result<PrometheusHandle, String> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_string()), &SECONDS)
        .and_then(|b| {
            b.set_buckets_for_metric(
                Matcher::Full("sesame_batch_commands".to_string()),
                &COMMANDS,
            )
        })
        .map_err(|e| e.to_string())?
        .install_recorder()
        .map_err(|e| e.to_string())?;
    describe();
    Ok(handle)
}

fn describe_mails() {
    describe_counter!("sesame_mails_sent_total", "Mails about orders that left");
    describe_counter!(
        "sesame_mail_failures_total",
        "Attempts to send a mail that the mail server did not take"
    );
    describe_gauge!(
        "sesame_mails_waiting",
        "Mails that are tried again or held for a moment"
    );
}

fn describe_pushes() {
    describe_counter!(
        "sesame_pushes_sent_total",
        "Messages to devices that their push services took"
    );
    describe_counter!(
        "sesame_push_failures_total",
        "Attempts to send a message to a device that its push service did not take"
    );
}

fn describe() {
    describe_mails();
    describe_pushes();
    describe_counter!(
        "sesame_requests_total",
        "Requests by method, route and status"
    );
    describe_histogram!(
        "sesame_request_seconds",
        Unit::Seconds,
        "Time to the answer's head, by route"
    );
    describe_gauge!("sesame_writer_queue", "Commands that wait for the writer");
    describe_histogram!("sesame_batch_commands", "Commands per batch");
    describe_histogram!(
        "sesame_commit_seconds",
        Unit::Seconds,
        "Time to make a batch durable"
    );
    describe_counter!("sesame_orders_placed_total", "Orders placed");
    describe_counter!("sesame_refusals_total", "Commands refused, by code");
    describe_gauge!(
        "sesame_effects_waiting",
        "Calls to others that are not done"
    );
    describe_counter!(
        "sesame_effect_retries_total",
        "Calls to others that had to be repeated"
    );
    describe_gauge!(
        "sesame_effects_stuck",
        "Captures and releases that the provider refuses: an operator must look at them"
    );
    describe_counter!(
        "sesame_provider_messages_refused_total",
        "Providers' messages that do not fit the payment they speak of"
    );
    describe_gauge!("sesame_admission_in_work", "Requests in work, by kind");
    describe_gauge!(
        "sesame_admission_limit",
        "Requests that may be in work, by kind"
    );
    describe_gauge!(
        "sesame_admission_pressure",
        "Waits inside against what is all right: above 1, requests are turned away"
    );
    describe_gauge!("sesame_admission_waiting", "Tickets that wait");
    describe_gauge!(
        "sesame_admission_inside",
        "Shoppers let in by the waiting room whose time is not over"
    );
    describe_gauge!(
        "sesame_admission_let_in_per_minute",
        "Tickets let in during the last minute"
    );
    describe_counter!(
        "sesame_admission_turned_away_total",
        "Requests turned away, by class and reason"
    );
    describe_gauge!("sesame_feed_position", "Position of the last event");
    describe_gauge!(
        "sesame_memory_bytes",
        Unit::Bytes,
        "Memory the process holds"
    );
}

/// The figures as text, with the process's memory as of now.
pub fn figures(handle: &PrometheusHandle) -> String {
    if let Some(bytes) = resident_bytes() {
        metrics::gauge!("sesame_memory_bytes").set(bytes as f64);
    }
    handle.run_upkeep();
    handle.render()
}

/// Memory that the process holds, as Linux tells it; `None` elsewhere.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
