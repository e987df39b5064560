//! Lines that must leave their location: a picker found nothing, goods ran short at a till, a place closed, a carrier is
//! full. What is fixed of the order stays, and parcels that are not yet gone take more without costing another.

use super::desk::{Desk, Wish};
use super::network::Mask;
use super::orders::{Bounds, Line, Order, OrderError};
use super::plan::{Cost, Left, Plan};
use alloc::vec::Vec;

/// A line that must come from somewhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moving {
    /// What, and how many units of it.
    pub line: Line,
    /// Where it must not come from again.
    pub away: Mask,
}

/// Where moving lines come from now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Parts name the moving lines by their index. Book it with the same `open_parcels`.
    pub plan: Plan,
    /// What it costs beyond what the order costs already.
    pub cost: Cost,
}

impl Desk<'_> {
    /// Plans moving lines from what is left. `open_parcels` names locations whose parcel of this order is not yet closed:
    /// what is added to one costs its units alone, and takes no capacity. What nobody has stays unserved.
    ///
    /// # Errors
    /// What [`Bounds::check`] says of the moving lines.
    pub fn again(
        &mut self,
        left: &Left,
        order: &Order,
        moving: &[Moving],
        open_parcels: Mask,
    ) -> Result<Moved, OrderError> {
        let lines: Vec<Line> = moving.iter().map(|moving| moving.line).collect();
        let away: Vec<Mask> = moving.iter().map(|moving| moving.away).collect();
        let bounds = Bounds::of(self.network, left.limits.waves(), left.stock.variants());
        bounds.check(order, &lines)?;
        let wish = Wish {
            order,
            lines: &lines,
            paid: open_parcels,
        };
        let mut plan = Plan::default();
        self.plan(left, &wish, &away, &mut plan);
        let cost = self.network.cost(order, &lines, &plan, open_parcels);
        Ok(Moved { plan, cost })
    }
}
