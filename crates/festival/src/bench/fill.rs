//! `sesame-bench fill`: fills a database with orders through the production writer and store, without
//! HTTP, and says as it goes what the rate, the disk and the memory do; at the end a server starts on it.
//!
//! With `--data` the database stays, and a later run goes on where this one ended. Rates count the time in
//! the writer and the store, not the making of the commands.

use crate::row::per_second;
use crate::servers::Server;
use festival::load::{Percentiles, usage};
use serde_json::json;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;
use testkit::{RACE_SHOP, SmallShop, Stretch, TempFolder, long_run};

/// Orders when no number is given.
const ORDERS: u64 = 50_000_000;
/// Batches between two lines: about a million orders.
const BATCHES: u64 = 244;
/// The database is not filled beyond this many GiB unless more is allowed.
const GIB_MAX: u64 = 24;
/// Where the folder says how far it is filled.
const PROGRESS: &str = "fill.txt";

/// What is wanted.
#[derive(Debug)]
struct Wanted {
    orders: u64,
    data: Option<PathBuf>,
    gib_max: u64,
}

/// What became of it.
#[derive(Debug, Default)]
struct Filled {
    orders: u64,
    bytes_per_order: f64,
    memory_mib: u64,
    first_rate: f64,
    last_rate: f64,
    last: Percentiles,
}

/// Runs `fill` with the arguments behind its name.
///
/// # Errors
/// When an argument is unknown, the database cannot be written or the server does not start on it.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let wanted = parse(arguments)?;
    let temporary = TempFolder::new("fill");
    let folder = wanted.data.as_deref().unwrap_or(temporary.path());
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let filled = fill(&wanted, folder)?;
    let started = Instant::now();
    let server = Server::shop(folder)?;
    let start_up_s = started.elapsed().as_secs_f64();
    let server_mib = usage::resident_bytes(server.pid()).map_or(0, |bytes| bytes >> 20);
    eprintln!("  a server is open on it after {start_up_s:.2} s and holds {server_mib} MiB");
    let row = json!({
        "name": "fill",
        "value": filled.last_rate.round(),
        "unit": "orders/s",
        "reference": format!("the same, {} orders earlier", filled.orders),
        "reference_value": filled.first_rate.round(),
        "p50_ms": filled.last.p50_ms,
        "p99_ms": filled.last.p99_ms,
        "p999_ms": filled.last.p999_ms,
        "bytes_per_order": filled.bytes_per_order.round(),
        "memory_mib": filled.memory_mib,
        "start_up_s": (start_up_s * 1_000.0).round() / 1_000.0,
    });
    println!("{row}");
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Wanted, String> {
    let mut wanted = Wanted {
        orders: ORDERS,
        data: None,
        gib_max: GIB_MAX,
    };
    let mut rest = arguments.iter();
    while let Some(name) = rest.next() {
        let value = rest.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|e| format!("{name}: {e}"));
        match name.as_str() {
            "--orders" => wanted.orders = number()?,
            "--gib-max" => wanted.gib_max = number()?,
            "--data" => wanted.data = Some(PathBuf::from(value)),
            _ => {
                return Err(format!(
                    "fill knows --orders, --data and --gib-max, not {name}"
                ));
            }
        }
    }
    Ok(wanted)
}

fn fill(wanted: &Wanted, folder: &Path) -> Result<Filled, String> {
    let progress = folder.join(PROGRESS);
    let rounds = match fs::read_to_string(&progress) {
        // A stretch that was cut off may have written ids of its own: they are left behind.
        Ok(text) => text.trim().parse::<u64>().map_err(|e| e.to_string())? + BATCHES,
        Err(_) => {
            testkit::fill(folder, &SmallShop::new(RACE_SHOP)).map_err(|e| e.to_string())?;
            0
        }
    };
    let before = bytes_in(folder);
    let mut filled = Filled::default();
    let mut trouble = None;
    eprintln!("       orders    orders/s  in the store  bytes/order      GiB  memory MiB");
    let mut tell = |stretch: Stretch| {
        let bytes = bytes_in(folder);
        filled.add(&stretch, bytes.saturating_sub(before));
        filled.say(&stretch, bytes);
        if let Err(error) = fs::write(&progress, stretch.rounds.to_string()) {
            trouble = Some(format!("{}: {error}", progress.display()));
        }
        if bytes >= wanted.gib_max << 30 {
            eprintln!(
                "  ended early: it may have {} GiB (--gib-max)",
                wanted.gib_max
            );
        }
        let goes_on = filled.orders < wanted.orders && bytes < wanted.gib_max << 30;
        if goes_on && trouble.is_none() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    long_run(folder, rounds, BATCHES, &mut tell).map_err(|e| e.to_string())?;
    trouble.map_or(Ok(filled), Err)
}

impl Filled {
    fn add(&mut self, stretch: &Stretch, bytes: u64) {
        self.last_rate = per_second(stretch.orders, &[stretch.whole + stretch.indexing]);
        self.last = Percentiles::of_times(&stretch.times);
        if self.orders == 0 {
            self.first_rate = self.last_rate;
        }
        self.orders += stretch.orders;
        self.bytes_per_order = bytes as f64 / self.orders as f64;
        let memory = usage::resident_bytes(std::process::id());
        self.memory_mib = memory.map_or(0, |bytes| bytes >> 20);
    }

    fn say(&self, stretch: &Stretch, bytes: u64) {
        let spent = stretch.whole + stretch.indexing;
        let store = stretch.committing.as_secs_f64() / spent.as_secs_f64().max(f64::EPSILON);
        eprintln!(
            "{:>13} {:>11.0} {:>12.0}% {:>12.0} {:>8.2} {:>11}",
            self.orders,
            self.last_rate,
            store * 100.0,
            self.bytes_per_order,
            bytes as f64 / f64::from(1 << 30),
            self.memory_mib,
        );
    }
}

/// Bytes of the files in a folder.
fn bytes_in(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|f| Some(f.metadata().ok()?.len())).sum()
}
