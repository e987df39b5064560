//! Holds a plan against its problem. Knows nothing of how plans are found: it reads the problem and the plan, and adds
//! everything up by itself.

use super::plan::{Cost, Plan, Route};
use super::problem::{Depot, Part, Problem, Stop, Task, Underway, VehicleType};
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// What is wrong with a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Violation {
    /// The vehicle, where it is about one.
    pub vehicle: Option<usize>,
    /// The job, where it is about one.
    pub job: Option<usize>,
    /// What.
    pub breach: Breach,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// The plan names what does not exist.
    Unknown,
    /// A vehicle has two routes.
    VehicleTwice,
    /// A vehicle underway has no route.
    VehicleMissing,
    /// A job is neither served whole nor listed as unserved, or both, or has a stop twice.
    Coverage,
    /// A job's stops are on different vehicles, or goods are handed over before they are taken up.
    Pairing,
    /// The vehicle lacks a skill.
    Skills,
    /// The job is bound to another vehicle.
    Bound,
    /// What was driven already is not what the route begins with.
    Driven,
    /// A vehicle that has left takes what it would have had to load at its start.
    Left,
    /// More on board than the vehicle can carry, in this dimension.
    Capacity(usize),
    /// The start is left outside of its times, before goods are ready, or before the vehicle is free.
    Departure,
    /// A service begins outside of all its windows.
    Window,
    /// A service begins before one can be there.
    TooEarly,
    /// The route ends before one can be there, or too late.
    Arrival,
    /// A break is missing, there without being due, outside of its times, or during a service.
    Break(usize),
    /// The plan's cost is not what it comes to.
    Cost {
        /// What the plan says.
        said: Cost,
        /// What it is.
        is: Cost,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(vehicle) = self.vehicle {
            write!(f, "vehicle {vehicle}: ")?;
        }
        if let Some(job) = self.job {
            write!(f, "job {job}: ")?;
        }
        let text = match self.breach {
            Breach::Unknown => "does not exist",
            Breach::VehicleTwice => "has two routes",
            Breach::VehicleMissing => "is underway and has no route",
            Breach::Coverage => "is not served exactly once or listed as unserved",
            Breach::Pairing => "its stops are apart or out of order",
            Breach::Skills => "the vehicle lacks a skill",
            Breach::Bound => "is bound to another vehicle",
            Breach::Driven => "what was driven already was changed",
            Breach::Left => "the vehicle has left its start already",
            Breach::Departure => "leaves outside of its times or before goods are ready",
            Breach::Window => "begins outside of its windows",
            Breach::TooEarly => "begins before one can be there",
            Breach::Arrival => "comes home before it can or too late",
            Breach::Capacity(dimension) => {
                return write!(f, "carries too much in dimension {dimension}");
            }
            Breach::Break(number) => return write!(f, "break {number} is not as it must be"),
            Breach::Cost { said, is } => return write!(f, "it costs {is:?}, not {said:?}"),
        };
        f.write_str(text)
    }
}

/// Every violation of a plan, in the order of its routes; none for a plan that can be driven as it says. The problem has
/// been [validated](Problem::validate).
pub fn check(problem: &Problem, plan: &Plan) -> Vec<Violation> {
    let mut check = Check {
        problem,
        found: Vec::new(),
    };
    if let Some(is) = check.plan(plan) {
        let said = plan.cost;
        if said != is {
            check.find(None, None, Breach::Cost { said, is });
        }
    }
    check.found
}

/// What a plan costs, whatever it says of it and whether it can be driven or not; `None` if its stops are not those of
/// the problem.
pub fn cost(problem: &Problem, plan: &Plan) -> Option<Cost> {
    let mut check = Check {
        problem,
        found: Vec::new(),
    };
    check.plan(plan)
}

struct Check<'a> {
    problem: &'a Problem,
    found: Vec<Violation>,
}

// A route's surroundings.
struct Way<'a> {
    kind: &'a VehicleType,
    start: &'a Depot,
    end: &'a Depot,
    underway: Option<&'a Underway>,
    /// How many of the visits were driven already.
    driven: usize,
}

impl Check<'_> {
    fn find(&mut self, vehicle: Option<usize>, job: Option<usize>, breach: Breach) {
        self.found.push(Violation {
            vehicle,
            job,
            breach,
        });
    }

    // All of it, and what it costs.
    fn plan(&mut self, plan: &Plan) -> Option<Cost> {
        self.coverage(plan);
        if !self.found.is_empty() {
            return None;
        }
        let mut cost = Cost::default();
        for route in &plan.routes {
            self.route(route, &mut cost);
        }
        for unserved in &plan.unserved {
            cost.penalty += self.problem.jobs[unserved.job].penalty;
        }
        Some(cost)
    }

    // Who serves what, whatever the times.
    fn coverage(&mut self, plan: &Plan) {
        let problem = self.problem;
        let mut routes = vec![false; problem.vehicle_count()];
        let mut seen: BTreeMap<(usize, Part), usize> = BTreeMap::new();
        for route in &plan.routes {
            match routes.get_mut(route.vehicle) {
                None => self.find(Some(route.vehicle), None, Breach::Unknown),
                Some(true) => self.find(Some(route.vehicle), None, Breach::VehicleTwice),
                Some(named) => *named = true,
            }
            for visit in &route.visits {
                let job = problem.jobs.get(visit.job);
                if job.and_then(|job| job.stop(visit.part)).is_none() {
                    self.find(Some(route.vehicle), Some(visit.job), Breach::Unknown);
                } else if seen
                    .insert((visit.job, visit.part), route.vehicle)
                    .is_some()
                {
                    self.find(Some(route.vehicle), Some(visit.job), Breach::Coverage);
                }
            }
        }
        for underway in &problem.underway {
            if !routes[underway.vehicle] {
                self.find(Some(underway.vehicle), None, Breach::VehicleMissing);
            }
        }
        let mut unserved = vec![0; problem.jobs.len()];
        for one in &plan.unserved {
            match unserved.get_mut(one.job) {
                None => self.find(None, Some(one.job), Breach::Unknown),
                Some(count) => *count += 1,
            }
        }
        for (number, job) in problem.jobs.iter().enumerate() {
            let wanted = job.parts().count();
            let by: Vec<usize> = job
                .parts()
                .filter_map(|(part, _)| seen.get(&(number, part)).copied())
                .collect();
            // Goods that are on board already may fail to reach their place.
            let on_board = problem.underway.iter().any(|underway| {
                underway.driven.contains(&(number, Part::Pickup))
                    && !underway.driven.contains(&(number, Part::Delivery))
            });
            let is_left_out = by.is_empty() || (on_board && by.len() == 1 && wanted == 2);
            let is_fine = match unserved[number] {
                0 => by.len() == wanted,
                1 => is_left_out,
                _ => false,
            };
            if !is_fine {
                self.find(None, Some(number), Breach::Coverage);
            } else if by.windows(2).any(|pair| pair[0] != pair[1]) {
                self.find(None, Some(number), Breach::Pairing);
            }
        }
    }

    // One route; what it costs is added.
    fn route(&mut self, route: &Route, cost: &mut Cost) {
        let problem = self.problem;
        let kind = problem
            .type_of(route.vehicle)
            .expect("coverage was checked");
        let mut underway = problem.underway.iter();
        let underway = underway.find(|underway| underway.vehicle == route.vehicle);
        let way = Way {
            kind,
            start: &problem.depots[kind.start],
            end: &problem.depots[kind.end],
            underway,
            driven: underway.map_or(0, |underway| underway.driven.len()),
        };
        let vehicle = Some(route.vehicle);
        let begins_as_driven = underway.is_none_or(|underway| {
            let visits = route.visits.iter().map(|visit| (visit.job, visit.part));
            visits.take(way.driven).eq(underway.driven.iter().copied())
        });
        if !begins_as_driven {
            self.find(vehicle, None, Breach::Driven);
            return;
        }
        self.who(route, &way);
        self.loads(route, &way);
        self.departure(route, &way);
        cost.lateness += self.times(route, &way);
        cost.distance += self.distance(route, &way);
        cost.fixed += kind.fixed_cost;
    }

    fn who(&mut self, route: &Route, way: &Way<'_>) {
        let vehicle = Some(route.vehicle);
        for (at, visit) in route.visits.iter().enumerate() {
            let job = &self.problem.jobs[visit.job];
            if job.skills & !way.kind.skills != 0 && at >= way.driven {
                self.find(vehicle, Some(visit.job), Breach::Skills);
            }
            if job.vehicle.is_some_and(|bound| bound != route.vehicle) {
                self.find(vehicle, Some(visit.job), Breach::Bound);
            }
            let is_pair = matches!(job.task, Task::Pair { .. });
            if is_pair && visit.part == Part::Delivery {
                let before = &route.visits[..at];
                if !before.iter().any(|other| other.job == visit.job) {
                    self.find(vehicle, Some(visit.job), Breach::Pairing);
                }
            }
            let loaded_here = way
                .underway
                .is_some_and(|one| one.loaded.contains(&visit.job));
            let elsewhere = self.problem.underway.iter().any(|other| {
                other.vehicle != route.vehicle
                    && (other.loaded.contains(&visit.job)
                        || other.driven.iter().any(|&(job, _)| job == visit.job))
            });
            let is_too_late = way.underway.is_some() && at >= way.driven && !is_pair;
            if elsewhere || (is_too_late && !loaded_here) {
                self.find(vehicle, Some(visit.job), Breach::Left);
            }
        }
    }

    fn loads(&mut self, route: &Route, way: &Way<'_>) {
        let jobs = &self.problem.jobs;
        for dimension in 0..way.kind.capacity.len() {
            let mut on_board = 0;
            for (at, visit) in route.visits.iter().enumerate() {
                if matches!(jobs[visit.job].task, Task::Delivery(_)) && at >= way.driven {
                    on_board += jobs[visit.job].demand[dimension];
                }
            }
            // What was taken up on the way so far and is handed over later; what is never handed over is given up.
            for visit in &route.visits[..way.driven] {
                let later = &route.visits[way.driven..];
                if later.iter().any(|other| other.job == visit.job) {
                    on_board += jobs[visit.job].demand[dimension];
                }
            }
            let mut most = on_board;
            for visit in &route.visits[way.driven..] {
                match visit.part {
                    Part::Pickup => on_board += jobs[visit.job].demand[dimension],
                    Part::Delivery => on_board -= jobs[visit.job].demand[dimension],
                }
                most = most.max(on_board);
            }
            if most > way.kind.capacity[dimension] {
                self.find(Some(route.vehicle), None, Breach::Capacity(dimension));
            }
        }
    }

    fn departure(&mut self, route: &Route, way: &Way<'_>) {
        let is_fine = match way.underway {
            Some(underway) => route.departure >= underway.free_at,
            None => {
                let released = route.visits.iter().all(|visit| {
                    let job = &self.problem.jobs[visit.job];
                    matches!(job.task, Task::Pair { .. }) || job.release <= route.departure
                });
                let windows = [way.start.window, way.kind.shift];
                let is_open = windows
                    .iter()
                    .all(|window| (window.open..=window.close).contains(&route.departure));
                released && is_open
            }
        };
        if !is_fine {
            self.find(Some(route.vehicle), None, Breach::Departure);
        }
    }

    // Windows, driving times, breaks; what lateness costs.
    fn times(&mut self, route: &Route, way: &Way<'_>) -> i64 {
        let problem = self.problem;
        let vehicle = Some(route.vehicle);
        let matrix = &problem.matrices[way.kind.matrix];
        let mut lateness = 0;
        let mut place = way.start.place;
        for visit in &route.visits[..way.driven] {
            place = stop(problem, visit.job, visit.part).place;
        }
        // Stretches in which nobody is served, each with the time that must be driven in it.
        let mut gaps: Vec<(i64, i64, i64)> = Vec::new();
        let earliest = way
            .underway
            .map_or(way.start.window.open.max(way.kind.shift.open), |underway| {
                underway.free_at
            });
        gaps.push((earliest, route.departure, 0));
        let mut free = route.departure;
        let mut gap_job = Vec::from([None]);
        for visit in &route.visits[way.driven..] {
            let job = &problem.jobs[visit.job];
            let stop = stop(problem, visit.job, visit.part);
            let Some(start) = visit.start else {
                self.find(vehicle, Some(visit.job), Breach::Driven);
                return 0;
            };
            gaps.push((free, start, matrix.duration(place, stop.place)));
            gap_job.push(Some(visit.job));
            let is_open = |open: i64, close: i64| (open..=close).contains(&start);
            let mut windows = stop.windows.iter();
            if !(stop.windows.is_empty() || windows.any(|one| is_open(one.open, one.close)))
                || (visit.part == Part::Pickup && start < job.release)
            {
                self.find(vehicle, Some(visit.job), Breach::Window);
            }
            let late = stop.due.map_or(0, |due| (start - due).max(0));
            lateness += late * late / problem.lateness_divisor;
            (free, place) = (start + stop.service, stop.place);
        }
        gaps.push((free, route.arrival, matrix.duration(place, way.end.place)));
        gap_job.push(None);
        self.breaks(route, way, &mut gaps);
        let last = gaps.len() - 1;
        for (at, &(from, to, needed)) in gaps.iter().enumerate() {
            if to - from < needed {
                let breach = match at {
                    0 => Breach::Departure,
                    _ if at == last => Breach::Arrival,
                    _ => Breach::TooEarly,
                };
                self.find(vehicle, gap_job[at], breach);
            }
        }
        // Who is underway comes home when it can if nothing is left to do.
        let may_be_late = way.underway.is_some() && route.visits.len() == way.driven;
        let latest = way.end.window.close.min(way.kind.shift.close);
        if route.arrival > latest && !may_be_late {
            self.find(vehicle, None, Breach::Arrival);
        }
        lateness
    }

    // Each break that is due lies within one gap, in order, and takes its time from it.
    fn breaks(&mut self, route: &Route, way: &Way<'_>, gaps: &mut [(i64, i64, i64)]) {
        let vehicle = Some(route.vehicle);
        let may_be_late = way.underway.is_some() && route.visits.len() == way.driven;
        let mut free = 0;
        for (number, pause) in way.kind.breaks.iter().enumerate() {
            let is_past = way
                .underway
                .is_some_and(|underway| pause.begins.close < underway.free_at);
            let is_due = !is_past && pause.begins.open <= route.arrival;
            let mut taken = route.breaks.iter().filter(|taken| taken.number == number);
            let first = taken.next();
            let is_fine = match first {
                None => !is_due || may_be_late,
                Some(taken) => {
                    let end = taken.start + pause.duration;
                    let mut holding = gaps
                        .iter_mut()
                        .filter(|gap| gap.0 <= taken.start && end <= gap.1);
                    let gap = holding.next();
                    let is_held = gap.is_some();
                    if let Some(gap) = gap {
                        gap.2 += pause.duration;
                    }
                    let begins = pause.begins.open..=pause.begins.close;
                    let is_in_order = taken.start >= free;
                    free = end;
                    is_due && is_held && is_in_order && begins.contains(&taken.start)
                }
            };
            if !is_fine || taken.next().is_some() {
                self.find(vehicle, None, Breach::Break(number));
            }
        }
        if let Some(unknown) = route
            .breaks
            .iter()
            .find(|taken| taken.number >= way.kind.breaks.len())
        {
            self.find(vehicle, None, Breach::Break(unknown.number));
        }
    }

    fn distance(&self, route: &Route, way: &Way<'_>) -> i64 {
        let matrix = &self.problem.matrices[way.kind.matrix];
        let mut place = way.start.place;
        let mut sum = 0;
        for visit in &route.visits {
            let next = stop(self.problem, visit.job, visit.part).place;
            sum += matrix.distance(place, next);
            place = next;
        }
        sum + matrix.distance(place, way.end.place)
    }
}

fn stop(problem: &Problem, job: usize, part: Part) -> &Stop {
    problem.jobs[job].stop(part).expect("coverage was checked")
}
