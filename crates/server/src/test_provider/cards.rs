//! The test cards: what each of them does, and the number and the token it goes by.

use connectors::test_payments::wire::KeptCard;
use serde::{Deserialize, Serialize};

/// What a card does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behavior {
    /// The money is held.
    Success,
    /// The bank refuses.
    Declined,
    /// The bank refuses because the account is empty.
    InsufficientFunds,
    /// The bank asks the shopper first (3-D Secure).
    Challenge,
    /// The money is held, but the answer comes after any client has given up.
    Timeout,
    /// Webhooks come long after the answer.
    WebhookLate,
    /// Each webhook comes twice.
    WebhookTwice,
    /// Webhooks come before the answer.
    WebhookFirst,
}

/// One card.
pub struct TestCard {
    /// What it does.
    pub behavior: Behavior,
    /// Its name in the API.
    pub token: &'static str,
    /// Its number on the hosted page.
    pub number: &'static str,
}

/// All cards, in the order in which the hosted page shows them.
pub const CARDS: [TestCard; 8] = [
    TestCard {
        behavior: Behavior::Success,
        token: "tok_success",
        number: "4242 4242 4242 4242",
    },
    TestCard {
        behavior: Behavior::Challenge,
        token: "tok_3ds",
        number: "4000 0000 0000 3220",
    },
    TestCard {
        behavior: Behavior::Declined,
        token: "tok_declined",
        number: "4000 0000 0000 0002",
    },
    TestCard {
        behavior: Behavior::InsufficientFunds,
        token: "tok_insufficient_funds",
        number: "4000 0000 0000 9995",
    },
    TestCard {
        behavior: Behavior::Timeout,
        token: "tok_timeout",
        number: "4000 0000 0000 6001",
    },
    TestCard {
        behavior: Behavior::WebhookLate,
        token: "tok_webhook_late",
        number: "4000 0000 0000 6002",
    },
    TestCard {
        behavior: Behavior::WebhookTwice,
        token: "tok_webhook_twice",
        number: "4000 0000 0000 6003",
    },
    TestCard {
        behavior: Behavior::WebhookFirst,
        token: "tok_webhook_first",
        number: "4000 0000 0000 6004",
    },
];

/// The behavior of a token.
pub fn by_token(token: &str) -> Option<Behavior> {
    CARDS
        .iter()
        .find(|card| card.token == token)
        .map(|card| card.behavior)
}

/// The behavior of a number, however it is spaced.
pub fn by_number(number: &str) -> Option<Behavior> {
    let digits = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .collect::<String>()
    };
    let wanted = digits(number);
    CARDS
        .iter()
        .find(|card| digits(card.number) == wanted)
        .map(|card| card.behavior)
}

/// The card of a behavior, as it is kept for the shopper's next payment.
pub fn kept(behavior: Behavior) -> Option<KeptCard> {
    let card = CARDS.iter().find(|card| card.behavior == behavior)?;
    Some(KeptCard {
        token: card.token.into(),
        last4: card.number.rsplit(' ').next()?.into(),
    })
}
