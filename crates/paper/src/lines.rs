//! Breaking texts into lines: at blanks, after hyphens, between Chinese characters; inside a word only where it is
//! wider than its column.

use crate::fonts::{Fonts, NO_BREAK, Run, Weight};

/// Lines of one text at most; what is longer ends with an ellipsis.
const LINES_MAX: usize = 40;

/// A line of a text.
#[derive(Clone)]
pub(crate) struct Line {
    /// What is drawn, from left to right.
    pub(crate) runs: Vec<Run>,
    /// How wide it is, in points.
    pub(crate) width: f32,
    /// How large its font is, in points.
    pub(crate) size: f32,
}

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// The font's size, in points.
    pub(crate) size: f32,
    /// How heavy it is.
    pub(crate) weight: Weight,
}

/// The lines of a text in a column so wide; none of an empty one.
pub(crate) fn break_text(fonts: &Fonts, text: &str, width: f32, style: Style) -> Vec<Line> {
    let text = fonts.writable(text);
    let measure = |part: &str| fonts.width(part, style.weight) * style.size;
    let mut lines: Vec<String> = Vec::new();
    let mut open = String::new();
    let mut reached = 0.0;
    for word in words(text.trim()) {
        let own = measure(word.trim_end());
        if !open.is_empty() && reached + own > width {
            lines.push(std::mem::take(&mut open));
            reached = 0.0;
        }
        if own <= width {
            open.push_str(word);
            reached += measure(word);
            continue;
        }
        for c in word.chars() {
            let own = measure(c.encode_utf8(&mut [0; 4]));
            if !open.is_empty() && reached + own > width {
                lines.push(std::mem::take(&mut open));
                reached = 0.0;
            }
            open.push(c);
            reached += own;
        }
    }
    lines.push(open);
    lines.retain(|line| !line.trim().is_empty());
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        if let Some(last) = lines.last_mut() {
            *last = format!("{} …", last.trim_end());
        }
    }
    // The blank at a line's end is written, so that words stay apart for who reads the file aloud, but has no width.
    let line = |text: &String| Line {
        runs: fonts.runs(text, style.weight),
        width: measure(text.trim_end()),
        size: style.size,
    };
    lines.iter().map(line).collect()
}

/// Parts between which a line may be broken, each with the blanks behind it.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(last) = before
            && at > from
            && may_break(last, c)
        {
            words.push(&text[from..at]);
            from = at;
        }
        before = Some(c);
    }
    if from < text.len() {
        words.push(&text[from..]);
    }
    words
}

fn may_break(last: char, next: char) -> bool {
    if next == ' ' || last == NO_BREAK || next == NO_BREAK {
        return false;
    }
    let is_wide = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}');
    let closes = |c: char| "，。、；：？！）］｝」』】》〉”’,.;:?!)]}%".contains(c);
    let opens = |c: char| "（［｛「『【《〈“‘([{".contains(c);
    last == ' '
        || (matches!(last, '-' | '/' | '–' | '—') && next.is_alphabetic())
        || ((is_wide(last) || is_wide(next)) && !closes(next) && !opens(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_break_at_blanks_hyphens_and_between_chinese_characters() {
        for (text, expected) in [
            ("a blank here", "a |blank |here"),
            ("Blick-Auf-Liste", "Blick-|Auf-|Liste"),
            ("1\u{a0}299,00\u{a0}€ netto", "1\u{a0}299,00\u{a0}€ |netto"),
            ("红色，大号（两件）", "红|色，|大|号|（两|件）"),
            ("A4纸", "A4|纸"),
            ("-5 -6", "-5 |-6"),
        ] {
            assert_eq!(words(text).join("|"), expected);
        }
    }
}
