//! When a place works: its week, and the days that are unlike the week.

use super::clock::{Clock, DAY_S, weekday};
use alloc::vec::Vec;

/// Minutes in a day.
pub const DAY_MINUTES: u16 = 1_440;

/// A span of opening hours within a day, in minutes after local midnight. One that goes on past midnight is two, the
/// second on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it opens.
    pub from_minute: u16,
    /// When it closes: later than it opens, at most [`DAY_MINUTES`].
    pub to_minute: u16,
}

impl Slot {
    /// The whole day.
    pub const DAY: Self = Self {
        from_minute: 0,
        to_minute: DAY_MINUTES,
    };
}

/// What a day is that is unlike its weekday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exception {
    /// A holiday.
    Closed,
    /// A swapped day, worked like this day of the week; 0 is Monday.
    Like(u8),
    /// A day with hours of its own.
    Hours(Vec<Slot>),
}

/// When somebody works.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calendar {
    /// By day of the week, Monday first; slots in the order of time and apart from each other. None: closed.
    pub week: [Vec<Slot>; 7],
    /// By day since 1970, in any order, each day once.
    pub exceptions: Vec<(i32, Exception)>,
}

impl Calendar {
    /// Open on these days of the week, all day; Monday first.
    pub fn days(open: [bool; 7]) -> Self {
        let hours = |is_open: bool| {
            if is_open {
                alloc::vec![Slot::DAY]
            } else {
                Vec::new()
            }
        };
        Self {
            week: open.map(hours),
            exceptions: Vec::new(),
        }
    }

    // The opening hours of a day. The exceptions must be sorted.
    pub(super) fn slots(&self, day: i32) -> &[Slot] {
        let found = self.exceptions.binary_search_by_key(&day, |(day, _)| *day);
        match found.ok().map(|at| &self.exceptions[at].1) {
            None => &self.week[weekday(day)],
            Some(Exception::Closed) => &[],
            Some(Exception::Like(other)) => &self.week[usize::from(*other)],
            Some(Exception::Hours(slots)) => slots,
        }
    }
}

/// Opening hours of one place over a timetable, in seconds after its begin, and the work that can be done in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Hours {
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    // Open from here up to, but without, the end.
    begin: u32,
    end: u32,
    // Seconds that were open before it.
    before: u32,
}

impl Span {
    fn after(&self) -> u32 {
        self.before + (self.end - self.begin)
    }
}

impl Hours {
    /// The hours of all local days of the timetable. What lies before its begin is cut off.
    pub(super) fn new(calendar: &Calendar, clock: &Clock, first_day: i32, days: i32) -> Self {
        let base_s = i64::from(first_day) * DAY_S;
        let mut open: Vec<(u32, u32)> = Vec::new();
        // Local days that lie partly within the timetable's begin in UTC are one more on either side.
        for day in first_day - 2..first_day + days + 2 {
            for slot in calendar.slots(day) {
                let at = |minute: u16| {
                    let local_s = i64::from(day) * DAY_S + i64::from(minute) * 60;
                    (clock.instant_s(local_s) - base_s).clamp(0, i64::from(u32::MAX)) as u32
                };
                let (begin, end) = (at(slot.from_minute), at(slot.to_minute));
                if begin < end {
                    open.push((begin, end));
                }
            }
        }
        // Where clocks are put forward, a slot within the gap can come to lie behind a later one.
        open.sort_unstable();
        let mut spans: Vec<Span> = Vec::with_capacity(open.len());
        for (begin, end) in open {
            match spans.last_mut() {
                Some(last) if begin <= last.end => last.end = last.end.max(end),
                last => {
                    let before = last.map_or(0, |last| last.after());
                    spans.push(Span { begin, end, before });
                }
            }
        }
        Self { spans }
    }

    /// When work of so many seconds is done that can begin at `at`, being done while the place is open; none where that is
    /// after the timetable. Work of no time is done as soon as the place is open.
    pub(super) fn done(&self, at: u32, work: u32) -> Option<u32> {
        let first = self.spans.partition_point(|span| span.end <= at);
        let span = self.spans.get(first)?;
        let need = span.before + at.saturating_sub(span.begin) + work;
        let rest = &self.spans[first..];
        let last = match span.after() >= need {
            true => span,
            false => rest.get(rest.partition_point(|span| span.after() < need))?,
        };
        Some(last.begin + (need - last.before))
    }

    /// The last moment from which work of so many seconds is done by `until`. There must be one at which it is.
    pub(super) fn latest(&self, until: u32, work: u32) -> Option<u32> {
        let begun = self.spans.partition_point(|span| span.begin <= until);
        let span = self.spans.get(begun.checked_sub(1)?)?;
        if work == 0 {
            // The last moment at which it is open.
            return Some(until.min(span.end - 1));
        }
        let worked = span.before + (until.min(span.end) - span.begin);
        let position = worked.checked_sub(work)?;
        let at = self
            .spans
            .partition_point(|span| span.before <= position)
            .checked_sub(1)?;
        let span = self.spans.get(at)?;
        Some(span.begin + (position - span.before))
    }

    /// Whether it is open then.
    pub(super) fn is_open(&self, at: u32) -> bool {
        let next = self.spans.partition_point(|span| span.end <= at);
        self.spans.get(next).is_some_and(|span| span.begin <= at)
    }

    /// Whether it opens at all.
    pub(super) fn opens(&self) -> bool {
        !self.spans.is_empty()
    }
}
