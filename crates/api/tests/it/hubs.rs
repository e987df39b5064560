//! Scans at the shop's places: what comes in goes on, lies where it was seen last, and leaves with a round from there.

use crate::harness::{COURIER, HUB, STAFF, Stage};
use crate::promise::{save, timetable};
use crate::rounds::{open, plan_from};
use axum::http::StatusCode;
use commerce::command::{Command, Envelope};
use commerce::world::Record;
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

/// A timetable whose zone is served from the shop: a night line goes there from the warehouse.
fn to_the_shop() -> Value {
    let mut tables = timetable();
    tables["hubs"] = json!("code,time_zone,calendar\n");
    tables["lines"] = json!(
        "code,from,to,calendar,cutoff,depart,arrive,capacity\n\
        night,warehouse-1,shop-1,all,17:00,18:00,28:00,\n"
    );
    tables["zones"] = json!(
        "zone,hub,time_zone,calendar,cutoff,from,to,capacity\nDE-1,shop-1,Europe/Berlin,all,06:00,09:00,14:00,\n"
    );
    tables
}

/// A shop with a fleet of its own whose shop is a hub; who scans, and the ids of warehouse and shop.
async fn hubs() -> (Stage, [String; 3], Vec<(String, String, String)>, [String; 2]) {
    let (stage, [owner, staff, _], parcels) = open().await;
    let hand = stage.sign_in(HUB).await;
    let mut shop = {
        let world = stage.app.shelf.read();
        world.location(stage.shop.store).expect("a shop").clone()
    };
    shop.ships = true;
    let saved = Command::SaveRecords(vec![Record::Location(shop)]);
    let saved = stage.app.door.submit(Envelope::system(saved)).await;
    saved.expect("it is sound");
    let carriers = stage.get(&staff, "/carriers").await.ok();
    let path = format!("/carriers/{}", carriers["items"][0]["id"].as_str().expect("an id"));
    save(&stage, &owner, &path, to_the_shop()).await.ok();
    let places = [stage.shop.warehouse, stage.shop.store].map(|id| id.to_string());
    (stage, [staff, hand, owner], parcels, places)
}

async fn scan(stage: &Stage, hand: &str, place: &str, scans: Value) -> Vec<Value> {
    let path = format!("/hubs/{place}/scans");
    let answer = stage.post(hand, &path, json!({ "scans": scans })).await.ok();
    answer["results"].as_array().expect("rows").clone()
}

async fn lying(stage: &Stage, hand: &str, place: &str) -> Vec<Value> {
    let list = stage.get(hand, &format!("/hubs/{place}/parcels")).await.ok();
    let items = list["items"].as_array().expect("rows").iter();
    items.map(|item| item["number"].clone()).collect()
}

// Long because it is one parcel's way.
#[tokio::test]
async fn a_parcel_is_scanned_from_place_to_place_and_leaves_with_a_round_from_the_last() {
    let (stage, [staff, hand, _], parcels, [warehouse, shop]) = hubs().await;
    let [(order, first, one), (_, _, two)] = &parcels[..] else {
        panic!("two parcels");
    };
    let at = api::app::now_ms();
    let label = format!("]C100{one}");
    let came = json!([{ "key": "s-1", "at": at + DAY_MS, "label": label, "what": "arrived" },
        { "key": "s-2", "at": at, "label": "nobody", "what": "arrived" },
        { "key": "s 3", "at": at, "label": one, "what": "arrived" },
        { "key": "s-4", "at": at, "label": one, "what": "undo" }]);
    let rows = scan(&stage, &hand, &warehouse, came.clone()).await;
    let words: Vec<_> = rows.iter().map(|r| (&r["result"], &r["code"])).collect();
    let refused = json!("refused");
    let (invalid, unknown) = (json!("field_invalid"), json!("not_found"));
    assert_eq!(
        words,
        [
            (&json!("taken"), &json!("")),
            (&refused, &unknown),
            (&refused, &invalid),
            (&refused, &invalid)
        ]
    );
    let parcel = &rows[0]["parcel"];
    assert_eq!(parcel["number"], json!(one));
    // A scanner's clock that is a day ahead counts as now.
    assert!(parcel["since"].as_i64() < Some(at + 60_000), "{parcel}");
    let next = &parcel["direction"];
    assert_eq!((&next["kind"], &next["line"]), (&json!("line"), &json!("night")));
    assert!(next["leaves"].as_i64() > Some(at) && parcel["expected"].as_i64() > next["leaves"].as_i64());
    let again = scan(&stage, &hand, &warehouse, json!([came[0]])).await;
    assert_eq!(again[0]["result"], json!("known"));
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(shown["fulfillments"][0]["state"], json!("shipped"));
    assert_eq!(lying(&stage, &hand, &warehouse).await, [json!(one)]);

    let went = json!([{ "key": "s-5", "at": at + 1_000, "label": one, "what": "left" }]);
    scan(&stage, &hand, &warehouse, went).await;
    assert!(lying(&stage, &hand, &warehouse).await.is_empty());
    let came = json!([{ "key": "s-6", "at": at + 2_000, "label": one, "what": "damaged" }]);
    let rows = scan(&stage, &hand, &shop, came).await;
    assert_eq!(rows[0]["parcel"]["direction"]["kind"], json!("held"));
    let undone = json!([{ "key": "s-7", "at": at + 3_000, "label": one, "what": "undo", "undoes": "s-6" },
        { "key": "s-8", "at": at + 3_000, "label": one, "what": "arrived" }]);
    let rows = scan(&stage, &hand, &shop, undone).await;
    let next = &rows[1]["parcel"]["direction"];
    assert_eq!((&next["kind"], &next["line"]), (&json!("tour"), &json!("DE-1")), "{rows:?}");
    let places = stage.get(&hand, "/hubs").await.ok();
    let counts = places["hubs"].as_array().expect("places").iter();
    let counts: Vec<_> = counts.map(|h| (h["code"].clone(), h["parcels"].clone())).collect();
    assert!(counts.contains(&(json!("shop-1"), json!(1))), "{counts:?}");

    // The round from the shop has what lies there; the other parcel waits at the warehouse.
    let planned = plan_from(&stage, &staff, &shop).await;
    assert_eq!(planned["rounds"][0]["parcels"], json!(1), "{planned}");
    let again = json!([{ "key": "s-9", "at": at + 4_000, "label": one, "what": "arrived" }]);
    let rows = scan(&stage, &hand, &shop, again).await;
    assert_eq!(rows[0]["parcel"]["direction"]["kind"], json!("round"));
    let planned = plan_from(&stage, &staff, &warehouse).await;
    let id = planned["rounds"][0]["id"].as_str().expect("an id");
    let round = stage.get(&staff, &format!("/rounds/{id}")).await.ok();
    assert_eq!(round["round"]["stops"][0]["parcels"][0]["number"], json!(two));
    let history = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert!(history.to_string().contains("damaged"), "{first}: staff see what was taken back");
}

#[tokio::test]
async fn another_carriers_parcel_is_handed_over_and_never_taken_in() {
    let (stage, [staff, hand, owner], parcels, [warehouse, _]) = hubs().await;
    let (order, _, one) = &parcels[0];
    let carriers = stage.get(&staff, "/carriers").await.ok();
    let path = format!("/carriers/{}", carriers["items"][0]["id"].as_str().expect("an id"));
    let mut terms = crate::parcels::terms();
    terms["own_fleet"] = json!(false);
    stage.put(&owner, &path, json!({ "terms": terms })).await.ok();
    let at = api::app::now_ms();
    let scans = json!([{ "key": "s-1", "at": at, "label": one, "what": "arrived" },
        { "key": "s-2", "at": at, "label": one, "what": "left" }]);
    let rows = scan(&stage, &hand, &warehouse, scans).await;
    assert_eq!((&rows[0]["result"], &rows[0]["code"]), (&json!("refused"), &json!("carrier_declines")));
    let next = &rows[0]["parcel"]["direction"];
    assert_eq!((&next["kind"], &next["to"]), (&json!("carrier"), &json!("Post")));
    assert_eq!(rows[1]["result"], json!("taken"));
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(shown["fulfillments"][0]["state"], json!("shipped"));
    assert!(lying(&stage, &hand, &warehouse).await.is_empty());
}

#[tokio::test]
async fn hub_staff_scan_and_couriers_do_not() {
    let stage = Stage::open();
    assert_eq!(stage.get("", "/hubs").await.status, StatusCode::UNAUTHORIZED);
    let courier = stage.sign_in(COURIER).await;
    assert_eq!(stage.get(&courier, "/hubs").await.status, StatusCode::FORBIDDEN);
    for who in [STAFF, HUB] {
        let who = stage.sign_in(who).await;
        let places = stage.get(&who, "/hubs").await.ok();
        assert_eq!(places["hubs"][0]["code"], json!("warehouse-1"));
        let unknown = stage.get(&who, "/hubs/location_0000000000001/parcels").await;
        assert_eq!(unknown.code(), "not_found");
        let path = format!("/hubs/{}/scans", stage.shop.warehouse);
        let none = stage.post(&who, &path, json!({ "scans": [] })).await;
        assert_eq!(none.code(), "field_invalid");
    }
}
