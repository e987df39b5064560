//! Why nobody serves a job.

use super::super::model::{Item, Model, NONE};
use super::super::plan::Reason;
use super::super::problem::DIMENSIONS_MAX;
use super::place::{NOWHERE, Open, Search};
use super::tour::{Tour, fits};
use alloc::vec::Vec;

/// Vehicles as a plan has them, and as they would be if they served nothing.
pub(super) struct Reasons<'a> {
    model: &'a Model<'a>,
    tours: Vec<Tour>,
    empty: Vec<Tour>,
}

impl<'a> Reasons<'a> {
    /// The tours fit.
    pub(super) fn of(model: &'a Model<'a>, nodes: &[Vec<u32>]) -> Self {
        let tours = model.cars.iter().zip(nodes).map(|(car, nodes)| {
            let mut tour = Tour::empty(model, car);
            tour.nodes.clone_from(nodes);
            let result = tour.refresh(model, car);
            debug_assert!(result.is_ok() || car.closed);
            tour
        });
        let empty = model.cars.iter().map(|car| Tour::empty(model, car));
        Self {
            model,
            tours: tours.collect(),
            empty: empty.collect(),
        }
    }

    /// What stands in the way with the vehicle that comes nearest to serving the job.
    pub(super) fn why(&self, item: &Item) -> Reason {
        let vehicles = 0..self.model.cars.len();
        let reasons = vehicles.filter_map(|number| self.why_not(item, number));
        reasons.max().unwrap_or(Reason::Skills)
    }

    // `None` if the vehicle may never serve it.
    fn why_not(&self, item: &Item, number: usize) -> Option<Reason> {
        let car = &self.model.cars[number];
        if (item.bound != NONE && item.bound as usize != number) || item.skills & !car.skills != 0 {
            return None;
        }
        if !fits(&[0; DIMENSIONS_MAX], &item.demand, &car.capacity) {
            return Some(Reason::TooLarge);
        }
        if item.from_start && car.underway {
            return Some(Reason::Left);
        }
        let (empty, tour) = (&self.empty[number], &self.tours[number]);
        if car.closed || !self.takes(item, number, empty) {
            return Some(Reason::TooLate);
        }
        if self.takes(item, number, tour) {
            return Some(Reason::Detour);
        }
        // Goods of pairs come and go: there is room if there is some anywhere.
        let mut loads = tour.loads.iter();
        let is_from_start = !self.model.has_pairs;
        let has_room = if is_from_start {
            fits(&tour.start_load, &item.demand, &car.capacity)
        } else {
            loads.any(|load| fits(load, &item.demand, &car.capacity))
        };
        Some(if has_room {
            Reason::NoTime
        } else {
            Reason::Full
        })
    }

    fn takes(&self, item: &Item, number: usize, tour: &Tour) -> bool {
        let search = Search {
            model: self.model,
            car: &self.model.cars[number],
            tour,
        };
        search.best(item, NOWHERE, &mut Open, &mut Vec::new()).cost != NOWHERE
    }
}
