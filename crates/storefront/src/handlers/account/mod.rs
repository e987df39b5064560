//! The member's own pages: signing in, and what they may see and change then.

mod addresses;
mod data;
pub(super) mod devices;
pub(super) mod orders;
mod points;
mod security;
mod sign_in;
pub mod wallet;

use super::wishes;
use crate::pages::account::{self, Said, sign_in::path as sign_in_path};
use crate::visit::{Answer, Fault, Shop, Visit};
use api::members::ChangeError;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use commerce::customer::Customer;
use std::sync::Arc;

/// All of them.
pub fn routes() -> Router<Arc<Shop>> {
    Router::new()
        .route("/account", get(overview))
        .route("/account/sign-in", get(sign_in::show))
        .route("/account/sign-out", post(sign_in::sign_out))
        .route("/account/code", get(sign_in::code).post(sign_in::send_code))
        .route("/account/code/check", post(sign_in::check_code))
        .route("/account/password", post(sign_in::by_password))
        .route("/account/passkey/ask", post(sign_in::ask_passkey))
        .route("/account/passkey/answer", post(sign_in::by_passkey))
        .route("/account/security", get(security::show))
        .route("/account/security/password", post(security::set_password))
        .route("/account/security/sessions", post(security::end_sessions))
        .route("/account/security/card", post(security::remove_card))
        .route("/account/passkeys/begin", post(security::begin_passkey))
        .route("/account/passkeys/keep", post(security::keep_passkey))
        .route("/account/passkeys/remove", post(security::remove_passkey))
        .route("/account/addresses", get(addresses::list))
        .route(
            "/account/addresses/edit",
            get(addresses::edit).post(addresses::save),
        )
        .route("/account/addresses/change", post(addresses::change))
        .route(
            "/account/favourites",
            get(wishes::show).post(wishes::change),
        )
        .route("/account/devices/keep", post(devices::keep))
        .route("/account/devices/off", post(devices::off))
        .route("/account/devices/forget", post(devices::forget))
        .route("/account/orders", get(orders::list))
        .route("/account/points", get(points::show))
        .route("/account/wallet", get(wallet::show).post(wallet::save))
        .route("/account/wallet/remove", post(wallet::remove))
        .route("/account/card", get(card))
        .route("/account/data", get(data::show))
        .route("/account/data/export", get(data::export))
        .route("/account/data/erase", post(data::erase))
}

/// The member who is signed in; who is not is sent to sign in and back.
pub(super) async fn member(visit: &Visit) -> Result<Customer, Fault> {
    match visit.member().await? {
        Some(member) => Ok(member),
        None => {
            let mut response = visit.go(&sign_in_path(&visit.path));
            if visit.claims.is_some() {
                visit.sign_out(&mut response);
            }
            Err(response.into())
        }
    }
}

/// The page for a member who could not be changed.
pub(super) async fn unchanged(visit: &Visit, error: ChangeError) -> Fault {
    match error {
        ChangeError::Gone => visit.go("/account/sign-in").into(),
        ChangeError::Door(error) => visit.refused(error).await,
        ChangeError::Unreadable(reason) => visit.broken(&store::StoreError::Engine(reason)),
    }
}

/// What the address says was done before, out of what a page knows to say.
pub(super) fn said(visit: &Visit, known: &[&'static str]) -> Said {
    let (_, done) = visit.query.iter().find(|(n, _)| n == "done")?;
    known.iter().find(|k| *k == done).copied()
}

/// The first page.
async fn overview(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    let last = orders::of(&visit, &member, 1).await?;
    let frame = visit.frame().await;
    let points = match visit.has_points() {
        true => Some(visit.points().await?),
        false => None,
    };
    let page = account::overview(&frame, &member, (last.first(), points));
    let mut response = visit.ok(&frame, &page);
    // Who comes by now and then stays signed in.
    visit.sign_in(&mut response, &member);
    Ok(response)
}

/// The card that a till reads.
async fn card(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    let code = visit.shop.members.card(member.id);
    let Some(drawn) = api::qr::draw(&code) else {
        return Err(visit.not_found().await);
    };
    let frame = visit.frame().await;
    let name = if member.name.is_empty() {
        &member.email
    } else {
        &member.name
    };
    let page = account::card::card(&frame, &drawn, name);
    Ok(visit.page(StatusCode::OK, &frame, &page))
}
