//! What is where. Four bytes for each variant and location, so that taking a unit touches one place in memory, and a
//! word for each variant that says where any is to be had, so that most decisions read no quantity at all: a million
//! variants at 24 locations take 104 MB.

use super::network::{LOCATIONS_MAX, Mask, each};
use alloc::vec::Vec;
use core::fmt;

/// Most variants: a row's number fits into 32 bits, with one number left over for "none".
pub const VARIANTS_MAX: usize = u32::MAX as usize;

/// Units by variant and location, with what is kept back, and which locations must not serve which variant.
#[derive(Debug, Clone)]
pub struct Stock {
    locations: usize,
    // `units[variant * locations + location]`: what is on the shelf, with what is kept back.
    units: Vec<u32>,
    /// By variant: where at least one unit can be had.
    available: Vec<Mask>,
    // By location, what each variant keeps back there.
    kept: [u32; LOCATIONS_MAX],
    // Sorted by variant.
    excluded: Vec<(u32, Mask)>,
}

/// Why stock cannot be, or be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockError {
    /// No location or too many, no variant or too many, or the table cannot be addressed.
    Size {
        /// How many variants.
        variants: usize,
        /// How many locations.
        locations: usize,
    },
    /// There is no such variant or location.
    Place {
        /// Which variant.
        variant: u32,
        /// Which location.
        location: usize,
    },
    /// Fewer units are there than are to be taken.
    Short {
        /// Of what.
        variant: u32,
        /// Where.
        location: usize,
        /// How many can be had.
        available: u32,
    },
    /// More units than can be counted with 32 bits.
    Full {
        /// Of what.
        variant: u32,
        /// Where.
        location: usize,
    },
}

impl fmt::Display for StockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Size {
                variants,
                locations,
            } => write!(
                f,
                "stock of {variants} variants at {locations} locations: 1 to {VARIANTS_MAX} and 1 to {LOCATIONS_MAX} are possible"
            ),
            Self::Place { variant, location } => {
                write!(f, "there is no variant {variant} or no location {location}")
            }
            Self::Short {
                variant,
                location,
                available,
            } => write!(
                f,
                "location {location} has {available} units of variant {variant} left, fewer than were to be taken"
            ),
            Self::Full { variant, location } => {
                write!(
                    f,
                    "more units of variant {variant} at location {location} than can be counted"
                )
            }
        }
    }
}

impl core::error::Error for StockError {}

impl Stock {
    /// Empty shelves.
    ///
    /// # Errors
    /// [`StockError::Size`].
    pub fn new(variants: usize, locations: usize) -> Result<Self, StockError> {
        let size = StockError::Size {
            variants,
            locations,
        };
        let is_possible =
            (1..=VARIANTS_MAX).contains(&variants) && (1..=LOCATIONS_MAX).contains(&locations);
        let entries = variants.checked_mul(locations).filter(|_| is_possible);
        Ok(Self {
            locations,
            units: alloc::vec![0; entries.ok_or(size)?],
            available: alloc::vec![0; variants],
            kept: [0; LOCATIONS_MAX],
            excluded: Vec::new(),
        })
    }

    /// How many variants.
    pub fn variants(&self) -> usize {
        self.available.len()
    }

    /// How many locations.
    pub fn locations(&self) -> usize {
        self.locations
    }

    /// Bytes that the table takes.
    pub fn bytes(&self) -> usize {
        self.units.len() * size_of::<u32>() + self.available.len() * size_of::<Mask>()
    }

    /// Keeps back `units` of every variant at a location. Linear in the variants.
    ///
    /// # Errors
    /// [`StockError::Place`] for a location that there is not.
    pub fn keep_back(&mut self, location: usize, units: u32) -> Result<(), StockError> {
        if location >= self.locations {
            return Err(StockError::Place {
                variant: 0,
                location,
            });
        }
        self.kept[location] = units;
        for variant in 0..self.variants() {
            self.refresh(variant, location);
        }
        Ok(())
    }

    /// Says which locations must not serve a variant.
    ///
    /// # Errors
    /// [`StockError::Place`] for a variant that there is not.
    pub fn exclude(&mut self, variant: u32, locations: Mask) -> Result<(), StockError> {
        self.index(variant, 0)?;
        match self
            .excluded
            .binary_search_by_key(&variant, |entry| entry.0)
        {
            Ok(at) => self.excluded[at].1 = locations,
            Err(at) => self.excluded.insert(at, (variant, locations)),
        }
        for location in 0..self.locations {
            self.refresh(variant as usize, location);
        }
        Ok(())
    }

    /// Locations that must not serve a variant.
    pub fn excluded(&self, variant: u32) -> Mask {
        let found = self
            .excluded
            .binary_search_by_key(&variant, |entry| entry.0);
        found.map_or(0, |at| self.excluded[at].1)
    }

    /// Puts `units` of a variant to a location, whatever was there.
    ///
    /// # Errors
    /// [`StockError::Place`].
    pub fn set(&mut self, variant: u32, location: usize, units: u32) -> Result<(), StockError> {
        let index = self.index(variant, location)?;
        self.units[index] = units;
        self.refresh(variant as usize, location);
        Ok(())
    }

    /// Units on the shelf, with what is kept back; both numbers must be below their counts.
    pub fn on_shelf(&self, variant: u32, location: usize) -> u32 {
        self.units[variant as usize * self.locations + location]
    }

    /// Units that can be had; both numbers must be below their counts.
    #[inline]
    pub fn units(&self, variant: u32, location: usize) -> u32 {
        if self.available[variant as usize] >> location & 1 == 0 {
            return 0;
        }
        self.on_shelf(variant, location) - self.kept[location]
    }

    /// Where at least one unit can be had; the variant must be below its count.
    #[inline]
    pub fn available(&self, variant: u32) -> Mask {
        self.available[variant as usize]
    }

    /// Where `quantity` units can be had, of a set of locations where at least one can.
    #[inline]
    pub(super) fn whole(&self, variant: u32, quantity: u32, available: Mask) -> Mask {
        if quantity == 1 {
            return available;
        }
        let row = &self.units[variant as usize * self.locations..][..self.locations];
        let enough = |&w: &usize| row[w] - self.kept[w] >= quantity;
        each(available)
            .filter(enough)
            .fold(0, |mask, w| mask | 1 << w)
    }

    /// Takes units away.
    ///
    /// # Errors
    /// [`StockError::Place`], and [`StockError::Short`], which leaves everything as it was.
    #[inline]
    pub fn take(&mut self, variant: u32, location: usize, quantity: u32) -> Result<(), StockError> {
        let index = self.index(variant, location)?;
        let available = self.units(variant, location);
        if available < quantity {
            return Err(StockError::Short {
                variant,
                location,
                available,
            });
        }
        self.units[index] -= quantity;
        if available == quantity {
            self.available[variant as usize] &= !(1 << location);
        }
        Ok(())
    }

    /// Brings units back.
    ///
    /// # Errors
    /// [`StockError::Place`], and [`StockError::Full`], which leaves everything as it was.
    #[inline]
    pub fn give(&mut self, variant: u32, location: usize, quantity: u32) -> Result<(), StockError> {
        let index = self.index(variant, location)?;
        let units = self.units[index].checked_add(quantity);
        self.units[index] = units.ok_or(StockError::Full { variant, location })?;
        self.refresh(variant as usize, location);
        Ok(())
    }

    #[inline]
    fn index(&self, variant: u32, location: usize) -> Result<usize, StockError> {
        if variant as usize >= self.variants() || location >= self.locations {
            return Err(StockError::Place { variant, location });
        }
        Ok(variant as usize * self.locations + location)
    }

    #[inline]
    fn refresh(&mut self, variant: usize, location: usize) {
        let has = self.units[variant * self.locations + location] > self.kept[location];
        let bit: Mask = 1 << location;
        let is_allowed = self.excluded.is_empty() || self.excluded(variant as u32) & bit == 0;
        if has && is_allowed {
            self.available[variant] |= bit;
        } else {
            self.available[variant] &= !bit;
        }
    }

    /// A small table with the rows of `variants` alone, in their order, as they are now.
    pub(super) fn part(&self, variants: &[u32]) -> Self {
        let row = |&variant: &u32| {
            let units = &self.units[variant as usize * self.locations..][..self.locations];
            units.iter().copied()
        };
        let excluded = variants.iter().enumerate().filter_map(|(index, &variant)| {
            let locations = self.excluded(variant);
            (locations != 0).then_some((index as u32, locations))
        });
        Self {
            locations: self.locations,
            units: variants.iter().flat_map(row).collect(),
            available: variants.iter().map(|&v| self.available(v)).collect(),
            kept: self.kept,
            excluded: excluded.collect(),
        }
    }
}
