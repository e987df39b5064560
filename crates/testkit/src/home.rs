//! Where a test's database lives: a folder for the embedded engine, or a database of its own on the PostgreSQL that
//! the environment names.

use crate::TempFolder;
use store::postgres::scratch::{Scratch, VARIABLE};
use store::{Database, StoreError};

/// A place for one database; it goes away with this.
#[derive(Debug)]
pub struct Home {
    folder: TempFolder,
    scratch: Option<Scratch>,
}

impl Home {
    /// One for the embedded engine.
    pub fn sqlite(purpose: &str) -> Self {
        Self {
            folder: TempFolder::new(purpose),
            scratch: None,
        }
    }

    /// One on PostgreSQL; `None`, and a word on standard error, when the environment names no server.
    ///
    /// # Panics
    /// When the server that is named cannot be used: that is a failure, not a reason to skip.
    pub fn postgres(purpose: &str) -> Option<Self> {
        let scratch = Scratch::make(purpose).expect("the server takes a new database");
        if scratch.is_none() {
            eprintln!(
                "{purpose}: SKIPPED, since {VARIABLE} names no PostgreSQL; `cargo xtask test` brings one"
            );
        }
        Some(Self {
            folder: TempFolder::new(purpose),
            scratch: Some(scratch?),
        })
    }

    /// Opens the database, as one of the servers that work on it.
    ///
    /// # Errors
    /// As for the engine.
    pub fn open(&self) -> Result<Database, StoreError> {
        let location = self.scratch.as_ref().map(Scratch::location);
        Database::open(self.folder.path(), location.as_ref())
    }

    /// The database on PostgreSQL.
    ///
    /// # Panics
    /// For the embedded engine.
    pub fn scratch(&self) -> &Scratch {
        self.scratch.as_ref().expect("it is on PostgreSQL")
    }
}

/// Makes tests of functions that take a [`Home`]: one per engine.
#[macro_export]
macro_rules! on_both_engines {
    ($($test:ident)*) => {
        mod on_sqlite {
            $(#[test] fn $test() {
                super::$test(&$crate::Home::sqlite(stringify!($test)));
            })*
        }
        mod on_postgres {
            $(#[test] fn $test() {
                if let Some(home) = $crate::Home::postgres(stringify!($test)) {
                    super::$test(&home);
                }
            })*
        }
    };
}
