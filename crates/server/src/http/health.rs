//! `/healthz`, `/readyz` and `/metrics`: for those who look after the server.

use crate::config::Network;
use crate::health::Health;
use crate::telemetry;
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use std::net::SocketAddr;
use std::sync::Arc;

/// What these pages need.
#[derive(Clone)]
pub struct Watchers {
    /// What the server says of itself.
    pub health: Arc<Health>,
    /// The figures.
    pub figures: PrometheusHandle,
    /// Who may see the figures.
    pub metrics_from: Arc<Vec<Network>>,
}

/// The three pages.
pub fn router(watchers: Watchers) -> Router {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(watchers)
}

/// Says that the server answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(watchers): State<Watchers>) -> Response {
    let asked = tokio::task::spawn_blocking(move || watchers.health.complaint()).await;
    match asked {
        Ok(None) => "ready\n".into_response(),
        Ok(Some(reason)) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response()
        }
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The figures tell how the business goes: strangers don't see them. Behind a proxy that is not declared,
/// everybody seems to come from this machine, so a request that was passed on is a stranger's.
async fn metrics(
    State(watchers): State<Watchers>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let known = watchers
        .metrics_from
        .iter()
        .any(|n| n.contains(client.ip()));
    let passed_on = headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
    if !known || passed_on {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, kind)],
        telemetry::figures(&watchers.figures),
    )
        .into_response()
}
