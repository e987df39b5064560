//! Holding, taking, releasing and giving back; the same key twice; bad requests.

use super::*;

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
