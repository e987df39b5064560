//! Invoices and credit notes: when there is one, what it is called, and what stands on it.
//!
//! Nothing is stored: an invoice follows from the order's rows and its history alone. It is issued once, when all was
//! paid or all was handed over, whichever came first, and what stands on it does not change afterwards: what is given
//! back later has a credit note of its own. Amounts are those of the order; they are added, never computed anew.

mod document;
mod texts;

use crate::app::App;
use crate::error::ApiError;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use commerce::Refusal;
use commerce::event::{Event, What};
use commerce::id::{OrderId, PaymentId, RefundId};
use commerce::order::{
    FulfillmentState, Group, GroupState, Line, Method, Order, OrderState, Refund, RefundSource,
    RefundState, Share,
};
use commerce::text::Language;
use std::sync::Arc;

/// What an invoice was issued for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// All was paid, before all was handed over.
    Paid,
    /// All was handed over, to be paid on account.
    Supplied {
        /// When the first of it was, in UTC milliseconds.
        from: i64,
    },
}

/// An invoice that was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// When, in UTC milliseconds.
    pub at: i64,
    /// What for.
    pub occasion: Occasion,
}

/// Which document of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Its invoice.
    Invoice,
    /// The credit note for a refund.
    CreditNote(RefundId),
}

/// The number of an order's invoice: as unique as the order's own, and the same for ever.
pub fn invoice_number(order: OrderId) -> String {
    let text = order.to_string();
    text.trim_start_matches("order_").to_uppercase()
}

/// The number of a refund's credit note: the invoice's, and which refund of the purchase it is.
pub fn credit_note_number(order: OrderId, refund: RefundId) -> String {
    format!("{}-C{}", invoice_number(order), refund.sub())
}

/// Whether an order has an invoice, as far as its rows say.
pub fn is_issued(group: &Group, order: &Order) -> bool {
    let is_supplied = order.state == OrderState::Fulfilled;
    let has_goods = order
        .lines
        .iter()
        .any(|line| charged(group, order, line).0 > 0);
    (is_supplied || is_paid(group)) && has_goods
}

/// Whether all of it was paid. The deposit of a presale alone is not all.
fn is_paid(group: &Group) -> bool {
    let is_whole = |captured| group.presale.is_none() || captured >= group.total;
    group.state != GroupState::AwaitingBalance && group.captured().is_some_and(is_whole)
}

/// Refunds that have a credit note: the money went back, and there is an invoice that it belongs to.
pub fn credit_notes<'g>(
    group: &'g Group,
    order: &'g Order,
) -> impl Iterator<Item = &'g Refund> + 'g {
    let is_issued = is_issued(group, order);
    group.refunds.iter().filter(move |refund| {
        is_issued && refund.order == Some(order.id) && refund.state == RefundState::Succeeded
    })
}

/// Pieces of a line that were charged, and what they cost. What was canceled before anything was paid was not; what
/// was paid and canceled then was, and is on a credit note.
fn charged(group: &Group, order: &Order, line: &Line) -> (u32, Share) {
    let all = Share {
        total: line.total,
        tax: line.tax,
    };
    let was_paid = group.refunds.iter().any(|refund| {
        refund.order == Some(order.id)
            && refund.source == RefundSource::Held
            && !group.is_moot(refund)
            && refund
                .lines
                .iter()
                .any(|(number, ..)| *number == line.number)
    });
    if was_paid {
        return (line.quantity, all);
    }
    (
        line.quantity - line.canceled,
        all.minus(line.canceled_share),
    )
}

/// When the invoice of an order was issued, and what for; `None` while there is none.
pub fn issued(group: &Group, order: &Order, history: &[Event]) -> Option<Issued> {
    if !is_issued(group, order) {
        return None;
    }
    let paid = is_paid(group).then(|| paid_at(group, history));
    let supplied = (order.state == OrderState::Fulfilled).then(|| supplied(group, order, history));
    match (paid, supplied) {
        (Some(at), supplied) if supplied.is_none_or(|(_, last)| at <= last) => Some(Issued {
            at,
            occasion: Occasion::Paid,
        }),
        (_, Some((from, at))) => Some(Issued {
            at,
            occasion: Occasion::Supplied { from },
        }),
        (_, None) => None,
    }
}

/// When the last of the money was taken.
fn paid_at(group: &Group, history: &[Event]) -> i64 {
    let payments: Vec<PaymentId> = group.settled_payments().map(|p| p.id).collect();
    let taken = history.iter().filter(|event| match &event.what {
        What::PaymentCaptured { payment, .. } => payments.contains(payment),
        _ => false,
    });
    let told = taken.map(|event| event.at).max();
    told.unwrap_or(group.placed_at)
}

/// When the first and the last parcel of an order was handed over.
fn supplied(group: &Group, order: &Order, history: &[Event]) -> (i64, i64) {
    let parcels = group.fulfillments.iter();
    let parcels = parcels.filter(|f| f.order == order.id && f.state != FulfillmentState::Canceled);
    let mut times = Vec::new();
    for parcel in parcels {
        let handed_over = history.iter().find(|event| match &event.what {
            What::FulfillmentShipped { fulfillment, .. } => *fulfillment == parcel.id,
            What::FulfillmentDelivered { fulfillment } => {
                *fulfillment == parcel.id && parcel.method != Method::Ship
            }
            _ => false,
        });
        times.push(handed_over.map_or(parcel.updated_at, |event| event.at));
    }
    let first = times.iter().copied().min().unwrap_or(group.placed_at);
    (first, times.into_iter().max().unwrap_or(first))
}

/// When the money of a refund went back.
fn refunded_at(refund: &Refund, history: &[Event]) -> i64 {
    let told = history.iter().find(|event| match &event.what {
        What::RefundSucceeded { refund: id, .. } => *id == refund.id,
        _ => false,
    });
    told.map_or(refund.created_at, |event| event.at)
}

/// A document of an order as PDF, in a language or else in the order's own.
///
/// # Errors
/// `not_found` for what is not of this order, `wrong_state` while there is no invoice, `unavailable` when the fonts are
/// not built in or the history cannot be read.
pub async fn answer(
    app: &App,
    group: Arc<Group>,
    (order, kind): (OrderId, Kind),
    language: Option<Language>,
) -> Result<Response, ApiError> {
    let fonts = app.config.fonts.clone();
    let fonts = fonts.ok_or_else(|| {
        ApiError::unavailable("the fonts of invoices are not built in: build ui/")
    })?;
    let id = group.id;
    let history = app.read(move |reader| reader.history(id)).await?;
    let (number, document) = {
        let found = group.order(order);
        let order = found.ok_or_else(|| ApiError::not_found("order"))?;
        let issued = issued(&group, order, &history);
        let issued = issued.ok_or(Refusal::WrongState {
            state: "neither paid nor handed over",
        })?;
        let world = app.shelf.read();
        let writer =
            document::Writer::new(&world, &group, order, language.unwrap_or(group.language));
        match kind {
            Kind::Invoice => (invoice_number(order.id), writer.invoice(issued)),
            Kind::CreditNote(refund) => {
                let found = credit_notes(&group, order).find(|r| r.id == refund);
                let refund = found.ok_or_else(|| ApiError::not_found("refund"))?;
                let at = refunded_at(refund, &history).max(issued.at);
                let number = credit_note_number(order.id, refund.id);
                (number, writer.credit_note(refund, (issued, at)))
            }
        }
    };
    let written = tokio::task::spawn_blocking(move || paper::write(&fonts, &document)).await;
    let written = written.map_err(|e| ApiError::internal(&e.to_string()))?;
    let bytes = written.map_err(|e| ApiError::internal(&e.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{number}.pdf\""),
        ),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
