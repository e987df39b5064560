//! Carriers that can be asked, as the edge asks them; how is a connector's.

use crate::error::ApiError;
use commerce::carrier::{Carrier, Numbering};
use commerce::id::CarrierId;
use commerce::money::Money;
use commerce::order::{Fulfillment, Group};
use commerce::parcel::{SeenBy, TrackingStatus};
use commerce::settings::Address;
use commerce::{Refusal, World};
use sha2::{Digest, Sha256};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// The future that a question to a carrier returns.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<T, AskError>> + Send + 'a>>;

/// A parcel as carriers are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSend {
    /// The carrier.
    pub carrier: CarrierId,
    /// Its connector.
    pub connector: String,
    /// Its code.
    pub carrier_code: String,
    /// Its service, by its code.
    pub service: String,
    /// Our id of the parcel.
    pub reference: String,
    /// What the scales show, in grams.
    pub weight_grams: u32,
    /// Length, width and height in millimeters, if they were measured.
    pub size_mm: Option<[u16; 3]>,
    /// The shop's name.
    pub sender: String,
    /// Where it leaves from.
    pub from: Address,
    /// Where it goes.
    pub to: Address,
    /// The buyer's address for mail.
    pub email: String,
}

impl ToSend {
    /// A parcel of a group, of this weight and size; `None` when it has no address.
    pub fn of(
        world: &World,
        group: &Group,
        of: &Fulfillment,
        carrier: &Carrier,
        (service, weight_grams, size_mm): (&str, u32, Option<[u16; 3]>),
    ) -> Option<Self> {
        let location = world.location(of.location)?;
        Some(Self {
            carrier: carrier.id,
            connector: carrier.connector.clone(),
            carrier_code: carrier.code.clone(),
            service: service.to_owned(),
            reference: of.id.to_string(),
            weight_grams,
            size_mm,
            sender: world.shop().map_or_else(String::new, |s| s.name.clone()),
            from: location.address.clone(),
            to: Address::clone(group.destination.as_deref()?),
            email: group.buyer.email.clone(),
        })
    }
}

/// A label that a carrier draws: its media type, and the document.
pub type DrawnLabel = (&'static str, Vec<u8>);

/// What a carrier would charge for a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The service, by its code.
    pub service: String,
    /// The price with all that is charged on top.
    pub price: Money,
    /// Days on the way, if the carrier says so.
    pub transit_days: Option<u16>,
}

/// Why a carrier gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskError {
    /// It understood and refused.
    Refused {
        /// Its code.
        code: String,
        /// Its sentence.
        message: String,
    },
    /// It cannot be asked now, or its answer was lost: ask again.
    Later(String),
    /// Its connector is not in the configuration.
    NotConfigured(String),
}

/// Whoever speaks to carriers.
pub trait AskCarriers: Send + Sync {
    /// The connectors that are configured.
    fn connectors(&self) -> Vec<String>;

    /// Whether the carriers behind a connector give every number themselves.
    fn gives_numbers(&self, connector: &str) -> bool;

    /// The number that a carrier gives to a parcel. Asked again for the same parcel, it is the same one, as long as it was
    /// not given back.
    fn number<'a>(&'a self, parcel: &'a ToSend) -> Asked<'a, String>;

    /// Tells a carrier that the parcel with this number does not come.
    fn give_back<'a>(&'a self, connector: &'a str, number: &'a str) -> Asked<'a, ()>;

    /// What a carrier would charge for a parcel by any of its services, the cheapest first.
    fn quotes<'a>(&'a self, parcel: &'a ToSend) -> Asked<'a, Vec<Quoted>>;

    /// The label that a carrier draws; `None` where the shop draws it.
    fn label<'a>(&'a self, connector: &'a str, number: &'a str) -> Asked<'a, Option<DrawnLabel>>;
}

/// The shop's way to carriers, if it has one.
#[derive(Clone, Default)]
pub struct Carriers(Option<Arc<dyn AskCarriers>>);

impl Carriers {
    /// Asks this way.
    pub fn of(way: Arc<dyn AskCarriers>) -> Self {
        Self(Some(way))
    }

    /// The connectors that are configured, in order.
    pub fn names(&self) -> Vec<String> {
        let way = self.0.as_ref();
        way.map_or_else(Vec::new, |way| way.connectors())
    }

    /// The way.
    ///
    /// # Errors
    /// When no connector is configured at all.
    pub fn way(&self, connector: &str) -> Result<&dyn AskCarriers, AskError> {
        let way = self.0.as_deref();
        way.ok_or_else(|| AskError::NotConfigured(connector.to_owned()))
    }

    /// Refuses a connector that is not configured, and numbers of ours for one whose carriers give them; none is none.
    ///
    /// # Errors
    /// `connector_unknown`, `field_invalid`.
    pub fn check(&self, carrier: &Carrier) -> Result<(), ApiError> {
        let connector = carrier.connector.as_str();
        let known = self.names();
        if !connector.is_empty() && !known.iter().any(|name| name == connector) {
            return Err(ApiError::connector_unknown(connector, &known));
        }
        let gives = self
            .0
            .as_ref()
            .is_some_and(|way| way.gives_numbers(connector));
        if gives && carrier.numbering != Numbering::Given {
            return Err(Refusal::FieldInvalid { field: "numbering" }.into());
        }
        Ok(())
    }
}

impl fmt::Debug for Carriers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Carriers").field(&self.0.is_some()).finish()
    }
}

impl From<AskError> for ApiError {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Refused { code, message } => ApiError::carrier_refused(&code, &message),
            AskError::Later(reason) => ApiError::carrier_unavailable(&reason),
            AskError::NotConfigured(name) => ApiError::connector_unknown(&name, &[]),
        }
    }
}

/// What makes two sightings the same, of the key that their teller gave.
pub fn key_told(by: SeenBy, key: &str) -> u64 {
    key_of(&format!("{by:?}\nkey\n{key}"))
}

/// What makes two sightings the same: their teller's key, or else all that was said: the moment as it was written, the
/// status, the reason and the place.
pub fn key_said(
    by: SeenBy,
    key: Option<&str>,
    (at, status, reason, place): (&str, TrackingStatus, &str, &str),
) -> u64 {
    match key {
        Some(key) => key_told(by, key),
        None => key_of(&format!("{by:?}\n{at}\n{status:?}\n{reason}\n{place}")),
    }
}

/// What makes two sightings the same, of all that was said.
pub fn key_of(said: &str) -> u64 {
    let digest = Sha256::digest(said);
    digest.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b))
}
