//! Couriers' rounds: what a phone gets and says, and what dispatchers plan.

use super::{CodeMatched, Distances, FailReason, Named, ParcelInRound, ProofBy, RoundState};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A point on the earth, in degrees, north and east positive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct Position {
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: f64,
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: f64,
}

/// Where a phone was.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct PhonePosition {
    pub latitude: f64,
    pub longitude: f64,
    /// How far off it may be, in meters.
    #[serde(default)]
    pub accuracy_meters: Option<f64>,
}

/// A round in a list.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RoundEntry {
    /// The round's id.
    pub id: String,
    /// Rises by one with each change.
    pub version: u32,
    /// The day where it leaves from, such as `2026-11-29`.
    pub day: String,
    /// Where it is.
    pub state: RoundState,
    /// Where it leaves from.
    pub location: Named,
    /// With what, in words; may be empty.
    pub vehicle: String,
    /// Who drives it; `null` while nobody does.
    pub courier: Option<Named>,
    /// Doors that it goes to.
    pub stops: u32,
    /// Those of them where nothing is left to do.
    pub stops_done: u32,
    /// Parcels in it.
    pub parcels: u32,
    /// Those of them that were delivered.
    pub delivered: u32,
    /// Those of them that could not be delivered, brought back or not.
    pub failed: u32,
}

/// Who drives rounds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CourierList {
    /// By their names.
    pub items: Vec<Named>,
}

/// Rounds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundList {
    /// In order of their days, and of when they were planned.
    pub rounds: Vec<RoundEntry>,
}

/// A round as its courier has it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CourierRound {
    /// The round's id.
    pub id: String,
    /// Rises by one with each change.
    pub version: u32,
    /// The day where it leaves from, such as `2026-11-29`.
    pub day: String,
    /// Where it is.
    pub state: RoundState,
    /// With what, in words; may be empty.
    pub vehicle: String,
    /// Where it leaves from, and where parcels are brought back to.
    pub location: RoundPlace,
    /// How distances were measured.
    pub distances: Distances,
    /// How far it goes, in meters.
    pub meters: u32,
    /// How long it takes, in seconds.
    pub seconds: u32,
    /// The stops' numbers in the order in which they are to be visited.
    pub order: Vec<u16>,
    /// Where it goes, by number.
    pub stops: Vec<CourierStop>,
}

/// Where a round leaves from.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundPlace {
    /// The location's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is; `null` if that is not known.
    pub position: Option<Position>,
}

/// A door that a round goes to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CourierStop {
    /// Its number within the round.
    pub number: u16,
    /// When the courier was there, in UTC milliseconds.
    pub reached_at: Option<i64>,
    /// Who is to get it.
    pub name: String,
    /// Their phone, or empty.
    pub phone: String,
    /// Where they are.
    pub address: StopAddress,
    /// Where that is; `null` if it is not known.
    pub position: Option<Position>,
    /// When somebody is there.
    pub window: Option<TimeWindow>,
    /// When the courier was planned to be there, in UTC milliseconds.
    pub arrival: Option<i64>,
    /// What is brought there.
    pub parcels: Vec<CourierParcel>,
}

/// The address of a stop.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct StopAddress {
    pub street: String,
    /// Second line, or empty.
    pub street_2: String,
    pub postal_code: String,
    pub city: String,
    /// State or province, or empty.
    pub region: String,
    /// ISO 3166-1 code of two letters, or empty.
    pub country: String,
}

/// From when until when, in UTC milliseconds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct TimeWindow {
    pub from: i64,
    pub until: i64,
}

/// A parcel in a round.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CourierParcel {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The waybill's number: what is on the label.
    pub number: String,
    /// What the scales showed, in grams.
    pub weight_grams: u32,
    /// Where it is within the round.
    pub state: ParcelInRound,
    /// Why it failed, or empty.
    pub reason: String,
    /// When it came into its state, in UTC milliseconds.
    pub at: Option<i64>,
    /// `reassigned` when it is or was in another courier's round, `recalled` when its waybill was canceled, or empty.
    pub conflict: String,
    /// Whether the code that it was handed over by is the receiver's; `null` where it was not handed over by one.
    pub code_matched: Option<CodeMatched>,
}

/// What a phone says.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CourierEvents {
    /// In the order in which it happened.
    #[schema(min_items = 1, max_items = 200)]
    pub events: Vec<CourierEvent>,
}

/// What happened, as a phone says it. Which fields belong to what is said with [`CourierEvent::what`].
#[derive(Debug, Deserialize, ToSchema)]
pub struct CourierEvent {
    /// Made on the phone, such as a UUID: sent again, it is the same event.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9-]+$")]
    pub key: String,
    /// When it happened by the phone's clock, in UTC milliseconds.
    pub at: i64,
    /// `load` (a parcel), `start`, `reorder` (an order, a reason), `reached` (a stop), `delivered` (a parcel, a proof),
    /// `failed` (a parcel, a reason), `returned` (a parcel), `undo` (the key that it undoes), `close`.
    pub what: String,
    /// The number of a parcel's waybill.
    #[serde(default)]
    pub parcel: Option<String>,
    /// A stop's number.
    #[serde(default)]
    pub stop: Option<u16>,
    /// Why: of `failed` one of `nobody_home`, `refused`, `address_wrong`, `no_access`, `damaged`, `closed`; of `reorder` in
    /// words.
    #[serde(default)]
    pub reason: Option<String>,
    /// All stops' numbers.
    #[serde(default)]
    pub order: Option<Vec<u16>>,
    /// What shows that a parcel was handed over.
    #[serde(default)]
    pub proof: Option<CourierProof>,
    /// The key of the event that did not happen after all.
    #[serde(default)]
    pub undoes: Option<String>,
    /// Where the phone was.
    #[serde(default)]
    pub position: Option<PhonePosition>,
}

/// What shows that a parcel was handed over.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CourierProof {
    /// What kind of proof.
    pub by: ProofBy,
    /// Who signed or took it, or where it lies.
    #[serde(default)]
    pub name: Option<String>,
    /// The code that the receiver told.
    #[serde(default)]
    pub code: Option<String>,
    /// The key under which its picture was sent.
    #[serde(default)]
    pub picture: Option<String>,
}

/// What became of what a phone said.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CourierEventResults {
    /// The round as it is now.
    pub round: CourierRound,
    /// One for each event, in their order.
    pub results: Vec<CourierEventResult>,
}

/// What became of an event.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CourierEventResult {
    /// The event's key.
    pub key: String,
    /// What.
    pub result: EventTaken,
    /// Why it was refused, as an error's code, or the conflict; empty otherwise.
    pub code: String,
    /// The same in words.
    pub message: String,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventTaken {
    /// It counts.
    Taken,
    /// It was heard before, and changed nothing.
    Known,
    /// It counts, and contradicts what else is known.
    Conflict,
    /// It does not count.
    Refused,
}

/// A code that a receiver told, before their parcels are handed over.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeTold {
    /// Made on the phone, such as a UUID: the same code sent again with it counts once.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9-]+$")]
    pub key: String,
    /// The code.
    #[schema(min_length = 1, max_length = 100)]
    pub code: String,
    /// The numbers of the parcels' waybills.
    #[schema(min_items = 1, max_items = 300)]
    pub parcels: Vec<String>,
}

/// Whether a code is right.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeChecked {
    /// One for each parcel, in their order.
    pub parcels: Vec<CodeCheckedParcel>,
}

/// Whether a code is right for a parcel.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CodeCheckedParcel {
    /// The number of its waybill.
    pub number: String,
    /// Whether it is; `locked` after five wrong ones for this parcel: it needs another proof.
    pub code_matched: CodeMatched,
}

/// A round as dispatchers see it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundDetail {
    /// What its courier sees.
    pub round: CourierRound,
    /// Who drives it.
    pub courier: Option<Named>,
    /// All who ever drove it.
    pub couriers: Vec<Named>,
    /// Changes of the order of stops, oldest first.
    pub reordered: Vec<RoundReordered>,
    /// All that was said of its parcels, by parcel and in the order in which it was heard.
    pub said: Vec<RoundSaid>,
}

/// A change of the order of stops.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundReordered {
    /// When, in UTC milliseconds.
    pub at: i64,
    /// Why, in the courier's words; may be empty.
    pub reason: String,
}

/// What was said of a parcel in a round.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundSaid {
    /// The waybill's number.
    pub number: String,
    /// What: `loaded`, `failed`, `returned` or `delivered`.
    pub what: ParcelInRound,
    /// Why it failed.
    pub reason: Option<FailReason>,
    /// When it counts from, in UTC milliseconds.
    pub at: i64,
    /// What the phone's clock showed, in UTC milliseconds.
    pub clock: i64,
    /// Who said it.
    pub by: Option<Named>,
    /// Whether it was taken back.
    pub taken_back: bool,
    /// What shows that it was handed over.
    pub proof: Option<RoundProof>,
}

/// What shows that a parcel was handed over.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundProof {
    /// What kind of proof.
    pub by: ProofBy,
    /// Who signed or took it, or where it lies; may be empty.
    pub name: String,
    /// The code that the receiver told; may be empty.
    pub code: String,
    /// Whether that is the receiver's code; `null` where none was told.
    pub code_matched: Option<CodeMatched>,
    /// The address of its picture, once it has come.
    pub picture: Option<String>,
    /// Where the phone was.
    pub position: Option<Position>,
}

/// Which rounds are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RoundsQuery {
    /// The day, such as `2026-11-29`.
    #[param(format = "date", example = "2026-11-29")]
    pub day: String,
}

/// Who is to drive a round.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundAssignment {
    /// Refused with `version_conflict` unless the round has this version; absent does not check.
    #[serde(default)]
    pub version: Option<u32>,
    /// The operator's id; `null` or absent for nobody yet.
    #[serde(default)]
    pub courier: Option<String>,
    /// With what, in words.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub vehicle: String,
}

/// A parcel that goes with another round.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundMove {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The round that it is in.
    pub from: String,
    /// The round that it goes to.
    pub to: String,
}

/// Rounds to be planned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundPlanRequest {
    /// The day, such as `2026-11-29`.
    #[schema(format = "date")]
    pub day: String,
    /// The place that they leave from, by its id.
    pub location: String,
    /// Who can drive, and with what.
    #[schema(min_items = 1, max_items = 50)]
    pub couriers: Vec<RoundPlanCourier>,
}

/// Somebody who can drive a round.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundPlanCourier {
    /// The operator's id; `null` or absent for whoever will be given the round.
    #[serde(default)]
    pub courier: Option<String>,
    /// With what, in words.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub vehicle: String,
    /// What the vehicle carries, in grams; any weight when absent.
    #[serde(default)]
    pub capacity_grams: Option<u32>,
    /// How many parcels it carries; as many as a round may have when absent.
    #[serde(default)]
    pub parcels_max: Option<u16>,
    /// When they can leave, in UTC milliseconds.
    pub from: i64,
    /// When they must be back, in UTC milliseconds.
    pub until: i64,
}

/// What a plan came to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundPlan {
    /// The rounds, saved; only those that have something to bring.
    pub rounds: Vec<RoundEntry>,
    /// How distances were measured.
    pub distances: Distances,
    /// Why they are not those of roads though an engine for roads is configured; `null` otherwise.
    pub roads_failure: Option<RoadsFailure>,
    /// How much longer than great circles roads are taken to be where nobody measured them, in percent.
    pub detour_percent: u32,
    /// Parcels that no courier has room or time for.
    pub left: Vec<RoundPlanLeft>,
    /// Parcels whose place is not known: each is at the end of a round.
    pub places_unknown: Vec<RoundPlanUnknown>,
}

/// Why distances are not those of roads.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoadsFailure {
    /// What went wrong.
    pub why: RoadsFailed,
    /// The engine's or the network's own words; may be empty.
    pub detail: String,
}

/// What went wrong with an engine for roads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadsFailed {
    /// It could not be asked.
    Unreachable,
    /// It did not answer in time.
    TimedOut,
    /// It refused.
    Refused,
    /// Its answer cannot be.
    Nonsense,
    /// It knows no way between any two of the places.
    NoWay,
}

/// A parcel that is in no round of a plan.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundPlanLeft {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The waybill's number.
    pub number: String,
    /// Why.
    pub reason: RoundPlanReason,
}

/// Why a parcel is in no round of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundPlanReason {
    /// It is more than any vehicle carries.
    TooLarge,
    /// Nobody could be there in time, or be back in time.
    TooLate,
    /// All vehicles are full.
    Full,
    /// Nobody has the time.
    NoTime,
}

/// A parcel whose place is not known.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundPlanUnknown {
    /// The fulfillment's id.
    pub fulfillment: String,
    /// The waybill's number.
    pub number: String,
    /// Where it goes.
    pub address: StopAddress,
    /// The round at whose end it is.
    pub round: String,
}

/// Where postal codes are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GazetteerChange {
    /// The table as CSV, with its header `country,postal_prefix,latitude,longitude`. The longest prefix decides.
    pub csv: String,
}

/// The gazetteer that was saved.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct GazetteerSaved {
    /// How many places it has.
    pub places: u32,
}
