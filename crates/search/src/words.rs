//! Cuts texts into the words that are indexed and looked up. Both sides go through here.
//!
//! Latin words are lowered and lose their accents, and are known by their stem as well (Snowball's for English and
//! German); Chinese has no blanks, so its runs are cut into single characters and pairs.

use commerce::text::Language;
use rust_stemmers::{Algorithm, Stemmer};

/// Letters of a word that are looked at; no term grows longer.
const WORD_CHARS_MAX: usize = 40;
/// A compound is found by its ending from this length of the stem on: `Lampe`, whose stem is `lamp`, finds
/// `Tischlampe`.
pub(crate) const ENDING_CHARS_MIN: usize = 4;
/// Words shorter than this have no stem of their own.
const STEM_CHARS_MIN: usize = 3;

/// Whether a character belongs to a script that is written without blanks.
fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{2fa1f}')
}

/// A lower-case letter without its accent; `ß` becomes `ss`.
fn push_folded(c: char, out: &mut String) {
    for lower in c.to_lowercase() {
        match lower {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' => out.push('a'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' => out.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => out.push('o'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' => out.push('u'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'ñ' | 'ń' | 'ň' => out.push('n'),
            'š' | 'ś' => out.push('s'),
            'ž' | 'ź' | 'ż' => out.push('z'),
            'ý' | 'ÿ' => out.push('y'),
            'ł' => out.push('l'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            // Combining marks vanish: the letter before them stays.
            '\u{300}'..='\u{36f}' => {}
            other => out.push(other),
        }
    }
}

/// A run of letters of one script.
struct Run<'t> {
    text: &'t str,
    han: bool,
}

fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut start: Option<(usize, bool)> = None;
    for (at, c) in text.char_indices() {
        let letter = c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c);
        let kind = letter.then(|| is_han(c));
        match (start, kind) {
            (Some((_, han)), Some(same)) if han == same => {}
            (Some((from, han)), _) => {
                let text = &text[from..at];
                runs.push(Run { text, han });
                start = kind.map(|han| (at, han));
            }
            (None, _) => start = kind.map(|han| (at, han)),
        }
    }
    if let Some((from, han)) = start {
        let text = &text[from..];
        runs.push(Run { text, han });
    }
    runs
}

fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().take(WORD_CHARS_MAX) {
        push_folded(c, &mut out);
    }
    out
}

/// How German is typed without its own letters: `grün` → `gruen`. `None` if nothing differs.
fn spelled_out(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 4);
    let mut differs = false;
    for c in text.chars().take(WORD_CHARS_MAX) {
        let pair = match c {
            'ä' | 'Ä' => "ae",
            'ö' | 'Ö' => "oe",
            'ü' | 'Ü' => "ue",
            other => {
                push_folded(other, &mut out);
                continue;
            }
        };
        differs = true;
        out.push_str(pair);
    }
    differs.then_some(out)
}

/// A term under which a text is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Term<'t> {
    /// A word as it is written, folded; a Chinese character or pair.
    Word(&'t str),
    /// The stem of a word, where it differs.
    Stem(&'t str),
}

/// Gives the terms under which a text is found; words are stemmed as those of `language`, or not at all.
pub(crate) fn terms(text: &str, language: Option<Language>, give: &mut impl FnMut(Term<'_>)) {
    for run in runs(text) {
        if run.han {
            han_terms(run.text, give);
            continue;
        }
        for word in std::iter::once(fold(run.text)).chain(spelled_out(run.text)) {
            if word.is_empty() {
                continue;
            }
            give(Term::Word(&word));
            if let Some(stem) = language.and_then(|l| stem(&word, l)).filter(|s| *s != word) {
                give(Term::Stem(&stem));
            }
        }
    }
}

fn han_terms(run: &str, give: &mut impl FnMut(Term<'_>)) {
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8());
    let ends: Vec<usize> = std::iter::once(0).chain(ends).collect();
    for one in ends.windows(2) {
        give(Term::Word(&run[one[0]..one[1]]));
    }
    for pair in ends.windows(3) {
        give(Term::Word(&run[pair[0]..pair[2]]));
    }
}

/// The stem of a folded word, perhaps the word itself; `None` where words have no stems.
pub(crate) fn stem(word: &str, language: Language) -> Option<String> {
    let algorithm = match language {
        Language::En => Algorithm::English,
        Language::De => Algorithm::German,
        Language::Zh => return None,
    };
    let plain = word.len() >= STEM_CHARS_MIN && word.bytes().all(|b| b.is_ascii_lowercase());
    plain.then(|| Stemmer::create(algorithm).stem(word).into_owned())
}

/// How many words a text has; for Chinese, characters.
pub(crate) fn count(text: &str) -> usize {
    let words = |run: &Run<'_>| if run.han { run.text.chars().count() } else { 1 };
    runs(text).iter().map(words).sum()
}

/// The words of a text, in order and as they are looked up: Latin words folded, Chinese runs whole.
pub(crate) fn folded(text: &str) -> Vec<Said> {
    let said = |run: Run<'_>| {
        if run.han {
            Said::Run(run.text.to_string())
        } else {
            Said::Word(fold(run.text))
        }
    };
    let mut all: Vec<Said> = runs(text).into_iter().map(said).collect();
    all.retain(|s| !s.text().is_empty());
    all
}

/// The characters and pairs of a Chinese run by which it is looked up: pairs, or the one character that it is.
pub(crate) fn pairs(run: &str) -> Vec<String> {
    let chars: Vec<char> = run.chars().collect();
    if chars.len() < 2 {
        return vec![run.to_string()];
    }
    chars.windows(2).map(|p| p.iter().collect()).collect()
}

/// One thing that a shopper said.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Said {
    /// A word; it may be misspelled or not finished.
    Word(String),
    /// Chinese characters that stand side by side.
    Run(String),
}

impl Said {
    /// What was said.
    pub(crate) fn text(&self) -> &str {
        match self {
            Said::Word(text) | Said::Run(text) => text,
        }
    }
}

/// What a shopper asked for, bounded. A word that is written in one may be meant as two and the other way round; that
/// is left to prefixes and endings.
pub(crate) fn wanted(query: &str) -> Vec<Said> {
    let end = query.char_indices().nth(crate::QUERY_CHARS_MAX);
    let mut wanted = folded(&query[..end.map_or(query.len(), |(at, _)| at)]);
    wanted.truncate(crate::QUERY_WORDS_MAX);
    wanted
}

/// A code as it is compared: letters and digits alone, in lower case, a number without its leading zeros. `None` for
/// what cannot be a code.
pub(crate) fn code(text: &str) -> Option<String> {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    let code: String = letters
        .take(WORD_CHARS_MAX)
        .flat_map(char::to_lowercase)
        .collect();
    let is_number = code.bytes().all(|b| b.is_ascii_digit());
    let code = if is_number {
        code.trim_start_matches('0').to_string()
    } else {
        code
    };
    (!code.is_empty()).then_some(code)
}

/// The word of a text as it is written there, for a folded one: `Küche` for `kuche`.
pub fn as_written<'t>(text: &'t str, folded: &str) -> Option<&'t str> {
    let same = |run: &Run<'_>| {
        fold(run.text) == folded || spelled_out(run.text).is_some_and(|s| s == folded)
    };
    runs(text).into_iter().find(same).map(|run| run.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, language: Language) -> String {
        let mut all = Vec::new();
        terms(text, Some(language), &mut |term| {
            all.push(match term {
                Term::Word(word) => word.to_string(),
                Term::Stem(stem) => format!("~{stem}"),
            });
        });
        all.join(" ")
    }

    #[test]
    fn texts_are_cut_by_script_folded_and_stemmed() {
        use Language::{De, En, Zh};
        for (text, language, expected) in [
            ("", En, ""),
            ("  --  ", En, ""),
            ("Blue Mugs", En, "blue mugs ~mug"),
            ("Grüne Tassen", De, "grune ~grun gruene ~gruen tassen ~tass"),
            ("Fußmatte", De, "fussmatte ~fussmatt"),
            ("Cafe\u{301} crème", Zh, "cafe creme"),
            ("SKU-12/b", Zh, "sku 12 b"),
            ("台灯", Zh, "台 灯 台灯"),
            ("LED台灯 2米", Zh, "led 台 灯 台灯 2 米"),
        ] {
            assert_eq!(said(text, language), expected, "{text}");
        }
    }

    #[test]
    fn codes_are_compared_without_what_stands_between() {
        for (text, expected) in [
            ("SKU-002", Some("sku002")),
            ("04006381333931", Some("4006381333931")),
            ("400 6381-333931", Some("4006381333931")),
            ("a 007", Some("a007")),
            ("000", None),
            ("--", None),
        ] {
            assert_eq!(code(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn queries_are_bounded() {
        let long = "word ".repeat(500);
        assert_eq!(wanted(&long).len(), crate::QUERY_WORDS_MAX);
        let one = "x".repeat(100_000);
        assert!(wanted(&one)[0].text().len() <= WORD_CHARS_MAX);
        assert_eq!(wanted("'; DROP TABLE --").len(), 2);
    }

    #[test]
    fn words_are_shown_as_they_are_written() {
        assert_eq!(as_written("Moderne Küche", "kuche"), Some("Küche"));
        assert_eq!(as_written("Moderne Küche", "kueche"), Some("Küche"));
        assert_eq!(as_written("Moderne Küche", "tasse"), None);
    }
}
