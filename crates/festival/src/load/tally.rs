//! What a load run counted.

use super::line::Reply;
use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::time::Duration;

/// Bounds of latency histograms: a microsecond, ten minutes, three digits.
const BOUNDS_US: (u64, u64, u8) = (1, 600_000_000, 3);
/// Of the first unexpected answer, so many bytes are kept.
const SAMPLE_BYTES: usize = 400;

/// An empty histogram of microseconds.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(BOUNDS_US.0, BOUNDS_US.1, BOUNDS_US.2).expect("fit bounds")
}

/// Latencies in milliseconds; all 0 without any.
#[derive(Debug, Clone, Copy, Default, PartialEq, serde::Serialize)]
pub struct Percentiles {
    /// Half of them took no longer.
    pub p50_ms: f64,
    /// 99 of 100 took no longer.
    pub p99_ms: f64,
    /// 999 of 1,000 took no longer.
    pub p999_ms: f64,
}

impl Percentiles {
    /// Of a histogram of microseconds.
    pub fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
        }
    }

    /// Of single times.
    pub fn of_times(times: &[Duration]) -> Self {
        let mut all = histogram();
        for time in times {
            all.saturating_record(micros(*time));
        }
        Self::of(&all)
    }
}

/// Whole microseconds, at least one.
pub fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1)
}

/// What became of a flow.
#[derive(Debug)]
pub enum Fate {
    /// Every answer was as it should be.
    Done,
    /// Turned away with 429 or 503.
    Shed(Reply),
    /// Another status than expected, or a body that lacks something.
    Refused(Reply, String),
    /// The connection failed: a failure on the client's side of the wire.
    Broken(String),
}

/// What a run counted.
#[derive(Debug)]
pub struct Tally {
    /// How long requests were sent, in seconds.
    pub seconds: f64,
    /// Requests that were due: in a closed loop, those that were sent.
    pub offered: u64,
    /// Flows that ended well, also after the end of the run.
    pub done: u64,
    /// Those of them that ended before the end of the run and within the promised time.
    pub good: u64,
    /// Flows turned away with 429 or 503.
    pub shed: u64,
    /// Of these, how many were told to come back after how many seconds.
    pub retry_after_s: BTreeMap<u32, u64>,
    /// Flows with another answer than expected, by status.
    pub refused: BTreeMap<u16, u64>,
    /// Flows whose connection failed.
    pub broken: u64,
    /// Flows that were due but not sent: no connection was free for too long, or the run was over.
    pub unsent: u64,
    /// From the due time to the last answer, in microseconds, of flows that ended well.
    pub done_us: Histogram<u64>,
    /// The same of flows turned away.
    pub shed_us: Histogram<u64>,
    /// The first answer that was not as expected, or the first failure.
    pub sample: Option<String>,
    /// Processor seconds of this process while requests were sent.
    pub own_cpu_s: Option<f64>,
}

impl Tally {
    /// Nothing counted yet.
    pub(super) fn new() -> Self {
        Self {
            seconds: 0.0,
            offered: 0,
            done: 0,
            good: 0,
            shed: 0,
            retry_after_s: BTreeMap::new(),
            refused: BTreeMap::new(),
            broken: 0,
            unsent: 0,
            done_us: histogram(),
            shed_us: histogram(),
            sample: None,
            own_cpu_s: None,
        }
    }

    /// Counts a flow that took so long. It is good within `promised`; there is no such time once the
    /// run is over.
    pub(super) fn add(&mut self, fate: Fate, took: Duration, promised: Option<Duration>) {
        match fate {
            Fate::Done => {
                self.done += 1;
                self.good += u64::from(promised.is_some_and(|limit| took <= limit));
                self.done_us.saturating_record(micros(took));
            }
            Fate::Shed(reply) => {
                self.shed += 1;
                self.shed_us.saturating_record(micros(took));
                if let Some(seconds) = reply.retry_after_s {
                    *self.retry_after_s.entry(seconds).or_default() += 1;
                }
            }
            Fate::Refused(reply, body) => {
                *self.refused.entry(reply.status).or_default() += 1;
                self.sample.get_or_insert_with(|| {
                    let shown: String = body.chars().take(SAMPLE_BYTES).collect();
                    format!("status {}: {shown}", reply.status)
                });
            }
            Fate::Broken(error) => {
                self.broken += 1;
                self.sample.get_or_insert(error);
            }
        }
    }

    /// Flows that ended well, per second of the run.
    pub fn per_second(&self) -> f64 {
        self.done as f64 / self.seconds.max(f64::EPSILON)
    }

    /// Flows that ended well in the run and in time, per second.
    pub fn good_per_second(&self) -> f64 {
        self.good as f64 / self.seconds.max(f64::EPSILON)
    }

    /// Processors that this process kept busy, on average.
    pub fn own_cores(&self) -> Option<f64> {
        Some(self.own_cpu_s? / self.seconds.max(f64::EPSILON))
    }

    /// Whether anything but good answers and polite refusals came.
    ///
    /// # Errors
    /// The first of what came instead.
    pub fn checked(self) -> Result<Self, String> {
        let wrong = self.refused.values().sum::<u64>() + self.broken;
        if wrong > 0 || self.done == 0 {
            let sample = self.sample.as_deref().unwrap_or("no answer");
            return Err(format!(
                "{wrong} of {} requests failed: {sample}",
                self.offered
            ));
        }
        Ok(self)
    }
}
