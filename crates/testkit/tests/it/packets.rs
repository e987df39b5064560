//! Red packets in a store, whatever the engine: a draw is told again, what was taken is read, and the audit agrees.

use crate::open;
use commerce::campaign::{Campaign, CampaignState, Counted, Deal, Goods, Limits, Quota, Rule};
use commerce::command::{CampaignDraft, CampaignStep, DrawnPacket, Idempotency};
use commerce::customer::{Customer, Membership};
use commerce::id::{CampaignId, CustomerId, RuleId};
use commerce::packet::Packets;
use commerce::pricing::buyer_with;
use commerce::text::Text;
use commerce::world::Record;
use commerce::{Command, Currency, Envelope, Money, Outcome};
use std::collections::BTreeSet;
use testkit::{Home, Mix, NOW, ShopSize, Workload};

testkit::on_both_engines! {
    a_drawn_packet_is_told_again_spent_once_and_audited
}

const EUR: Currency = Currency::parse("EUR").expect("a code");
const ID: CampaignId = CampaignId(0x9900);
const EMAIL: &str = "ada@example.com";

fn campaign() -> Campaign {
    let rule = Rule {
        number: 1,
        title: Text::en("Red packet"),
        deal: Deal::RedPackets {
            count: 5,
            low: 1,
            high: 3,
            secret: (3, 4),
            draw_from: NOW,
            spend: None,
            spend_until: NOW + 1_000_000,
        },
        goods: Goods::default(),
        members_only: false,
        exclusive: false,
        only_full_price: false,
        limits: Limits {
            total: None,
            per_buyer: Some(2),
            budget: Some(Money {
                minor: 10,
                currency: EUR,
            }),
        },
    };
    Campaign {
        id: ID,
        version: 0,
        code: "packets".to_string(),
        title: Text::en("Packets"),
        time_zone: "UTC".to_string(),
        starts_at: NOW,
        ends_at: NOW + 1_000_000,
        state: CampaignState::Draft,
        proposed_by: None,
        approved_by: None,
        rules: vec![rule],
    }
}

// Long because one packet is followed from its draw to the audit.
fn a_drawn_packet_is_told_again_spent_once_and_audited(home: &Home) {
    let size = ShopSize {
        products: 4,
        in_warehouse: 1_000,
        in_shop: 0,
    };
    let (shop, mut harness) = open(size, home);
    let member = CustomerId(0x7700);
    let draft = CampaignDraft {
        campaign: campaign(),
        expected_version: None,
    };
    let ada = Customer {
        version: 1,
        membership: Some(Membership::default()),
        ..Customer::new(member, EMAIL.to_string())
    };
    for command in [
        Command::SaveCampaign(draft),
        Command::MoveCampaign(ID, None, CampaignStep::Approve),
        Command::SaveRecords(vec![Record::Customer(ada)]),
    ] {
        let done = harness.submit(NOW, Envelope::system(command));
        done.expect("it can be done");
    }
    let rule = RuleId::under(ID, 1);
    let draw = |key| Envelope {
        idempotency: Some(Idempotency { key, request: 7 }),
        ..Envelope::system(Command::DrawPacket(rule, member))
    };
    let told = |number| Outcome::Packet(DrawnPacket { rule, number });
    for (key, number, replayed) in [(1, 0, false), (2, 1, false), (1, 0, true)] {
        let decided = harness.submit(NOW, draw(key)).expect("a packet");
        assert_eq!(
            (decided.outcome, decided.replayed),
            (told(number), replayed)
        );
    }
    // As the database says it, not memory.
    let answer = harness.store.reader().answer(2).expect("read");
    assert_eq!(answer.map(|a| a.outcome), Some(told(1)));

    let packets = Packets::of(rule, &campaign().rules[0]).expect("packets");
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let mut envelope = workload.buy_now(NOW);
    if let Command::BuyNow(buy) = &mut envelope.command {
        buy.open.intent.member = Some(member);
        buy.open.intent.discount_codes = vec![packets.code(1, member)];
        buy.expected_total = None;
    }
    let bought = harness.submit(NOW, envelope).expect("an order").outcome;
    let Outcome::Group(group) = bought else {
        panic!("{bought:?}");
    };
    let off: i64 = group.discounts.iter().map(|d| d.amount).sum();
    assert_eq!(off, packets.amount(1));
    let quota = |counted| Quota { rule, counted };
    let asked = [
        Counted::Drawn,
        Counted::Budget,
        Counted::Code(0),
        Counted::Code(1),
        buyer_with(EMAIL),
    ];
    let asked: BTreeSet<Quota> = asked.into_iter().map(quota).collect();
    let taken = harness.store.reader().taken(asked).expect("read");
    let of = |counted| taken.get(&quota(counted)).copied();
    assert_eq!(of(Counted::Drawn), Some(2));
    assert_eq!(of(Counted::Budget), Some(off));
    assert_eq!(
        (of(Counted::Code(0)), of(Counted::Code(1))),
        (None, Some(1))
    );
    assert_eq!(of(buyer_with(EMAIL)), Some(2));
    let report = harness.store.reader().audit(&mut |_, _| {});
    let report = report.expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
}
