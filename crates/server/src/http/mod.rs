//! The router: every surface, and what all of them go through.

mod client;
pub mod express;
mod files;
pub mod gate;
pub mod health;
mod observe;
mod phone;
pub(crate) mod webhooks;

use crate::payments::Cashier;
use api::app::App;
use api::screen::Screens;
pub use files::{fonts, scripts};
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use health::Watchers;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest body that is read; imports have their own limit.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// What pages may load: our own files alone, and no script within a page. Styles within pages are harmless.
/// A form may lead on to a payment provider's page, whatever its address.
pub(crate) const CONTENT_SECURITY: &str = "default-src 'self'; img-src 'self' data: blob:; \
    style-src 'self' 'unsafe-inline'; script-src 'self'; worker-src 'self' blob:; object-src 'none'; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'self' https:";
/// Browsers that were here over TLS come back over TLS for a year.
const TLS_ALONE: &str = "max-age=31536000";

/// Surfaces that are set up elsewhere.
pub struct Surfaces {
    /// The store API for platforms.
    pub ucp: Router,
    /// The big screens.
    pub screens: Arc<Screens>,
    /// The built-in test provider.
    pub test_provider: Option<Router>,
    /// The built-in test carrier.
    pub test_carrier: Option<Router>,
}

/// Everything the server answers.
pub fn router(app: App, cashier: Cashier, surfaces: Surfaces, watchers: Watchers) -> Router {
    let over_tls = app.config.public_url.starts_with("https://");
    let server_health = watchers.health.clone();
    let mut router = Router::new()
        .merge(files::router(app.media.clone()))
        .merge(webhooks::router(cashier))
        .merge(health::router(watchers))
        .merge(api::v1::router(app.clone(), surfaces.screens))
        .merge(surfaces.ucp)
        .merge(storefront::router(app, files::scripts()));
    if let Some(provider) = surfaces.test_provider {
        router = router.nest("/test-payments", provider);
    }
    if let Some(carrier) = surfaces.test_carrier {
        router = router.nest("/test-carrier", carrier);
    }
    let router = router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(from_fn(observe::shape))
        .layer(CompressionLayer::new());
    secured(router, over_tls).layer(from_fn_with_state(server_health, observe::observe))
}

fn secured(router: Router, over_tls: bool) -> Router {
    let set = |name: HeaderName, value| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let router = router
        .layer(set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "same-origin"))
        .layer(set(header::X_FRAME_OPTIONS, "DENY"));
    if over_tls {
        router.layer(set(header::STRICT_TRANSPORT_SECURITY, TLS_ALONE))
    } else {
        router
    }
}
