//! Taking turns over session-level advisory locks: who writes holds one, and since it lies on the connection that
//! commits, a lost connection loses both. Who waits says so with a second one. Every batch leaves a row that names
//! it and what it touched.

use super::session::Session;
use super::touched::Touched;
use crate::StoreError;
use crate::codec::{column, raw};
use crate::rows::{Cell, Marks};
use crate::sql::{self, Sql, load};
use crate::turn::{Foreign, ForeignBatch};
use commerce::campaign::Quota;
use commerce::id::{GroupId, ProductId};
use commerce::world::{Delta, KeySet, Record, Rows, Sequences};
use postgres::SimpleQueryMessage;
use std::collections::BTreeSet;

/// What the locks of one program have in common within a database: "sesa" in ASCII.
const CLASS: i32 = 0x7365_7361;
/// Held by who writes.
const TURN: i32 = 1;
/// Shared by those who wait for the turn.
const WAITING: i32 = 2;
/// Held by who carries out what only one may.
const JOBS: i32 = 3;
/// Held while the schema is changed.
pub const MIGRATING: i32 = 4;
/// The first of the locks for the numbers of servers.
const NODES: i32 = 100;
/// Servers on one database: the numbers that ids have room for.
const NODES_MAX: i32 = 16;
/// What followers listen to.
pub const CHANNEL: &str = "sesame_batches";
/// Batches that are read at once to catch up: more, and everything is read anew.
const CATCH_UP_MAX: usize = 20_000;

/// Waits for a lock until the transaction ends.
pub fn lock_transaction(session: &Session, lock: i32) -> Result<(), StoreError> {
    session.plain(&format!("SELECT pg_advisory_xact_lock({CLASS}, {lock})"))
}

fn is_true(session: &Session, text: &str) -> Result<bool, StoreError> {
    let rows = session.query(text, &[])?;
    Ok(rows.first().is_some_and(|row| row.get(0)))
}

/// Waits for the turn; returns the number of the last batch.
pub fn take(session: &Session) -> Result<u64, StoreError> {
    // Each statement sees what was committed before it began, so the last one sees all that others wrote.
    let text = format!(
        "SELECT pg_advisory_lock_shared({CLASS}, {WAITING});
         SELECT pg_advisory_lock({CLASS}, {TURN});
         SELECT pg_advisory_unlock_shared({CLASS}, {WAITING});
         SELECT coalesce(max(number), 0) AS number FROM batches"
    );
    let answer = session.with(|client| client.simple_query(&text));
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            // What was locked before stays locked.
            let unlock = format!("SELECT pg_advisory_unlock_shared({CLASS}, {WAITING})");
            session.plain(&unlock)?;
            return Err(error.into());
        }
    };
    let last = answer.iter().rev().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get("number")?.parse().ok(),
        _ => None,
    });
    last.ok_or_else(|| StoreError::Engine("the last batch has no number".to_string()))
}

/// Gives the turn up.
pub fn give(session: &Session) -> Result<(), StoreError> {
    session.plain(&format!("SELECT pg_advisory_unlock({CLASS}, {TURN})"))
}

/// Whether others wait for the turn.
pub fn is_wanted(session: &Session) -> Result<bool, StoreError> {
    let text = format!(
        "SELECT CASE WHEN pg_try_advisory_lock({CLASS}, {WAITING})
             THEN NOT pg_advisory_unlock({CLASS}, {WAITING}) ELSE true END"
    );
    is_true(session, &text)
}

/// Takes on what only one server may do, unless another has it.
pub fn lead(session: &Session) -> Result<bool, StoreError> {
    is_true(
        session,
        &format!("SELECT pg_try_advisory_lock({CLASS}, {JOBS})"),
    )
}

/// Takes a server's number, this one if it is given, for as long as the connection lasts; ids are made with it.
pub fn take_node(session: &Session, wanted: Option<u8>) -> Result<u8, StoreError> {
    let numbers = match wanted {
        Some(node) => i32::from(node)..i32::from(node) + 1,
        None => 0..NODES_MAX,
    };
    for node in numbers {
        let text = format!("SELECT pg_try_advisory_lock({CLASS}, {})", NODES + node);
        if is_true(session, &text)? {
            return Ok(u8::try_from(node).unwrap_or(0));
        }
    }
    Err(match wanted {
        None => StoreError::Refused(format!("{NODES_MAX} servers work on it already")),
        Some(_) => StoreError::Busy,
    })
}

/// What is known after a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// The batch's own.
    pub batch: u64,
    /// The next of each ordered table.
    pub sequences: Sequences,
    /// The next that the store gives by itself.
    pub marks: Marks,
}

impl Numbers {
    /// The numbers after a further batch.
    pub fn after(&self, delta: &Delta, marks: Marks) -> Self {
        let was = self.sequences;
        let next = |last: Option<u64>, was: u64| last.map_or(was, |n| n + 1);
        Self {
            batch: self.batch + 1,
            sequences: Sequences {
                event: next(delta.events.last().map(|e| e.position), was.event),
                movement: next(delta.movements.last().map(|m| m.number), was.movement),
                posting: next(delta.postings.last().map(|p| p.number), was.posting),
                effect: next(delta.effects.last().map(|e| e.number), was.effect),
            },
            marks,
        }
    }
}

/// Writes the row of a batch and wakes those who follow, within its transaction; `touched` is packed.
pub fn put_batch(
    session: &Session,
    numbers: &Numbers,
    writer: i64,
    touched: &[u8],
) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO batches (number, writer, at, event, movement, posting, effect, answer, unindexed, touched)
         VALUES ($1, $2, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT), $3, $4, $5, $6, $7, $8, $9)
         RETURNING pg_notify('{CHANNEL}', '')"
    );
    let Sequences {
        event,
        movement,
        posting,
        effect,
    } = numbers.sequences;
    let all = [
        event,
        movement,
        posting,
        effect,
        numbers.marks.answer,
        numbers.marks.unindexed,
    ];
    let [event, movement, posting, effect, answer, unindexed] = all.map(column);
    session.query(
        &text,
        &[
            &column(numbers.batch),
            &writer,
            &event,
            &movement,
            &posting,
            &effect,
            &answer,
            &unindexed,
            &touched,
        ],
    )?;
    Ok(())
}

/// Whether a batch of this writer is there under this number.
pub fn is_written(session: &Session, number: u64, writer: i64) -> Result<bool, StoreError> {
    let text = "SELECT number FROM batches WHERE number = $1 AND writer = $2";
    Ok(!session.query(text, &[&column(number), &writer])?.is_empty())
}

/// The numbers after the last batch, if there was one.
pub fn last_numbers(session: &Session) -> Result<Option<Numbers>, StoreError> {
    let text = "SELECT number, writer, event, movement, posting, effect, answer, unindexed, touched
                FROM batches ORDER BY number DESC LIMIT 1";
    let rows = session.query(text, &[])?;
    Ok(rows.first().map(numbers_in))
}

/// The numbers in a row of `batches`, with its columns in order.
pub fn numbers_in(row: &postgres::Row) -> Numbers {
    let number = |index: usize| raw(row.get(index));
    Numbers {
        batch: number(0),
        sequences: Sequences {
            event: number(2),
            movement: number(3),
            posting: number(4),
            effect: number(5),
        },
        marks: Marks {
            answer: number(6),
            unindexed: number(7),
        },
    }
}

/// What was written after a batch, by others than `me`.
pub struct Since {
    /// The numbers after the last batch.
    pub numbers: Numbers,
    /// What others touched.
    pub touched: Vec<Touched>,
}

/// Batches after `known`; `None` when some of them are not kept any more, or there are too many.
pub fn since(session: &Session, known: &Numbers, me: i64) -> Result<Option<Since>, StoreError> {
    let text = "SELECT number, writer, event, movement, posting, effect, answer, unindexed, touched
                FROM batches WHERE number > $1 ORDER BY number LIMIT $2";
    let limit = CATCH_UP_MAX as i64;
    let rows = session.query(text, &[&column(known.batch), &limit])?;
    let mut since = Since {
        numbers: *known,
        touched: Vec::new(),
    };
    for row in &rows {
        let numbers = numbers_in(row);
        if numbers.batch != since.numbers.batch + 1 {
            return Ok(None);
        }
        since.numbers = numbers;
        if row.get::<_, i64>(1) != me {
            since.touched.push(Touched::unpack(row.get(8))?);
        }
    }
    Ok((rows.len() < CATCH_UP_MAX).then_some(since))
}

/// What followers need of batches of others, with rows as they are now.
pub fn foreign_batch(
    session: &Session,
    known: &Numbers,
    since: &Since,
) -> Result<ForeignBatch, StoreError> {
    let mut keys = KeySet::default();
    let (mut variants, mut groups) = (BTreeSet::new(), BTreeSet::new());
    for touched in &since.touched {
        keys.records.extend(&touched.records);
        let is_shared = |q: &&Quota| q.counted.is_shared();
        keys.quotas.extend(touched.quotas.iter().filter(is_shared));
        keys.ratings
            .extend(touched.rated.iter().map(|id| ProductId(*id)));
        variants.extend(&touched.variants);
        groups.extend(touched.groups.iter().map(|id| GroupId(*id)));
    }
    let variants: Vec<u64> = variants.into_iter().collect();
    let mut delta = Delta {
        levels: load::levels_of(session, &variants)?,
        quotas: load::quotas(session, &keys)?,
        ratings: load::ratings(session, &keys)?,
        ..Delta::default()
    };
    for record in load::records(session, &keys)? {
        if let Record::Product(product) = &record {
            let skus = product.variants.iter().map(|v| (v.sku.clone(), v.id));
            delta.skus.extend(skus);
        }
        delta.records.push(record.into());
    }
    let span = known.sequences.effect..since.numbers.sequences.effect;
    if !span.is_empty() {
        let effects = load::effects(session, span.start, usize::MAX)?;
        delta.effects = effects
            .into_iter()
            .filter(|e| span.contains(&e.number))
            .collect();
    }
    Ok(ForeignBatch {
        number: since.numbers.batch,
        position: since.numbers.sequences.event - 1,
        delta,
        groups: groups.into_iter().collect(),
    })
}

/// What the working set must forget, and what followers need.
pub fn foreign(session: &Session, known: &Numbers, since: &Since) -> Result<Foreign, StoreError> {
    let mut stale = KeySet::default();
    let mut last_id = 0;
    for touched in &since.touched {
        touched.forget_in(&mut stale);
        last_id = last_id.max(touched.last_id());
    }
    let batch = foreign_batch(session, known, since)?;
    let is_resident = |record: &&std::sync::Arc<Record>| record.kind().is_resident();
    let resident = batch.delta.records.iter().filter(is_resident);
    let rows = Rows {
        records: resident.map(|record| Record::clone(record)).collect(),
        levels: batch.delta.levels.clone(),
        ..Rows::default()
    };
    Ok(Foreign {
        stale,
        rows,
        last_id,
        sequences: since.numbers.sequences,
        batch,
    })
}

/// Removes rows of batches that ended before a time, but not the last one.
pub fn forget_batches(session: &Session, before: i64, last: u64) -> Result<(), StoreError> {
    let text = "DELETE FROM batches WHERE at < ?1 AND number < ?2";
    session.execute(text, &[Cell::Int(before), Cell::Int(column(last))])?;
    Ok(())
}

/// Whether the table of batches is there: without it there is no shop.
pub fn has_shop(session: &Session) -> Result<bool, StoreError> {
    let text = "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('batches')";
    let found = sql::row(session, text, &[], |r| r.int(0))?;
    Ok(found == Some(1))
}
