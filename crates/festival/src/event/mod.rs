//! A sale event in the middle of the day: prepared, rehearsed and approved by a second operator through the interface,
//! begun at its second by the shop's own clock, stormed by a crowd, and proved from outside afterwards.

mod bridge;
mod course;
mod crowd;
mod goods;
mod kinds;
mod members;
mod proof;
mod purchase;
mod told;
mod trade;

pub use bridge::{Bridge, Column, Sum, Unconfirmed};
pub(crate) use course::{Seen, Watch};
pub(crate) use crowd::{CROWD_FROM, Turn, Visitor};
pub(crate) use members::{Draws, Member};
pub(crate) use proof::prove;
pub use told::{EventReport, RuleReport, Rush, Slice};
pub use trade::Ranking;

use crate::client::{Ask, Client, Target};
use crate::run::Stage;
use crate::shop::{Office, Shop, Token};
use goods::Goods;
use kinds::Kind;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Of so many shoppers of the day, one comes for the event on top.
const SHOPPERS_PER_VISITOR: u64 = 4;
/// The crowd at least and at most.
const CROWD: (u64, u64) = (60, 5_000);
/// The shortest event: its clock has whole seconds.
const LENGTH_MIN_MS: i64 = 4_000;
/// After what part of the day it begins, and how long it lasts.
const BEGINS_AFTER: f64 = 0.3;
const LASTS: f64 = 0.5;
/// What the way from approving it to the first shopper of the day may take.
const LEAD_MS: i64 = 500;
/// Of so many of the crowd, one is a member.
const CROWD_PER_MEMBER: u32 = 10;
/// How long before the event's second its red packets can be drawn; its clock has whole seconds.
const DRAWN_BEFORE_MS: i64 = 1_000;
/// How long the rush at its beginning is told apart.
pub(crate) const RUSH: Duration = Duration::from_secs(1);
/// How long after its end balances can be paid.
const BALANCE_AFTER_MS: i64 = 60_000;
/// Within which time all members begin to draw, and how often each tries.
const DRAWN_WITHIN_MS: u64 = 200;
const DRAWS: u32 = 3;
const SECOND: &str = "festival-second@festival.example";

/// The event, as it was approved.
#[derive(Debug)]
pub struct Event {
    /// The campaign's id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its first second and the second after its last, in UTC milliseconds by the shop's clock.
    pub starts_at: i64,
    /// The second after its last.
    pub ends_at: i64,
    /// When the day is to begin, so that the event begins in the middle of it.
    pub day_begins: Instant,
    /// How long the whole day takes.
    pub day: Duration,
    /// When it begins, on our clock.
    pub begins: Instant,
    /// How long it lasts.
    pub lasts: Duration,
    /// When balances of its presale can be paid, on our clock.
    pub balance_from: Instant,
    /// What it consists of; a rule's number is its place, from 1.
    pub(crate) kinds: Vec<Box<dyn Kind>>,
    pub(crate) goods: Goods,
    /// The single-use codes by rule number.
    pub(crate) codes: Vec<(usize, Vec<String>)>,
    /// Members who are signed in, for whom it has red packets.
    pub(crate) members: Vec<Member>,
    /// Who comes for its sake.
    pub(crate) crowd: Vec<Visitor>,
    /// What the rehearsal said: orders priced again, and those that would have cost less.
    pub rehearsed: (i64, i64),
    /// Who approved it.
    pub approved_by: String,
}

/// What is to be held.
pub(crate) struct Wish<'a> {
    /// Shoppers of the day.
    pub shoppers: u64,
    /// The length of the day.
    pub day: Duration,
    /// The run's random choices.
    pub seed: u64,
    /// Names the run.
    pub run: &'a str,
}

impl Event {
    /// Prepares, rehearses and approves a campaign with every kind of rule, and plans the crowd.
    ///
    /// # Errors
    /// When the shop has too few goods, or refuses a step.
    pub(crate) async fn prepare(
        office: &mut Office,
        (shop, target, token): (&mut Shop, &Target, &Token),
        wish: &Wish<'_>,
    ) -> Result<Self, String> {
        let size = (wish.shoppers / SHOPPERS_PER_VISITOR).clamp(CROWD.0, CROWD.1);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        // Nothing may end because the shelf is empty: some carts have many pieces.
        let pieces = i64::from(size) * 12 + i64::try_from(wish.shoppers / 4).unwrap_or(0);
        let goods = Goods::choose(office, shop, pieces).await?;
        let members = members::come(target, token, (wish.run, size / CROWD_PER_MEMBER)).await?;
        let kinds = kinds::all(&goods, size, wish.run);
        let mut body = json!({
            "code": format!("festival-{}", wish.run),
            "title": {"en": "Singles' Day in small", "de": "Singles' Day im Kleinen", "zh": "迷你双十一"},
            "time_zone": "UTC",
        });
        Times::draft().put_in(&mut body, &kinds, &goods.currency);
        let draft = office.post("/api/v1/campaigns", &body).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let id = text(&draft["id"]);
        let path = format!("/api/v1/campaigns/{id}");
        let rehearsal = office.get(&format!("{path}/rehearsal")).await?;
        let codes = codes(office, &path, &kinds).await?;
        let mut second = SecondPerson::sign_in(office, target).await?;
        // From here on the clock runs.
        let asked = Instant::now();
        let now = office.get(&path).await?["now"]
            .as_i64()
            .ok_or("a campaign without a clock")?;
        let day_ms = i64::try_from(wish.day.as_millis()).unwrap_or(i64::MAX);
        let share = |part: f64| (day_ms as f64 * part) as i64;
        let starts_at = whole_second(now + LEAD_MS + share(BEGINS_AFTER));
        let ends_at = whole_second(starts_at + share(LASTS).max(LENGTH_MIN_MS));
        body["version"] = draft["saved"]["version"].clone();
        let balance_at = whole_second((starts_at + ends_at) / 2);
        Times::of(starts_at, balance_at, ends_at).put_in(&mut body, &kinds, &goods.currency);
        office.put(&path, &body).await?;
        // Who prepared it may not approve it; that is tried, too.
        let approve = format!("{path}/approve");
        if office.post(&approve, &json!({})).await.is_ok() {
            return Err("the shop let the operator who prepared the event approve it".to_string());
        }
        let approved = second.post(&approve, &json!({})).await?;
        second.leave(office).await?;
        let span = |ms: i64| Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        let begins = asked + span(starts_at - now);
        let day_begins = begins.checked_sub(wish.day.mul_f64(BEGINS_AFTER));
        let number = |name: &str| rehearsal[name].as_i64().unwrap_or(0);
        let mut event = Self {
            id,
            code: text(&body["code"]),
            starts_at,
            ends_at,
            day_begins: day_begins.unwrap_or(asked),
            day: wish.day,
            begins,
            lasts: span(ends_at - starts_at),
            balance_from: begins + span(balance_at - starts_at),
            kinds,
            goods,
            codes,
            members,
            crowd: Vec::new(),
            rehearsed: (number("orders"), number("reduced")),
            approved_by: text(&approved["approved_by"]["name"]),
        };
        event.crowd = crowd::plan(&event, shop, (wish.seed, wish.run), size);
        Ok(event)
    }

    /// The visitor with this number among all shoppers.
    pub(crate) fn visitor(&self, number: u64) -> Option<&Visitor> {
        let place = number.checked_sub(CROWD_FROM)?;
        self.crowd.get(usize::try_from(place).ok()?)
    }

    /// All members draw red packets, as soon as they can; in the members' order, what came of it.
    ///
    /// # Errors
    /// When a member's task dies, which is a bug.
    pub(crate) async fn draw(&self, stage: &Arc<Stage>) -> Result<Vec<Draws>, String> {
        let rule = self.kinds.iter().position(|k| k.packets().is_some());
        let path = format!("/events/{}/packets/{}", self.code, rule.unwrap_or(0) + 1);
        let opens = Duration::from_millis(DRAWN_BEFORE_MS.unsigned_abs());
        let opens = self.begins.checked_sub(opens).unwrap_or(self.begins);
        let mut tasks = tokio::task::JoinSet::new();
        let members = self.crowd.iter().filter_map(|visitor| {
            let member = visitor.shopper.member.clone()?;
            Some((visitor.shopper.clone(), member))
        });
        for (place, (shopper, member)) in members.enumerate() {
            let (stage, path) = (stage.clone(), path.clone());
            // Spread over the rush in no order, the first of them too early.
            let late = Duration::from_millis(place as u64 * 37 % DRAWN_WITHIN_MS);
            tasks.spawn(async move {
                tokio::time::sleep_until((opens + late).into()).await;
                (
                    place,
                    members::draw(&stage, &shopper, (&member, &path, DRAWS)).await,
                )
            });
        }
        let mut draws = vec![Draws::default(); self.members.len()];
        while let Some(drawn) = tasks.join_next().await {
            let (place, drawn) = drawn.map_err(|e| e.to_string())?;
            draws[place] = drawn;
        }
        Ok(draws)
    }

    /// How many of the crowd come before it, while it runs, and after it.
    fn visitors_by_period(&self) -> [u64; 3] {
        let mut by_period = [0; 3];
        for visitor in &self.crowd {
            let period = match visitor.turn {
                Turn::Before(_) => 0,
                Turn::After(late) if late < self.lasts => 1,
                Turn::After(_) => 2,
            };
            by_period[period] += 1;
        }
        by_period
    }

    /// Whether it runs at a moment of the shop's clock.
    pub(crate) fn runs(&self, at: i64) -> bool {
        (self.starts_at..self.ends_at).contains(&at)
    }
}

/// The event's moments, as clocks show them.
pub(crate) struct Times {
    /// From when red packets are drawn.
    pub draws: String,
    /// Its first second.
    pub starts: String,
    /// From when balances of its presale are paid.
    pub balance: String,
    /// The second after its last.
    pub ends: String,
    /// The second after the last in which balances are paid.
    pub balance_ends: String,
}

impl Times {
    /// By the shop's clock.
    fn of(starts_at: i64, balance_at: i64, ends_at: i64) -> Self {
        Self {
            draws: clock(starts_at - DRAWN_BEFORE_MS),
            starts: clock(starts_at),
            balance: clock(balance_at),
            ends: clock(ends_at),
            balance_ends: clock(ends_at + BALANCE_AFTER_MS),
        }
    }

    /// Puts them into a campaign, with the rules that name some of them.
    fn put_in(&self, body: &mut Value, kinds: &[Box<dyn Kind>], currency: &str) {
        body["starts"] = json!(self.starts);
        body["ends"] = json!(self.ends);
        body["rules"] = goods::rules(kinds, currency, self);
    }

    /// As long as its times are not known.
    fn draft() -> Self {
        let day = |day: u32| format!("2099-11-{day}T00:00:00");
        Self {
            draws: day(10),
            starts: day(11),
            balance: day(11),
            ends: day(12),
            balance_ends: day(13),
        }
    }
}

/// The single-use codes of all rules that have some, by the rule's place.
async fn codes(
    office: &mut Office,
    path: &str,
    kinds: &[Box<dyn Kind>],
) -> Result<Vec<(usize, Vec<String>)>, String> {
    let mut codes = Vec::new();
    for (index, _) in kinds.iter().enumerate().filter(|(_, k)| k.codes() > 0) {
        let path = format!("{path}/codes?rule={}", index + 1);
        let text = office.text(&path).await?;
        codes.push((index, text.lines().map(str::to_string).collect()));
    }
    Ok(codes)
}

/// The next whole second.
fn whole_second(at: i64) -> i64 {
    (at + 999) / 1_000 * 1_000
}

/// A moment as clocks in UTC show it, to the second: days counted by the rule of the Gregorian calendar.
fn clock(at: i64) -> String {
    let seconds = at.div_euclid(1_000);
    let (mut day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while day >= 365 + i64::from(is_leap(year)) {
        day -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [
        31,
        28 + i64::from(is_leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ] {
        if day < length {
            break;
        }
        day -= length;
        month += 1;
    }
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let day = day + 1;
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// A second operator with a browser of their own.
struct SecondPerson {
    client: Client,
    cookie: String,
    id: String,
}

impl SecondPerson {
    /// Makes the account, or opens it anew, and signs in.
    async fn sign_in(office: &mut Office, target: &Target) -> Result<Self, String> {
        let password: String = {
            use rand::RngExt;
            let mut random = rand::rng();
            (0..24)
                .map(|_| char::from(random.random_range(b'a'..=b'z')))
                .collect()
        };
        let known = office.get("/api/v1/operators").await?;
        let known = known["items"].as_array().cloned().unwrap_or_default();
        let id = match known.iter().find(|o| o["email"] == SECOND) {
            Some(operator) => {
                let id = operator["id"].as_str().unwrap_or_default().to_string();
                let body = json!({"active": true, "password": password});
                office
                    .patch(&format!("/api/v1/operators/{id}"), &body)
                    .await?;
                id
            }
            None => {
                let body = json!({"email": SECOND, "name": "The second operator", "role": "staff", "password": password});
                let made = office.post("/api/v1/operators", &body).await?;
                made["id"].as_str().unwrap_or_default().to_string()
            }
        };
        let mut person = Self {
            client: Client::new(target.first()),
            cookie: String::new(),
            id,
        };
        let body = json!({"email": SECOND, "password": password});
        let answer = person.ask("/api/v1/session", &body).await?;
        person.cookie = answer.cookies.first().cloned().unwrap_or_default();
        Ok(person)
    }

    async fn post(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        Ok(self.ask(path, body).await?.json())
    }

    async fn ask(&mut self, path: &str, body: &Value) -> Result<crate::client::Answer, String> {
        let headers = format!(
            "cookie: {}\r\nx-sesame-console: 1\r\ncontent-type: application/json\r\n",
            self.cookie
        );
        let body = body.to_string();
        let ask = Ask {
            method: "POST",
            path,
            headers: &headers,
            body: body.as_bytes(),
        };
        let answer = self.client.ask(&ask).await;
        let answer = answer.map_err(|e| format!("POST {path}: {e}"))?;
        match answer.status {
            200..300 => Ok(answer),
            status => Err(format!("POST {path}: status {status}: {}", answer.text())),
        }
    }

    /// Nobody can sign in with the account until the next festival.
    async fn leave(self, office: &mut Office) -> Result<(), String> {
        let path = format!("/api/v1/operators/{}", self.id);
        office
            .patch(&path, &json!({"active": false}))
            .await
            .map(drop)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use goods::Good;

    pub use super::bridge::tests::bridge;
    pub use trade::tests::sample as trade;

    /// An event with articles of 10.00 to 19.00.
    pub fn sample() -> Event {
        let good = |place: usize| Good {
            article: place,
            variant: format!("variant_{place}"),
            product: format!("product_{place}"),
            seller: "seller_1".to_string(),
            title: format!("Article {place}"),
            unit: 1_000 + 100 * place as i64,
            currency: "EUR".to_string(),
        };
        let goods = Goods {
            percent: good(0),
            members: good(1),
            buy_get: good(2),
            bundle: vec![good(3), good(4)],
            flash: vec![good(5), good(6)],
            plain: vec![good(7), good(8), good(9)],
            presale: good(10),
            currency: "EUR".to_string(),
            service_level: "standard".to_string(),
            delivery: 395,
        };
        let now = Instant::now();
        Event {
            id: "campaign_1".to_string(),
            code: "festival-r".to_string(),
            starts_at: 1_000_000,
            ends_at: 1_060_000,
            day_begins: now,
            day: Duration::from_secs(200),
            begins: now,
            lasts: Duration::from_secs(60),
            balance_from: now + Duration::from_secs(30),
            kinds: kinds::all(&goods, 100, "r"),
            goods,
            codes: Vec::new(),
            members: Vec::new(),
            crowd: Vec::new(),
            rehearsed: (10, 4),
            approved_by: "Somebody else".to_string(),
        }
    }

    #[test]
    fn every_kind_of_rule_has_shoppers_and_a_name_of_its_own() {
        let event = sample();
        let titles: std::collections::BTreeSet<_> = event.kinds.iter().map(|k| k.title()).collect();
        assert_eq!(titles.len(), event.kinds.len());
        assert_eq!(event.kinds.iter().map(|k| k.share()).sum::<u32>(), 100);
        let rules = goods::rules(&event.kinds, "EUR", &Times::draft());
        let kinds: std::collections::BTreeSet<_> = rules
            .as_array()
            .into_iter()
            .flatten()
            .map(|r| r["deal"]["type"].to_string())
            .collect();
        assert_eq!(kinds.len(), 9, "{kinds:?}");
    }

    #[test]
    fn moments_are_written_as_clocks_show_them() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399_999, "2000-02-28T23:59:59"),
            (951_782_400_000, "2000-02-29T00:00:00"),
            (1_794_441_600_000, "2026-11-12T00:00:00"),
            (4_102_444_799_000, "2099-12-31T23:59:59"),
        ] {
            assert_eq!(clock(at), text);
        }
        assert_eq!((whole_second(1), whole_second(1_000)), (1_000, 1_000));
    }
}
