//! Favourites and alerts: what is said of each article, and their pages.

use super::*;
use crate::pages::wishes::{DeviceLine, DevicesView};
use crate::views::wishes::{Change, Stock, WishLine, lines};
use commerce::id::CustomerId;
use commerce::wish::{AlertKind, Threshold, Told, Wish, Wishes};

/// Favourites of every kind, in the order in which they were kept: reduced since, waited for until it costs less, sold
/// out and waited for, told of, and nowhere any more.
fn kept(reader: &Reader<'_>) -> Vec<WishLine> {
    let wish = |number: u64| Wish {
        variant: VariantId::under(ProductId(number << 8), 1),
        since: NOW,
        price: Some(euros(1_000)),
        back: None,
        cheaper: None,
        told: None,
    };
    let list = vec![
        wish(1),
        Wish {
            price: Some(euros(900)),
            cheaper: Some(Threshold {
                since: NOW,
                at_most: euros(800),
            }),
            ..wish(2)
        },
        Wish {
            back: Some(NOW),
            ..wish(3)
        },
        Wish {
            variant: VariantId::under(ProductId(1 << 8), 2),
            told: Some(Told {
                kind: AlertKind::Back,
                at: NOW,
            }),
            ..wish(1)
        },
        wish(0x99),
    ];
    let wishes = Wishes {
        list,
        ..Wishes::none(CustomerId(0x700))
    };
    lines(reader, &wishes)
}

/// Pages of favourites and alerts, by name.
pub(super) fn wishes_pages(reader: &Reader<'_>, frame: &Frame) -> Vec<(&'static str, Page)> {
    use crate::pages::wishes as pages;
    let devices = DevicesView {
        key: "BAk-_".into(),
        is_here: true,
        others: vec![DeviceLine {
            id: "00ff".into(),
            name: SCRIPT.into(),
            since: "1 December".into(),
        }],
    };
    let kept = kept(reader);
    let full = pages::favourites(frame, (&kept, true), Some(&devices), Some("wish.full"));
    let asked = (SCRIPT, kept[0].variant);
    vec![
        ("favourites", full),
        (
            "a guest's favourites",
            pages::favourites(frame, (&kept, false), None, None),
        ),
        (
            "no favourites",
            pages::favourites(frame, (&[], false), None, Some("wish.removed")),
        ),
        ("alert asked", pages::asked(frame, SCRIPT)),
        (
            "alert asked again",
            pages::ask_again(frame, asked, "field.email_wrong"),
        ),
        ("alert confirm", pages::confirm(frame, SCRIPT, SCRIPT)),
        ("alert watched", pages::watched(frame)),
        ("alert over", pages::over(frame)),
        ("alerts quiet", pages::quiet(frame, SCRIPT)),
        ("alerts quieted", pages::quieted(frame)),
    ]
}

#[test]
fn a_favourite_says_what_it_costs_and_whether_it_can_be_had() {
    let world = world();
    let reader = reader(&world, Language::En);
    let said = |line: &WishLine| (line.price, line.change, line.stock);
    let kept = kept(&reader);
    // The latest first.
    assert_eq!(
        kept.iter().map(said).collect::<Vec<_>>(),
        [
            (None, None, Stock::Gone),
            (
                Some(euros(2_000)),
                Some(Change::More(euros(1_000))),
                Stock::SoldOut
            ),
            (Some(euros(1_000)), None, Stock::SoldOut),
            (
                Some(euros(1_000)),
                Some(Change::More(euros(100))),
                Stock::There
            ),
            (Some(euros(1)), Some(Change::Less(euros(999))), Stock::There),
        ]
    );
    let frame = frame(Language::En);
    let page = crate::pages::wishes::favourites(&frame, (&kept, true), None, None);
    let html = page.main.into_string().replace('\u{a0}', " ");
    for (words, times) in [
        ("Available", 2),
        ("€9.99", 1),
        ("value=\"quiet\"", 2),
        ("value=\"back\"", 1),
        ("action=\"/cart/add\"", 2),
    ] {
        assert_eq!(html.matches(words).count(), times, "{words}: {html}");
    }
}
