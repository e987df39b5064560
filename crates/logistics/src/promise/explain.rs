//! Why an answer is as it is: each step of a parcel's way with what it waited for.

use super::ask::Chain;
use super::input::Handover;
use super::network::{Drop, Grouped, Network, Run, Seat};
use super::profile::Room;
use alloc::vec::Vec;

/// A step of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is picked and packed at a place.
    Prepare {
        /// Where.
        place: u32,
    },
    /// It goes from place to place.
    Ride(Seat),
    /// It is delivered, or brought to where it is collected.
    Tour(Seat),
    /// It is shelved where it is collected.
    Shelve {
        /// Where.
        zone: u32,
    },
    /// It has not arrived by the timetable, as it happens to one in ten.
    Experience,
    /// The merchant's own programme, whatever the way.
    Programme(Seat),
}

/// What a step waited for before it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// For nothing.
    None,
    /// Until people come to work: for the morning, for Monday, until after a holiday.
    Opening,
    /// Until it leaves, nothing going earlier.
    Departure,
    /// An earlier one has no room left: this.
    Full(Seat),
    /// An earlier one does not go because something is closed: this.
    Closure(Seat),
}

/// One step. Instants in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// What happens.
    pub step: Step,
    /// Since when it could have begun.
    pub since_s: i64,
    /// When it begins.
    pub begin_s: i64,
    /// When it is done.
    pub end_s: i64,
    /// What it waited for in between.
    pub wait: Wait,
}

/// The steps of one parcel that was ordered at `at`: along its way, or, where there is none, by its programme alone; the
/// last ends with the promise.
pub(super) fn legs(
    network: &Network,
    room: Room<'_>,
    (location, zone): (u32, u32),
    at: u32,
    chain: Option<(&Chain, &[Run])>,
    (programme, deliver_max): (Option<&Drop>, u32),
) -> Vec<Leg> {
    let mut writer = Writer {
        network,
        room,
        legs: Vec::new(),
    };
    if let Some(programme) = programme {
        let step = Step::Programme(network.seat(programme.seat));
        writer.push(step, (at, programme.ship, deliver_max), Wait::None);
    }
    if let Some((chain, runs)) = chain {
        writer.prepare(location, at, chain.ready);
        writer.drive(zone, chain.ready, runs, &chain.tour, deliver_max);
    }
    writer.legs
}

/// The steps of a parcel that is ready at `at`: its runs and its tour.
pub(super) fn onward(
    network: &Network,
    room: Room<'_>,
    zone: u32,
    at: u32,
    (runs, tour): (&[Run], &Drop),
) -> Vec<Leg> {
    let mut writer = Writer {
        network,
        room,
        legs: Vec::new(),
    };
    writer.drive(zone, at, runs, tour, tour.to);
    writer.legs
}

struct Writer<'a> {
    network: &'a Network,
    room: Room<'a>,
    legs: Vec<Leg>,
}

impl Writer<'_> {
    fn push(&mut self, step: Step, (since, begin, end): (u32, u32, u32), wait: Wait) {
        let instant_s = |at| self.network.instant_s(at);
        self.legs.push(Leg {
            step,
            since_s: instant_s(since),
            begin_s: instant_s(begin),
            end_s: instant_s(end),
            wait,
        });
    }

    fn drive(&mut self, zone: u32, ready: u32, runs: &[Run], tour: &Drop, deliver_max: u32) {
        let mut now = ready;
        for run in runs {
            self.ride(now, run);
            now = run.arrive;
        }
        self.tour(zone, now, tour, deliver_max);
    }

    fn prepare(&mut self, place: u32, at: u32, ready: u32) {
        let hours = self.network.place_hours(place as usize);
        let (begin, wait) = match hours.is_open(at) {
            true => (at, Wait::None),
            false => (hours.done(at, 0).unwrap_or(ready), Wait::Opening),
        };
        self.push(Step::Prepare { place }, (at, begin, ready), wait);
    }

    fn ride(&mut self, now: u32, run: &Run) {
        let earlier = |runs: &Grouped<Run>, wanted: &dyn Fn(&Run) -> bool| {
            let runs = runs.of(usize::from(run.from));
            let rest = runs[runs.partition_point(|other| other.cutoff < now)..].iter();
            let mut rest = rest.take_while(|other| other.cutoff < run.cutoff);
            rest.find(|other| other.to == run.to && wanted(other))
                .map(|other| other.seat)
        };
        let full = earlier(&self.network.departures, &|other| {
            !self.room.has(other.seat)
        });
        let closed = earlier(&self.network.closed, &|_| true);
        let wait = self.wait(full, closed, now < run.depart);
        let step = Step::Ride(self.network.seat(run.seat));
        self.push(step, (now, run.depart, run.arrive), wait);
    }

    fn tour(&mut self, zone: u32, now: u32, tour: &Drop, deliver_max: u32) {
        let earlier = |tours: &Grouped<Drop>, wanted: &dyn Fn(&Drop) -> bool| {
            let tours = tours.of(zone as usize);
            let rest = tours[tours.partition_point(|other| other.cutoff < now)..].iter();
            let mut rest = rest.take_while(|other| other.cutoff < tour.cutoff);
            rest.find(|other| wanted(other)).map(|other| other.seat)
        };
        let full = earlier(&self.network.tours, &|other| !self.room.has(other.seat));
        let closed = earlier(&self.network.closed_tours, &|_| true);
        let wait = self.wait(full, closed, now < tour.from);
        let step = Step::Tour(self.network.seat(tour.seat));
        self.push(step, (now, tour.from, tour.to), wait);
        let mut now = tour.to;
        if let Handover::Collect { shelve_minutes, .. } =
            self.network.input().zones[zone as usize].handover
        {
            let hours = self.network.collect_hours(zone as usize);
            let begin = hours.done(now, 0).unwrap_or(now);
            let end = hours.done(now, shelve_minutes * 60);
            let end = end.and_then(|at| hours.done(at, 0)).unwrap_or(begin);
            let wait = if begin > now {
                Wait::Opening
            } else {
                Wait::None
            };
            self.push(Step::Shelve { zone }, (now, begin, end), wait);
            now = end;
        }
        if deliver_max > now {
            self.push(Step::Experience, (now, now, deliver_max), Wait::None);
        }
    }

    fn wait(&self, full: Option<u32>, closed: Option<u32>, waits: bool) -> Wait {
        let seat = |number| self.network.seat(number);
        match (full, closed) {
            (Some(full), _) => Wait::Full(seat(full)),
            (None, Some(closed)) => Wait::Closure(seat(closed)),
            (None, None) if waits => Wait::Departure,
            (None, None) => Wait::None,
        }
    }
}
