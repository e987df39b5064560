//! The one thread that drives the writer: it takes commands from the door, loads rows for the machine, has a
//! second thread commit for it, and gives its replies. It must never wait for anything but the store.
//!
//! Where several servers work on one database it asks for the turn before a batch, hears what others wrote, and
//! gives the turn up when others wait or nothing comes.

mod turns;

use crate::follow::Publisher;
use crate::health::Health;
use api::admission::Admission;
use api::app::{Job, now_ms};
use commerce::{Delta, World};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::worker::{Done, Worker};
use store::{Load, Start, Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use turns::{TURN_IDLE, Turns};
use writer::{BATCH_MAX, Failure, Input, Output, Reply, Writer};

/// How long the thread sleeps when nothing comes before it does work that may wait.
const IDLE: Duration = Duration::from_millis(100);
/// Batches between two looks at work that may wait, when commands never pause.
const BATCHES_BETWEEN_IDLE: u32 = 64;
/// Commands that make it worth to decide a batch while another is being committed. Fewer wait for the commit
/// to end and go together: each batch costs a sync of the disk.
const AHEAD_MIN: usize = 1_024;
/// From so many writes in work on, a batch waits for more of them: each costs a sync and the pages it touches, and
/// those that were just answered come again.
const GATHER_FROM: usize = 64;
/// This share of the writes in work makes a batch at once.
const GATHERED_PART: usize = 2;
/// How often, and each time how long, a batch waits for that share.
const GATHER_PAUSES: usize = 3;
const GATHER_PAUSE: Duration = Duration::from_micros(300);
/// How long the thread waits for a commit before it looks at what has come meanwhile.
const COMMIT_POLL: Duration = Duration::from_millis(1);
/// How often it is tried whether batches can be written again.
const WRITE_RETRY: Duration = Duration::from_secs(1);

/// Who hears of durable batches.
pub struct Followers {
    /// Those who follow.
    pub publisher: Arc<Publisher>,
    /// Who is told whether the disk takes batches.
    pub health: Arc<Health>,
    /// Who is told how long commands wait.
    pub admission: Arc<Admission>,
}

type Ticket = oneshot::Sender<Reply>;

/// Replies with who waits for them.
type Replies = Vec<(Ticket, Reply)>;

/// Gives replies from within the runtime: whoever is woken there is next in line at once, where a wake-up from
/// this thread would cost a system call each.
async fn give(mut given: mpsc::UnboundedReceiver<Replies>) {
    while let Some(replies) = given.recv().await {
        for (ticket, reply) in replies {
            // Who asked may be gone: the command was carried out all the same.
            drop(ticket.send(reply));
        }
    }
}

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

/// Starts the thread, within a runtime. It ends when it is told to, or the last door is gone, and everything that
/// came through was answered.
pub fn start<S: Store + 'static>(
    mut store: S,
    writer: Writer<Ticket>,
    queue: Receiver<Job>,
    followers: Followers,
) -> std::io::Result<Handle> {
    let stop = Arc::new(AtomicBool::new(false));
    let loader = store.loader().map_err(std::io::Error::other)?;
    let is_shared = store.is_shared();
    // No more can wait than commands are under way, and those are bounded.
    let (give_replies, given) = mpsc::unbounded_channel();
    tokio::spawn(give(given));
    let driver = Driver {
        turns: Turns {
            is_shared,
            batch: store.last_batch(),
            ..Turns::default()
        },
        worker: Worker::start(store)?,
        loader,
        writer,
        followers,
        out: Vec::new(),
        replies: Vec::new(),
        give_replies,
        stop: stop.clone(),
        tried_at: None,
        since_idle: 0,
        errands: 0,
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
    worker: Worker<S>,
    loader: Box<dyn Load>,
    writer: Writer<Ticket>,
    followers: Followers,
    out: Vec<Output<Ticket>>,
    /// What was decided and is durable, until all of a batch is together.
    replies: Replies,
    give_replies: mpsc::UnboundedSender<Replies>,
    stop: Arc<AtomicBool>,
    /// When it was last tried whether batches can be written again.
    tried_at: Option<Instant>,
    /// Batches since work was asked for that may wait.
    since_idle: u32,
    /// Work beside commits that was asked for and is not done.
    errands: u32,
    turns: Turns,
}

impl<S: Store + 'static> Driver<S> {
    fn run(mut self, queue: &Receiver<Job>) {
        loop {
            if self.writer.is_committing() {
                self.go_ahead(queue);
                continue;
            }
            self.take_done(Duration::ZERO);
            // What came while a commit was under way goes together, and waits for nobody else.
            self.take_waiting(queue);
            if self.writer.queued() > 0 {
                self.gather(queue);
                self.begin();
            } else if !self.wait(queue) {
                break;
            }
            if self.since_idle >= BATCHES_BETWEEN_IDLE && self.errands == 0 {
                self.since_idle = 0;
                self.idle();
            }
        }
        while !self.writer.is_idle() {
            self.begin();
            self.take_done(COMMIT_POLL);
        }
        self.give_turn();
        while self.errands > 0 {
            self.take_done(COMMIT_POLL);
        }
        // The last connection that closes tidies up, and it must be one that writes.
        drop(self.loader);
        drop(self.worker.finish());
    }

    /// Waits for a command and begins a batch; says whether to go on.
    fn wait(&mut self, queue: &Receiver<Job>) -> bool {
        let has_turn = self.turns.is_shared && self.turns.since.is_some();
        match queue.recv_timeout(if has_turn { TURN_IDLE } else { IDLE }) {
            Ok(job) => {
                self.take(job, queue);
                self.gather(queue);
                self.begin();
            }
            Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Acquire) => return false,
            Err(RecvTimeoutError::Timeout) => {
                self.since_idle = BATCHES_BETWEEN_IDLE;
                self.turns.was_cut_off = false;
            }
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        true
    }

    /// While a commit is under way: what comes is taken, and decided if it is enough.
    fn go_ahead(&mut self, queue: &Receiver<Job>) {
        self.take_waiting(queue);
        if self.writer.queued() >= AHEAD_MIN && !self.turns.is_over() {
            self.begin();
        }
        self.take_done(COMMIT_POLL);
    }

    /// Lets a batch grow for a moment, if many writes are on their way to it.
    fn gather(&mut self, queue: &Receiver<Job>) {
        for _ in 0..GATHER_PAUSES {
            let in_work = self.followers.admission.writes_in_work();
            let wanted = (in_work / GATHERED_PART).min(BATCH_MAX);
            if in_work < GATHER_FROM || self.writer.queued() >= wanted {
                return;
            }
            // Asleep, not at the queue: whoever brings a command need not wake anybody.
            std::thread::park_timeout(GATHER_PAUSE);
            self.take_waiting(queue);
        }
    }

    /// Takes what waits, if there is room in a batch.
    fn take_waiting(&mut self, queue: &Receiver<Job>) {
        if self.writer.queued() < BATCH_MAX
            && let Ok(job) = queue.try_recv()
        {
            self.take(job, queue);
        }
    }

    /// Takes a command, and as many as a batch holds of those that wait behind it.
    fn take(&mut self, job: Job, queue: &Receiver<Job>) {
        self.followers.admission.flow.writer_took(job.at);
        self.submit(job);
        for job in queue.try_iter().take(BATCH_MAX - 1) {
            self.submit(job);
        }
    }

    /// Begins a batch, if one can be begun.
    fn begin(&mut self) {
        if !self.writer.is_under_way() && !self.has_turn() {
            return;
        }
        let waiting = self.writer.queued() as f64;
        self.step(Input::Tick);
        if (self.writer.queued() as f64) < waiting {
            metrics::gauge!("sesame_writer_queue").set(waiting);
            metrics::histogram!("sesame_batch_commands").record(waiting);
            self.since_idle += 1;
        }
    }

    /// Takes what the store has done, waited for at most so long.
    fn take_done(&mut self, limit: Duration) {
        let Some(done) = self.worker.done(limit) else {
            return;
        };
        match done {
            Done::Committed(result, took) => {
                metrics::histogram!("sesame_commit_seconds").record(took.as_secs_f64());
                self.followers.admission.flow.committed(took);
                let known = result.as_ref().map(drop).map_err(drop);
                self.followers.health.committed(known);
                if matches!(result, Err(StoreError::OutcomeUnknown)) {
                    return self.begin_anew();
                }
                let result = result.map_err(|e| failed("writing a batch", &e));
                self.turns.batch += u64::from(result.is_ok());
                self.step(Input::Committed(result));
            }
            Done::Turn(answer) => self.turns.answer = Some(answer),
            Done::TurnLost => self.turns.since = None,
            Done::Room(is_ours) => {
                self.errands -= 1;
                self.turns.since = self.turns.since.filter(|_| is_ours);
            }
            Done::Idle(result) => {
                self.errands -= 1;
                if let Err(error) = result {
                    failed("work beside the batches", &error);
                    if matches!(error, StoreError::Unreachable(_)) {
                        self.followers.health.committed(Err(()));
                    }
                }
            }
            Done::Tried(result) => {
                self.errands -= 1;
                self.followers.health.committed(result.map_err(drop));
            }
        }
    }

    fn submit(&mut self, job: Job) {
        // After a time without the database, whoever asked may have been told that the answer took too long.
        if self.turns.was_cut_off && job.reply.is_closed() {
            return;
        }
        self.step(Input::Submit(job.reply, job.envelope));
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
        if !self.replies.is_empty() {
            // Without a runtime there is nobody who waits.
            drop(self.give_replies.send(std::mem::take(&mut self.replies)));
        }
    }

    fn carry_out(&mut self, output: Output<Ticket>) {
        match output {
            Output::Load(keys) => {
                let rows = self.loader.load(&keys);
                let rows = rows.map_err(|e| failed("loading rows", &e));
                self.writer
                    .step(now_ms(), Input::Loaded(rows), &mut self.out);
            }
            Output::Commit(delta) => self.worker.commit(delta),
            Output::Reply(ticket, reply) => {
                count_refusal(&reply);
                self.replies.push((ticket, reply));
            }
            Output::Publish(delta) => {
                count_batch(&delta);
                self.followers.publisher.own(self.turns.batch, &delta);
            }
        }
    }

    /// A failure ends without a customer who tries his luck.
    fn try_write(&mut self) {
        let is_due = |at: Instant| at.elapsed() >= WRITE_RETRY;
        if self.followers.health.commits_work() || !self.tried_at.is_none_or(is_due) {
            return;
        }
        self.tried_at = Some(Instant::now());
        self.errands += 1;
        self.worker.try_write();
    }

    fn idle(&mut self) {
        self.try_write();
        metrics::gauge!("sesame_writer_queue").set(self.writer.queued() as f64);
        // On a full disk it would fail again and again, and fill the log.
        if self.followers.health.commits_work() {
            self.errands += 1;
            self.worker.idle(now_ms());
        }
        if !self.writer.is_under_way() {
            self.give_turn();
        }
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
    use commerce::world::{Record, Rows, Sequences};
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

        fn loader(&mut self) -> Result<Box<dyn Load>, StoreError> {
            self.0.loader()
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

    /// A store that takes its time to commit.
    struct Slow(SqliteStore);

    const COMMIT_TIME: Duration = Duration::from_millis(400);

    impl Store for Slow {
        fn start(&mut self) -> Result<Start, StoreError> {
            self.0.start()
        }

        fn loader(&mut self) -> Result<Box<dyn Load>, StoreError> {
            self.0.loader()
        }

        fn commit(&mut self, delta: &Delta) -> Result<(), StoreError> {
            std::thread::park_timeout(COMMIT_TIME);
            self.0.commit(delta)
        }

        fn try_write(&mut self) -> Result<(), StoreError> {
            self.0.try_write()
        }

        fn idle(&mut self, now: i64) -> Result<(), StoreError> {
            self.0.idle(now)
        }
    }

    fn followers(store: &SqliteStore, health: &Arc<Health>) -> Followers {
        let reader = Arc::new(store.reader());
        let shelf = Arc::new(Shelf::load(&*reader, Rows::default()).expect("a shelf"));
        Followers {
            publisher: Arc::new(Publisher::new(
                (shelf, Arc::default()),
                Arc::default(),
                reader,
                0,
            )),
            health: health.clone(),
            admission: Arc::default(),
        }
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Runtime::new().expect("a runtime")
    }

    #[test]
    fn what_comes_during_the_last_commit_is_answered_though_nobody_comes_after() {
        let name = format!("sesame-driver-last-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let store = SqliteStore::open(&folder).expect("a database");
        let followers = followers(&store, &Health::new(folder.clone()));
        let (queue, jobs) = std::sync::mpsc::sync_channel(8);
        let door = Door::new(queue);
        let world = World::new(Vec::new(), Sequences::default(), 0);
        let runtime = runtime();
        let writer = {
            let _within = runtime.enter();
            start(Slow(store), Writer::new(world), jobs, followers)
        };
        let writer = writer.expect("a thread");
        let (tell, told) = std::sync::mpsc::channel();
        for _ in 0..2 {
            let (door, tell) = (door.clone(), tell.clone());
            std::thread::spawn(move || tell.send(door.submit_blocking(seller()).is_ok()));
            // The second comes while the first is being committed.
            std::thread::park_timeout(COMMIT_TIME / 4);
        }
        for _ in 0..2 {
            assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(true));
        }
        assert!(writer.finish().is_ok());
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    fn seller() -> Envelope {
        Envelope::system(Command::SaveRecords(vec![Record::Seller(Seller {
            id: SellerId(0x100),
            code: "own".to_string(),
            name: "Own".to_string(),
            first_party: true,
            billing: Vec::new(),
        })]))
    }

    #[test]
    fn a_failed_batch_makes_unready_until_batches_can_be_written_again() {
        let folder = std::env::temp_dir().join(format!("sesame-driver-{}", std::process::id()));
        let store = SqliteStore::open(&folder).expect("a database");
        let health = Health::new(folder.clone());
        health.index_filled();
        let followers = followers(&store, &health);
        let full = Arc::new(AtomicBool::new(true));
        let (queue, jobs) = std::sync::mpsc::sync_channel(8);
        let door = Door::new(queue);
        let world = World::new(Vec::new(), Sequences::default(), 0);
        let runtime = runtime();
        let writer = {
            let _within = runtime.enter();
            let store = Full(store, full.clone());
            start(store, Writer::new(world), jobs, followers)
        };
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
