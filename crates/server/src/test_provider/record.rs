//! One payment as a state machine, without I/O: every change takes the time and leaves the events that tell of it.
//!
//! The same key gives the same answer, even after the payment has moved on: each request keeps the moment it ended in.
//! A payment is nothing but its steps in order: the journal keeps those, and a restart takes them again.

use connectors::test_payments::wire::{
    CreatePayment, CurrencyTotals, Event, EventKind, Payment, Problem, Refund, Status,
};
use serde::{Deserialize, Serialize};

use super::cards::{self, Behavior};
use crate::third_party::Refusal;

/// Writes to one payment beyond this are refused.
const MAX_REQUESTS: usize = 200;

/// How the webhooks of a payment travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// At once, once.
    Plain,
    /// After a long pause.
    Late,
    /// Two times.
    Twice,
    /// Before the answer of the call that caused them.
    BeforeAnswer,
}

/// A payment and all that happened to it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The number behind the `tp_…` id.
    pub number: u64,
    /// What was asked for.
    pub create: CreatePayment,
    /// How its webhooks travel.
    pub delivery: Delivery,
    /// The card that was shown last and not declined.
    pub card: Option<Behavior>,
    /// How it stood when the creating call was answered.
    pub first: Moment,
    /// How it stands.
    pub now: Moment,
    /// Refunds, oldest first.
    pub refunds: Vec<Refund>,
    /// When it was created, UTC milliseconds.
    pub created_at_ms: i64,
    /// When money was held.
    pub authorized_at_ms: Option<i64>,
    /// When money was taken.
    pub captured_at_ms: Option<i64>,
    /// When held money was released.
    pub released_at_ms: Option<i64>,
    /// When it ends by itself unless the shopper acts.
    pub deadline_ms: Option<i64>,
    /// How long it waits for the shopper at each step.
    expiry_ms: i64,
    requests: Vec<Request>,
    /// What happened, oldest first.
    pub events: Vec<EventStub>,
}

/// What an answer depends on, besides what never changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The status then.
    pub status: Status,
    /// What was held.
    pub authorized_minor: i64,
    /// What was taken.
    pub captured_minor: i64,
    /// How many refunds there were.
    pub refund_count: usize,
    /// The reason of a decline or a failure.
    pub problem: Option<Problem>,
    /// When it last changed.
    pub updated_at_ms: i64,
}

/// An event as it is kept: its body is made when it is sent.
#[derive(Clone, Debug)]
pub struct EventStub {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at_ms: i64,
    /// Which refund.
    pub refund_id: Option<String>,
    /// Whether the shop has taken it.
    pub delivered: bool,
}

/// A write to an existing payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Take held money.
    Capture {
        /// How much.
        amount_minor: i64,
    },
    /// Release held money, or end an unpaid payment.
    Void,
    /// Give taken money back.
    Refund {
        /// How much.
        amount_minor: i64,
    },
}

#[derive(Clone, Debug)]
struct Request {
    key: String,
    operation: Operation,
    result: Result<Moment, Refusal>,
}

/// One step of a payment: all that can happen to it after it was created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The shopper shows a card on the hosted page.
    Present {
        /// Which; absent for a number that is no test card.
        card: Option<Behavior>,
    },
    /// The shopper answers the bank.
    Decide {
        /// How.
        decision: Decision,
    },
    /// Its time may have run out.
    Expire,
    /// The shop writes.
    Request {
        /// What.
        operation: Operation,
        /// The idempotency key.
        key: String,
    },
}

/// What the shopper does on the challenge page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is me.
    Approve,
    /// It is not me.
    Refuse,
}

impl Record {
    /// A new payment; `card` is absent when the hosted page will ask for it.
    pub fn new(
        number: u64,
        create: CreatePayment,
        card: Option<Behavior>,
        now_ms: i64,
        expiry_ms: i64,
    ) -> Self {
        let moment = Moment {
            status: Status::RequiresPaymentMethod,
            authorized_minor: 0,
            captured_minor: 0,
            refund_count: 0,
            problem: None,
            updated_at_ms: now_ms,
        };
        let mut record = Self {
            number,
            create,
            delivery: Delivery::Plain,
            card: None,
            first: moment.clone(),
            now: moment,
            refunds: Vec::new(),
            created_at_ms: now_ms,
            authorized_at_ms: None,
            captured_at_ms: None,
            released_at_ms: None,
            deadline_ms: Some(now_ms.saturating_add(expiry_ms)),
            expiry_ms,
            requests: Vec::new(),
            events: Vec::new(),
        };
        if let Some(card) = card {
            record.present(card, now_ms);
            if record.now.status == Status::RequiresPaymentMethod {
                // A declined token has no page on which to try another card.
                record.now.status = Status::Declined;
                record.deadline_ms = None;
            }
        }
        record.first = record.now.clone();
        record
    }

    /// The public id.
    pub fn id(&self) -> String {
        payment_id(self.number)
    }

    /// Takes a step. What does not fit is ignored, but for the shop's writes, which are refused with a reason.
    pub fn take(&mut self, step: &Step, now_ms: i64) -> Result<Moment, Refusal> {
        // Time is up when it is up, whether or not somebody has looked.
        self.expire(now_ms);
        match step {
            Step::Present { card: Some(card) } => self.present(*card, now_ms),
            Step::Present { card: None } => {
                self.decline("unknown_card", "This is none of the test cards.", now_ms);
            }
            Step::Decide { decision } => self.decide(*decision, now_ms),
            Step::Expire => {}
            Step::Request { operation, key } => return self.request(*operation, key, now_ms),
        }
        Ok(self.now.clone())
    }

    /// Grows with every step that changed anything.
    pub fn version(&self) -> usize {
        self.events.len() + self.requests.len()
    }

    /// The shopper shows a card, on the hosted page or as a token. Ignored when the payment waits for no card.
    fn present(&mut self, card: Behavior, now_ms: i64) {
        if self.now.status != Status::RequiresPaymentMethod {
            return;
        }
        let is_declined = matches!(card, Behavior::Declined | Behavior::InsufficientFunds);
        self.card = (!is_declined).then_some(card);
        self.delivery = match card {
            Behavior::WebhookLate => Delivery::Late,
            Behavior::WebhookTwice => Delivery::Twice,
            Behavior::WebhookFirst => Delivery::BeforeAnswer,
            _ => Delivery::Plain,
        };
        match card {
            Behavior::Declined => self.decline("card_declined", "The card was declined.", now_ms),
            Behavior::InsufficientFunds => {
                self.decline(
                    "insufficient_funds",
                    "The account does not hold enough money.",
                    now_ms,
                );
            }
            Behavior::Challenge => {
                self.now.problem = None;
                self.deadline_ms = Some(now_ms.saturating_add(self.expiry_ms));
                self.enter(Status::RequiresAction, EventKind::ActionRequired, now_ms);
            }
            _ => self.authorize(now_ms),
        }
    }

    /// The attempt is refused; a hosted page stays open for another card.
    fn decline(&mut self, code: &str, message: &str, now_ms: i64) {
        if self.now.status == Status::RequiresPaymentMethod {
            self.now.problem = Some(Problem {
                code: code.into(),
                message: message.into(),
            });
            self.enter(Status::RequiresPaymentMethod, EventKind::Declined, now_ms);
        }
    }

    /// The shopper answers the bank's question. Ignored when none is open.
    fn decide(&mut self, decision: Decision, now_ms: i64) {
        if self.now.status != Status::RequiresAction {
            return;
        }
        match decision {
            Decision::Approve => self.authorize(now_ms),
            Decision::Refuse => self.fail(
                "challenge_failed",
                "The shopper's bank did not confirm.",
                now_ms,
            ),
        }
    }

    /// Ends the payment if its time has run out.
    fn expire(&mut self, now_ms: i64) {
        let open = matches!(
            self.now.status,
            Status::RequiresPaymentMethod | Status::RequiresAction
        );
        if open
            && self
                .deadline_ms
                .is_some_and(|deadline_ms| deadline_ms <= now_ms)
        {
            self.fail("expired", "The shopper did not finish in time.", now_ms);
        }
    }

    /// Carries out a write once per key, and gives the same answer each time the key comes back.
    fn request(&mut self, operation: Operation, key: &str, now_ms: i64) -> Result<Moment, Refusal> {
        if let Some(request) = self.requests.iter().find(|request| request.key == key) {
            if request.operation != operation {
                return Err(Refusal::new(
                    422,
                    "idempotency_key_reused",
                    "This idempotency key was used for another request.",
                ));
            }
            return request.result.clone();
        }
        if self.requests.len() >= MAX_REQUESTS {
            return Err(Refusal::new(
                429,
                "too_many_requests",
                "This payment has seen too many requests.",
            ));
        }
        let result = match operation {
            Operation::Capture { amount_minor } => self.capture(amount_minor, now_ms),
            Operation::Void => self.void(now_ms),
            Operation::Refund { amount_minor } => self.refund(amount_minor, key, now_ms),
        };
        let result = result.map(|()| self.now.clone());
        self.requests.push(Request {
            key: key.into(),
            operation,
            result: result.clone(),
        });
        result
    }

    fn capture(&mut self, amount_minor: i64, now_ms: i64) -> Result<(), Refusal> {
        match self.now.status {
            Status::Authorized => {}
            Status::Captured => {
                return Err(Refusal::new(
                    409,
                    "already_captured",
                    "The payment was captured before.",
                ));
            }
            Status::Voided => {
                return Err(Refusal::new(
                    409,
                    "already_voided",
                    "The payment was voided before.",
                ));
            }
            _ => {
                return Err(Refusal::new(
                    409,
                    "not_authorized",
                    "No money is held for this payment.",
                ));
            }
        }
        if amount_minor > self.now.authorized_minor {
            return Err(Refusal::new(
                400,
                "amount_too_large",
                "That is more than what is held.",
            ));
        }
        self.now.captured_minor = amount_minor;
        self.captured_at_ms = Some(now_ms);
        self.enter(Status::Captured, EventKind::Captured, now_ms);
        Ok(())
    }

    fn void(&mut self, now_ms: i64) -> Result<(), Refusal> {
        match self.now.status {
            Status::Authorized => self.released_at_ms = Some(now_ms),
            Status::RequiresPaymentMethod | Status::RequiresAction => {}
            Status::Captured => {
                return Err(Refusal::new(
                    409,
                    "already_captured",
                    "The payment was captured: refund it instead.",
                ));
            }
            Status::Voided => {
                return Err(Refusal::new(
                    409,
                    "already_voided",
                    "The payment was voided before.",
                ));
            }
            Status::Declined | Status::Failed => {
                return Err(Refusal::new(
                    409,
                    "already_ended",
                    "The payment ended without money.",
                ));
            }
        }
        self.deadline_ms = None;
        self.enter(Status::Voided, EventKind::Voided, now_ms);
        Ok(())
    }

    fn refund(&mut self, amount_minor: i64, key: &str, now_ms: i64) -> Result<(), Refusal> {
        if self.now.status != Status::Captured {
            return Err(Refusal::new(
                409,
                "not_captured",
                "No money was taken for this payment.",
            ));
        }
        let left_minor = self.now.captured_minor - self.refunded_minor();
        if amount_minor > left_minor {
            return Err(Refusal::new(
                400,
                "amount_too_large",
                "That is more than what is left to refund.",
            ));
        }
        let id = format!("tr_{:016x}_{}", self.number, self.refunds.len() + 1);
        self.refunds.push(Refund {
            id,
            refund_ref: key.into(),
            amount_minor,
            at_ms: now_ms,
        });
        self.now.refund_count = self.refunds.len();
        self.enter(Status::Captured, EventKind::Refunded, now_ms);
        Ok(())
    }

    fn authorize(&mut self, now_ms: i64) {
        self.now.authorized_minor = self.create.amount_minor;
        self.now.problem = None;
        self.authorized_at_ms = Some(now_ms);
        self.deadline_ms = None;
        self.enter(Status::Authorized, EventKind::Authorized, now_ms);
    }

    fn fail(&mut self, code: &str, message: &str, now_ms: i64) {
        self.now.problem = Some(Problem {
            code: code.into(),
            message: message.into(),
        });
        self.deadline_ms = None;
        self.enter(Status::Failed, EventKind::Failed, now_ms);
    }

    fn enter(&mut self, status: Status, kind: EventKind, now_ms: i64) {
        self.now.status = status;
        self.now.updated_at_ms = now_ms;
        let refund_id = match kind {
            EventKind::Refunded => self.refunds.last().map(|refund| refund.id.clone()),
            _ => None,
        };
        self.events.push(EventStub {
            kind,
            at_ms: now_ms,
            refund_id,
            delivered: false,
        });
        assert!(
            self.refunded_minor() <= self.now.captured_minor,
            "more refunded than captured"
        );
        assert!(
            self.now.captured_minor <= self.now.authorized_minor,
            "more captured than held"
        );
    }

    /// What was given back in all, minor units.
    pub fn refunded_minor(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount_minor).sum()
    }

    /// The payment as the API shows it at `moment`.
    pub fn payment_at(&self, moment: &Moment, base_url: &str) -> Payment {
        let id = self.id();
        let action_url = match moment.status {
            Status::RequiresPaymentMethod => Some(format!("{base_url}/pay/{id}")),
            Status::RequiresAction => Some(format!("{base_url}/pay/{id}/3ds")),
            _ => None,
        };
        let refunds = self.refunds[..moment.refund_count].to_vec();
        let is_paid = matches!(moment.status, Status::Authorized | Status::Captured);
        let keeps = self.create.keep && is_paid;
        Payment {
            id,
            payment_ref: self.create.payment_ref.clone(),
            group_ref: self.create.group_ref.clone(),
            status: moment.status,
            amount_minor: self.create.amount_minor,
            currency: self.create.currency.clone(),
            authorized_minor: moment.authorized_minor,
            captured_minor: moment.captured_minor,
            refunded_minor: refunds.iter().map(|refund| refund.amount_minor).sum(),
            action_url,
            problem: moment.problem.clone(),
            refunds,
            kept_card: self.card.filter(|_| keeps).and_then(cards::kept),
            created_at_ms: self.created_at_ms,
            updated_at_ms: moment.updated_at_ms,
        }
    }

    /// The event with this index, ready to be sent.
    pub fn event(&self, index: usize, base_url: &str) -> Event {
        let stub = &self.events[index];
        Event {
            id: format!("te_{:016x}_{}", self.number, index + 1),
            kind: stub.kind,
            at_ms: stub.at_ms,
            refund_id: stub.refund_id.clone(),
            payment: self.payment_at(&self.now, base_url),
        }
    }

    /// This payment's share of the audit's sums.
    pub fn totals(&self) -> CurrencyTotals {
        CurrencyTotals {
            currency: self.create.currency.clone(),
            authorizations: u64::from(self.authorized_at_ms.is_some()),
            authorized_minor: self.now.authorized_minor,
            captures: u64::from(self.captured_at_ms.is_some()),
            captured_minor: self.now.captured_minor,
            voids: u64::from(self.released_at_ms.is_some()),
            refunds: self.refunds.len() as u64,
            refunded_minor: self.refunded_minor(),
        }
    }
}

/// The public form of a payment's number.
pub fn payment_id(number: u64) -> String {
    format!("tp_{number:016x}")
}

/// The number in a public id.
pub fn parse_payment_id(id: &str) -> Option<u64> {
    let digits = id.strip_prefix("tp_")?;
    let well_formed = digits.len() == 16
        && digits
            .bytes()
            .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    if well_formed {
        u64::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}
