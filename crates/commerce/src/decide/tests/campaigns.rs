//! Campaigns: who may do what with them, and that no limit is exceeded whatever happens to orders.

use super::*;
use crate::campaign::{
    Campaign, CampaignState, Codes, Counted, Deal, Goods, Limits, Quota, Rule, SalePrice,
    ThresholdStep,
};
use crate::money::{Currency, Money};
use crate::payment::PaymentMethod;
use crate::settings::{DiscountValue, Operator, Role};
use crate::text::Text;
use crate::world::Record;
use alloc::string::ToString;
use alloc::vec::Vec;

const EUR: Currency = Currency::parse("EUR").expect("a code");
const ID: CampaignId = CampaignId(0x9000);
const DAY: i64 = 24 * 60 * MINUTE;

pub(super) fn eur(minor: i64) -> Money {
    Money {
        minor,
        currency: EUR,
    }
}

pub(super) fn rule(number: u8, deal: Deal, limits: Limits) -> Rule {
    Rule {
        number,
        title: Text::en("rule"),
        deal,
        goods: Goods::default(),
        members_only: false,
        exclusive: false,
        only_full_price: false,
        limits,
    }
}

pub(super) fn variant(raw: u64) -> VariantId {
    VariantId::under(ProductId(raw), 1)
}

fn flash(total: u32, per_buyer: Option<u32>) -> Rule {
    let price = SalePrice {
        variant: variant(0x1000),
        seller: SellerId(0x100),
        prices: vec![eur(700)],
        total: Some(total),
    };
    let limits = Limits {
        per_buyer,
        ..Limits::default()
    };
    rule(1, Deal::Prices(vec![price]), limits)
}

fn threshold(budget: i64) -> Rule {
    let step = ThresholdStep {
        spend: eur(2_000),
        off: 333,
    };
    let deal = Deal::Threshold {
        steps: vec![step],
        times: 2,
    };
    let limits = Limits {
        budget: Some(eur(budget)),
        ..Limits::default()
    };
    rule(2, deal, limits)
}

fn coupon(total: u32) -> Rule {
    let deal = Deal::Coupon {
        codes: Codes::Shared("FEST".to_string()),
        value: DiscountValue::Percent(77_777),
        spend: None,
    };
    let limits = Limits {
        total: Some(total),
        per_buyer: Some(2),
        budget: None,
    };
    rule(3, deal, limits)
}

fn buy_get(total: u32) -> Rule {
    let deal = Deal::BuyGet {
        buy: 1,
        get: 1,
        percent: 500_000,
    };
    let limits = Limits {
        total: Some(total),
        ..Limits::default()
    };
    Rule {
        goods: Goods {
            products: vec![ProductId(0x2000)],
            ..Goods::default()
        },
        ..rule(4, deal, limits)
    }
}

pub(super) fn campaign(now: i64, rules: Vec<Rule>) -> Campaign {
    Campaign {
        id: ID,
        version: 0,
        code: "fest".to_string(),
        title: Text::en("Fest"),
        time_zone: "Asia/Shanghai".to_string(),
        starts_at: now,
        ends_at: now + 30 * DAY,
        state: CampaignState::Approved,
        proposed_by: None,
        approved_by: Some(OperatorId(1)),
        rules,
    }
}

pub(super) fn save(campaign: Campaign, expected_version: Option<u32>) -> Command {
    Command::SaveCampaign(CampaignDraft {
        campaign,
        expected_version,
    })
}

fn advance(step: CampaignStep) -> Command {
    Command::MoveCampaign(ID, None, step)
}

fn operator(raw: u64, active: bool) -> Record {
    Record::Operator(Operator {
        id: OperatorId(raw),
        version: 1,
        email: format!("{raw}@example.com"),
        name: "o".to_string(),
        role: Role::Owner,
        password_hash: String::new(),
        active,
    })
}

/// A bench on which these rules run.
pub(super) fn running(rules: Vec<Rule>) -> Bench {
    let mut bench = Bench::new();
    let draft = campaign(bench.now, rules);
    bench.run(save(draft, None)).expect("it can be saved");
    let approved = bench.run(advance(CampaignStep::Approve));
    approved.expect("it can be approved");
    bench
}

pub(super) fn taken(bench: &Bench, number: u8, counted: Counted) -> i64 {
    bench.world.taken(&Quota {
        rule: RuleId::under(ID, number),
        counted,
    })
}

#[test]
fn nobody_approves_what_they_proposed_unless_there_is_nobody_else() {
    let mut bench = Bench::new();
    let (ada, bob) = (
        Actor::Operator(OperatorId(0x100)),
        Actor::Operator(OperatorId(0x200)),
    );
    let people = vec![operator(0x100, true), operator(0x200, true)];
    bench.run(Command::SaveRecords(people)).expect("saved");
    let draft = campaign(bench.now, vec![coupon(5)]);
    bench.run_as(ada, save(draft.clone(), None)).expect("saved");
    let saved = bench.world.campaign(ID).expect("it is there");
    assert_eq!((saved.version, saved.state), (1, CampaignState::Draft));
    assert_eq!(saved.proposed_by, Some(OperatorId(0x100)));
    assert_eq!(saved.approved_by, None, "whatever was sent");
    let approve = advance(CampaignStep::Approve);
    assert_eq!(
        bench.run_as(ada, approve.clone()),
        Err(Refusal::SecondPersonNeeded)
    );
    let stale = Command::MoveCampaign(ID, Some(7), CampaignStep::Approve);
    assert_eq!(
        bench.run_as(bob, stale),
        Err(Refusal::VersionConflict { current: 1 })
    );
    bench.run_as(bob, approve.clone()).expect("another may");
    bench.run_as(ada, approve).expect("twice changes nothing");
    let saved = bench.world.campaign(ID).expect("it is there");
    assert_eq!(saved.approved_by, Some(OperatorId(0x200)));
    assert_eq!(
        bench.run_as(ada, save(draft.clone(), None)),
        Err(Refusal::WrongState { state: "approved" }),
        "what runs is not changed"
    );
    // A shop of one.
    let mut bench = Bench::new();
    let people = vec![operator(0x100, true), operator(0x200, false)];
    bench.run(Command::SaveRecords(people)).expect("saved");
    bench.run_as(ada, save(draft, None)).expect("saved");
    let alone = bench.run_as(ada, advance(CampaignStep::Approve));
    alone.expect("nobody else is there");
}

// Long because each field that can be wrong is a case.
#[test]
fn campaigns_that_make_no_sense_are_refused_by_their_first_wrong_field() {
    type Change = fn(&mut Campaign);
    let cases: [(&str, Change); 23] = [
        ("code", |c| c.code = String::new()),
        ("title", |c| c.title = Text::default()),
        ("time_zone", |c| c.time_zone = String::new()),
        ("ends_at", |c| c.ends_at = c.starts_at),
        ("ends_at", |c| c.ends_at = c.starts_at - 1),
        ("ends_at", |c| c.ends_at = c.starts_at + 500 * DAY),
        ("rules.number", |c| c.rules[0].number = 0),
        ("rules.number", |c| c.rules = vec![coupon(1), coupon(1)]),
        ("rules.title", |c| c.rules[0].title = Text::default()),
        ("rules.limits", |c| c.rules[0].limits.total = Some(0)),
        ("rules.limits", |c| c.rules[0].limits.budget = Some(eur(0))),
        ("rules.deal", |c| c.rules[0].deal = Deal::Percent(0)),
        ("rules.deal", |c| c.rules[0].deal = Deal::Percent(1_000_001)),
        ("rules.deal", |c| {
            c.rules[0].deal = Deal::Bundle {
                parts: vec![(variant(0x1000), 1)],
                prices: vec![eur(1)],
            };
        }),
        ("rules.deal", |c| {
            c.rules[0].deal = Deal::Threshold {
                steps: vec![ThresholdStep {
                    spend: eur(10),
                    off: 11,
                }],
                times: 1,
            };
        }),
        ("rules.deal", |c| {
            c.rules[0].deal = Deal::FreeShipping {
                service_level: "teleport".to_string(),
                spend: None,
            };
            c.rules[0].limits = Limits::default();
        }),
        ("rules.deal", |c| presale_but(c, |p| p.from = p.until)),
        ("rules.deal", |c| presale_but(c, |p| p.from -= 100 * DAY)),
        ("rules.deal", |c| presale_but(c, |p| p.until -= 20 * DAY)),
        ("rules.deal", |c| presale_but(c, |p| p.terms.deposit = 0)),
        ("rules.deal", |c| presale_but(c, |p| p.terms.deposit = 201)),
        ("rules.deal", |c| {
            presale_but(c, |p| p.terms.counts_as = 801)
        }),
        ("rules.deal", |c| {
            presale_but(c, |p| p.title = Text::default())
        }),
    ];
    for (field, change) in cases {
        let mut bench = Bench::new();
        let mut draft = campaign(bench.now, vec![coupon(1)]);
        change(&mut draft);
        let refused = bench.run(save(draft, None));
        assert_eq!(refused, Err(Refusal::FieldInvalid { field }), "{field}");
    }
    let mut bench = Bench::new();
    let mut taken = coupon(1);
    taken.deal = Deal::Coupon {
        codes: Codes::Shared("TEN".to_string()),
        value: DiscountValue::Percent(1),
        spend: None,
    };
    let draft = campaign(bench.now, vec![taken]);
    bench.run(save(draft, None)).expect("a draft may be");
    let code = "TEN".to_string();
    assert_eq!(
        bench.run(advance(CampaignStep::Approve)),
        Err(Refusal::CodeTaken { code })
    );
}

/// A presale with one thing changed.
fn presale_but(campaign: &mut Campaign, change: fn(&mut super::presale::Parts)) {
    let mut parts = super::presale::Parts::of(campaign);
    change(&mut parts);
    campaign.rules = vec![parts.rule()];
}

#[test]
fn a_campaign_stops_at_once_and_ends_for_good_after_its_time() {
    let mut bench = running(vec![flash(5, None)]);
    bench.line("stock a W1 50");
    let total = |bench: &Bench| {
        let intent = bench.intent("a", "S1", "");
        crate::pricing::quote(&bench.world, bench.now, &intent).map(|q| q.total)
    };
    assert_eq!(total(&bench), Ok(700));
    assert_eq!(
        bench.run(advance(CampaignStep::End)),
        Err(Refusal::WrongState { state: "running" })
    );
    bench.run(advance(CampaignStep::Stop)).expect("it stops");
    assert_eq!(total(&bench), Ok(1_000));
    assert_eq!(
        bench.run(advance(CampaignStep::Approve)),
        Err(Refusal::WrongState { state: "stopped" })
    );
    let mut bench = running(vec![flash(5, None)]);
    bench.now += 30 * DAY;
    assert_eq!(total(&bench), Ok(1_000), "its last moment is over");
    bench.run(advance(CampaignStep::End)).expect("it is over");
}

#[test]
fn what_an_order_takes_of_limits_comes_back_with_its_goods() {
    let mut bench = running(vec![flash(5, Some(4)), threshold(2_000), coupon(3)]);
    bench.line("stock a W1 50");
    let buyer = |bench: &Bench, number| {
        let intent = bench.intent("a", "ship", "");
        taken(
            bench,
            number,
            crate::pricing::buyer_of(&intent).expect("an address"),
        )
    };
    bench.line("buy x 3a ship card FEST");
    let seen = |bench: &Bench| {
        (
            taken(bench, 1, Counted::Variant(variant(0x1000))),
            buyer(bench, 1),
            taken(bench, 2, Counted::Budget),
            taken(bench, 3, Counted::Orders),
            buyer(bench, 3),
        )
    };
    assert_eq!(seen(&bench), (3, 3, 333, 1, 1));
    // The second of the same buyer gets one piece at the price, the rest at its own.
    bench.line("buy y 3a ship card FEST");
    assert_eq!(seen(&bench), (4, 4, 666, 2, 2));
    let intent = bench.intent("a", "ship", "FEST");
    let priced = crate::pricing::price(&bench.world, bench.now, &intent).expect("a price");
    assert!(priced.uses.is_empty(), "{:?}", priced.missed);
    // Not paid in time.
    bench.now += 21 * MINUTE;
    let x = bench.group("x");
    bench.run(Command::ExpireGroups(vec![x])).expect("it ends");
    assert_eq!(seen(&bench), (1, 1, 333, 1, 1));
    bench.run(Command::ExpireGroups(vec![x])).expect("once");
    assert_eq!(seen(&bench), (1, 1, 333, 1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    // Long because each kind of step is one arm.
    #[test]
    fn no_limit_is_exceeded_and_no_cent_is_made_or_lost(
        steps in prop::collection::vec((0..10u8, 0..4u32, 1..6u32, 0..6usize, any::<bool>()), 1..40)
    ) {
        let now = Bench::new().now;
        let packets = super::packets::packets(5, now);
        let rules = vec![flash(7, Some(5)), threshold(1_000), coupon(4), buy_get(6), packets];
        let mut bench = running(rules);
        let members: Vec<CustomerId> = (0..4).map(|who| super::packets::join(&mut bench, who)).collect();
        for good in ["a", "b", "c"] {
            bench.line(&format!("stock {good} W1 500"));
        }
        let mut placed: Vec<GroupId> = Vec::new();
        for (what, who, pieces, which, flag) in steps {
            let group = placed.get(which % placed.len().max(1)).copied();
            match (what, group) {
                (9, _) => {
                    let _ = super::packets::draw(&mut bench, members[who as usize]);
                }
                (0..=4, _) | (_, None) => {
                    let id = CheckoutId((0x50_0000 + placed.len() as u64) << 8);
                    bench.groups.insert(format!("{}", placed.len()), id.group());
                    let items = format!("{pieces}a+{}b+c", pieces + 1);
                    let mut intent = bench.intent(&items, "ship", if flag { "FEST,ten" } else { "" });
                    let buyer = alloc::sync::Arc::make_mut(&mut intent.buyer);
                    buyer.email = format!("{who}@example.com");
                    let member = members[who as usize];
                    intent.member = Some(member);
                    intent.discount_codes.extend(super::packets::codes(&bench, member));
                    let open = OpenCheckout { id, access_key: 1, device: Device::Phone, intent };
                    let buy = BuyNow {
                        open,
                        expected_total: None,
                        expected_deposit: None,
                        method: PaymentMethod::OnAccount,
                        return_url: String::new(),
                    };
                    bench.run(Command::BuyNow(buy)).expect("there is enough");
                    placed.push(id.group());
                }
                (5, Some(id)) => {
                    let order = OrderId::under(id, 1);
                    let reason = crate::order::CancelReason::Shopper;
                    let cancel = CancelOrder { order, reason, note: String::new() };
                    let _ = bench.run(Command::CancelOrder(cancel));
                }
                (6, Some(id)) => {
                    let _ = bench.run(Command::RecordPaid(PaymentId::under(id, 1)));
                }
                (7, Some(id)) => {
                    let parcel = FulfillmentId::under(id, 1);
                    let step = if flag { FulfillmentStep::Pack } else {
                        FulfillmentStep::Ship {
                            carrier: String::new(),
                            tracking_number: String::new(),
                            tracking_url: String::new(),
                        }
                    };
                    let _ = bench.run(Command::MoveFulfillment(parcel, step));
                }
                (_, Some(id)) => {
                    let line = 1 + (which % 3) as u16;
                    let refund = RefundOrder {
                        order: OrderId::under(id, 1),
                        lines: vec![(line, 1)],
                        extra: 0,
                        restock: None,
                        note: String::new(),
                    };
                    let _ = bench.run(Command::RefundOrder(refund));
                }
            }
        }
        // The bench compared every limit with its orders after each step. In the end all goods go one way or the other.
        for id in placed {
            let group = bench.world.group(id).expect("it was placed").clone();
            let uses: i64 = group.uses.iter().map(|u| u.taken - u.given_back).sum();
            if group.state == crate::order::GroupState::Canceled {
                prop_assert_eq!(uses, 0, "a canceled order keeps nothing of a limit");
            }
            let paid: i64 = group.orders.iter().map(|o| o.total).sum();
            prop_assert_eq!(paid, group.total);
            for line in group.lines() {
                let off: i64 = group
                    .discounts
                    .iter()
                    .map(|d| d.allocations[usize::from(line.number) - 1])
                    .sum();
                prop_assert_eq!(off, line.discount);
                let before = line.unit_price * i64::from(line.quantity);
                prop_assert_eq!(before - off, line.total);
            }
        }
    }
}

#[test]
fn the_lowest_price_of_the_30_days_before_counts_what_was_changed_and_earlier_events() {
    let mut bench = Bench::new();
    let start = bench.now;
    let set = |bench: &mut Bench, days: i64, price| {
        bench.now = start + days * DAY;
        let draft = ProductDraft {
            product: product(0x1000, "a", price, TaxCategory::Standard),
            expected_version: None,
        };
        bench
            .run(Command::SaveProducts(vec![draft]))
            .expect("saved");
    };
    // 10.00, from day 5 on 6.00, from day 10 on 9.00, from day 50 on 12.00.
    for (day, price) in [(5, 600), (10, 900), (50, 1_200)] {
        set(&mut bench, day, price);
    }
    let lowest = |bench: &mut Bench, days: i64| {
        bench.now = start + days * DAY;
        let mut event = campaign(bench.now, vec![flash(5, None)]);
        event.id = CampaignId((0x9000 + days as u64) << 8);
        event.code = format!("{days}");
        event.ends_at = event.starts_at + DAY;
        let id = event.id;
        bench.run(save(event, None)).expect("saved");
        let approve = Command::MoveCampaign(id, None, CampaignStep::Approve);
        bench.run(approve).expect("approved");
        let goods = bench.world.product(ProductId(0x1000)).expect("there");
        let of = (goods, &goods.variants[0]);
        let now = crate::pricing::price_now(&bench.world, bench.now, of, (EUR, false));
        let now = now.expect("it has a price");
        let reduction = now.reduction.expect("it is reduced");
        (now.price, now.regular, reduction.lowest_before)
    };
    assert_eq!(lowest(&mut bench, 60), (700, 1_200, 900));
    // The event of day 60 was the lowest.
    assert_eq!(lowest(&mut bench, 80), (700, 1_200, 700));
    // Nothing but the price of day 50 is in the 30 days before.
    assert_eq!(lowest(&mut bench, 140), (700, 1_200, 1_200));
}
