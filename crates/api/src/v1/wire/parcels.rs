//! Waybills, and what is seen of parcels.

use super::{ErrorInfo, Money, Named, SeenBy, TrackingStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A waybill to be booked.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaybillRequest {
    /// The carrier's id, together with `service`; the cheapest that takes the parcel when absent.
    #[serde(default)]
    pub carrier: Option<String>,
    /// The service's code.
    #[serde(default)]
    pub service: Option<String>,
    /// What the scales show, in grams; the weight of its articles when absent.
    #[serde(default)]
    pub weight_grams: Option<u32>,
    /// Length, width and height in millimeters.
    #[serde(default)]
    pub size_mm: Option<[u16; 3]>,
}

/// Waybills to be booked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaybillsRequest {
    /// The parcels, by the ids of their fulfillments.
    #[schema(min_items = 1, max_items = 500)]
    pub fulfillments: Vec<String>,
    /// The carrier's id, together with `service`; for each parcel the cheapest that takes it when absent.
    #[serde(default)]
    pub carrier: Option<String>,
    /// The service's code.
    #[serde(default)]
    pub service: Option<String>,
}

/// What became of each.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct WaybillResults {
    /// One for each parcel, in their order.
    pub results: Vec<WaybillResult>,
}

/// A waybill that was booked, or why it was not.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct WaybillResult {
    /// The fulfillment's id, as it was asked for.
    pub fulfillment: String,
    /// The waybill, if the parcel has one now.
    pub waybill: Option<Parcel>,
    /// Why it has none, as the booking of this parcel alone would be refused.
    pub error: Option<ErrorInfo>,
}

/// Labels to be printed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelsRequest {
    /// The parcels, each once, by the ids of their fulfillments; their labels come in this order.
    #[schema(min_items = 1, max_items = 500)]
    pub fulfillments: Vec<String>,
    /// In which form.
    pub format: LabelFormat,
}

/// The form of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabelFormat {
    /// ZPL II, for label printers with 203 dpi.
    Zpl,
    /// PDF, a page each.
    Pdf,
}

/// A parcel with its waybill.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Parcel {
    /// Who brings it.
    pub carrier: Named,
    /// The service's code.
    pub service: String,
    /// The waybill's number.
    pub number: String,
    /// The zone that it was charged for.
    pub zone: String,
    /// What the sorting machine reads.
    pub sorting: String,
    /// What the scales showed, in grams.
    pub weight_grams: u32,
    /// Length, width and height in millimeters, if they were measured.
    #[schema(required)]
    pub size_mm: Option<[u16; 3]>,
    /// What the carrier charges.
    pub price: Money,
    /// When it was booked, in UTC milliseconds.
    pub booked_at: i64,
    /// How many times its label was made.
    pub labels: u16,
    /// Whether its carrier draws the label: then it is at `GET /fulfillments/{id}/waybill/label`, and not among those of
    /// `POST /labels`.
    pub carrier_draws_label: bool,
    /// Where it is.
    pub status: TrackingStatus,
    /// Since when, in UTC milliseconds; `null` while nobody saw it.
    #[schema(required)]
    pub status_at: Option<i64>,
}

/// Things that were seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sightings {
    /// At most 1,000; each is taken or refused by itself.
    #[schema(max_items = 1_000)]
    pub events: Vec<Sighting>,
}

/// Something that was seen of a parcel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The waybill's number, as it was read.
    #[schema(min_length = 1, max_length = 200)]
    pub number: String,
    /// When it happened: RFC 3339 with an offset, so that nobody has to guess the zone.
    #[schema(example = "2026-11-11T09:30:00+01:00")]
    pub at: String,
    /// What.
    pub status: TrackingStatus,
    /// What its teller knows it by: told again under it, it is the same. Made of the rest when absent.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub key: Option<String>,
    /// Why, as a short word, such as `nobody_home`.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub reason: String,
    /// Where, in words.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub place: String,
    /// What else is to be said.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub note: String,
    /// Who saw it; the carrier when absent.
    #[serde(default)]
    pub by: Option<SeenBy>,
    /// Whether what was said under this key is taken back.
    #[serde(default)]
    pub withdraws: bool,
}

/// What became of each, in their order.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SightingResults {
    /// One per event.
    pub results: Vec<SightingResult>,
}

/// What became of one.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SightingResult {
    /// The number, as it was sent.
    pub number: String,
    /// Whether it is kept. What was heard before is.
    pub taken: bool,
    /// The fulfillment, if one has this number.
    #[schema(required)]
    pub fulfillment: Option<String>,
    /// Where the parcel is now.
    #[schema(required)]
    pub status: Option<TrackingStatus>,
    /// Why it is not kept: a code of an error.
    #[schema(required)]
    pub code: Option<String>,
    /// The same as a sentence.
    #[schema(required)]
    pub message: Option<String>,
}
