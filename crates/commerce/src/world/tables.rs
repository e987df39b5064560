//! What decisions ask of the settings again and again, worked out once per change of them.

use super::quotas::Campaigns;
use super::{RecordKind, World};
use crate::catalog::TaxCategory;
use crate::code::Country;
use crate::id::LocationId;
use crate::settings::Location;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// Tables made of resident records.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Tax rates in parts per million, sorted.
    tax: Vec<(Country, TaxCategory, u32)>,
    /// Locations that ship, best first, to each country that has one.
    ships_to: Vec<(Option<Country>, Vec<LocationId>)>,
    /// The same to any other country.
    ships_elsewhere: Vec<LocationId>,
    /// Campaigns that may run.
    pub(super) campaigns: Campaigns,
    /// Whether a record they are made of has changed since.
    pub(super) stale: bool,
}

impl World {
    /// Notes that a record of this kind changed.
    pub(super) fn note_setting(&mut self, kind: RecordKind) {
        self.tables.stale |= matches!(
            kind,
            RecordKind::TaxRate | RecordKind::Location | RecordKind::Campaign
        );
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
            campaigns: Campaigns::of(self),
            ..Tables::default()
        };
        tables
            .tax
            .sort_by_key(|(country, category, _)| (*country, *category));
        for country in self
            .locations()
            .filter(|l| l.ships)
            .map(|l| l.address.country)
        {
            if tables.ships_to.iter().all(|(known, _)| *known != country) {
                let best = self.best_shipping(|l| l.address.country != country);
                tables.ships_to.push((country, best));
            }
        }
        tables.ships_elsewhere = self.best_shipping(|_| true);
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
    pub fn shipping_locations(&self, destination: Option<Country>) -> Cow<'_, [LocationId]> {
        if self.tables.stale {
            return Cow::Owned(self.best_shipping(|l| l.address.country != destination));
        }
        let own = self.tables.ships_to.iter().find(|(c, _)| *c == destination);
        Cow::Borrowed(own.map_or(&self.tables.ships_elsewhere, |(_, best)| best))
    }

    fn best_shipping(&self, is_abroad: impl Fn(&Location) -> bool) -> Vec<LocationId> {
        let ships = self.locations().filter(|l| l.ships);
        let mut able: Vec<(i64, bool, LocationId)> = ships
            .map(|l| (i64::from(l.rank), is_abroad(l), l.id))
            .collect();
        able.sort_unstable();
        able.into_iter().map(|(_, _, id)| id).collect()
    }
}
