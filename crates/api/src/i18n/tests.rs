//! The tables are complete and equal; the forms are right.

use super::{Language, Texts, negotiate, table};
use commerce::{Currency, Money};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};

fn placeholders(text: &str) -> BTreeSet<&str> {
    let after = text.split('{').skip(1);
    after
        .filter_map(|t| t.split_once('}').map(|(name, _)| name))
        .collect()
}

fn tables() -> [BTreeMap<&'static str, &'static str>; 3] {
    table::SOURCES.map(|source| table::lines(source).collect())
}

#[test]
fn every_line_is_a_comment_or_a_text_and_no_key_comes_twice() {
    for source in table::SOURCES {
        let mut seen = BTreeSet::new();
        for line in source
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
        {
            let (key, text) = line.split_once(" = ").expect(line);
            assert!(!text.trim().is_empty(), "{key} is empty");
            assert_eq!(text, text.trim(), "{key} has blanks at its ends");
            assert!(seen.insert(key), "{key} comes twice");
        }
    }
}

#[test]
fn all_languages_have_all_keys_with_the_same_placeholders() {
    let [en, de, zh] = tables();
    for (key, text) in &en {
        for (name, other) in [("de", &de), ("zh", &zh)] {
            match other.get(key) {
                Some(theirs) => {
                    assert_eq!(placeholders(text), placeholders(theirs), "{key} in {name}")
                }
                None => assert!(
                    name == "zh" && key.ends_with(".one"),
                    "{key} is missing in {name}"
                ),
            }
        }
    }
    for (name, other) in [("de", &de), ("zh", &zh)] {
        for key in other.keys() {
            assert!(en.contains_key(key), "{key} is in {name} alone");
        }
    }
}

#[test]
fn texts_keep_to_the_house_style() {
    for table in tables() {
        for (key, text) in table {
            assert!(
                !text.contains(['!', '！']) && !text.to_lowercase().contains("oops"),
                "{key}: plain words, no exclamation marks"
            );
        }
    }
}

#[test]
fn amounts_are_written_as_readers_expect() {
    for (minor, currency, en, de, zh) in [
        (1295, "EUR", "€12.95", "12,95 €", "€12.95"),
        (
            123_456_789,
            "EUR",
            "€1,234,567.89",
            "1.234.567,89 €",
            "€1,234,567.89",
        ),
        (5, "EUR", "€0.05", "0,05 €", "€0.05"),
        (-5, "EUR", "−€0.05", "−0,05 €", "−€0.05"),
        (-123_456, "USD", "−$1,234.56", "−1.234,56 $", "−US$1,234.56"),
        (1200, "JPY", "¥1,200", "1.200 ¥", "JP¥1,200"),
        (8800, "CNY", "CN¥88.00", "88,00 CN¥", "¥88.00"),
        (2950, "CHF", "CHF 29.50", "29,50 CHF", "CHF 29.50"),
        (1234, "KWD", "KWD 1.234", "1,234 KWD", "KWD 1.234"),
        (295, "GBP", "£2.95", "2,95 £", "£2.95"),
    ] {
        let currency = Currency::parse(currency).expect("a code");
        let money = Money { minor, currency };
        for (language, expected) in [(Language::En, en), (Language::De, de), (Language::Zh, zh)] {
            let written = Texts::of(language).money(money).replace('\u{a0}', " ");
            assert_eq!(written, expected);
        }
    }
}

#[test]
fn numbers_percentages_and_dates() {
    let [en, de, zh] = Language::ALL.map(Texts::of);
    let plain = |text: String| text.replace('\u{a0}', " ");
    assert_eq!(en.number(1_234_567), "1,234,567");
    assert_eq!(de.number(-1_000), "−1.000");
    assert_eq!(zh.number(999), "999");
    assert_eq!(plain(de.percent(190_000)), "19 %");
    assert_eq!(en.percent(77_000), "7.7%");
    assert_eq!(zh.percent(0), "0%");
    assert_eq!((en.tenths(43), de.tenths(50)), ("4.3".into(), "5,0".into()));
    let day = date(2026, 12, 1);
    assert_eq!(plain(en.day(day)), "Tue 1 Dec");
    assert_eq!(plain(de.day(day)), "Di., 1. Dez.");
    assert_eq!(plain(zh.day(day)), "12月1日周二");
    assert_eq!(
        plain(en.day_span(day, date(2026, 12, 3))),
        "Tue 1 Dec – Thu 3 Dec"
    );
    assert_eq!(plain(en.day_span(day, day)), "Tue 1 Dec");
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").expect("bundled");
    let at = 1_796_135_400_000;
    assert_eq!(plain(en.moment_in(at, &berlin)), "1 Dec 2026, 15:30");
    assert_eq!(plain(de.moment_in(at, &berlin)), "1. Dez. 2026, 15:30 Uhr");
    assert_eq!(plain(zh.moment_in(at, &berlin)), "2026年12月1日 15:30");
}

#[test]
fn values_are_put_in_and_counted() {
    assert_eq!(
        super::fill("{a} of {b}, {c} {", &[("a", &1), ("b", &"{a}")]),
        "1 of {a}, {c} {"
    );
    let [en, de, zh] = Language::ALL.map(Texts::of);
    assert_eq!(en.count("items", 1, &[]), "1 item");
    assert_eq!(en.count("items", 0, &[]), "0 items");
    assert_eq!(de.count("items", 2_000, &[]), "2.000 Artikel");
    assert_eq!(zh.count("items", 1, &[]), "1 件商品");
}

#[test]
fn the_best_language_of_a_browser_is_taken() {
    for (header, expected) in [
        ("", Language::En),
        ("de-AT,de;q=0.9,en;q=0.8", Language::De),
        ("fr-FR,fr;q=0.9,zh-CN;q=0.5,en;q=0.4", Language::Zh),
        ("en;q=0.2, de;q=0.7", Language::De),
        ("de;q=0, en;q=0.1", Language::En),
        ("de;q=x", Language::En),
        ("*;q=0.5", Language::En),
    ] {
        assert_eq!(negotiate(header), expected, "{header}");
    }
}
