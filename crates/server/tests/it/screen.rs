//! The big screen of the real program: equal to the ledger after a festival with a kill in between, shared by many.

use crate::harness::{Folder, Shop, run, sesame, text, until};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

fn shown(shop: &Shop) -> Value {
    let answer = shop.as_operator("GET", "/screen", &Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// What must be the same whoever counts: everything but the clock, and how far the feed was read, in which mails are
/// noted that change no figure.
fn figures(mut state: Value) -> Value {
    for key in ["at", "orders_per_second", "payments_per_second", "position"] {
        state.as_object_mut().expect("an object").remove(key);
    }
    state
}

/// The screen's figures once nothing changes any more.
fn settled(shop: &Shop) -> Value {
    let mut last = figures(shown(shop));
    until("nothing changes any more", || {
        std::thread::park_timeout(Duration::from_secs(2));
        let now = figures(shown(shop));
        std::mem::replace(&mut last, now.clone()) == now
    });
    last
}

fn festival(shop: &Shop, data: &Path, seed: &str) -> Value {
    let report = data.join("festival.json");
    let url = format!("http://{}", shop.address);
    let mut command = sesame(data);
    command.args(["festival", "--url", &url, "--orders", "300", "--day", "5"]);
    command.args(["--connections", "20", "--hot-pieces", "0", "--seed", seed]);
    command.arg("--report").arg(&report);
    let done = run(&mut command);
    let said = text(&done.stdout) + &text(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert!(said.contains("big screen"), "{said}");
    serde_json::from_slice(&std::fs::read(&report).expect("a report")).expect("JSON")
}

#[test]
fn the_big_screen_equals_the_ledger_after_a_festival_and_a_kill_in_between() {
    let folder = Folder::new("screen");
    let data = folder.0.join("data");
    let shop = Shop::open(&data, &["--demo"]);
    let report = festival(&shop, &data, "1");
    assert_eq!(report["screen"]["screen"], report["screen"]["ledger"]);
    assert!(report["screen"]["screen"]["orders"].as_i64() > Some(100));
    let before = settled(&shop);
    // Killed, not stopped: nothing is written on the way out.
    drop(shop);
    std::fs::remove_file(data.join("run.json")).expect("a killed shop leaves it");
    let shop = Shop::open(&data, &["--demo"]);
    assert_eq!(settled(&shop), before, "read again");
    let report = festival(&shop, &data, "2");
    assert_eq!(report["screen"]["screen"], report["screen"]["ledger"]);
    let after = settled(&shop);
    assert_eq!(replayed(&shop, after["day"].as_str().expect("a day")), {
        let mut after = after.clone();
        after["speed"] = json!(100_000);
        after
    });
    drop(shop);
    let audit = run(sesame(&data).args(["audit", "--json"]));
    let report: Value = serde_json::from_slice(&audit.stdout).expect("a report");
    assert_eq!(report["clean"], true, "{report}");
    assert!(report["rows"]["takings"].as_i64() > Some(500), "{report}");
}

/// A stream of a screen, from its first event on.
fn stream(shop: &Shop, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(shop.address).expect("a connection");
    let head = format!(
        "GET /api/v1/screen/stream{path} HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        shop.token
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .expect("a limit");
    stream
}

/// The figures that a replay of a day ends with.
fn replayed(shop: &Shop, day: &str) -> Value {
    let mut said = String::new();
    let mut stream = stream(shop, &format!("?day={day}&speed=100000"));
    stream.read_to_string(&mut said).expect("it ends");
    assert!(said.contains("event: end"), "{said}");
    let mut wholes = said
        .lines()
        .filter_map(|l| l.strip_prefix("data: {\"at\":"));
    let last = wholes.rfind(|l| l.contains("\"day_from\""));
    let last = last.expect("a whole");
    // What is left of the chunk after the line is not JSON.
    let text = format!("{{\"at\":{last}");
    figures(serde_json::from_str(&text).expect("JSON"))
}

#[test]
fn many_screens_are_served_and_no_more_than_there_are_places() {
    let folder = Folder::new("screens");
    let data = folder.0.join("data");
    let shop = Shop::open(&data, &["--demo", "--testing"]);
    let mut streams: Vec<TcpStream> = (0..200).map(|_| stream(&shop, "")).collect();
    let mut byte = [0; 12];
    for stream in &mut streams {
        stream.read_exact(&mut byte).expect("an answer");
        assert_eq!(&byte, b"HTTP/1.1 200");
    }
    let mut one_more = stream(&shop, "");
    one_more.read_exact(&mut byte).expect("an answer");
    assert_eq!(&byte, b"HTTP/1.1 503");
    // Nobody reads, and the shop sells on.
    for number in 0..50 {
        assert_eq!(shop.buy(&format!("unread-{number}")).status, 201);
    }
    assert_eq!(shown(&shop)["figures"][0]["sums"]["orders"], 50);
    drop(streams);
    until("places are free again", || {
        let mut again = stream(&shop, "");
        again.read_exact(&mut byte).expect("an answer");
        &byte == b"HTTP/1.1 200"
    });
}
