//! Returns as the wire shows them.

use super::super::wire::{Money, Named, returns as wire};
use commerce::World;
use commerce::order::Group;
use commerce::returns::{Return, ReturnLine};
use store::ReturnRow;

/// A return in a list.
pub fn summary(row: &ReturnRow) -> wire::ReturnSummary {
    wire::ReturnSummary {
        id: row.id.to_string(),
        order: row.order.to_string(),
        state: row.state.into(),
        requested_at: row.requested_at,
        pieces: row.pieces,
        reasons: row.reasons.iter().map(|r| (*r).into()).collect(),
        title: row.title.clone(),
        photos: row.photos,
        buyer: row.buyer.clone(),
        email: row.email.clone(),
        amount: Money::new(row.amount, row.currency),
    }
}

/// A return whole.
pub fn detail(world: &World, group: &Group, found: &Return) -> wire::Return {
    let id = found.id.to_string();
    let lines = found.lines.iter();
    wire::Return {
        order: found.order.to_string(),
        state: found.state.into(),
        lines: lines.filter_map(|l| line(group, l)).collect(),
        note: found.note.clone(),
        photos: found.photos.iter().map(|p| photo(&id, *p)).collect(),
        answer: found.answer.clone(),
        location: found.location.map(|l| Named::location(world, l)),
        requested_at: found.requested_at,
        answered_at: found.answered_at,
        ended_at: found.ended_at,
        amount: Money::new(found.amount, group.currency),
        expected: Money::new(expected(group, found), group.currency),
        refunds: found.refunds.iter().map(ToString::to_string).collect(),
        id,
    }
}

fn line(group: &Group, line: &ReturnLine) -> Option<wire::ReturnLine> {
    let sold = group.lines().find(|l| l.number == line.number)?;
    Some(wire::ReturnLine {
        number: line.number,
        sku: sold.sku.clone(),
        title: sold.title.clone(),
        options: sold.options.clone(),
        image: sold.image.clone(),
        quantity: line.pieces,
        reason: line.reason.into(),
        received: line.received,
        restocked: line.restocked,
    })
}

fn photo(id: &str, photo: u128) -> wire::ReturnPhoto {
    let whole = format!("/api/v1/returns/{id}/photos/{photo:032x}");
    wire::ReturnPhoto {
        id: format!("{photo:032x}"),
        small: format!("{whole}?size=small"),
        whole,
    }
}

/// What an open return would give back if all of it came now, delivery apart; 0 when it ended.
pub fn expected(group: &Group, found: &Return) -> i64 {
    if !found.state.is_open() {
        return 0;
    }
    let share = |l: &ReturnLine| {
        let sold = group.lines().find(|sold| sold.number == l.number)?;
        let pieces = l.pieces.min(sold.fulfilled - sold.returned);
        Some(sold.return_share(pieces).total)
    };
    found.lines.iter().filter_map(share).sum()
}
