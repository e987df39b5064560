//! The big screen: one task counts the day as batches become durable, renders it up to ten times a second, and all
//! screens get the same bytes. A screen that is slow misses frames; nobody ever waits for it, least of all the writer.
//!
//! The task begins with the first screen: a shop that has none pays nothing. It reads the day so far from the feed,
//! so that its figures are the same whenever it begins.

mod frame;
mod links;
mod live;
mod records;
mod replay;
pub(crate) mod time;

pub use frame::Frame;
pub use links::{Link, LinkError, Links, NewLink};
pub use records::Records;
pub use replay::{Replay, ReplayPlan, SPEED_MAX};
pub use time::{day_of, span_at, span_of, zone_of};

use crate::app::App;
use ::screen::Milestones;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Semaphore, watch};

/// Screens at once.
pub const SCREENS_MAX: usize = 200;
/// Replays at once: each reads for itself.
pub const REPLAYS_MAX: usize = 4;

/// All screens of this server.
pub struct Screens {
    frames: watch::Sender<Arc<Frame>>,
    has_begun: AtomicBool,
    milestones: Milestones,
    /// Links for walls, which have no keyboard to sign in with.
    pub links: Links,
    /// A place for each screen.
    pub seats: Arc<Semaphore>,
    /// A place for each replay.
    pub replays: Arc<Semaphore>,
}

impl Default for Screens {
    /// Without links, with the milestones that nobody chose.
    fn default() -> Self {
        Self::new(Links::in_memory(), Milestones::default())
    }
}

impl Screens {
    /// Screens with these links, and with milestones in whole units of money.
    pub fn new(links: Links, milestones: Milestones) -> Self {
        Self {
            frames: watch::channel(Arc::default()).0,
            has_begun: AtomicBool::new(false),
            milestones,
            links,
            seats: Arc::new(Semaphore::new(SCREENS_MAX)),
            replays: Arc::new(Semaphore::new(REPLAYS_MAX)),
        }
    }

    /// What is shown, from now on. Within the runtime: the first call begins to count.
    pub fn watch(self: &Arc<Self>, app: &App) -> watch::Receiver<Arc<Frame>> {
        if !self.has_begun.swap(true, Ordering::AcqRel) {
            tokio::spawn(live::follow(self.clone(), app.clone()));
        }
        self.frames.subscribe()
    }

    /// The milestones of each day.
    pub fn milestones(&self) -> Milestones {
        self.milestones.clone()
    }
}
