//! Catalog answers of version 2026-04-08.

use serde::Serialize;

use super::{Envelope, Outcome};
use crate::ucp::version::{self, Capability};
use crate::ucp::{view, wire};

#[derive(Debug, Serialize)]
struct Price<'a> {
    amount: i64,
    currency: &'a str,
}

#[derive(Debug, Serialize)]
struct PriceRange<'a> {
    min: Price<'a>,
    max: Price<'a>,
}

#[derive(Debug, Serialize)]
struct Description<'a> {
    plain: &'a str,
}

#[derive(Debug, Serialize)]
struct Category<'a> {
    value: &'a str,
    taxonomy: &'static str,
}

#[derive(Debug, Serialize)]
struct Media<'a> {
    #[serde(rename = "type")]
    media_type: &'static str,
    url: &'a str,
    alt_text: &'a str,
}

#[derive(Debug, Serialize)]
struct SelectedOption<'a> {
    name: &'a str,
    label: &'a str,
}

#[derive(Debug, Serialize)]
struct OptionValue<'a> {
    label: &'a str,
    available: bool,
    exists: bool,
}

#[derive(Debug, Serialize)]
struct ProductOption<'a> {
    name: &'a str,
    values: Vec<OptionValue<'a>>,
}

#[derive(Debug, Serialize)]
struct Barcode<'a> {
    #[serde(rename = "type")]
    barcode_type: &'static str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct Availability {
    available: bool,
    status: &'static str,
}

#[derive(Debug, Serialize)]
struct Seller<'a> {
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    id: &'a str,
    #[serde(rename = "match")]
    matched: &'static str,
}

#[derive(Debug, Serialize)]
struct Variant<'a> {
    id: &'a str,
    sku: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    barcodes: Vec<Barcode<'a>>,
    title: &'a str,
    description: Description<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    price: Price<'a>,
    availability: Availability,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<SelectedOption<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<Media<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seller: Option<Seller<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<Input<'a>>,
}

/// A product in a catalog answer.
#[derive(Debug, Serialize)]
pub struct Product<'a> {
    id: &'a str,
    handle: &'a str,
    title: &'a str,
    description: Description<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Category<'a>>,
    price_range: PriceRange<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<Media<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<ProductOption<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    selected: Option<Vec<SelectedOption<'a>>>,
    variants: Vec<Variant<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
}

fn selected_options(options: &[(String, String)]) -> Vec<SelectedOption<'_>> {
    options
        .iter()
        .map(|(name, label)| SelectedOption { name, label })
        .collect()
}

fn media<'a>(image_url: Option<&'a str>, alt_text: &'a str) -> Vec<Media<'a>> {
    image_url
        .map(|url| Media {
            media_type: "image",
            url,
            alt_text,
        })
        .into_iter()
        .collect()
}

fn variant<'a>(variant: &'a view::Variant, currency: &'a str) -> Variant<'a> {
    let input = |input: &'a view::Input| Input {
        id: &input.id,
        matched: if input.exact { "exact" } else { "featured" },
    };
    Variant {
        id: &variant.id,
        sku: &variant.sku,
        barcodes: variant
            .gtin
            .iter()
            .map(|value| Barcode {
                barcode_type: "gtin",
                value,
            })
            .collect(),
        title: &variant.title,
        description: Description {
            plain: &variant.description,
        },
        url: variant.url.as_deref(),
        price: Price {
            amount: variant.price,
            currency,
        },
        availability: Availability {
            available: variant.available,
            status: if variant.available {
                "in_stock"
            } else {
                "out_of_stock"
            },
        },
        options: selected_options(&variant.options),
        media: media(variant.image_url.as_deref(), &variant.title),
        seller: variant.seller.as_deref().map(|name| Seller { name }),
        inputs: variant.inputs.iter().map(input).collect(),
    }
}

fn product_option(option: &view::ProductOption) -> ProductOption<'_> {
    ProductOption {
        name: &option.name,
        values: option
            .values
            .iter()
            .map(|value| OptionValue {
                label: &value.label,
                available: value.available,
                exists: value.exists,
            })
            .collect(),
    }
}

/// Spells a product; it must have a variant.
#[must_use]
pub fn product(view: &view::Product) -> Product<'_> {
    assert!(
        !view.variants.is_empty(),
        "a product in the catalog has a variant"
    );
    let prices = || view.variants.iter().map(|variant| variant.price);
    let price = |amount: Option<i64>| Price {
        amount: amount.unwrap_or(0),
        currency: &view.currency,
    };
    Product {
        id: &view.id,
        handle: &view.handle,
        title: &view.title,
        description: Description {
            plain: &view.description,
        },
        url: view.url.as_deref(),
        categories: view
            .category
            .iter()
            .map(|value| Category {
                value,
                taxonomy: "merchant",
            })
            .collect(),
        price_range: PriceRange {
            min: price(prices().min()),
            max: price(prices().max()),
        },
        media: media(view.variants[0].image_url.as_deref(), &view.title),
        options: view.options.iter().map(product_option).collect(),
        selected: view.selected.as_deref().map(selected_options),
        variants: view
            .variants
            .iter()
            .map(|each| variant(each, &view.currency))
            .collect(),
        tags: &view.tags,
    }
}

#[derive(Debug, Serialize)]
struct Pagination<'a> {
    has_next_page: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cursor: Option<&'a str>,
    total_count: u64,
}

/// The answer to a search.
#[derive(Debug, Serialize)]
pub struct Search<'a> {
    ucp: Envelope<'a>,
    products: Vec<Product<'a>>,
    pagination: Pagination<'a>,
}

/// Spells a page of a search.
#[must_use]
pub fn search<'a>(page: &'a view::SearchPage, negotiated: &[&'static Capability]) -> Search<'a> {
    Search {
        ucp: Envelope::new(Outcome::Success, negotiated, version::CATALOG_SEARCH),
        products: page.products.iter().map(product).collect(),
        pagination: Pagination {
            has_next_page: page.next_cursor.is_some(),
            cursor: page.next_cursor.as_deref(),
            total_count: page.total_count,
        },
    }
}

/// The answer to a lookup.
#[derive(Debug, Serialize)]
pub struct Lookup<'a> {
    ucp: Envelope<'a>,
    products: Vec<Product<'a>>,
    #[serde(skip_serializing_if = "wire::Each::is_empty")]
    messages: wire::Messages<'a>,
}

/// Spells the products of a lookup.
#[must_use]
pub fn lookup<'a>(
    products: &'a [view::Product],
    messages: &'a [view::Message],
    negotiated: &[&'static Capability],
) -> Lookup<'a> {
    Lookup {
        ucp: Envelope::new(Outcome::Success, negotiated, version::CATALOG_LOOKUP),
        products: products.iter().map(product).collect(),
        messages: wire::messages(messages),
    }
}

/// The answer to "get product".
#[derive(Debug, Serialize)]
pub struct ProductDetail<'a> {
    ucp: Envelope<'a>,
    product: Product<'a>,
}

/// Spells one product in detail.
#[must_use]
pub fn product_detail<'a>(
    view: &'a view::Product,
    negotiated: &[&'static Capability],
) -> ProductDetail<'a> {
    ProductDetail {
        ucp: Envelope::new(Outcome::Success, negotiated, version::CATALOG_LOOKUP),
        product: product(view),
    }
}
