//! The provider's JSON API. Every write needs an idempotency key; every answer is the payment or `{error: {…}}`.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use commerce::limits::AMOUNT_MAX;
use connectors::test_payments::wire::{AmountRequest, CreatePayment, Method, Payment};
use serde::Deserialize;

use super::cards::Behavior;
use super::ledger::number_of;
use super::record::{Operation, Step};
use super::{App, audit};
use crate::third_party::{Refusal, authorized, idempotency_key, invalid, now_ms, parse};

const MAX_REF_LENGTH: usize = 128;
const MAX_URL_LENGTH: usize = 2048;
const MAX_DESCRIPTION_LENGTH: usize = 1000;

/// `POST /v1/payments`
pub(super) async fn create(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    authorized(&app.config.api_key, &headers)?;
    let key = idempotency_key(&headers)?;
    let create: CreatePayment = parse(&body)?;
    check(&create)?;
    let created = app.ledger.create(key, create, now_ms()).await?;
    app.deliveries.send_before_answer(created.news).await;
    if created.card == Some(Behavior::Timeout) {
        tokio::time::sleep(Duration::from_millis(app.config.timings.slow_answer_ms)).await;
    }
    let mut response = (StatusCode::CREATED, Json(created.payment)).into_response();
    if created.replayed {
        response
            .headers_mut()
            .insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// `GET /v1/payments/{id}`
pub(super) async fn retrieve(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Payment>, Refusal> {
    authorized(&app.config.api_key, &headers)?;
    let record = app.ledger.record(number_of(&id)?)?;
    Ok(Json(app.ledger.payment_at(&record, &record.now)))
}

/// `POST /v1/payments/{id}/capture`
pub(super) async fn capture(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Payment>, Refusal> {
    let amount_minor = amount(&body)?;
    operate(&app, &id, &headers, Operation::Capture { amount_minor }).await
}

/// `POST /v1/payments/{id}/void`
pub(super) async fn void(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Payment>, Refusal> {
    operate(&app, &id, &headers, Operation::Void).await
}

/// `POST /v1/payments/{id}/refunds`
pub(super) async fn refund(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Payment>, Refusal> {
    let amount_minor = amount(&body)?;
    operate(&app, &id, &headers, Operation::Refund { amount_minor }).await
}

/// The query of an audit.
#[derive(Deserialize)]
pub(super) struct AuditQuery {
    after: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/audit`
pub(super) async fn audit(
    State(app): State<Arc<App>>,
    Query(query): Query<AuditQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    authorized(&app.config.api_key, &headers)?;
    let limit = query.limit.unwrap_or(audit::MAX_LIMIT);
    Ok(Json(audit::page(&app.ledger, query.after.as_deref(), limit)?).into_response())
}

async fn operate(
    app: &Arc<App>,
    id: &str,
    headers: &HeaderMap,
    operation: Operation,
) -> Result<Json<Payment>, Refusal> {
    authorized(&app.config.api_key, headers)?;
    let key = idempotency_key(headers)?;
    let step = Step::Request {
        operation,
        key: key.into(),
    };
    let changed = app.ledger.change(number_of(id)?, step, now_ms()).await?;
    app.deliveries.send_before_answer(changed.news).await;
    let moment = changed.result?;
    Ok(Json(app.ledger.payment_at(&changed.record, &moment)))
}

fn amount(body: &[u8]) -> Result<i64, Refusal> {
    let request: AmountRequest = parse(body)?;
    check_amount(request.amount_minor)?;
    Ok(request.amount_minor)
}

fn check_amount(amount_minor: i64) -> Result<(), Refusal> {
    if (1..=AMOUNT_MAX).contains(&amount_minor) {
        Ok(())
    } else {
        Err(invalid("`amount_minor` must be above zero and reasonable."))
    }
}

fn check(create: &CreatePayment) -> Result<(), Refusal> {
    check_amount(create.amount_minor)?;
    let is_ref = |text: &str| {
        (1..=MAX_REF_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let is_url = |url: &str| {
        url.len() <= MAX_URL_LENGTH
            && (url.starts_with("http://") || url.starts_with("https://"))
            && HeaderValue::from_str(url).is_ok()
    };
    let is_currency = create.currency.len() == 3
        && create
            .currency
            .bytes()
            .all(|byte| byte.is_ascii_uppercase());
    let problem = match create {
        _ if !is_ref(&create.payment_ref) => "`payment_ref` must be 1 to 128 visible characters.",
        _ if !is_ref(&create.group_ref) => "`group_ref` must be 1 to 128 visible characters.",
        _ if !is_currency => "`currency` must be three capital letters.",
        _ if !is_url(&create.return_url) => "`return_url` must be an http address.",
        _ if !create.webhook_url.as_deref().is_none_or(is_url) => {
            "`webhook_url` must be an http address."
        }
        _ if create.description.len() > MAX_DESCRIPTION_LENGTH => "`description` is too long.",
        CreatePayment {
            method: Method::Token { token },
            ..
        } if token.len() > MAX_REF_LENGTH => "`token` is too long.",
        _ => return Ok(()),
    };
    Err(invalid(problem))
}
