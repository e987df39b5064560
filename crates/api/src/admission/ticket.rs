//! The ticket that a waiting shopper keeps: a room's and a ticket's number, signed with a key of the shop's.

use super::room::Number;
use crate::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a signature that are kept: 128 bits.
const SIGNATURE_BYTES: usize = 16;
/// A ticket is never longer than this.
const TEXT_MAX: usize = 64;

/// A ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The room that it is for.
    pub room: u32,
    /// Its number, from 1.
    pub number: Number,
}

impl Ticket {
    /// The ticket as a text for a cookie or a header: `room.number.signature`.
    pub fn sign(self, key: &[u8]) -> String {
        let said = format!("{}.{}", self.room, self.number);
        let signature = mac(key, &said).finalize().into_bytes();
        format!("{said}.{}", hex::of(&signature[..SIGNATURE_BYTES]))
    }

    /// Reads a text; `None` when it was not signed with `key` or is malformed.
    pub fn verify(text: &str, key: &[u8]) -> Option<Self> {
        if text.len() > TEXT_MAX {
            return None;
        }
        let (said, signature) = text.rsplit_once('.')?;
        // A shorter one would be easier to guess.
        let signature = hex::bytes(signature).filter(|s| s.len() == SIGNATURE_BYTES)?;
        mac(key, said).verify_truncated_left(&signature).ok()?;
        let (room, number) = said.split_once('.')?;
        Some(Self {
            room: room.parse().ok()?,
            number: number.parse().ok()?,
        })
    }
}

/// The seed of a room's draw: nobody knows it without the key, and it is the same after a restart.
pub fn seed(key: &[u8], room: u32) -> String {
    hex::of(&mac(key, &format!("draw {room}")).finalize().into_bytes())
}

fn mac(key: &[u8], said: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(said.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_reads_back_and_a_forged_one_does_not() {
        let key = b"the shop's key";
        let ticket = Ticket {
            room: 7,
            number: 1_234,
        };
        let text = ticket.sign(key);
        assert_eq!(Ticket::verify(&text, key), Some(ticket));
        assert_eq!(Ticket::verify(&text, b"another key"), None);
        for forged in [
            text.replace(".1234.", ".1."),
            text.replace("7.", "8."),
            text[..text.len() - 1].to_owned(),
            format!("{text}0"),
            format!("{text}é"),
            "x".repeat(1_000),
            "..".to_owned(),
            String::new(),
        ] {
            assert_eq!(Ticket::verify(&forged, key), None, "{forged}");
        }
    }
}
