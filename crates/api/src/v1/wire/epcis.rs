//! What is asked of events of EPCIS, and what became of those that were sent. The documents are [`crate::epcis::document`].

use super::parcels::SightingResult;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which events are asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EpcisQuery {
    /// Of which the shop heard since then: RFC 3339 with an offset; from the first when absent.
    #[param(example = "2026-11-11T00:00:00Z")]
    pub from: Option<String>,
    /// And before then; to the last when absent.
    #[param(example = "2026-11-12T00:00:00Z")]
    pub until: Option<String>,
    /// Where the last page ended: `cursor` of the address in its header `Link`.
    pub cursor: Option<String>,
    /// How many are told at most; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// What became of a document.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EpcisResults {
    /// One for each parcel of each event, in their order; one for an event that was not understood.
    pub results: Vec<EpcisResult>,
}

/// What became of what an event says of a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct EpcisResult {
    /// The event's place in its list, from 0.
    pub event: u32,
    /// Its `eventID`, if it has one.
    #[schema(required)]
    pub event_id: Option<String>,
    /// The parcel, as it was called; `null` where the event as a whole was not understood.
    #[schema(required)]
    pub epc: Option<String>,
    /// What became of it. The number is empty where it could not be read.
    pub result: SightingResult,
}
