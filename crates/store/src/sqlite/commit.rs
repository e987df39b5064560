//! Writing a batch in one transaction, and indexing behind it.

use crate::StoreError;
use crate::codec::column;
use crate::index::{AnswerIndex, Entries, Kind, PAGES_PER_RUN, RUN_ENTRIES, Run, unpack};
use crate::rows::{Cell, Marks, RowSink, Sink, Table, Verb, write};
use commerce::world::Delta;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql, Transaction, params};
use std::sync::RwLock;

/// Rows of `unindexed` that wait at most: who looks for something reads them all.
const UNINDEXED_ROWS_MAX: usize = 512;
/// How long answers to repeated requests are kept, in milliseconds.
const ANSWERS_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Blocks of old answers that are removed in one go.
const ANSWERS_REMOVED: i64 = 64;

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Cell::Null => ValueRef::Null,
            Cell::Int(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// A statement that is carried out once per row.
pub struct Rows<'s> {
    statement: CachedStatement<'s>,
    table: &'static str,
    verb: Verb,
}

impl Sink for Transaction<'_> {
    type Rows<'s>
        = Rows<'s>
    where
        Self: 's;

    fn rows(&self, table: &'static Table, verb: Verb) -> Result<Rows<'_>, StoreError> {
        Ok(Rows {
            statement: self.prepare_cached(table.sqlite(verb))?,
            table: table.name,
            verb,
        })
    }
}

impl RowSink for Rows<'_> {
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError> {
        for (i, cell) in cells.iter().enumerate() {
            self.statement.raw_bind_parameter(i + 1, cell)?;
        }
        let changed = self.statement.raw_execute()?;
        if self.verb == Verb::Change && changed != 1 {
            return Err(StoreError::Row {
                table: self.table,
                reason: format!("the row of {:?} is gone", cells.first()),
            });
        }
        Ok(())
    }

    fn finish(self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Writes a batch; when it returns, the batch is on disk.
pub fn commit(
    connection: &mut Connection,
    delta: &Delta,
    marks: Marks,
) -> Result<(Marks, Entries), StoreError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let written = write(&transaction, delta, marks)?;
    transaction.commit()?;
    Ok(written)
}

/// What waits to be indexed, oldest first, with the last row's number.
pub fn unindexed(connection: &Connection) -> Result<(Entries, Option<u64>, usize), StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT number, body FROM unindexed ORDER BY number")?;
    let mut found = statement.query([])?;
    let (mut all, mut last, mut rows) = (Entries::default(), None, 0);
    while let Some(row) = found.next()? {
        let entries = unpack(row.get_ref(1)?.as_blob().unwrap_or_default());
        all.extend(&entries.ok_or_else(|| StoreError::Row {
            table: "unindexed",
            reason: "not a list of entries".to_string(),
        })?);
        (last, rows) = (Some(crate::codec::raw(row.get(0)?)), rows + 1);
    }
    Ok((all, last, rows))
}

/// What waits to be indexed, counted by the writing side, so that it need not be read to know.
#[derive(Debug, Default, Clone, Copy)]
pub struct Waiting {
    /// Entries.
    pub entries: usize,
    /// Rows.
    pub rows: usize,
}

impl Waiting {
    fn is_enough(self) -> bool {
        self.entries >= RUN_ENTRIES || self.rows >= UNINDEXED_ROWS_MAX
    }
}

/// Makes runs of what waits once there is enough, and forgets answers and their runs that are old enough.
pub fn index_behind(
    connection: &mut Connection,
    answers: &RwLock<AnswerIndex>,
    waiting: &mut Waiting,
    now: i64,
) -> Result<(), StoreError> {
    forget_answers(connection, answers, now)?;
    if !waiting.is_enough() {
        return Ok(());
    }
    // Locked from the start: a transaction that reads first cannot write once visits were counted in between.
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let (entries, last, _) = unindexed(&transaction)?;
    let mut made = Vec::new();
    for kind in Kind::ALL {
        if !entries.of(kind).is_empty() {
            let run = Run::of(entries.of(kind).to_vec());
            let number = put_run(&transaction, kind, &run, now)?;
            made.push((kind, number, run.filter));
        }
    }
    let last = last.map_or(0, column);
    transaction.execute("DELETE FROM unindexed WHERE number <= ?1", [last])?;
    transaction.commit()?;
    *waiting = Waiting::default();
    for (kind, number, filter) in made {
        if kind == Kind::Answer {
            super::changing(answers).ran(number, filter);
        }
    }
    Ok(())
}

fn put_run(
    transaction: &Transaction<'_>,
    kind: Kind,
    run: &Run,
    now: i64,
) -> Result<u64, StoreError> {
    let number: i64 = transaction.query_row(
        "SELECT coalesce(max(run), 0) + 1 FROM index_runs",
        [],
        |row| row.get(0),
    )?;
    transaction
        .prepare_cached(
            "INSERT INTO index_runs (run, kind, at, fences, filter) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            number,
            kind.column(),
            now,
            run.fences,
            run.filter.bytes()
        ])?;
    let mut pages =
        transaction.prepare_cached("INSERT INTO index_pages (id, body) VALUES (?1, ?2)")?;
    for (page, body) in run.pages.iter().enumerate() {
        pages.execute(params![number * column(PAGES_PER_RUN) + page as i64, body])?;
    }
    Ok(crate::codec::raw(number))
}

/// Removes answers older than a day, a few blocks at a time, and the runs that hold nothing younger.
fn forget_answers(
    connection: &mut Connection,
    answers: &RwLock<AnswerIndex>,
    now: i64,
) -> Result<(), StoreError> {
    let before = now - ANSWERS_KEPT_MS;
    let oldest = "SELECT at FROM answers ORDER BY first LIMIT 1";
    let is_old = |connection: &Connection| -> Result<bool, StoreError> {
        use rusqlite::OptionalExtension;
        let at: Option<i64> = connection
            .prepare_cached(oldest)?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(at.is_some_and(|at| at < before))
    };
    if !is_old(connection)? {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    transaction.execute(
        "DELETE FROM answers WHERE first IN (SELECT first FROM answers ORDER BY first LIMIT ?1) AND at < ?2",
        [ANSWERS_REMOVED, before],
    )?;
    let mut gone = Vec::new();
    {
        let old = "SELECT run FROM index_runs WHERE kind = ?1 AND at < ?2";
        let mut statement = transaction.prepare_cached(old)?;
        let mut found = statement.query([Kind::Answer.column(), before])?;
        while let Some(row) = found.next()? {
            gone.push(row.get::<_, i64>(0)?);
        }
    }
    for run in &gone {
        let first = run * column(PAGES_PER_RUN);
        let last = first + column(PAGES_PER_RUN) - 1;
        transaction.execute(
            "DELETE FROM index_pages WHERE id BETWEEN ?1 AND ?2",
            [first, last],
        )?;
        transaction.execute("DELETE FROM index_runs WHERE run = ?1", [run])?;
    }
    transaction.commit()?;
    let mut answers = super::changing(answers);
    gone.iter()
        .for_each(|run| answers.forget(crate::codec::raw(*run)));
    Ok(())
}
