//! The numbered invariants as predicates. Assertions in the core, the tests and `sesame audit` share them.
//!
//! 1. Levels are sound and equal the sum of their movements.
//! 2. Every reservation ends exactly once.
//! 3. One order group per checkout; one capture per payment.
//! 4. What was acknowledged survives a crash: checked from outside, by the festival's audit.
//! 5. Coupons, quotas and purchase limits are never exceeded, and equal the sum of what orders took; a red packet is
//!    drawn once, spent once, and what was spent is what the packets hold.
//! 6. Discounts, taxes and refunds add up to the minor unit; refunds never exceed what was paid.
//! 7. Postings balance, and no account goes below its floor.
//! 8. An order's lines are covered exactly by its fulfillments.
//! 9. The big screen equals the ledger after replay: the store's audit adds the feed up and compares.
//! 10. Who waits is let in in the order of places, once, and only with a ticket that was given.
//! 12. A member's points are the sum of their entries, never below zero but by what was taken back with returned goods;
//!     each order group earned and gave back what its lines say, to the point.
//! 13. A waybill's number is given once: a carrier's pool gave as many as were booked; a parcel has one waybill at most,
//!     and none once it was canceled.
//! 14. A parcel is in one open round at most; the book of open rounds has what is in them; of a parcel in a round each thing
//!     was said once.

mod rounds;

pub use rounds::{RoundTally, check_round};

use crate::campaign::{Counted, Quota};
use crate::carrier::Pool;
use crate::id::{CarrierId, CustomerId, GroupId, LocationId, RefundId, RuleId, VariantId};
use crate::ledger::{Account, Posting};
use crate::money::Currency;
use crate::order::{
    FulfillmentState, Group, GroupState, Method, Order, Refund, RefundState, ReservationState,
};
use crate::packet::Packets;
use crate::payment::PaymentState;
use crate::points::{PointsAccount, PointsCause, PointsEntry, should_earn, should_give_back};
use crate::returns::{ReturnLine, ReturnState};
use crate::stock::{Level, Movement, StockAccount};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Which invariant is broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The invariant's number.
    pub number: u8,
    /// What was found.
    pub detail: String,
}

fn ensure(number: u8, holds: bool, detail: impl FnOnce() -> String) -> Result<(), Broken> {
    if holds {
        Ok(())
    } else {
        Err(Broken {
            number,
            detail: detail(),
        })
    }
}

/// Invariant 10, over one waiting room from its opening on. A place is a ticket's number, or its rank in the draw.
#[derive(Debug, Default)]
pub struct AdmissionTally {
    issued: u64,
    let_in: Option<u64>,
}

impl AdmissionTally {
    /// Tickets up to this number were given.
    ///
    /// # Errors
    /// When a ticket is taken back.
    pub fn issued(&mut self, up_to: u64) -> Result<(), Broken> {
        let before = self.issued;
        ensure(10, up_to >= before, || {
            format!("tickets up to {before} were given, and later only up to {up_to}")
        })?;
        self.issued = up_to;
        Ok(())
    }

    /// The ticket at this place, from 1, was let in.
    ///
    /// # Errors
    /// When somebody at this place or behind it was let in before, or no such ticket was given.
    pub fn let_in(&mut self, place: u64) -> Result<(), Broken> {
        let before = self.let_in.replace(place).unwrap_or(0);
        ensure(10, place > before, || {
            format!("place {place} was let in after place {before}")
        })?;
        let issued = self.issued;
        ensure(10, place <= issued, || {
            format!("place {place} was let in, but only {issued} tickets were given")
        })
    }
}

/// Invariant 5: what was taken of a limit is not below zero, nor above what there is in all.
pub fn check_quota(quota: Quota, taken: i64, limit: Option<i64>) -> Result<(), Broken> {
    let fits = taken >= 0 && limit.is_none_or(|limit| taken <= limit);
    ensure(5, fits, || {
        format!("{taken} of {limit:?} taken of {quota:?}")
    })
}

/// Invariant 1: nothing below zero; reserved within on hand except for a recorded shortage.
pub fn check_level(level: Level) -> Result<(), Broken> {
    let sound = level.on_hand >= 0
        && level.reserved >= 0
        && level.shortage >= 0
        && level.reserved <= level.on_hand + level.shortage;
    ensure(1, sound, || format!("level {level:?}"))
}

/// Invariant 12: an entry follows from the account as it was before.
///
/// # Errors
/// When it does not.
pub fn check_points_entry(before: &PointsAccount, entry: &PointsEntry) -> Result<(), Broken> {
    let follows = entry.number == before.entries + 1
        && entry.change != 0
        && before.balance.checked_add(entry.change) == Some(entry.balance);
    let has_sign = match entry.cause {
        PointsCause::Earned(_) | PointsCause::GivenBack(_) => entry.change > 0,
        PointsCause::TakenBack(_) | PointsCause::Spent(_) => entry.change < 0,
        PointsCause::Expired | PointsCause::GivenUp => entry.balance == 0,
        PointsCause::Adjusted { .. } => true,
    };
    let is_taken_back = matches!(entry.cause, PointsCause::TakenBack(_));
    let has_floor = entry.balance >= 0 || entry.change > 0 || is_taken_back;
    ensure(12, follows && has_sign && has_floor, || {
        format!("{entry:?} after {before:?}")
    })
}

/// Invariant 13, over all bookings and then all pools.
#[derive(Debug, Clone, Default)]
pub struct WaybillTally {
    booked: BTreeMap<CarrierId, u64>,
}

impl WaybillTally {
    /// A waybill was booked.
    pub fn booked(&mut self, carrier: CarrierId) {
        *self.booked.entry(carrier).or_insert(0) += 1;
    }

    /// A pool, once all bookings were given.
    ///
    /// # Errors
    /// When it gave more numbers than were booked, or fewer.
    pub fn compare(&mut self, pool: &Pool) -> Result<(), Broken> {
        let booked = self.booked.remove(&pool.carrier).unwrap_or(0);
        let given = pool.given();
        ensure(13, booked == given, || {
            format!(
                "{}: {given} numbers given, {booked} waybills booked",
                pool.carrier
            )
        })
    }

    /// All pools were given.
    ///
    /// # Errors
    /// When something was booked of a carrier without a pool.
    pub fn finish(self) -> Result<(), Broken> {
        ensure(13, self.booked.is_empty(), || {
            format!("waybills of carriers without numbers: {:?}", self.booked)
        })
    }
}

/// Invariant 13 within one group.
fn check_parcels(group: &Group) -> Result<(), Broken> {
    for (at, parcel) in group.parcels.iter().enumerate() {
        let of = group
            .fulfillments
            .iter()
            .find(|f| f.id == parcel.fulfillment);
        let goes =
            of.is_some_and(|f| f.method == Method::Ship && f.state != FulfillmentState::Canceled);
        let mut before = group.parcels[..at].iter();
        let is_second = before.any(|other| other.fulfillment == parcel.fulfillment);
        ensure(13, goes && !is_second, || {
            format!("{}: waybill {} of {:?}", group.id, parcel.number, of)
        })?;
    }
    Ok(())
}

/// Invariants 2, 3, 6, 8, 12 and 13 within one group.
pub fn check_group(group: &Group) -> Result<(), Broken> {
    check_parcels(group)?;
    check_reservations(group)?;
    check_payments(group)?;
    check_amounts(group)?;
    check_returns(group)?;
    check_points(group)?;
    group
        .orders
        .iter()
        .try_for_each(|order| check_cover(group, order))
}

fn check_reservations(group: &Group) -> Result<(), Broken> {
    for r in &group.reservations {
        let fulfillment = group.fulfillments.iter().find(|f| f.id == r.fulfillment);
        let fits = match fulfillment.map(|f| f.state) {
            Some(FulfillmentState::Shipped | FulfillmentState::Delivered) => {
                r.state == ReservationState::Taken
            }
            Some(FulfillmentState::Canceled) => {
                matches!(
                    r.state,
                    ReservationState::Released | ReservationState::Expired
                )
            }
            Some(_) => r.state == ReservationState::Held,
            None => false,
        };
        ensure(2, fits, || {
            format!("{}: reservation {} is {:?}", group.id, r.number, r.state)
        })?;
    }
    let held = group
        .reservations
        .iter()
        .any(|r| r.state == ReservationState::Held);
    ensure(2, !(held && group.state == GroupState::Canceled), || {
        format!("{} is canceled and holds goods", group.id)
    })
}

fn check_payments(group: &Group) -> Result<(), Broken> {
    let paid = group
        .payments
        .iter()
        .filter(|p| p.state.holds_money() && !group.is_stray(p))
        .count();
    let needed = match (group.state, &group.presale) {
        (GroupState::Confirmed, Some(_)) if group.balance() > 0 => 2..=2,
        (GroupState::Confirmed, _) => 1..=1,
        (GroupState::PendingPayment, _) => 0..=1,
        (GroupState::AwaitingBalance, _) => 1..=2,
        (GroupState::Canceled, _) => 0..=usize::MAX,
    };
    ensure(3, needed.contains(&paid), || {
        format!(
            "{}: {paid} payments hold money for {:?}",
            group.id, group.state
        )
    })?;
    check_presale(group)?;
    for p in &group.payments {
        let sound = p.captured <= p.amount && p.refunded <= p.captured;
        ensure(
            3,
            sound && (p.captured == 0 || p.state == PaymentState::Captured),
            || format!("payment {p:?}"),
        )?;
        let went_back = |r: &&Refund| r.payment == p.id && r.state == RefundState::Succeeded;
        let back: i64 = group
            .refunds
            .iter()
            .filter(went_back)
            .map(|r| r.amount)
            .sum();
        ensure(6, back == p.refunded, || {
            format!("{}: {} went back, its refunds say {back}", p.id, p.refunded)
        })?;
    }
    Ok(())
}

/// A group that is paid in two parts: the deposit is part of its total, and what was paid of it fits where it is.
fn check_presale(group: &Group) -> Result<(), Broken> {
    let Some(presale) = &group.presale else {
        return ensure(3, group.state != GroupState::AwaitingBalance, || {
            format!("{} waits for a balance without a deposit", group.id)
        });
    };
    let deposit = &presale.deposit;
    let parts: i64 = deposit.parts.iter().sum();
    let is_part = (1..=group.total).contains(&deposit.amount)
        && parts == deposit.amount
        && deposit.parts.len() == group.lines().count();
    ensure(6, is_part, || format!("{}: {deposit:?}", group.id))?;
    let paid_by = presale.paid_by;
    let taken = group.payments.iter().find(|p| Some(p.id) == paid_by);
    let is_taken = taken.is_some_and(|p| p.captured == deposit.amount);
    let must_be = matches!(
        group.state,
        GroupState::AwaitingBalance | GroupState::Confirmed
    );
    ensure(3, is_taken || paid_by.is_none() && !must_be, || {
        format!("{} is {:?}, its deposit: {taken:?}", group.id, group.state)
    })?;
    let kept = presale.forfeited;
    let may_keep = group.state == GroupState::Canceled && is_taken && deposit.forfeit;
    ensure(7, kept == 0 || may_keep && kept == deposit.amount, || {
        format!("{}: {kept} of the deposit was kept", group.id)
    })
}

fn check_amounts(group: &Group) -> Result<(), Broken> {
    let orders: i64 = group.orders.iter().map(|o| o.total).sum();
    let tax: i64 = group.lines().map(|l| l.tax).sum::<i64>()
        + group.orders.iter().map(|o| o.shipping_tax).sum::<i64>();
    ensure(6, orders == group.total && tax == group.tax, || {
        format!("{}: orders {orders}, tax {tax}", group.id)
    })?;
    for order in &group.orders {
        let lines: i64 = order.lines.iter().map(|l| l.total).sum();
        ensure(6, lines + order.shipping == order.total, || {
            format!("{}: lines {lines}", order.id)
        })?;
    }
    for line in group.lines() {
        let settled = line.canceled_share.plus(line.fulfilled_share);
        let all = line.canceled + line.fulfilled == line.quantity;
        let fits = if all {
            settled.total == line.total && settled.tax == line.tax
        } else {
            settled.total <= line.total
        };
        let returned = line.returned <= line.fulfilled
            && line.returned_share.total <= line.fulfilled_share.total;
        ensure(6, fits && returned, || {
            format!("{}: line {line:?}", group.id)
        })?;
    }
    let captured: i64 = group.payments.iter().map(|p| p.captured).sum();
    let given_back: i64 = group
        .refunds
        .iter()
        .filter(|r| r.state == RefundState::Succeeded)
        .map(|r| r.amount)
        .sum();
    ensure(6, given_back <= captured, || {
        format!("{}: {given_back} of {captured} given back", group.id)
    })
}

/// Returns of a group: what is in open ones is there to be returned, and a received one gave back what it says, once.
fn check_returns(group: &Group) -> Result<(), Broken> {
    for line in group.lines() {
        let open = group.in_open_returns(line.number);
        ensure(6, open <= line.fulfilled - line.returned, || {
            format!("{}: {open} pieces in open returns: {line:?}", group.id)
        })?;
    }
    let mut named: Vec<RefundId> = Vec::new();
    for found in &group.returns {
        let counts = |l: &ReturnLine| l.restocked <= l.received && l.received <= l.pieces;
        let has_come = found.lines.iter().any(|l| l.received > 0);
        let is_received = found.state == ReturnState::Received;
        let sound = found.lines.iter().all(counts)
            && has_come == is_received
            && found.state.is_open() == found.ended_at.is_none()
            && group.order(found.order).is_some();
        ensure(8, sound, || format!("{found:?}"))?;
        let mut back = 0;
        for id in &found.refunds {
            let refund = group.refunds.iter().find(|r| r.id == *id);
            let fits = refund.is_some_and(|r| r.order == Some(found.order)) && !named.contains(id);
            ensure(6, fits, || format!("{}: {id} is not its own", found.id))?;
            back += refund.map_or(0, |r| r.amount);
            named.push(*id);
        }
        ensure(
            6,
            back == found.amount && (is_received || back == 0),
            || format!("{}: {back} went back of {}", found.id, found.amount),
        )?;
    }
    Ok(())
}

/// What points did for a group: what they took off is what they are worth, and what was booked is what its lines say.
fn check_points(group: &Group) -> Result<(), Broken> {
    let spent = group.points_spent();
    let Some(points) = &group.points else {
        return ensure(12, spent == 0, || {
            format!("{} was paid with {spent} points without terms", group.id)
        });
    };
    let off: i64 = group.points_parts().unwrap_or_default().iter().sum();
    let has_terms = points.spend_per_point > 0 && points.worth > 0 && group.member.is_some();
    let booked = (points.earned, points.given_back);
    let sound = has_terms
        && spent >= 0
        && spent.checked_mul(points.worth) == Some(off)
        && booked == (should_earn(group), should_give_back(group))
        && (0..=spent).contains(&points.given_back);
    ensure(12, sound, || {
        format!("{}: {spent} points spent for {off}, {points:?}", group.id)
    })
}

fn check_cover(group: &Group, order: &Order) -> Result<(), Broken> {
    for line in &order.lines {
        let planned: u32 = group
            .fulfillments
            .iter()
            .filter(|f| f.order == order.id && f.state != FulfillmentState::Canceled)
            .flat_map(|f| &f.lines)
            .filter(|(number, _)| *number == line.number)
            .map(|(_, pieces)| pieces)
            .sum();
        ensure(8, planned + line.canceled == line.quantity, || {
            format!(
                "{}: line {} has {planned} planned of {}",
                order.id, line.number, line.quantity
            )
        })?;
    }
    Ok(())
}

/// Adds up movements, to be compared with the levels (invariant 1).
#[derive(Debug, Default)]
pub struct StockTally {
    sums: BTreeMap<(VariantId, LocationId), (i64, i64)>,
    next: u64,
}

impl StockTally {
    /// Takes the next movement in order.
    ///
    /// # Errors
    /// A number out of order, or a movement of nothing.
    pub fn add(&mut self, movement: &Movement) -> Result<(), Broken> {
        ensure(
            1,
            movement.number > self.next && movement.quantity > 0,
            || format!("movement {movement:?}"),
        )?;
        self.next = movement.number;
        for (account, sign) in [(movement.from, -1), (movement.to, 1)] {
            let (location, reserved) = match account {
                StockAccount::Free(location) => (location, 0),
                StockAccount::Reserved(location) => (location, 1),
                StockAccount::Supplier | StockAccount::Customer | StockAccount::Adjustment => {
                    continue;
                }
            };
            let sum = self.sums.entry((movement.variant, location)).or_default();
            sum.0 += sign * movement.quantity;
            sum.1 += sign * movement.quantity * reserved;
        }
        Ok(())
    }

    /// Compares one level with its movements, and takes it off the list.
    pub fn compare(
        &mut self,
        variant: VariantId,
        location: LocationId,
        level: Level,
    ) -> Result<(), Broken> {
        let (on_hand, reserved) = self.sums.remove(&(variant, location)).unwrap_or_default();
        ensure(
            1,
            (on_hand, reserved) == (level.on_hand, level.reserved),
            || {
                format!(
                    "{variant} at {location}: level {level:?}, movements give {on_hand} on hand, {reserved} reserved"
                )
            },
        )
    }

    /// At the end: no movements without a level.
    pub fn finish(self) -> Result<(), Broken> {
        let rest = self.sums.iter().find(|(_, sums)| **sums != (0, 0));
        ensure(1, rest.is_none(), || {
            format!("movements without a level: {rest:?}")
        })
    }
}

/// Adds up what orders took of limits, to be compared with the rows (invariant 5).
#[derive(Debug, Default)]
pub struct QuotaTally {
    sums: BTreeMap<Quota, i64>,
}

impl QuotaTally {
    /// Takes one group.
    ///
    /// # Errors
    /// When it gave back more than it took.
    pub fn add(&mut self, group: &Group) -> Result<(), Broken> {
        for taken in &group.uses {
            let sound = taken.taken > 0 && (0..=taken.taken).contains(&taken.given_back);
            ensure(5, sound, || format!("{}: {taken:?}", group.id))?;
            *self.sums.entry(taken.quota).or_insert(0) += taken.taken - taken.given_back;
        }
        Ok(())
    }

    /// Compares one row with its orders, and takes it off the list.
    ///
    /// # Errors
    /// When they differ, or the limit is exceeded.
    pub fn compare(&mut self, quota: Quota, taken: i64, limit: Option<i64>) -> Result<(), Broken> {
        check_quota(quota, taken, limit)?;
        let sum = self.sums.remove(&quota).unwrap_or(0);
        ensure(5, sum == taken, || {
            format!("{quota:?}: the row says {taken}, orders took {sum}")
        })
    }

    /// At the end: nothing taken without a row.
    ///
    /// # Errors
    /// When there is.
    pub fn finish(self) -> Result<(), Broken> {
        let rest = self.sums.iter().find(|(_, sum)| **sum != 0);
        ensure(5, rest.is_none(), || {
            format!("taken without a row: {rest:?}")
        })
    }
}

/// Adds up draws of red packets and what was spent of them, to be compared with the rows (invariant 5).
#[derive(Debug, Default)]
pub struct PacketTally {
    rules: BTreeMap<RuleId, PacketSums>,
}

#[derive(Debug, Default)]
struct PacketSums {
    /// How many draws the feed has told of.
    told: i64,
    /// How many the row says.
    drawn: i64,
    /// How many the members' rows say together.
    by_members: i64,
    /// What the packets hold that were spent, and the number after the highest of them.
    held: i64,
    spent_below: i64,
    /// What the row says that was spent.
    spent: i64,
}

impl PacketTally {
    /// Takes the next draw in the feed.
    ///
    /// # Errors
    /// When a number was drawn before, or one was left out.
    pub fn drawn(&mut self, rule: RuleId, number: u32) -> Result<(), Broken> {
        let sums = self.rules.entry(rule).or_default();
        let next = sums.told;
        sums.told = i64::from(number) + 1;
        ensure(5, i64::from(number) == next, || {
            format!("{rule}: packet {number} was drawn, where {next} was the next one")
        })
    }

    /// Takes a row of a rule about packets; whether [`QuotaTally`] knows nothing of it, since it counts draws.
    ///
    /// # Errors
    /// When a limit is exceeded.
    pub fn row(
        &mut self,
        packets: &Packets,
        (quota, taken, limit): (Quota, i64, Option<i64>),
    ) -> Result<bool, Broken> {
        let sums = self.rules.entry(quota.rule).or_default();
        let of_draws = match quota.counted {
            Counted::Drawn => {
                sums.drawn = taken;
                true
            }
            Counted::Buyer(_) => {
                sums.by_members += taken;
                true
            }
            Counted::Budget => {
                sums.spent = taken;
                false
            }
            Counted::Code(number) if taken > 0 => {
                sums.held += packets.amount(number);
                sums.spent_below = sums.spent_below.max(i64::from(number) + 1);
                false
            }
            Counted::Code(_) | Counted::Orders | Counted::Variant(_) => false,
        };
        if of_draws {
            check_quota(quota, taken, limit)?;
        }
        Ok(of_draws)
    }

    /// At the end.
    ///
    /// # Errors
    /// When draws, rows and what was spent do not fit together.
    pub fn finish(self) -> Result<(), Broken> {
        for (rule, sums) in self.rules {
            let drawn_once = sums.told == sums.drawn && sums.by_members == sums.drawn;
            let spent_once = sums.held == sums.spent && sums.spent_below <= sums.drawn;
            ensure(5, drawn_once && spent_once, || format!("{rule}: {sums:?}"))?;
        }
        Ok(())
    }
}

/// Adds up entries of points, to be compared with accounts and order groups (invariant 12).
#[derive(Debug, Default)]
pub struct PointsTally {
    accounts: BTreeMap<CustomerId, PointsAccount>,
    /// Of each group and its member: earned, spent and given back, less what the group says. Nothing but zeros is kept
    /// of what agrees.
    groups: BTreeMap<(GroupId, CustomerId), [i64; 3]>,
}

impl PointsTally {
    /// Takes the next entry of a member.
    ///
    /// # Errors
    /// When it does not follow from the one before.
    pub fn add(&mut self, entry: &PointsEntry) -> Result<(), Broken> {
        let account = self.accounts.entry(entry.member).or_default();
        let result = check_points_entry(account, entry);
        (account.balance, account.entries) = (entry.balance, entry.number);
        if let Some(group) = entry.cause.group() {
            let sums = match entry.cause {
                PointsCause::Spent(_) => [0, -entry.change, 0],
                PointsCause::GivenBack(_) => [0, 0, entry.change],
                _ => [entry.change, 0, 0],
            };
            self.count((group, entry.member), sums);
        }
        result
    }

    /// Compares an account with its entries, and takes it off the list.
    ///
    /// # Errors
    /// When they differ, or something is left on one that was ended.
    pub fn compare(&mut self, member: CustomerId, account: &PointsAccount) -> Result<(), Broken> {
        let own = self.accounts.remove(&member).unwrap_or_default();
        let same = (own.balance, own.entries) == (account.balance, account.entries);
        let is_over = !account.ended || account.balance == 0;
        ensure(12, same && is_over, || {
            format!("{member}: {account:?}, its entries say {own:?}")
        })
    }

    /// Takes one group.
    pub fn group(&mut self, group: &Group) {
        if let Some((points, member)) = group.points.as_ref().zip(group.member) {
            let said = [points.earned, group.points_spent(), points.given_back];
            self.count((group.id, member), said.map(|n| -n));
        }
    }

    fn count(&mut self, of: (GroupId, CustomerId), sums: [i64; 3]) {
        if sums == [0; 3] {
            return;
        }
        let kept = self.groups.entry(of).or_default();
        kept.iter_mut().zip(sums).for_each(|(sum, n)| *sum += n);
        if *kept == [0; 3] {
            self.groups.remove(&of);
        }
    }

    /// At the end: no entries without an account, and groups say what their entries say.
    ///
    /// # Errors
    /// When there are.
    pub fn finish(self) -> Result<(), Broken> {
        let account = self.accounts.first_key_value();
        ensure(12, account.is_none(), || {
            format!("entries of points without an account: {account:?}")
        })?;
        let group = self.groups.first_key_value();
        ensure(12, group.is_none(), || {
            format!(
                "entries earned, spent and gave back other points than their order says: {group:?}"
            )
        })
    }
}

/// Adds up postings (invariant 7).
#[derive(Debug, Default)]
pub struct MoneyTally {
    sums: BTreeMap<(Account, Currency), i64>,
    next: u64,
}

impl MoneyTally {
    /// Takes the next posting in order.
    ///
    /// # Errors
    /// A number out of order, or a posting of nothing.
    pub fn add(&mut self, posting: &Posting) -> Result<(), Broken> {
        ensure(7, posting.number > self.next && posting.amount > 0, || {
            format!("posting {posting:?}")
        })?;
        self.next = posting.number;
        *self
            .sums
            .entry((posting.from, posting.currency))
            .or_insert(0) -= posting.amount;
        *self.sums.entry((posting.to, posting.currency)).or_insert(0) += posting.amount;
        Ok(())
    }

    /// What an account holds.
    pub fn balance(&self, account: Account, currency: Currency) -> i64 {
        self.sums.get(&(account, currency)).copied().unwrap_or(0)
    }

    /// What is held for a group must be what its rows say: paid, less earned, less given back unearned.
    pub fn compare(&self, group: &Group) -> Result<(), Broken> {
        let expected = held(group);
        let found = self.balance(Account::Held(group.id), group.currency);
        ensure(7, expected == found, || {
            format!("{}: {found} held, rows say {expected}", group.id)
        })
    }

    /// At the end: all balances add up to zero per currency, and none is below its floor.
    pub fn finish(self) -> Result<(), Broken> {
        let mut totals: BTreeMap<Currency, i64> = BTreeMap::new();
        for (&(account, currency), &sum) in &self.sums {
            *totals.entry(currency).or_insert(0) += sum;
            let floor = matches!(account, Account::Held(_));
            ensure(7, !floor || sum >= 0, || {
                format!("{account:?} holds {sum} {currency}")
            })?;
        }
        ensure(7, totals.values().all(|&t| t == 0), || {
            format!("balances add up to {totals:?}")
        })
    }
}

/// What is held for a group according to its rows, in minor units.
pub fn held(group: &Group) -> i64 {
    let captured: i64 = group.payments.iter().map(|p| p.captured).sum();
    let earned: i64 = group
        .orders
        .iter()
        .map(|o| {
            let lines: i64 = o.lines.iter().map(|l| l.earned_share.total).sum();
            lines + if o.shipping_earned { o.shipping } else { 0 }
        })
        .sum();
    let unearned_back: i64 = group
        .refunds
        .iter()
        .filter(|r| {
            r.state == RefundState::Succeeded && r.source == crate::order::RefundSource::Held
        })
        .map(|r| r.amount)
        .sum();
    let settled: i64 = group
        .refunds
        .iter()
        .filter_map(|r| r.outside.as_ref())
        .map(|outside| outside.from_held)
        .sum();
    let forfeited = group.presale.as_ref().map_or(0, |p| p.forfeited);
    captured - earned - unearned_back - settled - forfeited
}
