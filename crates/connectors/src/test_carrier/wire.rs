//! What travels between the shop and the built-in test carrier, as JSON. Both sides use these types.

use commerce::parcel::TrackingStatus;
use serde::{Deserialize, Serialize};

/// The header that makes a write repeatable.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// Somebody at an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// A person, or the shop.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// The postal code.
    pub postal_code: String,
    /// The town.
    pub city: String,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: String,
}

/// `POST /v1/parcels` and `POST /v1/quotes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateParcel {
    /// The number on its label; `None` for the carrier to give one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// `parcel` or `express`; for quotes, empty for both.
    pub service: String,
    /// The shop's own word for it.
    pub reference: String,
    /// What the scales show, in grams.
    pub weight_grams: u32,
    /// Length, width and height in millimeters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_mm: Option<[u16; 3]>,
    /// Where it leaves from.
    pub from: Party,
    /// Where it goes.
    pub to: Party,
    /// Where sightings are sent; none are sent when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
}

/// A parcel as the carrier knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Its number.
    pub number: String,
    /// How it stands.
    pub state: ParcelState,
}

/// How a parcel stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// The carrier waits for it.
    Announced,
    /// It will not come. Final.
    Canceled,
    /// The carrier has it, or had.
    Underway,
}

/// The answer to `POST /v1/quotes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quotes {
    /// The cheapest first.
    pub quotes: Vec<Quote>,
}

/// What a service costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// `parcel` or `express`.
    pub service: String,
    /// Minor units.
    pub price_minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// Days on the way.
    pub transit_days: u16,
}

/// `POST /v1/pickups`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePickup {
    /// `yyyy-mm-dd`.
    pub day: String,
    /// `hh:mm`.
    pub from_time: String,
    /// `hh:mm`.
    pub to_time: String,
    /// Where.
    pub from: Party,
    /// How many parcels.
    pub parcels: u32,
    /// What they weigh together.
    pub weight_grams: u64,
}

/// `POST /v1/manifests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateManifest {
    /// `yyyy-mm-dd`.
    pub day: String,
    /// Where.
    pub from: Party,
    /// The parcels' numbers.
    pub numbers: Vec<String>,
}

/// The answer to a pickup or a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// `pu_…` or `mf_…`.
    pub number: String,
    /// Numbers that the carrier does not know.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// `POST /v1/tracking`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Track {
    /// At most 50.
    pub numbers: Vec<String>,
}

/// The answer to `POST /v1/tracking`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tracked {
    /// All that was seen of the parcels that the carrier knows.
    pub events: Vec<Event>,
}

/// Something that was seen; also the body of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The same over repeats.
    pub id: String,
    /// The parcel.
    pub number: String,
    /// UTC milliseconds.
    pub at_ms: i64,
    /// What.
    pub status: TrackingStatus,
    /// Why, as a short word; may be empty.
    pub reason: String,
    /// Where.
    pub place: String,
}

/// `GET /v1/audit`: what really happened, for checks from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Parcels that were announced.
    pub parcels: u64,
    /// Of them, those that were canceled.
    pub canceled: u64,
    /// Of them, those that arrived.
    pub delivered: u64,
    /// References of the shop under which more than one parcel stands: must be empty.
    pub announced_twice: Vec<String>,
    /// Pickups that were booked.
    pub pickups: u64,
    /// Manifests that were handed over.
    pub manifests: u64,
}

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What was refused and why.
    pub error: Problem,
}

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable code.
    pub code: String,
    /// One sentence in English.
    pub message: String,
}
