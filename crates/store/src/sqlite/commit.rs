//! Writing a batch in one transaction, and indexing behind it.

use crate::StoreError;
use crate::codec::{
    FULFILLMENT_STATES, ORDER_STATES, account, column, group_state, record_body, state_column,
    stock_account, table_of, word,
};
use commerce::order::{Group, Order};
use commerce::world::Delta;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql, Transaction, params};
use serde::Serialize;

/// Rows that are indexed in one go.
const BEHIND_ROWS_MAX: i64 = 20_000;
/// How long answers to repeated requests are kept, in milliseconds.
const ANSWERS_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// Where a batch's rows go: into the database, or, to measure what the database alone costs, into a list.
pub(super) trait Sink {
    /// A table being filled by one statement.
    type Rows<'s>: RowSink
    where
        Self: 's;

    /// Gets ready to carry out `sql` once per row.
    fn rows(&self, sql: &str) -> Result<Self::Rows<'_>, StoreError>;
}

/// Takes the rows of one statement.
pub(super) trait RowSink {
    /// Carries the statement out with these values; returns how many rows changed.
    fn put(&mut self, values: &[&dyn ToSql]) -> Result<usize, StoreError>;
}

impl Sink for Transaction<'_> {
    type Rows<'s>
        = CachedStatement<'s>
    where
        Self: 's;

    fn rows(&self, sql: &str) -> Result<Self::Rows<'_>, StoreError> {
        Ok(self.prepare_cached(sql)?)
    }
}

impl RowSink for CachedStatement<'_> {
    fn put(&mut self, values: &[&dyn ToSql]) -> Result<usize, StoreError> {
        Ok(self.execute(values)?)
    }
}

/// Writes a batch; when it returns, the batch is on disk.
pub fn commit(connection: &mut Connection, delta: &Delta) -> Result<(), StoreError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    write(&transaction, delta)?;
    transaction.commit()?;
    Ok(())
}

/// Hands over all rows of a batch, table by table: each table's pages are touched once per batch.
pub(super) fn write(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let mut json = Json::default();
    put_records(sink, delta)?;
    put_levels(sink, delta)?;
    put_documents(sink, delta, &mut json)?;
    put_groups(sink, delta, &mut json)?;
    put_orders(sink, delta)?;
    put_fulfillments(sink, delta)?;
    append_entries(sink, delta)?;
    append_events(sink, delta, &mut json)
}

fn put_records(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    for record in &delta.records {
        let table = table_of(record.kind());
        let sql = format!(
            "INSERT INTO {table} (id, code, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET code = excluded.code, body = excluded.body"
        );
        sink.rows(&sql)?.put(params![
            column(record.id()),
            record.code(),
            record_body(record)
        ])?;
    }
    if !delta.skus.is_empty() {
        let mut skus = sink.rows("INSERT INTO skus (sku, variant_id) VALUES (?1, ?2)")?;
        for (sku, variant) in &delta.skus {
            skus.put(params![sku, column(variant.0)])?;
        }
    }
    Ok(())
}

fn put_levels(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let mut levels = sink.rows(
        "INSERT INTO inventory_levels (variant_id, location_id, on_hand, reserved, safety_stock, shortage)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (variant_id, location_id) DO UPDATE SET on_hand = excluded.on_hand,
             reserved = excluded.reserved, safety_stock = excluded.safety_stock, shortage = excluded.shortage",
    )?;
    for (variant, location, level) in &delta.levels {
        levels.put(params![
            column(variant.0),
            column(location.0),
            level.on_hand,
            level.reserved,
            level.safety_stock,
            level.shortage
        ])?;
    }
    Ok(())
}

fn put_documents(sink: &impl Sink, delta: &Delta, json: &mut Json) -> Result<(), StoreError> {
    let mut carts = sink.rows("INSERT OR REPLACE INTO carts (id, body) VALUES (?1, ?2)")?;
    for cart in &delta.carts {
        carts.put(params![column(cart.id.0), json.of(&**cart)])?;
    }
    let mut checkouts = sink.rows("INSERT OR REPLACE INTO checkouts (id, body) VALUES (?1, ?2)")?;
    for checkout in &delta.checkouts {
        checkouts.put(params![column(checkout.id.0), json.of(&**checkout)])?;
    }
    let mut answers = sink.rows("INSERT INTO answers (key, at, body) VALUES (?1, ?2, ?3)")?;
    for (key, answer) in &delta.answers {
        answers.put(params![key.to_be_bytes(), answer.at, json.of(answer)])?;
    }
    Ok(())
}

fn put_groups(sink: &impl Sink, delta: &Delta, json: &mut Json) -> Result<(), StoreError> {
    let mut new = sink
        .rows("INSERT INTO order_groups (id, state, expires_at, body) VALUES (?1, ?2, ?3, ?4)")?;
    let mut known =
        sink.rows("UPDATE order_groups SET state = ?2, expires_at = ?3, body = ?4 WHERE id = ?1")?;
    for (before, group) in &delta.groups {
        let rows = if before.is_none() {
            &mut new
        } else {
            &mut known
        };
        let changed = rows.put(params![
            column(group.id.0),
            group_state(group.state),
            group.expires_at,
            json.of(&**group)
        ])?;
        if changed != 1 {
            let reason = format!("{} is gone", group.id);
            return Err(StoreError::Row {
                table: "order_groups",
                reason,
            });
        }
    }
    Ok(())
}

fn put_fulfillments(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let mut new = sink.rows(
        "INSERT INTO fulfillments (id, order_id, location_id, method, state, pieces)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut known = sink.rows("UPDATE fulfillments SET state = ?2 WHERE id = ?1")?;
    for (before, group) in &delta.groups {
        for f in &group.fulfillments {
            let old = before
                .as_ref()
                .and_then(|b| b.fulfillments.iter().find(|o| o.id == f.id));
            let state = state_column(&FULFILLMENT_STATES, &f.state);
            if old.is_none() {
                let pieces: i64 = f.lines.iter().map(|(_, pieces)| i64::from(*pieces)).sum();
                new.put(params![
                    column(f.id.0),
                    column(f.order.0),
                    column(f.location.0),
                    word(&f.method),
                    state,
                    pieces
                ])?;
            } else if old.is_some_and(|o| o.state != f.state) {
                known.put(params![column(f.id.0), state])?;
            }
        }
    }
    Ok(())
}

fn put_orders(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let mut new = sink.rows(
        "INSERT INTO orders (id, state, seller_id, channel, device, placed_at, currency, total, pieces, payment,
             buyer, email, search)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let mut known = sink.rows("UPDATE orders SET state = ?2, payment = ?3 WHERE id = ?1")?;
    for (before, group) in &delta.groups {
        let payment = payment_word(group);
        for order in &group.orders {
            let state = state_column(&ORDER_STATES, &order.state);
            match before {
                None => put_order(&mut new, group, order, &payment)?,
                Some(before) => {
                    let same = before
                        .order(order.id)
                        .is_some_and(|o| o.state == order.state)
                        && payment_word(before) == payment;
                    if !same {
                        known.put(params![column(order.id.0), state, payment])?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn put_order(
    rows: &mut impl RowSink,
    group: &Group,
    order: &Order,
    payment: &str,
) -> Result<(), StoreError> {
    let buyer = format!("{} {}", group.buyer.first_name, group.buyer.last_name);
    let mut search = format!("{} {} {}", buyer, group.buyer.email, order.id).to_lowercase();
    for line in &order.lines {
        search.push(' ');
        search.push_str(&line.sku.to_lowercase());
        search.push(' ');
        search.push_str(&line.title.to_lowercase());
    }
    let pieces: i64 = order.lines.iter().map(|l| i64::from(l.quantity)).sum();
    rows.put(params![
        column(order.id.0),
        state_column(&ORDER_STATES, &order.state),
        column(order.seller.0),
        group.channel.word(),
        word(&group.device),
        group.placed_at,
        group.currency.as_str(),
        order.total,
        pieces,
        payment,
        buyer.trim(),
        group.buyer.email,
        search,
    ])?;
    Ok(())
}

/// The state of the payment that counts: the one that holds money, else the latest.
fn payment_word(group: &Group) -> String {
    group
        .settled_payment()
        .or(group.last_payment())
        .map(|p| word(&p.state))
        .unwrap_or_default()
}

fn append_entries(sink: &impl Sink, delta: &Delta) -> Result<(), StoreError> {
    let mut movements =
        sink.rows("INSERT INTO stock_movements VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    for m in &delta.movements {
        let (from, to, cause) = (stock_account(m.from), stock_account(m.to), m.cause.parts());
        let (number, variant, cause_id) = (column(m.number), column(m.variant.0), column(cause.1));
        movements.put(params![
            number, m.at, variant, m.quantity, from.0, from.1, to.0, to.1, cause.0, cause_id
        ])?;
    }
    let mut postings =
        sink.rows("INSERT INTO postings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    for p in &delta.postings {
        let (from, to, cause) = (account(p.from), account(p.to), p.cause.parts());
        let (number, cause_id) = (column(p.number), column(cause.1));
        let currency = p.currency.as_str();
        postings.put(params![
            number, p.at, from.0, from.1, to.0, to.1, p.amount, currency, cause.0, cause_id
        ])?;
    }
    Ok(())
}

fn append_events(sink: &impl Sink, delta: &Delta, json: &mut Json) -> Result<(), StoreError> {
    let mut events =
        sink.rows("INSERT INTO events (position, at, group_id, body) VALUES (?1, ?2, ?3, ?4)")?;
    for event in &delta.events {
        let group = event.what.group().map(|g| column(g.0));
        events.put(params![
            column(event.position),
            event.at,
            group,
            json.of(event)
        ])?;
    }
    let mut effects = sink.rows("INSERT INTO effects (number, at, body) VALUES (?1, ?2, ?3)")?;
    for effect in &delta.effects {
        effects.put(params![
            column(effect.number),
            effect.at,
            json.of(&effect.task)
        ])?;
    }
    if let Some(last) = delta.effects.last() {
        let mut meta = sink.rows(
            "INSERT INTO meta (key, value) VALUES ('effect_number', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?;
        meta.put(params![last.number.to_string()])?;
    }
    let mut done = sink.rows("DELETE FROM effects WHERE number = ?1")?;
    for number in &delta.effects_done {
        done.put(params![column(*number)])?;
    }
    Ok(())
}

/// A buffer for bodies, used again for each row.
#[derive(Default)]
struct Json(Vec<u8>);

impl Json {
    fn of(&mut self, value: &impl Serialize) -> &Self {
        self.0.clear();
        serde_json::to_writer(&mut self.0, value).expect("rows have string keys");
        self
    }
}

impl ToSql for Json {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(&self.0)))
    }
}

/// Indexes what hot tables may not: a buyer's orders and a variant's movements, in sorted bulk from
/// where the last bulk ended. Also forgets answers that are old enough. Returns whether there is more.
pub fn index_behind(connection: &mut Connection, now: i64) -> Result<bool, StoreError> {
    let transaction = connection.transaction()?;
    let orders = behind(
        &transaction,
        "buyer_orders_until",
        "SELECT max(id) FROM (SELECT id FROM orders WHERE id > ?1 ORDER BY id LIMIT ?2)",
        "INSERT OR IGNORE INTO buyer_orders SELECT email, id / 256 * 256 FROM orders
         WHERE id > ?1 AND id <= ?2 AND email <> '' ORDER BY 1, 2",
    )?;
    let movements = behind(
        &transaction,
        "variant_movements_until",
        "SELECT max(number) FROM (SELECT number FROM stock_movements WHERE number > ?1 ORDER BY number LIMIT ?2)",
        "INSERT OR IGNORE INTO variant_movements SELECT variant_id, number FROM stock_movements
         WHERE number > ?1 AND number <= ?2 ORDER BY 1, 2",
    )?;
    transaction.execute(
        "DELETE FROM answers WHERE number IN (SELECT number FROM answers ORDER BY number LIMIT 1000) AND at < ?1",
        [now - ANSWERS_KEPT_MS],
    )?;
    transaction.commit()?;
    Ok(orders || movements)
}

fn behind(
    transaction: &Transaction<'_>,
    key: &str,
    next: &str,
    insert: &str,
) -> Result<bool, StoreError> {
    let until = read_mark(transaction, key)?;
    let last: Option<i64> =
        transaction.query_row(next, [until, BEHIND_ROWS_MAX], |row| row.get(0))?;
    let Some(last) = last else { return Ok(false) };
    let rows = transaction.execute(insert, [until, last])?;
    transaction.execute(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        params![key, last.to_string()],
    )?;
    Ok(rows as i64 >= BEHIND_ROWS_MAX)
}

/// How far an index behind has come.
pub fn read_mark(connection: &Connection, key: &str) -> Result<i64, StoreError> {
    use rusqlite::OptionalExtension;
    let value: Option<String> = connection
        .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
            row.get(0)
        })
        .optional()?;
    value.map_or(Ok(0), |v| {
        v.parse().map_err(|_| StoreError::Row {
            table: "meta",
            reason: format!("{key} is {v}"),
        })
    })
}
