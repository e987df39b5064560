//! Messages to members' devices as the edge asks for them; how they get there is a connector's.
//!
//! A message is short, says what a mail would have said, and is never the only trace of anything: a device that does
//! not take it costs nobody more than a mail instead.

use commerce::customer::PushDevice;
use serde_json::json;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// Bytes of a message that a device reads: what every push service takes, encrypted.
pub const NOTE_BYTES_MAX: usize = 3_000;
/// Characters of a message's text, and of its title, at most; what is longer is cut. Each row is tried in turn: in a
/// script of long characters the first may not fit.
const CUTS: [(usize, usize); 4] = [(400, 150), (200, 100), (100, 60), (20, 20)];

/// A message as a device shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// One line.
    pub title: String,
    /// What happened.
    pub body: String,
    /// Where a tap leads, a path of the shop.
    pub path: String,
    /// What makes it this message: shown again under the same tag, it replaces itself. At most 32 characters: letters,
    /// digits, `-` and `_`.
    pub tag: String,
}

impl Note {
    /// What the shop's service worker reads, [`NOTE_BYTES_MAX`] at most.
    pub fn to_json(&self) -> Vec<u8> {
        let written = |(body, title): (usize, usize), path: &str| {
            let note = json!({
                "title": cut(&self.title, title),
                "body": cut(&self.body, body),
                "path": path,
                "tag": self.tag,
            });
            note.to_string().into_bytes()
        };
        let mut fitting = CUTS.iter().map(|cut| written(*cut, &self.path));
        let found = fitting.find(|note| note.len() <= NOTE_BYTES_MAX);
        // Only a path can be as long as that; the shop's first page is better than nothing.
        found.unwrap_or_else(|| written(CUTS[CUTS.len() - 1], "/"))
    }
}

/// A text of so many characters at most; what was longer says so.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_string();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Why a device did not get a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The device cannot be told anything any more.
    #[error("the device is gone: {0}")]
    Gone(String),
    /// It may work later.
    #[error("{reason}")]
    Later {
        /// What happened.
        reason: String,
        /// When it is to be tried again at the earliest, in milliseconds from now.
        after_ms: Option<i64>,
    },
}

/// What is under way with a message.
pub type Pushing<'a> = Pin<Box<dyn Future<Output = Result<(), PushError>> + Send + 'a>>;

/// A way to devices.
pub trait SendPush: Send + Sync {
    /// The key that a browser binds its subscription to, in base64url.
    fn public_key(&self) -> &str;

    /// Whether a device can be written to: a known push service, and keys that are some.
    fn accepts(&self, device: &PushDevice) -> bool;

    /// Sends a message: when it gives `Ok`, the device's push service has it.
    fn send<'a>(&'a self, device: &'a PushDevice, note: &'a Note) -> Pushing<'a>;
}

/// The shop's way to devices, if it has one.
#[derive(Clone, Default)]
pub struct Pusher(Option<Arc<dyn SendPush>>);

impl Pusher {
    /// Sends this way.
    pub fn of(way: Arc<dyn SendPush>) -> Self {
        Self(Some(way))
    }

    /// The way, if there is one.
    pub fn way(&self) -> Option<&dyn SendPush> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pusher").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn whatever_it_says_a_message_fits_and_can_be_read() {
        let note = |title: &str, body: &str, path: &str| {
            let note = Note {
                title: title.to_string(),
                body: body.to_string(),
                path: path.to_string(),
                tag: "alert-18446744073709551615".to_string(),
            };
            let bytes = note.to_json();
            assert!(bytes.len() <= NOTE_BYTES_MAX, "{} bytes", bytes.len());
            serde_json::from_slice::<Value>(&bytes).expect("JSON")
        };
        let short = note("Lunch bag is back", "For €1.65.", "/p/lunch-bag");
        let expected = json!({
            "title": "Lunch bag is back",
            "body": "For €1.65.",
            "path": "/p/lunch-bag",
            "tag": "alert-18446744073709551615",
        });
        assert_eq!(short, expected);
        let cut = note(&"t".repeat(500), &"b".repeat(500), "/p/x");
        assert_eq!(cut["title"].as_str().map(|t| t.chars().count()), Some(150));
        assert!(cut["body"].as_str().is_some_and(|b| b.ends_with("b…")));
        for long in ["界", "👜", "\u{1}", "\""] {
            let long = long.repeat(5_000);
            let cut = note(&long, &long, "/p/x");
            assert_eq!(cut["path"], "/p/x");
            assert!(cut["title"].as_str().is_some_and(|t| t.ends_with('…')));
        }
        let far = note("t", "b", &format!("/{}", "p".repeat(5_000)));
        assert_eq!(far["path"], "/");
    }
}
