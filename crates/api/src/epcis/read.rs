//! A document of somebody else, as sightings.

use super::document::{EpcisDocument, EpcisEvent};
use super::names::{self, OURS, own_term};
use super::words::{self, After, Meaning};
use crate::carriers::key_said;
use commerce::id::LocationId;
use commerce::parcel::{SeenBy, Sighting};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The context of EPCIS 2.0.
pub const CONTEXT: &str = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";
/// Where it is published as well.
const CONTEXTS: [&str; 2] = [CONTEXT, "https://gs1.github.io/EPCIS/epcis-context.jsonld"];
/// What is read of an event: a context that gives one of them another meaning says something else.
const TERMS: [&str; 13] = [
    "type",
    "eventID",
    "eventTime",
    "eventTimeZoneOffset",
    "recordTime",
    "action",
    "epcList",
    "childEPCs",
    "bizStep",
    "disposition",
    "readPoint",
    "bizLocation",
    "errorDeclaration",
];
/// Who saw what a document says.
const BY: SeenBy = SeenBy::Carrier;
/// Characters of a URI.
const URI_CHARS_MAX: usize = 2_048;
/// The most that a clock is away from UTC, in minutes.
const OFFSET_MINUTES_MAX: i32 = 14 * 60;

/// The shop that reads.
pub struct Reader<'a> {
    /// Where it is reached, without a slash at the end: what begins the URIs of its places and events.
    pub base: &'a str,
    /// The names of its places.
    pub place_name: &'a dyn Fn(LocationId) -> Option<String>,
}

/// What an event says, whatever the parcels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The parcels, as they are called.
    pub epcs: Vec<String>,
    key: u64,
    at: i64,
    meaning: Meaning,
    reason: String,
    place: String,
    note: String,
    location: Option<LocationId>,
    withdraws: bool,
}

impl Told {
    /// What it says of the parcel with a number.
    #[must_use]
    pub fn sighting(&self, number: String) -> Sighting {
        Sighting {
            number,
            key: self.key,
            at: self.at,
            status: self.meaning.status,
            reason: self.reason.clone(),
            place: self.place.clone(),
            note: self.note.clone(),
            by: BY,
            withdraws: self.withdraws,
            location: self.location,
        }
    }
}

/// Whether a document is one that can be read; the prefixes that stand for our terms in it.
///
/// # Errors
/// Why it is none, as a sentence.
pub fn document(document: &EpcisDocument) -> Result<Vec<String>, String> {
    if document.kind != "EPCISDocument" {
        let kind = &document.kind;
        return Err(format!("`type` is `{kind}` and not `EPCISDocument`"));
    }
    let version = &document.schema_version;
    if version != "2" && !version.starts_with("2.") {
        return Err(format!("`schemaVersion` is `{version}`; 2.0 is read"));
    }
    moment(&document.creation_date, "creationDate")?;
    let mut own = Vec::new();
    if !context(&document.context, &mut own)? {
        return Err(format!("`@context` lacks `{CONTEXT}`"));
    }
    Ok(own)
}

/// Takes in a context; whether that of EPCIS is there. Contexts of others are never fetched.
fn context(said: &Value, own: &mut Vec<String>) -> Result<bool, String> {
    match said {
        Value::String(address) if CONTEXTS.contains(&address.as_str()) => Ok(true),
        Value::String(address) => Err(format!(
            "`@context` `{address}` is not known here: only EPCIS's own and prefixes are"
        )),
        Value::Array(all) => {
            let mut is_there = false;
            for one in all {
                is_there |= context(one, own)?;
            }
            Ok(is_there)
        }
        Value::Object(terms) => {
            for (name, meaning) in terms {
                if name.starts_with('@') || TERMS.contains(&name.as_str()) {
                    return Err(format!("`@context` gives `{name}` another meaning"));
                }
                if meaning == OURS {
                    own.push(name.clone());
                }
            }
            Ok(false)
        }
        _ => Err("`@context` is neither an address nor prefixes".to_owned()),
    }
}

/// Reads an event; `own` are the prefixes that the document gives to our terms.
///
/// # Errors
/// Why it is not understood, as a sentence.
pub fn event(reader: &Reader<'_>, own: &[String], said: &Value) -> Result<Told, String> {
    let event = EpcisEvent::deserialize(said).map_err(|error| error.to_string())?;
    let mut own = own.to_vec();
    if let Some(said) = event.more.get("@context") {
        context(said, &mut own)?;
    }
    let epcs = parcels(&event)?;
    let at = moment(&event.event_time, "eventTime")?;
    zone(&event)?;
    if let Some(recorded) = &event.record_time {
        moment(recorded, "recordTime")?;
    }
    let id = event.event_id.as_deref();
    if id.is_some_and(|id| !id.contains(':') || id.len() > URI_CHARS_MAX) {
        return Err("`eventID` is no URI".to_owned());
    }
    let (ours, place) = place(reader, &event, &own)?;
    let (step, disposition) = (event.biz_step.as_deref(), event.disposition.as_deref());
    let meaning = words::read(step, disposition, ours.is_some(), &own)?;
    let reason = match meaning.reason {
        "" => term(&event.more, &own, "reason").unwrap_or_default(),
        reason => reason,
    };
    let note = match &event.error_declaration {
        Some(error) => {
            moment(&error.declaration_time, "declarationTime")?;
            if id.is_none() {
                let why = "an `errorDeclaration` needs the `eventID` of what it takes back";
                return Err(why.to_owned());
            }
            error.reason.as_deref().unwrap_or_default()
        }
        None => term(&event.more, &own, "note").unwrap_or_default(),
    };
    let (reason, note) = (reason.trim().to_owned(), note.trim().to_owned());
    let ours_told = id.and_then(|id| names::own_event(reader.base, id));
    let said = (&*event.event_time, meaning.status, &*reason, &*place);
    Ok(Told {
        epcs,
        // An event of the shop's own that comes back is the same sighting.
        key: ours_told.map_or_else(|| key_said(BY, id, said), |(_, key)| key),
        at,
        meaning,
        location: ours.filter(|_| meaning.after == After::There),
        reason,
        place,
        note,
        withdraws: event.error_declaration.is_some(),
    })
}

/// The parcels of an event.
fn parcels(event: &EpcisEvent) -> Result<Vec<String>, String> {
    let (kind, action) = (event.kind.as_str(), event.action.as_str());
    let (field, named) = match (kind, action) {
        ("ObjectEvent", "DELETE") => {
            return Err(
                "`action` `DELETE` ends the parcels' lives and says nothing of their way"
                    .to_owned(),
            );
        }
        ("ObjectEvent", "OBSERVE" | "ADD") => ("epcList", &event.epc_list),
        ("AggregationEvent", "OBSERVE" | "ADD" | "DELETE") => ("childEPCs", &event.child_epcs),
        ("ObjectEvent" | "AggregationEvent", _) => {
            return Err(format!("`action` is `{action}`"));
        }
        _ => return Err(format!("`type` `{kind}` says nothing of a parcel's way")),
    };
    if named.is_empty() {
        return Err(format!("`{field}` names no parcel"));
    }
    Ok(named.clone())
}

/// The shop's own place of an event, if it is at one, and what it is called.
fn place(
    reader: &Reader<'_>,
    event: &EpcisEvent,
    own: &[String],
) -> Result<(Option<LocationId>, String), String> {
    let [to, at] = [&event.biz_location, &event.read_point].map(|place| {
        let place = place.as_ref();
        place.map(|place| place.id.as_str())
    });
    for uri in [to, at].into_iter().flatten() {
        if let Some(id) = names::own_place(reader.base, uri) {
            let name = (reader.place_name)(id);
            let name = name.ok_or_else(|| format!("`{uri}` is no place of this shop"))?;
            return Ok((Some(id), name));
        }
    }
    let words = term(&event.more, own, "place").or(at).or(to);
    Ok((None, words.unwrap_or_default().trim().to_owned()))
}

/// A term of ours, if an event has it.
fn term<'a>(more: &'a Map<String, Value>, own: &[String], wanted: &str) -> Option<&'a str> {
    let is_it = |name: &str| own_term(name, own) == Some(wanted);
    let (_, said) = more.iter().find(|(name, _)| is_it(name))?;
    said.as_str()
}

/// A moment, in UTC milliseconds.
fn moment(text: &str, field: &str) -> Result<i64, String> {
    let parsed: Result<Timestamp, _> = text.parse();
    match (parsed, offset(text)) {
        (Ok(at), Some(_)) => Ok(at.as_millisecond()),
        _ => Err(format!(
            "`{field}` `{text}` is no moment with its offset from UTC, such as 2026-11-11T09:30:00+01:00"
        )),
    }
}

/// Checks the offset where an event happened: a moment that is written with an offset is written with this one.
fn zone(event: &EpcisEvent) -> Result<(), String> {
    let (said, time) = (&event.event_time_zone_offset, &event.event_time);
    let zone = offset(said).filter(|_| said.len() == "+00:00".len());
    let Some(zone) = zone else {
        return Err(format!(
            "`eventTimeZoneOffset` `{said}` is no offset such as +01:00"
        ));
    };
    // In UTC it may be written anywhere.
    if offset(time).is_some_and(|written| written != 0 && written != zone) {
        return Err(format!(
            "`eventTimeZoneOffset` `{said}` is not the offset of `eventTime` `{time}`"
        ));
    }
    Ok(())
}

/// The offset at the end of a moment, in minutes.
fn offset(text: &str) -> Option<i32> {
    if text.ends_with('Z') {
        return Some(0);
    }
    let (_, end) = text.split_at_checked(text.len().checked_sub("+00:00".len())?)?;
    let sign = match end.get(..1)? {
        "+" => 1,
        "-" => -1,
        _ => return None,
    };
    let (hours, minutes) = end.get(1..)?.split_once(':')?;
    let is_number = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hours) || !is_number(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let away = hours * 60 + minutes;
    (minutes < 60 && away <= OFFSET_MINUTES_MAX).then_some(sign * away)
}
