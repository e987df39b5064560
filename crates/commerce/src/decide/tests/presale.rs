//! Presales: a deposit, then a balance, and every way in which one of them does not come.

use super::campaigns::{campaign, eur, rule, running, save, taken, variant};
use super::*;
use crate::campaign::{Campaign, Counted, Deal, Limits, PresaleOffer, PresaleTerms, Rule};
use crate::order::{CancelReason, GroupState};
use crate::text::Text;
use alloc::string::ToString;
use alloc::vec::Vec;

const DAY: i64 = 24 * 60 * MINUTE;

/// What a presale is made of: article `a` for 8.00 instead of 10.00, 1.00 at once that counts as 2.00; and `c` of
/// another seller for 30.00 instead of 33.33, 5.00 at once.
pub struct Parts {
    pub from: i64,
    pub until: i64,
    pub forfeit: bool,
    pub terms: PresaleTerms,
    pub title: Text,
    pub limits: Limits,
}

impl Parts {
    /// The balance can be paid for ten days after the campaign.
    pub fn of(campaign: &Campaign) -> Self {
        Self {
            from: campaign.ends_at,
            until: campaign.ends_at + 10 * DAY,
            forfeit: true,
            terms: PresaleTerms {
                price: eur(800),
                deposit: 100,
                counts_as: 200,
            },
            title: Text::en("counts double"),
            limits: Limits::default(),
        }
    }

    pub fn rule(&self) -> Rule {
        let offer = |raw, seller, terms| PresaleOffer {
            variant: variant(raw),
            seller: SellerId(seller),
            terms: vec![terms],
            total: None,
        };
        let other = PresaleTerms {
            price: eur(3_000),
            deposit: 500,
            counts_as: 500,
        };
        let deal = Deal::Presale {
            offers: vec![
                offer(0x1000, 0x100, self.terms),
                offer(0x3000, 0x200, other),
            ],
            counts_title: self.title.clone(),
            balance_from: self.from,
            balance_until: self.until,
            forfeit: self.forfeit,
        };
        rule(1, deal, self.limits)
    }
}

/// A bench on which the presale runs for 30 days; from `from` minutes on, the balance can be paid.
fn on_presale(change: impl Fn(&mut Parts)) -> Bench {
    let bench = Bench::new();
    let mut parts = Parts::of(&campaign(bench.now, Vec::new()));
    change(&mut parts);
    let mut bench = running(vec![parts.rule()]);
    for good in ["a", "b", "c"] {
        bench.line(&format!("stock {good} W1 50"));
    }
    bench
}

/// Minutes until the balance can be paid, and from then until it is too late.
const TO_BALANCE: i64 = 30 * 24 * 60;
const WINDOW: i64 = 10 * 24 * 60;

#[test]
fn a_deposit_is_paid_then_the_balance_and_the_goods_are_owed() {
    let mut bench = on_presale(|_| {});
    check_on(
        &mut bench,
        &format!(
            "buy o 2a ship      => pendingpayment 1890 pending | pending
             level a W1         => 2 of 50
             authorized o       => pendingpayment 1890 authorized | pending
             expire o
             wait 21
             expire o
             captured o         => awaitingbalance 1890 captured | pending
             captured o         => awaitingbalance 1890 captured | pending
             account o          => 200
             pick o             => order_not_confirmed
             retry o            => balance_not_due
             wait {}
             retry o            => balance_not_due
             wait 1
             retry o            => awaitingbalance 1890 captured pending | pending
             retry o            => payment_in_progress
             declined o 2       => awaitingbalance 1890 captured declined | pending
             retry o            => awaitingbalance 1890 captured declined pending | pending
             action o 3         => awaitingbalance 1890 captured declined actionrequired | pending
             authorized o 3     => awaitingbalance 1890 captured declined authorized | pending
             retry o            => payment_in_progress
             wait {WINDOW}
             expire o
             captured o 3       => confirmed 1890 captured declined captured | open
             captured o 3       => confirmed 1890 captured declined captured | open
             retry o            => confirmed 1890 captured declined captured | open
             account o          => 1890
             pack o             => confirmed 1890 captured declined captured | packed
             ship o             => confirmed 1890 captured declined captured | shipped
             account o          => 0
             account own        => 1588
             account tax        => 302",
            TO_BALANCE - 22
        ),
    );
    let group = bench.world.group(bench.group("o")).expect("there").clone();
    assert_eq!(group.payments[0].amount, 200);
    assert_eq!(group.payments[2].amount, 1_690, "the rest, to the cent");
    let off: Vec<_> = group
        .discounts
        .iter()
        .map(|d| (&*d.title, d.amount))
        .collect();
    assert_eq!(off, [("rule", 400), ("counts double", 200)]);
}

#[test]
fn a_balance_that_does_not_come_costs_the_deposit_or_not_as_was_agreed() {
    let mut bench = on_presale(|_| {});
    check_on(
        &mut bench,
        &format!(
            "buy o a+c ship     => pendingpayment 4190 pending | pending pending
             captured o         => awaitingbalance 4190 captured | pending pending
             account o          => 600
             wait {}
             retry o            => awaitingbalance 4190 captured pending | pending pending
             expire o
             wait 1
             retry o            => balance_overdue
             expire o
             retry o            => balance_overdue
             level a W1         => 0 of 50
             account o          => 0
             account own        => 100
             account brand      => 500
             account tax        => 0
             captured o 2       => canceled 4190 captured captured | canceled canceled | 3590?
             captured o 2       => canceled 4190 captured captured | canceled canceled | 3590?
             refunded o 1 2     => canceled 4190 captured captured | canceled canceled | 3590
             account shopper    => -600
             refund o - 1       => refund_too_large",
            TO_BALANCE + WINDOW - 1
        ),
    );
    let used = taken(&bench, 1, Counted::Variant(variant(0x1000)));
    assert_eq!(used, 0);
    let mut bench = on_presale(|p| p.forfeit = false);
    check_on(
        &mut bench,
        &format!(
            "buy o a+c ship     => pendingpayment 4190 pending | pending pending
             captured o         => awaitingbalance 4190 captured | pending pending
             wait {}
             expire o
             retry o            => balance_overdue
             account o          => 600
             refunded o 1       => canceled 4190 captured | canceled canceled | 100 500?
             refunded o 2       => canceled 4190 captured | canceled canceled | 100 500
             account o          => 0
             account shopper    => 0
             account own        => 0",
            TO_BALANCE + WINDOW
        ),
    );
}

#[test]
fn who_cancels_before_the_balance_decides_on_the_deposit() {
    for (verb, forfeit, kept) in [
        ("give-up", true, true),
        ("give-up", false, false),
        ("cancel", true, false),
        ("cancel", false, false),
    ] {
        let mut bench = on_presale(|p| p.forfeit = forfeit);
        bench.line("buy o a+c ship");
        bench.line("captured o");
        // One order of two: a group that waits for its balance is given up whole.
        let shown = bench.line(&format!("{verb} o 2"));
        let expected = if kept { "" } else { " | 100? 500?" };
        assert_eq!(
            shown,
            format!("canceled 4190 captured | canceled canceled{expected}"),
            "{verb} {forfeit}"
        );
        assert_eq!(bench.line(&format!("{verb} o 2")), shown, "twice is once");
        let held = if kept { "0" } else { "600" };
        assert_eq!(bench.line("account o"), held, "{verb} {forfeit}");
    }
}

#[test]
fn what_goes_back_after_the_balance_goes_back_through_both_payments() {
    let paid = |forfeit: bool| {
        let mut bench = on_presale(|p| p.forfeit = forfeit);
        check_on(
            &mut bench,
            &format!(
                "buy o 2a+c ship    => pendingpayment 4890 pending | pending pending
                 captured o         => awaitingbalance 4890 captured | pending pending
                 wait {TO_BALANCE}
                 retry o            => awaitingbalance 4890 captured pending | pending pending
                 captured o 2       => confirmed 4890 captured captured | open open"
            ),
        );
        bench
    };
    // 700 of 4890 were paid first. The first order comes to 1400 of goods and 156 of delivery.
    check_on(
        &mut paid(true),
        "cancel o 2         => confirmed 4890 captured captured | open canceled | 3334?
         cancel o 1         => canceled 4890 captured captured | canceled canceled | 3334? 856? 700?
         refunded o 2 2     => canceled 4890 captured captured | canceled canceled | 3334? 856 700?
         refunded o 2 2     => canceled 4890 captured captured | canceled canceled | 3334? 856 700?
         refunded o 3 1     => canceled 4890 captured captured | canceled canceled | 3334? 856 700
         refunded o 1 2     => canceled 4890 captured captured | canceled canceled | 3334 856 700
         account o          => 0
         account shopper    => 0",
    );
    check_on(
        &mut paid(true),
        "pack o 1           => confirmed 4890 captured captured | packed open
         ship o 1           => confirmed 4890 captured captured | shipped open
         cancel o 2         => confirmed 4890 captured captured | shipped canceled | 3334?
         refund o 1:1 0     => confirmed 4890 captured captured | shipped canceled | 3334? 700?
         refund o 1:1 156   => confirmed 4890 captured captured | shipped canceled | 3334? 700? 156? 700?
         refund o - 1       => refund_too_large
         refunded o 1 2     => confirmed 4890 captured captured | shipped canceled | 3334 700? 156? 700?
         refunded o 2 2     => confirmed 4890 captured captured | shipped canceled | 3334 700 156? 700?
         refunded o 3 2     => confirmed 4890 captured captured | shipped canceled | 3334 700 156 700?
         refunded o 4 1     => confirmed 4890 captured captured | shipped canceled | 3334 700 156 700
         account o          => 0
         account own        => 0
         account shopper    => 0",
    );
}

#[test]
fn deposits_that_come_late_twice_or_not_at_all_leave_nothing_behind() {
    check_on(
        &mut on_presale(|_| {}),
        "buy o a ship       => pendingpayment 1190 pending | pending
         declined o         => pendingpayment 1190 declined | pending
         retry o            => pendingpayment 1190 declined pending | pending
         wait 20
         retry o            => group_expired
         expire o
         captured o 2       => canceled 1190 declined captured | canceled | 100?
         refunded o 1 2     => canceled 1190 declined captured | canceled | 100
         retry o            => group_expired
         account shopper    => 0
         buy p a ship       => pendingpayment 1190 pending | pending
         authorized p       => pendingpayment 1190 authorized | pending
         wait 20
         expire p
         voided p           => pendingpayment 1190 voided | pending
         retry p            => group_expired
         expire p
         captured p         => canceled 1190 captured | canceled | 100?",
    );
    // Two attempts for the balance, of which the first went through after all.
    check_on(
        &mut on_presale(|_| {}),
        &format!(
            "buy o a ship       => pendingpayment 1190 pending | pending
             captured o         => awaitingbalance 1190 captured | pending
             wait {TO_BALANCE}
             retry o            => awaitingbalance 1190 captured pending | pending
             action o 2         => awaitingbalance 1190 captured actionrequired | pending
             retry o            => awaitingbalance 1190 captured voided pending | pending
             captured o 3       => confirmed 1190 captured voided captured | open
             captured o 2       => confirmed 1190 captured captured captured | open | 1090?
             refunded o 1 2     => confirmed 1190 captured captured captured | open | 1090
             account shopper    => -1190
             account o          => 1190"
        ),
    );
    // The money for the balance was held in time, and is let go after the window: then there is none.
    check_on(
        &mut on_presale(|_| {}),
        &format!(
            "buy o a ship       => pendingpayment 1190 pending | pending
             captured o         => awaitingbalance 1190 captured | pending
             wait {}
             retry o            => awaitingbalance 1190 captured pending | pending
             authorized o 2     => awaitingbalance 1190 captured authorized | pending
             wait 5
             expire o
             voided o 2         => awaitingbalance 1190 captured voided | pending
             retry o            => balance_overdue
             expire o
             retry o            => balance_overdue
             account own        => 100",
            TO_BALANCE + WINDOW - 1
        ),
    );
}

#[test]
fn a_deposit_that_somebody_gave_back_at_the_provider_is_not_given_back_again() {
    check_on(
        &mut on_presale(|_| {}),
        "buy o a ship       => pendingpayment 1190 pending | pending
         captured o         => awaitingbalance 1190 captured | pending
         outside o 1 40 r1  => awaitingbalance 1190 captured | pending | 40
         account own        => -40
         cancel o           => canceled 1190 captured | canceled | 40 60?
         account own        => 0
         refunded o 2       => canceled 1190 captured | canceled | 40 60
         account o          => 0
         account shopper    => 0
         account tax        => 0",
    );
    check_on(
        &mut on_presale(|_| {}),
        "buy o a ship       => pendingpayment 1190 pending | pending
         captured o         => awaitingbalance 1190 captured | pending
         outside o 1 40 r1  => awaitingbalance 1190 captured | pending | 40
         give-up o          => canceled 1190 captured | canceled | 40
         account o          => 0
         account own        => 60
         outside o 1 60 r2  => canceled 1190 captured | canceled | 40 60
         account own        => 0
         account shopper    => 0",
    );
}

#[test]
fn goods_on_presale_are_ordered_by_themselves_and_not_on_account() {
    let mut bench = on_presale(|p| p.limits.per_buyer = Some(2));
    check_on(
        &mut bench,
        "buy o a+b ship         => presale_apart
         buy p a ship account   => presale_needs_provider
         buy q a carry          => out_of_stock
         stock a S1 5
         buy q a carry account  => confirmed 1000 onaccount | delivered
         buy r 3a ship account  => confirmed 3490 onaccount | open
         buy s 2a ship card TEN => pendingpayment 1890 pending | pending
         buy t a ship account   => confirmed 1490 onaccount | open",
    );
    let mut intent = bench.intent("a", "ship", "");
    intent.buyer = Default::default();
    let priced = crate::pricing::price(&bench.world, bench.now, &intent).expect("a price");
    assert!(priced.email_needed && priced.quote.deposit.is_some());
    let open = OpenCheckout {
        id: CheckoutId(0x77_0000),
        access_key: 1,
        device: Device::Phone,
        intent,
    };
    let buy = BuyNow {
        open,
        expected_total: None,
        expected_deposit: None,
        method: method("card"),
        return_url: String::new(),
    };
    let refused = bench.run(Command::BuyNow(buy));
    assert_eq!(
        refused,
        Err(Refusal::CheckoutIncomplete { missing: "email" })
    );
}

#[test]
fn who_was_shown_a_deposit_is_not_charged_the_whole() {
    // In all it costs what it costs anyway: only the deposit tells the two apart.
    let mut bench = on_presale(|p| {
        p.terms = PresaleTerms {
            price: eur(1_000),
            deposit: 100,
            counts_as: 100,
        };
    });
    let open = OpenCheckout {
        id: CheckoutId(0x88_0000),
        access_key: 1,
        device: Device::Phone,
        intent: bench.intent("a", "ship", ""),
    };
    let buy_in_one = |id, expected_deposit| {
        Command::BuyNow(BuyNow {
            open: OpenCheckout {
                id: CheckoutId(id),
                ..open.clone()
            },
            expected_total: Some(1_490),
            expected_deposit,
            method: method("card"),
            return_url: String::new(),
        })
    };
    let changed = |expected, current| Err(Refusal::PriceChanged { expected, current });
    let at_once = [None, Some(200), Some(100)].map(|d| bench.run(buy_in_one(0x99_0000, d)));
    assert_eq!(at_once[0], changed(1_490, 100));
    assert_eq!(at_once[1], changed(200, 100));
    assert!(at_once[2].is_ok(), "{:?}", at_once[2]);
    bench
        .run(Command::OpenCheckout(open.clone()))
        .expect("opened");
    let place = || {
        Command::PlaceOrder(PlaceOrder {
            checkout: CheckoutId(0x88_0000),
            expected_total: Some(1_490),
            method: method("card"),
            return_url: String::new(),
            unheard: false,
        })
    };
    bench.now += 30 * DAY;
    bench
        .run(Command::MoveCampaign(
            CampaignId(0x9000),
            None,
            CampaignStep::End,
        ))
        .expect("it is over");
    bench.now -= 30 * DAY;
    assert_eq!(bench.run(place()), changed(100, 1_490));
    let late = bench.run(buy_in_one(0xaa_0000, Some(100)));
    assert_eq!(late, changed(100, 1_490));
}

#[test]
fn with_nothing_left_to_pay_after_the_deposit_the_goods_are_owed_at_once() {
    let mut bench = on_presale(|p| {
        p.terms = PresaleTerms {
            price: eur(900),
            deposit: 450,
            counts_as: 900,
        };
    });
    check_on(
        &mut bench,
        "stock a S1 5
         buy o a S1         => pendingpayment 450 pending | pending
         captured o         => confirmed 450 captured | open
         pack o             => confirmed 450 captured | packed
         deliver o          => confirmed 450 captured | delivered
         refund o 1:1 0     => confirmed 450 captured | delivered | 450?",
    );
}

#[test]
fn a_presale_that_costs_more_than_the_goods_do_is_none() {
    let mut bench = on_presale(|_| {});
    let draft = ProductDraft {
        product: product(0x1000, "a", 699, TaxCategory::Standard),
        expected_version: None,
    };
    bench
        .run(Command::SaveProducts(vec![draft]))
        .expect("saved");
    assert_eq!(
        bench.line("buy o a ship account"),
        "confirmed 1189 onaccount | open"
    );
    let mut draft = campaign(bench.now, Vec::new());
    draft.rules = vec![Parts::of(&draft).rule()];
    draft.id = CampaignId(0xa000);
    draft.code = "other".to_string();
    bench.run(save(draft, None)).expect("a draft");
}

/// A step: what, pieces, of which order, a flag.
type Step = (u8, u32, usize, bool);

fn random_step(bench: &mut Bench, placed: &mut usize, (what, pieces, which, flag): Step) {
    let name = format!("{}", which % (*placed).max(1));
    let line = match what {
        0 | 1 => {
            let items = if flag {
                format!("{pieces}a+2c")
            } else {
                format!("{pieces}a")
            };
            let line = format!("buy {placed} {items} ship");
            *placed += 1;
            line
        }
        2 | 3 => format!("captured {name} {}", 1 + pieces % 4),
        4 | 5 => format!("retry {name}"),
        6 => format!("authorized {name} {}", 1 + pieces % 4),
        7 => format!("voided {name} {}", 1 + pieces % 4),
        8 if flag => format!("give-up {name} {}", 1 + pieces % 2),
        8 => format!("cancel {name} {}", 1 + pieces % 2),
        9 => format!("pack {name} {}", 1 + pieces % 2),
        10 => format!("ship {name} {}", 1 + pieces % 2),
        11 => format!("refund {name} 1:{pieces} {}", if flag { 37 } else { 0 }),
        12 => format!("refunded {name} {} {}", 1 + pieces % 5, 1 + pieces % 4),
        13 => format!(
            "outside {name} {} {} r{pieces}",
            1 + pieces % 3,
            10 * pieces
        ),
        14 => format!("wait {}", i64::from(pieces) * TO_BALANCE / 4),
        _ => format!("expire {name}"),
    };
    bench.line(&line);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_cent_of_a_presale_is_made_or_lost(
        forfeit in any::<bool>(),
        steps in prop::collection::vec((0..16u8, 1..6u32, 0..5usize, any::<bool>()), 1..60)
    ) {
        let mut bench = on_presale(|p| {
            p.forfeit = forfeit;
            p.from -= 30 * DAY;
        });
        let mut placed = 0;
        for step in steps {
            random_step(&mut bench, &mut placed, step);
        }
        // The bench checked every invariant after each step. What is held is owed, or on its way back.
        for id in bench.groups.values() {
            let Some(group) = bench.world.group(*id) else { continue };
            // Those that came after the campaign are ordinary ones.
            let Some(presale) = &group.presale else { continue };
            let parts: i64 = group.orders.iter().map(|o| group.deposit_of(o)).sum();
            prop_assert_eq!(parts, presale.deposit.amount);
            prop_assert_eq!(group.balance() + presale.deposit.amount, group.total);
            let pending: i64 = group
                .refunds
                .iter()
                .filter(|r| r.state == RefundState::Pending && r.source == crate::order::RefundSource::Held)
                .map(|r| r.amount)
                .sum();
            if group.state == GroupState::Canceled {
                let kept_by_shopper = matches!(
                    group.cancel_reason,
                    Some(CancelReason::Expired | CancelReason::Shopper)
                );
                prop_assert!(presale.forfeited == 0 || forfeit && kept_by_shopper);
                let held = crate::invariants::held(group);
                let by_hand = group.refunds.iter().any(|r| r.outside.is_some());
                prop_assert!(held == pending || by_hand && held < pending, "{} of {}", held, pending);
            }
        }
    }
}
