//! Opening hours as people write them: `Mo-Fr 09:00-19:00; Sa 10:00-18:00`.
//!
//! It reads the part of the OpenStreetMap form that a shop needs: days, lists and ranges of days, several
//! ranges of times, `off`, and `24/7`. A later rule replaces an earlier one for the days it names.

use commerce::settings::Hours;

const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const DAY_MINUTES: u16 = 24 * 60;

/// Reads `HH:MM` as minutes after midnight; `24:00` is the day's end.
pub fn minute_parse(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |s: &str| {
        let digits = s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit());
        s.parse::<u16>().ok().filter(|_| digits)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let all = hours * 60 + minutes;
    (minutes < 60 && all <= DAY_MINUTES).then_some(all)
}

/// Reads opening hours, Monday first; a day that is not named is closed.
///
/// # Errors
/// Which part is not understood.
pub fn hours_parse(text: &str) -> Result<[Hours; 7], String> {
    let mut week: [Hours; 7] = Default::default();
    for rule in text.split(';').map(str::trim).filter(|r| !r.is_empty()) {
        if rule == "24/7" {
            week = std::array::from_fn(|_| vec![(0, DAY_MINUTES)]);
            continue;
        }
        let (days, times) = match rule.split_once(' ') {
            Some((days, times)) if !days.contains(':') => (days_parse(days)?, times),
            _ if rule.contains(':') => ([true; 7], rule),
            _ => return Err(format!("`{rule}` has no times, such as Mo-Fr 09:00-19:00")),
        };
        let times = times_parse(times)?;
        for (hours, _) in week.iter_mut().zip(days).filter(|(_, named)| *named) {
            hours.clone_from(&times);
        }
    }
    Ok(week)
}

fn days_parse(text: &str) -> Result<[bool; 7], String> {
    let day = |name: &str| {
        let place = DAYS.iter().position(|d| *d == name);
        place.ok_or_else(|| format!("`{name}` is not a day; days are {}", DAYS.join(", ")))
    };
    let mut named = [false; 7];
    for part in text.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (mut at, to) = (day(from)?, day(to)?);
        named[at] = true;
        while at != to {
            at = (at + 1) % DAYS.len();
            named[at] = true;
        }
    }
    Ok(named)
}

fn times_parse(text: &str) -> Result<Hours, String> {
    let text = text.trim();
    if matches!(text, "off" | "closed") {
        return Ok(Hours::new());
    }
    let mut hours = Hours::new();
    for part in text.split(',').map(str::trim) {
        let range = part.split_once('-');
        let range =
            range.and_then(|(a, b)| Some((minute_parse(a.trim())?, minute_parse(b.trim())?)));
        let (from, to) =
            range.ok_or_else(|| format!("`{part}` is not a range such as 09:00-19:00"))?;
        if from >= to {
            return Err(format!(
                "`{part}` must end later on the same day, at the latest at 24:00"
            ));
        }
        if hours.last().is_some_and(|&(_, before)| from < before) {
            return Err(format!("`{part}` begins before the range before it ends"));
        }
        hours.push((from, to));
    }
    Ok(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        match hours_parse(text) {
            Err(reason) => format!("! {reason}"),
            Ok(week) => {
                let day = |hours: &Hours| {
                    let ranges: Vec<String> =
                        hours.iter().map(|(a, b)| format!("{a}-{b}")).collect();
                    if ranges.is_empty() {
                        "·".to_string()
                    } else {
                        ranges.join("+")
                    }
                };
                week.iter().map(day).collect::<Vec<_>>().join(" ")
            }
        }
    }

    #[test]
    fn hours_are_read_or_the_fault_is_named() {
        for (text, expected) in [
            ("", "· · · · · · ·"),
            (
                "Mo-Fr 09:00-19:00; Sa 10:00-18:00",
                "540-1140 540-1140 540-1140 540-1140 540-1140 600-1080 ·",
            ),
            (
                "Mo,We 09:00-12:00,13:00-18:30",
                "540-720+780-1110 · 540-720+780-1110 · · · ·",
            ),
            (
                "08:00-20:00; Su off",
                "480-1200 480-1200 480-1200 480-1200 480-1200 480-1200 ·",
            ),
            ("Sa-Mo 10:00-24:00", "600-1440 · · · · 600-1440 600-1440"),
            (
                "24/7; We closed",
                "0-1440 0-1440 · 0-1440 0-1440 0-1440 0-1440",
            ),
            ("Mo", "! `Mo` has no times, such as Mo-Fr 09:00-19:00"),
            (
                "Mon 09:00-10:00",
                "! `Mon` is not a day; days are Mo, Tu, We, Th, Fr, Sa, Su",
            ),
            (
                "PH off",
                "! `PH` is not a day; days are Mo, Tu, We, Th, Fr, Sa, Su",
            ),
            ("Mo 9-10", "! `9-10` is not a range such as 09:00-19:00"),
            (
                "Mo 09:00-25:00",
                "! `09:00-25:00` is not a range such as 09:00-19:00",
            ),
            (
                "Mo 09:60-10:00",
                "! `09:60-10:00` is not a range such as 09:00-19:00",
            ),
            (
                "Fr 22:00-02:00",
                "! `22:00-02:00` must end later on the same day, at the latest at 24:00",
            ),
            (
                "Fr 09:00-12:00,11:00-13:00",
                "! `11:00-13:00` begins before the range before it ends",
            ),
        ] {
            assert_eq!(show(text), expected, "{text}");
        }
    }
}
