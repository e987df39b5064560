//! Members' points, for operators: what they are worth, what a member has, and adjusting it.

use super::V1;
use super::request::{Params, Write, Written, cursor, limit, parse_id};
use super::wire::Money;
use super::wire::points::{
    MemberPoints, PointsAdjustment, PointsCause, PointsEntry, PointsProgram, PointsProgramChange,
    PointsQuery,
};
use crate::app::{App, now_ms};
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::i18n::Texts;
use crate::members::points;
use axum::Json;
use axum::extract::{Path, State};
use commerce::code::CurrencyCode;
use commerce::command::{AdjustPoints, Command, SetPointsProgram};
use commerce::customer::Customer;
use commerce::id::{CustomerId, OrderId};
use commerce::money::Currency;
use commerce::points as core;
use commerce::text::{Language, Text};
use commerce::{Refusal, World};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Entries that the answer to an adjustment shows.
const SHOWN_MAX: usize = 50;
/// What is proposed until somebody says what points are worth: a point for each whole unit, worth a hundredth of it.
const PROPOSED_SHARE_PPM: u32 = 500_000;
const PROPOSED_DAYS: u16 = 730;

/// The routes.
pub(super) fn routes() -> OpenApiRouter<V1> {
    OpenApiRouter::new()
        .routes(routes!(get_points_program, set_points_program))
        .routes(routes!(get_points, adjust_points))
}

/// What is proposed for a currency.
fn proposed(currency: Currency) -> core::PointsProgram {
    let mut title = Text::default();
    for language in Language::ALL {
        let name = Texts::of(language).t("points.name").to_string();
        title.set(language, name);
    }
    core::PointsProgram {
        version: 0,
        title,
        currency,
        spend_per_point: 10_i64.pow(currency.exponent()),
        worth: 1,
        share_max_ppm: PROPOSED_SHARE_PPM,
        points_min: 0,
        expires_after_days: PROPOSED_DAYS,
        active: false,
    }
}

/// The program, or what is proposed while there is none.
fn known(world: &World) -> Result<core::PointsProgram, ApiError> {
    let currency = || world.shop().map(|shop| shop.currency);
    let known = world.points_program().cloned();
    let known = known.or_else(|| currency().map(proposed));
    known.ok_or_else(|| ApiError::not_found("shop"))
}

fn program(world: &World) -> Result<PointsProgram, ApiError> {
    let program = known(world)?;
    Ok(PointsProgram {
        version: program.version,
        title: (&program.title).into(),
        currency: program.currency.to_string(),
        spend_per_point: program.spend_per_point,
        worth: program.worth,
        share_max_ppm: program.share_max_ppm,
        points_min: program.points_min,
        expires_after_days: program.expires_after_days,
        active: program.active,
    })
}

/// What points are worth
#[utoipa::path(get, path = "/points/program", tag = "points",
    responses((status = 200, body = PointsProgram)))]
pub async fn get_points_program(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
) -> Result<Json<PointsProgram>, ApiError> {
    program(&app.shelf.read()).map(Json)
}

/// Say what points are worth
///
/// Orders that were placed before keep the terms they were placed under.
#[utoipa::path(put, path = "/points/program", tag = "points", request_body = PointsProgramChange,
    responses((status = 200, body = PointsProgram)))]
pub async fn set_points_program(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    write: Write<PointsProgramChange>,
) -> Result<Written<PointsProgram>, ApiError> {
    let (change, write) = write.apart();
    let currency = CurrencyCode::parse(&change.currency);
    let currency = currency.ok_or(Refusal::FieldInvalid { field: "currency" })?;
    let title = match change.title {
        Some(title) => title.into(),
        None => known(&app.shelf.read())?.title,
    };
    let set = SetPointsProgram {
        program: core::PointsProgram {
            version: 0,
            title,
            currency,
            spend_per_point: change.spend_per_point,
            worth: change.worth,
            share_max_ppm: change.share_max_ppm,
            points_min: change.points_min,
            expires_after_days: change.expires_after_days,
            active: change.active,
        },
        expected_version: change.version,
    };
    let command = Command::SetPointsProgram(set);
    let decided = write.submit(&app, &staff, command).await?;
    Ok(Written {
        body: program(&app.shelf.read())?,
        replayed: decided.replayed,
    })
}

/// A member's points
///
/// With what changed, the newest first.
#[utoipa::path(get, path = "/members/{id}/points", tag = "points",
    params(("id" = String, Path, description = "The member's id."), PointsQuery),
    responses((status = 200, body = MemberPoints)))]
pub async fn get_points(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    Params(query): Params<PointsQuery>,
) -> Result<Json<MemberPoints>, ApiError> {
    let id = parse_id!(CustomerId, &id, "member")?;
    let (before, limit) = (cursor(query.cursor.as_deref())?, limit(query.limit)?);
    let found = app.read(move |q| q.customer(id)).await?;
    if !found.as_ref().is_some_and(Customer::is_member) {
        return Err(ApiError::not_found("member"));
    }
    shown(&app, id, (before, limit)).await.map(Json)
}

/// Give a member points, or take some away
///
/// Refused with `points_below_zero` if there are not so many. Send a key: repeated with it, it is done once.
#[utoipa::path(post, path = "/members/{id}/points", tag = "points", request_body = PointsAdjustment,
    params(("id" = String, Path, description = "The member's id.")),
    responses((status = 200, body = MemberPoints)))]
pub async fn adjust_points(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<PointsAdjustment>,
) -> Result<Written<MemberPoints>, ApiError> {
    let member = parse_id!(CustomerId, &id, "member")?;
    let (PointsAdjustment { change, reason }, write) = write.apart();
    let command = Command::AdjustPoints(AdjustPoints {
        member,
        change,
        reason,
    });
    let decided = write.submit(&app, &staff, command).await?;
    let newest = None;
    Ok(Written {
        body: shown(&app, member, (newest, SHOWN_MAX)).await?,
        replayed: decided.replayed,
    })
}

async fn shown(
    app: &App,
    member: CustomerId,
    (before, limit): (Option<u64>, usize),
) -> Result<MemberPoints, ApiError> {
    let account = points::of(app, member).await?;
    let (entries, next) = points::entries(app, member, before, limit).await?;
    let world = app.shelf.read();
    let spendable = account.spendable(now_ms());
    let worth = |p: &core::PointsProgram| Money::new(spendable.saturating_mul(p.worth), p.currency);
    Ok(MemberPoints {
        balance: account.balance,
        spendable,
        worth: world.points_program().map(worth),
        expires_at: account.expires_at,
        items: entries.iter().map(|e| entry(&world, e)).collect(),
        next: next.map(|number| number.to_string()),
    })
}

/// An entry as interfaces show it.
fn entry(world: &World, entry: &core::PointsEntry) -> PointsEntry {
    use core::PointsCause as Cause;
    let (operator, reason) = match &entry.cause {
        Cause::Adjusted { operator, reason } => (*operator, Some(reason.clone())),
        _ => (None, None),
    };
    let name = |id| {
        let known = world.operator(id).map(|o| o.name.clone());
        known.unwrap_or_else(|| id.to_string())
    };
    let order = |group| OrderId::under(group, 1).to_string();
    PointsEntry {
        number: entry.number,
        at: entry.at,
        change: entry.change,
        balance: entry.balance,
        cause: match entry.cause {
            Cause::Earned(_) => PointsCause::Earned,
            Cause::TakenBack(_) => PointsCause::TakenBack,
            Cause::Spent(_) => PointsCause::Spent,
            Cause::GivenBack(_) => PointsCause::GivenBack,
            Cause::Adjusted { .. } => PointsCause::Adjusted,
            Cause::Expired => PointsCause::Expired,
            Cause::GivenUp => PointsCause::GivenUp,
        },
        order: entry.cause.group().map(order),
        operator: operator.map(name),
        reason,
    }
}
