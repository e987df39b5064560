//! Invoices and credit notes for operators, and what they say of a seller.

use super::V1;
use super::request::{Params, Write, Written, parse_id};
use super::show::settings::billing as show_billing;
use super::wire::invoices as wire;
use crate::app::now_ms;
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::invoice::{self, Kind};
use axum::extract::{Path, State};
use axum::response::Response;
use commerce::Refusal;
use commerce::code::Country;
use commerce::command::Command;
use commerce::id::OrderId;
use commerce::settings::{Address, BILLING_MAX, Billing};
use commerce::text::Language;
use commerce::world::Record;

async fn answer(
    V1 { app, .. }: V1,
    id: &str,
    query: &wire::PaperQuery,
    kind: impl FnOnce(OrderId) -> Result<Kind, ApiError>,
) -> Result<Response, ApiError> {
    let order = parse_id!(OrderId, id, "order")?;
    let language =
        match query.language.as_deref() {
            None => None,
            Some(tag) => Some(Language::parse(tag).ok_or_else(|| {
                ApiError::parameter_invalid("language", "it must be en, de or zh")
            })?),
        };
    let group = app.group(order.parent()).await?;
    let group = group.ok_or_else(|| ApiError::not_found("order"))?;
    invoice::answer(&app, group, (order, kind(order)?), language).await
}

/// An order's invoice
///
/// As PDF (PDF/A-2a, PDF/UA-1), in the order's language unless another is asked for. It is there once all was paid or
/// all was handed over, whichever came first; before that the answer is 409 `wrong_state`.
#[utoipa::path(get, path = "/orders/{id}/invoice", tag = "orders",
    params(("id" = String, Path, description = "The order's id."), wire::PaperQuery),
    responses((status = 200, description = "The file.", body = String, content_type = "application/pdf"),
        (status = 409, description = "There is no invoice yet.", body = super::wire::ErrorBody)))]
pub async fn get_invoice(
    State(v1): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    Params(query): Params<wire::PaperQuery>,
) -> Result<Response, ApiError> {
    answer(v1, &id, &query, |_| Ok(Kind::Invoice)).await
}

/// The credit note for a refund of an order
///
/// There once the money went back and the order has an invoice.
#[utoipa::path(get, path = "/orders/{id}/credit-notes/{refund}", tag = "orders",
    params(("id" = String, Path, description = "The order's id."),
        ("refund" = String, Path, description = "The refund's id."), wire::PaperQuery),
    responses((status = 200, description = "The file.", body = String, content_type = "application/pdf"),
        (status = 409, description = "There is no invoice yet.", body = super::wire::ErrorBody)))]
pub async fn get_credit_note(
    State(v1): State<V1>,
    _staff: Staff,
    Path((id, refund)): Path<(String, String)>,
    Params(query): Params<wire::PaperQuery>,
) -> Result<Response, ApiError> {
    let refund = parse_id!(RefundId, &refund, "refund")?;
    answer(v1, &id, &query, |_| Ok(Kind::CreditNote(refund))).await
}

/// Say what invoices tell of a seller
///
/// From now on: invoices that were issued before keep what held on their day.
#[utoipa::path(put, path = "/sellers/{id}/billing", tag = "settings", request_body = wire::BillingBody,
    params(("id" = String, Path, description = "The seller's id.")),
    responses((status = 200, body = wire::SellerBilling)))]
pub async fn change_billing(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(id): Path<String>,
    write: Write<wire::BillingBody>,
) -> Result<Written<wire::SellerBilling>, ApiError> {
    let id = parse_id!(SellerId, &id, "seller")?;
    let mut billing = read(&write.body)?;
    let seller = app.shelf.read().seller(id).cloned();
    let mut seller = seller.ok_or_else(|| ApiError::not_found("seller"))?;
    billing.since = now_ms().max(seller.billing.last().map_or(0, |last| last.since + 1));
    let is_same = seller.billing.last().is_some_and(|last| {
        *last
            == Billing {
                since: last.since,
                ..billing.clone()
            }
    });
    if !is_same {
        // Of more versions than a seller has in a lifetime the one before the last makes room: the first invoices keep
        // theirs.
        if seller.billing.len() >= BILLING_MAX {
            seller.billing.remove(BILLING_MAX - 2);
        }
        seller.billing.push(billing);
    }
    let saved = Command::SaveRecords(vec![Record::Seller(seller)]);
    let decided = write.submit(&app, &staff, saved).await?;
    let world = app.shelf.read();
    let seller = world.seller(id);
    let seller = seller.ok_or_else(|| ApiError::not_found("seller"))?;
    let body = seller.billing.last().map(show_billing);
    Ok(Written {
        body: body.ok_or_else(|| ApiError::internal("a version was saved and is not there"))?,
        replayed: decided.replayed,
    })
}

fn read(body: &wire::BillingBody) -> Result<Billing, ApiError> {
    let trimmed = |text: &str| text.trim().to_owned();
    let country = match body.country.trim() {
        "" => None,
        code => Some(Country::parse(code).ok_or(Refusal::FieldInvalid { field: "country" })?),
    };
    let lines = body.lines.iter().map(|line| trimmed(line));
    Ok(Billing {
        since: 0,
        name: trimmed(&body.name),
        address: Address {
            street: trimmed(&body.street),
            street_2: trimmed(&body.street_2),
            postal_code: trimmed(&body.postal_code),
            city: trimmed(&body.city),
            region: trimmed(&body.region),
            country,
            ..Address::default()
        },
        tax_id: trimmed(&body.tax_id),
        lines: lines.filter(|line| !line.is_empty()).collect(),
    })
}
