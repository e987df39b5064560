//! Where visits and orders come from.

use super::Money;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is asked. Without a time it is today.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct TrafficQuery {
    /// So many days, today as the last. Either this or `from` and `to`.
    #[param(minimum = 1, maximum = 400)]
    pub days: Option<u32>,
    /// The first day, on the shop's calendar.
    #[param(example = "2026-11-01")]
    pub from: Option<String>,
    /// The last day; at most 400 days together.
    #[param(example = "2026-11-28")]
    pub to: Option<String>,
    /// The touch that counts; the last when absent.
    pub touch: Option<TouchChoice>,
    /// What the rows are; sources when absent.
    pub by: Option<TrafficDimension>,
}

/// A link that is to be drawn.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// The link, whole; at most 1,000 characters.
    #[param(max_length = 1000, example = "https://shop.example/?utm_source=poster")]
    pub link: String,
}

/// Which of a visitor's touches counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TouchChoice {
    /// The first.
    First,
    /// The last that was not direct.
    #[default]
    Last,
}

/// What the rows of a report are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrafficDimension {
    /// Who sent the visitor.
    #[default]
    Source,
    /// By what.
    Medium,
    /// For which campaign.
    Campaign,
    /// With whose code.
    Referral,
    /// To what kind of page.
    Landing,
    /// Through which door; visits come through the web alone.
    Channel,
    /// With which kind of device.
    Device,
}

impl TrafficDimension {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Medium => "medium",
            Self::Campaign => "campaign",
            Self::Referral => "referral",
            Self::Landing => "landing",
            Self::Channel => "channel",
            Self::Device => "device",
        }
    }
}

/// Visits of a span of days, and what was bought in it, by where they came from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TrafficReport {
    /// The first day.
    #[schema(example = "2026-11-01")]
    pub from: String,
    /// The last day.
    #[schema(example = "2026-11-28")]
    pub to: String,
    /// The time zone of the days.
    pub time_zone: String,
    /// The touch that counts.
    pub touch: TouchChoice,
    /// What the rows are.
    pub by: TrafficDimension,
    /// How many days a touch counts after it; 0 where browsers are asked to keep none.
    pub window_days: u32,
    /// The currencies in which something was bought, the shop's own first; never empty.
    pub currencies: Vec<String>,
    /// The rows, the most revenue first.
    pub rows: Vec<TrafficRow>,
    /// All rows together.
    pub total: TrafficRow,
}

/// What came from one place.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrafficRow {
    /// The source, the medium and so on; empty where none is known.
    #[schema(example = "newsletter")]
    pub value: String,
    /// Whether this is all that has no row of its own.
    pub is_rest: bool,
    /// Visits.
    pub visits: i64,
    /// Purchases: what was paid for in one go.
    pub purchases: i64,
    /// Purchases per visit in millionths; `null` without visits.
    #[schema(required)]
    pub conversion_ppm: Option<i64>,
    /// What was sold, for each of the report's currencies.
    pub sales: Vec<TrafficSales>,
}

/// What was sold in one currency.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TrafficSales {
    /// Orders, one per seller.
    pub orders: i64,
    /// What they are worth: goods and delivery as paid, tax included.
    pub revenue: Money,
    /// The revenue per order.
    #[schema(required)]
    pub average: Option<Money>,
    /// The part of all revenue in the currency, in thousandths.
    pub share_permille: i64,
}

/// Where an order came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderAttribution {
    /// Where the buyer came from first.
    pub first: OrderTouch,
    /// Where they came from last before the order, direct visits aside.
    pub last: OrderTouch,
}

/// Where an app's buyer came from. Texts that are too long are cut.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct GivenAttribution {
    /// Where they came from last.
    pub last: OrderTouch,
    /// Where they came from first; the same when absent.
    #[serde(default)]
    pub first: Option<OrderTouch>,
}

/// Where a buyer came from at one time. All of it is in an answer, its texts in lower case and empty where nothing is
/// known; whoever sends one may leave out what they don't know.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct OrderTouch {
    /// Who sent them.
    #[schema(example = "newsletter")]
    pub source: String,
    /// By what.
    #[schema(example = "email")]
    pub medium: String,
    /// For which campaign.
    #[schema(example = "11.11")]
    pub campaign: String,
    /// For which search term.
    pub term: String,
    /// Through which of several links.
    pub content: String,
    /// With whose referral code.
    pub referral: String,
    /// When, in UTC milliseconds; the time of the order when a buyer's app says none.
    pub at: Option<i64>,
}
