//! Where the shop's rows live: the [`Store`] that the writer commits to, the [`Queries`] that consoles
//! read, and the read models in memory: the [`Shelf`] with goods and stock, and [`Recent`] with what shoppers are in the
//! middle of. All SQL of the system is here.
//!
//! An engine is one folder that implements both traits. Nothing here decides: rows go in and out.

mod audit;
mod before;
mod block;
mod books;
mod codec;
mod compact;
mod database;
mod error;
mod index;
mod lists;
mod points;
pub mod postgres;
pub mod private;
mod query;
mod recent;
mod returns;
mod reviews;
mod rows;
mod shelf;
mod sql;
pub mod sqlite;
mod sums;
pub mod takings;
mod turn;
mod visits;
mod wishes;
pub mod worker;
mod yards;

pub use audit::{AuditReport, Finding};
pub use database::Database;
pub use error::StoreError;
pub use index::text_key as buyer_key;
pub use query::{
    DayTotals, FulfillmentFilter, FulfillmentRow, MovementPage, OrderFilter, OrderPage, OrderRow,
    Page, Queries, ReviewFilter, ReviewPage, ReviewScope, ReviewSort,
};
pub use recent::Recent;
pub use returns::{ReturnFilter, ReturnRow};
pub use shelf::Shelf;
pub use turn::{Feed, Foreign, ForeignBatch, News, Turn};
pub use visits::{CountedTouch, VisitCount, VisitKind, VisitLog};

use commerce::event::Effect;
use commerce::world::{Delta, KeySet, Record, Rows, Sequences};
use std::sync::Arc;

/// Read access, cheap to clone. Calls block: an async caller goes through a blocking thread.
pub type Reader = Arc<dyn Queries>;

/// What the writer and the jobs need to start.
#[derive(Debug)]
pub struct Start {
    /// All records of the resident kinds.
    pub resident: Vec<Record>,
    /// The next number of each ordered table.
    pub sequences: Sequences,
    /// The least id that no row has yet.
    pub fresh_from: u64,
    /// Effects that were asked for and are not done.
    pub effects: Vec<Effect>,
}

/// Loads what decisions need, also while the store writes a batch.
pub trait Load: Send {
    /// The rows behind `keys` as of the last durable batch, one query per table.
    ///
    /// # Errors
    /// When rows cannot be read.
    fn load(&mut self, keys: &KeySet) -> Result<Rows, StoreError>;
}

/// The write side, owned by the one thread that writes.
pub trait Store: Send {
    /// What is needed to start.
    ///
    /// # Errors
    /// When rows cannot be read.
    fn start(&mut self) -> Result<Start, StoreError>;

    /// What loads rows for the writer.
    ///
    /// # Errors
    /// When the database gives no further connection.
    fn loader(&mut self) -> Result<Box<dyn Load>, StoreError>;

    /// Writes a batch in one transaction; when it returns, the batch is durable or gone.
    ///
    /// # Errors
    /// When nothing of it was written.
    fn commit(&mut self, delta: &Delta) -> Result<(), StoreError>;

    /// Finds out whether batches can be written again, by writing and removing something as large as a
    /// batch of some thousand commands.
    ///
    /// # Errors
    /// Why they cannot.
    fn try_write(&mut self) -> Result<(), StoreError>;

    /// Does work that may wait, such as indexing behind; `now` in UTC milliseconds.
    ///
    /// # Errors
    /// When rows cannot be written; nothing is lost, it is tried again.
    fn idle(&mut self, now: i64) -> Result<(), StoreError>;

    /// Whether other servers write to the same database, and take turns with this one.
    fn is_shared(&self) -> bool {
        false
    }

    /// Asks for the turn to write, and waits for it. In a shared database a batch may be loaded, decided and
    /// committed only with the turn; who has it keeps it until it is given up or lost.
    ///
    /// # Errors
    /// When it cannot be had now.
    fn take_turn(&mut self) -> Result<Turn, StoreError> {
        Ok(Turn::Same)
    }

    /// Gives the turn up, between batches.
    ///
    /// # Errors
    /// When the connection is gone, and with it the turn.
    fn give_turn(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Whether others wait for the turn.
    ///
    /// # Errors
    /// When the connection is gone, and with it the turn.
    fn is_turn_wanted(&mut self) -> Result<bool, StoreError> {
        Ok(false)
    }

    /// Whether the turn is ours, and nobody else has written since it is.
    fn has_turn(&self) -> bool {
        true
    }

    /// The number of the last batch that this side knows of, among the batches of all servers; 0 where there is
    /// one writer.
    fn last_batch(&self) -> u64 {
        0
    }
}
