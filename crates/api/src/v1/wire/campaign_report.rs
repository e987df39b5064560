//! What a sale event came to, beside what another span of time came to.

use super::Texts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a campaign is compared with. Nothing for the campaign before it; a campaign; or both ends of a span of time.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The id of another campaign, or `none`.
    pub compare: Option<String>,
    /// The first moment of a span of time, in UTC milliseconds.
    pub from: Option<i64>,
    /// The first moment after it.
    pub to: Option<i64>,
}

/// A figure, and the same of the time that is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Compared {
    /// Of the campaign. Money in minor units.
    pub now: i64,
    /// Of the time that is compared with; `null` when nothing is.
    #[schema(required)]
    pub before: Option<i64>,
    /// By how much it changed, in thousandths of what it was before; `null` when it was nothing.
    #[schema(required)]
    pub change_permille: Option<i64>,
}

/// A span of time that is reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportSpan {
    /// The campaign's id, if it is one's time.
    #[schema(required)]
    pub campaign: Option<String>,
    /// The campaign's name; empty for a time that is none's.
    pub title: Texts,
    /// The first moment, in UTC milliseconds.
    pub from: i64,
    /// The first moment after it: as far as the campaign has come.
    pub to: i64,
    /// Whether there were more purchases than are counted.
    pub more: bool,
}

/// A part of what was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportRow {
    /// The id of what it is about; the region itself; empty for what has none, and for the rest.
    pub id: String,
    /// Its name; empty for goods without a category, and for addresses without a region.
    pub title: Texts,
    /// Whether these are all that have no row of their own, together.
    pub is_rest: bool,
    /// What was paid, in minor units.
    pub revenue: Compared,
    /// Orders; lines for a category.
    pub count: Compared,
    /// Pieces.
    pub pieces: Compared,
}

/// A step of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportStep {
    /// When it began, in UTC milliseconds.
    pub at: i64,
    /// What was sold in it, in minor units.
    pub revenue: Compared,
    /// Orders in it.
    pub orders: Compared,
    /// Pieces in it.
    pub pieces: Compared,
}

/// What a rule of the campaign gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportRule {
    /// The rule's number.
    pub rule: u8,
    /// Purchases that it reduced.
    pub purchases: i64,
    /// What it took off them, in minor units.
    pub off: i64,
    /// When the first of them was placed, in UTC milliseconds; `null` when there was none.
    #[schema(required)]
    pub first_at: Option<i64>,
    /// When the last of them was placed.
    #[schema(required)]
    pub last_at: Option<i64>,
}

/// The figures of one currency. Amounts in minor units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportFigures {
    /// ISO 4217 code.
    #[schema(example = "EUR")]
    pub currency: String,
    /// What the orders that were confirmed in the time are worth, delivery and tax included.
    pub revenue: Compared,
    /// These orders, one per seller.
    pub orders: Compared,
    /// What one of them is worth on average.
    pub average: Compared,
    /// Orders from phones, in thousandths of all.
    pub phone_permille: Compared,
    /// What the orders from phones are worth.
    pub phone_revenue: Compared,
    /// Pieces.
    pub pieces: Compared,
    /// What was paid for delivery.
    pub delivery: Compared,
    /// Of these orders, those that were canceled whole until now.
    pub canceled_orders: Compared,
    /// What was canceled of them until now.
    pub canceled: Compared,
    /// What goods cost that came back until now.
    pub returned: Compared,
    /// What is left of the revenue after that.
    pub kept: Compared,
    /// Goods by category, without delivery; the most revenue first, as in all lists.
    pub categories: Vec<ReportRow>,
    /// Orders by the region they go to; by city where an address names none.
    pub regions: Vec<ReportRow>,
    /// Orders by seller.
    pub sellers: Vec<ReportRow>,
    /// The course.
    pub course: Vec<ReportStep>,
    /// What each rule gave.
    pub rules: Vec<ReportRule>,
}

/// What a sale event came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CampaignReport {
    /// The campaign's time.
    pub span: ReportSpan,
    /// The time that it is compared with; `null` for none.
    #[schema(required)]
    pub compared: Option<ReportSpan>,
    /// The campaign's time zone.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Whether the campaign goes on: then both are counted as far as it has come.
    pub is_running: bool,
    /// Minutes of a step of the course.
    pub step_minutes: u32,
    /// Buyers, by e-mail address.
    pub buyers: Compared,
    /// Those of them who began no purchase under the address before.
    pub new_buyers: Compared,
    /// The figures by currency, the shop's own first.
    pub figures: Vec<ReportFigures>,
}
