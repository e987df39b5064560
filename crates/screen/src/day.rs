//! The aggregate: one day in the shop's time zone, per currency.

use crate::milestones::{Milestones, Reached};
use crate::pace::Pace;
use crate::places::{self, Point};
use commerce::Delta;
use commerce::event::{Event, What};
use commerce::id::{
    CategoryId, FulfillmentId, GroupId, LocationId, PaymentId, ProductId, SellerId,
};
use commerce::money::Currency;
use commerce::order::{Group, GroupState, Method};
use commerce::payment::PaymentMethod;
use std::collections::{BTreeMap, BTreeSet};
use store::takings::{Counted, GroupSale, Takings};

/// Regions that are told apart; people write them, so there is a bound. Further ones go together.
const REGIONS_MAX: usize = 2_000;
/// Ways of parcels that are told apart; further ones are counted, not drawn.
const ROUTES_MAX: usize = 20_000;
/// Places with new orders and parcels that wait to be shown; further ones are counted, not shown one by one.
const LIGHTS_MAX: usize = 80;
const PARCELS_MAX: usize = 40;
const MINUTE_MS: i64 = 60_000;
/// Minutes of the longest day, with the hour that a change of the clock may add.
const MINUTES_MAX: usize = 25 * 60;
/// What a region is called that nobody named.
const UNNAMED: &str = "";

/// A span of time, in UTC milliseconds: from, and up to but not with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: i64,
    /// The first moment after it.
    pub to: i64,
}

impl Span {
    /// Whether a moment is within it.
    pub fn has(self, at: i64) -> bool {
        (self.from..self.to).contains(&at)
    }
}

/// What is known of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Where it is.
    pub point: Point,
    /// The region, or where it has none the city.
    pub region: String,
}

/// What the shop's records say of places and goods.
pub trait Atlas {
    /// The category of a product.
    fn category(&self, product: ProductId) -> Option<CategoryId>;
    /// A location.
    fn site(&self, location: LocationId) -> Option<Site>;
}

/// How often and how much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How often: orders, lines or payments.
    pub count: i64,
    /// Minor units.
    pub amount: i64,
}

impl Tally {
    fn add(&mut self, amount: i64) {
        self.count += 1;
        self.amount += amount;
    }
}

/// The figures of one currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// The sums that equal the ledger's.
    pub takings: Takings,
    /// Orders and their worth by the region they go to; by city where an address names no region.
    pub regions: BTreeMap<String, Tally>,
    /// Lines and their worth by category; `None` for goods without one.
    pub categories: BTreeMap<Option<CategoryId>, Tally>,
    /// Orders and their worth by seller.
    pub sellers: BTreeMap<SellerId, Tally>,
    /// Payments and the money taken by method.
    pub methods: BTreeMap<String, Tally>,
    /// What was sold in each minute of the day.
    pub minutes: Vec<i64>,
    /// The milestones that were reached.
    pub reached: Vec<Reached>,
}

/// A parcel on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parcel {
    /// Where it left.
    pub from: Point,
    /// Where it goes.
    pub to: Point,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// From midnight to midnight where the shop is.
    pub span: Span,
    /// The position of the last event that was looked at.
    pub position: u64,
    /// When it happened, in UTC milliseconds; 0 before the first.
    pub at: i64,
    milestones: Milestones,
    /// The figures by currency.
    pub figures: BTreeMap<Currency, Figures>,
    /// Orders confirmed, per second.
    pub orders: Pace,
    /// Payments taken, per second.
    pub payments: Pace,
    /// Parcels that left.
    pub shipped: i64,
    /// Parcels and collections that were delivered.
    pub delivered: i64,
    /// Parcels and collections handed over, by location.
    pub locations: BTreeMap<LocationId, i64>,
    /// Purchases by the place they go to.
    pub places: BTreeMap<Point, i64>,
    /// Parcels by their way, from where they left to the town that they go to.
    pub routes: BTreeMap<Parcel, i64>,
    /// Parcels that came in at a place of the shop on their way, by place.
    pub came_in: BTreeMap<LocationId, i64>,
    /// The same by their way, from place to place.
    pub hauls: BTreeMap<Parcel, i64>,
    lights: BTreeMap<Point, i64>,
    parcels: Vec<Parcel>,
}

impl Day {
    /// A day before its first event; `position` is that of the last event that need not be looked at.
    pub fn new(span: Span, position: u64, milestones: Milestones) -> Self {
        Self {
            span,
            position,
            at: 0,
            milestones,
            figures: BTreeMap::new(),
            orders: Pace::default(),
            payments: Pace::default(),
            shipped: 0,
            delivered: 0,
            locations: BTreeMap::new(),
            places: BTreeMap::new(),
            routes: BTreeMap::new(),
            came_in: BTreeMap::new(),
            hauls: BTreeMap::new(),
            lights: BTreeMap::new(),
            parcels: Vec::new(),
        }
    }

    /// Whether an event counts, so that its group is needed.
    pub fn counts(what: &What) -> bool {
        let moves = matches!(
            what,
            What::FulfillmentShipped { .. } | What::FulfillmentDelivered { .. }
        );
        moves || Counted::of(what).is_some()
    }

    /// The next milestone in a currency, in minor units.
    pub fn next_milestone(&self, currency: Currency) -> Option<i64> {
        let reached = self.figures.get(&currency).map_or(0, |f| f.reached.len());
        self.milestones.next(reached, currency)
    }

    /// Purchases by place and parcels that came since the last call, to be shown once.
    pub fn to_show(&mut self) -> (BTreeMap<Point, i64>, Vec<Parcel>) {
        (
            std::mem::take(&mut self.lights),
            std::mem::take(&mut self.parcels),
        )
    }

    /// The next event. `group` is what it speaks of, as of any time after it; `was_confirmed` says of a cancellation
    /// whether the purchase had been confirmed before. Events of other days are passed over.
    pub fn take(
        &mut self,
        event: &Event,
        group: Option<&Group>,
        was_confirmed: bool,
        atlas: &impl Atlas,
    ) {
        self.position = event.position;
        if !self.span.has(event.at) {
            return;
        }
        self.at = self.at.max(event.at);
        if let What::ParcelLay { location, from, .. } = event.what {
            self.came_in(from, location, atlas);
        }
        let Some(group) = group else { return };
        if let Some(counted) = Counted::of(&event.what) {
            let sale = GroupSale {
                group,
                was_confirmed,
            };
            let figures = self.figures.entry(group.currency).or_default();
            figures.takings.count(counted, &sale);
        }
        match &event.what {
            What::GroupConfirmed { .. } => self.confirmed(event.at, group, atlas),
            What::PaymentCaptured { payment, amount } => {
                self.payments.add(event.at, 1);
                let figures = self.figures.entry(group.currency).or_default();
                let method = method_of(group, *payment);
                figures.methods.entry(method).or_default().add(*amount);
            }
            What::FulfillmentShipped { fulfillment, .. } => {
                self.shipped += 1;
                self.handed_over(group, *fulfillment, atlas);
            }
            What::FulfillmentDelivered { fulfillment } => {
                self.delivered += 1;
                let is_parcel = |f: &commerce::order::Fulfillment| {
                    f.id == *fulfillment && f.method == Method::Ship
                };
                // A parcel was handed over when it left.
                if !group.fulfillments.iter().any(is_parcel) {
                    self.handed_over(group, *fulfillment, atlas);
                }
            }
            _ => {}
        }
    }

    /// A durable batch, in order. A batch that does not follow the last event is refused: then the feed is read.
    ///
    /// # Errors
    /// When something is missing before it.
    pub fn take_batch(&mut self, delta: &Delta, atlas: &impl Atlas) -> Result<(), Gap> {
        let Some(first) = delta.events.first() else {
            return Ok(());
        };
        if first.position != self.position + 1 {
            return Err(Gap);
        }
        let mut confirmed = None;
        for event in &delta.events {
            let entry = event
                .what
                .group()
                .filter(|_| Self::counts(&event.what))
                .and_then(|id| {
                    // Groups are in the order of their ids.
                    let place = delta.groups.binary_search_by_key(&id, |(_, g)| g.id).ok()?;
                    Some(&delta.groups[place])
                });
            let was_confirmed = match (&event.what, entry) {
                (What::OrderCanceled { .. }, Some((before, group))) => {
                    let before = before.as_ref().map(|b| b.state);
                    before == Some(GroupState::Confirmed)
                        || confirmed
                            .get_or_insert_with(|| confirmed_in(delta))
                            .contains(&group.id)
                }
                _ => false,
            };
            self.take(event, entry.map(|(_, g)| &**g), was_confirmed, atlas);
        }
        Ok(())
    }

    fn confirmed(&mut self, at: i64, group: &Group, atlas: &impl Atlas) {
        let orders = group.orders.len() as i64;
        self.orders.add(at, orders);
        let point = destination(group).or_else(|| pickup(group, atlas).map(|s| s.point));
        if let Some(point) = point {
            *self.places.entry(point).or_default() += 1;
            if self.lights.len() < LIGHTS_MAX || self.lights.contains_key(&point) {
                *self.lights.entry(point).or_default() += 1;
            }
        }
        let region = region_of(group, atlas);
        let minute = usize::try_from((at - self.span.from) / MINUTE_MS).unwrap_or(0);
        let next = self.next_milestone(group.currency);
        let figures = self.figures.entry(group.currency).or_default();
        figures.confirmed(group, &region, atlas);
        let minute = minute.min(MINUTES_MAX);
        if figures.minutes.len() <= minute {
            figures.minutes.resize(minute + 1, 0);
        }
        figures.minutes[minute] += group.total;
        let (mut next, sold) = (next, figures.takings.sold);
        while let Some(amount) = next.filter(|amount| *amount <= sold) {
            figures.reached.push(Reached { amount, at });
            next = self.milestones.next(figures.reached.len(), group.currency);
        }
    }

    /// A parcel came in at a place on its way.
    fn came_in(&mut self, from: LocationId, location: LocationId, atlas: &impl Atlas) {
        *self.came_in.entry(location).or_default() += 1;
        let (Some(from), Some(to)) = (atlas.site(from), atlas.site(location)) else {
            return;
        };
        if from.point == to.point {
            return;
        }
        let haul = Parcel {
            from: from.point,
            to: to.point,
        };
        if self.hauls.len() < ROUTES_MAX || self.hauls.contains_key(&haul) {
            *self.hauls.entry(haul).or_default() += 1;
        }
        if self.parcels.len() < PARCELS_MAX {
            self.parcels.push(haul);
        }
    }

    /// A parcel left, or a collection was handed over.
    fn handed_over(&mut self, group: &Group, id: FulfillmentId, atlas: &impl Atlas) {
        let Some(fulfillment) = group.fulfillments.iter().find(|f| f.id == id) else {
            return;
        };
        *self.locations.entry(fulfillment.location).or_default() += 1;
        let (Some(site), Some(to)) = (atlas.site(fulfillment.location), destination(group)) else {
            return;
        };
        let parcel = Parcel {
            from: site.point,
            to,
        };
        if self.routes.len() < ROUTES_MAX || self.routes.contains_key(&parcel) {
            *self.routes.entry(parcel).or_default() += 1;
        }
        if self.parcels.len() < PARCELS_MAX {
            self.parcels.push(parcel);
        }
    }
}

/// Something is missing before a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap;

impl Figures {
    fn confirmed(&mut self, group: &Group, region: &str, atlas: &impl Atlas) {
        let is_known = self.regions.contains_key(region) || self.regions.len() < REGIONS_MAX;
        let region = if is_known { region } else { UNNAMED };
        for order in &group.orders {
            match self.regions.get_mut(region) {
                Some(tally) => tally.add(order.total),
                None => self
                    .regions
                    .entry(region.to_string())
                    .or_default()
                    .add(order.total),
            }
            self.sellers
                .entry(order.seller)
                .or_default()
                .add(order.total);
            for line in &order.lines {
                let category = atlas.category(line.variant.parent());
                self.categories.entry(category).or_default().add(line.total);
            }
        }
    }
}

fn confirmed_in(delta: &Delta) -> BTreeSet<GroupId> {
    let confirmed = delta.events.iter().filter_map(|event| match event.what {
        What::GroupConfirmed { group } => Some(group),
        _ => None,
    });
    confirmed.collect()
}

/// Where a purchase is collected; `None` for a parcel.
fn pickup(group: &Group, atlas: &impl Atlas) -> Option<Site> {
    let first = group.fulfillments.first();
    let first = first.filter(|_| group.destination.is_none());
    first.and_then(|f| atlas.site(f.location))
}

/// The region that a purchase goes to: the city where the address names none, the place of collection for one that is
/// fetched.
pub(crate) fn region_of(group: &Group, atlas: &impl Atlas) -> String {
    match &group.destination {
        Some(address) if address.region.trim().is_empty() => address.city.trim().to_string(),
        Some(address) => address.region.trim().to_string(),
        None => pickup(group, atlas).map_or_else(|| UNNAMED.to_string(), |s| s.region),
    }
}

fn destination(group: &Group) -> Option<Point> {
    let address = group.destination.as_ref()?;
    places::find(address.country.unwrap_or(group.tax_country), &address.city)
}

fn method_of(group: &Group, id: PaymentId) -> String {
    let payment = group.payments.iter().find(|p| p.id == id);
    match payment.map(|p| &p.method) {
        Some(PaymentMethod::Provider { provider, .. }) => provider.clone(),
        Some(PaymentMethod::OnAccount) | None => "on_account".to_string(),
    }
}
