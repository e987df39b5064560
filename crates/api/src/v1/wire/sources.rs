//! Where goods of a parcel can leave from.

use super::carriers::{CarrierDeclined, CarrierOffer};
use super::{Named, RelocationReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a parcel can leave from: all places that send parcels.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Sources {
    /// What the articles weigh by the catalog, in grams; 0 where that is not known: then no carrier was asked.
    pub weight_grams: u32,
    /// Those first that have everything, then the cheapest, then those that the shop ranks better.
    pub items: Vec<Source>,
}

/// A place that sends parcels.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The place.
    pub location: Named,
    /// Whether the parcel leaves from here now.
    pub is_here: bool,
    /// Whether all of it could leave from here.
    pub is_whole: bool,
    /// What of it could leave from here, by line; where the parcel leaves from now, its own pieces are counted.
    pub lines: Vec<SourceLine>,
    /// The cheapest offer for all of it from here, if somebody takes it.
    #[schema(required)]
    pub offer: Option<CarrierOffer>,
    /// If nobody does, who said why not.
    pub declined: Vec<CarrierDeclined>,
}

/// What of a line could leave from a place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SourceLine {
    /// The line's number in the order.
    pub number: u16,
    /// Pieces that could leave from there, at most those of the parcel.
    pub pieces: u32,
}

/// Goods of a parcel that are to leave from elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelocationRequest {
    /// Which; all of the parcel when absent.
    #[serde(default)]
    pub lines: Option<Vec<RelocatedLine>>,
    /// Where all of it is to leave from, if no lines are named; wherever the shop plans when absent.
    #[serde(default)]
    pub to: Option<String>,
    /// Why.
    pub reason: RelocationReason,
}

/// Pieces of a line that are to leave from elsewhere.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelocatedLine {
    /// The line's number in the order.
    pub number: u16,
    /// How many pieces.
    #[schema(minimum = 1)]
    pub pieces: u32,
    /// The id of the location that they are to leave from; wherever the shop plans when absent.
    #[serde(default)]
    pub to: Option<String>,
}
