//! The jobs that carry out effects, in virtual time: what `server`'s job runner and cashier do, step by step.
//!
//! Effects of one group are carried out one after the other. A call whose answer is lost is made again with
//! the same key; one that the provider refuses steps aside and is tried again later. A crash forgets all of
//! it; the rows of effects that are not done bring it back.

use crate::checks::Violation;
use crate::hash::Map;
use crate::provider::{Answer, Call, Fact};
use crate::sim::{Asker, Event, Sim};
use commerce::command::{CarrierAnswer, CarrierRefusal, PaymentNews, PaymentTrouble};
use commerce::event::{Effect, Task};
use commerce::id::{FulfillmentId, GroupId, PaymentId};
use commerce::order::{Group, RefundState};
use commerce::payment::{PaymentMethod, PaymentState, ProviderNews};
use commerce::{Actor, Channel, Command, Envelope};
use std::collections::VecDeque;
use std::sync::Arc;
use writer::{Failure, Reply};

/// The first pause after a failed attempt, in milliseconds; it doubles.
const PAUSE_MIN: i64 = 250;
/// The longest pause.
const PAUSE_MAX: i64 = 60_000;
/// The longest pause after refusals.
const STUCK_PAUSE_MAX: i64 = 300_000;
/// How long an answer is waited for.
const CALL_MS: i64 = 10_000;

/// An effect that is not done.
struct Job {
    effect: Effect,
    refusals: u32,
    not_before: i64,
}

/// What a line does at the moment.
enum Stage {
    /// It waits for its next attempt.
    Pausing,
    /// A call is under way, or its answer.
    Calling(Call, Option<Answered>),
    /// Facts are told to the writer, one after the other; the effect ends afterwards.
    Telling(VecDeque<Fact>),
    /// The last message was sent, and the effect ends with it.
    Ending,
}

/// What came of a call.
#[derive(Clone)]
enum Answered {
    Said(Answer),
    /// It never reached the provider.
    NotSent,
    /// Nobody knows.
    Lost,
}

/// The effects of one group.
struct Line {
    waiting: VecDeque<Job>,
    job: Option<Job>,
    stage: Stage,
    pause: i64,
}

/// All lines of a process's life.
#[derive(Default)]
pub struct Lines {
    lines: Map<GroupId, Line>,
    next: u64,
}

/// What an attempt comes to, before anybody is asked.
enum Plan {
    Done,
    Call(Call),
    Tell(PaymentId, ProviderNews),
}

fn group_of(task: &Task) -> GroupId {
    match *task {
        Task::StartPayment(id) | Task::CapturePayment(id) | Task::VoidPayment(id) => id.parent(),
        Task::RefundPayment(id) => id.parent(),
        Task::NotifyPlatform(id, _) => id,
        Task::AnnounceParcel(id, _) | Task::RecallParcel(id, ..) => id.parent(),
    }
}

/// A fact as the provider's message to the core.
pub fn news(fact: &Fact, effect: Option<u64>) -> Envelope {
    message(
        fact.payment,
        Some(format!("p{}", fact.reference)),
        fact.news.clone(),
        effect,
    )
}

fn message(
    payment: PaymentId,
    provider_ref: Option<String>,
    news: ProviderNews,
    effect: Option<u64>,
) -> Envelope {
    Envelope {
        command: Command::PaymentNews(PaymentNews {
            payment,
            provider_ref,
            news,
            effect,
        }),
        actor: Actor::Provider,
        channel: Channel::System,
        idempotency: None,
    }
}

/// The provider's reference of a payment, once the shop knows it.
fn known(group: &Group, id: PaymentId) -> Option<(PaymentState, i64, u64)> {
    let payment = group.payments.iter().find(|p| p.id == id)?;
    let reference = payment
        .provider_ref
        .as_deref()?
        .strip_prefix('p')?
        .parse()
        .ok()?;
    Some((payment.state, payment.amount, reference))
}

fn plan(group: Option<&Arc<Group>>, task: &Task) -> Plan {
    let Some(group) = group else {
        return Plan::Done;
    };
    match *task {
        Task::StartPayment(id) => {
            let Some(payment) = group.payments.iter().find(|p| p.id == id) else {
                return Plan::Done;
            };
            let is_known =
                payment.provider_ref.is_some() || payment.state == PaymentState::Captured;
            let by_hand = payment.method == PaymentMethod::OnAccount;
            if is_known || by_hand {
                Plan::Done
            } else {
                Plan::Call(Call::Start(id, payment.amount))
            }
        }
        Task::CapturePayment(id) => match known(group, id) {
            Some((PaymentState::Authorized, _, reference)) => {
                Plan::Call(Call::Capture(id, reference))
            }
            _ => Plan::Done,
        },
        Task::VoidPayment(id) => match known(group, id) {
            None | Some((PaymentState::Captured, ..)) => Plan::Done,
            Some((.., reference)) => Plan::Call(Call::Void(id, reference)),
        },
        Task::RefundPayment(id) => {
            let Some(refund) = group.refunds.iter().find(|r| r.id == id) else {
                return Plan::Done;
            };
            match (refund.state, known(group, refund.payment)) {
                (RefundState::Pending, Some((.., reference))) => {
                    Plan::Call(Call::Refund(id, refund.payment, reference, refund.amount))
                }
                (RefundState::Pending, None) => {
                    let code = String::from("provider_not_configured");
                    Plan::Tell(
                        refund.payment,
                        ProviderNews::RefundFailed { refund: id, code },
                    )
                }
                _ => Plan::Done,
            }
        }
        Task::NotifyPlatform(..) => Plan::Done,
        Task::AnnounceParcel(id, ref number) => {
            match group.parcel(id).filter(|p| p.number == *number) {
                Some(_) => Plan::Call(Call::Announce(id, digits(number))),
                None => Plan::Done,
            }
        }
        Task::RecallParcel(id, _, ref number) => Plan::Call(Call::Recall(id, digits(number))),
    }
}

/// A number of the town's carrier, which is all digits.
fn digits(number: &str) -> u64 {
    number.parse().expect("digits alone")
}

/// Whether nothing is held any more after this fact.
fn ends_payment(fact: &Fact) -> bool {
    matches!(
        fact.news,
        ProviderNews::Captured { .. } | ProviderNews::Voided | ProviderNews::Declined { .. }
    )
}

impl Sim {
    /// Takes an effect on, once.
    pub fn take_on(&mut self, life: u32, effect: Effect) {
        if effect.number < self.lines.next {
            return;
        }
        self.lines.next = effect.number + 1;
        let group = group_of(&effect.task);
        let job = Job {
            effect,
            refusals: 0,
            not_before: self.now,
        };
        let fresh = Line {
            waiting: VecDeque::new(),
            job: None,
            stage: Stage::Pausing,
            pause: PAUSE_MIN,
        };
        let line = self.lines.lines.entry(group).or_insert(fresh);
        for waiting in &mut line.waiting {
            waiting.not_before = job.not_before;
        }
        line.waiting.push_back(job);
        if line.job.is_none() {
            self.at(self.now, Event::Line(life, group));
        }
    }

    /// A line goes on: the next job that is due, or the next attempt at the one in hand.
    pub fn line(&mut self, life: u32, group: GroupId) -> Result<(), Violation> {
        if life != self.life {
            return Ok(());
        }
        let Some(line) = self.lines.lines.get_mut(&group) else {
            return Ok(());
        };
        if !matches!(line.stage, Stage::Pausing) {
            return Ok(());
        }
        if line.job.is_none() {
            let due = line.waiting.iter().position(|j| j.not_before <= self.now);
            let Some(index) = due else {
                match line.waiting.iter().map(|j| j.not_before).min() {
                    Some(at) => self.at(at, Event::Line(life, group)),
                    None => drop(self.lines.lines.remove(&group)),
                }
                return Ok(());
            };
            line.job = line.waiting.remove(index);
            line.pause = PAUSE_MIN;
        }
        let (task, number) = {
            let effect = &line.job.as_ref().expect("a job is in hand").effect;
            (effect.task.clone(), effect.number)
        };
        self.trace.note(self.now, "effect", group.0, number);
        match plan(self.disk.group(group), &task) {
            Plan::Done => self.end(group),
            Plan::Call(call) => {
                self.call(group, call);
                Ok(())
            }
            Plan::Tell(payment, news) => self.tell_last(group, payment, news),
        }
    }

    fn stage(&mut self, group: GroupId, stage: Stage) {
        if let Some(line) = self.lines.lines.get_mut(&group) {
            line.stage = stage;
        }
    }

    fn call(&mut self, group: GroupId, call: Call) {
        self.stage(group, Stage::Calling(call, None));
        let wait = self.rng.between(5, 150);
        self.at(self.now + wait, Event::Asked(self.life, group));
    }

    /// A call reaches the provider, or not. What the provider does, it does even if the shop died meanwhile.
    pub fn asked(&mut self, life: u32, group: GroupId) {
        if life != self.life {
            return;
        }
        let Some(Stage::Calling(call, _)) = self.lines.lines.get(&group).map(|l| &l.stage) else {
            return;
        };
        let call = *call;
        let (answered, wait) = if self.rng.per_mille(self.options.call_lost) {
            (Answered::NotSent, CALL_MS)
        } else {
            let answer = self.provider.carry_out(call, self.seed, &self.options);
            self.send_webhooks();
            if self.rng.per_mille(self.options.answer_lost) {
                (Answered::Lost, CALL_MS)
            } else {
                (Answered::Said(answer), self.rng.between(5, 400))
            }
        };
        self.stage(group, Stage::Calling(call, Some(answered)));
        self.at(self.now + wait, Event::Answered(life, group));
    }

    /// What came of a call.
    pub fn answered(&mut self, life: u32, group: GroupId) -> Result<(), Violation> {
        if life != self.life {
            return Ok(());
        }
        let Some(Stage::Calling(call, Some(answered))) =
            self.lines.lines.get(&group).map(|l| &l.stage)
        else {
            return Ok(());
        };
        let (call, answered) = (*call, answered.clone());
        match (call, answered) {
            (Call::Start(id, _), Answered::NotSent) => {
                let payment = self
                    .disk
                    .group(group)
                    .and_then(|g| g.payments.iter().find(|p| p.id == id));
                // Nothing has happened there, and nobody waits for it any more.
                if payment.is_some_and(|p| p.state.is_open()) {
                    self.again(group)
                } else {
                    return self.end(group);
                }
            }
            (_, Answered::NotSent | Answered::Lost) => self.again(group),
            (Call::Announce(id, number), Answered::Said(answer)) => {
                return self.answer_last(group, (id, number), &answer);
            }
            (Call::Recall(..), Answered::Said(_)) => return self.end(group),
            (Call::Start(id, _), Answered::Said(Answer::Refused)) => {
                return self.tell_last(
                    group,
                    id,
                    ProviderNews::Declined {
                        code: String::from("no"),
                    },
                );
            }
            (Call::Refund(refund, payment, ..), Answered::Said(Answer::Refused)) => {
                let code = String::from("no");
                return self.tell_last(group, payment, ProviderNews::RefundFailed { refund, code });
            }
            (
                Call::Capture(id, reference) | Call::Void(id, reference),
                Answered::Said(Answer::Refused),
            ) => {
                self.call(group, Call::Retrieve(id, reference));
            }
            (Call::Capture(id, reference), Answered::Said(Answer::Facts(facts)))
                if !facts.iter().any(ends_payment) =>
            {
                self.call(group, Call::Retrieve(id, reference));
            }
            (Call::Retrieve(..), Answered::Said(Answer::Facts(mut facts))) => {
                if !facts.iter().any(ends_payment) {
                    self.stuck(group);
                    return Ok(());
                }
                for fact in &mut facts {
                    // What was held and ended without money was let go.
                    if matches!(fact.news, ProviderNews::Declined { .. }) {
                        fact.news = ProviderNews::Voided;
                    }
                }
                return self.tell(group, facts.into());
            }
            (_, Answered::Said(Answer::Facts(facts))) => return self.tell(group, facts.into()),
            (Call::Retrieve(..), Answered::Said(Answer::Refused)) => self.again(group),
        }
        Ok(())
    }

    /// Tells the writer the next fact; after the last one the effect is done.
    fn tell(&mut self, group: GroupId, facts: VecDeque<Fact>) -> Result<(), Violation> {
        let Some(fact) = facts.front() else {
            return self.end(group);
        };
        let envelope = news(fact, None);
        self.stage(group, Stage::Telling(facts));
        self.submit(Asker::Line(group), envelope).map(drop)
    }

    /// Tells something of ours, with which the effect is done.
    fn tell_last(
        &mut self,
        group: GroupId,
        payment: PaymentId,
        news: ProviderNews,
    ) -> Result<(), Violation> {
        let number = self.number_in_hand(group);
        self.stage(group, Stage::Ending);
        self.submit(Asker::Line(group), message(payment, None, news, number))
            .map(drop)
    }

    /// What the carrier said to an announcement; the effect ends with it.
    fn answer_last(
        &mut self,
        group: GroupId,
        (fulfillment, number): (FulfillmentId, u64),
        answer: &Answer,
    ) -> Result<(), Violation> {
        let effect = self.number_in_hand(group).expect("a job is in hand");
        let refused = (*answer == Answer::Refused).then(|| CarrierRefusal {
            code: String::from("no"),
            note: String::new(),
        });
        self.stage(group, Stage::Ending);
        let envelope = Envelope {
            command: Command::CarrierAnswer(CarrierAnswer {
                fulfillment,
                number: format!("{number:06}"),
                refused,
                effect,
            }),
            actor: Actor::Provider,
            channel: Channel::System,
            idempotency: None,
        };
        self.submit(Asker::Line(group), envelope).map(drop)
    }

    fn end(&mut self, group: GroupId) -> Result<(), Violation> {
        let number = self.number_in_hand(group).expect("a job is in hand");
        self.stage(group, Stage::Ending);
        self.submit(
            Asker::Line(group),
            Envelope::system(Command::EffectDone(number)),
        )
        .map(drop)
    }

    fn number_in_hand(&self, group: GroupId) -> Option<u64> {
        let job = self.lines.lines.get(&group)?.job.as_ref()?;
        Some(job.effect.number)
    }

    /// The same attempt once more, after a pause.
    fn again(&mut self, group: GroupId) {
        let Some(line) = self.lines.lines.get_mut(&group) else {
            return;
        };
        line.stage = Stage::Pausing;
        let at = self.now + line.pause;
        line.pause = (line.pause * 2).min(PAUSE_MAX);
        self.at(at, Event::Line(self.life, group));
    }

    /// The provider refuses: those behind it go first.
    fn stuck(&mut self, group: GroupId) {
        let Some(line) = self.lines.lines.get_mut(&group) else {
            return;
        };
        line.stage = Stage::Pausing;
        if let Some(mut job) = line.job.take() {
            let pause = 1_i64
                .checked_shl(job.refusals)
                .map_or(STUCK_PAUSE_MAX, |n| (PAUSE_MIN * n).min(STUCK_PAUSE_MAX));
            job.refusals = (job.refusals + 1).min(20);
            job.not_before = self.now + pause;
            line.waiting.push_back(job);
        }
        self.at(self.now, Event::Line(self.life, group));
    }

    /// The writer's reply to a line.
    pub fn line_hears(&mut self, group: GroupId, reply: Reply) -> Result<(), Violation> {
        let Some(line) = self.lines.lines.get_mut(&group) else {
            return Ok(());
        };
        let stage = std::mem::replace(&mut line.stage, Stage::Pausing);
        match (stage, reply) {
            (_, Err(Failure::Unavailable(_) | Failure::Overloaded)) => self.again(group),
            (Stage::Telling(mut facts), result) => {
                let fact = facts.pop_front();
                if let (Err(_), Some(fact)) = (result, fact) {
                    self.report(fact.payment)?;
                }
                return self.tell(group, facts);
            }
            (Stage::Ending, Ok(_)) => {
                line.job = None;
                self.at(self.now, Event::Line(self.life, group));
            }
            // What the core refuses it refuses again: an operator must look, and the effect ends.
            (Stage::Ending, Err(_)) => return self.end(group),
            (Stage::Pausing | Stage::Calling(..), _) => {}
        }
        Ok(())
    }

    fn report(&mut self, payment: PaymentId) -> Result<(), Violation> {
        let trouble = PaymentTrouble {
            payment,
            code: String::from("message_refused"),
            note: String::new(),
        };
        self.submit(
            Asker::Nobody,
            Envelope::system(Command::ReportTrouble(trouble)),
        )
        .map(drop)
    }
}
