//! The big screen. Points are hundredths of a degree, north and east positive; amounts are minor units of the currency
//! beside them.

use super::{LocationKind, Texts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What was sold, paid and given back in one currency that day. Each sum equals the same sum over the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sums {
    /// ISO 4217 code.
    pub currency: String,
    /// Purchases that were confirmed.
    pub purchases: i64,
    /// Their orders, one per seller.
    pub orders: i64,
    /// Those of them that came from phones.
    pub phone_orders: i64,
    /// What they are worth, delivery and tax included; what is canceled later stays in it.
    pub sold: i64,
    /// Orders canceled whole after they had been confirmed.
    pub canceled_orders: i64,
    /// What they were worth.
    pub canceled: i64,
    /// Orders sold and not canceled.
    pub orders_standing: i64,
    /// What they are worth.
    pub standing: i64,
    /// Payments whose money was taken.
    pub payments: i64,
    /// That money.
    pub taken: i64,
    /// Refunds that were paid out.
    pub refunds: i64,
    /// That money.
    pub given_back: i64,
    /// Money taken and not given back.
    pub kept: i64,
}

/// A second of the day in which more happened than in any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Best {
    /// When it began, in UTC milliseconds.
    pub at: i64,
    /// How much happened in it.
    pub count: i64,
}

/// A row of a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RankedName {
    /// The name; empty for what has none.
    pub name: String,
    /// Orders or payments.
    pub count: i64,
    /// Minor units.
    pub amount: i64,
}

/// A category in a ranking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RankedCategory {
    /// Its name; empty for goods without a category.
    pub title: Texts,
    /// Lines.
    pub count: i64,
    /// Minor units.
    pub amount: i64,
}

/// The day's course.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Curve {
    /// Minutes of one step.
    pub minutes: u32,
    /// What was sold in each step from midnight on.
    pub sold: Vec<i64>,
}

/// A milestone that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Milestone {
    /// Minor units.
    pub amount: i64,
    /// When, in UTC milliseconds.
    pub at: i64,
}

/// The figures of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenFigures {
    /// The sums.
    pub sums: Sums,
    /// Orders by the region they go to; by city where an address names none. The largest first, as all rankings.
    pub regions: Vec<RankedName>,
    /// Lines by category.
    pub categories: Vec<RankedCategory>,
    /// Orders by seller.
    pub sellers: Vec<RankedName>,
    /// Payments by method.
    pub methods: Vec<RankedName>,
    /// The day's course.
    pub curve: Curve,
    /// The milestones reached, in order.
    pub reached: Vec<Milestone>,
    /// The next one, in minor units.
    #[schema(required)]
    pub next_milestone: Option<i64>,
}

/// A place where goods are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenLocation {
    /// Its name.
    pub name: String,
    /// What kind of place it is.
    pub kind: LocationKind,
    /// Hundredths of a degree.
    pub latitude: i32,
    /// Hundredths of a degree.
    pub longitude: i32,
    /// Parcels and collections handed over that day.
    pub handed_over: i64,
    /// Parcels that came in there that day on their way.
    pub came_in: i64,
}

/// Purchases that go to a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenPlace {
    /// Hundredths of a degree.
    pub latitude: i32,
    /// Hundredths of a degree.
    pub longitude: i32,
    /// How many.
    pub orders: i64,
}

/// Parcels between two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenParcel {
    /// Hundredths of a degree.
    pub from_latitude: i32,
    /// Hundredths of a degree.
    pub from_longitude: i32,
    /// Hundredths of a degree.
    pub to_latitude: i32,
    /// Hundredths of a degree.
    pub to_longitude: i32,
    /// How many.
    pub parcels: i64,
}

/// Everything on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenState {
    /// The time on the screen, in UTC milliseconds.
    pub at: i64,
    /// The position of the last event of the feed that is counted.
    pub position: u64,
    /// The day where the shop is.
    #[schema(example = "2026-11-11")]
    pub day: String,
    /// When it began, in UTC milliseconds.
    pub day_from: i64,
    /// When it ends.
    pub day_to: i64,
    /// The shop's time zone.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// The shop's name.
    pub shop: String,
    /// The shop's country.
    pub country: String,
    /// How many times as fast as it was, when the day is replayed.
    #[schema(required)]
    pub speed: Option<u32>,
    /// The figures by currency, the shop's own first.
    pub figures: Vec<ScreenFigures>,
    /// Orders in each of the last full seconds, oldest first.
    pub orders_per_second: Vec<i64>,
    /// Payments in each of the last full seconds, oldest first.
    pub payments_per_second: Vec<i64>,
    /// The second with the most orders.
    #[schema(required)]
    pub best_orders: Option<Best>,
    /// The second with the most payments.
    #[schema(required)]
    pub best_payments: Option<Best>,
    /// Parcels that left.
    pub shipped: i64,
    /// Parcels and collections that were delivered.
    pub delivered: i64,
    /// Where goods are, the busiest first.
    pub locations: Vec<ScreenLocation>,
    /// Where purchases go, the most first.
    pub places: Vec<ScreenPlace>,
    /// Ways of parcels from where they left to the towns that they go to, the most first.
    pub routes: Vec<ScreenParcel>,
    /// Ways of parcels between the shop's places, as they were scanned there, the most first.
    pub hauls: Vec<ScreenParcel>,
}

/// The figures of a moment, and what is new on the map since the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScreenTick {
    /// The time on the screen, in UTC milliseconds.
    pub at: i64,
    /// The position of the last event of the feed that is counted.
    pub position: u64,
    /// The sums by currency.
    pub sums: Vec<Sums>,
    /// Orders in the last full second.
    pub orders_last_second: i64,
    /// Orders in the last minute.
    pub orders_last_minute: i64,
    /// Payments in the last full second.
    pub payments_last_second: i64,
    /// Payments in the last minute.
    pub payments_last_minute: i64,
    /// Parcels that left.
    pub shipped: i64,
    /// Parcels and collections that were delivered.
    pub delivered: i64,
    /// Where new purchases go.
    pub lights: Vec<ScreenPlace>,
    /// New parcels.
    pub parcels: Vec<ScreenParcel>,
}

/// What is to be shown.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScreenQuery {
    /// A past day that is to be replayed, such as `2026-11-11`; today, live, when absent.
    pub day: Option<String>,
    /// How many times as fast as it was, 1 to 100000; 60 when absent.
    #[param(minimum = 1, maximum = 100_000)]
    pub speed: Option<u32>,
}

/// A link for a wall.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ScreenLink {
    /// Its number.
    pub id: u64,
    /// Which wall it is for.
    pub name: String,
    /// When it was made, in UTC milliseconds.
    pub made_at: i64,
    /// Who made it.
    pub made_by: String,
}

/// All links.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ScreenLinkList {
    /// The links, oldest first.
    pub items: Vec<ScreenLink>,
}

/// Which wall a link is for.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScreenLinkCreate {
    /// A name that tells it from others.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

/// A link that was just made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ScreenLinkMade {
    /// The link.
    pub link: ScreenLink,
    /// The address to open on the wall. It has the secret in it, and is told this once.
    pub address: String,
}
