//! Decides from where an order is sent, exactly and at once.
//!
//! Each location costs a parcel, each line what its units add there, and scarce things their price on top: per order
//! that is the uncapacitated facility location problem with a handful of customers. One line takes the cheapest set bit
//! of an availability mask. Up to [`EXACT_LINES`] lines find the cheapest location for each subset of lines, then the
//! cheapest partition into such subsets by dynamic programming over subsets (as in Dreyfus and Wagner 1971): exact.
//! More lines, and lines that are nowhere whole, are covered as `cover` says.

use super::cover::Cover;
use super::limits::Limits;
use super::network::{LOCATIONS_MAX, Mask, Network, each};
use super::orders::{Bounds, Line, Order, OrderError};
use super::plan::{Left, Part, Plan, carrier};
use super::prices::{Prices, SCALE};
use super::stock::Stock;
use alloc::vec::Vec;

/// Most lines of an order that is planned exactly.
pub const EXACT_LINES: usize = 5;

const SUBSETS: usize = 1 << EXACT_LINES;

/// A location's number for "nowhere".
pub(super) const NOWHERE: u8 = u8::MAX;

// A cost and the place of a location in the order of ranks, in one number: the least of them is the cheapest location,
// and among those the first by rank.
const PLACE_BITS: u32 = LOCATIONS_MAX.trailing_zeros();

/// What a unit is held to cost that an online decision leaves unsent: more than any way to send it, so that nothing is
/// refused that can be had.
const NEVER_LEAVE: u64 = 1 << 36;

/// Plans orders one by one.
#[derive(Debug, Clone)]
pub struct Desk<'n> {
    pub(super) network: &'n Network,
    pub(super) prices: Prices,
    pub(super) tariff: Tariff,
    pub(super) cover: Cover,
    // What a unit costs that is not sent, scaled.
    pub(super) leave: u64,
    masks: Vec<Masks>,
}

/// Costs by region and location in 1/[`SCALE`] of a minor unit, laid out as decisions read them.
#[derive(Debug, Clone)]
pub(super) struct Tariff {
    locations: usize,
    regions: usize,
    promises: usize,
    // `parcel[((wave * promises + promise) * regions + region) * locations + location]`: with being late and with the
    // prices of location and carrier; 0 where the lane is closed.
    parcel: Vec<u32>,
    // `unit[region * locations + location]`.
    unit: Vec<u32>,
}

/// Where a line can come from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Masks {
    /// At least one unit.
    pub(super) some: Mask,
    /// All of it.
    pub(super) whole: Mask,
}

/// What is to be planned, beside the lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish<'a> {
    pub(super) order: &'a Order,
    pub(super) lines: &'a [Line],
    /// Locations that send a parcel of this order anyway.
    pub(super) paid: Mask,
}

/// Where each of few lines comes from, whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick {
    /// In 1/[`SCALE`] of a minor unit, with prices.
    pub(super) cost: u64,
    /// By line; [`NOWHERE`] for one that is not sent.
    pub(super) location: [u8; EXACT_LINES],
}

impl Tariff {
    fn new(network: &Network, prices: &Prices, waves: usize) -> Self {
        let (regions, promises) = (network.regions(), network.promises());
        let locations = network.locations();
        let lanes = &network.input().lanes;
        let unit = lanes
            .iter()
            .map(|lane| lane.map_or(0, |lane| lane.unit * SCALE));
        let mut tariff = Self {
            locations,
            regions,
            promises,
            parcel: alloc::vec![0; waves * promises * regions * locations],
            unit: unit.collect(),
        };
        tariff.price(network, prices);
        tariff
    }

    /// Works the prices of locations and carriers in.
    pub(super) fn price(&mut self, network: &Network, prices: &Prices) {
        let per_promise = self.regions * self.locations;
        for (table, row) in self.parcel.chunks_mut(per_promise).enumerate() {
            let (wave, promise) = (table / self.promises, table % self.promises);
            for (entry, lane) in row.iter_mut().zip(&network.input().lanes) {
                let Some(lane) = lane else { continue };
                let cost = lane.parcel + network.late(promise, lane);
                *entry = cost * SCALE + prices.carrier(usize::from(lane.carrier));
            }
            for region in row.chunks_mut(self.locations) {
                for (location, entry) in region.iter_mut().enumerate() {
                    *entry += prices.location(wave, location);
                }
            }
        }
    }

    #[inline]
    pub(super) fn parcels(&self, order: &Order) -> &[u32] {
        let table = usize::from(order.wave) * self.promises + usize::from(order.promise);
        let start = (table * self.regions + usize::from(order.region)) * self.locations;
        &self.parcel[start..start + self.locations]
    }

    #[inline]
    pub(super) fn units(&self, order: &Order) -> &[u32] {
        let start = usize::from(order.region) * self.locations;
        &self.unit[start..start + self.locations]
    }
}

impl<'n> Desk<'n> {
    /// A desk that weighs scarce things by these prices, for limits with as many waves as the prices have.
    pub fn new(network: &'n Network, prices: Prices, waves: usize) -> Self {
        Self {
            network,
            tariff: Tariff::new(network, &prices, waves),
            prices,
            cover: Cover::default(),
            leave: NEVER_LEAVE,
            masks: Vec::new(),
        }
    }

    /// A desk for plans that are made together: leaving a unit unsent costs what the rules say.
    pub(super) fn for_batch(network: &'n Network, prices: Prices, waves: usize) -> Self {
        let leave = u64::from(network.rules().unserved_unit) * u64::from(SCALE);
        Self {
            leave,
            ..Self::new(network, prices, waves)
        }
    }

    /// The prices that it weighs by.
    pub fn prices(&self) -> &Prices {
        &self.prices
    }

    /// Plans an order from what is left, and takes nothing. Everything that can be had is sent: whole lines from one
    /// location each, and a line that is nowhere whole from several. Exact for up to [`EXACT_LINES`] lines that are
    /// whole somewhere. Of plans that cost the same the one with fewer parcels is taken, then by rank and index of
    /// locations.
    ///
    /// # Errors
    /// What [`Bounds::check`] says; the plan is then as it was.
    #[inline]
    pub fn decide(
        &mut self,
        left: &Left,
        order: &Order,
        lines: &[Line],
        plan: &mut Plan,
    ) -> Result<(), OrderError> {
        let bounds = Bounds::of(self.network, left.limits.waves(), left.stock.variants());
        bounds.check(order, lines)?;
        let wish = Wish {
            order,
            lines,
            paid: 0,
        };
        self.plan(left, &wish, &[], plan);
        Ok(())
    }

    /// Plans what was checked; `away` names for each line where it must not come from, and is empty where nothing is to
    /// be said. Gives the cost with prices, in 1/[`SCALE`] of a minor unit.
    #[inline]
    pub(super) fn plan(
        &mut self,
        left: &Left,
        wish: &Wish<'_>,
        away: &[Mask],
        plan: &mut Plan,
    ) -> u64 {
        let open = self.open(&left.limits, wish);
        if let ([line], []) = (wish.lines, away) {
            let some = left.stock.available(line.variant) & open;
            let whole = left.stock.whole(line.variant, line.quantity, some);
            if whole != 0 || some == 0 {
                let pick = self.pick_one(wish, line, whole);
                pick.write(wish.lines, plan);
                return pick.cost;
            }
        }
        self.plan_open(left, wish, away, plan, open)
    }

    /// Locations that may send a parcel of this order.
    #[inline]
    pub(super) fn open(&self, limits: &Limits, wish: &Wish<'_>) -> Mask {
        let (wave, region) = (usize::from(wish.order.wave), usize::from(wish.order.region));
        let has_room = limits.open(self.network, wave, region) | wish.paid;
        has_room & self.network.usable(region) & !wish.order.excluded
    }

    fn plan_open(
        &mut self,
        left: &Left,
        wish: &Wish<'_>,
        away: &[Mask],
        plan: &mut Plan,
        mut open: Mask,
    ) -> u64 {
        let mut masks = core::mem::take(&mut self.masks);
        let cost = loop {
            masks.clear();
            masks.extend(wish.lines.iter().enumerate().map(|(index, line)| {
                let away = away.get(index).copied().unwrap_or(0);
                masks_of(&left.stock, line, open & !away)
            }));
            let cost = self.solve(&left.stock, wish, &masks, plan);
            if left.limits.carriers_have(plan.locations().count_ones()) {
                break cost;
            }
            match self.too_much(&left.limits, wish, plan) {
                0 => break cost,
                closed => open &= !closed,
            }
        };
        self.masks = masks;
        cost
    }

    /// Plans lines of which is known where they can come from.
    pub(super) fn solve(
        &mut self,
        stock: &Stock,
        wish: &Wish<'_>,
        masks: &[Masks],
        plan: &mut Plan,
    ) -> u64 {
        let is_broken = |masks: &Masks| masks.whole == 0 && masks.some != 0;
        if wish.lines.len() > EXACT_LINES || masks.iter().any(is_broken) {
            return self.solve_cover(stock, wish, masks, plan);
        }
        let mut whole = [0; EXACT_LINES];
        for (to, from) in whole.iter_mut().zip(masks) {
            *to = from.whole;
        }
        let pick = self.pick(wish, &whole);
        pick.write(wish.lines, plan);
        pick.cost
    }

    // Locations that a carrier has too few parcels left for: of its lanes that the plan uses, the cheapest stay. Each call
    // that finds any takes at least one away, so that asking again ends.
    fn too_much(&self, limits: &Limits, wish: &Wish<'_>, plan: &Plan) -> Mask {
        let parcels = self.tariff.parcels(wish.order);
        let mut closed = 0;
        let mut used = plan.locations() & !wish.paid;
        while used != 0 {
            let first = carrier(self.network, wish.order, used.trailing_zeros() as u8);
            let own = used & self.network.carried(first, usize::from(wish.order.region));
            used &= !own;
            closed |= own;
            for _ in 0..own.count_ones().min(limits.carrier(first)) {
                let dear =
                    each(own & closed).min_by_key(|&w| (parcels[w], self.network.place()[w]));
                closed &= !dear.map_or(0, |w| 1 << w);
            }
        }
        closed
    }

    /// Where one line comes from, of a set that may be empty.
    #[inline]
    pub(super) fn pick_one(&self, wish: &Wish<'_>, line: &Line, whole: Mask) -> Pick {
        let parcels = self.tariff.parcels(wish.order);
        let units = self.tariff.units(wish.order);
        let quantity = u64::from(line.quantity);
        let place = self.network.place();
        let parcel = |w: usize| {
            if wish.paid >> w & 1 == 0 {
                u64::from(parcels[w])
            } else {
                0
            }
        };
        let mut best = u64::MAX;
        let mut rest = whole;
        match self.prices.units(line.variant) {
            None => {
                while rest != 0 {
                    let w = rest.trailing_zeros() as usize;
                    let cost = parcel(w) + quantity * u64::from(units[w]);
                    best = best.min(cost << PLACE_BITS | u64::from(place[w]));
                    rest &= rest - 1;
                }
            }
            Some(prices) => {
                while rest != 0 {
                    let w = rest.trailing_zeros() as usize;
                    let cost = parcel(w) + quantity * (u64::from(units[w]) + u64::from(prices[w]));
                    best = best.min(cost << PLACE_BITS | u64::from(place[w]));
                    rest &= rest - 1;
                }
            }
        }
        let leave = quantity * self.leave;
        let mut location = [NOWHERE; EXACT_LINES];
        let cost = (best >> PLACE_BITS).min(leave);
        if best >> PLACE_BITS <= leave {
            location[0] = self.network.at_place((best % LOCATIONS_MAX as u64) as u8);
        }
        Pick { cost, location }
    }

    /// Where up to [`EXACT_LINES`] lines come from at the least cost, each of a set that may be empty.
    #[inline]
    pub(super) fn pick(&self, wish: &Wish<'_>, whole: &[Mask; EXACT_LINES]) -> Pick {
        if let [line] = wish.lines {
            return self.pick_one(wish, line, whole[0]);
        }
        if let [first, second] = wish.lines {
            let is_limited = self.network.rules().parcels_max < 2 || wish.paid != 0;
            if !is_limited {
                return self.pick_two(wish, [first, second], whole);
            }
        }
        self.pick_fitting(wish, whole, |_, _| true)
    }

    // Two lines, the commonest case of several, without tables.
    #[inline]
    fn pick_two(&self, wish: &Wish<'_>, lines: [&Line; 2], whole: &[Mask; EXACT_LINES]) -> Pick {
        let parcels = self.tariff.parcels(wish.order);
        let units = self.tariff.units(wish.order);
        let place = self.network.place();
        let prices = lines.map(|line| self.prices.units(line.variant));
        let quantities = lines.map(|line| u64::from(line.quantity));
        let mut best = [u64::MAX; 3];
        let mut rest = whole[0] | whole[1];
        while rest != 0 {
            let w = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            let cost = |line: usize| {
                let price = prices[line].map_or(0, |row| row[w]);
                quantities[line] * (u64::from(units[w]) + u64::from(price))
            };
            let (parcel, place) = (u64::from(parcels[w]), u64::from(place[w]));
            let (is_first, is_second) = (whole[0] >> w & 1 == 1, whole[1] >> w & 1 == 1);
            let (first, second) = (cost(0), cost(1));
            if is_first {
                best[0] = best[0].min((parcel + first) << PLACE_BITS | place);
            }
            if is_second {
                best[1] = best[1].min((parcel + second) << PLACE_BITS | place);
            }
            if is_first && is_second {
                best[2] = best[2].min((parcel + first + second) << PLACE_BITS | place);
            }
        }
        let at = |key: u64| self.network.at_place((key % LOCATIONS_MAX as u64) as u8);
        let leave = quantities.map(|quantity| quantity * self.leave);
        let alone = |line: usize| {
            let cost = best[line] >> PLACE_BITS;
            if cost <= leave[line] {
                (cost, at(best[line]))
            } else {
                (leave[line], NOWHERE)
            }
        };
        let ((first, first_at), (second, second_at)) = (alone(0), alone(1));
        let together = best[2] >> PLACE_BITS;
        let mut location = [NOWHERE; EXACT_LINES];
        if together <= first + second {
            location[..2].fill(at(best[2]));
        } else {
            location[..2].copy_from_slice(&[first_at, second_at]);
        }
        Pick {
            cost: together.min(first + second),
            location,
        }
    }

    /// The same, where a location serves only those sets of lines that `fits(set, location)` allows.
    #[inline]
    pub(super) fn pick_fitting(
        &self,
        wish: &Wish<'_>,
        whole: &[Mask; EXACT_LINES],
        fits: impl Fn(usize, usize) -> bool,
    ) -> Pick {
        let (best, left) = self.cheapest(wish, whole, fits);
        let full = (1 << wish.lines.len()) - 1;
        let (mut cost, mut first) = partition(&best, full);
        let rules = self.network.rules();
        let allowed = u32::from(rules.parcels_max).saturating_sub(wish.paid.count_ones());
        if wish.lines.len() as u32 > allowed && parcels(&first, full, left) > allowed {
            let extra = u64::from(rules.extra_parcel) * u64::from(SCALE);
            (cost, first) = partition_counted(
                &best,
                full,
                left,
                &Allowed {
                    parcels: allowed,
                    extra,
                },
            );
        }
        let mut location = [NOWHERE; EXACT_LINES];
        let mut rest = full;
        while rest != 0 {
            let subset = usize::from(first[rest]);
            let from = match left >> subset & 1 {
                0 => self
                    .network
                    .at_place((best[subset] % LOCATIONS_MAX as u64) as u8),
                _ => NOWHERE,
            };
            for line in each(subset as Mask) {
                location[line] = from;
            }
            rest &= !subset;
        }
        Pick { cost, location }
    }

    // The cheapest location for each subset of lines, as cost and place, and which subsets (single lines all of them)
    // are cheaper left unsent.
    #[inline]
    fn cheapest(
        &self,
        wish: &Wish<'_>,
        whole: &[Mask; EXACT_LINES],
        fits: impl Fn(usize, usize) -> bool,
    ) -> ([u64; SUBSETS], u32) {
        let count = wish.lines.len();
        let full = 1usize << count;
        let parcels = self.tariff.parcels(wish.order);
        let units = self.tariff.units(wish.order);
        let place = self.network.place();
        let mut prices: [Option<&[u32]>; EXACT_LINES] = [None; EXACT_LINES];
        for (row, line) in prices.iter_mut().zip(wish.lines) {
            *row = self.prices.units(line.variant);
        }
        let mut best = [u64::MAX; SUBSETS];
        let mut sums = [0u64; SUBSETS];
        for w in each(whole[..count].iter().fold(0, |all, mask| all | mask)) {
            let mut here = 0usize;
            let mut costs = [0u64; EXACT_LINES];
            for (index, line) in wish.lines.iter().enumerate() {
                here |= ((whole[index] >> w & 1) as usize) << index;
                let price = prices[index].map_or(0, |row| row[w]);
                costs[index] = u64::from(line.quantity) * (u64::from(units[w]) + u64::from(price));
            }
            sums[0] = if wish.paid >> w & 1 == 0 {
                u64::from(parcels[w])
            } else {
                0
            };
            for subset in 1..full {
                if subset & !here == 0 {
                    let lowest = subset.trailing_zeros() as usize;
                    sums[subset] = sums[subset & (subset - 1)] + costs[lowest];
                    if fits(subset, w) {
                        let key = sums[subset] << PLACE_BITS | u64::from(place[w]);
                        best[subset] = best[subset].min(key);
                    }
                }
            }
        }
        let mut left = 0;
        for (index, line) in wish.lines.iter().enumerate() {
            let leave = u64::from(line.quantity) * self.leave;
            if leave < best[1 << index] >> PLACE_BITS {
                best[1 << index] = leave << PLACE_BITS;
                left |= 1 << (1 << index);
            }
        }
        (best, left)
    }
}

/// Where a line can come from, of a set of locations.
#[inline]
pub(super) fn masks_of(stock: &Stock, line: &Line, open: Mask) -> Masks {
    let some = stock.available(line.variant) & open;
    Masks {
        some,
        whole: stock.whole(line.variant, line.quantity, some),
    }
}

// The least cost of lines cut into subsets, and for each set of lines which subset to begin with. Large subsets are tried
// first, so that of equal costs the fewer parcels stay.
fn partition(best: &[u64; SUBSETS], full: usize) -> (u64, [u8; SUBSETS]) {
    let mut cost = [0u64; SUBSETS];
    let mut first = [0u8; SUBSETS];
    for set in 1..=full {
        let lowest = set & set.wrapping_neg();
        let mut least = u64::MAX;
        let mut subset = set;
        while subset != 0 {
            if subset & lowest != 0 {
                let sum = (best[subset] >> PLACE_BITS) + cost[set & !subset];
                if sum < least {
                    least = sum;
                    first[set] = subset as u8;
                }
            }
            subset = (subset - 1) & set;
        }
        cost[set] = least;
    }
    (cost[full], first)
}

fn parcels(first: &[u8; SUBSETS], full: usize, left: u32) -> u32 {
    let (mut rest, mut count) = (full, 0);
    while rest != 0 {
        let subset = usize::from(first[rest]);
        count += 1 - (left >> subset & 1);
        rest &= !subset;
    }
    count
}

struct Allowed {
    parcels: u32,
    // For each parcel more, scaled.
    extra: u64,
}

// The same where parcels beyond what is allowed cost more: the number of parcels is part of the state.
fn partition_counted(
    best: &[u64; SUBSETS],
    full: usize,
    left: u32,
    allowed: &Allowed,
) -> (u64, [u8; SUBSETS]) {
    const NEVER: u64 = u64::MAX / 4;
    let mut cost = [[NEVER; SUBSETS]; EXACT_LINES + 1];
    let mut begin = [[0u8; SUBSETS]; EXACT_LINES + 1];
    cost[0][0] = 0;
    for set in 1..=full {
        let lowest = set & set.wrapping_neg();
        let mut subset = set;
        while subset != 0 {
            if subset & lowest != 0 {
                let own = (1 - (left >> subset & 1)) as usize;
                for count in own..=EXACT_LINES {
                    let sum = (best[subset] >> PLACE_BITS) + cost[count - own][set & !subset];
                    if sum < cost[count][set] {
                        cost[count][set] = sum;
                        begin[count][set] = subset as u8;
                    }
                }
            }
            subset = (subset - 1) & set;
        }
    }
    let total = |count: usize| {
        let beyond = (count as u64).saturating_sub(u64::from(allowed.parcels));
        cost[count][full] + beyond * allowed.extra
    };
    let mut count = (0..=EXACT_LINES)
        .min_by_key(|&count| total(count))
        .unwrap_or(0);
    let least = total(count);
    let mut first = [0u8; SUBSETS];
    let mut rest = full;
    while rest != 0 {
        first[rest] = begin[count][rest];
        let subset = usize::from(first[rest]);
        count -= (1 - (left >> subset & 1)) as usize;
        rest &= !subset;
    }
    (least, first)
}

impl Pick {
    /// Writes it out as a plan.
    #[inline]
    pub(super) fn write(&self, lines: &[Line], plan: &mut Plan) {
        plan.parts.clear();
        for (index, line) in lines.iter().enumerate() {
            if self.location[index] != NOWHERE {
                plan.parts.push(Part {
                    line: index as u16,
                    location: self.location[index],
                    quantity: line.quantity,
                });
            }
        }
    }
}
