//! What makes parcels late.

use super::Named;
use commerce::delay;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why parcels are late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DelayReason {
    /// A hub or a line on their way is closed.
    Closed,
    /// They did not leave with the run that would have brought them in time.
    Missed,
    /// The carrier's timetable is another one than when they were sold.
    Rescheduled,
}

impl From<delay::DelayReason> for DelayReason {
    fn from(reason: delay::DelayReason) -> Self {
        match reason {
            delay::DelayReason::Closed => Self::Closed,
            delay::DelayReason::Missed => Self::Missed,
            delay::DelayReason::Rescheduled => Self::Rescheduled,
        }
    }
}

/// What is expected of a parcel that will be later than was promised.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Delay {
    /// When it is expected at the latest, in UTC milliseconds.
    pub expected: i64,
    /// Why.
    pub reason: DelayReason,
    /// The hub or line that is closed, or the place that it did not leave in time; empty otherwise.
    pub place: String,
}

impl From<&delay::Delay> for Delay {
    fn from(delay: &delay::Delay) -> Self {
        Self {
            expected: delay.expected,
            reason: delay.reason.into(),
            place: delay.place.clone(),
        }
    }
}

/// All that makes parcels late.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DelayIncidents {
    /// When parcels were last looked at, in UTC milliseconds; `null` until then, and where no carrier has a timetable.
    #[schema(required)]
    pub looked_at: Option<i64>,
    /// One for each cause.
    pub incidents: Vec<DelayIncident>,
}

/// One cause.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DelayIncident {
    /// Why.
    pub reason: DelayReason,
    /// The hub or line that is closed, or the place that parcels did not leave in time; empty otherwise.
    pub place: String,
    /// Whose timetable.
    pub carrier: Named,
    /// Until when it is closed, in UTC milliseconds, if it is.
    #[schema(required)]
    pub until: Option<i64>,
    /// Parcels that are late by it.
    pub parcels: u32,
    /// Those of them that have not left.
    pub waiting: u32,
    /// Those of these that another service would bring by what was promised.
    pub rescuable: u32,
    /// When the last of them is expected, in UTC milliseconds.
    pub latest: i64,
    /// The first of them, at most 100.
    pub first: Vec<DelayedParcel>,
}

/// A parcel that is late.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct DelayedParcel {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The order that it belongs to.
    pub order: String,
}
