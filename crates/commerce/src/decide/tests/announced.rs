//! Carriers that are told of their parcels, what they answer, and parcels that will be late.

use super::parcels::{DAY, QUICK, bench, carrier, save, show};
use super::*;
use crate::carrier::{Carrier, Numbering};
use crate::checkout::Promise;
use crate::command::{Booking, CarrierAnswer, CarrierRefusal};
use crate::delay::{DelayReason, Expected};
use crate::event::What;
use crate::limits;
use crate::parcel::NoLabel;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The quick one, told of parcels by a connector.
fn connected(bench: &mut Bench, numbering: Numbering) {
    let quick = Carrier {
        numbering,
        connector: "test".to_string(),
        ..carrier(QUICK, "quick", &[("parcel", 31_500, 899)])
    };
    save(bench, quick, &[(0, 99)]).expect("sound");
}

fn booking(number: Option<&str>) -> Booking {
    Booking {
        service: Some((QUICK, "parcel".to_string())),
        preferred: Vec::new(),
        level: None,
        weight_grams: 500,
        size_mm: None,
        day: DAY,
        number: number.map(ToString::to_string),
    }
}

#[test]
fn a_number_that_the_carrier_gives_is_asked_for_and_its_label_is_the_carriers() {
    let mut bench = bench();
    connected(&mut bench, Numbering::Given);
    let id = FulfillmentId::under(bench.group("o"), 1);
    let book = |number| Command::MoveFulfillment(id, FulfillmentStep::Book(booking(number)));
    let field = "number";
    let long = "9".repeat(limits::NUMBER_CHARS_MAX + 1);
    for unsound in [None, Some(""), Some("1 2"), Some("Ä1"), Some(long.as_str())] {
        let refusal = Err(Refusal::FieldInvalid { field });
        assert_eq!(bench.run(book(unsound)), refusal, "{unsound:?}");
    }
    bench.run(book(Some("1Z-7"))).expect("booked");
    let group = bench.world.group(id.parent()).expect("known");
    assert_eq!(show(group), " [1Z-7 966 pending]");
    let refused = vec![(id, NoLabel::OfCarrier)];
    let refusal = Err(Refusal::LabelsRefused { refused });
    assert_eq!(bench.run(Command::PrintLabels(vec![id])), refusal);
}

#[test]
fn a_number_is_taken_from_nobody_where_the_shop_makes_them() {
    let mut bench = bench();
    let id = FulfillmentId::under(bench.group("o"), 1);
    let book = Command::MoveFulfillment(id, FulfillmentStep::Book(booking(Some("1Z-7"))));
    let refusal = Err(Refusal::FieldInvalid { field: "number" });
    assert_eq!(bench.run(book), refusal);
}

#[test]
fn a_waybill_that_its_carrier_refuses_comes_off_unless_the_parcel_was_seen_there() {
    let mut bench = bench();
    let plain = carrier(QUICK, "quick", &[]).numbering;
    connected(&mut bench, plain);
    let id = FulfillmentId::under(bench.group("o"), 1);
    let answer = |number: &str, is_refused: bool| {
        Command::CarrierAnswer(CarrierAnswer {
            fulfillment: id,
            number: number.to_string(),
            refused: is_refused.then(|| CarrierRefusal {
                code: "too_heavy".to_string(),
                note: "31.5 kg at most".to_string(),
            }),
            effect: 0,
        })
    };
    let stands = |bench: &Bench| show(bench.world.group(id.parent()).expect("known"));
    check_on(
        &mut bench,
        "book o 1 quick/parcel 500 => confirmed 2490 captured | open [QU00000 966 pending]",
    );
    // A late answer about another waybill says nothing of this one.
    for (number, is_refused, after) in [
        ("QU00099", true, " [QU00000 966 pending]"),
        ("QU00000", false, " [QU00000 966 pending]"),
        ("QU00000", true, ""),
        ("QU00000", true, ""),
    ] {
        bench.run(answer(number, is_refused)).expect("taken");
        assert_eq!(stands(&bench), after, "{number} {is_refused}");
    }
    check_on(
        &mut bench,
        "book o 1 quick/parcel 500 => confirmed 2490 captured | open [QU00001 966 pending]
         see o 1 1 picked_up 0 QU00001 => confirmed 2490 captured | shipped [QU00001 966 picked_up]",
    );
    bench.run(answer("QU00001", true)).expect("taken");
    assert_eq!(stands(&bench), " [QU00001 966 picked_up]");
}

#[test]
fn a_parcel_that_will_be_late_is_told_once_for_each_cause_and_day() {
    const DAY_MS: i64 = 86_400_000;
    let mut bench = bench();
    let id = FulfillmentId::under(bench.group("o"), 1);
    let expect = |latest: i64, reason, place: &str| {
        Command::Expect(Expected {
            fulfillment: id,
            latest,
            reason,
            place: place.to_string(),
        })
    };
    use DelayReason::{Closed, Missed};
    let run = |bench: &mut Bench, command| {
        let told = bench.events.len();
        bench.run(command).expect("taken");
        let told = bench.events[told..].iter();
        let told = told.filter(|e| matches!(e, What::ParcelDelayed { .. }));
        let group = bench.world.group(id.parent()).expect("known");
        (told.count(), group.delay(id).map(|d| d.expected))
    };
    // Nothing was promised: nothing is late.
    assert_eq!(run(&mut bench, expect(5, Closed, "hub")), (0, None));
    let promised = 10 * DAY_MS;
    let mut group = Group::clone(bench.world.group(id.parent()).expect("known"));
    group.promise = Some(Promise {
        earliest: promised - DAY_MS,
        latest: promised,
    });
    bench.world.put_group(group);
    bench.world.committed();
    let (late, later) = (promised + 1, promised + DAY_MS);
    for (command, expected) in [
        (expect(promised, Closed, "hub"), (0, None)),
        (expect(late, Closed, "hub"), (1, Some(late))),
        (expect(late, Closed, "hub"), (0, Some(late))),
        // Some hours more are no news, a day is.
        (expect(later, Closed, "hub"), (0, Some(later))),
        (expect(later + 1, Closed, "hub"), (1, Some(later + 1))),
        // Another cause is another matter.
        (expect(later, Missed, "store"), (1, Some(later))),
        // It is in time again, and late again.
        (expect(promised, Missed, ""), (0, None)),
        (expect(late, Missed, "store"), (1, Some(late))),
    ] {
        assert_eq!(run(&mut bench, command.clone()), expected, "{command:?}");
    }
    let long = "x".repeat(limits::NAME_CHARS_MAX + 1);
    for place in ["a\nb", long.as_str()] {
        let refusal = Err(Refusal::FieldInvalid { field: "place" });
        assert_eq!(bench.run(expect(late, Closed, place)), refusal);
    }
    check_on(
        &mut bench,
        "cancel o => canceled 2490 captured | canceled | 2490?",
    );
    assert_eq!(
        run(&mut bench, expect(later, Closed, "hub")),
        (0, Some(late))
    );
}
