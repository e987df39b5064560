//! Message parts that both versions spell alike, in and out.
//!
//! Requests are read leniently: unknown members are skipped, as the protocol asks for. What is not allowed is
//! found later, where it can be said with a code and a path.

use serde::{Deserialize, Serialize};

/// A postal address with the protocol's names (those of schema.org).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Flat, floor, care of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_address: Option<String>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// Town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_locality: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_region: Option<String>,
    /// ISO 3166-1, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_country: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Recipient's first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Recipient's last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Recipient's whole name; 2026-01-11 has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// Recipient's phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
}

/// What the buyer agreed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Statistics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analytics: Option<bool>,
    /// Remembering preferences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferences: Option<bool>,
    /// Advertising.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing: Option<bool>,
    /// Passing data on for money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale_of_data: Option<bool>,
}

/// A link to a page that the platform should show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// `terms_of_service`, `privacy_policy`, …
    #[serde(rename = "type")]
    pub link_type: String,
    /// Absolute.
    pub url: String,
    /// What to call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// The buyer in a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct BuyerInput {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Whole name; some platforms write it in camel case.
    #[serde(alias = "fullName")]
    pub full_name: Option<String>,
    /// Mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone_number: Option<String>,
    /// What the buyer agreed to.
    pub consent: Option<Consent>,
}

/// The article of a requested line: only its id counts, the rest is ours to say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ItemInput {
    /// A variant's id or SKU.
    pub id: String,
}

/// A line in a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LineInput {
    /// The line's id from an earlier answer.
    pub id: Option<String>,
    /// What.
    pub item: ItemInput,
    /// How many; checked later, so that a bad number gets a proper message.
    pub quantity: i64,
}

/// A destination in a request: an address, with or without an id, or one of our shops by its id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "SentDestination")]
pub struct DestinationInput {
    /// The platform's id, or ours.
    pub id: Option<String>,
    /// The address.
    pub address: Address,
}

/// A destination as it is sent: its id stands among the address's parts. Spelled out, because a flattened member
/// would have all of them put aside first.
#[derive(Deserialize)]
struct SentDestination {
    id: Option<String>,
    extended_address: Option<String>,
    street_address: Option<String>,
    address_locality: Option<String>,
    address_region: Option<String>,
    address_country: Option<String>,
    postal_code: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    full_name: Option<String>,
    phone_number: Option<String>,
}

impl From<SentDestination> for DestinationInput {
    fn from(sent: SentDestination) -> Self {
        Self {
            id: sent.id,
            address: Address {
                extended_address: sent.extended_address,
                street_address: sent.street_address,
                address_locality: sent.address_locality,
                address_region: sent.address_region,
                address_country: sent.address_country,
                postal_code: sent.postal_code,
                first_name: sent.first_name,
                last_name: sent.last_name,
                full_name: sent.full_name,
                phone_number: sent.phone_number,
            },
        }
    }
}

/// A group in a request; only its choice counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct GroupInput {
    /// The chosen option.
    pub selected_option_id: Option<String>,
}

/// A fulfillment method in a request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MethodInput {
    /// Its id from an earlier answer.
    pub id: Option<String>,
    /// Shipping if not said.
    #[serde(rename = "type")]
    pub method_type: Option<super::view::MethodType>,
    /// Where it could go; `None` means "as before".
    pub destinations: Option<Vec<DestinationInput>>,
    /// Where it shall go.
    pub selected_destination_id: Option<String>,
    /// The choice of an option; `None` means "as before".
    pub groups: Option<Vec<GroupInput>>,
}

/// The fulfillment part of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct FulfillmentInput {
    /// The wanted methods.
    #[serde(default)]
    pub methods: Vec<MethodInput>,
}

/// The discount part of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct DiscountsInput {
    /// The codes, which replace earlier ones.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// What the platform knows about the buyer's surroundings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ContextInput {
    /// ISO 3166-1, two letters.
    pub address_country: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Claims to benefits; we know none.
    #[serde(default)]
    pub eligibility: Vec<String>,
}

/// The credential of an instrument. It passes through to the payment provider and is neither kept nor logged.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub struct CredentialInput {
    /// `token`, `card`, …
    #[serde(rename = "type")]
    pub credential_type: String,
    /// The token, if it is one.
    pub token: Option<String>,
}

impl std::fmt::Debug for CredentialInput {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "CredentialInput({}, …)", self.credential_type)
    }
}

/// How an instrument shows itself (2026-04-08).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct DisplayInput {
    /// The card's brand.
    pub brand: Option<String>,
    /// The last digits.
    pub last_digits: Option<String>,
}

/// A payment instrument in a request of either version.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct InstrumentInput {
    /// The platform's id of it.
    pub id: String,
    /// One of our handlers.
    pub handler_id: String,
    /// `card`, …
    #[serde(rename = "type")]
    pub instrument_type: String,
    /// The card's brand (2026-01-11).
    pub brand: Option<String>,
    /// The last digits (2026-01-11).
    pub last_digits: Option<String>,
    /// How it shows itself (2026-04-08).
    #[serde(default)]
    pub display: DisplayInput,
    /// What pays.
    pub credential: Option<CredentialInput>,
    /// This one of several (2026-04-08).
    #[serde(default)]
    pub selected: bool,
}

impl InstrumentInput {
    /// The instrument without what pays: the part that may be kept and shown.
    #[must_use]
    pub fn public(self) -> super::view::Instrument {
        super::view::Instrument {
            id: self.id,
            handler_id: self.handler_id,
            instrument_type: self.instrument_type,
            brand: self.brand.or(self.display.brand),
            last_digits: self.last_digits.or(self.display.last_digits),
        }
    }
}

/// The payment part of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PaymentInput {
    /// The instruments that the buyer has.
    #[serde(default)]
    pub instruments: Vec<InstrumentInput>,
    /// Which of them (2026-01-11).
    pub selected_instrument_id: Option<String>,
}

impl PaymentInput {
    /// The instrument to pay with: the selected one, or the only one.
    #[must_use]
    pub fn selected(&self) -> Option<&InstrumentInput> {
        let by_id = |id: &String| {
            self.instruments
                .iter()
                .find(|instrument| instrument.id == *id)
        };
        match &self.selected_instrument_id {
            Some(id) => by_id(id),
            None => self
                .instruments
                .iter()
                .find(|instrument| instrument.selected)
                .or_else(|| (self.instruments.len() == 1).then(|| &self.instruments[0])),
        }
    }
}

/// UTC milliseconds as RFC 3339.
#[must_use]
pub fn rfc3339(at_ms: i64) -> String {
    super::time::Time(at_ms).to_string()
}
