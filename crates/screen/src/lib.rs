//! The big screen's figures: a day's takings, counted event by event from the ordered feed; and what a span of time, such
//! as a sale event, came to.
//!
//! It is pure: events and the groups they speak of go in, sums come out; no clock, no I/O but what a caller's reader
//! does. What is counted follows from facts that never change, so that a day that is followed live, one that is read
//! again after a crash and one that is replayed a year later show the same (invariant 9). Memory is bounded by the
//! catalog, the places of the world and the minutes of a day, not by the number of orders.

mod day;
mod history;
mod milestones;
mod pace;
mod period;
pub mod places;

pub use day::{Atlas, Day, Figures, Gap, Parcel, Site, Span, Tally};
pub use history::{Chapter, EARLIER_MS, position_at};
pub use milestones::{Milestones, Reached};
pub use pace::Pace;
pub use period::{Given, PURCHASES_MAX, Part, Period, PeriodFigures};
