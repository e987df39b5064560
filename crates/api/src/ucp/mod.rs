//! The store API: the Universal Commerce Protocol over REST, in two dated versions.
//!
//! A request is read by the version it speaks (`v2026_…`), carried out by one handler for all versions, and
//! what there is to say (`view`) is spelled by that version again. A platform is a stranger: it sees only what
//! it holds a key to (`key`), its profile is bounded and checked (`agent`), and card data passes through
//! without being kept or logged.

pub mod agent;
pub mod catalog;
pub mod delivery;
pub mod desk;
pub mod express;
pub mod handlers;
pub mod intent;
mod json;
pub mod key;
pub mod note;
pub mod payment;
pub mod platform;
pub mod present;
pub mod problem;
pub mod profile;
pub mod routes;
pub mod rules;
pub mod shape;
pub mod testing;
mod time;
pub mod v2026_01_11;
pub mod v2026_04_08;
pub mod version;
pub mod view;
pub mod webhook;
mod wire;

pub use routes::Ucp;
