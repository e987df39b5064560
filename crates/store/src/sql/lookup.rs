//! Finding what is indexed behind: in the runs, then in what waits.

use super::{Sql, row, rows};
use crate::StoreError;
use crate::block::{StoredAnswer, Told, answer_in};
use crate::codec::{CHECKOUTS, Stored, checkout_from, column, from_body};
use crate::index::{Entries, Found, Kind, PAGES_PER_RUN, answer_key, pages_of, unpack, values_in};
use crate::rows::Cell;
use commerce::checkout::Checkout;
use commerce::command::Outcome;
use commerce::id::CheckoutId;
use commerce::world::Answer;
use std::sync::Arc;

/// A hot row's body, read whole.
pub fn body<T: Stored>(
    sql: &impl Sql,
    table: &'static str,
    id: u64,
) -> Result<Option<T>, StoreError> {
    let text = format!("SELECT body FROM {table} WHERE id = ?1");
    row(sql, &text, &[Cell::Int(column(id))], |r| {
        from_body(table, r.bytes(0)?)
    })
}

/// A checkout, as it is beside its group.
pub fn checkout(sql: &impl Sql, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
    let text = format!("{CHECKOUTS} WHERE c.id = ?1");
    row(sql, &text, &[Cell::Int(column(id.0))], |r| {
        checkout_from(r.bytes(0)?, r.bytes_or_null(1)?)
    })
}

/// What waits to be indexed from a number on, oldest first, with the last row's number and how many rows.
pub fn unindexed(sql: &impl Sql, from: u64) -> Result<(Entries, Option<u64>, usize), StoreError> {
    let (mut all, mut last, mut count) = (Entries::default(), None, 0);
    let text = "SELECT number, body FROM unindexed WHERE number >= ?1 ORDER BY number";
    sql.ask(text, &[Cell::Int(column(from))], &mut |r| {
        let entries = unpack(r.bytes(1)?).ok_or_else(|| StoreError::Row {
            table: "unindexed",
            reason: "not a list of entries".to_string(),
        })?;
        all.extend(&entries);
        (last, count) = (Some(r.id(0)?), count + 1);
        Ok(())
    })?;
    Ok((all, last, count))
}

/// All values of a key, oldest run first.
pub fn values(sql: &impl Sql, kind: Kind, key: u64) -> Result<Vec<u64>, StoreError> {
    let text = "SELECT run, fences FROM index_runs WHERE kind = ?1 ORDER BY run";
    let runs = rows(sql, text, &[Cell::Int(kind.column())], |r| {
        Ok((r.id(0)?, r.bytes(1)?.to_vec()))
    })?;
    let mut out = Vec::new();
    for (run, fences) in runs {
        out.extend(values_of_run(sql, run, &fences, key)?);
    }
    let (waiting, _, _) = unindexed(sql, 0)?;
    let here = waiting.of(kind).iter().filter(|(k, _)| *k == key);
    out.extend(here.map(|(_, value)| *value));
    Ok(out)
}

/// The values of some keys: what is not indexed yet is read once for all.
pub fn values_of(sql: &impl Sql, kind: Kind, keys: &[u64]) -> Result<Found, StoreError> {
    let text = "SELECT run, fences FROM index_runs WHERE kind = ?1 ORDER BY run";
    let runs = rows(sql, text, &[Cell::Int(kind.column())], |r| {
        Ok((r.id(0)?, r.bytes(1)?.to_vec()))
    })?;
    let mut all = Found::of(keys);
    for key in keys {
        for (run, fences) in &runs {
            let found = values_of_run(sql, *run, fences, *key)?;
            found.into_iter().for_each(|value| all.note(*key, value));
        }
    }
    let (waiting, _, _) = unindexed(sql, 0)?;
    let here = waiting.of(kind).iter();
    here.for_each(|(key, value)| all.note(*key, *value));
    Ok(all)
}

fn values_of_run(
    sql: &impl Sql,
    run: u64,
    fences: &[u8],
    key: u64,
) -> Result<Vec<u64>, StoreError> {
    let pages = pages_of(fences, key);
    if pages.is_empty() {
        return Ok(Vec::new());
    }
    let id = |place: usize| Cell::Int(column(run * PAGES_PER_RUN) + place as i64);
    let text = "SELECT body FROM index_pages WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
    let found = rows(sql, text, &[id(pages.start), id(pages.end - 1)], |r| {
        Ok(values_in(r.bytes(0)?, key))
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// The values of a key in one run.
pub fn values_in_run(sql: &impl Sql, run: u64, key: u64) -> Result<Vec<u64>, StoreError> {
    let text = "SELECT fences FROM index_runs WHERE run = ?1";
    let fences = row(sql, text, &[Cell::Int(column(run))], |r| {
        Ok(r.bytes(0)?.to_vec())
    })?;
    fences.map_or(Ok(Vec::new()), |fences| {
        values_of_run(sql, run, &fences, key)
    })
}

/// The stored answer under a key among these numbers, with what it became.
pub fn answer_among(
    sql: &impl Sql,
    key: u128,
    numbers: &[u64],
) -> Result<Option<Answer>, StoreError> {
    let text = "SELECT first, body FROM answers WHERE first <= ?1 ORDER BY first DESC LIMIT 1";
    for number in numbers {
        let found = row(sql, text, &[Cell::Int(column(*number))], |r| {
            answer_in(r.id(0)?, r.bytes(1)?, *number)
        })?;
        if let Some(answer) = found.flatten().filter(|answer| answer.key == key) {
            return told(sql, answer);
        }
    }
    Ok(None)
}

/// The stored answer under a key, found without the writing side's memory.
pub fn answer(sql: &impl Sql, key: u128) -> Result<Option<Answer>, StoreError> {
    let numbers = values(sql, Kind::Answer, answer_key(key))?;
    answer_among(sql, key, &numbers)
}

/// An answer with what it refers to, as it is now.
fn told(sql: &impl Sql, answer: StoredAnswer) -> Result<Option<Answer>, StoreError> {
    let outcome = match answer.told {
        Told::Done => Some(Outcome::Done),
        Told::Saved(saved) => Some(Outcome::Saved(saved)),
        Told::Packet(packet) => Some(Outcome::Packet(packet)),
        Told::Cart(id) => body(sql, "carts", id.0)?.map(|c| Outcome::Cart(Arc::new(c))),
        Told::Checkout(id) => checkout(sql, id)?.map(|c| Outcome::Checkout(Arc::new(c))),
        Told::Group(id) => body(sql, "order_groups", id.0)?.map(|g| Outcome::Group(Arc::new(g))),
    };
    Ok(outcome.map(|outcome| Answer {
        request: answer.request,
        at: answer.at,
        outcome,
    }))
}
