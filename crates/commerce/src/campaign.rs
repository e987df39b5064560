//! Sale events: what is cheaper from when to when, for whom, and how much of it there is.
//!
//! A campaign is a list of rules. Rules of the same [`Step`] are worked through in the order of their lists, older
//! campaigns first; [`crate::pricing`] says what each takes off. What a rule may give is limited by its [`Limits`];
//! how much of that was given is a row per [`Quota`], changed in the same batch as the order that took it
//! (invariant 5).

use crate::catalog::Product;
use crate::id::{CampaignId, CategoryId, OperatorId, ProductId, RuleId, SellerId, VariantId};
use crate::money::{Currency, Money};
use crate::settings::DiscountValue;
use crate::text::Text;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The longest campaign, in milliseconds: what never ends is a price.
pub const LENGTH_MAX: i64 = 400 * 24 * 60 * 60 * 1_000;

/// Where a campaign is. Whether it runs depends on the clock, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Being prepared: it does nothing, and may be changed.
    Draft,
    /// A second person agreed: it runs in its time.
    Approved,
    /// Ended before its time, for good.
    Stopped,
    /// Ended in its time, for good: what was taken of its limits need not be at hand any more.
    Ended,
}

/// A sale event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// The campaign's id.
    pub id: CampaignId,
    /// Rises by one with each change.
    pub version: u32,
    /// A short unique code.
    pub code: String,
    /// The name shoppers see.
    pub title: Text,
    /// The IANA time zone in which its times were given.
    pub time_zone: String,
    /// When it begins, in UTC milliseconds.
    pub starts_at: i64,
    /// When it is over, in UTC milliseconds: this moment is no longer part of it.
    pub ends_at: i64,
    /// Where it is.
    pub state: CampaignState,
    /// Who changed it last.
    pub proposed_by: Option<OperatorId>,
    /// Who agreed: never the one who changed it last.
    pub approved_by: Option<OperatorId>,
    /// What it consists of.
    pub rules: Vec<Rule>,
}

impl Campaign {
    /// Whether it runs at `now`.
    pub fn runs(&self, now: i64) -> bool {
        self.state == CampaignState::Approved && self.starts_at <= now && now < self.ends_at
    }

    /// The id of one of its rules.
    pub fn rule_id(&self, rule: &Rule) -> RuleId {
        RuleId::under(self.id, rule.number)
    }
}

/// One rule of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its number within the campaign, from 1; it stays when others come or go.
    pub number: u8,
    /// What the receipt says.
    pub title: Text,
    /// What it does.
    pub deal: Deal,
    /// To which goods.
    #[serde(default)]
    pub goods: Goods,
    /// Only for members who are signed in.
    #[serde(default)]
    pub members_only: bool,
    /// Does not apply to goods that another rule of its step has reduced, and none of its step applies to goods
    /// that it has reduced.
    #[serde(default)]
    pub exclusive: bool,
    /// Does not apply to goods that any rule before it has reduced.
    #[serde(default)]
    pub only_full_price: bool,
    /// How much of it there is.
    #[serde(default)]
    pub limits: Limits,
}

/// How much a rule gives at most; `None` for no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// In all: pieces of each variant for prices and multi-buys, sets for bundles, orders for the rest. Red packets
    /// say themselves how many there are.
    pub total: Option<u32>,
    /// The same per buyer: pieces in all, orders, or packets that they draw. Without an e-mail address nobody is a buyer, and the rule does
    /// not apply.
    pub per_buyer: Option<u32>,
    /// What it takes off altogether; orders in another currency get nothing.
    pub budget: Option<Money>,
}

/// Which goods a rule is about. Every list that is not empty must name them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Goods {
    /// These products.
    #[serde(default)]
    pub products: Vec<ProductId>,
    /// In these categories, or in ones below them.
    #[serde(default)]
    pub categories: Vec<CategoryId>,
    /// Of these sellers.
    #[serde(default)]
    pub sellers: Vec<SellerId>,
    /// But not these products.
    #[serde(default)]
    pub except: Vec<ProductId>,
}

impl Goods {
    /// Whether an offer of a product is meant; `is_in` says whether the product's category is the given one or
    /// below it.
    pub fn name(
        &self,
        product: &Product,
        seller: SellerId,
        is_in: impl Fn(CategoryId) -> bool,
    ) -> bool {
        let fits = |list: &[ProductId]| list.contains(&product.id);
        (self.products.is_empty() || fits(&self.products))
            && (self.sellers.is_empty() || self.sellers.contains(&seller))
            && (self.categories.is_empty() || self.categories.iter().any(|c| is_in(*c)))
            && !fits(&self.except)
    }
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deal {
    /// Variants at a price of their own.
    Prices(Vec<SalePrice>),
    /// Variants that are ordered for a deposit; the balance is paid later, in a window.
    Presale {
        /// What is on presale.
        offers: Vec<PresaleOffer>,
        /// What the receipt says of what the deposit counts for above itself.
        counts_title: Text,
        /// From when the balance can be paid, in UTC milliseconds.
        balance_from: i64,
        /// Until when it must be paid, in UTC milliseconds: at this moment it is too late.
        balance_until: i64,
        /// Whether the shopper loses the deposit when they do not pay the balance; else it goes back.
        forfeit: bool,
    },
    /// Parts per million off the price of each piece.
    Percent(u32),
    /// Of every `buy + get` pieces the cheapest `get` are reduced by `percent` (in parts per million).
    BuyGet {
        /// Pieces at their price.
        buy: u32,
        /// Pieces that are reduced.
        get: u32,
        /// Parts per million off each of these.
        percent: u32,
    },
    /// These pieces together at one price.
    Bundle {
        /// What a set consists of.
        parts: Vec<(VariantId, u32)>,
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
        /// What it takes off the goods.
        value: DiscountValue,
        /// Goods of at least this price, after the steps before.
        spend: Option<Money>,
    },
    /// A budget in packets of different worth, which members draw and spend once each: see [`crate::packet`].
    /// The budget is the rule's, and so is how many a member may draw.
    RedPackets {
        /// How many there are.
        count: u32,
        /// What each holds at least, in minor units of the budget's currency.
        low: i64,
        /// What each holds at most.
        high: i64,
        /// The secret from which amounts and codes are worked out, in two halves.
        secret: (u64, u64),
        /// From when they can be drawn, in UTC milliseconds: before the campaign begins, or later.
        draw_from: i64,
        /// Goods of at least this price, after the steps before; in any case of what the packet holds.
        spend: Option<Money>,
        /// Until when they can be drawn and spent, in UTC milliseconds: at this moment it is too late.
        spend_until: i64,
    },
    /// Delivery of a service level for nothing.
    FreeShipping {
        /// The service level.
        service_level: String,
        /// Goods of at least this price, after all other steps.
        spend: Option<Money>,
    },
}

/// A variant's price in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalePrice {
    /// Of what.
    pub variant: VariantId,
    /// Whose offer.
    pub seller: SellerId,
    /// One price per currency.
    pub prices: Vec<Money>,
    /// Pieces at this price, instead of the rule's own limit.
    #[serde(default)]
    pub total: Option<u32>,
}

/// A variant on presale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresaleOffer {
    /// Of what.
    pub variant: VariantId,
    /// Whose offer.
    pub seller: SellerId,
    /// What a piece costs, one per currency.
    pub terms: Vec<PresaleTerms>,
    /// Pieces on presale, instead of the rule's own limit.
    #[serde(default)]
    pub total: Option<u32>,
}

/// What a piece on presale costs. Amounts in minor units: `1 <= deposit <= counts_as <= price`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresaleTerms {
    /// The price, of which the deposit takes off what it counts as.
    pub price: Money,
    /// What is paid at once.
    pub deposit: i64,
    /// What that counts as.
    pub counts_as: i64,
}

impl PresaleTerms {
    /// What a piece costs in all, deposit and balance together.
    pub fn in_all(&self) -> i64 {
        self.price.minor - self.counts_as + self.deposit
    }
}

/// So much off for so much spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThresholdStep {
    /// What must be spent on the goods, after the steps before.
    pub spend: Money,
    /// What is taken off then, in minor units of the same currency.
    pub off: i64,
}

/// Which codes a coupon is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Codes {
    /// One code for everybody, in upper case.
    Shared(String),
    /// Codes that are good for one order each. They are worked out from a secret and a number, not stored:
    /// see [`crate::coupon`].
    Single {
        /// What they begin with, in upper case.
        prefix: String,
        /// How many there are.
        count: u32,
        /// The secret, in two halves.
        secret: (u64, u64),
    },
}

/// The steps in which rules apply, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The price of each piece: the lowest counts, as long as there is some of it.
    Price,
    /// Several pieces together.
    MultiBuy,
    /// The sum of the goods.
    Threshold,
    /// Codes.
    Coupon,
    /// Delivery.
    Shipping,
}

impl Deal {
    /// The step in which it applies.
    pub fn step(&self) -> Step {
        match self {
            Deal::Prices(_) | Deal::Presale { .. } | Deal::Percent(_) => Step::Price,
            Deal::BuyGet { .. } | Deal::Bundle { .. } => Step::MultiBuy,
            Deal::Threshold { .. } => Step::Threshold,
            Deal::Coupon { .. } | Deal::RedPackets { .. } => Step::Coupon,
            Deal::FreeShipping { .. } => Step::Shipping,
        }
    }

    /// Whether its limits count pieces; otherwise they count orders.
    pub fn counts_pieces(&self) -> bool {
        self.step() <= Step::MultiBuy
    }
}

/// What is counted against a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Orders, or sets of a bundle.
    Orders,
    /// Money taken off, in minor units of the budget's currency.
    Budget,
    /// Pieces of a variant.
    Variant(VariantId),
    /// Pieces, orders or drawn packets of a buyer, by a hash of the e-mail address.
    Buyer(u64),
    /// Orders with a single-use code or a red packet, by its number.
    Code(u32),
    /// Red packets that members drew.
    Drawn,
}

impl Counted {
    /// Whether it is everybody's: what one buyer took, or one code, matters to the writer alone.
    pub fn is_shared(self) -> bool {
        !matches!(self, Counted::Buyer(_) | Counted::Code(_))
    }
}

/// A limit of a rule: the key of a row that says how much was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Quota {
    /// Of which rule.
    pub rule: RuleId,
    /// Of what.
    pub counted: Counted,
}

/// What an order took of a limit. It is given back when the goods are canceled, and kept when they are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Of which limit.
    pub quota: Quota,
    /// The line it belongs to, from 1; 0 for the order group as a whole.
    pub line: u16,
    /// How much.
    pub taken: i64,
    /// How much of that was given back.
    pub given_back: i64,
}

/// The amount in a currency among prices.
pub fn price_in(prices: &[Money], currency: Currency) -> Option<i64> {
    let found = prices.iter().find(|p| p.currency == currency);
    found.map(|p| p.minor)
}
