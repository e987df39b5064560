//! Where goods of a parcel can leave from.

use super::carriers::{CarrierDeclined, CarrierOffer};
use super::{Money, Named, RelocationReason};
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

/// What looking at open parcels again came to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SourcingReport {
    /// The last look; `null` when there was none yet: on a server that does not lead, or that is told never to look.
    #[schema(required)]
    pub last: Option<SourcingRun>,
}

/// One look at all parcels that nobody had begun with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SourcingRun {
    /// When it ended, in UTC milliseconds.
    pub at: i64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Orders that were planned anew together.
    pub orders: u64,
    /// Their parcels.
    pub parcels: u64,
    /// What carriers ask for these parcels from where they were to leave.
    pub cost: Money,
    /// What they would ask by the new plan.
    pub planned: Money,
    /// What no plan can cost less than.
    pub bound: Money,
    /// How far the new plan is above that at most, in millionths.
    pub gap_millionths: i64,
    /// Orders that would leave from elsewhere by the new plan.
    pub cheaper: u64,
    /// Whether parcels move because it costs less, as the configuration says.
    pub saves: bool,
    /// Parcels of which goods moved for that.
    pub moved: u64,
    /// Parcels of which goods could not, as somebody had begun with them or the goods were gone meanwhile.
    pub refused: u64,
    /// Parcels of which goods moved because they could not leave from where they were.
    pub repaired: u64,
    /// Parcels of which goods should have moved, and are nowhere else: somebody must look.
    pub stuck: u64,
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
