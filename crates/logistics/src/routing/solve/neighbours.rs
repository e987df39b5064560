//! Beside which stops a stop is worth trying.

use super::super::matrix::Arc;
use super::super::model::Model;
use alloc::vec::Vec;

/// How many stops a stop is tried behind.
const BEHIND: usize = 200;
/// How many stops a stop is tried before, where these are the first of their tours: the place between two stops is
/// known from the one before it.
const BEFORE: usize = 100;
/// How much less than driving waiting counts (Vidal et al. 2013 weigh it so in granular neighbourhoods).
const WAITING_DIVISOR: i64 = 5;

/// A stop, and the way between it and the other, by the first matrix.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour {
    pub(super) node: u32,
    pub(super) way: Arc,
}

/// By node: its neighbours, nearest first.
pub(super) struct Neighbours {
    behind: Lists,
    before: Lists,
}

// By node: a list.
#[derive(Default)]
struct Lists {
    list: Vec<Neighbour>,
    ends: Vec<usize>,
}

impl Neighbours {
    /// Takes a number of steps in the order of nodes².
    pub(super) fn of(model: &Model<'_>) -> Self {
        let mut neighbours = Self {
            behind: Lists::default(),
            before: Lists::default(),
        };
        let mut near: Vec<(i64, u32)> = Vec::with_capacity(model.nodes.len());
        let count = model.nodes.len() as u32;
        for number in 0..count {
            let place = model.nodes[number as usize].place;
            let others = (0..count).filter(|&other| other != number);
            near.clear();
            near.extend(others.clone().filter_map(|other| {
                follow(model, other, number).map(|distance| (distance, other))
            }));
            neighbours
                .behind
                .push(model, &mut near, BEHIND, model.into(0, place));
            near.clear();
            near.extend(others.filter_map(|other| {
                follow(model, number, other).map(|distance| (distance, other))
            }));
            neighbours
                .before
                .push(model, &mut near, BEFORE, model.out(0, place));
        }
        neighbours
    }

    /// The stops that the node may come right behind.
    pub(super) fn to_follow(&self, node: u32) -> &[Neighbour] {
        self.behind.of(node)
    }

    /// The stops that the node may come right before.
    pub(super) fn to_precede(&self, node: u32) -> &[Neighbour] {
        self.before.of(node)
    }
}

impl Lists {
    // The list of the next node: the nearest of those given.
    fn push(&mut self, model: &Model<'_>, near: &mut Vec<(i64, u32)>, most: usize, ways: &[Arc]) {
        if near.len() > most {
            near.select_nth_unstable(most - 1);
            near.truncate(most);
        }
        near.sort_unstable();
        self.list.extend(near.iter().map(|&(_, node)| Neighbour {
            node,
            way: ways[model.nodes[node as usize].place as usize],
        }));
        self.ends.push(self.list.len());
    }

    fn of(&self, node: u32) -> &[Neighbour] {
        let begin = match node {
            0 => 0,
            _ => self.ends[node as usize - 1],
        };
        &self.list[begin..self.ends[node as usize]]
    }
}

// How far it is from one to the next, with the time that must be waited there; `None` if that is always too late.
fn follow(model: &Model<'_>, first: u32, second: u32) -> Option<i64> {
    let (first, second) = (&model.nodes[first as usize], &model.nodes[second as usize]);
    let mut matrices = model.problem.matrices.iter();
    let arc = |matrix: usize| model.out(matrix, first.place)[second.place as usize];
    let fastest = (0..matrices.len())
        .map(|matrix| arc(matrix).duration)
        .min()?;
    let leave = first.early + first.service;
    if leave + fastest > second.late {
        return None;
    }
    let waiting = second.early - (first.late + first.service + fastest);
    let distance = matrices.next().map(|_| arc(0).distance)?;
    Some(i64::from(distance) + i64::from(waiting.max(0)) / WAITING_DIVISOR)
}
