//! The wallet: what it says of what lies in it, and its pages.

use super::*;
use commerce::campaign::{Counted, Quota};
use commerce::command::DrawnPacket;
use commerce::customer::{Customer, Kept, KeptWhat, Membership};
use commerce::id::{CustomerId, RuleId};

/// A member with a red packet, a coupon that is not known any more, and a packet of an event that is gone.
pub(super) fn member() -> Customer {
    let packet = |rule| {
        KeptWhat::Packet(DrawnPacket {
            rule: RuleId(rule),
            number: 1,
        })
    };
    let kept = [
        packet(0x9903),
        KeptWhat::Coupon(SCRIPT.to_string()),
        packet(0x4203),
    ];
    let kept = kept.map(|what| Kept { at: NOW, what });
    Customer {
        membership: Some(Membership {
            wallet: kept.to_vec(),
            ..Membership::default()
        }),
        ..Customer::new(CustomerId(0x700), "ada@example.com".to_string())
    }
}

/// Pages of red packets and the wallet, by name.
pub(super) fn wallet_pages(reader: &Reader<'_>, frame: &Frame) -> Vec<(&'static str, Page)> {
    let event = views::sale::event_page(reader, "fest & more", None).expect("it runs");
    let packets = event.event.packets[0].clone();
    let link = views::Link {
        title: SCRIPT.into(),
        href: "/events/x".into(),
        image: String::new(),
    };
    let wallet = views::wallet::wallet(reader, &member(), &Default::default());
    vec![
        (
            "packet",
            pages::packets::packets(frame, (&link, &packets), (None, Some(SCRIPT)), "k"),
        ),
        (
            "open packet",
            pages::packets::packets(frame, (&link, &packets), (wallet.first(), None), "k"),
        ),
        (
            "wallet",
            pages::account::wallet::wallet(
                frame,
                &wallet,
                (None, Some((SCRIPT, "wallet.unknown"))),
            ),
        ),
        (
            "empty wallet",
            pages::account::wallet::wallet(frame, &[], (Some("wallet.saved"), None)),
        ),
    ]
}

#[test]
fn a_wallet_says_what_is_good_what_was_used_and_what_is_over() {
    let world = world();
    let reader = reader(&world, Language::En);
    let member = member();
    let limits = views::wallet::limits(&world, &member);
    let used = Quota {
        rule: RuleId(0x9903),
        counted: Counted::Code(1),
    };
    assert_eq!(limits.iter().collect::<Vec<_>>(), [&used]);
    let states = |taken: &[(Quota, i64)], now| {
        let taken = taken.iter().copied().collect();
        let reader = Reader { now, ..reader };
        let entries = views::wallet::wallet(&reader, &member, &taken);
        entries.iter().map(|e| e.state).collect::<Vec<_>>()
    };
    use views::wallet::State::{From, Over, Ready, Used};
    assert_eq!(states(&[], NOW), [Ready, Over, Over]);
    assert_eq!(states(&[(used, 1)], NOW), [Used, Over, Over]);
    assert_eq!(states(&[], NOW - 5), [From(NOW - 1), Over, Over]);
    assert_eq!(states(&[], NOW + 80_000_000), [Over, Over, Over]);
    // In the cart it comes off by itself; the receipt has no code to type.
    let wallet = views::wallet::wallet(&reader, &member, &Default::default());
    let cart = Cart {
        id: CartId(5),
        version: 1,
        items: items(),
        currency: eur(),
        language: Language::En,
        updated_at: 0,
        extension: Default::default(),
        points: Default::default(),
    };
    let view = cart_view(&reader, &cart, Some((&member, &wallet)));
    let packet = view.applied.iter().find(|a| a.title == SCRIPT);
    assert!(packet.is_some(), "{:?}", view.applied);
    assert!(view.total.minor < cart_view(&reader, &cart, None).total.minor);
    assert!(!view.hints.iter().any(|h| h.contains("HB-")));
}
