//! The read model in memory: goods, settings and stock, as of the last published batch.
//!
//! Shop pages and availability read it and never touch the tables that the writer is filling. It can
//! be dropped and built anew from the database at any time.

use crate::{Queries, StoreError};
use commerce::campaign::Quota;
use commerce::world::{Delta, KeySet, RecordKind, Rows, Sequences, World};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{RwLock, RwLockReadGuard};

/// Whether the shelf has the records of a kind: goods, and what is always in memory.
fn is_kept(kind: RecordKind) -> bool {
    kind.is_resident() || kind == RecordKind::Product
}

/// Goods, settings and stock in memory.
pub struct Shelf {
    world: RwLock<World>,
    position: AtomicU64,
}

impl Shelf {
    /// Fills the shelf from the database.
    ///
    /// # Errors
    /// When rows cannot be read.
    pub fn load(reader: &dyn Queries, levels: Rows) -> Result<Self, StoreError> {
        Ok(Self {
            world: RwLock::new(Self::world(reader, levels)?),
            position: AtomicU64::new(0),
        })
    }

    /// Fills it anew.
    ///
    /// # Errors
    /// When rows cannot be read: then it stays as it is.
    pub fn reload(&self, reader: &dyn Queries) -> Result<(), StoreError> {
        let world = Self::world(reader, reader.levels()?)?;
        *self
            .world
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = world;
        Ok(())
    }

    fn world(reader: &dyn Queries, levels: Rows) -> Result<World, StoreError> {
        let mut records = Vec::new();
        for kind in RecordKind::ALL.into_iter().filter(|k| is_kept(*k)) {
            records.extend(reader.records(kind)?);
        }
        let variants = records.iter().filter_map(|r| match r {
            commerce::world::Record::Product(product) => Some(&product.variants),
            _ => None,
        });
        let skus = variants.flatten().map(|v| (v.sku.clone(), v.id)).collect();
        let mut world = World::new(records, Sequences::default(), 0);
        world.absorb(&KeySet::default(), Rows { skus, ..levels });
        Ok(world)
    }

    /// Goods, settings and stock, for as long as the guard is held: briefly.
    pub fn read(&self) -> RwLockReadGuard<'_, World> {
        self.world
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The feed position of the last batch taken in.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// Takes in a durable batch.
    pub fn publish(&self, delta: &Delta) {
        self.publish_up_to(delta, delta.events.last().map(|e| e.position));
    }

    /// Takes in what durable batches of other servers changed, up to a position of the feed.
    pub fn publish_up_to(&self, delta: &Delta, position: Option<u64>) {
        let records = delta
            .records
            .iter()
            .filter(|r| is_kept(r.kind()))
            .map(|r| commerce::world::Record::clone(r))
            .collect();
        let is_shared = |(quota, _): &&(Quota, i64)| quota.counted.is_shared();
        let rows = Rows {
            records,
            skus: delta.skus.clone(),
            levels: delta.levels.clone(),
            quotas: delta.quotas.iter().filter(is_shared).copied().collect(),
            ratings: delta.ratings.clone(),
            ..Rows::default()
        };
        let mut world = self
            .world
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        world.absorb(&KeySet::default(), rows);
        if let Some(position) = position {
            self.position.store(position, Ordering::Release);
        }
    }
}
