//! The router: every surface, and what all of them go through.

use crate::payments::{Cashier, WebhookError};
use api::app::App;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rust_embed::RustEmbed;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest body that is read; imports have their own limit.
const BODY_BYTES_MAX: usize = 1024 * 1024;
/// How long browsers keep what may change.
const MEDIA_CACHE: &str = "public, max-age=86400";
/// How long browsers keep files whose name changes with their content.
const ASSET_CACHE: &str = "public, max-age=31536000, immutable";

/// Pictures of the demo goods.
#[derive(RustEmbed)]
#[folder = "../../demo/media"]
struct DemoMedia;

/// The built UI.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
struct Ui;

/// Everything the server answers.
pub fn router(app: App, cashier: Cashier, test_provider: Option<Router>, ucp: Router) -> Router {
    let webhooks = Router::new()
        .route("/webhooks/payments/{provider}", post(payment_webhook))
        .with_state(cashier);
    let console_api = api::v1::router(app.clone());
    let mut router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/media/{*path}", get(media))
        .route("/ui/{*path}", get(asset))
        .route("/ops", get(console))
        .route("/ops/{*path}", get(console))
        .with_state(app.clone())
        .merge(webhooks)
        .merge(console_api)
        .merge(ucp)
        .merge(storefront::router(app, islands()));
    if let Some(provider) = test_provider {
        router = router.nest("/test-payments", provider);
    }
    let set =
        |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CompressionLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::REFERRER_POLICY, "same-origin"))
        .layer(set(header::X_FRAME_OPTIONS, "DENY"))
}

async fn payment_webhook(
    State(cashier): State<Cashier>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match cashier.webhook(&provider, &headers, &body).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(WebhookError::UnknownProvider) => StatusCode::NOT_FOUND.into_response(),
        Err(WebhookError::Rejected(reason)) => {
            tracing::warn!(provider, reason, "a webhook was rejected");
            StatusCode::BAD_REQUEST.into_response()
        }
        Err(WebhookError::Unavailable(reason)) => {
            (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
        }
    }
}

/// The address of the shop's islands, if the UI was built.
fn islands() -> Option<String> {
    let manifest = Ui::get("manifest.json")?;
    let entries: serde_json::Value = serde_json::from_slice(&manifest.data).ok()?;
    let file = entries["islands/src/main.ts"]["file"].as_str()?;
    Some(format!("/ui/{file}"))
}

async fn media(Path(path): Path<String>) -> Response {
    embedded(DemoMedia::get(&path), &path, MEDIA_CACHE)
}

async fn asset(Path(path): Path<String>) -> Response {
    embedded(Ui::get(&path), &path, ASSET_CACHE)
}

/// The console is one page; its own router reads the address.
async fn console(_: Uri) -> Response {
    embedded(Ui::get("ops/index.html"), "index.html", "no-cache")
}

fn embedded(file: Option<rust_embed::EmbeddedFile>, path: &str, cache: &'static str) -> Response {
    let Some(file) = file else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mime = match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
    let headers = [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, cache)];
    (headers, file.data.into_owned()).into_response()
}
