//! A span of time of any length, such as a sale event: what was sold in it, by category, region, seller and step of
//! time, and what became of it since.
//!
//! What counts as sold is what counts for the big screen ([`Takings`]): purchases that were confirmed within the span.
//! What was canceled or came back later is told beside it, as it is when the period is read.

use crate::day::{Atlas, Span, region_of};
use crate::history::{EARLIER_MS, EVENTS_PER_PAGE, position_at};
use commerce::checkout::AppliedDiscount;
use commerce::event::{Event, What};
use commerce::id::{CategoryId, GroupId, RuleId, SellerId};
use commerce::money::Currency;
use commerce::order::{Group, Order, OrderState};
use std::collections::{BTreeMap, BTreeSet};
use std::iter::Sum;
use store::takings::{Counted, GroupSale, Sale, Takings};
use store::{Queries, StoreError, buyer_key};

/// Purchases of a period that are counted; one with more says so.
pub const PURCHASES_MAX: usize = 1_000_000;
/// Regions that are told apart; people write them, so there is a bound. Further ones go together.
const REGIONS_MAX: usize = 2_000;
/// Buyers whose first order is asked for at once.
const BUYERS_AT_ONCE: usize = 20_000;

/// How often, how many pieces and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// Orders; lines for a category.
    pub count: i64,
    /// Pieces ordered.
    pub pieces: i64,
    /// Minor units.
    pub amount: i64,
}

impl Part {
    fn add(&mut self, pieces: i64, amount: i64) {
        self.count += 1;
        self.pieces += pieces;
        self.amount += amount;
    }
}

impl Sum for Part {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            count: sum.count + part.count,
            pieces: sum.pieces + part.pieces,
            amount: sum.amount + part.amount,
        })
    }
}

/// What a rule of a campaign gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Purchases that it reduced.
    pub purchases: i64,
    /// What it took off them, in minor units.
    pub off: i64,
    /// When the first of them was placed, in UTC milliseconds.
    pub first_at: i64,
    /// When the last of them was placed.
    pub last_at: i64,
}

/// The figures of one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeriodFigures {
    /// What was sold; only the sums that a confirmed purchase adds to are counted.
    pub takings: Takings,
    /// What orders from phones are worth, of what was sold.
    pub phone_sold: i64,
    /// Pieces.
    pub pieces: i64,
    /// What was paid for delivery, of what was sold.
    pub delivery: i64,
    /// What was canceled of these orders until now, before it was handed over.
    pub canceled: i64,
    /// Orders that were canceled whole until now.
    pub canceled_orders: i64,
    /// What goods cost that were handed over and came back until now.
    pub returned: i64,
    /// Goods by category; `None` for goods without one. Without delivery.
    pub categories: BTreeMap<Option<CategoryId>, Part>,
    /// Orders by the region they go to; by city where an address names no region.
    pub regions: BTreeMap<String, Part>,
    /// Orders by seller.
    pub sellers: BTreeMap<SellerId, Part>,
    /// Orders by step of time since the first moment.
    pub steps: BTreeMap<i64, Part>,
    /// What campaigns gave.
    pub rules: BTreeMap<RuleId, Given>,
}

/// What was sold in a span of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// From and up to.
    pub span: Span,
    /// Milliseconds of a step.
    pub step_ms: i64,
    /// The figures by currency.
    pub figures: BTreeMap<Currency, PeriodFigures>,
    /// Whether there were more purchases than are counted.
    pub is_cut: bool,
    /// Buyers who were never there before, by e-mail address.
    pub new_buyers: i64,
    /// The first purchase of each buyer in the period, by a hash of the e-mail address.
    buyers: BTreeMap<u64, GroupId>,
    purchases: usize,
}

impl Period {
    /// Before its first purchase.
    pub fn new(span: Span, step_ms: i64) -> Self {
        assert!(step_ms > 0, "a step takes time");
        Self {
            span,
            step_ms,
            figures: BTreeMap::new(),
            is_cut: false,
            new_buyers: 0,
            buyers: BTreeMap::new(),
            purchases: 0,
        }
    }

    /// Counts a period from the feed. It asks a reader alone, a page of the feed and a purchase at a time: memory is
    /// bounded by the catalog, the steps and the buyers.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn read(
        reader: &dyn Queries,
        (span, step_ms): (Span, i64),
        atlas: &impl Atlas,
    ) -> Result<Self, StoreError> {
        let mut period = Self::new(span, step_ms);
        let mut position = position_at(reader, span.from.saturating_sub(EARLIER_MS))?;
        'feed: loop {
            let events = reader.events(position, EVENTS_PER_PAGE)?;
            for event in &events {
                // The clock may have been set back meanwhile.
                if event.at >= span.to.saturating_add(EARLIER_MS) || period.is_cut {
                    break 'feed;
                }
                period.take(reader, event, atlas)?;
            }
            match events.last() {
                Some(last) => position = last.position,
                None => break,
            }
        }
        period.find_new_buyers(reader)?;
        Ok(period)
    }

    fn take(
        &mut self,
        reader: &dyn Queries,
        event: &Event,
        atlas: &impl Atlas,
    ) -> Result<(), StoreError> {
        let What::GroupConfirmed { group } = event.what else {
            return Ok(());
        };
        if !self.span.has(event.at) {
            return Ok(());
        }
        if self.purchases == PURCHASES_MAX {
            self.is_cut = true;
            return Ok(());
        }
        if let Some(group) = reader.group(group)? {
            self.confirmed(event.at, &group, atlas);
        }
        Ok(())
    }

    /// Counts a purchase that was confirmed at a moment within the span.
    fn confirmed(&mut self, at: i64, group: &Group, atlas: &impl Atlas) {
        self.purchases += 1;
        if !group.buyer.email.is_empty() {
            let first = self.buyers.entry(buyer_key(&group.buyer.email));
            let first = first.or_insert(group.id);
            *first = (*first).min(group.id);
        }
        let step = (at - self.span.from) / self.step_ms;
        let figures = self.figures.entry(group.currency).or_default();
        figures.confirmed(group, step, atlas);
    }

    /// How many buyers bought something.
    pub fn buyers(&self) -> i64 {
        self.buyers.len() as i64
    }

    /// A buyer is new when the first purchase under the address, paid or not, is one that counts here or was begun within
    /// the period.
    fn find_new_buyers(&mut self, reader: &dyn Queries) -> Result<(), StoreError> {
        let keys: Vec<u64> = self.buyers.keys().copied().collect();
        for some in keys.chunks(BUYERS_AT_ONCE) {
            let firsts = reader.first_groups(some)?;
            let is_new = |key: &&u64| match (firsts.get(key), self.buyers.get(key)) {
                (Some(first), Some(own)) => first >= own || first.created_at_ms() >= self.span.from,
                // Not indexed under it: what was read is the first.
                _ => true,
            };
            self.new_buyers += some.iter().filter(is_new).count() as i64;
        }
        Ok(())
    }
}

impl PeriodFigures {
    fn confirmed(&mut self, group: &Group, step: i64, atlas: &impl Atlas) {
        let sale = GroupSale {
            group,
            was_confirmed: false,
        };
        let before = self.takings.sold;
        self.takings.count(Counted::Sold, &sale);
        if sale.is_phone() {
            self.phone_sold += self.takings.sold - before;
        }
        let region = region_of(group, atlas);
        let is_known = self.regions.contains_key(&region) || self.regions.len() < REGIONS_MAX;
        let region = if is_known { region } else { String::new() };
        for order in &group.orders {
            let pieces = order.lines.iter().map(|l| i64::from(l.quantity)).sum();
            self.pieces += pieces;
            self.delivery += order.shipping;
            self.gone(order);
            let add = |part: &mut Part| part.add(pieces, order.total);
            add(self.regions.entry(region.clone()).or_default());
            add(self.sellers.entry(order.seller).or_default());
            add(self.steps.entry(step).or_default());
            for line in &order.lines {
                let category = atlas.category(line.variant.parent());
                let part = self.categories.entry(category).or_default();
                part.add(i64::from(line.quantity), line.total);
            }
        }
        self.given(&group.discounts, group.placed_at);
    }

    /// What rules took off a purchase, each once, however often: several red packets are one purchase.
    fn given(&mut self, discounts: &[AppliedDiscount], placed_at: i64) {
        let mut counted = BTreeSet::new();
        for discount in discounts {
            let Some(rule) = discount.rule() else {
                continue;
            };
            let given = self.rules.entry(rule).or_insert(Given {
                purchases: 0,
                off: 0,
                first_at: placed_at,
                last_at: placed_at,
            });
            given.purchases += i64::from(counted.insert(rule));
            given.off += discount.amount;
            given.first_at = given.first_at.min(placed_at);
            given.last_at = given.last_at.max(placed_at);
        }
    }

    /// What was canceled of an order or came back.
    fn gone(&mut self, order: &Order) {
        if order.state == OrderState::Canceled {
            self.canceled_orders += 1;
            self.canceled += order.total;
            return;
        }
        for line in &order.lines {
            self.canceled += line.canceled_share.total;
            self.returned += line.returned_share.total;
        }
    }

    /// What is left of what was sold, after cancellations and returns.
    pub fn kept(&self) -> i64 {
        self.takings.sold - self.canceled - self.returned
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::checkout::DiscountSource;

    #[test]
    fn a_rule_that_takes_something_off_twice_gave_to_one_purchase() {
        let off = |rule: Option<u64>, amount| AppliedDiscount {
            code: String::new(),
            title: String::new(),
            amount,
            allocations: vec![amount],
            source: rule.map_or(DiscountSource::Code, |id| DiscountSource::Rule(RuleId(id))),
        };
        let mut figures = PeriodFigures::default();
        figures.given(&[off(Some(1), 5), off(None, 9), off(Some(1), 7)], 30);
        figures.given(&[off(Some(2), 1), off(Some(1), 2)], 20);
        let given = |rule| figures.rules[&RuleId(rule)];
        let all = |g: Given| (g.purchases, g.off, g.first_at, g.last_at);
        assert_eq!(all(given(1)), (2, 14, 20, 30));
        assert_eq!(all(given(2)), (1, 1, 20, 20));
        assert_eq!(figures.rules.len(), 2);
    }
}
