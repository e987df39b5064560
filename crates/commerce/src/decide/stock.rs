//! Counting and changing stock. All changes of a command are made, or none.

use crate::command::{Outcome, Saved, SetStock, StockChange, StockChangeKind};
use crate::event::What;
use crate::limits;
use crate::refusal::Refusal;
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::string::ToString;

/// Makes the changes. Checks per change: location, variant, quantity, what is there.
///
/// A count below what is reserved is never refused: the goods are not there, so the shortage is recorded.
pub fn set_stock(world: &mut World, set: &SetStock) -> Result<Outcome, Refusal> {
    // A line of a file may change two things of a level: what is there, and its safety stock.
    if set.changes.len() > 2 * limits::IMPORT_RECORDS_MAX {
        return Err(Refusal::TooManyLines);
    }
    let mut saved = Saved::default();
    for change in &set.changes {
        if change_one(world, set, change)? {
            saved.changed += 1
        } else {
            saved.unchanged += 1
        }
    }
    Ok(Outcome::Saved(saved))
}

/// Whether the change changed anything.
fn change_one(world: &mut World, set: &SetStock, change: &StockChange) -> Result<bool, Refusal> {
    let StockChange {
        variant,
        location,
        kind,
    } = *change;
    world
        .location(location)
        .ok_or(Refusal::NotFound { what: "location" })?;
    let product = world
        .product(variant.parent())
        .ok_or(Refusal::UnknownVariant { variant })?;
    product
        .variant(variant)
        .ok_or(Refusal::UnknownVariant { variant })?;
    let level = world.level(variant, location);
    let (difference, cause, outside) = match kind {
        StockChangeKind::Counted(pieces) => {
            in_range(pieces)?;
            let cause = match world.channel() {
                crate::command::Channel::Import => StockCause::Import(set.cause),
                _ => StockCause::Count(set.cause),
            };
            (pieces - level.on_hand, cause, StockAccount::Adjustment)
        }
        StockChangeKind::Received(pieces) => {
            in_range(level.on_hand + i64::from(pieces))?;
            (
                i64::from(pieces),
                StockCause::Receive(set.cause),
                StockAccount::Supplier,
            )
        }
        StockChangeKind::Damaged(pieces) => {
            if i64::from(pieces) > level.on_hand {
                return Err(Refusal::StockBelowZero {
                    on_hand: level.on_hand,
                });
            }
            (
                -i64::from(pieces),
                StockCause::Damage(set.cause),
                StockAccount::Adjustment,
            )
        }
        StockChangeKind::SafetyStock(pieces) => {
            in_range(pieces)?;
            if pieces != level.safety_stock {
                world.set_safety_stock(variant, location, pieces);
            }
            return Ok(pieces != level.safety_stock);
        }
    };
    if difference == 0 {
        return Ok(false);
    }
    let free = StockAccount::Free(location);
    let (from, to) = if difference > 0 {
        (outside, free)
    } else {
        (free, outside)
    };
    world.move_stock(variant, difference.abs(), from, to, cause);
    let reason = cause.parts().0.to_string();
    world.emit(What::StockAdjusted {
        variant,
        location,
        change: difference,
        reason,
        note: set.note.clone(),
    });
    Ok(true)
}

fn in_range(pieces: i64) -> Result<(), Refusal> {
    if (0..=limits::STOCK_MAX).contains(&pieces) {
        Ok(())
    } else {
        Err(Refusal::QuantityInvalid)
    }
}
