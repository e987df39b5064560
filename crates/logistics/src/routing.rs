//! The order in which couriers drive.
//!
//! A [`Problem`] has vehicles of several types and depots, deliveries and pickup-and-delivery pairs, with capacities in
//! several dimensions, time windows, skills, breaks, release times and due times. [`solve()`] finds a plan by ruin and
//! recreate, from scratch or from a plan that has to change; [`check`](check::check) recomputes any plan from the problem
//! alone. Instances and solutions in the published forms are read and written by [`formats`], made by [`generate`].

pub mod check;
mod clock;
pub mod formats;
pub mod generate;
mod math;
mod matrix;
mod model;
mod plan;
mod problem;
mod schedule;
mod solve;
#[cfg(test)]
mod tests;
mod validate;

pub use matrix::{Matrix, MatrixError, Point, Roads};
pub use plan::{Cost, Pause, Plan, Reason, Route, Unserved, Visit};
pub use problem::{
    BREAKS_MAX, Break, DIMENSIONS_MAX, Depot, Field, JOBS_MAX, Job, PENALTY_MAX, PLACES_MAX, Part,
    Problem, ProblemError, Stop, Task, Underway, VALUE_MAX, VEHICLES_MAX, VehicleType, WINDOWS_MAX,
    Window, Wrong,
};
pub use solve::{Progress, Settings, iterations, solve};
