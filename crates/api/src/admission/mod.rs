//! Admission: who is let in when more come than can be served.
//!
//! Every request is judged by its head alone, before its body is read: by what it is for ([`Class`]), by how much
//! its client asked for already ([`Clients`]), and by how much is in work of its kind ([`limiter`]). The way of a
//! request that is let in takes no lock and allocates nothing. The rest follows in a tick ten times a second.

mod class;
mod clients;
pub mod hall;
pub mod journal;
pub mod limiter;
pub mod room;
pub mod ticket;

pub use class::Class;
pub use clients::{Clients, Rate, TooFast};

use hall::Hall;
use limiter::{Bounds, Signal, next_limit, retry_after_s};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use ticket::Ticket;

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// Time between two ticks.
pub const TICK: Duration = Duration::from_millis(100);
/// Ticks over which rates are taken.
const TICKS_PER_SECOND: u64 = 10;
/// A wait for the writer that is all right however short its commits are, in microseconds. More in work than this
/// wait needs makes nothing faster, and what is under way falls out of the processors' caches.
const WRITER_WAIT_US: u64 = 25_000;
/// A wait for a reading thread that is all right.
const READ_WAIT_US: u64 = 100_000;
/// A wait for the payment provider's turn that is all right: shoppers wait for its word for ten seconds.
const PAYMENT_WAIT_US: u64 = 2_000_000;
/// A wait of a ready task for a core that is all right.
const CORE_WAIT_US: u64 = 250_000;
/// Bounds of the writes in work: the least that keeps a provider's calls going, and the writer's whole queue.
const WRITES: Bounds = Bounds {
    floor: 64,
    ceiling: writer::QUEUE_MAX,
};
/// Bounds of the reads in work.
const READS: Bounds = Bounds {
    floor: 32,
    ceiling: 16_384,
};
/// Writes that finish what was begun may be this many times those that begin.
const BEGUN_SHARE: usize = 2;
/// Where both limits begin: a batch of the writer.
const LIMIT_START: usize = writer::BATCH_MAX;

/// What the holder of a ticket may ask for once inside: a person with a browser, not a crowd.
const HOLDER_REQUESTS: Rate = Rate {
    per_second: 5,
    burst: 100,
};
/// The same for what begins something.
const HOLDER_BEGINS: Rate = Rate {
    per_second: 1,
    burst: 20,
};

/// Answers to those turned away that are given at once, per second. Each is a request's whole way through the door: who
/// comes back at once, whatever `Retry-After` says, must not take the shop's time from those who were let in.
const AWAY_PER_SECOND: u64 = 2_000;
/// So many of them may come together.
const AWAY_BURST: Duration = Duration::from_millis(100);
/// Further ones are held back until their turn, but no longer than this.
const AWAY_HELD_MAX: Duration = Duration::from_secs(1);

/// What clients may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientLimits {
    /// Requests of an address, whatever they are for.
    pub requests: Rate,
    /// Requests of an address that begin something.
    pub begins: Rate,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self {
            requests: Rate {
                per_second: 500,
                burst: 2_000,
            },
            begins: Rate {
                per_second: 50,
                burst: 500,
            },
        }
    }
}

/// What those who do the work say of their queues.
#[derive(Debug)]
pub struct Flow {
    started: Instant,
    writer: Signal,
    /// How long the last commit took.
    commit_us: AtomicU64,
    reads: Signal,
    payments: Signal,
    cores: Signal,
}

impl Default for Flow {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            writer: Signal::default(),
            commit_us: AtomicU64::new(0),
            reads: Signal::default(),
            payments: Signal::default(),
            cores: Signal::default(),
        }
    }
}

impl Flow {
    /// The writer takes a batch; its oldest command came at `oldest`. A wait of two commits is natural, whatever the
    /// disk.
    pub fn writer_took(&self, oldest: Instant) {
        let allowed_us = 2 * self.commit_us.load(Ordering::Relaxed);
        let wait_us = micros(oldest.elapsed());
        self.writer.waited(wait_us, allowed_us.max(WRITER_WAIT_US));
    }

    /// A batch was committed.
    pub fn committed(&self, took: Duration) {
        self.commit_us.store(micros(took), Ordering::Relaxed);
    }

    /// A question to the database waited for a thread.
    pub fn read_waited(&self, wait: Duration) {
        self.reads.waited(micros(wait), READ_WAIT_US);
    }

    /// A call to a payment provider waited for its turn.
    pub fn payment_waited(&self, wait: Duration) {
        self.payments.waited(micros(wait), PAYMENT_WAIT_US);
    }

    /// A ready task waited for a core.
    pub fn core_waited(&self, wait: Duration) {
        self.cores.waited(micros(wait), CORE_WAIT_US);
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A counter with a cache line of its own, so that cores that count different things don't disturb each other.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counter(AtomicUsize);

/// What is in work of one kind, and how much may be.
#[derive(Debug)]
struct Work {
    now: Counter,
    limit: AtomicUsize,
    done: Counter,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            now: Counter::default(),
            limit: AtomicUsize::new(LIMIT_START),
            done: Counter::default(),
        }
    }
}

/// Why a request was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnedAway {
    /// More is in work than the shop can do.
    Overloaded {
        /// When to try again.
        retry_after_s: u32,
    },
    /// This client alone asks for too much.
    TooFast {
        /// When to try again.
        retry_after_s: u32,
    },
}

/// A place in work; given back when dropped.
pub struct Permit {
    admission: Arc<Admission>,
    class: Class,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(work) = self.admission.work(self.class) {
            work.now.0.fetch_sub(1, Ordering::Relaxed);
            work.done.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What was decided since the start, for figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// What of.
    pub class: Class,
    /// Turned away because too much was in work.
    pub overloaded: u64,
    /// Turned away because their client asked for too much.
    pub too_fast: u64,
}

/// What a tick found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Writes in work.
    pub writes: usize,
    /// Writes that may be in work.
    pub writes_limit: usize,
    /// Reads in work.
    pub reads: usize,
    /// Reads that may be in work.
    pub reads_limit: usize,
    /// Waits against what is all right, in thousandths; `None` when nothing waited.
    pub pressure: Option<u64>,
    /// Writes done in the last second.
    pub writes_per_second: u64,
    /// Begins turned away in the last tick.
    pub begins_turned_away: u64,
}

/// Admission as all cores share it.
#[derive(Default)]
pub struct Admission {
    /// What those who do the work say.
    pub flow: Flow,
    /// The waiting room.
    pub hall: Hall,
    clients: Clients,
    limits: ClientLimits,
    writes: Work,
    reads: Work,
    retry_after_s: AtomicU32,
    /// When the next answer to one who is turned away has its turn, in nanoseconds since the start.
    away_at_ns: AtomicU64,
    overloaded: [Counter; Class::ALL.len()],
    too_fast: [Counter; Class::ALL.len()],
}

impl Admission {
    /// Admission with these limits per client.
    pub fn new(limits: ClientLimits, hall: Hall) -> Self {
        Self {
            limits,
            hall,
            ..Self::default()
        }
    }

    fn work(&self, class: Class) -> Option<&Work> {
        match class {
            Class::Vital | Class::Asset | Class::Operators => None,
            Class::Begun | Class::Begin => Some(&self.writes),
            Class::Read => Some(&self.reads),
        }
    }

    /// Takes a request into work, if there is room for its class.
    ///
    /// # Errors
    /// [`TurnedAway::Overloaded`]; nothing was begun.
    pub fn enter(self: &Arc<Self>, class: Class) -> Result<Permit, TurnedAway> {
        if let Some(work) = self.work(class) {
            let limit = work.limit.load(Ordering::Relaxed);
            let limit = match class {
                Class::Begun => limit.saturating_mul(BEGUN_SHARE),
                _ => limit,
            };
            if work.now.0.fetch_add(1, Ordering::Relaxed) >= limit {
                work.now.0.fetch_sub(1, Ordering::Relaxed);
                let nth = self.overloaded[class as usize]
                    .0
                    .fetch_add(1, Ordering::Relaxed);
                return Err(TurnedAway::Overloaded {
                    retry_after_s: self.spread_retry(nth),
                });
            }
        }
        Ok(Permit {
            admission: self.clone(),
            class,
        })
    }

    /// Writes in work.
    pub fn writes_in_work(&self) -> usize {
        self.writes.now.0.load(Ordering::Relaxed)
    }

    /// How long the answer to one who is turned away is held back.
    pub fn hold(&self) -> Duration {
        let now_ns = self.now_ns();
        let last_ns = now_ns + nanos(AWAY_HELD_MAX + AWAY_BURST);
        let take =
            |at: u64| Some((at.max(now_ns) + NANOS_PER_SECOND / AWAY_PER_SECOND).min(last_ns));
        let taken = self
            .away_at_ns
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        let (Ok(at_ns) | Err(at_ns)) = taken;
        Duration::from_nanos(at_ns.saturating_sub(now_ns)).saturating_sub(AWAY_BURST)
    }

    /// Nanoseconds since the start.
    fn now_ns(&self) -> u64 {
        nanos(self.flow.started.elapsed())
    }

    /// Counts a request against its client's allowance. `agent` is what an agent calls itself: one of many behind a
    /// shared address must not use up the allowance of all.
    ///
    /// # Errors
    /// [`TurnedAway::TooFast`].
    pub fn count_client(
        &self,
        class: Class,
        address: IpAddr,
        agent: Option<&[u8]>,
    ) -> Result<(), TurnedAway> {
        if matches!(class, Class::Vital | Class::Asset) {
            return Ok(());
        }
        let now_ns = self.now_ns();
        let take = |key, rate| self.clients.take(key, rate, now_ns);
        let counted = take(
            self.clients.key_of_address(address, 0),
            self.limits.requests,
        )
        .and_then(|()| match class {
            Class::Begin => take(self.clients.key_of_address(address, 1), self.limits.begins),
            _ => Ok(()),
        })
        .and_then(|()| match agent {
            Some(agent) => {
                let half = Rate {
                    per_second: self.limits.requests.per_second.div_ceil(2),
                    burst: self.limits.requests.burst.div_ceil(2),
                };
                take(self.clients.key((address, agent)), half)
            }
            None => Ok(()),
        });
        counted.map_err(|TooFast { retry_after_s }| {
            self.too_fast[class as usize]
                .0
                .fetch_add(1, Ordering::Relaxed);
            TurnedAway::TooFast { retry_after_s }
        })
    }

    /// Counts a request of a ticket's holder: a ticket that hundreds share serves none of them well.
    ///
    /// # Errors
    /// [`TurnedAway::TooFast`].
    pub fn count_holder(&self, class: Class, ticket: Ticket) -> Result<(), TurnedAway> {
        let (bucket, rate) = match class {
            Class::Begin => (1, HOLDER_BEGINS),
            _ => (0, HOLDER_REQUESTS),
        };
        let key = self.clients.key((ticket.room, ticket.number, bucket));
        self.take(class, key, rate)
    }

    /// Counts a ticket against the address that takes it: places are not free for who takes thousands.
    ///
    /// # Errors
    /// [`TurnedAway::TooFast`].
    pub fn count_ticket(&self, class: Class, address: IpAddr) -> Result<(), TurnedAway> {
        let key = self.clients.key_of_address(address, 2);
        self.take(class, key, self.limits.begins)
    }

    fn take(&self, class: Class, key: u64, rate: Rate) -> Result<(), TurnedAway> {
        let now_ns = self.now_ns();
        let taken = self.clients.take(key, rate, now_ns);
        taken.map_err(|TooFast { retry_after_s }| {
            self.too_fast[class as usize]
                .0
                .fetch_add(1, Ordering::Relaxed);
            TurnedAway::TooFast { retry_after_s }
        })
    }

    /// The time to come back, spread over half to one and a half of it: who is turned away together should not come
    /// back together.
    fn spread_retry(&self, nth: usize) -> u32 {
        let seconds = self.retry_after_s.load(Ordering::Relaxed).max(1);
        let spread = u32::try_from(nth).unwrap_or(nth as u32) % (seconds + 1);
        (seconds / 2 + spread).max(1)
    }

    /// What was turned away since the start.
    pub fn tallies(&self) -> [Tally; Class::ALL.len()] {
        Class::ALL.map(|class| Tally {
            class,
            overloaded: self.overloaded[class as usize].0.load(Ordering::Relaxed) as u64,
            too_fast: self.too_fast[class as usize].0.load(Ordering::Relaxed) as u64,
        })
    }

    fn turned_away(&self, classes: &[Class]) -> u64 {
        let of = |class: &Class| self.overloaded[*class as usize].0.load(Ordering::Relaxed) as u64;
        classes.iter().map(of).sum()
    }
}

/// Sets the limits anew, tick by tick.
#[derive(Debug, Default)]
pub struct Keeper {
    writes_done: u64,
    writes_turned_away: u64,
    reads_turned_away: u64,
    begins_turned_away: u64,
    /// Done and turned away in a second, smoothed over its ticks.
    done_per_second: u64,
    turned_away_per_second: u64,
}

impl Keeper {
    /// One tick; call it every [`TICK`].
    pub fn tick(&mut self, admission: &Admission) -> Load {
        let flow = &admission.flow;
        let (writer, payments) = (flow.writer.take(), flow.payments.take());
        let (reads, cores) = (flow.reads.take(), flow.cores.take());
        let done = admission.writes.done.0.load(Ordering::Relaxed) as u64;
        let writes_turned_away = admission.turned_away(&[Class::Begin, Class::Begun]);
        let begins_turned_away = admission.turned_away(&[Class::Begin]);
        let reads_turned_away = admission.turned_away(&[Class::Read]);
        let writes = settle(
            &admission.writes,
            writer.max(payments).max(cores),
            writes_turned_away > self.writes_turned_away,
            WRITES,
        );
        let reads_load = settle(
            &admission.reads,
            reads.max(cores),
            reads_turned_away > self.reads_turned_away,
            READS,
        );
        smooth(&mut self.done_per_second, done - self.writes_done);
        let away = writes_turned_away - self.writes_turned_away;
        smooth(&mut self.turned_away_per_second, away);
        let waiting = writes.0 as u64 + self.turned_away_per_second;
        let retry = retry_after_s(waiting, self.done_per_second);
        admission.retry_after_s.store(retry, Ordering::Relaxed);
        let load = Load {
            writes: writes.0,
            writes_limit: writes.1,
            reads: reads_load.0,
            reads_limit: reads_load.1,
            pressure: writer.max(payments).max(reads).max(cores),
            writes_per_second: self.done_per_second,
            begins_turned_away: begins_turned_away - self.begins_turned_away,
        };
        self.writes_done = done;
        self.writes_turned_away = writes_turned_away;
        self.reads_turned_away = reads_turned_away;
        self.begins_turned_away = begins_turned_away;
        load
    }
}

/// Sets a limit anew; gives what is in work and the limit.
fn settle(work: &Work, pressure: Option<u64>, reached: bool, bounds: Bounds) -> (usize, usize) {
    let now = work.now.0.load(Ordering::Relaxed);
    let limit = work.limit.load(Ordering::Relaxed);
    let in_use = reached || now * 10 >= limit * 8;
    let next = next_limit(limit, pressure, in_use, bounds);
    work.limit.store(next, Ordering::Relaxed);
    (now, next)
}

/// A rate per second from what one tick brought.
fn smooth(per_second: &mut u64, in_tick: u64) {
    *per_second = *per_second - *per_second / TICKS_PER_SECOND + in_tick;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(admission: &Arc<Admission>, class: Class, count: usize) -> Vec<Permit> {
        let enter = |_| admission.enter(class).expect("there is room");
        (0..count).map(enter).collect()
    }

    #[test]
    fn what_was_begun_goes_before_what_begins_and_the_rest_is_never_turned_away() {
        let admission = Arc::new(Admission::default());
        let begun = fill(&admission, Class::Begin, LIMIT_START);
        assert!(admission.enter(Class::Begin).is_err());
        let finishing = fill(&admission, Class::Begun, LIMIT_START);
        assert!(
            admission.enter(Class::Begun).is_err(),
            "even these have an end"
        );
        for class in [Class::Vital, Class::Asset, Class::Operators, Class::Read] {
            assert!(admission.enter(class).is_ok(), "{class:?}");
        }
        drop(finishing);
        drop(begun);
        assert!(admission.enter(Class::Begin).is_ok());
        let begin = admission.tallies()[Class::Begin as usize];
        assert_eq!((begin.overloaded, begin.too_fast), (1, 0));
    }

    #[test]
    fn a_standing_queue_lowers_the_limit_and_an_easy_one_raises_it() {
        let (admission, mut keeper) = (Arc::new(Admission::default()), Keeper::default());
        admission.flow.core_waited(Duration::from_secs(9));
        let low = keeper.tick(&admission).writes_limit;
        assert!(low < LIMIT_START, "{low}");
        let _full = fill(&admission, Class::Begin, low);
        assert!(admission.enter(Class::Begin).is_err());
        admission.flow.core_waited(Duration::ZERO);
        let load = keeper.tick(&admission);
        assert!(load.writes_limit > low, "{load:?}");
        assert_eq!((load.writes, load.begins_turned_away), (low, 1));
    }

    #[test]
    fn a_crowd_that_is_turned_away_is_answered_at_a_pace() {
        let admission = Admission::default();
        let held = |count: usize| (0..count).map(|_| admission.hold()).max();
        let at_once = (AWAY_PER_SECOND / 10) as usize;
        assert_eq!(held(at_once), Some(Duration::ZERO));
        let half = held(at_once * 5).expect("some");
        assert!(half > AWAY_HELD_MAX / 3 && half < AWAY_HELD_MAX, "{half:?}");
        let most = held(20_000).expect("some");
        assert!(
            most > AWAY_HELD_MAX * 9 / 10 && most <= AWAY_HELD_MAX,
            "{most:?}"
        );
    }

    #[test]
    fn the_time_to_come_back_follows_what_is_done() {
        let (admission, mut keeper) = (Arc::new(Admission::default()), Keeper::default());
        for _ in 0..100 {
            drop(fill(&admission, Class::Begin, 100));
            keeper.tick(&admission);
        }
        let _full = fill(&admission, Class::Begin, LIMIT_START);
        let load = keeper.tick(&admission);
        assert!((900..=1_000).contains(&load.writes_per_second), "{load:?}");
        let mut told: Vec<u32> = (0..10)
            .map(|_| match admission.enter(Class::Begin) {
                Err(TurnedAway::Overloaded { retry_after_s }) => retry_after_s,
                Err(other) => panic!("{other:?}"),
                Ok(_) => panic!("let in"),
            })
            .collect();
        told.sort_unstable();
        assert!(
            told[0] >= 2 && told[9] <= 8,
            "about 4,096 / 1,000 s: {told:?}"
        );
        assert_ne!(told[0], told[9], "they are spread");
    }

    #[test]
    fn a_client_that_asks_for_too_much_is_told_so_and_no_other() {
        let limits = ClientLimits {
            requests: Rate {
                per_second: 1,
                burst: 6,
            },
            begins: Rate {
                per_second: 1,
                burst: 2,
            },
        };
        let admission = Admission::new(limits, Hall::default());
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let asked = |class, from: &str, agent: Option<&[u8]>| {
            admission.count_client(class, address(from), agent).is_ok()
        };
        assert!(asked(Class::Begin, "9.9.9.9", None) && asked(Class::Begin, "9.9.9.9", None));
        assert!(!asked(Class::Begin, "9.9.9.9", None), "the third begin");
        assert!((0..3).all(|_| asked(Class::Read, "9.9.9.9", None)));
        assert!(!asked(Class::Read, "9.9.9.9", None), "the seventh request");
        assert!((0..50).all(|_| asked(Class::Vital, "9.9.9.9", None)));
        assert!(asked(Class::Read, "9.9.9.8", None));
        assert!((0..3).all(|_| asked(Class::Read, "9.9.9.7", Some(b"one"))));
        assert!(
            !asked(Class::Read, "9.9.9.7", Some(b"one")),
            "half is for others"
        );
        assert!(asked(Class::Read, "9.9.9.7", Some(b"two")));
    }
}
