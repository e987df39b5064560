//! `sesame-bench --empty-handler`: a server in a process of its own that answers the requests of the
//! measurements at once with nothing: what the wire, the runtime and the load generator cost. It shows
//! the platform's profile too.

use crate::scenarios::{CHECKOUT_ID, CHECKOUTS, COMPLETED};
use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::{get, post};
use serde_json::json;

/// What its line that says where it is begins with.
pub const OPEN: &str = "empty handlers at ";

/// Serves until the process is ended.
///
/// # Errors
/// When it cannot listen.
pub fn serve() -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|e| e.to_string())?;
        let address = listener.local_addr().map_err(|e| e.to_string())?;
        println!("{OPEN}http://{address}");
        axum::serve(listener, router())
            .await
            .map_err(|e| e.to_string())
    })
}

fn router() -> Router {
    let capability = json!([{"version": "2026-04-08"}]);
    let profile = json!({"ucp": {"version": "2026-04-08", "capabilities": {
        "dev.ucp.shopping.checkout": capability,
        "dev.ucp.shopping.fulfillment": capability,
    }}});
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let profile = profile.to_string();
    let opened = format!("{{{CHECKOUT_ID}0000000000000-0000000000000000\"}}");
    let updated = "{\"status\":\"ready_for_complete\"}";
    let completed = format!("{{{COMPLETED}}}");
    let one = format!("{CHECKOUTS}/{{id}}");
    Router::new()
        .route("/profile", get(async move || (kind, profile)))
        .route("/p/{handle}", get(async || ""))
        .route("/api/v1/promise", post(async |_: String| ""))
        .route(
            "/api/v1/buy-now",
            post(async |_: String| StatusCode::CREATED),
        )
        .route(
            CHECKOUTS,
            post(async move |_: String| (StatusCode::CREATED, opened)),
        )
        .route(&one, axum::routing::put(async move |_: String| updated))
        .route(
            &format!("{one}/complete"),
            post(async move |_: String| completed),
        )
}
