//! What the working set makes of what other servers on the same database wrote.

use super::{KeySet, RecordKind, Rows, Sequences, World};

impl World {
    /// Takes note of what others wrote: `stale` rows are forgotten, so that they are loaded when they are asked for;
    /// `rows` hold the levels that changed, and those changed records that stay in memory, as they are now. Ids
    /// above `last_id` that are not in memory do not exist. Only when no batch is being decided or waits to be
    /// durable.
    pub fn catch_up(&mut self, stale: &KeySet, rows: Rows, last_id: u64, sequences: Sequences) {
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
        for (variant, location, level) in rows.levels {
            // Of a product that is not in memory all levels are loaded together.
            if self.levels.has(variant.parent()) {
                self.levels.insert(variant, location, level);
            }
        }
        for id in &stale.carts {
            self.carts.remove(id);
        }
        for id in &stale.checkouts {
            self.checkouts.remove(id);
        }
        for id in &stale.groups {
            self.groups.remove(id);
        }
        self.answers.clear();
        self.told.clear();
        for quota in &stale.quotas {
            self.quotas.remove(quota);
        }
        for customer in &stale.wishes {
            self.wishes.remove(customer);
        }
        for member in &stale.points {
            self.points.remove(member);
        }
        self.reviews.forget(stale);
        for record in rows.records {
            self.insert_record(record);
        }
        self.refresh_tables();
        self.fresh_from = self.fresh_from.max(last_id + 1);
        self.sequences = sequences;
        self.batch_sequences = sequences;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{CartId, GroupId, LocationId, ProductId, SellerId, VariantId};
    use crate::settings::Seller;
    use crate::stock::Level;
    use crate::world::Record;
    use alloc::string::ToString;

    fn seller(id: u64, code: &str) -> Record {
        Record::Seller(Seller {
            id: SellerId(id),
            code: code.to_string(),
            name: "A seller".to_string(),
            first_party: false,
            billing: alloc::vec::Vec::new(),
        })
    }

    #[test]
    fn what_others_wrote_is_forgotten_or_taken_over() {
        let first = alloc::vec![seller(0x100, "old"), seller(0x200, "other")];
        let mut world = World::new(first, Sequences::default(), 0x1000);
        let (known, strange) = (ProductId(0x300), ProductId(0x400));
        let level = |product: ProductId, on_hand| {
            let level = Level {
                on_hand,
                ..Level::default()
            };
            (VariantId::under(product, 1), LocationId(1), level)
        };
        let keys = KeySet {
            levels: [known].into(),
            groups: [GroupId(0x500), GroupId(0x600)].into(),
            ..KeySet::default()
        };
        let rows = Rows {
            levels: alloc::vec![level(known, 5)],
            ..Rows::default()
        };
        world.absorb(&keys, rows);
        let stale = KeySet {
            records: [(RecordKind::Seller, 0x100)].into(),
            groups: [GroupId(0x600)].into(),
            ..KeySet::default()
        };
        let now = Rows {
            records: alloc::vec![seller(0x100, "new")],
            levels: alloc::vec![level(known, 4), level(strange, 7)],
            ..Rows::default()
        };
        let sequences = Sequences {
            event: 9,
            ..Sequences::default()
        };
        world.catch_up(&stale, now, 0x2000, sequences);
        let id = |code| world.id_of_code(RecordKind::Seller, code);
        assert_eq!(
            (id("old"), id("new"), id("other")),
            (None, Some(0x100), Some(0x200))
        );
        let on_hand = |product| {
            let variant = VariantId::under(product, 1);
            world.level(variant, LocationId(1)).on_hand
        };
        assert_eq!((on_hand(known), on_hand(strange)), (4, 0));
        assert!(!world.knows_levels(strange));
        assert!(world.knows_group(GroupId(0x500)) && !world.knows_group(GroupId(0x600)));
        assert!(!world.knows_cart(CartId(0x2000)) && world.knows_cart(CartId(0x2001)));
    }
}
