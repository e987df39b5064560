//! A shop whose database is a PostgreSQL: what commands say and do there, and what a second server sees of the first.

use crate::harness::{
    Folder, PATIENCE, Shop, buying, complaint, purchase, run, sesame, text, until,
};
use serde_json::json;
use store::postgres::scratch::{Scratch, VARIABLE};

/// A database of its own for a test; `None`, said aloud, where no PostgreSQL is named.
pub fn scratch(purpose: &str) -> Option<Scratch> {
    let scratch = Scratch::make(purpose).expect("the server takes a new database");
    if scratch.is_none() {
        eprintln!(
            "{purpose}: SKIPPED, since {VARIABLE} names no PostgreSQL; `cargo xtask test` brings one"
        );
    }
    scratch
}

#[test]
fn what_is_wrong_with_a_database_is_said_without_its_password() {
    let folder = Folder::new("pg-wrong");
    for (url, told) in [
        (
            "mysql://shop:geheim@db/sesame",
            "it must begin with postgres://",
        ),
        ("postgres://shop:geheim@db/sesame?sslmode=require", "TLS"),
        (
            "postgres://shop:geheim@127.0.0.1:1/sesame",
            "the database cannot be reached",
        ),
    ] {
        let said = complaint(sesame(&folder.0).args(["serve", "--database", url]));
        assert!(said.contains(told) && !said.contains("geheim"), "{said}");
    }
    let mut config = sesame(&folder.0);
    config.args(["config", "--database", "postgres://shop:geheim@db/sesame"]);
    let shown = text(&run(&mut config).stdout);
    assert!(
        shown.contains("database = \"(hidden)\"") && !shown.contains("geheim"),
        "{shown}"
    );
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let Some(scratch) = scratch("pg-missing") else {
        return;
    };
    let folder = Folder::new("pg-missing");
    let url = format!("{}_gone", scratch.url());
    let said = complaint(sesame(&folder.0).args(["serve", "--database", &url]));
    assert!(said.contains("there is no such database"), "{said}");
    let said = complaint(sesame(&folder.0).args(["audit", "--database", scratch.url()]));
    assert!(said.contains("there is no shop in it"), "{said}");
    for command in ["backup", "restore"] {
        let file = folder.0.join("file.db");
        std::fs::write(&file, "").expect("a file");
        let said = complaint(
            sesame(&folder.0)
                .arg(command)
                .arg(&file)
                .args(["--database", scratch.url()]),
        );
        assert!(said.contains("pg_dump"), "{said}");
    }
}

#[test]
fn commands_work_beside_a_server_and_without_one() {
    let Some(scratch) = scratch("pg-commands") else {
        return;
    };
    let (folder, other) = (Folder::new("pg-commands"), Folder::new("pg-commands-2"));
    let flags = [
        "--demo",
        "--set",
        "on_account=true",
        "--database",
        scratch.url(),
    ];
    let shop = Shop::open(&folder.0, &flags);
    assert_eq!(shop.buy("one").status, 201);
    let mut audit = sesame(&other.0);
    audit.args(["audit", "--database", scratch.url()]);
    assert!(run(&mut audit).status.success());
    let mut export = sesame(&other.0);
    export.args(["export", "stock", "--database", scratch.url()]);
    assert!(text(&run(&mut export).stdout).contains("85123A"));
    // From a folder of its own, as a further writer.
    let mut add = sesame(&other.0);
    add.args([
        "operator",
        "add",
        "ada@example.com",
        "--name",
        "Ada",
        "--database",
        scratch.url(),
    ]);
    let added = run(&mut add);
    assert!(added.status.success(), "{}", text(&added.stderr));
    until("the server hears of the operator", || {
        let list = shop.as_operator("GET", "/operators", &json!(null)).text();
        list.contains("ada@example.com")
    });
    assert_eq!(shop.buy("two").status, 201);
    assert!(shop.stop().success());
    assert!(run(&mut audit).status.success());
}

#[test]
fn two_servers_show_and_sell_the_same_goods() {
    let Some(scratch) = scratch("pg-two") else {
        return;
    };
    let (one, two) = (Folder::new("pg-two-a"), Folder::new("pg-two-b"));
    let flags = [
        "--demo",
        "--set",
        "on_account=true",
        "--database",
        scratch.url(),
    ];
    let (first, second) = (Shop::open(&one.0, &flags), Shop::open(&two.0, &flags));
    let bought = first.buy("from the first");
    assert_eq!(bought.status, 201, "{}", bought.text());
    // The same request at the other server is answered with the same order.
    let again = second.ask(
        "POST",
        "/api/v1/buy-now",
        &buying("from the first"),
        &purchase(1),
    );
    assert_eq!(again.status, 201, "{}", again.text());
    assert_eq!(again.json()["id"], bought.json()["id"]);
    assert_eq!(
        again.headers.get("idempotent-replayed").map(String::as_str),
        Some("true")
    );
    // Both write on meanwhile, such as that a mail was sent.
    until("the second server has followed", || {
        second.position() == first.position()
    });
    assert_eq!(second.buy("from the second").status, 201);
    assert_eq!(first.buy("from the first again").status, 201);
    drop(first);
    let started = std::time::Instant::now();
    assert_eq!(second.buy("alone").status, 201, "the first was killed");
    assert!(started.elapsed() < PATIENCE);
    scratch.cut_connections().expect("cut");
    until("a new connection is there", || {
        second.buy("after the cut").status == 201
    });
    assert!(second.stop().success());
    let mut audit = sesame(&two.0);
    audit.args(["audit", "--database", scratch.url()]);
    let audited = run(&mut audit);
    assert!(audited.status.success(), "{}", text(&audited.stdout));
    assert!(
        text(&audited.stdout).contains("order_groups                     5"),
        "{}",
        text(&audited.stdout)
    );
}
