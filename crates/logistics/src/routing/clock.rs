//! How time passes on a route: driving, waiting, serving, and the driver's breaks.
//!
//! Everything begins as early as it can. A break is taken as soon as it may begin and nobody is being served; where
//! the service that comes next would last until after the break's latest begin, the break comes first. While driving,
//! the drive is interrupted.

use super::model::{Model, NEVER, Pausing};

/// Where a driver is in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// Free from then on.
    pub(super) time: i32,
    /// How many breaks lie behind.
    pub(super) breaks: u8,
    /// What lateness has cost so far.
    pub(super) lateness: i64,
}

/// Who does not want to hear of breaks.
pub(super) fn quiet(_: u8, _: i32) {}

impl Clock {
    /// Free from then on, with nothing behind.
    pub(super) fn begin(time: i32) -> Self {
        Self {
            time,
            breaks: 0,
            lateness: 0,
        }
    }

    /// Drives for `duration`; `None` when a break comes too late. `tell` hears which breaks are taken, and when.
    pub(super) fn drive(
        mut self,
        duration: i32,
        pauses: &[Pausing],
        tell: &mut impl FnMut(u8, i32),
    ) -> Option<Self> {
        let mut free = self.time;
        let mut arrival = self.time + duration;
        while let Some(pause) = pauses.get(usize::from(self.breaks)) {
            if pause.earliest > arrival {
                break;
            }
            let begin = free.max(pause.earliest);
            if begin > pause.latest {
                return None;
            }
            tell(self.breaks, begin);
            free = begin + pause.duration;
            arrival += pause.duration;
            self.breaks += 1;
        }
        self.time = arrival;
        Some(self)
    }

    /// Waits for `fit` to allow a begin, and serves for `service`; with the time of the begin.
    pub(super) fn serve(
        mut self,
        fit: impl Fn(i32) -> i32,
        service: i32,
        pauses: &[Pausing],
        tell: &mut impl FnMut(u8, i32),
    ) -> Option<(Self, i32)> {
        let mut start = fit(self.time);
        while let Some(pause) = pauses.get(usize::from(self.breaks)) {
            if start == NEVER {
                return None;
            }
            if pause.earliest > start && start + service <= pause.latest {
                break;
            }
            let begin = self.time.max(pause.earliest);
            if begin > pause.latest {
                return None;
            }
            tell(self.breaks, begin);
            self.time = begin + pause.duration;
            self.breaks += 1;
            start = fit(self.time);
        }
        if start == NEVER {
            return None;
        }
        self.time = start + service;
        Some((self, start))
    }
}

/// What it costs to begin at `start` what was due at `due`.
pub(super) fn lateness(model: &Model<'_>, due: i32, start: i32) -> i64 {
    if start <= due {
        return 0;
    }
    let late = i64::from(start) - i64::from(due);
    late * late / model.lateness_divisor
}
