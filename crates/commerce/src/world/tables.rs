//! What decisions ask of the settings again and again, worked out once per change of them.

use super::{RecordKind, World};
use crate::catalog::TaxCategory;
use crate::code::Country;
use crate::id::LocationId;
use alloc::vec::Vec;

/// Tables made of resident records.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Tax rates in parts per million, sorted.
    tax: Vec<(Country, TaxCategory, u32)>,
    /// Locations that ship: rank, country, id; sorted by rank and id.
    ships: Vec<(i64, Option<Country>, LocationId)>,
    /// Whether a record they are made of has changed since.
    stale: bool,
}

impl World {
    /// Notes that a record of this kind changed.
    pub(super) fn note_setting(&mut self, kind: RecordKind) {
        self.tables.stale |= matches!(kind, RecordKind::TaxRate | RecordKind::Location);
    }

    /// Works the tables out anew if a record has changed.
    pub(super) fn refresh_tables(&mut self) {
        if !self.tables.stale {
            return;
        }
        let mut tables = Tables {
            tax: self
                .tax_rates()
                .map(|r| (r.country, r.category, r.rate_ppm))
                .collect(),
            ships: self
                .locations()
                .filter(|l| l.ships)
                .map(|l| (i64::from(l.rank), l.address.country, l.id))
                .collect(),
            stale: false,
        };
        tables
            .tax
            .sort_by_key(|(country, category, _)| (*country, *category));
        tables.ships.sort_by_key(|(rank, _, id)| (*rank, *id));
        self.tables = tables;
    }

    /// The tax rate of a category of goods in a country, in parts per million, where one is set.
    pub fn tax_rate_ppm(&self, country: Country, category: TaxCategory) -> Option<u32> {
        if self.tables.stale {
            let mut rates = self.tax_rates();
            let found = rates.find(|r| r.country == country && r.category == category);
            return found.map(|r| r.rate_ppm);
        }
        let tax = &self.tables.tax;
        let at = tax.partition_point(|(c, k, _)| (*c, *k) < (country, category));
        let found = tax
            .get(at)
            .filter(|(c, k, _)| (*c, *k) == (country, category));
        found.map(|(_, _, ppm)| *ppm)
    }

    /// Locations that ship, best first: by rank, those in the destination's country first within one.
    pub fn shipping_locations(&self, destination: Option<Country>) -> Vec<LocationId> {
        let mut able: Vec<(i64, bool, LocationId)> = if self.tables.stale {
            let ships = self.locations().filter(|l| l.ships);
            ships
                .map(|l| (i64::from(l.rank), l.address.country != destination, l.id))
                .collect()
        } else {
            let ships = self.tables.ships.iter();
            ships
                .map(|(rank, country, id)| (*rank, *country != destination, *id))
                .collect()
        };
        able.sort_unstable();
        able.into_iter().map(|(_, _, id)| id).collect()
    }
}
