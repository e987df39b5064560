//! A batch's rows on their way to the server: new rows in bulk with `COPY`, others with one statement per table that
//! takes whole columns. Statements keep to what a distributed PostgreSQL accepts.
//!
//! Rows are put into form on one thread and sent from another, so that the server works on the first rows of a batch
//! while its last ones are still being put into form.

use super::session::{Parameter, Session};
use super::touched::Touched;
use crate::StoreError;
use crate::index::Entries;
use crate::rows::{self, Cell, Marks, RowSink, Sink, Table, Verb, statement};
use commerce::world::Delta;
use std::borrow::Cow;
use std::io::Write;
use std::sync::mpsc::{Receiver, Sender, channel};

/// From this many new rows on they are copied: below, one statement is fewer steps.
const COPY_FROM: usize = 64;
/// Copied rows are sent when so many bytes of them are there.
const PIECE_BYTES: usize = 64 * 1_024;
/// From this many groups on a batch is sent from a thread of its own: below, it takes longer to start one.
const BESIDE_FROM: usize = 128;
/// How a binary copy begins: its signature, no flags, no further header.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How it ends.
const COPY_END: [u8; 2] = (-1_i16).to_be_bytes();
/// Tables whose rows are nearly always there when they are put: they are changed, and put only when one was missing.
/// That is half of the work of looking for a conflict.
const MOSTLY_THERE: [&str; 1] = ["inventory_levels"];

/// What is sent next.
enum Step {
    /// New rows of a table come in pieces.
    Copy(&'static Table),
    /// Some of them.
    Piece(Vec<u8>),
    /// That was all of them.
    CopyEnd,
    /// Whole columns.
    Columns(&'static Table, Verb, Gathered),
}

/// What is known of a batch when its rows are in form.
pub struct Formed {
    /// The next marks.
    pub marks: Marks,
    /// What is to be indexed behind.
    pub entries: Entries,
    /// What it touches, as bytes.
    pub touched: Vec<u8>,
}

/// Writes all rows of a batch into the open transaction.
///
/// # Errors
/// When the server does not take them; the transaction must be thrown away.
pub fn write(session: &mut Session, delta: &Delta, marks: Marks) -> Result<Formed, StoreError> {
    let (next, steps) = channel();
    if delta.groups.len() < BESIDE_FROM {
        let formed = form(next, delta, marks)?;
        carry_out(session, &steps)?;
        return Ok(formed);
    }
    std::thread::scope(|scope| {
        // This thread puts rows into form: it has the memory for it from the batches before.
        let sender = scope.spawn(move || carry_out(session, &steps));
        let formed = form(next, delta, marks);
        let sent = sender.join();
        sent.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            .and(formed)
    })
}

/// Puts all rows of a batch into form.
fn form(next: Sender<Step>, delta: &Delta, marks: Marks) -> Result<Formed, StoreError> {
    let (marks, entries) = rows::write(&Former(next), delta, marks)?;
    let touched = Touched::of(delta).pack();
    Ok(Formed {
        marks,
        entries,
        touched,
    })
}

/// Puts rows into form.
struct Former(Sender<Step>);

impl Former {
    fn send(&self, step: Step) -> Result<(), StoreError> {
        // Who carries the steps out says why it stopped.
        self.0.send(step).map_err(|_| StoreError::Busy)
    }
}

impl Sink for Former {
    type Rows<'s> = Rows<'s>;

    fn rows(&self, table: &'static Table, verb: Verb) -> Result<Rows<'_>, StoreError> {
        Ok(Rows {
            former: self,
            table,
            verb,
            gathered: Gathered::default(),
            piece: None,
        })
    }
}

/// Rows of one table: gathered until all are there, or until they are worth a copy.
struct Rows<'f> {
    former: &'f Former,
    table: &'static Table,
    verb: Verb,
    gathered: Gathered,
    /// Rows to be copied that are not sent yet.
    piece: Option<Vec<u8>>,
}

impl RowSink for Rows<'_> {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        match &mut self.piece {
            Some(piece) => {
                copy_row(cells, piece);
                if piece.len() >= PIECE_BYTES {
                    let full = std::mem::replace(piece, Vec::with_capacity(PIECE_BYTES * 5 / 4));
                    self.former.send(Step::Piece(full))?;
                }
            }
            None => {
                self.gathered.put(cells);
                if self.verb == Verb::Append && self.gathered.count == COPY_FROM {
                    let gathered = std::mem::take(&mut self.gathered);
                    self.former.send(Step::Copy(self.table))?;
                    self.piece = Some(gathered.copy_data());
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        match self.piece {
            Some(mut piece) => {
                piece.extend_from_slice(&COPY_END);
                self.former.send(Step::Piece(piece))?;
                self.former.send(Step::CopyEnd)
            }
            None if self.gathered.count == 0 => Ok(()),
            None => {
                let step = Step::Columns(self.table, self.verb, self.gathered);
                self.former.send(step)
            }
        }
    }
}

/// Sends the steps as they come, until there are no more.
fn carry_out(session: &Session, steps: &Receiver<Step>) -> Result<(), StoreError> {
    for step in steps {
        match step {
            Step::Copy(table) => {
                let target = format!("{} ({})", table.name, table.columns.join(", "));
                copy(session, &target, pieces(steps))?;
            }
            Step::Columns(table, verb, rows) => put_columns(session, table, verb, &rows)?,
            Step::Piece(_) | Step::CopyEnd => panic!("a piece belongs to a copy"),
        }
    }
    Ok(())
}

/// The pieces of a copy; an error when they end before it.
fn pieces(steps: &Receiver<Step>) -> impl Iterator<Item = Result<Vec<u8>, StoreError>> {
    std::iter::from_fn(move || match steps.recv() {
        Ok(Step::Piece(piece)) => Some(Ok(piece)),
        Ok(Step::CopyEnd) => None,
        Ok(_) | Err(_) => Some(Err(StoreError::Busy)),
    })
}

/// Copies rows, in the server's binary form, into `target`: a table, and its columns if not all come in order.
pub fn copy<P: AsRef<[u8]>>(
    session: &Session,
    target: &str,
    pieces: impl Iterator<Item = Result<P, StoreError>>,
) -> Result<(), StoreError> {
    let text = format!("COPY {target} FROM STDIN (FORMAT binary)");
    let statement = session.prepared(&text)?;
    session.with(|client| {
        // Dropped before its end, it tells the server to forget all of it.
        let mut writer = client.copy_in(&statement)?;
        for piece in pieces {
            let sent = writer.write_all(piece?.as_ref());
            sent.and_then(|()| writer.flush())
                .map_err(|e| lost_copy(&e))?;
        }
        writer.finish()?;
        Ok(())
    })
}

/// Why a piece could not be sent: what the server said, or that it is gone.
fn lost_copy(error: &std::io::Error) -> StoreError {
    StoreError::Unreachable(error.to_string())
}

/// Carries out a verb on whole columns of rows.
fn put_columns(
    session: &Session,
    table: &'static Table,
    verb: Verb,
    rows: &Gathered,
) -> Result<(), StoreError> {
    let count = rows.count as u64;
    if verb == Verb::Put
        && MOSTLY_THERE.contains(&table.name)
        && rows.change(session, table, Verb::Change)? == count
    {
        return Ok(());
    }
    let changed = rows.change(session, table, verb)?;
    if verb == Verb::Change && changed != count {
        return Err(StoreError::Row {
            table: table.name,
            reason: format!("{changed} of {count} rows are there"),
        });
    }
    Ok(())
}

/// Adds a row in the binary form of a copy.
fn copy_row(cells: &[Cell<'_>], out: &mut Vec<u8>) {
    let fields = i16::try_from(cells.len()).expect("a table has few columns");
    out.extend_from_slice(&fields.to_be_bytes());
    for cell in cells {
        match cell {
            Cell::Null => out.extend_from_slice(&(-1_i32).to_be_bytes()),
            Cell::Int(number) => copy_field(&number.to_be_bytes(), out),
            Cell::Text(text) => copy_field(storable(text).as_bytes(), out),
            Cell::Blob(bytes) => copy_field(bytes, out),
        }
    }
}

fn copy_field(value: &[u8], out: &mut Vec<u8>) {
    let length = i32::try_from(value.len()).expect("a value is below 2 GiB");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(value);
}

/// A text without the one character that a text of this engine cannot hold.
fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Rows by column.
#[derive(Debug, Default)]
struct Gathered {
    columns: Vec<Column>,
    count: usize,
}

impl Gathered {
    /// Takes one row.
    fn put(&mut self, cells: &[Cell<'_>]) {
        if self.columns.is_empty() {
            self.columns = cells.iter().map(Column::for_cell).collect();
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        self.count += 1;
    }

    /// The rows as the first of those that are copied.
    fn copy_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(PIECE_BYTES * 5 / 4);
        data.extend_from_slice(COPY_HEADER);
        for index in 0..self.count {
            let cells: Vec<Cell<'_>> = self.columns.iter().map(|c| c.cell(index)).collect();
            copy_row(&cells, &mut data);
        }
        data
    }

    /// Carries out a verb on these rows; returns how many changed.
    fn change(
        &self,
        session: &Session,
        table: &'static Table,
        verb: Verb,
    ) -> Result<u64, StoreError> {
        let types: Vec<_> = self.columns.iter().map(Column::array_type).collect();
        let text = columns_statement(table, verb, &types);
        // Borrowed once more as what the driver takes as an array.
        enum Array<'a> {
            Ints(&'a Vec<Option<i64>>),
            Texts(Vec<&'a str>),
            Blobs(Vec<&'a [u8]>),
        }
        let arrays: Vec<Array<'_>> = self
            .columns
            .iter()
            .map(|column| match column {
                Column::Ints(column) => Array::Ints(column),
                Column::Texts(column) => {
                    let text = |bytes| std::str::from_utf8(bytes).expect("it was a text");
                    Array::Texts(column.all().into_iter().map(text).collect())
                }
                Column::Blobs(column) => Array::Blobs(column.all()),
            })
            .collect();
        let parameters: Vec<Parameter<'_>> = arrays
            .iter()
            .map(|array| match array {
                Array::Ints(array) => *array as Parameter<'_>,
                Array::Texts(array) => array,
                Array::Blobs(array) => array,
            })
            .collect();
        session.change(&text, &parameters)
    }
}

/// The values of one column.
#[derive(Debug)]
enum Column {
    Ints(Vec<Option<i64>>),
    Texts(Packed),
    Blobs(Packed),
}

/// Values one behind the other, and where each ends.
#[derive(Debug, Default)]
struct Packed {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Packed {
    fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, index: usize) -> &[u8] {
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[index]]
    }

    fn all(&self) -> Vec<&[u8]> {
        (0..self.ends.len()).map(|i| self.get(i)).collect()
    }
}

impl Column {
    fn for_cell(cell: &Cell<'_>) -> Self {
        match cell {
            Cell::Null | Cell::Int(_) => Column::Ints(Vec::new()),
            Cell::Text(_) => Column::Texts(Packed::default()),
            Cell::Blob(_) => Column::Blobs(Packed::default()),
        }
    }

    fn push(&mut self, cell: &Cell<'_>) {
        match (self, cell) {
            (Column::Ints(column), Cell::Int(number)) => column.push(Some(*number)),
            (Column::Ints(column), Cell::Null) => column.push(None),
            (Column::Texts(column), Cell::Text(text)) => column.push(storable(text).as_bytes()),
            (Column::Blobs(column), Cell::Blob(bytes)) => column.push(bytes),
            (column, cell) => panic!("a column has one type: {cell:?} after {column:?}"),
        }
    }

    fn array_type(&self) -> &'static str {
        match self {
            Column::Ints(_) => "bigint[]",
            Column::Texts(_) => "text[]",
            Column::Blobs(_) => "bytea[]",
        }
    }

    fn cell(&self, index: usize) -> Cell<'_> {
        let text = |bytes| std::str::from_utf8(bytes).expect("it was a text");
        match self {
            Column::Ints(column) => column[index].into(),
            Column::Texts(column) => Cell::Text(text(column.get(index))),
            Column::Blobs(column) => Cell::Blob(column.get(index)),
        }
    }
}

/// The statement for whole columns of rows: the one for a single row, with its values from arrays of these types.
fn columns_statement(table: &Table, verb: Verb, types: &[&str]) -> String {
    let arrays: Vec<String> = (1..)
        .zip(types)
        .map(|(n, t)| format!("${n}::{t}"))
        .collect();
    let arrays = arrays.join(", ");
    let (name, columns) = (table.name, table.columns);
    let key = &columns[..table.keys];
    let same_key = |other: &str| {
        let parts: Vec<_> = key
            .iter()
            .map(|c| format!("{name}.{c} = {other}.{c}"))
            .collect();
        parts.join(" AND ")
    };
    match verb {
        Verb::Append | Verb::Put | Verb::Add => {
            let one: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
            let one = format!("VALUES ({})", one.join(", "));
            statement(table, verb, '$').replacen(
                &one,
                &format!("SELECT * FROM unnest({arrays})"),
                1,
            )
        }
        Verb::Change => {
            let set: Vec<_> = columns[table.keys..]
                .iter()
                .map(|c| format!("{c} = n.{c}"))
                .collect();
            format!(
                "UPDATE {name} SET {} FROM unnest({arrays}) AS n ({}) WHERE {}",
                set.join(", "),
                columns.join(", "),
                same_key("n")
            )
        }
        Verb::Remove if key.len() == 1 => {
            format!("DELETE FROM {name} WHERE {} = ANY({arrays})", key[0])
        }
        Verb::Remove => format!(
            "DELETE FROM {name} USING unnest({arrays}) AS n ({}) WHERE {}",
            key.join(", "),
            same_key("n")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SALES: Table = Table::new("sales", &["quarter", "currency", "orders"], 2);

    #[test]
    fn statements_take_whole_columns() {
        let types = ["bigint[]", "text[]", "bigint[]"];
        for (verb, expected) in [
            (
                Verb::Append,
                "INSERT INTO sales (quarter, currency, orders) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[])",
            ),
            (
                Verb::Add,
                "INSERT INTO sales (quarter, currency, orders) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[]) \
                 ON CONFLICT (quarter, currency) DO UPDATE SET orders = sales.orders + excluded.orders",
            ),
            (
                Verb::Change,
                "UPDATE sales SET orders = n.orders FROM unnest($1::bigint[], $2::text[], $3::bigint[]) \
                 AS n (quarter, currency, orders) WHERE sales.quarter = n.quarter AND sales.currency = n.currency",
            ),
        ] {
            assert_eq!(columns_statement(&SALES, verb, &types), expected);
        }
        let remove = columns_statement(&SALES, Verb::Remove, &types[..2]);
        assert_eq!(
            remove,
            "DELETE FROM sales USING unnest($1::bigint[], $2::text[]) AS n (quarter, currency) \
             WHERE sales.quarter = n.quarter AND sales.currency = n.currency"
        );
    }

    #[test]
    fn a_copy_is_in_the_servers_binary_format() {
        let mut out = Vec::new();
        copy_row(&[Cell::Text("a\0b"), Cell::Null, Cell::Int(258)], &mut out);
        let text = [&[0, 3, 0, 0, 0, 5][..], "a\u{fffd}b".as_bytes()].concat();
        let numbers = [255, 255, 255, 255, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2];
        assert_eq!(out, [text, numbers.to_vec()].concat());
    }

    /// What is sent for so many new rows.
    fn sent(count: i64) -> Vec<Step> {
        let (next, steps) = channel();
        let former = Former(next);
        let mut rows = former.rows(&SALES, Verb::Append).expect("ready");
        for n in 0..count {
            rows.put(&[Cell::Int(n), Cell::Text("EUR"), Cell::Null])
                .expect("somebody takes them");
        }
        rows.finish().expect("somebody takes them");
        drop(former);
        steps.iter().collect()
    }

    #[test]
    fn few_rows_go_as_columns_and_many_are_copied_in_pieces() {
        assert!(sent(0).is_empty());
        let few = sent(COPY_FROM as i64 - 1);
        assert!(matches!(&few[..], [Step::Columns(_, _, rows)] if rows.count == COPY_FROM - 1));
        let row_bytes = 2 + 12 + 7 + 4;
        for count in [COPY_FROM, 10_000] {
            let many = sent(count as i64);
            assert!(matches!(many.first(), Some(Step::Copy(_))));
            assert!(matches!(many.last(), Some(Step::CopyEnd)));
            let pieces = many.iter().filter_map(|step| match step {
                Step::Piece(piece) => Some(&piece[..]),
                _ => None,
            });
            let data: Vec<u8> = pieces.flatten().copied().collect();
            assert_eq!(data.len(), COPY_HEADER.len() + count * row_bytes + 2);
            assert!(data.starts_with(COPY_HEADER) && data.ends_with(&COPY_END));
            assert_eq!(many.len() > 3, count > COPY_FROM);
        }
    }
}
