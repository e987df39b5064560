//! Questions to the database, over pooled connections.

use super::connect::Location;
use super::session::Session;
use super::{known_version, turn};
use crate::index::{Kind, text_key};
use crate::query::{
    DayTotals, FulfillmentFilter, FulfillmentRow, MovementPage, OrderFilter, OrderPage, Page,
    Queries, ReviewFilter, ReviewPage,
};
use crate::returns::{ReturnFilter, ReturnRow};
use crate::sql::{audit, load, lookup, questions};
use crate::visits::{CountedTouch, VisitKind};
use crate::{AuditReport, StoreError, points, wishes};
use commerce::campaign::Quota;
use commerce::checkout::{Cart, Checkout};
use commerce::code::CurrencyCode;
use commerce::customer::Customer;
use commerce::event::{Effect, Event};
use commerce::id::{
    CartId, CheckoutId, CustomerId, FulfillmentId, GroupId, LocationId, ReviewId, VariantId,
};
use commerce::order::Group;
use commerce::points::{PointsAccount, PointsEntry};
use commerce::review::Review;
use commerce::wish::{AlertKind, Want, Wishes};
use commerce::world::{Answer, KeySet, Record, RecordKind, Rows};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Connections at once: a further question waits for one.
const CONNECTIONS_MAX: usize = 16;

/// Read access to one database.
pub struct PostgresReader {
    location: Location,
    pool: Mutex<Pool>,
    freed: Condvar,
}

#[derive(Default)]
struct Pool {
    idle: Vec<Session>,
    /// Questions that are being answered.
    busy: usize,
}

impl PostgresReader {
    /// A reader; connections are opened when they are needed.
    pub(super) fn new(location: Location) -> Self {
        Self {
            location,
            pool: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// A reader of a shop that is there already, for commands that only read.
    ///
    /// # Errors
    /// When the database cannot be reached, has no shop in it, or one of another version.
    pub fn open(location: &Location) -> Result<Self, StoreError> {
        let reader = Self::new(location.clone());
        reader.ask(|session| {
            if !turn::has_shop(session)? {
                return Err(StoreError::Refused(format!(
                    "{location}: there is no shop in it"
                )));
            }
            known_version(session).map(drop)
        })?;
        Ok(reader)
    }

    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers one question on a pooled connection. One that was lost while it lay idle is no reason to fail.
    fn ask<T>(
        &self,
        question: impl Fn(&Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut place = Place::wait(self);
        if let Some(session) = place.session.take() {
            match question(&session) {
                Err(StoreError::Unreachable(_)) => self.pool().idle.clear(),
                answer => {
                    place.session = Some(session);
                    return answer;
                }
            }
        }
        let session = place
            .session
            .insert(Session::open(&self.location, "reader")?);
        question(session)
    }
}

/// One of the places for a question; it is free again when this is dropped.
struct Place<'r> {
    reader: &'r PostgresReader,
    session: Option<Session>,
}

impl<'r> Place<'r> {
    fn wait(reader: &'r PostgresReader) -> Self {
        let is_full = |pool: &mut Pool| pool.busy >= CONNECTIONS_MAX;
        let pool = reader.freed.wait_while(reader.pool(), is_full);
        let mut pool = pool.unwrap_or_else(PoisonError::into_inner);
        pool.busy += 1;
        let session = pool.idle.pop().filter(|session| !session.is_closed());
        Self { reader, session }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut pool = self.reader.pool();
        pool.busy -= 1;
        pool.idle
            .extend(self.session.take().filter(|session| !session.is_closed()));
        drop(pool);
        self.reader.freed.notify_one();
    }
}

impl Queries for PostgresReader {
    fn group(&self, id: GroupId) -> Result<Option<Group>, StoreError> {
        self.ask(|s| lookup::body(s, "order_groups", id.0))
    }

    fn checkout(&self, id: CheckoutId) -> Result<Option<Checkout>, StoreError> {
        self.ask(|s| lookup::checkout(s, id))
    }

    fn cart(&self, id: CartId) -> Result<Option<Cart>, StoreError> {
        self.ask(|s| lookup::body(s, "carts", id.0))
    }

    fn answer(&self, key: u128) -> Result<Option<Answer>, StoreError> {
        self.ask(|s| lookup::answer(s, key))
    }

    fn records(&self, kind: RecordKind) -> Result<Vec<Record>, StoreError> {
        self.ask(|s| load::records_of(s, kind))
    }

    fn records_named(&self, keys: &KeySet) -> Result<Vec<Record>, StoreError> {
        self.ask(|s| load::records(s, keys))
    }

    fn records_under(
        &self,
        kind: RecordKind,
        prefix: &str,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        self.ask(|s| load::records_under(s, kind, prefix, limit))
    }

    fn levels(&self) -> Result<Rows, StoreError> {
        self.ask(load::all_levels)
    }

    fn taken(&self, quotas: BTreeSet<Quota>) -> Result<BTreeMap<Quota, i64>, StoreError> {
        let keys = KeySet {
            quotas,
            ..KeySet::default()
        };
        let found = self.ask(|s| load::quotas(s, &keys))?;
        Ok(found.into_iter().collect())
    }

    fn customer_by_email(&self, email: &str) -> Result<Option<Customer>, StoreError> {
        self.ask(|s| questions::customer_by_email(s, email))
    }

    fn customer(&self, id: CustomerId) -> Result<Option<Customer>, StoreError> {
        self.ask(|s| questions::customer(s, id))
    }

    fn wishes(&self, customer: CustomerId) -> Result<Option<Wishes>, StoreError> {
        self.ask(|s| wishes::of(s, customer))
    }

    fn points(&self, member: CustomerId) -> Result<PointsAccount, StoreError> {
        self.ask(|s| points::of(s, member))
    }

    fn points_entries(
        &self,
        member: CustomerId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<PointsEntry>, StoreError> {
        self.ask(|s| points::entries(s, member, before, limit))
    }

    fn points_due(&self, now: i64, limit: usize) -> Result<Vec<CustomerId>, StoreError> {
        self.ask(|s| points::due(s, now, limit))
    }

    fn wanted(
        &self,
        kind: AlertKind,
        among: RangeInclusive<VariantId>,
        limit: usize,
    ) -> Result<Vec<VariantId>, StoreError> {
        self.ask(|s| wishes::wanted(s, kind, among.clone(), limit))
    }

    fn most_offered(
        &self,
        variant: VariantId,
        currency: CurrencyCode,
    ) -> Result<Option<i64>, StoreError> {
        self.ask(|s| wishes::most_offered(s, variant, currency))
    }

    fn waiting(
        &self,
        of: (AlertKind, VariantId),
        after: (i64, u64),
        limit: usize,
    ) -> Result<Vec<Want>, StoreError> {
        self.ask(|s| wishes::waiting(s, of, after, limit))
    }

    fn order_list(&self, filter: &OrderFilter) -> Result<OrderPage, StoreError> {
        self.ask(|s| questions::order_list(s, filter))
    }

    fn fulfillment_list(
        &self,
        filter: &FulfillmentFilter,
    ) -> Result<Page<FulfillmentRow>, StoreError> {
        self.ask(|s| questions::fulfillment_list(s, filter))
    }

    fn return_list(&self, filter: &ReturnFilter) -> Result<Page<ReturnRow>, StoreError> {
        self.ask(|s| questions::return_list(s, filter))
    }

    fn returns_open(&self) -> Result<i64, StoreError> {
        self.ask(questions::returns_open)
    }

    fn visits(
        &self,
        span: (i64, i64),
        touch: CountedTouch,
    ) -> Result<Vec<(VisitKind, i64)>, StoreError> {
        self.ask(|s| questions::visits(s, span, touch))
    }

    fn fulfillments_waiting(&self) -> Result<[i64; 3], StoreError> {
        self.ask(questions::fulfillments_waiting)
    }

    fn history(&self, id: GroupId) -> Result<Vec<Event>, StoreError> {
        self.ask(|s| questions::history(s, id))
    }

    fn movements(
        &self,
        variant: VariantId,
        location: Option<LocationId>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<MovementPage, StoreError> {
        self.ask(|s| questions::movements(s, variant, location, before, limit))
    }

    fn events(&self, after: u64, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.ask(|s| questions::events(s, after, limit))
    }

    fn groups_by_email(&self, email: &str, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        self.ask(|s| questions::groups_by_email(s, email, limit))
    }

    fn first_groups(&self, buyers: &[u64]) -> Result<BTreeMap<u64, GroupId>, StoreError> {
        let found = self.ask(|s| lookup::values_of(s, Kind::Buyer, buyers))?;
        Ok(found
            .least()
            .into_iter()
            .map(|(k, id)| (k, GroupId(id)))
            .collect())
    }

    fn parcels(&self, numbers: &[&str]) -> Result<Vec<FulfillmentId>, StoreError> {
        let keys: Vec<u64> = numbers.iter().map(|number| text_key(number)).collect();
        let found = self.ask(|s| lookup::values_of(s, Kind::Waybill, &keys))?;
        Ok(found.all().into_iter().map(FulfillmentId).collect())
    }

    fn parcels_at(
        &self,
        location: LocationId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<FulfillmentId>, StoreError> {
        self.ask(|s| questions::parcels_at(s, location, after, limit))
    }

    fn parcels_by_place(&self) -> Result<Vec<(LocationId, i64)>, StoreError> {
        self.ask(questions::parcels_by_place)
    }

    fn totals(&self, from: i64, to: i64) -> Result<Vec<DayTotals>, StoreError> {
        self.ask(|s| questions::totals(s, from, to))
    }

    fn best_sellers(&self, limit: usize) -> Result<Vec<VariantId>, StoreError> {
        self.ask(|s| questions::best_sellers(s, limit))
    }

    fn review(&self, id: ReviewId) -> Result<Option<Review>, StoreError> {
        self.ask(|s| questions::review(s, id))
    }

    fn review_list(&self, filter: &ReviewFilter) -> Result<ReviewPage, StoreError> {
        self.ask(|s| questions::review_list(s, filter))
    }

    fn expired_groups(&self, now: i64, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        self.ask(|s| questions::expired_groups(s, now, limit))
    }

    fn effects(&self, from: u64, limit: usize) -> Result<Vec<Effect>, StoreError> {
        self.ask(|s| load::effects(s, from, limit))
    }

    fn group_ids(&self, after: GroupId, limit: usize) -> Result<Vec<GroupId>, StoreError> {
        self.ask(|s| questions::group_ids(s, after, limit))
    }

    fn audit(&self, progress: &mut dyn FnMut(&str, u64)) -> Result<AuditReport, StoreError> {
        let session = Session::open(&self.location, "audit")?;
        // One snapshot: all tables are seen as of the same batch.
        session.plain("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
        let report = audit::audit(&session, progress);
        session.plain("COMMIT")?;
        report
    }
}
