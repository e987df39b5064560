//! The reference of the benchmarks `writer_sqlite` and `writer_sqlite_hot`: how fast this engine appends
//! the very same rows when nothing is decided and nothing is encoded. It is no way to write to a shop.

use super::commit::{RowSink, Sink, write};
use super::{FILE_NAME, prepare_for_writing};
use crate::StoreError;
use commerce::world::Delta;
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, ToSql, params_from_iter};
use std::cell::RefCell;
use std::path::Path;

/// The rows of one batch as values, by statement, in the order in which the store writes them.
#[derive(Debug, Default)]
pub struct RecordedBatch {
    statements: Vec<(String, Vec<Vec<Value>>)>,
}

impl RecordedBatch {
    /// Encodes what was written in one go and adds it.
    ///
    /// # Errors
    /// As for writing it.
    pub fn add(&mut self, delta: &Delta) -> Result<(), StoreError> {
        let recorder = Recorder::default();
        write(&recorder, delta)?;
        let statements = recorder.0.into_inner().into_iter();
        self.statements
            .extend(statements.filter(|(_, rows)| !rows.is_empty()));
        Ok(())
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.statements.iter().map(|(_, rows)| rows.len()).sum()
    }
}

/// Appends recorded batches to a database file, with the store's own settings.
pub struct RawAppender(Connection);

impl RawAppender {
    /// Opens the database in a folder. It must be a copy of the one that the batches were recorded on,
    /// from before they were.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let connection = Connection::open(folder.join(FILE_NAME))?;
        prepare_for_writing(&connection)?;
        Ok(Self(connection))
    }

    /// Writes a batch in one durable transaction.
    ///
    /// # Errors
    /// When nothing of it was written.
    pub fn append(&mut self, batch: &RecordedBatch) -> Result<(), StoreError> {
        let behavior = rusqlite::TransactionBehavior::Immediate;
        let transaction = self.0.transaction_with_behavior(behavior)?;
        for (sql, rows) in &batch.statements {
            let mut statement = transaction.prepare_cached(sql)?;
            for row in rows {
                statement.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

#[derive(Default)]
struct Recorder(RefCell<Vec<(String, Vec<Vec<Value>>)>>);

struct RecordedRows<'r> {
    recorder: &'r Recorder,
    statement: usize,
}

impl Sink for Recorder {
    type Rows<'s> = RecordedRows<'s>;

    fn rows(&self, sql: &str) -> Result<RecordedRows<'_>, StoreError> {
        let mut statements = self.0.borrow_mut();
        statements.push((sql.to_string(), Vec::new()));
        Ok(RecordedRows {
            recorder: self,
            statement: statements.len() - 1,
        })
    }
}

impl RowSink for RecordedRows<'_> {
    fn put(&mut self, values: &[&dyn ToSql]) -> Result<usize, StoreError> {
        let mut row = Vec::with_capacity(values.len());
        for value in values {
            row.push(match value.to_sql()? {
                ToSqlOutput::Owned(value) => value,
                ToSqlOutput::Borrowed(value) => {
                    value
                        .try_into()
                        .map_err(|e: rusqlite::types::FromSqlError| {
                            StoreError::Engine(e.to_string())
                        })?
                }
                other => return Err(StoreError::Engine(format!("not a plain value: {other:?}"))),
            });
        }
        self.recorder.0.borrow_mut()[self.statement].1.push(row);
        Ok(1)
    }
}
