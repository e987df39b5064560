//! The numbered invariants at the durable rows: for what a batch changed, after each batch; for everything,
//! after each start and at the end. The predicates are those of `commerce::invariants`.

use crate::disk::Disk;
use crate::hash::Map;
use commerce::Delta;
use commerce::event::What;
use commerce::id::{GroupId, LocationId, PaymentId, VariantId};
use commerce::invariants::{
    Broken, MoneyTally, PointsTally, RoundTally, StockTally, WaybillTally, check_group,
    check_level, check_quota,
};
use commerce::order::{Group, ReservationState};
use commerce::stock::{Movement, StockAccount};

/// What must not happen, and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The check that found it: `invariant 1` to `invariant 13`, or a name.
    pub check: String,
    /// What was seen.
    pub detail: String,
}

impl Violation {
    /// One found by a named check.
    pub fn new(check: &str, detail: String) -> Self {
        Self {
            check: check.to_string(),
            detail,
        }
    }
}

impl From<Broken> for Violation {
    fn from(broken: Broken) -> Self {
        Self {
            check: format!("invariant {}", broken.number),
            detail: broken.detail,
        }
    }
}

/// How often the feed said something that it may say once.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    placed: u8,
    confirmed: u8,
    canceled: u8,
}

/// The checks with what they remember.
#[derive(Default)]
pub struct Checks {
    sums: Map<(VariantId, LocationId), (i64, i64)>,
    money: MoneyTally,
    said: Map<GroupId, Said>,
    captured: Map<PaymentId, u8>,
    /// Waybills that were booked.
    booked: WaybillTally,
    next: (u64, u64, u64),
    /// Groups that were placed.
    pub orders: u64,
    /// How many rows there were when all were checked last.
    checked_at: usize,
}

fn ensure(check: &str, holds: bool, detail: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation::new(check, detail()))
    }
}

impl Checks {
    /// What a batch wants to change, against the rows before it.
    pub fn before(&self, disk: &Disk, delta: &Delta) -> Result<(), Violation> {
        for (before, after) in &delta.groups {
            let row = disk.group(after.id).map(|g| g.version);
            ensure(
                "lost update",
                row == before.as_ref().map(|g| g.version),
                || {
                    format!(
                        "{} was at version {row:?}, the batch changed {:?}",
                        after.id,
                        before.as_ref().map(|g| g.version)
                    )
                },
            )?;
            let rises = before.as_ref().is_none_or(|g| g.version < after.version);
            ensure("lost update", rises, || {
                format!("{} keeps version {}", after.id, after.version)
            })?;
            if let Some(before) = before {
                ended_once(before, after)?;
            }
        }
        Ok(())
    }

    /// What a batch changed, against the rows after it.
    pub fn after(&mut self, disk: &Disk, delta: &Delta) -> Result<(), Violation> {
        self.numbers(delta)?;
        for movement in &delta.movements {
            self.add(movement);
        }
        let touched = delta.movements.iter().flat_map(|m| {
            let places = [m.from, m.to].into_iter().filter_map(place_of);
            places.map(|place| (m.variant, place))
        });
        for key in touched {
            self.level(disk, key)?;
        }
        for &(variant, location, level) in &delta.levels {
            check_level(level)?;
            self.level(disk, (variant, location))?;
        }
        for (quota, taken) in &delta.quotas {
            check_quota(*quota, *taken, disk.limit(quota))?;
        }
        for posting in &delta.postings {
            self.money.add(posting)?;
        }
        for (_, group) in &delta.groups {
            check_group(group)?;
            self.money.compare(group)?;
        }
        delta
            .events
            .iter()
            .try_for_each(|event| self.heard(disk, &event.what))
    }

    /// Events, movements and postings are numbered without gaps.
    fn numbers(&mut self, delta: &Delta) -> Result<(), Violation> {
        let in_a_row = |what: &str, last: &mut u64, numbers: &mut dyn Iterator<Item = u64>| {
            for number in numbers {
                ensure("gap", number == *last + 1, || {
                    format!("{what} {number} follows {last}")
                })?;
                *last = number;
            }
            Ok(())
        };
        in_a_row(
            "event",
            &mut self.next.0,
            &mut delta.events.iter().map(|e| e.position),
        )?;
        in_a_row(
            "movement",
            &mut self.next.1,
            &mut delta.movements.iter().map(|m| m.number),
        )?;
        in_a_row(
            "posting",
            &mut self.next.2,
            &mut delta.postings.iter().map(|p| p.number),
        )
    }

    fn add(&mut self, movement: &Movement) {
        for (account, sign) in [(movement.from, -1), (movement.to, 1)] {
            let Some(place) = place_of(account) else {
                continue;
            };
            let sum = self.sums.entry((movement.variant, place)).or_default();
            sum.0 += sign * movement.quantity;
            if matches!(account, StockAccount::Reserved(_)) {
                sum.1 += sign * movement.quantity;
            }
        }
    }

    fn level(&self, disk: &Disk, key: (VariantId, LocationId)) -> Result<(), Violation> {
        let level = disk.levels.get(&key).copied().unwrap_or_default();
        let sum = self.sums.get(&key).copied().unwrap_or_default();
        ensure(
            "invariant 1",
            (level.on_hand, level.reserved) == sum,
            || {
                format!(
                    "{} at {}: level {level:?}, movements give {sum:?}",
                    key.0, key.1
                )
            },
        )
    }

    fn heard(&mut self, disk: &Disk, what: &What) -> Result<(), Violation> {
        match *what {
            What::WaybillBooked { carrier, .. } => {
                self.booked.booked(carrier);
                Ok(())
            }
            What::GroupPlaced { group, .. } => {
                self.orders += 1;
                let said = self.said.entry(group).or_default();
                said.placed += 1;
                ensure("invariant 3", said.placed == 1, || {
                    format!("{group} was placed twice")
                })
            }
            What::GroupConfirmed { group } => {
                let said = self.said.entry(group).or_default();
                said.confirmed += 1;
                ensure("invariant 3", said.confirmed == 1, || {
                    format!("{group} was confirmed twice")
                })
            }
            What::GroupCanceled { group, .. } => {
                let said = self.said.entry(group).or_default();
                said.canceled += 1;
                ensure("invariant 2", said.canceled == 1, || {
                    format!("{group} was canceled twice")
                })
            }
            What::PaymentCaptured { payment, .. } => {
                let times = self.captured.entry(payment).or_default();
                *times += 1;
                ensure("invariant 3", *times == 1, || {
                    format!("{payment} was captured twice")
                })
            }
            What::StockChanged {
                variant,
                location,
                level,
            } => {
                let row = disk
                    .levels
                    .get(&(variant, location))
                    .copied()
                    .unwrap_or_default();
                ensure("feed", row == level, || {
                    format!("{variant} at {location}: the feed says {level:?}, the row {row:?}")
                })
            }
            _ => Ok(()),
        }
    }

    /// All rows, unless there are hardly more than last time.
    pub fn now_and_then(&mut self, disk: &Disk) -> Result<(), Violation> {
        let rows = disk.movements.len() + disk.postings.len();
        if rows < self.checked_at + self.checked_at / 2 {
            return Ok(());
        }
        self.checked_at = rows;
        self.whole(disk)
    }

    /// All rows, from nothing.
    pub fn whole(&self, disk: &Disk) -> Result<(), Violation> {
        let mut stock = StockTally::default();
        disk.movements.iter().try_for_each(|m| stock.add(m))?;
        for (&(variant, location), &level) in &disk.levels {
            check_level(level)?;
            stock.compare(variant, location, level)?;
        }
        stock.finish()?;
        let mut money = MoneyTally::default();
        disk.postings.iter().try_for_each(|p| money.add(p))?;
        let mut points = PointsTally::default();
        disk.points_entries.iter().try_for_each(|e| points.add(e))?;
        for id in &disk.placed {
            let group = disk.group(*id).expect("it was placed");
            check_group(group)?;
            money.compare(group)?;
            points.group(group);
        }
        for (member, account) in &disk.points {
            points.compare(*member, account)?;
        }
        points.finish()?;
        let mut booked = self.booked.clone();
        disk.number_pools()
            .try_for_each(|pool| booked.compare(pool))?;
        booked.finish()?;
        let mut rounds = RoundTally::default();
        disk.rounds().try_for_each(|round| rounds.round(round))?;
        rounds.finish(disk.round_book())?;
        Ok(money.finish()?)
    }

    /// Whether the feed told of a group's placing.
    pub fn was_placed(&self, group: GroupId) -> bool {
        self.said.get(&group).is_some_and(|said| said.placed == 1)
    }

    /// What an account holds by the postings.
    pub fn balance(
        &self,
        account: commerce::ledger::Account,
        currency: commerce::money::Currency,
    ) -> i64 {
        self.money.balance(account, currency)
    }
}

fn place_of(account: StockAccount) -> Option<LocationId> {
    match account {
        StockAccount::Free(place) | StockAccount::Reserved(place) => Some(place),
        StockAccount::Supplier | StockAccount::Customer | StockAccount::Adjustment => None,
    }
}

/// Invariant 2: a reservation that ended stays as it ended.
fn ended_once(before: &Group, after: &Group) -> Result<(), Violation> {
    let stays = before
        .reservations
        .iter()
        .zip(&after.reservations)
        .all(|(old, new)| old.state == ReservationState::Held || old.state == new.state);
    let all = before.reservations.len() <= after.reservations.len();
    ensure("invariant 2", stays && all, || {
        format!("{}: a reservation ended twice", after.id)
    })
}
