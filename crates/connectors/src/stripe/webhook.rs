//! Stripe's webhooks: the `Stripe-Signature` header, and what the events mean.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::api::bad_reply;
use super::objects::{Charge, CheckoutSession, PaymentIntent, Refund};
use crate::payment::{HeaderMap, PaymentError, ProviderMessage};
use crate::signature;

/// How far a signature's time may be from ours, milliseconds; Stripe's own libraries have the same.
pub const TOLERANCE_MS: i64 = 5 * 60 * 1000;

const SIGNATURE_HEADER: &str = "stripe-signature";

/// How many parts of the header are looked at.
const MAX_PARTS: usize = 32;

/// Checks `Stripe-Signature: t=…,v1=…,v1=…` against any of the secrets. There are several signatures, or several secrets,
/// while a secret is being changed.
///
/// # Errors
/// [`PaymentError::BadSignature`] with the reason.
pub fn verify(
    secrets: &[String],
    headers: &HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<(), PaymentError> {
    let header = headers
        .get(SIGNATURE_HEADER)
        .ok_or(PaymentError::BadSignature("Stripe-Signature is missing"))?;
    let header = header
        .to_str()
        .map_err(|_| PaymentError::BadSignature("Stripe-Signature is not text"))?;
    let mut timestamp = None;
    let mut signatures = Vec::new();
    for part in header.split(',').take(MAX_PARTS) {
        match part.trim().split_once('=') {
            Some(("t", value)) => timestamp = Some(value),
            Some(("v1", value)) => signatures.extend(decode_hex(value)),
            _ => {}
        }
    }
    let timestamp = timestamp.ok_or(PaymentError::BadSignature("the signature has no time"))?;
    let seconds: i64 = timestamp
        .parse()
        .map_err(|_| PaymentError::BadSignature("the time is not a number"))?;
    let age_ms = now_ms.saturating_sub(seconds.saturating_mul(1000));
    if age_ms.saturating_abs() > TOLERANCE_MS {
        return Err(PaymentError::BadSignature("the time is too far from now"));
    }
    let signed = [timestamp.as_bytes(), b".", body];
    let matches = signatures.iter().any(|given| {
        secrets
            .iter()
            .any(|secret| signature::verify(secret.as_bytes(), &signed, given))
    });
    if matches {
        Ok(())
    } else {
        Err(PaymentError::BadSignature("no signature matches"))
    }
}

fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    object: Value,
}

/// Translates a webhook whose signature was checked. Events about payments that are none of ours, and kinds that mean
/// nothing to us, give no message.
///
/// # Errors
/// [`PaymentError::BadReply`] for a body that is no event.
pub fn translate(body: &[u8]) -> Result<Vec<ProviderMessage>, PaymentError> {
    let event: Event =
        serde_json::from_slice(body).map_err(|error| bad_reply(&error.to_string()))?;
    match event.kind.as_str() {
        "payment_intent.amount_capturable_updated"
        | "payment_intent.succeeded"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled"
        | "payment_intent.requires_action" => payment_message(event),
        "checkout.session.completed" | "checkout.session.expired" => session_message(event),
        "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
            let refund: Refund = object(&event)?;
            Ok(refund_message(&event, &refund, event.id.clone())?
                .into_iter()
                .collect())
        }
        "charge.refunded" => refund_messages(&event),
        _ => Ok(Vec::new()),
    }
}

fn object<T: DeserializeOwned>(event: &Event) -> Result<T, PaymentError> {
    T::deserialize(&event.data.object)
        .map_err(|error| bad_reply(&format!("{} {}: {error}", event.kind, event.id)))
}

fn payment_message(event: Event) -> Result<Vec<ProviderMessage>, PaymentError> {
    let payment: PaymentIntent = object(&event)?;
    let Some(payment_ref) = payment.payment_ref().cloned() else {
        return Ok(Vec::new());
    };
    let message = payment.kind()?.map(|kind| ProviderMessage {
        provider_ref: payment.id.clone(),
        payment_ref: Some(payment_ref),
        kind,
        at_ms: event.created.saturating_mul(1000),
        provider_event_id: event.id,
    });
    Ok(message.into_iter().collect())
}

fn session_message(event: Event) -> Result<Vec<ProviderMessage>, PaymentError> {
    let session: CheckoutSession = object(&event)?;
    let Some(payment_ref) = session.payment_ref().cloned() else {
        return Ok(Vec::new());
    };
    let message = session.kind()?.map(|kind| ProviderMessage {
        provider_ref: session
            .payment_intent_id()
            .unwrap_or(&session.id)
            .to_owned(),
        payment_ref: Some(payment_ref),
        kind,
        at_ms: event.created.saturating_mul(1000),
        provider_event_id: event.id,
    });
    Ok(message.into_iter().collect())
}

fn refund_message(
    event: &Event,
    refund: &Refund,
    provider_event_id: String,
) -> Result<Option<ProviderMessage>, PaymentError> {
    let Some(payment) = &refund.payment_intent else {
        return Ok(None);
    };
    Ok(refund.kind()?.map(|kind| ProviderMessage {
        provider_ref: payment.clone(),
        payment_ref: refund.payment_ref().cloned(),
        kind,
        provider_event_id,
        at_ms: event.created.saturating_mul(1000),
    }))
}

/// `charge.refunded` also tells of the part that a partial capture let go, which is no refund: only refunds that it
/// lists and that we made are taken from it. Refunds made by hand arrive as `refund.created`.
fn refund_messages(event: &Event) -> Result<Vec<ProviderMessage>, PaymentError> {
    let charge: Charge = object(event)?;
    let mut messages = Vec::new();
    for refund in charge.refunds.map(|list| list.data).unwrap_or_default() {
        if refund.payment_ref().is_some() {
            messages.extend(refund_message(
                event,
                &refund,
                format!("{}/{}", event.id, refund.id),
            )?);
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests;
