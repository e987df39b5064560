//! Switches of optional work over HTTP: thrown, planned, and what is refused meanwhile.

use crate::harness::{Answer, OWNER, STAFF, Stage};
use axum::http::StatusCode;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;

fn retry_after(answer: &Answer) -> i64 {
    let value = answer.headers.get("retry-after").expect("when to come");
    value.to_str().expect("ASCII").parse().expect("seconds")
}

/// The answer must say that the work is shed, until when, and when to come again.
#[track_caller]
fn is_shed(answer: &Answer, work: &str, until: Value) {
    assert_eq!(
        answer.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "{}",
        answer.text
    );
    assert_eq!(answer.code(), "work_shed");
    let details = &answer.json()["error"]["details"];
    assert_eq!(
        (&details["work"], &details["until"]),
        (&json!(work), &until)
    );
}

// Long because one switch is followed from its first throw to its last.
#[tokio::test]
async fn a_switch_that_is_thrown_sheds_its_work_at_once_and_loses_nothing() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let list = stage.get(&staff, "/switches").await.ok();
    let kinds: Vec<&str> = list["items"]
        .as_array()
        .expect("switches")
        .iter()
        .filter_map(|s| s["work"].as_str())
        .collect();
    assert_eq!(
        kinds,
        [
            "recommendations",
            "reviews",
            "refunds",
            "exports",
            "pictures",
            "alerts"
        ]
    );
    assert!(
        list["items"]
            .as_array()
            .expect("switches")
            .iter()
            .all(|s| s["position"] == "serve" && s["version"] == 0)
    );
    assert_eq!(list["time_zone"], "Europe/Berlin");
    assert!(
        stage
            .get(&staff, "/exports/stock.csv")
            .await
            .status
            .is_success()
    );

    let until = list["now"].as_i64().expect("a time") + 10 * MINUTE;
    let thrown = json!({ "position": "shed", "until": until, "version": 0 });
    let thrown = stage
        .post(&owner, "/switches/exports/throw", thrown)
        .await
        .ok();
    assert_eq!(
        (&thrown["position"], &thrown["by_hand"], &thrown["by"]),
        (&json!("shed"), &json!(true), &json!("owner"))
    );
    assert_eq!(
        (&thrown["until"], &thrown["next"]),
        (&json!(until), &Value::Null)
    );
    assert_eq!(
        (&thrown["changes"][0]["what"], &thrown["changes"][0]["by"]),
        (&json!("shed"), &json!("owner"))
    );
    let refused = stage.get(&staff, "/exports/stock.csv").await;
    is_shed(&refused, "exports", json!(until));
    assert!(
        (1..=601).contains(&retry_after(&refused)),
        "{}",
        retry_after(&refused)
    );
    let unknown = stage.get(&staff, "/exports/nothing.csv").await;
    assert_eq!(
        unknown.code(),
        "not_found",
        "what never is does not come later"
    );

    let order = stage.buy().await;
    let shed = json!({ "position": "shed" });
    stage
        .post(&owner, "/switches/refunds/throw", shed)
        .await
        .ok();
    for path in ["refunds", "refund-preview"] {
        let path = format!("/orders/{order}/{path}");
        let refused = stage.post(&staff, &path, json!({ "extra": 1 })).await;
        is_shed(&refused, "refunds", Value::Null);
        assert_eq!(retry_after(&refused), 300);
    }
    let whole = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(whole["refunds"], json!([]));
    stage
        .post(&owner, "/switches/refunds/release", json!({}))
        .await
        .ok();
    let path = format!("/orders/{order}/refund-preview");
    stage.post(&staff, &path, json!({ "extra": 0 })).await.ok();

    let stale = json!({ "position": "serve", "version": 0 });
    let refused = stage.post(&owner, "/switches/exports/throw", stale).await;
    assert_eq!(refused.code(), "version_conflict");
    let serve = json!({ "position": "serve" });
    let refused = stage
        .post(&staff, "/switches/exports/throw", serve.clone())
        .await;
    assert_eq!(refused.code(), "not_allowed");
    stage
        .post(&owner, "/switches/exports/throw", serve)
        .await
        .ok();
    assert!(
        stage
            .get(&staff, "/exports/stock.csv")
            .await
            .status
            .is_success()
    );
    let nothing = stage
        .post(
            &owner,
            "/switches/orders/throw",
            json!({ "position": "shed" }),
        )
        .await;
    assert_eq!(nothing.code(), "not_found", "orders are never optional");
    let events = stage.get(&staff, "/events?limit=200").await.ok();
    let of_switches = |e: &&Value| e["code"] == "switch" && e["operator"] == "owner";
    let told = events["items"]
        .as_array()
        .expect("events")
        .iter()
        .filter(of_switches);
    assert_eq!(
        told.count(),
        4,
        "each change is in the feed with who made it"
    );
}

// Long because each field that can be wrong is a case.
#[tokio::test]
async fn plans_are_read_in_their_zone_and_follow_their_campaign() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let campaign = json!({
        "code": "fest", "title": { "en": "Festival" }, "time_zone": "Asia/Shanghai",
        "starts": "2090-11-11T00:00:00", "ends": "2090-11-12T00:00:00",
        "rules": [{ "number": 1, "title": { "en": "Less" }, "deal": { "type": "percent", "percent": 100_000 } }],
    });
    let campaign = stage.post(&staff, "/campaigns", campaign).await.ok();
    let id = campaign["id"].as_str().expect("an id").to_owned();
    let path = "/switches/pictures/plans";
    let around =
        json!({ "type": "around", "campaign": id, "before_minutes": 30, "after_minutes": 120 });
    let planned = stage
        .put(&owner, path, json!({ "plans": [around], "version": 0 }))
        .await
        .ok();
    let plan = &planned["plans"][0];
    assert_eq!(
        (&plan["span"], &plan["campaign_title"]["en"], &plan["by"]),
        (&Value::Null, &json!("Festival"), &json!("owner"))
    );
    assert_eq!(planned["next"], Value::Null);
    stage
        .post(&owner, &format!("/campaigns/{id}/approve"), json!({}))
        .await
        .ok();
    let list = stage.get(&staff, "/switches").await.ok();
    let switch = &list["items"][4];
    let starts = campaign["starts_at"].as_i64().expect("a time");
    let span = json!({ "from": starts - 30 * MINUTE, "until": starts + 120 * MINUTE });
    assert_eq!(
        (&switch["next"], &switch["plans"][0]["span"]),
        (&span, &span)
    );

    // From a past moment in a zone until tomorrow: it sheds now.
    let tomorrow =
        jiff::Timestamp::from_millisecond(api::app::now_ms() + 24 * 60 * MINUTE).expect("a time");
    let zone = jiff::tz::TimeZone::get("America/New_York").expect("a zone");
    let civil = zone
        .to_datetime(tomorrow)
        .round(jiff::Unit::Second)
        .expect("a time");
    let between = json!({ "type": "between", "time_zone": "America/New_York", "from": "2026-01-01T00:00:00", "until": civil.to_string() });
    let planned = stage
        .put(
            &owner,
            "/switches/exports/plans",
            json!({ "plans": [between] }),
        )
        .await;
    let now = planned.ok();
    assert_eq!(
        (&now["position"], &now["by_hand"]),
        (&json!("shed"), &json!(false))
    );
    assert_eq!(now["by"], "owner");
    assert_eq!(now["plans"][0]["plan"]["until"], civil.to_string());
    is_shed(
        &stage.get(&staff, "/exports/stock.csv").await,
        "exports",
        now["until"].clone(),
    );
    let refused = stage
        .get(&staff, &format!("/campaigns/{id}/rehearsal"))
        .await;
    is_shed(&refused, "exports", now["until"].clone());

    let bad = |plan: Value| json!({ "plans": [plan] });
    for (body, field) in [
        (
            bad(
                json!({ "type": "between", "time_zone": "Mars/Base", "from": "2090-01-01T00:00:00", "until": "2090-01-02T00:00:00" }),
            ),
            "time_zone",
        ),
        (
            bad(
                json!({ "type": "between", "time_zone": "UTC", "from": "soon", "until": "2090-01-02T00:00:00" }),
            ),
            "from",
        ),
        (
            bad(
                json!({ "type": "between", "time_zone": "UTC", "from": "2026-01-02T00:00:00", "until": "2026-01-01T00:00:00" }),
            ),
            "until",
        ),
        (
            bad(
                json!({ "type": "around", "campaign": id, "before_minutes": 0, "after_minutes": 99_999 }),
            ),
            "after_minutes",
        ),
    ] {
        let refused = stage.put(&owner, path, body).await;
        assert_eq!(
            (
                refused.code().as_str(),
                &refused.json()["error"]["details"]["field"]
            ),
            ("field_invalid", &json!(field))
        );
    }
    let refused = stage.put( &owner, path, bad(json!({ "type": "around", "campaign": "campaign_0000000000001", "before_minutes": 1, "after_minutes": 1 }))).await;
    assert_eq!(refused.code(), "not_found");
    let refused = stage
        .put(&owner, path, bad(json!({ "type": "weekly" })))
        .await;
    assert_eq!(refused.code(), "body_invalid");
}
