//! Days that have begun: what happened stays, the rest is planned anew.

use super::random::{Traits, problem};
use super::{solved, solved_from};
use crate::routing::{Part, Plan, Problem, Reason, Task, Underway};
use alloc::vec::Vec;

// The problem as it is at a time of a plan: vehicles that have left have driven what began before.
fn at(problem: &Problem, plan: &Plan, now: i64) -> Problem {
    let mut later = problem.clone();
    for route in &plan.routes {
        if route.departure > now {
            continue;
        }
        let begun = |start: Option<i64>| start.is_some_and(|start| start <= now);
        let driven: Vec<(usize, Part)> = route
            .visits
            .iter()
            .filter(|visit| begun(visit.start))
            .map(|visit| (visit.job, visit.part))
            .collect();
        let last = route.visits.iter().rfind(|visit| begun(visit.start));
        let free_at = last.map_or(route.departure, |visit| {
            let stop = problem.jobs[visit.job].stop(visit.part).expect("a stop");
            visit.start.expect("it began") + stop.service
        });
        let loaded = route.visits[driven.len()..].iter().map(|visit| visit.job);
        let is_single = |job: &usize| matches!(problem.jobs[*job].task, Task::Delivery(_));
        later.underway.push(Underway {
            vehicle: route.vehicle,
            driven,
            free_at,
            loaded: loaded.filter(is_single).collect(),
        });
    }
    later
}

#[test]
fn what_was_driven_stays() {
    for seed in 0..120 {
        // Breaks are left out here: a break that lies just before a stop is not in the clock that starts behind it.
        let mut traits = Traits::of(seed * 11 + 1);
        traits.breaks = false;
        let problem = problem(seed, 20, traits);
        let plan = solved(&problem, seed, 300);
        let later = at(&problem, &plan, 150 + seed as i64);
        later.validate().expect("a valid problem");
        let next = solved_from(&plan, &later, seed, 300);
        for underway in &later.underway {
            let route = next
                .routes
                .iter()
                .find(|route| route.vehicle == underway.vehicle);
            let route = route.expect("who is underway has a route");
            let begin = route.visits.iter().map(|visit| (visit.job, visit.part));
            assert!(
                begin
                    .take(underway.driven.len())
                    .eq(underway.driven.iter().copied())
            );
        }
        // Nothing happened in between, so the old plan still costs what it did.
        assert!(next.cost.total() <= plan.cost.total(), "seed {seed}");
    }
}

#[test]
fn vehicles_that_have_left_take_nothing_more_from_their_start() {
    let mut problem = problem(3, 6, Traits::default());
    problem.vehicles.truncate(1);
    problem.vehicles[0].count = 1;
    problem.jobs.truncate(1);
    problem.jobs[0].vehicle = None;
    problem.jobs[0].skills = 0;
    problem.underway.push(Underway {
        vehicle: 0,
        driven: Vec::new(),
        free_at: 60,
        loaded: Vec::new(),
    });
    let plan = solved(&problem, 1, 10);
    assert_eq!(plan.unserved[0].reason, Reason::Left);
}

#[test]
fn who_is_overdue_comes_home() {
    let mut problem = problem(4, 6, Traits::default());
    let kind = &problem.vehicles[0];
    problem.underway.push(Underway {
        vehicle: 0,
        driven: Vec::new(),
        free_at: kind.shift.close + 100,
        loaded: Vec::from([0]),
    });
    let plan = solved(&problem, 1, 10);
    assert_eq!(plan.unserved.first().map(|unserved| unserved.job), Some(0));
}
