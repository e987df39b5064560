//! Returns by the interface: asked for under a key, listed, answered, received; and what the shop promises.

use crate::harness::{Answer, Ask, OWNER, STAFF, Stage};
use serde_json::{Value, json};

/// A signed-in operator at a shop with an order of two pieces and one, on its way to the shopper and paid.
async fn shipped(stage: &Stage, staff: &str) -> String {
    let id = stage.buy().await;
    let path = format!("/orders/{id}");
    let order = stage.get(staff, &path).await.ok();
    let parcel = order["fulfillments"][0]["id"].as_str().expect("a parcel");
    for (step, body) in [
        ("pack", json!({})),
        ("ship", json!({ "carrier": "DHL" })),
        ("deliver", json!({})),
    ] {
        let path = format!("/fulfillments/{parcel}/{step}");
        stage.post(staff, &path, body).await.ok();
    }
    stage
        .post(staff, &format!("{path}/paid"), json!({}))
        .await
        .ok();
    id
}

async fn ask(stage: &Stage, staff: &str, order: &str, key: &str, body: &Value) -> Answer {
    let path = format!("/orders/{order}/returns");
    stage
        .ask(Ask {
            method: "POST",
            path: &path,
            cookie: staff,
            body: Some(body.clone()),
            headers: vec![("idempotency-key", key)],
        })
        .await
}

fn ids(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().expect("a list");
    items
        .iter()
        .filter_map(|item| item["id"].as_str())
        .collect()
}

#[tokio::test]
// Long because it is one journey.
async fn a_return_goes_from_the_request_to_the_money() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let order = shipped(&stage, &staff).await;
    let one = json!({
        "lines": [{ "number": 1, "quantity": 1, "reason": "damaged" }], "note": "It has a crack",
    });
    let asked = ask(&stage, &staff, &order, "one", &one).await.ok();
    assert_eq!(
        (&asked["state"], &asked["note"]),
        (&json!("requested"), &json!("It has a crack"))
    );
    let again = ask(&stage, &staff, &order, "one", &one).await.ok();
    assert_eq!(again["id"], asked["id"], "the same key is the same return");
    let other = json!({ "lines": [{ "number": 1, "quantity": 2, "reason": "late" }] });
    let reused = ask(&stage, &staff, &order, "one", &other).await;
    assert_eq!(reused.code(), "idempotency_key_reused");
    let more = ask(&stage, &staff, &order, "two", &other).await;
    assert_eq!(more.code(), "not_returnable");
    let rest = json!({
        "lines": [
            { "number": 1, "quantity": 1, "reason": "late" },
            { "number": 2, "quantity": 1, "reason": "other" },
        ],
    });
    let second = ask(&stage, &staff, &order, "rest", &rest).await.ok();
    let strange = json!({ "lines": [], "photos": ["00"] });
    assert_eq!(
        ask(&stage, &staff, &order, "strange", &strange)
            .await
            .code(),
        "not_found"
    );
    let nothing = json!({ "lines": [] });
    assert_eq!(
        ask(&stage, &staff, &order, "nothing", &nothing)
            .await
            .code(),
        "field_invalid"
    );

    let (first_id, second_id) = (asked["id"].as_str(), second["id"].as_str());
    let (first, second) = (first_id.expect("an id"), second_id.expect("an id"));
    let list = stage.get(&staff, "/returns?limit=1").await.ok();
    assert_eq!((ids(&list), &list["open"]), (vec![first], &json!(2)));
    let next = list["next"].as_str().expect("more");
    let list = stage
        .get(&staff, &format!("/returns?cursor={next}"))
        .await
        .ok();
    assert_eq!(ids(&list), [second]);
    let wrong = stage.get(&staff, "/returns?state=lost").await;
    assert_eq!(wrong.code(), "parameter_invalid");

    let act = |id: &str, act: &str| format!("/returns/{id}/{act}");
    let silent = stage.post(&staff, &act(first, "approve"), json!({})).await;
    assert_eq!(silent.code(), "field_invalid");
    let how = json!({ "how": "With our label" });
    let approved = stage.post(&staff, &act(first, "approve"), how).await.ok();
    assert_eq!(approved["answer"], "With our label");
    let why = json!({ "why": "It was worn" });
    stage.post(&staff, &act(second, "refuse"), why).await.ok();
    let late = stage
        .post(&staff, &act(second, "withdraw"), json!({}))
        .await;
    assert_eq!(late.code(), "wrong_state");
    let came = json!({ "lines": [{ "number": 1, "quantity": 1, "restock": 1 }] });
    let nowhere = stage.post(&staff, &act(first, "receive"), came).await;
    assert_eq!(nowhere.code(), "field_invalid");
    let places = stage.get(&staff, "/locations").await.ok();
    let place = &places["items"][0]["id"];
    let came = json!({
        "lines": [{ "number": 1, "quantity": 1, "restock": 1 }], "location": place, "delivery": "no",
    });
    let received = stage.post(&staff, &act(first, "receive"), came).await.ok();
    assert_eq!(received["amount"], asked["expected"]);
    let whole = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(whole["refunds"][0]["id"], received["refunds"][0]);
    assert_eq!(whole["totals"]["refunded"], received["amount"]);
    assert_eq!(
        ids(&stage.get(&staff, "/returns").await.ok()),
        Vec::<&str>::new()
    );
    let ended = stage
        .get(&staff, "/returns?state=refused,received")
        .await
        .ok();
    assert_eq!(ids(&ended), [second, first], "the newest first");
    let feed = stage.get(&staff, "/events?limit=200").await.ok();
    let told = feed["items"].as_array().expect("events").iter();
    let told = told
        .filter(|e| e["subject"] == first)
        .map(|e| e["what"].as_str());
    let told: Vec<_> = told.flatten().collect();
    assert_eq!(
        told,
        ["return_requested", "return_approved", "return_received"]
    );
}

#[tokio::test]
async fn owners_say_how_long_goods_are_taken_back() {
    let stage = Stage::open();
    let (staff, owner) = (stage.sign_in(STAFF).await, stage.sign_in(OWNER).await);
    let terms = stage.get(&staff, "/settings/returns").await.ok();
    assert_eq!(terms, json!({ "days": 30, "delivery": true }));
    let put = |cookie, body| Ask {
        method: "PUT",
        path: "/settings/returns",
        cookie,
        body: Some(body),
        ..Ask::default()
    };
    let none = json!({ "days": 0, "delivery": false });
    let not_theirs = stage.ask(put(&staff, none.clone())).await;
    assert_eq!(not_theirs.code(), "not_allowed");
    let too_long = json!({ "days": 4_000, "delivery": true });
    assert_eq!(
        stage.ask(put(&owner, too_long)).await.code(),
        "field_invalid"
    );
    assert_eq!(stage.ask(put(&owner, none.clone())).await.ok(), none);
    let order = shipped(&stage, &staff).await;
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let mut late = json!({ "lines": [{ "number": 1, "quantity": 1, "reason": "other" }] });
    let refused = ask(&stage, &staff, &order, "late", &late).await;
    assert_eq!(refused.code(), "return_window_over");
    late["overlook_window"] = json!(true);
    let taken = ask(&stage, &staff, &order, "all the same", &late)
        .await
        .ok();
    assert_eq!(taken["state"], "requested");
}
