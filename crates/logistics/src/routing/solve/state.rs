//! The plan that is being changed, and the way back: whichever tour is touched for the first time since the last decision
//! is kept as it was.

use super::super::model::{Model, NONE, Plot};
use super::neighbours::{Neighbour, Neighbours};
use super::place::{Best, Blinks, NOWHERE, Search, Stop};
use super::tour::{Addition, Tour, fits};
use alloc::vec;
use alloc::vec::Vec;

/// How many neighbours of each kind lead to the tours that a pair is tried in.
const AROUND: usize = 50;

/// Where a node is, and what is right before and behind it: what decides most often that a place is not worth a look at
/// its tour, in one piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat {
    /// In which tour; [`NONE`] if nobody serves it.
    pub(super) tour: u32,
    departure: i32,
    latest: i32,
    leg: i32,
    next_place: u32,
    next_latest: i32,
    // Of the first of a tour: the start before it. Otherwise nothing.
    start_place: u32,
    start_departure: i32,
    start_leg: i32,
}

const NO_SEAT: Seat = Seat {
    tour: NONE,
    departure: 0,
    latest: 0,
    leg: 0,
    next_place: 0,
    next_latest: 0,
    start_place: NONE,
    start_departure: 0,
    start_leg: 0,
};

/// Tours, who is in which, and what is known of them.
pub(super) struct State<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) tours: Vec<Tour>,
    /// By node.
    pub(super) seats: Vec<Seat>,
    /// Tours that serve something, or whose vehicle is underway.
    pub(super) active: Vec<u32>,
    /// No further vehicle sets out while so many are used.
    pub(super) active_max: usize,
    /// Jobs that nobody serves.
    pub(super) absent: Vec<u32>,
    pub(super) cost: i64,
    // Where a tour is within `active`.
    active_at: Vec<u32>,
    // Vehicles that serve nothing, by class.
    idle: Vec<Vec<u32>>,
    // By tour: it was touched since the last decision.
    is_touched: Vec<bool>,
    touched: Vec<u32>,
    // What the touched tours were.
    kept: Vec<Tour>,
    kept_absent: Vec<u32>,
    kept_cost: i64,
    suffix: Vec<i32>,
    neighbours: Neighbours,
    // Jobs are counted whose places were looked for in whole tours; by tour, the last of them.
    looks: u64,
    looked: Vec<u64>,
}

// On which side of a neighbour.
#[derive(Clone, Copy)]
enum Side {
    Before,
    Behind,
}

// The best so far, and in which tour.
struct Found {
    best: Best,
    tour: u32,
}

impl Found {
    fn take(&mut self, tour: u32, best: Best) {
        if best.cost < self.best.cost {
            (self.best, self.tour) = (best, tour);
        }
    }
}

impl<'a> State<'a> {
    /// Nobody serves anything.
    pub(super) fn empty(model: &'a Model<'a>) -> Self {
        let count = model.cars.len();
        let tours: Vec<Tour> = model
            .cars
            .iter()
            .map(|car| Tour::empty(model, car))
            .collect();
        let is_planned = |job: &u32| model.items[*job as usize].plot != Plot::Driven;
        let absent: Vec<u32> = (0..model.items.len() as u32).filter(is_planned).collect();
        let penalties = absent.iter().map(|&job| model.items[job as usize].penalty);
        let mut state = Self {
            model,
            seats: vec![NO_SEAT; model.nodes.len()],
            active: Vec::new(),
            active_max: usize::MAX,
            cost: tours.iter().map(|tour| tour.cost).sum::<i64>() + penalties.sum::<i64>(),
            active_at: vec![NONE; count],
            idle: vec![Vec::new(); model.classes],
            is_touched: vec![false; count],
            touched: Vec::new(),
            kept: Vec::new(),
            kept_absent: absent.clone(),
            kept_cost: 0,
            suffix: Vec::new(),
            neighbours: Neighbours::of(model),
            looks: 0,
            looked: vec![0; count],
            tours,
            absent,
        };
        state.kept_cost = state.cost;
        for (number, car) in model.cars.iter().enumerate().rev() {
            if car.closed {
                continue;
            }
            if car.underway {
                state.activate(number as u32);
            } else {
                state.idle[car.class].push(number as u32);
            }
        }
        state
    }

    fn activate(&mut self, tour: u32) {
        self.active_at[tour as usize] = self.active.len() as u32;
        self.active.push(tour);
    }

    fn retire(&mut self, tour: u32) {
        let at = self.active_at[tour as usize] as usize;
        self.active.swap_remove(at);
        if let Some(&moved) = self.active.get(at) {
            self.active_at[moved as usize] = at as u32;
        }
        self.active_at[tour as usize] = NONE;
    }

    // Keeps a tour as it is before it is changed.
    fn touch(&mut self, tour: u32) {
        if core::mem::replace(&mut self.is_touched[tour as usize], true) {
            return;
        }
        let at = self.touched.len();
        if at == self.kept.len() {
            self.kept.push(Tour::default());
        }
        self.kept[at].clone_from(&self.tours[tour as usize]);
        self.touched.push(tour);
    }

    /// Which tour serves a job; [`NONE`] if nobody does.
    pub(super) fn tour_of(&self, job: u32) -> u32 {
        let first = self.model.nodes_of(job).next();
        first.map_or(NONE, |node| self.seats[node as usize].tour)
    }

    fn leave(&mut self, job: u32) {
        for node in self.model.nodes_of(job) {
            self.seats[node as usize] = NO_SEAT;
        }
    }

    // Notes where the nodes of a tour are, those between two places and next to them.
    fn seat(&mut self, tour: u32, low: usize, high: usize) {
        let current = &self.tours[tour as usize];
        let last = current.nodes.len() - 1;
        for at in low.saturating_sub(1).max(1)..last.min(high.saturating_add(2)) {
            let [here, next] = [at, at + 1].map(|at| current.spots[at]);
            let start = current.spots[0];
            self.seats[current.nodes[at] as usize] = Seat {
                tour,
                departure: here.departure,
                latest: here.latest,
                leg: here.leg,
                next_place: next.place,
                next_latest: next.latest,
                start_place: if at == 1 { start.place } else { NONE },
                start_departure: start.departure,
                start_leg: start.leg,
            };
        }
    }

    // Takes a tour in or out of the lists of those that serve something.
    fn list(&mut self, tour: u32) {
        let car = &self.model.cars[tour as usize];
        if car.underway || car.closed {
            return;
        }
        let is_active = self.active_at[tour as usize] != NONE;
        let is_used = self.tours[tour as usize].stops() > 0;
        if is_used && !is_active {
            let idle = &mut self.idle[car.class];
            let at = idle.iter().rposition(|&known| known == tour);
            idle.swap_remove(at.expect("a tour is active or idle"));
            self.activate(tour);
        } else if !is_used && is_active {
            self.retire(tour);
            self.idle[car.class].push(tour);
        }
    }

    /// Takes jobs out of their tour; each was marked in `gone`. Jobs that no longer fit without them (where a detour is
    /// faster than the straight way) are taken out as well. All are appended to `removed` and absent from now on.
    pub(super) fn remove(&mut self, tour: u32, gone: &[bool], removed: &mut Vec<u32>) {
        self.touch(tour);
        let model = self.model;
        let cost_before = self.tours[tour as usize].cost;
        let first = removed.len();
        let current = &mut self.tours[tour as usize];
        current.nodes.retain(|&node| {
            let is_gone = node != NONE && gone[model.nodes[node as usize].job as usize];
            if is_gone {
                removed.push(model.nodes[node as usize].job);
            }
            !is_gone
        });
        let car = &model.cars[tour as usize];
        while let Err(broken) = current.refresh(model, car) {
            if current.stops() == 0 {
                break;
            }
            let at = broken.0.clamp(1, current.stops());
            let job = model.nodes[current.nodes[at] as usize].job;
            removed.push(job);
            current
                .nodes
                .retain(|&node| node == NONE || model.nodes[node as usize].job != job);
        }
        self.cost += current.cost - cost_before;
        let mut at = first;
        while at < removed.len() {
            let job = removed[at];
            if self.tour_of(job) == NONE {
                // The second stop of a pair.
                removed.swap_remove(at);
                continue;
            }
            self.leave(job);
            self.absent.push(job);
            self.cost += model.items[job as usize].penalty;
            at += 1;
        }
        self.seat(tour, 0, usize::MAX);
        self.list(tour);
    }

    /// Where a served node is within its tour.
    pub(super) fn place_of(&self, node: u32) -> usize {
        let tour = &self.tours[self.seats[node as usize].tour as usize];
        let at = tour.nodes.iter().position(|&known| known == node);
        at.expect("a node is in its tour")
    }

    /// The stops that may come right behind a node, nearest first.
    pub(super) fn may_follow(&self, node: u32) -> &[Neighbour] {
        self.neighbours.to_precede(node)
    }

    /// By how much the way grows if two tours exchange what they do behind a place each; `None` if it is too late for it.
    /// Loads, breaks and lateness are not looked at.
    pub(super) fn tails_cost(&self, tours: [u32; 2], behind: [usize; 2]) -> Option<i64> {
        let model = self.model;
        let mut cost = 0;
        for side in [0, 1] {
            let [own, other] = [side, 1 - side].map(|side| &self.tours[tours[side] as usize]);
            let car = &model.cars[tours[side] as usize];
            let before = own.spots[behind[side]];
            let next = behind[1 - side] + 1;
            let (place, latest) = if next == other.spots.len() - 1 {
                (car.end_place, car.end_late)
            } else {
                (other.spots[next].place, other.spots[next].latest)
            };
            let way = model.out(car.matrix, before.place)[place as usize];
            if before.departure + way.duration > latest {
                return None;
            }
            cost += i64::from(way.distance) - i64::from(before.leg);
        }
        Some(cost)
    }

    /// Exchanges what two tours do behind a place each. `false` if that does not fit, and the changes must be rejected
    /// then. There are neither pairs nor jobs that not all may serve.
    pub(super) fn exchange_tails(&mut self, tours: [u32; 2], behind: [usize; 2]) -> bool {
        let model = self.model;
        for side in tours {
            self.touch(side);
            self.cost -= self.tours[side as usize].cost;
        }
        let tails = [0, 1].map(|side| {
            let nodes = &mut self.tours[tours[side] as usize].nodes;
            nodes.split_off(behind[side] + 1)
        });
        let mut fits = true;
        for (side, tail) in tails.iter().rev().enumerate() {
            let tour = &mut self.tours[tours[side] as usize];
            tour.nodes.extend(tail);
            fits &= tour
                .refresh(model, &model.cars[tours[side] as usize])
                .is_ok();
        }
        if !fits {
            return false;
        }
        for side in tours {
            self.cost += self.tours[side as usize].cost;
            self.seat(side, 0, usize::MAX);
            self.list(side);
        }
        true
    }

    /// Puts jobs that nobody serves into an empty tour, in the order of their nodes, as far as they fit.
    pub(super) fn load(&mut self, tour: u32, nodes: &[u32]) {
        self.touch(tour);
        let model = self.model;
        let current = &mut self.tours[tour as usize];
        assert_eq!(current.stops(), 0, "only an empty tour is loaded");
        current.nodes.splice(1..1, nodes.iter().copied());
        for &node in nodes {
            self.seats[node as usize].tour = tour;
        }
        let seats = &self.seats;
        self.absent.retain(|&job| {
            let mut nodes = model.nodes_of(job);
            let is_loaded = nodes.any(|node| seats[node as usize].tour == tour);
            if is_loaded {
                self.cost -= model.items[job as usize].penalty;
            }
            !is_loaded
        });
        let nothing = vec![false; model.items.len()];
        self.remove(tour, &nothing, &mut Vec::new());
    }

    /// Makes the tours what they were, by vehicle.
    pub(super) fn restore(&mut self, tours: &[Vec<u32>]) {
        let others: Vec<u32> = (0..tours.len() as u32)
            .filter(|&tour| self.tours[tour as usize].nodes != tours[tour as usize])
            .collect();
        let all = vec![true; self.model.items.len()];
        for &tour in &others {
            self.remove(tour, &all, &mut Vec::new());
        }
        for &tour in &others {
            let nodes = &tours[tour as usize];
            self.load(tour, &nodes[1..nodes.len() - 1]);
        }
    }

    /// The best tour and place of a job that nobody serves, if it can be served for less than its penalty. It is looked
    /// for beside the job's neighbours, and everywhere if it finds no place with them.
    pub(super) fn best(&mut self, job: u32, blinks: &mut Blinks) -> Option<(u32, Best)> {
        let model = self.model;
        let item = &model.items[job as usize];
        let mut found = Found {
            best: Best {
                cost: item.penalty,
                ..Best::NONE
            },
            tour: NONE,
        };
        match item.plot {
            Plot::Single(node) => self.beside(job, node, blinks, &mut found),
            _ => self.around(job, blinks, &mut found),
        }
        let is_beside = found.tour != NONE;
        let may_set_out = self.active.len() < self.active_max;
        let classes = if may_set_out { self.idle.len() } else { 0 };
        for class in 0..classes {
            if let Some(&tour) = self.idle[class].last() {
                let best = self.look(job, tour, found.best.cost, blinks);
                found.take(tour, best);
            }
        }
        if !is_beside {
            for at in 0..self.active.len() {
                let tour = self.active[at];
                let best = self.look(job, tour, found.best.cost, blinks);
                found.take(tour, best);
            }
        }
        (found.tour != NONE).then_some((found.tour, found.best))
    }

    // The places right before and behind each neighbour.
    fn beside(&self, job: u32, number: u32, blinks: &mut Blinks, found: &mut Found) {
        let model = self.model;
        let stop = Stop::of(model, 0, number);
        // With several matrices a seat does not say by which it is driven.
        let is_one = model.problem.matrices.len() == 1;
        for neighbour in self.neighbours.to_follow(number) {
            let seat = &self.seats[neighbour.node as usize];
            if seat.tour == NONE {
                continue;
            }
            let before = [seat.departure, neighbour.way.duration];
            let to = neighbour.way.distance - seat.leg;
            let (place, latest) = (seat.next_place, seat.next_latest);
            if !is_one || stop.is_worth(model, before, to, place, latest, found.best.cost) {
                self.sit(job, number, *neighbour, Side::Behind, blinks, found);
            }
        }
        for neighbour in self.neighbours.to_precede(number) {
            let seat = &self.seats[neighbour.node as usize];
            if seat.start_place == NONE {
                continue;
            }
            let way = stop.into[seat.start_place as usize];
            let before = [seat.start_departure, way.duration];
            let to = way.distance - seat.start_leg;
            let place = model.nodes[neighbour.node as usize].place;
            if !is_one || stop.is_worth(model, before, to, place, seat.latest, found.best.cost) {
                self.sit(job, number, *neighbour, Side::Before, blinks, found);
            }
        }
    }

    // Looks at the place beside a neighbour.
    fn sit(
        &self,
        job: u32,
        number: u32,
        neighbour: Neighbour,
        side: Side,
        blinks: &mut Blinks,
        found: &mut Found,
    ) {
        let model = self.model;
        let item = &model.items[job as usize];
        let node = neighbour.node;
        let chosen = self.seats[node as usize].tour;
        let (tour, car) = (&self.tours[chosen as usize], &model.cars[chosen as usize]);
        if !fits(&tour.start_load, &item.demand, &car.capacity)
            || (model.is_restricted && !model.may(item, chosen as usize))
        {
            return;
        }
        let at = tour.nodes.iter().position(|&known| known == node);
        let at = at.expect("a node is in its tour");
        let at = match side {
            Side::Behind => at,
            Side::Before => at - 1,
        };
        let stop = Stop::of(model, car.matrix, number);
        let search = Search { model, car, tour };
        if search.try_single(item, &stop, at, blinks, &mut found.best) {
            found.tour = chosen;
        }
    }

    // The tours of the nearest neighbours, those of the nearest first: they keep the others short.
    fn around(&mut self, job: u32, blinks: &mut Blinks, found: &mut Found) {
        let model = self.model;
        self.looks += 1;
        let mut left = self.active.len();
        for at in 0..AROUND {
            for node in model.nodes_of(job) {
                let behind = self.neighbours.to_follow(node).get(at);
                let before = self.neighbours.to_precede(node).get(at);
                let near = [behind, before].map(|near| near.map(|near| near.node));
                for neighbour in near.into_iter().flatten() {
                    let tour = self.seats[neighbour as usize].tour;
                    if tour == NONE || self.looked[tour as usize] == self.looks {
                        continue;
                    }
                    self.looked[tour as usize] = self.looks;
                    let best = self.look(job, tour, found.best.cost, blinks);
                    found.take(tour, best);
                    left -= 1;
                }
            }
            if left == 0 {
                break;
            }
        }
    }

    // The best place in a tour. That of a pair must cost less than `most`.
    fn look(&mut self, job: u32, tour: u32, most: i64, blinks: &mut Blinks) -> Best {
        let model = self.model;
        let item = &model.items[job as usize];
        if !model.may(item, tour as usize) {
            return Best::NONE;
        }
        let search = Search {
            model,
            car: &model.cars[tour as usize],
            tour: &self.tours[tour as usize],
        };
        let best = search.best(item, most, blinks, &mut self.suffix);
        debug_assert!(best.cost == NOWHERE || best.first <= best.second);
        best
    }

    /// Puts a job where [`State::best`] found it fits. It stays in `absent` until [`State::settle`].
    pub(super) fn insert(&mut self, job: u32, tour: u32, best: Best) {
        self.touch(tour);
        let model = self.model;
        let item = &model.items[job as usize];
        let (first, second) = (usize::from(best.first), usize::from(best.second));
        let current = &mut self.tours[tour as usize];
        let car = &model.cars[tour as usize];
        let cost_before = current.cost;
        let [low, high] = match item.plot {
            Plot::Driven => unreachable!("what was driven is not planned"),
            Plot::Single(node) => {
                let addition = Addition {
                    behind: first,
                    node,
                };
                current.insert(model, car, &[addition])
            }
            Plot::Pair(pickup, delivery) => {
                let additions = [(first, pickup), (second, delivery)]
                    .map(|(behind, node)| Addition { behind, node });
                current.insert(model, car, &additions)
            }
        };
        debug_assert_eq!(current.cost - cost_before, best.cost);
        self.cost += current.cost - cost_before - item.penalty;
        self.seat(tour, low, high);
        self.list(tour);
    }

    /// Drops from `absent` who is served by now.
    pub(super) fn settle(&mut self) {
        let (model, seats) = (self.model, &self.seats);
        self.absent.retain(|&job| {
            let mut nodes = model.nodes_of(job);
            nodes.any(|node| seats[node as usize].tour == NONE)
        });
    }

    /// What it cost at the last decision.
    pub(super) fn kept_cost(&self) -> i64 {
        self.kept_cost
    }

    /// Whom nobody served at the last decision.
    pub(super) fn kept_absent(&self) -> &[u32] {
        &self.kept_absent
    }

    /// Keeps what was changed since the last decision, and says which tours were.
    pub(super) fn accept(&mut self, mut changed: impl FnMut(u32)) {
        for &tour in &self.touched {
            self.is_touched[tour as usize] = false;
            changed(tour);
        }
        self.touched.clear();
        self.kept_absent.clone_from(&self.absent);
        self.kept_cost = self.cost;
    }

    /// Takes back what was changed since the last decision.
    pub(super) fn reject(&mut self) {
        for at in 0..self.touched.len() {
            let tour = self.touched[at];
            core::mem::swap(&mut self.tours[tour as usize], &mut self.kept[at]);
            self.is_touched[tour as usize] = false;
            self.seat(tour, 0, usize::MAX);
            self.list(tour);
        }
        self.touched.clear();
        self.absent.clone_from(&self.kept_absent);
        for at in 0..self.absent.len() {
            self.leave(self.absent[at]);
        }
        self.cost = self.kept_cost;
    }

    /// Holds what is kept in steps against what it comes to from the beginning.
    pub(super) fn assert_sums(&self) {
        let tours: i64 = self.tours.iter().map(|tour| tour.cost).sum();
        let penalties = self
            .absent
            .iter()
            .map(|&job| self.model.items[job as usize].penalty);
        assert_eq!(
            self.cost,
            tours + penalties.sum::<i64>(),
            "the cost of a plan drifted"
        );
    }
}
