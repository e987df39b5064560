//! Password, passkeys and sessions.

use super::super::{Posted, fields};
use super::sign_in::{sent, told};
use super::{member, said, unchanged};
use crate::pages::account::security::{PasskeyLine, SecurityView, security};
use crate::visit::{Answer, Visit};
use api::auth::PASSWORD_CHARS_MIN;
use api::members::PasskeyError;
use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use commerce::command::Device;
use commerce::customer::{Customer, Membership};
use jiff::tz::TimeZone;
use serde_json::value::RawValue;

/// Characters of a password that are looked at: hashing more is a way to keep the server busy.
const PASSWORD_CHARS_MAX: usize = 200;
/// What the page knows to say of the last act.
const SAID: [&str; 4] = [
    "account.password_saved",
    "account.passkey_removed",
    "account.sessions_ended",
    "account.saved_card_removed",
];

/// The page.
pub async fn show(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    shown(&visit, &member, None).await
}

async fn shown(visit: &Visit, member: &Customer, error: Option<&'static str>) -> Answer {
    let t = visit.texts;
    let day = |at| t.moment_in(at, &TimeZone::UTC);
    let Some(membership) = &member.membership else {
        return Ok(visit.go("/account/sign-in"));
    };
    let passkeys: Vec<PasskeyLine> = (membership.passkeys.iter())
        .map(|p| PasskeyLine {
            id: p.id.clone(),
            name: p.name.clone(),
            created: day(p.created_at),
            used: p.used_at.map(day),
        })
        .collect();
    let view = SecurityView {
        email: &member.email,
        member: membership,
        passkeys: &passkeys,
        can_passkeys: visit.shop.members.has_passkeys(),
        error,
    };
    let frame = visit.frame().await;
    let page = security(&frame, &view, said(visit, &SAID));
    let status = match error {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(visit.page(status, &frame, &page))
}

/// Back to the page, with what was done and a session that goes on.
fn done(visit: &Visit, member: &Customer, what: &str) -> Response {
    let mut response = visit.go(&format!("/account/security?done={what}"));
    visit.sign_in(&mut response, member);
    response
}

/// Sets the password.
pub async fn set_password(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let password = fields.get("password");
    let chars = password.chars().count();
    if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&chars) {
        return shown(&visit, &member, Some("account.password_short")).await;
    }
    let password = password.to_string();
    let changed = (visit.shop.members).set_password(member.id, password, |d| visit.is_here(d));
    match changed.await {
        Ok(member) => Ok(done(&visit, &member, SAID[0])),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Ends all sessions but this one.
pub async fn end_sessions(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let end = |_: &mut Customer, member: &mut Membership| {
        member.end_sessions(|d| visit.is_here(d));
    };
    match visit.shop.members.change(member.id, end).await {
        Ok(member) => Ok(done(&visit, &member, SAID[2])),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Forgets the card that pays the next order.
pub async fn remove_card(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let forget = |_: &mut Customer, member: &mut Membership| {
        member.keeps_payment = false;
        member.saved_payment = None;
    };
    match visit.shop.members.change(member.id, forget).await {
        Ok(member) => Ok(done(&visit, &member, SAID[3])),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Takes a passkey off.
pub async fn remove_passkey(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let id = fields.get("id");
    let remove = |_: &mut Customer, member: &mut Membership| member.passkeys.retain(|p| p.id != id);
    match visit.shop.members.change(member.id, remove).await {
        Ok(member) => Ok(done(&visit, &member, SAID[1])),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Asks for a new passkey.
pub async fn begin_passkey(visit: Visit, body: Bytes) -> Response {
    let member = match (sent(&visit, &body), visit.member().await) {
        (Some(_), Ok(Some(member))) => member,
        _ => return StatusCode::FORBIDDEN.into_response(),
    };
    match visit.shop.members.begin_passkey(&member) {
        Ok(ceremony) => visit.with_cookies(Json(ceremony).into_response()),
        Err(error) => told(&visit, Err(error)),
    }
}

/// Keeps a new passkey.
pub async fn keep_passkey(visit: Visit, body: Bytes) -> Response {
    let (sent, member) = match (sent(&visit, &body), visit.member().await) {
        (Some(sent), Ok(Some(member))) => (sent, member),
        _ => return StatusCode::FORBIDDEN.into_response(),
    };
    let credential = sent.credential.map_or("", RawValue::get).as_bytes();
    let name = visit.texts.t(match visit.device {
        Device::Phone => "account.passkey_phone",
        Device::Tablet => "account.passkey_tablet",
        Device::Desktop | Device::Unknown => "account.passkey_computer",
    });
    let members = &visit.shop.members;
    let kept = members.keep_passkey(member.id, (sent.state, credential), name);
    let outcome: Result<&str, PasskeyError> = kept.await.map(|_| "/account/security");
    told(&visit, outcome)
}
