//! When goods would be there: timetables that are saved, what they promise, and what is sold by it.

use crate::harness::{Answer, Ask, OWNER, STAFF, Stage};
use crate::parcels::post;
use axum::http::StatusCode;
use jiff::civil::{Weekday, time};
use jiff::{ToSpan, Zoned};
use serde_json::{Value, json};
use testkit::SmallShop;

/// A night line from the warehouse and a tour each morning; the warehouse's own opening hours are a calendar.
pub fn timetable() -> Value {
    json!({
        "calendars": "calendar,day,hours\nall,mon,00:00-24:00\nall,tue,00:00-24:00\nall,wed,00:00-24:00\n\
            all,thu,00:00-24:00\nall,fri,00:00-24:00\nall,sat,00:00-24:00\nall,sun,00:00-24:00\n",
        "hubs": "code,time_zone,calendar\nhub,Europe/Berlin,all\n",
        "lines": "code,from,to,calendar,cutoff,depart,arrive,capacity\n\
            night,warehouse-1,hub,location:warehouse-1,17:00,18:00,28:00,\n",
        "zones": "zone,hub,time_zone,calendar,cutoff,from,to,capacity\nDE-1,hub,Europe/Berlin,all,06:00,09:00,14:00,\n",
        "programmes": "",
    })
}

/// The next Wednesday that is not today, at ten in Berlin.
fn wednesday() -> Zoned {
    let now = Zoned::now().in_tz("Europe/Berlin").expect("a time zone");
    let next = now.nth_weekday(1, Weekday::Wednesday).expect("a week");
    next.with().time(time(10, 0, 0, 0)).build().expect("a time")
}

async fn promised(stage: &Stage, postal_code: &str, at: i64) -> Value {
    let line = json!({ "sku": SmallShop::sku(0), "quantity": 2 });
    let body = json!({ "lines": [line], "country": "DE", "postal_code": postal_code, "at": at });
    let asked = Ask {
        method: "POST",
        path: "/promise",
        body: Some(body),
        headers: vec![("plain", "")],
        ..Ask::default()
    };
    stage.ask(asked).await.ok()
}

pub async fn save(stage: &Stage, owner: &str, path: &str, body: Value) -> Answer {
    let path = format!("{path}/services/parcel/timetable");
    stage.put(owner, &path, body).await
}

#[tokio::test]
async fn a_timetable_says_when_a_parcel_is_there_and_until_when_to_order() {
    let stage = Stage::open();
    let owner = stage.sign_in(OWNER).await;
    let path = post(&stage, &owner).await;
    save(&stage, &owner, &path, timetable()).await.ok();
    let wednesday = wednesday();
    let at = wednesday.timestamp().as_millisecond();
    let hours = |hours: i64| {
        let later = wednesday.checked_add(hours.hours()).expect("in reach");
        later.timestamp().as_millisecond()
    };
    let answer = promised(&stage, "10115", at).await;
    let option = &answer["options"][0];
    // An hour to pack, the night line, the tour of Thursday morning.
    assert_eq!(option["deliver_min"], json!(hours(23)), "{answer}");
    assert_eq!(option["deliver_max"], json!(hours(28)));
    assert_eq!(option["order_before"], json!(hours(6) + 999));
    let parcel = &option["parcels"][0];
    assert_eq!(parcel["carrier"]["name"], json!("Post"));
    let legs: Vec<(&str, &str)> = parcel["legs"]
        .as_array()
        .expect("legs")
        .iter()
        .map(|leg| {
            let text = |field: &str| leg[field].as_str().expect("a text");
            (text("step"), text("name"))
        })
        .collect();
    let way = [
        ("prepare", "warehouse-1"),
        ("ride", "night"),
        ("tour", "DE-1"),
    ];
    assert_eq!(legs, way);
    // At the last moment it is the same, after it a day later.
    let last = promised(&stage, "10115", hours(6) + 999).await;
    assert_eq!(last["options"][0]["deliver_max"], json!(hours(28)));
    let late = promised(&stage, "10115", hours(6) + 1_000).await;
    assert_eq!(late["options"][0]["deliver_max"], json!(hours(52)));
    // Where the timetable does not go, the rate's days say it.
    let elsewhere = promised(&stage, "99084", at).await;
    let parcel = &elsewhere["options"][0]["parcels"][0];
    assert_eq!(
        (&parcel["carrier"], &parcel["legs"]),
        (&json!(null), &json!([]))
    );
    assert_eq!(
        elsewhere["options"][0]["order_before"],
        json!(hours(5) - 1),
        "the place's own cut-off is 15:00"
    );
    assert_eq!(answer["pickups"].as_array().map(Vec::len), Some(1));
    for (field, value) in [
        ("country", json!("Germany")),
        ("lines", json!([])),
        ("at", json!(0)),
        ("currency", json!("euro")),
    ] {
        let line = json!({ "sku": SmallShop::sku(0), "quantity": 2 });
        let mut body = json!({ "lines": [line], "country": "DE" });
        body[field] = value;
        let refused = stage.post("", "/promise", body).await;
        assert_eq!(refused.code(), "field_invalid", "{field}");
    }
}

#[tokio::test]
async fn a_hub_that_closes_at_noon_changes_what_is_promised_at_once() {
    let stage = Stage::open();
    let owner = stage.sign_in(OWNER).await;
    let path = post(&stage, &owner).await;
    save(&stage, &owner, &path, timetable()).await.ok();
    let wednesday = wednesday();
    let at = wednesday.timestamp().as_millisecond();
    let before = promised(&stage, "10115", at).await;
    let day = wednesday.date();
    let (from, until) = (day, day.tomorrow().expect("a day"));
    let mut closed = timetable();
    closed["closures"] = json!(format!(
        "closed,from,until\nhub,{from} 12:00,{until} 12:00\n"
    ));
    save(&stage, &owner, &path, closed).await.ok();
    let after = promised(&stage, "10115", at).await;
    let (before, after) = (&before["options"][0], &after["options"][0]);
    let later = after["deliver_max"]
        .as_i64()
        .zip(before["deliver_max"].as_i64());
    assert_eq!(
        later.map(|(after, before)| after - before),
        Some(86_400_000)
    );
    let waits: Vec<&str> = after["parcels"][0]["legs"]
        .as_array()
        .expect("legs")
        .iter()
        .filter_map(|leg| leg["wait"].as_str())
        .collect();
    assert_eq!(waits, ["none", "closure", "departure"]);
}

#[tokio::test]
async fn what_is_promised_is_sold_with_the_order() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let path = post(&stage, &owner).await;
    save(&stage, &owner, &path, timetable()).await.ok();
    // The harness's buyer lives at 10115.
    let before = promised(&stage, "10115", api::app::now_ms()).await;
    let order = stage.buy().await;
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let option = &before["options"][0];
    assert_eq!(
        shown["delivery"]["promise"]["earliest"],
        option["deliver_min"]
    );
    assert_eq!(
        shown["delivery"]["promise"]["latest"],
        option["deliver_max"]
    );
}

/// Table, text, the line and the column that are named.
const BAD_LINES: [(&str, &str, u64, &str); 5] = [
    (
        "lines",
        "code,from,to,calendar,cutoff,depart,arrive,capacity\nnight,moon,hub,all,17:00,18:00,28:00,\n",
        2,
        "from",
    ),
    // A line into the past, on the second line.
    (
        "lines",
        "code,from,to,calendar,cutoff,depart,arrive,capacity\nfar,warehouse-1,hub,all,17:00,18:00,28:00,\nnight,warehouse-1,hub,all,17:00,18:00,10:00,\n",
        3,
        "arrive",
    ),
    (
        "lines",
        "code,from,to\nnight,warehouse-1,hub\n",
        1,
        "calendar",
    ),
    (
        "hubs",
        "code,time_zone,calendar\nhub,Europe/Atlantis,all\n",
        2,
        "time_zone",
    ),
    (
        "calendars",
        "calendar,day,hours\nall,monday,00:00-24:00\n",
        2,
        "day",
    ),
];

#[tokio::test]
async fn one_bad_line_is_named_and_changes_nothing() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let path = post(&stage, &owner).await;
    let saved = save(&stage, &owner, &path, timetable()).await.ok();
    for (table, text, line, column) in BAD_LINES {
        let mut bad = timetable();
        bad[table] = json!(text);
        let refused = save(&stage, &owner, &path, bad).await;
        assert_eq!(
            refused.code(),
            "import_invalid",
            "{table}: {}",
            refused.text
        );
        let files = &refused.json()["error"]["details"]["files"];
        let all = files.as_array().expect("files").iter();
        let file = all
            .clone()
            .find(|file| file["name"] == json!(format!("{table}.csv")));
        let error = &file.unwrap_or_else(|| panic!("{table}: {files}"))["errors"][0];
        assert_eq!(
            (&error["line"], &error["column"]),
            (&json!(line), &json!(column)),
            "{files}"
        );
    }
    let saved_at = format!("{path}/services/parcel/timetable");
    let kept = stage.get(&staff, &saved_at).await.ok();
    assert_eq!(kept, saved);
    // An old version, a service that is not there, staff who are no owners.
    let mut stale = timetable();
    stale["version"] = json!(1);
    assert_eq!(
        save(&stage, &owner, &path, stale).await.code(),
        "version_conflict"
    );
    let nowhere = format!("{path}/services/express/timetable");
    let nowhere = stage.put(&owner, &nowhere, timetable()).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let refused = save(&stage, &staff, &path, timetable()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // Terms that are saved keep it; without tables there is none any more.
    let at = wednesday().timestamp().as_millisecond();
    let empty = json!({});
    save(&stage, &owner, &path, empty).await.ok();
    let answer = promised(&stage, "10115", at).await;
    assert_eq!(answer["options"][0]["parcels"][0]["carrier"], json!(null));
}
