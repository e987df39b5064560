//! Goods of a parcel that leave from elsewhere: they were not found, the place is closed, another one is cheaper.

use super::{fulfillment, parcel};
use crate::command::{Outcome, Relocation, RelocationReason};
use crate::event::What;
use crate::id::{FulfillmentId, LocationId, OrderId, VariantId};
use crate::order::{
    Fulfillment, FulfillmentState, Group, GroupState, Method, Reservation, ReservationState,
};
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::sourcing::{self, Need, Part};
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Moves goods of a parcel that nobody has packed to parcels from elsewhere: into one of the same order that is not begun,
/// or a new one. Their reservations move along; where they were they can be sold again, or are written off if they are
/// lost. A parcel that nothing is left of is canceled; a waybill of it is canceled in any case, since it is another parcel
/// now.
///
/// Checks: the fulfillment, that its group is confirmed, that it is a parcel that is not packed, the lines, that the other
/// places send parcels and have the goods.
pub fn relocate(
    world: &mut World,
    id: FulfillmentId,
    relocation: &Relocation,
) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    if group.state != GroupState::Confirmed {
        return Err(Refusal::OrderNotConfirmed);
    }
    let of = &group.fulfillments[index];
    let is_here = matches!(of.state, FulfillmentState::Open | FulfillmentState::Picking);
    if of.method != Method::Ship || !is_here {
        return Err(Refusal::WrongState {
            state: of.state.word(),
        });
    }
    check_lines(of, relocation)?;
    let from = of.location;
    let (mut parts, mut open) = (Vec::new(), Vec::new());
    for moved in &relocation.lines {
        let variant = variant_of(&group, moved.line);
        release(world, id, (variant, from, moved.pieces), relocation.why);
        match moved.to {
            Some(location) => parts.push(Part {
                line: moved.line,
                variant,
                location,
                quantity: moved.pieces,
            }),
            None => open.push(Need {
                line: moved.line,
                variant,
                quantity: moved.pieces,
            }),
        }
    }
    for part in &parts {
        move_to(world, &mut group, (index, relocation.why), *part)?;
    }
    let country = group.destination.as_ref().and_then(|a| a.country);
    for part in sourcing::parcels_without(world, &open, country, from)? {
        move_to(world, &mut group, (index, relocation.why), part)?;
    }
    parcel::drop_waybill(world, &mut group.parcels, id);
    group.fulfillments[index].updated_at = world.now();
    if group.fulfillments[index].lines.is_empty() {
        fulfillment::set_state(world, &mut group, index, FulfillmentState::Canceled);
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Whether the lines are in the parcel, each with as many pieces, and are to leave from somewhere else.
fn check_lines(of: &Fulfillment, relocation: &Relocation) -> Result<(), Refusal> {
    let invalid = Err(Refusal::FieldInvalid { field: "lines" });
    let lines = &relocation.lines;
    if lines.is_empty() {
        return invalid;
    }
    for moved in lines {
        let own = of.lines.iter().find(|(line, _)| *line == moved.line);
        let own = own.map_or(0, |(_, pieces)| *pieces);
        let same = lines.iter().filter(|other| other.line == moved.line);
        let pieces: u64 = same.map(|other| u64::from(other.pieces)).sum();
        if moved.pieces == 0 || pieces > u64::from(own) {
            return Err(Refusal::QuantityInvalid);
        }
        if moved.to == Some(of.location) {
            return invalid;
        }
    }
    Ok(())
}

fn variant_of(group: &Group, line: u16) -> VariantId {
    let mut lines = group.lines();
    let line = lines.find(|l| l.number == line);
    line.expect("a parcel has lines of its group").variant
}

/// Gives pieces back where they were; lost ones are written off, as many as the books have there.
fn release(
    world: &mut World,
    id: FulfillmentId,
    (variant, from, pieces): (VariantId, LocationId, u32),
    why: RelocationReason,
) {
    let (free, reserved) = (StockAccount::Free(from), StockAccount::Reserved(from));
    let pieces = i64::from(pieces);
    if !planted::is(Fault::RelocatedAndKept) {
        let cause = StockCause::Release(id.parent().0);
        world.move_stock(variant, pieces, reserved, free, cause);
    }
    let lost = pieces.min(world.level(variant, from).on_hand);
    if why.is_loss() && lost > 0 {
        let cause = StockCause::Damage(id.0);
        world.move_stock(variant, lost, free, StockAccount::Adjustment, cause);
        world.emit(What::StockAdjusted {
            variant,
            location: from,
            change: -lost,
            reason: cause.parts().0.to_string(),
            note: String::from(why.word()),
        });
    }
}

/// Sets pieces aside at another place and moves their reservation there.
fn move_to(
    world: &mut World,
    group: &mut Group,
    (index, why): (usize, RelocationReason),
    part: Part,
) -> Result<(), Refusal> {
    let to = part.location;
    if !world.location(to).is_some_and(|l| l.ships) {
        return Err(Refusal::LocationCannot { location: to });
    }
    let available = world.level(part.variant, to).available();
    if available < i64::from(part.quantity) && !planted::is(Fault::RelocatedBeyondStock) {
        return Err(Refusal::OutOfStock {
            variant: part.variant,
            available,
        });
    }
    world.move_stock(
        part.variant,
        i64::from(part.quantity),
        StockAccount::Free(to),
        StockAccount::Reserved(to),
        StockCause::Reserve(group.id.0),
    );
    let (id, order) = {
        let of = &group.fulfillments[index];
        (of.id, of.order)
    };
    let target = parcel_at(world, group, (id, order), to)?;
    move_reservations(group, id, (target, part))?;
    take_line(&mut group.fulfillments[index].lines, &part);
    let place = usize::from(target.sub()) - 1;
    let lines = &mut group.fulfillments[place].lines;
    match lines.iter_mut().find(|(line, _)| *line == part.line) {
        Some((_, pieces)) => *pieces += part.quantity,
        None => lines.push((part.line, part.quantity)),
    }
    group.fulfillments[place].updated_at = world.now();
    world.emit(What::GoodsRelocated {
        fulfillment: id,
        line: part.line,
        pieces: part.quantity,
        to: target,
        location: to,
        why,
    });
    Ok(())
}

fn take_line(lines: &mut Vec<(u16, u32)>, part: &Part) {
    for (line, pieces) in lines.iter_mut() {
        if *line == part.line {
            *pieces -= part.quantity;
        }
    }
    lines.retain(|(_, pieces)| *pieces > 0);
}

/// The parcel that takes the goods along: one of the order that leaves there and is not begun, or a new one.
fn parcel_at(
    world: &mut World,
    group: &mut Group,
    (from, order): (FulfillmentId, OrderId),
    location: LocationId,
) -> Result<FulfillmentId, Refusal> {
    let takes = |f: &&Fulfillment| {
        f.id != from
            && (f.order, f.location, f.state) == (order, location, FulfillmentState::Open)
            && group.parcel(f.id).is_none()
    };
    if let Some(known) = group.fulfillments.iter().find(takes) {
        return Ok(known.id);
    }
    let id = FulfillmentId::under(group.id, super::next_sub(group.fulfillments.len())?);
    group.fulfillments.push(Fulfillment {
        id,
        order,
        location,
        method: Method::Ship,
        state: FulfillmentState::Open,
        lines: Vec::with_capacity(1),
        carrier: String::new(),
        tracking_number: String::new(),
        tracking_url: String::new(),
        updated_at: world.now(),
    });
    world.emit(What::FulfillmentOpened { fulfillment: id });
    Ok(id)
}

/// Reservations of a line move to the other parcel and place, the first of them first; of one that moves in part a new one
/// is made. None of them ends by it.
fn move_reservations(
    group: &mut Group,
    from: FulfillmentId,
    (to, part): (FulfillmentId, Part),
) -> Result<(), Refusal> {
    let mut rest = part.quantity;
    let mut divided = None;
    let own = group
        .reservations
        .iter_mut()
        .filter(|r| (r.fulfillment, r.line) == (from, part.line));
    for reservation in own {
        assert!(
            reservation.state == ReservationState::Held,
            "an open fulfillment holds its goods"
        );
        if rest == 0 {
            break;
        }
        if reservation.quantity > rest {
            reservation.quantity -= rest;
            divided = Some(rest);
            rest = 0;
        } else {
            rest -= reservation.quantity;
            (reservation.fulfillment, reservation.location) = (to, part.location);
        }
    }
    assert!(rest == 0, "a parcel has its lines reserved");
    if let Some(quantity) = divided {
        let number = group.reservations.len() + 1;
        group.reservations.push(Reservation {
            number: u16::try_from(number).map_err(|_| Refusal::TooManyLines)?,
            line: part.line,
            fulfillment: to,
            variant: part.variant,
            location: part.location,
            quantity,
            state: ReservationState::Held,
        });
    }
    Ok(())
}
