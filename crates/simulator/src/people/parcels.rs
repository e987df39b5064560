//! What staff and the carrier do next with a parcel or a collection.

use super::rounds;
use crate::haul::GRAMS_MAX;
use crate::rng::Rng;
use commerce::Command;
use commerce::command::{Booking, FulfillmentStep, RelocatedLine, Relocation, RelocationReason};
use commerce::id::{FulfillmentId, LocationId};
use commerce::order::{Fulfillment, FulfillmentState, Group, Method};
use commerce::parcel::{SeenBy, Sighting, TrackingStatus};
use commerce::round::RoundBook;

const DAY_MS: i64 = 24 * 3_600_000;

/// What staff do.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    /// The wall clock.
    pub now: i64,
    /// Percent of steps that are about a waybill.
    pub waybills: u32,
    /// Percent of steps in which goods are to leave from elsewhere.
    pub relocations: u32,
    /// Percent of steps at a waybill's parcel that are about a courier's round.
    pub rounds: u32,
    /// The open rounds, as far as staff know.
    pub book: RoundBook,
}

/// The next step of the first fulfillment that is not done; now and then one that makes no sense.
pub(super) fn next_step(group: &Group, rng: &mut Rng, habits: &Habits) -> Option<Command> {
    let Habits {
        now,
        waybills,
        relocations,
        rounds,
        ref book,
    } = *habits;
    let ship = || FulfillmentStep::Ship {
        carrier: String::new(),
        tracking_number: String::new(),
        tracking_url: String::new(),
    };
    if rng.percent(3) {
        let any = &group.fulfillments[rng.index(group.fulfillments.len())];
        let step = match rng.below(4) {
            0 => FulfillmentStep::Pick,
            1 => FulfillmentStep::Pack,
            2 => ship(),
            _ => FulfillmentStep::Deliver,
        };
        return Some(Command::MoveFulfillment(any.id, step));
    }
    let is_open = |state| {
        !matches!(
            state,
            FulfillmentState::Delivered | FulfillmentState::Canceled
        )
    };
    if relocations > 0 && rng.percent(relocations) {
        return Some(relocation(group, rng));
    }
    // Without a carrier nothing is rolled: cases from before there was one stay what they were.
    if waybills > 0 && rng.percent(waybills) {
        let any = &group.fulfillments[rng.index(group.fulfillments.len())];
        if rounds > 0 && group.parcel(any.id).is_some() && rng.percent(rounds) {
            return rounds::about(group, any, rng, (now, book));
        }
        return Some(with_waybill(group, any, rng, now));
    }
    let next = group.fulfillments.iter().find(|f| is_open(f.state))?;
    let step = match next.state {
        FulfillmentState::Open if rng.percent(50) => FulfillmentStep::Pick,
        FulfillmentState::Packed if next.method == Method::Ship => ship(),
        FulfillmentState::Packed | FulfillmentState::Shipped => FulfillmentStep::Deliver,
        _ if next.method == Method::CarryOut => FulfillmentStep::Deliver,
        _ => FulfillmentStep::Pack,
    };
    Some(Command::MoveFulfillment(next.id, step))
}

/// Goods of a parcel are to leave from elsewhere: wherever the shop plans, or from where another parcel of the order or
/// nothing leaves; now and then more than it has.
fn relocation(group: &Group, rng: &mut Rng) -> Command {
    let any = &group.fulfillments[rng.index(group.fulfillments.len())];
    let mut lines = Vec::new();
    for &(line, pieces) in &any.lines {
        if !lines.is_empty() && rng.percent(30) {
            continue;
        }
        let wanted = match rng.below(10) {
            0 => pieces + 1,
            1..=5 => pieces,
            _ => 1 + rng.below(u64::from(pieces)) as u32,
        };
        let to = rng.percent(40).then(|| {
            match rng.below(8) {
                // A place that is none, and a shop, which sends nothing.
                0 => LocationId(0x99_00),
                1 => LocationId(0x40_00),
                // One of the town's warehouses, where it has so many; the parcel's own among them.
                _ => LocationId((1 + rng.below(3)) << 8),
            }
        });
        lines.push(RelocatedLine {
            line,
            pieces: wanted,
            to,
        });
    }
    let why = RelocationReason::ALL[rng.index(RelocationReason::ALL.len())];
    let step = FulfillmentStep::Relocate(Relocation { lines, why });
    Command::MoveFulfillment(any.id, step)
}

/// A waybill is booked or canceled, or its parcel is seen.
fn with_waybill(group: &Group, of: &Fulfillment, rng: &mut Rng, now: i64) -> Command {
    let Some(parcel) = group.parcel(of.id) else {
        return match rng.percent(90) {
            true => book(of.id, rng, now),
            false => Command::SeeParcel(of.id, sighting("000000", rng, now)),
        };
    };
    match rng.below(100) {
        0..=9 => book(of.id, rng, now),
        10..=24 => Command::MoveFulfillment(of.id, FulfillmentStep::CancelWaybill),
        25..=29 => Command::SeeParcel(of.id, sighting("999999", rng, now)),
        _ => Command::SeeParcel(of.id, sighting(&parcel.number, rng, now)),
    }
}

fn book(id: FulfillmentId, rng: &mut Rng, now: i64) -> Command {
    let grams = match rng.below(20) {
        0 => 0,
        1 => GRAMS_MAX + 1,
        _ => 1 + rng.below(u64::from(GRAMS_MAX)) as u32,
    };
    // A day before now and then: clocks differ.
    let day = (now / DAY_MS) as u32 - u32::from(rng.percent(5));
    Command::MoveFulfillment(
        id,
        FulfillmentStep::Book(Booking {
            service: None,
            preferred: Vec::new(),
            level: rng.percent(50).then(|| "standard".to_string()),
            weight_grams: grams,
            size_mm: None,
            day,
            number: None,
        }),
    )
}

/// Something that was seen: few keys, so that much is said again; times before and after, a few of them impossible.
fn sighting(number: &str, rng: &mut Rng, now: i64) -> Sighting {
    let at = match rng.below(20) {
        0 => now + 11 * 60_000,
        1 => now - 3 * DAY_MS,
        _ => now - rng.between(0, 3_600_000) + rng.between(0, 600_000),
    };
    Sighting {
        number: number.to_string(),
        key: 1 + rng.below(6),
        at,
        status: TrackingStatus::ALL[rng.index(TrackingStatus::ALL.len())],
        reason: String::new(),
        place: String::new(),
        note: String::new(),
        by: SeenBy::Carrier,
        withdraws: rng.percent(10),
        // One of the town's warehouses, or a place that is none.
        location: rng.percent(30).then(|| match rng.below(20) {
            0 => LocationId(0x99_00),
            _ => LocationId((1 + rng.below(3)) << 8),
        }),
    }
}
