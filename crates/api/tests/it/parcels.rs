//! Carriers and parcels by the interface: terms and tables, offers, waybills, and what is seen on the way.

use crate::harness::{Answer, Ask, OWNER, STAFF, Stage};
use crate::promise::{save, timetable};
use axum::http::StatusCode;
use serde_json::{Value, json};

pub fn terms() -> Value {
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

/// A carrier that goes to Germany, with its path.
pub async fn post(stage: &Stage, owner: &str) -> String {
    carrier(
        stage,
        owner,
        terms(),
        "parcel,1,2000,4.19\nparcel,1,10000,6.99\n",
    )
    .await
}

/// The same with these terms and rates.
async fn carrier(stage: &Stage, owner: &str, terms: Value, rates: &str) -> String {
    let body = json!({ "terms": terms, "blocks": [{ "first": 7, "last": 9 }] });
    let made = stage.post(owner, "/carriers", body).await.ok();
    let path = format!("/carriers/{}", made["id"].as_str().expect("an id"));
    let areas = json!({ "csv": "country,zone,postal_prefix,sorting_code\nDE,1,,DE-1\nDE,2,99,\n" });
    stage.put(owner, &format!("{path}/areas"), areas).await.ok();
    let rates = json!({ "csv": format!("service,zone,up_to_grams,price\n{rates}") });
    stage.put(owner, &format!("{path}/rates"), rates).await.ok();
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
    let saved = stage
        .put(&owner, &format!("{path}/areas"), again)
        .await
        .ok();
    assert_eq!(saved["version"], json!(3));
    let bad = json!({ "csv": "country,zone\nDE,1\nDE,1\nXYZ,2\n" });
    let bad = stage.put(&owner, &format!("{path}/areas"), bad).await;
    assert_eq!(bad.code(), "import_invalid");
    let errors = &bad.json()["error"]["details"]["files"][0]["errors"];
    assert_eq!(
        (&errors[0]["line"], &errors[1]["line"]),
        (&json!(3), &json!(4))
    );
    // A rate card's service must be there; terms keep the tables.
    let strange = json!({ "csv": "service,zone,up_to_grams,price\nnone,1,2000,4.19\n" });
    let strange = stage.put(&owner, &format!("{path}/rates"), strange).await;
    assert_eq!(strange.code(), "field_invalid");
    let mut changed = terms();
    changed["name"] = json!("The Post");
    let stale = json!({ "version": 2, "terms": changed });
    assert_eq!(
        stage.put(&owner, &path, stale).await.code(),
        "version_conflict"
    );
    let saved = stage
        .put(&owner, &path, json!({ "version": 3, "terms": changed }))
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
        let refused = stage.put(&owner, &path, json!({ "terms": terms })).await;
        assert_eq!(refused.code(), code, "{field}: {}", refused.text);
    }
}

pub async fn parcel_of(stage: &Stage, staff: &str) -> (String, String) {
    let order = stage.buy().await;
    let shown = stage.get(staff, &format!("/orders/{order}")).await.ok();
    let parcel = shown["fulfillments"][0]["id"].as_str().expect("a parcel");
    (order, parcel.to_owned())
}

#[tokio::test]
async fn who_is_in_time_is_booked_before_who_is_cheap() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let quick = post(&stage, &owner).await;
    save(&stage, &owner, &quick, timetable()).await.ok();
    // As the other, two nights later and for less.
    let mut slow = terms();
    slow["code"] = json!("slow");
    slow["name"] = json!("Slow");
    slow["numbering"]["prefix"] = json!("4012346");
    let slow = carrier(&stage, &owner, slow, "parcel,1,10000,2.19\n").await;
    let mut late = timetable();
    let lines = late["lines"].as_str().expect("lines");
    late["lines"] = json!(lines.replace("28:00", "76:00"));
    save(&stage, &owner, &slow, late).await.ok();

    let (order, parcel) = parcel_of(&stage, &staff).await;
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    let promised = &shown["delivery"]["promise"]["latest"];
    assert_eq!(&shown["fulfillments"][0]["promised"], promised);
    let path = format!("/fulfillments/{parcel}");
    let asked = stage
        .get(&staff, &format!("{path}/offers?weight_grams=500"))
        .await
        .ok();
    let told: Vec<_> = asked["offers"]
        .as_array()
        .expect("offers")
        .iter()
        .map(|o| {
            (
                o["carrier"]["name"].as_str(),
                o["in_time"].as_bool(),
                o["is_usual"].as_bool(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (Some("Slow"), Some(false), Some(false)),
            (Some("Post"), Some(true), Some(true))
        ]
    );
    assert_eq!(&asked["offers"][1]["arrives"], promised);
    let waybill = json!({ "weight_grams": 500 });
    let booked = stage
        .post(&staff, &format!("{path}/waybill"), waybill.clone())
        .await
        .ok();
    assert_eq!(booked["parcel"]["carrier"]["name"], json!("Post"));
    stage
        .post(&staff, &format!("{path}/waybill/cancel"), json!({}))
        .await
        .ok();
    // Where the one in time takes it no more, it goes all the same.
    let mut off = stage.get(&owner, &quick).await.ok()["terms"].clone();
    off["active"] = json!(false);
    stage
        .put(&owner, &quick, json!({ "terms": off }))
        .await
        .ok();
    let booked = stage
        .post(&staff, &format!("{path}/waybill"), waybill)
        .await
        .ok();
    assert_eq!(booked["parcel"]["carrier"]["name"], json!("Slow"));
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
    assert_eq!(label.code(), "waybill_exists");
    let body = json!({ "fulfillments": [parcel], "format": "zpl" });
    let label = stage.post(&staff, "/labels", body).await;
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

/// Prints labels; with a key, the request may be repeated.
async fn print(stage: &Stage, staff: &str, body: &Value, key: &str) -> Answer {
    let keys = [("idempotency-key", key)];
    let ask = Ask {
        method: "POST",
        path: "/labels",
        cookie: staff,
        body: Some(body.clone()),
        headers: keys
            .into_iter()
            .filter(|(_, key)| !key.is_empty())
            .collect(),
    };
    stage.ask(ask).await
}

// Long because it is one parcel's labels from the first to the last.
#[tokio::test]
async fn labels_are_printed_and_counted_once_for_a_key_and_all_or_none() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let carrier = post(&stage, &owner).await;
    let mut terms = terms();
    terms["daily_quota"] = Value::Null;
    stage
        .put(&owner, &carrier, json!({ "terms": terms }))
        .await
        .ok();
    let mut parcels = Vec::new();
    for _ in 0..3 {
        parcels.push(parcel_of(&stage, &staff).await);
    }
    for (_, parcel) in &parcels[..2] {
        let path = format!("/fulfillments/{parcel}/waybill");
        let body = json!({ "weight_grams": 900 });
        stage.post(&staff, &path, body).await.ok();
    }
    let ids: Vec<&str> = parcels.iter().map(|(_, id)| id.as_str()).collect();
    let counts = async || {
        let mut counts = Vec::new();
        for (order, _) in &parcels[..2] {
            let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
            counts.push(shown["fulfillments"][0]["parcel"]["labels"].clone());
        }
        counts
    };
    let both = json!({ "fulfillments": [ids[1], ids[0]], "format": "zpl" });
    let first = print(&stage, &staff, &both, "k").await;
    assert_eq!(first.headers["content-type"], "application/zpl");
    assert_eq!(first.text.matches("^XA").count(), 2);
    let [second, third] = ["340123450000000086", "340123450000000079"].map(|n| first.text.find(n));
    assert!(
        second.is_some() && second < third,
        "in the order they are asked for"
    );
    assert!(!first.text.contains("REPRINT"));
    let again = print(&stage, &staff, &both, "k").await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(
        (again.text, counts().await),
        (first.text, vec![json!(1), json!(1)])
    );
    let other = json!({ "fulfillments": [ids[0]], "format": "zpl" });
    let other = print(&stage, &staff, &other, "k").await;
    assert_eq!(other.code(), "idempotency_key_reused");
    let reprint = print(&stage, &staff, &both, "").await;
    assert_eq!(
        reprint.text.matches("REPRINT 2").count(),
        4,
        "bold ones are printed twice"
    );
    let pdf = json!({ "fulfillments": [ids[0]], "format": "pdf" });
    let pdf = print(&stage, &staff, &pdf, "").await;
    assert_eq!(pdf.headers["content-type"], "application/pdf");
    assert!(pdf.text.starts_with("%PDF-"));
    assert_eq!(counts().await, [json!(3), json!(2)]);

    let day = jiff::Timestamp::now()
        .in_tz("Europe/Berlin")
        .expect("a zone");
    let booked = format!("booked_on={}", day.date());
    let id = carrier.trim_start_matches("/carriers/");
    for (query, count) in [
        (String::new(), 3),
        (booked.clone(), 2),
        ("booked_on=2020-02-29".to_owned(), 0),
        ("labeled=true".to_owned(), 2),
        ("labeled=false".to_owned(), 0),
        (format!("{booked}&carrier={id}&labeled=true"), 2),
        ("carrier=carrier_0000000000001".to_owned(), 0),
    ] {
        let list = stage
            .get(&staff, &format!("/fulfillments?{query}"))
            .await
            .ok();
        assert_eq!(
            list["items"].as_array().map(Vec::len),
            Some(count),
            "{query}"
        );
    }
    let odd = stage
        .get(&staff, "/fulfillments?booked_on=2026-02-30")
        .await;
    assert_eq!(odd.code(), "parameter_invalid");

    let nobody = "fulfillment_0000000000001";
    let refused = json!({ "fulfillments": [ids[0], ids[2], nobody], "format": "pdf" });
    let refused = print(&stage, &staff, &refused, "").await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "labels_refused".into())
    );
    let why = json!([
        { "fulfillment": ids[2], "why": "no_waybill" },
        { "fulfillment": nobody, "why": "unknown" },
    ]);
    assert_eq!(refused.json()["error"]["details"]["refused"], why);
    let strange = json!({ "fulfillments": [ids[0], "42"], "format": "pdf" });
    let strange = print(&stage, &staff, &strange, "").await;
    let why = json!([{ "fulfillment": "42", "why": "unknown" }]);
    assert_eq!(strange.json()["error"]["details"]["refused"], why);
    for bad in [json!([]), json!([ids[0], ids[0]]), json!(vec![ids[0]; 501])] {
        let bad = json!({ "fulfillments": bad, "format": "zpl" });
        let bad = print(&stage, &staff, &bad, "").await;
        assert_eq!(bad.code(), "field_invalid");
    }
    let odd = json!({ "fulfillments": [ids[0]], "format": "epl" });
    assert_eq!(print(&stage, &staff, &odd, "").await.code(), "body_invalid");
    let path = format!("/fulfillments/{}/waybill/cancel", ids[0]);
    stage.post(&staff, &path, json!({})).await.ok();
    let gone = print(&stage, &staff, &both, "k").await;
    assert_eq!(
        gone.code(),
        "labels_refused",
        "its waybill was canceled since"
    );
    let slip = stage
        .get(&staff, &format!("/fulfillments/{}/label", ids[2]))
        .await;
    assert!(
        slip.text.contains("<svg") && slip.text.contains("Ada"),
        "{}",
        slip.text
    );
}

#[tokio::test]
async fn many_waybills_are_booked_each_by_itself_and_sending_again_changes_nothing() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let path = post(&stage, &owner).await;
    let carrier = path.trim_start_matches("/carriers/").to_owned();
    let mut parcels = Vec::new();
    for _ in 0..3 {
        parcels.push(parcel_of(&stage, &staff).await.1);
    }
    let unknown = "fulfillment_0000000000001";
    let asked = json!({ "fulfillments": [parcels[0], unknown, parcels[1], "nonsense", parcels[0], parcels[2]] });
    let words = |answer: &Value| -> Vec<String> {
        let rows = answer["results"].as_array().expect("rows").iter();
        let word = |row: &Value| {
            row["waybill"]["number"]
                .as_str()
                .or(row["error"]["code"].as_str())
                .map(str::to_owned)
        };
        rows.map(|row| word(row).expect("a number or a code"))
            .collect()
    };
    let booked = stage.post(&staff, "/waybills", asked.clone()).await.ok();
    let first = words(&booked);
    // Two in a day are the carrier's quota.
    assert_eq!(
        (&first[1], &first[3], &first[5]),
        (
            &"not_found".to_owned(),
            &"not_found".to_owned(),
            &"no_carrier".to_owned()
        )
    );
    assert_eq!(first[0], first[4]);
    assert!(
        first[0].len() == 18 && first[2].len() == 18 && first[0] != first[2],
        "{first:?}"
    );
    assert_eq!(
        words(&stage.post(&staff, "/waybills", asked).await.ok()),
        first
    );
    let other = json!({ "fulfillments": [parcels[0]], "carrier": carrier, "service": "letter" });
    assert_eq!(
        words(&stage.post(&staff, "/waybills", other).await.ok()),
        ["waybill_exists"]
    );
    for (body, field) in [
        (json!({ "fulfillments": [] }), "fulfillments"),
        (
            json!({ "fulfillments": vec![unknown; 501] }),
            "fulfillments",
        ),
        (
            json!({ "fulfillments": [unknown], "service": "parcel" }),
            "carrier",
        ),
        (
            json!({ "fulfillments": [unknown], "carrier": carrier }),
            "service",
        ),
    ] {
        let refused = stage.post(&staff, "/waybills", body).await;
        assert_eq!(refused.code(), "field_invalid");
        assert_eq!(refused.json()["error"]["details"]["field"], json!(field));
    }
}
