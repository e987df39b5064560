//! The shapes of `/api/v1`: what is sent and answered, apart from the core's types, so that neither
//! has to change for the other.
//!
//! Money is minor units with a currency, ids carry their prefix, times are UTC milliseconds.

pub mod admission;
pub mod buy_now;
pub mod campaign_report;
pub mod campaigns;
pub mod carriers;
pub mod delays;
pub mod epcis;
pub mod goods;
pub mod hubs;
pub mod invoices;
pub mod live;
pub mod members;
pub mod orders;
pub mod parcels;
pub mod people;
pub mod photos;
pub mod points;
pub mod promise;
pub mod returns;
pub mod reviews;
pub mod rounds;
pub mod screen;
pub mod settings;
pub mod sources;
pub mod stock;
pub mod switches;
pub mod traffic;

use crate::error::ApiError;
use commerce::{
    carrier, catalog, command, id, money, order, parcel, payment, returns as returns_core, review,
    round, settings as core_settings, switch,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Entries of a list when the caller names no limit.
pub const LIMIT_DEFAULT: u32 = 50;
/// The most entries of one page of a list.
pub const LIMIT_MAX: u32 = 200;

/// An amount of money in minor units: cents for EUR, yen for JPY.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Money {
    /// Minor units.
    #[schema(example = 2995)]
    pub amount: i64,
    /// ISO 4217 code.
    #[schema(example = "EUR", min_length = 3, max_length = 3)]
    pub currency: String,
}

impl Money {
    /// `minor` units of `currency`.
    pub fn new(minor: i64, currency: money::Currency) -> Self {
        Self {
            amount: minor,
            currency: currency.to_string(),
        }
    }
}

impl From<money::Money> for Money {
    fn from(from: money::Money) -> Self {
        Self::new(from.minor, from.currency)
    }
}

/// What every refused request answers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// Why.
    pub error: ErrorInfo,
}

/// Why a request was refused.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorInfo {
    /// The stable code; each has a page in the documentation.
    #[schema(example = "not_found")]
    pub code: String,
    /// A sentence for people, in English.
    pub message: String,
    /// What the code leaves open, such as the field or the current version.
    #[schema(value_type = Object, additional_properties)]
    pub details: serde_json::Value,
}

impl From<ApiError> for ErrorInfo {
    fn from(error: ApiError) -> Self {
        Self {
            code: error.code.to_owned(),
            message: error.message,
            details: error.details,
        }
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Where the last page ended: its `next`.
    pub cursor: Option<String>,
    /// Entries per page, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

macro_rules! mirror {
    ($($(#[$doc:meta])* $name:ident = $core:path { $($variant:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "the core's variants say what they mean")]
        pub enum $name { $($variant),* }

        impl From<$core> for $name {
            fn from(from: $core) -> Self {
                use $core as Core;
                match from { $(Core::$variant => Self::$variant),* }
            }
        }

        impl From<$name> for $core {
            fn from(from: $name) -> Self {
                match from { $($name::$variant => Self::$variant),* }
            }
        }
    )*};
}

mirror! {
    /// Where a return is.
    ReturnState = returns_core::ReturnState { Requested, Approved, Refused, Received, Withdrawn }
    /// Why goods come back.
    ReturnReason = returns_core::ReturnReason {
        ChangedMind, TooSmall, TooLarge, DoesNotFit, Damaged, NotAsDescribed, WrongArticle, Late, Other,
    }
    /// Whether what was paid for delivery goes back with returned goods: `as_the_shop_says` if all of the order came
    /// back and the shop's terms say so, `yes` for all that is left of it, `no` for nothing.
    DeliveryRefund = command::DeliveryBack { AsTheShopSays, Yes, No }
    /// Where an order group is.
    GroupState = order::GroupState { PendingPayment, Confirmed, Canceled, AwaitingBalance }
    /// Where an order is.
    OrderState = order::OrderState { Pending, Confirmed, PartlyFulfilled, Fulfilled, Canceled }
    /// Why an order ended.
    CancelReason = order::CancelReason { Expired, Shopper, Operator, OutOfStock, Fraud }
    /// Why goods leave from elsewhere. What was not found or is damaged is written off where it was.
    RelocationReason = command::RelocationReason { NotFound, Damaged, Shortage, Closed, Full, Cheaper, Other }
    /// How a fulfillment is handed over.
    Method = order::Method { Ship, Pickup, CarryOut }
    /// Where a fulfillment is.
    FulfillmentState = order::FulfillmentState { Pending, Open, Picking, Packed, Shipped, Delivered, Canceled }
    /// Where a refund is.
    RefundState = order::RefundState { Pending, Succeeded, Failed }
    /// Where a payment is.
    PaymentState = payment::PaymentState { Pending, ActionRequired, Authorized, Captured, OnAccount, Declined, Voided }
    /// The door a request came through.
    Channel = command::Channel { Web, App, Till, Agent, Phone, Console, Import, System }
    /// The kind of device a shopper used.
    Device = command::Device { Phone, Tablet, Desktop, Unknown }
    /// Where a review is.
    ReviewState = review::ReviewState { Waiting, Shown, Rejected, Withdrawn }
    /// Whether a product or variant can be seen and bought.
    Status = catalog::Status { Draft, Active, Archived }
    /// The tax category of goods.
    TaxCategory = catalog::TaxCategory { Standard, Reduced, Zero }
    /// A kind of work that is optional.
    WorkKind = switch::Work { Recommendations, Reviews, Refunds, Exports, Pictures, Alerts }
    /// What a switch does: it sheds the work, or serves it.
    SwitchPosition = switch::Position { Shed, Serve }
    /// Where a parcel is.
    TrackingStatus = parcel::TrackingStatus {
        Pending, PickedUp, InTransit, OnHold, DeliveryDelayed, OutForDelivery, DeliveryFailed, ReadyForPickup,
        ReturnToSender, Delivered,
    }
    /// Who saw a parcel: its carrier, or the shop's own staff.
    SeenBy = parcel::SeenBy { Carrier, Staff }
    /// Where a courier's round is.
    RoundState = round::RoundState { Planned, Loading, Underway, Closed }
    /// Where a parcel is within its round.
    ParcelInRound = round::ConsignmentState { Planned, Loaded, Failed, Returned, Delivered }
    /// Why a parcel could not be handed over.
    FailReason = round::FailReason { NobodyHome, Refused, AddressWrong, NoAccess, Damaged, Closed }
    /// What shows that a parcel was handed over: a signature, a photo, a code, a neighbor who took it, a place where it lies.
    ProofBy = round::ProofBy { Signature, Photo, Code, Neighbor, SafePlace }
    /// Whether a code that was told is the receiver's; `locked` when too many wrong ones were told before, and none says
    /// anything any more.
    CodeMatched = round::CodeMatched { Yes, No, Locked }
    /// How distances were measured: along roads, as the crow flies times a factor for detours, or along roads but for places
    /// between which no way is known.
    Distances = round::Distances { Road, Beeline, Mixed }
    /// What follows a serial: nothing, or the GS1 check digit.
    CheckDigit = carrier::CheckDigit { None, Mod10 }
    /// What kind of place a location is.
    LocationKind = core_settings::LocationKind { Warehouse, Shop }
    /// What an operator may do: an owner everything, staff all but operators, a courier the rounds that
    /// they drive, hub staff scans of parcels.
    Role = core_settings::Role { Owner, Staff, Courier, Hub }
    /// How a parcel goes on from a place: with a line to another one; to its receiver from here, in nobody's round yet; with
    /// a courier's round; with another carrier; back to its sender; it is held; it is done; nobody knows a way from here.
    DirectionKind = crate::hubs::DirectionKind { Line, Tour, Round, Carrier, Back, Held, Done, Unknown }
    /// Whether prices are entered and shown with tax.
    TaxDisplay = core_settings::TaxDisplay { Inclusive, Exclusive }
}

/// One text in the shop's languages; a language without a text is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// German.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub de: Option<String>,
    /// Chinese, simplified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl From<&commerce::text::Text> for Texts {
    fn from(from: &commerce::text::Text) -> Self {
        use commerce::text::Language;
        let exact = |language| from.exact(language).map(str::to_owned);
        Self {
            en: exact(Language::En),
            de: exact(Language::De),
            zh: exact(Language::Zh),
        }
    }
}

impl From<Texts> for commerce::text::Text {
    fn from(from: Texts) -> Self {
        use commerce::text::Language;
        let mut text = Self::default();
        text.set(Language::En, from.en.unwrap_or_default());
        text.set(Language::De, from.de.unwrap_or_default());
        text.set(Language::Zh, from.zh.unwrap_or_default());
        text
    }
}

/// A thing named by its id, with the name people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

impl Named {
    /// The location with this id; its id serves as its name when the record is gone.
    pub fn location(world: &commerce::World, id: id::LocationId) -> Self {
        let name = world.location(id).map(|l| l.name.clone());
        Self {
            id: id.to_string(),
            name: name.unwrap_or_else(|| id.to_string()),
        }
    }

    /// The operator with this id; its id serves as its name when the record is gone.
    pub fn operator(world: &commerce::World, id: id::OperatorId) -> Self {
        let name = world.operator(id).map(|o| o.name.clone());
        Self {
            id: id.to_string(),
            name: name.unwrap_or_else(|| id.to_string()),
        }
    }

    /// The carrier with this id; its id serves as its name when the record is gone.
    pub fn carrier(world: &commerce::World, id: id::CarrierId) -> Self {
        let name = world.carrier(id).map(|c| c.name.clone());
        Self {
            id: id.to_string(),
            name: name.unwrap_or_else(|| id.to_string()),
        }
    }

    /// The seller with this id; its id serves as its name when the record is gone.
    pub fn seller(world: &commerce::World, id: id::SellerId) -> Self {
        let name = world.seller(id).map(|s| s.name.clone());
        Self {
            id: id.to_string(),
            name: name.unwrap_or_else(|| id.to_string()),
        }
    }
}

#[allow(clippy::derivable_impls, reason = "the macro above makes the enum")]
impl Default for DeliveryRefund {
    fn default() -> Self {
        Self::AsTheShopSays
    }
}

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct Address {
    pub first_name: String,
    pub last_name: String,
    pub street: String,
    /// Second line, or empty.
    pub street_2: String,
    pub postal_code: String,
    pub city: String,
    /// State or province, or empty.
    pub region: String,
    /// ISO 3166-1 code of two letters, or empty.
    pub country: String,
    pub phone: String,
}

impl From<&core_settings::Address> for Address {
    fn from(from: &core_settings::Address) -> Self {
        Self {
            first_name: from.first_name.clone(),
            last_name: from.last_name.clone(),
            street: from.street.clone(),
            street_2: from.street_2.clone(),
            postal_code: from.postal_code.clone(),
            city: from.city.clone(),
            region: from.region.clone(),
            country: from.country.map(|c| c.to_string()).unwrap_or_default(),
            phone: from.phone.clone(),
        }
    }
}
