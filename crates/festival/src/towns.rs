//! Where shoppers live: German cities by their population, so that parcels go everywhere as on a real day. A shop
//! elsewhere gets all its orders from one town.

use rand::Rng;
use rand::RngExt;

/// A town with a postal code that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Town {
    /// The postal code.
    pub postal_code: &'static str,
    /// The city.
    pub city: &'static str,
    /// The state, or empty.
    pub region: &'static str,
}

/// Where everybody lives in a country without a list.
const ANYWHERE: Town = Town {
    postal_code: "10115",
    city: "Berlin",
    region: "",
};

macro_rules! towns {
    ($($thousands:literal $code:literal $city:literal $region:literal;)*) => {
        [$(($thousands, Town { postal_code: $code, city: $city, region: $region })),*]
    };
}

/// Thousands of people and where they live.
const GERMANY: [(u32, Town); 48] = towns! {
    3_660 "10115" "Berlin" "Berlin";
    1_850 "20095" "Hamburg" "Hamburg";
    1_500 "80331" "München" "Bayern";
    1_080 "50667" "Köln" "Nordrhein-Westfalen";
    770 "60311" "Frankfurt am Main" "Hessen";
    630 "70173" "Stuttgart" "Baden-Württemberg";
    620 "40213" "Düsseldorf" "Nordrhein-Westfalen";
    610 "04109" "Leipzig" "Sachsen";
    590 "44135" "Dortmund" "Nordrhein-Westfalen";
    580 "45127" "Essen" "Nordrhein-Westfalen";
    570 "28195" "Bremen" "Bremen";
    560 "01067" "Dresden" "Sachsen";
    540 "30159" "Hannover" "Niedersachsen";
    520 "90402" "Nürnberg" "Bayern";
    500 "47051" "Duisburg" "Nordrhein-Westfalen";
    360 "44787" "Bochum" "Nordrhein-Westfalen";
    350 "42103" "Wuppertal" "Nordrhein-Westfalen";
    330 "33602" "Bielefeld" "Nordrhein-Westfalen";
    330 "53111" "Bonn" "Nordrhein-Westfalen";
    320 "48143" "Münster" "Nordrhein-Westfalen";
    310 "68159" "Mannheim" "Baden-Württemberg";
    310 "76133" "Karlsruhe" "Baden-Württemberg";
    300 "86150" "Augsburg" "Bayern";
    280 "65183" "Wiesbaden" "Hessen";
    250 "38100" "Braunschweig" "Niedersachsen";
    250 "09111" "Chemnitz" "Sachsen";
    250 "24103" "Kiel" "Schleswig-Holstein";
    250 "52062" "Aachen" "Nordrhein-Westfalen";
    240 "06108" "Halle (Saale)" "Sachsen-Anhalt";
    240 "39104" "Magdeburg" "Sachsen-Anhalt";
    230 "79098" "Freiburg im Breisgau" "Baden-Württemberg";
    220 "55116" "Mainz" "Rheinland-Pfalz";
    220 "23552" "Lübeck" "Schleswig-Holstein";
    210 "99084" "Erfurt" "Thüringen";
    210 "18055" "Rostock" "Mecklenburg-Vorpommern";
    200 "34117" "Kassel" "Hessen";
    180 "66111" "Saarbrücken" "Saarland";
    180 "14467" "Potsdam" "Brandenburg";
    170 "26122" "Oldenburg" "Niedersachsen";
    170 "49074" "Osnabrück" "Niedersachsen";
    160 "69115" "Heidelberg" "Baden-Württemberg";
    150 "93047" "Regensburg" "Bayern";
    130 "97070" "Würzburg" "Bayern";
    130 "89073" "Ulm" "Baden-Württemberg";
    110 "07743" "Jena" "Thüringen";
    110 "54290" "Trier" "Rheinland-Pfalz";
    100 "03046" "Cottbus" "Brandenburg";
    100 "19053" "Schwerin" "Mecklenburg-Vorpommern";
};

/// A town of a country.
pub fn any(country: &str, rng: &mut impl Rng) -> Town {
    if country != "DE" {
        return ANYWHERE;
    }
    let all = GERMANY.iter().map(|(thousands, _)| thousands).sum();
    let mut left = rng.random_range(0..all);
    for (thousands, town) in GERMANY {
        if left < thousands {
            return town;
        }
        left -= thousands;
    }
    ANYWHERE
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn large_towns_come_more_often() {
        let mut rng = StdRng::seed_from_u64(1);
        let towns: Vec<Town> = (0..4_000).map(|_| any("DE", &mut rng)).collect();
        let count = |city| towns.iter().filter(|t| t.city == city).count();
        assert!(count("Berlin") > 2 * count("München") && count("Schwerin") > 0);
        assert_eq!(any("AT", &mut rng), ANYWHERE);
    }
}
