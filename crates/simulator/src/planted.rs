//! Plants one bug after the other and looks for it, as a proof that the simulator would find one like it.

use commerce::planted::{ALL, Fault, plant};
use simulator::{Case, Violation, run};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Seeds after which a bug counts as not found.
const SEEDS_MAX: u64 = 400;
/// Seeds without a bug, in which nothing may be found.
const CONTROL_SEEDS: u64 = 24;
/// People per seed: small runs find most bugs sooner.
const ACTORS: u32 = 1_000;
/// The first seed; fixed, so that the table is the same everywhere.
const FIRST: u64 = 1;

/// What a search came to.
struct Found {
    seeds: u64,
    orders: u64,
    violation: Option<Violation>,
}

/// Runs seeds on two threads until something is found; the smallest seed's finding counts.
fn search(seeds_max: u64) -> Found {
    let (next, orders, done) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let first: Mutex<Option<(u64, Violation)>> = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds_max {
                        break;
                    }
                    let mut case = Case::of_seed(FIRST + number);
                    case.options.actors = ACTORS;
                    let (seen, violation) = one(&case);
                    orders.fetch_add(seen, Ordering::Relaxed);
                    let Some(violation) = violation else {
                        continue;
                    };
                    done.store(true, Ordering::Relaxed);
                    let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                    if first.as_ref().is_none_or(|(seed, _)| number < *seed) {
                        *first = Some((number, violation));
                    }
                }
            });
        }
    });
    let found = first.into_inner().unwrap_or_else(PoisonError::into_inner);
    Found {
        seeds: found.as_ref().map_or(seeds_max, |(number, _)| number + 1),
        orders: orders.into_inner(),
        violation: found.map(|(_, violation)| violation),
    }
}

/// Orders of a case, and what was found. A bug may also lead to rows that the simulation itself cannot go on with.
fn one(case: &Case) -> (u64, Option<Violation>) {
    match std::panic::catch_unwind(|| run(case)) {
        Ok(report) => (report.orders, report.violation),
        Err(_) => {
            let detail = String::from("the simulation could not go on");
            (0, Some(Violation::new("panic", detail)))
        }
    }
}

/// In words: `LostLevelUpdate` is "lost level update".
fn words(fault: Fault) -> String {
    let mut words = String::new();
    for (i, letter) in format!("{fault:?}").chars().enumerate() {
        if i > 0 && letter.is_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// Whether every planted bug was found, and nothing where there was none.
pub fn find_all() -> bool {
    let started = Instant::now();
    plant(None);
    let control = search(CONTROL_SEEDS);
    let mut is_good = control.violation.is_none();
    if let Some(violation) = control.violation {
        println!("without a planted fault: {violation:?}");
    }
    println!(
        "{:<32} {:<24} {:>6} {:>8}",
        "planted fault", "found by", "seeds", "orders"
    );
    let mut found = 0;
    for fault in ALL {
        plant(Some(fault));
        let result = search(SEEDS_MAX);
        let by = result
            .violation
            .as_ref()
            .map_or("NOT FOUND", |v| v.check.as_str());
        println!(
            "{:<32} {by:<24} {:>6} {:>8}",
            words(fault),
            result.seeds,
            result.orders
        );
        found += usize::from(result.violation.is_some());
    }
    plant(None);
    is_good &= found == ALL.len();
    let missed = ALL.len() - found;
    println!(
        "{:.0} s; {} orders in {} seeds without a planted bug",
        started.elapsed().as_secs_f64(),
        control.orders,
        control.seeds,
    );
    println!("{found} passed, {missed} failed");
    is_good
}
