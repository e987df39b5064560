//! Messages of version 2026-01-11: capabilities as a list, discounts as magnitudes, errors in `detail`.

use std::sync::LazyLock;

use commerce::id::GroupId;
use serde::{Deserialize, Serialize};

use super::key::Keyed;
use super::shape::{
    BuyerInput, DiscountsInput, FulfillmentInput, InstrumentInput, LineInput, PaymentInput,
};
use super::version::{self, Capability, Version};
use super::wire::{self, Shown, Sign};
use super::{agent, view};

const VERSION: &str = Version::V2026_01_11.as_str();

#[derive(Debug, Serialize)]
struct CapabilityEntry {
    name: &'static str,
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    extends: Option<&'static str>,
}

/// The `ucp` member of every answer.
#[derive(Debug, Serialize)]
pub struct Envelope {
    version: &'static str,
    capabilities: Vec<CapabilityEntry>,
}

impl Envelope {
    fn new(root: &str) -> Self {
        let ours: Vec<&'static Capability> = Version::V2026_01_11.capabilities().iter().collect();
        let entry = |capability: &'static Capability| CapabilityEntry {
            name: capability.name,
            version: VERSION,
            extends: capability.extends.first().copied(),
        };
        Self {
            version: VERSION,
            capabilities: agent::relevant(&ours, root).map(entry).collect(),
        }
    }
}

/// A way to pay, as the profile and each checkout name it.
#[derive(Debug, Serialize)]
pub struct Handler<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
    spec: &'a str,
    config_schema: &'a str,
    instrument_schemas: &'a [String],
    config: &'a serde_json::Map<String, serde_json::Value>,
}

impl<'a> From<&'a view::PaymentHandler> for Handler<'a> {
    fn from(handler: &'a view::PaymentHandler) -> Self {
        Self {
            id: &handler.id,
            name: &handler.name,
            version: &handler.version,
            spec: &handler.spec,
            config_schema: &handler.config_schema,
            instrument_schemas: &handler.instrument_schemas,
            config: &handler.config,
        }
    }
}

#[derive(Debug, Serialize)]
struct Instrument<'a> {
    id: &'a str,
    handler_id: &'a str,
    #[serde(rename = "type")]
    instrument_type: &'a str,
    brand: &'a str,
    last_digits: &'a str,
}

#[derive(Debug, Serialize)]
struct Payment<'a> {
    handlers: Vec<Handler<'a>>,
    instruments: Vec<Instrument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected_instrument_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct OrderConfirmation<'a> {
    id: Shown<Keyed<GroupId>>,
    permalink_url: Shown<view::Page<'a>>,
}

/// The `ucp` member of answers about checkouts, in JSON: the same in all of them.
#[must_use]
pub fn checkout_envelope() -> &'static [u8] {
    static SPELLED: LazyLock<Vec<u8>> =
        LazyLock::new(|| serde_json::to_vec(&Envelope::new(version::CHECKOUT)).unwrap_or_default());
    &SPELLED
}

/// Spells a checkout, without its `ucp` member: that is [`checkout_envelope`].
#[must_use]
pub fn checkout<'a>(view: &'a view::Checkout<'a>) -> impl Serialize {
    // This version knows only instruments that show a brand and digits; others stay unsaid.
    let instrument = |instrument: &'a view::Instrument| {
        Some(Instrument {
            id: &instrument.id,
            handler_id: &instrument.handler_id,
            instrument_type: &instrument.instrument_type,
            brand: instrument.brand.as_deref()?,
            last_digits: instrument.last_digits.as_deref()?,
        })
    };
    let order = |order: &view::OrderConfirmation<'a>| OrderConfirmation {
        id: Shown(order.id),
        permalink_url: Shown(order.permalink),
    };
    let everything = wire::Extensions {
        fulfillment: true,
        discounts: true,
    };
    let own = wire::Own {
        payment: Some(Payment {
            handlers: view.handlers.iter().map(Handler::from).collect(),
            instruments: view.instruments.iter().filter_map(instrument).collect(),
            selected_instrument_id: view.selected_instrument_id,
        }),
        order: view.order.as_ref().map(order),
    };
    wire::checkout(view, Sign::Magnitude, everything, own)
}

#[derive(Debug, Serialize)]
struct OrderQuantity {
    total: u32,
    fulfilled: u32,
}

#[derive(Debug, Serialize)]
struct Amount {
    amount: i64,
}

#[derive(Debug)]
struct Words;

impl wire::OrderWords for Words {
    type Quantity = OrderQuantity;
    type Money = Amount;
    const SIGN: Sign = Sign::Magnitude;

    fn quantity(line: &view::OrderLine<'_>) -> OrderQuantity {
        OrderQuantity {
            total: line.total_quantity,
            fulfilled: line.fulfilled_quantity,
        }
    }

    // A line of which nothing is left counts as fulfilled: this version has no word for it.
    fn status(line: &view::OrderLine<'_>) -> &'static str {
        if line.total_quantity == 0 {
            "fulfilled"
        } else {
            line.status()
        }
    }

    fn money_back(amount: i64) -> Amount {
        Amount { amount }
    }
}

/// An order, as answered and as sent to webhooks.
#[derive(Debug, Serialize)]
pub struct Order<'a> {
    ucp: Envelope,
    #[serde(flatten)]
    common: wire::Order<'a, OrderQuantity, Amount>,
}

/// Spells an order.
#[must_use]
pub fn order<'a>(view: &'a view::Order<'a>) -> Order<'a> {
    Order {
        ucp: Envelope::new(version::ORDER),
        common: wire::order::<Words>(view),
    }
}

/// Any error: this version leaves its body open, platforms read `detail`.
#[derive(Debug, Serialize)]
pub struct Failure<'a> {
    /// One sentence.
    pub detail: &'a str,
    /// Stable code.
    pub code: &'static str,
}

/// The body of create and update of a checkout. Members that are absent stay as they are.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct CheckoutRequest {
    /// The wanted lines; an update without them keeps those it has.
    #[serde(default)]
    pub line_items: Vec<LineInput>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// The buyer.
    pub buyer: Option<BuyerInput>,
    /// The wanted way of delivery.
    pub fulfillment: Option<FulfillmentInput>,
    /// The wanted codes.
    pub discounts: Option<DiscountsInput>,
    /// The buyer's instruments. Read apart and leniently: some platforms put a complete request's payment here.
    #[serde(default)]
    pub payment: serde_json::Value,
}

impl CheckoutRequest {
    /// The instruments, if they are legible.
    #[must_use]
    pub fn payment(&self) -> PaymentInput {
        PaymentInput::deserialize(&self.payment).unwrap_or_default()
    }
}

/// The body of complete.
#[derive(Debug, Clone, Deserialize)]
pub struct CompleteRequest {
    /// What to pay with.
    pub payment_data: InstrumentInput,
}
