//! Which location serves which line of an order.
//!
//! An order is decided at once by a [`Desk`], exactly and with prices on what is scarce; orders that are not yet being
//! picked are planned anew together by [`batch()`], which says how far from the best it can be at most. What scarce things
//! are worth is learned from sample days by [`learn`]. [`Desk::explain`] says why a plan is as it is, [`compare`] what would
//! have been if, [`Desk::again`] where lines go that must leave their location.
//!
//! The model is that of LOGISTICS: for orders o to region r, lines l of q units of variant k, locations w,
//!
//! min Σ f\[r,w\]·y\[o,w\] + Σ q·v\[r,w\]·x\[l,w\] + late\[o,w\]·y\[o,w\] + U·q·u\[l\], subject to Σ_w x\[l,w\] + u\[l\] = 1,
//! x\[l,w\] ≤ y\[o,w\], Σ q·x\[l,w\] ≤ S\[k,w\], Σ_o y\[o,w\] ≤ C\[w,wave\], carriers likewise, y = 0 where the lane is closed.
//!
//! All costs are integers in minor units of one currency.

mod again;
mod batch;
mod cover;
mod desk;
mod dual;
mod explain;
pub mod generate;
mod limits;
mod network;
mod orders;
mod plan;
mod prices;
mod search;
mod stock;
mod whatif;

#[cfg(test)]
mod tests;

pub use again::{Moved, Moving};
pub use batch::{Batch, BatchError, Budget, LearnError, Move, batch, learn};
pub use desk::{Desk, EXACT_LINES};
pub use explain::{Alternative, Explanation, Why};
pub use limits::{LimitError, Limits, UNLIMITED, WAVES_MAX};
pub use network::{
    CARRIERS_MAX, COST_MAX, Input, Kind, LOCATIONS_MAX, Lane, Location, Mask, Network,
    NetworkError, PROMISES_MAX, Promise, REGIONS_MAX, Rules,
};
pub use orders::{Bounds, LINES_MAX, Line, Order, OrderError, Orders, QUANTITY_MAX};
pub use plan::{Cost, Left, Part, Plan};
pub use prices::{PriceError, Prices, SCALE};
pub use stock::{Stock, StockError, VARIANTS_MAX};
pub use whatif::{Change, Comparison, Outcome, Policy, Share, WhatIfError, compare};
