//! What buyers say of goods: the pages of it, its stars, and what must not be shown.

use super::*;
use crate::pages::reviews::FormView;
use crate::views::reviews::{Choice, ReviewsView, reviews_view};
use commerce::id::{GroupId, ReviewId};
use commerce::review::{Review, ReviewState};
use store::ReviewPage;

/// What somebody wrote who would like to run a script, in scripts of either direction.
fn written() -> Review {
    Review {
        id: ReviewId(0x4242),
        version: 1,
        product: ProductId(1 << 8),
        group: GroupId(0x900),
        author: "secret@example.com".into(),
        name: SCRIPT.into(),
        stars: 4,
        title: format!("{SCRIPT} ممتاز"),
        text: format!("{SCRIPT}\n👩‍👩‍👧 ممتاز جدا 好用"),
        language: Language::En,
        photos: vec!["0123456789abcdef0123456789abcdef".into(); 2],
        state: ReviewState::Shown,
        reason: SCRIPT.into(),
        answer: SCRIPT.into(),
        helpful: 2,
        reports: 0,
        queued_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// The reviews of one of the goods: the first has one, the others none.
pub(super) fn said(reader: &Reader<'_>, number: u64) -> ReviewsView {
    let product = reader.world.product(ProductId(number << 8));
    let rows = if number == 1 { vec![written()] } else { vec![] };
    let page = ReviewPage {
        next: Some(vec![1, 2]),
        rows,
    };
    reviews_view(
        reader,
        product.expect("is there"),
        Choice::default(),
        Some(page),
    )
}

fn review_form() -> FormView {
    FormView {
        title_of_product: SCRIPT.into(),
        action: "/orders/o/k/review/p-1".into(),
        back: "/orders/o/k".into(),
        stars: Some(3),
        title: SCRIPT.into(),
        text: SCRIPT.into(),
        name: SCRIPT.into(),
        names: vec![SCRIPT.into()],
        photos: vec![media::Hash::of(b"a photo")],
        state: Some("rejected"),
        reason: SCRIPT.into(),
        wrong: vec!["reviews.wrong_stars"],
        problems: vec![api::photos::Problem {
            file: SCRIPT.into(),
            wrong: api::photos::Wrong::TooLong,
        }],
        saved: false,
        paused: Some(Some(SCRIPT.into())),
    }
}

/// Pages of reviews, by name.
pub(super) fn review_pages(reader: &Reader<'_>, frame: &Frame) -> Vec<(&'static str, Page)> {
    vec![
        (
            "reviews",
            pages::reviews::all(frame, &said(reader, 1), Some(SCRIPT)),
        ),
        ("review form", pages::reviews::form(frame, &review_form())),
        ("how", pages::reviews::how(frame, true)),
        ("not yet", pages::reviews::not_yet(frame, SCRIPT, "/p/p-1")),
    ]
}

#[test]
fn what_buyers_say_is_shown_with_its_stars_and_never_with_an_address() {
    let world = world();
    let reader = reader(&world, Language::De);
    let said = said(&reader, 1);
    let product = world.product(ProductId(1 << 8)).expect("is there");
    let view = product_view(&reader, &index(&world), product, None).expect("is on sale");
    let page = pages::product::product(&frame(Language::De), &view, &said, &[]);
    let text = page.main.clone().into_string();
    for part in [
        "4,3",
        "4 Bewertungen",
        "dir=\"auto\"",
        "ممتاز",
        "Hier gekauft",
    ] {
        assert!(text.contains(part), "{part}");
    }
    // A filter by stars leads on from each bar.
    assert!(text.contains("/p/p-1/reviews?stars=5"));
    let head = page.head.into_string();
    for part in [
        "\"ratingValue\":\"4.3\"",
        "\"reviewCount\":4",
        "\"ratingValue\":4}",
    ] {
        assert!(head.contains(part), "{part}");
    }
    assert!(!text.contains("secret@") && !head.contains("secret@"));
    assert!(!text.contains("<script>") && head.matches("<script").count() == 2);
}
