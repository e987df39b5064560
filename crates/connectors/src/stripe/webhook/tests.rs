use serde_json::{Value, json};

use super::*;
use crate::payment::MessageKind;

const NOW_MS: i64 = 1_700_000_000_000;
const BODY: &[u8] = br#"{"id":"evt_1"}"#;
/// Computed with another implementation of HMAC, for the secret `whsec_test`.
const GOOD: &str = "c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925";

fn check_signature(
    header: Option<&str>,
    now_ms: i64,
    body: &[u8],
    expected: Result<(), &'static str>,
) {
    let mut headers = HeaderMap::new();
    if let Some(header) = header {
        headers.insert(SIGNATURE_HEADER, header.parse().expect("a header"));
    }
    let secrets = ["whsec_newer".to_owned(), "whsec_test".to_owned()];
    let result = verify(&secrets, &headers, body, now_ms);
    assert_eq!(
        result,
        expected.map_err(PaymentError::BadSignature),
        "{header:?} at {now_ms}"
    );
}

#[test]
fn signatures_are_checked() {
    let good = format!("t=1700000000,v1={GOOD}");
    let other = "0".repeat(64);
    check_signature(Some(&good), NOW_MS, BODY, Ok(()));
    check_signature(
        Some(&format!("t=1700000000,v1={other},v1={GOOD},v0=abc")),
        NOW_MS,
        BODY,
        Ok(()),
    );
    check_signature(
        Some(&format!("v1={GOOD}, t=1700000000")),
        NOW_MS,
        BODY,
        Ok(()),
    );
    check_signature(Some(&good), NOW_MS + TOLERANCE_MS, BODY, Ok(()));
    let too_far = Err("the time is too far from now");
    check_signature(Some(&good), NOW_MS + TOLERANCE_MS + 1, BODY, too_far);
    check_signature(Some(&good), NOW_MS - TOLERANCE_MS - 1, BODY, too_far);
    check_signature(Some("t=9223372036854775807,v1=00"), NOW_MS, BODY, too_far);
    let no_match = Err("no signature matches");
    check_signature(Some(&good), NOW_MS, br#"{"id":"evt_2"}"#, no_match);
    check_signature(
        Some(&format!("t=1700000001,v1={GOOD}")),
        NOW_MS,
        BODY,
        no_match,
    );
    check_signature(
        Some(&format!("t=1700000000,v0={GOOD}")),
        NOW_MS,
        BODY,
        no_match,
    );
    check_signature(
        Some(&format!("t=1700000000,v1={}", &GOOD[..62])),
        NOW_MS,
        BODY,
        no_match,
    );
    check_signature(Some("t=1700000000"), NOW_MS, BODY, no_match);
    check_signature(
        Some(&format!("v1={GOOD}")),
        NOW_MS,
        BODY,
        Err("the signature has no time"),
    );
    check_signature(
        Some("t=now,v1=00"),
        NOW_MS,
        BODY,
        Err("the time is not a number"),
    );
    check_signature(Some(""), NOW_MS, BODY, Err("the signature has no time"));
    check_signature(None, NOW_MS, BODY, Err("Stripe-Signature is missing"));
}

fn check(kind: &str, object: Value, expected: &[(&str, Option<&str>, MessageKind)]) {
    let event =
        json!({"id": "evt_1", "type": kind, "created": 1_700_000_000, "data": {"object": object}});
    let messages = translate(event.to_string().as_bytes()).expect("an event");
    let found: Vec<_> = messages
        .iter()
        .map(|message| {
            (
                message.provider_ref.as_str(),
                message.payment_ref.as_deref(),
                message.kind.clone(),
            )
        })
        .collect();
    assert_eq!(found, expected, "{kind}");
    assert!(
        messages.iter().all(
            |message| message.at_ms == NOW_MS && message.provider_event_id.starts_with("evt_1")
        )
    );
}

fn intent(status: &str, extra: &Value) -> Value {
    let mut object = json!({
        "id": "pi_1", "object": "payment_intent", "status": status, "amount": 1290, "currency": "eur",
        "amount_capturable": 0, "amount_received": 0, "metadata": {"payment_ref": "payment_1"}, "next_action": null,
        "last_payment_error": null, "created": 1_699_999_000,
    });
    for (key, value) in extra.as_object().expect("an object") {
        object[key] = value.clone();
    }
    object
}

#[test]
fn payment_events_become_messages() {
    let of_payment = |kind| [("pi_1", Some("payment_1"), kind)];
    check(
        "payment_intent.amount_capturable_updated",
        intent("requires_capture", &json!({"amount_capturable": 1290})),
        &of_payment(MessageKind::Authorized { amount_minor: 1290 }),
    );
    check(
        "payment_intent.succeeded",
        intent("succeeded", &json!({"amount_received": 1000})),
        &of_payment(MessageKind::Captured { amount_minor: 1000 }),
    );
    check(
        "payment_intent.succeeded",
        intent(
            "succeeded",
            &json!({"amount_received": 129_000, "currency": "isk"}),
        ),
        &of_payment(MessageKind::Captured { amount_minor: 1290 }),
    );
    let problem = json!({"last_payment_error": {
        "code": "card_declined", "decline_code": "insufficient_funds", "message": "Your card has insufficient funds.",
    }});
    let declined = MessageKind::Declined {
        code: "insufficient_funds".into(),
        message: "Your card has insufficient funds.".into(),
    };
    check(
        "payment_intent.payment_failed",
        intent("requires_payment_method", &problem),
        &of_payment(declined),
    );
    check(
        "payment_intent.canceled",
        intent("canceled", &json!({})),
        &of_payment(MessageKind::Voided),
    );
    let action = json!({"next_action": {"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.invalid/"}}});
    let asked = MessageKind::ActionRequired {
        url: "https://bank.invalid/".into(),
    };
    check(
        "payment_intent.requires_action",
        intent("requires_action", &action),
        &of_payment(asked),
    );
    // On Stripe's own page the challenge is Stripe's business.
    let on_page = json!({"next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}});
    check(
        "payment_intent.requires_action",
        intent("requires_action", &on_page),
        &[],
    );
}

#[test]
fn page_events_become_messages() {
    let session = |status: &str, payment: Value| {
        json!({
            "id": "cs_test_1", "object": "checkout.session", "status": status, "url": null, "payment_intent": payment,
            "amount_total": 1290, "currency": "eur", "metadata": {"payment_ref": "payment_1"},
        })
    };
    check(
        "checkout.session.completed",
        session("complete", json!("pi_1")),
        &[(
            "pi_1",
            Some("payment_1"),
            MessageKind::Authorized { amount_minor: 1290 },
        )],
    );
    let expired = MessageKind::Failed {
        code: "expired".into(),
        message: "the hosted page has expired".into(),
    };
    check(
        "checkout.session.expired",
        session("expired", Value::Null),
        &[("cs_test_1", Some("payment_1"), expired)],
    );
}

#[test]
fn refund_events_become_messages() {
    let refund = |status: &str, metadata: Value| {
        json!({
            "id": "re_1", "object": "refund", "status": status, "amount": 300, "currency": "eur", "charge": "ch_1",
            "payment_intent": "pi_1", "metadata": metadata, "created": 1_700_000_000,
        })
    };
    let ours = json!({"payment_ref": "payment_1", "refund_ref": "refund_1"});
    let refunded = |refund_ref: Option<&str>| MessageKind::Refunded {
        refund_ref: refund_ref.map(str::to_owned),
        provider_refund_ref: "re_1".into(),
        amount_minor: 300,
        total_refunded_minor: None,
    };
    let of_ours = [("pi_1", Some("payment_1"), refunded(Some("refund_1")))];
    for kind in ["refund.created", "refund.updated", "charge.refund.updated"] {
        check(kind, refund("succeeded", ours.clone()), &of_ours);
        check(
            kind,
            refund("succeeded", json!({})),
            &[("pi_1", None, refunded(None))],
        );
        check(kind, refund("pending", ours.clone()), &[]);
    }
    let failed = MessageKind::RefundFailed {
        refund_ref: Some("refund_1".into()),
        provider_refund_ref: "re_1".into(),
        amount_minor: 300,
        code: "failed".into(),
    };
    check(
        "refund.failed",
        refund("failed", ours.clone()),
        &[("pi_1", Some("payment_1"), failed)],
    );
    let charge = |refunds: Value| json!({"id": "ch_1", "object": "charge", "refunds": refunds});
    check(
        "charge.refunded",
        charge(json!({"data": [refund("succeeded", ours)]})),
        &of_ours,
    );
    check(
        "charge.refunded",
        charge(json!({"data": [refund("succeeded", json!({}))]})),
        &[],
    );
    check("charge.refunded", charge(Value::Null), &[]);
}

#[test]
fn what_is_not_ours_is_left_alone_and_what_is_no_event_is_refused() {
    check(
        "payment_intent.succeeded",
        intent(
            "succeeded",
            &json!({"metadata": {}, "amount_received": 1290}),
        ),
        &[],
    );
    check("customer.created", json!({"id": "cus_1"}), &[]);
    for object in [
        intent("from_the_future", &json!({})),
        intent("succeeded", &json!({"amount_received": null})),
        intent(
            "succeeded",
            &json!({"amount_received": 5, "currency": "isk"}),
        ),
        json!({"id": "pi_1"}),
    ] {
        let event = json!({
            "id": "evt_1", "type": "payment_intent.succeeded", "created": 0, "data": {"object": object},
        });
        let result = translate(event.to_string().as_bytes());
        assert!(
            matches!(result, Err(PaymentError::BadReply { .. })),
            "{event}: {result:?}"
        );
    }
    for body in [&b""[..], b"[]", b"{}", b"\xff"] {
        assert!(translate(body).is_err());
    }
}
