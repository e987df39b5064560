//! Reviews, whatever the engine: who may write one, ratings that equal a recount after any change, and lists whose
//! pages are whole.

use crate::open;
use ::store::{Database, Reader, ReviewFilter, ReviewScope, ReviewSort, Shelf, Store};
use commerce::command::FulfillmentStep;
use commerce::id::{GroupId, ProductId, ReviewId};
use commerce::order::Group;
use commerce::review::{
    ARRIVED_AFTER_MS, Mark, MarkKind, Moderation, Rating, Review, ReviewState, ReviewStep,
    SaveReview, id_of,
};
use commerce::text::Language;
use commerce::world::Delta;
use commerce::{Command, Envelope, Outcome};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Harness, Home, Mix, NOW, ShopSize, Workload};

const PLENTY: ShopSize = ShopSize {
    products: 4,
    in_warehouse: 10_000,
    in_shop: 0,
};
testkit::on_both_engines! {
    only_who_got_the_article_reviews_it_once
    ratings_equal_a_recount_after_any_change
    lists_of_many_reviews_page_as_fast_as_lists_of_few
}

fn bought(harness: &mut Harness<Database>, now: i64, envelope: Envelope) -> Arc<Group> {
    match harness.submit(now, envelope).expect("an order").outcome {
        Outcome::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

fn advance(harness: &mut Harness<Database>, now: i64, group: &Group, step: &FulfillmentStep) {
    for fulfillment in &group.fulfillments {
        let command = Command::MoveFulfillment(fulfillment.id, step.clone());
        harness
            .submit(now, Envelope::system(command))
            .expect("moved");
    }
}

fn ship(harness: &mut Harness<Database>, now: i64, group: &Group) {
    let steps = [
        FulfillmentStep::Pick,
        FulfillmentStep::Pack,
        FulfillmentStep::Ship {
            carrier: "Courier".to_string(),
            tracking_number: String::new(),
            tracking_url: String::new(),
        },
    ];
    for step in &steps {
        advance(harness, now, group, step);
    }
}

fn review(group: &Group, stars: u8) -> SaveReview {
    SaveReview {
        product: product_of(group),
        group: group.id,
        name: "Ada".to_string(),
        stars,
        title: "Gut".to_string(),
        text: "ممتاز 好用 <script>".to_string(),
        language: Language::De,
        photos: Vec::new(),
        moderation: Moderation::Before,
    }
}

fn product_of(group: &Group) -> ProductId {
    group.lines().next().expect("a line").variant.parent()
}

fn submit(harness: &mut Harness<Database>, now: i64, command: Command) -> Result<(), &'static str> {
    let decided = harness.submit(now, Envelope::system(command));
    decided.map(drop).map_err(|refusal| refusal.code())
}

fn of_product(product: ProductId, sort: ReviewSort) -> ReviewFilter {
    ReviewFilter {
        scope: ReviewScope::Product {
            product,
            stars: None,
            with_photos: false,
            sort,
        },
        after: None,
        limit: 20,
    }
}

fn listed(reader: &Reader, scope: ReviewScope) -> Vec<Review> {
    let filter = ReviewFilter {
        scope,
        after: None,
        limit: 200,
    };
    reader.review_list(&filter).expect("read").rows
}

fn audit(reader: &Reader) {
    let report = reader.audit(&mut |_, _| {}).expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
}

// Long because it is one buyer's way from the order to the withdrawal.
fn only_who_got_the_article_reviews_it_once(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Hot, 1);
    let group = bought(&mut harness, NOW, workload.buy_now(NOW));
    let save = |harness: &mut Harness<Database>, now, save: SaveReview| {
        submit(harness, now, Command::SaveReview(save))
    };
    let (product, id) = {
        let product = product_of(&group);
        (product, id_of(product, &group.buyer.email))
    };
    assert_eq!(
        save(&mut harness, NOW, review(&group, 5)),
        Err("not_received")
    );
    ship(&mut harness, NOW, &group);
    assert_eq!(
        save(&mut harness, NOW, review(&group, 5)),
        Err("not_received")
    );
    // A parcel that left long ago has arrived, whether a carrier says so or not.
    let later = NOW + ARRIVED_AFTER_MS;
    assert_eq!(save(&mut harness, later, review(&group, 5)), Ok(()));
    advance(&mut harness, NOW, &group, &FulfillmentStep::Deliver);
    let strange = SaveReview {
        product: ProductId(0x100),
        ..review(&group, 5)
    };
    assert_eq!(save(&mut harness, NOW, strange), Err("not_found"));
    let other = bought(&mut harness, NOW, workload.buy_now(NOW));
    let foreign = SaveReview {
        group: other.id,
        ..review(&group, 5)
    };
    assert_eq!(save(&mut harness, NOW, foreign), Err("not_received"));
    let changed = SaveReview {
        stars: 2,
        moderation: Moderation::PhotosBefore,
        ..review(&group, 2)
    };
    let at = NOW + 1;
    assert_eq!(save(&mut harness, at, changed), Ok(()));
    let reader = harness.store.reader();
    let read = reader.review(id).expect("read").expect("it is there");
    assert_eq!(
        (read.stars, read.version, read.state),
        (2, 2, ReviewState::Shown)
    );
    assert_eq!(read.text, "ممتاز 好用 <script>");
    assert_eq!(
        listed(&reader, ReviewScope::Author(group.buyer.email.clone())),
        [read]
    );
    // The shop on other pages knows the rating, also after a start.
    let shelf = Shelf::load(&*reader, reader.levels().expect("read")).expect("a shelf");
    let rating = Rating {
        stars: [0, 1, 0, 0, 0],
        with_photos: 0,
    };
    assert_eq!(shelf.read().rating(product), rating);
    let step = |step| Command::MoveReview(id, None, step);
    assert_eq!(submit(&mut harness, at, step(ReviewStep::Withdraw)), Ok(()));
    let gone = reader
        .review(id)
        .expect("read")
        .expect("that it was withdrawn");
    assert_eq!((gone.text.as_str(), gone.name.as_str()), ("", ""));
    assert_eq!(
        submit(&mut harness, at, step(ReviewStep::Approve)),
        Err("wrong_state")
    );
    assert_eq!(submit(&mut harness, at, step(ReviewStep::Forget)), Ok(()));
    assert!(listed(&reader, ReviewScope::Author(group.buyer.email.clone())).is_empty());
    audit(&reader);
}

// Long because what may happen to reviews is drawn here.
fn ratings_equal_a_recount_after_any_change(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Hot, 2);
    let mut ids: Vec<(ReviewId, GroupId)> = Vec::new();
    let mut seed = 7_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    for n in 0..12_i64 {
        let group = bought(&mut harness, NOW, workload.buy_now(NOW));
        ship(&mut harness, NOW, &group);
        advance(&mut harness, NOW, &group, &FulfillmentStep::Deliver);
        let mut commands = Vec::new();
        let id = id_of(product_of(&group), &group.buyer.email);
        ids.push((id, group.id));
        for _ in 0..6 {
            let stars = u8::try_from(draw(5) + 1).expect("a few");
            let mut save = review(&group, stars);
            if draw(2) == 0 {
                save.photos = vec!["a.jpg".to_string()];
            }
            if draw(2) == 0 {
                save.moderation = Moderation::PhotosBefore;
            }
            let any = ids[usize::try_from(draw(ids.len() as u64)).expect("a place")].0;
            let mark = |kind, visitor| {
                Command::MarkReview(Mark {
                    review: any,
                    kind,
                    visitor,
                })
            };
            let reject = ReviewStep::Reject {
                reason: "Not about the article".to_string(),
            };
            commands.push(match draw(8) {
                0 | 1 => Command::SaveReview(save),
                2 | 3 => Command::MoveReview(any, None, ReviewStep::Approve),
                4 => Command::MoveReview(any, None, reject),
                5 => mark(MarkKind::Helpful, draw(3)),
                6 => mark(MarkKind::Report, draw(3)),
                _ if draw(3) > 0 => Command::SaveReview(save),
                _ => Command::MoveReview(any, None, ReviewStep::Withdraw),
            });
        }
        // Several changes of one review in one batch, and some of them refused.
        harness.batch(
            NOW + n,
            commands.into_iter().map(Envelope::system).collect(),
        );
        audit(&harness.store.reader());
    }
    let reader = harness.store.reader();
    let all = listed(&reader, ReviewScope::Latest);
    assert!(all.iter().any(|r| r.helpful > 0) && all.iter().any(Review::is_shown));
    let queue = listed(&reader, ReviewScope::Queue);
    assert!(queue.is_sorted_by_key(|r| r.queued_at));
    let waits = |r: &&Review| r.state == ReviewState::Waiting || r.reports > 0;
    assert_eq!(queue.len(), all.iter().filter(waits).count());
    // A mark of the same visitor counts once.
    let shown = all.iter().find(|r| r.is_shown()).expect("one is shown").id;
    let mark = Mark {
        review: shown,
        kind: MarkKind::Helpful,
        visitor: 99,
    };
    let helpful = || reader.review(shown).expect("read").expect("there").helpful;
    let before = helpful();
    for _ in 0..3 {
        assert_eq!(submit(&mut harness, NOW, Command::MarkReview(mark)), Ok(()));
    }
    assert_eq!(helpful(), before + 1);
    drop(harness);
    let mut harness = Harness::new(home.open().expect("the same")).expect("the same database");
    assert_eq!(submit(&mut harness, NOW, Command::MarkReview(mark)), Ok(()));
    assert_eq!(helpful(), before + 1, "also after a start");
}

/// Writes reviews without the orders that they would need.
fn fill(store: &mut Database, product: ProductId, count: usize) -> Vec<Review> {
    let one = |n: usize| {
        let author = format!("buyer{n}@example.com");
        Review {
            id: id_of(product, &author),
            version: 1,
            product,
            group: GroupId(0x100),
            author,
            name: format!("B. {n}"),
            stars: u8::try_from(n % 5 + 1).expect("a few"),
            title: String::new(),
            text: "It does what it says. ".repeat(10),
            language: Language::En,
            photos: vec!["a.jpg".to_string(); n.is_multiple_of(10).into()],
            state: ReviewState::Shown,
            reason: String::new(),
            answer: String::new(),
            helpful: u32::try_from(n % 97).expect("a few"),
            reports: 0,
            queued_at: None,
            created_at: NOW,
            updated_at: NOW + (n / 3) as i64,
        }
    };
    let all: Vec<Review> = (0..count).map(one).collect();
    let mut rating = Rating::default();
    all.iter().for_each(|r| rating.add(r));
    let delta = Delta {
        reviews: all.iter().cloned().map(Arc::new).collect(),
        ratings: vec![(product, rating)],
        ..Delta::default()
    };
    store.take_turn().expect("the turn");
    store.commit(&delta).expect("written");
    all
}

// Long because each list is held against the same one sorted in memory.
fn lists_of_many_reviews_page_as_fast_as_lists_of_few(home: &Home) {
    let (_shop, mut harness) = open(PLENTY, home);
    let (many, few) = (ProductId(0x9000), ProductId(0x9100));
    let all = fill(&mut harness.store, many, 50_000);
    fill(&mut harness.store, few, 3);
    let reader = harness.store.reader();
    let every = |sort, stars, with_photos| {
        let mut filter = of_product(many, sort);
        filter.scope = ReviewScope::Product {
            product: many,
            stars,
            with_photos,
            sort,
        };
        filter.limit = 200;
        let mut found = Vec::new();
        loop {
            let page = reader.review_list(&filter).expect("read");
            found.extend(page.rows.into_iter().map(|r| r.id));
            filter.after = page.next;
            if filter.after.is_none() {
                return found;
            }
        }
    };
    let expected = |sort, stars: Option<u8>, with_photos: bool| {
        let wanted = |r: &&Review| {
            stars.is_none_or(|s| r.stars == s) && (!with_photos || !r.photos.is_empty())
        };
        let mut found: Vec<&Review> = all.iter().filter(wanted).collect();
        found.sort_by_key(|r| {
            let helpful = if sort == ReviewSort::Helpful {
                r.helpful
            } else {
                0
            };
            std::cmp::Reverse((helpful, r.updated_at, r.id))
        });
        found.iter().map(|r| r.id).collect::<Vec<_>>()
    };
    for sort in [ReviewSort::Newest, ReviewSort::Helpful] {
        for (stars, with_photos) in [(None, true), (Some(4), false), (Some(1), true)] {
            let found = every(sort, stars, with_photos);
            assert_eq!(
                found,
                expected(sort, stars, with_photos),
                "{sort:?} {stars:?}"
            );
        }
    }
    let timed = |product, stars, sort| {
        let mut filter = of_product(product, sort);
        filter.scope = ReviewScope::Product {
            product,
            stars,
            with_photos: false,
            sort,
        };
        let best = (0..20).map(|_| {
            let started = Instant::now();
            reader.review_list(&filter).expect("read");
            started.elapsed()
        });
        best.min().expect("it was asked")
    };
    for sort in [ReviewSort::Newest, ReviewSort::Helpful] {
        let (long, short) = (timed(many, Some(3), sort), timed(few, Some(3), sort));
        eprintln!("20 of 50,000 reviews in {long:?}, of 3 in {short:?}");
        // A scan of all of them takes far longer than the difference between twenty bodies and one.
        assert!(
            long < short * 10 + Duration::from_millis(5),
            "{long:?} {short:?}"
        );
    }
}
