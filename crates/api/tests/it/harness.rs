//! A small shop behind the real router: the production writer over a database in a temporary folder,
//! an owner and a member of staff who can sign in.

use api::app::{App, AppConfig, Door, Ids, Job, Watch, now_ms};
use api::auth::hash_password;
use api::traffic::Traffic;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use commerce::command::{Command, Envelope};
use commerce::id::OperatorId;
use commerce::settings::{Operator, Role};
use commerce::world::Record;
use serde_json::Value;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, LazyLock};
use store::sqlite::SqliteStore;
use store::{Reader, Shelf};
use testkit::{Harness, ShopSize, SmallShop, TempFolder};
use tower::ServiceExt;

pub const PASSWORD: &str = "a long enough password";
pub const OWNER: &str = "owner@example.com";
pub const STAFF: &str = "staff@example.com";
pub const COURIER: &str = "courier@example.com";
pub const HUB: &str = "hub@example.com";
static HASH: LazyLock<String> = LazyLock::new(|| hash_password(PASSWORD));

/// The shop under test.
pub struct Stage {
    pub shop: SmallShop,
    pub app: App,
    router: Router,
    _folder: TempFolder,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The error's code, or empty.
    pub fn code(&self) -> String {
        let json = self.json();
        json["error"]["code"].as_str().unwrap_or("").to_owned()
    }

    /// The body of an answer that must be 200 or 201.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text);
        self.json()
    }
}

/// One request. `cookie` is a session, or empty.
#[derive(Debug, Clone, Default)]
pub struct Ask<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub cookie: &'a str,
    pub body: Option<Value>,
    pub headers: Vec<(&'a str, &'a str)>,
}

fn operator(id: u64, email: &str, role: Role) -> Envelope {
    Envelope::system(Command::SaveRecords(vec![Record::Operator(Operator {
        id: OperatorId(id << 8),
        version: 1,
        email: email.to_owned(),
        name: email.split('@').next().unwrap_or("").to_owned(),
        role,
        password_hash: HASH.clone(),
        active: true,
    })]))
}

/// Does what the server's driver does: decides, makes durable, tells the followers, replies.
fn drive(mut harness: Harness<SqliteStore>, jobs: &Receiver<Job>, shelf: &Shelf, watch: &Watch) {
    while let Ok(Job {
        envelope, reply, ..
    }) = jobs.recv()
    {
        let mut batch = harness.batch(now_ms(), vec![*envelope]);
        for delta in &batch.deltas {
            shelf.publish(delta);
            watch.publish(delta);
        }
        // Who no longer waits for the reply is not an error.
        drop(reply.send(batch.replies.remove(0)));
    }
}

impl Stage {
    /// Opens the shop. Must be called within a runtime.
    pub fn open() -> Self {
        Self::open_with(config())
    }

    /// The same with this configuration.
    pub fn open_with(config: AppConfig) -> Self {
        let folder = TempFolder::new("api-it");
        let store = SqliteStore::open(folder.path()).expect("a new database");
        let shop = SmallShop::new(ShopSize::default());
        let reader: Reader = Arc::new(store.reader());
        let log = store.visit_log();
        let mut harness = Harness::new(store).expect("a new database can be read");
        let people = [
            operator(1, OWNER, Role::Owner),
            operator(2, STAFF, Role::Staff),
            operator(3, COURIER, Role::Courier),
            operator(4, HUB, Role::Hub),
        ];
        for command in shop.commands().into_iter().chain(people) {
            harness.submit(now_ms(), command).expect("it is sound");
        }
        let levels = harness.store.all_levels().expect("rows can be read");
        let shelf = Arc::new(Shelf::load(&*reader, levels).expect("rows can be read"));
        let watch = Arc::new(Watch::default());
        let (queue, jobs) = sync_channel(64);
        let (followed, told) = (shelf.clone(), watch.clone());
        std::thread::spawn(move || drive(harness, &jobs, &followed, &told));
        let app = App {
            door: Door::new(queue),
            reader,
            shelf,
            recent: Arc::default(),
            search: Arc::new(search::Index::new()),
            media: Arc::new(media::Library::open(folder.path()).expect("a library")),
            ids: Arc::new(Ids::new(0, 0)),
            watch,
            config: Arc::new(config),
            admission: Arc::default(),
            together: Arc::default(),
            sourcing: Default::default(),
            timetables: Default::default(),
            delays: Default::default(),
            traffic: Arc::new(Traffic::kept_in(log)),
        };
        Self {
            shop,
            router: api::v1::router(app.clone(), Arc::default()),
            app,
            _folder: folder,
        }
    }

    /// Sends a request; a write carries the console's header.
    pub async fn ask(&self, ask: Ask<'_>) -> Answer {
        let mut request = Request::builder()
            .method(ask.method)
            .uri(format!("/api/v1{}", ask.path));
        if !ask.cookie.is_empty() {
            request = request.header("cookie", ask.cookie);
        }
        let plain = ask.headers.iter().any(|(name, _)| *name == "plain");
        if ask.method != "GET" && !plain {
            request = request.header("x-sesame-console", "1");
        }
        for (name, value) in ask.headers.iter().filter(|(name, _)| *name != "plain") {
            request = request.header(*name, *value);
        }
        let body = match ask.body {
            Some(json) => {
                request = request.header("content-type", "application/json");
                Body::from(json.to_string())
            }
            None => Body::empty(),
        };
        let request = request.body(body).expect("a sound request");
        self.answer(request).await
    }

    async fn answer(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await;
        let (parts, body) = response.expect("the router answers").into_parts();
        let bytes = to_bytes(body, 1 << 24).await.expect("a bounded answer");
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Reads with a session.
    pub async fn get(&self, cookie: &str, path: &str) -> Answer {
        self.ask(Ask {
            method: "GET",
            path,
            cookie,
            ..Ask::default()
        })
        .await
    }

    /// Writes with a session.
    pub async fn post(&self, cookie: &str, path: &str, body: Value) -> Answer {
        self.ask(Ask {
            method: "POST",
            path,
            cookie,
            body: Some(body),
            ..Ask::default()
        })
        .await
    }

    /// Replaces with a session.
    pub async fn put(&self, cookie: &str, path: &str, body: Value) -> Answer {
        self.ask(Ask {
            method: "PUT",
            path,
            cookie,
            body: Some(body),
            ..Ask::default()
        })
        .await
    }

    /// Sends bytes that are no JSON, with a session.
    pub async fn put_bytes(&self, cookie: &str, path: &str, bytes: Vec<u8>) -> Answer {
        let request = Request::builder()
            .method("PUT")
            .uri(format!("/api/v1{path}"))
            .header("cookie", cookie)
            .header("x-sesame-console", "1")
            .header("content-type", "application/octet-stream");
        let request = request.body(Body::from(bytes)).expect("a sound request");
        self.answer(request).await
    }

    /// Sends a text as it is, declared as this, with a session.
    pub async fn post_text(&self, cookie: &str, path: &str, kind: &str, text: String) -> Answer {
        let request = Request::builder()
            .method("POST")
            .uri(format!("/api/v1{path}"))
            .header("cookie", cookie)
            .header("x-sesame-console", "1")
            .header("content-type", kind);
        let request = request.body(Body::from(text)).expect("a sound request");
        self.answer(request).await
    }

    /// Signs in and gives the session's cookie.
    pub async fn sign_in(&self, email: &str) -> String {
        let body = serde_json::json!({ "email": email, "password": PASSWORD });
        let answer = self.post("", "/session", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        session_of(&answer)
    }

    /// Buys two pieces of the first article and one of the second, on account; gives the order's id.
    pub async fn buy(&self) -> String {
        let first = serde_json::json!({ "sku": SmallShop::sku(0), "quantity": 2 });
        let second = serde_json::json!({ "sku": SmallShop::sku(1), "quantity": 1 });
        self.buy_lines(serde_json::json!([first, second])).await
    }

    /// Buys a piece of one article, on account; gives the order's id.
    pub async fn buy_one(&self, n: usize) -> String {
        let line = serde_json::json!({ "sku": SmallShop::sku(n), "quantity": 1 });
        self.buy_lines(serde_json::json!([line])).await
    }

    async fn buy_lines(&self, lines: Value) -> String {
        let body = serde_json::json!({
            "lines": lines,
            "buyer": { "first_name": "Ada", "last_name": "<b>Byte</b>", "email": "ada@example.com" },
            "destination": { "first_name": "Ada", "last_name": "<b>Byte</b>", "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
            "delivery": { "ship": "standard" },
            "payment": { "on_account": {} },
            "device": "phone",
        });
        let key = self.app.ids.next().to_string();
        let answer = self
            .ask(Ask {
                method: "POST",
                path: "/buy-now",
                body: Some(body),
                headers: vec![("idempotency-key", &key)],
                ..Ask::default()
            })
            .await;
        let bought = answer.ok();
        bought["orders"][0]["id"]
            .as_str()
            .expect("an order")
            .to_owned()
    }
}

/// The cookie that an answer sets, as a browser sends it back.
pub fn session_of(answer: &Answer) -> String {
    let set = answer.headers.get("set-cookie").expect("a cookie");
    let text = set.to_str().expect("ASCII");
    assert!(text.contains("HttpOnly") && text.contains("SameSite=Lax"));
    text.split(';').next().unwrap_or("").to_owned()
}

pub fn config() -> AppConfig {
    AppConfig {
        public_url: "http://shop.example".to_owned(),
        on_account: true,
        secret: b"a secret of this test".to_vec(),
        local_token: "a local token".to_owned(),
        fonts: Some(FONTS.clone()),
        ..AppConfig::default()
    }
}

/// Read once for all tests of a process.
static FONTS: LazyLock<Arc<paper::Fonts>> = LazyLock::new(|| {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    let files = paper::FontFiles::of_packages(&ui).expect("`npm ci` in ui/ brings the fonts");
    Arc::new(paper::Fonts::new(&files).expect("fonts"))
});
