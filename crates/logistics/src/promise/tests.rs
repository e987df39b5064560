//! Tests of promises. What they share is a small network by hand, and larger ones that are made up.

mod answers;
mod capacity;
mod history;
mod learning;
mod random;
mod refusals;
mod tables;
mod times;

use super::{
    Calendar, Change, Clock, DAY_S, Exception, Handover, Input, Line, Minutes, Place, Slot, Tour,
    UNLIMITED, Zone,
};
use alloc::vec;
use alloc::vec::Vec;

/// 2026-11-02, a Monday.
const MONDAY: i32 = 20_759;

fn hm(hours: u32, minutes: u32) -> u32 {
    hours * 60 + minutes
}

/// A time on the wall, an hour ahead of UTC, on a day after [`MONDAY`].
fn at(day: i32, hours: u32, minutes: u32) -> i64 {
    i64::from(MONDAY + day) * DAY_S + i64::from(hm(hours, minutes)) * 60 - 3_600
}

fn slot(from_hour: u16, to_hour: u16) -> Slot {
    Slot {
        from_minute: from_hour * 60,
        to_minute: to_hour * 60,
    }
}

/// An hour ahead of UTC, all year.
fn ahead() -> Clock {
    Clock::new(vec![Change {
        from_s: 0,
        offset_s: 3_600,
    }])
    .expect("a clock")
}

/// Location 0 works on weekdays from 9 to 17 and takes 30 or 60 minutes. Waves leave for hub 1 at 12:00 and at 18:00, with
/// a cut-off a quarter of an hour before; from there a line leaves each night but Saturday's for hub 2. Zone 0 is reached
/// from hub 2 on weekdays at 8 and 14, zone 1 is a locker there that opens from 7 to 22 all days, zone 2 is at the location.
// Long because it is a network written out.
fn example() -> Input {
    let weekdays = |hours: &[Slot]| {
        let mut week = [const { Vec::new() }; 7];
        week[..5].fill(hours.to_vec());
        Calendar {
            week,
            exceptions: Vec::new(),
        }
    };
    let place = |calendar| Place {
        clock: 0,
        calendar,
        prepare: Minutes { p50: 30, p90: 60 },
    };
    let wave = |hour: u32| Line {
        from: 0,
        to: 1,
        calendar: 0,
        cutoff_minute: hm(hour, 0) - 15,
        depart_minute: hm(hour, 0),
        arrive_minute: hm(hour + 1, 0),
        capacity: 10,
    };
    let night = Line {
        from: 1,
        to: 2,
        calendar: 1,
        cutoff_minute: hm(21, 0),
        depart_minute: hm(22, 0),
        arrive_minute: hm(29, 0),
        capacity: 100,
    };
    let tour = |zone, calendar, from_hour: u32| Tour {
        zone,
        calendar,
        cutoff_minute: hm(from_hour, 0) - 60,
        from_minute: hm(from_hour, 0),
        to_minute: hm(from_hour + 4, 0),
        capacity: 50,
    };
    let zone = |hub, handover| Zone {
        hub,
        clock: 0,
        handover,
    };
    let locker = Handover::Collect {
        calendar: 3,
        shelve_minutes: 10,
    };
    let mut nights = Calendar::days([true, true, true, true, true, false, true]);
    nights.exceptions.push((MONDAY + 100, Exception::Closed));
    let mut always = Calendar::days([true; 7]);
    always.week = [const { Vec::new() }; 7].map(|_: Vec<Slot>| vec![slot(7, 22)]);
    Input {
        clocks: vec![ahead()],
        calendars: vec![
            weekdays(&[slot(9, 17)]),
            nights,
            weekdays(&[Slot::DAY]),
            always,
        ],
        places: vec![place(0), place(1), place(1)],
        lines: vec![wave(12), wave(18), night],
        zones: vec![
            zone(2, Handover::Door),
            zone(2, locker),
            zone(0, Handover::Door),
        ],
        tours: vec![tour(0, 2, 8), tour(0, 2, 14), tour(1, 3, 8), tour(2, 2, 18)],
        programmes: Vec::new(),
        closures: Vec::new(),
        first_day: MONDAY,
        days: 30,
    }
}

fn unlimited(mut input: Input) -> Input {
    for line in &mut input.lines {
        line.capacity = UNLIMITED;
    }
    input
}
