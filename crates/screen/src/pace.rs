//! How much happens per second: the last two minutes one by one, and the best second of the day.

use std::collections::VecDeque;

/// Seconds that are kept one by one.
pub const SECONDS_KEPT: usize = 120;
const SECOND_MS: i64 = 1_000;

/// Counts per second. Times rise; what comes with an older time counts to the latest second.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// Seconds since 1970 in which something happened, with how much, oldest first.
    seconds: VecDeque<(i64, i64)>,
    best: (i64, i64),
}

impl Pace {
    /// `more` happened at a time in UTC milliseconds.
    pub fn add(&mut self, at: i64, more: i64) {
        let second = at.div_euclid(SECOND_MS);
        match self.seconds.back_mut() {
            Some((last, count)) if *last >= second => *count += more,
            _ => self.seconds.push_back((second, more)),
        }
        if self.seconds.len() > SECONDS_KEPT {
            self.seconds.pop_front();
        }
        if let Some(&(second, count)) = self.seconds.back()
            && count > self.best.1
        {
            self.best = (second, count);
        }
    }

    /// The best second: when it began, in UTC milliseconds, and how much happened in it; `None` before anything did.
    pub fn best(&self) -> Option<(i64, i64)> {
        (self.best.1 > 0).then_some((self.best.0 * SECOND_MS, self.best.1))
    }

    /// How much happened in each of the last full seconds before `now`, oldest first.
    pub fn last_seconds(&self, now: i64) -> [i64; SECONDS_KEPT] {
        let end = now.div_euclid(SECOND_MS);
        let mut out = [0; SECONDS_KEPT];
        for &(second, count) in &self.seconds {
            let ago = end - 1 - second;
            if let Ok(ago) = usize::try_from(ago)
                && ago < SECONDS_KEPT
            {
                out[SECONDS_KEPT - 1 - ago] = count;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_seconds_are_shown_and_the_best_is_kept() {
        let mut pace = Pace::default();
        assert_eq!(pace.best(), None);
        for (at, more) in [(5_000, 2), (5_999, 3), (7_100, 1), (6_000, 4)] {
            pace.add(at, more);
        }
        let last = pace.last_seconds(8_500);
        assert_eq!(
            last[SECONDS_KEPT - 3..],
            [5, 0, 5],
            "an older time counts to the latest second"
        );
        assert_eq!(
            pace.last_seconds(7_500)[SECONDS_KEPT - 2..],
            [5, 0],
            "the running second is not full"
        );
        assert_eq!(pace.best(), Some((5_000, 5)));
        for second in 0..1_000 {
            pace.add(10_000 + second * 1_000, 1);
        }
        assert!(pace.seconds.len() <= SECONDS_KEPT);
        assert_eq!(pace.best(), Some((5_000, 5)));
    }
}
