//! Decisions as text tables: a line is a command and what it must give. After every line the numbered
//! invariants are checked over everything that was ever written.

extern crate std;

mod announced;
mod bench;
mod campaigns;
mod packets;
mod parcels;
mod points;
mod presale;
mod relocations;
mod returns;
mod rounds;
mod switches;

use super::*;
use crate::catalog::TaxCategory;
use crate::checkout::{Checkout, CheckoutStatus};
use crate::command::*;
use crate::id::*;
use crate::order::RefundState;
use crate::payment::{PaymentState, ProviderNews};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use bench::*;
use proptest::prelude::*;

#[test]
fn an_order_is_reserved_paid_shipped_and_earned() {
    check(
        "stock a W1 10
         buy o 2a ship        => pendingpayment 2490 pending | pending
         level a W1           => 2 of 10
         authorized o         => confirmed 2490 authorized | open
         captured o           => confirmed 2490 captured | open
         account o            => 2490
         ship o               => wrong_state
         pick o               => confirmed 2490 captured | picking
         pick o               => confirmed 2490 captured | picking
         pack o               => confirmed 2490 captured | packed
         pick o               => wrong_state
         deliver o            => wrong_state
         ship o               => confirmed 2490 captured | shipped
         ship o               => confirmed 2490 captured | shipped
         level a W1           => 0 of 8
         account o            => 0
         account own          => 2093
         account tax          => 397
         deliver o            => confirmed 2490 captured | delivered
         cancel o             => nothing_to_cancel",
    );
}

#[test]
fn the_last_piece_is_sold_once() {
    check(
        "stock a W1 1
         buy o a ship   => pendingpayment 1490 pending | pending
         buy p a ship   => out_of_stock
         buy o a ship   => pendingpayment 1490 pending | pending
         level a W1     => 1 of 1
         safety a W1 1
         stock a W1 2
         buy q a ship   => out_of_stock
         stock a W1 3
         buy q a ship   => pendingpayment 1490 pending | pending",
    );
}

#[test]
fn what_is_not_paid_in_time_is_given_back_and_late_money_goes_back() {
    check(
        "stock a W1 5
         buy o a ship   => pendingpayment 1490 pending | pending
         wait 19
         expire o
         level a W1     => 1 of 5
         wait 1
         expire o
         level a W1     => 0 of 5
         expire o
         authorized o   => canceled 1490 voided | canceled
         captured o     => canceled 1490 captured | canceled | 1490?
         captured o     => canceled 1490 captured | canceled | 1490?
         account o      => 1490
         refunded o     => canceled 1490 captured | canceled | 1490
         refunded o     => canceled 1490 captured | canceled | 1490
         account o      => 0
         account shopper => 0
         retry o        => group_expired",
    );
}

#[test]
fn a_reference_that_is_all_that_is_new_is_written() {
    let mut bench = Bench::new();
    bench.line("stock a W1 1");
    bench.line("buy o a ship");
    bench.line("cancel o");
    let payment = PaymentId::under(bench.group("o"), 1);
    let news = |reference: &str| {
        Command::PaymentNews(PaymentNews {
            payment,
            provider_ref: Some(reference.into()),
            news: ProviderNews::Voided,
            effect: None,
        })
    };
    let envelope = Envelope::system(news("p"));
    decide(bench.now, &envelope, &mut bench.world).expect("a payment of ours");
    let delta = bench.world.delta();
    assert!(delta.events.is_empty() && !delta.is_empty());
    let (_, group) = &delta.groups[0];
    assert_eq!(group.payments[0].provider_ref.as_deref(), Some("p"));
}

#[test]
fn what_was_heard_before_changes_nothing() {
    let heard = |told: &[&str], news: ProviderNews| {
        let mut bench = Bench::new();
        bench.line("stock a W1 1");
        bench.line("buy o a ship");
        let payment = PaymentId::under(bench.group("o"), 1);
        let say = |bench: &mut Bench, news: ProviderNews| {
            let news = PaymentNews {
                payment,
                provider_ref: Some("p".into()),
                news,
                effect: None,
            };
            let envelope = Envelope::system(Command::PaymentNews(news));
            decide(bench.now, &envelope, &mut bench.world).expect("a payment of ours");
        };
        let amount = bench.world.group(bench.group("o")).expect("it").total;
        for told in told {
            let told = match *told {
                "authorized" => ProviderNews::Authorized { amount },
                "captured" => ProviderNews::Captured { amount },
                _ => ProviderNews::Voided,
            };
            say(&mut bench, told);
        }
        bench.world.delta();
        let group = bench.world.group(bench.group("o")).expect("it").clone();
        let has_heard = group.payments[0].has_heard("p", &news);
        assert!(!group.payments[0].has_heard("another", &news));
        say(&mut bench, news);
        assert!(!has_heard || bench.world.delta().is_empty());
        has_heard
    };
    let authorized = ProviderNews::Authorized { amount: 1 };
    let captured = ProviderNews::Captured { amount: 1 };
    assert!(heard(&["authorized"], authorized.clone()));
    assert!(heard(&["authorized", "captured"], authorized.clone()));
    assert!(heard(&["captured"], captured.clone()));
    assert!(!heard(&[], authorized.clone()));
    assert!(!heard(&["voided"], authorized));
    assert!(!heard(&["captured"], ProviderNews::Voided));
}

#[test]
fn a_refund_that_waits_for_a_capture_ends_when_the_payment_is_let_go() {
    let mut bench = Bench::new();
    for line in [
        "stock a W1 1",
        "stock c W1 1",
        "buy o a+c ship",
        "authorized o",
        "cancel o 2",
        "cancel o 1",
    ] {
        bench.line(line);
    }
    let refunds = |bench: &Bench| -> alloc::vec::Vec<RefundState> {
        let group = bench.world.group(bench.group("o")).expect("it was placed");
        group.refunds.iter().map(|r| r.state).collect()
    };
    assert_eq!(refunds(&bench), [RefundState::Failed]);
    bench.line("captured o");
    assert_eq!(
        refunds(&bench),
        [RefundState::Failed, RefundState::Pending],
        "what is taken all the same goes back whole, once"
    );
}

#[test]
fn provider_messages_come_late_twice_and_out_of_order() {
    check(
        "stock a W1 50
         # The capture overtakes the authorization.
         buy o a ship      => pendingpayment 1490 pending | pending
         captured o        => confirmed 1490 captured | open
         authorized o      => confirmed 1490 captured | open
         action o          => confirmed 1490 captured | open
         declined o        => confirmed 1490 captured | open
         voided o          => confirmed 1490 captured | open
         account o         => 1490
         # Declined, then another card; the first one comes through after all.
         buy p a ship      => pendingpayment 1490 pending | pending
         retry p           => payment_in_progress
         declined p        => pendingpayment 1490 declined | pending
         retry p           => pendingpayment 1490 declined pending | pending
         authorized p 2    => confirmed 1490 declined authorized | open
         authorized p 1    => confirmed 1490 voided authorized | open
         captured p 2      => confirmed 1490 voided captured | open
         captured p 1      => confirmed 1490 captured captured | open | 1490?
         # A hosted page goes on after a refused card.
         buy q a ship      => pendingpayment 1490 pending | pending
         action q          => pendingpayment 1490 actionrequired | pending
         declined q        => pendingpayment 1490 declined | pending
         authorized q      => confirmed 1490 authorized | open
         # Left at the provider's page, then tried again.
         buy r a ship      => pendingpayment 1490 pending | pending
         action r          => pendingpayment 1490 actionrequired | pending
         retry r           => pendingpayment 1490 voided pending | pending
         authorized r 1    => pendingpayment 1490 voided pending | pending
         authorized r 2    => confirmed 1490 voided authorized | open
         # Not the amount that was asked for.
         buy s a ship      => pendingpayment 1490 pending | pending
         authorized-less s => pendingpayment 1490 voided | pending
         captured-less s   => payment_mismatch
         # The authorization lapses before the capture.
         buy t a ship      => pendingpayment 1490 pending | pending
         authorized t      => confirmed 1490 authorized | open
         voided t          => canceled 1490 voided | canceled
         authorized nobody => not_found
         # What an operator must look at is kept on record and changes nothing.
         buy u a ship      => pendingpayment 1490 pending | pending
         authorized u      => confirmed 1490 authorized | open
         trouble u         => confirmed 1490 authorized | open
         trouble u 2       => not_found
         trouble nobody    => not_found",
    );
}

#[test]
fn orders_are_canceled_and_refunded_to_the_cent() {
    check(
        "stock a W1 50
         stock b W1 50
         buy o 3a+2b ship card TEN => pendingpayment 4088 pending | pending
         authorized o              => confirmed 4088 authorized | open
         captured o                => confirmed 4088 captured | open
         refund o 1:1 0            => quantity_invalid
         pick o                    => confirmed 4088 captured | picking
         pack o                    => confirmed 4088 captured | packed
         ship o                    => confirmed 4088 captured | shipped
         account o                 => 0
         refund o 1:1 0 S1         => confirmed 4088 captured | shipped | 900?
         level a S1                => 0 of 1
         refund o 1:3 0            => quantity_invalid
         refund o 1:2,2:2 490      => confirmed 4088 captured | shipped | 900? 3188?
         refund o - 1              => refund_too_large
         refunded o 2              => confirmed 4088 captured | shipped | 900? 3188
         refund-failed o 1         => confirmed 4088 captured | shipped | 900! 3188
         refund o - 901            => refund_too_large
         refund o - 900            => confirmed 4088 captured | shipped | 900! 3188 900?
         refunded o 3              => confirmed 4088 captured | shipped | 900! 3188 900
         account o                 => 0
         account shopper           => 0",
    );
}

#[test]
fn a_cancellation_gives_goods_and_money_back_at_every_stage() {
    check(
        "stock a W1 50
         # Before the payment: the whole group is given up.
         buy o a ship   => pendingpayment 1490 pending | pending
         cancel o       => canceled 1490 voided | canceled
         cancel o       => canceled 1490 voided | canceled
         # Authorized: the provider lets go.
         buy p a ship   => pendingpayment 1490 pending | pending
         authorized p   => confirmed 1490 authorized | open
         cancel p       => canceled 1490 voided | canceled
         # The capture was under way: the money goes back by itself.
         captured p     => canceled 1490 captured | canceled | 1490?
         refunded p     => canceled 1490 captured | canceled | 1490
         # Captured: a refund.
         buy q a ship   => pendingpayment 1490 pending | pending
         authorized q   => confirmed 1490 authorized | open
         captured q     => confirmed 1490 captured | open
         pick q         => confirmed 1490 captured | picking
         cancel q       => canceled 1490 captured | canceled | 1490?
         pack q         => order_not_confirmed
         refunded q     => canceled 1490 captured | canceled | 1490
         level a W1     => 0 of 50
         account shopper => 0",
    );
}

#[test]
fn what_was_given_back_at_the_provider_is_booked_once_and_not_given_back_again() {
    check(
        "stock a W1 50
         # The goods are still owed and paid for: the seller bears it.
         buy o 2a ship         => pendingpayment 2490 pending | pending
         outside o 1 500 r1    => payment_mismatch
         authorized o          => confirmed 2490 authorized | open
         outside o 1 500 r1    => payment_mismatch
         captured o            => confirmed 2490 captured | open
         outside o 1 500 r1    => confirmed 2490 captured | open | 500
         outside o 1 500 r1    => confirmed 2490 captured | open | 500
         outside o 2 500 r1    => not_found
         outside o 1 0 r2      => payment_mismatch
         account o             => 2490
         account own           => -420
         pick o                => confirmed 2490 captured | picking | 500
         pack o                => confirmed 2490 captured | packed | 500
         ship o                => confirmed 2490 captured | shipped | 500
         account o             => 0
         account own           => 1673
         refund o 1:2 490      => refund_too_large
         outside o 1 1991 r2   => payment_mismatch
         outside o 1 1990 r2   => confirmed 2490 captured | shipped | 500 1990
         account shopper       => 0
         # Canceled afterwards: no more is asked for than is left.
         buy p a ship          => pendingpayment 1490 pending | pending
         captured p            => confirmed 1490 captured | open
         outside p 1 1000 r3   => confirmed 1490 captured | open | 1000
         cancel p              => canceled 1490 captured | canceled | 1000 490?
         account p             => 490
         refunded p 2          => canceled 1490 captured | canceled | 1000 490
         account p             => 0
         buy q a ship          => pendingpayment 1490 pending | pending
         captured q            => confirmed 1490 captured | open
         outside q 1 1490 r4   => confirmed 1490 captured | open | 1490
         cancel q              => canceled 1490 captured | canceled | 1490
         account q             => 0
         # Both at once: the provider gives it back once.
         buy r a ship          => pendingpayment 1490 pending | pending
         captured r            => confirmed 1490 captured | open
         cancel r              => canceled 1490 captured | canceled | 1490?
         outside r 1 1490 r5   => canceled 1490 captured | canceled | 1490? 1490
         refunded r 1          => payment_mismatch
         refund-failed r 1     => canceled 1490 captured | canceled | 1490! 1490
         account r             => 0
         # Money that came for nothing.
         buy s a ship          => pendingpayment 1490 pending | pending
         wait 20
         expire s
         captured s            => canceled 1490 captured | canceled | 1490?
         outside s 1 1490 r6   => canceled 1490 captured | canceled | 1490? 1490
         refund-failed s 1     => canceled 1490 captured | canceled | 1490! 1490
         account s             => 0
         account own           => 0
         account tax           => 0
         account shopper       => 0",
    );
}

#[test]
fn parcels_are_few_and_lines_are_split_only_when_they_must() {
    check(
        "stock a W1 3
         stock a W2 5
         stock b W2 5
         buy o a+b ship   => pendingpayment 1989 pending | pending
         level a W2       => 1 of 5
         level a W1       => 0 of 3
         buy p 6a ship    => pendingpayment 6490 pending | pending pending
         buy q 2a ship    => out_of_stock
         buy r a ship     => pendingpayment 1490 pending | pending
         level a W1       => 3 of 3
         level a W2       => 5 of 5",
    );
}

#[test]
fn one_group_holds_orders_of_several_sellers() {
    check(
        "stock a W1 5
         stock c W1 5
         buy o a+c ship => pendingpayment 4823 pending | pending pending
         authorized o   => confirmed 4823 authorized | open open
         captured o     => confirmed 4823 captured | open open
         cancel o 2     => confirmed 4823 captured | open canceled | 3710?
         pick o 1       => confirmed 4823 captured | picking canceled | 3710?
         pack o 1       => confirmed 4823 captured | packed canceled | 3710?
         ship o 1       => confirmed 4823 captured | shipped canceled | 3710?
         refunded o     => confirmed 4823 captured | shipped canceled | 3710
         account o      => 0
         account brand  => 0
         account own    => 935",
    );
}

#[test]
fn goods_are_collected_or_carried_out() {
    check(
        "stock a S1 2
         buy o a ship         => out_of_stock
         buy o a W1           => location_cannot
         buy o a S1           => pendingpayment 1000 pending | pending
         authorized o         => confirmed 1000 authorized | open
         captured o           => confirmed 1000 captured | open
         pack o               => confirmed 1000 captured | packed
         ship o               => wrong_state
         deliver o            => confirmed 1000 captured | delivered
         account own          => 840
         safety a S1 1
         buy p a S1           => out_of_stock
         buy p a carry account => confirmed 1000 onaccount | delivered
         paid p               => confirmed 1000 captured | delivered
         paid p               => confirmed 1000 captured | delivered
         level a S1           => 0 of 0
         account own          => 1680",
    );
}

#[test]
fn a_count_below_what_is_reserved_is_a_recorded_shortage() {
    check(
        "stock a W1 3
         buy o 3a ship account => confirmed 3490 onaccount | open
         damage a W1 2
         level a W1            => 3 of 1 short 2
         damage a W1 2         => stock_below_zero
         pack o                => confirmed 3490 onaccount | packed
         ship o                => stock_below_zero
         stock a W1 2
         level a W1            => 3 of 2 short 1
         stock a W1 4
         level a W1            => 3 of 4
         ship o                => confirmed 3490 onaccount | shipped
         level a W1            => 0 of 1",
    );
}

#[test]
fn bad_input_is_refused_with_a_code() {
    check(
        "stock a W1 5
         stock a W1 -1          => quantity_invalid
         stock a W1 9999999999  => quantity_invalid
         stock a X1 1           => not_found
         stock z W1 1           => unknown_variant
         buy o 0a ship          => quantity_invalid
         buy o 2000000a ship    => quantity_invalid
         buy o z ship           => unknown_variant
         buy o a+a ship         => field_invalid
         buy o a X1             => not_found
         buy o a ship card NOPE => pendingpayment 1490 pending | pending
         buy p a ship card FIVE,TEN => pendingpayment 940 pending | pending
         buy q a ship card five,FIVE => pendingpayment 990 pending | pending",
    );
}

#[test]
fn an_idempotency_key_gives_the_stored_answer_and_refuses_another_request() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    let intent = bench.intent("a", "ship", "");
    let open = OpenCheckout {
        id: CheckoutId(0x50_0000),
        access_key: 1,
        device: Device::Phone,
        intent,
    };
    let mut envelope = Envelope::system(Command::OpenCheckout(open));
    envelope.idempotency = Some(Idempotency { key: 9, request: 1 });
    let first = decide(bench.now, &envelope, &mut bench.world).expect("opens");
    let again = decide(bench.now + 5, &envelope, &mut bench.world).expect("answers");
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.outcome, again.outcome);
    envelope.idempotency = Some(Idempotency { key: 9, request: 2 });
    assert_eq!(
        decide(bench.now, &envelope, &mut bench.world),
        Err(Refusal::IdempotencyKeyReused)
    );
}

#[test]
fn a_purchase_in_one_call_costs_what_was_shown() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    let buy = |bench: &Bench, expected_total| {
        Command::BuyNow(BuyNow {
            open: OpenCheckout {
                id: CheckoutId(0x50_0000),
                access_key: 1,
                device: Device::Phone,
                intent: bench.intent("a", "ship", ""),
            },
            expected_total,
            expected_deposit: None,
            method: method("card"),
            return_url: String::new(),
        })
    };
    let (wrong, right) = (buy(&bench, Some(1489)), buy(&bench, Some(1490)));
    let changed = Refusal::PriceChanged {
        expected: 1489,
        current: 1490,
    };
    assert_eq!(bench.run(wrong.clone()), Err(changed));
    assert_eq!(bench.line("level a W1"), "0 of 5", "nothing was set aside");
    let placed = bench.run(right).expect("as shown");
    assert_eq!(bench.run(wrong), Ok(placed), "it is placed already");
}

#[test]
fn a_price_that_changed_is_told_and_nothing_is_placed() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    let id = CheckoutId(0x50_0000);
    let open = OpenCheckout {
        id,
        access_key: 1,
        device: Device::Phone,
        intent: bench.intent("a", "ship", ""),
    };
    bench.run(Command::OpenCheckout(open)).expect("opens");
    let draft = ProductDraft {
        product: product(0x1000, "a", 1100, TaxCategory::Standard),
        expected_version: Some(1),
    };
    bench
        .run(Command::SaveProducts(vec![draft.clone()]))
        .expect("a new price");
    assert_eq!(
        bench.run(Command::SaveProducts(vec![draft])),
        Err(Refusal::VersionConflict { current: 2 })
    );
    let place = |expected_total| {
        Command::PlaceOrder(PlaceOrder {
            checkout: id,
            expected_total,
            method: method("card"),
            return_url: String::new(),
            unheard: false,
        })
    };
    let changed = Refusal::PriceChanged {
        expected: 1490,
        current: 1590,
    };
    assert_eq!(bench.run(place(None)), Err(changed));
    let placed = bench
        .run(place(Some(1590)))
        .expect("the new price was shown");
    assert_eq!(
        bench.run(place(Some(1490))),
        Ok(placed),
        "completing twice gives the same group"
    );
    let saved = bench.world.checkout(id).expect("it was opened").clone();
    assert_eq!(
        (saved.status, saved.quote.total, saved.version),
        (CheckoutStatus::Placed, 1590, 2),
        "it is not what was shown first, so it is saved"
    );
    bench.now += crate::limits::CHECKOUT_MS;
    let update = UpdateCheckout {
        id,
        expected_version: None,
        intent: bench.intent("a", "ship", ""),
    };
    assert_eq!(
        bench.run(Command::UpdateCheckout(update)),
        Err(Refusal::CheckoutClosed)
    );
}

#[test]
fn a_checkout_that_was_placed_as_shown_is_not_saved_again_and_closed_all_the_same() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    let (id, early) = (CheckoutId(0x50_0000), CheckoutId(0x60_0000));
    let intent = bench.intent("a", "ship", "");
    let open = |id| OpenCheckout {
        id,
        access_key: 1,
        device: Device::Phone,
        intent: intent.clone(),
    };
    bench.run(Command::OpenCheckout(open(id))).expect("opens");
    let opened = bench.world.checkout(id).expect("it is there").clone();
    bench.now += 5;
    let place = PlaceOrder {
        checkout: id,
        expected_total: None,
        method: method("card"),
        return_url: String::new(),
        unheard: false,
    };
    bench.run(Command::PlaceOrder(place)).expect("placed");
    let saved = bench.world.checkout(id).expect("it is there");
    assert!(Arc::ptr_eq(saved, &opened));
    let expected = Checkout {
        status: CheckoutStatus::Placed,
        version: 2,
        updated_at: bench.now,
        ..Checkout::clone(&opened)
    };
    bench.now += 5;
    let again = bench.run(Command::OpenCheckout(open(id)));
    assert_eq!(again, Ok(Outcome::Checkout(Arc::new(expected))));
    let update = UpdateCheckout {
        id,
        expected_version: None,
        intent: intent.clone(),
    };
    let buy = BuyNow {
        open: open(early),
        expected_total: None,
        expected_deposit: None,
        method: method("card"),
        return_url: String::new(),
    };
    bench.run(Command::BuyNow(buy)).expect("bought");
    for command in [
        Command::UpdateCheckout(update),
        Command::CancelCheckout(id),
        Command::OpenCheckout(open(early)),
    ] {
        assert_eq!(bench.run(command), Err(Refusal::CheckoutClosed));
    }
}

#[test]
fn a_platform_is_told_of_its_orders_unless_it_is_known_that_it_does_not_want_to_hear() {
    let mut bench = Bench::new();
    bench.line("stock a W1 5");
    bench.line("buy o a ship");
    let bought = bench.world.group(bench.group("o")).expect("bought");
    let mut group = Group::clone(bought);
    for (channel, extension, unheard, is_told) in [
        (Channel::Agent, "{}", false, true),
        (Channel::Agent, "{}", true, false),
        (Channel::Agent, "", false, false),
        (Channel::Web, "{}", false, false),
    ] {
        group.channel = channel;
        group.extension = String::from(extension).into();
        group.unheard = unheard;
        lifecycle::notify(&mut bench.world, &group, crate::event::OrderNews::Placed);
        let effects = bench.world.delta().effects;
        assert_eq!(!effects.is_empty(), is_told, "{channel:?} {unheard}");
    }
}

#[test]
fn tax_is_added_where_prices_exclude_it() {
    let bench = Bench::new();
    let mut intent = bench.intent("3a+b", "ship", "TEN");
    intent.currency = USD;
    let quote = crate::pricing::quote(&bench.world, 0, &intent).expect("a price");
    // 3499 − 350 = 3149 goods; 19 % of 2700, 7 % of 449, 19 % of 490.
    assert_eq!(
        (quote.subtotal, quote.discount, quote.shipping),
        (3499, 350, 490)
    );
    assert_eq!(
        (quote.tax, quote.tax_added, quote.total),
        (513 + 31 + 93, 637, 3149 + 490 + 637)
    );
}

#[test]
fn a_refused_command_leaves_no_trace() {
    let mut bench = Bench::new();
    bench.line("stock a W1 2");
    let before = format!("{:?}", bench.world);
    for line in ["buy o a+9b ship", "buy o 3a ship", "ship nobody"] {
        bench.line(line);
        bench.groups.clear();
    }
    assert_eq!(
        format!("{:?}", bench.world).replace("now", ""),
        before.replace("now", "")
    );
}

fn any_line() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["o", "p", "q"]);
    let name_again = name.clone();
    let goods = prop::sample::select(vec!["a", "2a", "3a+b", "2b+c", "a+b+2c"]);
    let how = prop::sample::select(vec![
        "ship",
        "S1",
        "carry",
        "ship card TEN,FIVE",
        "ship account",
    ]);
    let after = prop::sample::select(vec![
        "authorized",
        "authorized-less",
        "captured",
        "declined",
        "voided",
        "action",
        "retry",
        "expire",
        "trouble",
        "cancel",
        "refunded",
        "refund-failed",
        "paid",
        "pick",
        "pack",
        "ship",
        "deliver",
    ]);
    prop_oneof![
        2 => (name.clone(), goods, how).prop_map(|(n, g, h)| format!("buy {n} {g} {h}")),
        8 => (after, name.clone(), 1..3u8).prop_map(|(verb, n, i)| format!("{verb} {n} {i}")),
        1 => (name.clone(), 1..3u8, prop::sample::select(vec![1, 500, 1490, 2490]), 1..5u8)
            .prop_map(|(n, i, amount, r)| format!("outside {n} {i} {amount} r{r}")),
        1 => (name, 0..4u8, 0..600u16).prop_map(|(n, pieces, extra)| {
            if pieces == 0 { format!("refund {n} - {extra}") } else { format!("refund {n} 1:{pieces} {extra} S1") }
        }),
        2 => (name_again, 1..3u8, 1..4u8, prop::sample::select(vec!["return", "approve", "refuse", "withdraw", "receive"]))
            .prop_map(|(n, i, pieces, verb)| match verb {
                "return" => format!("return {n} {i}:{pieces}"),
                "receive" => format!("receive {n} {i} {i}:{pieces}/1 S1"),
                _ => format!("{verb} {n} {i}"),
            }),
        1 => (prop::sample::select(vec!["a", "b", "c"]), prop::sample::select(vec!["W1", "W2", "S1"]), 0..6u8)
            .prop_map(|(v, l, n)| format!("stock {v} {l} {n}")),
        1 => (1..25u8).prop_map(|minutes| format!("wait {minutes}")),
    ]
}

proptest! {
    /// Whatever is asked in whatever order: nothing panics, and the invariants hold after every step.
    #[test]
    fn invariants_hold_in_any_order(lines in prop::collection::vec(any_line(), 1..60)) {
        let mut bench = Bench::new();
        for stock in ["stock a W1 4", "stock b W1 3", "stock b W2 3", "stock c W2 4", "stock a S1 3"] {
            bench.line(stock);
        }
        for line in &lines {
            bench.line(line);
        }
        // Liveness: when time is over, nothing unpaid holds goods.
        bench.now += 60 * MINUTE;
        for name in ["o", "p", "q"] {
            bench.line(&format!("expire {name}"));
            let group = bench.world.group(bench.group(name)).cloned();
            let waits = group.is_some_and(|g| g.payments.iter().any(|p| p.state == PaymentState::Pending && g.expires_at.is_some()));
            prop_assert!(!waits);
        }
    }
}
