//! The session: a cookie that says who, which version of them, until when, signed with the server's key.
//!
//! Nothing is stored: a session ends by its time, by a change of its operator (whose version rises),
//! or by a change of the key.

use super::seal::{open, seal};
use commerce::id::OperatorId;

/// The cookie's name.
pub const COOKIE: &str = "sesame_session";
/// What its signature is for.
const PURPOSE: &str = "sesame session 1";
/// How long a session lasts, in milliseconds.
pub const SESSION_MS: i64 = 12 * 60 * 60 * 1_000;

/// What a session says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub operator: OperatorId,
    /// The operator's version when the session began; another one ends it.
    pub version: u32,
    /// When it ends, in UTC milliseconds.
    pub expires_at: i64,
}

impl Session {
    /// The cookie's value.
    pub fn sign(&self, key: &[u8]) -> String {
        let said = format!("{}.{}.{}", self.operator, self.version, self.expires_at);
        seal(key, PURPOSE, &said)
    }

    /// Reads a cookie's value; `None` when it was not signed with `key`, is malformed or has ended.
    pub fn verify(value: &str, key: &[u8], now: i64) -> Option<Self> {
        let mut parts = open(key, PURPOSE, value)?.split('.');
        let session = Self {
            operator: OperatorId::parse(parts.next()?)?,
            version: parts.next()?.parse().ok()?,
            expires_at: parts.next()?.parse().ok()?,
        };
        (parts.next().is_none() && session.expires_at > now).then_some(session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_reads_back_and_a_forged_or_old_one_does_not() {
        let key = b"the server's key";
        let session = Session {
            operator: OperatorId(7 << 8),
            version: 3,
            expires_at: 1_000,
        };
        let value = session.sign(key);
        assert_eq!(Session::verify(&value, key, 999), Some(session));
        assert_eq!(Session::verify(&value, key, 1_000), None, "it has ended");
        assert_eq!(Session::verify(&value, b"another key", 0), None);
        let forged = [
            value.replace(".3.", ".4."),
            value.replace(".1000.", ".9999."),
            value.replace("operator_", "customer_"),
            value[..value.len() - 1].to_owned(),
            format!("{value}00"),
            format!("{value}é"),
            "..".to_owned(),
            String::new(),
        ];
        for bad in forged {
            assert_eq!(Session::verify(&bad, key, 0), None, "{bad}");
        }
    }
}
