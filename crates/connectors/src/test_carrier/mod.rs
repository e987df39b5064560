//! The client of our built-in test carrier. It brings no parcels, but it speaks over HTTP as a real one would, with
//! idempotency keys, signed webhooks and all the ways in which a network can let one down.
//!
//! Refusal codes: `address_unknown`, `too_heavy`, `unknown_service`, `number_taken`, `underway`,
//! `idempotency_key_reused`, `invalid_request`, `unauthorized`.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::carrier::{
    Announced, Announcement, CarrierConnector, CarrierError, CarrierLabel, CarrierQuote,
    CarrierSighting, HeaderMap, Manifest, ManifestTaken, NumbersFrom, Party, Pickup, PickupBooked,
    Reply, TRACKED_AT_ONCE_MAX,
};
use crate::http::{HttpAnswer, HttpClient, HttpError, HttpSettings};
use crate::json::JsonApi;
use crate::payment::PaymentError;
use crate::standard_webhooks::{self, Secret};

pub mod wire;

use wire::IDEMPOTENCY_HEADER;

/// The connector's name.
pub const NAME: &str = "test";

/// How to reach a test carrier.
#[derive(Clone, Debug)]
pub struct TestCarrierConfig {
    /// Where it is, without a slash at the end: `http://127.0.0.1:8080/test-carrier`.
    pub base_url: String,
    /// The key that its API asks for.
    pub api_key: String,
    /// What it signs webhooks with; several while a secret is being changed.
    pub webhook_secrets: Vec<Secret>,
    /// Time limits and attempts.
    pub http: HttpSettings,
}

/// The connector.
#[derive(Clone, Debug)]
pub struct TestCarrier {
    api: JsonApi,
    webhook_secrets: Vec<Secret>,
}

impl TestCarrier {
    /// A connector for this carrier.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(config: TestCarrierConfig) -> Result<Self, HttpError> {
        Ok(Self {
            api: JsonApi {
                carrier: NAME,
                base_url: config.base_url,
                authorization: format!("Bearer {}", config.api_key),
                http: HttpClient::new(config.http)?,
            },
            webhook_secrets: config.webhook_secrets,
        })
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, CarrierError> {
        let call = self.api.post(path, body)?;
        self.read(&self.api.answer(&call).await?)
    }

    async fn post_once<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, CarrierError> {
        let call = self.api.post_once(path, (IDEMPOTENCY_HEADER, key), body)?;
        self.read(&self.api.answer(&call).await?)
    }

    fn read<T: DeserializeOwned>(&self, answer: &HttpAnswer) -> Result<T, CarrierError> {
        match answer.status {
            200 | 201 => self.api.read(&answer.body),
            _ => {
                let body: wire::ErrorBody = self.api.read(&answer.body)?;
                Err(self.api.refused(&body.error.code, body.error.message))
            }
        }
    }
}

fn parcel(announcement: &Announcement) -> wire::CreateParcel {
    wire::CreateParcel {
        number: announcement.number.clone(),
        service: announcement.service.clone(),
        reference: announcement.reference.clone(),
        weight_grams: announcement.weight_grams,
        size_mm: announcement.size_mm,
        from: party(&announcement.from),
        to: party(&announcement.to),
        webhook_url: announcement.webhook_url.clone(),
    }
}

fn party(party: &Party) -> wire::Party {
    wire::Party {
        name: party.name.clone(),
        street: party.street.clone(),
        postal_code: party.postal_code.clone(),
        city: party.city.clone(),
        country: party.country.clone(),
    }
}

fn sighting(event: wire::Event) -> CarrierSighting {
    CarrierSighting {
        number: event.number,
        key: Some(event.id),
        at_ms: event.at_ms,
        status: event.status,
        reason: event.reason,
        place: event.place,
        note: String::new(),
        withdraws: false,
    }
}

impl CarrierConnector for TestCarrier {
    fn name(&self) -> &'static str {
        NAME
    }

    fn numbers(&self) -> NumbersFrom {
        NumbersFrom::Shop
    }

    fn announce<'a>(&'a self, announcement: &'a Announcement) -> Reply<'a, Announced> {
        Box::pin(async move {
            let body = parcel(announcement);
            let known: wire::Parcel = self
                .post_once("/v1/parcels", &announcement.key, &body)
                .await?;
            Ok(Announced {
                number: known.number,
            })
        })
    }

    fn cancel<'a>(&'a self, number: &'a str) -> Reply<'a, ()> {
        Box::pin(async move {
            let number = utf8_percent_encode(number, NON_ALPHANUMERIC);
            let path = format!("/v1/parcels/{number}/cancel");
            let canceled: wire::Parcel = self.post(&path, &serde_json::json!({})).await?;
            match canceled.state {
                wire::ParcelState::Canceled => Ok(()),
                state => Err(self.api.bad_reply(format!("canceled, it is {state:?}"))),
            }
        })
    }

    fn label<'a>(&'a self, _: &'a str) -> Reply<'a, Option<CarrierLabel>> {
        Box::pin(async { Ok(None) })
    }

    fn quote<'a>(&'a self, announcement: &'a Announcement) -> Reply<'a, Vec<CarrierQuote>> {
        Box::pin(async move {
            let quotes: wire::Quotes = self.post("/v1/quotes", &parcel(announcement)).await?;
            let quote = |q: wire::Quote| CarrierQuote {
                service: q.service,
                price_minor: q.price_minor,
                currency: q.currency,
                transit_days: Some(q.transit_days),
            };
            Ok(quotes.quotes.into_iter().map(quote).collect())
        })
    }

    fn track<'a>(&'a self, numbers: &'a [String]) -> Reply<'a, Vec<CarrierSighting>> {
        assert!(numbers.len() <= TRACKED_AT_ONCE_MAX, "so many at once");
        Box::pin(async move {
            let numbers = numbers.to_vec();
            let tracked: wire::Tracked =
                self.post("/v1/tracking", &wire::Track { numbers }).await?;
            Ok(tracked.events.into_iter().map(sighting).collect())
        })
    }

    fn book_pickup<'a>(&'a self, pickup: &'a Pickup) -> Reply<'a, PickupBooked> {
        Box::pin(async move {
            let body = wire::CreatePickup {
                day: pickup.day.clone(),
                from_time: pickup.window.0.clone(),
                to_time: pickup.window.1.clone(),
                from: party(&pickup.from),
                parcels: pickup.parcels,
                weight_grams: pickup.weight_grams,
            };
            let taken: wire::Taken = self.post_once("/v1/pickups", &pickup.key, &body).await?;
            Ok(PickupBooked {
                number: taken.number,
            })
        })
    }

    fn hand_over<'a>(&'a self, manifest: &'a Manifest) -> Reply<'a, ManifestTaken> {
        Box::pin(async move {
            let body = wire::CreateManifest {
                day: manifest.day.clone(),
                from: party(&manifest.from),
                numbers: manifest.numbers.clone(),
            };
            let taken: wire::Taken = self
                .post_once("/v1/manifests", &manifest.key, &body)
                .await?;
            Ok(ManifestTaken {
                number: taken.number,
                unknown: taken.unknown,
            })
        })
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Vec<CarrierSighting>, CarrierError> {
        standard_webhooks::verify(&self.webhook_secrets, headers, body, now_ms).map_err(
            |error| match error {
                PaymentError::BadSignature(reason) => CarrierError::BadSignature(reason),
                other => self.api.bad_reply(other.to_string()),
            },
        )?;
        let event: wire::Event = self.api.read(body)?;
        Ok(vec![sighting(event)])
    }
}
