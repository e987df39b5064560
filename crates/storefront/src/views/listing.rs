//! Lists of goods: narrowing them down by facets, sorting, paging. The index does the work; it is asked while the shelf
//! is not held, since counting all of a large category takes a while.

use super::{Card, Reader, card, category_at, category_slug, escape_query, on_sale};
use commerce::Currency;
use commerce::id::{CategoryId, LocationId, ProductId};
use commerce::text::Language;
use search::{Ask, Index, Match, Narrow, Order};
use std::collections::{BTreeMap, BTreeSet};

/// Products on a page.
pub const PAGE_SIZE: usize = 24;
/// A list of more products cannot be sorted by name.
const NAMED_MAX: usize = search::HITS_MAX;
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
    /// Only this category and what is below it, as in its address.
    pub category: Option<String>,
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
                "category" => filter.category = Some(value),
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
            || self.category.is_some()
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
        if let Some(category) = &self.category {
            add("category", category);
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
    /// Categories with the most products, of a search.
    pub categories: Vec<Value>,
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
    /// Whether there are few enough to sort them by name.
    pub can_sort_by_name: bool,
    /// How closely the products fit what was typed.
    pub matched: Match,
    /// What was searched for or, where too little was found, may have been meant.
    pub meant: Option<String>,
}

/// What is asked of the index, read from the shelf beforehand.
#[derive(Debug)]
pub struct Plan {
    filter: Filter,
    within: Option<CategoryId>,
    narrow: Narrow,
    language: Language,
    currency: Currency,
    ranges: Vec<search::PriceRange>,
}

impl Plan {
    /// A list of what is in a category and below it, or of what a search finds.
    pub fn new(reader: &Reader<'_>, within: Option<CategoryId>, filter: Filter) -> Self {
        // What is not there holds nothing; no record has the id 0.
        let place = filter.shop.as_ref().map(|code| {
            let mut places = reader.world.locations().filter(|l| l.collects);
            places
                .find(|l| l.code == *code)
                .map_or(LocationId(0), |l| l.id)
        });
        let category = filter.category.as_ref().map(|slug| {
            let found = category_at(reader.world, slug);
            found.map_or(CategoryId(0), |c| c.id)
        });
        let unit = 10_i64.pow(reader.currency.exponent());
        let minor = |(from, to): (Option<i64>, Option<i64>)| {
            let side = |whole: Option<i64>| whole.map(|w| w.saturating_mul(unit));
            (side(from), side(to))
        };
        Self {
            within,
            narrow: Narrow {
                in_stock: filter.in_stock,
                place,
                price: filter.price.map(minor),
                brands: filter.brands.clone(),
                options: filter.options.clone(),
                category,
            },
            language: reader.texts.language(),
            currency: reader.currency,
            ranges: price_ranges().map(minor).collect(),
            filter,
        }
    }

    /// Asks the index. The shelf should not be held meanwhile.
    pub fn find(&self, index: &Index) -> search::Page {
        let by_name = self.filter.sort == Sort::Name;
        let ask = |page: usize| {
            index.page(&Ask {
                query: &self.filter.query,
                within: self.within,
                language: self.language,
                currency: self.currency,
                narrow: &self.narrow,
                price_ranges: &self.ranges,
                order: match self.filter.sort {
                    Sort::Best | Sort::Name => Order::Best,
                    Sort::PriceUp => Order::PriceUp,
                    Sort::PriceDown => Order::PriceDown,
                    Sort::Newest => Order::Newest,
                },
                offset: if by_name { 0 } else { (page - 1) * PAGE_SIZE },
                limit: if by_name { NAMED_MAX } else { PAGE_SIZE },
            })
        };
        let found = ask(self.filter.page);
        let pages = found.total.div_ceil(PAGE_SIZE).max(1);
        if self.filter.page > pages && !by_name {
            ask(pages)
        } else {
            found
        }
    }
}

/// A page of a list out of what the index found.
pub fn listing(reader: &Reader<'_>, plan: Plan, found: search::Page) -> Listing {
    let facets = facets(reader, &plan, &found.facets);
    let mut filter = plan.filter;
    let can_sort_by_name = found.total <= NAMED_MAX;
    let pages = found.total.div_ceil(PAGE_SIZE).max(1);
    let page = filter.page.min(pages);
    let mut products = found.products;
    if filter.sort == Sort::Name {
        if can_sort_by_name {
            let title = |id: &ProductId| {
                let product = reader.world.product(*id);
                product.map(|p| p.title.get(reader.texts.language()).to_lowercase())
            };
            products.sort_by_cached_key(title);
        } else {
            filter.sort = Sort::Best;
        }
        products = products.into_iter().skip((page - 1) * PAGE_SIZE).collect();
        products.truncate(PAGE_SIZE);
    }
    let products = products.iter().filter_map(|id| reader.world.product(*id));
    // The index is a moment behind the shelf.
    let on_sale = products.filter(|p| on_sale(p).next().is_some());
    Listing {
        cards: on_sale.map(|p| card(reader, p)).collect(),
        total: found.total,
        page,
        pages,
        facets,
        meant: meant(reader, &filter.query, &found.corrections),
        filter,
        can_sort_by_name,
        matched: found.matched,
    }
}

/// What was typed with its unknown words replaced by those that were meant, as goods are called.
fn meant(reader: &Reader<'_>, query: &str, corrections: &[search::Correction]) -> Option<String> {
    let mut meant = query.to_string();
    let mut differs = false;
    for correction in corrections {
        let typed = search::as_written(&meant, &correction.typed)?.to_string();
        let product = reader.world.product(correction.example);
        let title = product.map_or("", |p| p.title.get(reader.texts.language()));
        let word = search::as_written(title, &correction.meant).unwrap_or(&correction.meant);
        let word = word.to_lowercase();
        differs |= word != typed.to_lowercase();
        meant = meant.replacen(&typed, &word, 1);
    }
    differs.then_some(meant)
}

fn facets(reader: &Reader<'_>, plan: &Plan, found: &search::Facets) -> Facets {
    let filter = &plan.filter;
    let shops = reader
        .world
        .locations()
        .filter(|l| l.collects)
        .map(|l| Value {
            value: l.code.clone(),
            label: l.name.clone(),
            count: found.places.get(&l.id).copied().unwrap_or(0),
            chosen: filter.shop.as_ref() == Some(&l.code),
        });
    let prices = price_ranges()
        .zip(&found.prices)
        .map(|(range, count)| PriceRange {
            range,
            value: Value {
                value: write_range(range),
                label: String::new(),
                count: *count,
                chosen: filter.price == Some(range),
            },
        });
    let value = |v: &search::Value, chosen: bool| Value {
        value: v.value.clone(),
        label: v.label.clone(),
        count: v.count,
        chosen,
    };
    let option = |option: &search::OptionValues| {
        let chosen = filter.options.get(&option.name);
        let is_chosen = |v: &search::Value| chosen.is_some_and(|c| c.contains(&v.value));
        let tells_apart = option.values.len() > 1 || chosen.is_some();
        tells_apart.then(|| OptionFacet {
            name: option.name.clone(),
            label: option.label.clone(),
            values: option
                .values
                .iter()
                .map(|v| value(v, is_chosen(v)))
                .collect(),
        })
    };
    let brands = found.brands.iter();
    Facets {
        in_stock: found.in_stock,
        shops: shops.collect(),
        prices: prices
            .filter(|p| p.value.count > 0 || p.value.chosen)
            .collect(),
        categories: if plan.within.is_none() {
            categories(reader, filter, found)
        } else {
            Vec::new()
        },
        brands: brands
            .map(|v| value(v, filter.brands.contains(&v.value)))
            .collect(),
        options: found.options.iter().filter_map(option).collect(),
    }
}

/// The categories of what was found; a chosen one is never left out.
fn categories(reader: &Reader<'_>, filter: &Filter, found: &search::Facets) -> Vec<Value> {
    let counted = found.categories.iter();
    let mut values: Vec<Value> = counted
        .filter_map(|(id, count)| {
            let category = reader.world.category(*id)?;
            let slug = category_slug(&category.path);
            Some(Value {
                label: category.title.get(reader.texts.language()).to_string(),
                count: *count,
                chosen: filter.category.as_ref() == Some(&slug),
                value: slug,
            })
        })
        .collect();
    if let Some(slug) = filter
        .category
        .as_ref()
        .filter(|_| !values.iter().any(|v| v.chosen))
    {
        let category = category_at(reader.world, slug);
        let title = category.map(|c| c.title.get(reader.texts.language()).to_string());
        values.extend(title.map(|label| Value {
            value: slug.clone(),
            label,
            count: 0,
            chosen: true,
        }));
    }
    values
}

/// Below the first bound, between the bounds, from the last bound on.
fn price_ranges() -> impl Iterator<Item = (Option<i64>, Option<i64>)> {
    let from = std::iter::once(None).chain(PRICE_BOUNDS.map(Some));
    let to = PRICE_BOUNDS.map(Some).into_iter().chain([None]);
    from.zip(to)
}
