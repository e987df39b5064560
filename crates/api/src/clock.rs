//! The shop's clock: the machine's, and how far a shop under test was set ahead of it, so that days pass while a test waits
//! for seconds (`POST /api/v1/testing/clock`).

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds by which this process is ahead of its machine.
static AHEAD_MS: AtomicI64 = AtomicI64::new(0);

/// UTC milliseconds in the shop.
pub fn now_ms() -> i64 {
    machine_ms().saturating_add(AHEAD_MS.load(Ordering::Relaxed))
}

/// Sets the clock of this process to a moment that is not before now, in UTC milliseconds. A clock is never set back: what
/// was decided keeps its order.
pub(crate) fn set(at: i64) {
    let ahead = at.saturating_sub(machine_ms());
    AHEAD_MS.fetch_max(ahead, Ordering::Relaxed);
}

fn machine_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
