//! `/api/v1`: what the operator's console and integrators use.
//!
//! Handlers parse, authorize, call and convert; decisions are made in the core alone. A handler that
//! takes neither `Staff` nor `Owner` is public: the test `authorization` lists those.

mod admission;
pub(crate) mod buy_now;
pub(crate) mod campaigns;
pub(crate) mod carriers;
mod courier;
mod delays;
mod docs;
mod epcis;
mod fulfillments;
mod hubs;
mod invoices;
mod labels;
mod live;
mod members;
mod openapi;
mod orders;
mod parcels;
mod people;
mod pictures;
mod points;
mod products;
mod promise;
mod pulse;
pub(crate) mod request;
mod returns;
mod reviews;
mod rounds;
mod screen;
mod settings;
pub mod show;
mod slips;
mod sources;
mod stock;
mod switches;
mod testing;
mod traffic;
pub mod wire;

/// Purchases in one call, for who answers them without a router.
pub use buy_now::{PATH as BUY_NOW_PATH, express as buy_now};

pub(crate) use carriers::day_number;

use crate::app::App;
use crate::auth::Limiter;
use crate::error::ApiError;
use crate::screen::Screens;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::get;
use axum::{Json, Router};
use std::sync::Arc;
use tokio::sync::Semaphore;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Attempts to sign in per address within [`ATTEMPTS_MS`].
const ATTEMPTS_PER_ADDRESS: u32 = 10;
/// Attempts to sign in per client within [`ATTEMPTS_MS`].
const ATTEMPTS_PER_CLIENT: u32 = 50;
const ATTEMPTS_MS: i64 = 10 * 60 * 1_000;

/// What the handlers of this interface share beside the app.
pub(crate) struct Desk {
    by_address: Limiter,
    by_client: Limiter,
    pulse: Arc<pulse::Pulse>,
    streams: Arc<Semaphore>,
    screens: Arc<Screens>,
}

/// The state of this interface's router.
#[derive(Clone)]
pub(crate) struct V1 {
    app: App,
    desk: Arc<Desk>,
}

impl FromRef<V1> for App {
    fn from_ref(v1: &V1) -> Self {
        v1.app.clone()
    }
}

/// The routes with what they say of themselves.
fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(buy_now::buy_now))
        .routes(routes!(
            people::sign_in,
            people::get_session,
            people::sign_out
        ))
        .routes(routes!(people::me))
        .routes(routes!(people::change_password))
        .routes(routes!(people::list_operators, people::create_operator))
        .routes(routes!(people::change_operator))
        .routes(routes!(orders::list_orders))
        .routes(routes!(orders::get_order))
        .routes(routes!(orders::cancel_order))
        .routes(routes!(orders::refund_order))
        .routes(routes!(orders::preview_refund))
        .routes(routes!(orders::add_note))
        .routes(routes!(orders::record_paid))
        .merge(fulfillments::routes())
        .routes(routes!(labels::print_labels))
        .routes(routes!(slips::label))
        .routes(routes!(slips::packing_slip))
        .routes(routes!(invoices::get_invoice))
        .routes(routes!(invoices::get_credit_note))
        .routes(routes!(invoices::change_billing))
        .routes(routes!(stock::list_stock))
        .routes(routes!(stock::adjust_stock))
        .routes(routes!(stock::list_movements))
        .routes(routes!(stock::get_variant_stock))
        .routes(routes!(products::list_products))
        .routes(routes!(products::get_product, products::change_product))
        .routes(routes!(settings::get_settings))
        .routes(routes!(settings::list_locations))
        .merge(admission::routes())
        .merge(to_the_doorstep())
        .routes(routes!(switches::list_switches))
        .routes(routes!(switches::throw_switch))
        .routes(routes!(switches::release_switch))
        .routes(routes!(switches::plan_switch))
        .routes(routes!(
            campaigns::list_campaigns,
            campaigns::create_campaign
        ))
        .routes(routes!(campaigns::get_campaign, campaigns::change_campaign))
        .routes(routes!(campaigns::approve_campaign))
        .routes(routes!(campaigns::stop_campaign))
        .routes(routes!(campaigns::rehearse_campaign))
        .routes(routes!(campaigns::list_codes))
        .routes(routes!(members::find_member))
        .routes(routes!(members::get_member))
        .routes(routes!(members::scan_card))
        .routes(routes!(campaigns::report_campaign))
        .routes(routes!(campaigns::report_campaign_csv))
        .routes(routes!(live::get_dashboard))
        .routes(routes!(live::stream_live))
        .routes(routes!(live::list_events))
        .routes(routes!(screen::get_screen))
        .routes(routes!(screen::stream_screen))
        .routes(routes!(screen::list_links, screen::make_link))
        .routes(routes!(screen::revoke_link))
        .merge(pictures::routes())
        .merge(points::routes())
        .merge(returns::routes())
        .merge(reviews::routes())
        .merge(traffic::routes())
        .merge(crate::goods::http::routes())
}

/// Of these the way of parcels.
fn to_the_doorstep() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .merge(carriers::routes())
        .merge(delays::routes())
        .merge(epcis::routes())
        .merge(hubs::routes())
        .merge(parcels::routes())
        .merge(sources::routes())
        .merge(promise::routes())
        .merge(courier::routes())
        .merge(rounds::routes())
}

fn split() -> (Router<V1>, OpenApi) {
    let (router, document) = OpenApiRouter::new()
        .nest("/api/v1", routes())
        .split_for_parts();
    (router, openapi::complete(document))
}

/// The OpenAPI document of this interface.
pub fn document() -> OpenApi {
    split().1
}

/// `/api/v1` and its documentation at `/api/docs`. Must be called within the async runtime: it counts
/// orders from then on.
pub fn router(app: App, screens: Arc<Screens>) -> Router {
    let desk = Desk {
        by_address: Limiter::new(ATTEMPTS_PER_ADDRESS, ATTEMPTS_MS),
        by_client: Limiter::new(ATTEMPTS_PER_CLIENT, ATTEMPTS_MS),
        pulse: pulse::Pulse::start(&app),
        streams: Arc::new(Semaphore::new(live::STREAMS_MAX)),
        screens,
    };
    let (router, document) = split();
    let page = docs::page(&document);
    let document = Arc::new(document);
    router
        .route("/api/v1/openapi.json", get(async move || Json(document)))
        .route("/api/docs", get(async move || page))
        .route(
            "/api/v1/{*rest}",
            axum::routing::any(async || ApiError::not_found("address")),
        )
        .merge(testing::router(&app))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(DefaultBodyLimit::max(request::BODY_BYTES_MAX))
        .with_state(V1 {
            app,
            desk: Arc::new(desk),
        })
}
