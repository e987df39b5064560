//! Couriers' rounds by the interface: planned, loaded, driven, told late and twice, and seen on the order.

use crate::harness::{Ask, COURIER, OWNER, STAFF, Stage, config};
use crate::parcels::{parcel_of, post, terms};
use api::AppConfig;
use api::roads::{Leg, MeasureRoads, Measuring, RoadEngine, RoadsError};
use api::rounds::codes;
use axum::http::StatusCode;
use commerce::id::FulfillmentId;
use commerce::round::Point;
use serde_json::{Value, json};
use std::sync::Arc;

/// A picture of four by four pixels, as PNG.
const PICTURE: &str = "89504e470d0a1a0a0000000d4948445200000004000000040802000000269309290000001049444154789c63507048802306e2380034430c0169848b120000000049454e44ae426082";

/// The number of a parcel's waybill.
async fn book(stage: &Stage, staff: &str) -> (String, String, String) {
    let (order, parcel) = parcel_of(stage, staff).await;
    let path = format!("/fulfillments/{parcel}/waybill");
    let booked = stage.post(staff, &path, json!({ "weight_grams": 900 }));
    let booked = booked.await.ok();
    let number = booked["parcel"]["number"].as_str().expect("a number");
    (order, parcel, number.to_owned())
}

/// A shop with a fleet of its own, a gazetteer, and two parcels with waybills.
pub async fn open() -> (Stage, [String; 3], Vec<(String, String, String)>) {
    open_in(Stage::open()).await
}

/// The same in this shop.
async fn open_in(stage: Stage) -> (Stage, [String; 3], Vec<(String, String, String)>) {
    let mut people = [String::new(), String::new(), String::new()];
    for (person, email) in people.iter_mut().zip([OWNER, STAFF, COURIER]) {
        *person = stage.sign_in(email).await;
    }
    let path = post(&stage, &people[0]).await;
    let mut fleet = terms();
    fleet["own_fleet"] = json!(true);
    fleet["daily_quota"] = Value::Null;
    let saved = stage.put(&people[0], &path, json!({ "terms": fleet }));
    saved.await.ok();
    let csv = "country,postal_prefix,latitude,longitude\nDE,10,53.56,10\n";
    let saved = stage.put(&people[0], "/gazetteer", json!({ "csv": csv }));
    assert_eq!(saved.await.ok()["places"], json!(1));
    let mut parcels = Vec::new();
    for _ in 0..2 {
        parcels.push(book(&stage, &people[1]).await);
    }
    (stage, people, parcels)
}

/// Plans rounds from a place, of nobody yet.
pub async fn plan_from(stage: &Stage, staff: &str, location: &str) -> Value {
    planned(stage, staff, &asked(location, &Value::Null), &[]).await
}

/// What is asked to plan a round of a courier from a place.
fn asked(location: &str, courier: &Value) -> Value {
    let now = api::app::now_ms();
    json!({
        "day": "2026-11-29", "location": location,
        "couriers": [{ "courier": courier, "vehicle": "van", "from": now, "until": now + 4 * 3_600_000 }],
    })
}

/// What is asked to plan a round of a courier.
async fn wanted(stage: &Stage, staff: &str, parcel: &str, courier: &Value) -> Value {
    let path = format!("/fulfillments/{parcel}/sources");
    let sources = stage.get(staff, &path).await.ok();
    let items = sources["items"].as_array().expect("places").clone();
    let here = items.iter().find(|s| s["is_here"] == true);
    let here = here.expect("where it leaves from");
    asked(here["location"]["id"].as_str().expect("an id"), courier)
}

/// Plans a round of a courier; gives what the plan came to.
async fn plan(stage: &Stage, staff: &str, parcel: &str, courier: &Value) -> Value {
    let body = wanted(stage, staff, parcel, courier).await;
    planned(stage, staff, &body, &[]).await
}

/// What a plan came to.
async fn planned(
    stage: &Stage,
    cookie: &str,
    body: &Value,
    headers: &[(&'static str, &'static str)],
) -> Value {
    // One plan is made at a time in a process, and other tests plan as well.
    loop {
        let ask = Ask {
            method: "POST",
            path: "/rounds/plan",
            cookie,
            headers: headers.to_vec(),
            body: Some(body.clone()),
        };
        let planned = stage.ask(ask).await;
        if planned.status != StatusCode::SERVICE_UNAVAILABLE {
            return planned.ok();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

// Long because it is one round's way.
#[tokio::test]
async fn a_round_is_planned_driven_told_twice_and_its_orders_say_so() {
    let (stage, [_, staff, courier], parcels) = open().await;
    let me = stage.get(&courier, "/me").await.ok();
    let [(order, first, one), (_, _, two)] = &parcels[..] else {
        panic!("two parcels");
    };
    let planned = plan(&stage, &staff, first, &me["id"]).await;
    assert_eq!(planned["distances"], json!("beeline"), "{planned}");
    let entry = &planned["rounds"][0];
    assert_eq!(
        (&entry["parcels"], &entry["courier"]["id"]),
        (&json!(2), &me["id"])
    );
    let id = entry["id"].as_str().expect("an id");
    let again = plan(&stage, &staff, first, &me["id"]).await;
    assert_eq!(
        again["rounds"],
        json!([]),
        "what is in a round is not planned again"
    );
    let couriers = stage.get(&staff, "/couriers").await.ok();
    let listed = json!([{ "id": me["id"], "name": "courier" }]);
    assert_eq!(couriers["items"], listed);
    let mine = stage.get(&courier, "/courier/rounds").await.ok();
    assert_eq!(mine["rounds"][0]["id"], json!(id));
    let path = format!("/courier/rounds/{id}");
    let round = stage.get(&courier, &path).await.ok();
    // Both parcels go to the same door.
    let stop = &round["stops"][0];
    assert_eq!(
        (&round["order"], &stop["address"]["postal_code"]),
        (&json!([1]), &json!("10115"))
    );
    assert_eq!(
        stop["position"],
        json!({ "latitude": 53.56, "longitude": 10.0 })
    );
    let picture: Vec<u8> = (0..PICTURE.len() / 2)
        .map(|at| u8::from_str_radix(&PICTURE[2 * at..2 * at + 2], 16).expect("digits"))
        .collect();
    let proof = format!("{path}/proofs/pic-1");
    for _ in 0..2 {
        let sent = stage.put_bytes(&courier, &proof, picture.clone()).await;
        assert_eq!(sent.status, StatusCode::NO_CONTENT, "{}", sent.text);
    }
    let bad = format!("{path}/proofs/pic-2");
    let bad = stage.put_bytes(&courier, &bad, vec![1, 2, 3]).await;
    assert_eq!(bad.code(), "picture_invalid");
    let now = api::app::now_ms();
    let events = json!({ "events": [
        { "key": "e-1", "at": now, "what": "load", "parcel": one },
        { "key": "e-2", "at": now, "what": "load", "parcel": two },
        { "key": "e-3", "at": now, "what": "load", "parcel": "nobody" },
        { "key": "e-4", "at": now, "what": "start" },
        { "key": "e-5", "at": now, "what": "reached", "stop": 1 },
        { "key": "e-6", "at": now, "what": "delivered", "parcel": one,
          "proof": { "by": "signature", "name": "Ada", "picture": "pic-1" },
          "position": { "latitude": 53.57, "longitude": 10.01, "accuracy_meters": 8 } },
        { "key": "e-7", "at": now, "what": "failed", "parcel": two, "reason": "nobody_home" },
        { "key": "e-8", "at": now, "what": "dance" },
        { "key": "e 9", "at": now, "what": "start" },
        { "key": "e-10", "at": now, "what": "failed", "parcel": two, "reason": "rain" },
    ] });
    let told = format!("{path}/events");
    let answer = stage.post(&courier, &told, events.clone()).await.ok();
    let words = |answer: &Value| -> Vec<String> {
        let rows = answer["results"].as_array().expect("rows");
        let word = |row: &Value| {
            let (result, code) = (row["result"].as_str(), row["code"].as_str());
            format!("{} {}", result.unwrap_or(""), code.unwrap_or(""))
                .trim()
                .to_owned()
        };
        rows.iter().map(word).collect()
    };
    let refused = [
        "refused field_invalid",
        "refused field_invalid",
        "refused field_invalid",
    ];
    let expected = [
        ["taken", "taken", "refused parcel_not_in_round", "taken"],
        ["taken"; 4],
    ];
    let expected = [&expected[0][..], &expected[1][..3], &refused[..]].concat();
    assert_eq!(words(&answer), expected);
    let twice = stage.post(&courier, &told, events).await.ok();
    let expected = [
        ["known", "known", "refused parcel_not_in_round", "known"],
        ["known"; 4],
    ];
    let expected = [&expected[0][..], &expected[1][..3], &refused[..]].concat();
    assert_eq!(words(&twice), expected);
    assert_eq!(
        twice["round"]["stops"][0]["parcels"][1]["reason"],
        json!("nobody_home")
    );
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let state = &shown["fulfillments"][0]["state"];
    assert_eq!(state, &json!("delivered"), "{shown}");
    let close = json!({ "events": [{ "key": "e-11", "at": now, "what": "returned", "parcel": two },
        { "key": "e-12", "at": now, "what": "close" }] });
    let closed = stage.post(&courier, &told, close).await.ok();
    assert_eq!(
        (words(&closed), &closed["round"]["state"]),
        (vec!["taken".to_owned(); 2], &json!("closed"))
    );
    let detail = stage.get(&staff, &format!("/rounds/{id}")).await.ok();
    let said = detail["said"].as_array().expect("rows").clone();
    let proof = said.iter().find(|s| s["what"] == "delivered");
    let picture = &proof.expect("it was")["proof"]["picture"];
    let picture = picture
        .as_str()
        .expect("an address")
        .trim_start_matches("/api/v1");
    assert_eq!(stage.get(&staff, picture).await.status, StatusCode::OK);
    // What came back goes again, to where the phone was when it handed over the other one.
    let planned = plan(&stage, &staff, first, &Value::Null).await;
    let id = planned["rounds"][0]["id"].as_str().expect("an id");
    let round = stage.get(&staff, &format!("/rounds/{id}")).await.ok();
    let position = &round["round"]["stops"][0]["position"];
    assert_eq!(position, &json!({ "latitude": 53.57, "longitude": 10.01 }));
    let day = stage.get(&staff, "/rounds?day=2026-11-29").await.ok();
    assert_eq!(day["rounds"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        stage.get(&staff, "/rounds?day=soon").await.code(),
        "parameter_invalid"
    );
}

/// An engine for roads that says the same of all ways.
struct Engine(Result<Leg, RoadsError>);

impl MeasureRoads for Engine {
    fn table<'a>(&'a self, points: &'a [Point]) -> Measuring<'a> {
        let legs = self.0.clone();
        let pairs = points.len() * points.len();
        Box::pin(async move { Ok(vec![Some(legs?); pairs]) })
    }
}

#[tokio::test]
async fn a_plan_says_by_what_roads_it_was_made_or_why_by_none() {
    let leg = Leg {
        meters: 7_000,
        seconds: 600,
    };
    let words = "TooBig: Too many table coordinates".to_owned();
    let refused = json!({ "why": "refused", "detail": words });
    let late = json!({ "why": "timed_out", "detail": "" });
    for (answer, distances, failure) in [
        (Ok(leg), "road", Value::Null),
        (Err(RoadsError::Refused(words)), "beeline", refused),
        (Err(RoadsError::TimedOut), "beeline", late),
    ] {
        let config = AppConfig {
            roads: RoadEngine::of(Arc::new(Engine(answer))),
            ..config()
        };
        let (stage, [_, staff, _], parcels) = open_in(Stage::open_with(config)).await;
        let made = plan(&stage, &staff, &parcels[0].1, &Value::Null).await;
        assert_eq!(made["roads_failure"], failure, "{made}");
        assert_eq!(made["distances"], json!(distances), "{made}");
        let id = made["rounds"][0]["id"].as_str().expect("an id");
        let round = stage.get(&staff, &format!("/rounds/{id}")).await.ok();
        let round = &round["round"];
        assert_eq!(round["distances"], json!(distances), "{round}");
        // There and back, and three minutes at the door.
        let length = (&round["meters"], &round["seconds"]);
        let by_road = length == (&json!(14_000), &json!(1_380));
        assert_eq!(by_road, distances == "road", "{round}");
    }
}

/// The code that the buyer of a parcel is shown, if one is.
async fn shown_code(stage: &Stage, parcel: &str) -> Option<String> {
    let id = FulfillmentId::parse(parcel).expect("an id");
    let group = stage.app.group(id.parent()).await.expect("a row");
    let world = stage.app.shelf.read();
    codes::shown(&stage.app.config, &world, &group.expect("known"), id)
}

// Long because it is the way of three codes.
#[tokio::test]
async fn a_receivers_code_is_shown_on_the_way_to_the_door_and_checked_there() {
    let (stage, [_, staff, courier], parcels) = open().await;
    let me = stage.get(&courier, "/me").await.ok();
    let [(order, first, one), (_, second, two)] = &parcels[..] else {
        panic!("two parcels");
    };
    let planned = plan(&stage, &staff, first, &me["id"]).await;
    let id = planned["rounds"][0]["id"].as_str().expect("an id");
    let path = format!("/courier/rounds/{id}");
    let (told, tried) = (format!("{path}/events"), format!("{path}/codes"));
    let at = api::app::now_ms();
    let events = json!({ "events": [{ "key": "l-1", "at": at, "what": "load", "parcel": one },
        { "key": "l-2", "at": at, "what": "load", "parcel": two }] });
    stage.post(&courier, &told, events).await.ok();
    assert_eq!(
        shown_code(&stage, first).await,
        None,
        "not before it is on its way"
    );
    let start = json!({ "events": [{ "key": "s", "at": at, "what": "start" }] });
    let started = stage.post(&courier, &told, start).await.ok();
    let right = shown_code(&stage, first).await.expect("it is on its way");
    let other = shown_code(&stage, second).await.expect("it is on its way");
    let phone = stage.get(&courier, &path).await.text + &started.to_string();
    assert!(
        !phone.contains(&format!("\"{right}\"")),
        "phones get no codes"
    );
    let wrong = if right == "0000" || other == "0000" {
        "0001"
    } else {
        "0000"
    };
    let check = async |key: &str, code: &str, numbers: &[&String]| {
        let body = json!({ "key": key, "code": code, "parcels": numbers });
        let checked = stage.post(&courier, &tried, body).await.ok();
        let rows = checked["parcels"].as_array().expect("rows").clone();
        let word = |row: &Value| row["code_matched"].as_str().map(str::to_owned);
        rows.iter().filter_map(word).collect::<Vec<_>>()
    };
    let spoken = format!(" {} {}", &right[..2], &right[2..]);
    assert_eq!(check("k-1", &spoken, &[one, two]).await, ["yes", "no"]);
    for (key, word) in [("k-2", "no"), ("k-2", "no"), ("k-3", "no"), ("k-4", "no")] {
        assert_eq!(check(key, wrong, &[two]).await, [word], "{key}");
    }
    assert_eq!(check("k-5", &other, &[two]).await, ["yes"]);
    // Another code under a key that was heard is another try, and the fifth wrong one.
    let fifth = if wrong == "0000" { "0002" } else { "0003" };
    let fifth = if fifth == other { "0004" } else { fifth };
    assert_eq!(check("k-2", fifth, &[two]).await, ["locked"]);
    assert_eq!(check("k-6", &other, &[two]).await, ["locked"]);
    for (body, code) in [
        (
            json!({ "key": "k", "code": " ", "parcels": [one] }),
            "field_invalid",
        ),
        (
            json!({ "key": "k k", "code": "1", "parcels": [one] }),
            "field_invalid",
        ),
        (
            json!({ "key": "k", "code": "1", "parcels": [] }),
            "field_invalid",
        ),
        (
            json!({ "key": "k", "code": "1", "parcels": ["nobody"] }),
            "parcel_not_in_round",
        ),
    ] {
        assert_eq!(stage.post(&courier, &tried, body).await.code(), code);
    }
    let events = json!({ "events": [
        { "key": "d-1", "at": at, "what": "delivered", "parcel": one, "proof": { "by": "code", "code": wrong } },
        { "key": "d-2", "at": at, "what": "undo", "undoes": "d-1" },
        { "key": "d-3", "at": at, "what": "delivered", "parcel": one, "proof": { "by": "code", "code": right } },
        { "key": "d-4", "at": at, "what": "delivered", "parcel": two, "proof": { "by": "code", "code": other } },
    ] });
    let answer = stage.post(&courier, &told, events).await.ok();
    let results = answer["results"].as_array().expect("rows").clone();
    assert!(
        results.iter().all(|row| row["result"] == "taken"),
        "{results:?}"
    );
    let of_phone = answer["round"]["stops"].as_array().expect("stops").clone();
    let of_phone = of_phone
        .iter()
        .flat_map(|s| s["parcels"].as_array().expect("parcels"));
    let of_phone: Vec<_> = of_phone
        .map(|p| (&p["number"], &p["code_matched"]))
        .collect();
    assert!(
        of_phone.contains(&(&json!(one), &json!("yes"))),
        "{of_phone:?}"
    );
    assert!(
        of_phone.contains(&(&json!(two), &json!("locked"))),
        "{of_phone:?}"
    );
    let detail = stage.get(&staff, &format!("/rounds/{id}")).await.ok();
    let said = detail["said"].as_array().expect("rows").iter();
    let proofs = said.filter(|s| s["what"] == "delivered");
    let proofs: Vec<_> = proofs.map(|s| &s["proof"]["code_matched"]).collect();
    assert_eq!(proofs, ["no", "yes", "locked"]);
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let history = shown["history"].as_array().expect("rows").iter();
    let seen = history.filter(|e| e["seen"]["status"] == "delivered");
    let codes: Vec<_> = seen
        .map(|e| (&e["code"], &e["seen"]["withdrawn"]))
        .collect();
    assert!(
        codes.contains(&(&json!("code_right"), &json!(false))),
        "{codes:?}"
    );
    assert_eq!(shown_code(&stage, first).await, None, "it is there");
}

#[tokio::test]
async fn a_parcel_that_went_to_somebody_else_is_named_and_other_rounds_are_not_seen() {
    let (stage, [_, staff, courier], parcels) = open().await;
    let me = stage.get(&courier, "/me").await.ok();
    let boss = stage.get(&staff, "/me").await.ok();
    let (_, first, one) = &parcels[0];
    let planned = plan(&stage, &staff, first, &me["id"]).await;
    let mine = planned["rounds"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let (_, third, _) = book(&stage, &staff).await;
    let planned = plan(&stage, &staff, &third, &boss["id"]).await;
    let other = planned["rounds"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let hidden = stage
        .get(&courier, &format!("/courier/rounds/{other}"))
        .await;
    assert_eq!(hidden.code(), "not_found");
    let moved = json!({ "fulfillment": first, "from": mine, "to": other });
    let there = stage
        .post(&staff, "/rounds/moves", moved.clone())
        .await
        .ok();
    assert_eq!(there["parcels"], json!(2));
    assert_eq!(
        stage.post(&staff, "/rounds/moves", moved).await.code(),
        "parcel_not_in_round"
    );
    let at = api::app::now_ms();
    let events = json!({ "events": [{ "key": "late", "at": at, "what": "delivered", "parcel": one,
        "proof": { "by": "neighbor", "name": "Bob" } }] });
    let path = format!("/courier/rounds/{mine}/events");
    let told = stage.post(&courier, &path, events).await.ok();
    let row = &told["results"][0];
    assert_eq!(
        (&row["result"], &row["code"]),
        (&json!("conflict"), &json!("reassigned"))
    );
    let there = stage.get(&staff, &format!("/rounds/{other}")).await.ok();
    assert_eq!(there["said"][0]["what"], json!("delivered"));
    let given = json!({ "courier": me["id"], "vehicle": "bike", "version": 1 });
    let path = format!("/rounds/{other}/courier");
    assert_eq!(
        stage.put(&staff, &path, given).await.code(),
        "version_conflict"
    );
    let given = json!({ "courier": me["id"], "vehicle": "bike" });
    let given = stage.put(&staff, &path, given).await.ok();
    assert_eq!(
        (&given["courier"]["id"], &given["vehicle"]),
        (&me["id"], &json!("bike"))
    );
    let seen = stage.get(&courier, "/courier/rounds").await.ok();
    assert_eq!(seen["rounds"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_plan_that_is_sent_again_under_its_key_is_answered_with_its_rounds() {
    let (stage, [owner, staff, _], parcels) = open().await;
    // Nobody knows where anything is.
    let csv = "country,postal_prefix,latitude,longitude\nDE,80,48.1,11.5\n";
    let saved = stage.put(&owner, "/gazetteer", json!({ "csv": csv }));
    saved.await.ok();
    let body = wanted(&stage, &staff, &parcels[0].1, &Value::Null).await;
    let key = [("idempotency-key", "a-plan")];
    let first = planned(&stage, &staff, &body, &key).await;
    assert_eq!(first["rounds"][0]["parcels"], json!(2), "{first}");
    let unknown = &first["places_unknown"];
    assert_eq!(unknown.as_array().map(Vec::len), Some(2), "{first}");
    assert_eq!(unknown[0]["round"], first["rounds"][0]["id"]);
    assert_eq!(unknown[0]["address"]["postal_code"], json!("10115"));
    let again = planned(&stage, &staff, &body, &key).await;
    assert_eq!(again, first);
    let day = stage.get(&staff, "/rounds?day=2026-11-29").await.ok();
    assert_eq!(day["rounds"].as_array().map(Vec::len), Some(1));
}
