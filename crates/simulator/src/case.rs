//! A case as text: small enough to read, complete enough to be run again.
//!
//! ```text
//! # invariant 1: …
//! seed 7
//! option actors 40
//! kept 3 7-9
//! ```
//!
//! Options that are not named are 0. Without a line `kept` everybody comes.

use crate::options::Options;
use crate::run::Case;
use std::fmt::Write;

impl Case {
    /// The case as text; `remark` becomes its first line.
    pub fn to_text(&self, remark: &str) -> String {
        let mut text = String::new();
        let mut line =
            |parts: std::fmt::Arguments<'_>| writeln!(text, "{parts}").expect("memory takes it");
        for words in remark.lines() {
            line(format_args!("# {words}"));
        }
        line(format_args!("seed {}", self.seed));
        for name in Options::NAMES {
            match self.options.get(name) {
                Some(0) | None => {}
                Some(value) => line(format_args!("option {name} {value}")),
            }
        }
        if let Some(kept) = &self.kept {
            let shown: Vec<String> = kept.iter().map(show).collect();
            line(format_args!("kept {}", shown.join(" ")));
        }
        text
    }

    /// Reads a case.
    ///
    /// # Errors
    /// The line that is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut case = Self {
            seed: 0,
            options: Options::default(),
            kept: None,
        };
        for line in text
            .lines()
            .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            let bad = || format!("`{line}` is not understood");
            match words[..] {
                ["seed", seed] => case.seed = seed.parse().map_err(|_| bad())?,
                ["option", name, value] => {
                    let value = value.parse().map_err(|_| bad())?;
                    case.options.set(name, value).ok_or_else(bad)?;
                }
                ["kept", ..] => {
                    let ranges: Option<Vec<_>> = words[1..].iter().map(|w| range(w)).collect();
                    case.kept = Some(ranges.ok_or_else(bad)?);
                }
                _ => return Err(bad()),
            }
        }
        Ok(case)
    }
}

fn show(range: &(u32, u32)) -> String {
    if range.0 == range.1 {
        range.0.to_string()
    } else {
        format!("{}-{}", range.0, range.1)
    }
}

fn range(word: &str) -> Option<(u32, u32)> {
    let (from, to) = word.split_once('-').unwrap_or((word, word));
    Some((from.parse().ok()?, to.parse().ok()?))
}
