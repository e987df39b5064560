//! The core's types as the wire shows them. Pure: a world and a record in, a body out.

pub mod carriers;
pub mod events;
pub mod goods;
pub mod orders;
pub mod returns;
pub mod rounds;
pub mod settings;
pub mod traffic;
