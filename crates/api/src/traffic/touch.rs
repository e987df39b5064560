//! A touch: where a visitor came from, in a few short texts. They are written by anybody who makes a link, so they are
//! cleaned and cut before anything else looks at them; nothing in them can name a person or a click.

use serde::{Deserialize, Serialize};

/// Bytes of a source, and of a term or content.
pub const SOURCE_BYTES: usize = 64;
/// Bytes of a medium.
pub const MEDIUM_BYTES: usize = 32;
/// Bytes of a campaign.
pub const CAMPAIGN_BYTES: usize = 96;
/// Bytes of a referral code.
pub const REFERRAL_BYTES: usize = 32;

/// What kind of page a visitor came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landing {
    /// The shop's first page.
    Home,
    /// A category, or the list of them.
    Category,
    /// A product.
    Product,
    /// A sale event.
    Event,
    /// A search.
    Search,
}

impl Landing {
    /// The kind of page at a path; `None` for what is no beginning of a visit: a checkout, an order, an account. Who
    /// comes back there from a payment provider or a mail came to the shop before.
    pub fn of(path: &str) -> Option<Self> {
        let mut parts = path.trim_matches('/').split('/');
        match (parts.next().unwrap_or(""), parts.next()) {
            ("", None) => Some(Self::Home),
            ("categories", None) | ("c", Some(_)) => Some(Self::Category),
            ("p", Some(_)) => Some(Self::Product),
            ("events", Some(_)) => Some(Self::Event),
            ("search", None) => Some(Self::Search),
            _ => None,
        }
    }

    /// The word that it is kept under.
    pub fn word(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Category => "category",
            Self::Product => "product",
            Self::Event => "event",
            Self::Search => "search",
        }
    }
}

/// Where a visitor came from. Texts are clean, in lower case, and empty where nothing was said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Touch {
    /// Who sent them: `google`, `newsletter`, `blog.example`.
    pub source: String,
    /// By what: `organic`, `cpc`, `email`, `social`, `referral`.
    pub medium: String,
    /// For which campaign.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub campaign: String,
    /// For which search term.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub term: String,
    /// Through which of several links.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub content: String,
    /// With whose referral code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub referral: String,
    /// To what kind of page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub landing: Option<Landing>,
    /// When, in UTC milliseconds.
    pub at: i64,
}

impl Touch {
    /// The same, of texts that anybody may have written; `None` if nothing of them is left.
    pub fn cleaned(self) -> Option<Self> {
        let touch = Self {
            source: clean(&self.source, SOURCE_BYTES),
            medium: clean(&self.medium, MEDIUM_BYTES),
            campaign: clean(&self.campaign, CAMPAIGN_BYTES),
            term: clean(&self.term, SOURCE_BYTES),
            content: clean(&self.content, SOURCE_BYTES),
            referral: clean(&self.referral, REFERRAL_BYTES),
            ..self
        };
        let said = [
            &touch.source,
            &touch.medium,
            &touch.campaign,
            &touch.referral,
        ];
        said.iter().any(|text| !text.is_empty()).then_some(touch)
    }

    /// Whether a report tells the two apart.
    pub fn is_like(&self, other: &Self) -> bool {
        let told = |t: &Self| {
            [&t.source, &t.medium, &t.campaign, &t.referral].map(|text| text.to_string())
        };
        told(self) == told(other)
    }
}

/// A text that anybody may have written: in lower case, without what cannot be seen or changes the direction of what
/// follows, blanks in one piece, cut at a character's end. Words in parentheses are the reports' own, so a pair around
/// everything goes.
pub fn clean(text: &str, bytes_max: usize) -> String {
    let mut out = String::new();
    let mut wants_blank = false;
    // A link may be megabytes long: no more is looked at than can be used.
    for c in text.chars().take(4 * bytes_max) {
        if is_unseen(c) {
            continue;
        }
        if c.is_whitespace() {
            wants_blank = !out.is_empty();
            continue;
        }
        let lower = c.to_lowercase();
        let bytes: usize = lower.clone().map(char::len_utf8).sum();
        if out.len() + usize::from(wants_blank) + bytes > bytes_max {
            break;
        }
        if std::mem::take(&mut wants_blank) {
            out.push(' ');
        }
        out.extend(lower);
    }
    let inner = out
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    inner.map_or(out.clone(), |inner| inner.trim().to_string())
}

/// Controls but for blanks, marks of direction, joiners, and what takes no room.
fn is_unseen(c: char) -> bool {
    let is_control = c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    is_control
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cleaned_and_cut() {
        for (written, kept) in [
            ("Newsletter", "newsletter"),
            ("  Spring \t\n Sale ", "spring sale"),
            ("a\u{0}b\u{7}c", "abc"),
            ("\u{202e}evil\u{200b}", "evil"),
            ("(other)", "other"),
            ("( none )", "none"),
            ("sale (de)", "sale (de)"),
            ("双十一", "双十一"),
            ("ÄÖ", "äö"),
            ("<script>alert(1)</script>", "<script>alert(1)"),
            ("\u{fffd}\u{fffd}", ""),
            ("🎉🎉🎉🎉🎉", "🎉🎉🎉🎉"),
        ] {
            assert_eq!(clean(written, 16), kept, "{written:?}");
        }
        // İ becomes longer in lower case; it is cut where it ends.
        assert_eq!(clean(&"İ".repeat(10), 7).len(), 6);
        assert_eq!(clean(&"x".repeat(1 << 20), 16).len(), 16);
        assert_eq!(clean(&"\u{200b}".repeat(1 << 20), 16), "");
    }

    #[test]
    fn a_visit_begins_at_pages_of_the_shop_alone() {
        for (path, landing) in [
            ("/", Some(Landing::Home)),
            ("/p/mug", Some(Landing::Product)),
            ("/p", None),
            ("/c/kitchen/mugs", Some(Landing::Category)),
            ("/categories", Some(Landing::Category)),
            ("/events/11.11", Some(Landing::Event)),
            ("/events/11.11/packets/3", Some(Landing::Event)),
            ("/search", Some(Landing::Search)),
            ("/search/suggest", None),
            ("/checkout/x/y/return", None),
            ("/orders/x/y", None),
            ("/account", None),
            ("/feeds/google.xml", None),
            ("/nowhere", None),
        ] {
            assert_eq!(Landing::of(path), landing, "{path}");
        }
        for landing in [Landing::Home, Landing::Event] {
            let word = serde_json::to_value(landing).expect("a word");
            assert_eq!(word, landing.word());
        }
    }
}
