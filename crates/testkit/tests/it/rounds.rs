//! Couriers' rounds in a store, whatever the engine: written with their book, read by day and by name, forgotten and read
//! again, and added up by the audit.

use crate::open;
use commerce::code::Country;
use commerce::command::{
    Booking, FulfillmentStep, RoundDraft, RoundEvent, RoundStep, SaveCarrier, StopDraft,
};
use commerce::gazetteer::Door;
use commerce::id::{CarrierId, DoorId, FulfillmentId, RoundId};
use commerce::order::Group;
use commerce::parcel::{Parcel, SeenBy, Sighting, TrackingStatus};
use commerce::payment::PaymentMethod;
use commerce::round::{Distances, Point, Proof, ProofBy, Round, RoundState, Way};
use commerce::world::{KeySet, Record, RecordKind};
use commerce::{Command, Currency, Envelope, Outcome};
use std::sync::Arc;
use store::Database;
use testkit::{Harness, Home, Mix, NOW, ShopSize, Workload};

testkit::on_both_engines! {
    rounds_are_written_with_their_book_and_read_by_day_and_by_name
    parcels_are_listed_where_they_lie
}

const DAY: u32 = 20_261_111;
const ROUND: RoundId = RoundId(0x7100);
const FLEET: CarrierId = CarrierId(0xa000);

fn run(harness: &mut Harness<Database>, now: i64, command: Command) -> Outcome {
    let decided = harness.submit(now, Envelope::system(command));
    decided.expect("it can be done").outcome
}

/// The shop's own fleet, which takes anything anywhere in the orders' country.
fn fleet(country: Country) -> SaveCarrier {
    use commerce::carrier::{Area, Carrier, CheckDigit, Numbering, Rate, Service};
    let carrier = Carrier {
        id: FLEET,
        version: 0,
        code: "own".to_string(),
        name: "Own fleet".to_string(),
        active: true,
        own_fleet: true,
        numbering: Numbering::Plain {
            prefix: "OW".to_string(),
            digits: 5,
            check: CheckDigit::None,
        },
        connector: String::new(),
        tracking_url: String::new(),
        locations: Vec::new(),
        daily_quota: None,
        currency: Currency::parse("EUR").expect("a code"),
        volume_divisor: 0,
        services: vec![Service {
            code: "parcel".to_string(),
            name: "Parcel".to_string(),
            levels: vec!["standard".to_string()],
            weight_max_grams: 31_500,
            side_max_mm: 0,
            girth_max_mm: 0,
        }],
        areas: vec![Area {
            country,
            prefix: String::new(),
            zone: "1".to_string(),
            sorting: String::new(),
            closed: false,
        }],
        rates: vec![Rate {
            service: "parcel".to_string(),
            zone: "1".to_string(),
            up_to_grams: 31_500,
            price: 100,
        }],
        surcharges: Vec::new(),
        timetables: Vec::new(),
    };
    SaveCarrier {
        carrier,
        blocks: vec![(0, 999)],
        expected_version: None,
    }
}

/// An order with a waybill.
fn parcel(harness: &mut Harness<Database>, workload: &mut Workload<'_>) -> Arc<Group> {
    let group = loop {
        let mut envelope = workload.buy_now(NOW);
        if let Command::BuyNow(buy) = &mut envelope.command {
            buy.method = PaymentMethod::OnAccount;
        }
        let bought = harness.submit(NOW, envelope).expect("an order").outcome;
        match bought {
            Outcome::Group(group) if group.destination.is_some() => break group,
            _ => {}
        }
    };
    let country = group.destination.as_ref().and_then(|a| a.country);
    let save = fleet(country.expect("an address"));
    run(harness, NOW, Command::SaveCarrier(save));
    let booking = Booking {
        service: Some((FLEET, "parcel".to_string())),
        preferred: Vec::new(),
        level: None,
        weight_grams: 500,
        size_mm: None,
        day: DAY,
        number: None,
    };
    let step = FulfillmentStep::Book(booking);
    let id = FulfillmentId::under(group.id, 1);
    match run(harness, NOW, Command::MoveFulfillment(id, step)) {
        Outcome::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

// Long because one round is followed from its plan to the audit.
fn rounds_are_written_with_their_book_and_read_by_day_and_by_name(home: &Home) {
    let (shop, mut harness) = open(ShopSize::default(), home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let group = parcel(&mut harness, &mut workload);
    let parcel = &group.parcels[0];
    let draft = RoundDraft {
        id: ROUND,
        day: DAY,
        location: group.fulfillments[0].location,
        courier: None,
        vehicle: "van".to_string(),
        way: Way {
            distances: Distances::Beeline,
            meters: 1,
            seconds: 1,
        },
        stops: vec![StopDraft {
            position: None,
            window: None,
            arrival: None,
            parcels: vec![parcel.fulfillment],
        }],
    };
    run(&mut harness, NOW, Command::SaveRounds(vec![draft]));
    let reader = harness.store.reader();
    let of_day = |day: u32| {
        let found = reader.records_under(RecordKind::Round, &format!("{day}/"), 10);
        found.expect("rows can be read")
    };
    assert_eq!(
        (
            of_day(DAY).len(),
            of_day(DAY - 1).len(),
            of_day(2_026_111).len()
        ),
        (1, 0, 0)
    );
    let book = reader.records(RecordKind::RoundBook).expect("a row");
    assert!(
        matches!(&book[..], [Record::RoundBook(book)] if book.round_of(parcel.fulfillment) == Some(ROUND))
    );
    // What is said long after, by a writer that has it no longer in memory.
    drop(harness);
    let store = home.open().expect("the database");
    let mut harness = Harness::new(store).expect("the database");
    let proof = Proof {
        by: ProofBy::SafePlace,
        name: "shed".to_string(),
        code: String::new(),
        code_matched: None,
        picture: None,
        position: None,
    };
    let number = parcel.number.clone();
    for (key, step) in [
        (1, RoundStep::Delivered { number, proof }),
        (2, RoundStep::Close),
    ] {
        let event = RoundEvent {
            round: ROUND,
            key,
            at: NOW,
            step,
        };
        run(&mut harness, NOW + 1, Command::RoundEvent(event));
    }
    let keys = KeySet {
        records: [(RecordKind::Round, ROUND.0), (RecordKind::Round, 0x100)].into(),
        ..KeySet::default()
    };
    let door = Record::Door(Door {
        id: DoorId(0x7200),
        code: "d-1".to_string(),
        point: Point {
            latitude_micro: 53_550_000,
            longitude_micro: 9_990_000,
        },
    });
    run(&mut harness, NOW, Command::SaveRecords(vec![door.clone()]));
    let reader = harness.store.reader();
    let found = reader.records_named(&keys).expect("rows can be read");
    let is_closed = |round: &Round| round.state == RoundState::Closed;
    assert!(matches!(&found[..], [Record::Round(round)] if is_closed(round)));
    let keys = KeySet {
        codes: [(RecordKind::Door, "d-1".to_string())].into(),
        ..KeySet::default()
    };
    assert_eq!(reader.records_named(&keys).expect("rows"), [door]);
    let report = reader.audit(&mut |_, _| {}).expect("rows can be read");
    assert!(report.is_clean(), "{:?}", report.findings);
    assert!(report.rows.contains(&("rounds", 1)));
}

fn parcels_are_listed_where_they_lie(home: &Home) {
    let (shop, mut harness) = open(ShopSize::default(), home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let parcels: Vec<_> = (0..3)
        .map(|_| parcel(&mut harness, &mut workload).parcels[0].clone())
        .collect();
    let seen = |parcel: &Parcel, key: u64, at: i64, location| Sighting {
        number: parcel.number.clone(),
        key,
        at,
        status: TrackingStatus::InTransit,
        reason: String::new(),
        place: String::new(),
        note: String::new(),
        by: SeenBy::Staff,
        withdraws: false,
        location,
    };
    let scan = |harness: &mut Harness<Database>, parcel: &Parcel, key, location| {
        let sighting = seen(parcel, key, NOW + key as i64, location);
        run(
            harness,
            NOW + key as i64,
            Command::SeeParcel(parcel.fulfillment, sighting),
        );
    };
    let lying = |harness: &Harness<Database>, place, after, limit| {
        let found = harness.store.reader().parcels_at(place, after, limit);
        found.expect("rows can be read")
    };
    for parcel in &parcels {
        scan(&mut harness, parcel, 1, Some(shop.warehouse));
    }
    let ids: Vec<_> = parcels.iter().map(|parcel| parcel.fulfillment).collect();
    assert_eq!(lying(&harness, shop.warehouse, 0, 10), ids);
    assert_eq!(lying(&harness, shop.warehouse, 0, 2), ids[..2]);
    assert_eq!(lying(&harness, shop.warehouse, ids[1].0, 2), ids[2..]);
    // One goes to the shop, one leaves, and one stays.
    scan(&mut harness, &parcels[0], 2, Some(shop.store));
    scan(&mut harness, &parcels[1], 3, None);
    drop(harness);
    let store = home.open().expect("the database");
    let harness = Harness::new(store).expect("the database");
    assert_eq!(lying(&harness, shop.store, 0, 10), ids[..1]);
    assert_eq!(lying(&harness, shop.warehouse, 0, 10), ids[2..]);
    let reader = harness.store.reader();
    let mut counts = reader.parcels_by_place().expect("rows can be read");
    counts.sort_unstable();
    assert_eq!(counts, [(shop.warehouse, 1), (shop.store, 1)]);
    let report = reader.audit(&mut |_, _| {}).expect("rows can be read");
    assert!(report.is_clean(), "{:?}", report.findings);
}
