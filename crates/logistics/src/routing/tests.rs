//! The solver through the checker: tiny problems against trying everything, random ones of every kind, days underway.

mod brute;
mod fleet;
mod formats;
mod random;
mod refusals;
mod underway;

use super::check::check;
use super::{Plan, Problem, Settings, iterations, solve};
use alloc::format;

/// Solves with a budget of iterations; the checker has nothing to say against the plan.
fn solved(problem: &Problem, seed: u64, budget: u64) -> Plan {
    solved_with(problem, Settings { seed, plan: None }, budget)
}

fn solved_from(plan: &Plan, problem: &Problem, seed: u64, budget: u64) -> Plan {
    let settings = Settings {
        seed,
        plan: Some(plan),
    };
    solved_with(problem, settings, budget)
}

fn solved_with(problem: &Problem, settings: Settings<'_>, budget: u64) -> Plan {
    let plan = solve(problem, settings, &mut iterations(budget)).expect("a valid problem");
    assert_fine(problem, &plan, &format!("seed {}", settings.seed));
    plan
}

fn assert_fine(problem: &Problem, plan: &Plan, what: &str) {
    let violations = check(problem, plan);
    assert!(
        violations.is_empty(),
        "{what}: {violations:?}\n{plan:?}\n{problem:?}"
    );
}
