//! Moments as answers say them: RFC 3339, in UTC.

use serde::Serialize;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// Where the year 9999 begins, in which the calendar's own moments end; UTC milliseconds.
const DIGITS_END_MS: i64 = 253_370_764_800_000;

/// A moment in UTC milliseconds, spelled as `2026-12-01T09:00:00Z`, with the part of a second if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub i64);

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match Digits::of(self.0) {
            Some(digits) => serializer.serialize_str(digits.as_str()),
            None => serializer.collect_str(&self.timestamp()),
        }
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match Digits::of(self.0) {
            Some(digits) => formatter.write_str(digits.as_str()),
            None => self.timestamp().fmt(formatter),
        }
    }
}

impl Time {
    fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// The text of a moment from 1970 on whose year has four digits.
struct Digits {
    text: [u8; 24],
    length: usize,
}

impl Digits {
    /// Places the digits without asking a calendar: an answer has many moments.
    fn of(at_ms: i64) -> Option<Self> {
        if !(0..DIGITS_END_MS).contains(&at_ms) {
            return None;
        }
        let (year, month, day) = civil((at_ms / DAY_MS) as u32);
        let ms = (at_ms % DAY_MS) as u32;
        let seconds = ms / 1_000;
        let mut digits = Self {
            text: *b"0000-00-00T00:00:00.000Z",
            length: 24,
        };
        digits.put(0, year / 100);
        digits.put(2, year % 100);
        digits.put(5, month);
        digits.put(8, day);
        digits.put(11, seconds / 3_600);
        digits.put(14, seconds / 60 % 60);
        digits.put(17, seconds % 60);
        digits.put_fraction(ms % 1_000);
        Some(digits)
    }

    /// Two digits.
    fn put(&mut self, place: usize, number: u32) {
        self.text[place] += (number / 10) as u8;
        self.text[place + 1] += (number % 10) as u8;
    }

    /// The part of a second, in as few digits as say it, and the end.
    fn put_fraction(&mut self, ms: u32) {
        if ms == 0 {
            self.length = 20;
        } else {
            self.text[20] += (ms / 100) as u8;
            self.put(21, ms % 100);
            while self.text[self.length - 2] == b'0' {
                self.length -= 1;
            }
        }
        self.text[self.length - 1] = b'Z';
    }

    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[..self.length]).expect("digits are ASCII")
    }
}

/// Year, month and day of a day since 1970 in the Gregorian calendar (`civil_from_days` in Howard Hinnant's
/// "chrono-Compatible Low-Level Date Algorithms"): years begin in March, so that leap days come last.
const fn civil(days: u32) -> (u32, u32, u32) {
    const DAYS_BEFORE_1970: u32 = 719_468;
    const DAYS_PER_ERA: u32 = 146_097;
    let days = days + DAYS_BEFORE_1970;
    let (era, of_era) = (days / DAYS_PER_ERA, days % DAYS_PER_ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at_ms: i64) {
        let time = Time(at_ms);
        assert_eq!(time.to_string(), time.timestamp().to_string(), "{at_ms}");
        let spelled = serde_json::to_string(&time).expect("text");
        assert_eq!(spelled, format!("\"{time}\""));
    }

    #[test]
    fn moments_are_spelled_as_the_calendar_spells_them() {
        // Every day of four centuries, which is when the calendar repeats itself, at changing times of day.
        for day in 0..=146_097 {
            check(day * DAY_MS + day * 7_919 % DAY_MS);
        }
        for ms in 0..2_000 {
            check(1_794_312_000_000 + ms);
        }
        let edges = [0, DAY_MS, DIGITS_END_MS];
        for edge in edges {
            (edge - 2..edge + 2).for_each(check);
        }
        [i64::MIN, i64::MAX, -62_167_219_200_001]
            .into_iter()
            .for_each(check);
        assert_eq!(
            Time(1_794_312_000_500).to_string(),
            "2026-11-10T12:00:00.5Z"
        );
    }
}
