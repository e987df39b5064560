//! What is left of the way to the doorstep.

use super::journey::{self, Cause, End};
use super::parcels::Parcel;
use crate::load::usage;
use crate::paper::money;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const HOUR_MS: i64 = 3_600_000;

/// How fast something went.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Pace {
    /// How many.
    pub count: u64,
    /// In how many seconds.
    pub seconds: f64,
    /// Processors that the server kept busy meanwhile; `null` where it runs elsewhere.
    pub server_cores: Option<f64>,
    /// Processors that the festival itself kept busy.
    pub own_cores: Option<f64>,
    #[serde(skip)]
    began: Option<(Instant, Option<f64>, Option<f64>)>,
}

impl Pace {
    /// Begins to measure, with the server's process if it is on this machine.
    pub fn begin(pid: Option<u32>) -> Self {
        let now = (Instant::now(), pid.and_then(usage::cpu_seconds), own_cpu());
        Self {
            began: Some(now),
            ..Self::default()
        }
    }

    /// So many were done since it began.
    pub fn end(&mut self, count: u64, pid: Option<u32>) {
        let Some((began, server, own)) = self.began.take() else {
            return;
        };
        self.add(count, began.elapsed());
        let seconds = self.seconds.max(f64::EPSILON);
        let used = |before: Option<f64>, now: Option<f64>| Some((now? - before?) / seconds);
        self.server_cores = used(server, pid.and_then(usage::cpu_seconds));
        self.own_cores = used(own, own_cpu());
    }

    /// So many more in a further time.
    pub fn add(&mut self, count: u64, took: Duration) {
        self.count += count;
        self.seconds += took.as_secs_f64();
    }

    /// How many per second.
    pub fn per_second(&self) -> f64 {
        self.count as f64 / self.seconds.max(f64::EPSILON)
    }
}

fn own_cpu() -> Option<f64> {
    usage::cpu_seconds(std::process::id())
}

/// The shop's own plan for all parcels that were open after the day: what they cost as they were, and what no plan can cost
/// less than. In minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sourced {
    /// Orders that were planned together.
    pub orders: u64,
    /// Their parcels.
    pub parcels: u64,
    /// What carriers ask from where the parcels were to leave when they were ordered.
    pub cost_minor: i64,
    /// What they ask by the new plan.
    pub planned_minor: i64,
    /// What no plan costs less than.
    pub bound_minor: i64,
}

impl Sourced {
    /// Reads what `GET /sourcing` says of a look; `None` where nothing was planned.
    pub fn read(run: &Value) -> Option<Self> {
        let minor = |name: &str| run[name]["amount"].as_i64();
        let found = Self {
            orders: run["orders"].as_u64()?,
            parcels: run["parcels"].as_u64()?,
            cost_minor: minor("cost")?,
            planned_minor: minor("planned")?,
            bound_minor: minor("bound")?,
        };
        (found.parcels > 0 && found.bound_minor > 0).then_some(found)
    }

    /// How far a cost is above the bound, in per cent.
    pub fn gap(&self, minor: i64) -> f64 {
        (minor - self.bound_minor) as f64 / self.bound_minor as f64 * 100.0
    }
}

/// What a carrier brought.
#[derive(Debug, Clone, Serialize)]
pub struct ByCarrier {
    /// Its name.
    pub name: String,
    /// Its parcels.
    pub parcels: u64,
    /// What they cost, in minor units.
    pub cost_minor: i64,
    /// Those that were promised, and of these the ones that were there in time.
    pub promised: u64,
    /// The latter.
    pub kept: u64,
}

/// What became of a day's parcels.
#[derive(Debug, Clone, Default, Serialize)]
pub struct DoorstepReport {
    /// Orders that became parcels.
    pub orders: u64,
    /// Parcels with a waybill.
    pub parcels: u64,
    /// With their receivers.
    pub delivered: u64,
    /// Back on the shelf, and paid back.
    pub returned: u64,
    /// Lost by the carrier, and paid back.
    pub lost: u64,
    /// Neither, in the end: a broken promise.
    pub not_ended: u64,
    /// Fulfillments that got no waybill when one was asked for, by the error's code.
    pub not_booked: BTreeMap<String, u64>,
    /// Parcels of which an arrival was promised.
    pub promised: u64,
    /// Those of them that were there by then.
    pub kept: u64,
    /// The others, by what went wrong first on their way.
    pub broken: BTreeMap<Cause, u64>,
    /// Of the others, how many the order's page explains.
    pub explained: u64,
    /// The currency of prices, by its ISO 4217 code.
    pub currency: String,
    /// What all of them cost, in minor units.
    pub cost_minor: i64,
    /// By carrier.
    pub carriers: Vec<ByCarrier>,
    /// Parcels that were with their receivers by the end of an hour after the first waybill.
    pub by_hour: Vec<(i64, u64)>,
    /// The plan for all parcels that were open after the day; `null` where the shop made none in time.
    pub sourced: Option<Sourced>,
    /// Waybills, from the list of open parcels to the last number.
    pub booking: Pace,
    /// Sightings.
    pub telling: Pace,
    /// Days that passed in the shop.
    pub days: i64,
    /// What went wrong on the road, per mille, as the world was made.
    pub world: World,
}

/// How often what goes wrong, per mille.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct World {
    /// Left behind at the ramp.
    pub left_behind: u32,
    /// The night's line is late.
    pub line_late: u32,
    /// Nobody opens.
    pub nobody_home: u32,
    /// Of these, nobody opens again.
    pub nobody_again: u32,
    /// Of these, nobody collects it.
    pub unclaimed: u32,
    /// The address is not found.
    pub no_address: u32,
    /// It is lost.
    pub lost: u32,
}

impl Default for World {
    fn default() -> Self {
        Self {
            left_behind: journey::LEFT_BEHIND,
            line_late: journey::LINE_LATE,
            nobody_home: journey::NOBODY_HOME,
            nobody_again: journey::NOBODY_AGAIN,
            unclaimed: journey::UNCLAIMED,
            no_address: journey::NO_ADDRESS,
            lost: journey::LOST,
        }
    }
}

impl DoorstepReport {
    /// Counts parcels by what became of them. `began` is the first waybill's moment.
    pub fn new(parcels: &[Parcel], (names, began): (&[String], i64), explained: u64) -> Self {
        let ended = |end| parcels.iter().filter(|p| p.end == Some(end)).count() as u64;
        let mut orders: Vec<&str> = parcels.iter().map(|p| p.order.as_str()).collect();
        orders.sort_unstable();
        orders.dedup();
        let mut report = Self {
            orders: orders.len() as u64,
            parcels: parcels.len() as u64,
            delivered: ended(End::Delivered),
            returned: ended(End::Returned),
            lost: ended(End::Lost),
            not_ended: parcels.iter().filter(|p| p.end.is_none()).count() as u64,
            explained,
            carriers: names
                .iter()
                .map(|name| ByCarrier {
                    name: name.clone(),
                    parcels: 0,
                    cost_minor: 0,
                    promised: 0,
                    kept: 0,
                })
                .collect(),
            ..Self::default()
        };
        let mut hours: BTreeMap<i64, u64> = BTreeMap::new();
        for parcel in parcels {
            let by = &mut report.carriers[parcel.carrier];
            by.parcels += 1;
            by.cost_minor += parcel.price;
            report.cost_minor += parcel.price;
            if let Some(kept) = parcel.is_kept() {
                by.promised += 1;
                report.promised += 1;
                by.kept += u64::from(kept);
                report.kept += u64::from(kept);
                if !kept {
                    *report.broken.entry(parcel.cause).or_default() += 1;
                }
            }
            if parcel.end == Some(End::Delivered) {
                let hour = (parcel.ended_at - began).div_euclid(HOUR_MS) + 1;
                *hours.entry(hour).or_default() += 1;
            }
        }
        let mut sum = 0;
        report.by_hour = hours
            .into_iter()
            .map(|(hour, count)| {
                sum += count;
                (hour, sum)
            })
            .collect();
        report
    }

    /// The share of promises that were kept.
    pub fn kept_share(&self) -> f64 {
        self.kept as f64 / (self.promised as f64).max(1.0)
    }

    /// What a parcel costs on average, in minor units.
    pub fn cost_per_parcel(&self) -> f64 {
        self.cost_minor as f64 / (self.parcels as f64).max(1.0)
    }

    /// For people, by what each line is about.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            (
                "parcels",
                format!(
                    "{} of {} orders: {} delivered, {} returned, {} lost and paid back, {} without an end",
                    self.parcels,
                    self.orders,
                    self.delivered,
                    self.returned,
                    self.lost,
                    self.not_ended
                ),
            ),
            (
                "promises",
                format!(
                    "{:.2} % of {} kept; {} of the {} others explained on the order's page",
                    self.kept_share() * 100.0,
                    self.promised,
                    self.explained,
                    self.promised - self.kept
                ),
            ),
            (
                "cost per parcel",
                money(self.cost_per_parcel().round() as i64, &self.currency),
            ),
            (
                "waybills",
                format!(
                    "{:.0}/s over {:.1} s; {}",
                    self.booking.per_second(),
                    self.booking.seconds,
                    self.binds()
                ),
            ),
            (
                "sightings",
                format!(
                    "{:.0}/s, {} in all",
                    self.telling.per_second(),
                    self.telling.count
                ),
            ),
        ];
        lines.push(match &self.sourced {
            Some(plan) => (
                "sourcing",
                format!(
                    "{} parcels: {:.2} % above the bound as ordered, {:.2} % as planned anew",
                    plan.parcels,
                    plan.gap(plan.cost_minor),
                    plan.gap(plan.planned_minor)
                ),
            ),
            None => ("sourcing", "not planned anew in time".to_string()),
        });
        lines
    }

    /// What binds the rate of waybills, in words.
    pub fn binds(&self) -> String {
        let (server, own) = (self.booking.server_cores, self.booking.own_cores);
        match server.zip(own) {
            Some((server, own)) => format!(
                "the server kept {server:.2} processors busy and the festival, which reads and checks each answer, {own:.2}"
            ),
            None => "the server's processors were not seen".to_string(),
        }
    }
}
