//! Mails of a real shop through a real conversation with a mail server, as it goes well and as it goes wrong.

use super::*;
use crate::demo;
use crate::health::Health;
use crate::mail::Way;
use crate::mail_server::{Act, Behaviour, MailServer, Rule};
use crate::shop::{Opened, Shop};
use api::app::AppConfig;
use api::mail::Mailer;
use commerce::checkout::{Buyer, Delivery, Intent, Item};
use commerce::code::Country;
use commerce::command::{BuyNow, CancelOrder, Device, FulfillmentStep, OpenCheckout, RefundOrder};
use commerce::id::{CheckoutId, FulfillmentId, GroupId, OrderId, ShippingRateId};
use commerce::order::CancelReason;
use commerce::payment::PaymentMethod;
use commerce::settings::Address;
use commerce::text::Language;
use commerce::world::RecordKind;
use connectors::mail::letter::Sender;
use connectors::mail::smtp::{Address as ServerAddress, Smtp};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::oneshot;

const PATIENCE: Duration = Duration::from_secs(30);
const ANN: &str = "ann@sesame-shop.de";

/// A shop that sends its mails to a server of the test's own.
struct Office {
    folder: PathBuf,
    shop: Shop,
    end: Option<(oneshot::Sender<()>, tokio::task::JoinHandle<()>)>,
    _leads: watch::Sender<bool>,
}

fn quick() -> Pace {
    Pace {
        down_pause: Duration::from_millis(300),
        retry_ms: 300,
        payment_failed_ms: 0,
        ..Pace::of(1_000)
    }
}

fn mailer(server: &MailServer) -> Mailer {
    let sender = Sender::parse("Laden <laden@sesame-shop.de>", None).expect("a sender");
    let address = ServerAddress::parse(&format!("smtp://127.0.0.1:{}", server.port));
    let smtp = Smtp::new(address.expect("an address"), sender).expect("a way");
    Mailer::of(Arc::new(Way::Server(smtp)))
}

impl Office {
    async fn open(folder: PathBuf, mailer: Mailer) -> Self {
        let config = AppConfig {
            public_url: "https://sesame-shop.de".to_string(),
            secret: vec![7; 32],
            mailer,
            ..AppConfig::default()
        };
        let health = Health::new(folder.clone());
        let shop = Opened::open(&folder, None)
            .and_then(|opened| opened.run(config, Arc::default(), &health))
            .expect("the shop opens");
        demo::fill(&shop.app, demo::Start::Demo)
            .await
            .expect("filled");
        let leads = watch::channel(true).0;
        Self {
            folder,
            shop,
            end: None,
            _leads: leads,
        }
    }

    async fn new(name: &str, mailer: Mailer) -> Self {
        let name = format!("sesame-mails-{name}-{}", std::process::id());
        let mut office = Self::open(std::env::temp_dir().join(name), mailer).await;
        office.begin().await;
        office
    }

    /// Begins to send, and waits until it is known where.
    async fn begin(&mut self) {
        let (end, ended) = oneshot::channel();
        let ended = async { drop(ended.await) };
        let leads = self._leads.subscribe();
        let sending = lead(self.shop.app.clone(), quick(), leads, ended);
        self.end = Some((end, tokio::spawn(sending)));
        let app = self.shop.app.clone();
        until("it begins", || app.shelf.read().follower(MAILS).is_some()).await;
    }

    /// Stops to send, in order.
    async fn stop(&mut self) {
        let (end, task) = self.end.take().expect("it sends");
        drop(end);
        task.await.expect("it ends in order");
    }

    async fn close(mut self) -> PathBuf {
        if self.end.is_some() {
            self.stop().await;
        }
        self.shop.close().await;
        self.folder
    }

    async fn buy(&self, email: &str) -> GroupId {
        let app = &self.shop.app;
        let id = CheckoutId(app.ids.next());
        let intent = {
            let world = app.shelf.read();
            let rate = world.id_of_code(RecordKind::ShippingRate, "standard-de");
            Intent {
                currency: world.shop().expect("a shop").currency,
                language: Language::De,
                items: vec![Item {
                    variant: world.variant_of_sku("85123A").expect("an article"),
                    seller: None,
                    quantity: 2,
                }],
                buyer: Arc::new(Buyer {
                    first_name: "Ann".to_string(),
                    last_name: "Müller".to_string(),
                    email: email.to_string(),
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
        let command = Command::BuyNow(BuyNow {
            open: OpenCheckout {
                id,
                access_key: 7,
                device: Device::Phone,
                intent,
            },
            expected_total: None,
            expected_deposit: None,
            method: PaymentMethod::OnAccount,
            return_url: String::new(),
        });
        app.system(command).await.expect("bought");
        id.group()
    }

    async fn ship(&self, group: GroupId) {
        let id = FulfillmentId::under(group, 1);
        let ship = FulfillmentStep::Ship {
            carrier: "DHL".to_string(),
            tracking_number: "00340434161094042557".to_string(),
            tracking_url: "https://www.dhl.de/00340434161094042557".to_string(),
        };
        for step in [FulfillmentStep::Pick, FulfillmentStep::Pack, ship] {
            let moved = self
                .shop
                .app
                .system(Command::MoveFulfillment(id, step))
                .await;
            moved.expect("it is moved on");
        }
    }

    async fn do_it(&self, command: Command) {
        self.shop.app.system(command).await.expect("it is done");
    }

    /// What was mailed about a group by its history.
    async fn mailed(&self, id: GroupId) -> Vec<String> {
        let history = self.shop.app.read(move |r| r.history(id)).await;
        let mailed = |what: &What| match what {
            What::MailSent { mail, .. } => Some(mail.word().to_string()),
            What::MailGivenUp { mail, reason, .. } => Some(format!("{}: {reason}", mail.word())),
            _ => None,
        };
        history
            .expect("read")
            .iter()
            .filter_map(|e| mailed(&e.what))
            .collect()
    }

    async fn noted(&self, id: GroupId, expected: &[&str]) {
        let started = Instant::now();
        loop {
            let mailed = self.mailed(id).await;
            if mailed == expected {
                return;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{mailed:?} and not {expected:?}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "in vain: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

fn always(at: &'static str, act: Act) -> Behaviour {
    let times = usize::MAX;
    Behaviour {
        rules: vec![Rule { at, act, times }],
        ..Behaviour::default()
    }
}

/// The `Message-ID`s that a server took, in order.
fn names(server: &MailServer) -> Vec<String> {
    let taken = server.taken();
    let id = |message: &str| {
        let line = message
            .lines()
            .find_map(|l| l.strip_prefix("Message-ID: <"));
        line.and_then(|l| l.split('@').next())
            .expect("a name")
            .to_string()
    };
    taken.iter().map(|t| id(&t.message)).collect()
}

#[tokio::test]
async fn each_step_is_told_once_also_after_a_restart() {
    let server = MailServer::start(Behaviour::default());
    let mut office = Office::new("steps", mailer(&server)).await;
    let sent = office.buy(ANN).await;
    office.noted(sent, &["confirmed"]).await;
    office.ship(sent).await;
    office.noted(sent, &["confirmed", "shipped"]).await;
    let order = OrderId::under(sent, 1);
    office
        .do_it(Command::RecordPaid(commerce::id::PaymentId::under(sent, 1)))
        .await;
    office
        .do_it(Command::RefundOrder(RefundOrder {
            order,
            lines: vec![(1, 1)],
            extra: 0,
            restock: None,
            note: String::new(),
        }))
        .await;
    let canceled = office.buy(ANN).await;
    office
        .do_it(Command::CancelOrder(CancelOrder {
            order: OrderId::under(canceled, 1),
            reason: CancelReason::Shopper,
            note: String::new(),
        }))
        .await;
    until("the cancellation is told", || {
        names(&server).contains(&format!("canceled.{canceled}"))
    })
    .await;
    office.stop().await;
    let before = names(&server);
    office.begin().await;
    let last = office.buy(ANN).await;
    office.noted(last, &["confirmed"]).await;
    let folder = office.close().await;
    // A start anew begins where the last one ended, too.
    let mut office = Office::open(folder, mailer(&server)).await;
    office.begin().await;
    let latest = office.buy(ANN).await;
    office.noted(latest, &["confirmed"]).await;
    let after = names(&server);
    assert_eq!(after.len(), before.len() + 2, "{after:?}");
    let mut once = after.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), after.len(), "{after:?}");
    let message = &server.taken()[0];
    assert_eq!(message.to, ANN);
    assert!(
        message
            .message
            .contains(&format!("/orders/{sent}/0000000000000007"))
    );
    let audit = office
        .shop
        .app
        .read(|r| r.audit(&mut |_, _| {}))
        .await
        .expect("audited");
    assert!(audit.is_clean(), "{:?}", audit.findings);
    std::fs::remove_dir_all(office.close().await).expect("removed");
}

#[tokio::test]
async fn a_server_that_is_down_loses_and_doubles_nothing() {
    let server = MailServer::start(always("MAIL", Act::HangUp));
    let office = Office::new("down", mailer(&server)).await;
    let mut groups = Vec::new();
    for _ in 0..12 {
        groups.push(office.buy(ANN).await);
    }
    let app = office.shop.app.clone();
    let follower = || {
        app.shelf
            .read()
            .follower(MAILS)
            .cloned()
            .expect("it is there")
    };
    until("trouble is noted", || follower().trouble.is_some()).await;
    assert!(
        follower().waiting.len() < 12,
        "it does not read on: {:?}",
        follower()
    );
    server.behave(Behaviour::default());
    for &group in &groups {
        office.noted(group, &["confirmed"]).await;
    }
    let mut sent = names(&server);
    sent.sort();
    let expected: Vec<String> = groups.iter().map(|g| format!("confirmed.{g}")).collect();
    assert_eq!(sent, expected);
    until("all is well again", || {
        follower().trouble.is_none() && follower().waiting.is_empty()
    })
    .await;
    drop(app);
    std::fs::remove_dir_all(office.close().await).expect("removed");
}

#[tokio::test]
async fn one_address_keeps_nobody_else_waiting() {
    let server = MailServer::start(Behaviour::default());
    server.behave(Behaviour {
        rules: vec![
            Rule {
                at: "RCPT TO:<gone",
                act: Act::Say("550 5.1.1 nobody has this address"),
                times: usize::MAX,
            },
            Rule {
                at: "RCPT TO:<gray",
                act: Act::Say("450 4.2.0 come back later"),
                times: 2,
            },
        ],
        ..Behaviour::default()
    });
    let office = Office::new("addresses", mailer(&server)).await;
    let gone = office.buy("gone@sesame-shop.de").await;
    let gray = office.buy("gray@sesame-shop.de").await;
    let ann = office.buy(ANN).await;
    office.noted(ann, &["confirmed"]).await;
    office
        .noted(gone, &["confirmed: 550 5.1.1 nobody has this address"])
        .await;
    office.noted(gray, &["confirmed"]).await;
    let asked = server
        .said()
        .iter()
        .filter(|s| s.starts_with("RCPT TO:<gone"))
        .count();
    assert_eq!(asked, 1, "a refused address is not asked again");
    std::fs::remove_dir_all(office.close().await).expect("removed");
}

#[tokio::test]
async fn what_was_sold_without_a_way_to_mail_is_never_mailed() {
    let server = MailServer::start(Behaviour::default());
    let office = Office::new("rests", Mailer::default()).await;
    office.buy(ANN).await;
    let mut office = Office::open(office.close().await, mailer(&server)).await;
    office.begin().await;
    let app = office.shop.app.clone();
    until("it sends", || {
        app.shelf.read().follower(MAILS).is_some_and(|f| !f.rests)
    })
    .await;
    let second = office.buy(ANN).await;
    office.noted(second, &["confirmed"]).await;
    assert_eq!(names(&server), [format!("confirmed.{second}")]);
    drop(app);
    std::fs::remove_dir_all(office.close().await).expect("removed");
}
