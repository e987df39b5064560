//! The payment provider as the shop sees it: it holds, takes and gives back money, knows calls by their
//! key, and tells of every change by a webhook as well. It keeps its own books, which are compared with the
//! shop's at the end.

use crate::depot::Depot;
use crate::hash::Map;
use crate::options::Options;
use crate::rng::Rng;
use commerce::id::{FulfillmentId, PaymentId, RefundId};
use commerce::payment::ProviderNews;
use commerce::planted::{self, Fault};

/// What is asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Hold so much.
    Start(PaymentId, i64),
    /// Take what is held under this reference.
    Capture(PaymentId, u64),
    /// Let it go.
    Void(PaymentId, u64),
    /// Give so much back.
    Refund(RefundId, PaymentId, u64, i64),
    /// How does it stand?
    Retrieve(PaymentId, u64),
    /// A parcel with this number will come: the carrier is asked, not the provider.
    Announce(FulfillmentId, u64),
    /// It will not.
    Recall(FulfillmentId, u64),
}

/// One fact about a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub payment: PaymentId,
    pub reference: u64,
    pub news: ProviderNews,
}

/// The answer to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Facts; none when a webhook will tell.
    Facts(Vec<Fact>),
    /// Understood and refused.
    Refused,
}

/// Where an account's money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The shopper must act, or the bank has not decided.
    Open,
    /// Held for the shop.
    Authorized,
    /// Taken.
    Captured,
    /// Let go.
    Voided,
    /// Refused by the bank.
    Declined,
}

/// One payment in the provider's books.
#[derive(Debug, Clone)]
pub struct Account {
    pub payment: PaymentId,
    pub amount: i64,
    pub held: Held,
    pub refunded: i64,
    rng: Rng,
}

/// The provider.
#[derive(Default)]
pub struct Provider {
    /// Accounts by reference, which counts from 1.
    pub accounts: Vec<Account>,
    by_key: Map<PaymentId, u64>,
    refunds: Map<RefundId, bool>,
    /// What the town's carrier was told.
    pub depot: Depot,
    /// Facts that webhooks will tell, taken by the caller after each call.
    pub told: Vec<Fact>,
}

impl Provider {
    /// The account under a reference.
    fn account(&mut self, reference: u64) -> &mut Account {
        &mut self.accounts[reference as usize - 1]
    }

    /// The newest reference of a payment, if it reached the provider.
    pub fn reference(&self, payment: PaymentId) -> Option<u64> {
        self.by_key.get(&payment).copied()
    }

    /// Carries out a call. The same call again does nothing more and gives the same answer.
    pub fn carry_out(&mut self, call: Call, seed: u64, options: &Options) -> Answer {
        match call {
            Call::Start(payment, amount) => self.start(payment, amount, seed, options),
            Call::Capture(payment, reference) => self.capture(payment, reference, options),
            Call::Void(payment, reference) => match self.account(reference).held {
                Held::Open | Held::Authorized => {
                    self.account(reference).held = Held::Voided;
                    self.say(payment, reference, ProviderNews::Voided)
                }
                Held::Voided => self.how(payment, reference),
                Held::Captured | Held::Declined => Answer::Refused,
            },
            Call::Refund(refund, payment, reference, amount) => {
                self.refund(refund, payment, reference, amount, options)
            }
            Call::Retrieve(payment, reference) => self.how(payment, reference),
            Call::Announce(parcel, number) => self.depot.announce(parcel, number),
            Call::Recall(_, number) => self.depot.recall(number),
        }
    }

    fn capture(&mut self, payment: PaymentId, reference: u64, options: &Options) -> Answer {
        let account = self.account(reference);
        match account.held {
            Held::Authorized if account.rng.percent(options.lapse) => {
                account.held = Held::Voided;
                self.tell(payment, reference, ProviderNews::Voided);
                Answer::Refused
            }
            Held::Authorized => {
                account.held = Held::Captured;
                let amount = account.amount;
                self.say(payment, reference, ProviderNews::Captured { amount })
            }
            Held::Captured => self.how(payment, reference),
            Held::Open | Held::Voided | Held::Declined => Answer::Refused,
        }
    }

    fn tell(&mut self, payment: PaymentId, reference: u64, news: ProviderNews) {
        self.told.push(Fact {
            payment,
            reference,
            news,
        });
    }

    /// Says it in the answer and by a webhook.
    fn say(&mut self, payment: PaymentId, reference: u64, news: ProviderNews) -> Answer {
        self.tell(payment, reference, news.clone());
        Answer::Facts(vec![Fact {
            payment,
            reference,
            news,
        }])
    }

    /// How an account stands, without a webhook: nothing changed.
    fn how(&mut self, payment: PaymentId, reference: u64) -> Answer {
        let account = self.account(reference);
        let amount = account.amount;
        let news = match account.held {
            Held::Open => ProviderNews::ActionRequired {
                url: String::from("p"),
            },
            Held::Authorized => ProviderNews::Authorized { amount },
            Held::Captured => ProviderNews::Captured { amount },
            Held::Voided => ProviderNews::Voided,
            Held::Declined => ProviderNews::Declined {
                code: String::from("no"),
            },
        };
        Answer::Facts(vec![Fact {
            payment,
            reference,
            news,
        }])
    }

    fn start(&mut self, payment: PaymentId, amount: i64, seed: u64, options: &Options) -> Answer {
        if let Some(reference) = self.reference(payment)
            && !planted::is(Fault::RetryWithoutKey)
        {
            return self.how(payment, reference);
        }
        let mut rng = Rng::of(seed ^ 0xba0c, payment.0);
        let held = if rng.percent(options.challenge) {
            Held::Open
        } else if rng.percent(options.decline) {
            Held::Declined
        } else if rng.percent(options.capture_at_once) {
            Held::Captured
        } else {
            Held::Authorized
        };
        let later = rng.percent(options.told_later);
        self.accounts.push(Account {
            payment,
            amount,
            held,
            refunded: 0,
            rng,
        });
        let reference = self.accounts.len() as u64;
        self.by_key.insert(payment, reference);
        let answer = self.how(payment, reference);
        if let Answer::Facts(facts) = &answer
            && held != Held::Open
        {
            self.told.extend(facts.iter().cloned());
        }
        if later && held != Held::Open {
            Answer::Facts(Vec::new())
        } else {
            answer
        }
    }

    fn refund(
        &mut self,
        refund: RefundId,
        payment: PaymentId,
        reference: u64,
        amount: i64,
        options: &Options,
    ) -> Answer {
        if let Some(&done) = self.refunds.get(&refund) {
            let news = ProviderNews::Refunded { refund };
            return if done {
                Answer::Facts(vec![Fact {
                    payment,
                    reference,
                    news,
                }])
            } else {
                Answer::Refused
            };
        }
        let account = self.account(reference);
        let possible =
            account.held == Held::Captured && account.refunded + amount <= account.amount;
        let done = possible && !account.rng.percent(options.refund_fails);
        let later = account.rng.percent(options.told_later);
        self.refunds.insert(refund, done);
        if !done {
            return Answer::Refused;
        }
        self.account(reference).refunded += amount;
        let answer = self.say(payment, reference, ProviderNews::Refunded { refund });
        if later {
            Answer::Facts(Vec::new())
        } else {
            answer
        }
    }

    /// A shopper at the provider's page: pays, fails, or goes away.
    pub fn shopper_acts(&mut self, payment: PaymentId) {
        let Some(reference) = self.reference(payment) else {
            return;
        };
        let account = self.account(reference);
        if account.held != Held::Open {
            return;
        }
        let amount = account.amount;
        match account.rng.below(10) {
            0..=6 => {
                account.held = Held::Authorized;
                self.tell(payment, reference, ProviderNews::Authorized { amount });
            }
            7 => {
                account.held = Held::Declined;
                self.tell(
                    payment,
                    reference,
                    ProviderNews::Declined {
                        code: String::from("no"),
                    },
                );
            }
            _ => {}
        }
    }
}
