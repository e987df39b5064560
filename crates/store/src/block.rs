//! Blocks: entries of an append-only table, up to [`ENTRIES_MAX`] in one row. Numbers rise by one within a
//! block, so that only the first is kept; times are kept as what is added to the entry before.

use crate::StoreError;
use crate::codec::{column, compact_from};
use crate::compact::Compact;
use crate::rows::{Cell, RowSink, Sink, Table, Verb};
use commerce::command::{Actor, Channel, DrawnPacket, Outcome, Saved};
use commerce::event::{Event, What};
use commerce::id::{CartId, CheckoutId, GroupId, VariantId};
use commerce::ledger::{Account, Posting, PostingCause};
use commerce::money::Currency;
use commerce::stock::{Movement, StockAccount, StockCause};
use commerce::world::Answer;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Entries in one block at most.
pub const ENTRIES_MAX: usize = 1_024;

/// Asks a table for the number after its last: one row, or none while it is empty. Blocks are in the order of their
/// numbers; the greatest sum of two columns would be looked for in all of them, which takes longer the more there are.
pub fn next_number(table: &str) -> String {
    format!("SELECT first + entries FROM {table} ORDER BY first DESC LIMIT 1")
}

/// Writes blocks with one buffer.
#[derive(Default)]
pub struct Blocks {
    body: Vec<u8>,
}

impl Blocks {
    /// Writes entries, each with its number and time, and tells of each the first number of its block and
    /// its place among all.
    pub fn write<T: Serialize>(
        &mut self,
        sink: &impl Sink,
        table: &'static Table,
        entries: impl ExactSizeIterator<Item = (u64, i64, T)>,
        mut told: impl FnMut(u64, usize),
    ) -> Result<(), StoreError> {
        if entries.len() == 0 {
            return Ok(());
        }
        let mut rows = sink.rows(table, Verb::Append)?;
        let (mut first, mut count, mut last) = (0, 0, 0);
        for (i, (number, at, entry)) in entries.enumerate() {
            // A gap ends a block: numbers within one rise by one.
            if count == ENTRIES_MAX || (count > 0 && number != first + count as u64) {
                put(&mut rows, first, count, last, &self.body)?;
                count = 0;
            }
            if count == 0 {
                (first, last) = (number, 0);
                self.body.clear();
                self.body.push(crate::codec::COMPACT_VERSION);
            }
            Compact(&mut self.body).append(&(at - last, entry));
            (count, last) = (count + 1, at);
            told(first, i);
        }
        put(&mut rows, first, count, last, &self.body)?;
        rows.finish()
    }
}

fn put(
    rows: &mut impl RowSink,
    first: u64,
    count: usize,
    at: i64,
    body: &[u8],
) -> Result<(), StoreError> {
    rows.put(&[
        Cell::Int(column(first)),
        Cell::Int(count as i64),
        Cell::Int(at),
        Cell::Blob(body),
    ])
}

/// Reads a block's entries: number and time of each.
fn read<T: DeserializeOwned>(
    table: &'static str,
    first: u64,
    body: &[u8],
    mut take: impl FnMut(u64, i64, T),
) -> Result<(), StoreError> {
    let mut rest = compact_from(table, body)?;
    let (mut number, mut last) = (first, 0);
    while !rest.is_empty() {
        let ((passed, entry), left): ((i64, T), _) =
            postcard::take_from_bytes(rest).map_err(|e| StoreError::Row {
                table,
                reason: format!("entry {number}: {e}"),
            })?;
        last += passed;
        take(number, last, entry);
        (number, rest) = (number + 1, left);
    }
    Ok(())
}

type StoredEvent = (Actor, Channel, What);

/// An event as it is stored.
pub fn event(event: &Event) -> impl Serialize {
    (event.actor, event.channel, &event.what)
}

/// The events of a block.
pub fn events(first: u64, body: &[u8]) -> Result<Vec<Event>, StoreError> {
    let mut out = Vec::new();
    let take = |position, at, (actor, channel, what): StoredEvent| {
        out.push(Event {
            position,
            at,
            actor,
            channel,
            what,
        });
    };
    read("events", first, body, take)?;
    Ok(out)
}

type StoredMovement = (VariantId, i64, StockAccount, StockAccount, StockCause);

/// A movement as it is stored.
pub fn movement(m: &Movement) -> impl Serialize {
    (m.variant, m.quantity, m.from, m.to, m.cause)
}

/// The movements of a block.
pub fn movements(first: u64, body: &[u8]) -> Result<Vec<Movement>, StoreError> {
    let mut out = Vec::new();
    let take = |number, at, (variant, quantity, from, to, cause): StoredMovement| {
        out.push(Movement {
            number,
            at,
            variant,
            quantity,
            from,
            to,
            cause,
        });
    };
    read("stock_movements", first, body, take)?;
    Ok(out)
}

type StoredPosting = (Account, Account, i64, Currency, PostingCause);

/// A posting as it is stored.
pub fn posting(p: &Posting) -> impl Serialize {
    (p.from, p.to, p.amount, p.currency, p.cause)
}

/// The postings of a block.
pub fn postings(first: u64, body: &[u8]) -> Result<Vec<Posting>, StoreError> {
    let mut out = Vec::new();
    let take = |number, at, (from, to, amount, currency, cause): StoredPosting| {
        out.push(Posting {
            number,
            at,
            from,
            to,
            amount,
            currency,
            cause,
        });
    };
    read("postings", first, body, take)?;
    Ok(out)
}

/// What a request was told: a reference to what it became, which is shown as it is by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    /// Done; there was nothing to show.
    Done,
    /// Records or products were saved.
    Saved(Saved),
    /// A cart.
    Cart(CartId),
    /// A checkout.
    Checkout(CheckoutId),
    /// An order group.
    Group(GroupId),
    /// A red packet.
    Packet(DrawnPacket),
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The idempotency key.
    pub key: u128,
    /// The request's hash.
    pub request: u64,
    /// When it was given, in UTC milliseconds.
    pub at: i64,
    /// What was told.
    pub told: Told,
}

/// An answer as it is stored.
pub fn answer(key: u128, answer: &Answer) -> impl Serialize + use<> {
    let told = match &answer.outcome {
        Outcome::Done => Told::Done,
        Outcome::Saved(saved) => Told::Saved(saved.clone()),
        Outcome::Cart(cart) => Told::Cart(cart.id),
        Outcome::Checkout(checkout) => Told::Checkout(checkout.id),
        Outcome::Group(group) => Told::Group(group.id),
        Outcome::Packet(packet) => Told::Packet(*packet),
    };
    (key, answer.request, told)
}

/// The answer with this number in a block, if it is there.
pub fn answer_in(first: u64, body: &[u8], number: u64) -> Result<Option<StoredAnswer>, StoreError> {
    let mut found = None;
    let take = |n, at, (key, request, told): (u128, u64, Told)| {
        if n == number {
            found = Some(StoredAnswer {
                key,
                request,
                at,
                told,
            });
        }
    };
    read("answers", first, body, take)?;
    Ok(found)
}
