//! The reference of the benchmark `writer_postgres`: how fast this server takes the very same rows when nothing is
//! decided and nothing is put into form: each table's with one `COPY` into a table of the same shape, durable. The rows
//! are read back from the tables that the shop has just written, in the form in which they are copied. It is no way to
//! write to a shop.

use super::connect::Location;
use super::session::Session;
use super::touched::Touched;
use super::turn::{self, Numbers};
use super::write::copy;
use crate::StoreError;
use crate::codec::column;
use crate::rows::Marks;
use commerce::world::Sequences;
use std::io::Read;

/// Tables whose rows are new: their copies have the same keys and indexes.
const APPENDED: [&str; 9] = [
    "order_groups",
    "group_events",
    "events",
    "stock_movements",
    "postings",
    "answers",
    "effects",
    "unindexed",
    "skus",
];
/// Tables whose rows a shop changes: their copies have no keys, which is less work than the shop's.
const CHANGED: [&str; 4] = ["inventory_levels", "quotas", "counters", "sales"];
/// Rows go in pieces of this size, as the shop's do.
const PIECE_BYTES: usize = 64 * 1_024;

/// Copies what a shop has written into tables of the same shape, batch by batch.
pub struct RawCopier {
    session: Session,
    known: Numbers,
    batches: Vec<CopiedBatch>,
    /// How many of them are in use; the others keep their room.
    used: usize,
}

/// The rows of one batch, by table, in the form in which they are copied.
#[derive(Default)]
pub struct CopiedBatch {
    tables: Vec<(&'static str, Vec<u8>)>,
    used: usize,
    rows: usize,
}

impl CopiedBatch {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes they are on their way to the server.
    pub fn bytes(&self) -> usize {
        let used = &self.tables[..self.used];
        used.iter().map(|(_, data)| data.len()).sum()
    }

    /// Reads the rows that a question gives.
    fn read(
        &mut self,
        session: &Session,
        table: &'static str,
        condition: &str,
    ) -> Result<(), StoreError> {
        if self.used == self.tables.len() {
            self.tables.push((table, Vec::new()));
        }
        let (name, data) = &mut self.tables[self.used];
        *name = table;
        data.clear();
        let text = format!("COPY (SELECT * FROM {table} {condition}) TO STDOUT (FORMAT binary)");
        session.with(|client| {
            let read = client.copy_out(&text)?.read_to_end(data);
            read.map_err(|e| StoreError::Unreachable(e.to_string()))
        })?;
        let rows = count(data);
        self.rows += rows;
        self.used += usize::from(rows > 0);
        Ok(())
    }
}

impl RawCopier {
    /// Makes the tables beside those of a shop; what is written from now on is copied.
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
        let known = turn::last_numbers(&session)?.unwrap_or(Numbers {
            batch: 0,
            sequences: Sequences::default(),
            marks: Marks::default(),
        });
        Ok(Self {
            session,
            known,
            batches: Vec::new(),
            used: 0,
        })
    }

    /// Reads what was written since the last call, batch by batch; buffers are used again.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(&mut self) -> Result<(), StoreError> {
        let text =
            "SELECT number, writer, event, movement, posting, effect, answer, unindexed, touched
                    FROM batches WHERE number > $1 ORDER BY number";
        let written = self.session.query(text, &[&column(self.known.batch)])?;
        self.used = written.len();
        if self.batches.len() < self.used {
            self.batches.resize_with(self.used, CopiedBatch::default);
        }
        for (row, batch) in written.iter().zip(&mut self.batches) {
            let next = turn::numbers_in(row);
            let touched = Touched::unpack(row.get(8))?;
            (batch.used, batch.rows) = (0, 0);
            read_batch(&self.session, batch, &touched, &self.known, &next)?;
            self.known = next;
        }
        Ok(())
    }

    /// The batches that were read last.
    pub fn batches(&self) -> &[CopiedBatch] {
        &self.batches[..self.used]
    }

    /// Writes one of them in one durable transaction.
    ///
    /// # Errors
    /// When nothing of it was written.
    pub fn copy(&self, batch: &CopiedBatch) -> Result<(), StoreError> {
        self.session.plain("BEGIN")?;
        for (table, data) in &batch.tables[..batch.used] {
            let pieces = data.chunks(PIECE_BYTES).map(Ok);
            copy(&self.session, &format!("raw_{table}"), pieces)?;
        }
        self.session.plain("COMMIT")
    }
}

/// Reads the rows of the batch between two states of the numbers.
fn read_batch(
    session: &Session,
    batch: &mut CopiedBatch,
    touched: &Touched,
    from: &Numbers,
    to: &Numbers,
) -> Result<(), StoreError> {
    let variants: Vec<String> = touched
        .variants
        .iter()
        .map(|id| column(*id).to_string())
        .collect();
    let variants = variants.join(",");
    batch.read(
        session,
        "inventory_levels",
        &format!("WHERE variant_id = ANY('{{{variants}}}'::bigint[])"),
    )?;
    if let (Some(first), Some(last)) = (touched.groups.first(), touched.groups.last()) {
        let (first, last) = (column(*first), column(*last));
        for (table, id) in [("order_groups", "id"), ("group_events", "group_id")] {
            let condition = format!("WHERE {id} BETWEEN {first} AND {last} ORDER BY {id}");
            batch.read(session, table, &condition)?;
        }
    }
    let (was, is) = (from.sequences, to.sequences);
    for (table, number, first, end) in [
        ("events", "first", was.event, is.event),
        ("stock_movements", "first", was.movement, is.movement),
        ("postings", "first", was.posting, is.posting),
        ("answers", "first", from.marks.answer, to.marks.answer),
        ("effects", "number", was.effect, is.effect),
        (
            "unindexed",
            "number",
            from.marks.unindexed,
            to.marks.unindexed,
        ),
    ] {
        let (first, end) = (column(first), column(end));
        let condition = format!("WHERE {number} >= {first} AND {number} < {end} ORDER BY {number}");
        batch.read(session, table, &condition)?;
    }
    batch.read(session, "counters", "")?;
    batch.read(session, "sales", "ORDER BY quarter DESC LIMIT 1")
}

/// How many rows there are in the server's binary form.
fn count(data: &[u8]) -> usize {
    /// Of the head of a copy.
    const HEAD_BYTES: usize = 19;
    let (mut at, mut rows) = (HEAD_BYTES, 0);
    let number = |at: usize| {
        data.get(at..at + 4)
            .map(|b| i32::from_be_bytes(b.try_into().expect("four")))
    };
    while let Some(&[high, low]) = data.get(at..at + 2) {
        let fields = i16::from_be_bytes([high, low]);
        if fields < 0 {
            break;
        }
        at += 2;
        for _ in 0..fields {
            // −1 stands for nothing.
            let length = number(at).and_then(|length| usize::try_from(length).ok());
            at += 4 + length.unwrap_or(0);
        }
        rows += 1;
    }
    rows
}
