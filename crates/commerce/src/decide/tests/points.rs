//! Members' points: earned for what is kept, spent once, given back to the point, and never made or lost by rounding.

use super::packets::join;
use super::*;
use crate::checkout::Intent;
use crate::limits::{POINTS_MAX, POINTS_REASON_CHARS_MAX};
use crate::money::Currency;
use crate::payment::PaymentMethod;
use crate::points::{PointsCause, PointsProgram, PointsWanted};
use crate::pricing::price;
use crate::text::Text;
use alloc::string::ToString;
use alloc::vec::Vec;

const EUR: Currency = Currency::parse("EUR").expect("a code");
const DAY: i64 = 24 * 60 * MINUTE;

/// A point for each 70 cents; one takes off 3. Numbers that divide nothing.
fn program() -> PointsProgram {
    PointsProgram {
        version: 0,
        title: Text::en("Points"),
        currency: EUR,
        spend_per_point: 70,
        worth: 3,
        share_max_ppm: 1_000_000,
        points_min: 0,
        expires_after_days: 30,
        active: true,
    }
}

fn set(bench: &mut Bench, program: PointsProgram) -> Result<Outcome, Refusal> {
    bench.run(Command::SetPointsProgram(SetPointsProgram {
        program,
        expected_version: None,
    }))
}

/// A bench with a program and one member.
fn with_points() -> (Bench, CustomerId) {
    let mut bench = Bench::new();
    set(&mut bench, program()).expect("it is sound");
    let ada = join(&mut bench, 1);
    for stock in ["stock a W1 90", "stock b W1 90", "stock c W1 90"] {
        bench.line(stock);
    }
    (bench, ada)
}

fn give(bench: &mut Bench, member: CustomerId, change: i64) -> Result<Outcome, Refusal> {
    let operator = Actor::Operator(OperatorId(0x600));
    let adjust = AdjustPoints {
        member,
        change,
        reason: " a present ".to_string(),
    };
    bench.run_as(operator, Command::AdjustPoints(adjust))
}

fn balance(bench: &Bench, member: CustomerId) -> i64 {
    bench.world.points(member).balance
}

fn intent_with(bench: &Bench, items: &str, points: PointsWanted) -> Intent {
    let (delivery, codes) = ("ship", "");
    Intent {
        points,
        ..bench.intent(items, delivery, codes)
    }
}

/// Opens a checkout under a name.
fn open(bench: &mut Bench, name: &str, intent: Intent) -> Result<Checkout, Refusal> {
    let id = CheckoutId(bench.groups.len() as u64 * 0x100 + 0x50_0000);
    bench.groups.insert(name.to_string(), id.group());
    let open = OpenCheckout {
        id,
        access_key: 1,
        device: Device::Phone,
        intent,
    };
    match bench.run(Command::OpenCheckout(open))? {
        Outcome::Checkout(checkout) => Ok(Checkout::clone(&checkout)),
        other => panic!("{other:?}"),
    }
}

fn place(bench: &mut Bench, name: &str) -> Result<Outcome, Refusal> {
    let place = PlaceOrder {
        checkout: bench.group(name).checkout(),
        expected_total: None,
        method: PaymentMethod::Provider {
            provider: "test".to_string(),
            token: None,
        },
        return_url: String::new(),
        unheard: false,
    };
    bench.run(Command::PlaceOrder(place))
}

/// A member buys so much and pays so many points.
fn buy(bench: &mut Bench, (name, items): (&str, &str), member: CustomerId, points: PointsWanted) {
    let intent = Intent {
        member: Some(member),
        ..intent_with(bench, items, points)
    };
    open(bench, name, intent).expect("it can be bought");
    place(bench, name).expect("it can be placed");
}

/// What happened to the balance since so many entries.
fn entries(bench: &Bench, from: usize) -> Vec<(i64, &'static str)> {
    let told = bench.points[from..].iter();
    told.map(|e| (e.change, e.cause.word())).collect()
}

/// Runs lines of the other tables, each of which must do something.
fn lines(bench: &mut Bench, lines: &[&str]) {
    for line in lines {
        let said = bench.line(line);
        assert!(said.contains('|') || said == "ok", "{line}: {said}");
    }
}

#[test]
fn what_is_kept_earns_and_what_comes_back_takes_it_again_to_the_point() {
    let (mut bench, ada) = with_points();
    // Three pieces for 30.00 and two for 9.98, tax included; delivery earns nothing.
    buy(&mut bench, ("o", "3a+2b"), ada, PointsWanted::None);
    lines(&mut bench, &["authorized o", "pick o", "pack o", "ship o"]);
    assert_eq!(
        balance(&bench, ada),
        0,
        "nothing is earned that is not paid"
    );
    lines(&mut bench, &["captured o"]);
    assert_eq!(balance(&bench, ada), 3_998 / 70);
    lines(&mut bench, &["refund o 1:1 0 S1"]);
    assert_eq!(balance(&bench, ada), 2_998 / 70);
    lines(&mut bench, &["refund o 2:1 0 S1", "refund o - 100"]);
    assert_eq!(balance(&bench, ada), 2_499 / 70, "goodwill takes no points");
    lines(&mut bench, &["refund o 1:2 0 S1"]);
    assert_eq!(balance(&bench, ada), 499 / 70);
    // Guests earn nothing, nor who bought before there was a program.
    lines(
        &mut bench,
        &["buy p 2a ship", "captured p", "pick p", "pack p", "ship p"],
    );
    assert_eq!(balance(&bench, ada), 499 / 70);
    let said = [
        (57, "earned"),
        (-15, "taken_back"),
        (-7, "taken_back"),
        (-28, "taken_back"),
    ];
    assert_eq!(entries(&bench, 0), said);
}

#[test]
fn two_parcels_earn_no_more_and_no_less_than_one() {
    let mut bench = Bench::new();
    set(&mut bench, program()).expect("it is sound");
    let ada = join(&mut bench, 1);
    for stock in ["stock a W1 1", "stock a W2 1", "stock c W1 1"] {
        bench.line(stock);
    }
    buy(&mut bench, ("o", "2a+c"), ada, PointsWanted::None);
    lines(&mut bench, &["captured o"]);
    let parcels = bench
        .world
        .group(bench.group("o"))
        .expect("placed")
        .fulfillments
        .len();
    assert_eq!(parcels, 3, "of two places and two sellers");
    for n in 1..=parcels {
        for step in ["pick", "pack", "ship"] {
            lines(&mut bench, &[&format!("{step} o {n}")]);
        }
    }
    assert_eq!(balance(&bench, ada), (2_000 + 3_333) / 70);
    assert_eq!(bench.points.len(), 3);
}

#[test]
fn points_are_taken_with_the_order_and_come_back_for_what_is_canceled_or_returned() {
    let (mut bench, ada) = with_points();
    give(&mut bench, ada, 1_000).expect("a present");
    buy(&mut bench, ("o", "3a+b"), ada, PointsWanted::UpTo(400));
    assert_eq!(balance(&bench, ada), 600);
    let group = bench.world.group(bench.group("o")).expect("placed");
    assert_eq!(group.points_spent(), 400);
    assert_eq!(group.total, 3_499 - 1_200 + 490);
    // Not paid in time: all of them come back, once.
    bench.now += 20 * MINUTE;
    lines(&mut bench, &["expire o", "expire o"]);
    assert_eq!(balance(&bench, ada), 1_000);
    // Paid, and given back piece by piece: the last one gives back all that is left.
    buy(&mut bench, ("p", "3a+b"), ada, PointsWanted::UpTo(400));
    lines(&mut bench, &["captured p", "pick p", "pack p", "ship p"]);
    let from = bench.points.len() - 1;
    lines(
        &mut bench,
        &[
            "refund p 1:1 0",
            "refund p 1:1 0",
            "refund p 2:1 0",
            "refund p 1:1 0",
        ],
    );
    let paid = 3_499 - 1_200;
    let back: i64 = entries(&bench, from)
        .iter()
        .filter(|e| e.1 == "given_back")
        .map(|e| e.0)
        .sum();
    assert_eq!(back, 400);
    let refunded = bench
        .world
        .group(bench.group("p"))
        .expect("placed")
        .refunded();
    assert_eq!(refunded, paid, "no more money than was paid");
    assert_eq!(balance(&bench, ada), 1_000);
    // Canceled after the payment.
    buy(
        &mut bench,
        ("q", "2a+c"),
        ada,
        PointsWanted::AsManyAsPossible,
    );
    assert_eq!(balance(&bench, ada), 0);
    lines(&mut bench, &["captured q", "cancel q 2"]);
    let part = balance(&bench, ada);
    assert!((1..1_000).contains(&part), "{part}");
    lines(&mut bench, &["cancel q 1"]);
    assert_eq!(balance(&bench, ada), 1_000);
}

#[test]
fn what_points_pay_whole_needs_no_money_and_comes_back_all_the_same() {
    let (mut bench, ada) = with_points();
    give(&mut bench, ada, 2_000).expect("a present");
    let intent = Intent {
        member: Some(ada),
        delivery: Some(crate::checkout::Delivery::Pickup(super::bench::place("S1"))),
        ..intent_with(&bench, "3b", PointsWanted::AsManyAsPossible)
    };
    bench.line("stock b S1 3");
    let checkout = open(&mut bench, "o", intent).expect("it can be bought");
    assert_eq!(checkout.quote.total, 0, "1497 is 499 threes");
    place(&mut bench, "o").expect("it can be placed");
    lines(&mut bench, &["pick o", "pack o", "deliver o"]);
    assert_eq!(balance(&bench, ada), 2_000 - 499);
    lines(&mut bench, &["refund o 1:1 0 S1"]);
    assert_eq!(balance(&bench, ada), 2_000 - 499 + 166);
    assert_eq!(bench.line("refund o - 0"), "field_invalid");
    lines(
        &mut bench,
        &["return o 1:2", "approve o 1", "receive o 1 1:2/2 S1"],
    );
    assert_eq!(balance(&bench, ada), 2_000);
}

#[test]
fn a_balance_that_shrank_since_it_was_shown_is_a_price_that_changed() {
    let (mut bench, ada) = with_points();
    give(&mut bench, ada, 300).expect("a present");
    let intent = Intent {
        member: Some(ada),
        ..intent_with(&bench, "2a", PointsWanted::AsManyAsPossible)
    };
    let checkout = open(&mut bench, "o", intent.clone()).expect("it can be bought");
    assert_eq!(checkout.quote.total, 2_490 - 900);
    // Meanwhile another device spends some.
    buy(&mut bench, ("p", "a"), ada, PointsWanted::UpTo(100));
    let refused = place(&mut bench, "o");
    let changed = Refusal::PriceChanged {
        expected: 1_590,
        current: 1_890,
    };
    assert_eq!(refused, Err(changed));
    assert_eq!(balance(&bench, ada), 200);
    // A point that has become worth less takes more points for the same money: that was not shown either.
    let intent = Intent {
        points: PointsWanted::UpTo(200),
        ..intent
    };
    let checkout = open(&mut bench, "q", intent).expect("it can be bought");
    assert_eq!(checkout.quote.points_spent(), 200);
    let cheap = PointsProgram {
        worth: 1,
        ..program()
    };
    set(&mut bench, cheap).expect("it is sound");
    assert!(matches!(
        place(&mut bench, "q"),
        Err(Refusal::PriceChanged { .. })
    ));
    // Nobody pays with somebody else's, nor without being a member.
    let eve = join(&mut bench, 2);
    for member in [None, Some(eve)] {
        let intent = Intent {
            member,
            ..intent_with(&bench, "a", PointsWanted::AsManyAsPossible)
        };
        let priced = price(&bench.world, bench.now, &intent).expect("a price");
        assert_eq!((priced.quote.discount, priced.points.used), (0, 0));
    }
    let negative = intent_with(&bench, "a", PointsWanted::UpTo(-1));
    let refused = open(&mut bench, "r", negative).map(drop);
    assert_eq!(refused, Err(Refusal::FieldInvalid { field: "points" }));
}

#[test]
fn only_returned_goods_take_a_balance_below_zero_and_then_nothing_can_be_spent() {
    let (mut bench, ada) = with_points();
    buy(&mut bench, ("o", "7a"), ada, PointsWanted::None);
    lines(&mut bench, &["captured o", "pick o", "pack o", "ship o"]);
    assert_eq!(balance(&bench, ada), 100);
    buy(&mut bench, ("p", "a"), ada, PointsWanted::AsManyAsPossible);
    assert_eq!(balance(&bench, ada), 0);
    lines(&mut bench, &["refund o 1:7 0"]);
    assert_eq!(balance(&bench, ada), -100);
    assert_eq!(
        give(&mut bench, ada, -1),
        Err(Refusal::PointsBelowZero { balance: -100 })
    );
    let intent = Intent {
        member: Some(ada),
        ..intent_with(&bench, "a", PointsWanted::UpTo(1))
    };
    let checkout = open(&mut bench, "q", intent).expect("it can be bought");
    assert_eq!(checkout.quote.points_spent(), 0);
    give(&mut bench, ada, 50).expect("a present fills it up");
    assert_eq!(balance(&bench, ada), -50);
    // What was spent comes back.
    lines(&mut bench, &["cancel p"]);
    assert_eq!(balance(&bench, ada), 50);
    assert_eq!(
        give(&mut bench, ada, -51),
        Err(Refusal::PointsBelowZero { balance: 50 })
    );
    give(&mut bench, ada, -50).expect("so many are there");
    let last = bench.points.last().map(|e| e.cause.clone());
    let said = PointsCause::Adjusted {
        operator: Some(OperatorId(0x600)),
        reason: "a present".to_string(),
    };
    assert_eq!(last, Some(said));
}

#[test]
fn points_expire_together_when_nothing_was_earned_for_long_enough() {
    let (mut bench, ada) = with_points();
    give(&mut bench, ada, 100).expect("a present");
    let due = |bench: &Bench| bench.world.points(ada).expires_at;
    assert_eq!(due(&bench), Some(bench.now + 30 * DAY));
    let expire = |bench: &mut Bench| {
        let expired = bench.run(Command::ExpirePoints(vec![ada]));
        expired.expect("it is nobody's business to refuse it");
        balance(bench, ada)
    };
    bench.now += 10 * DAY;
    let earned_at = bench.now;
    buy(&mut bench, ("o", "a"), ada, PointsWanted::UpTo(30));
    lines(&mut bench, &["captured o", "pick o", "pack o", "ship o"]);
    assert_eq!(balance(&bench, ada), 100 - 30 + 13);
    bench.now = earned_at + 20 * DAY;
    // Presents and what comes back do not live longer.
    give(&mut bench, ada, 5).expect("a present");
    lines(&mut bench, &["refund o 1:1 0"]);
    assert_eq!(due(&bench), Some(earned_at + 30 * DAY));
    bench.now = earned_at + 30 * DAY - 1;
    assert_eq!(expire(&mut bench), 105);
    bench.now += 1;
    assert_eq!(
        bench.world.points(ada).spendable(bench.now),
        0,
        "booked or not"
    );
    assert_eq!(expire(&mut bench), 0);
    let told = bench.points.len();
    assert_eq!(expire(&mut bench), 0);
    assert_eq!(bench.points.len(), told, "twice changes nothing");
    assert_eq!(due(&bench), None);
    // What is earned afterwards begins anew, and what had expired does not come back with it.
    give(&mut bench, ada, 40).expect("a present");
    bench.now += 31 * DAY;
    buy(&mut bench, ("p", "a"), ada, PointsWanted::None);
    lines(&mut bench, &["captured p", "pick p", "pack p", "ship p"]);
    assert_eq!(balance(&bench, ada), 14);
    assert_eq!(
        entries(&bench, told),
        [(40, "adjusted"), (-40, "expired"), (14, "earned")]
    );
    // Where points do not expire any more, nothing does.
    let lasting = PointsProgram {
        expires_after_days: 0,
        ..program()
    };
    set(&mut bench, lasting).expect("it is sound");
    bench.now += 31 * DAY;
    assert_eq!(expire(&mut bench), 14);
    assert_eq!(due(&bench), None);
}

#[test]
fn an_erased_member_gives_up_what_there_is_and_what_comes() {
    let (mut bench, ada) = with_points();
    give(&mut bench, ada, 100).expect("a present");
    buy(&mut bench, ("o", "3a"), ada, PointsWanted::UpTo(60));
    for _ in 0..2 {
        bench
            .run(Command::EndPoints(ada))
            .expect("they can be ended");
        assert_eq!(balance(&bench, ada), 0);
    }
    lines(
        &mut bench,
        &["captured o", "pick o", "pack o", "ship o", "refund o 1:2 0"],
    );
    assert_eq!(balance(&bench, ada), 0);
    assert_eq!(bench.world.points(ada).spendable(bench.now), 0);
    let given_up = bench
        .points
        .iter()
        .filter(|e| e.cause == PointsCause::GivenUp);
    assert_eq!(
        given_up.count(),
        4,
        "at the end, for what was earned, back and taken back"
    );
}

#[test]
fn a_program_is_checked_and_kept_with_the_orders_that_were_placed_under_it() {
    type Change = fn(&mut PointsProgram);
    let (mut bench, ada) = with_points();
    let wrong: [(&str, Change); 10] = [
        ("title", |p| p.title = Text::default()),
        ("spend_per_point", |p| p.spend_per_point = 0),
        ("spend_per_point", |p| p.spend_per_point = i64::MAX),
        ("worth", |p| p.worth = 0),
        ("worth", |p| p.worth = 71),
        ("share_max_ppm", |p| p.share_max_ppm = 0),
        ("share_max_ppm", |p| p.share_max_ppm = 1_000_001),
        ("points_min", |p| p.points_min = -1),
        ("points_min", |p| p.points_min = POINTS_MAX + 1),
        ("expires_after_days", |p| p.expires_after_days = u16::MAX),
    ];
    for (field, change) in wrong {
        let mut changed = program();
        change(&mut changed);
        assert_eq!(
            set(&mut bench, changed),
            Err(Refusal::FieldInvalid { field })
        );
    }
    let jpy = Currency::parse("JPY").expect("a code");
    let foreign = PointsProgram {
        currency: jpy,
        ..program()
    };
    let refused = Refusal::CurrencyNotOffered { currency: jpy };
    assert_eq!(set(&mut bench, foreign), Err(refused));
    let record = crate::world::Record::PointsProgram(program());
    let saved = bench.run(Command::SaveRecords(vec![record]));
    assert_eq!(saved, Err(Refusal::FieldInvalid { field: "kind" }));
    let stale = Command::SetPointsProgram(SetPointsProgram {
        program: program(),
        expected_version: Some(7),
    });
    assert_eq!(
        bench.run(stale),
        Err(Refusal::VersionConflict { current: 1 })
    );
    // The same again changes nothing.
    let Ok(Outcome::Saved(saved)) = set(&mut bench, program()) else {
        panic!("it is sound");
    };
    assert_eq!((saved.unchanged, saved.changed), (1, 0));
    // An order keeps its terms; new ones have none while it is off.
    buy(&mut bench, ("o", "a"), ada, PointsWanted::None);
    let off = PointsProgram {
        spend_per_point: 1,
        worth: 1,
        active: false,
        ..program()
    };
    set(&mut bench, off).expect("it is sound");
    buy(&mut bench, ("p", "a"), ada, PointsWanted::None);
    for name in ["o", "p"] {
        for step in ["captured", "pick", "pack", "ship"] {
            lines(&mut bench, &[&format!("{step} {name}")]);
        }
    }
    assert_eq!(balance(&bench, ada), 1_000 / 70);
    assert!(
        bench
            .world
            .group(bench.group("p"))
            .is_some_and(|g| g.points.is_none())
    );
}

#[test]
fn adjusting_names_a_member_a_number_and_a_reason() {
    let (mut bench, ada) = with_points();
    let refused = |bench: &mut Bench, member, change, reason: &str| {
        let adjust = AdjustPoints {
            member,
            change,
            reason: reason.to_string(),
        };
        let result = bench.run(Command::AdjustPoints(adjust));
        result.expect_err("it makes no sense")
    };
    let field = |field| Refusal::FieldInvalid { field };
    assert_eq!(refused(&mut bench, ada, 0, "why"), field("change"));
    assert_eq!(refused(&mut bench, ada, i64::MIN, "why"), field("change"));
    assert_eq!(refused(&mut bench, ada, 1, " "), field("reason"));
    assert_eq!(refused(&mut bench, ada, 1, "a\u{7}"), field("reason"));
    let long = "r".repeat(POINTS_REASON_CHARS_MAX + 1);
    assert_eq!(refused(&mut bench, ada, 1, &long), field("reason"));
    let stranger = CustomerId(0x1234_5600);
    let nobody = Refusal::NotFound { what: "member" };
    assert_eq!(refused(&mut bench, stranger, 1, "why"), nobody);
    give(&mut bench, ada, POINTS_MAX).expect("so many may be there");
    assert_eq!(refused(&mut bench, ada, 1, "why"), field("change"));
    // The same request again is done once.
    let envelope = Envelope {
        idempotency: Some(Idempotency { key: 7, request: 9 }),
        ..Envelope::system(Command::AdjustPoints(AdjustPoints {
            member: ada,
            change: -5,
            reason: "why".to_string(),
        }))
    };
    for replayed in [false, true] {
        let decided = decide(bench.now, &envelope, &mut bench.world).expect("it is done");
        assert_eq!(
            (decided.outcome, decided.replayed),
            (Outcome::Done, replayed)
        );
    }
    assert_eq!(balance(&bench, ada), POINTS_MAX - 5);
}

#[test]
fn a_refused_command_leaves_points_as_they_were() {
    let (mut bench, ada) = with_points();
    give(&mut bench, ada, 100).expect("a present");
    let before = bench.world.points(ada);
    // The goods are not there: what would have been spent is not.
    let intent = Intent {
        member: Some(ada),
        ..intent_with(&bench, "91a", PointsWanted::AsManyAsPossible)
    };
    open(&mut bench, "o", intent).expect("it has a price");
    assert!(matches!(
        place(&mut bench, "o"),
        Err(Refusal::OutOfStock { .. })
    ));
    assert_eq!(bench.world.points(ada), before);
    let delta = bench.world.delta();
    assert!(delta.points.is_empty() && delta.points_entries.is_empty());
}

#[test]
fn the_example_of_the_guide_is_true() {
    let mut bench = Bench::new();
    let simple = PointsProgram {
        spend_per_point: 100,
        worth: 1,
        share_max_ppm: 500_000,
        ..program()
    };
    set(&mut bench, simple).expect("it is sound");
    let ada = join(&mut bench, 1);
    give(&mut bench, ada, 1_250).expect("a present");
    lines(&mut bench, &["stock c W1 2", "stock c W2 1"]);
    buy(&mut bench, ("o", "3c"), ada, PointsWanted::AsManyAsPossible);
    let group = bench.world.group(bench.group("o")).expect("placed");
    assert_eq!((group.total, balance(&bench, ada)), (9_239, 0));
    lines(&mut bench, &["captured o", "pick o", "pack o", "ship o"]);
    assert_eq!(balance(&bench, ada), 58);
    lines(&mut bench, &["pick o 2", "pack o 2", "ship o 2"]);
    assert_eq!(balance(&bench, ada), 87);
    lines(&mut bench, &["refund o 1:1 0"]);
    assert_eq!(balance(&bench, ada), 474);
    lines(&mut bench, &["refund o 1:2 0"]);
    assert_eq!(balance(&bench, ada), 1_250);
    let group = bench.world.group(bench.group("o")).expect("placed");
    let refunds: Vec<i64> = group.refunds.iter().map(|r| r.amount).collect();
    assert_eq!(refunds, [2_916, 5_833]);
}

/// One step of somebody who does anything in any order.
fn random_step(bench: &mut Bench, members: [CustomerId; 2], step: (u8, u32, u32, i64)) {
    let (what, pieces, order, points) = step;
    let name = ["o", "p", "q", "r"][order as usize % 4];
    let n = pieces % 3 + 1;
    let member = members[order as usize % 2];
    match what {
        0..=2 if bench.world.group(bench.group(name)).is_none() => {
            let items = ["a", "2a+3b", "3b+2c", "5a+c", "7b+2a+3c"][pieces as usize % 5];
            let wanted = match points % 3 {
                0 => PointsWanted::None,
                1 => PointsWanted::UpTo(points),
                _ => PointsWanted::AsManyAsPossible,
            };
            let codes = ["", "TEN", "FIVE", "TEN,FIVE"][points as usize % 4];
            let delivery = ["ship", "ship", "S1"][points as usize % 3];
            let intent = Intent {
                points: wanted,
                member: (points % 7 != 0).then_some(member),
                ..bench.intent(items, delivery, codes)
            };
            if open(bench, name, intent).is_ok() {
                let _ = place(bench, name);
            }
        }
        3 => drop(bench.line(&format!("captured {name} 1"))),
        4 => drop(bench.line(&format!("paid {name} 1"))),
        5..=8 => {
            for verb in ["pick", "pack", "ship", "deliver"] {
                bench.line(&format!("{verb} {name} {n}"));
            }
        }
        9 => drop(bench.line(&format!("cancel {name} {n}"))),
        10..=12 => drop(bench.line(&format!("refund {name} {n}:{} 0", points % 3 + 1))),
        13 => {
            bench.line(&format!("return {name} {n}:1"));
            bench.line(&format!("receive {name} 1 {n}:1/1 S1"));
        }
        14 => drop(give(bench, member, points - 400)),
        15 => {
            bench.now += points * DAY / 100;
            let all = members.to_vec();
            bench
                .run(Command::ExpirePoints(all))
                .expect("never refused");
            bench.line(&format!("expire {name}"));
        }
        _ => {
            let changed = PointsProgram {
                worth: points % 70 + 1,
                share_max_ppm: 300_000 + 100_000 * (pieces % 8),
                points_min: points % 50,
                active: points % 5 != 0,
                ..program()
            };
            set(bench, changed).expect("it is sound");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Over random carts, cancellations and returns no point and no cent is made or lost: the bench adds up every entry
    /// and posting after each step, and at the end, when all of it has come back, so have all points.
    #[test]
    fn no_point_and_no_cent_is_made_or_lost(
        steps in prop::collection::vec((0..17u8, 0..9u32, 0..4u32, 1..1_200i64), 1..70)
    ) {
        let (mut bench, ada) = with_points();
        let bob = join(&mut bench, 2);
        bench.line("stock a S1 50");
        bench.line("stock b S1 50");
        bench.line("stock c S1 50");
        for member in [ada, bob] {
            give(&mut bench, member, 777).expect("a present");
        }
        for step in steps {
            random_step(&mut bench, [ada, bob], step);
        }
        for name in ["o", "p", "q", "r"] {
            // All that is left is paid, handed over and sent back; or canceled.
            bench.line(&format!("captured {name} 1"));
            bench.line(&format!("cancel {name} 1"));
            bench.line(&format!("cancel {name} 2"));
            for (order, line) in [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)] {
                let Some(group) = bench.world.group(bench.group(name)).cloned() else { continue };
                let found = group.orders.get(order - 1).and_then(|o| o.lines.iter().find(|l| l.number == line));
                let Some(left) = found.map(|l| l.fulfilled - l.returned).filter(|n| *n > 0) else { continue };
                let refund = RefundOrder {
                    order: group.orders[order - 1].id,
                    lines: vec![(line, left)],
                    extra: 0,
                    restock: None,
                    note: String::new(),
                };
                let _ = bench.run(Command::RefundOrder(refund));
            }
            let Some(group) = bench.world.group(bench.group(name)) else { continue };
            let Some(points) = &group.points else { continue };
            let is_all_gone = group.lines().all(|l| l.canceled + l.returned == l.quantity);
            if is_all_gone {
                prop_assert_eq!(points.earned, 0);
                prop_assert_eq!(points.given_back, group.points_spent());
            }
            let kept: i64 = group.lines().map(|l| l.earned_share.total - l.returned_share.total).sum();
            prop_assert_eq!(points.earned, kept / points.spend_per_point);
            let taken: i64 = group.payments.iter().map(|p| p.captured).sum();
            prop_assert!(group.refunded() <= taken);
        }
    }
}
