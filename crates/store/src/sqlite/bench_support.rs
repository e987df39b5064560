//! The reference of the benchmarks `writer_sqlite` and `writer_sqlite_hot`: how fast this engine appends
//! the very same rows when nothing is decided and nothing is encoded. It is no way to write to a shop.

use super::{FILE_NAME, prepare_for_writing};
use crate::StoreError;
use crate::rows::{Cell, Marks, RowSink, Sink, Table, Verb, statement, write};
use commerce::world::Delta;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::cell::RefCell;
use std::path::Path;

/// The rows of one batch as values, by statement, in the order in which the store writes them.
#[derive(Debug, Default)]
pub struct RecordedBatch {
    statements: Vec<(String, Vec<Vec<Value>>)>,
}

impl RecordedBatch {
    /// Encodes what was written in one go and adds it; `marks` are those of the recording, kept between
    /// its batches.
    ///
    /// # Errors
    /// As for writing it.
    pub fn add(&mut self, delta: &Delta, marks: &mut RecordedMarks) -> Result<(), StoreError> {
        let recorder = Recorder::default();
        (marks.0, _) = write(&recorder, delta, marks.0)?;
        let statements = recorder.0.into_inner().into_iter();
        self.statements
            .extend(statements.filter(|(_, rows)| !rows.is_empty()));
        Ok(())
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.statements.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// How many bytes its texts and bodies have; numbers count eight.
    pub fn bytes(&self) -> usize {
        let rows = self.statements.iter().flat_map(|(_, rows)| rows);
        let size = |value: &Value| match value {
            Value::Null => 0,
            Value::Integer(_) | Value::Real(_) => 8,
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
        };
        rows.flatten().map(size).sum()
    }
}

/// Where a recording stands.
#[derive(Debug, Clone, Copy)]
pub struct RecordedMarks(Marks);

impl From<Marks> for RecordedMarks {
    fn from(marks: Marks) -> Self {
        Self(marks)
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
                for (i, value) in row.iter().enumerate() {
                    statement.raw_bind_parameter(i + 1, value)?;
                }
                statement.raw_execute()?;
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

    fn rows(&self, table: &'static Table, verb: Verb) -> Result<RecordedRows<'_>, StoreError> {
        let mut statements = self.0.borrow_mut();
        statements.push((statement(table, verb, '?'), Vec::new()));
        Ok(RecordedRows {
            recorder: self,
            statement: statements.len() - 1,
        })
    }
}

impl RowSink for RecordedRows<'_> {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        let row = cells.iter().map(|cell| match cell {
            Cell::Null => Value::Null,
            Cell::Int(number) => Value::Integer(*number),
            Cell::Text(text) => Value::Text((*text).to_string()),
            Cell::Blob(bytes) => Value::Blob(bytes.to_vec()),
        });
        self.recorder.0.borrow_mut()[self.statement]
            .1
            .push(row.collect());
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        Ok(())
    }
}
