//! What buyers say: the part of a product's page, a page of its own, and the form to say it. Whatever a shopper wrote is
//! text: it is escaped, and each piece of it finds its own direction.

use super::icon::{Icon, icon};
use super::layout::{Frame, Indexing, Page};
use super::{Tone, notice, photos};
use crate::views::reviews::{Choice, ReviewView, ReviewsView, Stars};
use api::photos::Problem;
use commerce::id::ReviewId;
use commerce::review::{NAME_CHARS_MAX, STARS_MAX, TEXT_CHARS_MAX, TITLE_CHARS_MAX};
use maud::{Markup, html};
use media::Hash;
use store::ReviewSort;

/// Where it is said how the shop makes sure that reviews are from buyers.
pub const HOW: &str = "/reviews/how";
/// Sides of a small photo, in pixels.
const SMALL_SIDE: u32 = 96;

/// Stars in one short line, as lists show them.
pub fn short(frame: &Frame, stars: Stars) -> Markup {
    let t = frame.texts;
    let average = t.tenths(stars.tenths);
    let count = t.number(i64::from(stars.count));
    html! {
        span.stars-short {
            span.star aria-hidden="true" { "★" } " "
            span aria-hidden="true" { (average) " (" (count) ")" }
            span.visually-hidden { (label(frame, stars)) }
        }
    }
}

/// "4.3 of 5 stars, 12 reviews".
fn label(frame: &Frame, stars: Stars) -> String {
    let t = frame.texts;
    let count = t.count("reviews.count", u64::from(stars.count), &[]);
    t.with(
        "reviews.average",
        &[("average", &t.tenths(stars.tenths)), ("count", &count)],
    )
}

/// Five stars, so many of them full.
fn row_of(frame: &Frame, stars: u8) -> Markup {
    let label = frame.texts.with("reviews.stars_of", &[("stars", &stars)]);
    let full = usize::from(stars.min(STARS_MAX));
    html! {
        span.star role="img" aria-label=(label) {
            ("★".repeat(full))
            ("☆".repeat(usize::from(STARS_MAX) - full))
        }
    }
}

/// The average beside the name of a product, leading down to the reviews.
pub fn average(frame: &Frame, view: &ReviewsView) -> Markup {
    html! {
        @if let Some(stars) = Stars::of(view.rating) {
            p.rating-line { a href="#reviews" { (short(frame, stars)) } }
        }
    }
}

/// The part of a product's page.
pub fn below_product(frame: &Frame, view: &ReviewsView) -> Markup {
    let t = frame.texts;
    html! {
        section #reviews.wide.block.reviews {
            h2 { (t.t("reviews.title")) }
            @match Stars::of(view.rating) {
                Some(stars) => {
                    (summary(frame, view, stars))
                    (list(frame, view))
                    @if view.next.is_some() {
                        p { a.button.button-second href=(Choice::default().href(&view.handle)) {
                            (t.count("reviews.all", u64::from(stars.count), &[]))
                        } }
                    }
                },
                None => p.quiet { (t.t("reviews.none")) },
            }
            (below(frame, view))
        }
    }
}

/// Who may write, and how we know that they bought.
fn below(frame: &Frame, view: &ReviewsView) -> Markup {
    let t = frame.texts;
    html! {
        p { a.quiet-button href=(format!("{}/review", view.product_href)) rel="nofollow" { (t.t("reviews.write")) } }
        p.quiet { (t.t("reviews.verified_all")) " " a href=(HOW) { (t.t("reviews.how")) } }
    }
}

/// The average, and how often each number of stars was given.
fn summary(frame: &Frame, view: &ReviewsView, stars: Stars) -> Markup {
    let t = frame.texts;
    html! {
        div.rating {
            p.rating-average {
                strong { (t.tenths(stars.tenths)) }
                span.visually-hidden { " " (label(frame, stars)) }
                span aria-hidden="true" { (row_of(frame, u8::try_from((stars.tenths + 5) / 10).unwrap_or(STARS_MAX))) }
                span.quiet aria-hidden="true" { (t.count("reviews.count", u64::from(stars.count), &[])) }
            }
            ul.rating-bars {
                @for number in (1..=STARS_MAX).rev() {
                    @let count = view.rating.stars[usize::from(number) - 1];
                    @let only = Choice { stars: Some(number), ..Choice::default() };
                    li {
                        a href=(only.href(&view.handle)) rel="nofollow" {
                            span.visually-hidden { (t.with("reviews.with_stars", &[("stars", &number), ("count", &t.number(i64::from(count)))])) }
                            span aria-hidden="true" { (number) " ★" }
                            // A picture of the figure beside it, which says the same.
                            meter min="0" max=(stars.count) value=(count) aria-hidden="true" {}
                            span.quiet aria-hidden="true" { (t.number(i64::from(count))) }
                        }
                    }
                }
            }
        }
    }
}

fn list(frame: &Frame, view: &ReviewsView) -> Markup {
    let t = frame.texts;
    html! {
        @match &view.reviews {
            None => p.quiet { (t.t("reviews.not_now")) },
            Some(reviews) if reviews.is_empty() => p { (t.t("reviews.none_such")) },
            Some(reviews) => ul.review-list { @for review in reviews { li { (one(frame, review)) } } },
        }
    }
}

/// One review.
fn one(frame: &Frame, review: &ReviewView) -> Markup {
    let t = frame.texts;
    let here = format!("/reviews/{}", review.id);
    html! {
        article.review id=(review.id) {
            p.review-head { (row_of(frame, review.stars))
                @if !review.title.is_empty() { strong dir="auto" { (review.title) } }
            }
            p.quiet {
                @if review.name.is_empty() { (t.t("reviews.nameless")) } @else { bdi { (review.name) } }
                " · " time datetime=(review.day) { (review.date) }
                " · " span.verified { (icon(Icon::Check)) (t.t("reviews.verified")) }
            }
            @if !review.text.is_empty() { p.words.review-text dir="auto" { (review.text) } }
            @if !review.photos.is_empty() {
                (pictures(frame, &here, &review.photos))
            }
            @if !review.answer.is_empty() {
                div.review-answer {
                    strong { (t.with("reviews.answer", &[("shop", &frame.shop_name)])) }
                    p.words dir="auto" { (review.answer) }
                }
            }
            div.review-acts {
                @if review.helpful > 0 { span.quiet { (t.count("reviews.helped", u64::from(review.helpful), &[])) } }
                form method="post" action=(format!("{here}/helpful")) data-island="once" {
                    (frame.token_field())
                    button.link-button type="submit" { (t.t("reviews.helpful")) }
                }
                form method="post" action=(format!("{here}/report")) data-island="once" {
                    (frame.token_field())
                    button.link-button type="submit" { (t.t("reviews.report")) }
                }
            }
        }
    }
}

/// Small photos; each opens large, with a way on to the next one.
fn pictures(frame: &Frame, below: &str, photos: &[String]) -> Markup {
    html! {
        ul.review-photos data-island="gallery" data-close=(frame.texts.t("reviews.close")) data-next=(frame.texts.t("reviews.next_photo")) {
            @for (at, photo) in photos.iter().enumerate() {
                @let label = frame.texts.with("reviews.photo", &[("n", &(at + 1)), ("all", &photos.len())]);
                li { a href=(format!("{below}/photo/{photo}/whole")) {
                    img src=(format!("{below}/photo/{photo}/small")) alt=(label) width=(SMALL_SIDE) height=(SMALL_SIDE) loading="lazy" decoding="async";
                } }
            }
        }
    }
}

/// A page with nothing but a product's reviews.
pub fn all(frame: &Frame, view: &ReviewsView, said: Option<&str>) -> Page {
    let t = frame.texts;
    let title = t.with("reviews.of", &[("title", &view.title)]);
    let main = html! {
        div.wide.block.narrow.reviews {
            p { a href=(view.product_href) { "‹ " (view.title) } }
            h1 { (title) }
            @if let Some(said) = said { (notice(Tone::Good, said, &html! {})) }
            @match Stars::of(view.rating) {
                Some(stars) => {
                    (summary(frame, view, stars))
                    (choices(frame, view))
                    (list(frame, view))
                    @if let Some(next) = &view.next {
                        nav.pages { a.button.button-second href=(next) rel="nofollow next" { (t.t("reviews.more")) } }
                    }
                },
                None => p.quiet { (t.t("reviews.none")) },
            }
            (below(frame, view))
        }
    };
    let plain = view.choice == Choice::default();
    Page {
        indexing: if plain {
            Indexing::At(view.choice.href(&view.handle))
        } else {
            Indexing::Never
        },
        description: title.clone(),
        ..Page::private(&title, main)
    }
}

/// Order and narrowing, as links.
fn choices(frame: &Frame, view: &ReviewsView) -> Markup {
    let t = frame.texts;
    let chosen = Choice {
        after: None,
        ..view.choice.clone()
    };
    let chip = |to: Choice, is_current: bool, label: &str| {
        html! {
            a.chip href=(to.href(&view.handle)) rel="nofollow" aria-current=[is_current.then_some("true")] { (label) }
        }
    };
    let by = |sort| Choice {
        sort,
        ..chosen.clone()
    };
    let photos = Choice {
        with_photos: !chosen.with_photos,
        ..chosen.clone()
    };
    html! {
        nav.sub-links aria-label=(t.t("reviews.choose")) {
            (chip(by(ReviewSort::Helpful), chosen.sort == ReviewSort::Helpful, t.t("reviews.by_helpful")))
            (chip(by(ReviewSort::Newest), chosen.sort == ReviewSort::Newest, t.t("reviews.by_newest")))
            @if view.rating.with_photos > 0 || chosen.with_photos {
                (chip(photos, chosen.with_photos, &t.with("reviews.with_photos", &[("count", &t.number(i64::from(view.rating.with_photos)))])))
            }
            @if let Some(stars) = chosen.stars {
                @let every = Choice { stars: None, ..chosen.clone() };
                (chip(every, true, &t.with("reviews.only_stars", &[("stars", &stars)])))
            }
        }
    }
}

/// How the shop makes sure that reviews are from buyers (Directive (EU) 2019/2161 asks it to say so).
pub fn how(frame: &Frame, shows_at_once: bool) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("reviews.how_title")) }
            p { (t.t("reviews.how_bought")) }
            p { (t.t("reviews.how_once")) }
            p { (t.t(if shows_at_once { "reviews.how_checked_photos" } else { "reviews.how_checked" })) }
            p { (t.t("reviews.how_all")) }
            p { (t.t("reviews.how_reports")) }
        }
    };
    Page {
        indexing: Indexing::At(HOW.to_string()),
        description: t.t("reviews.how_bought").to_string(),
        ..Page::private(t.t("reviews.how_title"), main)
    }
}

/// Why somebody cannot write a review now, and what they can do.
pub fn not_yet(frame: &Frame, title: &str, product_href: &str) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            p { a href=(product_href) { "‹ " (title) } }
            h1 { (t.t("reviews.write")) }
            (notice(Tone::Plain, t.t("reviews.buyers_only"), &html! { p { (t.t("reviews.buyers_only_body")) } }))
            ul.places-list {
                @if frame.signed_in { li { a href="/account/orders" { (icon(Icon::Box)) span { (t.t("account.orders")) } } } }
                @else { li { a href="/account/sign-in" { (icon(Icon::Person)) span { (t.t("account.sign_in")) } } } }
                li { a href="/find-order" { (icon(Icon::Search)) span { (t.t("nav.find_order")) } } }
            }
        }
    };
    Page::private(t.t("reviews.write"), main)
}

/// What a form for a review holds.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    /// The product's name.
    pub title_of_product: String,
    /// The address that the form is sent to.
    pub action: String,
    /// The way back.
    pub back: String,
    /// The stars that were chosen.
    pub stars: Option<u8>,
    /// The title.
    pub title: String,
    /// The text.
    pub text: String,
    /// The name to be shown.
    pub name: String,
    /// Names that the buyer may be shown by, to choose from.
    pub names: Vec<String>,
    /// Photos that were kept.
    pub photos: Vec<Hash>,
    /// Where the review stands, if it was written before: a word of its state.
    pub state: Option<&'static str>,
    /// Why it was rejected, or empty.
    pub reason: String,
    /// What is wrong with what was sent: keys of texts.
    pub wrong: Vec<&'static str>,
    /// What is wrong with files.
    pub problems: Vec<Problem>,
    /// Whether it was saved just now.
    pub saved: bool,
    /// Set while nothing can be sent: when that is possible again, in the visitor's words, if it is known.
    pub paused: Option<Option<String>>,
}

/// The form to write a review, or to change it.
pub fn form(frame: &Frame, view: &FormView) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            p { a href=(view.back) { "‹ " (t.t("order.title")) } }
            h1 { (t.with("reviews.write_of", &[("title", &view.title_of_product)])) }
            (stand(frame, view))
            @if let Some(until) = &view.paused { (paused(frame, until.as_deref())) }
            @if !view.wrong.is_empty() || !view.problems.is_empty() {
                (notice(Tone::Bad, t.t("reviews.not_saved"), &html! {
                    ul {
                        @for key in &view.wrong { li { (t.t(key)) } }
                        @for problem in &view.problems {
                            li { (photos::problem_text(frame, problem)) }
                        }
                    }
                    @if !view.problems.is_empty() { p { (t.t("photo.rest_kept")) } }
                }))
            }
            form.fields method="post" action=(view.action) enctype="multipart/form-data" data-island="once" {
                (frame.token_field())
                (stars_field(frame, view))
                div.field { label for="review-title" { (t.t("reviews.field_title")) " " span.quiet { (t.t("field.optional")) } }
                    input #review-title name="title" value=(view.title) maxlength=(TITLE_CHARS_MAX) dir="auto"; }
                div.field { label for="review-text" { (t.t("reviews.field_text")) " " span.quiet { (t.t("field.optional")) } }
                    textarea #review-text name="text" rows="6" maxlength=(TEXT_CHARS_MAX) dir="auto" { (view.text) } }
                (name_field(frame, view))
                (photos::field(frame, &view.photos, |photo| format!("{}/photo/{photo}/small", view.action), "reviews.photos_hint"))
                p.quiet { (t.t("reviews.rules")) " " a href=(HOW) { (t.t("reviews.how")) } }
                button.button type="submit" { (t.t("reviews.send")) }
            }
            @if view.state.is_some_and(|s| s != "withdrawn") {
                details.cancel {
                    summary { (t.t("reviews.withdraw")) }
                    p { (t.t("reviews.withdraw_body")) }
                    form method="post" action=(format!("{}/withdraw", view.action)) data-island="once" {
                        (frame.token_field())
                        button.button.button-danger type="submit" { (t.t("reviews.withdraw_confirm")) }
                    }
                }
            }
        }
    };
    Page::private(t.t("reviews.write"), main)
}

/// Nothing can be written now.
fn paused(frame: &Frame, until: Option<&str>) -> Markup {
    let t = frame.texts;
    let when = match until {
        Some(when) => t.with("reviews.paused_until", &[("when", &when)]),
        None => t.t("reviews.paused_open").to_string(),
    };
    notice(
        Tone::Warning,
        t.t("reviews.paused"),
        &html! { p { (when) } },
    )
}

/// Where the review stands.
fn stand(frame: &Frame, view: &FormView) -> Markup {
    let t = frame.texts;
    let plain = html! {};
    match view.state {
        Some("waiting") if view.saved => notice(
            Tone::Good,
            t.t("reviews.saved"),
            &html! { p { (t.t("reviews.waits")) } },
        ),
        Some("shown") if view.saved => notice(Tone::Good, t.t("reviews.saved_shown"), &plain),
        Some("waiting") => notice(Tone::Plain, t.t("reviews.waits"), &plain),
        Some("shown") => notice(Tone::Plain, t.t("reviews.is_shown"), &plain),
        Some("rejected") => notice(
            Tone::Warning,
            t.t("reviews.rejected"),
            &html! { p.words dir="auto" { (view.reason) } p { (t.t("reviews.rejected_body")) } },
        ),
        Some("withdrawn") => notice(Tone::Plain, t.t("reviews.withdrawn"), &plain),
        _ => plain,
    }
}

fn stars_field(frame: &Frame, view: &FormView) -> Markup {
    let t = frame.texts;
    html! {
        fieldset.stars-field {
            legend { (t.t("reviews.field_stars")) }
            // The best first: a style can then light those before the chosen one.
            div.stars-choice {
                @for number in (1..=STARS_MAX).rev() {
                    input id=(format!("stars-{number}")) type="radio" name="stars" value=(number) required checked[view.stars == Some(number)];
                    label for=(format!("stars-{number}")) { span aria-hidden="true" { "★" }
                        span.visually-hidden { (t.with("reviews.stars_of", &[("stars", &number)])) } }
                }
            }
        }
    }
}

/// The name to be shown: never the address, and only what the buyer chose.
fn name_field(frame: &Frame, view: &FormView) -> Markup {
    let t = frame.texts;
    html! {
        div.field {
            label for="review-name" { (t.t("reviews.field_name")) " " span.quiet { (t.t("field.optional")) } }
            input #review-name name="name" value=(view.name) maxlength=(NAME_CHARS_MAX) list="review-names" autocomplete="nickname" dir="auto";
            datalist #review-names { @for name in &view.names { option value=(name) {} } }
            p.quiet { (t.t("reviews.field_name_hint")) }
        }
    }
}

/// The way from an order to the review of one of its articles.
pub fn order_link(frame: &Frame, href: &str, state: Option<&'static str>) -> Markup {
    let t = frame.texts;
    let key = match state {
        None | Some("withdrawn") => "reviews.write",
        Some("rejected") => "reviews.rejected",
        Some("waiting") => "reviews.yours_waits",
        Some(_) => "reviews.yours_shown",
    };
    html! { a.review-link href=(href) { (t.t(key)) } }
}

/// The path of a review's form.
pub fn form_path(order: &str, handle: &str) -> String {
    format!("{order}/review/{}", crate::views::escape_query(handle))
}

/// Where a reader of a review was.
pub fn anchor(id: ReviewId) -> String {
    format!("#{id}")
}
