//! Members' points in the working set: the accounts that a batch names, and the entries that it adds.

use super::World;
use super::journal::Undo;
use super::rows::KeySet;
use crate::id::CustomerId;
use crate::points::{PointsAccount, PointsEntry};

impl KeySet {
    /// Asks for a member's points, unless the world knows them.
    pub fn want_points(&mut self, world: &World, member: CustomerId) {
        if !world.points.contains_key(&member) {
            self.points.insert(member);
        }
    }
}

impl World {
    /// A member's points; an empty account where there is none, or where it is not in memory, as outside the writer.
    pub fn points(&self, member: CustomerId) -> PointsAccount {
        self.points.get(&member).copied().unwrap_or_default()
    }

    /// Adds an entry: the balance becomes what it says.
    pub fn add_points_entry(&mut self, entry: PointsEntry, expires_at: Option<i64>) {
        let before = self.points(entry.member);
        crate::invariants::check_points_entry(&before, &entry)
            .expect("an entry follows from the one before");
        let after = PointsAccount {
            balance: entry.balance,
            expires_at,
            entries: entry.number,
            ended: before.ended,
        };
        self.put_points(entry.member, after);
        self.pending.points_entries.push(entry);
    }

    /// Saves a member's points; the balance changes with an entry alone.
    pub fn put_points(&mut self, member: CustomerId, account: PointsAccount) {
        let before = self.points.insert(member, account);
        let before = before.expect("what is changed was loaded");
        self.journal.push(Undo::Points(member, before));
    }
}

#[cfg(test)]
impl World {
    /// All accounts that are in memory.
    pub fn known_points(&self) -> impl Iterator<Item = (CustomerId, PointsAccount)> {
        self.points.iter().map(|(id, account)| (*id, *account))
    }
}
