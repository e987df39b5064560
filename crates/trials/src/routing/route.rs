//! `sesame-trials route`: solves the instances of a folder, checks and writes the solutions, prints a table.

use super::clock::Clock;
use super::{instances, solve_for};
use logistics::routing::Task;
use logistics::routing::formats::{
    Instance, Rounding, Solution, read, read_solution, write_li_lim, write_solution,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const USAGE: &str = "usage: sesame-trials route [DIR|FILE] [--seconds N] [--clock processor|wall] \
    [--seed N] [--out DIR] \
    [--rounding tenths|nearest|N] [--vehicle-cost N] [--generate DIR]; without DIR, SESAME_INSTANCES names the folder";

struct Options {
    instances: Option<PathBuf>,
    time: Duration,
    clock: Clock,
    seed: u64,
    out: Option<PathBuf>,
    rounding: Rounding,
    // In published units.
    vehicle_cost: i64,
    generate: Option<PathBuf>,
}

fn options(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options {
        instances: std::env::var_os("SESAME_INSTANCES").map(PathBuf::from),
        time: Duration::from_secs(30),
        clock: Clock::default(),
        seed: 1,
        out: None,
        rounding: Rounding::TruncatedTenths,
        vehicle_cost: 0,
        generate: None,
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            rest.next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        let wrong = |text: &str| format!("{argument} {text}: no number that fits");
        match argument.as_str() {
            "--seconds" => {
                let text = value()?;
                let seconds = text.parse().ok().filter(|&seconds: &f64| seconds > 0.0);
                let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
                options.time = time.ok_or_else(|| wrong(text))?;
            }
            "--clock" => {
                options.clock = match value()?.as_str() {
                    "processor" => Clock::Processor,
                    "wall" => Clock::Wall,
                    _ => return Err(USAGE.to_owned()),
                };
            }
            "--seed" => {
                let text = value()?;
                options.seed = text.parse().map_err(|_| wrong(text))?;
            }
            "--out" => options.out = Some(value()?.into()),
            "--generate" => options.generate = Some(value()?.into()),
            "--vehicle-cost" => {
                let text = value()?;
                options.vehicle_cost = text.parse().map_err(|_| wrong(text))?;
            }
            "--rounding" => {
                let text = value()?;
                options.rounding = match text.as_str() {
                    "tenths" => Rounding::TruncatedTenths,
                    "nearest" => Rounding::Nearest(1),
                    scale => Rounding::Nearest(scale.parse().map_err(|_| wrong(scale))?),
                };
            }
            flag if flag.starts_with('-') => return Err(USAGE.to_owned()),
            path => options.instances = Some(path.into()),
        }
    }
    Ok(options)
}

/// Runs the command.
pub fn route(arguments: &[String]) -> Result<(), String> {
    let options = options(arguments)?;
    if let Some(folder) = &options.generate {
        fs::create_dir_all(folder).map_err(|error| cannot("make", folder, &error))?;
        for (name, text) in instances::files() {
            let path = folder.join(name);
            fs::write(&path, text).map_err(|error| cannot("write", &path, &error))?;
        }
        return Ok(());
    }
    let instances = options.instances.as_ref().ok_or(USAGE)?;
    if let Some(out) = &options.out {
        fs::create_dir_all(out).map_err(|error| cannot("make", out, &error))?;
    }
    println!(
        "{:<24} {:>12} {:>6} {:>6} {:>8} {:>10} {:>8}",
        "instance", "cost", "routes", "more", "unserved", "iterations", "gap %"
    );
    let mut gaps = Vec::new();
    let mut refused = Vec::new();
    for path in files(instances)? {
        match one(&path, &options) {
            Ok(gap) => gaps.extend(gap),
            Err(reason) => {
                eprintln!("{reason}");
                refused.push(path.display().to_string());
            }
        }
    }
    if !gaps.is_empty() {
        let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
        println!("mean gap over {}: {mean:.3} %", gaps.len());
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(format!("not solved: {}", refused.join(", ")))
    }
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}

// The file itself, or the folder's files that may be instances, by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| cannot("read", path, &error))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot("read", path, &error))?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let may_be = extension.is_none_or(|extension| {
            ["txt", "vrp"].contains(&extension.to_ascii_lowercase().as_str())
        });
        if path.is_file() && may_be {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(format!("{}: no instances (.txt, .vrp)", path.display()));
    }
    Ok(files)
}

// Solves one; its gap, if a solution with a cost lies beside it.
fn one(path: &Path, options: &Options) -> Result<Option<f64>, String> {
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?;
    let mut instance = read(&text, options.rounding).map_err(|error| in_file(&error))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    if instance.name.is_empty() {
        instance.name = stem.to_string();
    }
    for kind in &mut instance.problem.vehicles {
        kind.fixed_cost = options.vehicle_cost.saturating_mul(instance.scale);
    }
    let (mut plan, iterations) = solve_for(&instance, options.seed, options.clock, options.time)?;
    // Published costs are distances alone, also where vehicles count first.
    plan.cost.fixed = 0;
    let cost = plan.cost.total() as f64 / instance.scale as f64;
    let best = best_known(path)?;
    let gap = best.as_ref().and_then(|best| best.cost);
    let gap = gap.map(|best| (cost / best - 1.0) * 100.0);
    let routes = plan.routes.len();
    let known = best
        .map(|best| best.routes.len())
        .filter(|&known| known > 0);
    println!(
        "{:<24} {:>12.1} {:>6} {:>6} {:>8} {:>10} {:>8}",
        instance.name,
        cost,
        routes,
        known.map_or_else(String::new, |known| (routes as i64 - known as i64)
            .to_string()),
        plan.unserved.len(),
        iterations,
        gap.map_or_else(String::new, |gap| format!("{gap:.3}")),
    );
    if let Some(out) = &options.out {
        let path = out.join(format!("{stem}.sol"));
        let text = if is_paired(&instance) {
            write_li_lim(&instance, &plan)
        } else {
            write_solution(&instance, &plan)
        };
        fs::write(&path, text).map_err(|error| cannot("write", &path, &error))?;
    }
    Ok(gap)
}

fn is_paired(instance: &Instance) -> bool {
    let mut jobs = instance.problem.jobs.iter();
    jobs.any(|job| matches!(job.task, Task::Pair { .. }))
}

// The solution beside an instance, its cost only if it is one to be held against.
fn best_known(path: &Path) -> Result<Option<Solution>, String> {
    let path = path.with_extension("sol");
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(|error| cannot("read", &path, &error))?;
    let solution = read_solution(&text);
    let mut solution = solution.map_err(|error| format!("{}: {error}", path.display()))?;
    solution.cost = solution.cost.filter(|&cost| cost > 0.0);
    Ok(Some(solution))
}
