//! Who drives where and when, and what it costs.

use super::problem::Part;
use alloc::vec::Vec;

/// A plan of all vehicles that serve something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// One for each vehicle that serves something, in the order of the vehicles.
    pub routes: Vec<Route>,
    /// Jobs that nobody serves, in their order.
    pub unserved: Vec<Unserved>,
    /// What it costs.
    pub cost: Cost,
}

/// What one vehicle does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Which one.
    pub vehicle: usize,
    /// When it leaves its start, or is free behind what it has driven already.
    pub departure: i64,
    /// What it visits, in order; what it has driven already is first.
    pub visits: Vec<Visit>,
    /// When its breaks begin, in the order of the type's breaks: as many as are due before it arrives. Those that lie
    /// before `departure` of a vehicle underway are not among them.
    pub breaks: Vec<Pause>,
    /// When it comes to its end.
    pub arrival: i64,
}

/// One stop of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Which job.
    pub job: usize,
    /// Which of its stops.
    pub part: Part,
    /// When its service begins; `None` for what was driven already.
    pub start: Option<i64>,
}

/// One break of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// Which of the vehicle type's breaks.
    pub number: usize,
    /// When it begins.
    pub start: i64,
}

/// A job that nobody serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unserved {
    /// Which one.
    pub job: usize,
    /// Why.
    pub reason: Reason,
}

/// Why a job is not served, said of the vehicle that comes nearest to it: the further down, the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// No vehicle has its skills, or the one that it is bound to has not.
    Skills,
    /// It is more than any vehicle that may serve it can carry.
    TooLarge,
    /// The vehicles that could have taken it at their start have left.
    Left,
    /// Any vehicle that may serve it would come too late, or be back too late, if it did nothing else.
    TooLate,
    /// All vehicles that might serve it are full.
    Full,
    /// Vehicles have room, but none has the time.
    NoTime,
    /// It could be served; its penalty is less than the detour.
    Detour,
}

/// What a plan costs, in the unit of distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// What is driven.
    pub distance: i64,
    /// For vehicles that are used.
    pub fixed: i64,
    /// For stops that begin after they were due.
    pub lateness: i64,
    /// For jobs that nobody serves.
    pub penalty: i64,
}

impl Cost {
    /// All of it.
    pub fn total(&self) -> i64 {
        self.distance + self.fixed + self.lateness + self.penalty
    }
}
