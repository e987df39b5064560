//! Parcels that will be later than was promised: found once for each cause, told once, forgotten when they are in time.

use crate::harness::{OWNER, STAFF, Stage};
use crate::parcels::post;
use crate::promise::{save, timetable};
use api::delays::{look, look_at_all};
use commerce::delay::DelayReason;
use commerce::id::OrderId;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;

/// The timetable with its hub closed from yesterday until two days after a moment.
fn closed_until_after(latest: i64) -> Value {
    let day = |ms: i64| {
        let at = Timestamp::from_millisecond(ms).expect("a moment");
        at.in_tz("Europe/Berlin").expect("a time zone").date()
    };
    let from = day(api::app::now_ms()).checked_sub(1.day()).expect("a day");
    let until = day(latest + 2 * DAY_MS);
    let mut closed = timetable();
    closed["closures"] = json!(format!(
        "closed,from,until\nhub,{from} 12:00,{until} 12:00\n"
    ));
    closed
}

async fn looked(stage: &Stage, staff: &str) -> Value {
    let board = stage.app.timetables.board();
    look_at_all(&stage.app, &board).await.expect("it is looked");
    stage.get(staff, "/delays").await.ok()
}

#[tokio::test]
async fn a_hub_that_closes_is_one_incident_and_each_buyer_is_told_once() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let path = post(&stage, &owner).await;
    save(&stage, &owner, &path, timetable()).await.ok();
    let orders = [stage.buy().await, stage.buy_one(0).await];
    let order = |at: usize| format!("/orders/{}", orders[at]);
    let shown = stage.get(&staff, &order(0)).await.ok();
    let promised = shown["delivery"]["promise"]["latest"]
        .as_i64()
        .expect("sold");
    assert_eq!(shown["fulfillments"][0]["delay"], json!(null));
    assert_eq!(looked(&stage, &staff).await["incidents"], json!([]));

    let closed = closed_until_after(promised);
    save(&stage, &owner, &path, closed).await.ok();
    for _ in 0..2 {
        let found = looked(&stage, &staff).await;
        let incidents = found["incidents"].as_array().expect("incidents");
        assert_eq!(incidents.len(), 1, "{found}");
        let incident = &incidents[0];
        assert_eq!(incident["reason"], json!("closed"));
        assert_eq!(incident["place"], json!("hub"));
        assert_eq!(incident["carrier"]["name"], json!("Post"));
        assert_eq!(
            (&incident["parcels"], &incident["waiting"]),
            (&json!(2), &json!(2))
        );
        assert_eq!(incident["rescuable"], json!(0), "nobody else goes there");
        assert!(incident["until"].as_i64() > Some(promised));
        for at in 0..2 {
            let shown = stage.get(&staff, &order(at)).await.ok();
            let delay = &shown["fulfillments"][0]["delay"];
            assert_eq!(delay["reason"], json!("closed"), "{shown}");
            assert!(delay["expected"].as_i64() > Some(promised));
            assert_eq!(shown["delivery"]["promise"]["latest"], json!(promised));
            let history = shown["history"].as_array().expect("a history");
            let told = history.iter().filter(|e| e["what"] == "parcel_delayed");
            assert_eq!(told.count(), 1, "{history:?}");
        }
    }

    save(&stage, &owner, &path, timetable()).await.ok();
    assert_eq!(looked(&stage, &staff).await["incidents"], json!([]));
    let shown = stage.get(&staff, &order(0)).await.ok();
    assert_eq!(shown["fulfillments"][0]["delay"], json!(null));
}

#[tokio::test]
async fn what_does_not_leave_in_time_is_late_by_the_place_where_it_lies() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let path = post(&stage, &owner).await;
    save(&stage, &owner, &path, timetable()).await.ok();
    let order = stage.buy().await;
    let id = OrderId::parse(&order).expect("an order");
    let group = stage
        .app
        .group(id.parent())
        .await
        .expect("read")
        .expect("known");
    let promised = group.promise.expect("sold").latest;
    let board = stage.app.timetables.board();
    let found = |now: i64| {
        let world = stage.app.shelf.read();
        look((&world, &board), &group, &group.fulfillments[0], now).expect("a way")
    };
    assert_eq!(found(api::app::now_ms()).expected.latest, promised);
    let late = found(promised);
    assert!(late.expected.latest > promised);
    assert_eq!(late.expected.reason, DelayReason::Missed);
    let place = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let place = place["fulfillments"][0]["location"]["name"].clone();
    assert_eq!(json!(late.expected.place), place);
    assert!(!late.has_left);
}

#[tokio::test]
async fn staff_alone_see_what_is_late() {
    let stage = Stage::open();
    assert_eq!(stage.get("", "/delays").await.status, 401);
    let staff = stage.sign_in(STAFF).await;
    let nothing = stage.get(&staff, "/delays").await.ok();
    assert_eq!(nothing, json!({ "looked_at": null, "incidents": [] }));
}
