//! Campaigns: prepared, rehearsed, approved by a second person, watched, stopped.

mod convert;
mod rehearse;
mod report;
pub(crate) mod report_csv;

use super::V1;
use super::request::{Params, Write, Written, parse_id};
use super::wire::campaign_report::{CampaignReport, ReportQuery};
use super::wire::campaigns::{
    CampaignBody, CampaignEntry, CampaignList, CampaignMove, CampaignSummary, CodesQuery, Phase,
    Rehearsal,
};
use crate::app::{App, now_ms};
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use commerce::campaign::{Campaign, CampaignState, Codes, Deal};
use commerce::command::{CampaignDraft, CampaignStep, Command, Outcome};
use commerce::id::CampaignId;
use commerce::switch::Work;
use commerce::{Refusal, coupon};
use std::fmt::Write as _;

fn phase(campaign: &Campaign, now: i64) -> Phase {
    match campaign.state {
        CampaignState::Draft => Phase::Draft,
        CampaignState::Stopped => Phase::Stopped,
        CampaignState::Ended => Phase::Over,
        CampaignState::Approved if now < campaign.starts_at => Phase::Planned,
        CampaignState::Approved if now < campaign.ends_at => Phase::Running,
        CampaignState::Approved => Phase::Over,
    }
}

/// List campaigns
///
/// The one that begins latest comes first.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns",
    responses((status = 200, body = CampaignList)))]
pub async fn list_campaigns(State(V1 { app, .. }): State<V1>, _staff: Staff) -> Json<CampaignList> {
    let now = now_ms();
    let world = app.shelf.read();
    let mut found: Vec<&Campaign> = world.campaigns().collect();
    found.sort_by_key(|c| std::cmp::Reverse((c.starts_at, c.id)));
    let summary = |campaign: &&Campaign| CampaignSummary {
        id: campaign.id.to_string(),
        code: campaign.code.clone(),
        title: (&campaign.title).into(),
        phase: phase(campaign, now),
        time_zone: campaign.time_zone.clone(),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        rules: campaign.rules.len() as u32,
    };
    Json(CampaignList {
        items: found.iter().map(summary).collect(),
        now,
    })
}

fn known(app: &App, id: &str) -> Result<Campaign, ApiError> {
    let id = parse_id!(CampaignId, id, "campaign")?;
    let found = app.shelf.read().campaign(id).cloned();
    found.ok_or_else(|| ApiError::not_found("campaign"))
}

fn shown(app: &App, id: CampaignId) -> Result<CampaignEntry, ApiError> {
    let world = app.shelf.read();
    let campaign = world.campaign(id);
    let campaign = campaign.ok_or_else(|| ApiError::not_found("campaign"))?;
    Ok(convert::entry(&world, campaign, now_ms()))
}

/// One campaign, and how much was taken of its limits
#[utoipa::path(get, path = "/campaigns/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's id.")),
    responses((status = 200, body = CampaignEntry)))]
pub async fn get_campaign(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<CampaignEntry>, ApiError> {
    let id = parse_id!(CampaignId, &id, "campaign")?;
    Ok(Json(shown(&app, id)?))
}

/// Prepare a campaign
///
/// It is saved as a draft and does nothing until somebody else approves it.
#[utoipa::path(post, path = "/campaigns", tag = "campaigns", request_body = CampaignBody,
    responses((status = 200, body = CampaignEntry)))]
pub async fn create_campaign(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    write: Write<CampaignBody>,
) -> Result<Written<CampaignEntry>, ApiError> {
    let id = CampaignId(app.ids.next());
    save(&app, &staff, write, id).await
}

/// Replace a draft
///
/// Refused with 409 when it was changed since `version`, or is no draft any more.
#[utoipa::path(put, path = "/campaigns/{id}", tag = "campaigns", request_body = CampaignBody,
    params(("id" = String, Path, description = "The campaign's id.")),
    responses((status = 200, body = CampaignEntry)))]
pub async fn change_campaign(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<CampaignBody>,
) -> Result<Written<CampaignEntry>, ApiError> {
    let id = known(&app, &id)?.id;
    save(&app, &staff, write, id).await
}

async fn save(
    app: &App,
    staff: &Staff,
    write: Write<CampaignBody>,
    id: CampaignId,
) -> Result<Written<CampaignEntry>, ApiError> {
    let draft = {
        let world = app.shelf.read();
        CampaignDraft {
            campaign: convert::campaign(&world, id, &write.body)?,
            expected_version: write.body.version,
        }
    };
    let decided = write
        .submit(app, staff, Command::SaveCampaign(draft))
        .await?;
    // A repeated request is told of the one that it made the first time.
    let id = match &decided.outcome {
        Outcome::Saved(saved) => saved.ids.first().map_or(id, |raw| CampaignId(*raw)),
        _ => id,
    };
    Ok(Written {
        body: shown(app, id)?,
        replayed: decided.replayed,
    })
}

async fn advance(
    app: &App,
    staff: &Staff,
    write: &Write<CampaignMove>,
    (id, step): (&str, CampaignStep),
) -> Result<Written<CampaignEntry>, ApiError> {
    let campaign = known(app, id)?;
    let command = Command::MoveCampaign(campaign.id, write.body.version, step);
    let decided = write.submit(app, staff, command).await?;
    Ok(Written {
        body: shown(app, campaign.id)?,
        replayed: decided.replayed,
    })
}

/// Approve a campaign
///
/// By somebody else than the operator who changed it last. From then on it runs in its time and cannot be changed.
#[utoipa::path(post, path = "/campaigns/{id}/approve", tag = "campaigns", request_body = CampaignMove,
    params(("id" = String, Path, description = "The campaign's id.")),
    responses((status = 200, body = CampaignEntry)))]
pub async fn approve_campaign(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<CampaignMove>,
) -> Result<Written<CampaignEntry>, ApiError> {
    advance(&app, &staff, &write, (&id, CampaignStep::Approve)).await
}

/// Stop a campaign
///
/// At once and for good. Orders that were placed keep their prices.
#[utoipa::path(post, path = "/campaigns/{id}/stop", tag = "campaigns", request_body = CampaignMove,
    params(("id" = String, Path, description = "The campaign's id.")),
    responses((status = 200, body = CampaignEntry)))]
pub async fn stop_campaign(
    State(V1 { app, .. }): State<V1>,
    staff: Staff,
    Path(id): Path<String>,
    write: Write<CampaignMove>,
) -> Result<Written<CampaignEntry>, ApiError> {
    advance(&app, &staff, &write, (&id, CampaignStep::Stop)).await
}

/// Rehearse a campaign
///
/// The orders of the last 24 hours are priced again as if they came in the campaign's first 24 hours, with its limits
/// full at the start. Nothing is changed. Refused once it has begun.
#[utoipa::path(get, path = "/campaigns/{id}/rehearsal", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's id.")),
    responses((status = 200, body = Rehearsal)))]
pub async fn rehearse_campaign(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<Rehearsal>, ApiError> {
    let campaign = known(&app, &id)?;
    let shelf = app.shelf.clone();
    let now = now_ms();
    // Orders that came with its prices would be compared with themselves.
    if campaign.state != CampaignState::Draft && campaign.starts_at <= now {
        return Err(Refusal::WrongState { state: "begun" }.into());
    }
    app.admit(Work::Exports)?;
    let found = app.read(move |reader| rehearse::rehearse(reader, &shelf, &campaign, now));
    Ok(Json(found.await?))
}

/// What a campaign came to
///
/// Beside the campaign before it, unless something else is asked for. While it runs, both as far as it has come. A
/// purchase counts when it was confirmed in the time; what was canceled or came back since is told beside it.
#[utoipa::path(get, path = "/campaigns/{id}/report", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's id."), ReportQuery),
    responses((status = 200, body = CampaignReport)))]
pub async fn report_campaign(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    Params(query): Params<ReportQuery>,
) -> Result<Json<CampaignReport>, ApiError> {
    let (_, report) = report::report(&app, &id, &query).await?;
    Ok(Json(report))
}

/// What a campaign came to, as CSV
///
/// The same figures, one a row.
#[utoipa::path(get, path = "/campaigns/{id}/report.csv", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's id."), ReportQuery),
    responses((status = 200, description = "The file.", body = String, content_type = "text/csv")))]
pub async fn report_campaign_csv(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    Params(query): Params<ReportQuery>,
) -> Result<Response, ApiError> {
    let (campaign, report) = report::report(&app, &id, &query).await?;
    let text = report_csv::write(&campaign, &report);
    let text = text.map_err(|e| ApiError::internal(&e.to_string()))?;
    let name = format!("attachment; filename=\"campaign-{}.csv\"", campaign.id);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_string()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, text).into_response())
}

/// List single-use codes
///
/// As a text, one code a line. A million of them take a few seconds.
#[utoipa::path(get, path = "/campaigns/{id}/codes", tag = "campaigns",
    params(("id" = String, Path, description = "The campaign's id."), CodesQuery),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn list_codes(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
    Params(query): Params<CodesQuery>,
) -> Result<Response, ApiError> {
    let campaign = known(&app, &id)?;
    let rule = campaign.rules.iter().find(|r| r.number == query.rule);
    let rule = rule.ok_or_else(|| ApiError::not_found("rule"))?;
    let Deal::Coupon {
        codes: Codes::Single {
            prefix,
            count,
            secret,
        },
        ..
    } = &rule.deal
    else {
        return Err(Refusal::FieldInvalid { field: "rule" }.into());
    };
    app.admit(Work::Exports)?;
    let left = count.saturating_sub(query.from);
    let wanted = query.count.unwrap_or(left).min(left);
    if wanted > coupon::LIST_MAX {
        return Err(Refusal::FieldInvalid { field: "count" }.into());
    }
    let (rule, prefix, secret) = (campaign.rule_id(rule), prefix.clone(), *secret);
    let text = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        for number in query.from..query.from + wanted {
            let code = coupon::code(rule, &prefix, secret, number);
            writeln!(text, "{code}").expect("memory takes it");
        }
        text
    });
    let text = text.await.map_err(|e| ApiError::internal(&e.to_string()))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
