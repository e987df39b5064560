//! `sesame-trials`: the optimisers of `logistics`, and the writers of `label`, outside of a shop, held against the clock and
//! against others.
//!
//! `sesame-trials bench [--quick] [NAME…]` is what `cargo xtask bench` runs: one JSON object per line on standard output,
//! each value with its reference of the same run. `--quick` makes runs short, to try the measurement itself.
//! `sesame-trials route DIR|FILE` solves published instances of routing problems.
//! `sesame-trials promise-backtest FILE` holds quotes of delivery against what happened.
//! `sesame-trials sourcing-solver PYTHON` holds sourcing against the solver HiGHS.

mod labels;
mod promise;
mod routing;
mod row;
mod sourcing;

use row::Row;
use std::process::ExitCode;

/// How long a measurement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Long enough to be believed.
    Full,
    /// Long enough to see that it works.
    Quick,
}

type Measure = fn(Length) -> Result<Vec<Row>, String>;

/// The measurements, in the order of the table.
const BENCHES: &[(&str, Measure)] = &[
    ("sourcing_online", sourcing::measure_online),
    ("sourcing_batch", sourcing::measure_batch),
    ("promise", promise::measure),
    ("routing_200", routing::routing_200),
    ("routing_1000", routing::routing_1000),
    ("labels", labels::measure),
];

const USAGE: &str = "usage: sesame-trials bench [--quick] [NAME…] | route DIR|FILE | promise-backtest FILE | \
    sourcing-solver PYTHON";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((first, rest)) if first == "bench" => bench(rest),
        Some((first, rest)) if first == "route" => routing::route(rest),
        Some((first, rest)) if first == "promise-backtest" => promise::backtest(rest),
        Some((first, [python])) if first == "sourcing-solver" => {
            sourcing::compare_with_solver(python)
        }
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn bench(arguments: &[String]) -> Result<(), String> {
    let mut length = Length::Full;
    let mut wanted = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "--quick" => length = Length::Quick,
            name if BENCHES.iter().any(|(known, _)| *known == name) => wanted.push(name),
            other => {
                let known: Vec<&str> = BENCHES.iter().map(|(name, _)| *name).collect();
                return Err(format!(
                    "no measurement is called {other}: {}",
                    known.join(", ")
                ));
            }
        }
    }
    let chosen = |name: &str| wanted.is_empty() || wanted.contains(&name);
    for (name, measure) in BENCHES.iter().filter(|(name, _)| chosen(name)) {
        eprintln!("{name} …");
        let rows = measure(length).map_err(|reason| format!("{name}: {reason}"))?;
        for row in rows {
            println!("{}", row.line());
        }
    }
    Ok(())
}
