//! How many parcels each location can still send in each wave, and each carrier can still take.

use super::network::{LOCATIONS_MAX, Mask, Network};
use alloc::vec::Vec;
use core::fmt;

/// A number of parcels that never runs out.
pub const UNLIMITED: u32 = u32::MAX;

/// Most waves of picking.
pub const WAVES_MAX: usize = 256;

/// Parcels that are left, by location and wave and by carrier.
#[derive(Debug, Clone)]
pub struct Limits {
    locations: usize,
    // `parcels[wave * locations + location]`.
    parcels: Vec<u32>,
    carriers: Vec<u32>,
    // By wave: locations without a parcel left.
    full: Vec<Mask>,
    // Carriers without a parcel left; a network has at most as many as a word has bits.
    spent: u64,
}

/// Why a limit cannot be set, or a parcel not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitError {
    /// No wave, or more than [`WAVES_MAX`].
    Waves(usize),
    /// There is no such wave or location.
    Location {
        /// Which wave.
        wave: usize,
        /// Which location.
        location: usize,
    },
    /// There is no such carrier.
    Carrier(usize),
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Waves(waves) => write!(f, "{waves} waves, 1 to {WAVES_MAX} are possible"),
            Self::Location { wave, location } => {
                write!(f, "there is no wave {wave} or no location {location}")
            }
            Self::Carrier(carrier) => write!(f, "there is no carrier {carrier}"),
        }
    }
}

impl core::error::Error for LimitError {}

impl Limits {
    /// Nothing is limited.
    ///
    /// # Errors
    /// [`LimitError::Waves`].
    pub fn new(network: &Network, waves: usize) -> Result<Self, LimitError> {
        if waves == 0 || waves > WAVES_MAX {
            return Err(LimitError::Waves(waves));
        }
        Ok(Self {
            locations: network.locations(),
            parcels: alloc::vec![UNLIMITED; waves * network.locations()],
            carriers: alloc::vec![UNLIMITED; network.carriers()],
            full: alloc::vec![0; waves],
            spent: 0,
        })
    }

    /// How many waves.
    pub fn waves(&self) -> usize {
        self.full.len()
    }

    /// Says how many parcels a location can still send in a wave.
    ///
    /// # Errors
    /// [`LimitError::Location`].
    pub fn set_location(
        &mut self,
        wave: usize,
        location: usize,
        parcels: u32,
    ) -> Result<(), LimitError> {
        if wave >= self.waves() || location >= self.locations {
            return Err(LimitError::Location { wave, location });
        }
        self.parcels[wave * self.locations + location] = parcels;
        set_bit(&mut self.full[wave], location, parcels == 0);
        Ok(())
    }

    /// Says how many parcels a carrier can still take.
    ///
    /// # Errors
    /// [`LimitError::Carrier`].
    pub fn set_carrier(&mut self, carrier: usize, parcels: u32) -> Result<(), LimitError> {
        let left = self.carriers.get_mut(carrier);
        *left.ok_or(LimitError::Carrier(carrier))? = parcels;
        set_bit(&mut self.spent, carrier, parcels == 0);
        Ok(())
    }

    /// Parcels that a location can still send in a wave; both must be below their counts.
    pub fn location(&self, wave: usize, location: usize) -> u32 {
        self.parcels[wave * self.locations + location]
    }

    /// Parcels that a carrier can still take; it must be below its count.
    pub fn carrier(&self, carrier: usize) -> u32 {
        self.carriers[carrier]
    }

    /// Locations that can send another parcel to a region in a wave, as far as limits say.
    #[inline]
    pub(super) fn open(&self, network: &Network, wave: usize, region: usize) -> Mask {
        let mut closed = self.full[wave];
        let mut spent = self.spent;
        while spent != 0 {
            closed |= network.carried(spent.trailing_zeros() as usize, region);
            spent &= spent - 1;
        }
        !closed
    }

    /// Whether no carrier is short, so that a plan of few parcels keeps to all limits where each parcel does.
    #[inline]
    pub(super) fn carriers_have(&self, parcels: u32) -> bool {
        self.carriers
            .iter()
            .all(|&left| left == 0 || left >= parcels)
    }

    /// Takes a parcel by an open lane that [`Limits::open`] allows.
    #[inline]
    pub(super) fn take(&mut self, wave: usize, location: usize, carrier: usize) {
        let left = &mut self.parcels[wave * self.locations + location];
        if *left != UNLIMITED {
            *left -= 1;
            set_bit(&mut self.full[wave], location, *left == 0);
        }
        let left = &mut self.carriers[carrier];
        if *left != UNLIMITED {
            *left -= 1;
            set_bit(&mut self.spent, carrier, *left == 0);
        }
    }

    /// Gives a parcel back.
    #[inline]
    pub(super) fn give(&mut self, wave: usize, location: usize, carrier: usize) {
        let left = &mut self.parcels[wave * self.locations + location];
        if *left != UNLIMITED {
            *left = (*left + 1).min(UNLIMITED - 1);
            self.full[wave] &= !(1 << location);
        }
        let left = &mut self.carriers[carrier];
        if *left != UNLIMITED {
            *left = (*left + 1).min(UNLIMITED - 1);
            self.spent &= !(1 << carrier);
        }
    }
}

#[inline]
fn set_bit(mask: &mut u64, bit: usize, is_set: bool) {
    debug_assert!(bit < LOCATIONS_MAX);
    *mask = *mask & !(1 << bit) | u64::from(is_set) << bit;
}
