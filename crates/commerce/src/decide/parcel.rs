//! Carriers and their numbers; waybills booked and canceled; what was seen of parcels.

use super::{announced, fulfillment};
use crate::carrier::{self, Carrier, Numbering, Pool, Shipment, Why};
use crate::command::{Booking, Outcome, SaveCarrier, Saved};
use crate::event::{OrderNews, What};
use crate::id::{CarrierId, FulfillmentId};
use crate::limits;
use crate::order::{Fulfillment, FulfillmentState, Group, GroupState, Method};
use crate::parcel::{NoLabel, Parcel, Scan, Seen, Sighting, TrackingStatus};
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::world::{Record, RecordKind, World};
use alloc::string::String;
use alloc::vec::Vec;

/// Saves a carrier with the blocks of its numbers. To say the same again changes nothing.
///
/// Checks: the expected version, that the code is free, the carrier itself, its locations, that its numbers are made as
/// those that were given, its blocks.
pub fn save_carrier(world: &mut World, save: &SaveCarrier) -> Result<Outcome, Refusal> {
    let mut carrier = save.carrier.clone();
    let known = world.carrier(carrier.id).cloned();
    let version = known.as_ref().map_or(0, |c| c.version);
    if save.expected_version.is_some_and(|v| v != version) {
        return Err(Refusal::VersionConflict { current: version });
    }
    let holder = world.id_of_code(RecordKind::Carrier, &carrier.code);
    if holder.is_some_and(|id| id != carrier.id.0) {
        return Err(Refusal::CodeTaken { code: carrier.code });
    }
    carrier.sort();
    carrier.check()?;
    if carrier
        .locations
        .iter()
        .any(|&l| world.location(l).is_none())
    {
        return Err(Refusal::NotFound { what: "location" });
    }
    let pool = world.number_pool(carrier.id).cloned();
    // Another prefix with other digits could spell a number that was given.
    let has_given = pool.as_ref().is_some_and(|pool| pool.given() > 0);
    let is_renumbered = known
        .as_ref()
        .is_some_and(|c| c.numbering != carrier.numbering);
    if has_given && is_renumbered {
        return Err(Refusal::FieldInvalid { field: "numbering" });
    }
    let mut blocks = pool.clone().unwrap_or_else(|| Pool::empty(carrier.id));
    let serials = carrier.numbering.serials();
    match carrier.numbering {
        Numbering::Given => blocks.set_blocks(&[(0, serials - 1)], serials)?,
        _ => blocks.set_blocks(&save.blocks, serials)?,
    }
    let mut saved = Saved {
        ids: alloc::vec![carrier.id.0],
        ..Saved::default()
    };
    carrier.version = version;
    if known.as_ref() == Some(&carrier) && pool.as_ref() == Some(&blocks) {
        saved.unchanged = 1;
        return Ok(Outcome::Saved(saved));
    }
    saved.created = u32::from(known.is_none());
    saved.changed = 1 - saved.created;
    carrier.version = version + 1;
    world.put_record(Record::Carrier(carrier));
    world.keep_record(Record::NumberPool(blocks));
    Ok(Outcome::Saved(saved))
}

/// Books a waybill: the parcel has a number from now on. A parcel that has one of this carrier and service keeps it, so
/// that a double click books once.
///
/// Checks: the fulfillment, that its group is confirmed, that it has no other waybill, that it is a parcel that has not
/// left, weight and size, the carrier, its service, that it takes the parcel, the number where the carrier gives it.
pub fn book(world: &mut World, id: FulfillmentId, booking: &Booking) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    if group.state != GroupState::Confirmed {
        return Err(Refusal::OrderNotConfirmed);
    }
    let of = &group.fulfillments[index];
    if let Some(parcel) = group.parcel(id) {
        let is_same = booking.service.as_ref().is_none_or(|(carrier, service)| {
            (*carrier, service) == (parcel.carrier, &parcel.service)
        });
        return if is_same {
            Ok(Outcome::Group(super::unchanged(world, &group)))
        } else {
            Err(Refusal::WaybillExists {
                number: parcel.number.clone(),
            })
        };
    }
    check_here(of)?;
    let is_sound = |mm: &u16| *mm > 0;
    if !(1..=limits::PARCEL_GRAMS_MAX).contains(&booking.weight_grams) {
        return Err(Refusal::FieldInvalid {
            field: "weight_grams",
        });
    }
    if !booking.size_mm.iter().flatten().all(is_sound) {
        return Err(Refusal::FieldInvalid { field: "size_mm" });
    }
    let parcel = waybill(world, &group, of, booking)?;
    announced::ask(world, &parcel);
    let number = parcel.number.clone();
    let carrier = parcel.carrier;
    group.parcels.push(parcel);
    group.fulfillments[index].updated_at = world.now();
    world.emit(What::WaybillBooked {
        fulfillment: id,
        carrier,
        number,
    });
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Whether a fulfillment is a parcel that has not left.
fn check_here(of: &Fulfillment) -> Result<(), Refusal> {
    let is_here = matches!(
        of.state,
        FulfillmentState::Open | FulfillmentState::Picking | FulfillmentState::Packed
    );
    if of.method == Method::Ship && is_here {
        return Ok(());
    }
    Err(Refusal::WrongState {
        state: of.state.word(),
    })
}

/// The waybill, with its number taken from the carrier's pool.
fn waybill(
    world: &mut World,
    group: &Group,
    of: &Fulfillment,
    booking: &Booking,
) -> Result<Parcel, Refusal> {
    let address = group.destination.as_ref();
    let country = address.and_then(|a| a.country);
    let (Some(address), Some(country)) = (address, country) else {
        return Err(Refusal::FieldInvalid { field: "address" });
    };
    let shipment = Shipment {
        location: of.location,
        country,
        postal_code: &address.postal_code,
        level: booking.level.as_deref(),
        weight_grams: booking.weight_grams,
        size_mm: booking.size_mm,
        day: booking.day,
    };
    let offer = match &booking.service {
        Some((carrier, service)) => {
            let not_found = |what| Refusal::NotFound { what };
            let carrier = world.carrier(*carrier).ok_or(not_found("carrier"))?;
            let service = carrier.service(service).ok_or(not_found("service"))?;
            let offer = carrier::offer_of(world, carrier, service, &shipment);
            offer.map_err(|why| declined(carrier.id, why))?
        }
        None => {
            let found = carrier::cheapest(world, &shipment, &booking.preferred);
            found.map_err(|declined| Refusal::NoCarrier {
                asked: u32::try_from(declined.len()).unwrap_or(u32::MAX),
            })?
        }
    };
    let number = take_number(world, offer.carrier, booking)?;
    Ok(Parcel {
        fulfillment: of.id,
        carrier: offer.carrier,
        service: offer.service,
        number,
        zone: offer.zone,
        sorting: offer.sorting,
        weight_grams: booking.weight_grams,
        size_mm: booking.size_mm,
        price: offer.price,
        booked_at: world.now(),
        booked_day: booking.day,
        labels: 0,
        seen: Vec::new(),
    })
}

fn declined(carrier: CarrierId, why: Why) -> Refusal {
    match why {
        Why::NoNumbers => Refusal::NumbersUsedUp { carrier },
        why => Refusal::CarrierDeclines {
            carrier,
            why: why.word(),
        },
    }
}

fn take_number(world: &mut World, id: CarrierId, booking: &Booking) -> Result<String, Refusal> {
    let used_up = Refusal::NumbersUsedUp { carrier: id };
    let carrier = world.carrier(id).expect("it made an offer");
    let mut pool = world.number_pool(id).cloned().ok_or(used_up.clone())?;
    let serial = pool.take().ok_or(used_up)?;
    pool.count(booking.day);
    let number = match (&carrier.numbering, &booking.number) {
        (Numbering::Given, given) => announced::given_number(given.as_ref())?,
        (_, Some(_)) => return Err(Refusal::FieldInvalid { field: "number" }),
        (numbering, None) => numbering.number(serial),
    };
    world.keep_record(Record::NumberPool(pool));
    Ok(number)
}

/// Cancels a waybill: the parcel has none from now on, and its number is never given again. One that has none stays as it
/// is.
///
/// Checks: the fulfillment, that it has not left, that nobody saw the parcel with its carrier.
pub fn cancel_waybill(world: &mut World, id: FulfillmentId) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    let Some(parcel) = group.parcel(id) else {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    };
    check_here(&group.fulfillments[index])?;
    if parcel.status().has_left() {
        return Err(Refusal::WrongState {
            state: parcel.status().word(),
        });
    }
    group.fulfillments[index].updated_at = world.now();
    drop_waybill(world, &mut group.parcels, id);
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Takes the waybill off a parcel that does not leave with it, if it has one.
pub fn drop_waybill(world: &mut World, parcels: &mut Vec<Parcel>, of: FulfillmentId) {
    if planted::is(Fault::WaybillOfCanceledKept) {
        return;
    }
    let Some(parcel) = take_off(world, parcels, of) else {
        return;
    };
    announced::recall(world, &parcel);
    world.emit(What::WaybillCanceled {
        fulfillment: of,
        carrier: parcel.carrier,
        number: parcel.number,
    });
}

/// Takes the waybill off a parcel, if it has one, and gives its place in the day's quota back.
pub fn take_off(world: &mut World, parcels: &mut Vec<Parcel>, of: FulfillmentId) -> Option<Parcel> {
    let place = parcels.iter().position(|p| p.fulfillment == of)?;
    let parcel = parcels.remove(place);
    if let Some(pool) = world.number_pool(parcel.carrier) {
        let mut pool = pool.clone();
        pool.uncount(parcel.booked_day);
        world.keep_record(Record::NumberPool(pool));
    }
    Some(parcel)
}

/// Counts labels that are printed, all or none: who holds a parcel's label knows how many others there are.
///
/// Checks: how many there are and that each is named once; that each parcel is known, neither canceled nor delivered, and
/// has a waybill. All that cannot be printed are told at once.
pub fn print_labels(world: &mut World, ids: &[FulfillmentId]) -> Result<Outcome, Refusal> {
    let mut once = ids.to_vec();
    once.sort_unstable();
    once.dedup();
    if once.len() != ids.len() || !(1..=limits::LABELS_MAX).contains(&ids.len()) {
        let field = "fulfillments";
        return Err(Refusal::FieldInvalid { field });
    }
    let why = |id: &FulfillmentId| no_label(world, *id).map(|why| (*id, why));
    let refused: Vec<(FulfillmentId, NoLabel)> = ids.iter().filter_map(why).collect();
    if !refused.is_empty() {
        return Err(Refusal::LabelsRefused { refused });
    }
    for id in ids {
        let mut group = super::group_for_change(world, id.parent())?;
        let parcel = group.parcel_mut(*id).expect("it was checked");
        parcel.labels = parcel.labels.saturating_add(1);
        super::save_group(world, group);
    }
    Ok(Outcome::Done)
}

/// Why a parcel's label cannot be printed; `None` where it can.
fn no_label(world: &World, id: FulfillmentId) -> Option<NoLabel> {
    let group = world.group(id.parent());
    let of = group.and_then(|g| g.fulfillments.iter().find(|f| f.id == id));
    let (Some(group), Some(of)) = (group, of) else {
        return Some(NoLabel::Unknown);
    };
    match of.state {
        FulfillmentState::Canceled => Some(NoLabel::Canceled),
        FulfillmentState::Delivered => Some(NoLabel::Delivered),
        _ => match group.parcel(id) {
            None => Some(NoLabel::NoWaybill),
            Some(parcel) => {
                let carrier = world.carrier(parcel.carrier);
                let draws = carrier.is_some_and(|c| c.numbering == Numbering::Given);
                draws.then_some(NoLabel::OfCarrier)
            }
        },
    }
}

/// Takes in what was seen of a parcel. What was heard before changes nothing. The first that saw it with its carrier hands
/// it over, though nobody in the office said so: it has left.
///
/// Checks: the fulfillment and its number, the words, that it did not happen in the future nor long before the booking.
pub fn see(world: &mut World, id: FulfillmentId, sighting: &Sighting) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, id.parent())?;
    let index = super::fulfillment_index(&group, id)?;
    check_sighting(world, group.parcel(id), sighting)?;
    let parcel = group.parcel(id).expect("it was checked");
    if !parcel.is_news(sighting) {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    let before = parcel.status();
    let (lay, from) = (group.lies_at(id), group.last_place(id));
    let parcel = group.parcel_mut(id).expect("it was checked");
    match parcel.seen.iter_mut().find(|s| s.key == sighting.key) {
        Some(seen) => seen.withdrawn = true,
        // What is taken back may come before what it takes back.
        None => parcel.keep(Seen {
            key: sighting.key,
            at: sighting.at,
            status: sighting.status,
            withdrawn: sighting.withdraws,
        }),
    }
    let after = parcel.status();
    note_scan(&mut group, id, sighting);
    group.fulfillments[index].updated_at = world.now();
    world.emit(What::ParcelSeen {
        fulfillment: id,
        at: sighting.at,
        status: sighting.status,
        reason: sighting.reason.clone(),
        place: sighting.place.clone(),
        note: sighting.note.clone(),
        by: sighting.by,
        withdrawn: sighting.withdraws,
    });
    if after != before {
        follow(world, &mut group, index, after);
    }
    // Scanned twice where it lies, it came in once; what is taken back brings it nowhere.
    let lies = group.lies_at(id).filter(|_| !sighting.withdraws);
    if let Some(location) = lies.filter(|_| lies != lay) {
        world.emit(What::ParcelLay {
            fulfillment: id,
            location,
            from: from.unwrap_or(location),
        });
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Notes where a parcel lay when it was seen. Of what was withdrawn before it was heard nothing is known.
fn note_scan(group: &mut Group, id: FulfillmentId, sighting: &Sighting) {
    let seen = &group.parcel(id).expect("it was checked").seen;
    let is_kept = |key: u64| seen.iter().any(|seen| seen.key == key);
    let kept = |scan: &Scan| scan.fulfillment != id || is_kept(scan.key);
    let is_new = is_kept(sighting.key)
        && !group
            .scans
            .iter()
            .any(|s| s.fulfillment == id && s.key == sighting.key);
    let mut scans: Vec<Scan> = group.scans.iter().copied().filter(kept).collect();
    if let Some(location) = sighting.location.filter(|_| is_new && !sighting.withdraws) {
        scans.push(Scan {
            fulfillment: id,
            key: sighting.key,
            location,
        });
    }
    group.scans = scans;
}

fn check_sighting(
    world: &World,
    parcel: Option<&Parcel>,
    sighting: &Sighting,
) -> Result<(), Refusal> {
    let invalid = |field| Err(Refusal::FieldInvalid { field });
    let parcel = parcel.filter(|p| p.number == sighting.number);
    let Some(parcel) = parcel else {
        return Err(Refusal::NotFound { what: "parcel" });
    };
    for (field, text) in [
        ("reason", &sighting.reason),
        ("place", &sighting.place),
        ("note", &sighting.note),
    ] {
        let is_long = text.chars().count() > limits::NAME_CHARS_MAX;
        if is_long || text.contains(|c: char| c.is_control()) {
            return invalid(field);
        }
    }
    let latest = world.now().saturating_add(limits::SIGHTING_AHEAD_MS);
    let earliest = parcel.booked_at.saturating_sub(limits::SIGHTING_BEFORE_MS);
    if !(earliest..=latest).contains(&sighting.at) {
        return invalid("at");
    }
    // What lies at another place has left its own.
    if sighting.location.is_some() && !sighting.status.has_left() {
        return invalid("location");
    }
    if sighting
        .location
        .is_some_and(|id| world.location(id).is_none())
    {
        return Err(Refusal::NotFound { what: "location" });
    }
    Ok(())
}

/// Brings the fulfillment to where its parcel is.
fn follow(world: &mut World, group: &mut Group, index: usize, status: TrackingStatus) {
    use FulfillmentState::{Delivered, Open, Packed, Picking, Shipped};
    let id = group.fulfillments[index].id;
    let is_here = matches!(group.fulfillments[index].state, Open | Picking | Packed);
    if is_here && status.has_left() {
        // A count said meanwhile that the goods are not there: somebody must look, and the sighting stays.
        if fulfillment::check_on_hand(world, group, id).is_err() {
            return;
        }
        name_carrier(world, group, index);
        fulfillment::leave(world, group, index);
    }
    let is_there = status == TrackingStatus::Delivered;
    if is_there && group.fulfillments[index].state == Shipped {
        super::lifecycle::notify(world, group, OrderNews::Delivered);
        fulfillment::set_state(world, group, index, Delivered);
    }
}

/// Writes on a fulfillment who brings it, as its waybill says.
pub fn name_carrier(world: &World, group: &mut Group, index: usize) {
    let of = &mut group.fulfillments[index];
    let Some(parcel) = group.parcels.iter().find(|p| p.fulfillment == of.id) else {
        return;
    };
    let carrier = world.carrier(parcel.carrier);
    of.carrier = carrier.map_or_else(String::new, |c| c.name.clone());
    of.tracking_url =
        carrier.map_or_else(String::new, |c: &Carrier| c.tracking_url(&parcel.number));
    of.tracking_number.clone_from(&parcel.number);
}
