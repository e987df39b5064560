//! Compact bodies of earlier formats: checkouts as they were written before format 6, order groups before format 4.
//!
//! The types here stand for rows on disk. They never change; the current ones are made of them.

use commerce::checkout::{
    AppliedDiscount, Buyer, Checkout, CheckoutStatus, Delivery, DiscountSource, Intent, Item,
    Promise, Quote, QuoteLine,
};
use commerce::code::Country;
use commerce::command::{Channel, Device};
use commerce::extension::Extension;
use commerce::id::{CheckoutId, CustomerId, GroupId};
use commerce::money::Currency;
use commerce::order::{CancelReason, Fulfillment, Group, GroupState, Order, Refund, Reservation};
use commerce::payment::Payment;
use commerce::points::PointsWanted;
use commerce::settings::Address;
use commerce::text::Language;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
struct OldDiscount {
    code: String,
    title: String,
    amount: i64,
    allocations: Vec<i64>,
}

impl From<OldDiscount> for AppliedDiscount {
    fn from(old: OldDiscount) -> Self {
        Self {
            code: old.code,
            title: old.title,
            amount: old.amount,
            allocations: old.allocations,
            source: DiscountSource::Code,
        }
    }
}

#[derive(Deserialize)]
struct OldIntent {
    currency: Currency,
    language: Language,
    items: Vec<Item>,
    buyer: Arc<Buyer>,
    destination: Option<Arc<Address>>,
    billing: Option<Arc<Address>>,
    delivery: Option<Delivery>,
    promise: Option<Promise>,
    discount_codes: Vec<String>,
    extension: Extension,
}

#[derive(Deserialize)]
struct OldQuote {
    lines: Vec<QuoteLine>,
    subtotal: i64,
    discount: i64,
    shipping: i64,
    delivery_title: String,
    shipping_tax: i64,
    tax: i64,
    tax_added: i64,
    total: i64,
    applied: Vec<OldDiscount>,
    rejected_codes: Vec<String>,
}

/// A checkout before format 3.
#[derive(Deserialize)]
pub struct OldCheckout {
    id: CheckoutId,
    version: u32,
    status: CheckoutStatus,
    channel: Channel,
    device: Device,
    access_key: u64,
    intent: OldIntent,
    quote: OldQuote,
    created_at: i64,
    updated_at: i64,
    expires_at: i64,
}

impl From<OldCheckout> for Checkout {
    fn from(old: OldCheckout) -> Self {
        let (intent, quote) = (old.intent, old.quote);
        Self {
            id: old.id,
            version: old.version,
            status: old.status,
            channel: old.channel,
            device: old.device,
            access_key: old.access_key,
            intent: Intent {
                currency: intent.currency,
                language: intent.language,
                items: intent.items,
                buyer: intent.buyer,
                destination: intent.destination,
                billing: intent.billing,
                delivery: intent.delivery,
                promise: intent.promise,
                discount_codes: intent.discount_codes,
                member: None,
                extension: intent.extension,
                points: PointsWanted::None,
            },
            quote: Quote {
                lines: quote.lines,
                subtotal: quote.subtotal,
                discount: quote.discount,
                shipping: quote.shipping,
                delivery_title: quote.delivery_title,
                shipping_tax: quote.shipping_tax,
                tax: quote.tax,
                tax_added: quote.tax_added,
                total: quote.total,
                applied: quote.applied.into_iter().map(Into::into).collect(),
                rejected_codes: quote.rejected_codes,
                deposit: None,
            },
            created_at: old.created_at,
            updated_at: old.updated_at,
            expires_at: old.expires_at,
        }
    }
}

/// What was filled in, in formats 3 to 5: nobody could pay with points.
#[derive(Deserialize)]
struct PaidIntent {
    currency: Currency,
    language: Language,
    items: Vec<Item>,
    buyer: Arc<Buyer>,
    destination: Option<Arc<Address>>,
    billing: Option<Arc<Address>>,
    delivery: Option<Delivery>,
    promise: Option<Promise>,
    discount_codes: Vec<String>,
    member: Option<CustomerId>,
    extension: Extension,
}

impl From<PaidIntent> for Intent {
    fn from(old: PaidIntent) -> Self {
        Self {
            currency: old.currency,
            language: old.language,
            items: old.items,
            buyer: old.buyer,
            destination: old.destination,
            billing: old.billing,
            delivery: old.delivery,
            promise: old.promise,
            discount_codes: old.discount_codes,
            member: old.member,
            extension: old.extension,
            points: PointsWanted::None,
        }
    }
}

/// A checkout in formats 4 and 5.
#[derive(Deserialize)]
pub struct PaidCheckout {
    id: CheckoutId,
    version: u32,
    status: CheckoutStatus,
    channel: Channel,
    device: Device,
    access_key: u64,
    intent: PaidIntent,
    quote: Quote,
    created_at: i64,
    updated_at: i64,
    expires_at: i64,
}

impl From<PaidCheckout> for Checkout {
    fn from(old: PaidCheckout) -> Self {
        Self {
            id: old.id,
            version: old.version,
            status: old.status,
            channel: old.channel,
            device: old.device,
            access_key: old.access_key,
            intent: old.intent.into(),
            quote: old.quote,
            created_at: old.created_at,
            updated_at: old.updated_at,
            expires_at: old.expires_at,
        }
    }
}

#[derive(Deserialize)]
struct WholeQuote {
    lines: Vec<QuoteLine>,
    subtotal: i64,
    discount: i64,
    shipping: i64,
    delivery_title: String,
    shipping_tax: i64,
    tax: i64,
    tax_added: i64,
    total: i64,
    applied: Vec<AppliedDiscount>,
    rejected_codes: Vec<String>,
}

/// A checkout in format 3: paid whole, never in two parts.
#[derive(Deserialize)]
pub struct WholeCheckout {
    id: CheckoutId,
    version: u32,
    status: CheckoutStatus,
    channel: Channel,
    device: Device,
    access_key: u64,
    intent: PaidIntent,
    quote: WholeQuote,
    created_at: i64,
    updated_at: i64,
    expires_at: i64,
}

impl From<WholeCheckout> for Checkout {
    fn from(old: WholeCheckout) -> Self {
        let quote = old.quote;
        Self {
            id: old.id,
            version: old.version,
            status: old.status,
            channel: old.channel,
            device: old.device,
            access_key: old.access_key,
            intent: old.intent.into(),
            quote: Quote {
                lines: quote.lines,
                subtotal: quote.subtotal,
                discount: quote.discount,
                shipping: quote.shipping,
                delivery_title: quote.delivery_title,
                shipping_tax: quote.shipping_tax,
                tax: quote.tax,
                tax_added: quote.tax_added,
                total: quote.total,
                applied: quote.applied,
                rejected_codes: quote.rejected_codes,
                deposit: None,
            },
            created_at: old.created_at,
            updated_at: old.updated_at,
            expires_at: old.expires_at,
        }
    }
}

/// An order group before format 3; in format 1 without `unheard`.
#[derive(Deserialize)]
pub struct OldGroup {
    id: GroupId,
    version: u32,
    state: GroupState,
    cancel_reason: Option<CancelReason>,
    channel: Channel,
    device: Device,
    language: Language,
    currency: Currency,
    access_key: u64,
    buyer: Arc<Buyer>,
    destination: Option<Arc<Address>>,
    billing: Option<Arc<Address>>,
    delivery: Delivery,
    delivery_title: String,
    promise: Option<Promise>,
    tax_country: Country,
    total: i64,
    tax: i64,
    discounts: Vec<OldDiscount>,
    orders: Vec<Order>,
    reservations: Vec<Reservation>,
    payments: Vec<Payment>,
    fulfillments: Vec<Fulfillment>,
    refunds: Vec<Refund>,
    placed_at: i64,
    updated_at: i64,
    expires_at: Option<i64>,
    extension: Extension,
    unheard: bool,
}

impl From<OldGroup> for Group {
    fn from(old: OldGroup) -> Self {
        Self {
            id: old.id,
            version: old.version,
            state: old.state,
            cancel_reason: old.cancel_reason,
            channel: old.channel,
            device: old.device,
            language: old.language,
            currency: old.currency,
            access_key: old.access_key,
            buyer: old.buyer,
            destination: old.destination,
            billing: old.billing,
            delivery: old.delivery,
            delivery_title: old.delivery_title,
            promise: old.promise,
            tax_country: old.tax_country,
            total: old.total,
            tax: old.tax,
            discounts: old.discounts.into_iter().map(Into::into).collect(),
            orders: old.orders,
            reservations: old.reservations,
            payments: old.payments,
            fulfillments: old.fulfillments,
            refunds: old.refunds,
            placed_at: old.placed_at,
            updated_at: old.updated_at,
            expires_at: old.expires_at,
            extension: old.extension,
            unheard: old.unheard,
            uses: Vec::new(),
            member: None,
            presale: None,
            returns: Vec::new(),
            points: None,
            parcels: Vec::new(),
            delays: Vec::new(),
            scans: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Body, from_body};
    use commerce::checkout::Cart;

    // Long because each earlier format is one step back.
    #[test]
    fn groups_of_earlier_formats_are_read() {
        let group: Group = serde_json::from_value(serde_json::json!({
            "id": 256, "version": 1, "state": "confirmed", "cancel_reason": null, "channel": "web",
            "device": "phone", "language": "en", "currency": "EUR", "access_key": 7, "buyer": {},
            "destination": null, "billing": null, "delivery": { "pickup": 512 },
            "delivery_title": "Mitte", "promise": null, "tax_country": "DE", "total": 90, "tax": 10,
            "discounts": [
                { "code": "TEN", "title": "Ten", "amount": 10, "allocations": [7, 3] },
            ],
            "orders": [], "reservations": [], "payments": [], "fulfillments": [], "refunds": [],
            "placed_at": 1, "updated_at": 2, "expires_at": null, "extension": "", "unheard": true,
        }))
        .expect("a group");
        let mut body = Body::default();
        let now = body.of(&group).to_vec();
        assert_eq!(
            from_body::<Group>("order_groups", &now).ok().as_ref(),
            Some(&group)
        );
        // Without a word of scans: they cost one byte.
        let mut unscanned = now[..now.len() - 1].to_vec();
        unscanned[0] = 8;
        assert_eq!(
            from_body::<Group>("order_groups", &unscanned).ok().as_ref(),
            Some(&group)
        );
        // Without a word of delays: they cost one byte, too.
        let mut late = unscanned[..unscanned.len() - 1].to_vec();
        late[0] = 7;
        assert_eq!(
            from_body::<Group>("order_groups", &late).ok().as_ref(),
            Some(&group)
        );
        // Without a word of parcels: they cost one byte, too.
        let mut pointed = late[..late.len() - 1].to_vec();
        pointed[0] = 6;
        assert_eq!(
            from_body::<Group>("order_groups", &pointed).ok().as_ref(),
            Some(&group)
        );
        // Without a word of points: they cost one byte, too.
        let mut paid = pointed[..pointed.len() - 1].to_vec();
        paid[0] = 5;
        assert_eq!(
            from_body::<Group>("order_groups", &paid).ok().as_ref(),
            Some(&group)
        );
        // Without a word of returns: they cost one byte, too.
        let mut kept = paid[..paid.len() - 1].to_vec();
        kept[0] = 4;
        assert_eq!(
            from_body::<Group>("order_groups", &kept).ok().as_ref(),
            Some(&group)
        );
        // Without a word of a deposit.
        let mut whole = kept[..kept.len() - 1].to_vec();
        whole[0] = 3;
        assert_eq!(
            from_body::<Group>("order_groups", &whole).ok().as_ref(),
            Some(&group)
        );
        // Without what it took of limits, its member, and which rule the discount was.
        let (uses, member) = (1, 1);
        let mut plain = whole[..whole.len() - uses - member].to_vec();
        let allocations = [2, 14, 6, 0];
        let place = plain.windows(4).position(|part| part == allocations);
        plain.remove(place.expect("two parts, then no rule") + 3);
        plain[0] = 2;
        assert_eq!(
            from_body::<Group>("order_groups", &plain).ok().as_ref(),
            Some(&group)
        );
        // Without a word whether somebody wants to hear of it.
        let mut heard = plain[..plain.len() - 1].to_vec();
        heard[0] = 1;
        let read = from_body::<Group>("order_groups", &heard).ok();
        assert_eq!(
            read,
            Some(Group {
                unheard: false,
                ..group
            })
        );
        plain[0] = 9;
        assert!(
            from_body::<Group>("order_groups", &plain).is_err(),
            "a newer program's"
        );
    }

    #[test]
    fn checkouts_of_the_format_before_are_read() {
        let checkout: Checkout = serde_json::from_value(serde_json::json!({
            "id": 256, "version": 2, "status": "open", "channel": "web", "device": "phone",
            "access_key": 7,
            "intent": {
                "currency": "EUR", "language": "en", "items": [], "buyer": {}, "destination": null,
                "billing": null, "delivery": { "pickup": 512 }, "discount_codes": [], "member": 768,
            },
            "quote": {
                "lines": [], "subtotal": 100, "discount": 10, "shipping": 0,
                "delivery_title": "Mitte", "shipping_tax": 0, "tax": 14, "tax_added": 0, "total": 90,
                "applied": [{ "code": "", "title": "Ten", "amount": 10, "allocations": [], "source": { "rule": 1281 } }],
                "rejected_codes": ["NO-SUCH"],
            },
            "created_at": 1_000, "updated_at": 2_000, "expires_at": 3_000,
        }))
        .expect("a checkout");
        let mut body = Body::default();
        let now = body.of(&checkout).to_vec();
        assert_eq!(
            from_body::<Checkout>("checkouts", &now).ok().as_ref(),
            Some(&checkout)
        );
        // Without a word of points: they cost one byte, between the note and the quote's lines, of which there are none.
        let (no_note, no_points, no_lines, subtotal) = (0, 0, 0, [200, 1]);
        let end_of_intent = [no_note, no_points, no_lines, subtotal[0], subtotal[1]];
        let place = now.windows(5).position(|part| part == end_of_intent);
        let mut pointed = now.clone();
        for version in [6, 7] {
            pointed[0] = version;
            assert_eq!(
                from_body::<Checkout>("checkouts", &pointed).ok().as_ref(),
                Some(&checkout)
            );
        }
        let mut kept = now.clone();
        kept.remove(place.expect("a note, points, lines, the subtotal") + 1);
        for version in [4, 5] {
            kept[0] = version;
            assert_eq!(
                from_body::<Checkout>("checkouts", &kept).ok().as_ref(),
                Some(&checkout)
            );
        }
        // The three times at its end take two bytes each; before them, no deposit.
        let mut whole = kept.clone();
        assert_eq!(whole.remove(kept.len() - 7), 0);
        whole[0] = 3;
        assert_eq!(
            from_body::<Checkout>("checkouts", &whole).ok().as_ref(),
            Some(&checkout)
        );
    }

    #[test]
    fn carts_of_earlier_formats_are_read() {
        let cart: Cart = serde_json::from_value(serde_json::json!({
            "id": 256, "version": 2, "items": [], "currency": "EUR", "language": "en",
            "updated_at": 7, "extension": "a note",
        }))
        .expect("a cart");
        let mut body = Body::default();
        let now = body.of(&cart).to_vec();
        assert_eq!(from_body::<Cart>("carts", &now).ok().as_ref(), Some(&cart));
        let mut pointed = now.clone();
        for version in [6, 7] {
            pointed[0] = version;
            let read = from_body::<Cart>("carts", &pointed).ok();
            assert_eq!(read.as_ref(), Some(&cart), "format {version}");
        }
        let mut before = now[..now.len() - 1].to_vec();
        for version in 1..=5 {
            before[0] = version;
            let read = from_body::<Cart>("carts", &before).ok();
            assert_eq!(read.as_ref(), Some(&cart), "format {version}");
        }
    }
}
