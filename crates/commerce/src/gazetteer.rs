//! Where addresses are: postal codes as the operator brings them, and doors that somebody stood at.

use crate::carrier::postal;
use crate::code::Country;
use crate::id::DoorId;
use crate::limits;
use crate::refusal::Refusal;
use crate::round::Point;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The raw id of the one gazetteer.
pub const ID: u64 = 1;
/// Its code.
pub const CODE: &str = "gazetteer";

/// Where postal codes are: one record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Gazetteer {
    /// In the order of country and prefix, each once.
    pub places: Vec<Place>,
}

/// Where postal codes are that begin alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The country.
    pub country: Country,
    /// What they begin with, in capitals without spaces and hyphens; empty for all of the country.
    pub prefix: String,
    /// Their middle.
    pub point: Point,
}

impl Gazetteer {
    /// Where a postal code is: the longest prefix decides.
    pub fn find(&self, country: Country, postal_code: &str) -> Option<Point> {
        let code = postal(postal_code);
        let mut part = code.as_str();
        loop {
            let wanted = (country, part);
            let places = &self.places;
            let found = places.binary_search_by(|p| (p.country, p.prefix.as_str()).cmp(&wanted));
            if let Ok(place) = found {
                return Some(self.places[place].point);
            }
            let (end, _) = part.char_indices().next_back()?;
            part = &part[..end];
        }
    }

    /// Whether it can be kept.
    ///
    /// # Errors
    /// `field_invalid`.
    pub fn check(&self) -> Result<(), Refusal> {
        let is_sound = |place: &Place| {
            place.point.is_on_earth()
                && place.prefix.chars().count() <= limits::POSTAL_PREFIX_MAX
                && place.prefix == postal(&place.prefix)
        };
        let follows = |pair: &[Place]| {
            (pair[0].country, &pair[0].prefix) < (pair[1].country, &pair[1].prefix)
        };
        if self.places.len() > limits::GAZETTEER_PLACES_MAX
            || !self.places.iter().all(is_sound)
            || !self.places.windows(2).all(follows)
        {
            return Err(Refusal::FieldInvalid { field: "places" });
        }
        Ok(())
    }
}

/// The point of a door, as a courier's phone or a dispatcher said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Door {
    /// The door's id.
    pub id: DoorId,
    /// A hash of its address, which says nothing about who lives there.
    pub code: String,
    /// Where it is.
    pub point: Point,
}
