//! The one thread that drives the writer: it takes commands from the door, loads and commits for the
//! machine, and gives its replies. It must never wait for anything but the store.
//!
//! Where several servers work on one database it asks for the turn before a batch, hears what others wrote, and
//! gives the turn up when others wait or nothing comes.

use crate::follow::Publisher;
use crate::health::Health;
use api::app::{Job, now_ms};
use commerce::{Delta, World};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::{Foreign, Start, Store, StoreError, Turn};
use tokio::sync::oneshot;
use writer::{BATCH_MAX, Failure, Input, Output, Reply, Writer};

/// How long the thread sleeps when nothing comes before it does work that may wait.
const IDLE: Duration = Duration::from_millis(100);
/// Batches between two looks at work that may wait, when commands never pause.
const BATCHES_BETWEEN_IDLE: u32 = 64;
/// How often it is tried whether batches can be written again.
const WRITE_RETRY: Duration = Duration::from_secs(1);

/// How long the turn is kept at least while commands come, when others wait for it.
const TURN: Duration = Duration::from_millis(25);
/// How long the turn is kept when nothing comes.
const TURN_IDLE: Duration = Duration::from_millis(3);

/// Who hears of durable batches.
pub struct Followers {
    /// Those who follow.
    pub publisher: Arc<Publisher>,
    /// Who is told whether the disk takes batches.
    pub health: Arc<Health>,
}

type Ticket = oneshot::Sender<Reply>;

/// The running thread.
pub struct Handle {
    thread: JoinHandle<()>,
    stop: Arc<AtomicBool>,
}

impl Handle {
    /// Ends the thread once everything that came through the door was answered. Blocks.
    ///
    /// # Errors
    /// When the thread had panicked.
    pub fn finish(self) -> std::thread::Result<()> {
        self.stop.store(true, Ordering::Release);
        self.thread.join()
    }
}

/// Says that the thread has ended, however that came.
struct Alive(Arc<Health>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.writer_ended();
    }
}

/// Starts the thread. It ends when it is told to, or the last door is gone, and everything that came
/// through was answered.
pub fn start<S: Store + 'static>(
    store: S,
    writer: Writer<Ticket>,
    queue: Receiver<Job>,
    followers: Followers,
) -> std::io::Result<Handle> {
    let stop = Arc::new(AtomicBool::new(false));
    let driver = Driver {
        store,
        writer,
        followers,
        out: Vec::new(),
        stop: stop.clone(),
        tried_at: None,
        turn_since: None,
        was_cut_off: false,
    };
    let thread = std::thread::Builder::new()
        .name("writer".to_string())
        .spawn(move || {
            let _alive = Alive(driver.followers.health.clone());
            driver.run(&queue);
        })?;
    Ok(Handle { thread, stop })
}

struct Driver<S> {
    store: S,
    writer: Writer<Ticket>,
    followers: Followers,
    out: Vec<Output<Ticket>>,
    stop: Arc<AtomicBool>,
    /// When it was last tried whether batches can be written again.
    tried_at: Option<Instant>,
    /// Since when the turn is ours, or others were last looked for.
    turn_since: Option<Instant>,
    /// Commands may have waited so long that nobody waits for them any more.
    was_cut_off: bool,
}

impl<S: Store> Driver<S> {
    fn run(mut self, queue: &Receiver<Job>) {
        let mut since_idle = 0;
        loop {
            let patience = if self.turn_since.is_some() {
                TURN_IDLE
            } else {
                IDLE
            };
            match queue.recv_timeout(patience) {
                Ok(job) => {
                    self.submit(job);
                    for job in queue.try_iter().take(BATCH_MAX - 1) {
                        self.submit(job);
                    }
                    let waiting = self.writer.queued() as f64;
                    metrics::gauge!("sesame_writer_queue").set(waiting);
                    metrics::histogram!("sesame_batch_commands").record(waiting);
                    self.batch();
                    since_idle += 1;
                }
                Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Acquire) => break,
                Err(RecvTimeoutError::Timeout) => {
                    since_idle = BATCHES_BETWEEN_IDLE;
                    self.was_cut_off = false;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if since_idle >= BATCHES_BETWEEN_IDLE {
                since_idle = 0;
                self.idle();
            }
        }
        while !self.writer.is_idle() {
            self.batch();
        }
        self.give_turn();
    }

    fn submit(&mut self, job: Job) {
        // After a time without the database, whoever asked may have been told that the answer took too long.
        if self.was_cut_off && job.reply.is_closed() {
            return;
        }
        self.step(Input::Submit(job.reply, job.envelope));
    }

    /// Begins a batch with the turn in hand, or turns away what waits for one.
    fn batch(&mut self) {
        match self.take_turn() {
            Ok(()) => self.step(Input::Tick),
            Err(reason) => {
                self.was_cut_off = true;
                self.followers.health.committed(Err(()));
                self.writer.turn_away(&reason, &mut self.out);
                self.carry_out_all();
            }
        }
        self.make_room();
    }

    /// Gets the turn and takes in what others wrote.
    fn take_turn(&mut self) -> Result<(), String> {
        let turn = self.store.take_turn();
        match turn.map_err(|e| failed("getting the turn to write", &e))? {
            Turn::Same => {}
            Turn::Changed(foreign) => {
                let Foreign {
                    stale,
                    resident,
                    last_id,
                    sequences,
                    batch,
                } = *foreign;
                self.followers.publisher.foreign(&batch);
                self.writer.catch_up(&stale, resident, last_id, sequences);
            }
            Turn::Anew(start) => {
                self.writer.begin_anew(world(*start));
                let told = self.followers.publisher.everything();
                told.map_err(|e| failed("reading everything anew", &e))?;
            }
        }
        self.turn_since.get_or_insert_with(Instant::now);
        Ok(())
    }

    /// Gives the turn up if it was ours for a while and others wait for it.
    fn make_room(&mut self) {
        if self.turn_since.is_none_or(|since| since.elapsed() < TURN) {
            return;
        }
        self.turn_since = Some(Instant::now());
        if !matches!(self.store.is_turn_wanted(), Ok(false)) {
            self.give_turn();
        }
    }

    fn give_turn(&mut self) {
        if self.turn_since.take().is_some()
            && let Err(error) = self.store.give_turn()
        {
            // With the connection the turn is gone, too.
            tracing::warn!(%error, "giving the turn up");
        }
    }

    /// What became of a batch cannot be found out: nobody gets an answer, nothing in memory is trusted any more, and
    /// all begins anew from the database, once it is there.
    fn begin_anew(&mut self) {
        self.writer = Writer::new(World::default());
        self.out.clear();
        self.was_cut_off = true;
        self.turn_since = None;
        while !self.stop.load(Ordering::Acquire) {
            let read = self.store.start();
            match read.and_then(|start| self.followers.publisher.everything().map(|()| start)) {
                Ok(start) => {
                    self.writer = Writer::new(world(start));
                    tracing::warn!("the working set was read anew from the database");
                    return;
                }
                Err(error) => {
                    tracing::error!(%error, "the database cannot be read; it is tried again");
                    std::thread::park_timeout(WRITE_RETRY);
                }
            }
        }
    }

    /// Takes one input, and everything that follows from it.
    fn step(&mut self, input: Input<Ticket>) {
        self.writer.step(now_ms(), input, &mut self.out);
        self.carry_out_all();
    }

    fn carry_out_all(&mut self) {
        while !self.out.is_empty() {
            for output in std::mem::take(&mut self.out) {
                self.carry_out(output);
            }
        }
    }

    fn carry_out(&mut self, output: Output<Ticket>) {
        match output {
            Output::Load(keys) => {
                let rows = self
                    .store
                    .load(&keys)
                    .map_err(|e| failed("loading rows", &e));
                self.writer
                    .step(now_ms(), Input::Loaded(rows), &mut self.out);
            }
            Output::Commit(delta) => {
                let started = Instant::now();
                let result = self.store.commit(&delta);
                let is_unknown = matches!(result, Err(StoreError::OutcomeUnknown));
                let result = result.map_err(|e| failed("writing a batch", &e));
                metrics::histogram!("sesame_commit_seconds")
                    .record(started.elapsed().as_secs_f64());
                self.followers.health.committed(match &result {
                    Ok(()) => Ok(()),
                    Err(_) => Err(()),
                });
                if is_unknown {
                    return self.begin_anew();
                }
                self.writer
                    .step(now_ms(), Input::Committed(result), &mut self.out);
            }
            // Who asked may be gone: the command was carried out all the same.
            Output::Reply(ticket, reply) => {
                count_refusal(&reply);
                drop(ticket.send(reply));
            }
            Output::Publish(delta) => {
                count_batch(&delta);
                let number = self.store.last_batch();
                self.followers.publisher.own(number, &delta);
            }
        }
    }

    /// A failure ends without a customer who tries his luck.
    fn try_write(&mut self) {
        let is_due = |at: Instant| at.elapsed() >= WRITE_RETRY;
        if self.followers.health.commits_work() || !self.tried_at.is_none_or(is_due) {
            return;
        }
        let written = self.store.try_write();
        self.tried_at = Some(Instant::now());
        self.followers.health.committed(written.map_err(drop));
    }

    fn idle(&mut self) {
        self.try_write();
        metrics::gauge!("sesame_writer_queue").set(self.writer.queued() as f64);
        // On a full disk it would fail again and again, and fill the log.
        if self.followers.health.commits_work()
            && let Err(error) = self.store.idle(now_ms())
        {
            failed("work beside the batches", &error);
            if matches!(error, StoreError::Unreachable(_)) {
                self.followers.health.committed(Err(()));
            }
        }
        self.give_turn();
    }
}

/// The working set as it begins.
pub fn world(start: Start) -> World {
    World::new(start.resident, start.sequences, start.fresh_from)
}

fn count_refusal(reply: &Reply) {
    let code = match reply {
        Ok(_) => return,
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Overloaded) => "overloaded",
        Err(Failure::Unavailable(_)) => "unavailable",
    };
    metrics::counter!("sesame_refusals_total", "code" => code).increment(1);
}

fn count_batch(delta: &Delta) {
    let fresh = delta.groups.iter().filter(|(before, _)| before.is_none());
    let orders: usize = fresh.map(|(_, group)| group.orders.len()).sum();
    metrics::counter!("sesame_orders_placed_total").increment(orders as u64);
    if let Some(last) = delta.events.last() {
        metrics::gauge!("sesame_feed_position").set(last.position as f64);
    }
}

fn failed(what: &str, error: &store::StoreError) -> String {
    tracing::error!(%error, "{what} failed");
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::app::Door;
    use commerce::command::{Command, Envelope};
    use commerce::id::SellerId;
    use commerce::settings::Seller;
    use commerce::world::{KeySet, Record, Rows, Sequences};
    use store::Shelf;
    use store::sqlite::SqliteStore;

    /// A store on a disk that is full as long as the flag says so.
    struct Full(SqliteStore, Arc<AtomicBool>);

    impl Full {
        fn room(&self) -> Result<(), StoreError> {
            match self.1.load(Ordering::Acquire) {
                true => Err(StoreError::DiskFull),
                false => Ok(()),
            }
        }
    }

    impl Store for Full {
        fn start(&mut self) -> Result<Start, StoreError> {
            self.0.start()
        }

        fn load(&mut self, keys: &KeySet) -> Result<Rows, StoreError> {
            self.0.load(keys)
        }

        fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
            self.room().and_then(|()| self.0.commit(delta))
        }

        fn try_write(&mut self) -> Result<(), StoreError> {
            self.room().and_then(|()| self.0.try_write())
        }

        fn idle(&mut self, now: i64) -> Result<(), StoreError> {
            self.0.idle(now)
        }
    }

    fn seller() -> Envelope {
        Envelope::system(Command::SaveRecords(vec![Record::Seller(Seller {
            id: SellerId(0x100),
            code: "own".to_string(),
            name: "Own".to_string(),
            first_party: true,
        })]))
    }

    #[test]
    fn a_failed_batch_makes_unready_until_batches_can_be_written_again() {
        let folder = std::env::temp_dir().join(format!("sesame-driver-{}", std::process::id()));
        let store = SqliteStore::open(&folder).expect("a database");
        let health = Health::new(folder.clone());
        health.index_filled();
        let reader = Arc::new(store.reader());
        let shelf = Arc::new(Shelf::load(&*reader, Rows::default()).expect("a shelf"));
        let followers = Followers {
            publisher: Arc::new(Publisher::new(shelf, Arc::default(), reader, 0)),
            health: health.clone(),
        };
        let full = Arc::new(AtomicBool::new(true));
        let (queue, jobs) = std::sync::mpsc::sync_channel(8);
        let door = Door::new(queue);
        let world = World::new(Vec::new(), Sequences::default(), 0);
        let writer = start(
            Full(store, full.clone()),
            Writer::new(world),
            jobs,
            followers,
        );
        let writer = writer.expect("a thread");
        assert!(door.submit_blocking(seller()).is_err());
        std::thread::park_timeout(2 * WRITE_RETRY);
        assert_eq!(health.complaint(), Some("the disk cannot be written"));
        full.store(false, Ordering::Release);
        let freed = Instant::now();
        while health.complaint().is_some() {
            assert!(
                freed.elapsed() < Duration::from_secs(20),
                "it stays unready"
            );
            std::thread::park_timeout(IDLE);
        }
        assert!(door.submit_blocking(seller()).is_ok());
        assert!(writer.finish().is_ok());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
