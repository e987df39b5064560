//! Opening hours in the reader's words: `Mon–Fri 10:00–19:00, Sat 09:30–18:00`.

use api::i18n::{Language, Texts};
use jiff::civil::Weekday;

/// Hours of a day, in minutes after midnight; empty when closed.
type Day = Vec<(u16, u16)>;

const DAY_MINUTES: u16 = 24 * 60;

/// The hours of a week from Monday on; days in a row with the same hours are one entry, closed days none.
pub fn opening_hours(texts: Texts, week: &[Day; 7]) -> String {
    let always = |day: &Day| *day == [(0, DAY_MINUTES)];
    if week.iter().all(always) {
        return texts.t("hours.always").to_string();
    }
    let mut entries = Vec::new();
    let mut first = 0;
    while first < week.len() {
        let alike = week[first..].iter().take_while(|day| **day == week[first]);
        let last = first + alike.count() - 1;
        if !week[first].is_empty() {
            entries.push(entry(texts, first, last, &week[first]));
        }
        first = last + 1;
    }
    let between = if texts.language() == Language::Zh {
        "，"
    } else {
        ", "
    };
    entries.join(between)
}

fn entry(texts: Texts, first: usize, last: usize, day: &Day) -> String {
    let mut days = name(texts, first);
    if last > first {
        // Two days stand side by side; more are a span.
        let to = match (last - first, texts.language()) {
            (1, Language::Zh) => "、",
            (1, _) => ", ",
            (_, Language::Zh) => "至",
            _ => "–",
        };
        days = format!("{days}{to}{}", name(texts, last));
    }
    let spans: Vec<String> = day
        .iter()
        .map(|&(opens, closes)| format!("{}–{}", clock(opens), clock(closes)))
        .collect();
    // What belongs together is not torn apart at the end of a line.
    format!("{days}\u{a0}{}", spans.join("\u{a0}+\u{a0}"))
}

fn name(texts: Texts, day: usize) -> String {
    let weekday = Weekday::from_monday_zero_offset(day as i8).expect("0 to 6 is a day of the week");
    texts.weekday(weekday).trim_end_matches('.').to_string()
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(week: [&[(u16, u16)]; 7], en: &str, de: &str, zh: &str) {
        let week = week.map(<[_]>::to_vec);
        for (language, expected) in [(Language::En, en), (Language::De, de), (Language::Zh, zh)] {
            let text = opening_hours(Texts::of(language), &week);
            assert_eq!(text.replace('\u{a0}', " "), expected);
        }
    }

    #[test]
    fn days_with_the_same_hours_are_one_entry() {
        let day: &[_] = &[(600, 1140)];
        let noon: &[_] = &[(570, 720), (840, 1080)];
        check(
            [day, day, day, day, day, noon, &[]],
            "Mon–Fri 10:00–19:00, Sat 09:30–12:00 + 14:00–18:00",
            "Mo–Fr 10:00–19:00, Sa 09:30–12:00 + 14:00–18:00",
            "周一至周五 10:00–19:00，周六 09:30–12:00 + 14:00–18:00",
        );
        check(
            [&[], &[], &[], &[], day, noon, noon],
            "Fri 10:00–19:00, Sat, Sun 09:30–12:00 + 14:00–18:00",
            "Fr 10:00–19:00, Sa, So 09:30–12:00 + 14:00–18:00",
            "周五 10:00–19:00，周六、周日 09:30–12:00 + 14:00–18:00",
        );
        let all: &[_] = &[(0, 1440)];
        check(
            [all; 7],
            "Open day and night",
            "Tag und Nacht offen",
            "24 小时营业",
        );
    }
}
