//! Fewer vehicles, where using one costs something: tours are taken out whole, and their jobs put in with the others.
//! While some find no place, a job counts the more the longer nobody has served it, so that those stay out in the end
//! that fit in easily (Christiaens and Vanden Berghe 2020, "fleet minimization").

use super::super::model::{Model, NONE};
use super::state::State;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// How hard each job is to place.
pub(super) struct Fleet {
    // By job: after how many changes nobody served it.
    absences: Vec<u64>,
}

impl Fleet {
    /// `None` if there is nothing to be saved, or some job is left out already.
    pub(super) fn of(state: &State<'_>) -> Option<Self> {
        let model: &Model<'_> = state.model;
        let is_free = model.cars.iter().all(|car| car.fixed == 0);
        (!is_free && state.absent.is_empty()).then(|| Self {
            absences: vec![0; model.items.len()],
        })
    }

    /// Takes the tour out whose jobs are the easiest to place, and lets no further vehicle set out. `false` if there is
    /// none that could stay at home.
    pub(super) fn drop_tour(&self, state: &mut State<'_>) -> bool {
        let model = state.model;
        let tours = state.active.iter().copied();
        let at_home = tours.filter(|&tour| !model.cars[tour as usize].underway);
        let absences = |&tour: &u32| {
            let nodes = state.tours[tour as usize].nodes.iter();
            let stops = nodes.filter(|&&node| node != NONE);
            let jobs = stops.map(|&node| model.nodes[node as usize].job);
            (self.sum(jobs), tour)
        };
        let Some(easiest) = at_home.min_by_key(absences) else {
            return false;
        };
        let all = vec![true; model.items.len()];
        state.remove(easiest, &all, &mut Vec::new());
        state.active_max = state.active.len();
        true
    }

    /// How hard the jobs are that nobody serves, against those of the last decision. It makes them harder.
    pub(super) fn weigh(&mut self, state: &State<'_>) -> Ordering {
        let now = self.sum(state.absent.iter().copied());
        let before = self.sum(state.kept_absent().iter().copied());
        for &job in &state.absent {
            self.absences[job as usize] += 1;
        }
        now.cmp(&before)
    }

    fn sum(&self, jobs: impl Iterator<Item = u32>) -> u64 {
        jobs.map(|job| self.absences[job as usize]).sum()
    }
}
