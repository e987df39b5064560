//! The tables of a carrier as CSV: where it goes, and what it charges. What was written reads back unchanged.

use super::cells::{Cells, short};
use super::columns::Columns;
use super::read::read_table;
use super::report::FileErrors;
use commerce::carrier::{Area, Carrier, Rate, is_word, postal};
use commerce::code::Country;
use commerce::limits;
use commerce::money::{Currency, Money};
use std::io;

const AREAS: Columns = Columns {
    lines: "areas",
    all: &["country", "postal_prefix", "zone", "sorting_code", "closed"],
    required: &["country", "zone"],
};

const RATES: Columns = Columns {
    lines: "rates",
    all: &["service", "zone", "up_to_grams", "price"],
    required: &["service", "zone", "up_to_grams", "price"],
};

/// Reads areas.
///
/// # Errors
/// Each bad line with its reason.
pub fn areas(name: &str, bytes: &[u8]) -> Result<Vec<Area>, FileErrors> {
    let mut errors = FileErrors::new(name);
    let lines = read_table(bytes, AREAS, &mut errors, |cells| {
        let area = area(cells);
        (cells.line, area)
    });
    once(&lines, &mut errors, "postal_prefix", |a| {
        (a.country, a.prefix.clone())
    });
    finish(lines, errors, limits::AREAS_MAX)
}

/// Reads a rate card in a currency.
///
/// # Errors
/// Each bad line with its reason.
pub fn rates(name: &str, bytes: &[u8], currency: Currency) -> Result<Vec<Rate>, FileErrors> {
    let mut errors = FileErrors::new(name);
    let lines = read_table(bytes, RATES, &mut errors, |cells| {
        let rate = rate(cells, currency);
        (cells.line, rate)
    });
    once(&lines, &mut errors, "up_to_grams", |r| {
        (r.service.clone(), r.zone.clone(), r.up_to_grams)
    });
    finish(lines, errors, limits::RATES_MAX)
}

pub(super) type Lines<T> = Vec<(u64, Option<T>)>;

/// Notes lines that say of something what an earlier one says already.
pub(super) fn once<T, K: Ord>(
    lines: &Lines<T>,
    errors: &mut FileErrors,
    column: &str,
    key: impl Fn(&T) -> K,
) {
    let mut known = std::collections::BTreeMap::new();
    for (line, read) in lines {
        let Some(read) = read else { continue };
        if let Some(before) = known.insert(key(read), *line) {
            errors.at(*line, column, format!("line {before} says the same"));
        }
    }
}

pub(super) fn finish<T>(
    lines: Lines<T>,
    mut errors: FileErrors,
    most: usize,
) -> Result<Vec<T>, FileErrors> {
    if lines.len() > most {
        errors.file(format!("more than {most} lines"));
    }
    if errors.total > 0 {
        errors.sort();
        return Err(errors);
    }
    Ok(lines.into_iter().filter_map(|(_, read)| read).collect())
}

fn area(cells: &mut Cells) -> Option<Area> {
    let country = cells.get("country").unwrap_or_default();
    let country = Country::parse(country).or_else(|| {
        let reason = format!("`{}` is no country such as DE", short(country));
        cells.fail("country", reason);
        None
    });
    let prefix = postal(cells.get("postal_prefix").unwrap_or_default());
    if prefix.len() > limits::POSTAL_PREFIX_MAX {
        let most = limits::POSTAL_PREFIX_MAX;
        cells.fail("postal_prefix", format!("is longer than {most} characters"));
    }
    let zone = word(cells, "zone");
    let sorting = cells.text("sorting_code").unwrap_or_default();
    if sorting.chars().count() > limits::SORTING_CHARS_MAX {
        let most = limits::SORTING_CHARS_MAX;
        cells.fail("sorting_code", format!("is longer than {most} characters"));
    }
    let closed = cells.yes("closed").unwrap_or(false);
    if cells.bad {
        return None;
    }
    Some(Area {
        country: country?,
        prefix,
        zone,
        sorting,
        closed,
    })
}

fn rate(cells: &mut Cells, currency: Currency) -> Option<Rate> {
    let (service, zone) = (word(cells, "service"), word(cells, "zone"));
    let most = i64::from(limits::PARCEL_GRAMS_MAX);
    let grams = cells.number("up_to_grams", most, None);
    if grams == Some(0) {
        cells.fail("up_to_grams", "is 0");
    }
    let price = cells.get("price").unwrap_or_default();
    let price = Money::parse_decimal(price, currency).or_else(|| {
        let reason = format!("`{}` is no amount of {currency} such as 4.19", short(price));
        cells.fail("price", reason);
        None
    });
    if cells.bad {
        return None;
    }
    Some(Rate {
        service,
        zone,
        up_to_grams: u32::try_from(grams?).ok()?,
        price: price?.minor,
    })
}

/// A code of a service or zone that must be there.
fn word(cells: &mut Cells, column: &str) -> String {
    let text = cells.code(column);
    if !text.is_empty() && !is_word(&text) {
        let most = limits::WORD_CHARS_MAX;
        let reason = format!("must be up to {most} letters, digits, `-`, `_` and `.`");
        cells.fail(column, reason);
    }
    text
}

/// Writes a carrier's areas.
///
/// # Errors
/// When the table cannot be spelled, which memory always takes.
pub fn write_areas(carrier: &Carrier) -> io::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(AREAS.all)?;
    for area in &carrier.areas {
        let closed = if area.closed { "yes" } else { "no" };
        let country = area.country.as_str();
        csv.write_record([country, &area.prefix, &area.zone, &area.sorting, closed])?;
    }
    csv.into_inner().map_err(csv::IntoInnerError::into_error)
}

/// Writes a carrier's rate card.
///
/// # Errors
/// As for [`write_areas`].
pub fn write_rates(carrier: &Carrier) -> io::Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(RATES.all)?;
    for rate in &carrier.rates {
        let price = Money {
            minor: rate.price,
            currency: carrier.currency,
        };
        let grams = rate.up_to_grams.to_string();
        csv.write_record([&rate.service, &rate.zone, &grams, &price.decimal()])?;
    }
    csv.into_inner().map_err(csv::IntoInnerError::into_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EUR: Currency = Currency::parse("EUR").expect("a code");

    fn faults(errors: FileErrors) -> Vec<String> {
        let show = |e: &super::super::LineError| format!("{} {}: {}", e.line, e.column, e.reason);
        errors.errors.iter().map(show).collect()
    }

    #[test]
    fn tables_read_back_as_they_were_written() {
        let text = "country,postal_prefix,zone,sorting_code,closed\nde,,1,,\nDE,27 498,island,HEL 1,no\nDE,99,1,,yes\n";
        let areas = areas("areas.csv", text.as_bytes()).expect("sound");
        assert_eq!(areas.len(), 3);
        assert_eq!((areas[1].prefix.as_str(), areas[2].closed), ("27498", true));
        let semicolons = "service;zone;up_to_grams;price\nparcel;1;2000;4.19\nparcel;1;10000;6.9\n";
        let rates = rates("rates.csv", semicolons.as_bytes(), EUR).expect("sound");
        let prices: Vec<i64> = rates.iter().map(|r| r.price).collect();
        assert_eq!(prices, [419, 690]);
    }

    #[test]
    fn each_bad_line_says_what_is_wrong_with_it() {
        let text =
            "country,zone,postal_prefix\nGermany,1,\nDE,,\nDE,1,10\nDE,2,1 0\nDE,1,1234567890123\n";
        let found = areas("areas.csv", text.as_bytes()).expect_err("bad lines");
        assert_eq!(
            faults(found),
            [
                "2 country: `Germany` is no country such as DE",
                "3 zone: is empty",
                "5 postal_prefix: line 4 says the same",
                "6 postal_prefix: is longer than 12 characters",
            ]
        );
        let text = "service,zone,up_to_grams,price\nparcel,1,-5,4.19\nparcel,1,0,4.19\nparcel,1,5,4.199\nparcel,1,5,NaN\nparcel,1 2,5,1\n";
        let found = rates("rates.csv", text.as_bytes(), EUR).expect_err("bad lines");
        assert_eq!(
            faults(found),
            [
                "2 up_to_grams: `-5` is not a whole number from 0 to 10000000",
                "3 up_to_grams: is 0",
                "4 price: `4.199` is no amount of EUR such as 4.19",
                "5 price: `NaN` is no amount of EUR such as 4.19",
                "6 zone: must be up to 40 letters, digits, `-`, `_` and `.`",
            ]
        );
        for (text, fault) in [
            ("", "0 : the file is empty"),
            (
                "service,zone\n",
                "1 : column `up_to_grams` is missing; rates need service, zone, up_to_grams, price",
            ),
        ] {
            let found = rates("rates.csv", text.as_bytes(), EUR).expect_err("no table");
            assert_eq!(faults(found)[0], fault);
        }
    }
}
