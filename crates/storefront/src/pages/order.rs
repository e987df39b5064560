//! The order page: what becomes of it, live; what is in it; what can still be done.

use super::checkout::PayChoice;
use super::icon::{Icon, icon};
use super::layout::{Frame, Page};
use super::picture::{Load, SMALL_LINE, picture};
use super::returns::{self, ReturnsView};
use super::{Tone, notice, reviews};
use crate::views::media;
use crate::views::points::{applied_title, count};
use crate::views::presale::{PresaleView, is_taking};
use api::invoice;
use commerce::Money;
use commerce::id::{FulfillmentId, ProductId};
use commerce::order::{
    CancelReason, Fulfillment, FulfillmentState, Group, GroupState, Method, Order, OrderState,
    RefundState,
};
use commerce::parcel::TrackingStatus;
use commerce::payment::PaymentState;
use maud::{Markup, html};

/// An order group with what the page needs beside it.
#[derive(Debug)]
pub struct OrderView<'a> {
    /// The group.
    pub group: &'a Group,
    /// Names, streets and hours of the places of collection, by fulfillment.
    pub places: Vec<Place>,
    /// When it was placed, written out.
    pub placed: String,
    /// The arrival that was sold with it, written out; or empty.
    pub promise: String,
    /// What is expected instead if it will be later, and why.
    pub late: Option<[String; 2]>,
    /// The destination's country by name.
    pub country: String,
    /// Whether the shopper can still cancel it.
    pub cancelable: bool,
    /// What was paid at once and what later, if the goods were on presale.
    pub presale: Option<PresaleView>,
    /// Ways to pay the balance.
    pub pay: Vec<PayChoice>,
    /// Returns, and whether there may be another.
    pub returns: ReturnsView,
    /// Whether a return was asked for just now.
    pub was_asked: bool,
    /// Products that the buyer has got, with their handles and where the buyer's review stands.
    pub reviews: Vec<(ProductId, String, Option<&'static str>)>,
    /// What was seen of parcels, the latest first.
    pub seen: Vec<SeenView>,
    /// What the buyer tells a courier who stands at the door, of each parcel on its way there.
    pub codes: Vec<(FulfillmentId, String)>,
    /// Why the last request was refused, if it was.
    pub problem: Option<String>,
}

/// Something that was seen of a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenView {
    /// Of which.
    pub fulfillment: FulfillmentId,
    /// What.
    pub status: TrackingStatus,
    /// When, written out.
    pub when: String,
    /// Where, in the words of whoever saw it; or empty.
    pub place: String,
}

/// A place of collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Street and city.
    pub address: String,
    /// Opening hours.
    pub hours: String,
}

/// The path of an order's pages.
pub fn path(group: &Group) -> String {
    format!("/orders/{}/{:016x}", group.id, group.access_key)
}

/// The order page.
pub fn order(frame: &Frame, view: &OrderView<'_>) -> Page {
    let t = frame.texts;
    let group = view.group;
    let here = path(group);
    let numbers: Vec<String> = group.orders.iter().map(|o| o.id.to_string()).collect();
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("order.title")) }
            p.quiet.number { (numbers.join(", ")) br; (view.placed) }
            @if let Some(problem) = &view.problem { (notice(Tone::Warning, problem, &html! {})) }
            @if view.was_asked { (notice(Tone::Good, t.t("return.sent"), &html! { p { (t.t("return.sent_body")) } })) }
            div #status data-island="live" data-events=(format!("{here}/events")) data-fragment=(format!("{here}/status")) aria-live="polite" {
                (status(frame, view))
            }
            noscript { p { a href=(here) { (t.t("order.reload")) } } }
            (goods(frame, view))
            (delivery_to(frame, view))
            (actions(frame, view, &here))
        }
    };
    let mut page = Page::private(t.t("order.title"), main);
    page.head = html! { noscript { meta http-equiv="refresh" content="20"; } };
    page
}

/// The part of the page that changes while it is looked at.
pub fn status(frame: &Frame, view: &OrderView<'_>) -> Markup {
    let t = frame.texts;
    let group = view.group;
    html! {
        (headline(frame, view))
        @if group.state == GroupState::Confirmed {
            @for order in &group.orders {
                @for (at, fulfillment) in group.fulfillments.iter().enumerate().filter(|(_, f)| f.order == order.id && !f.is_relocated()) {
                    (parcel(frame, view, order, fulfillment, at))
                }
            }
        }
        (returns::section(frame, group, &view.returns))
        @for refund in group.refunds.iter().filter(|r| !group.is_moot(r)) {
            p.facts-line { (icon(Icon::Info)) span {
                @let amount = t.money(Money { minor: refund.amount, currency: group.currency });
                @match refund.state {
                    RefundState::Pending => (t.with("order.refund_pending", &[("amount", &amount)])),
                    RefundState::Succeeded => (t.with("order.refund_done", &[("amount", &amount)])),
                    RefundState::Failed => (t.with("order.refund_failed", &[("amount", &amount)])),
                }
            } }
        }
        (points(frame, group))
        (papers(frame, group, &path(group)))
    }
}

/// What it earned, what points paid of it, and what of those came back.
fn points(frame: &Frame, group: &Group) -> Markup {
    let t = frame.texts;
    let Some(terms) = &group.points else {
        return html! {};
    };
    let spent = group.points_spent();
    let amount = t.money(Money {
        minor: spent * terms.worth,
        currency: group.currency,
    });
    let with = |key, n| t.with(key, &[("points", &count(t, n)), ("amount", &amount)]);
    let to_come = points_to_come(group);
    let lines = [
        (spent, "points.order_spent"),
        (terms.given_back, "points.order_back"),
        (terms.earned, "points.order_earned"),
        (to_come, "points.order_to_come"),
    ];
    html! {
        @if lines.iter().any(|(n, _)| *n > 0) {
            div.order-points { @for (n, key) in lines.into_iter().filter(|(n, _)| *n > 0) {
                p.facts-line { (icon(Icon::Star)) span { (with(key, n)) } }
            } }
        }
    }
}

/// What a group still earns when all of it that was not canceled has been handed over and is kept.
fn points_to_come(group: &Group) -> i64 {
    let (Some(terms), false) = (&group.points, group.state == GroupState::Canceled) else {
        return 0;
    };
    let kept = |line: &commerce::order::Line| {
        line.total - line.canceled_share.total - line.returned_share.total
    };
    let paid: i64 = group.lines().map(kept).sum();
    (paid.max(0) / terms.spend_per_point - terms.earned).max(0)
}

fn headline(frame: &Frame, view: &OrderView<'_>) -> Markup {
    let t = frame.texts;
    let group = view.group;
    let total = t.money(Money {
        minor: group.total,
        currency: group.currency,
    });
    match group.state {
        GroupState::PendingPayment => notice(
            Tone::Warning,
            t.t("order.unpaid"),
            &html! { p { (t.t("order.unpaid_body")) } },
        ),
        GroupState::AwaitingBalance => match &view.presale {
            Some(presale) => super::presale::headline(frame, presale, is_taking(group)),
            None => html! {},
        },
        GroupState::Canceled => {
            let forfeited = group.presale.as_ref().map_or(0, |p| p.forfeited);
            let kept = t.money(Money {
                minor: forfeited,
                currency: group.currency,
            });
            let was_late = group.presale.as_ref().is_some_and(|p| p.paid_by.is_some());
            let why = match group.cancel_reason {
                Some(CancelReason::Expired) if was_late => t.t("presale.late"),
                Some(CancelReason::Expired) => t.t("order.expired_body"),
                Some(CancelReason::Shopper) => t.t("order.canceled_by_you"),
                Some(CancelReason::OutOfStock) => t.t("order.canceled_stock"),
                _ => t.t("order.canceled_body"),
            };
            notice(
                Tone::Plain,
                t.t("order.canceled"),
                &html! {
                    p { (why) }
                    @if forfeited > 0 { p { (t.with("presale.kept", &[("deposit", &kept)])) } }
                },
            )
        }
        GroupState::Confirmed => {
            let on_account = group
                .settled_payment()
                .is_some_and(|p| p.state == PaymentState::OnAccount);
            let paid = if on_account {
                t.with("order.on_account", &[("total", &total)])
            } else {
                t.with("order.paid", &[("total", &total)])
            };
            let done = group
                .orders
                .iter()
                .all(|o| o.state == OrderState::Fulfilled);
            let title = if done {
                t.t("order.done")
            } else {
                t.t("order.thanks")
            };
            notice(
                Tone::Good,
                title,
                &html! {
                    @if !done { (arrives(view)) }
                    p { (paid) }
                    p { (t.t("order.keep")) }
                },
            )
        }
    }
}

/// What was sold, and what is expected instead if it will be later.
fn arrives(view: &OrderView<'_>) -> Markup {
    html! {
        @match &view.late {
            Some([expected, why]) => {
                p { s { (view.promise) } }
                p { strong { (expected) } }
                p { (why) }
            }
            None => { @if !view.promise.is_empty() { p { strong { (view.promise) } } } }
        }
    }
}

/// The steps that a parcel or a collection goes through, with the one it is at.
fn parcel(
    frame: &Frame,
    view: &OrderView<'_>,
    order: &Order,
    fulfillment: &Fulfillment,
    at: usize,
) -> Markup {
    let t = frame.texts;
    let pickup = fulfillment.method != Method::Ship;
    let steps: [(FulfillmentState, &str); 4] = if pickup {
        [
            (FulfillmentState::Open, t.t("status.confirmed")),
            (FulfillmentState::Picking, t.t("status.picking")),
            (FulfillmentState::Packed, t.t("status.ready")),
            (FulfillmentState::Delivered, t.t("status.collected")),
        ]
    } else {
        [
            (FulfillmentState::Open, t.t("status.confirmed")),
            (FulfillmentState::Picking, t.t("status.packing")),
            (FulfillmentState::Shipped, t.t("status.shipped")),
            (FulfillmentState::Delivered, t.t("status.delivered")),
        ]
    };
    html! {
        section.card-box.parcel data-state=(fulfillment.state.word()) {
            h2 { (icon(if pickup { Icon::Shop } else { Icon::Box }))
                @if pickup { (t.with("order.collection", &[("shop", &view.places.get(at).map_or("", |p| p.name.as_str()))])) }
                @else { (t.t("order.parcel")) }
            }
            @if fulfillment.state == FulfillmentState::Canceled {
                p { (t.t("order.part_canceled")) }
            } @else {
                ol.track {
                    @for (state, name) in steps {
                        li.done[fulfillment.state >= state] aria-current=[current(fulfillment.state, state, &steps).then_some("step")] {
                            (icon(Icon::Check)) span { (name) }
                        }
                    }
                }
            }
            @if !fulfillment.tracking_number.is_empty() {
                p { (fulfillment.carrier) " · "
                    @if fulfillment.tracking_url.starts_with("https://") { a href=(fulfillment.tracking_url) rel="noopener" { (fulfillment.tracking_number) } }
                    @else { (fulfillment.tracking_number) }
                }
            }
            @for (_, code) in view.codes.iter().filter(|(id, _)| *id == fulfillment.id) {
                p.facts-line.door-code { (icon(Icon::Key)) span {
                    (t.t("order.code")) br;
                    strong { (code) } br;
                    span.quiet { (t.t("order.code_hint")) }
                } }
            }
            @for seen in view.seen.iter().filter(|s| s.fulfillment == fulfillment.id) {
                p.facts-line data-seen=(seen.status.word()) { (icon(Icon::Box)) span {
                    (t.t(tracking_key(seen.status))) br;
                    span.quiet { (seen.when) @if !seen.place.is_empty() { " · " (seen.place) } }
                } }
            }
            ul.quiet { @for (number, pieces) in &fulfillment.lines {
                @if let Some(line) = order.lines.iter().find(|l| l.number == *number) { li { (pieces) " × " (line.title) } }
            } }
        }
    }
}

/// Whether `step` is the last of `steps` that has been reached.
fn current(
    at: FulfillmentState,
    step: FulfillmentState,
    steps: &[(FulfillmentState, &str); 4],
) -> bool {
    let reached = steps.iter().map(|(s, _)| *s).filter(|s| at >= *s).max();
    reached == Some(step)
}

fn tracking_key(status: TrackingStatus) -> &'static str {
    match status {
        TrackingStatus::Pending => "tracking.pending",
        TrackingStatus::PickedUp => "tracking.picked_up",
        TrackingStatus::InTransit => "tracking.in_transit",
        TrackingStatus::OnHold => "tracking.on_hold",
        TrackingStatus::DeliveryDelayed => "tracking.delivery_delayed",
        TrackingStatus::OutForDelivery => "tracking.out_for_delivery",
        TrackingStatus::DeliveryFailed => "tracking.delivery_failed",
        TrackingStatus::ReadyForPickup => "tracking.ready_for_pickup",
        TrackingStatus::ReturnToSender => "tracking.return_to_sender",
        TrackingStatus::Delivered => "tracking.delivered",
    }
}

fn goods(frame: &Frame, view: &OrderView<'_>) -> Markup {
    let t = frame.texts;
    let group = view.group;
    let money = |minor| {
        t.money(Money {
            minor,
            currency: group.currency,
        })
    };
    let shipping: i64 = group.orders.iter().map(|o| o.shipping).sum();
    let ships = group.fulfillments.iter().any(|f| f.method == Method::Ship);
    html! {
        section.block-small {
            h2 { (t.t("order.goods")) }
            ul.lines.lines-small {
                @for line in group.lines() {
                    li.line {
                        span.line-picture { (picture(frame, &media(&line.image), "", &SMALL_LINE, Load::Late)) }
                        div.line-words {
                            span { (line.title) }
                            @if !line.options.is_empty() { span.quiet { (line.options) } }
                            span.quiet { (line.quantity) " × " (money(line.unit_price)) }
                            @if line.canceled > 0 { span.problem { (t.count("order.line_canceled", u64::from(line.canceled), &[])) } }
                            @if let Some((_, handle, state)) = view.reviews.iter().find(|(id, ..)| *id == line.variant.parent()) {
                                (reviews::order_link(frame, &reviews::form_path(&path(group), handle), *state))
                            }
                        }
                        span.price.line-price { (money(line.total)) }
                    }
                }
            }
            div.sums { dl {
                @for applied in &group.discounts { dt { (applied_title(t, applied)) } dd { (money(-applied.amount)) } }
                dt { (t.t(if ships { "sum.delivery" } else { "review.collect" })) " " span.quiet { (group.delivery_title) } }
                dd { @if shipping == 0 { (t.t("price.free")) } @else { (money(shipping)) } }
                dt.total { (t.t("sum.total")) } dd.total { (money(group.total)) }
                @if let Some(presale) = &group.presale {
                    dt { (t.t("presale.deposit")) } dd { (money(presale.deposit.amount)) }
                    dt { (t.t("presale.balance")) } dd { (money(group.balance())) }
                }
                dt.quiet { (t.t("sum.tax_included")) } dd.quiet { (money(group.tax)) }
            } }
        }
    }
}

fn delivery_to(frame: &Frame, view: &OrderView<'_>) -> Markup {
    let t = frame.texts;
    let group = view.group;
    html! {
        section.card-box {
            @match &group.destination {
                Some(a) if view.places.is_empty() => {
                    h2 { (t.t("review.to")) }
                    p { (group.buyer.first_name) " " (group.buyer.last_name) br; (a.street) @if !a.street_2.is_empty() { ", " (a.street_2) }
                        br; (a.postal_code) " " (a.city) br; (view.country) }
                },
                _ => {
                    h2 { (t.t("review.collect")) }
                    @for place in &view.places { p { strong { (place.name) } br; (place.address) br; span.quiet { (place.hours) } } }
                },
            }
        }
    }
}

/// Invoices and credit notes, as far as there are any.
fn papers(frame: &Frame, group: &Group, here: &str) -> Markup {
    let t = frame.texts;
    let issued = |order: &&Order| invoice::is_issued(group, order);
    let link =
        |address: String, text: String| html! { li { a.quiet-button href=(address) { (text) } } };
    html! {
        @if group.orders.iter().any(|order| issued(&order)) {
            section.block-small {
                h2 { (t.t("order.papers")) }
                ul.plain-list {
                    @for order in group.orders.iter().filter(issued) {
                        @let number = invoice::invoice_number(order.id);
                        (link(format!("{here}/invoice/{}", order.id), t.with("order.invoice_number", &[("number", &number)])))
                        @for refund in invoice::credit_notes(group, order) {
                            @let number = invoice::credit_note_number(order.id, refund.id);
                            (link(format!("{here}/credit-note/{}", refund.id), t.with("order.credit_note_number", &[("number", &number)])))
                        }
                    }
                }
            }
        }
    }
}

fn actions(frame: &Frame, view: &OrderView<'_>, here: &str) -> Markup {
    let t = frame.texts;
    let group = view.group;
    html! {
        @if group.state == GroupState::PendingPayment {
            p.after-box { a.button href=(format!("{}/pay", checkout_path(group))) { (t.t("order.pay_now")) } }
        }
        @if let (GroupState::AwaitingBalance, Some(presale)) = (group.state, &view.presale) {
            @if presale.is_due() && !is_taking(group) { (super::presale::pay_balance(frame, presale, &checkout_path(group), &view.pay)) }
        }
        @if group.state == GroupState::Canceled && group.presale.is_none() {
            form.after-box method="post" action=(format!("{}/refill", checkout_path(group))) {
                (frame.token_field())
                button.button type="submit" { (t.t("pay.refill")) }
            }
        }
        (returns::entry(frame, group, &view.returns))
        @if view.cancelable {
            details.cancel {
                summary { (t.t("order.cancel")) }
                @match &view.presale {
                    Some(presale) if group.state == GroupState::AwaitingBalance => {
                        @let key = if presale.forfeit { "presale.cancel_kept" } else { "presale.cancel_back" };
                        p { (t.with(key, &[("deposit", &t.money(presale.deposit))])) }
                    },
                    _ => p { (t.t("order.cancel_body")) },
                }
                form method="post" action=(format!("{here}/cancel")) data-island="once" {
                    (frame.token_field())
                    button.button.button-danger type="submit" { (t.t("order.cancel_confirm")) }
                }
            }
        }
    }
}

/// The path of the checkout that a group came from.
pub fn checkout_path(group: &Group) -> String {
    format!(
        "/checkout/{}/{:016x}",
        group.id.checkout(),
        group.access_key
    )
}

/// What "find my order" says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindState {
    /// Nothing was asked yet.
    Asking,
    /// No order has this number and address.
    Wrong,
    /// There were too many attempts.
    TooOften,
}

/// "Find my order".
pub fn find(frame: &Frame, number: &str, email: &str, state: FindState) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("find.title")) }
            p { (t.t("find.lead")) }
            @match state {
                FindState::Asking => {},
                FindState::Wrong => (notice(Tone::Bad, t.t("find.failed"), &html! { p { (t.t("find.failed_body")) } })),
                FindState::TooOften => (notice(Tone::Bad, t.t("find.too_often"), &html! { p { (t.t("find.too_often_body")) } })),
            }
            form.fields method="post" action="/find-order" {
                (frame.token_field())
                div.field { label for="number" { (t.t("find.number")) } input #number name="number" value=(number) maxlength="60" autocomplete="off" placeholder="order_…"; }
                div.field { label for="email" { (t.t("field.email")) } input #email name="email" type="email" value=(email) maxlength="254" autocomplete="email"; }
                button.button type="submit" { (t.t("find.button")) }
            }
        }
    };
    Page::private(t.t("find.title"), main)
}
