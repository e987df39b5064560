//! Admission against the real process: who is turned away and told so, and a waiting room that outlives a kill.

use crate::harness::{Answer, Folder, Shop, buying, purchase, run, sesame, text, until};
use serde_json::{Value, json};

fn open_shop(folder: &Folder, flags: &[&str]) -> Shop {
    Shop::open(&folder.0, &[&["--demo", "--testing"], flags].concat())
}

fn open_room(shop: &Shop, body: Value) {
    let answer = shop.as_operator("POST", "/admission/room", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The cookie that an answer sets.
fn cookie(answer: &Answer) -> String {
    let set = answer.headers.get("set-cookie").expect("a cookie");
    set.split(';').next().expect("a pair").to_string()
}

fn with_cookie(shop: &Shop, path: &str, cookie: &str) -> Answer {
    shop.ask("GET", path, &[("cookie", cookie)], b"")
}

#[test]
fn a_client_that_asks_for_too_much_is_told_when_to_come_back() {
    let folder = Folder::new("admission-client");
    let limits = [
        "--set",
        "admission.client_begins=2",
        "--set",
        "trusted_proxies=127.0.0.1",
    ];
    let shop = open_shop(&folder, &limits);
    let from = |client: &str, key: &str| {
        let headers = [&buying(key)[..], &[("x-forwarded-for", client)]].concat();
        shop.ask("POST", "/api/v1/buy-now", &headers, &purchase(1))
    };
    // Twenty at once are the burst of two a second; time goes on meanwhile.
    let turned_away = (0..60).find_map(|n| {
        let answer = from("9.9.9.9", &format!("key-{n}"));
        (answer.status != 201).then_some(answer)
    });
    let turned_away = turned_away.expect("one is too many");
    assert_eq!(turned_away.status, 429);
    assert_eq!(turned_away.code(), "too_many_requests");
    assert_eq!(turned_away.headers["retry-after"], "1");
    assert_eq!(from("9.9.9.8", "other").status, 201, "another client");
    let figures = || shop.get("/metrics").text();
    let counted = "sesame_admission_turned_away_total{class=\"begin\",why=\"client\"}";
    until("it is counted", || figures().contains(counted));
}

#[test]
fn the_line_is_kept_over_a_kill_and_the_record_proves_it() {
    let folder = Folder::new("admission-room");
    let shop = open_shop(&folder, &[]);
    open_room(
        &shop,
        json!({ "campaign": "11.11", "order": "first_come", "per_minute": 30 }),
    );
    let first: Vec<String> = (0..6).map(|_| cookie(&shop.get("/p/any"))).collect();
    let page = with_cookie(&shop, "/", &first[5]);
    assert_eq!(page.status, 503);
    assert!(page.text().contains("You are in line"), "{}", page.text());
    let bought = shop.buy("waits");
    assert_eq!(
        (bought.status, bought.code().as_str()),
        (503, "waiting_room")
    );
    let ticket = bought.headers["sesame-ticket"].clone();
    let position = |shop: &Shop, cookie: &str| {
        let told = with_cookie(shop, "/waiting-room/status", cookie).json();
        told["position"].as_u64()
    };
    assert!(position(&shop, &first[5]).is_some_and(|p| (4..=6).contains(&p)));
    until("the first is let in", || {
        position(&shop, &first[0]).is_none()
    });
    assert_eq!(with_cookie(&shop, "/", &first[0]).status, 200);
    drop(shop);
    // What the killed one left would be taken for the next one's word.
    std::fs::remove_file(folder.0.join("run.json")).expect("it was killed");
    let shop = open_shop(&folder, &[]);
    assert!(
        position(&shop, &first[5]).is_some_and(|p| p <= 5),
        "its place is kept"
    );
    until("the program's turn comes", || {
        let headers = [&buying("waits")[..], &[("sesame-ticket", ticket.as_str())]].concat();
        let answer = shop.ask("POST", "/api/v1/buy-now", &headers, &purchase(1));
        answer.status == 201
    });
    let number = ticket.split('.').nth(1).expect("a number").to_string();
    let path = format!("/admission/tickets?room=1&ticket={number}");
    let record = shop.as_operator("GET", &path, &Value::Null).json();
    let what: Vec<&str> = record["items"]
        .as_array()
        .expect("what happened")
        .iter()
        .filter_map(|i| i["what"].as_str())
        .collect();
    assert_eq!(what, ["issued", "place_reached"], "{record}");
    let state = shop.as_operator("GET", "/admission", &Value::Null).json();
    assert_eq!(state["room"]["campaign"], "11.11", "{state}");
    let closed = shop.as_operator("DELETE", "/admission/room", &json!({}));
    assert_eq!((closed.status, &closed.json()["room"]), (200, &Value::Null));
    assert_eq!(shop.get("/").status, 200);
    assert!(shop.stop().success());
    let audit = run(sesame(&folder.0).arg("audit"));
    assert!(audit.status.success(), "{}", text(&audit.stdout));
    forge(&folder);
    let audit = run(sesame(&folder.0).arg("audit"));
    assert!(
        text(&audit.stdout).contains("invariant 10 is broken"),
        "{}",
        text(&audit.stdout)
    );
}

/// Changes a number in the record, as somebody who lets a friend in would.
fn forge(folder: &Folder) {
    let record = std::fs::read_dir(folder.0.join("admission")).expect("a record");
    let file = record
        .map(|f| f.expect("a file").path())
        .next()
        .expect("a file");
    let lines = std::fs::read_to_string(&file).expect("lines");
    let forged = lines.replacen("\"tickets\":\"1\"", "\"tickets\":\"9\"", 1);
    assert_ne!(lines, forged, "{lines}");
    std::fs::write(&file, forged).expect("written");
}
