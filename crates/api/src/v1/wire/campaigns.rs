//! Campaigns: what is sent to prepare one, and what is shown of it.

use super::{Money, Named, Texts};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A campaign to be saved as a draft.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignBody {
    /// The version that is replaced; absent for a new one. Another one is refused with `version_conflict`.
    #[serde(default)]
    pub version: Option<u32>,
    /// A short unique code.
    #[schema(example = "1111", max_length = 254)]
    pub code: String,
    /// The name shoppers see.
    pub title: Texts,
    /// The IANA time zone of its times.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
    /// Its first second, as clocks in the time zone show it.
    #[schema(example = "2026-11-11T00:00:00")]
    pub starts: String,
    /// The second after its last.
    #[schema(example = "2026-11-12T00:00:00")]
    pub ends: String,
    /// What it consists of.
    #[schema(max_items = 255)]
    pub rules: Vec<Rule>,
}

/// A step of a campaign's life.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignMove {
    /// The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is.
    #[serde(default)]
    pub version: Option<u32>,
}

/// One rule of a campaign. Rules apply in five steps (prices, multi-buys, thresholds, codes, delivery), within a
/// step in the order of this list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its number within the campaign, from 1 to 255; it stays when others come or go.
    #[schema(minimum = 1)]
    pub number: u8,
    /// What the receipt says.
    pub title: Texts,
    /// What it does.
    pub deal: Deal,
    /// To which goods; all when absent.
    #[serde(default)]
    pub goods: Goods,
    /// Only for members who are signed in.
    #[serde(default)]
    pub members_only: bool,
    /// Not together with another rule of its step on the same goods.
    #[serde(default)]
    pub exclusive: bool,
    /// Not on goods that any rule before it has reduced.
    #[serde(default)]
    pub only_full_price: bool,
    /// How much of it there is.
    #[serde(default)]
    pub limits: Limits,
}

/// How much a rule gives at most; `null` for no such limit.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// In all: pieces of each variant for prices, percentages and multi-buys, sets for bundles, orders for the rest.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub total: Option<u32>,
    /// The same per buyer, who is known by e-mail address.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub per_buyer: Option<u32>,
    /// What it takes off altogether.
    #[serde(default)]
    pub budget: Option<Money>,
}

/// Which goods a rule is about. Every list that is not empty must name them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goods {
    /// Product ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<String>,
    /// Category ids; categories below them count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Seller ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sellers: Vec<String>,
    /// Product ids that are not meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

/// What a rule does. Shares are in parts per million: 20 % is 200,000.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deal {
    /// Variants at a price of their own.
    Prices {
        /// The prices, at most one per variant.
        prices: Vec<SalePrice>,
    },
    /// Variants that are ordered for a deposit; the balance is paid later, in a window.
    Presale {
        /// What is on presale, at most one offer per variant.
        offers: Vec<PresaleOffer>,
        /// What the receipt says of what the deposit counts for above itself.
        counts_title: Texts,
        /// From when the balance can be paid, as clocks in the campaign's time zone show it.
        #[schema(example = "2026-11-11T00:00:00")]
        balance_from: String,
        /// The second after the last in which it can; not before the campaign's end.
        #[schema(example = "2026-11-12T00:00:00")]
        balance_until: String,
        /// Whether the deposit is lost when the balance is not paid; else it goes back.
        forfeit: bool,
    },
    /// A share off the price of each piece.
    Percent {
        /// Parts per million.
        percent: u32,
    },
    /// Of every `buy + get` pieces the cheapest `get` are reduced.
    BuyGet {
        /// Pieces at their price.
        buy: u32,
        /// Pieces that are reduced.
        get: u32,
        /// Parts per million off each of these; 1,000,000 for free.
        percent: u32,
    },
    /// These pieces together at one price.
    Bundle {
        /// What a set consists of.
        parts: Vec<Part>,
        /// The price of a set, one per currency.
        prices: Vec<Money>,
    },
    /// So much off for so much spent, across sellers.
    Threshold {
        /// One step per currency.
        steps: Vec<ThresholdStep>,
        /// How often a step counts in one order.
        times: u32,
    },
    /// Off the goods for a code.
    Coupon {
        /// Which codes.
        codes: Codes,
        /// What it takes off.
        value: CouponValue,
        /// Goods of at least this price, after the steps before.
        #[serde(default)]
        spend: Option<Money>,
    },
    /// A budget in packets of different worth, which members draw and spend once each. The rule's `budget` is what
    /// they hold together, `per_buyer` how many a member may draw; both are needed, and `total` is not.
    RedPackets {
        /// How many there are.
        #[schema(minimum = 1)]
        count: u32,
        /// What each holds at least, in minor units of the budget's currency.
        #[schema(minimum = 1)]
        low: i64,
        /// What each holds at most. The budget is from `count × low` to `count × high`.
        high: i64,
        /// From when they can be drawn, as clocks in the campaign's time zone show it; before the campaign begins,
        /// or later.
        #[schema(example = "2026-11-10T20:00:00")]
        draw_from: String,
        /// Goods of at least this price, after the steps before. A packet is spent on goods of what it holds at
        /// least.
        #[serde(default)]
        spend: Option<Money>,
        /// The second after the last in which they can be drawn and spent; not after the campaign's end.
        #[schema(example = "2026-11-12T00:00:00")]
        spend_until: String,
    },
    /// Delivery for nothing.
    FreeShipping {
        /// The service level.
        service_level: String,
        /// Goods of at least this price, after all discounts.
        #[serde(default)]
        spend: Option<Money>,
    },
}

/// A variant's price in a campaign.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalePrice {
    /// The variant's id.
    pub variant: String,
    /// The seller whose offer it is; absent for the operator itself.
    #[serde(default)]
    pub seller: Option<String>,
    /// One price per currency.
    pub prices: Vec<Money>,
    /// Pieces at this price; the rule's own limit when absent.
    #[serde(default)]
    pub total: Option<u32>,
}

/// A variant on presale.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresaleOffer {
    /// The variant's id.
    pub variant: String,
    /// The seller whose offer it is; absent for the operator itself.
    #[serde(default)]
    pub seller: Option<String>,
    /// What a piece costs, one per currency.
    pub terms: Vec<PresaleTerms>,
    /// Pieces on presale; the rule's own limit when absent.
    #[serde(default)]
    pub total: Option<u32>,
}

/// What a piece on presale costs: `1 <= deposit <= counts_as <= price`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresaleTerms {
    /// The price, of which the deposit takes off what it counts as.
    pub price: Money,
    /// What is paid at once, in minor units of the same currency.
    pub deposit: i64,
    /// What that counts as, in minor units.
    pub counts_as: i64,
}

/// A part of a set.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The variant's id.
    pub variant: String,
    /// How many pieces.
    pub quantity: u32,
}

/// So much off for so much spent.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThresholdStep {
    /// What must be spent.
    pub spend: Money,
    /// What is taken off then, in minor units of the same currency.
    pub off: i64,
}

/// What a coupon takes off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum CouponValue {
    /// Parts per million of the goods' price.
    Percent(u32),
    /// An amount, at most the goods' price.
    Fixed(Money),
}

/// Which codes a coupon is for.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Codes {
    /// One code for everybody.
    Shared {
        /// The code; upper and lower case are the same.
        code: String,
    },
    /// Codes that are good for one order each; see `GET /campaigns/{id}/codes`.
    Single {
        /// What they begin with.
        prefix: String,
        /// How many there are.
        count: u32,
    },
}

/// Where a campaign is, by its state and the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Being prepared.
    Draft,
    /// Approved; it begins in its time.
    Planned,
    /// It runs.
    Running,
    /// Ended in its time.
    Over,
    /// Ended before its time.
    Stopped,
}

/// A campaign in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CampaignSummary {
    /// The campaign's id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub title: Texts,
    /// Where it is.
    pub phase: Phase,
    /// The IANA time zone of its times.
    pub time_zone: String,
    /// Its first moment, in UTC milliseconds.
    pub starts_at: i64,
    /// The moment it is over, in UTC milliseconds.
    pub ends_at: i64,
    /// How many rules it has.
    pub rules: u32,
}

/// All campaigns, the latest beginning first.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CampaignList {
    /// The campaigns.
    pub items: Vec<CampaignSummary>,
    /// The server's clock, in UTC milliseconds.
    pub now: i64,
}

/// A campaign whole.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CampaignEntry {
    /// The campaign's id.
    pub id: String,
    /// Where it is.
    pub phase: Phase,
    /// Its first moment, in UTC milliseconds.
    pub starts_at: i64,
    /// The moment it is over, in UTC milliseconds.
    pub ends_at: i64,
    /// Who changed it last.
    pub proposed_by: Option<Named>,
    /// Who approved it.
    pub approved_by: Option<Named>,
    /// What was saved; its `version` is the one to send with a change.
    pub saved: CampaignBody,
    /// How much was taken of the limits that are everybody's.
    pub taken: Vec<Taken>,
    /// The server's clock, in UTC milliseconds.
    pub now: i64,
}

/// How much was taken of a limit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Taken {
    /// The rule's number.
    pub rule: u8,
    /// What is counted: `orders`, `money` or `pieces`; of red packets `packets` that were drawn, `drawn` for what they
    /// hold, and `money` for what of that was spent.
    pub counted: String,
    /// The variant whose pieces are counted.
    pub variant: Option<Named>,
    /// How much was taken, in minor units if it is money.
    pub taken: i64,
    /// How much there is.
    pub total: i64,
}

/// What would have become of the orders of the last 24 hours, had they come in the campaign's first day.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Rehearsal {
    /// Orders that were priced again.
    pub orders: u32,
    /// Orders that would have cost less.
    pub reduced: u32,
    /// Whether there were more than were looked at.
    pub more: bool,
    /// What the goods cost, per currency, after discounts.
    pub before: Vec<Money>,
    /// What they would have cost.
    pub after: Vec<Money>,
    /// What each rule would have done.
    pub rules: Vec<RuleEffect>,
    /// The goods it is about, those with the most pieces first.
    pub goods: Vec<GoodsEffect>,
}

/// What a rule would have done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RuleEffect {
    /// The rule's number.
    pub rule: u8,
    /// Orders that it applies to.
    pub orders: u32,
    /// What it takes off, per currency.
    pub off: Vec<Money>,
    /// Orders that it would have applied to, had there been more of it.
    pub used_up: u32,
}

/// What it would have done to one variant.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct GoodsEffect {
    /// The variant.
    pub variant: Named,
    /// Its SKU.
    pub sku: String,
    /// Pieces in the orders.
    pub pieces: i64,
    /// What is taken off them, per currency.
    pub off: Vec<Money>,
    /// Pieces that can be promised now, all places together.
    pub available: i64,
    /// Pieces that the campaign promises at a price of their own; `null` without a number.
    pub promised: Option<i64>,
    /// Whether more was sold, or is promised, than there is.
    pub at_risk: bool,
}

/// Which single-use codes are listed.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodesQuery {
    /// The rule's number.
    pub rule: u8,
    /// The number of the first code, from 0.
    #[serde(default)]
    pub from: u32,
    /// How many, at most 1,000,000; all that are left when absent.
    pub count: Option<u32>,
}
