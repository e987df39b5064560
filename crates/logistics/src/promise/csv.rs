//! Lines of comma-separated fields under a header that names them (RFC 4180). A field does not go over several lines: no
//! code, time or number has a line break in it.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why a text cannot be read as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CsvFault {
    /// A column is missing from the header.
    Column,
    /// A quote is not closed within its line, or text follows it.
    Quote,
    /// The line has more or fewer fields than the header.
    Fields(usize),
    /// The field is empty.
    Empty,
    /// It is nothing of the kind that it should be: what stands there.
    Text(String),
    /// No row of the other table has this code.
    Unknown(String),
    /// This code stands there already.
    Twice(String),
    /// It says something else than the lines before it about the same code.
    Differs(String),
}

impl fmt::Display for CsvFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column => f.write_str("the header has no such column"),
            Self::Quote => f.write_str("a quote is not closed"),
            Self::Fields(found) => write!(f, "{found} fields, unlike the header"),
            Self::Empty => f.write_str("empty"),
            Self::Text(text) => write!(f, "`{text}` cannot be read"),
            Self::Unknown(text) => write!(f, "there is no `{text}`"),
            Self::Twice(text) => write!(f, "`{text}` stands there twice"),
            Self::Differs(text) => write!(f, "`{text}` is not what lines before say"),
        }
    }
}

/// One line of a table.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// From 1 on, the header being the first.
    pub(super) number: usize,
    fields: Vec<String>,
}

impl Line {
    /// The field of a column, without spaces around it; empty for a column that the header has not.
    pub(super) fn get(&self, column: Option<usize>) -> &str {
        column.map_or("", |column| self.fields[column].trim())
    }
}

/// The lines of a text, in the order of the columns that were asked for.
pub(super) struct Rows<'a> {
    header: Vec<String>,
    lines: core::iter::Enumerate<core::str::Lines<'a>>,
}

impl<'a> Rows<'a> {
    /// Reads the header; an empty text has one without columns.
    pub(super) fn new(text: &'a str) -> Self {
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let header = lines.next().and_then(|(_, line)| split(line));
        Self {
            header: header.unwrap_or_default(),
            lines,
        }
    }

    /// Where a column stands.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column.trim() == name)
    }
}

impl Iterator for Rows<'_> {
    /// A line, or the number of one that is none, with the reason.
    type Item = Result<Line, (usize, CsvFault)>;

    fn next(&mut self) -> Option<Self::Item> {
        let (at, text) = self.lines.find(|(_, line)| !line.trim().is_empty())?;
        let number = at + 1;
        let Some(fields) = split(text) else {
            return Some(Err((number, CsvFault::Quote)));
        };
        if fields.len() != self.header.len() {
            return Some(Err((number, CsvFault::Fields(fields.len()))));
        }
        Some(Ok(Line { number, fields }))
    }
}

// The fields of a line; none where a quote is not closed.
fn split(line: &str) -> Option<Vec<String>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, after) = match rest.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        fields.push(field);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Some(fields),
        }
    }
}

// A field up to its closing quote, and what follows.
fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"')?;
        field.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => {
                let after = rest.trim_start();
                return (after.is_empty() || after.starts_with(',')).then_some((field, after));
            }
        }
    }
}
