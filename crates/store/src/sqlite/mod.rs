//! The embedded engine: one SQLite file in WAL mode, one writing connection, pooled reading ones.

mod asked;
mod backup;
pub mod bench_support;
mod commit;
mod load;
mod lookup;
mod read;
mod visits;

pub use backup::{copy, verify};
pub use read::SqliteReader;
pub(crate) use visits::VisitConnection;

use crate::block;
use crate::index::{AnswerIndex, Filter, Kind};
use crate::rows::Marks;
use crate::visits::VisitLog;
use crate::{Load, Start, Store, StoreError, codec, private};
use commerce::checkout::Checkout;
use commerce::id::CheckoutId;
use commerce::world::{Delta, KeySet, RecordKind, Rows, Sequences};
use commit::Waiting;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The schema's migrations in order. A database's version is the number of the last one that was applied.
const MIGRATIONS: [&str; 14] = [
    include_str!("../../migrations/0002_start.sql"),
    include_str!("../../migrations/0003_unheard.sql"),
    include_str!("../../migrations/0004_checkouts.sql"),
    include_str!("../../migrations/0005_campaigns.sql"),
    include_str!("../../migrations/0006_followers.sql"),
    include_str!("../../migrations/0007_switches.sql"),
    include_str!("../../migrations/0008_returns.sql"),
    include_str!("../../migrations/0009_wishes.sql"),
    include_str!("../../migrations/0010_reviews.sql"),
    include_str!("../../migrations/0011_visits.sql"),
    include_str!("../../migrations/0012_points.sql"),
    include_str!("../../migrations/0013_carriers.sql"),
    include_str!("../../migrations/0014_rounds.sql"),
    include_str!("../../migrations/0015_lying_parcels.sql"),
];
/// The number of the first of them. Version 1 was a preview's, whose rows nothing reads any more.
const FIRST_VERSION: i64 = 2;
/// The file's name in the data folder.
pub const FILE_NAME: &str = "sesame.db";
/// How long a connection waits for another's lock, in milliseconds.
const BUSY_MS: u64 = 10_000;
/// Prepared statements kept per connection.
const STATEMENTS_MAX: usize = 128;
/// What a reading connection keeps of the file in memory, in KiB.
const READ_CACHE_KIB: i64 = 32_000;
/// What the writing one keeps beside the pages of the batch it writes. When pages of a table change places, the engine
/// looks through all that is kept at the end of the transaction: four times as much made a twentieth of its work.
const WRITE_CACHE_KIB: i64 = 2_000;
/// Pages of the write-ahead log between checkpoints: 16 MiB of a new database.
const CHECKPOINT_PAGES: u32 = 2_000;
/// A new database's pages: most of what a batch writes is longer than the usual 4 KiB, and each page costs two writes.
const PAGE_BYTES: u32 = 8_192;
/// What is written to find out whether the disk has room again, in bytes.
const PROBE_BYTES: i64 = 1_048_576;

/// The write side over one SQLite file.
pub struct SqliteStore {
    connection: Connection,
    path: PathBuf,
    marks: Marks,
    answers: Arc<RwLock<AnswerIndex>>,
    waiting: Waiting,
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
        let mut store = Self {
            connection,
            path,
            marks: Marks::default(),
            answers: Arc::default(),
            waiting: Waiting::default(),
        };
        store.read_index()?;
        Ok(store)
    }

    /// Reads what the writing side keeps in memory of answers and of what waits to be indexed.
    fn read_index(&mut self) -> Result<(), StoreError> {
        let (entries, last, rows) = commit::unindexed(&self.connection)?;
        self.waiting = Waiting {
            entries: entries.len(),
            rows,
        };
        changing(&self.answers).add(&entries);
        let next = next_number(&self.connection, "answers")?;
        self.marks = Marks {
            answer: codec::raw(next),
            unindexed: last.map_or(1, |number| number + 1),
        };
        let sql = "SELECT run, filter FROM index_runs WHERE kind = ?1 ORDER BY run";
        let mut statement = self.connection.prepare(sql)?;
        let mut found = statement.query([Kind::Answer.column()])?;
        while let Some(row) = found.next()? {
            let filter = Filter::from_bytes(row.get(1)?).ok_or(StoreError::Row {
                table: "index_runs",
                reason: "not a filter".to_string(),
            })?;
            changing(&self.answers).known(codec::raw(row.get(0)?), filter);
        }
        Ok(())
    }

    /// A reader of the same file, which knows what this writing side knows of answers.
    pub fn reader(&self) -> SqliteReader {
        SqliteReader::beside(self.path.clone(), self.answers.clone())
    }

    /// What writes counts of visits into the same file.
    pub fn visit_log(&self) -> VisitLog {
        VisitLog::in_file(self.path.clone())
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
    connection.pragma_update(None, "cache_size", -READ_CACHE_KIB)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(())
}

/// What the writing connection adds: a log, and each commit on disk before it returns.
fn prepare_for_writing(connection: &Connection) -> Result<(), StoreError> {
    configure(connection)?;
    // A database that is there keeps its own.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -WRITE_CACHE_KIB)?;
    // A batch that is longer than that is not written before its end: its pages would be written twice.
    connection.pragma_update(None, "cache_spill", false)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    Ok(())
}

/// The schema's version, if this program knows it.
fn known_version(connection: &Connection) -> Result<i64, StoreError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = FIRST_VERSION + MIGRATIONS.len() as i64 - 1;
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    if found != 0 && found < FIRST_VERSION {
        return Err(StoreError::OlderSchema { found });
    }
    Ok(found)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found = known_version(connection)?;
    for (version, sql) in (FIRST_VERSION..).zip(MIGRATIONS) {
        if version <= found {
            continue;
        }
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The number that follows the last one in a table of blocks.
fn next_number(connection: &Connection, table: &str) -> Result<i64, StoreError> {
    let next = connection
        .query_row(&block::next_number(table), [], |row| row.get(0))
        .optional()?;
    Ok(next.unwrap_or(1))
}

/// A hot row's body, read whole.
fn body<T: codec::Stored>(
    connection: &Connection,
    table: &'static str,
    id: u64,
) -> Result<Option<T>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT body FROM {table} WHERE id = ?1"))?;
    let mut found = statement.query([codec::column(id)])?;
    let Some(row) = found.next()? else {
        return Ok(None);
    };
    codec::from_body(table, row.get_ref(0)?.as_blob().unwrap_or_default()).map(Some)
}

/// A checkout, as it is beside its group.
fn checkout(connection: &Connection, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
    let sql = format!("{} WHERE c.id = ?1", codec::CHECKOUTS);
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query([codec::column(id.0)])?;
    found.next()?.map(checkout_in).transpose()
}

/// A checkout from a row that [`codec::CHECKOUTS`] gives.
fn checkout_in(row: &Row<'_>) -> Result<Checkout, StoreError> {
    let body = row.get_ref(0)?.as_blob().unwrap_or_default();
    let group = row.get_ref(1)?.as_blob_or_null().unwrap_or_default();
    codec::checkout_from(body, group)
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

/// Loads rows over a connection of its own.
struct SqliteLoader {
    connection: Connection,
    answers: Arc<RwLock<AnswerIndex>>,
}

impl Load for SqliteLoader {
    fn load(&mut self, keys: &KeySet) -> Result<Rows, StoreError> {
        load::load(&self.connection, &self.answers, keys)
    }
}

fn known(answers: &RwLock<AnswerIndex>) -> RwLockReadGuard<'_, AnswerIndex> {
    answers.read().unwrap_or_else(PoisonError::into_inner)
}

fn changing(answers: &RwLock<AnswerIndex>) -> RwLockWriteGuard<'_, AnswerIndex> {
    answers.write().unwrap_or_else(PoisonError::into_inner)
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
        let next = |table| next_number(&self.connection, table).map(codec::raw);
        let kept: Option<String> = self.connection.query_row(
            "SELECT max(value) FROM meta WHERE key = ?1",
            [codec::EFFECT_NUMBER],
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
                event: next("events")?,
                movement: next("stock_movements")?,
                posting: next("postings")?,
                effect: effect + 1,
            },
            fresh_from: fresh_from + 1,
            effects: read::effects(&self.connection, 0, usize::MAX >> 1)?,
        })
    }

    fn loader(&mut self) -> Result<Box<dyn Load>, StoreError> {
        Ok(Box::new(SqliteLoader {
            connection: open_read_only(&self.path)?,
            answers: self.answers.clone(),
        }))
    }

    fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
        let (marks, entries) = commit::commit(&mut self.connection, delta, self.marks)?;
        if marks.unindexed > self.marks.unindexed {
            self.waiting.entries += entries.len();
            self.waiting.rows += 1;
        }
        self.marks = marks;
        changing(&self.answers).add(&entries);
        Ok(())
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

    fn idle(&mut self, now: i64) -> Result<(), StoreError> {
        commit::index_behind(&mut self.connection, &self.answers, &mut self.waiting, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Queries;
    use commerce::checkout::{CheckoutStatus, Intent, Quote};
    use commerce::command::{Channel, Device};
    use commerce::money::Currency;
    use commerce::text::Language;

    fn checkout(version: u32, extension: &str) -> Checkout {
        Checkout {
            id: CheckoutId(0x500),
            version,
            status: CheckoutStatus::Open,
            channel: Channel::Web,
            device: Device::Phone,
            access_key: 7,
            intent: Intent {
                currency: Currency::parse("EUR").expect("a currency"),
                language: Language::En,
                items: Vec::new(),
                buyer: Arc::default(),
                destination: None,
                billing: None,
                delivery: None,
                promise: None,
                discount_codes: Vec::new(),
                member: None,
                extension: extension.to_string().into(),
                points: Default::default(),
            },
            quote: Quote::default(),
            created_at: 1,
            updated_at: 2,
            expires_at: 3,
        }
    }

    #[test]
    fn checkouts_of_the_schema_before_are_read_and_changed() {
        let folder = std::env::temp_dir().join(format!("sesame-before-{}", std::process::id()));
        let (before, after) = (checkout(2, "a note"), checkout(3, "another, and longer"));
        let store = SqliteStore::open(&folder).expect("a database");
        let schema = "DROP TABLE changed_checkouts; DROP TABLE campaigns; DROP TABLE quotas;
                      DROP TABLE followers; DROP TABLE switches; DROP TABLE open_returns;
                      DROP TABLE wishes; DROP TABLE wants; DROP TABLE reviews;
                      DROP TABLE ratings; DROP TABLE review_marks;
                      DROP TABLE visits;
                      DROP TABLE points_programs; DROP TABLE points_accounts;
                      DROP TABLE points_entries;
                      DROP TABLE carriers; DROP TABLE number_pools;
                      DROP TABLE rounds; DROP TABLE round_books;
                      DROP TABLE gazetteers; DROP TABLE doors;
                      DROP TABLE lying_parcels;
                      PRAGMA user_version = 3";
        store.connection.execute_batch(schema).expect("as it was");
        let mut body = codec::Body::default();
        // Changed in place, and with room behind it; without a member between the codes and the note, and no points
        // behind it.
        let mut old = body.of(&before).to_vec();
        let note = b"\0\0\x06a note\0";
        let place = old.windows(note.len()).position(|part| part == note);
        let place = place.expect("codes, member, note, points");
        old.remove(place + note.len() - 1);
        old.remove(place);
        // Nor with a deposit, before the three times of a byte each.
        assert_eq!(old.remove(old.len() - 4), 0);
        old[0] = 2;
        let row = params![0x500, [old, vec![0; 600]].concat()];
        let insert = "INSERT INTO checkouts (id, body) VALUES (?1, ?2)";
        store.connection.execute(insert, row).expect("a row");
        drop(store);
        let mut store = SqliteStore::open(&folder).expect("a newer program");
        let read = |store: &SqliteStore| store.reader().checkout(before.id).expect("read");
        assert_eq!(read(&store).as_ref(), Some(&before));
        let delta = Delta {
            checkouts: vec![(Some(Arc::new(before.clone())), Arc::new(after.clone()))],
            ..Delta::default()
        };
        store.commit(&delta).expect("written");
        assert_eq!(read(&store), Some(after));
        drop(store);
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
