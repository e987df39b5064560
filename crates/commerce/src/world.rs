//! The working set: everything a batch of decisions may read, and a journal of what they change.
//!
//! Rows are loaded before a decision and never in the middle of one. Every change goes through the
//! journal, so that a refused command, a panic or a failed commit leaves no trace.
//!
//! Long because what is journaled and how it is taken back must be read together.

use crate::catalog::Product;
use crate::checkout::{Cart, Checkout};
use crate::command::{Actor, Channel, Idempotency, Outcome};
use crate::event::{Effect, Event, Task, What};
use crate::id::{CartId, CheckoutId, GroupId, LocationId, ProductId, VariantId};
use crate::ledger::{Account, Posting, PostingCause};
use crate::money::Currency;
use crate::order::Group;
use crate::settings::{
    Category, Customer, Discount, Location, Operator, Promotion, Seller, ShippingRate, Shop,
    TaxRate,
};
use crate::stock::{Level, Movement, StockAccount, StockCause};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A record: what is saved whole, under an id and a unique code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is named for the type it holds")]
#[allow(
    clippy::large_enum_variant,
    reason = "records are few, and live behind an `Arc`"
)]
pub enum Record {
    Shop(Shop),
    Seller(Seller),
    Category(Category),
    Location(Location),
    TaxRate(TaxRate),
    ShippingRate(ShippingRate),
    Discount(Discount),
    Promotion(Promotion),
    Product(Product),
    Customer(Customer),
    Operator(Operator),
}

/// The kind of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "each variant is named for the type it stands for"
)]
pub enum RecordKind {
    Shop,
    Seller,
    Category,
    Location,
    TaxRate,
    ShippingRate,
    Discount,
    Promotion,
    Product,
    Customer,
    Operator,
}

impl RecordKind {
    /// All kinds.
    pub const ALL: [RecordKind; 11] = [
        RecordKind::Shop,
        RecordKind::Seller,
        RecordKind::Category,
        RecordKind::Location,
        RecordKind::TaxRate,
        RecordKind::ShippingRate,
        RecordKind::Discount,
        RecordKind::Promotion,
        RecordKind::Product,
        RecordKind::Customer,
        RecordKind::Operator,
    ];

    /// Whether all records of the kind are loaded at start and stay.
    pub fn is_resident(self) -> bool {
        !matches!(self, RecordKind::Product | RecordKind::Customer)
    }
}

impl Record {
    /// Its kind.
    pub fn kind(&self) -> RecordKind {
        match self {
            Record::Shop(_) => RecordKind::Shop,
            Record::Seller(_) => RecordKind::Seller,
            Record::Category(_) => RecordKind::Category,
            Record::Location(_) => RecordKind::Location,
            Record::TaxRate(_) => RecordKind::TaxRate,
            Record::ShippingRate(_) => RecordKind::ShippingRate,
            Record::Discount(_) => RecordKind::Discount,
            Record::Promotion(_) => RecordKind::Promotion,
            Record::Product(_) => RecordKind::Product,
            Record::Customer(_) => RecordKind::Customer,
            Record::Operator(_) => RecordKind::Operator,
        }
    }

    /// Its raw id; the one shop record has id 1.
    pub fn id(&self) -> u64 {
        match self {
            Record::Shop(_) => 1,
            Record::Seller(r) => r.id.0,
            Record::Category(r) => r.id.0,
            Record::Location(r) => r.id.0,
            Record::TaxRate(r) => r.id.0,
            Record::ShippingRate(r) => r.id.0,
            Record::Discount(r) => r.id.0,
            Record::Promotion(r) => r.id.0,
            Record::Product(r) => r.id.0,
            Record::Customer(r) => r.id.0,
            Record::Operator(r) => r.id.0,
        }
    }

    /// The same record under another id.
    pub fn with_id(mut self, id: u64) -> Self {
        match &mut self {
            Record::Shop(_) => {}
            Record::Seller(r) => r.id.0 = id,
            Record::Category(r) => r.id.0 = id,
            Record::Location(r) => r.id.0 = id,
            Record::TaxRate(r) => r.id.0 = id,
            Record::ShippingRate(r) => r.id.0 = id,
            Record::Discount(r) => r.id.0 = id,
            Record::Promotion(r) => r.id.0 = id,
            Record::Product(r) => r.id.0 = id,
            Record::Customer(r) => r.id.0 = id,
            Record::Operator(r) => r.id.0 = id,
        }
        self
    }

    /// Its unique code within the kind.
    pub fn code(&self) -> String {
        match self {
            Record::Shop(_) => "shop".to_string(),
            Record::Seller(r) => r.code.clone(),
            Record::Category(r) => r.path.clone(),
            Record::Location(r) => r.code.clone(),
            Record::TaxRate(r) => alloc::format!("{}/{}", r.country, r.category.word()),
            Record::ShippingRate(r) => r.code.clone(),
            Record::Discount(r) => r.code.clone(),
            Record::Promotion(r) => r.code.clone(),
            Record::Product(r) => r.handle.clone(),
            Record::Customer(r) => r.email.clone(),
            Record::Operator(r) => r.email.clone(),
        }
    }
}

macro_rules! resident {
    ($($(#[$doc:meta])* $one:ident, $all:ident: $kind:ident($ty:ty) by $id:ident;)*) => {$(
        $(#[$doc])*
        pub fn $one(&self, id: crate::id::$id) -> Option<&$ty> {
            match self.record(RecordKind::$kind, id.0)? {
                Record::$kind(r) => Some(r),
                _ => None,
            }
        }

        /// All of them, by id.
        pub fn $all(&self) -> impl Iterator<Item = &$ty> {
            self.records_of(RecordKind::$kind).filter_map(|r| match r {
                Record::$kind(r) => Some(r),
                _ => None,
            })
        }
    )*};
}

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
}

impl KeySet {
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
    /// Checkouts as they are now.
    pub checkouts: Vec<Arc<Checkout>>,
    /// Groups as they were and as they are now.
    pub groups: Vec<(Option<Arc<Group>>, Arc<Group>)>,
    /// New answers.
    pub answers: Vec<(u128, Answer)>,
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
        // Every change has an event, an effect that ended, or a stored answer.
        self.events.is_empty()
            && self.effects_done.is_empty()
            && self.answers.is_empty()
            && self.records.is_empty()
    }
}

/// What was there before a change, so that it can be taken back.
#[derive(Debug)]
enum Undo {
    Record(RecordKind, u64, Option<Arc<Record>>),
    Code(RecordKind, String, Option<u64>),
    Sku(String),
    Level(VariantId, LocationId, Option<Level>),
    Cart(CartId, Option<Arc<Cart>>),
    Checkout(CheckoutId, Option<Arc<Checkout>>),
    Group(GroupId, Option<Arc<Group>>),
    Answer(u128),
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
    sequences: Sequences,
}

/// The working set.
#[derive(Debug, Default)]
pub struct World {
    records: BTreeMap<(RecordKind, u64), Option<Arc<Record>>>,
    codes: BTreeMap<(RecordKind, String), Option<u64>>,
    skus: BTreeMap<String, Option<VariantId>>,
    levels: BTreeMap<(VariantId, LocationId), Level>,
    levels_loaded: BTreeSet<ProductId>,
    carts: BTreeMap<CartId, Option<Arc<Cart>>>,
    checkouts: BTreeMap<CheckoutId, Option<Arc<Checkout>>>,
    groups: BTreeMap<GroupId, Option<Arc<Group>>>,
    answers: BTreeMap<u128, Option<Answer>>,
    /// Ids from here on were made after the start: what is not in memory does not exist.
    fresh_from: u64,
    journal: Vec<Undo>,
    pending: Delta,
    sequences: Sequences,
    /// Who and when, for the events of the command being decided.
    context: Context,
}

#[derive(Debug, Clone, Copy)]
struct Context {
    now: i64,
    actor: Actor,
    channel: Channel,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            now: 0,
            actor: Actor::System,
            channel: Channel::System,
        }
    }
}

impl World {
    /// A world that knows the resident records; ids from `fresh_from` on do not exist in the store.
    pub fn new(resident: Vec<Record>, sequences: Sequences, fresh_from: u64) -> Self {
        let mut world = Self {
            sequences,
            fresh_from,
            ..Self::default()
        };
        for record in resident {
            world.insert_record(record);
        }
        world
    }

    // ---- loading -------------------------------------------------------------------------------

    /// The part of `keys` that is not in memory.
    pub fn missing(&self, keys: &KeySet) -> KeySet {
        KeySet {
            records: keys
                .records
                .iter()
                .filter(|k| !k.0.is_resident() && !self.records.contains_key(k))
                .copied()
                .collect(),
            codes: keys
                .codes
                .iter()
                .filter(|k| !k.0.is_resident() && !self.codes.contains_key(*k))
                .cloned()
                .collect(),
            skus: keys
                .skus
                .iter()
                .filter(|k| !self.skus.contains_key(*k))
                .cloned()
                .collect(),
            levels: keys
                .levels
                .iter()
                .filter(|k| !self.levels_loaded.contains(k))
                .copied()
                .collect(),
            carts: keys
                .carts
                .iter()
                .filter(|k| k.0 < self.fresh_from && !self.carts.contains_key(k))
                .copied()
                .collect(),
            checkouts: keys
                .checkouts
                .iter()
                .filter(|k| k.0 < self.fresh_from && !self.checkouts.contains_key(k))
                .copied()
                .collect(),
            groups: keys
                .groups
                .iter()
                .filter(|k| k.0 < self.fresh_from && !self.groups.contains_key(k))
                .copied()
                .collect(),
            answers: keys
                .answers
                .iter()
                .filter(|k| !self.answers.contains_key(k))
                .copied()
                .collect(),
        }
    }

    /// Takes in what was loaded for `keys`; what is not among `rows` is known not to exist.
    pub fn absorb(&mut self, keys: &KeySet, rows: Rows) {
        for key in &keys.records {
            self.records.entry(*key).or_insert(None);
        }
        for key in &keys.codes {
            self.codes.entry(key.clone()).or_insert(None);
        }
        for sku in &keys.skus {
            self.skus.entry(sku.clone()).or_insert(None);
        }
        self.levels_loaded.extend(&keys.levels);
        self.carts.extend(keys.carts.iter().map(|k| (*k, None)));
        self.checkouts
            .extend(keys.checkouts.iter().map(|k| (*k, None)));
        self.groups.extend(keys.groups.iter().map(|k| (*k, None)));
        self.answers.extend(keys.answers.iter().map(|k| (*k, None)));
        for record in rows.records {
            self.insert_record(record);
        }
        self.skus
            .extend(rows.skus.into_iter().map(|(sku, id)| (sku, Some(id))));
        self.levels
            .extend(rows.levels.into_iter().map(|(v, l, level)| ((v, l), level)));
        self.carts
            .extend(rows.carts.into_iter().map(|c| (c.id, Some(Arc::new(c)))));
        self.checkouts.extend(
            rows.checkouts
                .into_iter()
                .map(|c| (c.id, Some(Arc::new(c)))),
        );
        self.groups
            .extend(rows.groups.into_iter().map(|g| (g.id, Some(Arc::new(g)))));
        self.answers
            .extend(rows.answers.into_iter().map(|(k, a)| (k, Some(a))));
    }

    fn insert_record(&mut self, record: Record) {
        let key = (record.kind(), record.id());
        self.codes.insert((key.0, record.code()), Some(key.1));
        self.records.insert(key, Some(Arc::new(record)));
    }

    /// Forgets the oldest rows beyond the bounds, so that memory stays bounded. Only between batches.
    /// Answers are always forgotten: they are read back when a request is repeated.
    pub fn evict(&mut self, rows_max: usize) {
        assert!(self.journal.is_empty(), "eviction happens between batches");
        self.answers.clear();
        self.fresh_from = self
            .fresh_from
            .max(evict_oldest(&mut self.carts, rows_max, |k| k.0))
            .max(evict_oldest(&mut self.checkouts, rows_max, |k| k.0))
            .max(evict_oldest(&mut self.groups, rows_max, |k| k.0));
    }

    /// Takes note of what others wrote: `stale` rows are forgotten, so that they are loaded when they are asked for;
    /// `resident` are those records among them that stay in memory, as they are now. Ids above `last_id` that are
    /// not in memory do not exist. Only between batches.
    pub fn catch_up(
        &mut self,
        stale: &KeySet,
        resident: Vec<Record>,
        last_id: u64,
        sequences: Sequences,
    ) {
        assert!(self.journal.is_empty(), "others are heard between batches");
        for key in &stale.records {
            self.records.remove(key);
        }
        // Any code or SKU may be another's by now.
        let changed = |kind: RecordKind| stale.records.iter().any(|(k, _)| *k == kind);
        let records = &self.records;
        self.codes.retain(|(kind, _), id| {
            !changed(*kind)
                || (kind.is_resident() && id.is_some_and(|id| records.contains_key(&(*kind, id))))
        });
        if changed(RecordKind::Product) {
            self.skus.clear();
        }
        for product in &stale.levels {
            self.levels_loaded.remove(product);
            let of_product = (VariantId(product.0), LocationId(0))
                ..=(VariantId(product.0 | 0xff), LocationId(u64::MAX));
            let keys: Vec<_> = self.levels.range(of_product).map(|(key, _)| *key).collect();
            for key in keys {
                self.levels.remove(&key);
            }
        }
        stale.carts.iter().for_each(|id| {
            self.carts.remove(id);
        });
        stale.checkouts.iter().for_each(|id| {
            self.checkouts.remove(id);
        });
        stale.groups.iter().for_each(|id| {
            self.groups.remove(id);
        });
        self.answers.clear();
        for record in resident {
            self.insert_record(record);
        }
        self.fresh_from = self.fresh_from.max(last_id + 1);
        self.sequences = sequences;
    }

    // ---- reading -------------------------------------------------------------------------------

    fn record(&self, kind: RecordKind, id: u64) -> Option<&Record> {
        self.records.get(&(kind, id))?.as_deref()
    }

    fn records_of(&self, kind: RecordKind) -> impl Iterator<Item = &Record> {
        self.records
            .range((kind, 0)..=(kind, u64::MAX))
            .filter_map(|(_, r)| r.as_deref())
    }

    resident! {
        /// A seller.
        seller, sellers: Seller(Seller) by SellerId;
        /// A category.
        category, categories: Category(Category) by CategoryId;
        /// A location.
        location, locations: Location(Location) by LocationId;
        /// A tax rate.
        tax_rate, tax_rates: TaxRate(TaxRate) by TaxRateId;
        /// A shipping rate.
        shipping_rate, shipping_rates: ShippingRate(ShippingRate) by ShippingRateId;
        /// A discount code.
        discount, discounts: Discount(Discount) by DiscountId;
        /// A promotion.
        promotion, promotions: Promotion(Promotion) by PromotionId;
        /// A product, if it was loaded and exists.
        product, loaded_products: Product(Product) by ProductId;
        /// A customer, if it was loaded and exists.
        customer, loaded_customers: Customer(Customer) by CustomerId;
        /// An operator.
        operator, operators: Operator(Operator) by OperatorId;
    }

    /// The shop's own record.
    pub fn shop(&self) -> Option<&Shop> {
        match self.record(RecordKind::Shop, 1)? {
            Record::Shop(shop) => Some(shop),
            _ => None,
        }
    }

    /// The raw id behind a code.
    pub fn id_of_code(&self, kind: RecordKind, code: &str) -> Option<u64> {
        *self.codes.get(&(kind, code.to_string()))?
    }

    /// The variant behind a SKU.
    pub fn variant_of_sku(&self, sku: &str) -> Option<VariantId> {
        *self.skus.get(sku)?
    }

    /// The record behind a kind and raw id, shared.
    pub fn record_arc(&self, kind: RecordKind, id: u64) -> Option<Arc<Record>> {
        self.records.get(&(kind, id))?.clone()
    }

    /// The level of a variant at a location; nothing there is an empty level.
    pub fn level(&self, variant: VariantId, location: LocationId) -> Level {
        self.levels
            .get(&(variant, location))
            .copied()
            .unwrap_or_default()
    }

    /// The levels of a variant at all locations that ever had it.
    pub fn levels(&self, variant: VariantId) -> impl Iterator<Item = (LocationId, Level)> {
        let range = (variant, LocationId(0))..=(variant, LocationId(u64::MAX));
        self.levels
            .range(range)
            .map(|(&(_, location), &level)| (location, level))
    }

    /// A cart.
    pub fn cart(&self, id: CartId) -> Option<&Arc<Cart>> {
        self.carts.get(&id)?.as_ref()
    }

    /// A checkout.
    pub fn checkout(&self, id: CheckoutId) -> Option<&Arc<Checkout>> {
        self.checkouts.get(&id)?.as_ref()
    }

    /// An order group.
    pub fn group(&self, id: GroupId) -> Option<&Arc<Group>> {
        self.groups.get(&id)?.as_ref()
    }

    /// The stored answer under an idempotency key.
    pub fn answer(&self, key: u128) -> Option<&Answer> {
        self.answers.get(&key)?.as_ref()
    }

    /// The time of the command being decided, in UTC milliseconds.
    pub fn now(&self) -> i64 {
        self.context.now
    }

    /// Who sent the command being decided.
    pub fn actor(&self) -> Actor {
        self.context.actor
    }

    /// The door of the command being decided.
    pub fn channel(&self) -> Channel {
        self.context.channel
    }

    // ---- changing ------------------------------------------------------------------------------

    /// Says who and when, for the events of the next command.
    pub fn begin(&mut self, now: i64, actor: Actor, channel: Channel) -> Savepoint {
        self.context = Context {
            now,
            actor,
            channel,
        };
        Savepoint {
            undo: self.journal.len(),
            movements: self.pending.movements.len(),
            postings: self.pending.postings.len(),
            events: self.pending.events.len(),
            effects: self.pending.effects.len(),
            effects_done: self.pending.effects_done.len(),
            sequences: self.sequences,
        }
    }

    /// Takes back everything since `to`.
    pub fn rollback(&mut self, to: Savepoint) {
        while self.journal.len() > to.undo {
            match self.journal.pop().expect("longer than the savepoint") {
                Undo::Record(kind, id, before) => {
                    self.records.insert((kind, id), before);
                }
                Undo::Code(kind, code, before) => {
                    self.codes.insert((kind, code), before);
                }
                Undo::Sku(sku) => {
                    self.skus.insert(sku, None);
                }
                Undo::Level(variant, location, Some(before)) => {
                    self.levels.insert((variant, location), before);
                }
                Undo::Level(variant, location, None) => {
                    self.levels.remove(&(variant, location));
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
            }
        }
        self.pending.movements.truncate(to.movements);
        self.pending.postings.truncate(to.postings);
        self.pending.events.truncate(to.events);
        self.pending.effects.truncate(to.effects);
        self.pending.effects_done.truncate(to.effects_done);
        self.sequences = to.sequences;
    }

    /// Takes back the whole batch.
    pub fn rollback_batch(&mut self, start: Savepoint) {
        assert_eq!(start.undo, 0, "a batch starts with an empty journal");
        self.rollback(start);
    }

    /// Saves a record under its id and code.
    pub fn put_record(&mut self, record: Record) {
        let (kind, id, code) = (record.kind(), record.id(), record.code());
        let before = self.records.get(&(kind, id)).cloned().flatten();
        match &before {
            Some(old) if old.code() != code => self.set_code(kind, old.code(), None),
            None if kind == RecordKind::Product => {
                self.levels_loaded.insert(ProductId(id));
            }
            _ => {}
        }
        self.journal.push(Undo::Record(kind, id, before));
        self.set_code(kind, code, Some(id));
        self.records.insert((kind, id), Some(Arc::new(record)));
        self.emit(What::RecordSaved { record: kind, id });
    }

    fn set_code(&mut self, kind: RecordKind, code: String, id: Option<u64>) {
        let before = self.codes.insert((kind, code.clone()), id).flatten();
        self.journal.push(Undo::Code(kind, code, before));
    }

    /// Claims a SKU for a variant.
    pub fn put_sku(&mut self, sku: &str, variant: VariantId) {
        assert!(self.variant_of_sku(sku).is_none(), "a SKU is claimed once");
        self.journal.push(Undo::Sku(sku.to_string()));
        self.skus.insert(sku.to_string(), Some(variant));
    }

    /// Saves a cart.
    pub fn put_cart(&mut self, cart: Cart) -> Arc<Cart> {
        let cart = Arc::new(cart);
        let before = self.carts.insert(cart.id, Some(cart.clone())).flatten();
        self.journal.push(Undo::Cart(cart.id, before));
        self.emit(What::CartSaved { cart: cart.id });
        cart
    }

    /// Saves a checkout.
    pub fn put_checkout(&mut self, checkout: Checkout) -> Arc<Checkout> {
        let checkout = Arc::new(checkout);
        let before = self
            .checkouts
            .insert(checkout.id, Some(checkout.clone()))
            .flatten();
        self.journal.push(Undo::Checkout(checkout.id, before));
        checkout
    }

    /// Saves a group.
    pub fn put_group(&mut self, group: Group) -> Arc<Group> {
        crate::invariants::check_group(&group).expect("a decision leaves the group sound");
        let group = Arc::new(group);
        let before = self.groups.insert(group.id, Some(group.clone())).flatten();
        self.journal.push(Undo::Group(group.id, before));
        group
    }

    /// Keeps the answer to a request with an idempotency key.
    pub fn put_answer(&mut self, idempotency: Idempotency, outcome: Outcome) {
        let answer = Answer {
            request: idempotency.request,
            at: self.context.now,
            outcome,
        };
        self.journal.push(Undo::Answer(idempotency.key));
        self.answers.insert(idempotency.key, Some(answer));
    }

    fn put_level(&mut self, variant: VariantId, location: LocationId, level: Level) {
        let before = self.levels.insert((variant, location), level);
        self.journal.push(Undo::Level(variant, location, before));
    }

    /// Sets what is never promised online.
    pub fn set_safety_stock(&mut self, variant: VariantId, location: LocationId, pieces: i64) {
        let level = Level {
            safety_stock: pieces,
            ..self.level(variant, location)
        };
        self.put_level(variant, location, level);
    }

    /// Moves pieces between accounts and keeps the levels in step.
    pub fn move_stock(
        &mut self,
        variant: VariantId,
        quantity: i64,
        from: StockAccount,
        to: StockAccount,
        cause: StockCause,
    ) {
        assert!(quantity > 0 && from != to, "a movement moves something");
        let number = self.sequences.movement;
        self.sequences.movement += 1;
        let movement = Movement {
            number,
            at: self.context.now,
            variant,
            quantity,
            from,
            to,
            cause,
        };
        for (account, sign) in [(from, -1), (to, 1)] {
            let (location, reserved) = match account {
                StockAccount::Free(location) => (location, 0),
                StockAccount::Reserved(location) => (location, sign * quantity),
                StockAccount::Supplier | StockAccount::Customer | StockAccount::Adjustment => {
                    continue;
                }
            };
            let mut level = self.level(variant, location);
            level.on_hand += sign * quantity;
            level.reserved += reserved;
            self.put_level(variant, location, level);
        }
        for account in [from, to] {
            if let StockAccount::Free(location) | StockAccount::Reserved(location) = account {
                self.settle_shortage(variant, location, cause);
            }
        }
        self.pending.movements.push(movement);
    }

    /// Records a shortage that a physical change made, shrinks it when goods are back, and checks the level.
    fn settle_shortage(&mut self, variant: VariantId, location: LocationId, cause: StockCause) {
        let mut level = self.level(variant, location);
        let short = (level.reserved - level.on_hand).max(0);
        let physical = matches!(
            cause,
            StockCause::Count(_) | StockCause::Damage(_) | StockCause::Import(_)
        );
        if short < level.shortage || (physical && short != level.shortage) {
            level.shortage = short;
            self.put_level(variant, location, level);
        }
        crate::invariants::check_level(level).expect("a movement leaves the level sound");
    }

    /// Moves money between accounts.
    pub fn post(
        &mut self,
        from: Account,
        to: Account,
        amount: i64,
        currency: Currency,
        cause: PostingCause,
    ) {
        assert!(amount >= 0 && from != to, "a posting moves something");
        if amount == 0 {
            return;
        }
        let number = self.sequences.posting;
        self.sequences.posting += 1;
        self.pending.postings.push(Posting {
            number,
            at: self.context.now,
            from,
            to,
            amount,
            currency,
            cause,
        });
    }

    /// Says what happened.
    pub fn emit(&mut self, what: What) {
        let position = self.sequences.event;
        self.sequences.event += 1;
        let Context {
            now: at,
            actor,
            channel,
        } = self.context;
        self.pending.events.push(Event {
            position,
            at,
            actor,
            channel,
            what,
        });
    }

    /// Asks for work in the outside world.
    pub fn ask(&mut self, task: Task) {
        let number = self.sequences.effect;
        self.sequences.effect += 1;
        self.pending.effects.push(Effect {
            number,
            at: self.context.now,
            task,
        });
    }

    /// Says that an effect is done.
    pub fn effect_done(&mut self, number: u64) {
        self.pending.effects_done.push(number);
    }

    /// Ends the batch: one row per changed key, one stock event per changed level. The journal is kept
    /// until [`World::committed`] or [`World::rollback_batch`].
    pub fn delta(&mut self) -> Delta {
        let mut touched = Touched::default();
        for undo in &self.journal {
            touched.note(undo);
        }
        self.context = Context {
            now: self.context.now,
            ..Context::default()
        };
        for &(variant, location) in &touched.levels {
            let level = self.level(variant, location);
            self.emit(What::StockChanged {
                variant,
                location,
                level,
            });
        }
        let pending = core::mem::take(&mut self.pending);
        Delta {
            records: touched
                .records
                .iter()
                .filter_map(|key| self.records[key].clone())
                .collect(),
            skus: touched
                .skus
                .iter()
                .filter_map(|sku| Some((sku.clone(), self.skus[sku]?)))
                .collect(),
            levels: touched
                .levels
                .iter()
                .map(|&(v, l)| (v, l, self.level(v, l)))
                .collect(),
            carts: touched
                .carts
                .iter()
                .filter_map(|id| self.carts[id].clone())
                .collect(),
            checkouts: touched
                .checkouts
                .iter()
                .filter_map(|id| self.checkouts[id].clone())
                .collect(),
            groups: touched
                .groups
                .iter()
                .filter_map(|(id, before)| Some((before.clone(), self.groups[id].clone()?)))
                .collect(),
            answers: touched
                .answers
                .iter()
                .filter_map(|key| Some((*key, self.answers[key].clone()?)))
                .collect(),
            movements: pending.movements,
            postings: pending.postings,
            events: pending.events,
            effects: pending.effects,
            effects_done: pending.effects_done,
        }
    }

    /// The batch is durable: its changes stay.
    pub fn committed(&mut self) {
        self.journal.clear();
        self.pending = Delta::default();
    }
}

/// Forgets the smallest keys beyond `rows_max`; returns the least id that is still complete in memory.
fn evict_oldest<K: Ord + Copy, V>(
    map: &mut BTreeMap<K, V>,
    rows_max: usize,
    raw: impl Fn(K) -> u64,
) -> u64 {
    let mut floor = 0;
    while map.len() > rows_max {
        let (key, _) = map.pop_first().expect("longer than its bound");
        floor = raw(key) + 1;
    }
    floor
}

/// The keys a batch touched, each once.
#[derive(Default)]
struct Touched {
    records: BTreeSet<(RecordKind, u64)>,
    skus: BTreeSet<String>,
    levels: BTreeSet<(VariantId, LocationId)>,
    carts: BTreeSet<CartId>,
    checkouts: BTreeSet<CheckoutId>,
    groups: BTreeMap<GroupId, Option<Arc<Group>>>,
    answers: BTreeSet<u128>,
}

impl Touched {
    fn note(&mut self, undo: &Undo) {
        match undo {
            Undo::Record(kind, id, _) => {
                self.records.insert((*kind, *id));
            }
            Undo::Code(..) => {}
            Undo::Sku(sku) => {
                self.skus.insert(sku.clone());
            }
            Undo::Level(variant, location, _) => {
                self.levels.insert((*variant, *location));
            }
            Undo::Cart(id, _) => {
                self.carts.insert(*id);
            }
            Undo::Checkout(id, _) => {
                self.checkouts.insert(*id);
            }
            Undo::Group(id, before) => {
                self.groups.entry(*id).or_insert_with(|| before.clone());
            }
            Undo::Answer(key) => {
                self.answers.insert(*key);
            }
        }
    }
}
