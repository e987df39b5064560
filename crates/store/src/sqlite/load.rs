//! Loading the working set: one query per table for all keys of a batch.

use super::asked::Asked;
use super::lookup;
use crate::codec::{
    CHECKOUTS, QUOTAS, SHARED_QUOTAS, Stored, behind, by_rule, column, counted_from, from_body,
    from_json, raw, record_from, table_of, under,
};
use crate::index::{AnswerIndex, answer_key};
use crate::{StoreError, reviews};
use commerce::campaign::Quota;
use commerce::checkout::Checkout;
use commerce::id::{LocationId, ProductId, RuleId, VariantId};
use commerce::review::{Mark, Rating};
use commerce::stock::Level;
use commerce::world::{Answer, KeySet, Record, RecordKind, Rows};
use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::RwLock;

/// The keys of one query.
type Keys = Rc<Vec<Value>>;

fn ids(raw_ids: impl IntoIterator<Item = u64>) -> Keys {
    Rc::new(
        raw_ids
            .into_iter()
            .map(|id| Value::Integer(column(id)))
            .collect(),
    )
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> Keys {
    Rc::new(texts.into_iter().map(|t| Value::Text(t.clone())).collect())
}

/// Runs a query whose only parameter is an array, and reads each row.
fn rows<T>(
    connection: &Connection,
    sql: &str,
    keys: Keys,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([keys])?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// Loads everything behind `keys`.
pub fn load(
    connection: &Connection,
    index: &RwLock<AnswerIndex>,
    keys: &KeySet,
) -> Result<Rows, StoreError> {
    let mut loaded = Rows {
        records: records(connection, keys)?,
        ..Rows::default()
    };
    loaded.skus = rows(
        connection,
        "SELECT sku, variant_id FROM skus WHERE sku IN rarray(?1)",
        texts(&keys.skus),
        |r| Ok((r.get(0)?, VariantId(raw(r.get(1)?)))),
    )?;
    for product in &keys.levels {
        loaded.levels.extend(levels_of(connection, product.0)?);
    }
    loaded.carts = bodies(connection, "carts", keys.carts.iter().map(|k| k.0))?;
    loaded.checkouts = checkouts(connection, keys)?;
    loaded.groups = bodies(connection, "order_groups", keys.groups.iter().map(|k| k.0))?;
    loaded.quotas = quotas(connection, keys)?;
    loaded.wishes = crate::wishes::load(&Asked(connection), keys)?;
    loaded.points = crate::points::load(&Asked(connection), keys)?;
    load_reviews(connection, keys, &mut loaded)?;
    let keys: Vec<u128> = keys.answers.iter().copied().collect();
    loaded.answers = answers(connection, index, &keys)?;
    Ok(loaded)
}

/// How much was taken of limits: one question for each rule and what it counts.
pub fn quotas(connection: &Connection, keys: &KeySet) -> Result<Vec<(Quota, i64)>, StoreError> {
    let sql = format!("{QUOTAS} WHERE rule_id = ?1 AND kind = ?2 AND subject IN rarray(?3)");
    let mut out = Vec::new();
    for ((rule, kind), subjects) in by_rule(&keys.quotas) {
        let mut statement = connection.prepare_cached(&sql)?;
        let mut found = statement.query((column(rule.0), kind, ids(subjects)))?;
        while let Some(row) = found.next()? {
            out.push(quota_from(row)?);
        }
    }
    Ok(out)
}

/// Reviews, ratings and marks.
fn load_reviews(
    connection: &Connection,
    keys: &KeySet,
    loaded: &mut Rows,
) -> Result<(), StoreError> {
    loaded.reviews = rows(
        connection,
        "SELECT body FROM reviews WHERE id IN rarray(?1)",
        ids(keys.reviews.iter().map(|k| k.0)),
        |r| from_json(reviews::TABLE, &text(r, 0)?),
    )?;
    loaded.ratings = rows(
        connection,
        &format!("{} WHERE product_id IN rarray(?1)", reviews::RATINGS),
        ids(keys.ratings.iter().map(|k| k.0)),
        rating_in,
    )?;
    let sql = "SELECT visitor FROM review_marks WHERE review_id = ?1 AND kind = ?2 AND visitor IN rarray(?3)";
    for ((review, kind), visitors) in reviews::by_review(&keys.marks) {
        let mut statement = connection.prepare_cached(sql)?;
        let by = (column(review.0), reviews::kind_column(kind), ids(visitors));
        let mut found = statement.query(by)?;
        while let Some(row) = found.next()? {
            let visitor = raw(row.get(0)?);
            loaded.marks.push(Mark {
                review,
                kind,
                visitor,
            });
        }
    }
    Ok(())
}

/// A rating from its columns.
fn rating_in(row: &Row<'_>) -> Result<(ProductId, Rating), StoreError> {
    let rating = reviews::rating_from(|index| Ok(row.get(index)?))?;
    Ok((ProductId(raw(row.get(0)?)), rating))
}

/// All ratings.
pub fn all_ratings(connection: &Connection) -> Result<Vec<(ProductId, Rating)>, StoreError> {
    let mut statement = connection.prepare(reviews::RATINGS)?;
    let mut found = statement.query([])?;
    let mut ratings = Vec::new();
    while let Some(row) = found.next()? {
        ratings.push(rating_in(row)?);
    }
    Ok(ratings)
}

/// A limit from its columns.
pub fn quota_from(row: &Row<'_>) -> Result<(Quota, i64), StoreError> {
    let quota = Quota {
        rule: RuleId(raw(row.get(0)?)),
        counted: counted_from(row.get(1)?, row.get(2)?)?,
    };
    Ok((quota, row.get(3)?))
}

fn bodies<T: Stored>(
    connection: &Connection,
    table: &'static str,
    of: impl ExactSizeIterator<Item = u64>,
) -> Result<Vec<T>, StoreError> {
    if of.len() == 0 {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT body FROM {table} WHERE id IN rarray(?1)");
    rows(connection, &sql, ids(of), |r| {
        from_body(table, r.get_ref(0)?.as_blob().unwrap_or_default())
    })
}

fn checkouts(connection: &Connection, keys: &KeySet) -> Result<Vec<Checkout>, StoreError> {
    if keys.checkouts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("{CHECKOUTS} WHERE c.id IN rarray(?1)");
    let of = ids(keys.checkouts.iter().map(|k| k.0));
    rows(connection, &sql, of, super::checkout_in)
}

/// Stored answers. Nearly every key is new, which the index says without a look into the database.
fn answers(
    connection: &Connection,
    index: &RwLock<AnswerIndex>,
    keys: &[u128],
) -> Result<Vec<(u128, Answer)>, StoreError> {
    let short: Vec<u64> = keys.iter().map(|key| answer_key(*key)).collect();
    let mut numbers: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    let runs = {
        let index = super::known(index);
        for key in &short {
            let recent = index.recent(*key);
            if !recent.is_empty() {
                numbers.insert(*key, recent.to_vec());
            }
        }
        index.runs(&short)
    };
    for (run, key) in runs {
        let older = lookup::values_in_run(connection, run, key)?;
        numbers.entry(key).or_default().extend(older);
    }
    let mut found = Vec::new();
    for key in keys {
        if let Some(numbers) = numbers.get(&answer_key(*key))
            && let Some(answer) = lookup::answer_among(connection, *key, numbers)?
        {
            found.push((*key, answer));
        }
    }
    Ok(found)
}

/// The stored answer under a key, found with the writing side's memory.
pub fn answer(
    connection: &Connection,
    index: &RwLock<AnswerIndex>,
    key: u128,
) -> Result<Option<Answer>, StoreError> {
    let found = answers(connection, index, &[key])?;
    Ok(found.into_iter().next().map(|(_, answer)| answer))
}

fn text(row: &Row<'_>, index: usize) -> Result<String, StoreError> {
    Ok(row.get(index)?)
}

/// Records by id and by code.
pub fn records(connection: &Connection, keys: &KeySet) -> Result<Vec<Record>, StoreError> {
    let mut found = Vec::new();
    // Nearly every batch asks for answers alone.
    let is_asked_for =
        |kind| keys.records.iter().any(|k| k.0 == kind) || keys.codes.iter().any(|k| k.0 == kind);
    for kind in RecordKind::ALL.into_iter().filter(|k| is_asked_for(*k)) {
        let table = table_of(kind);
        let by_id = ids(keys.records.iter().filter(|k| k.0 == kind).map(|k| k.1));
        let sql = format!("SELECT body FROM {table} WHERE id IN rarray(?1)");
        found.extend(rows(connection, &sql, by_id, |r| {
            record_from(kind, &text(r, 0)?)
        })?);
        let by_code = texts(keys.codes.iter().filter(|k| k.0 == kind).map(|k| &k.1));
        let sql = format!("SELECT body FROM {table} WHERE code IN rarray(?1)");
        found.extend(rows(connection, &sql, by_code, |r| {
            record_from(kind, &text(r, 0)?)
        })?);
    }
    Ok(found)
}

/// All records of a kind, by id.
pub fn records_of(connection: &Connection, kind: RecordKind) -> Result<Vec<Record>, StoreError> {
    let sql = format!("SELECT body FROM {} ORDER BY id", table_of(kind));
    let mut statement = connection.prepare(&sql)?;
    let mut found = statement.query([])?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(record_from(kind, &text(row, 0)?)?);
    }
    Ok(out)
}

/// Records of a kind whose codes begin alike, by code.
pub fn records_under(
    connection: &Connection,
    kind: RecordKind,
    prefix: &str,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let mut statement = connection.prepare_cached(&under(kind))?;
    let mut found = statement.query((prefix, behind(prefix), column(limit as u64)))?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(record_from(kind, &text(row, 0)?)?);
    }
    Ok(out)
}

const LEVEL_COLUMNS: &str = "variant_id, location_id, on_hand, reserved, safety_stock, shortage";

/// A level from its columns.
pub fn level_from(row: &Row<'_>) -> rusqlite::Result<(VariantId, LocationId, Level)> {
    let level = Level {
        on_hand: row.get(2)?,
        reserved: row.get(3)?,
        safety_stock: row.get(4)?,
        shortage: row.get(5)?,
    };
    Ok((
        VariantId(raw(row.get(0)?)),
        LocationId(raw(row.get(1)?)),
        level,
    ))
}

/// The levels of all variants of a product: they are numbered under it, so they lie together.
fn levels_of(
    connection: &Connection,
    product: u64,
) -> Result<Vec<(VariantId, LocationId, Level)>, StoreError> {
    let sql =
        format!("SELECT {LEVEL_COLUMNS} FROM inventory_levels WHERE variant_id BETWEEN ?1 AND ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map([column(product), column(product | 0xff)], level_from)?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// All levels, what was taken of limits that are everybody's, and all ratings, for the shelf.
pub fn all_levels(connection: &Connection) -> Result<Rows, StoreError> {
    let sql = format!("SELECT {LEVEL_COLUMNS} FROM inventory_levels");
    let mut statement = connection.prepare(&sql)?;
    let levels = statement
        .query_map([], level_from)?
        .collect::<Result<_, _>>()?;
    let mut statement = connection.prepare(&format!("{QUOTAS} WHERE {SHARED_QUOTAS}"))?;
    let mut found = statement.query([])?;
    let mut quotas = Vec::new();
    while let Some(row) = found.next()? {
        quotas.push(quota_from(row)?);
    }
    Ok(Rows {
        levels,
        quotas,
        ratings: all_ratings(connection)?,
        ..Rows::default()
    })
}
