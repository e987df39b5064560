//! What a problem must fulfil before it can be solved or a plan be checked.

use super::problem::{
    BREAKS_MAX, DIMENSIONS_MAX, Field, JOBS_MAX, Job, PENALTY_MAX, Part, Problem, ProblemError,
    Task, Underway, VALUE_MAX, VEHICLES_MAX, VehicleType, WINDOWS_MAX, Window, Wrong,
};
use alloc::vec;
use alloc::vec::Vec;

impl Problem {
    /// Holds the problem against its limits, and its numbers against each other.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of the fields.
    pub fn validate(&self) -> Result<(), ProblemError> {
        let whole = |wrong| {
            Err(ProblemError {
                at: Field::Whole,
                wrong,
            })
        };
        let Some(first) = self.matrices.first() else {
            return whole(Wrong::Missing("matrix"));
        };
        for (number, matrix) in self.matrices.iter().enumerate() {
            if matrix.places() != first.places() {
                let wrong = Wrong::Length("a row", matrix.places());
                return Err(ProblemError {
                    at: Field::Matrix(number),
                    wrong,
                });
            }
        }
        if self.vehicles.is_empty() {
            return whole(Wrong::Missing("vehicle type"));
        }
        // Counted so that no sum of counts can overflow.
        let counts = self.vehicles.iter().map(|kind| kind.count);
        if counts.fold(0usize, usize::saturating_add) > VEHICLES_MAX {
            return whole(Wrong::TooMany("vehicles"));
        }
        if self.jobs.len() > JOBS_MAX {
            return whole(Wrong::TooMany("jobs"));
        }
        if self.dimensions() > DIMENSIONS_MAX {
            return whole(Wrong::TooMany("dimensions"));
        }
        if !(1..=PENALTY_MAX).contains(&self.lateness_divisor) {
            return whole(Wrong::Range("lateness divisor", self.lateness_divisor));
        }
        self.validate_depots()?;
        let at = |at: Field| move |wrong| ProblemError { at, wrong };
        for (number, kind) in self.vehicles.iter().enumerate() {
            self.validate_kind(kind)
                .map_err(at(Field::Vehicle(number)))?;
        }
        for (number, job) in self.jobs.iter().enumerate() {
            self.validate_job(job).map_err(at(Field::Job(number)))?;
        }
        let mut seen = vec![false; self.jobs.len()];
        let mut vehicles = vec![false; self.vehicle_count()];
        for (number, underway) in self.underway.iter().enumerate() {
            self.validate_underway(underway, &mut seen, &mut vehicles)
                .map_err(at(Field::Underway(number)))?;
        }
        Ok(())
    }

    fn validate_depots(&self) -> Result<(), ProblemError> {
        for (number, depot) in self.depots.iter().enumerate() {
            self.known_place(depot.place)
                .and_then(|()| window("window", depot.window))
                .map_err(|wrong| ProblemError {
                    at: Field::Depot(number),
                    wrong,
                })?;
        }
        Ok(())
    }

    fn validate_kind(&self, kind: &VehicleType) -> Result<(), Wrong> {
        for depot in [kind.start, kind.end] {
            if depot >= self.depots.len() {
                return Err(Wrong::Unknown("depot", depot));
            }
        }
        if kind.matrix >= self.matrices.len() {
            return Err(Wrong::Unknown("matrix", kind.matrix));
        }
        self.amounts("capacity", &kind.capacity)?;
        window("shift", kind.shift)?;
        value("fixed cost", kind.fixed_cost)?;
        if kind.breaks.len() > BREAKS_MAX {
            return Err(Wrong::TooMany("breaks"));
        }
        let mut free_from = 0;
        for pause in &kind.breaks {
            window("break", pause.begins)?;
            value("break's duration", pause.duration)?;
            if pause.begins.open < free_from {
                return Err(Wrong::Order("breaks"));
            }
            free_from = pause.begins.close + pause.duration;
        }
        Ok(())
    }

    fn validate_job(&self, job: &Job) -> Result<(), Wrong> {
        self.amounts("demand", &job.demand)?;
        value("release", job.release)?;
        if !(0..=PENALTY_MAX).contains(&job.penalty) {
            return Err(Wrong::Range("penalty", job.penalty));
        }
        for (_, stop) in job.parts() {
            self.known_place(stop.place)?;
            value("service", stop.service)?;
            stop.due.map_or(Ok(()), |due| value("due time", due))?;
            if stop.windows.len() > WINDOWS_MAX {
                return Err(Wrong::TooMany("windows"));
            }
            let mut before = -1;
            for &one in &stop.windows {
                window("window", one)?;
                if one.open <= before {
                    return Err(Wrong::Order("windows"));
                }
                before = one.close;
            }
        }
        match job.vehicle {
            Some(vehicle) if vehicle >= self.vehicle_count() => {
                Err(Wrong::Unknown("vehicle", vehicle))
            }
            _ => Ok(()),
        }
    }

    fn validate_underway(
        &self,
        underway: &Underway,
        seen: &mut [bool],
        vehicles: &mut [bool],
    ) -> Result<(), Wrong> {
        match vehicles.get_mut(underway.vehicle) {
            None => return Err(Wrong::Unknown("vehicle", underway.vehicle)),
            Some(true) => return Err(Wrong::Contradiction("the vehicle is named twice")),
            Some(named) => *named = true,
        }
        value("free at", underway.free_at)?;
        let mut taken_up: Vec<usize> = Vec::new();
        for &(number, part) in &underway.driven {
            let job = self.jobs.get(number).ok_or(Wrong::Unknown("job", number))?;
            match (&job.task, part) {
                (Task::Pair { .. }, Part::Delivery) => {
                    let at = taken_up.iter().position(|&known| known == number);
                    let at = at.ok_or(Wrong::Contradiction(
                        "a pair was handed over but not taken up, or twice",
                    ))?;
                    taken_up.swap_remove(at);
                    continue;
                }
                (Task::Delivery(_), Part::Pickup) => {
                    return Err(Wrong::Contradiction("a delivery has no pickup"));
                }
                (Task::Pair { .. }, Part::Pickup) => taken_up.push(number),
                (Task::Delivery(_), Part::Delivery) => {}
            }
            self.claim(number, underway.vehicle, seen)?;
        }
        for &number in &underway.loaded {
            let job = self.jobs.get(number).ok_or(Wrong::Unknown("job", number))?;
            if !matches!(job.task, Task::Delivery(_)) {
                return Err(Wrong::Contradiction("a pair is not loaded at the start"));
            }
            self.claim(number, underway.vehicle, seen)?;
        }
        Ok(())
    }

    fn claim(&self, number: usize, vehicle: usize, seen: &mut [bool]) -> Result<(), Wrong> {
        if core::mem::replace(&mut seen[number], true) {
            return Err(Wrong::Contradiction("a job is driven or loaded twice"));
        }
        match self.jobs[number].vehicle {
            Some(bound) if bound != vehicle => {
                Err(Wrong::Contradiction("a job is bound to another vehicle"))
            }
            _ => Ok(()),
        }
    }

    fn known_place(&self, place: usize) -> Result<(), Wrong> {
        if place < self.matrices[0].places() {
            Ok(())
        } else {
            Err(Wrong::Unknown("place", place))
        }
    }

    fn amounts(&self, name: &'static str, list: &[i64]) -> Result<(), Wrong> {
        if list.len() != self.dimensions() {
            return Err(Wrong::Length(name, list.len()));
        }
        list.iter().try_for_each(|&amount| value(name, amount))
    }
}

fn value(name: &'static str, value: i64) -> Result<(), Wrong> {
    if (0..=VALUE_MAX).contains(&value) {
        Ok(())
    } else {
        Err(Wrong::Range(name, value))
    }
}

fn window(name: &'static str, window: Window) -> Result<(), Wrong> {
    value(name, window.open)?;
    value(name, window.close)?;
    if window.open > window.close {
        return Err(Wrong::Order(name));
    }
    Ok(())
}
