//! What is known before an order comes: where goods can leave from, what a parcel costs from there to each region, and
//! what the merchant's rules say.

use alloc::vec::Vec;
use core::fmt;

/// Most locations: a set of them is one word.
pub const LOCATIONS_MAX: usize = 64;

/// Most carriers, for the same reason.
pub const CARRIERS_MAX: usize = 64;

/// Most regions, so that a region's number fits into an order's head.
pub const REGIONS_MAX: usize = 1 << 16;

/// Most promise classes.
pub const PROMISES_MAX: usize = 256;

/// Largest rate, price of scarcity or cost of being late, in minor units: four of them still fit a table's entry.
pub const COST_MAX: u32 = (1 << 24) - 1;

/// A set of locations: bit `w` is location `w`.
pub type Mask = u64;

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Made for sending parcels.
    Warehouse,
    /// Sells over the counter, and sends where [`Rules::shops_ship`] says so.
    Shop,
}

/// A place that goods can leave from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// Among plans that cost the same, the lower rank is taken; among equal ranks the lower index.
    pub rank: u16,
    /// Warehouse or shop.
    pub kind: Kind,
    /// Closed places send nothing.
    pub is_open: bool,
}

/// The way from a location to a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lane {
    /// What a parcel costs, with its handling, in minor units; at most [`COST_MAX`].
    pub parcel: u32,
    /// What each unit in it adds, in minor units; at most [`COST_MAX`].
    pub unit: u32,
    /// Days until it arrives.
    pub days: u8,
    /// Who drives; below [`Input::carriers`].
    pub carrier: u8,
}

/// What shoppers are promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Days until it should be there.
    pub days: u8,
    /// What each day later than that is held to cost, for each parcel, in minor units. All days that a lane can be
    /// late together cost at most [`COST_MAX`].
    pub late_per_day: u32,
}

/// What the merchant wants besides low costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Whether shops send parcels.
    pub shops_ship: bool,
    /// Parcels that an order may take, at least 1; each one more costs [`Rules::extra_parcel`]. An order is never refused for it.
    pub parcels_max: u8,
    /// What a parcel more than that is held to cost, in minor units; at most [`COST_MAX`].
    pub extra_parcel: u32,
    /// What a unit is held to cost that is not sent, in minor units; at most [`COST_MAX`].
    pub unserved_unit: u32,
}

/// Everything that a [`Network`] is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// At most [`LOCATIONS_MAX`].
    pub locations: Vec<Location>,
    /// How many regions.
    pub regions: usize,
    /// How many carriers.
    pub carriers: usize,
    /// `lanes[region * locations + location]`; `None` is a closed lane.
    pub lanes: Vec<Option<Lane>>,
    /// By promise class.
    pub promises: Vec<Promise>,
    /// The merchant's.
    pub rules: Rules,
}

/// Why a network cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkError {
    /// No location, or more than [`LOCATIONS_MAX`].
    Locations(usize),
    /// No region, or more than [`REGIONS_MAX`].
    Regions(usize),
    /// No carrier, or more than [`CARRIERS_MAX`].
    Carriers(usize),
    /// No promise class, or more than [`PROMISES_MAX`].
    Promises(usize),
    /// The table of lanes has not one entry for each region and location.
    Lanes {
        /// Regions times locations.
        expected: usize,
        /// Entries that there are.
        found: usize,
    },
    /// A lane costs more than [`COST_MAX`], or its carrier is none.
    Lane {
        /// Where it leads.
        region: usize,
        /// Where it begins.
        location: usize,
    },
    /// Being late costs more than [`COST_MAX`] in this promise class.
    Late(usize),
    /// A rule costs more than [`COST_MAX`], or allows no parcel.
    Rules,
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Locations(found) => {
                write!(f, "{found} locations, 1 to {LOCATIONS_MAX} are possible")
            }
            Self::Regions(found) => write!(f, "{found} regions, 1 to {REGIONS_MAX} are possible"),
            Self::Carriers(found) => {
                write!(f, "{found} carriers, 1 to {CARRIERS_MAX} are possible")
            }
            Self::Promises(found) => {
                write!(
                    f,
                    "{found} promise classes, 1 to {PROMISES_MAX} are possible"
                )
            }
            Self::Lanes { expected, found } => {
                write!(
                    f,
                    "{found} lanes, regions times locations would be {expected}"
                )
            }
            Self::Lane { region, location } => write!(
                f,
                "the lane from location {location} to region {region} costs more than {COST_MAX} or has an unknown carrier"
            ),
            Self::Late(promise) => {
                write!(
                    f,
                    "being late in promise class {promise} costs more than {COST_MAX}"
                )
            }
            Self::Rules => write!(f, "a rule costs more than {COST_MAX}, or allows no parcel"),
        }
    }
}

impl core::error::Error for NetworkError {}

/// Locations, lanes and rules, checked and laid out for planning.
#[derive(Debug, Clone)]
pub struct Network {
    input: Input,
    /// By region: locations that may send there, by the lane, by being open, and by the rules.
    usable: Vec<Mask>,
    /// `carried[carrier * regions + region]`: locations whose lane to the region that carrier drives.
    carried: Vec<Mask>,
    /// A location's place in the order of ranks, by location.
    place: [u8; LOCATIONS_MAX],
    /// The location at each place.
    at_place: [u8; LOCATIONS_MAX],
}

impl Network {
    /// Checks the input. Linear in the lanes.
    ///
    /// # Errors
    /// The first of [`NetworkError`] that is true of it.
    pub fn new(input: Input) -> Result<Self, NetworkError> {
        check(&input)?;
        let count = input.locations.len();
        let mut usable = alloc::vec![0; input.regions];
        let mut carried = alloc::vec![0; input.carriers * input.regions];
        for (index, lane) in input.lanes.iter().enumerate() {
            let (region, location) = (index / count, index % count);
            let Some(lane) = lane else { continue };
            carried[usize::from(lane.carrier) * input.regions + region] |= 1 << location;
            let place = &input.locations[location];
            if place.is_open && (place.kind == Kind::Warehouse || input.rules.shops_ship) {
                usable[region] |= 1 << location;
            }
        }
        let mut by_rank: Vec<usize> = (0..count).collect();
        by_rank.sort_by_key(|&w| (input.locations[w].rank, w));
        let (mut place, mut at_place) = ([0; LOCATIONS_MAX], [0; LOCATIONS_MAX]);
        for (at, &location) in by_rank.iter().enumerate() {
            place[location] = at as u8;
            at_place[at] = location as u8;
        }
        Ok(Self {
            input,
            usable,
            carried,
            place,
            at_place,
        })
    }

    /// What it was made of.
    pub fn input(&self) -> &Input {
        &self.input
    }

    /// How many locations.
    pub fn locations(&self) -> usize {
        self.input.locations.len()
    }

    /// How many regions.
    pub fn regions(&self) -> usize {
        self.input.regions
    }

    /// How many promise classes.
    pub fn promises(&self) -> usize {
        self.input.promises.len()
    }

    /// How many carriers.
    pub fn carriers(&self) -> usize {
        self.input.carriers
    }

    /// The merchant's rules.
    pub fn rules(&self) -> &Rules {
        &self.input.rules
    }

    /// The lane between the two, if it is open. Both must be below the network's counts.
    pub fn lane(&self, region: usize, location: usize) -> Option<&Lane> {
        self.input.lanes[region * self.locations() + location].as_ref()
    }

    /// What it costs, in minor units, that a parcel is late by this lane.
    pub fn late(&self, promise: usize, lane: &Lane) -> u32 {
        let promise = &self.input.promises[promise];
        promise.late_per_day * u32::from(lane.days.saturating_sub(promise.days))
    }

    /// Locations that may send to a region.
    pub fn usable(&self, region: usize) -> Mask {
        self.usable[region]
    }

    /// Locations whose lane to the region a carrier drives.
    pub(super) fn carried(&self, carrier: usize, region: usize) -> Mask {
        self.carried[carrier * self.input.regions + region]
    }

    pub(super) fn place(&self) -> &[u8; LOCATIONS_MAX] {
        &self.place
    }

    pub(super) fn at_place(&self, place: u8) -> u8 {
        self.at_place[usize::from(place)]
    }
}

fn check(input: &Input) -> Result<(), NetworkError> {
    let counts = [
        (
            input.locations.len(),
            LOCATIONS_MAX,
            NetworkError::Locations as fn(usize) -> NetworkError,
        ),
        (input.regions, REGIONS_MAX, NetworkError::Regions),
        (input.carriers, CARRIERS_MAX, NetworkError::Carriers),
        (input.promises.len(), PROMISES_MAX, NetworkError::Promises),
    ];
    for (found, most, error) in counts {
        if found == 0 || found > most {
            return Err(error(found));
        }
    }
    let (expected, found) = (input.regions * input.locations.len(), input.lanes.len());
    if expected != found {
        return Err(NetworkError::Lanes { expected, found });
    }
    let lanes = || input.lanes.iter().enumerate();
    let wrong = lanes().find(|(_, lane)| {
        lane.is_some_and(|lane| {
            lane.parcel > COST_MAX
                || lane.unit > COST_MAX
                || usize::from(lane.carrier) >= input.carriers
        })
    });
    if let Some((index, _)) = wrong {
        let (region, location) = (index / input.locations.len(), index % input.locations.len());
        return Err(NetworkError::Lane { region, location });
    }
    let slowest = lanes().filter_map(|(_, lane)| lane.map(|lane| lane.days));
    let slowest = slowest.max().unwrap_or(0);
    for (index, promise) in input.promises.iter().enumerate() {
        let days = u32::from(slowest.saturating_sub(promise.days));
        let cost = promise.late_per_day.checked_mul(days);
        if cost.is_none_or(|cost| cost > COST_MAX) {
            return Err(NetworkError::Late(index));
        }
    }
    let rules = &input.rules;
    let is_dear = rules.extra_parcel > COST_MAX || rules.unserved_unit > COST_MAX;
    if is_dear || rules.parcels_max == 0 {
        return Err(NetworkError::Rules);
    }
    Ok(())
}

/// The locations of a set, the lowest first.
pub(super) fn each(mut mask: Mask) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let location = mask.trailing_zeros() as usize;
        let is_one = mask != 0;
        mask &= mask.wrapping_sub(1);
        is_one.then_some(location)
    })
}
