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

#[tokio::test]
async fn a_payment_is_held_taken_and_given_back_in_parts() {
    let stage = stage().await;
    let reply = stage.start("payment_1", "tok_success").await.unwrap();
    assert_eq!(
        *only(&reply),
        MessageKind::Authorized { amount_minor: 1290 }
    );
    assert_eq!(reply.messages[0].payment_ref.as_deref(), Some("payment_1"));
    let id = reply.provider_ref.as_str();

    assert_eq!(
        refusal_code(stage.client.refund(part(id, 1), "refund_0").await),
        "not_captured"
    );
    assert_eq!(
        refusal_code(stage.client.capture(part(id, 1291), "capture_0").await),
        "amount_too_large"
    );
    let reply = stage
        .client
        .capture(part(id, 1000), "capture_1")
        .await
        .unwrap();
    assert_eq!(*only(&reply), MessageKind::Captured { amount_minor: 1000 });
    assert_eq!(
        refusal_code(stage.client.capture(part(id, 290), "capture_2").await),
        "already_captured"
    );
    assert_eq!(
        refusal_code(stage.client.void(id, "void_1").await),
        "already_captured"
    );

    for (key, amount_minor, total) in [("refund_1", 300, 300), ("refund_2", 700, 1000)] {
        let reply = stage
            .client
            .refund(part(id, amount_minor), key)
            .await
            .unwrap();
        let MessageKind::Refunded {
            refund_ref,
            amount_minor: refunded,
            total_refunded_minor,
            ..
        } = only(&reply)
        else {
            panic!("{reply:?}")
        };
        assert_eq!(
            (refund_ref.as_deref(), *refunded, *total_refunded_minor),
            (Some(key), amount_minor, Some(total))
        );
    }
    assert_eq!(
        refusal_code(stage.client.refund(part(id, 1), "refund_3").await),
        "amount_too_large"
    );

    let told = stage.told(4).await;
    assert!(told.iter().all(|message| message.provider_ref == id));
    let from_replies = stage.kinds(id).await;
    for kind in &from_replies {
        assert!(
            told.iter().any(|message| message.kind == *kind),
            "{kind:?} is in a reply, but in no webhook"
        );
    }
    assert_eq!(from_replies.len(), 3);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_another_body_is_refused() {
    let stage = stage().await;
    let first = stage.start("payment_1", "tok_success").await.unwrap();
    let id = first.provider_ref.as_str();
    let captured = stage
        .client
        .capture(part(id, 1290), "capture_1")
        .await
        .unwrap();
    let refunded = stage
        .client
        .refund(part(id, 200), "refund_1")
        .await
        .unwrap();
    stage
        .client
        .refund(part(id, 300), "refund_2")
        .await
        .unwrap();

    assert_eq!(
        stage.start("payment_1", "tok_success").await.unwrap(),
        first
    );
    assert_eq!(
        stage
            .client
            .capture(part(id, 1290), "capture_1")
            .await
            .unwrap(),
        captured
    );
    assert_eq!(
        stage
            .client
            .refund(part(id, 200), "refund_1")
            .await
            .unwrap(),
        refunded
    );
    assert_eq!(
        refusal_code(stage.start("payment_1", "tok_3ds").await),
        "idempotency_key_reused"
    );
    assert_eq!(
        refusal_code(stage.client.refund(part(id, 201), "refund_1").await),
        "idempotency_key_reused"
    );
    assert_eq!(
        refusal_code(stage.client.void(id, "capture_1").await),
        "idempotency_key_reused"
    );

    let audit = stage.audit("").await;
    let sums = &audit.totals.currencies[0];
    assert_eq!(
        (
            sums.authorizations,
            sums.captures,
            sums.refunds,
            sums.refunded_minor
        ),
        (1, 1, 2, 500)
    );
}

#[tokio::test]
async fn fifty_starts_at_once_with_one_key_hold_money_once() {
    let stage = Arc::new(stage().await);
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let stage = Arc::clone(&stage);
            tokio::spawn(async move {
                let body = json!({
                    "payment_ref": "payment_1", "group_ref": "group_1", "amount_minor": 5, "currency": "JPY",
                    "method": {"type": "token", "token": "tok_success"}, "return_url": "http://shop.invalid/",
                    "description": "",
                });
                stage.post_raw("/v1/payments", "payment_1", &body.to_string()).await
            })
        })
        .collect();
    let mut ids = std::collections::BTreeSet::new();
    for call in calls {
        let (status, payment) = call.await.unwrap();
        assert_eq!(status, 201);
        ids.insert(payment["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 1);
    assert_eq!(stage.audit("").await.totals.currencies[0].authorizations, 1);
}

#[tokio::test]
async fn declined_tokens_hold_nothing_and_end() {
    let stage = stage().await;
    for (token, expected) in [
        ("tok_declined", "card_declined"),
        ("tok_insufficient_funds", "insufficient_funds"),
    ] {
        let reply = stage
            .start(&format!("payment_{token}"), token)
            .await
            .unwrap();
        let MessageKind::Declined { code, .. } = only(&reply) else {
            panic!("{reply:?}")
        };
        assert_eq!(code, expected);
        assert_eq!(
            refusal_code(
                stage
                    .client
                    .capture(part(&reply.provider_ref, 1), "c")
                    .await
            ),
            "not_authorized"
        );
        assert_eq!(
            refusal_code(stage.client.void(&reply.provider_ref, "v").await),
            "already_ended"
        );
    }
    assert_eq!(
        refusal_code(stage.start("payment_x", "tok_nonsense").await),
        "unknown_token"
    );
    assert_eq!(
        stage.audit("").await.totals.currencies[0].authorized_minor,
        0
    );
}

#[tokio::test]
async fn a_void_releases_the_money_for_good() {
    let stage = stage().await;
    let id = stage
        .start("payment_1", "tok_success")
        .await
        .unwrap()
        .provider_ref;
    let reply = stage.client.void(&id, "void_1").await.unwrap();
    assert_eq!(*only(&reply), MessageKind::Voided);
    assert_eq!(stage.client.void(&id, "void_1").await.unwrap(), reply);
    assert_eq!(
        refusal_code(stage.client.capture(part(&id, 1290), "capture_1").await),
        "already_voided"
    );
    assert_eq!(
        refusal_code(stage.client.refund(part(&id, 1290), "refund_1").await),
        "not_captured"
    );
    assert_eq!(stage.audit("").await.totals.currencies[0].voids, 1);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_has_held_the_money_once() {
    let stage = stage().await;
    let lost = stage.start("payment_1", "tok_timeout").await.unwrap_err();
    assert!(lost.is_outcome_unknown() && lost.is_retryable(), "{lost}");
    let reply = stage.start("payment_1", "tok_timeout").await.unwrap();
    assert_eq!(
        *only(&reply),
        MessageKind::Authorized { amount_minor: 1290 }
    );
    assert_eq!(stage.told(1).await[0].provider_ref, reply.provider_ref);
    assert_eq!(stage.audit("").await.totals.currencies[0].authorizations, 1);
}

#[tokio::test]
async fn a_provider_that_is_not_there_has_done_nothing() {
    let stage = stage().await;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = TestPayments::new(TestPaymentsConfig {
        base_url,
        api_key: API_KEY.into(),
        webhook_secrets: vec![secret()],
        http: HttpSettings {
            timeout_ms: 500,
            attempts: 2,
        },
    })
    .unwrap();
    let payment = stage.payment("payment_1", PaymentMethodChoice::HostedPage);
    let error = client.start(&payment).await.unwrap_err();
    assert!(matches!(error, PaymentError::Unavailable { .. }), "{error}");
    assert!(!error.is_outcome_unknown());
}

#[tokio::test]
async fn webhooks_come_late_twice_and_before_the_answer() {
    let stage = stage().await;
    stage
        .start("payment_first", "tok_webhook_first")
        .await
        .unwrap();
    assert_eq!(stage.shop.told().len(), 1, "told before the answer");

    stage
        .start("payment_twice", "tok_webhook_twice")
        .await
        .unwrap();
    let told = stage.told(3).await;
    assert_eq!(told[1], told[2], "the same event twice");

    let start = Instant::now();
    stage
        .start("payment_late", "tok_webhook_late")
        .await
        .unwrap();
    let told = stage.told(4).await;
    assert!(start.elapsed() >= Duration::from_millis(quick().late_webhook_ms));
    assert_eq!(told[3].payment_ref.as_deref(), Some("payment_late"));
}

#[tokio::test]
async fn a_webhook_is_repeated_until_the_shop_takes_it() {
    let stage = stage().await;
    stage.shop.answers.lock().unwrap().extend([
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::NOT_FOUND,
        StatusCode::FOUND,
    ]);
    stage.start("payment_1", "tok_success").await.unwrap();
    let told = stage.told(1).await;
    assert_eq!(told[0].kind, MessageKind::Authorized { amount_minor: 1290 });
    assert!(stage.shop.answers.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_shopper_pays_on_the_hosted_page_after_a_decline() {
    let stage = stage().await;
    let (id, url) = stage.start_hosted("payment_1").await;
    let page = String::from_utf8(stage.get(&url).await.body).unwrap();
    assert!(
        page.contains("Test money. No real card is charged.") && page.contains("12.90\u{a0}EUR"),
        "{page}"
    );

    let again = stage.submit(&url, "card=tok_insufficient_funds").await;
    let page = String::from_utf8(stage.get(location(&again)).await.body).unwrap();
    assert!(page.contains("does not hold enough money"), "{page}");
    let again = stage.submit(&url, "number=4111+1111+1111+1111").await;
    let page = String::from_utf8(stage.get(location(&again)).await.body).unwrap();
    assert!(page.contains("none of the test cards"), "{page}");

    let done = stage
        .submit(&url, "card=tok_declined&number=4242-4242-4242-4242")
        .await;
    assert_eq!(location(&done), "http://shop.invalid/orders/1?step=paid");
    assert_eq!(
        stage.kinds(&id).await,
        [MessageKind::Authorized { amount_minor: 1290 }]
    );
    let told = stage.told(3).await;
    let declines = told
        .iter()
        .filter(|message| matches!(message.kind, MessageKind::Declined { .. }))
        .count();
    assert_eq!(declines, 2);

    // A second click changes nothing.
    assert_eq!(
        location(&stage.submit(&url, "card=tok_declined").await),
        "http://shop.invalid/orders/1?step=paid"
    );
    assert_eq!(
        stage.kinds(&id).await,
        [MessageKind::Authorized { amount_minor: 1290 }]
    );
}

#[tokio::test]
async fn the_bank_asks_and_the_shopper_answers() {
    let stage = stage().await;
    for (decision, code) in [
        ("approve", None),
        ("fail", Some("challenge_failed")),
        ("leave", Some("open")),
    ] {
        let (id, url) = stage.start_hosted(&format!("payment_{decision}")).await;
        let challenge_url = location(&stage.submit(&url, "card=tok_3ds").await).to_owned();
        assert!(challenge_url.contains("/3ds"));
        let page = String::from_utf8(stage.get(&challenge_url).await.body).unwrap();
        assert!(page.contains("Your bank asks"), "{page}");
        let done = stage
            .submit(&challenge_url, &format!("decision={decision}"))
            .await;
        assert_eq!(location(&done), "http://shop.invalid/orders/1?step=paid");
        match (stage.kinds(&id).await.as_slice(), code) {
            ([MessageKind::Authorized { .. }], None)
            | ([MessageKind::ActionRequired { .. }], Some("open")) => {}
            ([MessageKind::Failed { code, .. }], Some(expected)) => assert_eq!(code, expected),
            (kinds, _) => panic!("{decision}: {kinds:?}"),
        }
    }
}

#[tokio::test]
async fn an_abandoned_challenge_expires() {
    let stage = stage_with(
        Timings {
            expiry_ms: 200,
            ..quick()
        },
        None,
        open_shop().await,
    )
    .await;
    let reply = stage.start("payment_1", "tok_3ds").await.unwrap();
    assert!(matches!(only(&reply), MessageKind::ActionRequired { .. }));
    let told = stage.told(2).await;
    let MessageKind::Failed { code, .. } = &told[1].kind else {
        panic!("{told:?}")
    };
    assert_eq!(code, "expired");
    let MessageKind::ActionRequired { url } = only(&reply) else {
        panic!("{reply:?}")
    };
    stage.submit(url, "decision=approve").await;
    assert!(matches!(
        stage.kinds(&reply.provider_ref).await[..],
        [MessageKind::Failed { .. }]
    ));
}

#[tokio::test]
async fn pages_speak_three_languages_without_script() {
    let stage = stage().await;
    let (_, url) = stage.start_hosted("payment_1").await;
    for (language, banner, amount) in [
        (
            "en",
            "Test money. No real card is charged.",
            "12.90\u{a0}EUR",
        ),
        (
            "de",
            "Testgeld. Keine echte Karte wird belastet.",
            "12,90\u{a0}EUR",
        ),
        ("zh", "测试货币，不会从真实银行卡扣款。", "12.90\u{a0}EUR"),
    ] {
        let page =
            String::from_utf8(stage.get(&format!("{url}?lang={language}")).await.body).unwrap();
        for wanted in [banner, amount, &format!("<html lang=\"{language}\">")] {
            assert!(page.contains(wanted), "{wanted} is not in {page}");
        }
        assert!(!page.contains("<script"));
    }
    for path in [
        "/pay/tp_0000000000000000",
        "/pay/nonsense",
        "/pay/nonsense/3ds",
    ] {
        assert_eq!(
            stage.get(&format!("{}{path}", stage.base_url)).await.status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn bad_requests_are_refused_with_a_reason() {
    let stage = stage().await;
    let good = json!({
        "payment_ref": "payment_1", "group_ref": "group_1", "amount_minor": 1290, "currency": "EUR",
        "method": {"type": "hosted_page"}, "return_url": "https://shop.invalid/", "description": "Order 1",
    });
    let cases = [
        ("amount_minor", json!(0)),
        ("amount_minor", json!(-1)),
        ("amount_minor", json!(12.9)),
        ("amount_minor", json!(i64::MAX)),
        ("currency", json!("eur")),
        ("currency", json!("")),
        ("payment_ref", json!("")),
        ("payment_ref", json!("a b")),
        ("group_ref", json!("x".repeat(129))),
        ("method", json!({"type": "cash"})),
        ("return_url", json!("javascript:alert(1)")),
        (
            "return_url",
            json!("http://shop.invalid/\r\nSet-Cookie: a=b"),
        ),
        ("webhook_url", json!("file:///etc/passwd")),
        ("surprise", json!(1)),
    ];
    for (field, value) in cases {
        let mut body = good.clone();
        body[field] = value.clone();
        let (status, answer) = stage
            .post_raw("/v1/payments", "key", &body.to_string())
            .await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!("invalid_request")),
            "{field}: {value}"
        );
    }
    for body in ["", "{", "[]", "null", "\u{feff}{}"] {
        assert_eq!(
            stage.post_raw("/v1/payments", "key", body).await.0,
            400,
            "{body}"
        );
    }
    let stranger = TestPayments::new(TestPaymentsConfig {
        base_url: stage.base_url.clone(),
        api_key: "wrong".into(),
        webhook_secrets: Vec::new(),
        http: HttpSettings::default(),
    })
    .unwrap();
    let payment = stage.payment("payment_1", PaymentMethodChoice::HostedPage);
    assert_eq!(refusal_code(stranger.start(&payment).await), "unauthorized");
    assert_eq!(
        refusal_code(stage.client.retrieve("tp_00000000000000ff").await),
        "payment_not_found"
    );
    assert_eq!(
        refusal_code(stage.client.retrieve("../audit").await),
        "payment_not_found"
    );
    assert_eq!(stage.audit("").await.totals.payments, 0);
}

#[tokio::test]
async fn an_audit_shows_every_movement_page_by_page() {
    let stage = stage().await;
    for index in 0..25 {
        let id = stage
            .start(&format!("payment_{index}"), "tok_success")
            .await
            .unwrap()
            .provider_ref;
        stage
            .client
            .capture(part(&id, 1290), "capture")
            .await
            .unwrap();
    }
    // The same reference under another key is what an audit must find.
    let body = json!({
        "payment_ref": "payment_3", "group_ref": "group_3", "amount_minor": 1290, "currency": "EUR",
        "method": {"type": "token", "token": "tok_success"}, "return_url": "http://shop.invalid/", "description": "",
    });
    stage
        .post_raw("/v1/payments", "another_key", &body.to_string())
        .await;

    let mut entries = Vec::new();
    let mut query = "?limit=7".to_owned();
    loop {
        let page = stage.audit(&query).await;
        assert!(page.payments.len() <= 7);
        assert_eq!(page.totals.refs_charged_more_than_once, 1);
        assert_eq!(
            (
                page.totals.payments,
                page.totals.currencies[0].captured_minor
            ),
            (26, 25 * 1290)
        );
        entries.extend(page.payments);
        match page.next {
            Some(next) => query = format!("?limit=7&after={next}"),
            None => break,
        }
    }
    assert_eq!(entries.len(), 25);
    let refs: std::collections::BTreeSet<_> =
        entries.iter().map(|entry| &entry.payment_ref).collect();
    assert_eq!(refs.len(), 25);
    let double = entries
        .iter()
        .find(|entry| entry.payment_ref == "payment_3")
        .unwrap();
    assert_eq!((double.authorizations.len(), double.captures.len()), (2, 1));
}

/// Each run has its own runtime: dropping it ends the provider as a crash would.
fn run(journal: &Path, shop: &(Arc<Shop>, String), work: impl AsyncFnOnce(Stage)) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let locked = || std::fs::File::open(journal).is_ok_and(|file| file.try_lock().is_err());
    let start = Instant::now();
    while locked() {
        assert!(
            start.elapsed() < PATIENCE,
            "the former provider still holds its journal"
        );
        std::thread::yield_now();
    }
    runtime.block_on(async { work(stage_with(quick(), Some(journal), shop.clone()).await).await });
}

#[test]
fn a_restart_loses_no_payment_and_no_webhook() {
    let folder = std::env::temp_dir().join(format!("sesame-test-provider-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let journal = folder.join("journal");
    let shop_runtime = tokio::runtime::Runtime::new().unwrap();
    let shop = shop_runtime.block_on(open_shop());
    let mut first = None;
    run(&journal, &shop, async |stage| {
        stage
            .shop
            .answers
            .lock()
            .unwrap()
            .extend([StatusCode::SERVICE_UNAVAILABLE; 1_000]);
        let reply = stage.start("payment_1", "tok_success").await.unwrap();
        stage
            .client
            .capture(part(&reply.provider_ref, 1000), "capture_1")
            .await
            .unwrap();
        stage.start_hosted("payment_2").await;
        first = Some(reply);
    });
    let first = first.expect("the first run has ended");
    assert_eq!(shop.0.told(), [], "the shop was away");
    // A crash in the middle of a write leaves half a line.
    let mut text = std::fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"record\":{\"num");
    std::fs::write(&journal, text).unwrap();
    shop.0.answers.lock().unwrap().clear();
    run(&journal, &shop, async |stage| {
        let told = stage.told(2).await;
        let captured = MessageKind::Captured { amount_minor: 1000 };
        assert!(
            told.iter().any(|message| message.kind == captured),
            "{told:?}"
        );
        let id = first.provider_ref.as_str();
        assert_eq!(stage.kinds(id).await, [captured]);
        // The same keys as before the crash give the answers of before the crash.
        assert_eq!(
            stage.start("payment_1", "tok_success").await.unwrap(),
            first
        );
        stage
            .client
            .capture(part(id, 1000), "capture_1")
            .await
            .unwrap();
        let totals = stage.audit("").await.totals;
        assert_eq!(
            (
                totals.payments,
                totals.currencies[0].authorizations,
                totals.currencies[0].captures
            ),
            (2, 1, 1)
        );
    });
    std::fs::write(&journal, "nonsense\n").unwrap();
    let error = super::journal::Journal::open(&journal).unwrap_err();
    assert!(error.to_string().contains("line 1"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}
