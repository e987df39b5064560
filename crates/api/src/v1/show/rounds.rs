//! Couriers' rounds as the wire shows them.

use super::super::wire::Named;
use super::super::wire::rounds as wire;
use commerce::World;
use commerce::id::{FulfillmentId, GroupId};
use commerce::order::{FulfillmentState, Group};
use commerce::round::{
    Conflict, Consignment, ConsignmentState, Handled, Point, Proof, Round, Said,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The order groups of a round's parcels.
pub type Groups = BTreeMap<GroupId, Arc<Group>>;

/// A day of numbers `yyyymmdd` as it is written.
pub fn day(day: u32) -> String {
    format!(
        "{:04}-{:02}-{:02}",
        day / 10_000,
        day / 100 % 100,
        day % 100
    )
}

/// A point in degrees.
pub fn position(point: Point) -> wire::Position {
    wire::Position {
        latitude: f64::from(point.latitude_micro) / 1e6,
        longitude: f64::from(point.longitude_micro) / 1e6,
    }
}

/// A round in a list.
pub fn entry(world: &World, round: &Round) -> wire::RoundEntry {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let is_there = |s: &&commerce::round::Stop| s.parcels.iter().any(|p| p.moved_to.is_none());
    let stops = || round.stops.iter().filter(is_there);
    let in_state = |state| round.held().filter(|p| p.state() == state).count();
    let failed = |p: &&Consignment| {
        let mut said = p.said.iter().filter(|s| !s.taken_back);
        p.state() != ConsignmentState::Delivered
            && said.any(|s| matches!(s.what, Handled::Failed(_)))
    };
    wire::RoundEntry {
        id: round.id.to_string(),
        version: round.version,
        day: day(round.day),
        state: round.state.into(),
        location: Named::location(world, round.location),
        vehicle: round.vehicle.clone(),
        courier: round.courier.map(|id| Named::operator(world, id)),
        stops: number(stops().count()),
        stops_done: number(stops().filter(|s| s.is_done()).count()),
        parcels: number(round.held().count()),
        delivered: number(in_state(ConsignmentState::Delivered)),
        failed: number(round.held().filter(failed).count()),
    }
}

/// A round as its courier has it.
pub fn round(world: &World, groups: &Groups, round: &Round) -> wire::CourierRound {
    let location = world.location(round.location);
    // A place without coordinates stands at 0, 0, where no shop is.
    let known = location.filter(|l| (l.latitude_micro, l.longitude_micro) != (0, 0));
    let named = Named::location(world, round.location);
    wire::CourierRound {
        id: round.id.to_string(),
        version: round.version,
        day: day(round.day),
        state: round.state.into(),
        vehicle: round.vehicle.clone(),
        location: wire::RoundPlace {
            id: named.id,
            name: named.name,
            position: known.map(|l| {
                position(Point {
                    latitude_micro: l.latitude_micro,
                    longitude_micro: l.longitude_micro,
                })
            }),
        },
        distances: round.way.distances.into(),
        meters: round.way.meters,
        seconds: round.way.seconds,
        order: round.order.clone(),
        stops: round.stops.iter().map(|s| stop(groups, s)).collect(),
    }
}

fn stop(groups: &Groups, stop: &commerce::round::Stop) -> wire::CourierStop {
    let first = stop.parcels.first().map(|p| p.fulfillment.parent());
    let group = first.and_then(|id| groups.get(&id));
    let destination = group.and_then(|g| g.destination.as_deref());
    let address = destination.map(super::super::wire::Address::from);
    let name = destination.map(|a| super::orders::person(&a.first_name, &a.last_name));
    let phone = address.as_ref().map(|a| a.phone.clone());
    wire::CourierStop {
        number: stop.number,
        reached_at: stop.reached.map(|(_, at)| at),
        name: name.unwrap_or_default(),
        phone: phone.unwrap_or_default(),
        address: destination.map(stop_address).unwrap_or_default(),
        position: stop.position.map(position),
        window: stop
            .window
            .map(|(from, until)| wire::TimeWindow { from, until }),
        arrival: stop.arrival,
        parcels: stop.parcels.iter().map(|p| parcel(groups, p)).collect(),
    }
}

/// An address as a stop has it.
pub fn stop_address(from: &commerce::settings::Address) -> wire::StopAddress {
    let address = super::super::wire::Address::from(from);
    wire::StopAddress {
        street: address.street,
        street_2: address.street_2,
        postal_code: address.postal_code,
        city: address.city,
        region: address.region,
        country: address.country,
    }
}

fn parcel(groups: &Groups, parcel: &Consignment) -> wire::CourierParcel {
    let latest = parcel.latest();
    let reason = latest.and_then(|said| match &said.what {
        Handled::Failed(reason) => Some(reason.word()),
        _ => None,
    });
    let matched = latest.and_then(|said| match &said.what {
        Handled::Delivered(proof) => proof.code_matched,
        _ => None,
    });
    let conflict = conflict(groups, parcel).map_or("", Conflict::word);
    wire::CourierParcel {
        fulfillment: parcel.fulfillment.to_string(),
        number: parcel.number.clone(),
        weight_grams: parcel.weight_grams,
        state: parcel.state().into(),
        reason: reason.unwrap_or_default().to_owned(),
        at: latest.map(|said| said.at),
        conflict: conflict.to_owned(),
        code_matched: matched.map(Into::into),
    }
}

/// What is wrong with a parcel of a round as of now.
pub fn conflict(groups: &Groups, parcel: &Consignment) -> Option<Conflict> {
    if parcel.moved_to.is_some() {
        return Some(Conflict::Reassigned);
    }
    if is_recalled(groups, parcel.fulfillment, &parcel.number) {
        return Some(Conflict::Recalled);
    }
    parcel.conflict
}

/// Whether a parcel has another waybill by now, or none, or does not go at all.
fn is_recalled(groups: &Groups, id: FulfillmentId, number: &str) -> bool {
    let Some(group) = groups.get(&id.parent()) else {
        return true;
    };
    let is_canceled =
        |of: &commerce::order::Fulfillment| of.id == id && of.state == FulfillmentState::Canceled;
    group.fulfillments.iter().any(is_canceled)
        || group.parcel(id).is_none_or(|p| p.number != number)
}

/// A round as dispatchers see it.
pub fn detail(world: &World, groups: &Groups, of: &Round) -> wire::RoundDetail {
    let all = of
        .parcels()
        .flat_map(|p| p.said.iter().map(move |s| (p, s)));
    wire::RoundDetail {
        round: round(world, groups, of),
        courier: of.courier.map(|id| Named::operator(world, id)),
        couriers: of
            .couriers
            .iter()
            .map(|&id| Named::operator(world, id))
            .collect(),
        reordered: of
            .reordered
            .iter()
            .map(|r| wire::RoundReordered {
                at: r.at,
                reason: r.reason.clone(),
            })
            .collect(),
        said: all.map(|(p, s)| said(world, of, p, s)).collect(),
    }
}

fn said(world: &World, round: &Round, parcel: &Consignment, said: &Said) -> wire::RoundSaid {
    let (what, reason, shown) = match &said.what {
        Handled::Loaded => (ConsignmentState::Loaded, None, None),
        Handled::Failed(reason) => (ConsignmentState::Failed, Some((*reason).into()), None),
        Handled::Returned => (ConsignmentState::Returned, None, None),
        Handled::Delivered(proof) => {
            let shown = proof_of(round, proof);
            (ConsignmentState::Delivered, None, Some(shown))
        }
    };
    wire::RoundSaid {
        number: parcel.number.clone(),
        what: what.into(),
        reason,
        at: said.at,
        clock: said.clock,
        by: said.by.map(|id| Named::operator(world, id)),
        taken_back: said.taken_back,
        proof: shown,
    }
}

fn proof_of(round: &Round, proof: &Proof) -> wire::RoundProof {
    let came = |key: &u64| round.pictures.iter().any(|(known, _)| known == key);
    let address = |key: u64| {
        format!(
            "/api/v1/rounds/{}/proofs/{}",
            round.id,
            format_args!("{key:016x}")
        )
    };
    wire::RoundProof {
        by: proof.by.into(),
        name: proof.name.clone(),
        code: proof.code.clone(),
        code_matched: proof.code_matched.map(Into::into),
        picture: proof.picture.filter(came).map(address),
        position: proof.position.map(position),
    }
}
