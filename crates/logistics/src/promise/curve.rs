//! How long a parcel will take: quantiles of a lane, shrunk to those of its parent.
//!
//! A lane with few parcels says little by itself. Its distribution is taken to be drawn around its parent's (a Dirichlet
//! process whose base is the parent: Ferguson, *A Bayesian Analysis of Some Nonparametric Problems*, Annals of Statistics
//! 1973), so that what is expected of it is
//!
//! F(x) = (n · F̂(x) + κ · F_parent(x)) / (n + κ)
//!
//! with F̂ the shares that the lane itself has seen and n how many parcels it has seen, less than that where they weigh
//! unequally: (Σw)² / Σw² (Kish, *Survey Sampling*, 1965). The parent, the lane between two areas, is shrunk to all lanes
//! in the same way. κ is how many parcels the parent is worth. It is estimated from how much lanes of one parent differ
//! from it (empirical Bayes), one κ for each level, by moments: of parcels that a parent delivered within its median and
//! within its nine-tenths quantile, the shares x of its lanes vary by p(1−p)·(ρ + (1−ρ)/n), and κ = 1/ρ − 1 (Kleinman,
//! *Proportions with Extraneous Variance*, JASA 1973; here with weights).

use super::lanes::{BINS, Lanes, Weighed, begin_s, bin};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The quantiles that a curve keeps, in thousandths.
pub const LEVELS: [u16; 21] = [
    50, 100, 150, 200, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 800, 850, 900, 950,
    975, 990,
];
/// Where the median stands in [`LEVELS`].
const MEDIAN: usize = 9;
/// Where the nine-tenths quantile stands in [`LEVELS`].
const NINE_TENTHS: usize = 17;
/// Shares at which lanes are held against their parents.
const COMPARED: [f64; 2] = [0.5, 0.9];
/// The least and the most that lanes of one parent are believed to be alike: a parent is worth 0.01 to 999 parcels.
const ALIKE: (f64, f64) = (0.001, 0.99);
/// How much lanes are believed to differ where there are too few to tell.
const ALIKE_UNKNOWN: f64 = 0.05;

/// Durations at [`LEVELS`], in seconds; none falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Curve([u32; LEVELS.len()]);

impl Curve {
    /// The estimate: half of the parcels take no longer.
    pub fn p50_s(&self) -> u32 {
        self.0[MEDIAN]
    }

    /// The promise: nine of ten parcels take no longer.
    pub fn p90_s(&self) -> u32 {
        self.0[NINE_TENTHS]
    }

    /// The durations at [`LEVELS`], in seconds.
    pub fn durations_s(&self) -> &[u32; LEVELS.len()] {
        &self.0
    }

    /// How many of a thousand parcels take no longer than this; between the levels on straight lines, 990 at most.
    pub fn within_permille(&self, duration_s: i64) -> u16 {
        let next = self.0.partition_point(|at| i64::from(*at) <= duration_s);
        let (level, at) = match next {
            0 => (0, 0),
            next => (LEVELS[next - 1], self.0[next - 1]),
        };
        let Some((&to_level, &to)) = LEVELS.get(next).zip(self.0.get(next)) else {
            return level;
        };
        let into = duration_s.max(0) - i64::from(at);
        let of = i64::from(to) - i64::from(at);
        level + (i64::from(to_level - level) * into / of) as u16
    }

    /// The curve of one duration after another that does not depend on it, from the shares of their bins.
    pub(super) fn of_sum(first: &[f64], second: &[f64]) -> Self {
        let middle_s = |bin: usize| (begin_s(bin) + begin_s(bin + 1)) / 2;
        let seen = |shares: &[f64]| {
            let shares = shares.iter().copied().enumerate();
            shares.filter(|(_, share)| *share > 0.0).collect()
        };
        let (first, second): (Vec<_>, Vec<_>) = (seen(first), seen(second));
        let mut sums = alloc::vec![0.0; BINS];
        for (one, share) in &first {
            for (other, of_these) in &second {
                sums[bin(middle_s(*one) + middle_s(*other))] += share * of_these;
            }
        }
        Self::of(&sums)
    }

    // From the shares of the bins, which add up to 1, or nearly.
    pub(super) fn of(shares: &[f64]) -> Self {
        let mut curve = [0; LEVELS.len()];
        let mut levels = LEVELS.iter().zip(&mut curve).peekable();
        let mut before = 0.0;
        for (bin, share) in shares.iter().enumerate() {
            let after = before + share;
            let is_last = bin == BINS - 1;
            while let Some((level, at)) =
                levels.next_if(|(level, _)| is_last || after >= f64::from(**level) / 1_000.0)
            {
                let into = match *share > 0.0 {
                    true => ((f64::from(*level) / 1_000.0 - before) / share).clamp(0.0, 1.0),
                    false => 0.0,
                };
                let (begin, end) = (begin_s(bin) as f64, begin_s(bin + 1) as f64);
                *at = (begin + into * (end - begin)) as u32;
            }
            before = after;
        }
        Self(curve)
    }
}

/// What is believed of lanes that may be asked about: areas, all lanes together, and how much each level is worth.
#[derive(Debug, Clone)]
pub struct Beliefs {
    // Shares of the bins by area, shrunk.
    areas: BTreeMap<(u32, u32), Vec<f64>>,
    all: Vec<f64>,
    // How many parcels an area's lane is worth to one of its lanes.
    area_worth: f64,
}

impl Beliefs {
    /// Weighs all lanes; none where nothing was learned. O(lanes · [`BINS`]).
    pub fn new(lanes: &Lanes) -> Option<Self> {
        let (from_area, to_area) = lanes.areas();
        let mut areas: BTreeMap<(u32, u32), (Weighed, Vec<Weighed>)> = BTreeMap::new();
        let mut all = Weighed::none();
        for ((from, to), weighed) in lanes.all_weighed() {
            let area = (from_area[from as usize], to_area[to as usize]);
            let (sum, children) = areas
                .entry(area)
                .or_insert_with(|| (Weighed::none(), Vec::new()));
            sum.add(&weighed);
            children.push(weighed);
        }
        for (area, _) in areas.values() {
            all.add(area);
        }
        if all.sum <= 0.0 {
            return None;
        }
        let mut likeness = Likeness::default();
        for (area, children) in areas.values() {
            likeness.compare(area, children.iter());
        }
        let area_worth = likeness.worth();
        let mut likeness = Likeness::default();
        likeness.compare(&all, areas.values().map(|(area, _)| area));
        let all_worth = likeness.worth();
        let all: Vec<f64> = all.bins.iter().map(|weight| weight / all.sum).collect();
        let areas = areas
            .into_iter()
            .map(|(key, (area, _))| (key, shrunk(&area, &all, all_worth)))
            .collect();
        Some(Self {
            areas,
            all,
            area_worth,
        })
    }

    /// How many parcels of its own a lane's parent is worth: κ.
    pub fn parent_worth(&self) -> f64 {
        self.area_worth
    }

    /// A lane's curve; also of a lane that has seen nothing, and of areas that have not.
    pub fn curve(&self, lanes: &Lanes, lane: (u32, u32)) -> Curve {
        Curve::of(&self.shares(lanes, lane))
    }

    /// How many of a lane's parcels fall into each bin, of one.
    pub(super) fn shares(&self, lanes: &Lanes, (from, to): (u32, u32)) -> Vec<f64> {
        let (from_area, to_area) = lanes.areas();
        let area = from_area.get(from as usize).zip(to_area.get(to as usize));
        let area = area.map(|(from, to)| (*from, *to));
        let parent = area.and_then(|area| self.areas.get(&area));
        let parent = parent.unwrap_or(&self.all);
        match lanes.weighed((from, to)) {
            Some(own) => shrunk(&own, parent, self.area_worth),
            None => parent.clone(),
        }
    }
}

fn shrunk(own: &Weighed, parent: &[f64], worth: f64) -> Vec<f64> {
    let seen = own.sum * own.sum / own.squares;
    let weigh = |(weight, parent): (&f64, &f64)| {
        (seen * (weight / own.sum) + worth * parent) / (seen + worth)
    };
    own.bins.iter().zip(parent).map(weigh).collect()
}

/// How much children are like their parents, added up over parents.
#[derive(Default)]
struct Likeness {
    beyond_chance: f64,
    possible: f64,
}

impl Likeness {
    fn compare<'a>(
        &mut self,
        parent: &Weighed,
        children: impl Iterator<Item = &'a Weighed> + Clone,
    ) {
        for share in COMPARED {
            let mut within = 0.0;
            let bins = parent.bins.iter();
            let last = bins
                .take_while(|weight| {
                    within += **weight;
                    within < share * parent.sum
                })
                .count();
            let of = |weighed: &Weighed| {
                weighed.bins[..(last + 1).min(BINS)].iter().sum::<f64>() / weighed.sum
            };
            let p = of(parent);
            for child in children.clone() {
                let chance = child.squares / (child.sum * child.sum);
                let weight = child.sum * (1.0 - child.sum / parent.sum);
                let off = of(child) - p;
                self.beyond_chance += child.sum * off * off - p * (1.0 - p) * weight * chance;
                self.possible += p * (1.0 - p) * weight * (1.0 - chance);
            }
        }
    }

    fn worth(&self) -> f64 {
        let alike = match self.possible > 0.0 {
            true => (self.beyond_chance / self.possible).clamp(ALIKE.0, ALIKE.1),
            false => ALIKE_UNKNOWN,
        };
        1.0 / alike - 1.0
    }
}

/// The curves of all lanes of a network, to be asked in no time.
#[derive(Debug, Clone, Default)]
pub struct Curves {
    zones: usize,
    // By `place * zones + zone`.
    numbers: Vec<u32>,
    curves: Vec<Curve>,
}

impl Curves {
    /// Nothing is known: promises rest on the timetable alone.
    pub fn none() -> Self {
        Self::default()
    }

    /// Works them out, a lane that has seen nothing sharing its parent's. Done each night.
    /// O((lanes + areas) · [`BINS`] + origins · destinations).
    pub fn new(lanes: &Lanes) -> Self {
        let Some(beliefs) = Beliefs::new(lanes) else {
            return Self::none();
        };
        let (from_area, to_area) = lanes.areas();
        let mut curves = alloc::vec![Curve::of(&beliefs.all)];
        let mut areas = BTreeMap::new();
        for (area, shares) in &beliefs.areas {
            areas.insert(*area, curves.len() as u32);
            curves.push(Curve::of(shares));
        }
        let mut numbers = Vec::with_capacity(from_area.len() * to_area.len());
        for from in from_area {
            let area = |to: &u32| areas.get(&(*from, *to)).copied().unwrap_or(0);
            numbers.extend(to_area.iter().map(area));
        }
        for (lane, own) in lanes.all_weighed() {
            let (from, to) = (lane.0 as usize, lane.1 as usize);
            let parent = &beliefs.areas[&(from_area[from], to_area[to])];
            numbers[from * to_area.len() + to] = curves.len() as u32;
            curves.push(Curve::of(&shrunk(&own, parent, beliefs.area_worth)));
        }
        Self {
            zones: to_area.len(),
            numbers,
            curves,
        }
    }

    /// The curve of a lane; none where nothing is known of it.
    pub fn of(&self, place: usize, zone: usize) -> Option<&Curve> {
        if zone >= self.zones {
            return None;
        }
        let number = self.numbers.get(place * self.zones + zone)?;
        self.curves.get(*number as usize)
    }
}
