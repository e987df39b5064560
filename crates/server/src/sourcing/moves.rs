//! What becomes of a plan: which pieces of which parcel leave from where instead. And what has to leave its place whatever
//! it costs.

use super::problem::{Case, is_free};
use commerce::World;
use commerce::command::{RelocatedLine, Relocation, RelocationReason};
use commerce::id::{FulfillmentId, LocationId, VariantId};
use commerce::order::Group;
use logistics::sourcing::Plan;
use std::collections::BTreeMap;

/// What is to be moved of a parcel.
pub type Moving = (FulfillmentId, Relocation);

/// What turns a case into its new plan: for each parcel the pieces that leave it.
pub fn toward(case: &Case, plan: &Plan, places: &[LocationId]) -> Vec<Moving> {
    let mut moves: BTreeMap<FulfillmentId, Vec<RelocatedLine>> = BTreeMap::new();
    for (line, &number) in case.lines.iter().enumerate() {
        let parts = plan.parts.iter().filter(|p| usize::from(p.line) == line);
        let mut wanted: Vec<(LocationId, u32)> = parts
            .filter_map(|p| Some((*places.get(usize::from(p.location))?, p.quantity)))
            .collect();
        let held = || case.held.iter().filter(|h| h.line == line);
        let mut surplus = Vec::new();
        for held in held() {
            let here = wanted.iter_mut().find(|(place, _)| *place == held.location);
            let stays = here.map_or(0, |(_, pieces)| {
                let stays = held.pieces.min(*pieces);
                *pieces -= stays;
                stays
            });
            surplus.push((held.fulfillment, held.pieces - stays));
        }
        for (fulfillment, mut pieces) in surplus {
            for (place, room) in &mut wanted {
                let moved = pieces.min(*room);
                if moved > 0 {
                    (pieces, *room) = (pieces - moved, *room - moved);
                    moves.entry(fulfillment).or_default().push(RelocatedLine {
                        line: number,
                        pieces: moved,
                        to: Some(*place),
                    });
                }
            }
        }
    }
    let why = RelocationReason::Cheaper;
    let moving = |(id, lines)| (id, Relocation { lines, why });
    moves.into_iter().map(moving).collect()
}

/// What cannot leave from where it is: the place sends nothing any more, or there are fewer pieces than are set aside. Of
/// these the latest orders give way.
pub fn repairs(world: &World, groups: &[Group]) -> Vec<Moving> {
    let mut short: BTreeMap<(VariantId, LocationId), i64> = BTreeMap::new();
    let mut moves = Vec::new();
    for group in groups.iter().rev() {
        for f in group.fulfillments.iter().filter(|f| is_free(group, f)) {
            let is_closed = world.location(f.location).is_none_or(|l| !l.ships);
            let mut lines = Vec::new();
            for &(line, pieces) in &f.lines {
                let of_line = group.lines().find(|l| l.number == line);
                let Some(variant) = of_line.map(|l| l.variant) else {
                    continue;
                };
                let missing = short
                    .entry((variant, f.location))
                    .or_insert_with(|| world.level(variant, f.location).shortage);
                let moved = match is_closed {
                    true => pieces,
                    false => pieces.min(u32::try_from(*missing).unwrap_or(0)),
                };
                *missing -= i64::from(moved);
                if moved > 0 {
                    lines.push(RelocatedLine {
                        line,
                        pieces: moved,
                        to: None,
                    });
                }
            }
            if !lines.is_empty() {
                let why = match is_closed {
                    true => RelocationReason::Closed,
                    false => RelocationReason::Shortage,
                };
                moves.push((f.id, Relocation { lines, why }));
            }
        }
    }
    moves
}
