//! When a parcel will be there, and until when one must order for it.
//!
//! A [`Network`] is a timetable made of plain [`Input`] tables: places with time zones and calendars, waves and line-hauls,
//! the last mile. [`Network::promise`] answers a [`Question`] in microseconds; what was promised is taken from a [`Load`].
//! [`Lanes`] learn how long parcels really took, [`Curves`] are their quantiles. [`tables`] reads a network from CSV,
//! [`backtest`] holds quotes against a history, [`generate`] makes both up, [`check`] looks for ways in the plainest manner
//! there is.
//!
//! Instants are seconds since 1970 in UTC. The crate knows no time zones: a [`Clock`] is given its changes by the caller.

mod ask;
pub mod backtest;
mod calendar;
pub mod check;
mod clock;
mod csv;
mod curve;
mod explain;
pub mod generate;
mod input;
mod lanes;
mod load;
mod network;
mod profile;
pub mod tables;
#[cfg(test)]
mod tests;
mod validate;

pub use ask::{Cannot, PARCELS_MAX, Parcel, Part, Promise, Question, Times};
pub use calendar::{Calendar, DAY_MINUTES, Exception, Slot};
pub use clock::{Change, Clock, ClockError, DAY_S, OFFSET_MAX_S, day_of, weekday};
pub use csv::CsvFault;
pub use curve::{Beliefs, Curve, Curves, LEVELS};
pub use explain::{Leg, Step, Wait};
pub use input::{
    Closed, Closure, DAYS_MAX, FIRST_DAYS, Handover, Input, Line, MINUTE_MAX, Minutes, PLACES_MAX,
    PREPARE_MAX_MINUTES, Place, Programme, ROWS_MAX, RUNS_MAX, SCANS_MAX, TOURS_MAX, Tour,
    UNLIMITED, Zone,
};
pub use lanes::{BINS, Count, Lanes, LearnError, PERIOD_DAYS, PERIODS};
pub use load::{Load, LoadError};
pub use network::{Network, Seat};
pub use validate::{Fault, InputError, Table};
