//! What is loaded for a batch and what a batch changed.

use super::{Record, RecordKind, World};
use crate::campaign::Quota;
use crate::checkout::{Cart, Checkout};
use crate::command::Outcome;
use crate::event::{Effect, Event};
use crate::id::{
    CartId, CheckoutId, CustomerId, GroupId, LocationId, ProductId, ReviewId, VariantId,
};
use crate::ledger::Posting;
use crate::order::Group;
use crate::planted::{self, Fault};
use crate::points::{PointsAccount, PointsEntry};
use crate::review::{Mark, Rating, Review};
use crate::stock::{Level, Movement};
use crate::wish::Wishes;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What a batch of commands will read, to be loaded in one go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet {
    /// Records by kind and raw id.
    pub records: BTreeSet<(RecordKind, u64)>,
    /// Records by kind and code.
    pub codes: BTreeSet<(RecordKind, String)>,
    /// Variants by SKU.
    pub skus: BTreeSet<String>,
    /// The levels of all variants of a product.
    pub levels: BTreeSet<ProductId>,
    /// Carts.
    pub carts: BTreeSet<CartId>,
    /// Checkouts.
    pub checkouts: BTreeSet<CheckoutId>,
    /// Order groups, whole.
    pub groups: BTreeSet<GroupId>,
    /// Stored answers by idempotency key.
    pub answers: BTreeSet<u128>,
    /// Limits of campaigns: how much was taken of them.
    pub quotas: BTreeSet<Quota>,
    /// Wishes of customers.
    pub wishes: BTreeSet<CustomerId>,
    /// Reviews.
    pub reviews: BTreeSet<ReviewId>,
    /// Ratings of products.
    pub ratings: BTreeSet<ProductId>,
    /// Marks on reviews.
    pub marks: BTreeSet<Mark>,
    /// Points of members.
    pub points: BTreeSet<CustomerId>,
}

impl KeySet {
    /// Asks for a record, unless the world knows it.
    pub fn want_record(&mut self, world: &World, kind: RecordKind, id: u64) {
        if !world.knows_record(kind, id) {
            self.records.insert((kind, id));
        }
    }

    /// Asks for a record by its code, unless the world knows it.
    pub fn want_code(&mut self, world: &World, kind: RecordKind, code: &str) {
        if !world.knows_code(kind, code) {
            self.codes.insert((kind, code.into()));
        }
    }

    /// Asks for a SKU, unless the world knows it.
    pub fn want_sku(&mut self, world: &World, sku: &str) {
        if !world.knows_sku(sku) {
            self.skus.insert(sku.into());
        }
    }

    /// Asks for the levels of a product, unless the world knows them.
    pub fn want_levels(&mut self, world: &World, product: ProductId) {
        if !world.knows_levels(product) {
            self.levels.insert(product);
        }
    }

    /// Asks for a product with its levels, unless the world knows them.
    pub fn want_product(&mut self, world: &World, product: ProductId) {
        self.want_record(world, RecordKind::Product, product.0);
        self.want_levels(world, product);
    }

    /// Asks for a cart, unless the world knows it.
    pub fn want_cart(&mut self, world: &World, id: CartId) {
        if !world.knows_cart(id) {
            self.carts.insert(id);
        }
    }

    /// Asks for a checkout, unless the world knows it.
    pub fn want_checkout(&mut self, world: &World, id: CheckoutId) {
        if !world.knows_checkout(id) {
            self.checkouts.insert(id);
        }
    }

    /// Asks for a group, unless the world knows it.
    pub fn want_group(&mut self, world: &World, id: GroupId) {
        if !world.knows_group(id) {
            self.groups.insert(id);
        }
    }

    /// Asks for a stored answer, unless the world knows it.
    pub fn want_answer(&mut self, world: &World, key: u128) {
        if !world.knows_answer(key) {
            self.answers.insert(key);
        }
    }

    /// Asks how much was taken of a limit, unless the world knows it.
    pub fn want_quota(&mut self, world: &World, quota: Quota) {
        if !world.knows_quota(&quota) {
            self.quotas.insert(quota);
        }
    }

    /// Asks for a customer's wishes, unless the world knows them.
    pub fn want_wishes(&mut self, world: &World, customer: CustomerId) {
        if !world.knows_wishes(customer) {
            self.wishes.insert(customer);
        }
    }

    /// Whether no other key can follow from what these turn out to be.
    pub fn are_last(&self) -> bool {
        let Self {
            records,
            codes,
            skus,
            levels: _,
            carts,
            checkouts,
            groups,
            answers: _,
            quotas: _,
            wishes: _,
            reviews,
            ratings: _,
            marks: _,
            points: _,
        } = self;
        records.is_empty()
            && codes.is_empty()
            && skus.is_empty()
            && carts.is_empty()
            && checkouts.is_empty()
            && groups.is_empty()
            && reviews.is_empty()
    }

    /// Whether nothing is to be loaded.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Rows as loaded; what was asked for and is not here does not exist.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Records.
    pub records: Vec<Record>,
    /// SKUs with their variants.
    pub skus: Vec<(String, VariantId)>,
    /// Levels.
    pub levels: Vec<(VariantId, LocationId, Level)>,
    /// Carts.
    pub carts: Vec<Cart>,
    /// Checkouts.
    pub checkouts: Vec<Checkout>,
    /// Order groups.
    pub groups: Vec<Group>,
    /// Stored answers.
    pub answers: Vec<(u128, Answer)>,
    /// How much was taken of limits.
    pub quotas: Vec<(Quota, i64)>,
    /// Wishes of customers.
    pub wishes: Vec<Wishes>,
    /// Reviews.
    pub reviews: Vec<Review>,
    /// Ratings of products.
    pub ratings: Vec<(ProductId, Rating)>,
    /// Marks that there are.
    pub marks: Vec<Mark>,
    /// Points of members.
    pub points: Vec<(CustomerId, PointsAccount)>,
}

/// A stored answer to a request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The request's hash.
    pub request: u64,
    /// When it was given, in UTC milliseconds.
    pub at: i64,
    /// What it was.
    pub outcome: Outcome,
}

/// The next number of each ordered table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequences {
    /// Events.
    pub event: u64,
    /// Stock movements.
    pub movement: u64,
    /// Postings.
    pub posting: u64,
    /// Effects.
    pub effect: u64,
}

impl Default for Sequences {
    fn default() -> Self {
        Self {
            event: 1,
            movement: 1,
            posting: 1,
            effect: 1,
        }
    }
}

/// What a batch changed: one row per key however often it was touched, and what was appended.
#[derive(Debug, Clone, Default)]
pub struct Delta {
    /// Records as they are now.
    pub records: Vec<Arc<Record>>,
    /// New SKUs.
    pub skus: Vec<(String, VariantId)>,
    /// Levels as they are now.
    pub levels: Vec<(VariantId, LocationId, Level)>,
    /// Carts as they are now.
    pub carts: Vec<Arc<Cart>>,
    /// Checkouts as they were and as they are now.
    pub checkouts: Vec<(Option<Arc<Checkout>>, Arc<Checkout>)>,
    /// Groups as they were and as they are now.
    pub groups: Vec<(Option<Arc<Group>>, Arc<Group>)>,
    /// New answers.
    pub answers: Vec<(u128, Answer)>,
    /// How much is taken of limits now.
    pub quotas: Vec<(Quota, i64)>,
    /// Wishes as they were and as they are now.
    pub wishes: Vec<(Option<Arc<Wishes>>, Arc<Wishes>)>,
    /// Reviews as they are now.
    pub reviews: Vec<Arc<Review>>,
    /// Ratings as they are now.
    pub ratings: Vec<(ProductId, Rating)>,
    /// New marks on reviews.
    pub marks: Vec<Mark>,
    /// Points of members as they are now.
    pub points: Vec<(CustomerId, PointsAccount)>,
    /// New entries of points, each member's in order.
    pub points_entries: Vec<PointsEntry>,
    /// New stock movements.
    pub movements: Vec<Movement>,
    /// New postings.
    pub postings: Vec<Posting>,
    /// New events.
    pub events: Vec<Event>,
    /// New effects.
    pub effects: Vec<Effect>,
    /// Effects that are done.
    pub effects_done: Vec<u64>,
}

impl Delta {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        // Most changes have an event; a provider's reference is noted on a group without one.
        self.events.is_empty()
            && (self.groups.is_empty() || planted::is(Fault::UnwrittenChange))
            && self.effects_done.is_empty()
            && self.answers.is_empty()
            && self.records.is_empty()
            && self.wishes.is_empty()
            && self.reviews.is_empty()
            && self.points.is_empty()
    }
}
