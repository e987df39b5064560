//! Who may use the console: passwords, sessions and the limit on attempts to sign in.
//!
//! It must never tell whether an address is known, never log a password, and never accept a session
//! that it did not sign, that has ended, or whose operator was changed since.

pub mod guard;
mod limiter;
mod password;
pub mod seal;
mod session;

pub use limiter::{Limiter, TooMany};
pub use password::{
    PASSWORD_CHARS_MIN, hash_password, hashing, one_time_password, verify_password,
};
pub use session::{COOKIE, SESSION_MS, Session};
