//! The database of a shop, whichever engine it is.

use crate::postgres::{Location, PostgresStore};
use crate::sqlite::SqliteStore;
use crate::turn::{Feed, Turn};
use crate::visits::VisitLog;
use crate::{Load, Reader, Start, Store, StoreError};
use commerce::world::Delta;
use std::path::Path;
use std::sync::Arc;

/// The write side of a shop's database.
#[allow(
    clippy::large_enum_variant,
    reason = "there is one per process, and it is moved a few times at the start"
)]
pub enum Database {
    /// The embedded engine.
    Sqlite(SqliteStore),
    /// A server beside the shop.
    Postgres(PostgresStore),
}

impl Database {
    /// Opens the database at a location, or the embedded one in the data folder when there is none.
    ///
    /// # Errors
    /// As for the engines.
    pub fn open(folder: &Path, location: Option<&Location>) -> Result<Self, StoreError> {
        match location {
            None => SqliteStore::open(folder).map(Self::Sqlite),
            Some(location) => PostgresStore::open(location).map(Self::Postgres),
        }
    }

    /// Read access.
    pub fn reader(&self) -> Reader {
        match self {
            Self::Sqlite(store) => Arc::new(store.reader()),
            Self::Postgres(store) => Arc::new(store.reader()),
        }
    }

    /// What writes counts of visits, beside the write side.
    pub fn visit_log(&self) -> VisitLog {
        match self {
            Self::Sqlite(store) => store.visit_log(),
            Self::Postgres(store) => store.visit_log(),
        }
    }

    /// A follower of what other servers write from now on; `None` where there can be none.
    pub fn feed(&self) -> Option<Box<dyn Feed>> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(store) => Some(Box::new(store.feed())),
        }
    }

    /// This server's number among those on the database, from 0 to 15: ids are made with it.
    pub fn node(&self) -> u8 {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(store) => store.node(),
        }
    }

    /// A secret kept with the data, made by `make` when there is none yet.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn secret(
        &mut self,
        key: &str,
        make: impl FnOnce() -> String,
    ) -> Result<String, StoreError> {
        match self {
            Self::Sqlite(store) => store.secret(key, make),
            Self::Postgres(store) => store.secret(key, make),
        }
    }

    fn as_store(&self) -> &dyn Store {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => store,
        }
    }

    fn store(&mut self) -> &mut dyn Store {
        match self {
            Self::Sqlite(store) => store,
            Self::Postgres(store) => store,
        }
    }
}

impl Store for Database {
    fn start(&mut self) -> Result<Start, StoreError> {
        self.store().start()
    }

    fn loader(&mut self) -> Result<Box<dyn Load>, StoreError> {
        self.store().loader()
    }

    fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
        self.store().commit(delta)
    }

    fn try_write(&mut self) -> Result<(), StoreError> {
        self.store().try_write()
    }

    fn idle(&mut self, now: i64) -> Result<(), StoreError> {
        self.store().idle(now)
    }

    fn take_turn(&mut self) -> Result<Turn, StoreError> {
        self.store().take_turn()
    }

    fn give_turn(&mut self) -> Result<(), StoreError> {
        self.store().give_turn()
    }

    fn is_turn_wanted(&mut self) -> Result<bool, StoreError> {
        self.store().is_turn_wanted()
    }

    fn is_shared(&self) -> bool {
        self.as_store().is_shared()
    }

    fn has_turn(&self) -> bool {
        self.as_store().has_turn()
    }

    fn last_batch(&self) -> u64 {
        self.as_store().last_batch()
    }
}
