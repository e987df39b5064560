//! Telling the shop: signed webhooks, repeated with growing pauses until the shop takes them, or for good.
//!
//! Everything is bounded: how many are in flight, how many wait, how often each is tried. What is given up is not lost to
//! the shop, which can ask for the payment; after a restart with a journal it is tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connectors::http::HttpError;

use super::ledger::{Ledger, News};
use super::record::Delivery;
use super::{Config, Timings};
use crate::third_party::webhook::{ATTEMPTS_MAX, Poster, longer};

/// Deliveries that may wait; beyond it new ones are given up at once.
const MAX_WAITING: usize = 200_000;

/// The sender of webhooks.
pub(super) struct Deliveries {
    poster: Poster,
    timings: Timings,
    ledger: Arc<Ledger>,
    waiting: AtomicUsize,
}

impl Deliveries {
    pub fn new(config: &Config, ledger: Arc<Ledger>) -> Result<Arc<Self>, HttpError> {
        Ok(Arc::new(Self {
            poster: Poster::new(config.webhook_secret.clone())?,
            timings: config.timings,
            ledger,
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
        for _ in 0..ATTEMPTS_MAX {
            if self.attempt(news).await {
                if news.delivery == Delivery::Twice {
                    self.attempt(news).await;
                }
                self.ledger.delivered(news.number, news.index);
                return;
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = longer(pause_ms);
        }
        tracing::warn!(event = %news.event.id, attempts = ATTEMPTS_MAX, "the shop does not take this webhook");
    }

    /// One delivery; whether the shop took it.
    async fn attempt(&self, news: &News) -> bool {
        self.poster
            .post(&news.url, &news.event.id, &news.event)
            .await
    }
}
