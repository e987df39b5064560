//! A store on a thread of its own: while it writes a batch, the next one is decided.

use crate::{Store, StoreError, Turn};
use commerce::world::Delta;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

enum Work {
    Commit(Arc<Delta>),
    Idle(i64),
    TryWrite,
    TakeTurn,
    GiveTurn,
    MakeRoom,
}

/// What a worker has done.
#[derive(Debug)]
pub enum Done {
    /// The batch is durable, or nothing of it was written; and how long it took.
    Committed(Result<(), StoreError>, Duration),
    /// Work that may wait was done.
    Idle(Result<(), StoreError>),
    /// It was tried whether batches can be written again.
    Tried(Result<(), StoreError>),
    /// The turn is ours, or why it is not.
    Turn(Result<Turn, StoreError>),
    /// Whether the turn is still ours after others were looked for.
    Room(bool),
    /// The turn was lost with the connection, or must be asked for anew.
    TurnLost,
}

/// A store that works when asked, in the order asked.
pub struct Worker<S> {
    work: Option<Sender<Work>>,
    done: Receiver<Done>,
    thread: Option<JoinHandle<S>>,
}

impl<S: Store + 'static> Worker<S> {
    /// Gives a store a thread.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start(mut store: S) -> std::io::Result<Self> {
        let (work, asked) = channel();
        let (tell, done) = channel();
        let thread = std::thread::Builder::new()
            .name("store".to_string())
            .spawn(move || {
                for work in asked {
                    let done = match work {
                        Work::Commit(delta) => {
                            let started = Instant::now();
                            let result = store.commit(&delta);
                            let done = Done::Committed(result, started.elapsed());
                            if store.has_turn() {
                                done
                            } else if tell.send(done).is_ok() {
                                Done::TurnLost
                            } else {
                                break;
                            }
                        }
                        Work::Idle(now) => Done::Idle(store.idle(now)),
                        Work::TryWrite => Done::Tried(store.try_write()),
                        Work::TakeTurn => Done::Turn(store.take_turn()),
                        // With the connection the turn is gone, too.
                        Work::GiveTurn => {
                            drop(store.give_turn());
                            Done::Room(false)
                        }
                        Work::MakeRoom => match store.is_turn_wanted() {
                            Ok(false) => Done::Room(true),
                            Ok(true) | Err(_) => {
                                drop(store.give_turn());
                                Done::Room(false)
                            }
                        },
                    };
                    if tell.send(done).is_err() {
                        break;
                    }
                }
                store
            })?;
        Ok(Self {
            work: Some(work),
            done,
            thread: Some(thread),
        })
    }

    /// Has a batch written.
    pub fn commit(&self, delta: Arc<Delta>) {
        self.ask(Work::Commit(delta));
    }

    /// Has work done that may wait; `now` in UTC milliseconds.
    pub fn idle(&self, now: i64) {
        self.ask(Work::Idle(now));
    }

    /// Has it tried whether batches can be written again.
    pub fn try_write(&self) {
        self.ask(Work::TryWrite);
    }

    /// Has the turn to write taken; see [`Store::take_turn`].
    pub fn take_turn(&self) {
        self.ask(Work::TakeTurn);
    }

    /// Has the turn given up.
    pub fn give_turn(&self) {
        self.ask(Work::GiveTurn);
    }

    /// Has the turn given up if others wait for it.
    pub fn make_room(&self) {
        self.ask(Work::MakeRoom);
    }

    fn ask(&self, work: Work) {
        // A thread that has ended is noticed by who waits for what it did.
        if let Some(asked) = &self.work {
            drop(asked.send(work));
        }
    }

    /// What was done next, waited for at most so long; `None` if nothing was.
    ///
    /// # Panics
    /// When the thread has ended before its time: what it was doing cannot be known.
    pub fn done(&self, limit: Duration) -> Option<Done> {
        match self.done.recv_timeout(limit) {
            Ok(done) => Some(done),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("the store's thread has ended"),
        }
    }

    /// Ends the thread and gives the store back.
    ///
    /// # Panics
    /// When the thread has panicked.
    pub fn finish(mut self) -> S {
        self.work = None;
        let thread = self.thread.take().expect("it is taken here alone");
        thread.join().expect("the store's thread has panicked")
    }
}
