//! The working set: everything a batch of decisions may read, and a journal of what they change.
//!
//! Rows are loaded before a decision and never in the middle of one. Every change goes through the
//! journal, so that a refused command, a panic or a failed commit leaves no trace. A batch that was
//! decided may wait for its commit while the next one is decided on top of it.

mod journal;
mod levels;
mod others;
mod points;
mod quotas;
mod record;
mod reviews;
mod rows;
mod tables;

pub use journal::Savepoint;
pub use record::{Record, RecordKind};
pub use rows::{Answer, Delta, KeySet, Rows, Sequences};

use crate::campaign::{Campaign, Quota};
use crate::carrier::{Carrier, Pool};
use crate::catalog::Product;
use crate::checkout::{Cart, Checkout};
use crate::command::{Actor, Channel, Idempotency, Outcome};
use crate::customer::Customer;
use crate::event::{Effect, Event, Task, What};
use crate::follower::Follower;
use crate::gazetteer::{Door, Gazetteer};
use crate::id::{CartId, CheckoutId, CustomerId, GroupId, LocationId, ProductId, VariantId};
use crate::ledger::{Account, Posting, PostingCause};
use crate::money::Currency;
use crate::order::Group;
use crate::planted::{self, Fault};
use crate::points::{PointsAccount, PointsProgram};
use crate::round::{Round, RoundBook};
use crate::settings::{
    Category, Discount, Location, Operator, Promotion, Seller, ShippingRate, Shop, TaxRate,
};
use crate::stock::{Level, Movement, StockAccount, StockCause};
use crate::switch::Switch;
use crate::wish::Wishes;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use journal::{InFlight, Undo};
use levels::Levels;
use reviews::Reviews;
use tables::Tables;

/// Wishes of so many customers stay in memory between batches.
const WISHES_KEPT: usize = 2_000;
/// So many rounds, and so many doors, stay in memory between batches.
const ROUNDS_KEPT: usize = 500;

/// How many kinds of records there are.
const KINDS: usize = RecordKind::ALL.len();

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

/// The working set.
#[derive(Debug, Default)]
pub struct World {
    records: [BTreeMap<u64, Option<Arc<Record>>>; KINDS],
    codes: [BTreeMap<String, Option<u64>>; KINDS],
    skus: BTreeMap<String, Option<VariantId>>,
    levels: Levels,
    carts: BTreeMap<CartId, Option<Arc<Cart>>>,
    checkouts: BTreeMap<CheckoutId, Option<Arc<Checkout>>>,
    groups: BTreeMap<GroupId, Option<Arc<Group>>>,
    answers: BTreeMap<u128, Option<Answer>>,
    /// How much was taken of each limit.
    quotas: BTreeMap<Quota, i64>,
    wishes: BTreeMap<CustomerId, Option<Arc<Wishes>>>,
    reviews: Reviews,
    points: BTreeMap<CustomerId, PointsAccount>,
    /// Answers that became durable since the last batch was begun.
    told: Vec<u128>,
    /// Ids from here on were made after the start: what is not in memory does not exist.
    fresh_from: u64,
    tables: Tables,
    journal: Vec<Undo>,
    in_flight: Vec<InFlight>,
    pending: Delta,
    /// Empty lists with room, for the next batch.
    spare: Delta,
    sequences: Sequences,
    /// The numbers as they were when the batch began that is being decided.
    batch_sequences: Sequences,
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
            batch_sequences: sequences,
            fresh_from,
            ..Self::default()
        };
        for record in resident {
            world.insert_record(record);
        }
        world.refresh_tables();
        world
    }

    // ---- loading -------------------------------------------------------------------------------

    /// Whether a record is in memory, or known not to exist.
    pub fn knows_record(&self, kind: RecordKind, id: u64) -> bool {
        kind.is_resident() || self.records[kind as usize].contains_key(&id)
    }

    /// Whether a code is in memory, or known not to exist.
    pub fn knows_code(&self, kind: RecordKind, code: &str) -> bool {
        kind.is_resident() || self.codes[kind as usize].contains_key(code)
    }

    /// The same of a SKU.
    pub fn knows_sku(&self, sku: &str) -> bool {
        self.skus.contains_key(sku)
    }

    /// The same of the levels of all variants of a product.
    pub fn knows_levels(&self, product: ProductId) -> bool {
        self.levels.has(product)
    }

    /// The same of a cart.
    pub fn knows_cart(&self, id: CartId) -> bool {
        id.0 >= self.fresh_from || self.carts.contains_key(&id)
    }

    /// The same of a checkout.
    pub fn knows_checkout(&self, id: CheckoutId) -> bool {
        id.0 >= self.fresh_from || self.checkouts.contains_key(&id)
    }

    /// The same of an order group.
    pub fn knows_group(&self, id: GroupId) -> bool {
        id.0 >= self.fresh_from || self.groups.contains_key(&id)
    }

    /// The same of a customer's wishes.
    pub fn knows_wishes(&self, id: CustomerId) -> bool {
        self.wishes.contains_key(&id)
    }

    /// The same of a stored answer.
    pub fn knows_answer(&self, key: u128) -> bool {
        self.answers.contains_key(&key)
    }

    /// Takes in what was loaded for `keys`; what is not among `rows` is known not to exist.
    pub fn absorb(&mut self, keys: &KeySet, rows: Rows) {
        for (kind, id) in &keys.records {
            self.records[*kind as usize].entry(*id).or_insert(None);
        }
        for (kind, code) in &keys.codes {
            self.codes[*kind as usize]
                .entry(code.clone())
                .or_insert(None);
        }
        for sku in &keys.skus {
            self.skus.entry(sku.clone()).or_insert(None);
        }
        keys.levels.iter().for_each(|p| self.levels.begin(*p));
        self.carts.extend(keys.carts.iter().map(|k| (*k, None)));
        self.checkouts
            .extend(keys.checkouts.iter().map(|k| (*k, None)));
        self.groups.extend(keys.groups.iter().map(|k| (*k, None)));
        self.answers.extend(keys.answers.iter().map(|k| (*k, None)));
        keys.quotas.iter().for_each(|quota| {
            self.quotas.entry(*quota).or_insert(0);
        });
        self.quotas.extend(rows.quotas);
        self.wishes.extend(keys.wishes.iter().map(|k| (*k, None)));
        let wishes = rows.wishes.into_iter();
        self.wishes
            .extend(wishes.map(|w| (w.customer, Some(Arc::new(w)))));
        keys.points.iter().for_each(|member| {
            self.points.entry(*member).or_default();
        });
        self.points.extend(rows.points);
        self.reviews
            .absorb(keys, rows.reviews, (rows.ratings, rows.marks));
        for record in rows.records {
            self.insert_record(record);
        }
        self.refresh_tables();
        self.skus
            .extend(rows.skus.into_iter().map(|(sku, id)| (sku, Some(id))));
        for (variant, location, level) in rows.levels {
            self.levels.insert(variant, location, level);
        }
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
        let (kind, id) = (record.kind(), record.id());
        self.codes[kind as usize].insert(record.code(), Some(id));
        self.records[kind as usize].insert(id, Some(Arc::new(record)));
        self.note_setting(kind);
    }

    /// Whether more rows are in memory than `rows_max` of a kind and a half.
    pub fn is_crowded(&self, rows_max: usize) -> bool {
        let rows = [
            self.carts.len(),
            self.checkouts.len(),
            self.groups.len(),
            self.answers.len(),
            self.quotas.len(),
            self.reviews.rows(),
            self.points.len(),
        ];
        self.wishes.len() > WISHES_KEPT
            || self.records[RecordKind::Round as usize].len() > ROUNDS_KEPT
            || self.records[RecordKind::Door as usize].len() > ROUNDS_KEPT
            || rows.into_iter().any(|rows| rows > rows_max + rows_max / 2)
    }

    /// Forgets the oldest rows beyond the bounds, so that memory stays bounded. Only while no batch is loaded
    /// or decided: what a batch was told it need not load must stay. What a batch changed that is not durable
    /// yet stays, and what is younger. Durable answers are forgotten: they are read back when a request is
    /// repeated.
    pub fn evict(&mut self, rows_max: usize) {
        let not_durable: usize = self.in_flight.iter().map(|batch| batch.undo).sum();
        assert!(
            self.journal.len() == not_durable,
            "eviction happens between batches"
        );
        for key in self.told.drain(..) {
            self.answers.remove(&key);
        }
        if self.in_flight.is_empty() {
            self.answers.clear();
            if self.quotas.len() > rows_max {
                self.quotas.clear();
            }
            if self.wishes.len() > WISHES_KEPT {
                self.wishes.clear();
            }
            self.reviews.evict(rows_max);
            for kind in [RecordKind::Round, RecordKind::Door] {
                if self.records[kind as usize].len() > ROUNDS_KEPT {
                    self.records[kind as usize].clear();
                    self.codes[kind as usize].clear();
                }
            }
            if self.points.len() > rows_max {
                self.points.clear();
            }
        }
        let oldest = self.in_flight.iter().map(|batch| batch.oldest).min();
        let before = oldest.unwrap_or(u64::MAX);
        self.fresh_from = self
            .fresh_from
            .max(evict_oldest(&mut self.carts, rows_max, before, |k| k.0))
            .max(evict_oldest(&mut self.checkouts, rows_max, before, |k| k.0))
            .max(evict_oldest(&mut self.groups, rows_max, before, |k| k.0));
    }

    // ---- reading -------------------------------------------------------------------------------

    fn record(&self, kind: RecordKind, id: u64) -> Option<&Record> {
        self.records[kind as usize].get(&id)?.as_deref()
    }

    fn records_of(&self, kind: RecordKind) -> impl Iterator<Item = &Record> {
        self.records[kind as usize]
            .values()
            .filter_map(|r| r.as_deref())
    }

    /// All records of a kind that are in memory, by id.
    pub fn all_records(&self, kind: RecordKind) -> impl Iterator<Item = &Record> {
        self.records_of(kind)
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
        /// A campaign.
        campaign, campaigns: Campaign(Campaign) by CampaignId;
        /// A product, if it was loaded and exists.
        product, loaded_products: Product(Product) by ProductId;
        /// A customer, if it was loaded and exists.
        customer, loaded_customers: Customer(Customer) by CustomerId;
        /// A follower of the feed.
        follower, followers: Follower(Follower) by FollowerId;
        /// The switch of a kind of optional work, if it was ever touched.
        switch, switches: Switch(Switch) by SwitchId;
        /// A carrier.
        carrier, carriers: Carrier(Carrier) by CarrierId;
        /// The numbers of a carrier.
        number_pool, number_pools: NumberPool(Pool) by CarrierId;
        /// An operator.
        operator, operators: Operator(Operator) by OperatorId;
        /// A courier's round, if it was loaded and exists.
        round, loaded_rounds: Round(Round) by RoundId;
        /// The point of a door, if it was loaded and is known.
        door, loaded_doors: Door(Door) by DoorId;
    }

    /// Which rounds are open, if any ever was.
    pub fn round_book(&self) -> Option<&RoundBook> {
        match self.record(RecordKind::RoundBook, crate::round::BOOK_ID)? {
            Record::RoundBook(book) => Some(book),
            _ => None,
        }
    }

    /// Where postal codes are, if anybody ever said.
    pub fn gazetteer(&self) -> Option<&Gazetteer> {
        match self.record(RecordKind::Gazetteer, crate::gazetteer::ID)? {
            Record::Gazetteer(gazetteer) => Some(gazetteer),
            _ => None,
        }
    }

    /// The shop's own record.
    pub fn shop(&self) -> Option<&Shop> {
        match self.record(RecordKind::Shop, 1)? {
            Record::Shop(shop) => Some(shop),
            _ => None,
        }
    }

    /// What points are worth, if anybody ever said.
    pub fn points_program(&self) -> Option<&PointsProgram> {
        match self.record(RecordKind::PointsProgram, crate::points::ID)? {
            Record::PointsProgram(program) => Some(program),
            _ => None,
        }
    }

    /// The raw id behind a code.
    pub fn id_of_code(&self, kind: RecordKind, code: &str) -> Option<u64> {
        *self.codes[kind as usize].get(code)?
    }

    /// The variant behind a SKU.
    pub fn variant_of_sku(&self, sku: &str) -> Option<VariantId> {
        *self.skus.get(sku)?
    }

    /// The record behind a kind and raw id, shared.
    pub fn record_arc(&self, kind: RecordKind, id: u64) -> Option<Arc<Record>> {
        self.records[kind as usize].get(&id)?.clone()
    }

    /// The level of a variant at a location; nothing there is an empty level.
    pub fn level(&self, variant: VariantId, location: LocationId) -> Level {
        let level = self.levels.get(variant, location);
        level.copied().unwrap_or_default()
    }

    /// The levels of a variant at all locations that ever had it.
    pub fn levels(&self, variant: VariantId) -> impl Iterator<Item = (LocationId, Level)> {
        self.levels.of(variant)
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

    /// A customer's wishes, if they were loaded and there are any.
    pub fn wishes(&self, id: CustomerId) -> Option<&Arc<Wishes>> {
        self.wishes.get(&id)?.as_ref()
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
    /// Saves a record under its id and code.
    pub fn put_record(&mut self, record: Record) {
        let (kind, id) = (record.kind(), record.id());
        self.keep_record(record);
        self.emit(What::RecordSaved { record: kind, id });
    }

    /// Saves a record of which the feed says nothing.
    pub fn keep_record(&mut self, record: Record) {
        let (kind, id, code) = (record.kind(), record.id(), record.code());
        let before = self.records[kind as usize].get(&id).cloned().flatten();
        match &before {
            Some(old) if old.code() != code => self.set_code(kind, old.code(), None),
            None if kind == RecordKind::Product => {
                self.levels.begin(ProductId(id));
            }
            _ => {}
        }
        self.journal.push(Undo::Record(kind, id, before));
        self.set_code(kind, code, Some(id));
        self.records[kind as usize].insert(id, Some(Arc::new(record)));
        self.note_setting(kind);
    }

    fn set_code(&mut self, kind: RecordKind, code: String, id: Option<u64>) {
        let before = self.codes[kind as usize].insert(code.clone(), id).flatten();
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

    /// Saves a customer's wishes, of which the feed says nothing: they are nobody else's.
    pub fn put_wishes(&mut self, wishes: Wishes) {
        let id = wishes.customer;
        let before = self.wishes.insert(id, Some(Arc::new(wishes))).flatten();
        self.journal.push(Undo::Wishes(id, before));
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
        let before = self.levels.insert(variant, location, level);
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
        if !(planted::is(Fault::LostMovement) && number.is_multiple_of(50)) {
            self.pending.movements.push(Movement {
                number,
                at: self.context.now,
                variant,
                quantity,
                from,
                to,
                cause,
            });
        }
        // Most movements stay at one place: goods are set aside there, or given back.
        match (effect_on(from, -quantity), effect_on(to, quantity)) {
            (Some((place, a, b)), Some((other, c, d))) if place == other => {
                self.change_level(variant, place, (a + c, b + d), cause);
            }
            (first, second) => {
                for (place, on_hand, reserved) in first.into_iter().chain(second) {
                    self.change_level(variant, place, (on_hand, reserved), cause);
                }
            }
        }
    }

    /// Adds to what is on hand and reserved; records a shortage that a physical change made, shrinks it
    /// when goods are back, and checks the level.
    fn change_level(
        &mut self,
        variant: VariantId,
        location: LocationId,
        (on_hand, reserved): (i64, i64),
        cause: StockCause,
    ) {
        let slot = self.levels.get_mut(variant, location);
        let before = slot.as_deref().copied();
        let mut level = before.unwrap_or_default();
        level.on_hand += on_hand;
        level.reserved += reserved;
        let short = (level.reserved - level.on_hand).max(0);
        let physical = matches!(
            cause,
            StockCause::Count(_) | StockCause::Damage(_) | StockCause::Import(_)
        );
        if short < level.shortage || physical {
            level.shortage = short;
        }
        crate::invariants::check_level(level).expect("a movement leaves the level sound");
        match slot {
            Some(slot) => *slot = level,
            None => {
                self.levels.insert(variant, location, level);
            }
        }
        self.journal.push(Undo::Level(variant, location, before));
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
        if planted::is(Fault::EventGap) && position.is_multiple_of(1_000) {
            self.sequences.event += 1;
        }
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
}

/// What a movement into (or, with a negative quantity, out of) an account does to a place: its level's
/// change on hand and reserved.
fn effect_on(account: StockAccount, quantity: i64) -> Option<(LocationId, i64, i64)> {
    match account {
        StockAccount::Free(location) => Some((location, quantity, 0)),
        StockAccount::Reserved(location) => Some((location, quantity, quantity)),
        StockAccount::Supplier | StockAccount::Customer | StockAccount::Adjustment => None,
    }
}

/// Forgets the smallest keys beyond `rows_max` that are below `before`; returns the least id that is still
/// complete in memory.
fn evict_oldest<K: Ord + Copy, V>(
    map: &mut BTreeMap<K, V>,
    rows_max: usize,
    before: u64,
    raw: impl Fn(K) -> u64,
) -> u64 {
    let mut floor = 0;
    while map.len() > rows_max
        && let Some(first) = map.first_entry().filter(|e| raw(*e.key()) < before)
    {
        floor = raw(*first.key()) + 1;
        first.remove();
    }
    floor
}
