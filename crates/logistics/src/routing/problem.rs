//! What is to be driven, by whom, and what a good day costs.
//!
//! All numbers are integers in units of the caller's choice, the same unit wherever two are added: distances and fixed
//! costs in the unit of cost, times and durations in the unit of time. Times count from a zero that the caller chooses,
//! such as midnight. None is negative, none is above [`VALUE_MAX`].

use super::matrix::Matrix;
use alloc::vec::Vec;
use core::fmt;

/// The largest distance, duration, time, demand or fixed cost. Four of them can be added in 32 bits.
pub const VALUE_MAX: i64 = 1 << 28;
/// The largest penalty for a job that is not served.
pub const PENALTY_MAX: i64 = 1 << 40;
/// Most places of a matrix.
pub const PLACES_MAX: usize = 10_000;
/// Most jobs of one problem.
pub const JOBS_MAX: usize = 20_000;
/// Most vehicles of one problem, all types together.
pub const VEHICLES_MAX: usize = 20_000;
/// Most dimensions of a capacity (such as weight, volume, boxes).
pub const DIMENSIONS_MAX: usize = 4;
/// Most breaks of one shift.
pub const BREAKS_MAX: usize = 8;
/// Most time windows of one stop.
pub const WINDOWS_MAX: usize = 16;

/// A span of time, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Not before.
    pub open: i64,
    /// Not after.
    pub close: i64,
}

impl Window {
    /// Any time at all.
    pub const ALWAYS: Self = Self {
        open: 0,
        close: VALUE_MAX,
    };
}

/// Where vehicles start and end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depot {
    /// Its place in the matrices.
    pub place: usize,
    /// Vehicles leave it within it, and come back before it ends.
    pub window: Window,
}

/// A pause of the driver. It lies between two services, and may interrupt driving. It is due when the shift has not
/// ended before it may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// When it may begin.
    pub begins: Window,
    /// How long it takes.
    pub duration: i64,
}

/// Vehicles that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleType {
    /// How many there are. Vehicles are numbered through all types, in their order.
    pub count: usize,
    /// The depot where they start, by its number.
    pub start: usize,
    /// The depot where they end.
    pub end: usize,
    /// What they can carry, by dimension; each as many as any demand has.
    pub capacity: Vec<i64>,
    /// They leave the start within it, and come to the end before it ends.
    pub shift: Window,
    /// What it costs to use one.
    pub fixed_cost: i64,
    /// What they can do, a bit for each skill.
    pub skills: u64,
    /// Pauses, one after another: each may begin only after the one before must have ended.
    pub breaks: Vec<Break>,
    /// By which matrix they drive, by its number.
    pub matrix: usize,
}

/// One thing to do at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Where.
    pub place: usize,
    /// How long it takes.
    pub service: i64,
    /// When it may begin: one of these, in order of time and apart from each other. None: any time.
    pub windows: Vec<Window>,
    /// When it should have begun: later costs, see [`Problem::lateness_divisor`].
    pub due: Option<i64>,
}

/// What a job asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Goods from the vehicle's start to a place.
    Delivery(Stop),
    /// Goods from one place to another, by one vehicle.
    Pair {
        /// Where they are taken up.
        pickup: Stop,
        /// Where they are handed over.
        delivery: Stop,
    },
}

/// Something that is served whole, by one vehicle, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What is to be done.
    pub task: Task,
    /// How much room it takes, by dimension.
    pub demand: Vec<i64>,
    /// What the vehicle must be able to do: all of these bits.
    pub skills: u64,
    /// Its goods are ready from then on: whoever carries a delivery does not leave the start before, and a pickup does
    /// not begin before.
    pub release: i64,
    /// What it costs when nobody serves it. It should be more than any detour.
    pub penalty: i64,
    /// The only vehicle that may serve it, if it is bound to one.
    pub vehicle: Option<usize>,
}

impl Job {
    /// Its stops, in the order in which they are visited.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &Stop)> {
        let (first, second) = match &self.task {
            Task::Delivery(stop) => ((Part::Delivery, stop), None),
            Task::Pair { pickup, delivery } => {
                ((Part::Pickup, pickup), Some((Part::Delivery, delivery)))
            }
        };
        core::iter::once(first).chain(second)
    }

    /// The stop of a part, if the job has it.
    pub fn stop(&self, part: Part) -> Option<&Stop> {
        self.parts()
            .find(|(known, _)| *known == part)
            .map(|(_, stop)| stop)
    }
}

/// Which stop of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Goods are taken up.
    Pickup,
    /// Goods are handed over.
    Delivery,
}

/// A vehicle that is on its way already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Underway {
    /// Which one.
    pub vehicle: usize,
    /// What it has driven so far, or cannot be turned away from: job and part. They stay first, in this order, whatever
    /// their windows say.
    pub driven: Vec<(usize, Part)>,
    /// When it is free behind the last of them; without one, when it left or leaves the start.
    pub free_at: i64,
    /// What it has on board for deliveries: these jobs it keeps, and others that begin at the start it cannot take any
    /// more. Pairs it may still take.
    pub loaded: Vec<usize>,
}

/// A day's work.
///
/// A plan costs the distances driven, the fixed costs of vehicles that serve a job, the penalties of jobs that nobody
/// serves, and lateness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Distances and durations, one matrix for each kind of driving; all over the same places.
    pub matrices: Vec<Matrix>,
    /// Where vehicles start and end.
    pub depots: Vec<Depot>,
    /// Who drives.
    pub vehicles: Vec<VehicleType>,
    /// What is to be done.
    pub jobs: Vec<Job>,
    /// What has happened already.
    pub underway: Vec<Underway>,
    /// A stop that begins t units of time after it was due costs t²/this, rounded down.
    pub lateness_divisor: i64,
}

impl Problem {
    /// How many dimensions capacities and demands have.
    pub fn dimensions(&self) -> usize {
        self.vehicles
            .first()
            .map_or(0, |vehicle| vehicle.capacity.len())
    }

    /// How many vehicles there are.
    pub fn vehicle_count(&self) -> usize {
        self.vehicles.iter().map(|vehicle| vehicle.count).sum()
    }

    /// The type of a vehicle, if there is such a vehicle.
    pub fn type_of(&self, vehicle: usize) -> Option<&VehicleType> {
        let mut first_of_next = 0;
        self.vehicles.iter().find(|kind| {
            first_of_next += kind.count;
            vehicle < first_of_next
        })
    }
}

/// What is wrong with a problem: where, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemError {
    /// Where.
    pub at: Field,
    /// What.
    pub wrong: Wrong,
}

/// A part of a problem, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The problem as a whole.
    Whole,
    /// A matrix.
    Matrix(usize),
    /// A depot.
    Depot(usize),
    /// A vehicle type.
    Vehicle(usize),
    /// A job.
    Job(usize),
    /// A vehicle underway, by its place in the list.
    Underway(usize),
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// There is none of these, and one is needed.
    Missing(&'static str),
    /// There are more of these than can be.
    TooMany(&'static str),
    /// A number is negative or above its limit.
    Range(&'static str, i64),
    /// Something is named that does not exist.
    Unknown(&'static str, usize),
    /// A list has another length than the first of its kind.
    Length(&'static str, usize),
    /// A window closes before it opens, or windows or breaks are not in order and apart.
    Order(&'static str),
    /// Named twice, or against what was said elsewhere.
    Contradiction(&'static str),
}

impl fmt::Display for ProblemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Field::Whole => {}
            Field::Matrix(number) => write!(f, "matrix {number}: ")?,
            Field::Depot(number) => write!(f, "depot {number}: ")?,
            Field::Vehicle(number) => write!(f, "vehicle type {number}: ")?,
            Field::Job(number) => write!(f, "job {number}: ")?,
            Field::Underway(number) => write!(f, "underway {number}: ")?,
        }
        match self.wrong {
            Wrong::Missing(what) => write!(f, "no {what}, at least one is needed"),
            Wrong::TooMany(what) => write!(f, "too many {what}"),
            Wrong::Range(what, value) => write!(f, "{what} is {value}, which is out of range"),
            Wrong::Unknown(what, number) => write!(f, "there is no {what} {number}"),
            Wrong::Length(what, length) => {
                write!(f, "{what} has length {length}, unlike the others")
            }
            Wrong::Order(what) => write!(f, "{what} out of order"),
            Wrong::Contradiction(what) => write!(f, "{what}"),
        }
    }
}

impl core::error::Error for ProblemError {}
