//! The HTTP client under the connectors: time limits, bounded bodies, no redirects, and repeats of the very same call.
//!
//! It says exactly one thing about a failure: did the other side surely not act ([`HttpError::NotSent`]), or may it have
//! acted ([`HttpError::Unclear`])? Money depends on that difference.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, redirect};

/// Answers above this size are not read: no provider sends one.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Wait before the second attempt; each further one waits twice as long.
const FIRST_PAUSE_MS: u64 = 150;

/// Attempts of one call never exceed this, whatever the configuration says.
const MAX_ATTEMPTS: u32 = 5;

/// Limits of a client.
#[derive(Clone, Copy, Debug)]
pub struct HttpSettings {
    /// Time for one attempt, from connecting to the last byte, milliseconds.
    pub timeout_ms: u64,
    /// How often a call is made at most when there is no clear answer; at least 1.
    pub attempts: u32,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            timeout_ms: 10_000,
            attempts: 2,
        }
    }
}

/// A call that can be repeated as it is.
#[derive(Clone, Debug)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// The absolute address.
    pub url: String,
    /// All headers.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// An answer of any status.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: HeaderMap,
    /// The body, at most [`MAX_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// `Retry-After` in milliseconds, when it is given in seconds.
    pub fn retry_after_ms(&self) -> Option<u64> {
        let seconds: u64 = self
            .headers
            .get(RETRY_AFTER)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()?;
        seconds.checked_mul(1000)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The call did not reach the other side.
    #[error("could not connect: {0}")]
    NotSent(String),
    /// The call may have been carried out.
    #[error("{0}")]
    Unclear(String),
}

/// A pooled client; cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client,
    attempts: u32,
}

impl HttpClient {
    /// A client with these limits.
    ///
    /// # Errors
    /// When the system gives no client at all.
    pub fn new(settings: HttpSettings) -> Result<Self, HttpError> {
        static CRYPTO: Once = Once::new();
        // A provider that somebody else has installed already is as good.
        CRYPTO.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        // A system without certificates can still speak plain HTTP; a call over TLS then fails by itself.
        let client = builder(settings)
            .build()
            .or_else(|_| builder(settings).tls_certs_only([]).build())
            .map_err(|error| HttpError::NotSent(text(&error)))?;
        Ok(Self {
            client,
            attempts: settings.attempts.clamp(1, MAX_ATTEMPTS),
        })
    }

    /// Makes the call, and repeats it as it is while there is no clear answer: no connection, a time-out, 429 or 5xx.
    ///
    /// Only for calls that may be carried out twice without harm: reads, and writes with an idempotency key.
    ///
    /// # Errors
    /// What the last attempt ended with. If any attempt was unclear, the error is [`HttpError::Unclear`].
    pub async fn call(&self, call: &HttpCall) -> Result<HttpAnswer, HttpError> {
        let mut may_have_acted = false;
        let mut pause_ms = FIRST_PAUSE_MS;
        let mut attempt = 1;
        loop {
            let result = self.call_once(call).await;
            may_have_acted |= match &result {
                Ok(answer) => answer.status >= 500 && answer.status != 503,
                Err(error) => matches!(error, HttpError::Unclear(_)),
            };
            let settled =
                matches!(&result, Ok(answer) if answer.status < 500 && answer.status != 429);
            if settled {
                return result;
            }
            if attempt >= self.attempts {
                return match result {
                    Err(HttpError::NotSent(detail)) if may_have_acted => {
                        Err(HttpError::Unclear(detail))
                    }
                    Ok(answer) if may_have_acted => Err(HttpError::Unclear(format!(
                        "status {} after an unclear attempt",
                        answer.status
                    ))),
                    other => other,
                };
            }
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            pause_ms *= 2;
            attempt += 1;
        }
    }

    /// Makes the call exactly once.
    ///
    /// # Errors
    /// No connection, no answer in time, or an answer above [`MAX_ANSWER_BYTES`].
    pub async fn call_once(&self, call: &HttpCall) -> Result<HttpAnswer, HttpError> {
        let request = self
            .client
            .request(call.method.clone(), &call.url)
            .headers(call.headers.clone());
        let mut response = request
            .body(call.body.clone())
            .send()
            .await
            .map_err(classify)?;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| HttpError::Unclear(text(&error)))?
        {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(HttpError::Unclear(format!(
                    "the answer is longer than {MAX_ANSWER_BYTES} bytes"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpAnswer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body,
        })
    }
}

fn builder(settings: HttpSettings) -> reqwest::ClientBuilder {
    let timeout = Duration::from_millis(settings.timeout_ms.max(1));
    Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout)
        .redirect(redirect::Policy::none())
        .user_agent(concat!("Sesame/", env!("CARGO_PKG_VERSION")))
}

fn classify(error: reqwest::Error) -> HttpError {
    if error.is_connect() || error.is_builder() {
        HttpError::NotSent(text(&error))
    } else {
        HttpError::Unclear(text(&error))
    }
}

/// The innermost cause says what happened; the outer layers only repeat the address.
fn text(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_timeout() {
        "timed out".into()
    } else {
        cause.to_string()
    }
}

/// UTC milliseconds now: connectors stand at the edge, where there is a clock.
pub(crate) fn now_ms() -> i64 {
    let elapsed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
