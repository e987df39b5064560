//! Parcels from a real shop to the test carrier and back, over HTTP, with all that a network does.

use super::*;
use crate::demo;
use crate::health::Health;
use crate::http::webhooks;
use crate::jobs::Runner;
use crate::payments::Cashier;
use crate::serve::platforms;
use crate::shop::{Opened, Shop};
use crate::test_carrier::{self, Mood, Pace};
use api::app::AppConfig;
use commerce::checkout::{Buyer, Delivery, Intent, Item};
use commerce::code::Country;
use commerce::command::{
    Booking, BuyNow, Device, FulfillmentStep, OpenCheckout, Outcome, SaveCarrier,
};
use commerce::event::What;
use commerce::id::{CheckoutId, ShippingRateId};
use commerce::parcel::TrackingStatus;
use commerce::payment::PaymentMethod;
use commerce::text::Language;
use commerce::world::RecordKind;
use connectors::http::{HttpCall, HttpClient, HttpSettings};
use connectors::standard_webhooks::Secret;
use connectors::test_carrier::wire::Audit;
use connectors::test_carrier::{TestCarrier, TestCarrierConfig};
use std::path::PathBuf;
use std::time::Instant;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);
const API_KEY: &str = "key-of-the-test";
const DAY: u32 = 20_261_111;
const QUICK: Pace = Pace {
    step_ms: 40,
    collects_after_ms: 150,
    first_retry_ms: 10,
};
/// Nobody comes for a parcel in a test's time.
const NEVER: Pace = Pace {
    collects_after_ms: 3_600_000,
    ..QUICK
};

/// A shop and a carrier.
struct Scene {
    folder: PathBuf,
    shop: Shop,
    cashier: Cashier,
    carrier_url: String,
    tasks: Vec<JoinHandle<()>>,
}

/// Whether the carrier finds its way to the shop.
#[derive(PartialEq, Eq)]
enum Webhooks {
    Come,
    Lost,
}

impl Scene {
    async fn open(name: &str, pace: Pace, mood: Mood, come: Webhooks) -> Self {
        let folder = std::env::temp_dir().join(format!("sesame-{name}-{}", std::process::id()));
        let config = AppConfig {
            public_url: "http://shop.invalid".to_string(),
            on_account: true,
            secret: vec![7; 32],
            ..AppConfig::default()
        };
        let health = Health::new(folder.clone());
        let shop = Opened::open(&folder, None)
            .and_then(|opened| opened.run(config, Arc::default(), &health))
            .expect("the shop opens");
        let secret = Secret::from_bytes([7; 32]);
        let carrier = test_carrier::router(test_carrier::Config {
            api_key: API_KEY.to_string(),
            webhook_secret: secret.clone(),
            journal: None,
            pace,
            mood,
        });
        let (carrier_url, carrying) = serve(carrier.expect("a carrier")).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TestCarrier::new(TestCarrierConfig {
            base_url: carrier_url.clone(),
            api_key: API_KEY.to_string(),
            webhook_secrets: vec![secret],
            http: HttpSettings {
                timeout_ms: 200,
                attempts: 1,
            },
        });
        let connector: Arc<dyn CarrierConnector> = Arc::new(client.expect("a client"));
        let path = match come {
            Webhooks::Come => "webhooks/carriers",
            Webhooks::Lost => "lost",
        };
        let dispatcher = Dispatcher {
            app: shop.app.clone(),
            connectors: Arc::new(BTreeMap::from([("test".to_string(), connector)])),
            webhook_base: format!("http://{address}/{path}"),
        };
        let cashier = Cashier {
            app: shop.app.clone(),
            providers: Arc::default(),
            webhook_base: String::new(),
            herald: platforms(&shop.app).expect("a herald").1,
            dispatcher,
        };
        let hooks = webhooks::router(cashier.clone());
        let hooks = tokio::spawn(async move { drop(axum::serve(listener, hooks).await) });
        let jobs = tokio::spawn(Runner::new(cashier.clone()).run());
        let filled = demo::fill(&shop.app, demo::Start::Demo).await;
        filled.expect("filled");
        let scene = Self {
            folder,
            shop,
            cashier,
            carrier_url,
            tasks: vec![carrying, hooks, jobs],
        };
        scene.connect().await;
        scene
    }

    /// The demo's post has the test carrier's connector.
    async fn connect(&self) {
        let app = &self.shop.app;
        let (mut carrier, blocks) = {
            let world = app.shelf.read();
            let id = CarrierId(
                world
                    .id_of_code(RecordKind::Carrier, "post")
                    .expect("a post"),
            );
            let pool = world.number_pool(id).expect("numbers");
            let blocks = pool.blocks.iter().map(|b| (b.first, b.last)).collect();
            (world.carrier(id).expect("a post").clone(), blocks)
        };
        carrier.connector = "test".to_string();
        let save = SaveCarrier {
            carrier,
            blocks,
            expected_version: None,
        };
        let saved = app.system(Command::SaveCarrier(save)).await;
        saved.expect("saved");
    }

    async fn close(self) {
        for task in &self.tasks {
            task.abort();
        }
        for task in self.tasks {
            drop(task.await);
        }
        drop(self.cashier);
        self.shop.close().await;
        std::fs::remove_dir_all(&self.folder).expect("removed");
    }

    /// An order that is confirmed, to this postal code.
    async fn buy(&self, postal_code: &str) -> FulfillmentId {
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
                    street: "Werder 1".to_string(),
                    city: "Berlin".to_string(),
                    postal_code: postal_code.to_string(),
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
        FulfillmentId::under(id.group(), 1)
    }

    /// Does a step; gives the group as it was right after it.
    async fn step(&self, id: FulfillmentId, step: FulfillmentStep) -> Arc<Group> {
        let moved = self.shop.app.system(Command::MoveFulfillment(id, step));
        match moved.await.expect("it is possible").outcome {
            Outcome::Group(group) => group,
            other => panic!("it gives the group, not {other:?}"),
        }
    }

    async fn book(&self, id: FulfillmentId) -> String {
        let post = {
            let world = self.shop.app.shelf.read();
            world.id_of_code(RecordKind::Carrier, "post").map(CarrierId)
        };
        let service = (post.expect("a post"), "parcel".to_string());
        let booking = Booking {
            service: Some(service),
            preferred: Vec::new(),
            level: None,
            weight_grams: 700,
            size_mm: None,
            day: DAY,
            number: None,
        };
        // The carrier's answer may take it off again before anybody looks.
        let group = self.step(id, FulfillmentStep::Book(booking)).await;
        group.parcel(id).expect("it has a waybill").number.clone()
    }

    async fn group(&self, id: FulfillmentId) -> Group {
        let found = self.shop.app.read(move |r| r.group(id.parent())).await;
        found.expect("read").expect("a group")
    }

    async fn history(&self, id: FulfillmentId) -> Vec<What> {
        let history = self.shop.app.read(move |r| r.history(id.parent())).await;
        let history = history.expect("read").into_iter();
        history.map(|event| event.what).collect()
    }

    async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        let started = Instant::now();
        while !is_so().await {
            assert!(started.elapsed() < PATIENCE, "{what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn no_task_is_open(&self) {
        self.until("the effects do not end", async || {
            let effects = self.shop.app.read(|r| r.effects(0, 100)).await;
            effects.expect("read").is_empty()
        })
        .await;
    }

    async fn arrives(&self, id: FulfillmentId) {
        self.until("the parcel does not arrive", async || {
            let group = self.group(id).await;
            group.fulfillments[0].state == FulfillmentState::Delivered
        })
        .await;
    }

    /// What really happened at the carrier.
    async fn audit(&self) -> Audit {
        let http = HttpClient::new(HttpSettings::default()).expect("a client");
        let mut headers = HeaderMap::new();
        let key = format!("Bearer {API_KEY}").parse().expect("a header");
        headers.insert("authorization", key);
        let call = HttpCall {
            method: axum::http::Method::GET,
            url: format!("{}/v1/audit", self.carrier_url),
            headers,
            body: Vec::new(),
        };
        let answer = http.call(&call).await.expect("an answer");
        serde_json::from_slice(&answer.body).expect("an audit")
    }
}

async fn serve(router: axum::Router) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
    (format!("http://{address}"), serving)
}

#[tokio::test]
async fn a_parcel_is_announced_once_and_followed_to_the_door_whatever_the_network_does() {
    let mood = Mood {
        fails_every: 3,
        busy_every: 5,
        loses_every: 2,
        lost_ms: 300,
        unruly_webhooks: true,
        ..Mood::default()
    };
    let scene = Scene::open("carrier-way", QUICK, mood, Webhooks::Come).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let id = scene.buy("10115").await;
        scene.book(id).await;
        ids.push(id);
    }
    for &id in &ids {
        scene.arrives(id).await;
    }
    scene.no_task_is_open().await;
    let audit = scene.audit().await;
    assert_eq!((audit.parcels, audit.canceled, audit.delivered), (4, 0, 4));
    assert_eq!(audit.announced_twice, [""; 0]);
    let history = scene.history(ids[0]).await;
    let announced = |w: &&What| matches!(w, What::WaybillAnnounced { .. });
    assert_eq!(history.iter().filter(announced).count(), 1);
    scene.close().await;
}

#[tokio::test]
async fn a_parcel_that_is_refused_loses_its_waybill_and_says_why() {
    let mood = Mood::default();
    let scene = Scene::open("carrier-refuses", NEVER, mood, Webhooks::Come).await;
    let id = scene.buy("00000").await;
    let first = scene.book(id).await;
    scene.no_task_is_open().await;
    assert_eq!(scene.group(id).await.parcels, []);
    let history = scene.history(id).await;
    let why = history.iter().find_map(|what| match what {
        What::WaybillRefused { number, code, .. } if *number == first => Some(code.as_str()),
        _ => None,
    });
    assert_eq!(why, Some("address_unknown"));
    // Another one can be booked; it has another number.
    assert_ne!(scene.book(id).await, first);
    scene.no_task_is_open().await;
    assert_eq!(scene.audit().await.parcels, 0);
    scene.close().await;
}

#[tokio::test]
async fn a_canceled_waybill_is_canceled_at_the_carrier() {
    let mood = Mood {
        loses_every: 2,
        lost_ms: 300,
        ..Mood::default()
    };
    let scene = Scene::open("carrier-cancel", NEVER, mood, Webhooks::Come).await;
    let id = scene.buy("10115").await;
    scene.book(id).await;
    scene.step(id, FulfillmentStep::CancelWaybill).await;
    scene.book(id).await;
    scene.no_task_is_open().await;
    let audit = scene.audit().await;
    assert_eq!(audit.parcels - audit.canceled, 1, "{audit:?}");
    assert_eq!(audit.announced_twice, [""; 0]);
    scene.close().await;
}

#[tokio::test]
async fn a_carrier_whose_webhooks_are_lost_is_asked() {
    let mood = Mood::default();
    let scene = Scene::open("carrier-asked", QUICK, mood, Webhooks::Lost).await;
    let id = scene.buy("10115").await;
    let number = scene.book(id).await;
    scene
        .until("it does not arrive", async || {
            scene.audit().await.delivered == 1
        })
        .await;
    assert_eq!(scene.group(id).await.parcels[0].seen, []);
    let mut round = Round::default();
    let dispatcher = &scene.cashier.dispatcher;
    dispatcher.ask_round(&mut round, 0).await.expect("asked");
    scene.arrives(id).await;
    let group = scene.group(id).await;
    let parcel = group.parcel(id).expect("a parcel");
    assert_eq!(
        (parcel.status(), &parcel.number),
        (TrackingStatus::Delivered, &number)
    );
    // What arrived is not asked about again.
    let silent = dispatcher.silent(&mut round, now_ms()).await;
    assert_eq!(silent, Ok(Silent::new()));
    scene.close().await;
}
