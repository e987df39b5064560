//! What sells best, from real orders: counted by the database at most once a minute, whoever asks.

use api::App;
use commerce::id::ProductId;
use commerce::switch::Work;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a count is good, in milliseconds.
const FRESH_MS: i64 = 60_000;
/// Variants that are counted; fewer products, as variants of one product are one.
const VARIANTS_MAX: usize = 48;

/// The count and until when it is good.
#[derive(Debug, Default)]
pub struct BestSellers {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    fresh_until: i64,
    products: Arc<[ProductId]>,
}

impl BestSellers {
    /// The products, the best first; none in a shop without orders. While one request counts, others get
    /// what was counted before; so do all if it fails, and while recommendations are shed.
    pub async fn products(&self, app: &App, now: i64) -> Arc<[ProductId]> {
        {
            let mut kept = self.kept();
            if now < kept.fresh_until || app.sheds(Work::Recommendations, now).is_some() {
                return kept.products.clone();
            }
            kept.fresh_until = now + FRESH_MS;
        }
        match app.read(|q| q.best_sellers(VARIANTS_MAX)).await {
            Ok(variants) => {
                let mut products: Vec<ProductId> = Vec::new();
                for product in variants.into_iter().map(|v| v.parent()) {
                    if !products.contains(&product) {
                        products.push(product);
                    }
                }
                app.search.set_best_sellers(&products);
                self.kept().products = products.into();
            }
            Err(error) => tracing::warn!(%error, "best sellers could not be counted"),
        }
        self.kept().products.clone()
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
