//! How much may be in work at once: a number that follows what the queues behind it say.
//!
//! The measure is the *least* wait of an interval, as in CoDel (RFC 8289): a burst that drains is no overload, a
//! queue that never empties is. For the writer, which works in batches, a wait of two commits is natural whatever
//! the disk; more than that is a standing queue. Nothing here reads a clock.

use std::sync::atomic::{AtomicU64, Ordering};

/// What a pressure of exactly the target is called.
pub const AT_TARGET: u64 = 1_000;
/// Below this pressure a limit that is in use grows.
const EASY: u64 = 700;
/// A limit keeps at least this share of itself in a step, in thousandths.
const SHRINK_MOST: u64 = 700;
/// A limit grows by one part of this in a step.
const GROWTH_PART: usize = 8;
/// Answers to those turned away name at most this many seconds.
pub const RETRY_AFTER_MAX_S: u32 = 60;

/// The least pressure that a queue reported since it was last asked.
#[derive(Debug)]
pub struct Signal(AtomicU64);

impl Default for Signal {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Signal {
    /// Something waited so long, where `allowed_us` would have been all right. Both in microseconds.
    pub fn waited(&self, wait_us: u64, allowed_us: u64) {
        let pressure = wait_us.saturating_mul(AT_TARGET) / allowed_us.max(1);
        if pressure < self.0.load(Ordering::Relaxed) {
            self.0.fetch_min(pressure, Ordering::Relaxed);
        }
    }

    /// The least pressure since the last call; `None` when nothing was reported.
    pub fn take(&self) -> Option<u64> {
        let least = self.0.swap(u64::MAX, Ordering::Relaxed);
        (least != u64::MAX).then_some(least)
    }
}

/// The bounds of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Never less than this.
    pub floor: usize,
    /// Never more than this.
    pub ceiling: usize,
}

/// A limit after an interval with this pressure. `in_use` says whether it was reached: only then may it grow, or it
/// would say nothing when the load comes.
pub fn next_limit(limit: usize, pressure: Option<u64>, in_use: bool, bounds: Bounds) -> usize {
    let next = match pressure {
        Some(p) if p > AT_TARGET => {
            let kept = (AT_TARGET * AT_TARGET / p).max(SHRINK_MOST);
            usize::try_from(limit as u64 * kept / 1_000).unwrap_or(limit)
        }
        Some(p) if p < EASY && in_use => limit + limit / GROWTH_PART + 1,
        // Nobody reported, as in a stall: what would be learned from it is not known yet.
        _ => limit,
    };
    next.clamp(bounds.floor, bounds.ceiling)
}

/// Seconds after which those turned away can expect to be served: all that is in work or was turned away in the
/// last second, at the rate at which work is done.
pub fn retry_after_s(waiting: u64, done_per_second: u64) -> u32 {
    let seconds = waiting.div_ceil(done_per_second.max(1)).max(1);
    u32::try_from(seconds).map_or(RETRY_AFTER_MAX_S, |s| s.min(RETRY_AFTER_MAX_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        floor: 64,
        ceiling: 16_384,
    };

    #[test]
    fn a_burst_that_drains_is_no_pressure() {
        let signal = Signal::default();
        assert_eq!(signal.take(), None);
        signal.waited(900_000, 100_000);
        signal.waited(20_000, 100_000);
        assert_eq!(signal.take(), Some(200));
        assert_eq!(signal.take(), None, "asked already");
    }

    #[test]
    fn limits_follow_the_pressure_within_their_bounds() {
        for (limit, pressure, in_use, expected) in [
            (1_000, Some(1_250), true, 800),
            (1_000, Some(9_000), true, 700),
            (1_000, Some(1_000), true, 1_000),
            (1_000, Some(100), true, 1_126),
            (1_000, Some(100), false, 1_000),
            (1_000, None, true, 1_000),
            (70, Some(9_000), true, 64),
            (16_000, Some(0), true, 16_384),
        ] {
            let next = next_limit(limit, pressure, in_use, BOUNDS);
            assert_eq!(next, expected, "{limit} {pressure:?} {in_use}");
        }
    }

    #[test]
    fn the_time_to_come_back_is_what_the_queue_needs() {
        for (waiting, rate, seconds) in [
            (0, 1_000, 1),
            (10, 1_000, 1),
            (5_000, 1_000, 5),
            (5_001, 1_000, 6),
            (1_000_000, 10, 60),
            (7, 0, 7),
        ] {
            assert_eq!(retry_after_s(waiting, rate), seconds, "{waiting} {rate}");
        }
    }

    /// A writer that carries out `rate` commands a second in batches of at most 4,096, each batch costing `sync_us`
    /// beside its commands; clients that offer `offered` a second and don't wait for answers.
    fn goodput(rate: u64, sync_us: u64, offered: u64, seconds: u64) -> (u64, u64) {
        const TICK_US: u64 = 100_000;
        let (mut limit, mut now) = (4_096_usize, 0_u64);
        let (signal, mut queue) = (Signal::default(), std::collections::VecDeque::<u64>::new());
        let (mut in_batch, mut done, mut worst_us, mut turned_away) = (0_usize, 0, 0, 0);
        let (mut batch_ends, mut taken_at, mut next_tick) = (0_u64, 0_u64, TICK_US);
        let step_us = 500;
        while now < seconds * 1_000_000 {
            now += step_us;
            for _ in 0..offered * step_us / 1_000_000 {
                if queue.len() + in_batch < limit {
                    queue.push_back(now);
                } else {
                    turned_away += 1;
                }
            }
            if now >= batch_ends {
                done += in_batch as u64;
                in_batch = queue.len().min(4_096);
                if let Some(oldest) = queue.front() {
                    let wait = now - oldest;
                    signal.waited(wait, (2 * (now - taken_at)).max(25_000));
                    if now > seconds * 500_000 {
                        worst_us = worst_us.max(wait);
                    }
                }
                queue.drain(..in_batch);
                taken_at = now;
                batch_ends = now + sync_us + in_batch as u64 * 1_000_000 / rate;
            }
            if now >= next_tick {
                next_tick += TICK_US;
                limit = next_limit(limit, signal.take(), turned_away > 0, BOUNDS);
                turned_away = 0;
            }
        }
        (done / seconds, worst_us)
    }

    #[test]
    fn five_times_the_capacity_is_served_at_the_capacity() {
        for (rate, sync_us) in [
            (28_000, 5_000),
            (300_000, 2_000),
            (50_000, 200_000),
            (2_000, 1_000),
        ] {
            // What a batch costs beside its commands is part of the capacity.
            let full_batch_us = sync_us + 4_096 * 1_000_000 / rate;
            let capacity = 4_096 * 1_000_000 / full_batch_us;
            let (best, _) = goodput(rate, sync_us, capacity, 10);
            for times in [2, 5] {
                let (served, worst_us) = goodput(rate, sync_us, times * capacity, 10);
                assert!(
                    served * 10 >= best * 9,
                    "{rate}: {served} of {best} at {times}x"
                );
                let patience = 4 * full_batch_us.max(100_000);
                assert!(worst_us <= patience, "{rate}: {worst_us} us at {times}x");
            }
        }
    }
}
