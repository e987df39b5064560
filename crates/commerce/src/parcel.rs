//! A parcel on its way: the waybill that was booked for it, and what carriers, hubs and couriers saw of it.
//!
//! Sightings come late, twice, out of order, and contradict one another. All that were heard are kept; where the parcel is
//! follows from all of them by one rule ([`Parcel::latest`]), whatever the order in which they came.

use crate::id::{CarrierId, FulfillmentId, LocationId};
use crate::limits;
use crate::planted::{self, Fault};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A parcel with its waybill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Which of its group's fulfillments it is.
    pub fulfillment: FulfillmentId,
    /// Who brings it.
    pub carrier: CarrierId,
    /// The carrier's service, by its code.
    pub service: String,
    /// The waybill's number: on the label, and what everybody scans.
    pub number: String,
    /// The zone that it was charged for.
    pub zone: String,
    /// What the sorting machine reads.
    pub sorting: String,
    /// What the scales showed, in grams.
    pub weight_grams: u32,
    /// Length, width and height in millimeters, if they were measured.
    pub size_mm: Option<[u16; 3]>,
    /// What the carrier charges, in minor units of its currency.
    pub price: i64,
    /// When it was booked, in UTC milliseconds.
    pub booked_at: i64,
    /// The day of the carrier's quota that it counts in, as `yyyymmdd`.
    pub booked_day: u32,
    /// How many times its label was made.
    pub labels: u16,
    /// What was seen of it, in the order in which it was heard; at most [`limits::SIGHTINGS_MAX`].
    pub seen: Vec<Seen>,
}

/// What is kept of a sighting with the parcel; its words are in the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Made of what was said: said again, it is the same.
    pub key: u64,
    /// When it happened, in UTC milliseconds.
    pub at: i64,
    /// What.
    pub status: TrackingStatus,
    /// Whether whoever said it took it back.
    pub withdrawn: bool,
}

/// Where a parcel is, in Karrio's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackingStatus {
    /// The carrier knows of it and has not got it.
    Pending,
    /// The carrier has it.
    PickedUp,
    /// It moves.
    InTransit,
    /// It is held: by customs, by the weather, by somebody's question.
    OnHold,
    /// It will be late.
    DeliveryDelayed,
    /// It is in the courier's van.
    OutForDelivery,
    /// Nobody opened, or the address was wrong.
    DeliveryFailed,
    /// It waits for its receiver in a shop or locker.
    ReadyForPickup,
    /// It goes back.
    ReturnToSender,
    /// It is with its receiver.
    Delivered,
}

impl TrackingStatus {
    /// All of them, in the order of a parcel's way.
    pub const ALL: [TrackingStatus; 10] = [
        TrackingStatus::Pending,
        TrackingStatus::PickedUp,
        TrackingStatus::InTransit,
        TrackingStatus::OnHold,
        TrackingStatus::DeliveryDelayed,
        TrackingStatus::OutForDelivery,
        TrackingStatus::DeliveryFailed,
        TrackingStatus::ReadyForPickup,
        TrackingStatus::ReturnToSender,
        TrackingStatus::Delivered,
    ];

    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            TrackingStatus::Pending => "pending",
            TrackingStatus::PickedUp => "picked_up",
            TrackingStatus::InTransit => "in_transit",
            TrackingStatus::OnHold => "on_hold",
            TrackingStatus::DeliveryDelayed => "delivery_delayed",
            TrackingStatus::OutForDelivery => "out_for_delivery",
            TrackingStatus::DeliveryFailed => "delivery_failed",
            TrackingStatus::ReadyForPickup => "ready_for_pickup",
            TrackingStatus::ReturnToSender => "return_to_sender",
            TrackingStatus::Delivered => "delivered",
        }
    }

    /// Whether the carrier has it, or had.
    pub fn has_left(self) -> bool {
        self != TrackingStatus::Pending
    }
}

/// Why the label of a parcel cannot be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NoLabel {
    /// There is no such parcel.
    Unknown,
    /// No waybill is booked for it.
    NoWaybill,
    /// It was canceled.
    Canceled,
    /// It is with its receiver.
    Delivered,
    /// Its carrier gave the number and draws the label.
    OfCarrier,
}

impl NoLabel {
    /// The word used in interfaces.
    pub fn word(self) -> &'static str {
        match self {
            NoLabel::Unknown => "unknown",
            NoLabel::NoWaybill => "no_waybill",
            NoLabel::Canceled => "canceled",
            NoLabel::Delivered => "delivered",
            NoLabel::OfCarrier => "of_carrier",
        }
    }
}

/// Who saw a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenBy {
    /// The carrier said so.
    Carrier,
    /// The shop's own staff, with a scanner or by hand.
    Staff,
}

/// Something that was seen of a parcel, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The waybill's number, as it was read.
    pub number: String,
    /// Made of what was said, by who said it: said again, it is the same.
    pub key: u64,
    /// When it happened, in UTC milliseconds.
    pub at: i64,
    /// What.
    pub status: TrackingStatus,
    /// Why, as a short word, such as `nobody_home`; may be empty.
    pub reason: String,
    /// Where, in words; may be empty.
    pub place: String,
    /// What else was said; may be empty.
    pub note: String,
    /// Who saw it.
    pub by: SeenBy,
    /// Whether what was said under this key is taken back.
    pub withdraws: bool,
    /// The shop's own place at which it lay then, if it was at one.
    pub location: Option<LocationId>,
}

/// Where a parcel lay when it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Which of its group's fulfillments it is.
    pub fulfillment: FulfillmentId,
    /// The sighting's key.
    pub key: u64,
    /// Where.
    pub location: LocationId,
}

impl Parcel {
    /// What counts of all that was seen: delivered before anything else, but for its way back after that; else what
    /// happened last, and of two at the same moment what is further on the way. It does not depend on the order in which
    /// it was heard.
    pub fn latest(&self) -> Option<Seen> {
        let standing = || self.seen.iter().filter(|seen| !seen.withdrawn);
        if planted::is(Fault::LastHeardCounts) {
            return standing().next_back().copied();
        }
        let order = |seen: &&Seen| (seen.at, seen.status, seen.key);
        let last = |status: TrackingStatus| {
            let of = standing().filter(move |seen| seen.status == status);
            of.max_by_key(order).copied()
        };
        let delivered = last(TrackingStatus::Delivered);
        let Some(delivered) = delivered else {
            return standing().max_by_key(order).copied();
        };
        let back = last(TrackingStatus::ReturnToSender);
        Some(
            back.filter(|back| back.at > delivered.at)
                .unwrap_or(delivered),
        )
    }

    /// Where it is.
    pub fn status(&self) -> TrackingStatus {
        self.latest()
            .map_or(TrackingStatus::Pending, |seen| seen.status)
    }

    /// What was said under a key.
    pub fn said(&self, key: u64) -> Option<&Seen> {
        self.seen.iter().find(|seen| seen.key == key)
    }

    /// Whether a sighting says what was not heard before: a key is heard once, and taken back once.
    pub fn is_news(&self, sighting: &Sighting) -> bool {
        let known = self.said(sighting.key);
        let known = known.filter(|_| !planted::is(Fault::SightingCountedAgain));
        known.is_none_or(|seen| sighting.withdraws && !seen.withdrawn)
    }

    /// Keeps a sighting. When there are too many, the oldest that does not count goes.
    pub fn keep(&mut self, seen: Seen) {
        if self.seen.len() >= limits::SIGHTINGS_MAX {
            let counts = self.latest().map(|seen| seen.key);
            let oldest = self
                .seen
                .iter()
                .enumerate()
                .filter(|(_, seen)| Some(seen.key) != counts)
                .min_by_key(|(_, seen)| seen.at);
            if let Some((place, _)) = oldest {
                self.seen.remove(place);
            }
        }
        self.seen.push(seen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn parcel(seen: &[(i64, TrackingStatus)]) -> Parcel {
        let mut parcel = Parcel {
            fulfillment: FulfillmentId(257),
            carrier: CarrierId(256),
            service: "parcel".into(),
            number: "SE1".into(),
            zone: "1".into(),
            sorting: String::new(),
            weight_grams: 500,
            size_mm: None,
            price: 0,
            booked_at: 0,
            booked_day: 20_261_111,
            labels: 0,
            seen: vec![],
        };
        for (key, &(at, status)) in (1..).zip(seen) {
            parcel.keep(Seen {
                key,
                at,
                status,
                withdrawn: false,
            });
        }
        parcel
    }

    #[test]
    fn where_it_is_does_not_depend_on_the_order_in_which_it_was_heard() {
        use TrackingStatus::{Delivered, InTransit, OutForDelivery, PickedUp, ReturnToSender};
        // what happened when → where it is
        let cases: &[(&[(i64, TrackingStatus)], TrackingStatus)] = &[
            (&[(1, PickedUp), (2, InTransit)], InTransit),
            // At the same moment, what is further on.
            (
                &[(2, PickedUp), (2, OutForDelivery), (2, InTransit)],
                OutForDelivery,
            ),
            // A scan after the delivery is somebody's late upload with a wrong clock.
            (&[(5, Delivered), (9, InTransit)], Delivered),
            // Unless it comes back.
            (&[(5, Delivered), (9, ReturnToSender)], ReturnToSender),
            // It was on its way back and reached its receiver all the same.
            (&[(5, ReturnToSender), (9, Delivered)], Delivered),
        ];
        for (seen, expected) in cases {
            let mut turned = seen.to_vec();
            for _ in 0..turned.len() {
                turned.rotate_left(1);
                assert_eq!(parcel(&turned).status(), *expected, "{turned:?}");
            }
            turned.reverse();
            assert_eq!(parcel(&turned).status(), *expected, "{turned:?}");
        }
        assert_eq!(parcel(&[]).status(), TrackingStatus::Pending);
    }

    #[test]
    fn what_was_taken_back_does_not_count_and_too_many_push_out_the_oldest() {
        let mut one = parcel(&[
            (1, TrackingStatus::InTransit),
            (2, TrackingStatus::Delivered),
        ]);
        one.seen[1].withdrawn = true;
        assert_eq!(one.status(), TrackingStatus::InTransit);
        let mut many = parcel(&[(0, TrackingStatus::Delivered)]);
        for at in 1..500 {
            let key = u64::try_from(at).expect("positive") + 10;
            let status = TrackingStatus::InTransit;
            many.keep(Seen {
                key,
                at,
                status,
                withdrawn: false,
            });
        }
        assert_eq!(many.seen.len(), limits::SIGHTINGS_MAX);
        assert_eq!(many.status(), TrackingStatus::Delivered);
        assert!(many.said(509).is_some() && many.said(11).is_none());
    }
}
