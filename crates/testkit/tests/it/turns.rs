//! Several writers on one PostgreSQL: each hears what the others wrote before it decides, and what became of a commit
//! whose answer was lost is found out.

use crate::open;
use ::store::postgres::{Location, PostgresStore};
use ::store::{Database, News, Store, StoreError};
use commerce::command::Idempotency;
use commerce::{Envelope, Outcome, Refusal};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use testkit::{Harness, Home, Mix, NOW, ShopSize, Workload};
use writer::Failure;

/// A little of everything, so that it is sold out soon.
const SCARCE: ShopSize = ShopSize {
    products: 4,
    in_warehouse: 50,
    in_shop: 0,
};
/// How long a follower may take to hear of a batch.
const SOON: Duration = Duration::from_secs(10);

fn join(home: &Home) -> Harness<Database> {
    Harness::new(home.open().expect("a further server")).expect("the same database")
}

/// Tries again while the old connection is found dead.
fn until_reached<T>(mut attempt: impl FnMut() -> Result<T, StoreError>) -> T {
    for _ in 0..3 {
        match attempt() {
            Err(StoreError::Unreachable(_)) => {}
            other => return other.expect("the database is there"),
        }
    }
    panic!("a new connection is dead, too")
}

fn clean(harness: &Harness<Database>) {
    let report = harness
        .store
        .reader()
        .audit(&mut |_, _| {})
        .expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
}

#[test]
fn writers_in_turn_sell_the_last_piece_once() {
    let Some(home) = Home::postgres("turns") else {
        return;
    };
    let (shop, first) = open(SCARCE, &home);
    let mut writers = [first, join(&home), join(&home)];
    writers[0].store.give_turn().expect("given");
    let mut workload = Workload::new(&shop, Mix::Hot, 7);
    let mut sold = 0;
    for round in 0..60 {
        let writer = &mut writers[round % 3];
        let commands = (0..10).map(|_| workload.buy_now(NOW)).collect();
        for reply in writer.batch(NOW, commands).replies {
            match reply.map(|decided| decided.outcome) {
                Ok(Outcome::Group(group)) => sold += group.lines().map(|l| l.quantity).sum::<u32>(),
                Err(Failure::Refused(Refusal::OutOfStock { .. })) => {}
                other => panic!("{other:?}"),
            }
        }
        writer.store.give_turn().expect("given");
    }
    assert_eq!(sold, 4 * 50);
    clean(&writers[1]);
}

#[test]
fn writers_at_once_take_turns() {
    let Some(home) = Home::postgres("threads") else {
        return;
    };
    let (shop, mut first) = open(SCARCE, &home);
    first.store.give_turn().expect("given");
    let sold: u32 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3)
            .map(|node| {
                let (home, shop) = (&home, &shop);
                scope.spawn(move || {
                    let mut writer = join(home);
                    let mut workload = Workload::of_node(shop, Mix::Hot, 7, node);
                    let mut sold = 0;
                    for _ in 0..25 {
                        let commands = (0..8).map(|_| workload.buy_now(NOW)).collect();
                        for reply in writer.batch(NOW, commands).replies {
                            match reply.map(|decided| decided.outcome) {
                                Ok(Outcome::Group(group)) => {
                                    sold += group.lines().map(|l| l.quantity).sum::<u32>();
                                }
                                Err(Failure::Refused(Refusal::OutOfStock { .. })) => {}
                                other => panic!("{other:?}"),
                            }
                        }
                        if writer.store.is_turn_wanted().expect("asked") {
                            writer.store.give_turn().expect("given");
                        }
                    }
                    sold
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|t| t.join().expect("it ended"))
            .sum()
    });
    assert_eq!(sold, 4 * 50);
    clean(&first);
}

#[test]
fn a_repeated_request_is_answered_by_any_server() {
    let Some(home) = Home::postgres("repeated") else {
        return;
    };
    let (shop, mut first) = open(ShopSize::default(), &home);
    let mut second = join(&home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let envelope = Envelope {
        idempotency: Some(Idempotency {
            key: 42,
            request: 7,
        }),
        ..workload.buy_now(NOW)
    };
    let told = first.submit(NOW, envelope.clone()).expect("an order");
    first.store.give_turn().expect("given");
    let again = second.submit(NOW, envelope).expect("the answer");
    assert!(again.replayed);
    assert_eq!(
        format!("{:?}", told.outcome),
        format!("{:?}", again.outcome)
    );
}

#[test]
fn without_the_turn_nothing_is_written() {
    let Some(home) = Home::postgres("no-turn") else {
        return;
    };
    let (shop, mut first) = open(ShopSize::default(), &home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let batch = first.batch(NOW, vec![workload.buy_now(NOW)]);
    let delta = &batch.deltas[0];
    first.store.give_turn().expect("given");
    assert!(first.store.commit(delta).is_err());
    clean(&first);
}

#[test]
fn a_cut_connection_is_made_anew_and_forgets_nothing() {
    let Some(home) = Home::postgres("cut") else {
        return;
    };
    let (shop, mut first) = open(ShopSize::default(), &home);
    let mut second = join(&home);
    first.store.give_turn().expect("given");
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    for round in 0..6 {
        let writer = if round % 2 == 0 {
            &mut first
        } else {
            &mut second
        };
        let batch = writer.batch(NOW, vec![workload.buy_now(NOW)]);
        assert!(batch.replies[0].is_ok(), "{:?}", batch.replies[0]);
        home.scratch().cut_connections().expect("cut");
        // Whoever had the turn finds its connection dead: it says so, and the turn is gone with it.
        if let Err(error) = writer.store.give_turn() {
            assert!(error.to_string().contains("cannot be reached"), "{error}");
        }
        for harness in [&mut first, &mut second] {
            until_reached(|| harness.take_turn());
            harness.store.give_turn().expect("given");
        }
    }
    let report = first
        .store
        .reader()
        .audit(&mut |_, _| {})
        .expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
    let groups = report
        .rows
        .iter()
        .find(|(table, _)| *table == "order_groups");
    assert_eq!(groups, Some(&("order_groups", 6)));
}

#[test]
fn a_follower_hears_of_others_in_order_and_of_itself_not() {
    let Some(home) = Home::postgres("feed") else {
        return;
    };
    let (shop, mut first) = open(ShopSize::default(), &home);
    let mut second = join(&home);
    let mut feed = second.store.feed().expect("there are others");
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let batch = first.batch(NOW, vec![workload.buy_now(NOW)]);
    first.store.give_turn().expect("given");
    let News::Batch(heard) = feed.news(SOON).expect("heard") else {
        panic!("there is a batch");
    };
    let delta = &batch.deltas[0];
    assert_eq!(heard.number, first.store.last_batch());
    assert_eq!(
        Some(heard.position),
        delta.events.last().map(|e| e.position)
    );
    assert_eq!(heard.groups, [delta.groups[0].1.id]);
    let levels = &heard.delta.levels;
    assert!(!delta.levels.is_empty() && delta.levels.iter().all(|level| levels.contains(level)));
    second.batch(NOW, vec![workload.buy_now(NOW)]);
    second.store.give_turn().expect("given");
    let nothing = feed.news(Duration::from_millis(50)).expect("heard");
    assert!(matches!(nothing, News::Nothing), "{nothing:?}");
    first.batch(NOW, vec![workload.buy_now(NOW)]);
    let News::Batch(heard) = feed.news(SOON).expect("heard") else {
        panic!("there is a batch");
    };
    assert_eq!(heard.number, first.store.last_batch());
}

#[test]
fn one_server_leads_until_it_is_gone() {
    let Some(home) = Home::postgres("leads") else {
        return;
    };
    let (first, second) = (home.open().expect("one"), home.open().expect("two"));
    assert_ne!(first.node(), second.node());
    let (mut one, mut two) = (
        first.feed().expect("others"),
        second.feed().expect("others"),
    );
    assert!(one.leads().expect("asked"));
    assert!(!two.leads().expect("asked"));
    assert!(one.leads().expect("asked"), "it stays");
    drop(one);
    let started = std::time::Instant::now();
    while !two.leads().expect("asked") {
        assert!(started.elapsed() < SOON, "nobody leads");
    }
}

/// Passes connections on to the server, and cuts the one that commits when it is told to.
struct Relay {
    url: String,
    fault: Arc<AtomicU8>,
}

/// Everything passes.
const NONE: u8 = 0;
/// The word to commit never arrives.
const BEFORE_COMMIT: u8 = 1;
/// It arrives, and its answer does not.
const AFTER_COMMIT: u8 = 2;
/// How a commit looks on the wire.
const COMMIT: &[u8] = b"COMMIT\0";

impl Relay {
    fn before(url: &str) -> Self {
        let (_, rest) = url.split_once('@').expect("it has a user");
        let (server, database) = rest.split_once('/').expect("it has a database");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let (fault, server) = (Arc::new(AtomicU8::new(NONE)), server.to_string());
        let relay = Self {
            url: format!("postgres://sesame@127.0.0.1:{port}/{database}"),
            fault: fault.clone(),
        };
        // The threads end with the test's process.
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a caller");
                let server = TcpStream::connect(&server).expect("the server");
                let back = (
                    server.try_clone().expect("a pair"),
                    client.try_clone().expect("a pair"),
                );
                let fault = fault.clone();
                std::thread::spawn(move || pass(back.0, back.1, &AtomicU8::new(NONE)));
                std::thread::spawn(move || pass(client, server, &fault));
            }
        });
        relay
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, fault: &AtomicU8) {
    let mut piece = [0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        let commits = piece[..length].windows(COMMIT.len()).any(|w| w == COMMIT);
        let fault = if commits {
            fault.swap(NONE, Ordering::SeqCst)
        } else {
            NONE
        };
        if fault == BEFORE_COMMIT {
            break;
        }
        if fault == AFTER_COMMIT {
            // Nobody hears the answer: the way back is cut first.
            drop(from.shutdown(Shutdown::Both));
        }
        if to.write_all(&piece[..length]).is_err() || fault == AFTER_COMMIT {
            // Time for the server to carry it out.
            std::thread::park_timeout(Duration::from_millis(200));
            break;
        }
    }
    drop(from.shutdown(Shutdown::Both));
    drop(to.shutdown(Shutdown::Both));
}

#[test]
fn what_became_of_a_commit_whose_answer_was_lost_is_found_out() {
    let Some(home) = Home::postgres("lost-answers") else {
        return;
    };
    let (shop, mut other) = open(ShopSize::default(), &home);
    other.store.give_turn().expect("given");
    let relay = Relay::before(home.scratch().url());
    let location = Location::parse(&relay.url).expect("an address");
    let store = PostgresStore::open(&location).expect("through the relay");
    let mut harness = Harness::new(store).expect("the same database");
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let mut acknowledged = 0;
    for round in 0..12 {
        let fault = [NONE, AFTER_COMMIT, BEFORE_COMMIT][round % 3];
        relay.fault.store(fault, Ordering::SeqCst);
        let batch = harness.batch(NOW, vec![workload.buy_now(NOW)]);
        match (&batch.replies[0], fault) {
            (Ok(_), NONE | AFTER_COMMIT) => acknowledged += 1,
            (Err(Failure::Unavailable(_)), BEFORE_COMMIT) => {}
            (reply, fault) => panic!("with fault {fault}: {reply:?}"),
        }
        // Others go on meanwhile, and are heard.
        harness.store.give_turn().expect("given");
        let batch = other.batch(NOW, vec![workload.buy_now(NOW)]);
        acknowledged += usize::from(batch.replies[0].is_ok());
        other.store.give_turn().expect("given");
    }
    assert_eq!(acknowledged, 8 + 12);
    let report = other
        .store
        .reader()
        .audit(&mut |_, _| {})
        .expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
    let groups = report
        .rows
        .iter()
        .find(|(table, _)| *table == "order_groups");
    assert_eq!(groups, Some(&("order_groups", acknowledged as u64)));
}
