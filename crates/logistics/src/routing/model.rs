//! A problem as the solver sees it: stops as numbered nodes in flat lists, what has happened already taken out.
//!
//! A vehicle underway starts where it is. A pair whose goods are on board is a delivery that is bound to its vehicle, as
//! is a delivery that was loaded.

use super::clock::{Clock, quiet};
use super::matrix::{Arc, Matrix};
use super::problem::{DIMENSIONS_MAX, Job, Part, Problem, Stop, VALUE_MAX, Window};
use alloc::vec;
use alloc::vec::Vec;

/// No such node, job or tour.
pub(super) const NONE: u32 = u32::MAX;
/// A time that never comes.
pub(super) const NEVER: i32 = i32::MAX;

/// An amount by dimension; unused dimensions are zero.
pub(super) type Load = [i32; DIMENSIONS_MAX];

/// One stop.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: u32,
    pub(super) job: u32,
    pub(super) part: Part,
    pub(super) service: i32,
    /// When the first window opens, and the last one closes.
    pub(super) early: i32,
    pub(super) late: i32,
    pub(super) due: i32,
    /// Where there are several windows, they lie here in [`Model::windows`].
    windows: Option<(u32, u32)>,
}

/// What of a job is to be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plot {
    /// Nothing: it has been driven.
    Driven,
    /// One node, loaded at the start.
    Single(u32),
    /// Two nodes.
    Pair(u32, u32),
}

/// What of a job decides who may serve it.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) plot: Plot,
    pub(super) demand: Load,
    pub(super) skills: u64,
    pub(super) penalty: i64,
    /// The start is not left before.
    pub(super) release: i32,
    pub(super) bound: u32,
    /// A vehicle that has left cannot take it, unless it is bound to it.
    pub(super) from_start: bool,
}

/// A break.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pausing {
    pub(super) earliest: i32,
    pub(super) latest: i32,
    pub(super) duration: i32,
}

/// One vehicle.
#[derive(Debug, Clone)]
pub(super) struct Car {
    pub(super) start_place: u32,
    pub(super) end_place: u32,
    /// The start can be left from then on.
    pub(super) ready: i32,
    /// The start can be left until then.
    pub(super) leave_late: i32,
    /// The end must be reached until then.
    pub(super) end_late: i32,
    pub(super) capacity: Load,
    pub(super) skills: u64,
    pub(super) fixed: i64,
    pub(super) matrix: usize,
    /// Which breaks, within [`Model::pauses`].
    pauses: (usize, usize),
    pub(super) underway: bool,
    /// It has no time for anything.
    pub(super) closed: bool,
    /// Vehicles of one class are alike as long as they serve nothing.
    pub(super) class: usize,
}

/// A problem in flat lists.
#[derive(Debug)]
pub(super) struct Model<'a> {
    pub(super) problem: &'a Problem,
    pub(super) nodes: Vec<Node>,
    pub(super) items: Vec<Item>,
    pub(super) cars: Vec<Car>,
    pub(super) classes: usize,
    pub(super) lateness_divisor: i64,
    /// Some stop has a due time.
    pub(super) is_soft: bool,
    pub(super) has_pairs: bool,
    /// Some job cannot be served by some vehicle, whatever its load and time.
    pub(super) is_restricted: bool,
    /// What has been driven already, and the fixed costs of those who drove it.
    pub(super) driven_distance: i64,
    pub(super) driven_fixed: i64,
    windows: Vec<(i32, i32)>,
    pauses: Vec<Pausing>,
    // By matrix, with rows and columns exchanged where that makes a difference.
    turned: Vec<Option<Matrix>>,
}

fn narrow(value: i64) -> i32 {
    i32::try_from(value).expect("a validated value")
}

fn load(list: &[i64]) -> Load {
    let mut load = [0; DIMENSIONS_MAX];
    for (to, &from) in load.iter_mut().zip(list) {
        *to = narrow(from);
    }
    load
}

impl<'a> Model<'a> {
    /// The problem has been validated.
    pub(super) fn of(problem: &'a Problem) -> Self {
        let mut model = Self {
            problem,
            nodes: Vec::with_capacity(problem.jobs.len()),
            items: Vec::with_capacity(problem.jobs.len()),
            cars: Vec::new(),
            classes: 0,
            lateness_divisor: problem.lateness_divisor,
            is_soft: false,
            has_pairs: false,
            is_restricted: true,
            driven_distance: 0,
            driven_fixed: 0,
            windows: Vec::new(),
            pauses: Vec::new(),
            turned: problem.matrices.iter().map(Matrix::turned).collect(),
        };
        let whole = problem.jobs.iter().map(|job| (job, None, None));
        let mut known: Vec<(&Job, Option<usize>, Option<Part>)> = whole.collect();
        for underway in &problem.underway {
            for &(job, part) in &underway.driven {
                (known[job].1, known[job].2) = (Some(underway.vehicle), Some(part));
            }
            for &job in &underway.loaded {
                known[job].1 = Some(underway.vehicle);
            }
        }
        for (job, carrier, driven) in known {
            model.add_job(job, carrier, driven);
        }
        model.add_cars();
        let is_free = |item: &Item| item.skills == 0 && item.bound == NONE;
        let is_still = |car: &Car| !car.underway && !car.closed;
        model.is_restricted = !(model.items.iter().all(is_free) && model.cars.iter().all(is_still));
        model
    }

    fn add_job(&mut self, job: &Job, carrier: Option<usize>, driven: Option<Part>) {
        let mut item = Item {
            plot: Plot::Driven,
            demand: load(&job.demand),
            skills: job.skills,
            penalty: job.penalty,
            release: 0,
            bound: carrier
                .or(job.vehicle)
                .map_or(NONE, |vehicle| vehicle as u32),
            from_start: false,
        };
        let delivery = job.stop(Part::Delivery).expect("every job delivers");
        match (job.stop(Part::Pickup), driven) {
            (_, Some(Part::Delivery)) => {}
            (Some(_), Some(Part::Pickup)) => {
                item.plot = Plot::Single(self.add_node(delivery, Part::Delivery, 0));
            }
            (Some(pickup), None) => {
                let first = self.add_node(pickup, Part::Pickup, narrow(job.release));
                item.plot = Plot::Pair(first, self.add_node(delivery, Part::Delivery, 0));
                self.has_pairs = true;
            }
            (None, _) => {
                item.plot = Plot::Single(self.add_node(delivery, Part::Delivery, 0));
                if carrier.is_none() {
                    item.from_start = true;
                    item.release = narrow(job.release);
                }
            }
        }
        self.items.push(item);
    }

    fn add_node(&mut self, stop: &Stop, part: Part, release: i32) -> u32 {
        let clip = |window: &Window| (narrow(window.open).max(release), narrow(window.close));
        let mut windows: Vec<(i32, i32)> = stop.windows.iter().map(clip).collect();
        if windows.is_empty() {
            windows.push((release, narrow(VALUE_MAX)));
        }
        windows.retain(|(open, close)| open <= close);
        // Released after its last window: nobody can come in time.
        let (early, late) = match (windows.first(), windows.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            _ => (0, -1),
        };
        let several = (windows.len() > 1).then(|| {
            let first = self.windows.len() as u32;
            self.windows.extend(&windows);
            (first, self.windows.len() as u32)
        });
        self.is_soft |= stop.due.is_some();
        self.nodes.push(Node {
            place: stop.place as u32,
            job: self.items.len() as u32,
            part,
            service: narrow(stop.service),
            early,
            late,
            due: stop.due.map_or(NEVER, narrow),
            windows: several,
        });
        self.nodes.len() as u32 - 1
    }

    fn add_cars(&mut self) {
        let problem = self.problem;
        let mut bound = vec![false; problem.vehicle_count()];
        for item in self.items.iter().filter(|item| item.bound != NONE) {
            bound[item.bound as usize] = true;
        }
        for kind in &problem.vehicles {
            let first_pause = self.pauses.len();
            self.pauses.extend(kind.breaks.iter().map(|pause| Pausing {
                earliest: narrow(pause.begins.open),
                latest: narrow(pause.begins.close),
                duration: narrow(pause.duration),
            }));
            let (start, end) = (&problem.depots[kind.start], &problem.depots[kind.end]);
            let shared = self.classes;
            self.classes += 1;
            for _ in 0..kind.count {
                let mut car = Car {
                    start_place: start.place as u32,
                    end_place: end.place as u32,
                    ready: narrow(start.window.open.max(kind.shift.open)),
                    leave_late: narrow(start.window.close.min(kind.shift.close)),
                    end_late: narrow(end.window.close.min(kind.shift.close)),
                    capacity: load(&kind.capacity),
                    skills: kind.skills,
                    fixed: kind.fixed_cost,
                    matrix: kind.matrix,
                    pauses: (first_pause, self.pauses.len()),
                    underway: false,
                    closed: false,
                    class: shared,
                };
                self.set_out(&mut car);
                if car.underway || bound[self.cars.len()] {
                    car.class = self.classes;
                    self.classes += 1;
                }
                car.closed = !self.has_time(&car);
                self.cars.push(car);
            }
        }
    }

    // Where the vehicle is by now, if it is underway.
    fn set_out(&mut self, car: &mut Car) {
        let number = self.cars.len();
        let mut underway = self.problem.underway.iter();
        let Some(underway) = underway.find(|underway| underway.vehicle == number) else {
            return;
        };
        let matrix = &self.problem.matrices[car.matrix];
        for &(job, part) in &underway.driven {
            let stop = self.problem.jobs[job].stop(part).expect("validated");
            let leg = matrix.distance(car.start_place as usize, stop.place);
            self.driven_distance += leg;
            car.start_place = stop.place as u32;
        }
        car.underway = true;
        car.ready = narrow(underway.free_at);
        car.leave_late = NEVER;
        self.driven_fixed += car.fixed;
        car.fixed = 0;
        let pauses = &self.pauses[car.pauses.0..car.pauses.1];
        let past = pauses.iter().filter(|pause| pause.latest < car.ready);
        car.pauses.0 += past.count();
    }

    // Whether it can leave and come home at all.
    fn has_time(&self, car: &Car) -> bool {
        let leg = self.out(car.matrix, car.start_place)[car.end_place as usize];
        car.ready <= car.leave_late
            && Clock::begin(car.ready)
                .drive(leg.duration, self.pauses(car), &mut quiet)
                .is_some_and(|clock| clock.time <= car.end_late)
    }

    /// From a place to each.
    #[inline]
    pub(super) fn out(&self, matrix: usize, place: u32) -> &[Arc] {
        self.problem.matrices[matrix].row(place as usize)
    }

    /// To a place from each.
    #[inline]
    pub(super) fn into(&self, matrix: usize, place: u32) -> &[Arc] {
        match &self.turned[matrix] {
            Some(turned) => turned.row(place as usize),
            None => self.problem.matrices[matrix].row(place as usize),
        }
    }

    /// The vehicle's breaks that are still to come.
    pub(super) fn pauses(&self, car: &Car) -> &[Pausing] {
        &self.pauses[car.pauses.0..car.pauses.1]
    }

    /// How many of the type's breaks lie before those of [`Model::pauses`].
    pub(super) fn pauses_past(&self, car: &Car, number: usize) -> usize {
        let kind = self.problem.type_of(number).expect("a vehicle");
        kind.breaks.len() - (car.pauses.1 - car.pauses.0)
    }

    /// When service can begin at the earliest for who comes at `time`; [`NEVER`] if it cannot any more.
    #[inline]
    pub(super) fn fit(&self, node: &Node, time: i32) -> i32 {
        if time > node.late {
            return NEVER;
        }
        match node.windows {
            None => time.max(node.early),
            Some((first, end)) => self.windows[first as usize..end as usize]
                .iter()
                .find(|window| time <= window.1)
                .map_or(NEVER, |window| time.max(window.0)),
        }
    }

    /// When service can begin at the latest, not after `time`; -1 if it cannot.
    #[inline]
    pub(super) fn fit_back(&self, node: &Node, time: i32) -> i32 {
        if time < node.early {
            return -1;
        }
        match node.windows {
            None => time.min(node.late),
            Some((first, end)) => self.windows[first as usize..end as usize]
                .iter()
                .rfind(|window| window.0 <= time)
                .map_or(-1, |window| time.min(window.1)),
        }
    }

    /// Whether the vehicle may serve the job at all, capacity and time aside.
    pub(super) fn may(&self, item: &Item, number: usize) -> bool {
        let car = &self.cars[number];
        !car.closed
            && item.skills & !car.skills == 0
            && (item.bound == NONE || item.bound as usize == number)
            && !(item.from_start && car.underway)
    }

    /// The nodes of a job that are to be planned, in their order.
    pub(super) fn nodes_of(&self, job: u32) -> impl Iterator<Item = u32> + use<> {
        let (first, second) = match self.items[job as usize].plot {
            Plot::Driven => (None, None),
            Plot::Single(node) => (Some(node), None),
            Plot::Pair(first, second) => (Some(first), Some(second)),
        };
        first.into_iter().chain(second)
    }
}
