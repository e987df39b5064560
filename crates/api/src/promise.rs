//! When goods arrive and when they can be collected: calendar arithmetic over a location's hours,
//! its cut-off and its time zone. Pure: the moment is an input.
//!
//! Where a carrier's timetable knows the way ([`crate::timetables`]), it says when a parcel arrives. Elsewhere the rate's
//! days do: working days are Monday to Friday; a parcel leaves on a day on which its location is open. Every door sells
//! the promise that is worked out here.

use crate::timetables::{Board, Ride, Sending};
use commerce::checkout::{Delivery, Intent, Item, Promise};
use commerce::code::Country;
use commerce::id::{LocationId, VariantId};
use commerce::settings::{Location, ShippingRate};
use commerce::sourcing::{self, Need};
use commerce::world::{Record, RecordKind, World};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use std::cell::RefCell;
use std::sync::Arc;

/// Days ahead that are looked at; a place that is closed for longer promises nothing.
const DAYS_AHEAD_MAX: i32 = 60;

/// The time zone of a location; UTC if its name is not known.
#[must_use]
pub fn zone_of(location: &Location) -> TimeZone {
    TimeZone::get(&location.time_zone).unwrap_or(TimeZone::UTC)
}

/// A moment in UTC milliseconds as the location's clock shows it.
#[must_use]
pub fn local(location: &Location, at_ms: i64) -> Zoned {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned(zone_of(location))
}

/// Opening hours on a day, in minutes after midnight; empty when closed.
#[must_use]
pub fn hours_on(location: &Location, date: Date) -> &[(u16, u16)] {
    let number = u32::try_from(date.year()).unwrap_or(0) * 10_000
        + u32::try_from(date.month()).unwrap_or(0) * 100
        + u32::try_from(date.day()).unwrap_or(0);
    if location.closed_on.contains(&number) {
        return &[];
    }
    &location.hours[date.weekday().to_monday_zero_offset() as usize]
}

/// When an order made at `now` is ready for collection: after the lead time, counted in opening
/// hours. `None` if the place does not open in the next weeks.
#[must_use]
pub fn ready_for_pickup(location: &Location, now: i64) -> Option<Zoned> {
    let start = local(location, now);
    let mut lead = i64::from(location.pickup_lead_minutes);
    let mut date = start.date();
    for day in 0..DAYS_AHEAD_MAX {
        let from_minute = if day == 0 { minute_of(start.time()) } else { 0 };
        for &(opens, closes) in hours_on(location, date) {
            let begin = i64::from(opens).max(from_minute);
            let open_minutes = i64::from(closes) - begin;
            // Ready exactly at closing time helps nobody: the next opening then.
            if open_minutes > lead {
                return at_minute(location, date, begin + lead);
            }
            lead -= open_minutes.max(0);
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// The minute after midnight; a begun minute counts as over.
fn minute_of(time: Time) -> i64 {
    let begun = i64::from(time.second() > 0 || time.subsec_nanosecond() > 0);
    i64::from(time.hour()) * 60 + i64::from(time.minute()) + begun
}

fn at_minute(location: &Location, mut date: Date, minute: i64) -> Option<Zoned> {
    let mut minute = minute;
    if minute >= 24 * 60 {
        (date, minute) = (date.tomorrow().ok()?, minute - 24 * 60);
    }
    let (hour, minute) = (
        i8::try_from(minute / 60).ok()?,
        i8::try_from(minute % 60).ok()?,
    );
    let time = Time::new(hour, minute, 0, 0).ok()?;
    DateTime::from_parts(date, time)
        .to_zoned(zone_of(location))
        .ok()
}

/// The day on which a parcel ordered at `now` leaves. `None` if the place does not open in the next weeks.
#[must_use]
pub fn dispatch_day(location: &Location, now: i64) -> Option<Date> {
    let start = local(location, now);
    // The minute before the cut-off counts to its end.
    let minute = i64::from(start.hour()) * 60 + i64::from(start.minute());
    let in_time = minute < i64::from(location.ship_cutoff_minute);
    let mut date = start.date();
    if !in_time {
        date = date.tomorrow().ok()?;
    }
    for _ in 0..DAYS_AHEAD_MAX {
        if !hours_on(location, date).is_empty() {
            return Some(date);
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// The date that lies so many working days after `date`.
#[must_use]
pub fn after_working_days(mut date: Date, days: u8) -> Date {
    let mut left = days;
    while left > 0 {
        let Ok(next) = date.tomorrow() else {
            return date;
        };
        date = next;
        if !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    date
}

/// First and last day of arrival of a parcel ordered at `now`.
#[must_use]
pub fn arrival(location: &Location, transit_days: (u8, u8), now: i64) -> Option<(Date, Date)> {
    let leaves = dispatch_day(location, now)?;
    let first = after_working_days(leaves, transit_days.0);
    let last = after_working_days(leaves, transit_days.1.max(transit_days.0));
    Some((first, last))
}

/// Days of arrival as they are kept with the order: from the first day's start to the last one's end
/// where the goods leave from.
#[must_use]
pub fn promise_of_days(location: &Location, days: (Date, Date)) -> Option<Promise> {
    let zone = zone_of(location);
    let earliest = days.0.to_zoned(zone.clone()).ok()?;
    let latest = days.1.to_zoned(zone).ok()?.end_of_day().ok()?;
    Some(Promise {
        earliest: earliest.timestamp().as_millisecond(),
        latest: latest.timestamp().as_millisecond(),
    })
}

/// Readiness for collection as it is kept with the order: the moment from which it can be had.
#[must_use]
pub fn promise_of_pickup(ready: &Zoned) -> Promise {
    let at = ready.timestamp().as_millisecond();
    Promise {
        earliest: at,
        latest: at,
    }
}

/// Where the goods of an order leave from: the same whatever rate they are sent at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sources {
    /// One parcel from here, with its weight by the catalog in grams; 0 where it is not known.
    One(LocationId, u32),
    /// A parcel from each of these.
    Several(Vec<(LocationId, u32)>),
}

impl Sources {
    /// Its parcels: where each leaves from and its weight in grams.
    #[must_use]
    pub fn parcels(&self) -> Vec<(LocationId, u32)> {
        match self {
            Self::One(place, grams) => vec![(*place, *grams)],
            Self::Several(parcels) => parcels.clone(),
        }
    }
}

/// Where goods leave from to the country of their destination; `None` if they cannot be sent there.
#[must_use]
pub fn sources(world: &World, intent: &Intent) -> Option<Sources> {
    let country = intent.destination.as_ref()?.country?;
    sources_to(world, &intent.items, country)
}

/// Where goods leave from to a country; `None` if they cannot be sent there.
#[must_use]
pub fn sources_to(world: &World, items: &[Item], country: Country) -> Option<Sources> {
    if let Some(place) = sourcing::one_parcel(world, items, Some(country)) {
        let grams = items.iter().map(|i| grams(world, i.variant, i.quantity));
        return Some(Sources::One(place, grams.fold(0, u32::saturating_add)));
    }
    let parts = sourcing::parcels(world, &needs(items), Some(country)).ok()?;
    let mut parcels: Vec<(LocationId, u32)> = Vec::new();
    for part in parts {
        let grams = grams(world, part.variant, part.quantity);
        match parcels
            .iter_mut()
            .find(|(place, _)| *place == part.location)
        {
            Some((_, sum)) => *sum = sum.saturating_add(grams),
            None => parcels.push((part.location, grams)),
        }
    }
    Some(Sources::Several(parcels))
}

/// What pieces weigh by the catalog, in grams; 0 where it does not say.
fn grams(world: &World, variant: VariantId, pieces: u32) -> u32 {
    let product = world.product(variant.parent());
    let variant = product.and_then(|product| product.variant(variant));
    variant.map_or(0, |v| v.weight_grams.saturating_mul(pieces))
}

/// When parcels arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// What is sold, and kept with the order.
    pub promise: Promise,
    /// The last moment at which the same is sold, in UTC milliseconds, if nobody takes room meanwhile.
    pub order_before: i64,
    /// Where the parcel leaves from that comes last.
    pub place: LocationId,
}

/// What arrivals follow from.
#[derive(Clone, Copy)]
pub struct Outlook<'w> {
    /// Goods, places, rates.
    pub world: &'w World,
    /// Carriers' timetables.
    pub board: &'w Board,
    /// The moment of the order, in UTC milliseconds.
    pub now: i64,
}

impl<'w> Outlook<'w> {
    /// What is sold with parcels at a rate: of the last of them to arrive. `None` where a place does not open in the next
    /// weeks.
    #[must_use]
    pub fn arrival(
        &self,
        sources: &Sources,
        rate: &ShippingRate,
        (country, postal_code): (Country, &str),
    ) -> Option<Arrival> {
        let of = |place: LocationId, grams: u32| {
            let sending = Sending {
                country,
                postal_code,
                level: &rate.service_level,
                place,
                grams,
                at: self.now,
            };
            let ride = self.ride(&sending);
            ride.map_or_else(
                || parcel_arrival(self.world, place, rate.transit_days, self.now),
                |ride| Some(arrival_of(place, &ride)),
            )
        };
        let parcels = match sources {
            Sources::One(place, grams) => return of(*place, *grams),
            Sources::Several(parcels) => parcels,
        };
        let mut last: Option<Arrival> = None;
        for (place, grams) in parcels {
            let next = of(*place, *grams)?;
            last = Some(last.map_or(next, |last| last.with(next)));
        }
        last
    }

    /// What timetables say of a parcel.
    #[must_use]
    pub fn ride(&self, sending: &Sending<'_>) -> Option<Ride<'w>> {
        if self.board.is_empty() {
            return None;
        }
        self.board.ride(self.world, sending)
    }

    /// What is sold with a way of delivery: when the goods arrive, or from when they can be collected. `None` where
    /// nothing can be promised.
    #[must_use]
    pub fn promised(&self, intent: &Intent, delivery: Delivery) -> Option<Promise> {
        match delivery {
            Delivery::Ship(rate) => {
                let rate = self.world.shipping_rate(rate)?;
                let sources = sources(self.world, intent)?;
                let to = intent.destination.as_ref()?;
                let to = (to.country?, to.postal_code.as_str());
                Some(self.arrival(&sources, rate, to)?.promise)
            }
            Delivery::Pickup(place) | Delivery::CarryOut(place) => {
                let ready = ready_for_pickup(self.world.location(place)?, self.now)?;
                Some(promise_of_pickup(&ready))
            }
        }
    }
}

impl Arrival {
    /// Both parcels: the last one counts, and the first that can be missed.
    fn with(self, other: Self) -> Self {
        let later = match other.promise.latest > self.promise.latest {
            true => other,
            false => self,
        };
        Self {
            order_before: self.order_before.min(other.order_before),
            ..later
        }
    }
}

/// What a timetable says, as it is kept with the order.
fn arrival_of(place: LocationId, ride: &Ride<'_>) -> Arrival {
    let times = ride.promise.times;
    Arrival {
        promise: Promise {
            earliest: times.deliver_min_s * 1_000,
            latest: times.deliver_max_s * 1_000,
        },
        // The second is over when the next begins.
        order_before: ride.promise.order_before_s * 1_000 + 999,
        place,
    }
}

/// Places and rates whose promises are kept per thread.
const KEPT_MAX: usize = 16;

/// A promise that was worked out, with everything it follows from.
struct Kept {
    /// The location as it was: a changed one is another record.
    location: Arc<Record>,
    transit_days: (u8, u8),
    /// Minutes since the epoch; a begun one counts as over, as in [`minute_of`].
    minute: i64,
    arrival: Option<Arrival>,
}

impl Kept {
    fn is_of(&self, location: &Location) -> bool {
        matches!(&*self.location, Record::Location(kept) if std::ptr::eq(kept, location))
    }
}

thread_local! {
    /// Calendars are the costly part of an order's way through the door, and within a minute all orders from
    /// a place get the same answer.
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

/// What is sold with a parcel from a place, by the days that the rate takes.
#[must_use]
pub fn parcel_arrival(
    world: &World,
    place: LocationId,
    transit_days: (u8, u8),
    now: i64,
) -> Option<Arrival> {
    let location = world.location(place)?;
    let minute = (now + 59_999).div_euclid(60_000);
    KEPT.with_borrow_mut(|kept| {
        let known = kept
            .iter()
            .find(|k| (k.minute, k.transit_days) == (minute, transit_days) && k.is_of(location));
        if let Some(known) = known {
            return known.arrival;
        }
        let arrival = arrival_by_days(location, transit_days, now);
        kept.retain(|k| k.minute == minute);
        if kept.len() >= KEPT_MAX {
            kept.remove(0);
        }
        kept.push(Kept {
            location: world.record_arc(RecordKind::Location, place.0)?,
            transit_days,
            minute,
            arrival,
        });
        arrival
    })
}

fn arrival_by_days(location: &Location, transit_days: (u8, u8), now: i64) -> Option<Arrival> {
    let leaves = dispatch_day(location, now)?;
    let days = arrival(location, transit_days, now)?;
    let cutoff = at_minute(location, leaves, i64::from(location.ship_cutoff_minute))?;
    Some(Arrival {
        promise: promise_of_days(location, days)?,
        order_before: cutoff.timestamp().as_millisecond() - 1,
        place: location.id,
    })
}

/// How far away a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// The same day.
    Today,
    /// The next day.
    Tomorrow,
    /// Any other.
    Later,
}

/// What is asked for: variants and pieces, line by line.
#[must_use]
pub fn needs(items: &[Item]) -> Vec<Need> {
    let numbered = items.iter().zip(1u16..);
    numbered
        .map(|(item, line)| Need {
            line,
            variant: item.variant,
            quantity: item.quantity,
        })
        .collect()
}

/// How far `date` is from the day that `now` is in the location's zone.
#[must_use]
pub fn nearness(location: &Location, date: Date, now: i64) -> Nearness {
    let today = local(location, now).date();
    if date == today {
        Nearness::Today
    } else if today.checked_add(1.day()).is_ok_and(|t| t == date) {
        Nearness::Tomorrow
    } else {
        Nearness::Later
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::code::Country;
    use commerce::id::LocationId;
    use commerce::settings::{Address, LocationKind};

    const NINE_TO_SEVEN: (u16, u16) = (9 * 60, 19 * 60);

    /// Open Monday to Friday 9–19 with a break at noon on Wednesday, Saturday 10–14.
    fn place(zone: &str, lead: u32, cutoff: u16) -> Location {
        let mut hours: [Vec<(u16, u16)>; 7] = Default::default();
        for day in &mut hours[..5] {
            *day = vec![NINE_TO_SEVEN];
        }
        hours[2] = vec![(9 * 60, 12 * 60), (14 * 60, 19 * 60)];
        hours[5] = vec![(10 * 60, 14 * 60)];
        Location {
            id: LocationId(1),
            code: "mitte".into(),
            name: "Mitte".into(),
            kind: LocationKind::Shop,
            address: Address {
                country: Country::parse("DE"),
                ..Address::default()
            },
            latitude_micro: 0,
            longitude_micro: 0,
            time_zone: zone.into(),
            hours,
            hours_text: String::new(),
            closed_on: vec![20_261_225],
            ships: true,
            collects: true,
            sells: true,
            pickup_lead_minutes: lead,
            ship_cutoff_minute: cutoff,
            rank: 1,
        }
    }

    fn ms(text: &str) -> i64 {
        let zoned: Zoned = text.parse().expect("a moment with a zone");
        zoned.timestamp().as_millisecond()
    }

    #[test]
    fn collection_is_ready_after_the_lead_time_in_opening_hours() {
        // now in Berlin → ready in Berlin, with one hour of lead
        for (now, ready) in [
            ("2026-12-01T10:00[Europe/Berlin]", "2026-12-01T11:00"),
            ("2026-12-01T10:00:01[Europe/Berlin]", "2026-12-01T11:01"),
            // Before opening, after closing, too late in the day.
            ("2026-12-01T06:30[Europe/Berlin]", "2026-12-01T10:00"),
            ("2026-12-01T20:00[Europe/Berlin]", "2026-12-02T10:00"),
            ("2026-12-01T18:30[Europe/Berlin]", "2026-12-02T09:30"),
            ("2026-12-01T18:00[Europe/Berlin]", "2026-12-02T09:00"),
            // Over the noon break.
            ("2026-12-02T11:40[Europe/Berlin]", "2026-12-02T14:40"),
            // Over the weekend; over Christmas Day, which is closed, into Saturday.
            ("2026-12-05T13:30[Europe/Berlin]", "2026-12-07T09:30"),
            ("2026-12-24T18:45[Europe/Berlin]", "2026-12-26T10:45"),
            // The clock goes back on 25 October 2026 and forward on 28 March 2027.
            ("2026-10-24T13:30[Europe/Berlin]", "2026-10-26T09:30"),
            ("2027-03-27T13:30[Europe/Berlin]", "2027-03-29T09:30"),
        ] {
            let found = ready_for_pickup(&place("Europe/Berlin", 60, 0), ms(now)).expect(now);
            assert_eq!(found.datetime().to_string(), format!("{ready}:00"), "{now}");
        }
    }

    #[test]
    fn the_locations_clock_decides_not_the_servers() {
        // 23:30 UTC is 08:30 the next morning in Shanghai.
        let now = ms("2026-12-01T23:30[UTC]") + 60_000 * 60;
        let ready = ready_for_pickup(&place("Asia/Shanghai", 60, 0), now).expect("opens");
        assert_eq!(ready.datetime().to_string(), "2026-12-02T10:00:00");
        let late = ms("2026-12-01T16:30[Europe/Berlin]");
        let new_york = place("America/New_York", 0, 17 * 60);
        assert_eq!(
            dispatch_day(&new_york, late),
            Some(jiff::civil::date(2026, 12, 1))
        );
        let shanghai = place("Asia/Shanghai", 0, 17 * 60);
        assert_eq!(
            dispatch_day(&shanghai, late),
            Some(jiff::civil::date(2026, 12, 2))
        );
    }

    #[test]
    fn parcels_leave_by_the_cutoff_and_arrive_on_working_days() {
        // now → leaves, arrives in one to two working days; cut-off at 16:00
        for (now, leaves, arrives) in [
            (
                "2026-12-01T15:59[Europe/Berlin]",
                "2026-12-01",
                "2026-12-02 2026-12-03",
            ),
            (
                "2026-12-01T16:00[Europe/Berlin]",
                "2026-12-02",
                "2026-12-03 2026-12-04",
            ),
            (
                "2026-12-04T12:00[Europe/Berlin]",
                "2026-12-04",
                "2026-12-07 2026-12-08",
            ),
            // Leaves on Saturday, arrives from Monday.
            (
                "2026-12-05T12:00[Europe/Berlin]",
                "2026-12-05",
                "2026-12-07 2026-12-08",
            ),
            (
                "2026-12-05T17:00[Europe/Berlin]",
                "2026-12-07",
                "2026-12-08 2026-12-09",
            ),
            (
                "2026-12-24T17:00[Europe/Berlin]",
                "2026-12-26",
                "2026-12-28 2026-12-29",
            ),
        ] {
            let from = place("Europe/Berlin", 0, 16 * 60);
            assert_eq!(dispatch_day(&from, ms(now)).expect(now).to_string(), leaves);
            let (first, last) = arrival(&from, (1, 2), ms(now)).expect(now);
            assert_eq!(format!("{first} {last}"), arrives, "{now}");
        }
    }

    #[test]
    fn the_same_is_promised_until_the_cutoff_of_the_day_on_which_it_leaves() {
        let from = place("Europe/Berlin", 0, 16 * 60);
        for (now, until) in [
            (
                "2026-12-01T09:00[Europe/Berlin]",
                "2026-12-01T16:00[Europe/Berlin]",
            ),
            (
                "2026-12-01T16:00[Europe/Berlin]",
                "2026-12-02T16:00[Europe/Berlin]",
            ),
            // Closed on Sunday.
            (
                "2026-12-05T17:00[Europe/Berlin]",
                "2026-12-07T16:00[Europe/Berlin]",
            ),
        ] {
            let found = arrival_by_days(&from, (1, 2), ms(now)).expect(now);
            assert_eq!(found.order_before, ms(until) - 1, "{now}");
            let last = arrival_by_days(&from, (1, 2), found.order_before).expect(now);
            let late = arrival_by_days(&from, (1, 2), found.order_before + 1).expect(now);
            assert_eq!(found, last);
            assert!(late.promise.latest > last.promise.latest, "{now}");
        }
        let mut midnight = from;
        midnight.ship_cutoff_minute = 24 * 60;
        let found = arrival_by_days(&midnight, (1, 1), ms("2026-12-01T09:00[Europe/Berlin]"));
        let until = ms("2026-12-02T00:00[Europe/Berlin]") - 1;
        assert_eq!(found.map(|a| a.order_before), Some(until));
    }

    #[test]
    fn of_two_parcels_the_last_counts_and_the_first_that_can_be_missed() {
        let arrival = |latest, order_before| Arrival {
            promise: Promise {
                earliest: latest - 1,
                latest,
            },
            order_before,
            place: LocationId(latest.unsigned_abs()),
        };
        let (near, far) = (arrival(10, 3), arrival(20, 5));
        let both = Arrival {
            order_before: 3,
            ..far
        };
        assert_eq!((near.with(far), far.with(near)), (both, both));
    }

    #[test]
    fn a_place_that_never_opens_promises_nothing() {
        let mut closed = place("Europe/Berlin", 60, 16 * 60);
        closed.hours = Default::default();
        assert_eq!(ready_for_pickup(&closed, 0), None);
        assert_eq!(arrival(&closed, (1, 2), 0), None);
        closed.time_zone = "Nowhere/At_all".into();
        assert_eq!(zone_of(&closed), TimeZone::UTC);
    }

    #[test]
    fn days_become_a_span_of_time_where_the_goods_leave_from() {
        let from = place("Europe/Berlin", 0, 16 * 60);
        let day = jiff::civil::date(2026, 12, 2);
        let promise = promise_of_days(&from, (day, day)).expect("a day");
        assert_eq!(promise.earliest, ms("2026-12-02T00:00[Europe/Berlin]"));
        assert_eq!(promise.latest, ms("2026-12-03T00:00[Europe/Berlin]") - 1);
        let now = ms("2026-12-01T12:00[Europe/Berlin]");
        assert_eq!(nearness(&from, day, now), Nearness::Tomorrow);
        assert_eq!(
            nearness(&from, day.yesterday().unwrap(), now),
            Nearness::Today
        );
    }
}
