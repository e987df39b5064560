//! Goods that leave from elsewhere, as text tables.

use super::*;
use crate::order::{Group, ReservationState};
use alloc::vec::Vec;

/// `move o n line:pieces[@place],… why`.
pub fn command(group: GroupId, words: &[&str]) -> Command {
    let number = words[2].parse().expect("a number");
    let moved = |text: &str| {
        let (what, to) = text.split_once('@').unwrap_or((text, ""));
        let (line, pieces) = line_pieces(what);
        RelocatedLine {
            line,
            pieces,
            to: (!to.is_empty()).then(|| place(to)),
        }
    };
    let lines = words[3].split(',').filter(|w| *w != "-");
    let is_why = |why: &&RelocationReason| why.word() == words[4];
    let why = RelocationReason::ALL.iter().find(is_why);
    let relocation = Relocation {
        lines: lines.map(moved).collect(),
        why: *why.expect("a reason"),
    };
    let id = FulfillmentId::under(group, number);
    Command::MoveFulfillment(id, FulfillmentStep::Relocate(relocation))
}

/// What each parcel of an order has, from where.
fn parcels(bench: &Bench, name: &str) -> String {
    let group = bench.world.group(bench.group(name)).expect("an order");
    let place = |id| match id {
        LocationId(0x300) => "W1",
        LocationId(0x400) => "W2",
        _ => "?",
    };
    let one = |f: &crate::order::Fulfillment| {
        let lines: Vec<String> = f.lines.iter().map(|(l, n)| format!("{l}:{n}")).collect();
        format!("{} {}", place(f.location), lines.join(","))
    };
    let all: Vec<String> = group.fulfillments.iter().map(one).collect();
    check_reservations(group);
    all.join(" | ")
}

/// Reservations are what the parcels have, where they leave from.
fn check_reservations(group: &Group) {
    for f in &group.fulfillments {
        for (line, pieces) in &f.lines {
            let own = group.reservations.iter().filter(|r| {
                let is_here = (r.fulfillment, r.line, r.location) == (f.id, *line, f.location);
                is_here && r.state == ReservationState::Held
            });
            assert_eq!(own.map(|r| r.quantity).sum::<u32>(), *pieces, "{f:?}");
        }
    }
}

/// Two lines from one place, paid for; the other place has some of both.
fn bench() -> Bench {
    let mut bench = Bench::new();
    check_on(
        &mut bench,
        "stock a W1 5
         stock b W1 5
         stock a W2 3
         stock b W2 1
         buy o 3a+2b ship card     => pendingpayment 4488 pending | pending
         move o 1 1:1@W2 other     => order_not_confirmed
         authorized o              => confirmed 4488 authorized | open",
    );
    bench
}

#[test]
fn goods_leave_from_where_somebody_says() {
    let mut bench = bench();
    check_on(
        &mut bench,
        "move o 1 1:2@W2 cheaper           => confirmed 4488 authorized | open open
         level a W1                        => 1 of 5
         level a W2                        => 2 of 3
         # Into the parcel that is there already.
         move o 1 2:1@W2,1:1@W2 cheaper    => confirmed 4488 authorized | open open",
    );
    assert_eq!(parcels(&bench, "o"), "W1 2:1 | W2 1:3,2:1");
    // The rest: nothing is left of the first parcel. The other place has no second b.
    check_on(
        &mut bench,
        "move o 1 2:1@W2 closed            => out_of_stock
         stock b W2 2
         move o 1 2:1@W2 closed            => confirmed 4488 authorized | canceled open
         level b W1                        => 0 of 5
         level b W2                        => 2 of 2
         move o 1 2:1@W2 closed            => wrong_state
         pick o 2                          => confirmed 4488 authorized | canceled picking
         # Somebody is picking it: goods that come back become a parcel of their own.
         move o 2 1:1@W1 full              => confirmed 4488 authorized | canceled picking open
         pack o 2                          => confirmed 4488 authorized | canceled packed open
         move o 2 1:1@W1 full              => wrong_state
         captured o                        => confirmed 4488 captured | canceled packed open
         ship o 2                          => confirmed 4488 captured | canceled shipped open
         stock a W2 0
         move o 3 1:1 closed               => out_of_stock
         stock a W2 1
         move o 3 1:1 closed               => confirmed 4488 captured | canceled shipped canceled open
         cancel o                          => confirmed 4488 captured | canceled shipped canceled canceled | 1000?
         level a W2                        => 0 of 1",
    );
    assert_eq!(parcels_by_state(&bench, "o"), 1);
}

/// Parcels that stand.
fn parcels_by_state(bench: &Bench, name: &str) -> usize {
    let group = bench.world.group(bench.group(name)).expect("an order");
    let stands =
        |f: &&crate::order::Fulfillment| f.state != crate::order::FulfillmentState::Canceled;
    group.fulfillments.iter().filter(stands).count()
}

#[test]
fn what_is_not_found_is_written_off_and_comes_from_elsewhere() {
    let mut bench = bench();
    check_on(
        &mut bench,
        "move o 1 1:2,2:1 not_found        => confirmed 4488 authorized | open open
         level a W1                        => 1 of 3
         level b W1                        => 1 of 4
         # Nothing is anywhere else: the order stays as it was, the goods too.
         move o 1 2:1 damaged              => out_of_stock
         level b W1                        => 1 of 4
         # A count said meanwhile that nothing is there: no more is written off than the books have.
         stock a W1 0
         level a W1                        => 1 of 0 short 1
         move o 1 1:1 not_found            => confirmed 4488 authorized | open open
         level a W1                        => 0 of 0",
    );
    assert_eq!(parcels(&bench, "o"), "W1 2:1 | W2 1:3,2:1");
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut bench = bench();
    check_on(
        &mut bench,
        "move o 1 - other             => field_invalid
         move o 1 1:1@W1 other        => field_invalid
         move o 1 1:0@W2 other        => quantity_invalid
         move o 1 1:4@W2 other        => quantity_invalid
         move o 1 1:2@W2,1:2 other    => quantity_invalid
         move o 1 9:1@W2 other        => quantity_invalid
         move o 7 1:1@W2 other        => not_found
         move q 1 1:1@W2 other        => not_found
         move o 1 1:1@S1 other        => location_cannot
         move o 1 1:1@XX other        => location_cannot
         safety a W2 3
         move o 1 1:1@W2 other        => out_of_stock
         level a W2                   => 0 of 3
         stock a S1 4
         buy p a S1 card              => pendingpayment 1000 pending | pending
         authorized p                 => confirmed 1000 authorized | open
         move p 1 1:1@W2 other        => wrong_state",
    );
    assert_eq!(parcels(&bench, "o"), "W1 1:3,2:2");
}
