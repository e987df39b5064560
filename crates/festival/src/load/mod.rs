//! A load generator that costs little: requests are byte templates with a few changing bytes, answers are
//! read no further than their status and length, one thread drives all connections. What it uses of the
//! processor is missing to the server beside it, so it must stay cheap.
//!
//! In a **closed loop** each connection asks as soon as it has its answer: this finds the capacity, and
//! flatters a server that stalls, since nobody asks meanwhile. In an **open loop** requests arrive on a
//! Poisson clock whatever the server does, and latency counts from the moment when one was due.

mod drive;
mod line;
mod tally;
mod template;
pub mod usage;

pub use drive::{Arrivals, Load, drive};
pub use tally::{Percentiles, Tally};
pub use template::{Hold, Scenario, Step, Template};
