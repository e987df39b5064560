//! Signing in: a code by mail, a passkey, or a password.

use crate::pages::form::{Field, field};
use crate::pages::icon::{Icon, icon};
use crate::pages::layout::{Frame, Page};
use crate::pages::{Tone, notice};
use crate::views::escape_query;
use maud::{Markup, html};

/// What went wrong before: the key of a text.
pub type Problem = Option<&'static str>;

/// The address of the page that leads back to another.
pub fn path(back: &str) -> String {
    format!("/account/sign-in?back={}", escape_query(back))
}

/// A button that asks the phone for its passkey. It stands there from the first on, so that nothing moves; a script
/// takes it away where the browser cannot, and the stylesheet where there are no scripts. A shop that is reached under
/// an IP address has none.
pub fn passkey_button(frame: &Frame, back: &str) -> Markup {
    let t = frame.texts;
    html! { @if frame.passkeys {
        button.button.passkey type="button" data-island="passkey" data-begin="/account/passkey/ask" data-finish="/account/passkey/answer"
            data-token=(frame.form_token) data-back=(back) data-failed=(t.t("account.passkey_failed")) {
            (icon(Icon::Key)) " " (t.t("account.passkey_use"))
        }
    } }
}

fn problem_notice(frame: &Frame, problem: Problem) -> Markup {
    let t = frame.texts;
    html! { @if let Some(key) = problem { (notice(Tone::Bad, t.t(key), &html! {})) } }
}

/// The ways to sign in.
pub fn sign_in(
    frame: &Frame,
    (email, back): (&str, &str),
    problem: Problem,
    by_mail: bool,
) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("account.sign_in")) }
            p { (t.t("account.sign_in_lead")) }
            (problem_notice(frame, problem))
            div.after-box { (passkey_button(frame, back)) }
            @if by_mail {
                form.fields method="post" action="/account/code" data-island="once" {
                    (frame.token_field())
                    input type="hidden" name="back" value=(back);
                    (email_field(frame, email))
                    button.button type="submit" { (t.t("account.send_code")) }
                    p.quiet { (t.t("account.send_code_why")) }
                }
            }
            details.cancel open[!by_mail] {
                summary { (t.t("account.with_password")) }
                form.fields method="post" action="/account/password" {
                    (frame.token_field())
                    input type="hidden" name="back" value=(back);
                    div.field { label for="email-2" { (t.t("field.email")) }
                        input #email-2 name="email" type="email" value=(email) autocomplete="username" autocapitalize="off" maxlength="254"; }
                    (field(frame, Field { name: "password", label: t.t("account.password"), kind: "password", autocomplete: "current-password", optional: false, value: "", error: None }))
                    button.button type="submit" { (t.t("account.sign_in")) }
                }
            }
        }
    };
    Page::private(t.t("account.sign_in"), main)
}

fn email_field(frame: &Frame, email: &str) -> Markup {
    field(
        frame,
        Field {
            name: "email",
            label: frame.texts.t("field.email"),
            kind: "email",
            autocomplete: "email",
            optional: false,
            value: email,
            error: None,
        },
    )
}

/// Where the code is typed.
pub fn code(frame: &Frame, (email, back): (&str, &str), problem: Problem) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("account.code_title")) }
            p { (t.with("account.code_lead", &[("email", &email)])) }
            (problem_notice(frame, problem))
            form.fields method="post" action="/account/code/check" data-island="once" {
                (frame.token_field())
                input type="hidden" name="back" value=(back);
                div.field { label for="code" { (t.t("account.code")) }
                    input.code-field #code name="code" type="text" inputmode="numeric" autocomplete="one-time-code" maxlength="12" required; }
                button.button type="submit" { (t.t("account.sign_in")) }
            }
            p.after-box { a href=(path(back)) { (t.t("account.code_again")) } }
        }
    };
    Page::private(t.t("account.code_title"), main)
}
