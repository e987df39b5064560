//! Solutions as they are published.

use super::lines::lines;
use super::{FormatError, FormatReason, Instance};
use crate::routing::check;
use crate::routing::plan::{Plan, Reason, Route, Unserved, Visit};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

/// A solution as its file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Stops by their numbers in the instance's file, a list for each route.
    pub routes: Vec<Vec<usize>>,
    /// What it costs, if it says so, in published units.
    pub cost: Option<f64>,
}

/// Reads a solution as CVRPLIB publishes it (`Route #1: 3 5 7`, `Cost 123`) or as Li & Lim do (`Route 1 : 3 5 7`).
///
/// # Errors
/// A number that is none, or a text without a route and without a cost.
pub fn read_solution(text: &str) -> Result<Solution, FormatError> {
    let mut solution = Solution {
        routes: Vec::new(),
        cost: None,
    };
    for line in lines(text) {
        let first = line.fields[0].trim_end_matches(':');
        if first.eq_ignore_ascii_case("route") {
            let Some((_, stops)) = line.text.split_once(':') else {
                return Err(line.wrong("route", FormatReason::Missing));
            };
            let number = |field: &str| {
                let wrong = |_| line.wrong("stop", FormatReason::Number(field.to_string()));
                field.parse().map_err(wrong)
            };
            let stops = stops
                .split_whitespace()
                .map(number)
                .collect::<Result<_, _>>()?;
            solution.routes.push(stops);
        } else if first.eq_ignore_ascii_case("cost") {
            let at = line.fields.len() - 1;
            solution.cost = Some(line.real(at, "cost")?);
        }
    }
    if solution.routes.is_empty() && solution.cost.is_none() {
        return Err(super::lines::missing("route"));
    }
    Ok(solution)
}

/// A plan as CVRPLIB publishes it. Costs are in published units, with decimals if our unit is a part of one.
pub fn write_solution(instance: &Instance, plan: &Plan) -> String {
    let mut text = String::new();
    for (at, route) in plan.routes.iter().enumerate() {
        write!(text, "Route #{}:", at + 1).expect("a string takes all");
        push_stops(&mut text, instance, route);
    }
    let (cost, scale) = (plan.cost.total(), instance.scale);
    if cost % scale == 0 {
        writeln!(text, "Cost {}", cost / scale).expect("a string takes all");
    } else {
        let digits = scale.ilog10() as usize + usize::from(10i64.pow(scale.ilog10()) < scale);
        let part = (cost % scale) * 10i64.pow(digits as u32) / scale;
        let whole = cost / scale;
        writeln!(text, "Cost {whole}.{part:0digits$}").expect("a string takes all");
    }
    text
}

/// A plan as Li & Lim publish it.
pub fn write_li_lim(instance: &Instance, plan: &Plan) -> String {
    let mut text = String::new();
    writeln!(text, "Instance name : {}", instance.name).expect("a string takes all");
    text.push_str("Authors : Sesame\nReference : ruin and recreate\nSolution\n");
    for (at, route) in plan.routes.iter().enumerate() {
        write!(text, "Route {} :", at + 1).expect("a string takes all");
        push_stops(&mut text, instance, route);
    }
    text
}

fn push_stops(text: &mut String, instance: &Instance, route: &Route) {
    for number in instance.numbers(&route.visits) {
        write!(text, " {number}").expect("a string takes all");
    }
    text.push('\n');
}

impl Instance {
    /// The plan that a published solution comes to when everything begins as early as it can: one vehicle for each
    /// route, windows and capacities left to [`check`](check::check).
    ///
    /// # Errors
    /// A stop that does not exist, or stops that are not those of the instance.
    pub fn plan(&self, solution: &Solution) -> Result<Plan, FormatError> {
        let problem = &self.problem;
        let kind = &problem.vehicles[0];
        let matrix = &problem.matrices[kind.matrix];
        let depot = problem.depots[kind.start].clone();
        let wrong = |number: usize| FormatError {
            line: 0,
            field: "stop",
            reason: FormatReason::Reference(number.to_string()),
        };
        let mut plan = Plan::default();
        for (vehicle, stops) in solution.routes.iter().enumerate() {
            let (mut time, mut place) = (depot.window.open, depot.place);
            let mut visits = Vec::new();
            for &number in stops {
                let known = self.stops.get(number).copied().flatten();
                let (job, part) = known.ok_or_else(|| wrong(number))?;
                let stop = problem.jobs[job]
                    .stop(part)
                    .expect("a stop of the instance");
                let opens = stop.windows.first().map_or(0, |window| window.open);
                let start = opens.max(time + matrix.duration(place, stop.place));
                visits.push(Visit {
                    job,
                    part,
                    start: Some(start),
                });
                (time, place) = (start + stop.service, stop.place);
            }
            plan.routes.push(Route {
                vehicle,
                departure: depot.window.open,
                visits,
                breaks: Vec::new(),
                arrival: time + matrix.duration(place, depot.place),
            });
        }
        let is_served = |job: usize| {
            let mut visits = plan.routes.iter().flat_map(|route| &route.visits);
            visits.any(|visit| visit.job == job)
        };
        let left: Vec<usize> = (0..problem.jobs.len())
            .filter(|&job| !is_served(job))
            .collect();
        plan.unserved = left
            .into_iter()
            .map(|job| Unserved {
                job,
                reason: Reason::Detour,
            })
            .collect();
        plan.cost = check::cost(problem, &plan).ok_or_else(|| FormatError {
            line: 0,
            field: "route",
            reason: FormatReason::Reference("a stop or vehicle".to_string()),
        })?;
        Ok(plan)
    }
}
