//! Parcels that carriers are told of through a connector: what is asked for, and what the carrier says to it.

use crate::carrier::{Carrier, Numbering};
use crate::command::{CarrierAnswer, CarrierRefusal, Outcome};
use crate::event::{Task, What};
use crate::limits;
use crate::parcel::Parcel;
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::world::World;
use alloc::string::String;

/// Asks that the carrier be told of a new waybill. One that gave its number knows of it.
pub fn ask(world: &mut World, parcel: &Parcel) {
    let carrier = world.carrier(parcel.carrier);
    let is_asked = |c: &Carrier| !c.connector.is_empty() && c.numbering != Numbering::Given;
    if carrier.is_some_and(is_asked) {
        world.ask(Task::AnnounceParcel(
            parcel.fulfillment,
            parcel.number.clone(),
        ));
    }
}

/// Asks that the carrier be told of a parcel that does not come.
pub fn recall(world: &mut World, parcel: &Parcel) {
    let carrier = world.carrier(parcel.carrier);
    if carrier.is_some_and(|c| !c.connector.is_empty()) {
        let number = parcel.number.clone();
        world.ask(Task::RecallParcel(
            parcel.fulfillment,
            parcel.carrier,
            number,
        ));
    }
}

/// The number that a carrier gave.
///
/// # Errors
/// `field_invalid` when there is none, or it is no number.
pub fn given_number(given: Option<&String>) -> Result<String, Refusal> {
    let is_sound = |number: &&String| {
        (1..=limits::NUMBER_CHARS_MAX).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_graphic())
    };
    let number = given.filter(is_sound).cloned();
    number.ok_or(Refusal::FieldInvalid { field: "number" })
}

/// Takes in what a carrier says to an announcement. A waybill that it refuses comes off its parcel, as long as nobody saw
/// the parcel with the carrier: what was seen counts for more. An answer about a waybill that is not the parcel's any more
/// changes nothing.
///
/// Checks: the fulfillment, the words.
pub fn answer(world: &mut World, answer: &CarrierAnswer) -> Result<Outcome, Refusal> {
    let id = answer.fulfillment;
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    if let Some(refused) = &answer.refused {
        check(refused)?;
    }
    world.effect_done(answer.effect);
    let parcel = group.parcel(id).filter(|p| p.number == answer.number);
    let Some(parcel) = parcel.cloned() else {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    };
    let (carrier, number) = (parcel.carrier, parcel.number.clone());
    let Some(CarrierRefusal { code, note }) = answer.refused.clone() else {
        world.emit(What::WaybillAnnounced {
            fulfillment: id,
            carrier,
            number,
        });
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    };
    world.emit(What::WaybillRefused {
        fulfillment: id,
        carrier,
        number,
        code,
        note,
    });
    if parcel.status().has_left() || planted::is(Fault::RefusalForgotten) {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    group.fulfillments[index].updated_at = world.now();
    super::parcel::take_off(world, &mut group.parcels, id);
    Ok(Outcome::Group(super::save_group(world, group)))
}

fn check(refused: &CarrierRefusal) -> Result<(), Refusal> {
    let is_control = |c: char| c.is_control();
    let is_sound =
        |text: &str, most: usize| text.chars().count() <= most && !text.contains(is_control);
    if !is_sound(&refused.code, limits::WORD_CHARS_MAX) {
        return Err(Refusal::FieldInvalid { field: "code" });
    }
    if !is_sound(&refused.note, limits::NOTE_CHARS_MAX) {
        return Err(Refusal::FieldInvalid { field: "note" });
    }
    Ok(())
}
