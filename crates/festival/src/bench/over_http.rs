//! Measurements over HTTP: the real server in a process of its own, the load from this one, and an empty
//! axum handler in this one as the reference: what the wire, the runtime and the load itself cost.

use crate::Effort;
use crate::row::Row;
use axum::Router;
use axum::routing::{get, post};
use festival::client::{Answer, Ask, Client, Target};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::{RACE_SHOP, SmallShop, TempFolder, fill};

/// Connections at once.
const CONNECTIONS: usize = 64;
/// What a line of the server that says it is open begins with.
const OPEN: &str = "sesame is open at ";
/// Where platforms open checkouts.
const CHECKOUTS: &str = "/ucp/2026-01-11/checkout-sessions";

/// A running server over a shop of its own; stopped when dropped.
struct Server {
    process: Child,
    target: Target,
    _folder: TempFolder,
}

impl Server {
    fn start() -> Result<Self, String> {
        let folder = TempFolder::new("bench");
        fill(&folder, &SmallShop::new(RACE_SHOP)).map_err(|e| e.to_string())?;
        let mut process = Command::new(sibling()?)
            .args(["serve", "--testing", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path())
            .env("SESAME_LOG_LEVEL", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("starting the server: {e}"))?;
        let output = process.stdout.take().ok_or("the server has no output")?;
        let mut lines = BufReader::new(output).lines();
        let url = lines.find_map(|line| Some(line.ok()?.strip_prefix(OPEN)?.to_string()));
        // What it says further on is read and dropped, so that it never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let server = |target| Self {
            process,
            target,
            _folder: folder,
        };
        let url = url.ok_or("the server ended before it was open")?;
        Target::parse(&url).map(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The server's binary, built beside this one.
fn sibling() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|e| e.to_string())?;
    let path = own.with_file_name("sesame");
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("{} is not built", path.display()))
    }
}

/// Orders per second in one call, durable, against an empty handler that takes the same requests.
pub fn buy_now(effort: Effort) -> Result<Row, String> {
    let shop = SmallShop::new(RACE_SHOP);
    let run = run_number();
    let request = move |number: u64| {
        let article = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize;
        let body = json!({
            "lines": [{"variant": shop.variants[article % shop.variants.len()].to_string(), "quantity": 1}],
            "buyer": {"first_name": "Ada", "last_name": "Lovelace", "email": format!("shopper{number}@example.com")},
            "destination": {
                "first_name": "Ada", "last_name": "Lovelace", "street": "Jungfernstieg 30",
                "postal_code": "20095", "city": "Hamburg", "country": "DE",
            },
            "delivery": {"ship": "standard"},
            "payment": {"on_account": {}},
            "device": "phone",
        });
        Request {
            method: "POST",
            path: "/api/v1/buy-now".to_string(),
            headers: format!(
                "content-type: application/json\r\nidempotency-key: bench-{run}-{number}\r\n"
            ),
            body: body.to_string(),
            expected: 201,
            then: None,
        }
    };
    compare(effort, "orders/s", Arc::new(request))
}

/// Orders per second in two calls of the store API for platforms (version 2026-01-11): a checkout is
/// opened with everything in it and completed with a card that the test provider accepts.
pub fn checkout(effort: Effort) -> Result<Row, String> {
    let shop = SmallShop::new(RACE_SHOP);
    let run = run_number();
    let request = move |number: u64| {
        let article = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize;
        let body = json!({
            "line_items": [{"item": {"id": shop.variants[article % shop.variants.len()].to_string()}, "quantity": 1}],
            "currency": "EUR",
            "buyer": {"full_name": "Ada Lovelace", "email": format!("shopper{number}@example.com")},
            "fulfillment": {"methods": [{
                "type": "shipping",
                "destinations": [{
                    "first_name": "Ada", "last_name": "Lovelace", "street_address": "Jungfernstieg 30",
                    "postal_code": "20095", "address_locality": "Hamburg", "address_country": "DE",
                }],
                "groups": [{"selected_option_id": "standard"}],
            }]},
            "payment": {},
        });
        Request {
            method: "POST",
            path: CHECKOUTS.to_string(),
            headers: platform_headers(run, number, "open"),
            body: body.to_string(),
            expected: 201,
            then: Some(Box::new(move |opened| complete(run, number, opened))),
        }
    };
    compare(effort, "orders/s", Arc::new(request))
}

fn platform_headers(run: u128, number: u64, step: &str) -> String {
    format!(
        "content-type: application/json\r\nucp-agent: profile=\"bench\"\r\nidempotency-key: bench-{run}-{number}-{step}\r\n"
    )
}

fn complete(run: u128, number: u64, opened: &Answer) -> Request {
    let opened = opened.json();
    let body = json!({
        "payment_data": {
            "id": "card", "handler_id": "test", "type": "card", "brand": "visa", "last_digits": "4242",
            "credential": {"type": "token", "token": "tok_success"},
        },
        "risk_signals": {},
    });
    Request {
        method: "POST",
        path: format!(
            "{CHECKOUTS}/{}/complete",
            opened["id"].as_str().unwrap_or_default()
        ),
        headers: platform_headers(run, number, "complete"),
        body: body.to_string(),
        expected: 200,
        then: None,
    }
}

/// Product pages per second, against an empty handler.
pub fn product_page(effort: Effort) -> Result<Row, String> {
    let request = |number: u64| Request {
        method: "GET",
        path: format!("/p/thing-{}", number % 1_000),
        headers: "accept-language: en\r\n".to_string(),
        body: String::new(),
        expected: 200,
        then: None,
    };
    compare(effort, "pages/s", Arc::new(request))
}

/// What is asked once the answer is there.
type Then = Box<dyn Fn(&Answer) -> Request + Send + Sync>;

struct Request {
    method: &'static str,
    path: String,
    headers: String,
    body: String,
    expected: u16,
    /// What follows from the answer, if anything does.
    then: Option<Then>,
}

type Requests = Arc<dyn Fn(u64) -> Request + Send + Sync>;

fn run_number() -> u128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| d.as_nanos())
}

fn compare(effort: Effort, unit: &'static str, requests: Requests) -> Result<Row, String> {
    let length = match effort {
        Effort::Full => Duration::from_secs(10),
        Effort::Quick => Duration::from_secs(1),
    };
    let server = Server::start()?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        load(&server.target, &requests, length / 5).await?;
        let (value, times) = load(&server.target, &requests, length).await?;
        let empty = empty_handler().await?;
        let (reference_value, _) = load(&empty, &requests, length / 2).await?;
        Ok(Row {
            value,
            unit,
            reference: "empty axum handler, same requests",
            reference_value,
            times,
        })
    })
}

/// A server that answers everything at once with nothing.
async fn empty_handler() -> Result<Target, String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.map_err(|e| e.to_string())?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let created = axum::http::StatusCode::CREATED;
    let opened = (created, r#"{"id":"checkout_0"}"#);
    let completed = format!("{CHECKOUTS}/{{id}}/complete");
    let empty = Router::new()
        .route("/p/{handle}", get(async || ""))
        .route("/api/v1/buy-now", post(async move |_: String| created))
        .route(CHECKOUTS, post(async move |_: String| opened))
        .route(&completed, post(async |_: String| ""));
    tokio::spawn(async move { axum::serve(listener, empty).await });
    Target::parse(&format!("http://{address}"))
}

async fn send(client: &mut Client, request: &Request) -> Result<Answer, String> {
    let ask = Ask {
        method: request.method,
        path: &request.path,
        headers: &request.headers,
        body: request.body.as_bytes(),
    };
    let answer = client.ask(&ask).await.map_err(|e| e.to_string())?;
    if answer.status == request.expected {
        Ok(answer)
    } else {
        let body = String::from_utf8_lossy(&answer.body);
        Err(format!(
            "{}: status {}: {body}",
            request.path, answer.status
        ))
    }
}

/// Orders or pages per second with [`CONNECTIONS`] connections for `length`, and how long each took.
async fn load(
    target: &Target,
    requests: &Requests,
    length: Duration,
) -> Result<(f64, Vec<Duration>), String> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let began = Instant::now();
    let workers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (mut client, requests) = (Client::new(target.clone()), requests.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                while began.elapsed() < length {
                    let mut next = Some(requests(NUMBER.fetch_add(1, Ordering::Relaxed)));
                    let started = Instant::now();
                    while let Some(request) = next {
                        let answer = send(&mut client, &request).await?;
                        next = request.then.map(|then| then(&answer));
                    }
                    times.push(started.elapsed());
                }
                Ok::<_, String>(times)
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.map_err(|e| e.to_string())??);
    }
    Ok((all.len() as f64 / began.elapsed().as_secs_f64(), all))
}
