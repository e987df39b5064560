//! An open shop: the data folder's lock, the store with its writer, and what handlers share. `sesame serve`
//! opens one and listens; local commands open one and do not.

use crate::driver::{self, Followers, Handle};
use crate::health::Health;
use crate::index;
use api::admission::Admission;
use api::app::{App, AppConfig, Door, Ids, Watch};
use commerce::World;
use commerce::event::Effect;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::sqlite::SqliteStore;
use store::{Reader, Shelf, Start, Store, StoreError, private};
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
    #[error("opening the shop in {folder} failed: {source}")]
    Store {
        /// The folder.
        folder: PathBuf,
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
    folder: PathBuf,
    lock: File,
    /// The database, for secrets.
    pub store: SqliteStore,
    start: Start,
}

/// A shop whose writer runs.
pub struct Shop {
    /// What handlers share.
    pub app: App,
    /// Effects from before the start.
    pub effects: Vec<Effect>,
    /// The first id that no row has.
    writer: Handle,
    _lock: File,
}

impl Opened {
    /// Opens the shop in a folder; makes both if they are not there.
    ///
    /// # Errors
    /// As [`ShopError`] says; nothing was changed then.
    pub fn open(folder: &Path) -> Result<Self, ShopError> {
        let lock = lock_folder(folder)?;
        let broken = |source| ShopError::Store {
            folder: folder.to_path_buf(),
            source,
        };
        let mut store = SqliteStore::open(folder).map_err(broken)?;
        let start = store.start().map_err(broken)?;
        Ok(Self {
            folder: folder.to_path_buf(),
            lock,
            store,
            start,
        })
    }

    /// A secret that is kept with the data.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn secret(
        &mut self,
        key: &str,
        make: impl FnOnce() -> String,
    ) -> Result<String, ShopError> {
        self.store
            .secret(key, make)
            .map_err(|source| ShopError::Store {
                folder: self.folder.clone(),
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
        let Start {
            resident,
            sequences,
            fresh_from,
            effects,
        } = self.start;
        let broken = |source| ShopError::Store {
            folder: self.folder.clone(),
            source,
        };
        let reader: Reader = Arc::new(self.store.reader());
        let levels = self.store.all_levels().map_err(broken)?;
        let shelf = Arc::new(Shelf::load(&*reader, levels).map_err(broken)?);
        let search = search::Index::new().map_err(setup("the product index"))?;
        let watch = Arc::new(Watch::default());
        metrics::gauge!("sesame_feed_position").set(sequences.event.saturating_sub(1) as f64);
        let (queue, jobs) = std::sync::mpsc::sync_channel(QUEUE_MAX);
        let app = App {
            door: Door::new(queue),
            reader,
            shelf: shelf.clone(),
            search: Arc::new(search),
            ids: Arc::new(Ids::new(0, fresh_from)),
            watch: watch.clone(),
            config: Arc::new(config),
            admission: admission.clone(),
        };
        index::follow(&app, health).map_err(setup("the product index"))?;
        let writer = Writer::new(World::new(resident, sequences, fresh_from));
        let followers = Followers {
            shelf,
            watch,
            health: health.clone(),
            admission,
        };
        let writer = driver::start(self.store, writer, jobs, followers)
            .map_err(setup("the writer's thread"))?;
        Ok(Shop {
            app,
            effects,
            writer,
            _lock: self.lock,
        })
    }
}

impl Shop {
    /// Waits until the writer has answered what it accepted, and frees the folder.
    pub async fn close(self) {
        let Self { app, writer, .. } = self;
        drop(app);
        let joined = tokio::task::spawn_blocking(move || writer.finish()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer's thread ended early");
        }
    }
}
