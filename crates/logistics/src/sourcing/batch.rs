//! Plans orders anew together that are not yet being picked.
//!
//! First prices climb (`dual`), which also says what no plan can cost less than. Then every order is planned by those
//! prices one after the other, and the cheaper of that and the plans of before is improved by ejection (`search`). The
//! result is never dearer than before, and the same for the same input and budget.

use super::desk::{Desk, Wish};
use super::dual::{Best, Dual};
use super::network::Network;
use super::orders::{Order, OrderError, Orders};
use super::plan::{Cost, Left, Plan};
use super::prices::{PriceError, Prices};
use super::search::Search;
use alloc::vec::Vec;
use core::fmt;

/// How much work is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Rounds of prices; each plans at most every order once.
    pub price_rounds: u32,
    /// Passes of the search over the orders that are dearer than they should be.
    pub search_passes: u32,
    /// Plans that the search makes, for each order that there is.
    pub plans_per_order: u32,
}

impl Budget {
    /// What a server spends every minute.
    pub const USUAL: Self = Self {
        price_rounds: 60,
        search_passes: 12,
        plans_per_order: 50,
    };
}

/// An order that is sent in another way than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Its index among the orders.
    pub order: usize,
    /// How it is sent now.
    pub plan: Plan,
}

/// What planning anew came to.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Orders that are sent in another way, by index.
    pub moves: Vec<Move>,
    /// What all orders cost before.
    pub before: Cost,
    /// What they cost now.
    pub after: Cost,
    /// Minor units that no plan of these orders can cost less than.
    pub bound: i64,
    /// Rounds of prices that were made.
    pub price_rounds: u32,
    /// Plans that the search made.
    pub plans: u64,
}

impl Batch {
    /// By how much the cost is above the bound at most, in millionths of the bound.
    pub fn gap_millionths(&self) -> i64 {
        let above = i128::from(self.after.total() - self.bound) * 1_000_000;
        i64::try_from(above / i128::from(self.bound.max(1))).unwrap_or(i64::MAX)
    }
}

/// Why orders cannot be planned together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchError {
    /// The orders were checked against other counts than those of this network and what is left.
    Bounds,
    /// There is not one plan for each order.
    Plans {
        /// How many orders.
        orders: usize,
        /// How many plans.
        plans: usize,
    },
    /// The plan of this order is none for it: a part names no line or no open lane, or more than the line wants.
    Plan(usize),
    /// An order cannot be.
    Order(OrderError),
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bounds => {
                f.write_str("the orders were checked against another network or another stock")
            }
            Self::Plans { orders, plans } => write!(f, "{plans} plans for {orders} orders"),
            Self::Plan(order) => write!(
                f,
                "the plan of order {order} names no line or no open lane of it, or more than it wants: give an empty plan"
            ),
            Self::Order(error) => write!(f, "an order cannot be: {error}"),
        }
    }
}

impl core::error::Error for BatchError {}

impl From<OrderError> for BatchError {
    fn from(error: OrderError) -> Self {
        Self::Order(error)
    }
}

/// Plans orders anew. `left` is what is left beside the given plans; prices of before make a better start, and no prices
/// (`Prices::none`) are fine. The work is stopped within a few thousand plans after `go_on` has said no.
///
/// # Errors
/// [`BatchError`].
pub fn batch(
    network: &Network,
    left: &Left,
    orders: &Orders,
    plans: &[Plan],
    prices: &Prices,
    budget: &Budget,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Batch, BatchError> {
    let part = Part::of(network, left, orders, plans)?;
    let mut before = Cost::default();
    for (index, (order, lines)) in part.orders.iter().enumerate() {
        before.add(&network.cost(order, lines, &plans[index], 0));
    }
    let mut dual = Dual::new(network, &part.orders, &part.all, 1);
    dual.start_from(prices, &part.variants);
    let best = dual.climb(budget.price_rounds, before.total(), go_on);
    let mut search = Search::new(network, &part.orders, &part.all, &best.prices);
    search.start(plans, before.total());
    let plans_max = u64::from(budget.plans_per_order) * orders.len() as u64;
    search.run(budget.search_passes, plans_max, go_on);
    Ok(outcome(network, &part.orders, plans, before, best, search))
}

fn outcome(
    network: &Network,
    orders: &Orders,
    plans: &[Plan],
    before: Cost,
    best: Best,
    search: Search<'_>,
) -> Batch {
    let mut after = Cost::default();
    let mut moves = Vec::new();
    let made = search.plans_made();
    for (index, plan) in search.into_plans().into_iter().enumerate() {
        let (order, lines) = orders.get(index);
        after.add(&network.cost(order, lines, &plan, 0));
        if plan != plans[index] {
            moves.push(Move { order: index, plan });
        }
    }
    assert!(
        after.total() <= before.total(),
        "planning anew makes nothing dearer"
    );
    assert!(
        best.bound <= after.total(),
        "no plan costs less than the bound"
    );
    Batch {
        moves,
        before,
        after,
        bound: best.bound,
        price_rounds: best.rounds,
        plans: made,
    }
}

/// The orders with only those variants that they ask for.
struct Part {
    orders: Orders,
    // By number in `orders`: the variant.
    variants: Vec<u32>,
    // What is left, with what the plans hold.
    all: Left,
}

impl Part {
    fn of(
        network: &Network,
        left: &Left,
        orders: &Orders,
        plans: &[Plan],
    ) -> Result<Self, BatchError> {
        let bounds = orders.bounds();
        let is_same =
            super::orders::Bounds::of(network, left.limits.waves(), left.stock.variants())
                == bounds
                && left.stock.locations() == network.locations();
        if !is_same {
            return Err(BatchError::Bounds);
        }
        if orders.len() != plans.len() {
            return Err(BatchError::Plans {
                orders: orders.len(),
                plans: plans.len(),
            });
        }
        let (small, variants) = renumber(orders)?;
        let mut all = Left {
            stock: left.stock.part(&variants),
            limits: left.limits.clone(),
        };
        for (index, (order, lines)) in small.iter().enumerate() {
            if !is_plan(network, order, lines, &plans[index]) {
                return Err(BatchError::Plan(index));
            }
            all.unbook(network, order, lines, &plans[index], 0);
        }
        Ok(Self {
            orders: small,
            variants,
            all,
        })
    }
}

/// The same orders with variants numbered without gaps, and which variant each number is.
pub(super) fn renumber(orders: &Orders) -> Result<(Orders, Vec<u32>), OrderError> {
    let mut variants: Vec<u32> = orders.lines().iter().map(|line| line.variant).collect();
    variants.sort_unstable();
    variants.dedup();
    let mut bounds = orders.bounds();
    bounds.variants = variants.len();
    let mut small = Orders::new(bounds);
    let mut renumbered = Vec::new();
    for (order, lines) in orders.iter() {
        renumbered.clear();
        renumbered.extend(lines.iter().map(|line| {
            let number = variants
                .binary_search(&line.variant)
                .expect("each was listed");
            super::orders::Line {
                variant: number as u32,
                ..*line
            }
        }));
        small.push(*order, &renumbered)?;
    }
    Ok((small, variants))
}

fn is_plan(network: &Network, order: &Order, lines: &[super::orders::Line], plan: &Plan) -> bool {
    let is_part = |part: &super::plan::Part| {
        usize::from(part.line) < lines.len()
            && usize::from(part.location) < network.locations()
            && network
                .lane(usize::from(order.region), usize::from(part.location))
                .is_some()
    };
    let is_within = |(index, line): (usize, &super::orders::Line)| {
        let parts = plan
            .parts
            .iter()
            .filter(|part| usize::from(part.line) == index);
        parts.map(|part| u64::from(part.quantity)).sum::<u64>() <= u64::from(line.quantity)
    };
    plan.parts.iter().all(is_part) && lines.iter().enumerate().all(is_within)
}

/// Learns what scarce things are worth from sample days, each a list of orders as a forecast draws them, to decide
/// orders by that come one by one. `left` is what there is for one such day.
///
/// # Errors
/// [`BatchError::Bounds`] for days that were checked against other counts.
pub fn learn(
    network: &Network,
    left: &Left,
    days: &[Orders],
    rounds: u32,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Prices, LearnError> {
    let bounds = super::orders::Bounds::of(network, left.limits.waves(), left.stock.variants());
    let mut together = Orders::new(bounds);
    for (order, lines) in days.iter().flat_map(Orders::iter) {
        together.push(*order, lines)?;
    }
    let (orders, variants) = renumber(&together)?;
    let mut prices = Prices::none(network, left.limits.waves(), left.stock.variants());
    if orders.is_empty() {
        return Ok(prices);
    }
    let part = Left {
        stock: left.stock.part(&variants),
        limits: left.limits.clone(),
    };
    let count = u32::try_from(days.len()).map_err(|_| OrderError::TooMany)?;
    let known = first_come(network, &part, &orders, days);
    let mut dual = Dual::new(network, &orders, &part, count);
    let best = dual.climb(rounds, known, go_on);
    best.prices.spread(&variants, &mut prices)?;
    Ok(prices)
}

/// Why nothing can be learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearnError {
    /// An order of a day is none for this network and stock.
    Order(OrderError),
    /// A price cannot be.
    Price(PriceError),
}

impl fmt::Display for LearnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(error) => write!(f, "an order of a sample day cannot be: {error}"),
            Self::Price(error) => write!(f, "a price cannot be: {error}"),
        }
    }
}

impl core::error::Error for LearnError {}

impl From<OrderError> for LearnError {
    fn from(error: OrderError) -> Self {
        Self::Order(error)
    }
}

impl From<PriceError> for LearnError {
    fn from(error: PriceError) -> Self {
        Self::Price(error)
    }
}

// What the days cost when each order takes what is cheapest for it and each day finds all there is: so far prices may aim.
fn first_come(network: &Network, left: &Left, orders: &Orders, days: &[Orders]) -> i64 {
    let waves = left.limits.waves();
    let none = Prices::none(network, waves, left.stock.variants());
    let mut desk = Desk::for_batch(network, none, waves);
    let (mut plan, mut total, mut index) = (Plan::default(), 0, 0);
    for day in days {
        let mut rest = left.clone();
        for _ in 0..day.len() {
            let (order, lines) = orders.get(index);
            desk.plan(
                &rest,
                &Wish {
                    order,
                    lines,
                    paid: 0,
                },
                &[],
                &mut plan,
            );
            rest.book(network, order, lines, &plan, 0);
            total += network.cost(order, lines, &plan, 0).total();
            index += 1;
        }
    }
    total
}
