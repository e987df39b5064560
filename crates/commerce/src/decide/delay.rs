//! What is expected of parcels that will be late, and what their buyers are told.

use crate::command::Outcome;
use crate::delay::{Delay, Expected, TOLD_AGAIN_MS};
use crate::event::What;
use crate::limits;
use crate::order::{FulfillmentState, Group, GroupState, Method};
use crate::refusal::Refusal;
use crate::world::World;

/// Takes in when a parcel is expected. Later than was promised, it is kept, and told to the buyer unless they were told of
/// this cause already and it takes less than a day longer; by the promise or before it, what was kept is forgotten. What is
/// already known changes nothing, and neither does what is said of a parcel that nobody waits for.
///
/// Checks: the fulfillment, the words.
pub fn expect(world: &mut World, expected: &Expected) -> Result<Outcome, Refusal> {
    let id = expected.fulfillment;
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    let is_long = expected.place.chars().count() > limits::NAME_CHARS_MAX;
    if is_long || expected.place.contains(|c: char| c.is_control()) {
        return Err(Refusal::FieldInvalid { field: "place" });
    }
    let promised = group.promise.map(|promise| promise.latest);
    let known = group.delays.iter().position(|d| d.fulfillment == id);
    let promised = match promised {
        Some(promised) if is_awaited(&group, index) => promised,
        _ => return Ok(Outcome::Group(super::unchanged(world, &group))),
    };
    if expected.latest <= promised {
        let Some(known) = known else {
            return Ok(Outcome::Group(super::unchanged(world, &group)));
        };
        group.delays.remove(known);
        return Ok(Outcome::Group(super::save_group(world, group)));
    }
    let before = known.map(|known| &group.delays[known]);
    let is_same = |d: &&Delay| (d.reason, &d.place) == (expected.reason, &expected.place);
    let same = before.filter(is_same);
    if same.is_some_and(|d| d.expected == expected.latest) {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    let told = same
        .map(|d| d.told)
        .filter(|told| expected.latest < told.saturating_add(TOLD_AGAIN_MS));
    if told.is_none() {
        world.emit(What::ParcelDelayed {
            fulfillment: id,
            expected: expected.latest,
            reason: expected.reason,
            place: expected.place.clone(),
        });
    }
    let delay = Delay {
        fulfillment: id,
        expected: expected.latest,
        reason: expected.reason,
        place: expected.place.clone(),
        told: told.unwrap_or(expected.latest),
    };
    match known {
        Some(known) => group.delays[known] = delay,
        None => group.delays.push(delay),
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Whether a buyer waits for a parcel.
fn is_awaited(group: &Group, index: usize) -> bool {
    use FulfillmentState::{Open, Packed, Picking, Shipped};
    let of = &group.fulfillments[index];
    let is_under_way = matches!(of.state, Open | Picking | Packed | Shipped);
    group.state == GroupState::Confirmed && of.method == Method::Ship && is_under_way
}
