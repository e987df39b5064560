//! Histories: what is read, what is left out, and how quotes are scored.

use crate::promise::DAY_S;
use crate::promise::backtest::{Score, WARM_PERCENT, read, run};
use crate::promise::generate::history;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const HEAD: &str = "ordered,handed_over,delivered,from,to,promised\n";

#[test]
fn times_are_read_as_people_write_them() {
    let text = format!(
        "{HEAD}\
        2018-01-31T14:30:05,2018-02-01 00:00:00,2018-02-03,SP/1,RJ/2,\n\
        1517409005,1517443200,1517616000,SP/1,RJ/2,1517616000\n\
        2018-01-31T14:30:05Z,2018-02-01T08:00:00+08:00,2018-02-02T22:30:00.125-01:30,SP/2,RJ/2,\n"
    );
    let history = read(&text).expect("a history");
    assert!(history.errors.is_empty(), "{:?}", history.errors);
    assert_eq!(history.trips.len(), 3);
    for trip in &history.trips {
        let times = (trip.ordered_s, trip.handed_s, trip.delivered_s);
        assert_eq!(times, (1_517_409_005, 1_517_443_200, 1_517_616_000));
    }
    assert_eq!(history.from.names, ["SP/1", "SP/2"]);
    assert_eq!(history.from.areas, [0, 0]);
    assert_eq!(history.trips[1].promised_s, Some(1_517_616_000));
}

#[test]
fn lines_that_are_wrong_are_named_and_left_out() {
    let lines = [
        ("1,2,3,a,b,4", ""),
        (
            "2,1,3,a,b,",
            "line 3, handed_over: earlier than what comes before it",
        ),
        (
            "1,3,2,a,b,",
            "line 4, delivered: earlier than what comes before it",
        ),
        (
            "1,2,99999999,a,b,",
            "line 5, delivered: more than a year after the order",
        ),
        ("1,,3,a,b,", "line 6, handed_over: empty"),
        ("1,2,3,,b,", "line 7, from: empty"),
        ("1,2,soon,a,b,", "line 8, delivered: `soon` cannot be read"),
        (
            "1,2,9223372036854775807,a,b,",
            "line 9, delivered: `9223372036854775807` cannot be read",
        ),
        (
            "1,2018-01-32T00:00:00,3,a,b,",
            "line 10, handed_over: `2018-01-32T00:00:00` cannot be read",
        ),
        (
            "1,2018-01-31T25:00:00,3,a,b,",
            "line 11, handed_over: `2018-01-31T25:00:00` cannot be read",
        ),
        ("1,2,3,a,b", "line 12: 5 fields, unlike the header"),
    ];
    let body: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
    let history = read(&format!("{HEAD}{body}")).expect("a history");
    assert_eq!(history.trips.len(), 1);
    let named: Vec<String> = history.errors.iter().map(ToString::to_string).collect();
    let meant: Vec<&str> = lines[1..].iter().map(|(_, text)| *text).collect();
    assert_eq!(named, meant);
    let missing = read("ordered,handed_over,from,to\n").expect_err("a column");
    assert_eq!(
        missing.to_string(),
        "line 1, delivered: the header has no such column"
    );
    assert!(run(&read(HEAD).expect("a header")).is_empty());
}

// An order a day, each there after as many days as `takes` says.
fn steady(takes: impl Fn(i64) -> i64, orders: i64) -> Vec<Score> {
    let mut text = String::from(HEAD);
    for day in 0..orders {
        let (ordered_s, end_s) = (day * DAY_S, (day + takes(day)) * DAY_S);
        text.push_str(&format!("{ordered_s},{ordered_s},{end_s},a,b,{end_s}\n"));
    }
    run(&read(&text).expect("a history"))
}

fn score<'a>(scores: &'a [Score], name: &str) -> &'a Score {
    let found = scores.iter().find(|score| score.name == name);
    found.expect("a score")
}

#[test]
fn scores_are_what_they_say() {
    // Three days each: fixed days and the lane's mean are right, and cost nothing.
    let scores = steady(|_| 3, 100);
    for name in ["fixed days", "lane's mean", "promised then"] {
        let score = score(&scores, name);
        assert_eq!(score.quotes, 100 - WARM_PERCENT);
        assert_eq!(score.within_promise_permille, 1_000.0, "{name}");
        assert_eq!(score.promise_days, 3.0, "{name}");
        assert_eq!(score.promise_loss_days, 0.0, "{name}");
    }
    let lanes = score(&scores, "whole way as one");
    assert!((lanes.promise_days - 3.0).abs() < 0.2);
    assert!(lanes.promise_loss_days < 0.02);
    // Three days at first, five from then on: each day late costs nine tenths.
    let scores = steady(|day| if day < 10 { 3 } else { 5 }, 100);
    let fixed = score(&scores, "fixed days");
    assert_eq!(fixed.within_promise_permille, 0.0);
    assert!((fixed.promise_loss_days - 1.8).abs() < 1e-9);
    assert!((fixed.estimate_loss_days - 1.0).abs() < 1e-9);
}

#[test]
fn only_what_was_known_is_learned() {
    // Whatever happens to the last order, quotes of all orders before it are the same.
    let base = history(4, 3_000);
    let (head, last) = base.trim_end().rsplit_once('\n').expect("lines");
    let mut fields: Vec<String> = last.split(',').map(ToString::to_string).collect();
    let ordered_s: i64 = fields[0].parse().expect("a number");
    fields[1] = ordered_s.to_string();
    fields[2] = (ordered_s + 300 * DAY_S).to_string();
    let changed = format!("{head}\n{}\n", fields.join(","));
    let scores = |text: &str| run(&read(text).expect("a history"));
    let (one, other) = (scores(&base), scores(&changed));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(one.promise_days, other.promise_days, "{}", one.name);
        assert_eq!(one.width_days, other.width_days, "{}", one.name);
    }
}

#[test]
fn quotes_of_lanes_keep_what_they_promise() {
    let scores = run(&read(&history(1, 12_000)).expect("a history"));
    let lanes = score(&scores, "lanes");
    assert!(
        (450.0..550.0).contains(&lanes.within_estimate_permille),
        "{lanes:?}"
    );
    assert!(
        (870.0..930.0).contains(&lanes.within_promise_permille),
        "{lanes:?}"
    );
    for name in ["fixed days", "lane's mean", "lane's mean + 1.28 deviations"] {
        let naive = score(&scores, name);
        assert!(
            lanes.promise_loss_days < naive.promise_loss_days,
            "{name}: {naive:?}"
        );
    }
    assert_eq!(history(1, 500), history(1, 500));
    assert_ne!(history(1, 500), history(2, 500));
}
