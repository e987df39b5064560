//! All invariants over the rows that one transaction sees. Tables are read in pieces, each a range of the key.

use super::{Columns, Sql, load, questions, rows};
use crate::audit::Auditor;
use crate::codec::{QUOTAS, from_body, from_json, record_from};
use crate::rows::Cell;
use crate::sums::Sums;
use crate::{AuditReport, StoreError, block, reviews};
use commerce::checkout::Checkout;
use commerce::world::RecordKind;

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 100_000;
/// Rows of hot tables in one piece.
const PIECE: i64 = 4_096;
/// Blocks in one piece.
const BLOCKS: i64 = 16;

/// Reads a table by its numeric key, which is the first column, and counts its rows.
fn scan(
    sql: &impl Sql,
    (table, text, piece): (&str, &str, i64),
    progress: &mut dyn FnMut(&str, u64),
    take: &mut dyn FnMut(&dyn Columns) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut from, mut count) = (0, 0);
    loop {
        let mut last = None;
        sql.ask(text, &[Cell::Int(from), Cell::Int(piece)], &mut |r| {
            take(r)?;
            last = Some(r.int(0)?);
            count += 1;
            if count % PROGRESS_ROWS == 0 {
                progress(table, count);
            }
            Ok(())
        })?;
        match last {
            Some(last) => from = last + 1,
            None => break,
        }
    }
    progress(table, count);
    Ok(())
}

/// Checks everything; says how far it is.
pub fn audit(
    sql: &impl Sql,
    progress: &mut dyn FnMut(&str, u64),
) -> Result<AuditReport, StoreError> {
    let mut auditor = Auditor::default();
    let blocks = |table: &str| {
        format!(
            "SELECT first, body, entries FROM {table} WHERE first >= ?1 ORDER BY first LIMIT ?2"
        )
    };
    let text = blocks("stock_movements");
    scan(
        sql,
        ("stock_movements", &text, BLOCKS),
        progress,
        &mut |r| {
            let entries = block::movements(r.id(0)?, r.bytes(1)?)?;
            auditor.block("stock_movements", r.int(2)?, entries.len());
            entries.iter().for_each(|m| auditor.movement(m));
            Ok(())
        },
    )?;
    for (variant, location, level) in load::all_levels(sql)?.levels {
        auditor.level(variant, location, level);
    }
    let text = blocks("postings");
    scan(sql, ("postings", &text, BLOCKS), progress, &mut |r| {
        let entries = block::postings(r.id(0)?, r.bytes(1)?)?;
        auditor.block("postings", r.int(2)?, entries.len());
        entries.iter().for_each(|p| auditor.posting(p));
        Ok(())
    })?;
    let text =
        "SELECT id, body, to_do, expires_at FROM order_groups WHERE id >= ?1 ORDER BY id LIMIT ?2";
    scan(sql, ("order_groups", text, PIECE), progress, &mut |r| {
        let group = from_body("order_groups", r.bytes(1)?)?;
        auditor.group(&group, r.int_or_null(2)?, r.int_or_null(3)?);
        Ok(())
    })?;
    auditor.campaigns(load::records_of(sql, RecordKind::Campaign)?);
    auditor.number_pools(load::records_of(sql, RecordKind::NumberPool)?);
    audit_rounds(sql, &mut auditor, progress)?;
    for (quota, taken) in rows(sql, QUOTAS, &[], load::quota_from)? {
        auditor.quota(quota, taken);
    }
    audit_reviews(sql, &mut auditor, progress)?;
    auditor.points(sql)?;
    auditor.sums(kept_sums(sql)?);
    audit_lists(sql, &mut auditor)?;
    let text = "SELECT c.id, coalesce(n.body, c.body),
                    CASE WHEN EXISTS (SELECT 1 FROM order_groups g WHERE g.id = c.id)
                    THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
                FROM checkouts c LEFT JOIN changed_checkouts n ON n.id = c.id
                WHERE c.id >= ?1 ORDER BY c.id LIMIT ?2";
    scan(sql, ("checkouts", text, PIECE), progress, &mut |r| {
        let checkout: Checkout = from_body("checkouts", r.bytes(1)?)?;
        auditor.checkout(&checkout, r.int(2)? == 1);
        Ok(())
    })?;
    let text = blocks("events");
    scan(sql, ("events", &text, BLOCKS), progress, &mut |r| {
        let entries = block::events(r.id(0)?, r.bytes(1)?)?;
        auditor.block("events", r.int(2)?, entries.len());
        entries.iter().for_each(|e| auditor.event(e));
        Ok(())
    })?;
    Ok(auditor.finish())
}

fn audit_rounds(
    sql: &impl Sql,
    auditor: &mut Auditor,
    progress: &mut dyn FnMut(&str, u64),
) -> Result<(), StoreError> {
    let text = "SELECT id, body FROM rounds WHERE id >= ?1 ORDER BY id LIMIT ?2";
    scan(sql, ("rounds", text, PIECE), progress, &mut |r| {
        auditor.round(&record_from(RecordKind::Round, r.text(1)?)?);
        Ok(())
    })?;
    auditor.round_books(load::records_of(sql, RecordKind::RoundBook)?);
    Ok(())
}

fn audit_reviews(
    sql: &impl Sql,
    auditor: &mut Auditor,
    progress: &mut dyn FnMut(&str, u64),
) -> Result<(), StoreError> {
    let text = "SELECT id, body FROM reviews WHERE id >= ?1 ORDER BY id LIMIT ?2";
    scan(sql, ("reviews", text, PIECE), progress, &mut |r| {
        auditor.review(&from_json(reviews::TABLE, r.text(1)?)?);
        Ok(())
    })?;
    auditor.ratings(load::all_ratings(sql)?);
    Ok(())
}

/// The sums that are kept.
fn kept_sums(sql: &impl Sql) -> Result<Sums, StoreError> {
    let text = "SELECT quarter, currency, orders, revenue, from_phones FROM sales";
    let sold = rows(sql, text, &[], |r| {
        Ok((
            (r.int(0)?, questions::currency(r, 1)?),
            [r.int(2)?, r.int(3)?, r.int(4)?],
        ))
    })?;
    Ok(Sums {
        waiting: questions::fulfillments_waiting(sql)?,
        sold: sold.into_iter().collect(),
    })
}

/// What is kept beside groups so that it need not be looked for in all of them.
fn audit_lists(sql: &impl Sql, auditor: &mut Auditor) -> Result<(), StoreError> {
    let open = "SELECT requested_at, return_id, group_id FROM open_returns";
    let open = rows(sql, open, &[], |r| Ok((r.int(0)?, r.id(1)?, r.id(2)?)))?;
    auditor.open_returns(open);
    let lying = "SELECT location_id, fulfillment_id FROM lying_parcels";
    auditor.lying_parcels(rows(sql, lying, &[], |r| Ok((r.id(0)?, r.id(1)?)))?);
    Ok(())
}
