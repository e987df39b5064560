//! The hosted page of Stripe. No fake knows Checkout Sessions, so the answers here are written from Stripe's reference:
//! these tests show what we send and how we read, not that Stripe answers so.

use connectors::http::HttpSettings;
use connectors::payment::{
    MessageKind, PaymentError, PaymentMethodChoice, PaymentPart, PaymentProvider, StartPayment,
};
use connectors::stripe::{Stripe, StripeConfig};
use serde_json::{Value, json};

use crate::support::scripted::{Answer, Scripted};

async fn stripe(script: Vec<Answer>) -> (Scripted, Stripe) {
    let server = Scripted::start(script).await;
    let config = StripeConfig {
        secret_key: "sk_test_12345".into(),
        webhook_secrets: Vec::new(),
        base_url: server.base_url.clone(),
        http: HttpSettings {
            timeout_ms: 2_000,
            attempts: 2,
        },
    };
    let stripe = Stripe::new(&config).expect("a client");
    (server, stripe)
}

fn ok(body: &Value) -> Answer {
    Answer::Json(200, body.to_string())
}

fn session(status: &str, payment_intent: &Value) -> Value {
    let url = if status == "open" {
        json!("https://checkout.invalid/c/pay/cs_test_1")
    } else {
        Value::Null
    };
    json!({
        "id": "cs_test_1", "object": "checkout.session", "status": status, "url": url,
        "payment_intent": payment_intent, "payment_status": "unpaid", "amount_total": 1290, "currency": "eur",
        "metadata": {"payment_ref": "payment_1", "group_ref": "group_1"},
    })
}

fn intent(status: &str, capturable: i64, received: i64) -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "status": status, "amount": 1290, "currency": "eur",
        "amount_capturable": capturable, "amount_received": received, "metadata": {"payment_ref": "payment_1"},
        "next_action": null, "last_payment_error": null, "created": 1_700_000_000, "latest_charge": "ch_1",
    })
}

fn part(provider_ref: &str) -> PaymentPart<'_> {
    PaymentPart {
        provider_ref,
        payment_ref: "payment_1",
        amount_minor: 1290,
        currency: "EUR",
    }
}

fn payment() -> StartPayment {
    StartPayment {
        payment_ref: "payment_1".into(),
        group_ref: "group_1".into(),
        amount_minor: 1290,
        currency: "EUR".into(),
        method: PaymentMethodChoice::HostedPage,
        return_url: "https://shop.invalid/orders/1?a=b&c=d".into(),
        webhook_url: None,
        description: "Order 1".into(),
        language: Some("zh".into()),
        keep: false,
    }
}

#[tokio::test]
async fn a_page_is_opened_with_capture_by_hand() {
    let (server, stripe) = stripe(vec![Answer::HangUp, ok(&session("open", &Value::Null))]).await;
    let reply = stripe.start(&payment()).await.expect("a page");
    assert_eq!(reply.provider_ref, "cs_test_1");
    let url = "https://checkout.invalid/c/pay/cs_test_1".to_owned();
    assert_eq!(reply.messages[0].kind, MessageKind::ActionRequired { url });

    let asked = server.asked();
    assert_eq!(
        asked.len(),
        2,
        "the first answer was lost: the same call again"
    );
    assert_eq!(asked[0].body, asked[1].body);
    for request in &asked {
        assert_eq!(request.line, "POST /v1/checkout/sessions");
        assert_eq!(request.headers["idempotency-key"], "payment_1");
        assert_eq!(request.headers["authorization"], "Bearer sk_test_12345");
    }
    let fields: Vec<&str> = asked[0].text().split('&').collect();
    for wanted in [
        "mode=payment",
        "success_url=https%3A%2F%2Fshop.invalid%2Forders%2F1%3Fa%3Db%26c%3Dd",
        "cancel_url=https%3A%2F%2Fshop.invalid%2Forders%2F1%3Fa%3Db%26c%3Dd",
        "client_reference_id=payment_1",
        "locale=zh",
        "line_items%5B0%5D%5Bquantity%5D=1",
        "line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=eur",
        "line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1290",
        "line_items%5B0%5D%5Bprice_data%5D%5Bproduct_data%5D%5Bname%5D=Order%201",
        "payment_intent_data%5Bcapture_method%5D=manual",
        "payment_intent_data%5Bmetadata%5D%5Bpayment_ref%5D=payment_1",
        "metadata%5Bpayment_ref%5D=payment_1",
    ] {
        assert!(fields.contains(&wanted), "{wanted} is not in {fields:#?}");
    }
}

#[tokio::test]
async fn a_page_is_followed_from_open_to_paid() {
    let declined = json!({"id": "pi_1", "status": "requires_payment_method", "amount": 1290, "currency": "eur",
        "metadata": {"payment_ref": "payment_1"}, "last_payment_error": {"code": "card_declined"}});
    let (server, stripe) = stripe(vec![
        ok(&session("open", &Value::Null)),
        ok(&session("open", &declined)),
        ok(&session("expired", &Value::Null)),
        ok(&session("complete", &intent("requires_capture", 1290, 0))),
    ])
    .await;
    for _ in 0..2 {
        let reply = stripe.retrieve("cs_test_1").await.expect("a page");
        assert!(
            matches!(reply.messages[0].kind, MessageKind::ActionRequired { .. }),
            "{reply:?}"
        );
    }
    let reply = stripe.retrieve("cs_test_1").await.expect("a page");
    assert!(
        matches!(&reply.messages[0].kind, MessageKind::Failed { code, .. } if code == "expired"),
        "{reply:?}"
    );
    let reply = stripe.retrieve("cs_test_1").await.expect("a page");
    assert_eq!(reply.provider_ref, "pi_1");
    assert_eq!(
        reply.messages[0].kind,
        MessageKind::Authorized { amount_minor: 1290 }
    );
    assert_eq!(
        server.asked()[0].line,
        "GET /v1/checkout/sessions/cs_test_1?expand%5B0%5D=payment_intent"
    );
}

#[tokio::test]
async fn a_page_s_payment_is_captured_by_the_page_s_id() {
    let (server, stripe) = stripe(vec![
        ok(&session("complete", &intent("requires_capture", 1290, 0))),
        ok(&intent("succeeded", 0, 1290)),
    ])
    .await;
    let reply = stripe
        .capture(part("cs_test_1"), "capture_1")
        .await
        .expect("a capture");
    assert_eq!(
        reply.messages[0].kind,
        MessageKind::Captured { amount_minor: 1290 }
    );
    let asked = server.asked();
    assert_eq!(asked[1].line, "POST /v1/payment_intents/pi_1/capture");
    assert_eq!(
        (asked[1].text(), &asked[1].headers["idempotency-key"]),
        (
            "amount_to_capture=1290",
            &"capture_1".parse().expect("a header")
        )
    );
}

#[tokio::test]
async fn ending_a_page_ends_what_is_behind_it() {
    let (server, stripe) = stripe(vec![
        ok(&session("open", &Value::Null)),
        ok(&session("expired", &Value::Null)),
    ])
    .await;
    let reply = stripe.void("cs_test_1", "void_1").await.expect("an end");
    assert_eq!(reply.messages[0].kind, MessageKind::Voided);
    assert_eq!(
        server.asked()[1].line,
        "POST /v1/checkout/sessions/cs_test_1/expire"
    );
    // A repeat finds it expired, which is what was wanted.
    assert_eq!(
        stripe
            .void("cs_test_1", "void_1")
            .await
            .expect("an end")
            .messages[0]
            .kind,
        MessageKind::Voided
    );

    let (server, stripe) = self::stripe(vec![
        ok(&session("complete", &json!("pi_1"))),
        ok(&intent("canceled", 0, 0)),
    ])
    .await;
    assert_eq!(
        stripe
            .void("cs_test_1", "void_1")
            .await
            .expect("an end")
            .messages[0]
            .kind,
        MessageKind::Voided
    );
    assert_eq!(
        server.asked()[1].line,
        "POST /v1/payment_intents/pi_1/cancel"
    );
}

#[tokio::test]
async fn a_repeat_after_the_key_is_forgotten_finds_its_work_done() {
    let refusal = json!({"error": {
        "type": "invalid_request_error", "code": "payment_intent_unexpected_state", "message": "already captured",
    }});
    let refusal = Answer::Json(400, refusal.to_string());
    let (_server, stripe) = stripe(vec![refusal.clone(), ok(&intent("succeeded", 0, 1290))]).await;
    let reply = stripe
        .capture(part("pi_1"), "capture_1")
        .await
        .expect("the capture of before");
    assert_eq!(
        reply.messages[0].kind,
        MessageKind::Captured { amount_minor: 1290 }
    );

    let (_server, stripe) =
        self::stripe(vec![refusal.clone(), ok(&intent("succeeded", 0, 1000))]).await;
    let error = stripe
        .capture(part("pi_1"), "capture_1")
        .await
        .expect_err("another amount was captured");
    assert!(matches!(error, PaymentError::Refused { .. }), "{error}");

    let (_server, stripe) = self::stripe(vec![refusal, ok(&intent("canceled", 0, 0))]).await;
    assert_eq!(
        stripe
            .void("pi_1", "void_1")
            .await
            .expect("an end")
            .messages[0]
            .kind,
        MessageKind::Voided
    );
}

#[tokio::test]
async fn unclear_and_unreadable_answers_are_told_apart_from_refusals() {
    let cases = [
        (Answer::HangUp, "timeout"),
        (Answer::Json(500, "{}".into()), "timeout"),
        (Answer::Json(503, "{}".into()), "unavailable"),
        (Answer::Json(429, "{}".into()), "unavailable"),
        (Answer::Json(200, "<html>".into()), "bad reply"),
        (Answer::Json(200, "x".repeat(2 * 1024 * 1024)), "timeout"),
        (Answer::Json(400, "<html>".into()), "bad reply"),
        (Answer::Json(302, String::new()), "timeout"),
        (
            Answer::Json(
                409,
                json!({"error": {"code": "idempotency_key_in_use"}}).to_string(),
            ),
            "timeout",
        ),
        (
            Answer::Json(
                400,
                json!({"error": {"type": "idempotency_error"}}).to_string(),
            ),
            "refused",
        ),
    ];
    for (answer, expected) in cases {
        let (_server, stripe) = stripe(vec![answer.clone()]).await;
        let error = stripe.start(&payment()).await.expect_err("no page");
        let found = match error {
            PaymentError::Timeout { .. } => "timeout",
            PaymentError::Unavailable { .. } => "unavailable",
            PaymentError::BadReply { .. } => "bad reply",
            PaymentError::Refused { .. } => "refused",
            PaymentError::BadSignature(_) => "bad signature",
        };
        assert_eq!(found, expected, "{error}");
    }
}

#[tokio::test]
async fn a_card_is_kept_and_pays_again_when_that_was_asked_for() {
    let kept = json!({"id": "pi_1", "status": "succeeded", "amount": 1290, "currency": "eur", "amount_received": 1290,
        "metadata": {"payment_ref": "payment_1"}, "customer": "cus_1", "setup_future_usage": "on_session",
        "payment_method": {"id": "pm_1", "card": {"brand": "visa", "last4": "4242"}}});
    let mut not_kept = kept.clone();
    not_kept["setup_future_usage"] = Value::Null;
    let (server, stripe) = stripe(vec![
        ok(&session("open", &Value::Null)),
        ok(&kept),
        ok(&not_kept),
        ok(&intent("requires_capture", 1290, 0)),
    ])
    .await;
    let asking = StartPayment {
        keep: true,
        ..payment()
    };
    stripe.start(&asking).await.expect("a page");
    let method = stripe.kept("pi_1").await.expect("an answer").expect("kept");
    assert_eq!(
        (method.token.as_str(), method.label.as_str()),
        ("cus_1/pm_1", "Visa •••• 4242")
    );
    assert_eq!(stripe.kept("pi_1").await, Ok(None));
    let again = StartPayment {
        method: PaymentMethodChoice::Token(method.token),
        ..payment()
    };
    stripe.start(&again).await.expect("paid");

    let asked = server.asked();
    let first = asked[0].text();
    assert!(first.contains("customer_creation=always"), "{first}");
    assert!(
        first.contains("payment_intent_data%5Bsetup_future_usage%5D=on_session"),
        "{first}"
    );
    let last = asked[3].text();
    assert!(
        last.contains("payment_method=pm_1") && last.contains("customer=cus_1"),
        "{last}"
    );
}
