//! What is wrong with tables is said; what cannot be promised says why.

use super::{MONDAY, at, example, hm, slot};
use crate::promise::{
    Calendar, Cannot, Change, Clock, Closed, Closure, Curves, Exception, Handover, Input, Line,
    Load, MINUTE_MAX, Network, Parcel, Programme, Question, UNLIMITED,
};
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

type Spoil = fn(&mut Input);

// Long because it is one table of cases.
#[test]
fn what_is_wrong_with_tables_is_said() {
    let cases: &[(&str, Spoil)] = &[
        ("timetable, row 0, first day: 100000 is out of range", |i| {
            i.first_day = 100_000;
        }),
        ("timetable, row 0, days: 0 is out of range", |i| i.days = 0),
        ("timetable, row 0, days: 401 is out of range", |i| {
            i.days = 401;
        }),
        ("places, row 5000, rows: 5001 are too many", |i| {
            i.places = vec![i.places[0]; 5_001];
        }),
        ("calendars, row 2, week: out of order", |i| {
            i.calendars[2].week[0] = vec![slot(9, 12), slot(11, 14)];
        }),
        ("calendars, row 2, week: 1500 is out of range", |i| {
            i.calendars[2].week[0] = vec![slot(9, 25)];
        }),
        ("calendars, row 0, exception: there is no row 7", |i| {
            i.calendars[0].exceptions = vec![(MONDAY, Exception::Like(7))];
        }),
        (
            "calendars, row 0, exception: day 20760 stands there twice",
            |i| {
                i.calendars[0].exceptions = vec![
                    (MONDAY + 1, Exception::Closed),
                    (MONDAY, Exception::Closed),
                    (MONDAY + 1, Exception::Like(0)),
                ];
            },
        ),
        ("places, row 1, clock: there is no row 1", |i| {
            i.places[1].clock = 1;
        }),
        ("places, row 0, prepare p90: out of order", |i| {
            i.places[0].prepare.p50 = 61;
        }),
        ("lines, row 0, to: there is no row 9", |i| i.lines[0].to = 9),
        ("lines, row 0, to: it leads to where it begins", |i| {
            i.lines[0].to = 0;
        }),
        ("lines, row 1, depart: out of order", |i| {
            i.lines[1].cutoff_minute = hm(18, 1);
        }),
        ("lines, row 1, arrive: 20161 is out of range", |i| {
            i.lines[1].arrive_minute = MINUTE_MAX + 1;
        }),
        ("lines, row 1, capacity: 4294967295 is out of range", |i| {
            i.lines[1].capacity = u32::MAX;
        }),
        (
            "lines, row 2, arrive: on day 20759 it arrives when it has not left yet",
            |i| i.lines[2].arrive_minute = hm(22, 0),
        ),
        ("zones, row 1, collect calendar: there is no row 4", |i| {
            i.zones[1].handover = Handover::Collect {
                calendar: 4,
                shelve_minutes: 0,
            };
        }),
        ("tours, row 3, zone: there is no row 3", |i| {
            i.tours[3].zone = 3
        }),
        ("tours, row 0, to: out of order", |i| {
            i.tours[0].to_minute = i.tours[0].from_minute;
        }),
        ("programmes, row 0, ship by: out of order", |i| {
            i.programmes = vec![Programme {
                zone: 0,
                location: None,
                weight_max_grams: 1,
                calendar: 0,
                order_minute: 5,
                ship_minute: 4,
                from_minute: 6,
                to_minute: 7,
                capacity: 1,
            }];
        }),
        ("closures, row 0, until: out of order", |i| {
            i.closures = vec![Closure {
                what: Closed::Line(0),
                from_s: 5,
                until_s: 5,
            }];
        }),
        ("closures, row 0, place: there is no row 3", |i| {
            i.closures = vec![Closure {
                what: Closed::Place(3),
                from_s: i64::MIN,
                until_s: i64::MAX,
            }];
        }),
        (
            "timetable, row 0, rows times days: 20850417 are too many",
            |i| {
                i.days = 400;
                i.tours = vec![i.tours[0]; 49_998];
            },
        ),
    ];
    for (text, change) in cases {
        let mut wrong = example();
        change(&mut wrong);
        let error = Network::new(wrong).map(|_| ()).expect_err(text);
        assert_eq!(error.to_string(), *text);
    }
}

#[test]
fn exceptions_may_stand_in_any_order() {
    let mut shuffled = example();
    let days: Vec<(i32, Exception)> = (0..20)
        .map(|day| (MONDAY + day, Exception::Closed))
        .collect();
    let mut sorted = shuffled.clone();
    sorted.calendars[0].exceptions = days.clone();
    shuffled.calendars[0].exceptions = days.into_iter().rev().collect();
    let network = |input| Network::new(input).expect("a network");
    let (sorted, shuffled) = (network(sorted), network(shuffled));
    assert_eq!(sorted.input(), shuffled.input());
    let answer = ask(&sorted, at(0, 10, 0)).expect("a promise");
    assert_eq!(Ok(answer), ask(&shuffled, at(0, 10, 0)));
}

fn ask(network: &Network, at_s: i64) -> Result<crate::promise::Promise, Cannot> {
    let question = Question {
        at_s,
        zone: 0,
        parcels: &[Parcel {
            location: 0,
            weight_grams: 1,
        }],
    };
    network.promise(&Load::new(network), &Curves::none(), &question)
}

#[test]
fn what_cannot_be_promised_says_why() {
    let cases: &[(Cannot, Spoil)] = &[
        (Cannot::NeverOpens(0), |i| {
            i.calendars[0] = Calendar::default();
        }),
        (Cannot::NeverHandsOver(0), |i| {
            i.calendars.push(Calendar::default());
            i.zones[0].handover = Handover::Collect {
                calendar: 4,
                shelve_minutes: 0,
            };
        }),
        (Cannot::NoWay { from: 0, hub: 2 }, |i| {
            i.lines.truncate(2);
        }),
        (Cannot::NoWay { from: 0, hub: 2 }, |i| {
            i.closures = vec![Closure {
                what: Closed::Place(1),
                from_s: i64::MIN,
                until_s: i64::MAX,
            }];
        }),
        (Cannot::LinesFull { from: 0, hub: 2 }, |i| {
            i.lines[2].capacity = 0;
        }),
        (Cannot::NoTour(0), |i| {
            i.tours.drain(..2);
        }),
        (Cannot::ToursFull(0), |i| {
            for tour in &mut i.tours {
                tour.capacity = 0;
            }
        }),
        (Cannot::AfterTimetable, |i| {
            (i.places[0].prepare.p50, i.places[0].prepare.p90) = (30_000, 30_000);
        }),
    ];
    for (cannot, change) in cases {
        let mut input = example();
        change(&mut input);
        let network = Network::new(input).expect("a network");
        assert_eq!(ask(&network, at(0, 10, 0)), Err(*cannot));
        assert!(!cannot.to_string().is_empty());
    }
    // An empty network is one, and knows no zone.
    let input = Input {
        days: 1,
        ..Input::default()
    };
    let nothing = Network::new(input).expect("a network");
    assert_eq!(ask(&nothing, 0), Err(Cannot::UnknownZone(0)));
}

#[test]
fn lines_in_a_ring_only_go_on_in_time() {
    let mut input = example();
    let back = Line {
        from: 2,
        to: 1,
        calendar: 1,
        cutoff_minute: hm(6, 0),
        depart_minute: hm(6, 0),
        arrive_minute: hm(6, 1),
        capacity: UNLIMITED,
    };
    input.lines.extend([
        back,
        Line {
            from: 1,
            to: 0,
            ..back
        },
    ]);
    let ring = Network::new(input).expect("a network");
    let plain = Network::new(example()).expect("a network");
    let answer = |network| ask(network, at(0, 10, 0)).expect("a promise").times;
    assert_eq!(answer(&ring), answer(&plain));
}

#[test]
fn clocks_that_change_do_not_make_a_line_arrive_in_the_past() {
    // Clocks are put forward from two to three on the second night: half past two is half past three.
    let mut input = example();
    let forward_s = i64::from(MONDAY + 1) * 86_400 + 3_600;
    let change = |from_s, offset_s| Change { from_s, offset_s };
    input.clocks =
        vec![Clock::new(vec![change(0, 3_600), change(forward_s, 7_200)]).expect("a clock")];
    (input.lines[2].depart_minute, input.lines[2].arrive_minute) = (hm(26, 30), hm(27, 10));
    let network = Network::new(input).expect("a network");
    let promise = ask(&network, at(0, 10, 0)).expect("a promise");
    let ride = promise.parts[0].legs[2];
    // It leaves at half past three and arrives a minute later, on the wall that shows an hour more.
    assert_eq!(ride.begin_s, forward_s + 1_800);
    assert_eq!(ride.end_s, forward_s + 1_860);
}
