//! How many visits came from where: counters of the edge, which no decision needs and no order waits for.
//!
//! They are written beside the writer, over a connection of their own, in small steps: the lock that a step takes is
//! free again after a moment. They need not survive what orders survive: a crash may lose the last ones.

use crate::StoreError;
use crate::postgres::Location;
use crate::rows::Cell;
use crate::sqlite::VisitConnection;
use std::path::PathBuf;

/// Rows of one step: an SQLite database is locked for about a millisecond.
pub const ROWS_PER_STEP: usize = 100;

/// By which of a visitor's touches a visit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CountedTouch {
    /// The first.
    First,
    /// The last.
    Last,
}

impl CountedTouch {
    /// Both.
    pub const ALL: [Self; 2] = [Self::First, Self::Last];

    /// Its column.
    fn column(self) -> i64 {
        match self {
            Self::First => 1,
            Self::Last => 2,
        }
    }
}

/// What visits are told apart by. A text is empty where nothing is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each field is its name")]
pub struct VisitKind {
    pub source: String,
    pub medium: String,
    pub campaign: String,
    pub referral: String,
    pub landing: String,
    pub device: String,
}

/// Visits of a kind in an hour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitCount {
    /// When the hour began, in UTC milliseconds.
    pub hour: i64,
    /// By which touch.
    pub touch: CountedTouch,
    /// What kind.
    pub kind: VisitKind,
    /// How many.
    pub visits: i64,
}

const ADD: &str =
    "INSERT INTO visits (hour, touch, source, medium, campaign, referral, landing, device, visits)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
    ON CONFLICT (hour, touch, source, medium, campaign, referral, landing, device)
    DO UPDATE SET visits = visits.visits + excluded.visits";

const FORGET: &str = "DELETE FROM visits WHERE hour < ?1";

/// Visits by kind; the hours are added up. Ends with the least frequent, of which there is a bound.
pub(crate) const BY_KIND: &str = "SELECT source, medium, campaign, referral, landing, device,
        CAST(sum(visits) AS BIGINT) AS seen
    FROM visits WHERE hour >= ?1 AND hour < ?2 AND touch = ?3
    GROUP BY source, medium, campaign, referral, landing, device
    ORDER BY seen DESC LIMIT 100000";

/// The parameters of [`BY_KIND`].
pub(crate) fn span((from, to): (i64, i64), touch: CountedTouch) -> [i64; 3] {
    [from, to, touch.column()]
}

/// A connection that writes a step, whole or not at all.
pub(crate) trait Step {
    /// Carries out a statement once for each of the rows, in one transaction.
    ///
    /// # Errors
    /// When nothing of it was written.
    fn carry_out(&mut self, text: &str, rows: &[Vec<Cell<'_>>]) -> Result<(), StoreError>;
}

enum Place {
    Sqlite(PathBuf),
    Postgres(Box<Location>),
}

/// Writes counts of visits. Its connection is opened when it is first needed, and anew after a failure.
pub struct VisitLog {
    place: Place,
    connection: Option<Box<dyn Step + Send>>,
}

impl VisitLog {
    pub(crate) fn in_file(path: PathBuf) -> Self {
        Self {
            place: Place::Sqlite(path),
            connection: None,
        }
    }

    pub(crate) fn on_server(location: Location) -> Self {
        Self {
            place: Place::Postgres(Box::new(location)),
            connection: None,
        }
    }

    fn step(&mut self, text: &str, rows: &[Vec<Cell<'_>>]) -> Result<(), StoreError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => match &self.place {
                Place::Sqlite(path) => Box::new(VisitConnection::open(path)?),
                Place::Postgres(location) => crate::postgres::visit_connection(location)?,
            },
        };
        connection.carry_out(text, rows)?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Adds counts to what is there. Calls block. Several servers add in the order of the keys, so that none waits for
    /// one that waits for it.
    ///
    /// # Errors
    /// With how many of the first counts were added before it failed.
    pub fn add(&mut self, counts: &[VisitCount]) -> Result<(), (usize, StoreError)> {
        let mut done = 0;
        for some in counts.chunks(ROWS_PER_STEP) {
            let rows: Vec<Vec<Cell<'_>>> = some.iter().map(cells).collect();
            self.step(ADD, &rows).map_err(|error| (done, error))?;
            done += some.len();
        }
        Ok(())
    }

    /// Forgets the hours before one.
    ///
    /// # Errors
    /// When rows cannot be written.
    pub fn forget(&mut self, before: i64) -> Result<(), StoreError> {
        self.step(FORGET, &[vec![Cell::Int(before)]])
    }
}

fn cells(count: &VisitCount) -> Vec<Cell<'_>> {
    let kind = &count.kind;
    vec![
        Cell::Int(count.hour),
        Cell::Int(count.touch.column()),
        Cell::Text(&kind.source),
        Cell::Text(&kind.medium),
        Cell::Text(&kind.campaign),
        Cell::Text(&kind.referral),
        Cell::Text(&kind.landing),
        Cell::Text(&kind.device),
        Cell::Int(count.visits),
    ]
}
