//! The batching writer as a machine without I/O.
//!
//! Commands go in, and what is to be done comes out: load these keys, commit this batch, give these
//! replies. The driver does it and tells the machine what came of it. Nothing is acknowledged before
//! its batch is durable; a command that panics is refused alone; a failed commit leaves no trace.
//!
//! One commit is asked for at a time. While it is under way the next batch may be decided on top of it, and
//! waits: should the commit fail, both are taken back.
//!
//! It must never read a clock, touch a file or start a thread: the simulator steps it through
//! virtual time.

#[cfg(test)]
mod tests;

use commerce::command::Envelope;
use commerce::decide::{Decided, decide, keys};
use commerce::planted::{self, Fault};
use commerce::world::{KeySet, Rows, Sequences, World};
use commerce::{Delta, Refusal};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Commands in one batch.
pub const BATCH_MAX: usize = 4_096;
/// Commands that wait for a batch; a further one is turned away at once.
pub const QUEUE_MAX: usize = 16_384;
/// Carts, checkouts and groups, each, that stay in memory between batches.
pub const WARM_ROWS_MAX: usize = 32_768;
/// How often keys may depend on rows that were just loaded.
const LOAD_ROUNDS_MAX: usize = 4;

/// Why a command got no decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The core refused it; nothing was changed.
    Refused(Refusal),
    /// Too many wait already; it was not looked at.
    Overloaded,
    /// The store could not load or commit; nothing was changed. The reason is for operators.
    Unavailable(String),
}

/// What became of a command.
pub type Reply = Result<Decided, Failure>;

/// What the driver tells the machine.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "inputs are moved once and never kept"
)]
pub enum Input<T> {
    /// A command, with a ticket that its reply will carry.
    Submit(T, Box<Envelope>),
    /// The rows for the keys that were asked for, or why they could not be had.
    Loaded(Result<Rows, String>),
    /// The batch is durable, or why it is not.
    Committed(Result<(), String>),
    /// Nothing new: begin a batch if commands wait.
    Tick,
}

/// What the machine asks of the driver.
#[derive(Debug)]
pub enum Output<T> {
    /// Load these rows and answer with [`Input::Loaded`].
    Load(Box<KeySet>),
    /// Write this in one transaction and answer with [`Input::Committed`].
    Commit(Arc<Delta>),
    /// Give this reply.
    Reply(T, Reply),
    /// This batch is durable: hand it to those who follow.
    Publish(Arc<Delta>),
}

/// Commands with their tickets.
type Batch<T> = Vec<(T, Box<Envelope>)>;

enum State<T> {
    Idle,
    Loading {
        batch: Batch<T>,
        asked: Box<KeySet>,
        round: usize,
    },
}

/// A batch that was decided and is not durable.
struct Decision<T> {
    replies: Vec<(T, Reply)>,
    delta: Arc<Delta>,
}

/// The machine.
pub struct Writer<T> {
    world: World,
    queue: VecDeque<(T, Box<Envelope>)>,
    state: State<T>,
    /// Its commit was asked for.
    committing: Option<Decision<T>>,
    /// Its commit comes next.
    decided: Option<Decision<T>>,
    /// The last durable batch: once nobody else holds it, its lists are used again.
    published: Option<Arc<Delta>>,
}

impl<T> Writer<T> {
    /// A machine over a world with the resident records.
    pub fn new(world: World) -> Self {
        Self {
            world,
            queue: VecDeque::new(),
            state: State::Idle,
            committing: None,
            decided: None,
            published: None,
        }
    }

    /// Whether nothing waits and nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && !self.is_under_way()
    }

    /// Whether a batch is being loaded, or was decided and is not durable.
    pub fn is_under_way(&self) -> bool {
        !matches!(self.state, State::Idle) || self.committing.is_some() || self.decided.is_some()
    }

    /// Whether a commit was asked for and not answered.
    pub fn is_committing(&self) -> bool {
        self.committing.is_some()
    }

    /// Commands that wait for a batch.
    pub fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Takes note of what other writers wrote, between batches; see [`World::catch_up`].
    pub fn catch_up(&mut self, stale: &KeySet, rows: Rows, last_id: u64, sequences: Sequences) {
        assert!(!self.is_under_way(), "others are heard between batches");
        self.world.catch_up(stale, rows, last_id, sequences);
    }

    /// Puts another world in the place of the one in memory, between batches: what waits is decided on it.
    pub fn begin_anew(&mut self, world: World) {
        assert!(!self.is_under_way(), "a batch is decided on one world");
        self.world = world;
    }

    /// Turns away all that wait for a batch: the store cannot take one now. Nothing of it was looked at.
    pub fn turn_away(&mut self, reason: &str, out: &mut Vec<Output<T>>) {
        let waiting = self.queue.drain(..);
        out.extend(waiting.map(|(ticket, _)| {
            Output::Reply(ticket, Err(Failure::Unavailable(reason.to_string())))
        }));
    }

    /// Takes one input at `now` (UTC milliseconds) and says what is to be done.
    pub fn step(&mut self, now: i64, input: Input<T>, out: &mut Vec<Output<T>>) {
        match input {
            Input::Submit(ticket, envelope) => {
                if self.queue.len() >= QUEUE_MAX {
                    out.push(Output::Reply(ticket, Err(Failure::Overloaded)));
                } else {
                    self.queue.push_back((ticket, envelope));
                }
            }
            Input::Tick => {
                if self.may_begin() {
                    self.world.evict(WARM_ROWS_MAX);
                    let count = self.queue.len().min(BATCH_MAX);
                    let batch = self.queue.drain(..count).collect();
                    self.load(now, batch, 0, out);
                }
            }
            Input::Loaded(result) => self.loaded(now, result, out),
            Input::Committed(result) => self.committed(result, out),
        }
    }

    /// Whether a batch can be begun: commands wait, none is being loaded, at most one is ahead of it.
    fn may_begin(&self) -> bool {
        let crowded = || self.committing.is_some() && self.world.is_crowded(WARM_ROWS_MAX);
        matches!(self.state, State::Idle)
            && self.decided.is_none()
            && !self.queue.is_empty()
            && !crowded()
    }

    fn load(&mut self, now: i64, batch: Batch<T>, round: usize, out: &mut Vec<Output<T>>) {
        let mut missing = KeySet::default();
        for (_, envelope) in &batch {
            keys(envelope, &self.world, &mut missing);
        }
        if missing.is_empty() || round >= LOAD_ROUNDS_MAX {
            assert!(missing.is_empty(), "keys settle within a few rounds");
            self.decide_batch(now, batch, out);
        } else {
            let asked = Box::new(missing);
            out.push(Output::Load(asked.clone()));
            self.state = State::Loading {
                batch,
                asked,
                round,
            };
        }
    }

    fn loaded(&mut self, now: i64, result: Result<Rows, String>, out: &mut Vec<Output<T>>) {
        let State::Loading {
            batch,
            asked,
            round,
        } = std::mem::replace(&mut self.state, State::Idle)
        else {
            panic!("rows came that were not asked for");
        };
        match result {
            Ok(rows) => {
                self.world.absorb(&asked, rows);
                if asked.are_last() {
                    self.decide_batch(now, batch, out);
                } else {
                    self.load(now, batch, round + 1, out);
                }
            }
            Err(reason) => {
                let failed =
                    |(ticket, _)| Output::Reply(ticket, Err(Failure::Unavailable(reason.clone())));
                out.extend(batch.into_iter().map(failed));
            }
        }
    }

    fn decide_batch(&mut self, now: i64, batch: Batch<T>, out: &mut Vec<Output<T>>) {
        let mut culprits = vec![false; batch.len()];
        let decisions = loop {
            match self.try_batch(now, &batch, &culprits) {
                Ok(decisions) => break decisions,
                Err(culprit) => {
                    // Its changes and everybody else's are thrown away; the batch is decided again without it.
                    self.world.rollback_batch();
                    culprits[culprit] = true;
                }
            }
        };
        let tickets = batch.into_iter().map(|(ticket, _)| ticket);
        let replies: Vec<(T, Reply)> = tickets.zip(decisions).collect();
        if let Some(spent) = self.published.take().and_then(Arc::into_inner) {
            self.world.recycle(spent);
        }
        let delta = self.world.delta();
        match &mut self.committing {
            // What changes nothing may still rest on what is not durable yet: it is told no sooner.
            Some(ahead) if delta.is_empty() => ahead.replies.extend(replies),
            None if delta.is_empty() => reply(replies, out),
            Some(_) => {
                let delta = Arc::new(delta);
                self.decided = Some(Decision { replies, delta });
            }
            None => {
                let delta = Arc::new(delta);
                self.commit(Decision { replies, delta }, out);
            }
        }
    }

    fn commit(&mut self, mut decision: Decision<T>, out: &mut Vec<Output<T>>) {
        out.push(Output::Commit(decision.delta.clone()));
        if planted::is(Fault::ReplyBeforeCommit) && decision.replies.len() == 2 {
            reply(std::mem::take(&mut decision.replies), out);
        }
        self.committing = Some(decision);
    }

    /// Decides all commands but the culprits, or says which one panicked.
    fn try_batch(
        &mut self,
        now: i64,
        batch: &[(T, Box<Envelope>)],
        culprits: &[bool],
    ) -> Result<Vec<Reply>, usize> {
        let mut decisions = Vec::with_capacity(batch.len());
        for (i, (_, envelope)) in batch.iter().enumerate() {
            if culprits[i] {
                decisions.push(Err(Failure::Refused(Refusal::InternalInvariant)));
                continue;
            }
            let world = &mut self.world;
            match catch_unwind(AssertUnwindSafe(|| decide(now, envelope, world))) {
                Ok(decision) => decisions.push(decision.map_err(Failure::Refused)),
                Err(_) => return Err(i),
            }
        }
        Ok(decisions)
    }

    fn committed(&mut self, result: Result<(), String>, out: &mut Vec<Output<T>>) {
        let done = self.committing.take();
        let done = done.expect("a commit is reported that was asked for");
        let next = self.decided.take();
        match result {
            Ok(()) => {
                self.world.committed();
                // First of all: the store need not wait until everybody has heard of this one.
                if let Some(next) = next {
                    self.commit(next, out);
                }
                self.published = Some(done.delta.clone());
                out.push(Output::Publish(done.delta));
                reply(done.replies, out);
            }
            Err(reason) => {
                if planted::is(Fault::StaleCacheAfterFailedCommit) {
                    self.world.committed();
                } else {
                    self.world.rollback_all();
                }
                let next = next.into_iter().flat_map(|next| next.replies);
                let failed =
                    |(ticket, _)| Output::Reply(ticket, Err(Failure::Unavailable(reason.clone())));
                out.extend(done.replies.into_iter().chain(next).map(failed));
            }
        }
    }
}

fn reply<T>(replies: Vec<(T, Reply)>, out: &mut Vec<Output<T>>) {
    let told = |(ticket, reply)| Output::Reply(ticket, reply);
    out.extend(replies.into_iter().map(told));
}
