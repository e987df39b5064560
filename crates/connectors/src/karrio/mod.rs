//! Carriers behind a Karrio server: one that somebody runs beside the shop speaks to many. Written against its REST API,
//! version 2026.1.
//!
//! Karrio knows no idempotency keys. The key goes with each shipment as its `reference`, and a shipment is looked for by it
//! before another one is made. It is made in two steps, a draft that costs nothing and its purchase, so that a lost answer
//! to the first is harmless; a draft whose purchase may still be under way is left alone for [`SETTLE_MS`].
//!
//! Refusal codes: Karrio's own, such as `validation`, `not_found`, `state_error`, `invalid_token`, those of carriers behind
//! it, `http_…` for an answer that is not Karrio's, and ours: `numbers_given`, `service_unavailable`,
//! `announced_otherwise`, `label_missing`, `label_not_pdf`, `numbers_unknown`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::carrier::{
    Announced, Announcement, CarrierConnector, CarrierError, CarrierLabel, CarrierQuote,
    CarrierSighting, HeaderMap, Manifest, ManifestTaken, NumbersFrom, Party, Pickup, PickupBooked,
    Reply, TRACKED_AT_ONCE_MAX,
};
use crate::http::{HttpAnswer, HttpClient, HttpError, HttpSettings, now_ms};
use crate::json::JsonApi;
use crate::signature;

mod convert;
mod wire;

/// The connector's name.
pub const NAME: &str = "karrio";

/// The header in which Karrio sends a webhook's secret. It signs nothing.
const SECRET_HEADER: &str = "x-event-id";
/// How long a purchase may be under way at Karrio after nobody waits for it any more, milliseconds: longer than its server
/// works on a request.
pub const SETTLE_MS: i64 = 120_000;
/// Entries of a list that are read at once.
const PAGE: usize = 20;
/// Pages of a list that are looked through: Karrio searches for parts of a number, too.
const PAGES_MAX: usize = 10;
const PDF: &str = "PDF";
const PDF_MAGIC: &[u8] = b"%PDF-";

/// How to reach a Karrio server.
#[derive(Clone, Debug)]
pub struct KarrioConfig {
    /// Where it is, without a slash at the end.
    pub base_url: String,
    /// An API key of it.
    pub token: String,
    /// What its webhooks carry; several while one is being changed, none where they are not used.
    pub webhook_secrets: Vec<String>,
    /// Time limits and attempts.
    pub http: HttpSettings,
}

/// The connector.
#[derive(Clone, Debug)]
pub struct Karrio {
    api: JsonApi,
    webhook_secrets: Vec<String>,
}

impl Karrio {
    /// A connector for this server.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(config: KarrioConfig) -> Result<Self, HttpError> {
        Ok(Self {
            api: JsonApi {
                carrier: NAME,
                base_url: config.base_url,
                authorization: format!("Token {}", config.token),
                http: HttpClient::new(config.http)?,
            },
            webhook_secrets: config.webhook_secrets,
        })
    }

    /// The shipment that stands under the announcement's key, made where there is none.
    async fn shipment_of(&self, parcel: &Announcement) -> Result<Announced, CarrierError> {
        if parcel.number.is_some() {
            let message = "Karrio's carriers give numbers themselves: choose `given` for them";
            return Err(self.api.refused("numbers_given", message.into()));
        }
        let standing = self
            .shipments("reference", &parcel.key, |s| {
                s.reference.as_ref() == Some(&parcel.key)
            })
            .await?;
        let (drafts, bought): (Vec<_>, Vec<_>) =
            standing.into_iter().partition(|s| s.status == "draft");
        // The list begins with the newest; the first that was made is the one that counts.
        if let Some(known) = bought.last() {
            return self.known(known, parcel);
        }
        for draft in &drafts {
            let rest_ms = draft.metadata.sesame_begun_ms + SETTLE_MS - now_ms();
            if rest_ms > 0 {
                let detail = "an attempt to announce this parcel may still be under way";
                let wait_ms = u64::try_from(rest_ms.min(SETTLE_MS)).ok();
                return Err(self.api.unavailable(detail.into(), wait_ms));
            }
            self.cancel_shipment(&draft.id).await?;
        }
        let draft: wire::Shipment = self.write("/v1/shipments", &draft_of(parcel)).await?;
        let bought = self.buy(&draft, parcel).await;
        if matches!(
            bought,
            Err(CarrierError::Refused { .. } | CarrierError::Unavailable { .. })
        ) {
            // It would make the next attempt wait; what is left of it costs nothing.
            let _ = self.cancel_shipment(&draft.id).await;
        }
        bought
    }

    /// A shipment that was bought before; one of another carrier or service is not what was asked for.
    fn known(
        &self,
        known: &wire::Shipment,
        parcel: &Announcement,
    ) -> Result<Announced, CarrierError> {
        let carrier = known.carrier_id.as_ref();
        let service = known.service.as_ref();
        if carrier == Some(&parcel.carrier) && service == Some(&parcel.service) {
            return self.number(known);
        }
        let [carrier, service] = [carrier, service].map(|c| c.map_or("", String::as_str));
        let message = format!(
            "the parcel stands there for `{carrier}` with `{service}` as {}: cancel it there, or wait until it is",
            known.id
        );
        Err(self.api.refused("announced_otherwise", message))
    }

    fn number(&self, shipment: &wire::Shipment) -> Result<Announced, CarrierError> {
        match shipment.tracking_number.as_deref() {
            Some(number) if !number.is_empty() => Ok(Announced {
                number: number.to_string(),
            }),
            _ => Err(self.api.bad_reply(format!("{} has no number", shipment.id))),
        }
    }

    async fn buy(
        &self,
        draft: &wire::Shipment,
        parcel: &Announcement,
    ) -> Result<Announced, CarrierError> {
        let fits = |r: &&wire::Rate| {
            r.carrier_id == parcel.carrier && r.service.as_ref() == Some(&parcel.service)
        };
        let Some(rate) = draft.rates.iter().find(fits) else {
            let (code, words) = words(&draft.messages);
            let code = if code.is_empty() {
                "service_unavailable".to_string()
            } else {
                code
            };
            let message = format!("`{}` is not offered. {words}", parcel.service);
            return Err(self.api.refused(&code, message.trim().to_string()));
        };
        let purchase = wire::Purchase {
            selected_rate_id: rate.id.clone(),
            label_type: PDF,
        };
        let path = format!("/v1/shipments/{}", draft.id);
        let call = self.api.post(&format!("{path}/purchase"), &purchase)?;
        let answer = self.api.answer_once(&call).await?;
        let bought: wire::Shipment = match answer.status {
            // Somebody else was first: what they bought counts.
            409 => self.get(&path).await?,
            _ => self.read(&answer)?,
        };
        self.number(&bought)
    }

    /// The shipments that fit, but for those that were canceled; the newest first. Karrio's filters take parts of words.
    async fn shipments(
        &self,
        filter: &str,
        value: &str,
        fits: impl Fn(&wire::Shipment) -> bool,
    ) -> Result<Vec<wire::Shipment>, CarrierError> {
        let value = utf8_percent_encode(value, NON_ALPHANUMERIC);
        let path = format!("/v1/shipments?{filter}={value}");
        let found = self.list(&path).await?;
        let stands = |s: &wire::Shipment| s.status != "cancelled" && fits(s);
        Ok(found.into_iter().filter(stands).collect())
    }

    async fn shipments_with(&self, number: &str) -> Result<Vec<wire::Shipment>, CarrierError> {
        self.shipments("tracking_number", number, |s| {
            s.tracking_number.as_deref() == Some(number)
        })
        .await
    }

    /// All of a list, page by page.
    async fn list<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>, CarrierError> {
        let mut all = Vec::new();
        for page in 0..PAGES_MAX {
            let offset = page * PAGE;
            let page: wire::Page<T> = self
                .get(&format!("{path}&limit={PAGE}&offset={offset}"))
                .await?;
            all.extend(page.results);
            if page.next.is_none() {
                return Ok(all);
            }
        }
        let detail = format!("more than {} entries for {path}", PAGES_MAX * PAGE);
        Err(self.api.bad_reply(detail))
    }

    /// Cancels a shipment; one that is gone, or that was canceled before, is.
    async fn cancel_shipment(&self, id: &str) -> Result<(), CarrierError> {
        let path = format!("/v1/shipments/{id}/cancel");
        let call = self.api.post(&path, &wire::Nothing {})?;
        let answer = self.api.answer(&call).await?;
        if answer.status == 404 {
            return Ok(());
        }
        let canceled: wire::Shipment = self.read(&answer)?;
        match canceled.status.as_str() {
            "cancelled" => Ok(()),
            status => Err(self.api.bad_reply(format!("canceled, it is {status}"))),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CarrierError> {
        let call = self.api.get(path)?;
        self.read(&self.api.answer(&call).await?)
    }

    /// Makes something, in a single attempt: made twice, there would be two.
    async fn write<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CarrierError> {
        let call = self.api.post(path, body)?;
        self.read(&self.api.answer_once(&call).await?)
    }

    fn read<T: DeserializeOwned>(&self, answer: &HttpAnswer) -> Result<T, CarrierError> {
        let status = answer.status;
        if matches!(status, 200..=202) {
            return self.api.read(&answer.body);
        }
        let problems: wire::Problems = serde_json::from_slice(&answer.body).unwrap_or_default();
        let all: Vec<wire::Message> = [problems.errors, problems.messages].concat();
        let (code, words) = words(&all);
        match status {
            // The carrier behind Karrio failed, or did not like it; Karrio does not say which, and keeps nothing of it.
            424 => Err(self.api.unavailable(format!("{code} {words}"), None)),
            _ if code.is_empty() => {
                let code = format!("http_{status}");
                Err(self.api.refused(&code, format!("status {status} {words}")))
            }
            _ => Err(self.api.refused(&code, words)),
        }
    }
}

/// The first code that is a word, and all sentences.
fn words(messages: &[wire::Message]) -> (String, String) {
    let code = messages.iter().find_map(|m| m.code.as_str());
    let sentences = messages.iter().filter_map(|m| m.message.as_str());
    let sentences: Vec<&str> = sentences.collect();
    (code.unwrap_or("").to_string(), sentences.join("; "))
}

fn draft_of(parcel: &Announcement) -> wire::CreateShipment {
    wire::CreateShipment {
        parcel: rate_request(parcel),
        reference: parcel.key.clone(),
        label_type: PDF,
        metadata: wire::Marks {
            sesame_key: parcel.key.clone(),
            sesame_begun_ms: now_ms(),
        },
    }
}

fn rate_request(parcel: &Announcement) -> wire::RateRequest {
    let size = parcel.size_mm.map(|size| {
        let [length, width, height] = size.map(convert::centimeters);
        wire::Size {
            length,
            width,
            height,
            dimension_unit: "CM",
        }
    });
    let services = Some(parcel.service.clone()).filter(|s| !s.is_empty());
    wire::RateRequest {
        shipper: sender(&parcel.from),
        recipient: convert::address(&parcel.to, String::new()),
        parcels: [wire::Parcel {
            weight: convert::kilograms(parcel.weight_grams),
            weight_unit: "KG",
            size,
        }],
        carrier_ids: [parcel.carrier.clone()],
        services: services.into_iter().collect(),
    }
}

/// The shop, as a company and as somebody who can be asked for.
fn sender(party: &Party) -> wire::Address {
    convert::address(party, party.name.clone())
}

impl Karrio {
    async fn quotes(&self, parcel: &Announcement) -> Result<Vec<CarrierQuote>, CarrierError> {
        let call = self.api.post("/v1/proxy/rates", &rate_request(parcel))?;
        let rates: wire::Rates = self.read(&self.api.answer(&call).await?)?;
        let mut quotes = Vec::new();
        for rate in rates.rates {
            let service = rate.service.unwrap_or_default();
            let is_asked = parcel.service.is_empty() || parcel.service == service;
            if rate.carrier_id != parcel.carrier || !is_asked {
                continue;
            }
            let currency = rate.currency.unwrap_or_default();
            let amount = rate.total_charge.get();
            let price = convert::minor(amount, &currency);
            let price_minor = price.ok_or_else(|| {
                self.api
                    .bad_reply(format!("`{amount} {currency}` is no price"))
            })?;
            quotes.push(CarrierQuote {
                service,
                price_minor,
                currency,
                transit_days: rate.transit_days,
            });
        }
        quotes.sort_by_key(|q| q.price_minor);
        Ok(quotes)
    }

    async fn drawn(&self, number: &str) -> Result<CarrierLabel, CarrierError> {
        let missing = || {
            let message = format!("there is no label for `{number}`");
            self.api.refused("label_missing", message)
        };
        let standing = self.shipments_with(number).await?;
        let shipment = standing.first().ok_or_else(missing)?;
        let path = format!("/v1/shipments/{}/documents/label", shipment.id);
        let call = self.api.post(&path, &wire::Nothing {})?;
        let document: wire::Document = self.read(&self.api.answer(&call).await?)?;
        let text: String = document.base64.unwrap_or_default();
        let text: String = text.split_ascii_whitespace().collect();
        let bytes = STANDARD.decode(text);
        let bytes = bytes.map_err(|error| self.api.bad_reply(error.to_string()))?;
        if bytes.is_empty() {
            return Err(missing());
        }
        if !bytes.starts_with(PDF_MAGIC) {
            let message = format!("the label is of the kind {}", document.format);
            return Err(self.api.refused("label_not_pdf", message));
        }
        Ok(CarrierLabel {
            media_type: "application/pdf",
            bytes,
        })
    }

    async fn tracked(&self, numbers: &[String]) -> Result<Vec<CarrierSighting>, CarrierError> {
        let mut seen = Vec::new();
        for number in numbers {
            let value = utf8_percent_encode(number, NON_ALPHANUMERIC);
            let path = format!("/v1/trackers?tracking_number={value}");
            let trackers: Vec<wire::Tracker> = self.list(&path).await?;
            let of_number = trackers.iter().find(|t| t.tracking_number == *number);
            seen.extend(of_number.map_or_else(Vec::new, |t| convert::sightings(t, now_ms())));
        }
        Ok(seen)
    }

    async fn picked_up(&self, pickup: &Pickup) -> Result<PickupBooked, CarrierError> {
        let day = utf8_percent_encode(&pickup.day, NON_ALPHANUMERIC);
        let path = format!("/v1/pickups?pickup_date_after={day}&pickup_date_before={day}");
        let of_day: Vec<wire::Pickup> = self.list(&path).await?;
        let stands =
            |p: &&wire::Pickup| p.metadata.sesame_key == pickup.key && p.status != "cancelled";
        let booked = match of_day.into_iter().find(|p| stands(&p)) {
            Some(known) => known,
            None => {
                let body = wire::CreatePickup {
                    pickup_date: pickup.day.clone(),
                    ready_time: pickup.window.0.clone(),
                    closing_time: pickup.window.1.clone(),
                    address: sender(&pickup.from),
                    parcels_count: pickup.parcels,
                    options: wire::PickupOptions {
                        connection_id: pickup.carrier.clone(),
                    },
                    metadata: wire::Marks {
                        sesame_key: pickup.key.clone(),
                        sesame_begun_ms: now_ms(),
                    },
                };
                let made = self.write("/v1/pickups", &body).await;
                made.map_err(|error| not_offered(error, "pickups"))?
            }
        };
        let number = booked.confirmation_number.or(booked.id);
        let number = number.filter(|n| !n.is_empty());
        let number = number.ok_or_else(|| self.api.bad_reply("a pickup without a number".into()));
        Ok(PickupBooked { number: number? })
    }

    async fn listed(&self, manifest: &Manifest) -> Result<ManifestTaken, CarrierError> {
        let (mut unknown, mut ids, mut kind) = (Vec::new(), Vec::new(), None);
        for number in &manifest.numbers {
            let standing = self.shipments_with(number).await?;
            let of_carrier = |s: &&wire::Shipment| s.carrier_id.as_ref() == Some(&manifest.carrier);
            match standing.iter().find(of_carrier) {
                Some(shipment) => {
                    ids.push(shipment.id.clone());
                    kind = kind.or_else(|| shipment.carrier_name.clone());
                }
                None => unknown.push(number.clone()),
            }
        }
        let Some(kind) = kind else {
            let message = "none of the parcels is known there";
            return Err(self.api.refused("numbers_unknown", message.into()));
        };
        let path = format!(
            "/v1/manifests?carrier_name={}",
            utf8_percent_encode(&kind, NON_ALPHANUMERIC)
        );
        // The newest of the carrier's lists: the same is asked for again soon or not at all.
        let newest: wire::Page<wire::Manifest> = self.get(&format!("{path}&limit={PAGE}")).await?;
        let is_same = |m: &wire::Manifest| m.reference.as_ref() == Some(&manifest.key);
        let taken = match newest.results.into_iter().find(is_same) {
            Some(known) => known,
            None => {
                let body = wire::CreateManifest {
                    carrier_name: kind,
                    address: sender(&manifest.from),
                    shipment_ids: ids,
                    reference: manifest.key.clone(),
                };
                let made = self.write("/v1/manifests", &body).await;
                made.map_err(|error| not_offered(error, "manifests"))?
            }
        };
        Ok(ManifestTaken {
            number: taken.id,
            unknown,
        })
    }
}

/// Karrio finds no connection that can do something: none of the carriers offers it.
fn not_offered(error: CarrierError, what: &'static str) -> CarrierError {
    match error {
        CarrierError::Refused { carrier, code, .. } if code == "not_found" => {
            CarrierError::NotOffered { carrier, what }
        }
        error => error,
    }
}

impl CarrierConnector for Karrio {
    fn name(&self) -> &'static str {
        NAME
    }

    fn numbers(&self) -> NumbersFrom {
        NumbersFrom::Carrier
    }

    fn announce<'a>(&'a self, announcement: &'a Announcement) -> Reply<'a, Announced> {
        Box::pin(self.shipment_of(announcement))
    }

    fn cancel<'a>(&'a self, number: &'a str) -> Reply<'a, ()> {
        Box::pin(async move {
            for shipment in self.shipments_with(number).await? {
                self.cancel_shipment(&shipment.id).await?;
            }
            Ok(())
        })
    }

    fn label<'a>(&'a self, number: &'a str) -> Reply<'a, Option<CarrierLabel>> {
        Box::pin(async move { self.drawn(number).await.map(Some) })
    }

    fn quote<'a>(&'a self, announcement: &'a Announcement) -> Reply<'a, Vec<CarrierQuote>> {
        Box::pin(self.quotes(announcement))
    }

    fn track<'a>(&'a self, numbers: &'a [String]) -> Reply<'a, Vec<CarrierSighting>> {
        assert!(numbers.len() <= TRACKED_AT_ONCE_MAX, "so many at once");
        Box::pin(self.tracked(numbers))
    }

    fn book_pickup<'a>(&'a self, pickup: &'a Pickup) -> Reply<'a, PickupBooked> {
        Box::pin(self.picked_up(pickup))
    }

    fn hand_over<'a>(&'a self, manifest: &'a Manifest) -> Reply<'a, ManifestTaken> {
        Box::pin(self.listed(manifest))
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Vec<CarrierSighting>, CarrierError> {
        let sent = headers.get(SECRET_HEADER);
        let sent = sent.ok_or(CarrierError::BadSignature(
            "the header X-Event-Id is missing",
        ))?;
        let is_one = |secret: &String| signature::same(secret.as_bytes(), sent.as_bytes());
        // All are compared, so that time does not tell which.
        let known = self.webhook_secrets.iter().filter(|s| is_one(s)).count();
        if known == 0 {
            let reason = "the header X-Event-Id holds another secret";
            return Err(CarrierError::BadSignature(reason));
        }
        let webhook: wire::Webhook = self.api.read(body)?;
        if !matches!(
            webhook.event.as_str(),
            "tracker_created" | "tracker_updated"
        ) {
            return Ok(Vec::new());
        }
        let tracker: wire::Tracker = self.api.read(webhook.data.get().as_bytes())?;
        Ok(convert::sightings(&tracker, now_ms))
    }
}
