//! The optimisers of the way to the doorstep: which location serves which line ([`sourcing`]), when a parcel will be there
//! ([`promise`]) and in which order a courier drives ([`routing`]).
//!
//! Pure: plain numbers in, plain numbers out, the same for the same seed. No clock, file, thread or unordered map; how
//! long an optimiser works is a budget that its caller gives, and a caller who wants to stop by the clock says so through
//! a callback. Nothing here knows the shop's records: `server` translates.
#![no_std]

extern crate alloc;

pub mod promise;
mod random;
pub mod routing;
pub mod sourcing;
