//! The member's own pages.

pub mod addresses;
pub mod card;
pub mod data;
pub mod orders;
pub mod points;
pub mod security;
pub mod sign_in;
pub mod wallet;

use super::icon::{Icon, icon};
use super::layout::{Frame, Page};
use super::{Tone, notice};
use commerce::customer::Customer;
use maud::{Markup, html};

/// What the last act came to: the key of a text.
pub type Said = Option<&'static str>;

/// The member's first page.
///
/// `points` says how many there are, in a shop that has a program.
pub fn overview(
    frame: &Frame,
    member: &Customer,
    (last, points): (Option<&orders::OrderLine>, Option<i64>),
) -> Page {
    let t = frame.texts;
    let name = if member.name.is_empty() {
        &member.email
    } else {
        &member.name
    };
    let main = html! {
        div.wide.block.narrow {
            h1 { (t.t("account.title")) }
            p.quiet { (name) @if !member.name.is_empty() { br; (member.email) } }
            @if let Some(order) = last {
                section.block-small { h2 { (t.t("account.last_order")) } ul.plain-list { (orders::line(frame, order)) } }
            }
            ul.places-list {
                (place(frame, Icon::Box, "/account/orders", "account.orders"))
                (place(frame, Icon::Wallet, "/account/wallet", "wallet.title"))
                @if let Some(points) = points {
                    li { a href="/account/points" { (icon(Icon::Star)) span { (t.t("points.name")) } span.count { (t.number(points)) } } }
                }
                (place(frame, Icon::Heart, "/account/favourites", "wish.title"))
                (place(frame, Icon::Card, "/account/card", "account.card"))
                (place(frame, Icon::Home, "/account/addresses", "account.addresses"))
                (place(frame, Icon::Lock, "/account/security", "account.security"))
                (place(frame, Icon::Info, "/account/data", "account.data"))
            }
            form.after-box method="post" action="/account/sign-out" {
                (frame.token_field())
                button.quiet-button type="submit" { (t.t("account.sign_out")) }
            }
        }
    };
    Page::private(t.t("account.title"), main)
}

fn place(frame: &Frame, sign: Icon, href: &str, key: &'static str) -> Markup {
    html! { li { a href=(href) { (icon(sign)) span { (frame.texts.t(key)) } } } }
}

/// One of the member's pages, with the way back to the first.
fn page(frame: &Frame, title: &'static str, said: Said, body: &Markup) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            p { a href="/account" { "‹ " (t.t("account.title")) } }
            h1 { (t.t(title)) }
            @if let Some(key) = said { (notice(Tone::Good, t.t(key), &html! {})) }
            (body)
        }
    };
    Page::private(t.t(title), main)
}
