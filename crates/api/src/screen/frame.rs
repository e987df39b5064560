//! What screens are sent: a tick with the figures up to ten times a second, and now and then the whole with rankings.

use super::day_of;
use super::records::point;
use crate::v1::wire::Texts;
use crate::v1::wire::screen::{
    Best, Curve, Milestone, RankedCategory, RankedName, ScreenFigures, ScreenLocation,
    ScreenParcel, ScreenPlace, ScreenState, ScreenTick, Sums,
};
use ::screen::{Day, Figures, Pace, Tally};
use axum::body::Bytes;
use commerce::money::Currency;
use commerce::world::World;
use jiff::tz::TimeZone;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use store::takings::Takings;

/// Rows of a ranking.
const RANKS: usize = 8;
/// Places that glow and ways that are drawn from the start.
const PLACES: usize = 150;
const ROUTES: usize = 60;
/// Locations that are named.
const LOCATIONS: usize = 12;
/// Minutes of one step of the day's curve.
const CURVE_MINUTES: usize = 5;

/// What all screens are shown at a moment, as server-sent events. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The figures.
    pub tick: Bytes,
    /// Everything; empty before the day was read.
    pub whole: Bytes,
    /// The same as JSON alone.
    pub state: Bytes,
    /// Rises with each whole.
    pub edition: u64,
    /// The feed's position that the whole is of.
    pub position: u64,
}

impl Frame {
    /// The next frame with a new tick.
    pub fn with_tick(&self, tick: ScreenTick) -> Self {
        Self {
            tick: event("tick", &json(&tick)),
            ..self.clone()
        }
    }

    /// The next frame with a new tick and a new whole.
    pub fn with_both(&self, tick: ScreenTick, whole: &ScreenState) -> Self {
        let state = json(whole);
        Self {
            tick: event("tick", &json(&tick)),
            whole: event("whole", &state),
            state: Bytes::from(state),
            edition: self.edition + 1,
            position: whole.position,
        }
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("figures are plain data")
}

/// A server-sent event.
pub fn event(name: &str, json: &[u8]) -> Bytes {
    let mut text = Vec::with_capacity(json.len() + name.len() + 18);
    text.extend_from_slice(b"event: ");
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(b"\ndata: ");
    text.extend_from_slice(json);
    text.extend_from_slice(b"\n\n");
    Bytes::from(text)
}

/// What time it is on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// UTC milliseconds.
    pub now: i64,
    /// How many times as fast as the day was, for a replay.
    pub speed: Option<u32>,
}

impl Clock {
    /// As it happens.
    pub fn live(now: i64) -> Self {
        Self { now, speed: None }
    }
}

/// The figures, and what is new on the map.
pub fn tick(day: &mut Day, now: i64) -> ScreenTick {
    let (lights, parcels) = day.to_show();
    let last = |pace: &Pace| {
        let seconds = pace.last_seconds(now);
        (
            seconds[seconds.len() - 1],
            seconds[seconds.len() - 60..].iter().sum(),
        )
    };
    let (orders_last_second, orders_last_minute) = last(&day.orders);
    let (payments_last_second, payments_last_minute) = last(&day.payments);
    ScreenTick {
        at: now,
        position: day.position,
        sums: day
            .figures
            .iter()
            .map(|(c, f)| sums(*c, &f.takings))
            .collect(),
        orders_last_second,
        orders_last_minute,
        payments_last_second,
        payments_last_minute,
        shipped: day.shipped,
        delivered: day.delivered,
        lights: lights
            .into_iter()
            .map(|(at, orders)| ScreenPlace {
                latitude: at.latitude,
                longitude: at.longitude,
                orders,
            })
            .collect(),
        parcels: parcels.into_iter().map(|p| parcel(p, 1)).collect(),
    }
}

fn parcel(way: ::screen::Parcel, parcels: i64) -> ScreenParcel {
    ScreenParcel {
        from_latitude: way.from.latitude,
        from_longitude: way.from.longitude,
        to_latitude: way.to.latitude,
        to_longitude: way.to.longitude,
        parcels,
    }
}

fn sums(currency: Currency, takings: &Takings) -> Sums {
    let [orders_standing, standing, _] = takings.standing();
    Sums {
        currency: currency.to_string(),
        purchases: takings.purchases,
        orders: takings.orders,
        phone_orders: takings.phone_orders,
        sold: takings.sold,
        canceled_orders: takings.canceled_orders,
        canceled: takings.canceled,
        orders_standing,
        standing,
        payments: takings.payments,
        taken: takings.taken,
        refunds: takings.refunds,
        given_back: takings.given_back,
        kept: takings.taken - takings.given_back,
    }
}

/// Everything. The shop's own currency comes first.
pub fn whole(day: &Day, world: &World, zone: &TimeZone, clock: Clock) -> ScreenState {
    let shop = world.shop();
    let own = shop.map(|s| s.currency);
    let mut currencies: Vec<Currency> = day.figures.keys().copied().collect();
    currencies.extend(own.filter(|c| !day.figures.contains_key(c)));
    currencies.sort_by_key(|c| (Some(*c) != own, *c));
    let none = Figures::default();
    let best = |pace: &Pace| pace.best().map(|(at, count)| Best { at, count });
    ScreenState {
        at: clock.now,
        position: day.position,
        day: day_of(day.span.from, zone),
        day_from: day.span.from,
        day_to: day.span.to,
        time_zone: zone.iana_name().unwrap_or("UTC").to_owned(),
        shop: shop.map_or_else(String::new, |s| s.name.clone()),
        country: shop.map_or_else(String::new, |s| s.country.to_string()),
        speed: clock.speed,
        figures: currencies
            .into_iter()
            .map(|c| figures(c, day.figures.get(&c).unwrap_or(&none), day, world))
            .collect(),
        orders_per_second: day.orders.last_seconds(clock.now).to_vec(),
        payments_per_second: day.payments.last_seconds(clock.now).to_vec(),
        best_orders: best(&day.orders),
        best_payments: best(&day.payments),
        shipped: day.shipped,
        delivered: day.delivered,
        locations: locations(day, world),
        places: top(&day.places, PLACES, |n| *n)
            .map(|(at, orders)| ScreenPlace {
                latitude: at.latitude,
                longitude: at.longitude,
                orders: *orders,
            })
            .collect(),
        routes: ways(&day.routes),
        hauls: ways(&day.hauls),
    }
}

/// The busiest ways of parcels, the busiest first.
fn ways(all: &BTreeMap<Parcel, i64>) -> Vec<ScreenParcel> {
    let busiest = top(all, ROUTES, |n| *n);
    busiest.map(|(way, parcels)| parcel(*way, *parcels)).collect()
}

/// The largest entries, the largest first.
fn top<K: Ord, V>(
    all: &BTreeMap<K, V>,
    limit: usize,
    value: impl Fn(&V) -> i64,
) -> impl Iterator<Item = (&K, &V)> {
    let mut found: Vec<(&K, &V)> = all.iter().collect();
    let order = |entry: &(&K, &V)| Reverse(value(entry.1));
    if found.len() > limit {
        found.select_nth_unstable_by_key(limit, order);
        found.truncate(limit);
    }
    found.sort_by_key(order);
    found.into_iter()
}

fn figures(currency: Currency, figures: &Figures, day: &Day, world: &World) -> ScreenFigures {
    let amount = |tally: &Tally| tally.amount;
    let named = |name: String, tally: &Tally| RankedName {
        name,
        count: tally.count,
        amount: tally.amount,
    };
    let steps = figures.minutes.chunks(CURVE_MINUTES);
    ScreenFigures {
        sums: sums(currency, &figures.takings),
        regions: top(&figures.regions, RANKS, amount)
            .map(|(name, tally)| named(name.clone(), tally))
            .collect(),
        categories: top(&figures.categories, RANKS, amount)
            .map(|(id, tally)| RankedCategory {
                title: id
                    .and_then(|id| world.category(id))
                    .map_or_else(Texts::default, |c| Texts::from(&c.title)),
                count: tally.count,
                amount: tally.amount,
            })
            .collect(),
        sellers: top(&figures.sellers, RANKS, amount)
            .map(|(id, tally)| {
                let name = world
                    .seller(*id)
                    .map_or_else(|| id.to_string(), |s| s.name.clone());
                named(name, tally)
            })
            .collect(),
        methods: top(&figures.methods, RANKS, amount)
            .map(|(name, tally)| named(name.clone(), tally))
            .collect(),
        curve: Curve {
            minutes: CURVE_MINUTES as u32,
            sold: steps.map(|step| step.iter().sum()).collect(),
        },
        reached: figures
            .reached
            .iter()
            .map(|m| Milestone {
                amount: m.amount,
                at: m.at,
            })
            .collect(),
        next_milestone: day.next_milestone(currency),
    }
}

fn locations(day: &Day, world: &World) -> Vec<ScreenLocation> {
    let mut all: Vec<ScreenLocation> = world
        .locations()
        .map(|location| {
            let at = point(location);
            ScreenLocation {
                name: location.name.clone(),
                kind: location.kind.into(),
                latitude: at.latitude,
                longitude: at.longitude,
                handed_over: day.locations.get(&location.id).copied().unwrap_or(0),
                came_in: day.came_in.get(&location.id).copied().unwrap_or(0),
            }
        })
        .collect();
    all.sort_by_key(|location| Reverse(location.handed_over + location.came_in));
    all.truncate(LOCATIONS);
    all
}
