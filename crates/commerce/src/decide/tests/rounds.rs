//! Couriers' rounds as text tables: two rounds, three parcels, two couriers whose phones are late.

use super::parcels::{save, slow};
use super::*;
use crate::invariants::RoundTally;
use crate::limits;
use crate::parcel::TrackingStatus;
use crate::round::{CodeMatched, Distances, FailReason, Handled, Proof, ProofBy, Round, Way};
use crate::settings::{Operator, Role};
use crate::world::Record;
use alloc::string::ToString;
use alloc::vec::Vec;

const ADA: OperatorId = OperatorId(0x5100);
const BOB: OperatorId = OperatorId(0x5200);
const BOSS: OperatorId = OperatorId(0x5300);
const DAY: u32 = 20_261_111;
const ORDERS: [&str; 3] = ["o", "p", "q"];

fn operator(id: OperatorId, role: Role) -> Record {
    Record::Operator(Operator {
        id,
        version: 1,
        email: format!("{}@example.com", id.0),
        name: "Somebody".to_string(),
        role,
        password_hash: String::new(),
        active: true,
    })
}

/// The parcel of an order.
fn parcel(bench: &Bench, order: &str) -> FulfillmentId {
    FulfillmentId::under(bench.group(order), 1)
}

/// The number of the waybill of an order: they were booked in order.
fn number(order: &str) -> String {
    let place = ORDERS.iter().position(|name| *name == order);
    place.map_or(order.to_string(), |place| format!("SL{:05}", 10 + place))
}

fn round_id(word: &str) -> RoundId {
    RoundId(0x7000 + 0x100 * word.parse::<u64>().expect("a round's number"))
}

fn draft(bench: &Bench, round: &str, courier: OperatorId, orders: &[&str]) -> RoundDraft {
    let stop = |order: &&str| StopDraft {
        position: None,
        window: None,
        arrival: None,
        parcels: vec![parcel(bench, order)],
    };
    RoundDraft {
        id: round_id(round),
        day: DAY,
        location: LocationId(0x300),
        courier: Some(courier),
        vehicle: "van".to_string(),
        way: Way {
            distances: Distances::Beeline,
            meters: 1_000,
            seconds: 600,
        },
        stops: orders.iter().map(stop).collect(),
    }
}

/// A shop with a fleet, three paid orders with waybills, Ada's round 1 with `o` and `p`, Bob's round 2 with `q`.
fn bench() -> Bench {
    let mut bench = Bench::new();
    let mut fleet = slow();
    fleet.own_fleet = true;
    save(&mut bench, fleet, &[(10, 19)]).expect("sound");
    let people = vec![
        operator(ADA, Role::Courier),
        operator(BOB, Role::Courier),
        operator(BOSS, Role::Staff),
    ];
    bench.run(Command::SaveRecords(people)).expect("sound");
    bench.line("stock a W1 50");
    for order in ORDERS {
        bench.line(&format!("buy {order} a ship card"));
        bench.line(&format!("authorized {order}"));
        bench.line(&format!("book {order} 1 slow/parcel 500"));
    }
    let drafts = vec![
        draft(&bench, "1", ADA, &["o", "p"]),
        draft(&bench, "2", BOB, &["q"]),
    ];
    let saved = bench.run(Command::SaveRounds(drafts)).expect("sound");
    assert!(matches!(saved, Outcome::Saved(saved) if saved.created == 2));
    bench
}

/// `WHO ROUND KEY MINUTES WHAT …`: what is said, `KEY` and `MINUTES` from now being the phone's.
fn command(bench: &Bench, words: &[&str]) -> (Actor, Command) {
    let actor = match words[0] {
        "ada" => Actor::Operator(ADA),
        "bob" => Actor::Operator(BOB),
        _ => Actor::Operator(BOSS),
    };
    let round = round_id(words[1]);
    match words[2] {
        "move" => {
            let moved = MoveRoundParcel {
                parcel: parcel(bench, words[3]),
                from: round,
                to: round_id(words[4]),
            };
            return (actor, Command::MoveRoundParcel(moved));
        }
        "assign" => {
            let assign = AssignRound {
                round,
                expected_version: None,
                courier: Some(if words[3] == "ada" { ADA } else { BOB }),
                vehicle: "van".to_string(),
            };
            return (actor, Command::AssignRound(assign));
        }
        "cancel" => {
            let step = FulfillmentStep::CancelWaybill;
            let id = parcel(bench, words[3]);
            return (actor, Command::MoveFulfillment(id, step));
        }
        _ => {}
    }
    let minutes: i64 = words[3].parse().expect("minutes");
    let event = RoundEvent {
        round,
        key: words[2].parse().expect("a key"),
        at: bench.now + minutes * 60_000,
        step: step(words),
    };
    (actor, Command::RoundEvent(event))
}

/// What is said of a round.
fn step(words: &[&str]) -> RoundStep {
    let numbers = || words[5..].iter().map(|w| w.parse().expect("a number"));
    match words[4] {
        "load" => RoundStep::Load {
            number: number(words[5]),
        },
        "start" => RoundStep::Start,
        "reorder" => RoundStep::Reorder {
            order: numbers().collect(),
            reason: "a bridge is closed".to_string(),
        },
        "reached" => RoundStep::Reached {
            stop: words[5].parse().expect("a stop"),
        },
        "try" => RoundStep::TryCode {
            number: number(words[5]),
            is_right: words[6] == "right",
        },
        "delivered" => RoundStep::Delivered {
            number: number(words[5]),
            proof: Proof {
                by: ProofBy::Signature,
                name: "Ada".to_string(),
                code: String::new(),
                code_matched: words.get(6).map(|word| match *word {
                    "right" => CodeMatched::Yes,
                    _ => CodeMatched::No,
                }),
                picture: Some(77),
                position: None,
            },
        },
        "failed" => RoundStep::Failed {
            number: number(words[5]),
            reason: FailReason::NobodyHome,
        },
        "returned" => RoundStep::Returned {
            number: number(words[5]),
        },
        "undo" => RoundStep::TakeBack {
            key: words[5].parse().expect("a key"),
        },
        "picture" => RoundStep::Picture { photo: 5 },
        "close" => RoundStep::Close,
        other => panic!("{other}"),
    }
}

/// A round, its parcels, and where the orders say that these are.
fn show(bench: &Bench, round: &Round) -> String {
    let parcels = round.parcels().map(|p| {
        let order = ORDERS.iter().find(|o| parcel(bench, o) == p.fulfillment);
        let group = bench.world.group(p.fulfillment.parent()).expect("known");
        let seen = group.parcel(p.fulfillment).map(|p| p.status());
        let moved = p.moved_to.map_or("", |_| ">");
        let conflict = p.conflict.map_or("", |c| c.word());
        let mark = if conflict.is_empty() { "" } else { "!" };
        let seen = seen.map_or("none", TrackingStatus::word);
        let order = order.expect("ours");
        format!(
            " [{order}{moved} {}{mark}{conflict} {seen}]",
            p.state().word()
        )
    });
    let parcels: String = parcels.collect();
    format!("{}{parcels}", round.state.word())
}

fn check_rounds(bench: &mut Bench, table: &str) {
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (said, expected) = line.split_once("=>").expect("what it gives");
        let words: Vec<&str> = said.split_whitespace().collect();
        if words[0] == "wait" {
            bench.now += words[1].parse::<i64>().expect("minutes") * 60_000;
            continue;
        }
        let (actor, command) = command(bench, &words);
        let decided = bench.run_as(actor, command);
        let round = bench.world.round(round_id(words[1])).expect("known");
        let shown = match decided {
            Err(refusal) => refusal.code().to_string(),
            Ok(Outcome::Saved(saved)) if saved.unchanged == 1 => "known".to_string(),
            Ok(_) => show(bench, round),
        };
        assert_eq!(shown, expected.trim(), "{line}");
        let mut tally = RoundTally::default();
        for round in bench.world.loaded_rounds() {
            tally.round(round).expect("sound");
        }
        tally.finish(bench.world.round_book()).expect("sound");
    }
}

#[test]
fn a_round_is_loaded_driven_and_closed() {
    check_rounds(
        &mut bench(),
        "ada 1 1 0 load q        => parcel_not_in_round
         ada 2 1 0 load q        => not_found
         ada 1 1 0 load o        => loading [o loaded picked_up] [p planned pending]
         ada 1 1 0 load o        => known
         ada 1 2 0 load p        => loading [o loaded picked_up] [p loaded picked_up]
         ada 1 3 0 start         => underway [o loaded out_for_delivery] [p loaded out_for_delivery]
         ada 1 4 0 reorder 2     => field_invalid
         ada 1 4 0 reorder 2 1   => underway [o loaded out_for_delivery] [p loaded out_for_delivery]
         ada 1 5 0 reached 3     => field_invalid
         ada 1 5 0 reached 2     => underway [o loaded out_for_delivery] [p loaded out_for_delivery]
         wait 30                 =>
         ada 1 6 0 failed p      => underway [o loaded out_for_delivery] [p failed delivery_failed]
         ada 1 7 0 close         => round_not_done
         wait 30                 =>
         ada 1 77 0 picture      => underway [o loaded out_for_delivery] [p failed delivery_failed]
         ada 1 8 0 delivered o   => underway [o delivered delivered] [p failed delivery_failed]
         ada 1 9 0 returned p    => underway [o delivered delivered] [p returned in_transit]
         ada 1 7 0 close         => closed [o delivered delivered] [p returned in_transit]
         ada 1 7 0 close         => known
         ada 1 10 0 start        => wrong_state
         boss 1 assign bob       => wrong_state",
    );
}

#[test]
fn what_a_phone_says_late_or_twice_counts_once_and_with_its_own_moment() {
    let mut bench = bench();
    check_rounds(
        &mut bench,
        "ada 1 1 0 load o         => loading [o loaded picked_up] [p planned pending]
         wait 300                 =>
         ada 1 3 -240 failed o    => loading [o failed delivery_failed] [p planned pending]
         ada 1 2 -300 start       => underway [o failed delivery_failed] [p planned pending]
         ada 1 5 -60 delivered o  => underway [o delivered delivered] [p planned pending]
         ada 1 4 -120 failed o    => underway [o delivered delivered] [p planned pending]
         ada 1 5 -60 delivered o  => known
         ada 1 6 9000 delivered p => underway [o delivered delivered] [p delivered delivered]
         ada 1 7 -9000 load p     => underway [o delivered delivered] [p delivered delivered]",
    );
    let round = bench.world.round(round_id("1")).expect("known");
    let [o, p] = [0, 1].map(|place| round.parcels().nth(place).expect("two").latest());
    let (o, p) = (o.expect("said"), p.expect("said"));
    assert_eq!((o.at, o.clock), (bench.now - 60 * 60_000, o.at));
    assert_eq!((p.at, p.clock), (bench.now, bench.now + 9_000 * 60_000));
    let early = round.parcels().nth(1).expect("two").said(7).expect("kept");
    assert_eq!(early.at, round.created_at);
}

#[test]
fn a_wrong_tap_is_taken_back_even_before_it_is_heard() {
    check_rounds(
        &mut bench(),
        "ada 1 1 0 load o       => loading [o loaded picked_up] [p planned pending]
         ada 1 2 0 load p       => loading [o loaded picked_up] [p loaded picked_up]
         ada 1 3 0 start        => underway [o loaded out_for_delivery] [p loaded out_for_delivery]
         ada 1 4 0 delivered o  => underway [o delivered delivered] [p loaded out_for_delivery]
         ada 1 5 0 undo 4       => underway [o loaded out_for_delivery] [p loaded out_for_delivery]
         ada 1 6 0 undo 2       => underway [o loaded out_for_delivery] [p planned pending]
         ada 1 7 0 undo 8       => underway [o loaded out_for_delivery] [p planned pending]
         ada 1 8 0 delivered o  => underway [o loaded out_for_delivery] [p planned pending]
         ada 1 9 0 undo 3       => field_invalid
         ada 1 10 0 reached 1   => underway [o loaded out_for_delivery] [p planned pending]
         ada 1 11 0 undo 10     => underway [o loaded out_for_delivery] [p planned pending]
         ada 1 10 0 reached 1   => known",
    );
}

#[test]
fn what_was_moved_meanwhile_counts_and_is_named() {
    check_rounds(
        &mut bench(),
        "ada 1 1 0 load o       => loading [o loaded picked_up] [p planned pending]
         boss 1 move q 2        => parcel_not_in_round
         boss 1 move o 1        => field_invalid
         boss 1 move o 2        => loading [o> loaded picked_up] [p planned pending]
         ada 1 2 0 load o       => parcel_not_in_round
         ada 1 3 0 delivered o  => loading [o> delivered!reassigned delivered] [p planned pending]
         bob 2 1 0 load o       => loading [q planned pending] [o delivered!reassigned delivered]
         boss 2 move o 1        => wrong_state
         ada 1 4 0 undo 3       => loading [o> loaded picked_up] [p planned pending]
         bob 2 2 0 start        => underway [q planned pending] [o loaded out_for_delivery]
         boss 2 move o 1        => underway [q planned pending] [o> loaded out_for_delivery]
         boss 1 assign bob      => loading [o loaded out_for_delivery] [p planned pending]
         ada 1 5 0 delivered p  => loading [o loaded out_for_delivery] [p delivered delivered]
         ada 2 6 0 delivered q  => not_found",
    );
}

#[test]
fn wrong_codes_are_counted_wherever_they_are_told_and_lock_after_five() {
    let mut bench = bench();
    check_rounds(
        &mut bench,
        "ada 1 1 0 load o             => loading [o loaded picked_up] [p planned pending]
         ada 1 2 0 try q wrong        => parcel_not_in_round
         bob 1 2 0 try o wrong        => not_found
         ada 1 2 0 try o wrong        => loading [o loaded picked_up] [p planned pending]
         ada 1 2 0 try o wrong        => known
         ada 1 3 0 try o right        => known
         ada 1 4 0 delivered o wrong  => loading [o delivered delivered] [p planned pending]
         ada 1 5 0 undo 4             => loading [o loaded picked_up] [p planned pending]
         boss 1 move o 2              => loading [o> loaded picked_up] [p planned pending]
         bob 2 1 0 try o wrong        => planned [q planned pending] [o planned picked_up]
         bob 2 2 0 try o wrong        => planned [q planned pending] [o planned picked_up]
         bob 2 3 0 delivered q right  => planned [q delivered delivered] [o planned picked_up]
         bob 2 4 0 try o wrong        => planned [q delivered delivered] [o planned picked_up]
         bob 2 5 0 try o wrong        => known
         bob 2 6 0 delivered o right  => planned [q delivered delivered] [o delivered delivered]
         bob 2 7 0 close              => closed [q delivered delivered] [o delivered delivered]
         bob 2 8 0 try o right        => wrong_state",
    );
    let round = bench.world.round(round_id("2")).expect("known");
    let told = round.parcels().map(|p| {
        let matched = match p.latest().map(|said| &said.what) {
            Some(Handled::Delivered(proof)) => proof.code_matched,
            _ => None,
        };
        (p.wrong_codes, matched)
    });
    let expected = [
        (0, Some(CodeMatched::Yes)),
        (limits::ROUND_WRONG_CODES_MAX, Some(CodeMatched::Locked)),
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn a_parcel_whose_waybill_was_canceled_is_named_and_closes_with_its_round() {
    check_rounds(
        &mut bench(),
        "boss 1 cancel p        => planned [o planned pending] [p planned none]
         ada 1 1 0 load p       => wrong_state
         ada 1 2 0 delivered o  => planned [o delivered delivered] [p planned none]
         ada 1 3 0 close        => closed [o delivered delivered] [p planned none]
         ada 1 4 0 delivered p  => closed [o delivered delivered] [p delivered!recalled none]",
    );
}

#[test]
fn a_plan_names_each_parcel_once_and_only_what_can_go() {
    let mut bench = bench();
    let mut plan = |change: &dyn Fn(&mut RoundDraft)| {
        let mut next = draft(&bench, "3", ADA, &["o"]);
        change(&mut next);
        let decided = bench.run(Command::SaveRounds(vec![next]));
        decided.map_or_else(|r| r.code(), |_| "ok")
    };
    assert_eq!(plan(&|_| {}), "parcel_in_round");
    assert_eq!(plan(&|d| d.day = 20_261_311), "field_invalid");
    assert_eq!(plan(&|d| d.location = LocationId(1)), "not_found");
    assert_eq!(plan(&|d| d.courier = Some(OperatorId(1))), "not_found");
    assert_eq!(plan(&|d| d.stops.clear()), "field_invalid");
    assert_eq!(plan(&|d| d.vehicle = "\n".to_string()), "field_invalid");
    let unknown = FulfillmentId(1);
    assert_eq!(plan(&|d| d.stops[0].parcels = vec![unknown]), "not_found");
    // Known already: it stays as it is.
    assert_eq!(plan(&|d| d.id = round_id("1")), "ok");
    check_rounds(
        &mut bench,
        "bob 2 1 0 failed q => planned [q failed delivery_failed]
         bob 2 2 0 close    => closed [q failed delivery_failed]",
    );
    // What could not be handed over goes again, and a late word of the first round is named in both.
    let again = draft(&bench, "3", ADA, &["q"]);
    bench
        .run(Command::SaveRounds(vec![again]))
        .expect("it is free again");
    check_rounds(
        &mut bench,
        "wait 5                => 
         bob 2 3 0 delivered q => closed [q delivered!reassigned delivered]
         ada 3 1 0 close       => closed [q delivered!reassigned delivered]",
    );
}
