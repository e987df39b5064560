//! What one piece costs now, for those who show prices before there is a cart; and what it cost before.

use super::deals::is_meant;
use super::presale::terms_in;
use crate::campaign::{
    Campaign, CampaignState, Counted, Deal, PresaleTerms, Quota, Rule, price_in,
};
use crate::catalog::{Offer, Product, Variant};
use crate::id::{CampaignId, RuleId, SellerId};
use crate::money::{Currency, PPM, scale};
use crate::world::World;

/// The days before a reduction of which the lowest price is shown beside it: Directive 98/6/EC, article 6a.
const REFERENCE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// A piece's price now. Amounts are minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceNow {
    /// Whose offer it is.
    pub seller: SellerId,
    /// What it costs.
    pub price: i64,
    /// What it costs outside campaigns.
    pub regular: i64,
    /// Why it is less than that.
    pub reduction: Option<Reduction>,
    /// Set when it is on presale: then `price` is what it costs in all, deposit and balance together.
    pub presale: Option<PresaleNow>,
}

/// A presale that a piece can be ordered in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresaleNow {
    /// What a piece costs.
    pub terms: PresaleTerms,
    /// From when the balance can be paid, in UTC milliseconds.
    pub balance_from: i64,
    /// Until when it must be paid, in UTC milliseconds.
    pub balance_until: i64,
    /// Whether the deposit is lost when it is not.
    pub forfeit: bool,
}

/// Why a piece costs less than it does outside campaigns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reduction {
    /// Whose rule it is.
    pub campaign: CampaignId,
    /// The rule.
    pub rule: RuleId,
    /// Until when, in UTC milliseconds.
    pub ends_at: i64,
    /// Pieces that are left at this price; `None` without a limit.
    pub left: Option<i64>,
    /// Pieces that one buyer may have.
    pub per_buyer: Option<u32>,
    /// The lowest price of the 30 days before the campaign.
    pub lowest_before: i64,
}

/// The least that a piece of a variant costs at `now`; `None` without a price in the currency. Limits per buyer are not
/// looked at: who the buyer is will be known later.
pub fn price_now(
    world: &World,
    now: i64,
    (product, variant): (&Product, &Variant),
    (currency, is_member): (Currency, bool),
) -> Option<PriceNow> {
    let priced = variant.offers.iter().filter_map(|offer| {
        let regular = price_in(&offer.prices, currency)?;
        let mut found = PriceNow {
            seller: offer.seller,
            price: regular,
            regular,
            reduction: None,
            presale: None,
        };
        if world.has_campaigns() {
            let of = Of {
                world,
                product,
                variant,
                offer,
            };
            of.reduce(&mut found, now, currency, is_member);
        }
        Some(found)
    });
    priced.min_by_key(|found| found.price)
}

/// An offer of a variant.
struct Of<'w> {
    world: &'w World,
    product: &'w Product,
    variant: &'w Variant,
    offer: &'w Offer,
}

impl Of<'_> {
    fn reduce(&self, found: &mut PriceNow, now: i64, currency: Currency, is_member: bool) {
        let running = self.world.approved_campaigns().filter(|c| c.runs(now));
        for campaign in running {
            let rules = campaign.rules.iter();
            for rule in rules.filter(|r| is_member || !r.members_only) {
                let Some(price) = self.price(rule, found.regular, currency) else {
                    continue;
                };
                let left = self.left(campaign, rule);
                let presale = self.presale(rule, currency);
                // A presale comes before other prices, and may cost as much as outside it.
                let is_better = match (presale, found.presale) {
                    (Some(_), None) => price <= found.regular,
                    (None, Some(_)) => false,
                    _ => price < found.price,
                };
                if is_better && left.is_none_or(|left| left > 0) {
                    found.price = price;
                    found.presale = presale;
                    found.reduction = Some(Reduction {
                        campaign: campaign.id,
                        rule: campaign.rule_id(rule),
                        ends_at: campaign.ends_at,
                        left,
                        per_buyer: rule.limits.per_buyer,
                        lowest_before: 0,
                    });
                }
            }
        }
        if let Some(reduction) = &mut found.reduction {
            let since = self.world.campaign(reduction.campaign);
            let since = since.map_or(now, |c| c.starts_at);
            reduction.lowest_before = self.lowest(since, (found.regular, currency));
        }
    }

    /// What a rule of the first step makes of the offer's price.
    fn price(&self, rule: &Rule, regular: i64, currency: Currency) -> Option<i64> {
        match &rule.deal {
            Deal::Prices(prices) => {
                let mut own = prices.iter();
                let of = |p: &&crate::campaign::SalePrice| {
                    (p.variant, p.seller) == (self.variant.id, self.offer.seller)
                };
                price_in(&own.find(of)?.prices, currency)
            }
            Deal::Presale { .. } => Some(self.presale(rule, currency)?.terms.in_all()),
            Deal::Percent(ppm) => {
                let is_named = is_meant(self.world, rule, self.product, self.offer.seller);
                is_named.then(|| regular - scale(regular, i64::from(*ppm), PPM))
            }
            _ => None,
        }
    }

    /// What a rule offers of it on presale.
    fn presale(&self, rule: &Rule, currency: Currency) -> Option<PresaleNow> {
        let Deal::Presale {
            offers,
            balance_from,
            balance_until,
            forfeit,
            ..
        } = &rule.deal
        else {
            return None;
        };
        let of = |o: &&crate::campaign::PresaleOffer| {
            (o.variant, o.seller) == (self.variant.id, self.offer.seller)
        };
        let mut own = offers.iter();
        Some(PresaleNow {
            terms: terms_in(own.find(of)?, currency)?,
            balance_from: *balance_from,
            balance_until: *balance_until,
            forfeit: *forfeit,
        })
    }

    fn left(&self, campaign: &Campaign, rule: &Rule) -> Option<i64> {
        let counted = Counted::Variant(self.variant.id);
        let quota = Quota {
            rule: campaign.rule_id(rule),
            counted,
        };
        let limit = rule.limit(counted)?;
        Some(limit - self.world.taken(&quota))
    }

    /// The lowest price in the reference days before `since`, campaigns counted.
    fn lowest(&self, since: i64, (regular, currency): (i64, Currency)) -> i64 {
        let from = since - REFERENCE_MS;
        let past = self.offer.past.iter().filter(|p| p.until > from);
        let past = past.filter_map(|p| price_in(&p.prices, currency));
        let campaigns = self
            .world
            .campaigns()
            .filter(|c| c.state != CampaignState::Draft && c.starts_at < since && c.ends_at > from);
        let sold = campaigns.flat_map(|c| &c.rules);
        let sold = sold.filter_map(|rule| self.price(rule, regular, currency));
        past.chain(sold).chain([regular]).min().unwrap_or(regular)
    }
}
