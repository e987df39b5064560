//! Members' points, worked out a second time: a purse for each, and for each deal what it brought and gave back so far.

use super::price::{Line, dealt_out};
use super::{Answer, Deal, Expected, Model};
use crate::loyalty::Loyalty;
use crate::town::EUR;
use commerce::checkout::Intent;
use commerce::command::{AdjustPoints, SetPointsProgram};
use commerce::id::CustomerId;
use commerce::order::Group;
use commerce::points::{PointsAccount, PointsWanted};

const DAY_MS: i64 = 24 * 3_600_000;

/// A member's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purse {
    pub points: i64,
    /// When all of them are gone, in UTC milliseconds.
    pub until: Option<i64>,
    /// Its member is gone.
    pub is_closed: bool,
}

impl Purse {
    fn to_spend(&self, now: i64) -> i64 {
        let is_over = self.until.is_some_and(|until| now >= until);
        if is_over || self.is_closed {
            0
        } else {
            self.points.max(0)
        }
    }
}

/// What points have to do with a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Score {
    pub member: CustomerId,
    pub spend: i64,
    pub worth: i64,
    /// How many it was paid with, and the money that was of each line.
    pub paid: i64,
    pub parts: Vec<i64>,
    pub earned: i64,
    pub back: i64,
}

impl Model {
    fn purse(&self, member: CustomerId) -> Purse {
        self.purses.get(&member).copied().unwrap_or_default()
    }

    /// What the town says now of points, where a basket in euros may know of them.
    fn loyalty_for(&self, intent: &Intent) -> Option<&Loyalty> {
        let loyalty = self.town.loyalty.as_ref()?;
        (loyalty.is_on && intent.currency == EUR).then_some(loyalty)
    }

    /// Pays for what is left of a basket with points: how many, and how much of each line.
    pub(super) fn pay_with_points(
        &self,
        (now, is_presale): (i64, bool),
        intent: &Intent,
        lines: &mut [Line],
    ) -> (i64, Vec<i64>) {
        let nothing = (0, vec![0; lines.len()]);
        let (Some(loyalty), Some(member)) = (self.loyalty_for(intent), intent.member) else {
            return nothing;
        };
        let wanted = match intent.points {
            _ if is_presale => return nothing,
            PointsWanted::None => return nothing,
            PointsWanted::UpTo(points) => points,
            PointsWanted::AsManyAsPossible => i64::MAX,
        };
        let left: Vec<i64> = lines.iter().map(|l| l.goods).collect();
        let goods: i64 = left.iter().sum();
        let most = goods * loyalty.share / 1_000_000 / loyalty.worth;
        let points = wanted.min(most).min(self.purse(member).to_spend(now));
        if points == 0 || points < loyalty.least {
            return nothing;
        }
        let parts = dealt_out(points * loyalty.worth, &left);
        for (line, part) in lines.iter_mut().zip(&parts) {
            line.goods -= part;
        }
        (points, parts)
    }

    /// What a deal will have to do with points, and what it is paid with.
    pub(super) fn score(&mut self, intent: &Intent, (paid, parts): (i64, &[i64])) -> Option<Score> {
        let member = intent.member?;
        let loyalty = self.loyalty_for(intent)?;
        let score = Score {
            member,
            spend: loyalty.spend,
            worth: loyalty.worth,
            paid,
            parts: parts.to_vec(),
            earned: 0,
            back: 0,
        };
        if paid > 0 {
            self.change_purse(member, -paid, Kind::Other);
        }
        Some(score)
    }

    /// What a deal has brought and given back more since the last time.
    pub(super) fn keep_score(&mut self, deal: &mut Deal) {
        let Some(score) = &deal.score else {
            return;
        };
        let (member, before) = (score.member, (score.earned, score.back));
        let mut kept = 0;
        for line in deal.orders.iter().flat_map(|o| &o.lines) {
            kept += line.earned.total - line.returned_for.total;
        }
        let earned = kept / score.spend;
        let back = given_back(deal);
        if back > before.1 {
            self.change_purse(member, back - before.1, Kind::Other);
        }
        if earned != before.0 {
            self.change_purse(member, earned - before.0, Kind::Earned);
        }
        if let Some(score) = &mut deal.score {
            (score.earned, score.back) = (earned, back);
        }
    }

    fn expire_purse(&mut self, member: CustomerId) {
        let mut purse = self.purse(member);
        if purse.until.is_some_and(|until| self.now >= until) {
            let expires = self.town.loyalty.as_ref().is_some_and(|l| l.days > 0);
            if expires && purse.points > 0 {
                purse.points = 0;
            }
            purse.until = None;
            self.purses.insert(member, purse);
        }
    }

    fn change_purse(&mut self, member: CustomerId, change: i64, kind: Kind) {
        self.expire_purse(member);
        let days = self.town.loyalty.as_ref().map_or(0, |l| l.days);
        let until = (days > 0).then(|| self.now + days * DAY_MS);
        let mut purse = self.purse(member);
        purse.points += change;
        if kind == Kind::Earned && change > 0 {
            purse.until = until;
        } else if change > 0 && purse.until.is_none() {
            purse.until = until;
        }
        if purse.is_closed {
            (purse.points, purse.until) = (0, None);
        }
        self.purses.insert(member, purse);
    }

    pub(super) fn set_loyalty(&mut self, set: &SetPointsProgram) -> Answer {
        let program = &set.program;
        self.town.loyalty = Some(Loyalty {
            spend: program.spend_per_point,
            worth: program.worth,
            share: i64::from(program.share_max_ppm),
            least: program.points_min,
            days: i64::from(program.expires_after_days),
            is_on: program.active,
        });
        Ok(Expected::Saved)
    }

    pub(super) fn adjust(&mut self, adjust: &AdjustPoints) -> Answer {
        if adjust.change == 0 {
            return Err("field_invalid");
        }
        self.town.email_of(adjust.member).ok_or("not_found")?;
        let purse = self.purse(adjust.member);
        let is_over = purse.until.is_some_and(|until| self.now >= until);
        let expires = self.town.loyalty.as_ref().is_some_and(|l| l.days > 0);
        let there = match is_over && expires {
            true => purse.points.min(0),
            false => purse.points,
        };
        if adjust.change < 0 && there + adjust.change < 0 {
            return Err("points_below_zero");
        }
        self.change_purse(adjust.member, adjust.change, Kind::Other);
        Ok(Expected::Done)
    }

    pub(super) fn expire_points(&mut self, members: &[CustomerId]) -> Answer {
        for member in members {
            self.expire_purse(*member);
        }
        Ok(Expected::Done)
    }

    pub(super) fn close_purse(&mut self, member: CustomerId) -> Answer {
        let closed = Purse {
            points: 0,
            until: None,
            is_closed: true,
        };
        self.purses.insert(member, closed);
        Ok(Expected::Done)
    }

    /// Whether a member's row is as it should be; else what differs.
    pub fn compare_points(
        &self,
        member: CustomerId,
        account: &PointsAccount,
    ) -> Result<(), String> {
        let row = (account.balance, account.expires_at, account.ended);
        let purse = self.purse(member);
        let own = (purse.points, purse.until, purse.is_closed);
        match row == own {
            true => Ok(()),
            false => Err(format!(
                "{member} has {row:?} points, the model says {own:?}"
            )),
        }
    }
}

/// Whether a change is one that makes points last longer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Earned,
    Other,
}

/// What a deal should have given back by now: the part of each line's money by its pieces that are not kept.
pub(super) fn given_back(deal: &Deal) -> i64 {
    let Some(score) = &deal.score else {
        return 0;
    };
    let mut money = 0;
    for line in deal.orders.iter().flat_map(|o| &o.lines) {
        let part = score.parts[usize::from(line.number) - 1];
        money += part * i64::from(line.canceled + line.returned) / i64::from(line.quantity);
    }
    money / score.worth
}

/// Whether a group's points are as they should be; else what differs.
pub(super) fn compare(group: &Group, deal: &Deal) -> Result<(), String> {
    let row = group.points.as_ref().map(|p| {
        let terms = (p.spend_per_point, p.worth);
        (terms, group.points_spent(), (p.earned, p.given_back))
    });
    let own = deal.score.as_ref().map(|s| {
        let terms = (s.spend, s.worth);
        (terms, s.paid, (s.earned, s.back))
    });
    match row == own {
        true => Ok(()),
        false => Err(format!("points are {row:?}, the model says {own:?}")),
    }
}
