//! Category and search pages: facets, the goods, the pages.

use super::layout::{Bottom, Frame, Indexing, Page, SearchPlace, search_form};
use super::{Tone, cards, crumbs, jsonld, notice};
use crate::views::listing::{Listing, PriceRange, Sort, Value, address};
use crate::views::{Card, Link};
use commerce::Money;
use maud::{Markup, html};
use search::Match;

/// Pictures that are on a phone's first screen.
const EAGER: usize = 2;

/// A category page.
pub fn category(frame: &Frame, trail: &[Link], below: &[Link], listing: &Listing) -> Page {
    let t = frame.texts;
    let empty = Link {
        title: String::new(),
        href: "/".to_string(),
        image: String::new(),
    };
    let (here, above) = trail.split_last().unwrap_or((&empty, &[]));
    let main = html! {
        div.wide.block {
            (crumbs(frame, above, Some(&here.title)))
            h1 { (here.title) }
            @if !below.is_empty() {
                ul.sub-links { @for link in below { li { a.chip href=(link.href) { (link.title) } } } }
            }
            (results(frame, &here.href, listing))
        }
    };
    let plain = !listing.filter.narrows() && listing.filter.sort == Sort::Best;
    let path = if listing.page > 1 {
        address(&here.href, &listing.filter.pairs(listing.page))
    } else {
        here.href.clone()
    };
    Page {
        title: here.title.clone(),
        description: t.with(
            "category.meta",
            &[
                ("category", &here.title),
                ("count", &t.number(listing.total as i64)),
            ],
        ),
        indexing: if plain {
            Indexing::At(path)
        } else {
            Indexing::Never
        },
        head: html! {
            meta property="og:type" content="website";
            (super::picture::sign(frame))
            (jsonld::breadcrumbs(frame, trail, None))
        },
        main,
        bottom: Bottom::Places,
    }
}

/// The search page. `instead` is shown when nothing fits.
pub fn search(frame: &Frame, listing: &Listing, instead: &[Card]) -> Page {
    let matched = listing.matched;
    let t = frame.texts;
    let query = &listing.filter.query;
    let asked = !query.is_empty();
    let main = html! {
        div.wide.block {
            @if asked {
                h1 { (t.with("search.title_for", &[("query", query)])) }
            } @else {
                h1 { (t.t("search.title")) }
            }
            (search_form(frame, query, SearchPlace::Page))
            @match matched {
                Match::Similar => (notice(Tone::Plain, &t.with("search.similar", &[("query", query)]), &meant(frame, listing))),
                Match::Partial => (notice(Tone::Plain, &t.with("search.partial", &[("query", query)]), &meant(frame, listing))),
                Match::Exact | Match::None => {},
            }
            @if asked && matched == Match::None {
                (nothing(frame, query, listing))
            }
            @if matched == Match::None {
                @if !asked { h2 { (t.t("home.categories")) } (super::home::category_tiles(frame, &frame.categories)) }
                @if !instead.is_empty() { h2 { (t.t("search.instead")) } (cards(frame, instead, 0)) }
            } @else {
                (results(frame, "/search", listing))
            }
        }
    };
    let title = if asked {
        t.with("search.title_for", &[("query", query)])
    } else {
        t.t("search.title").to_string()
    };
    Page::private(&title, main)
}

/// What may have been meant, as a search of its own.
fn meant(frame: &Frame, listing: &Listing) -> Markup {
    html! {
        @if let Some(meant) = &listing.meant {
            p { a href=(address("/search", &[("q".to_string(), meant.clone())])) { (frame.texts.with("search.did_you_mean", &[("query", meant)])) } }
        }
    }
}

fn nothing(frame: &Frame, query: &str, listing: &Listing) -> Markup {
    let t = frame.texts;
    let tips = html! {
        (meant(frame, listing))
        ul.tips {
            li { (t.t("search.tip_spelling")) }
            li { (t.t("search.tip_fewer")) }
            li { a href="/categories" { (t.t("search.tip_categories")) } }
        }
    };
    notice(
        Tone::Plain,
        &t.with("search.nothing", &[("query", &query)]),
        &tips,
    )
}

fn results(frame: &Frame, path: &str, listing: &Listing) -> Markup {
    let t = frame.texts;
    html! {
        div.results {
            (facets(frame, path, listing))
            div.found {
                div.found-head {
                    p.quiet { (t.count("items", listing.total as u64, &[])) }
                    (sort_links(frame, path, listing))
                }
                @if listing.cards.is_empty() {
                    (notice(Tone::Plain, t.t("listing.empty"), &html! { p { a href=(path_without_facets(path, listing)) { (t.t("listing.reset")) } } }))
                } @else {
                    (cards(frame, &listing.cards, EAGER))
                }
                (pages(frame, path, listing))
            }
        }
    }
}

fn path_without_facets(path: &str, listing: &Listing) -> String {
    let query: Vec<(String, String)> = listing
        .filter
        .pairs(1)
        .into_iter()
        .filter(|(name, _)| name == "q")
        .collect();
    address(path, &query)
}

fn sort_label(frame: &Frame, sort: Sort) -> &'static str {
    let t = frame.texts;
    match sort {
        Sort::Best => t.t("sort.best"),
        Sort::PriceUp => t.t("sort.price"),
        Sort::PriceDown => t.t("sort.price_desc"),
        Sort::Name => t.t("sort.name"),
        Sort::Newest => t.t("sort.newest"),
    }
}

/// The ways to sort this list.
fn sorts(listing: &Listing) -> impl Iterator<Item = Sort> {
    let by_name = listing.can_sort_by_name;
    Sort::ALL
        .into_iter()
        .filter(move |s| by_name || *s != Sort::Name)
}

/// The choice of an order on wide screens; on a phone it is in the filters' form.
fn sort_links(frame: &Frame, path: &str, listing: &Listing) -> Markup {
    let t = frame.texts;
    let hidden: Vec<(String, String)> = listing
        .filter
        .pairs(1)
        .into_iter()
        .filter(|(name, _)| name != "sort")
        .collect();
    html! {
        form.sort action=(path) data-island="submit-on-change" {
            @for (name, value) in &hidden { input type="hidden" name=(name) value=(value); }
            label for="sort" { (t.t("sort.label")) }
            select #sort name="sort" {
                @for sort in sorts(listing) {
                    option value=(sort.word()) selected[sort == listing.filter.sort] { (sort_label(frame, sort)) }
                }
            }
            noscript { button.quiet-button type="submit" { (t.t("sort.apply")) } }
        }
    }
}

fn facets(frame: &Frame, path: &str, listing: &Listing) -> Markup {
    let t = frame.texts;
    let facets = &listing.facets;
    let filter = &listing.filter;
    let narrowed = filter.narrows();
    html! {
        details.facets open[narrowed] {
            summary { (t.t("facets.title")) @if narrowed { span.badge { (chosen_count(listing)) } } }
            form action=(path) {
                @if !filter.query.is_empty() { input type="hidden" name="q" value=(filter.query); }
                fieldset.sort-phone {
                    legend { (t.t("sort.label")) }
                    @for sort in sorts(listing) {
                        label.check { input type="radio" name="sort" value=(sort.word()) checked[sort == filter.sort]; span { (sort_label(frame, sort)) } }
                    }
                }
                fieldset {
                    legend { (t.t("facets.availability")) }
                    (choice("checkbox", "stock", "1", filter.in_stock, t.t("stock.in_stock"), facets.in_stock, frame))
                }
                @if !facets.shops.is_empty() { (one_of(frame, "shop", t.t("facets.shop"), t.t("facets.any_shop"), &facets.shops)) }
                @if facets.categories.len() > 1 || filter.category.is_some() {
                    (one_of(frame, "category", t.t("facets.category"), t.t("facets.any_category"), &facets.categories))
                }
                @if facets.prices.len() > 1 || filter.price.is_some() { (one_of(frame, "price", t.t("facets.price"), t.t("facets.any_price"), &priced(frame, &facets.prices))) }
                @for option in &facets.options {
                    fieldset { legend { (option.label) } @for value in &option.values { (value_choice("checkbox", &format!("o.{}", option.name), value, frame)) } }
                }
                @if facets.brands.len() > 1 || !filter.brands.is_empty() {
                    fieldset { legend { (t.t("facets.brand")) } @for value in &facets.brands { (value_choice("checkbox", "brand", value, frame)) } }
                }
                div.facet-buttons {
                    button.button type="submit" { (t.t("facets.apply")) }
                    @if narrowed { a.quiet-button href=(path_without_facets(path, listing)) { (t.t("listing.reset")) } }
                }
            }
        }
    }
}

/// One of some values, or any.
fn one_of(frame: &Frame, name: &str, legend: &str, any: &str, values: &[Value]) -> Markup {
    html! {
        fieldset {
            legend { (legend) }
            label.check { input type="radio" name=(name) value="" checked[!values.iter().any(|v| v.chosen)]; span { (any) } }
            @for value in values { (value_choice("radio", name, value, frame)) }
        }
    }
}

fn priced(frame: &Frame, ranges: &[PriceRange]) -> Vec<Value> {
    let labeled = |range: &PriceRange| Value {
        label: range_label(frame, range),
        ..range.value.clone()
    };
    ranges.iter().map(labeled).collect()
}

fn chosen_count(listing: &Listing) -> usize {
    let filter = &listing.filter;
    usize::from(filter.in_stock)
        + usize::from(filter.shop.is_some())
        + usize::from(filter.price.is_some())
        + usize::from(filter.category.is_some())
        + filter.brands.len()
        + filter
            .options
            .values()
            .map(std::collections::BTreeSet::len)
            .sum::<usize>()
}

fn value_choice(kind: &str, name: &str, value: &Value, frame: &Frame) -> Markup {
    choice(
        kind,
        name,
        &value.value,
        value.chosen,
        &value.label,
        value.count,
        frame,
    )
}

fn choice(
    kind: &str,
    name: &str,
    value: &str,
    chosen: bool,
    label: &str,
    count: usize,
    frame: &Frame,
) -> Markup {
    html! {
        label.check {
            input type=(kind) name=(name) value=(value) checked[chosen];
            span { (label) }
            span.quiet.count { (frame.texts.number(count as i64)) }
        }
    }
}

fn range_label(frame: &Frame, range: &PriceRange) -> String {
    let t = frame.texts;
    let unit = 10_i64.pow(frame.currency.exponent());
    let money = |whole: i64| {
        t.money(Money {
            minor: whole.saturating_mul(unit),
            currency: frame.currency,
        })
    };
    match range.range {
        (None, Some(to)) => t.with("facets.price_below", &[("to", &money(to))]),
        (Some(from), None) => t.with("facets.price_from", &[("from", &money(from))]),
        (Some(from), Some(to)) => t.with(
            "facets.price_between",
            &[("from", &money(from)), ("to", &money(to))],
        ),
        (None, None) => String::new(),
    }
}

fn pages(frame: &Frame, path: &str, listing: &Listing) -> Markup {
    let t = frame.texts;
    let to = |page: usize| address(path, &listing.filter.pairs(page));
    html! {
        @if listing.pages > 1 {
            nav.pages aria-label=(t.t("pages.label")) {
                @if listing.page > 1 { a.quiet-button rel="prev" href=(to(listing.page - 1)) { (t.t("pages.previous")) } }
                span { (t.with("pages.of", &[("page", &listing.page), ("pages", &listing.pages)])) }
                @if listing.page < listing.pages { a.quiet-button rel="next" href=(to(listing.page + 1)) { (t.t("pages.next")) } }
            }
        }
    }
}
