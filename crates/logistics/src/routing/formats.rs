//! Instances and solutions in the forms in which they are published.
//!
//! Read: Solomon and Gehring & Homberger (time windows), Li & Lim (pickup and delivery), VRPLIB (capacities, with or
//! without time windows; `EUC_2D` and `EXPLICIT`). Written: solutions as CVRPLIB and as Li & Lim publish them.
//!
//! Published distances are real numbers, ours are integers: a [`Rounding`] says how one becomes the other. Times are
//! multiplied like distances, so that one unit of distance stays one unit of time.

mod lines;
mod solomon;
mod solution;
mod vrplib;

use super::matrix::{Matrix, MatrixError};
use super::problem::{
    Depot, Field, Job, PENALTY_MAX, Part, Problem, ProblemError, Stop, Task, VALUE_MAX,
    VehicleType, Window,
};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

pub use solution::{Solution, read_solution, write_li_lim, write_solution};

/// How real distances become integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// Ten times the distance, cut off: the convention of the DIMACS challenge for time windows.
    TruncatedTenths,
    /// Rounded to the nearest multiple of 1/n: 1 is TSPLIB's `EUC_2D`, 10 is one exact decimal. 1 to 10,000.
    Nearest(u32),
}

impl Rounding {
    /// How many units of ours one published unit is.
    pub fn scale(self) -> i64 {
        match self {
            Self::TruncatedTenths => 10,
            Self::Nearest(scale) => i64::from(scale),
        }
    }

    // The distance between two points, as an exact integer of the square.
    fn distance(self, a: (f64, f64), b: (f64, f64)) -> i64 {
        let (x, y) = (a.0 - b.0, a.1 - b.1);
        let scale = self.scale() as f64;
        let square = (x * x + y * y) * scale * scale;
        match self {
            Self::TruncatedTenths => root(square),
            Self::Nearest(_) => (root(4.0 * square) + 1) / 2,
        }
    }
}

// The square root, cut off.
fn root(square: f64) -> i64 {
    let mut root = super::math::sqrt(square) as i64;
    let square_of = |root: i64| root as f64 * root as f64;
    while square_of(root) > square {
        root -= 1;
    }
    while square_of(root + 1) <= square {
        root += 1;
    }
    root
}

/// A problem with what its file calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The instance's name.
    pub name: String,
    /// What is to be solved.
    pub problem: Problem,
    /// How many units of ours one published unit is.
    pub scale: i64,
    /// By the file's number of a stop (the depot is 0): job and part.
    pub stops: Vec<Option<(usize, Part)>>,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatError {
    /// In which line, from 1 on; 0 where the whole text is meant.
    pub line: usize,
    /// In which field of it.
    pub field: &'static str,
    /// What.
    pub reason: FormatReason,
}

/// What can be wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatReason {
    /// The field is missing.
    Missing,
    /// The field is no number, or one that is out of range.
    Number(String),
    /// The field says something that is not supported.
    Unsupported(String),
    /// The field names what does not exist, or what was named before.
    Reference(String),
    /// The distances are out of range.
    Matrix(MatrixError),
    /// The numbers don't fit each other.
    Problem(ProblemError),
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, ", self.line)?;
        }
        write!(f, "{}: ", self.field)?;
        match &self.reason {
            FormatReason::Missing => f.write_str("is missing"),
            FormatReason::Number(text) => write!(f, "\"{text}\" is no number that fits"),
            FormatReason::Unsupported(text) => write!(f, "\"{text}\" is not supported"),
            FormatReason::Reference(text) => write!(f, "{text} does not exist or came before"),
            FormatReason::Matrix(error) => error.fmt(f),
            FormatReason::Problem(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FormatError {}

/// Reads an instance in whichever of the forms it is.
///
/// # Errors
/// The first line and field that is wrong.
pub fn read(text: &str, rounding: Rounding) -> Result<Instance, FormatError> {
    if !(1..=10_000).contains(&rounding.scale()) {
        let reason = FormatReason::Number(rounding.scale().to_string());
        return Err(FormatError {
            line: 0,
            field: "rounding",
            reason,
        });
    }
    let has_key = |key: &str| text.lines().any(|line| line.trim_start().starts_with(key));
    if has_key("DIMENSION") {
        vrplib::read(text, rounding)
    } else if has_key("CUSTOMER") {
        solomon::read(text, rounding)
    } else {
        solomon::read_li_lim(text, rounding)
    }
}

impl Instance {
    /// The stops of a route as numbers of the file.
    pub fn numbers(&self, visits: &[super::plan::Visit]) -> Vec<usize> {
        let number = |visit: &super::plan::Visit| {
            let wanted = Some((visit.job, visit.part));
            self.stops.iter().position(|stop| *stop == wanted)
        };
        visits.iter().filter_map(number).collect()
    }
}

// What all forms come to: one depot, vehicles that are alike.
struct Table {
    name: String,
    vehicles: usize,
    capacity: i64,
    rows: Vec<Row>,
}

// A customer, times and distances in units of ours; the first is the depot.
#[derive(Clone)]
struct Row {
    line: usize,
    demand: i64,
    window: Window,
    service: i64,
    // Of a delivery: who its pickup is.
    pickup: Option<usize>,
    // Of a pickup.
    delivery: Option<usize>,
}

impl Table {
    // Long because each row of a table becomes a stop, a job, or half of one.
    fn instance(self, matrix: Matrix, scale: i64) -> Result<Instance, FormatError> {
        // Nobody is left out for being far away: more than the longest way there and back.
        let longest = (0..self.rows.len()).map(|place| matrix.distance(0, place));
        let penalty = (longest.max().unwrap_or(0) * 100 + 1_000_000).min(PENALTY_MAX);
        let (jobs, stops) = self.jobs(penalty);
        let problem = Problem {
            matrices: vec![matrix],
            depots: vec![Depot {
                place: 0,
                window: self.rows[0].window,
            }],
            vehicles: vec![VehicleType {
                count: self.vehicles,
                start: 0,
                end: 0,
                capacity: vec![self.capacity],
                shift: Window::ALWAYS,
                fixed_cost: 0,
                skills: 0,
                breaks: Vec::new(),
                matrix: 0,
            }],
            jobs,
            underway: Vec::new(),
            lateness_divisor: 1,
        };
        problem.validate().map_err(|error| FormatError {
            line: self.line_of(&error, &stops),
            field: "instance",
            reason: FormatReason::Problem(error),
        })?;
        Ok(Instance {
            name: self.name,
            problem,
            scale,
            stops,
        })
    }

    // Jobs, and which stop of which job each row is.
    fn jobs(&self, penalty: i64) -> (Vec<Job>, Vec<Option<(usize, Part)>>) {
        let mut stops = vec![None; self.rows.len()];
        let mut jobs = Vec::new();
        let stop = |place: usize| Stop {
            place,
            service: self.rows[place].service,
            windows: vec![self.rows[place].window],
            due: None,
        };
        for (place, row) in self.rows.iter().enumerate().skip(1) {
            if row.pickup.is_some() {
                continue;
            }
            stops[place] = Some((jobs.len(), Part::Delivery));
            let task = match row.delivery {
                None => Task::Delivery(stop(place)),
                Some(delivery) => {
                    stops[delivery] = Some((jobs.len(), Part::Delivery));
                    stops[place] = Some((jobs.len(), Part::Pickup));
                    Task::Pair {
                        pickup: stop(place),
                        delivery: stop(delivery),
                    }
                }
            };
            jobs.push(Job {
                task,
                demand: vec![row.demand],
                skills: 0,
                release: 0,
                penalty,
                vehicle: None,
            });
        }
        (jobs, stops)
    }

    // Where the job stands that is wrong; 0 if it is not about one.
    fn line_of(&self, error: &ProblemError, stops: &[Option<(usize, Part)>]) -> usize {
        let Field::Job(wrong) = error.at else {
            return 0;
        };
        let is_its = |stop: &Option<(usize, Part)>| stop.is_some_and(|(job, _)| job == wrong);
        let at = stops.iter().position(is_its);
        at.map_or(0, |at| self.rows[at].line)
    }
}

fn euclidean(points: &[(f64, f64)], rounding: Rounding) -> Result<Matrix, FormatError> {
    let wrong = |error| FormatError {
        line: 0,
        field: "coordinates",
        reason: FormatReason::Matrix(error),
    };
    // Before so many numbers are made.
    if points.len() > super::problem::PLACES_MAX {
        return Err(wrong(MatrixError::Places(points.len())));
    }
    let mut numbers = Vec::with_capacity(points.len() * points.len());
    for &a in points {
        numbers.extend(points.iter().map(|&b| rounding.distance(a, b)));
    }
    Matrix::of_both(points.len(), &numbers).map_err(wrong)
}

// A time in units of ours.
fn scaled(value: f64, scale: i64) -> Option<i64> {
    let product = value * scale as f64;
    ((0.0..=VALUE_MAX as f64).contains(&product)).then_some((product + 0.5) as i64)
}
