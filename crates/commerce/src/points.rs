//! Members' points: collected for goods that are kept, spent as money off other goods.
//!
//! One [`PointsProgram`] says what they are worth. Each member has one small [`PointsAccount`]; every change of it is an
//! append-only [`PointsEntry`], so that the balance is a sum that can be added up again (invariant 12).
//!
//! Rounding neither makes nor loses a point: an order group keeps the terms it was placed under and how much was booked
//! for it so far ([`GroupPoints`]). What it should have earned and given back by now follows from its lines alone
//! ([`should_earn`], [`should_give_back`]), over all of them together; each decision books the difference.

use crate::id::{CustomerId, GroupId, OperatorId};
use crate::limits::{
    NAME_CHARS_MAX, POINTS_DAYS_MAX, POINTS_MAX, POINTS_SPEND_MAX, POINTS_WORTH_MAX,
};
use crate::money::{Currency, PPM};
use crate::order::Group;
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::settings::Shop;
use crate::text::Text;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The code of the program's record.
pub const CODE: &str = "points";
/// The raw id of the program's record: there is one.
pub const ID: u64 = 1;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What points are worth in this shop: one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsProgram {
    /// Rises by one with each change.
    pub version: u32,
    /// What receipts call them.
    pub title: Text,
    /// Points are earned and spent in this currency alone.
    pub currency: Currency,
    /// Minor units that are paid for goods, tax included, per point that is earned: at least 1.
    pub spend_per_point: i64,
    /// Minor units that one point takes off: at least 1, at most `spend_per_point`.
    pub worth: i64,
    /// Which part of the goods' price may be paid with points, in parts per million: at least 1.
    pub share_max_ppm: u32,
    /// The fewest points that one order may be paid with.
    pub points_min: i64,
    /// Days after which a balance expires that nothing was earned for meanwhile; 0 for never.
    pub expires_after_days: u16,
    /// Whether orders earn points and may be paid with them.
    pub active: bool,
}

impl PointsProgram {
    /// Checks its numbers against their bounds, in the order of the fields.
    ///
    /// # Errors
    /// The first field that is out of bounds, or a currency that the shop does not sell in.
    pub fn check(&self, shop: &Shop) -> Result<(), Refusal> {
        let currency = self.currency;
        if self.title.is_empty() || self.title.chars_max() > NAME_CHARS_MAX {
            return Err(Refusal::FieldInvalid { field: "title" });
        }
        if shop.tax_display(currency).is_none() {
            return Err(Refusal::CurrencyNotOffered { currency });
        }
        let worth_max = POINTS_WORTH_MAX.min(self.spend_per_point);
        let fits = [
            (
                "spend_per_point",
                (1..=POINTS_SPEND_MAX).contains(&self.spend_per_point),
            ),
            ("worth", (1..=worth_max).contains(&self.worth)),
            (
                "share_max_ppm",
                (1..=PPM).contains(&i64::from(self.share_max_ppm)),
            ),
            ("points_min", (0..=POINTS_MAX).contains(&self.points_min)),
            (
                "expires_after_days",
                self.expires_after_days <= POINTS_DAYS_MAX,
            ),
        ];
        match fits.into_iter().find(|(_, fits)| !fits) {
            Some((field, _)) => Err(Refusal::FieldInvalid { field }),
            None => Ok(()),
        }
    }

    /// The most points that goods of this price may be paid with, whatever the balance: whole points, rounded down.
    pub fn usable(&self, goods: i64) -> i64 {
        if planted::is(Fault::PointsAboveShare) {
            return goods / self.worth;
        }
        let part = i128::from(goods.max(0)) * i128::from(self.share_max_ppm) / i128::from(PPM);
        i64::try_from(part).expect("a part of an amount") / self.worth
    }

    /// What goods that are kept earn, by what was paid for them in minor units: whole points, rounded down.
    pub fn earned_for(&self, paid: i64) -> i64 {
        paid.max(0) / self.spend_per_point
    }

    /// When a balance expires to which something was added at `now`, in UTC milliseconds; `None` for never.
    pub fn expiry(&self, now: i64) -> Option<i64> {
        let days = i64::from(self.expires_after_days);
        (days > 0).then(|| now + days * DAY_MS)
    }
}

/// How many points a member wants to pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointsWanted {
    /// None.
    #[default]
    None,
    /// So many, or fewer if the order or the balance allows no more.
    UpTo(i64),
    /// As many as the order and the balance allow.
    AsManyAsPossible,
}

impl PointsWanted {
    /// The most that are wanted.
    pub fn most(self) -> i64 {
        match self {
            PointsWanted::None => 0,
            PointsWanted::UpTo(points) => points.max(0),
            PointsWanted::AsManyAsPossible => i64::MAX,
        }
    }
}

/// A member's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PointsAccount {
    /// How many there are. Below zero only after points were taken back with returned goods that had been spent.
    pub balance: i64,
    /// When all of them expire, in UTC milliseconds; `None` for never.
    pub expires_at: Option<i64>,
    /// How many entries there are: the number of the last one.
    pub entries: u64,
    /// Whether the member was erased: then what comes is given up at once.
    pub ended: bool,
}

impl PointsAccount {
    /// Whether its time is over at `now`.
    pub fn is_due(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// What can be spent at `now`: nothing of what has expired, whether or not that was booked yet.
    pub fn spendable(&self, now: i64) -> i64 {
        if self.is_due(now) || self.ended {
            0
        } else {
            self.balance.max(0)
        }
    }
}

/// One change of a member's points. It holds nothing of the person but the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointsEntry {
    /// Whose.
    pub member: CustomerId,
    /// Its number among the member's, from 1 without gaps.
    pub number: u64,
    /// When, in UTC milliseconds.
    pub at: i64,
    /// By how much: never 0.
    pub change: i64,
    /// What there is after it.
    pub balance: i64,
    /// Why.
    pub cause: PointsCause,
}

/// Why points changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointsCause {
    /// Earned with goods of this group that were handed over.
    Earned(GroupId),
    /// Taken back since goods of this group came back.
    TakenBack(GroupId),
    /// Paid with, for this group.
    Spent(GroupId),
    /// Given back since goods of this group were canceled or came back.
    GivenBack(GroupId),
    /// An operator changed them.
    Adjusted {
        /// Who; `None` for the system itself.
        operator: Option<OperatorId>,
        /// Why, in words that the member may read.
        reason: String,
    },
    /// Their time was over.
    Expired,
    /// The member was erased.
    GivenUp,
}

impl PointsCause {
    /// The order group it is about.
    pub fn group(&self) -> Option<GroupId> {
        match *self {
            PointsCause::Earned(group)
            | PointsCause::TakenBack(group)
            | PointsCause::Spent(group)
            | PointsCause::GivenBack(group) => Some(group),
            PointsCause::Adjusted { .. } | PointsCause::Expired | PointsCause::GivenUp => None,
        }
    }

    /// The word used in interfaces.
    pub fn word(&self) -> &'static str {
        match self {
            PointsCause::Earned(_) => "earned",
            PointsCause::TakenBack(_) => "taken_back",
            PointsCause::Spent(_) => "spent",
            PointsCause::GivenBack(_) => "given_back",
            PointsCause::Adjusted { .. } => "adjusted",
            PointsCause::Expired => "expired",
            PointsCause::GivenUp => "given_up",
        }
    }
}

/// The terms an order group was placed under, and what was booked for it so far. What was spent on it stands with its
/// discounts: [`Group::points_spent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPoints {
    /// Minor units that are paid for goods per point.
    pub spend_per_point: i64,
    /// Minor units that one point took off.
    pub worth: i64,
    /// Points it has earned: booked as earned, less those that were taken back.
    pub earned: i64,
    /// Points of those spent on it that were given back.
    pub given_back: i64,
}

/// What a group should have earned by now: one point per `spend_per_point` that was paid for goods which were handed over
/// and are kept, over all lines together, rounded down once. Delivery earns nothing, nor does what points paid, which
/// is no part of a line's total. 0 without terms.
pub fn should_earn(group: &Group) -> i64 {
    let Some(terms) = &group.points else {
        return 0;
    };
    let kept = |line: &crate::order::Line| line.earned_share.total - line.returned_share.total;
    if planted::is(Fault::PointsRoundedByLine) {
        return group
            .lines()
            .map(|l| kept(l).max(0) / terms.spend_per_point)
            .sum();
    }
    let paid: i64 = group.lines().map(kept).sum();
    paid.max(0) / terms.spend_per_point
}

/// What a group should have given back by now of the points that were spent on it: those of the pieces that were
/// canceled or came back. Each line gives back its part of the discount by its pieces, rounded down; the sum of that
/// in whole points, rounded down. When all pieces are gone, that is all points.
pub fn should_give_back(group: &Group) -> i64 {
    let (Some(terms), Some(parts)) = (&group.points, group.points_parts()) else {
        return 0;
    };
    let gone: i64 = group
        .lines()
        .map(|line| {
            let place = usize::from(line.number) - 1;
            let part = i128::from(parts.get(place).copied().unwrap_or(0));
            let pieces = match planted::is(Fault::PointsKeptWithReturn) {
                true => line.canceled,
                false => line.canceled + line.returned,
            };
            let share = part * i128::from(pieces) / i128::from(line.quantity);
            i64::try_from(share).expect("a part of an amount")
        })
        .sum();
    gone / terms.worth
}

impl Group {
    /// How many points were spent on it.
    pub fn points_spent(&self) -> i64 {
        self.discounts.iter().filter_map(|d| d.points()).sum()
    }

    /// What the points that were spent on it took off each line, in the order of the lines' numbers.
    pub fn points_parts(&self) -> Option<&[i64]> {
        let spent = self.discounts.iter().find(|d| d.points().is_some());
        spent.map(|d| d.allocations.as_slice())
    }
}
