//! What scarce things are held to be worth: a parcel from a full location, a parcel of a full carrier, a unit of a
//! variant where little of it is. A plan made with them leaves scarce things to those who save most by them.

use super::network::{COST_MAX, Network};
use alloc::vec::Vec;
use core::fmt;

/// Prices are kept in parts of a minor unit, as finely as this.
pub const SCALE: u32 = 64;

const NO_ROW: u32 = u32::MAX;

/// Prices, each in 1/[`SCALE`] of a minor unit and at most [`COST_MAX`] minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prices {
    locations: usize,
    // `location[wave * locations + location]`, for each parcel.
    location: Vec<u32>,
    carrier: Vec<u32>,
    // By variant, whether it has a row: this is read for each line, and a bit each stays in the cache.
    has_row: Vec<u64>,
    // By variant: its row in `unit`.
    row: Vec<u32>,
    // Rows of a price for each location.
    unit: Vec<u32>,
}

/// A price that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceError {
    /// There is no such wave, location, carrier or variant.
    Unknown,
    /// It is more than [`COST_MAX`] minor units.
    TooHigh(u32),
}

impl fmt::Display for PriceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unknown => {
                f.write_str("a price for a wave, location, carrier or variant that there is not")
            }
            Self::TooHigh(price) => {
                write!(
                    f,
                    "a price of {price}/{SCALE} minor units: at most {COST_MAX} minor units are possible"
                )
            }
        }
    }
}

impl core::error::Error for PriceError {}

impl Prices {
    /// Nothing is scarce.
    pub fn none(network: &Network, waves: usize, variants: usize) -> Self {
        Self {
            locations: network.locations(),
            location: alloc::vec![0; waves * network.locations()],
            carrier: alloc::vec![0; network.carriers()],
            has_row: alloc::vec![0; variants.div_ceil(64)],
            row: alloc::vec![NO_ROW; variants],
            unit: Vec::new(),
        }
    }

    /// What a parcel from a location costs more in a wave.
    pub fn location(&self, wave: usize, location: usize) -> u32 {
        self.location[wave * self.locations + location]
    }

    /// What a parcel of a carrier costs more.
    pub fn carrier(&self, carrier: usize) -> u32 {
        self.carrier[carrier]
    }

    /// What a unit of a variant costs more at a location.
    pub fn unit(&self, variant: u32, location: usize) -> u32 {
        self.units(variant).map_or(0, |row| row[location])
    }

    /// The prices of a variant by location, if it has any.
    #[inline]
    pub(super) fn units(&self, variant: u32) -> Option<&[u32]> {
        if self.has_row[variant as usize / 64] >> (variant % 64) & 1 == 0 {
            return None;
        }
        let start = self.row[variant as usize] as usize * self.locations;
        Some(&self.unit[start..start + self.locations])
    }

    /// How many variants have prices.
    pub fn priced_variants(&self) -> usize {
        self.unit.len() / self.locations
    }

    /// Writes these prices of few variants into those of all: number `n` here is `variants[n]` there.
    pub(super) fn spread(&self, variants: &[u32], all: &mut Self) -> Result<(), PriceError> {
        all.location.clone_from(&self.location);
        all.carrier.clone_from(&self.carrier);
        for (number, &variant) in variants.iter().enumerate() {
            let Some(row) = self.units(number as u32) else {
                continue;
            };
            for (location, &price) in row.iter().enumerate().filter(|(_, price)| **price > 0) {
                all.set_unit(variant, location, price)?;
            }
        }
        Ok(())
    }

    /// Sets what a parcel from a location costs more in a wave.
    ///
    /// # Errors
    /// [`PriceError`].
    pub fn set_location(
        &mut self,
        wave: usize,
        location: usize,
        price: u32,
    ) -> Result<(), PriceError> {
        check(price)?;
        if location >= self.locations {
            return Err(PriceError::Unknown);
        }
        let at = self.location.get_mut(wave * self.locations + location);
        *at.ok_or(PriceError::Unknown)? = price;
        Ok(())
    }

    /// Sets what a parcel of a carrier costs more.
    ///
    /// # Errors
    /// [`PriceError`].
    pub fn set_carrier(&mut self, carrier: usize, price: u32) -> Result<(), PriceError> {
        check(price)?;
        *self.carrier.get_mut(carrier).ok_or(PriceError::Unknown)? = price;
        Ok(())
    }

    /// Sets what a unit of a variant costs more at a location.
    ///
    /// # Errors
    /// [`PriceError`].
    pub fn set_unit(
        &mut self,
        variant: u32,
        location: usize,
        price: u32,
    ) -> Result<(), PriceError> {
        check(price)?;
        if location >= self.locations || variant as usize >= self.row.len() {
            return Err(PriceError::Unknown);
        }
        if self.row[variant as usize] == NO_ROW {
            self.row[variant as usize] = self.priced_variants() as u32;
            self.unit.resize(self.unit.len() + self.locations, 0);
            self.has_row[variant as usize / 64] |= 1 << (variant % 64);
        }
        self.unit[self.row[variant as usize] as usize * self.locations + location] = price;
        Ok(())
    }
}

fn check(price: u32) -> Result<(), PriceError> {
    if price > COST_MAX * SCALE {
        return Err(PriceError::TooHigh(price));
    }
    Ok(())
}
