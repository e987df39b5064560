//! Who may call what: every operation of the OpenAPI document is called without a session, with a
//! forged one, without the console's header, as staff, as a courier, as hub staff. What lets everybody in is listed here, so
//! that a new public operation is seen; so is what lets couriers and hub staff in.

use crate::harness::{Ask, COURIER, HUB, STAFF, Stage};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Operations that need no session.
const PUBLIC: [&str; 5] = [
    "DELETE /session",
    "GET /session",
    "POST /buy-now",
    "POST /promise",
    "POST /session",
];
/// Operations for owners alone.
const FOR_OWNERS: [&str; 19] = [
    "DELETE /admission/room",
    "DELETE /screen/links/{id}",
    "GET /operators",
    "PATCH /operators/{id}",
    "POST /admission/room",
    "POST /carriers",
    "POST /operators",
    "POST /screen/links",
    "POST /switches/{work}/release",
    "POST /switches/{work}/throw",
    "PUT /carriers/{id}",
    "PUT /carriers/{id}/areas",
    "PUT /carriers/{id}/rates",
    "PUT /carriers/{id}/services/{service}/timetable",
    "PUT /gazetteer",
    "PUT /points/program",
    "PUT /sellers/{id}/billing",
    "PUT /switches/{work}/plans",
    "PUT /settings/returns",
];
/// Operations for couriers, beside those that need no session.
const FOR_COURIERS: [&str; 7] = [
    "GET /courier/rounds",
    "GET /courier/rounds/{id}",
    "GET /me",
    "POST /courier/rounds/{id}/codes",
    "POST /courier/rounds/{id}/events",
    "POST /me/password",
    "PUT /courier/rounds/{id}/proofs/{key}",
];
/// Operations for hub staff, beside those that need no session.
const FOR_HUB_STAFF: [&str; 5] = [
    "GET /hubs",
    "GET /hubs/{id}/parcels",
    "GET /me",
    "POST /hubs/{id}/scans",
    "POST /me/password",
];
/// Operations for commands on the same machine, which show the local token.
const FOR_LOCAL_COMMANDS: [&str; 0] = [];

/// All operations as `(method, path)`, without the interface's prefix.
fn operations() -> Vec<(String, String)> {
    let document: Value = serde_json::to_value(api::v1::document()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut all: Vec<_> = paths
        .into_iter()
        .flat_map(|(path, item)| {
            let methods = item
                .as_object()
                .expect("operations")
                .keys()
                .cloned()
                .collect::<Vec<_>>();
            let path = path.trim_start_matches("/api/v1").to_owned();
            methods
                .into_iter()
                .map(move |m| (m.to_uppercase(), path.clone()))
        })
        .collect();
    all.sort();
    all
}

fn concrete(path: &str) -> String {
    path.replace("{id}", "order_0000000000001")
        .replace("{photo}", "00000000000000000000000000000001")
        .replace("{variant}", "variant_0000000000001")
        .replace("{refund}", "refund_0000000000001")
        .replace("{work}", "exports")
}

async fn status(
    stage: &Stage,
    method: &str,
    path: &str,
    cookie: &str,
    headers: Vec<(&str, &str)>,
) -> StatusCode {
    let path = concrete(path);
    let body = (method != "GET").then(|| json!({}));
    let ask = Ask {
        method,
        path: &path,
        cookie,
        body,
        headers,
    };
    stage.ask(ask).await.status
}

#[tokio::test]
async fn only_the_listed_operations_let_everybody_in() {
    let stage = Stage::open();
    let mut public = Vec::new();
    for (method, path) in operations() {
        let name = format!("{method} {path}");
        let forged = "sesame_session=operator_0000000000080.1.9999999999999.00";
        let without = status(&stage, &method, &path, "", Vec::new()).await;
        if without == StatusCode::UNAUTHORIZED {
            let with_forged = status(&stage, &method, &path, forged, Vec::new()).await;
            assert_eq!(with_forged, StatusCode::UNAUTHORIZED, "{name}");
        } else {
            public.push(name);
        }
    }
    assert_eq!(public, PUBLIC);
}

#[tokio::test]
async fn a_write_needs_the_header_that_other_sites_cannot_send() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    for (method, path) in operations() {
        let name = format!("{method} {path}");
        if method == "GET" || matches!(name.as_str(), "POST /buy-now" | "POST /promise") {
            continue;
        }
        let found = status(&stage, &method, &path, &staff, vec![("plain", "")]).await;
        assert_eq!(found, StatusCode::FORBIDDEN, "{name}");
    }
}

#[tokio::test]
async fn staff_may_do_all_but_what_is_for_owners() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let mut refused = Vec::new();
    for (method, path) in operations() {
        // A stream does not end, and signing out is tried elsewhere.
        if path == "/live" || path == "/screen/stream" || path == "/session" {
            continue;
        }
        if status(&stage, &method, &path, &staff, Vec::new()).await == StatusCode::FORBIDDEN {
            refused.push(format!("{method} {path}"));
        }
    }
    let mut expected: Vec<_> = FOR_OWNERS
        .iter()
        .chain(&FOR_LOCAL_COMMANDS)
        .copied()
        .collect();
    expected.sort_unstable();
    assert_eq!(refused, expected);
}

/// What somebody may call beside what everybody may.
async fn let_in(who: &str) -> Vec<String> {
    let stage = Stage::open();
    let cookie = stage.sign_in(who).await;
    let mut found = Vec::new();
    for (method, path) in operations() {
        let name = format!("{method} {path}");
        if PUBLIC.contains(&name.as_str()) {
            continue;
        }
        if status(&stage, &method, &path, &cookie, Vec::new()).await != StatusCode::FORBIDDEN {
            found.push(name);
        }
    }
    found
}

#[tokio::test]
async fn hub_staff_may_do_nothing_but_scan() {
    assert_eq!(let_in(HUB).await, FOR_HUB_STAFF);
}

#[tokio::test]
async fn couriers_may_do_nothing_but_their_rounds() {
    assert_eq!(let_in(COURIER).await, FOR_COURIERS);
}

#[tokio::test]
async fn bad_input_is_refused_with_a_code_and_never_a_5xx() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let table = [
        ("/orders?limit=0", "parameter_invalid"),
        ("/orders?limit=x", "parameter_invalid"),
        ("/orders?cursor=-1", "parameter_invalid"),
        ("/orders?state=nonsense", "parameter_invalid"),
        ("/orders?seller=order_0000000000001", "parameter_invalid"),
        ("/orders/order_zzz", "not_found"),
        ("/orders/%00%ff", "not_found"),
        ("/stock?location=x", "parameter_invalid"),
        ("/events?after=18446744073709551615", "parameter_invalid"),
        ("/nothing/here", "not_found"),
    ];
    for (path, code) in table {
        let answer = stage.get(&staff, path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        // A path that is no UTF-8 is refused before any handler of ours sees it.
        assert!(
            answer.code() == code || answer.text.contains("UTF-8"),
            "{path}: {}",
            answer.text
        );
    }
    let sql = "/orders?query=%27%3B%20DROP%20TABLE%20orders%3B--";
    assert_eq!(stage.get(&staff, sql).await.ok()["items"], json!([]));
    let long = format!("/orders?query={}", "x".repeat(201));
    assert_eq!(stage.get(&staff, &long).await.code(), "parameter_invalid");
    let large = json!({ "note": "x".repeat(2 << 20) });
    let answer = stage
        .post(&staff, "/orders/order_0000000000001/notes", large)
        .await;
    assert_eq!(answer.code(), "body_too_large");
}
