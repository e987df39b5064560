//! Networks and histories of deliveries that are made up, the same for the same seed, to measure and to test on. Nothing
//! here is needed to promise real orders.

use super::calendar::{Calendar, Exception, Slot};
use super::clock::{Change, Clock, DAY_S};
use super::input::{Handover, Input, Line, Minutes, Place, Programme, Tour, UNLIMITED, Zone};
use crate::random::Random;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

/// The country is a square with sides of so many kilometers.
const SIDE_KM: usize = 1_000;
/// What a lorry drives in an hour, and how long it takes to load and unload.
const KM_PER_HOUR: usize = 70;
const HANDLING_MINUTES: u32 = 60;
/// Waves of a location, in minutes after midnight.
const WAVES: [u32; 3] = [12 * 60, 15 * 60, 18 * 60];
/// Tours of a zone: cut-off, begin, end.
const TOURS: [[u32; 3]; 2] = [[7 * 60, 8 * 60, 13 * 60], [13 * 60, 14 * 60, 20 * 60]];
/// One zone in so many is a locker, and one in so many has a programme.
const LOCKER_EVERY: usize = 10;
const PROGRAMME_EVERY: usize = 15;

/// Which calendar is which in a network that is made up.
const WORKDAYS: u32 = 0;
const EVERY_DAY: u32 = 1;
const SIX_DAYS: u32 = 2;

/// How large a network is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Another seed, another network.
    pub seed: u64,
    /// How many hubs; at least 1.
    pub hubs: usize,
    /// How many locations; at least 1.
    pub locations: usize,
    /// How many lines, with the locations' waves.
    pub lines: usize,
    /// How many destination zones; at least 1.
    pub zones: usize,
    /// What a run takes on average; 0 for no limit.
    pub capacity: u32,
    /// The timetable's first day.
    pub first_day: i32,
    /// The timetable's length.
    pub days: u16,
}

/// Places 0 to `locations - 1` are the locations, the hubs follow.
pub fn network(scale: &Scale) -> Input {
    let mut random = Random::of(scale.seed, 1);
    let maker = &mut Maker {
        scale,
        at_km: (0..scale.locations + scale.hubs)
            .map(|_| (random.below(SIDE_KM), random.below(SIDE_KM)))
            .collect(),
        random,
    };
    let places: Vec<Place> = (0..maker.at_km.len()).map(|at| maker.place(at)).collect();
    let lines = maker.lines();
    let zones: Vec<Zone> = (0..scale.zones).map(|zone| maker.zone(zone)).collect();
    let tours = (0..scale.zones).flat_map(|zone| TOURS.map(|times| (zone, times)));
    let tours = tours
        .map(|(zone, [cutoff_minute, from_minute, to_minute])| Tour {
            zone: zone as u32,
            calendar: SIX_DAYS,
            cutoff_minute,
            from_minute,
            to_minute,
            capacity: maker.capacity(),
        })
        .collect();
    let programmes = (0..scale.zones).step_by(PROGRAMME_EVERY);
    let programmes = programmes
        .flat_map(|zone| maker.programmes(zone as u32))
        .collect();
    Input {
        clocks: clocks(scale),
        calendars: calendars(scale),
        places,
        lines,
        zones,
        tours,
        programmes,
        closures: Vec::new(),
        first_day: scale.first_day,
        days: scale.days,
    }
}

// The west changes its clocks in the middle of the timetable, the east does not.
fn clocks(scale: &Scale) -> Vec<Clock> {
    let hour = |hours: i32| hours * 3_600;
    let change = |from_s, offset_s| Change { from_s, offset_s };
    let middle = i64::from(scale.first_day) + i64::from(scale.days / 2);
    let west = alloc::vec![change(0, hour(1)), change(middle * DAY_S + 3_600, hour(2))];
    let east = alloc::vec![change(0, hour(2))];
    let clocks = [west, east].map(Clock::new);
    clocks.into_iter().filter_map(Result::ok).collect()
}

fn calendars(scale: &Scale) -> Vec<Calendar> {
    let slot = |from: u16, to: u16| Slot {
        from_minute: from * 60,
        to_minute: to * 60,
    };
    let day = alloc::vec![slot(8, 12), slot(13, 18)];
    let workdays = Calendar {
        week: core::array::from_fn(|at| if at < 5 { day.clone() } else { Vec::new() }),
        exceptions: alloc::vec![
            (scale.first_day + 9, Exception::Closed),
            (scale.first_day + 12, Exception::Like(0)),
            (
                scale.first_day + 5,
                Exception::Hours(alloc::vec![slot(9, 11)])
            ),
        ],
    };
    let mut six_days = Calendar::days([true, true, true, true, true, true, false]);
    six_days
        .exceptions
        .push((scale.first_day + 9, Exception::Closed));
    alloc::vec![workdays, Calendar::days([true; 7]), six_days]
}

struct Maker<'a> {
    scale: &'a Scale,
    at_km: Vec<(usize, usize)>,
    random: Random,
}

impl Maker<'_> {
    fn capacity(&mut self) -> u32 {
        match self.scale.capacity {
            0 => UNLIMITED,
            mean => 1 + self.random.below(2 * mean as usize) as u32,
        }
    }

    fn place(&mut self, at: usize) -> Place {
        let p50 = 30 + self.random.below(120) as u32;
        Place {
            clock: u32::from(self.at_km[at].0 > SIDE_KM / 2),
            calendar: if at < self.scale.locations {
                WORKDAYS
            } else {
                EVERY_DAY
            },
            prepare: Minutes { p50, p90: p50 * 2 },
        }
    }

    fn km(&self, from: usize, to: usize) -> usize {
        let (one, other) = (self.at_km[from], self.at_km[to]);
        one.0.abs_diff(other.0) + one.1.abs_diff(other.1)
    }

    // The hubs by how near they are.
    fn near(&self, place: usize) -> Vec<usize> {
        let hubs = self.scale.locations..self.at_km.len();
        let mut hubs: Vec<usize> = hubs.filter(|hub| *hub != place).collect();
        hubs.sort_by_key(|hub| (self.km(place, *hub), *hub));
        hubs
    }

    fn line(&mut self, from: usize, to: usize, (depart_minute, calendar): (u32, u32)) -> Line {
        let drive = (self.km(from, to) * 60 / KM_PER_HOUR) as u32 + HANDLING_MINUTES;
        // Clocks differ by an hour at most, so that nothing arrives in the past.
        let arrive_minute = depart_minute + drive + 60;
        Line {
            from: from as u32,
            to: to as u32,
            calendar,
            cutoff_minute: depart_minute - 30,
            depart_minute,
            arrive_minute,
            capacity: self.capacity(),
        }
    }

    // Waves to the nearest hub, the last one to the second nearest; then lines between hubs, by turns to near ones and to
    // the first hubs, which have most lines.
    fn lines(&mut self) -> Vec<Line> {
        let mut lines = Vec::with_capacity(self.scale.lines);
        for location in 0..self.scale.locations {
            let near = self.near(location);
            for (number, depart) in WAVES.into_iter().enumerate() {
                let hub = near[usize::from(number == 2).min(near.len() - 1)];
                lines.push(self.line(location, hub, (depart, WORKDAYS)));
            }
        }
        lines.truncate(self.scale.lines);
        if self.scale.hubs < 2 {
            return lines;
        }
        let mut turn = 0;
        while lines.len() < self.scale.lines {
            let hub = self.scale.locations + turn % self.scale.hubs;
            let round = turn / self.scale.hubs;
            let near = self.near(hub);
            let main = self.scale.locations + round / 4 % self.scale.hubs.min(3);
            let other = match round % 4 {
                0 | 1 => near[(round / 4 * 2 + round % 2) % near.len()],
                _ if main != hub => main,
                _ => near[near.len() - 1],
            };
            let (from, to) = if round % 4 == 3 {
                (other, hub)
            } else {
                (hub, other)
            };
            let depart = 60 + self.random.below(23 * 60) as u32;
            let calendar = if self.random.below(3) == 0 {
                SIX_DAYS
            } else {
                EVERY_DAY
            };
            lines.push(self.line(from, to, (depart, calendar)));
            turn += 1;
        }
        lines
    }

    fn zone(&mut self, zone: usize) -> Zone {
        let hub = self.scale.locations + self.random.below(self.scale.hubs);
        let handover = match zone % LOCKER_EVERY {
            1 => Handover::Collect {
                calendar: WORKDAYS,
                shelve_minutes: 30,
            },
            _ => Handover::Door,
        };
        Zone {
            hub: hub as u32,
            clock: u32::from(self.at_km[hub].0 > SIDE_KM / 2),
            handover,
        }
    }

    // Like JD's "211": ordered by 11:00, there by 23:00; by 23:00, there the next day by 15:00.
    fn programmes(&mut self, zone: u32) -> Vec<Programme> {
        let location = self.random.below(self.scale.locations) as u32;
        let rows = [[11, 13, 15, 23], [23, 29, 32, 39]];
        let rows = rows.map(|hours| hours.map(|hour| hour * 60));
        rows.into_iter()
            .map(
                |[order_minute, ship_minute, from_minute, to_minute]| Programme {
                    zone,
                    location: Some(location),
                    weight_max_grams: 15_000,
                    calendar: EVERY_DAY,
                    order_minute,
                    ship_minute,
                    from_minute,
                    to_minute,
                    capacity: self.capacity(),
                },
            )
            .collect()
    }
}

/// Origins and destinations of a history that is made up: areas, and places in each.
const ORIGINS: (usize, usize) = (4, 6);
const DESTINATIONS: (usize, usize) = (10, 40);

/// A history of so many orders over a year and a half, as a table that [`super::backtest::read`] reads. Times grow with the
/// distance between areas, differ by lane and by the day of the week, and are longer before Christmas.
pub fn history(seed: u64, orders: usize) -> String {
    let mut random = Random::of(seed, 3);
    let mut text = String::from("ordered,handed_over,delivered,from,to\n");
    let (begin_s, span_s) = (19_358 * DAY_S, 540 * DAY_S as usize);
    let slow = |part: usize, bound: usize| Random::of(seed, 1_000 + part as u64).below(bound);
    let mut ordered: Vec<i64> = (0..orders)
        .map(|_| begin_s + random.below(span_s) as i64)
        .collect();
    ordered.sort_unstable();
    for ordered_s in ordered {
        // The smaller of two draws: some places have most of the parcels.
        let mut place = |(areas, places): (usize, usize)| {
            (
                random.below(areas),
                random.below(places).min(random.below(places)),
            )
        };
        let (from, to) = (place(ORIGINS), place(DESTINATIONS));
        let mut hours = |mean: usize| {
            let draws: usize = (0..4).map(|_| random.below(mean)).sum();
            (draws / 2) as i64 * 3_600 + random.below(3_600) as i64
        };
        let prepare_s = hours(10 + slow(from.0 * 100 + from.1, 30));
        let season = match (ordered_s / DAY_S) % 365 {
            0..=300 => 0,
            day => (day - 300) as usize / 3,
        };
        let area = 15 + 12 * from.0.abs_diff(to.0);
        let lane = slow(7_000 + from.0 * 1_000 + to.0 * 100 + to.1, 20);
        let handed_s = ordered_s + prepare_s;
        let weekend_s = if (handed_s / DAY_S + 3) % 7 >= 5 {
            DAY_S
        } else {
            0
        };
        let delivered_s = handed_s + hours(area + lane + season) + weekend_s;
        let _ = writeln!(
            text,
            "{ordered_s},{handed_s},{delivered_s},F{}/{},T{}/{}",
            from.0, from.1, to.0, to.1
        );
    }
    text
}
