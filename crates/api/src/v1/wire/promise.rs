//! When goods would be there, and carriers' timetables.

use super::buy_now::BuyLine;
use super::{Money, Named};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What would be ordered, and where it would go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromiseRequest {
    /// What would be ordered.
    #[schema(min_items = 1, max_items = 100)]
    pub lines: Vec<BuyLine>,
    /// Where a parcel goes: ISO 3166-1 code of two letters.
    #[schema(example = "DE")]
    pub country: String,
    /// The postal code there. Without one, what holds for the country as a whole is answered.
    #[serde(default)]
    #[schema(example = "20095")]
    pub postal_code: String,
    /// ISO 4217 code of prices; the shop's own currency when absent.
    #[serde(default)]
    pub currency: Option<String>,
    /// `en`, `de` or `zh`; English when absent.
    #[serde(default)]
    pub language: Option<String>,
    /// When it would be ordered, in UTC milliseconds; now when absent.
    #[serde(default)]
    pub at: Option<i64>,
}

/// How the goods could be had.
#[derive(Debug, Serialize, ToSchema)]
pub struct Promises {
    /// Ways of delivery, the cheapest first; none when the goods cannot be sent there.
    pub options: Vec<PromiseOption>,
    /// Places where all of it could be collected, the soonest first.
    pub pickups: Vec<PromisePickup>,
}

/// A way of delivery. Moments are UTC milliseconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseOption {
    /// The shipping rate's code, as purchases name it.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its service level.
    pub service_level: String,
    /// What it costs.
    pub price: Money,
    /// When delivery begins at the earliest.
    pub deliver_min: i64,
    /// By then half of such parcels are there.
    pub estimate: i64,
    /// What is promised, and kept with the order: by then it is there.
    pub deliver_max: i64,
    /// How many of a thousand are there by then, as the past of this way says; `null` where nothing was learned yet.
    #[schema(required)]
    pub confidence_permille: Option<u16>,
    /// The last moment at which the same would be promised, if nobody takes room meanwhile.
    pub order_before: i64,
    /// Its parcels.
    pub parcels: Vec<PromiseParcel>,
}

/// One parcel of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseParcel {
    /// Where it leaves from.
    pub location: Named,
    /// Who would bring it, where a timetable says so; `null` where the rate's days do.
    #[schema(required)]
    pub carrier: Option<Named>,
    /// The carrier's service; empty without one.
    pub service: String,
    /// What is promised of this parcel.
    pub deliver_max: i64,
    /// Its way, in the order of time; none where the rate's days say when it is there.
    pub legs: Vec<PromiseLeg>,
}

/// A step of the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseLeg {
    /// What happens.
    pub step: PromiseStep,
    /// The place, line, zone or programme, by its code.
    pub name: String,
    /// When it begins, in UTC milliseconds.
    pub begin: i64,
    /// When it is done, in UTC milliseconds.
    pub end: i64,
    /// What it waited for before it began.
    pub wait: PromiseWait,
}

/// What happens to a parcel.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseStep {
    /// It is picked and packed.
    Prepare,
    /// It goes from place to place.
    Ride,
    /// It is brought to the door, or to where it is collected.
    Tour,
    /// It is shelved where it is collected.
    Shelve,
    /// It has not come by the timetable, as it happens.
    Experience,
    /// The shop's own promise, whatever the timetable says.
    Programme,
}

/// What a step waited for.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseWait {
    /// For nothing.
    None,
    /// Until people come to work.
    Opening,
    /// Until it leaves.
    Departure,
    /// What left before it was full.
    Full,
    /// What left before it did not go, as something is closed.
    Closure,
}

/// A place where all of it could be collected.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromisePickup {
    /// The place.
    pub location: Named,
    /// From when, in UTC milliseconds.
    pub ready: i64,
}

/// When a carrier's service drives: its tables as CSV. `docs/promise.md` says what their columns mean.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Timetable {
    /// The carrier's version. When saving: refused with `version_conflict` unless it has this version; absent does not
    /// check.
    #[serde(default)]
    pub version: Option<u32>,
    /// `calendar,day,hours`.
    #[serde(default)]
    pub calendars: String,
    /// `code,time_zone,calendar`.
    #[serde(default)]
    pub hubs: String,
    /// `code,from,to,calendar,cutoff,depart,arrive,capacity`.
    #[serde(default)]
    pub lines: String,
    /// `zone,hub,time_zone,calendar,cutoff,from,to,capacity`.
    #[serde(default)]
    pub zones: String,
    /// `code,zone,location,weight_max_grams,calendar,order_by,ship_by,from,to,capacity`.
    #[serde(default)]
    pub programmes: String,
    /// `closed,from,until`.
    #[serde(default)]
    pub closures: String,
}
