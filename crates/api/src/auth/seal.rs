//! Texts that we gave out and know again: signed with a key of the server, for one purpose each.
//!
//! Nothing is hidden in them: whoever holds one can read it, and cannot make another.

use crate::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The text with its signature.
pub fn seal(key: &[u8], purpose: &str, said: &str) -> String {
    let signature = mac(key, purpose, said).finalize().into_bytes();
    format!("{said}.{}", hex::of(&signature))
}

/// The text, if it was signed with this key for this purpose.
pub fn open<'v>(key: &[u8], purpose: &str, value: &'v str) -> Option<&'v str> {
    let (said, signature) = value.rsplit_once('.')?;
    let mac = mac(key, purpose, said);
    mac.verify_slice(&hex::bytes(signature)?).ok()?;
    Some(said)
}

fn mac(key: &[u8], purpose: &str, said: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    // The purpose keeps what was signed for something else from being taken for this.
    for part in [purpose, "\n", said] {
        mac.update(part.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_its_purpose_alone() {
        let value = seal(b"key", "door", "who.when");
        assert_eq!(open(b"key", "door", &value), Some("who.when"));
        assert_eq!(open(b"key", "gate", &value), None, "another purpose");
        assert_eq!(open(b"other", "door", &value), None, "another key");
        for bad in [
            "",
            ".",
            "who.when",
            "who.when.",
            &format!("{value}00"),
            &format!("{value}é"),
        ] {
            assert_eq!(open(b"key", "door", bad), None, "{bad}");
        }
    }
}
