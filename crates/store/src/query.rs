//! What consoles, jobs and interfaces ask of the database.

use crate::returns::{ReturnFilter, ReturnRow};
use crate::visits::{CountedTouch, VisitKind};
use crate::{AuditReport, StoreError};
use commerce::campaign::Quota;
use commerce::checkout::{Cart, Checkout};
use commerce::code::CurrencyCode;
use commerce::customer::Customer;
use commerce::event::{Effect, Event};
use commerce::id::{
    CartId, CheckoutId, CustomerId, FulfillmentId, GroupId, LocationId, OrderId, ProductId,
    ReviewId, SellerId, VariantId,
};
use commerce::money::Currency;
use commerce::order::{FulfillmentState, Group, OrderState};
use commerce::points::{PointsAccount, PointsEntry};
use commerce::review::Review;
use commerce::stock::Movement;
use commerce::wish::{AlertKind, Want, Wishes};
use commerce::world::{Answer, KeySet, Record, RecordKind, Rows};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// A part of a list, and where the next part begins.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// What to pass as `after` for the next part; `None` at the end.
    pub next: Option<u64>,
}

/// Which orders to list, newest first. Empty or absent conditions don't count.
#[derive(Debug, Clone, Default)]
pub struct OrderFilter {
    /// Any of these states.
    pub states: Vec<OrderState>,
    /// The door, as its word.
    pub channel: Option<String>,
    /// The seller.
    pub seller: Option<SellerId>,
    /// Has an open or past fulfillment at this location.
    pub location: Option<LocationId>,
    /// Part of the order number, name, e-mail address, SKU or title.
    pub query: Option<String>,
    /// Placed at or after, in UTC milliseconds.
    pub from: Option<i64>,
    /// Placed before, in UTC milliseconds.
    pub to: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<u64>,
    /// Rows, 1 to 500.
    pub limit: usize,
}

/// An order in a list.
#[derive(Debug, Clone)]
pub struct OrderRow {
    /// The order.
    pub id: OrderId,
    /// Where it is.
    pub state: OrderState,
    /// Who owes it.
    pub seller: SellerId,
    /// The door, as its word.
    pub channel: String,
    /// The device, as its word.
    pub device: String,
    /// When it was placed, in UTC milliseconds.
    pub placed_at: i64,
    /// The currency of `total`.
    pub currency: Currency,
    /// Minor units.
    pub total: i64,
    /// Pieces ordered.
    pub pieces: i64,
    /// The state of the payment that counts, as its word.
    pub payment: String,
    /// The buyer's name.
    pub buyer: String,
    /// The buyer's e-mail address.
    pub email: String,
}

/// A list of orders.
pub type OrderPage = Page<OrderRow>;

/// Which fulfillments to list, oldest first.
#[derive(Debug, Clone, Default)]
pub struct FulfillmentFilter {
    /// Any of these states.
    pub states: Vec<FulfillmentState>,
    /// At this location.
    pub location: Option<LocationId>,
    /// The `next` of the page before.
    pub after: Option<u64>,
    /// Rows, 1 to 500.
    pub limit: usize,
}

/// A fulfillment in a list.
#[derive(Debug, Clone)]
pub struct FulfillmentRow {
    /// The fulfillment.
    pub id: FulfillmentId,
    /// Its order.
    pub order: OrderId,
    /// Where it leaves from.
    pub location: LocationId,
    /// How, as its word.
    pub method: String,
    /// Where it is.
    pub state: FulfillmentState,
    /// Pieces in it.
    pub pieces: i64,
}

/// In which order a product's reviews are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReviewSort {
    /// Those that helped most first.
    #[default]
    Helpful,
    /// The newest first.
    Newest,
}

/// Which reviews are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewScope {
    /// Those of a product that everybody sees.
    Product {
        /// Which.
        product: ProductId,
        /// Those with so many stars alone.
        stars: Option<u8>,
        /// Those with photos alone.
        with_photos: bool,
        /// In which order.
        sort: ReviewSort,
    },
    /// Those that somebody of the shop is to look at, the longest waiting first.
    Queue,
    /// All, the newest first.
    Latest,
    /// All of the buyer with this address, the newest first.
    Author(String),
}

/// Which reviews to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewFilter {
    /// Of which.
    pub scope: ReviewScope,
    /// The `next` of the page before.
    pub after: Option<Vec<i64>>,
    /// Rows, 1 to 200.
    pub limit: usize,
}

/// A list of reviews.
#[derive(Debug, Clone)]
pub struct ReviewPage {
    /// The reviews.
    pub rows: Vec<Review>,
    /// What to pass as `after` for the next part; `None` at the end.
    pub next: Option<Vec<i64>>,
}

/// A list of movements, newest first.
pub type MovementPage = Page<Movement>;

/// What was sold in a span of time, per currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayTotals {
    /// The currency of `revenue`.
    pub currency: Currency,
    /// Orders placed and not canceled.
    pub orders: i64,
    /// Their totals, in minor units.
    pub revenue: i64,
    /// Those that came from phones.
    pub from_phones: i64,
}

/// Questions to the database. Calls block.
///
/// # Errors
/// Every method fails with [`StoreError`] when rows cannot be read.
pub trait Queries: Send + Sync {
    /// An order group, whole.
    fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError>;
    /// A checkout.
    fn checkout(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError>;
    /// A cart.
    fn cart(&self, id: CartId) -> Result<Option<Cart>, StoreError>;
    /// The stored answer to a request with an idempotency key.
    fn answer(&self, key: u128) -> Result<Option<Answer>, StoreError>;
    /// Whether memory alone says that no request with this key was carried out yet. Unlike the other questions
    /// it does not block; `false` says nothing.
    fn is_surely_new(&self, _key: u128) -> bool {
        false
    }
    /// All records of a kind, by id.
    fn records(&self, kind: RecordKind) -> Result<Vec<Record>, StoreError>;
    /// The records that these keys name, by id or by code, as far as there are any; other keys are not looked at.
    fn records_named(&self, keys: &KeySet) -> Result<Vec<Record>, StoreError>;
    /// Records of a kind whose codes begin alike, by code.
    fn records_under(
        &self,
        kind: RecordKind,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError>;
    /// All levels, what was taken of limits of campaigns that are everybody's, and all ratings, for the shelf.
    fn levels(&self) -> Result<Rows, StoreError>;
    /// How much was taken of these limits; those of which nothing ever was are left out.
    fn taken(&self, quotas: BTreeSet<Quota>) -> Result<BTreeMap<Quota, i64>, StoreError>;
    /// A customer by e-mail address.
    fn customer_by_email(&self, email: &str) -> Result<Option<Customer>, StoreError>;
    /// A customer by id.
    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError>;
    /// What a customer keeps and wants to be told.
    fn wishes(&self, customer: CustomerId) -> Result<Option<Wishes>, StoreError>;
    /// A member's points; an empty account where there is none.
    fn points(&self, member: CustomerId) -> Result<PointsAccount, StoreError>;
    /// A member's entries of points below a number, the newest first.
    fn points_entries(
        &self,
        member: CustomerId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PointsEntry>, StoreError>;
    /// Members whose points have expired by `now`, those that wait longest first.
    fn points_due(&self, now: i64, limit: usize) -> Result<Vec<CustomerId>, StoreError>;
    /// Articles among some of which somebody wants to be told this.
    fn wanted(
        &self,
        kind: AlertKind,
        among: RangeInclusive<VariantId>,
        limit: usize,
    ) -> Result<Vec<VariantId>, StoreError>;
    /// The most that anybody who waits for a lower price would pay for an article, in minor units.
    fn most_offered(
        &self,
        variant: VariantId,
        currency: CurrencyCode,
    ) -> Result<Option<i64>, StoreError>;
    /// Who wants to be told this of an article, those who wait longest first, after one of them (since when, and who).
    fn waiting(
        &self,
        of: (AlertKind, VariantId),
        after: (i64, u64),
        limit: usize,
    ) -> Result<Vec<Want>, StoreError>;
    /// Orders, newest first.
    fn order_list(&self, filter: &OrderFilter) -> Result<OrderPage, StoreError>;
    /// Fulfillments, oldest first.
    fn fulfillment_list(
        &self,
        filter: &FulfillmentFilter,
    ) -> Result<Page<FulfillmentRow>, StoreError>;
    /// Returns: those that are open oldest first, others newest first.
    fn return_list(&self, filter: &ReturnFilter) -> Result<Page<ReturnRow>, StoreError>;
    /// How many returns are open.
    fn returns_open(&self) -> Result<i64, StoreError>;
    /// How many fulfillments wait in each of the states open, picking and packed.
    fn fulfillments_waiting(&self) -> Result<[i64; 3], StoreError>;
    /// Everything that happened to a group, oldest first.
    fn history(&self, id: GroupId) -> Result<Vec<Event>, StoreError>;
    /// Movements of a variant, newest first, at one location or all.
    fn movements(
        &self,
        variant: VariantId,
        location: Option<LocationId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<MovementPage, StoreError>;
    /// The feed after a position.
    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError>;
    /// The groups of a buyer, newest first.
    fn groups_by_email(&self, email: &str, limit: usize) -> Result<Vec<GroupId>, StoreError>;
    /// The first group under each of these keys of buyers ([`crate::buyer_key`]), as far as there is one. Asked for many
    /// at once: what is not indexed yet is read once for all.
    fn first_groups(&self, buyers: &[u64]) -> Result<BTreeMap<u64, GroupId>, StoreError>;
    /// Fulfillments for which waybills with these numbers may have been booked, now or once: another number may share a
    /// key, and a waybill may have been canceled since, so that who reads compares. Asked for many at once: what is not
    /// indexed yet is read once for all.
    fn parcels(&self, numbers: &[&str]) -> Result<Vec<FulfillmentId>, StoreError>;
    /// Parcels that lie at one of the shop's places on their way, after a fulfillment, by their ids.
    fn parcels_at(
        &self,
        location: LocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FulfillmentId>, StoreError>;
    /// How many parcels lie at each place at which any lies.
    fn parcels_by_place(&self) -> Result<Vec<(LocationId, i64)>, StoreError>;
    /// What was placed in a span of time, in UTC milliseconds.
    fn totals(&self, from: i64, to: i64) -> Result<Vec<DayTotals>, StoreError>;
    /// Visits by kind in a span of time, in UTC milliseconds, the most frequent first.
    fn visits(
        &self,
        span: (i64, i64),
        touch: CountedTouch,
    ) -> Result<Vec<(VisitKind, i64)>, StoreError>;
    /// What orders set aside and did not give back, by pieces, the most first. Counted over the latest
    /// movements alone, so that it costs the same on any day.
    fn best_sellers(&self, limit: usize) -> Result<Vec<VariantId>, StoreError>;
    /// A review.
    fn review(&self, id: ReviewId) -> Result<Option<Review>, StoreError>;
    /// Reviews. A page costs the same wherever it begins and however many there are.
    fn review_list(&self, filter: &ReviewFilter) -> Result<ReviewPage, StoreError>;
    /// Groups that were not paid by `now`, oldest first.
    fn expired_groups(&self, now: i64, limit: usize) -> Result<Vec<GroupId>, StoreError>;
    /// Effects that are not done, from a number on.
    fn effects(&self, from: u64, limit: usize) -> Result<Vec<Effect>, StoreError>;
    /// Group ids after one, oldest first: for audits from outside.
    fn group_ids(&self, after: GroupId, limit: usize) -> Result<Vec<GroupId>, StoreError>;
    /// Checks all invariants on one consistent view of the database; says how far it is.
    fn audit(&self, progress: &mut dyn FnMut(&str, u64)) -> Result<AuditReport, StoreError>;
}
