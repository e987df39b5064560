//! Carriers and parcels by the interface: terms and tables, offers, waybills, and what is seen on the way.

use crate::harness::{Answer, Ask, OWNER, STAFF, Stage};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn terms() -> Value {
    json!({
        "code": "post", "name": "Post", "active": true,
        "numbering": { "kind": "sscc", "extension": 3, "prefix": "4012345" },
        "tracking_url": "https://track.example/{number}",
        "daily_quota": 2, "currency": "EUR", "volume_divisor": 5_000,
        "services": [
            { "code": "parcel", "name": "Parcel", "levels": ["standard"], "weight_max_grams": 31_500 },
        ],
        "surcharges": [
            { "code": "fuel", "when": "always", "amount": { "percent": 100_000 } },
            { "code": "long", "when": { "longer_than": 1_000 }, "amount": { "fixed": 500 } },
        ],
    })
}

async fn put(stage: &Stage, cookie: &str, path: &str, body: Value) -> Answer {
    let ask = Ask {
        method: "PUT",
        path,
        cookie,
        body: Some(body),
        ..Ask::default()
    };
    stage.ask(ask).await
}

/// A carrier that goes to Germany, with its path.
async fn post(stage: &Stage, owner: &str) -> String {
    let body = json!({ "terms": terms(), "blocks": [{ "first": 7, "last": 9 }] });
    let made = stage.post(owner, "/carriers", body).await.ok();
    let path = format!("/carriers/{}", made["id"].as_str().expect("an id"));
    let areas = json!({ "csv": "country,zone,postal_prefix,sorting_code\nDE,1,,DE-1\nDE,2,99,\n" });
    put(stage, owner, &format!("{path}/areas"), areas)
        .await
        .ok();
    let rates = json!({ "csv": "service,zone,up_to_grams,price\nparcel,1,2000,4.19\nparcel,1,10000,6.99\n" });
    put(stage, owner, &format!("{path}/rates"), rates)
        .await
        .ok();
    path
}

// Long because each wrong field is asked for once.
#[tokio::test]
async fn a_carrier_is_added_by_an_owner_and_filled_with_tables() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let body = json!({ "terms": terms() });
    let refused = stage.post(&staff, "/carriers", body.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let path = post(&stage, &owner).await;
    let twin = stage.post(&owner, "/carriers", body).await;
    assert_eq!(twin.code(), "code_taken");
    let shown = stage.get(&staff, &path).await.ok();
    assert_eq!(
        (
            &shown["version"],
            &shown["areas"],
            &shown["rates"],
            &shown["numbers"]["left"]
        ),
        (&json!(3), &json!(2), &json!(2), &json!(3))
    );
    assert_eq!(
        shown["terms"]["surcharges"][1]["when"],
        json!({ "longer_than": 1_000 })
    );
    // What comes out goes in again and changes nothing.
    let file = stage.get(&staff, &format!("{path}/areas")).await;
    assert_eq!(
        file.text,
        "country,postal_prefix,zone,sorting_code,closed\nDE,,1,DE-1,no\nDE,99,2,,no\n"
    );
    let again = json!({ "csv": file.text, "version": 3 });
    let saved = put(&stage, &owner, &format!("{path}/areas"), again)
        .await
        .ok();
    assert_eq!(saved["version"], json!(3));
    let bad = json!({ "csv": "country,zone\nDE,1\nDE,1\nXYZ,2\n" });
    let bad = put(&stage, &owner, &format!("{path}/areas"), bad).await;
    assert_eq!(bad.code(), "import_invalid");
    let errors = &bad.json()["error"]["details"]["files"][0]["errors"];
    assert_eq!(
        (&errors[0]["line"], &errors[1]["line"]),
        (&json!(3), &json!(4))
    );
    // A rate card's service must be there; terms keep the tables.
    let strange = json!({ "csv": "service,zone,up_to_grams,price\nnone,1,2000,4.19\n" });
    let strange = put(&stage, &owner, &format!("{path}/rates"), strange).await;
    assert_eq!(strange.code(), "field_invalid");
    let mut changed = terms();
    changed["name"] = json!("The Post");
    let stale = json!({ "version": 2, "terms": changed });
    assert_eq!(
        put(&stage, &owner, &path, stale).await.code(),
        "version_conflict"
    );
    let saved = put(
        &stage,
        &owner,
        &path,
        json!({ "version": 3, "terms": changed }),
    )
    .await
    .ok();
    assert_eq!(
        (
            &saved["terms"]["name"],
            &saved["areas"],
            &saved["numbers"]["left"]
        ),
        (&json!("The Post"), &json!(2), &json!(3))
    );
    for (field, value, code) in [
        ("code", json!("the post"), "field_invalid"),
        ("currency", json!("euros"), "field_invalid"),
        ("locations", json!(["location_0000000000001"]), "not_found"),
        (
            "numbering",
            json!({ "kind": "sscc", "extension": 3, "prefix": "40" }),
            "field_invalid",
        ),
        ("numbering", json!({ "kind": "roman" }), "body_invalid"),
        ("weight", json!(1), "body_invalid"),
    ] {
        let mut terms = terms();
        terms[field] = value;
        let refused = put(&stage, &owner, &path, json!({ "terms": terms })).await;
        assert_eq!(refused.code(), code, "{field}: {}", refused.text);
    }
}

async fn parcel_of(stage: &Stage, staff: &str) -> (String, String) {
    let order = stage.buy().await;
    let shown = stage.get(staff, &format!("/orders/{order}")).await.ok();
    let parcel = shown["fulfillments"][0]["id"].as_str().expect("a parcel");
    (order, parcel.to_owned())
}

#[tokio::test]
async fn offers_say_who_takes_a_parcel_and_who_does_not() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let (_, parcel) = parcel_of(&stage, &staff).await;
    let path = format!("/fulfillments/{parcel}/offers");
    let none = stage
        .get(&staff, &format!("{path}?weight_grams=500"))
        .await
        .ok();
    assert_eq!(
        (&none["offers"], &none["declined"]),
        (&json!([]), &json!([]))
    );
    post(&stage, &owner).await;
    let asked = stage
        .get(&staff, &format!("{path}?weight_grams=500"))
        .await
        .ok();
    let offer = &asked["offers"][0];
    // 4.19 and a tenth of it.
    assert_eq!(
        (
            &offer["price"]["amount"],
            &offer["base"]["amount"],
            &offer["zone"]
        ),
        (&json!(461), &json!(419), &json!("1"))
    );
    let long = format!("{path}?weight_grams=500&length_mm=1100&width_mm=50&height_mm=50");
    let long = stage.get(&staff, &long).await.ok();
    assert_eq!(long["offers"][0]["price"]["amount"], json!(961));
    let heavy = stage
        .get(&staff, &format!("{path}?weight_grams=10001"))
        .await
        .ok();
    assert_eq!(
        (&heavy["offers"], &heavy["declined"][0]["why"]),
        (&json!([]), &json!("too_heavy"))
    );
    let nobody = stage
        .get(&staff, "/fulfillments/fulfillment_0000000000001/offers")
        .await;
    assert_eq!(nobody.code(), "not_found");
}

// Long because it is one parcel's way.
#[tokio::test]
async fn a_parcel_is_booked_handed_over_followed_and_delivered() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let carrier = post(&stage, &owner).await;
    let (order, parcel) = parcel_of(&stage, &staff).await;
    let act = |act: &str| format!("/fulfillments/{parcel}/{act}");
    let half = stage
        .post(&staff, &act("waybill"), json!({ "service": "parcel" }))
        .await;
    assert_eq!(half.code(), "field_invalid");
    let heavy = stage
        .post(&staff, &act("waybill"), json!({ "weight_grams": 40_000 }))
        .await;
    assert_eq!(heavy.code(), "no_carrier");
    let body = json!({ "weight_grams": 900 });
    let booked = stage.post(&staff, &act("waybill"), body.clone()).await.ok();
    let number = booked["parcel"]["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    // Extension, prefix, serial 7, check digit.
    assert_eq!(number, "340123450000000079");
    assert_eq!(booked["parcel"]["price"]["amount"], json!(461));
    let again = stage.post(&staff, &act("waybill"), body.clone()).await.ok();
    assert_eq!(
        again["parcel"]["number"],
        json!(number),
        "a double click books once"
    );
    stage
        .post(&staff, &act("waybill/cancel"), json!({}))
        .await
        .ok();
    let booked = stage.post(&staff, &act("waybill"), body).await.ok();
    let number = booked["parcel"]["number"]
        .as_str()
        .expect("a number")
        .to_owned();
    assert_eq!(
        number, "340123450000000086",
        "a number is never given again"
    );
    stage.post(&staff, &act("pack"), json!({})).await.ok();
    let label = stage.get(&staff, &act("label")).await;
    assert!(
        label.text.contains(&number) && label.text.contains("DE-1"),
        "{}",
        label.text
    );
    let other = stage
        .post(&staff, &act("ship"), json!({ "carrier": "DHL" }))
        .await;
    assert_eq!(other.code(), "waybill_exists");

    let now = jiff::Timestamp::now();
    let at = |minutes: i64| (now + jiff::SignedDuration::from_mins(minutes)).to_string();
    let tell = async |events: Value| {
        let told = stage
            .post(&staff, "/parcels/events", json!({ "events": events }))
            .await
            .ok();
        told["results"].as_array().expect("a list").clone()
    };
    let event = |key: &str, status: &str, minutes: i64| json!({ "number": number, "at": at(minutes), "status": status, "key": key, "place": "Hub Nord" });
    let mut wrong_zone = event("w", "in_transit", 0);
    wrong_zone["at"] = json!("2026-11-11T09:30:00");
    let mut unknown = event("u", "in_transit", 0);
    unknown["number"] = json!("340123450000000079");
    let told = tell(json!([
        event("1", "in_transit", 0),
        event("1", "in_transit", 0),
        event("0", "picked_up", -2),
        event("f", "delivered", 60),
        wrong_zone,
        unknown,
    ]))
    .await;
    let shown: Vec<(bool, &str, &str)> = told
        .iter()
        .map(|r| {
            let text = |field: &str| r[field].as_str().unwrap_or("-");
            (r["taken"] == json!(true), text("status"), text("code"))
        })
        .collect();
    assert_eq!(
        shown,
        [
            (true, "in_transit", "-"),
            (true, "in_transit", "-"),
            (true, "in_transit", "-"),
            (false, "-", "field_invalid"),
            (false, "-", "field_invalid"),
            // Its waybill was canceled.
            (false, "-", "not_found"),
        ]
    );
    // Nobody clicked that it left: its carrier has it.
    let order_now = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let fulfillment = &order_now["fulfillments"][0];
    assert_eq!(
        (
            &fulfillment["state"],
            &fulfillment["carrier"],
            &fulfillment["tracking_url"]
        ),
        (
            &json!("shipped"),
            &json!("Post"),
            &json!(format!("https://track.example/{number}"))
        )
    );
    let late = stage.post(&staff, &act("waybill/cancel"), json!({})).await;
    assert_eq!(late.code(), "wrong_state");
    tell(json!([event("2", "delivered", 1)])).await;
    let order_now = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(order_now["fulfillments"][0]["state"], json!("delivered"));
    let seen: Vec<&Value> = order_now["history"]
        .as_array()
        .expect("a history")
        .iter()
        .filter(|entry| entry["what"] == json!("parcel_seen"))
        .map(|entry| &entry["seen"]["status"])
        .collect();
    assert_eq!(seen, ["in_transit", "picked_up", "delivered"]);
    let numbers = stage.get(&staff, &carrier).await.ok();
    assert_eq!(
        (&numbers["numbers"]["left"], &numbers["numbers"]["booked"]),
        (&json!(1), &json!(1))
    );
    let many = vec![event("3", "delivered", 0); 1_001];
    let many = stage
        .post(&staff, "/parcels/events", json!({ "events": many }))
        .await;
    assert_eq!(many.code(), "field_invalid");
}
