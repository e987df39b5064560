//! All payments in memory, spread over shards so that thousands of changes a second don't queue behind one lock.
//!
//! A lock is held for one change in memory and never over I/O. Locks are taken in one order: key shard, then payment
//! shard. A change is answered only when its journal line is on the disk.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use connectors::test_payments::wire::{CreatePayment, CurrencyTotals, Event, Method, Payment};

use super::Config;
use super::cards::{self, Behavior};
use super::journal::Line;
use super::record::{Delivery, Moment, Record, Step, parse_payment_id};
use crate::third_party::Refusal;
use crate::third_party::journal::{Journal, Permit, journal_failed, wait};

/// Shards; the top bits of a payment's number say which one it is in.
pub(super) const SHARDS: usize = 64;
const SHARD_BITS: u32 = SHARDS.trailing_zeros();

/// Payments kept at most; beyond it the provider asks to be restarted with a new journal.
const MAX_PAYMENTS: usize = 5_000_000;

/// The payments of one shard.
#[derive(Default)]
pub(super) struct Shard {
    payments: HashMap<u64, Record>,
    /// Payments by the shop's id, in its order, for audits.
    pub(super) by_ref: BTreeMap<String, Vec<u64>>,
    /// Sums per currency.
    pub(super) totals: BTreeMap<String, CurrencyTotals>,
}

impl Shard {
    pub(super) fn payment(&self, number: u64) -> Option<&Record> {
        self.payments.get(&number)
    }

    fn add_totals(&mut self, sums: &CurrencyTotals, direction: i64) {
        let totals = self
            .totals
            .entry(sums.currency.clone())
            .or_insert_with(|| CurrencyTotals {
                currency: sums.currency.clone(),
                ..CurrencyTotals::default()
            });
        super::audit::add(totals, sums, direction);
    }

    fn take(&mut self, number: u64, step: &Step, at_ms: i64) -> Option<Taken> {
        let record = self.payments.get_mut(&number)?;
        let (before, version, event_count) =
            (record.totals(), record.version(), record.events.len());
        let result = record.take(step, at_ms);
        let record = record.clone();
        self.add_totals(&before, -1);
        self.add_totals(&record.totals(), 1);
        let is_change = record.version() != version;
        Some(Taken {
            result,
            record,
            event_count,
            is_change,
        })
    }

    fn insert(&mut self, record: Record) {
        self.add_totals(&record.totals(), 1);
        self.by_ref
            .entry(record.create.payment_ref.clone())
            .or_default()
            .push(record.number);
        self.payments.insert(record.number, record);
    }
}

/// An event on its way to the shop.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// The payment.
    pub number: u64,
    /// The event's index in it.
    pub index: usize,
    /// Where to.
    pub url: String,
    /// How.
    pub delivery: Delivery,
    /// What is sent.
    pub event: Event,
}

/// What a step left behind.
pub(super) struct Changed {
    /// What the step ended in, or why it was refused.
    pub result: Result<Moment, Refusal>,
    /// The payment after it.
    pub record: Record,
    /// The events it caused.
    pub news: Vec<News>,
}

/// A step taken under the shard's lock.
struct Taken {
    result: Result<Moment, Refusal>,
    record: Record,
    /// How many events there were before.
    event_count: usize,
    is_change: bool,
}

/// The answer to a creating call.
pub(super) struct Created {
    /// The payment as the answer shows it.
    pub payment: Payment,
    /// Whether the key had been seen before.
    pub replayed: bool,
    /// Which card was shown, when a token was given.
    pub card: Option<Behavior>,
    /// The events it caused.
    pub news: Vec<News>,
}

/// All payments.
pub(super) struct Ledger {
    shards: Vec<Mutex<Shard>>,
    keys: Vec<Mutex<HashMap<String, u64>>>,
    count: AtomicUsize,
    /// Payments that wait for a shopper, by the time they end; times only grow towards the back.
    waiting: Mutex<VecDeque<(i64, u64)>>,
    journal: Option<Journal>,
    base_url: String,
    expiry_ms: i64,
}

impl Ledger {
    /// Reads the journal, if there is one, and gives the events that the shop has not taken yet.
    pub fn open(config: &Config) -> io::Result<(Self, Vec<News>)> {
        let (journal, lines) = match &config.journal {
            Some(path) => Journal::open(path).map(|(journal, lines)| (Some(journal), lines))?,
            None => (None, Vec::new()),
        };
        let ledger = Self {
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            keys: (0..SHARDS).map(|_| Mutex::default()).collect(),
            count: AtomicUsize::new(0),
            waiting: Mutex::default(),
            journal,
            base_url: config.base_url.clone(),
            expiry_ms: config.timings.expiry_ms,
        };
        for (index, line) in lines.into_iter().enumerate() {
            ledger.restore(line).ok_or_else(|| {
                let detail = format!("the journal's line {} fits no payment", index + 1);
                io::Error::new(io::ErrorKind::InvalidData, detail)
            })?;
        }
        let undelivered = ledger.undelivered();
        Ok((ledger, undelivered))
    }

    /// Takes one step of a former run again; `None` when the payment it belongs to is not there.
    fn restore(&self, line: Line) -> Option<()> {
        match line {
            Line::Created {
                number,
                key,
                create,
                card,
                at_ms,
                expiry_ms,
            } => {
                lock(&self.keys[shard_of_text(&key)]).insert(key, number);
                self.count.fetch_add(1, Ordering::Relaxed);
                let record = Record::new(number, *create, card, at_ms, expiry_ms);
                self.wait_for_shopper(&record);
                self.shard(number).insert(record);
            }
            Line::Changed {
                number,
                step,
                at_ms,
            } => {
                let record = self.shard(number).take(number, &step, at_ms)?.record;
                self.wait_for_shopper(&record);
            }
            Line::Delivered { number, event } => {
                self.shard(number)
                    .payments
                    .get_mut(&number)?
                    .events
                    .get_mut(event)?
                    .delivered = true;
            }
        }
        Some(())
    }

    fn undelivered(&self) -> Vec<News> {
        let mut undelivered = Vec::new();
        for shard in &self.shards {
            for record in lock(shard).payments.values() {
                let open = record
                    .events
                    .iter()
                    .enumerate()
                    .filter(|(_, stub)| !stub.delivered);
                undelivered.extend(open.filter_map(|(index, _)| self.news(record, index)));
            }
        }
        undelivered
    }

    /// Begins a payment, once per key.
    pub async fn create(
        &self,
        key: &str,
        create: CreatePayment,
        now_ms: i64,
    ) -> Result<Created, Refusal> {
        let card = match &create.method {
            Method::HostedPage => None,
            Method::Token { token } => Some(cards::by_token(token).ok_or_else(|| {
                Refusal::new(400, "unknown_token", "This is none of the test tokens.")
            })?),
        };
        let permit = self.permit().await?;
        let (created, durable) = {
            let mut keys = lock(&self.keys[shard_of_text(key)]);
            match keys.get(key) {
                Some(&number) => (self.replay(number, &create)?, permit.map(Permit::barrier)),
                None if self.count.load(Ordering::Relaxed) >= MAX_PAYMENTS => {
                    return Err(Refusal::new(
                        503,
                        "full",
                        "The test provider is full: start it with a new journal.",
                    ));
                }
                None => {
                    let number = new_number(&create.payment_ref);
                    let line = Line::Created {
                        number,
                        key: key.into(),
                        create: Box::new(create.clone()),
                        card,
                        at_ms: now_ms,
                        expiry_ms: self.expiry_ms,
                    };
                    let record = Record::new(number, create, card, now_ms, self.expiry_ms);
                    keys.insert(key.into(), number);
                    self.count.fetch_add(1, Ordering::Relaxed);
                    self.wait_for_shopper(&record);
                    let created = Created {
                        payment: record.payment_at(&record.first, &self.base_url),
                        replayed: false,
                        card,
                        news: self.news_from(&record, 0),
                    };
                    let mut shard = self.shard(number);
                    let durable = permit.map(|permit| permit.append(&line));
                    shard.insert(record);
                    (created, durable)
                }
            }
        };
        wait(durable).await?;
        Ok(created)
    }

    fn replay(&self, number: u64, create: &CreatePayment) -> Result<Created, Refusal> {
        let shard = self.shard(number);
        let record = shard.payment(number).expect("a key leads to its payment");
        if record.create != *create {
            return Err(Refusal::new(
                422,
                "idempotency_key_reused",
                "This idempotency key was used for another request.",
            ));
        }
        let payment = record.payment_at(&record.first, &self.base_url);
        Ok(Created {
            payment,
            replayed: true,
            card: None,
            news: Vec::new(),
        })
    }

    /// Takes one step of a payment and waits until it is on the disk.
    pub async fn change(&self, number: u64, step: Step, now_ms: i64) -> Result<Changed, Refusal> {
        let permit = self.permit().await?;
        let (taken, durable) = {
            let mut shard = self.shard(number);
            let taken = shard.take(number, &step, now_ms).ok_or_else(not_found)?;
            let durable = match permit {
                Some(permit) if taken.is_change => Some(permit.append(&Line::Changed {
                    number,
                    step,
                    at_ms: now_ms,
                })),
                // Whoever repeats a call must not be answered before the call itself is on the disk.
                Some(permit) => Some(permit.barrier()),
                None => None,
            };
            (taken, durable)
        };
        if taken.is_change {
            self.wait_for_shopper(&taken.record);
        }
        let news = self.news_from(&taken.record, taken.event_count);
        wait(durable).await?;
        Ok(Changed {
            result: taken.result,
            record: taken.record,
            news,
        })
    }

    /// A payment as it stands.
    pub fn record(&self, number: u64) -> Result<Record, Refusal> {
        self.shard(number)
            .payment(number)
            .cloned()
            .ok_or_else(not_found)
    }

    /// A payment as the API shows it at a moment.
    pub fn payment_at(&self, record: &Record, moment: &Moment) -> Payment {
        record.payment_at(moment, &self.base_url)
    }

    /// Notes that the shop has taken an event.
    pub fn delivered(&self, number: u64, index: usize) {
        if let Some(stub) = self
            .shard(number)
            .payments
            .get_mut(&number)
            .and_then(|record| record.events.get_mut(index))
        {
            stub.delivered = true;
        }
        if let Some(journal) = &self.journal {
            journal.note(&Line::Delivered {
                number,
                event: index,
            });
        }
    }

    /// Payments whose time to wait for a shopper is over; each is given once.
    pub fn take_due(&self, now_ms: i64) -> Vec<u64> {
        let mut waiting = lock(&self.waiting);
        let due = waiting.partition_point(|(deadline_ms, _)| *deadline_ms <= now_ms);
        waiting.drain(..due).map(|(_, number)| number).collect()
    }

    /// The shards in order, one at a time, for audits.
    pub fn shard_at(&self, index: usize) -> MutexGuard<'_, Shard> {
        lock(&self.shards[index])
    }

    /// How many payments there are.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    fn wait_for_shopper(&self, record: &Record) {
        if let Some(deadline_ms) = record.deadline_ms {
            let mut waiting = lock(&self.waiting);
            let at = waiting.partition_point(|(other_ms, _)| *other_ms <= deadline_ms);
            waiting.insert(at, (deadline_ms, record.number));
        }
    }

    fn news_from(&self, record: &Record, first: usize) -> Vec<News> {
        (first..record.events.len())
            .filter_map(|index| self.news(record, index))
            .collect()
    }

    fn news(&self, record: &Record, index: usize) -> Option<News> {
        let url = record.create.webhook_url.clone()?;
        let event = record.event(index, &self.base_url);
        Some(News {
            number: record.number,
            index,
            url,
            delivery: record.delivery,
            event,
        })
    }

    fn shard(&self, number: u64) -> MutexGuard<'_, Shard> {
        lock(&self.shards[(number >> (u64::BITS - SHARD_BITS)) as usize])
    }

    async fn permit(&self) -> Result<Option<Permit>, Refusal> {
        match &self.journal {
            Some(journal) => journal.reserve().await.map(Some).map_err(journal_failed),
            None => Ok(None),
        }
    }
}

fn not_found() -> Refusal {
    Refusal::new(404, "payment_not_found", "There is no such payment.")
}

/// The number in a public id, or the refusal to show.
pub(super) fn number_of(id: &str) -> Result<u64, Refusal> {
    parse_payment_id(id).ok_or_else(not_found)
}

/// A number in the shard of the shop's id, so that an audit finds all payments of one id in one place; the rest is
/// random, because knowing the number is the right to see the payment's page.
fn new_number(payment_ref: &str) -> u64 {
    let shard = shard_of_text(payment_ref) as u64;
    let random: u64 = rand::random();
    (shard << (u64::BITS - SHARD_BITS)) | (random >> SHARD_BITS)
}

/// FNV-1a, folded: the shard of a text must be the same in every version, because numbers are on disk.
fn shard_of_text(text: &str) -> usize {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    ((hash ^ (hash >> 32)) as usize) % SHARDS
}

/// A panic in another request has not left anything half done: changes are checked before they are made.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
