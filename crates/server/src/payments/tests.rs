//! What the cashier and its jobs do when a provider refuses, on a real shop with a provider that does as it is told.

use super::*;
use crate::demo;
use crate::health::Health;
use crate::jobs::Runner;
use crate::serve::platforms;
use crate::shop::{Opened, Shop};
use api::app::{AppConfig, ProviderInfo};
use commerce::checkout::{Buyer, Delivery, Intent, Item};
use commerce::code::Country;
use commerce::command::{BuyNow, Device, OpenCheckout, Outcome};
use commerce::id::{CheckoutId, GroupId, ShippingRateId};
use commerce::settings::Address;
use commerce::text::Language;
use commerce::world::RecordKind;
use connectors::payment::{HeaderMap, Kept, MoneyKind, Reply};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);
const PROVIDER: &str = "obedient";

/// What the provider is told to do, and what it was asked.
#[derive(Default)]
struct Orders {
    refuses: bool,
    captured: bool,
    voided: bool,
    keys: Vec<String>,
    payment_ref: String,
    amount: i64,
    webhook: Vec<ProviderMessage>,
    /// Refunds made by hand: the provider's id and the amount.
    by_hand: Vec<(String, i64)>,
}

/// A provider that does as it is told.
#[derive(Default)]
struct Obedient(Mutex<Orders>);

impl Obedient {
    fn orders(&self) -> std::sync::MutexGuard<'_, Orders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn message(&self, kind: MessageKind) -> ProviderMessage {
        ProviderMessage {
            provider_ref: "at_provider".to_string(),
            payment_ref: Some(self.orders().payment_ref.clone()),
            kind,
            provider_event_id: "event".to_string(),
            at_ms: 0,
        }
    }

    fn says(&self, kind: MessageKind) -> Reply<'_> {
        let mut messages = vec![self.message(kind)];
        let by_hand = self.orders().by_hand.clone();
        messages.extend(
            by_hand
                .iter()
                .map(|refund| self.message(given_back(refund))),
        );
        let reply = PaymentReply {
            provider_ref: "at_provider".to_string(),
            messages,
        };
        Box::pin(async move { Ok(reply) })
    }

    fn refuses(&self) -> Reply<'_> {
        let refused = PaymentError::Refused {
            provider: PROVIDER,
            code: "not_today".to_string(),
            message: "come back tomorrow".to_string(),
        };
        Box::pin(async move { Err(refused) })
    }

    fn standing(&self) -> MessageKind {
        let orders = self.orders();
        let amount_minor = orders.amount;
        match (orders.captured, orders.voided) {
            (true, _) => MessageKind::Captured { amount_minor },
            (_, true) => MessageKind::Voided,
            _ => MessageKind::Authorized { amount_minor },
        }
    }
}

fn given_back((id, amount_minor): &(String, i64)) -> MessageKind {
    MessageKind::Refunded {
        refund_ref: None,
        provider_refund_ref: id.clone(),
        amount_minor: *amount_minor,
        total_refunded_minor: None,
    }
}

impl PaymentProvider for Obedient {
    fn name(&self) -> &'static str {
        PROVIDER
    }

    fn money(&self) -> MoneyKind {
        MoneyKind::Test
    }

    fn start<'a>(&'a self, payment: &'a StartPayment) -> Reply<'a> {
        {
            let mut orders = self.orders();
            orders.payment_ref = payment.payment_ref.clone();
            orders.amount = payment.amount_minor;
        }
        self.says(self.standing())
    }

    fn kept<'a>(&'a self, _: &'a str) -> Kept<'a> {
        Box::pin(async { Ok(None) })
    }

    fn retrieve<'a>(&'a self, _: &'a str) -> Reply<'a> {
        self.says(self.standing())
    }

    fn capture<'a>(&'a self, _: PaymentPart<'a>, key: &'a str) -> Reply<'a> {
        self.orders().keys.push(key.to_string());
        if self.orders().refuses {
            return self.refuses();
        }
        self.orders().captured = true;
        self.says(self.standing())
    }

    fn void<'a>(&'a self, _: &'a str, key: &'a str) -> Reply<'a> {
        self.orders().keys.push(key.to_string());
        if self.orders().refuses {
            return self.refuses();
        }
        self.orders().voided = true;
        self.says(self.standing())
    }

    fn refund<'a>(&'a self, _: PaymentPart<'a>, _: &'a str) -> Reply<'a> {
        self.refuses()
    }

    fn parse_webhook(
        &self,
        _: &HeaderMap,
        _: &[u8],
        _: i64,
    ) -> Result<Vec<ProviderMessage>, PaymentError> {
        Ok(std::mem::take(&mut self.orders().webhook))
    }
}

/// A shop whose shoppers pay at the obedient provider, with its jobs running.
struct Desk {
    folder: PathBuf,
    shop: Shop,
    cashier: Cashier,
    provider: Arc<Obedient>,
    jobs: tokio::task::JoinHandle<()>,
}

impl Desk {
    async fn open(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("sesame-{name}-{}", std::process::id()));
        let config = AppConfig {
            public_url: "http://shop.invalid".to_string(),
            providers: vec![ProviderInfo {
                name: PROVIDER.to_string(),
                test_money: true,
            }],
            secret: vec![7; 32],
            local_token: "token".to_string(),
            ..AppConfig::default()
        };
        let health = Health::new(folder.clone());
        let shop = Opened::open(&folder, None)
            .and_then(|opened| opened.run(config, Arc::default(), &health))
            .expect("the shop opens");
        let provider = Arc::new(Obedient::default());
        let named: Arc<dyn PaymentProvider> = provider.clone();
        let cashier = Cashier {
            app: shop.app.clone(),
            providers: Arc::new(BTreeMap::from([(PROVIDER.to_string(), named)])),
            webhook_base: "http://shop.invalid".to_string(),
            herald: platforms(&shop.app).expect("a herald").1,
            dispatcher: Dispatcher {
                app: shop.app.clone(),
                connectors: Arc::default(),
                webhook_base: String::new(),
            },
        };
        let jobs = tokio::spawn(Runner::new(cashier.clone()).run());
        demo::fill(&shop.app, demo::Start::Demo)
            .await
            .expect("filled");
        Self {
            folder,
            shop,
            cashier,
            provider,
            jobs,
        }
    }

    async fn close(self) {
        self.jobs.abort();
        drop(self.jobs.await);
        drop(self.cashier);
        self.shop.close().await;
        std::fs::remove_dir_all(&self.folder).expect("removed");
    }

    async fn buy(&self) -> GroupId {
        let app = &self.shop.app;
        let id = CheckoutId(app.ids.next());
        let intent = {
            let world = app.shelf.read();
            let rate = world.id_of_code(RecordKind::ShippingRate, "standard-de");
            Intent {
                currency: world.shop().expect("a shop").currency,
                language: Language::En,
                items: vec![Item {
                    variant: world.variant_of_sku("85123A").expect("an article"),
                    seller: None,
                    quantity: 1,
                }],
                buyer: Arc::new(Buyer {
                    email: "ada@example.com".to_string(),
                    ..Buyer::default()
                }),
                destination: Some(Arc::new(Address {
                    country: Country::parse("DE"),
                    ..Address::default()
                })),
                billing: None,
                delivery: Some(Delivery::Ship(ShippingRateId(rate.expect("a rate")))),
                promise: None,
                discount_codes: Vec::new(),
                member: None,
                extension: Default::default(),
                points: Default::default(),
            }
        };
        let open = OpenCheckout {
            id,
            access_key: 7,
            device: Device::Phone,
            intent,
        };
        let method = PaymentMethod::Provider {
            provider: PROVIDER.to_string(),
            token: Some("card".to_string()),
        };
        let command = Command::BuyNow(BuyNow {
            open,
            expected_total: None,
            expected_deposit: None,
            method,
            return_url: String::new(),
        });
        let placed = app.system(command).await.expect("bought");
        assert!(matches!(placed.outcome, Outcome::Group(_)));
        id.group()
    }

    async fn group(&self, id: GroupId) -> Group {
        let found = self.shop.app.read(move |r| r.group(id)).await;
        found.expect("read").expect("a group")
    }

    /// The troubles in a group's history, as `code: note`.
    async fn troubles(&self, id: GroupId) -> Vec<String> {
        let history = self.shop.app.read(move |r| r.history(id)).await;
        let trouble = |what: &What| match what {
            What::PaymentTrouble { code, note, .. } => Some(format!("{code}: {note}")),
            _ => None,
        };
        let history = history.expect("read");
        history.iter().filter_map(|e| trouble(&e.what)).collect()
    }

    async fn open_tasks(&self) -> Vec<Task> {
        let effects = self.shop.app.read(|r| r.effects(0, 100)).await;
        effects
            .expect("read")
            .iter()
            .map(|e| e.task.clone())
            .collect()
    }

    /// Waits until the provider was asked so often.
    async fn asked(&self, times: usize) {
        let started = Instant::now();
        while self.provider.orders().keys.len() < times {
            assert!(started.elapsed() < PATIENCE, "the provider is not asked");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn no_task_is_open(&self) {
        let started = Instant::now();
        while !self.open_tasks().await.is_empty() {
            assert!(started.elapsed() < PATIENCE, "the effect does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Counts what this test does, apart from other tests.
fn figures() -> (PrometheusHandle, metrics::LocalRecorderGuard<'static>) {
    let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
    let handle = recorder.handle();
    (handle, metrics::set_default_local_recorder(recorder))
}

fn shows(figures: &PrometheusHandle, line: &str) -> bool {
    figures.render().lines().any(|l| l == line)
}

#[tokio::test]
async fn a_capture_that_is_refused_stays_is_told_and_is_tried_again() {
    let (figures, _guard) = figures();
    let desk = Desk::open("capture-refused").await;
    desk.provider.orders().refuses = true;
    let group = desk.buy().await;
    desk.asked(3).await;

    let payment = PaymentId::under(group, 1);
    assert_eq!(desk.open_tasks().await, [Task::CapturePayment(payment)]);
    assert_eq!(
        desk.group(group).await.payments[0].state,
        PaymentState::Authorized
    );
    let told = "capture_refused: asking obedient: refused with `not_today`: come back tomorrow";
    assert_eq!(desk.troubles(group).await, [told], "once, not per attempt");
    assert!(shows(&figures, "sesame_effects_stuck 1"));

    desk.provider.orders().refuses = false;
    desk.no_task_is_open().await;
    assert_eq!(
        desk.group(group).await.payments[0].state,
        PaymentState::Captured
    );
    let keys = desk.provider.orders().keys.clone();
    assert_eq!(keys[0], format!("{payment}:capture"));
    let mut different = keys.clone();
    different.sort();
    different.dedup();
    assert_eq!(
        different.len(),
        keys.len(),
        "a refusal is not asked for again under its key"
    );
    let started = Instant::now();
    while !shows(&figures, "sesame_effects_stuck 0") {
        assert!(started.elapsed() < PATIENCE, "{}", figures.render());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    desk.close().await;
}

#[tokio::test]
async fn a_release_that_is_refused_stays_one_effect() {
    let desk = Desk::open("void-refused").await;
    desk.provider.orders().refuses = true;
    let group = desk.buy().await;
    desk.asked(1).await;
    let order = desk.group(group).await.orders[0].id;
    let cancel = Command::CancelOrder(commerce::command::CancelOrder {
        order,
        reason: commerce::order::CancelReason::Operator,
        note: String::new(),
    });
    desk.shop.app.system(cancel).await.expect("canceled");
    let payment = PaymentId::under(group, 1);
    let started = Instant::now();
    while desk.open_tasks().await != [Task::VoidPayment(payment)]
        || desk.troubles(group).await.len() < 2
    {
        assert!(
            started.elapsed() < PATIENCE,
            "{:?}",
            desk.open_tasks().await
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let asked = desk.provider.orders().keys.len();
    desk.asked(asked + 2).await;
    assert_eq!(desk.open_tasks().await, [Task::VoidPayment(payment)]);
    assert!(desk.troubles(group).await[1].starts_with("void_refused: "));

    desk.provider.orders().refuses = false;
    desk.no_task_is_open().await;
    assert!(desk.provider.orders().voided);
    desk.close().await;
}

#[tokio::test]
async fn a_message_that_does_not_fit_is_kept_on_record() {
    let (figures, _guard) = figures();
    let desk = Desk::open("message-refused").await;
    let group = desk.buy().await;
    desk.no_task_is_open().await;
    let payment = PaymentId::under(group, 2);
    let news = ProviderNews::Captured { amount: 5 };
    let taken = desk.cashier.submit(payment, None, news, None).await;
    assert_eq!(
        taken,
        Ok(()),
        "of an unknown payment: the log alone can tell"
    );

    {
        let mut orders = desk.provider.orders();
        (orders.refuses, orders.captured) = (true, false);
    }
    let late = desk.buy().await;
    desk.asked(2).await;
    for _ in 0..2 {
        let wrong = desk
            .provider
            .message(MessageKind::Captured { amount_minor: 5 });
        desk.provider.orders().webhook = vec![wrong];
        let taken = desk.cashier.webhook(PROVIDER, &HeaderMap::new(), b"").await;
        assert_eq!(taken, Ok(()));
    }
    let told = desk.troubles(late).await;
    let told: Vec<_> = told.iter().filter(|t| t.starts_with("message")).collect();
    assert_eq!(told, ["message_refused: captured 5 (payment_mismatch)"]);
    let count = "sesame_provider_messages_refused_total{code=\"payment_mismatch\"} 2";
    assert!(shows(&figures, count), "{}", figures.render());
    desk.close().await;
}

#[tokio::test]
async fn a_refund_made_at_the_provider_is_booked_once() {
    let desk = Desk::open("outside").await;
    let group = desk.buy().await;
    desk.no_task_is_open().await;
    let by_hand = ("re_1".to_string(), 100);
    desk.provider.orders().by_hand = vec![by_hand.clone()];
    for _ in 0..2 {
        // Whoever made it did not say for which of our payments.
        let nameless = ProviderMessage {
            payment_ref: None,
            ..desk.provider.message(given_back(&by_hand))
        };
        desk.provider.orders().webhook = vec![nameless];
        let taken = desk.cashier.webhook(PROVIDER, &HeaderMap::new(), b"").await;
        assert_eq!(taken, Ok(()));
    }
    let group = desk.group(group).await;
    let refunds: Vec<_> = group.refunds.iter().map(|r| (r.amount, r.state)).collect();
    assert_eq!(refunds, [(100, RefundState::Succeeded)]);
    assert_eq!(group.payments[0].refunded, 100);
    assert_eq!(group.refunds[0].note, "made at the provider (re_1)");

    let failed = desk.provider.message(MessageKind::RefundFailed {
        refund_ref: None,
        provider_refund_ref: "re_1".to_string(),
        amount_minor: 100,
        code: "lost_card".to_string(),
    });
    desk.provider.orders().webhook = vec![failed];
    let taken = desk.cashier.webhook(PROVIDER, &HeaderMap::new(), b"").await;
    assert_eq!(taken, Ok(()));
    let told = "refund_failed_outside: the refund re_1 of 100 that was made at the provider failed: lost_card";
    assert_eq!(desk.troubles(group.id).await, [told]);
    desk.close().await;
}
