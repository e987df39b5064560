//! HMAC-SHA-256 as webhooks use it. Comparisons take the same time whatever the input.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The signature over the parts, one after the other without a separator.
pub(crate) fn sign(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    mac(key, parts).finalize().into_bytes().into()
}

/// Whether `signature` is the one over the parts.
pub(crate) fn verify(key: &[u8], parts: &[&[u8]], signature: &[u8]) -> bool {
    mac(key, parts).verify_slice(signature).is_ok()
}

/// Whether two secrets are the same.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    verify(b"", &[one], &sign(b"", &[other]))
}

fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac
}
