//! Members, for who serves them: found by their card at the till, or by their e-mail address on the phone.

use super::V1;
use super::request::{Params, Write, parse_id};
use super::wire::members::{CardScan, Member, MemberQuery};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use crate::members::card;
use axum::Json;
use axum::extract::{Path, State};
use commerce::customer::Customer;

/// Find a member by card
///
/// Takes what a till read from the code on a member's phone. A card that is older than fifteen minutes is refused.
#[utoipa::path(post, path = "/members/scan", tag = "members", request_body = CardScan,
    responses((status = 200, body = Member)))]
pub async fn scan_card(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    write: Write<CardScan>,
) -> Result<Json<Member>, ApiError> {
    let id = card::holder(&app.config, write.body.card.trim());
    let id = id.ok_or_else(|| ApiError::not_found("member"))?;
    let found = app.read(move |q| q.customer(id)).await?;
    shown(found).map(Json)
}

/// Find a member by e-mail address
#[utoipa::path(get, path = "/members", tag = "members", params(MemberQuery),
    responses((status = 200, body = Member)))]
pub async fn find_member(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Params(query): Params<MemberQuery>,
) -> Result<Json<Member>, ApiError> {
    let email = query.email.trim().to_lowercase();
    let found = app.read(move |q| q.customer_by_email(&email)).await?;
    shown(found).map(Json)
}

/// Get a member
#[utoipa::path(get, path = "/members/{id}", tag = "members", params(("id" = String, Path, description = "The member's id.")),
    responses((status = 200, body = Member)))]
pub async fn get_member(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Member>, ApiError> {
    let id = parse_id!(CustomerId, &id, "member")?;
    let found = app.read(move |q| q.customer(id)).await?;
    shown(found).map(Json)
}

/// Who is no member is not told of.
fn shown(found: Option<Customer>) -> Result<Member, ApiError> {
    let member = found.as_ref().and_then(Member::of);
    member.ok_or_else(|| ApiError::not_found("member"))
}
