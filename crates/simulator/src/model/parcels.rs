//! Waybills and sightings, from the rules: a number once, a day's quota, and where a parcel is from all that was said.

use super::{Answer, Deal, Expected, Model};
use crate::haul::GRAMS_MAX;
use crate::town::DE;
use commerce::command::{Booking, CarrierAnswer};
use commerce::id::{FulfillmentId, GroupId, LocationId};
use commerce::order::{FulfillmentState, Group, GroupState, Method};
use commerce::parcel::{Sighting, TrackingStatus};

/// What the carrier gave.
#[derive(Debug, Clone, Copy, Default)]
pub struct Desk {
    /// Numbers.
    given: u64,
    /// The last day on which something was booked, and how many stand.
    day: (u32, u32),
}

/// A waybill of a parcel.
#[derive(Debug, Clone)]
pub struct Note {
    /// The parcel's place in its group.
    pub parcel: usize,
    pub number: String,
    day: u32,
    booked: i64,
    /// All that was said: key, when, what, and whether it was taken back.
    pub said: Vec<(u64, i64, TrackingStatus, bool)>,
    /// Where it lay when something was said, by the key.
    scans: Vec<(u64, LocationId)>,
}

impl Note {
    /// When it was booked.
    pub(super) fn booked(&self) -> i64 {
        self.booked
    }

    /// Where the parcel is.
    pub(super) fn place(&self) -> TrackingStatus {
        self.counts().map_or(TrackingStatus::Pending, |s| s.1)
    }

    /// The place of the shop that it was seen at last.
    pub(super) fn last_seen_at(&self) -> Option<LocationId> {
        let stands = self.said.iter().filter(|s| !s.3);
        let at = |key| self.scans.iter().find(|s| s.0 == key).map(|s| s.1);
        let places = stands.filter_map(|s| Some(((s.1, s.0), at(s.0)?)));
        places.max_by_key(|p| p.0).map(|p| p.1)
    }

    /// The place of the shop that it lies at, if it is underway.
    fn lies_at(&self) -> Option<LocationId> {
        use TrackingStatus::{DeliveryFailed, InTransit, OnHold, ReturnToSender};
        let (_, status, key) = self.counts()?;
        let lies = [InTransit, OnHold, DeliveryFailed, ReturnToSender].contains(&status);
        let scan = self.scans.iter().find(|s| s.0 == key).filter(|_| lies);
        scan.map(|s| s.1)
    }

    /// What counts of all that was said: when, what, under which key.
    fn counts(&self) -> Option<(i64, TrackingStatus, u64)> {
        let mut stands: Vec<_> = self
            .said
            .iter()
            .filter(|s| !s.3)
            .map(|s| (s.1, s.2, s.0))
            .collect();
        stands.sort_unstable();
        let arrived = stands
            .iter()
            .rev()
            .find(|s| s.1 == TrackingStatus::Delivered);
        let back = stands
            .iter()
            .rev()
            .find(|s| s.1 == TrackingStatus::ReturnToSender);
        let counts = match (arrived, back) {
            (Some(arrived), Some(back)) if back.0 > arrived.0 => Some(back),
            (Some(arrived), _) => Some(arrived),
            _ => stands.last(),
        };
        counts.copied()
    }
}

fn is_here(deal: &Deal, at: usize) -> bool {
    let state = deal.parcels[at].state;
    let here = [
        FulfillmentState::Open,
        FulfillmentState::Picking,
        FulfillmentState::Packed,
    ];
    deal.method == Method::Ship && here.contains(&state)
}

fn place_of(deal: &Deal, id: FulfillmentId) -> Result<usize, &'static str> {
    let at = usize::from(id.sub()).wrapping_sub(1);
    deal.parcels.get(at).map(|_| at).ok_or("not_found")
}

impl Model {
    pub(super) fn book(&mut self, id: FulfillmentId, booking: &Booking) -> Answer {
        let group = id.parent();
        self.with(group, |model, deal| {
            let at = place_of(deal, id)?;
            if deal.state != GroupState::Confirmed {
                return Err("order_not_confirmed");
            }
            if deal.notes.iter().any(|n| n.parcel == at) {
                return Ok(());
            }
            if !is_here(deal, at) {
                return Err("wrong_state");
            }
            if booking.weight_grams == 0 {
                return Err("field_invalid");
            }
            let number = model.number(deal, booking).ok_or("no_carrier")?;
            deal.notes.push(Note {
                parcel: at,
                number,
                day: booking.day,
                booked: model.now,
                said: Vec::new(),
                scans: Vec::new(),
            });
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    /// The next number, if the carrier takes the parcel.
    fn number(&mut self, deal: &Deal, booking: &Booking) -> Option<String> {
        let haul = self.town.haul.as_ref()?;
        let (day, count) = self.desk.day;
        let today = if booking.day <= day { count } else { 0 };
        let takes = deal.country == DE
            && booking.weight_grams <= GRAMS_MAX
            && self.desk.given < haul.numbers
            && haul.quota.is_none_or(|quota| today < quota);
        if !takes {
            return None;
        }
        let number = format!("{:06}", self.desk.given);
        self.desk.given += 1;
        self.desk.day = (day.max(booking.day), today + 1);
        Some(number)
    }

    pub(super) fn unbook(&mut self, id: FulfillmentId) -> Answer {
        let group = id.parent();
        self.with(group, |model, deal| {
            let at = place_of(deal, id)?;
            let Some(note) = deal.notes.iter().find(|n| n.parcel == at) else {
                return Ok(());
            };
            if !is_here(deal, at) || note.place() != TrackingStatus::Pending {
                return Err("wrong_state");
            }
            model.drop_note(deal, at);
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    /// A parcel that does not go.
    pub(super) fn drop_note(&mut self, deal: &mut Deal, at: usize) {
        let Some(place) = deal.notes.iter().position(|n| n.parcel == at) else {
            return;
        };
        let note = deal.notes.remove(place);
        if note.day == self.desk.day.0 {
            self.desk.day.1 = self.desk.day.1.saturating_sub(1);
        }
    }

    /// A waybill that the carrier refuses is gone, unless the parcel was seen with it.
    pub(super) fn carrier_answers(&mut self, answer: &CarrierAnswer) -> Answer {
        let group = answer.fulfillment.parent();
        self.with(group, |model, deal| {
            let at = place_of(deal, answer.fulfillment)?;
            let is_it = |n: &&Note| n.parcel == at && n.number == answer.number;
            let note = deal.notes.iter().find(is_it);
            let is_off = note.is_some_and(|n| n.place() == TrackingStatus::Pending);
            if answer.refused.is_some() && is_off {
                model.drop_note(deal, at);
            }
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    pub(super) fn see(&mut self, id: FulfillmentId, seen: &Sighting) -> Answer {
        let group = id.parent();
        self.with(group, |model, deal| {
            let at = place_of(deal, id)?;
            let note = deal.notes.iter_mut().find(|n| n.parcel == at);
            let note = note
                .filter(|n| n.number == seen.number)
                .ok_or("not_found")?;
            let minutes = |n: i64| n * 60_000;
            let ahead = seen.at > model.now + minutes(10);
            if ahead || seen.at < note.booked - minutes(24 * 60) {
                return Err("field_invalid");
            }
            if let Some(location) = seen.location {
                if seen.status == TrackingStatus::Pending {
                    return Err("field_invalid");
                }
                if model.town.place(location).is_none() {
                    return Err("not_found");
                }
            }
            let before = note.place();
            let is_new = !seen.withdraws && note.said.iter().all(|s| s.0 != seen.key);
            if let Some(location) = seen.location.filter(|_| is_new) {
                note.scans.push((seen.key, location));
            }
            match note.said.iter_mut().find(|s| s.0 == seen.key) {
                Some(said) if seen.withdraws => said.3 = true,
                Some(_) => {}
                None => note
                    .said
                    .push((seen.key, seen.at, seen.status, seen.withdraws)),
            }
            let after = note.place();
            if after != before {
                model.parcel_moved(group, deal, (at, after));
            }
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    fn parcel_moved(&mut self, group: GroupId, deal: &mut Deal, (at, to): (usize, TrackingStatus)) {
        if is_here(deal, at) && to != TrackingStatus::Pending {
            if !self.is_there(deal, at) {
                return;
            }
            self.leave(deal, at, FulfillmentState::Shipped);
            self.earn(group, deal);
        }
        let is_away = deal.parcels[at].state == FulfillmentState::Shipped;
        if to == TrackingStatus::Delivered && is_away {
            deal.parcels[at].state = FulfillmentState::Delivered;
            deal.parcels[at].since = self.now;
        }
    }
}

/// Whether a group's waybills are as they should be; else what differs.
pub fn compare(group: &Group, deal: &Deal) -> Result<(), String> {
    let row = |p: &commerce::parcel::Parcel| {
        let said = p.seen.iter().map(|s| (s.key, s.at, s.status, s.withdrawn));
        let at = usize::from(p.fulfillment.sub()) - 1;
        (at, p.number.clone(), p.status(), said.collect::<Vec<_>>())
    };
    let own = |n: &Note| (n.parcel, n.number.clone(), n.place(), n.said.clone());
    let rows: Vec<_> = group.parcels.iter().map(row).collect();
    let owns: Vec<_> = deal.notes.iter().map(own).collect();
    if rows != owns {
        return Err(format!("waybills are {rows:?}, the model says {owns:?}"));
    }
    for note in &deal.notes {
        let id = group.fulfillments[note.parcel].id;
        let is_away = deal.parcels[note.parcel].state == FulfillmentState::Shipped;
        let own = note.lies_at().filter(|_| is_away);
        if group.lies_at(id) != own {
            let lies = group.lies_at(id);
            return Err(format!("{id} lies at {lies:?}, the model says {own:?}"));
        }
    }
    Ok(())
}
