//! The checkout: who and where, then the order once more and how to pay. Errors stand beside their
//! fields; nothing typed is lost.

use super::account::sign_in::{passkey_button, path as sign_in_path};
use super::form::{address_fields, name_fields, person_field};
use super::icon::{Icon, icon};
use super::layout::{Bottom, Frame, Page};
use super::packets::worth;
use super::picture::{Load, SMALL_LINE, picture};
use super::{Tone, arrives, notice, price_or_free, ready};
use crate::address::{CountryRule, Errors, Typed};
use crate::views::availability::{Pickup, Shipping};
use crate::views::media;
use crate::views::points::{PointsView, applied_title};
use crate::views::presale::PresaleView;
use crate::views::sale::discount_title;
use crate::views::wallet::Spare;
use commerce::Money;
use commerce::checkout::{Checkout, Delivery};
use maud::{Markup, html};

/// Who and where.
#[derive(Debug)]
pub struct DetailsView<'a> {
    /// The checkout.
    pub checkout: &'a Checkout,
    /// What was typed.
    pub typed: &'a Typed,
    /// What is wrong with it.
    pub errors: &'a Errors,
    /// `ship`, or a place's printed id.
    pub method: &'a str,
    /// The cheapest way of shipping.
    pub shipping: Option<&'a Shipping>,
    /// Places where all of it can be collected.
    pub pickups: &'a [Pickup],
    /// Countries that parcels go to.
    pub countries: &'a [&'static CountryRule],
    /// Whether prices include tax.
    pub tax_included: bool,
    /// Whether the shopper is signed in.
    pub signed_in: bool,
}

/// The path of a checkout's pages.
pub fn path(checkout: &Checkout) -> String {
    format!("/checkout/{}/{:016x}", checkout.id, checkout.access_key)
}

/// The first step.
pub fn details(frame: &Frame, view: &DetailsView<'_>) -> Page {
    let t = frame.texts;
    let here = path(view.checkout);
    let typed = (view.typed, view.errors);
    let main = html! {
        div.wide.block.narrow {
            (steps(frame, 1))
            h1 { (t.t("checkout.title")) }
            @if !view.signed_in { (known_already(frame, &here)) }
            (error_summary(frame, view.errors))
            (summary(frame, view.checkout, view.tax_included, Folded::Yes))
            form #details.fields method="post" action=(here) novalidate data-island="once" {
                (frame.token_field())
                fieldset {
                    legend { (t.t("checkout.contact")) }
                    (person_field(frame, typed, "email", "email", "email"))
                    (name_fields(frame, typed))
                    (person_field(frame, typed, "phone", "tel", "tel"))
                }
                (methods(frame, view))
                fieldset.address {
                    legend { (t.t("checkout.address")) }
                    (address_fields(frame, typed, view.countries))
                }
                button.button type="submit" { (t.t("checkout.continue")) }
            }
        }
    };
    let mut page = Page::private(t.t("checkout.title"), main);
    page.bottom = Bottom::Nothing;
    page
}

/// Members are spared the form.
fn known_already(frame: &Frame, here: &str) -> Markup {
    let t = frame.texts;
    html! {
        section.card-box.known {
            p { strong { (t.t("checkout.member")) } " " span.quiet { (t.t("checkout.member_why")) } }
            div.known-ways {
                (passkey_button(frame, here))
                a.button.quiet-button href=(sign_in_path(here)) { (t.t("account.sign_in")) }
            }
        }
    }
}

/// Where the shopper is on the way.
fn steps(frame: &Frame, at: usize) -> Markup {
    let t = frame.texts;
    let names = [
        t.t("nav.cart"),
        t.t("checkout.step_details"),
        t.t("checkout.step_pay"),
    ];
    html! {
        ol.steps-line aria-label=(t.t("checkout.progress")) {
            @for (number, name) in names.into_iter().enumerate() {
                li aria-current=[(number == at).then_some("step")] {
                    @if number == 0 { a href="/cart" { (name) } } @else { (name) }
                }
            }
        }
    }
}

/// The fields in the order of the page.
const FIELDS: [&str; 11] = [
    "email",
    "first_name",
    "last_name",
    "phone",
    "method",
    "country",
    "street",
    "street_2",
    "postal_code",
    "city",
    "region",
];

fn error_summary(frame: &Frame, errors: &Errors) -> Markup {
    let t = frame.texts;
    html! {
        @if !errors.is_empty() {
            (notice(Tone::Bad, &t.count("checkout.errors", errors.len() as u64, &[]), &html! {
                ul { @for (field, key) in FIELDS.iter().filter_map(|f| errors.get_key_value(f)) { li { a href=(format!("#{field}")) { (t.t(key)) } } } }
            }))
        }
    }
}

/// Delivery, or collection at one of the shops.
fn methods(frame: &Frame, view: &DetailsView<'_>) -> Markup {
    let t = frame.texts;
    let error = view.errors.get("method");
    html! {
        fieldset #method {
            legend { (t.t("checkout.method")) }
            @if let Some(key) = error { p.field-error { (icon(Icon::Warning)) (t.t(key)) } }
            label.check.method {
                input type="radio" name="method" value="ship" checked[view.method == "ship"] disabled[view.shipping.is_none()];
                (icon(Icon::Truck))
                span {
                    strong { (t.t("checkout.ship")) }
                    @match view.shipping {
                        Some(shipping) => span.quiet { (arrives(t, shipping)) },
                        None => span.quiet { (t.t("checkout.ship_not")) },
                    }
                }
                @if let Some(shipping) = view.shipping {
                    span.price { @if shipping.price.minor > 0 { (t.with("price.from", &[("price", &t.money(shipping.price))])) } @else { (t.t("price.free")) } }
                }
            }
            @for pickup in view.pickups.iter().filter(|p| p.ready.is_some()) {
                label.check.method {
                    input type="radio" name="method" value=(pickup.location) checked[view.method == pickup.location.to_string()];
                    (icon(Icon::Shop))
                    span {
                        strong { (t.with("checkout.collect_at", &[("shop", &pickup.name)])) }
                        span.quiet {
                            @match &pickup.ready { Some(at) => (ready(t, at)), None => (t.t("pickup.not_all_here")) }
                            br; (pickup.address)
                        }
                    }
                    span.price { (t.t("price.free")) }
                }
            }
        }
    }
}

/// Whether the summary is folded on phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folded {
    Yes,
    No,
}

fn summary(frame: &Frame, checkout: &Checkout, tax_included: bool, folded: Folded) -> Markup {
    let t = frame.texts;
    let total = money(checkout, checkout.quote.total);
    html! {
        details.summary open[folded == Folded::No] {
            summary { span { (t.t("checkout.summary")) } span.price { (t.money(total)) } }
            (lines(frame, checkout))
            (sums(frame, checkout, tax_included))
        }
    }
}

fn money(checkout: &Checkout, minor: i64) -> Money {
    Money {
        minor,
        currency: checkout.intent.currency,
    }
}

fn lines(frame: &Frame, checkout: &Checkout) -> Markup {
    let t = frame.texts;
    html! {
        ul.lines.lines-small {
            @for line in &checkout.quote.lines {
                li.line {
                    span.line-picture { (picture(frame, &media(&line.image), "", &SMALL_LINE, Load::Late)) }
                    div.line-words { span { (line.title) } @if !line.options.is_empty() { span.quiet { (line.options) } } span.quiet { (line.quantity) " × " (t.money(money(checkout, line.unit_price))) } }
                    span.price.line-price { (t.money(money(checkout, line.subtotal))) }
                }
            }
        }
    }
}

fn sums(frame: &Frame, checkout: &Checkout, tax_included: bool) -> Markup {
    let t = frame.texts;
    let quote = &checkout.quote;
    html! {
        section.sums aria-label=(t.t("sum.title")) {
            dl {
                dt { (t.t("sum.goods")) } dd { (t.money(money(checkout, quote.subtotal))) }
                @for applied in &quote.applied {
                    dt { (applied_title(t, applied)) } dd { (t.money(money(checkout, -applied.amount))) }
                }
                @if let Some(delivery) = checkout.intent.delivery {
                    dt { (t.t(if matches!(delivery, Delivery::Ship(_)) { "sum.delivery" } else { "review.collect" })) " " span.quiet { (quote.delivery_title) } }
                    dd { (price_or_free(t, money(checkout, quote.shipping))) }
                }
                @if !tax_included { dt { (t.t("sum.tax")) } dd { (t.money(money(checkout, quote.tax_added))) } }
                dt.total { (t.t("sum.total")) } dd.total { (t.money(money(checkout, quote.total))) }
                @if tax_included { dt.quiet { (t.t("sum.tax_included")) } dd.quiet { (t.money(money(checkout, quote.tax))) } }
            }
        }
    }
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayChoice {
    /// The value of the field.
    pub value: String,
    /// What it says.
    pub label: String,
}

/// Something that stands in the way, or to say, above the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewNotice {
    /// The total changed since it was shown.
    PriceChanged {
        /// What was shown.
        before: Money,
        /// What it is now.
        now: Money,
    },
    /// A line cannot be had as often as wanted.
    OutOfStock {
        /// Which.
        title: String,
        /// How many pieces are left.
        left: u64,
    },
    /// A discount code does not apply.
    CodeRejected(String),
    /// Anything else, in words.
    Failed(String),
}

/// The order once more.
#[derive(Debug)]
pub struct ReviewView<'a> {
    /// The checkout.
    pub checkout: &'a Checkout,
    /// Ways of shipping to the address.
    pub shippings: &'a [Shipping],
    /// The place of collection, if it is one.
    pub pickup: Option<&'a Pickup>,
    /// Ways to pay.
    pub pay: &'a [PayChoice],
    /// Whether a member's card is to be kept; `None` for guests.
    pub keeps: Option<bool>,
    /// What to say above it.
    pub said: Option<&'a ReviewNotice>,
    /// Whether prices include tax.
    pub tax_included: bool,
    /// The destination's country by name.
    pub country: String,
    /// What is paid at once and what later, if the goods are on presale.
    pub presale: Option<PresaleView>,
    /// What is in the member's wallet beside what is used.
    pub spare: &'a [Spare],
    /// What the order has to do with points, in a shop that has a program.
    pub points: Option<PointsView>,
}

/// The second step.
pub fn review(frame: &Frame, view: &ReviewView<'_>) -> Page {
    let t = frame.texts;
    let checkout = view.checkout;
    let here = path(checkout);
    let sold_out = matches!(view.said, Some(ReviewNotice::OutOfStock { .. }));
    let main = html! {
        div.wide.block.narrow {
            (steps(frame, 2))
            h1 { (t.t("review.title")) }
            @if let Some(said) = view.said { (review_notice(frame, said)) }
            (recipient(frame, view, &here))
            (delivery_choice(frame, view, &here))
            section.block-small { h2 { (t.t("checkout.summary")) } (lines(frame, checkout)) }
            @if view.presale.is_none() { (discount_form(frame, view, &here)) }
            @if let Some(points) = &view.points { (super::points::points(frame, points, (&here, &format!("{here}/points")))) }
            (sums(frame, checkout, view.tax_included))
            @if let Some(presale) = &view.presale { (super::presale::agreed(frame, presale)) }
            @if sold_out { p.after-box { a.button href="/cart" { (t.t("review.to_cart")) } } }
            @else { (pay_form(frame, view, &here)) }
        }
    };
    let mut page = Page::private(t.t("review.title"), main);
    page.bottom = Bottom::Nothing;
    page
}

fn pay_form(frame: &Frame, view: &ReviewView<'_>, here: &str) -> Markup {
    let t = frame.texts;
    let checkout = view.checkout;
    let total = money(checkout, checkout.quote.total);
    html! {
            form #pay.fields method="post" action=(format!("{here}/place")) data-island="once" {
                (frame.token_field())
                input type="hidden" name="expected_total" value=(checkout.quote.total);
                fieldset {
                    legend { (t.t("review.pay_how")) }
                    @for (at, choice) in view.pay.iter().enumerate() {
                        label.check { input type="radio" name="pay" value=(choice.value) checked[at == 0]; span { (choice.label) } }
                    }
                    @if let Some(keeps) = view.keeps {
                        input type="hidden" name="may_keep" value="1";
                        label.check { input type="checkbox" name="keep" value="1" checked[keeps]; span { (t.t("review.keep_card")) } }
                    }
                }
                p.quiet { (icon(Icon::Lock)) " " (t.t("review.promise")) }
                button.button type="submit" {
                    @match &view.presale {
                        Some(presale) => (t.with("presale.button", &[("deposit", &t.money(presale.deposit))])),
                        None => (t.with("review.pay", &[("total", &t.money(total))])),
                    }
                }
            }
    }
}

fn review_notice(frame: &Frame, said: &ReviewNotice) -> Markup {
    let t = frame.texts;
    match said {
        ReviewNotice::PriceChanged { before, now } => notice(
            Tone::Warning,
            t.t("review.price_changed"),
            &html! { p { (t.with("review.price_changed_body", &[("before", &t.money(*before)), ("now", &t.money(*now))])) } },
        ),
        ReviewNotice::OutOfStock { title, left } => notice(
            Tone::Bad,
            &if *left == 0 {
                t.with("review.out_of_stock", &[("title", title)])
            } else {
                t.count("review.only", *left, &[("title", title)])
            },
            &html! { p { (t.t("review.out_of_stock_body")) } p { a href="/cart" { (t.t("review.to_cart")) } } },
        ),
        ReviewNotice::CodeRejected(code) => notice(
            Tone::Warning,
            &t.with("review.code_rejected", &[("code", code)]),
            &html! { p { (t.t("review.code_rejected_body")) } },
        ),
        ReviewNotice::Failed(why) => {
            notice(Tone::Bad, t.t("review.failed"), &html! { p { (why) } })
        }
    }
}

fn recipient(frame: &Frame, view: &ReviewView<'_>, here: &str) -> Markup {
    let t = frame.texts;
    let intent = &view.checkout.intent;
    html! {
        section.card-box {
            h2 { (t.t("review.to")) }
            p {
                (intent.buyer.first_name) " " (intent.buyer.last_name) br; (intent.buyer.email)
                @if let (Some(a), Some(Delivery::Ship(_))) = (&intent.destination, intent.delivery) {
                    br; (a.street) @if !a.street_2.is_empty() { ", " (a.street_2) }
                    br; (a.postal_code) " " (a.city) @if !a.region.is_empty() { ", " (a.region) }
                    br; (view.country)
                }
            }
            a href=(here) { (t.t("review.change")) }
        }
    }
}

fn delivery_choice(frame: &Frame, view: &ReviewView<'_>, here: &str) -> Markup {
    let t = frame.texts;
    let chosen = match view.checkout.intent.delivery {
        Some(Delivery::Ship(rate)) => Some(rate),
        _ => None,
    };
    if let Some(pickup) = view.pickup {
        return html! {
            section.card-box {
                h2 { (t.t("review.collect")) }
                p { strong { (pickup.name) } br; (pickup.address) br;
                    @match &pickup.ready { Some(at) => (ready(t, at)), None => (t.t("pickup.not_all_here")) }
                    br; span.quiet { (pickup.hours) }
                }
            }
        };
    }
    if view.shippings.is_empty() {
        return html! {};
    }
    html! {
        form.card-box method="post" action=(format!("{here}/delivery")) data-island="submit-on-change" {
            (frame.token_field())
            fieldset {
                legend { (t.t("review.delivery")) }
                @for shipping in view.shippings {
                    label.check.method {
                        input type="radio" name="rate" value=(shipping.rate) checked[chosen == Some(shipping.rate)];
                        span { strong { (shipping.title) } span.quiet { (arrives(t, shipping)) } }
                        span.price { (price_or_free(t, shipping.price)) }
                    }
                }
            }
            // With a script the choice sends the form; a button that steps aside later would move what is below it.
            @if view.shippings.len() > 1 { noscript { button.quiet-button type="submit" { (t.t("review.update")) } } }
        }
    }
}

fn discount_form(frame: &Frame, view: &ReviewView<'_>, here: &str) -> Markup {
    let t = frame.texts;
    html! {
        form.discount method="post" action=(format!("{here}/discount")) {
            (frame.token_field())
            label for="code" { (t.t("review.code")) " " span.quiet { (t.t("field.optional")) } }
            div.with-button {
                input #code name="code" type="text" maxlength="60" autocomplete="off" autocapitalize="characters";
                button.quiet-button type="submit" { (t.t("review.code_apply")) }
            }
            @for applied in &view.checkout.quote.applied {
                // What applies by itself has no code, and stays.
                @if !applied.code.is_empty() { p.quiet { (icon(Icon::Check)) " " (discount_title(&applied.title, &applied.code))
                    " " (t.money(money(view.checkout, -applied.amount)))
                    " " button.link-button type="submit" name="remove" value=(applied.code) { (t.t("cart.remove")) } } }
            }
            (spare(frame, view.spare))
        }
    }
}

/// What is in the wallet and not used: why it does not apply, or a button if it would.
fn spare(frame: &Frame, spare: &[Spare]) -> Markup {
    let t = frame.texts;
    html! {
        @if !spare.is_empty() {
            p { strong { (t.t("wallet.spare")) } }
            @for Spare { entry, why } in spare {
                p.quiet {
                    (worth(t, entry)) " · " (discount_title(&entry.title, &entry.code))
                    @match why {
                        Some(why) => span.spare-why { (why) },
                        None => { " " button.link-button type="submit" name="code" value=(entry.code) { (t.t("wallet.use")) } },
                    }
                }
            }
        }
    }
}
