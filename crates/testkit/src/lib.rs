//! What tests and benchmarks build shops from: a [`SmallShop`], a [`Workload`] of orders, and a
//! [`Harness`] that drives the production writer over a production store without threads, or a [`Pipeline`]
//! that does it as the server does.
//!
//! Everything is the same for the same seed. Nothing here may become a second implementation of
//! something the product does: it only builds inputs and drives the real parts.

mod assortment;
mod folder;
mod harness;
mod home;
mod long;
mod network;
mod pipeline;
mod race;
mod race_postgres;
mod shop;
mod workload;

pub use assortment::{fill_assortment, typed};
pub use folder::TempFolder;
pub use harness::{Batch, Harness};
pub use home::Home;
pub use long::{Stretch, long_run};
pub use network::{NETWORK_AREAS, fill_network};
pub use pipeline::{Pipeline, Ran};
pub use race::{RACE_SHOP, RaceResult, fill, race};
pub use race_postgres::race_postgres;
pub use shop::{NOW, ShopSize, SmallShop};
pub use store::StoreError;
pub use workload::{Mix, Workload};
