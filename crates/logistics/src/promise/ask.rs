//! The question and its answer: from the moment of the order to the moment of delivery.
//!
//! For each parcel the timetable is asked twice: with the preparation that half of the orders need, for the estimate, and
//! with the one that nine of ten need, for the promise. Preparation takes opening time; then comes the first wave with room
//! that keeps the earliest arrival, the line-hauls, the first tour with room. To when the parcel is handed over the lane's
//! quantile of the same kind is added, and delivery falls into the first tour that ends no earlier than that. Where the
//! merchant's own programme is not later, it is the promise.
//!
//! The later one asks, the later is each chain's way; so an answer holds from the moment of the question until one of the
//! chains changes. When that is follows from the cut-off of the first run and the opening hours, so the last moment at which
//! the same answer holds is found by asking again just after each such change until something differs.

use super::curve::Curves;
use super::explain::{Leg, legs, onward};
use super::input::{Handover, Zone};
use super::load::Load;
use super::network::{Drop, Network, Outside, Run, Seat};
use super::profile::{NoWay, Room, Way};
use alloc::vec::Vec;
use core::fmt;

/// Most parcels of one question.
pub const PARCELS_MAX: usize = 64;

/// One parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parcel {
    /// The place that it leaves from.
    pub location: u32,
    /// Its weight, which programmes ask for.
    pub weight_grams: u32,
}

/// When will it be there?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// When it is ordered, or paid where that comes first, in seconds since 1970.
    pub at_s: i64,
    /// Where it goes.
    pub zone: u32,
    /// What is sent, 1 to [`PARCELS_MAX`]; together they take no more room than there is.
    pub parcels: &'a [Parcel],
}

/// Instants of a promise, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// Until when the parcel must be ready for the carrier. Of several parcels the last.
    pub ship_by_s: i64,
    /// When the delivery begins that the estimate falls into.
    pub deliver_min_s: i64,
    /// By then half of the parcels are there.
    pub estimate_s: i64,
    /// What is promised: by then nine of ten parcels are there, as far as the lane's past can tell.
    pub deliver_max_s: i64,
    /// How many of a thousand are there by what is promised, as the lane's past says; of several parcels, how many orders
    /// of a thousand, if parcels are late independently. None where nothing has been learned.
    pub confidence_permille: Option<u16>,
}

/// The answer for one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its instants.
    pub times: Times,
    /// The row of the programme that is promised by, if one is.
    pub programme: Option<u32>,
    /// How it comes there, in the order of time.
    pub legs: Vec<Leg>,
    /// What it takes when the promise is taken: [`Load::take`].
    pub seats: Vec<Seat>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// Of all parcels together: the last counts.
    pub times: Times,
    /// The last second at which the same answer holds, in seconds since 1970, if nobody takes room meanwhile.
    pub order_before_s: i64,
    /// By parcel.
    pub parts: Vec<Part>,
}

impl Promise {
    /// What all of its parcels take.
    pub fn seats(&self) -> Vec<Seat> {
        let parts = self.parts.iter();
        parts.flat_map(|part| part.seats.iter().copied()).collect()
    }
}

/// Why nothing can be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cannot {
    /// There is no such place.
    UnknownPlace(u32),
    /// There is no such zone.
    UnknownZone(u32),
    /// No parcel, or more than [`PARCELS_MAX`].
    Parcels(usize),
    /// The load belongs to another timetable.
    OtherNetwork,
    /// The moment lies before the timetable.
    BeforeTimetable,
    /// The moment, the preparation or the delivery lies after the timetable.
    AfterTimetable,
    /// The place does not open within the timetable.
    NeverOpens(u32),
    /// A locker or shop that does not open within the timetable.
    NeverHandsOver(u32),
    /// No line leads there within what is left of the timetable.
    NoWay {
        /// From this place.
        from: u32,
        /// To the zone's hub.
        hub: u32,
    },
    /// Lines lead there, and are full as far as the timetable goes.
    LinesFull {
        /// From this place.
        from: u32,
        /// To the zone's hub.
        hub: u32,
    },
    /// Nothing is delivered in the zone any more within the timetable.
    NoTour(u32),
    /// The zone's tours are full as far as the timetable goes.
    ToursFull(u32),
}

impl fmt::Display for Cannot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPlace(place) => write!(f, "there is no place {place}"),
            Self::UnknownZone(zone) => write!(f, "there is no zone {zone}"),
            Self::Parcels(count) => write!(f, "{count} parcels, 1 to {PARCELS_MAX} are possible"),
            Self::OtherNetwork => f.write_str("the load belongs to another timetable"),
            Self::BeforeTimetable => f.write_str("the moment lies before the timetable"),
            Self::AfterTimetable => f.write_str("it would be after the end of the timetable"),
            Self::NeverOpens(place) => write!(f, "place {place} never opens in the timetable"),
            Self::NeverHandsOver(zone) => write!(f, "zone {zone} never opens in the timetable"),
            Self::NoWay { from, hub } => {
                write!(f, "no line leads from place {from} to place {hub} in time")
            }
            Self::LinesFull { from, hub } => {
                write!(f, "all lines from place {from} to place {hub} are full")
            }
            Self::NoTour(zone) => write!(f, "nothing is delivered in zone {zone} in time"),
            Self::ToursFull(zone) => write!(f, "all tours of zone {zone} are full"),
        }
    }
}

impl core::error::Error for Cannot {}

/// One way through the timetable. Times in seconds after its begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) ready: u32,
    // When the first run leaves, or the tour where there is none.
    handed: u32,
    ship_by: u32,
    // At the zone's hub.
    pub(super) arrive: u32,
    pub(super) tour: Drop,
    // The last moment of an order that has this way.
    until: u32,
}

/// One parcel's answer, as far as it can differ.
#[derive(Debug, Clone, Copy)]
struct Figures {
    ship_by: u32,
    deliver_min: u32,
    estimate: u32,
    deliver_max: u32,
    handed: u32,
    programme: Option<Drop>,
}

/// One parcel's answer with how it came about.
struct Outline {
    figures: Figures,
    until: u32,
    // Of the promise; none where only a programme delivers.
    chain: Option<(Chain, Vec<Run>)>,
}

impl Network {
    /// Answers a question. A few binary searches for each parcel and each change until `order_before_s`; where runs are full,
    /// O(runs).
    ///
    /// # Errors
    /// [`Cannot`], the first parcel's that cannot be promised.
    pub fn promise(
        &self,
        load: &Load,
        curves: &Curves,
        question: &Question<'_>,
    ) -> Result<Promise, Cannot> {
        let at = self.check(load, question)?;
        let asked = Asked {
            network: self,
            load,
            curves,
            question,
        };
        let (outlines, mut order_before) = asked.outlines(at)?;
        while let Some(next) = order_before.checked_add(1).filter(|next| *next < self.end) {
            match asked.outlines(next) {
                Ok((later, until)) if asked.says_the_same(&outlines, &later) => {
                    order_before = until
                }
                _ => break,
            }
        }
        let mut parts = Vec::with_capacity(outlines.len());
        let mut taken = Vec::new();
        for (outline, parcel) in outlines.iter().zip(question.parcels) {
            parts.push(asked.part(load.room(&taken), at, parcel, outline));
            taken.extend(seats(outline));
        }
        Ok(Promise {
            times: asked.together(&outlines),
            order_before_s: self.instant_s(order_before.min(self.end - 1)),
            parts,
        })
    }

    fn check(&self, load: &Load, question: &Question<'_>) -> Result<u32, Cannot> {
        if !load.belongs_to(self) {
            return Err(Cannot::OtherNetwork);
        }
        if question.zone as usize >= self.input().zones.len() {
            return Err(Cannot::UnknownZone(question.zone));
        }
        if !(1..=PARCELS_MAX).contains(&question.parcels.len()) {
            return Err(Cannot::Parcels(question.parcels.len()));
        }
        let places = self.input().places.len();
        let mut locations = question.parcels.iter().map(|parcel| parcel.location);
        if let Some(unknown) = locations.find(|location| *location as usize >= places) {
            return Err(Cannot::UnknownPlace(unknown));
        }
        self.time(question.at_s).map_err(|outside| match outside {
            Outside::Before => Cannot::BeforeTimetable,
            Outside::After => Cannot::AfterTimetable,
        })
    }

    fn zone(&self, zone: u32) -> &Zone {
        &self.input().zones[zone as usize]
    }

    /// The way of an order at `at` that takes so long to prepare; its runs are added to `legs`, which comes empty.
    fn chain(
        &self,
        room: Room<'_>,
        (location, zone): (u32, u32),
        (at, prepare_minutes): (u32, u32),
        legs: &mut Vec<Run>,
    ) -> Result<Chain, Cannot> {
        let hours = self.place_hours(location as usize);
        let work = prepare_minutes * 60;
        let ready = hours.done(at, work).ok_or(match hours.opens() {
            true => Cannot::AfterTimetable,
            false => Cannot::NeverOpens(location),
        })?;
        let (way, tour) = self.drive(room, (location, zone), ready, legs)?;
        let first = legs.first();
        Ok(Chain {
            ready,
            handed: first.map_or(tour.cutoff, |run| run.depart),
            ship_by: first.map_or(tour.cutoff, |run| run.cutoff),
            arrive: way.arrive,
            tour,
            until: hours.latest(way.until.min(tour.cutoff), work).unwrap_or(at),
        })
    }

    /// The runs and the tour of what is ready at a place; the runs are added to `legs`, which comes empty.
    fn drive(
        &self,
        room: Room<'_>,
        (from, zone): (u32, u32),
        ready: u32,
        legs: &mut Vec<Run>,
    ) -> Result<(Way, Drop), Cannot> {
        let hub = self.zone(zone).hub;
        let way = self
            .way(room, (from as usize, hub as usize), ready, legs)
            .map_err(|no_way| match no_way {
                NoWay::None => Cannot::NoWay { from, hub },
                NoWay::Full => Cannot::LinesFull { from, hub },
            })?;
        let tours = self.tours.of(zone as usize);
        let tours = &tours[tours.partition_point(|tour| tour.cutoff < way.arrive)..];
        let tour = tours.iter().find(|tour| room.has(tour.seat));
        let tour = *tour.ok_or(match tours.is_empty() {
            true => Cannot::NoTour(zone),
            false => Cannot::ToursFull(zone),
        })?;
        Ok((way, tour))
    }

    /// How a parcel goes on that lies at a place, packed, at a moment: rides, then the tour of its zone. It waits for nobody
    /// to come to work there, since who sorts it is there.
    ///
    /// # Errors
    /// [`Cannot`] where the timetable knows no way on.
    pub fn onward(
        &self,
        load: &Load,
        (place, zone): (u32, u32),
        at_s: i64,
    ) -> Result<Vec<Leg>, Cannot> {
        let parcel = Parcel {
            location: place,
            weight_grams: 0,
        };
        let question = Question {
            at_s,
            zone,
            parcels: &[parcel],
        };
        let at = self.check(load, &question)?;
        let room = load.room(&[]);
        let mut runs = Vec::new();
        let (_, tour) = self.drive(room, (place, zone), at, &mut runs)?;
        Ok(onward(self, room, zone, at, (&runs, &tour)))
    }

    /// When shoppers have what a tour brings by then.
    fn handed_over(&self, zone: u32, at: u32) -> Result<u32, Cannot> {
        let Handover::Collect { shelve_minutes, .. } = self.zone(zone).handover else {
            return Ok(at);
        };
        let hours = self.collect_hours(zone as usize);
        let open = hours.done(at, shelve_minutes * 60);
        // What is shelved as the door closes is had when it opens again.
        let open = open.and_then(|at| hours.done(at, 0));
        open.ok_or(match hours.opens() {
            true => Cannot::AfterTimetable,
            false => Cannot::NeverHandsOver(zone),
        })
    }

    /// The first tour of a zone that ends no earlier, from the one that is planned on.
    fn tour_of(&self, zone: u32, planned: &Drop, at: u32) -> Result<Drop, Cannot> {
        if at <= planned.to {
            return Ok(*planned);
        }
        let tours = self.tours.of(zone as usize);
        let found = tours.partition_point(|tour| tour.to_so_far < at);
        tours.get(found).copied().ok_or(Cannot::AfterTimetable)
    }

    /// The programme that delivers first of those that can still be ordered.
    fn programme(&self, room: Room<'_>, zone: u32, parcel: &Parcel, at: u32) -> Option<Drop> {
        let days = self.programmes.of(zone as usize);
        let mut best: Option<Drop> = None;
        for day in &days[days.partition_point(|day| day.cutoff < at)..] {
            // What is ordered later is delivered later still.
            if best.is_some_and(|best| best.to <= day.cutoff) {
                break;
            }
            let row = &self.input().programmes[self.seat(day.seat).row as usize];
            let fits = parcel.weight_grams <= row.weight_max_grams
                && row.location.is_none_or(|from| from == parcel.location)
                && best.is_none_or(|best| day.to < best.to);
            if fits && room.has(day.seat) {
                best = Some(*day);
            }
        }
        best
    }
}

/// A question with what it is asked of.
struct Asked<'a> {
    network: &'a Network,
    load: &'a Load,
    curves: &'a Curves,
    question: &'a Question<'a>,
}

impl Asked<'_> {
    // By parcel, and until when nothing changes.
    fn outlines(&self, at: u32) -> Result<(Vec<Outline>, u32), Cannot> {
        let parcels = self.question.parcels;
        let mut outlines = Vec::with_capacity(parcels.len());
        let mut taken: Vec<u32> = Vec::new();
        let mut until = u32::MAX;
        for parcel in parcels {
            let outline = self.outline(self.load.room(&taken), parcel, at)?;
            until = until.min(outline.until);
            outlines.push(outline);
            if outlines.len() < parcels.len() {
                taken.extend(seats(&outlines[outlines.len() - 1]));
            }
        }
        Ok((outlines, until))
    }

    // Whether two answers can be told apart.
    fn says_the_same(&self, one: &[Outline], other: &[Outline]) -> bool {
        let seat = |figures: &Figures| figures.programme.map(|programme| programme.seat);
        let mut parts = one.iter().zip(other).zip(self.question.parcels);
        let is_same = |((one, other), parcel): ((&Outline, &Outline), &Parcel)| {
            let (one, other) = (&one.figures, &other.figures);
            self.times(parcel, one) == self.times(parcel, other) && seat(one) == seat(other)
        };
        parts.all(is_same) && self.together(one) == self.together(other)
    }

    fn outline(&self, room: Room<'_>, parcel: &Parcel, at: u32) -> Result<Outline, Cannot> {
        let by_chain = self.by_chain(room, parcel, at);
        let Some(programme) = self.network.programme(room, self.question.zone, parcel, at) else {
            return by_chain;
        };
        match by_chain {
            Ok(outline) if outline.figures.deliver_max < programme.to => Ok(Outline {
                until: outline.until.min(programme.cutoff),
                ..outline
            }),
            by_chain => Ok(Outline {
                figures: Figures {
                    ship_by: programme.ship,
                    deliver_min: programme.from,
                    estimate: programme.to,
                    deliver_max: programme.to,
                    handed: programme.ship,
                    programme: Some(programme),
                },
                until: by_chain
                    .map_or(programme.cutoff, |outline| outline.until)
                    .min(programme.cutoff),
                chain: None,
            }),
        }
    }

    fn by_chain(&self, room: Room<'_>, parcel: &Parcel, at: u32) -> Result<Outline, Cannot> {
        let (network, zone) = (self.network, self.question.zone);
        let prepare = network.input().places[parcel.location as usize].prepare;
        let lane = (parcel.location, zone);
        let mut legs = Vec::new();
        let promise = network.chain(room, lane, (at, prepare.p90), &mut legs)?;
        let estimate = match prepare.p50 == prepare.p90 {
            true => promise,
            false => network.chain(room, lane, (at, prepare.p50), &mut Vec::new())?,
        };
        let curve = self.curves.of(parcel.location as usize, zone as usize);
        let usual = |chain: &Chain, quantile: Option<u32>| {
            quantile.map_or(0, |takes_s| chain.handed.saturating_add(takes_s))
        };
        let late = usual(&promise, curve.map(|curve| curve.p90_s()));
        let last = network.tour_of(zone, &promise.tour, late)?.to;
        let deliver_max = network.handed_over(zone, last.max(promise.tour.to))?;
        let usually = usual(&estimate, curve.map(|curve| curve.p50_s()));
        let window = network.tour_of(zone, &estimate.tour, usually)?;
        let half = if curve.is_some() { usually } else { window.to };
        let begin = network.handed_over(zone, window.from)?;
        let half = network.handed_over(zone, half.clamp(window.from, window.to))?;
        let half = half.min(deliver_max);
        Ok(Outline {
            figures: Figures {
                ship_by: promise.ship_by,
                deliver_min: begin.min(half),
                estimate: half,
                deliver_max,
                handed: promise.handed,
                programme: None,
            },
            until: promise.until.min(estimate.until),
            chain: Some((promise, legs)),
        })
    }

    fn confidence(&self, parcel: &Parcel, handed: u32, by: u32) -> Option<u16> {
        let (place, zone) = (parcel.location as usize, self.question.zone as usize);
        let curve = self.curves.of(place, zone)?;
        Some(curve.within_permille(i64::from(by) - i64::from(handed)))
    }

    fn times(&self, parcel: &Parcel, figures: &Figures) -> Times {
        let instant_s = |at| self.network.instant_s(at);
        Times {
            ship_by_s: instant_s(figures.ship_by),
            deliver_min_s: instant_s(figures.deliver_min),
            estimate_s: instant_s(figures.estimate),
            deliver_max_s: instant_s(figures.deliver_max),
            confidence_permille: self.confidence(parcel, figures.handed, figures.deliver_max),
        }
    }

    fn together(&self, outlines: &[Outline]) -> Times {
        let latest = |time: fn(&Figures) -> u32| {
            let times = outlines.iter().map(|outline| time(&outline.figures));
            times.max().unwrap_or(0)
        };
        let deliver_max = latest(|figures| figures.deliver_max);
        let parts = outlines.iter().zip(self.question.parcels);
        let mut confidence = parts.map(|(outline, parcel)| {
            let permille = self.confidence(parcel, outline.figures.handed, deliver_max);
            permille.map(u64::from)
        });
        // In millionths of a thousandth, so that many parcels do not add up their rounding.
        let product = confidence.try_fold(1_000_000_000, |product, permille| {
            permille.map(|permille| product * permille / 1_000)
        });
        Times {
            ship_by_s: self.network.instant_s(latest(|figures| figures.ship_by)),
            deliver_min_s: self
                .network
                .instant_s(latest(|figures| figures.deliver_min)),
            estimate_s: self.network.instant_s(latest(|figures| figures.estimate)),
            deliver_max_s: self.network.instant_s(deliver_max),
            confidence_permille: product.map(|product| (product / 1_000_000) as u16),
        }
    }

    // `room` is without what parcels before it take.
    fn part(&self, room: Room<'_>, at: u32, parcel: &Parcel, outline: &Outline) -> Part {
        let (network, figures) = (self.network, &outline.figures);
        let seats = seats(outline).map(|seat| network.seat(seat)).collect();
        let chain = outline.chain.as_ref();
        let chain = chain.map(|(chain, runs)| (chain, runs.as_slice()));
        let ends = (figures.programme.as_ref(), figures.deliver_max);
        Part {
            times: self.times(parcel, figures),
            programme: figures
                .programme
                .map(|programme| network.seat(programme.seat).row),
            legs: legs(
                network,
                room,
                (parcel.location, self.question.zone),
                at,
                chain,
                ends,
            ),
            seats,
        }
    }
}

// What one parcel takes.
fn seats(outline: &Outline) -> impl Iterator<Item = u32> {
    let programme = outline.figures.programme.map(|programme| programme.seat);
    let chain = outline.chain.iter();
    let chain = chain.flat_map(|(chain, runs)| {
        let runs = runs.iter().map(|run| run.seat);
        runs.chain([chain.tour.seat])
    });
    programme.into_iter().chain(chain)
}
