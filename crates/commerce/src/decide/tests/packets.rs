//! Red packets: who may draw when, that none is drawn or spent twice, and that no more than the budget is given.

use super::campaigns::{campaign, eur, rule, running, save, taken};
use super::*;
use crate::campaign::{Counted, Deal, Limits, Quota, Rule};
use crate::customer::{Customer, Kept, KeptWhat, Membership};
use crate::limits::WALLET_MAX;
use crate::packet::Packets;
use crate::payment::PaymentMethod;
use crate::pricing::{Why, buyer_with, price};
use crate::world::Record;
use alloc::string::ToString;
use alloc::vec::Vec;

const ID: CampaignId = CampaignId(0x9000);
const NUMBER: u8 = 5;
const RULE: RuleId = RuleId(0x9000 + NUMBER as u64);
const DAY: i64 = 24 * 60 * MINUTE;

/// So many packets of 0.50 to 5.00 with 2.00 on average, two for each member.
pub(super) fn packets(count: u32, now: i64) -> Rule {
    let deal = Deal::RedPackets {
        count,
        low: 50,
        high: 500,
        secret: (5, 8),
        draw_from: now,
        spend: Some(eur(1_000)),
        spend_until: now + 20 * DAY,
    };
    let limits = Limits {
        total: None,
        per_buyer: Some(2),
        budget: Some(eur(200 * i64::from(count))),
    };
    rule(NUMBER, deal, limits)
}

/// The member with a number, who is one from now on.
pub(super) fn join(bench: &mut Bench, who: u32) -> CustomerId {
    let id = CustomerId((0x7000 + u64::from(who)) << 8);
    let member = Customer {
        version: 1,
        membership: Some(Membership::default()),
        ..Customer::new(id, format!("{who}@example.com"))
    };
    let saved = bench.run(Command::SaveRecords(vec![Record::Customer(member)]));
    saved.expect("a new member");
    id
}

pub(super) fn draw(bench: &mut Bench, member: CustomerId) -> Result<u32, Refusal> {
    match bench.run(Command::DrawPacket(RULE, member))? {
        Outcome::Packet(packet) => Ok(packet.number),
        other => panic!("{other:?}"),
    }
}

/// The codes of the packets in a member's wallet.
pub(super) fn codes(bench: &Bench, member: CustomerId) -> Vec<String> {
    let packets = of(bench);
    let customer = bench.world.customer(member).expect("a member");
    let wallet = customer.membership.iter().flat_map(|m| &m.wallet);
    let codes = wallet.filter_map(|kept| match kept.what {
        KeptWhat::Packet(packet) => Some(packets.code(packet.number, member)),
        KeptWhat::Coupon(_) => None,
    });
    codes.collect()
}

fn of(bench: &Bench) -> Packets {
    let (_, rule) = bench.world.rule(RULE).expect("it is there");
    Packets::of(RULE, rule).expect("it is about packets")
}

/// What a member's purchase with all their packets takes off.
fn buy(bench: &mut Bench, (name, items): (&str, &str), member: CustomerId) -> i64 {
    let id = CheckoutId((0x60_0000 + u64::from(name.as_bytes()[0])) << 8);
    bench.groups.insert(name.to_string(), id.group());
    let mut intent = bench.intent(items, "ship", "");
    intent.member = Some(member);
    intent.discount_codes = codes(bench, member);
    let open = OpenCheckout {
        id,
        access_key: 1,
        device: Device::Phone,
        intent,
    };
    let buy = BuyNow {
        open,
        expected_total: None,
        expected_deposit: None,
        method: PaymentMethod::OnAccount,
        return_url: String::new(),
    };
    let placed = bench.run(Command::BuyNow(buy)).expect("there is enough");
    let Outcome::Group(group) = placed else {
        panic!("{placed:?}");
    };
    group.discounts.iter().map(|d| d.amount).sum()
}

#[test]
fn packets_are_drawn_in_their_time_by_members_so_many_each_until_none_is_left() {
    let mut bench = Bench::new();
    let ada = join(&mut bench, 1);
    assert_eq!(
        draw(&mut bench, ada),
        Err(Refusal::NotFound { what: "red packet" })
    );
    // Drawn a day before the campaign begins, spent in it.
    let opens = bench.now + DAY;
    let mut draft = campaign(bench.now + 2 * DAY, vec![packets(3, opens)]);
    draft.ends_at = opens + 20 * DAY;
    bench.run(save(draft, None)).expect("it can be saved");
    assert_eq!(
        draw(&mut bench, ada),
        Err(Refusal::NotFound { what: "red packet" }),
        "nobody knows of a draft"
    );
    let approve = Command::MoveCampaign(ID, None, CampaignStep::Approve);
    bench.run(approve).expect("it can be approved");
    let early = draw(&mut bench, ada);
    assert_eq!(early, Err(Refusal::DrawNotOpen { from: opens }));
    bench.now = opens;
    let (bob, eve) = (join(&mut bench, 2), join(&mut bench, 3));
    let stranger = CustomerId(0x1234_5600);
    assert_eq!(
        draw(&mut bench, stranger),
        Err(Refusal::NotFound { what: "member" })
    );
    assert_eq!(draw(&mut bench, ada), Ok(0));
    assert_eq!(draw(&mut bench, bob), Ok(1));
    assert_eq!(draw(&mut bench, ada), Ok(2));
    let enough = draw(&mut bench, ada);
    assert_eq!(enough, Err(Refusal::PacketLimitReached { limit: 2 }));
    assert_eq!(draw(&mut bench, eve), Err(Refusal::PacketsGone));
    assert_eq!(taken(&bench, NUMBER, Counted::Drawn), 3);
    assert_eq!(
        taken(&bench, NUMBER, buyer_with("1@example.com")),
        2,
        "who they are is known by their address"
    );
    // The campaign has not begun.
    bench.line("stock c W1 10");
    assert_eq!(buy(&mut bench, ("x", "c"), ada), 0);
    bench.now += DAY;
    let of = of(&bench);
    let both = of.amount(0) + of.amount(2);
    assert_eq!(buy(&mut bench, ("y", "c"), ada), both);
    assert_eq!(taken(&bench, NUMBER, Counted::Budget), both);
    assert_eq!(buy(&mut bench, ("z", "c"), ada), 0, "they are spent");
    bench.now = opens + 20 * DAY;
    assert_eq!(draw(&mut bench, eve), Err(Refusal::DrawOver));
}

#[test]
fn a_packet_comes_back_with_its_order_and_is_spent_whole() {
    let mut bench = Bench::new();
    bench = running(vec![packets(10, bench.now)]);
    bench.line("stock a W1 10");
    bench.line("stock b W1 10");
    let ada = join(&mut bench, 1);
    draw(&mut bench, ada).expect("there are some");
    // For less than it needs, it is left for another time.
    assert_eq!(buy(&mut bench, ("x", "b"), ada), 0);
    let held = of(&bench).amount(0);
    assert_eq!(buy(&mut bench, ("y", "a"), ada), held);
    let spent = |bench: &Bench| taken(bench, NUMBER, Counted::Code(0));
    assert_eq!(spent(&bench), 1);
    let order = OrderId::under(bench.group("y"), 1);
    let cancel = CancelOrder {
        order,
        reason: crate::order::CancelReason::Shopper,
        note: String::new(),
    };
    bench.run(Command::CancelOrder(cancel)).expect("it can be");
    assert_eq!(spent(&bench), 0);
    assert_eq!(taken(&bench, NUMBER, Counted::Budget), 0);
    assert_eq!(buy(&mut bench, ("z", "a"), ada), held);
    // Whoever takes the code from somebody else's receipt gets nothing for it.
    let eve = join(&mut bench, 2);
    let mut intent = bench.intent("a", "ship", "");
    intent.discount_codes = codes(&bench, ada);
    for member in [None, Some(eve)] {
        intent.member = member;
        let priced = price(&bench.world, bench.now, &intent).expect("a price");
        assert_eq!(priced.quote.discount, 0);
        assert_eq!(priced.missed[0].why, Why::UnknownCode);
    }
}

#[test]
fn the_same_request_again_gives_the_same_packet() {
    let mut bench = Bench::new();
    bench = running(vec![packets(10, bench.now)]);
    let ada = join(&mut bench, 1);
    let envelope = Envelope {
        idempotency: Some(Idempotency { key: 7, request: 9 }),
        ..Envelope::system(Command::DrawPacket(RULE, ada))
    };
    let mut drawn = Vec::new();
    for _ in 0..3 {
        let mut asked = KeySet::default();
        keys(&envelope, &bench.world, &mut asked);
        let quotas = asked.quotas.clone();
        bench.world.absorb(
            &KeySet {
                quotas,
                ..KeySet::default()
            },
            crate::world::Rows::default(),
        );
        let decided = decide(bench.now, &envelope, &mut bench.world).expect("it is drawn");
        drawn.push((decided.outcome, decided.replayed));
    }
    let packet = Outcome::Packet(DrawnPacket {
        rule: RULE,
        number: 0,
    });
    let expected = [false, true, true].map(|replayed| (packet.clone(), replayed));
    assert_eq!(drawn, expected);
    assert_eq!(taken(&bench, NUMBER, Counted::Drawn), 1);
}

#[test]
fn a_full_wallet_forgets_what_is_over_and_keeps_the_rest() {
    let mut bench = Bench::new();
    bench = running(vec![packets(10, bench.now)]);
    let ada = join(&mut bench, 1);
    let fill = |bench: &mut Bench, first: Kept| {
        let mut customer = bench.world.customer(ada).expect("a member").clone();
        let coupon = |n: usize| Kept {
            at: 1,
            what: KeptWhat::Coupon(format!("C{n}")),
        };
        let mut wallet: Vec<Kept> = (1..WALLET_MAX).map(coupon).collect();
        wallet.insert(0, first);
        customer.version += 1;
        customer.membership.get_or_insert_default().wallet = wallet;
        let saved = bench.run(Command::SaveRecords(vec![Record::Customer(customer)]));
        saved.expect("it fits");
    };
    let coupon = Kept {
        at: 1,
        what: KeptWhat::Coupon("C0".to_string()),
    };
    fill(&mut bench, coupon);
    assert_eq!(draw(&mut bench, ada), Err(Refusal::WalletFull));
    assert_eq!(taken(&bench, NUMBER, Counted::Drawn), 0);
    let gone = Kept {
        at: 1,
        what: KeptWhat::Packet(DrawnPacket {
            rule: RuleId(0x4203),
            number: 1,
        }),
    };
    fill(&mut bench, gone);
    assert_eq!(draw(&mut bench, ada), Ok(0));
    let wallet = bench.world.customer(ada).and_then(|c| c.membership.clone());
    let wallet = wallet.expect("a member").wallet;
    assert_eq!(wallet.len(), WALLET_MAX);
    let last = wallet.last().map(|kept| kept.what.clone());
    let own = DrawnPacket {
        rule: RULE,
        number: 0,
    };
    assert_eq!(last, Some(KeptWhat::Packet(own)));
}

#[test]
fn packets_that_make_no_sense_are_refused() {
    type Change = fn(&mut Rule);
    let deal = |rule: &mut Rule, change: fn(&mut i64, &mut i64, &mut i64)| {
        if let Deal::RedPackets {
            low,
            draw_from,
            spend_until,
            ..
        } = &mut rule.deal
        {
            change(low, draw_from, spend_until);
        }
    };
    let cases: [(&str, Change); 9] = [
        ("rules.limits", |r| r.limits.budget = None),
        ("rules.limits", |r| r.limits.per_buyer = None),
        ("rules.limits", |r| r.limits.per_buyer = Some(21)),
        ("rules.limits", |r| r.limits.total = Some(3)),
        ("rules.deal", |r| r.limits.budget = Some(eur(5_001))),
        ("rules.deal", |r| r.limits.budget = Some(eur(499))),
        ("rules.deal", |_| {}),
        ("rules.deal", |_| {}),
        ("rules.deal", |_| {}),
    ];
    for (at, (field, change)) in cases.into_iter().enumerate() {
        let mut bench = Bench::new();
        let mut wrong = packets(10, bench.now);
        change(&mut wrong);
        match at {
            6 => deal(&mut wrong, |low, _, _| *low = 0),
            7 => deal(&mut wrong, |_, from, until| *from = *until),
            8 => deal(&mut wrong, |_, _, until| *until += 20 * DAY),
            _ => {}
        }
        let refused = bench.run(save(campaign(bench.now, vec![wrong]), None));
        assert_eq!(refused, Err(Refusal::FieldInvalid { field }), "case {at}");
    }
    let mut bench = Bench::new();
    let sound = campaign(bench.now, vec![packets(10, bench.now)]);
    bench.run(save(sound, None)).expect("these make sense");
    let drawn = Quota {
        rule: RULE,
        counted: Counted::Drawn,
    };
    assert_eq!(bench.world.limit(&drawn), Some(10));
}
