//! The provider over real sockets, mostly through the shop's own client: what one of them gets wrong, the other shows.

use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::routing::post;
use connectors::http::{HttpAnswer, HttpCall, HttpClient, HttpSettings};
use connectors::payment::{
    MessageKind, PaymentError, PaymentMethodChoice, PaymentPart, PaymentProvider, PaymentReply,
    ProviderMessage, StartPayment,
};
use connectors::standard_webhooks::Secret;
use connectors::test_payments::wire::{AuditPage, IDEMPOTENCY_HEADER};
use connectors::test_payments::{TestPayments, TestPaymentsConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Config, Timings, now_ms, serve};

mod audit;
mod pages;
mod payments;
mod restart;
mod webhooks;

const API_KEY: &str = "key-of-the-test";
const PATIENCE: Duration = Duration::from_secs(20);

/// A provider, the shop's client of it, and a shop that takes webhooks.
struct Stage {
    base_url: String,
    client: TestPayments,
    http: HttpClient,
    shop: Arc<Shop>,
    webhook_url: String,
}

/// What the shop has been told, and how it answers next.
#[derive(Default)]
struct Shop {
    client: Mutex<Option<TestPayments>>,
    told: Mutex<Vec<ProviderMessage>>,
    answers: Mutex<VecDeque<StatusCode>>,
}

impl Shop {
    fn told(&self) -> Vec<ProviderMessage> {
        self.told.lock().unwrap().clone()
    }
}

async fn take_webhook(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if let Some(status) = shop.answers.lock().unwrap().pop_front() {
        return status;
    }
    let client = shop
        .client
        .lock()
        .unwrap()
        .clone()
        .expect("the stage is set");
    match client.parse_webhook(&headers, &body, now_ms()) {
        Ok(messages) => {
            shop.told.lock().unwrap().extend(messages);
            StatusCode::OK
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

fn secret() -> Secret {
    Secret::from_bytes([7; 32])
}

fn quick() -> Timings {
    Timings {
        slow_answer_ms: 1_500,
        late_webhook_ms: 700,
        expiry_ms: 60_000,
        first_retry_ms: 20,
    }
}

async fn stage() -> Stage {
    stage_with(quick(), None, open_shop().await).await
}

/// A shop that takes webhooks, and the address it takes them at.
async fn open_shop() -> (Arc<Shop>, String) {
    let shop = Arc::new(Shop::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let webhook_url = format!(
        "http://{}/webhooks/payments/test",
        listener.local_addr().unwrap()
    );
    let routes = Router::new()
        .route("/webhooks/payments/test", post(take_webhook))
        .with_state(Arc::clone(&shop));
    tokio::spawn(async { axum::serve(listener, routes).await.unwrap() });
    (shop, webhook_url)
}

async fn stage_with(
    timings: Timings,
    journal: Option<&Path>,
    (shop, webhook_url): (Arc<Shop>, String),
) -> Stage {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let config = Config {
        base_url: base_url.clone(),
        api_key: API_KEY.into(),
        webhook_secret: secret(),
        journal: journal.map(Path::to_owned),
        timings,
    };
    let client = TestPayments::new(TestPaymentsConfig {
        base_url: base_url.clone(),
        api_key: API_KEY.into(),
        webhook_secrets: vec![secret()],
        http: HttpSettings {
            timeout_ms: 500,
            attempts: 1,
        },
    })
    .unwrap();
    *shop.client.lock().unwrap() = Some(client.clone());
    tokio::spawn(async {
        serve(listener, config, std::future::pending())
            .await
            .unwrap()
    });
    let http = HttpClient::new(HttpSettings {
        timeout_ms: 5_000,
        attempts: 1,
    })
    .unwrap();
    Stage {
        base_url,
        client,
        http,
        shop,
        webhook_url,
    }
}

impl Stage {
    fn payment(&self, payment_ref: &str, method: PaymentMethodChoice) -> StartPayment {
        StartPayment {
            payment_ref: payment_ref.into(),
            group_ref: format!("group_of_{payment_ref}"),
            amount_minor: 1290,
            currency: "EUR".into(),
            method,
            return_url: "http://shop.invalid/orders/1?step=paid".into(),
            webhook_url: Some(self.webhook_url.clone()),
            description: "Order 1".into(),
            language: None,
            keep: false,
        }
    }

    async fn start(&self, payment_ref: &str, token: &str) -> Result<PaymentReply, PaymentError> {
        let payment = self.payment(payment_ref, PaymentMethodChoice::Token(token.into()));
        self.client.start(&payment).await
    }

    async fn start_hosted(&self, payment_ref: &str) -> (String, String) {
        let payment = self.payment(payment_ref, PaymentMethodChoice::HostedPage);
        let reply = self.client.start(&payment).await.unwrap();
        let MessageKind::ActionRequired { url } = only(&reply) else {
            panic!("{reply:?}")
        };
        (reply.provider_ref.clone(), url.clone())
    }

    async fn kinds(&self, provider_ref: &str) -> Vec<MessageKind> {
        self.client
            .retrieve(provider_ref)
            .await
            .unwrap()
            .messages
            .into_iter()
            .map(|message| message.kind)
            .collect()
    }

    /// Waits until the shop has been told `count` things.
    async fn told(&self, count: usize) -> Vec<ProviderMessage> {
        let start = Instant::now();
        while self.shop.told().len() < count {
            assert!(
                start.elapsed() < PATIENCE,
                "told only {:?}",
                self.shop.told()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.shop.told()
    }

    async fn get(&self, url: &str) -> HttpAnswer {
        let call = HttpCall {
            method: Method::GET,
            url: url.into(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        self.http.call_once(&call).await.unwrap()
    }

    async fn submit(&self, url: &str, form: &str) -> HttpAnswer {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let call = HttpCall {
            method: Method::POST,
            url: url.into(),
            headers,
            body: form.into(),
        };
        self.http.call_once(&call).await.unwrap()
    }

    async fn post_raw(&self, path: &str, key: &str, body: &str) -> (u16, Value) {
        let mut headers = HeaderMap::new();
        let authorization = format!("Bearer {API_KEY}");
        headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_str(&authorization).unwrap(),
        );
        headers.insert(IDEMPOTENCY_HEADER, HeaderValue::from_str(key).unwrap());
        let url = format!("{}{path}", self.base_url);
        let call = HttpCall {
            method: Method::POST,
            url,
            headers,
            body: body.into(),
        };
        let answer = self.http.call_once(&call).await.unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    async fn audit(&self, query: &str) -> AuditPage {
        let mut headers = HeaderMap::new();
        let authorization = format!("Bearer {API_KEY}");
        headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_str(&authorization).unwrap(),
        );
        let url = format!("{}/v1/audit{query}", self.base_url);
        let call = HttpCall {
            method: Method::GET,
            url,
            headers,
            body: Vec::new(),
        };
        let answer = self.http.call_once(&call).await.unwrap();
        assert_eq!(answer.status, 200);
        serde_json::from_slice(&answer.body).unwrap()
    }
}

fn part(provider_ref: &str, amount_minor: i64) -> PaymentPart<'_> {
    PaymentPart {
        provider_ref,
        payment_ref: "payment_of_part",
        amount_minor,
        currency: "EUR",
    }
}

fn only(reply: &PaymentReply) -> &MessageKind {
    assert_eq!(reply.messages.len(), 1, "{reply:?}");
    &reply.messages[0].kind
}

fn refusal_code<T: std::fmt::Debug>(result: Result<T, PaymentError>) -> String {
    match result {
        Err(PaymentError::Refused { code, .. }) => code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

fn location(answer: &HttpAnswer) -> &str {
    assert_eq!(
        answer.status,
        303,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    answer.headers[header::LOCATION].to_str().unwrap()
}
