//! Slows guessing down: a bounded number of attempts per key (an address, a client) in a window of time.

use std::collections::HashMap;
use std::sync::Mutex;

/// Keys remembered at once; when all are in use, new keys are refused until a window ends.
const KEYS_MAX: usize = 20_000;

/// Too many attempts with this key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// Seconds until the next attempt is let through.
    pub retry_after_s: u32,
}

/// Counts attempts.
#[derive(Debug)]
pub struct Limiter {
    attempts_max: u32,
    window_ms: i64,
    windows: Mutex<HashMap<String, Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends_at: i64,
    attempts: u32,
}

impl Limiter {
    /// At most `attempts_max` attempts per key within `window_ms` milliseconds of the first.
    pub fn new(attempts_max: u32, window_ms: i64) -> Self {
        Self {
            attempts_max,
            window_ms,
            windows: Mutex::new(HashMap::new()),
        }
    }

    /// Counts an attempt at `now` (UTC milliseconds).
    ///
    /// # Errors
    /// [`TooMany`] when the key has used its attempts up.
    pub fn attempt(&self, key: &str, now: i64) -> Result<(), TooMany> {
        let mut windows = self.lock();
        if windows.len() >= KEYS_MAX && !windows.contains_key(key) {
            windows.retain(|_, window| window.ends_at > now);
            if windows.len() >= KEYS_MAX {
                return Err(self.until(now + self.window_ms, now));
            }
        }
        let fresh = Window {
            ends_at: now + self.window_ms,
            attempts: 0,
        };
        let window = windows.entry(key.to_owned()).or_insert(fresh);
        if window.ends_at <= now {
            *window = fresh;
        }
        if window.attempts >= self.attempts_max {
            return Err(self.until(window.ends_at, now));
        }
        window.attempts += 1;
        Ok(())
    }

    /// Forgets a key: the right password was given.
    pub fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn until(&self, ends_at: i64, now: i64) -> TooMany {
        let seconds = (ends_at - now + 999) / 1_000;
        TooMany {
            retry_after_s: u32::try_from(seconds.max(1)).unwrap_or(u32::MAX),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Window>> {
        // Counters stay usable whatever a thread that held them did.
        self.windows
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_counted_per_key_until_the_window_ends() {
        let limiter = Limiter::new(2, 10_000);
        assert_eq!(limiter.attempt("a", 0), Ok(()));
        assert_eq!(limiter.attempt("a", 1), Ok(()));
        assert_eq!(
            limiter.attempt("a", 4_001),
            Err(TooMany { retry_after_s: 6 })
        );
        assert_eq!(limiter.attempt("b", 4_001), Ok(()), "another key");
        assert_eq!(limiter.attempt("a", 10_000), Ok(()), "a new window");
        limiter.forget("a");
        assert_eq!(limiter.attempt("a", 10_001), Ok(()));
        assert_eq!(limiter.attempt("a", 10_002), Ok(()));
    }

    #[test]
    fn the_table_does_not_grow_without_bound() {
        let limiter = Limiter::new(1, 1_000);
        for n in 0..KEYS_MAX {
            limiter.attempt(&n.to_string(), 0).expect("there is room");
        }
        assert!(limiter.attempt("one more", 1).is_err());
        assert_eq!(
            limiter.attempt("one more", 1_000),
            Ok(()),
            "old ones are gone"
        );
    }
}
