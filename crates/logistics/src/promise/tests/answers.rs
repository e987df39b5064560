//! Answers on a network by hand, with the reasons.

use super::{MONDAY, at, example, hm, unlimited};
use crate::promise::{
    Calendar, Cannot, Closed, Closure, Curves, DAY_S, Exception, Input, Lanes, Leg, Load, Network,
    Parcel, Programme, Promise, Question, Seat, Step, Table, UNLIMITED, Wait,
};
use alloc::vec;
use alloc::vec::Vec;

const PARCEL: Parcel = Parcel {
    location: 0,
    weight_grams: 1_000,
};

fn network(input: Input) -> Network {
    Network::new(input).expect("a network")
}

fn ask(network: &Network, curves: &Curves, at_s: i64, zone: u32) -> Result<Promise, Cannot> {
    let question = Question {
        at_s,
        zone,
        parcels: &[PARCEL],
    };
    network.promise(&Load::new(network), curves, &question)
}

fn steps(promise: &Promise) -> Vec<(Step, Wait)> {
    let legs = promise.parts[0].legs.iter();
    legs.map(|Leg { step, wait, .. }| (*step, *wait)).collect()
}

fn seat(table: Table, row: u32, day: i32) -> Seat {
    Seat {
        table,
        row,
        day: MONDAY + day,
    }
}

#[test]
fn what_lies_packed_goes_on_as_it_would_have_when_it_was_ready() {
    let network = network(example());
    let load = Load::new(&network);
    for hour in 0..60 {
        let Ok(promise) = ask(&network, &Curves::none(), at(0, hour, 7), 0) else {
            continue;
        };
        let legs = &promise.parts[0].legs;
        let ready = legs[0].end_s;
        assert_eq!(
            network.onward(&load, (0, 0), ready).as_deref(),
            Ok(&legs[1..]),
            "{hour}"
        );
        // The same from each place on its way, when it is taken on there.
        let Step::Ride(ride) = legs[1].step else {
            continue;
        };
        let hub = network.input().lines[ride.row as usize].to;
        let rest = network.onward(&load, (hub, 0), legs[1].end_s);
        assert_eq!(rest.as_deref(), Ok(&legs[2..]), "{hour}");
    }
    let late = network.onward(&load, (0, 0), at(9_999, 0, 0));
    assert_eq!(late, Err(Cannot::AfterTimetable));
}

/// Ordered, zone; ship by, first delivery, estimate, promise, order before.
type Case = (i64, u32, [i64; 4], i64);

#[test]
fn a_parcel_comes_when_the_timetable_says() {
    let cases: &[Case] = &[
        // Ten o'clock: ready by eleven, wave at noon, night line, first tour on Tuesday.
        (
            at(0, 10, 0),
            0,
            [at(0, 11, 45), at(1, 8, 0), at(1, 12, 0), at(1, 12, 0)],
            at(0, 10, 45),
        ),
        // A second after noon's last moment: the evening's wave, which still meets the night line.
        (
            at(0, 10, 45) + 1,
            0,
            [at(0, 17, 45), at(1, 8, 0), at(1, 12, 0), at(1, 12, 0)],
            at(0, 16, 0),
        ),
        // Half of the orders are ready in time, nine of ten are not: the next day's noon.
        (
            at(0, 16, 0) + 1,
            0,
            [at(1, 11, 45), at(1, 8, 0), at(1, 12, 0), at(2, 12, 0)],
            at(0, 16, 30),
        ),
        // Friday evening waits for Monday.
        (
            at(4, 17, 0),
            0,
            [at(7, 11, 45), at(8, 8, 0), at(8, 12, 0), at(8, 12, 0)],
            at(7, 10, 45),
        ),
        // Friday at noon: there on Saturday morning, but no tour until Monday.
        (
            at(4, 12, 0),
            0,
            [at(4, 17, 45), at(7, 8, 0), at(7, 12, 0), at(7, 12, 0)],
            at(4, 16, 0),
        ),
        // The locker is filled on Saturdays, and shelving takes ten minutes.
        (
            at(4, 12, 0),
            1,
            [at(4, 17, 45), at(5, 8, 10), at(5, 12, 10), at(5, 12, 10)],
            at(4, 16, 0),
        ),
        // Next to the location no line is needed.
        (
            at(0, 10, 0),
            2,
            [at(0, 17, 0), at(0, 18, 0), at(0, 22, 0), at(0, 22, 0)],
            at(0, 16, 0),
        ),
    ];
    let network = network(example());
    for (at_s, zone, [ship_by_s, min_s, estimate_s, max_s], order_before_s) in cases {
        let promise = ask(&network, &Curves::none(), *at_s, *zone).expect("a promise");
        let times = promise.times;
        assert_eq!(
            [
                times.ship_by_s,
                times.deliver_min_s,
                times.estimate_s,
                times.deliver_max_s
            ],
            [*ship_by_s, *min_s, *estimate_s, *max_s],
            "ordered at {at_s}"
        );
        assert_eq!(times.confidence_permille, None);
        assert_eq!(promise.order_before_s, *order_before_s, "ordered at {at_s}");
    }
}

#[test]
fn the_answer_says_why() {
    let network = network(example());
    let none = &Curves::none();
    let promise = ask(&network, none, at(5, 3, 0), 0).expect("a promise");
    let ride = |row, day| Step::Ride(seat(Table::Lines, row, day));
    let tour = |row, day| Step::Tour(seat(Table::Tours, row, day));
    assert_eq!(
        steps(&promise),
        [
            (Step::Prepare { place: 0 }, Wait::Opening),
            (ride(0, 7), Wait::Departure),
            (ride(2, 7), Wait::Departure),
            (tour(0, 8), Wait::Departure),
        ]
    );
    let first = promise.parts[0].legs[0];
    assert_eq!(
        (first.since_s, first.begin_s, first.end_s),
        (at(5, 3, 0), at(7, 9, 0), at(7, 10, 0))
    );
    let locker = ask(&network, none, at(0, 10, 0), 1).expect("a promise");
    let last = steps(&locker)[4];
    assert_eq!(last, (Step::Shelve { zone: 1 }, Wait::None));
}

#[test]
fn full_runs_are_left_out_and_named() {
    let network = network(example());
    let mut load = Load::new(&network);
    let question = |parcels| Question {
        at_s: at(0, 10, 0),
        zone: 0,
        parcels,
    };
    let none = &Curves::none();
    for taken in 0..20 {
        let parcels = &[PARCEL];
        let promise = network.promise(&load, none, &question(parcels));
        let promise = promise.expect("a promise");
        let wave = u32::from(taken >= 10);
        assert_eq!(
            promise.parts[0].seats[0],
            seat(Table::Lines, wave, 0),
            "{taken}"
        );
        if wave == 1 {
            let full = Wait::Full(seat(Table::Lines, 0, 0));
            assert_eq!(steps(&promise)[1].1, full);
        }
        load.take(&network, &promise.seats()).expect("room");
    }
    // Monday's waves are full: it is Tuesday's, and the second of two parcels that are one too many goes by the next.
    let promise = network.promise(&load, none, &question(&[PARCEL]));
    let promise = promise.expect("a promise");
    assert_eq!(promise.times.deliver_max_s, at(2, 12, 0));
    let many = network.promise(&load, none, &question(&[PARCEL; 11]));
    let many = many.expect("a promise");
    let wave = |part: usize| many.parts[part].seats[0];
    assert_eq!(wave(9), seat(Table::Lines, 0, 1));
    assert_eq!(wave(10), seat(Table::Lines, 1, 1));
    assert_eq!(
        many.parts[10].legs[1].wait,
        Wait::Full(seat(Table::Lines, 0, 0))
    );
    load.take(&network, &many.seats()).expect("room for all");
}

#[test]
fn closures_are_gone_around_and_named() {
    let mut input = example();
    let closed = |what, from_s, until_s| Closure {
        what,
        from_s,
        until_s,
    };
    // Monday's night line, and hub 2 on Wednesday morning.
    input.closures = vec![
        closed(Closed::Line(2), at(0, 22, 0), at(0, 22, 1)),
        closed(Closed::Place(2), at(2, 6, 0), at(2, 8, 1)),
    ];
    let network = network(input);
    let promise = ask(&network, &Curves::none(), at(0, 10, 0), 0).expect("a promise");
    assert_eq!(promise.times.deliver_max_s, at(2, 18, 0));
    assert_eq!(
        steps(&promise)[2..],
        [
            (
                Step::Ride(seat(Table::Lines, 2, 1)),
                Wait::Closure(seat(Table::Lines, 2, 0))
            ),
            (
                Step::Tour(seat(Table::Tours, 1, 2)),
                Wait::Closure(seat(Table::Tours, 0, 2))
            ),
        ]
    );
}

#[test]
fn holidays_and_swapped_days_are_kept() {
    let mut input = unlimited(example());
    // Tuesday is a holiday, Saturday is worked like a Monday instead.
    for calendar in [0, 2] {
        input.calendars[calendar].exceptions = vec![
            (MONDAY + 5, Exception::Like(0)),
            (MONDAY + 1, Exception::Closed),
        ];
    }
    let network = network(input);
    let answer = |at_s| ask(&network, &Curves::none(), at_s, 0).expect("a promise");
    assert_eq!(answer(at(0, 10, 0)).times.deliver_max_s, at(2, 12, 0));
    assert_eq!(answer(at(4, 10, 0)).times.deliver_max_s, at(5, 12, 0));
    assert_eq!(answer(at(5, 10, 0)).times.ship_by_s, at(5, 11, 45));
}

#[test]
fn what_lanes_have_learned_is_added() {
    let network = network(example());
    let end_s = i64::from(MONDAY) * DAY_S;
    let mut lanes = Lanes::new(vec![0, 1, 2], vec![0, 0, 1], end_s);
    // Handed over at noon, half of them are there in 22 hours, nine of ten in 48.
    for (hours, parcels) in [(21, 50), (46, 41), (100, 9)] {
        for _ in 0..parcels {
            lanes
                .learn((0, 0), end_s - hours * 3_600, end_s)
                .expect("learned");
        }
    }
    let curves = Curves::new(&lanes);
    let promise = ask(&network, &curves, at(0, 10, 0), 0).expect("a promise");
    // The estimate stays with the tour; the promise is the end of the tour a day after the one that is planned.
    assert_eq!(promise.times.deliver_min_s, at(1, 8, 0));
    assert!(promise.times.estimate_s > at(1, 8, 0) && promise.times.estimate_s <= at(1, 12, 0));
    assert_eq!(promise.times.deliver_max_s, at(2, 12, 0));
    let confidence = promise.times.confidence_permille.expect("learned");
    assert!((900..=990).contains(&confidence), "{confidence}");
    let last = promise.parts[0].legs.last().expect("legs");
    assert_eq!(last.step, Step::Experience);
    assert_eq!(last.end_s, promise.times.deliver_max_s);
    // Two parcels are less sure to be there in time than one.
    let question = Question {
        at_s: at(0, 10, 0),
        zone: 0,
        parcels: &[PARCEL; 2],
    };
    let two = network.promise(&Load::new(&network), &curves, &question);
    let two = two.expect("a promise").times.confidence_permille;
    assert!(two.is_some_and(|two| two < confidence));
}

#[test]
fn several_parcels_are_there_with_the_last() {
    let mut input = unlimited(example());
    input.places.push(input.places[0]);
    // The second location's only wave leaves at 10 and takes a day.
    let mut slow = input.lines[0];
    (slow.from, slow.cutoff_minute) = (3, hm(10, 0));
    slow.arrive_minute = hm(36, 0);
    input.lines.push(slow);
    let network = network(input);
    let parcel = |location| Parcel {
        location,
        weight_grams: 1,
    };
    let question = Question {
        at_s: at(0, 9, 30),
        zone: 0,
        parcels: &[parcel(0), parcel(3)],
    };
    let promise = network.promise(&Load::new(&network), &Curves::none(), &question);
    let promise = promise.expect("a promise");
    let max = |part: usize| promise.parts[part].times.deliver_max_s;
    assert_eq!((max(0), max(1)), (at(1, 12, 0), at(3, 12, 0)));
    assert_eq!(promise.times.deliver_max_s, at(3, 12, 0));
    // The second part's estimate changes first: half of its orders are ready by 10 until then.
    assert_eq!(promise.order_before_s, at(0, 9, 30));
}

// Ordered by 11 there today by 23; by 23 there tomorrow by 15.
fn with_programme(capacity: u32) -> Input {
    let mut input = example();
    let row = |[order, ship, from, to]: [u32; 4]| Programme {
        zone: 0,
        location: Some(0),
        weight_max_grams: 15_000,
        calendar: 1,
        order_minute: hm(order, 0),
        ship_minute: hm(ship, 0),
        from_minute: hm(from, 0),
        to_minute: hm(to, 0),
        capacity,
    };
    input.calendars[1] = Calendar::days([true; 7]);
    input.programmes = vec![row([11, 13, 15, 23]), row([23, 29, 32, 39])];
    input
}

#[test]
fn a_programme_is_promised_where_it_is_not_later() {
    let network = network(with_programme(UNLIMITED));
    let answer = |at_s, weight_grams| {
        let parcels = &[Parcel {
            location: 0,
            weight_grams,
        }];
        let question = Question {
            at_s,
            zone: 0,
            parcels,
        };
        let promise = network.promise(&Load::new(&network), &Curves::none(), &question);
        let promise = promise.expect("a promise");
        let part = &promise.parts[0];
        (
            part.programme,
            promise.times.deliver_max_s,
            promise.order_before_s,
        )
    };
    assert_eq!(
        answer(at(0, 8, 0), 1_000),
        (Some(0), at(0, 23, 0), at(0, 11, 0))
    );
    // By the timetable it is there at noon of the next day, before the programme's 15 o'clock.
    assert_eq!(
        answer(at(0, 11, 0) + 1, 1_000),
        (None, at(1, 12, 0), at(0, 16, 0))
    );
    assert_eq!(
        answer(at(0, 16, 0) + 1, 1_000),
        (Some(1), at(1, 15, 0), at(0, 23, 0))
    );
    assert_eq!(
        answer(at(0, 23, 0) + 1, 1_000),
        (Some(0), at(1, 23, 0), at(1, 11, 0))
    );
    // Too heavy for the programme.
    assert_eq!(
        answer(at(0, 10, 0), 15_001),
        (None, at(1, 12, 0), at(0, 10, 45))
    );
}

#[test]
fn a_programme_that_is_full_is_not_promised() {
    let network = network(with_programme(1));
    let mut load = Load::new(&network);
    let question = Question {
        at_s: at(0, 8, 0),
        zone: 0,
        parcels: &[PARCEL],
    };
    let none = &Curves::none();
    let first = network.promise(&load, none, &question).expect("a promise");
    assert_eq!(first.seats(), [seat(Table::Programmes, 0, 0)]);
    load.take(&network, &first.seats()).expect("room");
    let second = network.promise(&load, none, &question).expect("a promise");
    assert_eq!(second.parts[0].programme, None);
    load.give_back(&network, &first.seats()).expect("taken");
    let third = network.promise(&load, none, &question).expect("a promise");
    assert_eq!(first, third);
}
