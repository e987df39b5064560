//! Points in the cart and at the checkout: what a member has, one tap to use them or to take them back, what the order
//! earns, and how it works.

use super::account::sign_in::path as sign_in_path;
use super::icon::{Icon, icon};
use super::layout::Frame;
use crate::views::points::{Own, PointsView};
use maud::{Markup, html};

/// What is sent when as many points as possible are to be used.
pub const ALL: &str = "all";

/// What an order has to do with points. `here` is the page, `action` where its form goes.
pub fn points(frame: &Frame, view: &PointsView, (here, action): (&str, &str)) -> Markup {
    let t = frame.texts;
    let earns = [
        ("points", &view.earns.words(t) as &dyn std::fmt::Display),
        ("worth", &t.money(view.earns.amount)),
    ];
    html! {
        section.card-box.points aria-label=(t.t("points.name")) {
            h2 { (icon(Icon::Star)) (t.t("points.name")) }
            @match &view.own {
                Some(own) => {
                    (of_member(frame, own, action))
                    @if view.earns.points > 0 { p { (t.with("points.earns", &earns)) } }
                },
                None => {
                    @if view.earns.points > 0 { p { (t.with("points.guest", &earns)) } } @else { p { (t.t("points.guest_none")) } }
                    p { a.quiet-button href=(sign_in_path(here)) { (t.t("points.sign_in")) } }
                },
            }
            (rules(frame, &view.rules))
        }
    }
}

fn of_member(frame: &Frame, own: &Own, action: &str) -> Markup {
    let t = frame.texts;
    let (balance, used, usable) = (own.balance, own.used, own.usable);
    let minus = |worth: crate::views::points::Worth| {
        t.money(commerce::Money {
            minor: -worth.amount.minor,
            ..worth.amount
        })
    };
    let with = |key, worth: crate::views::points::Worth, amount: &String| {
        t.with(key, &[("points", &worth.words(t)), ("amount", amount)])
    };
    html! {
        @if balance.points > 0 {
            p { (with("points.have", balance, &t.money(balance.amount))) }
        } @else { p { (t.t("points.have_none")) } }
        @if used.points > 0 { p.facts-line { (icon(Icon::Check)) strong { (with("points.used", used, &minus(used))) } } }
        @if usable.points > 0 {
            form.choices method="post" action=(action) {
                (frame.token_field())
                @if usable.points > used.points {
                    button type="submit" name="points" value=(ALL) { (with("points.use", usable, &minus(usable))) }
                }
                @if used.points > 0 { button type="submit" name="points" value="none" { (t.t("points.take_back")) } }
            }
        } @else if balance.points > 0 { p.quiet { (t.t("points.not_here")) } }
    }
}

/// How it works, behind a word.
pub fn rules(frame: &Frame, rules: &[String]) -> Markup {
    html! {
        details.why {
            summary { (frame.texts.t("points.rules")) }
            ul.tips { @for rule in rules { li { (rule) } } }
        }
    }
}
