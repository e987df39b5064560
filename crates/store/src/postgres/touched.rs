//! Which rows a batch touched, written beside it in the same transaction: what other servers must forget, and what
//! their followers read again. Ids lie close together, so each is stored as its distance from the one before.

use crate::StoreError;
use commerce::campaign::Quota;
use commerce::id::{CartId, CheckoutId, CustomerId, GroupId, ProductId, ReviewId};
use commerce::review::Mark;
use commerce::world::{Delta, KeySet, RecordKind};
use serde::{Deserialize, Serialize};

/// The ids of the rows that a batch touched, each list rising.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Touched {
    /// Records by kind and id.
    pub records: Vec<(RecordKind, u64)>,
    /// Variants with a level that changed.
    pub variants: Vec<u64>,
    /// Carts.
    pub carts: Vec<u64>,
    /// Checkouts.
    pub checkouts: Vec<u64>,
    /// Groups.
    pub groups: Vec<u64>,
    /// Limits of campaigns.
    pub quotas: Vec<Quota>,
    /// Customers whose wishes changed.
    pub wishes: Vec<u64>,
    /// Reviews.
    pub reviews: Vec<u64>,
    /// Products with a rating that changed.
    pub rated: Vec<u64>,
    /// Marks on reviews.
    pub marks: Vec<Mark>,
    /// Members whose points changed.
    pub points: Vec<u64>,
}

impl Touched {
    /// What a batch touches.
    pub fn of(delta: &Delta) -> Self {
        let sorted = |ids: &mut dyn Iterator<Item = u64>| {
            let mut ids: Vec<u64> = ids.collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let mut records: Vec<_> = delta.records.iter().map(|r| (r.kind(), r.id())).collect();
        records.sort_unstable();
        Self {
            records,
            variants: sorted(&mut delta.levels.iter().map(|(variant, ..)| variant.0)),
            carts: sorted(&mut delta.carts.iter().map(|c| c.id.0)),
            checkouts: sorted(&mut delta.checkouts.iter().map(|(_, c)| c.id.0)),
            groups: sorted(&mut delta.groups.iter().map(|(_, g)| g.id.0)),
            quotas: delta.quotas.iter().map(|(quota, _)| *quota).collect(),
            wishes: sorted(&mut delta.wishes.iter().map(|(_, w)| w.customer.0)),
            reviews: sorted(&mut delta.reviews.iter().map(|r| r.id.0)),
            rated: sorted(&mut delta.ratings.iter().map(|(product, _)| product.0)),
            marks: delta.marks.clone(),
            points: sorted(&mut delta.points.iter().map(|(member, _)| member.0)),
        }
    }

    /// As bytes.
    pub fn pack(&self) -> Vec<u8> {
        let apart = Self {
            records: self.records.clone(),
            variants: distances(&self.variants),
            carts: distances(&self.carts),
            checkouts: distances(&self.checkouts),
            groups: distances(&self.groups),
            quotas: self.quotas.clone(),
            wishes: distances(&self.wishes),
            reviews: distances(&self.reviews),
            rated: distances(&self.rated),
            marks: self.marks.clone(),
            points: distances(&self.points),
        };
        postcard::to_stdvec(&apart).expect("lists have a known length")
    }

    /// From bytes.
    ///
    /// # Errors
    /// When they say something else.
    pub fn unpack(bytes: &[u8]) -> Result<Self, StoreError> {
        let apart: Self = postcard::from_bytes(bytes).map_err(|e| StoreError::Row {
            table: "batches",
            reason: e.to_string(),
        })?;
        Ok(Self {
            records: apart.records,
            variants: sums(&apart.variants),
            carts: sums(&apart.carts),
            checkouts: sums(&apart.checkouts),
            groups: sums(&apart.groups),
            quotas: apart.quotas,
            wishes: sums(&apart.wishes),
            reviews: sums(&apart.reviews),
            rated: sums(&apart.rated),
            marks: apart.marks,
            points: sums(&apart.points),
        })
    }

    /// Adds the keys to be forgotten. Levels are not among them: they are read again at once.
    pub fn forget_in(&self, stale: &mut KeySet) {
        stale.records.extend(&self.records);
        stale.quotas.extend(&self.quotas);
        stale
            .wishes
            .extend(self.wishes.iter().map(|id| CustomerId(*id)));
        stale
            .reviews
            .extend(self.reviews.iter().map(|id| ReviewId(*id)));
        stale
            .ratings
            .extend(self.rated.iter().map(|id| ProductId(*id)));
        stale.marks.extend(&self.marks);
        stale
            .points
            .extend(self.points.iter().map(|id| CustomerId(*id)));
        stale.carts.extend(self.carts.iter().map(|id| CartId(*id)));
        stale
            .checkouts
            .extend(self.checkouts.iter().map(|id| CheckoutId(*id)));
        stale
            .groups
            .extend(self.groups.iter().map(|id| GroupId(*id)));
    }

    /// The greatest id of what may be new with it.
    pub fn last_id(&self) -> u64 {
        let lists = [&self.carts, &self.checkouts, &self.groups];
        let last = lists.into_iter().filter_map(|list| list.last().copied());
        let records = self.records.iter().map(|(_, id)| *id);
        last.chain(records).max().unwrap_or(0)
    }
}

fn distances(rising: &[u64]) -> Vec<u64> {
    let before = std::iter::once(0).chain(rising.iter().copied());
    rising
        .iter()
        .zip(before)
        .map(|(id, before)| id - before)
        .collect()
}

fn sums(distances: &[u64]) -> Vec<u64> {
    let mut sum = 0_u64;
    let next = |distance: &u64| {
        sum = sum.wrapping_add(*distance);
        sum
    };
    distances.iter().map(next).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::campaign::Counted;
    use commerce::id::RuleId;
    use commerce::review::MarkKind;

    #[test]
    fn what_was_touched_is_packed_closely_and_read_back() {
        let base = 1_u64 << 59;
        let touched = Touched {
            records: vec![(RecordKind::Product, base), (RecordKind::Operator, 7)],
            variants: vec![base + 1, base + 2, base + 513],
            carts: Vec::new(),
            checkouts: (0..1_000).map(|n| base + n * 256).collect(),
            groups: vec![0, u64::MAX >> 1],
            quotas: vec![Quota {
                rule: RuleId(base),
                counted: Counted::Buyer(7),
            }],
            wishes: vec![base, base + 256],
            reviews: vec![5, 1 << 60],
            rated: vec![base],
            marks: vec![Mark {
                review: ReviewId(5),
                kind: MarkKind::Report,
                visitor: 9,
            }],
            points: vec![base, base + 512],
        };
        let packed = touched.pack();
        assert_eq!(Touched::unpack(&packed).expect("it can be read"), touched);
        assert!(packed.len() < 2_200, "{} bytes", packed.len());
        assert!(Touched::unpack(&packed[..packed.len() - 1]).is_err());
    }
}
