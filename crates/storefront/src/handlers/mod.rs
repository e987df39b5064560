//! Handlers parse, ask and convert: nothing else.

pub mod account;
pub mod alerts;
pub mod browse;
pub mod cart;
pub mod checkout;
pub mod feeds;
pub mod machine;
pub mod order;
pub mod packets;
pub mod pay;
pub mod returns;
pub mod reviews;
pub mod wishes;

use crate::visit::Fields;
use axum::Form;
use axum::extract::rejection::FormRejection;

/// A form as a handler takes it; one that cannot be read is empty and fails its token check.
pub type Posted = Result<Form<Vec<(String, String)>>, FormRejection>;

/// The pairs of a form.
pub fn fields(posted: Posted) -> Fields {
    Fields(posted.map(|f| f.0).unwrap_or_default())
}
