//! Routes: instances of others solved from files, and the solver held against PyVRP.

mod bench;
mod clock;
mod instances;
mod pyvrp;
mod route;

pub use bench::{routing_200, routing_1000};
pub use route::route;

use clock::{Clock, Watch};
use logistics::routing::check::check;
use logistics::routing::formats::Instance;
use logistics::routing::{Plan, Settings, solve};
use std::time::Duration;

// Solves until the time is over. The plan has passed the checker.
fn solve_for(
    instance: &Instance,
    seed: u64,
    clock: Clock,
    time: Duration,
) -> Result<(Plan, u64), String> {
    let begin = Watch::start(clock);
    let mut iterations = 0;
    let mut progress = |done| {
        iterations = done;
        begin.elapsed().as_secs_f64() / time.as_secs_f64()
    };
    let settings = Settings { seed, plan: None };
    let plan = solve(&instance.problem, settings, &mut progress)
        .map_err(|error| format!("{}: {error}", instance.name))?;
    refuse(instance, &plan)?;
    Ok((plan, iterations))
}

// What the checker says, as an error.
fn refuse(instance: &Instance, plan: &Plan) -> Result<(), String> {
    let violations = check(&instance.problem, plan);
    if violations.is_empty() {
        return Ok(());
    }
    let texts: Vec<String> = violations.iter().map(ToString::to_string).collect();
    Err(format!(
        "{}: the checker refuses: {}",
        instance.name,
        texts.join("; ")
    ))
}
