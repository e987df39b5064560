//! What happens: the tiles, the history, the feed.

use super::{CancelReason, Channel, Money, TrackingStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The tiles: how the shop is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tiles {
    /// When they were counted, in UTC milliseconds.
    pub at: i64,
    /// When today began where the shop is, in UTC milliseconds.
    pub today_from: i64,
    /// Orders placed in the last full minute.
    pub orders_last_minute: u32,
    /// Orders placed per minute, oldest first; the last one is the last full minute.
    pub orders_per_minute: Vec<u32>,
    /// Orders placed today.
    pub orders_today: u64,
    /// What was ordered today and not canceled, per currency, the largest first.
    pub revenue_today: Vec<Money>,
    /// Orders from phones today, in parts per thousand of all; `null` without orders.
    #[schema(required)]
    pub phone_share_permille: Option<u32>,
    /// Parcels and collections that wait to be picked or packed.
    pub open_picks: u64,
}

/// Which part of the feed is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedQuery {
    /// The position of the last event that is known; 0 or absent for the beginning.
    #[param(minimum = 0)]
    pub after: Option<u64>,
    /// Events per page, 1 to 1000; 100 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// A part of the ordered feed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Feed {
    /// The events, in order.
    pub items: Vec<Entry>,
    /// What to ask for next as `after`.
    pub after: u64,
}

/// Who caused something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the core's variants say what they mean")]
pub enum ActorKind {
    Shopper,
    Operator,
    Platform,
    Provider,
    System,
}

/// Something that happened. Which of the optional fields are there follows from `what`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Its place in the feed, rising.
    pub position: u64,
    /// When, in UTC milliseconds.
    pub at: i64,
    /// Who caused it.
    pub actor: ActorKind,
    /// The operator's name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub operator: Option<String>,
    /// Through which door.
    pub channel: Channel,
    /// What happened, in snake case and past tense.
    #[schema(example = "fulfillment_packed")]
    pub what: String,
    /// The id of what it happened to.
    pub subject: String,
    /// The order group it belongs to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<String>,
    /// The location's id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<String>,
    /// An amount in minor units of the group's currency.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub amount_minor: Option<i64>,
    /// Pieces that stock changed by, or that leave from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pieces: Option<i64>,
    /// Why something was canceled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<CancelReason>,
    /// Why, in somebody's words, or the note itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// A code: the provider's refusal, the kind of stock change or record, why goods leave from elsewhere.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code: Option<String>,
    /// The carrier's name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub carrier: Option<String>,
    /// The label's number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tracking_number: Option<String>,
    /// What was seen of a parcel.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seen: Option<Seen>,
}

/// What was seen of a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Seen {
    /// When it happened, in UTC milliseconds; the entry's own time is when it was heard.
    pub at: i64,
    /// What.
    pub status: TrackingStatus,
    /// Where, in words; may be empty.
    pub place: String,
    /// Whether whoever said it takes it back with this.
    pub withdrawn: bool,
}
