//! Apps for phones: couriers' below `/courier/`, hub staff's below `/hub/`. Each is one page with its service worker and
//! what an installed one looks like. Page and files come out of the binary; who may see what is asked where it comes from.

use super::files::{Ui, embedded};
use api::hex;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An app.
#[derive(Debug, Clone, Copy)]
struct Phone {
    /// Its address, with the slash that its worker's scope ends in.
    page: &'static str,
    /// The entry in the UI's list of files.
    entry: &'static str,
    /// What an installed one is called, in full and below its icon.
    names: [&'static str; 2],
}

const PHONES: [Phone; 2] = [
    Phone {
        page: "/courier/",
        entry: "courier/index.html",
        names: ["Sesame Courier", "Courier"],
    },
    Phone {
        page: "/hub/",
        entry: "hub/index.html",
        names: ["Sesame Hub", "Hub"],
    },
];

/// The workers' code: the same for all, told apart by what is put before it.
const WORKER: &str = "phone-worker.js";
const ICONS: [&str; 2] = ["/static-shop/icon-192.png", "/static-shop/icon-512.png"];
/// Bytes of the page's hash that tell one shell from another.
const VERSION_BYTES: usize = 8;

/// Pages, service workers and manifests.
pub fn router() -> Router<std::sync::Arc<media::Library>> {
    PHONES.into_iter().fold(Router::new(), |router, phone| {
        let bare = phone.page.trim_end_matches('/');
        router
            .route(
                bare,
                get(move || async move { Redirect::permanent(phone.page) }),
            )
            .route(phone.page, get(move || page(phone)))
            .route(
                &format!("{}{{*path}}", phone.page),
                get(move || page(phone)),
            )
            .route(
                &format!("{}worker.js", phone.page),
                get(move || worker(phone)),
            )
            .route(&phone.manifest(), get(move || manifest(phone)))
    })
}

impl Phone {
    fn manifest(&self) -> String {
        format!("{}manifest.webmanifest", self.page)
    }

    /// All that the app needs to open without a connection.
    fn shell(&self) -> Vec<String> {
        let list = Ui::get("manifest.json").map(|file| file.data);
        let entries: Value = list
            .and_then(|data| serde_json::from_slice(&data).ok())
            .unwrap_or_default();
        let fixed = [self.page.to_string(), self.manifest()].into_iter();
        let files = files_of(&entries, self.entry);
        fixed
            .chain(ICONS.map(String::from))
            .chain(files.into_iter().map(|file| format!("/ui/{file}")))
            .collect()
    }
}

async fn page(phone: Phone) -> Response {
    embedded(Ui::get(phone.entry), "index.html", "no-cache")
}

/// The service worker, with what belongs to the shell before it.
async fn worker(phone: Phone) -> Response {
    let (Some(page), Some(worker)) = (Ui::get(phone.entry), Ui::get(WORKER)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // The page names its files, and each file's name its content: another of them is another page.
    let version = hex::of(&page.metadata.sha256_hash()[..VERSION_BYTES]);
    let (root, shell) = (json!(phone.page), json!(phone.shell()));
    let code = String::from_utf8_lossy(&worker.data);
    let text = format!(
        "const PAGE = {root};\nconst SHELL = {shell};\nconst VERSION = \"{version}\";\n{code}"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
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
async fn manifest(phone: Phone) -> Response {
    let data = json!({
        "name": phone.names[0],
        "short_name": phone.names[1],
        "id": phone.page,
        "start_url": phone.page,
        "scope": phone.page,
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
        let files: Vec<String> = files_of(&entries, PHONES[0].entry).into_iter().collect();
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
