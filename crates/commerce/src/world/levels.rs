//! Levels of goods by product: what a decision asks of a product's goods lies together, and whether the product's
//! levels are in memory is the same look-up.

use crate::id::{LocationId, ProductId, VariantId};
use crate::stock::Level;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Levels, of each product all or none.
#[derive(Debug, Default)]
pub(super) struct Levels(BTreeMap<ProductId, Vec<Place>>);

/// Of a variant at a location; sorted.
#[derive(Debug)]
struct Place {
    key: (VariantId, LocationId),
    level: Level,
}

impl Levels {
    /// Whether a product's levels are in memory.
    pub fn has(&self, product: ProductId) -> bool {
        self.0.contains_key(&product)
    }

    /// Notes that a product has no levels but those that follow.
    pub fn begin(&mut self, product: ProductId) {
        self.0.entry(product).or_default();
    }

    /// A level, where there ever was one.
    pub fn get(&self, variant: VariantId, location: LocationId) -> Option<&Level> {
        let places = self.0.get(&variant.parent())?;
        let place = search(places, (variant, location)).ok()?;
        Some(&places[place].level)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, variant: VariantId, location: LocationId) -> Option<&mut Level> {
        let places = self.0.get_mut(&variant.parent())?;
        let place = search(places, (variant, location)).ok()?;
        Some(&mut places[place].level)
    }

    /// Sets a level; gives back the one before.
    pub fn insert(
        &mut self,
        variant: VariantId,
        location: LocationId,
        level: Level,
    ) -> Option<Level> {
        let key = (variant, location);
        let places = self.0.entry(variant.parent()).or_default();
        match search(places, key) {
            Ok(place) => Some(core::mem::replace(&mut places[place].level, level)),
            Err(place) => {
                places.insert(place, Place { key, level });
                None
            }
        }
    }

    /// Takes a level out.
    pub fn remove(&mut self, variant: VariantId, location: LocationId) {
        if let Some(places) = self.0.get_mut(&variant.parent())
            && let Ok(place) = search(places, (variant, location))
        {
            places.remove(place);
        }
    }

    /// The levels of a variant, by location.
    pub fn of(&self, variant: VariantId) -> impl Iterator<Item = (LocationId, Level)> {
        let places = self.0.get(&variant.parent()).map_or(&[][..], Vec::as_slice);
        let first = places.partition_point(|p| p.key.0 < variant);
        let own = places[first..]
            .iter()
            .take_while(move |p| p.key.0 == variant);
        own.map(|p| (p.key.1, p.level))
    }
}

fn search(places: &[Place], key: (VariantId, LocationId)) -> Result<usize, usize> {
    // Most products have one variant at one place.
    if let [only] = places
        && only.key == key
    {
        return Ok(0);
    }
    places.binary_search_by_key(&key, |p| p.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_found_where_they_were_put() {
        let mut levels = Levels::default();
        let product = ProductId(0x100);
        let variant = |n| VariantId::under(product, n);
        let at = |on_hand| Level {
            on_hand,
            ..Level::default()
        };
        assert!(!levels.has(product));
        levels.begin(product);
        assert!(levels.has(product));
        for (n, location, on_hand) in [(2, 7, 27), (1, 9, 19), (2, 3, 23), (1, 3, 13)] {
            assert_eq!(
                levels.insert(variant(n), LocationId(location), at(on_hand)),
                None
            );
        }
        let of = |levels: &Levels, n| -> Vec<(u64, i64)> {
            let all = levels.of(variant(n));
            all.map(|(location, level)| (location.0, level.on_hand))
                .collect()
        };
        assert_eq!(of(&levels, 2), [(3, 23), (7, 27)]);
        assert_eq!(of(&levels, 3), []);
        assert_eq!(
            levels.insert(variant(2), LocationId(7), at(5)),
            Some(at(27))
        );
        levels
            .get_mut(variant(1), LocationId(9))
            .expect("there")
            .on_hand = 4;
        levels.remove(variant(2), LocationId(3));
        assert_eq!(
            (of(&levels, 1), of(&levels, 2)),
            ([(3, 13), (9, 4)].into(), [(7, 5)].into())
        );
        assert_eq!(levels.get(variant(2), LocationId(3)), None);
        assert_eq!(levels.get(variant(2), LocationId(7)), Some(&at(5)));
    }
}
