//! The pages around the payment. Each says what happened to the money, what happened to the goods,
//! and what to do next.

use super::checkout::PayChoice;
use super::layout::{Bottom, Frame, Page};
use super::{Tone, notice};
use maud::{Markup, html};

/// Where a payment stands, as far as the shopper is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayState {
    /// The provider has not answered yet.
    Waiting,
    /// The shopper must act, or came back without having done so.
    Unfinished {
        /// The provider's page.
        action_url: String,
    },
    /// The provider refused.
    Declined {
        /// The provider's code.
        code: String,
    },
    /// The attempt was given up.
    GivenUp,
}

/// Seconds after which a page that waits for the provider looks again.
const LOOK_S: u32 = 3;

/// A payment that is not done.
#[derive(Debug)]
pub struct PayView<'a> {
    /// Where it stands.
    pub state: &'a PayState,
    /// The path of the checkout's pages.
    pub here: &'a str,
    /// What is to be paid, written out.
    pub total: String,
    /// Until when the goods are set aside: a time of day.
    pub kept_until: String,
    /// Ways to pay.
    pub pay: &'a [PayChoice],
    /// Why the last request was refused, if it was.
    pub problem: Option<String>,
    /// Whether the order can be given up here: one whose deposit is paid is canceled on its own page.
    pub can_give_up: bool,
}

/// The page of a payment that is not done.
pub fn pay(frame: &Frame, view: &PayView<'_>) -> Page {
    let t = frame.texts;
    let waiting = *view.state == PayState::Waiting;
    let pay_path = format!("{}/pay", view.here);
    let main = html! {
        div.wide.block.narrow data-island=[waiting.then_some("again")] data-seconds=(LOOK_S) data-to=(&pay_path) {
            h1 { (t.with("pay.title", &[("total", &view.total)])) }
            @if let Some(problem) = &view.problem { (notice(Tone::Warning, problem, &html! {})) }
            (what_happened(frame, view))
            @if waiting {
                p { a href=(&pay_path) { (t.t("pay.reload")) } }
            } @else {
                (again(frame, view))
            }
            @if view.can_give_up {
                form method="post" action=(format!("{}/give-up", view.here)) {
                    (frame.token_field())
                    button.link-button type="submit" { (t.t("pay.give_up")) }
                }
            }
        }
    };
    let mut page = Page::private(t.t("pay.short"), main);
    page.bottom = Bottom::Nothing;
    if waiting {
        let refresh = format!("{LOOK_S}; url={pay_path}");
        page.head = html! { noscript { meta http-equiv="refresh" content=(refresh); } };
    }
    page
}

fn what_happened(frame: &Frame, view: &PayView<'_>) -> Markup {
    let t = frame.texts;
    let kept = html! { p { (t.with("pay.kept", &[("time", &view.kept_until)])) } };
    match view.state {
        PayState::Waiting => notice(
            Tone::Plain,
            t.t("pay.waiting"),
            &html! { p { (t.t("pay.waiting_body")) } (kept) },
        ),
        PayState::Unfinished { action_url } => notice(
            Tone::Warning,
            t.t("pay.unfinished"),
            &html! {
                p { (t.t("pay.nothing_charged")) } (kept)
                p { a.button href=(action_url) { (t.t("pay.go_on")) } }
            },
        ),
        PayState::Declined { code } => {
            let reason = format!("decline.{code}");
            notice(
                Tone::Bad,
                t.lookup(&reason).unwrap_or_else(|| t.t("pay.declined")),
                &html! { p { (t.t("pay.nothing_charged")) } (kept) },
            )
        }
        PayState::GivenUp => notice(
            Tone::Warning,
            t.t("pay.stopped"),
            &html! { p { (t.t("pay.nothing_charged")) } (kept) },
        ),
    }
}

fn again(frame: &Frame, view: &PayView<'_>) -> Markup {
    let t = frame.texts;
    // Going on with what was begun is the first choice, if it is one.
    let is_second = matches!(view.state, PayState::Unfinished { .. });
    html! {
        form.fields method="post" action=(format!("{}/retry", view.here)) data-island="once" {
            (frame.token_field())
            fieldset {
                legend { (t.t("pay.other_way")) }
                @for (at, choice) in view.pay.iter().enumerate() {
                    label.check { input type="radio" name="pay" value=(choice.value) checked[at == 0]; span { (choice.label) } }
                }
            }
            button.button.button-second[is_second] type="submit" { (t.t("pay.again")) }
        }
    }
}

/// The goods are no longer set aside.
pub fn expired(frame: &Frame, here: &str) -> Page {
    let t = frame.texts;
    let body = html! { p { (t.t("pay.expired_goods")) } };
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("pay.expired")) }
            (notice(Tone::Warning, t.t("pay.expired_money"), &body))
            form method="post" action=(format!("{here}/refill")) {
                (frame.token_field())
                button.button type="submit" { (t.t("pay.refill")) }
            }
        }
    };
    Page::private(t.t("pay.expired"), main)
}

/// Sends the reader on to the provider, also where a redirect after a form would be stopped.
pub fn leave(frame: &Frame, action_url: &str) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("pay.leaving")) }
            p { a.button href=(action_url) { (t.t("pay.go_on")) } }
        }
    };
    let mut page = Page::private(t.t("pay.short"), main);
    page.bottom = Bottom::Nothing;
    page.head = html! { meta http-equiv="refresh" content=(format!("0; url={action_url}")); };
    page
}
