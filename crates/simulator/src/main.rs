//! `sesame-simulate`: runs seeds, and makes what fails small. `cargo xtask simulate` builds and starts it.

#[cfg(feature = "planted-faults")]
mod planted;

use simulator::{Case, Report, run, run_traced, shrink};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

const USAGE: &str = "\
sesame-simulate [--seed N | --seeds A..B | --minutes M | --case FILE]
                [--orders N] [--threads N] [--trace] [--out FOLDER]

--seed N      one seed
--seeds A..B  the seeds from A to before B
--minutes M   fresh seeds for so long; the default is 1
--case FILE   a kept case
--orders N    people per seed, most of whom place an order
--threads N   seeds at once; the default is 2
--trace       writes down everything that happens, for --seed and --case
--out FOLDER  where failing cases are written; the default is target/simulate
--faults      plants bugs, one after the other, and finds them; only in a build for it";

/// What the command line says.
struct Arguments {
    seeds: Option<Range<u64>>,
    minutes: f64,
    case: Option<PathBuf>,
    actors: Option<u32>,
    threads: usize,
    is_traced: bool,
    is_planted: bool,
    out: PathBuf,
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        seeds: None,
        minutes: 1.0,
        case: None,
        actors: None,
        threads: 2,
        is_traced: false,
        is_planted: false,
        out: PathBuf::from("target/simulate"),
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .ok_or_else(|| format!("{word} needs a value\n\n{USAGE}"))
        };
        fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
            text.parse()
                .map_err(|_| format!("`{text}` is not a number"))
        }
        match word.as_str() {
            "--seed" => {
                let seed = number(value()?)?;
                arguments.seeds = Some(seed..seed + 1);
            }
            "--seeds" => {
                let text = value()?;
                let (from, to) = text
                    .split_once("..")
                    .ok_or_else(|| format!("`{text}` is not a range A..B"))?;
                arguments.seeds = Some(number(from)?..number(to)?);
            }
            "--minutes" => arguments.minutes = number(value()?)?,
            "--case" => arguments.case = Some(value()?.into()),
            "--orders" => arguments.actors = Some(number(value()?)?),
            "--threads" => arguments.threads = number::<usize>(value()?)?.max(1),
            "--trace" => arguments.is_traced = true,
            "--faults" => arguments.is_planted = true,
            "--out" => arguments.out = value()?.into(),
            _ => return Err(format!("`{word}` is not understood\n\n{USAGE}")),
        }
    }
    Ok(arguments)
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // A panic of a decision is caught by the writer and reported with its seed; its backtrace would be noise.
    std::panic::set_hook(Box::new(|_| {}));
    match parse(&words).and_then(|arguments| start(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether nothing was found.
fn start(arguments: &Arguments) -> Result<bool, String> {
    if arguments.is_planted {
        return planted_faults();
    }
    let one = match (&arguments.case, &arguments.seeds) {
        (Some(file), _) => Some(read(file)?),
        (None, Some(seeds)) if seeds.end - seeds.start == 1 => {
            Some(of_seed(seeds.start, arguments.actors))
        }
        _ => None,
    };
    match one {
        Some(case) => one_case(&case, arguments),
        None => many(arguments),
    }
}

#[cfg(feature = "planted-faults")]
fn planted_faults() -> Result<bool, String> {
    Ok(planted::find_all())
}

#[cfg(not(feature = "planted-faults"))]
fn planted_faults() -> Result<bool, String> {
    Err("this build has no planted faults: run `cargo xtask simulate --faults`".to_string())
}

fn read(file: &Path) -> Result<Case, String> {
    let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
    Case::parse(&text).map_err(|e| format!("{}: {e}", file.display()))
}

fn of_seed(seed: u64, actors: Option<u32>) -> Case {
    let mut case = Case::of_seed(seed);
    case.options.actors = actors.unwrap_or(case.options.actors);
    case
}

fn one_case(case: &Case, arguments: &Arguments) -> Result<bool, String> {
    let report = if arguments.is_traced {
        let (report, trace) = run_traced(case);
        print!("{trace}");
        report
    } else {
        run(case)
    };
    println!(
        "seed {}: {} orders, {} commands, {} restarts, {} virtual minutes, trace {:016x}",
        case.seed,
        report.orders,
        report.commands,
        report.restarts,
        report.virtual_ms / 60_000,
        report.trace
    );
    if report.violation.is_some() {
        tell(case, &report, &arguments.out)?;
    }
    Ok(report.violation.is_none())
}

/// Makes a failing case small, writes it down, and says how to run it again.
fn tell(case: &Case, report: &Report, out: &Path) -> Result<(), String> {
    let Some(violation) = &report.violation else {
        return Ok(());
    };
    let short: String = violation.detail.chars().take(1_000).collect();
    println!("seed {} FAILED: {}: {short}", case.seed, violation.check);
    let small = shrink(case, &violation.check);
    let file = out.join(format!("seed-{}.case", case.seed));
    let remark = format!("{}: {short}", violation.check);
    let written =
        std::fs::create_dir_all(out).and_then(|()| std::fs::write(&file, small.to_text(&remark)));
    written.map_err(|e| format!("{}: {e}", file.display()))?;
    let people = run(&small).commands;
    println!(
        "made small ({people} commands): cargo xtask simulate --case {} --trace",
        file.display()
    );
    Ok(())
}

/// What all threads share.
struct Shared {
    next: AtomicU64,
    orders: AtomicU64,
    commands: AtomicU64,
    restarts: AtomicU64,
    seeds: AtomicU64,
    has_failed: AtomicBool,
    failures: Mutex<Vec<(Case, Report)>>,
}

fn many(arguments: &Arguments) -> Result<bool, String> {
    let until = Duration::try_from_secs_f64(arguments.minutes * 60.0).map_err(|e| e.to_string())?;
    let fresh = SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(1, |d| d.as_nanos() as u64 >> 10);
    let seeds = arguments.seeds.clone();
    let (first, end) = seeds
        .clone()
        .map_or((fresh, u64::MAX), |s| (s.start, s.end));
    let shared = Shared {
        next: AtomicU64::new(first),
        orders: AtomicU64::new(0),
        commands: AtomicU64::new(0),
        restarts: AtomicU64::new(0),
        seeds: AtomicU64::new(0),
        has_failed: AtomicBool::new(false),
        failures: Mutex::default(),
    };
    println!("seeds from {first}");
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads {
            scope.spawn(|| {
                while !shared.has_failed.load(Ordering::Relaxed)
                    && (seeds.is_some() || started.elapsed() < until)
                {
                    let seed = shared.next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    one_of_many(&of_seed(seed, arguments.actors), &shared);
                }
            });
        }
    });
    let took = started.elapsed();
    let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let orders = get(&shared.orders);
    println!(
        "{} seeds, {orders} orders, {} commands, {} restarts in {:.1} s: {:.0} orders a minute on {} threads",
        get(&shared.seeds),
        get(&shared.commands),
        get(&shared.restarts),
        took.as_secs_f64(),
        orders as f64 * 60.0 / took.as_secs_f64(),
        arguments.threads,
    );
    let failures = shared
        .failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    for (case, report) in &failures {
        tell(case, report, &arguments.out)?;
    }
    Ok(failures.is_empty())
}

fn one_of_many(case: &Case, shared: &Shared) {
    let report = run(case);
    shared.orders.fetch_add(report.orders, Ordering::Relaxed);
    shared
        .commands
        .fetch_add(report.commands, Ordering::Relaxed);
    shared
        .restarts
        .fetch_add(u64::from(report.restarts), Ordering::Relaxed);
    shared.seeds.fetch_add(1, Ordering::Relaxed);
    if report.violation.is_some() {
        shared.has_failed.store(true, Ordering::Relaxed);
        let mut failures = shared
            .failures
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        failures.push((case.clone(), report));
    }
}
