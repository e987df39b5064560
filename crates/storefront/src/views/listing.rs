//! Lists of goods: narrowing them down by facets, sorting, paging. Facets are counted over the live
//! shelf, so that "in stock" means now; each facet counts what the other facets leave.

use super::{Card, Reader, card, escape_query, on_sale};
use commerce::catalog::Product;
use commerce::id::{LocationId, ProductId};
use commerce::text::Language;
use std::collections::{BTreeMap, BTreeSet};

/// Products on a page.
pub const PAGE_SIZE: usize = 24;
/// Values of a facet that are shown.
const VALUES_MAX: usize = 24;
/// Values of one facet that are read from an address.
const CHOSEN_MAX: usize = 20;
/// Bounds of the price ranges, in whole units of the currency.
const PRICE_BOUNDS: [i64; 5] = [5, 10, 20, 50, 100];

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// As found: best match, or the shop's order.
    #[default]
    Best,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
    /// By name.
    Name,
    /// Newest first.
    Newest,
}

impl Sort {
    /// All of them, as the menu shows them.
    pub const ALL: [Sort; 5] = [
        Sort::Best,
        Sort::PriceUp,
        Sort::PriceDown,
        Sort::Name,
        Sort::Newest,
    ];

    /// The word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Sort::Best => "best",
            Sort::PriceUp => "price",
            Sort::PriceDown => "price-desc",
            Sort::Name => "name",
            Sort::Newest => "new",
        }
    }
}

/// What a shopper chose in an address. Everything in it is bounded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// The words of a search.
    pub query: String,
    /// Only what can be had.
    pub in_stock: bool,
    /// Only what is at this place, by its code.
    pub shop: Option<String>,
    /// A price range: whole units, from and to; `None` for open.
    pub price: Option<(Option<i64>, Option<i64>)>,
    /// Any of these makers.
    pub brands: BTreeSet<String>,
    /// Per option any of these values.
    pub options: BTreeMap<String, BTreeSet<String>>,
    /// How it is sorted.
    pub sort: Sort,
    /// Which page, from 1.
    pub page: usize,
}

impl Filter {
    /// Reads the pairs of a query; what makes no sense is left out.
    pub fn read(pairs: &[(String, String)]) -> Self {
        let mut filter = Self {
            page: 1,
            ..Self::default()
        };
        for (name, value) in pairs.iter().take(64) {
            let value: String = value.chars().take(search::QUERY_CHARS_MAX).collect();
            if value.is_empty() {
                continue;
            }
            match name.as_str() {
                "q" => filter.query = value,
                "stock" => filter.in_stock = value == "1",
                "shop" => filter.shop = Some(value),
                "price" => filter.price = read_range(&value),
                "brand" if filter.brands.len() < CHOSEN_MAX => {
                    filter.brands.insert(value);
                }
                "sort" => {
                    let known = Sort::ALL.into_iter().find(|s| s.word() == value);
                    filter.sort = known.unwrap_or_default();
                }
                "page" => filter.page = value.parse().unwrap_or(1).clamp(1, 1_000),
                other => filter.read_option(other, value),
            }
        }
        filter
    }

    fn read_option(&mut self, name: &str, value: String) {
        let Some(option) = name.strip_prefix("o.") else {
            return;
        };
        if option.chars().count() > 60 || self.options.len() >= CHOSEN_MAX {
            return;
        }
        let values = self.options.entry(option.to_string()).or_default();
        if values.len() < CHOSEN_MAX {
            values.insert(value);
        }
    }

    /// Whether any facet narrows the list.
    pub fn narrows(&self) -> bool {
        self.in_stock
            || self.shop.is_some()
            || self.price.is_some()
            || !self.brands.is_empty()
            || !self.options.is_empty()
    }

    /// The pairs of an address for page `page` of the same list.
    pub fn pairs(&self, page: usize) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let mut add = |name: &str, value: &str| pairs.push((name.to_string(), value.to_string()));
        if !self.query.is_empty() {
            add("q", &self.query);
        }
        if self.in_stock {
            add("stock", "1");
        }
        if let Some(shop) = &self.shop {
            add("shop", shop);
        }
        if let Some(range) = self.price {
            add("price", &write_range(range));
        }
        self.brands.iter().for_each(|b| add("brand", b));
        for (name, values) in &self.options {
            values.iter().for_each(|v| add(&format!("o.{name}"), v));
        }
        if self.sort != Sort::Best {
            add("sort", self.sort.word());
        }
        if page > 1 {
            add("page", &page.to_string());
        }
        pairs
    }
}

/// An address with these pairs as its query.
pub fn address(path: &str, pairs: &[(String, String)]) -> String {
    let mut out = path.to_string();
    for (at, (name, value)) in pairs.iter().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(&escape_query(name));
        out.push('=');
        out.push_str(&escape_query(value));
    }
    out
}

fn read_range(text: &str) -> Option<(Option<i64>, Option<i64>)> {
    let (from, to) = text.split_once('-')?;
    let side = |text: &str| match text {
        "" => Some(None),
        digits => digits
            .parse()
            .ok()
            .filter(|n| (0..1_000_000_000).contains(n))
            .map(Some),
    };
    match (side(from)?, side(to)?) {
        (None, None) => None,
        range => Some(range),
    }
}

fn write_range(range: (Option<i64>, Option<i64>)) -> String {
    let side = |bound: Option<i64>| bound.map_or(String::new(), |n| n.to_string());
    format!("{}-{}", side(range.0), side(range.1))
}

/// A value of a facet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value in addresses.
    pub value: String,
    /// What it says; empty where the page makes the words.
    pub label: String,
    /// How many products have it, the other facets given.
    pub count: usize,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A price range with how many products lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRange {
    /// Whole units, from and to; `None` for open.
    pub range: (Option<i64>, Option<i64>),
    /// The range and its count.
    pub value: Value,
}

/// What the list can be narrowed down by.
#[derive(Debug, Clone, Default)]
pub struct Facets {
    /// Products that can be had.
    pub in_stock: usize,
    /// Per place of collection.
    pub shops: Vec<Value>,
    /// Price ranges.
    pub prices: Vec<PriceRange>,
    /// Makers.
    pub brands: Vec<Value>,
    /// Options by name.
    pub options: Vec<OptionFacet>,
}

/// The values of one option.
#[derive(Debug, Clone)]
pub struct OptionFacet {
    /// Its name, as addresses hold it.
    pub name: String,
    /// Its name in the reader's language.
    pub label: String,
    /// What can be chosen.
    pub values: Vec<Value>,
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The products of this page.
    pub cards: Vec<Card>,
    /// How many there are on all pages.
    pub total: usize,
    /// Which page this is, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// What it can be narrowed down by.
    pub facets: Facets,
    /// What was chosen.
    pub filter: Filter,
}

/// What the facets look at, of one product.
struct Traits<'w> {
    product: &'w Product,
    price: Option<i64>,
    in_stock: bool,
    shops: Vec<LocationId>,
    options: Vec<(&'w str, &'w str)>,
}

/// The facets in order; each is counted over what the others leave.
const STOCK: usize = 0;
const SHOP: usize = 1;
const PRICE: usize = 2;
const BRAND: usize = 3;
const OPTION: usize = 4;

/// Narrows down, sorts and cuts a list of candidates, which come best first.
pub fn listing(reader: &Reader<'_>, candidates: &[ProductId], filter: Filter) -> Listing {
    let found: Vec<Traits<'_>> = candidates
        .iter()
        .filter_map(|id| reader.world.product(*id))
        .filter(|p| on_sale(p).next().is_some())
        .map(|p| traits(reader, p))
        .collect();
    let shop = filter.shop.as_ref().and_then(|code| {
        let mut places = reader.world.locations().filter(|l| l.collects);
        places.find(|l| l.code == *code).map(|l| l.id)
    });
    let unit = 10_i64.pow(reader.currency.exponent());
    let fits: Vec<[bool; 5]> = found.iter().map(|t| fit(t, &filter, shop, unit)).collect();
    let facets = count(reader, &found, &fits, &filter, unit);
    let mut chosen: Vec<&Traits<'_>> = found
        .iter()
        .zip(&fits)
        .filter(|(_, fit)| fit.iter().all(|f| *f))
        .map(|(t, _)| t)
        .collect();
    sort(reader, &mut chosen, filter.sort);
    let total = chosen.len();
    let pages = total.div_ceil(PAGE_SIZE).max(1);
    let page = filter.page.min(pages);
    let cards = chosen
        .iter()
        .skip((page - 1) * PAGE_SIZE)
        .take(PAGE_SIZE)
        .map(|t| card(reader, t.product))
        .collect();
    Listing {
        cards,
        total,
        page,
        pages,
        facets,
        filter,
    }
}

fn traits<'w>(reader: &Reader<'w>, product: &'w Product) -> Traits<'w> {
    let mut shops: BTreeSet<LocationId> = BTreeSet::new();
    let mut in_stock = false;
    let mut options = BTreeSet::new();
    for variant in on_sale(product) {
        for (id, level) in reader.world.levels(variant.id) {
            let Some(place) = reader.world.location(id).filter(|_| level.available() > 0) else {
                continue;
            };
            in_stock |= place.ships || place.collects;
            if place.collects {
                shops.insert(id);
            }
        }
        for (name, value) in product.option_names.iter().zip(&variant.option_values) {
            options.insert((name.as_str(), value.as_str()));
        }
    }
    let prices = on_sale(product).filter_map(|v| {
        let now = super::sale::price_now(reader, product, v)?;
        Some((now.seller, now.price))
    });
    Traits {
        product,
        price: prices.map(|(_, p)| p).min(),
        in_stock,
        shops: shops.into_iter().collect(),
        options: options.into_iter().collect(),
    }
}

fn in_range(price: i64, range: (Option<i64>, Option<i64>), unit: i64) -> bool {
    range.0.is_none_or(|from| price >= from * unit) && range.1.is_none_or(|to| price < to * unit)
}

fn fit(traits: &Traits<'_>, filter: &Filter, shop: Option<LocationId>, unit: i64) -> [bool; 5] {
    let price = filter
        .price
        .is_none_or(|range| traits.price.is_some_and(|p| in_range(p, range, unit)));
    let options = filter.options.iter().all(|(name, values)| {
        let mut own = traits.options.iter();
        own.any(|(n, v)| n == name && values.contains(*v))
    });
    [
        !filter.in_stock || traits.in_stock,
        filter.shop.is_none() || shop.is_some_and(|id| traits.shops.contains(&id)),
        price,
        filter.brands.is_empty() || filter.brands.contains(&traits.product.brand),
        options,
    ]
}

fn count(
    reader: &Reader<'_>,
    found: &[Traits<'_>],
    fits: &[[bool; 5]],
    filter: &Filter,
    unit: i64,
) -> Facets {
    let without = |facet: usize| {
        let pairs = found.iter().zip(fits);
        pairs
            .filter(move |(_, fit)| (0..5).all(|f| f == facet || fit[f]))
            .map(|(t, _)| t)
    };
    let mut brands: BTreeMap<&str, usize> = BTreeMap::new();
    for traits in without(BRAND).filter(|t| !t.product.brand.is_empty()) {
        *brands.entry(&traits.product.brand).or_default() += 1;
    }
    let mut shops = Vec::new();
    for place in reader.world.locations().filter(|l| l.collects) {
        shops.push(Value {
            value: place.code.clone(),
            label: place.name.clone(),
            count: without(SHOP)
                .filter(|t| t.shops.contains(&place.id))
                .count(),
            chosen: filter.shop.as_ref() == Some(&place.code),
        });
    }
    let prices = price_ranges()
        .map(|range| PriceRange {
            range,
            value: Value {
                value: write_range(range),
                label: String::new(),
                count: without(PRICE)
                    .filter(|t| t.price.is_some_and(|p| in_range(p, range, unit)))
                    .count(),
                chosen: filter.price == Some(range),
            },
        })
        .filter(|p| p.value.count > 0 || p.value.chosen)
        .collect();
    Facets {
        in_stock: without(STOCK).filter(|t| t.in_stock).count(),
        shops,
        prices,
        brands: values(brands, |v| filter.brands.contains(v)),
        options: count_options(without(OPTION), reader.texts.language(), filter),
    }
}

/// The options of what was found, called as readers of `language` know them.
fn count_options<'t, 'p: 't>(
    found: impl Iterator<Item = &'t Traits<'p>>,
    language: Language,
    filter: &Filter,
) -> Vec<OptionFacet> {
    let mut options: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
    for traits in found {
        for (name, value) in &traits.options {
            for word in [*name, *value] {
                let called = traits.product.option_word(word, language);
                if called != word {
                    labels.insert(word, called);
                }
            }
            *options.entry(name).or_default().entry(value).or_default() += 1;
        }
    }
    let called = |word: &str| labels.get(word).copied().unwrap_or(word).to_string();
    let facet = |(name, counts): (&str, BTreeMap<&str, usize>)| {
        let chosen = filter.options.get(name);
        let mut values = values(counts, |v| chosen.is_some_and(|c| c.contains(v)));
        for value in &mut values {
            value.label = called(&value.value);
        }
        OptionFacet {
            name: name.to_string(),
            label: called(name),
            values,
        }
    };
    let tells_apart = |f: &OptionFacet| f.values.len() > 1 || filter.options.contains_key(&f.name);
    options.into_iter().map(facet).filter(tells_apart).collect()
}

/// Below the first bound, between the bounds, from the last bound on.
fn price_ranges() -> impl Iterator<Item = (Option<i64>, Option<i64>)> {
    let from = std::iter::once(None).chain(PRICE_BOUNDS.map(Some));
    let to = PRICE_BOUNDS.map(Some).into_iter().chain([None]);
    from.zip(to)
}

/// The most frequent values; a chosen one is never left out.
fn values(counts: BTreeMap<&str, usize>, chosen: impl Fn(&str) -> bool) -> Vec<Value> {
    let mut values: Vec<Value> = counts
        .into_iter()
        .map(|(value, count)| Value {
            value: value.to_string(),
            label: value.to_string(),
            count,
            chosen: chosen(value),
        })
        .collect();
    values.sort_by_key(|v| (!v.chosen, std::cmp::Reverse(v.count)));
    values.truncate(VALUES_MAX);
    values
}

fn sort(reader: &Reader<'_>, chosen: &mut [&Traits<'_>], sort: Sort) {
    let language = reader.texts.language();
    match sort {
        Sort::Best => chosen.sort_by_key(|t| !t.in_stock),
        Sort::PriceUp => chosen.sort_by_key(|t| t.price.unwrap_or(i64::MAX)),
        Sort::PriceDown => chosen.sort_by_key(|t| std::cmp::Reverse(t.price.unwrap_or(-1))),
        Sort::Name => chosen.sort_by_cached_key(|t| t.product.title.get(language).to_lowercase()),
        Sort::Newest => chosen.sort_by_key(|t| std::cmp::Reverse(t.product.created_at)),
    }
}
