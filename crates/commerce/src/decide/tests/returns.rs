//! Returns as text tables: asked for, answered, received, and the money to the cent.

use super::*;
use crate::order::Group;
use crate::returns::{ReturnReason, ReturnTerms};
use crate::world::Record;
use alloc::string::ToString;

/// The verbs of returns: `return o 1:2,2:1 [key]`, `return-anyway o 1:1`, `approve o 1`, `refuse o 1`, `withdraw o 1`,
/// `receive o 1 1:2/1,2:1/0 [W1|-] [delivery|keep]`: pieces that came, and those of them that can be sold again.
pub fn command(group: GroupId, words: &[&str]) -> Command {
    let id = || ReturnId::under(group, words[2].parse().expect("a number"));
    let answer = |answer| {
        Command::AnswerReturn(AnswerReturn {
            r#return: id(),
            answer,
        })
    };
    match words[0] {
        "return" | "return-anyway" => Command::RequestReturn(RequestReturn {
            order: OrderId::under(group, 1),
            key: words.get(3).map_or(0, |w| w.parse().expect("a key")),
            lines: words[2]
                .split(',')
                .map(line_pieces)
                .map(|(line, pieces)| (line, pieces, ReturnReason::DoesNotFit))
                .collect(),
            note: String::new(),
            photos: vec![7],
            overlook_window: words[0] == "return-anyway",
        }),
        "approve" => answer(ReturnAnswer::Approve {
            how: "by post".to_string(),
            location: None,
        }),
        "refuse" => answer(ReturnAnswer::Refuse {
            why: "worn".to_string(),
        }),
        "withdraw" => answer(ReturnAnswer::Withdraw),
        _ => Command::ReceiveReturn(ReceiveReturn {
            r#return: id(),
            lines: words[3].split(',').map(received).collect(),
            location: words.get(4).filter(|w| **w != "-").map(|w| place(w)),
            delivery: match words.get(5) {
                Some(&"delivery") => DeliveryBack::Yes,
                Some(&"keep") => DeliveryBack::No,
                _ => DeliveryBack::AsTheShopSays,
            },
            note: String::new(),
        }),
    }
}

fn received(text: &str) -> ReceivedLine {
    let (pieces, restocked) = text.split_once('/').expect("line:pieces/restocked");
    let (number, pieces) = line_pieces(pieces);
    ReceivedLine {
        number,
        pieces,
        restocked: restocked.parse().expect("a number"),
    }
}

/// What a table shows of a group's returns.
pub fn show(group: &Group) -> String {
    let one = |r: &crate::returns::Return| format!(" {}:{}", r.state.word(), r.amount);
    group.returns.iter().map(one).collect()
}

/// As [`check_on`], but a line that says nothing of what it gives may give anything.
fn run(bench: &mut Bench, table: &str) {
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        match line.contains("=>") {
            true => check_on(bench, line),
            false if line.starts_with('#') => {}
            false => drop(bench.line(line)),
        }
    }
}

/// Three of one and two of another with a discount, handed over.
const HANDED_OVER: &str = "stock a W1 50
     stock b W1 50
     buy o 3a+2b ship card TEN => pendingpayment 4088 pending | pending
     authorized o
     captured o
     pick o
     pack o
     ship o
     deliver o                 => confirmed 4088 captured | delivered";

#[test]
fn a_return_is_asked_for_approved_received_and_paid_back_to_the_cent() {
    let mut bench = Bench::new();
    run(&mut bench, HANDED_OVER);
    run(
        &mut bench,
        "return o 1:1        => confirmed 4088 captured | delivered requested:0
         return o 1:3        => not_returnable
         refund o 1:3 0      => not_returnable
         return o 1:2,1:1    => field_invalid
         return o 1:0        => quantity_invalid
         return o 9:1        => not_found
         receive o 1 1:2/0   => quantity_invalid
         receive o 1 1:1/1   => field_invalid
         receive o 1 1:0/0   => quantity_invalid
         receive o 1 2:1/0   => not_found
         approve o 1         => confirmed 4088 captured | delivered approved:0
         approve o 1         => confirmed 4088 captured | delivered approved:0
         level a S1          => 0 of 0
         receive o 1 1:1/1 S1 => confirmed 4088 captured | delivered received:900 | 900?
         receive o 1 1:1/1 S1 => confirmed 4088 captured | delivered received:900 | 900?
         level a S1          => 0 of 1
         withdraw o 1        => wrong_state
         approve o 1         => wrong_state
         refuse o 1          => wrong_state
         # All that is left, of which half is damaged; the shop gives delivery back when all came.
         return o 1:2,2:2    => confirmed 4088 captured | delivered received:900 requested:0 | 900?
         receive o 2 1:2/1,2:2/2 W1 => confirmed 4088 captured | delivered received:900 received:3188 | 900? 3188?
         level a W1          => 0 of 48
         level b W1          => 0 of 50
         return o 1:1        => not_returnable
         refunded o 1
         refunded o 2        => confirmed 4088 captured | delivered received:900 received:3188 | 900 3188
         account shopper     => 0
         account o           => 0
         account own         => 0
         account tax         => 0",
    );
}

#[test]
fn what_did_not_come_may_be_asked_for_again_and_what_is_refused_stays() {
    let mut bench = Bench::new();
    run(&mut bench, HANDED_OVER);
    run(
        &mut bench,
        "return o 1:3 7        => confirmed 4088 captured | delivered requested:0
         return o 1:3 7        => confirmed 4088 captured | delivered requested:0
         return o 1:3 8        => not_returnable
         receive o 1 1:1/0 - delivery => confirmed 4088 captured | delivered received:1390 | 1390?
         return o 1:2          => confirmed 4088 captured | delivered received:1390 requested:0 | 1390?
         refuse o 2            => confirmed 4088 captured | delivered received:1390 refused:0 | 1390?
         refuse o 2            => confirmed 4088 captured | delivered received:1390 refused:0 | 1390?
         return o 1:2          => confirmed 4088 captured | delivered received:1390 refused:0 requested:0 | 1390?
         withdraw o 3          => confirmed 4088 captured | delivered received:1390 refused:0 withdrawn:0 | 1390?
         # Goodwill was given meanwhile: no more than what is left goes back.
         refund o - 2000       => confirmed 4088 captured | delivered received:1390 refused:0 withdrawn:0 | 1390? 2000?
         return o 1:2          => confirmed 4088 captured | delivered received:1390 refused:0 withdrawn:0 requested:0 | 1390? 2000?
         receive o 4 1:2/2 W2  => confirmed 4088 captured | delivered received:1390 refused:0 withdrawn:0 received:698 | 1390? 2000? 698?
         return o 2:2          => confirmed 4088 captured | delivered received:1390 refused:0 withdrawn:0 received:698 requested:0 | 1390? 2000? 698?
         receive o 5 2:2/2 W2  => confirmed 4088 captured | delivered received:1390 refused:0 withdrawn:0 received:698 received:0 | 1390? 2000? 698?",
    );
}

#[test]
fn only_what_was_handed_over_and_paid_comes_back_within_the_shops_time() {
    let mut bench = Bench::new();
    let day = 24 * 60;
    let late = 30 * day + 1;
    run(
        &mut bench,
        &format!(
            "stock a W1 9
             stock a S1 1
             buy o 2a ship
             authorized o
             captured o
             return o 1:1         => not_returnable
             pick o
             pack o
             ship o
             # Nobody says that it was delivered: fourteen days more.
             wait {late}
             return o 1:1         => confirmed 2490 captured | shipped requested:0
             withdraw o 1
             deliver o
             wait {late}
             return o 1:1         => return_window_over
             return-anyway o 1:1  => confirmed 2490 captured | delivered withdrawn:0 requested:0
             buy p a S1 account
             pick p
             pack p
             deliver p
             return p 1:1         => confirmed 1000 onaccount | delivered requested:0
             receive p 1 1:1/1 S1 => not_paid
             paid p
             receive p 1 1:1/1 S1 => confirmed 1000 captured | delivered received:1000 | 1000"
        ),
    );
    let shopper = bench.run_as(
        Actor::Shopper,
        command(bench.group("o"), &["return-anyway", "o", "1:1"]),
    );
    let over = |refused| matches!(refused, Err(Refusal::ReturnWindowOver { .. }));
    assert!(over(shopper), "only an operator overlooks it");
    let mut shop = bench.world.shop().expect("a shop").clone();
    shop.returns = ReturnTerms {
        days: 90,
        delivery: false,
    };
    bench
        .run(Command::SaveRecords(vec![Record::Shop(shop)]))
        .expect("a shop");
    run(
        &mut bench,
        "return o 1:1        => confirmed 2490 captured | delivered withdrawn:0 requested:0 requested:0
         receive o 2 1:1/1 S1
         receive o 3 1:1/1 S1 => confirmed 2490 captured | delivered withdrawn:0 received:1000 received:1000 | 1000? 1000?",
    );
}

#[test]
fn an_answer_must_say_something_and_a_return_is_bounded() {
    let mut bench = Bench::new();
    run(&mut bench, HANDED_OVER);
    bench.line("return o 1:1");
    let group = bench.group("o");
    let id = ReturnId::under(group, 1);
    let mut answer = |answer| {
        let given = AnswerReturn {
            r#return: id,
            answer,
        };
        bench.run(Command::AnswerReturn(given))
    };
    let approve = |how: &str, location| ReturnAnswer::Approve {
        how: how.to_string(),
        location,
    };
    let invalid = Err(Refusal::FieldInvalid { field: "answer" });
    assert_eq!(answer(approve(" ", None)), invalid);
    assert_eq!(answer(approve(&"a".repeat(2_001), None)), invalid);
    let nowhere = approve("", Some(place("nowhere")));
    assert_eq!(answer(nowhere), Err(Refusal::NotFound { what: "location" }));
    answer(approve("", Some(place("W1")))).expect("an address is enough");
    let again = answer(approve("with the green label", None)).expect("it may be told better");
    let Outcome::Group(group) = again else {
        panic!("a group");
    };
    assert_eq!(&*group.returns[0].answer, "with the green label");
    let ask = |lines: u32, note: usize, photos: usize| RequestReturn {
        order: OrderId::under(group.id, 1),
        key: 0,
        lines: (0..lines).map(|_| (2, 1, ReturnReason::Other)).collect(),
        note: "n".repeat(note),
        photos: vec![1; photos],
        overlook_window: false,
    };
    for (asked, field) in [
        (ask(0, 0, 0), "lines"),
        (ask(1, 2_001, 0), "note"),
        (ask(1, 0, 5), "photos"),
    ] {
        let refused = bench.run(Command::RequestReturn(asked));
        assert_eq!(refused, Err(Refusal::FieldInvalid { field }));
    }
    for _ in 1..crate::limits::RETURNS_MAX {
        bench.line("return o 2:1");
        let last = bench.world.group(group.id).expect("it").returns.len();
        bench.line(&format!("withdraw o {last}"));
    }
    assert_eq!(bench.line("return o 2:1"), "too_many_returns");
}
