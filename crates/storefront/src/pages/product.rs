//! The product page, in the order of a decision: picture, name, price with its reason, when it comes,
//! options, buy; everything else below.

use super::icon::{Icon, icon};
use super::layout::{Bottom, Frame, Indexing, Page};
use super::picture::{self, Load, PRODUCT, picture};
use super::{
    arrives, cards, crumbs, jsonld, order_within, price_or_free, ready, reviews, row, wishes,
};
use crate::views::Card;
use crate::views::product::{OptionView, ProductView};
use crate::views::reviews::ReviewsView;
use maud::{Markup, html};

/// Pieces from which the page says that few are left.
const FEW: i64 = 5;

/// The product page.
pub fn product(frame: &Frame, view: &ProductView, said: &ReviewsView, together: &[Card]) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.product {
            (crumbs(frame, &view.trail, None))
            div.product-picture {
                (picture(frame, &view.image, &view.title, &PRODUCT, Load::First))
            }
            div.product-facts {
                @if !view.brand.is_empty() { p.quiet.brand-line { (view.brand) } }
                div.with-heart { h1 { (view.title) } (wishes::heart(frame, wishes::Of::Variant(view.variant), &view.title)) }
                (reviews::average(frame, said))
                (price(frame, view))
                @if let Some(sale) = &view.sale { (super::event::reasons(frame, sale)) }
                (delivery(frame, view))
                @for option in &view.options { (option_links(frame, option)) }
                @if let Some(presale) = &view.presale { (super::presale::offer(frame, presale)) }
                (buy_form(frame, view))
                (wishes::alerts(frame, view))
                @if let Some(seller) = &view.seller { p.quiet { (t.with("product.sold_by", &[("seller", seller)])) } }
            }
            div.product-more {
                @if !view.description.is_empty() {
                    section { h2 { (t.t("product.description")) } p.words { (view.description) } }
                }
                (shops(frame, view))
                (details(frame, view))
            }
        }
        (row::together(frame, "together.title", together))
        (reviews::below_product(frame, said))
        @if !view.related.is_empty() {
            section.wide.block { h2 { (t.t("product.related")) } (cards(frame, &view.related, 0)) }
        }
        (row::recent(frame, Some(view)))
    };
    Page {
        title: view.title.clone(),
        description: description(frame, view),
        indexing: Indexing::At(view.canonical.clone()),
        head: head(frame, view, said),
        main,
        bottom: Bottom::Action(buy_bar(frame, view)),
    }
}

fn description(frame: &Frame, view: &ProductView) -> String {
    let t = frame.texts;
    let price = view.price.map_or(String::new(), |p| t.money(p));
    let about: String = view.description.chars().take(120).collect();
    let text = t.with(
        "product.meta",
        &[("title", &view.title), ("price", &price), ("about", &about)],
    );
    text.trim().to_string()
}

fn head(frame: &Frame, view: &ProductView, said: &ReviewsView) -> Markup {
    let here = (view.title.as_str(), view.canonical.as_str());
    html! {
        meta property="og:type" content="product";
        (picture::preview(frame, &view.image, &view.title))
        @if let Some(price) = view.price {
            meta property="product:price:amount" content=(price.decimal());
            meta property="product:price:currency" content=(price.currency);
        }
        (jsonld::product(frame, view, said))
        (jsonld::breadcrumbs(frame, &view.trail, Some(here)))
    }
}

/// The price and what is in it.
fn price(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    let Some(price) = view.price else {
        return html! { p.price-line { span.quiet { (t.t("price.none")) } } };
    };
    let key = match (view.tax_included, view.tax_ppm) {
        (true, 0) => "price.no_tax",
        (true, _) => "price.with_tax",
        (false, _) => "price.without_tax",
    };
    let tax = t.with(key, &[("rate", &t.percent(view.tax_ppm))]);
    html! {
        p.price-line {
            span.price-large data-sale=[view.sale.as_ref().map(|_| "")] { (t.money(price)) }
            @if let Some(sale) = &view.sale {
                s.was aria-label=(t.with("sale.was", &[("price", &t.money(sale.regular))])) { (t.money(sale.regular)) }
            }
            span.quiet {
                (tax)
                @if let Some(shipping) = &view.shipping {
                    ", "
                    @if shipping.price.minor == 0 { (t.t("price.free_delivery")) }
                    @else { (t.with("price.plus_delivery", &[("price", &t.money(shipping.price))])) }
                }
            }
        }
    }
}

/// "Arrives Thursday" and "collect today at Mitte".
fn delivery(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    let soonest = view
        .pickups
        .iter()
        .find_map(|p| Some((p, p.ready.as_ref()?)));
    html! {
        ul.facts.promise {
            @if let Some(shipping) = &view.shipping {
                li { (icon(Icon::Truck)) span { strong { (arrives(t, shipping)) }
                    @if let Some(within) = order_within(t, shipping) { " " (within) }
                    @if view.shippable <= FEW { " · " (t.count("stock.few", u64::try_from(view.shippable).unwrap_or(0), &[])) }
                } }
            }
            @if let Some((pickup, at)) = soonest {
                li { (icon(Icon::Shop)) span {
                    strong { (t.with("pickup.at", &[("shop", &pickup.name), ("when", &ready(t, at))])) }
                } }
            }
            @if view.shipping.is_none() && soonest.is_none() {
                li.sold-out { (icon(Icon::Warning)) span { strong { (t.t("stock.sold_out")) } br; (t.t("stock.sold_out_hint")) } }
            }
        }
    }
}

fn option_links(frame: &Frame, option: &OptionView) -> Markup {
    html! {
        div.option role="group" aria-label=(option.name) {
            p.option-name { (option.name) }
            ul.option-values {
                @for choice in &option.choices {
                    li {
                        a.chip href=(choice.href) data-sold-out=[(!choice.available).then_some("")]
                            aria-current=[choice.selected.then_some("true")] rel="nofollow" {
                            (choice.label)
                            @if !choice.available { span.visually-hidden { " (" (frame.texts.t("stock.sold_out")) ")" } }
                        }
                    }
                }
            }
        }
    }
}

/// The form that puts the variant into the cart. On phones its button is in the bottom bar.
fn buy_form(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    let action = match view.presale {
        Some(_) => "/checkout",
        None => "/cart/add",
    };
    html! {
        form #buy.buy method="post" action=(action) data-island="once" {
            (frame.token_field())
            input type="hidden" name="variant" value=(view.variant);
            @if view.buyable() {
                label.quantity { span { (t.t("cart.quantity")) }
                    input type="number" name="quantity" value="1" min="1" max="999" inputmode="numeric";
                }
                button.button.wide-only type="submit" { (buy_label(frame, view)) }
                @if view.presale.is_none() { button.button.quiet-button.wide-only type="submit" formaction="/checkout" { (t.t("product.buy_now")) } }
            }
        }
    }
}

/// What the button says: goods on presale go straight to the checkout.
fn buy_label(frame: &Frame, view: &ProductView) -> String {
    match &view.presale {
        Some(presale) => super::presale::button(frame, presale),
        None => frame.texts.t("product.buy").to_string(),
    }
}

fn buy_bar(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    html! {
        @if view.buyable() {
            @if view.presale.is_none() {
                button.button.quiet-button type="submit" form="buy" { (t.t("product.buy")) }
                button.button type="submit" form="buy" formaction="/checkout" { (t.t("product.buy_now")) }
            } @else { button.button type="submit" form="buy" { (buy_label(frame, view)) } }
        } @else {
            span.button.button-off { (t.t("stock.sold_out")) }
        }
    }
}

/// Where it can be collected, shop by shop.
fn shops(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    html! {
        @if !view.pickups.is_empty() {
            section.in-shops {
                h2 { (t.t("product.shops")) }
                ul.shops {
                    @for pickup in &view.pickups {
                        li {
                            div { strong { (pickup.name) } br; span.quiet { (pickup.address) } br; span.quiet { (pickup.hours) } }
                            @match &pickup.ready {
                                Some(at) => span.tag.tag-good { (icon(Icon::Check)) (ready(t, at))
                                    @if pickup.pieces <= FEW { " · " (t.count("stock.few", u64::try_from(pickup.pieces).unwrap_or(0), &[])) }
                                },
                                None => span.tag.tag-quiet { (t.t("pickup.not_here")) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn details(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    html! {
        section {
            h2 { (t.t("product.details")) }
            dl.details {
                dt { (t.t("product.sku")) } dd { (view.sku) }
                @if let Some(gtin) = &view.gtin { dt { "GTIN" } dd { (gtin.trim_start_matches('0')) } }
                @if !view.options_line.is_empty() { dt { (t.t("product.variant")) } dd { (view.options_line) } }
                @if view.weight_grams > 0 { dt { (t.t("product.weight")) } dd { (t.number(i64::from(view.weight_grams))) " g" } }
                @if let Some(shipping) = &view.shipping {
                    dt { (t.t("product.delivery")) }
                    dd { (shipping.title) ", " (price_or_free(t, shipping.price)) }
                }
            }
        }
    }
}
