//! The pages as a whole: texts complete, HTML sound, nothing unescaped, nothing that needs a script.

mod points;
mod returns;
mod reviews;
mod wallet;
mod wishes;

use crate::address::{COUNTRIES, Errors, Typed};
use crate::pages::checkout::{DetailsView, PayChoice, ReviewNotice, ReviewView};
use crate::pages::home::HomeView;
use crate::pages::layout::{Frame, Page, render};
use crate::pages::pay::{PayState, PayView};
use crate::pages::{self};
use crate::views::cart::cart_view;
use crate::views::listing::{Filter, Listing, Plan, listing};
use crate::views::product::product_view;
use crate::views::{self, Reader, availability, card};
use api::i18n::{Language, Texts};
use api::timetables::Board;
use commerce::campaign::{
    Campaign, CampaignState, Deal, Goods, Limits, Rule, SalePrice, ThresholdStep,
};
use commerce::catalog::{Offer, Product, Status, TaxCategory, Variant};
use commerce::checkout::{Cart, Checkout, CheckoutStatus, Item};
use commerce::code::Country;
use commerce::command::{Channel, Device};
use commerce::id::{
    CampaignId, CartId, CategoryId, CheckoutId, LocationId, ProductId, SellerId, ShippingRateId,
    TaxRateId, VariantId,
};
use commerce::points::PointsProgram;
use commerce::review::Rating;
use commerce::settings::{
    Address, Category, Location, LocationKind, Seller, ShippingRate, Shop, TaxDisplay, TaxRate,
};
use commerce::stock::Level;
use commerce::text::Text;
use commerce::world::{KeySet, Record, Rows, Sequences};
use commerce::{Currency, Money, World};
use maud::Markup;
use points::points_pages;
use reviews::{review_pages, said};
use search::{Index, Match};
use std::collections::BTreeSet;
use wallet::{member, wallet_pages};
use wishes::wishes_pages;

const SCRIPT: &str = "<script>alert('x')</script> & \"Co\"";
/// Tuesday, 1 December 2026, 10:00 in Berlin.
const NOW: i64 = 1_796_115_600_000;

fn eur() -> Currency {
    Currency::parse("EUR").expect("a code")
}

fn euros(minor: i64) -> Money {
    Money {
        minor,
        currency: eur(),
    }
}

fn germany() -> Country {
    Country::parse("DE").expect("a code")
}

fn place(id: u64, name: &str, kind: LocationKind) -> Record {
    let shop = kind == LocationKind::Shop;
    Record::Location(Location {
        id: LocationId(id),
        code: name.to_lowercase(),
        name: name.into(),
        kind,
        address: Address {
            street: "Friedrichstraße 1".into(),
            postal_code: "10117".into(),
            city: "Berlin".into(),
            country: Some(germany()),
            ..Address::default()
        },
        latitude_micro: 0,
        longitude_micro: 0,
        time_zone: "Europe/Berlin".into(),
        hours: std::array::from_fn(|_| vec![(9 * 60, 20 * 60)]),
        hours_text: "Mo-Su 09:00-20:00".into(),
        closed_on: vec![],
        ships: !shop,
        collects: shop,
        sells: shop,
        pickup_lead_minutes: 60,
        ship_cutoff_minute: 17 * 60,
        rank: 1,
    })
}

fn product(number: u64, title: &str, colors: &[&str]) -> Product {
    let id = ProductId(number << 8);
    let variants = colors.iter().zip(1u8..).map(|(color, n)| Variant {
        id: VariantId::under(id, n),
        sku: format!("SKU-{number}-{n}"),
        gtin: None,
        option_values: vec![(*color).to_string()],
        weight_grams: 250,
        image: format!("p {number}.svg"),
        status: Status::Active,
        offers: vec![Offer {
            past: Vec::new(),
            seller: SellerId(1),
            prices: vec![euros(1_000 * i64::from(n))],
        }],
    });
    Product {
        id,
        version: 1,
        handle: format!("p-{number}"),
        title: Text::en(title),
        description: Text::en(SCRIPT),
        brand: if number == 1 {
            SCRIPT.into()
        } else {
            "Plain".into()
        },
        category: Some(CategoryId(2)),
        option_names: vec!["Colour".into()],
        option_words: Default::default(),
        tax_category: TaxCategory::Standard,
        status: Status::Active,
        variants: variants.collect(),
        created_at: i64::try_from(number).unwrap_or(0),
        updated_at: 0,
    }
}

fn category(id: u64, path: &str, parent: Option<u64>) -> Record {
    Record::Category(Category {
        id: CategoryId(id),
        path: path.into(),
        title: Text::en(path.rsplit(" > ").next().unwrap_or(path)),
        parent: parent.map(CategoryId),
        position: 1,
        image: String::new(),
    })
}

fn red_packets() -> Deal {
    Deal::RedPackets {
        count: 10,
        low: 100,
        high: 500,
        secret: (1, 2),
        draw_from: NOW - 10,
        spend: None,
        spend_until: NOW + 80_000_000,
    }
}

/// An event that runs: the first article for a euro less, and something for who spends more.
fn campaign() -> Campaign {
    let rule = |number, title: &str, deal| Rule {
        number,
        title: Text::en(title),
        deal,
        goods: Goods::default(),
        members_only: false,
        exclusive: false,
        only_full_price: false,
        limits: Limits::default(),
    };
    let first = VariantId::under(ProductId(1 << 8), 1);
    let price = SalePrice {
        variant: first,
        seller: SellerId(1),
        prices: vec![euros(1)],
        total: Some(7),
    };
    let step = ThresholdStep {
        spend: euros(1_000_000),
        off: 10,
    };
    let threshold = Deal::Threshold {
        steps: vec![step],
        times: 1,
    };
    let packets = Rule {
        limits: Limits {
            per_buyer: Some(3),
            budget: Some(euros(3_000)),
            total: None,
        },
        ..rule(3, SCRIPT, red_packets())
    };
    Campaign {
        id: CampaignId(0x9900),
        version: 1,
        code: "fest & more".into(),
        title: Text::en(SCRIPT),
        time_zone: "Europe/Berlin".into(),
        starts_at: NOW - 1,
        ends_at: NOW + 90_000_000,
        state: CampaignState::Approved,
        proposed_by: None,
        approved_by: None,
        rules: vec![
            rule(1, SCRIPT, Deal::Prices(vec![price])),
            rule(2, "Ten off", threshold),
            packets,
        ],
    }
}

pub(crate) fn world() -> World {
    world_with(points::program())
}

// Long because it is a whole shop.
fn world_with(program: PointsProgram) -> World {
    let mut world = World::new(
        vec![
            Record::Shop(Shop {
                name: "Test & Shop".into(),
                country: germany(),
                currency: eur(),
                currencies: vec![(eur(), TaxDisplay::Inclusive)],
                ships_to: vec![],
                returns: Default::default(),
            }),
            Record::Seller(Seller {
                id: SellerId(1),
                code: "own".into(),
                name: "Own".into(),
                first_party: true,
                billing: Vec::new(),
            }),
            category(1, "Home", None),
            category(2, "Home > Lamps & lights", Some(1)),
            place(1, "Hamburg", LocationKind::Warehouse),
            place(2, "Mitte", LocationKind::Shop),
            Record::TaxRate(TaxRate {
                id: TaxRateId(1),
                country: germany(),
                category: TaxCategory::Standard,
                rate_ppm: 190_000,
            }),
            Record::ShippingRate(ShippingRate {
                id: ShippingRateId(1),
                code: "standard".into(),
                title: Text::en("Standard"),
                country: None,
                service_level: "standard".into(),
                prices: vec![euros(490)],
                transit_days: (1, 2),
            }),
            Record::Product(product(1, SCRIPT, &["Red", "Blue"])),
            Record::Product(product(2, "Lamp", &["Red"])),
            Record::Product(product(3, "Cup", &["Green"])),
            Record::Campaign(campaign()),
            Record::PointsProgram(program),
        ],
        Sequences::default(),
        0,
    );
    let level = |number: u64, n: u8, location: u64, on_hand: i64| {
        let level = Level {
            on_hand,
            ..Level::default()
        };
        (
            VariantId::under(ProductId(number << 8), n),
            LocationId(location),
            level,
        )
    };
    let levels = vec![level(1, 1, 1, 3), level(1, 1, 2, 2), level(2, 1, 1, 50)];
    world.absorb(
        &KeySet::default(),
        Rows {
            levels,
            ratings: vec![(
                ProductId(1 << 8),
                Rating {
                    stars: [0, 0, 0, 3, 1],
                    with_photos: 1,
                },
            )],
            ..Rows::default()
        },
    );
    world
}

static NO_TIMETABLES: std::sync::OnceLock<Board> = std::sync::OnceLock::new();

fn reader(world: &World, language: Language) -> Reader<'_> {
    Reader {
        world,
        board: NO_TIMETABLES.get_or_init(Board::default),
        texts: Texts::of(language),
        currency: eur(),
        country: germany(),
        now: NOW,
        points: 0,
    }
}

fn frame(language: Language) -> Frame {
    Frame {
        texts: Texts::of(language),
        currency: eur(),
        currencies: vec![eur()],
        shop_name: SCRIPT.into(),
        public_url: "https://shop.example".into(),
        path: "/".into(),
        query: vec![("q".into(), SCRIPT.into())],
        cart_pieces: 2,
        favourites: Default::default(),
        alerts: true,
        signed_in: false,
        passkeys: true,
        form_token: "token".into(),
        test_money: true,
        is_private: false,
        categories: vec![],
        stylesheet: "/static-shop/shop.css".into(),
        script: Some("/ui/static/islands.js".into()),
        media: Default::default(),
    }
}

fn index(world: &World) -> Index {
    let index = Index::new();
    index.refill(|| world, NOW).expect("indexes");
    index
}

/// A list of the goods of the first category.
fn listed(reader: &Reader<'_>, index: &Index, pairs: &[(String, String)]) -> Listing {
    let mut filter = Filter::read(pairs);
    let query = std::mem::take(&mut filter.query);
    let plan = Plan::new(reader, Some(CategoryId(1)), filter);
    let found = plan.find(index);
    let mut list = listing(reader, plan, found);
    list.filter.query = query;
    list
}

fn items() -> Vec<Item> {
    let item = |number: u64, n: u8, quantity| Item {
        variant: VariantId::under(ProductId(number << 8), n),
        seller: None,
        quantity,
    };
    vec![item(1, 1, 1), item(2, 1, 2)]
}

fn checkout(reader: &Reader<'_>) -> Checkout {
    let mut intent = availability::intent_of(reader, items());
    std::sync::Arc::make_mut(&mut intent.buyer).first_name = SCRIPT.into();
    intent.delivery = Some(commerce::checkout::Delivery::Ship(ShippingRateId(1)));
    let quote = reader.price(&intent).expect("can be priced").quote;
    Checkout {
        id: CheckoutId(7 << 8),
        version: 1,
        status: CheckoutStatus::Open,
        channel: Channel::Web,
        device: Device::Phone,
        access_key: 42,
        intent,
        quote,
        created_at: NOW,
        updated_at: NOW,
        expires_at: NOW + 1,
    }
}

/// Pages for looking around, by name.
fn browse_pages(reader: &Reader<'_>, index: &Index, frame: &Frame) -> Vec<(&'static str, Page)> {
    let world = reader.world;
    let goods: Vec<_> = world.loaded_products().map(|p| card(reader, p)).collect();
    let home = HomeView {
        best: Vec::new(),
        goods: goods.clone(),
        products: 3,
        shops: vec!["Mitte".into()],
        shipping: None,
        event: views::sale::event_now(reader, None),
    };
    let event = views::sale::event_page(reader, "fest & more", None).expect("it runs");
    let mut list = listed(reader, index, &[]);
    list.matched = Match::Similar;
    list.meant = Some(SCRIPT.to_string());
    let narrow = [
        ("q".to_string(), SCRIPT.to_string()),
        ("price".into(), "100-".into()),
    ];
    let mut nothing = listed(reader, index, &narrow);
    nothing.matched = Match::None;
    nothing.meant = Some(SCRIPT.to_string());
    let trail = views::trail(world, Some(CategoryId(2)), reader.texts);
    let shown = |number: u64| {
        let product = world.product(ProductId(number << 8)).expect("is there");
        product_view(reader, index, product, None).expect("is on sale")
    };
    vec![
        ("home", pages::home::home(frame, &home, "k")),
        ("event", pages::event::event(frame, &event, "k")),
        (
            "category",
            pages::listing::category(frame, &trail, &[], &list),
        ),
        ("search", pages::listing::search(frame, &list, &[])),
        ("nothing", pages::listing::search(frame, &nothing, &goods)),
        (
            "product",
            pages::product::product(frame, &shown(1), &said(reader, 1), &goods),
        ),
        (
            "sold out",
            pages::product::product(frame, &shown(3), &said(reader, 3), &[]),
        ),
        ("not found", pages::error::not_found(frame)),
        (
            "find",
            pages::order::find(frame, SCRIPT, SCRIPT, pages::order::FindState::Wrong),
        ),
    ]
}

/// Pages from the cart to the payment, by name.
// Long because each page of the purchase is one view.
fn buy_pages(reader: &Reader<'_>, frame: &Frame) -> Vec<(&'static str, Page)> {
    let cart = Cart {
        id: CartId(5),
        version: 1,
        items: items(),
        currency: eur(),
        language: reader.texts.language(),
        updated_at: 0,
        extension: Default::default(),
        points: Default::default(),
    };
    let none = Cart {
        items: vec![],
        ..cart.clone()
    };
    let checkout = checkout(reader);
    let pickups = availability::pickups(reader, &items());
    let shippings = availability::shippings(reader, &checkout.intent, germany(), &checkout.quote);
    let countries: Vec<_> = COUNTRIES.iter().collect();
    let typed = Typed {
        email: SCRIPT.into(),
        ..Typed::default()
    };
    let errors: Errors = [
        ("email", "field.email_wrong"),
        ("city", "field.city_missing"),
    ]
    .into();
    let details = DetailsView {
        checkout: &checkout,
        typed: &typed,
        errors: &errors,
        method: "ship",
        shipping: shippings.first(),
        pickups: &pickups,
        countries: &countries,
        tax_included: true,
        signed_in: false,
    };
    let pay = [PayChoice {
        value: "test".into(),
        label: "Card".into(),
    }];
    let said = ReviewNotice::OutOfStock {
        title: SCRIPT.into(),
        left: 1,
    };
    let wallet = views::wallet::wallet(reader, &member(), &Default::default());
    let spare = views::wallet::spare(reader, &checkout.intent, &wallet);
    assert_eq!(spare.len(), 1, "{spare:?}");
    let review = ReviewView {
        checkout: &checkout,
        shippings: &shippings,
        pickup: None,
        pay: &pay,
        keeps: Some(true),
        said: Some(&said),
        tax_included: true,
        country: "Germany".into(),
        presale: None,
        spare: &spare,
        points: None,
    };
    let state = PayState::Declined {
        code: SCRIPT.into(),
    };
    let declined = PayView {
        state: &state,
        here: "/checkout/x/y",
        total: "€1.00".into(),
        kept_until: "10:20".into(),
        pay: &pay,
        problem: Some(SCRIPT.into()),
        can_give_up: true,
    };
    vec![
        (
            "cart",
            pages::cart::cart(frame, &cart_view(reader, &cart, None), None, &[]),
        ),
        (
            "empty cart",
            pages::cart::cart(frame, &cart_view(reader, &none, None), None, &[]),
        ),
        ("details", pages::checkout::details(frame, &details)),
        ("review", pages::checkout::review(frame, &review)),
        ("declined", pages::pay::pay(frame, &declined)),
        ("expired", pages::pay::expired(frame, "/checkout/x/y")),
    ]
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

/// What is wrong with a document: tags that don't close, ids that come twice, pictures and fields
/// without a name or a size, scripts that are not ours.
fn complaints(html: &str) -> Vec<String> {
    const VOID: [&str; 5] = ["meta", "link", "img", "input", "br"];
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut ids = BTreeSet::new();
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').unwrap_or((part, ""));
        let name = tag.split([' ', '/']).find(|n| !n.is_empty()).unwrap_or("");
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                found.push(format!("</{name}> closes nothing"));
            }
            continue;
        }
        if let Some(id) = attribute(tag, "id")
            && !ids.insert(id)
        {
            found.push(format!("the id {id} comes twice"));
        }
        let sized = attribute(tag, "width").is_some() && attribute(tag, "height").is_some();
        if name == "img" && !(sized && tag.contains(" alt")) {
            found.push(format!("no size or alt: {tag}"));
        }
        let of_ours = attribute(tag, "src").is_some_and(|s| s.starts_with("/ui/"))
            || attribute(tag, "type") == Some("application/ld+json");
        if name == "script" && !of_ours {
            found.push(format!("a script: {tag}"));
        }
        if tag.contains(" onclick") || tag.contains(" style=") || tag.contains("javascript:") {
            found.push(format!("inline script or style: {tag}"));
        }
        if !VOID.contains(&name) && !tag.starts_with('!') {
            open.push(name);
        }
    }
    found.extend(open.iter().map(|name| format!("<{name}> stays open")));
    found
}

#[test]
fn every_page_is_sound_html_in_every_language_and_escapes_what_people_wrote() {
    let world = world();
    let index = index(&world);
    for language in Language::ALL {
        let reader = reader(&world, language);
        let frame = frame(language);
        let mut all = browse_pages(&reader, &index, &frame);
        all.extend(review_pages(&reader, &frame));
        all.extend(points_pages(&reader, &frame));
        all.extend(wallet_pages(&reader, &frame));
        all.extend(wishes_pages(&reader, &frame));
        all.extend(buy_pages(&reader, &frame));
        for (name, page) in all {
            let html: Markup = render(&frame, &page);
            let html = html.into_string();
            assert_eq!(complaints(&html), Vec::<String>::new(), "{name}");
            assert!(!html.contains("<script>alert"), "{name} is not escaped");
            assert!(
                html.contains("action=\"/search\"")
                    || name == "details"
                    || name == "review"
                    || name == "declined",
                "{name}"
            );
            // A text that is missing shows its key; one without its value shows the braces.
            assert!(!html.contains("{n}") && !html.contains("{price}"), "{name}");
            assert!(html.len() < 120_000, "{name} has {} bytes", html.len());
        }
    }
}

#[test]
fn a_product_says_price_delivery_and_collection_at_once() {
    let world = world();
    let index = index(&world);
    let reader = reader(&world, Language::En);
    let product = world.product(ProductId(1 << 8)).expect("is there");
    let view = product_view(&reader, &index, product, None).expect("is on sale");
    let html = render(
        &frame(Language::En),
        &pages::product::product(&frame(Language::En), &view, &said(&reader, 1), &[]),
    );
    let html = html.into_string().replace('\u{a0}', " ");
    for expected in [
        "€10.00",
        "incl. 19% VAT",
        "plus delivery from €4.90",
        "Arrives Wed 2 Dec – Thu 3 Dec",
        "only 3 left",
        "Collect at Mitte: today from 11:00",
        "href=\"/p/p-1?v=SKU-1-2\"",
        "Test shop: no real money moves.",
        "\"priceCurrency\":\"EUR\"",
        "hreflang=\"zh-Hans\"",
    ] {
        assert!(html.contains(expected), "{expected} is not on the page");
    }
}

#[test]
fn facets_count_what_the_others_leave() {
    let world = world();
    let index = index(&world);
    let reader = reader(&world, Language::En);
    let query = |text: &str| {
        let pairs: Vec<(String, String)> = text
            .split('&')
            .filter_map(|p| p.split_once('='))
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        let list = listed(&reader, &index, &pairs);
        let titles: Vec<String> = list.cards.iter().map(|c| c.href.clone()).collect();
        (titles.join(" "), list.facets)
    };
    for (text, expected) in [
        ("", "/p/p-1 /p/p-2 /p/p-3"),
        ("stock=1", "/p/p-1 /p/p-2"),
        ("shop=mitte", "/p/p-1"),
        ("shop=nowhere", ""),
        ("o.Colour=Red", "/p/p-1 /p/p-2"),
        ("o.Colour=Red&o.Colour=Green", "/p/p-1 /p/p-2 /p/p-3"),
        ("brand=Plain&stock=1", "/p/p-2"),
        // What is reduced is found by what it costs today.
        ("price=10-20", "/p/p-2 /p/p-3"),
        ("price=-5", "/p/p-1"),
        ("price=x-y", "/p/p-1 /p/p-2 /p/p-3"),
        ("sort=new", "/p/p-3 /p/p-2 /p/p-1"),
        ("page=99", "/p/p-1 /p/p-2 /p/p-3"),
    ] {
        assert_eq!(query(text).0, expected, "{text}");
    }
    let (_, facets) = query("o.Colour=Green");
    let red = facets.options[0].values.iter().find(|v| v.value == "Red");
    assert_eq!(
        red.map(|v| v.count),
        Some(2),
        "its own choice does not narrow a facet"
    );
    assert_eq!(facets.in_stock, 0, "the choice of another one does");
}

fn sources(folder: &std::path::Path, out: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            out.push_str(&std::fs::read_to_string(&path).expect("a text"));
        }
    }
}

#[test]
fn every_text_is_used_and_every_text_that_is_used_exists() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut code = String::new();
    for name in ["storefront", "api", "server"] {
        sources(&crates.join(name).join("src"), &mut code);
    }
    let keys: BTreeSet<&str> = api::i18n::keys().collect();
    for key in &keys {
        let base = key.trim_end_matches(".one").trim_end_matches(".other");
        let made = key.starts_with("refusal.") || key.starts_with("decline.");
        let used = |key: &str| code.contains(&format!("\"{key}\""));
        assert!(made || used(base) || used(key), "{key} is not used");
    }
    for call in [
        "t.t(\"",
        "t.with(\"",
        "texts.t(\"",
        "t.count(\"",
        "texts.count(\"",
    ] {
        for part in code.split(call).skip(1) {
            let key = part.split('"').next().unwrap_or("");
            let known = keys.contains(key) || keys.contains(format!("{key}.other").as_str());
            assert!(known, "{key} is used and is in no table");
        }
    }
}

#[test]
fn a_reduced_price_says_why_what_it_was_and_how_many_are_left() {
    let world = world();
    let reader = reader(&world, Language::En);
    let index = index(&world);
    let product = world.product(ProductId(1 << 8)).expect("is there");
    let view = product_view(&reader, &index, product, None).expect("is on sale");
    let sale = view.sale.as_ref().expect("it is reduced");
    assert_eq!(view.price, Some(euros(1)));
    assert!(sale.regular != euros(1) && sale.lowest_before == sale.regular);
    let page = pages::product::product(&frame(Language::En), &view, &said(&reader, 1), &[]).main;
    for words in [
        "only 7 left at this price",
        "Lowest price of the 30 days before",
    ] {
        assert!(page.0.contains(words), "{words}: {}", page.0);
    }
    let card = card(&reader, product);
    assert_eq!((card.price, card.regular.is_some()), (Some(euros(1)), true));
    // In the cart each line says why, and what is missing for more.
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
    let view = cart_view(&reader, &cart, None);
    assert_eq!(view.lines[0].off.len(), 1);
    assert_eq!(view.lines[0].total, euros(1));
    assert!(view.lines[1].off.is_empty());
    assert!(
        view.hints[0].contains("more, and you get: Ten off"),
        "{:?}",
        view.hints
    );
    // Before and after its time there is nothing of it.
    for now in [NOW - 2, NOW + 90_000_000] {
        let reader = Reader { now, ..reader };
        let view = product_view(&reader, &index, product, None).expect("is on sale");
        assert!(view.sale.is_none());
    }
}
