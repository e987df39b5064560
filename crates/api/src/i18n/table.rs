//! The tables as compiled in, read once.

use super::Language;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The tables in the order of [`Language::ALL`].
pub(super) const SOURCES: [&str; 3] = [
    include_str!("en.txt"),
    include_str!("de.txt"),
    include_str!("zh.txt"),
];

static TABLES: LazyLock<[HashMap<&'static str, &'static str>; 3]> =
    LazyLock::new(|| SOURCES.map(|source| lines(source).collect()));

/// The keys and texts of a table; blank lines and lines that start with `#` are skipped.
pub(super) fn lines(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    source
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
}

/// The text of a language under a key.
pub(super) fn get(language: Language, key: &str) -> Option<&'static str> {
    TABLES[language as usize].get(key).copied()
}

/// The keys of the English table, which has all of them.
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    lines(SOURCES[0]).map(|(key, _)| key)
}
