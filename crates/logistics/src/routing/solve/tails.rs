//! Tails: what two vehicles do from some stop on is exchanged (2-opt*; Potvin and Rousseau, "An Exchange Heuristic for
//! Routeing Problems with Time Windows", Journal of the Operational Research Society 1995). Strings are too short to do
//! that to long tours; what such an exchange does not bring by itself, ruin and recreate around it may.

use super::super::model::{Model, NONE};
use super::state::State;
use crate::random::Random;

/// How many stops a stop may be followed by are looked at.
const LOOKED_AT: usize = 40;

/// Two tours and the places behind which they are cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    tours: [u32; 2],
    behind: [usize; 2],
}

/// Whether there are tails that may be exchanged: pairs would be torn apart, and others may not be allowed to do what is left.
pub(super) fn may_exchange(model: &Model<'_>) -> bool {
    !model.nodes.is_empty() && !model.has_pairs && !model.is_restricted
}

/// Exchanges the tails behind a random stop and before another, the cheapest of those that are not overlooked; the stop.
/// `None` if there is no such exchange, and nothing has changed then.
pub(super) fn exchange(state: &mut State<'_>, random: &mut Random) -> Option<u32> {
    let node = random.below(state.model.nodes.len()) as u32;
    let cut = cheapest(state, random, node)?;
    if state.exchange_tails(cut.tours, cut.behind) {
        return Some(node);
    }
    // It was more than one of the vehicles can carry, or than its breaks allow.
    state.reject();
    None
}

fn cheapest(state: &State<'_>, random: &mut Random, node: u32) -> Option<Cut> {
    let tour = state.seats[node as usize].tour;
    if tour == NONE {
        return None;
    }
    let at = state.place_of(node);
    let mut best: Option<(i64, Cut)> = None;
    let neighbours = state.may_follow(node);
    for neighbour in neighbours.iter().take(LOOKED_AT) {
        let other = state.seats[neighbour.node as usize].tour;
        if other == NONE || other == tour || random.next() & 1 == 0 {
            continue;
        }
        let cut = Cut {
            tours: [tour, other],
            behind: [at, state.place_of(neighbour.node) - 1],
        };
        if let Some(cost) = state.tails_cost(cut.tours, cut.behind)
            && best.is_none_or(|(least, _)| cost < least)
        {
            best = Some((cost, cut));
        }
    }
    best.map(|(_, cut)| cut)
}
