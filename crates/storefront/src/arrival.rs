//! When goods arrive, in words.

use crate::promise;
use api::i18n::Texts;
use commerce::checkout::Promise;
use commerce::code::Country;
use commerce::delay::{Delay, DelayReason};
use commerce::order::{Fulfillment, FulfillmentState, Group, Method};
use commerce::settings::Location;
use jiff::civil::{Date, Time};

/// From when until when on a day, where that is said: within one day that is not promised as a whole, in the country where
/// the goods leave from, whose clocks are these.
pub fn hours(from: &Location, promise: Promise, to: Option<Country>) -> Option<(Time, Time)> {
    let first = promise::local(from, promise.earliest);
    let last = promise::local(from, promise.latest);
    let is_part = first.date() == last.date() && first.time() > Time::midnight();
    (is_part && from.address.country == to).then(|| (first.time(), last.time()))
}

/// A day or a span of days, with the hours if they are known.
pub fn span(texts: Texts, (first, last): (Date, Date), hours: Option<(Time, Time)>) -> String {
    let days = texts.day_span(first, last);
    match hours {
        Some(hours) => format!("{days}, {}", texts.time_span(hours)),
        None => days,
    }
}

/// The arrival that was sold with an order, or from when it can be collected. `from` is where its first parcel leaves.
pub fn sold(texts: Texts, group: &Group, from: &Location) -> Option<String> {
    let promise = group.promise?;
    let first = promise::local(from, promise.earliest);
    let last = promise::local(from, promise.latest);
    if group.fulfillments.iter().any(|f| f.method == Method::Ship) {
        let country = group.destination.as_ref().and_then(|d| d.country);
        let hours = hours(from, promise, country);
        let days = span(texts, (first.date(), last.date()), hours);
        return Some(texts.with("delivery.arrives", &[("days", &days)]));
    }
    let (day, time) = (texts.day(first.date()), texts.time(first.time()));
    let when = texts.with("pickup.later", &[("day", &day), ("time", &time)]);
    Some(texts.with("pickup.at", &[("shop", &from.name), ("when", &when)]))
}

/// What is expected instead of what was sold, and why, if a parcel that is not there yet will be later: the last of them.
/// `from` is where the order's first parcel leaves.
pub fn late(texts: Texts, group: &Group, from: &Location) -> Option<[String; 2]> {
    let is_awaited = |f: &Fulfillment| {
        let state = f.state;
        state != FulfillmentState::Delivered && state != FulfillmentState::Canceled
    };
    let awaited = group.fulfillments.iter().filter(|f| is_awaited(f));
    let delays = awaited.filter_map(|f| group.delay(f.id));
    let last = delays.max_by_key(|delay| delay.expected)?;
    Some([
        expected(texts, last, from),
        texts.t(reason(last.reason)).to_string(),
    ])
}

/// By when a parcel is expected that will be late.
pub fn expected(texts: Texts, delay: &Delay, from: &Location) -> String {
    let day = texts.day(promise::local(from, delay.expected).date());
    texts.with("delay.expected", &[("day", &day)])
}

/// Why a parcel is late, as its buyer is told.
pub fn reason(reason: DelayReason) -> &'static str {
    match reason {
        DelayReason::Closed => "delay.closed",
        DelayReason::Missed => "delay.missed",
        DelayReason::Rescheduled => "delay.rescheduled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::i18n::Language;
    use jiff::civil::{date, time};

    fn shop() -> Location {
        let world = crate::tests::world();
        let location = world.locations().next();
        location.expect("a place").clone()
    }

    fn at(text: &str) -> i64 {
        let zoned: jiff::Zoned = text.parse().expect("a moment");
        zoned.timestamp().as_millisecond()
    }

    #[test]
    fn hours_are_said_within_one_day_where_the_clocks_are_the_same() {
        let germany = Country::parse("DE");
        // From, until, to which country → hours.
        let afternoon = Some((time(14, 0, 0, 0), time(18, 30, 0, 0)));
        for (from, until, to, expected) in [
            ("2026-12-01T14:00", "2026-12-01T18:30", germany, afternoon),
            (
                "2026-12-01T14:00",
                "2026-12-01T18:30",
                Country::parse("PT"),
                None,
            ),
            ("2026-12-01T14:00", "2026-12-02T18:30", germany, None),
            // A whole day, as the days of a rate say it.
            ("2026-12-01T00:00", "2026-12-01T23:59:59", germany, None),
        ] {
            let moment = |text: &str| at(&format!("{text}[Europe/Berlin]"));
            let promise = Promise {
                earliest: moment(from),
                latest: moment(until),
            };
            assert_eq!(hours(&shop(), promise, to), expected, "{from} {until}");
        }
    }

    #[test]
    fn spans_are_said_in_each_language() {
        let (first, last) = (date(2026, 12, 1), date(2026, 12, 3));
        let hours = Some((time(14, 0, 0, 0), time(18, 30, 0, 0)));
        let said = |language, hours| span(Texts::of(language), (first, first), hours);
        assert!(said(Language::En, hours).ends_with(", 14:00–18:30"));
        assert!(said(Language::De, hours).ends_with(", 14:00–18:30\u{a0}Uhr"));
        assert!(said(Language::Zh, hours).ends_with(", 14:00–18:30"));
        assert!(!said(Language::En, None).contains(':'));
        let days = span(Texts::of(Language::En), (first, last), None);
        assert!(days.contains(" – "), "{days}");
    }
}
