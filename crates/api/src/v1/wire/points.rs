//! Members' points: the program, a member's account, and adjusting it.

use super::{Money, Texts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What points are worth in this shop.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PointsProgram {
    /// Its version: 0 while nobody has said what they are worth; then the rest is a proposal.
    pub version: u32,
    /// What receipts call them.
    pub title: Texts,
    /// The currency in which they are earned and spent.
    #[schema(example = "EUR", min_length = 3, max_length = 3)]
    pub currency: String,
    /// Minor units paid for goods, tax included, per point that is earned.
    #[schema(example = 100)]
    pub spend_per_point: i64,
    /// Minor units that one point takes off.
    #[schema(example = 1)]
    pub worth: i64,
    /// Which part of the goods' price may be paid with points, in parts per million.
    #[schema(example = 500_000)]
    pub share_max_ppm: u32,
    /// The fewest points that one order may be paid with.
    pub points_min: i64,
    /// Days after which a balance expires for which nothing was earned meanwhile; 0 for never.
    pub expires_after_days: u16,
    /// Whether orders earn points and may be paid with them.
    pub active: bool,
}

/// What points are to be worth.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsProgramChange {
    /// Refused with `version_conflict` unless it has this version; absent does not check.
    #[serde(default)]
    pub version: Option<u32>,
    /// What receipts call them; absent leaves it.
    #[serde(default)]
    pub title: Option<Texts>,
    /// A currency that the shop sells in.
    #[schema(example = "EUR", min_length = 3, max_length = 3)]
    pub currency: String,
    /// Minor units paid for goods per point that is earned.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub spend_per_point: i64,
    /// Minor units that one point takes off; at most `spend_per_point`.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub worth: i64,
    /// Which part of the goods' price may be paid with points, in parts per million.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub share_max_ppm: u32,
    /// The fewest points that one order may be paid with.
    #[serde(default)]
    #[schema(minimum = 0)]
    pub points_min: i64,
    /// Days after which a balance expires; 0 for never.
    #[schema(maximum = 3_650)]
    pub expires_after_days: u16,
    /// Whether orders earn points and may be paid with them.
    pub active: bool,
}

/// Which page of a member's entries.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PointsQuery {
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// A member's points.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct MemberPoints {
    /// How many there are; below zero after points were taken back that had been spent.
    pub balance: i64,
    /// How many of them can be spent now.
    pub spendable: i64,
    /// What those take off; `null` while there is no program.
    #[schema(required)]
    pub worth: Option<Money>,
    /// When all of them expire unless something is earned before, in UTC milliseconds; `null` for never.
    #[schema(required)]
    pub expires_at: Option<i64>,
    /// What changed, the newest first.
    pub items: Vec<PointsEntry>,
    /// Where the next page begins; `null` on the last one.
    #[schema(required)]
    pub next: Option<String>,
}

/// One change of a member's points.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PointsEntry {
    /// Its number among the member's, from 1.
    pub number: u64,
    /// When, in UTC milliseconds.
    pub at: i64,
    /// By how much.
    pub change: i64,
    /// What there was after it.
    pub balance: i64,
    /// Why.
    pub cause: PointsCause,
    /// The order that it is about, the first of those that were paid for in one go.
    #[schema(required)]
    pub order: Option<String>,
    /// Who adjusted it; `null` where nobody did.
    #[schema(required)]
    pub operator: Option<String>,
    /// Why it was adjusted; `null` where it was not.
    #[schema(required)]
    pub reason: Option<String>,
}

/// Why points changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PointsCause {
    /// Earned with goods that were handed over.
    Earned,
    /// Taken back since goods came back.
    TakenBack,
    /// Paid with.
    Spent,
    /// Given back since goods were canceled or came back.
    GivenBack,
    /// Changed by an operator.
    Adjusted,
    /// Their time was over.
    Expired,
    /// The member was erased.
    GivenUp,
}

/// Points that a member is given, or that are taken away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PointsAdjustment {
    /// By how much: above 0 to give, below to take away.
    pub change: i64,
    /// Why, in words that the member may read; say nothing of persons in them.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What points did for an order, together with those that were paid for in the same go.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderPoints {
    /// Points that it was paid with.
    pub spent: i64,
    /// What those took off.
    pub worth: Money,
    /// Points of those that were given back.
    pub given_back: i64,
    /// Points that it has earned, less those that were taken back.
    pub earned: i64,
}
