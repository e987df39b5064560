//! Finding what is indexed behind: in the runs, then in what waits.

use super::commit::unindexed;
use crate::StoreError;
use crate::block::{StoredAnswer, Told, answer_in};
use crate::codec::{column, raw};
use crate::index::{Found, Kind, PAGES_PER_RUN, answer_key, pages_of, values_in};
use commerce::command::Outcome;
use commerce::world::Answer;
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;

/// All values of a key, oldest run first.
pub fn values(connection: &Connection, kind: Kind, key: u64) -> Result<Vec<u64>, StoreError> {
    let mut out = Vec::new();
    let mut statement = connection
        .prepare_cached("SELECT run, fences FROM index_runs WHERE kind = ?1 ORDER BY run")?;
    let mut runs = statement.query([kind.column()])?;
    while let Some(row) = runs.next()? {
        let run: i64 = row.get(0)?;
        let fences = row.get_ref(1)?.as_blob().unwrap_or_default();
        out.extend(values_of_run(connection, raw(run), fences, key)?);
    }
    let (waiting, _, _) = unindexed(connection)?;
    let here = waiting.of(kind).iter().filter(|(k, _)| *k == key);
    out.extend(here.map(|(_, value)| *value));
    Ok(out)
}

/// The values of some keys: what is not indexed yet is read once for all.
pub fn values_of(connection: &Connection, kind: Kind, keys: &[u64]) -> Result<Found, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT run, fences FROM index_runs WHERE kind = ?1 ORDER BY run")?;
    let mut all = Found::of(keys);
    let mut runs = statement.query([kind.column()])?;
    while let Some(row) = runs.next()? {
        let run: i64 = row.get(0)?;
        let fences = row.get_ref(1)?.as_blob().unwrap_or_default();
        for key in keys {
            let found = values_of_run(connection, raw(run), fences, *key)?;
            found.into_iter().for_each(|value| all.note(*key, value));
        }
    }
    let (waiting, _, _) = unindexed(connection)?;
    let here = waiting.of(kind).iter();
    here.for_each(|(key, value)| all.note(*key, *value));
    Ok(all)
}

fn values_of_run(
    connection: &Connection,
    run: u64,
    fences: &[u8],
    key: u64,
) -> Result<Vec<u64>, StoreError> {
    let mut out = Vec::new();
    let mut page = connection.prepare_cached("SELECT body FROM index_pages WHERE id = ?1")?;
    for place in pages_of(fences, key) {
        let id = column(run * PAGES_PER_RUN) + place as i64;
        let mut found = page.query([id])?;
        if let Some(row) = found.next()? {
            out.extend(values_in(
                row.get_ref(0)?.as_blob().unwrap_or_default(),
                key,
            ));
        }
    }
    Ok(out)
}

/// The values of a key in one run.
pub fn values_in_run(connection: &Connection, run: u64, key: u64) -> Result<Vec<u64>, StoreError> {
    let fences: Option<Vec<u8>> = connection
        .prepare_cached("SELECT fences FROM index_runs WHERE run = ?1")?
        .query_row([column(run)], |row| row.get(0))
        .optional()?;
    match fences {
        Some(fences) => values_of_run(connection, run, &fences, key),
        None => Ok(Vec::new()),
    }
}

/// The stored answer under a key among these numbers, with what it became.
pub fn answer_among(
    connection: &Connection,
    key: u128,
    numbers: &[u64],
) -> Result<Option<Answer>, StoreError> {
    let mut block = connection.prepare_cached(
        "SELECT first, body FROM answers WHERE first <= ?1 ORDER BY first DESC LIMIT 1",
    )?;
    for number in numbers {
        let mut found = block.query([column(*number)])?;
        let Some(row) = found.next()? else { continue };
        let (first, body) = (
            raw(row.get(0)?),
            row.get_ref(1)?.as_blob().unwrap_or_default(),
        );
        if let Some(answer) = answer_in(first, body, *number)?
            && answer.key == key
        {
            return told(connection, answer);
        }
    }
    Ok(None)
}

/// The stored answer under a key, found without the writing side's memory.
pub fn answer(connection: &Connection, key: u128) -> Result<Option<Answer>, StoreError> {
    let numbers = values(connection, Kind::Answer, answer_key(key))?;
    answer_among(connection, key, &numbers)
}

/// An answer with what it refers to, as it is now.
fn told(connection: &Connection, answer: StoredAnswer) -> Result<Option<Answer>, StoreError> {
    let outcome = match answer.told {
        Told::Done => Some(Outcome::Done),
        Told::Saved(saved) => Some(Outcome::Saved(saved)),
        Told::Packet(packet) => Some(Outcome::Packet(packet)),
        Told::Cart(id) => {
            super::body(connection, "carts", id.0)?.map(|c| Outcome::Cart(Arc::new(c)))
        }
        Told::Checkout(id) => {
            super::checkout(connection, id)?.map(|c| Outcome::Checkout(Arc::new(c)))
        }
        Told::Group(id) => {
            super::body(connection, "order_groups", id.0)?.map(|g| Outcome::Group(Arc::new(g)))
        }
    };
    Ok(outcome.map(|outcome| Answer {
        request: answer.request,
        at: answer.at,
        outcome,
    }))
}
