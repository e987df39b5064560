//! The one translation mechanism of everything that the server says to people: shop pages, mails,
//! messages of the store interface.
//!
//! Each language has one table, compiled in: lines of `key = text`, where `{name}` stands for a value.
//! A counted text has the keys `key.one` and `key.other`; Chinese needs the second alone. The tests
//! hold the tables equal and every key in use. What is read here is never markup: whoever writes HTML
//! escapes it like any other text.

mod format;
mod table;
#[cfg(test)]
mod tests;

pub use commerce::text::Language;
use std::fmt::Display;

/// The texts of one language, with numbers, money and dates in its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    language: Language,
}

impl Texts {
    /// The texts of a language.
    pub fn of(language: Language) -> Self {
        Self { language }
    }

    /// Which language it is.
    pub fn language(self) -> Language {
        self.language
    }

    /// The text under a key. A key that is not in the table is shown as it is; a test finds it.
    pub fn t(self, key: &'static str) -> &'static str {
        table::get(self.language, key).unwrap_or(key)
    }

    /// The text under a key that is made at run time, such as one per error code.
    pub fn lookup(self, key: &str) -> Option<&'static str> {
        table::get(self.language, key)
    }

    /// The text under a key with its values put in.
    pub fn with(self, key: &'static str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.t(key), values)
    }

    /// The text under `key.one` or `key.other` with `{n}` and the other values put in.
    pub fn count(self, key: &str, n: u64, values: &[(&str, &dyn Display)]) -> String {
        let form = if n == 1 && self.language != Language::Zh {
            "one"
        } else {
            "other"
        };
        let text = table::get(self.language, &format!("{key}.{form}")).unwrap_or("{n}");
        let number = self.number(i64::try_from(n).unwrap_or(i64::MAX));
        let mut all: Vec<(&str, &dyn Display)> = vec![("n", &number)];
        all.extend_from_slice(values);
        fill(text, &all)
    }
}

/// Puts values in for their names. A name without a value stays as it is.
fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        match values.iter().find(|(n, _)| *n == name) {
            Some((_, value)) => out.push_str(&value.to_string()),
            None => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// The language of a request without a choice of its own: the first one of an `Accept-Language`
/// header that is spoken here, by quality, else English. At most 16 entries are read.
pub fn negotiate(accept_language: &str) -> Language {
    let mut best: Option<(u32, Language)> = None;
    for entry in accept_language.split(',').take(16) {
        let mut parts = entry.split(';').map(str::trim);
        let Some(language) = parts.next().and_then(Language::parse) else {
            continue;
        };
        let quality = parts
            .find_map(|p| p.strip_prefix("q="))
            .map_or(1_000, thousandths);
        if quality > 0 && best.is_none_or(|(most, _)| quality > most) {
            best = Some((quality, language));
        }
    }
    best.map_or(Language::En, |(_, language)| language)
}

/// A quality such as `0.8` in thousandths; 0 when it cannot be read.
fn thousandths(text: &str) -> u32 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction
        .chars()
        .chain(std::iter::repeat('0'))
        .take(3)
        .collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    digits
        .parse::<u32>()
        .map_or(0, |part| (whole.min(1) * 1_000 + part).min(1_000))
}

/// All keys, for tests that look whether each is used.
pub fn keys() -> impl Iterator<Item = &'static str> {
    table::keys()
}
