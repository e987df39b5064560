//! `routing_200` and `routing_1000`: seeded instances, solved by us and by PyVRP for the same processor time, one after
//! the other, one thread each, on the same integer matrix.

use super::clock::Clock;
use super::instances::{Size, with_windows};
use super::{pyvrp, solve_for};
use crate::Length;
use crate::row::Row;
use std::time::Duration;

const SEED: u64 = 1;

/// 200 customers: a row for the mean cost, and one for each instance.
pub fn routing_200(length: Length) -> Result<Vec<Row>, String> {
    measure("routing_200", Size::Small, length)
}

/// 1,000 customers, likewise.
pub fn routing_1000(length: Length) -> Result<Vec<Row>, String> {
    measure("routing_1000", Size::Large, length)
}

fn measure(name: &str, size: Size, length: Length) -> Result<Vec<Row>, String> {
    let time = Duration::from_secs(match length {
        Length::Full => 30,
        Length::Quick => 3,
    });
    let row = |name: String, value: f64, reference_value: f64| Row {
        name,
        value,
        unit: "distance",
        reference: "PyVRP 0.14.1, same matrix and processor time",
        reference_value,
        further: Vec::new(),
    };
    let mut rows = Vec::new();
    let (mut ours, mut theirs) = (0.0, 0.0);
    for instance in with_windows(size)? {
        let units = |cost: i64| cost as f64 / instance.scale as f64;
        let reference = units(pyvrp::solve(&instance, SEED, time)?.cost.total());
        let value = units(
            solve_for(&instance, SEED, Clock::Processor, time)?
                .0
                .cost
                .total(),
        );
        eprintln!("  {} {value:.1}, PyVRP {reference:.1}", instance.name);
        (ours, theirs) = (ours + value, theirs + reference);
        rows.push(row(format!("{name} {}", instance.name), value, reference));
    }
    let count = rows.len() as f64;
    rows.insert(0, row(name.to_owned(), ours / count, theirs / count));
    Ok(rows)
}
