//! Switches of optional work: thrown by hand, planned ahead. What was done with one stays on its record, and in the
//! feed.

use crate::campaign::{CampaignState, LENGTH_MAX};
use crate::command::{Actor, Outcome, Saved, SetSwitch, SwitchStep};
use crate::refusal::Refusal;
use crate::switch::{
    AROUND_MINUTES_MAX, CHANGES_MAX, Change, Changed, Hand, PLANS_MAX, Plan, Position, Switch, When,
};
use crate::world::{Record, World};
use alloc::vec::Vec;

/// Throws a switch or plans for it. Plans that are over are forgotten with each change.
///
/// Checks: the expected version, then what is asked: its moments, and of plans their number, time zones and campaigns.
pub fn set(world: &mut World, set: &SetSwitch) -> Result<Outcome, Refusal> {
    let known = world.switch(set.work.switch()).cloned();
    let created = u32::from(known.is_none());
    let mut switch = known.unwrap_or_else(|| Switch::new(set.work));
    if set.expected_version.is_some_and(|v| v != switch.version) {
        return Err(Refusal::VersionConflict {
            current: switch.version,
        });
    }
    let (now, by) = (world.now(), operator(world));
    let what = match &set.step {
        SwitchStep::Throw(position, until) => {
            let is_bad = |until: i64| until <= now || until > now.saturating_add(LENGTH_MAX);
            if until.is_some_and(is_bad) {
                return Err(Refusal::FieldInvalid { field: "until" });
            }
            switch.hand = Some(Hand {
                position: *position,
                since: since(&switch, *position, now),
                until: *until,
                by,
            });
            Changed::Thrown(*position, *until)
        }
        SwitchStep::LeaveToPlans => {
            switch.hand = None;
            Changed::LeftToPlans
        }
        SwitchStep::Plan(plans) => {
            switch.plans = check_plans(world, &switch, plans)?;
            Changed::Planned(switch.plans.clone())
        }
    };
    switch.plans.retain(|plan| !is_over(world, plan));
    switch.changes.push(Change { at: now, by, what });
    let excess = switch.changes.len().saturating_sub(CHANGES_MAX);
    switch.changes.drain(..excess);
    switch.version += 1;
    let id = switch.id.0;
    world.put_record(Record::Switch(switch));
    Ok(Outcome::Saved(Saved {
        created,
        changed: 1 - created,
        unchanged: 0,
        ids: alloc::vec![id],
    }))
}

/// A hand that only says anew until when goes on from where it began.
fn since(switch: &Switch, position: Position, now: i64) -> i64 {
    let goes_on = |hand: &Hand| {
        hand.position == position && hand.since <= now && hand.until.is_none_or(|u| now < u)
    };
    switch.hand.filter(goes_on).map_or(now, |hand| hand.since)
}

/// The plans as they are kept: those that were there keep who planned them.
fn check_plans(world: &World, switch: &Switch, plans: &[Plan]) -> Result<Vec<Plan>, Refusal> {
    if plans.len() > PLANS_MAX {
        return Err(Refusal::FieldInvalid { field: "plans" });
    }
    let mut kept: Vec<Plan> = Vec::with_capacity(plans.len());
    for plan in plans {
        let is_same = |other: &&Plan| other.when == plan.when && other.time_zone == plan.time_zone;
        let known = switch.plans.iter().find(is_same);
        if known.is_none() {
            check_plan(world, plan)?;
        }
        let plan = known.cloned().unwrap_or_else(|| Plan {
            by: operator(world),
            planned_at: world.now(),
            ..plan.clone()
        });
        if !kept.contains(&plan) {
            kept.push(plan);
        }
    }
    Ok(kept)
}

fn check_plan(world: &World, plan: &Plan) -> Result<(), Refusal> {
    crate::catalog::check_code("time_zone", &plan.time_zone)?;
    match plan.when {
        When::Between { from, until } => {
            let now = world.now();
            let in_reach = (0..=now.saturating_add(2 * LENGTH_MAX)).contains(&from);
            if !in_reach {
                return Err(Refusal::FieldInvalid { field: "from" });
            }
            if until <= from || until <= now || until - from > LENGTH_MAX {
                return Err(Refusal::FieldInvalid { field: "until" });
            }
        }
        When::Around {
            campaign,
            before_minutes,
            after_minutes,
        } => {
            let campaign = world.campaign(campaign);
            let campaign = campaign.ok_or(Refusal::NotFound { what: "campaign" })?;
            let is_open = matches!(
                campaign.state,
                CampaignState::Draft | CampaignState::Approved
            );
            if !is_open || is_over(world, plan) {
                return Err(Refusal::FieldInvalid { field: "campaign" });
            }
            if before_minutes > AROUND_MINUTES_MAX {
                return Err(Refusal::FieldInvalid {
                    field: "before_minutes",
                });
            }
            if after_minutes > AROUND_MINUTES_MAX || before_minutes + after_minutes == 0 {
                return Err(Refusal::FieldInvalid {
                    field: "after_minutes",
                });
            }
        }
    }
    Ok(())
}

/// Whether a plan will shed nothing any more.
fn is_over(world: &World, plan: &Plan) -> bool {
    let campaign = match plan.when {
        When::Around { campaign, .. } => match world.campaign(campaign) {
            // What is stopped or gone does not come back.
            None => return true,
            Some(campaign) if campaign.state == CampaignState::Stopped => return true,
            found => found,
        },
        When::Between { .. } => None,
    };
    let span = plan.when.span(campaign);
    span.is_some_and(|(_, until)| until <= world.now())
}

fn operator(world: &World) -> Option<crate::id::OperatorId> {
    match world.actor() {
        Actor::Operator(id) => Some(id),
        Actor::Shopper | Actor::Platform | Actor::Provider | Actor::System => None,
    }
}
