//! Wishes: the row of a customer, and beside it the rows by article that say who is to be told what. The latter follow
//! from the former; each batch writes what changed of both.

use crate::StoreError;
use crate::codec::{column, from_json, to_json};
use crate::rows::{Cell, RowSink, Sink, Table, Verb};
use crate::sql::{Columns, Keys, Sql, row, rows};
use commerce::Money;
use commerce::code::CurrencyCode;
use commerce::id::{CustomerId, VariantId};
use commerce::wish::{AlertKind, Want, Wishes};
use commerce::world::{Delta, KeySet};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

static WISHES: Table = Table::new("wishes", &["id", "body"], 1);
static WANTS: Table = Table::new(
    "wants",
    &[
        "kind",
        "variant_id",
        "since",
        "customer_id",
        "currency",
        "at_most",
    ],
    4,
);

/// The key of a row of `wants`.
type Key = (i64, i64, i64, i64);

fn kind_column(kind: AlertKind) -> i64 {
    match kind {
        AlertKind::Back => 0,
        AlertKind::Cheaper => 1,
    }
}

fn key(want: &Want) -> Key {
    (
        kind_column(want.kind),
        column(want.variant.0),
        want.since,
        column(want.customer.0),
    )
}

fn cells((kind, variant, since, customer): Key) -> [Cell<'static>; 4] {
    [kind, variant, since, customer].map(Cell::Int)
}

/// Writes what a batch changed of wishes.
pub fn put(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    if delta.wishes.is_empty() {
        return Ok(());
    }
    let (kept, gone): (Vec<_>, Vec<_>) = delta.wishes.iter().partition(|(_, w)| !w.is_nothing());
    let mut rows = sink.rows(&WISHES, Verb::Put)?;
    for (_, wishes) in kept {
        let id = Cell::Int(column(wishes.customer.0));
        rows.put(&[id, Cell::Text(&to_json(&**wishes))])?;
    }
    rows.finish()?;
    let mut rows = sink.rows(&WISHES, Verb::Remove)?;
    for (_, wishes) in gone {
        rows.put(&[Cell::Int(column(wishes.customer.0))])?;
    }
    rows.finish()?;
    put_wants(sink, delta)
}

fn put_wants(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let (mut gone, mut new) = (Vec::new(), BTreeMap::new());
    for (before, now) in &delta.wishes {
        let before = before.iter().flat_map(|w| w.wants());
        let before: BTreeMap<Key, Want> = before.map(|w| (key(&w), w)).collect();
        let now: BTreeMap<Key, Want> = now.wants().map(|w| (key(&w), w)).collect();
        gone.extend(before.keys().filter(|k| !now.contains_key(k)));
        new.extend(
            now.into_iter()
                .filter(|(k, want)| before.get(k) != Some(want)),
        );
    }
    let mut rows = sink.rows(&WANTS, Verb::Remove)?;
    for key in gone {
        rows.put(&cells(key))?;
    }
    rows.finish()?;
    let mut rows = sink.rows(&WANTS, Verb::Put)?;
    for (key, want) in new {
        let [kind, variant, since, customer] = cells(key);
        let code = want.at_most.map(|m| m.currency);
        let currency = code.as_ref().map_or("", |c| c.as_str());
        let at_most = Cell::Int(want.at_most.map_or(0, |m| m.minor));
        rows.put(&[
            kind,
            variant,
            since,
            customer,
            Cell::Text(currency),
            at_most,
        ])?;
    }
    rows.finish()
}

fn wishes_from(r: &dyn Columns) -> Result<Wishes, StoreError> {
    from_json(WISHES.name, r.text(0)?)
}

/// The wishes of customers.
pub fn load(sql: &impl Sql, keys: &KeySet) -> Result<Vec<Wishes>, StoreError> {
    let mut found = Vec::new();
    if !keys.wishes.is_empty() {
        let ids = Keys::ids(keys.wishes.iter().map(|k| k.0));
        sql.ask_any("SELECT body FROM wishes", "id", &ids, &mut |r| {
            found.push(wishes_from(r)?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The wishes of one customer.
pub fn of(sql: &impl Sql, customer: CustomerId) -> Result<Option<Wishes>, StoreError> {
    let text = "SELECT body FROM wishes WHERE id = ?1";
    row(sql, text, &[Cell::Int(column(customer.0))], wishes_from)
}

/// Articles of which somebody wants to be told this, one look into the index for each.
pub fn wanted(
    sql: &impl Sql,
    kind: AlertKind,
    among: RangeInclusive<VariantId>,
    limit: usize,
) -> Result<Vec<VariantId>, StoreError> {
    let text = "SELECT min(variant_id) FROM wants WHERE kind = ?1 AND variant_id >= ?2 AND variant_id <= ?3";
    let (mut from, last) = (column(among.start().0), column(among.end().0));
    let mut found = Vec::new();
    while found.len() < limit && from <= last {
        let asked = [kind_column(kind), from, last].map(Cell::Int);
        let next = row(sql, text, &asked, |r| r.int_or_null(0))?.flatten();
        let Some(next) = next else { break };
        found.push(VariantId(crate::codec::raw(next)));
        from = next + 1;
    }
    Ok(found)
}

/// The most that anybody who waits would pay for an article, in minor units.
pub fn most_offered(
    sql: &impl Sql,
    variant: VariantId,
    currency: CurrencyCode,
) -> Result<Option<i64>, StoreError> {
    let text =
        "SELECT max(at_most) FROM wants WHERE kind = 1 AND variant_id = ?1 AND currency = ?2";
    let asked = [Cell::Int(column(variant.0)), Cell::Text(currency.as_str())];
    Ok(row(sql, text, &asked, |r| r.int_or_null(0))?.flatten())
}

/// Who wants to be told this of an article, those who wait longest first, after one of them.
pub fn waiting(
    sql: &impl Sql,
    (kind, variant): (AlertKind, VariantId),
    (since, customer): (i64, u64),
    limit: usize,
) -> Result<Vec<Want>, StoreError> {
    let text = "SELECT since, customer_id, currency, at_most FROM wants
        WHERE kind = ?1 AND variant_id = ?2 AND (since, customer_id) > (?3, ?4)
        ORDER BY since, customer_id LIMIT ?5";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let asked = [
        kind_column(kind),
        column(variant.0),
        since,
        column(customer),
        limit,
    ];
    rows(sql, text, &asked.map(Cell::Int), |r| {
        let minor = r.int(3)?;
        let currency = CurrencyCode::parse(r.text(2)?);
        Ok(Want {
            variant,
            kind,
            since: r.int(0)?,
            customer: CustomerId(r.id(1)?),
            at_most: currency.map(|currency| Money { minor, currency }),
        })
    })
}
