//! What is wrong is said, in problems and in plans; and why a job is left out.

use super::random::{Traits, problem};
use super::solved;
use crate::routing::check::{Breach, check};
use crate::routing::{Plan, Problem, Reason, Task, Window};
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

#[test]
fn what_is_wrong_with_a_problem_is_said() {
    type Change = fn(&mut Problem);
    let cases: &[(&str, Change)] = &[
        ("no matrix, at least one is needed", |p| p.matrices.clear()),
        ("no vehicle type, at least one is needed", |p| {
            p.vehicles.clear()
        }),
        ("too many vehicles", |p| p.vehicles[0].count = usize::MAX),
        ("lateness divisor is 0, which is out of range", |p| {
            p.lateness_divisor = 0
        }),
        ("depot 0: there is no place 99", |p| p.depots[0].place = 99),
        ("vehicle type 0: there is no depot 7", |p| {
            p.vehicles[0].end = 7
        }),
        ("vehicle type 0: there is no matrix 3", |p| {
            p.vehicles[0].matrix = 3
        }),
        (
            "vehicle type 0: fixed cost is -1, which is out of range",
            |p| {
                p.vehicles[0].fixed_cost = -1;
            },
        ),
        ("vehicle type 0: shift out of order", |p| {
            p.vehicles[0].shift = Window { open: 9, close: 8 };
        }),
        ("job 1: demand has length 0, unlike the others", |p| {
            p.jobs[1].demand.clear()
        }),
        ("job 1: penalty is -5, which is out of range", |p| {
            p.jobs[1].penalty = -5
        }),
        ("job 0: there is no vehicle 50", |p| {
            p.jobs[0].vehicle = Some(50)
        }),
        ("job 0: windows out of order", |p| {
            if let Task::Delivery(stop) = &mut p.jobs[0].task {
                stop.windows = vec![Window { open: 5, close: 9 }, Window { open: 9, close: 10 }];
            }
        }),
    ];
    for (text, change) in cases {
        let mut wrong = problem(1, 4, Traits::default());
        change(&mut wrong);
        let error = wrong.validate().expect_err(text);
        assert_eq!(error.to_string(), *text);
    }
}

// A plan of a problem with pairs, skills and breaks that serves something with its first two vehicles.
fn example() -> (Problem, Plan) {
    let traits = Traits {
        pairs: true,
        breaks: true,
        ..Traits::default()
    };
    let problem = problem(12, 14, traits);
    let plan = solved(&problem, 1, 500);
    assert!(plan.routes[0].visits.len() > 1);
    (problem, plan)
}

type Expected = fn(&Breach) -> bool;
type Spoil = fn(&mut Problem, &mut Plan);

fn check_found(cases: &[(Expected, Spoil)]) {
    let (problem, plan) = example();
    assert!(plan.routes.iter().any(|route| !route.breaks.is_empty()));
    for (at, (is_it, spoil)) in cases.iter().enumerate() {
        let (mut problem, mut plan) = (problem.clone(), plan.clone());
        spoil(&mut problem, &mut plan);
        let found = check(&problem, &plan);
        let is_found = found.iter().any(|violation| is_it(&violation.breach));
        assert!(is_found, "case {at}: {found:?}");
    }
}

#[test]
fn who_serves_what_is_looked_at() {
    check_found(&[
        (
            |b| *b == Breach::Unknown,
            |_, plan| plan.routes[0].vehicle = 99,
        ),
        (
            |b| *b == Breach::Unknown,
            |_, plan| plan.routes[0].visits[0].job = 99,
        ),
        (
            |b| *b == Breach::Coverage,
            |_, plan| {
                plan.routes[0].visits.pop();
            },
        ),
        (
            |b| *b == Breach::Coverage,
            |_, plan| {
                let visit = plan.routes[0].visits[0];
                plan.routes[0].visits.push(visit);
            },
        ),
        (
            |b| *b == Breach::VehicleTwice,
            |_, plan| {
                let route = plan.routes[0].clone();
                plan.routes.push(route);
            },
        ),
        (
            |b| matches!(b, Breach::Capacity(0)),
            |problem, _| {
                problem.vehicles[0].capacity[0] = 0;
            },
        ),
        (
            |b| *b == Breach::Skills,
            |problem, plan| {
                let job = plan.routes[0].visits[0].job;
                problem.jobs[job].skills = 1 << 40;
            },
        ),
        (
            |b| *b == Breach::Bound,
            |problem, plan| {
                let job = plan.routes[0].visits[0].job;
                let other = usize::from(plan.routes[0].vehicle == 0);
                problem.jobs[job].vehicle = Some(other);
            },
        ),
    ]);
}

#[test]
fn times_and_costs_are_looked_at() {
    check_found(&[
        (
            |b| *b == Breach::TooEarly,
            |_, plan| {
                let visits = &mut plan.routes[0].visits;
                visits[1].start = visits[0].start.map(|start| start - 1);
            },
        ),
        (
            |b| *b == Breach::Arrival,
            |_, plan| plan.routes[0].arrival = 0,
        ),
        (
            |b| *b == Breach::Arrival,
            |_, plan| plan.routes[0].arrival = 100_000,
        ),
        (
            |b| *b == Breach::Departure,
            |_, plan| plan.routes[0].departure = -1,
        ),
        (
            |b| matches!(b, Breach::Break(_)),
            |_, plan| {
                plan.routes
                    .iter_mut()
                    .for_each(|route| route.breaks.clear());
            },
        ),
        (
            |b| matches!(b, Breach::Cost { .. }),
            |_, plan| plan.cost.distance += 1,
        ),
    ]);
}

#[test]
fn who_is_left_out_is_told_why() {
    type Change = fn(&mut Problem);
    let cases: &[(Reason, Change)] = &[
        (Reason::Skills, |p| p.jobs[0].skills = 1 << 50),
        (Reason::TooLarge, |p| p.jobs[0].demand[0] = 1_000),
        (Reason::TooLate, |p| {
            if let Task::Delivery(stop) = &mut p.jobs[0].task {
                stop.windows = Vec::from([Window { open: 0, close: 0 }]);
            }
        }),
        (Reason::Detour, |p| p.jobs[0].penalty = 0),
    ];
    for (reason, change) in cases {
        let mut problem = problem(2, 3, Traits::default());
        problem.jobs.truncate(1);
        change(&mut problem);
        let plan = solved(&problem, 1, 10);
        let reasons: Vec<Reason> = plan.unserved.iter().map(|one| one.reason).collect();
        assert_eq!(reasons, [*reason]);
    }
}

#[test]
fn who_finds_no_room_is_told_so() {
    let mut problem = problem(2, 6, Traits::default());
    problem.vehicles.truncate(1);
    problem.vehicles[0].count = 1;
    problem.vehicles[0].capacity = Vec::from([1]);
    for job in &mut problem.jobs {
        job.demand = Vec::from([1]);
        job.skills = 0;
        if let Task::Delivery(stop) = &mut job.task {
            stop.windows.clear();
        }
    }
    let plan = solved(&problem, 1, 100);
    assert_eq!(plan.unserved.len(), problem.jobs.len() - 1);
    assert!(plan.unserved.iter().all(|one| one.reason == Reason::Full));
}

#[test]
fn a_day_of_nothing_is_a_plan() {
    let mut problem = problem(2, 3, Traits::default());
    problem.jobs.clear();
    assert_eq!(solved(&problem, 1, 10), Plan::default());
}
