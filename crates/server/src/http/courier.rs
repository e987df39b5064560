//! The courier's phone: one page below `/courier/`, its service worker and what an installed one looks like. The page
//! and its files come out of the binary; who may see a round is asked where rounds come from.

use super::files::{Ui, embedded};
use api::hex;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The page, with the slash that its worker's scope ends in.
const PAGE: &str = "/courier/";
const MANIFEST: &str = "/courier/manifest.webmanifest";
const ICONS: [&str; 2] = ["/static-shop/icon-192.png", "/static-shop/icon-512.png"];
/// The entry in the UI's list of files.
const ENTRY: &str = "courier/index.html";
/// Bytes of the page's hash that tell one shell from another.
const VERSION_BYTES: usize = 8;

/// Page, service worker and manifest.
pub fn router() -> Router<std::sync::Arc<media::Library>> {
    Router::new()
        .route("/courier", get(|| async { Redirect::permanent(PAGE) }))
        .route(PAGE, get(page))
        .route("/courier/{*path}", get(page))
        .route("/courier/worker.js", get(worker))
        .route(MANIFEST, get(manifest))
}

async fn page() -> Response {
    embedded(Ui::get(ENTRY), "index.html", "no-cache")
}

/// The service worker, with what belongs to the shell before it.
async fn worker() -> Response {
    let (Some(page), Some(worker)) = (Ui::get(ENTRY), Ui::get("courier-worker.js")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // The page names its files, and each file's name its content: another of them is another page.
    let version = hex::of(&page.metadata.sha256_hash()[..VERSION_BYTES]);
    let shell = json!(shell());
    let code = String::from_utf8_lossy(&worker.data);
    let text = format!("const SHELL = {shell};\nconst VERSION = \"{version}\";\n{code}");
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

/// All that the app needs to open without a connection.
fn shell() -> Vec<String> {
    let list = Ui::get("manifest.json").map(|file| file.data);
    let entries: Value = list
        .and_then(|data| serde_json::from_slice(&data).ok())
        .unwrap_or_default();
    let fixed = [PAGE, MANIFEST].into_iter().chain(ICONS).map(String::from);
    let files = files_of(&entries, ENTRY);
    fixed
        .chain(files.into_iter().map(|file| format!("/ui/{file}")))
        .collect()
}

/// The files of an entry of the UI's list, and of all that it imports.
fn files_of(entries: &Value, entry: &str) -> BTreeSet<String> {
    let (mut files, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![entry.to_string()];
    while let Some(name) = open.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let one = &entries[&name];
        files.extend(one["file"].as_str().map(String::from));
        for list in ["css", "assets"] {
            files.extend(texts(&one[list]));
        }
        open.extend(texts(&one["imports"]));
    }
    files
}

fn texts(list: &Value) -> impl Iterator<Item = String> + '_ {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).map(String::from)
}

/// What an installed app looks like.
async fn manifest() -> Response {
    let data = json!({
        "name": "Sesame Courier",
        "short_name": "Courier",
        "id": PAGE,
        "start_url": PAGE,
        "scope": PAGE,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#fffcf7",
        "theme_color": "#fffcf7",
        "icons": [
            { "src": ICONS[0], "sizes": "192x192", "type": "image/png" },
            { "src": ICONS[1], "sizes": "512x512", "type": "image/png", "purpose": "any maskable" },
        ],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json")];
    (headers, data.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_has_the_files_of_what_the_entry_imports_each_once() {
        let entries = json!({
            "courier/index.html": { "file": "static/courier.js", "css": ["static/courier.css"], "imports": ["_react.js", "_texts.js"] },
            "_react.js": { "file": "static/react.js", "imports": ["_texts.js"] },
            "_texts.js": { "file": "static/texts.js", "css": ["static/tokens.css"], "imports": ["_react.js"] },
            "ops/index.html": { "file": "static/ops.js" },
        });
        let files: Vec<String> = files_of(&entries, ENTRY).into_iter().collect();
        assert_eq!(
            files,
            [
                "static/courier.css",
                "static/courier.js",
                "static/react.js",
                "static/texts.js",
                "static/tokens.css",
            ]
        );
    }
}
