//! Makes a page out of what was found: narrows it down, counts what it could be narrowed down by, sorts, cuts.
//!
//! Each facet is counted over what the others leave, so that its other values can be chosen.

use crate::build::Part;
use crate::names::Names;
use crate::query::Scored;
use crate::segment::{ANYWHERE, Segment};
use commerce::id::{CategoryId, LocationId, ProductId};
use commerce::money::Currency;
use commerce::text::Language;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// Values of a facet that are given, the most frequent; a chosen one is never left out.
pub const VALUES_MAX: usize = 24;

/// An amount from and to, in minor units; `None` for open. The upper bound is not in it.
pub type PriceRange = (Option<i64>, Option<i64>);

/// How a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// What can be had first, then the best match, then what sells best.
    #[default]
    Best,
    /// Cheapest first.
    PriceUp,
    /// Dearest first.
    PriceDown,
    /// Newest first.
    Newest,
}

/// What a list is narrowed down to.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    /// Only what can be had.
    pub in_stock: bool,
    /// Only what can be collected here.
    pub place: Option<LocationId>,
    /// Only what costs this much.
    pub price: Option<PriceRange>,
    /// Any of these brands.
    pub brands: BTreeSet<String>,
    /// Per option any of these values.
    pub options: BTreeMap<String, BTreeSet<String>>,
    /// Only what is in this category or below it.
    pub category: Option<CategoryId>,
}

/// What is asked of a list.
#[derive(Debug, Clone)]
pub struct Ask<'a> {
    /// What was typed; empty for all products.
    pub query: &'a str,
    /// Only in this category and below it.
    pub within: Option<CategoryId>,
    /// The reader's language.
    pub language: Language,
    /// The currency of prices.
    pub currency: Currency,
    /// What it is narrowed down to.
    pub narrow: &'a Narrow,
    /// The price ranges that are counted.
    pub price_ranges: &'a [PriceRange],
    /// How it is sorted.
    pub order: Order,
    /// Products that are left out at the beginning, and how many follow.
    pub offset: usize,
    /// How many follow, at most [`crate::HITS_MAX`].
    pub limit: usize,
}

/// A value with how many products have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub value: String,
    /// What readers call it.
    pub label: String,
    /// How many products have it, the other facets given.
    pub count: usize,
}

/// An option with its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionValues {
    /// The option.
    pub name: String,
    /// What readers call it.
    pub label: String,
    /// Its values, the most frequent first.
    pub values: Vec<Value>,
}

/// What a list can be narrowed down by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// Products that can be had.
    pub in_stock: usize,
    /// Products that can be collected, by place.
    pub places: BTreeMap<LocationId, usize>,
    /// Products in each of the price ranges asked for.
    pub prices: Vec<usize>,
    /// Brands, the most frequent first.
    pub brands: Vec<Value>,
    /// Options by name.
    pub options: Vec<OptionValues>,
    /// Products listed right in a category, the most first.
    pub categories: Vec<(CategoryId, usize)>,
}

/// The facets in their order; a product that one alone keeps out is counted in it.
const STOCK: u8 = 1;
const PLACE: u8 = 2;
const PRICE: u8 = 4;
const BRAND: u8 = 8;
const OPTION: u8 = 16;
const CATEGORY: u8 = 32;

/// What is narrowed down to, in the numbers of the index.
struct Numbers {
    currency: Option<u32>,
    place: Option<u64>,
    brands: Vec<u32>,
    options: Vec<Vec<u32>>,
}

impl Numbers {
    fn new(ask: &Ask<'_>, names: &Names) -> Self {
        let place = ask
            .narrow
            .place
            .map(|id| names.places.find(&id).map_or(0, |n| 2_u64 << n));
        let choices = |(name, values): (&String, &BTreeSet<String>)| {
            let pairs = values.iter().map(|v| (name.clone(), v.clone()));
            pairs.filter_map(|pair| names.choices.find(&pair)).collect()
        };
        Self {
            currency: names.currencies.find(&ask.currency),
            place,
            brands: ask
                .narrow
                .brands
                .iter()
                .filter_map(|b| names.brands.find(b))
                .collect(),
            options: ask.narrow.options.iter().map(choices).collect(),
        }
    }
}

/// Counts by number.
struct Counts {
    in_stock: usize,
    places: [usize; 64],
    prices: Vec<usize>,
    brands: Vec<u32>,
    choices: Vec<u32>,
    categories: BTreeMap<CategoryId, usize>,
}

/// Narrows down, counts, sorts and cuts. Gives the products of the page, how many there are in all, and the facets.
pub(crate) fn page(
    parts: &[Part],
    found: &[Scored],
    ask: &Ask<'_>,
    names: &Names,
) -> (Vec<ProductId>, usize, Facets) {
    let numbers = Numbers::new(ask, names);
    let mut counts = Counts {
        in_stock: 0,
        places: [0; 64],
        prices: vec![0; ask.price_ranges.len()],
        brands: vec![0; names.brands.values().len()],
        choices: vec![0; names.choices.values().len()],
        categories: BTreeMap::new(),
    };
    let mut top = Top::new(ask.offset.saturating_add(ask.limit.min(crate::HITS_MAX)));
    let mut total = 0;
    for (part, scored) in parts.iter().zip(found) {
        let segment = &part.segment;
        let members = |id: CategoryId| segment.members.get(&id).map_or(&[][..], Vec::as_slice);
        let category = ask.narrow.category.map(members);
        let mut leaves = vec![0_usize; segment.leaves.len()];
        for &(doc, score) in scored {
            let fails = fails(segment, doc, ask, &numbers, category);
            if fails == 0 {
                total += 1;
                top.offer(
                    key(segment, doc, score, ask.order, numbers.currency),
                    segment.ids[doc as usize],
                );
            }
            if fails.count_ones() <= 1 {
                counts.add(segment, doc, fails, ask, &numbers);
                if fails & !CATEGORY == 0 {
                    leaves[segment.rows[doc as usize].leaf as usize] += 1;
                }
            }
        }
        for (leaf, count) in segment
            .leaves
            .iter()
            .zip(leaves)
            .filter(|(_, count)| *count > 0)
        {
            if let Some(id) = leaf {
                *counts.categories.entry(*id).or_default() += count;
            }
        }
    }
    let products = top
        .sorted()
        .into_iter()
        .skip(ask.offset)
        .map(ProductId)
        .collect();
    (products, total, counts.facets(ask, names))
}

/// The best products and how many there are, without facets.
pub(crate) fn top(parts: &[Part], found: &[Scored], limit: usize) -> (Vec<ProductId>, usize) {
    let mut top = Top::new(limit.min(crate::HITS_MAX));
    for (part, scored) in parts.iter().zip(found) {
        for &(doc, score) in scored {
            if may_be_best(&top, &part.segment, doc, score) {
                let key = key(&part.segment, doc, score, Order::Best, None);
                top.offer(key, part.segment.ids[doc as usize]);
            }
        }
    }
    let products = top.sorted().into_iter().map(ProductId).collect();
    (products, found.iter().map(Vec::len).sum())
}

/// The facets that keep a product out.
fn fails(
    segment: &Segment,
    doc: u32,
    ask: &Ask<'_>,
    numbers: &Numbers,
    category: Option<&[u32]>,
) -> u8 {
    let narrow = ask.narrow;
    let mut fails = 0;
    let places = segment.places(doc);
    if narrow.in_stock && places & ANYWHERE == 0 {
        fails |= STOCK;
    }
    if numbers.place.is_some_and(|bit| places & bit == 0) {
        fails |= PLACE;
    }
    if narrow
        .price
        .is_some_and(|range| !in_range(segment.price(doc, numbers.currency), range))
    {
        fails |= PRICE;
    }
    if !narrow.brands.is_empty() && !numbers.brands.contains(&segment.rows[doc as usize].brand) {
        fails |= BRAND;
    }
    if !numbers.options.is_empty() {
        let own = segment.choices_of(doc);
        if numbers
            .options
            .iter()
            .any(|any| !any.iter().any(|c| own.contains(c)))
        {
            fails |= OPTION;
        }
    }
    if category.is_some_and(|members| members.binary_search(&doc).is_err()) {
        fails |= CATEGORY;
    }
    fails
}

fn in_range(price: Option<i64>, range: PriceRange) -> bool {
    price.is_some_and(|p| range.0.is_none_or(|from| p >= from) && range.1.is_none_or(|to| p < to))
}

/// What a product is sorted by: the larger the earlier.
fn key(segment: &Segment, doc: u32, score: u32, order: Order, currency: Option<u32>) -> u64 {
    let price = || {
        segment
            .price(doc, currency)
            .map(|p| u64::try_from(p).unwrap_or(0))
    };
    match order {
        Order::Best => {
            let at = doc as usize;
            let available = segment.places(doc) & ANYWHERE;
            let popularity = segment.popularity[at].load(Ordering::Relaxed);
            // Where nothing was searched for, a shorter name is no better.
            let short = if score == 0 {
                0
            } else {
                u8::MAX - segment.title_words[at]
            };
            best_key(available, score, popularity, short)
        }
        Order::PriceUp => price().map_or(0, |p| u64::MAX - p),
        Order::PriceDown => price().map_or(0, |p| p + 1),
        Order::Newest => u64::try_from(segment.rows[doc as usize].created_at).unwrap_or(0),
    }
}

fn best_key(available: u64, score: u32, popularity: u8, short: u8) -> u64 {
    let score = u64::from(score.min(0xff_ffff));
    available << 40 | score << 16 | u64::from(popularity) << 8 | u64::from(short)
}

/// Whether a product can be among the best. Of a hundred thousand that fit hardly any can, and most of those are told
/// apart by their score or by what lies in two narrow columns, without fetching the rest of each.
fn may_be_best(top: &Top, segment: &Segment, doc: u32, score: u32) -> bool {
    let Some((Reverse(bound), _)) = top.bound else {
        return true;
    };
    let at = doc as usize;
    best_key(ANYWHERE, score, u8::MAX, u8::MAX) >= bound && {
        let popularity = segment.popularity[at].load(Ordering::Relaxed);
        let short = u8::MAX - segment.title_words[at];
        best_key(ANYWHERE, score, popularity, short) >= bound
    }
}

/// The products with the largest keys; of equal ones, those with the smaller id.
struct Top {
    most: usize,
    kept: Vec<(Reverse<u64>, u64)>,
    bound: Option<(Reverse<u64>, u64)>,
}

impl Top {
    fn new(most: usize) -> Self {
        Self {
            most,
            kept: Vec::new(),
            bound: None,
        }
    }

    fn offer(&mut self, key: u64, id: u64) {
        let entry = (Reverse(key), id);
        if self.most == 0 || self.bound.is_some_and(|bound| entry >= bound) {
            return;
        }
        self.kept.push(entry);
        if self.kept.len() >= 2 * self.most + 64 {
            let (_, last, _) = self.kept.select_nth_unstable(self.most - 1);
            self.bound = Some(*last);
            self.kept.truncate(self.most);
        }
    }

    fn sorted(mut self) -> Vec<u64> {
        self.kept.sort_unstable();
        self.kept.truncate(self.most);
        self.kept.into_iter().map(|(_, id)| id).collect()
    }
}

impl Counts {
    fn add(&mut self, segment: &Segment, doc: u32, fails: u8, ask: &Ask<'_>, numbers: &Numbers) {
        let counts = |facet: u8| fails & !facet == 0;
        let places = segment.places(doc);
        if counts(STOCK) && places & ANYWHERE != 0 {
            self.in_stock += 1;
        }
        if counts(PLACE) {
            let mut bits = places >> 1;
            while bits != 0 {
                self.places[bits.trailing_zeros() as usize] += 1;
                bits &= bits - 1;
            }
        }
        if counts(PRICE) && !ask.price_ranges.is_empty() {
            let price = segment.price(doc, numbers.currency);
            for (range, count) in ask.price_ranges.iter().zip(&mut self.prices) {
                *count += usize::from(in_range(price, *range));
            }
        }
        if counts(BRAND) {
            self.brands[segment.rows[doc as usize].brand as usize] += 1;
        }
        if counts(OPTION) {
            for choice in segment.choices_of(doc) {
                self.choices[*choice as usize] += 1;
            }
        }
    }

    fn facets(self, ask: &Ask<'_>, names: &Names) -> Facets {
        let brands = names.brands.values().iter().zip(self.brands);
        let brand = |(value, count): (&String, u32)| Value {
            value: value.clone(),
            label: value.clone(),
            count: count as usize,
        };
        let chosen = |v: &Value| ask.narrow.brands.contains(&v.value);
        let brands = brands
            .filter(|(b, count)| !b.is_empty() && (*count > 0 || ask.narrow.brands.contains(*b)));
        let places = names.places.values().iter().zip(self.places);
        let mut categories: Vec<(CategoryId, usize)> = self.categories.into_iter().collect();
        categories.sort_by_key(|(id, count)| (Reverse(*count), *id));
        categories.truncate(VALUES_MAX);
        Facets {
            in_stock: self.in_stock,
            places: places
                .filter(|(_, count)| *count > 0)
                .map(|(id, count)| (*id, count))
                .collect(),
            prices: self.prices,
            brands: most_frequent(brands.map(brand).collect(), chosen),
            options: options(&self.choices, ask, names),
            categories,
        }
    }
}

fn options(counts: &[u32], ask: &Ask<'_>, names: &Names) -> Vec<OptionValues> {
    let chosen = |name: &str, value: &str| {
        ask.narrow
            .options
            .get(name)
            .is_some_and(|v| v.contains(value))
    };
    let mut by_name: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for ((name, value), count) in names.choices.values().iter().zip(counts) {
        if *count > 0 || chosen(name, value) {
            by_name.entry(name).or_default().push(Value {
                value: value.clone(),
                label: names.called(value, ask.language).to_string(),
                count: *count as usize,
            });
        }
    }
    let option = |(name, values): (&str, Vec<Value>)| OptionValues {
        name: name.to_string(),
        label: names.called(name, ask.language).to_string(),
        values: most_frequent(values, |v| chosen(name, &v.value)),
    };
    by_name.into_iter().map(option).collect()
}

/// The most frequent values; a chosen one is never left out.
fn most_frequent(mut values: Vec<Value>, chosen: impl Fn(&Value) -> bool) -> Vec<Value> {
    values.sort_by(|a, b| {
        let key = |v: &Value| (!chosen(v), Reverse(v.count));
        key(a).cmp(&key(b)).then_with(|| a.value.cmp(&b.value))
    });
    values.truncate(VALUES_MAX);
    values
}
