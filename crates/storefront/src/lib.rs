//! The shop: server-rendered pages that work without a script up to the placed order.
//!
//! `views` reads the shelf into plain values, `pages` renders them, `handlers` parse, ask and convert.
//! Nothing here decides anything about stock or money: that is the core's, behind the door.

mod address;
pub mod alerts;
mod arrival;
mod assets;
mod best_sellers;
mod devices;
#[doc(hidden)]
pub mod fuzzing;
mod handlers;
mod hours;
pub mod mails;
mod pages;
#[cfg(test)]
mod tests;
mod touches;
mod views;
mod visit;
pub mod waiting;
mod wishes;

use api::App;
use api::photos::FORM_BYTES_MAX;
use api::promise;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use std::sync::Arc;
pub use views::media;
use visit::Shop;

/// What the UI's build gives the shop; its pages work without.
#[derive(Debug, Clone, Default)]
pub struct Scripts {
    /// The address of the islands.
    pub islands: Option<String>,
    /// The text of the service worker.
    pub worker: Option<String>,
}

/// Every page of the shop.
pub fn router(app: App, scripts: Scripts) -> Router {
    let shop = Arc::new(Shop::new(app, scripts));
    Router::new()
        .merge(browse_routes())
        .merge(checkout_routes())
        .merge(review_routes())
        .merge(handlers::account::routes())
        .fallback(handlers::browse::not_found)
        .with_state(shop)
}

fn browse_routes() -> Router<Arc<Shop>> {
    use handlers::{alerts, browse, cart, feeds, machine, packets, wishes};
    Router::new()
        .route("/", get(browse::home))
        .route("/categories", get(browse::categories))
        .route("/c/{*path}", get(browse::category))
        .route("/p/{handle}", get(browse::product))
        .route("/events/{code}", get(browse::event))
        .route(
            "/events/{code}/packets/{rule}",
            get(packets::show).post(packets::draw),
        )
        .route("/search", get(browse::search))
        .route("/search/suggest", get(machine::suggest))
        .route("/preferences", post(browse::preferences))
        .route("/cart", get(cart::show))
        .route("/cart/add", post(cart::add))
        .route("/cart/set", post(cart::set))
        .route("/cart/points", post(cart::set_points))
        .route("/favourites", post(wishes::tap))
        .route("/alerts/ask", post(alerts::ask))
        .route(
            "/alerts/confirm",
            get(alerts::confirm).post(alerts::confirmed),
        )
        .route("/alerts/quiet", get(alerts::quiet).post(alerts::quieted))
        .route("/offline", get(browse::offline))
        .route("/sw.js", get(machine::worker))
        .route("/feeds/google.xml", get(feeds::google))
        .route("/sitemap.xml", get(machine::sitemap))
        .route("/robots.txt", get(machine::robots))
        .route("/manifest.webmanifest", get(machine::manifest))
        .route("/static-shop/{name}", get(assets::serve))
}

fn review_routes() -> Router<Arc<Shop>> {
    use handlers::reviews;
    let form = get(reviews::form).post(reviews::save);
    Router::new()
        .route("/p/{handle}/reviews", get(reviews::all))
        .route("/p/{handle}/review", get(reviews::begin))
        .route("/reviews/how", get(reviews::how))
        .route("/reviews/{id}/helpful", post(reviews::helpful))
        .route("/reviews/{id}/report", post(reviews::report))
        .route("/reviews/{id}/photo/{photo}/{size}", get(reviews::photo))
        .route(
            "/orders/{id}/{key}/review/{handle}",
            form.layer(DefaultBodyLimit::max(FORM_BYTES_MAX)),
        )
        .route(
            "/orders/{id}/{key}/review/{handle}/withdraw",
            post(reviews::withdraw),
        )
        .route(
            "/orders/{id}/{key}/review/{handle}/photo/{photo}/{size}",
            get(reviews::own_photo),
        )
}

fn checkout_routes() -> Router<Arc<Shop>> {
    use handlers::{checkout, order, pay, returns};
    Router::new()
        .route("/checkout", post(checkout::open))
        .route(
            "/checkout/{id}/{key}",
            get(checkout::details).post(checkout::save_details),
        )
        .route("/checkout/{id}/{key}/review", get(checkout::review))
        .route(
            "/checkout/{id}/{key}/delivery",
            post(checkout::choose_delivery),
        )
        .route(
            "/checkout/{id}/{key}/discount",
            post(checkout::change_discount),
        )
        .route("/checkout/{id}/{key}/points", post(checkout::set_points))
        .route("/checkout/{id}/{key}/place", post(pay::place))
        .route("/checkout/{id}/{key}/pay", get(pay::show))
        .route("/checkout/{id}/{key}/retry", post(pay::retry))
        .route("/checkout/{id}/{key}/return", get(pay::came_back))
        .route("/checkout/{id}/{key}/give-up", post(pay::give_up))
        .route("/checkout/{id}/{key}/refill", post(pay::refill))
        .route("/orders/{id}/{key}", get(order::show))
        .route("/orders/{id}/{key}/status", get(order::status))
        .route("/orders/{id}/{key}/events", get(order::events))
        .route("/orders/{id}/{key}/invoice/{order}", get(order::invoice))
        .route(
            "/orders/{id}/{key}/credit-note/{refund}",
            get(order::credit_note),
        )
        .route("/orders/{id}/{key}/cancel", post(order::cancel))
        .route("/orders/{id}/{key}/return", get(returns::form))
        .route(
            "/orders/{id}/{key}/return",
            post(returns::ask).layer(DefaultBodyLimit::max(FORM_BYTES_MAX)),
        )
        .route(
            "/orders/{id}/{key}/return/withdraw",
            post(returns::withdraw),
        )
        .route("/orders/{id}/{key}/photos/{photo}", get(returns::photo))
        .route("/find-order", get(order::find).post(order::found))
}
