//! PyVRP on the same integer matrix, in a process of its own.

use logistics::routing::Plan;
use logistics::routing::formats::{Instance, Solution};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

const SCRIPT: &str = include_str!("pyvrp.py");
/// What it is called in the table; `xtask/foreign/pyvrp.txt` has the same.
const VERSION: &str = "0.14.1";
/// Names the Python of an environment that has PyVRP; `cargo xtask bench` sets it.
const PYTHON: &str = "SESAME_PYVRP";

/// Solves an instance of one depot and alike vehicles. What the plan costs is our checker's sum.
pub fn solve(instance: &Instance, seed: u64, time: Duration) -> Result<Plan, String> {
    let python = std::env::var_os(PYTHON).ok_or_else(|| {
        format!(
            "there is nothing to compare with: {PYTHON} must name a Python that has PyVRP \
             (`cargo xtask bench` installs it)"
        )
    })?;
    let mut child = Command::new(&python)
        .args(["-c", SCRIPT])
        // One thread, as we have one.
        .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, "1")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run {}: {error}", python.display()))?;
    let question = question(instance, seed, time).to_string();
    let mut stdin = child.stdin.take().expect("its standard input is a pipe");
    // What it did not read it complains about by itself.
    let written = stdin.write_all(question.as_bytes());
    drop(stdin);
    let output = child
        .wait_with_output()
        .map_err(|error| format!("PyVRP was lost: {error}"))?;
    if !output.status.success() {
        return Err(format!("{}: PyVRP failed, see above", instance.name));
    }
    written.map_err(|error| format!("PyVRP did not read the problem: {error}"))?;
    let answer: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("PyVRP's answer is no JSON: {error}"))?;
    if answer["version"] != VERSION {
        let found = &answer["version"];
        return Err(format!("{PYTHON} has PyVRP {found}, {VERSION} is wanted"));
    }
    let routes = serde_json::from_value(answer["routes"].clone())
        .map_err(|error| format!("PyVRP's routes are none: {error}"))?;
    let solution = Solution { routes, cost: None };
    let plan = instance.plan(&solution);
    let plan = plan.map_err(|error| format!("PyVRP's plan: {error}"))?;
    super::refuse(instance, &plan).map_err(|reason| format!("PyVRP's plan: {reason}"))?;
    Ok(plan)
}

fn question(instance: &Instance, seed: u64, time: Duration) -> Value {
    let problem = &instance.problem;
    let matrix = &problem.matrices[0];
    let kind = &problem.vehicles[0];
    let row = |from: usize| -> Vec<i64> {
        let places = 0..matrix.places();
        places.map(|to| matrix.distance(from, to)).collect()
    };
    let customers = problem.jobs.iter().map(|job| {
        let (_, stop) = job.parts().next().expect("a job has a stop");
        json!({
            "demand": job.demand[0],
            "open": stop.windows[0].open,
            "close": stop.windows[0].close,
            "service": stop.service,
        })
    });
    json!({
        "matrix": (0..matrix.places()).map(row).collect::<Vec<_>>(),
        "capacity": kind.capacity[0],
        "vehicles": kind.count,
        "horizon": problem.depots[0].window.close,
        "customers": customers.collect::<Vec<_>>(),
        "seconds": time.as_secs_f64(),
        "seed": seed,
    })
}
