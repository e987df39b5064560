//! The catalog (2026-04-08): search, lookup, one product in detail. Read from memory alone.

use axum::body::Bytes;
use axum::http::StatusCode;
use commerce::catalog::Status;
use commerce::id::ProductId;
use commerce::money::Currency;
use commerce::text::Language;
use commerce::world::World;

use crate::ucp::catalog::Reader;
use crate::ucp::desk::{Desk, Said, Visit};
use crate::ucp::problem::Problem;
use crate::ucp::shape::ContextInput;
use crate::ucp::v2026_04_08::{self, Filters, LookupRequest, ProductRequest, SearchRequest};

/// Products that a search looks at before filters.
const HITS_MAX: usize = 1_000;
/// What a platform may send as a query for everything.
const EVERYTHING: [&str; 2] = ["", "*"];

/// Finds products.
///
/// # Errors
/// What is wrong with the request.
pub fn search(desk: &Desk, visit: &Visit, body: &Bytes) -> Result<Said, Problem> {
    let request: SearchRequest = desk.parse(body)?;
    if request.query.is_none() && request.filters == Filters::default() {
        let content = "A search needs a query or a filter.";
        return Err(Problem::protocol(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            content,
        ));
    }
    let world = desk.app.shelf.read();
    let reader = reader(desk, visit, &world, request.context.as_ref());
    let query = request.query.as_deref().unwrap_or("").trim();
    let found = if EVERYTHING.contains(&query) {
        all(&world)
    } else {
        desk.app
            .search
            .search(query, reader.language, HITS_MAX)
            .products
    };
    let page = reader.page(&found, &request.filters, &request.pagination)?;
    Ok(Said::ok(&v2026_04_08::search(&page, &visit.negotiated)))
}

/// All products on sale, newest first.
fn all(world: &World) -> Vec<ProductId> {
    let on_sale = world
        .loaded_products()
        .filter(|product| product.status == Status::Active);
    let mut ids: Vec<ProductId> = on_sale.map(|product| product.id).collect();
    ids.sort_by(|a, b| b.cmp(a));
    ids
}

/// Resolves identifiers.
///
/// # Errors
/// What is wrong with the request.
pub fn lookup(desk: &Desk, visit: &Visit, body: &Bytes) -> Result<Said, Problem> {
    let request: LookupRequest = desk.parse(body)?;
    let world = desk.app.shelf.read();
    let reader = reader(desk, visit, &world, request.context.as_ref());
    let (products, messages) = reader.lookup(&request)?;
    Ok(Said::ok(&v2026_04_08::lookup(
        &products,
        &messages,
        &visit.negotiated,
    )))
}

/// Shows one product.
///
/// # Errors
/// There is none behind this id.
pub fn product(desk: &Desk, visit: &Visit, body: &Bytes) -> Result<Said, Problem> {
    let request: ProductRequest = desk.parse(body)?;
    let world = desk.app.shelf.read();
    let reader = reader(desk, visit, &world, request.context.as_ref());
    let product = reader.detail(&request)?;
    Ok(Said::ok(&v2026_04_08::product_detail(
        &product,
        &visit.negotiated,
    )))
}

fn reader<'a>(
    desk: &'a Desk,
    visit: &Visit,
    world: &'a World,
    context: Option<&ContextInput>,
) -> Reader<'a> {
    let language = context
        .and_then(|context| context.language.as_deref())
        .and_then(Language::parse);
    let wanted = context
        .and_then(|context| context.currency.as_deref())
        .and_then(Currency::parse);
    let fallback = Currency::parse("EUR").expect("three letters");
    let shop = world.shop();
    let offered =
        |currency: &Currency| shop.is_some_and(|shop| shop.tax_display(*currency).is_some());
    Reader {
        world,
        around: &desk.shared.around,
        language: language.or(visit.language).unwrap_or_default(),
        currency: wanted
            .filter(offered)
            .unwrap_or_else(|| shop.map_or(fallback, |shop| shop.currency)),
    }
}
