//! Wall clocks and opening hours.

use super::super::calendar::Hours;
use super::{MONDAY, slot};
use crate::promise::{
    Calendar, Change, Clock, ClockError, DAY_S, Exception, Slot, day_of, weekday,
};
use crate::random::Random;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

/// Berlin in 2026: clocks are put forward on 29 March and back on 25 October, at one o'clock in UTC.
fn berlin() -> Clock {
    let change = |from_s, offset_s| Change { from_s, offset_s };
    Clock::new(vec![
        change(0, 3_600),
        change(day_s(2026, 3, 29) + 3_600, 7_200),
        change(day_s(2026, 10, 25) + 3_600, 3_600),
    ])
    .expect("a clock")
}

fn day_s(year: i32, month: u32, date: u32) -> i64 {
    i64::from(day_of(year, month, date).expect("a date")) * DAY_S
}

#[test]
fn days_are_counted_as_calendars_do() {
    assert_eq!(day_of(1970, 1, 1), Some(0));
    assert_eq!(day_of(2000, 2, 29), Some(11_016));
    assert_eq!(day_of(2026, 11, 2), Some(MONDAY));
    assert_eq!(day_of(1900, 2, 29), None);
    assert_eq!(day_of(2026, 13, 1), None);
    assert_eq!(day_of(2026, 4, 31), None);
    assert_eq!(weekday(MONDAY), 0);
    assert_eq!(weekday(0), 3);
    assert_eq!(weekday(-1), 2);
    let mut day = day_of(1890, 1, 1).expect("a date");
    for year in 1890..2_110 {
        for month in 1..=12 {
            for date in (1..=31).filter(|date| day_of(year, month, *date).is_some()) {
                assert_eq!(day_of(year, month, date), Some(day));
                day += 1;
            }
        }
    }
}

#[test]
fn times_that_do_not_exist_or_exist_twice_are_settled() {
    let clock = berlin();
    let spring = day_s(2026, 3, 29);
    // Half past two is skipped: it is half past three.
    assert_eq!(clock.instant_s(spring + 9_000), spring + 5_400);
    assert_eq!(clock.local_s(spring + 5_400), spring + 12_600);
    assert_eq!(clock.instant_s(spring + 7_200), spring + 3_600);
    assert_eq!(clock.instant_s(spring + 7_199), spring + 3_599);
    assert_eq!(clock.instant_s(spring + 10_800), spring + 3_600);
    // Half past two is there twice: it is the first.
    let autumn = day_s(2026, 10, 25);
    assert_eq!(clock.instant_s(autumn + 9_000), autumn + 1_800);
    assert_eq!(clock.local_s(autumn + 1_800), autumn + 9_000);
    assert_eq!(clock.local_s(autumn + 5_400), autumn + 9_000);
    assert_eq!(clock.instant_s(autumn + 10_800), autumn + 7_200);
}

#[test]
fn every_instant_is_found_by_what_the_wall_shows() {
    let clock = berlin();
    let mut random = Random::of(1, 1);
    for _ in 0..20_000 {
        let instant_s = day_s(2026, 1, 1) + random.below(365 * 86_400) as i64;
        let found = clock.instant_s(clock.local_s(instant_s));
        assert!(found == instant_s || found == instant_s - 3_600);
        assert_eq!(clock.local_s(found), clock.local_s(instant_s));
    }
    for extreme in [i64::MIN, i64::MIN + 1, i64::MAX - 1, i64::MAX] {
        clock.local_s(extreme);
        clock.instant_s(extreme);
    }
}

#[test]
fn what_is_no_clock_is_said() {
    let change = |from_s, offset_s| Change { from_s, offset_s };
    let cases = [
        (vec![], ClockError::Empty, "changes: at least one is needed"),
        (
            vec![change(5, 0), change(5, 60)],
            ClockError::Order(1),
            "change 1, from: it does not begin after the one before it",
        ),
        (
            vec![change(5, 100_000)],
            ClockError::Offset(0),
            "change 0, offset: it is more than 93600 seconds",
        ),
    ];
    for (changes, error, text) in cases {
        assert_eq!(Clock::new(changes), Err(error));
        assert_eq!(error.to_string(), text);
    }
}

fn random_calendar(random: &mut Random, first_day: i32) -> Calendar {
    let mut day = || {
        let mut edges: Vec<u16> = (0..2 * random.below(3))
            .map(|_| random.below(1_441) as u16)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let slots = edges.chunks_exact(2);
        slots
            .map(|edge| Slot {
                from_minute: edge[0],
                to_minute: edge[1],
            })
            .collect::<Vec<_>>()
    };
    let week = core::array::from_fn(|_| day());
    let exceptions = vec![
        (first_day + 1, Exception::Closed),
        (first_day + 2, Exception::Like(6)),
        (first_day + 4, Exception::Hours(day())),
    ];
    Calendar { week, exceptions }
}

#[test]
fn work_is_done_while_it_is_open_and_no_earlier() {
    // Around both changes of the clocks.
    for (seed, first_day) in (0..40).flat_map(|seed| [(seed, 20_539), (seed, 20_749)]) {
        let mut random = Random::of(seed, 2);
        let (clock, days) = (berlin(), 6);
        let calendar = random_calendar(&mut random, first_day);
        let hours = Hours::new(&calendar, &clock, first_day, days);
        // By the plainest count: minute by minute, open if one of the day's slots has it.
        let base_s = i64::from(first_day) * DAY_S;
        let minutes = (days as usize + 2) * 1_440;
        let mut is_open = vec![false; minutes];
        for day in first_day - 1..=first_day + days + 1 {
            for slot in calendar.slots(day) {
                let at = |minute: u16| {
                    let local_s = i64::from(day) * DAY_S + i64::from(minute) * 60;
                    ((clock.instant_s(local_s) - base_s) / 60).clamp(0, minutes as i64) as usize
                };
                let (from, to) = (at(slot.from_minute), at(slot.to_minute));
                if from < to {
                    is_open[from..to].fill(true);
                }
            }
        }
        for _ in 0..200 {
            let at = random.below(days as usize * 1_440);
            let work = [0, 1, 7, 60, 500, 2_000][random.below(6)];
            check_work(&hours, &is_open, at, work);
        }
    }
}

fn check_work(hours: &Hours, is_open: &[bool], at: usize, work: usize) {
    let begin = (at..is_open.len()).find(|minute| is_open[*minute]);
    let mut left = work;
    let done = begin.and_then(|begin| {
        let mut now = begin;
        while left > 0 {
            left -= usize::from(*is_open.get(now)?);
            now += 1;
        }
        Some(now)
    });
    // What is done after the days that are counted plays no part.
    let Some(done) = done.filter(|done| *done < is_open.len() - 2 * 1_440) else {
        return;
    };
    let seconds = |minutes: usize| minutes as u32 * 60;
    let (at, work, done) = (seconds(at), seconds(work), seconds(done));
    assert_eq!(hours.done(at, work), Some(done), "at {at}, work {work}");
    assert_eq!(hours.is_open(at), is_open[at as usize / 60]);
    let until = done + 40;
    let latest = hours.latest(until, work).expect("one moment");
    assert!(latest >= at);
    assert!(hours.done(latest, work).is_some_and(|done| done <= until));
    assert!(
        hours
            .done(latest + 1, work)
            .is_none_or(|later| later > until),
        "at {at}, work {work}: {latest} is not the last"
    );
}

#[test]
fn hours_that_touch_are_one() {
    let mut calendar = Calendar::days([true; 7]);
    calendar.week[2] = vec![slot(0, 12), slot(12, 24)];
    let hours = Hours::new(&calendar, &Clock::utc(), MONDAY, 7);
    assert_eq!(hours.done(0, 5 * 86_400), Some(5 * 86_400));
    let closed = Hours::new(&Calendar::default(), &Clock::utc(), MONDAY, 7);
    assert!(!closed.opens());
    assert_eq!(closed.done(0, 0), None);
}
