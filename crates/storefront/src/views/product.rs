//! The product page's values.

use super::availability::{self, Pickup, Shipping};
use super::presale::{self, PresaleView};
use super::sale::{self, Sale};
use super::{Card, Link, Reader, card, media, on_sale, product_href, shippable, trail};
use commerce::Money;
use commerce::catalog::{Product, Variant};
use commerce::checkout::Item;
use commerce::id::{ProductId, VariantId};
use commerce::pricing;
use search::Index;
use std::collections::BTreeSet;

/// Related goods on a product page.
const RELATED_MAX: usize = 4;

/// One choice of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub label: String,
    /// The page with this choice made.
    pub href: String,
    /// Whether it is the one shown.
    pub selected: bool,
    /// Whether a piece of it can be had.
    pub available: bool,
}

/// An option with its choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionView {
    /// Its name.
    pub name: String,
    /// In the order of the variants.
    pub choices: Vec<Choice>,
}

/// A product with one of its variants chosen.
#[derive(Debug)]
pub struct ProductView {
    /// The product's name.
    pub title: String,
    /// What it is.
    pub description: String,
    /// The maker, or empty.
    pub brand: String,
    /// The page of this variant, without a query if it is the first.
    pub href: String,
    /// The product's page.
    pub canonical: String,
    /// The way down to its category.
    pub trail: Vec<Link>,
    /// The chosen variant.
    pub variant: VariantId,
    /// Its stock keeping unit.
    pub sku: String,
    /// Its trade item number.
    pub gtin: Option<String>,
    /// Its picture's address.
    pub image: String,
    /// Its options, or empty.
    pub options_line: String,
    /// The price of one piece.
    pub price: Option<Money>,
    /// Why it is lower than it was, if it is.
    pub sale: Option<Sale>,
    /// What is paid at once and what later, if it is on presale.
    pub presale: Option<PresaleView>,
    /// The tax rate in parts per million.
    pub tax_ppm: u32,
    /// Whether the price includes tax.
    pub tax_included: bool,
    /// Whether another variant is cheaper or dearer.
    pub options: Vec<OptionView>,
    /// The cheapest way of shipping a piece.
    pub shipping: Option<Shipping>,
    /// Places of collection, the soonest first.
    pub pickups: Vec<Pickup>,
    /// Pieces that can be shipped.
    pub shippable: i64,
    /// Weight in grams, or 0.
    pub weight_grams: u32,
    /// Who sells it, if not the operator itself.
    pub seller: Option<String>,
    /// Other goods of the category.
    pub related: Vec<Card>,
}

impl ProductView {
    /// Whether a piece can be bought now.
    pub fn buyable(&self) -> bool {
        self.price.is_some()
            && (self.shipping.is_some() || self.pickups.iter().any(|p| p.ready.is_some()))
    }
}

/// The page of a product with the variant of this SKU chosen, or the first that can be had.
pub fn product_view(
    reader: &Reader<'_>,
    index: &Index,
    product: &Product,
    sku: Option<&str>,
) -> Option<ProductView> {
    let chosen = sku
        .and_then(|sku| on_sale(product).find(|v| v.sku == sku))
        .or_else(|| on_sale(product).find(|v| super::can_be_had(reader.world, v.id)))
        .or_else(|| on_sale(product).next())?;
    let offer = sale::price_now(reader, product, chosen);
    let seller = offer
        .and_then(|o| reader.world.seller(o.seller))
        .filter(|s| !s.first_party)
        .map(|s| s.name.clone());
    let canonical = product_href(product);
    let fallback = on_sale(product).find(|v| !v.image.is_empty());
    let image = if chosen.image.is_empty() {
        fallback.map_or("", |v| v.image.as_str())
    } else {
        &chosen.image
    };
    Some(ProductView {
        title: product.title.get(reader.texts.language()).to_string(),
        description: product.description.get(reader.texts.language()).to_string(),
        brand: product.brand.clone(),
        href: variant_href(product, chosen),
        canonical,
        trail: trail(reader.world, product.category, reader.texts),
        variant: chosen.id,
        sku: chosen.sku.clone(),
        gtin: chosen.gtin.map(|g| g.to_string()),
        image: media(image),
        options_line: product.options_line(chosen, reader.texts.language()),
        price: offer.map(|o| reader.money(o.price)),
        sale: offer.and_then(|o| sale::sale(reader, &o)),
        presale: offer.and_then(|o| presale::offer(reader, &o)),
        tax_ppm: pricing::tax_rate(reader.world, reader.country, product.tax_category),
        tax_included: reader.tax_included(),
        options: options(reader, product, chosen),
        shipping: cheapest_shipping(reader, chosen.id),
        pickups: availability::pickups_of(reader, chosen.id),
        shippable: shippable(reader.world, chosen.id),
        weight_grams: chosen.weight_grams,
        seller,
        related: related(reader, index, product),
    })
}

/// The cheapest way of shipping a piece to the reader's country.
pub fn cheapest_shipping(reader: &Reader<'_>, variant: VariantId) -> Option<Shipping> {
    let items = vec![Item {
        variant,
        seller: None,
        quantity: 1,
    }];
    let intent = availability::intent_of(reader, items);
    let quote = reader.price(&intent).ok()?.quote;
    let found = availability::shippings(reader, &intent, reader.country, &quote);
    found.into_iter().next()
}

/// The page of a product with a variant chosen.
pub fn variant_href(product: &Product, variant: &Variant) -> String {
    let base = product_href(product);
    if on_sale(product).count() < 2 {
        return base;
    }
    format!("{base}?v={}", super::escape_query(&variant.sku))
}

/// The options with, for each value, the variant that differs from the chosen one in as little as possible.
fn options(reader: &Reader<'_>, product: &Product, chosen: &Variant) -> Vec<OptionView> {
    let names = product.option_names.iter().enumerate();
    let called = |word| {
        product
            .option_word(word, reader.texts.language())
            .to_string()
    };
    names
        .map(|(at, name)| {
            let mut choices: Vec<Choice> = Vec::new();
            let mut seen = BTreeSet::new();
            for variant in on_sale(product) {
                let value = &variant.option_values[at];
                if !seen.insert(value) {
                    continue;
                }
                let nearest = nearest(product, chosen, at, value).unwrap_or(variant);
                choices.push(Choice {
                    label: called(value),
                    href: variant_href(product, nearest),
                    selected: chosen.option_values[at] == *value,
                    available: super::can_be_had(reader.world, nearest.id),
                });
            }
            OptionView {
                name: called(name),
                choices,
            }
        })
        .collect()
}

/// The variant with `value` at option `at` that shares the most other values with the chosen one.
fn nearest<'p>(
    product: &'p Product,
    chosen: &Variant,
    at: usize,
    value: &str,
) -> Option<&'p Variant> {
    let shared = |variant: &Variant| {
        let pairs = variant.option_values.iter().zip(&chosen.option_values);
        pairs.filter(|(a, b)| a == b).count()
    };
    on_sale(product)
        .filter(|v| v.option_values[at] == value)
        .min_by_key(|v| std::cmp::Reverse(shared(v)))
}

/// Goods of a row, those alone that can be had now.
pub fn row(reader: &Reader<'_>, products: &[ProductId], not: &[ProductId]) -> Vec<Card> {
    products
        .iter()
        .filter(|id| !not.contains(id))
        .filter_map(|id| reader.world.product(*id))
        .map(|p| card(reader, p))
        .filter(|card| card.available && card.price.is_some())
        .take(RELATED_MAX)
        .collect()
}

fn related(reader: &Reader<'_>, index: &Index, product: &Product) -> Vec<Card> {
    let Some(category) = product.category else {
        return Vec::new();
    };
    // Those after this one in the category, so that pages lead on and not all to the same goods.
    index
        .in_category(category, product.id, RELATED_MAX)
        .into_iter()
        .filter_map(|id| reader.world.product(id))
        .take(RELATED_MAX)
        .map(|p| card(reader, p))
        .collect()
}
