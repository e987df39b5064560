//! Breaking texts into lines: at blanks, after hyphens, between Chinese characters; inside a word only where it is
//! wider than its column.

use crate::Weight;
use crate::fonts::{Fonts, NO_BREAK, Run};

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

/// What stands at the end of a text that was cut.
const ELLIPSIS: char = '…';

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// The font's size; whatever is measured with it is in the same unit.
    pub size: f32,
    /// How heavy it is.
    pub weight: Weight,
}

impl Style {
    /// How wide a text is that is written as [`Fonts::lines`] gives it.
    fn measure(self, fonts: &Fonts, text: &str) -> f32 {
        fonts.width(text, self.weight) * self.size
    }
}

impl Fonts {
    /// How a text stands in a column so wide, line by line, in the unit of the style's size: without what cannot be
    /// written, and without blanks at the ends. What would take more than `most` lines is cut and ends with an ellipsis.
    /// No line is wider than the column, unless the column is narrower than one character. An empty text has no lines.
    pub fn lines(&self, text: &str, width: f32, style: Style, most: usize) -> Vec<String> {
        let broken = broken(self, text, width, style);
        let is_cut = broken.len() > most;
        let mut lines: Vec<String> = broken.into_iter().take(most).collect();
        for line in &mut lines {
            line.truncate(line.trim_end().len());
        }
        if let Some(last) = lines.last_mut().filter(|_| is_cut) {
            last.push(ELLIPSIS);
            while style.measure(self, last) > width && last.chars().count() > 1 {
                let end = last.trim_end_matches(ELLIPSIS).trim_end();
                let shorter = end.char_indices().next_back().map_or(0, |(at, _)| at);
                last.truncate(shorter);
                last.push(ELLIPSIS);
            }
        }
        lines
    }

    /// How wide a line of [`Fonts::lines`] is, in the unit of the style's size.
    pub fn line_width(&self, line: &str, style: Style) -> f32 {
        style.measure(self, line)
    }
}

/// The lines of a text in a column so wide; none of an empty one.
pub(crate) fn break_text(fonts: &Fonts, text: &str, width: f32, style: Style) -> Vec<Line> {
    let mut lines = broken(fonts, text, width, style);
    if lines.len() > LINES_MAX {
        lines.truncate(LINES_MAX);
        if let Some(last) = lines.last_mut() {
            *last = format!("{} {ELLIPSIS}", last.trim_end());
        }
    }
    lines.iter().map(|text| line(fonts, text, style)).collect()
}

/// A line as it is drawn. The blank at its end is written, so that words stay apart for who reads the file aloud, but
/// has no width.
pub(crate) fn line(fonts: &Fonts, text: &str, style: Style) -> Line {
    Line {
        runs: fonts.runs(text, style.weight),
        width: style.measure(fonts, text.trim_end()),
        size: style.size,
    }
}

/// The lines of a text, each with the blanks at its end.
fn broken(fonts: &Fonts, text: &str, width: f32, style: Style) -> Vec<String> {
    let text = fonts.writable(text);
    let measure = |part: &str| style.measure(fonts, part);
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
    lines
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
