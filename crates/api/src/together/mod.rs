//! "Bought together", from real orders: a reader of the ordered feed that counts each confirmed purchase once, beside the
//! writer and never in its way.
//!
//! What was counted is kept in a file of the data folder every few minutes and at the end, with the position of the
//! last event in it: a start goes on from there. Without the file it reads the feed of the last `HISTORY_MS` in the
//! background, page by page with pauses, and offers what it knows so far. Where several servers work on one database,
//! each counts for itself.

mod file;
mod pairs;

pub use pairs::{BASKET_MAX, PARTNERS, PRODUCTS_MAX};

use crate::app::{App, now_ms};
use ::screen::position_at;
use commerce::Delta;
use commerce::event::{Event, What};
use commerce::id::{GroupId, ProductId};
use commerce::order::Group;
use file::Kept;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use store::StoreError;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// How far back a start without a file reads, in milliseconds: 90 days.
const HISTORY_MS: i64 = 90 * 24 * 60 * 60 * 1_000;
/// Events read at once.
const PAGE: usize = 1_000;
/// The pause between two pages, so that shoppers' questions go first.
const BREATH: Duration = Duration::from_millis(20);
/// The pause after the feed could not be read.
const PAUSE: Duration = Duration::from_secs(2);
/// How often what was counted is kept.
const KEEP: Duration = Duration::from_secs(300);

/// What is bought together, as far as it is counted.
#[derive(Debug, Default)]
pub struct Together(RwLock<Kept>);

impl Together {
    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Kept> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is bought together with a product, the most telling first.
    pub fn partners(&self, product: ProductId) -> Vec<ProductId> {
        self.read().pairs.partners(product)
    }

    /// What is bought together with several products, none of which is among it.
    pub fn partners_of(&self, products: &[ProductId]) -> Vec<ProductId> {
        self.read().pairs.partners_of(products)
    }

    /// The position of the last event that was counted.
    pub fn position(&self) -> u64 {
        self.read().position
    }

    /// Counts events in order; those that were counted before do not count again. `group` gives the order group that one
    /// speaks of. Says whether they follow what was counted without a gap; else nothing is counted.
    fn take<'g>(&self, events: &[Event], group: impl Fn(GroupId) -> Option<&'g Group>) -> bool {
        let mut kept = self.write();
        let new = events.partition_point(|e| e.position <= kept.position);
        let new = &events[new..];
        if new.first().is_some_and(|e| e.position != kept.position + 1) {
            return false;
        }
        for event in new {
            if let What::GroupConfirmed { group: id } = event.what
                && let Some(group) = group(id)
            {
                kept.pairs.count(group.lines().map(|l| l.variant.parent()));
            }
            (kept.position, kept.at) = (event.position, event.at);
        }
        true
    }
}

/// Counts until `stopped` is over, then keeps what was counted. `folder` is where.
pub async fn follow(app: App, folder: PathBuf, stopped: impl Future<Output = ()>) {
    // Before the feed is read: what comes meanwhile waits here, or is read once more.
    let mut feed = app.watch.feed();
    let mut elsewhere = app.watch.elsewhere();
    let counting = async {
        begin(&app, &folder).await;
        catch_up(&app).await;
        let mut keep = interval(KEEP);
        keep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                news = feed.recv() => match news {
                    Ok(delta) if follows(&app, &delta) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => catch_up(&app).await,
                    Err(RecvError::Closed) => return,
                },
                // Other servers' batches name no groups.
                changed = elsewhere.changed() => match changed {
                    Ok(()) => catch_up(&app).await,
                    Err(_) => return,
                },
                _ = keep.tick() => keep_now(&app, &folder).await,
            }
        }
    };
    tokio::select! {
        () = counting => {}
        () = stopped => {}
    }
    keep_now(&app, &folder).await;
}

/// Counts a batch as it became durable; says whether that could be done.
fn follows(app: &App, delta: &Delta) -> bool {
    let of = |id| {
        let at = delta.groups.binary_search_by_key(&id, |(_, g)| g.id).ok()?;
        Some(&*delta.groups[at].1)
    };
    // A confirmed group is always among those that its batch changed.
    app.together.take(&delta.events, of)
}

/// Goes on from what was kept, if it is of this database; else from some time ago.
async fn begin(app: &App, folder: &Path) {
    loop {
        let folder = folder.to_path_buf();
        let found = app.read(move |reader| {
            if let Some(kept) = file::read(&folder) {
                let before = kept.position.saturating_sub(1);
                let last = reader.events(before, 1)?.into_iter().next();
                let is_ours = |e: Event| (e.position, e.at) == (kept.position, kept.at);
                if kept.position > 0 && last.is_some_and(is_ours) {
                    return Ok(kept);
                }
            }
            Ok(Kept {
                position: position_at(reader, now_ms() - HISTORY_MS)?,
                ..Kept::default()
            })
        });
        match found.await {
            Ok(kept) => {
                *app.together.write() = kept;
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "what is bought together cannot be read");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Reads on to the end of the feed, however often that takes.
async fn catch_up(app: &App) {
    loop {
        match read_on(app).await {
            Ok(true) => sleep(BREATH).await,
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(%error, "what is bought together cannot be counted");
                sleep(PAUSE).await;
            }
        }
    }
}

/// Reads a page; says whether there may be more.
async fn read_on(app: &App) -> Result<bool, StoreError> {
    let after = app.together.position();
    let (events, groups) = app
        .read(move |reader| {
            let events = reader.events(after, PAGE)?;
            let mut groups = Vec::new();
            for event in &events {
                if let What::GroupConfirmed { group } = event.what {
                    groups.extend(reader.group(group)?);
                }
            }
            groups.sort_by_key(|g: &Group| g.id);
            Ok((events, groups))
        })
        .await?;
    let of = |id| {
        let at = groups.binary_search_by_key(&id, |g| g.id).ok()?;
        Some(&groups[at])
    };
    app.together.take(&events, of);
    Ok(events.len() == PAGE)
}

/// Keeps what was counted. What fails costs a start some reading, and nothing else.
async fn keep_now(app: &App, folder: &Path) {
    let kept = app.together.read().clone();
    if kept.position == 0 {
        return;
    }
    let folder = folder.to_path_buf();
    let written = tokio::task::spawn_blocking(move || file::write(&folder, &kept)).await;
    match written {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "what is bought together could not be kept"),
        Err(error) => tracing::error!(%error, "keeping what is bought together ended early"),
    }
}
