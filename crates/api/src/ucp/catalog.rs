//! Products as platforms see them: search pages, lookups by identifier, one product in detail.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use commerce::catalog::{self, Status};
use commerce::id::{ProductId, VariantId};
use commerce::money::Currency;
use commerce::text::Language;
use commerce::world::World;

use super::delivery;
use super::intent::find_product;
use super::present::Surroundings;
use super::problem::Problem;
use super::v2026_04_08::{Filters, LookupRequest, PageRequest, ProductRequest, Selection};
use super::view;

/// Products on a page if nothing is said.
const PAGE_DEFAULT: usize = 10;
/// Products on a page at most.
const PAGE_MAX: usize = 100;
/// Identifiers in one lookup.
pub const LOOKUP_IDS_MAX: usize = 50;

/// Who asks: in which language and currency things are told.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// Products, prices, stock.
    pub world: &'a World,
    /// Addresses.
    pub around: &'a Surroundings,
    /// Of texts.
    pub language: Language,
    /// Of prices.
    pub currency: Currency,
}

impl Reader<'_> {
    /// The product with those of its variants that can be seen and fit the filters; `None` without any.
    fn product(
        &self,
        id: ProductId,
        filters: &Filters,
    ) -> Option<(&catalog::Product, Vec<view::Variant>)> {
        let product = self
            .world
            .product(id)
            .filter(|product| product.status == Status::Active)?;
        if !self.in_categories(product, filters) {
            return None;
        }
        let variants: Vec<view::Variant> = product
            .variants
            .iter()
            .filter(|variant| variant.status == Status::Active)
            .filter_map(|variant| self.variant(product, variant))
            .filter(|variant| fits_price(variant.price, filters))
            .collect();
        (!variants.is_empty()).then_some((product, variants))
    }

    fn in_categories(&self, product: &catalog::Product, filters: &Filters) -> bool {
        let path = product
            .category
            .and_then(|id| self.world.category(id))
            .map_or("", |category| &category.path);
        let within = |wanted: &String| {
            let (path, wanted) = (path.to_lowercase(), wanted.trim().to_lowercase());
            path == wanted
                || path.split(" > ").any(|step| step == wanted)
                || path.starts_with(&format!("{wanted} > "))
        };
        filters.categories.is_empty() || filters.categories.iter().any(within)
    }

    fn variant(
        &self,
        product: &catalog::Product,
        variant: &catalog::Variant,
    ) -> Option<view::Variant> {
        let (seller, price) = variant.best_offer(self.currency)?;
        let options: Vec<(String, String)> = product
            .option_names
            .iter()
            .cloned()
            .zip(variant.option_values.iter().cloned())
            .collect();
        let title = match options.as_slice() {
            [] => product.title.get(self.language).to_owned(),
            _ => variant.option_values.join(", "),
        };
        let seller = self
            .world
            .seller(seller)
            .filter(|seller| !seller.first_party);
        Some(view::Variant {
            id: variant.id.to_string(),
            sku: variant.sku.clone(),
            gtin: variant.gtin.map(|gtin| gtin.to_string()),
            title,
            description: product.description.get(self.language).to_owned(),
            url: Some(self.product_url(product)),
            price,
            available: delivery::available(self.world, variant.id) > 0,
            options,
            image_url: self
                .around
                .picture(&variant.image)
                .map(|picture| picture.to_string()),
            seller: seller.map(|seller| seller.name.clone()),
            inputs: Vec::new(),
        })
    }

    fn product_url(&self, product: &catalog::Product) -> String {
        format!("{}/p/{}", self.around.public_url, product.handle)
    }

    fn assemble(&self, product: &catalog::Product, variants: Vec<view::Variant>) -> view::Product {
        let options = options(product, &variants, &[]);
        view::Product {
            id: product.id.to_string(),
            handle: product.handle.clone(),
            title: product.title.get(self.language).to_owned(),
            description: product.description.get(self.language).to_owned(),
            url: Some(self.product_url(product)),
            category: product
                .category
                .and_then(|id| self.world.category(id))
                .map(|category| category.path.clone()),
            currency: self.currency.to_string(),
            options,
            selected: None,
            variants,
            tags: if product.brand.is_empty() {
                Vec::new()
            } else {
                vec![product.brand.clone()]
            },
        }
    }

    /// A page of what was found, in the order it was found.
    ///
    /// # Errors
    /// A cursor that is not ours.
    pub fn page(
        &self,
        found: &[ProductId],
        filters: &Filters,
        page: &PageRequest,
    ) -> Result<view::SearchPage, Problem> {
        let start: usize = match page.cursor.as_deref() {
            None => 0,
            Some(cursor) => cursor.parse().map_err(|_| bad_cursor())?,
        };
        let limit = page
            .limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(PAGE_DEFAULT);
        let limit = limit.clamp(1, PAGE_MAX);
        let fitting: Vec<_> = found
            .iter()
            .filter_map(|id| self.product(*id, filters))
            .collect();
        let total = fitting.len();
        let products: Vec<view::Product> = fitting
            .into_iter()
            .skip(start)
            .take(limit)
            .map(|(product, variants)| self.assemble(product, variants))
            .collect();
        let end = start + products.len();
        Ok(view::SearchPage {
            next_cursor: (end < total && !products.is_empty()).then(|| end.to_string()),
            products,
            total_count: total as u64,
        })
    }

    /// The products that identifiers lead to, each once, with how they led there, and the identifiers that
    /// led nowhere.
    ///
    /// # Errors
    /// Too many identifiers, or none.
    pub fn lookup(
        &self,
        request: &LookupRequest,
    ) -> Result<(Vec<view::Product>, Vec<view::Message>), Problem> {
        if request.ids.is_empty() || request.ids.len() > LOOKUP_IDS_MAX {
            return Err(Problem::protocol(
                StatusCode::BAD_REQUEST,
                "request_too_large",
                format!("A lookup takes 1 to {LOOKUP_IDS_MAX} identifiers."),
            ));
        }
        let mut found: Vec<(ProductId, Vec<view::Variant>)> = Vec::new();
        let mut messages = Vec::new();
        let mut seen = BTreeSet::new();
        for (index, id) in request
            .ids
            .iter()
            .enumerate()
            .filter(|(_, id)| seen.insert(id.as_str()))
        {
            if !self.look_up(id, &request.filters, &mut found) {
                let content = format!("There is no product behind `{}`.", shorten(id));
                messages.push(view::Message::warning(
                    "not_found",
                    format!("$.ids[{index}]"),
                    content,
                ));
            }
        }
        let product = |(id, variants)| Some(self.assemble(self.world.product(id)?, variants));
        Ok((found.into_iter().filter_map(product).collect(), messages))
    }

    fn look_up(
        &self,
        id: &str,
        filters: &Filters,
        found: &mut Vec<(ProductId, Vec<view::Variant>)>,
    ) -> bool {
        let exact = exact_variant(self.world, id);
        let Some(product_id) = exact
            .map(VariantId::parent)
            .or_else(|| find_product(self.world, id))
        else {
            return false;
        };
        let Some((_, variants)) = self.product(product_id, filters) else {
            return false;
        };
        let wanted = exact.map(|variant| variant.to_string());
        let mut variants = variants.into_iter();
        let hit = match &wanted {
            Some(wanted) => variants.find(|variant| variant.id == *wanted),
            None => variants.next(),
        };
        let Some(mut variant) = hit else { return false };
        let input = view::Input {
            id: id.to_owned(),
            exact: exact.is_some(),
        };
        let index = found
            .iter()
            .position(|(known, _)| *known == product_id)
            .unwrap_or_else(|| {
                found.push((product_id, Vec::new()));
                found.len() - 1
            });
        let known = &mut found[index].1;
        match known.iter_mut().find(|known| known.id == variant.id) {
            Some(known) => known.inputs.push(input),
            None => {
                variant.inputs.push(input);
                known.push(variant);
            }
        }
        true
    }

    /// One product with the variants of a selection and what the other values would lead to.
    ///
    /// # Errors
    /// There is no such product.
    pub fn detail(&self, request: &ProductRequest) -> Result<view::Product, Problem> {
        let exact = exact_variant(self.world, &request.id);
        let found = exact
            .map(VariantId::parent)
            .or_else(|| find_product(self.world, &request.id))
            .and_then(|id| self.product(id, &request.filters));
        let Some((product, variants)) = found else {
            return Err(Problem::not_found("product"));
        };
        let first = match exact.map(|variant| variant.to_string()) {
            Some(wanted) => variants.iter().find(|variant| variant.id == wanted),
            None => None,
        };
        let selected = match first {
            Some(variant) => variant.options.clone(),
            None => relax(&variants, &request.selected, &request.preferences),
        };
        let options = options(product, &variants, &selected);
        let first = first.map(|variant| variant.id.clone());
        let mut matching: Vec<view::Variant> = variants
            .into_iter()
            .filter(|variant| has_all(variant, &selected))
            .collect();
        // The variant that was asked for comes first, then those that can be bought.
        matching.sort_by_key(|variant| (Some(&variant.id) != first.as_ref(), !variant.available));
        let selected = match (request.selected.is_empty(), matching.first()) {
            (true, Some(featured)) => featured.options.clone(),
            _ => selected,
        };
        let mut product = self.assemble(product, matching);
        product.options = options;
        product.selected = Some(selected);
        Ok(product)
    }
}

/// The variant that an identifier names itself: by id or SKU.
fn exact_variant(world: &World, id: &str) -> Option<VariantId> {
    VariantId::parse(id)
        .filter(|variant| {
            world
                .product(variant.parent())
                .is_some_and(|product| product.variant(*variant).is_some())
        })
        .or_else(|| world.variant_of_sku(id))
}

fn fits_price(price: i64, filters: &Filters) -> bool {
    let range = filters.price.unwrap_or_default();
    range.min.is_none_or(|min| price >= min) && range.max.is_none_or(|max| price <= max)
}

fn has_all(variant: &view::Variant, selected: &[(String, String)]) -> bool {
    selected
        .iter()
        .all(|wanted| variant.options.contains(wanted))
}

/// The part of a selection that some variant fulfills: the least preferred options are dropped first.
fn relax(
    variants: &[view::Variant],
    wanted: &[Selection],
    preferences: &[String],
) -> Vec<(String, String)> {
    let mut selected: Vec<(String, String)> = wanted
        .iter()
        .map(|wanted| (wanted.name.clone(), wanted.label.clone()))
        .collect();
    let rank = |name: &String| {
        preferences
            .iter()
            .position(|preferred| preferred == name)
            .unwrap_or(usize::MAX)
    };
    selected.sort_by_key(|(name, _)| rank(name));
    selected.dedup_by(|later, earlier| later.0 == earlier.0);
    while !selected.is_empty() && !variants.iter().any(|variant| has_all(variant, &selected)) {
        selected.pop();
    }
    selected
}

/// The options of a product; each value says whether some variant has it beside the rest of the selection.
fn options(
    product: &catalog::Product,
    variants: &[view::Variant],
    selected: &[(String, String)],
) -> Vec<view::ProductOption> {
    let mut options: Vec<view::ProductOption> = Vec::new();
    for (index, name) in product.option_names.iter().enumerate() {
        let mut values: Vec<view::OptionValue> = Vec::new();
        for variant in variants {
            let Some((_, label)) = variant.options.get(index) else {
                continue;
            };
            if values.iter().any(|value| value.label == *label) {
                continue;
            }
            let mut with: Vec<(String, String)> = selected
                .iter()
                .filter(|(other, _)| other != name)
                .cloned()
                .collect();
            with.push((name.clone(), label.clone()));
            let mut fitting = variants
                .iter()
                .filter(|other| has_all(other, &with))
                .peekable();
            let exists = fitting.peek().is_some();
            values.push(view::OptionValue {
                label: label.clone(),
                available: fitting.any(|other| other.available),
                exists,
            });
        }
        if !values.is_empty() {
            options.push(view::ProductOption {
                name: name.clone(),
                values,
            });
        }
    }
    options
}

fn bad_cursor() -> Problem {
    Problem::protocol(
        StatusCode::BAD_REQUEST,
        "invalid_cursor",
        "This cursor is not one of ours.",
    )
}

fn shorten(id: &str) -> String {
    id.chars().take(80).collect()
}
