//! Beside which stops a stop is worth trying.

use super::super::matrix::Arc;
use super::super::model::Model;
use alloc::vec::Vec;

/// How many neighbours a stop is tried beside.
const NEIGHBOURS: usize = 100;
/// How much less than driving waiting counts (Vidal et al. 2013 weigh it so in granular neighbourhoods).
const WAITING_DIVISOR: i64 = 5;

const BEFORE: u32 = 1 << 31;
const BEHIND: u32 = 1 << 30;

/// A stop, and on which side of it the other may lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour {
    marked: u32,
    /// From it to the other, by the first matrix.
    pub(super) to: Arc,
}

impl Neighbour {
    pub(super) fn node(self) -> u32 {
        self.marked & !(BEFORE | BEHIND)
    }

    /// It may come right before the other.
    pub(super) fn is_before(self) -> bool {
        self.marked & BEFORE != 0
    }

    /// It may come right behind the other.
    pub(super) fn is_behind(self) -> bool {
        self.marked & BEHIND != 0
    }
}

/// By node: its neighbours, nearest first.
pub(super) struct Neighbours {
    list: Vec<Neighbour>,
    // By node: where its list begins; one more at the end.
    begins: Vec<usize>,
}

impl Neighbours {
    /// Takes a number of steps in the order of nodes².
    pub(super) fn of(model: &Model<'_>) -> Self {
        let mut list = Vec::with_capacity(model.nodes.len() * NEIGHBOURS);
        let mut begins = Vec::with_capacity(model.nodes.len() + 1);
        let mut all: Vec<(i64, u32)> = Vec::with_capacity(model.nodes.len());
        for number in 0..model.nodes.len() as u32 {
            all.clear();
            all.extend(
                (0..model.nodes.len() as u32).filter_map(|other| near(model, number, other)),
            );
            if all.len() > NEIGHBOURS {
                all.select_nth_unstable(NEIGHBOURS - 1);
                all.truncate(NEIGHBOURS);
            }
            all.sort_unstable();
            begins.push(list.len());
            let into = model.into(0, model.nodes[number as usize].place);
            list.extend(all.iter().map(|&(_, marked)| {
                let other = marked & !(BEFORE | BEHIND);
                Neighbour {
                    marked,
                    to: into[model.nodes[other as usize].place as usize],
                }
            }));
        }
        begins.push(list.len());
        Self { list, begins }
    }

    #[inline]
    pub(super) fn of_node(&self, node: u32) -> &[Neighbour] {
        &self.list[self.begins[node as usize]..self.begins[node as usize + 1]]
    }
}

// How near the other is, and on which sides it may lie.
fn near(model: &Model<'_>, number: u32, other: u32) -> Option<(i64, u32)> {
    if number == other {
        return None;
    }
    let (before, behind) = (follow(model, other, number), follow(model, number, other));
    let nearest = match (before, behind) {
        (Some(before), Some(behind)) => before.min(behind),
        (one, another) => one.or(another)?,
    };
    let mark = |side: Option<i64>, mark: u32| side.map_or(0, |_| mark);
    Some((nearest, other | mark(before, BEFORE) | mark(behind, BEHIND)))
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
