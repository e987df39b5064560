//! Texts in the shop's languages.

use alloc::collections::BTreeMap;
use alloc::string::String;

/// A text as a key: 63 bits of FNV-1a. Different texts may share a key.
pub fn key(text: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step) >> 1
}

/// A language that the shop speaks.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English, the one that others fall back to.
    #[default]
    En,
    /// German.
    De,
    /// Chinese, simplified.
    Zh,
}

impl Language {
    /// All languages, English first.
    pub const ALL: [Language; 3] = [Language::En, Language::De, Language::Zh];

    /// The BCP 47 tag's first part: `en`, `de`, `zh`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::De => "de",
            Language::Zh => "zh",
        }
    }

    /// Reads a tag such as `de-AT`; `None` for a language the shop does not speak.
    pub fn parse(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next().unwrap_or("");
        Self::ALL
            .into_iter()
            .find(|l| first.eq_ignore_ascii_case(l.tag()))
    }
}

/// One text in one or more languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<Language, String>);

impl Text {
    /// An English text.
    pub fn en(text: impl Into<String>) -> Self {
        let mut this = Self::default();
        this.set(Language::En, text.into());
        this
    }

    /// Sets the text of one language; an empty one is taken away.
    pub fn set(&mut self, language: Language, text: String) {
        if text.is_empty() {
            self.0.remove(&language);
        } else {
            self.0.insert(language, text);
        }
    }

    /// The text in `language`, else in English, else in any, else empty.
    pub fn get(&self, language: Language) -> &str {
        self.exact(language)
            .or_else(|| self.exact(Language::En))
            .or_else(|| self.0.values().next().map(String::as_str))
            .unwrap_or("")
    }

    /// The text in exactly `language`.
    pub fn exact(&self, language: Language) -> Option<&str> {
        self.0.get(&language).map(String::as_str)
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The length of the longest text, in characters.
    pub fn chars_max(&self) -> usize {
        self.0
            .values()
            .map(|t| t.chars().count())
            .max()
            .unwrap_or(0)
    }
}
