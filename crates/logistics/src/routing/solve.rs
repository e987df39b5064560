//! Finds good plans by ruin and recreate: strings of stops are taken out of tours that lie near each other and put back
//! greedily, with blinks; simulated annealing decides what is kept (Christiaens and Vanden Berghe, "Slack Induction by
//! String Removals for Vehicle Routing Problems", Transportation Science 2020).
//!
//! What is ours: tails of tours are exchanged before some of the removals; a job is tried behind the stops that are near
//! it in distance and time, and a seat of each stop holds what decides whether the place behind it is worth more than a
//! glance, so that most tours are not looked at.

mod fleet;
mod neighbours;
mod place;
mod reason;
mod recreate;
mod ruin;
mod state;
mod tails;
mod tour;

use super::math;
use super::model::{Item, Model, NONE, Plot};
use super::plan::Plan;
use super::problem::{Problem, ProblemError};
use crate::random::Random;
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use fleet::Fleet;
use reason::Reasons;
use recreate::Recreate;
use ruin::Ruin;
use state::State;

/// Between two looks at the budget lie so many iterations.
const ITERATIONS_PER_LOOK: u64 = 64;
/// The temperature at the beginning and at the end, as a part of the mean cost of a stop in the first plan, fixed costs
/// aside.
const TEMPERATURE_FIRST: f64 = 1.0;
const TEMPERATURE_LAST: f64 = 0.02;
/// How often tails are exchanged before strings are taken out.
const EXCHANGE_CHANCE: f64 = 0.1;
/// Where using a vehicle costs something, fewer are tried for so long.
const FLEET_PART: f64 = 0.1;

/// What a run begins with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings<'a> {
    /// The same seed, problem and budget give the same plan.
    pub seed: u64,
    /// A plan to begin with. What it serves is kept as far as it fits the problem; whatever lies in it of vehicles,
    /// jobs or stops that don't exist (any more) is passed over.
    pub plan: Option<&'a Plan>,
}

/// How much of the budget is used up, asked with the number of iterations so far: from 0 to 1, where the run ends.
/// Temperatures follow it.
pub type Progress<'a> = &'a mut dyn FnMut(u64) -> f64;

/// A budget of iterations.
pub fn iterations(most: u64) -> impl FnMut(u64) -> f64 {
    move |done| done as f64 / most.max(1) as f64
}

/// Finds a plan. The lists of neighbours take a number of steps in the order of stops², and 500 entries for each stop at
/// most. An iteration takes out ten stops on average and tries each beside 300 others at most; pairs are tried in the
/// whole tours of these, stops² for each tour.
///
/// A job that cannot be served is left out with the reason; the plan is always one that
/// [`check`](super::check::check) has nothing to say against.
///
/// # Errors
/// What [`Problem::validate`] says.
pub fn solve(
    problem: &Problem,
    settings: Settings<'_>,
    progress: Progress<'_>,
) -> Result<Plan, ProblemError> {
    problem.validate()?;
    let model = Model::of(problem);
    let mut run = Run::of(&model, settings.seed);
    if let Some(plan) = settings.plan {
        warm(&model, &mut run.state, plan);
    }
    run.recreate.recreate_all(&mut run.state, &mut run.random);
    run.keep_best();
    run.anneal(progress);
    let reasons = Reasons::of(&model, &run.best);
    let why = |item: &Item| reasons.why(item);
    Ok(super::schedule::plan(&model, &run.best, why))
}

struct Run<'a> {
    state: State<'a>,
    ruin: Ruin,
    recreate: Recreate,
    random: Random,
    removed: Vec<u32>,
    may_exchange: bool,
    // The best tours so far, by vehicle, and those that changed since.
    best: Vec<Vec<u32>>,
    best_cost: i64,
    stale: Vec<u32>,
    is_stale: Vec<bool>,
}

impl<'a> Run<'a> {
    fn of(model: &'a Model<'a>, seed: u64) -> Self {
        let state = State::empty(model);
        let nodes = state.tours.iter().map(|tour| tour.nodes.clone());
        Self {
            best: nodes.collect(),
            best_cost: i64::MAX,
            stale: Vec::new(),
            is_stale: vec![false; model.cars.len()],
            ruin: Ruin::of(model),
            recreate: Recreate::of(model, Random::of(seed, 1)),
            random: Random::of(seed, 2),
            removed: Vec::new(),
            may_exchange: tails::may_exchange(model),
            state,
        }
    }

    // Accepts what there is, and keeps it if it is better than all before.
    fn keep_best(&mut self) {
        let (stale, is_stale) = (&mut self.stale, &mut self.is_stale);
        self.state.accept(|tour| {
            if !core::mem::replace(&mut is_stale[tour as usize], true) {
                stale.push(tour);
            }
        });
        if self.state.cost >= self.best_cost {
            return;
        }
        self.best_cost = self.state.cost;
        for tour in self.stale.drain(..) {
            self.is_stale[tour as usize] = false;
            let nodes = &self.state.tours[tour as usize].nodes;
            self.best[tour as usize].clone_from(nodes);
        }
    }

    // What the mean stop costs, fixed costs aside: they don't say how much a change of a tour costs.
    fn scale(&self) -> f64 {
        let (model, state) = (self.state.model, &self.state);
        let used = state.active.iter().map(|&tour| tour as usize);
        let costs = used.map(|tour| state.tours[tour].cost - model.cars[tour].fixed);
        (costs.sum::<i64>() as f64 / model.nodes.len().max(1) as f64).max(1.0)
    }

    // Takes stops out and puts them back.
    fn change(&mut self) {
        let (state, random) = (&mut self.state, &mut self.random);
        let seed = if self.may_exchange && random.unit() < EXCHANGE_CHANCE {
            tails::exchange(state, random)
        } else {
            None
        };
        self.ruin.ruin(state, random, seed, &mut self.removed);
        self.recreate.recreate(state, random, &self.removed);
    }

    // Whether the change is good enough at a temperature.
    fn is_kept(&mut self, temperature: f64) -> bool {
        // An exponential variable: -ln of a uniform one.
        let chance = -math::ln(1.0 - self.random.unit());
        let limit = self.state.kept_cost() as f64 + temperature * chance;
        (self.state.cost as f64) < limit
    }

    fn drop_tour(&mut self, fleet: &Fleet) -> bool {
        let is_dropped = fleet.drop_tour(&mut self.state);
        self.keep_best();
        is_dropped
    }

    // Does with fewer vehicles, if that costs less; how many iterations it took.
    fn shrink(&mut self, scale: f64, fleet: &mut Fleet, progress: Progress<'_>) -> u64 {
        let mut iteration = 0;
        let mut temperature = 0.0;
        let mut goes_on = self.drop_tour(fleet);
        while goes_on {
            if iteration % ITERATIONS_PER_LOOK == 0 {
                let part = progress(iteration) / FLEET_PART;
                if part.is_nan() || part >= 1.0 {
                    break;
                }
                temperature = scale * cooled(part);
            }
            iteration += 1;
            self.change();
            let is_kept = match fleet.weigh(&self.state) {
                Ordering::Less => true,
                Ordering::Equal => self.is_kept(temperature),
                Ordering::Greater => false,
            };
            if !is_kept {
                self.state.reject();
                continue;
            }
            self.keep_best();
            if self.state.absent.is_empty() {
                goes_on = self.drop_tour(fleet);
            }
        }
        self.state.active_max = usize::MAX;
        self.state.restore(&self.best);
        self.keep_best();
        iteration
    }

    fn anneal(&mut self, progress: Progress<'_>) {
        let scale = self.scale();
        let mut begin = 0.0;
        let mut iteration = 0;
        if let Some(mut fleet) = Fleet::of(&self.state) {
            begin = FLEET_PART;
            iteration = self
                .shrink(scale, &mut fleet, progress)
                .next_multiple_of(ITERATIONS_PER_LOOK);
        }
        let mut temperature = 0.0;
        loop {
            if iteration % ITERATIONS_PER_LOOK == 0 {
                let part = progress(iteration);
                // Also what is no number ends the run.
                if part.is_nan() || part >= 1.0 {
                    break;
                }
                temperature = scale * cooled((part - begin) / (1.0 - begin));
            }
            iteration += 1;
            self.change();
            if self.is_kept(temperature) {
                self.keep_best();
            } else {
                self.state.reject();
            }
        }
        self.state.assert_sums();
    }
}

// The temperature after a part of the time, as a part of what a stop costs.
fn cooled(part: f64) -> f64 {
    let (first, last) = (TEMPERATURE_FIRST, TEMPERATURE_LAST);
    first * math::exp(math::ln(last / first) * part.max(0.0))
}

// Loads the vehicles as a plan has it.
fn warm(model: &Model<'_>, state: &mut State<'_>, plan: &Plan) {
    let mut known = vec![false; model.items.len()];
    for route in &plan.routes {
        let Some(car) = model.cars.get(route.vehicle) else {
            continue;
        };
        if car.closed || state.tours[route.vehicle].stops() > 0 {
            continue;
        }
        let mut nodes: Vec<u32> = Vec::new();
        for visit in &route.visits {
            let Some(item) = model.items.get(visit.job) else {
                continue;
            };
            if known[visit.job] || !model.may(item, route.vehicle) {
                continue;
            }
            let mut of_job = model.nodes_of(visit.job as u32);
            let node = of_job.find(|&node| model.nodes[node as usize].part == visit.part);
            nodes.extend(node.filter(|node| !nodes.contains(node)));
        }
        // A pair whose stops are not both there, in their order, waits for the search.
        let whole: Vec<u32> = nodes
            .iter()
            .copied()
            .filter(|&node| {
                let at = |node: u32| nodes.iter().position(|&known| known == node);
                match model.items[model.nodes[node as usize].job as usize].plot {
                    Plot::Pair(first, last) => at(first).is_some() && at(last) > at(first),
                    _ => true,
                }
            })
            .collect();
        for &node in &whole {
            known[model.nodes[node as usize].job as usize] = true;
        }
        debug_assert!(!whole.contains(&NONE));
        state.load(route.vehicle as u32, &whole);
    }
}
