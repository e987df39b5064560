//! What every payment connector offers, in our words.
//!
//! A reply to a call and a webhook that arrives by itself become the same [`ProviderMessage`]: the server turns each
//! message into one core command, and the core makes late, repeated and out-of-order messages harmless. Nothing here may
//! know an order, a reservation or a table.

use std::future::Future;
use std::pin::Pin;

pub use reqwest::header::HeaderMap;

/// The future that a call to a provider returns.
pub type Reply<'a> = Pin<Box<dyn Future<Output = Result<PaymentReply, PaymentError>> + Send + 'a>>;

/// One payment service provider.
///
/// It is an object-safe trait and not an enum, so that the server can keep `Arc<dyn PaymentProvider>` by name and a test
/// can put in its own; the boxed future costs nothing beside a network call.
///
/// Every call that moves money carries a key. The same key may be sent any number of times and moves the money once; the
/// caller keeps the key with the job, so that a retry after a crash sends the same one. Use a different key per
/// operation: a capture must not reuse the key of its refund.
pub trait PaymentProvider: Send + Sync {
    /// The provider's name in configuration, in the store and in `/webhooks/payments/{name}`.
    fn name(&self) -> &'static str;

    /// Whether this provider moves real money; screens mark the other kind.
    fn money(&self) -> MoneyKind;

    /// Begins a payment that is authorized now and captured later. `payment_ref` is the idempotency key.
    fn start<'a>(&'a self, payment: &'a StartPayment) -> Reply<'a>;

    /// Asks how a payment stands: the way to learn what a lost reply or a lost webhook would have said.
    fn retrieve<'a>(&'a self, provider_ref: &'a str) -> Reply<'a>;

    /// Takes authorized money, at most what was authorized and at most once; the rest of the authorization is released.
    fn capture<'a>(&'a self, payment: PaymentPart<'a>, key: &'a str) -> Reply<'a>;

    /// Releases an authorization, or ends a payment that was never finished.
    fn void<'a>(&'a self, provider_ref: &'a str, key: &'a str) -> Reply<'a>;

    /// Gives captured money back, in one or several parts, never more than was captured. The key is our id of the
    /// refund, and comes back as `refund_ref` in [`MessageKind::Refunded`].
    fn refund<'a>(&'a self, payment: PaymentPart<'a>, key: &'a str) -> Reply<'a>;

    /// How a payment that was begun with [`StartPayment::keep`] can be made again; nothing when the provider did not keep
    /// it, or there is no money yet.
    fn kept<'a>(&'a self, provider_ref: &'a str) -> Kept<'a>;

    /// Checks a webhook's signature and translates it. An event that means nothing to us gives no message, and must be
    /// answered with 200 all the same, or the provider repeats it for days.
    ///
    /// `body` is the raw body: the signature covers its bytes. `now_ms` is UTC milliseconds, for the age of the signature.
    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Vec<ProviderMessage>, PaymentError>;
}

/// Whether money moves for real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyKind {
    /// Cards are charged.
    Real,
    /// Nothing is charged; every screen says so.
    Test,
}

/// What is needed to begin a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartPayment {
    /// Our payment's id: the idempotency key of the start, and what comes back as [`ProviderMessage::payment_ref`].
    pub payment_ref: String,
    /// The order group that the payment is for; kept at the provider for people and for audits.
    pub group_ref: String,
    /// How much, in minor units of `currency` (ISO 4217 exponent: yen have none, Kuwaiti dinars three). Above zero.
    pub amount_minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// How the shopper pays.
    pub method: PaymentMethodChoice,
    /// Where the shopper's browser comes back to, whatever happened; the page there asks our own state, never the URL.
    pub return_url: String,
    /// Where the provider reports to, for providers that take it per payment; others are told in their dashboard.
    pub webhook_url: Option<String>,
    /// A line for the shopper and for the provider's dashboard.
    pub description: String,
    /// The language of hosted pages: `en`, `de`, `zh`; the provider's default when absent.
    pub language: Option<String>,
    /// Whether the shopper wants to pay their next order the same way, without showing the card again.
    pub keep: bool,
}

/// A way of paying that the provider keeps for a shopper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMethod {
    /// What pays the next order, as a [`PaymentMethodChoice::Token`].
    pub token: String,
    /// What the shopper recognizes it by, such as `Visa •••• 4242`.
    pub label: String,
}

/// The future that a question for a kept way of paying returns.
pub type Kept<'a> =
    Pin<Box<dyn Future<Output = Result<Option<KeptMethod>, PaymentError>> + Send + 'a>>;

/// How the shopper pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentMethodChoice {
    /// On a page of the provider's, reached by a redirect: works without JavaScript.
    HostedPage,
    /// With something the provider already knows: a token or a saved payment method's id.
    Token(String),
}

/// An amount of one payment, in minor units of the payment's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentPart<'a> {
    /// The provider's id of the payment.
    pub provider_ref: &'a str,
    /// Our id of the payment, repeated to the provider so that its own records say what a refund belonged to.
    pub payment_ref: &'a str,
    /// How much, in minor units. Above zero.
    pub amount_minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: &'a str,
}

/// The answer to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentReply {
    /// The provider's id of the payment. A hosted page may have another id before the shopper has paid than after: keep
    /// the newest one, and find payments by [`ProviderMessage::payment_ref`] first.
    pub provider_ref: String,
    /// What the answer says, in order; empty when the provider is still working on it and a webhook will tell.
    pub messages: Vec<ProviderMessage>,
}

/// One fact about a payment, as a provider told it. It may be late, repeated, or overtaken by a newer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderMessage {
    /// The provider's id of the payment.
    pub provider_ref: String,
    /// Our id of the payment; absent only when something was done by hand at the provider (a refund in its dashboard).
    pub payment_ref: Option<String>,
    /// What happened.
    pub kind: MessageKind,
    /// The provider's id of the event; for a reply an id made of the payment and the fact, so that the same fact told
    /// twice has the same id.
    pub provider_event_id: String,
    /// When it happened as far as the provider says, else when we asked; UTC milliseconds.
    pub at_ms: i64,
}

impl ProviderMessage {
    /// A fact that a reply told: the same fact gets the same event id each time.
    pub(crate) fn from_reply(
        provider_ref: &str,
        payment_ref: &str,
        at_ms: i64,
        kind: MessageKind,
    ) -> Self {
        let fact = match &kind {
            MessageKind::ActionRequired { .. } => "action_required",
            MessageKind::Authorized { .. } => "authorized",
            MessageKind::Declined { .. } => "declined",
            MessageKind::Captured { .. } => "captured",
            MessageKind::Voided => "voided",
            MessageKind::Refunded {
                provider_refund_ref,
                ..
            }
            | MessageKind::RefundFailed {
                provider_refund_ref,
                ..
            } => provider_refund_ref,
            MessageKind::Failed { .. } => "failed",
        };
        let provider_event_id = format!("reply/{provider_ref}/{fact}");
        Self {
            provider_ref: provider_ref.into(),
            payment_ref: Some(payment_ref.into()),
            kind,
            provider_event_id,
            at_ms,
        }
    }
}

/// What a provider can say about a payment. Amounts are minor units of the payment's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The shopper must be sent to this address: a hosted page or a 3-D-Secure challenge.
    ActionRequired {
        /// An absolute address.
        url: String,
    },
    /// The money is held and can be captured.
    Authorized {
        /// How much can be captured.
        amount_minor: i64,
    },
    /// This attempt was refused by the bank; nothing was charged. Not the end on a hosted page: the shopper may try
    /// another card there, and `Authorized` may follow for the same payment.
    Declined {
        /// The provider's code, such as `insufficient_funds`.
        code: String,
        /// The provider's sentence, in English; for logs and staff, not for shoppers.
        message: String,
    },
    /// The money was taken.
    Captured {
        /// How much was taken in total.
        amount_minor: i64,
    },
    /// The authorization was released or the payment was ended before it was paid; nothing was charged. Final.
    Voided,
    /// Money was given back.
    Refunded {
        /// Our id of the refund: the key of [`PaymentProvider::refund`]. Absent when the refund was made by hand at the
        /// provider.
        refund_ref: Option<String>,
        /// The provider's id of the refund: the same refund told twice has the same one.
        provider_refund_ref: String,
        /// How much this refund gave back.
        amount_minor: i64,
        /// How much has been given back in all, when the provider says so.
        total_refunded_minor: Option<i64>,
    },
    /// A refund that was announced did not reach the shopper: the money is with us again.
    RefundFailed {
        /// Our id of the refund, as in `Refunded`.
        refund_ref: Option<String>,
        /// The provider's id of the refund.
        provider_refund_ref: String,
        /// How much was not given back.
        amount_minor: i64,
        /// The provider's code.
        code: String,
    },
    /// The payment ended without money: expired, challenge abandoned or failed. Nothing was charged. Final.
    Failed {
        /// `expired`, `challenge_failed`, or the provider's own code.
        code: String,
        /// The provider's sentence, in English.
        message: String,
    },
}

/// Why a call gave no answer, or why a webhook was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// No answer in time, a broken connection, or the provider's own fault: the money may or may not have moved.
    /// Repeat with the same key until there is an answer.
    #[error("asking {provider}: no clear answer ({detail}); repeat with the same key")]
    Timeout {
        /// The provider's name.
        provider: &'static str,
        /// What happened on the wire.
        detail: String,
    },
    /// The provider did not take the call: not reachable, too busy, or under maintenance. Nothing has happened.
    #[error("asking {provider}: not available ({detail}); repeat later")]
    Unavailable {
        /// The provider's name.
        provider: &'static str,
        /// What happened on the wire.
        detail: String,
        /// How long the provider asks us to wait, milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The provider understood and refused; repeating gives the same refusal.
    #[error("asking {provider}: refused with `{code}`: {message}")]
    Refused {
        /// The provider's name.
        provider: &'static str,
        /// A stable code; see each connector for its list.
        code: String,
        /// The provider's sentence, in English.
        message: String,
    },
    /// The webhook's signature is missing, wrong, or too old: answer 400 and change nothing.
    #[error("webhook signature refused: {0}")]
    BadSignature(&'static str),
    /// An answer or a webhook that we cannot read. After a call the money may or may not have moved.
    #[error("unreadable answer from {provider}: {detail}")]
    BadReply {
        /// The provider's name.
        provider: &'static str,
        /// What was wrong with it.
        detail: String,
    },
}

impl PaymentError {
    /// Whether the same call with the same key is worth repeating.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::Unavailable { .. } | Self::BadReply { .. } => true,
            Self::Refused { .. } | Self::BadSignature(_) => false,
        }
    }

    /// Whether the money may have moved although the call failed.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Timeout { .. } | Self::BadReply { .. })
    }
}
