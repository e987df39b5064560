//! `/api/v1`: what the operator's console and integrators use.
//!
//! Handlers parse, authorize, call and convert; decisions are made in the core alone.

pub mod show;
pub mod wire;
