//! Parcels that will be there later than was sold. The promise stays what it was (invariant 8); what is expected instead is
//! kept beside it, and told to the buyer once for each cause.

use crate::id::FulfillmentId;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// What has to come on top of what a buyer was told before they are told again of the same cause, in milliseconds: a day.
pub const TOLD_AGAIN_MS: i64 = 24 * 60 * 60 * 1_000;

/// A parcel that will be later than was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    /// Which of its group's fulfillments it is.
    pub fulfillment: FulfillmentId,
    /// When it is expected at the latest, in UTC milliseconds: after what was promised.
    pub expected: i64,
    /// Why.
    pub reason: DelayReason,
    /// Where: the hub or line that is closed, or the place that it did not leave in time; empty otherwise.
    pub place: String,
    /// Until when the buyer was told that it takes, in UTC milliseconds.
    pub told: i64,
}

/// When a parcel will be there, by what is known now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Of which parcel.
    pub fulfillment: FulfillmentId,
    /// At the latest, in UTC milliseconds.
    pub latest: i64,
    /// Why it is later than was promised, if it is.
    pub reason: DelayReason,
    /// Where that is; at most [`crate::limits::NAME_CHARS_MAX`] characters.
    pub place: String,
}

/// Why a parcel is late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayReason {
    /// A hub or a line on its way is closed.
    Closed,
    /// It did not leave with the run that would have brought it in time.
    Missed,
    /// The carrier's timetable is another one than when it was sold.
    Rescheduled,
}

impl DelayReason {
    /// The word used in interfaces and in the keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            DelayReason::Closed => "closed",
            DelayReason::Missed => "missed",
            DelayReason::Rescheduled => "rescheduled",
        }
    }
}
