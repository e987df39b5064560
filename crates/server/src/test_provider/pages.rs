//! The pages that people see: the card page and the bank's challenge. Plain forms, no script, phones first.

use std::sync::Arc;
use std::time::Duration;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use commerce::money::{Currency, Money};
use commerce::text::Language;
use connectors::test_payments::wire::Status;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Deserialize;

use super::cards::{self, Behavior, CARDS};
use super::ledger::number_of;
use super::record::{Decision, Record, Step};
use super::texts::{Texts, amount, name, texts};
use super::{App, now_ms};
use crate::third_party::Refusal;

/// Colors, sizes and spaces, as everywhere in the product.
const TOKENS: &str = include_str!("../../../../ui/shared/tokens.css");
const STYLE: &str = include_str!("pages.css");

/// Nothing is loaded, nothing runs, nobody frames it.
const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Deserialize)]
pub(super) struct PageQuery {
    lang: Option<String>,
}

/// What the card page sends.
#[derive(Deserialize)]
pub(super) struct PayForm {
    /// A token of the list.
    card: Option<String>,
    /// A typed number; counts more than the list.
    number: Option<String>,
}

/// What the challenge page sends.
#[derive(Deserialize)]
pub(super) struct ChallengeForm {
    decision: Answer,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Approve,
    Fail,
    Leave,
}

/// `GET /pay/{id}`
pub(super) async fn pay(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let language = language(&query, None, &headers);
    let record = match find(&app, &id) {
        Ok(record) => record,
        Err(refusal) => return refusal_page(&refusal, language),
    };
    let language = self::language(&query, Some(&record), &headers);
    match record.now.status {
        Status::RequiresPaymentMethod => page(
            StatusCode::OK,
            language,
            texts(language).pay_title,
            &card_form(&record, language),
        ),
        Status::RequiresAction => see(&page_url(&app, &record, "/3ds", language)),
        _ => page(
            StatusCode::OK,
            language,
            texts(language).done_title,
            &done(&record, language),
        ),
    }
}

/// `POST /pay/{id}`
pub(super) async fn pay_submit(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
    Form(form): Form<PayForm>,
) -> Response {
    let number = form
        .number
        .as_deref()
        .map(str::trim)
        .filter(|number| !number.is_empty());
    let card = match number {
        Some(number) => cards::by_number(number),
        None => form.card.as_deref().and_then(cards::by_token),
    };
    let changed = match number_of(&id) {
        Ok(number) => {
            app.ledger
                .change(number, Step::Present { card }, now_ms())
                .await
        }
        Err(refusal) => Err(refusal),
    };
    let changed = match changed {
        Ok(changed) => changed,
        Err(refusal) => return refusal_page(&refusal, self::language(&query, None, &headers)),
    };
    app.deliveries.send_before_answer(changed.news).await;
    let record = changed.record;
    let language = self::language(&query, Some(&record), &headers);
    if card == Some(Behavior::Timeout) && record.now.status == Status::Authorized {
        tokio::time::sleep(Duration::from_millis(app.config.timings.slow_answer_ms)).await;
    }
    match record.now.status {
        Status::RequiresPaymentMethod => see(&page_url(&app, &record, "", language)),
        Status::RequiresAction => see(&page_url(&app, &record, "/3ds", language)),
        _ => see(&record.create.return_url),
    }
}

/// `GET /pay/{id}/3ds`
pub(super) async fn challenge(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
) -> Response {
    let record = match find(&app, &id) {
        Ok(record) => record,
        Err(refusal) => return refusal_page(&refusal, language(&query, None, &headers)),
    };
    let language = language(&query, Some(&record), &headers);
    match record.now.status {
        Status::RequiresAction => page(
            StatusCode::OK,
            language,
            texts(language).challenge_title,
            &challenge_form(&record, language),
        ),
        Status::RequiresPaymentMethod => see(&page_url(&app, &record, "", language)),
        _ => page(
            StatusCode::OK,
            language,
            texts(language).done_title,
            &done(&record, language),
        ),
    }
}

/// `POST /pay/{id}/3ds`
pub(super) async fn challenge_submit(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
    headers: HeaderMap,
    Form(form): Form<ChallengeForm>,
) -> Response {
    let result = match form.decision {
        Answer::Leave => find(&app, &id),
        Answer::Approve => decide(&app, &id, Decision::Approve).await,
        Answer::Fail => decide(&app, &id, Decision::Refuse).await,
    };
    match result {
        Ok(record) => see(&record.create.return_url),
        Err(refusal) => refusal_page(&refusal, language(&query, None, &headers)),
    }
}

async fn decide(app: &Arc<App>, id: &str, decision: Decision) -> Result<Record, Refusal> {
    let changed = app
        .ledger
        .change(number_of(id)?, Step::Decide { decision }, now_ms())
        .await?;
    app.deliveries.send_before_answer(changed.news).await;
    Ok(changed.record)
}

fn find(app: &App, id: &str) -> Result<Record, Refusal> {
    app.ledger.record(number_of(id)?)
}

/// The reader's choice, then the shop's, then the browser's.
fn language(query: &PageQuery, record: Option<&Record>, headers: &HeaderMap) -> Language {
    let chosen = query.lang.as_deref();
    let shop = record.and_then(|record| record.create.language.as_deref());
    let browser = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    [chosen, shop, browser]
        .into_iter()
        .flatten()
        .find_map(first_language)
        .unwrap_or(Language::En)
}

/// The first of a list such as `de-AT,de;q=0.9`.
fn first_language(tags: &str) -> Option<Language> {
    Language::parse(tags.split([',', ';']).next().unwrap_or_default().trim())
}

fn page_url(app: &App, record: &Record, rest: &str, language: Language) -> String {
    format!(
        "{}/pay/{}{rest}?lang={}",
        app.config.base_url,
        record.id(),
        language.tag()
    )
}

fn see(url: &str) -> Response {
    Redirect::to(url).into_response()
}

fn refusal_page(refusal: &Refusal, language: Language) -> Response {
    let texts = texts(language);
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (title, text) = if status == StatusCode::NOT_FOUND {
        (texts.missing_title, texts.missing)
    } else {
        (texts.broken_title, texts.broken)
    };
    page(
        status,
        language,
        title,
        &html! { h1 { (title) } p { (text) } },
    )
}

fn page(status: StatusCode, language: Language, title: &str, content: &Markup) -> Response {
    let texts = texts(language);
    let markup = html! {
        (DOCTYPE)
        html lang=(language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) }
                style { (PreEscaped(TOKENS)) (PreEscaped(STYLE)) }
            }
            body {
                header.banner { (texts.banner) }
                main { (content) }
                nav aria-label=(texts.language) {
                    @for other in Language::ALL {
                        @if other == language {
                            span aria-current="true" { (name(other)) }
                        } @else {
                            a href=(format!("?lang={}", other.tag())) lang=(other.tag()) { (name(other)) }
                        }
                    }
                }
            }
        }
    };
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(CONTENT_POLICY),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (status, headers, markup).into_response()
}

fn summary(record: &Record, language: Language) -> Markup {
    html! {
        dl.summary {
            dt { (texts(language).to_pay) }
            dd.amount { (amount_text(record, language)) }
            @if !record.create.description.is_empty() { dd.description { (record.create.description) } }
        }
    }
}

fn amount_text(record: &Record, language: Language) -> String {
    let create = &record.create;
    let decimal = match Currency::parse(&create.currency) {
        Some(currency) => Money {
            minor: create.amount_minor,
            currency,
        }
        .decimal(),
        None => create.amount_minor.to_string(),
    };
    amount(language, &decimal, &create.currency)
}

fn card_form(record: &Record, language: Language) -> Markup {
    let texts = texts(language);
    html! {
        h1 { (texts.pay_title) }
        (summary(record, language))
        @if let Some(problem) = &record.now.problem {
            p.problem role="alert" { span aria-hidden="true" { "✕ " } (texts.problem(problem)) }
        }
        form method="post" {
            fieldset {
                legend { (texts.choose_card) }
                @for (index, card) in CARDS.iter().enumerate() {
                    @let (title, effect) = texts.card(card.behavior);
                    label.card {
                        input type="radio" name="card" value=(card.token) checked[index == 0];
                        span.name { (title) }
                        span.number { (card.number) }
                        span.effect { (effect) }
                    }
                }
            }
            label.field {
                span { (texts.other_number) }
                input type="text" name="number" inputmode="numeric" autocomplete="off" maxlength="32"
                    aria-describedby="number-hint";
                small id="number-hint" { (texts.other_number_hint) }
            }
            div.actions.thumb {
                button.primary type="submit" { (texts.pay) " " (amount_text(record, language)) }
            }
        }
        div.actions { (back_link(record, texts)) }
    }
}

fn back_link(record: &Record, texts: &Texts) -> Markup {
    html! { a.quiet href=(record.create.return_url) rel="noreferrer" { (texts.back) } }
}

fn challenge_form(record: &Record, language: Language) -> Markup {
    let texts = texts(language);
    html! {
        h1 { (texts.challenge_title) }
        (summary(record, language))
        p { (texts.challenge_question) }
        form.actions method="post" {
            button.primary type="submit" name="decision" value="approve" { (texts.approve) }
            button.secondary type="submit" name="decision" value="fail" { (texts.refuse) }
            button.quiet type="submit" name="decision" value="leave" { (texts.leave) }
        }
    }
}

fn done(record: &Record, language: Language) -> Markup {
    let texts = texts(language);
    let paid = matches!(record.now.status, Status::Authorized | Status::Captured);
    html! {
        h1 { (texts.done_title) }
        p { (if paid { texts.done_paid } else { texts.done_unpaid }) }
        div.actions { a.primary href=(record.create.return_url) rel="noreferrer" { (texts.continue_to_shop) } }
    }
}
