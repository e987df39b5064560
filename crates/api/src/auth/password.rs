//! Passwords as argon2id hashes, with the parameters OWASP names (19 MiB, 2 passes, 1 lane).
//!
//! Hashing takes tens of milliseconds of processor time: async code calls these through [`hashing`].

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::sync::LazyLock;
use tokio::sync::Semaphore;
use tokio::task::JoinError;

/// The least number of characters of a new password.
pub const PASSWORD_CHARS_MIN: usize = 10;

/// Hashing is made to be slow: so many at once, so that orders go on meanwhile.
const HASHES_AT_ONCE: usize = 2;
static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE);

/// Does work that hashes, on a thread that may take its time.
///
/// # Errors
/// When the work panics, or the runtime ends.
pub async fn hashing<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    let turn = HASHING.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    drop(turn);
    done
}

/// What a password is compared with when there is no operator, so that both cases take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("nobody has this password"));

/// The hash of a password with a random salt, as a PHC string.
///
/// # Panics
/// When the machine gives no random numbers or no memory.
pub fn hash_password(password: &str) -> String {
    Argon2::default()
        .hash_password(password.as_bytes())
        .expect("hashing with the default parameters works")
        .to_string()
}

/// Whether `password` is the one behind `hash`. With no hash, as for an unknown address, it takes as
/// long and is `false`.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let known = hash.is_some();
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(&NOBODY)) else {
        return false;
    };
    let fits = Argon2::default()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    fits && known
}

/// A random password for the first operator: 20 characters without those that look alike, about
/// 100 bits.
pub fn one_time_password() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let raw: [u8; 20] = rand::random();
    raw.iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_fits_its_hash_alone() {
        let hash = hash_password("correct horse");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("correct horse", Some(&hash)));
        assert!(!verify_password("correct hors", Some(&hash)));
        assert!(!verify_password("correct horse", Some("no hash")));
        assert!(!verify_password("nobody has this password", None));
        assert_ne!(hash, hash_password("correct horse"), "salted");
    }

    #[test]
    fn one_time_passwords_differ_and_are_long_enough() {
        let (one, two) = (one_time_password(), one_time_password());
        assert_ne!(one, two);
        assert!(one.len() >= PASSWORD_CHARS_MIN && one.is_ascii());
    }
}
