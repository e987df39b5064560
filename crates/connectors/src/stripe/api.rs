//! Calls to Stripe's API: authorization, idempotency keys, and what its errors mean for us.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::NAME;
use super::form::Form;
use super::objects::PaymentIntent;
use crate::http::{HttpAnswer, HttpCall, HttpClient, HttpError, HttpSettings};
use crate::payment::PaymentError;

/// The version of Stripe's API whose objects we read, whatever the account's default is.
const API_VERSION: &str = "2024-06-20";

/// Stripe's API, for calls with a form and an idempotency key.
#[derive(Clone)]
pub struct StripeApi {
    http: HttpClient,
    base_url: String,
    secret_key: String,
}

/// How a call can fail.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// The card was refused (402): an answer, not a failure.
    CardRefused(Box<CardRefusal>),
    /// Everything else.
    Other(PaymentError),
}

/// What Stripe says when a card is refused.
#[derive(Clone, Debug)]
pub struct CardRefusal {
    /// The decline code, else the error code.
    pub code: String,
    /// A sentence in English.
    pub message: String,
    /// The payment, when the refusal names it.
    pub payment_intent: Option<PaymentIntent>,
}

impl From<PaymentError> for ApiError {
    fn from(error: PaymentError) -> Self {
        Self::Other(error)
    }
}

impl From<ApiError> for PaymentError {
    /// For calls that present no card: a refused card is then one refusal like others.
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::CardRefused(refusal) => refused(&refusal.code, &refusal.message),
            ApiError::Other(error) => error,
        }
    }
}

#[derive(Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

#[derive(Deserialize)]
struct ErrorDetail {
    #[serde(rename = "type", default)]
    kind: String,
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
    payment_intent: Option<PaymentIntent>,
}

impl StripeApi {
    /// An API at `base_url` (without a slash at the end) for the account of `secret_key`.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(
        base_url: &str,
        secret_key: &str,
        settings: HttpSettings,
    ) -> Result<Self, HttpError> {
        let http = HttpClient::new(settings)?;
        Ok(Self {
            http,
            base_url: base_url.into(),
            secret_key: secret_key.into(),
        })
    }

    /// Reads an object.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &Form) -> Result<T, ApiError> {
        let mark = if query.text().is_empty() { "" } else { "?" };
        let url = format!("{}{path}{mark}{}", self.base_url, query.text());
        let call = HttpCall {
            method: Method::GET,
            url,
            headers: self.headers()?,
            body: Vec::new(),
        };
        read(self.http.call(&call).await)
    }

    /// Sends a form, once per key.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &Form,
        key: &str,
    ) -> Result<T, ApiError> {
        let mut headers = self.headers()?;
        headers.insert("idempotency-key", header_value(key)?);
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let url = format!("{}{path}", self.base_url);
        let call = HttpCall {
            method: Method::POST,
            url,
            headers,
            body: form.text().into(),
        };
        read(self.http.call(&call).await)
    }

    fn headers(&self) -> Result<HeaderMap, PaymentError> {
        let mut headers = HeaderMap::new();
        let mut authorization = header_value(&format!("Bearer {}", self.secret_key))?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        headers.insert("stripe-version", HeaderValue::from_static(API_VERSION));
        Ok(headers)
    }
}

fn header_value(text: &str) -> Result<HeaderValue, PaymentError> {
    HeaderValue::from_str(text).map_err(|_| {
        refused(
            "invalid_request",
            "a key holds characters no header can carry",
        )
    })
}

fn read<T: DeserializeOwned>(answer: Result<HttpAnswer, HttpError>) -> Result<T, ApiError> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(HttpError::NotSent(detail)) => return Err(unavailable(detail, None).into()),
        Err(HttpError::Unclear(detail)) => return Err(timeout(detail).into()),
    };
    match answer.status {
        200..=299 => serde_json::from_slice(&answer.body)
            .map_err(|error| bad_reply(&error.to_string()).into()),
        429 | 503 => {
            Err(unavailable(format!("status {}", answer.status), answer.retry_after_ms()).into())
        }
        400..=499 => Err(refusal(&answer)),
        status => Err(timeout(format!("status {status}")).into()),
    }
}

fn refusal(answer: &HttpAnswer) -> ApiError {
    let Ok(ErrorBody { error }) = serde_json::from_slice(&answer.body) else {
        return bad_reply(&format!("status {} without a reason", answer.status)).into();
    };
    let message = error.message.unwrap_or_default();
    let code = error.code.as_deref().unwrap_or(match answer.status {
        404 => "resource_missing",
        _ => error.kind.as_str(),
    });
    match (answer.status, error.kind.as_str(), code) {
        (402, ..) | (_, "card_error", _) => ApiError::CardRefused(Box::new(CardRefusal {
            code: error.decline_code.unwrap_or_else(|| code.into()),
            message,
            payment_intent: error.payment_intent,
        })),
        (401, ..) => refused("unauthorized", &message).into(),
        // The first call with this key is still being worked on.
        (409, _, "idempotency_key_in_use") => timeout(message).into(),
        (_, "idempotency_error", _) => refused("idempotency_key_reused", &message).into(),
        _ => refused(code, &message).into(),
    }
}

fn timeout(detail: String) -> PaymentError {
    PaymentError::Timeout {
        provider: NAME,
        detail,
    }
}

fn unavailable(detail: String, retry_after_ms: Option<u64>) -> PaymentError {
    PaymentError::Unavailable {
        provider: NAME,
        detail,
        retry_after_ms,
    }
}

pub(super) fn refused(code: &str, message: &str) -> PaymentError {
    PaymentError::Refused {
        provider: NAME,
        code: code.into(),
        message: message.into(),
    }
}

pub(super) fn bad_reply(detail: &str) -> PaymentError {
    PaymentError::BadReply {
        provider: NAME,
        detail: detail.into(),
    }
}
