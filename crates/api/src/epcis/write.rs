//! What the shop knows of a parcel's way, as a document.

use super::document::{EpcisBody, EpcisDocument, EpcisEvent, ErrorDeclaration, Place};
use super::names::{self, OURS, PREFIX};
use super::read::CONTEXT;
use super::words::{Stay, spell};
use crate::promise::zone_of;
use commerce::World;
use commerce::event::{Event, What};
use commerce::id::{FulfillmentId, LocationId};
use commerce::order::Group;
use commerce::parcel::{Parcel, Seen, SeenBy};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

/// A sighting as an event, with when the shop heard of it.
#[derive(Debug, Clone)]
pub struct Observed {
    /// When it happened, in UTC milliseconds.
    pub at: i64,
    /// The positions in the feed at which the shop heard of it, and that it did not happen.
    pub heard: Vec<u64>,
    /// The event.
    pub event: EpcisEvent,
}

/// A telling of a sighting, as the feed has it.
struct Telling<'a> {
    position: u64,
    heard_at: i64,
    at: i64,
    status: commerce::parcel::TrackingStatus,
    reason: &'a str,
    place: &'a str,
    by: SeenBy,
    withdrawn: bool,
}

/// A document with these events, written at a moment in UTC milliseconds.
#[must_use]
pub fn document(mut events: Vec<Observed>, now: i64) -> EpcisDocument {
    events.sort_by_key(|seen| seen.at);
    let spelled = |seen: Observed| serde_json::to_value(seen.event).unwrap_or_default();
    EpcisDocument {
        context: json!([CONTEXT, { PREFIX: OURS }]),
        kind: "EPCISDocument".to_owned(),
        schema_version: "2.0".to_owned(),
        creation_date: moment(now, &TimeZone::UTC).0,
        epcis_body: EpcisBody {
            event_list: events.into_iter().map(spelled).collect(),
        },
    }
}

/// What was seen of a parcel, of its group and all that happened to that. Nothing of a parcel without a waybill.
#[must_use]
pub fn events(
    (base, world): (&str, &World),
    (group, id): (&Group, FulfillmentId),
    history: &[Event],
) -> Vec<Observed> {
    let Some(parcel) = group.parcel(id) else {
        return Vec::new();
    };
    let mut told = tellings(history, id);
    // First what was said, then what of it was taken back: a withdrawal may look like another sighting.
    let first: Vec<Option<Telling<'_>>> = parcel
        .seen
        .iter()
        .map(|seen| take(&mut told, |t| is_of(t, seen)))
        .collect();
    let all = parcel.seen.iter().zip(first);
    all.map(|(seen, first)| {
        let since = first.as_ref().map_or(0, |t| t.position);
        let is_later = |t: &Telling<'_>| t.withdrawn && t.position > since;
        let ended = seen.withdrawn.then(|| {
            let same = take(&mut told, |t| is_later(t) && is_of(t, seen));
            same.or_else(|| take(&mut told, is_later))
        });
        let ended = ended.flatten();
        observed((base, world), (group, parcel), seen, (first, ended))
    })
    .collect()
}

/// What the feed has of a parcel.
fn tellings(history: &[Event], id: FulfillmentId) -> Vec<Telling<'_>> {
    let told = history.iter().filter_map(|event| match &event.what {
        What::ParcelSeen {
            fulfillment,
            at,
            status,
            reason,
            place,
            by,
            withdrawn,
            ..
        } if *fulfillment == id => Some(Telling {
            position: event.position,
            heard_at: event.at,
            at: *at,
            status: *status,
            reason,
            place,
            by: *by,
            withdrawn: *withdrawn,
        }),
        _ => None,
    });
    told.collect()
}

/// Whether a telling may be that of a sighting.
fn is_of(told: &Telling<'_>, seen: &Seen) -> bool {
    (told.at, told.status) == (seen.at, seen.status) && (seen.withdrawn || !told.withdrawn)
}

/// Takes the first that is meant.
fn take<'a>(
    told: &mut Vec<Telling<'a>>,
    is_meant: impl Fn(&Telling<'a>) -> bool,
) -> Option<Telling<'a>> {
    let place = told.iter().position(is_meant)?;
    Some(told.remove(place))
}

fn observed(
    (base, world): (&str, &World),
    (group, parcel): (&Group, &Parcel),
    seen: &Seen,
    (first, ended): (Option<Telling<'_>>, Option<Telling<'_>>),
) -> Observed {
    let id = parcel.fulfillment;
    let scan = group
        .scans
        .iter()
        .find(|scan| scan.fulfillment == id && scan.key == seen.key);
    let lies = scan.map(|scan| scan.location);
    let (reason, place) = first.as_ref().map_or(("", ""), |t| (t.reason, t.place));
    let by_staff = first.as_ref().is_some_and(|t| t.by == SeenBy::Staff);
    let leaves = Some(place).filter(|_| by_staff && lies.is_none());
    let leaves = leaves.and_then(|name| named(world, name));
    let stay = match (lies, leaves) {
        (Some(_), _) => Stay::Lies,
        (None, Some(_)) => Stay::Leaves,
        (None, None) => Stay::Unsaid,
    };
    let (step, disposition) = spell(seen.status, reason, stay);
    let from = group.fulfillments.iter().find(|f| f.id == id);
    let clock = lies.or(leaves).or(from.map(|f| f.location));
    let clock = clock.and_then(|place| world.location(place));
    let clock = clock.map_or(TimeZone::UTC, zone_of);
    let (event_time, event_time_zone_offset) = moment(seen.at, &clock);
    let numbering = world.carrier(parcel.carrier).map(|c| &c.numbering);
    let said = |place: LocationId| Place {
        id: names::place(base, place),
    };
    let utc = |at: i64| moment(at, &TimeZone::UTC).0;
    let declared = ended.as_ref().or(first.as_ref());
    let declared = declared.map_or(seen.at, |t| t.heard_at);
    Observed {
        at: seen.at,
        heard: [&first, &ended]
            .into_iter()
            .flatten()
            .map(|t| t.position)
            .collect(),
        event: EpcisEvent {
            kind: "ObjectEvent".to_owned(),
            event_id: Some(names::event(base, id, seen.key)),
            event_time,
            event_time_zone_offset,
            record_time: first.as_ref().map(|t| utc(t.heard_at)),
            action: "OBSERVE".to_owned(),
            epc_list: vec![names::epc(numbering, &parcel.number)],
            child_epcs: Vec::new(),
            biz_step: Some(step.to_owned()),
            disposition: Some(disposition.to_owned()).filter(|d| !d.is_empty()),
            read_point: lies.or(leaves).map(said),
            biz_location: lies.map(said),
            error_declaration: seen.withdrawn.then(|| ErrorDeclaration {
                declaration_time: utc(declared),
                reason: None,
            }),
            more: own_terms(reason, place),
        },
    }
}

/// The one place of the shop with a name.
fn named(world: &World, name: &str) -> Option<LocationId> {
    let mut found = world.locations().filter(|l| l.name == name);
    let one = found.next()?;
    found.next().is_none().then_some(one.id)
}

fn own_terms(reason: &str, place: &str) -> Map<String, Value> {
    let terms = [("reason", reason), ("place", place)];
    let said = terms.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(term, text)| (format!("{PREFIX}:{term}"), text.into()))
        .collect()
}

/// A moment on a clock, with the clock's offset from UTC.
fn moment(at: i64, clock: &TimeZone) -> (String, String) {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = at.to_zoned(clock.clone());
    let text = at.strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string();
    (text, at.strftime("%:z").to_string())
}
