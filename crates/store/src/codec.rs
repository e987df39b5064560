//! How rows are written: numbers for what is summed and sorted, JSON for what is read whole.
//!
//! JSON keeps old rows readable when fields are added and lets an operator look at them.

use crate::StoreError;
use commerce::code::{Country, CurrencyCode};
use commerce::id::{GroupId, LocationId, SellerId, VariantId};
use commerce::ledger::{Account, Posting, PostingCause};
use commerce::order::{FulfillmentState, GroupState, OrderState};
use commerce::stock::{Movement, StockAccount, StockCause};
use commerce::world::{Record, RecordKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A raw id as a signed column; the top bit of an id is never set.
pub fn column(id: u64) -> i64 {
    i64::try_from(id).expect("ids fit a signed column")
}

/// A raw id from a signed column.
pub fn raw(column: i64) -> u64 {
    u64::try_from(column).unwrap_or(0)
}

/// A body to be written.
pub fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("rows have string keys")
}

/// A body as read.
pub fn from_json<T: DeserializeOwned>(table: &'static str, body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|e| StoreError::Row {
        table,
        reason: e.to_string(),
    })
}

/// The table of a kind of record.
pub fn table_of(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Shop => "shops",
        RecordKind::Seller => "sellers",
        RecordKind::Category => "categories",
        RecordKind::Location => "locations",
        RecordKind::TaxRate => "tax_rates",
        RecordKind::ShippingRate => "shipping_rates",
        RecordKind::Discount => "discounts",
        RecordKind::Promotion => "promotions",
        RecordKind::Product => "products",
        RecordKind::Customer => "customers",
        RecordKind::Operator => "operators",
    }
}

/// The body of a record.
pub fn record_body(record: &Record) -> String {
    match record {
        Record::Shop(r) => to_json(r),
        Record::Seller(r) => to_json(r),
        Record::Category(r) => to_json(r),
        Record::Location(r) => to_json(r),
        Record::TaxRate(r) => to_json(r),
        Record::ShippingRate(r) => to_json(r),
        Record::Discount(r) => to_json(r),
        Record::Promotion(r) => to_json(r),
        Record::Product(r) => to_json(r),
        Record::Customer(r) => to_json(r),
        Record::Operator(r) => to_json(r),
    }
}

/// A record from its body.
pub fn record_from(kind: RecordKind, body: &str) -> Result<Record, StoreError> {
    let table = table_of(kind);
    Ok(match kind {
        RecordKind::Shop => Record::Shop(from_json(table, body)?),
        RecordKind::Seller => Record::Seller(from_json(table, body)?),
        RecordKind::Category => Record::Category(from_json(table, body)?),
        RecordKind::Location => Record::Location(from_json(table, body)?),
        RecordKind::TaxRate => Record::TaxRate(from_json(table, body)?),
        RecordKind::ShippingRate => Record::ShippingRate(from_json(table, body)?),
        RecordKind::Discount => Record::Discount(from_json(table, body)?),
        RecordKind::Promotion => Record::Promotion(from_json(table, body)?),
        RecordKind::Product => Record::Product(from_json(table, body)?),
        RecordKind::Customer => Record::Customer(from_json(table, body)?),
        RecordKind::Operator => Record::Operator(from_json(table, body)?),
    })
}

/// A stock account as two columns.
pub fn stock_account(account: StockAccount) -> (i64, i64) {
    match account {
        StockAccount::Free(location) => (1, column(location.0)),
        StockAccount::Reserved(location) => (2, column(location.0)),
        StockAccount::Supplier => (3, 0),
        StockAccount::Customer => (4, 0),
        StockAccount::Adjustment => (5, 0),
    }
}

fn stock_account_from(kind: i64, location: i64) -> Result<StockAccount, StoreError> {
    let location = LocationId(raw(location));
    Ok(match kind {
        1 => StockAccount::Free(location),
        2 => StockAccount::Reserved(location),
        3 => StockAccount::Supplier,
        4 => StockAccount::Customer,
        5 => StockAccount::Adjustment,
        _ => {
            return Err(StoreError::Row {
                table: "stock_movements",
                reason: format!("account kind {kind}"),
            });
        }
    })
}

fn stock_cause_from(word: &str, id: u64) -> Result<StockCause, StoreError> {
    Ok(match word {
        "reserve" => StockCause::Reserve(id),
        "release" => StockCause::Release(id),
        "expire" => StockCause::Expire(id),
        "fulfill" => StockCause::Fulfill(id),
        "return" => StockCause::Return(id),
        "count" => StockCause::Count(id),
        "receive" => StockCause::Receive(id),
        "damage" => StockCause::Damage(id),
        "import" => StockCause::Import(id),
        _ => {
            return Err(StoreError::Row {
                table: "stock_movements",
                reason: format!("cause {word}"),
            });
        }
    })
}

/// A movement from its columns, in the order of the table.
pub fn movement_from(row: &rusqlite::Row<'_>) -> Result<Movement, StoreError> {
    let cause: String = row.get(8)?;
    Ok(Movement {
        number: raw(row.get(0)?),
        at: row.get(1)?,
        variant: VariantId(raw(row.get(2)?)),
        quantity: row.get(3)?,
        from: stock_account_from(row.get(4)?, row.get(5)?)?,
        to: stock_account_from(row.get(6)?, row.get(7)?)?,
        cause: stock_cause_from(&cause, raw(row.get(9)?))?,
    })
}

/// A money account as two columns.
pub fn account(account: Account) -> (i64, i64) {
    match account {
        Account::Shopper => (1, 0),
        Account::Held(group) => (2, column(group.0)),
        Account::Seller(seller) => (3, column(seller.0)),
        Account::Tax(country) => {
            let code = country
                .as_str()
                .bytes()
                .fold(0, |n, b| n * 256 + i64::from(b));
            (4, code)
        }
    }
}

fn account_from(kind: i64, owner: i64) -> Result<Account, StoreError> {
    let bad = || StoreError::Row {
        table: "postings",
        reason: format!("account {kind}/{owner}"),
    };
    Ok(match kind {
        1 => Account::Shopper,
        2 => Account::Held(GroupId(raw(owner))),
        3 => Account::Seller(SellerId(raw(owner))),
        4 => {
            let bytes = [(owner >> 8) as u8, (owner & 0xff) as u8];
            let text = std::str::from_utf8(&bytes).map_err(|_| bad())?;
            Account::Tax(Country::parse(text).ok_or_else(bad)?)
        }
        _ => return Err(bad()),
    })
}

/// A posting from its columns, in the order of the table.
pub fn posting_from(row: &rusqlite::Row<'_>) -> Result<Posting, StoreError> {
    let bad = |reason: String| StoreError::Row {
        table: "postings",
        reason,
    };
    let currency: String = row.get(7)?;
    let cause: String = row.get(8)?;
    let id = raw(row.get(9)?);
    Ok(Posting {
        number: raw(row.get(0)?),
        at: row.get(1)?,
        from: account_from(row.get(2)?, row.get(3)?)?,
        to: account_from(row.get(4)?, row.get(5)?)?,
        amount: row.get(6)?,
        currency: CurrencyCode::parse(&currency)
            .ok_or_else(|| bad(format!("currency {currency}")))?,
        cause: match cause.as_str() {
            "capture" => PostingCause::Capture(id),
            "earn" => PostingCause::Earn(id),
            "refund" => PostingCause::Refund(id),
            _ => return Err(bad(format!("cause {cause}"))),
        },
    })
}

/// A group's state as a column.
pub fn group_state(state: GroupState) -> i64 {
    match state {
        GroupState::PendingPayment => 0,
        GroupState::Confirmed => 1,
        GroupState::Canceled => 2,
    }
}

/// Order states in the order of their column values.
pub const ORDER_STATES: [OrderState; 5] = [
    OrderState::Pending,
    OrderState::Confirmed,
    OrderState::PartlyFulfilled,
    OrderState::Fulfilled,
    OrderState::Canceled,
];

/// Fulfillment states in the order of their column values; 1 to 3 are to be handed over.
pub const FULFILLMENT_STATES: [FulfillmentState; 7] = [
    FulfillmentState::Pending,
    FulfillmentState::Open,
    FulfillmentState::Picking,
    FulfillmentState::Packed,
    FulfillmentState::Shipped,
    FulfillmentState::Delivered,
    FulfillmentState::Canceled,
];

/// The place of a state in its list, as a column.
pub fn state_column<S: PartialEq>(states: &[S], state: &S) -> i64 {
    states
        .iter()
        .position(|s| s == state)
        .expect("the list is complete") as i64
}

/// The word that serde gives a unit variant.
pub fn word<T: Serialize>(value: &T) -> String {
    to_json(value).trim_matches('"').to_string()
}
