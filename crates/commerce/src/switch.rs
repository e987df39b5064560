//! Switches: work that a shop can do without for a while, shed so that orders have the machine to themselves.
//!
//! What is optional is a closed list. Each kind has one switch, thrown by hand or by plans; where it stands follows
//! from its record and the clock alone, so that every server comes to the same answer at the same moment.

use crate::campaign::{Campaign, CampaignState};
use crate::id::{CampaignId, OperatorId, SwitchId};
use crate::world::World;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Plans of one switch at most.
pub const PLANS_MAX: usize = 16;
/// Changes of a switch that its record remembers; the feed of events names all.
pub const CHANGES_MAX: usize = 50;
/// How long before or after a campaign's beginning a plan may reach, in minutes.
pub const AROUND_MINUTES_MAX: u32 = 7 * 24 * 60;
const MINUTE_MS: i64 = 60_000;

/// A kind of work that is optional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// What others bought, what was seen last, best sellers: worked out per visit. Pages come without these parts.
    Recommendations,
    /// Writing reviews and their photos, which are stored and looked at. Reviews that are there stay to be read.
    Reviews,
    /// Entering refunds and returns: a long read, a payment to be given back. Those that were entered go on.
    Refunds,
    /// Exports, reports and rehearsals, which read much of the database.
    Exports,
    /// Taking in and cutting pictures: seconds of a processor each. Pictures that are there are shown.
    Pictures,
    /// Letters and messages about stock and prices. They are sent afterwards.
    Alerts,
}

impl Work {
    /// All kinds, in the order in which consoles list them.
    pub const ALL: [Work; 6] = [
        Work::Recommendations,
        Work::Reviews,
        Work::Refunds,
        Work::Exports,
        Work::Pictures,
        Work::Alerts,
    ];

    /// The word used in interfaces; the code of its switch's record.
    pub fn word(self) -> &'static str {
        match self {
            Work::Recommendations => "recommendations",
            Work::Reviews => "reviews",
            Work::Refunds => "refunds",
            Work::Exports => "exports",
            Work::Pictures => "pictures",
            Work::Alerts => "alerts",
        }
    }

    /// The id of its switch: the same in every shop.
    pub fn switch(self) -> SwitchId {
        SwitchId((self as u64 + 1) << 8)
    }
}

/// The switch of one kind of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switch {
    /// Its id: [`Work::switch`].
    pub id: SwitchId,
    /// Rises by one with each change.
    pub version: u32,
    /// Of what.
    pub work: Work,
    /// How it was thrown by hand last, if that holds.
    pub hand: Option<Hand>,
    /// When it is shed by itself.
    pub plans: Vec<Plan>,
    /// What was done with it, the newest last; at most [`CHANGES_MAX`].
    pub changes: Vec<Change>,
}

/// What a switch does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The work is left undone.
    Shed,
    /// The work is done, whatever the plans say.
    Serve,
}

/// A switch thrown by hand: it goes before the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// To where.
    pub position: Position,
    /// Since when, in UTC milliseconds.
    pub since: i64,
    /// Until when, in UTC milliseconds; `None` until somebody throws it again.
    pub until: Option<i64>,
    /// By whom.
    pub by: Option<OperatorId>,
}

/// A time in which work is shed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The IANA time zone in which it was given.
    pub time_zone: String,
    /// When.
    pub when: When,
    /// Who planned it.
    pub by: Option<OperatorId>,
    /// When they did, in UTC milliseconds.
    pub planned_at: i64,
}

/// When a plan sheds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Between two moments, in UTC milliseconds; the second is no longer part of it.
    Between {
        /// The first.
        from: i64,
        /// The second.
        until: i64,
    },
    /// Around the beginning of a campaign, as long as that is approved: moving the campaign moves the plan.
    Around {
        /// Which.
        campaign: CampaignId,
        /// Minutes before its beginning.
        before_minutes: u32,
        /// Minutes after its beginning.
        after_minutes: u32,
    },
}

impl When {
    /// From when until when, in UTC milliseconds, with the campaign that it names, if there is one. `None` as long as
    /// the campaign is no plan yet, and once it was stopped.
    pub fn span(self, campaign: Option<&Campaign>) -> Option<(i64, i64)> {
        match self {
            When::Between { from, until } => Some((from, until)),
            When::Around {
                before_minutes,
                after_minutes,
                ..
            } => {
                let campaign = campaign?;
                let counts = matches!(
                    campaign.state,
                    CampaignState::Approved | CampaignState::Ended
                );
                let minutes = |n: u32| i64::from(n) * MINUTE_MS;
                let from = campaign.starts_at.saturating_sub(minutes(before_minutes));
                let until = campaign.starts_at.saturating_add(minutes(after_minutes));
                counts.then_some((from, until))
            }
        }
    }
}

/// What was done with a switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When, in UTC milliseconds.
    pub at: i64,
    /// By whom.
    pub by: Option<OperatorId>,
    /// What.
    pub what: Changed,
}

/// What was done with a switch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// It was thrown by hand, until a moment or until further notice.
    Thrown(Position, Option<i64>),
    /// It was left to its plans.
    LeftToPlans,
    /// Its plans are these from then on.
    Planned(Vec<Plan>),
}

/// Where a switch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What it does.
    pub position: Position,
    /// Since when it does so, as far as its record knows; in UTC milliseconds.
    pub since: Option<i64>,
    /// Until when; `None` until further notice.
    pub until: Option<i64>,
    /// Whether a hand holds it there.
    pub by_hand: bool,
    /// The next time in which the work is shed, after the present one: from, and until.
    pub next: Option<(i64, Option<i64>)>,
}

/// Work that is not done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shed {
    /// What.
    pub work: Work,
    /// When it is done again, in UTC milliseconds, if that is known.
    pub until: Option<i64>,
}

/// A switch's course in time: what it does at which moment.
struct Course {
    hand: Option<Hand>,
    spans: Vec<(i64, i64)>,
    /// The moments at which it may change, rising.
    moments: Vec<i64>,
}

impl Course {
    fn of(switch: &Switch, world: &World) -> Self {
        let campaign = |when| match when {
            When::Around { campaign, .. } => world.campaign(campaign),
            When::Between { .. } => None,
        };
        let spans: Vec<(i64, i64)> = switch
            .plans
            .iter()
            .filter_map(|plan| plan.when.span(campaign(plan.when)))
            .collect();
        let mut moments: Vec<i64> = spans.iter().flat_map(|&(from, to)| [from, to]).collect();
        moments.extend(switch.hand.map(|hand| hand.since));
        moments.extend(switch.hand.and_then(|hand| hand.until));
        moments.sort_unstable();
        moments.dedup();
        Self {
            hand: switch.hand,
            spans,
            moments,
        }
    }

    fn hand_at(&self, at: i64) -> Option<Hand> {
        self.hand
            .filter(|hand| hand.since <= at && hand.until.is_none_or(|until| at < until))
    }

    fn at(&self, at: i64) -> Position {
        match self.hand_at(at) {
            Some(hand) => hand.position,
            None if self.spans.iter().any(|&(from, to)| from <= at && at < to) => Position::Shed,
            None => Position::Serve,
        }
    }

    /// The first moment after `at` from which on it does something else.
    fn end_after(&self, at: i64) -> Option<i64> {
        let now = self.at(at);
        let later = self.moments.iter().copied().filter(|&moment| moment > at);
        later.into_iter().find(|&moment| self.at(moment) != now)
    }

    /// The moment since when it does what it does at `at`, if it did something else before.
    fn since(&self, at: i64) -> Option<i64> {
        let now = self.at(at);
        let earlier = self.moments.iter().rev().copied();
        let mut earlier = earlier.filter(|&moment| moment <= at);
        earlier.find(|&moment| self.at(moment.saturating_sub(1)) != now)
    }
}

impl Switch {
    /// A switch that was never touched.
    pub fn new(work: Work) -> Self {
        Self {
            id: work.switch(),
            version: 0,
            work,
            hand: None,
            plans: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Where it stands at `now`.
    pub fn standing(&self, world: &World, now: i64) -> Standing {
        let course = Course::of(self, world);
        let position = course.at(now);
        let until = course.end_after(now);
        let begins = match position {
            Position::Serve => until,
            Position::Shed => until.and_then(|until| course.end_after(until)),
        };
        Standing {
            position,
            since: course.since(now),
            until,
            by_hand: course.hand_at(now).is_some(),
            next: begins.map(|from| (from, course.end_after(from))),
        }
    }
}

impl World {
    /// Whether a kind of work is shed at `now`, and until when. Costs next to nothing while its switch was never
    /// touched.
    pub fn sheds(&self, work: Work, now: i64) -> Option<Shed> {
        let switch = self.switch(work.switch())?;
        let course = Course::of(switch, self);
        let is_shed = course.at(now) == Position::Shed;
        is_shed.then(|| Shed {
            work,
            until: course.end_after(now),
        })
    }
}
