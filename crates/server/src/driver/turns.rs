//! The turn to write, where several servers work on one database: asked for before a batch, with what others wrote
//! meanwhile, and given up when others wait or nothing comes.

use super::{COMMIT_POLL, Driver, failed, world};
use commerce::World;
use std::time::{Duration, Instant};
use store::{Foreign, Store, StoreError, Turn};
use writer::Writer;

/// How long the turn is kept at least while commands come, when others wait for it.
const TURN: Duration = Duration::from_millis(50);
/// How long the turn is kept when nothing comes.
pub(super) const TURN_IDLE: Duration = Duration::from_millis(3);

/// The turn to write, where several servers take turns.
#[derive(Default)]
pub(super) struct Turns {
    pub is_shared: bool,
    /// Since when the turn is ours, or others were last looked for; `None` while it is not ours.
    pub since: Option<Instant>,
    /// What the store answered, once it was asked for the turn.
    pub answer: Option<Result<Turn, StoreError>>,
    /// The number of the last batch, among those of all servers.
    pub batch: u64,
    /// Commands may have waited so long that nobody waits for them any more.
    pub was_cut_off: bool,
}

impl Turns {
    /// Whether others may be let write, once nothing is under way.
    pub fn is_over(&self) -> bool {
        self.is_shared && self.since.is_some_and(|since| since.elapsed() >= TURN)
    }
}

impl<S: Store + 'static> Driver<S> {
    /// Makes sure of the turn between two batches, or turns away what waits for one. Where there is one writer it
    /// is always ours.
    pub(super) fn has_turn(&mut self) -> bool {
        if !self.turns.is_shared || self.writer.queued() == 0 {
            return true;
        }
        if self.turns.is_over() {
            self.turns.since = Some(Instant::now());
            self.errands += 1;
            self.worker.make_room();
            while self.errands > 0 {
                self.take_done(COMMIT_POLL);
            }
        }
        if self.turns.since.is_some() {
            return true;
        }
        match self.take_turn() {
            Ok(()) => true,
            Err(reason) => {
                self.turns.was_cut_off = true;
                self.followers.health.committed(Err(()));
                self.writer.turn_away(&reason, &mut self.out);
                self.carry_out_all();
                false
            }
        }
    }

    /// Gets the turn and takes in what others wrote.
    fn take_turn(&mut self) -> Result<(), String> {
        self.worker.take_turn();
        let turn = loop {
            match self.turns.answer.take() {
                Some(answer) => break answer,
                None => self.take_done(COMMIT_POLL),
            }
        };
        match turn.map_err(|e| failed("getting the turn to write", &e))? {
            Turn::Same => {}
            Turn::Changed(foreign) => {
                let Foreign {
                    stale,
                    rows,
                    last_id,
                    sequences,
                    batch,
                } = *foreign;
                self.turns.batch = batch.number;
                self.followers.publisher.foreign(&batch);
                self.writer.catch_up(&stale, rows, last_id, sequences);
            }
            Turn::Anew(start, number) => {
                self.turns.batch = number;
                self.writer.begin_anew(world(*start));
                let told = self.followers.publisher.everything();
                told.map_err(|e| failed("reading everything anew", &e))?;
                tracing::warn!("the working set was read anew from the database");
            }
        }
        self.turns.since = Some(Instant::now());
        Ok(())
    }

    pub(super) fn give_turn(&mut self) {
        if self.turns.is_shared && self.turns.since.take().is_some() {
            self.errands += 1;
            self.worker.give_turn();
        }
    }

    /// What became of a batch cannot be found out: nobody gets an answer, and nothing in memory is trusted any more.
    /// With the turn, the store brings everything anew.
    pub(super) fn begin_anew(&mut self) {
        self.writer = Writer::new(World::default());
        self.out.clear();
        self.turns.since = None;
        self.turns.was_cut_off = true;
    }
}
