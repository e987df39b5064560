//! Couriers' rounds, from the rules: a parcel is in one open round, what was said of it counts once, and where it is
//! follows from all of it.

use super::{Answer, Expected, Model};
use commerce::command::{MoveRoundParcel, RoundDraft, RoundEvent, RoundStep};
use commerce::id::{FulfillmentId, LocationId, RoundId};
use commerce::order::{FulfillmentState, Method};
use commerce::parcel::{SeenBy, Sighting, TrackingStatus};
use commerce::round::{CodeMatched, ConsignmentState, Handled, Round, RoundState};
use commerce::world::Record;
use std::sync::Arc;

/// What was said of a parcel: key, when, what, and whether it was taken back.
type Word = (u64, i64, ConsignmentState, bool);

/// A parcel in a round.
#[derive(Debug, Clone)]
struct Item {
    id: FulfillmentId,
    number: String,
    gone_to: Option<RoundId>,
    said: Vec<Word>,
    /// Wrong codes that were told for it.
    wrong: u8,
}

/// Wrong codes after which none is looked at any more.
const WRONG_MAX: u8 = 5;

impl Item {
    /// Where it is: handed over counts for all, else what happened last.
    fn place(&self) -> ConsignmentState {
        let stands = || self.said.iter().filter(|w| !w.3);
        if stands().any(|w| w.2 == ConsignmentState::Delivered) {
            return ConsignmentState::Delivered;
        }
        let last = stands().max_by_key(|w| (w.1, w.2, w.0));
        last.map_or(ConsignmentState::Planned, |w| w.2)
    }
}

/// A round.
#[derive(Debug, Clone)]
pub struct Tour {
    place: LocationId,
    made: i64,
    closed: bool,
    started: Option<u64>,
    items: Vec<Item>,
    /// Keys of what was said of the round itself.
    keys: Vec<u64>,
    /// Keys that were taken back before they were heard.
    undone: Vec<u64>,
}

impl Tour {
    fn of_number(&self, number: &str) -> Option<usize> {
        self.items.iter().position(|i| i.number == number)
    }

    /// A code is told for a parcel; whether it is one of the wrong ones that count.
    fn tell_code(&mut self, number: &str, is_right: bool) -> Result<bool, &'static str> {
        let place = self.of_number(number).ok_or("parcel_not_in_round")?;
        let wrong = &mut self.items[place].wrong;
        let counts = !is_right && *wrong < WRONG_MAX;
        *wrong += u8::from(counts);
        Ok(counts)
    }
}

impl Model {
    /// The open round that a parcel is in.
    fn tour_of(&self, id: FulfillmentId) -> Option<RoundId> {
        let has = |t: &Tour| t.items.iter().any(|i| i.id == id && i.gone_to.is_none());
        let mut open = self.tours.iter().filter(|(_, t)| !t.closed);
        open.find(|(_, t)| has(t)).map(|(id, _)| *id)
    }

    /// When the waybill of a parcel was booked, if it still has it.
    fn waybill(&self, item: &Item) -> Option<i64> {
        let deal = self.deals.get(&item.id.parent())?;
        let at = usize::from(item.id.sub()).wrapping_sub(1);
        if deal.parcels.get(at)?.state == FulfillmentState::Canceled {
            return None;
        }
        let mut notes = deal.notes.iter();
        notes
            .find(|n| n.parcel == at && n.number == item.number)
            .map(super::Note::booked)
    }

    pub(super) fn save_rounds(&mut self, drafts: &[RoundDraft]) -> Answer {
        for draft in drafts {
            if self.tours.contains_key(&draft.id) {
                continue;
            }
            let mut items = Vec::new();
            for &id in draft.stops.iter().flat_map(|s| &s.parcels) {
                if self.tour_of(id).is_some() {
                    return Err("parcel_in_round");
                }
                let deal = self.deals.get(&id.parent()).ok_or("not_found")?;
                let at = usize::from(id.sub()).wrapping_sub(1);
                let parcel = deal.parcels.get(at).ok_or("not_found")?;
                let note = deal.notes.iter().find(|n| n.parcel == at);
                let note = note.ok_or("not_found")?;
                if note.last_seen_at().unwrap_or(parcel.place) != draft.location {
                    return Err("location_cannot");
                }
                if deal.method != Method::Ship || note.place() == TrackingStatus::Delivered {
                    return Err("wrong_state");
                }
                items.push(Item {
                    id,
                    number: note.number.clone(),
                    gone_to: None,
                    said: Vec::new(),
                    wrong: 0,
                });
            }
            let tour = Tour {
                place: draft.location,
                made: self.now,
                closed: false,
                started: None,
                items,
                keys: Vec::new(),
                undone: Vec::new(),
            };
            self.tours.insert(draft.id, tour);
        }
        Ok(Expected::Saved)
    }

    pub(super) fn move_round_parcel(&mut self, moved: &MoveRoundParcel) -> Answer {
        let from = self.tours.get(&moved.from).ok_or("not_found")?;
        let to = self.tours.get(&moved.to).ok_or("not_found")?;
        if from.closed || to.closed {
            return Err("wrong_state");
        }
        if moved.from == moved.to || from.place != to.place {
            return Err("field_invalid");
        }
        let is_it = |i: &&Item| i.id == moved.parcel && i.gone_to.is_none();
        let item = from.items.iter().find(is_it).ok_or("parcel_not_in_round")?;
        let done = [ConsignmentState::Delivered, ConsignmentState::Returned];
        if done.contains(&item.place()) {
            return Err("wrong_state");
        }
        let fresh = Item {
            said: Vec::new(),
            ..item.clone()
        };
        let to = self.tours.get_mut(&moved.to).expect("it was found");
        match to.items.iter_mut().find(|i| i.id == moved.parcel) {
            Some(known) => {
                known.gone_to = None;
                known.number = fresh.number;
                known.wrong = known.wrong.max(fresh.wrong);
            }
            None => to.items.push(fresh),
        }
        let from = self.tours.get_mut(&moved.from).expect("it was found");
        let items = from.items.iter_mut().filter(|i| i.id == moved.parcel);
        items.for_each(|i| i.gone_to = Some(moved.to));
        Ok(Expected::Saved)
    }

    pub(super) fn round_event(&mut self, event: &RoundEvent) -> Answer {
        let mut tour = self.tours.get(&event.round).ok_or("not_found")?.clone();
        let said = |i: &Item| i.said.iter().any(|w| w.0 == event.key);
        if tour.keys.contains(&event.key) || tour.items.iter().any(said) {
            return Ok(Expected::Saved);
        }
        let at = event.at.min(self.now).max(tour.made);
        let (id, key) = (event.round, event.key);
        match &event.step {
            RoundStep::Load { number } => {
                if tour.closed {
                    return Err("wrong_state");
                }
                let is_held = |i: &&Item| i.number == *number && i.gone_to.is_none();
                let item = tour.items.iter().find(is_held);
                let item = item.ok_or("parcel_not_in_round")?;
                if self.waybill(item).is_none() {
                    return Err("wrong_state");
                }
                self.handled(id, &mut tour, (number, (key, at, ConsignmentState::Loaded)))?;
            }
            RoundStep::TryCode { number, is_right } => {
                if tour.closed {
                    return Err("wrong_state");
                }
                if tour.tell_code(number, *is_right)? {
                    tour.keys.push(key);
                }
            }
            RoundStep::Delivered { number, proof } => {
                tour.tell_code(number, proof.code_matched != Some(CodeMatched::No))?;
                self.handled(
                    id,
                    &mut tour,
                    (number, (key, at, ConsignmentState::Delivered)),
                )?;
            }
            RoundStep::Failed { number, .. } => {
                self.handled(id, &mut tour, (number, (key, at, ConsignmentState::Failed)))?;
            }
            RoundStep::Returned { number } => {
                self.handled(
                    id,
                    &mut tour,
                    (number, (key, at, ConsignmentState::Returned)),
                )?;
            }
            RoundStep::Start => self.start(&mut tour, (key, at))?,
            RoundStep::TakeBack { key: of } => self.unsay(id, &mut tour, (key, *of))?,
            RoundStep::Close => {
                tour.keys.push(key);
                let is_left = |i: &&Item| match i.place() {
                    ConsignmentState::Planned => self.waybill(i).is_some(),
                    place => place == ConsignmentState::Loaded,
                };
                let mut held = tour.items.iter().filter(|i| i.gone_to.is_none());
                if !tour.closed && held.any(|i| is_left(&i)) {
                    return Err("round_not_done");
                }
                tour.closed = true;
            }
            // Nobody in the town drives another way, says that they are there, or takes pictures.
            RoundStep::Reorder { .. } | RoundStep::Reached { .. } | RoundStep::Picture { .. } => {
                return Err("field_invalid");
            }
        }
        self.tours.insert(id, tour);
        Ok(Expected::Saved)
    }

    fn start(&mut self, tour: &mut Tour, (key, at): (u64, i64)) -> Result<(), &'static str> {
        if tour.closed {
            return Err("wrong_state");
        }
        tour.keys.push(key);
        if tour.started.is_some() {
            return Ok(());
        }
        tour.started = Some(key);
        let in_van = |i: &&Item| i.gone_to.is_none() && i.place() == ConsignmentState::Loaded;
        for item in tour.items.iter().filter(in_van) {
            self.tell(item, (key, at, TrackingStatus::OutForDelivery), Tells::So);
        }
        Ok(())
    }

    /// Another round that a parcel of this one is in.
    fn elsewhere(&self, id: RoundId, item: &Item) -> Option<RoundId> {
        let open = self.tour_of(item.id).filter(|other| *other != id);
        open.or(item.gone_to)
    }

    fn handled(
        &mut self,
        id: RoundId,
        tour: &mut Tour,
        (number, (key, at, what)): (&str, (u64, i64, ConsignmentState)),
    ) -> Result<(), &'static str> {
        let place = tour.of_number(number).ok_or("parcel_not_in_round")?;
        let word = (key, at, what, tour.undone.contains(&key));
        let other = self.elsewhere(id, &tour.items[place]);
        tour.items[place].said.push(word);
        let item = tour.items[place].clone();
        if what == ConsignmentState::Delivered
            && let Some(other) = other.and_then(|o| self.tours.get_mut(&o))
            && let Some(there) = other.items.iter_mut().find(|i| i.id == item.id)
            && there.said.iter().all(|w| w.0 != key)
        {
            there.said.push(word);
        }
        if !word.3 {
            let status = match what {
                ConsignmentState::Loaded if tour.started.is_some() => {
                    TrackingStatus::OutForDelivery
                }
                ConsignmentState::Loaded => TrackingStatus::PickedUp,
                ConsignmentState::Failed => TrackingStatus::DeliveryFailed,
                ConsignmentState::Delivered => TrackingStatus::Delivered,
                _ => TrackingStatus::InTransit,
            };
            let tells = match what {
                ConsignmentState::Returned => Tells::Back(tour.place),
                _ => Tells::So,
            };
            self.tell(&item, (key, at, status), tells);
        }
        Ok(())
    }

    fn unsay(
        &mut self,
        id: RoundId,
        tour: &mut Tour,
        (key, of): (u64, u64),
    ) -> Result<(), &'static str> {
        if tour.keys.contains(&of) {
            return Err("field_invalid");
        }
        tour.keys.push(key);
        let said = |i: &Item| i.said.iter().find(|w| w.0 == of).copied();
        let found = tour.items.iter().find(|i| said(i).is_some()).cloned();
        let Some(item) = found else {
            tour.undone.push(of);
            return Ok(());
        };
        let unsay = |items: &mut Vec<Item>| {
            let words = items.iter_mut().flat_map(|i| &mut i.said);
            words.filter(|w| w.0 == of).for_each(|w| w.3 = true);
        };
        unsay(&mut tour.items);
        if let Some(other) = self.elsewhere(id, &item)
            && let Some(other) = self.tours.get_mut(&other)
        {
            unsay(&mut other.items);
        }
        let mut keys = vec![of];
        if said(&item).is_some_and(|w| w.2 == ConsignmentState::Loaded) {
            keys.extend(tour.started);
        }
        for key in keys {
            self.tell(&item, (key, 0, TrackingStatus::Pending), Tells::NotSo);
        }
        Ok(())
    }

    /// The parcel's order hears of it, if it still has the waybill.
    fn tell(&mut self, item: &Item, (key, at, status): (u64, i64, TrackingStatus), tells: Tells) {
        let Some(booked) = self.waybill(item) else {
            return;
        };
        let known = self.deals.get(&item.id.parent()).and_then(|deal| {
            let at = usize::from(item.id.sub()).wrapping_sub(1);
            let note = deal.notes.iter().find(|n| n.parcel == at)?;
            note.said.iter().find(|s| s.0 == key).copied()
        });
        let withdraws = matches!(tells, Tells::NotSo);
        let (at, status) = match (&tells, known) {
            (Tells::So | Tells::Back(_), _) => (at, status),
            (Tells::NotSo, Some(known)) => (known.1, known.2),
            (Tells::NotSo, None) => return,
        };
        let location = match tells {
            Tells::Back(location) => Some(location),
            Tells::So | Tells::NotSo => None,
        };
        let latest = self.now + 10 * 60_000;
        let sighting = Sighting {
            number: item.number.clone(),
            key,
            at: at.max(booked).min(latest),
            status,
            reason: String::new(),
            place: String::new(),
            note: String::new(),
            by: SeenBy::Staff,
            withdraws,
            location,
        };
        // What cannot have been is not told.
        let _ = self.see(item.id, &sighting);
    }

    /// Whether the rounds among records are as they should be; else what differs.
    pub fn compare_rounds(&self, records: &[Arc<Record>]) -> Result<(), String> {
        records.iter().try_for_each(|record| match &**record {
            Record::Round(round) => self.compare_round(round),
            _ => Ok(()),
        })
    }

    fn compare_round(&self, round: &Round) -> Result<(), String> {
        let Some(tour) = self.tours.get(&round.id) else {
            return Err(format!("{} is none of ours", round.id));
        };
        let what = |handled: &Handled| match handled {
            Handled::Loaded => ConsignmentState::Loaded,
            Handled::Failed(_) => ConsignmentState::Failed,
            Handled::Returned => ConsignmentState::Returned,
            Handled::Delivered(_) => ConsignmentState::Delivered,
        };
        let mut rows: Vec<_> = round
            .parcels()
            .map(|p| {
                let said = p
                    .said
                    .iter()
                    .map(|s| (s.key, s.at, what(&s.what), s.taken_back));
                let said: Vec<Word> = said.collect();
                let known = (p.fulfillment, p.number.clone(), p.moved_to);
                (known, p.state(), p.wrong_codes, said)
            })
            .collect();
        let own = |i: &Item| {
            let known = (i.id, i.number.clone(), i.gone_to);
            (known, i.place(), i.wrong, i.said.clone())
        };
        let mut owns: Vec<_> = tour.items.iter().map(own).collect();
        rows.sort_by_key(|r| r.0.0);
        owns.sort_by_key(|r| r.0.0);
        let is_closed = round.state == RoundState::Closed;
        if rows != owns || is_closed != tour.closed {
            let state = round.state;
            return Err(format!(
                "{}: {state:?} {rows:?}, the model says {owns:?}",
                round.id
            ));
        }
        Ok(())
    }
}

/// Whether something is said, or taken back.
enum Tells {
    So,
    /// That it is back at a place.
    Back(LocationId),
    NotSo,
}
