//! Parcels as EPCIS 2.0: what one shop writes, another one reads; bad documents lose nothing.

use crate::harness::{HUB, Stage};
use crate::rounds::open;
use axum::http::StatusCode;
use serde_json::{Value, json};

const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
const LD_JSON: &str = "application/ld+json";

/// A shop with a fleet of its own and two parcels; staff, and the first parcel's order, id and number.
async fn shop() -> (Stage, String, [String; 3]) {
    let (stage, [_, staff, _], parcels) = open().await;
    let (order, parcel, number) = parcels.into_iter().next().expect("two of them");
    (stage, staff, [order, parcel, number])
}

/// A moment some seconds from now, in UTC.
fn at(seconds: i64) -> String {
    let now = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    now.to_string()
}

/// A document with events.
fn document(events: Value) -> Value {
    json!({ "@context": [CONTEXT, { "sesame": "urn:sesame:epcis:" }], "type": "EPCISDocument",
        "schemaVersion": "2.0", "creationDate": at(0), "epcisBody": { "eventList": events } })
}

/// An event of a parcel that is moved, with other fields.
fn event(number: &str, other: Value) -> Value {
    let mut event = json!({ "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "transporting",
        "epcList": [format!("https://id.gs1.org/00/{number}")], "eventTime": at(1), "eventTimeZoneOffset": "+01:00" });
    for (name, value) in other.as_object().expect("fields") {
        event[name] = value.clone();
    }
    event
}

async fn tell(stage: &Stage, staff: &str, document: &Value) -> Vec<Value> {
    let answer = stage
        .post_text(staff, "/parcels/epcis", LD_JSON, document.to_string())
        .await
        .ok();
    answer["results"].as_array().expect("a list").clone()
}

/// Of results: where the parcel is, or why it was not taken.
fn short(results: &[Value]) -> Vec<String> {
    let one = |row: &Value| {
        let of = &row["result"];
        let (field, word) = match of["taken"] == json!(true) {
            true => ("status", "taken"),
            false => ("code", "refused"),
        };
        format!("{word}: {}", of[field].as_str().unwrap_or("-"))
    };
    results.iter().map(one).collect()
}

async fn status(stage: &Stage, staff: &str, order: &str) -> Value {
    let shown = stage.get(staff, &format!("/orders/{order}")).await.ok();
    shown["fulfillments"][0]["parcel"]["status"].clone()
}

/// The numbers of parcels that lie at the warehouse.
async fn lying(stage: &Stage, staff: &str) -> Value {
    let path = format!("/hubs/{}/parcels", stage.shop.warehouse);
    let list = stage.get(staff, &path).await.ok();
    let items = list["items"].as_array().expect("rows").iter();
    items.map(|item| item["number"].clone()).collect()
}

/// The parcel goes to the warehouse and is held there; a scan and a word of its carrier are taken back.
async fn let_it_go(stage: &Stage, staff: &str, number: &str) {
    let hand = stage.sign_in(HUB).await;
    let path = format!("/hubs/{}/scans", stage.shop.warehouse);
    for (key, what, undoes) in [
        ("a", "left", Value::Null),
        ("b", "damaged", Value::Null),
        ("c", "undo", json!("b")),
        ("d", "arrived", Value::Null),
    ] {
        // No scan counts later than it is heard: each has a moment of its own.
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        let scan = json!({ "key": key, "at": api::app::now_ms(), "label": number, "what": what, "undoes": undoes });
        stage
            .post(&hand, &path, json!({ "scans": [scan] }))
            .await
            .ok();
    }
    let said = |key: &str, status: &str, withdraws: bool| {
        json!({ "number": number, "key": key, "at": at(5),
        "status": status, "place": "Depot 7", "reason": "nobody_home", "withdraws": withdraws })
    };
    let events = json!([
        said("1", "delivery_failed", false),
        said("1", "delivery_failed", true)
    ]);
    stage
        .post(staff, "/parcels/events", json!({ "events": events }))
        .await
        .ok();
}

// Long because a whole document is looked at.
#[tokio::test]
async fn what_one_shop_writes_another_one_reads_and_its_parcel_is_at_the_same_place() {
    let (one, staff, [order, parcel, number]) = shop().await;
    let_it_go(&one, &staff, &number).await;
    let answer = one
        .get(&staff, &format!("/fulfillments/{parcel}/epcis"))
        .await;
    assert_eq!(answer.headers["content-type"], LD_JSON);
    let written = answer.ok();
    let events = written["epcisBody"]["eventList"]
        .as_array()
        .expect("events")
        .clone();
    let words: Vec<_> = events
        .iter()
        .map(|e| {
            let text = |field: &str| e[field].as_str().unwrap_or("-").to_owned();
            (
                text("bizStep"),
                text("disposition"),
                e["errorDeclaration"].is_object(),
            )
        })
        .collect();
    let words: Vec<_> = words
        .iter()
        .map(|(s, d, e)| (s.as_str(), d.as_str(), *e))
        .collect();
    assert_eq!(
        words,
        [
            ("departing", "in_transit", false),
            ("holding", "damaged", true),
            ("arriving", "-", false),
            ("urn:sesame:epcis:delivery_failed", "in_transit", true),
        ]
    );
    let place = format!("http://shop.example/locations/{}", one.shop.warehouse);
    let came = &events[2];
    assert_eq!(came["bizLocation"], json!({ "id": place }));
    assert_eq!(
        came["epcList"],
        json!([format!("https://id.gs1.org/00/{number}")])
    );
    assert_eq!(
        came["eventTimeZoneOffset"],
        json!(came["eventTime"].as_str().expect("text")[23..])
    );
    assert!(events[0]["readPoint"]["id"] == json!(place) && events[0]["bizLocation"].is_null());
    assert_eq!(
        (&events[3]["sesame:place"], &events[3]["sesame:reason"]),
        (&json!("Depot 7"), &json!("nobody_home"))
    );

    // Another shop with the same places and numbers; and one elsewhere, which knows neither.
    for base in ["http://shop.example", "https://elsewhere.example"] {
        let (other, theirs, [order_there, parcel_there, _]) = shop().await;
        let text = written.to_string().replace("http://shop.example", base);
        let sent: Value = serde_json::from_str(&text).expect("JSON");
        let told = tell(&other, &theirs, &sent).await;
        assert!(
            told.iter().all(|row| row["result"]["taken"] == json!(true)),
            "{told:?}"
        );
        assert_eq!(
            told[0]["event_id"],
            sent["epcisBody"]["eventList"][0]["eventID"]
        );
        let (here, there) = (
            status(&one, &staff, &order).await,
            status(&other, &theirs, &order_there).await,
        );
        assert_eq!((here, there), (json!("in_transit"), json!("in_transit")));
        let is_known = base == "http://shop.example";
        let lies = if is_known { json!([number]) } else { json!([]) };
        assert_eq!(lying(&other, &theirs).await, lies);
        // Heard again, nothing changes; nor where it comes from.
        tell(&other, &theirs, &sent).await;
        let path = format!("/fulfillments/{parcel_there}/epcis");
        let again = other.get(&theirs, &path).await.ok();
        let count = again["epcisBody"]["eventList"].as_array().map(Vec::len);
        assert_eq!(count, Some(events.len()), "{again}");
    }
    tell(&one, &staff, &written).await;
    let again = one
        .get(&staff, &format!("/fulfillments/{parcel}/epcis"))
        .await
        .ok();
    assert_eq!(again["epcisBody"], written["epcisBody"]);
    assert_eq!(lying(&one, &staff).await, json!([number]));
}

#[tokio::test]
async fn what_is_not_understood_is_refused_by_itself_and_the_rest_is_taken() {
    let (stage, staff, [order, _, number]) = shop().await;
    let gone = json!({ "declarationTime": at(0) });
    let late = at(3_600);
    let events = json!([
        event(&number, json!({ "eventTime": "2026-11-29T09:30:00" })),
        event(&number, json!({ "eventTime": late })),
        event("340123450000000017", json!({})),
        event("340123450000000018", json!({})),
        event(&number, json!({ "bizStep": "teleporting" })),
        "no event",
        // It is taken back before it comes.
        event(&number, json!({ "eventID": "urn:x:1", "bizStep": "receiving", "errorDeclaration": gone })),
        event(&number, json!({ "eventID": "urn:x:1", "bizStep": "receiving" })),
        event(&number, json!({ "eventID": "urn:x:2" })),
        { "type": "AggregationEvent", "action": "ADD", "parentID": "urn:x:pallet", "bizStep": "loading",
            "childEPCs": ["urn:x:none", format!("https://id.gs1.org/00/{number}")],
            "eventTime": at(2), "eventTimeZoneOffset": "+00:00" },
    ]);
    let told = tell(&stage, &staff, &document(events)).await;
    assert_eq!(
        short(&told),
        [
            "refused: event_invalid",
            "refused: field_invalid",
            "refused: not_found",
            "refused: event_invalid",
            "refused: event_invalid",
            "refused: event_invalid",
            "taken: pending",
            "taken: pending",
            "taken: in_transit",
            "refused: event_invalid",
            "taken: in_transit",
        ]
    );
    let places: Vec<_> = told.iter().map(|row| row["event"].as_u64()).collect();
    assert_eq!(places[8..], [Some(8), Some(9), Some(9)]);
    assert_eq!(
        (&told[4]["epc"], &told[9]["epc"]),
        (&Value::Null, &json!("urn:x:none"))
    );
    let why = told[4]["result"]["message"].as_str().expect("a sentence");
    assert!(why.contains("teleporting"), "{why}");
    assert_eq!(status(&stage, &staff, &order).await, json!("in_transit"));
}

#[tokio::test]
async fn the_same_ten_times_is_one_sighting_with_an_id_and_without() {
    let (stage, staff, [_, parcel, number]) = shop().await;
    let named = event(&number, json!({ "eventID": "ni:///sha-256;00?ver=CBV2.0" }));
    let nameless = event(&number, json!({ "bizStep": "loading" }));
    let ten: Vec<Value> = (0..10)
        .flat_map(|_| [named.clone(), nameless.clone()])
        .collect();
    let told = tell(&stage, &staff, &document(json!(ten))).await;
    assert_eq!(short(&told), vec!["taken: in_transit"; 20]);
    let path = format!("/fulfillments/{parcel}/epcis");
    let written = stage.get(&staff, &path).await.ok();
    let count = written["epcisBody"]["eventList"].as_array().map(Vec::len);
    assert_eq!(count, Some(2));
}

#[tokio::test]
async fn a_document_that_is_none_changes_nothing() {
    let (stage, staff, [order, _, number]) = shop().await;
    let one = event(&number, json!({}));
    let with = |field: &str, value: Value| {
        let mut document = document(json!([one]));
        document[field] = value;
        document.to_string()
    };
    let many = document(json!(vec![one.clone(); 1_001])).to_string();
    let pallet = vec![one["epcList"][0].clone(); 501];
    let pallet = json!(vec![event(&number, json!({ "epcList": pallet })); 2]);
    let xml = "<epcis:EPCISDocument xmlns:epcis=\"urn:epcglobal:epcis:xsd:2\"/>".to_owned();
    for (kind, text, code) in [
        ("application/json", xml.clone(), "body_invalid"),
        ("application/xml", xml, "media_type_unsupported"),
        (
            LD_JSON,
            with("@context", json!("https://schema.org")),
            "body_invalid",
        ),
        (LD_JSON, with("@context", json!([])), "body_invalid"),
        (
            LD_JSON,
            with("type", json!("EPCISQueryDocument")),
            "body_invalid",
        ),
        (LD_JSON, with("schemaVersion", json!("1.2")), "body_invalid"),
        (LD_JSON, with("epcisBody", json!({})), "body_invalid"),
        (LD_JSON, "{}".to_owned(), "body_invalid"),
        (LD_JSON, many, "field_invalid"),
        (LD_JSON, pallet.to_string(), "body_invalid"),
        (LD_JSON, document(pallet).to_string(), "field_invalid"),
    ] {
        let short: String = text.chars().take(200).collect();
        let refused = stage.post_text(&staff, "/parcels/epcis", kind, text).await;
        assert_eq!(refused.code(), code, "{short}: {}", refused.text);
    }
    assert_eq!(status(&stage, &staff, &order).await, json!("pending"));
    let none = stage.get(&staff, "/fulfillments/fulfillment_0000000000001/epcis");
    assert_eq!(none.await.code(), "not_found");
    for path in ["from=today", "until=2026-11-11", "cursor=x", "limit=0"] {
        let refused = stage.get(&staff, &format!("/parcels/epcis?{path}")).await;
        assert_eq!(refused.code(), "parameter_invalid", "{path}");
    }
    let empty = document(json!([]));
    assert!(tell(&stage, &staff, &empty).await.is_empty());
}

#[tokio::test]
async fn all_parcels_are_told_page_by_page_as_the_shop_heard_of_them() {
    let (stage, [_, staff, _], parcels) = open().await;
    let before = at(-1);
    for (_, _, number) in &parcels {
        let_it_go(&stage, &staff, number).await;
    }
    let mut path = format!("/parcels/epcis?limit=3&from={before}");
    let mut ids: Vec<Value> = Vec::new();
    let mut pages = 0;
    loop {
        let answer = stage.get(&staff, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        let next = answer.headers.get("link").map(|link| {
            let link = link.to_str().expect("ASCII").to_owned();
            let address = link
                .strip_suffix(">; rel=\"next\"")
                .expect("a link")
                .to_owned();
            let (_, path) = address.split_once("/api/v1").expect("an address of ours");
            path.to_owned()
        });
        let page = answer.ok();
        let events = page["epcisBody"]["eventList"].as_array().expect("events");
        assert!(events.len() <= 3);
        ids.extend(events.iter().map(|e| e["eventID"].clone()));
        pages += 1;
        match next {
            Some(next) => path = next,
            None => break,
        }
    }
    assert!(pages >= 4, "{pages}");
    let mut once: Vec<String> = ids.iter().map(ToString::to_string).collect();
    once.sort();
    once.dedup();
    // What was taken back is told again, where it is told on another page.
    assert!(once.len() == 8 && ids.len() <= 12, "{ids:?}");
    let early = format!("/parcels/epcis?until={before}");
    let none = stage.get(&staff, &early).await;
    assert!(none.headers.get("link").is_none());
    assert_eq!(none.ok()["epcisBody"]["eventList"], json!([]));
}
