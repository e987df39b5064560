//! What the provider's journal holds.

use connectors::test_payments::wire::CreatePayment;
use serde::{Deserialize, Serialize};

use super::cards::Behavior;
use super::record::Step;

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A payment begins.
    Created {
        /// Its number.
        number: u64,
        /// The idempotency key.
        key: String,
        /// What was asked for.
        create: Box<CreatePayment>,
        /// The card of the token, if there was one.
        card: Option<Behavior>,
        /// When, UTC milliseconds.
        at_ms: i64,
        /// How long it waits for the shopper.
        expiry_ms: i64,
    },
    /// A payment takes a step.
    Changed {
        /// Its number.
        number: u64,
        /// Which.
        step: Step,
        /// When, UTC milliseconds.
        at_ms: i64,
    },
    /// An event that the shop has taken.
    Delivered {
        /// The payment.
        number: u64,
        /// The event's index in it.
        event: usize,
    },
}
