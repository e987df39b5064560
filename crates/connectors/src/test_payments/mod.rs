//! The client of our built-in test payment provider. It moves no money, but it speaks over HTTP as a real one would,
//! with idempotency keys, signed webhooks and all the ways in which a network can let one down.
//!
//! Refusal codes: `payment_not_found`, `idempotency_key_reused`, `already_captured`, `already_voided`, `not_authorized`,
//! `not_captured`, `amount_too_large`, `invalid_request`, `unknown_token`, `unauthorized`.

use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::http::{HttpAnswer, HttpCall, HttpClient, HttpError, HttpSettings};
use crate::payment::{
    HeaderMap, Kept, KeptMethod, MessageKind, MoneyKind, PaymentError, PaymentMethodChoice,
    PaymentPart, PaymentProvider, PaymentReply, ProviderMessage, Reply, StartPayment,
};
use crate::standard_webhooks::{self, Secret};

pub mod wire;

use wire::{
    AmountRequest, CreatePayment, ErrorBody, Event, EventKind, IDEMPOTENCY_HEADER, Payment, Status,
};

/// The provider's name.
pub const NAME: &str = "test";

/// How to reach a test provider.
#[derive(Clone, Debug)]
pub struct TestPaymentsConfig {
    /// Where it is, without a slash at the end: `http://127.0.0.1:8080/test-payments`.
    pub base_url: String,
    /// The key that its API asks for.
    pub api_key: String,
    /// What it signs webhooks with; several while a secret is being changed.
    pub webhook_secrets: Vec<Secret>,
    /// Time limits and attempts.
    pub http: HttpSettings,
}

/// The connector.
#[derive(Clone, Debug)]
pub struct TestPayments {
    config: TestPaymentsConfig,
    http: HttpClient,
}

impl TestPayments {
    /// A connector for this provider.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(config: TestPaymentsConfig) -> Result<Self, HttpError> {
        let http = HttpClient::new(config.http)?;
        Ok(Self { config, http })
    }

    async fn payment_call(
        &self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<PaymentReply, PaymentError> {
        let payment = self.post(path, key, body).await?;
        Ok(reply(&payment))
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        key: &str,
        body: &impl Serialize,
    ) -> Result<T, PaymentError> {
        let mut call = self.call(Method::POST, path)?;
        call.headers.insert(IDEMPOTENCY_HEADER, header_value(key)?);
        call.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        call.body = serde_json::to_vec(body)
            .map_err(|error| refused("invalid_request", &error.to_string()))?;
        read(self.http.call(&call).await)
    }

    fn call(&self, method: Method, path: &str) -> Result<HttpCall, PaymentError> {
        let mut headers = HeaderMap::new();
        headers.insert(
            AUTHORIZATION,
            header_value(&format!("Bearer {}", self.config.api_key))?,
        );
        Ok(HttpCall {
            method,
            url: format!("{}{path}", self.config.base_url),
            headers,
            body: Vec::new(),
        })
    }
}

impl PaymentProvider for TestPayments {
    fn name(&self) -> &'static str {
        NAME
    }

    fn money(&self) -> MoneyKind {
        MoneyKind::Test
    }

    fn start<'a>(&'a self, payment: &'a StartPayment) -> Reply<'a> {
        Box::pin(async move {
            let body = CreatePayment {
                payment_ref: payment.payment_ref.clone(),
                group_ref: payment.group_ref.clone(),
                amount_minor: payment.amount_minor,
                currency: payment.currency.clone(),
                method: match &payment.method {
                    PaymentMethodChoice::HostedPage => wire::Method::HostedPage,
                    PaymentMethodChoice::Token(token) => wire::Method::Token {
                        token: token.clone(),
                    },
                },
                return_url: payment.return_url.clone(),
                webhook_url: payment.webhook_url.clone(),
                description: payment.description.clone(),
                language: payment.language.clone(),
                keep: payment.keep,
            };
            self.payment_call("/v1/payments", &payment.payment_ref, &body)
                .await
        })
    }

    fn retrieve<'a>(&'a self, provider_ref: &'a str) -> Reply<'a> {
        Box::pin(async move {
            let call = self.call(Method::GET, &payment_path(provider_ref, "")?)?;
            let payment: Payment = read(self.http.call(&call).await)?;
            Ok(reply(&payment))
        })
    }

    fn capture<'a>(&'a self, payment: PaymentPart<'a>, key: &'a str) -> Reply<'a> {
        Box::pin(async move {
            let path = payment_path(payment.provider_ref, "/capture")?;
            self.payment_call(
                &path,
                key,
                &AmountRequest {
                    amount_minor: payment.amount_minor,
                },
            )
            .await
        })
    }

    fn void<'a>(&'a self, provider_ref: &'a str, key: &'a str) -> Reply<'a> {
        Box::pin(async move {
            let path = payment_path(provider_ref, "/void")?;
            self.payment_call(&path, key, &serde_json::Map::new()).await
        })
    }

    fn refund<'a>(&'a self, payment: PaymentPart<'a>, key: &'a str) -> Reply<'a> {
        Box::pin(async move {
            let path = payment_path(payment.provider_ref, "/refunds")?;
            let payment: Payment = self
                .post(
                    &path,
                    key,
                    &AmountRequest {
                        amount_minor: payment.amount_minor,
                    },
                )
                .await?;
            // The answer shows the payment right after this refund: the newest one is ours.
            let messages = refund_messages(&payment).pop().into_iter().collect();
            Ok(PaymentReply {
                provider_ref: payment.id,
                messages,
            })
        })
    }

    fn kept<'a>(&'a self, provider_ref: &'a str) -> Kept<'a> {
        Box::pin(async move {
            let call = self.call(Method::GET, &payment_path(provider_ref, "")?)?;
            let payment: Payment = read(self.http.call(&call).await)?;
            Ok(payment.kept_card.map(|card| KeptMethod {
                token: card.token,
                label: format!("Test •••• {}", card.last4),
            }))
        })
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Vec<ProviderMessage>, PaymentError> {
        standard_webhooks::verify(&self.config.webhook_secrets, headers, body, now_ms)?;
        let event: Event =
            serde_json::from_slice(body).map_err(|error| bad_reply(&error.to_string()))?;
        let kind =
            event_kind(&event).ok_or_else(|| bad_reply("the event does not fit its payment"))?;
        Ok(vec![ProviderMessage {
            provider_ref: event.payment.id,
            payment_ref: Some(event.payment.payment_ref),
            kind,
            provider_event_id: event.id,
            at_ms: event.at_ms,
        }])
    }
}

/// The provider's ids go into a path: nothing but their own alphabet may.
fn payment_path(provider_ref: &str, rest: &str) -> Result<String, PaymentError> {
    let fits = !provider_ref.is_empty()
        && provider_ref.len() <= 64
        && provider_ref
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits {
        Ok(format!("/v1/payments/{provider_ref}{rest}"))
    } else {
        Err(refused(
            "payment_not_found",
            "that is no id of this provider",
        ))
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

fn read<T: DeserializeOwned>(answer: Result<HttpAnswer, HttpError>) -> Result<T, PaymentError> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(HttpError::NotSent(detail)) => {
            return Err(PaymentError::Unavailable {
                provider: NAME,
                detail,
                retry_after_ms: None,
            });
        }
        Err(HttpError::Unclear(detail)) => {
            return Err(PaymentError::Timeout {
                provider: NAME,
                detail,
            });
        }
    };
    let retry_after_ms = answer.retry_after_ms();
    match answer.status {
        200 | 201 => {
            serde_json::from_slice(&answer.body).map_err(|error| bad_reply(&error.to_string()))
        }
        429 | 503 => {
            let detail = format!("status {}", answer.status);
            Err(PaymentError::Unavailable {
                provider: NAME,
                detail,
                retry_after_ms,
            })
        }
        status @ 400..=499 => {
            let body: ErrorBody = serde_json::from_slice(&answer.body)
                .map_err(|_| bad_reply(&format!("status {status}")))?;
            Err(refused(&body.error.code, &body.error.message))
        }
        status => Err(PaymentError::Timeout {
            provider: NAME,
            detail: format!("status {status}"),
        }),
    }
}

fn refused(code: &str, message: &str) -> PaymentError {
    PaymentError::Refused {
        provider: NAME,
        code: code.into(),
        message: message.into(),
    }
}

fn bad_reply(detail: &str) -> PaymentError {
    PaymentError::BadReply {
        provider: NAME,
        detail: detail.into(),
    }
}

fn reply(payment: &Payment) -> PaymentReply {
    let first = match payment.status {
        Status::RequiresPaymentMethod | Status::RequiresAction => action_required(payment),
        Status::Authorized => Some(MessageKind::Authorized {
            amount_minor: payment.authorized_minor,
        }),
        Status::Declined => Some(declined(payment)),
        Status::Captured => Some(MessageKind::Captured {
            amount_minor: payment.captured_minor,
        }),
        Status::Voided => Some(MessageKind::Voided),
        Status::Failed => Some(failed(payment)),
    };
    let mut messages: Vec<ProviderMessage> = first
        .into_iter()
        .map(|kind| reply_message(payment, payment.updated_at_ms, kind))
        .collect();
    messages.extend(refund_messages(payment));
    PaymentReply {
        provider_ref: payment.id.clone(),
        messages,
    }
}

fn reply_message(payment: &Payment, at_ms: i64, kind: MessageKind) -> ProviderMessage {
    ProviderMessage::from_reply(&payment.id, &payment.payment_ref, at_ms, kind)
}

/// One message per refund, with the running total.
fn refund_messages(payment: &Payment) -> Vec<ProviderMessage> {
    let mut total_minor: i64 = 0;
    let mut messages = Vec::with_capacity(payment.refunds.len());
    for refund in &payment.refunds {
        total_minor = total_minor.saturating_add(refund.amount_minor);
        let kind = MessageKind::Refunded {
            refund_ref: Some(refund.refund_ref.clone()),
            provider_refund_ref: refund.id.clone(),
            amount_minor: refund.amount_minor,
            total_refunded_minor: Some(total_minor),
        };
        messages.push(reply_message(payment, refund.at_ms, kind));
    }
    messages
}

fn event_kind(event: &Event) -> Option<MessageKind> {
    let payment = &event.payment;
    match event.kind {
        EventKind::ActionRequired => action_required(payment),
        EventKind::Authorized => Some(MessageKind::Authorized {
            amount_minor: payment.authorized_minor,
        }),
        EventKind::Declined => Some(declined(payment)),
        EventKind::Captured => Some(MessageKind::Captured {
            amount_minor: payment.captured_minor,
        }),
        EventKind::Voided => Some(MessageKind::Voided),
        EventKind::Refunded => refund_of(event),
        EventKind::Failed => Some(failed(payment)),
    }
}

/// The refund that a `payment.refunded` event is about, with the total right after it.
fn refund_of(event: &Event) -> Option<MessageKind> {
    let refund_id = event.refund_id.as_deref()?;
    let index = event
        .payment
        .refunds
        .iter()
        .position(|refund| refund.id == refund_id)?;
    refund_messages(&event.payment)
        .into_iter()
        .nth(index)
        .map(|message| message.kind)
}

fn action_required(payment: &Payment) -> Option<MessageKind> {
    payment
        .action_url
        .clone()
        .map(|url| MessageKind::ActionRequired { url })
}

fn declined(payment: &Payment) -> MessageKind {
    let (code, message) = problem(payment);
    MessageKind::Declined { code, message }
}

fn failed(payment: &Payment) -> MessageKind {
    let (code, message) = problem(payment);
    MessageKind::Failed { code, message }
}

fn problem(payment: &Payment) -> (String, String) {
    match &payment.problem {
        Some(problem) => (problem.code.clone(), problem.message.clone()),
        None => ("unknown".into(), "the provider gave no reason".into()),
    }
}
