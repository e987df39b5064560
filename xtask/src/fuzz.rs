//! `cargo xtask fuzz`: libFuzzer on the parsers of outside input, on stable Rust.
//!
//! The coverage that leads the mutation is a stable pass of the compiler; no nightly and no sanitizer are needed, since
//! none of our code is unsafe. What a run learns stays in `fuzz/corpus`, what breaks a target in `fuzz/artifacts`; what
//! is checked in are the small files of `fuzz/seeds`.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::files;
use crate::process;
use crate::workspace::Workspace;

/// All targets: each is a file in `fuzz/fuzz_targets` and a folder in `fuzz/seeds`.
pub const TARGETS: [&str; 13] = [
    "admission",
    "buy_now",
    "config",
    "epcis",
    "forms",
    "goods",
    "hours",
    "ids",
    "keys",
    "money",
    "search",
    "ucp",
    "webhooks",
];

/// Seconds per target in the suite.
pub const SHORT_SECONDS: u64 = 4;
/// Minutes per target when nobody says how many.
const MINUTES: u64 = 5;
/// The longest input, in bytes: a parser that breaks does so on less.
const INPUT_BYTES_MAX: u32 = 4_096;
/// An input that takes longer than this is a finding.
const INPUT_SECONDS_MAX: u32 = 5;
/// More memory than this is a finding, in MiB.
const MEMORY_MAX: u32 = 2_048;
const USAGE: &str = "usage: cargo xtask fuzz [TARGET] [--minutes N]";

/// What the compiler is told to add, as cargo-fuzz does, without what needs nightly.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Runs one target or all of them, for minutes.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8, String> {
    let (targets, minutes) = read(arguments)?;
    let ended = process::run(build(workspace)?, Duration::from_secs(3_600))?;
    if !ended.is_success() {
        return Err("the targets could not be built".into());
    }
    for target in targets {
        println!("{target}: {minutes} min");
        let command = command(workspace, target, minutes * 60)?;
        let ended = process::run(command, Duration::from_secs(minutes * 60 + 120))?;
        if !ended.is_success() {
            let message = "found something: the input is in fuzz/artifacts; mend it and keep the input in fuzz/seeds";
            return Err(format!("{target} {message}/{target}"));
        }
    }
    Ok(0)
}

fn read(arguments: &[String]) -> Result<(Vec<&'static str>, u64), String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (name, minutes) = match words[..] {
        [] => (None, None),
        ["--minutes", minutes] => (None, Some(minutes)),
        [name] => (Some(name), None),
        [name, "--minutes", minutes] => (Some(name), Some(minutes)),
        _ => return Err(USAGE.into()),
    };
    let minutes = minutes.map_or(Ok(MINUTES), |text| text.parse().map_err(|_| USAGE))?;
    let Some(name) = name else {
        return Ok((TARGETS.to_vec(), minutes));
    };
    let known = TARGETS.iter().find(|target| **target == name);
    let known = known.ok_or_else(|| {
        let all = TARGETS.join(", ");
        format!("there is no target `{name}`; there are {all}")
    })?;
    Ok((vec![known], minutes))
}

/// The platform that targets are built for: with its name, cargo keeps the coverage out of build scripts.
fn host() -> Result<String, String> {
    let told = process::read({
        let mut rustc = Command::new("rustc");
        rustc.arg("-vV");
        rustc
    })?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not tell its host")?.to_owned())
}

/// What builds all targets.
pub fn build(workspace: &Workspace) -> Result<Command, String> {
    let mut cargo = workspace.cargo(&["build", "--locked", "--bins", "--target", &host()?]);
    cargo.arg("--target-dir").arg(target_folder(workspace));
    cargo
        .current_dir(workspace.path("fuzz"))
        .env("RUSTFLAGS", COVERAGE);
    Ok(cargo)
}

fn target_folder(workspace: &Workspace) -> PathBuf {
    workspace.target().join("fuzz")
}

/// What runs a target for so many seconds.
pub fn command(workspace: &Workspace, target: &str, seconds: u64) -> Result<Command, String> {
    let program = target_folder(workspace)
        .join(host()?)
        .join("debug")
        .join(target);
    let corpus = workspace.path("fuzz/corpus").join(target);
    let artifacts = workspace.path("fuzz/artifacts").join(target);
    files::make_folder(&corpus)?;
    files::make_folder(&artifacts)?;
    let mut command = workspace.command(&program.to_string_lossy(), &[]);
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={INPUT_BYTES_MAX}"))
        .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
        .arg(format!("-rss_limit_mb={MEMORY_MAX}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg("-print_final_stats=1")
        .arg(corpus)
        .arg(workspace.path("fuzz/seeds").join(target));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_choose_targets_and_time() {
        let read = |words: &str| {
            let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
            super::read(&words)
        };
        assert_eq!(read(""), Ok((TARGETS.to_vec(), MINUTES)));
        assert_eq!(read("goods --minutes 60"), Ok((vec!["goods"], 60)));
        assert_eq!(read("--minutes 1"), Ok((TARGETS.to_vec(), 1)));
        assert!(read("gods").is_err_and(|e| e.contains("there is no target `gods`")));
        assert_eq!(read("goods --minutes x"), Err(USAGE.to_owned()));
    }

    #[test]
    fn every_target_has_its_file_and_its_seeds() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz");
        let names = |folder: &str| {
            let entries = std::fs::read_dir(format!("{root}/{folder}")).expect("a folder");
            let names = entries.map(|e| e.expect("an entry").file_name());
            let mut names: Vec<String> = names
                .map(|n| n.to_string_lossy().trim_end_matches(".rs").to_owned())
                .collect();
            names.sort();
            names
        };
        assert_eq!(names("fuzz_targets"), TARGETS);
        assert_eq!(names("seeds"), TARGETS);
    }
}
