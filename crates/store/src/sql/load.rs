//! Loading the working set: one query per table for all keys of a batch.

use super::{Columns, Keys, Sql, lookup, row, rows};
use crate::block;
use crate::codec::{
    self, CHECKOUTS, QUOTAS, SHARED_QUOTAS, Stored, behind, by_rule, checkout_from, column,
    counted_from, from_body, raw, record_from, table_of, under,
};
use crate::index::{AnswerIndex, answer_key};
use crate::rows::Cell;
use crate::{Start, StoreError, reviews};
use commerce::campaign::Quota;
use commerce::checkout::Checkout;
use commerce::event::Effect;
use commerce::id::{LocationId, ProductId, RuleId, VariantId};
use commerce::review::{Mark, Rating};
use commerce::stock::Level;
use commerce::world::{Answer, KeySet, Record, RecordKind, Rows, Sequences};
use std::collections::BTreeMap;

/// Reads each row whose `by` is one of `keys`.
fn any<T>(
    sql: &impl Sql,
    text: &str,
    by: &str,
    keys: &Keys<'_>,
    mut read: impl FnMut(&dyn Columns) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut out = Vec::new();
    if !keys.is_empty() {
        sql.ask_any(text, by, keys, &mut |r| {
            out.push(read(r)?);
            Ok(())
        })?;
    }
    Ok(out)
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t String>) -> Keys<'t> {
    Keys::Texts(texts.into_iter().map(String::as_str).collect())
}

fn bodies<T: Stored>(
    sql: &impl Sql,
    table: &'static str,
    ids: impl IntoIterator<Item = u64>,
) -> Result<Vec<T>, StoreError> {
    let text = format!("SELECT body FROM {table}");
    any(sql, &text, "id", &Keys::ids(ids), |r| {
        from_body(table, r.bytes(0)?)
    })
}

fn checkouts(sql: &impl Sql, keys: &KeySet) -> Result<Vec<Checkout>, StoreError> {
    let ids = Keys::ids(keys.checkouts.iter().map(|k| k.0));
    any(sql, CHECKOUTS, "c.id", &ids, |r| {
        checkout_from(r.bytes(0)?, r.bytes_or_null(1)?)
    })
}

/// Loads everything behind `keys`.
pub fn load(sql: &impl Sql, index: &AnswerIndex, keys: &KeySet) -> Result<Rows, StoreError> {
    Ok(Rows {
        records: records(sql, keys)?,
        skus: any(
            sql,
            "SELECT sku, variant_id FROM skus",
            "sku",
            &texts(&keys.skus),
            |r| Ok((r.text(0)?.to_string(), VariantId(r.id(1)?))),
        )?,
        levels: levels_of_products(sql, keys)?,
        carts: bodies(sql, "carts", keys.carts.iter().map(|k| k.0))?,
        checkouts: checkouts(sql, keys)?,
        groups: bodies(sql, "order_groups", keys.groups.iter().map(|k| k.0))?,
        answers: answers(sql, index, keys)?,
        quotas: quotas(sql, keys)?,
        wishes: crate::wishes::load(sql, keys)?,
        reviews: any(
            sql,
            "SELECT body FROM reviews",
            "id",
            &Keys::ids(keys.reviews.iter().map(|k| k.0)),
            super::questions::review_in,
        )?,
        ratings: ratings(sql, keys)?,
        marks: marks(sql, keys)?,
        points: crate::points::load(sql, keys)?,
    })
}

/// Ratings of products.
pub fn ratings(sql: &impl Sql, keys: &KeySet) -> Result<Vec<(ProductId, Rating)>, StoreError> {
    let products = Keys::ids(keys.ratings.iter().map(|k| k.0));
    any(sql, reviews::RATINGS, "product_id", &products, rating_in)
}

/// All ratings.
pub fn all_ratings(sql: &impl Sql) -> Result<Vec<(ProductId, Rating)>, StoreError> {
    rows(sql, reviews::RATINGS, &[], rating_in)
}

/// A rating from its columns.
fn rating_in(r: &dyn Columns) -> Result<(ProductId, Rating), StoreError> {
    let rating = reviews::rating_from(|index| r.int(index))?;
    Ok((ProductId(r.id(0)?), rating))
}

/// Marks on reviews: one question for each review and kind.
fn marks(sql: &impl Sql, keys: &KeySet) -> Result<Vec<Mark>, StoreError> {
    let mut found = Vec::new();
    for ((review, kind), visitors) in reviews::by_review(&keys.marks) {
        let (id, number) = (column(review.0), reviews::kind_column(kind));
        let text = format!(
            "SELECT * FROM (SELECT visitor FROM review_marks WHERE review_id = {id} AND kind = {number}) AS of_review"
        );
        found.extend(any(sql, &text, "visitor", &Keys::ids(visitors), |r| {
            Ok(Mark {
                review,
                kind,
                visitor: r.id(0)?,
            })
        })?);
    }
    Ok(found)
}

/// How much was taken of limits: one question for each rule and what it counts.
pub fn quotas(sql: &impl Sql, keys: &KeySet) -> Result<Vec<(Quota, i64)>, StoreError> {
    let mut found = Vec::new();
    for ((rule, kind), subjects) in by_rule(&keys.quotas) {
        let rule = column(rule.0);
        let text =
            format!("SELECT * FROM ({QUOTAS} WHERE rule_id = {rule} AND kind = {kind}) AS of_rule");
        let keys = Keys::ids(subjects);
        found.extend(any(sql, &text, "subject", &keys, quota_from)?);
    }
    Ok(found)
}

/// A limit from its columns.
pub fn quota_from(r: &dyn Columns) -> Result<(Quota, i64), StoreError> {
    let quota = Quota {
        rule: RuleId(r.id(0)?),
        counted: counted_from(r.int(1)?, r.int(2)?)?,
    };
    Ok((quota, r.int(3)?))
}

/// Stored answers. Nearly every key is new, which the index says without a look into the database.
fn answers(
    sql: &impl Sql,
    index: &AnswerIndex,
    keys: &KeySet,
) -> Result<Vec<(u128, Answer)>, StoreError> {
    let short: Vec<u64> = keys.answers.iter().map(|key| answer_key(*key)).collect();
    let mut in_runs: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (run, key) in index.runs(&short) {
        let numbers = lookup::values_in_run(sql, run, key)?;
        in_runs.entry(key).or_default().extend(numbers);
    }
    let mut found = Vec::new();
    for key in &keys.answers {
        let recent = index.recent(answer_key(*key)).iter();
        let older = in_runs.get(&answer_key(*key)).into_iter().flatten();
        let numbers: Vec<u64> = older.chain(recent).copied().collect();
        if !numbers.is_empty()
            && let Some(answer) = lookup::answer_among(sql, *key, &numbers)?
        {
            found.push((*key, answer));
        }
    }
    Ok(found)
}

/// Records by id and by code.
pub fn records(sql: &impl Sql, keys: &KeySet) -> Result<Vec<Record>, StoreError> {
    let mut found = Vec::new();
    for kind in RecordKind::ALL {
        let text = format!("SELECT body FROM {}", table_of(kind));
        let read = |r: &dyn Columns| record_from(kind, r.text(0)?);
        let by_id = Keys::ids(keys.records.iter().filter(|k| k.0 == kind).map(|k| k.1));
        found.extend(any(sql, &text, "id", &by_id, read)?);
        let by_code = texts(keys.codes.iter().filter(|k| k.0 == kind).map(|k| &k.1));
        found.extend(any(sql, &text, "code", &by_code, read)?);
    }
    Ok(found)
}

/// All records of a kind, by id.
pub fn records_of(sql: &impl Sql, kind: RecordKind) -> Result<Vec<Record>, StoreError> {
    let text = format!("SELECT body FROM {} ORDER BY id", table_of(kind));
    rows(sql, &text, &[], |r| record_from(kind, r.text(0)?))
}

/// Records of a kind whose codes begin alike, by code.
pub fn records_under(
    sql: &impl Sql,
    kind: RecordKind,
    prefix: &str,
    limit: usize,
) -> Result<Vec<Record>, StoreError> {
    let behind = behind(prefix);
    let parameters = [
        Cell::Text(prefix),
        Cell::Text(&behind),
        Cell::Int(column(limit as u64)),
    ];
    rows(sql, &under(kind), &parameters, |r| {
        record_from(kind, r.text(0)?)
    })
}

const LEVELS: &str = "SELECT variant_id, location_id, on_hand, reserved, safety_stock, shortage FROM inventory_levels";

/// A level from its columns.
pub fn level_from(r: &dyn Columns) -> Result<(VariantId, LocationId, Level), StoreError> {
    let level = Level {
        on_hand: r.int(2)?,
        reserved: r.int(3)?,
        safety_stock: r.int(4)?,
        shortage: r.int(5)?,
    };
    Ok((VariantId(r.id(0)?), LocationId(r.id(1)?), level))
}

/// The levels of all variants of products: they are numbered under them, so they lie together.
fn levels_of_products(
    sql: &impl Sql,
    keys: &KeySet,
) -> Result<Vec<(VariantId, LocationId, Level)>, StoreError> {
    let parents: Vec<i64> = keys
        .levels
        .iter()
        .map(|product| column(product.0))
        .collect();
    let mut found = Vec::new();
    if !parents.is_empty() {
        sql.ask_under(LEVELS, "variant_id", &parents, &mut |r| {
            found.push(level_from(r)?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// The levels of variants.
pub fn levels_of(
    sql: &impl Sql,
    variants: &[u64],
) -> Result<Vec<(VariantId, LocationId, Level)>, StoreError> {
    let keys = Keys::ids(variants.iter().copied());
    any(sql, LEVELS, "variant_id", &keys, level_from)
}

/// All levels, what was taken of limits that are everybody's, and all ratings, for the shelf.
pub fn all_levels(sql: &impl Sql) -> Result<Rows, StoreError> {
    let shared = format!("{QUOTAS} WHERE {SHARED_QUOTAS}");
    Ok(Rows {
        levels: rows(sql, LEVELS, &[], level_from)?,
        quotas: rows(sql, &shared, &[], quota_from)?,
        ratings: all_ratings(sql)?,
        ..Rows::default()
    })
}

/// Effects from a number on.
pub fn effects(sql: &impl Sql, from: u64, limit: usize) -> Result<Vec<Effect>, StoreError> {
    let text = "SELECT number, at, body FROM effects WHERE number >= ?1 ORDER BY number LIMIT ?2";
    let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
    rows(sql, text, &[Cell::Int(column(from)), limit], |r| {
        Ok(Effect {
            number: r.id(0)?,
            at: r.int(1)?,
            task: from_body("effects", r.bytes(2)?)?,
        })
    })
}

/// The greatest number that a question gives; 0 for none.
fn greatest(sql: &impl Sql, text: &str) -> Result<u64, StoreError> {
    let found = row(sql, text, &[], |r| r.int_or_null(0))?;
    Ok(raw(found.flatten().unwrap_or(0)))
}

/// The next numbers of the ordered tables.
pub fn sequences(sql: &impl Sql) -> Result<Sequences, StoreError> {
    let next = |table| {
        let next = row(sql, &block::next_number(table), &[], |r| r.id(0))?;
        Ok::<_, StoreError>(next.unwrap_or(1))
    };
    // Effects go when they are done: the last one's number is kept.
    let effect = greatest(sql, "SELECT max(number) FROM effects")?;
    let kept = row(
        sql,
        "SELECT value FROM meta WHERE key = ?1",
        &[Cell::Text(codec::EFFECT_NUMBER)],
        |r| Ok(r.text(0)?.parse().unwrap_or(0)),
    )?;
    Ok(Sequences {
        event: next("events")?,
        movement: next("stock_movements")?,
        posting: next("postings")?,
        effect: effect.max(kept.unwrap_or(0)) + 1,
    })
}

/// What the writer and the jobs need to start.
pub fn start(sql: &impl Sql) -> Result<Start, StoreError> {
    let mut resident = Vec::new();
    for kind in RecordKind::ALL.into_iter().filter(|k| k.is_resident()) {
        resident.extend(records_of(sql, kind)?);
    }
    let mut last = 0;
    for table in [
        "carts",
        "checkouts",
        "order_groups",
        "products",
        "customers",
    ] {
        last = last.max(greatest(sql, &format!("SELECT max(id) FROM {table}"))?);
    }
    Ok(Start {
        resident,
        sequences: sequences(sql)?,
        fresh_from: last + 1,
        effects: effects(sql, 0, usize::MAX)?,
    })
}
