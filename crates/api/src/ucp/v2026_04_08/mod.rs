//! Messages of version 2026-04-08: capabilities as a map, signed totals, outcomes in the `ucp` envelope.

mod catalog;
mod request;

pub use catalog::{
    Lookup, Product, ProductDetail, Search, lookup, product, product_detail, search,
};
pub use request::{
    CartRequest, CheckoutRequest, CompleteRequest, Filters, LookupRequest, PageRequest,
    PriceFilter, ProductRequest, SearchRequest, Selection,
};

use std::collections::BTreeMap;

use commerce::id::{CartId, GroupId};
use commerce::money::Currency;
use serde::{Serialize, Serializer};

use super::key::Keyed;
use super::shape::Link;
use super::time::Time;
use super::version::{Capability, Version};
use super::wire::{self, Shown, Sign};
use super::{agent, version, view};

const VERSION: &str = Version::V2026_04_08.as_str();
const SIGN: Sign = Sign::Signed;

#[derive(Debug, Serialize)]
struct CapabilityEntry {
    version: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    extends: &'static [&'static str],
}

#[derive(Debug, Serialize)]
struct AvailableInstrument<'a> {
    #[serde(rename = "type")]
    instrument_type: &'a str,
}

#[derive(Debug, Serialize)]
struct HandlerEntry<'a> {
    id: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    available_instruments: Vec<AvailableInstrument<'a>>,
    config: &'a serde_json::Map<String, serde_json::Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Success,
    Error,
}

/// The `ucp` member of every answer.
#[derive(Debug, Serialize)]
pub struct Envelope<'a> {
    version: &'static str,
    status: Outcome,
    capabilities: BTreeMap<&'static str, [CapabilityEntry; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_handlers: Option<BTreeMap<&'a str, Vec<HandlerEntry<'a>>>>,
}

impl<'a> Envelope<'a> {
    fn new(status: Outcome, negotiated: &[&'static Capability], root: &str) -> Self {
        let entry = |capability: &'static Capability| {
            (
                capability.name,
                [CapabilityEntry {
                    version: VERSION,
                    extends: capability.extends,
                }],
            )
        };
        Self {
            version: VERSION,
            status,
            capabilities: agent::relevant(negotiated, root).map(entry).collect(),
            payment_handlers: None,
        }
    }

    fn with_handlers(mut self, handlers: &'a [view::PaymentHandler]) -> Self {
        let mut map: BTreeMap<&str, Vec<HandlerEntry<'_>>> = BTreeMap::new();
        for handler in handlers {
            let available_instruments = handler
                .instrument_types
                .iter()
                .map(|instrument_type| AvailableInstrument { instrument_type })
                .collect();
            map.entry(&handler.name).or_default().push(HandlerEntry {
                id: &handler.id,
                version: &handler.version,
                available_instruments,
                config: &handler.config,
            });
        }
        self.payment_handlers = Some(map);
        self
    }
}

#[derive(Debug, Serialize)]
struct Display<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    brand: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_digits: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Instrument<'a> {
    id: &'a str,
    handler_id: &'a str,
    #[serde(rename = "type")]
    instrument_type: &'a str,
    selected: bool,
    display: Display<'a>,
}

/// The instruments that a platform showed, and which of them is meant.
#[derive(Debug)]
struct Instruments<'a> {
    shown: &'a [view::Instrument],
    selected_id: Option<&'a str>,
}

impl Serialize for Instruments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.shown.iter().map(|instrument| Instrument {
            id: &instrument.id,
            handler_id: &instrument.handler_id,
            instrument_type: &instrument.instrument_type,
            selected: self.selected_id == Some(&instrument.id),
            display: Display {
                brand: instrument.brand.as_deref(),
                last_digits: instrument.last_digits.as_deref(),
            },
        }))
    }
}

#[derive(Debug, Serialize)]
struct Payment<'a> {
    instruments: Instruments<'a>,
}

#[derive(Debug, Serialize)]
struct OrderConfirmation<'a> {
    id: Shown<Keyed<GroupId>>,
    label: Shown<view::OrderLabel>,
    permalink_url: Shown<view::Page<'a>>,
}

/// The `ucp` member of answers about checkouts, in JSON.
#[must_use]
pub fn checkout_envelope(
    negotiated: &[&'static Capability],
    handlers: &[view::PaymentHandler],
) -> Vec<u8> {
    let envelope = Envelope::new(Outcome::Success, negotiated, version::CHECKOUT);
    serde_json::to_vec(&envelope.with_handlers(handlers)).unwrap_or_default()
}

/// Spells a checkout, without its `ucp` member: that is [`checkout_envelope`]. Extensions that were not negotiated are
/// left out.
#[must_use]
pub fn checkout<'a>(
    view: &'a view::Checkout<'a>,
    negotiated: &[&'static Capability],
) -> impl Serialize + use<'a> {
    let has = |name: &str| negotiated.iter().any(|capability| capability.name == name);
    let known = wire::Extensions {
        fulfillment: has(version::FULFILLMENT),
        discounts: has(version::DISCOUNT),
    };
    let order = |order: &view::OrderConfirmation<'a>| OrderConfirmation {
        id: Shown(order.id),
        label: Shown(order.label),
        permalink_url: Shown(order.permalink),
    };
    let payment = || Payment {
        instruments: Instruments {
            shown: view.instruments,
            selected_id: view.selected_instrument_id,
        },
    };
    let own = wire::Own {
        payment: (!view.instruments.is_empty()).then(payment),
        order: view.order.as_ref().map(order),
    };
    wire::checkout(view, SIGN, known, own)
}

/// A cart, as answered.
#[derive(Debug, Serialize)]
pub struct Cart<'a> {
    ucp: Envelope<'a>,
    id: Shown<Keyed<CartId>>,
    currency: Currency,
    line_items: wire::Lines<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    buyer: Option<wire::Buyer<'a>>,
    totals: wire::Totals,
    #[serde(skip_serializing_if = "wire::Each::is_empty")]
    messages: wire::Messages<'a>,
    links: &'a [Link],
    #[serde(skip_serializing_if = "Option::is_none")]
    discounts: Option<wire::Discounts<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_url: Option<Shown<view::Page<'a>>>,
}

/// Spells a cart.
#[must_use]
pub fn cart<'a>(view: &'a view::Cart<'a>, negotiated: &[&'static Capability]) -> Cart<'a> {
    let has_discounts = negotiated
        .iter()
        .any(|capability| capability.name == version::DISCOUNT);
    Cart {
        ucp: Envelope::new(Outcome::Success, negotiated, version::CART),
        id: Shown(view.id),
        currency: view.currency,
        line_items: wire::lines(&view.lines, SIGN),
        buyer: view.buyer.as_ref().map(wire::Buyer::from),
        totals: wire::totals(&view.totals, SIGN),
        messages: wire::messages(&view.messages),
        links: view.links,
        discounts: view
            .discounts
            .as_ref()
            .filter(|_| has_discounts)
            .map(Into::into),
        expires_at: view.expires_at_ms.map(Time),
        continue_url: view.continue_at.map(Shown),
    }
}

#[derive(Debug, Serialize)]
struct OrderQuantity {
    original: u32,
    total: u32,
    fulfilled: u32,
}

#[derive(Debug, Serialize)]
struct MoneyBack {
    totals: [wire::Total; 1],
}

#[derive(Debug)]
struct Words;

impl wire::OrderWords for Words {
    type Quantity = OrderQuantity;
    type Money = MoneyBack;
    const SIGN: Sign = SIGN;

    fn quantity(line: &view::OrderLine<'_>) -> OrderQuantity {
        OrderQuantity {
            original: line.line.quantity,
            total: line.total_quantity,
            fulfilled: line.fulfilled_quantity,
        }
    }

    fn status(line: &view::OrderLine<'_>) -> &'static str {
        line.status()
    }

    fn money_back(amount: i64) -> MoneyBack {
        MoneyBack {
            totals: wire::money_back(amount),
        }
    }
}

/// An order, as answered and as sent to webhooks.
#[derive(Debug, Serialize)]
pub struct Order<'a> {
    ucp: Envelope<'a>,
    label: Shown<view::OrderLabel>,
    currency: Currency,
    #[serde(flatten)]
    common: wire::Order<'a, OrderQuantity, MoneyBack>,
    #[serde(skip_serializing_if = "wire::Each::is_empty")]
    messages: wire::Messages<'a>,
}

/// Spells an order.
#[must_use]
pub fn order<'a>(view: &'a view::Order<'a>, negotiated: &[&'static Capability]) -> Order<'a> {
    Order {
        ucp: Envelope::new(Outcome::Success, negotiated, version::ORDER),
        label: Shown(view.label),
        currency: view.currency,
        common: wire::order::<Words>(view),
        messages: wire::messages(&view.messages),
    }
}

/// An answer where there is no resource to answer with.
#[derive(Debug, Serialize)]
pub struct Failure<'a> {
    ucp: Envelope<'a>,
    messages: wire::Messages<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    continue_url: Option<&'a str>,
}

/// Spells the absence of a resource; `messages` must not be empty.
#[must_use]
pub fn failure<'a>(
    messages: &'a [view::Message],
    continue_url: Option<&'a str>,
    negotiated: &[&'static Capability],
    root: &str,
) -> Failure<'a> {
    assert!(!messages.is_empty(), "a failure says why");
    Failure {
        ucp: Envelope::new(Outcome::Error, negotiated, root),
        messages: wire::messages(messages),
        continue_url,
    }
}

/// A transport error: the request could not be understood, let in or matched to a version.
#[derive(Debug, Serialize)]
pub struct ProtocolError<'a> {
    /// Stable code.
    pub code: &'static str,
    /// One sentence.
    pub content: &'a str,
    /// Where the buyer can go on by hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continue_url: Option<&'a str>,
}
