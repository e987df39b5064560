//! The way to the doorstep: after the day's trade each order becomes parcels, which two carriers of the festival bring.
//! Waybills are booked and sightings told through the interface; the shop's clock is set ahead meanwhile, so that days pass
//! in minutes. In the end each parcel is with its receiver, back on its shelf, or lost and paid back.

mod carriers;
mod desk;
mod journey;
mod parcels;
mod proof;
mod report;

pub use journey::Cause;
pub use report::{ByCarrier, DoorstepReport, Pace, Sourced, World};

use crate::client::Target;
use crate::shop::{Office, Shop, Token};
use carriers::Carriers;
use desk::{Booked, Desk};
use jiff::tz::TimeZone;
use journey::{AtRamp, End, Spot, Told};
use parcels::{Listed, Parcel};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days after which a parcel that has not ended is given up.
const DAYS_MAX: i64 = 30;
/// How often the shop is asked whether it has looked at its parcels, and how long after.
const LOOKS_MAX: u32 = 600;
const LOOK_PAUSE: Duration = Duration::from_millis(200);
/// After so long all payments of the day have been told: the test provider holds webhooks of one card back for 15 seconds.
const PAID_AFTER: Duration = Duration::from_secs(20);
/// For how long a plan for all open parcels is waited for.
const PLAN_PATIENCE: Duration = Duration::from_secs(150);

/// What becomes of the day's orders.
pub(crate) struct Doorstep {
    carriers: Carriers,
    desk: Desk,
    zone: TimeZone,
    zones: BTreeMap<String, TimeZone>,
    names: BTreeMap<String, String>,
}

/// What the hands did.
pub(crate) struct Brought {
    /// All parcels.
    pub parcels: Vec<Parcel>,
    /// For people and programs.
    pub report: DoorstepReport,
    /// Pieces that came back onto shelves, by variant.
    pub back: BTreeMap<String, i64>,
    /// What must not happen and was seen.
    pub problems: Vec<String>,
}

/// The shop's clock, as it was last heard.
struct Clock {
    at: i64,
    heard: Instant,
}

impl Clock {
    async fn read(office: &mut Office) -> Result<Self, String> {
        let shown = office.get("/api/v1/testing/clock").await;
        let shown = shown.map_err(|reason| {
            format!("the way to the doorstep needs a shop under test (`--testing`), whose clock can be set ahead: {reason}")
        })?;
        Self::heard(&shown)
    }

    fn heard(shown: &serde_json::Value) -> Result<Self, String> {
        Ok(Self {
            at: shown["now"].as_i64().ok_or("the clock shows nothing")?,
            heard: Instant::now(),
        })
    }

    fn now(&self) -> i64 {
        let since = i64::try_from(self.heard.elapsed().as_millis());
        self.at.saturating_add(since.unwrap_or(i64::MAX))
    }

    /// Sets it to a moment, unless it is later already.
    async fn set(&mut self, office: &mut Office, at: i64) -> Result<(), String> {
        if at > self.now() {
            *self = Self::heard(
                &office
                    .post("/api/v1/testing/clock", &json!({"at": at}))
                    .await?,
            )?;
        }
        Ok(())
    }
}

impl Doorstep {
    /// Makes the carriers, and stocks up for so many shoppers.
    ///
    /// # Errors
    /// When the shop is none under test, or refuses it.
    pub async fn prepare(
        office: &mut Office,
        shop: &mut Shop,
        (target, token, hands): (&Target, &Token, usize),
        shoppers: u64,
    ) -> Result<Self, String> {
        Clock::read(office).await?;
        shop.nobody_collects();
        shop.stretch(office, shoppers).await?;
        let carriers = Carriers::set_up(office, shop, shoppers).await?;
        let zone_of = |name: &str| TimeZone::get(name).map_err(|e| e.to_string());
        let mut zones = BTreeMap::new();
        for ramp in &carriers.ramps {
            zones.insert(ramp.id.clone(), zone_of(&ramp.time_zone)?);
        }
        let names = carriers.ramps.iter();
        Ok(Self {
            desk: Desk::new(target, token, hands),
            zone: zone_of(&carriers.time_zone)?,
            zones,
            names: names.map(|r| (r.id.clone(), r.name.clone())).collect(),
            carriers,
        })
    }

    /// The shop's time, in UTC milliseconds.
    pub async fn now(office: &mut Office) -> Result<i64, String> {
        Ok(Clock::read(office).await?.now())
    }

    /// Puts the shop's own carriers back.
    pub async fn put_back(&self, office: &mut Office) -> Result<(), String> {
        self.carriers.put_back(office).await
    }

    /// Has all parcels of confirmed orders booked, brought and told of, until each has ended.
    ///
    /// # Errors
    /// When the shop does not answer as it should.
    pub async fn bring(
        &self,
        office: &mut Office,
        (run, seed): (&str, u64),
        pid: Option<u32>,
    ) -> Result<Brought, String> {
        let mut clock = Clock::read(office).await?;
        eprintln!(
            "the day is over; waiting for late payments, and until the shop has planned its parcels anew"
        );
        // An order whose payment is not known yet would expire when days pass.
        tokio::time::sleep(PAID_AFTER).await;
        let sourced = sourced(office, clock.now()).await?;
        let mut road = Road {
            of: self,
            run,
            seed,
            parcels: Vec::new(),
            due: BTreeMap::new(),
            ends: BTreeMap::new(),
            refused: BTreeMap::new(),
            told: Pace::default(),
            problems: Vec::new(),
            back: BTreeMap::new(),
        };
        let mut booking = Pace::begin(pid);
        let began = clock.now();
        let booked = road.book(office).await?;
        booking.end(booked, pid);
        eprintln!("{booked} waybills in {:.1} s", booking.seconds);
        let mut today = began.div_euclid(DAY_MS);
        while let Some(hour) = road.next_hour() {
            if hour * HOUR_MS - began > DAYS_MAX * DAY_MS {
                break;
            }
            let day = (hour * HOUR_MS).div_euclid(DAY_MS);
            if day > today {
                // In the night: what should have left has left, and the shop knows what did not.
                clock.set(office, day * DAY_MS).await?;
                looked(office, clock.now()).await?;
                road.book(office).await?;
                today = day;
            }
            clock.set(office, (hour + 1) * HOUR_MS).await?;
            road.hour(office, hour).await?;
        }
        let days = (clock.now() - began + DAY_MS - 1) / DAY_MS;
        let explained = proof::prove(office, &mut road.problems, &road.parcels).await?;
        let names: Vec<String> = self.carriers.own.iter().map(|c| c.name.clone()).collect();
        let report = DoorstepReport::new(&road.parcels, (&names, began), explained);
        Ok(Brought {
            report: DoorstepReport {
                days,
                currency: self.carriers.currency.clone(),
                booking,
                telling: road.told,
                not_booked: road.refused,
                sourced,
                ..report
            },
            back: road.back,
            problems: road.problems,
            parcels: road.parcels,
        })
    }
}

/// Books waybills for all open parcels of the shop at `target`, by so many hands; how many, and how fast.
///
/// # Errors
/// When a parcel gets none, or the shop does not answer as it should.
pub async fn book_all(target: &Target, token: Token, hands: usize) -> Result<Pace, String> {
    let desk = Desk::new(target, &token, hands);
    let mut office = Office::new(target.clone(), token.clone());
    let pid = token.pid();
    let mut pace = Pace::begin(pid);
    let (_, booked) = desk.book(&mut office, "bench").await?;
    pace.end(booked.len() as u64, pid);
    match booked.iter().find_map(|one| one.error.as_ref()) {
        Some(problem) => Err(format!("a parcel got no waybill: {}", problem.code)),
        None => Ok(pace),
    }
}

/// What is on its way.
struct Road<'a> {
    of: &'a Doorstep,
    run: &'a str,
    seed: u64,
    parcels: Vec<Parcel>,
    /// What is to be told, by hour since 1970.
    due: BTreeMap<i64, Vec<(usize, Told)>>,
    /// What ends with nothing told, by hour since 1970.
    ends: BTreeMap<i64, Vec<usize>>,
    /// Fulfillments that got no waybill, by the error's code.
    refused: BTreeMap<String, u64>,
    told: Pace,
    problems: Vec<String>,
    back: BTreeMap<String, i64>,
}

impl Road<'_> {
    /// Books waybills for what is open and has none, and decides how each will travel; how many were booked.
    async fn book(&mut self, office: &mut Office) -> Result<u64, String> {
        let (listed, booked) = self.of.desk.book(office, self.run).await?;
        let listed: BTreeMap<String, Listed> = listed
            .into_iter()
            .map(|one| (one.id.clone(), one))
            .collect();
        let (before, mut listed) = (self.parcels.len(), listed);
        let mut booked = booked;
        booked.sort_by(|a, b| a.fulfillment.cmp(&b.fulfillment));
        for one in booked {
            match listed.remove(&one.fulfillment) {
                Some(of) => self.take(of, one),
                None => {
                    let problem = format!("{}: a waybill that nobody asked for", one.fulfillment);
                    self.problems.push(problem);
                }
            }
        }
        Ok((self.parcels.len() - before) as u64)
    }

    fn take(&mut self, of: Listed, booked: Booked) {
        let own = &self.of.carriers.own;
        let Some(waybill) = booked.waybill else {
            let code = booked.error.map_or_else(String::new, |e| e.code);
            *self.refused.entry(code).or_default() += 1;
            return;
        };
        let carrier = own.iter().position(|c| c.id == waybill.carrier.id);
        let region = waybill
            .sorting
            .strip_prefix('R')
            .and_then(|r| r.parse().ok());
        let (Some(carrier), Some(region)) = (carrier, region) else {
            let problem = format!("{}: it went to a carrier that is none of ours", of.id);
            self.problems.push(problem);
            return;
        };
        let index = self.parcels.len();
        let at_ramp = AtRamp {
            at: waybill.booked_at,
            place: self.of.zones.get(&of.location.id).unwrap_or(&self.of.zone),
            hubs: &self.of.zone,
            region,
        };
        let seed = self.seed ^ (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let way = own[carrier].schedule.journey(&at_ramp, seed);
        for told in way.told {
            self.due
                .entry(told.at.div_euclid(HOUR_MS))
                .or_default()
                .push((index, told));
        }
        let ends = self
            .ends
            .entry(way.ends_at.div_euclid(HOUR_MS))
            .or_default();
        ends.push(index);
        self.parcels.push(Parcel {
            fulfillment: of.id,
            order: of.order,
            location: of.location.id,
            lines: of.lines,
            promised: of.promised,
            number: waybill.number,
            carrier,
            region,
            price: waybill.price.amount,
            end: None,
            will_end: way.end,
            ended_at: way.ends_at,
            cause: way.cause,
        });
    }

    fn next_hour(&self) -> Option<i64> {
        let due = self.due.first_key_value().map(|(hour, _)| *hour);
        let ends = self.ends.first_key_value().map(|(hour, _)| *hour);
        [due, ends].into_iter().flatten().min()
    }

    /// Tells all of an hour, and ends what ends in it.
    async fn hour(&mut self, office: &mut Office, hour: i64) -> Result<(), String> {
        let due = self.due.remove(&hour).unwrap_or_default();
        let seen: Vec<(&Parcel, Told)> = due
            .iter()
            .map(|(index, told)| (&self.parcels[*index], *told))
            .collect();
        let began = Instant::now();
        let of = self.of;
        let refused = of.desk.tell(self.run, &seen, |p, t| of.spot(p, t)).await?;
        self.told.add(seen.len() as u64, began.elapsed());
        for (number, code) in refused {
            let problem = format!("{number}: a sighting was not taken: {code}");
            self.problems.push(problem);
        }
        for index in self.ends.remove(&hour).unwrap_or_default() {
            self.parcels[index].end = Some(self.parcels[index].will_end);
            let parcel = &self.parcels[index];
            if parcel.will_end == End::Delivered {
                continue;
            }
            match Desk::pay_back(office, self.run, parcel).await {
                Ok(()) if parcel.will_end == End::Returned => {
                    for line in &parcel.lines {
                        let back = self.back.entry(line.variant.clone()).or_default();
                        *back += i64::from(line.quantity);
                    }
                }
                Ok(()) => {}
                Err(problem) => self.problems.push(problem),
            }
        }
        if !due.is_empty() {
            let ended = self.parcels.iter().filter(|p| p.end.is_some()).count();
            eprintln!("{ended} of {} parcels have ended", self.parcels.len());
        }
        Ok(())
    }
}

impl Doorstep {
    /// Where something was told, in words.
    fn spot(&self, parcel: &Parcel, told: &Told) -> String {
        let carrier = &self.carriers.own[parcel.carrier].name;
        match told.spot {
            Spot::Place => self
                .names
                .get(&parcel.location)
                .cloned()
                .unwrap_or_default(),
            Spot::Hub => format!("{carrier}, hub {}", parcel.region),
            Spot::Shop => format!("{carrier}, parcel shop in {}", parcel.region),
            Spot::Road | Spot::Door => String::new(),
        }
    }
}

/// Waits until the shop has looked at its parcels again; once in a night, so that a wait costs little.
async fn looked(office: &mut Office, since: i64) -> Result<(), String> {
    for _ in 0..LOOKS_MAX {
        let found = office.get("/api/v1/delays").await?;
        if found["looked_at"].as_i64().is_some_and(|at| at >= since) {
            return Ok(());
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
    Err("the shop does not look for late parcels".to_string())
}

/// What the shop's own plan for all open parcels says, if it makes one in time.
async fn sourced(office: &mut Office, since: i64) -> Result<Option<Sourced>, String> {
    let began = Instant::now();
    while began.elapsed() < PLAN_PATIENCE {
        let report = office.get("/api/v1/sourcing").await?;
        let last = &report["last"];
        if last["at"].as_i64().is_some_and(|at| at >= since) {
            return Ok(Sourced::read(last));
        }
        tokio::time::sleep(LOOK_PAUSE).await;
    }
    Ok(None)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn parcel(number: usize, end: Option<End>, cause: Cause, ended_at: i64) -> Parcel {
        Parcel {
            fulfillment: format!("f{number}"),
            order: format!("o{}", number.min(3)),
            location: "l".to_string(),
            lines: Vec::new(),
            promised: Some(40 * HOUR_MS),
            number: format!("N{number}"),
            carrier: 0,
            region: 1,
            price: 420 + 10 * number as i64,
            will_end: End::Delivered,
            end,
            ended_at,
            cause,
        }
    }

    /// Two in time, one late, one back, one lost on the way and not ended.
    pub fn report() -> DoorstepReport {
        let parcels = [
            parcel(0, Some(End::Delivered), Cause::None, 30 * HOUR_MS),
            parcel(1, Some(End::Delivered), Cause::None, 40 * HOUR_MS),
            parcel(2, Some(End::Returned), Cause::NoAddress, 90 * HOUR_MS),
            parcel(3, Some(End::Lost), Cause::Lost, 60 * HOUR_MS),
            parcel(4, None, Cause::NobodyHome, 41 * HOUR_MS),
        ];
        let names = ["A <carrier>".to_string()];
        DoorstepReport {
            currency: "EUR".to_string(),
            not_booked: BTreeMap::from([("no_carrier".to_string(), 2)]),
            sourced: Some(Sourced {
                orders: 4,
                parcels: 5,
                cost_minor: 1_100,
                planned_minor: 1_020,
                bound_minor: 1_000,
            }),
            ..DoorstepReport::new(&parcels, (&names, 0), 3)
        }
    }

    #[test]
    fn parcels_are_counted_by_what_became_of_them() {
        let told = report();
        assert_eq!((told.parcels, told.orders), (5, 4));
        let ends = (told.delivered, told.returned, told.lost, told.not_ended);
        assert_eq!(ends, (2, 1, 1, 1));
        assert_eq!((told.promised, told.kept), (5, 2));
        let broken: u64 = told.broken.values().sum();
        assert_eq!(broken, told.promised - told.kept);
        assert_eq!((told.cost_minor, told.cost_per_parcel()), (2_200, 440.0));
        assert_eq!(told.by_hour, [(31, 1), (41, 2)]);
    }
}
