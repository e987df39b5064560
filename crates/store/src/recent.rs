//! What shoppers are in the middle of: the carts, checkouts and order groups that changed last, in memory, as
//! of the last published batch.
//!
//! Who adds an address, pays, or looks whether the payment came through reads what was written a moment ago;
//! such a read needs neither the database nor a thread that may block. What is not here is in the database.
//! Only the one server that writes may keep it: where several write, what is here could be older than what is
//! durable.

use commerce::checkout::{Cart, Checkout};
use commerce::id::{CartId, CheckoutId, GroupId};
use commerce::order::Group;
use commerce::world::Delta;
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Parts of a map, each behind a lock of its own. Ids rise, so neighbors fall into different parts: those of the same
/// millisecond differ in what follows the sub-number, those of different ones in the time, too.
const PARTS: usize = 16;
/// Entries of each kind in a part: with some kilobytes each, all three kinds stay below about 200 MB.
const PART_ENTRIES: NonZeroUsize = NonZeroUsize::new(1_024).unwrap();

/// The last values by id.
struct Last<K, V>([Mutex<LruCache<K, V>>; PARTS]);

impl<K: Hash + Eq, V> Default for Last<K, V> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| {
            Mutex::new(LruCache::new(PART_ENTRIES))
        }))
    }
}

impl<K: Hash + Eq + Copy, V: Clone> Last<K, V> {
    fn part(&self, id: u64) -> MutexGuard<'_, LruCache<K, V>> {
        let part = ((id >> 8) ^ (id >> 22)) as usize % PARTS;
        self.0[part].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: K, id: u64) -> Option<V> {
        self.part(id).get(&key).cloned()
    }

    fn put(&self, key: K, id: u64, value: V) {
        // What makes room is dropped when the lock is free again.
        let _forgotten = self.part(id).push(key, value);
    }
}

/// A checkout as it was saved last.
#[derive(Clone)]
struct Saved {
    checkout: Arc<Checkout>,
    /// When it was placed, in UTC milliseconds, if it was since: see [`Checkout::placed`].
    placed_at: Option<i64>,
}

/// The last carts, checkouts and order groups.
#[derive(Default)]
pub struct Recent {
    kept: Option<Kept>,
}

#[derive(Default)]
struct Kept {
    carts: Last<CartId, Arc<Cart>>,
    checkouts: Last<CheckoutId, Saved>,
    groups: Last<GroupId, Arc<Group>>,
}

impl Kept {
    /// With the checkout, not looked up in the groups: they are forgotten at other times.
    fn note_placed(&self, group: &Group) {
        let id = group.id.checkout();
        if let Some(saved) = self.checkouts.part(id.0).peek_mut(&id) {
            saved.placed_at = Some(group.placed_at);
        }
    }
}

impl Recent {
    /// For the only server that writes. The default keeps nothing.
    pub fn of_one_writer() -> Self {
        Self {
            kept: Some(Kept::default()),
        }
    }

    /// A cart, if it is here.
    pub fn cart(&self, id: CartId) -> Option<Arc<Cart>> {
        self.kept.as_ref()?.carts.get(id, id.0)
    }

    /// A checkout, if it is here.
    pub fn checkout(&self, id: CheckoutId) -> Option<Arc<Checkout>> {
        let saved = self.kept.as_ref()?.checkouts.get(id, id.0)?;
        Some(match saved.placed_at {
            Some(at) => Arc::new(saved.checkout.placed(at)),
            None => saved.checkout,
        })
    }

    /// A group, if it is here.
    pub fn group(&self, id: GroupId) -> Option<Arc<Group>> {
        self.kept.as_ref()?.groups.get(id, id.0)
    }

    /// Takes in a durable batch. Batches come in order, each before its replies.
    pub fn publish(&self, delta: &Delta) {
        let Some(kept) = &self.kept else { return };
        for cart in &delta.carts {
            kept.carts.put(cart.id, cart.id.0, cart.clone());
        }
        for (_, checkout) in &delta.checkouts {
            let saved = Saved {
                checkout: checkout.clone(),
                placed_at: None,
            };
            kept.checkouts.put(checkout.id, checkout.id.0, saved);
        }
        for (before, group) in &delta.groups {
            if before.is_none() {
                kept.note_placed(group);
            }
            kept.groups.put(group.id, group.id.0, group.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_stays_and_the_rest_makes_room() {
        let last: Last<u64, Arc<u64>> = Last::default();
        let all = 4 * (PARTS * PART_ENTRIES.get()) as u64;
        for id in 0..all {
            last.put(id, id, Arc::new(id));
            assert!(last.get(0, 0).is_some(), "it is asked for all the time");
        }
        last.put(0, 0, Arc::new(7));
        assert_eq!(last.get(0, 0).as_deref(), Some(&7));
        let kept = (0..all).filter(|id| last.get(*id, *id).is_some()).count();
        assert_eq!(kept, PARTS * PART_ENTRIES.get());
        assert!(last.get(all - 1, all - 1).is_some());
    }
}
