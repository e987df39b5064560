//! Cuts texts into the words that are indexed and looked up. Both sides go through here.
//!
//! Latin words are lowered and lose their accents; Chinese has no blanks, so its runs are cut into
//! single characters and pairs.

/// Letters of a word that are looked at; no term grows longer.
const WORD_CHARS_MAX: usize = 40;
/// A compound's ending is indexed from this length on: `lampe` finds `Tischlampe`.
const ENDING_CHARS_MIN: usize = 4;

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

/// The terms under which a text is found.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for run in runs(text) {
        if run.han {
            let chars: Vec<char> = run.text.chars().collect();
            terms.extend(chars.iter().map(char::to_string));
            terms.extend(chars.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else {
            terms.push(fold(run.text));
            terms.extend(spelled_out(run.text));
        }
    }
    terms
}

/// The endings of long words, for compounds.
pub(crate) fn endings(text: &str) -> Vec<String> {
    let mut endings = Vec::new();
    for run in runs(text).iter().filter(|r| !r.han) {
        let word: Vec<char> = fold(run.text).chars().collect();
        for from in 1..word.len().saturating_sub(ENDING_CHARS_MIN - 1) {
            endings.push(word[from..].iter().collect());
        }
    }
    endings
}

/// One thing that a shopper asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A word; it may be misspelled or not finished.
    Word(String),
    /// Chinese characters that stand side by side.
    Pair(String),
}

impl Wanted {
    /// The term to look up.
    pub(crate) fn term(&self) -> &str {
        match self {
            Wanted::Word(term) | Wanted::Pair(term) => term,
        }
    }
}

/// What a shopper asked for, bounded.
pub(crate) fn wanted(query: &str) -> Vec<Wanted> {
    let bounded: String = query.chars().take(crate::QUERY_CHARS_MAX).collect();
    let mut wanted = Vec::new();
    for run in runs(&bounded) {
        if !run.han {
            wanted.push(Wanted::Word(fold(run.text)));
            continue;
        }
        let chars: Vec<char> = run.text.chars().collect();
        if chars.len() == 1 {
            wanted.push(Wanted::Pair(run.text.to_string()));
        }
        for pair in chars.windows(2) {
            wanted.push(Wanted::Pair(pair.iter().collect()));
        }
    }
    wanted.retain(|w| !w.term().is_empty());
    wanted.truncate(crate::QUERY_WORDS_MAX);
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_script_and_folded() {
        for (text, expected) in [
            ("", ""),
            ("  --  ", ""),
            ("Blue Mug", "blue mug"),
            ("Grüne Tasse", "grune gruene tasse"),
            ("Fußmatte", "fussmatte"),
            ("Cafe\u{301} crème", "cafe creme"),
            ("SKU-12/b", "sku 12 b"),
            ("台灯", "台 灯 台灯"),
            ("LED台灯 2米", "led 台 灯 台灯 2 米"),
        ] {
            assert_eq!(terms(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn long_words_are_found_by_their_endings() {
        assert_eq!(endings("Tee"), Vec::<String>::new());
        assert!(endings("Tischlampe").contains(&"lampe".to_string()));
        assert!(endings("台灯台灯台灯").is_empty());
    }

    #[test]
    fn queries_are_bounded() {
        let long = "word ".repeat(500);
        assert_eq!(wanted(&long).len(), crate::QUERY_WORDS_MAX);
        let one = "x".repeat(100_000);
        assert!(wanted(&one)[0].term().len() <= WORD_CHARS_MAX);
        assert_eq!(wanted("'; DROP TABLE --").len(), 2);
    }
}
