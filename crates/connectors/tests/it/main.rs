//! The connectors against programs that others wrote, as processes of their own on this machine.
//!
//! What they need is installed into the target folder on first use. When it cannot be installed, the tests fail and say
//! what is missing: a test that skips itself proves nothing.

mod checkout_pages;
mod foreign_standard_webhooks;
mod foreign_stripe;
mod karrio;
mod mail;
mod osrm;
mod support;
