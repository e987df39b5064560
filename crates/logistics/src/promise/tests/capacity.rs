//! What is taken and given back: never more than there is, and all of it or nothing.

use super::{MONDAY, at, example};
use crate::promise::{Curves, Load, LoadError, Network, Parcel, Question, Seat, Table};
use crate::random::Random;
use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

fn seat(table: Table, row: u32, day: i32) -> Seat {
    Seat {
        table,
        row,
        day: MONDAY + day,
    }
}

#[test]
fn never_more_is_taken_than_there_is() {
    let network = Network::new(example()).expect("a network");
    for seed in 0..50 {
        let mut random = Random::of(seed, 3);
        let mut load = Load::new(&network);
        let untouched = load.clone();
        let mut taken: BTreeMap<Seat, u32> = BTreeMap::new();
        let mut orders: Vec<Vec<Seat>> = Vec::new();
        for _ in 0..400 {
            if random.below(3) == 0 && !orders.is_empty() {
                let seats = orders.swap_remove(random.below(orders.len()));
                load.give_back(&network, &seats).expect("it was taken");
                for seat in seats {
                    *taken.get_mut(&seat).expect("taken") -= 1;
                }
                continue;
            }
            let some = 1 + random.below(4);
            let some = (0..some).map(|_| match random.below(2) {
                0 => seat(Table::Lines, random.below(2) as u32, random.below(3) as i32),
                _ => seat(Table::Tours, random.below(2) as u32, random.below(2) as i32),
            });
            let seats: Vec<Seat> = some.collect();
            let before = load.clone();
            match load.take(&network, &seats) {
                Ok(()) => {
                    for seat in &seats {
                        *taken.entry(*seat).or_default() += 1;
                    }
                    orders.push(seats);
                }
                Err(LoadError::Full(full)) => {
                    assert_eq!(load, before, "nothing was taken");
                    let asked = seats.iter().filter(|seat| **seat == full).count() as u32;
                    let had = taken.get(&full).copied().unwrap_or(0);
                    assert!(had + asked > capacity(full), "{full:?} had room");
                }
                Err(error) => panic!("{error}"),
            }
            for (seat, taken) in &taken {
                let left = load.left(&network, *seat).expect("a seat");
                assert_eq!(left + taken, capacity(*seat));
            }
        }
        for seats in &orders {
            load.give_back(&network, seats).expect("it was taken");
        }
        assert_eq!(load, untouched);
    }
}

fn capacity(seat: Seat) -> u32 {
    if seat.table == Table::Lines { 10 } else { 50 }
}

#[test]
fn what_was_not_taken_is_not_given_back() {
    let network = Network::new(example()).expect("a network");
    let mut load = Load::new(&network);
    let (wave, tour) = (seat(Table::Lines, 0, 0), seat(Table::Tours, 0, 1));
    load.take(&network, &[wave]).expect("room");
    let before = load.clone();
    let cases = [
        ([wave, tour], LoadError::NotTaken(tour)),
        ([wave, wave], LoadError::NotTaken(wave)),
        (
            [wave, seat(Table::Lines, 3, 0)],
            LoadError::Unknown(seat(Table::Lines, 3, 0)),
        ),
        (
            [wave, seat(Table::Tours, 0, 900)],
            LoadError::Unknown(seat(Table::Tours, 0, 900)),
        ),
        (
            [wave, seat(Table::Zones, 0, 0)],
            LoadError::Unknown(seat(Table::Zones, 0, 0)),
        ),
    ];
    for (seats, error) in cases {
        assert_eq!(load.give_back(&network, &seats), Err(error));
        assert_eq!(load, before);
    }
    assert_eq!(
        LoadError::Full(wave).to_string(),
        "lines, row 0, day 20759: full"
    );
    let mut longer = example();
    longer.days += 1;
    let longer = Network::new(longer).expect("a network");
    assert_eq!(load.take(&longer, &[wave]), Err(LoadError::OtherNetwork));
}

#[test]
fn what_was_promised_goes_over_to_the_next_timetable() {
    let old = Network::new(example()).expect("a network");
    let mut load = Load::new(&old);
    for _ in 0..8 {
        load.take(&old, &[seat(Table::Lines, 0, 1), seat(Table::Lines, 1, 0)])
            .expect("room");
    }
    // The next night: a row less before it, and the wave takes fewer.
    let mut input = example();
    input.first_day += 1;
    input.lines.remove(1);
    input.lines[0].capacity = 5;
    let new = Network::new(input).expect("a network");
    let row = |seat: Seat| match (seat.table, seat.row) {
        (Table::Lines, 1) => None,
        (Table::Lines, 2) => Some(1),
        (_, row) => Some(row),
    };
    let mut carried = load.carried(&old, &new, row);
    let wave = seat(Table::Lines, 0, 1);
    assert_eq!(carried.left(&new, wave), Ok(0));
    let give_back = |carried: &mut Load, times: usize| {
        for _ in 0..times {
            carried.give_back(&new, &[wave]).expect("it was taken");
        }
    };
    give_back(&mut carried, 3);
    assert_eq!(carried.take(&new, &[wave]), Err(LoadError::Full(wave)));
    give_back(&mut carried, 1);
    assert_eq!(carried.take(&new, &[wave]), Ok(()));
    give_back(&mut carried, 5);
    assert_eq!(carried, Load::new(&new));
    // A wave that is overdrawn is left out of answers, too.
    let carried = load.carried(&old, &new, row);
    let question = Question {
        at_s: at(1, 9, 0),
        zone: 0,
        parcels: &[Parcel {
            location: 0,
            weight_grams: 1,
        }],
    };
    let promise = new.promise(&carried, &Curves::none(), &question);
    let promise = promise.expect("a promise");
    assert_eq!(promise.parts[0].seats[0], seat(Table::Lines, 0, 2));
}
