//! Mail: through an SMTP server ([`smtp`]), or into a folder of a shop that is tried out ([`folder`]).
//!
//! Both ways make the same message ([`letter`]). Nothing that a letter says can become a header or a command of its
//! own, and a password never leaves over a line that others can read.

pub mod folder;
pub mod letter;
pub mod smtp;

/// A letter to one person.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The address.
    pub to: &'a str,
    /// The subject; line breaks become spaces.
    pub subject: &'a str,
    /// What it says, as plain text.
    pub text: &'a str,
    /// The same as an HTML document.
    pub html: &'a str,
    /// What makes it this letter: its `Message-ID` is made of it. Letters, digits, `.`, `-` and `_`; others become
    /// `-`.
    pub name: &'a str,
    /// The address, `https:`, at which mail programs end such letters with one click (RFC 8058).
    pub unsubscribe: Option<&'a str>,
}

/// Why a letter did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Nobody has this address, or it cannot be written to: another attempt will not help.
    #[error("the address is refused: {0}")]
    Address(String),
    /// It may work later.
    #[error("{0}")]
    Later(String),
}

/// What cannot be used to send mail with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(String);
