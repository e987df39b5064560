//! Presales: the deposit on the product's page and in the checkout, the balance on the order's page.

use super::icon::{Icon, icon};
use super::layout::Frame;
use super::{Tone, notice};
use crate::pages::checkout::PayChoice;
use crate::views::presale::PresaleView;
use maud::{Markup, html};

fn moments(frame: &Frame, view: &PresaleView) -> (String, String) {
    let t = frame.texts;
    (
        t.moment_in(view.window.0, &view.zone),
        t.moment_in(view.window.1, &view.zone),
    )
}

/// What the button says that begins an order.
pub fn button(frame: &Frame, view: &PresaleView) -> String {
    let t = frame.texts;
    let deposit = t.money(view.deposit);
    if view.counts_as == view.deposit {
        return t.with("presale.button", &[("deposit", &deposit)]);
    }
    let counts = t.money(view.counts_as);
    t.with(
        "presale.button_counts",
        &[("deposit", &deposit), ("counts", &counts)],
    )
}

/// When the balance is due, and what happens without it.
pub fn conditions(frame: &Frame, view: &PresaleView) -> Markup {
    let t = frame.texts;
    let (from, until) = moments(frame, view);
    let otherwise = if view.forfeit {
        "presale.forfeit"
    } else {
        "presale.refund"
    };
    html! {
        p { (t.with("presale.window", &[("from", &from), ("until", &until)])) }
        p { (icon(Icon::Info)) " " (t.t(otherwise)) }
    }
}

/// What is paid now and what later, for one piece.
pub fn offer(frame: &Frame, view: &PresaleView) -> Markup {
    let t = frame.texts;
    html! {
        section.card-box.presale aria-labelledby="presale-title" {
            h2 #presale-title { (t.t("presale.title")) }
            (amounts(frame, view, true))
            (conditions(frame, view))
        }
    }
}

/// The same in the checkout, where delivery is in the balance.
pub fn agreed(frame: &Frame, view: &PresaleView) -> Markup {
    let t = frame.texts;
    html! {
        section.card-box.presale aria-labelledby="presale-title" {
            h2 #presale-title { (t.t("presale.title")) }
            (amounts(frame, view, false))
            (conditions(frame, view))
        }
    }
}

fn amounts(frame: &Frame, view: &PresaleView, plus_delivery: bool) -> Markup {
    let t = frame.texts;
    html! {
        dl.presale-sums {
            dt { strong { (t.t("presale.deposit")) }
                @if view.counts_as != view.deposit { br; span.quiet { (t.with("presale.counts", &[("counts", &t.money(view.counts_as))])) } }
            }
            dd { strong { (t.money(view.deposit)) } }
            dt { (t.t("presale.balance")) @if plus_delivery { br; span.quiet { (t.t("presale.plus_delivery")) } } }
            dd { (t.money(view.balance)) }
        }
    }
}

/// What an order says that waits for its balance.
pub fn headline(frame: &Frame, view: &PresaleView, is_taking: bool) -> Markup {
    let t = frame.texts;
    let (from, until) = moments(frame, view);
    let (deposit, balance) = (t.money(view.deposit), t.money(view.balance));
    let words: [(&str, &dyn std::fmt::Display); 4] = [
        ("deposit", &deposit),
        ("balance", &balance),
        ("from", &from),
        ("until", &until),
    ];
    if is_taking {
        let body = html! { p { (t.with("presale.taking_body", &words)) } };
        return notice(Tone::Plain, t.t("presale.taking"), &body);
    }
    let due = view.is_due();
    let (title, body) = if due {
        ("presale.due", "presale.due_body")
    } else {
        ("presale.paid", "presale.paid_body")
    };
    let (next, at) = if due {
        ("presale.ends", view.window.1)
    } else {
        ("presale.begins", view.window.0)
    };
    let otherwise = if view.forfeit {
        "presale.forfeit"
    } else {
        "presale.refund"
    };
    notice(
        if due { Tone::Warning } else { Tone::Good },
        &t.with(title, &words),
        &html! {
            p { (t.with(body, &words)) }
            p.countdown { span.quiet { (t.t(next)) } " "
                strong data-island="countdown" data-at=(at) data-now=(view.now) data-days=(t.t("event.days")) { (t.moment_in(at, &view.zone)) }
            }
            p.quiet { (t.t(otherwise)) }
        },
    )
}

/// The form that pays the balance.
pub fn pay_balance(frame: &Frame, view: &PresaleView, checkout: &str, pay: &[PayChoice]) -> Markup {
    let t = frame.texts;
    html! {
        form.fields.after-box method="post" action=(format!("{checkout}/retry")) data-island="once" {
            (frame.token_field())
            fieldset {
                legend { (t.t("review.pay_how")) }
                @for (at, choice) in pay.iter().enumerate() {
                    label.check { input type="radio" name="pay" value=(choice.value) checked[at == 0]; span { (choice.label) } }
                }
            }
            button.button type="submit" { (t.with("presale.pay", &[("balance", &t.money(view.balance))])) }
        }
    }
}
