//! Returns: the form that asks for one, and what the order page says of each.

use super::icon::{Icon, icon};
use super::layout::{Bottom, Frame, Page};
use super::order::path;
use super::picture::{Load, SMALL_LINE, picture};
use super::{Tone, notice, photos};
use crate::views::media;
use api::photos::Problem;
use commerce::Money;
use commerce::limits::RETURN_NOTE_CHARS_MAX;
use commerce::order::{Group, Line, RefundState};
use commerce::returns::{Return, ReturnReason, ReturnState};
use maud::{Markup, html};
use media::Hash;

/// What was filled in of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Whether it is to go back.
    pub is_taken: bool,
    /// How many pieces.
    pub pieces: u32,
    /// Why.
    pub reason: Option<ReturnReason>,
}

/// A line that may be returned.
#[derive(Debug)]
pub struct Choice<'g> {
    /// The line.
    pub line: &'g Line,
    /// Pieces that may be returned.
    pub most: u32,
    /// What was filled in.
    pub chosen: Chosen,
}

/// The form with all that was typed.
#[derive(Debug, Default)]
pub struct FormView<'g> {
    /// Lines that may be returned.
    pub choices: Vec<Choice<'g>>,
    /// What the shopper says.
    pub note: String,
    /// Photos that were kept before.
    pub photos: Vec<Hash>,
    /// Files that were not kept.
    pub problems: Vec<Problem>,
    /// What is wrong with the rest, in the visitor's words.
    pub errors: Vec<String>,
    /// Makes a form that is sent twice one return.
    pub key: u64,
}

/// The address of one of an order's photos.
pub fn photo_path(group: &Group, photo: Hash) -> String {
    format!("{}/photos/{photo}", path(group))
}

/// "Return something".
pub fn form(frame: &Frame, group: &Group, view: &FormView<'_>) -> Page {
    let t = frame.texts;
    let here = path(group);
    let main = html! {
        div.wide.block.narrow {
            p { a href=(here) { "‹ " (t.t("return.back")) } }
            h1 { (t.t("return.title")) }
            @if view.choices.is_empty() {
                (notice(Tone::Plain, t.t("return.nothing"), &html! { p { (t.t("return.nothing_body")) } }))
            } @else {
                p.quiet { (t.t("return.lead")) }
                (wrong(frame, view))
                form.fields.return-form method="post" action=(format!("{here}/return")) enctype="multipart/form-data" data-island="once" {
                    (frame.token_field())
                    input type="hidden" name="key" value=(format!("{:016x}", view.key));
                    fieldset {
                        legend { (t.t("return.which")) }
                        @for choice in &view.choices { (line(frame, choice)) }
                    }
                    div.field {
                        label for="note" { (t.t("return.note")) " " span.quiet { (t.t("field.optional")) } }
                        textarea #note name="note" rows="3" maxlength=(RETURN_NOTE_CHARS_MAX) { (view.note) }
                    }
                    (photos::field(frame, &view.photos, |photo| format!("{}?size=small", photo_path(group, photo)), "photo.hint"))
                    button.button type="submit" { (t.t("return.send")) }
                    p.quiet { (t.t("return.after")) }
                }
            }
        }
    };
    let mut page = Page::private(t.t("return.title"), main);
    page.bottom = Bottom::Nothing;
    page
}

fn wrong(frame: &Frame, view: &FormView<'_>) -> Markup {
    let t = frame.texts;
    html! {
        @if !view.errors.is_empty() || !view.problems.is_empty() {
            (notice(Tone::Bad, t.t("return.not_yet"), &html! {
                ul {
                    @for error in &view.errors { li { (error) } }
                    @for problem in &view.problems { li { (photos::problem_text(frame, problem)) } }
                }
                @if !view.problems.is_empty() { p { (t.t("photo.rest_kept")) } }
            }))
        }
    }
}

fn line(frame: &Frame, choice: &Choice<'_>) -> Markup {
    let t = frame.texts;
    let Choice { line, most, chosen } = choice;
    let number = line.number;
    html! {
        div.return-line {
            label.method {
                input type="checkbox" name=(format!("take_{number}")) value="1" checked[chosen.is_taken];
                span.line-picture { (picture(frame, &media(&line.image), "", &SMALL_LINE, Load::Late)) }
                span {
                    (line.title)
                    @if !line.options.is_empty() { span.quiet { (line.options) } }
                }
            }
            div.return-more {
                @if *most > 1 {
                    div.field {
                        label for=(format!("pieces_{number}")) { (t.t("return.pieces")) }
                        select id=(format!("pieces_{number}")) name=(format!("pieces_{number}")) {
                            @for pieces in 1..=*most { option value=(pieces) selected[pieces == chosen.pieces] { (pieces) } }
                        }
                    }
                }
                div.field {
                    label for=(format!("reason_{number}")) { (t.t("return.why")) }
                    select id=(format!("reason_{number}")) name=(format!("reason_{number}")) {
                        option value="" { (t.t("return.choose")) }
                        @for reason in ReturnReason::ALL {
                            option value=(reason.word()) selected[chosen.reason == Some(reason)] { (reason_text(frame, reason)) }
                        }
                    }
                }
            }
        }
    }
}

/// A reason in the visitor's words.
fn reason_text(frame: &Frame, reason: ReturnReason) -> &'static str {
    let key = match reason {
        ReturnReason::ChangedMind => "return.reason.changed_mind",
        ReturnReason::TooSmall => "return.reason.too_small",
        ReturnReason::TooLarge => "return.reason.too_large",
        ReturnReason::DoesNotFit => "return.reason.does_not_fit",
        ReturnReason::Damaged => "return.reason.damaged",
        ReturnReason::NotAsDescribed => "return.reason.not_as_described",
        ReturnReason::WrongArticle => "return.reason.wrong_article",
        ReturnReason::Late => "return.reason.late",
        ReturnReason::Other => "return.reason.other",
    };
    frame.texts.t(key)
}

/// What the order page says of returns, and where one is asked for.
pub fn section(frame: &Frame, group: &Group, view: &ReturnsView) -> Markup {
    let t = frame.texts;
    html! {
        @if !group.returns.is_empty() {
            section.block-small #returns {
                h2 { (t.t("return.list")) }
                @for found in group.returns.iter().rev() { (card(frame, group, found, view)) }
            }
        }
    }
}

/// What the order page needs for its returns.
#[derive(Debug, Default)]
pub struct ReturnsView {
    /// Until when something may be returned, written out; none if nothing can be.
    pub until: Option<String>,
    /// Names and addresses of places that goods are sent to, by return.
    pub places: Vec<(commerce::id::ReturnId, Vec<String>)>,
    /// When each was asked for, written out.
    pub asked: Vec<(commerce::id::ReturnId, String)>,
}

/// Where a return is asked for, if something can be returned.
pub fn entry(frame: &Frame, group: &Group, view: &ReturnsView) -> Markup {
    let t = frame.texts;
    html! {
        @if let Some(until) = &view.until {
            p.after-box {
                a.button.button-second href=(format!("{}/return", path(group))) { (t.t("return.entry")) }
            }
            @if !until.is_empty() { p.quiet { (t.with("return.until", &[("day", until)])) } }
        }
    }
}

fn card(frame: &Frame, group: &Group, found: &Return, view: &ReturnsView) -> Markup {
    let t = frame.texts;
    let title = |number| {
        group
            .lines()
            .find(|l| l.number == number)
            .map_or("", |l| &l.title)
    };
    let asked = view.asked.iter().find(|(id, _)| *id == found.id);
    html! {
        article.card-box.return data-state=(found.state.word()) id=(found.id) {
            h3 { (icon(Icon::Box)) (t.t(state_key(found.state))) }
            p.quiet.number { (found.id) @if let Some((_, at)) = asked { br; (at) } }
            ul { @for line in &found.lines {
                li { (line.pieces) " × " (title(line.number)) span.quiet { " · " (reason_text(frame, line.reason)) }
                    @if found.state == ReturnState::Received && line.received < line.pieces {
                        span.quiet { " · " (t.count("return.came", u64::from(line.received), &[])) }
                    }
                }
            } }
            (next_step(frame, group, found, view))
            @if !found.note.is_empty() { p.quiet.said { (found.note) } }
            @if !found.photos.is_empty() {
                ul.thumbs { @for photo in found.photos.iter().map(|p| Hash::of_number(*p)) {
                    @let whole = photo_path(group, photo);
                    li { a href=(whole) { img src=(format!("{whole}?size=small")) alt=(t.t("photo.yours")) width="96" height="96" loading="lazy"; } }
                } }
            }
            @if found.state.is_open() {
                details.cancel {
                    summary { (t.t("return.withdraw")) }
                    p { (t.t("return.withdraw_body")) }
                    form method="post" action=(format!("{}/return/withdraw", path(group))) data-island="once" {
                        (frame.token_field())
                        input type="hidden" name="return" value=(found.id);
                        button.button.button-second type="submit" { (t.t("return.withdraw_confirm")) }
                    }
                }
            }
        }
    }
}

fn state_key(state: ReturnState) -> &'static str {
    match state {
        ReturnState::Requested => "return.state.requested",
        ReturnState::Approved => "return.state.approved",
        ReturnState::Refused => "return.state.refused",
        ReturnState::Received => "return.state.received",
        ReturnState::Withdrawn => "return.state.withdrawn",
    }
}

/// What the shopper does next, or what became of it.
fn next_step(frame: &Frame, group: &Group, found: &Return, view: &ReturnsView) -> Markup {
    let t = frame.texts;
    let place = view.places.iter().find(|(id, _)| *id == found.id);
    let failed = |id| {
        group
            .refunds
            .iter()
            .any(|r| r.id == id && r.state == RefundState::Failed)
    };
    let amount = t.money(Money {
        minor: found.amount,
        currency: group.currency,
    });
    html! {
        @match found.state {
            ReturnState::Requested => { p { (t.t("return.next.requested")) } },
            ReturnState::Approved => {
                p { (t.t("return.next.approved")) }
                @if !found.answer.is_empty() { p.said { (found.answer) } }
                @if let Some((_, lines)) = place {
                    address.said { @for (at, line) in lines.iter().enumerate() { @if at > 0 { br; } (line) } }
                }
                p.quiet { (t.with("return.number", &[("number", &found.id.to_string())])) }
            },
            ReturnState::Refused => {
                p { (t.t("return.next.refused")) }
                p.said { (found.answer) }
            },
            ReturnState::Received => {
                @if found.amount > 0 && !found.refunds.iter().any(|id| failed(*id)) { p { strong { (t.with("return.next.received", &[("amount", &amount)])) } } }
                @else { p { (t.t("return.next.received_nothing")) } }
            },
            ReturnState::Withdrawn => { p { (t.t("return.next.withdrawn")) } },
        }
    }
}
