//! The Stripe connector against two fakes of Stripe: `localstripe` knows payments and webhooks, but neither idempotency
//! keys nor the limit of a refund; `stripe-stateful-mock` knows keys and limits, but only charges.

use std::process::Command;

use connectors::http::HttpSettings;
use connectors::payment::{
    HeaderMap, MessageKind, PaymentError, PaymentMethodChoice, PaymentPart, PaymentProvider,
    PaymentReply, StartPayment,
};
use connectors::stripe::{ApiError, Form, Stripe, StripeApi, StripeConfig};
use serde_json::Value;

use crate::support::install;
use crate::support::process::Program;
use crate::support::scripted::{Answer, Scripted};

const SECRET_KEY: &str = "sk_test_12345";
const WEBHOOK_SECRET: &str = "whsec_of_the_test";
const SETTINGS: HttpSettings = HttpSettings {
    timeout_ms: 20_000,
    attempts: 2,
};

fn localstripe() -> (Program, Stripe, StripeApi) {
    let mut command = Command::new(install::python());
    command.args(["-c", include_str!("support/localstripe.py")]);
    let program = Program::start(&mut command);
    let config = StripeConfig {
        secret_key: SECRET_KEY.into(),
        webhook_secrets: vec![WEBHOOK_SECRET.into()],
        base_url: program.base_url.clone(),
        http: SETTINGS,
    };
    let stripe = Stripe::new(&config).expect("a client");
    let api = StripeApi::new(&program.base_url, SECRET_KEY, SETTINGS).expect("a client");
    (program, stripe, api)
}

fn stateful_mock() -> (Program, StripeApi) {
    let mut command = Command::new("node");
    command
        .current_dir(install::node_folder())
        .args(["-e", include_str!("support/stateful_mock.js")]);
    command.env("LOG_LEVEL", "silent");
    let program = Program::start(&mut command);
    let api = StripeApi::new(&program.base_url, SECRET_KEY, SETTINGS).expect("a client");
    (program, api)
}

fn payment(payment_ref: &str, amount_minor: i64, currency: &str, token: &str) -> StartPayment {
    StartPayment {
        payment_ref: payment_ref.into(),
        group_ref: "group_1".into(),
        amount_minor,
        currency: currency.into(),
        method: PaymentMethodChoice::Token(token.into()),
        return_url: "https://shop.invalid/orders/1".into(),
        webhook_url: None,
        description: "Order 1, café & more".into(),
        language: Some("de".into()),
        keep: false,
    }
}

fn part<'a>(provider_ref: &'a str, amount_minor: i64, currency: &'a str) -> PaymentPart<'a> {
    PaymentPart {
        provider_ref,
        payment_ref: "payment_1",
        amount_minor,
        currency,
    }
}

fn only(reply: &PaymentReply) -> &MessageKind {
    assert_eq!(reply.messages.len(), 1, "{reply:?}");
    &reply.messages[0].kind
}

fn code<T: std::fmt::Debug>(result: Result<T, PaymentError>) -> String {
    match result {
        Err(PaymentError::Refused { code, .. }) => code,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn localstripe_holds_takes_and_gives_back() {
    let (_program, stripe, _) = localstripe();
    let started = stripe
        .start(&payment("payment_1", 1290, "EUR", "pm_card_visa"))
        .await
        .expect("a payment");
    assert_eq!(
        *only(&started),
        MessageKind::Authorized { amount_minor: 1290 }
    );
    assert_eq!(
        started.messages[0].payment_ref.as_deref(),
        Some("payment_1")
    );
    let id = started.provider_ref.as_str();
    assert_eq!(
        stripe.retrieve(id).await.expect("a payment").messages[0].kind,
        started.messages[0].kind
    );

    let captured = stripe
        .capture(part(id, 1290, "EUR"), "capture_1")
        .await
        .expect("a capture");
    assert_eq!(
        *only(&captured),
        MessageKind::Captured { amount_minor: 1290 }
    );

    for (key, amount_minor) in [("refund_1", 300), ("refund_2", 990)] {
        let refunded = stripe
            .refund(part(id, amount_minor, "EUR"), key)
            .await
            .expect("a refund");
        let MessageKind::Refunded {
            refund_ref,
            amount_minor: given_back,
            ..
        } = only(&refunded)
        else {
            panic!("{refunded:?}")
        };
        assert_eq!(
            (refund_ref.as_deref(), *given_back),
            (Some(key), amount_minor)
        );
    }
    let reply = stripe.retrieve(id).await.expect("a payment");
    let given_back: i64 = reply
        .messages
        .iter()
        .map(|message| match message.kind {
            MessageKind::Refunded { amount_minor, .. } => amount_minor,
            _ => 0,
        })
        .sum();
    assert_eq!((reply.messages.len(), given_back), (3, 1290), "{reply:?}");
}

#[tokio::test]
async fn localstripe_counts_yen_and_dinars_as_we_do() {
    let (_program, stripe, api) = localstripe();
    for (payment_ref, amount_minor, currency, stripes) in [
        ("payment_yen", 500, "JPY", 500),
        ("payment_dinar", 5_120, "KWD", 5_120),
        ("payment_krona", 5, "ISK", 500),
    ] {
        let reply = stripe
            .start(&payment(
                payment_ref,
                amount_minor,
                currency,
                "pm_card_visa",
            ))
            .await
            .expect(currency);
        assert_eq!(
            *only(&reply),
            MessageKind::Authorized { amount_minor },
            "{currency}"
        );
        let path = format!("/v1/payment_intents/{}", reply.provider_ref);
        let object: Value = api.get(&path, &Form::new()).await.expect("a payment");
        assert_eq!(object["amount"], stripes, "{currency}");
    }
    for (amount_minor, currency) in [(5_124, "KWD"), (0, "EUR"), (-5, "EUR"), (5, "euro")] {
        let payment = payment("payment_odd", amount_minor, currency, "pm_card_visa");
        assert_eq!(
            code(stripe.start(&payment).await),
            "invalid_amount",
            "{amount_minor} {currency}"
        );
    }
}

#[tokio::test]
async fn localstripe_declines_and_asks_the_bank() {
    let (_program, stripe, api) = localstripe();
    let declined = payment("payment_1", 1290, "EUR", "pm_card_chargeCustomerFail");
    let reply = stripe
        .start(&declined)
        .await
        .expect("a decline is an answer");
    assert!(
        matches!(only(&reply), MessageKind::Declined { code, .. } if code == "card_declined"),
        "{reply:?}"
    );
    assert_eq!(reply.messages[0].payment_ref.as_deref(), Some("payment_1"));

    let card = Form::new()
        .field(&["type"], "card")
        .field(&["card", "number"], "4000000000003220")
        .field(&["card", "exp_month"], "12")
        .field(&["card", "exp_year"], "2030")
        .field(&["card", "cvc"], "123");
    let method: Value = api
        .post("/v1/payment_methods", &card, "method_1")
        .await
        .expect("a payment method");
    let token = method["id"].as_str().expect("an id");
    // localstripe knows challenges only through Stripe's script, which we don't use.
    let reply = stripe
        .start(&payment("payment_2", 1290, "EUR", token))
        .await
        .expect("an answer");
    assert!(
        matches!(only(&reply), MessageKind::Declined { code, .. } if code == "action_not_supported"),
        "{reply:?}"
    );
    assert_eq!(
        *only(
            &stripe
                .void(&reply.provider_ref, "void_2")
                .await
                .expect("an end")
        ),
        MessageKind::Voided
    );
}

#[tokio::test]
async fn localstripe_ends_payments_and_refuses_what_it_must() {
    let (program, stripe, _) = localstripe();
    let started = stripe
        .start(&payment("payment_1", 1290, "EUR", "pm_card_visa"))
        .await
        .expect("a payment");
    let ended = stripe
        .void(&started.provider_ref, "void_1")
        .await
        .expect("an end");
    assert_eq!(*only(&ended), MessageKind::Voided);
    assert_eq!(
        *only(
            &stripe
                .retrieve(&started.provider_ref)
                .await
                .expect("a payment")
        ),
        MessageKind::Voided
    );

    assert_eq!(
        code(stripe.retrieve("pi_00000000000000").await),
        "resource_missing"
    );
    assert_eq!(
        code(stripe.retrieve("../refunds").await),
        "resource_missing"
    );
    assert_eq!(
        code(
            stripe
                .start(&payment("payment_3", 1290, "EUR", "pm_nonsense"))
                .await
        ),
        "resource_missing"
    );
    let stranger = StripeConfig {
        secret_key: "wrong".into(),
        webhook_secrets: Vec::new(),
        base_url: program.base_url.clone(),
        http: SETTINGS,
    };
    let stranger = Stripe::new(&stranger).expect("a client");
    let payment = payment("payment_4", 1290, "EUR", "pm_card_visa");
    assert_eq!(code(stranger.start(&payment).await), "unauthorized");
}

#[tokio::test]
async fn localstripe_signs_webhooks_that_we_accept() {
    let (_program, stripe, api) = localstripe();
    let shop = Scripted::start(vec![Answer::Json(200, "{}".into())]).await;
    let hook = Form::new().field(
        &["url"],
        &format!("{}/webhooks/payments/stripe", shop.base_url),
    );
    let registered: Result<Value, _> = api
        .post(
            "/_config/webhooks/shop",
            &hook.field(&["secret"], WEBHOOK_SECRET),
            "hook",
        )
        .await;
    // It answers with an empty body, which is no object of Stripe's.
    assert!(
        matches!(
            registered,
            Err(ApiError::Other(PaymentError::BadReply { .. }))
        ),
        "{registered:?}"
    );

    let started = stripe
        .start(&payment("payment_1", 1290, "EUR", "pm_card_visa"))
        .await
        .expect("a payment");
    stripe
        .capture(part(&started.provider_ref, 1290, "EUR"), "capture_1")
        .await
        .expect("a capture");
    let asked = shop
        .wait_for(|asked| asked.text().contains("payment_intent.succeeded"))
        .await;
    let event: Value = serde_json::from_slice(&asked.body).expect("an event");
    let sent_ms = event["created"].as_i64().expect("a time") * 1000;

    let messages = stripe
        .parse_webhook(&asked.headers, &asked.body, sent_ms)
        .expect("a good signature");
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(
        messages[0].kind,
        MessageKind::Captured { amount_minor: 1290 }
    );
    assert_eq!(messages[0].payment_ref.as_deref(), Some("payment_1"));
    assert_eq!(messages[0].provider_ref, started.provider_ref);

    let forged = asked.text().replace("1290", "9290");
    let refused = |headers: &HeaderMap, body: &str, now_ms: i64| {
        matches!(
            stripe.parse_webhook(headers, body.as_bytes(), now_ms),
            Err(PaymentError::BadSignature(_))
        )
    };
    assert!(refused(&asked.headers, &forged, sent_ms));
    assert!(refused(&asked.headers, asked.text(), sent_ms + 301_000));
    assert!(refused(&HeaderMap::new(), asked.text(), sent_ms));
}

fn charge(amount: &str, source: &str) -> Form {
    Form::new()
        .field(&["amount"], amount)
        .field(&["currency"], "eur")
        .field(&["capture"], "false")
        .field(&["source"], source)
        .field(&["metadata", "payment_ref"], "payment_1")
}

#[tokio::test]
async fn the_stateful_mock_keeps_our_keys() {
    let (_program, api) = stateful_mock();
    let first: Value = api
        .post("/v1/charges", &charge("1290", "tok_visa"), "payment_1")
        .await
        .expect("a charge");
    let again: Value = api
        .post("/v1/charges", &charge("1290", "tok_visa"), "payment_1")
        .await
        .expect("a charge");
    let other: Value = api
        .post("/v1/charges", &charge("1290", "tok_visa"), "payment_2")
        .await
        .expect("a charge");
    assert_eq!(first["id"], again["id"], "the same key is the same charge");
    assert_ne!(first["id"], other["id"]);
    assert_eq!(first["metadata"]["payment_ref"], "payment_1");
    let changed = api
        .post::<Value>("/v1/charges", &charge("1291", "tok_visa"), "payment_1")
        .await;
    assert_eq!(
        code(changed.map_err(PaymentError::from)),
        "idempotency_key_reused"
    );

    let id = first["id"].as_str().expect("an id");
    let path = format!("/v1/charges/{id}/capture");
    let captured: Value = api
        .post(&path, &Form::new(), "capture_1")
        .await
        .expect("a capture");
    let repeated: Value = api
        .post(&path, &Form::new(), "capture_1")
        .await
        .expect("the same capture");
    assert_eq!(
        (&captured["captured"], captured["amount_captured"].as_i64()),
        (&Value::Bool(true), Some(1290))
    );
    assert_eq!(captured, repeated);
    let twice = api.post::<Value>(&path, &Form::new(), "capture_2").await;
    assert_eq!(
        code(twice.map_err(PaymentError::from)),
        "charge_already_captured"
    );

    let refund = |amount: &str| {
        Form::new()
            .field(&["charge"], id)
            .field(&["amount"], amount)
    };
    let given: Value = api
        .post("/v1/refunds", &refund("1000"), "refund_1")
        .await
        .expect("a refund");
    let repeated: Value = api
        .post("/v1/refunds", &refund("1000"), "refund_1")
        .await
        .expect("the same refund");
    assert_eq!(given["id"], repeated["id"]);
    let too_much = api
        .post::<Value>("/v1/refunds", &refund("291"), "refund_2")
        .await;
    assert!(
        matches!(too_much, Err(ApiError::Other(PaymentError::Refused { .. }))),
        "{too_much:?}"
    );
}

#[tokio::test]
async fn the_stateful_mock_shows_which_failures_we_repeat() {
    let (_program, api) = stateful_mock();
    // Too busy once: the second attempt of the same call goes through.
    let reply: Value = api
        .post(
            "/v1/charges",
            &charge("1290", "tok_429|tok_visa|a"),
            "payment_1",
        )
        .await
        .expect("a charge");
    assert_eq!(reply["amount"], 1290);
    let broken = api
        .post::<Value>("/v1/charges", &charge("1290", "tok_500"), "payment_2")
        .await;
    let error = PaymentError::from(broken.expect_err("a broken server"));
    assert!(
        error.is_outcome_unknown() && error.is_retryable(),
        "{error}"
    );
    let declined = api
        .post::<Value>(
            "/v1/charges",
            &charge("1290", "tok_chargeDeclinedInsufficientFunds"),
            "p3",
        )
        .await;
    let Err(ApiError::CardRefused(refusal)) = declined else {
        panic!("{declined:?}")
    };
    assert_eq!(refusal.code, "insufficient_funds");
}
