//! Business documents as PDF: a heading, addresses, facts, tables that go on over pages, notes.
//!
//! What is written here is text that was made elsewhere: nothing is computed, no amount is known as a number. The same
//! document gives the same bytes, on every machine. The files are archival and accessible (PDF/A-2a and PDF/UA-1):
//! headings, tables and their headers are tagged, and the fonts they need are inside, as far as they are used. Beside
//! documents there are pages that somebody else laid out, such as labels ([`write_pages`]).

mod draw;
mod fonts;
mod lines;
mod page;
mod sheet;
#[cfg(test)]
mod tests;

pub use fonts::{FontFiles, Fonts, Weight};
pub use lines::Style;
pub use page::{Mark, PAGES_MAX, Page, write_pages};

/// Characters of one text; what is longer is cut.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Rows of one table.
pub const ROWS_MAX: usize = 10_000;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document {
    /// What it is, such as `Invoice`, with its number: the heading and the file's title. A dash stands for one of
    /// which nothing can be written.
    pub title: String,
    /// The language as a tag, such as `de`.
    pub language: &'static str,
    /// Who made it: the name, and below it the address and what else identifies them.
    pub issuer: Vec<String>,
    /// To whom it goes, a line each.
    pub recipient: Vec<String>,
    /// What is known of it, in two columns: name and value.
    pub facts: Vec<(String, String)>,
    /// What it consists of.
    pub tables: Vec<Table>,
    /// What is said at the end, a paragraph each.
    pub notes: Vec<String>,
    /// What is at the foot of each page; `{page}` and `{pages}` stand for its number and how many there are.
    pub foot: String,
    /// The day it was made: year, month, day.
    pub made: (u16, u8, u8),
    /// What the file says of itself: the same for the same document.
    pub identity: String,
}

/// A table. Its head is repeated on each page that it goes on to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Its heading; empty for none.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, each with a cell for each column.
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// Its width in thousandths of the table's.
    pub permille: u16,
    /// To which side its texts lie.
    pub side: Side,
}

/// To which side a text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The left.
    Left,
    /// The right, as figures do.
    Right,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Row {
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// Whether it is a sum: set apart and heavier.
    pub is_sum: bool,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// Smaller lines below it.
    pub below: Vec<String>,
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            below: Vec::new(),
        }
    }
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A font cannot be used.
    #[error("the font {0} cannot be read")]
    Font(usize),
    /// A table is longer than any document, or a file has more pages.
    #[error("more than {ROWS_MAX} rows in a table, or {PAGES_MAX} pages")]
    TooLong,
    /// The file would not be what it says it is.
    #[error("the document cannot be written: {0}")]
    Unsound(String),
}

/// Writes a document.
///
/// # Errors
/// As [`PaperError`] says.
pub fn write(fonts: &Fonts, document: &Document) -> Result<Vec<u8>, PaperError> {
    if document.tables.iter().any(|t| t.rows.len() > ROWS_MAX) {
        return Err(PaperError::TooLong);
    }
    let plan = sheet::plan(fonts, document);
    sheet::draw(fonts, document, &plan)
}
