//! The plan that is being changed, and the way back: whichever tour is touched for the first time since the last decision
//! is kept as it was.

use super::super::model::{Model, NONE, Plot};
use super::place::{Best, Blinks, NOWHERE, Search};
use super::tour::{Addition, Tour};
use alloc::vec;
use alloc::vec::Vec;

/// Most entries of the memory of best places, 16 bytes each.
const MEMORY_MAX: usize = 1 << 24;

// What was found for a job and a tour, as long as the tour has this version.
#[derive(Debug, Clone, Copy)]
struct Known {
    best: Best,
    version: u32,
}

/// Tours, who is in which, and what is known of them.
pub(super) struct State<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) tours: Vec<Tour>,
    /// By job: the tour that serves it.
    pub(super) tour_of: Vec<u32>,
    /// Tours that serve something, or whose vehicle is underway.
    pub(super) active: Vec<u32>,
    /// Jobs that nobody serves.
    pub(super) absent: Vec<u32>,
    pub(super) cost: i64,
    // Where a tour is within `active`.
    active_at: Vec<u32>,
    // Vehicles that serve nothing, by class.
    idle: Vec<Vec<u32>>,
    // By tour; 0: it was touched since the last decision.
    versions: Vec<u32>,
    next_version: u32,
    // By job and tour; empty where that would be too much.
    memory: Vec<Known>,
    touched: Vec<u32>,
    // What the touched tours were.
    kept: Vec<Tour>,
    kept_absent: Vec<u32>,
    kept_cost: i64,
    suffix: Vec<i32>,
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
        let size = model.items.len().saturating_mul(count);
        let known = Known {
            best: Best::NONE,
            version: 0,
        };
        let mut state = Self {
            model,
            tour_of: vec![NONE; model.items.len()],
            active: Vec::new(),
            cost: tours.iter().map(|tour| tour.cost).sum::<i64>() + penalties.sum::<i64>(),
            active_at: vec![NONE; count],
            idle: vec![Vec::new(); model.classes],
            versions: (1..=count as u32).collect(),
            next_version: count as u32 + 1,
            memory: vec![known; if size <= MEMORY_MAX { size } else { 0 }],
            touched: Vec::new(),
            kept: Vec::new(),
            kept_absent: absent.clone(),
            kept_cost: 0,
            suffix: Vec::new(),
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
        if self.versions[tour as usize] == 0 {
            return;
        }
        let at = self.touched.len();
        if at == self.kept.len() {
            self.kept.push(Tour::default());
        }
        // The version goes with it: taken back, what is known of the tour is true again.
        self.kept[at].clone_from(&self.tours[tour as usize]);
        self.kept[at].version = self.versions[tour as usize];
        self.versions[tour as usize] = 0;
        self.touched.push(tour);
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
            if self.tour_of[job as usize] == NONE {
                // The second stop of a pair.
                removed.swap_remove(at);
                continue;
            }
            self.tour_of[job as usize] = NONE;
            self.absent.push(job);
            self.cost += model.items[job as usize].penalty;
            at += 1;
        }
        self.list(tour);
    }

    /// Puts jobs that nobody serves into an empty tour, in the order of their nodes, as far as they fit.
    pub(super) fn load(&mut self, tour: u32, nodes: &[u32]) {
        self.touch(tour);
        let model = self.model;
        let current = &mut self.tours[tour as usize];
        assert_eq!(current.stops(), 0, "only an empty tour is loaded");
        let cost_before = current.cost;
        current.nodes.splice(1..1, nodes.iter().copied());
        for &node in nodes {
            self.tour_of[model.nodes[node as usize].job as usize] = tour;
        }
        let tour_of = &self.tour_of;
        self.absent.retain(|&job| {
            let is_loaded = tour_of[job as usize] == tour;
            if is_loaded {
                self.cost -= model.items[job as usize].penalty;
            }
            !is_loaded
        });
        // As the tour's times are not known yet, it counts as changed by what does not fit.
        self.tours[tour as usize].cost = cost_before;
        let nothing = vec![false; model.items.len()];
        self.remove(tour, &nothing, &mut Vec::new());
    }

    /// The best tour and place of a job that nobody serves, if it can be served for less than its penalty.
    pub(super) fn best(&mut self, job: u32, blinks: &mut Blinks) -> Option<(u32, Best)> {
        let model = self.model;
        let item = &model.items[job as usize];
        let mut best = Best {
            cost: item.penalty,
            ..Best::NONE
        };
        let mut chosen = NONE;
        let row = job as usize * self.tours.len();
        for at in 0..self.active.len() {
            let tour = self.active[at];
            let version = self.versions[tour as usize];
            if version != 0 && !self.memory.is_empty() {
                let known = self.memory[row + tour as usize];
                if known.version == version {
                    if known.best.cost < best.cost {
                        let found = if blinks.blink() {
                            self.look(job, tour, Some(&mut *blinks))
                        } else {
                            known.best
                        };
                        if found.cost < best.cost {
                            (best, chosen) = (found, tour);
                        }
                    }
                    continue;
                }
                let found = self.look(job, tour, None);
                self.memory[row + tour as usize] = Known {
                    best: found,
                    version,
                };
                if found.cost < best.cost && !blinks.blink() {
                    (best, chosen) = (found, tour);
                }
                continue;
            }
            let found = self.look(job, tour, Some(&mut *blinks));
            if found.cost < best.cost {
                (best, chosen) = (found, tour);
            }
        }
        for class in 0..self.idle.len() {
            let Some(&tour) = self.idle[class].last() else {
                continue;
            };
            let found = self.look(job, tour, None);
            if found.cost < best.cost {
                (best, chosen) = (found, tour);
            }
        }
        (chosen != NONE).then_some((chosen, best))
    }

    fn look(&mut self, job: u32, tour: u32, blinks: Option<&mut Blinks>) -> Best {
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
        let best = search.best(item, blinks, &mut self.suffix);
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
        match item.plot {
            Plot::Driven => unreachable!("what was driven is not planned"),
            Plot::Single(node) => {
                let addition = Addition {
                    behind: first,
                    node,
                };
                current.insert(model, car, &[addition]);
            }
            Plot::Pair(pickup, delivery) => {
                let additions = [(first, pickup), (second, delivery)]
                    .map(|(behind, node)| Addition { behind, node });
                current.insert(model, car, &additions);
            }
        }
        debug_assert_eq!(current.cost - cost_before, best.cost);
        self.cost += current.cost - cost_before - item.penalty;
        self.tour_of[job as usize] = tour;
        self.list(tour);
    }

    /// Drops from `absent` who is served by now.
    pub(super) fn settle(&mut self) {
        let tour_of = &self.tour_of;
        self.absent.retain(|&job| tour_of[job as usize] == NONE);
    }

    /// What it cost at the last decision.
    pub(super) fn kept_cost(&self) -> i64 {
        self.kept_cost
    }

    /// Keeps what was changed since the last decision, and says which tours were.
    pub(super) fn accept(&mut self, mut changed: impl FnMut(u32)) {
        for &tour in &self.touched {
            if self.next_version == u32::MAX {
                self.memory.iter_mut().for_each(|known| known.version = 0);
                self.next_version = 1;
                // No other tour may keep a number that will be given again.
                for version in self.versions.iter_mut().filter(|version| **version != 0) {
                    *version = self.next_version;
                    self.next_version += 1;
                }
            }
            self.versions[tour as usize] = self.next_version;
            self.next_version += 1;
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
            self.versions[tour as usize] = self.tours[tour as usize].version;
            for &node in &self.tours[tour as usize].nodes {
                if node != NONE {
                    self.tour_of[self.model.nodes[node as usize].job as usize] = tour;
                }
            }
            self.list(tour);
        }
        self.touched.clear();
        self.absent.clone_from(&self.kept_absent);
        for &job in &self.absent {
            self.tour_of[job as usize] = NONE;
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
