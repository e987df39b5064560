//! Sourcing held against the solver HiGHS, in the hands of a Python that has `highspy`
//! (`xtask/foreign/highspy.txt` names the version): 200 orders as a mixed-integer program, 3,000 as a linear one.

use super::model::{self, Numbers};
use super::{by_desk, no_prices, plan_anew, scenarios, text};
use logistics::sourcing::generate::Trial;
use std::process::Command;

/// Reads the model named by its argument, solves it on one thread, and prints the value and the bound.
const SOLVE: &str = "import sys, highspy
solver = highspy.Highs()
solver.setOptionValue('output_flag', False)
solver.setOptionValue('threads', 1)
solver.setOptionValue('time_limit', 300.0)
solver.setOptionValue('mip_rel_gap', 1e-5)
solver.readModel(sys.argv[1])
solver.run()
print('status', solver.modelStatusToString(solver.getModelStatus()).replace(' ', '_'))
print('value', solver.getInfo().objective_function_value)
";

/// Prints, for mild and severe scarcity, what the solver says beside what planning anew came to.
///
/// # Errors
/// A text when the folder cannot be written, Python or the solver fails, or a plan costs less than the solver's optimum
/// or the bound is above it: either would be a fault.
pub fn compare(python: &str) -> Result<(), String> {
    for (count, variants, numbers) in [(200, 400, Numbers::Whole), (3_000, 5_000, Numbers::Any)] {
        for (name, scenario) in scenarios(count, variants).into_iter().take(2) {
            let trial = Trial::generate(&scenario).map_err(text)?;
            let decided = by_desk(&trial, no_prices(&trial))?;
            let batch = plan_anew(&trial, &decided)?;
            let (status, value) = solve(python, &model::write(&trial, numbers))?;
            let (cost, bound) = (batch.after.total(), batch.bound);
            let above = |lower: f64, upper: f64| 100.0 * (upper / lower - 1.0);
            println!(
                "{name}, {count} orders, {numbers:?} numbers: {status} {value:.0}; ours {cost} ({:.2} % above it); bound {bound} ({:.2} % below it)",
                above(value, cost as f64),
                above(bound as f64, value)
            );
            // The solver's numbers are floats.
            let slack = 1.0 + value.abs() * 1e-6;
            if status == "Optimal" && (cost as f64) < value - slack {
                return Err(format!(
                    "{name}: a plan costs {cost}, less than the optimum {value}"
                ));
            }
            if status == "Optimal" && numbers == Numbers::Whole && bound as f64 > value + slack {
                return Err(format!(
                    "{name}: the bound {bound} is above the optimum {value}"
                ));
            }
        }
    }
    Ok(())
}

fn solve(python: &str, model: &str) -> Result<(String, f64), String> {
    let file = std::env::temp_dir().join(format!("sesame-sourcing-{}.lp", std::process::id()));
    std::fs::write(&file, model)
        .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    let output = Command::new(python).args(["-c", SOLVE]).arg(&file).output();
    // Left behind it would only take room.
    let _ = std::fs::remove_file(&file);
    let output = output.map_err(|error| format!("cannot start {python}: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let word = |name: &str| {
        let line = printed.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1))
            .map(str::to_owned)
    };
    let value = word("value").and_then(|value| value.parse().ok());
    word("status").zip(value).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("the solver said nothing: {printed}{errors}")
    })
}
