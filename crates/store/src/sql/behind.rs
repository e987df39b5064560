//! Indexing behind the hot tables: what waits becomes runs once there is enough of it, and answers and their runs go
//! when they are old enough.

use super::{Sql, lookup, row, rows};
use crate::StoreError;
use crate::codec::{column, raw};
use crate::index::{Filter, Kind, PAGES_PER_RUN, RUN_ENTRIES, Run};
use crate::rows::Cell;

/// Rows of `unindexed` that wait at most: who looks for something reads them all.
const UNINDEXED_ROWS_MAX: usize = 512;
/// How long answers to repeated requests are kept, in milliseconds.
const ANSWERS_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Blocks of old answers that are removed in one go.
const ANSWERS_REMOVED: i64 = 64;

/// What waits to be indexed, counted by the writing side, so that it need not be read to know.
#[derive(Debug, Default, Clone, Copy)]
pub struct Waiting {
    /// Entries.
    pub entries: usize,
    /// Rows.
    pub rows: usize,
}

impl Waiting {
    /// Whether a run is to be made.
    pub fn is_enough(self) -> bool {
        self.entries >= RUN_ENTRIES || self.rows >= UNINDEXED_ROWS_MAX
    }
}

/// Makes runs of all that waits; returns the run of answers, if there is one. Within a transaction.
pub fn make_runs(sql: &impl Sql, now: i64) -> Result<Option<(u64, Filter)>, StoreError> {
    let (entries, last, _) = lookup::unindexed(sql, 0)?;
    let mut answers = None;
    for kind in Kind::ALL {
        if entries.of(kind).is_empty() {
            continue;
        }
        let run = Run::of(entries.of(kind).to_vec());
        let number = put_run(sql, kind, &run, now)?;
        if kind == Kind::Answer {
            answers = Some((number, run.filter));
        }
    }
    let last = Cell::Int(last.map_or(0, column));
    sql.execute("DELETE FROM unindexed WHERE number <= ?1", &[last])?;
    Ok(answers)
}

fn put_run(sql: &impl Sql, kind: Kind, run: &Run, now: i64) -> Result<u64, StoreError> {
    let next = "SELECT coalesce(max(run), 0) + 1 FROM index_runs";
    let number = row(sql, next, &[], |r| r.int(0))?.unwrap_or(1);
    sql.execute(
        "INSERT INTO index_runs (run, kind, at, fences, filter) VALUES (?1, ?2, ?3, ?4, ?5)",
        &[
            Cell::Int(number),
            Cell::Int(kind.column()),
            Cell::Int(now),
            Cell::Blob(&run.fences),
            Cell::Blob(run.filter.bytes()),
        ],
    )?;
    for (page, body) in run.pages.iter().enumerate() {
        let id = Cell::Int(number * column(PAGES_PER_RUN) + page as i64);
        let text = "INSERT INTO index_pages (id, body) VALUES (?1, ?2)";
        sql.execute(text, &[id, Cell::Blob(body)])?;
    }
    Ok(raw(number))
}

/// Whether there are answers that are old enough to go.
pub fn has_old_answers(sql: &impl Sql, now: i64) -> Result<bool, StoreError> {
    let oldest = "SELECT at FROM answers ORDER BY first LIMIT 1";
    let at = row(sql, oldest, &[], |r| r.int(0))?;
    Ok(at.is_some_and(|at| at < now - ANSWERS_KEPT_MS))
}

/// Removes answers older than a day, a few blocks at a time, and the runs that hold nothing younger; returns those
/// runs. Within a transaction.
pub fn forget_answers(sql: &impl Sql, now: i64) -> Result<Vec<u64>, StoreError> {
    let before = now - ANSWERS_KEPT_MS;
    let oldest = "SELECT first, at FROM answers ORDER BY first LIMIT ?1";
    let oldest = rows(sql, oldest, &[Cell::Int(ANSWERS_REMOVED)], |r| {
        Ok((r.int(0)?, r.int(1)?))
    })?;
    if let Some((last, _)) = oldest.iter().rfind(|(_, at)| *at < before) {
        sql.execute("DELETE FROM answers WHERE first <= ?1", &[Cell::Int(*last)])?;
    }
    let old = "SELECT run FROM index_runs WHERE kind = ?1 AND at < ?2";
    let kind = Cell::Int(Kind::Answer.column());
    let gone = rows(sql, old, &[kind, Cell::Int(before)], |r| r.id(0))?;
    for run in &gone {
        let first = column(run * PAGES_PER_RUN);
        let last = first + column(PAGES_PER_RUN) - 1;
        let pages = [Cell::Int(first), Cell::Int(last)];
        sql.execute("DELETE FROM index_pages WHERE id BETWEEN ?1 AND ?2", &pages)?;
        sql.execute(
            "DELETE FROM index_runs WHERE run = ?1",
            &[Cell::Int(column(*run))],
        )?;
    }
    Ok(gone)
}

/// The runs of answers that are there, oldest first.
pub fn answer_runs(sql: &impl Sql) -> Result<Vec<u64>, StoreError> {
    let text = "SELECT run FROM index_runs WHERE kind = ?1 ORDER BY run";
    rows(sql, text, &[Cell::Int(Kind::Answer.column())], |r| r.id(0))
}

/// The filter of a run.
pub fn filter(sql: &impl Sql, run: u64) -> Result<Filter, StoreError> {
    let text = "SELECT filter FROM index_runs WHERE run = ?1";
    let found = row(sql, text, &[Cell::Int(column(run))], |r| {
        Ok(r.bytes(0)?.to_vec())
    })?;
    found.and_then(Filter::from_bytes).ok_or(StoreError::Row {
        table: "index_runs",
        reason: "not a filter".to_string(),
    })
}
