//! Where payment providers report to.

use crate::payments::{Cashier, WebhookError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

/// One address per provider.
pub fn router(cashier: Cashier) -> Router {
    Router::new()
        .route("/webhooks/payments/{provider}", post(payment_webhook))
        .with_state(cashier)
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
