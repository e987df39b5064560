//! What must hold once faults have ended and nothing moves any more: nothing waits, nothing is owed twice,
//! nobody was charged for nothing, and the shop's books equal the model's and the provider's.

use crate::checks::Violation;
use crate::depot::Depot;
use crate::model::Model;
use crate::provider::Held;
use crate::sim::Sim;
use commerce::ledger::Account;
use commerce::order::{Group, GroupState, RefundState, ReservationState};
use commerce::payment::{PaymentMethod, PaymentState};
use std::collections::BTreeMap;

fn ensure(check: &str, holds: bool, detail: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        Err(Violation::new(check, detail()))
    }
}

impl Sim {
    /// All of it.
    pub fn conclude(&self) -> Result<(), Violation> {
        ensure("liveness", self.is_idle(), || {
            String::from("the writer still has something to do")
        })?;
        ensure("liveness", self.disk.effects.is_empty(), || {
            format!(
                "{} effects are left, first {:?}",
                self.disk.effects.len(),
                self.disk.effects.first_key_value()
            )
        })?;
        self.checks.whole(&self.disk)?;
        for id in &self.disk.placed {
            let group = self.disk.group(*id).expect("it was placed");
            is_final(group)?;
            let same = self.model.compare_group(group);
            same.map_err(|e| Violation::new("model", format!("{id}: {e}")))?;
        }
        ensure(
            "model",
            self.model.deals.len() == self.disk.placed.len(),
            || {
                format!(
                    "{} groups, the model has {}",
                    self.disk.placed.len(),
                    self.model.deals.len()
                )
            },
        )?;
        for id in &self.acknowledged {
            ensure(
                "invariant 4",
                self.disk.group(*id).is_some() && self.checks.was_placed(*id),
                || format!("{id} was acknowledged and is not there exactly once"),
            )?;
        }
        for (&(variant, location), &level) in &self.disk.levels {
            let same = self.model.compare_level(variant, location, level);
            same.map_err(|e| Violation::new("model", format!("{variant} at {location}: {e}")))?;
        }
        for (&(rule, counted), &sum) in &self.model.taken {
            let quota = Model::quota(rule, counted);
            let row = self.disk.quotas.get(&quota).copied().unwrap_or(0);
            ensure("model", row == sum, || {
                format!("{row} were taken of {quota:?}, the model says {sum}")
            })?;
        }
        for member in self.model.purses.keys() {
            let row = self.disk.points.get(member).copied().unwrap_or_default();
            let same = self.model.compare_points(*member, &row);
            same.map_err(|e| Violation::new("model", e))?;
        }
        for member in &self.model.drawn.owners {
            let (wallet, owned) = (
                self.disk.packets_of(*member),
                self.model.packets_of(*member),
            );
            ensure("model", wallet == owned, || {
                format!("{member} has the packets {wallet:?}, the model says {owned:?}")
            })?;
        }
        for (&(account, currency), &sum) in &self.model.money {
            let booked = self.checks.balance(account, currency);
            ensure("model", booked == sum, || {
                format!("{account:?} has {booked} {currency}, the model says {sum}")
            })?;
        }
        self.carrier_agrees()?;
        self.provider_agrees()
    }

    /// The carrier waits for each parcel once, and for none that does not come; it knows of all that it did not refuse.
    fn carrier_agrees(&self) -> Result<(), Violation> {
        let connected = self
            .model
            .town
            .haul
            .as_ref()
            .is_some_and(|haul| haul.connected);
        let mut waits: BTreeMap<u64, u32> = BTreeMap::new();
        for announced in &self.provider.depot.standing {
            let count = waits.entry(announced.number).or_default();
            *count += 1;
            ensure("announced twice", *count == 1, || {
                format!("the carrier waits {count} times for {announced:?}")
            })?;
            let group = self.disk.group(announced.parcel.parent());
            let number = format!("{:06}", announced.number);
            let parcel = group.and_then(|g| g.parcel(announced.parcel));
            ensure(
                "carrier",
                parcel.is_some_and(|p| p.number == number),
                || format!("the carrier waits for {announced:?}, whose waybill is {parcel:?}"),
            )?;
        }
        for id in &self.disk.placed {
            let group = self.disk.group(*id).expect("it was placed");
            for parcel in group.parcels.iter().filter(|_| connected) {
                let number = parcel.number.parse().expect("digits alone");
                let is_told = waits.contains_key(&number) || Depot::refuses(number);
                ensure("carrier", is_told, || {
                    format!("the carrier was never told of {parcel:?}")
                })?;
            }
        }
        Ok(())
    }

    /// The provider's books against ours: nothing is held for nothing, nobody was charged twice.
    fn provider_agrees(&self) -> Result<(), Violation> {
        let mut taken: BTreeMap<commerce::id::GroupId, (i64, u32)> = BTreeMap::new();
        for account in &self.provider.accounts {
            let id = account.payment.parent();
            let group = self.disk.group(id);
            ensure("provider", group.is_some(), || {
                format!("{} was asked for and has no order", account.payment)
            })?;
            ensure("provider", account.held != Held::Authorized, || {
                format!(
                    "{} is held at the provider and nobody will take it or let it go",
                    account.payment
                )
            })?;
            if account.held == Held::Captured {
                let entry = taken.entry(id).or_default();
                entry.0 += account.amount - account.refunded;
                entry.1 += u32::from(account.refunded < account.amount);
            }
        }
        for id in &self.disk.placed {
            let group = self.disk.group(*id).expect("it was placed");
            let by_provider =
                |p: &&commerce::payment::Payment| p.method != PaymentMethod::OnAccount;
            let ours: i64 = group
                .payments
                .iter()
                .filter(by_provider)
                .map(|p| p.captured - p.refunded)
                .sum();
            let (theirs, charges) = taken.get(id).copied().unwrap_or_default();
            ensure("provider", ours == theirs, || {
                format!("{id}: we booked {ours}, the provider has {theirs}")
            })?;
            let refused = group.refunds.iter().any(|r| r.state == RefundState::Failed);
            // A presale is paid in two parts.
            let most = if group.presale.is_some() { 2 } else { 1 };
            ensure("charged twice", charges <= most || refused, || {
                format!("{id} was charged {charges} times")
            })?;
            let kept = group.presale.as_ref().map_or(0, |p| p.forfeited);
            let for_nothing = group.state == GroupState::Canceled && theirs > kept && !refused;
            ensure("charged for nothing", !for_nothing, || {
                format!("{id} is canceled and {theirs} were kept")
            })?;
            let held = self.checks.balance(Account::Held(*id), group.currency);
            let is_done = group
                .orders
                .iter()
                .all(|o| o.lines.iter().all(|l| l.open() == 0));
            ensure("held for nothing", held == 0 || !is_done || refused, || {
                format!("{id} is done and {held} are still held")
            })?;
        }
        Ok(())
    }
}

/// A group that is quiet is owed or over, and so is everything under it.
fn is_final(group: &Group) -> Result<(), Violation> {
    let waits = group.state.waits();
    ensure("liveness", !waits, || {
        format!("{} still waits for its payment", group.id)
    })?;
    let holds = group
        .reservations
        .iter()
        .any(|r| r.state == ReservationState::Held);
    ensure(
        "liveness",
        !holds || group.state == GroupState::Confirmed,
        || format!("{} is not confirmed and holds goods", group.id),
    )?;
    for payment in &group.payments {
        let open = matches!(
            payment.state,
            PaymentState::Pending | PaymentState::ActionRequired
        );
        ensure("liveness", !open, || {
            format!("{} is still open", payment.id)
        })?;
    }
    let waiting = group
        .refunds
        .iter()
        .find(|r| r.state == RefundState::Pending);
    ensure("liveness", waiting.is_none(), || {
        format!(
            "{} is {:?} and a refund still waits: {waiting:?}",
            group.id, group.state
        )
    })
}
