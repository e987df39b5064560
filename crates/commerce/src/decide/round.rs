//! Couriers' rounds: planned from outside and checked here, driven, and closed when all of it is accounted for.
//!
//! What a courier did with a parcel is never refused for a parcel that ever was in their round: it happened. It is kept in
//! the round, told to the order as a sighting, and where it contradicts what else is known, that is named.

mod told;

use crate::command::{
    AssignRound, MoveRoundParcel, Outcome, RoundDraft, RoundEvent, RoundStep, Saved,
};
use crate::id::{FulfillmentId, OperatorId, RoundId};
use crate::invariants;
use crate::limits;
use crate::order::Method;
use crate::parcel::TrackingStatus;
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::round::{
    CodeMatched, Conflict, Consignment, ConsignmentState, Handled, Proof, Reordered, Round,
    RoundBook, RoundState, Said, Stop,
};
use crate::settings::Role;
use crate::world::{KeySet, Record, RecordKind, World};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use told::{Told, tell, waybill, withdraw};

/// What planning reads: the parcels' groups, with all that events of their rounds read, which may come in the same batch.
pub fn save_keys(keys: &mut KeySet, world: &World, drafts: &[RoundDraft]) {
    for draft in drafts {
        keys.want_record(world, RecordKind::Round, draft.id.0);
        for id in draft.stops.iter().flat_map(|s| &s.parcels) {
            super::group_keys(keys, world, id.parent());
        }
    }
}

/// What moving a parcel reads: both rounds, and its group for the events that may come in the same batch.
pub fn move_keys(keys: &mut KeySet, world: &World, moved: &MoveRoundParcel) {
    keys.want_record(world, RecordKind::Round, moved.from.0);
    keys.want_record(world, RecordKind::Round, moved.to.0);
    super::group_keys(keys, world, moved.parcel.parent());
}

/// What a round's event reads: the round, its groups, and the round that one of its parcels was moved to.
pub fn event_keys(keys: &mut KeySet, world: &World, event: &RoundEvent) {
    keys.want_record(world, RecordKind::Round, event.round.0);
    let Some(round) = world.round(event.round) else {
        return;
    };
    for parcel in touched(round, event) {
        super::group_keys(keys, world, parcel.fulfillment.parent());
        if let Some(other) = elsewhere(world, round, parcel) {
            keys.want_record(world, RecordKind::Round, other.0);
        }
    }
}

/// The parcels of a round that an event may change.
fn touched<'r>(round: &'r Round, event: &'r RoundEvent) -> impl Iterator<Item = &'r Consignment> {
    round.parcels().filter(move |p| match &event.step {
        RoundStep::Load { number }
        | RoundStep::Delivered { number, .. }
        | RoundStep::Failed { number, .. }
        | RoundStep::Returned { number } => p.number == *number,
        RoundStep::Start => p.state() == ConsignmentState::Loaded,
        RoundStep::TakeBack { key } => p.said(*key).is_some(),
        RoundStep::Close => true,
        RoundStep::Reorder { .. }
        | RoundStep::Reached { .. }
        | RoundStep::TryCode { .. }
        | RoundStep::Picture { .. } => false,
    })
}

/// Another round that a parcel of this one is in.
fn elsewhere(world: &World, round: &Round, parcel: &Consignment) -> Option<RoundId> {
    let book = world.round_book();
    let open = book.and_then(|book| book.round_of(parcel.fulfillment));
    open.filter(|id| *id != round.id).or(parcel.moved_to)
}

/// Saves rounds that were planned, all or none. A round that is known already stays as it is.
///
/// Checks: how many there are, then per round: its day, place, courier, vehicle, stops, and of each parcel that it is a
/// parcel of the shop's own fleet that leaves from there, has not arrived, and is in no other open round.
pub fn save(world: &mut World, drafts: &[RoundDraft]) -> Result<Outcome, Refusal> {
    let mut book = world.round_book().cloned().unwrap_or_default();
    let new = drafts
        .iter()
        .filter(|d| world.round(d.id).is_none())
        .count();
    if drafts.is_empty() || book.open.len() + new > limits::ROUNDS_OPEN_MAX {
        return Err(Refusal::FieldInvalid { field: "rounds" });
    }
    let mut saved = Saved::default();
    for draft in drafts {
        saved.ids.push(draft.id.0);
        if world.round(draft.id).is_some() {
            saved.unchanged += 1;
            continue;
        }
        let round = planned(world, &book, draft)?;
        book.put(round.entry());
        saved.created += 1;
        put(world, round);
    }
    if saved.created > 0 {
        put_book(world, book);
    }
    Ok(Outcome::Saved(saved))
}

/// The round of a draft.
fn planned(world: &World, book: &RoundBook, draft: &RoundDraft) -> Result<Round, Refusal> {
    let invalid = |field| Err(Refusal::FieldInvalid { field });
    if !is_day(draft.day) {
        return invalid("day");
    }
    let location = world.location(draft.location);
    let location = location.ok_or(Refusal::NotFound { what: "location" })?;
    if !location.ships {
        return Err(Refusal::LocationCannot {
            location: draft.location,
        });
    }
    check_driver(world, draft.courier, &draft.vehicle)?;
    let parcels: usize = draft.stops.iter().map(|s| s.parcels.len()).sum();
    let is_off_earth = |s: &crate::command::StopDraft| s.position.is_some_and(|p| !p.is_on_earth());
    if !(1..=limits::ROUND_PARCELS_MAX).contains(&parcels)
        || draft
            .stops
            .iter()
            .any(|s| s.parcels.is_empty() || is_off_earth(s))
    {
        return invalid("stops");
    }
    let mut named: Vec<FulfillmentId> = Vec::new();
    let mut stops = Vec::new();
    for (number, stop) in (1_u16..).zip(&draft.stops) {
        let mut taken = Vec::new();
        for id in &stop.parcels {
            if named.contains(id) {
                return invalid("parcels");
            }
            named.push(*id);
            if let Some(round) = book.round_of(*id) {
                return Err(Refusal::ParcelInRound { round });
            }
            taken.push(consignment(world, draft, *id)?);
        }
        stops.push(Stop {
            number,
            position: stop.position,
            window: stop.window,
            arrival: stop.arrival,
            reached: None,
            parcels: taken,
        });
    }
    let order = stops.iter().map(|s| s.number).collect();
    Ok(Round {
        id: draft.id,
        version: 0,
        day: draft.day,
        location: draft.location,
        courier: draft.courier,
        couriers: draft.courier.into_iter().collect(),
        vehicle: draft.vehicle.clone(),
        state: RoundState::Planned,
        way: draft.way,
        stops,
        order,
        reordered: Vec::new(),
        started: None,
        pictures: Vec::new(),
        heard: Vec::new(),
        taken_back: Vec::new(),
        created_at: world.now(),
        updated_at: world.now(),
    })
}

/// Whether a number is a day as `yyyymmdd`.
fn is_day(day: u32) -> bool {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    (2020..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn check_driver(world: &World, courier: Option<OperatorId>, vehicle: &str) -> Result<(), Refusal> {
    let operator = courier.map(|id| world.operator(id));
    let is_there =
        |operator: Option<&crate::settings::Operator>| operator.is_some_and(|o| o.active);
    if !operator.is_none_or(is_there) {
        return Err(Refusal::NotFound { what: "courier" });
    }
    if vehicle.chars().count() > limits::NAME_CHARS_MAX || vehicle.contains(char::is_control) {
        return Err(Refusal::FieldInvalid { field: "vehicle" });
    }
    Ok(())
}

/// A parcel as it goes into a round.
fn consignment(
    world: &World,
    draft: &RoundDraft,
    id: FulfillmentId,
) -> Result<Consignment, Refusal> {
    let not_found = |what| Refusal::NotFound { what };
    let group = world.group(id.parent()).ok_or(not_found("parcel"))?;
    let of = group.fulfillments.iter().find(|f| f.id == id);
    let of = of.ok_or(not_found("parcel"))?;
    let parcel = group.parcel(id).ok_or(not_found("waybill"))?;
    let carrier = world.carrier(parcel.carrier);
    if !carrier.is_some_and(|c| c.own_fleet) {
        return Err(Refusal::CarrierDeclines {
            carrier: parcel.carrier,
            why: "other_fleet",
        });
    }
    if group.last_place(id) != Some(draft.location) {
        return Err(Refusal::LocationCannot {
            location: draft.location,
        });
    }
    if of.method != Method::Ship || parcel.status() == TrackingStatus::Delivered {
        let state = parcel.status().word();
        return Err(Refusal::WrongState { state });
    }
    Ok(Consignment {
        fulfillment: id,
        number: parcel.number.clone(),
        weight_grams: parcel.weight_grams,
        moved_to: None,
        conflict: None,
        said: Vec::new(),
        wrong_codes: 0,
    })
}

/// Gives a round to a courier, or to nobody, with a vehicle.
///
/// Checks: the round, its version, that it is not closed, the courier and the vehicle.
pub fn assign(world: &mut World, assign: &AssignRound) -> Result<Outcome, Refusal> {
    let mut round = round_for_change(world, assign.round)?;
    if assign.expected_version.is_some_and(|v| v != round.version) {
        return Err(Refusal::VersionConflict {
            current: round.version,
        });
    }
    check_open(&round)?;
    check_driver(world, assign.courier, &assign.vehicle)?;
    if round.courier == assign.courier && round.vehicle == assign.vehicle {
        return Ok(unchanged(&round));
    }
    round.courier = assign.courier;
    round.vehicle.clone_from(&assign.vehicle);
    let is_new = |id: &OperatorId| !round.couriers.contains(id);
    let new = assign.courier.filter(is_new);
    round.couriers.extend(new);
    rewrite(world, &round);
    Ok(changed(world, round))
}

/// Moves a parcel from the open round that it is in to another one. What was said of it in the first stays there.
///
/// Checks: both rounds, that they are open and two, that the parcel is in the first and still to be brought, that the other
/// one leaves from the same place and has room.
pub fn move_parcel(world: &mut World, moved: &MoveRoundParcel) -> Result<Outcome, Refusal> {
    let mut from = round_for_change(world, moved.from)?;
    let mut to = round_for_change(world, moved.to)?;
    check_open(&from)?;
    check_open(&to)?;
    if from.id == to.id || from.location != to.location {
        return Err(Refusal::FieldInvalid { field: "to" });
    }
    if to.parcels().count() >= limits::ROUND_PARCELS_MAX {
        return Err(Refusal::FieldInvalid { field: "to" });
    }
    let is_it = |p: &Consignment| p.fulfillment == moved.parcel && p.moved_to.is_none();
    let Some(stop) = from.stops.iter_mut().find(|s| s.parcels.iter().any(is_it)) else {
        let round = world.round_book().and_then(|b| b.round_of(moved.parcel));
        let number = moved.parcel.to_string();
        return Err(Refusal::ParcelNotInRound { number, round });
    };
    let here = stop
        .parcels
        .iter_mut()
        .find(|p| is_it(p))
        .expect("it was found");
    let state = here.state();
    if matches!(
        state,
        ConsignmentState::Delivered | ConsignmentState::Returned
    ) {
        return Err(Refusal::WrongState {
            state: state.word(),
        });
    }
    if !planted::is(Fault::MovedParcelKept) {
        here.moved_to = Some(to.id);
    }
    let parcel = here.clone();
    receive(&mut to, stop, parcel);
    rewrite(world, &from);
    rewrite(world, &to);
    put(world, from);
    Ok(changed(world, to))
}

/// Puts a parcel that came from another round's stop into a round: to what goes to the same door already, else to a stop
/// of its own at the end.
fn receive(to: &mut Round, from: &Stop, parcel: Consignment) {
    let known = |p: &&mut Consignment| p.fulfillment == parcel.fulfillment;
    if let Some(known) = to.parcels_mut().find(known) {
        known.moved_to = None;
        known.number = parcel.number;
        known.wrong_codes = known.wrong_codes.max(parcel.wrong_codes);
        return;
    }
    let fresh = Consignment {
        moved_to: None,
        conflict: None,
        said: Vec::new(),
        ..parcel
    };
    let order_of = fresh.fulfillment.parent();
    let goes_there = |s: &&mut Stop| s.parcels.iter().any(|p| p.fulfillment.parent() == order_of);
    if let Some(stop) = to.stops.iter_mut().find(goes_there) {
        stop.parcels.push(fresh);
        return;
    }
    let number = to.stops.iter().map(|s| s.number).max().unwrap_or(0) + 1;
    to.order.push(number);
    to.stops.push(Stop {
        number,
        position: from.position,
        window: from.window,
        arrival: None,
        reached: None,
        parcels: alloc::vec![fresh],
    });
}

/// Takes in what a courier says. What was heard before changes nothing.
///
/// Checks: the round, that it is or was the courier's; then by what is said. What was done with a parcel that ever was in
/// the round, and pictures of it, are taken at any time.
pub fn hear(world: &mut World, event: &RoundEvent) -> Result<Outcome, Refusal> {
    let mut round = round_for_change(world, event.round)?;
    let by = driver(world, &round)?;
    let is_known =
        round.has_heard(event.key) || round.parcels().any(|p| p.said(event.key).is_some());
    if is_known {
        return Ok(unchanged(&round));
    }
    let heard = Heard {
        key: event.key,
        clock: event.at,
        // Our own clock may have been set back since the round was planned.
        at: event.at.min(world.now()).max(round.created_at),
        by,
    };
    match &event.step {
        RoundStep::Load { number } => load(world, &mut round, &heard, number)?,
        RoundStep::Start => start(world, &mut round, &heard)?,
        RoundStep::Reorder { order, reason } => reorder(&mut round, &heard, (order, reason))?,
        RoundStep::Reached { stop } => reach(&mut round, &heard, *stop)?,
        RoundStep::Delivered { number, proof } => {
            check_proof(proof)?;
            let what = Handled::Delivered(proof.clone());
            handle(world, &mut round, &heard, (number, what))?;
        }
        RoundStep::TryCode { number, is_right } => {
            if !try_code(&mut round, &heard, (number, *is_right))? {
                return Ok(unchanged(&round));
            }
        }
        RoundStep::Failed { number, reason } => {
            let what = Handled::Failed(*reason);
            handle(world, &mut round, &heard, (number, what))?;
        }
        RoundStep::Returned { number } => {
            handle(world, &mut round, &heard, (number, Handled::Returned))?;
        }
        RoundStep::TakeBack { key } => take_back(world, &mut round, &heard, *key)?,
        RoundStep::Close => close(world, &mut round, &heard)?,
        RoundStep::Picture { photo } => {
            if round.pictures.len() >= limits::ROUND_PICTURES_MAX {
                return Err(Refusal::FieldInvalid { field: "picture" });
            }
            round.pictures.push((heard.key, *photo));
        }
    }
    Ok(changed(world, round))
}

/// What is common to all that is said.
struct Heard {
    key: u64,
    clock: i64,
    at: i64,
    by: Option<OperatorId>,
}

/// Who says it; couriers are heard of rounds that are or were theirs alone.
fn driver(world: &World, round: &Round) -> Result<Option<OperatorId>, Refusal> {
    let crate::Actor::Operator(id) = world.actor() else {
        return Ok(None);
    };
    let may_all = |o: &crate::settings::Operator| matches!(o.role, Role::Owner | Role::Staff);
    let is_courier = !world.operator(id).is_some_and(may_all);
    if is_courier && !round.couriers.contains(&id) {
        return Err(Refusal::NotFound { what: "round" });
    }
    Ok(Some(id))
}

fn load(world: &mut World, round: &mut Round, heard: &Heard, number: &str) -> Result<(), Refusal> {
    check_open(round)?;
    let held = round.held().find(|p| p.number == number);
    let Some(held) = held.map(|p| p.fulfillment) else {
        let moved = round.parcels().find(|p| p.number == number);
        let round = moved.and_then(|p| elsewhere(world, round, p));
        let number = number.to_string();
        return Err(Refusal::ParcelNotInRound { number, round });
    };
    if waybill(world, held, number).is_none() {
        return Err(Refusal::WrongState { state: "canceled" });
    }
    if round.state == RoundState::Planned {
        round.state = RoundState::Loading;
    }
    handle(world, round, heard, (number, Handled::Loaded))
}

fn start(world: &mut World, round: &mut Round, heard: &Heard) -> Result<(), Refusal> {
    check_open(round)?;
    round.hear(heard.key);
    if round.started.is_some() {
        return Ok(());
    }
    round.state = RoundState::Underway;
    round.started = Some((heard.key, heard.at));
    let is_loaded = |p: &&Consignment| p.state() == ConsignmentState::Loaded;
    let loaded = round.held().filter(is_loaded).cloned();
    for parcel in loaded.collect::<Vec<_>>() {
        tell(world, &parcel, Told::started(heard));
    }
    Ok(())
}

fn reorder(
    round: &mut Round,
    heard: &Heard,
    (order, reason): (&[u16], &str),
) -> Result<(), Refusal> {
    check_open(round)?;
    let sorted = |order: &[u16]| {
        let mut order = order.to_vec();
        order.sort_unstable();
        order
    };
    if sorted(order) != sorted(&round.order) {
        return Err(Refusal::FieldInvalid { field: "order" });
    }
    check_text("reason", reason)?;
    round.hear(heard.key);
    round.order = order.to_vec();
    if round.reordered.len() >= limits::ROUND_REORDERED_MAX {
        round.reordered.remove(0);
    }
    round.reordered.push(Reordered {
        at: heard.at,
        reason: reason.to_string(),
    });
    Ok(())
}

fn reach(round: &mut Round, heard: &Heard, number: u16) -> Result<(), Refusal> {
    check_open(round)?;
    let is_taken_back = round.taken_back.contains(&heard.key);
    let stop = round.stops.iter_mut().find(|s| s.number == number);
    let stop = stop.ok_or(Refusal::FieldInvalid { field: "stop" })?;
    if stop.reached.is_none() && !is_taken_back {
        stop.reached = Some((heard.key, heard.at));
    } else {
        round.hear(heard.key);
    }
    Ok(())
}

/// Counts a code that was told for a parcel, if it is wrong and may still be; gives whether it was counted. Whether the
/// parcel is locked then is for all to read.
fn try_code(
    round: &mut Round,
    heard: &Heard,
    (number, is_right): (&str, bool),
) -> Result<bool, Refusal> {
    check_open(round)?;
    let parcel = round.parcels_mut().find(|p| p.number == number);
    let Some(parcel) = parcel else {
        return Err(Refusal::ParcelNotInRound {
            number: number.to_string(),
            round: None,
        });
    };
    let told = if is_right {
        CodeMatched::Yes
    } else {
        CodeMatched::No
    };
    let is_counted = parcel.judge(told) == CodeMatched::No;
    if is_counted {
        round.hear(heard.key);
    }
    Ok(is_counted)
}

/// What was done with a parcel, with what the code of its proof comes to.
fn judged(round: &mut Round, number: &str, what: Handled) -> Handled {
    let Handled::Delivered(mut proof) = what else {
        return what;
    };
    let parcel = round.parcels_mut().find(|p| p.number == number);
    let told = parcel.zip(proof.code_matched);
    proof.code_matched = told.map(|(parcel, matched)| parcel.judge(matched));
    Handled::Delivered(proof)
}

fn check_text(field: &'static str, text: &str) -> Result<(), Refusal> {
    let is_long = text.chars().count() > limits::NAME_CHARS_MAX;
    if is_long || text.contains(char::is_control) {
        return Err(Refusal::FieldInvalid { field });
    }
    Ok(())
}

fn check_proof(proof: &Proof) -> Result<(), Refusal> {
    check_text("name", &proof.name)?;
    check_text("code", &proof.code)?;
    if proof.position.is_some_and(|p| !p.is_on_earth()) {
        return Err(Refusal::FieldInvalid { field: "position" });
    }
    Ok(())
}

/// Keeps what was done with a parcel, and tells its order. A parcel that is in another round by now has it said there as
/// well: whoever drives that one need not look for it.
fn handle(
    world: &mut World,
    round: &mut Round,
    heard: &Heard,
    (number, what): (&str, Handled),
) -> Result<(), Refusal> {
    let is_taken_back = round.taken_back.contains(&heard.key);
    let is_underway = round.started.is_some();
    let id = round.id;
    let hub = world
        .location(round.location)
        .map(|l| (l.id, l.name.clone()));
    let held = round.parcels().find(|p| p.number == number).cloned();
    let Some(held) = held else {
        let number = number.to_string();
        return Err(Refusal::ParcelNotInRound {
            number,
            round: None,
        });
    };
    let what = judged(round, number, what);
    let other = elsewhere(world, round, &held);
    let said = Said {
        key: heard.key,
        at: heard.at,
        clock: heard.clock,
        what: what.clone(),
        by: heard.by,
        taken_back: is_taken_back,
    };
    let conflict = if waybill(world, held.fulfillment, number).is_none() {
        Some(Conflict::Recalled)
    } else {
        other.map(|_| Conflict::Reassigned)
    };
    let parcel = round.parcels_mut().find(|p| p.number == number);
    let parcel = parcel.expect("it was found");
    parcel.keep(said.clone());
    parcel.conflict = conflict.or(parcel.conflict);
    if let Some(other) = other.filter(|o| *o != id && matches!(what, Handled::Delivered(_))) {
        say_elsewhere(world, other, held.fulfillment, said);
    }
    if !is_taken_back {
        tell(world, &held, Told::of(heard, &what, (is_underway, hub)));
    }
    Ok(())
}

/// Says in the round that has a parcel by now that somebody else handed it over.
fn say_elsewhere(world: &mut World, other: RoundId, parcel: FulfillmentId, said: Said) {
    let Some(mut round) = world.round(other).cloned() else {
        return;
    };
    let there = round.parcels_mut().find(|p| p.fulfillment == parcel);
    let Some(there) = there.filter(|p| p.said(said.key).is_none()) else {
        return;
    };
    there.keep(said);
    there.conflict = Some(Conflict::Reassigned);
    put(world, round);
}

/// Takes back what was said of a parcel or a stop under a key, with what the order was told of it.
///
/// Checks: that it was not said of the round itself.
fn take_back(world: &mut World, round: &mut Round, heard: &Heard, key: u64) -> Result<(), Refusal> {
    if round.heard.contains(&key) {
        return Err(Refusal::FieldInvalid { field: "undoes" });
    }
    round.hear(heard.key);
    if let Some(stop) = round
        .stops
        .iter_mut()
        .find(|s| s.reached.is_some_and(|r| r.0 == key))
    {
        stop.reached = None;
        round.hear(key);
        return Ok(());
    }
    let Some(held) = round.parcels().find(|p| p.said(key).is_some()).cloned() else {
        round.take_back_unheard(key);
        return Ok(());
    };
    let mark = |parcel: &mut Consignment| {
        if let Some(said) = parcel.said.iter_mut().find(|s| s.key == key) {
            said.taken_back = true;
            parcel.conflict = None;
        }
    };
    round.parcels_mut().for_each(mark);
    let other = elsewhere(world, round, &held).and_then(|id| world.round(id).cloned());
    if let Some(mut other) = other
        && other.parcels().any(|p| p.said(key).is_some())
    {
        other.parcels_mut().for_each(mark);
        put(world, other);
    }
    let said = held.said(key).expect("it was found");
    let mut keys = alloc::vec![key];
    if said.what == Handled::Loaded {
        keys.extend(round.started.map(|(key, _)| key));
    }
    for key in keys {
        withdraw(world, &held, key);
    }
    Ok(())
}

/// Closes a round.
///
/// Checks: that of each parcel in it was said what became of it. One whose waybill was canceled before it was in the van
/// never left.
fn close(world: &mut World, round: &mut Round, heard: &Heard) -> Result<(), Refusal> {
    round.hear(heard.key);
    if round.state == RoundState::Closed {
        return Ok(());
    }
    let is_left = |p: &&Consignment| match p.state() {
        ConsignmentState::Planned => waybill(world, p.fulfillment, &p.number).is_some(),
        state => !state.is_accounted(),
    };
    let left: Vec<String> = round
        .held()
        .filter(is_left)
        .map(|p| p.number.clone())
        .collect();
    if !left.is_empty() {
        return Err(Refusal::RoundNotDone { left });
    }
    round.state = RoundState::Closed;
    let mut book = world.round_book().cloned().unwrap_or_default();
    book.remove(round.id);
    put_book(world, book);
    Ok(())
}

fn check_open(round: &Round) -> Result<(), Refusal> {
    if round.state == RoundState::Closed {
        let state = round.state.word();
        return Err(Refusal::WrongState { state });
    }
    Ok(())
}

fn round_for_change(world: &World, id: RoundId) -> Result<Round, Refusal> {
    let round = world.round(id);
    round.cloned().ok_or(Refusal::NotFound { what: "round" })
}

/// Saves a changed round under its next version.
fn put(world: &mut World, mut round: Round) {
    round.version += 1;
    round.updated_at = world.now();
    invariants::check_round(&round).expect("a decision leaves the round sound");
    world.put_record(Record::Round(round));
}

/// Writes an open round into the book anew.
fn rewrite(world: &mut World, round: &Round) {
    let mut book = world.round_book().cloned().unwrap_or_default();
    book.put(round.entry());
    put_book(world, book);
}

fn put_book(world: &mut World, book: RoundBook) {
    world.keep_record(Record::RoundBook(book));
}

fn changed(world: &mut World, round: Round) -> Outcome {
    let ids = alloc::vec![round.id.0];
    put(world, round);
    Outcome::Saved(Saved {
        changed: 1,
        ids,
        ..Saved::default()
    })
}

fn unchanged(round: &Round) -> Outcome {
    Outcome::Saved(Saved {
        unchanged: 1,
        ids: alloc::vec![round.id.0],
        ..Saved::default()
    })
}
