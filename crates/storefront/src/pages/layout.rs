//! The frame around every page: head, header, bottom bar, footer.

use super::icon::{Icon, icon};
use crate::views::Link;
use crate::views::listing::address;
use api::i18n::{Language, Texts};
use commerce::id::{ProductId, VariantId};
use commerce::{Currency, Money};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a visitor waits for of an article that they keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kept {
    /// That it can be had again.
    pub back: bool,
    /// That it costs no more than this.
    pub cheaper: Option<Money>,
}

/// For whom and where a page is rendered.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The texts of the reader's language.
    pub texts: Texts,
    /// The currency of prices.
    pub currency: Currency,
    /// Currencies on offer.
    pub currencies: Vec<Currency>,
    /// The shop's name.
    pub shop_name: String,
    /// Where shoppers reach the shop, without a slash at the end.
    pub public_url: String,
    /// The path of this page.
    pub path: String,
    /// The query of this page, without the choice of language.
    pub query: Vec<(String, String)>,
    /// What the visitor keeps.
    pub favourites: BTreeMap<VariantId, Kept>,
    /// Whether the shop has a way to tell people something.
    pub alerts: bool,
    /// Pieces in the cart.
    pub cart_pieces: u64,
    /// Whether somebody is signed in.
    pub signed_in: bool,
    /// Whether the shop's address allows passkeys.
    pub passkeys: bool,
    /// The token that proves that a form is ours.
    pub form_token: String,
    /// Whether the browser asks not to be followed.
    pub is_private: bool,
    /// Whether payments move no real money.
    pub test_money: bool,
    /// The top categories.
    pub categories: Vec<Link>,
    /// The address of the stylesheet.
    pub stylesheet: String,
    /// The address of the script, if it was built.
    pub script: Option<String>,
    /// What is known of pictures.
    pub media: Arc<media::Library>,
}

impl Frame {
    /// The hidden field that every form of ours carries.
    pub fn token_field(&self) -> Markup {
        html! { input type="hidden" name="token" value=(self.form_token); }
    }

    /// The full address of a path of the shop.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Whether the visitor keeps an article of a product.
    pub fn keeps(&self, product: ProductId) -> bool {
        let articles = VariantId(product.0)..=VariantId(product.0 | 0xff);
        self.favourites.range(articles).next().is_some()
    }

    fn in_language(&self, language: Language) -> String {
        let mut pairs = self.query.clone();
        pairs.push(("lang".to_string(), language.tag().to_string()));
        address(&self.path, &pairs)
    }
}

/// What the bottom of the screen holds on a phone.
#[derive(Debug)]
pub enum Bottom {
    /// Home, categories, search, cart.
    Places,
    /// Search and cart beside the page's one action.
    Action(Markup),
    /// Nothing: one task, no way out but on purpose.
    Nothing,
}

/// Whether search engines may list a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indexing {
    /// Under this path.
    At(String),
    /// Not at all.
    Never,
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// Its title, without the shop's name.
    pub title: String,
    /// What it is about, for search engines; or empty.
    pub description: String,
    /// Whether search engines may list it.
    pub indexing: Indexing,
    /// Further elements of the head: structured data, a picture for those who share it, a refresh.
    pub head: Markup,
    /// What it shows.
    pub main: Markup,
    /// What the bottom of the screen holds on a phone.
    pub bottom: Bottom,
}

impl Page {
    /// A page that search engines leave alone.
    pub fn private(title: &str, main: Markup) -> Self {
        Self {
            title: title.to_string(),
            description: String::new(),
            indexing: Indexing::Never,
            head: html! {},
            main,
            bottom: Bottom::Places,
        }
    }
}

/// A whole document.
pub fn render(frame: &Frame, page: &Page) -> Markup {
    let t = frame.texts;
    let simple = matches!(page.bottom, Bottom::Nothing);
    html! {
        (DOCTYPE)
        html lang=(html_language(t.language())) {
            (head(frame, page))
            body {
                a.skip href="#main" { (t.t("nav.skip")) }
                (header(frame, simple))
                main #main tabindex="-1" { (page.main) }
                @if !simple { (super::wishes::form(frame)) (footer(frame)) }
                (bottom(frame, &page.bottom))
            }
        }
    }
}

fn html_language(language: Language) -> &'static str {
    match language {
        Language::Zh => "zh-Hans",
        other => other.tag(),
    }
}

fn head(frame: &Frame, page: &Page) -> Markup {
    let title = if page.title.is_empty() {
        frame.shop_name.clone()
    } else {
        format!("{} · {}", page.title, frame.shop_name)
    };
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
            title { (title) }
            @if !page.description.is_empty() { meta name="description" content=(page.description); }
            link rel="stylesheet" href=(frame.stylesheet);
            @if let Some(script) = &frame.script { script type="module" src=(script) {} }
            (canonical(frame, page))
            meta name="color-scheme" content="light dark";
            meta name="theme-color" content="#fffcf7" media="(prefers-color-scheme: light)";
            meta name="theme-color" content="#171411" media="(prefers-color-scheme: dark)";
            meta name="referrer" content="same-origin";
            link rel="icon" href="/static-shop/icon.svg" type="image/svg+xml";
            link rel="apple-touch-icon" href="/static-shop/icon-192.png";
            link rel="manifest" href="/manifest.webmanifest";
            meta property="og:site_name" content=(frame.shop_name);
            meta property="og:title" content=(title);
            @if !page.description.is_empty() { meta property="og:description" content=(page.description); }
            meta property="og:locale" content=(html_language(frame.texts.language()));
            (page.head)
        }
    }
}

fn canonical(frame: &Frame, page: &Page) -> Markup {
    let Indexing::At(path) = &page.indexing else {
        return html! { meta name="robots" content="noindex"; };
    };
    let join = if path.contains('?') { '&' } else { '?' };
    let in_language = |tag: &str| frame.absolute(&format!("{path}{join}lang={tag}"));
    html! {
        link rel="canonical" href=(frame.absolute(path));
        meta property="og:url" content=(frame.absolute(path));
        @for language in Language::ALL {
            link rel="alternate" hreflang=(html_language(language)) href=(in_language(language.tag()));
        }
        link rel="alternate" hreflang="x-default" href=(frame.absolute(path));
    }
}

fn header(frame: &Frame, simple: bool) -> Markup {
    let t = frame.texts;
    html! {
        header.top {
            @if frame.test_money {
                p.test-money { (icon(Icon::Info)) span { (t.t("test_money")) } }
            }
            p.offline hidden role="status" data-island="offline"
                data-stale=(t.t("offline.stale")) data-kept=(t.t("offline.kept")) data-waiting=(t.t("offline.waiting"))
                data-unseen=(t.t("offline.unseen")) data-failed=(t.t("offline.failed")) { (icon(Icon::Warning)) span { (t.t("offline")) } }
            div.wide.top-row {
                a.brand href="/" { (mark()) span { (frame.shop_name) } }
                @if !simple {
                    (search_form(frame, "", SearchPlace::Header))
                    nav.top-links aria-label=(t.t("nav.main")) {
                        a href="#preferences" { (icon(Icon::Globe)) span { (language_name(t.language())) " · " (frame.currency) } }
                        a.favourites-link href="/account/favourites" { (icon(Icon::Heart)) span { (t.t("wish.title")) } }
                        a.account-link href="/account" { (icon(Icon::Person)) span { (account_word(frame)) } }
                        a.cart-link href="/cart" { (icon(Icon::Cart)) span { (t.t("nav.cart")) } (cart_badge(frame)) }
                    }
                }
            }
            @if !simple {
                nav.shelf-links aria-label=(t.t("nav.categories")) {
                    ul.wide { @for link in &frame.categories { li { a href=(link.href) { (link.title) } } } }
                }
            }
        }
    }
}

/// The shop's sign: a seed.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
            path d="M12 2.500c4.500 4 6.500 8 6.500 11.500a6.500 6.500 0 0 1-13 0C5.500 10.500 7.500 6.500 12 2.500Z" {}
        }
    }
}

/// The way to the member's own pages.
fn account_word(frame: &Frame) -> &'static str {
    let key = if frame.signed_in {
        "nav.account"
    } else {
        "nav.sign_in"
    };
    frame.texts.t(key)
}

fn cart_badge(frame: &Frame) -> Markup {
    let pieces = frame.cart_pieces;
    html! {
        @if pieces > 0 {
            span.badge aria-hidden="true" { @if pieces > 99 { "99+" } @else { (pieces) } }
            span.visually-hidden { ", " (frame.texts.count("items", pieces, &[])) }
        }
    }
}

/// Where a search field stands: ids differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchPlace {
    /// In the header of wide screens.
    Header,
    /// On the page itself.
    Page,
}

/// The search field.
pub fn search_form(frame: &Frame, query: &str, place: SearchPlace) -> Markup {
    let t = frame.texts;
    let (class, id) = match place {
        SearchPlace::Header => ("search search-top", "search-top"),
        SearchPlace::Page => ("search", "search-page"),
    };
    html! {
        form class=(class) action="/search" role="search" data-island="suggest"
            data-suggestions=(t.t("search.suggestions")) data-category=(t.t("search.in_category")) {
            label.visually-hidden for=(id) { (t.t("search.label")) }
            input #(id) type="search" name="q" value=(query) spellcheck="false" maxlength=(search::QUERY_CHARS_MAX)
                placeholder=(t.t("search.placeholder")) autocomplete="off" enterkeyhint="search";
            button type="submit" aria-label=(t.t("search.button")) { (icon(Icon::Search)) }
        }
    }
}

fn bottom(frame: &Frame, bottom: &Bottom) -> Markup {
    let t = frame.texts;
    let cart = html! {
        a.bar-link href="/cart" { (icon(Icon::Cart)) span { (t.t("nav.cart")) } (cart_badge(frame)) }
    };
    let search =
        html! { a.bar-link href="/search" { (icon(Icon::Search)) span { (t.t("nav.search")) } } };
    match bottom {
        Bottom::Nothing => html! {},
        Bottom::Places => html! {
            nav.bar aria-label=(t.t("nav.quick")) {
                a.bar-link href="/" { (icon(Icon::Home)) span { (t.t("nav.home")) } }
                a.bar-link href="/categories" { (icon(Icon::Grid)) span { (t.t("nav.categories")) } }
                (search)
                a.bar-link href="/account" { (icon(Icon::Person)) span { (account_word(frame)) } }
                (cart)
            }
        },
        Bottom::Action(action) => html! {
            section.bar.bar-action aria-label=(t.t("nav.quick")) { (search) (cart) div.bar-main { (action) } }
        },
    }
}

/// The name of a language in itself.
fn language_name(language: Language) -> &'static str {
    match language {
        Language::En => "English",
        Language::De => "Deutsch",
        Language::Zh => "简体中文",
    }
}

fn footer(frame: &Frame) -> Markup {
    let t = frame.texts;
    let here = address(&frame.path, &frame.query);
    html! {
        footer.foot {
            div.wide.foot-row {
                section #preferences aria-label=(t.t("preferences.title")) {
                    h2 { (t.t("preferences.language")) }
                    ul.choices {
                        @for language in Language::ALL {
                            li {
                                a href=(frame.in_language(language)) lang=(html_language(language)) hreflang=(html_language(language))
                                    aria-current=[(language == t.language()).then_some("true")] { (language_name(language)) }
                            }
                        }
                    }
                    h2 { (t.t("preferences.currency")) }
                    form.choices method="post" action="/preferences" {
                        (frame.token_field())
                        input type="hidden" name="back" value=(here);
                        @for currency in &frame.currencies {
                            button type="submit" name="currency" value=(currency)
                                aria-pressed=(if *currency == frame.currency { "true" } else { "false" }) { (currency) }
                        }
                    }
                }
                nav aria-label=(t.t("nav.help")) {
                    h2 { (t.t("nav.help")) }
                    ul { li { a href="/find-order" { (t.t("nav.find_order")) } } li { a href="/categories" { (t.t("nav.categories")) } } }
                }
            }
            p.wide.quiet { (frame.shop_name) " · " (t.t("footer.made_with")) }
        }
    }
}

/// Text that is JSON in a script element: `<` must not end it.
pub fn json_script(json: &str) -> Markup {
    let safe = json.replace('<', "\\u003c");
    html! { script type="application/ld+json" { (PreEscaped(safe)) } }
}
