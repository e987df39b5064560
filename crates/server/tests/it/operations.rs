//! The shop on its bad days: a full disk, a folder that cannot be written, a port that is taken, a stop in the middle
//! of a request, a copy made while orders come in.

use crate::harness::{
    Answer, Folder, PATIENCE, Shop, buying, complaint, purchase, run, sesame, text, until,
};
use std::collections::BTreeMap;
use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Nobody in particular: who may not write where others may not.
const NOBODY: u32 = 65_534;
/// Enough for the file that readiness is tried with, and for a few pages of the database.
const SMALL_ROOM_BYTES: u64 = 65_536;

fn audit(database: &Path) -> serde_json::Value {
    let done = run(Command::new(env!("CARGO_BIN_EXE_sesame"))
        .args(["audit", "--json"])
        .arg(database));
    assert!(
        done.status.success(),
        "{}{}",
        text(&done.stdout),
        text(&done.stderr)
    );
    serde_json::from_slice(&done.stdout).expect("a report")
}

// Long because it is one story: the disk is filled, orders are refused, room is made, and all is there.
#[test]
fn a_full_disk_loses_nothing_and_the_shop_goes_on_when_there_is_room() {
    let folder = Folder::new("full");
    let data = folder.0.join("data");
    let Some(shop) = Shop::open_on_small_disk(&data, 96, &["--demo", "--testing"]) else {
        eprintln!("skipped: this system lets nobody mount a disk of his own");
        return;
    };
    let inside = shop.inside(&data);
    let mut acknowledged = BTreeMap::new();
    let mut buy = |key: &str| {
        let answer = shop.buy(key);
        if answer.status == 201 {
            let group = answer.json()["group"]
                .as_str()
                .expect("a group")
                .to_string();
            assert!(acknowledged.insert(key.to_string(), group).is_none());
        }
        answer
    };
    assert_eq!(buy("before").status, 201);
    let ballast = inside.join("ballast");
    fill(&ballast);
    // The log beside the database may have room of its own left.
    let mut refused = None;
    for number in 0..5_000 {
        let key = format!("full-{number}");
        let answer = buy(&key);
        if answer.status != 201 {
            refused = Some((key, answer));
            break;
        }
        fill(&ballast);
    }
    let (key, answer) = refused.expect("a full disk takes no orders");
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (503, "unavailable")
    );
    assert!(answer.headers.contains_key("retry-after"));
    assert!(shop.log().contains("the disk is full"), "{}", shop.log());
    // Room for a small file is no room for a batch.
    let bytes = std::fs::metadata(&ballast).expect("there").len();
    let file = std::fs::File::options().write(true).open(&ballast);
    let cut = file.and_then(|file| file.set_len(bytes - SMALL_ROOM_BYTES));
    cut.expect("some room");
    stays_unready(&shop);
    assert_eq!(shop.get("/healthz").status, 200);
    assert_eq!(shop.get("/p/hanging-heart-t-light-holder").status, 200);

    std::fs::remove_file(&ballast).expect("removed");
    until("the shop is ready again by itself", || {
        shop.get("/readyz").status == 200
    });
    assert_eq!(buy(&key).status, 201);
    are_answered_again(&shop, &acknowledged);
    // The engine follows links, and would look for the file on our disk.
    let copy = folder.0.join("copy");
    std::fs::create_dir(&copy).expect("a folder");
    for name in ["sesame.db", "sesame.db-wal"] {
        std::fs::copy(inside.join(name), copy.join(name)).expect("copied");
    }
    let report = audit(&copy.join("sesame.db"));
    assert_eq!(report["rows"]["order_groups"], acknowledged.len());
    assert!(shop.stop().success());
}

/// For longer than a failure counts.
fn stays_unready(shop: &Shop) {
    let failed = Instant::now();
    while failed.elapsed() < Duration::from_secs(4) {
        let ready = shop.get("/readyz");
        assert_eq!(
            (ready.status, ready.text().as_str()),
            (503, "the disk cannot be written\n")
        );
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

/// Whether each purchase that was acknowledged gives the same group again.
fn are_answered_again(shop: &Shop, acknowledged: &BTreeMap<String, String>) {
    for (key, group) in acknowledged {
        let again = shop.buy(key);
        assert_eq!(
            again.json()["group"],
            group.as_str(),
            "{key} was acknowledged"
        );
        let first = again.headers.get("idempotent-replayed");
        assert_eq!(first.map(String::as_str), Some("true"));
    }
}

/// Takes all room that is left, to the last byte.
fn fill(ballast: &Path) {
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(ballast)
        .expect("a file");
    for size in [1 << 20, 1 << 12, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new("read-only");
    let data = folder.0.join("data");
    std::fs::create_dir(&data).expect("a folder");
    std::fs::set_permissions(&data, Permissions::from_mode(0o555)).expect("set");
    let mut serve = sesame(&data);
    serve.args(["serve", "--listen", "127.0.0.1:0"]);
    if std::fs::metadata(&data).expect("there").uid() == 0 {
        serve.uid(NOBODY);
    }
    let told = complaint(&mut serve);
    assert!(
        told.contains("the data folder") && told.contains("Permission denied"),
        "{told}"
    );
    let file = folder.0.join("a-file");
    std::fs::write(&file, "").expect("written");
    let told = complaint(sesame(&file).args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(told.contains("check that it is a folder"), "{told}");
}

#[test]
fn a_port_and_a_folder_are_one_servers_alone() {
    let folder = Folder::new("second");
    let data = folder.0.join("data");
    let shop = Shop::open(&data, &[]);
    let address = shop.address.to_string();
    let told = complaint(sesame(&folder.0.join("other")).args(["serve", "--listen", &address]));
    let taken = format!("error: {address} is in use already");
    assert!(told.contains(&taken), "{told}");
    let told = complaint(sesame(&data).args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(told.contains("another server is using"), "{told}");
    let backup = folder.0.join("backup.db");
    assert!(
        run(sesame(&data).arg("backup").arg(&backup))
            .status
            .success()
    );
    let told = complaint(sesame(&data).arg("restore").arg(&backup).arg("--replace"));
    assert!(told.contains("another server is using"), "{told}");
    assert!(shop.stop().success());
}

#[test]
fn a_database_of_a_newer_program_is_left_alone() {
    let folder = Folder::new("newer");
    let data = folder.0.join("data");
    let of_today = folder.0.join("of-today");
    assert!(Shop::open(&of_today, &[]).stop().success());
    std::fs::create_dir(&data).expect("a folder");
    let database = data.join("sesame.db");
    let copied = run(sesame(&of_today).arg("backup").arg(&database));
    assert!(copied.status.success(), "{}", text(&copied.stderr));
    // The schema's version stands in the file's head: bytes 60 to 63, the highest first.
    let mut bytes = std::fs::read(&database).expect("read");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&database, &bytes).expect("written");
    let newer = "the database has schema version 99, this program knows 15";
    let told = complaint(sesame(&data).args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(told.contains(newer), "{told}");
    let elsewhere = folder.0.join("elsewhere");
    let told = complaint(sesame(&elsewhere).arg("restore").arg(&database));
    assert!(told.contains(newer), "{told}");
    assert!(
        std::fs::read(&database).expect("read") == bytes,
        "untouched"
    );
}

#[test]
fn a_stop_while_it_opens_is_a_stop_in_order() {
    let folder = Folder::new("early-stop");
    for round in 0..5 {
        let data = folder.0.join(format!("data-{round}"));
        assert!(Shop::open(&data, &[]).stop().success());
        assert!(!data.join("run.json").exists(), "it was closed in order");
    }
}

#[test]
fn a_stop_answers_what_is_under_way() {
    let folder = Folder::new("stop");
    let mut shop = Shop::open(&folder.0.join("data"), &["--demo", "--testing"]);
    let body = purchase(1);
    let (first, rest) = body.split_at(body.len() / 2);
    let headers = buying("under way");
    let mut stream = shop.send_head("POST", "/api/v1/buy-now", &headers, body.len());
    stream.write_all(first).expect("sent");
    stream.flush().expect("sent");
    // One that says nothing must not keep the shop from closing.
    let silent = TcpStream::connect(shop.address).expect("it listens");
    std::thread::park_timeout(Duration::from_millis(300));
    shop.tell_to_stop();
    until("no new connection is taken", || {
        TcpStream::connect(shop.address).is_err()
    });
    stream.write_all(rest).expect("sent");
    let answer = Answer::read(stream);
    assert_eq!(answer.status, 201, "{}", answer.text());
    let asked = Instant::now();
    assert!(shop.ended().success());
    assert!(asked.elapsed() < PATIENCE / 2);
    drop(silent);

    let shop = Shop::open(&folder.0.join("data"), &["--testing"]);
    let again = shop.buy("under way");
    assert_eq!(again.headers["idempotent-replayed"], "true");
    assert_eq!(again.json()["group"], answer.json()["group"]);
}

/// Purchases, then a page, then a purchase again, sent in one go over one connection.
#[test]
fn a_connection_that_changes_lanes_answers_everything_in_order() {
    let folder = Folder::new("lanes");
    let shop = Shop::open(&folder.0.join("data"), &["--demo", "--testing"]);
    let body = purchase(1);
    let buy = |key: &str, last: &str| {
        let length = body.len();
        let head = format!(
            "POST /api/v1/buy-now HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n\
             idempotency-key: {key}\r\n{last}content-length: {length}\r\n\r\n"
        );
        [head.as_bytes(), &body].concat()
    };
    let page = "GET /readyz HTTP/1.1\r\nhost: shop\r\n\r\n";
    let all = [
        b"GET /healthz HTTP/1.1\r\nhost: shop\r\n\r\n".to_vec(),
        buy("lane 1", ""),
        buy("lane 1", ""),
        page.as_bytes().to_vec(),
        buy("lane 2", "connection: close\r\n"),
    ];
    let mut stream = TcpStream::connect(shop.address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
    stream.write_all(&all.concat()).expect("sent");
    let mut said = String::new();
    stream.read_to_string(&mut said).expect("answers");
    let statuses: Vec<&str> = said
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    assert_eq!(statuses, ["200", "201", "201", "200", "201"], "{said}");
    assert_eq!(said.matches("idempotent-replayed: true").count(), 1);
    assert_eq!(said.matches("content-length").count(), 5, "{said}");
}

#[test]
fn a_copy_made_while_orders_come_in_is_whole_and_can_be_opened() {
    let folder = Folder::new("backup");
    let data = folder.0.join("data");
    let backup = folder.0.join("backup.db");
    let shop = Shop::open(&data, &["--demo", "--testing"]);
    let (going, bought) = (AtomicBool::new(true), AtomicUsize::new(0));
    let (before, after) = std::thread::scope(|scope| {
        for shopper in 0..4 {
            let (shop, going, bought) = (&shop, &going, &bought);
            scope.spawn(move || {
                let mut number = 0;
                while going.load(Ordering::Acquire) {
                    number += 1;
                    let answer = shop.buy(&format!("{shopper}-{number}"));
                    assert_eq!(answer.status, 201, "{}", answer.text());
                    bought.fetch_add(1, Ordering::AcqRel);
                }
            });
        }
        let bought = || bought.load(Ordering::Acquire);
        until("orders come in", || bought() > 20);
        let before = bought();
        let done = run(sesame(&data).arg("backup").arg(&backup));
        let after = bought();
        going.store(false, Ordering::Release);
        assert!(done.status.success(), "{}", text(&done.stderr));
        (before, after)
    });
    assert!(after > before, "no order came in while the copy was made");
    let copied = audit(&backup)["rows"]["order_groups"].as_u64();
    let copied = copied.expect("a count") as usize;
    // Each shopper may have one more order that is written and not yet answered.
    assert!(
        before <= copied && copied <= after + 4,
        "{before} acknowledged before, {after} after, {copied} in the copy"
    );

    let trial = folder.0.join("trial");
    let done = run(sesame(&trial).arg("restore").arg(&backup));
    assert!(done.status.success(), "{}", text(&done.stderr));
    let restored = Shop::open(&trial, &["--testing"]);
    assert_eq!(restored.buy("0-1").headers["idempotent-replayed"], "true");
    for file in [&data, &trial, &backup] {
        is_private(file);
    }
    assert!(restored.stop().success());
    assert!(shop.stop().success());
}

/// Whether a file, or a folder with all in it, is its owner's alone.
fn is_private(path: &Path) {
    let metadata = std::fs::metadata(path).expect("it is there");
    let mode = metadata.permissions().mode();
    assert_eq!(mode & 0o077, 0, "{} has {mode:o}", path.display());
    if metadata.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder");
        let paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
        paths.iter().for_each(|p| is_private(p));
    }
}
