//! The best place of a job in a tour. This is the innermost loop of all.

use super::super::matrix::Arc;
use super::super::model::{Car, Item, Model, Node, Plot};
use super::tour::{Addition, Spot, Tour, fits, is_plain};
use crate::random::Random;
use alloc::vec::Vec;

/// What no insertion costs.
pub(super) const NOWHERE: i64 = i64::MAX;

/// The best places found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Best {
    /// By how much the tour's cost grows; [`NOWHERE`] if the job does not fit.
    pub(super) cost: i64,
    /// Behind which place the job's first stop comes.
    pub(super) first: u16,
    /// Behind which place, of the tour as it is, its second stop comes.
    pub(super) second: u16,
}

impl Best {
    pub(super) const NONE: Self = Self {
        cost: NOWHERE,
        first: 0,
        second: 0,
    };
}

/// Overlooks one place in [`BLINK_EVERY`], each by itself, as Christiaens and Vanden Berghe (2020) have it: the greedy
/// insertion would find the same plans again and again. Only places that would be taken need to be drawn for.
#[derive(Debug)]
pub(super) struct Blinks {
    random: Random,
}

/// One place in so many is overlooked.
const BLINK_EVERY: u64 = 128;

impl Blinks {
    pub(super) fn of(random: Random) -> Self {
        Self { random }
    }
}

/// Who looks at places.
pub(super) trait Eyes {
    /// Whether a place is overlooked.
    fn overlook(&mut self) -> bool;
}

impl Eyes for Blinks {
    fn overlook(&mut self) -> bool {
        self.random.next().is_multiple_of(BLINK_EVERY)
    }
}

/// Overlooks nothing.
pub(super) struct Open;

impl Eyes for Open {
    fn overlook(&mut self) -> bool {
        false
    }
}

/// Where the search looks, and how.
pub(super) struct Search<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) car: &'a Car,
    pub(super) tour: &'a Tour,
}

/// One stop beside the lists that say how far everything is from it.
pub(super) struct Stop<'a> {
    number: u32,
    node: &'a Node,
    pub(super) into: &'a [Arc],
    out: &'a [Arc],
}

impl<'a> Stop<'a> {
    pub(super) fn of(model: &'a Model<'a>, matrix: usize, number: u32) -> Self {
        let node = &model.nodes[number as usize];
        Self {
            number,
            node,
            into: model.into(matrix, node.place),
            out: model.out(matrix, node.place),
        }
    }
}

impl Stop<'_> {
    /// Whether a place costs less than `most` and can be reached in time: `before` is when the stop before it is left and
    /// how long one drives from there, `to` how much longer the way becomes but for the way on to `place`, which must be
    /// reached until `latest`.
    #[inline]
    pub(super) fn is_worth(
        &self,
        model: &Model<'_>,
        before: [i32; 2],
        to: i32,
        place: u32,
        latest: i32,
        most: i64,
    ) -> bool {
        let from = self.out[place as usize];
        // All numbers were held against limits that leave room for four of them.
        if i64::from(to.wrapping_add(from.distance)) >= most {
            return false;
        }
        let start = model.fit(self.node, before[0].wrapping_add(before[1]));
        let free = start.wrapping_add(self.node.service);
        start <= self.node.late && free.wrapping_add(from.duration) <= latest
    }
}

impl Search<'_> {
    /// The cheapest places of a job, of those that are not overlooked. Those of a pair must cost less than `most`.
    pub(super) fn best(
        &self,
        item: &Item,
        most: i64,
        eyes: &mut impl Eyes,
        suffix: &mut Vec<i32>,
    ) -> Best {
        match item.plot {
            Plot::Driven => Best::NONE,
            Plot::Single(node) => self.best_single(item, node, eyes),
            Plot::Pair(first, second) => self.best_pair(item, [first, second], most, eyes, suffix),
        }
    }

    fn best_single(&self, item: &Item, number: u32, eyes: &mut impl Eyes) -> Best {
        let tour = self.tour;
        let mut best = Best::NONE;
        if !fits(&tour.start_load, &item.demand, &self.car.capacity) {
            return best;
        }
        let stop = Stop::of(self.model, self.car.matrix, number);
        for at in 0..tour.spots.len() - 1 {
            if tour.spots[at].departure > stop.node.late {
                break;
            }
            self.try_single(item, &stop, at, eyes, &mut best);
        }
        best
    }

    /// Takes a place if it is better than the best so far; whether it is. What the vehicle can carry was looked at.
    #[inline]
    pub(super) fn try_single(
        &self,
        item: &Item,
        stop: &Stop<'_>,
        at: usize,
        eyes: &mut impl Eyes,
        best: &mut Best,
    ) -> bool {
        let (model, tour, node) = (self.model, self.tour, stop.node);
        let [before, behind] = [tour.spots[at], tour.spots[at + 1]];
        let (to, from) = (
            stop.into[before.place as usize],
            stop.out[behind.place as usize],
        );
        // All numbers were held against limits that leave room for four of them.
        let growth = to
            .distance
            .wrapping_add(from.distance)
            .wrapping_sub(before.leg);
        let mut cost = i64::from(growth);
        if cost >= best.cost {
            return false;
        }
        let start = model.fit(node, before.departure.wrapping_add(to.duration));
        if start > node.late
            || start.wrapping_add(node.service).wrapping_add(from.duration) > behind.latest
        {
            return false;
        }
        // Goods for the stop lie on board from the start to here.
        if model.has_pairs && !fits(&tour.peaks[at], &item.demand, &self.car.capacity) {
            return false;
        }
        if item.release > tour.release || !is_plain(model, self.car) {
            let addition = Addition {
                behind: at,
                node: stop.number,
            };
            match tour.detour(model, self.car, item.release, &[addition]) {
                Some(lateness) if cost + lateness < best.cost => cost += lateness,
                _ => return false,
            }
        }
        if eyes.overlook() {
            return false;
        }
        *best = Best {
            cost,
            first: at as u16,
            second: at as u16,
        };
        true
    }

    // For each place of the pickup, the delivery moves on through the tour, together with the time at which the places
    // behind the pickup are then reached, until one is reached too late.
    fn best_pair(
        &self,
        item: &Item,
        numbers: [u32; 2],
        most: i64,
        eyes: &mut impl Eyes,
        suffix: &mut Vec<i32>,
    ) -> Best {
        let tour = self.tour;
        let [pickup, delivery] =
            numbers.map(|number| Stop::of(self.model, self.car.matrix, number));
        self.cheapest_behind(&delivery, suffix);
        let between = pickup.out[delivery.node.place as usize];
        let mut pairing = Pairing {
            search: self,
            item,
            numbers,
            delivery,
            suffix,
            best: Best {
                cost: most,
                ..Best::NONE
            },
        };
        for at in 0..tour.spots.len() - 1 {
            let [before, behind] = [tour.spots[at], tour.spots[at + 1]];
            if before.departure > pickup.node.late {
                break;
            }
            let together = pairing.together_cost(at, &pickup, between);
            let apart = i64::from(longer(&pickup, before, behind));
            let least = together.min(apart + i64::from(pairing.suffix[at + 1]));
            if least >= pairing.best.cost
                || behind.latest < pickup.node.early + pickup.node.service
                || !fits(&tour.loads[at], &item.demand, &self.car.capacity)
            {
                continue;
            }
            let to = pickup.into[before.place as usize];
            let start = self.model.fit(pickup.node, before.departure + to.duration);
            if start > pickup.node.late {
                continue;
            }
            let free = start + pickup.node.service;
            pairing.together(at, together, free + between.duration, eyes);
            pairing.apart(at, apart, free, &pickup, eyes);
        }
        if pairing.best.cost < most {
            pairing.best
        } else {
            Best::NONE
        }
    }

    // For each place the least that the delivery makes this or a later leg longer, whatever the time.
    fn cheapest_behind(&self, delivery: &Stop<'_>, suffix: &mut Vec<i32>) {
        let spots = &self.tour.spots;
        suffix.clear();
        suffix.resize(spots.len(), i32::MAX);
        for at in (0..spots.len() - 1).rev() {
            let growth = longer(delivery, spots[at], spots[at + 1]);
            suffix[at] = growth.min(suffix[at + 1]);
        }
    }
}

fn longer(stop: &Stop<'_>, before: Spot, behind: Spot) -> i32 {
    let (to, from) = (
        stop.into[before.place as usize],
        stop.out[behind.place as usize],
    );
    to.distance + from.distance - before.leg
}

struct Pairing<'a> {
    search: &'a Search<'a>,
    item: &'a Item,
    numbers: [u32; 2],
    delivery: Stop<'a>,
    suffix: &'a [i32],
    best: Best,
}

impl Pairing<'_> {
    // By how much the way grows with the delivery right behind the pickup.
    fn together_cost(&self, at: usize, pickup: &Stop<'_>, between: Arc) -> i64 {
        let [before, behind] = [self.search.tour.spots[at], self.search.tour.spots[at + 1]];
        let to = pickup.into[before.place as usize];
        let from = self.delivery.out[behind.place as usize];
        i64::from(to.distance) + i64::from(between.distance) + i64::from(from.distance - before.leg)
    }

    // The delivery right behind the pickup, where one is at `arrival`.
    fn together(&mut self, at: usize, cost: i64, arrival: i32, eyes: &mut impl Eyes) {
        if cost >= self.best.cost {
            return;
        }
        let (node, behind) = (self.delivery.node, self.search.tour.spots[at + 1]);
        let from = self.delivery.out[behind.place as usize];
        let start = self.search.model.fit(node, arrival);
        if start <= node.late && start + node.service + from.duration <= behind.latest {
            self.take(cost, [at, at], eyes);
        }
    }

    // Others between the two; the pickup alone makes the way longer by `pickup_cost`.
    fn apart(
        &mut self,
        at: usize,
        pickup_cost: i64,
        free: i32,
        pickup: &Stop<'_>,
        eyes: &mut impl Eyes,
    ) {
        let (model, tour, car) = (self.search.model, self.search.tour, self.search.car);
        let from = pickup.out[tour.spots[at + 1].place as usize];
        let node = self.delivery.node;
        let mut arrival = free + from.duration;
        for second in at + 1..tour.spots.len() - 1 {
            let [here, next] = [tour.spots[second], tour.spots[second + 1]];
            if pickup_cost + i64::from(self.suffix[second]) >= self.best.cost
                || arrival > here.latest
                || !fits(&tour.loads[second], &self.item.demand, &car.capacity)
            {
                return;
            }
            let served = &model.nodes[tour.nodes[second] as usize];
            let free = model.fit(served, arrival) + served.service;
            if free > node.late {
                return;
            }
            let cost = pickup_cost + i64::from(longer(&self.delivery, here, next));
            if cost < self.best.cost {
                let to = self.delivery.into[here.place as usize];
                let from = self.delivery.out[next.place as usize];
                let start = model.fit(node, free + to.duration);
                if start <= node.late && start + node.service + from.duration <= next.latest {
                    self.take(cost, [at, second], eyes);
                }
            }
            let onward = model.out(car.matrix, here.place)[next.place as usize];
            arrival = free + onward.duration;
        }
    }

    fn take(&mut self, cost: i64, behind: [usize; 2], eyes: &mut impl Eyes) {
        let mut cost = cost;
        let (model, car) = (self.search.model, self.search.car);
        if !is_plain(model, car) {
            let additions = [0, 1].map(|which| Addition {
                behind: behind[which],
                node: self.numbers[which],
            });
            match self.search.tour.detour(model, car, 0, &additions) {
                Some(lateness) if cost + lateness < self.best.cost => cost += lateness,
                _ => return,
            }
        }
        if eyes.overlook() {
            return;
        }
        self.best = Best {
            cost,
            first: behind[0] as u16,
            second: behind[1] as u16,
        };
    }
}
