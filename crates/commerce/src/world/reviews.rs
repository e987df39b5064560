//! Reviews in the working set, the marks on them, and ratings. Only what a batch names is loaded; the shelf holds
//! ratings alone.

use super::World;
use super::journal::Undo;
use super::rows::KeySet;
use crate::id::{ProductId, ReviewId};
use crate::review::{Mark, Rating, Review};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What is known of reviews.
#[derive(Debug, Default)]
pub(super) struct Reviews {
    pub(super) reviews: BTreeMap<ReviewId, Option<Arc<Review>>>,
    pub(super) ratings: BTreeMap<ProductId, Rating>,
    pub(super) marks: BTreeMap<Mark, bool>,
}

impl Reviews {
    /// Takes in what was loaded for `keys`.
    pub(super) fn absorb(
        &mut self,
        keys: &KeySet,
        reviews: Vec<Review>,
        (ratings, marks): (Vec<(ProductId, Rating)>, Vec<Mark>),
    ) {
        self.reviews.extend(keys.reviews.iter().map(|k| (*k, None)));
        let none = keys.ratings.iter().map(|k| (*k, Rating::default()));
        self.ratings.extend(none);
        self.marks.extend(keys.marks.iter().map(|k| (*k, false)));
        let found = reviews.into_iter().map(|r| (r.id, Some(Arc::new(r))));
        self.reviews.extend(found);
        self.ratings.extend(ratings);
        self.marks
            .extend(marks.into_iter().map(|mark| (mark, true)));
    }

    /// Forgets what others changed.
    pub(super) fn forget(&mut self, stale: &KeySet) {
        self.reviews.retain(|id, _| !stale.reviews.contains(id));
        self.ratings
            .retain(|product, _| !stale.ratings.contains(product));
        self.marks.retain(|mark, _| !stale.marks.contains(mark));
    }

    /// How many rows there are of the kind with the most.
    pub(super) fn rows(&self) -> usize {
        let rows = [self.reviews.len(), self.ratings.len(), self.marks.len()];
        rows.into_iter().max().unwrap_or(0)
    }

    /// Forgets everything when there is more than `rows_max` of a kind: it is loaded again when it is asked for.
    pub(super) fn evict(&mut self, rows_max: usize) {
        if self.rows() > rows_max {
            *self = Self::default();
        }
    }
}

impl KeySet {
    /// Asks for a review, unless the world knows it.
    pub fn want_review(&mut self, world: &World, id: ReviewId) {
        if !world.reviews.reviews.contains_key(&id) {
            self.reviews.insert(id);
        }
    }

    /// Asks for a product's rating, unless the world knows it.
    pub fn want_rating(&mut self, world: &World, product: ProductId) {
        if !world.reviews.ratings.contains_key(&product) {
            self.ratings.insert(product);
        }
    }

    /// Asks whether there is a mark, unless the world knows it.
    pub fn want_mark(&mut self, world: &World, mark: Mark) {
        if !world.reviews.marks.contains_key(&mark) {
            self.marks.insert(mark);
        }
    }
}

impl World {
    /// A review.
    pub fn review(&self, id: ReviewId) -> Option<&Arc<Review>> {
        self.reviews.reviews.get(&id)?.as_ref()
    }

    /// What the stars given to a product come to.
    pub fn rating(&self, product: ProductId) -> Rating {
        self.reviews
            .ratings
            .get(&product)
            .copied()
            .unwrap_or_default()
    }

    /// Whether a visitor has marked a review.
    pub fn has_mark(&self, mark: &Mark) -> bool {
        self.reviews.marks.get(mark).copied().unwrap_or(false)
    }

    /// Saves a review, and its product's rating with it.
    pub fn put_review(&mut self, review: Review) {
        let product = review.product;
        let review = Arc::new(review);
        let before = self
            .reviews
            .reviews
            .insert(review.id, Some(review.clone()))
            .flatten();
        let known = self.reviews.ratings.get(&product).copied();
        let known = known.expect("what is changed was loaded");
        let mut rating = known;
        if let Some(before) = &before {
            rating.take(before);
        }
        rating.add(&review);
        self.journal.push(Undo::Review(review.id, before));
        if rating != known {
            self.reviews.ratings.insert(product, rating);
            self.journal.push(Undo::Rating(product, known));
        }
    }

    /// Keeps a mark.
    pub fn put_mark(&mut self, mark: Mark) {
        self.reviews.marks.insert(mark, true);
        self.journal.push(Undo::Mark(mark));
    }
}
