//! Buying in one call: once per key, at the price that was shown, and in quantities that make sense.

use crate::harness::{Answer, Ask, Stage};
use api::app::now_ms;
use axum::http::StatusCode;
use commerce::id::GroupId;
use serde_json::{Value, json};
use store::OrderFilter;
use testkit::SmallShop;

fn purchase(quantity: i64) -> Value {
    json!({
        "lines": [{ "sku": SmallShop::sku(0), "quantity": quantity }],
        "buyer": { "email": "ada@example.com" },
        "destination": { "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
        "delivery": { "ship": "standard" },
        "payment": { "on_account": {} },
    })
}

fn expecting(total: i64) -> Value {
    let mut body = purchase(2);
    body["expected_total"] = json!(total);
    body
}

async fn buy(stage: &Stage, key: &str, body: Value) -> Answer {
    let headers = if key.is_empty() {
        Vec::new()
    } else {
        vec![("idempotency-key", key)]
    };
    stage
        .ask(Ask {
            method: "POST",
            path: "/buy-now",
            body: Some(body),
            headers,
            ..Ask::default()
        })
        .await
}

fn orders(stage: &Stage) -> usize {
    let all = OrderFilter {
        limit: 100,
        ..OrderFilter::default()
    };
    let page = stage.app.reader.order_list(&all).expect("read");
    page.rows.len()
}

#[tokio::test]
async fn a_purchase_is_made_once_per_key_and_at_the_price_that_was_shown() {
    let stage = Stage::open();
    let first = buy(&stage, "one", purchase(2)).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert!(!first.headers.contains_key("idempotent-replayed"));
    let group = first.json()["group"].as_str().and_then(GroupId::parse);
    let group = stage
        .app
        .reader
        .group(group.expect("its id"))
        .expect("read");
    let promise = group.expect("it is there").promise.expect("an arrival");
    assert!(promise.earliest > now_ms(), "a parcel takes a day at least");
    let again = buy(&stage, "one", purchase(2)).await;
    assert_eq!(again.status, StatusCode::CREATED);
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.json(), first.json());
    let other = buy(&stage, "one", purchase(3)).await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
    );
    let total = first.json()["total"]["amount"].as_i64().expect("a total");
    let changed = buy(&stage, "two", expecting(total - 1)).await;
    assert_eq!(
        (changed.status, changed.code().as_str()),
        (StatusCode::CONFLICT, "price_changed")
    );
    let details = json!({ "expected": total - 1, "current": total });
    assert_eq!(changed.json()["error"]["details"], details);
    assert_eq!(orders(&stage), 1, "what was refused bought nothing");

    // A refusal stores no answer: the shopper may agree to the new price under the same key.
    let agreed = buy(&stage, "two", expecting(total)).await.ok();
    assert_eq!(agreed["total"]["amount"], total);
    assert_ne!(agreed["group"], first.json()["group"]);
    let keyless = buy(&stage, "", purchase(1)).await;
    assert_eq!(keyless.code(), "parameter_invalid");
    assert_eq!(orders(&stage), 2);
}

#[tokio::test]
async fn quantities_that_make_no_sense_are_refused() {
    let stage = Stage::open();
    for (quantity, code) in [
        (-1, "body_invalid"),
        (0, "quantity_invalid"),
        (1_000_001, "quantity_invalid"),
        (i64::from(u32::MAX), "quantity_invalid"),
        (i64::MAX, "body_invalid"),
        (1_000_000, "out_of_stock"),
    ] {
        let key = format!("{quantity}");
        let answer = buy(&stage, &key, purchase(quantity)).await;
        assert_eq!(answer.code(), code, "{quantity}: {}", answer.text);
        assert!(answer.status.is_client_error());
    }
    assert_eq!(orders(&stage), 0);
}
