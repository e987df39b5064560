//! What the shop knows of a member: to take away (GDPR, articles 15 and 20) and to be forgotten (article 17).
//!
//! Orders stay as long as the law asks for the books; what is only the member's own goes at once.

use super::super::{Posted, fields};
use super::{member, orders, said, unchanged, wallet};
use crate::devices::host_of;
use crate::pages::account::data as pages;
use crate::pages::account::orders::OrderLine;
use crate::views::wallet::{Entry, State};
use crate::visit::{Answer, Fault, Visit};
use api::members::points;
use api::v1::show::orders::detail;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use commerce::id::{CustomerId, OrderId};
use commerce::points::{PointsCause, PointsEntry};
use commerce::settings::DiscountValue;
use serde_json::{Value, json};

/// Orders in the file: all that a person can have placed.
const EXPORTED_MAX: usize = 10_000;

/// The page.
pub async fn show(visit: Visit) -> Answer {
    member(&visit).await?;
    let frame = visit.frame().await;
    let problem = said(&visit, &["account.erase_unsure"]);
    Ok(visit.ok(&frame, &pages::data(&frame, problem)))
}

/// Everything in one JSON file.
pub async fn export(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    let lines = orders::of(&visit, &member, EXPORTED_MAX).await?;
    let orders: Vec<Value> = {
        let world = visit.shop.app.shelf.read();
        let providers = &visit.shop.app.config.providers;
        let is_test = |name: &str| providers.iter().any(|p| p.name == name && p.test_money);
        let shown = |line: &OrderLine| {
            let (group, history) = (&line.group, &[]);
            let of = |order| json!(detail(&world, group, order, history, &is_test));
            group.orders.iter().map(of).collect::<Vec<_>>()
        };
        lines.iter().flat_map(shown).collect()
    };
    let wallet = wallet::of(&visit, &member).await?;
    let wallet: Vec<Value> = wallet.iter().map(kept).collect();
    let wishes = visit.wishes().await?;
    let favourites = super::super::wishes::exported(&visit, &wishes);
    let reviews = api::reviews::of_author(&visit.shop.app, &member.email).await;
    let reviews = reviews.map_err(|e| visit.broken(&e))?;
    let points = points_of(&visit, member.id).await?;
    let membership = member.membership.as_ref();
    let passkeys: Vec<Value> = membership
        .iter()
        .flat_map(|m| &m.passkeys)
        .map(|p| json!({ "name": p.name, "created_at": p.created_at, "used_at": p.used_at }))
        .collect();
    let devices: Vec<Value> = membership
        .iter()
        .flat_map(|m| &m.devices)
        .map(|d| json!({ "push_service": host_of(d), "name": d.name, "since": d.since }))
        .collect();
    let addresses: Vec<&commerce::settings::Address> =
        member.addresses.iter().map(|(_, a)| a).collect();
    let all = json!({
        "member": {
            "id": member.id.to_string(),
            "email": member.email,
            "name": member.name,
            "joined_at": membership.map(|m| m.joined_at),
            "language": membership.map(|m| m.language),
            "has_password": membership.is_some_and(|m| !m.password_hash.is_empty()),
            "passkeys": passkeys,
            "devices": devices,
            "saved_payment": membership.and_then(|m| m.saved_payment.as_ref()).map(|p| &p.label),
            "addresses": addresses,
            "wallet": wallet,
        },
        "favourites": favourites,
        "orders": orders,
        "reviews": reviews,
        "points": points,
    });
    let body = serde_json::to_string_pretty(&all).unwrap_or_default();
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"my-data.json\""),
        ),
    ];
    Ok(visit.with_cookies((StatusCode::OK, headers, body).into_response()))
}

/// Something in the wallet.
fn kept(entry: &Entry) -> Value {
    let state = match entry.state {
        State::Ready => "ready",
        State::From(_) => "later",
        State::Used => "used",
        State::Gone => "gone",
        State::Over => "over",
    };
    json!({
        "kind": if entry.packet_of.is_some() { "red_packet" } else { "coupon" },
        "title": entry.title,
        "code": entry.code,
        "value": match entry.value {
            Some(DiscountValue::Fixed(money)) => json!({ "amount": money.minor, "currency": money.currency.as_str() }),
            Some(DiscountValue::Percent(ppm)) => json!({ "percent": ppm }),
            None => Value::Null,
        },
        "until": entry.until.as_ref().map(|(at, _)| at),
        "state": state,
    })
}

/// What a member has of points, and every change of them.
async fn points_of(visit: &Visit, member: CustomerId) -> Result<Value, Fault> {
    let app = &visit.shop.app;
    let account = points::of(app, member).await;
    let account = account.map_err(|e| visit.broken(&e))?;
    let entries = points::all_entries(app, member).await;
    let entries = entries.map_err(|e| visit.broken(&e))?;
    Ok(json!({
        "balance": account.balance,
        "expires_at": account.expires_at,
        "entries": entries.iter().map(changed).collect::<Vec<_>>(),
    }))
}

/// A change of points. Which operator made it is no business of the member's.
fn changed(entry: &PointsEntry) -> Value {
    let reason = match &entry.cause {
        PointsCause::Adjusted { reason, .. } => Some(reason),
        _ => None,
    };
    json!({
        "at": entry.at,
        "change": entry.change,
        "balance": entry.balance,
        "cause": entry.cause.word(),
        "order": entry.cause.group().map(|group| OrderId::under(group, 1).to_string()),
        "reason": reason,
    })
}

/// Forgets the member.
pub async fn erase(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    if fields.get("sure") != "1" {
        return Ok(visit.go("/account/data?done=account.erase_unsure"));
    }
    if let Err(error) = visit.shop.members.erase(member.id).await {
        return Err(unchanged(&visit, error).await);
    }
    let mut frame = visit.frame().await;
    frame.signed_in = false;
    let mut response = visit.ok(&frame, &pages::erased(&frame));
    visit.keep_here(&mut response, None);
    visit.sign_out(&mut response);
    Ok(response)
}
