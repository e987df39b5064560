//! Those who follow the feed and send out what it says: how far each has come, kept with the shop's records, so that
//! whoever takes over goes on there.

use crate::id::{FollowerId, GroupId};
use crate::limits::{FOLLOWED_MAX, NOTE_CHARS_MAX, WAITING_MAX};
use crate::refusal::Refusal;
use crate::wish::Telling;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The follower that sends mails about orders.
pub const MAILS: FollowerId = FollowerId(1);
/// The follower that tells customers of their wishes.
pub const ALERTS: FollowerId = FollowerId(2);

/// A follower of the feed that sends something out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// The follower's id.
    pub id: FollowerId,
    /// What it is called; unique.
    pub name: String,
    /// The last event that it has dealt with or keeps in `waiting`.
    pub position: u64,
    /// Whether it lets everything pass, since it has no way to send.
    pub rests: bool,
    /// Events that it comes back to, in the order in which they were set aside.
    pub waiting: Vec<Waiting>,
    /// When it last sent something, in UTC milliseconds.
    pub sent_at: Option<i64>,
    /// What went wrong last, unless something was sent since.
    pub trouble: Option<Trouble>,
    /// What the one that tells of wishes is in the middle of.
    #[serde(default)]
    pub telling: Telling,
}

impl Follower {
    /// Whether it stays within its bounds.
    ///
    /// # Errors
    /// The field that does not.
    pub fn check(&self) -> Result<(), Refusal> {
        let trouble = self.trouble.as_ref().map(|t| t.reason.as_str());
        let field = if self.waiting.len() > WAITING_MAX {
            "waiting"
        } else if trouble.is_some_and(is_long) {
            "reason"
        } else {
            return Ok(());
        };
        Err(Refusal::FieldInvalid { field })
    }
}

fn is_long(text: &str) -> bool {
    text.chars().count() > NOTE_CHARS_MAX
}

/// An event that a follower comes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its position.
    pub position: u64,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// When it is tried next, in UTC milliseconds.
    pub due_at: i64,
}

/// Why something was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// When, in UTC milliseconds.
    pub at: i64,
    /// Why, for operators.
    pub reason: String,
}

/// What a mail about an order says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// The order is confirmed.
    Confirmed,
    /// The payment did not go through; the goods are still set aside.
    PaymentFailed,
    /// It was not paid in time.
    Expired,
    /// A parcel left.
    Shipped,
    /// Goods can be collected.
    Ready,
    /// An order was canceled.
    Canceled,
    /// Money was given back.
    Refunded,
    /// A return was asked for.
    ReturnRequested,
    /// Goods may be sent back.
    ReturnApproved,
    /// Goods are not taken back.
    ReturnRefused,
    /// A parcel will be later than was promised.
    Delayed,
}

impl MailKind {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            MailKind::Confirmed => "confirmed",
            MailKind::PaymentFailed => "payment_failed",
            MailKind::Expired => "expired",
            MailKind::Shipped => "shipped",
            MailKind::Ready => "ready",
            MailKind::Canceled => "canceled",
            MailKind::Refunded => "refunded",
            MailKind::ReturnRequested => "return_requested",
            MailKind::ReturnApproved => "return_approved",
            MailKind::ReturnRefused => "return_refused",
            MailKind::Delayed => "delayed",
        }
    }
}

/// A mail about an order that was dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailed {
    /// About which group.
    pub group: GroupId,
    /// What it says.
    pub mail: MailKind,
    /// Why it was given up; `None` when it was sent.
    pub given_up: Option<String>,
}

/// How far a follower has come, and what it did on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The follower as it is now.
    pub follower: Follower,
    /// The mails since it was last saved.
    pub mails: Vec<Mailed>,
}

impl Followed {
    /// Whether it stays within its bounds.
    ///
    /// # Errors
    /// The field that does not.
    pub fn check(&self) -> Result<(), Refusal> {
        self.follower.check()?;
        let mut reasons = self.mails.iter().filter_map(|m| m.given_up.as_deref());
        let field = if self.mails.len() > FOLLOWED_MAX {
            "mails"
        } else if reasons.any(is_long) {
            "reason"
        } else {
            return Ok(());
        };
        Err(Refusal::FieldInvalid { field })
    }
}
