//! Members have devices, whose push service answers this and that.

use super::*;
use crate::push::{Way, key};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use commerce::customer::{Membership, PushDevice};
use connectors::push::Host;
use std::collections::BTreeMap;
use tokio::net::TcpListener;

/// Keys of a browser: the example of RFC 8291.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// A push service that answers each path with its statuses in turn; the last one stays.
struct Service {
    host: String,
    answers: BTreeMap<&'static str, &'static [u16]>,
    calls: Mutex<Vec<Call>>,
}

struct Call {
    path: String,
    topic: String,
    at: Instant,
}

async fn answer(
    State(service): State<Arc<Service>>,
    uri: Uri,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> impl IntoResponse {
    let of = |name| {
        headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("")
    };
    assert_eq!(of("ttl"), "86400");
    assert_eq!(of("content-encoding"), "aes128gcm");
    assert!(of("authorization").starts_with("vapid t="));
    assert!(body.len() > 100 && !body.windows(5).any(|w| w == b"title"));
    let path = uri.path().to_string();
    let mut calls = service.calls.lock().expect("held briefly");
    let before = calls.iter().filter(|c| c.path == path).count();
    let answers = service
        .answers
        .get(path.as_str())
        .copied()
        .unwrap_or(&[201]);
    let status = answers[before.min(answers.len() - 1)];
    calls.push(Call {
        path,
        topic: of("topic").to_string(),
        at: Instant::now(),
    });
    let status = StatusCode::from_u16(status).expect("a status");
    // Where a redirect leads nobody must go.
    let headers = [(header::RETRY_AFTER, "1"), (header::LOCATION, "/followed")];
    (status, headers)
}

impl Service {
    async fn open(answers: &[(&'static str, &'static [u16])]) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let host = listener.local_addr().expect("an address").to_string();
        let service = Arc::new(Self {
            host,
            answers: answers.iter().copied().collect(),
            calls: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        service
    }

    fn pusher(&self) -> Pusher {
        let config = AppConfig {
            secret: vec![7; 32],
            ..AppConfig::default()
        };
        let hosts = vec![Host::parse(&self.host).expect("a host")];
        let way = Way::new(key(&config).expect("a key"), None, hosts);
        Pusher::of(Arc::new(way.expect("a client")))
    }

    fn device(&self, path: &str) -> PushDevice {
        PushDevice {
            endpoint: format!("http://{}{path}", self.host),
            p256dh: P256DH.to_string(),
            auth: AUTH.to_string(),
            since: 1,
            name: String::new(),
        }
    }

    /// When a path was called and under which topics.
    fn calls(&self, path: &str) -> Vec<(String, Instant)> {
        let calls = self.calls.lock().expect("held briefly");
        let of = calls.iter().filter(|c| c.path == path);
        of.map(|c| (c.topic.clone(), c.at)).collect()
    }
}

impl Scene {
    async fn member(&self, email: &str, devices: Vec<PushDevice>) -> CustomerId {
        let id = CustomerId(self.shop.app.ids.next());
        let customer = Customer {
            version: 1,
            membership: Some(Membership {
                devices,
                ..Membership::default()
            }),
            ..Customer::new(id, email.to_string())
        };
        self.do_it(Command::SaveRecords(vec![Record::Customer(customer)]))
            .await;
        self.do_it(Command::ChangeWishes(id, vec![back(self.article())]))
            .await;
        id
    }

    async fn devices(&self, id: CustomerId) -> Vec<PushDevice> {
        let found = self.shop.app.read(move |r| r.customer(id)).await;
        let member = found.expect("read").and_then(|c| c.membership);
        member.expect("a member").devices
    }

    /// Waits until nothing is on its way any more.
    async fn all_is_told(&self) {
        let started = Instant::now();
        loop {
            let known = self.shop.app.shelf.read().follower(ALERTS).cloned();
            let telling = known.expect("known").telling;
            if telling.letters.is_empty() && telling.next > 0 {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{telling:?}");
            sleep(Duration::from_millis(20)).await;
        }
    }
}

// Long because it is one table: devices, and what becomes of each.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_told_on_their_devices_and_by_mail_when_none_takes_it() {
    let service = Service::open(&[
        ("/gone", &[410]),
        ("/lost", &[404]),
        ("/wrong", &[403]),
        ("/late", &[500, 201]),
        ("/down", &[503]),
        ("/down-2", &[503]),
        ("/led", &[307]),
        ("/busy", &[429, 201]),
    ])
    .await;
    let scene = Scene::with("devices", pace(3_600_000), service.pusher()).await;
    scene.stock(scene.article(), 0).await;
    let of = |paths: &[&str]| paths.iter().map(|p| service.device(p)).collect::<Vec<_>>();
    let mut members = BTreeMap::new();
    // Who, their devices, and those that are left afterwards.
    let table: [(&str, &[&str], &[&str]); 9] = [
        ("two", &["/a", "/b"], &["/a", "/b"]),
        ("one-left", &["/gone", "/c"], &["/c"]),
        ("none-left", &["/lost", "/wrong"], &[]),
        ("late", &["/late"], &["/late"]),
        ("down", &["/down"], &["/down"]),
        ("led", &["/led"], &["/led"]),
        ("busy", &["/busy"], &["/busy"]),
        ("some-down", &["/d", "/down-2"], &["/d", "/down-2"]),
        ("no-device", &[], &[]),
    ];
    for (name, before, _) in table {
        let email = format!("{name}@sesame-shop.de");
        members.insert(name, scene.member(&email, of(before)).await);
    }
    // A push service that nobody knows is not called, and its device is forgotten.
    let strange = PushDevice {
        endpoint: format!("http://localhost:{}/x", 1),
        ..service.device("/x")
    };
    let strange = scene.member("strange@sesame-shop.de", vec![strange]).await;
    scene.stock(scene.article(), 20).await;
    let mailed = scene.told_are(5).await;
    scene.all_is_told().await;
    scene.told_are(5).await;
    let expected = ["down", "led", "no-device", "none-left", "strange"];
    assert_eq!(mailed, expected.map(|n| format!("{n}@sesame-shop.de")));
    for (name, _, left) in table {
        assert_eq!(scene.devices(members[name]).await, of(left), "{name}");
    }
    assert_eq!(scene.devices(strange).await, [], "strange");
    for (path, times) in [
        ("/a", 1),
        ("/b", 1),
        ("/c", 1),
        ("/d", 1),
        ("/gone", 1),
        ("/lost", 1),
        ("/wrong", 1),
        ("/late", 2),
        ("/busy", 2),
        ("/down", 3),
        ("/led", 3),
        ("/followed", 0),
        ("/x", 0),
    ] {
        let calls = service.calls(path);
        assert_eq!(calls.len(), times, "{path}");
        let topics: Vec<_> = calls.iter().map(|(topic, _)| topic).collect();
        assert!(
            topics
                .iter()
                .all(|t| t.starts_with("alert-") && *t == topics[0])
        );
    }
    assert_eq!(service.calls("/a")[0].0, service.calls("/b")[0].0);
    let busy = service.calls("/busy");
    let second = Duration::from_secs(1);
    assert!(busy[1].1 - busy[0].1 >= second, "it asked for a second");
    scene.close().await;
}
