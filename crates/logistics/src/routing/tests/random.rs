//! Random problems, a little of everything that is asked for.

use super::{solved, solved_from};
use crate::random::Random;
use crate::routing::{Break, Depot, Job, Matrix, Problem, Stop, Task, VehicleType, Window};
use alloc::vec;
use alloc::vec::Vec;

/// What a random problem has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Traits {
    pub(super) pairs: bool,
    pub(super) depots: bool,
    pub(super) skills: bool,
    pub(super) breaks: bool,
    pub(super) releases: bool,
    pub(super) due: bool,
    pub(super) many_windows: bool,
    pub(super) two_dimensions: bool,
    pub(super) bound: bool,
    pub(super) fixed: bool,
    /// Distances and times that have nothing to do with each other, nor with a plane.
    pub(super) wild: bool,
}

impl Traits {
    fn dimensions(self) -> usize {
        if self.two_dimensions { 2 } else { 1 }
    }

    /// By the bits of a number.
    pub(super) fn of(bits: u64) -> Self {
        let bit = |at: u32| bits >> at & 1 == 1;
        Self {
            pairs: bit(0),
            depots: bit(1),
            skills: bit(2),
            breaks: bit(3),
            releases: bit(4),
            due: bit(5),
            many_windows: bit(6),
            two_dimensions: bit(7),
            bound: bit(8),
            fixed: bit(9),
            wild: bit(10),
        }
    }
}

const DAY: i64 = 1_000;

struct Draw {
    random: Random,
}

impl Draw {
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.random.below((high - low + 1) as usize) as i64
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.random.below(one_in) == 0
    }

    fn stop(&mut self, place: usize, traits: Traits) -> Stop {
        let mut windows = Vec::new();
        if !self.chance(4) {
            let open = self.between(0, DAY / 2);
            let close = open + self.between(50, DAY / 2);
            windows.push(Window { open, close });
            if traits.many_windows && self.chance(2) {
                let open = close + self.between(1, 100);
                let close = open + self.between(0, 200);
                windows.push(Window { open, close });
            }
        }
        let is_due = traits.due && self.chance(2);
        Stop {
            place,
            service: self.between(0, 20),
            windows,
            due: is_due.then(|| self.between(50, DAY / 2)),
        }
    }
}

impl Draw {
    fn matrix(&mut self, places: usize, traits: Traits) -> Matrix {
        let points: Vec<(i64, i64)> = (0..places)
            .map(|_| (self.between(0, 100), self.between(0, 100)))
            .collect();
        let mut distances = Vec::new();
        let mut durations = Vec::new();
        for a in &points {
            for b in &points {
                let (x, y) = (a.0 - b.0, a.1 - b.1);
                let mut distance = (x * x + y * y).isqrt();
                let mut duration = distance;
                if traits.wild && a != b {
                    distance = self.between(0, 100);
                    duration = self.between(0, 100);
                }
                distances.push(distance);
                durations.push(duration);
            }
        }
        Matrix::new(places, &distances, &durations).expect("a square")
    }

    fn vehicles(&mut self, kind: usize, depots: usize, traits: Traits) -> VehicleType {
        let mut breaks = Vec::new();
        if traits.breaks {
            let open = self.between(50, 300);
            let close = open + self.between(20, 200);
            breaks.push(Break {
                begins: Window { open, close },
                duration: self.between(10, 60),
            });
        }
        VehicleType {
            count: self.between(1, 2) as usize,
            start: kind % depots,
            end: self.random.below(depots),
            capacity: (0..traits.dimensions())
                .map(|_| self.between(10, 30))
                .collect(),
            shift: Window {
                open: self.between(0, 50),
                close: self.between(DAY / 2, DAY),
            },
            fixed_cost: if traits.fixed {
                self.between(0, 100)
            } else {
                0
            },
            skills: if kind == 0 { 0b11 } else { 0b01 },
            breaks,
            matrix: 0,
        }
    }

    fn job(&mut self, task: Task, vehicles: usize, traits: Traits) -> Job {
        let is_bound = traits.bound && self.chance(4);
        Job {
            task,
            demand: (0..traits.dimensions())
                .map(|_| self.between(1, 10))
                .collect(),
            skills: if traits.skills {
                self.between(0, 3) as u64
            } else {
                0
            },
            release: if traits.releases {
                self.between(0, 200)
            } else {
                0
            },
            penalty: 100_000 + self.between(0, 1_000),
            vehicle: is_bound.then(|| self.random.below(vehicles)),
        }
    }
}

/// A problem with so many stops.
pub(super) fn problem(seed: u64, stops: usize, traits: Traits) -> Problem {
    let mut draw = Draw {
        random: Random::of(seed, 99),
    };
    let depots = if traits.depots { 2 } else { 1 };
    let places = stops + depots;
    let matrix = draw.matrix(places, traits);
    let kinds = depots.max(1 + usize::from(traits.skills));
    let vehicles: Vec<VehicleType> = (0..kinds)
        .map(|kind| draw.vehicles(kind, depots, traits))
        .collect();
    let count: usize = vehicles.iter().map(|kind| kind.count).sum();
    let mut jobs = Vec::new();
    let mut place = depots;
    while place < places {
        let is_pair = traits.pairs && place + 1 < places && draw.chance(2);
        let task = if is_pair {
            Task::Pair {
                pickup: draw.stop(place, traits),
                delivery: draw.stop(place + 1, traits),
            }
        } else {
            Task::Delivery(draw.stop(place, traits))
        };
        place += if is_pair { 2 } else { 1 };
        jobs.push(draw.job(task, count, traits));
    }
    let window = Window {
        open: 0,
        close: DAY,
    };
    let problem = Problem {
        matrices: vec![matrix],
        depots: (0..depots).map(|place| Depot { place, window }).collect(),
        vehicles,
        jobs,
        underway: Vec::new(),
        lateness_divisor: 10,
    };
    problem.validate().expect("a valid problem");
    problem
}

#[test]
fn whatever_is_asked_for_the_checker_agrees() {
    for seed in 0..300 {
        let traits = Traits::of(seed * 7 + seed / 3);
        let problem = problem(seed, 4 + seed as usize % 30, traits);
        solved(&problem, seed, 200);
    }
}

#[test]
fn the_same_seed_finds_the_same_plan() {
    let traits = Traits {
        pairs: true,
        skills: true,
        ..Traits::default()
    };
    let problem = problem(5, 30, traits);
    let plan = solved(&problem, 9, 500);
    assert_eq!(plan, solved(&problem, 9, 500));
    assert_ne!(
        plan.routes,
        solved(&problem, 10, 1).routes,
        "500 iterations change something"
    );
}

#[test]
fn a_plan_to_begin_with_does_not_become_worse() {
    for seed in 0..40 {
        let problem = problem(seed, 25, Traits::of(seed * 5));
        let first = solved(&problem, seed, 1_000);
        let again = solved_from(&first, &problem, seed + 1, 1);
        assert!(again.cost.total() <= first.cost.total(), "seed {seed}");
    }
}
