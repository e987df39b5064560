//! What travels between the shop and a Karrio server, as JSON: the fields that we write, and of its answers those that we
//! read. Version 2026.1; amounts stay the text that was written.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// Somebody at an address. What is not known is left out.
#[derive(Clone, Debug, Serialize)]
pub struct Address {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub company_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line1: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub address_line2: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub city: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state_code: String,
    pub country_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone_number: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
}

/// A parcel of a shipment, in kilograms and centimeters.
#[derive(Clone, Debug, Serialize)]
pub struct Parcel {
    pub weight: Box<RawValue>,
    pub weight_unit: &'static str,
    #[serde(flatten)]
    pub size: Option<Size>,
}

/// How large a parcel is: all three or none.
#[derive(Clone, Debug, Serialize)]
pub struct Size {
    pub length: Box<RawValue>,
    pub width: Box<RawValue>,
    pub height: Box<RawValue>,
    pub dimension_unit: &'static str,
}

/// `POST /v1/proxy/rates`.
#[derive(Clone, Debug, Serialize)]
pub struct RateRequest {
    pub shipper: Address,
    pub recipient: Address,
    pub parcels: [Parcel; 1],
    /// The connection at Karrio, by the name that it was given there.
    pub carrier_ids: [String; 1],
    /// None for all.
    pub services: Vec<String>,
}

/// `POST /v1/shipments`: a draft, since it names no service to be bought at once.
#[derive(Clone, Debug, Serialize)]
pub struct CreateShipment {
    #[serde(flatten)]
    pub parcel: RateRequest,
    pub reference: String,
    pub label_type: &'static str,
    pub metadata: Marks,
}

/// What we write on our shipments and pickups, for ourselves.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Marks {
    /// The idempotency key.
    #[serde(default)]
    pub sesame_key: String,
    /// When it was made by our clock, UTC milliseconds.
    #[serde(default)]
    pub sesame_begun_ms: i64,
}

/// `POST /v1/shipments/{id}/purchase`.
#[derive(Clone, Debug, Serialize)]
pub struct Purchase {
    pub selected_rate_id: String,
    pub label_type: &'static str,
}

/// A body that says nothing.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Nothing {}

/// A shipment as it stands at Karrio.
#[derive(Clone, Debug, Deserialize)]
pub struct Shipment {
    pub id: String,
    /// `draft`, `created`, `cancelled`, and from where the parcel is afterwards.
    pub status: String,
    pub reference: Option<String>,
    pub tracking_number: Option<String>,
    /// The kind of carrier.
    pub carrier_name: Option<String>,
    /// The connection.
    pub carrier_id: Option<String>,
    pub service: Option<String>,
    #[serde(default, deserialize_with = "null_is_none")]
    pub rates: Vec<Rate>,
    #[serde(default, deserialize_with = "null_is_none")]
    pub messages: Vec<Message>,
    #[serde(default, deserialize_with = "null_is_none")]
    pub metadata: Marks,
}

/// What a service would cost.
#[derive(Clone, Debug, Deserialize)]
pub struct Rate {
    #[serde(default)]
    pub id: String,
    pub carrier_id: String,
    pub service: Option<String>,
    pub currency: Option<String>,
    pub total_charge: Box<RawValue>,
    pub transit_days: Option<u16>,
}

/// The answer to `POST /v1/proxy/rates`.
#[derive(Clone, Debug, Deserialize)]
pub struct Rates {
    #[serde(default)]
    pub rates: Vec<Rate>,
}

/// A page of a list, the newest first.
#[derive(Clone, Debug, Deserialize)]
pub struct Page<T> {
    /// Where the next one is, if there is one.
    pub next: Option<String>,
    pub results: Vec<T>,
}

/// The answer to `POST /v1/shipments/{id}/documents/label`.
#[derive(Clone, Debug, Deserialize)]
pub struct Document {
    pub format: String,
    pub base64: Option<String>,
}

/// A parcel that Karrio follows.
#[derive(Clone, Debug, Deserialize)]
pub struct Tracker {
    pub tracking_number: String,
    #[serde(default)]
    pub status: String,
    /// The newest first.
    pub events: Option<Vec<TrackingEvent>>,
}

/// Something that a carrier saw of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TrackingEvent {
    /// The day at the place, in the carrier's words.
    pub date: Option<String>,
    /// The time at the place, in the carrier's words.
    pub time: Option<String>,
    /// The moment, maybe with its offset.
    pub timestamp: Option<String>,
    pub status: Option<String>,
    pub code: Option<String>,
    pub reason: Option<String>,
    pub description: Option<String>,
    pub location: Option<String>,
}

/// A webhook's body.
#[derive(Debug, Deserialize)]
pub struct Webhook {
    pub event: String,
    /// What the event is about; trackers are read.
    pub data: Box<RawValue>,
}

/// `POST /v1/pickups`.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePickup {
    pub pickup_date: String,
    pub ready_time: String,
    pub closing_time: String,
    pub address: Address,
    pub parcels_count: u32,
    pub options: PickupOptions,
    pub metadata: Marks,
}

/// Which connection makes a pickup.
#[derive(Clone, Debug, Serialize)]
pub struct PickupOptions {
    pub connection_id: String,
}

/// A pickup as it stands at Karrio.
#[derive(Clone, Debug, Deserialize)]
pub struct Pickup {
    pub id: Option<String>,
    pub confirmation_number: Option<String>,
    #[serde(default)]
    pub status: String,
    #[serde(default, deserialize_with = "null_is_none")]
    pub metadata: Marks,
}

/// `POST /v1/manifests`.
#[derive(Clone, Debug, Serialize)]
pub struct CreateManifest {
    pub carrier_name: String,
    pub address: Address,
    pub shipment_ids: Vec<String>,
    pub reference: String,
}

/// A manifest as it stands at Karrio.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    pub id: String,
    pub reference: Option<String>,
}

/// What Karrio, or a carrier behind it, says of a call that did not succeed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Problems {
    /// Karrio's own.
    pub errors: Vec<Message>,
    /// The carrier's.
    pub messages: Vec<Message>,
}

/// One of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message {
    /// A word, but for some errors of validation.
    pub code: serde_json::Value,
    pub message: serde_json::Value,
}

/// `null` where a list or an object is left empty.
fn null_is_none<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
