//! Plans of many lines, and of lines that are nowhere whole: a set of locations is grown greedily, then one location at a
//! time is added, dropped or swapped as long as that makes the plan cheaper. What a set costs is exact: each line comes
//! from the cheapest of its locations, and one that is nowhere whole from several, the cheapest units first.

use super::desk::{Desk, Masks, NOWHERE, Wish};
use super::network::{LOCATIONS_MAX, Mask, each};
use super::plan::{Part, Plan};
use super::prices::SCALE;
use super::stock::Stock;
use alloc::vec::Vec;

/// Most changes of a set: each makes the plan cheaper, and few are needed.
const CHANGES_MAX: usize = 256;

/// Reused from order to order.
#[derive(Debug, Clone, Default)]
pub(super) struct Cover {
    // `unit[line * locations + location]`: what a unit costs there, scaled, with its price.
    unit: Vec<u64>,
}

struct Problem<'a> {
    stock: &'a Stock,
    wish: &'a Wish<'a>,
    masks: &'a [Masks],
    parcels: &'a [u32],
    unit: &'a [u64],
    leave: u64,
    allowed: u32,
    extra: u64,
}

impl Desk<'_> {
    /// Plans any number of lines. Gives the cost with prices, scaled.
    pub(super) fn solve_cover(
        &mut self,
        stock: &Stock,
        wish: &Wish<'_>,
        masks: &[Masks],
        plan: &mut Plan,
    ) -> u64 {
        let mut cover = core::mem::take(&mut self.cover);
        cover.unit.clear();
        let units = self.tariff.units(wish.order);
        for line in wish.lines {
            match self.prices.units(line.variant) {
                None => cover.unit.extend(units.iter().map(|&unit| u64::from(unit))),
                Some(prices) => {
                    let both = units.iter().zip(prices);
                    cover
                        .unit
                        .extend(both.map(|(&unit, &price)| u64::from(unit) + u64::from(price)));
                }
            }
        }
        let rules = self.network.rules();
        let problem = Problem {
            stock,
            wish,
            masks,
            parcels: self.tariff.parcels(wish.order),
            unit: &cover.unit,
            leave: self.leave,
            allowed: u32::from(rules.parcels_max).saturating_sub(wish.paid.count_ones()),
            extra: u64::from(rules.extra_parcel) * u64::from(SCALE),
        };
        let (set, cost) = problem.search(self.network.place());
        problem.write(set, plan);
        self.cover = cover;
        cost
    }
}

impl Problem<'_> {
    fn search(&self, place: &[u8; LOCATIONS_MAX]) -> (Mask, u64) {
        let all = self.masks.iter().fold(0, |all, masks| all | masks.some);
        let mut set = all & self.wish.paid;
        let mut cost = self.cost(set);
        for _ in 0..CHANGES_MAX {
            let outside = all & !set;
            let added = each(outside).map(|w| set | 1 << w);
            let dropped = each(set & !self.wish.paid).map(|w| set & !(1 << w));
            let swapped = each(set & !self.wish.paid)
                .flat_map(|from| each(outside).map(move |to| set & !(1 << from) | 1 << to));
            let by_rank = |set: Mask| each(set).map(|w| 1u64 << place[w]).sum::<u64>();
            let best = added
                .chain(dropped)
                .chain(swapped)
                .map(|set| (self.cost(set), set));
            let best = best.min_by_key(|&(cost, set)| (cost, set.count_ones(), by_rank(set)));
            match best.filter(|&(better, _)| better < cost) {
                Some(better) => (cost, set) = better,
                None => break,
            }
        }
        (set, cost)
    }

    fn cost(&self, set: Mask) -> u64 {
        let new = set & !self.wish.paid;
        let parcels: u64 = each(new).map(|w| u64::from(self.parcels[w])).sum();
        let beyond = u64::from(new.count_ones().saturating_sub(self.allowed));
        let lines = (0..self.masks.len()).map(|line| self.line(line, set, &mut |_, _| {}));
        parcels + beyond * self.extra + lines.sum::<u64>()
    }

    // What a line costs that comes from a set, and which units of it come from where.
    fn line(&self, line: usize, set: Mask, take: &mut impl FnMut(u8, u32)) -> u64 {
        let quantity = self.wish.lines[line].quantity;
        let masks = self.masks[line];
        let row = &self.unit[line * self.parcels.len()..][..self.parcels.len()];
        let leave = u64::from(quantity) * self.leave;
        if masks.whole != 0 || masks.some == 0 {
            let cheapest = each(masks.whole & set).map(|w| (row[w], w as u8)).min();
            let (unit, location) = cheapest.unwrap_or((self.leave, NOWHERE));
            if unit > self.leave || location == NOWHERE {
                return leave;
            }
            take(location, quantity);
            return unit * u64::from(quantity);
        }
        let (mut wanted, mut cost, mut rest) = (quantity, 0, masks.some & set);
        while let Some((unit, w)) = each(rest).map(|w| (row[w], w)).min().filter(|_| wanted > 0) {
            rest &= !(1 << w);
            let units = self
                .stock
                .units(self.wish.lines[line].variant, w)
                .min(wanted);
            if unit > self.leave {
                continue;
            }
            take(w as u8, units);
            cost += unit * u64::from(units);
            wanted -= units;
        }
        cost + u64::from(wanted) * self.leave
    }

    fn write(&self, set: Mask, plan: &mut Plan) {
        plan.parts.clear();
        for line in 0..self.masks.len() {
            let parts = &mut plan.parts;
            self.line(line, set, &mut |location, quantity| {
                parts.push(Part {
                    line: line as u16,
                    location,
                    quantity,
                });
            });
        }
    }
}
