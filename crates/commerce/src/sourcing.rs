//! Which location serves which line. The fewest parcels win, then the location's rank.

use crate::checkout::{Delivery, Item};
use crate::code::Country;
use crate::id::{LocationId, VariantId};
use crate::refusal::Refusal;
use crate::stock::Level;
use crate::world::World;
use alloc::vec::Vec;

/// What a line needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The line's number.
    pub line: u16,
    /// What.
    pub variant: VariantId,
    /// How many pieces.
    pub quantity: u32,
}

/// A part of a line served by a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The line's number.
    pub line: u16,
    /// What.
    pub variant: VariantId,
    /// From where.
    pub location: LocationId,
    /// How many pieces; at least 1.
    pub quantity: u32,
}

/// Stock that is left while a plan is being made: several lines may want the same variant.
struct Left<'w> {
    world: &'w World,
    /// What was taken: of what, where, how many pieces. Few lines want the same.
    used: Vec<(VariantId, LocationId, i64)>,
    measure: fn(Level) -> i64,
}

impl<'w> Left<'w> {
    fn for_parcels(world: &'w World, needs: &[Need]) -> Self {
        Self {
            world,
            used: Vec::with_capacity(needs.len()),
            measure: Level::available,
        }
    }

    fn of(&self, variant: VariantId, location: LocationId) -> i64 {
        let level = self.world.level(variant, location);
        let here = self
            .used
            .iter()
            .filter(|(v, l, _)| (*v, *l) == (variant, location));
        (self.measure)(level) - here.map(|(_, _, pieces)| pieces).sum::<i64>()
    }

    fn take(&mut self, need: Need, location: LocationId, pieces: i64, plan: &mut Vec<Part>) {
        self.used.push((need.variant, location, pieces));
        let quantity = u32::try_from(pieces).expect("at most what the line needs");
        plan.push(Part {
            line: need.line,
            variant: need.variant,
            location,
            quantity,
        });
    }
}

/// Plans where the lines of an order come from. Deterministic: same world, same plan.
///
/// # Errors
/// `location_cannot` for a place that does not hand over in this way, `out_of_stock` with what can be had.
pub fn plan(
    world: &World,
    needs: &[Need],
    delivery: Delivery,
    destination: Option<Country>,
) -> Result<Vec<Part>, Refusal> {
    match delivery {
        Delivery::Ship(_) => parcels(world, needs, destination),
        Delivery::Pickup(location) => {
            let able = world.location(location).is_some_and(|l| l.collects);
            plan_at(world, needs, location, able, Level::available)
        }
        // Who stands in the shop with the goods in hand may have the last piece: safety stock is for the web.
        Delivery::CarryOut(location) => {
            let able = world.location(location).is_some_and(|l| l.sells);
            plan_at(world, needs, location, able, |level| {
                level.on_hand - level.reserved
            })
        }
    }
}

/// Plans the parcels of an order, which are the same whatever rate they are sent at.
///
/// # Errors
/// `out_of_stock` with what can be had.
pub fn parcels(
    world: &World,
    needs: &[Need],
    destination: Option<Country>,
) -> Result<Vec<Part>, Refusal> {
    let left = Left::for_parcels(world, needs);
    plan_parcels(left, needs, &world.shipping_locations(destination))
}

/// The same, with nothing from one of the locations.
///
/// # Errors
/// `out_of_stock` with what can be had elsewhere.
pub fn parcels_without(
    world: &World,
    needs: &[Need],
    destination: Option<Country>,
    without: LocationId,
) -> Result<Vec<Part>, Refusal> {
    let mut locations = world.shipping_locations(destination).into_owned();
    locations.retain(|&location| location != without);
    plan_parcels(Left::for_parcels(world, needs), needs, &locations)
}

/// Where everything leaves from in one parcel, as [`parcels`] plans it. `None` where it takes several or cannot be
/// sent, and where a variant is wanted by two lines, which only a plan can divide.
pub fn one_parcel(
    world: &World,
    items: &[Item],
    destination: Option<Country>,
) -> Option<LocationId> {
    let again = |(index, item): (usize, &Item)| {
        let mut before = items[..index].iter();
        before.any(|earlier| earlier.variant == item.variant)
    };
    if items.is_empty() || items.iter().enumerate().any(again) {
        return None;
    }
    let locations = world.shipping_locations(destination);
    let mut best_first = locations.iter().copied();
    best_first.find(|location| is_whole_at(world, items, *location))
}

/// Whether a location has all that is wanted, so that a plan for it alone succeeds.
pub fn is_whole_at(world: &World, items: &[Item], location: LocationId) -> bool {
    let whole = |(index, item): (usize, &Item)| {
        let same = items[..=index].iter().filter(|i| i.variant == item.variant);
        let wanted: i64 = same.map(|i| i64::from(i.quantity)).sum();
        world.level(item.variant, location).available() >= wanted
    };
    items.iter().enumerate().all(whole)
}

fn plan_at(
    world: &World,
    needs: &[Need],
    location: LocationId,
    able: bool,
    measure: fn(Level) -> i64,
) -> Result<Vec<Part>, Refusal> {
    if !able {
        return Err(Refusal::LocationCannot { location });
    }
    let mut left = Left {
        world,
        used: Vec::with_capacity(needs.len()),
        measure,
    };
    let mut plan = Vec::with_capacity(needs.len());
    for need in needs {
        let available = left.of(need.variant, location);
        if available < i64::from(need.quantity) {
            return Err(Refusal::OutOfStock {
                variant: need.variant,
                available: available.max(0),
            });
        }
        left.take(*need, location, i64::from(need.quantity), &mut plan);
    }
    Ok(plan)
}

fn plan_parcels(
    mut left: Left<'_>,
    needs: &[Need],
    locations: &[LocationId],
) -> Result<Vec<Part>, Refusal> {
    let mut plan = Vec::with_capacity(needs.len());
    let mut open = needs.to_vec();
    while !open.is_empty() {
        // The location that serves the most lines whole; the better-ranked one on a tie.
        let whole = |location: LocationId| {
            open.iter()
                .filter(|n| left.of(n.variant, location) >= i64::from(n.quantity))
                .count()
        };
        let mut best: Option<(usize, LocationId)> = None;
        for &location in locations {
            let count = whole(location);
            if count > best.map_or(0, |(most, _)| most) {
                best = Some((count, location));
            }
            if count == open.len() {
                break;
            }
        }
        let Some((_, location)) = best else {
            split_lines(&mut left, &open, locations, &mut plan)?;
            break;
        };
        open.retain(|need| {
            let is_whole = left.of(need.variant, location) >= i64::from(need.quantity);
            if is_whole {
                left.take(*need, location, i64::from(need.quantity), &mut plan);
            }
            !is_whole
        });
    }
    Ok(plan)
}

/// No location has any of these lines whole: fill each from the fullest locations.
fn split_lines(
    left: &mut Left<'_>,
    needs: &[Need],
    locations: &[LocationId],
    plan: &mut Vec<Part>,
) -> Result<(), Refusal> {
    for need in needs {
        let mut stocks: Vec<(i64, LocationId)> = locations
            .iter()
            .map(|&location| (left.of(need.variant, location), location))
            .filter(|&(pieces, _)| pieces > 0)
            .collect();
        stocks.sort_by_key(|&(pieces, _)| core::cmp::Reverse(pieces));
        let available: i64 = stocks.iter().map(|&(pieces, _)| pieces).sum();
        let mut missing = i64::from(need.quantity);
        if available < missing {
            return Err(Refusal::OutOfStock {
                variant: need.variant,
                available,
            });
        }
        for (pieces, location) in stocks {
            let pieces = pieces.min(missing);
            if pieces > 0 {
                left.take(*need, location, pieces, plan);
                missing -= pieces;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ProductId;
    use crate::settings::{Address, Location, LocationKind};
    use crate::world::{KeySet, Record, Rows, Sequences};
    use alloc::string::String;
    use alloc::vec;

    fn place(id: u64, rank: u32) -> Record {
        Record::Location(Location {
            id: LocationId(id),
            code: alloc::format!("place-{id}"),
            name: String::new(),
            kind: LocationKind::Shop,
            address: Address::default(),
            latitude_micro: 0,
            longitude_micro: 0,
            time_zone: String::new(),
            hours: Default::default(),
            hours_text: String::new(),
            closed_on: Vec::new(),
            ships: true,
            collects: true,
            sells: true,
            pickup_lead_minutes: 0,
            ship_cutoff_minute: 0,
            rank,
        })
    }

    fn variant(n: u64) -> VariantId {
        VariantId::under(ProductId(n << 8), 1)
    }

    /// Three places, the second the best, with so many pieces of two variants.
    fn world(pieces: [[i64; 2]; 3]) -> World {
        let places = vec![place(1, 2), place(2, 1), place(3, 3)];
        let mut world = World::new(places, Sequences::default(), 0);
        let level = |on_hand| Level {
            on_hand,
            ..Level::default()
        };
        let levels = (1..).zip(pieces).flat_map(|(id, pieces)| {
            (1..)
                .zip(pieces)
                .map(move |(n, pieces)| (variant(n), LocationId(id), level(pieces)))
        });
        let rows = Rows {
            levels: levels.collect(),
            ..Rows::default()
        };
        world.absorb(&KeySet::default(), rows);
        world
    }

    /// What the short ways say of a basket is what a plan says.
    fn check(world: &World, wanted: &[(u64, u32)]) {
        let items: Vec<Item> = wanted
            .iter()
            .map(|&(n, quantity)| Item {
                variant: variant(n),
                seller: None,
                quantity,
            })
            .collect();
        let needs: Vec<Need> = (1..)
            .zip(&items)
            .map(|(line, item)| Need {
                line,
                variant: item.variant,
                quantity: item.quantity,
            })
            .collect();
        for location in (1..=3).map(LocationId) {
            let planned = plan(world, &needs, Delivery::Pickup(location), None);
            let whole = is_whole_at(world, &items, location);
            assert_eq!(whole, planned.is_ok(), "{wanted:?} at {location}");
        }
        let places = parcels(world, &needs, None).map(|parts| {
            let mut places: Vec<LocationId> = parts.iter().map(|part| part.location).collect();
            places.dedup();
            places
        });
        let is_divided = wanted.len() == 2 && wanted[0].0 == wanted[1].0;
        let planned = match places.as_deref() {
            Ok([only]) if !is_divided => Some(*only),
            _ => None,
        };
        assert_eq!(one_parcel(world, &items, None), planned, "{wanted:?}");
    }

    #[test]
    fn the_short_ways_say_what_a_plan_says() {
        let baskets: [&[(u64, u32)]; 7] = [
            &[],
            &[(1, 1)],
            &[(1, 2)],
            &[(1, 1), (2, 1)],
            &[(1, 2), (2, 1)],
            &[(1, 1), (1, 1)],
            &[(1, 2), (1, 1)],
        ];
        // No, one or two pieces of each variant at each place.
        for number in 0..3_i64.pow(6) {
            let digit = |n| number / 3_i64.pow(n) % 3;
            let at = |n| [digit(n), digit(n + 1)];
            let world = world([at(0), at(2), at(4)]);
            baskets.iter().for_each(|basket| check(&world, basket));
        }
    }
}
