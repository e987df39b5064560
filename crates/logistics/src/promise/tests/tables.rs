//! Networks read from tables.

use super::{MONDAY, at, hm};
use crate::promise::day_of;
use crate::promise::tables::{ERRORS_MAX, Known, Names, TableError, Texts, read};
use crate::promise::{
    Change, Clock, Curves, Exception, Load, Minutes, Network, Parcel, Question, UNLIMITED,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

const CALENDARS: &str = "\
calendar,day,hours
shop,mon,09:00-13:00;14:00-17:00
shop,tue,09:00-17:00
shop,2026-12-24,09:00-12:00
shop,2026-12-25,closed
shop,2026-12-27,like mon
daily,mon,00:00-24:00
daily,tue,00:00-24:00
";
const HUBS: &str = "\
code,time_zone,calendar,prepare_p50,prepare_p90
store,Europe/Berlin,shop,30,60
north,Europe/Berlin,daily,,
";
const LINES: &str = "\
code,from,to,calendar,cutoff,depart,arrive,capacity
wave,store,north,shop,15:45,16:00,17:30,10
\"wave, late\",store,north,daily,16:45,17:00,25:30,
";
const ZONES: &str = "\
zone,hub,time_zone,calendar,cutoff,from,to,capacity,collect_calendar,shelve_minutes
10,north,Europe/Berlin,daily,07:00,08:00,12:00,50,,
10,north,Europe/Berlin,daily,13:00,14:00,18:00,50,,
locker,north,Europe/Berlin,daily,07:00,08:00,12:00,,daily,15
";
const PROGRAMMES: &str = "\
code,zone,location,weight_max_grams,calendar,order_by,ship_by,from,to,capacity
211,10,store,15000,daily,11:00,13:00,15:00,23:00,100
";

fn texts() -> Texts<'static> {
    Texts {
        calendars: CALENDARS,
        hubs: HUBS,
        lines: LINES,
        zones: ZONES,
        programmes: PROGRAMMES,
        closures: "",
    }
}

fn known() -> Known {
    let berlin = vec![Change {
        from_s: 0,
        offset_s: 3_600,
    }];
    Known {
        clocks: vec![(
            "Europe/Berlin".to_string(),
            Clock::new(berlin).expect("a clock"),
        )],
        first_day: MONDAY,
        days: 30,
        ..Known::default()
    }
}

fn good(texts: &Texts<'_>) -> (Network, Names) {
    read(texts, known()).expect("good tables")
}

fn errors(texts: &Texts<'_>) -> Vec<String> {
    let errors = read(texts, known()).map(|_| ()).expect_err("bad tables");
    errors.iter().map(TableError::to_string).collect()
}

#[test]
fn good_tables_make_a_network() {
    let (network, names) = good(&texts());
    let input = network.input();
    assert_eq!(names.calendars, ["shop", "daily"]);
    assert_eq!(names.places, ["store", "north"]);
    assert_eq!(names.lines, ["wave", "wave, late"]);
    assert_eq!(names.zones, ["10", "locker"]);
    assert_eq!(names.programmes, ["211"]);
    assert_eq!(input.places[0].prepare, Minutes { p50: 30, p90: 60 });
    assert_eq!(input.lines[1].capacity, UNLIMITED);
    assert_eq!(input.lines[1].arrive_minute, hm(25, 30));
    assert_eq!(input.calendars[0].week[0].len(), 2);
    assert_eq!(input.calendars[0].exceptions[1].1, Exception::Closed);
    assert_eq!(input.calendars[0].exceptions[2].1, Exception::Like(0));
    let question = Question {
        at_s: at(0, 9, 0),
        zone: 0,
        parcels: &[Parcel {
            location: 0,
            weight_grams: 1_000,
        }],
    };
    let promise = network.promise(&Load::new(&network), &Curves::none(), &question);
    let promise = promise.expect("a promise");
    assert_eq!(promise.parts[0].programme, Some(0));
    assert_eq!(promise.order_before_s, at(0, 11, 0));
}

#[test]
fn columns_have_any_order_and_others_are_left_alone() {
    let hubs = "\u{feff}note, calendar ,code,time_zone\r\n\"a \"\"b\"\"\",daily,north,Europe/Berlin\r\n\r\nx,shop,store,Europe/Berlin\r\n";
    let (network, names) = good(&Texts { hubs, ..texts() });
    assert_eq!(names.places, ["north", "store"]);
    assert_eq!(network.input().places[1].prepare, Minutes::default());
}

#[test]
fn what_is_known_comes_first() {
    let mut known = known();
    let (network, names) = good(&texts());
    let calendar = network.input().calendars[1].clone();
    let store = network.input().places[0];
    known.calendars.push(("daily".to_string(), calendar));
    known.places.push((
        "store".to_string(),
        crate::promise::Place {
            calendar: 0,
            ..store
        },
    ));
    let calendars: String = CALENDARS
        .lines()
        .filter(|line| !line.starts_with("daily"))
        .map(|line| format!("{line}\n"))
        .collect();
    let hubs = HUBS.replace("store,Europe/Berlin,shop,30,60\n", "");
    let texts = Texts {
        calendars: &calendars,
        hubs: &hubs,
        ..texts()
    };
    let (_, mixed) = read(&texts, known).expect("good tables");
    assert_eq!(mixed.places, names.places);
    assert_eq!(mixed.calendars, ["daily", "shop"]);
}

// Long because it is one table of cases.
#[test]
fn one_wrong_line_names_itself() {
    // Table, what stands there, what is put there, what is said.
    let cases = [
        (
            "calendars",
            "shop,tue,09:00-17:00",
            "shop,tue,9-17",
            "calendars, line 3, hours: `9-17` cannot be read",
        ),
        (
            "calendars",
            "shop,tue,",
            "shop,mon,",
            "calendars, line 3, day: `mon` stands there twice",
        ),
        (
            "calendars",
            "shop,tue,",
            "shop,someday,",
            "calendars, line 3, day: `someday` cannot be read",
        ),
        (
            "calendars",
            "2026-12-25",
            "2026-12-24",
            "calendars, line 5, day: `2026-12-24` stands there twice",
        ),
        (
            "calendars",
            "2026-12-25",
            "2026-02-29",
            "calendars, line 5, day: `2026-02-29` cannot be read",
        ),
        (
            "calendars",
            "like mon",
            "like monday",
            "calendars, line 6, hours: `like monday` cannot be read",
        ),
        (
            "calendars",
            "09:00-17:00",
            "17:00-09:00",
            "calendars, line 2, week: out of order",
        ),
        (
            "hubs",
            "north,Europe/Berlin",
            "north,Europe/Bern",
            "hubs, line 3, time_zone: there is no `Europe/Bern`",
        ),
        (
            "hubs",
            "north,",
            "store,",
            "hubs, line 3, code: `store` stands there twice",
        ),
        (
            "hubs",
            "30,60",
            "30,-60",
            "hubs, line 2, prepare_p90: `-60` cannot be read",
        ),
        (
            "hubs",
            "30,60",
            "90,60",
            "hubs, line 2, prepare p90: out of order",
        ),
        (
            "hubs",
            "code,",
            "name,",
            "hubs, line 1, code: the header has no such column",
        ),
        (
            "lines",
            "wave,store",
            "wave,shore",
            "lines, line 2, from: there is no `shore`",
        ),
        (
            "lines",
            "17:30,10",
            "17:30,-10",
            "lines, line 2, capacity: `-10` cannot be read",
        ),
        (
            "lines",
            "15:45,16:00",
            "15:45,16:60",
            "lines, line 2, depart: `16:60` cannot be read",
        ),
        (
            "lines",
            "16:00,17:30",
            "16:00,",
            "lines, line 2, arrive: empty",
        ),
        (
            "lines",
            "17:30,10",
            "17:30",
            "lines, line 2: 7 fields, unlike the header",
        ),
        (
            "lines",
            "17:30",
            "15:30",
            "lines, line 2, arrive: on day 20759 it arrives when it has not left yet",
        ),
        (
            "lines",
            "\"wave, late\"",
            "\"wave, late",
            "lines, line 3: a quote is not closed",
        ),
        (
            "lines",
            "wave,store,north",
            "wave,north,north",
            "lines, line 2, to: it leads to where it begins",
        ),
        (
            "zones",
            "locker,north",
            "10,store",
            "zones, line 4, hub: `store` is not what lines before say",
        ),
        (
            "zones",
            "12:00,50",
            "08:00,50",
            "zones, line 2, to: out of order",
        ),
        ("zones", "locker,", ",", "zones, line 4, zone: empty"),
        (
            "programmes",
            "11:00,13:00",
            "14:00,13:00",
            "programmes, line 2, ship by: out of order",
        ),
        (
            "programmes",
            "211,10",
            "211,11",
            "programmes, line 2, zone: there is no `11`",
        ),
    ];
    for (table, there, put, said) in cases {
        let mut wrong = texts();
        let text = match table {
            "calendars" => &mut wrong.calendars,
            "hubs" => &mut wrong.hubs,
            "lines" => &mut wrong.lines,
            "zones" => &mut wrong.zones,
            _ => &mut wrong.programmes,
        };
        let changed = text.replacen(there, put, 1);
        assert_ne!(changed, *text, "{there}");
        *text = &changed;
        assert_eq!(errors(&wrong)[0], said);
    }
}

#[test]
fn all_wrong_lines_are_named_up_to_a_number() {
    let mut hubs = HUBS.to_string();
    for row in 0..3 * ERRORS_MAX {
        hubs.push_str(&format!("h{row},Nowhere,daily,,\n"));
    }
    let wrong = Texts {
        hubs: &hubs,
        ..texts()
    };
    let named = errors(&wrong);
    assert_eq!(named.len(), ERRORS_MAX);
    assert_eq!(named[1], "hubs, line 5, time_zone: there is no `Nowhere`");
    assert_eq!(errors(&Texts::default()).len(), 3 + 3 + 8 + 8);
}

#[test]
fn what_is_closed_is_read_on_the_clock_of_the_place() {
    let closures = "\
closed,from,until
north,2026-12-01 12:00,2026-12-02T06:00
\"wave, late\",2026-12-03 00:00,2026-12-03 24:00
";
    let (network, _) = good(&Texts {
        closures,
        ..texts()
    });
    let day = i64::from(day_of(2026, 12, 1).expect("a date")) * 86_400;
    let found: Vec<(i64, i64)> = network
        .input()
        .closures
        .iter()
        .map(|closure| (closure.from_s - day, closure.until_s - day))
        .collect();
    // An hour east of Greenwich.
    let hour = 3_600;
    assert_eq!(found, [(11 * hour, 29 * hour), (47 * hour, 71 * hour)]);
    for (line, expected) in [
        (
            "moon,2026-12-01 12:00,2026-12-02 06:00",
            "closures, line 2, closed: there is no `moon`",
        ),
        (
            "north,2026-12-01,2026-12-02 06:00",
            "closures, line 2, from: `2026-12-01` cannot be read",
        ),
        (
            "north,2026-12-01 25:00,2026-12-02 06:00",
            "closures, line 2, from: `2026-12-01 25:00` cannot be read",
        ),
    ] {
        let closures = format!("closed,from,until\n{line}\n");
        let named = errors(&Texts {
            closures: &closures,
            ..texts()
        });
        assert_eq!(named, [expected]);
    }
    let backwards = "closed,from,until\nnorth,2026-12-02 06:00,2026-12-01 12:00\n";
    let named = errors(&Texts {
        closures: backwards,
        ..texts()
    });
    assert!(named[0].starts_with("closures, line 2, "), "{named:?}");
}

#[test]
fn any_text_is_read_or_refused() {
    let mut random = crate::random::Random::of(1, 8);
    let pieces = [
        "\"", ",", "\n", "\r", "mon", "24:00", "-", ";", "é", "9", ":", "closed", "like ",
    ];
    for _ in 0..2_000 {
        let mut text = String::from("calendar,day,hours\n");
        for _ in 0..random.below(12) {
            text.push_str(pieces[random.below(pieces.len())]);
        }
        let _ = read(
            &Texts {
                calendars: &text,
                ..texts()
            },
            known(),
        );
    }
}
