//! How bodies are written: records as JSON, which keeps old rows readable when fields are added and lets an
//! operator look at them; hot rows compactly (postcard), in the order of their fields, after a format number.
//! Whoever changes a type that hot rows hold raises [`COMPACT_VERSION`] and writes the migration.

use crate::StoreError;
use crate::compact::Compact;
use commerce::checkout::{Checkout, CheckoutStatus};
use commerce::order::Group;
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

/// The key under which the last effect's number is kept.
pub const EFFECT_NUMBER: &str = "effect_number";
/// What a compact body begins with: rows of a format that is not known are refused, never guessed at.
pub const COMPACT_VERSION: u8 = 2;
/// The format before: order groups did not say at their end whether nobody wants to hear of them.
const HEARD_VERSION: u8 = 1;

/// The table of order groups.
const GROUPS: &str = "order_groups";

/// A buffer for compact bodies, used again for each row.
#[derive(Default)]
pub struct Body(Vec<u8>);

impl Body {
    /// The body of a value.
    pub fn of<T: Serialize + ?Sized>(&mut self, value: &T) -> &[u8] {
        self.0.clear();
        self.0.push(COMPACT_VERSION);
        Compact(&mut self.0).append(value);
        &self.0
    }
}

/// What follows the format's number in a compact body.
pub fn compact_from<'b>(table: &'static str, body: &'b [u8]) -> Result<&'b [u8], StoreError> {
    match body.split_first() {
        Some((&(HEARD_VERSION | COMPACT_VERSION), rest)) => Ok(rest),
        found => Err(StoreError::Row {
            table,
            reason: format!("a body of format {:?}", found.map(|(version, _)| version)),
        }),
    }
}

/// A value from its compact body.
pub fn from_body<T: DeserializeOwned>(table: &'static str, body: &[u8]) -> Result<T, StoreError> {
    let written = compact_from(table, body)?;
    let read = if table == GROUPS && body.first() == Some(&HEARD_VERSION) {
        let unheard = u8::from(false);
        postcard::from_bytes(&[written, &[unheard]].concat())
    } else {
        postcard::from_bytes(written)
    };
    read.map_err(|e| StoreError::Row {
        table,
        reason: e.to_string(),
    })
}

/// Asks for checkouts as they became last, each with its order group if it became one; what follows is a condition on
/// `c.id`. One question for all: between two, the checkout might be placed.
pub const CHECKOUTS: &str = "SELECT coalesce(n.body, c.body), g.body FROM checkouts c
     LEFT JOIN changed_checkouts n ON n.id = c.id
     LEFT JOIN order_groups g ON g.id = c.id";

/// A checkout from its body and that of its group, if there is one: see [`Checkout::placed`].
pub fn checkout_from(body: &[u8], group: Option<&[u8]>) -> Result<Checkout, StoreError> {
    let checkout: Checkout = from_body("checkouts", body)?;
    match group {
        Some(group) if checkout.status == CheckoutStatus::Open => {
            let group: Group = from_body(GROUPS, group)?;
            Ok(checkout.placed(group.placed_at))
        }
        Some(_) | None => Ok(checkout),
    }
}

/// The word that serde gives a unit variant.
pub fn word<T: Serialize>(value: &T) -> String {
    to_json(value).trim_matches('"').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_with_room_behind_them() {
        // Checkouts were written so, as long as they were changed in place.
        let mut body = Body::default();
        let with_room = [body.of("a text"), &[0; 100]].concat();
        let read = from_body::<String>("checkouts", &with_room);
        assert_eq!(read.ok().as_deref(), Some("a text"));
    }

    #[test]
    fn groups_of_the_format_before_are_read_and_no_others() {
        let mut body = Body::default();
        let pair = |table, body: &[u8]| from_body::<(u8, bool)>(table, body).ok();
        assert_eq!(pair(GROUPS, body.of(&(7_u8, true))), Some((7, true)));
        assert_eq!(pair(GROUPS, &[HEARD_VERSION, 7]), Some((7, false)));
        assert_eq!(pair("checkouts", &[HEARD_VERSION, 7]), None);
        assert_eq!(pair(GROUPS, &[COMPACT_VERSION + 1, 7, 1]), None);
    }
}
