//! What a batch changes, so that it can be taken back, and what is left of it when it ends.

use super::{Delta, RecordKind, Sequences, World};
use crate::campaign::Quota;
use crate::checkout::{Cart, Checkout};
use crate::command::{Actor, Channel};
use crate::event::What;
use crate::id::{
    CartId, CheckoutId, CustomerId, GroupId, LocationId, ProductId, ReviewId, VariantId,
};
use crate::order::Group;
use crate::planted::{self, Fault};
use crate::points::PointsAccount;
use crate::review::{Mark, Rating, Review};
use crate::stock::Level;
use crate::wish::Wishes;
use crate::world::Record;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What was there before a change.
#[derive(Debug)]
pub(super) enum Undo {
    Record(RecordKind, u64, Option<Arc<Record>>),
    Code(RecordKind, String, Option<u64>),
    Sku(String),
    Level(VariantId, LocationId, Option<Level>),
    Cart(CartId, Option<Arc<Cart>>),
    Checkout(CheckoutId, Option<Arc<Checkout>>),
    Group(GroupId, Option<Arc<Group>>),
    Answer(u128),
    Quota(Quota, i64),
    Wishes(CustomerId, Option<Arc<Wishes>>),
    Review(ReviewId, Option<Arc<Review>>),
    Rating(ProductId, Rating),
    Mark(Mark),
    Points(CustomerId, PointsAccount),
}

/// A place in the journal to go back to.
#[derive(Debug, Clone, Copy)]
pub struct Savepoint {
    undo: usize,
    movements: usize,
    postings: usize,
    events: usize,
    effects: usize,
    effects_done: usize,
    points_entries: usize,
    sequences: Sequences,
}

/// A batch that was ended and is not durable yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct InFlight {
    /// Its part of the journal.
    pub(super) undo: usize,
    /// The numbers as they were before it.
    sequences: Sequences,
    /// The least id of a cart, checkout or group in it.
    pub(super) oldest: u64,
}

impl World {
    /// Says who and when, for the events of the next command.
    pub fn begin(&mut self, now: i64, actor: Actor, channel: Channel) -> Savepoint {
        self.context.now = now;
        self.context.actor = actor;
        self.context.channel = channel;
        Savepoint {
            undo: self.journal.len(),
            movements: self.pending.movements.len(),
            postings: self.pending.postings.len(),
            events: self.pending.events.len(),
            effects: self.pending.effects.len(),
            effects_done: self.pending.effects_done.len(),
            points_entries: self.pending.points_entries.len(),
            sequences: self.sequences,
        }
    }

    /// Takes back everything since `to`, which lies in the batch that is being decided.
    pub fn rollback(&mut self, to: Savepoint) {
        self.undo_until(to.undo);
        self.pending.movements.truncate(to.movements);
        self.pending.postings.truncate(to.postings);
        self.pending.events.truncate(to.events);
        self.pending.effects.truncate(to.effects);
        self.pending.effects_done.truncate(to.effects_done);
        self.pending.points_entries.truncate(to.points_entries);
        self.sequences = to.sequences;
    }

    /// Takes back the batch that is being decided.
    pub fn rollback_batch(&mut self) {
        let start: usize = self.in_flight.iter().map(|batch| batch.undo).sum();
        self.undo_until(start);
        self.pending = Delta::default();
        self.sequences = self.batch_sequences;
    }

    /// Takes back the batch that is being decided and all that are not durable.
    pub fn rollback_all(&mut self) {
        self.rollback_batch();
        self.undo_until(0);
        if let Some(first) = self.in_flight.first() {
            self.sequences = first.sequences;
        }
        self.batch_sequences = self.sequences;
        self.in_flight.clear();
    }

    fn undo_until(&mut self, length: usize) {
        while self.journal.len() > length {
            match self.journal.pop().expect("longer than that") {
                Undo::Record(kind, id, before) => {
                    self.records[kind as usize].insert(id, before);
                    self.note_setting(kind);
                }
                Undo::Code(kind, code, before) => {
                    self.codes[kind as usize].insert(code, before);
                }
                Undo::Sku(sku) => {
                    self.skus.insert(sku, None);
                }
                Undo::Level(..) if planted::is(Fault::RollbackLeavesLevel) => {}
                Undo::Level(variant, location, Some(before)) => {
                    self.levels.insert(variant, location, before);
                }
                Undo::Level(variant, location, None) => {
                    self.levels.remove(variant, location);
                }
                Undo::Cart(id, before) => {
                    self.carts.insert(id, before);
                }
                Undo::Checkout(id, before) => {
                    self.checkouts.insert(id, before);
                }
                Undo::Group(id, before) => {
                    self.groups.insert(id, before);
                }
                Undo::Answer(key) => {
                    self.answers.insert(key, None);
                }
                Undo::Quota(quota, before) => {
                    self.quotas.insert(quota, before);
                }
                Undo::Wishes(customer, before) => {
                    self.wishes.insert(customer, before);
                }
                Undo::Review(id, before) => {
                    self.reviews.reviews.insert(id, before);
                }
                Undo::Rating(product, before) => {
                    self.reviews.ratings.insert(product, before);
                }
                Undo::Mark(mark) => {
                    self.reviews.marks.insert(mark, false);
                }
                Undo::Points(member, before) => {
                    self.points.insert(member, before);
                }
            }
        }
    }

    /// Ends the batch: one row per changed key, one stock event per changed level. Its part of the journal
    /// is kept until [`World::committed`] or [`World::rollback_all`]. A batch that changed nothing is over.
    pub fn delta(&mut self) -> Delta {
        let start: usize = self.in_flight.iter().map(|batch| batch.undo).sum();
        let touched = Touched::of(&self.journal[start..]);
        self.context.actor = Actor::System;
        self.context.channel = Channel::System;
        // Lists that are as long as those of the batches before it, and in memory that is at hand.
        let fresh = core::mem::take(&mut self.spare);
        let mut levels = Vec::with_capacity(touched.levels.len());
        for (variant, location) in touched.levels {
            let level = self.level(variant, location);
            self.emit(What::StockChanged {
                variant,
                location,
                level,
            });
            levels.push((variant, location, level));
        }
        if planted::is(Fault::LostLevelUpdate) && levels.len() == 3 {
            levels.remove(0);
        }
        let ended = core::mem::replace(&mut self.pending, fresh);
        let delta = Delta {
            records: gathered(touched.records, |(kind, id)| {
                self.records[kind as usize][&id].clone()
            }),
            skus: gathered(touched.skus, |sku| {
                self.skus[&sku].map(|variant| (sku, variant))
            }),
            levels,
            carts: gathered(touched.carts, |id| self.carts[&id].clone()),
            checkouts: gathered(touched.checkouts, |(id, before)| {
                Some((before, self.checkouts[&id].clone()?))
            }),
            groups: gathered(touched.groups, |(id, before)| {
                Some((before, self.groups[&id].clone()?))
            }),
            answers: gathered(touched.answers, |key| {
                Some((key, self.answers[&key].clone()?))
            }),
            quotas: gathered(touched.quotas, |quota| Some((quota, self.quotas[&quota]))),
            wishes: gathered(touched.wishes, |(customer, before)| {
                Some((before, self.wishes[&customer].clone()?))
            }),
            reviews: gathered(touched.reviews, |id| self.review(id).cloned()),
            ratings: gathered(touched.ratings, |product| {
                Some((product, self.rating(product)))
            }),
            marks: touched.marks,
            points: gathered(touched.points, |member| Some((member, self.points(member)))),
            ..ended
        };
        if !delta.is_empty() {
            self.in_flight.push(InFlight {
                undo: self.journal.len() - start,
                sequences: self.batch_sequences,
                oldest: oldest_id(&delta),
            });
            self.batch_sequences = self.sequences;
        }
        delta
    }

    /// Takes back the lists of a batch that nobody needs any more, for one to come.
    pub fn recycle(&mut self, spent: Delta) {
        let Delta {
            mut movements,
            mut postings,
            mut events,
            mut effects,
            ..
        } = spent;
        movements.clear();
        postings.clear();
        events.clear();
        effects.clear();
        self.spare = Delta {
            movements,
            postings,
            events,
            effects,
            ..Delta::default()
        };
    }

    /// The oldest batch that was ended is durable: its changes stay.
    pub fn committed(&mut self) {
        if self.in_flight.is_empty() {
            return;
        }
        let batch = self.in_flight.remove(0);
        for undo in self.journal.drain(..batch.undo) {
            match undo {
                // A batch that is being loaded counts on it.
                Undo::Answer(key) if !planted::is(Fault::AnswerForgottenTooSoon) => {
                    self.told.push(key);
                }
                Undo::Answer(key) => drop(self.answers.remove(&key)),
                _ => {}
            }
        }
    }

    /// Whether no batch is being decided or waits to be durable.
    pub fn is_settled(&self) -> bool {
        self.journal.is_empty()
    }
}

/// The keys a batch touched, each once, in order.
#[derive(Default)]
struct Touched {
    records: Vec<(RecordKind, u64)>,
    skus: Vec<String>,
    levels: Vec<(VariantId, LocationId)>,
    carts: Vec<CartId>,
    checkouts: Vec<(CheckoutId, Option<Arc<Checkout>>)>,
    groups: Vec<(GroupId, Option<Arc<Group>>)>,
    answers: Vec<u128>,
    quotas: Vec<Quota>,
    wishes: Vec<(CustomerId, Option<Arc<Wishes>>)>,
    reviews: Vec<ReviewId>,
    ratings: Vec<ProductId>,
    marks: Vec<Mark>,
    points: Vec<CustomerId>,
}

impl Touched {
    fn of(journal: &[Undo]) -> Self {
        let mut touched = Self::default();
        for undo in journal {
            match undo {
                Undo::Record(kind, id, _) => touched.records.push((*kind, *id)),
                Undo::Code(..) => {}
                Undo::Sku(sku) => touched.skus.push(sku.clone()),
                Undo::Level(variant, location, _) => touched.levels.push((*variant, *location)),
                Undo::Cart(id, _) => touched.carts.push(*id),
                Undo::Checkout(id, before) => touched.checkouts.push((*id, before.clone())),
                Undo::Group(id, before) => touched.groups.push((*id, before.clone())),
                Undo::Answer(key) => touched.answers.push(*key),
                Undo::Quota(quota, _) => touched.quotas.push(*quota),
                Undo::Wishes(id, before) => touched.wishes.push((*id, before.clone())),
                Undo::Review(id, _) => touched.reviews.push(*id),
                Undo::Rating(product, _) => touched.ratings.push(*product),
                Undo::Mark(mark) => touched.marks.push(*mark),
                Undo::Points(member, _) => touched.points.push(*member),
            }
        }
        once(&mut touched.records);
        once(&mut touched.skus);
        once(&mut touched.levels);
        once(&mut touched.carts);
        once(&mut touched.answers);
        once(&mut touched.quotas);
        once(&mut touched.reviews);
        once(&mut touched.ratings);
        once(&mut touched.marks);
        once(&mut touched.points);
        first(&mut touched.checkouts);
        first(&mut touched.groups);
        first(&mut touched.wishes);
        touched
    }
}

/// What `of` knows of some keys, in a list with room for all at once: one that grows costs fresh memory each time.
fn gathered<K, V>(keys: Vec<K>, of: impl FnMut(K) -> Option<V>) -> Vec<V> {
    let mut found = Vec::with_capacity(keys.len());
    found.extend(keys.into_iter().filter_map(of));
    found
}

fn once<K: Ord>(keys: &mut Vec<K>) {
    keys.sort_unstable();
    keys.dedup();
}

/// Of each key the first. A stable sort: what something was before the batch is what its first change found.
fn first<K: Ord + Copy, V>(found: &mut Vec<(K, V)>) {
    found.sort_by_key(|(key, _)| *key);
    found.dedup_by_key(|(key, _)| *key);
}

/// The least id of a cart, checkout or group in a batch. Each list is in the order of its ids.
fn oldest_id(delta: &Delta) -> u64 {
    let firsts = [
        delta.carts.first().map(|c| c.id.0),
        delta.checkouts.first().map(|(_, c)| c.id.0),
        delta.groups.first().map(|(_, g)| g.id.0),
    ];
    firsts.into_iter().flatten().min().unwrap_or(u64::MAX)
}
