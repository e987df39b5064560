//! Searches as a table over a small shelf.

use crate::{Batch, Index, Match};
use commerce::World;
use commerce::catalog::{Product, Status, TaxCategory, Variant};
use commerce::id::{CategoryId, ProductId, VariantId};
use commerce::settings::Category;
use commerce::text::{Language, Text};
use commerce::world::{Record, Sequences};

fn text(en: &str, de: &str, zh: &str) -> Text {
    let mut text = Text::en(en);
    text.set(Language::De, de.to_string());
    text.set(Language::Zh, zh.to_string());
    text
}

fn product(number: u64, title: Text, category: u64, brand: &str, status: Status) -> Record {
    let id = ProductId(number << 8);
    Record::Product(Product {
        id,
        version: 1,
        handle: format!("p{number}"),
        title,
        description: Text::en("A thing for the home."),
        brand: brand.to_string(),
        category: Some(CategoryId(category)),
        option_names: vec![],
        option_words: Default::default(),
        tax_category: TaxCategory::Standard,
        status,
        variants: vec![Variant {
            id: VariantId::under(id, 1),
            sku: format!("SKU-{number:03}"),
            gtin: commerce::gtin::Gtin::parse("4006381333931").filter(|_| number == 1),
            option_values: vec![],
            weight_grams: 100,
            image: String::new(),
            status: Status::Active,
            offers: vec![],
        }],
        created_at: 0,
        updated_at: 0,
    })
}

fn category(id: u64, path: &str, title: Text, parent: Option<u64>) -> Record {
    Record::Category(Category {
        id: CategoryId(id),
        path: path.to_string(),
        title,
        parent: parent.map(CategoryId),
        position: 0,
        image: String::new(),
    })
}

fn world() -> World {
    let active = Status::Active;
    World::new(
        vec![
            category(1, "Home", text("Home", "Zuhause", "家居"), None),
            category(
                2,
                "Home > Lighting",
                text("Lighting", "Beleuchtung", "灯具"),
                Some(1),
            ),
            product(
                1,
                text("Red desk lamp", "Rote Tischlampe", "红色台灯"),
                2,
                "Lumo",
                active,
            ),
            product(
                2,
                text("Green tea cup", "Grüne Teetasse", "绿色茶杯"),
                1,
                "Porzella",
                active,
            ),
            product(
                3,
                text("Ceramic teapot", "Teekanne aus Keramik", "陶瓷茶壶"),
                1,
                "Porzella",
                active,
            ),
            product(
                4,
                text("Hidden lamp", "Versteckte Lampe", "隐藏的灯"),
                2,
                "Lumo",
                Status::Draft,
            ),
            product(5, Text::en("<script>alert(1)</script>"), 1, "", active),
        ],
        Sequences::default(),
        0,
    )
}

fn index() -> Index {
    let index = Index::new().expect("starts");
    index.apply(Batch::all(&world())).expect("indexes");
    index
}

fn found(index: &Index, query: &str) -> (Vec<u64>, Match) {
    let hits = index
        .search(query, Language::En, 10)
        .expect("the index can be read");
    (
        hits.products.iter().map(|p| p.0 >> 8).collect(),
        hits.matched,
    )
}

#[test]
fn shoppers_find_what_they_mean() {
    use Match::*;
    let index = index();
    for (query, expected, matched) in [
        ("desk lamp", vec![1], Exact),
        ("LAMP", vec![1], Exact),
        ("lam", vec![1], Exact),
        // Misspelled: a letter too few, swapped, two wrong in a long word.
        ("lapm", vec![1], Similar),
        ("lamb", vec![1], Similar),
        ("keramick", vec![3], Similar),
        ("Tischlammpe", vec![1], Similar),
        // German: the end of a compound, umlauts typed either way.
        ("lampe", vec![1], Exact),
        ("tasse", vec![2], Exact),
        ("grüne", vec![2], Exact),
        ("grune", vec![2], Exact),
        ("gruene", vec![2], Exact),
        ("Teekannen", vec![3], Similar),
        // Chinese: words without blanks, single characters, a word that is not there.
        ("台灯", vec![1], Exact),
        ("红色台灯", vec![1], Exact),
        ("茶", vec![2, 3], Exact),
        ("茶杯", vec![2], Exact),
        ("手机", vec![], None),
        // Brand, category, codes.
        ("porzella", vec![2, 3], Exact),
        ("beleuchtung", vec![1], Exact),
        ("SKU-002", vec![2], Exact),
        ("4006381333931", vec![1], Exact),
        // Not everything fits: what fits some of it.
        ("lamp xylophone", vec![1], Partial),
        // Nothing, noise, markup, SQL.
        ("", vec![], None),
        ("  %%% ", vec![], None),
        ("qqqqq", vec![], None),
        ("<script>", vec![5], Exact),
        ("'; --", vec![], None),
    ] {
        let (ids, how) = found(&index, query);
        assert_eq!((&ids, how), (&expected, matched), "{query}");
    }
}

#[test]
fn a_name_counts_more_than_a_description() {
    let index = index();
    let (ids, _) = found(&index, "home");
    assert_eq!(ids.len(), 4, "all are for the home, the draft is not shown");
    let hits = index.search("tee", Language::De, 1).expect("reads");
    assert_eq!((hits.products.len(), hits.total), (1, 2));
}

#[test]
fn changes_are_seen_at_once_and_drafts_never() {
    let index = index();
    assert_eq!(index.len(), 4);
    assert_eq!(index.in_category(CategoryId(2)), [ProductId(1 << 8)]);
    assert_eq!(index.count_in_category(CategoryId(1)), 4);
    let mut world = world();
    world.begin(0, commerce::Actor::System, commerce::Channel::System);
    world.put_record(product(
        1,
        Text::en("Floor light"),
        1,
        "Lumo",
        Status::Active,
    ));
    world.put_record(product(2, Text::en("Gone"), 1, "Lumo", Status::Archived));
    let changed = [ProductId(1 << 8), ProductId(2 << 8), ProductId(99 << 8)];
    index.apply(Batch::of(&world, changed)).expect("indexes");
    assert_eq!(found(&index, "lamp").0, Vec::<u64>::new());
    assert_eq!(found(&index, "floor light").0, [1]);
    assert_eq!(found(&index, "tea cup").1, Match::Partial);
    assert!(index.in_category(CategoryId(2)).is_empty());
    assert_eq!(index.len(), 3);
}
