//! What the orders of a round's parcels are told.

use super::Heard;
use crate::decide::parcel;
use crate::id::{FulfillmentId, LocationId};
use crate::limits;
use crate::order::{FulfillmentState, Group};
use crate::parcel::{SeenBy, Sighting, TrackingStatus};
use crate::round::{CodeMatched, Consignment, Handled, Proof};
use crate::world::World;
use alloc::string::{String, ToString};

/// Where a round begins, with its name.
pub(super) type Hub = (LocationId, String);

/// What the order of a parcel is told.
pub(super) struct Told {
    key: u64,
    at: i64,
    status: TrackingStatus,
    reason: String,
    place: String,
    location: Option<LocationId>,
    withdraws: bool,
}

impl Default for Told {
    fn default() -> Self {
        Self {
            key: 0,
            at: 0,
            status: TrackingStatus::Pending,
            reason: String::new(),
            place: String::new(),
            location: None,
            withdraws: false,
        }
    }
}

impl Told {
    /// That a round with the parcel in it started.
    pub(super) fn started(heard: &Heard) -> Self {
        Self {
            key: heard.key,
            at: heard.at,
            status: TrackingStatus::OutForDelivery,
            ..Self::default()
        }
    }

    /// What becomes of what a courier did.
    pub(super) fn of(
        heard: &Heard,
        what: &Handled,
        (is_underway, hub): (bool, Option<Hub>),
    ) -> Self {
        let (status, reason, hub) = match what {
            Handled::Loaded if is_underway => (TrackingStatus::OutForDelivery, "", None),
            Handled::Loaded => (TrackingStatus::PickedUp, "", hub),
            Handled::Failed(reason) => (TrackingStatus::DeliveryFailed, reason.word(), None),
            Handled::Returned => (TrackingStatus::InTransit, "", hub),
            Handled::Delivered(proof) => (TrackingStatus::Delivered, word(proof), None),
        };
        // Only what is back lies there.
        let location = hub.as_ref().map(|(id, _)| *id);
        let location = location.filter(|_| matches!(what, Handled::Returned));
        let place = hub.map(|(_, name)| name).unwrap_or_default();
        Self {
            key: heard.key,
            at: heard.at,
            status,
            reason: reason.to_string(),
            place: place
                .chars()
                .filter(|c| !c.is_control())
                .take(limits::NAME_CHARS_MAX)
                .collect(),
            location,
            withdraws: false,
        }
    }
}

/// What an order is told of the code by which its parcel was handed over; nothing where none was told.
fn word(proof: &Proof) -> &'static str {
    match proof.code_matched {
        None => "",
        Some(CodeMatched::Yes) => "code_right",
        Some(CodeMatched::No) => "code_wrong",
        Some(CodeMatched::Locked) => "code_locked",
    }
}

/// Tells the order of a parcel what was seen of it. One whose waybill was canceled has nobody to be told; nor is told what
/// cannot have been, since our own clock was set back by more than a day.
pub(super) fn tell(world: &mut World, parcel: &Consignment, told: Told) {
    let Some(booked_at) = waybill(world, parcel.fulfillment, &parcel.number) else {
        return;
    };
    let latest = world.now().saturating_add(limits::SIGHTING_AHEAD_MS);
    if booked_at.saturating_sub(limits::SIGHTING_BEFORE_MS) > latest {
        return;
    }
    let sighting = Sighting {
        number: parcel.number.clone(),
        key: told.key,
        at: told.at.max(booked_at).min(latest),
        status: told.status,
        reason: told.reason,
        place: told.place,
        note: String::new(),
        by: SeenBy::Staff,
        withdraws: told.withdraws,
        location: told.location,
    };
    let seen = parcel::see(world, parcel.fulfillment, &sighting);
    // What the round keeps stands all the same: a shop does not stop because an order could not hear of it.
    debug_assert!(seen.is_ok(), "a round's sightings are sound: {seen:?}");
}

/// Takes back what the order of a parcel was told under a key, if it was.
pub(super) fn withdraw(world: &mut World, parcel: &Consignment, key: u64) {
    let group = world.group(parcel.fulfillment.parent());
    let waybill = group.and_then(|g| g.parcel(parcel.fulfillment));
    let seen = waybill.and_then(|w| w.said(key)).copied();
    if let Some(seen) = seen {
        let told = Told {
            key,
            at: seen.at,
            status: seen.status,
            withdraws: true,
            ..Told::default()
        };
        tell(world, parcel, told);
    }
}

/// When the waybill of a parcel was booked, if it is the same one and the parcel still goes.
pub(super) fn waybill(world: &World, id: FulfillmentId, number: &str) -> Option<i64> {
    let group: &Group = world.group(id.parent())?;
    let of = group.fulfillments.iter().find(|f| f.id == id)?;
    let parcel = group.parcel(id).filter(|p| p.number == number)?;
    (of.state != FulfillmentState::Canceled).then_some(parcel.booked_at)
}
