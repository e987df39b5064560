//! The member's wallet.

use super::page;
use crate::pages::form::{Field, field};
use crate::pages::icon::{Icon, icon};
use crate::pages::layout::{Frame, Page};
use crate::pages::packets::{terms, worth};
use crate::views::wallet::{Entry, State};
use maud::{Markup, html};

/// The wallet, with a code that could not be saved, and why.
pub fn wallet(
    frame: &Frame,
    entries: &[Entry],
    (said, problem): (super::Said, Option<(&str, &'static str)>),
) -> Page {
    let t = frame.texts;
    let is_good = |e: &&Entry| matches!(e.state, State::Ready | State::From(_));
    let (good, past): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(is_good);
    let (typed, error) = problem.map_or(("", None), |(typed, key)| (typed, Some(key)));
    let body = html! {
        @if entries.is_empty() {
            div.empty { (icon(Icon::Wallet)) p { (t.t("wallet.empty")) } p { a.button href="/" { (t.t("account.to_shop")) } } }
        }
        @if !good.is_empty() {
            p.quiet { (t.t("wallet.by_itself")) }
            ul.plain-list { @for entry in &good { (line(frame, entry)) } }
        }
        form.fields method="post" action="/account/wallet" data-island="once" {
            (frame.token_field())
            (field(frame, Field {
                name: "code",
                label: t.t("wallet.code"),
                kind: "text",
                autocomplete: "off",
                optional: false,
                value: typed,
                error,
            }))
            button.button.quiet-button type="submit" { (t.t("wallet.save")) }
        }
        @if !past.is_empty() {
            section.block-small {
                h2 { (t.t("wallet.past")) }
                ul.plain-list { @for entry in &past { (line(frame, entry)) } }
            }
        }
    };
    page(frame, "wallet.title", said, &body)
}

fn line(frame: &Frame, entry: &Entry) -> Markup {
    let t = frame.texts;
    let state = match entry.state {
        State::Ready => None,
        State::From(at) => {
            let zone = entry.until.as_ref().map(|(_, zone)| zone.clone());
            let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
            Some(t.with("packet.from", &[("when", &t.moment_in(at, &zone))]))
        }
        State::Used => Some(t.t("wallet.used").to_string()),
        State::Gone => Some(t.t("wallet.gone").to_string()),
        State::Over => Some(t.t("wallet.over").to_string()),
    };
    let is_good = matches!(entry.state, State::Ready | State::From(_));
    let title = match (entry.title.is_empty(), entry.packet_of) {
        (false, _) => entry.title.as_str(),
        (true, Some(_)) => t.t("packet.title"),
        (true, None) => entry.code.as_str(),
    };
    html! {
        li.ticket.ticket-past[!is_good] {
            span.price.ticket-worth.ticket-packet[entry.packet_of.is_some()] { (worth(t, entry)) }
            span.ticket-words {
                strong { (title) }
                @if entry.packet_of.is_none() && !entry.title.is_empty() { span.quiet { (t.with("wallet.with_code", &[("code", &entry.code)])) } }
                @for term in terms(t, entry) { span.quiet { (term) } }
                @if let Some(state) = &state { span.tag.tag-quiet { (state) } }
            }
            @if entry.packet_of.is_none() {
                form method="post" action="/account/wallet/remove" {
                    (frame.token_field())
                    button.link-button type="submit" name="code" value=(entry.code)
                        aria-label=(t.with("account.remove_what", &[("what", &entry.code)])) { (t.t("account.remove")) }
                }
            }
        }
    }
}
