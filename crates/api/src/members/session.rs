//! A member's session: a cookie that says who, under which number of their sessions, until when.

use crate::auth::seal::{open, seal};
use commerce::id::CustomerId;

/// The cookie's name.
pub const COOKIE: &str = "sesame_member";
/// How long a session lasts, in milliseconds: shoppers are not asked again each week.
pub const SESSION_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
const PURPOSE: &str = "sesame member session 1";

/// What a session says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claims {
    /// Who.
    pub customer: CustomerId,
    /// The number of their sessions when it began; another one ends it.
    pub sessions: u32,
    /// When it ends, in UTC milliseconds.
    pub expires_at: i64,
}

impl Claims {
    /// The cookie's value.
    pub fn sign(&self, key: &[u8]) -> String {
        let said = format!("{}.{}.{}", self.customer, self.sessions, self.expires_at);
        seal(key, PURPOSE, &said)
    }

    /// Reads a cookie's value; `None` when it was not signed with `key`, is malformed or has ended.
    pub fn verify(value: &str, key: &[u8], now: i64) -> Option<Self> {
        let mut parts = open(key, PURPOSE, value)?.split('.');
        let claims = Self {
            customer: CustomerId::parse(parts.next()?)?,
            sessions: parts.next()?.parse().ok()?,
            expires_at: parts.next()?.parse().ok()?,
        };
        (parts.next().is_none() && claims.expires_at > now).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_reads_back_until_it_ends() {
        let claims = Claims {
            customer: CustomerId(7 << 8),
            sessions: 3,
            expires_at: 1_000,
        };
        let value = claims.sign(b"key");
        assert_eq!(Claims::verify(&value, b"key", 999), Some(claims));
        assert_eq!(Claims::verify(&value, b"key", 1_000), None);
        assert_eq!(Claims::verify(&value, b"other", 0), None);
        assert_eq!(
            Claims::verify(&value.replace(".3.", ".4."), b"key", 0),
            None
        );
    }
}
