//! The builders build a shop that sells: the harness, the workload and the audit agree.

mod packets;
mod points;
mod reviews;
mod rounds;
mod store;
mod turns;
mod wishes;

use ::store::Database;
use commerce::{Outcome, Refusal};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use testkit::{Harness, Home, Mix, NOW, ShopSize, SmallShop, Workload};
use writer::Failure;

testkit::on_both_engines! {
    scarce_goods_are_sold_to_the_last_piece_and_not_further
    best_sellers_are_what_was_ordered_most
}

fn open(size: ShopSize, home: &Home) -> (SmallShop, Harness<Database>) {
    let shop = SmallShop::new(size);
    let store = home.open().expect("a new database");
    let mut harness = Harness::new(store).expect("a new database");
    for command in shop.commands() {
        harness.submit(NOW, command).expect("the shop can be made");
    }
    (shop, harness)
}

fn scarce_goods_are_sold_to_the_last_piece_and_not_further(home: &Home) {
    let size = ShopSize {
        products: 4,
        in_warehouse: 25,
        in_shop: 0,
    };
    let (shop, mut harness) = open(size, home);
    let mut workload = Workload::new(&shop, Mix::Hot, 7);
    let commands = (0..200).map(|_| workload.buy_now(NOW)).collect();
    let batch = harness.batch(NOW, commands);
    let mut sold = 0;
    for reply in &batch.replies {
        match reply {
            Ok(decided) => {
                let Outcome::Group(group) = &decided.outcome else {
                    panic!("an order becomes a group");
                };
                sold += group.lines().map(|l| l.quantity).sum::<u32>();
            }
            Err(Failure::Refused(Refusal::OutOfStock { .. })) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(sold, 100);
    let report = harness
        .store
        .reader()
        .audit(&mut |_, _| {})
        .expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
}

fn best_sellers_are_what_was_ordered_most(home: &Home) {
    let (shop, mut harness) = open(ShopSize::default(), home);
    let best =
        |harness: &Harness<Database>| harness.store.reader().best_sellers(3).expect("a count");
    assert_eq!(best(&harness), []);
    let mut workload = Workload::new(&shop, Mix::Hot, 7);
    let commands = (0..60).map(|_| workload.buy_now(NOW)).collect();
    let mut sold = BTreeMap::new();
    for reply in harness.batch(NOW, commands).replies.into_iter().flatten() {
        let Outcome::Group(group) = reply.outcome else {
            panic!("an order becomes a group");
        };
        for line in group.lines() {
            *sold.entry(line.variant).or_insert(0) += line.quantity;
        }
    }
    let mut expected: Vec<_> = sold.into_iter().collect();
    expected.sort_by_key(|&(variant, pieces)| (Reverse(pieces), variant));
    let expected: Vec<_> = expected.into_iter().map(|(v, _)| v).take(3).collect();
    assert_eq!(best(&harness), expected);
}

#[test]
fn the_same_seed_gives_the_same_orders() {
    let shop = SmallShop::new(ShopSize::default());
    let orders = |seed| {
        let mut workload = Workload::new(&shop, Mix::Flat, seed);
        (0..50).map(|_| workload.buy_now(NOW)).collect::<Vec<_>>()
    };
    assert_eq!(orders(1), orders(1));
    assert_ne!(orders(1), orders(2));
}
