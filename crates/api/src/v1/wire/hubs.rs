//! Scanning parcels at the shop's places.

use super::{DirectionKind, Named, TrackingStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Places at which parcels are scanned.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HubList {
    /// By their names.
    pub hubs: Vec<Hub>,
}

/// A place at which parcels are scanned.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Hub {
    /// The location's id.
    pub id: String,
    /// Its code, as timetables name it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Parcels that lie there on their way.
    pub parcels: i64,
}

/// Parcels that lie at a place on their way.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HubParcelList {
    /// By the ids of their fulfillments.
    pub items: Vec<HubParcel>,
    /// Where the next page begins; `null` on the last.
    pub next: Option<String>,
}

/// A parcel as hub staff see it: nothing of it that is not needed to sort it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HubParcel {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The waybill's number.
    pub number: String,
    /// Who brings it.
    pub carrier: Named,
    /// What the scales showed, in grams.
    pub weight_grams: u32,
    /// Where it goes: ISO 3166-1 code of two letters, or empty.
    pub country: String,
    /// The postal code there, or empty.
    pub postal_code: String,
    /// The city there, or empty.
    pub city: String,
    /// What the sorting machine reads; may be empty.
    pub sorting: String,
    /// Where it is.
    pub status: TrackingStatus,
    /// Since when, in UTC milliseconds; `null` if nobody saw it yet.
    pub since: Option<i64>,
    /// By when it was promised, in UTC milliseconds.
    pub promised: Option<i64>,
    /// When it is there going on from here, in UTC milliseconds, where a timetable knows it.
    pub expected: Option<i64>,
    /// Where it goes next.
    pub direction: Direction,
}

/// Where a parcel goes next from a place.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Direction {
    /// How.
    pub kind: DirectionKind,
    /// Where to or with whom, in words: the next place, the vehicle or courier, the carrier; may be empty.
    pub to: String,
    /// The timetable's line or zone, by its code; may be empty.
    pub line: String,
    /// When that leaves, in UTC milliseconds, if it is known.
    pub leaves: Option<i64>,
}

/// What a scanner says.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HubScans {
    /// In the order in which they were made.
    #[schema(min_items = 1, max_items = 200)]
    pub scans: Vec<HubScan>,
}

/// A scan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct HubScan {
    /// Made on the scanner, such as a UUID: sent again, it is the same scan.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9-]+$")]
    pub key: String,
    /// When it was made by the scanner's clock, in UTC milliseconds.
    pub at: i64,
    /// What was read from the label, as it was read: a number, bars of GS1-128 or a Data Matrix with its application
    /// identifier, with spaces or without.
    #[schema(min_length = 1, max_length = 100)]
    pub label: String,
    /// What happened.
    pub what: HubScanKind,
    /// Of `undo`, the key of the scan that did not happen after all.
    #[serde(default)]
    pub undoes: Option<String>,
}

/// What happened to a parcel at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HubScanKind {
    /// It came in.
    Arrived,
    /// It went on: onto a line, or to its carrier.
    Left,
    /// It came in damaged and waits for somebody to look.
    Damaged,
    /// An earlier scan was a mistake.
    Undo,
}

/// What became of scans.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HubScanResults {
    /// One for each scan, in their order.
    pub results: Vec<HubScanResult>,
}

/// What became of a scan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct HubScanResult {
    /// The scan's key.
    pub key: String,
    /// What.
    pub result: ScanTaken,
    /// Why it was refused, as an error's code; empty otherwise.
    pub code: String,
    /// The same in words.
    pub message: String,
    /// The parcel, if there is one with this label.
    pub parcel: Option<HubParcel>,
}

/// What became of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanTaken {
    /// It counts.
    Taken,
    /// It was heard before, and changed nothing.
    Known,
    /// It does not count.
    Refused,
}
