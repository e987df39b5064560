//! Products and their prices.

use super::V1;
use super::orders::search_text;
use super::request::{Params, Write, Written, cursor, limit, parse_id};
use super::show::goods as show;
use super::wire::goods::{
    PriceChange, Product as WireProduct, ProductChange, ProductList, ProductQuery, VariantChange,
};
use crate::app::App;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::{Path, State};
use commerce::Refusal;
use commerce::World;
use commerce::catalog::{Offer, Product, Status, Variant};
use commerce::code::CurrencyCode;
use commerce::command::{Command, ProductDraft};
use commerce::id::{ProductId, SellerId, VariantId};
use commerce::money::Money;
use commerce::text::Language;

/// List products
///
/// By id: in the order in which they were added.
#[utoipa::path(get, path = "/products", tag = "products", params(ProductQuery),
    responses((status = 200, body = ProductList)))]
pub async fn list_products(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<ProductQuery>,
) -> Result<Json<ProductList>, ApiError> {
    let text = search_text(query.query.as_deref())?;
    let words = words(text.as_deref());
    let after = cursor(query.cursor.as_deref())?.unwrap_or(0);
    let limit = limit(query.limit)?;
    let status = query.status.map(Status::from);
    let world = app.shelf.read();
    let currency = world.shop().map(|s| s.currency);
    let mut found: Vec<&Product> = world
        .loaded_products()
        .filter(|p| p.id.0 > after && status.is_none_or(|s| s == p.status))
        .filter(|p| matches(p, None, &words))
        .collect();
    found.sort_unstable_by_key(|p| p.id);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|p| p.id.0.to_string());
    let items = found.iter().map(|p| show::summary(&world, p, currency));
    Ok(Json(ProductList {
        items: items.collect(),
        next: last.filter(|_| has_more),
    }))
}

/// The words of a search text in lower case.
pub fn words(text: Option<&str>) -> Vec<String> {
    let words = text.unwrap_or("").split_whitespace();
    words.map(str::to_lowercase).collect()
}

/// Whether each word is part of a name, the brand, the handle, a SKU or a GTIN; of one variant alone, if
/// one is given.
pub fn matches(product: &Product, only: Option<&Variant>, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let mut text = format!("{} {}", product.handle, product.brand);
    for language in Language::ALL {
        text.push(' ');
        text.push_str(product.title.exact(language).unwrap_or(""));
    }
    let variants = product.variants.iter();
    for variant in variants.filter(|v| only.is_none_or(|o| o.id == v.id)) {
        text.push(' ');
        text.push_str(&variant.sku);
        if let Some(gtin) = &variant.gtin {
            text.push(' ');
            text.push_str(&gtin.to_string());
        }
    }
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// One product with its variants and prices
#[utoipa::path(get, path = "/products/{id}", tag = "products",
    params(("id" = String, Path, description = "The product's id.")),
    responses((status = 200, body = WireProduct)))]
pub async fn get_product(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<WireProduct>, ApiError> {
    let id = parse_id!(ProductId, &id, "product")?;
    Ok(Json(shown(&app, id)?))
}

fn shown(app: &App, id: ProductId) -> Result<WireProduct, ApiError> {
    let world = app.shelf.read();
    let product = world
        .product(id)
        .ok_or_else(|| ApiError::not_found("product"))?;
    Ok(show::product(&world, product))
}

/// Change a product's texts, status or prices
///
/// Refused with 409 when it was changed since `version`.
#[utoipa::path(patch, path = "/products/{id}", tag = "products",
    params(("id" = String, Path, description = "The product's id.")),
    request_body = ProductChange, responses((status = 200, body = WireProduct)))]
pub async fn change_product(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<ProductChange>,
) -> Result<Written<WireProduct>, ApiError> {
    let id = parse_id!(ProductId, &id, "product")?;
    let product = {
        let world = app.shelf.read();
        let before = world
            .product(id)
            .ok_or_else(|| ApiError::not_found("product"))?;
        changed(&world, before, &write.body)?
    };
    let draft = ProductDraft {
        product,
        expected_version: Some(write.body.version),
    };
    let command = Command::SaveProducts(vec![draft]);
    let decided = write.submit(&app, &staff, command).await?;
    Ok(Written {
        body: shown(&app, id)?,
        replayed: decided.replayed,
    })
}

/// The product with the change made.
fn changed(world: &World, before: &Product, change: &ProductChange) -> Result<Product, Refusal> {
    let mut product = before.clone();
    if let Some(title) = &change.title {
        product.title = title.clone().into();
    }
    if let Some(description) = &change.description {
        product.description = description.clone().into();
    }
    if let Some(brand) = &change.brand {
        if brand.chars().count() > commerce::limits::NAME_CHARS_MAX {
            return Err(Refusal::FieldInvalid { field: "brand" });
        }
        product.brand.clone_from(brand);
    }
    if let Some(status) = change.status {
        product.status = status.into();
    }
    for variant in &change.variants {
        change_variant(world, &mut product, variant)?;
    }
    Ok(product)
}

fn change_variant(
    world: &World,
    product: &mut Product,
    change: &VariantChange,
) -> Result<(), Refusal> {
    let id = VariantId::parse(&change.id);
    let variant = product.variants.iter_mut().find(|v| Some(v.id) == id);
    let variant = variant.ok_or(Refusal::NotFound { what: "variant" })?;
    if let Some(status) = change.status {
        variant.status = status.into();
    }
    if let Some(prices) = &change.prices {
        let seller = seller(world, prices)?;
        let prices = money(prices)?;
        match variant.offers.iter_mut().find(|o| o.seller == seller) {
            Some(offer) => offer.prices = prices,
            None => variant.offers.push(Offer {
                seller,
                prices,
                past: Vec::new(),
            }),
        }
    }
    Ok(())
}

fn seller(world: &World, change: &PriceChange) -> Result<SellerId, Refusal> {
    let not_found = Refusal::NotFound { what: "seller" };
    match &change.seller {
        Some(id) => SellerId::parse(id).ok_or(not_found),
        None => {
            let own = world.sellers().find(|s| s.first_party);
            own.map(|s| s.id).ok_or(not_found)
        }
    }
}

fn money(change: &PriceChange) -> Result<Vec<Money>, Refusal> {
    let invalid = Refusal::FieldInvalid { field: "prices" };
    let prices = change.prices.iter().map(|price| {
        let currency = CurrencyCode::parse(&price.currency)?;
        Some(Money {
            minor: price.amount,
            currency,
        })
    });
    prices.collect::<Option<_>>().ok_or(invalid)
}
