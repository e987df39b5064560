//! Keeps the product index at the state of the shelf: filled at the start, then batch by batch.

use crate::health::Health;
use api::app::App;
use commerce::Delta;
use commerce::id::ProductId;
use commerce::world::RecordKind;
use search::SearchError;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Fills the index on a thread of its own and follows the shop from then on. The thread ends with the
/// last of those who publish.
///
/// # Errors
/// When the thread cannot be started.
pub fn follow(app: &App, health: &Arc<Health>) -> std::io::Result<()> {
    let (shelf, search, health) = (app.shelf.clone(), app.search.clone(), health.clone());
    let mut feed = app.watch.feed();
    let thread = thread::Builder::new().name("index".to_string());
    thread.spawn(move || {
        let all = || search.refill(|| shelf.read());
        if tell(all()) {
            health.index_filled();
        }
        let change_of = |delta: &Delta| change_of(delta, &search);
        while let Some(change) = next(&mut feed, change_of) {
            tell(match change {
                Change::Everything => all(),
                Change::Products { ids, restocked } => {
                    let batch = search::Batch::of(&shelf.read(), ids);
                    search.restock(&shelf.read(), restocked);
                    search.apply(batch)
                }
            });
        }
    })?;
    Ok(())
}

fn tell(result: Result<(), SearchError>) -> bool {
    if let Err(error) = &result {
        tracing::error!(%error, "the product index is behind");
    }
    result.is_ok()
}

/// What must be indexed anew.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    /// So much that single products are not told.
    Everything,
    /// Single products.
    Products {
        /// Those that are now something else.
        ids: BTreeSet<ProductId>,
        /// Those that can now be had elsewhere.
        restocked: BTreeSet<ProductId>,
    },
}

impl Change {
    fn and(self, other: Option<Self>) -> Self {
        match (self, other) {
            (change, None) => change,
            (
                Self::Products {
                    mut ids,
                    mut restocked,
                },
                Some(Self::Products {
                    ids: more,
                    restocked: also,
                }),
            ) => {
                ids.extend(more);
                restocked.extend(also);
                Self::Products { ids, restocked }
            }
            _ => Self::Everything,
        }
    }
}

/// Waits for the next batch that matters to the index, and takes those that came meanwhile with it;
/// `None` when there will be none.
fn next(
    feed: &mut Receiver<Arc<Delta>>,
    change_of: impl Fn(&Delta) -> Option<Change>,
) -> Option<Change> {
    let mut change = loop {
        match feed.blocking_recv() {
            Ok(delta) => match change_of(&delta) {
                Some(change) => break change,
                None => continue,
            },
            Err(RecvError::Lagged(_)) => break Change::Everything,
            Err(RecvError::Closed) => return None,
        }
    };
    loop {
        match feed.try_recv() {
            Ok(delta) => change = change.and(change_of(&delta)),
            Err(TryRecvError::Lagged(_)) => change = Change::Everything,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(change),
        }
    }
}

fn change_of(delta: &Delta, search: &search::Index) -> Option<Change> {
    let of = |kind: RecordKind| delta.records.iter().filter(move |r| r.kind() == kind);
    // A product is found by its categories' names, and where it can be had depends on what is done at its places.
    let wide = [RecordKind::Category, RecordKind::Location];
    if wide.into_iter().any(|kind| of(kind).next().is_some()) {
        return Some(Change::Everything);
    }
    let ids: BTreeSet<_> = of(RecordKind::Product).map(|r| ProductId(r.id())).collect();
    let levels = delta.levels.iter();
    let restocked = levels.filter_map(|(variant, place, level)| {
        let product = variant.parent();
        let turned = search.is_restocked(product, *place, level.available() > 0);
        (turned && !ids.contains(&product)).then_some(product)
    });
    let restocked: BTreeSet<_> = restocked.collect();
    let nothing = ids.is_empty() && restocked.is_empty();
    (!nothing).then_some(Change::Products { ids, restocked })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_add_up() {
        let products = |ids: &[u64]| Change::Products {
            ids: ids.iter().map(|id| ProductId(*id)).collect(),
            restocked: BTreeSet::from([ProductId(7)]),
        };
        assert_eq!(
            products(&[1]).and(Some(products(&[2, 1]))),
            products(&[1, 2])
        );
        assert_eq!(products(&[1]).and(None), products(&[1]));
        assert_eq!(
            products(&[1]).and(Some(Change::Everything)),
            Change::Everything
        );
        assert_eq!(
            Change::Everything.and(Some(products(&[1]))),
            Change::Everything
        );
    }
}
