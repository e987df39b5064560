//! What speaks HTTP and JSON: wire types, handlers, authorization.

pub mod admission;
pub mod app;
pub mod auth;
pub mod carriers;
mod clock;
pub mod delays;
pub mod epcis;
pub mod error;
#[doc(hidden)]
pub mod fuzzing;
pub mod goods;
pub mod hex;
pub mod hubs;
pub mod i18n;
pub mod invoice;
pub mod mail;
pub mod members;
pub mod optional;
pub mod photos;
pub mod promise;
pub mod push;
pub mod qr;
pub mod reviews;
pub mod roads;
pub mod rounds;
pub mod screen;
pub mod sourcing;
pub mod timetables;
pub mod together;
pub mod traffic;
pub mod ucp;
pub mod v1;

pub use app::{App, AppConfig, Door, DoorError, Ids, Job, ProviderInfo, Watch};
pub use error::ApiError;
