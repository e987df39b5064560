//! Ruin: strings of stops that lie near each other are taken out of a few tours (Christiaens and Vanden Berghe 2020,
//! "Slack Induction by String Removals", section 5.1).

use super::super::model::{Model, NONE};
use super::state::State;
use crate::random::Random;
use alloc::vec;
use alloc::vec::Vec;

/// How many stops are taken out, on average.
const REMOVED_MEAN: f64 = 10.0;
/// The longest string.
const STRING_MAX: usize = 10;
/// How often a string leaves some of its stops where they are.
const SPLIT_CHANCE: f64 = 0.5;
/// How often one more of them is left.
const SPLIT_MORE: f64 = 0.01;
/// How many neighbours of a stop are known.
const NEIGHBOURS: usize = 200;

/// By node: the nodes around it, nearest first.
pub(super) struct Ruin {
    neighbours: Vec<u32>,
    width: usize,
    // By job: it is about to be taken out.
    gone: Vec<bool>,
    ruined: Vec<u32>,
}

impl Ruin {
    pub(super) fn of(model: &Model<'_>) -> Self {
        let count = model.nodes.len();
        let width = count.min(NEIGHBOURS);
        let mut neighbours = Vec::with_capacity(count * width);
        let mut all: Vec<(i32, u32)> = Vec::with_capacity(count);
        for node in &model.nodes {
            let (out, into) = (model.out(0, node.place), model.into(0, node.place));
            all.clear();
            all.extend(model.nodes.iter().enumerate().map(|(number, other)| {
                let place = other.place as usize;
                (out[place].distance.min(into[place].distance), number as u32)
            }));
            if width < count {
                all.select_nth_unstable(width - 1);
                all.truncate(width);
            }
            all.sort_unstable();
            neighbours.extend(all.iter().map(|&(_, number)| number));
        }
        Self {
            neighbours,
            width,
            gone: vec![false; model.items.len()],
            ruined: Vec::new(),
        }
    }

    /// Takes strings around a stop out, around a random one if none is given; the jobs are in `removed` then.
    pub(super) fn ruin(
        &mut self,
        state: &mut State<'_>,
        random: &mut Random,
        seed: Option<u32>,
        removed: &mut Vec<u32>,
    ) {
        removed.clear();
        self.ruined.clear();
        let model = state.model;
        let stops: usize = model.nodes.len();
        let used = state.active.len();
        if used == 0 || stops == 0 {
            return;
        }
        let mean = stops as f64 / used as f64;
        let longest = (STRING_MAX as f64).min(mean).max(1.0);
        let strings_max = 4.0 * REMOVED_MEAN / (1.0 + longest) - 1.0;
        let strings = (random.unit() * strings_max + 1.0) as usize;
        let seed = seed.map_or_else(|| random.below(stops), |seed| seed as usize);
        for at in 0..self.width {
            if self.ruined.len() >= strings {
                break;
            }
            let node = self.neighbours[seed * self.width + at];
            let job = model.nodes[node as usize].job;
            let tour = state.tour_of(job);
            if tour == NONE || self.ruined.contains(&tour) {
                continue;
            }
            self.ruined.push(tour);
            self.string(state, random, tour, node, longest);
            state.remove(tour, &self.gone, removed);
            for &job in removed.iter() {
                self.gone[job as usize] = false;
            }
        }
    }

    // Marks a string that contains the node.
    fn string(
        &mut self,
        state: &State<'_>,
        random: &mut Random,
        tour: u32,
        node: u32,
        longest: f64,
    ) {
        let model = state.model;
        let nodes = &state.tours[tour as usize].nodes;
        let stops = nodes.len() - 2;
        let most = longest.min(stops as f64);
        let length = ((random.unit() * most + 1.0) as usize).min(stops);
        let at = nodes.iter().position(|&known| known == node);
        let at = at.expect("a job's stops are in its tour");
        let mut left = 0;
        if length > 1 && length < stops && random.unit() < SPLIT_CHANCE {
            left = 1;
            while length + left < stops && random.unit() < SPLIT_MORE {
                left += 1;
            }
        }
        let span = length + left;
        // The string may begin so that it holds the node and lies within the tour.
        let first_min = at.saturating_sub(span - 1).max(1);
        let first_max = at.min(stops + 1 - span);
        let first = first_min + random.below(first_max - first_min + 1);
        let gap = if left > 0 {
            1 + random.below(length - 1)
        } else {
            length
        };
        for offset in (0..gap).chain(gap + left..span) {
            let node = nodes[first + offset];
            self.gone[model.nodes[node as usize].job as usize] = true;
        }
    }
}
