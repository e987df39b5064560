//! Calls in JSON to carriers: what an answer's status says of what was done.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::carrier::{CarrierError, HeaderMap};
use crate::http::{HttpAnswer, HttpCall, HttpClient, HttpError};

/// Speaks to one carrier.
#[derive(Clone, Debug)]
pub(crate) struct JsonApi {
    /// The connector's name.
    pub carrier: &'static str,
    /// Where it is, without a slash at the end.
    pub base_url: String,
    /// The value of `Authorization`.
    pub authorization: String,
    pub http: HttpClient,
}

impl JsonApi {
    /// A call without a body.
    pub fn get(&self, path: &str) -> Result<HttpCall, CarrierError> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, self.header(&self.authorization)?);
        Ok(HttpCall {
            method: Method::GET,
            url: format!("{}{path}", self.base_url),
            headers,
            body: Vec::new(),
        })
    }

    /// A call with a body.
    pub fn post(&self, path: &str, body: &impl Serialize) -> Result<HttpCall, CarrierError> {
        let mut call = self.get(path)?;
        call.method = Method::POST;
        let json = HeaderValue::from_static("application/json");
        call.headers.insert(CONTENT_TYPE, json);
        call.body = serde_json::to_vec(body)
            .map_err(|error| self.refused("invalid_request", error.to_string()))?;
        Ok(call)
    }

    /// A call with a body and an idempotency key.
    pub fn post_once(
        &self,
        path: &str,
        (header, key): (&'static str, &str),
        body: &impl Serialize,
    ) -> Result<HttpCall, CarrierError> {
        let mut call = self.post(path, body)?;
        let key = self.header(key)?;
        call.headers.insert(HeaderName::from_static(header), key);
        Ok(call)
    }

    /// The answer's status and body once the carrier has understood; 4xx but 408 and 429 are answers, too. The very same
    /// call is repeated while there is no clear answer.
    pub async fn answer(&self, call: &HttpCall) -> Result<HttpAnswer, CarrierError> {
        self.understood(self.http.call(call).await)
    }

    /// The same of a call that must not be made twice.
    pub async fn answer_once(&self, call: &HttpCall) -> Result<HttpAnswer, CarrierError> {
        self.understood(self.http.call_once(call).await)
    }

    fn understood(
        &self,
        answer: Result<HttpAnswer, HttpError>,
    ) -> Result<HttpAnswer, CarrierError> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(HttpError::NotSent(detail)) => return Err(self.unavailable(detail, None)),
            Err(HttpError::Unclear(detail)) => return Err(self.unclear(detail)),
        };
        let detail = format!("status {}", answer.status);
        match answer.status {
            429 | 503 => Err(self.unavailable(detail, answer.retry_after_ms())),
            408 | 500.. => Err(self.unclear(detail)),
            _ => Ok(answer),
        }
    }

    /// What a body says.
    pub fn read<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, CarrierError> {
        serde_json::from_slice(body).map_err(|error| self.bad_reply(error.to_string()))
    }

    pub fn refused(&self, code: &str, message: String) -> CarrierError {
        CarrierError::Refused {
            carrier: self.carrier,
            code: code.into(),
            message,
        }
    }

    pub fn unclear(&self, detail: String) -> CarrierError {
        CarrierError::Unclear {
            carrier: self.carrier,
            detail,
        }
    }

    pub fn bad_reply(&self, detail: String) -> CarrierError {
        CarrierError::BadReply {
            carrier: self.carrier,
            detail,
        }
    }

    pub fn unavailable(&self, detail: String, retry_after_ms: Option<u64>) -> CarrierError {
        CarrierError::Unavailable {
            carrier: self.carrier,
            detail,
            retry_after_ms,
        }
    }

    fn header(&self, text: &str) -> Result<HeaderValue, CarrierError> {
        HeaderValue::from_str(text).map_err(|_| {
            let detail = "a key holds characters that no header can carry";
            self.refused("invalid_request", detail.into())
        })
    }
}
