//! Points: what the cart, the account and an order say of them, and that nothing is said in a shop without a program.

use super::*;
use crate::pages::account;
use crate::views::points::{AccountView, EntryLine, points_view, rules};
use commerce::points::PointsWanted;

/// A point for each euro, worth a cent; half of the goods at most, a hundred points at least.
pub(super) fn program() -> PointsProgram {
    PointsProgram {
        version: 1,
        title: Text::en(SCRIPT),
        currency: eur(),
        spend_per_point: 100,
        worth: 1,
        share_max_ppm: 500_000,
        points_min: 100,
        expires_after_days: 365,
        active: true,
    }
}

fn cart_with(points: PointsWanted) -> Cart {
    Cart {
        id: CartId(5),
        version: 1,
        items: items(),
        currency: eur(),
        language: Language::En,
        updated_at: 0,
        extension: Default::default(),
        points,
    }
}

/// The cart's page of a member with so many points, who wants this.
fn cart_page(reader: &Reader<'_>, frame: &Frame, (balance, wanted): (i64, PointsWanted)) -> Page {
    let reader = Reader {
        points: balance,
        ..*reader
    };
    let member = member();
    let view = cart_view(&reader, &cart_with(wanted), Some((&member, &[])));
    pages::cart::cart(frame, &view, None, &[])
}

fn account_view(reader: &Reader<'_>, balance: i64) -> AccountView {
    let reader = Reader {
        points: balance.max(0),
        ..*reader
    };
    let entry = |why, change| EntryLine {
        why,
        reason: SCRIPT.into(),
        when: "1 December".into(),
        order: Some(("order_1".into(), "/orders/x/y".into())),
        change,
        balance,
    };
    AccountView {
        expires: Some("1 December 2027".into()),
        entries: vec![entry("points.adjusted", 40), entry("points.spent", -1_250)],
        next: Some(7),
        is_older: true,
        ..AccountView::of(&reader, &program(), balance)
    }
}

/// Pages that say something of points, by name.
pub(super) fn points_pages(reader: &Reader<'_>, frame: &Frame) -> Vec<(&'static str, Page)> {
    let all = PointsWanted::AsManyAsPossible;
    let account = |balance| account::points::points(frame, &account_view(reader, balance));
    let empty = AccountView::of(reader, &program(), 0);
    vec![
        (
            "cart with points",
            cart_page(reader, frame, (5_000, PointsWanted::None)),
        ),
        (
            "cart paid with points",
            cart_page(reader, frame, (5_000, all)),
        ),
        ("cart without points", cart_page(reader, frame, (0, all))),
        ("points", account(40)),
        ("points below zero", account(-40)),
        ("no points", account::points::points(frame, &empty)),
        (
            "account with points",
            account::overview(frame, &member(), (None, Some(40))),
        ),
    ]
}

fn words(page: &Page) -> String {
    page.main.clone().into_string().replace('\u{a0}', " ")
}

#[test]
fn the_cart_says_what_points_do_for_it_and_one_tap_uses_them() {
    let (world, frame) = (world(), frame(Language::En));
    let reader = reader(&world, Language::En);
    let guest = cart_view(&reader, &cart_with(PointsWanted::None), None);
    let member = |balance, wanted| words(&cart_page(&reader, &frame, (balance, wanted)));
    let all = PointsWanted::AsManyAsPossible;
    for (page, there, not_there) in [
        (
            words(&pages::cart::cart(&frame, &guest, None, &[])),
            "As a member you collect 20 points with this order, worth €0.20.",
            "name=\"points\"",
        ),
        (
            member(5_000, PointsWanted::None),
            "Use 1,000 points: −€10.00",
            "Keep them",
        ),
        (
            member(5_000, PointsWanted::None),
            "You have 5,000 points, worth €50.00.",
            "points used",
        ),
        (
            member(5_000, PointsWanted::None),
            "This order earns 20 points, worth €0.20.",
            "As a member",
        ),
        (
            member(5_000, all),
            "1,000 points used: −€10.00",
            "Use 1,000",
        ),
        // Why the line costs what it does.
        (member(5_000, all), "<dd>−€9.99</dd>", "Use 1,000"),
        (member(5_000, all), "This order earns 10 points", "Use "),
        (
            member(5_000, PointsWanted::UpTo(300)),
            "300 points used: −€3.00",
            "None of them",
        ),
        (
            member(5_000, PointsWanted::UpTo(300)),
            "Use 1,000 points: −€10.00",
            "None of them",
        ),
        (
            member(99, PointsWanted::None),
            "None of them can be used for this order.",
            "name=\"points\"",
        ),
        (
            member(0, PointsWanted::None),
            "You have no points to spend yet.",
            "name=\"points\"",
        ),
    ] {
        assert!(page.contains(there), "{there} is not on {page}");
        assert!(!page.contains(not_there), "{not_there} is on {page}");
    }
}

#[test]
fn a_shop_without_a_program_says_nothing_of_points() {
    let off = PointsProgram {
        active: false,
        ..program()
    };
    let world = world_with(off);
    for language in Language::ALL {
        let (reader, frame) = (reader(&world, language), frame(language));
        let name = reader.texts.t("points.name");
        let cart = cart_page(&reader, &frame, (5_000, PointsWanted::AsManyAsPossible));
        let account = account::overview(&frame, &member(), (None, None));
        let home = browse_pages(&reader, &index(&world), &frame);
        for page in [&cart, &account]
            .into_iter()
            .chain(home.iter().map(|(_, p)| p))
        {
            assert!(!words(page).contains(name), "{}", words(page));
        }
        let intent = availability::intent_of(&reader, items());
        assert_eq!(points_view(&reader, &intent, &Default::default()), None);
    }
}

#[test]
fn the_rules_are_made_of_the_programs_numbers() {
    let said = |program: &PointsProgram| rules(Texts::of(Language::En), program).join("\n");
    let plain = |text: String| text.replace('\u{a0}', " ");
    assert_eq!(
        plain(said(&program())),
        "You collect one point for each €1.00 that you pay for goods, once you have them. What you send back is taken off again.\n\
         100 points take €1.00 off an order.\n\
         At most 50% of the price of the goods can be paid with points.\n\
         It takes at least 100 points to pay with them.\n\
         They expire 365 days after you last collected some."
    );
    let generous = PointsProgram {
        share_max_ppm: 1_000_000,
        points_min: 0,
        expires_after_days: 0,
        worth: 5,
        ..program()
    };
    assert_eq!(
        plain(said(&generous)),
        "You collect one point for each €1.00 that you pay for goods, once you have them. What you send back is taken off again.\n\
         100 points take €5.00 off an order.\n\
         They do not expire."
    );
}
