//! Pieces per variant and location.

use super::cells::{Cells, short};
use super::places::Places;
use super::products::{Found, Products};
use super::read::Content;
use super::report::{Counts, FileErrors, LineState};
use commerce::command::{StockChange, StockChangeKind};
use commerce::id::{LocationId, VariantId};
use commerce::{World, limits};
use std::collections::HashMap;

/// A line of a stock file; `None` for what the file or a bad cell leaves open.
#[derive(Debug)]
pub(super) struct StockLine {
    line: u64,
    sku: String,
    location: String,
    on_hand: Option<i64>,
    safety_stock: Option<i64>,
}

impl StockLine {
    pub fn read(cells: &mut Cells) -> Self {
        Self {
            line: cells.line,
            sku: cells.code("sku"),
            location: cells.code("location"),
            on_hand: cells.number("on_hand", limits::STOCK_MAX, None),
            safety_stock: cells.number("safety_stock", limits::STOCK_MAX, Some(0)),
        }
    }
}

/// The changes that the stock files make, and what becomes of their lines.
pub(super) fn plan(
    world: &World,
    contents: &[&Content],
    products: &Products,
    places: &Places,
    errors: &mut [FileErrors],
) -> (Vec<StockChange>, Vec<Counts>) {
    let mut changes = Vec::new();
    let mut counts = vec![Counts::default(); contents.len()];
    let mut seen = HashMap::new();
    for (i, content) in contents.iter().enumerate() {
        let Content::Stock(lines) = content else {
            continue;
        };
        for line in lines {
            let Some(key) = locate(line, products, places, &mut errors[i]) else {
                continue;
            };
            if let Some(before) = seen.insert(key, line.line) {
                let reason = format!(
                    "`{}` at `{}` is given on line {before} already",
                    short(&line.sku),
                    short(&line.location)
                );
                errors[i].at(line.line, "sku", reason);
                continue;
            }
            counts[i].note(change(world, line, key, &mut changes));
        }
    }
    (changes, counts)
}

/// What a line counts where; faults are noted.
fn locate(
    line: &StockLine,
    products: &Products,
    places: &Places,
    errors: &mut FileErrors,
) -> Option<(VariantId, LocationId)> {
    let location = places.location(&line.location);
    if location.is_none() && !line.location.is_empty() {
        errors.at(
            line.line,
            "location",
            format!("there is no location `{}`", short(&line.location)),
        );
    }
    let variant = match products.find(&line.sku) {
        Found::Variant(variant) => Some(variant),
        Found::OnBadLine => None,
        Found::Nothing => {
            errors.at(
                line.line,
                "sku",
                format!("there is no SKU `{}`", short(&line.sku)),
            );
            None
        }
    };
    Some((variant?, location?))
}

/// Adds what a line changes.
fn change(
    world: &World,
    line: &StockLine,
    (variant, location): (VariantId, LocationId),
    changes: &mut Vec<StockChange>,
) -> LineState {
    let known = world.levels(variant).any(|(at, _)| at == location);
    let level = world.level(variant, location);
    let before = changes.len();
    let mut push = |kind| {
        changes.push(StockChange {
            variant,
            location,
            kind,
        })
    };
    if let Some(pieces) = line.on_hand.filter(|&n| n != level.on_hand) {
        push(StockChangeKind::Counted(pieces));
    }
    if let Some(pieces) = line.safety_stock.filter(|&n| n != level.safety_stock) {
        push(StockChangeKind::SafetyStock(pieces));
    }
    match changes.len() > before {
        false => LineState::Unchanged,
        true if known => LineState::Changed,
        true => LineState::Created,
    }
}
