//! Switches of optional work, for operators: staff see where they stand, owners throw them and plan ahead.

use super::V1;
use super::request::{Write, Written, parse_id};
use super::wire::{WorkKind, switches as wire};
use crate::app::{App, now_ms};
use crate::auth::guard::{Owner, Staff};
use crate::error::ApiError;
use crate::screen::time;
use axum::Json;
use axum::extract::{Path, State};
use commerce::command::{Command, SetSwitch, SwitchStep};
use commerce::id::OperatorId;
use commerce::switch::{Change, Changed, Plan, Position, Switch, When, Work};
use commerce::{Refusal, World};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Where the switches of optional work stand
///
/// With what is planned, and what was done with each. A kind of work that is shed is refused with `work_shed`, or left
/// out of pages; nothing is lost by it.
#[utoipa::path(get, path = "/switches", tag = "switches",
    responses((status = 200, body = wire::SwitchList)))]
pub async fn list_switches(
    State(V1 { app, .. }): State<V1>,
    _staff: Staff,
) -> Json<wire::SwitchList> {
    let now = now_ms();
    let world = app.shelf.read();
    Json(wire::SwitchList {
        items: Work::ALL.map(|work| entry(&world, work, now)).into(),
        now,
        time_zone: time::zone_name_of(&world).to_owned(),
    })
}

/// Throw a switch by hand
///
/// At once, on every server of the shop, before any plan.
#[utoipa::path(post, path = "/switches/{work}/throw", tag = "switches", request_body = wire::SwitchThrow,
    params(("work" = WorkKind, Path, description = "The kind of work.")),
    responses((status = 200, body = wire::SwitchEntry)))]
pub async fn throw_switch(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(work): Path<String>,
    write: Write<wire::SwitchThrow>,
) -> Result<Written<wire::SwitchEntry>, ApiError> {
    let step = SwitchStep::Throw(write.body.position.into(), write.body.until);
    let version = write.body.version;
    set(&app, (&staff, &write), &work, (version, step)).await
}

/// Leave a switch to its plans
#[utoipa::path(post, path = "/switches/{work}/release", tag = "switches", request_body = wire::SwitchRelease,
    params(("work" = WorkKind, Path, description = "The kind of work.")),
    responses((status = 200, body = wire::SwitchEntry)))]
pub async fn release_switch(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(work): Path<String>,
    write: Write<wire::SwitchRelease>,
) -> Result<Written<wire::SwitchEntry>, ApiError> {
    let version = write.body.version;
    let step = SwitchStep::LeaveToPlans;
    set(&app, (&staff, &write), &work, (version, step)).await
}

/// Plan when work is shed
///
/// Between two moments, or around the beginning of a campaign. What is sent replaces what was planned; plans that are
/// over go by themselves.
#[utoipa::path(put, path = "/switches/{work}/plans", tag = "switches", request_body = wire::SwitchPlans,
    params(("work" = WorkKind, Path, description = "The kind of work.")),
    responses((status = 200, body = wire::SwitchEntry)))]
pub async fn plan_switch(
    State(V1 { app, .. }): State<V1>,
    Owner(staff): Owner,
    Path(work): Path<String>,
    write: Write<wire::SwitchPlans>,
) -> Result<Written<wire::SwitchEntry>, ApiError> {
    let plans = {
        let world = app.shelf.read();
        let plans = write.body.plans.iter();
        plans
            .map(|plan| read_plan(&world, plan))
            .collect::<Result<_, _>>()?
    };
    let version = write.body.version;
    let step = SwitchStep::Plan(plans);
    set(&app, (&staff, &write), &work, (version, step)).await
}

async fn set<T>(
    app: &App,
    (staff, write): (&Staff, &Write<T>),
    work: &str,
    (expected_version, step): (Option<u32>, SwitchStep),
) -> Result<Written<wire::SwitchEntry>, ApiError>
where
    T: serde::de::DeserializeOwned,
{
    let known = Work::ALL.into_iter().find(|known| known.word() == work);
    let work = known.ok_or_else(|| ApiError::not_found("switch"))?;
    let command = Command::SetSwitch(SetSwitch {
        work,
        expected_version,
        step,
    });
    let decided = write.submit(app, staff, command).await?;
    Ok(Written {
        body: entry(&app.shelf.read(), work, now_ms()),
        replayed: decided.replayed,
    })
}

fn invalid(field: &'static str) -> ApiError {
    Refusal::FieldInvalid { field }.into()
}

fn read_plan(world: &World, plan: &wire::SwitchPlan) -> Result<Plan, ApiError> {
    let (time_zone, when) = match plan {
        wire::SwitchPlan::Between {
            time_zone,
            from,
            until,
        } => {
            let zone = TimeZone::get(time_zone).map_err(|_| invalid("time_zone"))?;
            let from = moment(from, &zone).ok_or_else(|| invalid("from"))?;
            let until = moment(until, &zone).ok_or_else(|| invalid("until"))?;
            (time_zone.clone(), When::Between { from, until })
        }
        wire::SwitchPlan::Around {
            campaign,
            before_minutes,
            after_minutes,
        } => {
            let id = parse_id!(CampaignId, campaign, "campaign")?;
            let campaign = world.campaign(id);
            let campaign = campaign.ok_or_else(|| ApiError::not_found("campaign"))?;
            let when = When::Around {
                campaign: id,
                before_minutes: *before_minutes,
                after_minutes: *after_minutes,
            };
            (campaign.time_zone.clone(), when)
        }
    };
    Ok(Plan {
        time_zone,
        when,
        by: None,
        planned_at: 0,
    })
}

/// A moment as clocks in a zone show it. Of a time that they show twice it is the first, and of one that they skip the
/// moment after: shedding a little longer does no harm.
fn moment(text: &str, zone: &TimeZone) -> Option<i64> {
    let civil: DateTime = text.parse().ok()?;
    let at = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
    Some(at.as_millisecond())
}

fn local(at: i64, zone: &TimeZone) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    zone.to_datetime(at).to_string()
}

fn operator(world: &World, id: Option<OperatorId>) -> Option<String> {
    let id = id?;
    let known = world.operator(id).map(|o| o.name.clone());
    Some(known.unwrap_or_else(|| id.to_string()))
}

fn entry(world: &World, work: Work, now: i64) -> wire::SwitchEntry {
    let untouched = Switch::new(work);
    let switch = world.switch(work.switch()).unwrap_or(&untouched);
    let standing = switch.standing(world, now);
    let sheds_now = |plan: &&Plan| {
        let span = plan.when.span(campaign(world, plan));
        span.is_some_and(|(from, until)| from <= now && now < until)
    };
    let by = if standing.by_hand {
        switch.hand.and_then(|hand| hand.by)
    } else {
        let plan = switch.plans.iter().find(sheds_now);
        plan.and_then(|plan| plan.by)
    };
    wire::SwitchEntry {
        work: work.into(),
        version: switch.version,
        position: standing.position.into(),
        by_hand: standing.by_hand,
        by: operator(world, by),
        since: standing.since,
        until: standing.until,
        next: standing
            .next
            .map(|(from, until)| wire::SwitchSpan { from, until }),
        plans: switch.plans.iter().map(|p| plan(world, p)).collect(),
        changes: switch
            .changes
            .iter()
            .rev()
            .map(|c| change(world, c))
            .collect(),
    }
}

fn campaign<'w>(world: &'w World, plan: &Plan) -> Option<&'w commerce::campaign::Campaign> {
    match plan.when {
        When::Around { campaign, .. } => world.campaign(campaign),
        When::Between { .. } => None,
    }
}

fn plan(world: &World, plan: &Plan) -> wire::SwitchPlanEntry {
    let campaign = campaign(world, plan);
    let zone = TimeZone::get(&plan.time_zone).unwrap_or(TimeZone::UTC);
    let time_zone = campaign.map_or(&plan.time_zone, |c| &c.time_zone);
    wire::SwitchPlanEntry {
        plan: match plan.when {
            When::Between { from, until } => wire::SwitchPlan::Between {
                time_zone: plan.time_zone.clone(),
                from: local(from, &zone),
                until: local(until, &zone),
            },
            When::Around {
                campaign,
                before_minutes,
                after_minutes,
            } => wire::SwitchPlan::Around {
                campaign: campaign.to_string(),
                before_minutes,
                after_minutes,
            },
        },
        campaign_title: campaign.map(|c| (&c.title).into()),
        time_zone: time_zone.clone(),
        span: plan
            .when
            .span(campaign)
            .map(|(from, until)| wire::SwitchSpan {
                from,
                until: Some(until),
            }),
        by: operator(world, plan.by),
        planned_at: plan.planned_at,
    }
}

fn change(world: &World, change: &Change) -> wire::SwitchChange {
    let (what, until, plans) = match &change.what {
        Changed::Thrown(Position::Shed, until) => (wire::SwitchAct::Shed, *until, None),
        Changed::Thrown(Position::Serve, until) => (wire::SwitchAct::Serve, *until, None),
        Changed::LeftToPlans => (wire::SwitchAct::Released, None, None),
        Changed::Planned(plans) => {
            let count = u32::try_from(plans.len()).unwrap_or(u32::MAX);
            (wire::SwitchAct::Planned, None, Some(count))
        }
    };
    wire::SwitchChange {
        at: change.at,
        by: operator(world, change.by),
        what,
        until,
        plans,
    }
}
