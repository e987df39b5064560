//! Codes sent by mail: six digits that prove an address, five attempts, ten minutes.
//!
//! The challenge that goes back to the browser says which address, until when, and a keyed hash of the code, all
//! signed: nothing is stored, and any server of the shop can check it.

use crate::auth::seal::{open, seal};
use crate::auth::{Limiter, TooMany};
use crate::hex;
use crate::i18n::Texts;
use crate::mail::letter::{Letter, Part};
use crate::mail::{Mail, MailError};
use commerce::text::Language;

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// How long a code is good, in milliseconds.
const LIFETIME_MS: i64 = 10 * 60 * 1_000;
/// Attempts at one code.
const ATTEMPTS_MAX: u32 = 5;
/// Codes sent to one address in an hour: with five attempts each, a guess in an hour hits with 1 in 33,000.
const SENT_MAX: u32 = 6;
const HOUR_MS: i64 = 60 * 60 * 1_000;
const PURPOSE: &str = "sesame mail code 1";
const DIGITS_PURPOSE: &str = "sesame mail code 1 digits";

/// Why no code was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too many were sent to this address.
    #[error("too many codes were sent to this address")]
    TooMany(TooMany),
    /// The mail did not leave.
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// Why a code proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It is another code.
    #[error("the code is wrong")]
    Wrong,
    /// Its time is over, it was used, or there is no such challenge.
    #[error("the code is no longer good")]
    Over,
}

/// What limits codes.
pub struct Codes {
    sent: Limiter,
    attempts: Limiter,
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            sent: Limiter::new(SENT_MAX, HOUR_MS),
            attempts: Limiter::new(ATTEMPTS_MAX, LIFETIME_MS),
        }
    }
}

/// What a challenge says.
struct Challenge {
    email: String,
    expires_at: i64,
    nonce: String,
    proof: String,
}

impl Challenge {
    fn read(key: &[u8], sealed: &str, now: i64) -> Option<Self> {
        let mut parts = open(key, PURPOSE, sealed)?.split('.');
        let email = String::from_utf8(hex::bytes(parts.next()?)?).ok()?;
        let challenge = Self {
            email,
            expires_at: parts.next()?.parse().ok()?,
            nonce: parts.next()?.to_string(),
            proof: parts.next()?.to_string(),
        };
        // A clock that was set back does not make a code good for longer than it was meant to be.
        let left = challenge.expires_at - now;
        (0 < left && left <= LIFETIME_MS).then_some(challenge)
    }
}

/// What only who knows the code and the key can say.
fn proof(key: &[u8], email: &str, nonce: &str, code: &str) -> String {
    let sealed = seal(key, DIGITS_PURPOSE, &format!("{email}\n{nonce}\n{code}"));
    let (_, signature) = sealed.rsplit_once('.').unwrap_or_default();
    signature.to_string()
}

impl Codes {
    /// A challenge and the mail with its code.
    pub fn begin(
        &self,
        key: &[u8],
        (email, language): (&str, Language),
        shop: &str,
        now: i64,
    ) -> Result<(String, Mail), SendError> {
        self.sent.attempt(email, now).map_err(SendError::TooMany)?;
        let code = format!("{:06}", rand::random_range(0..1_000_000_u32));
        let nonce = format!("{:032x}", rand::random::<u128>());
        let proof = proof(key, email, &nonce, &code);
        let said = format!(
            "{}.{}.{nonce}.{proof}",
            hex::of(email.as_bytes()),
            now + LIFETIME_MS
        );
        Ok((
            seal(key, PURPOSE, &said),
            mail(email, language, shop, (&code, &nonce)),
        ))
    }

    /// The address of a challenge that can still be answered.
    pub fn email(&self, key: &[u8], challenge: &str, now: i64) -> Option<String> {
        Challenge::read(key, challenge, now).map(|c| c.email)
    }

    /// The address, if this is its code; it is good once.
    pub fn check(
        &self,
        key: &[u8],
        challenge: &str,
        code: &str,
        now: i64,
    ) -> Result<String, CodeError> {
        let challenge = Challenge::read(key, challenge, now).ok_or(CodeError::Over)?;
        self.attempts
            .attempt(&challenge.nonce, now)
            .map_err(|_| CodeError::Over)?;
        let typed: String = code
            .chars()
            .filter(char::is_ascii_digit)
            .take(CODE_DIGITS + 1)
            .collect();
        let said = proof(key, &challenge.email, &challenge.nonce, &typed);
        // Both are keyed hashes: how long a comparison takes says nothing about the code.
        if said != challenge.proof {
            return Err(CodeError::Wrong);
        }
        while self.attempts.attempt(&challenge.nonce, now).is_ok() {}
        Ok(challenge.email)
    }
}

fn mail(to: &str, language: Language, shop: &str, (code, nonce): (&str, &str)) -> Mail {
    let t = Texts::of(language);
    let subject = t.with("mail.code.subject", &[("code", &code), ("shop", &shop)]);
    let letter = Letter {
        language,
        shop: shop.to_string(),
        title: t.with("mail.code.lead", &[("shop", &shop)]),
        parts: vec![
            Part::Code(code.to_string()),
            Part::Words(t.t("mail.code.good").to_string()),
        ],
        small: vec![t.t("mail.code.ignore").to_string()],
        subject,
    };
    Mail {
        to: to.to_string(),
        text: letter.text(),
        html: letter.html(),
        name: format!("code-{nonce}"),
        unsubscribe: None,
        subject: letter.subject,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"the server's key";

    fn begin(codes: &Codes, email: &str, now: i64) -> (String, String) {
        let (challenge, mail) = codes
            .begin(KEY, (email, Language::De), "Sesame", now)
            .expect("not too many");
        let code: String = mail
            .text
            .lines()
            .nth(4)
            .expect("the code")
            .trim()
            .to_string();
        assert!(mail.subject.contains(&code) && mail.html.contains(&code));
        (challenge, code)
    }

    #[test]
    fn the_code_proves_its_address_once() {
        let codes = Codes::default();
        let (challenge, code) = begin(&codes, "a@example.com", 0);
        let other = begin(&codes, "b@example.com", 0).0;
        assert_eq!(
            codes.email(KEY, &challenge, 1).as_deref(),
            Some("a@example.com")
        );
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert_ne!(
            codes.check(KEY, &other, &code, 1).as_deref(),
            Ok("a@example.com")
        );
        assert_eq!(
            codes.check(KEY, &challenge, &spaced, 1).as_deref(),
            Ok("a@example.com")
        );
        assert_eq!(
            codes.check(KEY, &challenge, &code, 1),
            Err(CodeError::Over),
            "it was used"
        );
    }

    #[test]
    fn attempts_and_time_end() {
        let codes = Codes::default();
        let (challenge, code) = begin(&codes, "a@example.com", 0);
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..ATTEMPTS_MAX {
            assert_eq!(
                codes.check(KEY, &challenge, wrong, 1),
                Err(CodeError::Wrong)
            );
        }
        assert_eq!(codes.check(KEY, &challenge, &code, 1), Err(CodeError::Over));
        let (late, code) = begin(&codes, "a@example.com", 0);
        assert_eq!(
            codes.check(KEY, &late, &code, LIFETIME_MS),
            Err(CodeError::Over)
        );
        let set_back = -1;
        assert_eq!(
            codes.check(KEY, &late, &code, set_back),
            Err(CodeError::Over)
        );
        assert_eq!(codes.check(b"other", &late, &code, 1), Err(CodeError::Over));
        for _ in 2..SENT_MAX {
            begin(&codes, "a@example.com", 0);
        }
        let more = codes.begin(KEY, ("a@example.com", Language::En), "S", 1);
        assert!(matches!(more, Err(SendError::TooMany(_))));
    }
}
