//! Several servers on one database take turns at writing. Who has the turn keeps its working set warm from batch to
//! batch; who gets it anew first hears what others wrote meanwhile, so that it never decides on rows of yesterday.
//!
//! An embedded database has one writer: it always has the turn, and nothing here costs it anything.

use crate::{Start, StoreError};
use commerce::id::GroupId;
use commerce::world::{Delta, KeySet, Sequences};
use std::time::Duration;

/// What became of asking for the turn.
#[derive(Debug)]
pub enum Turn {
    /// It is ours, and nobody else has written since.
    Same,
    /// It is ours; others have written.
    Changed(Box<Foreign>),
    /// It is ours, and so much was written, or so little is known, that the working set is built anew.
    Anew(Box<Start>),
}

/// What others wrote since the turn was ours the last time.
#[derive(Debug)]
pub struct Foreign {
    /// Rows that memory must not trust any more.
    pub stale: KeySet,
    /// The greatest id among them: greater ones that are not in memory do not exist.
    pub last_id: u64,
    /// The next numbers.
    pub sequences: Sequences,
    /// The batches, in order, for those who follow.
    pub batches: Vec<ForeignBatch>,
}

/// A durable batch of another server, with what followers need of it. Its rows are as they are now, which may be
/// later than the batch.
#[derive(Debug, Clone)]
pub struct ForeignBatch {
    /// Its number among all batches, rising without gaps.
    pub number: u64,
    /// The feed's last position with it.
    pub position: u64,
    /// Records, SKUs, levels and new effects; no groups, since who follows needs few of them.
    pub delta: Delta,
    /// Groups that it changed.
    pub groups: Vec<GroupId>,
}

/// What there is to follow.
#[derive(Debug)]
pub enum News {
    /// These batches of others, in order; there may be none.
    Batches(Vec<ForeignBatch>),
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
