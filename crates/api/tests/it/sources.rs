//! Where parcels leave from, by the interface: what else was possible, and goods that leave from elsewhere.

use crate::harness::{Ask, STAFF, Stage};
use axum::http::StatusCode;
use commerce::command::{Command, Envelope};
use commerce::world::Record;
use serde_json::{Value, json};

/// Its shop on the corner sends parcels, too. The two places' ids: the warehouse's, the shop's.
async fn two_places() -> (Stage, [String; 2]) {
    let stage = Stage::open();
    let (from, to) = (stage.shop.warehouse, stage.shop.store);
    let mut corner = {
        let world = stage.app.shelf.read();
        world.location(to).expect("a shop").clone()
    };
    corner.ships = true;
    let save = Command::SaveRecords(vec![Record::Location(corner)]);
    let saved = stage.app.door.submit(Envelope::system(save)).await;
    saved.expect("it is sound");
    (stage, [from.to_string(), to.to_string()])
}

async fn parcel(stage: &Stage, staff: &str) -> (String, String) {
    let order = stage.buy().await;
    let shown = stage.get(staff, &format!("/orders/{order}")).await.ok();
    let id = shown["fulfillments"][0]["id"].as_str().expect("a parcel");
    (order, id.to_owned())
}

/// Location, state and pieces of each parcel.
fn parcels(list: &Value) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pieces = |f: &Value| {
        let lines = f["lines"].as_array().expect("lines");
        lines.iter().filter_map(|l| l["quantity"].as_u64()).sum()
    };
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|f| (text(&f["location"]["id"]), text(&f["state"]), pieces(f)))
        .collect()
}

#[tokio::test]
async fn what_is_not_found_leaves_from_the_other_place() {
    let (stage, [here, there]) = two_places().await;
    let staff = stage.sign_in(STAFF).await;
    let (order, id) = parcel(&stage, &staff).await;
    let sources = stage
        .get(&staff, &format!("/fulfillments/{id}/sources"))
        .await
        .ok();
    let items = sources["items"].as_array().expect("places");
    let place = |of: &str| {
        let is_it = |s: &&Value| s["location"]["id"] == json!(of);
        items.iter().find(is_it).expect("it sends parcels").clone()
    };
    assert_eq!(place(&here)["is_here"], json!(true));
    assert_eq!(place(&there)["is_whole"], json!(true));
    assert_eq!(place(&there)["offer"], Value::Null, "there is no carrier");

    let path = format!("/fulfillments/{id}/relocate");
    let first = format!("/stock/{}", stage.shop.variants[0]);
    let on_hand = async |at: &str| {
        let levels = stage.get(&staff, &first).await.ok();
        let levels = levels["items"].as_array().expect("levels").clone();
        let is_it = |l: &&Value| l["location"]["id"] == json!(at);
        levels.iter().find(is_it).expect("a level")["on_hand"].as_i64()
    };
    let before = on_hand(&here).await.expect("a number");
    let body = json!({ "reason": "not_found", "lines": [{ "number": 1, "pieces": 1 }] });
    let ask = Ask {
        method: "POST",
        path: &path,
        cookie: &staff,
        body: Some(body.clone()),
        headers: vec![("idempotency-key", "once")],
    };
    let moved = stage.ask(ask.clone()).await.ok();
    let expected = [
        (here.clone(), "open".to_owned(), 2),
        (there.clone(), "open".to_owned(), 1),
    ];
    assert_eq!(parcels(&moved["items"]), expected);
    // A double click, and a retry after a lost answer, move nothing again.
    assert_eq!(parcels(&stage.ask(ask).await.ok()["items"]), expected);
    assert_eq!(on_hand(&here).await, Some(before - 1), "it is written off");
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let history = shown["history"].as_array().expect("a history");
    let told = history
        .iter()
        .find(|e| e["what"] == json!("goods_relocated"));
    let told = told.expect("it is told");
    assert_eq!(
        (&told["pieces"], &told["location"], &told["code"]),
        (&json!(1), &json!(there), &json!("not_found"))
    );

    // The rest, all of it: nothing is left of the first parcel.
    let body = json!({ "reason": "closed", "to": there });
    let moved = stage.post(&staff, &path, body.clone()).await.ok();
    assert_eq!(
        parcels(&moved["items"]),
        [
            (here, "canceled".to_owned(), 0),
            (there.clone(), "open".to_owned(), 3)
        ]
    );
    let again = stage.post(&staff, &path, body).await;
    assert_eq!(again.code(), "wrong_state");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let (stage, [here, there]) = two_places().await;
    let staff = stage.sign_in(STAFF).await;
    let (_, id) = parcel(&stage, &staff).await;
    let path = format!("/fulfillments/{id}/relocate");
    let line = |number: u16, pieces: u32| json!([{ "number": number, "pieces": pieces }]);
    for (body, code) in [
        (json!({}), "body_invalid"),
        (json!({ "reason": "boredom" }), "body_invalid"),
        (json!({ "reason": "other", "lines": [] }), "field_invalid"),
        (json!({ "reason": "other", "to": here }), "field_invalid"),
        (
            json!({ "reason": "other", "lines": line(1, 1), "to": there }),
            "field_invalid",
        ),
        (
            json!({ "reason": "other", "lines": line(1, 0) }),
            "quantity_invalid",
        ),
        (
            json!({ "reason": "other", "lines": line(1, 3) }),
            "quantity_invalid",
        ),
        (
            json!({ "reason": "other", "lines": line(9, 1) }),
            "quantity_invalid",
        ),
        (
            json!({ "reason": "other", "to": "location_0000000000001" }),
            "location_cannot",
        ),
    ] {
        let refused = stage.post(&staff, &path, body.clone()).await;
        assert_eq!(refused.code(), code, "{body}: {}", refused.text);
    }
    let nobody = stage.post("", &path, json!({ "reason": "other" })).await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let none = "/fulfillments/fulfillment_0000000000001/sources";
    assert_eq!(stage.get(&staff, none).await.code(), "not_found");
}
