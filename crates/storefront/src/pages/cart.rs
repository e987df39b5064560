//! The cart: lines, price and delivery at once, the way on.

use super::icon::{Icon, icon};
use super::layout::{Bottom, Frame, Page};
use super::picture::{LINE, Load, picture};
use super::{Tone, arrives, notice, order_within, price_or_free, ready};
use crate::views::Card;
use crate::views::cart::{CartLine, CartView, Problem};
use maud::{Markup, html};

/// Something to say above the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartNotice {
    /// A product was put in.
    Added(String),
    /// The goods of an order that was not paid are back in the cart.
    Refilled,
    /// It could not be changed.
    Failed(String),
}

/// The cart page.
pub fn cart(frame: &Frame, view: &CartView, said: Option<&CartNotice>, together: &[Card]) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("cart.title")) @if view.pieces() > 0 { " " span.quiet { (t.count("items", view.pieces(), &[])) } } }
            @if let Some(said) = said { (cart_notice(frame, said)) }
            @if view.lines.is_empty() {
                div.empty {
                    (icon(Icon::Cart))
                    p { (t.t("cart.empty")) }
                    p { a.button href="/categories" { (t.t("cart.look_around")) } }
                }
            } @else {
                ul.lines { @for line in &view.lines { (cart_line(frame, line)) } }
                (sums(frame, view))
                @if let Some(points) = &view.points { (super::points::points(frame, points, ("/cart", "/cart/points"))) }
                form.wide-only method="post" action="/checkout" data-island="once" {
                    (frame.token_field())
                    button.button type="submit" disabled[!view.buyable()] { (t.t("cart.checkout")) }
                }
                form #to-checkout method="post" action="/checkout" data-island="once" { (frame.token_field()) }
            }
        }
        (super::row::together(frame, "together.cart", together))
    };
    let mut page = Page::private(t.t("cart.title"), main);
    page.description = t.t("cart.meta").to_string();
    if !view.lines.is_empty() {
        page.bottom = Bottom::Action(html! {
            button.button type="submit" form="to-checkout" disabled[!view.buyable()] {
                (t.t("cart.checkout")) " · " (t.money(view.total))
            }
        });
    }
    page
}

fn cart_notice(frame: &Frame, said: &CartNotice) -> Markup {
    let t = frame.texts;
    match said {
        CartNotice::Added(title) => notice(
            Tone::Good,
            &t.with("cart.added", &[("title", title)]),
            &html! {},
        ),
        CartNotice::Refilled => notice(
            Tone::Warning,
            t.t("cart.refilled"),
            &html! { p { (t.t("cart.refilled_body")) } },
        ),
        CartNotice::Failed(why) => notice(Tone::Bad, t.t("cart.failed"), &html! { p { (why) } }),
    }
}

fn cart_line(frame: &Frame, line: &CartLine) -> Markup {
    let t = frame.texts;
    let set = |quantity: u32| format!("{}:{quantity}", line.variant);
    let most = match line.problem {
        Some(Problem::Only(left)) => u32::try_from(left).unwrap_or(0),
        _ => u32::MAX,
    };
    html! {
        li.line {
            a.line-picture href=(line.href) tabindex="-1" aria-hidden="true" {
                (picture(frame, &line.image, "", &LINE, Load::Late))
            }
            div.line-words {
                a href=(line.href) { (line.title) }
                @if !line.options.is_empty() { span.quiet { (line.options) } }
                @match line.problem {
                    Some(Problem::Gone) => span.problem { (icon(Icon::Warning)) (t.t("cart.gone")) },
                    Some(Problem::Only(0)) => span.problem { (icon(Icon::Warning)) (t.t("stock.sold_out")) },
                    Some(Problem::Only(left)) => span.problem { (icon(Icon::Warning)) (t.count("stock.only", u64::try_from(left).unwrap_or(0), &[])) },
                    None => span.quiet { (t.with("cart.each", &[("price", &t.money(line.unit))])) },
                }
            }
            span.price.line-price { @if line.problem != Some(Problem::Gone) {
                @if line.total != line.regular { s.was aria-label=(t.with("sale.was", &[("price", &t.money(line.regular))])) { (t.money(line.regular)) } " " }
                (t.money(line.total))
            } }
            @if !line.off.is_empty() { (why(frame, line)) }
            form.steps method="post" action="/cart/set" {
                (frame.token_field())
                button type="submit" name="set" value=(set(line.quantity.saturating_sub(1).min(most)))
                    aria-label=(t.with("cart.fewer", &[("title", &line.title)])) { (icon(Icon::Minus)) }
                span aria-label=(t.t("cart.quantity")) { (line.quantity) }
                button type="submit" name="set" value=(set(line.quantity.saturating_add(1)))
                    disabled[line.problem.is_some()]
                    aria-label=(t.with("cart.more", &[("title", &line.title)])) { (icon(Icon::Plus)) }
                button.remove type="submit" name="set" value=(set(0))
                    aria-label=(t.with("cart.remove_title", &[("title", &line.title)])) { (t.t("cart.remove")) }
            }
        }
    }
}

/// Why a line costs what it does, step by step.
fn why(frame: &Frame, line: &CartLine) -> Markup {
    let t = frame.texts;
    html! {
        details.why {
            summary { (t.t("why.title")) }
            dl {
                dt { (line.quantity) " × " (t.money(line.unit)) } dd { (t.money(line.regular)) }
                @for (title, amount) in &line.off { dt { (title) } dd { (t.money(*amount)) } }
                dt.total { (t.t("why.pays")) } dd.total { (t.money(line.total)) }
            }
        }
    }
}

fn sums(frame: &Frame, view: &CartView) -> Markup {
    let t = frame.texts;
    let soonest = view
        .pickups
        .iter()
        .find_map(|p| Some((p, p.ready.as_ref()?)));
    html! {
        section.sums aria-label=(t.t("sum.title")) {
            dl {
                dt { (t.t("sum.goods")) } dd { (t.money(view.subtotal)) }
                @for applied in &view.applied { dt { (applied.title) } dd { (t.money(applied.amount)) } }
                @if let Some(shipping) = &view.shipping {
                    dt { (t.t("sum.delivery")) " " span.quiet { (arrives(t, shipping)) @if let Some(within) = order_within(t, shipping) { " " (within) } } }
                    dd { (price_or_free(t, shipping.price)) }
                }
                @if !view.tax_included { dt { (t.t("sum.tax")) } dd { (t.money(view.tax_added)) } }
                dt.total { (t.t("sum.total")) } dd.total { (t.money(view.total)) }
                @if view.tax_included { dt.quiet { (t.t("sum.tax_included")) } dd.quiet { (t.money(view.tax)) } }
            }
            @for hint in &view.hints { p.hint { (icon(Icon::Info)) span { (hint) } } }
            @if let Some(missing) = view.free_from {
                p.quiet { (t.with("cart.free_from", &[("missing", &t.money(missing))])) }
            }
            @if let Some((pickup, at)) = soonest {
                p.facts-line { (icon(Icon::Shop)) span { (t.with("cart.or_collect", &[("shop", &pickup.name), ("when", &ready(t, at))])) } }
            }
            @if view.shipping.is_none() && soonest.is_none() && view.lines.iter().all(|l| l.problem.is_none()) {
                p.problem { (icon(Icon::Warning)) (t.t("cart.not_together")) }
            }
        }
    }
}
