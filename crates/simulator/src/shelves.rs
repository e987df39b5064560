//! What lies on the town's shelves at the start.

use crate::options::Options;
use crate::rng::Rng;
use crate::town::Place;
use commerce::id::LocationId;

/// What lies where at the start: the article, the place, pieces, safety stock.
pub fn stock(
    options: &Options,
    places: &[Place],
    articles: usize,
    rng: &mut Rng,
) -> Vec<(usize, LocationId, u32, i64)> {
    let mut stock = Vec::new();
    for index in 0..articles {
        for place in places {
            let pieces = rng.below(2 * u64::from(options.pieces) + 1) as u32;
            let safety = if rng.percent(30) {
                rng.between(0, i64::from(options.pieces) / 4)
            } else {
                0
            };
            stock.push((index, place.id, pieces, safety));
        }
    }
    stock
}
