//! Signatures of the Standard Webhooks specification (symmetric form, version `v1`).
//!
//! Ours go out with it, and the built-in test provider speaks it too. The signature covers `{id}.{seconds}.{body}`; the
//! key is the secret after `whsec_`, in base64. A receiver must refuse what is older or newer than its tolerance.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::payment::{HeaderMap, PaymentError};
use crate::signature;

/// The message's id: stable over repeats, so that a receiver can drop what it has seen.
pub const ID_HEADER: &str = "webhook-id";
/// When this delivery was made, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// One or several signatures, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";

/// How far a delivery's time may be from ours, milliseconds, as the specification's libraries have it.
pub const TOLERANCE_MS: i64 = 5 * 60 * 1000;

/// How many signatures of one delivery are looked at.
const MAX_SIGNATURES: usize = 16;

const SECRET_PREFIX: &str = "whsec_";

/// Base64 as secrets are found in the wild: with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signing key.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// The key itself must not reach a log.
impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A text that is no usable secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is `whsec_` and at least 16 bytes in base64")]
pub struct BadSecret;

impl Secret {
    /// Reads `whsec_` + base64; the prefix may be missing.
    ///
    /// # Errors
    /// Not base64, or shorter than 16 bytes.
    pub fn parse(text: &str) -> Result<Self, BadSecret> {
        let encoded = text.strip_prefix(SECRET_PREFIX).unwrap_or(text);
        let key = BASE64.decode(encoded).map_err(|_| BadSecret)?;
        if key.len() < 16 {
            Err(BadSecret)
        } else {
            Ok(Self(key))
        }
    }

    /// A secret of these random bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes.to_vec())
    }

    /// The secret as it is shown to whoever must check signatures.
    pub fn to_text(&self) -> String {
        format!("{SECRET_PREFIX}{}", BASE64.encode(&self.0))
    }
}

/// The value of [`SIGNATURE_HEADER`] for a delivery, `v1,…`.
pub fn sign(secret: &Secret, id: &str, timestamp_seconds: i64, body: &[u8]) -> String {
    let seconds = timestamp_seconds.to_string();
    let signature = signature::sign(
        &secret.0,
        &[id.as_bytes(), b".", seconds.as_bytes(), b".", body],
    );
    format!("v1,{}", BASE64.encode(signature))
}

/// Checks a delivery and gives its id.
///
/// # Errors
/// [`PaymentError::BadSignature`] with the reason.
pub fn verify<'a>(
    secrets: &[Secret],
    headers: &'a HeaderMap,
    body: &[u8],
    now_ms: i64,
) -> Result<&'a str, PaymentError> {
    let id = header(headers, ID_HEADER)?;
    let timestamp = header(headers, TIMESTAMP_HEADER)?;
    let signatures = header(headers, SIGNATURE_HEADER)?;
    let seconds: i64 = timestamp
        .parse()
        .map_err(|_| PaymentError::BadSignature("the time is not a number"))?;
    let age_ms = now_ms.saturating_sub(seconds.saturating_mul(1000));
    if age_ms.saturating_abs() > TOLERANCE_MS {
        return Err(PaymentError::BadSignature("the time is too far from now"));
    }
    let signed: [&[u8]; 5] = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body];
    let found = signatures
        .split(' ')
        .take(MAX_SIGNATURES)
        .filter_map(|part| part.strip_prefix("v1,"))
        .filter_map(|encoded| BASE64.decode(encoded).ok())
        .any(|given| {
            secrets
                .iter()
                .any(|secret| signature::verify(&secret.0, &signed, &given))
        });
    if found {
        Ok(id)
    } else {
        Err(PaymentError::BadSignature("no signature matches"))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, PaymentError> {
    let value = headers
        .get(name)
        .ok_or(PaymentError::BadSignature("a webhook header is missing"))?;
    value
        .to_str()
        .map_err(|_| PaymentError::BadSignature("a webhook header is not text"))
}
