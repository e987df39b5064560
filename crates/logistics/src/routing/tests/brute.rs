//! Tiny problems: every assignment and every order is tried.

use super::random::{Traits, problem};
use super::solved;
use crate::routing::{Part, Problem, Task, VehicleType};
use alloc::vec;
use alloc::vec::Vec;

/// Iterations that find the best plan of so few stops.
const BUDGET: u64 = 20_000;

// What one vehicle's best order of some jobs costs, by the jobs' bits.
fn by_jobs(problem: &Problem, number: usize) -> Vec<Option<i64>> {
    let kind = problem.type_of(number).expect("a vehicle");
    let may = |job: usize| {
        let job = &problem.jobs[job];
        job.skills & !kind.skills == 0 && job.vehicle.is_none_or(|bound| bound == number)
    };
    (0..1usize << problem.jobs.len())
        .map(|bits| {
            let jobs: Vec<usize> = (0..problem.jobs.len())
                .filter(|job| bits >> job & 1 == 1)
                .collect();
            if jobs.is_empty() {
                return Some(0);
            }
            if !jobs.iter().all(|&job| may(job)) {
                return None;
            }
            let stops: Vec<(usize, Part)> = jobs
                .iter()
                .flat_map(|&job| problem.jobs[job].parts().map(move |(part, _)| (job, part)))
                .collect();
            let mut best = None;
            permute(problem, kind, &stops, &mut Vec::new(), &mut best);
            best
        })
        .collect()
}

fn permute(
    problem: &Problem,
    kind: &VehicleType,
    stops: &[(usize, Part)],
    order: &mut Vec<(usize, Part)>,
    best: &mut Option<i64>,
) {
    if order.len() == stops.len() {
        let cost = cost(problem, kind, order);
        *best = [*best, cost].into_iter().flatten().min();
        return;
    }
    for &stop in stops {
        let is_early = stop.1 == Part::Delivery
            && stops.contains(&(stop.0, Part::Pickup))
            && !order.contains(&(stop.0, Part::Pickup));
        if order.contains(&stop) || is_early {
            continue;
        }
        order.push(stop);
        permute(problem, kind, stops, order, best);
        order.pop();
    }
}

// What an order costs when everything begins as early as it can.
fn cost(problem: &Problem, kind: &VehicleType, order: &[(usize, Part)]) -> Option<i64> {
    let matrix = &problem.matrices[kind.matrix];
    let (start, end) = (&problem.depots[kind.start], &problem.depots[kind.end]);
    let from_start: Vec<usize> = order
        .iter()
        .map(|&(job, _)| job)
        .filter(|&job| matches!(problem.jobs[job].task, Task::Delivery(_)))
        .collect();
    let mut time = start.window.open.max(kind.shift.open);
    for &job in &from_start {
        time = time.max(problem.jobs[job].release);
    }
    if time > start.window.close.min(kind.shift.close) {
        return None;
    }
    let mut load: Vec<i64> = (0..kind.capacity.len())
        .map(|at| {
            from_start
                .iter()
                .map(|&job| problem.jobs[job].demand[at])
                .sum()
        })
        .collect();
    let is_full = |load: &[i64]| {
        load.iter()
            .zip(&kind.capacity)
            .any(|(load, most)| load > most)
    };
    let (mut cost, mut place) = (kind.fixed_cost, start.place);
    for &(number, part) in order {
        if is_full(&load) {
            return None;
        }
        let job = &problem.jobs[number];
        let stop = job.stop(part).expect("a stop");
        cost += matrix.distance(place, stop.place);
        time += matrix.duration(place, stop.place);
        if part == Part::Pickup {
            time = time.max(job.release);
        }
        if !stop.windows.is_empty() {
            let window = stop.windows.iter().find(|window| time <= window.close)?;
            time = time.max(window.open);
        }
        let late = stop.due.map_or(0, |due| (time - due).max(0));
        cost += late * late / problem.lateness_divisor;
        time += stop.service;
        place = stop.place;
        for (at, load) in load.iter_mut().enumerate() {
            *load += match part {
                Part::Pickup => job.demand[at],
                Part::Delivery => -job.demand[at],
            };
        }
    }
    if is_full(&load) {
        return None;
    }
    cost += matrix.distance(place, end.place);
    time += matrix.duration(place, end.place);
    (time <= end.window.close.min(kind.shift.close)).then_some(cost)
}

// The least that a plan can cost: vehicle after vehicle takes some of the jobs that are left.
fn optimum(problem: &Problem) -> i64 {
    let all = 1usize << problem.jobs.len();
    let mut best: Vec<i64> = vec![i64::MAX; all];
    best[0] = 0;
    for number in 0..problem.vehicle_count() {
        let one = by_jobs(problem, number);
        let mut next = best.clone();
        for before in (0..all).filter(|&bits| best[bits] < i64::MAX) {
            let left = (all - 1) & !before;
            let mut some = left;
            while some > 0 {
                if let Some(cost) = one[some] {
                    let sum = best[before] + cost;
                    next[before | some] = next[before | some].min(sum);
                }
                some = (some - 1) & left;
            }
        }
        best = next;
    }
    let with_penalties = best
        .iter()
        .enumerate()
        .filter(|(_, cost)| **cost < i64::MAX);
    let sums = with_penalties.map(|(bits, cost)| {
        let unserved = (0..problem.jobs.len()).filter(|job| bits >> job & 1 == 0);
        cost + unserved.map(|job| problem.jobs[job].penalty).sum::<i64>()
    });
    sums.min().expect("nobody may serve anything")
}

fn check_optimal(seeds: core::ops::Range<u64>, stops: usize, traits: Traits) {
    for seed in seeds {
        let problem = problem(seed, stops, traits);
        let best = optimum(&problem);
        let plan = solved(&problem, seed, BUDGET);
        assert_eq!(plan.cost.total(), best, "seed {seed}, {traits:?}");
    }
}

#[test]
fn time_windows() {
    check_optimal(0..30, 6, Traits::default());
    check_optimal(30..32, 8, Traits::default());
}

#[test]
fn pickups_and_deliveries() {
    let traits = Traits {
        pairs: true,
        ..Traits::default()
    };
    check_optimal(0..30, 6, traits);
    check_optimal(30..32, 8, traits);
}

#[test]
fn skills_and_bound_jobs() {
    let traits = Traits {
        skills: true,
        bound: true,
        two_dimensions: true,
        ..Traits::default()
    };
    check_optimal(0..30, 6, traits);
}

#[test]
fn several_depots_and_fixed_costs() {
    let traits = Traits {
        depots: true,
        fixed: true,
        ..Traits::default()
    };
    check_optimal(0..30, 6, traits);
}

#[test]
fn releases_due_times_and_many_windows() {
    let traits = Traits {
        releases: true,
        due: true,
        many_windows: true,
        pairs: true,
        ..Traits::default()
    };
    check_optimal(0..30, 6, traits);
}

#[test]
fn ways_that_no_map_has() {
    let traits = Traits {
        wild: true,
        pairs: true,
        ..Traits::default()
    };
    check_optimal(0..30, 6, traits);
}
