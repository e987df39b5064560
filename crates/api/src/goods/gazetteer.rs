//! The gazetteer as CSV: where postal codes are.

use super::carriers::{finish, once};
use super::cells::{Cells, degrees_parse, short};
use super::columns::Columns;
use super::read::read_table;
use super::report::FileErrors;
use commerce::carrier::postal;
use commerce::code::Country;
use commerce::gazetteer::{Gazetteer, Place};
use commerce::limits;
use commerce::round::Point;

const PLACES: Columns = Columns {
    lines: "places",
    all: &["country", "postal_prefix", "latitude", "longitude"],
    required: &["country", "latitude", "longitude"],
};

/// Reads a gazetteer.
///
/// # Errors
/// Each bad line with its reason.
pub fn gazetteer(name: &str, bytes: &[u8]) -> Result<Gazetteer, FileErrors> {
    let mut errors = FileErrors::new(name);
    let lines = read_table(bytes, PLACES, &mut errors, |cells| {
        let place = place(cells);
        (cells.line, place)
    });
    once(&lines, &mut errors, "postal_prefix", |p: &Place| {
        (p.country, p.prefix.clone())
    });
    let mut places = finish(lines, errors, limits::GAZETTEER_PLACES_MAX)?;
    places.sort();
    Ok(Gazetteer { places })
}

fn place(cells: &mut Cells) -> Option<Place> {
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
    let latitude = cells.parsed("latitude", |t| degrees_parse(t, 90));
    let longitude = cells.parsed("longitude", |t| degrees_parse(t, 180));
    if cells.bad {
        return None;
    }
    Some(Place {
        country: country?,
        prefix,
        point: Point {
            latitude_micro: latitude?,
            longitude_micro: longitude?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_by_their_longest_prefix_and_bad_lines_are_told() {
        let csv = "country,postal_prefix,latitude,longitude\nDE,22,53.6,10\nDE,,51,10\nDE,227,53.55,9.93\n";
        let known = gazetteer("gazetteer.csv", csv.as_bytes()).expect("sound");
        known.check().expect("sound");
        let de = Country::parse("DE").expect("a country");
        let at = |code: &str| known.find(de, code).map(|p| p.latitude_micro);
        assert_eq!(at("22765"), Some(53_550_000));
        assert_eq!(at("22 111"), Some(53_600_000));
        assert_eq!(at("80331"), Some(51_000_000));
        assert_eq!(known.find(Country::parse("FR").expect("one"), "22"), None);
        let bad = "country,postal_prefix,latitude,longitude\nXX9,22,95,10\nDE,1,1,1\nDE,1,2,2\n";
        let told = gazetteer("gazetteer.csv", bad.as_bytes()).expect_err("bad lines");
        assert_eq!(told.total, 3, "{told:?}");
    }
}
