//! Mails as the edge asks for them; how they leave is a connector's.
//!
//! What must reach somebody in any case is an effect of the core or follows the feed, and is tried again; a mail that
//! a person waits for (a code to sign in with) is sent at once, and they are told when it could not be.

pub mod letter;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
    /// What makes it this mail: sent twice under the same name, mail programs show it once. Letters, digits, `.`, `-`
    /// and `_`.
    pub name: String,
    /// Where mail programs end such mails with one click (RFC 8058), for who asked for them.
    pub unsubscribe: Option<String>,
}

/// Why a mail did not leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// This shop has no way to send mail.
    #[error("no mail server is configured")]
    NoWay,
    /// Nobody has this address, or it cannot be written to: another attempt will not help.
    #[error("the address is refused: {0}")]
    Address(String),
    /// It may work later.
    #[error("the mail server did not take it: {0}")]
    Later(String),
}

/// What is under way with a mail.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), MailError>> + Send + 'a>>;

/// A way to send mail.
pub trait SendMail: Send + Sync {
    /// Sends a mail: when it gives `Ok`, the next server has it.
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a>;
}

/// The shop's way to send mail, if it has one.
#[derive(Clone, Default)]
pub struct Mailer(Option<Arc<dyn SendMail>>);

impl Mailer {
    /// Sends this way.
    pub fn of(way: Arc<dyn SendMail>) -> Self {
        Self(Some(way))
    }

    /// Whether there is a way.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Sends a mail.
    ///
    /// # Errors
    /// As [`MailError`] says.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        match &self.0 {
            Some(way) => way.send(mail).await,
            None => Err(MailError::NoWay),
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mailer").field(&self.is_there()).finish()
    }
}
