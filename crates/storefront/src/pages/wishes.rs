//! Favourites: the heart, the page of them, and alerts.

use super::icon::{Icon, icon};
use super::layout::{Frame, Page};
use super::picture::{LINE, Load, picture};
use super::{Tone, notice};
use crate::pages::account::Said;
use crate::views::listing::address;
use crate::views::product::ProductView;
use crate::views::wishes::{Change, Stock, WishLine};
use commerce::id::{ProductId, VariantId};
use commerce::wish::AlertKind;
use jiff::tz::TimeZone;
use maud::{Markup, html};

/// What a heart is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// A product in a list.
    Product(ProductId),
    /// The article on its page.
    Variant(VariantId),
}

/// The form that all hearts of a page belong to, and where it is said what became of a tap.
pub fn form(frame: &Frame) -> Markup {
    html! {
        form #favourites method="post" action="/favourites" data-island="favourites" {
            (frame.token_field())
            input type="hidden" name="back" value=(address(&frame.path, &frame.query));
            p.toast role="status" data-failed=(frame.texts.t("wish.failed")) {}
        }
    }
}

/// A heart: pressed when the article is kept.
pub fn heart(frame: &Frame, of: Of, title: &str) -> Markup {
    let (kept, value) = match of {
        Of::Product(id) => (frame.keeps(id), id.to_string()),
        Of::Variant(id) => (frame.favourites.contains_key(&id), id.to_string()),
    };
    html! {
        button.heart type="submit" form="favourites" name=(if kept { "remove" } else { "add" }) value=(value)
            aria-pressed=(if kept { "true" } else { "false" })
            aria-label=(frame.texts.with("wish.heart", &[("title", &title)])) { (icon(Icon::Heart)) }
    }
}

/// What a product's page offers to tell: that it can be had again, that it costs less.
pub fn alerts(frame: &Frame, view: &ProductView) -> Markup {
    let t = frame.texts;
    let kept = frame
        .favourites
        .get(&view.variant)
        .copied()
        .unwrap_or_default();
    if !frame.alerts || view.price.is_none() || view.presale.is_some() {
        return html! {};
    }
    html! {
        @if !view.buyable() {
            section.card-box.alert-box {
                h2 { (icon(Icon::Bell)) (t.t("alert.back")) }
                @if kept.back {
                    p { (t.t("wish.tells_back")) }
                    (act(frame, view.variant, "quiet", t.t("wish.quiet_button")))
                } @else if frame.signed_in {
                    p { (t.t("alert.back_why")) }
                    (act(frame, view.variant, "back", t.t("alert.back_button")))
                } @else {
                    (ask_form(frame, ("", view.variant), None))
                }
            }
        } @else if frame.signed_in {
            details.alert-box {
                summary { span { (icon(Icon::Bell)) (t.t("alert.cheaper")) } }
                (cheaper_form(frame, view.variant, kept.cheaper))
            }
        }
    }
}

/// A button that does one thing with one favourite.
fn act(frame: &Frame, variant: VariantId, what: &str, label: &str) -> Markup {
    html! {
        form method="post" action="/account/favourites" {
            (frame.token_field())
            input type="hidden" name="variant" value=(variant);
            button.quiet-button type="submit" name="do" value=(what) { (label) }
        }
    }
}

fn cheaper_form(frame: &Frame, variant: VariantId, waits_for: Option<commerce::Money>) -> Markup {
    let t = frame.texts;
    let id = format!("at-most-{variant}");
    html! {
        form.cheaper method="post" action="/account/favourites" {
            (frame.token_field())
            input type="hidden" name="variant" value=(variant);
            label for=(id) { (t.with("alert.at_most", &[("currency", &frame.currency)])) }
            div.with-button {
                input #(id) name="at_most" inputmode="decimal" autocomplete="off" maxlength="16"
                    value=[waits_for.filter(|m| m.currency == frame.currency).map(|m| m.decimal())];
                button.quiet-button type="submit" name="do" value="cheaper" { (t.t("alert.cheaper_button")) }
            }
            p.quiet { (t.t("alert.at_most_hint")) }
        }
    }
}

/// Where a guest leaves an address. `problem` is the key of a text.
fn ask_form(
    frame: &Frame,
    (email, variant): (&str, VariantId),
    problem: Option<&'static str>,
) -> Markup {
    let t = frame.texts;
    html! {
        form method="post" action="/alerts/ask" data-island="once" {
            (frame.token_field())
            input type="hidden" name="variant" value=(variant);
            p { (t.t("alert.guest_why")) }
            (super::form::field(frame, super::form::Field { name: "email", label: t.t("field.email"), kind: "email", autocomplete: "email", optional: false, value: email, error: problem }))
            button.button type="submit" { (t.t("alert.back_button")) }
        }
    }
}

/// A device on which a member is told things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLine {
    /// What names it in forms.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Since when, written out.
    pub since: String,
}

/// What a member sees of their devices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicesView {
    /// The key that a browser binds its subscription to.
    pub key: String,
    /// Whether they are told on this device.
    pub is_here: bool,
    /// The others, the latest first.
    pub others: Vec<DeviceLine>,
}

/// Messages on this device, and the member's other devices. What can be said of this one lies in one place, so that
/// nothing moves when the script has looked what the browser can do.
fn devices(frame: &Frame, view: &DevicesView) -> Markup {
    let t = frame.texts;
    html! {
        section.card-box data-island="push" data-key=(view.key) data-token=(frame.form_token) {
            h2 { (icon(Icon::Bell)) (t.t("push.title")) }
            p { (t.t("push.why")) }
            div.push-states data-state=(if view.is_here { "on" } else { "unknown" }) {
                @if view.is_here {
                    form.push-here method="post" action="/account/devices/off" {
                        (frame.token_field())
                        span.stock-there { (icon(Icon::Check)) (t.t("push.here")) }
                        button.quiet-button type="submit" { (t.t("push.turn_off")) }
                    }
                }
                button.quiet-button.push-on type="button" { (t.t("push.turn_on")) }
                p.push-denied { (t.t("push.denied")) }
                p.push-install { (t.t("push.install")) }
                p.push-unable { (t.t("push.unable")) }
            }
            p.push-said role="status" data-failed=(t.t("push.failed")) {}
            @if !view.others.is_empty() {
                h3 { (t.t("push.others")) }
                ul.plain-list {
                    @for device in &view.others {
                        li.passkey-line {
                            span { (device.name) br; span.quiet { (t.with("push.since", &[("day", &device.since)])) } }
                            form method="post" action="/account/devices/forget" {
                                (frame.token_field())
                                button.link-button type="submit" name="id" value=(device.id)
                                    aria-label=(t.with("account.remove_what", &[("what", &device.name)])) { (t.t("account.remove")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The page of favourites. `view` is of a member's devices.
pub fn favourites(
    frame: &Frame,
    (lines, is_member): (&[WishLine], bool),
    view: Option<&DevicesView>,
    said: Said,
) -> Page {
    let t = frame.texts;
    let tone = match said {
        Some("wish.full" | "wish.guest_full" | "wish.amount") => Tone::Bad,
        _ => Tone::Good,
    };
    let main = html! {
        div.wide.block.narrow {
            @if is_member { p { a href="/account" { "‹ " (t.t("account.title")) } } }
            h1 { (t.t("wish.title")) @if !lines.is_empty() { " " span.quiet { (t.count("items", lines.len() as u64, &[])) } } }
            @if let Some(key) = said { (notice(tone, t.t(key), &html! {})) }
            @if !is_member && !lines.is_empty() {
                (notice(Tone::Plain, t.t("wish.here"), &html! {
                    p { (t.t("wish.here_why")) " " a href="/account/sign-in?back=/account/favourites" { (t.t("account.sign_in")) } }
                }))
            }
            @if lines.is_empty() {
                div.empty {
                    (icon(Icon::Heart))
                    p { (t.t("wish.none")) }
                    p { a.button href="/categories" { (t.t("cart.look_around")) } }
                }
            } @else {
                ul.lines { @for line in lines { (wish_line(frame, line, is_member)) } }
            }
            @if let Some(view) = view { (devices(frame, view)) }
        }
    };
    Page::private(t.t("wish.title"), main)
}

fn wish_line(frame: &Frame, line: &WishLine, is_member: bool) -> Markup {
    let t = frame.texts;
    html! {
        li.line.wish {
            span.line-picture { (picture(frame, &line.image, "", &LINE, Load::Late)) }
            div.line-words {
                @if line.href.is_empty() { span { (line.title) } } @else { a href=(line.href) { (line.title) } }
                @if !line.options.is_empty() { span.quiet { (line.options) } }
                @match line.stock {
                    Stock::There => span.stock-there { (icon(Icon::Check)) (t.t("wish.there")) },
                    Stock::Presale => span.quiet { (t.t("presale.title")) },
                    Stock::SoldOut => span.problem { (icon(Icon::Warning)) (t.t("stock.sold_out")) },
                    Stock::Gone => span.problem { (icon(Icon::Warning)) (t.t("cart.gone")) },
                }
                @match line.change {
                    Some(Change::Less(by)) => span.tag.tag-good { (t.with("wish.less", &[("price", &t.money(by))])) },
                    Some(Change::More(by)) => span.tag.tag-quiet { (t.with("wish.more", &[("price", &t.money(by))])) },
                    None => {},
                }
                (waits(frame, line))
            }
            span.price.line-price { @if let Some(price) = line.price { (t.money(price)) } }
            div.wish-acts {
                @if line.stock == Stock::There {
                    form method="post" action="/cart/add" data-island="once" {
                        (frame.token_field())
                        input type="hidden" name="variant" value=(line.variant);
                        input type="hidden" name="quantity" value="1";
                        button.button type="submit" { (t.t("product.buy")) }
                    }
                }
                @if is_member && frame.alerts && line.stock == Stock::SoldOut && !line.back {
                    (act(frame, line.variant, "back", t.t("alert.back_button")))
                }
                @if line.back || line.cheaper.is_some() { (act(frame, line.variant, "quiet", t.t("wish.quiet_button"))) }
                (remove(frame, line))
            }
            @if is_member && frame.alerts && line.price.is_some() && line.stock != Stock::Presale && line.cheaper.is_none() {
                details.alert-box {
                    summary { span { (icon(Icon::Bell)) (t.t("alert.cheaper")) } }
                    (cheaper_form(frame, line.variant, None))
                }
            }
        }
    }
}

/// What somebody waits for, and what they were told.
fn waits(frame: &Frame, line: &WishLine) -> Markup {
    let t = frame.texts;
    html! {
        @if line.back { span.quiet { (icon(Icon::Bell)) (t.t("wish.waits_back")) } }
        @if let Some(at_most) = line.cheaper {
            span.quiet { (icon(Icon::Bell)) (t.with("wish.waits_cheaper", &[("price", &t.money(at_most))])) }
        }
        @if let Some((kind, at)) = line.told.filter(|_| !line.back && line.cheaper.is_none()) {
            @let key = match kind { AlertKind::Back => "wish.told_back", AlertKind::Cheaper => "wish.told_cheaper" };
            span.quiet { (t.with(key, &[("when", &t.moment_in(at, &TimeZone::UTC))])) }
        }
    }
}

fn remove(frame: &Frame, line: &WishLine) -> Markup {
    let t = frame.texts;
    html! {
        form method="post" action="/account/favourites" {
            (frame.token_field())
            input type="hidden" name="variant" value=(line.variant);
            button.link-button type="submit" name="do" value="remove"
                aria-label=(t.with("account.remove_what", &[("what", &line.title)])) { (t.t("account.remove")) }
        }
    }
}

fn said(frame: &Frame, tone: Tone, title: &'static str, body: &Markup) -> Page {
    let t = frame.texts;
    let main = html! { div.wide.block.narrow { (notice(tone, t.t(title), body)) p.after-box { a.button href="/" { (t.t("account.to_shop")) } } } };
    Page::private(t.t(title), main)
}

/// A mail is on its way that asks whether the address is theirs.
pub fn asked(frame: &Frame, email: &str) -> Page {
    let text = frame.texts.with("alert.asked_body", &[("email", &email)]);
    said(frame, Tone::Good, "alert.asked", &html! { p { (text) } })
}

/// It could not be asked. `problem` is the key of a text.
pub fn ask_again(frame: &Frame, typed: (&str, VariantId), problem: &'static str) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("alert.back")) }
            (ask_form(frame, typed, Some(problem)))
        }
    };
    Page::private(t.t("alert.back"), main)
}

/// A page with one button, for what was signed in its address.
fn button_page(
    (frame, title, lead): (&Frame, &'static str, &str),
    (action, sealed, label): (&str, &str, &'static str),
) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t(title)) }
            p { (lead) }
            form.after-box method="post" action=(action) {
                input type="hidden" name="t" value=(sealed);
                button.button type="submit" { (t.t(label)) }
            }
        }
    };
    Page::private(t.t(title), main)
}

/// Asks whether the alert is wanted.
pub fn confirm(frame: &Frame, sealed: &str, title: &str) -> Page {
    let lead = frame.texts.with("alert.confirm_lead", &[("title", &title)]);
    button_page(
        (frame, "alert.ask_title", &lead),
        ("/alerts/confirm", sealed, "alert.ask_yes"),
    )
}

/// The alert is wanted.
pub fn watched(frame: &Frame) -> Page {
    let text = frame.texts.t("alert.watched_body");
    said(frame, Tone::Good, "alert.watched", &html! { p { (text) } })
}

/// A link that is no longer good.
pub fn over(frame: &Frame) -> Page {
    let text = frame.texts.t("alert.over_body");
    said(frame, Tone::Warning, "alert.over", &html! { p { (text) } })
}

/// Asks whether alerts are to end.
pub fn quiet(frame: &Frame, sealed: &str) -> Page {
    let lead = frame.texts.t("alert.quiet_lead");
    button_page(
        (frame, "alert.quiet_title", lead),
        ("/alerts/quiet", sealed, "alert.quiet_button"),
    )
}

/// They ended.
pub fn quieted(frame: &Frame) -> Page {
    let text = frame.texts.t("alert.quieted_body");
    said(frame, Tone::Good, "alert.quieted", &html! { p { (text) } })
}
