//! Copies of what the index needs of products, taken while the shelf is held and used afterwards.

use commerce::catalog::{Product, Status, Variant};
use commerce::id::{CategoryId, LocationId, ProductId};
use commerce::money::Currency;
use commerce::pricing::price_now;
use commerce::settings::Category;
use commerce::text::{Language, Text};
use commerce::{Money, World};
use std::collections::{BTreeMap, BTreeSet};

/// Steps up the category tree that are followed, so that a loop in the data ends.
const CATEGORY_DEPTH_MAX: usize = 8;

/// Products to be indexed or taken out.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) entries: Vec<Entry>,
    /// Products that are gone or not on sale.
    pub(crate) gone: Vec<ProductId>,
}

/// What is indexed of one product.
#[derive(Debug)]
pub(crate) struct Entry {
    pub id: ProductId,
    pub title: Text,
    pub brand: String,
    pub description: Text,
    /// Names of its categories, from its own upwards.
    pub category_titles: Vec<Text>,
    pub categories: Vec<CategoryId>,
    /// Names and values of options, with what they are called.
    pub options: Vec<(OptionWord, OptionWord)>,
    /// SKUs and trade item numbers.
    pub codes: Vec<String>,
    /// The least price per currency, in minor units.
    pub prices: Vec<Money>,
    pub places: Places,
    pub created_at: i64,
}

/// A word of an option and what it is called in the languages that call it otherwise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OptionWord {
    pub word: String,
    pub called: [Option<String>; 3],
}

/// Where a product can be had now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Whether it can be shipped or collected at all.
    pub anywhere: bool,
    /// Where it can be collected.
    pub collect: BTreeSet<LocationId>,
}

impl Batch {
    /// Every product of the world: for small ones. The index takes large ones in steps: see [`crate::Index::refill`].
    pub fn all(world: &World, now: i64) -> Self {
        Self::of(world, now, world.loaded_products().map(|p| p.id))
    }

    /// The products with these ids as they are at `now`, in UTC milliseconds: what they cost depends on it.
    pub fn of(world: &World, now: i64, ids: impl IntoIterator<Item = ProductId>) -> Self {
        let mut batch = Self::default();
        for id in ids {
            match world.product(id).filter(|p| variants(p).next().is_some()) {
                Some(product) => batch.entries.push(entry(world, now, product)),
                None => batch.gone.push(id),
            }
        }
        batch
    }
}

/// The variants that can be bought.
fn variants(product: &Product) -> impl Iterator<Item = &Variant> {
    let active = product.status == Status::Active;
    product
        .variants
        .iter()
        .filter(move |v| active && v.status == Status::Active)
}

fn entry(world: &World, now: i64, product: &Product) -> Entry {
    let above = above(world, product.category);
    let mut codes = Vec::new();
    let mut options = BTreeSet::new();
    for variant in variants(product) {
        codes.push(variant.sku.clone());
        codes.extend(variant.gtin.as_ref().map(ToString::to_string));
        for (name, value) in product.option_names.iter().zip(&variant.option_values) {
            options.insert((option_word(product, name), option_word(product, value)));
        }
    }
    Entry {
        id: product.id,
        title: product.title.clone(),
        brand: product.brand.clone(),
        description: product.description.clone(),
        category_titles: above.iter().map(|c| c.title.clone()).collect(),
        categories: above.iter().map(|c| c.id).collect(),
        options: options.into_iter().collect(),
        codes,
        prices: prices(world, now, product).0,
        places: places(world, product.id),
        created_at: product.created_at,
    }
}

fn above(world: &World, leaf: Option<CategoryId>) -> Vec<&Category> {
    let mut found: Vec<&Category> = Vec::new();
    let mut next = leaf;
    while let Some(category) = next.and_then(|id| world.category(id)) {
        found.push(category);
        next = category.parent.filter(|_| found.len() < CATEGORY_DEPTH_MAX);
    }
    found
}

fn option_word(product: &Product, word: &str) -> OptionWord {
    let called = |language| {
        let known = product.option_words.get(word)?.exact(language)?;
        Some(known.to_string())
    };
    OptionWord {
        word: word.to_string(),
        called: Language::ALL.map(called),
    }
}

/// The least that a product costs a guest now, per currency, and whether an event takes something off: the price that
/// lists show, and so the one that they are sorted and narrowed down by.
pub(crate) fn prices(world: &World, now: i64, product: &Product) -> (Vec<Money>, bool) {
    let is_member = false;
    let mut least: BTreeMap<Currency, i64> = BTreeMap::new();
    let mut is_reduced = false;
    for variant in variants(product) {
        let listed = variant.offers.iter().flat_map(|o| &o.prices);
        for currency in listed.map(|p| p.currency).collect::<BTreeSet<_>>() {
            let of = (product, variant);
            let Some(found) = price_now(world, now, of, (currency, is_member)) else {
                continue;
            };
            is_reduced |= found.reduction.is_some();
            let kept = least.entry(currency).or_insert(found.price);
            *kept = found.price.min(*kept);
        }
    }
    let money = |(currency, minor)| Money { minor, currency };
    (least.into_iter().map(money).collect(), is_reduced)
}

/// Where a product can be had, as the shelf says now.
pub(crate) fn places(world: &World, id: ProductId) -> Places {
    let mut places = Places::default();
    let levels = world.product(id).into_iter().flat_map(variants);
    for (at, _) in levels
        .flat_map(|v| world.levels(v.id))
        .filter(|(_, l)| l.available() > 0)
    {
        if let Some(place) = world.location(at) {
            places.anywhere |= place.ships || place.collects;
            if place.collects {
                places.collect.insert(at);
            }
        }
    }
    places
}
