//! How long parcels took: for each lane, how many took how long from the carrier's hands to the shopper's.
//!
//! A histogram has bins whose width grows with the duration, a sixteenth of it at most (as HdrHistogram's and, for the
//! guarantee on quantiles, Masson, Rim, Lee, *DDSketch*, VLDB 2019), so that a lane is a few dozen counts. What is old is
//! forgotten: counts are kept by periods of two weeks, weigh half as much every four periods, and are dropped after
//! sixteen. All counts are integers and adding them up has no order: histograms of several servers, or of several files,
//! come to the same when they are merged in any order.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

/// Days that are counted together.
pub const PERIOD_DAYS: i64 = 14;
/// Periods that are remembered, with the one that is running.
pub const PERIODS: u32 = 16;
/// Bins of a histogram. The last also has everything that took longer than 341 days.
pub const BINS: usize = 192;

/// Durations are counted in quarters of an hour.
const UNIT_S: i64 = 900;
/// Bins in a doubling, and bins of one unit at the beginning.
const PER_DOUBLING: usize = 16;
const PERIOD_S: i64 = PERIOD_DAYS * 86_400;
/// Periods are numbered from 1970 on and share 32 bits with the bin.
const PERIOD_MAX: u32 = (1 << 24) - 1;
/// What a count weighs by its age in periods, in 1/256: halved every four.
const WEIGHTS: [u16; PERIODS as usize] = [
    256, 215, 181, 152, 128, 108, 91, 76, 64, 54, 45, 38, 32, 27, 23, 19,
];

/// Which bin a duration falls into.
pub(super) fn bin(duration_s: i64) -> usize {
    let units = (duration_s / UNIT_S) as usize;
    if units < PER_DOUBLING {
        return units;
    }
    let doublings = units.ilog2() as usize - PER_DOUBLING.ilog2() as usize;
    let bin = PER_DOUBLING * doublings + (units >> doublings);
    bin.min(BINS - 1)
}

/// Where a bin begins, in seconds. The bin after the last begins where that ends.
pub(super) fn begin_s(bin: usize) -> i64 {
    let units = match bin / PER_DOUBLING {
        0 => bin,
        row => (PER_DOUBLING + bin % PER_DOUBLING) << (row - 1),
    };
    units as i64 * UNIT_S
}

/// A count that can be stored and brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Where from.
    pub from: u32,
    /// Where to.
    pub to: u32,
    /// When they were delivered, in periods of [`PERIOD_DAYS`] days since 1970.
    pub period: u32,
    /// How long they took, as the number of the bin; below [`BINS`].
    pub bin: u8,
    /// How many.
    pub parcels: u32,
}

/// Why something cannot be learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearnError {
    /// There is no such origin.
    From(u32),
    /// There is no such destination.
    To(u32),
    /// It was delivered before it was handed over.
    Backwards,
    /// It was delivered before 1970, or at the end of time.
    Time,
    /// It was delivered in a period that has not begun yet: a wrong date must not make all others old.
    Future,
    /// There is no such bin.
    Bin(u8),
    /// The other's lanes are not the same lanes.
    OtherLanes,
}

impl fmt::Display for LearnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::From(from) => write!(f, "from: there is no origin {from}"),
            Self::To(to) => write!(f, "to: there is no destination {to}"),
            Self::Backwards => f.write_str("delivered: before it was handed over"),
            Self::Time => f.write_str("delivered: out of range"),
            Self::Future => f.write_str("delivered: that is still to come"),
            Self::Bin(bin) => write!(f, "bin: there is no bin {bin}"),
            Self::OtherLanes => f.write_str("the lanes are not the same"),
        }
    }
}

impl core::error::Error for LearnError {}

/// One lane's counts, in the order of periods and bins: eight bytes for each that is not zero.
type Histogram = Vec<(u32, u32)>;

/// The histograms of all lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    // Which larger area an origin or a destination belongs to.
    from_area: Vec<u32>,
    to_area: Vec<u32>,
    lanes: BTreeMap<(u32, u32), Histogram>,
    // The period that is running.
    period: u32,
}

/// A lane, or lanes, as they weigh now: per bin, and what it says about how many they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weighed {
    pub(super) bins: Vec<f64>,
    pub(super) sum: f64,
    pub(super) squares: f64,
}

impl Weighed {
    pub(super) fn none() -> Self {
        Self {
            bins: alloc::vec![0.0; BINS],
            sum: 0.0,
            squares: 0.0,
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin += more;
        }
        self.sum += other.sum;
        self.squares += other.squares;
    }
}

impl Lanes {
    /// Lanes between origins and destinations; each belongs to an area, and the lane between the two areas is the parent
    /// of theirs. For a [`Network`](super::Network) the origins are its places and the destinations its zones. What is
    /// learned lies before `now_s`, in seconds since 1970; [`Lanes::go_on`] says that time has passed.
    pub fn new(from_area: Vec<u32>, to_area: Vec<u32>, now_s: i64) -> Self {
        Self {
            from_area,
            to_area,
            lanes: BTreeMap::new(),
            period: period(now_s).unwrap_or(0),
        }
    }

    pub(super) fn areas(&self) -> (&[u32], &[u32]) {
        (&self.from_area, &self.to_area)
    }

    /// One parcel was handed over and delivered. Times in seconds since 1970.
    ///
    /// # Errors
    /// [`LearnError`]; nothing is counted then.
    pub fn learn(
        &mut self,
        (from, to): (u32, u32),
        handed_over_s: i64,
        delivered_s: i64,
    ) -> Result<(), LearnError> {
        if delivered_s < handed_over_s {
            return Err(LearnError::Backwards);
        }
        let period = period(delivered_s).ok_or(LearnError::Time)?;
        self.count(Count {
            from,
            to,
            period,
            bin: bin(delivered_s.saturating_sub(handed_over_s)) as u8,
            parcels: 1,
        })
    }

    /// Adds a count, such as one that was stored. What is older than [`PERIODS`] is forgotten at once.
    ///
    /// # Errors
    /// [`LearnError`]; nothing is counted then.
    pub fn count(&mut self, count: Count) -> Result<(), LearnError> {
        if count.from as usize >= self.from_area.len() {
            return Err(LearnError::From(count.from));
        }
        if count.to as usize >= self.to_area.len() {
            return Err(LearnError::To(count.to));
        }
        if usize::from(count.bin) >= BINS {
            return Err(LearnError::Bin(count.bin));
        }
        if count.period > PERIOD_MAX {
            return Err(LearnError::Time);
        }
        if count.period > self.period {
            return Err(LearnError::Future);
        }
        if count.period + PERIODS <= self.period || count.parcels == 0 {
            return Ok(());
        }
        let key = count.period << 8 | u32::from(count.bin);
        let histogram = self.lanes.entry((count.from, count.to)).or_default();
        match histogram.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => histogram[at].1 = histogram[at].1.saturating_add(count.parcels),
            Err(at) => histogram.insert(at, (key, count.parcels)),
        }
        Ok(())
    }

    /// Time goes on: what is too old now is forgotten. Time that goes back changes nothing, nor does one that no calendar
    /// has.
    pub fn go_on(&mut self, now_s: i64) {
        if let Some(period) = period(now_s) {
            self.begin(period);
        }
    }

    fn begin(&mut self, period: u32) {
        if period <= self.period {
            return;
        }
        self.period = period;
        let oldest = (period + 1).saturating_sub(PERIODS) << 8;
        self.lanes.retain(|_, histogram| {
            histogram.drain(..histogram.partition_point(|(key, _)| *key < oldest));
            !histogram.is_empty()
        });
    }

    /// Adds what others have counted.
    ///
    /// # Errors
    /// [`LearnError::OtherLanes`].
    pub fn merge(&mut self, other: &Self) -> Result<(), LearnError> {
        if self.areas() != other.areas() {
            return Err(LearnError::OtherLanes);
        }
        self.begin(other.period);
        other.counts().try_for_each(|count| self.count(count))
    }

    /// All counts, by lane, period and bin.
    pub fn counts(&self) -> impl Iterator<Item = Count> {
        self.lanes.iter().flat_map(|(&(from, to), histogram)| {
            histogram.iter().map(move |&(key, parcels)| Count {
                from,
                to,
                period: key >> 8,
                bin: (key & 0xff) as u8,
                parcels,
            })
        })
    }

    /// How many lanes have been learned.
    pub fn len(&self) -> usize {
        self.lanes.len()
    }

    /// Whether nothing has been learned, or all was forgotten.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// What a lane weighs now.
    pub(super) fn weighed(&self, lane: (u32, u32)) -> Option<Weighed> {
        self.lanes.get(&lane).map(|histogram| self.weigh(histogram))
    }

    pub(super) fn all_weighed(&self) -> impl Iterator<Item = ((u32, u32), Weighed)> {
        self.lanes
            .iter()
            .map(|(lane, histogram)| (*lane, self.weigh(histogram)))
    }

    fn weigh(&self, histogram: &Histogram) -> Weighed {
        let mut weighed = Weighed::none();
        for (key, parcels) in histogram {
            let age = self.period - (key >> 8);
            let weight = f64::from(WEIGHTS[age as usize]) / 256.0;
            let parcels = f64::from(*parcels);
            weighed.bins[(key & 0xff) as usize] += weight * parcels;
            weighed.sum += weight * parcels;
            weighed.squares += weight * weight * parcels;
        }
        weighed
    }
}

fn period(instant_s: i64) -> Option<u32> {
    u32::try_from(instant_s.div_euclid(PERIOD_S))
        .ok()
        .filter(|period| *period <= PERIOD_MAX)
}
