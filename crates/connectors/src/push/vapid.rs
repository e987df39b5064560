//! Who asks a push service to pass something on: RFC 8292. A browser binds its subscription to the shop's public key,
//! so that nobody else can send to it.

use super::endpoint::Endpoint;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;

/// How long a proof is good, in seconds: services take a day at most, and clocks differ.
const GOOD_FOR_S: i64 = 12 * 60 * 60;
/// Numbers that are no key come once in four billion.
const KEY_ATTEMPTS_MAX: u32 = 8;

/// The key by which push services know the shop.
#[derive(Clone)]
pub struct VapidKey {
    key: SigningKey,
    public: String,
}

impl VapidKey {
    /// Makes the key out of what a shop's secret gives for a counter: the same secret, the same key. `None` when no
    /// number is a key, which does not happen to a secret that is one.
    pub fn derive(bytes: impl Fn(u32) -> Vec<u8>) -> Option<Self> {
        let keys = (0..KEY_ATTEMPTS_MAX).map(|n| SigningKey::from_slice(&bytes(n)));
        let key = keys.flatten().next()?;
        let point = key.verifying_key().to_encoded_point(false);
        let public = URL_SAFE_NO_PAD.encode(point.as_bytes());
        Some(Self { key, public })
    }

    /// The public key in base64url, as browsers are given it.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// What the header `Authorization` says to a push service.
    pub(super) fn authorization(&self, to: &Endpoint, contact: Option<&str>, now_s: i64) -> String {
        let mut claims = json!({ "aud": to.origin(), "exp": now_s + GOOD_FOR_S });
        if let Some(contact) = contact {
            claims["sub"] = contact.into();
        }
        let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
        let said = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        // The nonce of the signature is made of key and text (RFC 6979): no randomness that could be weak.
        let signature: Signature = self.key.sign(said.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
        format!("vapid t={said}.{signature}, k={}", self.public)
    }
}

#[cfg(test)]
mod tests {
    use super::super::endpoint::Services;
    use super::*;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::Value;

    fn decoded(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).expect("base64url")
    }

    #[test]
    fn a_proof_is_made_out_to_one_service_and_ends() {
        let key = VapidKey::derive(|_| vec![7; 32]).expect("a key");
        let to = Endpoint::parse("https://web.push.apple.com/x", &Services::default());
        let to = to.expect("a known service");
        let said = key.authorization(&to, Some("https://shop.example"), 1_000);
        let said = said.strip_prefix("vapid t=").expect("the scheme");
        let (token, public) = said.split_once(", k=").expect("the key");
        assert_eq!(public, key.public());
        let (signed, signature) = token.rsplit_once('.').expect("a signature");
        let (head, claims) = signed.split_once('.').expect("claims");
        let read = |part| serde_json::from_slice::<Value>(&decoded(part)).expect("JSON");
        assert_eq!(read(head), json!({ "typ": "JWT", "alg": "ES256" }));
        let expected = json!({ "aud": "https://web.push.apple.com", "exp": 44_200, "sub": "https://shop.example" });
        assert_eq!(read(claims), expected);
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decoded(public));
        let sound = public.verify(signed.as_bytes(), &decoded(signature));
        sound.expect("another implementation finds it sound");
        let bare = key.authorization(&to, None, 1_000);
        let claims = bare.split('.').nth(1).expect("claims");
        assert!(read(claims).get("sub").is_none());
    }

    #[test]
    fn the_same_secret_gives_the_same_key_whatever_numbers_come() {
        let of = |n: u8| VapidKey::derive(|_| vec![n; 32]).map(|k| k.public);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_eq!(of(1).expect("a key").len(), 87);
        // Zero, and what is not below the curve's order, are passed over.
        let late = VapidKey::derive(|n| match n {
            0 => vec![0; 32],
            1 => vec![0xff; 32],
            _ => vec![1; 32],
        });
        assert_eq!(late.map(|k| k.public), of(1));
        assert!(VapidKey::derive(|_| vec![0; 32]).is_none());
        assert!(VapidKey::derive(|_| vec![1; 16]).is_none());
    }
}
