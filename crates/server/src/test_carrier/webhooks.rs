//! Telling the shop what was seen of its parcels, again until it takes it.

use std::sync::Arc;
use std::time::Duration;

use connectors::http::HttpError;
use connectors::test_carrier::wire::Event;

use super::book::Book;
use super::journey::Travel;
use super::{Config, Pace};
use crate::third_party::webhook::{ATTEMPTS_MAX, Poster, longer};

/// A sighting on its way to the shop.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// Where to.
    pub url: String,
    /// The sighting's place on its parcel's way.
    pub index: usize,
    /// How.
    pub travel: Travel,
    /// What.
    pub event: Event,
}

/// The sender of webhooks.
pub(super) struct Deliveries {
    poster: Poster,
    pace: Pace,
    book: Arc<Book>,
}

impl Deliveries {
    pub fn new(config: &Config, book: Arc<Book>) -> Result<Arc<Self>, HttpError> {
        Ok(Arc::new(Self {
            poster: Poster::new(config.webhook_secret.clone())?,
            pace: config.pace,
            book,
        }))
    }

    /// Starts the delivery of one sighting.
    pub fn send(self: &Arc<Self>, news: News) {
        let deliveries = Arc::clone(self);
        tokio::spawn(async move { deliveries.deliver(&news).await });
    }

    async fn deliver(&self, news: &News) {
        if news.travel == Travel::Late {
            // One and a half steps: the next sighting comes first.
            let late_ms = (self.pace.step_ms * 3 / 2).unsigned_abs();
            tokio::time::sleep(Duration::from_millis(late_ms)).await;
        }
        let mut pause_ms = self.pace.first_retry_ms;
        for _ in 0..ATTEMPTS_MAX {
            if self.attempt(news).await {
                if news.travel == Travel::Twice {
                    self.attempt(news).await;
                }
                self.book.told(&news.event.number, news.index);
                return;
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms = longer(pause_ms);
        }
        // It is told again after a restart, and whoever asks hears of it.
        tracing::warn!(event = %news.event.id, "the shop does not take this webhook");
    }

    async fn attempt(&self, news: &News) -> bool {
        self.poster
            .post(&news.url, &news.event.id, &news.event)
            .await
    }
}
