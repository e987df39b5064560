//! What dispatchers and couriers do next with a parcel that has a waybill: late, twice, in another round than they think.

use crate::rng::Rng;
use commerce::Command;
use commerce::command::{MoveRoundParcel, RoundDraft, RoundEvent, RoundStep, StopDraft};
use commerce::id::RoundId;
use commerce::order::{Fulfillment, Group};
use commerce::round::{CodeMatched, Distances, FailReason, Proof, ProofBy, RoundBook, Way};

const DAY_MS: i64 = 24 * 3_600_000;
/// The first round's id; others follow it.
const FIRST: u64 = 0x99_0000;
/// How many rounds there can be.
const ROUNDS: u64 = 60;

/// The next thing that somebody does about a parcel's round.
pub(super) fn about(
    group: &Group,
    of: &Fulfillment,
    rng: &mut Rng,
    (now, book): (i64, &RoundBook),
) -> Option<Command> {
    let number = group.parcel(of.id)?.number.clone();
    let holder = book.round_of(of.id);
    let any = |rng: &mut Rng| match rng.percent(80) && !book.open.is_empty() {
        true => book.open[rng.index(book.open.len())].round,
        false => RoundId(FIRST + rng.below(ROUNDS) * 0x100),
    };
    if holder.is_none() && rng.percent(80) || rng.percent(3) {
        let id = RoundId(FIRST + rng.below(ROUNDS) * 0x100);
        return Some(plan(id, of, now));
    }
    let round = holder.filter(|_| rng.percent(80));
    let round = round.unwrap_or_else(|| any(rng));
    if rng.percent(20) {
        return Some(Command::MoveRoundParcel(MoveRoundParcel {
            parcel: of.id,
            from: round,
            to: any(rng),
        }));
    }
    // Few keys, so that much is said again, in each round its own.
    let key = |rng: &mut Rng| round.0 * 16 + rng.below(16);
    let at = match rng.below(20) {
        0 => now + DAY_MS,
        1 => now - 3 * DAY_MS,
        _ => now - rng.between(0, 3_600_000) + rng.between(0, 600_000),
    };
    // By the clock, so that the town's dice fall as they would without codes.
    let matched = [None, Some(CodeMatched::Yes), Some(CodeMatched::No)][(now % 3) as usize];
    let step = match rng.below(20) {
        0 if matched.is_some() => RoundStep::TryCode {
            number,
            is_right: matched == Some(CodeMatched::Yes),
        },
        0..=5 => RoundStep::Load { number },
        6..=7 => RoundStep::Start,
        8..=10 => RoundStep::Delivered {
            number,
            proof: Proof {
                by: ProofBy::Code,
                name: String::new(),
                code: String::new(),
                code_matched: matched,
                picture: None,
                position: None,
            },
        },
        11..=13 => RoundStep::Failed {
            number,
            reason: FailReason::NobodyHome,
        },
        14 => RoundStep::Returned { number },
        15..=17 => RoundStep::TakeBack { key: key(rng) },
        _ => RoundStep::Close,
    };
    Some(Command::RoundEvent(RoundEvent {
        round,
        key: key(rng),
        at,
        step,
    }))
}

/// A round of one parcel; others are moved to it.
fn plan(id: RoundId, of: &Fulfillment, now: i64) -> Command {
    Command::SaveRounds(vec![RoundDraft {
        id,
        day: 20_261_111 + (now / DAY_MS % 2) as u32,
        location: of.location,
        courier: None,
        vehicle: String::new(),
        way: Way {
            distances: Distances::Beeline,
            meters: 0,
            seconds: 0,
        },
        stops: vec![StopDraft {
            position: None,
            window: None,
            arrival: None,
            parcels: vec![of.id],
        }],
    }])
}
