//! What is measured as time.

use rustix::time::{ClockId, clock_gettime};
use std::time::{Duration, Instant};

/// Which clock decides when a run is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The processor time of this thread: others on the machine take nothing from it.
    #[default]
    Processor,
    /// The time that passes.
    Wall,
}

/// A clock since a moment.
#[derive(Debug, Clone, Copy)]
pub struct Watch(Moment);

#[derive(Debug, Clone, Copy)]
enum Moment {
    Processor(Duration),
    Wall(Instant),
}

impl Watch {
    /// Begins to measure, in the thread that asks for the time later on.
    pub fn start(clock: Clock) -> Self {
        Self(match clock {
            Clock::Processor => Moment::Processor(processor()),
            Clock::Wall => Moment::Wall(Instant::now()),
        })
    }

    /// How much time went by.
    pub fn elapsed(self) -> Duration {
        match self.0 {
            Moment::Processor(begin) => processor().saturating_sub(begin),
            Moment::Wall(begin) => begin.elapsed(),
        }
    }
}

// What this thread has used.
fn processor() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a thread's time is positive")
}
