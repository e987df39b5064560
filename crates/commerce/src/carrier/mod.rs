//! Who brings parcels to the door: carriers with their services, areas, rate cards and numbers. An own fleet is a carrier
//! like others.
//!
//! All of it is integers and texts that operators keep, as files or in the console; which carrier takes a parcel at which
//! price follows from them alone ([`offers`]).

mod numbers;
mod rates;

pub use numbers::{Block, CheckDigit, Numbering, Pool, mod10};
pub(crate) use rates::offer_of;
pub use rates::{Declined, Offer, Shipment, Why, cheapest, offers};

use crate::code::Country;
use crate::id::{CarrierId, LocationId};
use crate::limits;
use crate::money::Currency;
use crate::refusal::Refusal;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Whoever takes parcels along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carrier {
    /// The carrier's id.
    pub id: CarrierId,
    /// Rises by one with each change; also the version of its areas, as labels print it.
    pub version: u32,
    /// A short unique code, such as `dhl` or `own`.
    pub code: String,
    /// The name that shoppers and staff see.
    pub name: String,
    /// Whether parcels are given to it now.
    pub active: bool,
    /// Whether it is the shop's own fleet.
    pub own_fleet: bool,
    /// How its numbers are made.
    pub numbering: Numbering,
    /// The connector that tells it of parcels, by its name in the configuration; empty where people tell it.
    #[serde(default)]
    pub connector: String,
    /// Where shoppers can follow a parcel, with `{number}` for its number; empty if nowhere.
    pub tracking_url: String,
    /// Places that it collects from; empty for all.
    pub locations: Vec<LocationId>,
    /// Parcels that it takes in a day; `None` for any number.
    pub daily_quota: Option<u32>,
    /// The currency of its prices.
    pub currency: Currency,
    /// Cubic centimeters that are charged as a kilogram, such as 5,000; 0 where only the scales count.
    pub volume_divisor: u32,
    /// What it offers.
    pub services: Vec<Service>,
    /// Where it goes, in the order of country and postal prefix.
    pub areas: Vec<Area>,
    /// What it charges, in the order of service, zone and weight.
    pub rates: Vec<Rate>,
    /// What it charges on top.
    pub surcharges: Vec<Surcharge>,
    /// When it drives, of the services that have a timetable.
    #[serde(default)]
    pub timetables: Vec<Timetable>,
}

/// When a service drives, as tables that operators keep. The core keeps them as they were written; whoever promises dates
/// reads them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timetable {
    /// The service's code.
    pub service: String,
    /// Opening hours and holidays, CSV.
    pub calendars: String,
    /// Hubs, CSV.
    pub hubs: String,
    /// Waves and line-hauls, CSV.
    pub lines: String,
    /// Delivery areas with their tours, CSV.
    pub zones: String,
    /// What is promised whatever the timetable says, CSV.
    pub programmes: String,
    /// Places and lines that are closed, from when until when, CSV.
    pub closures: String,
}

/// What a carrier offers: one kind of parcel at one speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Unique within the carrier, such as `parcel` or `express`.
    pub code: String,
    /// The name on labels.
    pub name: String,
    /// Which of the shop's service levels it serves: `standard`, `express`, …
    pub levels: Vec<String>,
    /// The heaviest parcel, in grams.
    pub weight_max_grams: u32,
    /// The longest side, in millimeters; 0 for any.
    pub side_max_mm: u16,
    /// The longest side and the girth around the other two, in millimeters; 0 for any.
    pub girth_max_mm: u16,
}

/// Addresses that begin alike. The longest prefix of a postal code decides.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Area {
    /// The country.
    pub country: Country,
    /// What postal codes begin with, in capitals without spaces and hyphens; empty for all of the country.
    pub prefix: String,
    /// The zone in the rate card.
    pub zone: String,
    /// What the sorting machine reads, as it stands on the label; may be empty.
    pub sorting: String,
    /// Whether nothing goes there for now.
    pub closed: bool,
}

/// A step of a rate card.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rate {
    /// The service's code.
    pub service: String,
    /// The zone.
    pub zone: String,
    /// Up to this weight, in grams.
    pub up_to_grams: u32,
    /// The price, in minor units of the carrier's currency.
    pub price: i64,
}

/// What is charged on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surcharge {
    /// A short code, unique within the carrier.
    pub code: String,
    /// For which parcels.
    pub when: SurchargeWhen,
    /// How much.
    pub amount: SurchargeAmount,
}

/// For which parcels something is charged on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SurchargeAmount {
    /// Minor units of the carrier's currency.
    Fixed(i64),
    /// Parts per million of the rate card's price, rounded half up.
    Percent(u32),
}

impl Carrier {
    /// A service by its code.
    pub fn service(&self, code: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.code == code)
    }

    /// Where the shopper can follow a parcel; empty if nowhere.
    pub fn tracking_url(&self, number: &str) -> String {
        self.tracking_url.replace("{number}", number)
    }

    /// When a service drives, if it has a timetable.
    pub fn timetable(&self, service: &str) -> Option<&Timetable> {
        self.timetables.iter().find(|t| t.service == service)
    }

    /// Puts its tables into their order, so that equal carriers are equal and look-ups can halve.
    pub fn sort(&mut self) {
        self.areas.sort();
        self.rates.sort();
    }

    /// Whether it can be kept.
    ///
    /// Checks: texts, numbering, services, areas, rates, surcharges; each names the field.
    ///
    /// # Errors
    /// `field_invalid`.
    pub fn check(&self) -> Result<(), Refusal> {
        let invalid = |field| Err(Refusal::FieldInvalid { field });
        if !is_word(&self.code) {
            return invalid("code");
        }
        if !is_name(&self.name) {
            return invalid("name");
        }
        let url = &self.tracking_url;
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let is_control = |c: char| c.is_control() || c == ' ';
        if !url.is_empty()
            && (!is_web || url.len() > limits::NAME_CHARS_MAX || url.contains(is_control))
        {
            return invalid("tracking_url");
        }
        self.numbering.check()?;
        let is_given = self.numbering == Numbering::Given;
        if !is_connector(&self.connector) || is_given && self.connector.is_empty() {
            return invalid("connector");
        }
        self.check_services()?;
        self.check_areas()?;
        self.check_rates()?;
        self.check_surcharges()?;
        self.check_timetables()
    }

    fn check_services(&self) -> Result<(), Refusal> {
        let mut codes = BTreeSet::new();
        let count = self.services.len();
        let is_sound = |s: &Service| {
            let levels = 1..=limits::SERVICE_LEVELS_MAX;
            is_word(&s.code)
                && is_name(&s.name)
                && levels.contains(&s.levels.len())
                && s.levels.iter().all(|level| is_word(level))
                && (1..=limits::PARCEL_GRAMS_MAX).contains(&s.weight_max_grams)
        };
        let sound = self
            .services
            .iter()
            .all(|s| is_sound(s) && codes.insert(&s.code));
        if count == 0 || count > limits::SERVICES_MAX || !sound {
            return Err(Refusal::FieldInvalid { field: "services" });
        }
        Ok(())
    }

    fn check_areas(&self) -> Result<(), Refusal> {
        let mut known = BTreeSet::new();
        let is_sound = |a: &Area| {
            a.prefix.len() <= limits::POSTAL_PREFIX_MAX
                && postal(&a.prefix) == a.prefix
                && is_word(&a.zone)
                && a.sorting.chars().count() <= limits::SORTING_CHARS_MAX
                && !a.sorting.contains(|c: char| c.is_control())
        };
        let sound = self
            .areas
            .iter()
            .all(|a| is_sound(a) && known.insert((a.country, &a.prefix)));
        if self.areas.len() > limits::AREAS_MAX || !sound {
            return Err(Refusal::FieldInvalid { field: "areas" });
        }
        Ok(())
    }

    fn check_rates(&self) -> Result<(), Refusal> {
        let mut known = BTreeSet::new();
        let is_sound = |r: &Rate| {
            self.service(&r.service).is_some()
                && is_word(&r.zone)
                && (1..=limits::PARCEL_GRAMS_MAX).contains(&r.up_to_grams)
                && (0..=limits::RATE_MINOR_MAX).contains(&r.price)
        };
        let sound = self
            .rates
            .iter()
            .all(|r| is_sound(r) && known.insert((&r.service, &r.zone, r.up_to_grams)));
        if self.rates.len() > limits::RATES_MAX || !sound {
            return Err(Refusal::FieldInvalid { field: "rates" });
        }
        Ok(())
    }

    fn check_timetables(&self) -> Result<(), Refusal> {
        let mut services = BTreeSet::new();
        let is_sound = |t: &Timetable| {
            let tables = t.tables();
            let mut tables = tables.iter();
            self.service(&t.service).is_some()
                && tables.all(|(_, text)| text.len() <= limits::TIMETABLE_BYTES_MAX)
        };
        let sound = self
            .timetables
            .iter()
            .all(|t| is_sound(t) && services.insert(&t.service));
        if !sound {
            return Err(Refusal::FieldInvalid {
                field: "timetables",
            });
        }
        Ok(())
    }

    fn check_surcharges(&self) -> Result<(), Refusal> {
        let mut codes = BTreeSet::new();
        let is_sound = |s: &Surcharge| {
            let when = match &s.when {
                SurchargeWhen::Zone(zone) => is_word(zone),
                SurchargeWhen::Always
                | SurchargeWhen::HeavierThan(_)
                | SurchargeWhen::LongerThan(_) => true,
            };
            let amount = match s.amount {
                SurchargeAmount::Fixed(minor) => (0..=limits::RATE_MINOR_MAX).contains(&minor),
                SurchargeAmount::Percent(ppm) => ppm <= limits::SURCHARGE_PPM_MAX,
            };
            is_word(&s.code) && when && amount
        };
        let sound = self
            .surcharges
            .iter()
            .all(|s| is_sound(s) && codes.insert(&s.code));
        if self.surcharges.len() > limits::SURCHARGES_MAX || !sound {
            return Err(Refusal::FieldInvalid {
                field: "surcharges",
            });
        }
        Ok(())
    }
}

impl Timetable {
    /// Its tables with their names.
    pub fn tables(&self) -> [(&'static str, &str); 6] {
        [
            ("calendars", &self.calendars),
            ("hubs", &self.hubs),
            ("lines", &self.lines),
            ("zones", &self.zones),
            ("programmes", &self.programmes),
            ("closures", &self.closures),
        ]
    }
}

/// A postal code as areas know it: in capitals, without spaces and hyphens.
pub fn postal(code: &str) -> String {
    let kept = code.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.flat_map(char::to_uppercase).collect()
}

/// A code that stands in files and addresses: letters, digits, `-`, `_` and `.`.
pub fn is_word(text: &str) -> bool {
    let is_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=limits::WORD_CHARS_MAX).contains(&text.len()) && text.chars().all(is_one)
}

fn is_connector(name: &str) -> bool {
    name.is_empty() || is_word(name)
}

fn is_name(text: &str) -> bool {
    let chars = text.trim().chars().count();
    (1..=limits::NAME_CHARS_MAX).contains(&chars) && !text.contains(|c: char| c.is_control())
}
