//! Between the core and the carriers: parcels are announced and recalled, and what carriers saw comes in.
//!
//! Every announcement carries a key made of the parcel and its waybill's number, so that a call that is repeated after a
//! lost reply or a crash announces one parcel.

use crate::payments::{Attempt, WebhookError};
use api::app::{App, DoorError, now_ms};
use api::carriers::{AskCarriers, AskError, Asked, DrawnLabel, Quoted, ToSend, key_of, key_told};
use commerce::command::{Actor, CarrierAnswer, CarrierRefusal, Channel, Command, Envelope};
use commerce::event::Effect;
use commerce::id::{CarrierId, FulfillmentId};
use commerce::limits::{NAME_CHARS_MAX, NOTE_CHARS_MAX, WORD_CHARS_MAX};
use commerce::money::{Currency, Money};
use commerce::order::{FulfillmentState, Group};
use commerce::parcel::{SeenBy, Sighting};
use commerce::settings::Address;
use connectors::carrier::{
    Announcement, CarrierConnector, CarrierError, CarrierQuote, CarrierSighting, HeaderMap,
    NumbersFrom, Party, TRACKED_AT_ONCE_MAX,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;
use store::FulfillmentFilter;
use tokio::sync::Mutex;

#[cfg(test)]
mod tests;

/// How often it is looked whether carriers should be asked.
const LOOK_INTERVAL: Duration = Duration::from_secs(5 * 60);
/// How long nothing may have been heard of a parcel before its carrier is asked, milliseconds.
const SILENCE_MS: i64 = 4 * 60 * 60 * 1_000;
/// Parcels that are looked at in one round; the next one goes on behind them.
const PARCELS_MAX: usize = 20_000;
/// Rows read at once.
const PAGE: usize = 500;
/// Locks for parcels whose carrier is asked for a number.
const LOCKS: usize = 64;

/// Connectors by their name in the configuration.
pub type Connectors = Arc<BTreeMap<String, Arc<dyn CarrierConnector>>>;

/// Carries out effects on parcels, and takes in what carriers say.
#[derive(Clone)]
pub struct Dispatcher {
    /// For commands and questions.
    pub app: App,
    /// Who is asked.
    pub connectors: Connectors,
    /// Where carriers report to, without the connector's name.
    pub webhook_base: String,
}

impl Dispatcher {
    /// Tries once to tell a carrier of a parcel that it will get.
    pub async fn announce(
        &self,
        effect: &Effect,
        group: &Group,
        id: FulfillmentId,
        number: &str,
    ) -> Attempt {
        let of = group.fulfillments.iter().find(|f| f.id == id);
        let parcel = group.parcel(id).filter(|p| p.number == number);
        let (Some(of), Some(parcel)) = (of, parcel) else {
            // Canceled meanwhile: whoever canceled it asked that it be recalled.
            return self.done(effect).await;
        };
        let to_send = {
            let world = self.app.shelf.read();
            let carrier = world.carrier(parcel.carrier);
            let measured = (parcel.service.as_str(), parcel.weight_grams, parcel.size_mm);
            carrier.and_then(|carrier| ToSend::of(&world, group, of, carrier, measured))
        };
        let Some(to_send) = to_send else {
            let refused = CarrierRefusal {
                code: "no_address".to_string(),
                note: String::new(),
            };
            return self.answered(effect, (id, number), Some(refused)).await;
        };
        let connector = match self.connector(&to_send.connector) {
            Ok(connector) => connector,
            Err(stuck) => return stuck,
        };
        let webhook_url = format!("{}/{}", self.webhook_base, connector.name());
        let announcement = Announcement {
            key: format!("{id}:{number}"),
            number: Some(number.to_string()),
            webhook_url: Some(webhook_url),
            ..announcement(&to_send)
        };
        match connector.announce(&announcement).await {
            Ok(_) => self.answered(effect, (id, number), None).await,
            Err(error) if error.is_retryable() => Attempt::Again(error.to_string()),
            Err(error) => {
                let refused = refusal(&error);
                self.answered(effect, (id, number), Some(refused)).await
            }
        }
    }

    /// Tries once to tell a carrier that a parcel does not come.
    pub async fn recall(&self, effect: &Effect, carrier: CarrierId, number: &str) -> Attempt {
        let found = self.app.shelf.read().carrier(carrier).cloned();
        let name = found.map_or_else(String::new, |c| c.connector);
        if name.is_empty() {
            // People tell it from now on.
            return self.done(effect).await;
        }
        let connector = match self.connector(&name) {
            Ok(connector) => connector,
            Err(stuck) => return stuck,
        };
        match connector.cancel(number).await {
            Ok(()) => self.done(effect).await,
            Err(error) if error.is_retryable() => Attempt::Again(error.to_string()),
            // It has the parcel, or never heard of it: what it sees of it will be told.
            Err(error) => {
                tracing::warn!(%error, number, "a carrier does not cancel a parcel");
                self.done(effect).await
            }
        }
    }

    fn connector(&self, name: &str) -> Result<Arc<dyn CarrierConnector>, Attempt> {
        let found = self.connectors.get(name).cloned();
        found.ok_or_else(|| {
            Attempt::Stuck(format!(
                "the carriers' connector `{name}` is not configured"
            ))
        })
    }

    async fn answered(
        &self,
        effect: &Effect,
        (fulfillment, number): (FulfillmentId, &str),
        refused: Option<CarrierRefusal>,
    ) -> Attempt {
        if let Some(CarrierRefusal { code, note }) = &refused {
            tracing::warn!(%fulfillment, number, code, note, "a carrier refuses a parcel");
            metrics::counter!("sesame_parcels_refused_total").increment(1);
        }
        let answer = Command::CarrierAnswer(CarrierAnswer {
            fulfillment,
            number: number.to_string(),
            refused,
            effect: effect.number,
        });
        match self.app.door.submit(by_carrier(answer)).await {
            Ok(_) => Attempt::Done,
            // The parcel is gone: nobody needs the answer.
            Err(DoorError::Refused(_)) => self.done(effect).await,
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    async fn done(&self, effect: &Effect) -> Attempt {
        match self.app.system(Command::EffectDone(effect.number)).await {
            Ok(_) => Attempt::Done,
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    /// Takes in a webhook.
    ///
    /// # Errors
    /// A connector that is not configured, a wrong signature, or a shop that cannot write now: the carrier sends it again.
    pub async fn webhook(
        &self,
        name: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), WebhookError> {
        let connector = self.connectors.get(name);
        let connector = connector.ok_or(WebhookError::UnknownProvider)?;
        let sightings = connector
            .parse_webhook(headers, body, now_ms())
            .map_err(|e| WebhookError::Rejected(e.to_string()))?;
        self.take_in(name, sightings)
            .await
            .map_err(WebhookError::Unavailable)
    }

    /// Takes in what was seen. Numbers that are not of this connector's carriers are left alone, and so is what the core
    /// refuses: said again, it would be refused again.
    async fn take_in(&self, name: &str, sightings: Vec<CarrierSighting>) -> Result<(), String> {
        let numbers: Vec<String> = sightings.iter().map(|s| s.number.clone()).collect();
        let known = self.parcels(name, numbers).await?;
        for sighting in sightings {
            let Some(&id) = known.get(&sighting.number) else {
                continue;
            };
            let see = Command::SeeParcel(id, seen(sighting));
            match self.app.door.submit(by_carrier(see)).await {
                Ok(_) => {}
                Err(DoorError::Refused(refusal)) => {
                    let code = refusal.code();
                    tracing::warn!(%id, code, "what a carrier saw is not taken");
                    metrics::counter!("sesame_sightings_refused_total").increment(1);
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }

    /// The fulfillments behind numbers of a connector's carriers.
    async fn parcels(
        &self,
        name: &str,
        numbers: Vec<String>,
    ) -> Result<BTreeMap<String, FulfillmentId>, String> {
        let found = self.app.read(move |q| {
            let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
            q.parcels(&numbers)
        });
        let mut known = BTreeMap::new();
        for id in found.await.map_err(|e| e.to_string())? {
            let group = self.app.group(id.parent()).await;
            let group = group.map_err(|e| e.to_string())?;
            let Some(parcel) = group.as_ref().and_then(|g| g.parcel(id)) else {
                continue;
            };
            let world = self.app.shelf.read();
            let carrier = world.carrier(parcel.carrier);
            if carrier.is_some_and(|c| c.connector == name) {
                known.insert(parcel.number.clone(), id);
            }
        }
        Ok(known)
    }

    /// Asks carriers of parcels that nothing was heard of, again and again, until the server stops: a webhook may be lost.
    pub async fn ask_again(self) {
        let mut timer = tokio::time::interval(LOOK_INTERVAL);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut round = Round::default();
        loop {
            timer.tick().await;
            if self.connectors.is_empty() {
                continue;
            }
            if let Err(reason) = self.ask_round(&mut round, SILENCE_MS).await {
                tracing::warn!(reason, "asking carriers is tried again");
            }
        }
    }

    /// One look at parcels that are not there yet.
    async fn ask_round(&self, round: &mut Round, silence_ms: i64) -> Result<(), String> {
        let now = now_ms();
        round.asked.retain(|_, at| *at > now - silence_ms);
        let silent = self.silent(round, now - silence_ms).await?;
        for (name, numbers) in silent {
            let Some(connector) = self.connectors.get(&name) else {
                continue;
            };
            for some in numbers.chunks(TRACKED_AT_ONCE_MAX) {
                let asked: Vec<String> = some.iter().map(|(_, n)| n.clone()).collect();
                match connector.track(&asked).await {
                    Ok(sightings) => self.take_in(&name, sightings).await?,
                    Err(error) => {
                        tracing::warn!(%error, "a carrier does not say where parcels are")
                    }
                }
                round.asked.extend(some.iter().map(|(id, _)| (*id, now)));
            }
        }
        Ok(())
    }

    /// Parcels of connected carriers of which nothing was heard since a moment, by connector.
    async fn silent(&self, round: &mut Round, since: i64) -> Result<Silent, String> {
        let from = round.after;
        let read = self.app.read(move |reader| {
            let (mut groups, mut after, mut rows) = (Vec::<Group>::new(), from, 0);
            loop {
                let page = reader.fulfillment_list(&FulfillmentFilter {
                    states: vec![
                        FulfillmentState::Open,
                        FulfillmentState::Picking,
                        FulfillmentState::Packed,
                        FulfillmentState::Shipped,
                    ],
                    location: None,
                    after,
                    limit: PAGE,
                })?;
                rows += page.rows.len();
                for row in &page.rows {
                    let id = row.id.parent();
                    if groups.last().is_none_or(|group| group.id != id) {
                        groups.extend(reader.group(id)?);
                    }
                }
                after = page.next;
                if after.is_none() || rows >= PARCELS_MAX {
                    return Ok((groups, after));
                }
            }
        });
        let (groups, after) = read.await.map_err(|e| e.to_string())?;
        round.after = after;
        let world = self.app.shelf.read();
        let mut silent = Silent::new();
        for parcel in groups.iter().flat_map(|group| &group.parcels) {
            let heard = parcel.seen.iter().map(|s| s.at).max();
            let is_there = parcel.status() == commerce::parcel::TrackingStatus::Delivered;
            let is_quiet = heard.unwrap_or(parcel.booked_at) <= since;
            if is_there || !is_quiet || round.asked.contains_key(&parcel.fulfillment) {
                continue;
            }
            let carrier = world.carrier(parcel.carrier);
            if let Some(carrier) = carrier.filter(|c| !c.connector.is_empty()) {
                let one = (parcel.fulfillment, parcel.number.clone());
                silent
                    .entry(carrier.connector.clone())
                    .or_default()
                    .push(one);
            }
        }
        Ok(silent)
    }
}

/// Parcels by connector.
type Silent = BTreeMap<String, Vec<(FulfillmentId, String)>>;

/// Where the looks at parcels are.
#[derive(Debug, Default)]
struct Round {
    /// Where the next one begins.
    after: Option<u64>,
    /// Parcels that were asked about lately, and when.
    asked: HashMap<FulfillmentId, i64>,
}

fn by_carrier(command: Command) -> Envelope {
    Envelope {
        command,
        actor: Actor::Provider,
        channel: Channel::System,
        idempotency: None,
    }
}

fn refusal(error: &CarrierError) -> CarrierRefusal {
    let (code, note) = match error {
        CarrierError::Refused { code, message, .. } => (code.clone(), message.clone()),
        other => ("refused".to_string(), other.to_string()),
    };
    CarrierRefusal {
        code: cut(&code, WORD_CHARS_MAX),
        note: cut(&note, NOTE_CHARS_MAX),
    }
}

/// A text of so many characters at most, on one line.
fn cut(text: &str, most: usize) -> String {
    let plain = text.trim().chars().filter(|c| !c.is_control());
    plain.take(most).collect()
}

fn seen(sighting: CarrierSighting) -> Sighting {
    let by = SeenBy::Carrier;
    let key = match &sighting.key {
        Some(key) => key_told(by, key),
        None => key_of(&format!(
            "{by:?}\n{}\n{}\n{:?}\n{}",
            sighting.number, sighting.at_ms, sighting.status, sighting.place
        )),
    };
    Sighting {
        number: sighting.number,
        key,
        at: sighting.at_ms,
        status: sighting.status,
        reason: cut(&sighting.reason, NAME_CHARS_MAX),
        place: cut(&sighting.place, NAME_CHARS_MAX),
        note: cut(&sighting.note, NAME_CHARS_MAX),
        by,
        withdraws: sighting.withdraws,
        location: None,
    }
}

/// A parcel in the words of connectors, under the key of the parcel itself, with a number that the carrier gives.
fn announcement(parcel: &ToSend) -> Announcement {
    Announcement {
        key: parcel.reference.clone(),
        carrier: parcel.carrier_code.clone(),
        service: parcel.service.clone(),
        number: None,
        reference: parcel.reference.clone(),
        weight_grams: parcel.weight_grams,
        size_mm: parcel.size_mm,
        from: Party {
            name: parcel.sender.clone(),
            ..party(&parcel.from)
        },
        to: Party {
            email: parcel.email.clone(),
            ..party(&parcel.to)
        },
        webhook_url: None,
    }
}

fn party(address: &Address) -> Party {
    let name = format!("{} {}", address.first_name, address.last_name);
    Party {
        name: name.trim().to_string(),
        street: address.street.clone(),
        street_2: address.street_2.clone(),
        postal_code: address.postal_code.clone(),
        city: address.city.clone(),
        region: address.region.clone(),
        country: address.country.map_or_else(String::new, |c| c.to_string()),
        phone: address.phone.clone(),
        email: String::new(),
    }
}

/// Carriers as handlers ask them.
pub struct Desk {
    connectors: Connectors,
    /// Two clicks on the same parcel must not ask for two numbers.
    locks: [Arc<Mutex<()>>; LOCKS],
}

impl Desk {
    /// A desk with these connectors.
    pub fn new(connectors: Connectors) -> Self {
        Self {
            connectors,
            locks: std::array::from_fn(|_| Arc::default()),
        }
    }

    fn connector(&self, name: &str) -> Result<Arc<dyn CarrierConnector>, AskError> {
        let found = self.connectors.get(name).cloned();
        found.ok_or_else(|| AskError::NotConfigured(name.to_string()))
    }
}

fn ask_error(error: CarrierError) -> AskError {
    match error {
        CarrierError::Refused { code, message, .. } => AskError::Refused { code, message },
        error if error.is_retryable() => AskError::Later(error.to_string()),
        error => AskError::Refused {
            code: "refused".to_string(),
            message: error.to_string(),
        },
    }
}

impl AskCarriers for Desk {
    fn connectors(&self) -> Vec<String> {
        self.connectors.keys().cloned().collect()
    }

    fn gives_numbers(&self, connector: &str) -> bool {
        let connector = self.connectors.get(connector);
        connector.is_some_and(|c| c.numbers() == NumbersFrom::Carrier)
    }

    fn number<'a>(&'a self, parcel: &'a ToSend) -> Asked<'a, String> {
        Box::pin(async move {
            let connector = self.connector(&parcel.connector)?;
            let place = key_of(&parcel.reference) % LOCKS as u64;
            let lock = Arc::clone(&self.locks[place as usize]);
            let announcement = announcement(parcel);
            // Whoever asked may hang up; the next one must wait all the same until the carrier has answered.
            let asked = tokio::spawn(async move {
                let _one_at_a_time = lock.lock().await;
                connector.announce(&announcement).await
            });
            let announced = asked.await;
            let announced = announced.map_err(|e| AskError::Later(e.to_string()))?;
            announced.map(|a| a.number).map_err(ask_error)
        })
    }

    fn give_back<'a>(&'a self, connector: &'a str, number: &'a str) -> Asked<'a, ()> {
        Box::pin(async move {
            let canceled = self.connector(connector)?.cancel(number).await;
            canceled.map_err(ask_error)
        })
    }

    fn quotes<'a>(&'a self, parcel: &'a ToSend) -> Asked<'a, Vec<Quoted>> {
        Box::pin(async move {
            let connector = self.connector(&parcel.connector)?;
            let quotes = connector.quote(&announcement(parcel)).await;
            let quoted = |q: CarrierQuote| {
                let no_money = || AskError::Later(format!("`{}` is no currency", q.currency));
                let currency = Currency::parse(&q.currency).ok_or_else(no_money)?;
                Ok(Quoted {
                    service: q.service,
                    price: Money {
                        minor: q.price_minor,
                        currency,
                    },
                    transit_days: q.transit_days,
                })
            };
            quotes.map_err(ask_error)?.into_iter().map(quoted).collect()
        })
    }

    fn label<'a>(&'a self, connector: &'a str, number: &'a str) -> Asked<'a, Option<DrawnLabel>> {
        Box::pin(async move {
            let label = self.connector(connector)?.label(number).await;
            let label = label.map_err(ask_error)?;
            Ok(label.map(|label| (label.media_type, label.bytes)))
        })
    }
}
