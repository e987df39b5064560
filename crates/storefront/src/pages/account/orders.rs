//! The member's orders.

use super::page;
use crate::pages::layout::{Frame, Page};
use crate::pages::order::path;
use crate::pages::picture::{Load, SMALL_LINE, picture};
use crate::views::media;
use commerce::Money;
use commerce::order::{Group, GroupState};
use maud::{Markup, html};
use std::sync::Arc;

/// Pictures of an order in the list.
const PICTURES: usize = 4;

/// An order in the list.
#[derive(Debug, Clone)]
pub struct OrderLine {
    /// The order.
    pub group: Arc<Group>,
    /// When it was placed, written out.
    pub placed: String,
}

/// The list.
pub fn orders(frame: &Frame, lines: &[OrderLine]) -> Page {
    let t = frame.texts;
    let body = html! {
        @if lines.is_empty() {
            p { (t.t("account.no_orders")) }
            p.after-box { a.button href="/" { (t.t("account.to_shop")) } }
        } @else { ul.plain-list { @for order in lines { (line(frame, order)) } } }
    };
    page(frame, "account.orders", None, &body)
}

/// Where an order is, in a word: the key of a text.
pub fn state(group: &Group) -> &'static str {
    use commerce::order::FulfillmentState::{Canceled, Delivered, Packed, Shipped};
    let all = |done: &[commerce::order::FulfillmentState]| {
        let mut live = group.fulfillments.iter().filter(|f| f.state != Canceled);
        live.all(|f| done.contains(&f.state))
    };
    match group.state {
        GroupState::PendingPayment => "account.order_unpaid",
        GroupState::AwaitingBalance => "account.order_balance",
        GroupState::Canceled => "account.order_canceled",
        GroupState::Confirmed if all(&[Delivered]) => "account.order_delivered",
        GroupState::Confirmed if all(&[Shipped, Delivered]) => "account.order_shipped",
        GroupState::Confirmed if all(&[Packed, Shipped, Delivered]) => "account.order_packed",
        GroupState::Confirmed => "account.order_confirmed",
    }
}

/// An order in a list.
pub fn line(frame: &Frame, order: &OrderLine) -> Markup {
    let t = frame.texts;
    let group = &order.group;
    let pieces: u64 = group.lines().map(|l| u64::from(l.quantity)).sum();
    let total = Money {
        minor: group.total,
        currency: group.currency,
    };
    html! {
        li {
            a.order-line href=(path(group)) {
                span.order-pictures { @for line in group.lines().take(PICTURES) { (picture(frame, &media(&line.image), "", &SMALL_LINE, Load::Late)) } }
                span.order-words {
                    strong { (t.t(state(group))) }
                    span.quiet { (order.placed) " · " (t.count("items", pieces, &[])) }
                }
                span.price { (t.money(total)) }
            }
        }
    }
}
