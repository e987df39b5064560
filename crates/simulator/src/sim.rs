//! The run: an agenda of events in virtual time, the production writer, a disk, and everybody around them.
//!
//! Nothing here may depend on a real clock, a thread or the order of a hash map: the seed and the options
//! say it all.

use crate::cashier::Lines;
use crate::checks::{Checks, Violation};
use crate::disk::Disk;
use crate::hash::Map;
use crate::model::{Expected, Model};
use crate::options::Options;
use crate::people::Person;
use crate::provider::{Fact, Provider};
use crate::rng::Rng;
use crate::town::{START, Town};
use crate::trace::Trace;
use commerce::campaign::{Counted, Quota};
use commerce::command::Outcome;
use commerce::decide::Decided;
use commerce::id::{GroupId, PaymentId};
use commerce::limits::{EXPIRE_BATCH_MAX, POINTS_EXPIRE_BATCH_MAX};
use commerce::planted::{self, Fault};
use commerce::{Command, Delta, Envelope, KeySet};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};
use std::sync::Arc;
use writer::{Failure, Input, Output, Reply, Writer};

/// How often groups are looked for whose time is over, in milliseconds.
const EXPIRY_MS: i64 = 1_000;
/// Events per actor after which a run that is not quiet never will be.
const EVENTS_MAX: u64 = 3_000;

/// What comes up on the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Somebody acts, unless something else happened to them since.
    Wake(u32, u32),
    /// Somebody's last request is sent once more.
    Again(u32, u32),
    /// The driver looks at its queue.
    Batch,
    /// Rows that were asked for have come.
    Rows(u32),
    /// The disk has done with a batch.
    Durable(u32),
    /// A line of effects goes on.
    Line(u32, GroupId),
    /// A call reaches the provider.
    Asked(u32, GroupId),
    /// Its answer comes back, or the time for it is over.
    Answered(u32, GroupId),
    /// A webhook arrives, after so many tries.
    Webhook(u32, u32),
    /// A shopper at the provider's page.
    Page(PaymentId),
    /// The job that ends reservations.
    Expire,
    /// The process is started again.
    Restart,
    /// Faults end.
    Heal,
}

/// Who waits for a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// A person, in this state of theirs.
    Person(u32, u32),
    /// A line of effects.
    Line(GroupId),
    /// A webhook, after so many tries.
    Webhook(u32, u32),
    /// The job that ends reservations.
    Expiry,
    /// Nobody: the reply was lost on the way.
    Nobody,
}

/// A command that is with the writer.
struct Sent {
    asker: Asker,
    envelope: Arc<Envelope>,
    /// The server's time when it was decided.
    decided: Option<i64>,
    /// The number of its batch's commit.
    flight: Option<u32>,
}

/// What becomes of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Written,
    Full,
    CrashBefore,
    CrashDuring,
    CrashAfter,
}

/// A batch on its way to the disk.
struct Flight {
    number: u32,
    tickets: Vec<u64>,
    delta: Arc<Delta>,
    fate: Fate,
}

/// A run.
pub struct Sim {
    pub seed: u64,
    pub options: Options,
    pub now: i64,
    pub rng: Rng,
    pub model: Model,
    pub disk: Disk,
    pub provider: Provider,
    pub people: Vec<Person>,
    pub lines: Lines,
    pub trace: Trace,
    pub acknowledged: BTreeSet<GroupId>,
    pub is_healed: bool,
    /// Rises with each start of the process: what an earlier one had under way is gone.
    pub life: u32,
    pub commands: u64,
    pub checks: Checks,
    agenda: BinaryHeap<Reverse<(i64, u64, Event)>>,
    number: u64,
    clock_offset: i64,
    writer: Option<Writer<u64>>,
    out: Vec<Output<u64>>,
    sent: Map<u64, Sent>,
    tickets: u64,
    /// The batch that is being loaded.
    deciding: Vec<u64>,
    /// The batch that was decided last, until its commit is asked for.
    held: Vec<u64>,
    queue: VecDeque<u64>,
    loading: Option<KeySet>,
    flight: Option<Flight>,
    flight_number: u32,
    batch_is_due: bool,
    webhooks: Vec<Fact>,
    expiry_is_busy: bool,
}

impl Sim {
    /// A run before its first event: the town is made, the people are on their way.
    pub fn new(
        seed: u64,
        options: Options,
        kept: &dyn Fn(u32) -> bool,
        trace: Trace,
    ) -> Result<Self, Violation> {
        let town = Town::new(seed, &options);
        let commands = town.commands();
        let mut empty = town.clone();
        empty.stock.clear();
        let mut sim = Self {
            seed,
            now: 0,
            rng: Rng::of(seed, 0x51),
            model: Model::new(empty),
            disk: Disk::default(),
            provider: Provider::default(),
            people: Vec::new(),
            lines: Lines::default(),
            trace,
            acknowledged: BTreeSet::new(),
            is_healed: false,
            life: 0,
            commands: 0,
            checks: Checks::default(),
            agenda: BinaryHeap::new(),
            number: 0,
            clock_offset: 0,
            writer: None,
            out: Vec::new(),
            sent: Map::default(),
            tickets: 0,
            deciding: Vec::new(),
            held: Vec::new(),
            queue: VecDeque::new(),
            loading: None,
            flight: None,
            flight_number: 0,
            batch_is_due: false,
            webhooks: Vec::new(),
            expiry_is_busy: false,
            options: options.healed(),
        };
        sim.writer = Some(Writer::new(sim.disk.world()));
        for envelope in commands {
            sim.submit(Asker::Nobody, envelope)?;
            sim.settle()?;
        }
        // A start of its own, so that the first orders find the shop cold.
        sim.restart()?;
        sim.options = options;
        sim.invite(kept);
        Ok(sim)
    }

    fn invite(&mut self, kept: &dyn Fn(u32) -> bool) {
        let mut last = 0;
        for index in 0..self.options.actors {
            let mut person = Person::new(self.seed, index);
            let gap = i64::from(self.options.gap_ms);
            let at = 1 + i64::from(index) * gap + person.rng.between(0, 4 * gap);
            last = last.max(at);
            self.people.push(person);
            if kept(index) {
                self.at(at, Event::Wake(index, 0));
            }
        }
        let spare = self.rng.between(0, 90 * 60_000);
        self.at(last + spare, Event::Heal);
        self.at(EXPIRY_MS, Event::Expire);
    }

    /// Runs the first commands of a town to their end, without any agenda of their own.
    fn settle(&mut self) -> Result<(), Violation> {
        while let Some(Reverse((at, _, event))) = self.agenda.pop() {
            self.now = at;
            self.happen(event)?;
        }
        Ok(())
    }

    /// Puts something on the agenda.
    pub fn at(&mut self, at: i64, event: Event) {
        self.number += 1;
        self.agenda.push(Reverse((at, self.number, event)));
    }

    /// The server's clock, in UTC milliseconds.
    pub fn wall(&self) -> i64 {
        START + self.now + self.clock_offset
    }

    /// Moves the server's clock against the true one.
    pub fn jump_clock(&mut self, by: i64) {
        self.clock_offset += by;
    }

    /// Runs until nothing is left to do.
    pub fn run(&mut self) -> Result<(), Violation> {
        let most = EVENTS_MAX * (u64::from(self.options.actors) + 1_000);
        let mut events = 0;
        while let Some(Reverse((at, _, event))) = self.agenda.pop() {
            self.now = at;
            events += 1;
            if events > most {
                return Err(Violation::new(
                    "liveness",
                    format!("not quiet after {events} events"),
                ));
            }
            self.happen(event)?;
        }
        Ok(())
    }

    fn happen(&mut self, event: Event) -> Result<(), Violation> {
        match event {
            Event::Wake(person, state) => self.wake(person, state),
            Event::Again(person, state) => self.send_last(person, state),
            Event::Batch => self.batch(),
            Event::Rows(life) => self.rows(life),
            Event::Durable(life) => self.durable(life),
            Event::Line(life, group) => self.line(life, group),
            Event::Asked(life, group) => {
                self.asked(life, group);
                Ok(())
            }
            Event::Answered(life, group) => self.answered(life, group),
            Event::Webhook(index, tries) => self.webhook(index, tries),
            Event::Page(payment) => {
                self.trace.note(self.now, "page", payment.0, 0);
                self.provider.shopper_acts(payment);
                self.send_webhooks();
                Ok(())
            }
            Event::Expire => self.expire(),
            Event::Restart => self.restart(),
            Event::Heal => {
                self.trace.note(self.now, "heal", 0, 0);
                self.options = self.options.healed();
                self.is_healed = true;
                Ok(())
            }
        }
    }

    // ---- the driver ----------------------------------------------------------------------------

    /// Hands a command to the writer, if the process runs.
    pub fn submit(
        &mut self,
        asker: Asker,
        envelope: impl Into<Arc<Envelope>>,
    ) -> Result<bool, Violation> {
        if self.writer.is_none() {
            return Ok(false);
        }
        self.tickets += 1;
        self.commands += 1;
        let ticket = self.tickets;
        let envelope: Arc<Envelope> = envelope.into();
        let copy = Envelope::clone(&envelope);
        let sent = Sent {
            asker,
            envelope,
            decided: None,
            flight: None,
        };
        self.sent.insert(ticket, sent);
        self.queue.push_back(ticket);
        self.step(Input::Submit(ticket, Box::new(copy)))?;
        self.want_batch();
        Ok(true)
    }

    fn want_batch(&mut self) {
        if !self.batch_is_due {
            self.batch_is_due = true;
            let wait = self.rng.between(0, i64::from(self.options.batch_ms));
            self.at(self.now + wait, Event::Batch);
        }
    }

    fn batch(&mut self) -> Result<(), Violation> {
        self.batch_is_due = false;
        if self.writer.is_some() && self.rng.per_mille(self.options.crash_before) {
            return self.crash(None);
        }
        self.step(Input::Tick)
    }

    /// Takes one input, and all outputs that follow from it.
    fn step(&mut self, input: Input<u64>) -> Result<(), Violation> {
        let Some(writer) = &mut self.writer else {
            return Ok(());
        };
        let wall = START + self.now + self.clock_offset;
        let may_decide = matches!(input, Input::Tick | Input::Loaded(_));
        let before = writer.queued();
        writer.step(wall, input, &mut self.out);
        if may_decide {
            let after = writer.queued();
            if after < before {
                self.deciding = self.queue.drain(..before - after).collect();
            }
            let is_loading = self.loading.is_some();
            if !is_loading && !self.out.iter().any(|o| matches!(o, Output::Load(_))) {
                self.decided(wall);
            }
        }
        let mut out = std::mem::take(&mut self.out);
        for output in out.drain(..) {
            self.carry_out(wall, output)?;
        }
        self.out = out;
        Ok(())
    }

    /// A batch was decided now; its commit may be asked for at once, or after the one ahead of it.
    fn decided(&mut self, wall: i64) {
        if self.deciding.is_empty() {
            return;
        }
        self.held = std::mem::take(&mut self.deciding);
        for ticket in &self.held {
            if let Some(sent) = self.sent.get_mut(ticket) {
                sent.decided = Some(wall);
            }
        }
    }

    fn carry_out(&mut self, wall: i64, output: Output<u64>) -> Result<(), Violation> {
        match output {
            Output::Load(keys) => {
                self.loading = Some(*keys);
                let longest = i64::from(self.options.commit_ms);
                let wait = self.rng.between(0, longest) * self.rng.between(0, 1);
                self.at(self.now + wait, Event::Rows(self.life));
                Ok(())
            }
            Output::Commit(delta) => {
                self.commit(delta);
                Ok(())
            }
            Output::Reply(ticket, reply) => self.reply(wall, ticket, reply),
            Output::Publish(delta) => {
                let life = self.life;
                for effect in &delta.effects {
                    self.take_on(life, effect.clone());
                }
                Ok(())
            }
        }
    }

    fn rows(&mut self, life: u32) -> Result<(), Violation> {
        if life != self.life {
            return Ok(());
        }
        let Some(keys) = self.loading.take() else {
            return Ok(());
        };
        let rows = if self.rng.per_mille(self.options.load_fails) {
            Err(String::from("the disk cannot be read"))
        } else {
            Ok(self.disk.load(&keys))
        };
        self.step(Input::Loaded(rows))?;
        self.more();
        Ok(())
    }

    /// Commands that came meanwhile begin a batch.
    fn more(&mut self) {
        if self.writer.as_ref().is_some_and(|w| w.queued() > 0) {
            self.want_batch();
        }
    }

    fn commit(&mut self, delta: Arc<Delta>) {
        self.flight_number += 1;
        let number = self.flight_number;
        let tickets = std::mem::take(&mut self.held);
        for ticket in &tickets {
            self.sent.get_mut(ticket).expect("it was sent").flight = Some(number);
        }
        let o = &self.options;
        let (full, before, during, after) = (
            o.commit_fails,
            o.crash_before,
            o.crash_during,
            o.crash_after,
        );
        let fate = if self.rng.per_mille(full) {
            Fate::Full
        } else if self.rng.per_mille(before) {
            Fate::CrashBefore
        } else if self.rng.per_mille(during) {
            Fate::CrashDuring
        } else if self.rng.per_mille(after) {
            Fate::CrashAfter
        } else {
            Fate::Written
        };
        self.trace
            .note(self.now, "commit", u64::from(number), tickets.len() as u64);
        assert!(self.flight.is_none(), "one commit is asked for at a time");
        self.flight = Some(Flight {
            number,
            tickets,
            delta,
            fate,
        });
        self.write_next();
    }

    /// The disk takes the next batch on.
    fn write_next(&mut self) {
        let longest = i64::from(self.options.commit_ms);
        let slow = self.rng.per_mille(self.options.slow_commit);
        let longest = if slow { (longest + 1) * 100 } else { longest };
        let wait = self.rng.between(0, longest);
        self.at(self.now + wait, Event::Durable(self.life));
    }

    fn durable(&mut self, life: u32) -> Result<(), Violation> {
        if life != self.life {
            return Ok(());
        }
        let fate = self.flight.as_ref().expect("a batch is under way").fate;
        let coin = self.rng.percent(50);
        match fate {
            Fate::CrashBefore => return self.crash(None),
            Fate::CrashDuring if !coin => {
                if let Some(flight) = &self.flight
                    && planted::is(Fault::TornBatch)
                {
                    self.disk.apply_half(&flight.delta);
                }
                return self.crash(None);
            }
            _ => {}
        }
        let flight = self.flight.take().expect("a batch is under way");
        self.trace
            .note(self.now, "durable", u64::from(flight.number), fate as u64);
        if fate == Fate::Full {
            self.step(Input::Committed(Err(String::from("the disk is full"))))?;
        } else {
            self.checks.before(&self.disk, &flight.delta)?;
            if !(planted::is(Fault::LyingDisk) && flight.number.is_multiple_of(8)) {
                self.disk.apply(&flight.delta);
            }
            self.checks.after(&self.disk, &flight.delta)?;
            if fate != Fate::Written {
                return self.crash(Some(flight));
            }
            self.step(Input::Committed(Ok(())))?;
            if let Some(ticket) = flight.tickets.iter().find(|t| self.sent.contains_key(t)) {
                return Err(Violation::new(
                    "no reply",
                    format!("command {ticket} is durable and has no reply"),
                ));
            }
            self.compare(&flight.delta)?;
        }
        self.more();
        Ok(())
    }

    /// The rows that a batch wrote are those of the model.
    fn compare(&self, delta: &Delta) -> Result<(), Violation> {
        for (_, group) in &delta.groups {
            let same = self.model.compare_group(group);
            same.map_err(|e| Violation::new("model", format!("{}: {e}", group.id)))?;
        }
        for &(variant, location, level) in &delta.levels {
            let same = self.model.compare_level(variant, location, level);
            same.map_err(|e| Violation::new("model", format!("{variant} at {location}: {e}")))?;
        }
        let same = self.model.compare_rounds(&delta.records);
        same.map_err(|e| Violation::new("model", e))?;
        for (member, account) in &delta.points {
            let same = self.model.compare_points(*member, account);
            same.map_err(|e| Violation::new("model", e))?;
        }
        Ok(())
    }

    // ---- crashes -------------------------------------------------------------------------------

    /// The process dies; a batch that reached the disk is in the model too, though nobody heard of it.
    fn crash(&mut self, written: Option<Flight>) -> Result<(), Violation> {
        self.trace.note(
            self.now,
            "crash",
            u64::from(self.life),
            u64::from(written.is_some()),
        );
        if let Some(flight) = &written {
            for ticket in &flight.tickets {
                let Some(sent) = self.sent.remove(ticket) else {
                    continue;
                };
                let wall = sent.decided.expect("it was decided");
                self.model.decide(wall, &sent.envelope);
                if let Asker::Webhook(index, tries) = sent.asker {
                    self.webhook_again(index, tries);
                }
            }
            self.compare(&flight.delta)?;
        }
        self.life += 1;
        self.writer = None;
        self.flight = None;
        self.queue.clear();
        self.deciding.clear();
        self.held.clear();
        self.loading = None;
        self.lines = Lines::default();
        self.expiry_is_busy = false;
        let mut lost: Vec<(u64, Sent)> = std::mem::take(&mut self.sent).into_iter().collect();
        lost.sort_by_key(|(ticket, _)| *ticket);
        for (_, sent) in lost {
            if let Asker::Webhook(index, tries) = sent.asker {
                self.webhook_again(index, tries);
            }
        }
        let down = self.rng.between(50, 5_000);
        self.at(self.now + down, Event::Restart);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), Violation> {
        self.trace
            .note(self.now, "restart", u64::from(self.life), 0);
        self.checks.now_and_then(&self.disk)?;
        self.life += 1;
        self.lines = Lines::default();
        self.writer = Some(Writer::new(self.disk.world()));
        let forgotten = usize::from(planted::is(Fault::ForgottenEffect));
        let open: Vec<_> = self
            .disk
            .effects
            .values()
            .skip(forgotten)
            .cloned()
            .collect();
        for effect in open {
            self.take_on(self.life, effect);
        }
        Ok(())
    }

    // ---- replies -------------------------------------------------------------------------------

    fn reply(&mut self, wall: i64, ticket: u64, reply: Reply) -> Result<(), Violation> {
        if self.queue.back() == Some(&ticket) && reply == Err(Failure::Overloaded) {
            self.queue.pop_back();
        }
        let Some(sent) = self.sent.remove(&ticket) else {
            return Err(Violation::new(
                "reply",
                format!("command {ticket} has two replies"),
            ));
        };
        if matches!(reply, Ok(_) | Err(Failure::Refused(_))) {
            if let Some(flight) = sent.flight
                && self.flight.as_ref().is_some_and(|f| f.number == flight)
            {
                return Err(Violation::new(
                    "reply before commit",
                    format!("command {ticket} was answered before it was durable"),
                ));
            }
            let at = sent.decided.unwrap_or(wall);
            let (expected, replayed) = self.model.decide(at, &sent.envelope);
            judge(&sent.envelope, &reply, expected, replayed)?;
        }
        self.trace.note(self.now, "reply", ticket, code_of(&reply));
        if let Ok(decided) = &reply {
            self.is_durable(decided)?;
        }
        match sent.asker {
            Asker::Person(person, state) => self.hear(person, state, reply),
            Asker::Line(group) => self.line_hears(group, reply),
            Asker::Webhook(index, tries) => {
                if matches!(reply, Err(Failure::Unavailable(_) | Failure::Overloaded)) {
                    self.webhook_again(index, tries);
                }
                Ok(())
            }
            Asker::Expiry => {
                self.expiry_is_busy = false;
                Ok(())
            }
            Asker::Nobody => Ok(()),
        }
    }

    /// Invariant 4: what is acknowledged is on the disk.
    fn is_durable(&self, decided: &Decided) -> Result<(), Violation> {
        let holds = match &decided.outcome {
            Outcome::Group(group) => self
                .disk
                .group(group.id)
                .is_some_and(|row| row.version >= group.version),
            Outcome::Checkout(checkout) => self
                .disk
                .checkout(checkout.id)
                .is_some_and(|row| row.version >= checkout.version),
            Outcome::Packet(packet) => {
                let counted = Counted::Drawn;
                let rule = packet.rule;
                let drawn = self.disk.quotas.get(&Quota { rule, counted });
                drawn.is_some_and(|drawn| *drawn > i64::from(packet.number))
            }
            Outcome::Done | Outcome::Saved(_) | Outcome::Cart(_) => true,
        };
        if holds {
            Ok(())
        } else {
            Err(Violation::new(
                "invariant 4",
                format!("acknowledged and not durable: {:?}", decided.outcome),
            ))
        }
    }

    // ---- webhooks and timers -------------------------------------------------------------------

    /// What the provider wants to tell is sent: late, twice, before the reply, out of order.
    pub fn send_webhooks(&mut self) {
        for fact in std::mem::take(&mut self.provider.told) {
            let index = self.webhooks.len() as u32;
            self.webhooks.push(fact);
            let times = if self.rng.per_mille(self.options.webhook_twice) {
                2
            } else {
                1
            };
            for _ in 0..times {
                let is_late = self.rng.per_mille(self.options.webhook_late);
                let wait = if is_late {
                    self.rng.between(60_000, 6 * 3_600_000)
                } else {
                    self.rng.between(1, 800)
                };
                self.at(self.now + wait, Event::Webhook(index, 0));
            }
        }
    }

    fn webhook(&mut self, index: u32, tries: u32) -> Result<(), Violation> {
        let fact = self.webhooks[index as usize].clone();
        self.trace
            .note(self.now, "webhook", fact.payment.0, u64::from(tries));
        let envelope = crate::cashier::news(&fact, None);
        if !self.submit(Asker::Webhook(index, tries), envelope)? {
            self.webhook_again(index, tries);
        }
        Ok(())
    }

    fn webhook_again(&mut self, index: u32, tries: u32) {
        let wait = 1_000_i64 << tries.min(10);
        self.at(self.now + wait, Event::Webhook(index, tries + 1));
    }

    fn expire(&mut self) -> Result<(), Violation> {
        if self.writer.is_some() && !self.expiry_is_busy {
            let due = self.disk.expired(self.wall(), EXPIRE_BATCH_MAX);
            let members = self.disk.points_due(self.wall(), POINTS_EXPIRE_BATCH_MAX);
            // One after the other: whoever waits is due the next time, too.
            let command = match (due.is_empty(), members.is_empty()) {
                (false, _) => Some(Command::ExpireGroups(due)),
                (true, false) => Some(Command::ExpirePoints(members)),
                (true, true) => None,
            };
            if let Some(command) = command {
                self.expiry_is_busy = true;
                self.submit(Asker::Expiry, Envelope::system(command))?;
            }
        }
        // While nothing else happens the timer may sleep until it matters.
        let next = match (self.agenda.peek(), self.disk.next_expiry()) {
            (None, None) => return Ok(()),
            (None, Some(at)) => (self.now + EXPIRY_MS).max(at - START - self.clock_offset),
            (Some(Reverse((at, ..))), None) => (self.now + EXPIRY_MS).max(*at),
            (Some(Reverse((at, ..))), Some(due)) => {
                (self.now + EXPIRY_MS).max((*at).min(due - START - self.clock_offset))
            }
        };
        self.at(next, Event::Expire);
        Ok(())
    }

    /// Whether the writer has nothing to do.
    pub fn is_idle(&self) -> bool {
        self.sent.is_empty() && self.writer.as_ref().is_some_and(Writer::is_idle)
    }
}

/// A number for the trace.
fn code_of(reply: &Reply) -> u64 {
    match reply {
        Ok(decided) => 1 + u64::from(decided.replayed),
        Err(Failure::Refused(refusal)) => refusal
            .code()
            .bytes()
            .fold(3, |sum, b| sum * 31 % 65_521 + u64::from(b)),
        Err(Failure::Overloaded) => 4,
        Err(Failure::Unavailable(_)) => 5,
    }
}

/// The reply is the one that the model expects.
fn judge(
    envelope: &Envelope,
    reply: &Reply,
    expected: Expected,
    replayed: bool,
) -> Result<(), Violation> {
    let said = match reply {
        Err(Failure::Refused(refusal)) if refusal.code() == "internal_invariant" => {
            return Err(Violation::new(
                "panic",
                format!("a decision panicked: {:?}", envelope.command),
            ));
        }
        Err(Failure::Refused(refusal)) => Expected::Refused(refusal.code()),
        Err(_) => return Ok(()),
        Ok(decided) => match &decided.outcome {
            Outcome::Done => Expected::Done,
            Outcome::Saved(_) => Expected::Saved,
            Outcome::Cart(cart) => Expected::Cart(cart.id),
            Outcome::Checkout(checkout) => Expected::Checkout(checkout.id),
            Outcome::Group(group) => Expected::Group(group.id),
            Outcome::Packet(packet) => Expected::Packet(packet.number),
        },
    };
    let was_replayed = reply.as_ref().is_ok_and(|d| d.replayed);
    if (said, was_replayed) == (expected, replayed) {
        return Ok(());
    }
    let detail = format!(
        "{:?}: {said:?} (replayed: {was_replayed}), the model says {expected:?} (replayed: {replayed})",
        envelope.command
    );
    Err(Violation::new("model", detail))
}
