//! Which goods are bought together: counted purchase by purchase, in bounded memory.
//!
//! For each product a few partners are kept, by the space-saving method (Metwally, Agrawal, El Abbadi 2005): when a new
//! partner finds no room it takes the place of the one with the least count and begins with that count as its possible
//! error. So a count is exact as long as a product had no more than [`PARTNERS`] partners; after that it is at most
//! [`Partner::error`] too high, and what is used of it is what is certain. Products are bounded in the same way. After
//! [`HALVE_AFTER`] purchases all counts are halved: what was bought last weighs most.
//!
//! What is offered is what is bought together *more often than by chance* (lift), not what sells anyway.

use commerce::id::ProductId;
use std::collections::BTreeMap;

/// Partners kept of a product.
pub const PARTNERS: usize = 12;
/// Products with partners. Each takes less than 320 bytes, all together less than 16 MB.
pub const PRODUCTS_MAX: usize = 50_000;
/// Different products of one purchase that are looked at: 190 pairs. Larger ones are rare, and say little.
pub const BASKET_MAX: usize = 20;
/// Purchases after which all counts are halved.
pub const HALVE_AFTER: u64 = 1 << 20;
/// Certain purchases of both from which on a partner is offered: once is chance.
const CERTAIN_MIN: u32 = 2;
/// How little few purchases weigh: with so many, half as much as with very many.
const DOUBT: u128 = 3;
/// What a lift of one is, as a number.
const LIFT_ONE: u128 = 1_000;

/// A partner of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partner {
    /// Which.
    pub product: ProductId,
    /// Purchases of both, at most.
    pub count: u32,
    /// How much of `count` may be too much.
    pub error: u32,
}

impl Partner {
    /// Purchases of both, at least.
    pub fn certain(&self) -> u32 {
        self.count - self.error
    }
}

/// A product with its partners.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// Purchases with the product.
    pub purchases: u32,
    /// At most [`PARTNERS`].
    pub partners: Vec<Partner>,
}

/// All that is counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pairs {
    /// Purchases that were counted, halved with the rest.
    pub purchases: u64,
    /// Purchases since the last halving.
    pub since: u64,
    /// Products of purchases.
    pub entries: BTreeMap<ProductId, Entry>,
}

impl Pairs {
    /// Counts a purchase by its different products.
    pub fn count(&mut self, products: impl Iterator<Item = ProductId>) {
        let mut basket: Vec<ProductId> = products.collect();
        basket.sort_unstable();
        basket.dedup();
        basket.truncate(BASKET_MAX);
        self.purchases += 1;
        for product in &basket {
            if !self.make_room(*product) {
                continue;
            }
            let entry = self.entries.entry(*product).or_default();
            entry.purchases = entry.purchases.saturating_add(1);
            for other in basket.iter().filter(|o| *o != product) {
                add(&mut entry.partners, *other);
            }
        }
        self.since += 1;
        if self.since >= HALVE_AFTER {
            self.halve();
        }
    }

    /// Whether a product has a place, or gets one: those that were bought once make room when there is none.
    fn make_room(&mut self, product: ProductId) -> bool {
        if self.entries.len() < PRODUCTS_MAX || self.entries.contains_key(&product) {
            return true;
        }
        self.entries.retain(|_, entry| entry.purchases > 1);
        self.entries.len() < PRODUCTS_MAX
    }

    fn halve(&mut self) {
        self.since = 0;
        self.purchases /= 2;
        self.entries.retain(|_, entry| {
            entry.purchases /= 2;
            for partner in &mut entry.partners {
                // What is certain is halved downwards, so that it stays certain.
                let certain = partner.certain() / 2;
                partner.count = partner.count.div_ceil(2);
                partner.error = partner.count - certain;
            }
            entry.partners.retain(|partner| partner.certain() > 0);
            entry.purchases > 0
        });
    }

    /// What is bought together with a product, the most telling first: a look at one entry.
    pub fn partners(&self, product: ProductId) -> Vec<ProductId> {
        let mut scored = self.scored(product);
        scored.sort_unstable_by(|a, b| b.cmp(a));
        scored.into_iter().map(|(_, product)| product).collect()
    }

    /// What is bought together with several products, none of which is among it.
    pub fn partners_of(&self, products: &[ProductId]) -> Vec<ProductId> {
        let mut sums: BTreeMap<ProductId, u128> = BTreeMap::new();
        for product in products.iter().take(BASKET_MAX) {
            for (score, partner) in self.scored(*product) {
                if !products.contains(&partner) {
                    *sums.entry(partner).or_default() += score;
                }
            }
        }
        let mut scored: Vec<(u128, ProductId)> = sums.into_iter().map(|(p, s)| (s, p)).collect();
        scored.sort_unstable_by(|a, b| b.cmp(a));
        scored.into_iter().map(|(_, product)| product).collect()
    }

    /// Partners that are bought together with a product more often than by chance, with how telling that is.
    fn scored(&self, product: ProductId) -> Vec<(u128, ProductId)> {
        let Some(entry) = self.entries.get(&product) else {
            return Vec::new();
        };
        let score = |partner: &Partner| {
            let both = u128::from(partner.certain());
            let other = self.entries.get(&partner.product)?;
            let by_chance = u128::from(entry.purchases) * u128::from(other.purchases);
            let lift = (both * u128::from(self.purchases) * LIFT_ONE).checked_div(by_chance)?;
            let telling = lift * both / (both + DOUBT);
            let counts = partner.certain() >= CERTAIN_MIN && lift > LIFT_ONE;
            counts.then_some((telling, partner.product))
        };
        entry.partners.iter().filter_map(score).collect()
    }
}

/// Counts a partner in, by the space-saving method.
fn add(partners: &mut Vec<Partner>, product: ProductId) {
    if let Some(known) = partners.iter_mut().find(|p| p.product == product) {
        known.count = known.count.saturating_add(1);
        return;
    }
    if partners.len() < PARTNERS {
        partners.push(Partner {
            product,
            count: 1,
            error: 0,
        });
        return;
    }
    if let Some(least) = partners.iter_mut().min_by_key(|p| (p.count, p.product)) {
        *least = Partner {
            product,
            count: least.count.saturating_add(1),
            error: least.count,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p(n: u64) -> ProductId {
        ProductId(n << 8)
    }

    fn count(pairs: &mut Pairs, basket: &[u64], times: u32) {
        for _ in 0..times {
            pairs.count(basket.iter().map(|n| p(*n)));
        }
    }

    #[test]
    fn what_belongs_together_comes_before_what_everybody_buys() {
        let mut pairs = Pairs::default();
        // Everybody buys bags (9); who buys a lamp (1) buys bulbs (2), and now and then a bag.
        count(&mut pairs, &[9], 200);
        count(&mut pairs, &[1, 2], 8);
        count(&mut pairs, &[1, 2, 9], 6);
        count(&mut pairs, &[3, 9], 40);
        assert_eq!(pairs.partners(p(1)), [p(2)]);
        assert_eq!(
            pairs.partners(p(9)),
            [p(3)],
            "a cup (3) is always with a bag"
        );
        assert_eq!(pairs.partners_of(&[p(1), p(2)]), []);
        // Once is chance, and an unknown product has no partners.
        count(&mut pairs, &[5, 6], 1);
        assert_eq!(pairs.partners(p(5)), []);
        assert_eq!(pairs.partners(p(77)), []);
    }

    #[test]
    fn counts_equal_a_recount_as_long_as_partners_are_few_and_are_never_too_certain_beyond() {
        let mut seed = 5_u64;
        let mut draw = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) % below
        };
        for products in [PARTNERS as u64 + 1, 60] {
            let mut pairs = Pairs::default();
            let mut truth: BTreeMap<(u64, u64), u32> = BTreeMap::new();
            for _ in 0..3_000 {
                let mut basket: Vec<u64> = (0..=draw(4)).map(|_| draw(products)).collect();
                basket.sort_unstable();
                basket.dedup();
                for a in &basket {
                    for b in basket.iter().filter(|b| *b != a) {
                        *truth.entry((*a, *b)).or_default() += 1;
                    }
                }
                pairs.count(basket.iter().map(|n| p(*n)));
            }
            for (product, entry) in &pairs.entries {
                assert!(entry.partners.len() <= PARTNERS);
                for partner in &entry.partners {
                    let key = (product.0 >> 8, partner.product.0 >> 8);
                    let real = truth.get(&key).copied().unwrap_or(0);
                    assert!((partner.certain()..=partner.count).contains(&real));
                    if products == PARTNERS as u64 + 1 {
                        assert_eq!((partner.error, partner.count), (0, real));
                    }
                }
            }
        }
    }

    #[test]
    fn memory_is_bounded_and_old_purchases_fade() {
        let mut pairs = Pairs::default();
        for n in 0..PRODUCTS_MAX as u64 + 500 {
            pairs.count([p(n), p(n + 1)].into_iter());
        }
        assert!(pairs.entries.len() <= PRODUCTS_MAX);
        let large: Vec<ProductId> = (0..500).map(|n| p(n + 1_000_000)).collect();
        pairs.count(large.into_iter());
        assert!(pairs.entries.values().all(|e| e.partners.len() <= PARTNERS));
        let mut pairs = Pairs::default();
        count(&mut pairs, &[1, 2], 5);
        count(&mut pairs, &[3, 4], 1);
        pairs.halve();
        assert_eq!(pairs.purchases, 3);
        let entry = &pairs.entries[&p(1)];
        assert_eq!((entry.purchases, entry.partners[0].certain()), (2, 2));
        assert!(
            !pairs.entries.contains_key(&p(3)),
            "what was bought once is forgotten"
        );
    }
}
