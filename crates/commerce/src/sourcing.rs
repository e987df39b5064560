//! Which location serves which line. The fewest parcels win, then the location's rank.

use crate::checkout::Delivery;
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

impl Left<'_> {
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
        Delivery::Ship(_) => {
            let left = Left {
                world,
                used: Vec::with_capacity(needs.len()),
                measure: Level::available,
            };
            plan_parcels(left, needs, &world.shipping_locations(destination))
        }
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
