//! One run from a case to a report.

use crate::checks::Violation;
use crate::options::Options;
use crate::sim::Sim;
use crate::trace::Trace;

/// What is run: a seed, its options, and who of the people comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The seed of everything random.
    pub seed: u64,
    /// The mix and the faults.
    pub options: Options,
    /// The people who come, as ranges of their numbers (from, to, both included); `None` for all.
    pub kept: Option<Vec<(u32, u32)>>,
}

impl Case {
    /// The case of a seed with its own mix.
    pub fn of_seed(seed: u64) -> Self {
        Self {
            seed,
            options: Options::of_seed(seed),
            kept: None,
        }
    }
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Orders that were placed.
    pub orders: u64,
    /// Commands that were handed to the writer.
    pub commands: u64,
    /// Times the process was started again.
    pub restarts: u32,
    /// The hash of the trace.
    pub trace: u64,
    /// What went wrong, if anything did.
    pub violation: Option<Violation>,
    /// The virtual time that passed, in milliseconds.
    pub virtual_ms: i64,
}

/// Runs a case.
pub fn run(case: &Case) -> Report {
    execute(case, Trace::default()).0
}

/// Runs a case and writes down everything that happens.
pub fn run_traced(case: &Case) -> (Report, String) {
    let (report, trace) = execute(case, Trace::with_lines());
    (report, trace.into_lines().unwrap_or_default())
}

fn execute(case: &Case, trace: Trace) -> (Report, Trace) {
    let kept = |index: u32| match &case.kept {
        None => true,
        Some(ranges) => ranges
            .iter()
            .any(|&(from, to)| (from..=to).contains(&index)),
    };
    let mut sim = match Sim::new(case.seed, case.options.clone(), &kept, trace) {
        Ok(sim) => sim,
        Err(violation) => {
            let report = Report {
                orders: 0,
                commands: 0,
                restarts: 0,
                trace: 0,
                violation: Some(violation),
                virtual_ms: 0,
            };
            return (report, Trace::default());
        }
    };
    let result = sim.run().and_then(|()| sim.conclude());
    let report = Report {
        orders: sim.checks.orders,
        commands: sim.commands,
        restarts: sim.life / 2,
        trace: sim.trace.hash(),
        violation: result.err(),
        virtual_ms: sim.now,
    };
    (report, sim.trace)
}
