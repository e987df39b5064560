//! The parts of a letterhead: names and addresses as lines.

use commerce::code::Country;
use commerce::settings::Address;

/// An address as lines; what is empty is left out. `country` gives a country's name.
pub(super) fn postal(address: &Address, country: impl Fn(Country) -> String) -> Vec<String> {
    let name = format!("{} {}", address.first_name, address.last_name);
    let city = format!("{} {}", address.postal_code, address.city);
    let parts = [
        name,
        address.street.clone(),
        address.street_2.clone(),
        city,
        address.region.clone(),
        address.country.map(country).unwrap_or_default(),
    ];
    let parts = parts.into_iter().map(|part| part.trim().to_owned());
    parts.filter(|part| !part.is_empty()).collect()
}
