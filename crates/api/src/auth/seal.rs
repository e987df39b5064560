//! Texts that we gave out and know again: signed with a key of the server, for one purpose each.
//!
//! Nothing is hidden in them: whoever holds one can read it, and cannot make another.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The text with its signature.
pub fn seal(key: &[u8], purpose: &str, said: &str) -> String {
    format!(
        "{said}.{}",
        hex(&mac(key, purpose, said).finalize().into_bytes())
    )
}

/// The text, if it was signed with this key for this purpose.
pub fn open<'v>(key: &[u8], purpose: &str, value: &'v str) -> Option<&'v str> {
    let (said, signature) = value.rsplit_once('.')?;
    let mac = mac(key, purpose, said);
    mac.verify_slice(&unhex(signature)?).ok()?;
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

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    bytes
        .chunks(2)
        .map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok())
        .collect()
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
