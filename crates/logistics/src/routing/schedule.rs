//! The plan that the order of the stops comes to: times, breaks and costs.

use super::clock::{Clock, lateness};
use super::model::{Item, Model, Plot};
use super::plan::{Cost, Pause, Plan, Reason, Route, Unserved, Visit};
use alloc::vec;
use alloc::vec::Vec;

/// The plan of tours that fit, by vehicle: nodes between two that are none. `why` is asked for jobs that none serves.
pub(super) fn plan(
    model: &Model<'_>,
    tours: &[Vec<u32>],
    mut why: impl FnMut(&Item) -> Reason,
) -> Plan {
    let mut plan = Plan {
        cost: Cost {
            distance: model.driven_distance,
            fixed: model.driven_fixed,
            ..Cost::default()
        },
        ..Plan::default()
    };
    let mut is_served = vec![false; model.items.len()];
    for (number, tour) in tours.iter().enumerate() {
        let stops = &tour[1..tour.len() - 1];
        if stops.is_empty() && !model.cars[number].underway {
            continue;
        }
        for &node in stops {
            is_served[model.nodes[node as usize].job as usize] = true;
        }
        plan.routes
            .push(route(model, number, stops, &mut plan.cost));
    }
    for (job, item) in model.items.iter().enumerate() {
        if item.plot != Plot::Driven && !is_served[job] {
            plan.cost.penalty += item.penalty;
            plan.unserved.push(Unserved {
                job,
                reason: why(item),
            });
        }
    }
    plan
}

fn route(model: &Model<'_>, number: usize, stops: &[u32], cost: &mut Cost) -> Route {
    let car = &model.cars[number];
    let problem = model.problem;
    let driven = problem.underway.iter().find(|one| one.vehicle == number);
    let driven = driven.into_iter().flat_map(|underway| &underway.driven);
    let mut visits: Vec<Visit> = driven
        .map(|&(job, part)| Visit {
            job,
            part,
            start: None,
        })
        .collect();
    let mut breaks = Vec::new();
    let past = model.pauses_past(car, number);
    let mut tell = |pause: u8, start: i32| {
        breaks.push(Pause {
            number: past + usize::from(pause),
            start: i64::from(start),
        });
    };
    let release = stops.iter().map(|&node| {
        let job = model.nodes[node as usize].job;
        model.items[job as usize].release
    });
    let release = release.max().unwrap_or(0);
    let pauses = model.pauses(car);
    let mut clock = Clock::begin(car.ready);
    if release > car.ready {
        let waited = clock.serve(|time| time.max(release), 0, pauses, &mut tell);
        clock = waited.expect("a tour fits").0;
    }
    let departure = i64::from(clock.time);
    let mut place = car.start_place;
    for &node in stops {
        let node = &model.nodes[node as usize];
        let arc = model.out(car.matrix, place)[node.place as usize];
        place = node.place;
        cost.distance += i64::from(arc.distance);
        let clock_there = clock.drive(arc.duration, pauses, &mut tell);
        let served = clock_there.expect("a tour fits").serve(
            |time| model.fit(node, time),
            node.service,
            pauses,
            &mut tell,
        );
        let (behind, start) = served.expect("a tour fits");
        clock = behind;
        cost.lateness += lateness(model, node.due, start);
        visits.push(Visit {
            job: node.job as usize,
            part: node.part,
            start: Some(i64::from(start)),
        });
    }
    let arc = model.out(car.matrix, place)[car.end_place as usize];
    cost.distance += i64::from(arc.distance);
    cost.fixed += car.fixed;
    // A vehicle underway that is overdue comes home when it can, whatever becomes of its breaks.
    let home = clock.drive(arc.duration, pauses, &mut tell);
    let arrival = home.map_or(clock.time + arc.duration, |clock| clock.time);
    Route {
        vehicle: number,
        departure,
        visits,
        breaks,
        arrival: i64::from(arrival),
    }
}
