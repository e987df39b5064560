//! The core of Sesame: what may be sold, to whom, at what price, from which stock, for which money.
//!
//! Everything here is pure. Time, ids and secrets are inputs; a decision reads a [`World`] that was
//! loaded beforehand and changes nothing else. `no_std` makes a clock, a file, a thread or an
//! unordered map a compile error. No serialization format is named here: the derives only let the
//! edges pick one.
#![no_std]
extern crate alloc;

pub mod campaign;
pub mod carrier;
pub mod catalog;
pub mod checkout;
pub mod code;
pub mod command;
pub mod coupon;
pub mod customer;
pub mod decide;
pub mod delay;
pub mod event;
pub mod extension;
pub mod follower;
pub mod gazetteer;
pub mod gtin;
pub mod id;
pub mod invariants;
pub mod ledger;
pub mod limits;
pub mod money;
pub mod order;
pub mod packet;
pub mod parcel;
pub mod payment;
pub mod planted;
pub mod points;
pub mod pricing;
pub mod refusal;
pub mod returns;
pub mod review;
pub mod round;
pub mod settings;
pub mod sourcing;
pub mod stock;
pub mod switch;
pub mod text;
pub mod wish;
pub mod world;

pub use command::{Actor, Channel, Command, Device, Envelope, Idempotency, Outcome};
pub use decide::decide;
pub use money::{Currency, Money};
pub use refusal::Refusal;
pub use world::{Delta, KeySet, World};
