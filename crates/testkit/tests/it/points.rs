//! Members' points in a store, whatever the engine: accounts and entries are read back as they were written, expiry finds
//! who is due, and the audit adds all of it up.

use crate::open;
use commerce::command::{
    AdjustPoints, CancelOrder, FulfillmentStep, Idempotency, SetPointsProgram,
};
use commerce::customer::{Customer, Membership};
use commerce::id::{CustomerId, FulfillmentId, OrderId, PaymentId};
use commerce::order::{CancelReason, Group};
use commerce::payment::PaymentMethod;
use commerce::points::{PointsAccount, PointsProgram, PointsWanted};
use commerce::text::Text;
use commerce::world::Record;
use commerce::{Command, Currency, Envelope, Outcome};
use std::sync::Arc;
use store::Database;
use testkit::{Harness, Home, Mix, NOW, ShopSize, Workload};

testkit::on_both_engines! {
    points_are_written_with_their_orders_read_in_pages_and_audited
}

const EUR: Currency = Currency::parse("EUR").expect("a code");
const MEMBER: CustomerId = CustomerId(0x7700);
const DAY: i64 = 24 * 60 * 60 * 1_000;

fn run(harness: &mut Harness<Database>, now: i64, command: Command) -> Outcome {
    let decided = harness.submit(now, Envelope::system(command));
    decided.expect("it can be done").outcome
}

fn begin(harness: &mut Harness<Database>) {
    let program = PointsProgram {
        version: 0,
        title: Text::en("Points"),
        currency: EUR,
        spend_per_point: 100,
        worth: 1,
        share_max_ppm: 500_000,
        points_min: 0,
        expires_after_days: 10,
        active: true,
    };
    let set = SetPointsProgram {
        program,
        expected_version: Some(0),
    };
    run(harness, NOW, Command::SetPointsProgram(set));
    let ada = Customer {
        version: 1,
        membership: Some(Membership::default()),
        ..Customer::new(MEMBER, "ada@example.com".to_string())
    };
    let records = vec![Record::Customer(ada)];
    run(harness, NOW, Command::SaveRecords(records));
}

/// The member buys something on account with so many points.
fn buy(
    harness: &mut Harness<Database>,
    workload: &mut Workload<'_>,
    points: PointsWanted,
) -> Arc<Group> {
    let mut envelope = workload.buy_now(NOW);
    if let Command::BuyNow(buy) = &mut envelope.command {
        buy.open.intent.member = Some(MEMBER);
        buy.open.intent.points = points;
        buy.expected_total = None;
        buy.method = PaymentMethod::OnAccount;
    }
    match harness.submit(NOW, envelope).expect("an order").outcome {
        Outcome::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

fn audit(harness: &Harness<Database>) {
    let report = harness.store.reader().audit(&mut |_, _| {});
    let report = report.expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
    let rows = |table| report.rows.iter().find(|(name, _)| *name == table);
    assert!(rows("points_entries").is_some_and(|(_, n)| *n > 0));
    assert!(rows("points_accounts").is_some_and(|(_, n)| *n > 0));
}

// Long because the points of one member are followed from the first to the audit.
fn points_are_written_with_their_orders_read_in_pages_and_audited(home: &Home) {
    let size = ShopSize {
        products: 4,
        in_warehouse: 1_000,
        in_shop: 0,
    };
    let (shop, mut harness) = open(size, home);
    begin(&mut harness);
    let adjust = |change| {
        Command::AdjustPoints(AdjustPoints {
            member: MEMBER,
            change,
            reason: "a présent".to_string(),
        })
    };
    for replayed in [false, true] {
        let envelope = Envelope {
            idempotency: Some(Idempotency { key: 5, request: 1 }),
            ..Envelope::system(adjust(300))
        };
        let decided = harness.submit(NOW, envelope).expect("a present");
        assert_eq!(decided.replayed, replayed);
    }
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let first = buy(&mut harness, &mut workload, PointsWanted::UpTo(120));
    let second = buy(&mut harness, &mut workload, PointsWanted::UpTo(7));
    assert_eq!((first.points_spent(), second.points_spent()), (120, 7));
    // One is canceled, the other paid and handed over.
    let cancel = CancelOrder {
        order: OrderId::under(first.id, 1),
        reason: CancelReason::Shopper,
        note: String::new(),
    };
    run(&mut harness, NOW, Command::CancelOrder(cancel));
    let paid = PaymentId::under(second.id, 1);
    run(&mut harness, NOW, Command::RecordPaid(paid));
    let parcel = FulfillmentId::under(second.id, 1);
    let ship = FulfillmentStep::Ship {
        carrier: String::new(),
        tracking_number: String::new(),
        tracking_url: String::new(),
    };
    for step in [FulfillmentStep::Pick, FulfillmentStep::Pack, ship] {
        run(&mut harness, NOW, Command::MoveFulfillment(parcel, step));
    }
    let reader = harness.store.reader();
    let goods: i64 = second.lines().map(|l| l.total).sum();
    let earned = goods / 100;
    let expected = PointsAccount {
        balance: 293 + earned,
        expires_at: Some(NOW + 10 * DAY),
        entries: 5,
        ended: false,
    };
    assert_eq!(reader.points(MEMBER).expect("read"), expected);
    let page = |before, limit| reader.points_entries(MEMBER, before, limit).expect("read");
    let numbers =
        |before, limit| -> Vec<u64> { page(before, limit).iter().map(|e| e.number).collect() };
    assert_eq!(numbers(None, 2), [5, 4]);
    assert_eq!(numbers(Some(4), 2), [3, 2]);
    assert_eq!(numbers(Some(2), 2), [1]);
    let words: Vec<_> = page(None, 9)
        .iter()
        .map(|e| (e.cause.word(), e.change))
        .collect();
    let said = [
        ("earned", earned),
        ("given_back", 120),
        ("spent", -7),
        ("spent", -120),
        ("adjusted", 300),
    ];
    assert_eq!(words, said);
    let stored = reader.group(second.id).expect("read").expect("there");
    assert_eq!(stored.points.map(|p| p.earned), Some(earned));
    audit(&harness);
    // Expiry finds who is due, once.
    let reader = harness.store.reader();
    let at = NOW + 10 * DAY;
    let due = |at| reader.points_due(at, 10).expect("read");
    assert_eq!((due(at - 1), due(at)), (Vec::new(), vec![MEMBER]));
    run(&mut harness, at, Command::ExpirePoints(vec![MEMBER]));
    let account = reader.points(MEMBER).expect("read");
    assert_eq!((account.balance, account.expires_at), (0, None));
    assert!(reader.points_due(i64::MAX, 10).expect("read").is_empty());
    run(&mut harness, at, adjust(50));
    run(&mut harness, at, Command::EndPoints(MEMBER));
    let account = reader.points(MEMBER).expect("read");
    assert_eq!(
        (account.balance, account.entries, account.ended),
        (0, 8, true)
    );
    audit(&harness);
}
