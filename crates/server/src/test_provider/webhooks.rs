//! Telling the shop: signed webhooks, repeated with growing pauses until the shop takes them, or for good.
//!
//! Everything is bounded: how many are in flight, how many wait, how often each is tried. What is given up is not lost to
//! the shop, which can ask for the payment; after a restart with a journal it is tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use connectors::http::{HttpCall, HttpClient, HttpError, HttpSettings};
use connectors::standard_webhooks::{self, Secret};
use tokio::sync::Semaphore;

use super::ledger::{Ledger, News};
use super::record::Delivery;
use super::{Config, Timings, now_ms};

/// Deliveries in flight at once.
const MAX_IN_FLIGHT: usize = 128;

/// Deliveries that may wait; beyond it new ones are given up at once.
const MAX_WAITING: usize = 200_000;

/// How often one event is tried.
const MAX_ATTEMPTS: u32 = 12;

/// The longest pause between two attempts.
const MAX_PAUSE_MS: u64 = 60_000;

/// How long the shop may take to answer one delivery.
const TIMEOUT_MS: u64 = 5_000;

/// The sender of webhooks.
pub(super) struct Deliveries {
    http: HttpClient,
    secret: Secret,
    timings: Timings,
    ledger: Arc<Ledger>,
    in_flight: Semaphore,
    waiting: AtomicUsize,
}

impl Deliveries {
    pub fn new(config: &Config, ledger: Arc<Ledger>) -> Result<Arc<Self>, HttpError> {
        Ok(Arc::new(Self {
            http: HttpClient::new(HttpSettings {
                timeout_ms: TIMEOUT_MS,
                attempts: 1,
            })?,
            secret: config.webhook_secret.clone(),
            timings: config.timings,
            ledger,
            in_flight: Semaphore::new(MAX_IN_FLIGHT),
            waiting: AtomicUsize::new(0),
        }))
    }

    /// Delivers what must arrive before the answer, and starts the delivery of the rest.
    pub async fn send_before_answer(self: &Arc<Self>, news: Vec<News>) {
        for news in news {
            if news.delivery == Delivery::BeforeAnswer && self.attempt(&news).await {
                self.ledger.delivered(news.number, news.index);
            } else {
                self.send(news);
            }
        }
    }

    /// Starts the delivery of events.
    pub fn send_all(self: &Arc<Self>, news: Vec<News>) {
        news.into_iter().for_each(|news| self.send(news));
    }

    /// Starts the delivery of one event.
    pub fn send(self: &Arc<Self>, news: News) {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= MAX_WAITING {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            tracing::warn!(event = %news.event.id, "too many webhooks wait: this one is given up");
            return;
        }
        let deliveries = Arc::clone(self);
        tokio::spawn(async move {
            deliveries.deliver(&news).await;
            deliveries.waiting.fetch_sub(1, Ordering::Relaxed);
        });
    }

    async fn deliver(&self, news: &News) {
        if news.delivery == Delivery::Late {
            tokio::time::sleep(Duration::from_millis(self.timings.late_webhook_ms)).await;
        }
        let mut pause_ms = self.timings.first_retry_ms;
        for _ in 0..MAX_ATTEMPTS {
            if self.attempt(news).await {
                if news.delivery == Delivery::Twice {
                    self.attempt(news).await;
                }
                self.ledger.delivered(news.number, news.index);
                return;
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = pause_ms.saturating_mul(2).min(MAX_PAUSE_MS);
        }
        tracing::warn!(event = %news.event.id, attempts = MAX_ATTEMPTS, "the shop does not take this webhook");
    }

    /// One delivery; whether the shop took it.
    async fn attempt(&self, news: &News) -> bool {
        let Ok(_slot) = self.in_flight.acquire().await else {
            return false;
        };
        let body =
            serde_json::to_vec(&news.event).expect("an event has only fields that JSON can hold");
        let seconds = now_ms() / 1000;
        let signature = standard_webhooks::sign(&self.secret, &news.event.id, seconds, &body);
        let mut headers = HeaderMap::new();
        let text =
            |value: &str| HeaderValue::from_str(value).expect("ids and signatures are plain ASCII");
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        headers.insert(standard_webhooks::ID_HEADER, text(&news.event.id));
        headers.insert(
            standard_webhooks::TIMESTAMP_HEADER,
            HeaderValue::from(seconds),
        );
        headers.insert(standard_webhooks::SIGNATURE_HEADER, text(&signature));
        let call = HttpCall {
            method: Method::POST,
            url: news.url.clone(),
            headers,
            body,
        };
        matches!(self.http.call_once(&call).await, Ok(answer) if (200..300).contains(&answer.status))
    }
}
