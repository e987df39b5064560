//! Numbers, money, dates and times as readers of each language expect them. Integers throughout.

use super::{Language, Texts};
use commerce::Money;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A blank at which no line is broken.
const NO_BREAK: char = '\u{a0}';

impl Texts {
    /// A whole number with its thousands set apart.
    pub fn number(self, value: i64) -> String {
        let digits = value.unsigned_abs().to_string();
        let mark = if self.language == Language::De {
            '.'
        } else {
            ','
        };
        let mut out = String::with_capacity(digits.len() + 8);
        if value < 0 {
            out.push('−');
        }
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }

    /// An amount of money with its currency.
    pub fn money(self, money: Money) -> String {
        let amount = self.amount(money);
        let code = money.currency.as_str();
        let symbol = match (code, self.language) {
            ("EUR", _) => "€",
            ("GBP", _) => "£",
            ("USD", Language::Zh) => "US$",
            ("USD", _) => "$",
            ("JPY", Language::Zh) => "JP¥",
            ("JPY", _) | ("CNY", Language::Zh) => "¥",
            ("CNY", _) => "CN¥",
            (other, _) => other,
        };
        let (sign, amount) = match amount.strip_prefix('−') {
            Some(rest) => ("−", rest),
            None => ("", amount.as_str()),
        };
        if self.language == Language::De {
            format!("{sign}{amount}{NO_BREAK}{symbol}")
        } else if symbol == code {
            format!("{sign}{symbol}{NO_BREAK}{amount}")
        } else {
            format!("{sign}{symbol}{amount}")
        }
    }

    /// An amount of money without its currency.
    fn amount(self, money: Money) -> String {
        let exponent = money.currency.exponent();
        let unit = 10_i64.pow(exponent);
        let whole = self.number(money.minor / unit);
        if exponent == 0 {
            return whole;
        }
        let sign = if money.minor < 0 && money.minor > -unit {
            "−"
        } else {
            ""
        };
        let mark = if self.language == Language::De {
            ','
        } else {
            '.'
        };
        let fraction = (money.minor % unit).unsigned_abs();
        format!(
            "{sign}{whole}{mark}{fraction:0width$}",
            width = exponent as usize
        )
    }

    /// A rate in parts per million as a percentage: `19 %`, `7.7%`.
    pub fn percent(self, ppm: u32) -> String {
        let mut text = (ppm / 10_000).to_string();
        let rest = format!("{:04}", ppm % 10_000);
        let rest = rest.trim_end_matches('0');
        if !rest.is_empty() {
            text.push(if self.language == Language::De {
                ','
            } else {
                '.'
            });
            text.push_str(rest);
        }
        if self.language == Language::De {
            text.push(NO_BREAK);
        }
        text.push('%');
        text
    }

    /// A number of tenths: `4.3`, `4,3`.
    pub fn tenths(self, tenths: u32) -> String {
        let mark = if self.language == Language::De {
            ','
        } else {
            '.'
        };
        format!("{}{mark}{}", tenths / 10, tenths % 10)
    }

    /// A day as people say it when it is near: `Tue 3 Dec`.
    pub fn day(self, date: Date) -> String {
        let weekday = self.weekday(date.weekday());
        let month = self.month(date);
        let day = date.day();
        match self.language {
            Language::En => format!("{weekday}{NO_BREAK}{day}{NO_BREAK}{month}"),
            Language::De => format!("{weekday},{NO_BREAK}{day}.{NO_BREAK}{month}"),
            Language::Zh => format!("{month}{day}日{weekday}"),
        }
    }

    /// Two days as a span: `Tue 3 – Thu 5 Dec`; one day if they are the same.
    pub fn day_span(self, from: Date, to: Date) -> String {
        if from == to {
            return self.day(from);
        }
        format!("{} – {}", self.day(from), self.day(to))
    }

    /// A time of day, in 24 hours.
    pub fn time(self, time: Time) -> String {
        let (hour, minute) = (time.hour(), time.minute());
        match self.language {
            Language::En | Language::Zh => format!("{hour:02}:{minute:02}"),
            Language::De => format!("{hour:02}:{minute:02}{NO_BREAK}Uhr"),
        }
    }

    /// Two times of a day as a span.
    pub fn time_span(self, (from, to): (Time, Time)) -> String {
        let first = format!("{:02}:{:02}", from.hour(), from.minute());
        format!("{first}–{}", self.time(to))
    }

    /// A date with its year.
    pub fn date(self, date: Date) -> String {
        let (year, month, day) = (date.year(), self.month(date), date.day());
        match self.language {
            Language::En => format!("{day} {month} {year}"),
            Language::De => format!("{day}. {month} {year}"),
            Language::Zh => format!("{year}年{month}{day}日"),
        }
    }

    /// The date, with its year, of a moment in UTC milliseconds in a zone.
    pub fn date_in(self, at_ms: i64, zone: &TimeZone) -> String {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        self.date(at.to_zoned(zone.clone()).date())
    }

    /// A date with its year and a time.
    pub fn moment(self, at: &Zoned) -> String {
        let (date, time) = (self.date(at.date()), self.time(at.time()));
        match self.language {
            Language::En | Language::De => format!("{date}, {time}"),
            Language::Zh => format!("{date} {time}"),
        }
    }

    /// A moment in UTC milliseconds as a date and time in a zone.
    pub fn moment_in(self, at_ms: i64, zone: &TimeZone) -> String {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        self.moment(&at.to_zoned(zone.clone()))
    }

    /// The short name of a day of the week.
    pub fn weekday(self, weekday: Weekday) -> &'static str {
        let names = match self.language {
            Language::En => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            Language::De => ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."],
            Language::Zh => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
        };
        names[weekday.to_monday_zero_offset() as usize]
    }

    fn month(self, date: Date) -> &'static str {
        let names = match self.language {
            Language::En => [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ],
            Language::De => [
                "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.",
                "Nov.", "Dez.",
            ],
            Language::Zh => [
                "1月", "2月", "3月", "4月", "5月", "6月", "7月", "8月", "9月", "10月", "11月",
                "12月",
            ],
        };
        names[date.month() as usize - 1]
    }
}
