//! Where payment providers and carriers report to.

use crate::payments::{Cashier, WebhookError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;

/// One address per provider, and one per carriers' connector.
pub fn router(cashier: Cashier) -> Router {
    Router::new()
        .route("/webhooks/payments/{provider}", post(payment_webhook))
        .route("/webhooks/carriers/{connector}", post(carrier_webhook))
        .with_state(cashier)
}

async fn payment_webhook(
    State(cashier): State<Cashier>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let taken = cashier.webhook(&provider, &headers, &body).await;
    answer(&provider, taken)
}

async fn carrier_webhook(
    State(cashier): State<Cashier>,
    Path(connector): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let dispatcher = &cashier.dispatcher;
    let taken = dispatcher.webhook(&connector, &headers, &body).await;
    answer(&connector, taken)
}

fn answer(sender: &str, taken: Result<(), WebhookError>) -> Response {
    match taken {
        Ok(()) => StatusCode::OK.into_response(),
        Err(WebhookError::UnknownProvider) => StatusCode::NOT_FOUND.into_response(),
        Err(WebhookError::Rejected(reason)) => {
            tracing::warn!(sender, reason, "a webhook was rejected");
            StatusCode::BAD_REQUEST.into_response()
        }
        Err(WebhookError::Unavailable(reason)) => {
            (StatusCode::SERVICE_UNAVAILABLE, reason).into_response()
        }
    }
}
