//! What the shop's records say of goods and places, remembered, so that the shelf is asked once for each and never
//! held while a batch is counted.

use ::screen::places::Point;
use ::screen::{Atlas, Site};
use commerce::id::{CategoryId, LocationId, ProductId};
use commerce::settings::Location;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Shelf;

/// Millionths of a degree in a hundredth.
const MICRO: i32 = 10_000;

/// The records, as of when each was first asked for.
pub struct Records {
    shelf: Arc<Shelf>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    categories: HashMap<ProductId, Option<CategoryId>>,
    sites: HashMap<LocationId, Option<Site>>,
}

impl Records {
    /// Of a shelf.
    pub fn new(shelf: Arc<Shelf>) -> Self {
        Self {
            shelf,
            known: Mutex::default(),
        }
    }

    /// Records have changed: each is asked for anew.
    pub fn forget(&self) {
        *self.known() = Known::default();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Atlas for Records {
    fn category(&self, product: ProductId) -> Option<CategoryId> {
        let shelf = &self.shelf;
        let find = || shelf.read().product(product)?.category;
        *self.known().categories.entry(product).or_insert_with(find)
    }

    fn site(&self, location: LocationId) -> Option<Site> {
        let shelf = &self.shelf;
        let find = || shelf.read().location(location).map(site);
        self.known()
            .sites
            .entry(location)
            .or_insert_with(find)
            .clone()
    }
}

fn site(location: &Location) -> Site {
    let address = &location.address;
    let region = match address.region.trim() {
        "" => &address.city,
        region => region,
    };
    Site {
        point: point(location),
        region: region.to_owned(),
    }
}

/// Where a location is.
pub fn point(location: &Location) -> Point {
    Point {
        latitude: location.latitude_micro / MICRO,
        longitude: location.longitude_micro / MICRO,
    }
}
