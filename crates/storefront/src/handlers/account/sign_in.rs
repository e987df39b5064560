//! Signing in and out.

use super::super::{Posted, cart, fields, wishes};
use super::{devices, unchanged};
use crate::pages::account::sign_in as pages;
use crate::visit::{Answer, Visit};
use api::mail::MailError;
use api::members::{CodeError, PasskeyError, SendError};
use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commerce::customer::Customer;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What an address or a form says under a name.
fn asked<'v>(visit: &'v Visit, name: &str) -> &'v str {
    let mut pairs = visit.query.iter().filter(|(n, _)| n == name);
    pairs.next().map_or("", |(_, value)| value.as_str())
}

/// The ways to sign in.
pub async fn show(visit: Visit) -> Answer {
    let back = visit.own_path(asked(&visit, "back"), "/account");
    if visit.member().await?.is_some() {
        return Ok(visit.go(back));
    }
    problem_page(&visit, ("", back), None).await
}

async fn problem_page(
    visit: &Visit,
    (email, back): (&str, &str),
    problem: pages::Problem,
) -> Answer {
    let frame = visit.frame().await;
    let by_mail = visit.shop.app.config.mailer.is_there();
    let page = pages::sign_in(&frame, (email, back), problem, by_mail);
    let status = match problem {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(visit.page(status, &frame, &page))
}

/// Sends a code.
pub async fn send_code(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let back = visit.own_path(fields.get("back"), "/account");
    let email = fields.get("email").trim().to_lowercase();
    if !crate::address::is_email(&email) {
        return problem_page(&visit, (&email, back), Some("field.email_wrong")).await;
    }
    let sent = visit.shop.members.send_code(&email, visit.texts.language());
    let problem = match sent.await {
        Ok(challenge) => {
            let to = format!("/account/code?back={}", crate::views::escape_query(back));
            let mut response = visit.go(&to);
            visit.keep_challenge(&mut response, &challenge);
            return Ok(response);
        }
        Err(SendError::TooMany(_)) => "account.code_too_many",
        Err(SendError::Mail(MailError::Address(_))) => "account.code_address",
        Err(SendError::Mail(error)) => {
            tracing::warn!(%error, "a code to sign in with was not sent");
            "account.code_not_sent"
        }
    };
    problem_page(&visit, (&email, back), Some(problem)).await
}

/// Where the code is typed.
pub async fn code(visit: Visit) -> Answer {
    let back = visit.own_path(asked(&visit, "back"), "/account");
    let Some(email) = visit.shop.members.challenged(&visit.challenge) else {
        return Ok(visit.go(&pages::path(back)));
    };
    let frame = visit.frame().await;
    Ok(visit.ok(&frame, &pages::code(&frame, (&email, back), None)))
}

/// The code was typed.
pub async fn check_code(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let back = visit.own_path(fields.get("back"), "/account");
    let members = &visit.shop.members;
    match members.check_code(&visit.challenge, fields.get("code")) {
        Ok(email) => {
            let joined = members.join(&email, visit.texts.language()).await;
            match joined {
                Ok(member) => {
                    let mut response = signed_in(&visit, &member, back).await;
                    visit.keep_challenge(&mut response, "");
                    Ok(response)
                }
                Err(error) => Err(unchanged(&visit, error).await),
            }
        }
        Err(CodeError::Wrong) => {
            let email = members.challenged(&visit.challenge).unwrap_or_default();
            let frame = visit.frame().await;
            let page = pages::code(&frame, (&email, back), Some("account.code_wrong"));
            Ok(visit.page(StatusCode::UNPROCESSABLE_ENTITY, &frame, &page))
        }
        Err(CodeError::Over) => problem_page(&visit, ("", back), Some("account.code_over")).await,
    }
}

async fn signed_in(visit: &Visit, member: &Customer, back: &str) -> Response {
    let mut response = visit.go(back);
    visit.sign_in(&mut response, member);
    bring(visit, member, &mut response).await;
    response
}

/// Brings what a guest had along: the cart and the favourites. Who signs in gets in, whatever becomes of it: what could
/// not be brought stays in the browser for the next time.
///
/// What another member was told on this device, who left it without signing out, they are told here no more.
async fn bring(visit: &Visit, member: &Customer, response: &mut Response) {
    if (visit.here.as_ref()).is_some_and(|here| here.member != member.id) {
        devices::forget_here(visit, response).await;
    }
    if cart::take_along(visit, member.id).await.is_err() {
        tracing::warn!(member = %member.id, "a guest's cart stays in the browser");
    }
    wishes::take_along(visit, member, response).await;
}

/// Address and password were typed.
pub async fn by_password(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let back = visit.own_path(fields.get("back"), "/account");
    let email = fields.get("email").trim().to_lowercase();
    let found = visit
        .shop
        .members
        .by_password(&email, fields.get("password"));
    let problem = match found.await {
        Ok(Ok(Some(member))) => return Ok(signed_in(&visit, &member, back).await),
        Ok(Ok(None)) => "account.password_wrong",
        Ok(Err(error)) => return Err(visit.broken(&error)),
        Err(_) => "account.password_too_many",
    };
    problem_page(&visit, (&email, back), Some(problem)).await
}

/// Ends the session on this device.
pub async fn sign_out(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let mut response = visit.go("/");
    devices::forget_here(&visit, &mut response).await;
    visit.sign_out(&mut response);
    Ok(response)
}

/// What a page's script sends for a passkey.
#[derive(Deserialize)]
pub struct Sent<'b> {
    /// The form token.
    pub token: &'b str,
    /// Where to go then.
    #[serde(default)]
    pub back: &'b str,
    /// What was asked, signed; empty in the beginning.
    #[serde(default)]
    pub state: &'b str,
    /// What the browser made of it.
    #[serde(borrow)]
    pub credential: Option<&'b RawValue>,
}

/// Reads what a page's script sent, if the page is ours.
pub fn sent<'b>(visit: &Visit, body: &'b Bytes) -> Option<Sent<'b>> {
    let sent: Sent<'b> = serde_json::from_slice(body).ok()?;
    visit.is_ours(sent.token).then_some(sent)
}

/// What the script is told: where to go, or that it did not work.
pub fn told(visit: &Visit, outcome: Result<&str, PasskeyError>) -> Response {
    let response = match outcome {
        Ok(to) => Json(serde_json::json!({ "to": to })).into_response(),
        Err(error) => {
            tracing::info!(%error, "a passkey did not work");
            StatusCode::UNPROCESSABLE_ENTITY.into_response()
        }
    };
    visit.with_cookies(response)
}

/// Asks for a passkey.
pub async fn ask_passkey(visit: Visit, body: Bytes) -> Response {
    if sent(&visit, &body).is_none() {
        return StatusCode::FORBIDDEN.into_response();
    }
    match visit.shop.members.ask_passkey() {
        Ok(ceremony) => visit.with_cookies(Json(ceremony).into_response()),
        Err(error) => told(&visit, Err(error)),
    }
}

/// A passkey answered.
pub async fn by_passkey(visit: Visit, body: Bytes) -> Response {
    let Some(sent) = sent(&visit, &body) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let credential = sent.credential.map_or("", RawValue::get).as_bytes();
    let found = visit.shop.members.by_passkey(sent.state, credential).await;
    match found {
        Ok(member) => {
            let mut response = told(&visit, Ok(visit.own_path(sent.back, "/account")));
            visit.sign_in(&mut response, &member);
            bring(&visit, &member, &mut response).await;
            response
        }
        Err(error) => told(&visit, Err(error)),
    }
}
