//! Files inside the binary: pictures of the demo goods, and the built UI.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

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

/// Pictures, the UI's files and the console's page.
pub fn router() -> Router {
    Router::new()
        .route("/media/{*path}", get(media))
        .route("/ui/{*path}", get(asset))
        .route("/ops", get(console))
        .route("/ops/{*path}", get(console))
        .route("/screen", get(screen))
}

/// The address of the shop's islands, if the UI was built.
pub fn islands() -> Option<String> {
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
async fn console() -> Response {
    embedded(Ui::get("ops/index.html"), "index.html", "no-cache")
}

/// The big screen is one page, too; who may see the figures is asked where they come from.
async fn screen() -> Response {
    embedded(Ui::get("screen/index.html"), "index.html", "no-cache")
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
