//! What every carrier connector offers, in our words.
//!
//! Carriers are asked about parcels and tell what they saw of them. A connector knows numbers, weights and addresses, and
//! nothing of orders; what it says of a parcel becomes a [`CarrierSighting`], and the core makes late, repeated and
//! out-of-order sightings harmless.

use std::future::Future;
use std::pin::Pin;

pub use commerce::parcel::TrackingStatus;

pub use crate::payment::HeaderMap;

/// The future that a call to a carrier returns.
pub type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, CarrierError>> + Send + 'a>>;

/// Numbers whose tracking is asked for in one call, at most.
pub const TRACKED_AT_ONCE_MAX: usize = 50;

/// One carrier, or one service that speaks to many.
///
/// It is an object-safe trait and not an enum, for the reasons of [`crate::payment::PaymentProvider`].
///
/// Every call that changes something at the carrier carries a key. The same key may be sent any number of times and
/// announces one parcel; the caller makes it of what is on record, so that a retry after a crash sends the same one.
pub trait CarrierConnector: Send + Sync {
    /// The connector's name in configuration, in carriers and in `/webhooks/carriers/{name}`.
    fn name(&self) -> &'static str;

    /// Who gives a parcel its number.
    fn numbers(&self) -> NumbersFrom;

    /// Tells the carrier of a parcel that it will get. A parcel that the carrier knows under the key already stays as it
    /// is and is told again.
    fn announce<'a>(&'a self, parcel: &'a Announcement) -> Reply<'a, Announced>;

    /// Tells the carrier that a parcel does not come. One that the carrier does not know, or that was canceled before, is
    /// canceled: a lost answer must not make the repeat fail.
    fn cancel<'a>(&'a self, number: &'a str) -> Reply<'a, ()>;

    /// The label as the carrier draws it; nothing where the shop draws its own.
    fn label<'a>(&'a self, number: &'a str) -> Reply<'a, Option<CarrierLabel>>;

    /// What the carrier would charge, the cheapest first. Nothing is booked by it.
    fn quote<'a>(&'a self, parcel: &'a Announcement) -> Reply<'a, Vec<CarrierQuote>>;

    /// All that the carrier saw of parcels, at most [`TRACKED_AT_ONCE_MAX`] of them: the way to learn what a lost webhook
    /// would have said. Numbers that it does not know are left out.
    fn track<'a>(&'a self, numbers: &'a [String]) -> Reply<'a, Vec<CarrierSighting>>;

    /// Asks that somebody comes for parcels. The same key books one pickup.
    fn book_pickup<'a>(&'a self, pickup: &'a Pickup) -> Reply<'a, PickupBooked>;

    /// Hands over the list of what leaves with a driver: one per carrier, place and day. The same key is the same list.
    fn hand_over<'a>(&'a self, manifest: &'a Manifest) -> Reply<'a, ManifestTaken>;

    /// Checks a webhook's signature and translates it. An event that means nothing to us gives no sighting, and must be
    /// answered with 200 all the same.
    ///
    /// `body` is the raw body: the signature covers its bytes. `now_ms` is UTC milliseconds, for the age of the signature.
    ///
    /// # Errors
    /// A signature that is missing, wrong or too old, and a body that cannot be read.
    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Vec<CarrierSighting>, CarrierError>;
}

/// Who gives a parcel its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumbersFrom {
    /// The shop, out of the blocks that the carrier leased to it.
    Shop,
    /// The carrier, when a parcel is announced.
    Carrier,
}

/// A parcel that a carrier will get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The idempotency key.
    pub key: String,
    /// The carrier's code in the shop: for connectors that speak to many.
    pub carrier: String,
    /// The carrier's service, by its code; empty where quotes of all are asked for.
    pub service: String,
    /// The number out of our blocks; `None` where the carrier gives it.
    pub number: Option<String>,
    /// Our id of the parcel: the same for each waybill of it.
    pub reference: String,
    /// What the scales show, in grams. Above zero.
    pub weight_grams: u32,
    /// Length, width and height in millimeters, if they were measured.
    pub size_mm: Option<[u16; 3]>,
    /// Where it leaves from.
    pub from: Party,
    /// Where it goes.
    pub to: Party,
    /// Where the carrier reports to, for carriers that take it per parcel.
    pub webhook_url: Option<String>,
}

/// Somebody at an address; texts may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// A person, or the shop.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// A second line.
    pub street_2: String,
    /// The postal code, as it was written.
    pub postal_code: String,
    /// The town.
    pub city: String,
    /// The state or region, where addresses have one.
    pub region: String,
    /// ISO 3166-1 alpha-2, in capitals.
    pub country: String,
    /// Digits, maybe with a plus.
    pub phone: String,
    /// An address for mail.
    pub email: String,
}

/// A parcel that the carrier knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Its number: ours, or the one that the carrier gave.
    pub number: String,
}

/// A label that the carrier draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierLabel {
    /// Its media type, such as `application/pdf`.
    pub media_type: &'static str,
    /// The document.
    pub bytes: Vec<u8>,
}

/// What a carrier would charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierQuote {
    /// The service, by its code.
    pub service: String,
    /// The price with all that is charged on top, in minor units of `currency`.
    pub price_minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// Days on the way, if the carrier says so.
    pub transit_days: Option<u16>,
}

/// Something that a carrier saw of a parcel. It may be late, repeated, or overtaken by a newer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierSighting {
    /// The parcel's number.
    pub number: String,
    /// The carrier's own id of the sighting, the same in webhooks and when asked; `None` where it has none, and what was
    /// said makes two of them the same.
    pub key: Option<String>,
    /// When it happened, in UTC milliseconds.
    pub at_ms: i64,
    /// What.
    pub status: TrackingStatus,
    /// Why, as a short word; may be empty.
    pub reason: String,
    /// Where, in words; may be empty.
    pub place: String,
    /// What else was said; may be empty.
    pub note: String,
    /// Whether what was said under the key is taken back.
    pub withdraws: bool,
}

/// Somebody is to come for parcels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pickup {
    /// The idempotency key.
    pub key: String,
    /// The carrier's code in the shop.
    pub carrier: String,
    /// The day there, as `yyyy-mm-dd`.
    pub day: String,
    /// The first and the last minute there, as `hh:mm`.
    pub window: (String, String),
    /// Where.
    pub from: Party,
    /// How many parcels.
    pub parcels: u32,
    /// What they weigh together, in grams.
    pub weight_grams: u64,
}

/// A pickup that the carrier will make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickupBooked {
    /// The carrier's number of it.
    pub number: String,
}

/// What leaves with a driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The idempotency key.
    pub key: String,
    /// The carrier's code in the shop.
    pub carrier: String,
    /// The day there, as `yyyy-mm-dd`.
    pub day: String,
    /// Where.
    pub from: Party,
    /// The parcels' numbers.
    pub numbers: Vec<String>,
}

/// A list that the carrier has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestTaken {
    /// The carrier's number of it.
    pub number: String,
    /// Numbers on it that the carrier does not know.
    pub unknown: Vec<String>,
}

/// Why a call gave no answer, or why a webhook was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// No answer in time, a broken connection, or the carrier's own fault: it may or may not have been done.
    /// Repeat with the same key until there is an answer.
    #[error("asking {carrier}: no clear answer ({detail}); repeat with the same key")]
    Unclear {
        /// The connector's name.
        carrier: &'static str,
        /// What happened on the wire.
        detail: String,
    },
    /// The carrier did not take the call: not reachable, too busy, or its day's quota is used up. Nothing has happened.
    #[error("asking {carrier}: not available ({detail}); repeat later")]
    Unavailable {
        /// The connector's name.
        carrier: &'static str,
        /// What happened on the wire.
        detail: String,
        /// How long the carrier asks us to wait, milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// The carrier understood and refused; repeating gives the same refusal.
    #[error("asking {carrier}: refused with `{code}`: {message}")]
    Refused {
        /// The connector's name.
        carrier: &'static str,
        /// A stable code; see each connector for its list.
        code: String,
        /// The carrier's sentence.
        message: String,
    },
    /// The carrier does not offer this at all.
    #[error("{carrier} does not offer {what}")]
    NotOffered {
        /// The connector's name.
        carrier: &'static str,
        /// What it does not offer.
        what: &'static str,
    },
    /// The webhook's signature is missing, wrong, or too old: answer 400 and change nothing.
    #[error("webhook signature refused: {0}")]
    BadSignature(&'static str),
    /// An answer or a webhook that we cannot read. After a call it may or may not have been done.
    #[error("unreadable answer from {carrier}: {detail}")]
    BadReply {
        /// The connector's name.
        carrier: &'static str,
        /// What was wrong with it.
        detail: String,
    },
}

impl CarrierError {
    /// Whether the same call with the same key is worth repeating.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unclear { .. } | Self::Unavailable { .. } | Self::BadReply { .. } => true,
            Self::Refused { .. } | Self::NotOffered { .. } | Self::BadSignature(_) => false,
        }
    }

    /// Whether it may have been done although the call failed.
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Unclear { .. } | Self::BadReply { .. })
    }
}
