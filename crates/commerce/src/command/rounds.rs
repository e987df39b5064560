//! What is asked of couriers' rounds.

use crate::id::{FulfillmentId, LocationId, OperatorId, RoundId};
use crate::round::{FailReason, Point, Proof, Way};
use alloc::string::String;
use alloc::vec::Vec;

/// A round to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundDraft {
    /// Its id, made by the caller; saved twice, it is the first one.
    pub id: RoundId,
    /// The day where it leaves from, as `yyyymmdd`.
    pub day: u32,
    /// Where it leaves from.
    pub location: LocationId,
    /// Who drives it.
    pub courier: Option<OperatorId>,
    /// With what, in words; may be empty.
    pub vehicle: String,
    /// How far it goes.
    pub way: Way,
    /// Where it goes, in order.
    pub stops: Vec<StopDraft>,
}

/// A stop of a round to be saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopDraft {
    /// Where it is, if that is known.
    pub position: Option<Point>,
    /// From when until when somebody is there, in UTC milliseconds.
    pub window: Option<(i64, i64)>,
    /// When the courier is to be there, in UTC milliseconds.
    pub arrival: Option<i64>,
    /// What is brought there; at least one.
    pub parcels: Vec<FulfillmentId>,
}

/// Who is to drive a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssignRound {
    /// Which.
    pub round: RoundId,
    /// Refused with `version_conflict` unless it has this version; `None` does not check.
    pub expected_version: Option<u32>,
    /// Who; `None` for nobody yet.
    pub courier: Option<OperatorId>,
    /// With what, in words; may be empty.
    pub vehicle: String,
}

/// A parcel that goes with another round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveRoundParcel {
    /// Which.
    pub parcel: FulfillmentId,
    /// The round that it is in.
    pub from: RoundId,
    /// The round that it goes to.
    pub to: RoundId,
}

/// What a courier says of a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundEvent {
    /// Of which.
    pub round: RoundId,
    /// Made of the phone's own key: said again, it is the same.
    pub key: u64,
    /// When it happened by the phone's clock, in UTC milliseconds.
    pub at: i64,
    /// What.
    pub step: RoundStep,
}

/// What happened in a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundStep {
    /// A parcel was put into the van.
    Load {
        /// Its waybill's number, as it was read.
        number: String,
    },
    /// The van left.
    Start,
    /// The stops are visited in another order.
    Reorder {
        /// All stops' numbers.
        order: Vec<u16>,
        /// Why, in the courier's words; may be empty.
        reason: String,
    },
    /// The courier is at a stop.
    Reached {
        /// Its number.
        stop: u16,
    },
    /// A parcel was handed over.
    Delivered {
        /// Its waybill's number.
        number: String,
        /// What shows it.
        proof: Proof,
    },
    /// A code was told for a parcel before it was handed over.
    TryCode {
        /// Its waybill's number.
        number: String,
        /// Whether it is the receiver's, as the edge knows it.
        is_right: bool,
    },
    /// A parcel could not be handed over.
    Failed {
        /// Its waybill's number.
        number: String,
        /// Why.
        reason: FailReason,
    },
    /// A parcel was brought back to where the round began.
    Returned {
        /// Its waybill's number.
        number: String,
    },
    /// What was said under another key is taken back.
    TakeBack {
        /// That key.
        key: u64,
    },
    /// All of it is accounted for.
    Close,
    /// A picture came that a proof names by this event's key.
    Picture {
        /// As the edge knows it.
        photo: u128,
    },
}
