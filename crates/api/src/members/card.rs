//! The member's card: what the code on their phone says to a till.
//!
//! It names the member and ends soon, so that a picture of it is worth nothing tomorrow.

use super::{KEY_PURPOSE, Members};
use crate::app::{AppConfig, now_ms};
use crate::auth::seal::{open, seal};
use commerce::id::CustomerId;

const PURPOSE: &str = "sesame member card 1";
/// How long a card is good, in milliseconds: the page that shows it fetches a new one sooner.
const LIFETIME_MS: i64 = 15 * 60 * 1_000;

impl Members {
    /// What a member's card says now.
    pub fn card(&self, member: CustomerId) -> String {
        let said = format!("{member}.{}", now_ms() + LIFETIME_MS);
        seal(&self.key, PURPOSE, &said)
    }
}

/// Whose card it is, while it is good.
pub fn holder(config: &AppConfig, card: &str) -> Option<CustomerId> {
    read(&config.key(KEY_PURPOSE), card, now_ms())
}

fn read(key: &[u8], card: &str, now: i64) -> Option<CustomerId> {
    let (member, until) = open(key, PURPOSE, card)?.split_once('.')?;
    let left = until.parse::<i64>().ok()? - now;
    let is_good = 0 < left && left <= LIFETIME_MS;
    is_good.then(|| CustomerId::parse(member)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_good_for_a_while() {
        let member = CustomerId(7 << 8);
        let card = seal(b"key", PURPOSE, &format!("{member}.{LIFETIME_MS}"));
        assert_eq!(read(b"key", &card, 0), Some(member));
        assert_eq!(read(b"key", &card, LIFETIME_MS), None);
        assert_eq!(
            read(b"key", &card, -1),
            None,
            "made by a clock that is ahead"
        );
        assert_eq!(read(b"other", &card, 0), None);
    }
}
