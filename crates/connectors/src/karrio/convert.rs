//! Between our units and words and Karrio's. Amounts and measures go over as decimal text, exactly; no float is made of
//! them here.

use commerce::money::{Currency, Money};
use commerce::parcel::TrackingStatus;
use serde_json::value::RawValue;

use super::wire;
use crate::carrier::{CarrierSighting, Party};

/// Grams as kilograms.
pub fn kilograms(grams: u32) -> Box<RawValue> {
    decimal(grams, 1_000)
}

/// Millimeters as centimeters.
pub fn centimeters(mm: u16) -> Box<RawValue> {
    decimal(mm.into(), 10)
}

/// `value / unit` as JSON writes it; `unit` is a power of ten.
fn decimal(value: u32, unit: u32) -> Box<RawValue> {
    let (whole, rest) = (value / unit, value % unit);
    let digits = unit.ilog10() as usize;
    let text = match rest {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:0digits$}")
            .trim_end_matches('0')
            .to_string(),
    };
    RawValue::from_string(text).expect("digits and a point are a number")
}

/// An amount as Karrio writes it, in minor units. Karrio adds up floats: digits that the currency does not have are rounded
/// half up. `None` for what is no amount, and for a currency that is none.
pub fn minor(amount: &str, currency: &str) -> Option<i64> {
    let currency = Currency::parse(currency)?;
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = fraction.len().min(currency.exponent() as usize);
    let (kept, rest) = fraction.split_at(kept);
    let money = Money::parse_decimal(&format!("{whole}.{kept}"), currency)?;
    let is_up = rest.bytes().next().is_some_and(|digit| digit >= b'5');
    money.minor.checked_add(i64::from(is_up))
}

/// Somebody, as Karrio is told of them.
pub fn address(party: &Party, company_name: String) -> wire::Address {
    wire::Address {
        person_name: party.name.clone(),
        company_name,
        address_line1: party.street.clone(),
        address_line2: party.street_2.clone(),
        postal_code: party.postal_code.clone(),
        city: party.city.clone(),
        state_code: party.region.clone(),
        country_code: party.country.clone(),
        phone_number: party.phone.clone(),
        email: party.email.clone(),
    }
}

/// Karrio's word for where a parcel is. `unknown` and `cancelled` say nothing of where it is.
pub fn status(word: &str) -> Option<TrackingStatus> {
    if word == "created" {
        return Some(TrackingStatus::Pending);
    }
    TrackingStatus::ALL.into_iter().find(|s| s.word() == word)
}

/// What was seen of a parcel.
///
/// Where the moment comes without its offset, nobody knows when that was: it counts from when it was heard, `now_ms` in UTC
/// milliseconds, and the carrier's words stand in the note. An event without a status of its own has that of the parcel if
/// it is the newest, and is left out otherwise.
pub fn sightings(tracker: &wire::Tracker, now_ms: i64) -> Vec<CarrierSighting> {
    let none = Vec::new();
    let events = tracker.events.as_ref().unwrap_or(&none);
    let of_event = |(place, event): (usize, &wire::TrackingEvent)| {
        let newest = (place == 0).then_some(tracker.status.as_str());
        let status = status(event.status.as_deref().or(newest)?)?;
        Some(sighting(tracker, event, (status, now_ms)))
    };
    if events.is_empty() {
        let nothing = wire::TrackingEvent::default();
        let found = status(&tracker.status).filter(|s| s.has_left());
        let found = found.map(|status| sighting(tracker, &nothing, (status, now_ms)));
        return found.into_iter().collect();
    }
    events.iter().enumerate().filter_map(of_event).collect()
}

fn sighting(
    tracker: &wire::Tracker,
    event: &wire::TrackingEvent,
    (status, now_ms): (TrackingStatus, i64),
) -> CarrierSighting {
    fn text(text: &Option<String>) -> &str {
        text.as_deref().unwrap_or("").trim()
    }
    let spoken = format!("{} {}", text(&event.date), text(&event.time));
    let moment = event.timestamp.as_deref().and_then(moment_ms);
    let when = match moment {
        Some(at) => at.to_string(),
        None => spoken.trim().to_string(),
    };
    let code = match text(&event.code) {
        "" => status.word(),
        code => code,
    };
    let note = match (moment, spoken.trim(), text(&event.description)) {
        (Some(_), _, said) | (None, "", said) => said.to_string(),
        (None, spoken, said) => format!("{spoken} {said}").trim().to_string(),
    };
    CarrierSighting {
        number: tracker.tracking_number.clone(),
        key: Some(format!("{when}|{code}|{}", text(&event.location))),
        at_ms: moment.unwrap_or(now_ms),
        status,
        reason: text(&event.reason).to_string(),
        place: text(&event.location).to_string(),
        note,
        withdraws: false,
    }
}

/// UTC milliseconds of a moment with its offset.
fn moment_ms(text: &str) -> Option<i64> {
    let moment: jiff::Timestamp = text.trim().parse().ok()?;
    Some(moment.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_exact() {
        for (grams, kg) in [
            (1, "0.001"),
            (90, "0.09"),
            (1_250, "1.25"),
            (31_500, "31.5"),
            (2_000, "2"),
            (u32::MAX, "4294967.295"),
        ] {
            assert_eq!(kilograms(grams).get(), kg);
        }
        for (mm, cm) in [(1, "0.1"), (305, "30.5"), (600, "60"), (65_535, "6553.5")] {
            assert_eq!(centimeters(mm).get(), cm);
        }
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, currency, wanted) in [
            ("4.19", "EUR", Some(419)),
            ("4.1", "EUR", Some(410)),
            ("4", "EUR", Some(400)),
            ("0.0", "USD", Some(0)),
            // As a float it is a little less than that.
            ("1.005", "EUR", Some(101)),
            ("13.584999999999999", "EUR", Some(1_358)),
            ("13.995", "EUR", Some(1_400)),
            ("500.0", "JPY", Some(500)),
            ("500.5", "JPY", Some(501)),
            ("1.2345", "KWD", Some(1_235)),
            ("9007199254.93", "EUR", Some(900_719_925_493)),
            ("-1.00", "EUR", None),
            ("1e3", "EUR", None),
            ("1.5e3", "EUR", None),
            ("", "EUR", None),
            ("null", "EUR", None),
            ("\"4.19\"", "EUR", None),
            ("4.19", "euro", None),
        ] {
            assert_eq!(minor(text, currency), wanted, "{text} {currency}");
        }
    }

    #[test]
    fn every_word_for_where_a_parcel_is_is_known() {
        use TrackingStatus as S;
        for (word, wanted) in [
            ("created", Some(S::Pending)),
            ("pending", Some(S::Pending)),
            ("picked_up", Some(S::PickedUp)),
            ("in_transit", Some(S::InTransit)),
            ("on_hold", Some(S::OnHold)),
            ("delivery_delayed", Some(S::DeliveryDelayed)),
            ("out_for_delivery", Some(S::OutForDelivery)),
            ("delivery_failed", Some(S::DeliveryFailed)),
            ("ready_for_pickup", Some(S::ReadyForPickup)),
            ("return_to_sender", Some(S::ReturnToSender)),
            ("delivered", Some(S::Delivered)),
            ("cancelled", None),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(status(word), wanted, "{word}");
        }
    }

    /// `events` as JSON: when, status, place, note and key of each sighting.
    fn check(status: &str, events: &str, wanted: &[(i64, &str, &str, &str, &str)]) {
        let tracker =
            format!(r#"{{"tracking_number":"N1","status":"{status}","events":{events}}}"#);
        let tracker: wire::Tracker = serde_json::from_str(&tracker).expect("a tracker");
        let found = sightings(&tracker, 7_000);
        let found: Vec<_> = found.iter().collect();
        assert!(found.iter().all(|s| s.number == "N1" && !s.withdraws));
        let told: Vec<(i64, &str, &str, &str, &str)> = found
            .iter()
            .map(|s| {
                let key = s.key.as_deref().expect("a key");
                (s.at_ms, s.status.word(), &*s.place, &*s.note, key)
            })
            .collect();
        assert_eq!(told, wanted);
    }

    #[test]
    fn moments_are_taken_with_their_offset_alone() {
        check(
            "in_transit",
            r#"[{"date":"2026-11-29","time":"10:15 AM","timestamp":"2026-11-29T10:15:00.500+01:00","status":"in_transit","code":"T1","description":"Sorted","location":"Bonn"},
                {"timestamp":"2026-11-29T08:00:00.000Z","status":"created","description":"Label","location":null}]"#,
            &[
                (
                    1_795_943_700_500,
                    "in_transit",
                    "Bonn",
                    "Sorted",
                    "1795943700500|T1|Bonn",
                ),
                (
                    1_795_939_200_000,
                    "pending",
                    "",
                    "Label",
                    "1795939200000|pending|",
                ),
            ],
        );
        check(
            "delivered",
            r#"[{"date":"2026-11-29","time":"10:15","timestamp":"2026-11-29T10:15:00","code":"OK","description":"Left at door"},
                {"date":"2026-11-28","time":"09:00","code":"T1","description":"Sorted"},
                {"date":"2026-11-27","status":"cancelled"}]"#,
            &[(
                7_000,
                "delivered",
                "",
                "2026-11-29 10:15 Left at door",
                "2026-11-29 10:15|OK|",
            )],
        );
        check(
            "delivered",
            "null",
            &[(7_000, "delivered", "", "", "|delivered|")],
        );
        check("pending", "[]", &[]);
        check("unknown", r#"[{"description":"?"}]"#, &[]);
    }
}
