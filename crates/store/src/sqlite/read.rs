//! Questions to the database, over pooled read-only connections.

use super::asked::Asked;
use super::{body, checkout, load, lookup, open_read_only};
use crate::audit::Auditor;
use crate::codec::{QUOTAS, column, from_body, from_json, raw, record_from};
use crate::index::{AnswerIndex, Kind, answer_key, text_key};
use crate::lists::{self, Collector};
use crate::query::{
    DayTotals, FulfillmentFilter, FulfillmentRow, MovementPage, OrderFilter, OrderPage, Page,
    Queries, ReviewFilter, ReviewPage,
};
use crate::returns::{self, ReturnFilter, ReturnRow};
use crate::sums::{COUNTERS, QUARTER_MS, Sums};
use crate::visits::{self, CountedTouch, VisitKind};
use crate::{AuditReport, StoreError, block, points, reviews, wishes, yards};
use commerce::campaign::Quota;
use commerce::checkout::{Cart, Checkout};
use commerce::code::CurrencyCode;
use commerce::customer::Customer;
use commerce::event::{Effect, Event};
use commerce::id::{
    CartId, CheckoutId, CustomerId, FulfillmentId, GroupId, LocationId, ReviewId, VariantId,
};
use commerce::order::Group;
use commerce::points::{PointsAccount, PointsEntry};
use commerce::review::Review;
use commerce::stock::{Movement, StockAccount, StockCause};
use commerce::wish::{AlertKind, Want, Wishes};
use commerce::world::{Answer, KeySet, Record, RecordKind};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, RwLock};

/// Movements that best sellers are counted over.
const BEST_SELLER_MOVEMENTS: usize = 50_000;
/// Idle connections kept for the next question.
const POOL_MAX: usize = 16;
/// An id is made before its order is placed, but never longer before than this.
const MADE_BEFORE_MS: i64 = commerce::limits::CHECKOUT_MS * 4;

/// Read access to one SQLite file.
pub struct SqliteReader {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// What the writing side knows of answers, when it is in this process.
    answers: Option<Arc<RwLock<AnswerIndex>>>,
}

impl SqliteReader {
    /// A reader of the file at `path`; connections are opened when they are needed.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Vec::new()),
            answers: None,
        }
    }

    /// A reader beside the writing side.
    pub(super) fn beside(path: PathBuf, answers: Arc<RwLock<AnswerIndex>>) -> Self {
        Self {
            answers: Some(answers),
            ..Self::new(path)
        }
    }

    /// Answers one question on a pooled connection.
    fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = || {
            self.idle
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        };
        let pooled = idle().pop();
        let connection = match pooled {
            Some(connection) => connection,
            None => open_read_only(&self.path)?,
        };
        let answer = question(&connection);
        let mut pool = idle();
        if pool.len() < POOL_MAX {
            pool.push(connection);
        }
        answer
    }
}

/// Runs a query with any parameters and reads each row.
fn rows<T>(
    connection: &Connection,
    sql: &str,
    parameters: Vec<Value>,
    mut read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params_from_iter(parameters))?;
    let mut out = Vec::new();
    while let Some(row) = found.next()? {
        out.push(read(row)?);
    }
    Ok(out)
}

/// Effects from a number on.
pub fn effects(
    connection: &Connection,
    from: u64,
    limit: usize,
) -> Result<Vec<Effect>, StoreError> {
    let sql = "SELECT number, at, body FROM effects WHERE number >= ?1 ORDER BY number LIMIT ?2";
    rows(
        connection,
        sql,
        vec![column(from).into(), (limit as i64).into()],
        |r| {
            Ok(Effect {
                number: raw(r.get(0)?),
                at: r.get(1)?,
                task: from_body("effects", bytes(r, 2))?,
            })
        },
    )
}

/// The bytes in a column; none when it holds something else.
fn bytes<'r>(row: &'r Row<'_>, index: usize) -> &'r [u8] {
    row.get_ref(index)
        .ok()
        .and_then(|value| value.as_blob().ok())
        .unwrap_or_default()
}

/// Events from a position on, in order, until there is no more or `take` has had enough.
fn events_from(
    connection: &Connection,
    position: u64,
    mut take: impl FnMut(Event) -> bool,
) -> Result<(), StoreError> {
    let first = "SELECT coalesce(max(first), 0) FROM events WHERE first <= ?1";
    let first: i64 = connection
        .prepare_cached(first)?
        .query_row([column(position)], |row| row.get(0))?;
    let mut statement = connection
        .prepare_cached("SELECT first, body FROM events WHERE first >= ?1 ORDER BY first")?;
    let mut found = statement.query([first])?;
    while let Some(row) = found.next()? {
        for event in block::events(raw(row.get(0)?), bytes(row, 1))? {
            if event.position >= position && !take(event) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Movements before a number, newest first, until there is no more or `take` has had enough.
fn movements_before(
    connection: &Connection,
    before: i64,
    mut take: impl FnMut(Movement) -> bool,
) -> Result<(), StoreError> {
    let sql = "SELECT first, body FROM stock_movements WHERE first < ?1 ORDER BY first DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query([before])?;
    while let Some(row) = found.next()? {
        let block = block::movements(raw(row.get(0)?), bytes(row, 1))?;
        for movement in block.into_iter().rev() {
            if column(movement.number) < before && !take(movement) {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Looks at groups in the order of a query that gives id and body.
fn scan_groups(
    connection: &Connection,
    sql: &str,
    parameters: Vec<Value>,
    mut take: impl FnMut(Group) -> bool,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params_from_iter(parameters))?;
    while let Some(row) = found.next()? {
        if !take(from_body("order_groups", bytes(row, 0))?) {
            break;
        }
    }
    Ok(())
}

/// The last id of a span of time that a list may show: ids are made before their order is placed.
fn id_at(at: i64) -> i64 {
    at.saturating_sub(commerce::id::EPOCH_MS)
        .clamp(0, i64::MAX >> 23)
        << 22
}

impl Queries for SqliteReader {
    fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        self.ask(|c| body(c, "order_groups", id.0))
    }

    fn checkout(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.ask(|c| checkout(c, id))
    }

    fn cart(&self, id: CartId) -> Result<Option<Cart>, StoreError> {
        self.ask(|c| body(c, "carts", id.0))
    }

    fn answer(&self, key: u128) -> Result<Option<Answer>, StoreError> {
        match &self.answers {
            None => self.ask(|c| lookup::answer(c, key)),
            Some(answers) => self.ask(|c| load::answer(c, answers, key)),
        }
    }

    fn is_surely_new(&self, key: u128) -> bool {
        let key = answer_key(key);
        self.answers.as_ref().is_some_and(|answers| {
            let known = super::known(answers);
            known.recent(key).is_empty() && known.runs(&[key]).is_empty()
        })
    }

    fn records(&self, kind: RecordKind) -> Result<Vec<Record>, StoreError> {
        self.ask(|c| load::records_of(c, kind))
    }

    fn records_named(&self, keys: &KeySet) -> Result<Vec<Record>, StoreError> {
        self.ask(|c| load::records(c, keys))
    }

    fn records_under(
        &self,
        kind: RecordKind,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        self.ask(|c| load::records_under(c, kind, prefix, limit))
    }

    fn levels(&self) -> Result<commerce::world::Rows, StoreError> {
        self.ask(load::all_levels)
    }

    fn taken(&self, quotas: BTreeSet<Quota>) -> Result<BTreeMap<Quota, i64>, StoreError> {
        let keys = KeySet {
            quotas,
            ..KeySet::default()
        };
        let found = self.ask(|c| load::quotas(c, &keys))?;
        Ok(found.into_iter().collect())
    }

    fn customer_by_email(&self, email: &str) -> Result<Option<Customer>, StoreError> {
        self.ask(|c| {
            let mut statement = c.prepare_cached("SELECT body FROM customers WHERE code = ?1")?;
            let body: Option<String> = statement.query_row([email], |row| row.get(0)).optional()?;
            body.map(|b| from_json("customers", &b)).transpose()
        })
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.ask(|c| {
            let mut statement = c.prepare_cached("SELECT body FROM customers WHERE id = ?1")?;
            let body: Option<String> = statement
                .query_row([column(id.0)], |row| row.get(0))
                .optional()?;
            body.map(|b| from_json("customers", &b)).transpose()
        })
    }

    fn wishes(&self, customer: CustomerId) -> Result<Option<Wishes>, StoreError> {
        self.ask(|c| wishes::of(&Asked(c), customer))
    }

    fn points(&self, member: CustomerId) -> Result<PointsAccount, StoreError> {
        self.ask(|c| points::of(&Asked(c), member))
    }

    fn points_entries(
        &self,
        member: CustomerId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PointsEntry>, StoreError> {
        self.ask(|c| points::entries(&Asked(c), member, before, limit))
    }

    fn points_due(&self, now: i64, limit: usize) -> Result<Vec<CustomerId>, StoreError> {
        self.ask(|c| points::due(&Asked(c), now, limit))
    }

    fn wanted(
        &self,
        kind: AlertKind,
        among: RangeInclusive<VariantId>,
        limit: usize,
    ) -> Result<Vec<VariantId>, StoreError> {
        self.ask(|c| wishes::wanted(&Asked(c), kind, among.clone(), limit))
    }

    fn most_offered(
        &self,
        variant: VariantId,
        currency: CurrencyCode,
    ) -> Result<Option<i64>, StoreError> {
        self.ask(|c| wishes::most_offered(&Asked(c), variant, currency))
    }

    fn waiting(
        &self,
        of: (AlertKind, VariantId),
        after: (i64, u64),
        limit: usize,
    ) -> Result<Vec<Want>, StoreError> {
        self.ask(|c| wishes::waiting(&Asked(c), of, after, limit))
    }

    fn order_list(&self, filter: &OrderFilter) -> Result<OrderPage, StoreError> {
        let mut page = Collector::new(filter.limit);
        let after = filter.after.map_or(i64::MAX, column);
        let until = filter.to.map_or(i64::MAX, |to| id_at(to) | 0x3f_ffff);
        let from = filter
            .from
            .map_or(0, |from| id_at(from.saturating_sub(MADE_BEFORE_MS)));
        let sql = "SELECT body FROM order_groups WHERE id >= ?1 AND id <= ?2 ORDER BY id DESC";
        self.ask(|c| {
            scan_groups(
                c,
                sql,
                vec![from.into(), after.min(until).into()],
                |group| page.take(lists::orders(&group, filter)) && !page.tires(group.id.0),
            )
        })?;
        Ok(page.page())
    }

    fn fulfillment_list(
        &self,
        filter: &FulfillmentFilter,
    ) -> Result<Page<FulfillmentRow>, StoreError> {
        let mut page = Collector::new(filter.limit);
        // Fulfillments are numbered under their group.
        let from = filter.after.map_or(0, |after| column(after & !0xff));
        let sql = if lists::is_pick_list(filter) {
            "SELECT body FROM order_groups WHERE to_do = 1 AND id >= ?1 ORDER BY id"
        } else {
            "SELECT body FROM order_groups WHERE id >= ?1 ORDER BY id"
        };
        self.ask(|c| {
            scan_groups(c, sql, vec![from.into()], |group| {
                page.take(lists::fulfillments(&group, filter)) && !page.tires(group.id.0 | 0xff)
            })
        })?;
        Ok(page.page())
    }

    fn return_list(&self, filter: &ReturnFilter) -> Result<Page<ReturnRow>, StoreError> {
        let after = filter.after.map(column);
        if filter.is_queue() {
            let limit = filter.limit.clamp(1, lists::PAGE_MAX);
            let bounds = vec![after.unwrap_or(-1).into(), (limit as i64 - 1).into()];
            let found = self.ask(|c| {
                rows(c, returns::QUEUE, bounds, |r| {
                    let group: Group = from_body("order_groups", bytes(r, 2))?;
                    Ok((r.get(0)?, returns::waiting(&group, raw(r.get(1)?), filter)))
                })
            })?;
            return Ok(returns::queue(found, limit));
        }
        let mut page = Collector::new(filter.limit);
        let sql = "SELECT body FROM order_groups WHERE id <= ?1 ORDER BY id DESC";
        self.ask(|c| {
            scan_groups(c, sql, vec![after.unwrap_or(i64::MAX).into()], |group| {
                page.take(returns::of_group(&group, filter)) && !page.tires(group.id.0)
            })
        })?;
        Ok(page.page())
    }

    fn returns_open(&self) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM open_returns";
        self.ask(|c| Ok(c.query_row(sql, [], |r| r.get(0))?))
    }

    fn fulfillments_waiting(&self) -> Result<[i64; 3], StoreError> {
        self.ask(counters)
    }

    fn history(&self, id: GroupId) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT first_event FROM order_groups WHERE id = ?1 AND first_event > 0
                   UNION ALL SELECT position FROM group_events WHERE group_id = ?1 ORDER BY 1";
        self.ask(|c| {
            let parts = rows(c, sql, vec![column(id.0).into()], |r| Ok(raw(r.get(0)?)))?;
            let mut out: Vec<Event> = Vec::new();
            for position in parts {
                // Where a stretch goes on in the next batch, both begin in it.
                if out.last().is_some_and(|last| last.position >= position) {
                    continue;
                }
                events_from(c, position, |event| {
                    let own = event.what.group() == Some(id);
                    out.extend(own.then_some(event));
                    own
                })?;
            }
            Ok(out)
        })
    }

    fn movements(
        &self,
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
        self.ask(|c| {
            let blocks = lookup::values(c, Kind::Movement, variant.0)?;
            let blocks: BTreeSet<u64> = blocks.into_iter().filter(|b| *b < before).collect();
            let mut body = c.prepare_cached("SELECT body FROM stock_movements WHERE first = ?1")?;
            for first in blocks.into_iter().rev() {
                let mut found = body.query([column(first)])?;
                let Some(row) = found.next()? else { continue };
                let all = block::movements(first, bytes(row, 0))?.into_iter().rev();
                let own = all.filter(|m| {
                    m.variant == variant && m.number < before && (touches(m.from) || touches(m.to))
                });
                if !page.take(own.map(|m| (m.number, m))) {
                    break;
                }
            }
            Ok(())
        })?;
        Ok(page.page())
    }

    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let limit = limit.clamp(1, 10_000);
        // Positions fit a signed column; nothing follows the last of them.
        let first = after.saturating_add(1).min(i64::MAX as u64);
        let mut out = Vec::new();
        self.ask(|c| {
            events_from(c, first, |event| {
                out.push(event);
                out.len() < limit
            })
        })?;
        Ok(out)
    }

    fn groups_by_email(&self, email: &str, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        self.ask(|c| {
            let found = lookup::values(c, Kind::Buyer, text_key(email))?;
            let newest: BTreeSet<Reverse<u64>> = found.into_iter().map(Reverse).collect();
            let mut out = Vec::new();
            for Reverse(id) in newest {
                // Two addresses may share a key.
                let group: Option<Group> = body(c, "order_groups", id)?;
                out.extend(group.filter(|g| g.buyer.email == email).map(|g| g.id));
                if out.len() >= limit.clamp(1, lists::PAGE_MAX) {
                    break;
                }
            }
            Ok(out)
        })
    }

    fn first_groups(&self, buyers: &[u64]) -> Result<BTreeMap<u64, GroupId>, StoreError> {
        let found = self.ask(|c| lookup::values_of(c, Kind::Buyer, buyers))?;
        Ok(found
            .least()
            .into_iter()
            .map(|(k, id)| (k, GroupId(id)))
            .collect())
    }

    fn parcels(&self, numbers: &[&str]) -> Result<Vec<FulfillmentId>, StoreError> {
        let keys: Vec<u64> = numbers.iter().map(|number| text_key(number)).collect();
        let found = self.ask(|c| lookup::values_of(c, Kind::Waybill, &keys))?;
        Ok(found.all().into_iter().map(FulfillmentId).collect())
    }

    fn parcels_at(
        &self,
        location: LocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FulfillmentId>, StoreError> {
        let bounds = vec![
            column(location.0).into(),
            column(after).into(),
            (limit as i64).into(),
        ];
        self.ask(|c| rows(c, yards::AT, bounds, |r| Ok(FulfillmentId(raw(r.get(0)?)))))
    }

    fn parcels_by_place(&self) -> Result<Vec<(LocationId, i64)>, StoreError> {
        self.ask(|c| {
            rows(c, yards::COUNTS, Vec::new(), |r| {
                Ok((LocationId(raw(r.get(0)?)), r.get(1)?))
            })
        })
    }

    fn totals(&self, from: i64, to: i64) -> Result<Vec<DayTotals>, StoreError> {
        let sql = "SELECT currency, sum(orders), sum(revenue), sum(from_phones) FROM sales
                   WHERE quarter > ?1 AND quarter < ?2 GROUP BY currency HAVING sum(orders) > 0";
        self.ask(|c| {
            rows(
                c,
                sql,
                vec![from.saturating_sub(QUARTER_MS).into(), to.into()],
                |r| {
                    Ok(DayTotals {
                        currency: currency(r, 0)?,
                        orders: r.get(1)?,
                        revenue: r.get(2)?,
                        from_phones: r.get(3)?,
                    })
                },
            )
        })
    }

    fn visits(
        &self,
        span: (i64, i64),
        touch: CountedTouch,
    ) -> Result<Vec<(VisitKind, i64)>, StoreError> {
        let parameters = visits::span(span, touch).map(Value::from).to_vec();
        self.ask(|c| {
            rows(c, visits::BY_KIND, parameters, |r| {
                let kind = VisitKind {
                    source: r.get(0)?,
                    medium: r.get(1)?,
                    campaign: r.get(2)?,
                    referral: r.get(3)?,
                    landing: r.get(4)?,
                    device: r.get(5)?,
                };
                Ok((kind, r.get(6)?))
            })
        })
    }

    fn best_sellers(&self, limit: usize) -> Result<Vec<VariantId>, StoreError> {
        let mut pieces: BTreeMap<VariantId, i64> = BTreeMap::new();
        let mut seen = 0;
        self.ask(|c| {
            movements_before(c, i64::MAX, |movement| {
                let sign = match movement.cause {
                    StockCause::Reserve(_) => 1,
                    StockCause::Release(_) | StockCause::Expire(_) => -1,
                    _ => 0,
                };
                *pieces.entry(movement.variant).or_default() += sign * movement.quantity;
                seen += 1;
                seen < BEST_SELLER_MOVEMENTS
            })
        })?;
        let mut best: Vec<_> = pieces.into_iter().filter(|(_, n)| *n > 0).collect();
        best.sort_by_key(|(variant, pieces)| (Reverse(*pieces), *variant));
        Ok(best.into_iter().take(limit).map(|(v, _)| v).collect())
    }

    fn review(&self, id: ReviewId) -> Result<Option<Review>, StoreError> {
        let sql = "SELECT body FROM reviews WHERE id = ?1";
        let found = self.ask(|c| rows(c, sql, vec![column(id.0).into()], review_in))?;
        Ok(found.into_iter().next())
    }

    fn review_list(&self, filter: &ReviewFilter) -> Result<ReviewPage, StoreError> {
        let (sql, numbers) = reviews::question(filter);
        let numbers = numbers.into_iter().map(Value::from).collect();
        let found = self.ask(|c| rows(c, &sql, numbers, review_in))?;
        Ok(reviews::page(found, filter))
    }

    fn expired_groups(&self, now: i64, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        let sql = "SELECT id FROM order_groups WHERE expires_at IS NOT NULL AND expires_at <= ?1
                   ORDER BY expires_at LIMIT ?2";
        self.ask(|c| {
            rows(c, sql, vec![now.into(), (limit as i64).into()], |r| {
                Ok(GroupId(raw(r.get(0)?)))
            })
        })
    }

    fn effects(&self, from: u64, limit: usize) -> Result<Vec<Effect>, StoreError> {
        self.ask(|c| effects(c, from, limit))
    }

    fn group_ids(&self, after: GroupId, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        let sql = "SELECT id FROM order_groups WHERE id > ?1 ORDER BY id LIMIT ?2";
        let limit = limit.clamp(1, 10_000) as i64;
        self.ask(|c| {
            rows(c, sql, vec![column(after.0).into(), limit.into()], |r| {
                Ok(GroupId(raw(r.get(0)?)))
            })
        })
    }

    fn audit(&self, progress: &mut dyn FnMut(&str, u64)) -> Result<AuditReport, StoreError> {
        let connection = open_read_only(&self.path)?;
        // One read transaction: all tables are seen as of the same batch.
        connection.execute_batch("BEGIN")?;
        let report = audit(&connection, progress);
        connection.execute_batch("COMMIT")?;
        report
    }
}

/// A review from its body.
fn review_in(row: &Row<'_>) -> Result<Review, StoreError> {
    let body: String = row.get(0)?;
    from_json(reviews::TABLE, &body)
}

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 100_000;

fn currency(row: &Row<'_>, index: usize) -> Result<CurrencyCode, StoreError> {
    let code: String = row.get(index)?;
    CurrencyCode::parse(&code).ok_or(StoreError::Row {
        table: "sales",
        reason: format!("currency {code}"),
    })
}

fn counters(c: &Connection) -> Result<[i64; 3], StoreError> {
    let mut out = [0; 3];
    let mut value = c.prepare_cached("SELECT value FROM counters WHERE name = ?1")?;
    for (place, name) in COUNTERS.iter().enumerate() {
        let found: Option<i64> = value.query_row([name], |row| row.get(0)).optional()?;
        out[place] = found.unwrap_or(0);
    }
    Ok(out)
}

/// The sums that are kept.
fn kept_sums(c: &Connection) -> Result<Sums, StoreError> {
    let sql = "SELECT quarter, currency, orders, revenue, from_phones FROM sales";
    let sold = rows(c, sql, Vec::new(), |r| {
        Ok((
            (r.get(0)?, currency(r, 1)?),
            [r.get(2)?, r.get(3)?, r.get(4)?],
        ))
    })?;
    Ok(Sums {
        waiting: counters(c)?,
        sold: sold.into_iter().collect(),
    })
}

/// Takes the rows of a table one after the other; says how far it is.
fn scan(
    c: &Connection,
    (table, sql): (&str, &str),
    progress: &mut dyn FnMut(&str, u64),
    take: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = c.prepare(sql)?;
    let mut found = statement.query([])?;
    let mut count = 0;
    while let Some(row) = found.next()? {
        take(row)?;
        count += 1;
        if count % PROGRESS_ROWS == 0 {
            progress(table, count);
        }
    }
    progress(table, count);
    Ok(())
}

/// The round of a row that has its body alone.
fn round_in(row: &Row<'_>) -> Result<Record, StoreError> {
    let body: String = row.get(0)?;
    record_from(RecordKind::Round, &body)
}

fn audit(c: &Connection, progress: &mut dyn FnMut(&str, u64)) -> Result<AuditReport, StoreError> {
    let mut auditor = Auditor::default();
    let mut scan = |table: &str, sql: &str, take: &mut dyn FnMut(&Row<'_>) -> _| {
        scan(c, (table, sql), progress, take)
    };
    let blocks = |table: &str| format!("SELECT first, body, entries FROM {table} ORDER BY first");
    scan("stock_movements", &blocks("stock_movements"), &mut |r| {
        let entries = block::movements(raw(r.get(0)?), bytes(r, 1))?;
        auditor.block("stock_movements", r.get(2)?, entries.len());
        entries.iter().for_each(|m| auditor.movement(m));
        Ok(())
    })?;
    let levels = "SELECT variant_id, location_id, on_hand, reserved, safety_stock, shortage FROM inventory_levels";
    scan("inventory_levels", levels, &mut |r| {
        let (variant, location, level) = load::level_from(r)?;
        auditor.level(variant, location, level);
        Ok(())
    })?;
    scan("postings", &blocks("postings"), &mut |r| {
        let entries = block::postings(raw(r.get(0)?), bytes(r, 1))?;
        auditor.block("postings", r.get(2)?, entries.len());
        entries.iter().for_each(|p| auditor.posting(p));
        Ok(())
    })?;
    let groups = "SELECT body, to_do, expires_at FROM order_groups ORDER BY id";
    scan("order_groups", groups, &mut |r| {
        let group = from_body("order_groups", bytes(r, 0))?;
        auditor.group(&group, r.get(1)?, r.get(2)?);
        Ok(())
    })?;
    auditor.campaigns(load::records_of(c, RecordKind::Campaign)?);
    auditor.number_pools(load::records_of(c, RecordKind::NumberPool)?);
    scan("rounds", "SELECT body FROM rounds ORDER BY id", &mut |r| {
        auditor.round(&round_in(r)?);
        Ok(())
    })?;
    auditor.round_books(load::records_of(c, RecordKind::RoundBook)?);
    scan("quotas", QUOTAS, &mut |r| {
        let (quota, taken) = load::quota_from(r)?;
        auditor.quota(quota, taken);
        Ok(())
    })?;
    scan("reviews", "SELECT body FROM reviews", &mut |r| {
        auditor.review(&review_in(r)?);
        Ok(())
    })?;
    auditor.ratings(load::all_ratings(c)?);
    auditor.points(&Asked(c))?;
    auditor.sums(kept_sums(c)?);
    audit_lists(c, &mut auditor)?;
    let checkouts =
        "SELECT coalesce(n.body, c.body), EXISTS (SELECT 1 FROM order_groups g WHERE g.id = c.id)
                     FROM checkouts c LEFT JOIN changed_checkouts n ON n.id = c.id";
    scan("checkouts", checkouts, &mut |r| {
        let checkout: Checkout = from_body("checkouts", bytes(r, 0))?;
        auditor.checkout(&checkout, r.get(1)?);
        Ok(())
    })?;
    scan("events", &blocks("events"), &mut |r| {
        let entries = block::events(raw(r.get(0)?), bytes(r, 1))?;
        auditor.block("events", r.get(2)?, entries.len());
        entries.iter().for_each(|e| auditor.event(e));
        Ok(())
    })?;
    Ok(auditor.finish())
}

/// What is kept beside groups so that it need not be looked for in all of them.
fn audit_lists(c: &Connection, auditor: &mut Auditor) -> Result<(), StoreError> {
    let open = "SELECT requested_at, return_id, group_id FROM open_returns";
    auditor.open_returns(rows(c, open, Vec::new(), |r| {
        Ok((r.get(0)?, raw(r.get(1)?), raw(r.get(2)?)))
    })?);
    let lying = "SELECT location_id, fulfillment_id FROM lying_parcels";
    auditor.lying_parcels(rows(c, lying, Vec::new(), |r| {
        Ok((raw(r.get(0)?), raw(r.get(1)?)))
    })?);
    Ok(())
}
