//! `cargo xtask test`: the whole suite as named steps.
//!
//! A step is a row in `steps::STEPS`: adding one is adding a row and its function. A failed step doesn't stop the ones
//! that don't need it; its output is shown in full at the end of its line.

mod counts;
mod karrio;
mod roads;
pub mod shop;
mod steps;

use std::time::Duration;

use crate::process::Child;
use crate::progress::{Progress, seconds};
use crate::tools;
use crate::workspace::Workspace;
use counts::Counts;

/// One named part of the suite.
pub struct Step {
    /// What `--only` calls it.
    pub name: &'static str,
    /// What it checks, for `--list`.
    pub about: &'static str,
    /// Steps without whose success this one tells nothing.
    pub needs: &'static [&'static str],
    /// It is stopped, with all it started, after this time.
    pub limit_minutes: u64,
    /// The work. Its commands go through [`Stage::run`].
    pub work: fn(&Stage) -> Result<(), Stop>,
}

/// Why a step ended early.
pub enum Stop {
    /// Something is wrong, with what was seen.
    Failed(String),
    /// It could not run here for a reason that is not a failure; it counts neither way.
    NotRun(String),
}

impl From<String> for Stop {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
}

/// What a step works with.
pub struct Stage<'a> {
    /// The repository.
    pub workspace: &'a Workspace,
    /// The step's line and log.
    pub progress: &'a Progress,
}

impl Stage<'_> {
    /// Runs a command to its end; its output goes to the step's log, and its tests are counted from there.
    pub fn run(&self, command: std::process::Command) -> Result<(), Stop> {
        Ok(self.progress.run(command)?)
    }

    /// Starts a command that runs beside the step until the returned child is dropped.
    pub fn start(&self, command: std::process::Command) -> Result<Child, Stop> {
        Ok(self.progress.start(command)?)
    }
}

struct Report {
    name: &'static str,
    outcome: Outcome,
    counts: Counts,
    took: Duration,
}

enum Outcome {
    Passed,
    Failed,
    NotRun(String),
}

/// Runs the chosen steps; the status is 0 when nothing failed.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<u8, String> {
    let chosen = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => steps::STEPS.iter().collect(),
        ["--list"] => {
            for step in steps::STEPS {
                println!("{:<12} {}", step.name, step.about);
            }
            return Ok(0);
        }
        ["--only", names] => choose(names)?,
        _ => return Err("usage: cargo xtask test [--only STEP,…] [--list]".into()),
    };
    println!("{}", tools::check(workspace)?);
    let mut reports: Vec<Report> = Vec::with_capacity(chosen.len());
    for (index, step) in chosen.iter().enumerate() {
        let title = format!("[{}/{}] {}", index + 1, chosen.len(), step.name);
        let report = run_step(workspace, step, &title, &reports)?;
        reports.push(report);
    }
    Ok(conclude(&reports))
}

fn choose(names: &str) -> Result<Vec<&'static Step>, String> {
    let find = |name: &str| {
        let known = || {
            steps::STEPS
                .iter()
                .map(|step| step.name)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let found = steps::STEPS.iter().find(|step| step.name == name);
        found.ok_or_else(|| format!("there is no step `{name}`; there are: {}", known()))
    };
    names.split(',').map(find).collect()
}

fn run_step(
    workspace: &Workspace,
    step: &Step,
    title: &str,
    earlier: &[Report],
) -> Result<Report, String> {
    let log = workspace.scratch("log")?.join(format!("{}.log", step.name));
    let progress = Progress::begin(title, &log, Duration::from_secs(step.limit_minutes * 60))?;
    let result = match broken_need(step, earlier) {
        Some(need) => Err(Stop::NotRun(format!("{need} failed"))),
        None => (step.work)(&Stage {
            workspace,
            progress: &progress,
        }),
    };
    let output = progress.output();
    let counts = counts::read(&output);
    let (outcome, counts, took) = match result {
        Ok(()) if counts.failed == 0 => {
            (Outcome::Passed, counts.or_one_passed(), progress.end("ok"))
        }
        Ok(()) => (Outcome::Failed, counts, progress.end("FAILED")),
        Err(Stop::NotRun(reason)) => {
            let took = progress.end(&format!("not run: {reason},"));
            (Outcome::NotRun(reason), Counts::default(), took)
        }
        Err(Stop::Failed(reason)) => {
            let took = progress.end("FAILED");
            println!("{output}\n{}: {reason}\n", step.name);
            (Outcome::Failed, counts.or_one_failed(), took)
        }
    };
    Ok(Report {
        name: step.name,
        outcome,
        counts,
        took,
    })
}

fn broken_need(step: &Step, earlier: &[Report]) -> Option<&'static str> {
    let broken = |report: &&Report| {
        step.needs.contains(&report.name) && !matches!(report.outcome, Outcome::Passed)
    };
    earlier.iter().find(broken).map(|report| report.name)
}

fn conclude(reports: &[Report]) -> u8 {
    println!(
        "\n{:<14} {:<8} {:>7} {:>7} {:>8}",
        "step", "result", "passed", "failed", "time"
    );
    let mut sum = Counts::default();
    for report in reports {
        let (word, reason) = match &report.outcome {
            Outcome::Passed => ("ok", String::new()),
            Outcome::Failed => ("FAILED", String::new()),
            Outcome::NotRun(reason) => ("not run", format!("  {reason}")),
        };
        let Counts { passed, failed } = report.counts;
        println!(
            "{:<14} {word:<8} {passed:>7} {failed:>7} {:>8}{reason}",
            report.name,
            seconds(report.took)
        );
        sum.passed += passed;
        sum.failed += failed;
    }
    let took: Duration = reports.iter().map(|report| report.took).sum();
    println!("{:<38} {:>8}\n", "", seconds(took));
    let is_skipped = |report: &&Report| matches!(report.outcome, Outcome::NotRun(_));
    let skipped = reports.iter().filter(is_skipped).count();
    println!(
        "{} passed, {} failed, {skipped} skipped",
        sum.passed, sum.failed
    );
    u8::from(
        reports
            .iter()
            .any(|report| matches!(report.outcome, Outcome::Failed)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_have_names_of_their_own_and_need_only_what_ran_before() {
        for (index, step) in steps::STEPS.iter().enumerate() {
            let earlier: Vec<_> = steps::STEPS[..index].iter().map(|step| step.name).collect();
            assert!(
                !earlier.contains(&step.name),
                "two steps are called {}",
                step.name
            );
            for need in step.needs {
                assert!(
                    earlier.contains(need),
                    "{} needs {need}, which does not run before it",
                    step.name
                );
            }
        }
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_known_ones() {
        let error = choose("format,nonsense")
            .err()
            .expect("there is no such step");
        assert!(
            error.contains("`nonsense`") && error.contains("clippy"),
            "{error}"
        );
    }
}
