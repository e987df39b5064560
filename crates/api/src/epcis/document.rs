//! The shape of a document: as much of EPCIS 2.0 in JSON-LD as a parcel's way needs. What else stands in an event is kept
//! under its name, so that extensions can be found and nothing is refused for being said in addition.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The media type of JSON-LD.
pub const MEDIA_TYPE: &str = "application/ld+json";

/// An EPCIS document.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EpcisDocument {
    /// What its words mean: the context of EPCIS 2.0, and prefixes for extensions.
    #[serde(rename = "@context")]
    #[schema(value_type = Vec<EpcisContext>)]
    pub context: Value,
    /// `EPCISDocument`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `2.0`.
    pub schema_version: String,
    /// When it was written: RFC 3339 with an offset.
    pub creation_date: String,
    /// What it says.
    pub epcis_body: EpcisBody,
}

/// What gives words their meaning, as it is described: contexts of others say anything.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EpcisContext {
    /// The address of a context.
    Address(String),
    /// What prefixes stand for.
    Prefixes(std::collections::BTreeMap<String, String>),
}

/// What a document says.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EpcisBody {
    /// Its events; each is read by itself.
    #[schema(value_type = Vec<EpcisEvent>, max_items = 1_000)]
    pub event_list: Vec<Value>,
}

/// An event.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EpcisEvent {
    /// `ObjectEvent` or `AggregationEvent`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is known by: a URI, such as its hash.
    #[serde(rename = "eventID", default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// When it happened: RFC 3339 with an offset.
    pub event_time: String,
    /// The offset from UTC where it happened, such as `+01:00`.
    pub event_time_zone_offset: String,
    /// When its writer heard of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_time: Option<String>,
    /// `OBSERVE`, `ADD` or `DELETE`.
    pub action: String,
    /// Of an `ObjectEvent`, the parcels.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub epc_list: Vec<String>,
    /// Of an `AggregationEvent`, the parcels.
    #[serde(rename = "childEPCs", default, skip_serializing_if = "Vec::is_empty")]
    pub child_epcs: Vec<String>,
    /// What happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biz_step: Option<String>,
    /// How the parcels are since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// Where it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_point: Option<Place>,
    /// Where the parcels are since then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub biz_location: Option<Place>,
    /// That it did not happen after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_declaration: Option<ErrorDeclaration>,
    /// All else, such as extensions.
    #[serde(flatten)]
    #[schema(ignore)]
    pub more: Map<String, Value>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EpcisPlace)]
pub struct Place {
    /// Its URI.
    pub id: String,
}

/// That an event did not happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EpcisErrorDeclaration)]
pub struct ErrorDeclaration {
    /// When that was said: RFC 3339 with an offset.
    pub declaration_time: String,
    /// Why: `did_not_occur` or `incorrect_data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
