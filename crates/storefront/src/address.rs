//! What an address needs, country by country, and what the shopper typed, checked field by field.
//!
//! Formats of postal codes: Universal Postal Union, "Addressing the world" country sheets. In a
//! pattern `9` is a digit, `A` a letter; blanks and hyphens may be left out or added by the shopper.

use commerce::code::Country;
use commerce::limits::{CODE_CHARS_MAX, NAME_CHARS_MAX};
use commerce::settings::Address;
use commerce::text::Language;
use std::collections::BTreeMap;

/// What an address in a country needs.
#[derive(Debug, Clone, Copy)]
pub struct CountryRule {
    /// The country's code.
    pub code: &'static str,
    names: [&'static str; 3],
    /// Patterns of postal codes, separated by `|`; empty where there are none.
    postal: &'static str,
    /// Whether a state or province belongs to an address.
    pub region: bool,
}

impl CountryRule {
    /// The country's name.
    pub fn name(&self, language: Language) -> &'static str {
        self.names[language as usize]
    }

    /// The postal code in its usual form; `None` if it fits no pattern.
    pub fn postal_code(&self, typed: &str) -> Option<String> {
        if self.postal.is_empty() {
            return Some(typed.trim().to_string());
        }
        let bare: Vec<char> = typed
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .flat_map(char::to_uppercase)
            .collect();
        self.postal
            .split('|')
            .find_map(|pattern| fit(pattern, &bare))
    }
}

/// The characters set into a pattern, if they fit it.
fn fit(pattern: &str, bare: &[char]) -> Option<String> {
    let mut rest = bare.iter();
    let mut out = String::new();
    for slot in pattern.chars() {
        match slot {
            ' ' | '-' => out.push(slot),
            _ => {
                let c = *rest.next()?;
                let fits = match slot {
                    '9' => c.is_ascii_digit(),
                    _ => c.is_ascii_alphabetic(),
                };
                if !fits {
                    return None;
                }
                out.push(c);
            }
        }
    }
    rest.next().is_none().then_some(out)
}

macro_rules! countries {
    ($($code:literal $en:literal $de:literal $zh:literal $postal:literal $region:literal;)*) => {
        /// The countries whose addresses are known, by their English name.
        pub const COUNTRIES: &[CountryRule] = &[$(CountryRule {
            code: $code, names: [$en, $de, $zh], postal: $postal, region: $region,
        }),*];
    };
}

countries! {
    "AU" "Australia" "Australien" "澳大利亚" "9999" true;
    "AT" "Austria" "Österreich" "奥地利" "9999" false;
    "BE" "Belgium" "Belgien" "比利时" "9999" false;
    "BG" "Bulgaria" "Bulgarien" "保加利亚" "9999" false;
    "CA" "Canada" "Kanada" "加拿大" "A9A 9A9" true;
    "CN" "China" "China" "中国" "999999" true;
    "HR" "Croatia" "Kroatien" "克罗地亚" "99999" false;
    "CY" "Cyprus" "Zypern" "塞浦路斯" "9999" false;
    "CZ" "Czechia" "Tschechien" "捷克" "999 99" false;
    "DK" "Denmark" "Dänemark" "丹麦" "9999" false;
    "EE" "Estonia" "Estland" "爱沙尼亚" "99999" false;
    "FI" "Finland" "Finnland" "芬兰" "99999" false;
    "FR" "France" "Frankreich" "法国" "99999" false;
    "DE" "Germany" "Deutschland" "德国" "99999" false;
    "GR" "Greece" "Griechenland" "希腊" "999 99" false;
    "HK" "Hong Kong" "Hongkong" "香港" "" false;
    "HU" "Hungary" "Ungarn" "匈牙利" "9999" false;
    "IE" "Ireland" "Irland" "爱尔兰" "A99 AAAA|A99 9999|A99 A999|A99 9A99|A99 AA99|A99 99AA|A99 AAA9|A99 9AA9|A99 A9A9|A99 A99A|A99 9A9A|A99 AA9A" false;
    "IT" "Italy" "Italien" "意大利" "99999" true;
    "JP" "Japan" "Japan" "日本" "999-9999" true;
    "LV" "Latvia" "Lettland" "拉脱维亚" "AA-9999|9999" false;
    "LT" "Lithuania" "Litauen" "立陶宛" "99999|AA-99999" false;
    "LU" "Luxembourg" "Luxemburg" "卢森堡" "9999" false;
    "MT" "Malta" "Malta" "马耳他" "AAA 9999" false;
    "NL" "Netherlands" "Niederlande" "荷兰" "9999 AA" false;
    "NZ" "New Zealand" "Neuseeland" "新西兰" "9999" false;
    "NO" "Norway" "Norwegen" "挪威" "9999" false;
    "PL" "Poland" "Polen" "波兰" "99-999" false;
    "PT" "Portugal" "Portugal" "葡萄牙" "9999-999" false;
    "RO" "Romania" "Rumänien" "罗马尼亚" "999999" false;
    "SG" "Singapore" "Singapur" "新加坡" "999999" false;
    "SK" "Slovakia" "Slowakei" "斯洛伐克" "999 99" false;
    "SI" "Slovenia" "Slowenien" "斯洛文尼亚" "9999" false;
    "ES" "Spain" "Spanien" "西班牙" "99999" false;
    "SE" "Sweden" "Schweden" "瑞典" "999 99" false;
    "CH" "Switzerland" "Schweiz" "瑞士" "9999" false;
    "GB" "United Kingdom" "Vereinigtes Königreich" "英国" "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA" false;
    "US" "United States" "Vereinigte Staaten" "美国" "99999|99999-9999" true;
}

/// What is known of a country.
pub fn rule(country: Country) -> Option<&'static CountryRule> {
    COUNTRIES.iter().find(|r| r.code == country.as_str())
}

/// A country's name, or its code where the name is not known.
pub fn country_name(country: Country, language: Language) -> String {
    rule(country).map_or_else(|| country.to_string(), |r| r.name(language).to_string())
}

/// What a shopper typed into the address fields.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Typed {
    /// E-mail address.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Street and number.
    pub street: String,
    /// Second line.
    pub street_2: String,
    /// Postal code.
    pub postal_code: String,
    /// City.
    pub city: String,
    /// State or province.
    pub region: String,
    /// Country code.
    pub country: String,
    /// Phone.
    pub phone: String,
}

/// Fields with what is wrong with them: the key of a text.
pub type Errors = BTreeMap<&'static str, &'static str>;

/// Checks how to reach the buyer: e-mail and name.
pub fn check_buyer(typed: &Typed, errors: &mut Errors) {
    let email = typed.email.trim();
    if email.is_empty() {
        errors.insert("email", "field.email_missing");
    } else if !is_email(email) {
        errors.insert("email", "field.email_wrong");
    }
    check_name(typed, errors);
}

/// Checks name and phone: of the buyer, or of who takes a parcel in.
pub fn check_name(typed: &Typed, errors: &mut Errors) {
    let (first, last) = (&typed.first_name, &typed.last_name);
    required(first, "first_name", "field.first_name_missing", errors);
    required(last, "last_name", "field.last_name_missing", errors);
    bounded(&typed.phone, "phone", errors);
    let phone = typed.phone.trim();
    let plain = |c: char| c.is_ascii_digit() || "+()-/. ".contains(c);
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    if !phone.is_empty() && (!phone.chars().all(plain) || digits < 5) {
        errors.insert("phone", "field.phone_wrong");
    }
}

/// Checks where a parcel goes and gives the address in its usual form; `None` with the errors set.
pub fn check_address(typed: &Typed, served: &[Country], errors: &mut Errors) -> Option<Address> {
    let before = errors.len();
    required(&typed.street, "street", "field.street_missing", errors);
    required(&typed.city, "city", "field.city_missing", errors);
    bounded(&typed.street_2, "street_2", errors);
    bounded(&typed.region, "region", errors);
    let country = Country::parse(typed.country.trim()).filter(|c| served.contains(c));
    let Some((country, rule)) = country.and_then(|c| Some((c, rule(c)?))) else {
        errors.insert("country", "field.country_missing");
        return None;
    };
    let postal_code = rule.postal_code(&typed.postal_code);
    if !rule.postal.is_empty() && typed.postal_code.trim().is_empty() {
        errors.insert("postal_code", "field.postal_missing");
    } else if postal_code.is_none() {
        errors.insert("postal_code", "field.postal_wrong");
    }
    bounded(&typed.postal_code, "postal_code", errors);
    if rule.region {
        required(&typed.region, "region", "field.region_missing", errors);
    }
    if errors.len() > before {
        return None;
    }
    let clean = |text: &str| text.trim().to_string();
    Some(Address {
        first_name: clean(&typed.first_name),
        last_name: clean(&typed.last_name),
        street: clean(&typed.street),
        street_2: clean(&typed.street_2),
        postal_code: postal_code.unwrap_or_default(),
        city: clean(&typed.city),
        region: clean(&typed.region),
        country: Some(country),
        phone: clean(&typed.phone),
    })
}

fn required(text: &str, field: &'static str, missing: &'static str, errors: &mut Errors) {
    if text.trim().is_empty() {
        errors.insert(field, missing);
    } else {
        bounded(text, field, errors);
    }
}

fn bounded(text: &str, field: &'static str, errors: &mut Errors) {
    if text.chars().count() > NAME_CHARS_MAX || text.trim().chars().any(char::is_control) {
        errors.insert(field, "field.too_long");
    }
}

/// One `@`, something before it, a dotted name after it; the mail itself is the real test.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let plain = |part: &str| {
        let bad = |c: char| c.is_whitespace() || c.is_control() || "@,;<>\"()[]\\".contains(c);
        !part.is_empty() && !part.contains(bad)
    };
    let labels = domain.split('.');
    plain(local)
        && plain(domain)
        && domain.contains('.')
        && labels.into_iter().all(|l| !l.is_empty())
        && text.chars().count() <= CODE_CHARS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::parse(code).expect("a code")
    }

    #[test]
    fn postal_codes_are_checked_and_set_right() {
        for (code, typed, expected) in [
            ("DE", "10117", Some("10117")),
            ("DE", " 10 117 ", Some("10117")),
            ("DE", "1011", None),
            ("DE", "101177", None),
            ("DE", "1011a", None),
            ("NL", "1012xc", Some("1012 XC")),
            ("GB", "sw1a1aa", Some("SW1A 1AA")),
            ("GB", "M1 1AE", Some("M1 1AE")),
            ("GB", "12345", None),
            ("US", "94103-1234", Some("94103-1234")),
            ("US", "941031234", Some("94103-1234")),
            ("PL", "00950", Some("00-950")),
            ("CA", "k1a 0b1", Some("K1A 0B1")),
            ("HK", "", Some("")),
            ("IE", "D02 AF30", Some("D02 AF30")),
            ("CN", "100000", Some("100000")),
        ] {
            let rule = rule(country(code)).expect("known");
            assert_eq!(
                rule.postal_code(typed).as_deref(),
                expected,
                "{code} {typed}"
            );
        }
    }

    #[test]
    // Long because it is one table.
    fn every_wrong_field_is_named() {
        let served = [country("DE"), country("US")];
        let good = Typed {
            email: "ada@example.org".into(),
            first_name: "Ada".into(),
            last_name: "Lovelace".into(),
            street: "Friedrichstraße 1".into(),
            postal_code: "10117".into(),
            city: "Berlin".into(),
            country: "DE".into(),
            ..Typed::default()
        };
        let check = |typed: &Typed| {
            let mut errors = Errors::new();
            check_buyer(typed, &mut errors);
            let address = check_address(typed, &served, &mut errors);
            (
                errors.keys().copied().collect::<Vec<_>>().join(" "),
                address,
            )
        };
        assert_eq!(check(&good).0, "");
        assert_eq!(check(&good).1.expect("sound").city, "Berlin");
        let empty = check(&Typed::default());
        assert_eq!(empty.0, "city country email first_name last_name street");
        let long = "x".repeat(NAME_CHARS_MAX + 1);
        for (change, wrong) in [
            (
                Typed {
                    email: "ada@example".into(),
                    ..good.clone()
                },
                "email",
            ),
            (
                Typed {
                    email: "a b@example.org".into(),
                    ..good.clone()
                },
                "email",
            ),
            (
                Typed {
                    email: "a@b@example.org".into(),
                    ..good.clone()
                },
                "email",
            ),
            (
                Typed {
                    email: "a@.org".into(),
                    ..good.clone()
                },
                "email",
            ),
            (
                Typed {
                    country: "FR".into(),
                    ..good.clone()
                },
                "country",
            ),
            (
                Typed {
                    country: "XX".into(),
                    ..good.clone()
                },
                "country",
            ),
            (
                Typed {
                    postal_code: "W1A".into(),
                    ..good.clone()
                },
                "postal_code",
            ),
            (
                Typed {
                    postal_code: String::new(),
                    ..good.clone()
                },
                "postal_code",
            ),
            (
                Typed {
                    country: "US".into(),
                    ..good.clone()
                },
                "region",
            ),
            (
                Typed {
                    street: long.clone(),
                    ..good.clone()
                },
                "street",
            ),
            (
                Typed {
                    city: "a\u{0}b".into(),
                    ..good.clone()
                },
                "city",
            ),
            (
                Typed {
                    phone: "call me".into(),
                    ..good.clone()
                },
                "phone",
            ),
            (
                Typed {
                    phone: "+49 30 123456".into(),
                    ..good.clone()
                },
                "",
            ),
        ] {
            assert_eq!(check(&change).0, wrong);
        }
    }
}
