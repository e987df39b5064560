//! Members' points: the program, what orders do to accounts, adjusting, expiry, the end of an account.

use crate::command::{Actor, AdjustPoints, Outcome, Saved, SetPointsProgram};
use crate::event::What;
use crate::id::{CustomerId, GroupId};
use crate::limits::{POINTS_EXPIRE_BATCH_MAX, POINTS_MAX, POINTS_REASON_CHARS_MAX};
use crate::order::Group;
use crate::planted::{self, Fault};
use crate::points::{
    self, GroupPoints, PointsAccount, PointsCause, PointsEntry, PointsProgram, should_earn,
    should_give_back,
};
use crate::pricing::points_program_for;
use crate::refusal::Refusal;
use crate::world::{KeySet, Record, RecordKind, World};
use alloc::boxed::Box;

/// Says what points are worth. To say the same again changes nothing.
///
/// Checks: the expected version, then the program as [`PointsProgram::check`] does.
pub fn set_program(world: &mut World, set: &SetPointsProgram) -> Result<Outcome, Refusal> {
    let known = world.points_program();
    let version = known.map_or(0, |p| p.version);
    if set.expected_version.is_some_and(|v| v != version) {
        return Err(Refusal::VersionConflict { current: version });
    }
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    set.program.check(shop)?;
    let mut saved = Saved {
        ids: alloc::vec![points::ID],
        ..Saved::default()
    };
    let same = PointsProgram {
        version,
        ..set.program.clone()
    };
    if known == Some(&same) {
        saved.unchanged = 1;
        return Ok(Outcome::Saved(saved));
    }
    saved.created = u32::from(known.is_none());
    saved.changed = 1 - saved.created;
    world.put_record(Record::PointsProgram(PointsProgram {
        version: version + 1,
        ..same
    }));
    Ok(Outcome::Saved(saved))
}

/// What [`adjust`] reads.
pub fn adjust_keys(keys: &mut KeySet, world: &World, member: CustomerId) {
    keys.want_record(world, RecordKind::Customer, member.0);
    keys.want_points(world, member);
}

/// An operator gives points, or takes some away.
///
/// Checks: the change, the reason, the member, that the balance does not go below zero nor above its bound.
pub fn adjust(world: &mut World, adjust: &AdjustPoints) -> Result<Outcome, Refusal> {
    let AdjustPoints {
        member,
        change,
        ref reason,
    } = *adjust;
    if change == 0 || !(-POINTS_MAX..=POINTS_MAX).contains(&change) {
        return Err(Refusal::FieldInvalid { field: "change" });
    }
    let is_control = |c: char| c.is_control();
    let chars = reason.trim().chars().count();
    if !(1..=POINTS_REASON_CHARS_MAX).contains(&chars) || reason.contains(is_control) {
        return Err(Refusal::FieldInvalid { field: "reason" });
    }
    let is_member = world.customer(member).is_some_and(|c| c.is_member());
    if !is_member {
        return Err(Refusal::NotFound { what: "member" });
    }
    expire_if_due(world, member);
    let balance = world.points(member).balance;
    if change < 0 && balance + change < 0 {
        return Err(Refusal::PointsBelowZero { balance });
    }
    if balance + change > POINTS_MAX {
        return Err(Refusal::FieldInvalid { field: "change" });
    }
    let operator = match world.actor() {
        Actor::Operator(id) => Some(id),
        Actor::Shopper | Actor::Platform | Actor::Provider | Actor::System => None,
    };
    let reason = reason.trim().into();
    book(
        world,
        member,
        change,
        PointsCause::Adjusted { operator, reason },
    );
    Ok(Outcome::Done)
}

/// Takes what has expired from accounts whose time is over. One that is not due is left alone.
pub fn expire(world: &mut World, members: &[CustomerId]) -> Result<Outcome, Refusal> {
    for &member in members.iter().take(POINTS_EXPIRE_BATCH_MAX) {
        expire_if_due(world, member);
    }
    Ok(Outcome::Done)
}

/// A member was erased: what they have is given up, and so is what orders of theirs bring later.
pub fn end(world: &mut World, member: CustomerId) -> Result<Outcome, Refusal> {
    let account = world.points(member);
    let is_known = account.entries > 0 || world.points_program().is_some();
    if account.ended || !is_known {
        return Ok(Outcome::Done);
    }
    let ended = PointsAccount {
        ended: true,
        expires_at: None,
        ..account
    };
    world.put_points(member, ended);
    give_up(world, member);
    Ok(Outcome::Done)
}

/// The terms that a group is placed under, if its buyer is a member and there is a program.
pub fn terms(world: &World, intent: &crate::checkout::Intent) -> Option<Box<GroupPoints>> {
    intent.member?;
    let program = points_program_for(world, intent)?;
    Some(Box::new(GroupPoints {
        spend_per_point: program.spend_per_point,
        worth: program.worth,
        earned: 0,
        given_back: 0,
    }))
}

/// Whether something is about to be given back, now that lines of the group have changed.
pub fn comes_back(group: &Group) -> bool {
    let booked = group.points.as_ref().map_or(0, |p| p.given_back);
    should_give_back(group) > booked
}

/// Takes what a new group is paid with from its member's account.
pub fn spend(world: &mut World, group: &Group) {
    let points = group.points_spent();
    let Some(member) = group.member.filter(|_| points > 0) else {
        return;
    };
    if !planted::is(Fault::PointsNotTaken) {
        book(world, member, -points, PointsCause::Spent(group.id));
    }
}

/// Books what a group has earned and given back since the last time: whatever was done to its lines, the sums are
/// right afterwards.
pub fn settle(world: &mut World, group: &mut Group) {
    let (earned, given_back) = (should_earn(group), should_give_back(group));
    let (Some(points), Some(member)) = (&mut group.points, group.member) else {
        return;
    };
    let (more, back) = (earned - points.earned, given_back - points.given_back);
    assert!(back >= 0, "what was given back stays given back");
    (points.earned, points.given_back) = (earned, given_back);
    let id: GroupId = group.id;
    if back > 0 {
        book(world, member, back, PointsCause::GivenBack(id));
    }
    match more {
        0 => {}
        1.. => book(world, member, more, PointsCause::Earned(id)),
        _ => book(world, member, more, PointsCause::TakenBack(id)),
    }
}

/// Books a change. What has expired goes first; what comes to an account that was ended is given up at once.
fn book(world: &mut World, member: CustomerId, change: i64, cause: PointsCause) {
    expire_if_due(world, member);
    let account = world.points(member);
    let expiry = world.points_program().and_then(|p| p.expiry(world.now()));
    let expires_at = match cause {
        PointsCause::Earned(_) => expiry,
        // What comes back, or is a present, does not live longer than what is there, nor for ever.
        _ if change > 0 => account.expires_at.or(expiry),
        _ => account.expires_at,
    };
    enter(world, member, (change, expires_at), cause);
    if account.ended {
        give_up(world, member);
    }
}

fn enter(
    world: &mut World,
    member: CustomerId,
    (change, expires_at): (i64, Option<i64>),
    cause: PointsCause,
) {
    let before = world.points(member);
    let balance = before.balance.checked_add(change);
    let balance = balance.expect("balances are far from the largest number");
    let (number, group) = (before.entries + 1, cause.group());
    let entry = PointsEntry {
        member,
        number,
        at: world.now(),
        change,
        balance,
        cause,
    };
    world.add_points_entry(entry, expires_at);
    world.emit(What::PointsChanged {
        member,
        number,
        change,
        balance,
        group,
    });
}

/// Takes what has expired from an account, if its time is over. Where points do not expire any more, it has no end.
fn expire_if_due(world: &mut World, member: CustomerId) {
    let account = world.points(member);
    if !account.is_due(world.now()) || planted::is(Fault::PointsNeverExpire) {
        return;
    }
    let expires = world
        .points_program()
        .is_some_and(|p| p.expires_after_days > 0);
    if expires && account.balance > 0 {
        let all = -account.balance;
        enter(world, member, (all, None), PointsCause::Expired);
        return;
    }
    let lasting = PointsAccount {
        expires_at: None,
        ..account
    };
    world.put_points(member, lasting);
}

/// Leaves nothing on an account that was ended.
fn give_up(world: &mut World, member: CustomerId) {
    let balance = world.points(member).balance;
    if balance != 0 {
        enter(world, member, (-balance, None), PointsCause::GivenUp);
    }
}
