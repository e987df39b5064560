//! Drives the production writer over a store, in the calling thread, at a time that the caller says.

use commerce::decide::Decided;
use commerce::world::{Delta, World};
use commerce::{Envelope, Refusal};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::{Foreign, Load, Start, Store, StoreError, Turn};
use writer::{Failure, Input, Output, Reply, Writer};

/// What became of the commands of one batch.
#[derive(Debug)]
pub struct Batch {
    /// One reply per command, in order.
    pub replies: Vec<Reply>,
    /// What was written, if anything was.
    pub deltas: Vec<Arc<Delta>>,
    /// How long the store took to load rows.
    pub loading: Duration,
    /// How long the store took to write.
    pub committing: Duration,
}

/// A writer and its store.
pub struct Harness<S> {
    // Before the store: the last connection that closes tidies up, and it must be one that writes.
    loader: Box<dyn Load>,
    /// The store, for questions between batches.
    pub store: S,
    writer: Writer<usize>,
}

impl<S: Store> Harness<S> {
    /// Starts a writer over what is in the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(mut store: S) -> Result<Self, StoreError> {
        let Start {
            resident,
            sequences,
            fresh_from,
            ..
        } = store.start()?;
        let loader = store.loader()?;
        let writer = Writer::new(World::new(resident, sequences, fresh_from));
        Ok(Self {
            store,
            loader,
            writer,
        })
    }

    /// Has commands decided as one batch (or as several, beyond [`writer::BATCH_MAX`]) at `now`.
    ///
    /// # Panics
    /// When a command gets no reply, which the writer promises.
    pub fn batch(&mut self, now: i64, commands: Vec<Envelope>) -> Batch {
        let mut replies: Vec<Option<Reply>> = commands.iter().map(|_| None).collect();
        let mut batch = Batch {
            replies: Vec::new(),
            deltas: Vec::new(),
            loading: Duration::ZERO,
            committing: Duration::ZERO,
        };
        let mut out = Vec::new();
        for (ticket, envelope) in commands.into_iter().enumerate() {
            self.writer
                .step(now, Input::Submit(ticket, Box::new(envelope)), &mut out);
        }
        while !(self.writer.is_idle() && out.is_empty()) {
            if out.is_empty() {
                // Without the turn the store refuses, which the replies say.
                drop(self.take_turn());
                self.writer.step(now, Input::Tick, &mut out);
            }
            for output in std::mem::take(&mut out) {
                if let Some(input) = self.carry_out(output, &mut replies, &mut batch) {
                    self.writer.step(now, input, &mut out);
                }
            }
        }
        let all = replies
            .into_iter()
            .map(|r| r.expect("every command gets a reply"));
        batch.replies = all.collect();
        batch
    }

    /// Gets the turn to write and hears what others wrote. [`Harness::batch`] does it, too.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn take_turn(&mut self) -> Result<(), StoreError> {
        match self.store.take_turn()? {
            Turn::Changed(foreign) => {
                let Foreign {
                    stale,
                    rows,
                    last_id,
                    sequences,
                    ..
                } = *foreign;
                self.writer.catch_up(&stale, rows, last_id, sequences);
            }
            Turn::Anew(start, _) => {
                let world = World::new(start.resident, start.sequences, start.fresh_from);
                self.writer.begin_anew(world);
            }
            Turn::Same => {}
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        output: Output<usize>,
        replies: &mut [Option<Reply>],
        batch: &mut Batch,
    ) -> Option<Input<usize>> {
        let started = Instant::now();
        match output {
            Output::Load(keys) => {
                let rows = self.loader.load(&keys).map_err(|e| e.to_string());
                batch.loading += started.elapsed();
                Some(Input::Loaded(rows))
            }
            Output::Commit(delta) => {
                let result = self.store.commit(&delta).map_err(|e| e.to_string());
                batch.committing += started.elapsed();
                Some(Input::Committed(result))
            }
            Output::Reply(ticket, reply) => {
                assert!(replies[ticket].is_none(), "a command gets one reply");
                replies[ticket] = Some(reply);
                None
            }
            Output::Publish(delta) => {
                batch.deltas.push(delta);
                None
            }
        }
    }

    /// Has one command decided at `now`.
    ///
    /// # Errors
    /// The refusal.
    ///
    /// # Panics
    /// When the store fails: a test cannot go on without it.
    pub fn submit(&mut self, now: i64, command: Envelope) -> Result<Decided, Refusal> {
        let reply = self.batch(now, vec![command]).replies.pop();
        match reply.expect("one command, one reply") {
            Ok(decided) => Ok(decided),
            Err(Failure::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("the store failed: {other:?}"),
        }
    }
}
