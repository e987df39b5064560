//! Searches as a table over a small shelf.

use crate::expand::Effort;
use crate::{Ask, Batch, Index, Match, Narrow, Order, Synonyms};
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
    let index = Index::new();
    let world = world();
    index.refill(|| &world, 0).expect("indexes");
    index
}

fn found(index: &Index, query: &str) -> (Vec<u64>, Match) {
    let hits = index.search(query, Language::En, 10);
    let quick = index.suggest(query, Language::En, 10);
    assert_eq!(
        hits, quick,
        "a small shop's suggestions are its results: {query}"
    );
    (
        hits.products.iter().map(|p| p.0 >> 8).collect(),
        hits.matched,
    )
}

fn members(index: &Index, category: u64) -> Vec<ProductId> {
    index.in_category(CategoryId(category), ProductId(0), 10)
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
        ("Teekannen", vec![3], Exact),
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
    let hits = index.search("tee", Language::De, 1);
    assert_eq!((hits.products.len(), hits.total), (1, 2));
}

#[test]
fn changes_are_seen_at_once_and_drafts_never() {
    let index = index();
    assert_eq!(index.len(), 4);
    assert_eq!(members(&index, 2), [ProductId(1 << 8)]);
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
    index.apply(Batch::of(&world, 0, changed)).expect("indexes");
    assert_eq!(found(&index, "lamp").0, Vec::<u64>::new());
    assert_eq!(found(&index, "floor light").0, [1]);
    assert_eq!(found(&index, "tea cup").1, Match::Partial);
    assert!(members(&index, 2).is_empty());
    assert_eq!(index.len(), 3);
}

fn ask<'a>(query: &'a str, narrow: &'a Narrow, order: Order) -> Ask<'a> {
    Ask {
        query,
        within: None,
        language: Language::En,
        currency: commerce::Currency::parse("EUR").expect("a code"),
        narrow,
        price_ranges: &[(None, Some(1_000)), (Some(1_000), None)],
        order,
        offset: 0,
        limit: 10,
    }
}

#[test]
fn facets_count_what_the_others_leave() {
    let index = index();
    let all = index.page(&ask("", &Narrow::default(), Order::Newest));
    assert_eq!((all.total, all.facets.in_stock), (4, 0));
    assert_eq!(all.facets.prices, [0, 0], "nothing has a price");
    let brands = |narrow: &Narrow, query: &str| {
        let page = index.page(&ask(query, narrow, Order::Best));
        let brands = page.facets.brands.iter();
        let brands: Vec<String> = brands.map(|v| format!("{} {}", v.value, v.count)).collect();
        (page.total, brands.join(", "))
    };
    let lumo = Narrow {
        brands: ["Lumo".to_string()].into(),
        ..Narrow::default()
    };
    let lighting = Narrow {
        category: Some(CategoryId(2)),
        ..Narrow::default()
    };
    for (narrow, query, expected) in [
        (&Narrow::default(), "", (4, "Porzella 2, Lumo 1")),
        // The chosen brand comes first, and its choice does not narrow the facet.
        (&lumo, "", (1, "Lumo 1, Porzella 2")),
        (&lumo, "tea", (0, "Lumo 0, Porzella 2")),
        (&lighting, "home", (1, "Lumo 1")),
    ] {
        let (total, found) = brands(narrow, query);
        assert_eq!((total, found.as_str()), expected, "{query}");
    }
    let categories = index.page(&ask("", &lumo, Order::Best)).facets.categories;
    assert_eq!(categories, [(CategoryId(2), 1)]);
}

#[test]
fn synonyms_find_what_is_called_otherwise() {
    let index = index();
    let none = |query: &str| found(&index, query).0.is_empty();
    assert!(none("luminaire") && none("drinking vessel"));
    let synonyms =
        Synonyms::parse("lamp, luminaire\ncup, drinking vessel\n灯, 照明").expect("reads");
    index.set_synonyms(synonyms);
    for (query, expected) in [
        ("luminaires", vec![1]),
        ("red luminaire", vec![1]),
        ("green drinking vessel", vec![2]),
        ("照明", vec![1]),
        ("desk lamp", vec![1]),
    ] {
        assert_eq!(found(&index, query), (expected, Match::Exact), "{query}");
    }
}

#[test]
fn what_was_meant_is_told() {
    let index = index();
    let meant = |query: &str| {
        let page = index.page(&ask(query, &Narrow::default(), Order::Best));
        let words = page
            .corrections
            .into_iter()
            .map(|c| format!("{}>{}", c.typed, c.meant));
        (page.matched, words.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(meant("desk lamp"), (Match::Exact, String::new()));
    assert_eq!(
        meant("desk lapm"),
        (Match::Similar, "lapm>lamp".to_string())
    );
    assert_eq!(
        meant("xampp xamqq"),
        (Match::None, "xampp>lamp".to_string())
    );
}

#[test]
fn categories_are_found_by_their_names() {
    let index = index();
    for (query, expected) in [
        ("ligh", vec![CategoryId(2)]),
        ("beleucht", vec![CategoryId(2)]),
        ("灯", vec![CategoryId(2)]),
        ("home", vec![CategoryId(1)]),
        ("xyz", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(index.categories(query, 3), expected, "{query}");
    }
}

#[test]
fn best_sellers_come_first_among_equals() {
    let index = index();
    assert_eq!(found(&index, "porzella").0, [2, 3]);
    index.set_best_sellers(&[ProductId(3 << 8)]);
    let first = index.search("home", Language::En, 4).products;
    assert_eq!(first.len(), 4);
    let of = |number: u64| first.iter().position(|p| p.0 >> 8 == number);
    assert!(of(3) < of(5), "equal but for sales: {first:?}");
}

#[test]
fn the_six_best_are_the_first_six_of_all() {
    let number_to_product = |number: u64| {
        let title = "lamp ".repeat(1 + (number * 7 % 5) as usize);
        let brand = if number.is_multiple_of(3) { "Lamp" } else { "" };
        product(number, Text::en(title.trim()), 1, brand, Status::Active)
    };
    let home = category(1, "Home", Text::en("Home"), None);
    let records = (1..=400).map(number_to_product).chain([home]);
    let world = World::new(records.collect(), Sequences::default(), 0);
    let index = Index::new();
    index.refill(|| &world, 0).expect("indexes");
    for popular in [&[][..], &[399, 200, 77, 3], &[1, 2, 3, 4, 5, 6, 7, 8]] {
        let popular: Vec<ProductId> = popular.iter().map(|n| ProductId(n << 8)).collect();
        index.set_best_sellers(&popular);
        let all = index.search("lamp", Language::En, 400).products;
        assert_eq!(all.len(), 400);
        for limit in [1, 6, 40] {
            let best = index.suggest("lamp", Language::En, limit).products;
            assert_eq!(best, all[..limit]);
        }
    }
}

#[test]
fn an_unfinished_word_is_followed_to_what_goes_with_the_others() {
    let index = index();
    let effort = |beside| Effort {
        products_max: 1,
        products_beside_max: beside,
        terms_max: 1,
        thorough: false,
    };
    let found = |query, beside| {
        let hits = index.hits(query, Language::En, 5, effort(beside));
        (hits.products.first().map(|p| p.0 >> 8), hits.matched)
    };
    assert_eq!(found("ceramic te", 100), (Some(3), Match::Exact));
    assert_eq!(found("ceramic te", 1).1, Match::Partial);
}

#[test]
fn many_small_changes_end_in_few_parts_that_find_the_same() {
    let index = Index::new();
    let world = world();
    for round in 0..40_u64 {
        let id = ProductId((1 + round % 5) << 8);
        index
            .apply(Batch::of(&world, 0, [id]))
            .expect("is taken in");
    }
    assert_eq!((index.len(), index.size().parts <= 3), (4, true));
    assert_eq!(found(&index, "tischlampe").0, [1]);
    assert_eq!(found(&index, "sku 003").0, [3]);
    assert_eq!(found(&index, "porzella").0, [2, 3]);
}

#[test]
fn nothing_that_is_typed_breaks_it() {
    let index = index();
    for one in [
        "%",
        "'",
        "\\",
        "<script>",
        "\u{202e}",
        "👩‍👩‍👧",
        "مصباح",
        "\0",
        "a*",
        ".*(",
        "灯",
        "ẞ",
        "\u{301}",
    ] {
        for many in [1, 7, 15_000] {
            let query = one.repeat(many);
            let hits = index.search(&query, Language::De, usize::MAX);
            assert!(hits.products.len() <= 4, "{one}");
            index.categories(&query, 3);
            index.page(&ask(&query, &Narrow::default(), Order::PriceUp));
        }
    }
}
