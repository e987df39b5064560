//! Web push (RFC 8030): short messages to browsers, passed on by the services of their makers, which cannot read them.
//!
//! It never calls an address that is not a push service's, follows nobody elsewhere, and tries nothing again by itself:
//! a message that is sent twice has the same topic, and replaces the first.

mod encrypt;
mod endpoint;
mod vapid;

pub use encrypt::{BrowserKeys, EncryptError, PLAIN_BYTES_MAX};
pub use endpoint::{BadEndpoint, Endpoint, Host, Services};
pub use vapid::VapidKey;

use crate::http::{HttpAnswer, HttpCall, HttpClient, HttpError, HttpSettings, now_ms};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};

/// How long a service keeps a message for a device that cannot be reached, in seconds.
const KEPT_FOR_S: u32 = 24 * 60 * 60;
/// How much of an answer goes into a reason.
const ANSWER_CHARS_MAX: usize = 200;

/// A browser that takes messages.
#[derive(Clone)]
pub struct Browser {
    /// Where its service takes them.
    pub endpoint: Endpoint,
    /// What it reads them with.
    pub keys: BrowserKeys,
}

/// A message.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// What the browser reads, [`PLAIN_BYTES_MAX`] at most.
    pub body: &'a [u8],
    /// What makes it this message: of two under the same topic, the later one replaces the earlier. At most 32
    /// characters: letters, digits, `-` and `_`.
    pub topic: &'a str,
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The browser wants no more messages, or is not there any more.
    #[error("the subscription has ended ({status})")]
    Gone {
        /// What the service answered.
        status: u16,
    },
    /// The service will not take it, now or later.
    #[error("the push service refuses it: {0}")]
    Refused(String),
    /// It may work later.
    #[error("the push service did not take it: {reason}")]
    Later {
        /// What happened.
        reason: String,
        /// When the service wants to be asked again, in milliseconds from now.
        after_ms: Option<u64>,
    },
}

/// A way to push services.
#[derive(Clone)]
pub struct Push {
    http: HttpClient,
    key: VapidKey,
    contact: Option<String>,
}

impl Push {
    /// A way for the shop with this key; `contact` is an `https:` or `mailto:` address of who runs it.
    ///
    /// # Errors
    /// When the system gives no HTTP client.
    pub fn new(key: VapidKey, contact: Option<String>) -> Result<Self, HttpError> {
        let settings = HttpSettings {
            attempts: 1,
            ..HttpSettings::default()
        };
        let http = HttpClient::new(settings)?;
        Ok(Self { http, key, contact })
    }

    /// The shop's public key in base64url.
    pub fn public_key(&self) -> &str {
        self.key.public()
    }

    /// Sends a message: when it gives `Ok`, the service has it.
    ///
    /// # Errors
    /// As [`PushError`] says.
    pub async fn send(&self, to: &Browser, message: Message<'_>) -> Result<(), PushError> {
        let call = self.call(to, message)?;
        match self.http.call_once(&call).await {
            Ok(answer) => taken(&answer),
            Err(error) => Err(PushError::Later {
                reason: error.to_string(),
                after_ms: None,
            }),
        }
    }

    fn call(&self, to: &Browser, message: Message<'_>) -> Result<HttpCall, PushError> {
        let refused = |error: String| PushError::Refused(error);
        let body = encrypt::encrypt(message.body, &to.keys);
        let body = body.map_err(|error| match error {
            EncryptError::TooLong => refused(error.to_string()),
            EncryptError::NoRandomness => PushError::Later {
                reason: error.to_string(),
                after_ms: None,
            },
        })?;
        let now_s = now_ms() / 1_000;
        let contact = self.contact.as_deref();
        let said = self.key.authorization(&to.endpoint, contact, now_s);
        let value = |text: &str| HeaderValue::from_str(text).map_err(|e| refused(e.to_string()));
        let headers = [
            (AUTHORIZATION, value(&said)?),
            (CONTENT_ENCODING, HeaderValue::from_static("aes128gcm")),
            (
                CONTENT_TYPE,
                HeaderValue::from_static("application/octet-stream"),
            ),
            ("ttl".parse().expect("a name"), KEPT_FOR_S.into()),
            (
                "urgency".parse().expect("a name"),
                HeaderValue::from_static("normal"),
            ),
            ("topic".parse().expect("a name"), value(message.topic)?),
        ];
        Ok(HttpCall {
            method: Method::POST,
            url: to.endpoint.as_str().to_string(),
            headers: HeaderMap::from_iter(headers),
            body,
        })
    }
}

/// What an answer means. A service that sends us elsewhere is not followed; it may come to its senses.
fn taken(answer: &HttpAnswer) -> Result<(), PushError> {
    let status = answer.status;
    let reason = || {
        let said = String::from_utf8_lossy(&answer.body);
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let said: String = said.chars().take(ANSWER_CHARS_MAX).collect();
        format!("{status} {said}").trim_end().to_string()
    };
    match status {
        200..=202 | 204 => Ok(()),
        404 | 410 => Err(PushError::Gone { status }),
        408 | 429 => Err(PushError::Later {
            reason: reason(),
            after_ms: answer.retry_after_ms(),
        }),
        400..=499 => Err(PushError::Refused(reason())),
        _ => Err(PushError::Later {
            reason: reason(),
            after_ms: answer.retry_after_ms(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::encrypt::tests::{AUTH, THEIR_SECRET, THEIRS, decrypt};
    use super::*;

    fn browser() -> Browser {
        let endpoint = "https://fcm.googleapis.com/fcm/send/abc";
        Browser {
            endpoint: Endpoint::parse(endpoint, &Services::default()).expect("known"),
            keys: BrowserKeys::parse(THEIRS, AUTH).expect("keys"),
        }
    }

    #[test]
    fn a_message_is_what_the_standards_say() {
        let key = VapidKey::derive(|_| vec![3; 32]).expect("a key");
        let push = Push::new(key, None).expect("a client");
        let message = Message {
            body: b"{}",
            topic: "alert-7",
        };
        let call = push.call(&browser(), message).expect("a call");
        assert_eq!(call.method, Method::POST);
        assert_eq!(call.url, "https://fcm.googleapis.com/fcm/send/abc");
        assert_eq!(decrypt(&call.body, THEIR_SECRET, AUTH), b"{}");
        let of = |name| call.headers.get(name).and_then(|v| v.to_str().ok());
        assert_eq!(of("ttl"), Some("86400"));
        assert_eq!(of("urgency"), Some("normal"));
        assert_eq!(of("topic"), Some("alert-7"));
        assert_eq!(of("content-encoding"), Some("aes128gcm"));
        let said = of("authorization").expect("who we are");
        let known = format!(", k={}", push.public_key());
        assert!(
            said.starts_with("vapid t=") && said.ends_with(&known),
            "{said}"
        );
        let long = vec![0; PLAIN_BYTES_MAX + 1];
        let message = Message {
            body: &long,
            topic: "x",
        };
        let refused = push.call(&browser(), message);
        assert!(matches!(refused, Err(PushError::Refused(_))));
    }

    #[test]
    fn what_a_service_answers() {
        let answer = |status, after: &'static str| {
            let headers = [(
                reqwest::header::RETRY_AFTER,
                HeaderValue::from_static(after),
            )];
            taken(&HttpAnswer {
                status,
                headers: HeaderMap::from_iter(headers),
                body: b"a  reason\n".to_vec(),
            })
        };
        for status in [200, 201, 202, 204] {
            assert_eq!(answer(status, ""), Ok(()));
        }
        for status in [404, 410] {
            assert_eq!(answer(status, ""), Err(PushError::Gone { status }));
        }
        for status in [400, 401, 403, 405, 413] {
            let refused = PushError::Refused(format!("{status} a reason"));
            assert_eq!(answer(status, ""), Err(refused));
        }
        for (status, after, after_ms) in [
            (429, "7", Some(7_000)),
            (503, "120", Some(120_000)),
            (500, "", None),
            (502, "Fri, 31 Dec 1999 23:59:59 GMT", None),
            (408, "-1", None),
            (301, "", None),
            (100, "", None),
        ] {
            let reason = format!("{status} a reason");
            let later = PushError::Later { reason, after_ms };
            assert_eq!(answer(status, after), Err(later), "{status}");
        }
    }
}
