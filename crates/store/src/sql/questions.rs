//! What consoles, jobs and interfaces ask, over one connection of any engine. Long lists are read in pieces, each a
//! range of the key, so that a question that is answered early costs little.

use super::{Columns, Sql, lookup, row, rows};
use crate::codec::{column, from_body, from_json};
use crate::index::{Kind, text_key};
use crate::lists::{self, Collector};
use crate::query::{
    DayTotals, FulfillmentFilter, FulfillmentRow, MovementPage, OrderFilter, OrderPage, Page,
    ReviewFilter, ReviewPage,
};
use crate::returns::{self, ReturnFilter, ReturnRow};
use crate::rows::Cell;
use crate::sums::{COUNTERS, QUARTER_MS};
use crate::visits::{self, CountedTouch, VisitKind};
use crate::{StoreError, block, reviews, yards};
use commerce::code::CurrencyCode;
use commerce::customer::Customer;
use commerce::event::Event;
use commerce::id::{CustomerId, FulfillmentId, GroupId, LocationId, ReviewId, VariantId};
use commerce::order::Group;
use commerce::review::Review;
use commerce::stock::{Movement, StockAccount, StockCause};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Movements that best sellers are counted over.
const BEST_SELLER_MOVEMENTS: usize = 50_000;
/// An id is made before its order is placed, but never longer before than this.
const MADE_BEFORE_MS: i64 = commerce::limits::CHECKOUT_MS * 4;
/// Rows of the first piece of a long list.
const PIECE_MIN: i64 = 64;
/// Rows of a piece at most; each is twice as long as the one before.
const PIECE_MAX: i64 = 1_024;
/// Blocks in one piece.
const BLOCKS: i64 = 8;

/// Whether more is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Go on.
    More,
    /// It was enough.
    Enough,
}

fn more_if(wanted: bool) -> Next {
    if wanted { Next::More } else { Next::Enough }
}

/// Events from a position on, in order, until there is no more or `take` has had enough.
fn events_from(
    sql: &impl Sql,
    position: u64,
    mut take: impl FnMut(Event) -> Next,
) -> Result<(), StoreError> {
    let first = "SELECT coalesce(max(first), 0) FROM events WHERE first <= ?1";
    let mut from = row(sql, first, &[Cell::Int(column(position))], |r| r.int(0))?.unwrap_or(0);
    let text = "SELECT first, body FROM events WHERE first >= ?1 ORDER BY first LIMIT ?2";
    loop {
        let blocks = rows(sql, text, &[Cell::Int(from), Cell::Int(BLOCKS)], |r| {
            Ok((r.int(0)?, block::events(r.id(0)?, r.bytes(1)?)?))
        })?;
        let Some((last, _)) = blocks.last() else {
            return Ok(());
        };
        from = last + 1;
        for event in blocks.into_iter().flat_map(|(_, events)| events) {
            if event.position >= position && take(event) == Next::Enough {
                return Ok(());
            }
        }
    }
}

/// The latest movements, newest first, until there is no more or `take` has had enough.
fn latest_movements(
    sql: &impl Sql,
    mut take: impl FnMut(Movement) -> Next,
) -> Result<(), StoreError> {
    let text =
        "SELECT first, body FROM stock_movements WHERE first < ?1 ORDER BY first DESC LIMIT ?2";
    let mut before = i64::MAX;
    loop {
        let blocks = rows(sql, text, &[Cell::Int(before), Cell::Int(BLOCKS)], |r| {
            Ok((r.int(0)?, block::movements(r.id(0)?, r.bytes(1)?)?))
        })?;
        let Some((last, _)) = blocks.last() else {
            return Ok(());
        };
        before = *last;
        for movement in blocks.into_iter().flat_map(|(_, m)| m.into_iter().rev()) {
            if take(movement) == Next::Enough {
                return Ok(());
            }
        }
    }
}

/// Which way groups are looked at, and which of them.
struct Scan {
    from: i64,
    until: i64,
    text: &'static str,
    is_rising: bool,
}

/// Looks at groups one by one until there is no more or `take` has had enough.
fn scan_groups(
    sql: &impl Sql,
    scan: Scan,
    mut take: impl FnMut(Group) -> Next,
) -> Result<(), StoreError> {
    let (mut from, mut until, mut piece) = (scan.from, scan.until, PIECE_MIN);
    loop {
        let bounds = [Cell::Int(from), Cell::Int(until), Cell::Int(piece)];
        let groups: Vec<Group> = rows(sql, scan.text, &bounds, |r| {
            from_body("order_groups", r.bytes(0)?)
        })?;
        let Some(last) = groups.last().map(|g| column(g.id.0)) else {
            return Ok(());
        };
        if scan.is_rising {
            from = last + 1;
        } else {
            until = last - 1;
        }
        for group in groups {
            if take(group) == Next::Enough {
                return Ok(());
            }
        }
        piece = (piece * 2).min(PIECE_MAX);
    }
}

/// The first id of a moment that a list may show.
fn id_at(at: i64) -> i64 {
    at.saturating_sub(commerce::id::EPOCH_MS)
        .clamp(0, i64::MAX >> 23)
        << 22
}

/// Orders, newest first.
pub fn order_list(sql: &impl Sql, filter: &OrderFilter) -> Result<OrderPage, StoreError> {
    let mut page = Collector::new(filter.limit);
    let after = filter.after.map_or(i64::MAX, column);
    let until = filter.to.map_or(i64::MAX, |to| id_at(to) | 0x3f_ffff);
    let scan = Scan {
        from: filter
            .from
            .map_or(0, |from| id_at(from.saturating_sub(MADE_BEFORE_MS))),
        until: after.min(until),
        text: "SELECT body FROM order_groups WHERE id >= ?1 AND id <= ?2 ORDER BY id DESC LIMIT ?3",
        is_rising: false,
    };
    scan_groups(sql, scan, |group| {
        more_if(page.take(lists::orders(&group, filter)) && !page.tires(group.id.0))
    })?;
    Ok(page.page())
}

/// Fulfillments, oldest first.
pub fn fulfillment_list(
    sql: &impl Sql,
    filter: &FulfillmentFilter,
) -> Result<Page<FulfillmentRow>, StoreError> {
    let mut page = Collector::new(filter.limit);
    let scan = Scan {
        // Fulfillments are numbered under their group.
        from: filter.after.map_or(0, |after| column(after & !0xff)),
        until: i64::MAX,
        text: if lists::is_pick_list(filter) {
            "SELECT body FROM order_groups WHERE to_do = 1 AND id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3"
        } else {
            "SELECT body FROM order_groups WHERE id >= ?1 AND id <= ?2 ORDER BY id LIMIT ?3"
        },
        is_rising: true,
    };
    scan_groups(sql, scan, |group| {
        more_if(page.take(lists::fulfillments(&group, filter)) && !page.tires(group.id.0 | 0xff))
    })?;
    Ok(page.page())
}

/// Returns: those that are open oldest first, others newest first.
pub fn return_list(sql: &impl Sql, filter: &ReturnFilter) -> Result<Page<ReturnRow>, StoreError> {
    let after = filter.after.map(column);
    if filter.is_queue() {
        let limit = filter.limit.clamp(1, lists::PAGE_MAX);
        let bounds = [Cell::Int(after.unwrap_or(-1)), Cell::Int(limit as i64 - 1)];
        let found = rows(sql, returns::QUEUE, &bounds, |r| {
            let group: Group = from_body("order_groups", r.bytes(2)?)?;
            Ok((r.int(0)?, returns::waiting(&group, r.id(1)?, filter)))
        })?;
        return Ok(returns::queue(found, limit));
    }
    let mut page = Collector::new(filter.limit);
    let scan = Scan {
        from: 0,
        until: after.unwrap_or(i64::MAX),
        text: "SELECT body FROM order_groups WHERE id >= ?1 AND id <= ?2 ORDER BY id DESC LIMIT ?3",
        is_rising: false,
    };
    scan_groups(sql, scan, |group| {
        more_if(page.take(returns::of_group(&group, filter)) && !page.tires(group.id.0))
    })?;
    Ok(page.page())
}

/// How many returns are open.
pub fn returns_open(sql: &impl Sql) -> Result<i64, StoreError> {
    let text = "SELECT count(*) FROM open_returns";
    Ok(row(sql, text, &[], |r| r.int(0))?.unwrap_or(0))
}

/// Visits by kind.
pub fn visits(
    sql: &impl Sql,
    span: (i64, i64),
    touch: CountedTouch,
) -> Result<Vec<(VisitKind, i64)>, StoreError> {
    let parameters = visits::span(span, touch).map(Cell::Int);
    rows(sql, visits::BY_KIND, &parameters, |r| {
        let text = |index| r.text(index).map(str::to_string);
        let kind = VisitKind {
            source: text(0)?,
            medium: text(1)?,
            campaign: text(2)?,
            referral: text(3)?,
            landing: text(4)?,
            device: text(5)?,
        };
        Ok((kind, r.int(6)?))
    })
}

/// Parcels that lie at a place, after a fulfillment, by their ids.
pub fn parcels_at(
    sql: &impl Sql,
    location: LocationId,
    after: u64,
    limit: usize,
) -> Result<Vec<FulfillmentId>, StoreError> {
    let bounds = [
        Cell::Int(column(location.0)),
        Cell::Int(column(after)),
        Cell::Int(limit as i64),
    ];
    rows(sql, yards::AT, &bounds, |r| Ok(FulfillmentId(r.id(0)?)))
}

/// How many parcels lie at each place.
pub fn parcels_by_place(sql: &impl Sql) -> Result<Vec<(LocationId, i64)>, StoreError> {
    rows(sql, yards::COUNTS, &[], |r| {
        Ok((LocationId(r.id(0)?), r.int(1)?))
    })
}

/// How many fulfillments wait in each of the states open, picking and packed.
pub fn fulfillments_waiting(sql: &impl Sql) -> Result<[i64; 3], StoreError> {
    let mut out = [0; 3];
    for (place, name) in COUNTERS.iter().enumerate() {
        let text = "SELECT value FROM counters WHERE name = ?1";
        out[place] = row(sql, text, &[Cell::Text(name)], |r| r.int(0))?.unwrap_or(0);
    }
    Ok(out)
}

/// A customer by a column of theirs.
pub fn customer(sql: &impl Sql, id: CustomerId) -> Result<Option<Customer>, StoreError> {
    let text = "SELECT body FROM customers WHERE id = ?1";
    row(sql, text, &[Cell::Int(column(id.0))], |r| {
        from_json("customers", r.text(0)?)
    })
}

/// A customer by e-mail address.
pub fn customer_by_email(sql: &impl Sql, email: &str) -> Result<Option<Customer>, StoreError> {
    let text = "SELECT body FROM customers WHERE code = ?1";
    row(sql, text, &[Cell::Text(email)], |r| {
        from_json("customers", r.text(0)?)
    })
}

/// Everything that happened to a group, oldest first.
pub fn history(sql: &impl Sql, id: GroupId) -> Result<Vec<Event>, StoreError> {
    let text = "SELECT first_event FROM order_groups WHERE id = ?1 AND first_event > 0
                UNION ALL SELECT position FROM group_events WHERE group_id = ?1 ORDER BY 1";
    let parts = rows(sql, text, &[Cell::Int(column(id.0))], |r| r.id(0))?;
    let mut out: Vec<Event> = Vec::new();
    for position in parts {
        // Where a stretch goes on in the next batch, both begin in it.
        if out.last().is_some_and(|last| last.position >= position) {
            continue;
        }
        events_from(sql, position, |event| {
            let is_own = event.what.group() == Some(id);
            out.extend(is_own.then_some(event));
            more_if(is_own)
        })?;
    }
    Ok(out)
}

/// Movements of a variant, newest first, at one location or all.
pub fn movements(
    sql: &impl Sql,
    variant: VariantId,
    location: Option<LocationId>,
    before: Option<u64>,
    limit: usize,
) -> Result<MovementPage, StoreError> {
    let before = before.unwrap_or(u64::MAX >> 1);
    let touches = |account: StockAccount| match (account, location) {
        (StockAccount::Free(l) | StockAccount::Reserved(l), Some(wanted)) => l == wanted,
        (StockAccount::Free(_) | StockAccount::Reserved(_), None) => true,
        _ => false,
    };
    let mut page = Collector::new(limit);
    let blocks = lookup::values(sql, Kind::Movement, variant.0)?;
    let blocks: BTreeSet<u64> = blocks.into_iter().filter(|b| *b < before).collect();
    let text = "SELECT body FROM stock_movements WHERE first = ?1";
    for first in blocks.into_iter().rev() {
        let block = row(sql, text, &[Cell::Int(column(first))], |r| {
            block::movements(first, r.bytes(0)?)
        })?;
        let own = block.into_iter().flatten().rev().filter(|m| {
            m.variant == variant && m.number < before && (touches(m.from) || touches(m.to))
        });
        if !page.take(own.map(|m| (m.number, m))) {
            break;
        }
    }
    Ok(page.page())
}

/// The feed after a position.
pub fn events(sql: &impl Sql, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
    let limit = limit.clamp(1, 10_000);
    // Positions fit a signed column; nothing follows the last of them.
    let first = after.saturating_add(1).min(i64::MAX as u64);
    let mut out = Vec::new();
    events_from(sql, first, |event| {
        out.push(event);
        more_if(out.len() < limit)
    })?;
    Ok(out)
}

/// The groups of a buyer, newest first.
pub fn groups_by_email(
    sql: &impl Sql,
    email: &str,
    limit: usize,
) -> Result<Vec<GroupId>, StoreError> {
    let found = lookup::values(sql, Kind::Buyer, text_key(email))?;
    let newest: BTreeSet<Reverse<u64>> = found.into_iter().map(Reverse).collect();
    let mut out = Vec::new();
    for Reverse(id) in newest {
        // Two addresses may share a key.
        let group: Option<Group> = lookup::body(sql, "order_groups", id)?;
        out.extend(group.filter(|g| g.buyer.email == email).map(|g| g.id));
        if out.len() >= limit.clamp(1, lists::PAGE_MAX) {
            break;
        }
    }
    Ok(out)
}

/// What was sold in a span of time.
pub fn totals(sql: &impl Sql, from: i64, to: i64) -> Result<Vec<DayTotals>, StoreError> {
    let text = "SELECT currency, CAST(sum(orders) AS BIGINT), CAST(sum(revenue) AS BIGINT),
                    CAST(sum(from_phones) AS BIGINT)
                FROM sales WHERE quarter > ?1 AND quarter < ?2 GROUP BY currency HAVING sum(orders) > 0
                ORDER BY currency";
    rows(
        sql,
        text,
        &[Cell::Int(from.saturating_sub(QUARTER_MS)), Cell::Int(to)],
        |r| {
            Ok(DayTotals {
                currency: currency(r, 0)?,
                orders: r.int(1)?,
                revenue: r.int(2)?,
                from_phones: r.int(3)?,
            })
        },
    )
}

/// A currency in a column.
pub fn currency(r: &dyn Columns, index: usize) -> Result<CurrencyCode, StoreError> {
    let code = r.text(index)?;
    CurrencyCode::parse(code).ok_or_else(|| StoreError::Row {
        table: "sales",
        reason: format!("currency {code}"),
    })
}

/// What orders set aside and did not give back, by pieces, the most first.
pub fn best_sellers(sql: &impl Sql, limit: usize) -> Result<Vec<VariantId>, StoreError> {
    let mut pieces: BTreeMap<VariantId, i64> = BTreeMap::new();
    let mut seen = 0;
    latest_movements(sql, |movement| {
        let sign = match movement.cause {
            StockCause::Reserve(_) => 1,
            StockCause::Release(_) | StockCause::Expire(_) => -1,
            _ => 0,
        };
        *pieces.entry(movement.variant).or_default() += sign * movement.quantity;
        seen += 1;
        more_if(seen < BEST_SELLER_MOVEMENTS)
    })?;
    let mut best: Vec<_> = pieces.into_iter().filter(|(_, n)| *n > 0).collect();
    best.sort_by_key(|(variant, pieces)| (Reverse(*pieces), *variant));
    Ok(best.into_iter().take(limit).map(|(v, _)| v).collect())
}

/// A review from its body.
pub fn review_in(r: &dyn Columns) -> Result<Review, StoreError> {
    from_json(reviews::TABLE, r.text(0)?)
}

/// A review.
pub fn review(sql: &impl Sql, id: ReviewId) -> Result<Option<Review>, StoreError> {
    let text = "SELECT body FROM reviews WHERE id = ?1";
    row(sql, text, &[Cell::Int(column(id.0))], review_in)
}

/// Reviews.
pub fn review_list(sql: &impl Sql, filter: &ReviewFilter) -> Result<ReviewPage, StoreError> {
    let (text, numbers) = reviews::question(filter);
    let numbers: Vec<Cell<'_>> = numbers.into_iter().map(Cell::Int).collect();
    let found = rows(sql, &text, &numbers, review_in)?;
    Ok(reviews::page(found, filter))
}

/// Groups that were not paid by `now`, oldest first.
pub fn expired_groups(sql: &impl Sql, now: i64, limit: usize) -> Result<Vec<GroupId>, StoreError> {
    let text = "SELECT id FROM order_groups WHERE expires_at IS NOT NULL AND expires_at <= ?1
                ORDER BY expires_at, id LIMIT ?2";
    let limit = Cell::Int(i64::try_from(limit).unwrap_or(i64::MAX));
    rows(sql, text, &[Cell::Int(now), limit], |r| {
        r.id(0).map(GroupId)
    })
}

/// Group ids after one, oldest first.
pub fn group_ids(sql: &impl Sql, after: GroupId, limit: usize) -> Result<Vec<GroupId>, StoreError> {
    let text = "SELECT id FROM order_groups WHERE id > ?1 ORDER BY id LIMIT ?2";
    let limit = Cell::Int(limit.clamp(1, 10_000) as i64);
    rows(sql, text, &[Cell::Int(column(after.0)), limit], |r| {
        r.id(0).map(GroupId)
    })
}
