//! What parcels, places and events are called: URIs.

use commerce::carrier::{Numbering, mod10};
use commerce::id::{FulfillmentId, LocationId};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is ours and nobody else's: terms that neither EPCIS nor CBV has, with the prefix [`PREFIX`] in a document.
pub const OURS: &str = "urn:sesame:epcis:";
/// The prefix of [`OURS`] in documents that the shop writes.
pub const PREFIX: &str = "sesame";
/// GS1 Digital Link URIs of SSCCs: the application identifier 00.
const DIGITAL_LINK: &str = "https://id.gs1.org/00/";
/// EPC URNs of SSCCs.
const SSCC_URN: &str = "urn:epc:id:sscc:";
/// Numbers that are no SSCC.
const NUMBER_URN: &str = "urn:sesame:parcel:";
const SSCC_DIGITS: usize = 18;

/// What stands in a URN as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a parcel is called by its number, and how its carrier makes those.
#[must_use]
pub fn epc(numbering: Option<&Numbering>, number: &str) -> String {
    let is_sscc = match numbering {
        Some(Numbering::Sscc { .. }) => true,
        Some(Numbering::S10 { .. } | Numbering::Plain { .. }) => false,
        // The carrier gave it: it looks like one.
        Some(Numbering::Given) | None => sscc(number).is_ok(),
    };
    if is_sscc {
        format!("{DIGITAL_LINK}{number}")
    } else {
        format!("{NUMBER_URN}{}", utf8_percent_encode(number, KEPT))
    }
}

/// The number behind what a parcel is called.
///
/// # Errors
/// Why it is none, as the end of a sentence.
pub fn number(epc: &str) -> Result<String, &'static str> {
    if let Some(rest) = epc.strip_prefix(NUMBER_URN) {
        let decoded = percent_decode_str(rest).decode_utf8();
        return match decoded {
            Ok(number) if !number.is_empty() => Ok(number.into_owned()),
            _ => Err("has no number"),
        };
    }
    if let Some(rest) = epc.strip_prefix(SSCC_URN) {
        let (prefix, reference) = rest.split_once('.').unwrap_or_default();
        let (extension, serial) = reference.split_at_checked(1).unwrap_or_default();
        let digits = format!("{extension}{prefix}{serial}");
        let is_sound = digits.len() == SSCC_DIGITS - 1 && (4..=12).contains(&prefix.len());
        if !is_sound || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err("is no SSCC of 17 digits with a dot");
        }
        return Ok(format!("{digits}{}", mod10(&digits)));
    }
    // A resolver may be anybody's, below any path; what follows the question mark says where to be led, not what it is.
    let is_web = epc.starts_with("https://") || epc.starts_with("http://");
    let path = epc.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit_once("/00/") {
        Some((_, digits)) if is_web => sscc(digits.trim_end_matches('/')).map(str::to_owned),
        _ => Err("is neither an SSCC nor a number of a parcel"),
    }
}

/// An SSCC, if its digits are.
fn sscc(digits: &str) -> Result<&str, &'static str> {
    let is_digits = digits.len() == SSCC_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_digits {
        return Err("is no SSCC of 18 digits");
    }
    let (said, check) = digits.split_at(SSCC_DIGITS - 1);
    if mod10(said).to_string() == check {
        Ok(digits)
    } else {
        Err("is an SSCC with a wrong check digit")
    }
}

/// What a place of the shop at `base` is called.
#[must_use]
pub fn place(base: &str, id: LocationId) -> String {
    format!("{base}/locations/{id}")
}

/// The place of the shop at `base` behind a URI; `None` for others.
#[must_use]
pub fn own_place(base: &str, uri: &str) -> Option<LocationId> {
    let id = uri.strip_prefix(base)?.strip_prefix("/locations/")?;
    LocationId::parse(id)
}

/// What a sighting of a parcel is called, by its key.
#[must_use]
pub fn event(base: &str, parcel: FulfillmentId, key: u64) -> String {
    format!("{base}/parcels/{parcel}/events/{key:016x}")
}

/// The sighting behind a URI that [`event`] made; `None` for others.
#[must_use]
pub fn own_event(base: &str, uri: &str) -> Option<(FulfillmentId, u64)> {
    let rest = uri.strip_prefix(base)?.strip_prefix("/parcels/")?;
    let (parcel, key) = rest.split_once("/events/")?;
    let key = u64::from_str_radix(key, 16).ok()?;
    let parcel = FulfillmentId::parse(parcel)?;
    (event(base, parcel, key) == uri).then_some((parcel, key))
}

/// The name of a term of ours, of a URI or of a name with a prefix that stands for [`OURS`].
#[must_use]
pub fn own_term<'a>(name: &'a str, prefixes: &[String]) -> Option<&'a str> {
    if let Some(term) = name.strip_prefix(OURS) {
        return Some(term);
    }
    let (prefix, term) = name.split_once(':')?;
    prefixes.iter().any(|own| own == prefix).then_some(term)
}
