//! What campaigns may still give: how much of each limit was taken, and which rules there are at all.

use super::World;
use super::journal::Undo;
use crate::campaign::{
    Campaign, CampaignState, Counted, Deal, PresaleOffer, Quota, Rule, SalePrice,
};
use crate::id::{CampaignId, CategoryId, RuleId, VariantId};
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Campaigns that may run, worked out once per change of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Campaigns {
    /// Those that were approved, by id: older ones first.
    approved: Vec<CampaignId>,
    /// Where a variant has a price of its own: the campaign, the place of the rule, that of the price.
    sales: BTreeMap<VariantId, Vec<(CampaignId, usize, usize)>>,
    /// Where a variant is on presale, likewise.
    presales: BTreeMap<VariantId, Vec<(CampaignId, usize, usize)>>,
}

impl Campaigns {
    pub(super) fn of(world: &World) -> Self {
        let mut found = Self::default();
        let approved = |c: &&Campaign| c.state == CampaignState::Approved;
        for campaign in world.campaigns().filter(approved) {
            found.approved.push(campaign.id);
            for (i, rule) in campaign.rules.iter().enumerate() {
                match &rule.deal {
                    Deal::Prices(prices) => {
                        for (k, price) in prices.iter().enumerate() {
                            let places = found.sales.entry(price.variant).or_default();
                            places.push((campaign.id, i, k));
                        }
                    }
                    Deal::Presale { offers, .. } => {
                        for (k, offer) in offers.iter().enumerate() {
                            let places = found.presales.entry(offer.variant).or_default();
                            places.push((campaign.id, i, k));
                        }
                    }
                    _ => {}
                }
            }
        }
        found
    }
}

impl World {
    /// Whether a campaign was approved, in its time or not.
    pub fn has_campaigns(&self) -> bool {
        self.tables.stale || !self.tables.campaigns.approved.is_empty()
    }

    fn campaign_tables(&self) -> Cow<'_, Campaigns> {
        if self.tables.stale {
            Cow::Owned(Campaigns::of(self))
        } else {
            Cow::Borrowed(&self.tables.campaigns)
        }
    }

    /// Campaigns that were approved, in their time or not, older ones first.
    pub fn approved_campaigns(&self) -> impl Iterator<Item = &Campaign> {
        let ids = match self.campaign_tables() {
            Cow::Borrowed(tables) => Cow::Borrowed(tables.approved.as_slice()),
            Cow::Owned(tables) => Cow::Owned(tables.approved),
        };
        (0..ids.len()).filter_map(move |i| self.campaign(ids[i]))
    }

    /// Prices of a variant's own in approved campaigns, in their time or not.
    pub fn sale_prices(&self, variant: VariantId) -> Vec<(&Campaign, &Rule, &SalePrice)> {
        let tables = self.campaign_tables();
        let places = tables.sales.get(&variant).map_or(&[][..], Vec::as_slice);
        let found = places.iter().filter_map(|&(id, rule, price)| {
            let campaign = self.campaign(id)?;
            let rule = campaign.rules.get(rule)?;
            let Deal::Prices(prices) = &rule.deal else {
                return None;
            };
            Some((campaign, rule, prices.get(price)?))
        });
        found.collect()
    }

    /// Offers of a variant on presale in approved campaigns, in their time or not.
    pub fn presale_offers(&self, variant: VariantId) -> Vec<(&Campaign, &Rule, &PresaleOffer)> {
        let tables = self.campaign_tables();
        let places = tables.presales.get(&variant);
        let found = places.map_or(&[][..], Vec::as_slice).iter();
        let found = found.filter_map(|&(id, rule, offer)| {
            let campaign = self.campaign(id)?;
            let rule = campaign.rules.get(rule)?;
            let Deal::Presale { offers, .. } = &rule.deal else {
                return None;
            };
            Some((campaign, rule, offers.get(offer)?))
        });
        found.collect()
    }

    /// A rule with its campaign.
    pub fn rule(&self, id: RuleId) -> Option<(&Campaign, &Rule)> {
        let campaign = self.campaign(CampaignId(id.base()))?;
        let rule = campaign.rules.iter().find(|r| r.number == id.sub())?;
        Some((campaign, rule))
    }

    /// Whether a category is `above` or below it.
    pub fn is_category_in(&self, category: Option<CategoryId>, above: CategoryId) -> bool {
        let mut at = category;
        for _ in 0..CATEGORY_DEPTH_MAX {
            match at {
                Some(id) if id == above => return true,
                Some(id) => at = self.category(id).and_then(|c| c.parent),
                None => return false,
            }
        }
        false
    }

    /// Whether it is in memory how much was taken of a limit.
    pub fn knows_quota(&self, quota: &Quota) -> bool {
        self.quotas.contains_key(quota)
    }

    /// How much was taken of a limit. Where it is not in memory, as that of a single buyer outside the writer: 0.
    pub fn taken(&self, quota: &Quota) -> i64 {
        self.quotas.get(quota).copied().unwrap_or(0)
    }

    #[cfg(test)]
    /// All limits that are in memory, with how much was taken of each.
    pub fn known_quotas(&self) -> impl Iterator<Item = (Quota, i64)> {
        self.quotas.iter().map(|(quota, taken)| (*quota, *taken))
    }

    /// Takes from a limit.
    pub fn take(&mut self, quota: Quota, amount: i64) {
        assert!(amount > 0, "a use takes something");
        self.change_quota(quota, amount);
    }

    /// Gives back to a limit.
    pub fn give_back(&mut self, quota: Quota, amount: i64) {
        assert!(amount > 0, "something is given back");
        self.change_quota(quota, -amount);
    }

    fn change_quota(&mut self, quota: Quota, change: i64) {
        let before = self.quotas.get(&quota).copied();
        let before = before.expect("what is changed was loaded");
        let limit = self.limit(&quota).filter(|_| change > 0);
        crate::invariants::check_quota(quota, before + change, limit)
            .expect("a limit is not exceeded");
        self.quotas.insert(quota, before + change);
        self.journal.push(Undo::Quota(quota, before));
    }

    /// How much there is of a limit in all; `None` for as much as anybody likes.
    pub fn limit(&self, quota: &Quota) -> Option<i64> {
        let (_, rule) = self.rule(quota.rule)?;
        rule.limit(quota.counted)
    }
}

/// How deep a tree of categories is at most: a circle in it ends there.
const CATEGORY_DEPTH_MAX: usize = 32;

impl Rule {
    /// How much there is in all of what is counted; `None` for as much as anybody likes.
    pub fn limit(&self, counted: Counted) -> Option<i64> {
        let total = self.limits.total.map(i64::from);
        match counted {
            Counted::Orders => total,
            Counted::Budget => self.limits.budget.map(|b| b.minor),
            Counted::Buyer(_) => self.limits.per_buyer.map(i64::from),
            Counted::Code(_) => Some(1),
            Counted::Drawn => match self.deal {
                Deal::RedPackets { count, .. } => Some(i64::from(count)),
                _ => None,
            },
            Counted::Variant(variant) => {
                let of = |own: Option<u32>| own.map(i64::from).or(total);
                // Of several sellers' prices the quantities add up.
                match &self.deal {
                    Deal::Prices(prices) => {
                        let own = prices.iter().filter(|p| p.variant == variant);
                        own.map(|p| of(p.total)).sum()
                    }
                    Deal::Presale { offers, .. } => {
                        let own = offers.iter().filter(|o| o.variant == variant);
                        own.map(|o| of(o.total)).sum()
                    }
                    _ => total,
                }
            }
        }
    }
}
