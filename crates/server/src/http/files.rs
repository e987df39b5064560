//! Files: pictures of goods with their variants, and inside the binary those of the demo goods and the built UI.

use super::phone;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use media::{Hash, Known, Library, Made, WIDTHS};
use rust_embed::RustEmbed;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long browsers keep what may change.
const MEDIA_CACHE: &str = "public, max-age=86400";
/// How long browsers keep files whose name changes with their content.
const ASSET_CACHE: &str = "public, max-age=31536000, immutable";

/// How long a request waits for a picture's variants; then it gets the picture as it was brought.
const PATIENCE: Duration = Duration::from_secs(8);
/// What is shown in place of a picture that cannot be shown.
const NO_PICTURE: &str = "/static-shop/no-picture.svg";

/// Pictures of the demo goods.
#[derive(RustEmbed)]
#[folder = "../../demo/media"]
struct DemoMedia;

/// The built UI.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
pub(super) struct Ui;

/// Pictures, the UI's files and the consoles' pages.
pub fn router(library: Arc<Library>) -> Router {
    Router::new()
        .route("/media/v/{hash}/{file}", get(variant))
        .route("/media/{*path}", get(media))
        .route("/ui/{*path}", get(asset))
        .route("/ops", get(console))
        .route("/ops/{*path}", get(console))
        .route("/screen", get(screen))
        .merge(phone::router())
        .with_state(library)
}

/// What invoices and labels are set in, as far as the UI was built.
pub fn fonts() -> Option<paper::Fonts> {
    let file = |name: &str| {
        let file = Ui::get(&format!("fonts/{name}"))?.data;
        // They stay for as long as the program runs; those inside the binary are not copied.
        Some(match file {
            Cow::Borrowed(bytes) => bytes,
            Cow::Owned(bytes) => &*Box::leak(bytes.into_boxed_slice()),
        })
    };
    let others = [
        "NotoSansHans-Regular.otf",
        "NotoNaskhArabic-Regular.ttf",
        "NotoSansHebrew-Regular.ttf",
    ];
    let files = paper::FontFiles {
        plain: file("NotoSans-Regular.ttf")?,
        bold: file("NotoSans-Bold.ttf")?,
        others: others.into_iter().map(file).collect::<Option<_>>()?,
    };
    let read = paper::Fonts::new(&files);
    read.inspect_err(|error| tracing::error!(%error, "invoices cannot be set"))
        .ok()
}

/// The shop's scripts, as far as the UI was built.
pub fn scripts() -> storefront::Scripts {
    let islands = || {
        let manifest = Ui::get("manifest.json")?;
        let entries: serde_json::Value = serde_json::from_slice(&manifest.data).ok()?;
        let file = entries["islands/src/main.ts"]["file"].as_str()?;
        Some(format!("/ui/{file}"))
    };
    let worker = Ui::get("worker.js");
    storefront::Scripts {
        islands: islands(),
        worker: worker.and_then(|file| String::from_utf8(file.data.into_owned()).ok()),
    }
}

/// A picture as it was brought, or one of the demo's.
async fn media(State(library): State<Arc<Library>>, Path(path): Path<String>) -> Response {
    if let Some(Known::Broken(_)) = library.known(&path) {
        return instead(NO_PICTURE);
    }
    let found = match library.original(&path) {
        Some(file) => read(file).await,
        None => None,
    };
    match found {
        Some(bytes) => answer(bytes, &path, MEDIA_CACHE),
        None => embedded(DemoMedia::get(&path), &path, MEDIA_CACHE),
    }
}

/// A variant, made when the first asks for it.
async fn variant(
    State(library): State<Arc<Library>>,
    Path((hash, file)): Path<(String, String)>,
) -> Response {
    let width = file.strip_suffix(".webp").and_then(|w| w.parse().ok());
    let width = width.filter(|w| WIDTHS.contains(w));
    let (Some(hash), Some(width)) = (Hash::parse(&hash), width) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let file_path = library.variant(hash, width);
    if let Some(bytes) = read(file_path.clone()).await {
        return answer(bytes, &file, ASSET_CACHE);
    }
    let Some(original) = library.path_of(hash) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (told, made) = oneshot::channel();
    // Who asked may have left.
    let asked = library.make(hash, move |made| drop(told.send(made)));
    let made = match asked {
        Ok(()) => tokio::time::timeout(PATIENCE, made).await,
        Err(_) => return instead(&storefront::media(&original)),
    };
    match made {
        Ok(Ok(Made::Ready)) => match read(file_path).await {
            Some(bytes) => answer(bytes, &file, ASSET_CACHE),
            // The picture is smaller than that.
            None => StatusCode::NOT_FOUND.into_response(),
        },
        Ok(Ok(Made::Broken)) => instead(NO_PICTURE),
        Ok(Ok(Made::Gone)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(_)) | Err(_) => instead(&storefront::media(&original)),
    }
}

/// Sends on to another picture, this time.
fn instead(address: &str) -> Response {
    (
        [(header::CACHE_CONTROL, "no-store")],
        Redirect::temporary(address),
    )
        .into_response()
}

async fn read(file: PathBuf) -> Option<Vec<u8>> {
    tokio::fs::read(file).await.ok()
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

/// A file out of the binary, kept by browsers as `cache` says.
pub(super) fn embedded(
    file: Option<rust_embed::EmbeddedFile>,
    path: &str,
    cache: &'static str,
) -> Response {
    match file {
        Some(file) => answer(file.data.into_owned(), path, cache),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn answer(bytes: Vec<u8>, path: &str, cache: &'static str) -> Response {
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
    (headers, bytes).into_response()
}
