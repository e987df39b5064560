//! The cells of one line, and the few forms a cell may have.

use super::columns::Header;
use super::report::FileErrors;
use commerce::catalog::check_code;
use commerce::limits;
use commerce::text::{Language, Text};
use std::str::FromStr;

/// The cells of one line. A fault is noted with the line and the column, and the cell counts as absent.
pub(super) struct Cells<'a> {
    /// The line in the file.
    pub line: u64,
    header: &'a Header,
    texts: &'a [&'a str],
    errors: &'a mut FileErrors,
    /// Whether a cell was bad.
    pub bad: bool,
}

impl<'a> Cells<'a> {
    pub fn new(
        line: u64,
        header: &'a Header,
        texts: &'a [&'a str],
        errors: &'a mut FileErrors,
    ) -> Self {
        Self {
            line,
            header,
            texts,
            errors,
            bad: false,
        }
    }

    /// Notes a fault.
    pub fn fail(&mut self, column: &str, reason: impl Into<String>) {
        self.bad = true;
        self.errors.at(self.line, column, reason);
    }

    /// The cell's text; `None` when the file has no such column.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        let place = self.header.columns.iter().position(|c| *c == column);
        let place = place.expect("a column of this table");
        self.header.fields[place].map(|field| self.texts[field])
    }

    /// A code that must be there; empty after a fault.
    pub fn code(&mut self, column: &str) -> String {
        let text = self.get(column).unwrap_or_default();
        if text.is_empty() {
            self.fail(column, "is empty");
        } else if check_code("code", text).is_err() {
            let reason = format!(
                "is longer than {} characters or has a control character",
                limits::CODE_CHARS_MAX
            );
            self.fail(column, reason);
        } else {
            return text.to_string();
        }
        String::new()
    }

    /// A text on one line.
    pub fn text(&mut self, column: &str) -> Option<String> {
        self.bounded(column, limits::NAME_CHARS_MAX, &[])
    }

    /// A text that may have several lines.
    pub fn long_text(&mut self, column: &str) -> Option<String> {
        self.bounded(column, limits::NOTE_CHARS_MAX, &['\n', '\r', '\t'])
    }

    fn bounded(&mut self, column: &str, chars_max: usize, allowed: &[char]) -> Option<String> {
        let text = self.get(column)?;
        let chars = text.chars().count();
        if chars > chars_max {
            self.fail(
                column,
                format!("has {chars} characters; {chars_max} are allowed"),
            );
            return None;
        }
        if text
            .chars()
            .any(|c| c.is_control() && !allowed.contains(&c))
        {
            self.fail(column, "has a control character or a line break");
            return None;
        }
        Some(text.to_string())
    }

    /// One of a few words; an empty cell is `default`.
    pub fn word<T: Copy>(
        &mut self,
        column: &str,
        words: &[(&str, T)],
        default: Option<T>,
    ) -> Option<T> {
        let text = self.get(column)?;
        if text.is_empty() && default.is_some() {
            return default;
        }
        let found = words
            .iter()
            .find(|(word, _)| *word == text)
            .map(|&(_, value)| value);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|&(word, _)| word).collect();
            self.fail(
                column,
                format!("`{}` is not one of {}", short(text), known.join(", ")),
            );
        }
        found
    }

    /// `yes` or `no`; an empty cell is `no`.
    pub fn yes(&mut self, column: &str) -> Option<bool> {
        self.word(column, &[("yes", true), ("no", false)], Some(false))
    }

    /// A whole number from 0 to `max`; an empty cell is `default`.
    pub fn number(&mut self, column: &str, max: i64, default: Option<i64>) -> Option<i64> {
        let text = self.get(column)?;
        if text.is_empty() && default.is_some() {
            return default;
        }
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = i64::from_str(text).ok().filter(|n| digits && *n <= max);
        if number.is_none() {
            let reason = format!("`{}` is not a whole number from 0 to {max}", short(text));
            self.fail(column, reason);
        }
        number
    }

    /// A cell that `parse` reads, with what it says when it cannot; an empty cell is the default.
    pub fn parsed<T: Default, E: Into<String>>(
        &mut self,
        column: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.get(column)?;
        if text.is_empty() {
            return Some(T::default());
        }
        parse(text).map_err(|reason| self.fail(column, reason)).ok()
    }
}

/// A cell's text as a message shows it: its beginning alone.
pub(super) fn short(text: &str) -> String {
    const SHOWN_CHARS: usize = 40;
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// The languages' columns of a text.
pub(super) const TITLES: [&str; 3] = ["title_en", "title_de", "title_zh"];
/// The languages' columns of a description.
pub(super) const DESCRIPTIONS: [&str; 3] = ["description_en", "description_de", "description_zh"];

/// A text in the shop's languages as a file gives it; a language without a column is `None`.
pub(super) type Texts = [Option<String>; 3];

/// Puts a file's text into a known one: blanks at its ends alone change nothing.
pub(super) fn set_text(known: &mut String, cell: Option<&String>) {
    if let Some(cell) = cell
        && known.trim() != cell
    {
        known.clone_from(cell);
    }
}

/// Puts a file's texts into a known one.
pub(super) fn set_texts(known: &mut Text, cells: &Texts) {
    for (language, cell) in Language::ALL.into_iter().zip(cells) {
        let mut text = known.exact(language).unwrap_or_default().to_string();
        set_text(&mut text, cell.as_ref());
        known.set(language, text);
    }
}

/// Decimal degrees such as `53.55073` in millionths, exactly; half away from zero beyond six digits.
pub(super) fn degrees_parse(text: &str, degrees_max: i64) -> Result<i32, String> {
    let fault = || {
        format!(
            "`{}` is not decimal degrees up to {degrees_max}, such as 53.55073",
            short(text)
        )
    };
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |s: &str| s.len() <= 20 && s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return Err(fault());
    }
    let whole = i64::from_str(whole).map_err(|_| fault())?;
    let seven: String = fraction.chars().chain("0000000".chars()).take(7).collect();
    let micro = (i64::from_str(&seven).map_err(|_| fault())? + 5) / 10;
    if whole > degrees_max || whole * 1_000_000 + micro > degrees_max * 1_000_000 {
        return Err(fault());
    }
    i32::try_from(sign * (whole * 1_000_000 + micro)).map_err(|_| fault())
}

/// Millionths of a degree as decimal degrees.
pub(super) fn degrees_show(micro: i32) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    let micro = micro.unsigned_abs();
    let text = format!("{sign}{}.{:06}", micro / 1_000_000, micro % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}
