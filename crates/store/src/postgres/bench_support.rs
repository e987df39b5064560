//! The reference of the benchmark `writer_postgres`: how fast this server takes the very same rows when nothing is
//! decided and nothing is encoded: each table's with one `COPY` into a table of the same shape, durable. It is no way
//! to write to a shop.

use super::connect::Location;
use super::session::Session;
use super::write::{Gathered, copy};
use crate::StoreError;
use crate::rows::{self, Cell, Marks, RowSink, Sink, Table, Verb};
use commerce::world::Delta;
use std::cell::RefCell;

/// Tables whose rows are new: their copies have the same keys.
const APPENDED: [&str; 11] = [
    "skus",
    "carts",
    "checkouts",
    "order_groups",
    "group_events",
    "events",
    "stock_movements",
    "postings",
    "answers",
    "effects",
    "unindexed",
];
/// Tables whose rows a shop changes: their copies have no keys, which is less work than the shop's.
const CHANGED: [&str; 4] = ["meta", "inventory_levels", "counters", "sales"];

/// Records batches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recording(Marks);

impl Recording {
    /// Encodes a batch.
    ///
    /// # Errors
    /// As for writing it.
    pub fn batch(&mut self, delta: &Delta) -> Result<RecordedBatch, StoreError> {
        let recorder = Recorder::default();
        (self.0, _) = rows::write(&recorder, delta, self.0)?;
        let tables = recorder.0.into_inner().into_iter();
        Ok(RecordedBatch {
            tables: tables.filter(|(_, rows)| rows.count() > 0).collect(),
        })
    }
}

/// The rows of one batch, by table, in the form in which they are copied.
#[derive(Default)]
pub struct RecordedBatch {
    tables: Vec<(&'static Table, Gathered)>,
}

impl RecordedBatch {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.tables.iter().map(|(_, rows)| rows.count()).sum()
    }

    /// How many bytes they are on their way to the server.
    pub fn bytes(&self) -> usize {
        let sizes = self.tables.iter().map(|(_, rows)| rows.copy_data().len());
        sizes.sum()
    }
}

/// Copies recorded batches into tables of the same shape and with the same keys, but for the rows that a shop changes:
/// they are new each time, in a table without a key.
pub struct RawCopier(Session);

impl RawCopier {
    /// Makes the tables beside those of the shop that the batches were recorded on.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        let session = Session::open(location, "bench")?;
        for table in APPENDED {
            session.plain(&format!(
                "CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)"
            ))?;
        }
        for table in CHANGED {
            session.plain(&format!("CREATE TABLE raw_{table} (LIKE {table})"))?;
        }
        Ok(Self(session))
    }

    /// Writes a batch in one durable transaction.
    ///
    /// # Errors
    /// When nothing of it was written.
    pub fn copy(&mut self, batch: &RecordedBatch) -> Result<(), StoreError> {
        self.0.plain("BEGIN")?;
        for (table, rows) in &batch.tables {
            copy(&self.0, &format!("raw_{}", table.name), table, rows)?;
        }
        self.0.plain("COMMIT")
    }
}

#[derive(Default)]
struct Recorder(RefCell<Vec<(&'static Table, Gathered)>>);

struct RecordedRows<'r> {
    recorder: &'r Recorder,
    place: usize,
}

impl Sink for Recorder {
    type Rows<'s> = RecordedRows<'s>;

    fn rows(&self, table: &'static Table, _: Verb) -> Result<RecordedRows<'_>, StoreError> {
        let mut tables = self.0.borrow_mut();
        tables.push((table, Gathered::default()));
        Ok(RecordedRows {
            recorder: self,
            place: tables.len() - 1,
        })
    }
}

impl RowSink for RecordedRows<'_> {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        self.recorder.0.borrow_mut()[self.place].1.put(cells);
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        Ok(())
    }
}
