//! Tells those who follow the shop of every durable batch, in order: of our own as the writer commits them, and, where
//! several servers work on one database, of those of others.
//!
//! Rows of other servers' batches are read when they are heard of, so they may be newer than their batch, never older
//! than what was told before.

use api::app::Watch;
use commerce::Delta;
use commerce::world::RecordKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::{Feed, ForeignBatch, News, Reader, Recent, Shelf, StoreError};
use tokio::sync::watch;

/// How long the follower waits for a word before it looks by itself.
const LOOK: Duration = Duration::from_millis(500);
/// The pause after the database could not be reached.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells those who follow.
pub struct Publisher {
    shelf: Arc<Shelf>,
    recent: Arc<Recent>,
    watch: Arc<Watch>,
    reader: Reader,
    /// The number of the last batch that was told of, among those of all servers.
    last: Mutex<u64>,
}

impl Publisher {
    /// Tells of batches from the one after `last` on.
    pub fn new(
        (shelf, recent): (Arc<Shelf>, Arc<Recent>),
        watch: Arc<Watch>,
        reader: Reader,
        last: u64,
    ) -> Self {
        Self {
            shelf,
            recent,
            watch,
            reader,
            last: Mutex::new(last),
        }
    }

    fn last(&self) -> MutexGuard<'_, u64> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A batch of this server is durable. If later ones were told of already, because the word that it is came
    /// late, they are told once more when the turn is taken next: their rows are newer.
    pub fn own(&self, number: u64, delta: &Arc<Delta>) {
        let mut last = self.last();
        *last = number;
        self.shelf.publish(delta);
        self.recent.publish(delta);
        self.watch.publish(delta);
    }

    /// Batches of other servers are durable. Whoever hears of them first tells.
    pub fn foreign(&self, batch: &ForeignBatch) {
        let mut last = self.last();
        if batch.number <= *last {
            return;
        }
        *last = batch.number;
        let delta = Arc::new(batch.delta.clone());
        self.shelf.publish_up_to(&delta, Some(batch.position));
        let awaited = self.watch.awaited(&batch.groups).into_iter();
        let groups: Vec<_> = awaited
            .filter_map(|id| match self.reader.group(id) {
                Ok(group) => group.map(Arc::new),
                Err(error) => {
                    tracing::warn!(%error, "who waits for an order is not told of its change");
                    None
                }
            })
            .collect();
        self.watch.publish_elsewhere(&delta, &groups);
        metrics::gauge!("sesame_feed_position").set(batch.position as f64);
    }

    /// So much was missed that everything is read anew, up to a batch.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn everything(&self) -> Result<(), StoreError> {
        let _last = self.last();
        self.shelf.reload(&*self.reader)?;
        let records = self.reader.records(RecordKind::Category)?;
        let delta = Arc::new(Delta {
            records: records.into_iter().map(Arc::new).collect(),
            effects: self.reader.effects(0, usize::MAX >> 1)?,
            ..Delta::default()
        });
        self.watch.publish_elsewhere(&delta, &[]);
        Ok(())
    }
}

/// The thread that follows other servers.
pub struct Follower {
    thread: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    /// Whether this server carries out what only one may.
    pub leads: watch::Receiver<bool>,
    /// While it is there, those who wait to lead wait on.
    _sender: Arc<watch::Sender<bool>>,
}

impl Follower {
    /// Follows a feed; without one there are no others, and this server leads.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(feed: Option<Box<dyn Feed>>, publisher: Arc<Publisher>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, leads) = watch::channel(feed.is_none());
        let sender = Arc::new(sender);
        let thread = match feed {
            None => None,
            Some(feed) => {
                let (sender, stopped) = (sender.clone(), stop.clone());
                let thread = std::thread::Builder::new().name("follower".to_string());
                Some(thread.spawn(move || follow(feed, &publisher, &sender, &stopped))?)
            }
        };
        Ok(Self {
            thread,
            stop,
            leads,
            _sender: sender,
        })
    }

    /// Ends the thread. Blocks.
    pub fn finish(self) {
        self.stop.store(true, Ordering::Release);
        if self.thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the follower's thread ended early");
        }
    }
}

fn follow(
    mut feed: Box<dyn Feed>,
    publisher: &Publisher,
    leads: &watch::Sender<bool>,
    stop: &AtomicBool,
) {
    let mut is_cut_off = false;
    while !stop.load(Ordering::Acquire) {
        let heard = feed.news(LOOK).and_then(|news| match news {
            News::Nothing => Ok(()),
            News::Batch(batch) => {
                publisher.foreign(&batch);
                Ok(())
            }
            News::Everything => publisher.everything(),
        });
        let leading = heard.and_then(|()| feed.leads());
        match &leading {
            Ok(_) => is_cut_off = false,
            Err(error) if !is_cut_off => {
                tracing::warn!(%error, "what other servers write cannot be followed");
                is_cut_off = true;
            }
            Err(_) => {}
        }
        if is_cut_off {
            std::thread::park_timeout(PAUSE);
        }
        let now = leading.unwrap_or(false);
        leads.send_if_modified(|was| std::mem::replace(was, now) != now);
    }
}
