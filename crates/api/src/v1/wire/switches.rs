//! Switches of optional work: where they stand, what is planned, what was done with them.

use super::{SwitchPosition, Texts, WorkKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All switches.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SwitchList {
    /// One for each kind of work, always in the same order.
    pub items: Vec<SwitchEntry>,
    /// The server's clock, in UTC milliseconds.
    pub now: i64,
    /// The shop's time zone.
    #[schema(example = "Europe/Berlin")]
    pub time_zone: String,
}

/// Where a switch stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SwitchEntry {
    /// Of which work.
    pub work: WorkKind,
    /// Its version: 0 until it was touched.
    pub version: u32,
    /// What it does now.
    pub position: SwitchPosition,
    /// Whether a hand holds it there, and not a plan.
    pub by_hand: bool,
    /// Who threw it or planned what holds now; an operator's name, or `null` when nobody did.
    #[schema(required)]
    pub by: Option<String>,
    /// Since when, in UTC milliseconds.
    #[schema(required)]
    pub since: Option<i64>,
    /// Until when, in UTC milliseconds; `null` until further notice.
    #[schema(required)]
    pub until: Option<i64>,
    /// The next time in which the work is shed, after the present one.
    #[schema(required)]
    pub next: Option<SwitchSpan>,
    /// What is planned.
    pub plans: Vec<SwitchPlanEntry>,
    /// What was done with it, the newest first; at most 50.
    pub changes: Vec<SwitchChange>,
}

/// A time, in UTC milliseconds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SwitchSpan {
    /// Its first moment.
    pub from: i64,
    /// The moment after its last; `null` until further notice.
    #[schema(required)]
    pub until: Option<i64>,
}

/// When work is shed by itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum SwitchPlan {
    /// Between two moments.
    Between {
        /// The IANA time zone of the two.
        #[schema(example = "Europe/Berlin")]
        time_zone: String,
        /// The first moment, as clocks in the time zone show it.
        #[schema(example = "2026-11-10T23:30:00")]
        from: String,
        /// The moment after the last.
        #[schema(example = "2026-11-11T02:00:00")]
        until: String,
    },
    /// Around the beginning of a campaign, as long as that is approved. Moving the campaign moves the plan.
    Around {
        /// The campaign's id.
        campaign: String,
        /// From so many minutes before its beginning.
        #[schema(maximum = 10080)]
        before_minutes: u32,
        /// Until so many minutes after it.
        #[schema(maximum = 10080)]
        after_minutes: u32,
    },
}

/// A plan as it stands.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SwitchPlanEntry {
    /// What was planned.
    pub plan: SwitchPlan,
    /// The campaign's name, of a plan around one.
    #[schema(required)]
    pub campaign_title: Option<Texts>,
    /// The time zone in which it is meant to be read.
    pub time_zone: String,
    /// When it sheds; `null` while its campaign is not approved.
    #[schema(required)]
    pub span: Option<SwitchSpan>,
    /// Who planned it; an operator's name.
    #[schema(required)]
    pub by: Option<String>,
    /// When they did, in UTC milliseconds.
    pub planned_at: i64,
}

/// What was done with a switch.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct SwitchChange {
    /// When, in UTC milliseconds.
    pub at: i64,
    /// By whom; an operator's name.
    #[schema(required)]
    pub by: Option<String>,
    /// What.
    pub what: SwitchAct,
    /// Until when it was thrown, in UTC milliseconds; `null` until further notice.
    #[schema(required)]
    pub until: Option<i64>,
    /// How many plans there were from then on, of a change of the plans.
    #[schema(required)]
    pub plans: Option<u32>,
}

/// What can be done with a switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SwitchAct {
    /// Thrown by hand, to shed.
    Shed,
    /// Thrown by hand, to serve.
    Serve,
    /// Left to its plans.
    Released,
    /// Planned for.
    Planned,
}

/// A switch to be thrown by hand.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchThrow {
    /// To where.
    pub position: SwitchPosition,
    /// Until when, in UTC milliseconds; absent until further notice.
    #[serde(default)]
    pub until: Option<i64>,
    /// The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is.
    #[serde(default)]
    pub version: Option<u32>,
}

/// A switch to be left to its plans.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchRelease {
    /// The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is.
    #[serde(default)]
    pub version: Option<u32>,
}

/// The plans of a switch, all of them.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchPlans {
    /// What is planned from now on, instead of what was.
    #[schema(max_items = 16)]
    pub plans: Vec<SwitchPlan>,
    /// The version that was looked at; another one is refused with `version_conflict`. Absent for whichever it is.
    #[serde(default)]
    pub version: Option<u32>,
}
