//! Which terms of a segment a typed word may mean, and how sure that is.

use crate::build::Part;
use crate::segment::{STEM, Segment, WORD};
use crate::words::{self, ENDING_CHARS_MIN};
use commerce::text::Language;
use fst::{Automaton, IntoStreamer, Streamer};
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use std::sync::LazyLock;

/// How sure it is that a term is meant, in sixteenths.
mod sure {
    pub const EXACT: u8 = 16;
    pub const STEM: u8 = 14;
    pub const PREFIX: u8 = 9;
    pub const ENDING: u8 = 8;
    /// By the number of misspellings, from one.
    pub const MISSPELLED: [u8; 2] = [5, 3];
    /// Less, if the word goes on.
    pub const MISSPELLED_PREFIX: [u8; 2] = [4, 2];
}

/// A misspelling is forgiven in words from this length on; shorter ones are too alike.
const FUZZY_CHARS_MIN: usize = 4;
/// Two misspellings are forgiven from this length on.
const FUZZY_TWICE_CHARS_MIN: usize = 8;
/// Words before the last are also taken as beginnings from this length on.
const PREFIX_CHARS_MIN: usize = 3;
/// Misspelled terms that are looked at, and those of them that are taken, the likeliest.
const FUZZY_SEEN_MAX: usize = 20_000;
const FUZZY_TAKEN_MAX: usize = 64;
/// Compounds with one ending.
const ENDINGS_MAX: usize = 500;

static ONCE: LazyLock<LevenshteinAutomatonBuilder> =
    LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
static TWICE: LazyLock<LevenshteinAutomatonBuilder> =
    LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));

/// How much a search may look at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Products that the beginnings of one word are followed to; of more, the terms that most products have.
    pub products_max: u64,
    /// The same beside other words. They say which products it can be, so that all others are passed over quickly;
    /// and the likeliest beginning is often none that goes with them.
    pub products_beside_max: u64,
    /// Terms in that case.
    pub terms_max: usize,
    /// Whether everything is tried to find something, and what may have been meant.
    pub thorough: bool,
}

impl Effort {
    /// While typing: what is shown are six of very many.
    pub const SUGGEST: Effort = Effort {
        products_max: 60_000,
        products_beside_max: 600_000,
        terms_max: 64,
        thorough: false,
    };
    /// A page of results, whose number is told.
    pub const PAGE: Effort = Effort {
        products_max: u64::MAX,
        products_beside_max: u64::MAX,
        terms_max: usize::MAX,
        thorough: true,
    };

    /// The effort for a word that others stand beside.
    pub fn beside_others(self) -> Effort {
        Effort {
            products_max: self.products_beside_max,
            terms_max: usize::MAX,
            ..self
        }
    }
}

/// A word as it is looked up.
#[derive(Debug)]
pub(crate) struct Lookup {
    pub text: String,
    /// Whether it may go on: the last one, which is still being typed.
    pub unfinished: bool,
    /// Chinese characters, which are taken as they are.
    pub han: bool,
    stems: Vec<String>,
}

impl Lookup {
    pub fn word(text: &str, unfinished: bool) -> Self {
        let mut stems: Vec<String> = Language::ALL
            .into_iter()
            .filter_map(|l| words::stem(text, l))
            .collect();
        stems.dedup();
        Self {
            text: text.to_string(),
            unfinished,
            han: false,
            stems,
        }
    }

    pub fn han(text: String) -> Self {
        Self {
            text,
            unfinished: false,
            han: true,
            stems: Vec::new(),
        }
    }

    /// The terms of all parts that may be meant if misspellings are forgiven, nearest first. The first letter is
    /// taken as right at first, which spares most of the work; two misspellings are looked for only where one is not
    /// enough, and with another first letter only if there is time.
    pub fn near(&self, parts: &[Part], effort: Effort) -> Vec<Vec<Near>> {
        let chars = self.text.chars().count();
        let mut found: Vec<Vec<Near>> = parts.iter().map(|_| Vec::new()).collect();
        if self.han || chars < FUZZY_CHARS_MIN {
            return found;
        }
        let mut attempts: Vec<(&LevenshteinAutomatonBuilder, bool)> =
            vec![(&ONCE, true), (&ONCE, false)];
        if chars >= FUZZY_TWICE_CHARS_MIN {
            attempts.push((&TWICE, true));
            if effort.thorough {
                attempts.push((&TWICE, false));
            }
        }
        for (builder, same_start) in attempts {
            let automaton = if self.unfinished {
                builder.build_prefix_dfa(&self.text)
            } else {
                builder.build_dfa(&self.text)
            };
            let words = Words::new(&automaton, same_start.then_some(&self.text));
            found = parts.iter().map(|p| near(&p.segment, words)).collect();
            if found.iter().any(|f| !f.is_empty()) {
                break;
            }
        }
        found
    }

    /// Terms that are near enough to ask back: whole words, with two misspellings also in short ones.
    pub fn guesses(&self, parts: &[Part]) -> Vec<Vec<Near>> {
        if self.han || self.text.chars().count() < PREFIX_CHARS_MIN {
            return Vec::new();
        }
        let automaton = TWICE.build_dfa(&self.text);
        let words = Words::new(&automaton, None);
        parts.iter().map(|p| near(&p.segment, words)).collect()
    }

    /// The terms that may be meant without any misspelling, each once, as sure as it can be.
    pub fn terms(&self, segment: &Segment, effort: Effort) -> Vec<(u32, u8)> {
        let mut found: Vec<(u32, u8)> = Vec::new();
        let exact = segment.term(WORD, &self.text);
        found.extend(exact.map(|t| (t, sure::EXACT)));
        for stem in &self.stems {
            // Most words have one form: then the stem stands where the word does, and is less sure.
            let adds = |t: &u32| !exact.is_some_and(|word| segment.is_same(*t, word));
            let term = segment.term(STEM, stem).filter(adds);
            found.extend(term.map(|t| (t, sure::STEM)));
            if *stem != self.text {
                found.extend(segment.term(WORD, stem).map(|t| (t, sure::STEM)));
            }
            if stem.len() >= ENDING_CHARS_MIN {
                let compounds = segment.terms_ending(stem, ENDINGS_MAX);
                found.extend(compounds.into_iter().map(|t| (t, sure::ENDING)));
            }
        }
        let goes_on = self.unfinished || self.text.chars().count() >= PREFIX_CHARS_MIN;
        if goes_on && !self.han {
            self.add_longer(segment, effort, &mut found);
        }
        found.sort_unstable_by_key(|(term, sure)| (*term, std::cmp::Reverse(*sure)));
        found.dedup_by_key(|(term, _)| *term);
        found
    }

    fn add_longer(&self, segment: &Segment, effort: Effort, found: &mut Vec<(u32, u8)>) {
        let terms = segment.terms_from(WORD, &self.text);
        let docs = &segment.docs[terms.start as usize..terms.end as usize];
        let all: u64 = docs.iter().map(|d| u64::from(*d)).sum();
        if all <= effort.products_max {
            found.extend(terms.map(|t| (t, sure::PREFIX)));
            return;
        }
        // The terms that most products have, as many as may be looked at.
        let mut by_docs: Vec<(u32, u32)> = docs.iter().copied().zip(terms).collect();
        let taken = effort.terms_max.min(by_docs.len());
        if taken < by_docs.len() {
            by_docs.select_nth_unstable_by(taken, |a, b| b.cmp(a));
            by_docs.truncate(taken);
        }
        by_docs.sort_unstable_by(|a, b| b.cmp(a));
        // A word that hardly any product lacks says nothing, unless it is the only one.
        let useful = by_docs
            .iter()
            .position(|(docs, _)| u64::from(*docs) / 2 <= effort.products_max)
            .unwrap_or(by_docs.len().saturating_sub(1));
        let mut left = effort.products_max;
        for (at, (docs, term)) in by_docs.into_iter().enumerate().skip(useful) {
            if at == useful || u64::from(docs) <= left {
                left = left.saturating_sub(u64::from(docs));
                found.push((term, sure::PREFIX));
            }
        }
    }

    /// Near terms as terms that are searched for, as many as may be looked at.
    pub fn misspelled(&self, near: &[Near], effort: Effort) -> Vec<(u32, u8)> {
        let mut left = effort.products_max;
        let sure = if self.unfinished {
            sure::MISSPELLED_PREFIX
        } else {
            sure::MISSPELLED
        };
        let mut terms = Vec::new();
        for (at, near) in near.iter().enumerate() {
            // The first is the likeliest and taken however many products have it.
            if at == 0 || u64::from(near.docs) <= left {
                left = left.saturating_sub(u64::from(near.docs));
                terms.push((near.term, sure[usize::from(near.distance.clamp(1, 2)) - 1]));
            }
        }
        terms
    }
}

/// A term that is near to a word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub distance: u8,
    /// Products that have it.
    pub docs: u32,
    pub term: u32,
}

/// The terms near to a word, the fewest misspellings first, then those that most products have.
fn near(segment: &Segment, words: Words<'_>) -> Vec<Near> {
    let mut found = Vec::new();
    let mut stream = segment.terms.search_with_state(words).into_stream();
    while let Some((_, term, state)) = stream.next().filter(|_| found.len() < FUZZY_SEEN_MAX) {
        if let Some(Distance::Exact(distance)) = state.map(|s| words.automaton.distance(s)) {
            let docs = segment.docs[term as usize];
            let term = term as u32;
            found.push(Near {
                distance,
                docs,
                term,
            });
        }
    }
    found.sort_unstable_by_key(|n| (n.distance, std::cmp::Reverse(n.docs), n.term));
    found.truncate(FUZZY_TAKEN_MAX);
    found
}

/// An automaton over words, which have a byte of their own in front.
#[derive(Clone, Copy)]
struct Words<'d> {
    automaton: &'d DFA,
    /// The first byte of words that are looked at, if not all are.
    start: Option<u8>,
}

impl<'d> Words<'d> {
    fn new(automaton: &'d DFA, start: Option<&String>) -> Self {
        Self {
            automaton,
            start: start.and_then(|word| word.bytes().next()),
        }
    }
}

impl Automaton for Words<'_> {
    type State = Option<u32>;

    fn start(&self) -> Option<u32> {
        None
    }

    fn is_match(&self, state: &Option<u32>) -> bool {
        state.is_some_and(|s| matches!(self.automaton.distance(s), Distance::Exact(_)))
    }

    fn can_match(&self, state: &Option<u32>) -> bool {
        *state != Some(SINK_STATE)
    }

    fn accept(&self, state: &Option<u32>, byte: u8) -> Option<u32> {
        match *state {
            None if byte == WORD => Some(self.automaton.initial_state()),
            None => Some(SINK_STATE),
            // Nothing leads back to the initial state, so this is the first letter.
            Some(state)
                if state == self.automaton.initial_state()
                    && self.start.is_some_and(|s| s != byte) =>
            {
                Some(SINK_STATE)
            }
            Some(state) => Some(self.automaton.transition(state, byte)),
        }
    }
}
