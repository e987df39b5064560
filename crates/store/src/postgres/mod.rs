//! The second engine: PostgreSQL 15 or newer, for shops that outgrow one machine or want several servers on one
//! database. One writing connection per server, which takes turns with those of other servers; pooled reading ones;
//! one that follows what others write.
//!
//! What became of a commit whose answer was lost is found out and never guessed.

pub mod bench_support;
mod connect;
mod feed;
mod read;
pub mod scratch;
mod session;
mod touched;
mod turn;
mod visits;
mod write;

pub use connect::Location;
pub use feed::PostgresFeed;
pub use read::PostgresReader;
pub(crate) use visits::visit_connection;

use crate::block;
use crate::index::AnswerIndex;
use crate::rows::Marks;
use crate::sql::behind::{self, Waiting};
use crate::sql::{self, load, lookup};
use crate::turn::Turn;
use crate::visits::VisitLog;
use crate::{Load, Start, Store, StoreError};
use commerce::world::{Delta, KeySet, Rows};
use session::Session;
use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use turn::Numbers;

/// The schema's migrations in order: first what all engines have, in this one's words, then its own. A database's
/// version is the number of the last one that was applied.
const MIGRATIONS: [(i64, &str, Dialect); 15] = [
    (
        1,
        include_str!("../../migrations/0002_start.sql"),
        Dialect::Common,
    ),
    (
        2,
        include_str!("../../migrations/postgres_0002_servers.sql"),
        Dialect::Own,
    ),
    (
        3,
        include_str!("../../migrations/0003_unheard.sql"),
        Dialect::Common,
    ),
    (
        4,
        include_str!("../../migrations/0004_checkouts.sql"),
        Dialect::Common,
    ),
    (
        5,
        include_str!("../../migrations/0005_campaigns.sql"),
        Dialect::Common,
    ),
    (
        6,
        include_str!("../../migrations/0006_followers.sql"),
        Dialect::Common,
    ),
    (
        7,
        include_str!("../../migrations/0007_switches.sql"),
        Dialect::Common,
    ),
    (
        8,
        include_str!("../../migrations/0008_returns.sql"),
        Dialect::Common,
    ),
    (
        9,
        include_str!("../../migrations/0009_wishes.sql"),
        Dialect::Common,
    ),
    (
        10,
        include_str!("../../migrations/0010_reviews.sql"),
        Dialect::Common,
    ),
    (
        11,
        include_str!("../../migrations/0011_visits.sql"),
        Dialect::Common,
    ),
    (
        12,
        include_str!("../../migrations/0012_points.sql"),
        Dialect::Common,
    ),
    (
        13,
        include_str!("../../migrations/0013_carriers.sql"),
        Dialect::Common,
    ),
    (
        14,
        include_str!("../../migrations/0014_rounds.sql"),
        Dialect::Common,
    ),
    (
        15,
        include_str!("../../migrations/0015_lying_parcels.sql"),
        Dialect::Common,
    ),
];
/// How long it is tried to find out what became of a commit.
const FIND_OUT_MAX: Duration = Duration::from_secs(40);
/// The first pause between attempts to reach the server; it doubles.
const PAUSE_MIN: Duration = Duration::from_millis(20);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(1);
/// How long rows of batches are kept, in milliseconds: who was away longer reads everything anew.
const BATCHES_KEPT_MS: i64 = 5 * 60 * 1_000;
/// How often they are looked through, in milliseconds.
const FORGET_EVERY_MS: i64 = 30_000;
/// A writing connection that is silent for longer is ended by the server, and with it the turn: its process hangs.
const SILENCE_MAX: &str = "SET idle_session_timeout = '30s'";
/// How often an idle connection shows that its process does not hang, in milliseconds.
const SIGN_EVERY_MS: i64 = 5_000;
/// What is written to find out whether the server has room again, in bytes.
const PROBE_BYTES: i64 = 1_048_576;

/// In whose words a migration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Those of the embedded engine.
    Common,
    /// PostgreSQL's.
    Own,
}

/// The write side over one database, of one of the servers that work on it.
pub struct PostgresStore {
    location: Location,
    session: Option<Session>,
    /// A number that no other writer has: batches are known by it.
    me: i64,
    node: u8,
    known: Numbers,
    /// Whether the turn is ours, as far as this side knows.
    has_turn: bool,
    /// Whether others may have written since `known`.
    is_behind: bool,
    /// Whether a batch is lost of which it is not known what became.
    is_lost: bool,
    answers: Arc<Mutex<AnswerIndex>>,
    runs: BTreeSet<u64>,
    waiting: Waiting,
    forgot_at: i64,
    sign_at: i64,
}

impl PostgresStore {
    /// Opens a database and brings its schema up to date.
    ///
    /// # Errors
    /// A server that cannot be reached, refuses or is too old, a schema of a newer program, 16 servers that work on
    /// the database already.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        let session = Session::open(location, "writer")?;
        migrate(&session)?;
        let node = turn::take_node(&session, None)?;
        session.plain(SILENCE_MAX)?;
        let mut store = Self {
            location: location.clone(),
            session: Some(session),
            me: draw(),
            node,
            known: Numbers {
                batch: 0,
                sequences: commerce::world::Sequences::default(),
                marks: Marks::default(),
            },
            has_turn: false,
            is_behind: true,
            is_lost: false,
            answers: Arc::default(),
            runs: BTreeSet::new(),
            waiting: Waiting::default(),
            forgot_at: 0,
            sign_at: 0,
        };
        store.start()?;
        Ok(store)
    }

    /// This server's number among those on the database, from 0 to 15: ids are made with it.
    pub fn node(&self) -> u8 {
        self.node
    }

    /// A reader of the same database.
    pub fn reader(&self) -> PostgresReader {
        PostgresReader::new(self.location.clone())
    }

    /// What writes counts of visits into the same database.
    pub fn visit_log(&self) -> VisitLog {
        VisitLog::on_server(self.location.clone())
    }

    /// A follower of what others write from now on.
    pub fn feed(&self) -> PostgresFeed {
        PostgresFeed::new(self.location.clone(), self.known, self.me)
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
        let session = self.session()?;
        let insert = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
        session.change(insert, &[&key, &make()])?;
        let rows = session.query("SELECT value FROM meta WHERE key = $1", &[&key])?;
        let value = rows.first().map(|row| row.get(0));
        value.ok_or_else(|| StoreError::Engine(format!("the secret {key} is gone")))
    }

    /// The connection; a new one with the same server's number when the old one is gone.
    fn session(&mut self) -> Result<&Session, StoreError> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.let_go();
            let session = Session::open(&self.location, "writer")?;
            turn::take_node(&session, Some(self.node))?;
            session.plain(SILENCE_MAX)?;
            self.session = Some(session);
        }
        Ok(self.session.as_ref().expect("it was just opened"))
    }

    /// Forgets a connection that failed, and with it the turn.
    fn let_go(&mut self) {
        self.session = None;
        self.has_turn = false;
        self.is_behind = true;
    }

    /// Notes when a failure means that the connection is gone.
    fn told<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if matches!(result, Err(StoreError::Unreachable(_))) {
            self.let_go();
        }
        result
    }

    /// Takes the turn, if it is not ours already, and finds out whether others wrote.
    fn turn(&mut self) -> Result<Turn, StoreError> {
        if !self.has_turn {
            let last = turn::take(self.session()?)?;
            self.has_turn = true;
            self.is_behind |= last != self.known.batch;
        }
        if self.is_lost {
            return self.anew();
        }
        if !self.is_behind {
            return Ok(Turn::Same);
        }
        let (known, me) = (self.known, self.me);
        let session = self.session()?;
        let since = turn::since(session, &known, me)?;
        let Some(since) = since else {
            return self.anew();
        };
        if since.touched.is_empty() {
            self.is_behind = false;
            return Ok(Turn::Same);
        }
        let foreign = turn::foreign(session, &known, &since)?;
        self.catch_up_index(since.numbers.marks)?;
        self.known = since.numbers;
        self.is_behind = false;
        Ok(Turn::Changed(Box::new(foreign)))
    }

    /// Reads everything anew, with the turn in hand.
    fn anew(&mut self) -> Result<Turn, StoreError> {
        let start = self.start()?;
        self.is_lost = false;
        Ok(Turn::Anew(Box::new(start), self.known.batch))
    }

    /// Takes in what others left to be indexed, and the runs that they made.
    fn catch_up_index(&mut self, marks: Marks) -> Result<(), StoreError> {
        let from = self.known.marks.unindexed;
        let runs = behind::answer_runs(self.session()?)?;
        if !runs.iter().eq(&self.runs) {
            return self.read_index();
        }
        if marks.unindexed > from {
            let (entries, _, rows) = lookup::unindexed(self.session()?, from)?;
            self.waiting.entries += entries.len();
            self.waiting.rows += rows;
            locked(&self.answers).add(&entries);
        }
        Ok(())
    }

    /// Reads what the writing side keeps in memory of answers and of what waits to be indexed.
    fn read_index(&mut self) -> Result<(), StoreError> {
        let session = self.session()?;
        let (entries, _, rows) = lookup::unindexed(session, 0)?;
        let mut answers = AnswerIndex::default();
        answers.add(&entries);
        let runs = behind::answer_runs(session)?;
        for run in &runs {
            answers.known(*run, behind::filter(session, *run)?);
        }
        *locked(&self.answers) = answers;
        self.runs = runs.into_iter().collect();
        self.waiting = Waiting {
            entries: entries.len(),
            rows,
        };
        Ok(())
    }

    /// Finds out whether a batch was written after its connection was lost: with the turn in hand, since then the
    /// connection that wrote it has ended for good.
    fn find_out(&mut self, number: u64) -> Result<bool, StoreError> {
        let deadline = Instant::now() + FIND_OUT_MAX;
        let mut pause = PAUSE_MIN;
        loop {
            let me = self.me;
            let found = self.session().and_then(|session| {
                turn::take(session)?;
                turn::is_written(session, number, me)
            });
            match found {
                Ok(is_written) => {
                    self.has_turn = true;
                    self.is_behind = true;
                    return Ok(is_written);
                }
                Err(_) if Instant::now() < deadline => {
                    self.let_go();
                    std::thread::park_timeout(pause);
                    pause = (pause * 2).min(PAUSE_MAX);
                }
                Err(_) => {
                    self.let_go();
                    self.is_lost = true;
                    return Err(StoreError::OutcomeUnknown);
                }
            }
        }
    }

    /// Writes all rows of a batch and leaves its transaction open.
    fn write(&mut self, delta: &Delta) -> Result<Written, StoreError> {
        let (known, me) = (self.known, self.me);
        let session = self.session.as_mut().ok_or(StoreError::Busy)?;
        session.plain("BEGIN")?;
        let formed = write::write(session, delta, known.marks)?;
        let numbers = known.after(delta, formed.marks);
        turn::put_batch(session, &numbers, me, &formed.touched)?;
        let entries = formed.entries;
        Ok(Written { numbers, entries })
    }

    /// Throws an open transaction away.
    fn roll_back(&mut self) {
        let rolled_back = self
            .session
            .as_ref()
            .map(|session| session.plain("ROLLBACK"));
        if !matches!(rolled_back, Some(Ok(()))) {
            self.let_go();
        }
    }

    /// The batch is durable: what this side keeps of it.
    fn take_in(&mut self, written: &Written) {
        if written.numbers.marks.unindexed > self.known.marks.unindexed {
            self.waiting.entries += written.entries.len();
            self.waiting.rows += 1;
        }
        self.known = written.numbers;
        locked(&self.answers).add(&written.entries);
    }

    /// Carries out some work in one transaction.
    fn transaction<T>(
        &mut self,
        work: impl FnOnce(&Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let session = self.session()?;
        session.plain("BEGIN")?;
        let done = work(session).and_then(|done| session.plain("COMMIT").map(|()| done));
        if done.is_err() {
            self.roll_back();
        }
        done
    }

    fn index_behind(&mut self, now: i64) -> Result<(), StoreError> {
        if behind::has_old_answers(self.session()?, now)? {
            let gone = self.transaction(|session| behind::forget_answers(session, now))?;
            for run in gone {
                locked(&self.answers).forget(run);
                self.runs.remove(&run);
            }
        }
        if self.waiting.is_enough() {
            let made = self.transaction(|session| behind::make_runs(session, now))?;
            self.waiting = Waiting::default();
            if let Some((run, filter)) = made {
                locked(&self.answers).ran(run, filter);
                self.runs.insert(run);
            }
        }
        Ok(())
    }

    fn housekeeping(&mut self, now: i64) -> Result<(), StoreError> {
        if self.has_turn() {
            self.index_behind(now)?;
            if now - self.forgot_at >= FORGET_EVERY_MS {
                let last = self.known.batch;
                turn::forget_batches(self.session()?, now - BATCHES_KEPT_MS, last)?;
                self.forgot_at = now;
            }
        }
        if now - self.sign_at >= SIGN_EVERY_MS {
            self.session()?.plain("SELECT 1")?;
            self.sign_at = now;
        }
        Ok(())
    }
}

/// Loads rows on a connection of its own, while the store writes on another.
struct Loader {
    location: Location,
    session: Option<Session>,
    answers: Arc<Mutex<AnswerIndex>>,
}

impl Loader {
    fn attempt(&mut self, keys: &KeySet) -> Result<Rows, StoreError> {
        if self.session.as_ref().is_none_or(Session::is_closed) {
            self.session = Some(Session::open(&self.location, "loader")?);
        }
        let session = self.session.as_ref().expect("it was just opened");
        let loaded = load::load(session, &locked(&self.answers), keys);
        if matches!(loaded, Err(StoreError::Unreachable(_))) {
            self.session = None;
        }
        loaded
    }
}

impl Load for Loader {
    fn load(&mut self, keys: &KeySet) -> Result<Rows, StoreError> {
        let had_session = self.session.is_some();
        match self.attempt(keys) {
            // A connection that was lost while it lay idle is no reason to fail.
            Err(StoreError::Unreachable(_)) if had_session => self.attempt(keys),
            loaded => loaded,
        }
    }
}

fn locked(answers: &Mutex<AnswerIndex>) -> MutexGuard<'_, AnswerIndex> {
    answers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A batch whose rows are written.
struct Written {
    numbers: Numbers,
    entries: crate::index::Entries,
}

/// A number that nobody else draws.
fn draw() -> i64 {
    let seed = std::hash::RandomState::new().build_hasher().finish();
    i64::try_from(seed >> 1).unwrap_or(0)
}

/// The schema's version, if this program knows it; 0 for an empty database.
fn known_version(session: &Session) -> Result<i64, StoreError> {
    let there =
        "SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('schema_versions')";
    if sql::row(session, there, &[], |r| r.int(0))? != Some(1) {
        return Ok(0);
    }
    let last = "SELECT coalesce(max(version), 0) FROM schema_versions";
    let found = sql::row(session, last, &[], |r| r.int(0))?.unwrap_or(0);
    let known = MIGRATIONS.last().map_or(0, |(version, ..)| *version);
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(found)
}

fn migrate(session: &Session) -> Result<(), StoreError> {
    session.plain("BEGIN")?;
    turn::lock_transaction(session, turn::MIGRATING)?;
    let found = known_version(session)?;
    if found == 0 {
        session.plain("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now())")?;
    }
    for (version, text, dialect) in MIGRATIONS {
        if version <= found {
            continue;
        }
        match dialect {
            Dialect::Common => session.plain(&translated(text))?,
            Dialect::Own => session.plain(text)?,
        }
        session.change(
            "INSERT INTO schema_versions (version) VALUES ($1)",
            &[&version],
        )?;
    }
    session.plain("COMMIT")
}

/// A migration of the embedded engine in this one's words. Texts sort by their bytes, as they do there.
fn translated(text: &str) -> String {
    text.replace("INTEGER", "BIGINT")
        .replace("BLOB", "BYTEA")
        .replace("TEXT", "TEXT COLLATE \"C\"")
        .replace(" WITHOUT ROWID", "")
}

impl Store for PostgresStore {
    fn start(&mut self) -> Result<Start, StoreError> {
        // One snapshot: records, numbers and effects are of the same moment.
        let session = self.session()?;
        session.plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let read = load::start(session).and_then(|start| {
            let next = block::next_number("answers");
            let answer = sql::row(session, &next, &[], |r| r.id(0))?.unwrap_or(1);
            Ok((start, answer, turn::last_numbers(session)?))
        });
        session.plain("ROLLBACK")?;
        let (start, answer, last) = read?;
        self.known = last.unwrap_or(Numbers {
            batch: 0,
            sequences: start.sequences,
            marks: Marks {
                answer,
                ..Marks::default()
            },
        });
        self.read_index()?;
        self.is_behind = false;
        Ok(start)
    }

    fn loader(&mut self) -> Result<Box<dyn Load>, StoreError> {
        Ok(Box::new(Loader {
            location: self.location.clone(),
            session: None,
            answers: self.answers.clone(),
        }))
    }

    fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
        if !self.has_turn() {
            return Err(StoreError::Busy);
        }
        let written = match self.write(delta) {
            Ok(written) => written,
            Err(error) => {
                self.roll_back();
                return self.told(Err(error));
            }
        };
        let session = self.session.as_ref().ok_or(StoreError::Busy)?;
        if let Err(error) = session.plain("COMMIT") {
            self.let_go();
            if !self.find_out(written.numbers.batch)? {
                return Err(error);
            }
        }
        self.take_in(&written);
        Ok(())
    }

    fn try_write(&mut self) -> Result<(), StoreError> {
        let tried = self.session().and_then(|session| {
            let fill = "INSERT INTO meta (key, value) VALUES ($1, repeat('0', $2::bigint::int))
                        ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            let key = format!("probe {}", std::process::id());
            session.change(fill, &[&key, &PROBE_BYTES])?;
            session.change("DELETE FROM meta WHERE key = $1", &[&key])?;
            Ok(())
        });
        self.told(tried)
    }

    fn idle(&mut self, now: i64) -> Result<(), StoreError> {
        let done = self.housekeeping(now);
        self.told(done)
    }

    fn take_turn(&mut self) -> Result<Turn, StoreError> {
        let taken = self.turn();
        self.told(taken)
    }

    fn give_turn(&mut self) -> Result<(), StoreError> {
        if !self.has_turn {
            return Ok(());
        }
        self.has_turn = false;
        let given = match &self.session {
            Some(session) => turn::give(session),
            None => Ok(()),
        };
        if given.is_err() {
            self.let_go();
        }
        given
    }

    fn is_turn_wanted(&mut self) -> Result<bool, StoreError> {
        let wanted = match &self.session {
            Some(session) if self.has_turn => turn::is_wanted(session),
            _ => Ok(false),
        };
        self.told(wanted)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn has_turn(&self) -> bool {
        self.has_turn && !self.is_behind && !self.is_lost
    }

    fn last_batch(&self) -> u64 {
        self.known.batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_of_the_embedded_engine_are_translated() {
        let text = "CREATE TABLE a (id INTEGER PRIMARY KEY, code TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;";
        assert_eq!(
            translated(text),
            "CREATE TABLE a (id BIGINT PRIMARY KEY, code TEXT COLLATE \"C\" NOT NULL, body BYTEA NOT NULL);"
        );
        for (_, text, dialect) in MIGRATIONS {
            let foreign = ["AUTOINCREMENT", "REPLACE", "PRAGMA"];
            let has_foreign = foreign.iter().any(|word| text.contains(word));
            assert!(dialect == Dialect::Own || !has_foreign);
        }
    }

    #[test]
    fn writers_draw_different_numbers() {
        assert_ne!(draw(), draw());
    }
}
