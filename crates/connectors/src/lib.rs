//! Connectors: the code that speaks to other companies' systems, one folder each, all alike.
//!
//! A connector translates between our words and a third party's. It decides nothing about orders or money: whatever a
//! third party says, in a reply or in a webhook, becomes a [`payment::ProviderMessage`] or a
//! [`carrier::CarrierSighting`], and the core decides what that means; what an engine for roads measured ([`osrm`]) is a
//! number to plan with. A connector must never be called inside a store transaction, and must never retry an unclear call
//! with a new idempotency key.

pub mod carrier;
pub mod http;
pub mod karrio;
pub mod mail;
pub mod osrm;
pub mod payment;
pub mod push;
pub mod standard_webhooks;
pub mod stripe;
pub mod test_carrier;
pub mod test_payments;

mod json;
mod signature;
