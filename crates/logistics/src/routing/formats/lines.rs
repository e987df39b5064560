//! Texts as lines of fields, with names for both when something is wrong.

use super::{FormatError, FormatReason};
use alloc::string::ToString;
use alloc::vec::Vec;

/// One line that is not blank.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    /// From 1 on.
    pub(super) number: usize,
    pub(super) text: &'a str,
    pub(super) fields: Vec<&'a str>,
}

/// All lines that are not blank.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let numbered = text.lines().enumerate();
    let split = numbered.map(|(at, text)| Line {
        number: at + 1,
        text: text.trim(),
        fields: text.split_whitespace().collect(),
    });
    split.filter(|line| !line.fields.is_empty())
}

impl Line<'_> {
    pub(super) fn wrong(&self, field: &'static str, reason: FormatReason) -> FormatError {
        FormatError {
            line: self.number,
            field,
            reason,
        }
    }

    fn field(&self, at: usize, name: &'static str) -> Result<&str, FormatError> {
        let field = self.fields.get(at).copied();
        field.ok_or_else(|| self.wrong(name, FormatReason::Missing))
    }

    pub(super) fn real(&self, at: usize, name: &'static str) -> Result<f64, FormatError> {
        let field = self.field(at, name)?;
        let value: Option<f64> = field.parse().ok().filter(|value: &f64| value.abs() < 1e9);
        value.ok_or_else(|| self.wrong(name, FormatReason::Number(field.to_string())))
    }

    /// A whole number, also where it is written with a decimal point and zeros.
    pub(super) fn whole(&self, at: usize, name: &'static str) -> Result<i64, FormatError> {
        let value = self.real(at, name)?;
        let whole = value as i64;
        if whole as f64 == value {
            return Ok(whole);
        }
        let field = self.fields[at].to_string();
        Err(self.wrong(name, FormatReason::Number(field)))
    }

    pub(super) fn count(&self, at: usize, name: &'static str) -> Result<usize, FormatError> {
        let value = self.whole(at, name)?;
        usize::try_from(value).map_err(|_| {
            let field = self.fields[at].to_string();
            self.wrong(name, FormatReason::Number(field))
        })
    }
}

/// Something is missing from the text.
pub(super) fn missing(field: &'static str) -> FormatError {
    FormatError {
        line: 0,
        field,
        reason: FormatReason::Missing,
    }
}
