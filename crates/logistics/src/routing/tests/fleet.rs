//! Vehicles that cost something: as few are used as can be.

use super::solved;
use crate::random::Random;
use crate::routing::{Depot, Job, Matrix, Problem, Stop, Task, VehicleType, Window};
use alloc::vec;
use alloc::vec::Vec;

/// How many vehicles are needed, and enough.
const VEHICLES: usize = 10;
const CAPACITY: i64 = 1_050;

// Parcels that almost fill the vehicles: each vehicle's are cut from 1,000.
fn parcels(random: &mut Random) -> Vec<i64> {
    let mut parcels = Vec::new();
    for _ in 0..VEHICLES {
        let mut cuts: Vec<i64> = (0..3).map(|_| 1 + random.below(999) as i64).collect();
        cuts.extend([0, 1_000]);
        cuts.sort_unstable();
        cuts.dedup();
        parcels.extend(cuts.windows(2).map(|ends| ends[1] - ends[0]));
    }
    parcels
}

fn tight(seed: u64) -> Problem {
    let mut random = Random::of(seed, 1);
    let parcels = parcels(&mut random);
    let places = parcels.len() + 1;
    let points: Vec<(i64, i64)> = (0..places)
        .map(|_| (random.below(100) as i64, random.below(100) as i64))
        .collect();
    let distance = |(a, b): (&(i64, i64), &(i64, i64))| (a.0 - b.0).abs() + (a.1 - b.1).abs();
    let pairs = points
        .iter()
        .flat_map(|a| points.iter().map(move |b| (a, b)));
    let distances: Vec<i64> = pairs.map(distance).collect();
    let job = |(at, &amount): (usize, &i64)| Job {
        task: Task::Delivery(Stop {
            place: at + 1,
            service: 0,
            windows: Vec::new(),
            due: None,
        }),
        demand: vec![amount],
        skills: 0,
        release: 0,
        penalty: 1_000_000,
        vehicle: None,
    };
    Problem {
        matrices: vec![Matrix::new(places, &distances, &distances).expect("a square")],
        depots: vec![Depot {
            place: 0,
            window: Window::ALWAYS,
        }],
        vehicles: vec![VehicleType {
            count: parcels.len(),
            start: 0,
            end: 0,
            capacity: vec![CAPACITY],
            shift: Window::ALWAYS,
            fixed_cost: 10_000,
            skills: 0,
            breaks: Vec::new(),
            matrix: 0,
        }],
        jobs: parcels.iter().enumerate().map(job).collect(),
        underway: Vec::new(),
        lateness_divisor: 1,
    }
}

#[test]
fn no_more_vehicles_are_used_than_are_needed() {
    for seed in 1..=5 {
        let plan = solved(&tight(seed), seed, 20_000);
        assert!(plan.unserved.is_empty(), "seed {seed}");
        assert_eq!(plan.routes.len(), VEHICLES, "seed {seed}");
    }
}
