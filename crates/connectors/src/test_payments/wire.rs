//! What travels between the shop and the built-in test payment provider, as JSON. Both sides use these types.

use serde::{Deserialize, Serialize};

/// The header that makes a write repeatable.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// `POST /v1/payments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatePayment {
    /// The shop's id of the payment.
    pub payment_ref: String,
    /// The shop's id of the order group.
    pub group_ref: String,
    /// Minor units, above zero.
    pub amount_minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// How the shopper pays.
    pub method: Method,
    /// Where the browser goes afterwards.
    pub return_url: String,
    /// Where events are sent; none are sent when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_url: Option<String>,
    /// A line for the hosted page.
    pub description: String,
    /// The hosted page's language: `en`, `de`, `zh`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whether the card is kept for the shopper's next payment.
    #[serde(default, skip_serializing_if = "is_off")]
    pub keep: bool,
}

fn is_off(flag: &bool) -> bool {
    !flag
}

/// A card that was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCard {
    /// Pays like any other token.
    pub token: String,
    /// The last digits of its number.
    pub last4: String,
}

/// How the shopper pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Method {
    /// On the provider's page.
    HostedPage,
    /// With one of the test tokens.
    Token {
        /// Such as `tok_success`.
        token: String,
    },
}

/// `POST /v1/payments/{id}/capture` and `…/refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmountRequest {
    /// Minor units, above zero.
    pub amount_minor: i64,
}

/// A payment as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// The provider's id, `tp_…`.
    pub id: String,
    /// The shop's id of the payment.
    pub payment_ref: String,
    /// The shop's id of the order group.
    pub group_ref: String,
    /// How it stands.
    pub status: Status,
    /// What was asked for, minor units.
    pub amount_minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// What was held; stays when it is captured or released.
    pub authorized_minor: i64,
    /// What was taken.
    pub captured_minor: i64,
    /// What was given back in all.
    pub refunded_minor: i64,
    /// Where the shopper must go, while the status asks for the shopper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    /// Why the last attempt was declined, or why the payment failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// The refunds, oldest first.
    #[serde(default)]
    pub refunds: Vec<Refund>,
    /// The card, if it was to be kept and paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_card: Option<KeptCard>,
    /// UTC milliseconds.
    pub created_at_ms: i64,
    /// UTC milliseconds of the last change.
    pub updated_at_ms: i64,
}

/// How a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The hosted page waits for a card.
    RequiresPaymentMethod,
    /// The shopper's bank asks for confirmation.
    RequiresAction,
    /// Money is held.
    Authorized,
    /// The token was declined. Final: another try is another payment.
    Declined,
    /// Money was taken.
    Captured,
    /// The hold was released, or the payment was ended before it was paid. Final.
    Voided,
    /// Ended without money: expired, or the challenge failed. Final.
    Failed,
}

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A stable code.
    pub code: String,
    /// One sentence in English.
    pub message: String,
}

/// Money given back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// `tr_…`
    pub id: String,
    /// The shop's id of the refund: the idempotency key it was asked for with.
    pub refund_ref: String,
    /// Minor units.
    pub amount_minor: i64,
    /// UTC milliseconds.
    pub at_ms: i64,
}

/// The body of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// `te_…`; the same over repeats.
    pub id: String,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// UTC milliseconds.
    pub at_ms: i64,
    /// Which refund, for `payment.refunded`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_id: Option<String>,
    /// The payment as it was when this delivery was prepared: at the event, or later after a restart.
    pub payment: Payment,
}

/// What can happen to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    /// The bank asks for a confirmation.
    #[serde(rename = "payment.action_required")]
    ActionRequired,
    /// Money is held.
    #[serde(rename = "payment.authorized")]
    Authorized,
    /// An attempt was declined.
    #[serde(rename = "payment.declined")]
    Declined,
    /// Money was taken.
    #[serde(rename = "payment.captured")]
    Captured,
    /// The hold was released.
    #[serde(rename = "payment.voided")]
    Voided,
    /// A refund was made.
    #[serde(rename = "payment.refunded")]
    Refunded,
    /// Ended without money.
    #[serde(rename = "payment.failed")]
    Failed,
}

/// The body of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What was refused and why.
    pub error: Problem,
}

/// `GET /v1/audit?after={next}&limit={n}`: what really happened to money, for checks from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// Sums over all payments; the same on every page.
    pub totals: AuditTotals,
    /// One entry per `payment_ref` of the shop.
    pub payments: Vec<AuditEntry>,
    /// What to send as `after` for the next page; absent on the last one.
    pub next: Option<String>,
}

/// Sums over everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditTotals {
    /// Payments begun.
    pub payments: u64,
    /// Sums per currency, ordered by currency.
    pub currencies: Vec<CurrencyTotals>,
    /// `payment_ref`s of which money was held or taken more than once: must be zero.
    pub refs_charged_more_than_once: u64,
}

/// Counts and sums in one currency; sums are minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyTotals {
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// How many holds were placed.
    pub authorizations: u64,
    /// Their sum.
    pub authorized_minor: i64,
    /// How many captures.
    pub captures: u64,
    /// Their sum.
    pub captured_minor: i64,
    /// How many holds were released.
    pub voids: u64,
    /// How many refunds.
    pub refunds: u64,
    /// Their sum.
    pub refunded_minor: i64,
}

/// All that happened under one `payment_ref`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// The shop's id of the payment.
    pub payment_ref: String,
    /// The shop's id of the order group.
    pub group_ref: String,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// Holds placed; more than one is a double charge.
    pub authorizations: Vec<AuditFact>,
    /// Money taken; more than one is a double charge.
    pub captures: Vec<AuditFact>,
    /// Holds released.
    pub voids: Vec<AuditFact>,
    /// Money given back.
    pub refunds: Vec<AuditFact>,
}

/// One movement of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFact {
    /// The provider's id of the payment.
    pub id: String,
    /// Minor units.
    pub amount_minor: i64,
    /// UTC milliseconds.
    pub at_ms: i64,
}
