//! The parts of Stripe's objects that we read, and what they mean in our words.

use std::collections::BTreeMap;

use commerce::money::Currency;
use serde::Deserialize;

use super::amount;
use super::api::bad_reply;
use crate::payment::{KeptMethod, MessageKind, PaymentError};

/// The metadata key of our payment's id.
pub const PAYMENT_REF: &str = "payment_ref";
/// The metadata key of our order group's id.
pub const GROUP_REF: &str = "group_ref";
/// The metadata key of our refund's id.
pub const REFUND_REF: &str = "refund_ref";

type Metadata = BTreeMap<String, String>;

/// A payment.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: String,
    status: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    amount_capturable: Option<i64>,
    #[serde(default)]
    amount_received: Option<i64>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    next_action: Option<NextAction>,
    #[serde(default)]
    last_payment_error: Option<PaymentProblem>,
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    setup_future_usage: Option<String>,
    #[serde(default)]
    payment_method: Option<Expandable<PaymentMethod>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PaymentMethod {
    id: String,
    #[serde(default)]
    card: Option<Card>,
}

#[derive(Clone, Debug, Deserialize)]
struct Card {
    brand: String,
    last4: String,
}

#[derive(Clone, Debug, Deserialize)]
struct NextAction {
    #[serde(default)]
    redirect_to_url: Option<RedirectToUrl>,
}

#[derive(Clone, Debug, Deserialize)]
struct RedirectToUrl {
    url: String,
}

#[derive(Clone, Debug, Deserialize)]
struct PaymentProblem {
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl PaymentIntent {
    /// Our payment's id; absent for payments that are none of ours.
    pub fn payment_ref(&self) -> Option<&String> {
        self.metadata.get(PAYMENT_REF)
    }

    /// What its state says; nothing while Stripe is working on it or before a card was shown.
    pub fn kind(&self) -> Result<Option<MessageKind>, PaymentError> {
        let kind = match self.status.as_str() {
            "requires_payment_method" => {
                self.last_payment_error
                    .as_ref()
                    .map(|problem| MessageKind::Declined {
                        code: problem
                            .decline_code
                            .clone()
                            .or_else(|| problem.code.clone())
                            .unwrap_or_else(|| "declined".into()),
                        message: problem.message.clone().unwrap_or_default(),
                    })
            }
            "requires_action" => self
                .redirect_url()
                .map(|url| MessageKind::ActionRequired { url: url.into() }),
            "requires_capture" => Some(MessageKind::Authorized {
                amount_minor: self.known_amount(self.amount_capturable, "amount_capturable")?,
            }),
            "succeeded" => Some(MessageKind::Captured {
                amount_minor: self.known_amount(self.amount_received, "amount_received")?,
            }),
            "canceled" => Some(MessageKind::Voided),
            "requires_confirmation" | "processing" => None,
            other => return Err(bad_reply(&format!("unknown payment status {other}"))),
        };
        Ok(kind)
    }

    /// The card, if Stripe keeps it for another payment: as a token of customer and payment method.
    pub fn kept(&self) -> Option<KeptMethod> {
        self.setup_future_usage.as_ref()?;
        let customer = self.customer.as_ref()?;
        let Expandable::Object(method) = self.payment_method.as_ref()? else {
            return None;
        };
        let card = method.card.as_ref()?;
        let mut brand = card.brand.chars();
        let first: String = brand.next()?.to_uppercase().collect();
        Some(KeptMethod {
            token: format!("{customer}/{}", method.id),
            label: format!("{first}{} •••• {}", brand.as_str(), card.last4),
        })
    }

    /// Whether the shopper must act, but not at an address that a redirect can lead to.
    pub fn needs_script(&self) -> bool {
        self.status == "requires_action" && self.redirect_url().is_none()
    }

    /// Whether money was taken, but less than was held.
    pub fn is_captured_in_part(&self) -> bool {
        self.amount_received
            .is_some_and(|received| received > 0 && received < self.amount)
    }

    /// What of a partial capture was let go, as Stripe counts it.
    pub fn uncaptured_amount(&self) -> i64 {
        self.amount - self.amount_received.unwrap_or(self.amount)
    }

    fn redirect_url(&self) -> Option<&str> {
        Some(
            self.next_action
                .as_ref()?
                .redirect_to_url
                .as_ref()?
                .url
                .as_str(),
        )
    }

    fn known_amount(&self, amount: Option<i64>, field: &str) -> Result<i64, PaymentError> {
        // Guessing here would be inventing money.
        let amount = amount.ok_or_else(|| bad_reply(&format!("{} has no {field}", self.id)))?;
        minor(amount, &self.currency)
    }
}

/// A hosted page.
#[derive(Clone, Debug, Deserialize)]
pub struct CheckoutSession {
    /// `cs_…`
    pub id: String,
    /// `open`, `complete` or `expired`.
    pub status: String,
    /// Where it is, while it is open.
    #[serde(default)]
    pub url: Option<String>,
    /// The payment, by id or in full; absent until the shopper has shown a card.
    #[serde(default)]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
}

impl CheckoutSession {
    /// Our payment's id; absent for pages that are none of ours.
    pub fn payment_ref(&self) -> Option<&String> {
        self.metadata.get(PAYMENT_REF)
    }

    /// The payment's id, once there is one.
    pub fn payment_intent_id(&self) -> Option<&str> {
        match self.payment_intent.as_ref()? {
            Expandable::Id(id) => Some(id),
            Expandable::Object(payment) => Some(&payment.id),
        }
    }

    /// What the page says by itself. We only offer cards and capture by hand: a page that is complete holds the money.
    pub fn kind(&self) -> Result<Option<MessageKind>, PaymentError> {
        match (self.status.as_str(), &self.url) {
            ("open", Some(url)) => Ok(Some(MessageKind::ActionRequired { url: url.clone() })),
            ("expired", _) => Ok(Some(MessageKind::Failed {
                code: "expired".into(),
                message: "the hosted page has expired".into(),
            })),
            ("complete", _) => match (self.amount_total, &self.currency) {
                (Some(amount), Some(currency)) => Ok(Some(MessageKind::Authorized {
                    amount_minor: minor(amount, currency)?,
                })),
                _ => Err(bad_reply(&format!("{} has no amount", self.id))),
            },
            (status, _) => Err(bad_reply(&format!("unknown page status {status}"))),
        }
    }
}

/// Something that Stripe gives by id or in full.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Expandable<T> {
    /// By id.
    Id(String),
    /// In full.
    Object(Box<T>),
}

/// Money on its way back.
#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// The payment it belongs to.
    #[serde(default)]
    pub payment_intent: Option<String>,
    /// How much, as Stripe counts it.
    pub amount: i64,
    currency: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    created: i64,
}

impl Refund {
    /// Our payment's id; absent when the refund was made by hand.
    pub fn payment_ref(&self) -> Option<&String> {
        self.metadata.get(PAYMENT_REF)
    }

    /// When it was created, UTC milliseconds.
    pub fn created_ms(&self) -> i64 {
        self.created.saturating_mul(1000)
    }

    /// What it says; nothing while it is on its way.
    pub fn kind(&self) -> Result<Option<MessageKind>, PaymentError> {
        let amount_minor = minor(self.amount, &self.currency)?;
        let refund_ref = self.metadata.get(REFUND_REF).cloned();
        let provider_refund_ref = self.id.clone();
        match self.status.as_deref() {
            Some("succeeded") => Ok(Some(MessageKind::Refunded {
                refund_ref,
                provider_refund_ref,
                amount_minor,
                total_refunded_minor: None,
            })),
            Some(status @ ("failed" | "canceled")) => Ok(Some(MessageKind::RefundFailed {
                refund_ref,
                provider_refund_ref,
                amount_minor,
                code: self.failure_reason.clone().unwrap_or_else(|| status.into()),
            })),
            Some("pending" | "requires_action") | None => Ok(None),
            Some(other) => Err(bad_reply(&format!("unknown refund status {other}"))),
        }
    }
}

/// A list in the answer or inside an object.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// The first page of it.
    pub data: Vec<T>,
}

/// A charge, read only for the refunds that older versions of the API list in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Charge {
    /// The refunds, in versions that have them here.
    #[serde(default)]
    pub refunds: Option<List<Refund>>,
}

fn minor(amount: i64, currency: &str) -> Result<i64, PaymentError> {
    let code = currency.to_ascii_uppercase();
    Currency::parse(&code)
        .and_then(|currency| amount::from_stripe(amount, currency))
        .ok_or_else(|| bad_reply(&format!("{amount} {currency} is no amount of ours")))
}
