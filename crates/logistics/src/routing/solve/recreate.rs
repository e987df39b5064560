//! Recreate: jobs are put back one by one where they cost least, in one of several orders (Christiaens and Vanden Berghe
//! 2020, section 5.2; the orders by time window and their weights are those they use where there are windows).

use super::super::model::{Model, NONE, Plot};
use super::place::Blinks;
use super::state::State;
use crate::random::Random;
use alloc::vec::Vec;

/// Jobs that could not be served before are tried again, so many at most each time.
const RETRIES_MAX: usize = 10;

// An order, from small to large.
#[derive(Debug, Clone, Copy)]
enum Order {
    Random,
    Demand,
    Far,
    Close,
    Narrow,
    Early,
    Late,
}

/// The orders and how often each is taken.
const WEIGHTS: [(Order, usize); 7] = [
    (Order::Random, 4),
    (Order::Demand, 4),
    (Order::Far, 2),
    (Order::Close, 1),
    (Order::Narrow, 2),
    (Order::Early, 2),
    (Order::Late, 2),
];

// What a job is sorted by.
#[derive(Debug, Clone, Copy)]
struct Keys {
    demand: i64,
    distance: i64,
    width: i64,
    early: i64,
    late: i64,
}

/// Sorts jobs and puts them back.
pub(super) struct Recreate {
    keys: Vec<Keys>,
    sorted: Vec<(i64, u32)>,
    has_windows: bool,
    pub(super) blinks: Blinks,
}

impl Recreate {
    pub(super) fn of(model: &Model<'_>, random: Random) -> Self {
        let keys: Vec<Keys> = (0..model.items.len()).map(|job| keys(model, job)).collect();
        let has_windows = keys
            .first()
            .is_some_and(|first| keys.iter().any(|keys| keys.width != first.width));
        Self {
            keys,
            sorted: Vec::new(),
            has_windows,
            blinks: Blinks::of(random),
        }
    }

    /// Puts back what was removed, and tries some of those that nobody served before.
    pub(super) fn recreate(&mut self, state: &mut State<'_>, random: &mut Random, removed: &[u32]) {
        let before = state.absent.len() - removed.len();
        let order = self.order(random);
        self.sorted.clear();
        for &job in removed {
            let key = self.key(order, job, random);
            self.sorted.push((key, job));
        }
        if before > 0 {
            let from = random.below(before);
            for step in 0..before.min(RETRIES_MAX) {
                let job = state.absent[(from + step) % before];
                let key = self.key(order, job, random);
                self.sorted.push((key, job));
            }
        }
        self.fill(state);
    }

    /// Puts in whom nobody serves, all of them.
    pub(super) fn recreate_all(&mut self, state: &mut State<'_>, random: &mut Random) {
        self.sorted.clear();
        for at in 0..state.absent.len() {
            let job = state.absent[at];
            let key = self.key(Order::Far, job, random);
            self.sorted.push((key, job));
        }
        self.fill(state);
    }

    fn fill(&mut self, state: &mut State<'_>) {
        self.sorted.sort_unstable();
        for &(_, job) in &self.sorted {
            debug_assert_eq!(state.tour_of(job), NONE);
            if let Some((tour, best)) = state.best(job, &mut self.blinks) {
                state.insert(job, tour, best);
            }
        }
        state.settle();
    }

    fn order(&self, random: &mut Random) -> Order {
        let known = if self.has_windows { 7 } else { 4 };
        let weights = &WEIGHTS[..known];
        let mut drawn = random.below(weights.iter().map(|(_, weight)| weight).sum());
        for &(order, weight) in weights {
            if drawn < weight {
                return order;
            }
            drawn -= weight;
        }
        Order::Random
    }

    fn key(&self, order: Order, job: u32, random: &mut Random) -> i64 {
        let keys = &self.keys[job as usize];
        match order {
            Order::Random => (random.next() >> 1) as i64,
            Order::Demand => -keys.demand,
            Order::Far => -keys.distance,
            Order::Close => keys.distance,
            Order::Narrow => keys.width,
            Order::Early => keys.early,
            Order::Late => -keys.late,
        }
    }
}

fn keys(model: &Model<'_>, job: usize) -> Keys {
    let item = &model.items[job];
    let (first, last) = match item.plot {
        Plot::Driven => (0, 0),
        Plot::Single(node) => (node, node),
        Plot::Pair(first, last) => (first, last),
    };
    let start = model.cars.first().map_or(0, |car| car.start_place);
    let distance = |node: u32| match model.nodes.get(node as usize) {
        Some(node) => i64::from(model.into(0, node.place)[start as usize].distance),
        None => 0,
    };
    let window = |node: u32| match model.nodes.get(node as usize) {
        Some(node) => (i64::from(node.early), i64::from(node.late)),
        None => (0, 0),
    };
    let ((early, first_late), (second_early, late)) = (window(first), window(last));
    Keys {
        demand: item.demand.iter().map(|&amount| i64::from(amount)).sum(),
        distance: distance(first).max(distance(last)),
        width: (first_late - early).min(late - second_early),
        early,
        late,
    }
}
