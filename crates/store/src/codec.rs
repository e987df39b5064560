//! How bodies are written: records as JSON, which keeps old rows readable when fields are added and lets an
//! operator look at them; hot rows compactly (postcard), in the order of their fields, after a format number.
//! Whoever changes a type that hot rows hold raises [`COMPACT_VERSION`] and writes the migration.

use crate::StoreError;
use crate::before::{OldCheckout, OldGroup, PaidCheckout, WholeCheckout};
use crate::compact::Compact;
use commerce::campaign::{Counted, Quota};
use commerce::checkout::{Cart, Checkout, CheckoutStatus};
use commerce::event::Task;
use commerce::id::{RuleId, VariantId};
use commerce::order::Group;
use commerce::world::{Record, RecordKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

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
        RecordKind::Campaign => "campaigns",
        RecordKind::Follower => "followers",
        RecordKind::Switch => "switches",
        RecordKind::PointsProgram => "points_programs",
        RecordKind::Carrier => "carriers",
        RecordKind::NumberPool => "number_pools",
        RecordKind::Round => "rounds",
        RecordKind::RoundBook => "round_books",
        RecordKind::Gazetteer => "gazetteers",
        RecordKind::Door => "doors",
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
        Record::Campaign(r) => to_json(r),
        Record::Follower(r) => to_json(r),
        Record::Switch(r) => to_json(r),
        Record::PointsProgram(r) => to_json(r),
        Record::Carrier(r) => to_json(r),
        Record::NumberPool(r) => to_json(r),
        Record::Round(r) => to_json(r),
        Record::RoundBook(r) => to_json(r),
        Record::Gazetteer(r) => to_json(r),
        Record::Door(r) => to_json(r),
    }
}

/// The question for records of a kind whose codes lie between two texts, at most so many.
pub fn under(kind: RecordKind) -> String {
    let table = table_of(kind);
    format!("SELECT body FROM {table} WHERE code >= ?1 AND code < ?2 ORDER BY code LIMIT ?3")
}

/// The least text behind all that begin with this one: codes are compared byte by byte, and are not that long.
pub fn behind(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
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
        RecordKind::Campaign => Record::Campaign(from_json(table, body)?),
        RecordKind::Follower => Record::Follower(from_json(table, body)?),
        RecordKind::Switch => Record::Switch(from_json(table, body)?),
        RecordKind::PointsProgram => Record::PointsProgram(from_json(table, body)?),
        RecordKind::Carrier => Record::Carrier(from_json(table, body)?),
        RecordKind::NumberPool => Record::NumberPool(from_json(table, body)?),
        RecordKind::Round => Record::Round(from_json(table, body)?),
        RecordKind::RoundBook => Record::RoundBook(from_json(table, body)?),
        RecordKind::Gazetteer => Record::Gazetteer(from_json(table, body)?),
        RecordKind::Door => Record::Door(from_json(table, body)?),
    })
}

/// The key under which the last effect's number is kept.
pub const EFFECT_NUMBER: &str = "effect_number";
/// What a compact body begins with: rows of a format that is not known are refused, never guessed at.
pub const COMPACT_VERSION: u8 = 9;
/// The format before: order groups knew nothing of scans. Nothing else was written otherwise.
const DELAYS_VERSION: u8 = 8;
/// The one before that: they knew nothing of delays, either. Nothing else was written otherwise.
const PARCELS_VERSION: u8 = 7;
/// The one before that: they knew nothing of parcels, either. Nothing else was written otherwise.
const POINTS_VERSION: u8 = 6;
/// The one before that: carts, checkouts and order groups knew nothing of points, either ([`crate::before`]).
const PAID_VERSION: u8 = 5;
/// The one before that: order groups knew nothing of returns, either. Nothing else was written otherwise.
const KEPT_VERSION: u8 = 4;
/// The one before that: checkouts and order groups knew nothing of deposits, either ([`crate::before`]).
const WHOLE_VERSION: u8 = 3;
/// The one before that: they knew nothing of campaigns, either.
const PLAIN_VERSION: u8 = 2;
/// The one before that: order groups did not say at their end whether nobody wants to hear of them, either.
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
        Some((
            &(HEARD_VERSION | PLAIN_VERSION | WHOLE_VERSION | KEPT_VERSION | PAID_VERSION
            | POINTS_VERSION | PARCELS_VERSION | DELAYS_VERSION | COMPACT_VERSION),
            rest,
        )) => Ok(rest),
        found => Err(StoreError::Row {
            table,
            reason: format!("a body of format {:?}", found.map(|(version, _)| version)),
        }),
    }
}

/// What has a compact body of its own.
pub trait Stored: DeserializeOwned {
    /// Reads what was written in an earlier format.
    fn read_before(version: u8, written: &[u8]) -> postcard::Result<Self> {
        let _ = version;
        postcard::from_bytes(written)
    }
}

impl Stored for Cart {
    fn read_before(version: u8, written: &[u8]) -> postcard::Result<Self> {
        if version >= POINTS_VERSION {
            return postcard::from_bytes(written);
        }
        let no_points = 0;
        postcard::from_bytes(&[written, &[no_points]].concat())
    }
}

impl Stored for Task {}

impl Stored for Checkout {
    fn read_before(version: u8, written: &[u8]) -> postcard::Result<Self> {
        if version >= POINTS_VERSION {
            return postcard::from_bytes(written);
        }
        if version == PAID_VERSION || version == KEPT_VERSION {
            return postcard::from_bytes::<PaidCheckout>(written).map(Into::into);
        }
        if version == WHOLE_VERSION {
            return postcard::from_bytes::<WholeCheckout>(written).map(Into::into);
        }
        postcard::from_bytes::<OldCheckout>(written).map(Into::into)
    }
}

impl Stored for Group {
    fn read_before(version: u8, written: &[u8]) -> postcard::Result<Self> {
        /// No presale, no returns, no points, no parcels, no delays, no scans.
        const ENDS: [u8; 6] = [0; 6];
        let ends: &[u8] = match version {
            DELAYS_VERSION => &ENDS[..1],
            PARCELS_VERSION => &ENDS[..2],
            POINTS_VERSION => &ENDS[..3],
            PAID_VERSION => &ENDS[..4],
            KEPT_VERSION => &ENDS[..5],
            WHOLE_VERSION => &ENDS,
            _ => &[],
        };
        if !ends.is_empty() {
            return postcard::from_bytes(&[written, ends].concat());
        }
        let old: OldGroup = if version == HEARD_VERSION {
            let unheard = u8::from(false);
            postcard::from_bytes(&[written, &[unheard]].concat())?
        } else {
            postcard::from_bytes(written)?
        };
        Ok(old.into())
    }
}

/// A value from its compact body.
pub fn from_body<T: Stored>(table: &'static str, body: &[u8]) -> Result<T, StoreError> {
    let written = compact_from(table, body)?;
    let read = match body.first() {
        Some(&COMPACT_VERSION) | None => postcard::from_bytes(written),
        Some(&version) => T::read_before(version, written),
    };
    read.map_err(|e| StoreError::Row {
        table,
        reason: e.to_string(),
    })
}

/// The columns `kind` and `subject` of what is counted against a limit.
pub fn counted_columns(counted: Counted) -> (i64, i64) {
    match counted {
        Counted::Orders => (0, 0),
        Counted::Budget => (1, 0),
        Counted::Variant(variant) => (2, column(variant.0)),
        Counted::Buyer(hash) => (BUYER_KIND, column(hash)),
        Counted::Code(number) => (CODE_KIND, i64::from(number)),
        Counted::Drawn => (DRAWN_KIND, 0),
    }
}

/// The kinds of limits that are of one buyer or one code: only the writer needs them.
const BUYER_KIND: i64 = 3;
const CODE_KIND: i64 = 4;
/// Red packets that were drawn: everybody's, like those before [`BUYER_KIND`].
const DRAWN_KIND: i64 = 5;

/// What is counted, from its columns.
pub fn counted_from(kind: i64, subject: i64) -> Result<Counted, StoreError> {
    Ok(match kind {
        0 => Counted::Orders,
        1 => Counted::Budget,
        2 => Counted::Variant(VariantId(raw(subject))),
        BUYER_KIND => Counted::Buyer(raw(subject)),
        CODE_KIND => Counted::Code(u32::try_from(subject).unwrap_or(u32::MAX)),
        DRAWN_KIND => Counted::Drawn,
        _ => {
            return Err(StoreError::Row {
                table: "quotas",
                reason: format!("a limit of kind {kind}"),
            });
        }
    })
}

/// Asks for limits; what follows is a condition, or nothing.
pub const QUOTAS: &str = "SELECT rule_id, kind, subject, taken FROM quotas";

/// The condition for those of [`QUOTAS`] that are everybody's.
pub const SHARED_QUOTAS: &str = "kind NOT IN (3, 4)";

/// Limits of one rule and kind, and the subjects that are asked for.
pub type Asked = ((RuleId, i64), Vec<u64>);

/// Limits by rule and kind, to be asked for together.
pub fn by_rule(quotas: &BTreeSet<Quota>) -> Vec<Asked> {
    let mut found: Vec<Asked> = Vec::new();
    for quota in quotas {
        let (kind, subject) = counted_columns(quota.counted);
        let key = (quota.rule, kind);
        match found.last_mut().filter(|(last, _)| *last == key) {
            Some((_, subjects)) => subjects.push(raw(subject)),
            None => found.push((key, vec![raw(subject)])),
        }
    }
    found
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

    impl Stored for String {}

    #[test]
    fn bodies_are_read_with_room_behind_them() {
        // Checkouts were written so, as long as they were changed in place.
        let mut body = Body::default();
        let with_room = [body.of("a text"), &[0; 100]].concat();
        let read = from_body::<String>("checkouts", &with_room);
        assert_eq!(read.ok().as_deref(), Some("a text"));
    }

    #[test]
    fn what_is_counted_is_read_back_from_its_columns() {
        for counted in [
            Counted::Orders,
            Counted::Budget,
            Counted::Variant(VariantId(0x4201)),
            Counted::Buyer(u64::MAX >> 1),
            Counted::Code(77),
            Counted::Drawn,
        ] {
            let (kind, subject) = counted_columns(counted);
            assert_eq!(counted_from(kind, subject).ok(), Some(counted));
            let is_private = matches!(kind, BUYER_KIND | CODE_KIND);
            assert_eq!(!is_private, counted.is_shared(), "{SHARED_QUOTAS}");
        }
        assert!(counted_from(6, 0).is_err());
    }
}
