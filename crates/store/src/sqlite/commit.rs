//! Writing a batch in one transaction, and indexing behind it.

use crate::codec::{
    FULFILLMENT_STATES, ORDER_STATES, account, column, group_state, record_body, state_column, stock_account,
    table_of, to_json, word,
};
use crate::StoreError;
use commerce::order::{Group, Order};
use commerce::world::Delta;
use rusqlite::{Connection, Transaction, params};

/// Rows that are indexed in one go.
const BEHIND_ROWS_MAX: i64 = 20_000;
/// How long answers to repeated requests are kept, in milliseconds.
const ANSWERS_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// Writes a batch; when it returns, the batch is on disk.
pub fn commit(connection: &mut Connection, delta: &Delta) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    put_records(&transaction, delta)?;
    put_levels(&transaction, delta)?;
    put_documents(&transaction, delta)?;
    for (before, after) in &delta.groups {
        put_group(&transaction, before.as_deref(), after)?;
    }
    append_entries(&transaction, delta)?;
    append_events(&transaction, delta)?;
    transaction.commit()?;
    Ok(())
}

fn put_records(transaction: &Transaction<'_>, delta: &Delta) -> Result<(), StoreError> {
    for record in &delta.records {
        let table = table_of(record.kind());
        let sql = format!(
            "INSERT INTO {table} (id, code, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET code = excluded.code, body = excluded.body"
        );
        let mut statement = transaction.prepare_cached(&sql)?;
        statement.execute(params![column(record.id()), record.code(), record_body(record)])?;
    }
    for (sku, variant) in &delta.skus {
        let mut statement = transaction.prepare_cached("INSERT INTO skus (sku, variant_id) VALUES (?1, ?2)")?;
        statement.execute(params![sku, column(variant.0)])?;
    }
    Ok(())
}

fn put_levels(transaction: &Transaction<'_>, delta: &Delta) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO inventory_levels (variant_id, location_id, on_hand, reserved, safety_stock, shortage)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (variant_id, location_id) DO UPDATE SET on_hand = excluded.on_hand,
             reserved = excluded.reserved, safety_stock = excluded.safety_stock, shortage = excluded.shortage",
    )?;
    for (variant, location, level) in &delta.levels {
        let key = (column(variant.0), column(location.0));
        statement.execute(params![key.0, key.1, level.on_hand, level.reserved, level.safety_stock, level.shortage])?;
    }
    Ok(())
}

fn put_documents(transaction: &Transaction<'_>, delta: &Delta) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached("INSERT OR REPLACE INTO carts (id, body) VALUES (?1, ?2)")?;
    for cart in &delta.carts {
        statement.execute(params![column(cart.id.0), to_json(&**cart)])?;
    }
    let mut statement = transaction.prepare_cached("INSERT OR REPLACE INTO checkouts (id, body) VALUES (?1, ?2)")?;
    for checkout in &delta.checkouts {
        statement.execute(params![column(checkout.id.0), to_json(&**checkout)])?;
    }
    let mut statement = transaction.prepare_cached("INSERT INTO answers (key, at, body) VALUES (?1, ?2, ?3)")?;
    for (key, answer) in &delta.answers {
        statement.execute(params![key.to_be_bytes(), answer.at, to_json(answer)])?;
    }
    Ok(())
}

fn put_group(transaction: &Transaction<'_>, before: Option<&Group>, group: &Group) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(match before {
        None => "INSERT INTO order_groups (id, state, expires_at, body) VALUES (?1, ?2, ?3, ?4)",
        Some(_) => "UPDATE order_groups SET state = ?2, expires_at = ?3, body = ?4 WHERE id = ?1",
    })?;
    let state = group_state(group.state);
    let changed = statement.execute(params![column(group.id.0), state, group.expires_at, to_json(group)])?;
    if changed != 1 {
        return Err(StoreError::Row { table: "order_groups", reason: format!("{} is gone", group.id) });
    }
    for order in &group.orders {
        put_order(transaction, before, group, order)?;
    }
    for f in &group.fulfillments {
        let old = before.and_then(|b| b.fulfillments.iter().find(|o| o.id == f.id));
        let state = state_column(&FULFILLMENT_STATES, &f.state);
        if old.is_none() {
            let mut statement = transaction.prepare_cached(
                "INSERT INTO fulfillments (id, order_id, location_id, method, state, pieces)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            let pieces: i64 = f.lines.iter().map(|(_, pieces)| i64::from(*pieces)).sum();
            let ids = (column(f.id.0), column(f.order.0), column(f.location.0));
            statement.execute(params![ids.0, ids.1, ids.2, word(&f.method), state, pieces])?;
        } else if old.is_some_and(|o| o.state != f.state) {
            let mut statement = transaction.prepare_cached("UPDATE fulfillments SET state = ?2 WHERE id = ?1")?;
            statement.execute(params![column(f.id.0), state])?;
        }
    }
    Ok(())
}

fn put_order(
    transaction: &Transaction<'_>,
    before: Option<&Group>,
    group: &Group,
    order: &Order,
) -> Result<(), StoreError> {
    let state = state_column(&ORDER_STATES, &order.state);
    let payment = payment_word(group);
    if let Some(before) = before {
        let same = before.order(order.id).is_some_and(|o| o.state == order.state) && payment_word(before) == payment;
        if !same {
            let mut statement =
                transaction.prepare_cached("UPDATE orders SET state = ?2, payment = ?3 WHERE id = ?1")?;
            statement.execute(params![column(order.id.0), state, payment])?;
        }
        return Ok(());
    }
    let buyer = format!("{} {}", group.buyer.first_name, group.buyer.last_name);
    let mut search = format!("{} {} {}", buyer, group.buyer.email, order.id).to_lowercase();
    for line in &order.lines {
        search.push(' ');
        search.push_str(&line.sku.to_lowercase());
        search.push(' ');
        search.push_str(&line.title.to_lowercase());
    }
    let pieces: i64 = order.lines.iter().map(|l| i64::from(l.quantity)).sum();
    let mut statement = transaction.prepare_cached(
        "INSERT INTO orders (id, state, seller_id, channel, device, placed_at, currency, total, pieces, payment,
             buyer, email, search)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    statement.execute(params![
        column(order.id.0),
        state,
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
    group.settled_payment().or(group.last_payment()).map(|p| word(&p.state)).unwrap_or_default()
}

fn append_entries(transaction: &Transaction<'_>, delta: &Delta) -> Result<(), StoreError> {
    let mut statement =
        transaction.prepare_cached("INSERT INTO stock_movements VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    for m in &delta.movements {
        let (from, to, cause) = (stock_account(m.from), stock_account(m.to), m.cause.parts());
        let (number, variant, cause_id) = (column(m.number), column(m.variant.0), column(cause.1));
        statement.execute(params![number, m.at, variant, m.quantity, from.0, from.1, to.0, to.1, cause.0, cause_id])?;
    }
    let mut statement =
        transaction.prepare_cached("INSERT INTO postings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    for p in &delta.postings {
        let (from, to, cause) = (account(p.from), account(p.to), p.cause.parts());
        let (number, currency, cause_id) = (column(p.number), p.currency, column(cause.1));
        let currency = currency.as_str();
        statement.execute(params![number, p.at, from.0, from.1, to.0, to.1, p.amount, currency, cause.0, cause_id])?;
    }
    Ok(())
}

fn append_events(transaction: &Transaction<'_>, delta: &Delta) -> Result<(), StoreError> {
    let mut statement =
        transaction.prepare_cached("INSERT INTO events (position, at, group_id, body) VALUES (?1, ?2, ?3, ?4)")?;
    for event in &delta.events {
        let group = event.what.group().map(|g| column(g.0));
        statement.execute(params![column(event.position), event.at, group, to_json(event)])?;
    }
    let mut statement = transaction.prepare_cached("INSERT INTO effects (number, at, body) VALUES (?1, ?2, ?3)")?;
    for effect in &delta.effects {
        statement.execute(params![column(effect.number), effect.at, to_json(&effect.task)])?;
    }
    if let Some(last) = delta.effects.last() {
        let mut statement = transaction.prepare_cached(
            "INSERT INTO meta (key, value) VALUES ('effect_number', ?1)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?;
        statement.execute([last.number.to_string()])?;
    }
    let mut statement = transaction.prepare_cached("DELETE FROM effects WHERE number = ?1")?;
    for number in &delta.effects_done {
        statement.execute([column(*number)])?;
    }
    Ok(())
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

fn behind(transaction: &Transaction<'_>, key: &str, next: &str, insert: &str) -> Result<bool, StoreError> {
    let until = read_mark(transaction, key)?;
    let last: Option<i64> = transaction.query_row(next, [until, BEHIND_ROWS_MAX], |row| row.get(0))?;
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
    let value: Option<String> =
        connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()?;
    value.map_or(Ok(0), |v| {
        v.parse().map_err(|_| StoreError::Row { table: "meta", reason: format!("{key} is {v}") })
    })
}

