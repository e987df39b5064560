//! Why an order is sent as it is: what else was possible, what it would have cost, and why the other locations were not
//! asked. Made on request; deciding does not pay for it.

use super::desk::{Desk, Masks, Wish, masks_of};
use super::network::{Kind, Mask, each};
use super::orders::{Bounds, Line, Order, OrderError};
use super::plan::{Cost, Left, Plan};
use alloc::vec::Vec;

/// Why a line does or does not come from a location. The first that is true, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// All or a part of it comes from there.
    Chosen,
    /// The location is closed.
    LocationClosed,
    /// It does not send to this region.
    LaneClosed,
    /// It is a shop, and shops don't send parcels.
    ShopsDontShip,
    /// A rule forbids it for this order.
    ExcludedForOrder,
    /// A rule forbids it for this variant.
    ExcludedForVariant,
    /// It can send no more parcels in this wave.
    LocationFull,
    /// Its carrier takes no more parcels.
    CarrierFull,
    /// Nothing of the variant is there.
    NoStock,
    /// There is some, but it is kept back.
    KeptBack,
    /// There are fewer units than the line wants.
    TooFew {
        /// Units that can be had.
        units: u32,
    },
    /// It could come from there, and the plan that was chosen costs less with prices, or comes first by rank.
    Dearer,
}

/// Another plan that was possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// How the order would be sent.
    pub plan: Plan,
    /// What it would cost.
    pub cost: Cost,
    /// The same with prices of what is scarce, in 1/[`super::SCALE`] of a minor unit: plans are compared by it.
    pub priced_cost: u64,
}

/// Why an order is sent as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The plan that was chosen.
    pub chosen: Alternative,
    /// The best others, the cheapest first: for each location that the plan uses the best without it, for each other one
    /// the best that sends a line from it.
    pub others: Vec<Alternative>,
    /// `why[line * locations + location]`.
    pub why: Vec<Why>,
}

impl Desk<'_> {
    /// Explains how an order would be sent from what is left, with up to `most` other plans. Plans about as many times as
    /// there are lines and locations.
    ///
    /// # Errors
    /// What [`Bounds::check`] says.
    pub fn explain(
        &mut self,
        left: &Left,
        order: &Order,
        lines: &[Line],
        most: usize,
    ) -> Result<Explanation, OrderError> {
        let bounds = Bounds::of(self.network, left.limits.waves(), left.stock.variants());
        bounds.check(order, lines)?;
        let wish = Wish {
            order,
            lines,
            paid: 0,
        };
        let mut plan = Plan::default();
        let priced_cost = self.plan(left, &wish, &[], &mut plan);
        let chosen = self.alternative(&wish, plan, priced_cost);
        let mut others = self.others(left, &wish, &chosen.plan);
        others.sort_by_key(|other| (other.priced_cost, other.plan.locations().count_ones()));
        others.truncate(most);
        let why = (0..lines.len())
            .flat_map(|line| (0..self.network.locations()).map(move |location| (line, location)));
        let why = why
            .map(|(line, location)| self.why(left, &wish, &chosen.plan, line, location))
            .collect();
        Ok(Explanation {
            chosen,
            others,
            why,
        })
    }

    fn alternative(&self, wish: &Wish<'_>, plan: Plan, priced_cost: u64) -> Alternative {
        let cost = self.network.cost(wish.order, wish.lines, &plan, wish.paid);
        Alternative {
            plan,
            cost,
            priced_cost,
        }
    }

    fn others(&mut self, left: &Left, wish: &Wish<'_>, chosen: &Plan) -> Vec<Alternative> {
        let open = self.open(&left.limits, wish);
        let used = chosen.locations();
        let masks = |open: Mask| {
            wish.lines
                .iter()
                .map(move |line| masks_of(&left.stock, line, open))
        };
        let mut others: Vec<Alternative> = Vec::new();
        for location in each(open) {
            let found = if used >> location & 1 == 1 {
                let masks: Vec<Masks> = masks(open & !(1 << location)).collect();
                self.try_masks(left, wish, &masks, chosen)
            } else {
                let forced = (0..wish.lines.len()).filter_map(|line| {
                    let mut masks: Vec<Masks> = masks(open).collect();
                    let only = 1 << location;
                    let is_whole = masks[line].whole & only != 0;
                    masks[line] = Masks {
                        some: only,
                        whole: only,
                    };
                    is_whole
                        .then(|| self.try_masks(left, wish, &masks, chosen))
                        .flatten()
                });
                forced.min_by_key(|other| other.priced_cost)
            };
            let is_new = |found: &Alternative| others.iter().all(|other| other.plan != found.plan);
            others.extend(found.filter(is_new));
        }
        others
    }

    // The best plan for some masks, unless it sends less than the chosen one or more of a carrier's parcels than there are.
    fn try_masks(
        &mut self,
        left: &Left,
        wish: &Wish<'_>,
        masks: &[Masks],
        chosen: &Plan,
    ) -> Option<Alternative> {
        let mut plan = Plan::default();
        let priced_cost = self.solve(&left.stock, wish, masks, &mut plan);
        let units = |plan: &Plan| {
            plan.parts
                .iter()
                .map(|part| u64::from(part.quantity))
                .sum::<u64>()
        };
        let is_sendable = left.limits.carriers_have(plan.locations().count_ones());
        (units(&plan) == units(chosen) && is_sendable)
            .then(|| self.alternative(wish, plan, priced_cost))
    }

    fn why(
        &self,
        left: &Left,
        wish: &Wish<'_>,
        chosen: &Plan,
        line: usize,
        location: usize,
    ) -> Why {
        let Line { variant, quantity } = wish.lines[line];
        let is_part = |part: &super::plan::Part| {
            usize::from(part.line) == line && usize::from(part.location) == location
        };
        if chosen.parts.iter().any(is_part) {
            return Why::Chosen;
        }
        if let Some(why) = self.why_closed(wish.order, location) {
            return why;
        }
        if left.stock.excluded(variant) >> location & 1 == 1 {
            return Why::ExcludedForVariant;
        }
        if self.open(&left.limits, wish) >> location & 1 == 0 {
            let wave = usize::from(wish.order.wave);
            let is_full = left.limits.location(wave, location) == 0;
            return if is_full {
                Why::LocationFull
            } else {
                Why::CarrierFull
            };
        }
        match left.stock.units(variant, location) {
            0 if left.stock.on_shelf(variant, location) == 0 => Why::NoStock,
            0 => Why::KeptBack,
            units if units < quantity => Why::TooFew { units },
            _ => Why::Dearer,
        }
    }

    // Why a location sends nothing of the order, as far as what is left has no say in it.
    fn why_closed(&self, order: &Order, location: usize) -> Option<Why> {
        let input = self.network.input();
        let place = &input.locations[location];
        if !place.is_open {
            return Some(Why::LocationClosed);
        }
        if self
            .network
            .lane(usize::from(order.region), location)
            .is_none()
        {
            return Some(Why::LaneClosed);
        }
        if place.kind == Kind::Shop && !input.rules.shops_ship {
            return Some(Why::ShopsDontShip);
        }
        (order.excluded >> location & 1 == 1).then_some(Why::ExcludedForOrder)
    }
}
