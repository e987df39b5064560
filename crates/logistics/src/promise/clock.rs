//! Wall clocks: what a clock on the wall of a place shows, and when it shows it.
//!
//! This crate knows no time zones. Whoever builds a network brings, for each zone that its places lie in, the instants at
//! which the difference to UTC changes.
//!
//! **Times that do not exist or exist twice.** A local time that is skipped when clocks are put forward is read with the
//! difference that held before, so it falls as much after the change as it was written after the gap's begin. One that
//! exists twice, when clocks are put back, is the first of the two. (RFC 5545, 3.3.5, says the same.)

use alloc::vec::Vec;
use core::fmt;

/// Seconds in a day.
pub const DAY_S: i64 = 86_400;

/// Largest difference to UTC, in seconds: 26 hours. None that was ever in force is larger.
pub const OFFSET_MAX_S: i32 = 26 * 3_600;

/// From then on local time differs so much from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// When it begins, in seconds since 1970 in UTC. The first one of a clock holds before, too.
    pub from_s: i64,
    /// What is added to UTC, in seconds; east of Greenwich it is positive.
    pub offset_s: i32,
}

/// A time zone, for the years that its changes were given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    changes: Vec<Change>,
}

/// Why changes make no clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockError {
    /// There is no change, not even the first.
    Empty,
    /// This one does not begin after the one before it; its place in the list.
    Order(usize),
    /// This one differs by more than [`OFFSET_MAX_S`]; its place in the list.
    Offset(usize),
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("changes: at least one is needed"),
            Self::Order(row) => {
                write!(
                    f,
                    "change {row}, from: it does not begin after the one before it"
                )
            }
            Self::Offset(row) => {
                write!(
                    f,
                    "change {row}, offset: it is more than {OFFSET_MAX_S} seconds"
                )
            }
        }
    }
}

impl core::error::Error for ClockError {}

impl Clock {
    /// A clock from its changes, in the order of time.
    ///
    /// # Errors
    /// The first [`ClockError`] that is true of them.
    pub fn new(changes: Vec<Change>) -> Result<Self, ClockError> {
        if changes.is_empty() {
            return Err(ClockError::Empty);
        }
        for (row, change) in changes.iter().enumerate() {
            if row > 0 && changes[row - 1].from_s >= change.from_s {
                return Err(ClockError::Order(row));
            }
            if !(-OFFSET_MAX_S..=OFFSET_MAX_S).contains(&change.offset_s) {
                return Err(ClockError::Offset(row));
            }
        }
        Ok(Self { changes })
    }

    /// A clock that shows UTC.
    pub fn utc() -> Self {
        Self {
            changes: alloc::vec![Change {
                from_s: 0,
                offset_s: 0,
            }],
        }
    }

    // Which change is in force.
    fn row_at(&self, instant_s: i64) -> usize {
        let begun = self
            .changes
            .partition_point(|change| change.from_s <= instant_s);
        begun.saturating_sub(1)
    }

    /// What is added to UTC at this instant, in seconds.
    pub fn offset_s(&self, instant_s: i64) -> i32 {
        self.changes[self.row_at(instant_s)].offset_s
    }

    /// What the wall shows at an instant: seconds since the first day of 1970 began there.
    pub fn local_s(&self, instant_s: i64) -> i64 {
        instant_s.saturating_add(i64::from(self.offset_s(instant_s)))
    }

    /// When the wall shows this: the inverse of [`Clock::local_s`], settled as the head of the module says.
    pub fn instant_s(&self, local_s: i64) -> i64 {
        // No later change can be the one in force, whatever it adds.
        let mut row = self.row_at(local_s.saturating_sub(i64::from(OFFSET_MAX_S)));
        loop {
            let instant_s = local_s.saturating_sub(i64::from(self.changes[row].offset_s));
            match self.changes.get(row + 1) {
                Some(next) if instant_s >= next.from_s => {
                    // Shown after this change has ended: either by the next one, or skipped between the two.
                    let after_s = local_s.saturating_sub(i64::from(next.offset_s));
                    if after_s < next.from_s {
                        return instant_s;
                    }
                    row += 1;
                }
                _ => return instant_s,
            }
        }
    }

    /// Whether the difference to UTC changes between two instants, or at the second.
    pub(super) fn changes_between(&self, from_s: i64, until_s: i64) -> bool {
        self.row_at(from_s) != self.row_at(until_s)
    }
}

/// The weekday of a day since 1970: 0 is Monday.
pub fn weekday(day: i32) -> usize {
    // The first day of 1970 was a Thursday.
    (i64::from(day) + 3).rem_euclid(7) as usize
}

/// The number of a date since 1970-01-01, which is 0; none for a date that no calendar has.
/// After Hinnant, *chrono-Compatible Low-Level Date Algorithms* (2013).
pub fn day_of(year: i32, month: u32, date: u32) -> Option<i32> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&date) || !(0..=9999).contains(&year) {
        return None;
    }
    let (month, date) = (month as i32, date as i32);
    let march_year = year - i32::from(month <= 2);
    let era = march_year.div_euclid(400);
    let year_of_era = march_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + date - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}
