//! The simulator: a town of shoppers, tills, staff, providers and clocks against the production writer and
//! core, in virtual time, with a disk that fails at every step; held against a reference model.
//!
//! The same seed gives the same run, byte for byte. It must never read a real clock, start something in the
//! background or walk a hash map.

mod case;
mod cashier;
mod checks;
mod depot;
mod disk;
mod end;
mod hash;
mod haul;
mod loyalty;
mod model;
mod options;
mod people;
mod provider;
mod rng;
mod run;
mod shelves;
mod shrink;
mod sim;
mod town;
mod trace;

pub use checks::Violation;
pub use options::{ACTORS, FAULTS, Options};
pub use run::{Case, Report, run, run_traced};
pub use shrink::shrink;
