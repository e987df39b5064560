//! What speaks HTTP and JSON: wire types, handlers, authorization.

pub mod auth;
pub mod v1;
