//! The touches of a visitor that an order is attributed to: kept by the browser while it looks around, with the checkout
//! and its order from then on.
//!
//! A cookie of our own has them, in words; no number in it tells one visitor from another. The order has them in what the
//! edge keeps with it ([`commerce::extension`]): the same row, the same commit, and not a byte for an order that came
//! directly.

use super::arrival::host_of;
use super::sources::medium;
use super::touch::Touch;
use crate::ucp::note::Note;
use commerce::command::Channel;
use commerce::extension::Extension;
use commerce::order::Group;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Bytes of a cookie that are read: browsers keep 4,096.
const COOKIE_BYTES_MAX: usize = 4_096;
/// What a cookie may hold as it is; the rest of a text is written with percent signs.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// The first and the last of a chain of touches, each within the window after the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attribution {
    /// Where the visitor came from first.
    pub first: Touch,
    /// Where they came from last, direct visits aside.
    pub last: Touch,
}

/// How it is written: what is the same twice is written once.
#[derive(Debug, Serialize, Deserialize)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<Touch>,
    last: Touch,
}

/// The envelope in what the edge keeps with a checkout and its order; other doors have their own word in it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Envelope {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribution: Option<Written>,
}

impl Attribution {
    /// A chain of one.
    pub fn begun(touch: Touch) -> Self {
        Self {
            first: touch.clone(),
            last: touch,
        }
    }

    /// The chain with one more touch.
    #[must_use]
    pub fn followed_by(self, touch: Touch) -> Self {
        Self {
            first: self.first,
            last: touch,
        }
    }

    /// Whether it still counts: no longer ago than the window. A clock that was set back a little does no harm.
    pub fn counts_at(&self, now: i64, window_days: u32) -> bool {
        let window = i64::from(window_days) * DAY_MS;
        window > 0 && (-DAY_MS..window).contains(&now.saturating_sub(self.last.at))
    }

    fn from_written(written: Written) -> Option<Self> {
        let last = written.last.cleaned()?;
        let first = written.first.and_then(Touch::cleaned);
        Some(Self {
            first: first.unwrap_or_else(|| last.clone()),
            last,
        })
    }

    fn written(&self) -> Written {
        Written {
            first: (self.first != self.last).then(|| self.first.clone()),
            last: self.last.clone(),
        }
    }

    /// As the value of a cookie.
    pub fn to_cookie(&self) -> String {
        let fields = [("f", &self.first), ("l", &self.last)];
        let same = usize::from(self.first == self.last);
        let mut out = String::new();
        for (which, touch) in &fields[same..] {
            let at = touch.at.to_string();
            let landing = touch.landing.map_or("", |l| l.word());
            for (name, value) in [
                ("s", touch.source.as_str()),
                ("m", &touch.medium),
                ("c", &touch.campaign),
                ("t", &touch.term),
                ("o", &touch.content),
                ("r", &touch.referral),
                ("p", landing),
                ("a", &at),
            ] {
                if value.is_empty() {
                    continue;
                }
                if !out.is_empty() {
                    out.push('&');
                }
                let value = utf8_percent_encode(value, PLAIN);
                out.push_str(&format!("{which}{name}={value}"));
            }
        }
        out
    }

    /// From the value of a cookie, which anybody may have written.
    pub fn from_cookie(cookie: &str) -> Option<Self> {
        if cookie.len() > COOKIE_BYTES_MAX {
            return None;
        }
        let fields: BTreeMap<&str, String> = cookie
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name, percent_decode_str(value).decode_utf8_lossy().into()))
            .collect();
        let touch = |which: &str| {
            let text = |name: &str| {
                let found = fields.get(format!("{which}{name}").as_str());
                found.cloned().unwrap_or_default()
            };
            Touch {
                source: text("s"),
                medium: text("m"),
                campaign: text("c"),
                term: text("t"),
                content: text("o"),
                referral: text("r"),
                landing: serde_json::from_value(text("p").into()).ok(),
                at: text("a").parse().unwrap_or(0),
            }
        };
        let (first, last) = (touch("f"), touch("l"));
        Self::from_written(Written {
            first: (first != Touch::default()).then_some(first),
            last,
        })
    }

    /// What a checkout keeps of it, where nothing else is kept.
    pub fn keep(&self) -> Extension {
        let envelope = Envelope {
            attribution: Some(self.written()),
        };
        serde_json::to_string(&envelope).unwrap_or_default().into()
    }

    /// What an order says of where it came from: what was kept with it, or the agent that brought it.
    pub fn of(group: &Group) -> Option<Self> {
        let extension = &group.extension;
        if extension.is_empty() {
            return None;
        }
        if group.channel == Channel::Agent {
            return Some(Self::begun(of_agent(extension, group.placed_at)));
        }
        let read: Envelope = serde_json::from_str(extension).ok()?;
        Self::from_written(read.attribution?)
    }
}

/// The agent by the host of its profile: it is kept with the order anyway.
fn of_agent(extension: &Extension, at: i64) -> Touch {
    let note = Note::of(extension);
    let profile = note.platform.as_ref().and_then(|p| p.profile.as_deref());
    Touch {
        source: profile.and_then(host_of).unwrap_or_default(),
        medium: medium::AGENT.to_string(),
        at,
        ..Touch::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::touch::Landing;

    fn touch(source: &str, at: i64) -> Touch {
        Touch {
            source: source.to_string(),
            medium: "email".to_string(),
            campaign: "11.11 & mehr; \"双十一\"".to_string(),
            landing: Some(Landing::Product),
            at,
            ..Touch::default()
        }
    }

    #[test]
    fn a_cookie_brings_back_what_it_was_given() {
        let one = Attribution::begun(touch("newsletter", 7));
        let two = one.clone().followed_by(Touch {
            term: "a=b&c".to_string(),
            content: "%20".to_string(),
            referral: "anna".to_string(),
            ..touch("google", 9)
        });
        for attribution in [one, two] {
            let cookie = attribution.to_cookie();
            let is_allowed =
                |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b',' | b';' | b'\\');
            assert!(cookie.bytes().all(is_allowed), "{cookie}");
            assert_eq!(Attribution::from_cookie(&cookie), Some(attribution));
        }
    }

    #[test]
    fn the_longest_cookie_is_one_that_browsers_keep() {
        let long = |n: usize| "\u{4e00}".repeat(n / 3);
        let whole = Touch {
            source: long(64),
            medium: long(32),
            campaign: long(96),
            term: long(64),
            content: long(64),
            referral: long(32),
            landing: Some(Landing::Category),
            at: i64::MAX,
        };
        let attribution = Attribution::begun(whole.clone()).followed_by(Touch { at: 1, ..whole });
        assert!(attribution.to_cookie().len() < COOKIE_BYTES_MAX - 100);
        assert!(attribution.keep().len() < 2_000);
        let cookie = attribution.to_cookie();
        assert_eq!(Attribution::from_cookie(&cookie), Some(attribution));
    }

    #[test]
    fn a_forged_cookie_is_cleaned_or_nothing() {
        for forged in [
            "",
            "ls",
            "ls=",
            "la=5",
            "&&&",
            "fs=a",
            "ls=%E2%80%AE",
            "%%%=%%%",
        ] {
            assert_eq!(Attribution::from_cookie(forged), None, "{forged}");
        }
        assert_eq!(Attribution::from_cookie(&"x".repeat(5_000)), None);
        let long = format!("ls={}&la=soon&lp=nowhere", "a".repeat(3_000));
        let read = Attribution::from_cookie(&long).expect("a source");
        assert_eq!((read.last.source.len(), read.last.at), (64, 0));
        assert_eq!(read.last.landing, None);
        let read = Attribution::from_cookie("ls=(A)%00%FF").expect("a source");
        assert_eq!(read.last.source, "a");
    }

    #[test]
    fn it_counts_for_the_window() {
        let attribution = Attribution::begun(touch("newsletter", 1_000));
        let day = DAY_MS;
        assert!(attribution.counts_at(1_000, 30));
        assert!(attribution.counts_at(999 + 30 * day, 30));
        assert!(!attribution.counts_at(1_000 + 30 * day, 30));
        assert!(attribution.counts_at(0, 30), "a clock that was set back");
        assert!(!attribution.counts_at(1_000, 0));
        for at in [i64::MAX, i64::MIN] {
            let forged = Attribution::begun(touch("newsletter", at));
            assert!(!forged.counts_at(1_000, 30), "{at}");
        }
    }
}
