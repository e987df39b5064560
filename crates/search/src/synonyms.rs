//! Words that mean the same, as the operator keeps them: a text file, one group a line.
//!
//! ```text
//! # comments and empty lines are skipped
//! sofa, couch, settee
//! usb stick, flash drive, memory stick
//! cup => mug
//! ```
//!
//! In a group each finds all; with an arrow, who searches for the left also finds the right, but not the other way
//! round. They work while searching: a change of the file needs no new index.

use crate::words::{Said, folded, stem};
use commerce::text::Language;
use std::collections::HashMap;

/// Groups that are kept.
pub const GROUPS_MAX: usize = 10_000;
/// Phrases of a group, and what one phrase may stand for.
const PHRASES_MAX: usize = 16;
/// Words of a phrase.
pub(crate) const PHRASE_WORDS_MAX: usize = 4;

/// What is wrong with a file of synonyms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the synonyms {what}")]
pub struct SynonymsError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

type Phrase = Vec<Said>;

/// Words that mean the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synonyms {
    others: HashMap<Phrase, Vec<Phrase>>,
}

impl Synonyms {
    /// Reads a file's text.
    ///
    /// # Errors
    /// The first line that says nothing or too much.
    pub fn parse(text: &str) -> Result<Self, SynonymsError> {
        let mut synonyms = Self::default();
        let lines = (1..).zip(text.trim_start_matches('\u{feff}').lines());
        let lines = lines.filter(|(_, l)| !l.trim().is_empty() && !l.trim_start().starts_with('#'));
        for (groups, (line, text)) in lines.enumerate() {
            let wrong = |what| SynonymsError { line, what };
            if groups >= GROUPS_MAX {
                return Err(wrong("is one too many: 10,000 groups are kept"));
            }
            let (left, right) = match text.split_once("=>") {
                Some((left, right)) => (phrases(left), Some(phrases(right))),
                None => (phrases(text), None),
            };
            let all = left.len() + right.as_ref().map_or(0, Vec::len);
            if left.is_empty() || right.as_ref().map_or(left.len() < 2, Vec::is_empty) {
                return Err(wrong(
                    "needs at least two phrases, with commas or an arrow between them",
                ));
            }
            let long = |p: &Phrase| p.len() > PHRASE_WORDS_MAX;
            if all > PHRASES_MAX || left.iter().chain(right.iter().flatten()).any(long) {
                return Err(wrong(
                    "has more than 16 phrases or a phrase of more than 4 words",
                ));
            }
            for phrase in &left {
                synonyms.add(phrase, right.as_ref().unwrap_or(&left));
            }
        }
        Ok(synonyms)
    }

    /// How many phrases stand for others, each also by its stems.
    pub fn len(&self) -> usize {
        self.others.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.others.is_empty()
    }

    fn add(&mut self, phrase: &Phrase, means: &[Phrase]) {
        for key in forms(phrase) {
            let kept = self.others.entry(key).or_default();
            for other in means.iter().filter(|m| *m != phrase) {
                if kept.len() < PHRASES_MAX && !kept.contains(other) {
                    kept.push(other.clone());
                }
            }
        }
    }

    /// What else these words may mean.
    pub(crate) fn of(&self, words: &[Said]) -> &[Vec<Said>] {
        if self.is_empty() {
            return &[];
        }
        let mut found = forms(words)
            .into_iter()
            .filter_map(|form| self.others.get(&form));
        found.next().map_or(&[], Vec::as_slice)
    }
}

/// A phrase as it stands, and by the stems of its words.
fn forms(phrase: &[Said]) -> Vec<Phrase> {
    let mut forms = vec![phrase.to_vec()];
    for language in [Language::En, Language::De] {
        let stemmed = phrase.iter().map(|said| match said {
            Said::Word(word) => Said::Word(stem(word, language).unwrap_or_else(|| word.clone())),
            Said::Run(run) => Said::Run(run.clone()),
        });
        let stemmed: Phrase = stemmed.collect();
        if !forms.contains(&stemmed) {
            forms.push(stemmed);
        }
    }
    forms
}

fn phrases(text: &str) -> Vec<Phrase> {
    let mut phrases: Vec<Phrase> = text.split([',', '，']).map(folded).collect();
    phrases.retain(|p| !p.is_empty());
    phrases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_arrows_and_stems() {
        let read = Synonyms::parse(
            "# words\n\nSofa, Couch\nUSB stick, flash drive\ncup => mug\n手机，电话\n",
        )
        .expect("reads");
        let of = |text: &str| {
            let others = read.of(&folded(text)).iter();
            let join = |p: &Phrase| p.iter().map(Said::text).collect::<Vec<_>>().join(" ");
            others.map(join).collect::<Vec<_>>().join(", ")
        };
        for (text, expected) in [
            ("sofa", "couch"),
            ("sofas", "couch"),
            ("USB Sticks", "flash drive"),
            ("cup", "mug"),
            ("mug", ""),
            ("电话", "手机"),
            ("chair", ""),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let line = |text: &str| Synonyms::parse(text).expect_err("is refused").line;
        assert_eq!(line("a, b\nalone"), 2);
        assert_eq!(line("=> b"), 1);
        assert_eq!(line("\n\na b c d e, f"), 3);
        assert_eq!(line(&["x"; 17].join(",")), 1);
    }
}
