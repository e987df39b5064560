//! Where cities are: those of GeoNames with 20,000 people and more around Germany, with 100,000 elsewhere. Only for
//! lights on a map: no figure follows from it.

use commerce::code::Country;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Name and hundredths of a degree north and east per line, the largest first within a country, which a line with
/// an equals sign begins. From GeoNames (geonames.org), CC BY 4.0.
const CITIES: &str = include_str!("../data/cities.txt");

/// Names that people write and the list does not have.
const ALSO: [(&str, &str, &str); 34] = [
    ("DE", "münchen", "Munich"),
    ("DE", "cologne", "Köln"),
    ("DE", "nürnberg", "Nuremberg"),
    ("DE", "hanover", "Hannover"),
    ("DE", "freiburg im breisgau", "Freiburg"),
    ("DE", "mülheim an der ruhr", "Mülheim"),
    ("AT", "wien", "Vienna"),
    ("CH", "genf", "Geneva"),
    ("CH", "genève", "Geneva"),
    ("NL", "den haag", "The Hague"),
    ("BE", "brüssel", "Brussels"),
    ("BE", "bruxelles", "Brussels"),
    ("CZ", "praha", "Prague"),
    ("CZ", "prag", "Prague"),
    ("DK", "københavn", "Copenhagen"),
    ("PL", "warszawa", "Warsaw"),
    ("IT", "roma", "Rome"),
    ("IT", "milano", "Milan"),
    ("CN", "上海", "Shanghai"),
    ("CN", "北京", "Beijing"),
    ("CN", "深圳", "Shenzhen"),
    ("CN", "广州", "Guangzhou"),
    ("CN", "成都", "Chengdu"),
    ("CN", "重庆", "Chongqing"),
    ("CN", "天津", "Tianjin"),
    ("CN", "武汉", "Wuhan"),
    ("CN", "西安", "Xi’an"),
    ("CN", "杭州", "Hangzhou"),
    ("CN", "南京", "Nanjing"),
    ("CN", "苏州", "Suzhou"),
    ("CN", "沈阳", "Shenyang"),
    ("CN", "青岛", "Qingdao"),
    ("CN", "郑州", "Zhengzhou"),
    ("CN", "长沙", "Changsha"),
];

/// A point on the earth in hundredths of a degree, north and east positive: about a kilometer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// North.
    pub latitude: i32,
    /// East.
    pub longitude: i32,
}

static KNOWN: LazyLock<HashMap<String, Point>> = LazyLock::new(read);

fn key(country: &str, city: &str) -> String {
    let mut key = String::with_capacity(city.len() + 3);
    key.push_str(country);
    key.push(' ');
    let letters = city.trim().chars().flat_map(char::to_lowercase);
    key.extend(letters.map(|c| match c {
        '-' | '/' | '\'' | '’' => ' ',
        other => other,
    }));
    key
}

fn read() -> HashMap<String, Point> {
    let mut known = HashMap::new();
    let mut country = "";
    for line in CITIES.lines() {
        if let Some(code) = line.strip_prefix('=') {
            country = code;
            continue;
        }
        let mut cells = line.split('\t');
        let name = cells.next().unwrap_or("");
        let mut degrees = || cells.next().and_then(|n| n.parse().ok());
        let (Some(latitude), Some(longitude)) = (degrees(), degrees()) else {
            continue;
        };
        let point = Point {
            latitude,
            longitude,
        };
        known.entry(key(country, name)).or_insert(point);
        // "Halle (Saale)", "Frankfurt am Main": people leave out what tells two of a name apart.
        for mark in [" (", " am ", " an der "] {
            if let Some((short, _)) = name.split_once(mark) {
                known.entry(key(country, short)).or_insert(point);
            }
        }
    }
    for (country, written, name) in ALSO {
        if let Some(point) = known.get(&key(country, name)).copied() {
            known.entry(key(country, written)).or_insert(point);
        }
    }
    known
}

/// Where a city is, if it is known.
pub fn find(country: Country, city: &str) -> Option<Point> {
    KNOWN.get(&key(country.as_str(), city)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_are_found_as_people_write_them() {
        let check = |country, city| find(Country::parse(country).expect("a code"), city);
        for (country, city) in [
            ("DE", "Berlin"),
            ("DE", " münchen "),
            ("DE", "Köln"),
            ("DE", "Frankfurt am Main"),
            ("DE", "Halle (Saale)"),
            ("DE", "Freiburg im Breisgau"),
            ("AT", "Wien"),
            ("CN", "上海"),
            ("US", "New York City"),
        ] {
            assert!(check(country, city).is_some(), "{city}");
        }
        let munich = Point {
            latitude: 4_814,
            longitude: 1_158,
        };
        assert_eq!(check("DE", "Munich"), Some(munich));
        assert_eq!(check("DE", "Bielefeld am Meer"), None);
        for (country, written, name) in ALSO {
            assert!(check(country, name).is_some(), "{name}");
            assert_eq!(check(country, written), check(country, name));
        }
    }
}
