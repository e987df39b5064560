//! The connector to Karrio against answers in the shape in which a Karrio server gave them. The step `karrio` of the suite
//! runs it against the server itself.

use connectors::carrier::{
    Announcement, CarrierConnector, CarrierError, HeaderMap, Manifest, Party, Pickup,
};
use connectors::http::HttpSettings;
use connectors::karrio::{Karrio, KarrioConfig};
use serde_json::{Value, json};

use crate::support::scripted::{Answer, Scripted};

const KEY: &str = "group_1-1";

fn connector(base_url: String) -> Karrio {
    Karrio::new(KarrioConfig {
        base_url,
        token: "key_of_the_test".into(),
        webhook_secrets: vec!["whsec_old".into(), "whsec_new".into()],
        http: HttpSettings {
            timeout_ms: 5_000,
            attempts: 1,
        },
    })
    .expect("a client")
}

fn parcel() -> Announcement {
    Announcement {
        key: KEY.into(),
        carrier: "swift".into(),
        service: "express".into(),
        number: None,
        reference: KEY.into(),
        weight_grams: 1_250,
        size_mm: Some([305, 200, 95]),
        from: Party {
            name: "Shop".into(),
            street: "Hauptstr. 1".into(),
            city: "Berlin".into(),
            postal_code: "10115".into(),
            country: "DE".into(),
            ..Party::default()
        },
        to: Party {
            name: "Zoë Lee".into(),
            street: "1 Main St".into(),
            street_2: "Floor 2".into(),
            city: "Ottawa".into(),
            postal_code: "K1K4T3".into(),
            region: "ON".into(),
            country: "CA".into(),
            phone: "+16135550100".into(),
            email: "zoe@example.com".into(),
        },
        webhook_url: None,
    }
}

fn rate(service: &str, charge: &str, currency: &str) -> String {
    format!(
        r#"{{"id":"rat_{service}","object_type":"rate","carrier_name":"swift","carrier_id":"swift","currency":"{currency}","service":"{service}","total_charge":{charge},"transit_days":null,"extra_charges":[],"estimated_delivery":null,"meta":{{}},"test_mode":false}}"#
    )
}

fn rates() -> String {
    [
        rate("economy", "13.584999999999999", "EUR"),
        rate("express", "9.99", "EUR"),
    ]
    .join(",")
}

/// A shipment as Karrio writes it, but for the fields that nobody reads.
fn shipment(id: &str, status: &str, number: Value, further: Value) -> String {
    let mut shipment = json!({
        "id": id, "object_type": "shipment", "tracking_url": null, "reference": KEY, "order_id": null, "label_type": "PDF",
        "services": ["express"], "messages": [], "status": status, "carrier_name": "generic", "carrier_id": "swift",
        "tracking_number": number, "selected_rate": null, "service": "express", "test_mode": false, "metadata": {},
    });
    for (name, value) in further.as_object().expect("fields") {
        shipment[name] = value.clone();
    }
    let text = shipment.to_string();
    let (_, rest) = text.split_once('{').expect("an object");
    format!(r#"{{"rates":[{}],{rest}"#, rates())
}

fn page(entries: &[String]) -> Answer {
    let entries = entries.join(",");
    ok(format!(
        r#"{{"count":1,"next":null,"previous":null,"results":[{entries}]}}"#
    ))
}

fn ok(body: String) -> Answer {
    Answer::Json(200, body)
}

fn refusal(status: u16, code: &str) -> Answer {
    let body = json!({"errors": [{"code": code, "level": "error", "message": "because"}]});
    Answer::Json(status, body.to_string())
}

fn draft(metadata: Value) -> String {
    let further = json!({"metadata": metadata, "service": null, "carrier_id": null});
    shipment("shp_1", "draft", Value::Null, further)
}

fn bought() -> String {
    shipment("shp_1", "created", json!("N1"), json!({}))
}

/// What an announcement gives, and the lines of what was asked for it.
async fn announce(script: Vec<Answer>) -> (Result<String, CarrierError>, Vec<String>) {
    let server = Scripted::start(script).await;
    let karrio = connector(server.base_url.clone());
    let parcel = parcel();
    let announced = karrio.announce(&parcel).await.map(|a| a.number);
    let lines = server.asked().into_iter().map(|asked| asked.line);
    (announced, lines.collect())
}

const LOOK: &str = "GET /v1/shipments?reference=group%5F1%2D1&limit=20&offset=0";
const MAKE: &str = "POST /v1/shipments";
const BUY: &str = "POST /v1/shipments/shp_1/purchase";
const CANCEL: &str = "POST /v1/shipments/shp_1/cancel";

#[tokio::test]
async fn a_parcel_is_drafted_and_bought_in_their_units() {
    let answers = vec![page(&[]), Answer::Json(201, draft(json!({}))), ok(bought())];
    let server = Scripted::start(answers).await;
    let karrio = connector(server.base_url.clone());
    let announced = karrio.announce(&parcel()).await.expect("a number");
    assert_eq!(announced.number, "N1");
    let asked = server.asked();
    let lines: Vec<&str> = asked.iter().map(|a| a.line.as_str()).collect();
    assert_eq!(lines, [LOOK, MAKE, BUY]);
    assert_eq!(asked[0].headers["authorization"], "Token key_of_the_test");
    let text = asked[1].text();
    assert!(
        text.contains(r#""parcels":[{"weight":1.25,"weight_unit":"KG","length":30.5,"width":20,"height":9.5,"dimension_unit":"CM"}]"#),
        "{text}"
    );
    let mut sent: Value = serde_json::from_str(text).expect("JSON");
    let begun = sent["metadata"]["sesame_begun_ms"].take();
    assert!(begun.as_i64().is_some_and(|at| at > 0));
    sent["parcels"].take();
    assert_eq!(
        sent,
        json!({
            "shipper": {"person_name": "Shop", "company_name": "Shop", "address_line1": "Hauptstr. 1", "postal_code": "10115",
                "city": "Berlin", "country_code": "DE"},
            "recipient": {"person_name": "Zoë Lee", "address_line1": "1 Main St", "address_line2": "Floor 2", "postal_code": "K1K4T3",
                "city": "Ottawa", "state_code": "ON", "country_code": "CA", "phone_number": "+16135550100", "email": "zoe@example.com"},
            "parcels": null, "carrier_ids": ["swift"], "services": ["express"], "reference": KEY, "label_type": "PDF",
            "metadata": {"sesame_key": KEY, "sesame_begun_ms": null},
        })
    );
    assert_eq!(
        asked[2].text(),
        r#"{"selected_rate_id":"rat_express","label_type":"PDF"}"#
    );
}

#[tokio::test]
async fn what_was_announced_before_is_told_again() {
    let canceled = shipment("shp_0", "cancelled", json!("N0"), json!({}));
    let longer = shipment(
        "shp_9",
        "created",
        json!("N9"),
        json!({"reference": "group_1-12"}),
    );
    let moving = shipment("shp_1", "in_transit", json!("N1"), json!({}));
    let found = [longer, moving, canceled];
    let (announced, lines) = announce(vec![page(&found)]).await;
    assert_eq!(announced.expect("a number"), "N1");
    assert_eq!(lines, [LOOK]);

    let other = shipment(
        "shp_1",
        "created",
        json!("N1"),
        json!({"service": "economy"}),
    );
    let (announced, _) = announce(vec![page(&[other])]).await;
    assert!(
        matches!(&announced, Err(CarrierError::Refused { code, message, .. })
            if code == "announced_otherwise" && message.contains("shp_1")),
        "{announced:?}"
    );
}

#[tokio::test]
async fn a_purchase_that_may_be_under_way_is_waited_for() {
    // The clock of the shop alone decides: a draft of this moment.
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = u64::try_from(now.expect("after 1970").as_millis()).expect("a moment");
    let young = draft(json!({"sesame_begun_ms": now}));
    let (announced, lines) = announce(vec![page(&[young])]).await;
    assert!(
        matches!(announced, Err(CarrierError::Unavailable { retry_after_ms: Some(wait), .. }) if (100_000..=120_000).contains(&wait)),
        "{announced:?}"
    );
    assert_eq!(lines, [LOOK]);

    let old = draft(json!({"sesame_begun_ms": now - 120_001}));
    let canceled = shipment("shp_1", "cancelled", Value::Null, json!({}));
    let answers = vec![
        page(&[old]),
        ok(canceled),
        Answer::Json(201, draft(json!({}))),
        ok(bought()),
    ];
    let (announced, lines) = announce(answers).await;
    assert_eq!(announced.expect("a number"), "N1");
    assert_eq!(lines, [LOOK, CANCEL, MAKE, BUY]);
}

#[tokio::test]
async fn a_failed_purchase_leaves_nothing_unless_it_is_unclear() {
    let begin = |purchase: Answer| {
        vec![
            page(&[]),
            Answer::Json(201, draft(json!({}))),
            purchase,
            ok(shipment("shp_1", "cancelled", Value::Null, json!({}))),
        ]
    };
    let (announced, lines) = announce(begin(refusal(400, "validation"))).await;
    assert!(
        matches!(&announced, Err(CarrierError::Refused { code, message, .. }) if code == "validation" && message == "because"),
        "{announced:?}"
    );
    assert_eq!(lines, [LOOK, MAKE, BUY, CANCEL]);

    let carriers = json!({"messages": [{"code": "E12", "message": "no such street", "carrier_name": "swift"}]});
    let (announced, lines) = announce(begin(Answer::Json(424, carriers.to_string()))).await;
    assert!(
        matches!(&announced, Err(CarrierError::Unavailable { detail, .. }) if detail == "E12 no such street"),
        "{announced:?}"
    );
    assert_eq!(lines, [LOOK, MAKE, BUY, CANCEL]);

    for unclear in [
        Answer::HangUp,
        refusal(500, "failure"),
        refusal(504, "failure"),
    ] {
        let (announced, lines) = announce(begin(unclear)).await;
        let error = announced.expect_err("no answer");
        assert!(error.is_outcome_unknown(), "{error:?}");
        // It is asked for once, and what may have been bought stays to be found.
        assert_eq!(lines, [LOOK, MAKE, BUY]);
    }

    // Somebody else was first.
    let answers = vec![
        page(&[]),
        Answer::Json(201, draft(json!({}))),
        refusal(409, "state_error"),
        ok(bought()),
    ];
    let (announced, _) = announce(answers).await;
    assert_eq!(announced.expect("a number"), "N1");
}

#[tokio::test]
async fn refusals_keep_their_codes() {
    for (answers, wanted) in [
        (vec![refusal(401, "invalid_token")], "invalid_token"),
        (vec![page(&[]), refusal(404, "not_found")], "not_found"),
        (vec![Answer::Json(301, "<html>".into())], "http_301"),
    ] {
        let (announced, _) = announce(answers).await;
        let error = announced.expect_err("a refusal");
        assert!(
            matches!(&error, CarrierError::Refused { code, .. } if code == wanted),
            "{error:?}"
        );
    }
    let (announced, _) = announce(vec![refusal(429, "throttled")]).await;
    let error = announced.expect_err("too many");
    assert!(
        error.is_retryable() && !error.is_outcome_unknown(),
        "{error:?}"
    );

    // A service that the carrier does not offer: its reason, or ours.
    for (messages, wanted) in [
        (json!([]), "service_unavailable"),
        (json!([{"code": "E7", "message": "too heavy"}]), "E7"),
    ] {
        let further = json!({"messages": messages});
        let none = shipment("shp_1", "draft", Value::Null, further);
        let none = none.replace("rat_express\",\"object_type\":\"rate\",\"carrier_name\":\"swift\",\"carrier_id\":\"swift\"", "rat_express\",\"object_type\":\"rate\",\"carrier_name\":\"other\",\"carrier_id\":\"other\"");
        let canceled = shipment("shp_1", "cancelled", Value::Null, json!({}));
        let (announced, lines) =
            announce(vec![page(&[]), Answer::Json(201, none), ok(canceled)]).await;
        assert!(
            matches!(&announced, Err(CarrierError::Refused { code, .. }) if code == wanted),
            "{announced:?}"
        );
        assert_eq!(lines, [LOOK, MAKE, CANCEL]);
    }

    let server = Scripted::start(vec![page(&[])]).await;
    let ours = Announcement {
        number: Some("400123".into()),
        ..parcel()
    };
    let error = connector(server.base_url.clone()).announce(&ours).await;
    assert!(
        matches!(&error, Err(CarrierError::Refused { code, .. }) if code == "numbers_given"),
        "{error:?}"
    );
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn what_is_unknown_or_canceled_is_canceled() {
    let other = shipment("shp_9", "created", json!("XN1"), json!({}));
    for (answers, wanted) in [
        (vec![page(std::slice::from_ref(&other))], Ok(1)),
        (
            vec![
                page(&[other, bought()]),
                Answer::Json(202, shipment("shp_1", "cancelled", json!("N1"), json!({}))),
            ],
            Ok(2),
        ),
        (vec![page(&[bought()]), refusal(404, "not_found")], Ok(2)),
        (
            vec![page(&[bought()]), refusal(409, "state_error")],
            Err("state_error"),
        ),
    ] {
        let server = Scripted::start(answers).await;
        let canceled = connector(server.base_url.clone()).cancel("N1").await;
        match (canceled, wanted) {
            (Ok(()), Ok(calls)) => assert_eq!(server.asked().len(), calls),
            (Err(CarrierError::Refused { code, .. }), Err(wanted)) => assert_eq!(code, wanted),
            (canceled, wanted) => panic!("{canceled:?} instead of {wanted:?}"),
        }
    }
}

#[tokio::test]
async fn a_label_is_a_pdf_or_nothing() {
    let document = |base64: &str| json!({"category": "label", "format": "PDF", "base64": base64});
    for (document, wanted) in [
        (document("JVBERi0x\nLjQK"), Ok(&b"%PDF-1.4\n"[..])),
        (document(""), Err("label_missing")),
        (document("XlhBXlhaCg=="), Err("label_not_pdf")),
    ] {
        let server = Scripted::start(vec![page(&[bought()]), ok(document.to_string())]).await;
        let label = connector(server.base_url.clone()).label("N1").await;
        match (label, wanted) {
            (Ok(Some(label)), Ok(bytes)) => {
                assert_eq!(
                    (label.media_type, &*label.bytes),
                    ("application/pdf", bytes)
                );
            }
            (Err(CarrierError::Refused { code, .. }), Err(wanted)) => assert_eq!(code, wanted),
            (label, wanted) => panic!("{label:?} instead of {wanted:?}"),
        }
    }
}

#[tokio::test]
async fn quotes_are_the_carriers_own_in_minor_units() {
    let others = rate("express", "1.00", "EUR")
        .replace(r#""carrier_id":"swift""#, r#""carrier_id":"other""#);
    let body = format!(r#"{{"messages":[],"rates":[{},{others}]}}"#, rates());
    let server = Scripted::start(vec![ok(body)]).await;
    let karrio = connector(server.base_url.clone());
    let any = Announcement {
        service: String::new(),
        ..parcel()
    };
    for (asked, wanted) in [
        (any, vec![("express", 999), ("economy", 1_358)]),
        (parcel(), vec![("express", 999)]),
    ] {
        let quotes = karrio.quote(&asked).await.expect("quotes");
        let found: Vec<(&str, i64)> = quotes
            .iter()
            .map(|q| (q.service.as_str(), q.price_minor))
            .collect();
        assert_eq!(found, wanted);
        assert!(
            quotes
                .iter()
                .all(|q| q.currency == "EUR" && q.transit_days.is_none())
        );
    }
    let broken = format!(r#"{{"rates":[{}]}}"#, rate("express", "-1", "EUR"));
    let server = Scripted::start(vec![ok(broken)]).await;
    let error = connector(server.base_url.clone()).quote(&parcel()).await;
    assert!(
        matches!(error, Err(CarrierError::BadReply { .. })),
        "{error:?}"
    );
}

const TRACKER: &str = r#"{"id":"trk_1","object_type":"tracker","tracking_number":"N1","carrier_name":"generic","carrier_id":"swift","status":"in_transit","delivered":false,"test_mode":false,"events":[{"date":"2026-11-29","time":"10:15 AM","timestamp":"2026-11-29T09:15:00.000Z","status":"in_transit","code":"T1","description":"Sorted","location":"Bonn"}],"messages":[],"metadata":{}}"#;

#[tokio::test]
async fn tracking_says_the_same_in_both_ways() {
    let unknown = TRACKER.replace("\"N1\"", "\"XN1\"");
    let server = Scripted::start(vec![page(&[unknown, TRACKER.into()]), page(&[])]).await;
    let karrio = connector(server.base_url.clone());
    let numbers = ["N1".to_string(), "N2".to_string()];
    let asked = karrio.track(&numbers).await.expect("sightings");
    assert_eq!(asked.len(), 1);
    assert_eq!(
        server.asked()[0].line,
        "GET /v1/trackers?tracking_number=N1&limit=20&offset=0"
    );
    let told = |event: &str, secret: Option<&str>| {
        let mut headers = HeaderMap::new();
        if let Some(secret) = secret {
            headers.insert("x-event-id", secret.parse().expect("a header"));
        }
        let body = format!(r#"{{"event":"{event}","data":{TRACKER}}}"#);
        karrio.parse_webhook(&headers, body.as_bytes(), 1)
    };
    for secret in ["whsec_new", "whsec_old"] {
        assert_eq!(told("tracker_updated", Some(secret)), Ok(asked.clone()));
    }
    assert_eq!(
        told("shipment_purchased", Some("whsec_new")),
        Ok(Vec::new())
    );
    for secret in [None, Some(""), Some("whsec_"), Some("whsec_newer")] {
        let refused = told("tracker_updated", secret);
        assert!(
            matches!(refused, Err(CarrierError::BadSignature(_))),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn pickups_and_manifests_are_made_once() {
    let pickup = Pickup {
        key: "pickup-1".into(),
        carrier: "swift".into(),
        day: "2026-12-01".into(),
        window: ("10:00".into(), "16:00".into()),
        from: parcel().from,
        parcels: 2,
        weight_grams: 2_500,
    };
    let made = json!({"id": "pck_1", "confirmation_number": "C1", "status": "scheduled", "metadata": {"sesame_key": "pickup-1"}});
    let other = json!({"id": "pck_0", "confirmation_number": "C0", "status": "scheduled", "metadata": null});
    for (answers, wanted) in [
        (vec![page(&[other.to_string(), made.to_string()])], Ok("C1")),
        (
            vec![
                page(&[other.to_string()]),
                Answer::Json(201, made.to_string()),
            ],
            Ok("C1"),
        ),
        (vec![page(&[]), refusal(404, "not_found")], Err("pickups")),
    ] {
        let server = Scripted::start(answers).await;
        let booked = connector(server.base_url.clone())
            .book_pickup(&pickup)
            .await;
        match (booked, wanted) {
            (Ok(booked), Ok(number)) => assert_eq!(booked.number, number),
            (Err(CarrierError::NotOffered { what, .. }), Err(wanted)) => assert_eq!(what, wanted),
            (booked, wanted) => panic!("{booked:?} instead of {wanted:?}"),
        }
    }

    let manifest = Manifest {
        key: "list-1".into(),
        carrier: "swift".into(),
        day: "2026-12-01".into(),
        from: parcel().from,
        numbers: vec!["N1".into(), "N2".into()],
    };
    let made = json!({"id": "manf_1", "reference": "list-1", "carrier_name": "generic"});
    for (last, calls) in [
        (vec![page(&[made.to_string()])], 3),
        (vec![page(&[]), Answer::Json(201, made.to_string())], 4),
    ] {
        let mut answers = vec![page(&[bought()]), page(&[])];
        answers.extend(last);
        let server = Scripted::start(answers).await;
        let taken = connector(server.base_url.clone())
            .hand_over(&manifest)
            .await;
        let taken = taken.expect("a list");
        assert_eq!(
            (&*taken.number, taken.unknown),
            ("manf_1", vec!["N2".to_string()])
        );
        assert_eq!(server.asked().len(), calls);
    }
}
