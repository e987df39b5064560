//! `sesame-bench [NAME…]`: the measurements behind `cargo xtask bench`, one JSON object per line on
//! standard output. Each has its reference measured in the same run; only their ratio travels from one
//! machine to another. `--quick` makes runs short, to try the measurement itself; `--connections N` changes how many
//! connections those over HTTP have.
//! `sesame-bench fill [--orders N] [--data DIR] [--gib-max N]` fills a database and starts a server on it.

mod empty;
mod fill;
mod over_http;
mod row;
mod scenarios;
mod search;
mod servers;
mod writer_race;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use row::Row;
use std::process::ExitCode;

/// What a measurement may take.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How long it runs.
    pub length: Length,
    /// Connections at once, of those over HTTP, if not each its own number.
    pub connections: Option<usize>,
}

/// How long runs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Long enough to be believed.
    Full,
    /// Long enough to see that it works.
    Quick,
}

type Measure = fn(Effort) -> Result<Row, String>;

const BENCHES: &[(&str, Measure)] = &[
    ("writer_sqlite", writer_race::flat),
    ("writer_sqlite_hot", writer_race::hot),
    ("writer_postgres", writer_race::postgres),
    ("http_buy_now", over_http::buy_now),
    ("http_checkout", over_http::checkout),
    ("http_checkout_card", over_http::checkout_card),
    ("page_product", over_http::product_page),
    ("http_promise", over_http::promise),
    ("http_parcels", over_http::parcels),
    ("search_suggest", search::suggest),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((first, [])) if first == "--empty-handler" => return ended(empty::serve()),
        Some((first, rest)) if first == "fill" => return ended(fill::run(rest)),
        _ => {}
    }
    let mut effort = Effort {
        length: Length::Full,
        connections: None,
    };
    let mut wanted = Vec::new();
    let mut arguments = arguments.into_iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => effort.length = Length::Quick,
            "--connections" => match arguments.next().and_then(|n| n.parse().ok()) {
                Some(connections) => effort.connections = Some(connections),
                None => {
                    eprintln!("error: --connections needs a number");
                    return ExitCode::FAILURE;
                }
            },
            name if BENCHES.iter().any(|(known, _)| *known == name) => wanted.push(argument),
            other => {
                let known: Vec<&str> = BENCHES.iter().map(|(name, _)| *name).collect();
                eprintln!(
                    "error: no measurement is called {other}: {}",
                    known.join(", ")
                );
                return ExitCode::FAILURE;
            }
        }
    }
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    for (name, measure) in BENCHES.iter().filter(|(name, _)| chosen(name)) {
        eprintln!("{name} …");
        match measure(effort) {
            Ok(row) => println!("{}", row.line(name)),
            Err(reason) => {
                eprintln!("error: {name}: {reason}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn ended(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}
