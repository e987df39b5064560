//! Drives the production writer as the server does: the store commits on a thread of its own while the next
//! batch is decided.

use commerce::Envelope;
use commerce::world::{Delta, World};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::worker::{Done, Worker};
use store::{Load, Start, Store, StoreError};
use writer::{BATCH_MAX, Input, Output, Writer};

/// What became of some batches.
#[derive(Debug, Default)]
pub struct Ran {
    /// Commands that were refused or failed, and one of the reasons.
    pub failed: Option<(usize, String)>,
    /// From the first command handed in to the last reply, durable.
    pub whole: Duration,
    /// Per batch of commands: from handing it in to its last reply.
    pub batches: Vec<Duration>,
    /// How long the store took to write.
    pub committing: Duration,
}

/// A writer, its store and the thread between them.
pub struct Pipeline<S> {
    worker: Worker<S>,
    loader: Box<dyn Load>,
    writer: Writer<usize>,
    /// A list to be used again.
    outputs: Vec<Output<usize>>,
}

impl<S: Store + 'static> Pipeline<S> {
    /// Starts a writer over what is in the store.
    ///
    /// # Errors
    /// When the store cannot be read, or the system gives no thread.
    pub fn new(mut store: S) -> Result<Self, StoreError> {
        let Start {
            resident,
            sequences,
            fresh_from,
            ..
        } = store.start()?;
        let loader = store.loader()?;
        let worker = Worker::start(store).map_err(|e| StoreError::Engine(e.to_string()))?;
        let writer = Writer::new(World::new(resident, sequences, fresh_from));
        Ok(Self {
            worker,
            loader,
            writer,
            outputs: Vec::new(),
        })
    }

    /// Has batches of commands carried out, each at its time in UTC milliseconds, handed in as soon as the
    /// writer takes them. `publish` hears of every durable batch, as those do who follow a server.
    ///
    /// # Panics
    /// When the store cannot load rows.
    pub fn run(
        &mut self,
        batches: Vec<(i64, Vec<Envelope>)>,
        publish: &mut dyn FnMut(Arc<Delta>),
    ) -> Ran {
        let mut ran = Ran::default();
        let mut open: Vec<(Instant, usize)> = Vec::new();
        let mut coming = batches.into_iter();
        let mut now = 0;
        let mut out = Vec::new();
        let began = Instant::now();
        loop {
            while self.writer.queued() < BATCH_MAX
                && let Some((at, commands)) = coming.next()
            {
                now = at;
                open.push((Instant::now(), commands.len()));
                for command in commands {
                    let submit = Input::Submit(open.len() - 1, Box::new(command));
                    self.writer.step(now, submit, &mut out);
                }
            }
            let waiting = self.writer.queued();
            self.writer.step(now, Input::Tick, &mut out);
            self.carry_out(now, &mut out, &mut open, &mut ran, publish);
            // A batch was begun; while it is committed, the next one may be decided.
            if self.writer.queued() < waiting {
                continue;
            }
            if self.writer.is_committing() {
                if let Some(Done::Committed(result, took)) = self.worker.done(Duration::MAX) {
                    ran.committing += took;
                    let result = result.map_err(|e| e.to_string());
                    self.writer.step(now, Input::Committed(result), &mut out);
                    self.carry_out(now, &mut out, &mut open, &mut ran, publish);
                }
            } else if self.writer.is_idle() && coming.len() == 0 {
                break;
            }
        }
        ran.whole = began.elapsed();
        ran
    }

    fn carry_out(
        &mut self,
        now: i64,
        out: &mut Vec<Output<usize>>,
        open: &mut [(Instant, usize)],
        ran: &mut Ran,
        publish: &mut dyn FnMut(Arc<Delta>),
    ) {
        while !out.is_empty() {
            let mut outputs = std::mem::take(&mut self.outputs);
            std::mem::swap(out, &mut outputs);
            for output in outputs.drain(..) {
                match output {
                    Output::Load(keys) => {
                        let rows = self.loader.load(&keys).expect("rows can be loaded");
                        self.writer.step(now, Input::Loaded(Ok(rows)), out);
                    }
                    Output::Commit(delta) => self.worker.commit(delta),
                    Output::Publish(delta) => publish(delta),
                    Output::Reply(ticket, reply) => {
                        let (since, left) = &mut open[ticket];
                        *left -= 1;
                        if *left == 0 {
                            ran.batches.push(since.elapsed());
                        }
                        if let Err(failure) = reply {
                            let (count, _) = ran.failed.get_or_insert((0, format!("{failure:?}")));
                            *count += 1;
                        }
                    }
                }
            }
            self.outputs = outputs;
        }
    }

    /// Has the store do work that may wait, and waits for it; `now` in UTC milliseconds.
    ///
    /// # Errors
    /// When rows cannot be written.
    pub fn idle(&mut self, now: i64) -> Result<(), StoreError> {
        self.worker.idle(now);
        match self.worker.done(Duration::MAX) {
            Some(Done::Idle(result)) => result,
            other => Err(StoreError::Engine(format!(
                "it did something else: {other:?}"
            ))),
        }
    }

    /// Ends the thread and gives the store back.
    pub fn finish(self) -> S {
        // The last connection that closes tidies up, and it must be one that writes.
        drop(self.loader);
        self.worker.finish()
    }
}
