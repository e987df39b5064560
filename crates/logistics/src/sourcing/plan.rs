//! From where an order's lines are sent: what a plan is, and what it costs.

use super::limits::Limits;
use super::network::{LOCATIONS_MAX, Mask, Network};
use super::orders::{Line, Order};
use super::stock::Stock;
use alloc::vec::Vec;

/// Units of a line that a location sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// The line's index in its order.
    pub line: u16,
    /// From where.
    pub location: u8,
    /// How many; at least 1.
    pub quantity: u32,
}

/// Where an order's lines come from. A line whose parts don't add up to its quantity is not sent whole: the rest is
/// nowhere to be had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order of lines; one part for a line that comes from one location.
    pub parts: Vec<Part>,
}

/// What a plan costs, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Parcels, with handling.
    pub parcels: i64,
    /// What units add to them.
    pub units: i64,
    /// What being late is held to cost.
    pub late: i64,
    /// What parcels beyond the merchant's rule are held to cost.
    pub extra: i64,
    /// What units that are not sent are held to cost.
    pub unserved: i64,
}

impl Cost {
    /// All of it.
    pub fn total(&self) -> i64 {
        self.parcels + self.units + self.late + self.extra + self.unserved
    }

    /// Adds another's components.
    pub fn add(&mut self, other: &Self) {
        self.parcels += other.parcels;
        self.units += other.units;
        self.late += other.late;
        self.extra += other.extra;
        self.unserved += other.unserved;
    }
}

impl Plan {
    /// Where parcels leave from.
    pub fn locations(&self) -> Mask {
        self.parts
            .iter()
            .fold(0, |mask, part| mask | 1 << part.location)
    }

    /// How many units of a line are not sent.
    pub fn unserved(&self, line: usize, quantity: u32) -> u32 {
        let parts = self
            .parts
            .iter()
            .filter(|part| usize::from(part.line) == line);
        quantity - parts.map(|part| part.quantity).sum::<u32>()
    }
}

impl Network {
    /// What a plan costs, where `paid` names locations that send a parcel of the order anyway. The plan must be one for
    /// this order, by open lanes.
    pub fn cost(&self, order: &Order, lines: &[Line], plan: &Plan, paid: Mask) -> Cost {
        let mut cost = Cost::default();
        let region = usize::from(order.region);
        let lane = |location: u8| self.lane(region, usize::from(location));
        let mut parcels: Mask = 0;
        let mut unserved: i64 = lines.iter().map(|line| i64::from(line.quantity)).sum();
        for part in &plan.parts {
            let lane = lane(part.location).expect("plans use open lanes");
            cost.units += i64::from(lane.unit) * i64::from(part.quantity);
            unserved -= i64::from(part.quantity);
            let bit = 1 << part.location;
            if (parcels | paid) & bit == 0 {
                cost.parcels += i64::from(lane.parcel);
                cost.late += i64::from(self.late(usize::from(order.promise), lane));
            }
            parcels |= bit;
        }
        let rules = self.rules();
        let (all, before) = ((parcels | paid).count_ones(), paid.count_ones());
        let beyond = |count: u32| i64::from(count.saturating_sub(u32::from(rules.parcels_max)));
        cost.extra = (beyond(all) - beyond(before)) * i64::from(rules.extra_parcel);
        cost.unserved = unserved * i64::from(rules.unserved_unit);
        cost
    }
}

/// What can still be had and sent.
#[derive(Debug, Clone)]
pub struct Left {
    /// Units.
    pub stock: Stock,
    /// Parcels.
    pub limits: Limits,
}

impl Left {
    /// Takes what a plan needs, where `paid` names locations that send a parcel of the order anyway. The plan must have
    /// been made from this stock and these limits as they are.
    #[inline]
    pub fn book(
        &mut self,
        network: &Network,
        order: &Order,
        lines: &[Line],
        plan: &Plan,
        paid: Mask,
    ) {
        let mut parcels = paid;
        for part in &plan.parts {
            let variant = lines[usize::from(part.line)].variant;
            let taken = self
                .stock
                .take(variant, usize::from(part.location), part.quantity);
            taken.expect("plans take what is there");
            if parcels >> part.location & 1 == 0 {
                parcels |= 1 << part.location;
                let carrier = carrier(network, order, part.location);
                self.limits
                    .take(usize::from(order.wave), usize::from(part.location), carrier);
            }
        }
    }

    /// Gives back what [`Left::book`] took.
    #[inline]
    pub fn unbook(
        &mut self,
        network: &Network,
        order: &Order,
        lines: &[Line],
        plan: &Plan,
        paid: Mask,
    ) {
        let mut parcels = paid;
        for part in &plan.parts {
            let variant = lines[usize::from(part.line)].variant;
            let given = self
                .stock
                .give(variant, usize::from(part.location), part.quantity);
            given.expect("it was there before");
            if parcels >> part.location & 1 == 0 {
                parcels |= 1 << part.location;
                let carrier = carrier(network, order, part.location);
                self.limits
                    .give(usize::from(order.wave), usize::from(part.location), carrier);
            }
        }
    }
}

#[inline]
pub(super) fn carrier(network: &Network, order: &Order, location: u8) -> usize {
    let lane = network.lane(usize::from(order.region), usize::from(location));
    debug_assert!(usize::from(location) < LOCATIONS_MAX);
    usize::from(lane.expect("plans use open lanes").carrier)
}
