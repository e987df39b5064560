//! The durable rows: a store in memory that takes a [`Delta`] whole or not at all, gives rows back by
//! [`KeySet`], and starts a new [`World`] from what is there, as the server does.

use crate::hash::Map;
use commerce::campaign::Quota;
use commerce::carrier::Pool;
use commerce::customer::KeptWhat;
use commerce::event::Effect;
use commerce::id::{CartId, CheckoutId, CustomerId, GroupId, LocationId, VariantId};
use commerce::ledger::Posting;
use commerce::order::Group;
use commerce::planted::{self, Fault};
use commerce::points::{PointsAccount, PointsEntry};
use commerce::round::{Round, RoundBook};
use commerce::stock::{Level, Movement};
use commerce::world::{Answer, Record, RecordKind, Rows, Sequences};
use commerce::{Delta, KeySet, World};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What survives a crash.
#[derive(Default)]
pub struct Disk {
    records: BTreeMap<(RecordKind, u64), Arc<Record>>,
    codes: BTreeMap<(RecordKind, String), u64>,
    skus: BTreeMap<String, VariantId>,
    /// Levels by variant and location.
    pub levels: BTreeMap<(VariantId, LocationId), Level>,
    carts: Map<CartId, Arc<commerce::checkout::Cart>>,
    checkouts: Map<CheckoutId, Arc<commerce::checkout::Checkout>>,
    groups: Map<GroupId, Arc<Group>>,
    /// The ids of all groups, in the order they were placed.
    pub placed: Vec<GroupId>,
    answers: Map<u128, Answer>,
    /// How much was taken of limits.
    pub quotas: BTreeMap<Quota, i64>,
    /// Members' points, and every change of them ever, in the order in which they were written.
    pub points: BTreeMap<CustomerId, PointsAccount>,
    pub points_entries: Vec<PointsEntry>,
    /// Effects that are not done, by number.
    pub effects: BTreeMap<u64, Effect>,
    /// Every movement ever.
    pub movements: Vec<Movement>,
    /// Every posting ever.
    pub postings: Vec<Posting>,
    expiring: BTreeSet<(i64, GroupId)>,
    sequences: Sequences,
    largest_id: u64,
}

impl Disk {
    /// The numbers of the red packets in a member's wallet.
    pub fn packets_of(&self, member: CustomerId) -> Vec<u32> {
        let Some(Record::Customer(customer)) = self
            .records
            .get(&(RecordKind::Customer, member.0))
            .map(|r| &**r)
        else {
            return Vec::new();
        };
        let wallet = customer.membership.iter().flat_map(|m| &m.wallet);
        let numbers = wallet.filter_map(|kept| match kept.what {
            KeptWhat::Packet(packet) => Some(packet.number),
            KeptWhat::Coupon(_) => None,
        });
        numbers.collect()
    }

    /// Takes a batch.
    pub fn apply(&mut self, delta: &Delta) {
        for record in &delta.records {
            let key = (record.kind(), record.id());
            if let Some(old) = self.records.insert(key, record.clone()) {
                self.codes.remove(&(key.0, old.code()));
            }
            self.codes.insert((key.0, record.code()), key.1);
        }
        self.skus.extend(delta.skus.iter().cloned());
        for &(variant, location, level) in &delta.levels {
            self.levels.insert((variant, location), level);
        }
        for cart in &delta.carts {
            self.largest_id = self.largest_id.max(cart.id.0);
            self.carts.insert(cart.id, cart.clone());
        }
        for (_, checkout) in &delta.checkouts {
            self.largest_id = self.largest_id.max(checkout.id.0);
            self.checkouts.insert(checkout.id, checkout.clone());
        }
        for (_, group) in &delta.groups {
            self.put_group(group);
        }
        self.answers.extend(delta.answers.iter().cloned());
        self.quotas.extend(delta.quotas.iter().copied());
        self.points.extend(delta.points.iter().copied());
        self.points_entries.extend_from_slice(&delta.points_entries);
        self.movements.extend_from_slice(&delta.movements);
        self.postings.extend_from_slice(&delta.postings);
        self.effects
            .extend(delta.effects.iter().map(|e| (e.number, e.clone())));
        for number in &delta.effects_done {
            self.effects.remove(number);
        }
        let next = |last: Option<u64>, before: u64| last.map_or(before, |n| n + 1);
        let s = &mut self.sequences;
        s.event = next(delta.events.last().map(|e| e.position), s.event);
        s.movement = next(delta.movements.last().map(|m| m.number), s.movement);
        s.posting = next(delta.postings.last().map(|p| p.number), s.posting);
        s.effect = next(delta.effects.last().map(|e| e.number), s.effect);
    }

    /// Takes the levels and movements of a batch and forgets the rest, as no transaction would: a planted fault.
    pub fn apply_half(&mut self, delta: &Delta) {
        self.apply(&Delta {
            levels: delta.levels.clone(),
            movements: delta.movements.clone(),
            ..Delta::default()
        });
    }

    fn put_group(&mut self, group: &Arc<Group>) {
        self.largest_id = self.largest_id.max(group.id.0);
        let before = self.groups.insert(group.id, group.clone());
        match before.as_ref().map(|g| g.expires_at) {
            None => self.placed.push(group.id),
            Some(Some(at)) if group.expires_at != Some(at) => {
                self.expiring.remove(&(at, group.id));
            }
            Some(_) => {}
        }
        self.expiring
            .extend(group.expires_at.map(|at| (at, group.id)));
    }

    /// How much there is of a campaign's limit.
    pub fn limit(&self, quota: &Quota) -> Option<i64> {
        let id = quota.rule.base();
        match &**self.records.get(&(RecordKind::Campaign, id))? {
            Record::Campaign(campaign) => {
                let rule = campaign
                    .rules
                    .iter()
                    .find(|r| r.number == quota.rule.sub())?;
                rule.limit(quota.counted)
            }
            _ => None,
        }
    }

    /// The rows behind keys.
    pub fn load(&self, keys: &KeySet) -> Rows {
        let by_code = keys
            .codes
            .iter()
            .filter_map(|k| Some((k.0, *self.codes.get(k)?)));
        let records: BTreeSet<_> = keys.records.iter().copied().chain(by_code).collect();
        let sku = |sku: &String| Some((sku.clone(), *self.skus.get(sku)?));
        let levels_of = |product: &commerce::id::ProductId| {
            let range = (VariantId(product.0), LocationId(0))
                ..=(VariantId(product.0 | 0xff), LocationId(u64::MAX));
            self.levels
                .range(range)
                .map(|(&(v, l), &level)| (v, l, level))
        };
        Rows {
            records: records
                .iter()
                .filter_map(|k| self.records.get(k))
                .map(|r| Record::clone(r))
                .collect(),
            skus: keys.skus.iter().filter_map(sku).collect(),
            levels: keys.levels.iter().flat_map(levels_of).collect(),
            carts: keys
                .carts
                .iter()
                .filter_map(|k| self.carts.get(k))
                .map(|r| (**r).clone())
                .collect(),
            checkouts: keys
                .checkouts
                .iter()
                .filter_map(|k| self.checkout(*k))
                .map(|r| (*r).clone())
                .collect(),
            groups: keys
                .groups
                .iter()
                .filter_map(|k| self.groups.get(k))
                .map(|r| (**r).clone())
                .collect(),
            quotas: keys
                .quotas
                .iter()
                .filter_map(|quota| Some((*quota, *self.quotas.get(quota)?)))
                .collect(),
            points: keys
                .points
                .iter()
                .filter_map(|member| Some((*member, *self.points.get(member)?)))
                .collect(),
            // Nobody in the town keeps favourites.
            wishes: Vec::new(),
            answers: keys
                .answers
                .iter()
                .filter_map(|k| Some((*k, self.answers.get(k)?.clone())))
                .collect(),
            // Nobody in the town reviews anything.
            ..Rows::default()
        }
    }

    /// A working set as the server makes it at its start.
    pub fn world(&self) -> World {
        let resident = self.records.values().filter(|r| r.kind().is_resident());
        let resident = resident.map(|r| Record::clone(r)).collect();
        let forgets = planted::is(Fault::IdsForgottenAtStart);
        World::new(
            resident,
            self.sequences,
            if forgets { 0 } else { self.largest_id + 1 },
        )
    }

    /// A group.
    pub fn group(&self, id: GroupId) -> Option<&Arc<Group>> {
        self.groups.get(&id)
    }

    /// A checkout, as it is beside its group.
    pub fn checkout(&self, id: CheckoutId) -> Option<Arc<commerce::checkout::Checkout>> {
        let saved = self.checkouts.get(&id)?;
        Some(match self.groups.get(&id.group()) {
            Some(group) => Arc::new(saved.placed(group.placed_at)),
            None => saved.clone(),
        })
    }

    /// Couriers' rounds.
    pub fn rounds(&self) -> impl Iterator<Item = &Round> {
        self.records.values().filter_map(|record| match &**record {
            Record::Round(round) => Some(round),
            _ => None,
        })
    }

    /// Which of them are open.
    pub fn round_book(&self) -> Option<&RoundBook> {
        self.records.values().find_map(|record| match &**record {
            Record::RoundBook(book) => Some(book),
            _ => None,
        })
    }

    /// What carriers have of numbers.
    pub fn number_pools(&self) -> impl Iterator<Item = &Pool> {
        self.records.values().filter_map(|record| match &**record {
            Record::NumberPool(pool) => Some(pool),
            _ => None,
        })
    }

    /// When the next unpaid group's time is over, or some member's points expire.
    pub fn next_expiry(&self) -> Option<i64> {
        let points = self.points.values().filter_map(|a| a.expires_at).min();
        let group = self.expiring.first().map(|(at, _)| *at);
        group.into_iter().chain(points).min()
    }

    /// Members whose points have expired at `now`, at most `limit`.
    pub fn points_due(&self, now: i64, limit: usize) -> Vec<CustomerId> {
        let due = self
            .points
            .iter()
            .filter(|(_, account)| account.is_due(now));
        due.take(limit).map(|(member, _)| *member).collect()
    }

    /// Unpaid groups whose time is over at `now`, at most `limit`.
    pub fn expired(&self, now: i64, limit: usize) -> Vec<GroupId> {
        let due = self.expiring.iter().take_while(|(at, _)| *at <= now);
        due.take(limit).map(|(_, id)| *id).collect()
    }
}
