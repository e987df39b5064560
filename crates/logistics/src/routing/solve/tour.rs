//! What one vehicle does, with what makes a further stop checkable in constant time: when it is free behind each stop,
//! and until when each stop can be reached so that all that follow can be served (forward and backward slack; Savelsbergh
//! 1992).

use super::super::clock::{Clock, lateness, quiet};
use super::super::model::{Car, Load, Model, NONE, Node};
use super::super::problem::DIMENSIONS_MAX;
use alloc::vec::Vec;

/// One stop as the search for the best place of another reads it: 16 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) place: u32,
    /// Free behind it.
    pub(super) departure: i32,
    /// It must be reached until then.
    pub(super) latest: i32,
    /// The distance to the next. Of a vehicle that serves nothing: what using it would cost, as a negative number.
    pub(super) leg: i32,
}

/// One vehicle's stops. The first and the last of each list are the vehicle's start and end.
#[derive(Debug, Clone, Default)]
pub(super) struct Tour {
    pub(super) spots: Vec<Spot>,
    pub(super) nodes: Vec<u32>,
    /// What is on board when the start is left for good.
    pub(super) start_load: Load,
    /// What is on board behind each stop, and the most of it up to there. Kept where there are pairs.
    pub(super) loads: Vec<Load>,
    pub(super) peaks: Vec<Load>,
    /// Breaks and lateness behind each stop. Kept where the vehicle is not plain.
    pub(super) clocks: Vec<Clock>,
    /// What it costs.
    pub(super) cost: i64,
    pub(super) lateness: i64,
    /// The start is not left before.
    pub(super) release: i32,
}

/// A stop to be put in behind a place of a tour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Addition {
    pub(super) behind: usize,
    pub(super) node: u32,
}

/// Where a tour cannot go on: a place of its lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken(pub(super) usize);

pub(super) fn add(a: &Load, b: &Load) -> Load {
    core::array::from_fn(|at| a[at] + b[at])
}

pub(super) fn subtract(a: &Load, b: &Load) -> Load {
    core::array::from_fn(|at| a[at] - b[at])
}

pub(super) fn fits(amount: &Load, more: &Load, capacity: &Load) -> bool {
    (0..DIMENSIONS_MAX).all(|at| amount[at] + more[at] <= capacity[at])
}

/// Whether a vehicle's times need no more than forward and backward slack.
pub(super) fn is_plain(model: &Model<'_>, car: &Car) -> bool {
    !model.is_soft && model.pauses(car).is_empty()
}

impl Tour {
    /// A vehicle that serves nothing.
    pub(super) fn empty(model: &Model<'_>, car: &Car) -> Self {
        let mut tour = Self::default();
        tour.nodes.extend([NONE, NONE]);
        let result = tour.refresh(model, car);
        debug_assert!(result.is_ok() || car.closed);
        tour
    }

    /// How many stops it has.
    pub(super) fn stops(&self) -> usize {
        self.nodes.len() - 2
    }

    /// Works everything out anew from the order of the nodes.
    pub(super) fn refresh(&mut self, model: &Model<'_>, car: &Car) -> Result<(), Broken> {
        let last = self.nodes.len() - 1;
        self.release = 0;
        self.start_load = [0; DIMENSIONS_MAX];
        self.spots.clear();
        for at in 0..=last {
            let node = self.nodes[at];
            let place = match at {
                0 => car.start_place,
                _ if at == last => car.end_place,
                _ => model.nodes[node as usize].place,
            };
            self.spots.push(Spot {
                place,
                departure: 0,
                latest: 0,
                leg: 0,
            });
            if node != NONE {
                self.board(model, node);
            }
        }
        self.refresh_loads(model, car)?;
        self.refresh_legs(model, car);
        self.forward(model, car, 1)?;
        self.backward(model, car, last - 1);
        Ok(())
    }

    /// Puts stops in that were found to fit there, and works out what changes: nothing before the first and behind the
    /// second place that it returns.
    pub(super) fn insert(
        &mut self,
        model: &Model<'_>,
        car: &Car,
        additions: &[Addition],
    ) -> [usize; 2] {
        let mut first = usize::MAX;
        let release = self.release;
        for (count, addition) in additions.iter().enumerate() {
            let at = addition.behind + count + 1;
            first = first.min(at);
            let place = model.nodes[addition.node as usize].place;
            // For an empty tour this is what using it costs, as a negative number.
            self.cost -= i64::from(self.spots[at - 1].leg);
            self.nodes.insert(at, addition.node);
            self.spots.insert(
                at,
                Spot {
                    place,
                    departure: -1,
                    latest: -1,
                    leg: 0,
                },
            );
            self.board(model, addition.node);
            for to in [at, at + 1] {
                self.refresh_leg(model, car, to);
                self.cost += i64::from(self.spots[to - 1].leg);
            }
        }
        self.cost -= self.lateness;
        let last = self.nodes.len() - 1;
        let fits = self.refresh_loads(model, car);
        debug_assert!(fits.is_ok());
        if !is_plain(model, car) || self.release != release {
            first = 1;
        }
        let end = additions.last().map_or(1, |last| last.behind) + additions.len();
        let high = self.forward_until(model, car, first, end);
        let high = high.expect("an insertion was found to fit");
        let low = if first == 1 {
            self.backward(model, car, last - 1);
            0
        } else {
            self.backward_until(model, car, end, first)
        };
        [low, high]
    }

    fn board(&mut self, model: &Model<'_>, node: u32) {
        let job = model.nodes[node as usize].job;
        let item = &model.items[job as usize];
        if matches!(item.plot, super::super::model::Plot::Single(_)) {
            self.start_load = add(&self.start_load, &item.demand);
            self.release = self.release.max(item.release);
        }
    }

    fn refresh_loads(&mut self, model: &Model<'_>, car: &Car) -> Result<(), Broken> {
        let last_stop = self.nodes.len() - 2;
        if !fits(&self.start_load, &[0; DIMENSIONS_MAX], &car.capacity) {
            return Err(Broken(last_stop));
        }
        if !model.has_pairs {
            return Ok(());
        }
        self.loads.clear();
        self.peaks.clear();
        let (mut on_board, mut peak) = (self.start_load, self.start_load);
        for (at, &node) in self.nodes.iter().enumerate() {
            if node != NONE {
                let node = &model.nodes[node as usize];
                let demand = &model.items[node.job as usize].demand;
                on_board = match node.part {
                    super::super::problem::Part::Pickup => add(&on_board, demand),
                    super::super::problem::Part::Delivery => subtract(&on_board, demand),
                };
                if !fits(&on_board, &[0; DIMENSIONS_MAX], &car.capacity) {
                    return Err(Broken(at));
                }
                peak = core::array::from_fn(|at| peak[at].max(on_board[at]));
            }
            self.loads.push(on_board);
            self.peaks.push(peak);
        }
        Ok(())
    }

    fn refresh_legs(&mut self, model: &Model<'_>, car: &Car) {
        if self.stops() == 0 && !car.underway {
            self.spots[0].leg = -(car.fixed as i32);
            self.cost = 0;
            return;
        }
        self.cost = car.fixed;
        for at in 1..self.spots.len() {
            self.refresh_leg(model, car, at);
            self.cost += i64::from(self.spots[at - 1].leg);
        }
    }

    // The way to a place from the one before it.
    fn refresh_leg(&mut self, model: &Model<'_>, car: &Car, to: usize) {
        let out = model.out(car.matrix, self.spots[to - 1].place);
        self.spots[to - 1].leg = out[self.spots[to].place as usize].distance;
    }

    // From a place on to the end.
    fn forward(&mut self, model: &Model<'_>, car: &Car, from: usize) -> Result<(), Broken> {
        self.forward_until(model, car, from, usize::MAX).map(|_| ())
    }

    // From a place on until nothing changes any more, but at least up to `end`; where that was.
    fn forward_until(
        &mut self,
        model: &Model<'_>,
        car: &Car,
        from: usize,
        end: usize,
    ) -> Result<usize, Broken> {
        if !is_plain(model, car) {
            self.run(model, car)?;
            return Ok(self.spots.len() - 1);
        }
        if from == 1 {
            let departure = car.ready.max(self.release);
            if departure > car.leave_late {
                return Err(Broken(self.stops()));
            }
            self.spots[0].departure = departure;
        }
        let last = self.spots.len() - 1;
        let mut free = self.spots[from - 1].departure;
        for at in from..=last {
            let from = model.out(car.matrix, self.spots[at - 1].place);
            let arrival = free + from[self.spots[at].place as usize].duration;
            if at == last {
                if arrival > car.end_late {
                    return Err(Broken(at));
                }
                self.spots[at].departure = arrival;
                break;
            }
            let node = &model.nodes[self.nodes[at] as usize];
            let start = model.fit(node, arrival);
            if start > node.late {
                return Err(Broken(at));
            }
            free = start + node.service;
            if self.spots[at].departure == free && at > end {
                return Ok(at);
            }
            self.spots[at].departure = free;
        }
        Ok(last)
    }

    // The whole tour, with breaks and lateness.
    fn run(&mut self, model: &Model<'_>, car: &Car) -> Result<(), Broken> {
        let last = self.spots.len() - 1;
        let mut clock = start_clock(model, car, self.release).ok_or(Broken(self.stops()))?;
        self.clocks.clear();
        self.clocks.push(clock);
        self.spots[0].departure = clock.time;
        for at in 1..=last {
            let duration = model.out(car.matrix, self.spots[at - 1].place)
                [self.spots[at].place as usize]
                .duration;
            let node = (at < last).then(|| &model.nodes[self.nodes[at] as usize]);
            clock = step(model, car, clock, duration, node).ok_or(Broken(at))?;
            self.spots[at].departure = clock.time;
            self.clocks.push(clock);
        }
        self.lateness = clock.lateness;
        self.cost += self.lateness;
        Ok(())
    }

    // From a place back to the start.
    fn backward(&mut self, model: &Model<'_>, car: &Car, from: usize) {
        let last = self.spots.len() - 1;
        self.spots[last].latest = car.end_late;
        self.backward_until(model, car, from, 0);
    }

    // From a place back until nothing changes any more, but at least down to `end`; where that was. Breaks are not counted: what is
    // said of vehicles that have some is a bound, and `Tour::detour` says the rest.
    fn backward_until(&mut self, model: &Model<'_>, car: &Car, from: usize, end: usize) -> usize {
        for at in (1..=from).rev() {
            let next = self.spots[at + 1];
            let out = model.out(car.matrix, self.spots[at].place);
            let node = &model.nodes[self.nodes[at] as usize];
            let free = next.latest - out[next.place as usize].duration - node.service;
            let latest = model.fit_back(node, free);
            if self.spots[at].latest == latest && at < end {
                return at;
            }
            self.spots[at].latest = latest;
        }
        0
    }

    /// What lateness changes by if the stops are put in, which are in order; `None` if breaks or times don't allow it.
    /// For tours that are not plain, and for jobs that are released after the start was to be left.
    pub(super) fn detour(
        &self,
        model: &Model<'_>,
        car: &Car,
        release: i32,
        additions: &[Addition],
    ) -> Option<i64> {
        let plain = is_plain(model, car);
        let first = additions[0].behind;
        let mut clock = if release > self.release {
            start_clock(model, car, release)?
        } else if plain {
            Clock::begin(self.spots[first].departure)
        } else {
            self.clocks[first]
        };
        let mut at = if release > self.release { 0 } else { first };
        let mut place = self.spots[at].place;
        let last = self.spots.len() - 1;
        let mut pending = additions.iter().peekable();
        loop {
            while let Some(addition) = pending.next_if(|addition| addition.behind == at) {
                let node = &model.nodes[addition.node as usize];
                let duration = model.out(car.matrix, place)[node.place as usize].duration;
                clock = step(model, car, clock, duration, Some(node))?;
                place = node.place;
            }
            at += 1;
            let spot = &self.spots[at];
            let duration = model.out(car.matrix, place)[spot.place as usize].duration;
            let node = (at < last).then(|| &model.nodes[self.nodes[at] as usize]);
            clock = step(model, car, clock, duration, node)?;
            place = spot.place;
            if at == last {
                return Some(clock.lateness - self.lateness);
            }
            let is_as_before = if plain {
                clock.time == spot.departure
            } else {
                clock.time == spot.departure && clock.breaks == self.clocks[at].breaks
            };
            if pending.peek().is_none() && is_as_before {
                let before = if plain { 0 } else { self.clocks[at].lateness };
                return Some(clock.lateness - before);
            }
        }
    }
}

/// When the start is left.
pub(super) fn start_clock(model: &Model<'_>, car: &Car, release: i32) -> Option<Clock> {
    let clock = Clock::begin(car.ready);
    let fit = |time: i32| time.max(release);
    let (clock, _) = if release > car.ready {
        clock.serve(fit, 0, model.pauses(car), &mut quiet)?
    } else {
        (clock, 0)
    };
    (clock.time <= car.leave_late).then_some(clock)
}

/// Drives, waits and serves; without a node, comes to the end.
pub(super) fn step(
    model: &Model<'_>,
    car: &Car,
    clock: Clock,
    duration: i32,
    node: Option<&Node>,
) -> Option<Clock> {
    let pauses = model.pauses(car);
    let clock = clock.drive(duration, pauses, &mut quiet)?;
    let Some(node) = node else {
        return (clock.time <= car.end_late).then_some(clock);
    };
    let fit = |time: i32| model.fit(node, time);
    let (mut clock, start) = clock.serve(fit, node.service, pauses, &mut quiet)?;
    clock.lateness += lateness(model, node.due, start);
    Some(clock)
}
