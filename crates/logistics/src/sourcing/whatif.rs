//! What would have been if: a day's orders planned twice by the same policy, as things were and as they might be.

use super::batch::{BatchError, Budget, batch};
use super::desk::Desk;
use super::limits::LimitError;
use super::network::{Lane, Mask, Network, NetworkError, each};
use super::orders::{Line, Order, OrderError, Orders};
use super::plan::{Cost, Left, Plan};
use super::prices::Prices;
use alloc::vec::Vec;
use core::fmt;

/// Something that might be otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A location sends; one that does not exist yet must be among the network's as closed, with its lanes and stock.
    Open(usize),
    /// A location sends nothing.
    Close(usize),
    /// A location sends at most so many parcels in a wave.
    Limit {
        /// Which.
        location: usize,
        /// In which wave.
        wave: usize,
        /// How many.
        parcels: u32,
    },
    /// A lane costs or takes something else, or is closed.
    Rate {
        /// Where it leads.
        region: usize,
        /// Where it begins.
        location: usize,
        /// What it is then.
        lane: Option<Lane>,
    },
    /// Shops send parcels, or don't.
    ShopsShip(bool),
}

/// How orders are planned.
#[derive(Debug, Clone, Copy)]
pub enum Policy<'a> {
    /// One by one as they came, by these prices.
    AsTheyCame(&'a Prices),
    /// One by one without prices, then all together.
    Together(&'a Budget),
}

/// What a location did, or should have done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Parcels that it sent.
    pub parcels: u64,
    /// Of them, parcels of orders that took several.
    pub splits: u64,
    /// Of them, parcels that come later than promised.
    pub late: u64,
    /// Units that it sent.
    pub units: u64,
    /// What that cost, in minor units, without rules and what is unserved.
    pub cost: i64,
    /// Units that nobody sent, counted where sending them would have cost least.
    pub unserved: u64,
}

/// How a day went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// All of it.
    pub cost: Cost,
    /// By location.
    pub shares: Vec<Share>,
}

impl Outcome {
    /// All locations together.
    pub fn all(&self) -> Share {
        let add = |sum: Share, share: &Share| Share {
            parcels: sum.parcels + share.parcels,
            splits: sum.splits + share.splits,
            late: sum.late + share.late,
            units: sum.units + share.units,
            cost: sum.cost + share.cost,
            unserved: sum.unserved + share.unserved,
        };
        self.shares.iter().fold(Share::default(), add)
    }
}

/// The same day twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// As things were.
    pub before: Outcome,
    /// As they might be.
    pub after: Outcome,
}

/// Why a day cannot be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhatIfError {
    /// There is no such location.
    Location(usize),
    /// There is no such region.
    Region(usize),
    /// A changed network cannot be.
    Network(NetworkError),
    /// A changed limit cannot be.
    Limit(LimitError),
    /// An order cannot be.
    Order(OrderError),
    /// The orders cannot be planned together.
    Batch(BatchError),
}

impl fmt::Display for WhatIfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(location) => write!(f, "there is no location {location}"),
            Self::Region(region) => write!(f, "there is no region {region}"),
            Self::Network(error) => error.fmt(f),
            Self::Limit(error) => error.fmt(f),
            Self::Order(error) => error.fmt(f),
            Self::Batch(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WhatIfError {}

impl From<NetworkError> for WhatIfError {
    fn from(error: NetworkError) -> Self {
        Self::Network(error)
    }
}

impl From<LimitError> for WhatIfError {
    fn from(error: LimitError) -> Self {
        Self::Limit(error)
    }
}

impl From<OrderError> for WhatIfError {
    fn from(error: OrderError) -> Self {
        Self::Order(error)
    }
}

impl From<BatchError> for WhatIfError {
    fn from(error: BatchError) -> Self {
        Self::Batch(error)
    }
}

/// Plans a day twice: as things were, and with the changes, in their order. `left` is what there was in the morning.
///
/// # Errors
/// [`WhatIfError`].
pub fn compare(
    network: &Network,
    left: &Left,
    orders: &Orders,
    changes: &[Change],
    policy: Policy<'_>,
) -> Result<Comparison, WhatIfError> {
    let (changed, limits) = apply(network, left, changes)?;
    let stock = left.stock.clone();
    Ok(Comparison {
        before: run(network, left.clone(), orders, policy)?,
        after: run(&changed, Left { stock, limits }, orders, policy)?,
    })
}

fn apply(
    network: &Network,
    left: &Left,
    changes: &[Change],
) -> Result<(Network, super::limits::Limits), WhatIfError> {
    let mut input = network.input().clone();
    let mut limits = left.limits.clone();
    let known = |location: usize| match location < network.locations() {
        true => Ok(location),
        false => Err(WhatIfError::Location(location)),
    };
    for change in changes {
        match *change {
            Change::Open(location) => input.locations[known(location)?].is_open = true,
            Change::Close(location) => input.locations[known(location)?].is_open = false,
            Change::Limit {
                location,
                wave,
                parcels,
            } => limits.set_location(wave, location, parcels)?,
            Change::Rate {
                region,
                location,
                lane,
            } => {
                if region >= network.regions() {
                    return Err(WhatIfError::Region(region));
                }
                input.lanes[region * network.locations() + known(location)?] = lane;
            }
            Change::ShopsShip(do_ship) => input.rules.shops_ship = do_ship,
        }
    }
    Ok((Network::new(input)?, limits))
}

fn run(
    network: &Network,
    mut left: Left,
    orders: &Orders,
    policy: Policy<'_>,
) -> Result<Outcome, WhatIfError> {
    let waves = left.limits.waves();
    let none = Prices::none(network, waves, left.stock.variants());
    let prices = match policy {
        Policy::AsTheyCame(prices) => prices.clone(),
        Policy::Together(_) => none.clone(),
    };
    let mut desk = Desk::new(network, prices, waves);
    let mut plans = alloc::vec![Plan::default(); orders.len()];
    for ((order, lines), plan) in orders.iter().zip(&mut plans) {
        desk.decide(&left, order, lines, plan)?;
        left.book(network, order, lines, plan, 0);
    }
    if let Policy::Together(budget) = policy {
        let anew = batch(network, &left, orders, &plans, &none, budget, &mut || true)?;
        for moved in anew.moves {
            plans[moved.order] = moved.plan;
        }
    }
    let mut outcome = Outcome {
        cost: Cost::default(),
        shares: alloc::vec![Share::default(); network.locations()],
    };
    for ((order, lines), plan) in orders.iter().zip(&plans) {
        count(network, order, lines, plan, &mut outcome);
    }
    Ok(outcome)
}

fn count(network: &Network, order: &Order, lines: &[Line], plan: &Plan, outcome: &mut Outcome) {
    outcome.cost.add(&network.cost(order, lines, plan, 0));
    let region = usize::from(order.region);
    let lane = |location: usize| {
        network
            .lane(region, location)
            .expect("plans use open lanes")
    };
    let parcels: Mask = plan.locations();
    for location in each(parcels) {
        let late = network.late(usize::from(order.promise), lane(location));
        let share = &mut outcome.shares[location];
        share.parcels += 1;
        share.splits += u64::from(parcels.count_ones() > 1);
        share.late += u64::from(late > 0);
        share.cost += i64::from(lane(location).parcel) + i64::from(late);
    }
    for part in &plan.parts {
        let location = usize::from(part.location);
        let share = &mut outcome.shares[location];
        share.units += u64::from(part.quantity);
        share.cost += i64::from(lane(location).unit) * i64::from(part.quantity);
    }
    for (index, line) in lines.iter().enumerate() {
        let unserved = u64::from(plan.unserved(index, line.quantity));
        let cost = |&location: &usize| lane(location).parcel + lane(location).unit;
        // Where no lane is open there is nobody to count it at.
        if let Some(location) = each(network.usable(region)).min_by_key(cost) {
            outcome.shares[location].unserved += unserved;
        }
    }
}
