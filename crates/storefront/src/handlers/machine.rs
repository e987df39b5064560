//! What programs read: suggestions while typing, the sitemap, robots.txt, the web manifest.

use crate::assets;
use crate::pages::picture::address_at;
use crate::views::{self, card};
use crate::visit::{Shop, Visit};
use api::hex;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::Arc;

/// Suggestions while typing.
const SUGGESTIONS: usize = 6;
/// Pixels across of the picture beside a suggestion, on a dense screen.
const SUGGESTION_PICTURE: u32 = 120;
/// Categories among them.
const CATEGORIES: usize = 2;
/// Addresses in a sitemap (sitemaps.org: at most 50,000).
const SITEMAP_MAX: usize = 50_000;

/// Products and categories that fit what was typed so far. What is asked is bounded by the index; the answer may be kept
/// for a minute by the browser that asked: prices are in its currency and language.
pub async fn suggest(visit: Visit) -> Response {
    let typed = visit.query.iter().find(|(n, _)| n == "q");
    let query = typed.map_or("", |(_, v)| v.as_str());
    let index = &visit.shop.app.search;
    let found = index.suggest(query, visit.texts.language(), SUGGESTIONS);
    let named = index.categories(query, CATEGORIES);
    let list: Vec<Value> = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        let small = |image: &str| address_at(&visit.shop.app.media, image, SUGGESTION_PICTURE);
        let categories = named.iter().filter_map(|id| world.category(*id)).map(|c| {
            let link = views::category_link(c, visit.texts);
            json!({ "kind": "category", "title": link.title, "href": link.href, "image": small(&link.image) })
        });
        let products = found.products.iter().filter_map(|id| world.product(*id));
        let products = products.map(|p| card(&reader, p)).map(|c| {
            let price = c.price.map(|p| visit.texts.money(p));
            json!({ "kind": "product", "title": c.title, "href": c.href, "image": small(&c.image), "price": price })
        });
        categories.chain(products).collect()
    };
    let headers = [
        (header::CACHE_CONTROL, "private, max-age=60"),
        (header::VARY, "cookie, accept-language"),
    ];
    (headers, Json(list)).into_response()
}

/// Every page that search engines should know.
pub async fn sitemap(State(shop): State<Arc<Shop>>) -> Response {
    let base = &shop.app.config.public_url;
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    {
        let world = shop.app.shelf.read();
        let fixed = ["/".to_string(), "/categories".to_string()];
        let categories = world.categories().map(views::category_href);
        let products = world
            .loaded_products()
            .filter(|p| views::on_sale(p).next().is_some())
            .map(views::product_href);
        for path in fixed
            .into_iter()
            .chain(categories)
            .chain(products)
            .take(SITEMAP_MAX)
        {
            // Paths are percent-encoded; nothing in them needs escaping in XML.
            let _ = writeln!(xml, "<url><loc>{base}{path}</loc></url>");
        }
    }
    xml.push_str("</urlset>\n");
    (
        [(header::CONTENT_TYPE, "application/xml; charset=utf-8")],
        xml,
    )
        .into_response()
}

/// What crawlers should leave alone.
pub async fn robots(State(shop): State<Arc<Shop>>) -> Response {
    let base = &shop.app.config.public_url;
    let text = format!(
        "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders/\nDisallow: /find-order\nDisallow: /search\nDisallow: /ops\nDisallow: /courier\nDisallow: /api/\nSitemap: {base}/sitemap.xml\n"
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// The service worker, with what belongs to the shell before it: another stylesheet or script is another worker, and
/// browsers fetch its shell anew.
pub async fn worker(State(shop): State<Arc<Shop>>) -> Response {
    let Some(worker) = &shop.scripts.worker else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let stylesheet = assets::stylesheet_href();
    let islands = shop.scripts.islands.as_deref();
    let shell: Vec<&str> = [
        "/offline",
        "/static-shop/icon.svg",
        "/static-shop/icon-192.png",
    ]
    .into_iter()
    .chain(["/static-shop/no-picture.svg", stylesheet.as_str()])
    .chain(islands)
    .collect();
    let list = json!(shell).to_string();
    let digest = Sha256::digest(format!("{list}{worker}"));
    let version = hex::of(&digest[..assets::HASH_BYTES]);
    let text = format!("const SHELL = {list};\nconst VERSION = \"{version}\";\n{worker}");
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

/// What an installed shop looks like.
pub async fn manifest(visit: Visit) -> Response {
    let name = {
        let world = visit.shop.app.shelf.read();
        world
            .shop()
            .map_or_else(|| "Sesame".to_string(), |s| s.name.clone())
    };
    let data = json!({
        "name": name,
        "short_name": name,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "lang": visit.texts.language().tag(),
        "categories": ["shopping"],
        "background_color": "#fffcf7",
        "theme_color": "#fffcf7",
        "icons": [
            { "src": "/static-shop/icon.svg", "sizes": "any", "type": "image/svg+xml" },
            { "src": "/static-shop/icon-192.png", "sizes": "192x192", "type": "image/png" },
            { "src": "/static-shop/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable" },
        ],
        "shortcuts": [
            { "name": visit.texts.t("nav.search"), "url": "/search" },
            { "name": visit.texts.t("nav.cart"), "url": "/cart" },
        ],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json")];
    (headers, data.to_string()).into_response()
}
