//! Several servers on one database take turns at writing. Who has the turn keeps its working set warm from batch to
//! batch; who gets it anew first hears what others wrote meanwhile, so that it never decides on rows of yesterday.
//!
//! An embedded database has one writer: it always has the turn, and nothing here costs it anything.

use crate::{Start, StoreError};
use commerce::id::GroupId;
use commerce::world::{Delta, KeySet, Rows, Sequences};
use std::time::Duration;

/// What became of asking for the turn.
#[derive(Debug)]
pub enum Turn {
    /// It is ours, and nobody else has written since.
    Same,
    /// It is ours; others have written.
    Changed(Box<Foreign>),
    /// It is ours, and so much was written, or so little is known, that the working set is built anew, as of the
    /// batch of this number.
    Anew(Box<Start>, u64),
}

/// What others wrote since the turn was ours the last time.
#[derive(Debug)]
pub struct Foreign {
    /// Rows that memory must not trust any more.
    pub stale: KeySet,
    /// Levels that changed, and changed records of the kinds that stay in memory, as they are now.
    pub rows: Rows,
    /// The greatest id among them: greater ones that are not in memory do not exist.
    pub last_id: u64,
    /// The next numbers.
    pub sequences: Sequences,
    /// The same for those who follow.
    pub batch: ForeignBatch,
}

/// Durable batches of other servers, taken together, with what followers need of them. Rows are as they are now,
/// which may be later than the batches.
#[derive(Debug, Clone)]
pub struct ForeignBatch {
    /// The number of the last batch, among the batches of all servers.
    pub number: u64,
    /// The feed's last position with it.
    pub position: u64,
    /// Records, SKUs, levels and new effects; no groups, since who follows needs few of them.
    pub delta: Delta,
    /// Groups that were changed.
    pub groups: Vec<GroupId>,
}

/// What there is to follow.
#[derive(Debug)]
pub enum News {
    /// Nothing new.
    Nothing,
    /// Others have written.
    Batch(Box<ForeignBatch>),
    /// More was missed than is kept: everything is to be read anew.
    Everything,
}

/// Follows what other servers write, on a connection of its own. Calls block.
pub trait Feed: Send {
    /// What came since the last call; waits for something up to `wait`.
    ///
    /// # Errors
    /// When it cannot be read; the next call goes on where this one began.
    fn news(&mut self, wait: Duration) -> Result<News, StoreError>;

    /// Whether this server carries out what only one may: asked again and again, since it may pass to another
    /// when this one was cut off.
    ///
    /// # Errors
    /// When it cannot be found out: then it does not.
    fn leads(&mut self) -> Result<bool, StoreError>;
}
