//! Questions and housekeeping over a small trait that an engine implements. Statements have parameters
//! `?1`, `?2`; the engine says how it marks them, how it asks for any of a list, and how it reads a row.
//!
//! A question must take all its rows before the next one is asked: an engine may have one conversation at a time.

pub mod audit;
pub mod behind;
pub mod load;
pub mod lookup;
pub mod questions;

use crate::StoreError;
use crate::codec::{column, raw};
use crate::rows::Cell;

/// A row of an answer, by column.
pub trait Columns {
    /// A number.
    ///
    /// # Errors
    /// When there is none.
    fn int(&self, index: usize) -> Result<i64, StoreError>;

    /// A number, or nothing.
    ///
    /// # Errors
    /// When there is something else.
    fn int_or_null(&self, index: usize) -> Result<Option<i64>, StoreError>;

    /// A text.
    ///
    /// # Errors
    /// When there is none.
    fn text(&self, index: usize) -> Result<&str, StoreError>;

    /// Bytes.
    ///
    /// # Errors
    /// When there are none.
    fn bytes(&self, index: usize) -> Result<&[u8], StoreError>;

    /// Bytes, or nothing.
    ///
    /// # Errors
    /// When there is something else.
    fn bytes_or_null(&self, index: usize) -> Result<Option<&[u8]>, StoreError>;

    /// A raw id.
    ///
    /// # Errors
    /// As for [`Columns::int`].
    fn id(&self, index: usize) -> Result<u64, StoreError> {
        self.int(index).map(raw)
    }
}

/// The keys of a question for several rows.
#[derive(Debug, Clone)]
pub enum Keys<'k> {
    /// Raw ids.
    Ids(Vec<i64>),
    /// Texts.
    Texts(Vec<&'k str>),
}

impl Keys<'_> {
    /// Raw ids.
    pub fn ids(ids: impl IntoIterator<Item = u64>) -> Self {
        Self::Ids(ids.into_iter().map(column).collect())
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Ids(ids) => ids.is_empty(),
            Self::Texts(texts) => texts.is_empty(),
        }
    }
}

/// Takes one row.
pub type Take<'t> = &'t mut dyn FnMut(&dyn Columns) -> Result<(), StoreError>;

/// A connection of an engine.
pub trait Sql {
    /// Asks, and hands over each row of the answer.
    ///
    /// # Errors
    /// When the engine fails, or `take` does.
    fn ask(&self, sql: &str, parameters: &[Cell<'_>], take: Take<'_>) -> Result<(), StoreError>;

    /// Asks for the rows whose `by` is one of `keys`; `sql` ends before its condition.
    ///
    /// # Errors
    /// As for [`Sql::ask`].
    fn ask_any(
        &self,
        sql: &str,
        by: &str,
        keys: &Keys<'_>,
        take: Take<'_>,
    ) -> Result<(), StoreError>;

    /// Asks for the rows whose `by` is numbered under one of `parents`; `sql` ends before its condition.
    ///
    /// # Errors
    /// As for [`Sql::ask`].
    fn ask_under(
        &self,
        sql: &str,
        by: &str,
        parents: &[i64],
        take: Take<'_>,
    ) -> Result<(), StoreError>;

    /// Carries a statement out; returns how many rows changed.
    ///
    /// # Errors
    /// When the engine fails.
    fn execute(&self, sql: &str, parameters: &[Cell<'_>]) -> Result<u64, StoreError>;
}

/// All rows of an answer, each read by `read`.
///
/// # Errors
/// As for [`Sql::ask`].
pub fn rows<T>(
    sql: &impl Sql,
    text: &str,
    parameters: &[Cell<'_>],
    mut read: impl FnMut(&dyn Columns) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut out = Vec::new();
    sql.ask(text, parameters, &mut |row| {
        out.push(read(row)?);
        Ok(())
    })?;
    Ok(out)
}

/// The first row of an answer, if there is one.
///
/// # Errors
/// As for [`Sql::ask`].
pub fn row<T>(
    sql: &impl Sql,
    text: &str,
    parameters: &[Cell<'_>],
    read: impl FnMut(&dyn Columns) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    Ok(rows(sql, text, parameters, read)?.into_iter().next())
}
