//! Whether, how soon and for how much goods reach the shopper, from the same stock that orders take.

use super::Reader;
use crate::arrival;
use crate::hours::opening_hours;
use crate::promise::{self, Nearness, Sources};
use commerce::Money;
use commerce::checkout::{Delivery, Intent, Item, Promise, Quote};
use commerce::code::Country;
use commerce::id::{LocationId, ShippingRateId, VariantId};
use commerce::pricing;
use commerce::settings::{Location, ShippingRate};
use commerce::sourcing;
use jiff::Zoned;
use jiff::civil::{Date, Time};

/// A parcel that could be sent.
#[derive(Debug, Clone)]
pub struct Shipping {
    /// At which rate.
    pub rate: ShippingRateId,
    /// The rate's name.
    pub title: String,
    /// What it costs; 0 is free.
    pub price: Money,
    /// First and last day of arrival, if the places it leaves from are open.
    pub days: Option<(Date, Date)>,
    /// From when until when on that day, where it is known.
    pub hours: Option<(Time, Time)>,
    /// How near the first day is.
    pub near: Nearness,
    /// What is kept with the order.
    pub promise: Option<Promise>,
    /// So many minutes from now the same is still promised.
    pub minutes_left: i64,
}

/// Collection at a place.
#[derive(Debug, Clone)]
pub struct Pickup {
    /// Where.
    pub location: LocationId,
    /// The place's name.
    pub name: String,
    /// Street and city.
    pub address: String,
    /// Opening hours in the reader's words.
    pub hours: String,
    /// When it is ready; `None` while it cannot be had there.
    pub ready: Option<Ready>,
    /// Pieces there, for one variant; for a basket whether all of it is there (1 or 0).
    pub pieces: i64,
}

/// When a collection is ready.
#[derive(Debug, Clone)]
pub struct Ready {
    /// On the place's clock.
    pub at: Zoned,
    /// How near the day is.
    pub near: Nearness,
    /// What is kept with the order.
    pub promise: Promise,
}

/// The ways of shipping these goods to a country, cheapest first; empty when they cannot be shipped.
pub fn shippings(
    reader: &Reader<'_>,
    intent: &Intent,
    country: Country,
    quote: &Quote,
) -> Vec<Shipping> {
    let world = reader.world;
    let Some(sources) = promise::sources_to(world, &intent.items, country) else {
        return Vec::new();
    };
    let mut found: Vec<Shipping> = pricing::rates_to(world, country)
        .filter_map(|rate| shipping(reader, (&sources, country), rate, (intent, quote)))
        .collect();
    found.sort_by_key(|s| (s.price.minor, s.rate));
    found
}

fn shipping(
    reader: &Reader<'_>,
    (sources, country): (&Sources, Country),
    rate: &ShippingRate,
    (intent, quote): (&Intent, &Quote),
) -> Option<Shipping> {
    let world = reader.world;
    let price = pricing::shipping_price(world, reader.now, rate, (intent, quote))?;
    let postal_code = intent.destination.as_ref().map(|d| d.postal_code.as_str());
    let to = (country, postal_code.unwrap_or_default());
    let sold = reader.outlook().arrival(sources, rate, to)?;
    let from = world.location(sold.place)?;
    let day = |at| promise::local(from, at).date();
    let days = (day(sold.promise.earliest), day(sold.promise.latest));
    Some(Shipping {
        rate: rate.id,
        title: rate.title.get(reader.texts.language()).to_string(),
        price: reader.money(price),
        days: Some(days),
        hours: arrival::hours(from, sold.promise, Some(country)),
        near: promise::nearness(from, days.0, reader.now),
        promise: Some(sold.promise),
        minutes_left: (sold.order_before - reader.now).div_euclid(60_000),
    })
}

/// When goods that are there are ready at a place.
pub fn ready_at(location: &Location, now: i64) -> Option<Ready> {
    let at = promise::ready_for_pickup(location, now)?;
    Some(Ready {
        near: promise::nearness(location, at.date(), now),
        promise: promise::promise_of_pickup(&at),
        at,
    })
}

/// The places where these goods can be collected, the soonest first, then those that have not all.
pub fn pickups(reader: &Reader<'_>, items: &[Item]) -> Vec<Pickup> {
    let needs = promise::needs(items);
    let has_all = |location: &Location| {
        let delivery = Delivery::Pickup(location.id);
        sourcing::plan(reader.world, &needs, delivery, None).is_ok()
    };
    pickups_with(reader, |location| i64::from(has_all(location)))
}

/// The places where a piece can be collected, with how many are there.
pub fn pickups_of(reader: &Reader<'_>, variant: VariantId) -> Vec<Pickup> {
    pickups_with(reader, |location| {
        reader.world.level(variant, location.id).available()
    })
}

fn pickups_with(reader: &Reader<'_>, pieces: impl Fn(&Location) -> i64) -> Vec<Pickup> {
    let places = reader.world.locations().filter(|l| l.collects);
    let mut found: Vec<Pickup> = places
        .map(|location| {
            let pieces = pieces(location);
            let there = pieces > 0;
            Pickup {
                location: location.id,
                name: location.name.clone(),
                address: format!("{}, {}", location.address.street, location.address.city),
                hours: opening_hours(reader.texts, &location.hours),
                ready: there.then(|| ready_at(location, reader.now)).flatten(),
                pieces,
            }
        })
        .collect();
    let soon = |p: &Pickup| {
        let ready = p.ready.as_ref();
        ready.map_or(i64::MAX, |r| r.promise.earliest)
    };
    found.sort_by(|a, b| soon(a).cmp(&soon(b)).then_with(|| a.name.cmp(&b.name)));
    found
}

/// An intent to buy one thing, for pricing what a page shows.
pub fn intent_of(reader: &Reader<'_>, items: Vec<Item>) -> Intent {
    let destination = commerce::settings::Address {
        country: Some(reader.country),
        ..Default::default()
    };
    Intent {
        currency: reader.currency,
        language: reader.texts.language(),
        items,
        buyer: Default::default(),
        destination: Some(destination.into()),
        billing: None,
        delivery: None,
        discount_codes: Vec::new(),
        member: None,
        promise: None,
        extension: Default::default(),
        points: Default::default(),
    }
}
