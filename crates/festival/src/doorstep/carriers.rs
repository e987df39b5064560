//! The carriers of the festival: two that go everywhere in the shop's country, at different prices and speeds, so that the
//! shop has something to choose. The shop's own carriers are switched off meanwhile: who moves their parcels is not ours.

use super::journey::Schedule;
use crate::shop::{Office, Shop};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

/// Regions by the first digit of the postal code; addresses elsewhere belong to the first.
pub const REGIONS: u8 = 10;
/// How often timetables are asked whether they hold, and how long after.
const ASKED_MAX: u32 = 60;
const PAUSE: Duration = Duration::from_millis(500);
/// Of the parcels of a day, per cent, the cheap one takes no more.
const CHEAP_QUOTA_PERCENT: u64 = 70;
/// Serials in the block of each.
const NUMBERS: u64 = 9_999_999_999;

/// A carrier's terms as the festival has them.
struct Terms {
    code: &'static str,
    name: &'static str,
    /// What its numbers begin with.
    prefix: &'static str,
    schedule: Schedule,
    /// Grams, and the price up to there in minor units.
    rates: [(u32, i64); 5],
}

/// Takes the most, later in the day and at less cost; two regions take a night longer.
const CHEAP: Terms = Terms {
    code: "festival-parcel",
    name: "Festival Parcel",
    prefix: "FP",
    schedule: Schedule {
        cutoff: 18 * 60,
        collected: 19 * 60,
        centre: 24 * 60,
        line: 25 * 60,
        region: 29 * 60 + 30,
        tour_cutoff: 6 * 60,
        tour: (9 * 60, 18 * 60),
        far: &[8, 9],
    },
    rates: [
        (1_000, 369),
        (2_000, 399),
        (5_000, 489),
        (10_000, 679),
        (31_500, 1_049),
    ],
};

/// Is everywhere on the next day, collects earlier and asks more.
const QUICK: Terms = Terms {
    code: "festival-direct",
    name: "Festival Direct",
    prefix: "FD",
    schedule: Schedule {
        cutoff: 16 * 60,
        collected: 17 * 60,
        centre: 22 * 60,
        line: 23 * 60,
        region: 28 * 60,
        tour_cutoff: 6 * 60,
        tour: (9 * 60, 18 * 60),
        far: &[],
    },
    rates: [
        (1_000, 449),
        (2_000, 489),
        (5_000, 599),
        (10_000, 829),
        (31_500, 1_290),
    ],
};

/// Where a parcel may leave from.
#[derive(Debug, Clone)]
pub struct Ramp {
    /// The location's id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its IANA time zone.
    pub time_zone: String,
}

/// A carrier of the festival.
#[derive(Debug, Clone)]
pub struct Carrier {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// When it drives.
    pub schedule: Schedule,
}

/// The carriers while the festival lasts.
pub struct Carriers {
    /// Those of the festival.
    pub own: Vec<Carrier>,
    /// Where parcels may leave from.
    pub ramps: Vec<Ramp>,
    /// The currency of their prices.
    pub currency: String,
    /// The time zone of all hubs.
    pub time_zone: String,
    /// Ids of those that were switched off for it.
    off: Vec<String>,
}

impl Carriers {
    /// Makes the festival's carriers, or finds those of an earlier one, and switches all others off. `parcels` are expected
    /// in a day.
    ///
    /// # Errors
    /// When the shop refuses it, or its timetables promise nothing within half a minute.
    pub async fn set_up(office: &mut Office, shop: &Shop, parcels: u64) -> Result<Self, String> {
        let settings = office.get("/api/v1/settings").await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let currency = text(&settings["currency"]);
        let rates = settings["shipping_rates"].as_array();
        let rate = rates.and_then(|all| all.iter().find(|r| r["code"] == shop.rate.as_str()));
        let level = rate.map(|r| text(&r["service_level"])).unwrap_or_default();
        let locations = office.get("/api/v1/locations").await?;
        let ramps = locations["items"].as_array().into_iter().flatten();
        let ramps = ramps.filter(|place| place["ships"] == true);
        let ramps: Vec<Ramp> = ramps
            .map(|place| Ramp {
                id: text(&place["id"]),
                code: text(&place["code"]),
                name: text(&place["name"]),
                time_zone: text(&place["time_zone"]),
            })
            .collect();
        let first = ramps.first().ok_or("no place ships")?;
        let mut carriers = Self {
            own: Vec::new(),
            time_zone: first.time_zone.clone(),
            currency,
            ramps,
            off: Vec::new(),
        };
        let known = office.get("/api/v1/carriers").await?;
        let known = known["items"].as_array().cloned().unwrap_or_default();
        let quota = (parcels * CHEAP_QUOTA_PERCENT / 100).max(1);
        for (terms, quota) in [(&CHEAP, json!(quota)), (&QUICK, Value::Null)] {
            let told = json!({
                "code": terms.code, "name": terms.name, "active": true, "daily_quota": quota, "currency": carriers.currency,
                "numbering": {"kind": "plain", "prefix": terms.prefix, "digits": 10, "check": "mod10"},
                "services": [{"code": "parcel", "name": "Parcel", "levels": [level], "weight_max_grams": 31_500}],
            });
            let is_it = |c: &&Value| c["terms"]["code"] == terms.code;
            let id = known.iter().find(is_it).map(|c| text(&c["id"]));
            let own = carriers.save(office, terms, id, &told, &shop.country);
            let own = own.await?;
            carriers.own.push(own);
        }
        for other in &known {
            let id = text(&other["id"]);
            let is_own = carriers.own.iter().any(|own| own.id == id);
            if !is_own && other["terms"]["active"] == true {
                switch(office, &id, "off").await?;
                carriers.off.push(id);
            }
        }
        if let Err(reason) = carriers.promised(office, shop).await {
            carriers.put_back(office).await?;
            return Err(reason);
        }
        Ok(carriers)
    }

    async fn save(
        &self,
        office: &mut Office,
        terms: &Terms,
        id: Option<String>,
        told: &Value,
        country: &str,
    ) -> Result<Carrier, String> {
        let body = json!({"terms": told, "blocks": [{"first": 0, "last": NUMBERS}]});
        let saved = match id {
            Some(id) => office.put(&format!("/api/v1/carriers/{id}"), &body).await?,
            None => office.post("/api/v1/carriers", &body).await?,
        };
        let id = saved["id"].as_str().unwrap_or_default().to_string();
        let path = |table: &str| format!("/api/v1/carriers/{id}/{table}");
        let areas = json!({"csv": areas(country)});
        office.put(&path("areas"), &areas).await?;
        let rates = json!({"csv": rates(&terms.rates)});
        office.put(&path("rates"), &rates).await?;
        let timetable = self.timetable(terms);
        office
            .put(&path("services/parcel/timetable"), &timetable)
            .await?;
        Ok(Carrier {
            name: terms.name.to_string(),
            schedule: terms.schedule,
            id,
        })
    }

    /// The schedule as the tables that the shop promises by.
    fn timetable(&self, terms: &Terms) -> Value {
        let day = &terms.schedule;
        let mut calendars = "calendar,day,hours\n".to_string();
        for name in ["mon", "tue", "wed", "thu", "fri", "sat"] {
            let _ = writeln!(calendars, "week,{name},00:00-24:00");
        }
        let zone = &self.time_zone;
        let mut hubs = format!("code,time_zone,calendar\ncentre,{zone},week\n");
        let mut lines = "code,from,to,calendar,cutoff,depart,arrive,capacity\n".to_string();
        let mut zones = "zone,hub,time_zone,calendar,cutoff,from,to,capacity\n".to_string();
        let [cutoff, collected, centre] = [day.cutoff, day.collected, day.centre].map(clock);
        for Ramp { code, .. } in &self.ramps {
            let _ = writeln!(
                lines,
                "{code}-out,{code},centre,week,{cutoff},{collected},{centre},"
            );
        }
        let (night, tour) = (
            [day.centre, day.line],
            [day.tour_cutoff, day.tour.0, day.tour.1],
        );
        let ([from, depart], [load, begin, end]) = (night.map(clock), tour.map(clock));
        for region in 0..REGIONS {
            let nights = u32::from(day.far.contains(&region));
            let arrive = clock(day.region + nights * 24 * 60);
            let _ = writeln!(hubs, "r{region},{zone},week");
            let _ = writeln!(
                lines,
                "night-{region},centre,r{region},week,{from},{depart},{arrive},"
            );
            let _ = writeln!(
                zones,
                "R{region},r{region},{zone},week,{load},{begin},{end},"
            );
        }
        json!({"calendars": calendars, "hubs": hubs, "lines": lines, "zones": zones})
    }

    /// Waits until the shop promises by these timetables.
    async fn promised(&self, office: &mut Office, shop: &Shop) -> Result<(), String> {
        let article = shop.shippable().first().copied().ok_or("nothing ships")?;
        let asked = json!({
            "lines": [{"variant": shop.articles[article].variant, "quantity": 1}],
            "country": shop.country, "postal_code": "10115",
        });
        for _ in 0..ASKED_MAX {
            let said = office.post("/api/v1/promise", &asked).await?;
            let options = said["options"].as_array().cloned().unwrap_or_default();
            let is_ours = |option: &Value| {
                let of = &option["parcels"][0]["carrier"]["id"];
                self.own.iter().any(|own| *of == own.id.as_str())
            };
            if options.iter().any(is_ours) {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err("the festival's carriers promise nothing".to_string())
    }

    /// Switches the festival's carriers off, and the shop's own on again.
    ///
    /// # Errors
    /// When the shop refuses it.
    pub async fn put_back(&self, office: &mut Office) -> Result<(), String> {
        for id in &self.off {
            switch(office, id, "on").await?;
        }
        for own in &self.own {
            switch(office, &own.id, "off").await?;
        }
        Ok(())
    }
}

async fn switch(office: &mut Office, id: &str, to: &str) -> Result<(), String> {
    let path = format!("/api/v1/carriers/{id}");
    let carrier = office.get(&path).await?;
    let mut terms = carrier["terms"].clone();
    terms["active"] = json!(to == "on");
    office.put(&path, &json!({"terms": terms})).await.map(drop)
}

/// A region's areas, each with a sorting code that names its zone in the timetable.
fn areas(country: &str) -> String {
    let mut csv = "country,postal_prefix,zone,sorting_code,closed\n".to_string();
    let _ = writeln!(csv, "{country},,1,R0,no");
    for digit in 0..REGIONS {
        let _ = writeln!(csv, "{country},{digit},1,R{digit},no");
    }
    csv
}

fn rates(rates: &[(u32, i64)]) -> String {
    let mut csv = "service,zone,up_to_grams,price\n".to_string();
    for (grams, minor) in rates {
        let _ = writeln!(csv, "parcel,1,{grams},{}.{:02}", minor / 100, minor % 100);
    }
    csv
}

/// Minutes after midnight as tables write them.
fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
