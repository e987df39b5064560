//! What is told of an import: bad lines with their reasons, or what became of the good ones.

use super::ERRORS_MAX;
use super::columns::Kind;
use serde::{Deserialize, Serialize};
use std::ops::Add;
use utoipa::ToSchema;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct LineError {
    /// The line in the file, counted from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column's name, or empty for the line as a whole.
    pub column: String,
    /// What is wrong and what would be right, in English.
    pub reason: String,
}

/// The faults of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileErrors {
    /// The file's name.
    pub name: String,
    /// The faults by line, at most 1,000.
    pub errors: Vec<LineError>,
    /// How many there are in all.
    pub total: u64,
}

impl FileErrors {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_string(),
            errors: Vec::new(),
            total: 0,
        }
    }

    /// Notes a fault of the file as a whole.
    pub(super) fn file(&mut self, reason: impl Into<String>) {
        self.at(0, "", reason);
    }

    /// Notes a fault of a line, or of one of its columns.
    pub(crate) fn at(&mut self, line: u64, column: &str, reason: impl Into<String>) {
        self.total += 1;
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(LineError {
                line,
                column: column.to_string(),
                reason: reason.into(),
            });
        }
    }

    pub(super) fn sort(&mut self) {
        self.errors.sort_by_key(|e| e.line);
    }
}

impl std::fmt::Display for FileErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for error in &self.errors {
            f.write_str(&self.name)?;
            if error.line > 0 {
                write!(f, ":{}", error.line)?;
            }
            if !error.column.is_empty() {
                write!(f, ": {}", error.column)?;
            }
            writeln!(f, ": {}", error.reason)?;
        }
        let more = self.total - self.errors.len() as u64;
        if more > 0 {
            writeln!(f, "{}: and {more} more", self.name)?;
        }
        Ok(())
    }
}

/// How many lines created something, changed something, or said what was so already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub created: u32,
    pub changed: u32,
    pub unchanged: u32,
}

impl Counts {
    /// Counts a line.
    pub fn note(&mut self, state: LineState) {
        match state {
            LineState::Created => self.created += 1,
            LineState::Changed => self.changed += 1,
            LineState::Unchanged => self.unchanged += 1,
        }
    }
}

impl Add for Counts {
    type Output = Counts;

    fn add(self, other: Counts) -> Counts {
        Counts {
            created: self.created + other.created,
            changed: self.changed + other.changed,
            unchanged: self.unchanged + other.unchanged,
        }
    }
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineState {
    Created,
    Changed,
    Unchanged,
}

impl LineState {
    /// What it does to something that was `before` and is `after`.
    pub fn of<T: PartialEq>(before: Option<&T>, after: &T) -> Self {
        match before {
            None => LineState::Created,
            Some(before) if before == after => LineState::Unchanged,
            Some(_) => LineState::Changed,
        }
    }
}

/// What became of a file's lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileSummary {
    /// The file's name.
    pub name: String,
    /// What it holds.
    pub kind: Option<Kind>,
    /// Lines that created something.
    pub created: u32,
    /// Lines that changed something.
    pub changed: u32,
    /// Lines that said what was so already.
    pub unchanged: u32,
}

impl FileSummary {
    pub(super) fn new(name: &str, kind: Option<Kind>, counts: Counts) -> Self {
        Self {
            name: name.to_string(),
            kind,
            created: counts.created,
            changed: counts.changed,
            unchanged: counts.unchanged,
        }
    }
}
