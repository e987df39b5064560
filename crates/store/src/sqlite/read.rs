//! Questions to the database, over pooled read-only connections.

use super::commit::read_mark;
use super::{load, open_read_only};
use crate::audit::Auditor;
use crate::codec::{
    FULFILLMENT_STATES, ORDER_STATES, column, from_json, movement_from, posting_from, raw,
    state_column,
};
use crate::query::{
    DayTotals, FulfillmentFilter, FulfillmentRow, MovementPage, OrderFilter, OrderPage, OrderRow,
    Page, Queries,
};
use crate::{AuditReport, StoreError};
use commerce::checkout::{Cart, Checkout, CheckoutStatus};
use commerce::code::CurrencyCode;
use commerce::event::{Effect, Event};
use commerce::id::{
    CartId, CheckoutId, CustomerId, FulfillmentId, GroupId, LocationId, OrderId, SellerId,
    VariantId,
};
use commerce::order::Group;
use commerce::settings::Customer;
use commerce::stock::StockAccount;
use commerce::world::{Answer, Record, RecordKind};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::sync::Mutex;

/// Movements that best sellers are counted over.
const BEST_SELLER_MOVEMENTS: i64 = 50_000;
/// Idle connections kept for the next question.
const POOL_MAX: usize = 16;
/// Rows in one page at most.
const PAGE_MAX: usize = 500;

/// Read access to one SQLite file.
pub struct SqliteReader {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteReader {
    /// A reader of the file at `path`; connections are opened when they are needed.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// All levels, for the shelf.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn all_levels(&self) -> Result<commerce::world::Rows, StoreError> {
        self.ask(super::load::all_levels)
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

    fn body<T: DeserializeOwned>(
        &self,
        table: &'static str,
        id: u64,
    ) -> Result<Option<T>, StoreError> {
        self.ask(|c| {
            let mut statement =
                c.prepare_cached(&format!("SELECT body FROM {table} WHERE id = ?1"))?;
            let body: Option<String> = statement
                .query_row([column(id)], |row| row.get(0))
                .optional()?;
            body.map(|b| from_json(table, &b)).transpose()
        })
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
            let body: String = r.get(2)?;
            Ok(Effect {
                number: raw(r.get(0)?),
                at: r.get(1)?,
                task: from_json("effects", &body)?,
            })
        },
    )
}

fn event_from(row: &Row<'_>) -> Result<Event, StoreError> {
    let body: String = row.get(0)?;
    from_json("events", &body)
}

/// Cuts the row that shows that there is more, and says where it begins.
fn page<T>(mut rows: Vec<T>, limit: usize, key: impl Fn(&T) -> u64) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(key) } else { None };
    Page { rows, next }
}

/// Conditions of a list, joined by AND, with their parameters.
#[derive(Default)]
struct Conditions {
    sql: String,
    parameters: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(if self.sql.is_empty() {
            " WHERE "
        } else {
            " AND "
        });
        self.sql.push_str(sql);
        self.parameters.extend(values);
    }

    /// `column IN (…)` over small numbers of our own making.
    fn any_of(&mut self, name: &str, values: &[i64]) {
        if !values.is_empty() {
            let list: Vec<String> = values.iter().map(i64::to_string).collect();
            self.add(&format!("{name} IN ({})", list.join(", ")), []);
        }
    }
}

fn order_conditions(filter: &OrderFilter) -> Conditions {
    let mut conditions = Conditions::default();
    let states: Vec<i64> = filter
        .states
        .iter()
        .map(|s| state_column(&ORDER_STATES, s))
        .collect();
    conditions.any_of("state", &states);
    if let Some(channel) = &filter.channel {
        conditions.add("channel = ?", [channel.clone().into()]);
    }
    if let Some(seller) = filter.seller {
        conditions.add("seller_id = ?", [column(seller.0).into()]);
    }
    if let Some(location) = filter.location {
        // Fulfillments are numbered under the order's group: a range of the key, not a scan.
        let sql = "EXISTS (SELECT 1 FROM fulfillments f WHERE f.id BETWEEN orders.id / 256 * 256
                   AND orders.id / 256 * 256 + 255 AND f.order_id = orders.id AND f.location_id = ?)";
        conditions.add(sql, [column(location.0).into()]);
    }
    if let Some(from) = filter.from {
        conditions.add("placed_at >= ?", [from.into()]);
    }
    if let Some(to) = filter.to {
        conditions.add("placed_at < ?", [to.into()]);
    }
    if let Some(after) = filter.after {
        conditions.add("id < ?", [column(after).into()]);
    }
    for word in filter.query.iter().flat_map(|q| q.split_whitespace()) {
        conditions.add("instr(search, ?) > 0", [word.to_lowercase().into()]);
    }
    conditions
}

fn order_row(r: &Row<'_>) -> Result<OrderRow, StoreError> {
    let currency: String = r.get(6)?;
    let state = usize::try_from(r.get::<_, i64>(1)?)
        .ok()
        .and_then(|i| ORDER_STATES.get(i).copied());
    let bad = |reason: &str| StoreError::Row {
        table: "orders",
        reason: reason.to_string(),
    };
    Ok(OrderRow {
        id: OrderId(raw(r.get(0)?)),
        state: state.ok_or_else(|| bad("unknown state"))?,
        seller: SellerId(raw(r.get(2)?)),
        channel: r.get(3)?,
        device: r.get(4)?,
        placed_at: r.get(5)?,
        currency: CurrencyCode::parse(&currency).ok_or_else(|| bad("unknown currency"))?,
        total: r.get(7)?,
        pieces: r.get(8)?,
        payment: r.get(9)?,
        buyer: r.get(10)?,
        email: r.get(11)?,
    })
}

fn fulfillment_row(r: &Row<'_>) -> Result<FulfillmentRow, StoreError> {
    let state = usize::try_from(r.get::<_, i64>(4)?)
        .ok()
        .and_then(|i| FULFILLMENT_STATES.get(i).copied());
    Ok(FulfillmentRow {
        id: FulfillmentId(raw(r.get(0)?)),
        order: OrderId(raw(r.get(1)?)),
        location: LocationId(raw(r.get(2)?)),
        method: r.get(3)?,
        state: state.ok_or(StoreError::Row {
            table: "fulfillments",
            reason: "unknown state".to_string(),
        })?,
        pieces: r.get(5)?,
    })
}

impl Queries for SqliteReader {
    fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        self.body("order_groups", id.0)
    }

    fn checkout(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.body("checkouts", id.0)
    }

    fn cart(&self, id: CartId) -> Result<Option<Cart>, StoreError> {
        self.body("carts", id.0)
    }

    fn answer(&self, key: u128) -> Result<Option<Answer>, StoreError> {
        self.ask(|c| {
            let mut statement = c.prepare_cached("SELECT body FROM answers WHERE key = ?1")?;
            let body: Option<String> = statement
                .query_row([key.to_be_bytes()], |row| row.get(0))
                .optional()?;
            body.map(|b| from_json("answers", &b)).transpose()
        })
    }

    fn records(&self, kind: RecordKind) -> Result<Vec<Record>, StoreError> {
        self.ask(|c| load::records_of(c, kind))
    }

    fn customer_by_email(&self, email: &str) -> Result<Option<Customer>, StoreError> {
        self.ask(|c| {
            let mut statement = c.prepare_cached("SELECT body FROM customers WHERE code = ?1")?;
            let body: Option<String> = statement.query_row([email], |row| row.get(0)).optional()?;
            body.map(|b| from_json("customers", &b)).transpose()
        })
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.body("customers", id.0)
    }

    fn order_list(&self, filter: &OrderFilter) -> Result<OrderPage, StoreError> {
        let limit = filter.limit.clamp(1, PAGE_MAX);
        let Conditions {
            sql,
            mut parameters,
        } = order_conditions(filter);
        let sql = format!(
            "SELECT id, state, seller_id, channel, device, placed_at, currency, total, pieces, payment, buyer, email
             FROM orders{sql} ORDER BY id DESC LIMIT ?"
        );
        parameters.push((limit as i64 + 1).into());
        self.ask(|c| {
            Ok(page(rows(c, &sql, parameters, order_row)?, limit, |r| {
                r.id.0
            }))
        })
    }

    fn fulfillment_list(
        &self,
        filter: &FulfillmentFilter,
    ) -> Result<Page<FulfillmentRow>, StoreError> {
        let limit = filter.limit.clamp(1, PAGE_MAX);
        let mut conditions = Conditions::default();
        let states: Vec<i64> = filter
            .states
            .iter()
            .map(|s| state_column(&FULFILLMENT_STATES, s))
            .collect();
        conditions.any_of("state", &states);
        if let Some(location) = filter.location {
            conditions.add("location_id = ?", [column(location.0).into()]);
        }
        if let Some(after) = filter.after {
            conditions.add("id > ?", [column(after).into()]);
        }
        let Conditions {
            sql,
            mut parameters,
        } = conditions;
        let sql = format!(
            "SELECT id, order_id, location_id, method, state, pieces FROM fulfillments{sql} ORDER BY id LIMIT ?"
        );
        parameters.push((limit as i64 + 1).into());
        self.ask(|c| {
            Ok(page(
                rows(c, &sql, parameters, fulfillment_row)?,
                limit,
                |r| r.id.0,
            ))
        })
    }

    fn fulfillments_waiting(&self) -> Result<[i64; 3], StoreError> {
        let sql =
            "SELECT state, count(*) FROM fulfillments WHERE state BETWEEN 1 AND 3 GROUP BY state";
        let counts = self.ask(|c| {
            rows(c, sql, Vec::new(), |r| {
                Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?))
            })
        })?;
        let of = |state| {
            counts
                .iter()
                .find(|(s, _)| *s == state)
                .map_or(0, |(_, n)| *n)
        };
        Ok([of(1), of(2), of(3)])
    }

    fn history(&self, id: GroupId) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM events WHERE group_id = ?1 ORDER BY position";
        self.ask(|c| rows(c, sql, vec![column(id.0).into()], event_from))
    }

    fn movements(
        &self,
        variant: VariantId,
        location: Option<LocationId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<MovementPage, StoreError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let before = before.map_or(i64::MAX, column);
        let touches = |account: StockAccount| match (account, location) {
            (StockAccount::Free(l) | StockAccount::Reserved(l), Some(wanted)) => l == wanted,
            (StockAccount::Free(_) | StockAccount::Reserved(_), None) => true,
            _ => false,
        };
        self.ask(|c| {
            // The recent tail is not indexed yet: it is read from the table itself.
            let until = read_mark(c, "variant_movements_until")?;
            let sql = "SELECT m.* FROM stock_movements m WHERE m.number > ?2 AND m.number < ?3 AND m.variant_id = ?1
                       UNION ALL
                       SELECT m.* FROM variant_movements v JOIN stock_movements m ON m.number = v.number
                       WHERE v.variant_id = ?1 AND v.number <= ?2 AND v.number < ?3
                       ORDER BY 1 DESC";
            let mut statement = c.prepare_cached(sql)?;
            let mut found = statement.query([column(variant.0), until, before])?;
            let mut out = Vec::new();
            while let Some(row) = found.next()? {
                let movement = movement_from(row)?;
                if touches(movement.from) || touches(movement.to) {
                    out.push(movement);
                }
                if out.len() > limit {
                    break;
                }
            }
            Ok(page(out, limit, |m| m.number))
        })
    }

    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT body FROM events WHERE position > ?1 ORDER BY position LIMIT ?2";
        let limit = limit.clamp(1, 10_000) as i64;
        self.ask(|c| rows(c, sql, vec![column(after).into(), limit.into()], event_from))
    }

    fn groups_by_email(&self, email: &str, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        self.ask(|c| {
            let until = read_mark(c, "buyer_orders_until")?;
            let sql = "SELECT group_id FROM buyer_orders WHERE email = ?1
                       UNION SELECT id / 256 * 256 FROM orders WHERE id > ?2 AND email = ?1
                       ORDER BY 1 DESC LIMIT ?3";
            let limit = limit.clamp(1, PAGE_MAX) as i64;
            rows(
                c,
                sql,
                vec![email.to_string().into(), until.into(), limit.into()],
                |r| Ok(GroupId(raw(r.get(0)?))),
            )
        })
    }

    fn totals(&self, from: i64, to: i64) -> Result<Vec<DayTotals>, StoreError> {
        // Ids are made in time order: a span of time is a range of the key. An id is made before its
        // order is placed, but never longer before than a checkout lives.
        let first =
            (from - commerce::limits::CHECKOUT_MS * 4 - commerce::id::EPOCH_MS).max(0) << 22;
        let sql = "SELECT currency, count(*), sum(total), sum(device = 'phone') FROM orders
                   WHERE id >= ?1 AND placed_at >= ?2 AND placed_at < ?3 AND state BETWEEN 1 AND 3 GROUP BY currency";
        self.ask(|c| {
            rows(c, sql, vec![first.into(), from.into(), to.into()], |r| {
                let code: String = r.get(0)?;
                let currency = CurrencyCode::parse(&code).ok_or(StoreError::Row {
                    table: "orders",
                    reason: format!("currency {code}"),
                })?;
                Ok(DayTotals {
                    currency,
                    orders: r.get(1)?,
                    revenue: r.get(2)?,
                    from_phones: r.get(3)?,
                })
            })
        })
    }

    fn best_sellers(&self, limit: usize) -> Result<Vec<VariantId>, StoreError> {
        let sql = "SELECT variant_id, sum(CASE cause WHEN 'reserve' THEN quantity ELSE -quantity END) AS pieces
                   FROM (SELECT * FROM stock_movements ORDER BY number DESC LIMIT ?1)
                   WHERE cause IN ('reserve', 'release', 'expire')
                   GROUP BY variant_id HAVING pieces > 0 ORDER BY pieces DESC, variant_id LIMIT ?2";
        self.ask(|c| {
            let limits = vec![BEST_SELLER_MOVEMENTS.into(), (limit as i64).into()];
            rows(c, sql, limits, |r| Ok(VariantId(raw(r.get(0)?))))
        })
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

/// Rows between two reports of progress.
const PROGRESS_ROWS: u64 = 100_000;

fn audit(c: &Connection, progress: &mut dyn FnMut(&str, u64)) -> Result<AuditReport, StoreError> {
    let mut auditor = Auditor::default();
    let mut scan =
        |table: &str, sql: &str, take: &mut dyn FnMut(&Row<'_>) -> Result<(), StoreError>| {
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
            Ok::<(), StoreError>(())
        };
    scan(
        "stock_movements",
        "SELECT * FROM stock_movements ORDER BY number",
        &mut |r| {
            auditor.movement(&movement_from(r)?);
            Ok(())
        },
    )?;
    let levels = "SELECT variant_id, location_id, on_hand, reserved, safety_stock, shortage FROM inventory_levels";
    scan("inventory_levels", levels, &mut |r| {
        let (variant, location, level) = load::level_from(r)?;
        auditor.level(variant, location, level);
        Ok(())
    })?;
    scan(
        "postings",
        "SELECT * FROM postings ORDER BY number",
        &mut |r| {
            auditor.posting(&posting_from(r)?);
            Ok(())
        },
    )?;
    let groups =
        "SELECT body, (SELECT count(*) FROM orders o WHERE o.id BETWEEN g.id AND g.id + 255)
                  FROM order_groups g ORDER BY id";
    scan("order_groups", groups, &mut |r| {
        let body: String = r.get(0)?;
        let listed: i64 = r.get(1)?;
        auditor.group(&from_json("order_groups", &body)?, listed as usize);
        Ok(())
    })?;
    let checkouts =
        "SELECT body, EXISTS (SELECT 1 FROM order_groups g WHERE g.id = c.id) FROM checkouts c";
    scan("checkouts", checkouts, &mut |r| {
        let body: String = r.get(0)?;
        let checkout: Checkout = from_json("checkouts", &body)?;
        if checkout.status == CheckoutStatus::Placed {
            auditor.placed_checkout(checkout.id.group(), r.get(1)?);
        }
        Ok(())
    })?;
    scan(
        "events",
        "SELECT position FROM events ORDER BY position",
        &mut |r| {
            auditor.event(raw(r.get(0)?));
            Ok(())
        },
    )?;
    Ok(auditor.finish())
}
