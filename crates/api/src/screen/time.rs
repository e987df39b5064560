//! The shop's day: from midnight to midnight in the time zone of its first location.

use ::screen::Span;
use commerce::world::World;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// The name of the shop's time zone; UTC while it has no location.
pub fn zone_name_of(world: &World) -> &str {
    let first = world.locations().min_by_key(|l| (l.rank, l.id));
    first.map_or("UTC", |l| l.time_zone.as_str())
}

/// The shop's time zone.
pub fn zone_of(world: &World) -> TimeZone {
    TimeZone::get(zone_name_of(world)).unwrap_or(TimeZone::UTC)
}

fn span(midnight: Result<Zoned, jiff::Error>) -> Option<Span> {
    let from = midnight.ok()?;
    let to = from.checked_add(1.day()).ok()?.start_of_day().ok()?;
    Some(Span {
        from: from.timestamp().as_millisecond(),
        to: to.timestamp().as_millisecond(),
    })
}

fn at(ms: i64, zone: &TimeZone) -> Option<Zoned> {
    let at = Timestamp::from_millisecond(ms).ok()?;
    Some(at.to_zoned(zone.clone()))
}

/// The day that a moment belongs to, in UTC milliseconds.
pub fn span_at(ms: i64, zone: &TimeZone) -> Span {
    let found = at(ms, zone).and_then(|at| span(at.start_of_day()));
    // Only for moments beyond the calendar.
    found.unwrap_or(Span { from: 0, to: 0 })
}

/// The day of a date such as `2026-11-11`; `None` for what is no date.
pub fn span_of(date: &str, zone: &TimeZone) -> Option<Span> {
    let date: Date = date.parse().ok()?;
    span(date.to_zoned(zone.clone()))
}

/// The date of a moment.
pub fn day_of(ms: i64, zone: &TimeZone) -> String {
    at(ms, zone).map_or_else(String::new, |at| at.date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_the_place_and_as_long_as_it_is() {
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let hours = |date| {
            let span = span_of(date, &zone).expect("a date");
            assert_eq!(span_at(span.from, &zone), span);
            assert_eq!(span_at(span.to - 1, &zone), span);
            assert_eq!(day_of(span.from, &zone), date);
            (span.to - span.from) / 3_600_000
        };
        assert_eq!(hours("2026-11-11"), 24);
        assert_eq!(hours("2026-10-25"), 25);
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(span_of("yesterday", &zone), None);
    }
}
