//! The gate before the router: who is turned away gets a prepared answer, before the body is read, before any
//! middleware, without a line in the log. The figures count it.

use super::CONTENT_SECURITY;
use super::client::Client;
use crate::config::Network;
use api::admission::hall::{COOKIE_SECONDS, Place, Told, View};
use api::admission::ticket::Ticket;
use api::admission::{Admission, Class, Keeper, Load, Permit, TICK, TurnedAway};
use api::app::now_ms;
use api::i18n::{Language, Texts, negotiate};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use storefront::waiting::{STATUS_PATH, WaitingRoom, look_again_s};

/// The cookie with a shopper's ticket.
const TICKET_COOKIE: &str = "sesame_place=";
/// The header with a program's ticket, both ways.
const TICKET_HEADER: &str = "sesame-ticket";
/// After so many seconds a page looks again even if its script did not.
const REFRESH_S: u32 = 120;
/// When to come back when the room is full, in seconds.
const FULL_RETRY_S: u64 = 300;
/// Ticks between two turns of the waiting room.
const TICKS_PER_TURN: u32 = 10;

/// What turned-away programs read.
const OVERLOADED: &[u8] = br#"{"error":{"code":"overloaded","message":"the shop is busy; try again after the seconds in Retry-After","details":{}}}"#;
const TOO_FAST: &[u8] = br#"{"error":{"code":"too_many_requests","message":"this client asks for too much; try again after the seconds in Retry-After","details":{}}}"#;

/// Decides about each request by its head.
pub struct Gate {
    admission: Arc<Admission>,
    trusted_proxies: Vec<Network>,
    unlimited: Vec<Network>,
    busy_pages: [Bytes; Language::ALL.len()],
    waiting: WaitingRoom,
}

/// A request that is let in.
pub struct Entered {
    /// Whose it is.
    pub client: Client,
    /// Its place in work.
    pub permit: Permit,
}

/// What the head of a request says.
#[derive(Debug, Clone, Copy)]
struct Head {
    class: Class,
    reads: bool,
    client: IpAddr,
    is_counted: bool,
}

impl Gate {
    /// A gate that believes these proxies, and counts all clients but these.
    pub fn new(
        admission: Arc<Admission>,
        waiting: WaitingRoom,
        trusted_proxies: Vec<Network>,
        unlimited: Vec<Network>,
    ) -> Self {
        Self {
            admission,
            waiting,
            trusted_proxies,
            unlimited,
            busy_pages: Language::ALL.map(busy_page),
        }
    }

    /// Lets a request in, or gives the answer that turns it away.
    ///
    /// # Errors
    /// The answer.
    pub fn enter<B>(
        &self,
        peer: SocketAddr,
        request: &Request<B>,
    ) -> Result<Entered, Box<Response>> {
        let entered = Client::of(peer, request.headers(), &self.trusted_proxies);
        let client = entered.address.ip();
        let reads = matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        );
        let class = Class::of(reads, request.uri().path());
        let is_counted = !self.unlimited.iter().any(|n| n.contains(client));
        let head = Head {
            class,
            reads,
            client,
            is_counted,
        };
        let counted = if is_counted {
            let agent = request.headers().get("ucp-agent");
            let agent = agent.map(HeaderValue::as_bytes);
            self.admission.count_client(class, client, agent)
        } else {
            Ok(())
        };
        counted.map_err(|why| Box::new(self.turn_away(why, reads, request)))?;
        if self.admission.hall.is_open() || request.uri().path() == STATUS_PATH {
            self.pass_room(head, request)?;
        }
        match self.admission.enter(class) {
            Ok(permit) => Ok(Entered {
                client: entered,
                permit,
            }),
            Err(why) => Err(Box::new(self.turn_away(why, reads, request))),
        }
    }

    /// Waits until an answer that turns away may be given.
    pub async fn hold(&self) {
        let held = self.admission.hold();
        if !held.is_zero() {
            tokio::time::sleep(held).await;
        }
    }

    /// The waiting room: new shoppers wait their turn; what was begun passes.
    fn pass_room<B>(&self, head: Head, request: &Request<B>) -> Result<(), Box<Response>> {
        let path = request.uri().path();
        let is_page = Class::is_page(path);
        match head.class {
            Class::Begin => {}
            Class::Read if is_page => {}
            Class::Begun => {
                self.admission.hall.passed_by_priority();
                return Ok(());
            }
            _ => return Ok(()),
        }
        let may_take = || match head.is_counted {
            true => self.admission.count_ticket(head.class, head.client),
            false => Ok(()),
        };
        let shown = ticket_of(request.headers());
        let told = self.admission.hall.come(now_ms(), shown, may_take);
        let holder = |ticket: Ticket| self.admission.count_holder(head.class, ticket);
        let told = match told {
            Ok(Some(Told::ComeIn(ticket))) => holder(ticket).map(|()| None),
            Ok(told) => Ok(told),
            Err(why) => Err(why),
        };
        let told = told.map_err(|why| Box::new(self.turn_away(why, head.reads, request)))?;
        match told {
            Some(Told::Wait(place)) => Err(Box::new(self.wait(head, request, &place))),
            Some(Told::Full) => Err(Box::new(self.full(request))),
            Some(Told::ComeIn(_)) | None if path == STATUS_PATH => {
                let open = json!({ "state": "open" });
                Err(Box::new(answer(StatusCode::OK, JSON, open.to_string())))
            }
            Some(Told::ComeIn(_)) | None => Ok(()),
        }
    }

    fn wait<B>(&self, head: Head, request: &Request<B>, place: &Place) -> Response {
        let language = language(request.headers());
        let uri = request.uri();
        let mut response = if uri.path() == STATUS_PATH {
            let status = self.waiting.status(language, place);
            answer(StatusCode::OK, JSON, status.to_string())
        } else if Class::is_page(uri.path()) {
            let to = uri.path_and_query().map_or("/", |p| p.as_str());
            let page = self
                .waiting
                .page(language, place, if head.reads { to } else { "/" });
            let mut page = answer(StatusCode::SERVICE_UNAVAILABLE, HTML, page);
            as_page(&mut page, head.reads.then_some(REFRESH_S));
            page
        } else {
            let error = json!({ "error": {
                "code": "waiting_room",
                "message": "wait your turn: come back with the ticket after the seconds in Retry-After",
                "details": { "ticket": place.ticket, "position": place.position, "wait_seconds": place.wait_s },
            } });
            answer(StatusCode::SERVICE_UNAVAILABLE, JSON, error.to_string())
        };
        let headers = response.headers_mut();
        headers.insert(
            header::RETRY_AFTER,
            HeaderValue::from(look_again_s(place.wait_s)),
        );
        if Class::is_page(uri.path()) {
            let secure = if self.waiting.over_tls() {
                "; Secure"
            } else {
                ""
            };
            let cookie = format!(
                "{TICKET_COOKIE}{}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax{secure}",
                place.ticket
            );
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                headers.insert(header::SET_COOKIE, cookie);
            }
        } else if let Ok(ticket) = HeaderValue::from_str(&place.ticket) {
            headers.insert(TICKET_HEADER, ticket);
        }
        response
    }

    fn full<B>(&self, request: &Request<B>) -> Response {
        let mut response = if Class::is_page(request.uri().path()) {
            let page = self.waiting.full(language(request.headers()));
            let mut page = answer(StatusCode::SERVICE_UNAVAILABLE, HTML, page);
            as_page(&mut page, None);
            page
        } else {
            answer(StatusCode::SERVICE_UNAVAILABLE, JSON, OVERLOADED)
        };
        let seconds = HeaderValue::from(FULL_RETRY_S);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
        response
    }

    fn turn_away<B>(&self, why: TurnedAway, reads: bool, request: &Request<B>) -> Response {
        let (status, seconds, text) = match why {
            TurnedAway::Overloaded { retry_after_s } => {
                (StatusCode::SERVICE_UNAVAILABLE, retry_after_s, OVERLOADED)
            }
            TurnedAway::TooFast { retry_after_s } => {
                (StatusCode::TOO_MANY_REQUESTS, retry_after_s, TOO_FAST)
            }
        };
        let mut response = if Class::is_page(request.uri().path()) {
            let page = &self.busy_pages[language(request.headers()) as usize];
            let mut page = answer(status, HTML, page.clone());
            // Browsers come again by themselves; a form is for its sender to send again.
            as_page(&mut page, reads.then_some(seconds));
            page
        } else {
            answer(status, JSON, text)
        };
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        response
    }
}

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// An answer that nobody may keep.
fn answer(status: StatusCode, kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// What the router's middleware would add to a page.
fn as_page(response: &mut Response, refresh_s: Option<u32>) {
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static(CONTENT_SECURITY);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if let Some(seconds) = refresh_s {
        headers.insert(header::REFRESH, HeaderValue::from(seconds));
    }
}

/// The ticket that a request shows, in a header or a cookie.
fn ticket_of(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(TICKET_HEADER) {
        return value.to_str().ok();
    }
    let cookies = headers.get_all(header::COOKIE);
    let mut pairs = cookies
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(TICKET_COOKIE))
}

/// The language of a page: the one chosen in the shop, else the browser's.
fn language(headers: &HeaderMap) -> Language {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let cookies = text(header::COOKIE).unwrap_or("");
    let chosen = cookies.split(';').find_map(|pair| {
        let tag = pair.trim().strip_prefix("sesame_language=")?;
        Language::parse(tag)
    });
    chosen.unwrap_or_else(|| negotiate(text(header::ACCEPT_LANGUAGE).unwrap_or("")))
}

/// A page of its own, without a file beside it: when it is shown, every further request is one too many.
fn busy_page(language: Language) -> Bytes {
    let t = Texts::of(language);
    let (title, body) = (t.t("error.busy"), t.t("error.busy_body"));
    let page = maud::html! {
        (maud::DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (maud::PreEscaped(BUSY_STYLE)) }
            }
            body { main { h1 { (title) } p { (body) } } }
        }
    };
    Bytes::from(page.into_string())
}

const BUSY_STYLE: &str = "body{margin:0;background:#fffcf7;color:#1d1a16;font:16px/1.5 system-ui,'Noto Sans SC',sans-serif}\
main{max-width:36rem;margin:20vh auto 0;padding:0 16px}h1{font-size:28px;line-height:1.2}\
@media(prefers-color-scheme:dark){body{background:#171411;color:#f3ede3}}";

/// Keeps the limits, and counts what they did, until the server stops.
pub async fn keep(admission: Arc<Admission>) {
    let mut keeper = Keeper::default();
    let (mut ticks, mut turned_away) = (0, 0);
    let mut timer = tokio::time::interval(TICK);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        // Behind all that is ready now: as long as that takes, as long does a request wait for a core.
        let ready = Instant::now();
        tokio::task::yield_now().await;
        admission.flow.core_waited(ready.elapsed());
        let load = keeper.tick(&admission);
        ticks += 1;
        turned_away += load.begins_turned_away;
        if ticks % TICKS_PER_TURN == 0 {
            turn(admission.clone(), load, std::mem::take(&mut turned_away)).await;
        }
        show(&admission, &load);
    }
}

/// A turn of the waiting room, and its record made durable, on a thread that may wait for the disk.
async fn turn(admission: Arc<Admission>, load: Load, turned_away: u64) {
    let turned = tokio::task::spawn_blocking(move || {
        let written = admission.hall.turn(now_ms(), &load, turned_away)?;
        written.map_or(Ok(()), |file| file.sync_data())
    });
    if let Ok(Err(error)) = turned.await {
        tracing::error!(%error, "writing the record of the waiting room failed: nobody is let in");
    }
}

/// The figures.
fn show(admission: &Admission, load: &Load) {
    let in_work = |class: &'static str, now: usize, limit: usize| {
        metrics::gauge!("sesame_admission_in_work", "class" => class).set(now as f64);
        metrics::gauge!("sesame_admission_limit", "class" => class).set(limit as f64);
    };
    in_work("write", load.writes, load.writes_limit);
    in_work("read", load.reads, load.reads_limit);
    let pressure = load.pressure.unwrap_or(0) as f64 / 1_000.0;
    metrics::gauge!("sesame_admission_pressure").set(pressure);
    let room = admission.hall.view();
    let of = |figure: fn(&View) -> f64| room.as_ref().map_or(0.0, figure);
    metrics::gauge!("sesame_admission_waiting").set(of(|r| f64::from(r.waiting)));
    metrics::gauge!("sesame_admission_inside").set(of(|r| r.inside as f64));
    metrics::gauge!("sesame_admission_let_in_per_minute").set(of(|r| r.let_in_last_minute as f64));
    for tally in admission.tallies() {
        for (why, count) in [("overloaded", tally.overloaded), ("client", tally.too_fast)] {
            if count > 0 {
                metrics::counter!("sesame_admission_turned_away_total", "class" => tally.class.word(), "why" => why)
                    .absolute(count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::admission::hall::{Hall, Opening};
    use api::admission::journal::LineOrder;
    use api::admission::{ClientLimits, Rate};
    use api::app::AppConfig;
    use commerce::world::Rows;
    use store::Shelf;
    use store::sqlite::SqliteStore;

    fn head(line: &str, headers: &[(&str, &str)]) -> Request<()> {
        let (method, path) = line.split_once(' ').expect("two words");
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request")
    }

    fn gate() -> Gate {
        gate_of(Hall::default())
    }

    fn gate_of(hall: Hall) -> Gate {
        let once = Rate {
            per_second: 1,
            burst: 1,
        };
        let limits = ClientLimits {
            requests: once,
            begins: once,
        };
        let network = |text| Network::parse(text).expect("a network");
        let folder = std::env::temp_dir().join(format!("sesame-gate-{:x}", rand::random::<u64>()));
        let store = SqliteStore::open(&folder).expect("a database");
        let shelf = Shelf::load(&store.reader(), Rows::default()).expect("a shelf");
        let config = AppConfig {
            public_url: "http://shop".to_string(),
            ..AppConfig::default()
        };
        std::fs::remove_dir_all(&folder).expect("removed");
        Gate::new(
            Arc::new(Admission::new(limits, hall)),
            WaitingRoom::new(Arc::new(shelf), &config, None),
            vec![network("10.0.0.1")],
            vec![network("127.0.0.0/8")],
        )
    }

    fn ask(gate: &Gate, peer: &str, line: &str, headers: &[(&str, &str)]) -> Option<Box<Response>> {
        let peer = SocketAddr::new(peer.parse().expect("an address"), 1);
        gate.enter(peer, &head(line, headers)).err()
    }

    #[test]
    fn clients_are_told_apart_behind_a_trusted_proxy_alone() {
        let gate = gate();
        let from = |client| [("x-forwarded-for", client)];
        let status = |peer: &str, client| {
            let answer = ask(&gate, peer, "GET /", &from(client));
            answer.map_or(200, |a| a.status().as_u16())
        };
        assert_eq!(status("10.0.0.1", "9.9.9.1"), 200);
        assert_eq!(status("10.0.0.1", "9.9.9.1"), 429);
        assert_eq!(status("10.0.0.1", "9.9.9.2"), 200);
        assert_eq!(status("10.0.0.2", "9.9.9.3"), 200, "no proxy of ours");
        assert_eq!(
            status("10.0.0.2", "9.9.9.4"),
            429,
            "so its word counts for nothing"
        );
        assert!((0..9).all(|_| status("127.0.0.1", "9.9.9.1") == 200));
    }

    #[test]
    fn who_is_turned_away_can_read_why() {
        let gate = gate();
        assert!(ask(&gate, "9.9.9.9", "GET /", &[]).is_none());
        let program = ask(&gate, "9.9.9.9", "POST /api/v1/buy-now", &[]).expect("turned away");
        assert_eq!(program.headers()[header::CONTENT_TYPE], "application/json");
        assert_eq!(program.headers()[header::RETRY_AFTER], "1");
        let german = [("accept-language", "de")];
        let page = ask(&gate, "9.9.9.9", "GET /p/honey", &german).expect("turned away");
        assert_eq!(page.headers()[header::REFRESH], "1");
        let form = ask(&gate, "9.9.9.9", "POST /cart/add", &german).expect("turned away");
        assert!(!form.headers().contains_key(header::REFRESH));
        for text in [OVERLOADED, TOO_FAST] {
            serde_json::from_slice::<serde_json::Value>(text).expect("JSON");
        }
        let chosen = head("GET /", &[("cookie", "a=b; sesame_language=zh")]);
        assert_eq!(language(chosen.headers()), Language::Zh);
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        String::from_utf8(bytes.expect("a body").to_vec()).expect("UTF-8")
    }

    #[tokio::test]
    async fn new_shoppers_wait_and_what_was_begun_passes() {
        let hall = Hall::default();
        let opening = Opening {
            campaign: String::new(),
            order: LineOrder::FirstCome,
            opens_at: None,
            per_minute: Some(60),
        };
        hall.open(now_ms(), "owner", opening).expect("opened");
        let gate = gate_of(hall);
        let ask = |line: &str, headers: &[(&str, &str)]| ask(&gate, "127.0.0.1", line, headers);
        let german = [("accept-language", "de")];
        let page = *ask("GET /p/honey?a=b", &german).expect("a waiting page");
        assert_eq!(page.status(), 503);
        let cookie = page.headers()[header::SET_COOKIE].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a pair").to_string();
        let html = text(page).await;
        for part in [
            "Sie stehen in der Reihe",
            "5;url=/p/honey?a=b",
            "data-island=\"waiting\"",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        for passes in [
            "GET /checkout/checkout_1/0f",
            "POST /checkout/checkout_1/0f/place",
            "GET /orders/order_1/0f",
            "GET /api/v1/orders",
            "POST /webhooks/payments/stripe",
            "GET /static-shop/shop.css",
            "POST /ucp/2026-04-08/catalog/search",
        ] {
            assert!(ask(passes, &[]).is_none(), "{passes}");
        }
        let program = *ask("POST /api/v1/buy-now", &[]).expect("turned away");
        assert_eq!(program.headers()[header::RETRY_AFTER], "5");
        let ticket = program.headers()[TICKET_HEADER]
            .to_str()
            .expect("text")
            .to_string();
        let told: serde_json::Value = serde_json::from_str(&text(program).await).expect("JSON");
        assert_eq!(told["error"]["code"], "waiting_room");
        assert_eq!(told["error"]["details"]["position"], 2);
        let status =
            |headers: &[(&str, &str)]| *ask("GET /waiting-room/status", headers).expect("told");
        let told = text(status(&[("cookie", &cookie)])).await;
        assert!(told.contains("\"position\":1"), "{told}");
        gate.admission
            .hall
            .turn(now_ms(), &Keeper::default().tick(&gate.admission), 0)
            .expect("a turn");
        assert_eq!(
            text(status(&[("cookie", &cookie)])).await,
            "{\"state\":\"open\"}"
        );
        assert!(
            ask("GET /p/honey", &[("cookie", &cookie)]).is_none(),
            "let in"
        );
        assert!(ask("POST /cart/add", &[("cookie", &cookie)]).is_none());
        assert!(
            ask("POST /api/v1/buy-now", &[(TICKET_HEADER, &ticket)]).is_some(),
            "not yet"
        );
        let crowd = (0..200).filter(|_| ask("GET /", &[("cookie", &cookie)]).is_none());
        assert!(crowd.count() < 150, "one ticket is not for a crowd");
    }
}
