//! An open shop: the data folder's lock, the store with its writer, and what handlers share. `sesame serve`
//! opens one and listens; local commands open one and do not.

use crate::driver::{self, Followers, Handle};
use crate::follow::{Follower, Publisher};
use crate::health::Health;
use crate::index;
use api::admission::Admission;
use api::app::{App, AppConfig, Door, Ids, Watch};
use api::traffic::Traffic;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::postgres::Location;
use store::{Database, Reader, Recent, Shelf, Start, Store, StoreError, private};
use tokio::sync::watch;
use writer::{QUEUE_MAX, Writer};

/// Why a shop could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// Another server works on the same data.
    #[error("another server is using {0}: stop it, or choose another folder with --data")]
    Locked(PathBuf),
    /// The folder cannot be used.
    #[error(
        "the data folder {folder} cannot be used: {source}; check that it is a folder this user may write to"
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error("opening the shop in {place} failed: {source}")]
    Store {
        /// The folder or the database.
        place: String,
        /// What the store says.
        source: StoreError,
    },
    /// A part could not be set up.
    #[error("setting up {part} failed: {reason}")]
    Setup {
        /// The part.
        part: &'static str,
        /// Why.
        reason: String,
    },
}

/// Turns a part's error into ours.
pub fn setup<E: std::fmt::Display>(part: &'static str) -> impl Fn(E) -> ShopError {
    move |reason| ShopError::Setup {
        part,
        reason: reason.to_string(),
    }
}

/// Does work that blocks, such as talking to a database server, away from the asynchronous runtime's threads.
///
/// # Panics
/// When the work does.
pub fn off_runtime<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let done = std::thread::scope(|scope| scope.spawn(work).join());
    done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Takes the lock that keeps a second server off the folder. It is freed when the file is closed.
///
/// # Errors
/// When another process has it, or the folder cannot be used.
pub fn lock_folder(folder: &Path) -> Result<File, ShopError> {
    let unusable = |source| ShopError::Folder {
        folder: folder.to_path_buf(),
        source,
    };
    private::make_folder(folder).map_err(unusable)?;
    let file = private::open_file(&folder.join("lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ShopError::Locked(folder.to_path_buf())),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// The data of a shop, opened and locked, before anything runs.
pub struct Opened {
    /// Where it is, as errors say it.
    place: String,
    lock: File,
    store: Database,
    start: Start,
    media: media::Library,
}

/// A shop whose writer runs.
pub struct Shop {
    /// What handlers share.
    pub app: App,
    follower: Follower,
    writer: Handle,
    _lock: File,
}

impl Opened {
    /// Opens the shop in a folder, with its database there or on a server; makes them if they are not there.
    ///
    /// # Errors
    /// As [`ShopError`] says; nothing was changed then.
    pub fn open(folder: &Path, server: Option<&Location>) -> Result<Self, ShopError> {
        let lock = lock_folder(folder)?;
        let place = server.map_or_else(|| folder.display().to_string(), Location::to_string);
        let opened = off_runtime(|| {
            let mut store = Database::open(folder, server)?;
            let start = store.start()?;
            Ok((store, start))
        });
        match opened {
            Ok((store, start)) => Ok(Self {
                place,
                lock,
                store,
                start,
                media: media::Library::open(folder).map_err(setup("the pictures"))?,
            }),
            Err(source) => Err(ShopError::Store { place, source }),
        }
    }

    /// A secret that is kept with the data.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn secret(
        &mut self,
        key: &str,
        make: impl FnOnce() -> String + Send,
    ) -> Result<String, ShopError> {
        let store = &mut self.store;
        off_runtime(|| store.secret(key, make)).map_err(|source| ShopError::Store {
            place: self.place.clone(),
            source,
        })
    }

    /// Fills the read models and starts the writer.
    ///
    /// # Errors
    /// As [`ShopError`] says.
    pub fn run(
        self,
        config: AppConfig,
        admission: Arc<Admission>,
        health: &Arc<Health>,
    ) -> Result<Shop, ShopError> {
        let (start, store) = (self.start, self.store);
        let reader: Reader = store.reader();
        let shelf = off_runtime(|| Shelf::load(&*reader, reader.levels()?));
        let shelf = shelf.map_err(|source| ShopError::Store {
            place: self.place.clone(),
            source,
        })?;
        let shelf = Arc::new(shelf);
        let recent = Arc::new(match store.is_shared() {
            true => Recent::default(),
            false => Recent::of_one_writer(),
        });
        let search = search::Index::new();
        let watch = Arc::new(Watch::default());
        metrics::gauge!("sesame_feed_position").set(start.sequences.event.saturating_sub(1) as f64);
        let (queue, jobs) = std::sync::mpsc::sync_channel(QUEUE_MAX);
        let app = App {
            door: Door::new(queue),
            reader: reader.clone(),
            shelf: shelf.clone(),
            recent: recent.clone(),
            search: Arc::new(search),
            media: Arc::new(self.media),
            ids: Arc::new(Ids::new(store.node(), start.fresh_from)),
            watch: watch.clone(),
            config: Arc::new(config),
            admission: admission.clone(),
            together: Arc::default(),
            sourcing: Default::default(),
            timetables: Default::default(),
            delays: Default::default(),
            traffic: Arc::new(Traffic::kept_in(store.visit_log())),
        };
        index::follow(&app, health).map_err(setup("the product index"))?;
        let last = store.last_batch();
        let publisher = Arc::new(Publisher::new((shelf, recent), watch, reader, last));
        let follower = Follower::start(store.feed(), publisher.clone())
            .map_err(setup("the follower's thread"))?;
        let writer = Writer::new(driver::world(start));
        let followers = Followers {
            publisher,
            health: health.clone(),
            admission,
        };
        let writer =
            driver::start(store, writer, jobs, followers).map_err(setup("the writer's thread"))?;
        Ok(Shop {
            app,
            follower,
            writer,
            _lock: self.lock,
        })
    }
}

impl Shop {
    /// Whether this server carries out what only one of several may.
    pub fn leads(&self) -> watch::Receiver<bool> {
        self.follower.leads.clone()
    }

    /// Writes the last visits, waits until the writer has answered what it accepted, and frees the folder.
    pub async fn close(self) {
        let Self {
            app,
            writer,
            follower,
            ..
        } = self;
        if let Err(error) = app.traffic.write().await {
            tracing::warn!(%error, "the last visits are lost: they cannot be written");
        }
        drop(app);
        let ended = move || {
            follower.finish();
            writer.finish()
        };
        let joined = tokio::task::spawn_blocking(ended).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer's thread ended early");
        }
    }
}
