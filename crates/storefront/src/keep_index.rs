//! Keeps the product index in step with the shelf: filled at start, changed with every batch that
//! saves products, rebuilt when a category changes or when the feed was missed.

use api::App;
use commerce::event::What;
use commerce::id::ProductId;
use commerce::world::{Delta, RecordKind};
use search::Batch;
use std::collections::BTreeSet;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Batches that are taken together when many are waiting, as during an import.
const BATCHES_TOGETHER: usize = 256;

/// What a stretch of the feed means for the index.
#[derive(Debug, Default, PartialEq, Eq)]
struct Change {
    products: BTreeSet<ProductId>,
    /// Names of categories stand in every product's entry below them.
    everything: bool,
}

impl Change {
    fn note(&mut self, delta: &Delta) {
        for event in &delta.events {
            let What::RecordSaved { record, id } = event.what else {
                continue;
            };
            match record {
                RecordKind::Product => {
                    self.products.insert(ProductId(id));
                }
                RecordKind::Category => self.everything = true,
                _ => {}
            }
        }
    }
}

/// Fills the index and follows the feed until the server stops. An index that cannot be written is
/// reported, and tried again with the next change.
pub async fn keep_index(app: App) {
    let mut feed = app.watch.feed();
    apply(
        &app,
        Change {
            everything: true,
            ..Change::default()
        },
    )
    .await;
    while let Some(change) = next(&mut feed).await {
        if change != Change::default() {
            apply(&app, change).await;
        }
    }
}

/// What the next batches change; `None` when the feed has ended.
async fn next(feed: &mut Receiver<std::sync::Arc<Delta>>) -> Option<Change> {
    let mut change = Change::default();
    match feed.recv().await {
        Ok(delta) => change.note(&delta),
        Err(RecvError::Lagged(_)) => change.everything = true,
        Err(RecvError::Closed) => return None,
    }
    for _ in 0..BATCHES_TOGETHER {
        let Ok(delta) = feed.try_recv() else {
            break;
        };
        change.note(&delta);
    }
    Some(change)
}

async fn apply(app: &App, change: Change) {
    let app = app.clone();
    let done = tokio::task::spawn_blocking(move || {
        let batch = {
            let world = app.shelf.read();
            if change.everything {
                Batch::all(&world)
            } else {
                Batch::of(&world, change.products)
            }
        };
        app.search.apply(batch)
    });
    match done.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::error!(%error, "the product index was not changed"),
        Err(error) => tracing::error!(%error, "indexing failed"),
    }
}
