//! Keeps the product index at the state of the shelf: filled at the start, then batch by batch.

use crate::health::Health;
use api::app::{App, now_ms};
use commerce::Delta;
use commerce::id::ProductId;
use commerce::world::RecordKind;
use search::SearchError;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use store::Shelf;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Products whose prices are looked at while the shelf is held.
const LOOK_STEP: usize = 1_024;
/// How often reduced goods are looked at between the moments of events: pieces at a price may have run out.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long the thread sleeps at most when nothing is to come.
const SLEEP_MAX: Duration = Duration::from_secs(60 * 60);

/// Fills the index on a thread of its own and follows the shop from then on. The thread ends with the
/// last of those who publish.
///
/// # Errors
/// When the thread cannot be started.
pub fn follow(app: &App, health: &Arc<Health>) -> std::io::Result<()> {
    let (shelf, search, health) = (app.shelf.clone(), app.search.clone(), health.clone());
    let mut feed = app.watch.feed();
    // Waits for the feed and for the moments of events alike.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let thread = thread::Builder::new().name("index".to_string());
    thread.spawn(move || {
        let mut prices = Prices::new(shelf.clone(), search.clone());
        let all = || search.refill(|| shelf.read(), now_ms());
        if tell(all()) {
            health.index_filled();
        }
        prices.look_at_all();
        let change_of = |delta: &Delta| change_of(delta, &search);
        loop {
            let wait = prices.wait();
            let next = async {
                tokio::time::timeout(wait, next(&mut feed, change_of))
                    .await
                    .unwrap_or(Some(Change::nothing()))
            };
            let Some(change) = runtime.block_on(next) else {
                return;
            };
            match change {
                Change::Everything => {
                    tell(all());
                    prices.look_at_all();
                }
                Change::Products {
                    ids,
                    restocked,
                    repriced,
                } => {
                    prices.may_be_reduced(&ids);
                    search.restock(&shelf.read(), restocked);
                    if !ids.is_empty() {
                        let batch = search::Batch::of(&shelf.read(), now_ms(), ids);
                        tell(search.apply(batch));
                    }
                    if repriced {
                        prices.look_at_all();
                    }
                }
            }
            prices.look();
        }
    })?;
    Ok(())
}

/// Keeps the prices in the index at what events make of them: they begin, end, and run out of pieces without a change
/// of any product.
struct Prices {
    shelf: Arc<Shelf>,
    search: Arc<search::Index>,
    /// Goods that were reduced when they were looked at, or may be by now.
    reduced: BTreeSet<ProductId>,
    /// When the next event begins or ends, in UTC milliseconds.
    turns_at: Option<i64>,
    looked_at: Instant,
}

impl Prices {
    fn new(shelf: Arc<Shelf>, search: Arc<search::Index>) -> Self {
        Self {
            shelf,
            search,
            reduced: BTreeSet::new(),
            turns_at: None,
            looked_at: Instant::now(),
        }
    }

    /// How long nothing needs to be looked at.
    fn wait(&self) -> Duration {
        let left = self.turns_at.map_or(SLEEP_MAX, |at| {
            let ms = at.saturating_sub(now_ms());
            Duration::from_millis(u64::try_from(ms).unwrap_or(0))
        });
        let left = left.min(SLEEP_MAX);
        match self.reduced.is_empty() {
            true => left,
            false => left.min(LOOK_EVERY.saturating_sub(self.looked_at.elapsed())),
        }
    }

    /// Looks at what is due.
    fn look(&mut self) {
        if self.turns_at.is_some_and(|at| at <= now_ms()) {
            self.look_at_all();
        } else if !self.reduced.is_empty() && self.looked_at.elapsed() >= LOOK_EVERY {
            let ids: Vec<ProductId> = std::mem::take(&mut self.reduced).into_iter().collect();
            self.look_at(&ids);
        }
    }

    fn may_be_reduced(&mut self, ids: &BTreeSet<ProductId>) {
        if self.shelf.read().has_campaigns() {
            self.reduced.extend(ids);
        }
    }

    /// Looks at all goods: an event began or ended, or somebody changed one.
    fn look_at_all(&mut self) {
        let now = now_ms();
        let ids: Vec<ProductId> = {
            let world = self.shelf.read();
            let moments = world
                .approved_campaigns()
                .flat_map(|c| [c.starts_at, c.ends_at]);
            self.turns_at = moments.filter(|at| *at > now).min();
            // Without events the index is right as it is, but for those that just ended.
            let known = world.loaded_products().map(|p| p.id);
            known
                .filter(|id| world.has_campaigns() || self.reduced.contains(id))
                .collect()
        };
        self.reduced.clear();
        self.look_at(&ids);
    }

    fn look_at(&mut self, ids: &[ProductId]) {
        self.looked_at = Instant::now();
        for step in ids.chunks(LOOK_STEP) {
            let now = now_ms();
            let batch = {
                let world = self.shelf.read();
                let mut changed = Vec::new();
                for product in step.iter().filter_map(|id| world.product(*id)) {
                    let Some(look) = self.search.look_at_price(&world, now, product) else {
                        continue;
                    };
                    if look.is_reduced {
                        self.reduced.insert(product.id);
                    }
                    if look.has_changed {
                        changed.push(product.id);
                    }
                }
                (!changed.is_empty()).then(|| search::Batch::of(&world, now, changed))
            };
            if let Some(batch) = batch {
                tell(self.search.apply(batch));
            }
        }
    }
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
        /// Whether an event was changed: any product may cost something else.
        repriced: bool,
    },
}

impl Change {
    fn nothing() -> Self {
        Self::Products {
            ids: BTreeSet::new(),
            restocked: BTreeSet::new(),
            repriced: false,
        }
    }

    fn and(self, other: Option<Self>) -> Self {
        match (self, other) {
            (change, None) => change,
            (
                Self::Products {
                    mut ids,
                    mut restocked,
                    repriced,
                },
                Some(Self::Products {
                    ids: more,
                    restocked: also,
                    repriced: too,
                }),
            ) => {
                ids.extend(more);
                restocked.extend(also);
                Self::Products {
                    ids,
                    restocked,
                    repriced: repriced || too,
                }
            }
            _ => Self::Everything,
        }
    }
}

/// Waits for the next batch that matters to the index, and takes those that came meanwhile with it;
/// `None` when there will be none.
async fn next(
    feed: &mut Receiver<Arc<Delta>>,
    change_of: impl Fn(&Delta) -> Option<Change>,
) -> Option<Change> {
    let mut change = loop {
        match feed.recv().await {
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
    let repriced = of(RecordKind::Campaign).next().is_some();
    let nothing = ids.is_empty() && restocked.is_empty() && !repriced;
    (!nothing).then_some(Change::Products {
        ids,
        restocked,
        repriced,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_add_up() {
        let products = |ids: &[u64]| Change::Products {
            ids: ids.iter().map(|id| ProductId(*id)).collect(),
            restocked: BTreeSet::from([ProductId(7)]),
            repriced: false,
        };
        let repriced = match Change::nothing() {
            Change::Products { ids, restocked, .. } => Change::Products {
                ids,
                restocked,
                repriced: true,
            },
            Change::Everything => Change::Everything,
        };
        assert_eq!(Change::nothing().and(Some(products(&[3]))), products(&[3]));
        assert!(matches!(
            products(&[1]).and(Some(repriced)),
            Change::Products { repriced: true, .. }
        ));
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
