//! A batch's rows on their way to the server: new rows in bulk with `COPY`, others with one statement per table that
//! takes whole columns. Statements keep to what a distributed PostgreSQL accepts.

use super::session::{Parameter, Session};
use crate::StoreError;
use crate::rows::{Cell, RowSink, Sink, Table, Verb, statement};
use std::io::Write;

/// From this many new rows on they are copied: below, one statement is fewer steps.
const COPY_FROM: usize = 64;
/// How a binary copy begins: its signature, no flags, no further header.
const COPY_HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How it ends.
const COPY_END: [u8; 2] = (-1_i16).to_be_bytes();

/// A transaction under way.
pub struct Batch<'s>(pub &'s Session);

impl Sink for Batch<'_> {
    type Rows<'s>
        = Rows<'s>
    where
        Self: 's;

    fn rows(&self, table: &'static Table, verb: Verb) -> Result<Rows<'_>, StoreError> {
        Ok(Rows {
            session: self.0,
            table,
            verb,
            gathered: Gathered::default(),
        })
    }
}

/// Rows of one table, gathered until all are there.
pub struct Rows<'s> {
    session: &'s Session,
    table: &'static Table,
    verb: Verb,
    gathered: Gathered,
}

/// Rows by column.
#[derive(Debug, Default)]
pub struct Gathered {
    columns: Vec<Column>,
    count: usize,
}

impl Gathered {
    /// Takes one row.
    pub fn put(&mut self, cells: &[Cell<'_>]) {
        if self.columns.is_empty() {
            self.columns = cells.iter().map(Column::for_cell).collect();
        }
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        self.count += 1;
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The rows as the server takes them in bulk.
    pub fn copy_data(&self) -> Vec<u8> {
        let mut data = COPY_HEADER.to_vec();
        let fields = i16::try_from(self.columns.len()).expect("a table has few columns");
        for index in 0..self.count {
            data.extend_from_slice(&fields.to_be_bytes());
            for column in &self.columns {
                column.copy(index, &mut data);
            }
        }
        data.extend_from_slice(&COPY_END);
        data
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
            // The one character that a text of this engine cannot hold.
            (Column::Texts(column), Cell::Text(text)) if text.contains('\0') => {
                column.push(text.replace('\0', "\u{fffd}").as_bytes());
            }
            (Column::Texts(column), Cell::Text(text)) => column.push(text.as_bytes()),
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

    fn copy(&self, index: usize, out: &mut Vec<u8>) {
        let put = |out: &mut Vec<u8>, value: &[u8]| {
            let length = i32::try_from(value.len()).expect("a value is below 2 GiB");
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(value);
        };
        match self {
            Column::Ints(column) => match column[index] {
                Some(number) => put(out, &number.to_be_bytes()),
                None => out.extend_from_slice(&(-1_i32).to_be_bytes()),
            },
            Column::Texts(column) | Column::Blobs(column) => put(out, column.get(index)),
        }
    }
}

impl RowSink for Rows<'_> {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        self.gathered.put(cells);
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        if self.gathered.count == 0 {
            return Ok(());
        }
        if self.verb == Verb::Append && self.gathered.count >= COPY_FROM {
            return self.copy();
        }
        let changed = self.change()?;
        if self.verb == Verb::Change && changed != self.gathered.count as u64 {
            return Err(StoreError::Row {
                table: self.table.name,
                reason: format!("{changed} of {} rows are there", self.gathered.count),
            });
        }
        Ok(())
    }
}

impl Rows<'_> {
    fn copy(&self) -> Result<(), StoreError> {
        copy(self.session, self.table.name, self.table, &self.gathered)
    }

    fn change(&self) -> Result<u64, StoreError> {
        let types: Vec<_> = self
            .gathered
            .columns
            .iter()
            .map(Column::array_type)
            .collect();
        let text = columns_statement(self.table, self.verb, &types);
        // Borrowed once more as what the driver takes as an array.
        enum Array<'a> {
            Ints(&'a Vec<Option<i64>>),
            Texts(Vec<&'a str>),
            Blobs(Vec<&'a [u8]>),
        }
        let arrays: Vec<Array<'_>> = self
            .gathered
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
        self.session.change(&text, &parameters)
    }
}

/// Copies rows into a table, `name`, that has the columns of `table`.
pub fn copy(
    session: &Session,
    name: &str,
    table: &Table,
    rows: &Gathered,
) -> Result<(), StoreError> {
    let columns = table.columns.join(", ");
    let text = format!("COPY {name} ({columns}) FROM STDIN (FORMAT binary)");
    let data = rows.copy_data();
    let statement = session.prepared(&text)?;
    session.with(|client| {
        let mut writer = client.copy_in(&statement)?;
        let sent = writer.write_all(&data);
        sent.map_err(|e| StoreError::Unreachable(e.to_string()))?;
        writer.finish()?;
        Ok(())
    })
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

    static SALES: Table = Table {
        name: "sales",
        columns: &["quarter", "currency", "orders"],
        keys: 2,
    };

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
        let mut column = Column::for_cell(&Cell::Text(""));
        column.push(&Cell::Text("a\0b"));
        let mut out = Vec::new();
        column.copy(0, &mut out);
        assert_eq!(out, [&[0, 0, 0, 5][..], "a\u{fffd}b".as_bytes()].concat());
        let mut column = Column::for_cell(&Cell::Null);
        column.push(&Cell::Null);
        column.push(&Cell::Int(258));
        out.clear();
        column.copy(0, &mut out);
        column.copy(1, &mut out);
        assert_eq!(
            out,
            [255, 255, 255, 255, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 1, 2]
        );
    }
}
