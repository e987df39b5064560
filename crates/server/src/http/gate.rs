//! The gate before the router: who is turned away gets a prepared answer, before the body is read, before any
//! middleware, without a line in the log. The figures count it.

use super::{CONTENT_SECURITY, client};
use crate::config::Network;
use api::admission::{Admission, Class, Keeper, Permit, TICK, TurnedAway};
use api::i18n::{Language, Texts, negotiate};
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::Response;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// What turned-away programs read.
const OVERLOADED: &[u8] = br#"{"error":{"code":"overloaded","message":"the shop is busy; try again after the seconds in Retry-After","details":{}}}"#;
const TOO_FAST: &[u8] = br#"{"error":{"code":"too_many_requests","message":"this client asks for too much; try again after the seconds in Retry-After","details":{}}}"#;

/// Decides about each request by its head.
pub struct Gate {
    admission: Arc<Admission>,
    trusted_proxies: Vec<Network>,
    unlimited: Vec<Network>,
    busy_pages: [Bytes; Language::ALL.len()],
}

impl Gate {
    /// A gate that believes these proxies, and counts all clients but these.
    pub fn new(
        admission: Arc<Admission>,
        trusted_proxies: Vec<Network>,
        unlimited: Vec<Network>,
    ) -> Self {
        Self {
            admission,
            trusted_proxies,
            unlimited,
            busy_pages: Language::ALL.map(busy_page),
        }
    }

    /// Lets a request in, or gives the answer that turns it away. The request learns its client's address.
    ///
    /// # Errors
    /// The answer.
    pub fn enter<B>(
        &self,
        peer: SocketAddr,
        request: &mut Request<B>,
    ) -> Result<Permit, Box<Response>> {
        let client = client::resolve(peer, request, &self.trusted_proxies);
        let reads = matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        );
        let class = Class::of(reads, request.uri().path());
        let is_counted = !self.unlimited.iter().any(|n| n.contains(client));
        let counted = if is_counted {
            let agent = request.headers().get("ucp-agent");
            let agent = agent.map(HeaderValue::as_bytes);
            self.admission.count_client(class, client, agent)
        } else {
            Ok(())
        };
        counted
            .and_then(|()| self.admission.enter(class))
            .map_err(|why| Box::new(self.turn_away(why, reads, request)))
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
        let is_page = Class::is_page(request.uri().path());
        let (kind, body) = if is_page {
            let page = &self.busy_pages[language(request.headers()) as usize];
            ("text/html; charset=utf-8", page.clone())
        } else {
            ("application/json", Bytes::from_static(text))
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if is_page {
            let policy = HeaderValue::from_static(CONTENT_SECURITY);
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            if reads {
                // Browsers come again by themselves; a form is for its sender to send again.
                headers.insert(header::REFRESH, HeaderValue::from(seconds));
            }
        }
        response
    }
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
    let mut timer = tokio::time::interval(TICK);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        // Behind all that is ready now: as long as that takes, as long does a request wait for a core.
        let ready = Instant::now();
        tokio::task::yield_now().await;
        admission.flow.core_waited(ready.elapsed());
        let load = keeper.tick(&admission);
        let in_work = |class: &'static str, now: usize, limit: usize| {
            metrics::gauge!("sesame_admission_in_work", "class" => class).set(now as f64);
            metrics::gauge!("sesame_admission_limit", "class" => class).set(limit as f64);
        };
        in_work("write", load.writes, load.writes_limit);
        in_work("read", load.reads, load.reads_limit);
        let pressure = load.pressure.unwrap_or(0) as f64 / 1_000.0;
        metrics::gauge!("sesame_admission_pressure").set(pressure);
        for tally in admission.tallies() {
            for (why, count) in [("overloaded", tally.overloaded), ("client", tally.too_fast)] {
                if count > 0 {
                    metrics::counter!("sesame_admission_turned_away_total", "class" => tally.class.word(), "why" => why)
                        .absolute(count);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::admission::{ClientLimits, Rate};

    fn head(line: &str, headers: &[(&str, &str)]) -> Request<()> {
        let (method, path) = line.split_once(' ').expect("two words");
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request")
    }

    fn gate() -> Gate {
        let once = Rate {
            per_second: 1,
            burst: 1,
        };
        let limits = ClientLimits {
            requests: once,
            begins: once,
        };
        let network = |text| Network::parse(text).expect("a network");
        Gate::new(
            Arc::new(Admission::new(limits)),
            vec![network("10.0.0.1")],
            vec![network("127.0.0.0/8")],
        )
    }

    fn ask(gate: &Gate, peer: &str, line: &str, headers: &[(&str, &str)]) -> Option<Box<Response>> {
        let peer = SocketAddr::new(peer.parse().expect("an address"), 1);
        gate.enter(peer, &mut head(line, headers)).err()
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
}
