//! Password, passkeys and sessions.

use super::{Said, page};
use crate::pages::form::{Field, field};
use crate::pages::icon::{Icon, icon};
use crate::pages::layout::{Frame, Page};
use api::auth::PASSWORD_CHARS_MIN;
use commerce::customer::Membership;
use maud::{Markup, html};

/// What the page shows of a passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyLine {
    /// The credential's id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// When it was made, written out.
    pub created: String,
    /// When it was last used, written out.
    pub used: Option<String>,
}

/// What the page shows.
#[derive(Debug)]
pub struct SecurityView<'a> {
    /// The member's address.
    pub email: &'a str,
    /// The member.
    pub member: &'a Membership,
    /// Their passkeys.
    pub passkeys: &'a [PasskeyLine],
    /// Whether the shop's address allows passkeys.
    pub can_passkeys: bool,
    /// What is wrong with the new password: the key of a text.
    pub error: Option<&'static str>,
}

/// The page.
pub fn security(frame: &Frame, view: &SecurityView<'_>, said: Said) -> Page {
    let t = frame.texts;
    let body = html! {
        section.card-box {
            h2 { (icon(Icon::Key)) (t.t("account.passkeys")) }
            p { (t.t("account.passkeys_why")) }
            (passkeys(frame, view))
        }
        section.card-box {
            h2 { (icon(Icon::Lock)) (t.t("account.password")) }
            p { (t.t(if view.member.password_hash.is_empty() { "account.password_none" } else { "account.password_set" })) }
            form.fields method="post" action="/account/security/password" data-island="once" {
                (frame.token_field())
                input type="hidden" name="username" value=(view.email) autocomplete="username";
                (field(frame, Field { name: "password", label: &t.with("account.password_new", &[("n", &PASSWORD_CHARS_MIN)]), kind: "password", autocomplete: "new-password", optional: false, value: "", error: view.error }))
                button.button.quiet-button type="submit" { (t.t("account.password_save")) }
            }
        }
        @if let Some(saved) = &view.member.saved_payment {
            section.card-box {
                h2 { (icon(Icon::Card)) (t.t("account.saved_card")) }
                p { (saved.label) }
                form method="post" action="/account/security/card" {
                    (frame.token_field())
                    button.quiet-button type="submit" { (t.t("account.remove")) }
                }
            }
        }
        section.card-box {
            h2 { (t.t("account.sessions")) }
            p { (t.t("account.sessions_why")) }
            form method="post" action="/account/security/sessions" {
                (frame.token_field())
                button.quiet-button type="submit" { (t.t("account.sessions_end")) }
            }
        }
    };
    page(frame, "account.security", said, &body)
}

fn passkeys(frame: &Frame, view: &SecurityView<'_>) -> Markup {
    let t = frame.texts;
    html! {
        @if !view.passkeys.is_empty() {
            ul.plain-list {
                @for passkey in view.passkeys {
                    li.passkey-line {
                        span { strong { (passkey.name) } br;
                            span.quiet { (t.with("account.passkey_made", &[("day", &passkey.created)]))
                                @if let Some(used) = &passkey.used { " · " (t.with("account.passkey_used", &[("day", used)])) } } }
                        form method="post" action="/account/passkeys/remove" {
                            (frame.token_field())
                            button.link-button type="submit" name="id" value=(passkey.id) aria-label=(t.with("account.remove_what", &[("what", &passkey.name)])) { (t.t("account.remove")) }
                        }
                    }
                }
            }
        }
        @if view.can_passkeys {
            button.button.passkey type="button" data-island="passkey" data-begin="/account/passkeys/begin" data-finish="/account/passkeys/keep"
                data-token=(frame.form_token) data-back="/account/security" data-failed=(t.t("account.passkey_not_made")) { (t.t("account.passkey_add")) }
            noscript { p.quiet { (t.t("account.passkey_script")) } }
        } @else { p.quiet { (t.t("account.passkey_domain")) } }
    }
}
