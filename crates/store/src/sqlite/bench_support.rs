//! The reference of the benchmarks `writer_sqlite` and `writer_sqlite_hot`: how fast this engine appends
//! the very same rows when nothing is decided and nothing is encoded. It is no way to write to a shop.

use super::SqliteStore;
use crate::rows::{Cell, RowSink, Sink, Table, Verb, statement, write};
use crate::{Load, Start, Store, StoreError};
use commerce::world::Delta;
use rusqlite::Connection;
use rusqlite::types::{ToSqlOutput, ValueRef};
use std::cell::RefCell;
use std::path::Path;
use std::time::{Duration, Instant};

/// A store that encodes what it is to commit and keeps it, and later appends it with its engine alone: same
/// statements, same values, same transactions, same settings as [`SqliteStore`]. Its buffers are used again,
/// so that no memory is new to the processor when the time counts.
pub struct RawStore {
    store: SqliteStore,
    batches: Vec<RecordedBatch>,
    /// How many of `batches` wait to be appended.
    waiting: usize,
    /// Rows that were appended.
    pub rows: u64,
    /// Bytes of the texts and bodies in them; numbers count eight.
    pub bytes: u64,
}

impl RawStore {
    /// Opens the database in a folder.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            store: SqliteStore::open(folder)?,
            batches: Vec::new(),
            waiting: 0,
            rows: 0,
            bytes: 0,
        })
    }

    /// Appends all batches that wait, each in one durable transaction, and says how long that took.
    ///
    /// # Errors
    /// When one of them was not written.
    pub fn append(&mut self) -> Result<Duration, StoreError> {
        let waiting = &self.batches[..std::mem::take(&mut self.waiting)];
        let started = Instant::now();
        for batch in waiting {
            append(&mut self.store.connection, batch)?;
        }
        let took = started.elapsed();
        for batch in waiting {
            self.rows += batch.rows() as u64;
            self.bytes += batch.bytes() as u64;
        }
        Ok(took)
    }
}

impl Store for RawStore {
    fn start(&mut self) -> Result<Start, StoreError> {
        self.store.start()
    }

    fn loader(&mut self) -> Result<Box<dyn Load>, StoreError> {
        self.store.loader()
    }

    /// Keeps the batch until [`RawStore::append`]: nothing is durable before.
    fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
        if self.waiting == self.batches.len() {
            self.batches.push(RecordedBatch::default());
        }
        let batch = &mut self.batches[self.waiting];
        batch.clear();
        let recorder = Recorder(RefCell::new(batch));
        (self.store.marks, _) = write(&recorder, delta, self.store.marks)?;
        self.waiting += 1;
        Ok(())
    }

    fn try_write(&mut self) -> Result<(), StoreError> {
        self.store.try_write()
    }

    fn idle(&mut self, now: i64) -> Result<(), StoreError> {
        self.store.idle(now)
    }
}

/// Makes sure that two databases hold the same rows.
///
/// # Errors
/// When they do not, or one cannot be read.
pub fn compare(one: &SqliteStore, other: &RawStore) -> Result<(), StoreError> {
    let (one, other) = (&one.connection, &other.store.connection);
    let mut tables = one.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )?;
    let mut found = tables.query([])?;
    while let Some(row) = found.next()? {
        let sql = format!("SELECT * FROM {}", row.get::<_, String>(0)?);
        let (mut ours, mut theirs) = (one.prepare(&sql)?, other.prepare(&sql)?);
        let columns = ours.column_count();
        let (mut ours, mut theirs) = (ours.query([])?, theirs.query([])?);
        let differ = || StoreError::Engine(format!("the two databases differ: {sql}"));
        loop {
            match (ours.next()?, theirs.next()?) {
                (None, None) => break,
                (Some(a), Some(b)) => {
                    for column in 0..columns {
                        if a.get_ref(column)? != b.get_ref(column)? {
                            return Err(differ());
                        }
                    }
                }
                _ => return Err(differ()),
            }
        }
    }
    Ok(())
}

fn append(connection: &mut Connection, batch: &RecordedBatch) -> Result<(), StoreError> {
    let behavior = rusqlite::TransactionBehavior::Immediate;
    let transaction = connection.transaction_with_behavior(behavior)?;
    for recorded in batch.statements.iter().filter(|r| !r.values.is_empty()) {
        let mut statement = transaction.prepare_cached(&recorded.sql)?;
        for row in recorded.values.chunks_exact(recorded.columns) {
            for (i, value) in row.iter().enumerate() {
                statement.raw_bind_parameter(i + 1, recorded.value(value))?;
            }
            statement.raw_execute()?;
        }
    }
    transaction.commit()?;
    Ok(())
}

/// The rows of one batch as values, by statement, in the order in which the store writes them.
#[derive(Default)]
struct RecordedBatch {
    statements: Vec<Recorded>,
    used: usize,
}

/// The rows of one statement.
struct Recorded {
    sql: String,
    table: &'static str,
    verb: Verb,
    columns: usize,
    values: Vec<Slot>,
    bytes: Vec<u8>,
}

/// A value, or where its bytes are.
enum Slot {
    Null,
    Int(i64),
    Text(usize, usize),
    Blob(usize, usize),
}

impl RecordedBatch {
    /// Takes the rows out and keeps the buffers.
    fn clear(&mut self) {
        self.used = 0;
        for recorded in &mut self.statements {
            recorded.values.clear();
            recorded.bytes.clear();
        }
    }

    /// The place of the next statement, where the batch before had it, too.
    fn place(&mut self, table: &'static Table, verb: Verb) -> usize {
        let rest = &self.statements[self.used..];
        let same = rest
            .iter()
            .position(|r| (r.table, r.verb) == (table.name, verb));
        let place = self.used + same.unwrap_or(0);
        if same.is_none() {
            let recorded = Recorded {
                sql: statement(table, verb, '?'),
                table: table.name,
                verb,
                columns: 0,
                values: Vec::new(),
                bytes: Vec::new(),
            };
            self.statements.insert(place, recorded);
        }
        self.used = place + 1;
        place
    }

    fn rows(&self) -> usize {
        let filled = self.statements.iter().filter(|r| !r.values.is_empty());
        filled.map(|r| r.values.len() / r.columns).sum()
    }

    fn bytes(&self) -> usize {
        let of = |r: &Recorded| {
            let numbers = r.values.iter().filter(|v| matches!(v, Slot::Int(_)));
            r.bytes.len() + 8 * numbers.count()
        };
        self.statements.iter().map(of).sum()
    }
}

impl Recorded {
    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (from, self.bytes.len())
    }

    fn value(&self, slot: &Slot) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(match *slot {
            Slot::Null => ValueRef::Null,
            Slot::Int(number) => ValueRef::Integer(number),
            Slot::Text(from, to) => ValueRef::Text(&self.bytes[from..to]),
            Slot::Blob(from, to) => ValueRef::Blob(&self.bytes[from..to]),
        })
    }
}

struct Recorder<'b>(RefCell<&'b mut RecordedBatch>);

struct RecordedRows<'r, 'b> {
    recorder: &'r Recorder<'b>,
    place: usize,
}

impl<'b> Sink for Recorder<'b> {
    type Rows<'s>
        = RecordedRows<'s, 'b>
    where
        Self: 's;

    fn rows(&self, table: &'static Table, verb: Verb) -> Result<RecordedRows<'_, 'b>, StoreError> {
        Ok(RecordedRows {
            recorder: self,
            place: self.0.borrow_mut().place(table, verb),
        })
    }
}

impl RowSink for RecordedRows<'_, '_> {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        let mut batch = self.recorder.0.borrow_mut();
        let recorded = &mut batch.statements[self.place];
        recorded.columns = cells.len();
        for cell in cells {
            let slot = match cell {
                Cell::Null => Slot::Null,
                Cell::Int(number) => Slot::Int(*number),
                Cell::Text(text) => {
                    let (from, to) = recorded.keep(text.as_bytes());
                    Slot::Text(from, to)
                }
                Cell::Blob(bytes) => {
                    let (from, to) = recorded.keep(bytes);
                    Slot::Blob(from, to)
                }
            };
            recorded.values.push(slot);
        }
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        Ok(())
    }
}
