//! Carriers with their numbers, areas, rate cards; what they say of a parcel.

use super::{CheckDigit, Money, Named};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// All carriers.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CarrierList {
    /// By code.
    pub items: Vec<Carrier>,
    /// The connectors of this server's configuration, for `connector` of carriers' terms.
    pub connectors: Vec<String>,
}

/// Whoever takes parcels along.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Carrier {
    /// The carrier's id.
    pub id: String,
    /// Rises by one with each change.
    pub version: u32,
    /// What it is and offers.
    pub terms: CarrierTerms,
    /// How many areas it goes to: `GET /carriers/{id}/areas` has them.
    pub areas: usize,
    /// How many steps its rate card has: `GET /carriers/{id}/rates` has them.
    pub rates: usize,
    /// Its numbers.
    pub numbers: NumberPool,
}

/// What a carrier is and offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CarrierTerms {
    /// A short unique code.
    #[schema(example = "dhl", min_length = 1, max_length = 40)]
    pub code: String,
    /// The name that shoppers and staff see.
    #[schema(example = "DHL", min_length = 1, max_length = 200)]
    pub name: String,
    /// Whether parcels are given to it now.
    pub active: bool,
    /// Whether it is the shop's own fleet.
    #[serde(default)]
    pub own_fleet: bool,
    /// How its numbers are made.
    pub numbering: Numbering,
    /// The connector that tells it of parcels, by its name in the configuration; empty where people tell it.
    #[serde(default)]
    #[schema(example = "karrio", max_length = 40)]
    pub connector: String,
    /// Where shoppers can follow a parcel, with `{number}` for its number; empty if nowhere.
    #[serde(default)]
    #[schema(example = "https://example.com/track/{number}", max_length = 200)]
    pub tracking_url: String,
    /// The ids of the places that it collects from; empty for all.
    #[serde(default)]
    pub locations: Vec<String>,
    /// Parcels that it takes in a day; `null` for any number.
    #[serde(default)]
    #[schema(required)]
    pub daily_quota: Option<u32>,
    /// The currency of its prices.
    #[schema(example = "EUR", min_length = 3, max_length = 3)]
    pub currency: String,
    /// Cubic centimeters that are charged as a kilogram; 0 where only the scales count.
    #[serde(default)]
    #[schema(example = 5_000)]
    pub volume_divisor: u32,
    /// What it offers, at most 50.
    pub services: Vec<CarrierService>,
    /// What it charges on top, at most 50.
    #[serde(default)]
    pub surcharges: Vec<Surcharge>,
}

/// A carrier to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CarrierChange {
    /// Refused with `version_conflict` unless it has this version; absent does not check.
    #[serde(default)]
    pub version: Option<u32>,
    /// What it is and offers.
    pub terms: CarrierTerms,
    /// The blocks of its numbers, used from the front; absent leaves them. What was given out of one stays given.
    #[serde(default)]
    pub blocks: Option<Vec<NumberBlock>>,
}

/// How numbers are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Numbering {
    /// The GS1 serial shipping container code, 18 digits.
    Sscc {
        /// The digit before the prefix.
        #[schema(minimum = 0, maximum = 9)]
        extension: u8,
        /// The company's GS1 prefix, 4 to 12 digits.
        #[schema(example = "4012345", min_length = 4, max_length = 12)]
        prefix: String,
    },
    /// The postal identifier of the UPU, such as `RR473124829GB`.
    S10 {
        /// Two letters that say which service.
        #[schema(example = "RR", min_length = 2, max_length = 2)]
        service: String,
        /// The country of the post that issues it.
        #[schema(example = "DE", min_length = 2, max_length = 2)]
        country: String,
    },
    /// A carrier's own: a prefix, digits, maybe a check digit.
    Plain {
        /// Capitals and digits before the serial; may be empty.
        #[schema(max_length = 10)]
        prefix: String,
        /// Digits of the serial.
        #[schema(minimum = 4, maximum = 15)]
        digits: u8,
        /// What follows it.
        check: CheckDigit,
    },
    /// The carrier gives them, when its connector tells it of a parcel.
    Given,
}

/// A kind of parcel at one speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CarrierService {
    /// Unique within the carrier.
    #[schema(example = "parcel", min_length = 1, max_length = 40)]
    pub code: String,
    /// The name on labels.
    #[schema(example = "Parcel", min_length = 1, max_length = 200)]
    pub name: String,
    /// Which of the shop's service levels it serves.
    #[schema(example = json!(["standard"]))]
    pub levels: Vec<String>,
    /// The heaviest parcel, in grams.
    #[schema(example = 31_500)]
    pub weight_max_grams: u32,
    /// The longest side, in millimeters; 0 for any.
    #[serde(default)]
    pub side_max_mm: u16,
    /// The longest side and the girth around the other two, in millimeters; 0 for any.
    #[serde(default)]
    pub girth_max_mm: u16,
}

/// What is charged on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Surcharge {
    /// A short code, unique within the carrier.
    #[schema(example = "fuel", min_length = 1, max_length = 40)]
    pub code: String,
    /// For which parcels.
    pub when: SurchargeWhen,
    /// How much.
    pub amount: SurchargeAmount,
}

/// For which parcels something is charged on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurchargeWhen {
    /// For all.
    Always,
    /// To a zone.
    Zone(String),
    /// When the scales show more than so many grams.
    HeavierThan(u32),
    /// When the longest side is longer than so many millimeters.
    LongerThan(u16),
}

/// How much is charged on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurchargeAmount {
    /// Minor units of the carrier's currency.
    Fixed(i64),
    /// Parts per million of the rate card's price.
    Percent(u32),
}

/// The numbers of a carrier.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct NumberPool {
    /// Numbers that are left.
    pub left: u64,
    /// Parcels that were booked on its last day.
    pub booked: u32,
    /// That day, as `yyyymmdd`; 0 before the first.
    pub day: u32,
    /// The blocks, in the order in which they are used.
    pub blocks: Vec<NumberBlock>,
}

/// Serials that a carrier leased to the shop, or that the shop gives itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberBlock {
    /// The first serial.
    pub first: u64,
    /// The last one.
    pub last: u64,
    /// How many of them were given; not read when a carrier is saved.
    #[serde(default)]
    pub given: u64,
}

/// A table of a carrier to be saved, whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableChange {
    /// Refused with `version_conflict` unless the carrier has this version; absent does not check.
    #[serde(default)]
    pub version: Option<u32>,
    /// The table as CSV, with its header.
    pub csv: String,
}

/// The parcel that carriers are asked about.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfferQuery {
    /// What the scales show, in grams; the weight of its articles when absent.
    #[param(minimum = 1)]
    pub weight_grams: Option<u32>,
    /// Length in millimeters.
    pub length_mm: Option<u16>,
    /// Width in millimeters.
    pub width_mm: Option<u16>,
    /// Height in millimeters.
    pub height_mm: Option<u16>,
}

/// What carriers say of a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CarrierOffers {
    /// The weight that was asked about, in grams; 0 where it is not known: then nobody was asked.
    pub weight_grams: u32,
    /// Who takes it, the cheapest first.
    pub offers: Vec<CarrierOffer>,
    /// Who does not, and why.
    pub declined: Vec<CarrierDeclined>,
    /// What carriers with a connector say themselves, beside their rate cards here: for comparing. Booking goes by
    /// the offers.
    pub quotes: Vec<CarrierQuotes>,
}

/// What a carrier says when it is asked.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CarrierQuotes {
    /// Who.
    pub carrier: Named,
    /// By which services, the cheapest first.
    pub quotes: Vec<CarrierQuote>,
    /// Why there are none, as the code of an error: `carrier_refused`, `carrier_unavailable` or `connector_unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "carrier_unavailable")]
    pub problem: Option<String>,
    /// The same in words; empty where there is no problem.
    pub message: String,
}

/// What a carrier would charge for a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CarrierQuote {
    /// The service's code.
    pub service: String,
    /// The price with all that is charged on top.
    pub price: Money,
    /// Days on the way, if the carrier says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transit_days: Option<u16>,
}

/// A carrier's service that takes a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CarrierOffer {
    /// Whose.
    pub carrier: Named,
    /// The service's code.
    pub service: String,
    /// The service's name.
    pub service_name: String,
    /// The zone of its rate card.
    pub zone: String,
    /// The weight that is charged, in grams.
    pub charged_grams: u32,
    /// The rate card's price.
    pub base: Money,
    /// What is charged on top.
    pub surcharges: Vec<ChargedSurcharge>,
    /// All of it.
    pub price: Money,
    /// By when it is there if it is booked now, in UTC milliseconds; `null` where no timetable says so.
    #[schema(required)]
    pub arrives: Option<i64>,
    /// Whether that keeps what the order was promised; `null` where either is not known.
    #[schema(required)]
    pub in_time: Option<bool>,
    /// Whether it is the one that is booked where nobody is named: the cheapest that is in time. Where none is, the one that
    /// is there first; where no timetable says anything, the cheapest.
    pub is_usual: bool,
}

/// Something that is charged on top.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ChargedSurcharge {
    /// The surcharge's code.
    pub code: String,
    /// How much.
    pub amount: Money,
}

/// A carrier's service that does not take a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CarrierDeclined {
    /// Whose.
    pub carrier: Named,
    /// The service's code; empty where it is the carrier as a whole.
    pub service: String,
    /// Why: `inactive`, `not_from_here`, `not_there`, `closed`, `full`, `no_numbers`, `other_level`, `too_heavy` or
    /// `too_large`.
    #[schema(example = "too_heavy")]
    pub why: String,
}
