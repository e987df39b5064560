//! What the working set makes of what other servers on the same database wrote.

use super::{KeySet, Record, RecordKind, Sequences, World};
use crate::id::{LocationId, VariantId};
use alloc::vec::Vec;

impl World {
    /// Takes note of what others wrote: `stale` rows are forgotten, so that they are loaded when they are asked for;
    /// `resident` are those records among them that stay in memory, as they are now. Ids above `last_id` that are
    /// not in memory do not exist. Only when no batch is being decided or waits to be durable.
    pub fn catch_up(
        &mut self,
        stale: &KeySet,
        resident: Vec<Record>,
        last_id: u64,
        sequences: Sequences,
    ) {
        assert!(self.is_settled(), "others are heard between batches");
        for (kind, id) in &stale.records {
            self.records[*kind as usize].remove(id);
        }
        for kind in RecordKind::ALL {
            // Any code may be another's by now.
            if stale.records.iter().any(|(changed, _)| *changed == kind) {
                let known = &self.records[kind as usize];
                let stays = |id: &u64| kind.is_resident() && known.contains_key(id);
                self.codes[kind as usize].retain(|_, id| id.as_ref().is_some_and(stays));
                if kind == RecordKind::Product {
                    self.skus.clear();
                }
            }
        }
        for product in &stale.levels {
            self.levels_loaded.remove(product);
            let first = (VariantId(product.0), LocationId(0));
            let last = (VariantId(product.0 | 0xff), LocationId(u64::MAX));
            let keys: Vec<_> = self
                .levels
                .range(first..=last)
                .map(|(key, _)| *key)
                .collect();
            keys.iter().for_each(|key| {
                self.levels.remove(key);
            });
        }
        self.carts.retain(|id, _| !stale.carts.contains(id));
        self.checkouts.retain(|id, _| !stale.checkouts.contains(id));
        self.groups.retain(|id, _| !stale.groups.contains(id));
        self.answers.clear();
        resident
            .into_iter()
            .for_each(|record| self.insert_record(record));
        self.refresh_tables();
        self.fresh_from = self.fresh_from.max(last_id + 1);
        self.sequences = sequences;
        self.batch_sequences = sequences;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CartId, GroupId, ProductId, SellerId};
    use crate::settings::Seller;
    use crate::stock::Level;
    use crate::world::Rows;
    use alloc::string::ToString;

    fn seller(id: u64, code: &str) -> Record {
        Record::Seller(Seller {
            id: SellerId(id),
            code: code.to_string(),
            name: "A seller".to_string(),
            first_party: false,
        })
    }

    #[test]
    fn what_others_wrote_is_forgotten_or_taken_over() {
        let first = alloc::vec![seller(0x100, "old"), seller(0x200, "other")];
        let mut world = World::new(first, Sequences::default(), 0x1000);
        let (own, strange) = (ProductId(0x300), ProductId(0x400));
        let keys = KeySet {
            levels: [own, strange].into(),
            groups: [GroupId(0x500), GroupId(0x600)].into(),
            ..KeySet::default()
        };
        let level = (VariantId(0x401), LocationId(1), Level::default());
        let rows = Rows {
            levels: alloc::vec![level],
            ..Rows::default()
        };
        world.absorb(&keys, rows);
        let stale = KeySet {
            records: [(RecordKind::Seller, 0x100)].into(),
            levels: [strange].into(),
            groups: [GroupId(0x600)].into(),
            ..KeySet::default()
        };
        let sequences = Sequences {
            event: 9,
            ..Sequences::default()
        };
        world.catch_up(&stale, alloc::vec![seller(0x100, "new")], 0x2000, sequences);
        let id = |code| world.id_of_code(RecordKind::Seller, code);
        assert_eq!(
            (id("old"), id("new"), id("other")),
            (None, Some(0x100), Some(0x200))
        );
        assert!(world.knows_levels(own) && !world.knows_levels(strange));
        assert_eq!(world.levels(VariantId(0x401)).count(), 0);
        assert!(world.knows_group(GroupId(0x500)) && !world.knows_group(GroupId(0x600)));
        assert!(!world.knows_cart(CartId(0x2000)) && world.knows_cart(CartId(0x2001)));
    }
}
