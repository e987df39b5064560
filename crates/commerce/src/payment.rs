//! The payment as a state machine. Provider messages come late, twice and out of order; a message
//! that says nothing new changes nothing (invariant 3).

use crate::id::PaymentId;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// Where a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Asked for; the provider has not answered.
    Pending,
    /// The shopper must act at the provider: card form, 3-D Secure.
    ActionRequired,
    /// The provider holds the money for us.
    Authorized,
    /// The money was taken.
    Captured,
    /// To be paid later by agreement: invoice, cash on collection.
    OnAccount,
    /// Refused; nothing was taken.
    Declined,
    /// Given up before anything was taken.
    Voided,
}

impl PaymentState {
    /// Whether the provider holds or has taken money, or payment was agreed for later.
    pub fn holds_money(self) -> bool {
        matches!(
            self,
            PaymentState::Authorized | PaymentState::Captured | PaymentState::OnAccount
        )
    }

    /// Whether it can still go either way.
    pub fn is_open(self) -> bool {
        matches!(self, PaymentState::Pending | PaymentState::ActionRequired)
    }
}

/// How the shopper wants to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Through a provider, by its name in the configuration: on its hosted page, or with a token that
    /// stands for a card.
    Provider {
        /// The provider's name, such as `test` or `stripe`.
        provider: String,
        /// The token; `None` for the provider's hosted page.
        token: Option<String>,
    },
    /// Later, on invoice or on collection: the order is confirmed at once.
    OnAccount,
}

/// One attempt to pay for a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The payment's id; the idempotency key at the provider.
    pub id: PaymentId,
    /// How.
    pub method: PaymentMethod,
    /// Where it is.
    pub state: PaymentState,
    /// What is to be paid, in minor units of the group's currency.
    pub amount: i64,
    /// What was taken, in minor units: 0 or `amount`.
    pub captured: i64,
    /// What the provider gave back, in minor units.
    pub refunded: i64,
    /// The provider's own id, once known.
    pub provider_ref: Option<String>,
    /// Where the shopper must go while action is required.
    pub action_url: Option<String>,
    /// The page of ours that the provider sends the shopper back to.
    pub return_url: String,
    /// The provider's code of a refusal, or empty.
    pub decline_code: String,
    /// When it was last changed, in UTC milliseconds.
    pub updated_at: i64,
}

impl Payment {
    /// Whether a provider's news was heard before, so that taking it in once more would change nothing. `false` says
    /// nothing. Providers say nearly everything twice: in the reply and in a webhook.
    pub fn has_heard(&self, reference: &str, news: &ProviderNews) -> bool {
        let is_old = match news {
            ProviderNews::Authorized { .. } => {
                matches!(
                    self.state,
                    PaymentState::Authorized | PaymentState::Captured
                )
            }
            ProviderNews::Captured { .. } => self.state == PaymentState::Captured,
            _ => false,
        };
        is_old && self.provider_ref.as_deref() == Some(reference)
    }
}

/// What a provider says about a payment, in a reply or a webhook alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderNews {
    /// The shopper must act at this address.
    ActionRequired {
        /// The address.
        url: String,
    },
    /// The money is held.
    Authorized {
        /// Minor units.
        amount: i64,
    },
    /// Refused.
    Declined {
        /// The provider's code.
        code: String,
    },
    /// The money was taken.
    Captured {
        /// Minor units.
        amount: i64,
    },
    /// Given up.
    Voided,
    /// Money went back.
    Refunded {
        /// The refund's id, as we sent it.
        refund: crate::id::RefundId,
    },
    /// Money went back that we did not ask to give back: by hand, at the provider.
    RefundedOutside {
        /// The provider's id of the refund.
        reference: String,
        /// Minor units.
        amount: i64,
    },
    /// The provider will not give the money back.
    RefundFailed {
        /// The refund's id, as we sent it.
        refund: crate::id::RefundId,
        /// The provider's code.
        code: String,
    },
}
