//! The embedded engine: one SQLite file in WAL mode, one writing connection, pooled reading ones.

mod backup;
pub mod bench_support;
mod commit;
mod load;
mod read;

pub use backup::{copy, verify};
pub use read::SqliteReader;

use crate::{Start, Store, StoreError, codec, private};
use commerce::world::{Delta, KeySet, RecordKind, Rows, Sequences};
use rusqlite::{Connection, OpenFlags, params};
use std::path::{Path, PathBuf};

/// The schema's migrations in order; a database's version is how many were applied.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/0001_start.sql")];
/// The file's name in the data folder.
pub const FILE_NAME: &str = "sesame.db";
/// How long a connection waits for another's lock, in milliseconds.
const BUSY_MS: u64 = 10_000;
/// Prepared statements kept per connection.
const STATEMENTS_MAX: usize = 128;
/// Pages of the write-ahead log (4 KiB each) between checkpoints.
const CHECKPOINT_PAGES: u32 = 4_000;
/// What is written to find out whether the disk has room again, in bytes.
const PROBE_BYTES: i64 = 1_048_576;

/// The write side over one SQLite file.
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
}

impl SqliteStore {
    /// Opens or makes the database in a folder and brings its schema up to date.
    ///
    /// # Errors
    /// A folder that cannot be written, a file that is no database, a schema of a newer program.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        private::make_folder(folder)
            .and_then(|()| make_private(&path))
            .map_err(|e| StoreError::ReadOnly(format!("{}: {e}", folder.display())))?;
        let mut connection = Connection::open(&path)?;
        // Before anything is written: a newer program's database is left as it is.
        known_version(&connection)?;
        prepare_for_writing(&connection)?;
        migrate(&mut connection)?;
        Ok(Self { connection, path })
    }

    /// A reader of the same file.
    pub fn reader(&self) -> SqliteReader {
        SqliteReader::new(self.path.clone())
    }

    /// All levels, for the shelf.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn all_levels(&self) -> Result<Rows, StoreError> {
        load::all_levels(&self.connection)
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
        let insert = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING";
        self.connection.execute(insert, params![key, make()])?;
        Ok(self
            .connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
                row.get(0)
            })?)
    }
}

/// The engine gives the files beside a database its permissions, so it must find one that has the right ones.
fn make_private(database: &Path) -> std::io::Result<()> {
    if !database.exists() {
        private::open_file(database)?;
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        let file = PathBuf::from(name);
        if file.exists() {
            private::tighten(&file)?;
        }
    }
    Ok(())
}

fn configure(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    rusqlite::vtab::array::load_module(connection)?;
    connection.pragma_update(None, "cache_size", -32_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// What the writing connection adds: a log, and each commit on disk before it returns.
fn prepare_for_writing(connection: &Connection) -> Result<(), StoreError> {
    configure(connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    Ok(())
}

/// The schema's version, if this program knows it.
fn known_version(connection: &Connection) -> Result<i64, StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(found)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = known_version(connection)?;
    for (i, sql) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", i as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// A connection that cannot write.
fn open_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    Ok(connection)
}

impl Store for SqliteStore {
    fn start(&mut self) -> Result<Start, StoreError> {
        let mut resident = Vec::new();
        for kind in RecordKind::ALL.into_iter().filter(|k| k.is_resident()) {
            resident.extend(load::records_of(&self.connection, kind)?);
        }
        let max = |sql: &str| -> Result<u64, StoreError> {
            Ok(codec::raw(
                self.connection
                    .query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?
                    .unwrap_or(0),
            ))
        };
        // Effects go when they are done, but each has an event: numbers below the feed's end may be taken.
        let effect = max("SELECT max(number) FROM effects")?;
        let event = max("SELECT max(position) FROM events")?;
        let kept: Option<String> = self.connection.query_row(
            "SELECT max(value) FROM meta WHERE key = 'effect_number'",
            [],
            |r| r.get(0),
        )?;
        let effect = effect.max(kept.and_then(|v| v.parse().ok()).unwrap_or(0));
        let mut fresh_from = 0;
        for table in [
            "carts",
            "checkouts",
            "order_groups",
            "products",
            "customers",
        ] {
            fresh_from = fresh_from.max(max(&format!("SELECT max(id) FROM {table}"))?);
        }
        Ok(Start {
            resident,
            sequences: Sequences {
                event: event + 1,
                movement: max("SELECT max(number) FROM stock_movements")? + 1,
                posting: max("SELECT max(number) FROM postings")? + 1,
                effect: effect + 1,
            },
            fresh_from: fresh_from + 1,
            effects: read::effects(&self.connection, 0, usize::MAX >> 1)?,
        })
    }

    fn load(&mut self, keys: &KeySet) -> Result<Rows, StoreError> {
        load::load(&self.connection, keys)
    }

    fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
        commit::commit(&mut self.connection, delta)
    }

    fn try_write(&mut self) -> Result<(), StoreError> {
        // In two transactions: pages that one transaction fills and frees are never written. A small row
        // would prove nothing, since a log that could not grow can still be written where it has been.
        let fill = "INSERT INTO meta (key, value) VALUES ('probe', hex(zeroblob(?1)))
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.connection.execute(fill, [PROBE_BYTES / 2])?;
        self.connection
            .execute("DELETE FROM meta WHERE key = 'probe'", [])?;
        Ok(())
    }

    fn idle(&mut self, now: i64) -> Result<bool, StoreError> {
        commit::index_behind(&mut self.connection, now)
    }
}
