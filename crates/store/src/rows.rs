//! A batch as rows, the same for every engine: which tables it touches, in which order, with which cells.

use crate::block::{self, Blocks};
use crate::codec::{self, Body, column, record_body, table_of};
use crate::index::{Entries, Kind};
use crate::sums::Sums;
use crate::{StoreError, index, returns, reviews, yards};
use commerce::checkout::{Checkout, FIRST_VERSION};
use commerce::event::What;
use commerce::id::GroupId;
use commerce::order::Group;
use commerce::world::Delta;
use std::sync::{Arc, OnceLock};

/// A value of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    /// Nothing.
    Null,
    /// A number.
    Int(i64),
    /// A text.
    Text(&'c str),
    /// Bytes.
    Blob(&'c [u8]),
}

impl From<Option<i64>> for Cell<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Cell::Null, Cell::Int)
    }
}

/// A table: its name, its columns, and how many of the first of them are its key.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// The name.
    pub name: &'static str,
    /// The columns, those of the key first.
    pub columns: &'static [&'static str],
    /// How many columns the key has.
    pub keys: usize,
    /// What [`Table::sqlite`] gave before, by verb.
    texts: [OnceLock<String>; Verb::COUNT],
}

impl Table {
    /// A table without statements, so far.
    pub const fn new(name: &'static str, columns: &'static [&'static str], keys: usize) -> Self {
        Self {
            name,
            columns,
            keys,
            texts: [const { OnceLock::new() }; Verb::COUNT],
        }
    }

    /// The [statement] in the dialect of SQLite, which is asked for it with every batch.
    pub fn sqlite(&self, verb: Verb) -> &str {
        self.texts[verb as usize].get_or_init(|| statement(self, verb, '?'))
    }
}

/// What is done with the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// New rows under new keys.
    Append,
    /// Rows that may be there already: they become this.
    Put,
    /// Numbers that are added to what is there.
    Add,
    /// Rows that are there: they become this. A row that is not there is an error.
    Change,
    /// Rows that go; the cells are the key.
    Remove,
}

impl Verb {
    const COUNT: usize = 5;
}

/// Where a batch's rows go: into an engine, or, to measure what the engine alone costs, into a list.
pub trait Sink {
    /// Rows of one table being written in one way.
    type Rows<'s>: RowSink
    where
        Self: 's;

    /// Gets ready for rows.
    ///
    /// # Errors
    /// When the engine does.
    fn rows(&self, table: &'static Table, verb: Verb) -> Result<Self::Rows<'_>, StoreError>;
}

/// Takes the rows of one table.
pub trait RowSink {
    /// Takes one row, cells in the order of the table's columns.
    ///
    /// # Errors
    /// When the engine does not take it.
    fn put(&mut self, cells: &[Cell<'_>]) -> Result<(), StoreError>;

    /// All rows were given.
    ///
    /// # Errors
    /// When the engine does not take them.
    fn finish(self) -> Result<(), StoreError>;
}

macro_rules! tables {
    ($($name:ident = $table:literal [$($column:literal),+] by $keys:literal;)*) => {
        $(static $name: Table = Table::new($table, &[$($column),+], $keys);)*
    };
}

tables! {
    META = "meta" ["key", "value"] by 1;
    SKUS = "skus" ["sku", "variant_id"] by 1;
    QUOTAS = "quotas" ["rule_id", "kind", "subject", "taken"] by 3;
    LEVELS = "inventory_levels" ["variant_id", "location_id", "on_hand", "reserved", "safety_stock", "shortage"] by 2;
    CARTS = "carts" ["id", "body"] by 1;
    CHECKOUTS = "checkouts" ["id", "body"] by 1;
    CHANGED_CHECKOUTS = "changed_checkouts" ["id", "body"] by 1;
    GROUPS = "order_groups" ["id", "first_event", "expires_at", "to_do", "body"] by 1;
    KNOWN_GROUPS = "order_groups" ["id", "expires_at", "to_do", "body"] by 1;
    GROUP_EVENTS = "group_events" ["group_id", "position"] by 2;
    EVENTS = "events" ["first", "entries", "at", "body"] by 1;
    MOVEMENTS = "stock_movements" ["first", "entries", "at", "body"] by 1;
    POSTINGS = "postings" ["first", "entries", "at", "body"] by 1;
    ANSWERS = "answers" ["first", "entries", "at", "body"] by 1;
    EFFECTS = "effects" ["number", "at", "body"] by 1;
    COUNTERS = "counters" ["name", "value"] by 1;
    SALES = "sales" ["quarter", "currency", "orders", "revenue", "from_phones"] by 2;
    OPEN_RETURNS = "open_returns" ["requested_at", "return_id", "group_id"] by 2;
    LYING_PARCELS = "lying_parcels" ["location_id", "fulfillment_id"] by 2;
    UNINDEXED = "unindexed" ["number", "body"] by 1;
}

/// The tables of records, in the order of [`commerce::world::RecordKind::ALL`].
static RECORDS: [Table; 21] = [
    records("shops"),
    records("sellers"),
    records("categories"),
    records("locations"),
    records("tax_rates"),
    records("shipping_rates"),
    records("discounts"),
    records("promotions"),
    records("products"),
    records("customers"),
    records("operators"),
    records("campaigns"),
    records("followers"),
    records("switches"),
    records("points_programs"),
    records("carriers"),
    records("number_pools"),
    records("rounds"),
    records("round_books"),
    records("gazetteers"),
    records("doors"),
];

const fn records(name: &'static str) -> Table {
    Table::new(name, &["id", "code", "body"], 1)
}

/// Numbers that the store gives by itself: the next of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    /// Answers.
    pub answer: u64,
    /// Batches that wait to be indexed.
    pub unindexed: u64,
}

impl Default for Marks {
    fn default() -> Self {
        Self {
            answer: 1,
            unindexed: 1,
        }
    }
}

/// Hands over all rows of a batch, table by table: each table's pages are touched once per batch. Returns
/// the next marks and what is to be indexed behind, to be taken over once the batch is durable.
///
/// # Errors
/// When the engine does not take a row; the transaction must be thrown away.
pub fn write(
    sink: &impl Sink,
    delta: &Delta,
    marks: Marks,
) -> Result<(Marks, Entries), StoreError> {
    let mut body = Body::default();
    let mut entries = Entries::default();
    put_records(sink, delta)?;
    put_levels(sink, delta)?;
    put_quotas(sink, delta)?;
    crate::wishes::put(sink, delta)?;
    reviews::put(sink, delta)?;
    crate::points::put(sink, delta)?;
    put_carts(sink, delta, &mut body)?;
    put_checkouts(sink, delta, &mut body)?;
    put_groups(sink, delta, &mut body, &mut entries)?;
    put_open_returns(sink, delta)?;
    put_lying_parcels(sink, delta)?;
    append_entries(sink, delta, marks, &mut entries)?;
    put_effects(sink, delta, &mut body)?;
    Sums::of(delta).write(sink)?;
    let mut next = Marks {
        answer: marks.answer + delta.answers.len() as u64,
        ..marks
    };
    if !entries.is_empty() {
        let mut rows = sink.rows(&UNINDEXED, Verb::Append)?;
        rows.put(&[
            Cell::Int(column(marks.unindexed)),
            Cell::Blob(&index::pack(&entries)),
        ])?;
        rows.finish()?;
        next.unindexed += 1;
    }
    Ok((next, entries))
}

fn put_records(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    for record in &delta.records {
        let name = table_of(record.kind());
        let table = RECORDS
            .iter()
            .find(|table| table.name == name)
            .expect("every kind has a table");
        let mut rows = sink.rows(table, Verb::Put)?;
        rows.put(&[
            Cell::Int(column(record.id())),
            Cell::Text(&record.code()),
            Cell::Text(&record_body(record)),
        ])?;
        rows.finish()?;
    }
    if delta.skus.is_empty() {
        return Ok(());
    }
    let mut skus = sink.rows(&SKUS, Verb::Append)?;
    for (sku, variant) in &delta.skus {
        skus.put(&[Cell::Text(sku), Cell::Int(column(variant.0))])?;
    }
    skus.finish()
}

fn put_levels(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let mut levels = sink.rows(&LEVELS, Verb::Put)?;
    for (variant, location, level) in &delta.levels {
        levels.put(&[
            Cell::Int(column(variant.0)),
            Cell::Int(column(location.0)),
            Cell::Int(level.on_hand),
            Cell::Int(level.reserved),
            Cell::Int(level.safety_stock),
            Cell::Int(level.shortage),
        ])?;
    }
    levels.finish()
}

fn put_quotas(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    if delta.quotas.is_empty() {
        return Ok(());
    }
    let mut quotas = sink.rows(&QUOTAS, Verb::Put)?;
    for (quota, taken) in &delta.quotas {
        let (kind, subject) = codec::counted_columns(quota.counted);
        quotas.put(&[
            Cell::Int(column(quota.rule.0)),
            Cell::Int(kind),
            Cell::Int(subject),
            Cell::Int(*taken),
        ])?;
    }
    quotas.finish()
}

fn put_carts(sink: &impl Sink, delta: &Delta, body: &mut Body) -> Result<(), StoreError> {
    if delta.carts.is_empty() {
        return Ok(());
    }
    let mut carts = sink.rows(&CARTS, Verb::Put)?;
    for cart in &delta.carts {
        carts.put(&[Cell::Int(column(cart.id.0)), Cell::Blob(body.of(&**cart))])?;
    }
    carts.finish()
}

/// An open checkout grows with all that the shopper fills in. Its first row stays as it is, and what it became lies
/// in a table beside it: to write a longer row over a shorter one pushes its neighbors to other pages.
fn put_checkouts(sink: &impl Sink, delta: &Delta, body: &mut Body) -> Result<(), StoreError> {
    let mut write = |table, verb, is_meant: fn(Option<&Checkout>) -> bool| {
        let meant = |(before, _): &&(Option<Arc<_>>, _)| is_meant(before.as_deref());
        let mut found = delta.checkouts.iter().filter(meant).peekable();
        if found.peek().is_none() {
            return Ok(());
        }
        let mut rows = sink.rows(table, verb)?;
        for (_, checkout) in found {
            let id = Cell::Int(column(checkout.id.0));
            rows.put(&[id, Cell::Blob(body.of(&**checkout))])?;
        }
        rows.finish()
    };
    write(&CHECKOUTS, Verb::Append, |before| before.is_none())?;
    write(&CHANGED_CHECKOUTS, Verb::Append, |before| {
        before.is_some_and(|b| b.version == FIRST_VERSION)
    })?;
    write(&CHANGED_CHECKOUTS, Verb::Put, |before| {
        before.is_some_and(|b| b.version != FIRST_VERSION)
    })
}

/// Where the stretches of each group's events begin in a batch, by group: a stretch has no foreign event in it.
fn stretches(delta: &Delta) -> Vec<(GroupId, u64)> {
    let mut found = Vec::with_capacity(delta.groups.len());
    let mut last = None;
    for event in &delta.events {
        let group = event.what.group();
        if let Some(group) = group
            && last != Some(group)
        {
            found.push((group, event.position));
        }
        last = group;
    }
    found.sort_unstable();
    found
}

fn put_groups(
    sink: &impl Sink,
    delta: &Delta,
    body: &mut Body,
    entries: &mut Entries,
) -> Result<(), StoreError> {
    // Also of groups that did not change: what happened to one may be a word of trouble alone.
    let stretches = stretches(delta);
    let mut later: Vec<(GroupId, u64)> = Vec::new();
    let mut rest = stretches.as_slice();
    let mut new = sink.rows(&GROUPS, Verb::Append)?;
    for (_, group) in delta.groups.iter().filter(|(before, _)| before.is_none()) {
        // Groups are in the order of their ids, too.
        let place = rest.iter().position(|(id, _)| *id >= group.id);
        let (before, from) = rest.split_at(place.unwrap_or(rest.len()));
        later.extend(before);
        let own = from.first().filter(|(id, _)| *id == group.id);
        rest = &from[usize::from(own.is_some())..];
        new.put(&[
            Cell::Int(column(group.id.0)),
            Cell::Int(own.map_or(0, |(_, first)| column(*first))),
            group.expires_at.into(),
            to_do(group).into(),
            Cell::Blob(body.of(&**group)),
        ])?;
        if !group.buyer.email.is_empty() {
            entries.add(Kind::Buyer, index::text_key(&group.buyer.email), group.id.0);
        }
    }
    later.extend(rest);
    new.finish()?;
    let mut known = sink.rows(&KNOWN_GROUPS, Verb::Change)?;
    for (_, group) in delta.groups.iter().filter(|(before, _)| before.is_some()) {
        known.put(&[
            Cell::Int(column(group.id.0)),
            group.expires_at.into(),
            to_do(group).into(),
            Cell::Blob(body.of(&**group)),
        ])?;
    }
    known.finish()?;
    let mut history = sink.rows(&GROUP_EVENTS, Verb::Append)?;
    for (group, position) in later {
        history.put(&[Cell::Int(column(group.0)), Cell::Int(column(position))])?;
    }
    history.finish()
}

fn put_open_returns(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let (begun, ended) = returns::changes(delta);
    if !begun.is_empty() {
        let mut rows = sink.rows(&OPEN_RETURNS, Verb::Append)?;
        for (at, id, group) in begun {
            rows.put(&[
                Cell::Int(at),
                Cell::Int(column(id)),
                Cell::Int(column(group)),
            ])?;
        }
        rows.finish()?;
    }
    if !ended.is_empty() {
        let mut rows = sink.rows(&OPEN_RETURNS, Verb::Remove)?;
        for (at, id, _) in ended {
            rows.put(&[Cell::Int(at), Cell::Int(column(id))])?;
        }
        rows.finish()?;
    }
    Ok(())
}

fn put_lying_parcels(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let (come, gone) = yards::changes(delta);
    for (verb, parcels) in [(Verb::Append, come), (Verb::Remove, gone)] {
        if parcels.is_empty() {
            continue;
        }
        let mut rows = sink.rows(&LYING_PARCELS, verb)?;
        for (location, id) in parcels {
            rows.put(&[Cell::Int(column(location)), Cell::Int(column(id))])?;
        }
        rows.finish()?;
    }
    Ok(())
}

/// 1 while goods of the group are to be handed over.
pub(crate) fn to_do(group: &Group) -> Option<i64> {
    let waits = |f: &commerce::order::Fulfillment| crate::sums::waiting(f.state).is_some();
    group.fulfillments.iter().any(waits).then_some(1)
}

fn append_entries(
    sink: &impl Sink,
    delta: &Delta,
    marks: Marks,
    entries: &mut Entries,
) -> Result<(), StoreError> {
    let mut blocks = Blocks::default();
    let events = delta
        .events
        .iter()
        .map(|e| (e.position, e.at, block::event(e)));
    blocks.write(sink, &EVENTS, events, |_, _| ())?;
    for event in &delta.events {
        if let What::WaybillBooked {
            fulfillment,
            number,
            ..
        } = &event.what
        {
            entries.add(Kind::Waybill, index::text_key(number), fulfillment.0);
        }
    }
    let movements = delta
        .movements
        .iter()
        .map(|m| (m.number, m.at, block::movement(m)));
    let mut moved: Vec<(u64, u64)> = Vec::with_capacity(delta.movements.len());
    blocks.write(sink, &MOVEMENTS, movements, |first, i| {
        moved.push((delta.movements[i].variant.0, first));
    })?;
    moved.sort_unstable();
    moved.dedup();
    for (variant, first) in moved {
        entries.add(Kind::Movement, variant, first);
    }
    let postings = delta
        .postings
        .iter()
        .map(|p| (p.number, p.at, block::posting(p)));
    blocks.write(sink, &POSTINGS, postings, |_, _| ())?;
    let answers = delta.answers.iter().enumerate().map(|(i, (key, answer))| {
        let number = marks.answer + i as u64;
        (number, answer.at, block::answer(*key, answer))
    });
    blocks.write(sink, &ANSWERS, answers, |_, i| {
        let number = marks.answer + i as u64;
        entries.add(Kind::Answer, index::answer_key(delta.answers[i].0), number);
    })
}

fn put_effects(sink: &impl Sink, delta: &Delta, body: &mut Body) -> Result<(), StoreError> {
    if let Some(last) = delta.effects.last() {
        let mut effects = sink.rows(&EFFECTS, Verb::Append)?;
        for effect in &delta.effects {
            effects.put(&[
                Cell::Int(column(effect.number)),
                Cell::Int(effect.at),
                Cell::Blob(body.of(&effect.task)),
            ])?;
        }
        effects.finish()?;
        let mut meta = sink.rows(&META, Verb::Put)?;
        meta.put(&[
            Cell::Text(codec::EFFECT_NUMBER),
            Cell::Text(&last.number.to_string()),
        ])?;
        meta.finish()?;
    }
    if delta.effects_done.is_empty() {
        return Ok(());
    }
    let mut done = sink.rows(&EFFECTS, Verb::Remove)?;
    for number in &delta.effects_done {
        done.put(&[Cell::Int(column(*number))])?;
    }
    done.finish()
}

/// Writes counters: what is added to each.
pub(crate) fn add_counters(
    sink: &impl Sink,
    counters: &[(&'static str, i64)],
) -> Result<(), StoreError> {
    let mut rows = sink.rows(&COUNTERS, Verb::Add)?;
    for (name, change) in counters.iter().filter(|(_, change)| *change != 0) {
        rows.put(&[Cell::Text(name), Cell::Int(*change)])?;
    }
    rows.finish()
}

/// Writes sales: what is added to each quarter of an hour and currency.
pub(crate) fn add_sales<'s>(
    sink: &impl Sink,
    sales: impl Iterator<Item = (i64, &'s str, [i64; 3])>,
) -> Result<(), StoreError> {
    let mut rows = sink.rows(&SALES, Verb::Add)?;
    for (quarter, currency, sums) in sales {
        let [orders, revenue, from_phones] = sums.map(Cell::Int);
        rows.put(&[
            Cell::Int(quarter),
            Cell::Text(currency),
            orders,
            revenue,
            from_phones,
        ])?;
    }
    rows.finish()
}

/// The statement for rows of a table, with numbered parameters in the order of the columns; `mark` is what
/// the dialect writes before a parameter's number.
pub fn statement(table: &Table, verb: Verb, mark: char) -> String {
    let Table {
        name,
        columns,
        keys,
        ..
    } = table;
    let (key, rest) = columns.split_at(*keys);
    let list = columns.join(", ");
    let parameters: Vec<String> = (1..=columns.len()).map(|n| format!("{mark}{n}")).collect();
    let insert = || {
        format!(
            "INSERT INTO {name} ({list}) VALUES ({})",
            parameters.join(", ")
        )
    };
    let assigned = |value: &dyn Fn(usize, &str) -> String| {
        let all: Vec<String> = rest
            .iter()
            .enumerate()
            .map(|(i, c)| format!("{c} = {}", value(i, c)))
            .collect();
        all.join(", ")
    };
    let found: Vec<String> = key
        .iter()
        .zip(&parameters)
        .map(|(c, p)| format!("{c} = {p}"))
        .collect();
    let found = found.join(" AND ");
    let conflict = key.join(", ");
    match verb {
        Verb::Append => insert(),
        Verb::Put => format!(
            "{} ON CONFLICT ({conflict}) DO UPDATE SET {}",
            insert(),
            assigned(&|_, c| format!("excluded.{c}"))
        ),
        Verb::Add => format!(
            "{} ON CONFLICT ({conflict}) DO UPDATE SET {}",
            insert(),
            assigned(&|_, c| format!("{name}.{c} + excluded.{c}"))
        ),
        Verb::Change => format!(
            "UPDATE {name} SET {} WHERE {found}",
            assigned(&|i, _| parameters[keys + i].clone())
        ),
        Verb::Remove => format!("DELETE FROM {name} WHERE {found}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_made_of_a_tables_description() {
        let sql = |verb| statement(&SALES, verb, '?');
        assert_eq!(
            sql(Verb::Append),
            "INSERT INTO sales (quarter, currency, orders, revenue, from_phones) VALUES (?1, ?2, ?3, ?4, ?5)"
        );
        assert!(sql(Verb::Put).ends_with(
            " ON CONFLICT (quarter, currency) DO UPDATE SET orders = excluded.orders, \
             revenue = excluded.revenue, from_phones = excluded.from_phones"
        ));
        assert!(sql(Verb::Add).ends_with("from_phones = sales.from_phones + excluded.from_phones"));
        assert_eq!(
            sql(Verb::Change),
            "UPDATE sales SET orders = ?3, revenue = ?4, from_phones = ?5 WHERE quarter = ?1 AND currency = ?2"
        );
        assert_eq!(
            statement(&EFFECTS, Verb::Remove, '$'),
            "DELETE FROM effects WHERE number = $1"
        );
    }
}
