//! The operations, one function each for all versions: read, ask the core, say.

pub mod cart;
pub mod catalog;
pub mod checkout;
pub mod complete;
pub mod order;
